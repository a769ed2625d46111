/* SPDX-License-Identifier: Apache-2.0
 *
 * decide.c - play a file of requests and let each decision be measured.
 *
 *   decide POLICY.cpb REQUESTS.json           each once, in measured(), for callgrind's
 *                                             --toggle-collect and --dump-after
 *   decide POLICY.cpb REQUESTS.json ROUNDS    and the median nanoseconds of each
 *   decide -hand POLICY.cpb REQUESTS.json [ROUNDS]
 *                                             the create_container requests, by byhand.c
 *   decide -load POLICY.cpb ROUNDS            the median microseconds of opening the
 *                                             policy and making a group of it
 *
 * A line for each request: event, allowed or denied, nanoseconds.  Times are the
 * processor's, which others on the machine disturb less.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "byhand.h"
#include "bytecode/decode.h"
#include "request/request.h"
#include "runtime/cpol.h"

#define TOGETHER 64             /* decisions between two looks at the clock */
#define FIELD_ID 11             /* of create_container */

static struct cpol_policy policy;
static struct cpol_group group;
static struct byhand container;
static bool is_by_hand;

bool measured(const struct cpol_event *e) __attribute__((noinline));

bool measured(const struct cpol_event *e)
{
	return is_by_hand ? byhand_create(&container, e->bytes, e->len) : cpol_decide(&group, e).allowed;
}

static int by_value(const void *a, const void *b)
{
	double l = *(const double *)a, r = *(const double *)b;

	return (l > r) - (l < r);
}

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void decide_some(const struct cpol_event *e)
{
	for (int i = 0; i < TOGETHER; i++) {
		(void)measured(e);
		cpol_abort(&group);
	}
}

static void load_once(void *memory, size_t len)
{
	struct str bytes = { (const char *)policy.bc.bytes, policy.bc.len };

	if (cpol_open(&policy, bytes.ptr, bytes.len, NULL) != BC_OK ||
	    cpol_init(&group, &policy, memory, len, NULL) != BC_OK)
		exit(2);
}

/* The median over rounds: of a decision, or, e NULL, of loading. */
static double median_ns(const struct cpol_event *e, size_t rounds, void *memory, size_t len)
{
	double *ns = calloc(rounds + 1, sizeof(*ns)), result;

	if (ns == NULL)
		exit(2);
	for (size_t i = 0; i < rounds; i++) {
		double start = now_ns();

		if (e != NULL)
			decide_some(e);
		else
			load_once(memory, len);
		ns[i] = (now_ns() - start) / (e != NULL ? TOGETHER : 1);
	}
	qsort(ns, rounds, sizeof(*ns), by_value);
	result = ns[rounds / 2];
	free(ns);
	return result;
}

static void take_container(const uint8_t *request)
{
	container.id = request + bc_get32(request + 8 + 8 * FIELD_ID);
	container.id_len = bc_get32(request + 8 + 8 * FIELD_ID + 4);
}

static void play(const struct request_item *items, uint32_t n, size_t rounds)
{
	for (uint32_t i = 0; i < n; i++) {
		struct cpol_event event = { items[i].bytes.ptr, items[i].bytes.len };
		const uint8_t *bytes = event.bytes;
		struct bc_bytes name;
		bool allowed;

		if (items[i].error.len != 0) {
			fprintf(stderr, "%u: %.*s\n", i, STR_ARG(items[i].error));
			exit(2);
		}
		name = bc_string(&policy.bc, policy.bc.events[bc_get32(bytes)].name);
		if (is_by_hand) {
			if (name.len != 16 || memcmp(name.ptr, "create_container", 16) != 0)
				continue;
			take_container(bytes);
		}
		allowed = measured(&event);
		cpol_abort(&group);
		printf("%.*s %s %.0f\n", (int)name.len, (const char *)name.ptr, allowed ? "allowed" : "denied",
		    rounds == 0 ? 0 : median_ns(&event, rounds, NULL, 0));
		if (!is_by_hand && cpol_decide(&group, &event).allowed)
			cpol_commit(&group);
	}
}

int main(int argc, char **argv)
{
	struct arena arena = { 0 };
	struct request_item *items;
	struct str bytes, text, error;
	bool is_load = argc > 1 && strcmp(argv[1], "-load") == 0;
	uint32_t n;
	size_t len, rounds;
	void *memory;

	is_by_hand = argc > 1 && strcmp(argv[1], "-hand") == 0;
	argc -= is_by_hand || is_load;
	argv += is_by_hand || is_load;
	if (argc < 3 || file_read(&arena, argv[1], BC_LEN_MAX, &bytes) != 0
	    || cpol_open(&policy, bytes.ptr, bytes.len, NULL) != BC_OK) {
		fputs("decide [-hand] POLICY.cpb REQUESTS.json [ROUNDS]\n", stderr);
		return 2;
	}
	len = cpol_memory(&policy, NULL);
	memory = aligned_alloc(16, (len + 15) / 16 * 16);
	if (memory == NULL || cpol_init(&group, &policy, memory, len, NULL) != BC_OK)
		return 2;
	rounds = (size_t)strtoul(is_load ? argv[2] : argc > 3 ? argv[3] : "0", NULL, 10);
	if (is_load) {
		printf("%.0f\n", median_ns(NULL, rounds, memory, len) / 1000);
	} else if (file_read(&arena, argv[2], BC_LEN_MAX, &text) != 0
	    || request_read(&arena, &policy.bc, text, REQUEST_OWN, NULL, &items, &n, &error) != 0) {
		fprintf(stderr, "decide: requests that can't be read\n");
		return 2;
	} else {
		play(items, n, rounds);
	}
	free(memory);
	arena_clear(&arena);
	return 0;
}

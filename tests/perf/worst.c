/* SPDX-License-Identifier: Apache-2.0
 *
 * worst.c - how near to the static bound a request gets.
 *
 *   worst POLICY.cpb SETUP.json SEEDS.json [TRIES]
 *
 * SETUP's requests are played, and those allowed committed: the state in which
 * the others are judged.  From each of SEEDS, and from a request of zeros for each
 * event, a request is changed TRIES times (300); what takes no fewer steps stays.
 * Steps are those of the decision and of its commit, counted (meter.h) in the
 * unit of the bound.  A line for each event: its name, the bound, the most steps
 * found, the ratio, whether that request was allowed.  The exit status is 1 if a
 * bound was exceeded, 2 if something can't be read.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "meter.h"
#include "runtime/cpol.h"
#include "worst.h"

#define COMMIT 10000u           /* more than a commit takes */

#define RESTARTS 4u
#define SHORT 2000u             /* bytes of a request that is changed LEAST times */
#define LEAST 100u
#define WORK  8000000u          /* steps, a byte of the request being one, after which a climb ends; */
#define CHANGE 200000u          /* a change is so many */

uint64_t metered_steps;

static struct cpol_policy policy;
static struct cpol_group group;
static uint8_t *memory, *saved;
static size_t memory_len;
static struct { uint64_t steps; bool allowed; } worst[BC_EVENTS_MAX];
static bool is_exceeded;

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "worst: %s\n", what);
	exit(2);
}

/* Steps of a request; the state stays as it is. */
static uint64_t measure(struct str request)
{
	struct cpol_event event = { request.ptr, request.len };
	struct cpol_verdict verdict;

	metered_steps = 0;
	verdict = cpol_decide(&group, &event);
	if (verdict.reason == CPOL_BAD_REQUEST)
		return 0;
	if (verdict.reason == CPOL_FAULT)
		give_up("a fault");
	if (verdict.allowed && metered_steps + COMMIT > worst[verdict.event].steps) {
		memcpy(saved, memory, memory_len);
		cpol_commit(&group);
		memcpy(memory, saved, memory_len);
	}
	cpol_abort(&group);
	if (metered_steps > policy.bc.events[verdict.event].rule.cost)
		is_exceeded = true;
	if (metered_steps > worst[verdict.event].steps) {
		worst[verdict.event].steps = metered_steps;
		worst[verdict.event].allowed = verdict.allowed;
	}
	return metered_steps;
}

/* A change of *best is kept if it does not cost steps. */
static void keep(struct arena *a, const struct request *next, uint8_t *best, size_t *len, uint64_t *most)
{
	struct str bytes, error;
	uint64_t steps;

	if (request_encode(a, &policy.bc, next, &bytes, &error) != 0)
		return;
	steps = measure(bytes);
	if (steps == 0 || steps < *most)
		return;
	*most = steps;
	*len = bytes.len;
	memcpy(best, bytes.ptr, bytes.len);
}

/* Let one field have all that it may: that with which it takes longest. */
static void sweep(struct chance *c, struct str request, uint8_t *best, size_t *len, uint64_t *most)
{
	bool goes_on = true;

	for (uint32_t i = 0; goes_on; i++) {
		struct arena a = { 0 };
		struct request next = request_decode(&a, &policy.bc, request);

		goes_on = worst_sweep(&a, &policy.bc, c, i, &next);
		if (goes_on)
			keep(&a, &next, best, len, most);
		arena_clear(&a);
	}
}

/* Change the request again and again. */
static void climb(struct str request, uint32_t tries, bool sweeps, struct chance *c)
{
	uint8_t *best = malloc(BC_REQUEST_MAX);
	size_t len = request.len;
	uint64_t most = measure(request), work = 0;

	if (best == NULL)
		give_up("no memory");
	memcpy(best, request.ptr, len);
	if (sweeps)
		sweep(c, request, best, &len, &most);
	for (uint32_t i = 0; (i < tries || (len <= SHORT && i < LEAST)) && work < WORK; i++) {
		struct arena a = { 0 };
		struct request next = request_decode(&a, &policy.bc, (struct str){ (const char *)best, len });

		worst_change(&a, &group, c, &next);
		keep(&a, &next, best, &len, &most);
		arena_clear(&a);
		work += len + metered_steps + CHANGE;
	}
	free(best);
}

static void report(void)
{
	printf("%-22s %12s %12s %9s\n", "event", "bound", "measured", "ratio");
	for (uint32_t i = 0; i < policy.bc.n_events; i++) {
		const struct bc_event *e = &policy.bc.events[i];
		struct bc_bytes name = bc_string(&policy.bc, e->name);

		if (e->rule.len != 0)
			printf("%-22.*s %12llu %12llu %9.1f %s\n", (int)name.len, (const char *)name.ptr,
			    (unsigned long long)e->rule.cost, (unsigned long long)worst[i].steps,
			    (double)e->rule.cost / (double)(worst[i].steps != 0 ? worst[i].steps : 1),
			    worst[i].allowed ? "allowed" : "denied");
	}
}

static uint32_t read_requests(struct arena *a, const char *path, struct request_item **items)
{
	struct str text, error;
	uint32_t n;

	if (file_read(a, path, BC_LEN_MAX, &text) != 0 ||
	    request_read(a, &policy.bc, text, REQUEST_OWN, NULL, items, &n, &error) != 0)
		give_up(path);
	for (uint32_t i = 0; i < n; i++) {
		if ((*items)[i].error.len != 0)
			give_up((*items)[i].error.ptr);
	}
	return n;
}

static void set_up(const struct request_item *items, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct cpol_event event = { items[i].bytes.ptr, items[i].bytes.len };

		measure(items[i].bytes);
		if (cpol_decide(&group, &event).allowed)
			cpol_commit(&group);
		else if (items[i].expect == REQUEST_ALLOW)
			give_up("a request of the setup is denied");
	}
}

int main(int argc, char **argv)
{
	struct arena arena = { 0 };
	struct request_item *items;
	struct chance chance = { 1 };
	struct str bytes;
	uint32_t tries = argc > 4 ? (uint32_t)strtoul(argv[4], NULL, 10) : 300, n;

	if (argc < 4 || file_read(&arena, argv[1], BC_LEN_MAX, &bytes) != 0 ||
	    cpol_open(&policy, bytes.ptr, bytes.len, NULL) != BC_OK)
		give_up("POLICY.cpb SETUP.json SEEDS.json [TRIES]");
	memory_len = (cpol_memory(&policy, NULL) + 15) / 16 * 16;
	memory = aligned_alloc(16, memory_len);
	saved = aligned_alloc(16, memory_len);
	if (memory == NULL || saved == NULL || cpol_init(&group, &policy, memory, memory_len, NULL) != BC_OK)
		give_up("no memory");
	n = read_requests(&arena, argv[2], &items);
	set_up(items, n);
	n = read_requests(&arena, argv[3], &items);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < RESTARTS; k++)
			climb(items[i].bytes, tries / RESTARTS, k == 0, &chance);
	for (uint32_t i = 0; i < policy.bc.n_events; i++) {
		struct request zero = request_zero(&arena, &policy.bc, i);
		struct str error;

		if (request_encode(&arena, &policy.bc, &zero, &bytes, &error) == 0)
			climb(bytes, tries / RESTARTS, true, &chance);
	}
	report();
	free(memory);
	free(saved);
	arena_clear(&arena);
	return is_exceeded;
}

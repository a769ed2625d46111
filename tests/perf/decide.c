/* SPDX-License-Identifier: Apache-2.0
 *
 * decide.c - play a file of requests and let the last one be measured.
 *
 *   decide POLICY.cpb REQUESTS.json           decide the last request once, in
 *                                             measured(), for callgrind's
 *                                             --toggle-collect=measured
 *   decide POLICY.cpb REQUESTS.json COUNT     decide it COUNT times and print the
 *                                             median nanoseconds of a decision
 *
 * Exit status 0 if every request was allowed.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"
#include "request/request.h"
#include "runtime/cpol.h"

struct cpol_verdict measured(struct cpol_group *g, const struct cpol_event *e)
    __attribute__((noinline));

struct cpol_verdict measured(struct cpol_group *g, const struct cpol_event *e)
{
	return cpol_decide(g, e);
}

static int by_value(const void *a, const void *b)
{
	double l = *(const double *)a, r = *(const double *)b;

	return (l > r) - (l < r);
}

/* The median over rounds of the mean over 64 decisions, each taken back. */
static double median_ns(struct cpol_group *g, const struct cpol_event *e, size_t rounds)
{
	double *ns = calloc(rounds, sizeof(*ns)), result;
	struct timespec start, end;
	size_t i, j;

	if (ns == NULL || rounds == 0)
		exit(2);
	for (i = 0; i < rounds; i++) {
		clock_gettime(CLOCK_MONOTONIC, &start);
		for (j = 0; j < 64; j++) {
			(void)measured(g, e);
			cpol_abort(g);
		}
		clock_gettime(CLOCK_MONOTONIC, &end);
		ns[i] = ((double)(end.tv_sec - start.tv_sec) * 1e9
		    + (double)(end.tv_nsec - start.tv_nsec)) / 64;
	}
	qsort(ns, rounds, sizeof(*ns), by_value);
	result = ns[rounds / 2];
	free(ns);
	return result;
}

int main(int argc, char **argv)
{
	static struct cpol_policy policy;
	struct arena arena = { 0 };
	struct request_item *items;
	struct cpol_verdict verdict;
	struct cpol_event event;
	struct cpol_group group;
	struct str bytes, text, error;
	uint32_t n, i;
	size_t len;
	void *memory;

	if (argc < 3 || file_read(&arena, argv[1], BC_LEN_MAX, &bytes) != 0
	    || file_read(&arena, argv[2], BC_LEN_MAX, &text) != 0
	    || cpol_open(&policy, bytes.ptr, bytes.len, NULL) != BC_OK
	    || request_read(&arena, &policy.bc, text, REQUEST_OWN, NULL, &items, &n, &error) != 0 || n == 0) {
		fputs("decide: POLICY.cpb REQUESTS.json [COUNT]\n", stderr);
		return 2;
	}
	len = cpol_memory(&policy, NULL);
	memory = aligned_alloc(16, (len + 15) / 16 * 16);
	if (memory == NULL || cpol_init(&group, &policy, memory, len, NULL) != BC_OK)
		return 2;
	for (i = 0; i < n; i++) {
		if (items[i].error.len != 0) {
			fprintf(stderr, "%u: %.*s\n", i, STR_ARG(items[i].error));
			return 2;
		}
		event.bytes = items[i].bytes.ptr;
		event.len = items[i].bytes.len;
		if (i == n - 1) {
			if (argc > 3)
				printf("%.0f\n", median_ns(&group, &event, (size_t)strtoul(argv[3], NULL, 10)));
			verdict = measured(&group, &event);
		} else {
			verdict = cpol_decide(&group, &event);
		}
		if (!verdict.allowed) {
			fprintf(stderr, "request %u is denied: reason %d at %u\n", i, (int)verdict.reason, verdict.pc);
			return 1;
		}
		cpol_commit(&group);
	}
	free(memory);
	arena_clear(&arena);
	return 0;
}

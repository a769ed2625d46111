/* SPDX-License-Identifier: Apache-2.0
 *
 * decide.c - any bytes as a request to a policy, that of the file named by
 * COCOAPOL_FUZZ_POLICY.  Nothing faults; a denial and an abort leave the state
 * as it was, to the bit; only a commit moves it, and after it the maps are in
 * order and within their capacity.  The group lives on from input to input.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/hash.h"
#include "fuzz.h"
#include "runtime/state.h"

static struct cpol_policy policy;
static struct cpol_group group;

static void require(bool is_so)
{
	if (!is_so)
		abort();
}

static uint8_t *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(BC_LEN_MAX);

	if (f == NULL || bytes == NULL) {
		fprintf(stderr, "cannot read '%s'\n", path);
		exit(2);
	}
	*len = fread(bytes, 1, BC_LEN_MAX, f);
	fclose(f);
	return bytes;
}

static void start(void)
{
	const char *path = getenv("COCOAPOL_FUZZ_POLICY");
	size_t len = 0, needed;
	uint8_t *bytes;
	void *memory;

	if (path == NULL) {
		fputs("COCOAPOL_FUZZ_POLICY names no policy\n", stderr);
		exit(2);
	}
	bytes = read_file(path, &len);
	if (cpol_open(&policy, bytes, len, NULL) != BC_OK) {
		fprintf(stderr, "'%s' is no policy\n", path);
		exit(2);
	}
	needed = cpol_memory(&policy, NULL);
	memory = malloc(needed);
	if (memory == NULL || cpol_init(&group, &policy, memory, needed, NULL) != BC_OK)
		exit(2);
}

static bool ascends(const struct value *low, const struct value *high)
{
	uint32_t n = low->n < high->n ? low->n : high->n;
	int order = low->kind == V_BYTES && n > 0 ? memcmp(low->ptr, high->ptr, n) : 0;

	if (low->kind == V_WORD)
		return low->word < high->word;
	return order < 0 || (order == 0 && low->n < high->n);
}

/* Every map in order and not too full; and a number for the whole. */
static uint64_t look(void)
{
	uint64_t h = 1;

	for (uint32_t var = 0; var < policy.bc.n_vars; var++) {
		uint64_t scalar = state_scalar(&group, var);
		uint32_t n = state_count(&group, var);
		struct value previous = { 0 };

		require(n <= policy.bc.vars[var].capacity);
		h = hash(hash(h, &scalar, sizeof(scalar)), &n, sizeof(n));
		for (uint32_t i = 0; i < n; i++) {
			struct value key, val = { .kind = V_WORD };

			state_entry(&group, var, i, &key, &val);
			require(i == 0 || ascends(&previous, &key));
			require(state_find(&group, var, &key, NULL));
			h = hash_value(hash_value(h, &key), &val);
			previous = key;
		}
	}
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cpol_event event = { bytes, len };
	struct cpol_verdict v;
	uint64_t state;

	if (policy.bc.bytes == NULL)
		start();
	state = look();
	v = cpol_decide(&group, &event);
	require(v.reason != CPOL_FAULT && v.reason != CPOL_PENDING && v.reason != CPOL_NO_POLICY);
	require(v.allowed == (v.reason == CPOL_ALLOWED) && v.allowed == group.pending);
	require(look() == state);
	require(v.allowed || (v.n_kept == 0 && v.n_outs == 0));
	if (len % 5 == 0)
		cpol_abort(&group);
	cpol_commit(&group);
	require(!group.pending && (look() == state || (v.allowed && len % 5 != 0)));
	return v.reason != CPOL_BAD_REQUEST;
}

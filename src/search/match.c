/* SPDX-License-Identifier: Apache-2.0
 *
 * match.c - see match.h.
 */
#include "match.h"

#include <string.h>

#include "../bytecode/decode.h"

/* The state that the automaton goes to from a run of ranges, or n for none. */
static uint32_t follow(const uint8_t *ranges, uint32_t n_ranges, uint8_t byte, uint32_t n)
{
	uint32_t low = 0, high = n_ranges;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		const uint8_t *range = ranges + 3 * (size_t)middle;

		if (byte < range[0])
			high = middle;
		else if (byte > range[1])
			low = middle + 1;
		else
			return range[2];
	}
	return n;
}

/* States have no index in the bytes: before[s] counts the ranges of the states
 * below s, and is found as far as the run has come. */
static bool run(const uint8_t *automaton, const uint8_t *text, size_t len)
{
	uint32_t n = automaton[0], state = 0, known = 0;
	const uint8_t *accepts = automaton + 1, *states = accepts + (n + 7) / 8;
	uint16_t before[BC_STATES_MAX + 1];

	before[0] = 0;
	for (size_t i = 0; i < len; i++) {
		const uint8_t *at = states + state + 3 * (size_t)before[state];

		state = follow(at + 1, at[0], text[i], n);
		if (state == n)
			return false;
		for (; known < state; known++)
			before[known + 1] = (uint16_t)(before[known] + states[known + 3 * (size_t)before[known]]);
	}
	return (accepts[state / 8] >> state % 8 & 1) != 0;
}

bool match_pattern(const struct bc_policy *p, uint64_t pattern, const uint8_t *text, size_t len)
{
	struct bc_bytes entry, literal;

	if (pattern >= p->patterns.n)
		return false;
	entry = bc_pattern(p, (uint32_t)pattern);
	if (entry.ptr[0] != 0)
		return run(entry.ptr + 1, text, len);
	literal = bc_string(p, bc_get32(entry.ptr + 1));
	return literal.len == len && (len == 0 || memcmp(literal.ptr, text, len) == 0);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * chance.h - chance for tests: from a seed, or from bytes that a fuzzer chooses, and
 * from the seed when those are used up.
 */
#ifndef COCOAPOL_TEST_CHANCE_H
#define COCOAPOL_TEST_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
	uint64_t state;                 /* not 0 */
	const uint8_t *bytes;
	size_t left;                    /* of the bytes */
};

static inline uint32_t chance_below(struct chance *c, uint32_t n)
{
	uint32_t chosen = 0, most = n;

	if (n == 0)
		return 0;
	if (c->left > 0) {
		for (; c->left > 0 && most > 1; most /= 256, c->left--)
			chosen = chosen << 8 | *c->bytes++;
		return chosen % n;
	}
	c->state ^= c->state << 13;
	c->state ^= c->state >> 7;
	c->state ^= c->state << 17;
	return (uint32_t)((c->state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n;
}

static inline bool chance_one_in(struct chance *c, uint32_t n)
{
	return chance_below(c, n) == 0;
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * builtins.h - for Frama-C, which does not know what compilers build in: the same in C.
 */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t len);
#define __builtin_memcpy memcpy
#define __builtin_bswap32 swap32
#define __builtin_bswap64 swap64
#define __builtin_ctzll lowest_bit

static inline uint32_t swap32(uint32_t x)
{
	return x << 24 | (x & 0xff00u) << 8 | (x >> 8 & 0xff00u) | x >> 24;
}

static inline uint64_t swap64(uint64_t x)
{
	return (uint64_t)swap32((uint32_t)x) << 32 | swap32((uint32_t)(x >> 32));
}

/* Not of 0. */
static inline int lowest_bit(uint64_t x)
{
	int n = 0;

	while ((x & 1) == 0) {
		x >>= 1;
		n++;
	}
	return n;
}

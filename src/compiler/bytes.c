/* SPDX-License-Identifier: Apache-2.0
 *
 * bytes.c - see bytes.h.
 */
#include "bytes.h"

void bytes_put(struct bytes *b, const void *ptr, size_t len)
{
	size_t cap = b->cap < 64 ? 64 : b->cap;
	uint8_t *moved;

	if (len > b->cap - b->len) {
		while (len > cap - b->len)
			cap *= 2;
		moved = arena_alloc(b->arena, cap);
		if (b->len != 0)
			memcpy(moved, b->ptr, b->len);
		b->ptr = moved;
		b->cap = cap;
	}
	if (len != 0)
		memcpy(b->ptr + b->len, ptr, len);
	b->len += len;
}

void bytes_put8(struct bytes *b, uint32_t value)
{
	uint8_t byte = (uint8_t)value;

	bytes_put(b, &byte, 1);
}

void bytes_put16(struct bytes *b, uint32_t value)
{
	bytes_put8(b, value >> 8 & 0xff);
	bytes_put8(b, value & 0xff);
}

void bytes_put32(struct bytes *b, uint32_t value)
{
	bytes_put16(b, value >> 16);
	bytes_put16(b, value & 0xffff);
}

void bytes_put64(struct bytes *b, uint64_t value)
{
	bytes_put32(b, (uint32_t)(value >> 32));
	bytes_put32(b, (uint32_t)value);
}

int bytes_order(const void *l, size_t l_len, const void *r, size_t r_len)
{
	size_t n = l_len < r_len ? l_len : r_len;
	int order = n == 0 ? 0 : memcmp(l, r, n);

	return order != 0 ? order : (l_len > r_len) - (l_len < r_len);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * bytes.c - see bytes.h.
 */
#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

size_t bytes_extend(struct bytes *b, size_t len)
{
	size_t at = b->len, cap = b->cap < 64 ? 64 : b->cap;
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
	b->len += len;
	return at;
}

void bytes_put(struct bytes *b, const void *ptr, size_t len)
{
	size_t at = bytes_extend(b, len);

	if (len != 0)
		memcpy(b->ptr + at, ptr, len);
}

void bytes_printf(struct bytes *b, const char *format, ...)
{
	size_t at, room = b->cap - b->len;
	va_list args;
	int len = -1;

	/* Into what room there is; if that was too little, again. */
	for (int tries = 0; tries < 2; tries++) {
		va_start(args, format);
		len = vsnprintf(room == 0 ? NULL : (char *)b->ptr + b->len, room, format, args);
		va_end(args);
		if (len < 0)
			abort();
		if ((size_t)len < room)
			break;
		at = bytes_extend(b, (size_t)len + 1);
		b->len = at;
		room = b->cap - b->len;
	}
	b->len += (size_t)len;
}

/* The last `len` bytes of the number, the first of them first. */
static void put_number(struct bytes *b, uint64_t value, uint32_t len)
{
	size_t at = bytes_extend(b, len);

	for (uint32_t i = 0; i < len; i++)
		b->ptr[at + i] = (uint8_t)(value >> (8 * (len - 1 - i)));
}

void bytes_put8(struct bytes *b, uint32_t value)
{
	put_number(b, value, 1);
}

void bytes_put16(struct bytes *b, uint32_t value)
{
	put_number(b, value, 2);
}

void bytes_put32(struct bytes *b, uint32_t value)
{
	put_number(b, value, 4);
}

void bytes_put64(struct bytes *b, uint64_t value)
{
	put_number(b, value, 8);
}

void bytes_set32(struct bytes *b, size_t at, uint32_t value)
{
	size_t i;

	for (i = 0; i < 4; i++)
		b->ptr[at + i] = (uint8_t)(value >> (24 - 8 * i));
}

void bytes_set64(struct bytes *b, size_t at, uint64_t value)
{
	bytes_set32(b, at, (uint32_t)(value >> 32));
	bytes_set32(b, at + 4, (uint32_t)value);
}

struct str bytes_str(const struct bytes *b)
{
	return (struct str){ (const char *)b->ptr, b->len };
}

int bytes_order(const void *l, size_t l_len, const void *r, size_t r_len)
{
	size_t n = l_len < r_len ? l_len : r_len;
	int order = n == 0 ? 0 : memcmp(l, r, n);

	return order != 0 ? order : (l_len > r_len) - (l_len < r_len);
}

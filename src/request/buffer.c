/* SPDX-License-Identifier: Apache-2.0
 *
 * buffer.c - see buffer.h.  A buffer that would pass 2 GiB ends the program, as
 * an arena does that has no more memory.
 */
#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

uint32_t buffer_extend(struct buffer *b, uint32_t len)
{
	uint32_t at = b->len, cap = b->cap == 0 ? 64 : b->cap;
	uint8_t *moved;

	if (len > INT32_MAX - b->len) {
		fputs("out of memory\n", stderr);
		exit(2);
	}
	while (cap - b->len < len)
		cap *= 2;
	if (cap != b->cap) {
		moved = arena_alloc(b->arena, cap);
		if (b->len != 0)
			memcpy(moved, b->ptr, b->len);
		b->ptr = moved;
		b->cap = cap;
	}
	b->len += len;
	return at;
}

void buffer_add(struct buffer *b, const void *bytes, size_t len)
{
	uint32_t at = buffer_extend(b, len > INT32_MAX ? INT32_MAX : (uint32_t)len);

	if (len != 0)
		memcpy(b->ptr + at, bytes, len);
}

void buffer_print(struct buffer *b, const char *format, ...)
{
	va_list args;
	uint32_t at;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		abort();
	at = buffer_extend(b, (uint32_t)len + 1);
	va_start(args, format);
	vsnprintf((char *)b->ptr + at, (size_t)len + 1, format, args);
	va_end(args);
	b->len--;
}

void buffer_put32(struct buffer *b, uint32_t at, uint32_t value)
{
	uint32_t i;

	for (i = 0; i < 4; i++)
		b->ptr[at + i] = (uint8_t)(value >> (24 - 8 * i));
}

void buffer_put64(struct buffer *b, uint32_t at, uint64_t value)
{
	buffer_put32(b, at, (uint32_t)(value >> 32));
	buffer_put32(b, at + 4, (uint32_t)value);
}

struct str buffer_str(const struct buffer *b)
{
	return (struct str){ (const char *)b->ptr, b->len };
}

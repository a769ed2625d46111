/* SPDX-License-Identifier: Apache-2.0
 *
 * arena.c - a list of chunks, each filled from its start.
 */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A chunk is as large as all before it, within bounds: an arena for little costs little. */
enum { FIRST_CHUNK = 8 * 1024, MOST_CHUNK = 256 * 1024, ALIGN = 16 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t len;
};

static void out_of_memory(void)
{
	fputs("out of memory\n", stderr);
	exit(2);
}

void *arena_alloc(struct arena *a, size_t len)
{
	size_t header = (sizeof(struct arena_chunk) + ALIGN - 1) / ALIGN * ALIGN;
	struct arena_chunk *chunk;
	size_t room;
	void *result;

	if (len > SIZE_MAX / 2)
		out_of_memory();
	len = (len + ALIGN - 1) / ALIGN * ALIGN;
	if (a->at == NULL || len > a->left) {
		room = a->used < FIRST_CHUNK ? FIRST_CHUNK : a->used > MOST_CHUNK ? MOST_CHUNK : a->used;
		room = len > room ? len : room;
		chunk = calloc(1, header + room);
		if (chunk == NULL)
			out_of_memory();
		chunk->next = a->chunks;
		chunk->len = room;
		a->chunks = chunk;
		a->at = (char *)chunk + header;
		a->left = room;
	}
	result = a->at;
	a->at += len;
	a->left -= len;
	a->used += len;
	return result;
}

void *arena_alloc_array(struct arena *a, size_t n, size_t len)
{
	if (len != 0 && n > SIZE_MAX / 2 / len)
		out_of_memory();
	return arena_alloc(a, n * len);
}

struct str arena_copy(struct arena *a, const void *bytes, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len != 0)
		memcpy(copy, bytes, len);
	return (struct str){ copy, len };
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		abort();
	text = arena_alloc(a, (size_t)len + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return (struct str){ text, (size_t)len };
}

void *arena_grow(struct arena *a, void *items, uint32_t *cap, size_t len)
{
	uint32_t more = *cap == 0 ? 8 : *cap * 2;
	void *moved;

	if (more <= *cap)
		out_of_memory();
	moved = arena_alloc_array(a, more, len);
	if (*cap != 0)
		memcpy(moved, items, *cap * len);
	*cap = more;
	return moved;
}

void arena_rewind(struct arena *a, struct arena mark)
{
	size_t written = a->chunks == mark.chunks ? mark.left - a->left : mark.left;
	struct arena_chunk *next;

	while (a->chunks != mark.chunks) {
		next = a->chunks->next;
		free(a->chunks);
		a->chunks = next;
	}
	if (written != 0)
		memset(mark.at, 0, written);
	*a = mark;
}

void arena_clear(struct arena *a)
{
	struct arena_chunk *chunk, *next;

	for (chunk = a->chunks; chunk != NULL; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	memset(a, 0, sizeof(*a));
}

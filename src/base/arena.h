/* SPDX-License-Identifier: Apache-2.0
 *
 * arena.h - memory that is freed at once.  What it gives is zeroed, aligned for
 * any object and never NULL: when the machine has no more, the program ends
 * with a message and exit status 2.
 */
#ifndef COCOAPOL_ARENA_H
#define COCOAPOL_ARENA_H

#include <stdint.h>

#include "str.h"

struct arena_chunk;
struct arena {
	struct arena_chunk *chunks;
	char *at;
	size_t left, used;
};

void *arena_alloc(struct arena *a, size_t len);
#define arena_new(a, type)       ((type *)arena_alloc((a), sizeof(type)))
/* n objects in a row; the product is checked. */
#define arena_array(a, n, type)  ((type *)arena_alloc_array((a), (n), sizeof(type)))
void *arena_alloc_array(struct arena *a, size_t n, size_t len);
struct str arena_copy(struct arena *a, const void *bytes, size_t len);  /* NUL after it */
struct str arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for one more in a growing array: moves *items when full. */
#define arena_push(a, items, n, cap) \
	((n) < (cap) ? (void)0 : (void)((items) = arena_grow((a), (items), &(cap), sizeof(*(items)))))
void *arena_grow(struct arena *a, void *items, uint32_t *cap, size_t len);
/* Back to an earlier copy of *a: what was handed out since is gone. */
void arena_rewind(struct arena *a, struct arena mark);
void arena_clear(struct arena *a);      /* an all-zero arena is a valid empty one */

#endif

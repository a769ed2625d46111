/* SPDX-License-Identifier: Apache-2.0
 *
 * request.h - requests for the events of skeleton.h, byte by byte.
 */
#ifndef COCOAPOL_TEST_REQUEST_H
#define COCOAPOL_TEST_REQUEST_H

#include "skeleton.h"

#include "runtime/cpol.h"

struct pair {
	const char *k, *l;              /* l: a list of one string, or NULL: of none */
	uint32_t w;
};
struct go {
	uint32_t b, e, n;
	const char *id, *r;
	const char *items[5], *tags[5];
	struct pair pairs[3];
};

/* The state and the request that most tests start from. */
static const struct go usual = {
	.b = 1, .e = 1, .id = "a", .items = { "x", "y", "/run" }, .n = 5,
	.pairs = { { "k1", "x", 3 }, { "k2", NULL, 4 } }, .r = D1, .tags = { "a", "b" },
};

static inline void set_cell(struct bytes *b, uint32_t at, uint32_t high, uint32_t low)
{
	for (uint32_t i = 0; i < 4; i++) {
		b->at[at + i] = (uint8_t)(high >> (24 - 8 * i));
		b->at[at + 4 + i] = (uint8_t)(low >> (24 - 8 * i));
	}
}

static inline void set_text(struct bytes *b, uint32_t at, const char *text)
{
	set_cell(b, at, b->len, (uint32_t)strlen(text));
	put_all(b, (const uint8_t *)text, strlen(text));
}

/* `n` cells for the elements of the list at `at`. */
static inline uint32_t add_cells(struct bytes *b, uint32_t at, uint32_t n, uint32_t stride)
{
	uint32_t first = b->len;

	set_cell(b, at, first, n);
	for (uint32_t i = 0; i < 8 * n * stride; i++)
		put8(b, 0);
	return first;
}

static inline void set_texts(struct bytes *b, uint32_t at, const char *const *list)
{
	uint32_t n = 0, first;

	while (n < 5 && list[n] != NULL)
		n++;
	first = add_cells(b, at, n, 1);
	for (uint32_t i = 0; i < n; i++)
		set_text(b, first + 8 * i, list[i]);
}

static inline void set_pairs(struct bytes *b, uint32_t at, const struct pair *pairs)
{
	uint32_t n = 0, first;

	while (n < 3 && pairs[n].k != NULL)
		n++;
	first = add_cells(b, at, n, 3);
	for (uint32_t i = 0; i < n; i++, first += 24) {
		set_text(b, first, pairs[i].k);
		if (pairs[i].l != NULL)
			set_text(b, add_cells(b, first + 8, 1, 1), pairs[i].l);
		else
			set_cell(b, first + 8, 0, 0);
		set_cell(b, first + 16, 0, pairs[i].w);
	}
}

static inline void make_go(struct bytes *b, const struct go *go)
{
	b->len = 0;
	for (uint32_t i = 0; i < 8 + 8 * N_FIELDS; i++)
		put8(b, 0);
	set_cell(b, 8 + 8 * FIELD_B, 0, go->b);
	set_cell(b, 8 + 8 * FIELD_E, 0, go->e);
	set_text(b, 8 + 8 * FIELD_ID, go->id);
	set_texts(b, 8 + 8 * FIELD_ITEMS, go->items);
	set_cell(b, 8 + 8 * FIELD_N, 0, go->n);
	set_pairs(b, 8 + 8 * FIELD_PAIRS, go->pairs);
	set_text(b, 8 + 8 * FIELD_R, go->r);
	set_texts(b, 8 + 8 * FIELD_TAGS, go->tags);
	set_cell(b, 0, EVENT_GO, b->len);
}

#endif

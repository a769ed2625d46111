/* SPDX-License-Identifier: Apache-2.0
 *
 * rows.c - rows sorted by content, equal ones merged.
 *
 * Tables go by depth, so the rows that a row mentions have numbers already.
 */
#include "../base/bytes.h"
#include "canon.h"
#include "pool.h"

#include <stdlib.h>

struct sortable {
	struct ir_row *row;
	struct cell *cells;             /* by column number */
	uint32_t n_cells;
};

static int compare_words(const void *l, const void *r)
{
	uint32_t a = *(const uint32_t *)l, b = *(const uint32_t *)r;

	return (a > b) - (a < b);
}

static struct cell list_cell(struct canon *c, const struct ir_value *v, enum bc_shape shape)
{
	uint32_t *words = arena_array(c->a, (size_t)v->n_items + 1, uint32_t);
	struct bytes b = { .arena = c->a };
	uint32_t i;

	for (i = 0; i < v->n_items; i++)
		words[i] = canon_word(c, &v->items[i]);
	if (shape == BC_SET && v->n_items != 0)
		qsort(words, v->n_items, sizeof(*words), compare_words);
	for (i = 0; i < v->n_items; i++)
		if (shape != BC_SET || i == 0 || words[i] != words[i - 1])
			bytes_put32(&b, words[i]);
	/* The empty list, too, has a place, for that is what tells it is one. */
	return (struct cell){ 0, b.len == 0 ? (const uint8_t *)"" : b.ptr, b.len };
}

static void use_value(struct canon *c, const struct ir_value *v, enum bc_shape shape)
{
	uint32_t i;

	if (shape != BC_ONE)
		for (i = 0; i < v->n_items; i++)
			use_value(c, &v->items[i], BC_ONE);
	else if (v->type.base == BC_STRING || v->type.base == BC_DIGEST32)
		canon_use_string(c, canon_word(c, v));
	else if (v->type.base == BC_LANGUAGE)
		canon_use_pattern(c, canon_word(c, v));
}

static int compare_rows(const void *l, const void *r)
{
	const struct sortable *a = l, *b = r;
	uint32_t i;
	int order;

	for (i = 0; i < a->n_cells; i++) {
		const struct cell *x = &a->cells[i], *y = &b->cells[i];

		if (x->list != NULL)
			order = bytes_order(x->list, x->list_len, y->list, y->list_len);
		else
			order = compare_words(&x->word, &y->word);
		if (order != 0)
			return order;
	}
	return 0;
}

static void sort_table(struct canon *c, const struct ir_table *t, struct canon_table *facts)
{
	struct sortable *rows = arena_array(c->a, t->n_rows, struct sortable);
	uint32_t i, j;

	for (i = 0; i < t->n_rows; i++) {
		rows[i] = (struct sortable){ t->rows[i],
			arena_array(c->a, t->n_columns, struct cell), t->n_columns };
		for (j = 0; j < t->n_columns; j++) {
			uint32_t place = facts->columns.at[j];
			enum bc_shape shape = t->columns[place].type.shape;
			const struct ir_value *v = &t->rows[i]->cells[place];

			use_value(c, v, shape);
			if (shape != BC_ONE)
				rows[i].cells[j] = list_cell(c, v, shape);
			else
				rows[i].cells[j].word = canon_word(c, v);
		}
	}
	if (t->n_rows != 0)
		qsort(rows, t->n_rows, sizeof(*rows), compare_rows);
	facts->rows = arena_array(c->a, t->n_rows, struct cell *);
	facts->n_rows = 0;
	for (i = 0; i < t->n_rows; i++) {
		if (i == 0 || compare_rows(&rows[i - 1], &rows[i]) != 0)
			facts->rows[facts->n_rows++] = rows[i].cells;
		rows[i].row->number = facts->n_rows - 1;
	}
}

void canon_rows(struct canon *c)
{
	uint32_t i, j, k;

	c->lists.n = 0;
	for (i = 0; i < c->ir->n_tables; i++) {
		struct canon_table *facts = &c->table_facts[i];

		sort_table(c, c->tables[i], facts);
		for (j = 0; j < facts->n_rows; j++)
			for (k = 0; k < c->tables[i]->n_columns; k++)
				if (facts->rows[j][k].list != NULL)
					pool_add(&c->lists, c->a, facts->rows[j][k].list,
					    facts->rows[j][k].list_len);
	}
	pool_sort(&c->lists);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * used.c - what is true of the whole: lists fit the columns that refer to them
 * and no pool has an entry that nothing refers to.
 *
 * Whoever takes an index marks the entry.  There is no memory for a mark on
 * every entry, but for a window of BC_WINDOW of each pool, and bc_open() reads
 * a policy with a larger pool once for each window.
 */
#include "mem.h"
#include "open.h"

static void mark(uint8_t *marks, uint32_t i)
{
	if (i < BC_WINDOW)
		marks[i / 8] |= (uint8_t)(1u << i % 8);
}

static bool is_marked(const uint8_t *marks, uint32_t i)
{
	return (marks[i / 8] >> i % 8 & 1) != 0;
}

void bc_mark(struct opener *o, enum pool pool, uint32_t i)
{
	mark(o->p->marks[pool], i - o->first);  /* below the window: wraps, and is far above it */
}

bool bc_judge_use(struct opener *o)
{
	const struct bc_pool *pools[] = { &o->p->strings, &o->p->patterns, &o->p->lists };

	for (uint32_t which = IN_STRINGS; which <= IN_LISTS; which++) {
		for (uint32_t i = 0; i < BC_WINDOW && o->first + i < pools[which]->n; i++) {
			if (!is_marked(o->p->marks[which], i))  /* the three errors are in the order of the pools */
				return bc_fail(o, (enum bc_error)(BC_E_STRING_UNUSED + which),
				    (uint32_t)(pools[which]->ends - o->p->bytes) + 4 * (o->first + i));
		}
	}
	return true;
}

static bool judge_list(struct opener *o, uint32_t type, struct bc_bytes list)
{
	for (uint32_t i = 0; i < list.len; i++) {
		const uint8_t *at = list.ptr + 4 * (size_t)i;
		uint32_t where = (uint32_t)(at - o->p->bytes);

		if (!bc_value_fits(o, type, bc_get32(at)))
			return bc_fail(o, BC_E_LIST_ELEMENT, where);
		if (BC_SHAPE(type) == BC_SET && i > 0 && bc_get32(at - 4) >= bc_get32(at))
			return bc_fail(o, BC_E_SET_ORDER, where);
	}
	return true;
}

/* Each list is judged once for each column, however many rows refer to it. */
bool bc_judge_lists(struct opener *o, const struct bc_table *t, uint32_t column)
{
	uint8_t *marks = o->p->marks[IN_COLUMN];

	for (uint32_t first = 0; first < o->p->lists.n; first += BC_WINDOW) {
		memset(marks, 0, BC_WINDOW / 8);
		for (uint32_t row = 0; row < t->n_rows; row++)
			mark(marks, bc_cell(t, row, column) - first);
		for (uint32_t i = 0; i < BC_WINDOW && first + i < o->p->lists.n; i++) {
			if (is_marked(marks, i) && !judge_list(o, bc_column_type(t, column), bc_list(o->p, first + i)))
				return false;
		}
	}
	return true;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_concrete.c - the rows of small tables, one by one, for proofs that do not
 * go through while rows are abstract.
 */
#include "joint_make.h"

#include "../bytecode/decode.h"
#include "joint_prove.h"

#define BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)
enum { MOST_ELEMENTS = 8 };

struct lister {
	struct joint *j;
	struct lift *l;
	struct fol_list *list;
	uint32_t table;                 /* joint */
};

bool joint_is_small(const struct joint *j, uint32_t table)
{
	return j->tables[table].is_shared && j->policy.tables[table].n_rows <= JOINT_ROWS_SMALL;
}

struct tree_expr *joint_row(struct joint *j, uint32_t table, uint32_t row)
{
	struct tree_expr *e = joint_node(j, BC_ROW, BC_TYPE(BC_ONE, BC_TABLEROW, table), table, 0, NULL, NULL);

	e->b = row;
	return e;
}

static void give(const struct lister *s, struct tree_expr *e)
{
	fol_list_add(s->j->arena, s->list, lift_claim(s->l, e, BC_EVENTS_MAX));
}

static struct tree_expr *local(struct joint *j, uint32_t type)
{
	return joint_node(j, BC_LOCAL, type, 0, 0, NULL, NULL);         /* in slot 0 */
}

struct tree_expr *joint_constant(struct joint *j, uint32_t type, uint64_t cell)
{
	struct tree_expr *e;

	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		return joint_node(j, cell != 0 ? BC_TRUE : BC_FALSE, type, 0, 0, NULL, NULL);
	case BC_INTEGER:
		return joint_node(j, BC_INT, type, cell, 0, NULL, NULL);
	case BC_ENUMERATION:
		e = joint_node(j, BC_ENUM, type, BC_INDEX(type), 0, NULL, NULL);
		e->b = cell;
		return e;
	case BC_STRING:
		return joint_node(j, BC_STR, type, cell, 0, NULL, NULL);
	case BC_DIGEST32:
		return joint_node(j, BC_DIGEST, type, cell, 0, NULL, NULL);
	case BC_TABLEROW:
		return joint_row(j, BC_INDEX(type), (uint32_t)cell);
	case BC_NOTHING: case BC_LANGUAGE: case BC_RECORD:
		break;
	}
	return NULL;
}

/* It has these elements and no others. */
static void give_elements(const struct lister *s, struct tree_expr *column, uint32_t cell)
{
	struct bc_bytes list = bc_list(&s->j->policy, cell);
	uint32_t element = bc_element(column->type);
	struct tree_expr *one = joint_node(s->j, BC_FALSE, BOOL, 0, 0, NULL, NULL), *all;

	if (list.len > MOST_ELEMENTS)
		return;
	for (uint32_t i = 0; i < list.len; i++) {
		struct tree_expr *e = joint_constant(s->j, element, bc_get32(list.ptr + 4 * (size_t)i));

		give(s, joint_node(s->j, BC_IN, BOOL, 0, 2, e, column));
		one = joint_node(s->j, BC_OR, BOOL, 0, 2, one,
		    joint_node(s->j, BC_EQ, BOOL, 0, 2, local(s->j, element), e));
	}
	all = joint_node(s->j, BC_ALL, BOOL, 0, 2, column, one);
	give(s, all);
}

static void give_row(const struct lister *s, uint32_t row)
{
	const struct bc_table *t = &s->j->policy.tables[s->table];

	for (uint32_t c = 0; c < t->n_columns; c++) {
		uint32_t type = bc_column_type(t, c), cell = bc_cell(t, row, c);
		struct tree_expr *column = joint_node(s->j, BC_COLUMN, type, c, 1, joint_row(s->j, s->table, row),
		    NULL);
		struct tree_expr *is = BC_SHAPE(type) == BC_ONE ? joint_constant(s->j, type, cell) : NULL;

		if (BC_SHAPE(type) != BC_ONE)
			give_elements(s, column, cell);
		else if (is != NULL)
			give(s, joint_node(s->j, BC_EQ, BOOL, 0, 2, column, is));
	}
}

void joint_concrete(struct joint *j, struct lift *l, struct fol_list *list)
{
	for (uint32_t i = 0; i < j->b.policy->n_tables; i++) {
		struct lister s = { j, l, list, i };
		uint32_t row = BC_TYPE(BC_ONE, BC_TABLEROW, i);
		struct tree_expr *one = joint_node(j, BC_FALSE, BOOL, 0, 0, NULL, NULL);

		if (!joint_is_small(j, i))
			continue;
		for (uint32_t r = 0; r < j->policy.tables[i].n_rows; r++) {
			give_row(&s, r);
			one = joint_node(j, BC_OR, BOOL, 0, 2, one,
			    joint_node(j, BC_EQ, BOOL, 0, 2, local(j, row), joint_row(j, i, r)));
		}
		give(&s, joint_node(j, BC_ALL, BOOL, 0, 2, joint_node(j, BC_ROWS, BC_TYPE(BC_SET, BC_TABLEROW, i), i,
		    0, NULL, NULL), one));
	}
}

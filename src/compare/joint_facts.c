/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_facts.c - what is true of the rows of two policies' tables: that no
 * cell of B's is more than A's, that rows differ where requests will tell them
 * apart.  Rows are abstract in proofs; here each one is looked at, and a fact is
 * given only if it holds of all of them.
 */
#include "joint_make.h"

#include "../automata/dfa.h"
#include "../bytecode/decode.h"
#include "joint_prove.h"

#define BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)

struct finder {
	struct joint *j;
	struct lift *l;
	struct fol_list *list;
	uint32_t table;                 /* joint */
	const struct joint_table *t;
	uint32_t event;                 /* whose fields facts may speak of; BC_EVENTS_MAX: none */
};

/* ---- formulas about rows ------------------------------------------------------- */

static struct tree_expr *local(struct joint *j, uint32_t slot, uint32_t type)
{
	struct tree_expr *e = joint_node(j, BC_LOCAL, type, 0, 0, NULL, NULL);

	e->slot = slot;
	return e;
}

static struct tree_expr *the_row(const struct finder *f, uint32_t slot)
{
	return local(f->j, slot, BC_TYPE(BC_ONE, BC_TABLEROW, f->table));
}

static struct tree_expr *cell(const struct finder *f, uint32_t slot, uint32_t column)
{
	return joint_node(f->j, BC_COLUMN, bc_column_type(&f->j->policy.tables[f->table], column), column, 1,
	    the_row(f, slot), NULL);
}

static struct tree_expr *negation(struct joint *j, struct tree_expr *e)
{
	return joint_node(j, BC_NOT, BOOL, 0, 1, e, NULL);
}

static struct tree_expr *either(struct joint *j, struct tree_expr *l, struct tree_expr *r)
{
	return joint_node(j, BC_OR, BOOL, 0, 2, l, r);
}

static struct tree_expr *all_of(struct joint *j, uint32_t slot, struct tree_expr *set, struct tree_expr *body)
{
	struct tree_expr *e = joint_node(j, BC_ALL, BOOL, 0, 2, set, body);

	e->slot = slot;
	return e;
}

static struct tree_expr *all_rows(const struct finder *f, uint32_t slot, struct tree_expr *body)
{
	return all_of(f->j, slot, joint_node(f->j, BC_ROWS, BC_TYPE(BC_SET, BC_TABLEROW, f->table), f->table, 0,
	    NULL, NULL), body);
}

static void give(const struct finder *f, struct tree_expr *e)
{
	fol_list_add(f->j->arena, f->list, lift_claim(f->l, e, f->event));
}

/* ---- a column that differs ------------------------------------------------------- */

/* One direction: the cells of `low` against those of `high`. */
struct sides {
	const uint32_t *low, *high;             /* by row, as in struct joint_table */
	uint32_t low_column, high_column;       /* joint */
};

static uint32_t cell_of(const struct finder *f, const uint32_t *cells, uint32_t row, uint32_t c)
{
	return cells[(size_t)row * f->t->n_columns + c];
}

static bool lists_hold(const struct joint *j, uint32_t list, uint32_t element)
{
	struct bc_bytes items = bc_list(&j->policy, list);

	for (uint32_t i = 0; i < items.len; i++)
		if (bc_get32(items.ptr + 4 * (size_t)i) == element)
			return true;
	return false;
}

/* A column of bools that excuses an element: where it is `when`. */
struct excuse {
	const struct joint_table *table;        /* NULL: no excuse */
	uint32_t column;
	bool when;
};

static bool is_excused(const struct excuse *x, uint32_t row)
{
	return x->table != NULL &&
	    (x->table->cells_b[(size_t)row * x->table->n_columns + x->column] != 0) == x->when;
}

static bool is_within(const struct finder *f, const struct sides *s, uint32_t c, const struct excuse *x)
{
	for (uint32_t r = 0; r < f->t->n_rows; r++) {
		struct bc_bytes low = bc_list(&f->j->policy, cell_of(f, s->low, r, c));
		uint32_t high = cell_of(f, s->high, r, c);

		for (uint32_t i = 0; i < low.len; i++) {
			uint32_t element = bc_get32(low.ptr + 4 * (size_t)i);

			if (!is_excused(x, element) && !lists_hold(f->j, high, element))
				return false;
		}
	}
	return true;
}

static void give_within(const struct finder *f, const struct sides *s, uint32_t c, const struct excuse *x)
{
	struct joint *j = f->j;
	uint32_t element = bc_element(bc_column_type(&j->policy.tables[f->table], c));
	struct tree_expr *body, *test;

	if (!is_within(f, s, c, x))
		return;
	body = joint_node(j, BC_IN, BOOL, 0, 2, local(j, 2, element), cell(f, 0, s->high_column));
	if (x->table != NULL) {
		test = joint_node(j, BC_COLUMN, BOOL, x->column, 1, local(j, 2, element), NULL);
		body = either(j, x->when ? test : negation(j, test), body);
	}
	give(f, all_rows(f, 0, all_of(j, 2, cell(f, 0, s->low_column), body)));
}

static bool differs(const struct joint_table *t, uint32_t c)
{
	for (uint32_t r = 0; r < t->n_rows; r++)
		if (t->cells_a[(size_t)r * t->n_columns + c] != t->cells_b[(size_t)r * t->n_columns + c])
			return true;
	return false;
}

static void about_list(const struct finder *f, const struct sides *s, uint32_t c)
{
	uint32_t type = bc_column_type(&f->j->policy.tables[f->table], c);
	const struct joint_table *of;
	struct excuse none = { NULL, 0, false };

	give_within(f, s, c, &none);
	if (BC_BASE(type) != BC_TABLEROW || !f->j->tables[BC_INDEX(type)].is_shared ||
	    is_within(f, s, c, &none))
		return;
	of = &f->j->tables[BC_INDEX(type)];
	for (uint32_t i = 0; i < of->n_columns; i++) {
		if (bc_column_type(&f->j->policy.tables[BC_INDEX(type)], i) != BOOL || differs(of, i))
			continue;
		for (uint32_t when = 0; when < 2; when++) {
			struct excuse x = { of, i, when != 0 };

			give_within(f, s, c, &x);
		}
	}
}

/* ---- patterns -------------------------------------------------------------------- */

static struct dfa *automaton(const struct joint *j, uint32_t pattern)
{
	struct bc_bytes entry = bc_pattern(&j->policy, pattern);

	return entry.ptr[0] == 0 ? dfa_of_literal(j->arena, joint_string(&j->policy, bc_get32(entry.ptr + 1))) :
	    dfa_decode(j->arena, entry.ptr, entry.len);
}

static struct fol *matches(const struct finder *f, struct fol *const *strings, uint32_t n, struct fol *row,
    uint32_t column)
{
	struct fol_space *s = f->l->space;
	uint32_t sorts[3] = { FOL_STR, FOL_STR, FOL_STR };
	struct fol *args[3] = { strings[0], strings[n - 1], NULL };

	args[n] = fol_app(s, fol_fun(s, LIFT_COLUMN, f->table, column, FOL_PAT, 1, &row->sort), &row);
	sorts[n] = FOL_PAT;
	return fol_app(s, fol_fun(s, n == 1 ? LIFT_MATCH : LIFT_MATCHCAT, 0, 0, FOL_BOOL, n + 1, sorts), args);
}

static void about_patterns(const struct finder *f, const struct sides *s, uint32_t c)
{
	struct fol_space *space = f->l->space;

	for (uint32_t r = 0; r < f->t->n_rows; r++) {
		uint32_t low = cell_of(f, s->low, r, c), high = cell_of(f, s->high, r, c);

		if (low != high && !dfa_subset(f->j->arena, automaton(f->j, low), automaton(f->j, high)))
			return;
	}
	for (uint32_t n = 1; n <= 2; n++) {
		struct fol *strings[2] = { fol_temp(space, FOL_STR), fol_temp(space, FOL_STR) };
		struct fol *row = fol_temp(space, FOL_ROW + f->table);
		struct fol *fact = fol_implies(space, matches(f, strings, n, row, s->low_column),
		    matches(f, strings, n, row, s->high_column));

		for (uint32_t i = 0; i < n; i++)
			fact = fol_bind(space, FOL_ALL, strings[i], fact);
		fol_list_add(f->j->arena, f->list, fol_bind(space, FOL_ALL, row, fact));
	}
}

static void about_column(const struct finder *f, const struct sides *s, uint32_t c)
{
	uint32_t type = bc_column_type(&f->j->policy.tables[f->table], c);
	struct tree_expr *low = cell(f, 0, s->low_column), *high = cell(f, 0, s->high_column);

	if (BC_SHAPE(type) != BC_ONE) {
		about_list(f, s, c);
		return;
	}
	if (BC_BASE(type) == BC_LANGUAGE) {
		about_patterns(f, s, c);
		return;
	}
	if (BC_BASE(type) != BC_BOOL && BC_BASE(type) != BC_INTEGER)
		return;
	for (uint32_t r = 0; r < f->t->n_rows; r++)
		if (cell_of(f, s->low, r, c) > cell_of(f, s->high, r, c))
			return;
	give(f, all_rows(f, 0, BC_BASE(type) == BC_BOOL ? either(f->j, negation(f->j, low), high) :
	    joint_node(f->j, BC_LE, BOOL, 0, 2, low, high)));
}

/* ---- rows that differ ------------------------------------------------------------- */

static bool is_unique(const struct finder *f, const uint32_t *cells, uint32_t c)
{
	struct intern seen = { .arena = f->j->arena };

	for (uint32_t r = 0; r < f->t->n_rows; r++)
		if (intern_add(&seen, (struct str){ (const char *)&cells[(size_t)r * f->t->n_columns + c],
		    sizeof(uint32_t) }) != r)
			return false;
	return true;
}

static struct tree_expr *same_cell(const struct finder *f, uint32_t column)
{
	uint32_t type = bc_column_type(&f->j->policy.tables[f->table], column);

	return joint_node(f->j, BC_SHAPE(type) == BC_ONE ? BC_EQ : BC_EQLIST, BOOL, 0, 2, cell(f, 0, column),
	    cell(f, 2, column));
}

/* Whether cells with other numbers are other values, of many.  The elements of a
 * set may be in another order and the set the same. */
static bool can_tell_apart(const struct finder *f, uint32_t column)
{
	uint32_t type = bc_column_type(&f->j->policy.tables[f->table], column);
	bool is_text = BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32;

	return f->t->n_rows > 1 && BC_SHAPE(type) != BC_SET && (BC_SHAPE(type) != BC_ONE || is_text);
}

/* Where a cell tells any two rows apart. */
static void about_difference(const struct finder *f, const uint32_t *cells, uint32_t c, uint32_t column)
{
	struct joint *j = f->j;

	if (!can_tell_apart(f, column) || !is_unique(f, cells, c))
		return;
	give(f, all_rows(f, 0, all_rows(f, 2, either(j, negation(j, same_cell(f, column)),
	    joint_node(j, BC_EQ, BOOL, 0, 2, the_row(f, 0), the_row(f, 2))))));
}

/* Where a cell tells rows that a side has from those that it has not. */
static void about_lacking(const struct finder *f, const uint32_t *cells, uint32_t c, uint32_t column,
    const bool *in, uint32_t has)
{
	struct intern there = { .arena = f->j->arena };
	struct tree_expr *other;

	if (has == JOINT_NONE || !can_tell_apart(f, column) || is_unique(f, cells, c))
		return;
	for (uint32_t pass = 0; pass < 2; pass++)
		for (uint32_t r = 0; r < f->t->n_rows; r++) {
			struct str cell = { (const char *)&cells[(size_t)r * f->t->n_columns + c], sizeof(uint32_t) };

			if (pass == 0 && in[r])
				intern_add(&there, cell);
			if (pass == 1 && !in[r] && intern_find(&there, cell) != JOINT_NONE)
				return;
		}
	other = joint_node(f->j, BC_COLUMN, BOOL, has, 1, the_row(f, 2), NULL);
	give(f, all_rows(f, 0, all_rows(f, 2, either(f->j, either(f->j, negation(f->j, cell(f, 0, has)), other),
	    negation(f->j, same_cell(f, column))))));
}

/* Two rows of which a rule says that this column is what the request says. */
static void about_asked(const struct finder *f, uint32_t column, const struct tree_expr *test, uint32_t side)
{
	struct joint *j = f->j;
	struct tree_expr *l = joint_node(j, test->op, BOOL, 0, 2, test->kids[0], test->kids[1]);
	struct tree_expr *r = joint_node(j, test->op, BOOL, 0, 2, test->kids[0], test->kids[1]);

	l->kids[side] = cell(f, 0, column);
	r->kids[side] = cell(f, 2, column);
	give(f, all_rows(f, 0, all_rows(f, 2, either(j, either(j, negation(j, l), negation(j, r)),
	    joint_node(j, BC_EQ, BOOL, 0, 2, the_row(f, 0), the_row(f, 2))))));
}

/* Comparisons of a unique column with a field: the column may be on the right. */
static void find_asked(const struct finder *f, uint32_t column, const struct tree_expr *e)
{
	if (e == NULL)
		return;
	for (uint32_t i = 0; i < 2 && (e->op == BC_EQ || e->op == BC_EQLIST); i++)
		if (e->kids[i]->op == BC_COLUMN && e->kids[i]->a == column &&
		    BC_INDEX(e->kids[i]->kids[0]->type) == f->table && e->kids[1 - i]->op == BC_FIELD)
			about_asked(f, column, e, i);
	for (uint32_t i = 0; i < e->n_kids; i++)
		find_asked(f, column, e->kids[i]);
}

void joint_asked(struct joint *j, struct lift *l, uint32_t event, struct fol_list *list)
{
	const struct tree_rule *a = &j->a.joint.rules[event], *b = &j->b.joint.rules[event];

	for (uint32_t i = 0; i < j->a.policy->n_tables; i++) {
		struct finder f = { j, l, list, j->a.tables[i], &j->tables[j->a.tables[i]], event };

		for (uint32_t c = 0; f.t->is_shared && c < f.t->n_columns; c++) {
			if (BC_SHAPE(bc_column_type(&j->policy.tables[f.table], c)) == BC_SET)
				continue;
			for (uint32_t k = 0; is_unique(&f, f.t->cells_b, c) && k < b->n_stmts; k++)
				find_asked(&f, c, b->stmts[k].value);
			for (uint32_t k = 0; is_unique(&f, f.t->cells_a, c) && k < a->n_stmts; k++)
				find_asked(&f, j->a.columns[i][c], a->stmts[k].value);
		}
	}
}

/* ---- rows that rules name ----------------------------------------------------------- */

static void about_named(const struct finder *f, const bool *in, uint32_t has)
{
	uint32_t type = BC_TYPE(BC_ONE, BC_TABLEROW, f->table);

	if (has == JOINT_NONE)
		return;
	for (uint32_t r = 0; r < f->t->n_rows; r++) {
		struct tree_expr *row, *test;

		if (!f->t->is_named[r])
			continue;
		row = joint_node(f->j, BC_ROW, type, f->table, 0, NULL, NULL);
		row->b = r;
		test = joint_node(f->j, BC_COLUMN, BOOL, has, 1, row, NULL);
		give(f, in[r] ? test : negation(f->j, test));
	}
}

/* Every row is of one side or the other. */
static void about_sides(const struct finder *f, uint32_t has_a, uint32_t has_b)
{
	if (has_a != JOINT_NONE && has_b != JOINT_NONE)
		give(f, all_rows(f, 0, either(f->j, cell(f, 0, has_a), cell(f, 0, has_b))));
}

void joint_facts(struct joint *j, struct lift *l, struct fol_list *list)
{
	for (uint32_t i = 0; i < j->a.policy->n_tables; i++) {
		struct finder f = { j, l, list, j->a.tables[i], &j->tables[j->a.tables[i]], BC_EVENTS_MAX };

		if (!f.t->is_shared)
			continue;
		for (uint32_t c = 0; c < f.t->n_columns; c++) {
			uint32_t of_a = j->a.columns[i][c];
			struct sides up = { f.t->cells_b, f.t->cells_a, c, of_a };
			struct sides down = { f.t->cells_a, f.t->cells_b, of_a, c };

			about_difference(&f, f.t->cells_b, c, c);
			about_lacking(&f, f.t->cells_b, c, c, f.t->in_a, j->a.has[i]);
			about_lacking(&f, f.t->cells_b, c, c, f.t->in_b, j->b.has[f.table]);
			if (of_a == c)
				continue;
			about_difference(&f, f.t->cells_a, c, of_a);
			about_lacking(&f, f.t->cells_a, c, of_a, f.t->in_a, j->a.has[i]);
			about_lacking(&f, f.t->cells_a, c, of_a, f.t->in_b, j->b.has[f.table]);
			about_column(&f, &up, c);
			about_column(&f, &down, c);
		}
		about_sides(&f, j->a.has[i], j->b.has[f.table]);
		about_named(&f, f.t->in_a, j->a.has[i]);
		about_named(&f, f.t->in_b, j->b.has[f.table]);
	}
}

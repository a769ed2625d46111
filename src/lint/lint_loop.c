/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_loop.c - what conditions and loops may be worth: see lint_flow.h.
 */
#include "lint_fold.h"

enum { NESTED_MOST = 2000 };

/* Each operand may rely on those before it. */
enum fold_truth fold_of_logic(struct flow *f, const struct tree_expr *e)
{
	enum fold_truth decides = e->op == BC_AND ? FOLD_FALSE : FOLD_TRUE, t, result;
	uint32_t i, mark = f->n_facts;
	struct fold v;

	result = fold_opposite(decides);
	for (i = 0; i < e->n_kids && result != decides; i++) {
		v = flow_eval(f, e->kids[i]);
		t = flow_truth(&v);
		if (t == decides || t == FOLD_MAYBE)
			result = t;
		if (t == FOLD_MAYBE)
			flow_assume(f, e->kids[i], e->op == BC_AND);
	}
	f->n_facts = mark;
	return result;
}

/* The elements that a loop is about, one by one. */
struct walk {
	struct fold over, element;
	uint32_t at, n;
	bool one;                       /* one element stands for all that there may be */
	bool sure;                      /* each element is surely there */
};

static struct walk walk_of(struct flow *f, const struct tree_expr *e)
{
	struct walk w = { .over = flow_eval(f, e->kids[0]) };

	w.one = !w.over.listed && w.over.rows == NULL;
	w.sure = w.over.listed || w.over.all;
	w.n = w.over.empty ? 0 : w.one ? 1 : w.over.listed ? w.over.cells.len :
	    fold_n_rows(f, w.over.type) + w.over.none;
	return w;
}

static bool walk_next(struct flow *f, struct walk *w, const struct tree_expr *e)
{
	uint32_t type = bc_element(w->over.type), i;

	for (; w->at < w->n; w->at++) {
		i = w->at;
		if (w->one)
			w->element = flow_any(f, type);
		else if (w->over.listed)
			w->element = fold_of_cell(f, type, bc_get32(w->over.cells.ptr + 4 * (size_t)i));
		else if (i == fold_n_rows(f, type))
			w->element = flow_zero(type);
		else if (flow_has(w->over.rows, i))
			w->element = fold_of_cell(f, type, i);
		else
			continue;
		w->element.field = w->over.field;
		w->element.slot = e->slot + 1;
		f->slots[e->slot] = w->element;
		f->slots[e->slot + 1] = flow_any(f, BC_TYPE(BC_ONE, BC_INTEGER, 0));
		w->at++;
		return true;
	}
	return false;
}

static enum fold_truth block(struct flow *f, const struct tree_expr *e)
{
	struct fold v;

	f->n_loops++;
	v = flow_eval(f, e->kids[1]);
	f->n_loops--;
	return flow_truth(&v);
}

enum fold_truth fold_of_quantifier(struct flow *f, const struct tree_expr *e)
{
	enum fold_truth decides = e->op == BC_ALL ? FOLD_FALSE : FOLD_TRUE, t, result;
	struct walk w = walk_of(f, e);

	/* All rows against all rows are too many to say more. */
	if (f->n_loops != 0 && w.n > NESTED_MOST)
		return FOLD_MAYBE;
	result = fold_opposite(decides);
	while (result != decides && walk_next(f, &w, e)) {
		t = block(f, e);
		if (t == decides && w.sure)
			result = decides;
		else if (t == decides || t == FOLD_MAYBE)
			result = FOLD_MAYBE;
		/* An element that may be there decides nothing: no need to go on. */
		if (result == FOLD_MAYBE && !w.sure)
			break;
	}
	return result;
}

struct fold fold_of_count(struct flow *f, const struct tree_expr *e)
{
	struct walk w = walk_of(f, e);
	struct fold v = flow_zero(e->type);
	enum fold_truth t;

	while (walk_next(f, &w, e)) {
		t = block(f, e);
		v.word += t == FOLD_TRUE;
		if (t == FOLD_MAYBE || (t == FOLD_TRUE && !w.sure))
			return flow_any(f, e->type);
	}
	return v;
}

struct fold fold_of_where(struct flow *f, const struct tree_expr *e)
{
	struct walk w = walk_of(f, e);
	struct fold v = w.over;
	uint64_t *rows = flow_is_rows(e->type) ? flow_rows(f, BC_INDEX(e->type)) : NULL;
	enum fold_truth t;

	v.type = e->type;
	v.listed = v.full = v.none = false;
	v.all = w.sure && rows != NULL;
	v.empty = true;
	while (walk_next(f, &w, e)) {
		t = block(f, e);
		v.all = v.all && t != FOLD_MAYBE;
		if (t == FOLD_FALSE)
			continue;
		v.empty = false;
		v.full = v.full || (w.sure && t == FOLD_TRUE);
		if (rows != NULL && w.element.word == BC_NO_ROW)
			v.none = true;
		else if (rows != NULL)
			flow_set(rows, w.element.word);
	}
	v.rows = rows;
	return v;
}

struct fold fold_of_map(struct flow *f, const struct tree_expr *e)
{
	struct walk w = walk_of(f, e);
	struct fold v = { .type = e->type, .empty = w.over.empty, .full = w.over.full }, row;
	uint64_t *rows = flow_rows(f, BC_INDEX(e->type));
	uint32_t i;

	while (walk_next(f, &w, e)) {
		row = flow_eval(f, e->kids[1]);
		v.none = v.none || !row.known || row.word == BC_NO_ROW;
		if (row.known && row.word != BC_NO_ROW)
			flow_set(rows, row.word);
		for (i = 0; !row.known && i <= fold_n_rows(f, e->type) / 64; i++)
			rows[i] |= row.rows[i];
	}
	v.rows = rows;
	return v;
}

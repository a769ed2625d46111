/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_eval.c - what an expression may be worth: see lint_flow.h.  A switch here
 * is over numbers, not over the enumeration: what has no case may be anything.
 */
#include "lint_fold.h"

struct fold fold_of_truth(enum fold_truth truth)
{
	return (struct fold){ .type = BC_TYPE(BC_ONE, BC_BOOL, 0), .known = truth != FOLD_MAYBE,
	    .word = truth == FOLD_TRUE };
}

enum fold_truth flow_truth(const struct fold *v)
{
	return !v->known ? FOLD_MAYBE : v->word != 0 ? FOLD_TRUE : FOLD_FALSE;
}

enum fold_truth fold_truth_if(bool is_true, bool is_false)
{
	return is_true ? FOLD_TRUE : is_false ? FOLD_FALSE : FOLD_MAYBE;
}

enum fold_truth fold_opposite(enum fold_truth t)
{
	return fold_truth_if(t == FOLD_FALSE, t == FOLD_TRUE);
}

bool flow_is_rows(uint32_t type)
{
	return BC_BASE(type) == BC_TABLEROW;
}

uint32_t fold_n_rows(const struct flow *f, uint32_t type)
{
	return f->p->tables[BC_INDEX(type)].n_rows;
}

uint64_t *flow_rows(const struct flow *f, uint32_t table)
{
	return arena_array(f->arena, f->p->tables[table].n_rows / 64 + 1, uint64_t);
}

struct fold flow_any(const struct flow *f, uint32_t type)
{
	struct fold v = { .type = type };

	if (flow_is_rows(type))
		v.rows = f->every[BC_INDEX(type)];
	v.none = flow_is_rows(type) && BC_SHAPE(type) == BC_LIST;
	if (flow_is_rows(type) && fold_n_rows(f, type) == 0)
		v.empty = BC_SHAPE(type) == BC_SET;
	return v;
}

struct fold flow_zero(uint32_t type)
{
	struct fold v = { .type = type };

	if (BC_SHAPE(type) != BC_ONE) {
		v.empty = true;
		v.listed = true;
	} else if (BC_BASE(type) != BC_DIGEST32) {
		v.known = true;
		v.word = flow_is_rows(type) || BC_BASE(type) == BC_LANGUAGE ? BC_NO_ROW : 0;
	}
	return v;
}

bool fold_is_text(uint32_t type)
{
	return BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32;
}

struct fold fold_of_cell(const struct flow *f, uint32_t type, uint64_t cell)
{
	struct fold v = { .type = type };
	struct bc_bytes bytes;

	if (BC_SHAPE(type) != BC_ONE) {
		v.listed = true;
		v.cells = bc_list(f->p, (uint32_t)cell);
		v.empty = v.cells.len == 0;
		v.full = !v.empty;
		return v;
	}
	v.known = true;
	v.word = cell;
	if (fold_is_text(type)) {
		bytes = bc_string(f->p, (uint32_t)cell);
		v.text = (struct str){ (const char *)bytes.ptr, bytes.len };
	}
	return v;
}

/* ---- reading ---- */

/* A column of a row that may be several: what they have in common. */
static struct fold of_column(struct flow *f, const struct tree_expr *e)
{
	struct fold row = flow_eval(f, e->kids[0]), v = flow_any(f, e->type);
	const struct bc_table *t = &f->p->tables[BC_INDEX(row.type)];
	bool all_empty = BC_SHAPE(e->type) != BC_ONE;
	uint32_t i;

	if (row.known)
		return row.word == BC_NO_ROW ? flow_zero(e->type) :
		    fold_of_cell(f, e->type, bc_cell(t, (uint32_t)row.word, (uint32_t)e->a));
	for (i = 0; i < t->n_rows && all_empty; i++)
		if (row.rows == NULL || flow_has(row.rows, i))
			all_empty = bc_list(f->p, bc_cell(t, i, (uint32_t)e->a)).len == 0;
	return all_empty ? flow_zero(e->type) : v;
}

static struct fold of_switch(const struct flow *f, const struct tree_expr *e)
{
	return fold_of_cell(f, e->type, bc_switch_value(f->p, (uint32_t)e->a));
}

static struct fold of_has(struct flow *f, const struct tree_expr *e)
{
	const struct flow_var *var = &f->vars[e->a];
	struct fold key;

	if (f->blind)
		return flow_any(f, e->type);
	if (!var->any_key)
		return fold_of_truth(FOLD_FALSE);
	key = flow_eval(f, e->kids[0]);
	return fold_of_truth(var->keys != NULL && key.known &&
	    key.word != BC_NO_ROW && !flow_has(var->keys, key.word) ? FOLD_FALSE : FOLD_MAYBE);
}

/* The key may be there or not: the value, or the zero. */
static struct fold of_get(const struct flow *f, const struct tree_expr *e)
{
	const struct flow_var *var = &f->vars[e->a];
	struct fold v = flow_any(f, e->type);
	uint32_t i;
	bool any = false;

	if (f->blind)
		return v;
	if (!var->any_key)
		return flow_zero(e->type);
	if (var->rows != NULL) {
		v.rows = var->rows;
		for (i = 0; i <= fold_n_rows(f, e->type) / 64; i++)
			any = any || var->rows[i] != 0;
		return any || v.none ? v : flow_zero(e->type);
	}
	return v;
}

static struct fold of_keys(const struct flow *f, const struct tree_expr *e)
{
	const struct flow_var *var = &f->vars[e->a];
	struct fold v = flow_any(f, e->type);

	/* "No row" can be a key, though it is in no set of rows. */
	v.none = flow_is_rows(e->type);
	v.empty = false;
	if (f->blind)
		return v;
	if (!var->any_key)
		return flow_zero(e->type);
	if (var->keys != NULL)
		v.rows = var->keys;
	return v;
}

static struct fold of_rows(const struct flow *f, const struct tree_expr *e)
{
	struct fold v = flow_any(f, e->type);

	v.all = true;
	v.full = fold_n_rows(f, e->type) != 0;
	return v;
}

/* ---- comparing ---- */

static enum fold_truth equal(struct flow *f, const struct fold *l, const struct fold *r)
{
	const struct fold *row = l->known ? l : r, *other = l->known ? r : l;

	if (l->known && r->known)
		return fold_truth_if(fold_is_text(l->type) ? str_equal(l->text, r->text) : l->word == r->word,
		    true);
	if (flow_is_rows(l->type))
		return fold_truth_if(false, row->known && row->word != BC_NO_ROW &&
		    other->rows != NULL && !flow_has(other->rows, row->word));
	if (BC_BASE(l->type) != BC_STRING)
		return FOLD_MAYBE;
	if (row->known)
		return fold_truth_if(false, other->lang != NULL && other->lang->dfa != NULL &&
		    !dfa_match(other->lang->dfa, row->text));
	return fold_truth_if(false, l->lang != NULL && r->lang != NULL &&
	    !lint_meets(&f->lint->langs, l->lang, r->lang));
}

static bool same_cells(const struct fold *l, const struct fold *r)
{
	return l->cells.len == r->cells.len && (l->cells.len == 0 ||
	    memcmp(l->cells.ptr, r->cells.ptr, 4 * (size_t)l->cells.len) == 0);
}

static enum fold_truth equal_lists(const struct fold *l, const struct fold *r)
{
	const struct fold *known = l->listed ? l : r, *other = l->listed ? r : l;
	uint32_t i;

	if (l->empty && r->empty)
		return FOLD_TRUE;
	if ((l->empty && r->full) || (l->full && r->empty))
		return FOLD_FALSE;
	if (l->listed && r->listed)
		return fold_truth_if(same_cells(l, r), true);
	if (known->listed && other->rows != NULL)
		for (i = 0; i < known->cells.len; i++)
			if (!flow_has(other->rows, bc_get32(known->cells.ptr + 4 * (size_t)i)))
				return FOLD_FALSE;
	return FOLD_MAYBE;
}

static struct fold of_keyrows(struct flow *f, const struct tree_expr *e)
{
	struct fold key = flow_eval(f, e->kids[0]), v = flow_any(f, e->type), cell;
	const struct bc_table *t = &f->p->tables[e->a];
	uint64_t *rows = flow_rows(f, (uint32_t)e->a);
	uint32_t i;

	v.empty = true;
	for (i = 0; i < t->n_rows; i++) {
		cell = fold_of_cell(f, bc_column_type(t, 0), bc_cell(t, i, 0));
		if ((BC_SHAPE(cell.type) == BC_ONE ? equal(f, &cell, &key) :
		    equal_lists(&cell, &key)) == FOLD_FALSE)
			continue;
		flow_set(rows, i);
		v.empty = false;
	}
	v.rows = rows;
	return v;
}

static enum fold_truth is_in(struct flow *f, const struct fold *x, const struct fold *set)
{
	struct fold cell;
	uint32_t i;
	enum fold_truth t, some = FOLD_FALSE;

	if (set->empty)
		return FOLD_FALSE;
	if (!set->listed && set->rows != NULL && x->known)
		return x->word == BC_NO_ROW ? fold_truth_if(false, !set->none) :
		    fold_truth_if(set->all && flow_has(set->rows, x->word), !flow_has(set->rows, x->word));
	if (!set->listed)
		return FOLD_MAYBE;
	for (i = 0; i < set->cells.len && some != FOLD_TRUE; i++) {
		cell = fold_of_cell(f, bc_element(set->type), bc_get32(set->cells.ptr + 4 * (size_t)i));
		t = equal(f, &cell, x);
		some = t == FOLD_FALSE ? some : t;
	}
	return some;
}

static enum fold_truth is_less(const struct fold *l, const struct fold *r, bool or_equal)
{
	if (l->known && r->known)
		return fold_truth_if(or_equal ? l->word <= r->word : l->word < r->word, true);
	if (or_equal)
		return fold_truth_if((l->known && l->word == 0) || (r->known && r->word == UINT64_MAX),
		    false);
	return fold_truth_if(false, (r->known && r->word == 0) || (l->known && l->word == UINT64_MAX));
}

static enum fold_truth in_lang(struct flow *f, const struct fold *v, struct lang *lang)
{
	if (lint_no_word(lang))
		return FOLD_FALSE;
	if (v->known)
		return lang->dfa == NULL ? FOLD_MAYBE :
		    fold_truth_if(dfa_match(lang->dfa, v->text), true);
	if (v->lang == NULL)
		return FOLD_MAYBE;
	return fold_truth_if(lint_within(&f->lint->langs, v->lang, lang),
	    !lint_meets(&f->lint->langs, v->lang, lang));
}

static enum fold_truth matches(struct flow *f, const struct tree_expr *e)
{
	struct fold text = flow_eval(f, e->kids[0]), pattern = flow_eval(f, e->kids[e->n_kids - 1]);
	struct lang *lang;
	struct fold prefix;

	if (!pattern.known)
		return FOLD_MAYBE;
	lang = lint_lang(&f->lint->langs, (uint32_t)pattern.word);
	if (e->op == BC_MATCH || lint_no_word(lang))
		return in_lang(f, &text, lang);
	prefix = flow_eval(f, e->kids[1]);
	if (prefix.known || prefix.lang == NULL || text.known || text.lang == NULL)
		return FOLD_MAYBE;
	/* Not within: that some prefix fits is not that this one does. */
	return fold_truth_if(false, !lint_meets(&f->lint->langs,
	    lint_quotient(&f->lint->langs, text.lang, prefix.lang), lang));
}

static struct fold of_pick(struct flow *f, const struct tree_expr *e)
{
	struct fold set = flow_eval(f, e->kids[0]), v = flow_any(f, e->type);
	uint64_t *rows;
	uint32_t i;

	if (set.empty)
		return flow_zero(e->type);
	if (!set.listed) {
		v.rows = set.rows;
		return v;
	}
	rows = flow_rows(f, BC_INDEX(e->type));
	for (i = 0; i < set.cells.len; i++)
		flow_set(rows, bc_get32(set.cells.ptr + 4 * (size_t)i));
	v.rows = rows;
	return v;
}

static struct fold of_pair(struct flow *f, const struct tree_expr *e)
{
	struct fold l = flow_eval(f, e->kids[0]), r = flow_eval(f, e->kids[1]);

	switch ((unsigned)e->op) {
	case BC_EQ:
		return fold_of_truth(equal(f, &l, &r));
	case BC_EQLIST:
		return fold_of_truth(equal_lists(&l, &r));
	case BC_IN:
		return fold_of_truth(is_in(f, &l, &r));
	case BC_LT:
		return fold_of_truth(is_less(&l, &r, false));
	case BC_LE:
		return fold_of_truth(is_less(&l, &r, true));
	default:
		return flow_any(f, e->type);
	}
}

static struct fold of_one(struct flow *f, const struct tree_expr *e)
{
	struct fold v = flow_eval(f, e->kids[0]), len = flow_any(f, e->type);

	switch ((unsigned)e->op) {
	case BC_NOT:
		return fold_of_truth(fold_opposite(flow_truth(&v)));
	case BC_EMPTY:
		return fold_of_truth(fold_truth_if(v.empty, v.full));
	case BC_LEN:
		len.known = v.empty || v.listed;
		len.word = v.empty ? 0 : v.cells.len;
		return len;
	default:
		return len;
	}
}

static struct fold of_constant(struct flow *f, const struct tree_expr *e)
{
	switch ((unsigned)e->op) {
	case BC_FALSE:
	case BC_TRUE:
		return fold_of_truth(e->op == BC_TRUE ? FOLD_TRUE : FOLD_FALSE);
	case BC_ENUM:
	case BC_ROW:
		return fold_of_cell(f, e->type, e->b);
	case BC_NOROWS:
		return flow_zero(e->type);
	default:
		return fold_of_cell(f, e->type, e->a);
	}
}

struct fold flow_eval(struct flow *f, const struct tree_expr *e)
{
	switch ((unsigned)e->op) {
	case BC_FALSE: case BC_TRUE: case BC_INT: case BC_ENUM: case BC_STR: case BC_DIGEST:
	case BC_PATTERN: case BC_ROW: case BC_NOROWS:
		return of_constant(f, e);
	case BC_SWITCH:
		return of_switch(f, e);
	case BC_LOCAL:
		return f->slots[e->slot];
	case BC_FIELD:
		return fold_of_field(f, (uint32_t)e->a);
	case BC_COLUMN:
		return of_column(f, e);
	case BC_MEMBER:
		return fold_of_member(f, e);
	case BC_VAR:
		return f->blind ? flow_any(f, e->type) : f->vars[e->a].value;
	case BC_HAS:
		return of_has(f, e);
	case BC_GET:
		return of_get(f, e);
	case BC_KEYS:
		return of_keys(f, e);
	case BC_ROWS:
		return of_rows(f, e);
	case BC_KEYROWS:
		return of_keyrows(f, e);
	case BC_PICK:
		return of_pick(f, e);
	case BC_LEN: case BC_EMPTY: case BC_NOT:
		return of_one(f, e);
	case BC_IN: case BC_EQ: case BC_EQLIST: case BC_LT: case BC_LE:
		return of_pair(f, e);
	case BC_MATCH: case BC_MATCHCAT:
		return fold_of_truth(matches(f, e));
	case BC_AND: case BC_OR:
		return fold_of_truth(fold_of_logic(f, e));
	case BC_ALL: case BC_SOME:
		return fold_of_truth(fold_of_quantifier(f, e));
	case BC_COUNT:
		return fold_of_count(f, e);
	case BC_WHERE:
		return fold_of_where(f, e);
	case BC_MAP:
		return fold_of_map(f, e);
	default:
		return flow_any(f, e->type);
	}
}

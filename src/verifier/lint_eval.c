/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_eval.c - what an expression may be worth: see lint_flow.h.  A switch here
 * is over numbers, not over the enumeration: what has no case may be anything.
 */
#include <string.h>

#include "../bytecode/decode.h"
#include "lint_flow.h"

static struct fold of_truth(enum fold_truth truth)
{
	return (struct fold){ .type = BC_TYPE(BC_ONE, BC_BOOL, 0), .known = truth != FOLD_MAYBE,
	    .word = truth == FOLD_TRUE };
}

enum fold_truth flow_truth(const struct fold *v)
{
	return !v->known ? FOLD_MAYBE : v->word != 0 ? FOLD_TRUE : FOLD_FALSE;
}

static enum fold_truth truth_if(bool is_true, bool is_false)
{
	return is_true ? FOLD_TRUE : is_false ? FOLD_FALSE : FOLD_MAYBE;
}

static enum fold_truth opposite(enum fold_truth t)
{
	return truth_if(t == FOLD_FALSE, t == FOLD_TRUE);
}

bool flow_is_rows(uint32_t type)
{
	return BC_BASE(type) == BC_TABLEROW;
}

static uint32_t n_rows(const struct flow *f, uint32_t type)
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
	if (flow_is_rows(type) && n_rows(f, type) == 0)
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

static bool is_text(uint32_t type)
{
	return BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32;
}

static struct fold of_cell(const struct flow *f, uint32_t type, uint64_t cell)
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
	if (is_text(type)) {
		bytes = bc_string(f->p, (uint32_t)cell);
		v.text = (struct str){ (const char *)bytes.ptr, bytes.len };
	}
	return v;
}

/* ---- what was required of a string, or a scalar ---- */

static void add_fact(struct flow *f, const struct flow_fact *fact)
{
	/* Without room something is forgotten, which only says less. */
	if (f->n_facts < FLOW_FACTS && !f->blind)
		f->facts[f->n_facts++] = *fact;
}

static void add_facts(const struct flow *f, enum flow_about about, uint32_t of, uint32_t member,
    struct fold *v)
{
	uint32_t i;

	for (i = 0; i < f->n_facts; i++) {
		const struct flow_fact *fact = &f->facts[i];

		if (fact->about != about || fact->of != of || fact->member != member)
			continue;
		if (fact->lang != NULL)
			v->lang = lint_and(&f->lint->langs, v->lang, fact->lang);
		if (fact->known) {
			v->known = true;
			v->word = fact->word;
		}
	}
}

static struct fold of_field(const struct flow *f, uint32_t field)
{
	struct fold v = flow_any(f, bc_field_type(&f->p->events[f->event], field));

	v.field = field + 1;
	if (BC_SHAPE(v.type) == BC_ONE)
		add_facts(f, FLOW_FIELD, field, 0, &v);
	return v;
}

static struct fold of_member(struct flow *f, const struct tree_expr *e)
{
	struct fold element = flow_eval(f, e->kids[0]), v = flow_any(f, e->type);

	if (element.field != 0)
		add_facts(f, FLOW_MEMBER, element.field - 1, (uint32_t)e->a, &v);
	if (element.slot != 0)
		add_facts(f, FLOW_SLOT, element.slot - 1, (uint32_t)e->a, &v);
	return v;
}

static bool fact_about(struct flow *f, const struct tree_expr *e, struct flow_fact *fact)
{
	struct fold element;

	memset(fact, 0, sizeof(*fact));
	if (e->op == BC_FIELD) {
		fact->about = FLOW_FIELD;
		fact->of = (uint32_t)e->a;
		return true;
	}
	if (e->op != BC_MEMBER)
		return false;
	element = flow_eval(f, e->kids[0]);
	if (element.slot == 0)
		return false;
	fact->member = (uint32_t)e->a;
	fact->about = element.slot == f->lasting ? FLOW_MEMBER : FLOW_SLOT;
	fact->of = element.slot == f->lasting ? element.field - 1 : element.slot - 1;
	return element.slot != f->lasting || element.field != 0;
}

static void assume_match(struct flow *f, const struct tree_expr *e, bool truth)
{
	struct fold pattern = flow_eval(f, e->kids[1]);
	struct flow_fact fact;

	if (!pattern.known || !fact_about(f, e->kids[0], &fact))
		return;
	fact.lang = lint_lang(&f->lint->langs, (uint32_t)pattern.word);
	if (!truth)
		fact.lang = lint_not(&f->lint->langs, fact.lang);
	add_fact(f, &fact);
}

static void assume_equal(struct flow *f, const struct tree_expr *e)
{
	struct flow_fact fact;
	struct fold v;
	uint32_t i;

	for (i = 0; i < 2; i++) {
		v = flow_eval(f, e->kids[1 - i]);
		if (!v.known || !fact_about(f, e->kids[i], &fact))
			continue;
		fact.known = !is_text(v.type);
		fact.word = v.word;
		if (is_text(v.type))
			fact.lang = lint_literal(&f->lint->langs, v.text);
		add_fact(f, &fact);
	}
}

/* What holds for every element of a field's list holds for each that is met later. */
static void assume_all(struct flow *f, const struct tree_expr *e)
{
	struct fold over = flow_eval(f, e->kids[0]);

	if (over.field == 0 || over.listed || BC_SHAPE(over.type) == BC_ONE)
		return;
	f->slots[e->slot] = flow_any(f, tree_element(over.type));
	f->slots[e->slot].field = over.field;
	f->slots[e->slot].slot = e->slot + 1;
	f->slots[e->slot + 1] = flow_any(f, BC_TYPE(BC_ONE, BC_INTEGER, 0));
	f->lasting = e->slot + 1;
	flow_assume(f, e->kids[1], true);
	f->lasting = 0;
}

void flow_assume(struct flow *f, const struct tree_expr *e, bool truth)
{
	struct flow_fact fact;
	uint32_t i;

	switch ((unsigned)e->op) {
	case BC_NOT:
		flow_assume(f, e->kids[0], !truth);
		break;
	case BC_AND:
	case BC_OR:
		for (i = 0; truth == (e->op == BC_AND) && i < e->n_kids; i++)
			flow_assume(f, e->kids[i], truth);
		break;
	case BC_MATCH:
		assume_match(f, e, truth);
		break;
	case BC_EQ:
		if (truth)
			assume_equal(f, e);
		break;
	case BC_ALL:
		/* Only of a whole field, not of what a condition left of it. */
		if (truth && f->lasting == 0 && e->kids[0]->op == BC_FIELD)
			assume_all(f, e);
		break;
	case BC_FIELD:
		if (fact_about(f, e, &fact)) {
			fact.known = true;
			fact.word = truth;
			add_fact(f, &fact);
		}
		break;
	default:
		break;
	}
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
		    of_cell(f, e->type, bc_cell(t, (uint32_t)row.word, (uint32_t)e->a));
	for (i = 0; i < t->n_rows && all_empty; i++)
		if (row.rows == NULL || flow_has(row.rows, i))
			all_empty = bc_list(f->p, bc_cell(t, i, (uint32_t)e->a)).len == 0;
	return all_empty ? flow_zero(e->type) : v;
}

static struct fold of_switch(const struct flow *f, const struct tree_expr *e)
{
	return of_cell(f, e->type, bc_switch_value(f->p, (uint32_t)e->a));
}

static struct fold of_has(struct flow *f, const struct tree_expr *e)
{
	const struct flow_var *var = &f->vars[e->a];
	struct fold key;

	if (f->blind)
		return flow_any(f, e->type);
	if (!var->any_key)
		return of_truth(FOLD_FALSE);
	key = flow_eval(f, e->kids[0]);
	return of_truth(var->keys != NULL && key.known &&
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
		for (i = 0; i <= n_rows(f, e->type) / 64; i++)
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
	v.full = n_rows(f, e->type) != 0;
	return v;
}

/* ---- comparing ---- */

static enum fold_truth equal(struct flow *f, const struct fold *l, const struct fold *r)
{
	const struct fold *row = l->known ? l : r, *other = l->known ? r : l;

	if (l->known && r->known)
		return truth_if(is_text(l->type) ? str_equal(l->text, r->text) : l->word == r->word,
		    true);
	if (flow_is_rows(l->type))
		return truth_if(false, row->known && row->word != BC_NO_ROW &&
		    other->rows != NULL && !flow_has(other->rows, row->word));
	if (BC_BASE(l->type) != BC_STRING)
		return FOLD_MAYBE;
	if (row->known)
		return truth_if(false, other->lang != NULL && other->lang->dfa != NULL &&
		    !dfa_match(other->lang->dfa, row->text));
	return truth_if(false, l->lang != NULL && r->lang != NULL &&
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
		return truth_if(same_cells(l, r), true);
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
		cell = of_cell(f, bc_column_type(t, 0), bc_cell(t, i, 0));
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
		return x->word == BC_NO_ROW ? truth_if(false, !set->none) :
		    truth_if(set->all && flow_has(set->rows, x->word), !flow_has(set->rows, x->word));
	if (!set->listed)
		return FOLD_MAYBE;
	for (i = 0; i < set->cells.len && some != FOLD_TRUE; i++) {
		cell = of_cell(f, tree_element(set->type), bc_get32(set->cells.ptr + 4 * (size_t)i));
		t = equal(f, &cell, x);
		some = t == FOLD_FALSE ? some : t;
	}
	return some;
}

static enum fold_truth is_less(const struct fold *l, const struct fold *r, bool or_equal)
{
	if (l->known && r->known)
		return truth_if(or_equal ? l->word <= r->word : l->word < r->word, true);
	if (or_equal)
		return truth_if((l->known && l->word == 0) || (r->known && r->word == UINT64_MAX),
		    false);
	return truth_if(false, (r->known && r->word == 0) || (l->known && l->word == UINT64_MAX));
}

static enum fold_truth in_lang(struct flow *f, const struct fold *v, struct lang *lang)
{
	if (lint_no_word(lang))
		return FOLD_FALSE;
	if (v->known)
		return lang->dfa == NULL ? FOLD_MAYBE :
		    truth_if(dfa_match(lang->dfa, v->text), true);
	if (v->lang == NULL)
		return FOLD_MAYBE;
	return truth_if(lint_within(&f->lint->langs, v->lang, lang),
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
	return truth_if(false, !lint_meets(&f->lint->langs,
	    lint_quotient(&f->lint->langs, text.lang, prefix.lang), lang));
}

/* ---- logic and loops ---- */

/* Each operand may rely on those before it. */
static enum fold_truth of_logic(struct flow *f, const struct tree_expr *e)
{
	enum fold_truth decides = e->op == BC_AND ? FOLD_FALSE : FOLD_TRUE, t, result;
	uint32_t i, mark = f->n_facts;
	struct fold v;

	result = opposite(decides);
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
	    n_rows(f, w.over.type) + w.over.none;
	return w;
}

static bool walk_next(struct flow *f, struct walk *w, const struct tree_expr *e)
{
	uint32_t type = tree_element(w->over.type), i;

	for (; w->at < w->n; w->at++) {
		i = w->at;
		if (w->one)
			w->element = flow_any(f, type);
		else if (w->over.listed)
			w->element = of_cell(f, type, bc_get32(w->over.cells.ptr + 4 * (size_t)i));
		else if (i == n_rows(f, type))
			w->element = flow_zero(type);
		else if (flow_has(w->over.rows, i))
			w->element = of_cell(f, type, i);
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
	struct fold v = flow_eval(f, e->kids[1]);

	return flow_truth(&v);
}

static enum fold_truth of_quantifier(struct flow *f, const struct tree_expr *e)
{
	enum fold_truth decides = e->op == BC_ALL ? FOLD_FALSE : FOLD_TRUE, t, result;
	struct walk w = walk_of(f, e);

	result = opposite(decides);
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

static struct fold of_count(struct flow *f, const struct tree_expr *e)
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

static struct fold of_where(struct flow *f, const struct tree_expr *e)
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

static struct fold of_map(struct flow *f, const struct tree_expr *e)
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
		for (i = 0; !row.known && i <= n_rows(f, e->type) / 64; i++)
			rows[i] |= row.rows[i];
	}
	v.rows = rows;
	return v;
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
		return of_truth(equal(f, &l, &r));
	case BC_EQLIST:
		return of_truth(equal_lists(&l, &r));
	case BC_IN:
		return of_truth(is_in(f, &l, &r));
	case BC_LT:
		return of_truth(is_less(&l, &r, false));
	case BC_LE:
		return of_truth(is_less(&l, &r, true));
	default:
		return flow_any(f, e->type);
	}
}

static struct fold of_one(struct flow *f, const struct tree_expr *e)
{
	struct fold v = flow_eval(f, e->kids[0]), len = flow_any(f, e->type);

	switch ((unsigned)e->op) {
	case BC_NOT:
		return of_truth(opposite(flow_truth(&v)));
	case BC_EMPTY:
		return of_truth(truth_if(v.empty, v.full));
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
		return of_truth(e->op == BC_TRUE ? FOLD_TRUE : FOLD_FALSE);
	case BC_ENUM:
	case BC_ROW:
		return of_cell(f, e->type, e->b);
	case BC_NOROWS:
		return flow_zero(e->type);
	default:
		return of_cell(f, e->type, e->a);
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
		return of_field(f, (uint32_t)e->a);
	case BC_COLUMN:
		return of_column(f, e);
	case BC_MEMBER:
		return of_member(f, e);
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
		return of_truth(matches(f, e));
	case BC_AND: case BC_OR:
		return of_truth(of_logic(f, e));
	case BC_ALL: case BC_SOME:
		return of_truth(of_quantifier(f, e));
	case BC_COUNT:
		return of_count(f, e);
	case BC_WHERE:
		return of_where(f, e);
	case BC_MAP:
		return of_map(f, e);
	default:
		return flow_any(f, e->type);
	}
}

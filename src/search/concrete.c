/* SPDX-License-Identifier: Apache-2.0
 *
 * concrete.c - values of expressions, instruction by instruction.  Lists and
 * sets are made whole: the requests and states of a search are small.
 */
#include "concrete.h"

#include <stdlib.h>

#include "../runtime/step.h"
#include "match.h"

static const char zero_digest[BC_DIGEST_LEN];

struct str concrete_string(const struct bc_policy *p, uint32_t i)
{
	struct bc_bytes bytes = bc_string(p, i);

	return (struct str){ (const char *)bytes.ptr, bytes.len };
}

/* ---- values ---- */

struct datum datum_of_word(uint32_t type, uint64_t word)
{
	return (struct datum){ .type = type, .word = word };
}

struct datum datum_of_row(uint32_t table, uint64_t row)
{
	return datum_of_word(BC_TYPE(BC_ONE, BC_TABLEROW, table), row);
}

struct datum datum_of_text(struct str text)
{
	return (struct datum){ .type = BC_TYPE(BC_ONE, BC_STRING, 0), .text = text };
}

static struct datum of_bool(bool b)
{
	return datum_of_word(BC_TYPE(BC_ONE, BC_BOOL, 0), b);
}

static struct datum of_int(uint64_t i)
{
	return datum_of_word(BC_TYPE(BC_ONE, BC_INTEGER, 0), i);
}

struct datum datum_zero(uint32_t type)
{
	struct datum d = { .type = type };

	if (BC_SHAPE(type) != BC_ONE)
		return d;
	if (BC_BASE(type) == BC_TABLEROW || BC_BASE(type) == BC_LANGUAGE)
		d.word = BC_NO_ROW;
	else if (BC_BASE(type) == BC_DIGEST32)
		d.text = (struct str){ zero_digest, BC_DIGEST_LEN };
	return d;
}

static bool has_text(uint32_t type)
{
	return BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32;
}

static struct datum *new_items(struct arena *a, struct datum *list, uint32_t n)
{
	struct datum *items = arena_array(a, n, struct datum);

	list->items = items;
	list->n_items = n;
	return items;
}

struct datum datum_of_hole(struct concrete *c, struct hole *hole)
{
	struct datum d = { .type = hole->type, .word = hole->word, .text = hole->text, .hole = hole };
	struct datum *items;
	uint32_t i;

	if (BC_SHAPE(hole->type) == BC_ONE)
		return d;
	items = new_items(c->arena, &d, hole->n_items);
	for (i = 0; i < hole->n_items; i++)
		items[i] = datum_of_hole(c, hole->items[i]);
	return d;
}

struct datum datum_of_cell(struct concrete *c, uint32_t type, uint32_t cell)
{
	struct datum d = { .type = type, .word = cell };
	struct bc_bytes list;
	struct datum *items;
	uint32_t i;

	if (BC_SHAPE(type) == BC_ONE) {
		if (has_text(type))
			d.text = concrete_string(c->policy, cell);
		return d;
	}
	list = bc_list(c->policy, cell);
	items = new_items(c->arena, &d, list.len);
	for (i = 0; i < list.len; i++)
		items[i] = datum_of_cell(c, bc_element(type), bc_get32(list.ptr + 4 * (size_t)i));
	return d;
}

static struct datum list_of_value(struct arena *a, const struct bc_policy *p,
    const struct value *v, uint32_t type)
{
	struct view view = { .policy = p };
	struct datum d = { .type = type };
	uint32_t i = 0, n = 0;
	struct datum *items = new_items(a, &d, cpol_count(&view, v));
	struct value element;

	while (cpol_next(&view, v, &i, &element))
		items[n++] = datum_of_value(a, p, &element, bc_element(type));
	return d;
}

struct datum datum_of_value(struct arena *a, const struct bc_policy *p, const struct value *v,
    uint32_t type)
{
	if (BC_SHAPE(type) != BC_ONE)
		return list_of_value(a, p, v, type);
	if (has_text(type))
		return (struct datum){ .type = type, .text = { (const char *)v->ptr, v->n } };
	return datum_of_word(type, v->word);
}

bool datum_equal(const struct datum *l, const struct datum *r)
{
	uint32_t i;

	if (BC_SHAPE(l->type) == BC_ONE) {
		if (BC_BASE(l->type) == BC_RECORD)
			return l->hole == r->hole;
		return has_text(l->type) ? str_equal(l->text, r->text) : l->word == r->word;
	}
	if (l->n_items != r->n_items)
		return false;
	for (i = 0; i < l->n_items; i++)
		if (BC_SHAPE(l->type) == BC_SET ? !datum_among(&l->items[i], r) :
		    !datum_equal(&l->items[i], &r->items[i]))
			return false;
	return true;
}

bool datum_among(const struct datum *d, const struct datum *set)
{
	uint32_t i;

	for (i = 0; i < set->n_items; i++)
		if (datum_equal(d, &set->items[i]))
			return true;
	return false;
}

struct value datum_key(const struct datum *d)
{
	struct value v = { .kind = V_WORD, .word = d->word, .type = d->type };

	if (has_text(d->type)) {
		v.kind = V_BYTES;
		v.ptr = (const uint8_t *)d->text.ptr;
		v.n = (uint32_t)d->text.len;
	}
	return v;
}

/* ---- reading ---- */

static struct datum read_local(struct concrete *c, const struct tree_expr *e)
{
	struct concrete_memo *memo = &c->memos[e->slot];
	struct datum locals[BC_SLOTS_MAX + 2], d;

	if (!e->is_let)
		return c->locals[e->slot];
	if (memo->value != e->binder || memo->version != c->version) {
		/* The LET's own loops used slots that now belong to others. */
		memcpy(locals, c->locals, sizeof(locals));
		d = concrete_eval(c, e->binder);
		memcpy(c->locals, locals, sizeof(locals));
		memo->value = e->binder;
		memo->version = c->version;
		memo->datum = d;
	}
	return memo->datum;
}

static struct datum read_switch(struct concrete *c, uint32_t i)
{
	uint32_t type = bc_switch_type(c->policy, i);
	struct datum d = datum_of_word(type, bc_switch_value(c->policy, i));

	if (has_text(type))
		d.text = concrete_string(c->policy, (uint32_t)d.word);
	return d;
}

static struct datum read_column(struct concrete *c, const struct datum *row, uint32_t column)
{
	const struct bc_table *table = &c->policy->tables[BC_INDEX(row->type)];
	uint32_t type = bc_column_type(table, column);

	if (row->word >= table->n_rows)
		return datum_zero(type);
	return datum_of_cell(c, type, bc_cell(table, (uint32_t)row->word, column));
}

/* The state that an instruction reads. */
static const struct cpol_group *state_of(const struct concrete *c, enum bc_op op)
{
	bool old = op == BC_OLDVAR || op == BC_OLDHAS || op == BC_OLDGET || op == BC_OLDKEYS;

	return old && c->before != NULL ? c->before : c->group;
}

static struct datum read_map(struct concrete *c, enum bc_op op, uint32_t map,
    const struct datum *key)
{
	struct value k = datum_key(key), v = { .kind = V_WORD };
	uint32_t type = c->policy->vars[map].value;
	bool found = state_find(state_of(c, op), map, &k, &v);

	if (op == BC_HAS || op == BC_OLDHAS)
		return of_bool(found);
	return found ? datum_of_value(c->arena, c->policy, &v, type) : datum_zero(type);
}

static struct datum read_keys(struct concrete *c, enum bc_op op, uint32_t map)
{
	const struct cpol_group *group = state_of(c, op);
	uint32_t i, n = state_count(group, map), type = c->policy->vars[map].key;
	struct datum d = { .type = type | BC_TYPE(BC_SET, 0, 0) };
	struct datum *items = new_items(c->arena, &d, n);
	struct value k, v;

	for (i = 0; i < n; i++) {
		state_entry(group, map, i, &k, &v);
		items[i] = datum_of_value(c->arena, c->policy, &k, type);
	}
	return d;
}

static struct datum read_rows(struct concrete *c, uint32_t table, const struct datum *key)
{
	const struct bc_table *t = &c->policy->tables[table];
	struct datum d = { .type = BC_TYPE(BC_SET, BC_TABLEROW, table) };
	struct datum *items = new_items(c->arena, &d, t->n_rows);
	uint32_t i, n = 0;

	for (i = 0; i < t->n_rows; i++) {
		if (key != NULL) {
			struct datum cell = datum_of_cell(c, bc_column_type(t, 0), bc_cell(t, i, 0));

			if (!datum_equal(&cell, key))
				continue;
		}
		items[n++] = datum_of_row(table, i);
	}
	d.n_items = n;
	return d;
}

/* ---- strings ---- */

static bool matches(struct concrete *c, struct str text, uint64_t pattern)
{
	return match_pattern(c->policy, pattern, (const uint8_t *)text.ptr, text.len);
}

static bool starts_with(struct str whole, struct str start)
{
	return whole.len >= start.len &&
	    (start.len == 0 || memcmp(whole.ptr, start.ptr, start.len) == 0);
}

static bool matches_after(struct concrete *c, struct str whole, struct str start, uint64_t pattern)
{
	struct str rest;

	if (!starts_with(whole, start))
		return false;
	rest = start.len == 0 ? whole : (struct str){ whole.ptr + start.len, whole.len - start.len };
	return matches(c, rest, pattern);
}

static bool is_below(struct str low, struct str high)
{
	return starts_with(low, high) && low.len > high.len && low.ptr[high.len] == '/';
}

static bool is_concatenation(struct concrete *c, const struct tree_expr *e)
{
	struct str rest = concrete_eval(c, e->kids[0]).text, part;
	uint32_t i;

	for (i = 1; i < e->n_kids; i++) {
		part = concrete_eval(c, e->kids[i]).text;
		if (!starts_with(rest, part))
			return false;
		rest = (struct str){ rest.ptr + part.len, rest.len - part.len };
	}
	return rest.len == 0;
}

/* ---- loops ---- */

static struct datum run_loop(struct concrete *c, const struct tree_expr *e)
{
	struct datum over = concrete_eval(c, e->kids[0]), result = { .type = e->type };
	struct datum *items = NULL, inner;
	uint32_t i, n = 0;

	if (e->op == BC_WHERE || e->op == BC_MAP)
		items = new_items(c->arena, &result, over.n_items);
	for (i = 0; i < over.n_items; i++) {
		c->locals[e->slot] = over.items[i];
		c->locals[e->slot + 1] = of_int(i);
		inner = concrete_eval(c, e->kids[1]);
		if (e->op == BC_MAP)
			items[n++] = inner;
		else if (e->op == BC_WHERE && inner.word != 0)
			items[n++] = over.items[i];
		else if (e->op == BC_COUNT)
			n += inner.word != 0;
		else if ((e->op == BC_ALL && inner.word == 0) || (e->op == BC_SOME && inner.word != 0))
			return of_bool(e->op == BC_SOME);
	}
	if (e->op == BC_ALL || e->op == BC_SOME)
		return of_bool(e->op == BC_ALL);
	if (e->op == BC_COUNT)
		return of_int(n);
	result.n_items = n;
	return result;
}

static struct datum run_logic(struct concrete *c, const struct tree_expr *e)
{
	uint32_t i;

	for (i = 0; i < e->n_kids; i++)
		if (concrete_holds(c, e->kids[i]) != (e->op == BC_AND))
			return of_bool(e->op == BC_OR);
	return of_bool(e->op == BC_AND);
}

static struct datum add(uint64_t l, uint64_t r)
{
	return of_int(l > UINT64_MAX - r ? UINT64_MAX : l + r);
}

/* Instructions whose operands are one or two values. */
static struct datum run_plain(struct concrete *c, const struct tree_expr *e)
{
	struct datum l = concrete_eval(c, e->kids[0]), r = { .word = 0 };

	if (e->n_kids > 1)
		r = concrete_eval(c, e->kids[1]);
	if (e->op == BC_EQ || e->op == BC_EQLIST)
		return of_bool(datum_equal(&l, &r));
	if (e->op == BC_IN)
		return of_bool(datum_among(&l, &r));
	if (e->op == BC_LT || e->op == BC_LE)
		return of_bool(e->op == BC_LT ? l.word < r.word : l.word <= r.word);
	if (e->op == BC_ADD)
		return add(l.word, r.word);
	if (e->op == BC_SUB)
		return of_int(l.word < r.word ? 0 : l.word - r.word);
	if (e->op == BC_AT)
		return r.word < l.n_items ? l.items[r.word] : datum_zero(e->type);
	if (e->op == BC_MATCH)
		return of_bool(matches(c, l.text, r.word));
	if (e->op == BC_MATCHCAT)
		return of_bool(matches_after(c, l.text, r.text, concrete_eval(c, e->kids[2]).word));
	if (e->op == BC_BELOW)
		return of_bool(is_below(l.text, r.text));
	if (e->op == BC_NOT)
		return of_bool(l.word == 0);
	if (e->op == BC_LEN)
		return of_int(l.n_items);
	if (e->op == BC_EMPTY)
		return of_bool(l.n_items == 0);
	if (e->op != BC_PICK)
		abort();                /* every other instruction has its case */
	/* Sets of rows are made in ascending order. */
	return l.n_items != 0 ? l.items[0] : datum_zero(e->type);
}

struct datum concrete_eval(struct concrete *c, const struct tree_expr *e)
{
	struct datum inner, key;

	switch (e->op) {
	case BC_FALSE: case BC_TRUE:
		return of_bool(e->op == BC_TRUE);
	case BC_INT: case BC_PATTERN:
		return datum_of_word(e->type, e->a);
	case BC_ENUM: case BC_ROW:
		return datum_of_word(e->type, e->b);
	case BC_STR: case BC_DIGEST:
		return (struct datum){ .type = e->type,
		    .text = concrete_string(c->policy, (uint32_t)e->a) };
	case BC_NOROWS:
		return datum_zero(e->type);
	case BC_SWITCH:
		return read_switch(c, (uint32_t)e->a);
	case BC_LOCAL:
		return read_local(c, e);
	case BC_FIELD:
		return c->event == UINT32_MAX ? datum_zero(e->type) :
		    datum_of_hole(c, c->fields[e->a]);
	case BC_COLUMN:
		inner = concrete_eval(c, e->kids[0]);
		return read_column(c, &inner, (uint32_t)e->a);
	case BC_MEMBER:
		inner = concrete_eval(c, e->kids[0]);
		return datum_of_hole(c, inner.hole->items[e->a]);
	case BC_VAR: case BC_OLDVAR:
		return datum_of_word(e->type, state_scalar(state_of(c, e->op), (uint32_t)e->a));
	case BC_HAS: case BC_GET: case BC_OLDHAS: case BC_OLDGET:
		key = concrete_eval(c, e->kids[0]);
		return read_map(c, e->op, (uint32_t)e->a, &key);
	case BC_KEYS: case BC_OLDKEYS:
		return read_keys(c, e->op, (uint32_t)e->a);
	case BC_ROWS:
		return read_rows(c, (uint32_t)e->a, NULL);
	case BC_KEYROWS:
		key = concrete_eval(c, e->kids[0]);
		return read_rows(c, (uint32_t)e->a, &key);
	case BC_AND: case BC_OR:
		return run_logic(c, e);
	case BC_ALL: case BC_SOME: case BC_COUNT: case BC_WHERE: case BC_MAP:
		return run_loop(c, e);
	case BC_EQCAT:
		return of_bool(is_concatenation(c, e));
	case BC_LEN: case BC_AT: case BC_IN: case BC_PICK: case BC_EMPTY: case BC_EQ:
	case BC_EQLIST: case BC_LT: case BC_LE: case BC_ADD: case BC_SUB: case BC_MATCH:
	case BC_MATCHCAT: case BC_BELOW: case BC_NOT:
		return run_plain(c, e);
	case BC_REQUIRE: case BC_LET: case BC_SETVAR: case BC_PUT: case BC_DEL: case BC_KEEP:
	case BC_OUT: case BC_GHOST: case BC_DONE: case BC_OP_END:
		break;
	}
	abort();                        /* statements have no value */
}

bool concrete_holds(struct concrete *c, const struct tree_expr *e)
{
	return concrete_eval(c, e).word != 0;
}

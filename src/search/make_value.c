/* SPDX-License-Identifier: Apache-2.0
 *
 * make_value.c - giving parts of the request their values, and making an
 * expression equal to a value.
 */
#include "make.h"

#include "../bytecode/decode.h"

bool make_wish(struct synth *s, enum wish_kind kind, uint64_t var, const struct datum *key,
    const struct datum *value)
{
	struct wish *w = &s->wishes[s->n_wishes];
	uint32_t i;

	if (!s->wishing || s->n_wishes == SYNTH_WISHES)
		return false;
	for (i = 0; i < s->n_wishes; i++)
		if (s->wishes[i].kind == kind && s->wishes[i].var == var &&
		    (value == NULL || datum_equal(&s->wishes[i].value, value)) &&
		    (key == NULL) == !s->wishes[i].has_key &&
		    (key == NULL || (key->hole == s->wishes[i].key.hole &&
		    (key->hole != NULL || datum_equal(key, &s->wishes[i].key)))))
			return true;
	memset(w, 0, sizeof(*w));
	w->kind = kind;
	w->var = (uint32_t)var;
	w->has_key = key != NULL;
	if (key != NULL)
		w->key = *key;
	if (key != NULL && key->hole != NULL) {
		hole_touch(&s->c, key->hole);
		key->hole->wished = true;
	}
	if (value != NULL)
		w->value = *value;
	s->n_wishes++;
	return true;
}

/* ---- writing ---- */

static bool assign_list(struct synth *s, struct hole *hole, const struct datum *v)
{
	uint32_t i;

	while (hole->n_items < v->n_items)
		hole_append(&s->c, hole);
	hole_touch(&s->c, hole);
	hole->n_items = v->n_items;
	for (i = 0; i < v->n_items; i++)
		if (!hole_assign(s, hole->items[i], &v->items[i]))
			return false;
	hole->fixed = true;
	s->c.version++;
	return true;
}

bool hole_assign(struct synth *s, struct hole *hole, const struct datum *v)
{
	struct datum now;

	if (hole->fixed) {
		now = datum_of_hole(&s->c, hole);
		return datum_equal(&now, v);
	}
	if (BC_SHAPE(hole->type) != BC_ONE)
		return assign_list(s, hole, v);
	if (BC_BASE(hole->type) == BC_RECORD)
		return false;
	if (hole->lang != NULL && !lang_has(hole->lang, v->text))
		return false;
	hole_touch(&s->c, hole);
	hole->word = v->word;
	hole->text = v->text;
	hole->fixed = true;
	s->c.version++;
	return true;
}

bool make_is_open(struct synth *s, const struct tree_expr *e)
{
	struct datum d;
	uint32_t i;

	switch ((unsigned)e->op) {
	case BC_LOCAL:
		if (e->is_let)
			return make_is_open(s, e->binder);
		return s->c.locals[e->slot].hole != NULL && !s->c.locals[e->slot].hole->fixed;
	case BC_FIELD:
		return s->c.event != UINT32_MAX && !s->c.fields[e->a]->fixed;
	case BC_MEMBER:
		d = concrete_eval(&s->c, e->kids[0]);
		return !d.hole->items[e->a]->fixed;
	case BC_KEYROWS: case BC_GET: case BC_OLDGET: case BC_COLUMN: case BC_PICK: case BC_ADD:
	case BC_SUB: case BC_LEN: case BC_MAP: case BC_WHERE:
		for (i = 0; i < e->n_kids && i < 2; i++)
			if (make_is_open(s, e->kids[i]))
				return true;
		return e->op == BC_GET && s->wishing;
	default:
		return false;
	}
}

struct frame make_bind(struct synth *s, const struct tree_expr *loop,
    const struct datum *element, uint32_t place)
{
	struct frame old = { s->c.locals[loop->slot], s->c.locals[loop->slot + 1] };

	s->c.locals[loop->slot] = *element;
	s->c.locals[loop->slot + 1] = datum_of_word(BC_TYPE(BC_ONE, BC_INTEGER, 0), place);
	return old;
}

void make_unbind(struct synth *s, const struct tree_expr *loop, const struct frame *old)
{
	s->c.locals[loop->slot] = old->element;
	s->c.locals[loop->slot + 1] = old->place;
}

bool make_for(struct synth *s, const struct tree_expr *loop, const struct datum *element,
    uint32_t place, bool want)
{
	struct frame old = make_bind(s, loop, element, place);
	bool made = make(s, loop->kids[1], want);

	make_unbind(s, loop, &old);
	return made;
}

/* ---- maps ---- */

static bool read_live(struct synth *s, uint32_t map, const struct datum *key, struct datum *held)
{
	struct value k = datum_key(key), v = { .kind = V_WORD };

	if (!state_find(s->c.group, map, &k, &v))
		return false;
	*held = datum_of_value(s->c.arena, s->c.policy, &v, s->c.policy->vars[map].value);
	return true;
}

/* Whether an expression reads what is at a key that is open and not there: its
 * value says nothing yet. */
bool make_is_hollow(struct synth *s, const struct tree_expr *e)
{
	struct datum key, held;

	if (!s->wishing || e->op != BC_GET)
		return false;
	key = concrete_eval(&s->c, e->kids[0]);
	return key.hole != NULL && !key.hole->fixed && !read_live(s, (uint32_t)e->a, &key, &held);
}

bool make_may_be(struct synth *s, const struct hole *hole, const struct datum *live)
{
	struct datum held, value;
	uint32_t i;

	for (i = 0; hole != NULL && i < s->n_wishes; i++) {
		const struct wish *w = &s->wishes[i];

		if (!w->has_key || w->key.hole != hole || w->kind == WISH_KEY ||
		    !read_live(s, w->var, live, &held))
			continue;
		value = w->value.hole != NULL ? datum_of_hole(&s->c, w->value.hole) : w->value;
		if (w->kind == WISH_CONTAINS ? !datum_among(&value, &held) : !datum_equal(&value, &held))
			return false;
	}
	return true;
}

/* Whether what is at the key may be wished for: see SYNTH_CHANGING. */
static bool may_wish_at(struct synth *s, uint32_t map, const struct tree_expr *e,
    const struct datum *key)
{
	struct datum held;

	return s->wishing && (s->changing || make_is_open(s, e) || !read_live(s, map, key, &held));
}

/* Of a claim: what is at the key is what it asks for. */
static void note_held(struct synth *s, enum wish_kind kind, uint32_t map, const struct datum *key,
    const struct datum *value)
{
	uint32_t n = s->n_wishes;

	if (s->c.event == UINT32_MAX && make_wish(s, kind, map, key, value) && s->n_wishes > n)
		s->wishes[n].holds = true;
}

bool make_key_with(struct synth *s, const struct tree_expr *get, const struct datum *v,
    bool contains)
{
	uint32_t map = (uint32_t)get->a, n = state_count(s->c.group, map), i, fit = 0;
	struct datum *keys = arena_array(s->c.arena, (size_t)n + 1, struct datum), held, live;
	struct datum key = concrete_eval(&s->c, get->kids[0]);
	const struct bc_var *var = &s->c.policy->vars[map];
	struct value k, val;

	for (i = 0; i < n; i++) {
		state_entry(s->c.group, map, i, &k, &val);
		held = datum_of_value(s->c.arena, s->c.policy, &val, var->value);
		live = datum_of_value(s->c.arena, s->c.policy, &k, var->key);
		if ((contains ? datum_among(v, &held) : datum_equal(v, &held)) && make_may_be(s, key.hole, &live))
			keys[fit++] = live;
	}
	i = may_wish_at(s, map, get->kids[0], &key) ? fit + 1 : fit;
	if (i == 0)
		return false;
	i = synth_choose(s, i);
	if (i < fit) {
		note_held(s, contains ? WISH_CONTAINS : WISH_VALUE, map, &keys[i], v);
		return make_equal(s, get->kids[0], &keys[i]);
	}
	return make_wish(s, contains ? WISH_CONTAINS : WISH_VALUE, map, &key, v);
}

bool make_key_matching(struct synth *s, const struct tree_expr *get, struct lang *lang)
{
	uint32_t map = (uint32_t)get->a, n = state_count(s->c.group, map), i, fit = 0;
	struct datum *keys = arena_array(s->c.arena, (size_t)n + 1, struct datum), held, live;
	struct datum key = concrete_eval(&s->c, get->kids[0]);
	const struct bc_var *var = &s->c.policy->vars[map];
	struct value k, val;
	struct str word;

	for (i = 0; i < n; i++) {
		state_entry(s->c.group, map, i, &k, &val);
		held = datum_of_value(s->c.arena, s->c.policy, &val, var->value);
		live = datum_of_value(s->c.arena, s->c.policy, &k, var->key);
		if (lang_has(lang, held.text) && make_may_be(s, key.hole, &live))
			keys[fit++] = live;
	}
	i = fit;
	if (may_wish_at(s, map, get->kids[0], &key) && lang_word(&s->langs, lang, 0, &word))
		i++;
	if (i == 0)
		return false;
	i = synth_choose(s, i);
	if (i < fit)
		return make_equal(s, get->kids[0], &keys[i]);
	held = datum_of_text(word);
	return make_wish(s, WISH_VALUE, map, &key, &held);
}

bool make_has(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum key = concrete_eval(&s->c, e->kids[0]), keys, *fitting;
	struct tree_expr all = *e;
	uint32_t i, fit = 0;

	if (!want)
		return key.hole != NULL && !key.hole->fixed &&
		    BC_BASE(key.type) == BC_STRING &&
		    synth_pick_word(s, key.hole, key.hole->lang) && !concrete_holds(&s->c, e);
	if (!make_is_open(s, e->kids[0]))
		return make_wish(s, WISH_KEY, e->a, &key, NULL);
	all.op = BC_KEYS;
	keys = concrete_eval(&s->c, &all);
	fitting = arena_array(s->c.arena, (size_t)keys.n_items + 1, struct datum);
	for (i = 0; i < keys.n_items; i++)
		if (make_may_be(s, key.hole, &keys.items[i]))
			fitting[fit++] = keys.items[i];
	i = fit + (s->wishing ? 1 : 0);
	if (i == 0)
		return false;
	i = synth_choose(s, i);
	if (i < fit)
		return make_equal(s, e->kids[0], &fitting[i]);
	return make_wish(s, WISH_KEY, e->a, &key, NULL);
}

/* ---- equality ---- */

/* The row of a column's expression: any with this cell, not only one in play. */
static bool make_column(struct synth *s, const struct tree_expr *e, const struct datum *v)
{
	uint32_t table = BC_INDEX(e->kids[0]->type), i, fit = 0, rows[SYNTH_ROWS];
	const struct bc_table *t = &s->c.policy->tables[table];
	uint32_t type = bc_column_type(t, (uint32_t)e->a);
	struct datum cell, row;

	if (!make_is_open(s, e->kids[0]))
		return false;
	for (i = 0; i < t->n_rows && fit < SYNTH_ROWS; i++) {
		cell = datum_of_cell(&s->c, type, bc_cell(t, i, (uint32_t)e->a));
		if (datum_equal(&cell, v))
			rows[fit++] = i;
	}
	if (fit == 0)
		return false;
	row = datum_of_row(table, rows[synth_choose(s, fit)]);
	return make_equal(s, e->kids[0], &row);
}

/* [ body for x in L ] == v: as many elements, and each body its value. */
static bool make_map(struct synth *s, const struct tree_expr *e, const struct datum *v)
{
	struct datum list = concrete_eval(&s->c, e->kids[0]);
	struct frame old;
	bool made = true;
	uint32_t i;

	if (list.hole == NULL)
		return false;
	if (list.n_items != v->n_items && list.hole->fixed)
		return false;
	while (list.hole->n_items < v->n_items)
		hole_append(&s->c, list.hole);
	hole_touch(&s->c, list.hole);
	list.hole->n_items = v->n_items;
	s->c.version++;
	list = datum_of_hole(&s->c, list.hole);
	for (i = 0; i < v->n_items && made; i++) {
		old = make_bind(s, e, &list.items[i], i);
		made = make_equal(s, e->kids[1], &v->items[i]);
		make_unbind(s, e, &old);
	}
	hole_touch(&s->c, list.hole);
	if (made)
		list.hole->fixed = !s->wishing;
	return made;
}

static bool make_len(struct synth *s, const struct tree_expr *e, const struct datum *v)
{
	struct datum list = concrete_eval(&s->c, e->kids[0]);

	if (list.hole == NULL || list.hole->fixed || v->word > 64)
		return false;
	while (list.hole->n_items < v->word)
		hole_append(&s->c, list.hole);
	hole_touch(&s->c, list.hole);
	list.hole->n_items = (uint32_t)v->word;
	s->c.version++;
	return true;
}

static bool make_sum(struct synth *s, const struct tree_expr *e, const struct datum *v)
{
	bool left = make_is_open(s, e->kids[0]);
	struct datum other = concrete_eval(&s->c, e->kids[left ? 1 : 0]), rest = *v;

	if (e->op == BC_SUB && !left)
		return false;
	if (e->op == BC_SUB)
		rest.word = v->word + other.word;
	else if (v->word < other.word)
		return false;
	else
		rest.word = v->word - other.word;
	return make_equal(s, e->kids[left ? 0 : 1], &rest);
}

bool make_let(struct synth *s, const struct tree_expr *local, struct datum *v,
    bool (*goal)(struct synth *, const struct tree_expr *, struct datum *))
{
	struct datum *locals = arena_array(s->c.arena, BC_SLOTS_MAX + 2, struct datum);
	bool made;

	/* The LET's own loops used slots that now belong to others. */
	memcpy(locals, s->c.locals, sizeof(s->c.locals));
	made = goal(s, local->binder, v);
	memcpy(s->c.locals, locals, sizeof(s->c.locals));
	return made;
}

static bool let_equal(struct synth *s, const struct tree_expr *e, struct datum *v)
{
	return make_equal(s, e, v);
}

bool make_equal(struct synth *s, const struct tree_expr *e, const struct datum *v)
{
	struct datum d = concrete_eval(&s->c, e), copy = *v;

	if (datum_equal(&d, v) && !make_is_hollow(s, e)) {
		if (d.hole != NULL && BC_BASE(d.type) != BC_RECORD && !d.hole->fixed) {
			hole_touch(&s->c, d.hole);
			d.hole->fixed = true;
		}
		return true;
	}
	if (d.hole != NULL && e->op != BC_WHERE)
		return hole_assign(s, d.hole, v);
	switch ((unsigned)e->op) {
	case BC_LOCAL:
		return e->is_let && make_let(s, e, &copy, let_equal);
	case BC_GET: case BC_OLDGET:
		return make_key_with(s, e, v, false);
	case BC_COLUMN:
		return make_column(s, e, v);
	case BC_MAP:
		return make_map(s, e, v);
	case BC_LEN:
		return make_len(s, e, v);
	case BC_ADD: case BC_SUB:
		return make_sum(s, e, v);
	case BC_PICK:
		return make_contain(s, e->kids[0], v);
	case BC_VAR:
		return make_wish(s, WISH_SCALAR, e->a, NULL, v);
	default:
		return BC_SHAPE(e->type) == BC_ONE && BC_BASE(e->type) == BC_BOOL &&
		    make(s, e, v->word != 0);
	}
}

/* A value of the type that is not v. */
static bool make_other(struct synth *s, struct hole *hole, const struct datum *v)
{
	struct datum other = *v;

	if (hole->fixed || BC_SHAPE(hole->type) == BC_SET)
		return false;
	if (BC_SHAPE(hole->type) == BC_LIST) {
		hole_append(&s->c, hole);
		return true;
	}
	switch ((enum bc_base)BC_BASE(hole->type)) {
	case BC_STRING:
		return synth_pick_word(s, hole, hole->lang) && !str_equal(hole->text, v->text);
	case BC_BOOL:
		other.word = v->word == 0;
		return hole_assign(s, hole, &other);
	case BC_INTEGER:
		other.word = v->word + 1;
		return hole_assign(s, hole, &other);
	case BC_ENUMERATION:
		other.word = (v->word + 1) % bc_get32(s->c.policy->enums[BC_INDEX(hole->type)] + 4);
		return hole_assign(s, hole, &other);
	case BC_NOTHING: case BC_DIGEST32: case BC_LANGUAGE: case BC_TABLEROW: case BC_RECORD:
		break;
	}
	return false;
}

bool make_eq(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum l = concrete_eval(&s->c, e->kids[0]), r = concrete_eval(&s->c, e->kids[1]);
	struct synth_mark mark;
	bool left, right;

	if (!want) {
		if (l.hole != NULL && make_other(s, l.hole, &r))
			return true;
		return r.hole != NULL && make_other(s, r.hole, &l);
	}
	left = make_is_open(s, e->kids[0]);
	right = make_is_open(s, e->kids[1]);
	if (left && right)
		left = synth_choose(s, 2) == 0;
	if (left)
		return make_equal(s, e->kids[0], &r);
	if (right)
		return make_equal(s, e->kids[1], &l);
	mark = synth_mark(s);
	if (!synth_gave_up(s)) {
		do {
			if (make_equal(s, e->kids[0], &r))
				return true;
		} while (synth_back(s, &mark));
		synth_give_up(s, &mark);
	}
	return make_equal(s, e->kids[1], &l);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * make.c - making an expression true, or equal to a value, by writing the
 * request.  Every function returns false when this walk found no way; the next
 * walk makes other choices.  What already is as wanted is left alone, so a goal
 * that was met by chance can be spoilt later: synth.c walks twice and judges.
 */
#include "synth.h"

#include "../bytecode/decode.h"

static bool wish(struct synth *s, enum wish_kind kind, uint64_t var, const struct datum *key,
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
		    datum_equal(key, &s->wishes[i].key))))
			return true;
	memset(w, 0, sizeof(*w));
	w->kind = kind;
	w->var = (uint32_t)var;
	w->has_key = key != NULL;
	if (key != NULL)
		w->key = *key;
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
	hole->word = v->word;
	hole->text = v->text;
	hole->fixed = true;
	s->c.version++;
	return true;
}

/* Whether writing the request can change the value of e. */
static bool is_open(struct synth *s, const struct tree_expr *e)
{
	struct datum d;
	uint32_t i;

	switch ((unsigned)e->op) {
	case BC_LOCAL:
		if (e->is_let)
			return is_open(s, e->binder);
		return s->c.locals[e->slot].hole != NULL && !s->c.locals[e->slot].hole->fixed;
	case BC_FIELD:
		return s->c.event != UINT32_MAX && !s->c.fields[e->a]->fixed;
	case BC_MEMBER:
		d = concrete_eval(&s->c, e->kids[0]);
		return !d.hole->items[e->a]->fixed;
	case BC_KEYROWS: case BC_GET: case BC_OLDGET: case BC_COLUMN: case BC_PICK: case BC_ADD:
	case BC_SUB: case BC_LEN: case BC_MAP: case BC_WHERE:
		for (i = 0; i < e->n_kids && i < 2; i++)
			if (is_open(s, e->kids[i]))
				return true;
		return e->op == BC_GET && s->wishing;
	default:
		return false;
	}
}

struct frame {
	struct datum element, place;
};

static struct frame bind(struct synth *s, const struct tree_expr *loop,
    const struct datum *element, uint32_t place)
{
	struct frame old = { s->c.locals[loop->slot], s->c.locals[loop->slot + 1] };

	s->c.locals[loop->slot] = *element;
	s->c.locals[loop->slot + 1] = datum_of_word(BC_TYPE(BC_ONE, BC_INTEGER, 0), place);
	return old;
}

static void unbind(struct synth *s, const struct tree_expr *loop, const struct frame *old)
{
	s->c.locals[loop->slot] = old->element;
	s->c.locals[loop->slot + 1] = old->place;
}

static bool make_for(struct synth *s, const struct tree_expr *loop, const struct datum *element,
    uint32_t place, bool want)
{
	struct frame old = bind(s, loop, element, place);
	bool made = make(s, loop->kids[1], want);

	unbind(s, loop, &old);
	return made;
}

/* ---- maps ---- */

/* Choose a live key whose value is, or holds, v; then make e that key. */
static bool make_key_with(struct synth *s, const struct tree_expr *get, const struct datum *v,
    bool contains)
{
	uint32_t map = (uint32_t)get->a, n = state_count(s->c.group, map), i, fit = 0;
	struct datum *keys = arena_array(s->c.arena, (size_t)n + 1, struct datum), held, key;
	const struct bc_var *var = &s->c.policy->vars[map];
	struct value k, val;

	for (i = 0; i < n; i++) {
		state_entry(s->c.group, map, i, &k, &val);
		held = datum_of_value(s->c.arena, s->c.policy, &val, var->value);
		if (contains ? datum_among(v, &held) : datum_equal(v, &held))
			keys[fit++] = datum_of_value(s->c.arena, s->c.policy, &k, var->key);
	}
	i = s->wishing ? fit + 1 : fit;
	if (i == 0)
		return false;
	i = synth_choose(s, i);
	if (i < fit)
		return make_equal(s, get->kids[0], &keys[i]);
	key = concrete_eval(&s->c, get->kids[0]);
	return wish(s, contains ? WISH_CONTAINS : WISH_VALUE, map, &key, v);
}

static bool make_has(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum key = concrete_eval(&s->c, e->kids[0]), keys;
	struct tree_expr all = *e;
	uint32_t i;

	if (!want)
		return key.hole != NULL && !key.hole->fixed &&
		    BC_BASE(key.type) == BC_STRING &&
		    synth_pick_word(s, key.hole, key.hole->lang) && !concrete_holds(&s->c, e);
	all.op = BC_KEYS;
	keys = concrete_eval(&s->c, &all);
	if (!is_open(s, e->kids[0]))
		return wish(s, WISH_KEY, e->a, &key, NULL);
	i = keys.n_items + (s->wishing ? 1 : 0);
	if (i == 0)
		return false;
	i = synth_choose(s, i);
	if (i < keys.n_items)
		return make_equal(s, e->kids[0], &keys.items[i]);
	return wish(s, WISH_KEY, e->a, &key, NULL);
}

/* ---- equality ---- */

/* The row of a column's expression: any with this cell, not only one in play. */
static bool make_column(struct synth *s, const struct tree_expr *e, const struct datum *v)
{
	uint32_t table = BC_INDEX(e->kids[0]->type), i, fit = 0, rows[SYNTH_ROWS];
	const struct bc_table *t = &s->c.policy->tables[table];
	uint32_t type = bc_column_type(t, (uint32_t)e->a);
	struct datum cell, row;

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
	list.hole->n_items = v->n_items;
	s->c.version++;
	list = datum_of_hole(&s->c, list.hole);
	for (i = 0; i < v->n_items && made; i++) {
		old = bind(s, e, &list.items[i], i);
		made = make_equal(s, e->kids[1], &v->items[i]);
		unbind(s, e, &old);
	}
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
	list.hole->n_items = (uint32_t)v->word;
	s->c.version++;
	return true;
}

static bool make_sum(struct synth *s, const struct tree_expr *e, const struct datum *v)
{
	bool left = is_open(s, e->kids[0]);
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

/* Goals about a LET are goals about its value. */
static bool make_let(struct synth *s, const struct tree_expr *local, struct datum *v,
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

	if (datum_equal(&d, v)) {
		if (d.hole != NULL && BC_BASE(d.type) != BC_RECORD)
			d.hole->fixed = true;
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
		return wish(s, WISH_SCALAR, e->a, NULL, v);
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

static bool make_eq(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum l = concrete_eval(&s->c, e->kids[0]), r = concrete_eval(&s->c, e->kids[1]);
	bool left, right;

	if (!want) {
		if (l.hole != NULL && make_other(s, l.hole, &r))
			return true;
		return r.hole != NULL && make_other(s, r.hole, &l);
	}
	left = is_open(s, e->kids[0]);
	right = is_open(s, e->kids[1]);
	if (left && right)
		left = synth_choose(s, 2) == 0;
	if (left)
		return make_equal(s, e->kids[0], &r);
	if (right)
		return make_equal(s, e->kids[1], &l);
	return make_equal(s, e->kids[0], &r) || make_equal(s, e->kids[1], &l);
}

/* ---- sets ---- */

static bool let_contain(struct synth *s, const struct tree_expr *e, struct datum *v)
{
	return make_contain(s, e, v);
}

bool make_contain(struct synth *s, const struct tree_expr *set, const struct datum *v)
{
	struct datum now = concrete_eval(&s->c, set), copy = *v, key;
	const struct bc_table *table;

	if (datum_among(v, &now))
		return true;
	if (now.hole != NULL && set->op != BC_WHERE)
		return !now.hole->fixed && hole_assign(s, hole_append(&s->c, now.hole), v);
	switch ((unsigned)set->op) {
	case BC_LOCAL:
		return set->is_let && make_let(s, set, &copy, let_contain);
	case BC_WHERE:
		return make_contain(s, set->kids[0], v) && make_for(s, set, v, 0, true);
	case BC_KEYROWS:
		table = &s->c.policy->tables[set->a];
		if (v->word >= table->n_rows)
			return false;
		key = datum_of_cell(&s->c, bc_column_type(table, 0),
		    bc_cell(table, (uint32_t)v->word, 0));
		return make_equal(s, set->kids[0], &key);
	case BC_GET: case BC_OLDGET:
		return make_key_with(s, set, v, true);
	case BC_KEYS: case BC_OLDKEYS:
		return wish(s, WISH_KEY, set->a, v, NULL);
	default:
		return false;
	}
}

/* The rows that a map's sets may be wished to hold: what this walk has wished
 * already, or else any row in play. */
static uint32_t wishable(const struct synth *s, uint32_t map, uint32_t table, uint32_t *rows)
{
	uint32_t i, n = 0;

	if (!s->wishing)
		return 0;
	for (i = 0; i < s->n_wishes && n < SYNTH_ROWS; i++)
		if (s->wishes[i].kind == WISH_CONTAINS && s->wishes[i].var == map)
			rows[n++] = (uint32_t)s->wishes[i].value.word;
	for (i = 0; n == 0 && i < s->in_play[table].n; i++)
		rows[i] = s->in_play[table].rows[i];
	return n != 0 ? n : s->in_play[table].n;
}

/* A live key with an element, and the element; or one that is wished for. */
static bool make_element_of_map(struct synth *s, const struct tree_expr *get,
    struct datum *element)
{
	uint32_t map = (uint32_t)get->a, table = BC_INDEX(get->type), i, j;
	uint32_t n = state_count(s->c.group, map), fit = 0, wishes = 0, pairs[256][2];
	uint32_t rows[SYNTH_ROWS];
	const struct bc_var *var = &s->c.policy->vars[map];
	struct datum held, key;
	struct value k, val;

	for (i = 0; i < n; i++) {
		state_entry(s->c.group, map, i, &k, &val);
		held = datum_of_value(s->c.arena, s->c.policy, &val, var->value);
		for (j = 0; j < held.n_items && fit < 256; j++, fit++) {
			pairs[fit][0] = i;
			pairs[fit][1] = j;
		}
	}
	if (BC_BASE(get->type) == BC_TABLEROW)
		wishes = wishable(s, map, table, rows);
	if (fit + wishes == 0)
		return false;
	i = synth_choose(s, fit + wishes);
	if (i >= fit) {
		*element = datum_of_row(table, rows[i - fit]);
		key = concrete_eval(&s->c, get->kids[0]);
		return wish(s, WISH_CONTAINS, map, &key, element);
	}
	state_entry(s->c.group, map, pairs[i][0], &k, &val);
	held = datum_of_value(s->c.arena, s->c.policy, &val, var->value);
	*element = held.items[pairs[i][1]];
	key = datum_of_value(s->c.arena, s->c.policy, &k, var->key);
	return make_equal(s, get->kids[0], &key);
}

static bool make_row(struct synth *s, const struct tree_expr *set, struct datum *element)
{
	uint32_t table = (uint32_t)set->a;

	if (s->in_play[table].n == 0)
		return false;
	*element = datum_of_row(table,
	    s->in_play[table].rows[synth_choose(s, s->in_play[table].n)]);
	return make_contain(s, set, element);
}

/* The list of the request that a list is, or is taken from, if it may grow. */
static bool can_grow(struct synth *s, const struct tree_expr *list)
{
	if (list->op == BC_WHERE)
		return can_grow(s, list->kids[0]);
	if (list->op == BC_LOCAL && list->is_let)
		return can_grow(s, list->binder);
	if (list->op == BC_FIELD)
		return s->c.event != UINT32_MAX && !s->c.fields[list->a]->fixed;
	return list->op == BC_MEMBER && is_open(s, list);
}

static bool grow(struct synth *s, const struct tree_expr *list, struct datum *element)
{
	struct datum now;

	if (list->op == BC_WHERE)
		return grow(s, list->kids[0], element) && make_for(s, list, element, 0, true);
	if (list->op == BC_LOCAL)
		return make_let(s, list, element, grow);
	now = concrete_eval(&s->c, list);
	*element = datum_of_hole(&s->c, hole_append(&s->c, now.hole));
	return true;
}

/* An element of a set or list, put there if need be. */
bool make_element(struct synth *s, const struct tree_expr *set, struct datum *element)
{
	struct datum now = concrete_eval(&s->c, set);
	bool grows = BC_BASE(set->type) != BC_TABLEROW && can_grow(s, set);
	bool other = s->wishing && (set->op == BC_KEYS || set->op == BC_GET);
	uint32_t n = now.n_items < 16 ? now.n_items : 16, chosen = 0;

	if (n + grows + other != 0)
		chosen = synth_choose(s, n + grows + other);
	if (chosen < n) {
		*element = now.items[chosen];
		return true;
	}
	if (grows)
		return grow(s, set, element);
	switch ((unsigned)set->op) {
	case BC_LOCAL:
		return set->is_let && make_let(s, set, element, make_element);
	case BC_WHERE:
		return make_element(s, set->kids[0], element) && make_for(s, set, element, 0, true);
	case BC_ROWS: case BC_KEYROWS:
		return make_row(s, set, element);
	case BC_GET: case BC_OLDGET:
		return make_element_of_map(s, set, element);
	case BC_KEYS:
		/* Which key it will be is open until something else of the goal says so. */
		*element = datum_of_hole(&s->c, hole_new(&s->c, s->c.policy->vars[set->a].key));
		return wish(s, WISH_KEY, set->a, element, NULL);
	default:
		return false;
	}
}

static bool make_empty(struct synth *s, const struct tree_expr *set)
{
	struct datum now = concrete_eval(&s->c, set);
	uint32_t i;

	if (set->op == BC_LOCAL && set->is_let)
		return make_empty(s, set->binder);
	if (now.hole != NULL && set->op != BC_WHERE) {
		if (now.hole->fixed)
			return false;
		now.hole->n_items = 0;
		now.hole->fixed = true;
		s->c.version++;
		return true;
	}
	if (set->op != BC_WHERE)
		return false;
	for (i = 0; i < now.n_items; i++)
		if (!make_for(s, set, &now.items[i], i, false))
			return false;
	return true;
}

static bool make_every(struct synth *s, const struct tree_expr *loop, bool want)
{
	struct datum over = concrete_eval(&s->c, loop->kids[0]);
	uint32_t i;

	for (i = 0; i < over.n_items; i++)
		if (!make_for(s, loop, &over.items[i], i, want))
			return false;
	return true;
}

static bool make_one(struct synth *s, const struct tree_expr *loop, bool want)
{
	struct datum element;

	return make_element(s, loop->kids[0], &element) && make_for(s, loop, &element, 0, want);
}

/* ---- strings and numbers ---- */

static bool make_match(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum text = concrete_eval(&s->c, e->kids[0]), start = { .word = 0 };
	uint64_t pattern = concrete_eval(&s->c, e->kids[e->n_kids - 1]).word;
	struct lang *lang;

	if (text.hole == NULL || text.hole->fixed)
		return false;
	lang = lang_of_pattern(&s->langs, (uint32_t)pattern);
	if (e->op == BC_MATCHCAT) {
		start = concrete_eval(&s->c, e->kids[1]);
		if (start.hole != NULL)
			start.hole->fixed = true;
		lang = lang_after(&s->langs, start.text, lang);
	}
	if (!want)
		lang = lang_not(&s->langs, lang);
	return synth_pick_word(s, text.hole, lang_and(&s->langs, text.hole->lang, lang));
}

static bool make_below(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum low = concrete_eval(&s->c, e->kids[0]), high = concrete_eval(&s->c, e->kids[1]);
	struct str start;

	if (!want)
		return false;
	if (low.hole != NULL && !low.hole->fixed) {
		start = arena_printf(&s->scratch, "%.*s/", STR_ARG(high.text));
		return synth_pick_word(s, low.hole, lang_and(&s->langs, low.hole->lang,
		    lang_after(&s->langs, start, NULL)));
	}
	if (high.hole == NULL)
		return false;
	for (start = low.text; start.len > 1; start.len--)
		if (start.ptr[start.len - 1] == '/')
			break;
	if (start.len < 2)
		return false;
	start.len--;
	low = datum_of_text(start);
	return hole_assign(s, high.hole, &low);
}

static bool fix(struct hole *hole)
{
	hole->fixed = true;
	return true;
}

/* s == a + b ...: the whole from its parts, or the one open part from the whole. */
static bool make_concatenation(struct synth *s, const struct tree_expr *e)
{
	struct datum whole = concrete_eval(&s->c, e->kids[0]), part, value;
	struct hole *open = NULL;
	struct str text = STR(""), before = STR("");
	uint32_t i;

	for (i = 1; i < e->n_kids; i++) {
		part = concrete_eval(&s->c, e->kids[i]);
		if (part.hole != NULL && !part.hole->fixed && open == NULL) {
			open = part.hole;
			before = text;
		}
		text = arena_printf(&s->scratch, "%.*s%.*s", STR_ARG(text), STR_ARG(part.text));
	}
	if (whole.hole != NULL && !whole.hole->fixed) {
		if (open == NULL || whole.hole->lang == NULL || lang_has(whole.hole->lang, text)) {
			value = datum_of_text(text);
			return (open == NULL || fix(open)) && hole_assign(s, whole.hole, &value);
		}
		/* The whole is wanted in a language: its word says what the part is. */
		if (!synth_pick_word(s, whole.hole, lang_and(&s->langs, whole.hole->lang,
		    lang_after(&s->langs, before, NULL))))
			return false;
		whole.text = whole.hole->text;
	}
	if (open == NULL || whole.text.len < text.len - open->text.len)
		return false;
	value = datum_of_text((struct str){ whole.text.ptr + before.len,
	    whole.text.len - (text.len - open->text.len) });
	if (!hole_assign(s, open, &value) || !concrete_holds(&s->c, e))
		return false;
	return whole.hole == NULL || fix(whole.hole);
}

static bool make_less(struct synth *s, const struct tree_expr *e, bool want)
{
	/* not (l < r) is r <= l. */
	const struct tree_expr *low = e->kids[want ? 0 : 1], *high = e->kids[want ? 1 : 0];
	bool strict = (e->op == BC_LT) == want;
	struct datum l = concrete_eval(&s->c, low), r = concrete_eval(&s->c, high);

	if (is_open(s, low) && (!strict || r.word != 0)) {
		l.word = strict ? r.word - 1 : r.word;
		l.hole = NULL;
		return make_equal(s, low, &l);
	}
	if (!is_open(s, high) || (strict && l.word == UINT64_MAX))
		return false;
	r.word = strict ? l.word + 1 : l.word;
	r.hole = NULL;
	return make_equal(s, high, &r);
}

/* ---- goals ---- */

static bool make_logic(struct synth *s, const struct tree_expr *e, bool want)
{
	uint32_t i;

	/* One of them is enough for OR to be true and for AND to be false. */
	if ((e->op == BC_OR) == want)
		return make(s, e->kids[synth_choose(s, e->n_kids)], want);
	for (i = 0; i < e->n_kids; i++)
		if (!make(s, e->kids[i], want))
			return false;
	return true;
}

static bool make_truth(struct synth *s, const struct tree_expr *e, struct datum *want)
{
	return make(s, e, want->word != 0);
}

static bool make_read(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum v = datum_of_word(BC_TYPE(BC_ONE, BC_BOOL, 0), want);

	if (e->op == BC_LOCAL && e->is_let)
		return make_let(s, e, &v, make_truth);
	if (e->op == BC_LOCAL || e->op == BC_FIELD || e->op == BC_MEMBER) {
		struct datum now = concrete_eval(&s->c, e);

		return now.hole != NULL && hole_assign(s, now.hole, &v);
	}
	return e->op != BC_SWITCH && make_equal(s, e, &v);
}

bool make(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum l, element;

	if (concrete_holds(&s->c, e) == want)
		return true;
	switch ((unsigned)e->op) {
	case BC_NOT:
		return make(s, e->kids[0], !want);
	case BC_AND: case BC_OR:
		return make_logic(s, e, want);
	case BC_EQ: case BC_EQLIST:
		return make_eq(s, e, want);
	case BC_ALL:
		return want ? make_every(s, e, true) : make_one(s, e, false);
	case BC_SOME:
		return want ? make_one(s, e, true) : make_every(s, e, false);
	case BC_EMPTY:
		return want ? make_empty(s, e->kids[0]) : make_element(s, e->kids[0], &element);
	case BC_IN:
		l = concrete_eval(&s->c, e->kids[0]);
		if (!want)
			return l.hole != NULL && !l.hole->fixed && BC_BASE(l.type) == BC_STRING &&
			    synth_pick_word(s, l.hole, l.hole->lang);
		if (is_open(s, e->kids[0]) && make_element(s, e->kids[1], &element))
			return make_equal(s, e->kids[0], &element);
		return make_contain(s, e->kids[1], &l);
	case BC_HAS: case BC_OLDHAS:
		return make_has(s, e, want);
	case BC_MATCH: case BC_MATCHCAT:
		return make_match(s, e, want);
	case BC_BELOW:
		return make_below(s, e, want);
	case BC_EQCAT:
		return want && make_concatenation(s, e);
	case BC_LT: case BC_LE:
		return make_less(s, e, want);
	case BC_LOCAL: case BC_FIELD: case BC_MEMBER: case BC_SWITCH: case BC_VAR: case BC_GET:
	case BC_COLUMN:
		return make_read(s, e, want);
	default:
		return false;           /* constants */
	}
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * make_set.c - elements of sets and lists: finding one, putting one there.
 */
#include "make.h"

#include "../bytecode/decode.h"

enum { ELEMENTS = 64 };

/* What rests on wishes does not hold yet.  That a LET has a row by them is
 * remembered: each filter of it that follows would make the same again. */
static const struct datum *made_of(const struct synth *s, const struct tree_expr *let, const struct datum *v)
{
	uint32_t i;

	for (i = 0; s->wishing && i < s->n_made; i++)
		if (s->made[i].let == let && (v == NULL || datum_equal(v, &s->made[i].row)))
			return &s->made[i].row;
	return NULL;
}

static bool remember(struct synth *s, const struct tree_expr *let, const struct datum *v)
{
	if (s->wishing && v->type == BC_TYPE(BC_ONE, BC_TABLEROW, BC_INDEX(v->type)) &&
	    s->n_made < SYNTH_MADE && made_of(s, let, v) == NULL)
		s->made[s->n_made++] = (struct synth_made){ let, *v };
	return true;
}

static bool let_contain(struct synth *s, const struct tree_expr *e, struct datum *v)
{
	return made_of(s, e, v) != NULL || (make_contain(s, e, v) && remember(s, e, v));
}

static bool let_element(struct synth *s, const struct tree_expr *e, struct datum *element)
{
	const struct datum *made = made_of(s, e, NULL);

	if (made != NULL)
		*element = *made;
	return made != NULL || (make_element(s, e, element) && remember(s, e, element));
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
		return make_wish(s, WISH_KEY, set->a, v, NULL);
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

/* Whether it is a row that is in play, or no row. */
static bool is_played(const struct synth *s, const struct datum *d)
{
	const struct synth_rows *play;
	uint32_t i;

	if (BC_BASE(d->type) != BC_TABLEROW)
		return true;
	play = &s->in_play[BC_INDEX(d->type)];
	for (i = 0; i < play->n; i++)
		if (play->rows[i] == d->word)
			return true;
	return false;
}

/* A live key with an element, and the element, rows in play first; or one that is wished for. */
static bool make_element_of_map(struct synth *s, const struct tree_expr *get,
    struct datum *element)
{
	uint32_t map = (uint32_t)get->a, table = BC_INDEX(get->type), i, j, round;
	uint32_t n = state_count(s->c.group, map), fit = 0, wishes = 0, pairs[256][2];
	uint32_t rows[SYNTH_ROWS];
	const struct bc_var *var = &s->c.policy->vars[map];
	struct datum held, key;
	struct value k, val;

	for (round = 0; round < 2; round++)
		for (i = 0; i < n; i++) {
			state_entry(s->c.group, map, i, &k, &val);
			held = datum_of_value(s->c.arena, s->c.policy, &val, var->value);
			for (j = 0; j < held.n_items && fit < 256; j++) {
				if (is_played(s, &held.items[j]) != (round == 0))
					continue;
				pairs[fit][0] = i;
				pairs[fit++][1] = j;
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
		return make_wish(s, WISH_CONTAINS, map, &key, element);
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
	return list->op == BC_MEMBER && make_is_open(s, list);
}

static bool grow(struct synth *s, const struct tree_expr *list, struct datum *element)
{
	struct datum now;

	if (list->op == BC_WHERE)
		return grow(s, list->kids[0], element);
	if (list->op == BC_LOCAL)
		return make_let(s, list, element, grow);
	now = concrete_eval(&s->c, list);
	*element = datum_of_hole(&s->c, hole_append(&s->c, now.hole));
	return true;
}

/* What grew is not filtered out again. */
static bool admit(struct synth *s, const struct tree_expr *list, struct datum *element)
{
	if (list->op == BC_WHERE)
		return admit(s, list->kids[0], element) && make_for(s, list, element, 0, true);
	return list->op != BC_LOCAL || make_let(s, list, element, admit);
}

/* Rows that are in play first: what they are wanted for is theirs. */
static void prefer_played(struct synth *s, struct datum *set)
{
	struct datum *items = arena_array(s->c.arena, set->n_items, struct datum);
	uint32_t i, n = 0, round;

	if (BC_BASE(set->type) != BC_TABLEROW)
		return;
	for (round = 0; round < 2; round++)
		for (i = 0; i < set->n_items; i++)
			if (is_played(s, &set->items[i]) == (round == 0))
				items[n++] = set->items[i];
	set->items = items;
}

/* The elements of a set or list as it is, without those that are not to be had
 * for the loop's block.  Returns how many. */
static uint32_t elements_for(struct synth *s, const struct tree_expr *set, const struct tree_expr *loop,
    struct datum *elements)
{
	struct datum now = concrete_eval(&s->c, set);
	uint32_t most = s->wishing ? ELEMENTS : 16, i, n = 0;
	struct frame old;
	bool hopeless;

	prefer_played(s, &now);
	for (i = 0; i < now.n_items && n < most; i++) {
		if (loop != NULL) {
			old = make_bind(s, loop, &now.items[i], i);
			hopeless = make_is_hopeless(s, loop->kids[1]);
			make_unbind(s, loop, &old);
			if (hopeless)
				continue;
		}
		elements[n++] = now.items[i];
	}
	return n;
}

/* An element of a set or list, put there if need be; for a loop, or NULL.  One
 * that grew is admitted later: what is asked of it says more. */
static bool element_for(struct synth *s, const struct tree_expr *set, const struct tree_expr *loop,
    struct datum *element, bool *grown)
{
	struct datum *elements = arena_array(s->c.arena, ELEMENTS, struct datum);
	bool grows = BC_BASE(set->type) != BC_TABLEROW && can_grow(s, set);
	bool other = s->wishing && (set->op == BC_KEYS || set->op == BC_GET);
	uint32_t n = elements_for(s, set, loop, elements), chosen = 0;

	if (n + grows + other != 0)
		chosen = synth_choose(s, n + grows + other);
	*grown = chosen >= n && grows;
	if (chosen < n) {
		*element = elements[chosen];
		return true;
	}
	if (grows)
		return grow(s, set, element);
	switch ((unsigned)set->op) {
	case BC_LOCAL:
		return set->is_let && make_let(s, set, element, let_element);
	case BC_WHERE:
		return make_element(s, set->kids[0], element) && make_for(s, set, element, 0, true);
	case BC_ROWS: case BC_KEYROWS:
		return make_row(s, set, element);
	case BC_GET: case BC_OLDGET:
		return make_element_of_map(s, set, element);
	case BC_KEYS:
		/* Which key it will be is open until something else of the goal says so. */
		*element = datum_of_hole(&s->c, hole_new(&s->c, s->c.policy->vars[set->a].key));
		return make_wish(s, WISH_KEY, set->a, element, NULL);
	default:
		return false;
	}
}

bool make_element(struct synth *s, const struct tree_expr *set, struct datum *element)
{
	bool grown;

	return element_for(s, set, NULL, element, &grown) && (!grown || admit(s, set, element));
}

bool make_empty(struct synth *s, const struct tree_expr *set)
{
	struct datum now = concrete_eval(&s->c, set);
	uint32_t i;

	if (set->op == BC_LOCAL && set->is_let)
		return make_empty(s, set->binder);
	if (now.hole != NULL && set->op != BC_WHERE) {
		if (now.hole->fixed)
			return false;
		hole_touch(&s->c, now.hole);
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

/* What was filtered into the set, out of it again. */
static bool make_leave(struct synth *s, const struct tree_expr *set, struct datum *element)
{
	if (set->op == BC_LOCAL && set->is_let)
		return make_let(s, set, element, make_leave);
	return set->op == BC_WHERE && make_for(s, set, element, 0, false);
}

static bool make_stay(struct synth *s, const struct tree_expr *loop, const struct datum *element,
    uint32_t place, bool want)
{
	struct synth_mark mark = synth_mark(s);

	if (synth_gave_up(s))
		return false;
	do {
		if (make_for(s, loop, element, place, want))
			return true;
	} while (synth_back(s, &mark));
	synth_give_up(s, &mark);
	return false;
}

/* An element that can't be as wanted had better not be there. */
bool make_every(struct synth *s, const struct tree_expr *loop, bool want)
{
	struct datum over = concrete_eval(&s->c, loop->kids[0]), now;
	uint32_t i, version = s->c.version;

	for (i = 0; i < over.n_items; i++) {
		struct datum element = over.items[i];

		if (s->c.version != version && element.hole == NULL) {
			now = concrete_eval(&s->c, loop->kids[0]);
			if (!datum_among(&element, &now))
				continue;
		}
		if (!make_stay(s, loop, &element, i, want) && !make_leave(s, loop->kids[0], &element))
			return false;
	}
	return true;
}

bool make_one(struct synth *s, const struct tree_expr *loop, bool want)
{
	struct datum element;
	bool grown;

	return element_for(s, loop->kids[0], want ? loop : NULL, &element, &grown) &&
	    make_for(s, loop, &element, 0, want) && (!grown || admit(s, loop->kids[0], &element));
}

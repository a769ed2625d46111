/* SPDX-License-Identifier: Apache-2.0
 *
 * synth.c - the walks over a rule, their choices, and what comes of them.
 */
#include "synth.h"

#include "../bytecode/decode.h"
#include "../request/request.h"
#include "search.h"
#include "stop.h"

/* Rows whose lists are short make short traces. */
enum { ROOT_ROWS = 3, MOST_RUNS = 4096, BACK = 4, LOOKS = 16 };

/* ---- the rows that are tried ---- */

static uint64_t row_weight(const struct bc_policy *p, uint32_t table, uint32_t row)
{
	const struct bc_table *t = &p->tables[table];
	uint64_t weight = 0;
	uint32_t i;

	for (i = 0; i < t->n_columns; i++)
		if (BC_SHAPE(bc_column_type(t, i)) != BC_ONE)
			weight += 8 + bc_list(p, bc_cell(t, row, i)).len;
	return weight;
}

static void play(struct synth *s, uint32_t table, uint32_t row)
{
	const struct bc_table *t = &s->c.policy->tables[table];
	uint32_t i, j, type, *n = &s->in_play[table].n;
	struct bc_bytes list;

	for (i = 0; i < *n; i++)
		if (s->in_play[table].rows[i] == row)
			return;
	if (*n == SYNTH_ROWS || row >= t->n_rows)
		return;
	s->in_play[table].rows[(*n)++] = row;
	for (i = 0; i < t->n_columns; i++) {
		type = bc_column_type(t, i);
		if (BC_BASE(type) != BC_TABLEROW)
			continue;
		if (BC_SHAPE(type) == BC_ONE) {
			play(s, BC_INDEX(type), bc_cell(t, row, i));
			continue;
		}
		list = bc_list(s->c.policy, bc_cell(t, row, i));
		for (j = 0; j < list.len; j++)
			play(s, BC_INDEX(type), bc_get32(list.ptr + 4 * (size_t)j));
	}
}

bool synth_is_root(const struct bc_policy *p, uint32_t table)
{
	uint32_t i, j, type;

	for (i = table + 1; i < p->n_tables; i++)
		for (j = 0; j < p->tables[i].n_columns; j++) {
			type = bc_column_type(&p->tables[i], j);
			if (BC_BASE(type) == BC_TABLEROW && BC_INDEX(type) == table)
				return false;
		}
	return true;
}

/* The lightest rows of every table, with all that they refer to; of tables
 * that others refer to, mostly what these refer to. */
static void choose_rows(struct synth *s)
{
	uint32_t table, n, row, best;
	bool taken[ROOT_ROWS];
	uint32_t chosen[ROOT_ROWS];

	for (table = s->c.policy->n_tables; table > 0; table--) {
		const struct bc_table *t = &s->c.policy->tables[table - 1];
		uint32_t most = synth_is_root(s->c.policy, table - 1) ? ROOT_ROWS : 1;

		memset(taken, 0, sizeof(taken));
		for (n = 0; n < most && n < t->n_rows; n++) {
			best = UINT32_MAX;
			for (row = 0; row < t->n_rows; row++) {
				uint32_t i = 0;

				while (i < n && chosen[i] != row)
					i++;
				if (i == n && (best == UINT32_MAX ||
				    row_weight(s->c.policy, table - 1, row) <
				    row_weight(s->c.policy, table - 1, best)))
					best = row;
			}
			chosen[n] = best;
			play(s, table - 1, best);
		}
	}
}

/* Rows that a claim names. */
static void choose_named(struct synth *s, const struct tree_expr *e)
{
	uint32_t i;

	if (e->op == BC_ROW)
		play(s, (uint32_t)e->a, (uint32_t)e->b);
	for (i = 0; i < e->n_kids; i++)
		choose_named(s, e->kids[i]);
}

void synth_open(struct synth *s, const struct tree_policy *tree)
{
	uint32_t i;

	memset(s, 0, sizeof(*s));
	s->tree = tree;
	s->c.policy = tree->policy;
	s->c.arena = &s->scratch;
	lang_open(&s->langs, tree->policy);
	(void)arena_alloc(&s->scratch, 16);     /* so that the mark is in a chunk */
	s->mark = s->scratch;
	for (i = 0; i < tree->policy->n_claims; i++)
		choose_named(s, tree->claims[i]);
	choose_rows(s);
	memcpy(s->all_play, s->in_play, sizeof(s->in_play));
}

void synth_play_only(struct synth *s, uint32_t table, uint32_t row)
{
	s->in_play[table].n = 0;
	play(s, table, row);
}

/* A bit for each root table. */
static uint64_t named_tables(const struct synth *s, const struct tree_expr *e)
{
	uint64_t tables = 0;
	uint32_t i;

	if (e->op == BC_ROW && synth_is_root(s->c.policy, (uint32_t)e->a))
		tables = UINT64_C(1) << e->a;
	for (i = 0; i < e->n_kids; i++)
		tables |= named_tables(s, e->kids[i]);
	return tables;
}

void synth_play_named(struct synth *s, const struct tree_expr *e)
{
	uint64_t tables = named_tables(s, e);
	uint32_t i;

	for (i = 0; i < s->c.policy->n_tables; i++)
		if ((tables >> i & 1) != 0)
			s->in_play[i].n = 0;
	choose_named(s, e);
}

void synth_play_again(struct synth *s)
{
	memcpy(s->in_play, s->all_play, sizeof(s->in_play));
}

void synth_close(struct synth *s)
{
	lang_close(&s->langs);
	arena_clear(&s->scratch);
}

/* ---- choices ---- */

uint32_t synth_choose(struct synth *s, uint32_t n)
{
	if (n == 1 || s->at_script == SYNTH_CHOICES)
		return 0;
	if (s->at_script == s->n_script)
		s->script[s->n_script++] = (struct choice){ 0, n };
	s->script[s->at_script].n = n;
	/* Walks have the same choices up to the last; should one have fewer, its last. */
	if (s->script[s->at_script].at >= n)
		s->script[s->at_script].at = n - 1;
	return s->script[s->at_script++].at;
}

struct synth_mark synth_mark(const struct synth *s)
{
	return (struct synth_mark){ s->at_script, s->c.n_trail, s->n_wishes, s->n_made };
}

/* The last choice from `from` on that has another way takes it. */
static bool next_choice(struct synth *s, uint32_t from)
{
	s->n_script = s->at_script;
	while (s->n_script > from) {
		if (s->script[s->n_script - 1].at + 1 < s->script[s->n_script - 1].n) {
			s->script[s->n_script - 1].at++;
			return true;
		}
		s->n_script--;
	}
	return false;
}

static bool is_late(const struct synth *s)
{
	return s->until != 0 && (stop_asked() || search_clock() >= s->until);
}

bool synth_back(struct synth *s, const struct synth_mark *mark)
{
	bool another;

	/* A walk that may end after its wishes keeps those that it has made. */
	if (s->partial || s->n_back == 0 || is_late(s))
		return false;
	s->n_back--;
	another = next_choice(s, mark->at_script);
	s->at_script = mark->at_script;
	concrete_undo(&s->c, mark->n_trail);
	s->n_wishes = mark->n_wishes;
	s->n_made = mark->n_made;
	return another;
}

void synth_give_up(struct synth *s, const struct synth_mark *mark)
{
	if (s->at_script != mark->at_script || s->at_script == SYNTH_CHOICES)
		return;                 /* not all of it was tried */
	s->script[s->at_script++] = (struct choice){ 0, 1 };
	s->n_script = s->at_script;
}

bool synth_gave_up(struct synth *s)
{
	if (s->at_script == s->n_script || s->script[s->at_script].n != 1)
		return false;
	s->at_script++;
	return true;
}

/* The next script: the last choice that has another way takes it. */
static bool next_script(struct synth *s)
{
	return next_choice(s, 0);
}

/* ---- walks ---- */

static bool grant(struct synth *s, const struct tree_stmt *stmt, const struct wish *w)
{
	if (stmt->key != NULL && w->has_key && !make_equal(s, stmt->key, &w->key))
		return false;
	if (w->kind == WISH_VALUE || w->kind == WISH_SCALAR)
		return stmt->value != NULL && make_equal(s, stmt->value, &w->value);
	if (w->kind == WISH_CONTAINS)
		return stmt->value != NULL && make_contain(s, stmt->value, &w->value);
	return true;
}

static bool meet(struct synth *s, uint32_t event, const struct synth_goal *goal)
{
	switch (goal->kind) {
	case GOAL_FIELD:
		return hole_assign(s, s->c.fields[goal->number], &goal->value);
	case GOAL_CLAIM_FALSE:
		return make(s, s->tree->claims[goal->number], false);
	case GOAL_WISH:
		return grant(s, &s->tree->rules[event].stmts[goal->number], goal->wish);
	}
	return false;
}

static bool require(struct synth *s, uint32_t event)
{
	const struct tree_rule *rule = &s->tree->rules[event];
	uint32_t i;

	for (i = 0; i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_REQUIRE && !make(s, rule->stmts[i].value, true))
			return false;
	return true;
}

static bool is_allowed(struct synth *s, uint32_t event)
{
	const struct tree_rule *rule = &s->tree->rules[event];
	uint32_t i;

	for (i = 0; i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_REQUIRE &&
		    !concrete_holds(&s->c, rule->stmts[i].value))
			return false;
	return true;
}

static bool walk(struct synth *s, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals)
{
	uint32_t i;

	s->at_script = 0;
	s->n_wishes = s->n_made = 0;
	s->n_walks++;
	concrete_start(&s->c, event);
	for (i = 0; i < n_goals; i++)
		if (!meet(s, event, &goals[i]))
			return s->partial && s->n_wishes != 0;
	if (!require(s, event))
		return s->partial && s->n_wishes != 0;
	if (s->wishing)
		return true;
	return require(s, event) && is_allowed(s, event);
}

static struct request_value value_of(struct synth *s, const struct hole *hole)
{
	struct request_value v = { .word = hole->word, .text = hole->text };
	uint32_t i;

	v.items = arena_array(&s->scratch, hole->n_items, struct request_value);
	v.n_items = hole->n_items;
	for (i = 0; i < hole->n_items; i++)
		v.items[i] = value_of(s, hole->items[i]);
	return v;
}

static bool encode(struct synth *s, uint32_t event, struct str *bytes)
{
	struct request r = request_zero(&s->scratch, s->c.policy, event);
	struct str error;
	uint32_t i;

	for (i = 0; i < s->c.policy->events[event].n_fields; i++)
		r.fields[i] = value_of(s, s->c.fields[i]);
	return request_encode(&s->scratch, s->c.policy, &r, bytes, &error) == 0;
}

void synth_event(struct synth *s, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals, uint32_t most, uint32_t walks, struct synth_taker taker)
{
	struct arena mark = s->scratch;
	uint32_t runs, found = 0;
	struct str bytes;

	s->n_script = 0;
	s->wishing = s->partial = s->changing = false;
	s->n_back = BACK * walks;
	for (runs = 0; runs < walks && found < most && !is_late(s); runs++) {
		if (walk(s, event, goals, n_goals) && encode(s, event, &bytes)) {
			found++;
			if (!taker.take(taker.arg, bytes))
				found = most;
		}
		arena_rewind(&s->scratch, mark);
		if (!next_script(s))
			break;
	}
}

bool synth_wish(struct synth *s, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals, uint32_t skip, uint32_t also)
{
	struct arena mark = s->scratch;
	uint32_t runs;

	s->n_script = 0;
	s->n_back = MOST_RUNS;
	s->partial = (also & SYNTH_PARTIAL) != 0;
	s->changing = (also & SYNTH_CHANGING) != 0;
	for (runs = 0; runs < MOST_RUNS && !is_late(s); runs++) {
		s->wishing = true;
		if (walk(s, event, goals, n_goals) && s->n_wishes != 0 && skip-- == 0)
			return true;
		arena_rewind(&s->scratch, mark);
		if (!next_script(s))
			break;
	}
	return false;
}

bool synth_lacks(struct synth *s, uint32_t event, const struct synth_goal *goals, uint32_t n_goals)
{
	struct arena mark = s->scratch;
	uint32_t runs;

	s->n_script = 0;
	s->n_back = MOST_RUNS;
	s->wishing = true;
	s->partial = s->changing = false;
	for (runs = 0; runs < LOOKS; runs++) {
		if (walk(s, event, goals, n_goals))
			return s->n_wishes != 0;
		arena_rewind(&s->scratch, mark);
		if (!next_script(s))
			break;
	}
	return false;
}

bool synth_is_true(struct synth *s, const struct tree_expr *e)
{
	concrete_start(&s->c, UINT32_MAX);
	return concrete_holds(&s->c, e);
}

bool synth_is_granted(struct synth *s, const struct cpol_group *group, const struct wish *w)
{
	struct value key = datum_key(&w->key), held = { .kind = V_WORD };
	struct datum d;

	if (w->kind == WISH_SCALAR || !w->has_key || !state_find(group, w->var, &key, &held))
		return false;
	if (w->kind == WISH_KEY)
		return true;
	d = datum_of_value(&s->scratch, s->c.policy, &held, s->c.policy->vars[w->var].value);
	return w->kind == WISH_VALUE ? datum_equal(&w->value, &d) : datum_among(&w->value, &d);
}

bool synth_wish_truth(struct synth *s, const struct tree_expr *e, uint32_t skip, uint32_t also)
{
	struct arena mark = s->scratch;
	uint32_t runs;

	s->n_script = 0;
	s->n_back = MOST_RUNS;
	s->partial = false;
	s->changing = (also & SYNTH_CHANGING) != 0;
	for (runs = 0; runs < MOST_RUNS && !is_late(s); runs++) {
		s->at_script = 0;
		s->n_wishes = s->n_made = 0;
		s->n_walks++;
		s->wishing = true;
		concrete_start(&s->c, UINT32_MAX);
		if (make(s, e, true) && s->n_wishes != 0 && skip-- == 0)
			return true;
		arena_rewind(&s->scratch, mark);
		if (!next_script(s))
			break;
	}
	return false;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * synth.c - the walks over a rule, their choices, and what comes of them.
 */
#include "synth.h"

#include "../bytecode/decode.h"
#include "../request/request.h"

/* Rows whose lists are short make short traces. */
enum { ROOT_ROWS = 3, MOST_RUNS = 4096 };

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

void synth_play_again(struct synth *s)
{
	memcpy(s->in_play, s->all_play, sizeof(s->in_play));
}

void synth_close(struct synth *s)
{
	lang_close(&s->langs);
	arena_clear(&s->scratch);
}

/* ---- strings ---- */

static bool is_live(const struct synth *s, struct str text)
{
	uint32_t i;

	for (i = 0; i < s->n_live; i++)
		if (str_equal(s->live[i], text))
			return true;
	return false;
}

static void add_live(struct synth *s, const struct datum *d)
{
	uint32_t i;

	if (BC_BASE(d->type) != BC_STRING)
		return;
	for (i = 0; BC_SHAPE(d->type) != BC_ONE && i < d->n_items; i++)
		add_live(s, &d->items[i]);
	if (BC_SHAPE(d->type) == BC_ONE && d->text.len != 0 && s->n_live < SYNTH_LIVE &&
	    !is_live(s, d->text))
		s->live[s->n_live++] = d->text;
}

void synth_look(struct synth *s, const struct cpol_group *group)
{
	const struct bc_policy *p = s->c.policy;
	struct value key, val;
	struct datum d;
	uint32_t map, i;

	arena_rewind(&s->scratch, s->mark);
	s->c.group = group;
	s->look++;
	s->n_live = 0;
	for (map = 0; map < p->n_vars; map++) {
		if (p->vars[map].key == 0)
			continue;
		for (i = 0; i < state_count(group, map); i++) {
			state_entry(group, map, i, &key, &val);
			d = datum_of_value(&s->scratch, p, &key, p->vars[map].key);
			add_live(s, &d);
			if (BC_BASE(p->vars[map].value) != BC_STRING)
				continue;
			d = datum_of_value(&s->scratch, p, &val, p->vars[map].value);
			/* Elements of lists are copied pointers into the state. */
			add_live(s, &d);
		}
	}
}

static void add_word(struct str *words, uint32_t *n, struct str word)
{
	uint32_t i;

	for (i = 0; i < *n; i++)
		if (str_equal(words[i], word))
			return;
	if (*n < SYNTH_INTERESTING)
		words[(*n)++] = word;
}

/* Paths above and below the live ones, as far as the language has them. */
static void add_relatives(struct synth *s, struct lang *lang, struct str *words, uint32_t *n)
{
	struct str word, start;
	uint32_t i;

	for (i = 0; i < s->n_live && i < 6; i++) {
		if (s->live[i].len > 256 || memchr(s->live[i].ptr, '/', s->live[i].len) == NULL)
			continue;
		start = arena_printf(&s->scratch, "%.*s/", STR_ARG(s->live[i]));
		if (lang == NULL)
			add_word(words, n, arena_printf(&s->scratch, "%.*sx", STR_ARG(start)));
		else if (lang_word(&s->langs, lang_and(&s->langs, lang,
		    lang_after(&s->langs, start, NULL)), 0, &word))
			add_word(words, n, word);
		for (start = s->live[i]; start.len > 1; start.len--) {
			word = (struct str){ start.ptr, start.len - 1 };
			if (start.ptr[start.len - 1] == '/' && word.len != 0 &&
			    (lang == NULL || lang_has(lang, word)))
				add_word(words, n, word);
		}
	}
}

/* Whether the language has the ith live string; matched once in each state. */
static bool has_live(const struct synth *s, struct lang *lang, uint32_t i)
{
	uint32_t j;

	if (lang->look != s->look) {
		lang->look = s->look;
		memset(lang->live, 0, sizeof(lang->live));
		for (j = 0; j < s->n_live; j++)
			if (lang_has(lang, s->live[j]))
				lang->live[j / 64] |= UINT64_C(1) << j % 64;
	}
	return (lang->live[i / 64] >> i % 64 & 1) != 0;
}

/* Words for a string: a fresh one first, then those that the state knows. */
static uint32_t list_words(struct synth *s, struct lang *lang, struct str *words)
{
	static const char *const odd[] = { "x", "y", "z" };
	uint32_t n = 0, i, fresh = 0, most = s->wide ? 2 : 1;
	struct str word;

	if (lang == NULL) {
		for (i = 0; i < 3 && fresh < most; i++) {
			word = (struct str){ odd[i], 1 };
			if (is_live(s, word))
				continue;
			add_word(words, &n, word);
			fresh++;
		}
	} else {
		for (i = 0; fresh < most && lang_word(&s->langs, lang, i, &word); i++) {
			if (is_live(s, word))
				continue;
			add_word(words, &n, word);
			fresh++;
		}
	}
	for (i = 0; i < s->n_live && n < SYNTH_TRIED; i++)
		if (lang == NULL || has_live(s, lang, i))
			add_word(words, &n, s->live[i]);
	if (s->wide)
		add_relatives(s, lang, words, &n);
	return n;
}

bool synth_pick_word(struct synth *s, struct hole *hole, struct lang *lang)
{
	struct str words[SYNTH_INTERESTING];
	uint32_t n = list_words(s, lang, words);

	if (n == 0)
		return false;
	hole->lang = lang;
	hole->text = words[synth_choose(s, n)];
	s->c.version++;
	return true;
}

/* ---- choices ---- */

uint32_t synth_choose(struct synth *s, uint32_t n)
{
	if (n == 1 || s->at_script == SYNTH_CHOICES)
		return 0;
	if (s->at_script == s->n_script)
		s->script[s->n_script++] = (struct choice){ 0, n };
	s->script[s->at_script].n = n;
	return s->script[s->at_script++].at;
}

/* The next script: the last choice that has another way takes it. */
static bool next_script(struct synth *s)
{
	s->n_script = s->at_script;
	while (s->n_script > 0) {
		if (s->script[s->n_script - 1].at + 1 < s->script[s->n_script - 1].n) {
			s->script[s->n_script - 1].at++;
			return true;
		}
		s->n_script--;
	}
	return false;
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
	s->n_wishes = 0;
	concrete_start(&s->c, event);
	for (i = 0; i < n_goals; i++)
		if (!meet(s, event, &goals[i]))
			return false;
	if (!require(s, event))
		return false;
	if (s->wishing)
		return s->n_wishes != 0;
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
	s->wishing = false;
	for (runs = 0; runs < walks && found < most; runs++) {
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
    uint32_t n_goals, uint32_t skip)
{
	struct arena mark = s->scratch;
	uint32_t runs;

	s->n_script = 0;
	for (runs = 0; runs < MOST_RUNS; runs++) {
		s->wishing = true;
		if (walk(s, event, goals, n_goals) && skip-- == 0)
			return true;
		arena_rewind(&s->scratch, mark);
		if (!next_script(s))
			break;
	}
	return false;
}

bool synth_wish_claim(struct synth *s, uint32_t claim, uint32_t skip)
{
	struct arena mark = s->scratch;
	uint32_t runs;

	s->n_script = 0;
	for (runs = 0; runs < MOST_RUNS; runs++) {
		s->at_script = 0;
		s->n_wishes = 0;
		s->wishing = true;
		concrete_start(&s->c, UINT32_MAX);
		if (make(s, s->tree->claims[claim], true) && s->n_wishes != 0 && skip-- == 0)
			return true;
		arena_rewind(&s->scratch, mark);
		if (!next_script(s))
			break;
	}
	return false;
}

/* ---- values worth trying ---- */

static void add_ints(const struct tree_expr *e, struct datum *values, uint32_t *n)
{
	uint32_t i;

	if (e == NULL)
		return;
	for (i = 0; e->op == BC_INT && i < *n; i++)
		if (values[i].word == e->a)
			break;
	if (e->op == BC_INT && i == *n && *n < 8)
		values[(*n)++] = datum_of_word(e->type, e->a);
	for (i = 0; i < e->n_kids; i++)
		add_ints(e->kids[i], values, n);
}

static uint32_t interesting_ints(struct synth *s, uint32_t event, struct datum *values)
{
	const struct tree_rule *rule = &s->tree->rules[event];
	uint32_t i, n = 0;

	for (i = 0; i < 3; i++)
		values[n++] = datum_of_word(BC_TYPE(BC_ONE, BC_INTEGER, 0), i);
	for (i = 0; i < rule->n_stmts; i++)
		add_ints(rule->stmts[i].value, values, &n);
	return n;
}

/* Words outside and inside the languages that the claim tests. */
static void add_tested(struct synth *s, const struct tree_expr *e, struct str *words, uint32_t *n)
{
	uint32_t i, pattern = UINT32_MAX;
	struct lang *lang;
	struct str word;

	if (e->op == BC_PATTERN)
		pattern = (uint32_t)e->a;
	if (e->op == BC_SWITCH && BC_BASE(e->type) == BC_LANGUAGE)
		pattern = (uint32_t)bc_switch_value(s->c.policy, (uint32_t)e->a);
	if (pattern != UINT32_MAX) {
		lang = lang_of_pattern(&s->langs, pattern);
		for (i = 0; i < 3; i++)
			if (lang_word(&s->langs, lang_not(&s->langs, lang), i, &word))
				add_word(words, n, word);
		if (lang_word(&s->langs, lang, 0, &word))
			add_word(words, n, word);
	}
	for (i = 0; i < e->n_kids; i++)
		add_tested(s, e->kids[i], words, n);
}

static uint32_t interesting_strings(struct synth *s, struct datum *values)
{
	struct str words[SYNTH_INTERESTING];
	uint32_t i, n = list_words(s, NULL, words);

	if (!s->wide && n > 9)          /* a fresh one and the first that are live */
		n = 9;
	if (s->claim != NULL)
		add_tested(s, s->claim, words, &n);
	add_word(words, &n, STR(""));
	for (i = 0; i < n; i++)
		values[i] = datum_of_text(words[i]);
	return n;
}

uint32_t synth_interesting(struct synth *s, uint32_t event, uint32_t field, struct datum *values)
{
	uint32_t type = bc_field_type(&s->c.policy->events[event], field), i, n = 0, most = 0;
	struct datum *one;

	if (BC_SHAPE(type) != BC_ONE) {
		values[n++] = (struct datum){ .type = type };
		if (BC_BASE(type) != BC_STRING)
			return n;
		n = interesting_strings(s, values + 1);
		n = s->wide || n < 4 ? n : 4;
		one = arena_array(&s->scratch, n, struct datum);
		memcpy(one, values + 1, n * sizeof(*one));
		for (i = 0; i < n && i + 1 < SYNTH_INTERESTING; i++)
			values[i + 1] = (struct datum){ .type = type, .items = &one[i], .n_items = 1 };
		return i + 1;
	}
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		most = 2;
		break;
	case BC_ENUMERATION:
		most = bc_get32(s->c.policy->enums[BC_INDEX(type)] + 4);
		break;
	case BC_INTEGER:
		return interesting_ints(s, event, values);
	case BC_STRING:
		return interesting_strings(s, values);
	case BC_NOTHING: case BC_DIGEST32: case BC_LANGUAGE: case BC_TABLEROW: case BC_RECORD:
		return 0;
	}
	for (i = 0; i < most && i < SYNTH_INTERESTING; i++)
		values[n++] = datum_of_word(type, i);
	return n;
}

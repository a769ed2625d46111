/* SPDX-License-Identifier: Apache-2.0
 *
 * synth_words.c - which strings, and which values of a field, are worth trying:
 * words of the languages that are asked for, what the state knows, and what
 * stands in the rule or the claim.
 */
#include "synth.h"

#include "../bytecode/decode.h"

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
		s->live[s->n_live++] = arena_copy(&s->scratch, d->text.ptr, d->text.len);
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

/* What the live strings are to the language: found once in each state. */
static void look_from(struct synth *s, struct lang *lang)
{
	struct str word;
	uint32_t i;

	if (lang->look == s->look)
		return;
	lang->look = s->look;
	memset(lang->live, 0, sizeof(lang->live));
	for (i = 0; i < s->n_live; i++)
		if (lang_has(lang, s->live[i]))
			lang->live[i / 64] |= UINT64_C(1) << i % 64;
	lang->fresh = 0;
	while (lang_word(&s->langs, lang, lang->fresh, &word) && is_live(s, word))
		lang->fresh++;
}

static uint32_t pattern_of(const struct synth *s, const struct tree_expr *e)
{
	if (e->op == BC_PATTERN)
		return (uint32_t)e->a;
	if (e->op == BC_SWITCH && BC_BASE(e->type) == BC_LANGUAGE)
		return (uint32_t)bc_switch_value(s->c.policy, (uint32_t)e->a);
	return UINT32_MAX;
}

/* A word of the language on either side of each that the claim tests. */
static void add_sides(struct synth *s, const struct tree_expr *e, struct lang *lang, struct str *words,
    uint32_t *n)
{
	uint32_t pattern = pattern_of(s, e);
	struct lang *tested;
	struct str word;

	if (pattern != UINT32_MAX) {
		tested = lang_of_pattern(&s->langs, pattern);
		if (lang_word(&s->langs, lang_and(&s->langs, lang, lang_not(&s->langs, tested)), 0, &word))
			add_word(words, n, word);
		if (lang_word(&s->langs, lang_and(&s->langs, lang, tested), 0, &word))
			add_word(words, n, word);
	}
	for (uint32_t i = 0; i < e->n_kids; i++)
		add_sides(s, e->kids[i], lang, words, n);
}

/* Words for a string: a fresh one first, then those that the state knows. */
static uint32_t list_words(struct synth *s, struct lang *lang, struct str *words)
{
	static const char *const odd[] = { "x", "y", "z" };
	uint32_t n = 0, i, fresh = 0, most = s->wide ? 2 : 1;
	struct str word;

	if (lang != NULL)
		look_from(s, lang);
	if (lang == NULL) {
		for (i = 0; i < 3 && fresh < most; i++) {
			word = (struct str){ odd[i], 1 };
			if (is_live(s, word))
				continue;
			add_word(words, &n, word);
			fresh++;
		}
	} else {
		for (i = lang->fresh; fresh < most && lang_word(&s->langs, lang, i, &word); i++) {
			if (is_live(s, word))
				continue;
			add_word(words, &n, word);
			fresh++;
		}
	}
	for (i = 0; i < s->n_live && n < SYNTH_TRIED; i++)
		if (lang == NULL || (lang->live[i / 64] >> i % 64 & 1) != 0)
			add_word(words, &n, s->live[i]);
	if (s->wide)
		add_relatives(s, lang, words, &n);
	if (s->claim != NULL && lang != NULL)
		add_sides(s, s->claim, lang, words, &n);
	return n;
}

bool synth_pick_word(struct synth *s, struct hole *hole, struct lang *lang)
{
	struct str words[SYNTH_INTERESTING];
	uint32_t n = list_words(s, lang, words);

	if (n == 0)
		return false;
	hole_touch(&s->c, hole);
	hole->lang = lang;
	hole->text = words[synth_choose(s, n)];
	s->c.version++;
	return true;
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
	add_ints(s->claim, values, &n);
	if (s->wide)                    /* where sums stop */
		values[n++] = datum_of_word(BC_TYPE(BC_ONE, BC_INTEGER, 0), UINT64_MAX);
	return n;
}

/* Words outside and inside the languages that the claim tests, and its own. */
static void add_tested(struct synth *s, const struct tree_expr *e, struct str *words, uint32_t *n)
{
	uint32_t i, pattern = pattern_of(s, e);
	struct lang *lang;
	struct str word;

	if (e->op == BC_STR)
		add_word(words, n, concrete_string(s->c.policy, (uint32_t)e->a));
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

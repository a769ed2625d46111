/* SPDX-License-Identifier: Apache-2.0
 *
 * make.c - making an expression true, or equal to a value, by writing the
 * request.  Every function returns false when this walk found no way; the next
 * walk makes other choices.  What already is as wanted is left alone, so a goal
 * that was met by chance can be spoilt later: synth.c walks twice and judges.
 */
#include "make.h"

enum { FITTING = 64 };

/* ---- strings and numbers ---- */

static bool fix(struct synth *s, struct hole *hole)
{
	hole_touch(&s->c, hole);
	hole->fixed = true;
	return true;
}

/* What an operand of AND, or the whole, requires of the form of a field. */
static bool make_form_in(struct synth *s, const struct tree_expr *e, const struct hole *field)
{
	uint32_t i;

	if (e->op == BC_MATCH && e->kids[0]->op == BC_FIELD && s->c.fields[e->kids[0]->a] == field)
		return make(s, e, true);
	for (i = 0; e->op == BC_AND && i < e->n_kids; i++)
		if (!make_form_in(s, e->kids[i], field))
			return false;
	return true;
}

/* A field that is to be part of another has its own form first. */
static bool make_form(struct synth *s, struct hole *field)
{
	const struct tree_rule *rule;
	uint32_t i;

	if (field == NULL || field->fixed || s->c.event == UINT32_MAX)
		return true;
	rule = &s->tree->rules[s->c.event];
	for (i = 0; i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_REQUIRE && !make_form_in(s, rule->stmts[i].value, field))
			return false;
	return fix(s, field);
}

static bool make_match(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum text = concrete_eval(&s->c, e->kids[0]), start = { .word = 0 };
	uint64_t pattern = concrete_eval(&s->c, e->kids[e->n_kids - 1]).word;
	struct lang *lang;

	if (want && e->op == BC_MATCH && e->kids[0]->op == BC_GET && BC_BASE(e->kids[0]->type) == BC_STRING)
		return make_key_matching(s, e->kids[0], lang_of_pattern(&s->langs, (uint32_t)pattern));
	if (text.hole == NULL || text.hole->fixed)
		return false;
	lang = lang_of_pattern(&s->langs, (uint32_t)pattern);
	if (e->op == BC_MATCHCAT) {
		start = concrete_eval(&s->c, e->kids[1]);
		if (!make_form(s, start.hole))
			return false;
		if (start.hole != NULL)
			start.text = start.hole->text;
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

/* s == a + b ...: the whole from its parts, or the one open part from the whole. */
static bool make_concatenation(struct synth *s, const struct tree_expr *e)
{
	struct datum whole = concrete_eval(&s->c, e->kids[0]), part, value;
	struct hole *open = NULL;
	struct str text = STR(""), before = STR("");
	uint32_t i;

	for (i = 1; i < e->n_kids; i++) {
		part = concrete_eval(&s->c, e->kids[i]);
		if (part.hole != NULL && part.hole->wished && !part.hole->fixed)
			return true;            /* which it is comes later, and the whole with it */
		if (part.hole != NULL && !part.hole->fixed && open == NULL) {
			open = part.hole;
			before = text;
		}
		text = arena_printf(&s->scratch, "%.*s%.*s", STR_ARG(text), STR_ARG(part.text));
	}
	if (whole.hole != NULL && !whole.hole->fixed) {
		if (open == NULL || whole.hole->lang == NULL || lang_has(whole.hole->lang, text)) {
			value = datum_of_text(text);
			return (open == NULL || fix(s, open)) && hole_assign(s, whole.hole, &value);
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
	return whole.hole == NULL || fix(s, whole.hole);
}

static bool make_less(struct synth *s, const struct tree_expr *e, bool want)
{
	/* not (l < r) is r <= l. */
	const struct tree_expr *low = e->kids[want ? 0 : 1], *high = e->kids[want ? 1 : 0];
	bool strict = (e->op == BC_LT) == want;
	struct datum l = concrete_eval(&s->c, low), r = concrete_eval(&s->c, high);

	if (make_is_open(s, low) && (!strict || r.word != 0)) {
		l.word = strict ? r.word - 1 : r.word;
		l.hole = NULL;
		return make_equal(s, low, &l);
	}
	if (!make_is_open(s, high) || (strict && l.word == UINT64_MAX))
		return false;
	r.word = strict ? l.word + 1 : l.word;
	r.hole = NULL;
	return make_equal(s, high, &r);
}

/* ---- goals ---- */

/* Whether nothing that this walk may still do changes the value. */
static bool is_given(struct synth *s, const struct tree_expr *e)
{
	struct datum d;

	switch ((unsigned)e->op) {
	case BC_ENUM: case BC_STR: case BC_INT: case BC_DIGEST: case BC_ROW: case BC_PATTERN:
	case BC_SWITCH:
		return true;
	case BC_COLUMN:
		return is_given(s, e->kids[0]);
	case BC_LOCAL: case BC_FIELD: case BC_MEMBER:
		if (e->op == BC_LOCAL && e->is_let)
			return false;
		d = concrete_eval(&s->c, e);
		return BC_BASE(d.type) != BC_RECORD && (d.hole == NULL || d.hole->fixed);
	default:
		return false;
	}
}

bool make_is_hopeless(struct synth *s, const struct tree_expr *e)
{
	uint32_t i, n = 0;

	if (e->op == BC_EQ || e->op == BC_EQLIST || e->op == BC_MATCH)
		return is_given(s, e->kids[0]) && is_given(s, e->kids[1]) && !concrete_holds(&s->c, e);
	if (e->op != BC_AND && e->op != BC_OR)
		return is_given(s, e) && !concrete_holds(&s->c, e);
	for (i = 0; i < e->n_kids; i++)
		n += make_is_hopeless(s, e->kids[i]);
	return e->op == BC_AND ? n != 0 : n == e->n_kids;
}

/* One of them is enough for OR to be true and for AND to be false. */
static bool make_either(struct synth *s, const struct tree_expr *e, bool want)
{
	uint32_t i, n = 0, *ways = arena_array(s->c.arena, e->n_kids, uint32_t);

	for (i = 0; i < e->n_kids; i++)
		if (!want || !make_is_hopeless(s, e->kids[i]))
			ways[n++] = i;
	return n != 0 && make(s, e->kids[ways[synth_choose(s, n)]], want);
}

/* Whether a key that is open shall only be there: what is asked of its value says which. */
static bool can_wait(struct synth *s, const struct tree_expr *e, bool want)
{
	return want && (e->op == BC_HAS || e->op == BC_OLDHAS) && make_is_open(s, e->kids[0]);
}

/* The live keys with which all of AND's operands hold as they are. */
static uint32_t fitting_keys(struct synth *s, const struct tree_expr *and, const struct tree_expr *has,
    struct datum *fitting)
{
	struct datum key = concrete_eval(&s->c, has->kids[0]), keys;
	struct tree_expr all = *has;
	struct str text = key.text;
	uint32_t i, n = 0;

	if (key.hole == NULL || key.hole->fixed || BC_BASE(key.type) != BC_STRING)
		return 0;
	all.op = has->op == BC_HAS ? BC_KEYS : BC_OLDKEYS;
	keys = concrete_eval(&s->c, &all);
	for (i = 0; i < keys.n_items && n < FITTING; i++) {
		if ((key.hole->lang != NULL && !lang_has(key.hole->lang, keys.items[i].text)) ||
		    !make_may_be(s, key.hole, &keys.items[i]))
			continue;
		key.hole->text = keys.items[i].text;
		s->c.version++;
		if (concrete_holds(&s->c, and))
			fitting[n++] = keys.items[i];
	}
	key.hole->text = text;
	s->c.version++;
	return n;
}

/* All of them by the choice of a live key: a choice for each operand would be
 * one of many that fit none of the others. */
static bool make_by_key(struct synth *s, const struct tree_expr *e)
{
	struct datum fitting[FITTING];
	uint32_t i, n, chosen;

	for (i = 0; i < e->n_kids; i++) {
		if (!can_wait(s, e->kids[i], true))
			continue;
		n = fitting_keys(s, e, e->kids[i], fitting);
		chosen = synth_choose(s, n + 1);
		return chosen < n && make_equal(s, e->kids[i]->kids[0], &fitting[chosen]);
	}
	return false;
}

static bool make_logic(struct synth *s, const struct tree_expr *e, bool want)
{
	uint64_t waiting = 0, held = 0;
	uint32_t i;

	if ((e->op == BC_OR) == want)
		return make_either(s, e, want);
	/* What can't be helped, before there is a choice about the others. */
	if (want && make_is_hopeless(s, e))
		return false;
	if (want && make_by_key(s, e))
		return true;
	for (i = 0; i < e->n_kids; i++) {
		if (i < 64 && can_wait(s, e->kids[i], want))
			waiting |= UINT64_C(1) << i;
		else if (!make(s, e->kids[i], want))
			return false;
		else if (i < 64 && concrete_holds(&s->c, e->kids[i]))
			held |= UINT64_C(1) << i;
	}
	for (i = 0; i < e->n_kids && i < 64; i++)
		if ((waiting >> i & 1) != 0 && !make(s, e->kids[i], want))
			return false;
	/* What held of no key, or of another one. */
	for (i = 0; i < e->n_kids && i < 64 && waiting != 0; i++)
		if ((held >> i & 1) != 0 && !concrete_holds(&s->c, e->kids[i]))
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

static bool make_in(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum l = concrete_eval(&s->c, e->kids[0]), element;
	struct synth_mark mark;

	if (!want)
		return l.hole != NULL && !l.hole->fixed && BC_BASE(l.type) == BC_STRING &&
		    synth_pick_word(s, l.hole, l.hole->lang);
	if (!make_is_open(s, e->kids[0]))
		return make_contain(s, e->kids[1], &l);
	mark = synth_mark(s);
	if (!synth_gave_up(s)) {
		do {
			if (make_element(s, e->kids[1], &element))
				return make_equal(s, e->kids[0], &element);
		} while (synth_back(s, &mark));
		synth_give_up(s, &mark);
	}
	return make_contain(s, e->kids[1], &l);
}

static bool make_here(struct synth *s, const struct tree_expr *e, bool want)
{
	struct datum element;

	if (concrete_holds(&s->c, e) == want &&
	    !(want && e->op == BC_EQ && (make_is_hollow(s, e->kids[0]) || make_is_hollow(s, e->kids[1]))))
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
		return make_in(s, e, want);
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

/* What fails is tried again with other choices from here on, not from the start
 * of the walk: the failures of one part are not multiplied by those of others. */
bool make(struct synth *s, const struct tree_expr *e, bool want)
{
	struct synth_mark mark = synth_mark(s);

	do {
		if (make_here(s, e, want))
			return true;
	} while (synth_back(s, &mark));
	return false;
}

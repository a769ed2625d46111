/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_env.c - rules for environment variables: each by itself, and against the
 * others of its declaration.  Names and values are decided by automata.
 */
#include "../base/bytes.h"
#include "lint.h"

static const char *const loaders[] = {
#define LOADER(variable) variable,
#include "lint_loader.def"
#undef LOADER
};
enum { N_LOADERS = sizeof(loaders) / sizeof(loaders[0]), NAMED = 4 };

struct rule {
	struct lint_row row;
	struct lang *name, *value;
	bool optional;
};

struct env {
	struct lint *l;
	struct lint_row owner;
	struct rule *rules;
	uint32_t n_rules;
	struct lang *names, *control;
};

/* A required rule that is just this name, with one value. */
static bool is_pinned(const struct env *e, struct str name)
{
	struct str text;
	uint32_t i;

	for (i = 0; i < e->n_rules; i++)
		if (!e->rules[i].optional && lint_single(&e->l->langs, e->rules[i].name, &text) &&
		    str_equal(text, name) && lint_single(&e->l->langs, e->rules[i].value, &text))
			return true;
	return false;
}

static void look_for_loaders(const struct env *e, const struct rule *r, struct lang *names)
{
	struct bytes b = { .arena = e->l->arena };
	struct str name, single, first = STR("");
	uint32_t i, n = 0;

	if (lint_single(&e->l->langs, r->value, &single))
		return;
	for (i = 0; i < N_LOADERS; i++) {
		name = (struct str){ loaders[i], strlen(loaders[i]) };
		if (!lang_has(names, name) || is_pinned(e, name))
			continue;
		if (n++ == 0)
			first = name;
		if (n <= NAMED)
			bytes_printf(&b, "%s%.*s", n == 1 ? "" : ", ", STR_ARG(name));
	}
	if (n == 0)
		return;
	if (n > NAMED)
		bytes_printf(&b, " and %u more", (unsigned)(n - NAMED));
	lint_add_part(e->l, LINT_ENV_LOADER, e->owner, r->row, arena_printf(e->l->arena,
	    "the host chooses the value of %.*s", STR_ARG(bytes_str(&b))),
	    lint_variable(e->l, first, lint_word(&e->l->langs, r->value)));
}

static void look_at_rule(const struct env *e, const struct rule *r)
{
	struct lint *l = e->l;
	struct lang *names = lint_and(&l->langs, e->names, r->name), *odd;

	if (lint_no_word(r->name) || lint_no_word(r->value))
		return;                         /* pattern-empty says it */
	if (lint_no_word(names)) {
		if (!r->optional && e->owner.table == l->containers)
			l->blocked[e->owner.row] = true;
		lint_add_part(l, LINT_ENV_REFUSED, e->owner, r->row, arena_printf(l->arena,
		    "no variable may have this name%s", r->optional ? "" :
		    ", and it is required: the declaration can never be used"), STR(""));
		return;
	}
	look_for_loaders(e, r, names);
	odd = lint_and(&l->langs, r->value, e->control);
	if (!lint_no_word(odd) && !lint_single(&l->langs, r->value, &(struct str){ NULL, 0 }))
		lint_add_part(l, LINT_PATTERN_CONTROL, e->owner, r->row, STR("a value may have a line "
		    "end or a NUL, where what reads it may stop or go on"),
		    lint_variable(l, lint_word(&l->langs, names), lint_word(&l->langs, odd)));
}

/* Whether all that r admits, s admits; of two equals the later one is covered. */
static bool is_covered(const struct env *e, uint32_t r, uint32_t s)
{
	const struct rule *one = &e->rules[r], *other = &e->rules[s];
	struct lint_langs *langs = &e->l->langs;

	if (r == s || !one->optional || lint_no_word(one->name) || lint_no_word(one->value) ||
	    !lint_within(langs, one->name, other->name) ||
	    !lint_within(langs, one->value, other->value))
		return false;
	return !other->optional || r > s || !lint_within(langs, other->name, one->name) ||
	    !lint_within(langs, other->value, one->value);
}

static void look_at_pairs(const struct env *e)
{
	uint32_t r, s;
	struct str text;
	const struct srcmap_entry *place;

	for (r = 0; r < e->n_rules; r++) {
		for (s = 0; s < e->n_rules && !is_covered(e, r, s); s++)
			;
		if (s == e->n_rules)
			continue;
		place = lint_row_place(e->l, e->rules[s].row);
		text = place != NULL ? place->text : lint_quote(e->l,
		    lint_word(&e->l->langs, e->rules[s].name));
		lint_add_part(e->l, LINT_ENV_COVERED, e->owner, e->rules[r].row,
		    arena_printf(e->l->arena, "says nothing: what it admits, the rule %.*s admits too",
		    STR_ARG(text)), STR(""));
	}
}

static void look_at_env(struct env *e)
{
	struct lint_rows rows = lint_rows(e->l, e->owner, "env");
	uint32_t i;

	e->n_rules = rows.cells.len;
	e->rules = arena_array(e->l->arena, e->n_rules, struct rule);
	for (i = 0; i < e->n_rules; i++) {
		struct rule *r = &e->rules[i];

		r->row = lint_rows_at(rows, i);
		r->name = lint_pattern(e->l, r->row, "name");
		r->value = lint_pattern(e->l, r->row, "value");
		r->optional = lint_true(e->l, r->row, "optional");
	}
	for (i = 0; i < e->n_rules; i++)
		look_at_rule(e, &e->rules[i]);
	look_at_pairs(e);
}

void lint_env(struct lint *l)
{
	static const char *const tables[] = { "container", "external_process" };
	struct env e = { .l = l };
	uint32_t i;

	e.control = lint_lang_of(&l->langs, "(?s).*[\\n\\x00].*");
	e.names = lint_switch_pattern(l, "variable_name");
	for (i = 0; i < 2; i++) {
		e.owner.table = lint_table(l, tables[i]);
		for (e.owner.row = 0; e.owner.table != LINT_NONE &&
		    e.owner.row < l->p->tables[e.owner.table].n_rows; e.owner.row++)
			look_at_env(&e);
	}
}

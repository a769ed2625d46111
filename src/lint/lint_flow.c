/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_flow.c - the fixed point of lint_flow.h.  Values only grow, and there are
 * finitely many; a policy whose declarations wait for each other in a very long
 * row is given up on, which says nothing instead of too much.
 */
#include <string.h>

#include "../bytecode/decode.h"
#include "lint_flow.h"

enum { MOST_ROUNDS = 64 };

/* Add the rows that a value may be, or hold. */
static void join_rows(struct flow *f, uint64_t *rows, const struct fold *v)
{
	uint32_t i, n = f->p->tables[BC_INDEX(v->type)].n_rows;
	bool has;

	if (v->empty)
		return;
	for (i = 0; i < n; i++) {
		if (v->known)
			has = v->word == i;
		else if (v->listed)
			continue;
		else
			has = v->rows == NULL || flow_has(v->rows, i);
		if (has && !flow_has(rows, i)) {
			flow_set(rows, i);
			f->changed = true;
		}
	}
	for (i = 0; v->listed && i < v->cells.len; i++) {
		uint32_t row = bc_get32(v->cells.ptr + 4 * (size_t)i);

		f->changed = f->changed || !flow_has(rows, row);
		flow_set(rows, row);
	}
}

static void join_scalar(struct flow *f, struct fold *old, const struct fold *v)
{
	if (!old->known || (v->known && v->word == old->word))
		return;
	*old = flow_any(f, old->type);
	f->changed = true;
}

static void apply_put(struct flow *f, const struct tree_stmt *s)
{
	struct flow_var *var = &f->vars[s->a];
	struct fold v;

	f->changed = f->changed || !var->any_key;
	if (var->keys != NULL) {
		v = flow_eval(f, s->key);
		join_rows(f, var->keys, &v);
	}
	var->any_key = true;
	if (var->rows != NULL) {
		v = flow_eval(f, s->value);
		join_rows(f, var->rows, &v);
	}
}

static void apply(struct flow *f, const struct tree_stmt *s)
{
	struct fold v;

	if (s->op == BC_PUT)
		apply_put(f, s);
	if (s->op != BC_SETVAR)
		return;
	v = flow_eval(f, s->value);
	join_scalar(f, &f->vars[s->a].value, &v);
}

/* What comes of a rule in the states that are known so far. */
static struct flow_event run(struct flow *f, uint32_t event, bool record)
{
	const struct tree_rule *rule = &f->tree->rules[event];
	struct flow_event result = { .denied = !rule->exists };
	struct fold v;
	uint32_t i;

	f->event = event;
	f->n_facts = 0;
	if (record)
		result.values = arena_array(f->arena, rule->n_stmts + 1, struct fold);
	for (i = 0; i < rule->n_stmts && !result.denied; i++) {
		const struct tree_stmt *s = &rule->stmts[i];

		if (s->op == BC_LET) {
			v = flow_eval(f, s->value);
			f->slots[s->a] = v;
			if (record)
				result.values[i] = v;
		}
		if (s->op != BC_REQUIRE)
			continue;
		v = flow_eval(f, s->value);
		result.denied = flow_truth(&v) == FOLD_FALSE;
		result.at = i;
		if (i != f->skipped)
			flow_assume(f, s->value, true);
	}
	for (i = 0; i < rule->n_stmts && !result.denied; i++) {
		apply(f, &rule->stmts[i]);
		if (record && rule->stmts[i].op == BC_PUT && rule->stmts[i].value != NULL)
			result.values[i] = flow_eval(f, rule->stmts[i].value);
	}
	return result;
}

static void start(struct flow *f)
{
	const struct bc_policy *p = f->p;
	uint32_t i, row;

	for (i = 0; i < p->n_tables; i++) {
		f->every[i] = flow_rows(f, i);
		for (row = 0; row < p->tables[i].n_rows; row++)
			flow_set(f->every[i], row);
	}
	for (i = 0; i < p->n_vars; i++) {
		f->vars[i].value = flow_zero(p->vars[i].value);
		if (p->vars[i].key != 0 && flow_is_rows(p->vars[i].key))
			f->vars[i].keys = flow_rows(f, BC_INDEX(p->vars[i].key));
		if (p->vars[i].key != 0 && p->vars[i].value != 0 && flow_is_rows(p->vars[i].value))
			f->vars[i].rows = flow_rows(f, BC_INDEX(p->vars[i].value));
	}
}

struct flow *flow_of(struct lint *lint, const struct tree_policy *tree)
{
	struct flow *f = arena_new(lint->arena, struct flow);
	struct arena rounds = { 0 };
	uint32_t event, round;

	f->lint = lint;
	f->tree = tree;
	f->p = lint->p;
	f->arena = lint->arena;
	f->skipped = LINT_NONE;
	start(f);
	f->events = arena_array(lint->arena, f->p->n_events, struct flow_event);
	f->arena = &rounds;
	f->changed = true;
	for (round = 0; round < MOST_ROUNDS && f->changed; round++) {
		f->changed = false;
		for (event = 0; event < f->p->n_events; event++)
			(void)run(f, event, false);
		arena_clear(&rounds);
	}
	f->blind = f->changed;
	f->arena = lint->arena;
	for (event = 0; event < f->p->n_events; event++)
		f->events[event] = run(f, event, true);
	return f;
}

bool flow_is_off(struct flow *f, uint32_t event)
{
	bool blind = f->blind;
	struct flow_event result;

	f->blind = true;
	result = run(f, event, false);
	f->blind = blind;
	return result.denied;
}

uint32_t flow_cause(struct flow *f, uint32_t event)
{
	uint32_t at = f->events[event].at;
	struct flow_event result;

	for (f->skipped = 0; f->skipped < at; f->skipped++) {
		if (f->tree->rules[event].stmts[f->skipped].op != BC_REQUIRE)
			continue;
		result = run(f, event, false);
		if (!result.denied || result.at != at)
			at = f->skipped;
	}
	f->skipped = LINT_NONE;
	return at;
}

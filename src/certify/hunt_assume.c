/* SPDX-License-Identifier: Apache-2.0
 *
 * hunt_assume.c - what may be assumed for a duty, each with the step of a proof
 * that brings it.
 */
#include "hunt_in.h"

static void add_assumptions(struct search *s, const bool *needed)
{
	struct duties *d = s->h->duties;
	struct fol_list counts = duty_counts(d, s->goal, s->event);
	struct fol *guard;
	bool is_join;

	if (s->event == DUTY_FIRST)
		return;
	guard = d->rules[s->event].guard;
	is_join = guard->kind == FOL_AND;
	for (uint32_t i = 0; i < (is_join ? guard->n : 1); i++)
		hunt_add(s, (struct hunt_step){ .kind = PROOF_GUARD, .a = i,
		    .formula = is_join ? guard->kids[i] : guard });
	for (uint32_t i = 0; i < d->n_goals; i++)
		if (needed[i] && !d->goals[i].is_step)
			hunt_add(s, (struct hunt_step){ .kind = PROOF_GOAL, .a = i, .formula = d->goals[i].now });
	for (uint32_t i = 0; i < counts.n; i++)
		hunt_add(s, (struct hunt_step){ .kind = PROOF_COUNT, .a = i, .formula = counts.items[i] });
}

struct symbols {
	struct search *s;
	const struct fol_fun **funs;    uint32_t n_funs, cap_funs;
	struct fol **values;            uint32_t n_values, cap_values;
	struct fol_list terms;          /* facts about COUNTs and CHOOSEs */
	bool has_match;
};

/* A fact speaks of its term, which is not news then. */
static void see_term(struct symbols *y, struct fol *term)
{
	struct fol_list list = { 0 };

	facts_of_term(y->s->h->duties->facts, term, &list);
	for (uint32_t i = 0; i < list.n; i++) {
		bool is_new = true;

		for (uint32_t j = 0; is_new && j < y->terms.n; j++)
			is_new = y->terms.items[j] != list.items[i];
		if (is_new)
			fol_list_add(y->s->h->arena, &y->terms, list.items[i]);
	}
}

static void see_symbol(void *arg, struct fol *f)
{
	struct symbols *y = arg;

	if (f->kind == FOL_COUNT || f->kind == FOL_CHOOSE)
		see_term(y, f);
	if (f->kind != FOL_APP)
		return;
	for (uint32_t i = 0; i < y->n_funs; i++)
		if (y->funs[i] == f->fun)
			return;
	arena_push(y->s->h->arena, y->funs, y->n_funs, y->cap_funs);
	y->funs[y->n_funs++] = f->fun;
	y->has_match = y->has_match || f->fun->role == LIFT_MATCH;
	if (f->fun->role != LIFT_STR && (f->fun->role != LIFT_PATTERN || f->fun->a == LIFT_ZERO))
		return;
	arena_push(y->s->h->arena, y->values, y->n_values, y->cap_values);
	y->values[y->n_values++] = f;
}

static void add_fact(struct search *s, struct hunt_step step, const struct fol_list *list)
{
	step.formula = fol_join(hunt_space(s), FOL_AND, list->items, list->n);
	if (step.formula != fol_bool(hunt_space(s), true))
		hunt_add(s, step);
}

static void add_pattern_facts(struct search *s, const struct symbols *y)
{
	struct facts *facts = s->h->duties->facts;

	for (uint32_t i = 0; y->has_match && i < y->n_values; i++) {
		uint32_t pattern = y->values[i]->fun->a;

		for (uint32_t j = 0; y->values[i]->fun->role == LIFT_PATTERN && j < y->n_values; j++) {
			uint32_t other = y->values[j]->fun->a;
			struct fol_list list = { 0 };
			struct hunt_step step = { .kind = PROOF_PATTERNS, .a = pattern, .b = other };

			if (y->values[j]->fun->role == LIFT_PATTERN) {
				facts_of_patterns(facts, pattern, other, &list);
			} else {
				facts_of_word(facts, other, pattern, &list);
				step = (struct hunt_step){ .kind = PROOF_WORD,
				    .a = other == LIFT_ZERO ? 0 : other + 1, .b = pattern };
			}
			add_fact(s, step, &list);
		}
	}
}

/* Facts about all symbols in play; those about terms are returned. */
static struct fol_list add_facts(struct search *s)
{
	struct symbols y = { .s = s };
	uint32_t n_seen = 0, n_terms = 0, n_funs = 0;

	fol_visit(hunt_space(s), s->negation, see_symbol, &y);
	while (n_seen < s->steps.n || n_terms < y.terms.n || n_funs < y.n_funs) {
		if (n_seen < s->steps.n) {
			fol_visit(hunt_space(s), s->steps.items[n_seen++].formula, see_symbol, &y);
		} else if (n_terms < y.terms.n) {
			fol_visit(hunt_space(s), y.terms.items[n_terms++], see_symbol, &y);
		} else {
			struct fol *fact = facts_of_symbol(s->h->duties->facts, y.funs[n_funs]);
			struct fol_list one = { &fact, 1, 1 };

			add_fact(s, (struct hunt_step){ .kind = PROOF_SYMBOL, .fun = y.funs[n_funs++] }, &one);
		}
	}
	add_pattern_facts(s, &y);
	return y.terms;
}

struct fol_list hunt_assume(struct search *s, const bool *needed)
{
	add_assumptions(s, needed);
	return add_facts(s);
}

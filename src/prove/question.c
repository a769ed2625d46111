/* SPDX-License-Identifier: Apache-2.0
 *
 * question.c - from an obligation to the formulas that it is asked with.
 */
#include "prover.h"

/* ---- variables ------------------------------------------------------------- */

static void see_var(void *arg, struct fol *f)
{
	uint64_t *vars = arg;

	if (f->kind == FOL_APP && f->fun->is_state)
		*vars |= UINT64_C(1) << f->fun->a % 64;
}

uint64_t ask_vars(struct prover *p, struct fol *f)
{
	uint64_t vars = 0;

	if (f->reads_state)
		fol_visit(p->lift.space, f, see_var, &vars);
	return vars;
}

/* The body of a SOME, with the one temp of its sort that goes for all parts. */
static struct fol *opened(struct prover *p, struct fol *const *parts, struct fol **temps, uint32_t i)
{
	if (parts[i]->kind != FOL_SOME)
		return NULL;
	for (uint32_t j = 0; j < i && temps[i] == NULL; j++)
		if (temps[j] != NULL && temps[j]->sort == parts[i]->var_sort)
			temps[i] = temps[j];
	if (temps[i] == NULL)
		temps[i] = fol_temp(p->lift.space, parts[i]->var_sort);
	return fol_open(p->lift.space, parts[i], temps[i]);
}

static bool has_kid(const struct fol *f, const struct fol *kid)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (f->kids[i] == kid)
			return true;
	return false;
}

/* Whether the one AND has all that the other (or a single formula) has, and more. */
static bool has_all(const struct fol *large, const struct fol *small)
{
	if (large == NULL || small == NULL || large->kind != FOL_AND)
		return false;
	if (small->kind != FOL_AND)
		return has_kid(large, small);
	for (uint32_t i = 0; i < small->n; i++)
		if (!has_kid(large, small->kids[i]))
			return false;
	return small->n < large->n;
}

/* Rules narrow a set step by step, each time requiring that something is left:
 * what is left at the end was left before. */
static void find_stronger(struct prover *p, struct guard *g)
{
	struct fol **temps = arena_array(p->arena, g->n + 1, struct fol *);
	struct fol **bodies = arena_array(p->arena, g->n + 1, struct fol *);

	for (uint32_t i = 0; i < g->n; i++)
		bodies[i] = opened(p, g->parts, temps, i);
	for (uint32_t i = 0; i < g->n; i++) {
		g->stronger[i] = i;
		for (uint32_t j = 0; j < g->n; j++)
			if (temps[i] == temps[j] && has_all(bodies[j], bodies[g->stronger[i]]))
				g->stronger[i] = j;
	}
}

struct guard ask_guard(struct prover *p, struct fol *guard)
{
	struct fol *const *parts = guard->kind == FOL_AND ? guard->kids : &guard;
	struct guard g = { .n = guard->kind == FOL_AND ? guard->n : 1 };

	g.parts = arena_array(p->arena, g.n, struct fol *);
	g.vars = arena_array(p->arena, g.n, uint64_t);
	g.stronger = arena_array(p->arena, g.n, uint32_t);
	for (uint32_t i = 0; i < g.n; i++) {
		g.parts[i] = parts[i];
		g.vars[i] = ask_vars(p, parts[i]);
	}
	find_stronger(p, &g);
	return g;
}

/* ---- questions ------------------------------------------------------------- */

/* COUNTs of a step claim are followed as those of the state before. */
static struct fol *before_step(struct prover *p, const struct goal *g, const struct obligation *o)
{
	struct lift_rule nothing = { 0 };

	if (!g->is_step)
		return g->now;
	return lift_after(&p->lift, &nothing,
	    lift_claim(&p->lift, p->tree->claims[g->claim], o->event));
}

static bool is_near(const struct guard *guard, uint32_t part, const struct obligation *o)
{
	return guard->vars[part] == 0 || (guard->vars[part] & o->vars) != 0;
}

static void add_guard(struct prover *p, const struct obligation *o, enum ask_level level,
    struct fol_list *list)
{
	const struct guard *guard = &p->guards[o->event];

	for (uint32_t i = 0; i < guard->n; i++) {
		uint32_t stronger = guard->stronger[i];

		/* What follows from another part that is there is not said again. */
		if (stronger != i && (level != ASK_NEAR || is_near(guard, stronger, o)))
			continue;
		if (level != ASK_NEAR || is_near(guard, i, o))
			fol_list_add(p->arena, list, guard->parts[i]);
	}
}

struct question ask_question(struct prover *p, const struct goal *g, const struct obligation *o,
    enum ask_level level, const bool *assumed)
{
	struct question q = { .facts = { 0 } };

	fol_list_add(p->arena, &q.formulas, fol_not(p->lift.space, o->after));
	if (o->event != FIRST_STATE) {
		add_guard(p, o, level, &q.formulas);
		facts_add_counts(p->facts, &p->rules[o->event], before_step(p, g, o), &q.formulas);
	}
	for (uint32_t i = 0; i < p->n_goals; i++)
		if (assumed[i])
			fol_list_add(p->arena, &q.formulas, p->goals[i].now);
	facts_add_of(p->facts, &q.formulas, &q.facts);
	return q;
}

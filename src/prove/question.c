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

struct guard ask_guard(struct prover *p, struct fol *guard)
{
	struct fol *const *parts = guard->kind == FOL_AND ? guard->kids : &guard;
	struct guard g = { .n = guard->kind == FOL_AND ? guard->n : 1 };

	g.parts = arena_array(p->arena, g.n, struct fol *);
	g.vars = arena_array(p->arena, g.n, uint64_t);
	for (uint32_t i = 0; i < g.n; i++) {
		g.parts[i] = parts[i];
		g.vars[i] = ask_vars(p, parts[i]);
	}
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

static void add_guard(struct prover *p, const struct obligation *o, enum ask_level level,
    struct fol_list *list)
{
	const struct guard *guard = &p->guards[o->event];

	for (uint32_t i = 0; i < guard->n; i++)
		if (level != ASK_NEAR || guard->vars[i] == 0 || (guard->vars[i] & o->vars) != 0)
			fol_list_add(p->arena, list, guard->parts[i]);
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

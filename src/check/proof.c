/* SPDX-License-Identifier: Apache-2.0
 *
 * proof.c - the steps.  Each adds a formula that is true in every structure in
 * which the duty could fail; a witness is a name that nothing else has.
 */
#include "proof.h"

#include "../bytecode/decode.h"

#define MOST_TERMS      (1u << 21)      /* well before the space is full: no step makes so many more */

uint32_t proof_operands(enum proof_kind kind)
{
	switch (kind) {
	case PROOF_GUARD: case PROOF_GOAL: case PROOF_COUNT: case PROOF_SYMBOL: case PROOF_TERM:
	case PROOF_WITNESS:
		return 1;
	case PROOF_PATTERNS: case PROOF_WORD: case PROOF_INSTANCE:
		return 2;
	case PROOF_END: case PROOF_KINDS:
		break;
	}
	return 0;
}

static bool add(struct proof *p, struct fol *f)
{
	uint32_t node = ground_add(p->ground, f);

	if (node == GROUND_NONE || fol_is_full(p->duties->lift.space))
		return false;
	ground_suppose(p->ground, node, true);
	return true;
}

static bool add_list(struct proof *p, const struct fol_list *list)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (!add(p, list->items[i]))
			return false;
	return true;
}

bool proof_begin(struct proof *p, uint32_t goal, uint32_t event, struct fol *after)
{
	p->goal = goal;
	p->event = event;
	p->has_counts = false;
	p->witness = NULL;
	ground_reset(p->ground, p->duties->lift.space);
	return add(p, fol_not(p->duties->lift.space, after));
}

static bool add_guard(struct proof *p, uint32_t number)
{
	struct fol *guard;

	if (p->event == DUTY_FIRST)
		return false;
	guard = p->duties->rules[p->event].guard;
	if (guard->kind != FOL_AND)
		return number == 0 && add(p, guard);
	return number < guard->n && add(p, guard->kids[number]);
}

static bool add_goal(struct proof *p, uint32_t goal)
{
	return p->event != DUTY_FIRST && goal < p->duties->n_goals &&
	    !p->duties->goals[goal].is_step && add(p, p->duties->goals[goal].now);
}

static bool add_count(struct proof *p, uint32_t number)
{
	if (!p->has_counts)
		p->counts = duty_counts(p->duties, p->goal, p->event);
	p->has_counts = true;
	return number < p->counts.n && add(p, p->counts.items[number]);
}

static bool add_symbol(struct proof *p, uint32_t id)
{
	const struct fol_fun *fun = fol_fun_at(p->duties->lift.space, id);

	return fun != NULL && add(p, facts_of_symbol(p->duties->facts, fun));
}

static bool add_term(struct proof *p, uint32_t node)
{
	struct fol_list list = { 0 };
	struct fol *term;

	if (node >= ground_count(p->ground))
		return false;
	term = ground_node(p->ground, node);
	if (term->kind != FOL_COUNT && term->kind != FOL_CHOOSE)
		return false;
	facts_of_term(p->duties->facts, term, &list);
	return add_list(p, &list);
}

static bool add_patterns(struct proof *p, uint32_t l, uint32_t r)
{
	uint32_t n = p->duties->tree->policy->patterns.n;
	struct fol_list list = { 0 };

	if (l >= n || r >= n)
		return false;
	facts_of_patterns(p->duties->facts, l, r, &list);
	return add_list(p, &list);
}

static bool add_word(struct proof *p, uint32_t string, uint32_t pattern)
{
	const struct bc_policy *policy = p->duties->tree->policy;
	struct fol_list list = { 0 };

	/* The empty string has one name, LIFT_ZERO, whether the pool holds it or not. */
	if (string > policy->strings.n || pattern >= policy->patterns.n ||
	    (string != 0 && bc_string(policy, string - 1).len == 0))
		return false;
	facts_of_word(p->duties->facts, string == 0 ? LIFT_ZERO : string - 1, pattern, &list);
	return add_list(p, &list);
}

struct fol *proof_instance(struct fol_space *s, struct fol *binder, struct fol *term)
{
	struct fol *body = fol_open(s, binder, term);

	return binder->kind == FOL_ALL ? fol_implies(s, binder, body) : fol_implies(s, body, binder);
}

struct fol *proof_witness(struct fol_space *s, struct fol *binder, struct fol *temp)
{
	struct fol *body = fol_open(s, binder, temp);

	return binder->kind == FOL_ALL ? fol_implies(s, body, binder) : fol_implies(s, binder, body);
}

/* The quantified formula of a node; NULL: it is none. */
static struct fol *quantified(const struct proof *p, uint32_t node)
{
	struct fol *f = node < ground_count(p->ground) ? ground_node(p->ground, node) : NULL;

	return f != NULL && (f->kind == FOL_ALL || f->kind == FOL_SOME) ? f : NULL;
}

static bool add_instance(struct proof *p, uint32_t node, uint32_t of)
{
	struct fol *binder = quantified(p, node), *term;

	if (binder == NULL || of >= ground_count(p->ground))
		return false;
	term = ground_node(p->ground, of);
	return term->sort == binder->var_sort &&
	    add(p, proof_instance(p->duties->lift.space, binder, term));
}

static bool add_witness(struct proof *p, uint32_t node)
{
	struct fol *binder = quantified(p, node);

	if (binder == NULL)
		return false;
	p->witness = fol_temp(p->duties->lift.space, binder->var_sort);
	return add(p, proof_witness(p->duties->lift.space, binder, p->witness));
}

bool proof_step(struct proof *p, const struct proof_step *s)
{
	if (fol_count(p->duties->lift.space) > MOST_TERMS)
		return false;
	switch (s->kind) {
	case PROOF_GUARD:    return add_guard(p, s->a);
	case PROOF_GOAL:     return add_goal(p, s->a);
	case PROOF_COUNT:    return add_count(p, s->a);
	case PROOF_SYMBOL:   return add_symbol(p, s->a);
	case PROOF_TERM:     return add_term(p, s->a);
	case PROOF_PATTERNS: return add_patterns(p, s->a, s->b);
	case PROOF_WORD:     return add_word(p, s->a, s->b);
	case PROOF_INSTANCE: return add_instance(p, s->a, s->b);
	case PROOF_WITNESS:  return add_witness(p, s->a);
	case PROOF_END: case PROOF_KINDS:
		break;
	}
	return false;
}

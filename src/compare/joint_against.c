/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_against.c - rules of both sides in one: A's beside B's locals, and B's
 * with what A would not have.
 */
#include "joint_make.h"

#include "joint_prove.h"

#define BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)

/* ---- B's rule against A's requirement ------------------------------------------- */

static void see_slots(const struct tree_expr *e, uint32_t *most)
{
	if (e == NULL)
		return;
	if (e->op == BC_ALL || e->op == BC_SOME || e->op == BC_COUNT || e->op == BC_WHERE || e->op == BC_MAP)
		*most = e->slot + 2 > *most && e->slot < JOINT_SLOT ? e->slot + 2 : *most;
	for (uint32_t i = 0; i < e->n_kids; i++)
		see_slots(e->kids[i], most);
}

static uint32_t slots_of(const struct tree_rule *rule)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < rule->n_stmts; i++) {
		if (rule->stmts[i].op == BC_LET && rule->stmts[i].a + 1 > most)
			most = rule->stmts[i].a + 1;
		see_slots(rule->stmts[i].key, &most);
		see_slots(rule->stmts[i].value, &most);
	}
	return most;
}

bool joint_beside(struct joint *j, uint32_t event, const struct tree_rule *b, struct tree_rule *rule,
    uint32_t *first)
{
	const struct tree_rule *a = &j->a.tree->rules[j->event_a[event]];
	bool was_too_large = j->is_too_large, fits;

	*rule = (struct tree_rule){ .exists = true };
	rule->stmts = arena_array(j->arena, a->n_stmts + b->n_stmts + 1, struct tree_stmt);
	for (uint32_t i = 0; i < b->n_stmts; i++)
		if (b->stmts[i].op == BC_LET)
			rule->stmts[rule->n_stmts++] = b->stmts[i];
	*first = rule->n_stmts;
	j->a.shift = slots_of(b);
	for (uint32_t i = 0; i < a->n_stmts; i++)
		if (!a->stmts[i].ghost)
			rule->stmts[rule->n_stmts++] = joint_stmt(j, &j->a, &a->stmts[i]);
	j->a.shift = 0;
	fits = !j->is_too_large;
	j->is_too_large = was_too_large;
	return fits;
}

static bool reads_only_b(const struct joint *j, const struct tree_expr *e)
{
	bool reads = e->op == BC_VAR || e->op == BC_HAS || e->op == BC_GET || e->op == BC_KEYS;

	if (reads && e->a >= j->b.policy->n_vars)
		return false;
	for (uint32_t i = 0; i < e->n_kids; i++)
		if (!reads_only_b(j, e->kids[i]))
			return false;
	return true;
}

/* What a LET names. */
static const struct tree_expr *named(const struct tree_expr *e)
{
	while (e->op == BC_LOCAL && e->is_let)
		e = e->binder;
	return e;
}

/* A joint expression about the element of another loop. */
static struct tree_expr *about(struct joint *j, const struct tree_expr *of, uint32_t slot, struct tree_expr *loop)
{
	struct tree_expr *e = arena_new(j->arena, struct tree_expr);

	*e = *of;
	if (e->op == BC_LOCAL && !e->is_let && e->slot == slot) {
		e->slot = loop->slot;
		e->binder = loop;
	}
	e->kids = arena_array(j->arena, of->n_kids + 1, struct tree_expr *);
	for (uint32_t i = 0; i < of->n_kids; i++)
		e->kids[i] = about(j, of->kids[i], slot, loop);
	return e;
}

/* Some element that B keeps is not what A keeps. */
static struct tree_expr *keeps_more(struct joint *j, const struct tree_stmt *of_a, const struct tree_rule *b)
{
	const struct tree_expr *where = named(of_a->value), *of_b;
	struct tree_expr some, not = { .op = BC_NOT, .type = BOOL, .n_kids = 1 }, *kids[2], *e;

	if (where->op != BC_WHERE)
		return NULL;
	not.kids = &where->kids[1];
	kids[0] = where->kids[0];
	kids[1] = &not;
	some = *where;
	some.op = BC_SOME;
	some.type = BOOL;
	some.kids = kids;
	e = joint_expr(j, &j->a, &some);
	for (uint32_t i = 0; i < b->n_stmts; i++) {
		of_b = b->stmts[i].op == BC_KEEP && b->stmts[i].a == of_a->a ? named(b->stmts[i].value) : NULL;
		if (of_b != NULL && of_b->op == BC_WHERE)
			e->kids[1] = joint_node(j, BC_AND, BOOL, 0, 2, about(j, of_b->kids[1], of_b->slot, e),
			    e->kids[1]);
	}
	return e;
}

static struct tree_expr *negation(struct joint *j, struct tree_expr *e)
{
	return joint_node(j, BC_NOT, BOOL, 0, 1, e, NULL);
}

static struct tree_expr *gives_other(struct joint *j, const struct tree_stmt *of_a, const struct tree_rule *b)
{
	for (uint32_t i = 0; i < b->n_stmts; i++) {
		struct tree_expr *l = b->stmts[i].value, *r;

		if (b->stmts[i].op != BC_OUT || b->stmts[i].a != of_a->a)
			continue;
		r = joint_expr(j, &j->a, of_a->value);
		if (l->type != BOOL)
			return negation(j, joint_node(j, BC_EQ, BOOL, 0, 2, l, r));
		return joint_node(j, BC_OR, BOOL, 0, 2, joint_node(j, BC_AND, BOOL, 0, 2, l, negation(j, r)),
		    joint_node(j, BC_AND, BOOL, 0, 2, negation(j, l), r));
	}
	return NULL;
}

/* What makes the statement of A a difference; NULL: it is not the one asked for. */
static struct tree_expr *against(struct joint *j, const struct tree_stmt *of_a, const struct tree_rule *b,
    enum joint_doubt_kind kind, uint32_t number)
{
	if (kind == JOINT_DENIES && of_a->op == BC_REQUIRE && of_a->pc == number)
		return negation(j, joint_expr(j, &j->a, of_a->value));
	if (kind == JOINT_KEEPS && of_a->op == BC_KEEP && of_a->a == number)
		return keeps_more(j, of_a, b);
	if (kind == JOINT_GIVES && of_a->op == BC_OUT && of_a->a == number)
		return gives_other(j, of_a, b);
	return NULL;
}

bool joint_against(struct joint *j, uint32_t event, enum joint_doubt_kind kind, uint32_t number,
    struct tree_rule *rule)
{
	const struct tree_rule *a = &j->a.tree->rules[j->event_a[event]], *b = &j->b.joint.rules[event];
	bool was_too_large = j->is_too_large, fits = true;
	struct tree_expr *last = NULL;
	uint32_t vars[BC_VARS_MAX], i;

	memcpy(vars, j->a.vars, sizeof(vars));
	for (i = 0; i < j->b.policy->n_vars; i++)
		if (j->var_a[i] != JOINT_NONE)
			j->a.vars[j->var_a[i]] = i;
	*rule = (struct tree_rule){ .exists = true };
	rule->stmts = arena_array(j->arena, a->n_stmts + b->n_stmts + 1, struct tree_stmt);
	for (i = 0; i < b->n_stmts && (b->stmts[i].op == BC_LET || b->stmts[i].op == BC_REQUIRE); i++)
		rule->stmts[rule->n_stmts++] = b->stmts[i];
	j->a.shift = slots_of(b);
	for (uint32_t k = 0; k < a->n_stmts && last == NULL && fits; k++) {
		struct tree_stmt s = a->stmts[k];

		if (s.op == BC_LET)
			s = joint_stmt(j, &j->a, &a->stmts[k]);
		else
			last = against(j, &a->stmts[k], b, kind, number);
		if (s.op != BC_LET && last == NULL)
			continue;
		if (s.op != BC_LET)
			s = (struct tree_stmt){ .op = BC_REQUIRE, .pc = s.pc, .value = last };
		fits = reads_only_b(j, s.value);
		rule->stmts[rule->n_stmts++] = s;
	}
	j->a.shift = 0;
	memcpy(j->a.vars, vars, sizeof(vars));
	fits = fits && last != NULL && !j->is_too_large;
	j->is_too_large = was_too_large;
	for (; i < b->n_stmts; i++)
		rule->stmts[rule->n_stmts++] = b->stmts[i];
	return fits;
}

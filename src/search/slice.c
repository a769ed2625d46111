/* SPDX-License-Identifier: Apache-2.0
 *
 * slice.c - see slice.h.
 */
#include "slice.h"

#include "../bytecode/decode.h"

uint64_t slice_reads(const struct tree_expr *e)
{
	uint64_t reads = 0;
	uint32_t i;

	if (e == NULL)
		return 0;
	if (e->op == BC_VAR || e->op == BC_HAS || e->op == BC_GET || e->op == BC_KEYS ||
	    e->op == BC_OLDVAR || e->op == BC_OLDHAS || e->op == BC_OLDGET || e->op == BC_OLDKEYS)
		reads = UINT64_C(1) << e->a;
	/* A LET is read where it is defined; its statement is walked too. */
	for (i = 0; i < e->n_kids; i++)
		reads |= slice_reads(e->kids[i]);
	return reads;
}

uint64_t slice_writes(const struct tree_policy *tree, uint32_t event)
{
	const struct tree_rule *rule = &tree->rules[event];
	uint64_t writes = 0;
	uint32_t i;

	for (i = 0; i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_SETVAR || rule->stmts[i].op == BC_PUT ||
		    rule->stmts[i].op == BC_DEL)
			writes |= UINT64_C(1) << rule->stmts[i].a;
	return writes;
}

/* What an expression needs the state to hold, to be as wanted: absence needs
 * nothing.  Without `choices`, what is only one way of several counts for
 * nothing either. */
static uint64_t needs(const struct tree_expr *e, bool wanted, bool choices)
{
	bool negative = e->op == BC_NOT, either = (e->op == BC_OR) == wanted;
	uint64_t vars = 0;
	uint32_t i;

	if ((e->op == BC_OR || e->op == BC_AND) && either && !choices)
		return 0;
	if (wanted && (e->op == BC_HAS || e->op == BC_GET || e->op == BC_KEYS || e->op == BC_VAR))
		vars = UINT64_C(1) << e->a;
	if (e->op == BC_EMPTY)
		negative = true;
	if (e->op == BC_ALL && e->n_kids == 2)
		return needs(e->kids[1], wanted, choices);
	for (i = 0; i < e->n_kids; i++)
		vars |= needs(e->kids[i], wanted != negative, choices);
	return vars;
}

static uint64_t rule_needs(const struct tree_policy *tree, uint32_t event, bool choices)
{
	const struct tree_rule *rule = &tree->rules[event];
	uint64_t vars = 0;
	uint32_t i;

	for (i = 0; i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_REQUIRE || rule->stmts[i].op == BC_LET)
			vars |= needs(rule->stmts[i].value, true, choices);
	return vars;
}

/* Variables that the event gives a value: deletions do not help anybody. */
static uint64_t provides(const struct tree_policy *tree, uint32_t event)
{
	const struct tree_rule *rule = &tree->rules[event];
	uint64_t vars = 0;
	uint32_t i;

	for (i = 0; i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_SETVAR || rule->stmts[i].op == BC_PUT)
			vars |= UINT64_C(1) << rule->stmts[i].a;
	return vars;
}

uint64_t slice_events(const struct tree_policy *tree, uint32_t claim, bool wide)
{
	const struct bc_claim *c = &tree->policy->claims[claim];
	uint64_t vars = slice_reads(tree->claims[claim]), events = 0, before;
	uint32_t i;

	for (i = 0; i < c->n_events; i++)
		events |= UINT64_C(1) << bc_get32(c->events + 4 * (size_t)i);
	for (i = 0; i < tree->policy->n_events; i++)
		if ((slice_writes(tree, i) & vars) != 0)
			events |= UINT64_C(1) << i;
	do {
		before = events;
		vars = 0;
		for (i = 0; i < tree->policy->n_events; i++)
			if ((events >> i & 1) != 0)
				vars |= rule_needs(tree, i, wide);
		for (i = 0; i < tree->policy->n_events; i++)
			if (((wide ? slice_writes(tree, i) : provides(tree, i)) & vars) != 0)
				events |= UINT64_C(1) << i;
	} while (events != before);
	return events;
}

static uint64_t fields_of(const struct tree_expr *e, bool whole)
{
	uint64_t fields = 0;
	uint32_t i;

	if (e == NULL)
		return 0;
	if (e->op == BC_FIELD)
		return UINT64_C(1) << e->a;
	/* A filter of rows chooses among them; its fields don't reach the state. */
	if (e->op == BC_WHERE && !whole)
		return 0;
	if (e->op == BC_LOCAL)
		return e->is_let ? fields_of(e->binder, whole) : 0;
	for (i = 0; i < e->n_kids; i++)
		fields |= fields_of(e->kids[i], whole);
	return fields;
}

uint64_t slice_fields(const struct tree_policy *tree, uint32_t event, uint32_t claim)
{
	const struct tree_rule *rule = &tree->rules[event];
	const struct bc_claim *c = &tree->policy->claims[claim];
	uint64_t fields = 0;
	uint32_t i;

	for (i = 0; i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_SETVAR || rule->stmts[i].op == BC_PUT ||
		    rule->stmts[i].op == BC_DEL)
			fields |= fields_of(rule->stmts[i].key, false) |
			    fields_of(rule->stmts[i].value, false);
	for (i = 0; i < c->n_events; i++)
		if (bc_get32(c->events + 4 * (size_t)i) == event)
			fields |= fields_of(tree->claims[claim], true);
	return fields;
}

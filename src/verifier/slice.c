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

static uint64_t rule_reads(const struct tree_policy *tree, uint32_t event)
{
	const struct tree_rule *rule = &tree->rules[event];
	uint64_t reads = 0;
	uint32_t i;

	for (i = 0; i < rule->n_stmts; i++)
		reads |= slice_reads(rule->stmts[i].key) | slice_reads(rule->stmts[i].value);
	return reads;
}

uint64_t slice_events(const struct tree_policy *tree, uint32_t claim, uint32_t steps)
{
	const struct bc_claim *c = &tree->policy->claims[claim];
	uint64_t vars = slice_reads(tree->claims[claim]), events = 0;
	uint32_t i, step;

	for (i = 0; i < c->n_events; i++)
		events |= UINT64_C(1) << bc_get32(c->events + 4 * (size_t)i);
	for (step = 0; step <= steps; step++) {
		for (i = 0; i < tree->policy->n_events; i++) {
			if (step > 0 && (events >> i & 1) != 0)
				vars |= rule_reads(tree, i);
		}
		for (i = 0; i < tree->policy->n_events; i++)
			if ((slice_writes(tree, i) & vars) != 0)
				events |= UINT64_C(1) << i;
	}
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

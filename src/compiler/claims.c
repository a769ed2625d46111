/* SPDX-License-Identifier: Apache-2.0
 *
 * claims.c - what is said of all states and steps.
 */
#include "check.h"
#include "lower.h"
#include "types.h"

static struct ir_claim *push_claim(struct cpolc *c, const struct ast_item *item, struct ir_expr *expr)
{
	struct ir_claim *claim = arena_new(&c->arena, struct ir_claim);

	if (c->ir.n_claims == BC_CLAIMS_MAX)
		diag_error(c->diag, item->name.loc, DIAG_LIMIT,
		    "there are more than %u claims", BC_CLAIMS_MAX);
	arena_push(&c->arena, c->ir.claims, c->ir.n_claims, c->claims_cap);
	c->ir.claims[c->ir.n_claims++] = claim;
	claim->name = item->name.text;
	claim->loc = item->name.loc;
	claim->body = item->expr->loc;
	claim->expr = expr;
	return claim;
}

static void lower_state_claim(struct cpolc *c, const struct ast_item *item)
{
	struct checker k = { .c = c, .may_read_ghost = true };
	struct ir_type type = TYPE_BOOL;
	struct ir_expr *expr = check_whole(&k, NULL, item->expr, &type, "a claim");

	if (expr != NULL)
		push_claim(c, item, expr)->kind = item->kind == ITEM_INVARIANT ? BC_INVARIANT : BC_REACHABLE;
}

/* One claim about all events, if it looks at none's fields; else one for each,
 * as what a field's name means follows from the event. */
static void lower_step_claim(struct cpolc *c, const struct ast_item *item)
{
	uint32_t i, n;
	struct event **events = lower_events(c, item, &n);
	struct ir_expr **exprs = arena_array(&c->arena, n, struct ir_expr *);
	struct checker k = { .c = c, .may_read_ghost = true, .may_read_old = true };
	struct ir_type type = TYPE_BOOL;
	struct ir_claim *claim = NULL;

	for (i = 0; i < n; i++) {
		k.event = events[i]->ir;
		exprs[i] = check_whole(&k, NULL, item->expr, &type, "a claim");
		if (exprs[i] == NULL)
			return;
		if (item->kind == ITEM_NEVER)
			exprs[i] = make_not(&k, item->expr->loc, exprs[i]);
	}
	for (i = 0; i < n; i++) {
		if (i == 0 || k.has_read_field) {
			claim = push_claim(c, item, exprs[i]);
			claim->kind = BC_ALWAYS;
			claim->is_never = item->kind == ITEM_NEVER;
			claim->events = arena_array(&c->arena, n, struct ir_event *);
			if (k.has_read_field && n > 1)
				claim->name = arena_printf(&c->arena, "%.*s.%.*s", STR_ARG(item->name.text),
				    STR_ARG(events[i]->ir->name));
		}
		claim->events[claim->n_events++] = events[i]->ir;
	}
	if (n == 0 && item->on_all)
		diag_error(c->diag, item->name.loc, DIAG_NOT_ALLOWED_HERE, "no event has a rule");
}

void lower_claims(struct cpolc *c)
{
	const struct ast_file *files[] = { c->framework, c->policy };
	uint32_t i, f;

	for (f = 0; f < 2; f++) {
		for (i = 0; files[f] != NULL && i < files[f]->items.n; i++) {
			const struct ast_item *item = files[f]->items.items[i];

			if (item->kind == ITEM_INVARIANT || item->kind == ITEM_REACHABLE)
				lower_state_claim(c, item);
			else if (item->kind == ITEM_ALWAYS || item->kind == ITEM_NEVER)
				lower_step_claim(c, item);
		}
	}
}

void lower_unused(struct cpolc *c)
{
	uint32_t i;

	for (i = 0; c->policy != NULL && i < c->policy->items.n; i++) {
		const struct ast_item *item = c->policy->items.items[i];

		if (item->kind == ITEM_DEF && !names_find(&c->values, item->name.text)->used)
			diag_warning(c->diag, item->name.loc, DIAG_UNUSED, "nothing uses '%.*s'",
			    STR_ARG(item->name.text));
	}
}

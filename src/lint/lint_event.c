/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_event.c - rules that never allow anything, and declarations that no rule
 * can be about.  All of it follows from the flow, so it is so, not may be so.
 */
#include "../base/bytes.h"
#include "../bytecode/decode.h"
#include "lint_flow.h"
#include "../search/slice.h"

static const struct srcmap_entry *place_of(const struct lint *l, uint32_t event, uint32_t at)
{
	const struct tree_rule *rule = &l->flow->tree->rules[event];

	return l->tool->map == NULL || at >= rule->n_stmts ? NULL :
	    srcmap_require(l->tool->map, tool_event(l->tool, event), rule->stmts[at].pc);
}

/* What the author says of a requirement, else its text. */
static struct str reason_of(const struct lint *l, uint32_t event, uint32_t at)
{
	const struct srcmap_entry *place = place_of(l, event, at);

	if (place == NULL)
		return arena_printf(l->arena, "statement %u of %.*s", (unsigned)at,
		    STR_ARG(tool_event(l->tool, event)));
	return place->label.len != 0 ? lint_quote(l, place->label) : place->text;
}

/* ---- declarations ---- */

/* The first requirement after a LET that lost the row: it is about what is left. */
static uint32_t requirement_after(const struct lint *l, uint32_t event, uint32_t at)
{
	const struct tree_rule *rule = &l->flow->tree->rules[event];

	while (at + 1 < rule->n_stmts && rule->stmts[at].op != BC_REQUIRE)
		at++;
	return at;
}

static bool is_of_rows(const struct tree_expr *e, uint32_t table)
{
	return e != NULL && flow_is_rows(e->type) && BC_INDEX(e->type) == table;
}

/* "require SET != {}" of a LET. */
static bool is_required(const struct tree_stmt *s, uint32_t slot)
{
	const struct tree_expr *e = s->value;

	return s->op == BC_REQUIRE && e->op == BC_NOT && e->kids[0]->op == BC_EMPTY &&
	    e->kids[0]->kids[0]->op == BC_LOCAL && e->kids[0]->kids[0]->slot == slot;
}

/* The statement that says which rows of a table an event is about: the last one
 * that writes some to the state, else the last set of them that must not be
 * empty.  LINT_NONE: it is about none. */
static uint32_t subject_of(const struct tree_rule *rule, uint32_t table)
{
	uint32_t i, let = LINT_NONE, put = LINT_NONE, found = LINT_NONE;

	for (i = 0; i < rule->n_stmts; i++) {
		const struct tree_stmt *s = &rule->stmts[i];

		if (s->op == BC_PUT && is_of_rows(s->value, table))
			put = i;
		if (s->op == BC_LET && is_of_rows(s->value, table))
			let = i;
		if (let != LINT_NONE && is_required(s, rule->stmts[let].a))
			found = let;
	}
	return put != LINT_NONE ? put : found;
}

static bool lacks(const struct fold *v, uint32_t row)
{
	return v->rows != NULL && !v->listed && !v->known && !flow_has(v->rows, row);
}

/* Whether an event is about rows of a table and never this one; *at is the
 * requirement to name. */
static bool leaves_out(const struct lint *l, uint32_t event, struct lint_row row, bool *considers,
    uint32_t *at)
{
	const struct tree_rule *rule = &l->flow->tree->rules[event];
	const struct flow_event *result = &l->flow->events[event];
	uint32_t i, subject = subject_of(rule, row.table);

	*considers = subject != LINT_NONE;
	if (!*considers || !(result->denied || lacks(&result->values[subject], row.row)))
		return false;
	*at = result->at;
	for (i = 0; i < (result->denied ? result->at : rule->n_stmts); i++) {
		if (rule->stmts[i].op != BC_LET || !is_of_rows(rule->stmts[i].value, row.table) ||
		    !lacks(&result->values[i], row.row))
			continue;
		*at = requirement_after(l, event, i);
		break;
	}
	return true;
}

/* Whether no event can be about the row; *event and *at say where it is last
 * left out.  Containers are for being created. */
static bool is_unmatchable(const struct lint *l, struct lint_row row, uint32_t *event, uint32_t *at)
{
	uint32_t i, create = lint_event(l, "create_container");
	bool any = false, considers;

	for (i = 0; i < l->p->n_events; i++) {
		if (row.table == l->containers && create != LINT_NONE && i != create)
			continue;
		if (!l->flow->tree->rules[i].exists)
			continue;
		if (leaves_out(l, i, row, &considers, at)) {
			*event = i;
			any = true;
		} else if (considers) {
			return false;
		}
	}
	return any;
}

static void find_unmatchable(struct lint *l, bool *some)
{
	struct lint_row row;
	uint32_t event = 0, at = 0;

	for (row.table = 0; row.table < l->p->n_tables; row.table++) {
		for (row.row = 0; row.row < l->p->tables[row.table].n_rows; row.row++) {
			if (row.table == l->containers && l->blocked[row.row]) {
				some[row.table] = true;
				continue;
			}
			if (!is_unmatchable(l, row, &event, &at))
				continue;
			some[row.table] = true;
			if (row.table == l->containers)
				l->blocked[row.row] = true;
			lint_add_row(l, LINT_UNMATCHABLE, row, arena_printf(l->arena,
			    "can never be used: every %.*s of it is denied by %.*s",
			    STR_ARG(tool_event(l->tool, event)),
			    STR_ARG(reason_of(l, event, at))), STR(""));
		}
	}
}

/* Containers that may start, with processes that may not. */
static bool find_unreachable(struct lint *l, uint32_t event)
{
	struct lint_row c = { l->containers, 0 };
	bool considers, some = false;
	uint32_t at;

	if (l->containers == LINT_NONE || event == LINT_NONE)
		return false;
	for (; c.row < l->p->tables[c.table].n_rows; c.row++) {
		if (l->blocked[c.row] || lint_rows(l, c, "exec").cells.len == 0 ||
		    !leaves_out(l, event, c, &considers, &at))
			continue;
		some = true;
		lint_add_part(l, LINT_EXEC_UNREACHABLE, c, lint_rows_at(lint_rows(l, c, "exec"), 0),
		    arena_printf(l->arena, "none of its exec processes can ever run: denied by %.*s",
		    STR_ARG(reason_of(l, event, at))), STR(""));
	}
	return some;
}

/* ---- rules ---- */

/* Whether the denial follows from what has been said already: it reads what only
 * such events write, or declarations that can't be used. */
static bool follows(const struct lint *l, uint32_t event, const uint64_t *dead, const bool *some)
{
	const struct tree_stmt *s = &l->flow->tree->rules[event].stmts[l->flow->events[event].at];
	uint64_t reads = slice_reads(s->value);
	uint32_t i, var, base;

	for (i = 0; i < l->p->n_events; i++)
		if ((*dead >> i & 1) != 0 && i != event &&
		    (slice_writes(l->flow->tree, i) & reads) != 0)
			return true;
	for (var = 0; var < l->p->n_vars; var++) {
		base = l->p->vars[var].value != 0 ? l->p->vars[var].value : l->p->vars[var].key;
		if ((reads >> var & 1) != 0 && flow_is_rows(base) && some[BC_INDEX(base)])
			return true;
	}
	return false;
}

static bool considers_some(const struct lint *l, uint32_t event, const bool *some)
{
	const struct tree_rule *rule = &l->flow->tree->rules[event];
	uint32_t i;

	for (i = 0; i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_LET && flow_is_rows(rule->stmts[i].value->type) &&
		    some[BC_INDEX(rule->stmts[i].value->type)])
			return true;
	return false;
}

/* Whether what a denial reads is only ever written by events that are off. */
static bool is_off_by_others(const struct lint *l, uint32_t event, uint64_t off)
{
	const struct tree_stmt *s = &l->flow->tree->rules[event].stmts[l->flow->events[event].at];
	uint64_t reads = slice_reads(s->value), writes_off = 0, writes_on = 0;
	uint32_t i;

	for (i = 0; i < l->p->n_events; i++) {
		if ((off >> i & 1) != 0)
			writes_off |= slice_writes(l->flow->tree, i);
		else if (i != event)
			writes_on |= slice_writes(l->flow->tree, i);
	}
	return (reads & writes_off & ~writes_on) != 0;
}

static void add_denied(struct lint *l, const uint64_t off)
{
	struct bytes b = { .arena = l->arena };
	uint32_t i, n = 0;

	for (i = 0; i < l->p->n_events; i++)
		if ((off >> i & 1) != 0)
			bytes_printf(&b, "%s%.*s", n++ == 0 ? "" : ", ",
			    STR_ARG(tool_event(l->tool, i)));
	if (n != 0)
		lint_add(l, LINT_ALWAYS_DENIED, NULL, STR(""), arena_printf(l->arena,
		    "%u event%s always denied, by switches or since nothing is declared for "
		    "them: %.*s", (unsigned)n, n == 1 ? " is" : "s are", STR_ARG(bytes_str(&b))),
		    STR(""));
}

static void add_never(struct lint *l, uint32_t event)
{
	uint32_t at = l->flow->events[event].at, cause = flow_cause(l->flow, event);
	struct str since = STR("");

	if (cause != at)
		since = arena_printf(l->arena, ", against %.*s", STR_ARG(reason_of(l, event, cause)));
	lint_add(l, LINT_NEVER_ALLOWED, place_of(l, event, cause),
	    arena_printf(l->arena, "event %.*s", STR_ARG(tool_event(l->tool, event))),
	    arena_printf(l->arena, "is never allowed, in no state that can be reached: denied by %.*s"
	    "%.*s", STR_ARG(reason_of(l, event, at)), STR_ARG(since)), STR(""));
}

void lint_events(struct lint *l)
{
	bool some[BC_TABLES_MAX] = { false }, any_goal = false;
	uint64_t off = 0, dead = 0;
	uint32_t i, exec;       /* exec: if its denial is explained already */

	find_unmatchable(l, some);
	exec = lint_event(l, "exec_in_container");
	if (!find_unreachable(l, exec))
		exec = LINT_NONE;
	for (i = 0; i < l->p->n_events; i++) {
		if (!l->flow->events[i].denied || i == exec)
			continue;
		if (flow_is_off(l->flow, i) && !considers_some(l, i, some))
			off |= UINT64_C(1) << i;
		else
			dead |= UINT64_C(1) << i;
	}
	for (i = 0; i < l->p->n_events; i++)
		if ((dead >> i & 1) != 0 && is_off_by_others(l, i, off)) {
			dead &= ~(UINT64_C(1) << i);
			off |= UINT64_C(1) << i;
		}
	for (i = 0; i < l->p->n_events; i++)
		if ((dead >> i & 1) != 0 && !considers_some(l, i, some) &&
		    !follows(l, i, &dead, some))
			add_never(l, i);
	add_denied(l, off);
	for (i = 0; i < l->p->n_claims; i++)
		any_goal = any_goal || l->p->claims[i].kind == BC_REACHABLE;
	if (!any_goal)
		lint_add(l, LINT_NO_GOAL, NULL, STR(""), STR("no `reachable` claim says what shall "
		    "be possible: a policy that denies everything keeps every invariant"), STR(""));
}

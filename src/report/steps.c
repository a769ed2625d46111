/* SPDX-License-Identifier: Apache-2.0
 *
 * steps.c - see steps.h.
 */
#include "steps.h"

#include <stdlib.h>

#include "../bytecode/decode.h"

enum { LONG_WORD = 32, KEPT = 6 };

/* ---- words ---- */

const char *tool_reason_text(enum cpol_reason reason)
{
	switch (reason) {
	case CPOL_ALLOWED: return "";
	case CPOL_NO_POLICY: return "no valid policy is open";
	case CPOL_NO_RULE: return "the policy has no rule for this event";
	case CPOL_REQUIREMENT: return "a requirement is not met";
	case CPOL_BAD_REQUEST: return "the request is malformed";
	case CPOL_PENDING: return "a step is pending";
	case CPOL_TABLE_FULL: return "no room for another key";
	case CPOL_TOO_LONG: return "a string or list is too long for the state";
	case CPOL_TOO_LARGE: return "an int is above its bound";
	case CPOL_CONFLICT: return "two effects on one key";
	case CPOL_FAULT: return "the interpreter met what validation excludes";
	}
	return "";
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct str tool_shorten(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, text.len + 1);
	size_t i = 0, n = 0, end;

	while (i < text.len) {
		for (end = i; end < text.len && is_word(text.ptr[end]); end++)
			;
		if (end - i >= LONG_WORD) {
			memcpy(out + n, text.ptr + i, KEPT);
			memcpy(out + n + KEPT, "...", 3);
			memcpy(out + n + KEPT + 3, text.ptr + end - KEPT, KEPT);
			n += 2 * KEPT + 3;
		} else {
			end += end == i;
			memcpy(out + n, text.ptr + i, end - i);
			n += end - i;
		}
		i = end;
	}
	return (struct str){ out, n };
}

struct str step_where(struct arena *a, const struct srcmap_entry *place)
{
	return arena_printf(a, "%.*s:%u:%u", STR_ARG(place->file), (unsigned)place->line,
	    (unsigned)place->column);
}

const struct srcmap_entry *step_place(const struct tool *t, const struct cpol_verdict *verdict)
{
	if (t->map == NULL || verdict->allowed || verdict->event >= t->policy.bc.n_events)
		return NULL;
	if (verdict->reason == CPOL_REQUIREMENT)
		return srcmap_require(t->map, tool_event(t, verdict->event), verdict->pc);
	return srcmap_find(t->map, SRCMAP_EFFECT, tool_event(t, verdict->event), verdict->pc);
}

/* ---- playing ---- */

static struct cpol_group *guest_group(struct tool *t)
{
	struct cpol_group *group = arena_new(&t->arena, struct cpol_group);
	size_t len = cpol_memory(&t->policy, NULL);

	if (len == 0 || cpol_init(group, &t->policy, arena_alloc(&t->arena, len), len, NULL) !=
	    BC_OK)
		abort();                /* bc_open() bounds what a policy needs */
	return group;
}

struct player player_new(struct tool *t, bool ghosts, bool whole)
{
	struct player p = { .tool = t, .whole = whole };

	p.before = ghosts ? search_group(&t->arena, &t->policy, 0) : guest_group(t);
	p.after = ghosts ? search_group(&t->arena, &t->policy, 0) : guest_group(t);
	return p;
}

static void find_rule(struct tool *t, struct step *s)
{
	const struct tree_rule *rule = &t->tree->rules[s->request.event];

	s->requirements = arena_array(&t->arena, rule->n_stmts, const struct srcmap_entry *);
	if (t->map != NULL)
		s->rule = srcmap_find(t->map, SRCMAP_RULE, s->event, 0);
	for (uint32_t i = 0; i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_REQUIRE)
			s->requirements[s->n_requirements++] = t->map == NULL ? NULL :
			    srcmap_require(t->map, s->event, rule->stmts[i].pc);
}

struct step player_step(struct player *p, struct str request)
{
	struct tool *t = p->tool;
	struct cpol_event event = { request.ptr, request.len };
	struct step s = { .policy = &t->policy.bc, .request = request_decode(&t->arena, &t->policy.bc, request) };
	struct cpol_verdict verdict = cpol_decide(p->after, &event);

	cpol_commit(p->after);
	s.allowed = verdict.allowed;
	s.event = tool_event(t, s.request.event);
	s.place = step_place(t, &verdict);
	s.reason = (struct str){ tool_reason_text(verdict.reason), strlen(tool_reason_text(verdict.reason)) };
	if (s.place != NULL && s.place->label.len != 0 && verdict.reason == CPOL_REQUIREMENT)
		s.reason = s.place->label;
	if (s.allowed)
		find_rule(t, &s);
	if (s.allowed || p->whole)
		s.n_cells = snapshot_cells(&t->arena, p->before, p->after, p->whole, &s.cells);
	if (cpol_decide(p->before, &event).allowed)
		cpol_commit(p->before);
	return s;
}

struct step *steps_of_trace(struct tool *t, const struct search_trace *trace, bool whole)
{
	struct step *steps = arena_array(&t->arena, trace->n_requests, struct step);
	struct player p = player_new(t, true, whole);

	for (uint32_t i = 0; i < trace->n_requests; i++)
		steps[i] = player_step(&p, trace->requests[i]);
	return steps;
}

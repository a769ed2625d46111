/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.c - traces for people and for programs.
 */
#include "../bytecode/decode.h"
#include "../request/request.h"
#include "source.h"
#include "steps.h"
#include "tool.h"
#include "why.h"

static struct str source_of_claim(struct tool *t, uint32_t claim)
{
	const struct bc_claim *c = &t->policy.bc.claims[claim];

	/* The events of one step claim have the fields that it reads in common. */
	return source_of_expr(&t->arena, &t->policy.bc, c->n_events == 0 ? NULL :
	    &t->policy.bc.events[bc_get32(c->events)], t->tree->claims[claim]);
}

/* "allowed by FILE:LINE:COLUMN, 7 requirements hold" */
static void print_rule(struct tool *t, const struct step *s)
{
	if (s->rule == NULL)
		return;
	tool_print_colour(t, TOOL_FAINT, "     allowed by %.*s: %.*s",
	    STR_ARG(step_where(&t->arena, s->rule)), STR_ARG(s->event));
	if (s->n_requirements != 0)
		tool_print_colour(t, TOOL_FAINT, ", %u requirement%s", (unsigned)s->n_requirements,
		    s->n_requirements == 1 ? " holds" : "s hold");
	printf("\n");
}

struct str trace_end(struct tool *t, uint32_t claim)
{
	const struct bc_claim *c = &t->policy.bc.claims[claim];

	if (tool_is_never(t, claim))
		return arena_printf(&t->arena, "%.*s: this was allowed, and never may be",
		    STR_ARG(tool_claim(t, claim)));
	return arena_printf(&t->arena, "%.*s %s", STR_ARG(tool_claim(t, claim)),
	    c->kind == BC_REACHABLE ? "now holds" :
	    c->kind == BC_ALWAYS ? "is false of that step" : "is false in this state");
}

/* Of `never NAME: on EVENTS: true` the condition says nothing. */
static struct str never_text(struct tool *t, uint32_t claim, struct str text)
{
	const struct bc_claim *c = &t->policy.bc.claims[claim];
	struct bytes b = { .arena = &t->arena };

	if (!str_is(text, "true"))
		return arena_printf(&t->arena, "never: %.*s", STR_ARG(text));
	for (uint32_t i = 0; i < c->n_events; i++)
		bytes_printf(&b, "%s%.*s", i == 0 ? "never allowed: " : ", ",
		    STR_ARG(tool_event(t, bc_get32(c->events + 4 * (size_t)i))));
	return bytes_str(&b);
}

struct str trace_claim_text(struct tool *t, uint32_t claim)
{
	const struct srcmap_entry *place = tool_claim_place(t, claim);

	if (place == NULL)
		return source_of_claim(t, claim);
	return tool_is_never(t, claim) ? never_text(t, claim, place->text) : place->text;
}

static void print_end(struct tool *t, uint32_t claim, const struct search_trace *trace)
{
	const struct srcmap_entry *place = tool_claim_place(t, claim);
	const struct why *why = why_of_trace(t, claim, trace);

	printf("     %.*s", STR_ARG(trace_end(t, claim)));
	if (place != NULL)
		printf(": %.*s", STR_ARG(step_where(&t->arena, place)));
	printf("\n");
	tool_print_colour(t, TOOL_FAINT, "       %.*s\n", STR_ARG(trace_claim_text(t, claim)));
	for (uint32_t i = 0; why != NULL && i < why->n_parts; i++)
		printf("       %.*s\n", STR_ARG(tool_shorten(&t->arena,
		    why_line(&t->arena, &why->parts[i]))));
}

void trace_print(struct tool *t, uint32_t claim, const struct search_trace *trace)
{
	struct step *steps = steps_of_trace(t, trace, false);
	struct str text;
	uint32_t i, j;

	for (i = 0; i < trace->n_requests; i++) {
		text = request_to_text(&t->arena, &t->policy.bc, &steps[i].request);
		text = tool_shorten(&t->arena, text);
		printf("  %2u. %.*s\n", (unsigned)i + 1, STR_ARG(text));
		print_rule(t, &steps[i]);
		for (j = 0; j < steps[i].n_cells; j++) {
			text = snapshot_line(&t->arena, &steps[i].cells[j]);
			tool_print_colour(t, TOOL_FAINT, "       %.*s\n",
			    STR_ARG(tool_shorten(&t->arena, text)));
		}
	}
	print_end(t, claim, trace);
}

static json_t *rule_json(const struct step *s)
{
	json_t *json = json_object(), *list = json_array(), *one;

	if (s->rule != NULL)
		json_object_set_new(json, "place", tool_place_json(s->rule));
	for (uint32_t i = 0; i < s->n_requirements; i++) {
		one = json_object();
		if (s->requirements[i] != NULL) {
			json_object_set_new(one, "place", tool_place_json(s->requirements[i]));
			json_object_set_new(one, "text", tool_str_json(s->requirements[i]->text));
		}
		json_array_append_new(list, one);
	}
	json_object_set_new(json, "requirements", list);
	return json;
}

json_t *trace_json(struct tool *t, const struct search_trace *trace)
{
	struct step *steps = steps_of_trace(t, trace, false);
	json_t *list = json_array(), *step, *lines;
	uint32_t i, j;

	for (i = 0; i < trace->n_requests; i++) {
		lines = json_array();
		for (j = 0; j < steps[i].n_cells; j++)
			json_array_append_new(lines,
			    tool_str_json(snapshot_line(&t->arena, &steps[i].cells[j])));
		step = json_object();
		json_object_set_new(step, "request",
		    request_to_json(&t->policy.bc, &steps[i].request));
		json_object_set_new(step, "expect", json_string("allow"));
		json_object_set_new(step, "allowed_by", rule_json(&steps[i]));
		json_object_set_new(step, "changes", lines);
		json_array_append_new(list, step);
	}
	return list;
}

json_t *trace_why_json(struct tool *t, uint32_t claim, const struct search_trace *trace)
{
	static const char *const kinds[] = { [WHY_FOR] = "for", [WHY_FALSE] = "false",
		[WHY_TRUE] = "true", [WHY_VALUE] = "where" };
	const struct why *why = why_of_trace(t, claim, trace);
	json_t *list = json_array(), *one;

	for (uint32_t i = 0; why != NULL && i < why->n_parts; i++) {
		one = json_object();
		json_object_set_new(one, kinds[why->parts[i].kind],
		    tool_str_json(why->parts[i].text));
		if (why->parts[i].value.len != 0)
			json_object_set_new(one, "is", tool_str_json(why->parts[i].value));
		json_array_append_new(list, one);
	}
	return list;
}

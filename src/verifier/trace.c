/* SPDX-License-Identifier: Apache-2.0
 *
 * trace.c - traces for people and for programs.
 */
#include "../bytecode/decode.h"
#include "../request/request.h"
#include "snapshot.h"
#include "tool.h"

enum { LONG_WORD = 32 };

/* Two groups that are played in step: before and after each request. */
struct player {
	struct cpol_group *before, *after;
};

static struct player start(struct tool *t)
{
	return (struct player){ search_group(&t->arena, &t->policy, 0),
	    search_group(&t->arena, &t->policy, 0) };
}

static uint32_t play(struct tool *t, struct player *p, struct str request, struct str **changes)
{
	struct cpol_event event = { request.ptr, request.len };
	uint32_t n;

	if (!cpol_decide(p->after, &event).allowed)
		return 0;
	cpol_commit(p->after);
	n = snapshot_diff(&t->arena, p->before, p->after, changes);
	if (cpol_decide(p->before, &event).allowed)
		cpol_commit(p->before);
	return n;
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Ids and digests by their ends; the whole of them is in the JSON. */
struct str tool_shorten(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, text.len + 1);
	size_t i = 0, n = 0, end;

	while (i < text.len) {
		for (end = i; end < text.len && is_word(text.ptr[end]); end++)
			;
		if (end - i >= LONG_WORD) {
			memcpy(out + n, text.ptr + i, 6);
			memcpy(out + n + 6, "...", 3);
			memcpy(out + n + 9, text.ptr + end - 6, 6);
			n += 15;
		} else {
			end += end == i;
			memcpy(out + n, text.ptr + i, end - i);
			n += end - i;
		}
		i = end;
	}
	return (struct str){ out, n };
}

static void print_end(struct tool *t, uint32_t claim)
{
	const struct bc_claim *c = &t->policy.bc.claims[claim];
	struct str name = tool_claim(t, claim);
	const struct srcmap_entry *place = t->map == NULL ? NULL :
	    srcmap_find(t->map, SRCMAP_CLAIM, name, 0);
	const char *what = c->kind == BC_REACHABLE ? "now holds" :
	    c->kind == BC_ALWAYS ? "is false of that step" : "is false in this state";

	printf("     %.*s %s", STR_ARG(name), what);
	if (place == NULL) {
		printf("\n");
		return;
	}
	printf(": %.*s:%u:%u\n", STR_ARG(place->file), (unsigned)place->line,
	    (unsigned)place->column);
	if (place->text.len != 0 && !str_equal(place->text, name))
		tool_print_colour(t, TOOL_FAINT, "       %.*s\n", STR_ARG(place->text));
}

void trace_print(struct tool *t, uint32_t claim, const struct search_trace *trace)
{
	struct player p = start(t);
	struct str *changes = NULL, text;
	struct request request;
	uint32_t i, j, n;

	for (i = 0; i < trace->n_requests; i++) {
		request = request_decode(&t->arena, &t->policy.bc, trace->requests[i]);
		text = tool_shorten(&t->arena, request_to_text(&t->arena, &t->policy.bc, &request));
		printf("  %2u. %.*s\n", (unsigned)i + 1, STR_ARG(text));
		n = play(t, &p, trace->requests[i], &changes);
		for (j = 0; j < n; j++)
			tool_print_colour(t, TOOL_FAINT, "       %.*s\n",
			    STR_ARG(tool_shorten(&t->arena, changes[j])));
	}
	print_end(t, claim);
}

json_t *trace_json(struct tool *t, const struct search_trace *trace)
{
	struct player p = start(t);
	struct str *changes = NULL;
	json_t *steps = json_array(), *step, *lines;
	struct request request;
	uint32_t i, j, n;

	for (i = 0; i < trace->n_requests; i++) {
		request = request_decode(&t->arena, &t->policy.bc, trace->requests[i]);
		n = play(t, &p, trace->requests[i], &changes);
		lines = json_array();
		for (j = 0; j < n; j++)
			json_array_append_new(lines, tool_str_json(changes[j]));
		step = json_object();
		json_object_set_new(step, "request", request_to_json(&t->policy.bc, &request));
		json_object_set_new(step, "changes", lines);
		json_array_append_new(steps, step);
	}
	return steps;
}

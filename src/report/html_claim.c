/* SPDX-License-Identifier: Apache-2.0
 *
 * html_claim.c - entries of a page for claims.
 */
#include "html.h"

#include "../bytecode/decode.h"

/* Of longer traces only what changes is shown: the page grows with its square. */
enum { WHOLE_MAX = 64 };

static struct str kind_of(const struct bc_claim *c)
{
	return c->kind == BC_REACHABLE ? STR("reachable") : c->kind == BC_ALWAYS ? STR("step claim") :
	    STR("invariant");
}

void html_open(struct tool *t, struct str title, struct str footer)
{
	if (t->html_path == NULL)
		return;
	t->page = arena_new(&t->arena, struct html_report);
	t->page->title = title;
	t->page->footer = footer;
}

struct html_entry *html_add(struct tool *t)
{
	struct html_report *r = t->page;

	if (r == NULL)
		return NULL;
	arena_push(&t->arena, r->entries, r->n_entries, r->cap_entries);
	memset(&r->entries[r->n_entries], 0, sizeof(r->entries[0]));
	return &r->entries[r->n_entries++];
}

void html_add_claim(struct tool *t, uint32_t claim, const char *verdict, enum html_mood mood,
    const struct search_trace *trace, struct str note)
{
	struct html_entry *e = html_add(t);

	if (e == NULL)
		return;
	e->name = tool_claim(t, claim);
	e->is_never = tool_is_never(t, claim);
	e->kind = kind_of(&t->policy.bc.claims[claim]);
	e->verdict = (struct str){ verdict, strlen(verdict) };
	e->mood = mood;
	e->place = tool_claim_place(t, claim);
	e->text = trace_claim_text(t, claim);
	e->note = note;
	if (trace == NULL)
		return;
	e->n_steps = trace->n_requests;
	e->steps = steps_of_trace(t, trace, trace->n_requests <= WHOLE_MAX);
	e->end = trace_end(t, claim);
	e->why = why_of_trace(t, claim, trace);
	if (trace->n_requests == 0)
		e->note = STR("This is so before any request.");
}

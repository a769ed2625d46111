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

struct html_entry *html_add(struct tool *t, struct html_report *r)
{
	arena_push(&t->arena, r->entries, r->n_entries, r->cap_entries);
	memset(&r->entries[r->n_entries], 0, sizeof(r->entries[0]));
	return &r->entries[r->n_entries++];
}

struct html_entry *html_add_claim(struct tool *t, struct html_report *r, uint32_t claim,
    const char *verdict, enum html_mood mood, const struct search_trace *trace)
{
	struct html_entry *e = html_add(t, r);

	e->name = tool_claim(t, claim);
	e->kind = kind_of(&t->policy.bc.claims[claim]);
	e->verdict = (struct str){ verdict, strlen(verdict) };
	e->mood = mood;
	e->place = tool_claim_place(t, claim);
	e->text = trace_claim_text(t, claim);
	if (trace == NULL)
		return e;
	e->n_steps = trace->n_requests;
	e->steps = steps_of_trace(t, trace, trace->n_requests <= WHOLE_MAX);
	e->end = trace_end(t, claim);
	e->why = why_of_trace(t, claim, trace);
	if (trace->n_requests == 0)
		e->note = STR("This is so before any request.");
	return e;
}

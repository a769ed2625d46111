/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_tell.c - see compare_tell.h.
 */
#include "compare_tell.h"

#include "../bytecode/decode.h"
#include "../request/request.h"
#include "../report/html.h"
#include "../search/stop.h"

static const char *const verdict_names[] = { "UNKNOWN", "PROVED", "DIFFERS" };

/* ---- why ----------------------------------------------------------------------- */

static struct str field_name(const struct direction *d, uint32_t event, uint32_t field)
{
	return tool_string(d->beyond->t, bc_get32(d->beyond->t->policy.bc.events[event].fields + 12 * (size_t)field));
}

static struct str out_name(const struct direction *d, uint32_t event, uint32_t out)
{
	return tool_string(d->beyond->t, bc_get32(d->beyond->t->policy.bc.events[event].outs + 8 * (size_t)out));
}

/* The place of a denial in the source of the side that denies. */
static const struct srcmap_entry *place_of(const struct direction *d, struct str event, bool requirement,
    uint32_t pc)
{
	const struct srcmap *map = d->within->t->map;

	if (map == NULL)
		return NULL;
	return requirement ? srcmap_require(map, event, pc) : srcmap_find(map, SRCMAP_EFFECT, event, pc);
}

static struct str place_text(struct arena *a, const struct srcmap_entry *place)
{
	struct str what = place->label.len != 0 ? place->label : place->text;

	return arena_printf(a, "%.*s:%u:%u: %.*s", STR_ARG(place->file), (unsigned)place->line,
	    (unsigned)place->column, STR_ARG(what));
}

static struct str denial_text(const struct direction *d, const struct compare_pair *p, struct str event)
{
	struct arena *a = &d->within->t->arena;
	const struct cpol_verdict *v = &p->verdict_a;
	const struct srcmap_entry *place = place_of(d, event, v->reason == CPOL_REQUIREMENT, v->pc);

	if (v->reason == CPOL_NO_RULE)
		return arena_printf(a, "%s", p->j->event_a[p->verdict_b.event] == JOINT_NONE ?
		    "it knows no such event with these fields" : "it has no rule for this event");
	if (place == NULL)
		return arena_printf(a, "%s (pc %u)", tool_reason_text(v->reason), (unsigned)v->pc);
	if (v->reason != CPOL_REQUIREMENT)
		return arena_printf(a, "%.*s: %s", STR_ARG(place_text(a, place)), tool_reason_text(v->reason));
	return place_text(a, place);
}

/* What the last request shows. */
static struct str difference_text(const struct direction *d, const struct compare_pair *p, enum compare_kind kind)
{
	struct arena *a = &d->within->t->arena;
	const char *beyond = d->beyond->name, *within = d->within->name;
	uint32_t event = p->verdict_b.event;

	if (kind == COMPARE_KEPT)
		return arena_printf(a, "both allow it, but %s keeps what %s drops of %.*s", beyond, within,
		    STR_ARG(field_name(d, event, p->number)));
	if (kind == COMPARE_GIVEN)
		return arena_printf(a, "both allow it, but %s gives %.*s = %llu and %s %llu", beyond,
		    STR_ARG(out_name(d, event, p->number)), (unsigned long long)p->verdict_b.outs[p->number],
		    within, (unsigned long long)p->verdict_a.outs[p->number]);
	return arena_printf(a, "%s allows it, %s denies it: %.*s", beyond, within,
	    STR_ARG(denial_text(d, p, tool_event(d->beyond->t, event))));
}

static struct str doubt_text(const struct direction *d, const struct joint_doubt *doubt)
{
	struct arena *a = &d->within->t->arena;
	struct str event = tool_event(d->beyond->t, doubt->event);
	const struct srcmap_entry *place;

	switch (doubt->kind) {
	case JOINT_DENIES:
		place = place_of(d, event, true, doubt->pc);
		if (place != NULL)
			return arena_printf(a, "%.*s: %.*s", STR_ARG(event), STR_ARG(place_text(a, place)));
		if (doubt->pc == UINT32_MAX)
			return arena_printf(a, "%.*s: that its effects fit in %s", STR_ARG(event), d->within->name);
		return arena_printf(a, "%.*s: the requirement of %s at pc %u", STR_ARG(event), d->within->name,
		    (unsigned)doubt->pc);
	case JOINT_NO_RULE:
		return arena_printf(a, "%.*s: %s has no rule for it, %s has one", STR_ARG(event), d->within->name,
		    d->beyond->name);
	case JOINT_KEEPS:
		return arena_printf(a, "%.*s: that %s keeps no more of %.*s", STR_ARG(event), d->beyond->name,
		    STR_ARG(field_name(d, doubt->event, doubt->pc)));
	case JOINT_GIVES:
		return arena_printf(a, "%.*s: that both give the same %.*s", STR_ARG(event),
		    STR_ARG(out_name(d, doubt->event, doubt->pc)));
	case JOINT_ROOM:
		return arena_printf(a, "that %.*s of %s is full no sooner", STR_ARG(tool_string(d->within->t,
		    d->within->t->policy.bc.vars[doubt->pc].name)), d->within->name);
	case JOINT_FIELD_ROOM:
		return arena_printf(a, "%.*s: %s takes fewer elements in %.*s", STR_ARG(event), d->within->name,
		    STR_ARG(field_name(d, doubt->event, doubt->pc)));
	case JOINT_TOO_LARGE:
		break;
	}
	return STR("both policies together are more than a proof has room for");
}

/* ---- as text --------------------------------------------------------------------- */

static struct str request_text(const struct direction *d, struct str bytes)
{
	struct arena *a = &d->within->t->arena;
	const struct bc_policy *p = &d->beyond->t->policy.bc;
	struct request request = request_decode(a, p, bytes);

	return tool_shorten(a, request_to_text(a, p, &request));
}

/* Play the trace; the last step's verdicts stay in the pair. */
static struct compare_pair play(const struct direction *d)
{
	struct arena *a = &d->within->t->arena;
	struct compare_pair p = compare_start(a, d->j);

	for (uint32_t i = 0; i < d->trace.n_requests; i++) {
		compare_commit(&p);
		(void)compare_decide(a, &p, d->trace.requests[i]);
	}
	return p;
}

static void print_trace(const struct direction *d)
{
	struct compare_pair p = play(d);

	printf("  by %u request%s:\n", (unsigned)d->trace.n_requests, d->trace.n_requests == 1 ? "" : "s");
	for (uint32_t i = 0; i < d->trace.n_requests; i++)
		printf("  %2u. %.*s\n", (unsigned)i + 1, STR_ARG(request_text(d, d->trace.requests[i])));
	printf("       %.*s\n", STR_ARG(difference_text(d, &p, d->trace.kind)));
}

static void print_doubts(const struct direction *d)
{
	enum { MOST = 8 };
	bool gave_up = false;

	printf("\n     no trace was found, and not shown is\n");
	for (uint32_t i = 0; i < d->proof->n_doubts; i++) {
		gave_up = gave_up || d->proof->doubts[i].gave_up;
		if (i < MOST)
			printf("       %.*s\n", STR_ARG(doubt_text(d, &d->proof->doubts[i])));
	}
	if (d->proof->n_doubts > MOST)
		printf("       and %u more\n", (unsigned)d->proof->n_doubts - MOST);
	if (d->proof->out_of_time)
		printf("       what %s\n", stop_asked() ? "was not asked by then" : "there was no time for");
	printf("     try: %s\n", stop_asked() ? "again, and let it end" :
	    gave_up || d->proof->out_of_time ? "a longer --timeout" :
	    "an invariant that says why, in both policies, or the changes one at a time");
}

static void print_direction(const struct direction *d)
{
	const struct tool *t = d->within->t;

	tool_print_colour(t, d->verdict == PROVED ? TOOL_GOOD : d->verdict == DIFFERS ? TOOL_BAD : TOOL_DOUBT,
	    "%-7s", verdict_names[d->verdict]);
	printf("  %s allows %s that %s denies  %6.2f s", d->beyond->name,
	    d->verdict == DIFFERS ? "something" : "nothing", d->within->name, d->seconds);
	if (d->verdict == DIFFERS)
		print_trace(d);
	else if (d->verdict == UNKNOWN)
		print_doubts(d);
	else
		printf("\n");
}

/* ---- as JSON ----------------------------------------------------------------------- */

static json_t *difference_json(const struct direction *d)
{
	static const char *const kinds[] = { "", "denied", "kept", "given" };
	struct compare_pair p = play(d);
	const struct cpol_verdict *v = &p.verdict_a;
	struct str event = tool_event(d->beyond->t, p.verdict_b.event);
	const struct srcmap_entry *place = place_of(d, event, v->reason == CPOL_REQUIREMENT, v->pc);
	json_t *json = json_object();

	json_object_set_new(json, "kind", json_string(kinds[d->trace.kind]));
	json_object_set_new(json, "what", tool_str_json(difference_text(d, &p, d->trace.kind)));
	if (d->trace.kind == COMPARE_KEPT)
		json_object_set_new(json, "field", tool_str_json(field_name(d, p.verdict_b.event, p.number)));
	if (d->trace.kind == COMPARE_GIVEN)
		json_object_set_new(json, "output", tool_str_json(out_name(d, p.verdict_b.event, p.number)));
	if (d->trace.kind != COMPARE_DENIED)
		return json;
	json_object_set_new(json, "reason", json_string(tool_reason_name(v->reason)));
	json_object_set_new(json, "pc", json_integer(v->pc));
	if (place != NULL) {
		json_object_set_new(json, "place", tool_place_json(place));
		json_object_set_new(json, "label", tool_str_json(place->label));
		json_object_set_new(json, "text", tool_str_json(place->text));
	}
	return json;
}

static json_t *direction_json(const struct direction *d)
{
	const struct bc_policy *p = &d->beyond->t->policy.bc;
	json_t *json = json_object(), *list = json_array(), *step;

	json_object_set_new(json, "verdict", json_string(verdict_names[d->verdict]));
	json_object_set_new(json, "seconds", json_real(d->seconds));
	if (d->verdict == UNKNOWN)
		for (uint32_t i = 0; i < d->proof->n_doubts; i++)
			json_array_append_new(list, tool_str_json(doubt_text(d, &d->proof->doubts[i])));
	if (d->verdict == DIFFERS)
		for (uint32_t i = 0; i < d->trace.n_requests; i++) {
			struct request request = request_decode(&d->within->t->arena, p, d->trace.requests[i]);

			step = json_object();
			json_object_set_new(step, "request", request_to_json(p, &request));
			json_array_append_new(list, step);
		}
	if (d->verdict == DIFFERS) {
		json_object_set_new(json, "trace", list);
		json_object_set_new(json, "difference", difference_json(d));
	} else if (d->verdict == UNKNOWN) {
		json_object_set_new(json, "open", list);
	} else {
		json_decref(list);
	}
	return json;
}

static json_t *side_json(const struct side *s)
{
	json_t *json = json_object();

	json_object_set_new(json, "file", json_string(s->t->path));
	json_object_set_new(json, "policy", tool_str_json(tool_string(s->t, s->t->policy.bc.policy_name)));
	json_object_set_new(json, "svn", json_integer((json_int_t)s->t->policy.bc.svn));
	return json;
}

/* ---- as a page ---------------------------------------------------------------------- */

static struct str doubts_text(const struct direction *d)
{
	struct bytes b = { .arena = &d->within->t->arena };

	bytes_printf(&b, "No trace was found, and not shown is:");
	for (uint32_t i = 0; i < d->proof->n_doubts; i++)
		bytes_printf(&b, "%s %.*s", i == 0 ? "" : ";", STR_ARG(doubt_text(d, &d->proof->doubts[i])));
	return bytes_str(&b);
}

static struct str answer_text(const struct direction *d)
{
	if (d->verdict == UNKNOWN)
		return STR("Neither a proof nor requests that show it were found.");
	return arena_printf(&d->within->t->arena, "%s: %s allows %s that %s denies.",
	    d->verdict == PROVED ? "No" : "Yes", d->beyond->name,
	    d->verdict == PROVED ? "nothing" : "something", d->within->name);
}

static enum html_mood mood_of(enum verdict verdict)
{
	return verdict == PROVED ? HTML_GOOD : verdict == DIFFERS ? HTML_BAD : HTML_DOUBT;
}

/* The requests as the side judges them that allows the last one. */
static void add_page(struct tool *t, const struct direction *d)
{
	enum { WHOLE_MAX = 64 };
	struct html_entry *e = html_add(t);
	struct compare_pair p;
	struct player player;
	struct step *steps;

	if (e == NULL)
		return;
	e->id = arena_printf(&t->arena, "%s_within_%s", d->beyond->name, d->within->name);
	e->name = arena_printf(&t->arena, "Does %s allow anything that %s denies?", d->beyond->name,
	    d->within->name);
	e->text = answer_text(d);
	e->verdict = (struct str){ verdict_names[d->verdict], strlen(verdict_names[d->verdict]) };
	e->mood = mood_of(d->verdict);
	if (d->verdict == UNKNOWN)
		e->note = doubts_text(d);
	if (d->verdict != DIFFERS)
		return;
	p = play(d);
	player = player_new(d->beyond->t, false, d->trace.n_requests <= WHOLE_MAX);
	steps = arena_array(&t->arena, d->trace.n_requests, struct step);
	for (uint32_t i = 0; i < d->trace.n_requests; i++)
		steps[i] = player_step(&player, d->trace.requests[i]);
	e->steps = steps;
	e->n_steps = d->trace.n_requests;
	e->end = difference_text(d, &p, d->trace.kind);
}

/* up: B within A; down: A within B. */
static const char *summary(enum verdict up, enum verdict down)
{
	static const char *const words[3][3] = {
		[PROVED] = { [PROVED] = "equal", [DIFFERS] = "B is stricter",
		    [UNKNOWN] = "B is equal or stricter" },
		[DIFFERS] = { [PROVED] = "B is more permissive", [DIFFERS] = "incomparable",
		    [UNKNOWN] = "B is more permissive or incomparable" },
		[UNKNOWN] = { [PROVED] = "B is equal or more permissive",
		    [DIFFERS] = "B is stricter or incomparable", [UNKNOWN] = "unknown" }
	};

	return words[up][down];
}

static int write_page(struct tool *t, const struct tool *other, const struct direction *up,
    const struct direction *down)
{
	html_open(t, STR("Comparison of policies"),
	    STR("PROVED: in all states that both can come to. DIFFERS: both interpreters judged the requests "
	    "shown as it says. UNKNOWN: neither was found."));
	if (t->page != NULL) {
		const char *words = summary(up->verdict, down->verdict);

		t->page->other = other;
		t->page->summary = (struct str){ words, strlen(words) };
		t->page->mood = mood_of(up->verdict);
	}
	add_page(t, up);
	add_page(t, down);
	return html_write(t);
}

/* ---- both ways ------------------------------------------------------------------------ */

int tell(const struct side *a, const struct side *b, const struct direction *up,
    const struct direction *down)
{
	int status = stop_asked() ? TOOL_INTERRUPTED : up->verdict == PROVED ? TOOL_YES :
	    up->verdict == DIFFERS ? TOOL_NO : TOOL_TROUBLE;
	int printed = write_page(a->t, b->t, up, down);
	json_t *json;

	if (printed != TOOL_YES)
		return printed;
	if (!a->t->json) {
		print_direction(up);
		print_direction(down);
		printf("%s\n", summary(up->verdict, down->verdict));
		if (stop_asked())
			printf("interrupted\n");
		return fflush(stdout) != 0 || ferror(stdout) ? tool_trouble("standard output") : status;
	}
	json = json_object();
	json_object_set_new(json, "a", side_json(a));
	json_object_set_new(json, "b", side_json(b));
	json_object_set_new(json, "b_within_a", direction_json(up));
	json_object_set_new(json, "a_within_b", direction_json(down));
	json_object_set_new(json, "summary", json_string(summary(up->verdict, down->verdict)));
	if (stop_asked())
		json_object_set_new(json, "interrupted", json_true());
	printed = tool_print_json(json);
	return printed == TOOL_YES ? status : printed;
}

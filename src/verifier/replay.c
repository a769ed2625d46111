/* SPDX-License-Identifier: Apache-2.0
 *
 * replay.c - cocoapolv replay: recorded requests through the interpreter, as
 * the guest runs it, and why each denial was one.
 */
#include "../base/file.h"
#include "../bytecode/decode.h"
#include "../request/request.h"
#include "../report/html.h"
#include "../report/steps.h"
#include "../report/tool.h"

#include <errno.h>

/* A page shows the whole state for so few requests, and is made for so many. */
enum { REQUESTS_MAX = 256 << 20, WHOLE_MAX = 64, PAGE_MAX = 2000 };

static const char *const reason_names[] = {
	[CPOL_NO_POLICY] = "no-policy", [CPOL_ALLOWED] = "allowed", [CPOL_NO_RULE] = "no-rule",
	[CPOL_REQUIREMENT] = "requirement", [CPOL_BAD_REQUEST] = "bad-request",
	[CPOL_PENDING] = "pending", [CPOL_TABLE_FULL] = "table-full", [CPOL_TOO_LONG] = "too-long",
	[CPOL_TOO_LARGE] = "too-large", [CPOL_CONFLICT] = "conflict", [CPOL_FAULT] = "fault"
};

const char *tool_reason_name(enum cpol_reason reason)
{
	return reason_names[reason];
}

/* What became of one request. */
struct outcome {
	const struct request_item *item;
	bool judged;                    /* false: malformed, so it never got to the rule */
	struct cpol_verdict verdict;
	const struct srcmap_entry *place;
	bool unexpected;
};

static bool was_allowed(const struct outcome *o)
{
	return o->judged && o->verdict.allowed;
}

static void judge(struct tool *t, struct cpol_group *group, struct outcome *o)
{
	struct cpol_event event = { o->item->bytes.ptr, o->item->bytes.len };

	if (o->item->error.len == 0) {
		o->judged = true;
		o->verdict = cpol_decide(group, &event);
		o->place = step_place(t, &o->verdict);
	}
	o->unexpected = o->item->expect != REQUEST_ANY &&
	    (o->item->expect == REQUEST_ALLOW) != was_allowed(o);
}

/* ---- what was dropped ---- */

static struct str element_text(struct tool *t, uint32_t type, const struct request_value *v)
{
	if (BC_BASE(type) == BC_RECORD)         /* its key says which it is */
		return request_quote(&t->arena, v->items[0].text);
	if (BC_BASE(type) == BC_STRING)
		return request_quote(&t->arena, v->text);
	return arena_printf(&t->arena, "%llu", (unsigned long long)v->word);
}

/* The elements of a kept field that are not to be used. */
static uint32_t dropped(struct tool *t, const struct outcome *o, const struct cpol_kept *kept,
    struct str **texts)
{
	const struct bc_event *e = &t->policy.bc.events[o->item->request.event];
	/* Masks follow the order of the bytes, in which sets are sorted. */
	struct request r = request_decode(&t->arena, &t->policy.bc, o->item->bytes);
	const struct request_value *field = &r.fields[kept->field];
	uint32_t i, n = 0, type = bc_element(bc_field_type(e, kept->field));

	*texts = arena_array(&t->arena, kept->n, struct str);
	for (i = 0; i < kept->n; i++)
		if ((kept->mask[i / 8] >> i % 8 & 1) == 0)
			(*texts)[n++] = element_text(t, type, &field->items[i]);
	return n;
}

static struct str field_name(const struct tool *t, uint32_t event, uint32_t field)
{
	return tool_string(t, bc_get32(t->policy.bc.events[event].fields + 12 * (size_t)field));
}

/* "  env without "A", "B"" */
static struct str dropped_text(struct tool *t, const struct outcome *o)
{
	struct bytes b = { .arena = &t->arena };
	uint32_t i, j, n;
	struct str *texts;

	for (i = 0; i < o->verdict.n_kept; i++) {
		n = dropped(t, o, &o->verdict.kept[i], &texts);
		if (n == 0)
			continue;
		bytes_printf(&b, "  %.*s without", STR_ARG(field_name(t, o->item->request.event,
		    o->verdict.kept[i].field)));
		for (j = 0; j < n; j++)
			bytes_printf(&b, "%s %.*s", j == 0 ? "" : ",", STR_ARG(texts[j]));
	}
	return bytes_str(&b);
}

static json_t *dropped_json(struct tool *t, const struct outcome *o)
{
	json_t *fields = json_object(), *list;
	uint32_t i, j, n;
	struct str *texts, name;

	for (i = 0; i < o->verdict.n_kept; i++) {
		n = dropped(t, o, &o->verdict.kept[i], &texts);
		list = json_array();
		for (j = 0; j < n; j++)
			json_array_append_new(list, tool_str_json(texts[j]));
		name = field_name(t, o->item->request.event, o->verdict.kept[i].field);
		json_object_setn_new(fields, name.ptr, name.len, list);
	}
	return fields;
}

/* ---- one line ---- */

static void print_reason(struct tool *t, const struct outcome *o)
{
	const struct srcmap_entry *place = o->place;

	if (!o->judged) {
		printf("  malformed: %.*s", STR_ARG(o->item->error));
	} else if (place != NULL) {
		printf("  %.*s:%u:%u: ", STR_ARG(place->file), (unsigned)place->line,
		    (unsigned)place->column);
		if (o->verdict.reason != CPOL_REQUIREMENT)
			printf("%s: %.*s", tool_reason_text(o->verdict.reason), STR_ARG(place->text));
		else if (place->label.len != 0)
			printf("%.*s", STR_ARG(place->label));
		else
			printf("%.*s", STR_ARG(place->text));
	} else {
		printf("  %s", tool_reason_text(o->verdict.reason));
		if (o->verdict.reason != CPOL_NO_RULE)
			printf(" (%s %u)", o->verdict.reason == CPOL_BAD_REQUEST ? "byte" : "pc",
			    (unsigned)o->verdict.pc);
	}
	if (place != NULL && place->label.len != 0 && place->text.len != 0 &&
	    o->verdict.reason == CPOL_REQUIREMENT) {
		printf("\n%*s", 9, "");
		tool_print_colour(t, TOOL_FAINT, "%.*s", STR_ARG(place->text));
	}
}

static void print_outcome(struct tool *t, uint32_t number, int width, const struct outcome *o)
{
	printf("%5u  %-*.*s  ", (unsigned)number, width, STR_ARG(o->item->name));
	tool_print_colour(t, was_allowed(o) ? TOOL_GOOD : TOOL_BAD, "%-7s",
	    was_allowed(o) ? "ALLOWED" : "DENIED");
	if (o->unexpected)
		tool_print_colour(t, TOOL_DOUBT, "  (expected %s)",
		    was_allowed(o) ? "DENIED" : "ALLOWED");
	if (was_allowed(o))
		printf("%.*s", STR_ARG(dropped_text(t, o)));
	else
		print_reason(t, o);
	printf("\n");
}

static json_t *outs_json(const struct tool *t, const struct outcome *o)
{
	const struct bc_event *e = &t->policy.bc.events[o->item->request.event];
	json_t *outs = json_object();
	uint32_t i;

	for (i = 0; i < o->verdict.n_outs; i++) {
		struct str name = tool_string(t, bc_get32(e->outs + 8 * (size_t)i));
		uint32_t type = bc_get32(e->outs + 8 * (size_t)i + 4);

		json_object_setn_new(outs, name.ptr, name.len, BC_BASE(type) == BC_BOOL ?
		    json_boolean(o->verdict.outs[i] != 0) :
		    json_integer((json_int_t)o->verdict.outs[i]));
	}
	return outs;
}

static json_t *outcome_json(struct tool *t, uint32_t number, const struct outcome *o)
{
	json_t *json = json_object();

	json_object_set_new(json, "number", json_integer(number));
	json_object_set_new(json, "event", tool_str_json(o->item->name));
	json_object_set_new(json, "allowed", json_boolean(was_allowed(o)));
	json_object_set_new(json, "reason",
	    json_string(o->judged ? reason_names[o->verdict.reason] : "malformed"));
	if (!o->judged)
		json_object_set_new(json, "error", tool_str_json(o->item->error));
	else if (!o->verdict.allowed)
		json_object_set_new(json, "pc", json_integer(o->verdict.pc));
	if (o->place != NULL) {
		json_object_set_new(json, "place", tool_place_json(o->place));
		json_object_set_new(json, "label", tool_str_json(o->place->label));
		json_object_set_new(json, "text", tool_str_json(o->place->text));
	}
	if (was_allowed(o)) {
		json_object_set_new(json, "dropped", dropped_json(t, o));
		json_object_set_new(json, "gives", outs_json(t, o));
	}
	if (o->item->expect != REQUEST_ANY) {
		json_object_set_new(json, "expect",
		    json_string(o->item->expect == REQUEST_ALLOW ? "allow" : "deny"));
		json_object_set_new(json, "as_expected", json_boolean(!o->unexpected));
	}
	return json;
}

/* ---- the requests ---- */

static int read_requests(struct tool *t, struct request_item **items, uint32_t *n)
{
	enum request_form form = t->from == NULL ? REQUEST_OWN : REQUEST_HCSSHIM;
	struct str text, error;

	if (file_read(&t->arena, t->second, REQUESTS_MAX, &text) != 0) {
		if (errno != EFBIG)
			return tool_trouble(t->second);
		fprintf(stderr, "cocoapolv: %s: has more than %d MiB\n", t->second,
		    REQUESTS_MAX >> 20);
		return TOOL_TROUBLE;
	}
	if (request_read(&t->arena, &t->policy.bc, text, form, t->claim, items, n,
	    &error) == 0)
		return TOOL_YES;
	fprintf(stderr, "cocoapolv: %s:%s%.*s\n", t->second,
	    error.ptr[0] >= '0' && error.ptr[0] <= '9' ? "" : " ", STR_ARG(error));
	return TOOL_TROUBLE;
}

static struct cpol_group *new_group(struct tool *t)
{
	struct cpol_group *group = arena_new(&t->arena, struct cpol_group);
	size_t len = cpol_memory(&t->policy, NULL);

	if (len == 0 || cpol_init(group, &t->policy, arena_alloc(&t->arena, len), len, NULL) !=
	    BC_OK)
		return NULL;
	return group;
}

/* ---- the page ---- */

struct replay {
	struct request_item *items;
	uint32_t n, counts[2], n_unexpected;    /* counts: of denied, of allowed */
	struct player player;                   /* for the page, */
	struct step *steps;                     /* or NULL */
};

static void add_step(struct tool *t, struct replay *r, uint32_t i, const struct outcome *o)
{
	struct step *s = &r->steps[i];

	if (o->judged)
		*s = player_step(&r->player, o->item->bytes);
	else
		*s = (struct step){ .reason = arena_printf(&t->arena, "malformed: %.*s",
		    STR_ARG(o->item->error)) };
	s->event = o->item->name;
	if (was_allowed(o))
		s->remark = dropped_text(t, o);
	if (o->unexpected)
		s->remark = arena_printf(&t->arena, "expected: %s%.*s",
		    was_allowed(o) ? "DENIED" : "ALLOWED", STR_ARG(s->remark));
}

static struct str sum_text(struct tool *t, const struct replay *r)
{
	struct str rest = { NULL, 0 };

	if (r->n_unexpected != 0)
		rest = arena_printf(&t->arena, ", %u not as expected", (unsigned)r->n_unexpected);
	return arena_printf(&t->arena, "%u request%s, %u allowed, %u denied%.*s", (unsigned)r->n,
	    r->n == 1 ? "" : "s", (unsigned)r->counts[1], (unsigned)r->counts[0], STR_ARG(rest));
}

static int write_page(struct tool *t, const struct replay *r)
{
	struct html_entry *e = html_add(t);

	if (e == NULL)
		return TOOL_YES;
	e->name = STR("requests");
	e->mood = r->n_unexpected != 0 ? HTML_BAD : HTML_GOOD;
	e->verdict = r->n_unexpected != 0 ? STR("NOT AS EXPECTED") : STR("REPLAYED");
	e->note = sum_text(t, r);
	e->steps = r->steps;
	e->n_steps = r->n;
	return html_write(t);
}

static int start_page(struct tool *t, struct replay *r)
{
	if (t->html_path == NULL)
		return TOOL_YES;
	if (r->n > PAGE_MAX) {
		fprintf(stderr, "cocoapolv: %s: a page shows at most %d requests, these are %u\n",
		    t->second, PAGE_MAX, (unsigned)r->n);
		return TOOL_TROUBLE;
	}
	html_open(t, STR("Replay of requests"), STR(
	    "Each request was judged by the interpreter that runs in the guest. A request that is "
	    "denied leaves the state as it was."));
	r->player = player_new(t, false, r->n <= WHOLE_MAX);
	r->steps = arena_array(&t->arena, r->n + 1, struct step);
	return TOOL_YES;
}

/* ---- the command ---- */

static void replay(struct tool *t, struct replay *r, struct cpol_group *group, json_t *list)
{
	int width = 0;

	for (uint32_t i = 0; i < r->n; i++)
		width = (int)r->items[i].name.len > width && r->items[i].name.len <= 40 ?
		    (int)r->items[i].name.len : width;
	for (uint32_t i = 0; i < r->n; i++) {
		struct outcome o = { .item = &r->items[i] };

		judge(t, group, &o);
		r->counts[was_allowed(&o)]++;
		r->n_unexpected += o.unexpected;
		if (t->json)
			json_array_append_new(list, outcome_json(t, i + 1, &o));
		else
			print_outcome(t, i + 1, width, &o);
		if (r->steps != NULL)
			add_step(t, r, i, &o);
		cpol_commit(group);
	}
}

static int finish(struct tool *t, const struct replay *r, json_t *list)
{
	json_t *report = json_object();

	json_object_set_new(report, "requests", list);
	json_object_set_new(report, "allowed", json_integer(r->counts[1]));
	json_object_set_new(report, "denied", json_integer(r->counts[0]));
	json_object_set_new(report, "unexpected", json_integer(r->n_unexpected));
	if (t->json)
		return tool_print_json(report);
	json_decref(report);
	printf("%.*s\n", STR_ARG(sum_text(t, r)));
	return fflush(stdout) != 0 || ferror(stdout) ? tool_trouble("standard output") : TOOL_YES;
}

int command_replay(struct tool *t)
{
	struct cpol_group *group = new_group(t);
	struct replay r = { .n = 0 };
	int status = read_requests(t, &r.items, &r.n);
	json_t *list;

	if (status == TOOL_YES)
		status = start_page(t, &r);
	if (status != TOOL_YES)
		return status;
	if (group == NULL) {
		fprintf(stderr, "cocoapolv: %s: its state has no room in memory\n", t->path);
		return TOOL_TROUBLE;
	}
	list = json_array();
	replay(t, &r, group, list);
	status = finish(t, &r, list);
	if (status == TOOL_YES)
		status = write_page(t, &r);
	return status != TOOL_YES ? status : r.n_unexpected != 0 ? TOOL_NO : TOOL_YES;
}

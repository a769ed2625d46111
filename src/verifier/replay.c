/* SPDX-License-Identifier: Apache-2.0
 *
 * replay.c - cocoapolv replay: recorded requests through the interpreter, as
 * the guest runs it, and why each denial was one.
 */
#include "../base/file.h"
#include "../bytecode/decode.h"
#include "../request/request.h"
#include "tool.h"

#include <errno.h>

enum { REQUESTS_MAX = 256 << 20 };

static const char *const reason_names[] = {
	[CPOL_NO_POLICY] = "no-policy", [CPOL_ALLOWED] = "allowed", [CPOL_NO_RULE] = "no-rule",
	[CPOL_REQUIREMENT] = "requirement", [CPOL_BAD_REQUEST] = "bad-request",
	[CPOL_PENDING] = "pending", [CPOL_TABLE_FULL] = "table-full", [CPOL_TOO_LONG] = "too-long",
	[CPOL_TOO_LARGE] = "too-large", [CPOL_CONFLICT] = "conflict", [CPOL_FAULT] = "fault"
};
static const char *const reason_texts[] = {
	[CPOL_NO_POLICY] = "no valid policy is open",
	[CPOL_ALLOWED] = "",
	[CPOL_NO_RULE] = "the policy has no rule for this event",
	[CPOL_REQUIREMENT] = "a requirement is not met",
	[CPOL_BAD_REQUEST] = "the request is malformed",
	[CPOL_PENDING] = "a step is pending",
	[CPOL_TABLE_FULL] = "no room for another key",
	[CPOL_TOO_LONG] = "a string or list is too long for the state",
	[CPOL_TOO_LARGE] = "an int is above its bound",
	[CPOL_CONFLICT] = "two effects on one key",
	[CPOL_FAULT] = "the interpreter met what validation excludes"
};

const char *tool_reason_text(enum cpol_reason reason)
{
	return reason_texts[reason];
}

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
	struct str name;

	if (o->item->error.len == 0) {
		o->judged = true;
		o->verdict = cpol_decide(group, &event);
		name = tool_event(t, o->item->request.event);
		if (!o->verdict.allowed && t->map != NULL)
			o->place = o->verdict.reason == CPOL_REQUIREMENT ?
			    srcmap_require(t->map, name, o->verdict.pc) :
			    srcmap_find(t->map, SRCMAP_EFFECT, name, o->verdict.pc);
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
	uint32_t i, n = 0, type = tree_element(bc_field_type(e, kept->field));

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

static void print_dropped(struct tool *t, const struct outcome *o)
{
	uint32_t i, j, n;
	struct str *texts;

	for (i = 0; i < o->verdict.n_kept; i++) {
		n = dropped(t, o, &o->verdict.kept[i], &texts);
		if (n == 0)
			continue;
		printf("  %.*s without", STR_ARG(field_name(t, o->item->request.event,
		    o->verdict.kept[i].field)));
		for (j = 0; j < n; j++)
			printf("%s %.*s", j == 0 ? "" : ",", STR_ARG(texts[j]));
	}
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
			printf("%s: %.*s", reason_texts[o->verdict.reason], STR_ARG(place->text));
		else if (place->label.len != 0)
			printf("%.*s", STR_ARG(place->label));
		else
			printf("%.*s", STR_ARG(place->text));
	} else {
		printf("  %s", reason_texts[o->verdict.reason]);
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
		print_dropped(t, o);
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

/* ---- the command ---- */

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
	if (request_read(&t->arena, &t->policy.bc, text, form, items, n, &error) == 0)
		return TOOL_YES;
	fprintf(stderr, "cocoapolv: %s:%.*s\n", t->second, STR_ARG(error));
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

int command_replay(struct tool *t)
{
	struct cpol_group *group = new_group(t);
	uint32_t i, n, counts[2] = { 0 }, n_unexpected = 0;
	struct request_item *items;
	json_t *report, *list;
	int width = 0, status = read_requests(t, &items, &n);

	if (status != TOOL_YES)
		return status;
	if (group == NULL) {
		fprintf(stderr, "cocoapolv: %s: its state has no room in memory\n", t->path);
		return TOOL_TROUBLE;
	}
	for (i = 0; i < n; i++)
		width = (int)items[i].name.len > width && items[i].name.len <= 40 ?
		    (int)items[i].name.len : width;
	report = json_object();
	list = json_array();
	for (i = 0; i < n; i++) {
		struct outcome o = { .item = &items[i] };

		judge(t, group, &o);
		counts[was_allowed(&o)]++;
		n_unexpected += o.unexpected;
		if (t->json)
			json_array_append_new(list, outcome_json(t, i + 1, &o));
		else
			print_outcome(t, i + 1, width, &o);
		cpol_commit(group);
	}
	json_object_set_new(report, "requests", list);
	json_object_set_new(report, "allowed", json_integer(counts[1]));
	json_object_set_new(report, "denied", json_integer(counts[0]));
	json_object_set_new(report, "unexpected", json_integer(n_unexpected));
	if (t->json) {
		status = tool_print_json(report);
	} else {
		json_decref(report);
		printf("%u requests, %u allowed, %u denied", (unsigned)n, (unsigned)counts[1],
		    (unsigned)counts[0]);
		printf(n_unexpected != 0 ? ", %u not as expected\n" : "\n", (unsigned)n_unexpected);
		if (fflush(stdout) != 0 || ferror(stdout))
			status = tool_trouble("standard output");
	}
	return status != TOOL_YES ? status : n_unexpected != 0 ? TOOL_NO : TOOL_YES;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * read.c - files of requests.
 */
#include "request.h"
#include "types.h"

/* As written, but fit for a terminal: this may be a name that no policy has. */
static struct str name_of(struct arena *a, const json_t *json)
{
	const json_t *name = json_object_get(json, "event");
	struct str text;

	if (name == NULL)
		name = json_object_get(json, "name");
	if (!json_is_string(name))
		return STR("?");
	text = arena_copy(a, json_string_value(name), json_string_length(name));
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || (unsigned char)text.ptr[i] >= 0x7f)
			return request_quote(a, text);
	return text;
}

/* What is said to replay, not to the guest: a slip of the pen in it would be
 * taken for a denial. */
static int read_expect(struct arena *a, const json_t *json, enum request_expect *expect,
    struct str *error)
{
	const json_t *word = json_object_get(json, "expect");
	struct str text = { NULL, 0 };

	if (json_is_string(word))
		text = (struct str){ json_string_value(word), json_string_length(word) };
	if (str_is(text, "allow"))
		*expect = REQUEST_ALLOW;
	else if (str_is(text, "deny"))
		*expect = REQUEST_DENY;
	else if (json_is_string(word))
		return place_error(a, NULL, error, "expect: wants \"allow\" or \"deny\", this is %.*s",
		    STR_ARG(request_quote(a, text)));
	else if (word != NULL)
		return place_error(a, NULL, error, "expect: wants \"allow\" or \"deny\"");
	return 0;
}

/* Beside the request or its fields there are names of ours alone. */
static int check_frame(struct arena *a, const json_t *json, const char *const *names,
    struct str *error)
{
	union { const json_t *in; json_t *out; } object = { json };
	void *iter;
	uint32_t i;

	/* jansson's iteration wants a mutable object but does not change it. */
	for (iter = json_object_iter(object.out); iter != NULL;
	    iter = json_object_iter_next(object.out, iter)) {
		const char *key = json_object_iter_key(iter);

		for (i = 0; names[i] != NULL && strcmp(names[i], key) != 0; i++)
			continue;
		if (names[i] == NULL)
			return place_error(a, NULL, error, "%.*s: unknown beside \"%s\"",
			    STR_ARG(request_quote(a, (struct str){ key, strlen(key) })), names[0]);
	}
	return 0;
}

/* A step of a trace that prove or reach wrote has its request inside. */
static const json_t *request_in(const json_t *json)
{
	const json_t *inner = json_object_get(json, "request");

	return json_object_get(json, "event") == NULL && json_is_object(inner) ? inner : json;
}

static int read_frame(struct arena *a, const json_t *outer, const json_t *json,
    enum request_form form, struct request_item *item, struct str *error)
{
	static const char *const step[] = { "request", "expect", "allowed_by", "changes", NULL };
	static const char *const apart[] = { "fields", "event", "expect", NULL };

	if (read_expect(a, outer, &item->expect, error) != 0 || (item->expect == REQUEST_ANY &&
	    read_expect(a, json, &item->expect, error) != 0))
		return -1;
	if (outer != json && check_frame(a, outer, step, error) != 0)
		return -1;
	return form == REQUEST_OWN && json_is_object(json_object_get(json, "fields")) ?
	    check_frame(a, json, apart, error) : 0;
}

static int read_item(struct arena *a, const struct bc_policy *p, const json_t *outer,
    enum request_form form, struct request_item *item, struct str *error)
{
	const json_t *json = request_in(outer);
	json_t *own = NULL;

	item->name = name_of(a, json);
	if (read_frame(a, outer, json, form, item, error) != 0)
		return -1;
	if (form == REQUEST_HCSSHIM) {
		own = request_of_hcsshim(a, json, &item->error);
		if (own == NULL)
			return 0;
	}
	if (request_of_json(a, p, own == NULL ? json : own, &item->request, &item->error) == 0) {
		item->name = event_name(p, item->request.event);
		if (request_encode(a, p, &item->request, &item->bytes, &item->error) != 0)
			item->bytes = (struct str){ NULL, 0 };
	}
	json_decref(own);
	return 0;
}

/* ---- where the requests are ---- */

static const char *claim_name(const json_t *claim)
{
	const json_t *name = json_object_get(claim, "name");

	return json_is_string(name) ? json_string_value(name) : "";
}

/* The names of the claims that have a trace. */
static struct str names_of(struct arena *a, const json_t *claims)
{
	struct str names = { NULL, 0 };
	const json_t *claim;
	size_t i;

	json_array_foreach(claims, i, claim) {
		struct str name = request_quote(a, (struct str){ claim_name(claim), strlen(claim_name(claim)) });

		if (json_is_array(json_object_get(claim, "trace")))
			names = arena_printf(a, "%.*s%s%.*s", STR_ARG(names), names.len == 0 ? "" : ", ",
			    STR_ARG(name));
	}
	return names;
}

/* The trace of a claim in a report of prove or reach; without a name, of the
 * only one that has a trace. */
static const json_t *trace_in(struct arena *a, const json_t *claims, const char *wanted,
    struct str *error)
{
	const json_t *claim, *trace, *found = NULL;
	struct str names = names_of(a, claims);
	size_t i, n = 0;

	json_array_foreach(claims, i, claim) {
		trace = json_object_get(claim, "trace");
		if (!json_is_array(trace) || (wanted != NULL && strcmp(claim_name(claim), wanted) != 0))
			continue;
		found = trace;
		n++;
	}
	if (n == 1)
		return found;
	if (names.len == 0)
		*error = STR("no claim of this report has a trace");
	else if (wanted != NULL)
		*error = arena_printf(a, "no trace of claim %.*s; there are those of %.*s",
		    STR_ARG(request_quote(a, (struct str){ wanted, strlen(wanted) })), STR_ARG(names));
	else
		*error = arena_printf(a, "several traces: which claim, of %.*s?", STR_ARG(names));
	return NULL;
}

/* The array of requests, or one request; NULL and *error. */
static const json_t *find_list(struct arena *a, const json_t *json, const char *claim,
    struct str *error)
{
	static const char *const members[] = { "requests", "trace" };
	static const char *const alone[] = { "event", "request", "name" };

	if (json_is_object(json) && json_is_array(json_object_get(json, "claims")))
		return trace_in(a, json_object_get(json, "claims"), claim, error);
	if (claim != NULL) {
		*error = STR("not a report of claims");
		return NULL;
	}
	for (size_t i = 0; json_is_object(json) && i < 2; i++)
		if (json_is_array(json_object_get(json, members[i])) &&
		    json_object_get(json, "event") == NULL)
			return json_object_get(json, members[i]);
	if (json_is_array(json))
		return json;
	for (size_t i = 0; json_is_object(json) && i < 3; i++)
		if (json_object_get(json, alone[i]) != NULL)
			return json;
	*error = json_is_object(json) ? STR("neither a request (it has no \"event\") nor a list of "
	    "them (\"requests\" or \"trace\")") : STR("not an array of requests");
	return NULL;
}

int request_read(struct arena *a, const struct bc_policy *p, struct str text,
    enum request_form form, const char *claim, struct request_item **items, uint32_t *n_items,
    struct str *error)
{
	json_error_t at;
	json_t *json = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &at);
	const json_t *list;
	size_t i, n;

	if (json == NULL) {
		*error = arena_printf(a, "%d:%d: %s", at.line, at.column, at.text);
		return -1;
	}
	list = find_list(a, json, claim, error);
	n = json_is_array(list) ? json_array_size(list) : 1;
	if (list == NULL || n > UINT32_MAX) {
		json_decref(json);
		return -1;
	}
	*items = arena_array(a, n, struct request_item);
	*n_items = (uint32_t)n;
	for (i = 0; i < n; i++)
		if (read_item(a, p, json_is_array(list) ? json_array_get(list, i) : list, form,
		    &(*items)[i], error) != 0) {
			*error = arena_printf(a, "request %zu: %.*s", i + 1, STR_ARG(*error));
			json_decref(json);
			return -1;
		}
	json_decref(json);
	return 0;
}

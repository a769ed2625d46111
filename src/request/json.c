/* SPDX-License-Identifier: Apache-2.0
 *
 * json.c - requests from JSON and to JSON, our own form.
 */
#include <stdlib.h>

#include "../base/bytes.h"
#include "request.h"
#include "types.h"

struct reader {
	struct arena *arena;
	const struct bc_policy *policy;
	struct str *error;
};

static const char *kind_of(const json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:  return "an object";
	case JSON_ARRAY:   return "an array";
	case JSON_STRING:  return "a string";
	case JSON_INTEGER: return "an integer";
	case JSON_REAL:    return "a fraction";
	case JSON_TRUE:
	case JSON_FALSE:   return "a bool";
	case JSON_NULL:    return "null";
	}
	return "nothing";
}

static int wrong_kind(struct reader *r, const struct place *at, const char *wanted,
    const json_t *found)
{
	return place_error(r->arena, at, r->error, "wants %s, this is %s", wanted, kind_of(found));
}

static struct str text_of(struct arena *a, const json_t *json)
{
	return arena_copy(a, json_string_value(json), json_string_length(json));
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex_to_bytes(struct arena *a, struct str hex, struct str *bytes)
{
	size_t i;
	char *out = arena_alloc(a, hex.len / 2 + 1);

	if (hex.len % 2 != 0)
		return false;
	for (i = 0; i < hex.len; i++) {
		if (nibble(hex.ptr[i]) < 0)
			return false;
		out[i / 2] = (char)(out[i / 2] << 4 | nibble(hex.ptr[i]));
	}
	*bytes = (struct str){ out, hex.len / 2 };
	return true;
}

static int read_string(struct reader *r, const json_t *json, struct request_value *v,
    const struct place *at)
{
	const json_t *hex = json_object_get(json, "hex");

	if (json_is_string(json)) {
		v->text = text_of(r->arena, json);
		return 0;
	}
	if (json_is_string(hex) && json_object_size(json) == 1 &&
	    hex_to_bytes(r->arena, text_of(r->arena, hex), &v->text))
		return 0;
	return wrong_kind(r, at, "a string", json);
}

static int read_digest(struct reader *r, const json_t *json, struct request_value *v,
    const struct place *at)
{
	struct str text;

	if (!json_is_string(json))
		return wrong_kind(r, at, "a digest", json);
	text = text_of(r->arena, json);
	if (text.len > 7 && memcmp(text.ptr, "sha256:", 7) == 0)
		text = (struct str){ text.ptr + 7, text.len - 7 };
	if (text.len != 2 * BC_DIGEST_LEN || !hex_to_bytes(r->arena, text, &v->text))
		return place_error(r->arena, at, r->error,
		    "wants a digest of 64 lower-case hexadecimal digits, this is %.*s",
		    STR_ARG(request_quote(r->arena, text)));
	return 0;
}

static int read_enum(struct reader *r, const json_t *json, uint32_t enumeration,
    struct request_value *v, const struct place *at)
{
	struct str name = string_of(r->policy, bc_get32(r->policy->enums[enumeration]));
	uint32_t value;

	if (!json_is_string(json))
		return place_error(r->arena, at, r->error, "wants a name of %.*s, this is %s",
		    STR_ARG(name), kind_of(json));
	value = enum_value(r->policy, enumeration, text_of(r->arena, json));
	if (value == UINT32_MAX)
		return place_error(r->arena, at, r->error, "%.*s is no value of %.*s",
		    STR_ARG(request_quote(r->arena, text_of(r->arena, json))), STR_ARG(name));
	v->word = value;
	return 0;
}

static int read_scalar(struct reader *r, const json_t *json, uint32_t type,
    struct request_value *v, const struct place *at)
{
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		if (!json_is_boolean(json))
			return wrong_kind(r, at, "a bool", json);
		v->word = json_is_true(json);
		return 0;
	case BC_INTEGER:
		if (!json_is_integer(json))
			return wrong_kind(r, at, "an integer", json);
		if (json_integer_value(json) < 0)
			return place_error(r->arena, at, r->error, "is below 0");
		v->word = (uint64_t)json_integer_value(json);
		return 0;
	case BC_ENUMERATION:
		return read_enum(r, json, BC_INDEX(type), v, at);
	case BC_STRING:
		return read_string(r, json, v, at);
	case BC_DIGEST32:
		return read_digest(r, json, v, at);
	case BC_NOTHING:
	case BC_LANGUAGE:
	case BC_TABLEROW:
	case BC_RECORD:
		break;
	}
	abort();                        /* bc_open() admits no such field */
}

static int read_value(struct reader *r, const json_t *json, uint32_t type,
    struct request_value *v, const struct place *at);

/* "KEY=VALUE", split at the first '='. */
static int read_pair(struct reader *r, const json_t *json, struct request_value *v,
    const struct place *at)
{
	struct str text = text_of(r->arena, json);
	const char *equals = memchr(text.ptr, '=', text.len);

	if (equals == NULL)
		return place_error(r->arena, at, r->error, "%.*s has no '='",
		    STR_ARG(request_quote(r->arena, text)));
	v->items[0].text = (struct str){ text.ptr, (size_t)(equals - text.ptr) };
	v->items[1].text = (struct str){ equals + 1, text.len - v->items[0].text.len - 1 };
	return 0;
}

/* The first member of an object that is not among the n names given. */
static const char *unknown_member(const json_t *json, const struct str *names, uint32_t n)
{
	const char *key;
	const json_t *value;
	void *iter;
	uint32_t i;

	/* jansson's iteration wants a mutable object but does not change it. */
	union { const json_t *in; json_t *out; } object = { json };

	for (iter = json_object_iter(object.out); iter != NULL;
	    iter = json_object_iter_next(object.out, iter)) {
		key = json_object_iter_key(iter);
		value = json_object_iter_value(iter);
		for (i = 0; i < n && !str_is(names[i], key); i++)
			;
		if (i == n && value != NULL)
			return key;
	}
	return NULL;
}

static const json_t *member_of(struct reader *r, const json_t *json, struct str name,
    const struct place *at)
{
	const json_t *value = json_object_getn(json, name.ptr, name.len);

	if (value == NULL)
		place_error(r->arena, at, r->error, "missing");
	else if (json_is_null(value))
		place_error(r->arena, at, r->error, "null");
	else
		return value;
	return NULL;
}

static int read_record(struct reader *r, const json_t *json, uint32_t record,
    struct request_value *v, const struct place *at)
{
	uint32_t i, n = bc_record_len(r->policy, record);
	struct str names[BC_MEMBERS_MAX] = { { NULL, 0 } };
	const char *unknown;

	v->items = arena_array(r->arena, n, struct request_value);
	v->n_items = n;
	if (json_is_string(json) && record_value_member(r->policy, record) != 0)
		return read_pair(r, json, v, at);
	if (!json_is_object(json))
		return wrong_kind(r, at, "an object", json);
	for (i = 0; i < n; i++)
		names[i] = member_name(r->policy, record, i);
	unknown = unknown_member(json, names, n);
	if (unknown != NULL) {
		struct place member = { at, { unknown, strlen(unknown) }, 0 };

		return place_error(r->arena, &member, r->error, "unknown");
	}
	for (i = 0; i < n; i++) {
		struct place member = { at, names[i], 0 };
		const json_t *value = member_of(r, json, names[i], &member);

		if (value == NULL || read_value(r, value, bc_member_type(r->policy, record, i),
		    &v->items[i], &member) != 0)
			return -1;
	}
	return 0;
}

static int read_value(struct reader *r, const json_t *json, uint32_t type,
    struct request_value *v, const struct place *at)
{
	size_t i, n;

	if (BC_SHAPE(type) == BC_ONE)
		return BC_BASE(type) == BC_RECORD ?
		    read_record(r, json, BC_INDEX(type), v, at) : read_scalar(r, json, type, v, at);
	if (!json_is_array(json))
		return wrong_kind(r, at, "an array", json);
	n = json_array_size(json);
	if (n > BC_ELEMENTS_MAX)
		return place_error(r->arena, at, r->error, "more than %u elements",
		    BC_ELEMENTS_MAX);
	v->items = arena_array(r->arena, n, struct request_value);
	v->n_items = (uint32_t)n;
	for (i = 0; i < n; i++) {
		struct place element = { at, { NULL, 0 }, (uint32_t)i };

		if (read_value(r, json_array_get(json, i), bc_element(type), &v->items[i],
		    &element) != 0)
			return -1;
	}
	return 0;
}

/* Which event a request is of; UINT32_MAX and an error if there is none. */
static uint32_t read_event(struct reader *r, const json_t *json)
{
	struct place at = { NULL, STR("event"), 0 };
	const json_t *event = member_of(r, json, STR("event"), &at);
	uint32_t i, n = r->policy->n_events;

	if (event == NULL)
		return UINT32_MAX;
	if (json_is_integer(event)) {
		if (json_integer_value(event) >= 0 && json_integer_value(event) < (json_int_t)n)
			return (uint32_t)json_integer_value(event);
		place_error(r->arena, &at, r->error, "the policy has %u events", (unsigned)n);
	} else if (json_is_string(event)) {
		for (i = 0; i < n; i++)
			if (str_equal(event_name(r->policy, i), text_of(r->arena, event)))
				return i;
		place_error(r->arena, &at, r->error, "the policy has no event %.*s",
		    STR_ARG(request_quote(r->arena, text_of(r->arena, event))));
	} else {
		wrong_kind(r, &at, "a name", event);
	}
	return UINT32_MAX;
}

static int read_fields(struct reader *r, const json_t *json, bool apart, struct request *request)
{
	uint32_t i, n = r->policy->events[request->event].n_fields;
	struct str names[BC_FIELDS_MAX + 2] = { { NULL, 0 } };
	const char *unknown;

	for (i = 0; i < n; i++)
		names[i] = field_name(r->policy, request->event, i);
	names[n] = STR("event");
	names[n + 1] = STR("expect");
	unknown = unknown_member(json, names, apart ? n : n + 2);
	if (unknown != NULL) {
		struct place at = { NULL, { unknown, strlen(unknown) }, 0 };

		return place_error(r->arena, &at, r->error, "unknown");
	}
	for (i = 0; i < n; i++) {
		struct place at = { NULL, names[i], 0 };
		const json_t *value = member_of(r, json, names[i], &at);

		if (value == NULL || read_value(r, value,
		    bc_field_type(&r->policy->events[request->event], i),
		    &request->fields[i], &at) != 0)
			return -1;
	}
	return 0;
}

int request_of_json(struct arena *a, const struct bc_policy *p, const json_t *json,
    struct request *request, struct str *error)
{
	struct reader r = { a, p, error };
	const json_t *fields;

	if (!json_is_object(json))
		return wrong_kind(&r, NULL, "an object", json);
	request->event = read_event(&r, json);
	if (request->event == UINT32_MAX)
		return -1;
	request->fields = arena_array(a, p->events[request->event].n_fields, struct request_value);
	fields = json_object_get(json, "fields");
	if (json_is_object(fields))
		return read_fields(&r, fields, true, request);
	return read_fields(&r, json, false, request);
}

/* ---- and back ---- */

static json_t *hex_json(struct str bytes, const char *prefix)
{
	static const char digits[] = "0123456789abcdef";
	size_t i, at = strlen(prefix), len = at + 2 * bytes.len;
	char *text = malloc(len + 1);
	json_t *json;

	if (text == NULL)
		return NULL;
	memcpy(text, prefix, at);
	for (i = 0; i < bytes.len; i++) {
		text[at++] = digits[(uint8_t)bytes.ptr[i] >> 4];
		text[at++] = digits[(uint8_t)bytes.ptr[i] & 15];
	}
	json = json_stringn(text, len);
	free(text);
	return json;
}

json_t *request_string_to_json(struct str text)
{
	json_t *json = json_stringn(text.len == 0 ? "" : text.ptr, text.len);

	if (json == NULL) {             /* not UTF-8 */
		json = json_object();
		json_object_set_new(json, "hex", hex_json(text, ""));
	}
	return json;
}

static json_t *value_json(const struct bc_policy *p, uint32_t type, const struct request_value *v)
{
	uint32_t i, inner = bc_element(type);
	json_t *json;
	struct str name;

	if (BC_SHAPE(type) != BC_ONE) {
		json = json_array();
		for (i = 0; i < v->n_items; i++)
			json_array_append_new(json, value_json(p, inner, &v->items[i]));
		return json;
	}
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		return json_boolean(v->word != 0);
	case BC_INTEGER:
		return json_integer((json_int_t)v->word);
	case BC_ENUMERATION:
		return request_string_to_json(enum_name(p, BC_INDEX(type), v->word));
	case BC_STRING:
		return request_string_to_json(v->text);
	case BC_DIGEST32:
		return hex_json(v->text, "sha256:");
	case BC_RECORD:
		json = json_object();
		for (i = 0; i < v->n_items; i++) {
			name = member_name(p, BC_INDEX(type), i);
			json_object_setn_new(json, name.ptr, name.len,
			    value_json(p, bc_member_type(p, BC_INDEX(type), i), &v->items[i]));
		}
		return json;
	case BC_NOTHING:
	case BC_LANGUAGE:
	case BC_TABLEROW:
		break;
	}
	abort();                        /* bc_open() admits no such field */
}

json_t *request_to_json(const struct bc_policy *p, const struct request *request)
{
	const struct bc_event *event = &p->events[request->event];
	json_t *json = json_object(), *fields = json_object();
	bool apart = false;
	struct str name;
	uint32_t i;

	json_object_set_new(json, "event",
	    request_string_to_json(event_name(p, request->event)));
	for (i = 0; i < event->n_fields; i++) {
		name = field_name(p, request->event, i);
		apart = apart || str_is(name, "event") || str_is(name, "expect") ||
		    str_is(name, "fields");
		json_object_setn_new(fields, name.ptr, name.len,
		    value_json(p, bc_field_type(event, i), &request->fields[i]));
	}
	if (apart) {
		json_object_set_new(json, "fields", fields);
	} else {
		json_object_update(json, fields);
		json_decref(fields);
	}
	return json;
}

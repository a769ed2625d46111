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

static int read_expect(struct arena *a, const json_t *json, struct request_item *item)
{
	const json_t *expect = json_object_get(json, "expect");

	if (json_is_string(expect) && strcmp(json_string_value(expect), "allow") == 0)
		item->expect = REQUEST_ALLOW;
	else if (json_is_string(expect) && strcmp(json_string_value(expect), "deny") == 0)
		item->expect = REQUEST_DENY;
	else if (expect != NULL)
		return place_error(a, NULL, &item->error, "expect: wants \"allow\" or \"deny\"");
	return 0;
}

static void read_item(struct arena *a, const struct bc_policy *p, const json_t *json,
    enum request_form form, struct request_item *item)
{
	json_t *own = NULL;

	item->name = name_of(a, json);
	if (read_expect(a, json, item) != 0)
		return;
	if (form == REQUEST_HCSSHIM) {
		own = request_of_hcsshim(a, json, &item->error);
		if (own == NULL)
			return;
	}
	if (request_of_json(a, p, own == NULL ? json : own, &item->request, &item->error) == 0) {
		item->name = event_name(p, item->request.event);
		if (request_encode(a, p, &item->request, &item->bytes, &item->error) != 0)
			item->bytes = (struct str){ NULL, 0 };
	}
	json_decref(own);
}

int request_read(struct arena *a, const struct bc_policy *p, struct str text,
    enum request_form form, struct request_item **items, uint32_t *n_items, struct str *error)
{
	json_error_t at;
	json_t *json = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &at);
	const json_t *list = json;
	size_t i, n;

	if (json == NULL) {
		*error = arena_printf(a, "%d:%d: %s", at.line, at.column, at.text);
		return -1;
	}
	if (json_is_object(json) && json_is_array(json_object_get(json, "requests")))
		list = json_object_get(json, "requests");
	n = json_is_array(list) ? json_array_size(list) : 1;
	if ((!json_is_array(list) && !json_is_object(list)) || n > UINT32_MAX) {
		*error = STR("not an array of requests");
		json_decref(json);
		return -1;
	}
	*items = arena_array(a, n, struct request_item);
	*n_items = (uint32_t)n;
	for (i = 0; i < n; i++)
		read_item(a, p, json_is_array(list) ? json_array_get(list, i) : list, form,
		    &(*items)[i]);
	json_decref(json);
	return 0;
}

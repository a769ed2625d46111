/* SPDX-License-Identifier: Apache-2.0
 *
 * text.c - requests as one line for people.
 */
#include <stdlib.h>

#include "../base/bytes.h"
#include "request.h"
#include "types.h"

static void print_quoted(struct bytes *b, struct str text)
{
	size_t i;

	bytes_put(b, "\"", 1);
	for (i = 0; i < text.len; i++) {
		uint8_t c = (uint8_t)text.ptr[i];

		if (c == '"' || c == '\\')
			bytes_printf(b, "\\%c", c);
		else if (c == '\n')
			bytes_put(b, "\\n", 2);
		else if (c < 0x20 || c >= 0x7f)
			bytes_printf(b, "\\x%02x", c);
		else
			bytes_put(b, &c, 1);
	}
	bytes_put(b, "\"", 1);
}

struct str request_quote(struct arena *a, struct str text)
{
	struct bytes b = { .arena = a };

	print_quoted(&b, text);
	return bytes_str(&b);
}

static bool is_zero(uint32_t type, const struct request_value *v)
{
	size_t i;

	if (BC_SHAPE(type) != BC_ONE)
		return v->n_items == 0;
	if (BC_BASE(type) == BC_ENUMERATION)    /* none of its values means nothing */
		return false;
	if (BC_BASE(type) != BC_DIGEST32)
		return v->word == 0 && v->text.len == 0;
	for (i = 0; i < v->text.len; i++)
		if (v->text.ptr[i] != 0)
			return false;
	return true;
}

static void print_value(struct bytes *b, const struct bc_policy *p, uint32_t type,
    const struct request_value *v)
{
	bool set = BC_SHAPE(type) == BC_SET;
	uint32_t i;

	if (BC_SHAPE(type) != BC_ONE) {
		bytes_printf(b, set ? "{" : "[");
		for (i = 0; i < v->n_items; i++) {
			bytes_printf(b, i == 0 ? "" : ", ");
			print_value(b, p, bc_element(type), &v->items[i]);
		}
		bytes_printf(b, set ? "}" : "]");
		return;
	}
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		bytes_printf(b, v->word != 0 ? "true" : "false");
		return;
	case BC_INTEGER:
		bytes_printf(b, "%llu", (unsigned long long)v->word);
		return;
	case BC_ENUMERATION:
		bytes_printf(b, "%.*s", STR_ARG(enum_name(p, BC_INDEX(type), v->word)));
		return;
	case BC_STRING:
		print_quoted(b, v->text);
		return;
	case BC_DIGEST32:
		bytes_printf(b, "sha256:");
		for (i = 0; i < v->text.len; i++)
			bytes_printf(b, "%02x", (uint8_t)v->text.ptr[i]);
		return;
	case BC_RECORD:
		bytes_printf(b, "{");
		for (i = 0; i < v->n_items; i++) {
			bytes_printf(b, "%s%.*s=", i == 0 ? "" : " ",
			    STR_ARG(member_name(p, BC_INDEX(type), i)));
			print_value(b, p, bc_member_type(p, BC_INDEX(type), i), &v->items[i]);
		}
		bytes_printf(b, "}");
		return;
	case BC_NOTHING:
	case BC_LANGUAGE:
	case BC_TABLEROW:
		break;
	}
	abort();                        /* bc_open() admits no such field */
}

struct str request_value_to_text(struct arena *a, const struct bc_policy *p, uint32_t type,
    const struct request_value *v)
{
	struct bytes b = { .arena = a };

	print_value(&b, p, type, v);
	return bytes_str(&b);
}

struct str request_field_to_text(struct arena *a, const struct bc_policy *p,
    const struct request *request, uint32_t field)
{
	uint32_t type = bc_field_type(&p->events[request->event], field);

	if (is_zero(type, &request->fields[field]))
		return (struct str){ NULL, 0 };
	return request_value_to_text(a, p, type, &request->fields[field]);
}

struct str request_to_text(struct arena *a, const struct bc_policy *p,
    const struct request *request)
{
	const struct bc_event *event = &p->events[request->event];
	struct bytes b = { .arena = a };
	uint32_t i;

	bytes_printf(&b, "%.*s", STR_ARG(event_name(p, request->event)));
	for (i = 0; i < event->n_fields; i++) {
		struct str text = request_field_to_text(a, p, request, i);

		if (text.len != 0)
			bytes_printf(&b, " %.*s=%.*s", STR_ARG(field_name(p, request->event, i)),
			    STR_ARG(text));
	}
	return bytes_str(&b);
}

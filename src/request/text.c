/* SPDX-License-Identifier: Apache-2.0
 *
 * text.c - requests as one line for people.
 */
#include <stdlib.h>

#include "buffer.h"
#include "request.h"
#include "types.h"

static void print_quoted(struct buffer *b, struct str text)
{
	size_t i;

	buffer_add(b, "\"", 1);
	for (i = 0; i < text.len; i++) {
		uint8_t c = (uint8_t)text.ptr[i];

		if (c == '"' || c == '\\')
			buffer_print(b, "\\%c", c);
		else if (c == '\n')
			buffer_add(b, "\\n", 2);
		else if (c < 0x20 || c >= 0x7f)
			buffer_print(b, "\\x%02x", c);
		else
			buffer_add(b, &c, 1);
	}
	buffer_add(b, "\"", 1);
}

struct str request_quote(struct arena *a, struct str text)
{
	struct buffer b = { .arena = a };

	print_quoted(&b, text);
	return buffer_str(&b);
}

static bool is_zero(uint32_t type, const struct request_value *v)
{
	size_t i;

	if (BC_SHAPE(type) != BC_ONE)
		return v->n_items == 0;
	if (BC_BASE(type) != BC_DIGEST32)
		return v->word == 0 && v->text.len == 0;
	for (i = 0; i < v->text.len; i++)
		if (v->text.ptr[i] != 0)
			return false;
	return true;
}

static void print_value(struct buffer *b, const struct bc_policy *p, uint32_t type,
    const struct request_value *v)
{
	bool set = BC_SHAPE(type) == BC_SET;
	uint32_t i;

	if (BC_SHAPE(type) != BC_ONE) {
		buffer_print(b, set ? "{" : "[");
		for (i = 0; i < v->n_items; i++) {
			buffer_print(b, i == 0 ? "" : ", ");
			print_value(b, p, element_type(type), &v->items[i]);
		}
		buffer_print(b, set ? "}" : "]");
		return;
	}
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		buffer_print(b, v->word != 0 ? "true" : "false");
		return;
	case BC_INTEGER:
		buffer_print(b, "%llu", (unsigned long long)v->word);
		return;
	case BC_ENUMERATION:
		buffer_print(b, "%.*s", STR_ARG(enum_name(p, BC_INDEX(type), v->word)));
		return;
	case BC_STRING:
		print_quoted(b, v->text);
		return;
	case BC_DIGEST32:
		buffer_print(b, "sha256:");
		for (i = 0; i < v->text.len; i++)
			buffer_print(b, "%02x", (uint8_t)v->text.ptr[i]);
		return;
	case BC_RECORD:
		buffer_print(b, "{");
		for (i = 0; i < v->n_items; i++) {
			buffer_print(b, "%s%.*s=", i == 0 ? "" : " ",
			    STR_ARG(member_name(p, BC_INDEX(type), i)));
			print_value(b, p, bc_member_type(p, BC_INDEX(type), i), &v->items[i]);
		}
		buffer_print(b, "}");
		return;
	case BC_NOTHING:
	case BC_LANGUAGE:
	case BC_TABLEROW:
		break;
	}
	abort();                        /* bc_open() admits no such field */
}

struct str request_to_text(struct arena *a, const struct bc_policy *p,
    const struct request *request)
{
	const struct bc_event *event = &p->events[request->event];
	struct buffer b = { .arena = a };
	uint32_t i;

	buffer_print(&b, "%.*s", STR_ARG(event_name(p, request->event)));
	for (i = 0; i < event->n_fields; i++) {
		uint32_t type = bc_field_type(event, i);

		if (is_zero(type, &request->fields[i]))
			continue;
		buffer_print(&b, " %.*s=", STR_ARG(field_name(p, request->event, i)));
		print_value(&b, p, type, &request->fields[i]);
	}
	return buffer_str(&b);
}

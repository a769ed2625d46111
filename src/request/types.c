/* SPDX-License-Identifier: Apache-2.0
 *
 * types.c - see types.h.
 */
#include "types.h"

#include <stdarg.h>
#include <stdio.h>

#include "../base/bytes.h"

static void print_place(struct bytes *b, const struct place *at)
{
	if (at == NULL)
		return;
	print_place(b, at->up);
	if (at->name.ptr == NULL)
		bytes_printf(b, "[%u]", (unsigned)at->index);
	else
		bytes_printf(b, "%s%.*s", at->up == NULL ? "" : ".", STR_ARG(at->name));
}

int place_error(struct arena *a, const struct place *at, struct str *error,
    const char *format, ...)
{
	struct bytes b = { .arena = a };
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	print_place(&b, at);
	bytes_printf(&b, "%s%s", at == NULL ? "" : ": ", text);
	*error = bytes_str(&b);
	return -1;
}

struct str string_of(const struct bc_policy *p, uint32_t i)
{
	struct bc_bytes bytes = bc_string(p, i);

	return (struct str){ (const char *)bytes.ptr, bytes.len };
}

struct str event_name(const struct bc_policy *p, uint32_t event)
{
	return string_of(p, p->events[event].name);
}

struct str field_name(const struct bc_policy *p, uint32_t event, uint32_t field)
{
	return string_of(p, bc_get32(p->events[event].fields + 12 * (size_t)field));
}

struct str member_name(const struct bc_policy *p, uint32_t record, uint32_t member)
{
	return string_of(p, bc_get32(p->records[record] + 12 + 8 * (size_t)member));
}

struct str enum_name(const struct bc_policy *p, uint32_t enumeration, uint64_t value)
{
	const uint8_t *e = p->enums[enumeration];

	if (value >= bc_get32(e + 4))
		return STR("?");
	return string_of(p, bc_get32(e + 8 + 4 * (size_t)value));
}

uint32_t enum_value(const struct bc_policy *p, uint32_t enumeration, struct str name)
{
	uint32_t i, n = bc_get32(p->enums[enumeration] + 4);

	for (i = 0; i < n; i++)
		if (str_equal(enum_name(p, enumeration, i), name))
			return i;
	return UINT32_MAX;
}

bool record_is_keyed(const struct bc_policy *p, uint32_t record)
{
	return bc_get32(p->records[record] + 4) != 0;
}

uint32_t record_value_member(const struct bc_policy *p, uint32_t record)
{
	if (!record_is_keyed(p, record) || bc_record_len(p, record) != 2)
		return 0;
	return bc_member_type(p, record, 1) == BC_TYPE(BC_ONE, BC_STRING, 0) ? 1 : 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * types.h - the types of a request's parts, and where an error is in it.
 * Private to src/request.
 */
#ifndef COCOAPOL_REQUEST_TYPES_H
#define COCOAPOL_REQUEST_TYPES_H

#include "../base/arena.h"
#include "../bytecode/decode.h"

/* A path such as env[3].name, from the inside out. */
struct place {
	const struct place *up;
	struct str name;                /* or, if its ptr is NULL, an index */
	uint32_t index;
};

/* Always -1, with "PATH: WHAT" in *error. */
int place_error(struct arena *a, const struct place *at, struct str *error,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

struct str string_of(const struct bc_policy *p, uint32_t i);
struct str event_name(const struct bc_policy *p, uint32_t event);
struct str field_name(const struct bc_policy *p, uint32_t event, uint32_t field);
struct str member_name(const struct bc_policy *p, uint32_t record, uint32_t member);
/* The name of an enumeration's value; and back, UINT32_MAX if there is none. */
struct str enum_name(const struct bc_policy *p, uint32_t enumeration, uint64_t value);
uint32_t enum_value(const struct bc_policy *p, uint32_t enumeration, struct str name);
bool record_is_keyed(const struct bc_policy *p, uint32_t record);
/* The member that "KEY=VALUE" gives beside the key; 0 if the record is not of that form. */
uint32_t record_value_member(const struct bc_policy *p, uint32_t record);

/* Cells of one element: a record has one for each member. */
static inline uint32_t element_cells(const struct bc_policy *p, uint32_t type)
{
	return BC_BASE(type) == BC_RECORD ? bc_record_len(p, BC_INDEX(type)) : 1;
}

#endif

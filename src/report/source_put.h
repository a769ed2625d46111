/* SPDX-License-Identifier: Apache-2.0
 *
 * source_put.h - between source.c, the structure of an expression, and
 * source_word.c, its names and constants.
 */
#ifndef COCOAPOL_SOURCE_PUT_H
#define COCOAPOL_SOURCE_PUT_H

#include "../base/bytes.h"
#include "../lift/tree.h"

struct printer {
	struct arena *arena;
	const struct bc_policy *policy;
	const struct bc_event *event;
	struct bytes out;
	struct str names[BC_SLOTS_MAX + 2];     /* of the variables in scope, by slot */
};

void put_str(struct printer *p, struct str s);
void put_text(struct printer *p, const char *text);
/* A name of the policy, by its place in the pool of strings. */
void put_name(struct printer *p, uint32_t i);
void put_table(struct printer *p, uint64_t table);
void put_var(struct printer *p, uint64_t var);
/* TRUE FALSE INT ENUM STR DIGEST PATTERN ROW NOROWS SWITCH */
bool is_constant(const struct tree_expr *e);
void put_constant(struct printer *p, const struct tree_expr *e);

/* For an element of the range: a letter, and a number if something has that
 * name already. */
struct str fresh_element(struct printer *p, const struct tree_expr *range);
struct str fresh_name(struct printer *p, char letter);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * canon.h - a policy's one order: which number each of its things has.
 *
 * Numbers are written into the IR's `number` members.  What the IR names by
 * its place of declaration (values of an enumeration, columns, members) has an
 * order of its own here; at[] leads from numbers to places, rank[] back.
 */
#ifndef COCOAPOL_CANON_H
#define COCOAPOL_CANON_H

#include "../base/arena.h"
#include "../base/bytes.h"
#include "ir.h"

struct order {
	uint32_t n, *at, *rank;
};

/* Entries are unique and ascend once sorted.  Integers in them (of patterns
 * and lists) are big-endian, so their order is that of the numbers. */
struct pool_entry {
	const uint8_t *ptr;
	size_t len;
	bool is_used;
};
struct pool {
	struct pool_entry *items;
	uint32_t n, cap;
};

/* The content of a cell: a word, or the big-endian words of a list. */
struct cell {
	uint32_t word;
	const uint8_t *list;            /* NULL: a word */
	size_t list_len;                /* bytes */
};
struct canon_table {
	struct order columns;
	struct cell **rows;             /* merged, ascending; cells by column number */
	uint32_t n_rows;
};
struct canon_event { struct order fields, outs; };

struct canon {
	struct arena *a;
	struct diag *d;
	const struct ir_policy *ir;
	struct ir_enum **enums;         /* each array by number */
	struct ir_record **records;
	struct ir_switch **switches;
	struct ir_table **tables;
	struct ir_var **vars;
	struct ir_event **events;
	struct ir_claim **claims;
	struct order *enum_values, *record_members;
	struct canon_table *table_facts;
	struct canon_event *event_facts;
	struct pool strings, patterns, lists;
};

/* Everything ordered and numbered, the pools filled with all that the policy
 * mentions.  NULL: it exceeds a limit of the format, and complaints were made. */
struct canon *canon_of(struct arena *a, const struct ir_policy *ir, struct diag *d);

/* Number the rows with the pools as they are, and fill the pool of lists. */
void canon_rows(struct canon *c);

/* The number of a string or pattern.  What canon_drop_unused() took out has
 * the number UINT32_MAX: it is asked for by expressions that are made only to
 * be folded away again, and can't be used. */
uint32_t canon_string(const struct canon *c, struct str text);
uint32_t canon_pattern(const struct canon *c, const struct ir_pattern *pattern);
/* A pattern as it is in the pool. */
void canon_pattern_entry(const struct canon *c, struct bytes *b, const struct ir_pattern *p);
uint32_t canon_list(const struct canon *c, const struct cell *cell);
/* The word of a scalar that is not an int. */
uint32_t canon_word(const struct canon *c, const struct ir_value *value);
uint32_t canon_type(const struct ir_type *type);

void canon_use_string(struct canon *c, uint32_t number);
void canon_use_pattern(struct canon *c, uint32_t number);
/* Take out of the pools what was not used since they were filled; true if
 * there was something, so that numbers have changed. */
bool canon_drop_unused(struct canon *c);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * open.h - what the files of bc_open() share; nobody else includes it but the
 * checker of certificates, whose lemmas are judged like claims.
 *
 * What is taken is 0 or NULL after the first error, which stays: a step may
 * take a run of numbers and look at `error` once, before it relies on them.
 */
#ifndef COCOAPOL_OPEN_H
#define COCOAPOL_OPEN_H

#include "decode.h"

/* What indices refer to, and the last: what a column refers to. */
enum pool { IN_STRINGS, IN_PATTERNS, IN_LISTS, IN_COLUMN };

struct opener {
	struct bc_policy *p;            /* filled so far; what is in it is valid */
	uint32_t at, end;               /* what is left of the section */
	uint32_t where;                 /* byte offset of what `error` is about */
	enum bc_error error;
};

/* Always false. */
bool bc_fail(struct opener *o, enum bc_error error, uint32_t where);
/* Of the u32 that was taken last. */
bool bc_refuse(struct opener *o, enum bc_error error);
/* `n` times `unit` bytes, or NULL. */
const uint8_t *bc_take(struct opener *o, uint32_t n, uint32_t unit);
uint32_t bc_take32(struct opener *o);
uint64_t bc_take64(struct opener *o);
/* A count of at most `most`, or 0. */
uint32_t bc_take_count(struct opener *o, uint32_t most, enum bc_error error);
/* A string of the pool, which it marks: the name of something, the i-th of a run of
 * which `previous` is the one before. */
uint32_t bc_take_next_name(struct opener *o, uint32_t i, uint32_t previous);

/* The pools; what is wrong is in `error`. */
void bc_open_pool(struct opener *o, enum pool which);
void bc_open_patterns(struct opener *o);
/* All of what has names, one after the other: in the order of the counts in struct
 * bc_policy, and of the sections. */
enum named { ENUMS, RECORDS, SWITCHES, TABLES, VARS, EVENTS, CLAIMS };
void bc_open_named(struct opener *o, enum named which);
void bc_open_rules(struct opener *o);
void bc_open_claim(struct opener *o, struct bc_claim *c);

/* Whether a number is a value, or an element, of a type.  Marks the entry that it is. */
bool bc_value_fits(struct opener *o, uint32_t type, uint64_t value);
/* An entry of a pool is referred to; whether that is new. */
bool bc_mark(struct opener *o, enum pool pool, uint32_t i);
/* All entries are. */
void bc_judge_use(struct opener *o);
/* The code of an event, or of a claim if `claim` is not NULL. */
bool bc_judge_code(struct opener *o, const struct bc_code *code, const struct bc_event *event,
    const struct bc_claim *claim);

#endif

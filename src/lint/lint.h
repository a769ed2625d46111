/* SPDX-License-Identifier: Apache-2.0
 *
 * lint.h - what a careful reviewer would point at in a policy, from its bytes.
 *
 * What is about languages is decided by automata; what can never happen is
 * decided by the flow (lint_flow.h), which covers every reachable state; that
 * something can happen is only said with requests that the interpreter allows.
 * A finding that is less than that says "may".
 *
 * Tables and columns of the framework are looked up by name: a policy of
 * another framework gets the findings that need no names.
 */
#ifndef COCOAPOL_LINT_H
#define COCOAPOL_LINT_H

#include "../bytecode/decode.h"
#include "../search/lang.h"
#include "../report/tool.h"

enum lint_severity { LINT_NOTE, LINT_WARNING };
enum lint_name {
#define LINT(name, spelling, severity, meaning) LINT_##name,
#include "lint.def"
#undef LINT
	LINT_COUNT
};

struct lint_finding {
	enum lint_name name;
	const struct srcmap_entry *place;       /* NULL: none is known */
	struct str subject;                     /* "container web", or empty */
	struct str text, witness;               /* witness: what shows it, or empty */
};

/* Questions about languages, each answered once. */
struct lint_answer {
	const struct lang *left, *right;
	uint32_t question;
	bool yes;
	struct lang *lang;
};
struct lint_langs {
	struct lang_pool pool;
	struct lint_answer *answers;            /* a hash table */
	uint32_t n_answers, n_slots;
};

/* A row that other rows and findings are about. */
struct lint_row { uint32_t table, row; };

/* Where a column was found: names are asked for again and again. */
struct lint_memo {
	const char *name;
	uint32_t table, column;
};
enum { LINT_MEMOS = 256 };

struct flow;
struct lint {
	struct tool *tool;
	struct arena *arena;
	const struct bc_policy *p;
	struct lint_langs langs;
	struct flow *flow;
	const struct srcmap_entry **row_places[BC_TABLES_MAX];
	struct lint_memo *memos;                /* LINT_MEMOS */
	struct lint_finding *findings;
	uint32_t n_findings, cap_findings;
	uint32_t containers;                    /* their table, or LINT_NONE */
	bool *blocked;                          /* containers that it was said of why they can't start, */
	bool *disputed;                         /* and those whose requests may all be denied */
};

/* ---- findings (lint.c) ---- */

void lint_add(struct lint *l, enum lint_name name, const struct srcmap_entry *place,
    struct str subject, struct str text, struct str witness);
/* About `part`, a row that `owner` refers to: its own place if that is within
 * the owner's declaration, else the owner's. */
void lint_add_part(struct lint *l, enum lint_name name, struct lint_row owner,
    struct lint_row part, struct str text, struct str witness);
void lint_add_row(struct lint *l, enum lint_name name, struct lint_row row, struct str text,
    struct str witness);
/* Whether one row stands before the other in the source; without places, in the
 * bytes. */
bool lint_comes_before(const struct lint *l, struct lint_row one, struct lint_row other);

/* ---- names (lint_table.c) ---- */

#define LINT_NONE UINT32_MAX
/* LINT_NONE if there is none of that name. */
uint32_t lint_table(const struct lint *l, const char *name);
uint32_t lint_column(const struct lint *l, uint32_t table, const char *name);
uint32_t lint_event(const struct lint *l, const char *name);
/* Of a row, by the column's name; a column that is not there, or is not of the
 * asked shape, has the zero of its type. */
uint32_t lint_cell(const struct lint *l, struct lint_row row, const char *column);
struct str lint_text(const struct lint *l, struct lint_row row, const char *column);
struct lang *lint_pattern(struct lint *l, struct lint_row row, const char *column);
bool lint_true(const struct lint *l, struct lint_row row, const char *column);
/* Of strings or ints; empty if the column is not a list or set of that base. */
struct bc_bytes lint_list(const struct lint *l, struct lint_row row, const char *column,
    enum bc_base base);
uint32_t lint_item(struct bc_bytes list, uint32_t i);
/* Of rows. */
struct lint_rows { uint32_t table; struct bc_bytes cells; };
struct lint_rows lint_rows(const struct lint *l, struct lint_row row, const char *column);
struct lint_row lint_rows_at(struct lint_rows rows, uint32_t i);
/* Table LINT_NONE if the column is not a row. */
struct lint_row lint_row_of(const struct lint *l, struct lint_row row, const char *column);
/* The value of an enumeration's cell, by name. */
struct str lint_enumerator(const struct lint *l, struct lint_row row, const char *column);
/* A switch's value; false, and NULL, if there is none of that name and type. */
bool lint_switch(const struct lint *l, const char *name);
struct lang *lint_switch_pattern(struct lint *l, const char *name);
const struct srcmap_entry *lint_row_place(const struct lint *l, struct lint_row row);
/* "container web" or "layer 3"; a list of strings as it is written. */
struct str lint_row_name(const struct lint *l, struct lint_row row);
struct str lint_words(const struct lint *l, struct bc_bytes list);
struct str lint_string(const struct lint *l, uint32_t string);
struct str lint_quote(const struct lint *l, struct str text);
/* "NAME=VALUE", quoted. */
struct str lint_variable(const struct lint *l, struct str name, struct str value);

/* ---- languages (lint_lang.c) ---- */

void lint_langs_open(struct lint_langs *langs, const struct bc_policy *p);
void lint_langs_close(struct lint_langs *langs);
/* NULL is every string.  A language too large to be built has an unknown
 * automaton: it meets everything and is within nothing but itself. */
struct lang *lint_lang(struct lint_langs *langs, uint32_t pattern);
struct lang *lint_lang_of(struct lint_langs *langs, const char *regex);
struct lang *lint_literal(struct lint_langs *langs, struct str text);
struct lang *lint_and(struct lint_langs *langs, struct lang *left, struct lang *right);
struct lang *lint_not(struct lint_langs *langs, struct lang *of);
struct lang *lint_concat(struct lint_langs *langs, struct lang *left, struct lang *right);
/* What follows a word of `prefix` in a word of `of`. */
struct lang *lint_quotient(struct lint_langs *langs, struct lang *of, struct lang *prefix);
bool lint_meets(struct lint_langs *langs, struct lang *left, struct lang *right);
bool lint_within(struct lint_langs *langs, struct lang *inner, struct lang *outer);
bool lint_no_word(const struct lang *lang);
/* Whether it is one string. */
bool lint_single(struct lint_langs *langs, const struct lang *lang, struct str *text);
/* A shortest word; empty if there is none. */
struct str lint_word(struct lint_langs *langs, struct lang *lang);

/* ---- subjects: each adds its findings ---- */

void lint_events(struct lint *l);       /* lint_event.c: rules */
void lint_starts(struct lint *l);       /* lint_start.c: containers that start */
void lint_containers(struct lint *l);   /* lint_container.c: one container */
void lint_privileges(struct lint *l);   /* lint_privilege.c: users, capabilities, switches */
void lint_env(struct lint *l);          /* lint_env.c */
void lint_mounts(struct lint *l);       /* lint_mount.c */
void lint_pairs(struct lint *l);        /* lint_pair.c: two declarations */

#endif

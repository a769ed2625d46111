/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_flow.h - what can be in the state of a group, in any state that can be
 * reached: a fixed point over all rules, from the empty state.  It covers more
 * than what is reachable, never less, so what it excludes is impossible.
 *
 * Sets of rows are kept row by row, because what a declaration can't do is what
 * its author wants to know.  Strings are kept as the language of what a rule has
 * required of them by then.  All else is one value, or anything.
 */
#ifndef COCOAPOL_LINT_FLOW_H
#define COCOAPOL_LINT_FLOW_H

#include "../search/lang.h"
#include "lint.h"
#include "../lift/tree.h"

enum fold_truth { FOLD_MAYBE = 0, FOLD_FALSE, FOLD_TRUE };

/* What an expression may be worth. */
struct fold {
	uint32_t type;
	bool known;                     /* a scalar that is just `word` or `text` */
	uint64_t word;
	struct str text;
	struct lang *lang;              /* a string that is a word of this; NULL: any */
	bool empty, full;               /* a list or set that surely is, or surely is not, empty */
	bool listed;                    /* it has just these elements: */
	struct bc_bytes cells;
	const uint64_t *rows;           /* a bit for each row it may be, or hold; NULL: not of rows */
	bool all;                       /* and it holds them all */
	bool none;                      /* a list of rows that may hold "no row" too */
	uint32_t field, slot;           /* what it is of, or the loop's slot; plus 1, 0: none */
};

/* What is known, by what was required, of a field, a member of a field's
 * elements, or a member of a loop's element. */
enum flow_about { FLOW_FIELD, FLOW_MEMBER, FLOW_SLOT };
struct flow_fact {
	enum flow_about about;
	uint32_t of, member;
	struct lang *lang;
	bool known;
	uint64_t word;
};
enum { FLOW_FACTS = 64 };

struct flow_var {
	bool any_key;                   /* of a map: it may hold one */
	struct fold value;
	uint64_t *keys;                 /* of a map keyed by rows: which */
	uint64_t *rows;                 /* of values that are rows or sets of them */
};

/* What came of a rule at the fixed point. */
struct flow_event {
	bool denied;                    /* by statement `at`, always */
	uint32_t at;
	struct fold *values;            /* by statement: of a LET, of a PUT that is reached */
};

struct flow {
	struct lint *lint;
	const struct tree_policy *tree;
	const struct bc_policy *p;
	struct arena *arena;
	struct flow_var vars[BC_VARS_MAX];
	struct flow_event *events;
	uint64_t *every[BC_TABLES_MAX]; /* all rows of a table */
	bool blind;                     /* of the state and of what was required: anything goes */
	bool changed;
	/* of one rule */
	uint32_t event;
	struct fold slots[BC_SLOTS_MAX + 2];
	struct flow_fact facts[FLOW_FACTS];
	uint32_t n_facts;
	uint32_t n_loops;               /* that the expression is in */
	uint32_t skipped;               /* a statement that nothing is assumed from */
	uint32_t lasting;               /* a slot, plus 1, of which facts are facts of all elements */
};

/* In the lint's arena.  The fixed point, and every rule as it is there. */
struct flow *flow_of(struct lint *lint, const struct tree_policy *tree);
/* Whether a rule would be denied in whatever state: by its switches, or since
 * nothing is declared. */
bool flow_is_off(struct flow *f, uint32_t event);
/* The first requirement without which the one that denies would not: it may be
 * that one. */
uint32_t flow_cause(struct flow *f, uint32_t event);

/* ---- expressions (lint_eval.c, lint_loop.c, lint_facts.c) ---- */

struct fold flow_eval(struct flow *f, const struct tree_expr *e);
enum fold_truth flow_truth(const struct fold *v);
/* From here on the expression is true, or false: until n_facts is set back. */
void flow_assume(struct flow *f, const struct tree_expr *e, bool truth);
struct fold flow_zero(uint32_t type);
struct fold flow_any(const struct flow *f, uint32_t type);

static inline bool flow_has(const uint64_t *rows, uint64_t row)
{
	return (rows[row / 64] >> row % 64 & 1) != 0;
}
static inline void flow_set(uint64_t *rows, uint64_t row)
{
	rows[row / 64] |= UINT64_C(1) << row % 64;
}
uint64_t *flow_rows(const struct flow *f, uint32_t table);
bool flow_is_rows(uint32_t type);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * joint.h - two policies in one vocabulary.  The joint policy has the strings,
 * patterns, enumerations, tables and events of both; what is the same by name
 * and content is one thing in it, so that formulas of both sides can be held
 * against each other.  Its numbers are those of B where B has the thing.
 *
 * ROWS.  Each row of A is paired with at most one row of B: first by content,
 * then with the one that is most like it.  A pair is one row of the joint table;
 * a column in which some pair differs is there twice, once for each side, and
 * a table of which one side lacks rows says in a column of bools which it has.
 * How rows are paired decides what can be proved, not what is true.
 *
 * VARIABLES.  A variable of A may be merged with that of B of the same name:
 * both sides read and write one.  That is for states in which the two are the
 * same, and whoever merges must show that they stay so.
 */
#ifndef COCOAPOL_JOINT_H
#define COCOAPOL_JOINT_H

#include "../lift/tree.h"

#define JOINT_NONE UINT32_MAX

/* One policy, and where its things are in the joint one. */
struct joint_side {
	const struct tree_policy *tree;
	const struct bc_policy *policy;
	uint32_t *strings, *patterns, *rows[BC_TABLES_MAX];
	uint32_t enums[BC_ENUMS_MAX], records[BC_RECORDS_MAX], tables[BC_TABLES_MAX];
	uint32_t columns[BC_TABLES_MAX][BC_COLUMNS_MAX];
	uint32_t has[BC_TABLES_MAX];    /* column: is the row this side's; JOINT_NONE: all are */
	uint32_t vars[BC_VARS_MAX];     /* JOINT_NONE: a ghost */
	uint32_t events[BC_EVENTS_MAX]; /* JOINT_NONE: B has no such event */
	uint32_t shift;                 /* added to every slot */
	struct tree_expr *bound[BC_SLOTS_MAX];  /* while translating: what slots stand for */
	struct tree_policy joint;       /* its rules in the joint vocabulary, ghosts left out */
};

/* A table of which both sides have rows. */
struct joint_table {
	bool is_shared;
	uint32_t n_columns, n_rows;     /* columns: as each side has them */
	uint32_t *cells_a, *cells_b;    /* by row, in joint numbers; where one side lacks
	                                   the row, it has the other's cells */
	bool *in_a, *in_b;
	bool *is_named;                 /* a rule names the row */
};

struct joint {
	struct arena *arena;
	struct joint_side a, b;
	struct bc_policy policy;        /* what formulas and the search need; not bytes */
	struct joint_table tables[BC_TABLES_MAX];
	uint32_t event_a[BC_EVENTS_MAX];        /* of B's event: A's; JOINT_NONE: A has none */
	uint32_t var_a[BC_VARS_MAX];            /* of B's variable: A's; JOINT_NONE */
	bool merged[BC_VARS_MAX];               /* by B's variable */
	uint32_t n_vars;                /* of the joint state: B's variables, then A's that are not
	                                   merged; policy.n_vars may count names that stand after them */
	bool is_too_large;              /* more than formulas have room for: nothing else counts */
};

/* Cannot fail but for is_too_large.  Everything that can be is merged. */
struct joint *joint_of(struct arena *a, const struct tree_policy *of_a, const struct tree_policy *of_b);

/* A's rule after the LETs of b (B's rule, joint), in one run of slots, so that one
 * side's values can stand beside the other's.  first: the number of A's first
 * statement.  false: there are too many locals. */
bool joint_beside(struct joint *j, uint32_t event, const struct tree_rule *b, struct tree_rule *rule,
    uint32_t *first);

/* After `merged` has changed: variables and rules anew. */
void joint_translate(struct joint *j);

/* A side's expression in the joint vocabulary. */
struct tree_expr *joint_expr(struct joint *j, struct joint_side *side, const struct tree_expr *e);

/* Whether a side's expression reads ghosts, which have no place here. */
bool joint_reads_ghost(const struct joint_side *side, const struct tree_expr *e);

struct str joint_string(const struct bc_policy *p, uint32_t string);

/* The slots that nothing in either policy uses: the last. */
#define JOINT_SLOT (BC_SLOTS_MAX - 2)

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * lift.h - what the code means, as formulas: the interpreter's symbolic twin.
 *
 * THE STRUCTURE.  A state, a request and the policy's tables give each symbol
 * of enum lift_role a meaning; a list is a partial function over places, a set
 * of rows or keys a predicate.  Rows are abstract: the columns of a table are
 * functions of its rows, and a formula does not grow with their number.
 *
 * A rule lifts to a guard and to writes; the state after the step is a
 * rewriting of formulas (lift_after).  The guard leaves out what only denies
 * more: full tables, long strings and lists, and all that ghost effects could
 * object to.  Ghost state is the mathematical one: effects on one key apply in
 * the code's order, and integers are bounded by 2^64 - 1 alone.
 */
#ifndef COCOAPOL_LIFT_H
#define COCOAPOL_LIFT_H

#include "fol.h"
#include "tree.h"

/* Symbols; `a` and `b` of struct fol_fun are in parentheses. */
enum lift_role {
	/* state; b is 1 for the state before, in step claims */
	LIFT_VAR,               /* (variable) a scalar */
	LIFT_HAS,               /* (map) key: is it there */
	LIFT_GET,               /* (map) key: a scalar value */
	LIFT_HAS_AT,            /* (map) key, place: does the list have it */
	LIFT_GET_AT,            /* (map) key, place: the list's element */
	LIFT_HAS_ROW,           /* (map) key, row: is it in the set */
	/* request */
	LIFT_FIELD,             /* (event, field) a scalar */
	LIFT_FIELD_HAS,         /* (event, field) place */
	LIFT_FIELD_AT,          /* (event, field) place: a scalar element */
	LIFT_MEMBER,            /* (event, field << 16 | member) place: of a record */
	LIFT_MEMBER_HAS,        /* (event, field << 16 | member) place, place */
	LIFT_MEMBER_AT,         /* (event, field << 16 | member) place, place */
	/* tables */
	LIFT_COLUMN,            /* (table, column) row: a scalar */
	LIFT_COLUMN_HAS,        /* (table, column) row, place */
	LIFT_COLUMN_AT,         /* (table, column) row, place */
	/* values; LIFT_ZERO stands for the zero, whatever the pools hold */
	LIFT_STR,               /* (pool index or LIFT_ZERO) */
	LIFT_DIGEST,            /* (pool index or LIFT_ZERO) */
	LIFT_PATTERN,           /* (pool index, or LIFT_ZERO: the pattern of no row) */
	LIFT_ROW,               /* (table, row or BC_NO_ROW) */
	/* strings */
	LIFT_MATCH,             /* string, pattern */
	LIFT_MATCHCAT,          /* string, prefix, pattern */
	LIFT_BELOW,             /* string, string */
	LIFT_CAT,               /* (number of strings) strings */
	/* places, which are the naturals */
	LIFT_PLACE,             /* integer: the place */
	LIFT_INDEX,             /* place: the integer */
	LIFT_ROLES
};
#define LIFT_ZERO UINT32_MAX

/* A value.  A list or set is: for those `var` with `in`, the element `elem`.
 * var is a place, or (sets of rows and of keys) the element itself; dense
 * means that the places are 0, 1, 2...  */
struct lift_value {
	uint32_t type;
	struct fol *term;               /* scalars */
	struct lift_value *members;     /* records */
	struct fol *var, *in;
	struct lift_value *elem;
	bool is_dense;
};

struct lift_write {
	enum bc_op op;                  /* SETVAR PUT DEL */
	uint32_t var, pc;
	bool ghost;
	struct fol *key;
	struct lift_value value;        /* lists are dense here */
};
struct lift_keep { uint32_t field, pc; struct lift_value value; };
struct lift_out  { uint32_t out, pc; struct fol *term; };
struct lift_require { uint32_t pc; struct fol *term; };

struct lift_rule {
	struct fol *guard;              /* all of it */
	struct fol *ghost_fits;         /* no ghost effect would be objected to */
	struct lift_require *requires;  uint32_t n_requires;
	struct lift_write *writes;      uint32_t n_writes;
	struct lift_keep *keeps;        uint32_t n_keeps;
	struct lift_out *outs;          uint32_t n_outs;
};

struct lift {
	struct fol_space *space;
	struct arena *arena;
	const struct tree_policy *tree;
};

/* The sort of a scalar's type, and the zero of a sort. */
uint32_t lift_sort(uint32_t type);
struct fol *lift_zero(struct lift *l, uint32_t sort);

/* The event must have a rule. */
struct lift_rule lift_rule(struct lift *l, uint32_t event);

/* A claim's formula, about the state after (and, by symbols with b = 1, before)
 * a step of `event`; BC_EVENTS_MAX: about a state, no step. */
struct fol *lift_claim(struct lift *l, const struct tree_expr *claim, uint32_t event);

/* The formula about the state after the rule's writes, as one about the state
 * before; symbols of the state before lose their b. */
struct fol *lift_after(struct lift *l, const struct lift_rule *rule, struct fol *f);
/* The formula in the first state, which is empty. */
struct fol *lift_first(struct lift *l, struct fol *f);

#endif

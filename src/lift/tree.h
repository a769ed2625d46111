/* SPDX-License-Identifier: Apache-2.0
 *
 * tree.h - validated code as trees: one expression per value that the code
 * computes.  For those who walk meaning instead of running it: the lifter and
 * the search for traces.  Everything lives in the arena and borrows the bytes.
 *
 * kids[] are an instruction's operands in stack order, the deepest first.
 *   AND, OR    a run of them is one node: kids are all its operands, 2 or more
 *   loops      kids[0] is what is iterated, kids[1] the block; `slot` is the
 *              element's slot, slot + 1 that of its place
 *   EQCAT      kids[0] is the whole, the rest its 2 to 4 parts
 * `a` and `b` are the operands in the code's order:
 *   INT a = the integer; ENUM a = enumeration, b = value; STR DIGEST PATTERN
 *   a = pool index; ROW a = table, b = row; NOROWS ROWS KEYROWS a = table;
 *   SWITCH FIELD COLUMN MEMBER a = index (COLUMN's table and MEMBER's record are
 *   in kids[0]->type); VAR HAS GET KEYS and OLD... a = variable.
 *   The other instructions have none.
 */
#ifndef COCOAPOL_TREE_H
#define COCOAPOL_TREE_H

#include "../base/arena.h"
#include "../bytecode/decode.h"

struct tree_expr {
	enum bc_op op;
	uint32_t pc;                    /* of the instruction; AND, OR: of the run's first */
	uint32_t type;                  /* BC_TYPE of the value; KEYS: a set of keys */
	uint32_t slot;                  /* LOCAL, loops */
	uint64_t a, b;
	struct tree_expr **kids;
	uint32_t n_kids;
	struct tree_expr *binder;       /* LOCAL: the loop it is a variable of, or the LET's value */
	bool is_let;                    /* LOCAL: binder is the value of a LET */
	bool is_place;                  /* LOCAL: the loop's place, not its element */
};

/* op is REQUIRE LET SETVAR PUT DEL KEEP or OUT; `a` is the slot, variable,
 * field or output.  key is set for PUT and DEL; value for all but DEL, and not
 * for PUT of a set of keys. */
struct tree_stmt {
	enum bc_op op;
	uint32_t pc;
	uint32_t a;
	bool ghost;                     /* after GHOST: the guest does not run it */
	struct tree_expr *key, *value;
};

struct tree_rule {
	bool exists;                    /* no rule: every request is denied */
	struct tree_stmt *stmts;
	uint32_t n_stmts;
};

struct tree_policy {
	const struct bc_policy *policy;
	struct tree_rule *rules;        /* one for each event */
	struct tree_expr **claims;      /* one for each claim: a bool */
};

/* policy must have been filled by bc_open() and must stay.  Cannot fail. */
struct tree_policy *tree_of_policy(struct arena *a, const struct bc_policy *policy);

/* One more claim, about a state: code that bc_judge_code() let pass. */
struct tree_expr *tree_of_code(struct arena *a, const struct bc_policy *policy, const struct bc_code *code);

/* Whether two expressions are the same instructions with the same operands,
 * slots aside: variables of loops must be bound at the same places within. */
bool tree_equal(const struct tree_expr *l, const struct tree_expr *r);

static inline bool tree_is_loop(enum bc_op op)
{
	return op == BC_ALL || op == BC_SOME || op == BC_COUNT || op == BC_WHERE || op == BC_MAP;
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * lemma.h - guesses at what else is always true.  They are only guesses:
 * prove.c keeps those that induction keeps.
 *
 * lemma_guess() reads them off the rules: what a rule requires of a key before
 * it adds it, what it adds together, and what an invariant says of one map's
 * keys and may hold of another's.  lemma_vocabulary() makes clauses of all that
 * can be said of one key or two of the maps, simple ones first: far too many;
 * lemma_survivors() leaves those that are true in the states that a search
 * reaches.
 */
#ifndef COCOAPOL_LEMMA_H
#define COCOAPOL_LEMMA_H

#include "../lift/tree.h"

/* Bools about one state, without fields or old state. */
struct lemma_list {
	struct tree_expr **items;
	uint32_t n, cap;
};
struct lemma_list lemma_guess(struct arena *a, const struct tree_policy *tree);

/* What must have been true for invariants that failed to hold after each event:
 * what the event requires of a key implies what they say then.  And these. */
struct lemma_list lemma_preimages(struct arena *a, const struct tree_policy *tree,
    const struct lemma_list *failed);

/* Clauses over the variables that have their bit in vars.  Those of the last
 * kind have conditions, or two keys.  There are none of the other kinds. */
enum lemma_kind { LEMMA_RULES, LEMMA_PREIMAGE, LEMMA_SIMPLE, LEMMA_CLAUSE };
struct lemma_list lemma_vocabulary(struct arena *a, const struct tree_policy *tree, uint64_t vars,
    enum lemma_kind kind);

/* At most `most`, in the same order; those about keys that no state had come
 * last.  wanted: the claims near which states are looked for. */
struct lemma_list lemma_survivors(struct arena *a, const struct tree_policy *tree,
    const struct lemma_list *guesses, const bool *wanted, uint32_t most, double seconds);

/* Survivors of all of one kind.  open: the claims that are; failed: they and the
 * lemmas that are of the state and were wanted in vain. */
struct lemma_list lemma_search(struct arena *a, const struct tree_policy *tree, enum lemma_kind kind,
    const bool *open, const struct lemma_list *failed);

/* A copy that stands alone: lets are put in, and slots and binders are as if it
 * had been read from code. */
struct tree_expr *lemma_tidy(struct arena *a, const struct tree_expr *e);

/* ---- building ---- */

/* The key of the outer, and of the inner, loop of a guess. */
enum { LEMMA_X = BC_SLOTS_MAX - 2, LEMMA_Y = BC_SLOTS_MAX - 4 };
#define LEMMA_BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)

struct tree_expr *lemma_node(struct arena *a, enum bc_op op, uint32_t type, uint64_t operand,
    struct tree_expr *l, struct tree_expr *r);
struct tree_expr *lemma_local(struct arena *a, uint32_t type, uint32_t slot);
/* all (the slot's element) in the map: body */
struct tree_expr *lemma_all(struct arena *a, const struct tree_policy *tree, uint64_t map, uint32_t slot,
    struct tree_expr *body);
struct tree_expr *lemma_not(struct arena *a, struct tree_expr *e);
void lemma_push(struct arena *a, struct lemma_list *list, struct tree_expr *e);

#endif

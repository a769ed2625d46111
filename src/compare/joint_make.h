/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_make.h - what the files that make a joint policy share.
 */
#ifndef COCOAPOL_JOINT_MAKE_H
#define COCOAPOL_JOINT_MAKE_H

#include "joint.h"
#include "../search/snapshot.h"

/* Byte strings, each once, numbered in the order of their coming. */
struct intern {
	struct arena *arena;
	struct str *items;
	uint32_t n, cap;
	uint32_t *slots, n_slots;       /* number + 1; 0: free */
};
uint32_t intern_add(struct intern *t, struct str bytes);
uint32_t intern_find(const struct intern *t, struct str bytes);

struct maker {
	struct joint *j;
	struct intern strings, patterns, lists;         /* of the joint policy */
};

/* An expression; kids that are not there are NULL. */
struct tree_expr *joint_node(struct joint *j, enum bc_op op, uint32_t type, uint64_t a, uint32_t n_kids,
    struct tree_expr *l, struct tree_expr *r);
struct tree_stmt joint_stmt(struct joint *j, struct joint_side *side, const struct tree_stmt *s);
uint32_t joint_type(const struct joint_side *side, uint32_t type);

/* Pair the rows of A's table with those of B's (joint_rows.c). */
void joint_rows(struct maker *m, uint32_t table_of_a);

#endif

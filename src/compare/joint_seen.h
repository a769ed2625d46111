/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_seen.h - what the variables of A and B were seen to hold, in states that
 * both come to by the same requests.  From it comes a guess for each variable
 * that holds few values: that there are no others.  It is a guess like any
 * (joint_prove.h): states that no search came to may hold more, and then
 * induction drops it.  And guesses that something seen refutes need no asking.
 */
#ifndef COCOAPOL_JOINT_SEEN_H
#define COCOAPOL_JOINT_SEEN_H

#include "../runtime/cpol.h"
#include "joint.h"

/* Of one pair of policies, whose joint may be made again: its numbers stay. */
struct joint_seen;
struct joint_seen *joint_seen_new(struct arena *a);
void joint_see(struct joint_seen *seen, const struct joint *j, const struct cpol_group *of_a,
    const struct cpol_group *of_b);

/* What was seen at one key of a variable of B and of A's variable of that name,
 * or of both scalars.  Sets of rows are a bit for each row of the joint table;
 * sets of keys have no values. */
struct joint_cell {
	uint64_t in_a, in_b;            /* bools: is the key there; true of scalars */
	uint64_t of_a, of_b;
};
/* What was seen of B's variable, in the order of its coming.  all: and nothing else
 * was, which there was no room for.  seen may be NULL. */
uint32_t joint_seen_cells(const struct joint_seen *seen, uint32_t var, const struct joint_cell **cells,
    bool *all);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * bound.h - what the code of a policy takes at most, in steps and in bytes of
 * scratch, over the largest requests and the fullest states that the policy
 * admits.  The compiler writes it before each code; the guest stops a run that
 * would take more; the verifier refuses a policy that says something else.  See
 * "COST" in cocoapol-bytecode(5).
 */
#ifndef COCOAPOL_BOUND_H
#define COCOAPOL_BOUND_H

#include "../base/arena.h"
#include "../bytecode/bytecode.h"

struct bound {
	uint64_t cost;                  /* steps; UINT64_MAX: that or more */
	uint64_t scratch;               /* bytes, a multiple of 8 */
};
/* What the rules put into a map. */
struct bound_var {
	bool is_held;                   /* anything at all */
	uint32_t rows, span;            /* of a set of rows: the most, and from the first to the last */
	uint32_t keys;                  /* the most */
};
/* What they leave true of two maps. */
struct bound_pair {
	bool is_within;                 /* all keys of the first are keys of the second */
	uint32_t rows;                  /* of a set of rows of the first, at a key of the second: the most */
};
struct bounds {
	struct bound rules[BC_EVENTS_MAX], claims[BC_CLAIMS_MAX];       /* no code: zeros */
	struct bound_var vars[BC_VARS_MAX];
	struct bound_pair pairs[BC_VARS_MAX][BC_VARS_MAX];
};

/* Of a policy that bc_open() has filled; what its bytes say of its bounds is not read. */
void bounds_of(struct bounds *bounds, const struct bc_policy *policy);

/* Says the bounds in the view `policy` and, if not NULL, in the bytes that it is of.  Returns
 * code that needs more scratch than a policy may say, or NULL. */
const struct bc_code *bounds_say(const struct bounds *bounds, struct bc_policy *policy, uint8_t *bytes);

/* For people: which code says something else than it takes; NULL if none does. */
const char *bounds_complaint(struct arena *a, const struct bc_policy *policy);

#endif

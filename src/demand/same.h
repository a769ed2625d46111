/* SPDX-License-Identifier: Apache-2.0
 *
 * same.h - whether one policy is another with claims and ghosts of one's own.
 *
 * What is proved of the bytes that demand.c makes is to be true of the bytes
 * that were given; this is what that rests on, and neither emit.c nor raise.c
 * has a part in it.
 */
#ifndef COCOAPOL_SAME_H
#define COCOAPOL_SAME_H

#include "../lift/tree.h"

/* NULL if `more` is `policy` but for claims, for ghost variables that `policy`
 * has not, and for ghost effects on those; else a word for what differs. */
const char *same_policy(const struct tree_policy *policy, const struct tree_policy *more);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * match.h - which strings a pattern has, from the bytes alone.  The guest's
 * matcher needs a group of the pattern's own policy; two policies that are compared
 * have their patterns in one pool, and no group for it.
 */
#ifndef COCOAPOL_MATCH_H
#define COCOAPOL_MATCH_H

#include "../bytecode/bytecode.h"

bool match_pattern(const struct bc_policy *p, uint64_t pattern, const uint8_t *text, size_t len);

#endif

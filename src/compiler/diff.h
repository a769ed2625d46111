/* SPDX-License-Identifier: Apache-2.0
 *
 * diff.h - what two policies' sources say differently: declarations by what
 * they mean (defaults filled in, patterns as languages, sets without order),
 * rules and claims by their words.  What follows from a difference is another
 * question: cocoapolv compare answers it.
 */
#ifndef COCOAPOL_DIFF_H
#define COCOAPOL_DIFF_H

#include "compile.h"

struct change {
	struct str what;                /* "container shop", "switch allow_dump_stacks", ... */
	struct str part;                /* of a declaration, the entry; else empty */
	struct str before, after;       /* as they are spelled; ptr NULL: not there */
	struct loc before_loc, after_loc;       /* of what is spelled, or of its declaration */
	struct loc loc;                 /* of what has changed: in the new policy, unless it is gone */
};

struct changes {
	struct change *items;
	uint32_t n, cap;
};

/* Both were lowered without errors.  The changes borrow from both and are in a. */
struct changes diff_policies(struct arena *a, const struct cpolc *before, const struct cpolc *after);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_tell.h - what compare found out, and how people and programs are told.
 */
#ifndef COCOAPOL_COMPARE_TELL_H
#define COCOAPOL_COMPARE_TELL_H

#include "compare.h"
#include "../report/tool.h"

enum verdict { UNKNOWN = 0, PROVED, DIFFERS };

/* One policy of the two. */
struct side {
	struct tool *t;
	const char *name;               /* "A" or "B" */
	const struct prove_proof *proof;        /* NULL: not asked yet */
};

/* Whether `beyond` allows anything that `within` denies: they are B and A of
 * joint.h. */
struct direction {
	struct side *within, *beyond;
	struct joint *j;
	struct joint_seen *seen;
	struct joint_report *proof;
	struct compare_trace trace;
	enum verdict verdict;
	double seconds;
};

/* To standard output and the page, if one is wanted.  Returns the exit status.
 * up: B within A; down: A within B. */
int tell(const struct side *a, const struct side *b, const struct direction *up, const struct direction *down);

#endif

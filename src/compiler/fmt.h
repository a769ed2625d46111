/* SPDX-License-Identifier: Apache-2.0
 *
 * fmt.h - the canonical form of a source text: indentation, spaces and blank
 * lines are ours, line breaks and comments the author's.
 */
#ifndef COCOAPOL_FMT_H
#define COCOAPOL_FMT_H

#include "../base/arena.h"
#include "../base/diag.h"

/* 0 and *out in the arena; -1: the text has no tokens to format, complaints were
 * made.  The text should have been parsed without errors: only its words are
 * looked at here. */
int fmt_source(struct arena *a, const struct source *source, struct diag *d, struct str *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * why.h - which part of a claim decides it at the end of a trace: for which
 * elements it fails (or is met), and what is false (or true) of those.
 */
#ifndef COCOAPOL_WHY_H
#define COCOAPOL_WHY_H

#include "tool.h"

enum why_kind {
	WHY_FOR,                /* the element that is chosen: text is its name, value what it is */
	WHY_FALSE, WHY_TRUE,    /* text is an expression that is so */
	WHY_VALUE               /* text is part of such an expression, value what it is */
};
struct why_part {
	enum why_kind kind;
	struct str text, value;
};
struct why {
	struct why_part *parts;
	uint32_t n_parts, cap;
};

/* After the last request of a trace that search_confirm() accepts.  NULL if the
 * parts can't be told. */
const struct why *why_of_trace(struct tool *t, uint32_t claim, const struct search_trace *trace);

/* A line for people. */
struct str why_line(struct arena *a, const struct why_part *part);

#endif

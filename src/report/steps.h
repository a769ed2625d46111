/* SPDX-License-Identifier: Apache-2.0
 *
 * steps.h - requests played one after another on the interpreter, and what can
 * be told of each: what it asked, which rule allowed it or what denied it, and
 * the state before and after.
 */
#ifndef COCOAPOL_STEPS_H
#define COCOAPOL_STEPS_H

#include "../request/request.h"
#include "../search/snapshot.h"
#include "tool.h"

struct step {
	const struct bc_policy *policy;
	struct str event;               /* its name, as it was written */
	struct request request;         /* fields is NULL: it was malformed */
	bool allowed;
	struct str reason;              /* of a denial, for people */
	const struct srcmap_entry *place;       /* of what denied it; NULL: not known */
	struct str remark;              /* what else is to be said of the verdict, or empty */
	/* The rule of its event; NULL without a map.  What it requires is in the
	 * order in which it is judged; each place may be NULL. */
	const struct srcmap_entry *rule;
	const struct srcmap_entry **requirements;
	uint32_t n_requirements;
	/* What changed, or the whole state. */
	struct snapshot_cell *cells;
	uint32_t n_cells;
};

/* Two groups that are played in step: before and after each request. */
struct player {
	struct tool *tool;
	struct cpol_group *before, *after;
	bool whole;                     /* cells are the whole state */
};

/* With ghosts, as traces are judged, or as a guest has it. */
struct player player_new(struct tool *t, bool ghosts, bool whole);
/* Decide and commit. */
struct step player_step(struct player *p, struct str request);

/* All requests of a trace. */
struct step *steps_of_trace(struct tool *t, const struct search_trace *trace, bool whole);

/* The place in the source of what a verdict names, if the map has it. */
const struct srcmap_entry *step_place(const struct tool *t, const struct cpol_verdict *verdict);

/* "FILE:LINE:COLUMN" */
struct str step_where(struct arena *a, const struct srcmap_entry *place);

#endif

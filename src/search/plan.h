/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.h - plans: requests that bring the state to where an event is allowed,
 * or a claim is met, by granting wishes (synth.h) from the goal backwards.  A
 * plan reaches a container of thirty layers at once, where a search that goes
 * forward would drown; it is not always the shortest way, and not always found.
 *
 * Where a wish or a part of the claim names a row, only this row is in play while
 * it is granted: what it takes on the way is for this container and for no other.
 */
#ifndef COCOAPOL_PLAN_H
#define COCOAPOL_PLAN_H

#include "../base/bytes.h"
#include "synth.h"

enum { PLAN_STEPS = 2048, PLAN_DEPTH = 64 };

struct plan {
	struct str requests[PLAN_STEPS];
	uint32_t n_requests;
};

struct planner {
	struct arena *arena;            /* of the plan's requests */
	struct synth *synth;
	struct cpol_group *group;       /* the state that the plan has come to */
	double until;                   /* search_clock() */
	uint64_t patience;              /* of synth->n_walks; 0: without end */
	const struct wish *granting[PLAN_DEPTH];        /* that the present one serves */
	uint32_t n_granting;
	uint64_t waiting;               /* a bit for each event that is being planned */
	struct plan plan;
	struct arena scratch;
};

/* Each function goes on from where the planner is; on failure it is as before. */
bool plan_event(struct planner *p, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals, uint32_t depth);
/* Until the claim holds. */
bool plan_claim(struct planner *p, uint32_t claim);
/* An event for a row: every way of the event that uses it is tried. */
bool plan_row(struct planner *p, uint32_t event, uint32_t table, uint32_t row);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * hunt_in.h - what the files of hunt.h share; nobody else includes it.
 */
#ifndef COCOAPOL_HUNT_IN_H
#define COCOAPOL_HUNT_IN_H

#include "hunt.h"
#include "../prove/smt.h"

struct step_list {
	struct hunt_step *items;
	uint32_t n, cap;
};

struct search {
	struct hunter *h;
	uint32_t goal, event;
	struct fol *negation;           /* of what is to be shown */
	struct step_list steps;
	enum smt_forget forget;         /* what the solver could do without */
	/* of the rounds */
	uint32_t *births;               /* by node: the step that brought it */
	uint8_t *sides;                 /* by node: which values of it matter */
	bool *has_witness;              /* by node, */
	uint32_t *ages;                 /* and the round that made it; 0: it was there */
	uint32_t age;                   /* of what is made now */
	uint32_t cap_nodes;
};

static inline struct fol_space *hunt_space(const struct search *s)
{
	return s->h->duties->lift.space;
}

void hunt_add(struct search *s, struct hunt_step step);

/* ---- hunt_assume.c ---- */

/* Steps for all that may be assumed, needed goals alone, and for facts about all
 * symbols in play; those about COUNTs and CHOOSEs are returned. */
struct fol_list hunt_assume(struct search *s, const bool *needed);

#endif

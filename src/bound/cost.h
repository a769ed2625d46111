/* SPDX-License-Identifier: Apache-2.0
 *
 * cost.h - what code takes, as a sum in which the length of the request's texts is
 * left open: so many steps, and so many times each text.  Nothing is in a request
 * twice, so the sum is largest where all of the request is the text that is read
 * most often; see cost_most().
 */
#ifndef COCOAPOL_COST_H
#define COCOAPOL_COST_H

#include "../bytecode/decode.h"

#define COST_TERMS_MAX 48u

/* The texts of a field of the request, or of a member of its records, counted from
 * 1; 0 is a step. */
#define COST_TEXT(field, member) (1u + (field) * BC_MEMBERS_MAX + (member))

struct term {
	uint64_t times;
	uint16_t text;
	uint8_t level;                  /* all of them, 0, or those of the element of an open loop, from 1 */
	uint8_t picks;                  /* bit i: as often however often the open loop i turns */
};
struct cost {
	uint32_t n;
	struct term terms[COST_TERMS_MAX];
};

/* All of these saturate. */
uint64_t cost_times(uint64_t a, uint64_t b);
/* Where a term is among n others, or n, where it would be.  If there is no place for it
 * left it becomes one of steps. */
uint32_t cost_place(const struct term *terms, uint32_t n, struct term *term);
void cost_add(struct cost *c, const struct term *term);
void cost_plus(struct cost *c, const struct cost *more);
static inline void cost_steps(struct cost *c, uint64_t steps)
{
	cost_add(c, &(struct term){ .times = steps });
}

/* Of a loop: `c` is what one repetition takes, whichever it is, and becomes what `most`
 * of them take.  `level`: of the list that the loop ranges over. */
void cost_repeat(struct cost *c, uint32_t loop, uint8_t level, uint64_t most);

/* Steps, over all requests for an event, or none. */
uint64_t cost_most(const struct cost *c, const struct bc_event *event);

#endif

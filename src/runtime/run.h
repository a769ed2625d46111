/* SPDX-License-Identifier: Apache-2.0
 *
 * run.h - the interpreter at work, shared by run.c (instructions) and decide.c
 * (requests and claims).  Not installed.
 */
#ifndef COCOAPOL_RUN_H
#define COCOAPOL_RUN_H

#include "machine.h"

struct machine {
	struct view view;
	struct work *work;
	const struct bc_event *event;
	const uint8_t *code;
	uint8_t *scratch;
	uint64_t fuel;                  /* the static bound, counted down */
	uint32_t at, len;
	uint32_t n_stack, n_loops;
	uint32_t scratch_len, used, held;       /* held: since the last LET or KEEP */
	uint32_t outs_set;              /* a bit for each output that has a value */
	enum cpol_reason reason;        /* CPOL_FAULT until something else ends the run */
	struct cpol_verdict *verdict;
};

/* Run code to its end.  True: a rule came to DONE, or a claim to its last byte
 * with one value on the stack; else m->reason says why not, at m->at. */
bool cpol_run(struct machine *m, const struct cpol_group *g, const struct bc_code *code);

#endif

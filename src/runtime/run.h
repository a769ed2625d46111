/* SPDX-License-Identifier: Apache-2.0
 *
 * run.h - the interpreter at work, shared by run.c (instructions) and decide.c
 * (requests and claims).  Not installed.
 */
#ifndef COCOAPOL_RUN_H
#define COCOAPOL_RUN_H

#include "step.h"

struct machine {
	struct view view;
	struct value *registers;
	struct loop *loop;              /* the innermost that runs */
	const struct loop *loops_end;
	const struct step *steps, *next;
	uint8_t *scratch;
	bool flag;                      /* the bool that was computed last */
	bool is_lost;                   /* something was read that is not there: a fault */
	uint32_t scratch_len, used, held;       /* held: since the last LET or KEEP */
	uint64_t kept, given;           /* a bit for each field and each output that has a value */
	uint32_t pc;                    /* where the run ended, in the code */
	enum cpol_reason reason;        /* CPOL_FAULT until something else ends the run */
	struct cpol_verdict *verdict;
};

/* Run code, with verdict (of a rule) and view filled in.  CPOL_ALLOWED: a rule has come
 * to DONE, or a claim to its end with its value in the flag; else why not, at m->pc. */
enum cpol_reason cpol_run(struct machine *m, const struct bc_code *code, const struct steps *steps);

#endif

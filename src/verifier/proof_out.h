/* SPDX-License-Identifier: Apache-2.0
 *
 * proof_out.h - what is left of a proof for others: its lemmas, to keep in the
 * policy, and a certificate, to be followed without the solver.
 */
#ifndef COCOAPOL_PROOF_OUT_H
#define COCOAPOL_PROOF_OUT_H

#include "../prove/prove.h"
#include "../report/tool.h"

/* What the proof rests on beside the claims: printed, and in the report. */
void proof_print_lemmas(struct tool *t, json_t *report, const struct prove_report *proofs, double seconds);

/* To t->certificate_path, with time until then (of search_clock()), and some
 * even if that is over.  TOOL_YES, or TOOL_TROUBLE after saying which claims it
 * does not hold, or why there is none. */
int proof_certify(struct tool *t, json_t *report, const struct prove_report *proofs, double until);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * smt.h - the solver behind a wall: formulas in, an answer out.  COUNT and
 * CHOOSE are functions of their free variables here; what is known of them
 * must be among the formulas.
 */
#ifndef COCOAPOL_SMT_H
#define COCOAPOL_SMT_H

#include "fol.h"

/* Whether formulas can all be true: zero is the answer that proves nothing. */
enum smt_answer { SMT_UNKNOWN = 0, SMT_NONE, SMT_SOME };

struct smt;
/* NULL: the solver could not be started. */
struct smt *smt_open(struct arena *a, struct fol_space *s);
void smt_close(struct smt *smt);        /* NULL is allowed */

/* Whether all `always` and all `perhaps` formulas can be true at once (they
 * have no temps).  Of an SMT_NONE, needed[i] says whether perhaps[i] may have
 * played a part; with needed NULL nobody wants to know. */
struct smt_query {
	struct fol *const *always;   uint32_t n_always;
	struct fol *const *perhaps;  uint32_t n_perhaps;
	bool *needed;
	uint32_t timeout_ms;
	/* Not NULL: quantified parts without a function that it keeps become opaque
	 * predicates.  SMT_NONE is as good then, the other answers are not. */
	bool (*keeps)(const struct fol_fun *f);
};
enum smt_answer smt_ask(struct smt *smt, const struct smt_query *query);

#endif

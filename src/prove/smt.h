/* SPDX-License-Identifier: Apache-2.0
 *
 * smt.h - the solver behind a wall: formulas in, an answer out.  COUNT and
 * CHOOSE are functions of their free variables here; what is known of them
 * must be among the formulas.
 */
#ifndef COCOAPOL_SMT_H
#define COCOAPOL_SMT_H

#include "../lift/fol.h"

/* Whether formulas can all be true: zero is the answer that proves nothing. */
enum smt_answer { SMT_UNKNOWN = 0, SMT_NONE, SMT_SOME };

struct smt;
/* NULL: the solver could not be started. */
struct smt *smt_open(struct arena *a, struct fol_space *s);
void smt_close(struct smt *smt);        /* NULL is allowed */

/* Whether all `facts`, all `always` and all `perhaps` formulas can be true at
 * once (they have no temps).  Of an SMT_NONE, needed[i] says whether perhaps[i]
 * may have played a part; with needed NULL nobody wants to know.
 *
 * What is forgotten: some quantified formulas in `always` and `perhaps` are no
 * more than names, predicates of their free variables.  An SMT_NONE is as good
 * as any then, and comes much sooner; an SMT_SOME says little. */
enum smt_forget {
	SMT_NOTHING,
	SMT_RIGID,              /* formulas that do not read the state */
	SMT_REQUEST,            /* those, and about places of a request's lists */
	SMT_GROUND              /* all; here formulas may have temps, which are constants */
};
struct smt_query {
	struct fol *const *facts;    uint32_t n_facts;
	struct fol *const *always;   uint32_t n_always;
	struct fol *const *perhaps;  uint32_t n_perhaps;
	bool *needed;
	enum smt_forget forget;
	bool prenex;                    /* quantifiers within others are pulled out first: of some
	                                   questions much sooner done, of others later */
	uint32_t most_steps;            /* of the solver's own counting, the same on any machine; 0: any */
	uint32_t timeout_ms;            /* 0: any time.  Not for a process that forks later: it
	                                   starts a thread */
	uint32_t seed;
};
enum smt_answer smt_ask(struct smt *smt, const struct smt_query *query);
/* The last query was not answered for want of memory. */
bool smt_is_exhausted(const struct smt *smt);

/* Of the solver; it stays. */
const char *smt_version(void);

#endif

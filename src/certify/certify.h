/* SPDX-License-Identifier: Apache-2.0
 *
 * certify.h - writes down a proof so that cocoapol-check can follow it
 * (../check/certificate.h says how it looks).
 */
#ifndef COCOAPOL_CERTIFY_H
#define COCOAPOL_CERTIFY_H

#include "../prove/prove.h"

struct certify_options {
	uint32_t timeout_ms;            /* of one query; 0: 10000 */
	double most_seconds;            /* to try; what went through is written after it.  0: no limit */
	void (*progress)(void *arg, uint32_t goal, uint32_t event);     /* as of prove.h; may be NULL */
	void *progress_arg;
};

struct certify_report {
	struct str certificate;         /* empty: no claim could be certified */
	bool *is_certified;             /* one for each claim of the policy */
	uint32_t n_certified, n_lemmas;
	bool out_of_time;               /* so what is left out may have been certified with more */
};

/* What could not be written down is left out.  The certificate was followed
 * once, as the checker does, before it is handed out. */
struct certify_report certify(struct arena *a, const struct tree_policy *tree,
    const struct prove_proof *proof, const struct certify_options *options);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * certificate.h - a file that says why claims of a policy are true, in steps so
 * small that a short program can follow them.  cocoapolv writes it,
 * cocoapol-check follows it.
 *
 * THE BYTES.  "n" is a number of 1 to 5 bytes, 7 bits in each, the lowest
 * first, bit 7 set in all but the last, which is not 0 unless it is the only
 * one; "u32" has four bytes, big-endian.
 *
 *   header   8 bytes "COCOCERT", u32 version (1), 32 bytes SHA-256 of the policy
 *   claims   n claims, then the number of each, ascending
 *   lemmas   n lemmas; each: n bytes, and code of so many bytes, that of an
 *            invariant by the rules of cocoapol-bytecode(5)
 *   proofs   one for each duty (duty.h), by goals (the claims, then the lemmas),
 *            then by events (the first state, then the policy's, in order):
 *            steps: u8 kind (proof.h) and operands n; the last is PROOF_END;
 *            cases: as long as there is no contradiction, the n of a node; it
 *            is first true, and then false
 *   end      32 bytes SHA-256 of all that was before
 */
#ifndef COCOAPOL_CERTIFICATE_H
#define COCOAPOL_CERTIFICATE_H

#include "../base/str.h"
#include "../lift/tree.h"

#define CERTIFICATE_MAGIC       "COCOCERT"
#define CERTIFICATE_VERSION     1u
#define CERTIFICATE_LEN_MAX     (16u << 20)
#define CERTIFICATE_LEMMAS_MAX  1024u
#define CERTIFICATE_CASES_MAX   64u             /* within each other */
#define CERTIFICATE_WORK        50000u          /* nodes looked at, for each byte */

enum { CERTIFICATE_DIGEST = 32 };

struct certificate_report {
	bool is_good;
	const char *why;                /* it is refused */
	size_t where;                   /* the byte */
	const bool *proves;             /* one for each claim of the policy; none if it is refused */
	uint32_t n_claims, n_lemmas, n_proofs, n_steps, n_cases;
};

/* Follow a certificate.  The policy's bytes are those that the tree is of.
 * Never fails: what is not a proof is refused. */
struct certificate_report certificate_check(struct arena *a, const struct tree_policy *tree,
    struct str certificate);

/* SHA-256 as bytes. */
void certificate_digest(const void *bytes, size_t len, uint8_t digest[CERTIFICATE_DIGEST]);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * canon.h - the SHA-256 of a formula that does not depend on the policy it was
 * lifted from: symbols go by their names and by what they stand for, never by
 * numbers of pools or the order in which terms were made.  Formulas with one
 * digest say the same, up to the names of symbols that nothing is known of.
 */
#ifndef COCOAPOL_CANON_H
#define COCOAPOL_CANON_H

#include "../base/digest.h"
#include "../lift/facts.h"

struct canon;
struct canon *canon_new(struct lift *l);

/* Of a formula without temps; borrowed until the next arena_clear(). */
const uint8_t *canon_digest(struct canon *c, struct fol *f);
/* Of a set of formulas, in whatever order, some of them twice. */
void canon_digest_set(struct canon *c, struct fol *const *formulas, uint32_t n,
    uint8_t digest[DIGEST_LEN]);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * cache.h - what was proved before, in a folder.  An entry says that a set of
 * formulas can't be true together, by the digest of that set (canon.h): it is
 * of use to any policy that asks for the same, and to no other.
 *
 * An entry that is damaged, of another verifier, or not an entry at all is no
 * entry.  Entries are renamed into place, so that any number of verifiers may
 * use one folder.
 */
#ifndef COCOAPOL_CACHE_H
#define COCOAPOL_CACHE_H

#include "prover.h"

/* Makes the folder if it is missing.  -1: it can't be used, see errno. */
int cache_prepare(const char *folder);

struct cache;
struct cache *cache_open(struct prover *p, const char *folder);
/* Whether the obligation was shown from goals that are assumed now, too; if so
 * it is marked as shown with these. */
bool cache_knows(struct cache *c, struct prover *p, const struct goal *g, struct obligation *o);
/* Keep that the solver has just shown the obligation.  What can't be written
 * is not kept. */
void cache_store(struct cache *c, struct prover *p, const struct goal *g, const struct obligation *o);

/* All claims of a policy, by the digest of its bytes. */
struct cache_policy {
	uint32_t n_claims;              /* `reachable` ones not counted */
	uint32_t n_obligations, n_lemmas;       /* that the proof consists of */
};
/* Whether this very verifier proved all n_claims of these bytes; if so the
 * other numbers are set. */
bool cache_knows_policy(struct arena *a, const char *folder, const uint8_t *policy, struct cache_policy *known);
void cache_store_policy(struct arena *a, const char *folder, const uint8_t *policy,
    const struct cache_policy *known);

#endif

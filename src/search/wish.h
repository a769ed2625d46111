/* SPDX-License-Identifier: Apache-2.0
 *
 * wish.h - the wishes of a walk (synth.h) after the walk: copies, which know what
 * else is wished of their key.
 */
#ifndef COCOAPOL_WISH_H
#define COCOAPOL_WISH_H

#include "synth.h"

/* The last walk's wishes.  Those of one key that is still open know each other, and
 * those of a known key what shall stay at it.  Returns how many. */
uint32_t wish_keep_all(struct arena *a, const struct synth *s, struct wish **kept);
/* Whether they ask for the same, in whatever order they say it. */
bool wish_same(const struct wish *l, const struct wish *r);
/* How much a wish says, 0 to 7: one that says more often serves those that say less,
 * and one that waits had better come last. */
uint32_t wish_weight(const struct wish *w);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * worst.h - the search for the most expensive request: what it changes.
 */
#ifndef COCOAPOL_TEST_WORST_H
#define COCOAPOL_TEST_WORST_H

#include "base/arena.h"
#include "bytecode/decode.h"
#include "request/request.h"
#include "runtime/state.h"

struct chance { uint64_t state; };
uint32_t chance_below(struct chance *c, uint32_t n);

/* Change a request somewhere: fields fuller, longer, nearly or wholly what the
 * policy, the state or the request itself has elsewhere. */
void worst_change(struct arena *a, const struct cpol_group *g, struct chance *c, struct request *request);

/* The i-th of a series of changes, each of a field: all elements that it may have, and
 * all text that is left for a request in one of its texts.  False: there are no more. */
bool worst_sweep(struct arena *a, const struct bc_policy *p, struct chance *c, uint32_t i, struct request *request);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * ground.h - whether formulas contradict each other, by what follows at once:
 * the connectives, equality, the same function of the same values, and the
 * order of integers.  Quantified formulas, COUNTs and CHOOSEs are opaque here;
 * what they say enters as further formulas.  It is the whole logic of a
 * certificate, and it is sound: what it calls a contradiction is one.  It is
 * not complete; a proof says on which formulas to distinguish cases.
 *
 * NODES.  A formula without free variables is registered with all its subterms
 * that are not within a binder; each has a number, from 0 in the order of
 * registering, kids first.
 */
#ifndef COCOAPOL_GROUND_H
#define COCOAPOL_GROUND_H

#include "../lift/fol.h"

#define GROUND_NONE     UINT32_MAX
#define GROUND_NODES    50000u          /* most of one proof */

struct ground;
struct ground *ground_new(struct arena *a);
/* Forget everything; the memory is used again. */
void ground_reset(struct ground *g, struct fol_space *s);

/* The number of a formula, registered if it is not yet.  GROUND_NONE: too many.
 * Only before the first ground_push(). */
uint32_t ground_add(struct ground *g, struct fol *f);
uint32_t ground_count(const struct ground *g);
struct fol *ground_node(const struct ground *g, uint32_t node);
/* The number if it is registered. */
uint32_t ground_find(const struct ground *g, const struct fol *f);

/* Suppose that a formula has this value. */
void ground_suppose(struct ground *g, uint32_t node, bool value);
/* Draw the consequences.  Whether there is a contradiction. */
bool ground_is_refuted(struct ground *g);

/* Begin a case, and go back to before it. */
void ground_push(struct ground *g);
void ground_pop(struct ground *g);

enum ground_value { GROUND_OPEN = 0, GROUND_FALSE, GROUND_TRUE };
enum ground_value ground_value(const struct ground *g, uint32_t node);
/* How many consequences were drawn and not taken back: for those who look for a
 * good case. */
uint32_t ground_progress(const struct ground *g);
/* How many nodes were looked at, ever. */
uint64_t ground_work(const struct ground *g);

#endif

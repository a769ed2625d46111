/* SPDX-License-Identifier: Apache-2.0
 *
 * make.h - what the files of the walk share: see synth.h.  Every function that
 * returns bool returns false when this walk found no way.  The walk's switches
 * are over numbers, not over the enumeration: what has no case is an instruction
 * that the walk can't influence.
 */
#ifndef COCOAPOL_MAKE_H
#define COCOAPOL_MAKE_H

#include "synth.h"

/* Whether e is false and no choice of this walk can make it true: a guess that
 * looks at what is given only. */
bool make_is_hopeless(struct synth *s, const struct tree_expr *e);
/* Whether e reads what is at a key that is open and not there: its value says
 * nothing yet. */
bool make_is_hollow(struct synth *s, const struct tree_expr *e);
/* Note a wish, if this walk may wish. */
bool make_wish(struct synth *s, enum wish_kind kind, uint64_t var, const struct datum *key,
    const struct datum *value);
/* Whether writing the request can change the value of e. */
bool make_is_open(struct synth *s, const struct tree_expr *e);

/* A loop's variables while its block is walked. */
struct frame {
	struct datum element, place;
};
struct frame make_bind(struct synth *s, const struct tree_expr *loop, const struct datum *element,
    uint32_t place);
void make_unbind(struct synth *s, const struct tree_expr *loop, const struct frame *old);
/* The loop's block, for one element. */
bool make_for(struct synth *s, const struct tree_expr *loop, const struct datum *element,
    uint32_t place, bool want);
/* Goals about a LET are goals about its value. */
bool make_let(struct synth *s, const struct tree_expr *local, struct datum *v,
    bool (*goal)(struct synth *, const struct tree_expr *, struct datum *));

/* Whether a live key can be the one of which this walk has wished something:
 * what is at it is not wished to be something else. */
bool make_may_be(struct synth *s, const struct hole *hole, const struct datum *live);
/* Choose a live key whose value is, or holds, v; then make e that key. */
bool make_key_with(struct synth *s, const struct tree_expr *get, const struct datum *v,
    bool contains);
/* The same for a value that is a word of the language. */
bool make_key_matching(struct synth *s, const struct tree_expr *get, struct lang *lang);
bool make_has(struct synth *s, const struct tree_expr *e, bool want);
bool make_eq(struct synth *s, const struct tree_expr *e, bool want);
bool make_empty(struct synth *s, const struct tree_expr *set);
/* Every element as wanted; some element as wanted. */
bool make_every(struct synth *s, const struct tree_expr *loop, bool want);
bool make_one(struct synth *s, const struct tree_expr *loop, bool want);

#endif

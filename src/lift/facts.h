/* SPDX-License-Identifier: Apache-2.0
 *
 * facts.h - what is true of the symbols of lift.h in every state that can be
 * reached and every valid request: absent keys have zero values, patterns that
 * share no word share none, elements of a request's set differ...  A proof may
 * assume any of it; each line here is trusted.
 */
#ifndef COCOAPOL_FACTS_H
#define COCOAPOL_FACTS_H

#include "lift.h"

struct facts;
struct facts *facts_new(struct lift *l);

/* A growing list of formulas. */
struct fol_list {
	struct fol **items;
	uint32_t n, cap;
};
void fol_list_add(struct arena *a, struct fol_list *list, struct fol *f);

/* Appends what there is to know about the symbols, COUNTs and CHOOSEs of some
 * formulas, and of what is appended. */
void facts_add_of(struct facts *f, const struct fol_list *formulas, struct fol_list *facts);
/* The same for the list's own formulas. */
void facts_add(struct facts *f, struct fol_list *list);

/* The same, one at a time, for certificates: about a symbol; a COUNT or CHOOSE
 * term; two patterns of the pool; a string of it (or LIFT_ZERO) and a pattern. */
struct fol *facts_of_symbol(struct facts *f, const struct fol_fun *fun);
void facts_of_term(struct facts *f, struct fol *term, struct fol_list *list);
void facts_of_patterns(struct facts *f, uint32_t l, uint32_t r, struct fol_list *list);
void facts_of_word(struct facts *f, uint32_t string, uint32_t pattern, struct fol_list *list);

/* How a COUNT term changes by a step: the rule writes at a few keys, elsewhere
 * the count cannot tell before from after.  Appends that for every COUNT in
 * `before` (a formula about a state) whose elements are keys. */
void facts_add_counts(struct facts *f, const struct lift_rule *rule, struct fol *before,
    struct fol_list *list);

#endif

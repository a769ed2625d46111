/* SPDX-License-Identifier: Apache-2.0
 *
 * carry.h - terms of one space as terms of another.
 */
#ifndef COCOAPOL_CARRY_H
#define COCOAPOL_CARRY_H

#include "../lift/fol.h"

struct carrier {
	struct arena *arena;
	struct fol_space *to;
	struct fol_space *from;
	struct fol **terms;             /* by the id in `from` */
	uint32_t n_terms;
};

/* Temps must have been named before. */
struct fol *carry(struct carrier *c, struct fol *f);
void carry_name(struct carrier *c, const struct fol *from, struct fol *to);
const struct fol_fun *carry_fun(struct carrier *c, const struct fol_fun *fun);

#endif

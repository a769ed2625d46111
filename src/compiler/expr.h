/* SPDX-License-Identifier: Apache-2.0
 *
 * expr.h - expressions as canonical instructions.
 */
#ifndef COCOAPOL_EXPR_H
#define COCOAPOL_EXPR_H

#include "../base/bytes.h"
#include "canon.h"

enum form { FORM_OTHER, FORM_FALSE, FORM_TRUE, FORM_NOT, FORM_AND, FORM_OR };

/* An expression's instructions, and what it is made of if that matters to what
 * stands around it: the operands of AND and OR, the operand of NOT. */
struct piece {
	const uint8_t *ptr;
	size_t len;
	enum form form;
	struct piece *parts;
	uint32_t n_parts;
};

struct coder {
	struct canon *c;
	struct loc loc;                 /* of the statement or claim */
	bool failed;
};

static inline struct piece piece_of(const struct bytes *b)
{
	return (struct piece){ .ptr = b->ptr, .len = b->len };
}

/* `slots` are in scope.  After complaints k->failed, and what is returned means
 * nothing.  Recursion is as deep as the tree, which canon_of() has bounded. */
struct piece expr_code(struct coder *k, const struct ir_expr *e, uint32_t slots);

/* By bytes. */
int piece_order(const struct piece *l, const struct piece *r);
void piece_put(struct bytes *b, const struct piece *p);

/* Complain once, and fail, if `len` is more than a rule may have, or `slots`
 * more than there are. */
bool coder_too_long(struct coder *k, size_t len);
void coder_take_slots(struct coder *k, uint32_t slots);

#endif

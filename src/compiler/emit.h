/* SPDX-License-Identifier: Apache-2.0
 *
 * emit.h - IR to the canonical bytes.
 */
#ifndef COCOAPOL_EMIT_H
#define COCOAPOL_EMIT_H

#include "canon.h"
#include "code.h"

/* Bytes, and what in the source they come from. */
struct canonical {
	const uint8_t *ptr;
	size_t len;
	const struct canon *canon;      /* the numbers */
	struct code *rules, *claims;    /* by number */
};

/* 0, or -1 after complaints: the policy exceeds a limit of the format.  Bytes
 * that bc_open() refuses for another reason are our mistake: the program ends
 * with status 2. */
int emit(struct arena *a, const struct ir_policy *ir, struct diag *d, struct canonical *image)
    __attribute__((warn_unused_result));

#endif

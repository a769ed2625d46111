/* SPDX-License-Identifier: Apache-2.0
 *
 * raise.h - bytes to IR: what lower.c and emit.c do, backwards.
 *
 * As there is one encoding of a policy, emit(raise(bytes)) is the same bytes;
 * the tests hold every policy they have to that.
 */
#ifndef COCOAPOL_RAISE_H
#define COCOAPOL_RAISE_H

#include "../compiler/ir.h"
#include "../lift/tree.h"

/* The IR lives in the arena and borrows the bytes; nothing in it has a place in
 * a source, locals have no names.  Cannot fail. */
struct ir_policy *raise_policy(struct arena *a, const struct tree_policy *tree);

#endif

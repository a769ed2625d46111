/* SPDX-License-Identifier: Apache-2.0
 *
 * refusal.h - why bytes are not a policy, for people.
 */
#ifndef COCOAPOL_REFUSAL_H
#define COCOAPOL_REFUSAL_H

#include "../bytecode/bytecode.h"

/* The name and the sentence of bytecode/errors.def. */
const char *refusal_name(enum bc_error error);
const char *refusal_text(enum bc_error error);
/* What else to say of bytes that are text where a policy was wanted, or "". */
const char *refusal_hint(enum bc_error error, const char *bytes, size_t len);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * code.h - rules and claims as canonical instructions.
 */
#ifndef COCOAPOL_CODE_H
#define COCOAPOL_CODE_H

#include "canon.h"

/* Which statement the instructions before `pc` (and it) come from. */
struct placed {
	uint32_t pc;                    /* of the statement's own instruction */
	const struct ir_stmt *stmt;
};
struct code {
	const uint8_t *ptr;
	uint32_t len;
	struct placed *places;          /* of rules, ascending by pc */
	uint32_t n_places;
};

/* len is 0 after complaints.  Uses the numbers of c as they are; the constants
 * that end up in the code are marked as used. */
struct code code_rule(struct canon *c, const struct ir_event *event);
struct code code_claim(struct canon *c, const struct ir_claim *claim);

#endif

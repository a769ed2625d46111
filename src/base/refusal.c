/* SPDX-License-Identifier: Apache-2.0
 *
 * refusal.c - see refusal.h.  The guest has the numbers alone.
 */
#include "refusal.h"

static const struct {
	const char *name, *text;
} refusals[] = {
	[BC_OK] = { "OK", "" },
#define ERR(name, text) [BC_E_##name] = { #name, text },
#include "../bytecode/errors.def"
#undef ERR
};

const char *refusal_name(enum bc_error error)
{
	return refusals[error].name;
}

const char *refusal_text(enum bc_error error)
{
	return refusals[error].text;
}

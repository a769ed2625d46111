/* SPDX-License-Identifier: Apache-2.0
 *
 * refusal.c - see refusal.h.  The guest has the numbers alone.
 */
#include "refusal.h"

#include <stdbool.h>
#include <string.h>

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

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

const char *refusal_hint(enum bc_error error, const char *bytes, size_t len)
{
	size_t i;

	if ((error != BC_E_MAGIC && error != BC_E_HEADER) || len == 0)
		return "";
	/* The beginning will do: no header has so many bytes without a control character. */
	for (i = 0; i < len && i < 256; i++)
		if ((unsigned char)bytes[i] < 0x20 && !is_space(bytes[i]))
			return "";
	for (i = 0; i < len && is_space(bytes[i]); i++)
		continue;
	if (i < len && (bytes[i] == '{' || bytes[i] == '['))
		return "; is this JSON, where the policy should be?";
	if (len > 12 && memcmp(bytes, "cocoapol-map", 12) == 0)
		return "; this is the map of one";
	return "; is this a source?  'cocoapolc compile' makes the bytes of it";
}

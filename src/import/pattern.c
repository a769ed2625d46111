/* SPDX-License-Identifier: Apache-2.0
 *
 * pattern.c - patterns of what is known, and of what is known only later.
 */
#include <stdio.h>

#include "../base/bytes.h"
#include "../base/digest.h"
#include "group.h"

/* That a number is at most 255, or how many groups there are, is not judged: what matters is
 * that it is nothing but an address, and that a reader sees so. */
#define IPV4 "[0-9]{1,3}(\\.[0-9]{1,3}){3}"
#define LABEL "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"

const char HOLE_IPV4[] = IPV4;
const char HOLE_IP[] = "(" IPV4 "|[0-9a-fA-F:]{2,39})";
const char HOLE_UNSIGNED[] = "[0-9]{1,20}";
const char HOLE_QUANTITY[] = "[0-9]{1,20}(\\.[0-9]{1,9})?([mkKMGTPE]i?)?";
const char HOLE_UUID[] = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const char HOLE_DNS_LABEL[] = LABEL;
const char HOLE_DNS_NAME[] = LABEL "(\\." LABEL ")*";
const char HOLE_LINE[] = "[^\\x00\\n]*";

struct str pattern_of(struct arena *a, struct str literal)
{
	struct bytes b = { .arena = a };
	size_t i;

	for (i = 0; i < literal.len; i++) {
		unsigned char c = (unsigned char)literal.ptr[i];

		if (c < 0x20 || c >= 0x7f)
			bytes_printf(&b, "\\x%02x", c);
		else if (strchr("\\.+*?()|[]{}^$", c) != NULL)
			bytes_printf(&b, "\\%c", c);
		else
			bytes_put8(&b, c);
	}
	return bytes_str(&b);
}

struct str pattern_part(struct arena *a, struct value v)
{
	return v.is_pattern ? arena_printf(a, "(%.*s)", STR_ARG(v.text)) : pattern_of(a, v.text);
}

struct layer hole_layer(struct arena *a, struct str what, struct loc from)
{
	struct layer layer = { .blocks = 1, .from = from, .note = STR("HOLE: nobody has said yet what this layer is") };

	digest_of(what.ptr, what.len, layer.root);
	layer.salt = arena_printf(a, "hole: %.*s", STR_ARG(what));
	return layer;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * words.c - see words.h.  Compose splits such a text itself and stops at the
 * first operator; we would rather say so than guess what was meant.
 */
#include "words.h"

#include "../base/bytes.h"

static bool complain(struct import *im, struct loc loc, char c)
{
	diag_error(im->diag, loc, DIAG_BAD_VALUE,
	    "no shell runs this command, so '%c' outside of quotes means nothing: "
	    "quote it, or run [\"/bin/sh\", \"-c\", ...]", c);
	return false;
}

/* As compose does: \n and \t are a line's end and a tab, any other character is itself. */
static char escaped(char c)
{
	return c == 'n' ? '\n' : c == 't' ? '\t' : c;
}

bool words_split(struct import *im, struct str text, struct loc loc, struct values *out)
{
	struct bytes word = { .arena = im->arena };
	bool in_word = false;
	char quote = 0;
	size_t i;

	for (i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\\' && quote != '\'' && i + 1 < text.len) {
			bytes_put8(&word, (unsigned char)escaped(text.ptr[++i]));
			in_word = true;
		} else if (quote == 0 ? c == '"' || c == '\'' : c == quote) {
			quote = quote == 0 ? c : 0;
			in_word = true;
		} else if (quote == 0 && strchr(" \t\r\n", c) != NULL && c != '\0') {
			if (in_word)
				values_add(im->arena, out, arena_copy(im->arena, word.ptr, word.len), loc);
			word.len = 0;
			in_word = false;
		} else if (quote == 0 && strchr(";&|<>()`", c) != NULL && c != '\0') {
			return complain(im, loc, c);
		} else {
			bytes_put8(&word, (unsigned char)c);
			in_word = true;
		}
	}
	if (quote != 0)
		diag_error(im->diag, loc, DIAG_BAD_VALUE, "the quote %c is not closed", quote);
	else if (in_word)
		values_add(im->arena, out, arena_copy(im->arena, word.ptr, word.len), loc);
	return quote == 0;
}

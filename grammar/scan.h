/* SPDX-License-Identifier: Apache-2.0
 *
 * scan.h - characters to tokens; the wall that hides flex.  The tokens are
 * those of parse.h; a character that is a token stands for itself; 0 is the end.
 */
#ifndef COCOAPOL_SCAN_H
#define COCOAPOL_SCAN_H

#include "base/arena.h"
#include "base/diag.h"

enum { SCAN_TEXT_MAX = 16 << 20 };

enum scan_class { SCAN_END, SCAN_WORD, SCAN_LITERAL, SCAN_SIGN, SCAN_COMMENT };

struct scan {
	struct arena *arena;
	struct diag *diag;
	const struct source *source;
	bool gives_comments;            /* else they are skipped */
	bool has_errors;                /* a complaint was made about a token */

	/* The token last read. */
	struct loc loc;
	struct str text;                /* as spelled; of a string its content; of a digest its bytes */
	enum scan_class class;

	uint32_t at;                    /* offset of what is next */
	void *flex;
};

/* Judge the text as a whole (size, UTF-8, no NUL) and start; arena, diag, source
 * and gives_comments are the caller's to set.  -1: a complaint was made. */
int scan_open(struct scan *s);
int scan_next(struct scan *s);
void scan_close(struct scan *s);

#endif

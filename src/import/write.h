/* SPDX-License-Identifier: Apache-2.0
 *
 * write.h - between write.c, what a policy says, and write_word.c, how its
 * words are spelled.
 */
#ifndef COCOAPOL_WRITE_H
#define COCOAPOL_WRITE_H

#include "../base/bytes.h"
#include "group.h"

struct writer {
	struct bytes b;
	struct loc last;                /* the last place that was asked for, */
	uint32_t line;                  /* and its line */
};

/* Any bytes as a string between quotes; bytes that would show as something else than they are
 * are written as escapes. */
void write_string(struct bytes *b, struct str text);
/* A pattern between slashes. */
void write_pattern(struct bytes *b, struct str pattern);
void write_value(struct bytes *b, struct value v);
/* The value as a bare word or number where the language has it so, or as a string. */
void write_word(struct bytes *b, struct str text);
/* The same for types and options of mounts, of which the usual are bare words. */
void write_plain(struct bytes *b, struct str text);
/* `  # FILE:LINE, remark` and the end of the line; either may be missing. */
void write_end(struct writer *w, struct loc from, struct str remark);
/* Text in a comment: one line, nothing that moves the cursor or the eye. */
void write_comment_text(struct bytes *b, struct str text);

/* An identifier for a name, that no word of the language or the framework is and
 * none of the n before it. */
struct str write_identifier(struct arena *a, struct str name, const struct str *before, uint32_t n);

/* compact.c: containers that are the same but for their names become one. */
void group_compact(struct arena *a, struct group *g);

#endif

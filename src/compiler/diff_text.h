/* SPDX-License-Identifier: Apache-2.0
 *
 * diff_text.h - between diff.c and diff_text.c: how what differs is shown.
 */
#ifndef COCOAPOL_DIFF_TEXT_H
#define COCOAPOL_DIFF_TEXT_H

#include "ast.h"
#include "ir.h"

/* A value as it could be written in a policy; of a row, as it is spelled in its source. */
struct str text_of_value(struct arena *a, const struct ir_value *v);
struct str text_of_row(struct arena *a, const struct ir_row *row);

/* A rule, claim, state, ... of a policy. */
struct words_item {
	struct str heading;             /* "invariant x", "on create_container", "restrict a, b" */
	struct str words;               /* all of it, without comments and with single spaces */
	struct str text;                /* as it stands in the source */
	struct loc loc;
	const void *ptr;                /* its pair, for the caller */
};
struct words {
	struct words_item *items;
	uint32_t n, cap;
};

/* Everything but declarations and switches; file NULL: nothing. */
struct words words_of(struct arena *a, const struct ast_file *file);

#endif

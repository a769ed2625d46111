/* SPDX-License-Identifier: Apache-2.0
 *
 * form.h - values of declarations out of atoms: what a word or a number means
 * follows from the type that is wanted.
 */
#ifndef COCOAPOL_FORM_H
#define COCOAPOL_FORM_H

#include "resolve.h"

/* A run of atoms that is being read; end is where it stops. */
struct cursor {
	const struct ast_atom *items;
	uint32_t n, at;
	struct loc end;
};
struct cursor cursor_inside(const struct ast_atom *group);
/* The next atom's place, or that of the end. */
struct loc cursor_loc(const struct cursor *cursor);
const struct ast_atom *cursor_peek(const struct cursor *cursor);       /* NULL: none is left */

/* Which columns of a row are given. */
struct row_draft {
	struct kind *kind;
	struct ir_row *row;
	bool given[BC_COLUMNS_MAX];
};
struct row_draft row_begin(struct cpolc *c, struct kind *kind, struct loc loc);
/* Fill in defaults and put the row into its table.  false: a column is missing,
 * complaints were made. */
bool row_finish(struct cpolc *c, struct row_draft *draft);

/* One value.  false: complaints were made. */
bool value_take(struct cpolc *c, struct ir_type type, struct cursor *cursor, struct ir_value *value);
/* One row in its kind's form; NULL: complaints were made. */
struct ir_row *form_take(struct cpolc *c, struct kind *kind, struct cursor *cursor);
/* One value more, at the end of a list or set. */
bool value_append(struct cpolc *c, struct ir_type element, struct cursor *cursor, struct ir_value *many,
    uint32_t *cap);
/* The values between brackets. */
bool value_append_all(struct cpolc *c, struct ir_type element, const struct ast_atom *group,
    struct ir_value *many, uint32_t *cap);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * types.h - types as written to types as meant, and back into words.
 */
#ifndef COCOAPOL_TYPES_H
#define COCOAPOL_TYPES_H

#include "resolve.h"

#define TYPE_BOOL   ((struct ir_type){ .base = BC_BOOL })
#define TYPE_INT    ((struct ir_type){ .base = BC_INTEGER })
#define TYPE_STRING ((struct ir_type){ .base = BC_STRING })
#define TYPE_DIGEST ((struct ir_type){ .base = BC_DIGEST32 })
#define TYPE_PATTERN ((struct ir_type){ .base = BC_LANGUAGE })

struct ir_type type_row(struct ir_table *table);
struct ir_type type_enum(struct ir_enum *enumeration);
struct ir_type type_shaped(enum bc_shape shape, struct ir_type element);
struct ir_type type_element(struct ir_type many);
bool type_equal(struct ir_type a, struct ir_type b);
bool type_is(struct ir_type type, enum bc_shape shape, enum bc_base base);
/* One value that can be compared: neither a record nor a pattern. */
bool type_is_scalar(struct ir_type type);
/* As the author would write it, with an article: "a string", "a set of container". */
struct str type_text(struct cpolc *c, struct ir_type type);
#define TYPE_ARG(c, type) STR_ARG(type_text((c), (type)))

/* Where a type stands; bytecode.h says what may be where. */
enum type_place { PLACE_SWITCH, PLACE_COLUMN, PLACE_MEMBER, PLACE_FIELD, PLACE_OUT };
/* false: complaints were made.  *most: a field's most elements. */
bool type_resolve(struct cpolc *c, const struct ast_type *type, enum type_place place,
    struct ir_type *meant, uint32_t *most);
/* The type of a state variable, with its bounds. */
bool type_state(struct cpolc *c, const struct ast_type *type, struct ir_var *var);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * types.c - what may be where is one table in bytecode.h; here it is said in
 * the author's terms, so that bc_open() never has to.
 */
#include "types.h"

struct ir_type type_row(struct ir_table *table)
{
	return (struct ir_type){ .base = BC_TABLEROW, .table = table };
}

struct ir_type type_enum(struct ir_enum *enumeration)
{
	return (struct ir_type){ .base = BC_ENUMERATION, .enumeration = enumeration };
}

struct ir_type type_shaped(enum bc_shape shape, struct ir_type element)
{
	element.shape = shape;
	return element;
}

struct ir_type type_element(struct ir_type many)
{
	return type_shaped(BC_ONE, many);
}

bool type_equal(struct ir_type a, struct ir_type b)
{
	return a.shape == b.shape && a.base == b.base && a.enumeration == b.enumeration && a.table == b.table
	    && a.record == b.record;
}

bool type_is(struct ir_type type, enum bc_shape shape, enum bc_base base)
{
	return type.shape == shape && type.base == base;
}

bool type_is_scalar(struct ir_type type)
{
	return type.shape == BC_ONE && type.base != BC_NOTHING && type.base != BC_LANGUAGE
	    && type.base != BC_RECORD;
}

static struct str base_text(struct ir_type type)
{
	switch (type.base) {
	case BC_NOTHING:
		break;
	case BC_BOOL:
		return STR("bool");
	case BC_INTEGER:
		return STR("int");
	case BC_ENUMERATION:
		return type.enumeration->name;
	case BC_STRING:
		return STR("string");
	case BC_DIGEST32:
		return STR("digest");
	case BC_LANGUAGE:
		return STR("pattern");
	case BC_TABLEROW:
		return type.table->name;
	case BC_RECORD:
		return type.record->name;
	}
	return STR("nothing");
}

struct str type_text(struct cpolc *c, struct ir_type type)
{
	struct str base = base_text(type);

	if (type.shape != BC_ONE)
		return arena_printf(&c->arena, "a %s of %.*s", type.shape == BC_LIST ? "list" : "set",
		    STR_ARG(base));
	return arena_printf(&c->arena, "%s %.*s", base.len != 0 && strchr("aeiou", base.ptr[0]) ? "an" : "a",
	    STR_ARG(base));
}

static void unknown_type(struct cpolc *c, const struct ast_type *type)
{
	static const char *const words[] = { "bool", "int", "string", "digest", "pattern" };
	struct suggestion s = { .wanted = type->name };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		suggest(&s, (struct str){ words[i], strlen(words[i]) });
	suggest_names(&s, &c->types);
	diag_error(c->diag, type->loc, DIAG_UNKNOWN_NAME, "there is no type '%.*s'%.*s", STR_ARG(type->name),
	    STR_ARG(suggestion_text(c, &s)));
}

/* A type of one value. */
static bool resolve_one(struct cpolc *c, const struct ast_type *type, struct ir_type *meant)
{
	static const struct { const char *word; enum bc_base base; } bases[] = {
		{ "bool", BC_BOOL }, { "int", BC_INTEGER }, { "string", BC_STRING },
		{ "digest", BC_DIGEST32 }, { "pattern", BC_LANGUAGE },
	};
	const struct symbol *symbol = names_find(&c->types, type->name);
	size_t i;

	*meant = (struct ir_type){ .shape = BC_ONE };
	for (i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		if (str_is(type->name, bases[i].word)) {
			meant->base = bases[i].base;
			return true;
		}
	}
	if (symbol == NULL) {
		unknown_type(c, type);
		return false;
	}
	if (symbol->kind == SYM_ENUM)
		*meant = type_enum(symbol->enumeration);
	else if (symbol->kind == SYM_RECORD)
		*meant = (struct ir_type){ .base = BC_RECORD, .record = symbol->record };
	else
		*meant = type_row(symbol->of->table);
	return true;
}

static bool bad(struct cpolc *c, struct loc loc, const char *what)
{
	diag_error(c->diag, loc, DIAG_BAD_TYPE, "%s", what);
	return false;
}

#define ONE(base)  (1u << (base))
#define MANY(base) (1u << (8 + (base)))
#define WORDS      (ONE(BC_BOOL) | ONE(BC_INTEGER) | ONE(BC_ENUMERATION) | ONE(BC_STRING) | ONE(BC_DIGEST32))

static bool fits_place(struct ir_type type, enum type_place place)
{
	static const uint32_t fitting[] = {
		[PLACE_SWITCH] = WORDS | ONE(BC_LANGUAGE),
		[PLACE_COLUMN] = WORDS | ONE(BC_LANGUAGE) | ONE(BC_TABLEROW) | MANY(BC_BOOL)
		    | MANY(BC_INTEGER) | MANY(BC_ENUMERATION) | MANY(BC_STRING) | MANY(BC_DIGEST32)
		    | MANY(BC_TABLEROW),
		[PLACE_MEMBER] = WORDS | MANY(BC_INTEGER) | MANY(BC_STRING) | MANY(BC_DIGEST32),
		[PLACE_FIELD] = WORDS | MANY(BC_INTEGER) | MANY(BC_ENUMERATION) | MANY(BC_STRING)
		    | MANY(BC_DIGEST32) | MANY(BC_RECORD),
		[PLACE_OUT] = ONE(BC_BOOL) | ONE(BC_INTEGER),
	};

	return (fitting[place] & (type.shape == BC_ONE ? ONE(type.base) : MANY(type.base))) != 0;
}

static const char *place_text(enum type_place place)
{
	switch (place) {
	case PLACE_SWITCH:
		return "a switch";
	case PLACE_COLUMN:
		return "a column";
	case PLACE_MEMBER:
		return "a member";
	case PLACE_FIELD:
		return "a field";
	case PLACE_OUT:
		return "an output";
	}
	return "";
}

static bool take_size(struct cpolc *c, const struct ast_type *type, enum type_place place, uint32_t *most)
{
	if (type->shape == TYPE_ONE || place != PLACE_FIELD)
		return !type->has_size || bad(c, type->loc, "this type has no size here");
	if (!type->has_size)
		return bad(c, type->loc, "a field says how many elements it has at most: list(64) of string");
	if (type->size == 0 || type->size > BC_ELEMENTS_MAX) {
		diag_error(c->diag, type->loc, DIAG_LIMIT, "a list or set of a request has 1 to %u elements",
		    BC_ELEMENTS_MAX);
		return false;
	}
	*most = (uint32_t)type->size;
	return true;
}

bool type_resolve(struct cpolc *c, const struct ast_type *type, enum type_place place,
    struct ir_type *meant, uint32_t *most)
{
	const struct ast_type *element = type->shape == TYPE_ONE ? type : type->of;

	if (element->shape != TYPE_ONE)
		return bad(c, element->loc, "a list or set has no lists or sets as elements");
	if (!take_size(c, type, place, most) || !resolve_one(c, element, meant))
		return false;
	if (element != type && element->has_size)
		return bad(c, element->loc, "this type has no size here");
	meant->shape = type->shape == TYPE_ONE ? BC_ONE : type->shape == TYPE_LIST ? BC_LIST : BC_SET;
	if (!fits_place(*meant, place)) {
		diag_error(c->diag, type->loc, DIAG_BAD_TYPE, "%s can't be %.*s", place_text(place),
		    TYPE_ARG(c, *meant));
		return false;
	}
	if (type_is(*meant, BC_SET, BC_RECORD) && !meant->record->keyed)
		return bad(c, type->loc, "the records of a set have a key; this record has none");
	return true;
}

/* The longest string that a key or value of the state may be; 0 of other types. */
static bool take_length(struct cpolc *c, const struct ast_type *type, struct ir_type meant, uint32_t *len)
{
	*len = 0;
	if (meant.base != BC_STRING)
		return !type->has_size || bad(c, type->loc, "only a string has a length");
	if (!type->has_size)
		return bad(c, type->loc, "a string in the state says how long it is at most: string(128)");
	if (type->size == 0 || type->size > BC_KEY_LEN_MAX) {
		diag_error(c->diag, type->loc, DIAG_LIMIT, "a string in the state has 1 to %u bytes",
		    BC_KEY_LEN_MAX);
		return false;
	}
	*len = (uint32_t)type->size;
	return true;
}

static bool state_key(struct cpolc *c, const struct ast_type *type, struct ir_var *var)
{
	if (type->shape != TYPE_ONE)
		return bad(c, type->loc, "a key is one string, digest, int or row");
	if (!resolve_one(c, type, &var->key) || !take_length(c, type, var->key, &var->key_len))
		return false;
	if (var->key.base != BC_STRING && var->key.base != BC_DIGEST32 && var->key.base != BC_INTEGER
	    && var->key.base != BC_TABLEROW)
		return bad(c, type->loc, "a key is one string, digest, int or row");
	return true;
}

static bool state_capacity(struct cpolc *c, const struct ast_type *type, struct ir_var *var)
{
	if (!type->has_capacity)
		return bad(c, type->loc, "a map or set of the state says how many keys it has at most: "
		    "set of string(64) capacity 32");
	if (type->capacity == 0 || type->capacity > BC_CAPACITY_MAX) {
		diag_error(c->diag, type->loc, DIAG_LIMIT, "a capacity is 1 to %u", BC_CAPACITY_MAX);
		return false;
	}
	var->capacity = (uint32_t)type->capacity;
	return true;
}

static bool state_many(struct cpolc *c, const struct ast_type *type, struct ir_var *var)
{
	var->value.shape = type->shape == TYPE_LIST ? BC_LIST : BC_SET;
	if (type->shape == TYPE_SET) {
		if (var->value.base != BC_TABLEROW)
			return bad(c, type->loc, "a set in the state is a set of rows");
		return !type->has_size || bad(c, type->loc, "a set of rows has no size");
	}
	if (var->value.base != BC_STRING && var->value.base != BC_DIGEST32 && var->value.base != BC_INTEGER
	    && var->value.base != BC_TABLEROW)
		return bad(c, type->loc, "a list in the state is of strings, digests, ints or rows");
	if (!type->has_size)
		return bad(c, type->loc, "a list in the state says how long it is at most: list(64) of int");
	if (type->size == 0 || type->size > BC_ELEMENTS_MAX) {
		diag_error(c->diag, type->loc, DIAG_LIMIT, "a list in the state has 1 to %u elements",
		    BC_ELEMENTS_MAX);
		return false;
	}
	var->list_len = (uint32_t)type->size;
	return true;
}

static bool state_value(struct cpolc *c, const struct ast_type *type, struct ir_var *var)
{
	const struct ast_type *element = type->shape == TYPE_ONE ? type : type->of;

	if (element->shape != TYPE_ONE)
		return bad(c, element->loc, "a list or set has no lists or sets as elements");
	if (!resolve_one(c, element, &var->value) || !take_length(c, element, var->value, &var->value_len))
		return false;
	if (var->value.base == BC_LANGUAGE || var->value.base == BC_RECORD) {
		diag_error(c->diag, element->loc, DIAG_BAD_TYPE, "the state holds no %.*s",
		    STR_ARG(base_text(var->value)));
		return false;
	}
	if (type->shape != TYPE_ONE && !state_many(c, type, var))
		return false;
	if (type->has_max && !type_is(var->value, BC_ONE, BC_INTEGER))
		return bad(c, type->loc, "only an int has a largest value");
	/* Ints of a list are bounded too, by the largest there is. */
	if (var->value.base == BC_INTEGER)
		var->bound = type->has_max ? type->max : UINT64_MAX;
	return true;
}

bool type_state(struct cpolc *c, const struct ast_type *type, struct ir_var *var)
{
	var->is_map = type->shape == TYPE_MAP || type->shape == TYPE_SET;
	if (type->shape == TYPE_MAP)
		return state_capacity(c, type, var) && state_key(c, type->key, var)
		    && state_value(c, type->of, var);
	if (type->shape == TYPE_SET) {
		if (type->has_size)
			return bad(c, type->loc, "a set of the state has a capacity, not a size");
		return state_capacity(c, type, var) && state_key(c, type->of, var);
	}
	if (type->has_capacity)
		return bad(c, type->loc, "only a map or set has a capacity");
	if (!state_value(c, type, var))
		return false;
	if (!type_is(var->value, BC_ONE, BC_BOOL) && !type_is(var->value, BC_ONE, BC_INTEGER)
	    && !type_is(var->value, BC_ONE, BC_ENUMERATION))
		return bad(c, type->loc, "a variable is a bool, int or enumeration, or a map or set");
	return true;
}

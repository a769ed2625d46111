/* SPDX-License-Identifier: Apache-2.0
 *
 * form.c - reads atoms against types and forms, always left to right and
 * without going back, so that one can tell by reading how a row is understood.
 */
#include "form.h"

#include <stdlib.h>

#include "decl.h"
#include "pattern.h"
#include "types.h"

struct cursor cursor_inside(const struct ast_atom *group)
{
	struct loc end = { group->loc.source, group->loc.end - 1, group->loc.end };

	return (struct cursor){ group->inside->items, group->inside->n, 0, end };
}

const struct ast_atom *cursor_peek(const struct cursor *cursor)
{
	return cursor->at < cursor->n ? &cursor->items[cursor->at] : NULL;
}

struct loc cursor_loc(const struct cursor *cursor)
{
	return cursor->at < cursor->n ? cursor->items[cursor->at].loc : cursor->end;
}

static bool mismatch(struct cpolc *c, struct loc loc, struct ir_type type)
{
	diag_error(c->diag, loc, DIAG_TYPE_MISMATCH, "%.*s is wanted here", TYPE_ARG(c, type));
	return false;
}

/* ---- one value ---- */

/* A word where an integer is wanted may be meant as a constant. */
static bool no_constant(struct cpolc *c, const struct ast_atom *atom, struct ir_type type)
{
	struct suggestion s = { .wanted = atom->text };
	uint32_t i;

	for (i = 0; atom->kind == ATOM_WORD && i < c->values.cap; i++)
		if (c->values.slots[i] != NULL && c->values.slots[i]->kind == SYM_CONST)
			suggest(&s, c->values.slots[i]->name.text);
	diag_error(c->diag, atom->loc, DIAG_TYPE_MISMATCH, "%.*s is wanted here%.*s", TYPE_ARG(c, type),
	    STR_ARG(suggestion_text(c, &s)));
	return false;
}

static bool take_int(struct cpolc *c, const struct ast_atom *atom, struct ir_value *value)
{
	const struct symbol *symbol;

	if (atom->kind == ATOM_INT) {
		if (ast_read_integer(atom->text, &value->word))
			return true;
		diag_error(c->diag, atom->loc, DIAG_BAD_LITERAL,
		    "an integer has no leading zero and is at most 18446744073709551615");
		return false;
	}
	symbol = atom->kind == ATOM_WORD ? names_find(&c->values, atom->text) : NULL;
	if (symbol == NULL || symbol->kind != SYM_CONST)
		return no_constant(c, atom, value->type);
	value->word = symbol->item->integer;
	return true;
}

static bool take_enum(struct cpolc *c, const struct ast_atom *atom, struct ir_value *value)
{
	const struct ir_enum *e = value->type.enumeration;
	struct suggestion s = { .wanted = atom->text };
	uint32_t i;

	if (atom->kind != ATOM_WORD)
		return mismatch(c, atom->loc, value->type);
	for (i = 0; i < e->n_values; i++) {
		if (str_equal(e->values[i], atom->text)) {
			value->word = i;
			return true;
		}
		suggest(&s, e->values[i]);
	}
	diag_error(c->diag, atom->loc, DIAG_UNKNOWN_NAME, "'%.*s' is no value of %.*s%.*s",
	    STR_ARG(atom->text), STR_ARG(e->name), STR_ARG(suggestion_text(c, &s)));
	return false;
}

/* A word or a number stands for its spelling. */
static bool take_string(struct cpolc *c, const struct ast_atom *atom, struct ir_value *value)
{
	if (atom->kind != ATOM_STRING && atom->kind != ATOM_WORD && atom->kind != ATOM_INT)
		return mismatch(c, atom->loc, value->type);
	if (atom->text.len > BC_STRING_MAX) {
		diag_error(c->diag, atom->loc, DIAG_LIMIT, "a string has at most %u bytes", BC_STRING_MAX);
		return false;
	}
	value->text = atom->text;
	return true;
}

static bool take_pattern(struct cpolc *c, const struct ast_atom *atom, struct ir_value *value)
{
	struct ir_value literal = { .type = value->type };

	if (atom->kind == ATOM_REGEX)
		return pattern_of_regex(c, atom->loc, atom->text, &value->pattern);
	if (atom->kind == ATOM_WORD && str_is(atom->text, "any"))
		return pattern_of_regex(c, atom->loc, STR("(?s).*"), &value->pattern);
	if (!take_string(c, atom, &literal))
		return false;
	value->pattern = pattern_of_literal(literal.text);
	return true;
}

static bool take_bool(struct cpolc *c, const struct ast_atom *atom, struct ir_value *value)
{
	if (atom->kind != ATOM_WORD || (!str_is(atom->text, "true") && !str_is(atom->text, "false")))
		return mismatch(c, atom->loc, value->type);
	value->word = str_is(atom->text, "true");
	return true;
}

/* A named row is referred to, any other is written out. */
static bool take_row(struct cpolc *c, struct cursor *cursor, struct ir_value *value)
{
	struct kind *kind = kind_of(c, value->type.table);
	const struct ast_atom *atom = cursor_peek(cursor);
	struct suggestion s = { .wanted = atom->text };
	const struct symbol *row;

	if (kind->form != NULL) {
		value->row = form_take(c, kind, cursor);
		return value->row != NULL;
	}
	if (atom->kind != ATOM_WORD)
		return mismatch(c, atom->loc, value->type);
	row = names_find(&kind->rows, atom->text);
	if (row == NULL) {
		suggest_names(&s, &kind->rows);
		diag_error(c->diag, atom->loc, DIAG_UNKNOWN_NAME, "there is no %.*s '%.*s'%.*s",
		    STR_ARG(kind->table->name), STR_ARG(atom->text), STR_ARG(suggestion_text(c, &s)));
		return false;
	}
	cursor->at++;
	value->row = row->row;
	return true;
}

static bool take_one(struct cpolc *c, struct cursor *cursor, struct ir_value *value)
{
	const struct ast_atom *atom = cursor_peek(cursor);

	if (atom == NULL)
		return mismatch(c, cursor->end, value->type);
	if (value->type.base == BC_TABLEROW)
		return take_row(c, cursor, value);
	cursor->at++;
	switch (value->type.base) {
	case BC_BOOL:
		return take_bool(c, atom, value);
	case BC_INTEGER:
		return take_int(c, atom, value);
	case BC_ENUMERATION:
		return take_enum(c, atom, value);
	case BC_STRING:
		return take_string(c, atom, value);
	case BC_DIGEST32:
		value->text = atom->text;
		return atom->kind == ATOM_DIGEST || mismatch(c, atom->loc, value->type);
	case BC_LANGUAGE:
		return take_pattern(c, atom, value);
	case BC_NOTHING:
	case BC_TABLEROW:
	case BC_RECORD:
		break;
	}
	return mismatch(c, atom->loc, value->type);
}

bool value_append(struct cpolc *c, struct ir_type element, struct cursor *cursor, struct ir_value *many,
    uint32_t *cap)
{
	struct ir_value value = { .type = element };
	struct loc loc = cursor_loc(cursor);

	if (!take_one(c, cursor, &value))
		return false;
	if (element.base == BC_INTEGER && value.word > UINT32_MAX) {
		diag_error(c->diag, loc, DIAG_LIMIT, "an int in a declaration is at most %u", UINT32_MAX);
		return false;
	}
	arena_push(&c->arena, many->items, many->n_items, *cap);
	many->items[many->n_items++] = value;
	return true;
}

bool value_append_all(struct cpolc *c, struct ir_type element, const struct ast_atom *group,
    struct ir_value *many, uint32_t *cap)
{
	struct cursor inside = cursor_inside(group);
	const struct ast_atom *comma;

	while (cursor_peek(&inside) != NULL) {
		if (!value_append(c, element, &inside, many, cap))
			return false;
		comma = cursor_peek(&inside);
		if (comma != NULL && comma->kind == ATOM_COMMA)
			inside.at++;
	}
	return true;
}

bool value_take(struct cpolc *c, struct ir_type type, struct cursor *cursor, struct ir_value *value)
{
	const struct ast_atom *atom = cursor_peek(cursor);
	struct loc loc = cursor_loc(cursor);
	uint32_t cap = 0;

	*value = (struct ir_value){ .type = type };
	if (type.shape == BC_ONE)
		return take_one(c, cursor, value);
	if (atom == NULL || atom->kind != (type.shape == BC_LIST ? ATOM_LIST : ATOM_SET)) {
		diag_error(c->diag, loc, DIAG_TYPE_MISMATCH, "%.*s is wanted here, between %s",
		    TYPE_ARG(c, type), type.shape == BC_LIST ? "[ and ]" : "{ and }");
		return false;
	}
	cursor->at++;
	return value_append_all(c, type_element(type), atom, value, &cap);
}

/* ---- rows ---- */

struct row_draft row_begin(struct cpolc *c, struct kind *kind, struct loc loc)
{
	struct row_draft draft = { .kind = kind, .row = arena_new(&c->arena, struct ir_row) };
	uint32_t i;

	draft.row->loc = loc;
	draft.row->cells = arena_array(&c->arena, kind->table->n_columns, struct ir_value);
	for (i = 0; i < kind->table->n_columns; i++)
		draft.row->cells[i].type = kind->table->columns[i].type;
	return draft;
}

/* The column whose value a default names; n_columns if it is none. */
static uint32_t default_column(const struct kind *kind, const struct ast_atom *fallback)
{
	uint32_t i = kind->table->n_columns;

	if (fallback->kind == ATOM_WORD) {
		for (i = 0; i < kind->table->n_columns; i++) {
			if (str_equal(kind->table->columns[i].name, fallback->text))
				break;
		}
	}
	return i;
}

/* depth counts the defaults that led here: more than columns is a circle. */
static bool fill_default(struct cpolc *c, struct row_draft *draft, uint32_t i, uint32_t depth)
{
	struct kind *kind = draft->kind;
	struct column *column = &kind->columns[i];
	const struct ast_atom *fallback = column->member->fallback;
	struct cursor cursor = { fallback, 1, 0, fallback->loc };
	uint32_t from = default_column(kind, fallback);

	if (from < kind->table->n_columns
	    && type_equal(kind->table->columns[from].type, kind->table->columns[i].type)) {
		if (depth > kind->table->n_columns) {
			diag_error(c->diag, fallback->loc, DIAG_CYCLE, "this default leads back to itself");
			return false;
		}
		if (!draft->given[from] && kind->columns[from].member->fallback != NULL
		    && !fill_default(c, draft, from, depth + 1))
			return false;
		draft->row->cells[i] = draft->row->cells[from];
	} else {
		if (!column->is_cached
		    && !value_take(c, kind->table->columns[i].type, &cursor, &column->fallback))
			return false;
		column->is_cached = true;
		draft->row->cells[i] = column->fallback;
	}
	draft->given[i] = true;
	return true;
}

static int compare_values(const void *a, const void *b)
{
	return value_order(a, b);
}

/* Sets are the same in whatever order, and however often, they were written. */
static void order_set(struct ir_value *value)
{
	uint32_t i, n = 0;

	if (value->type.shape != BC_SET || value->n_items == 0)
		return;
	qsort(value->items, value->n_items, sizeof(*value->items), compare_values);
	for (i = 0; i < value->n_items; i++) {
		if (n == 0 || value_order(&value->items[n - 1], &value->items[i]) != 0)
			value->items[n++] = value->items[i];
	}
	value->n_items = n;
}

bool row_finish(struct cpolc *c, struct row_draft *draft)
{
	struct ir_table *table = draft->kind->table;
	struct str missing = { "", 0 };
	uint32_t i;

	for (i = 0; i < table->n_columns; i++) {
		const struct ast_member *member = draft->kind->columns[i].member;

		if (draft->given[i] || type_is(table->columns[i].type, BC_ONE, BC_BOOL))
			continue;
		if (member == NULL || member->fallback == NULL)
			missing = arena_printf(&c->arena, "%.*s%s%.*s", STR_ARG(missing),
			    missing.len == 0 ? "" : ", ", STR_ARG(table->columns[i].name));
	}
	if (missing.len != 0) {
		diag_error(c->diag, draft->row->loc, DIAG_MISSING_COLUMN, "this %.*s lacks: %.*s",
		    STR_ARG(table->name), STR_ARG(missing));
		return false;
	}
	for (i = 0; i < table->n_columns; i++) {
		const struct ast_member *member = draft->kind->columns[i].member;

		if (!draft->given[i] && member != NULL && member->fallback != NULL
		    && !fill_default(c, draft, i, 0))
			return false;
		order_set(&draft->row->cells[i]);
		if (type_is(table->columns[i].type, BC_ONE, BC_INTEGER)
		    && draft->row->cells[i].word > UINT32_MAX) {
			diag_error(c->diag, draft->row->loc, DIAG_LIMIT,
			    "the int of column '%.*s' is above %u", STR_ARG(table->columns[i].name),
			    UINT32_MAX);
			return false;
		}
	}
	arena_push(&c->arena, table->rows, table->n_rows, draft->kind->rows_cap);
	table->rows[table->n_rows++] = draft->row;
	return true;
}

/* ---- forms ---- */

/* Whether what is next begins an optional part. */
static bool begins(const struct row_draft *draft, const struct form *first, const struct ast_atom *atom)
{
	const struct ir_type *type;
	uint32_t i;

	if (atom == NULL || atom->kind == ATOM_COMMA)
		return false;
	switch (first->kind) {
	case FORM_TOKEN:
		return (atom->kind == ATOM_WORD || atom->kind == ATOM_EQUALS)
		    && str_equal(atom->text, first->token);
	case FORM_FLAG:
		return atom->kind == ATOM_WORD && str_equal(atom->text,
		    draft->kind->table->columns[first->column].name);
	case FORM_OPTION:
		return begins(draft, first->inside, atom);
	case FORM_COLUMN:
		break;
	}
	type = &draft->kind->table->columns[first->column].type;
	if (type->shape != BC_ONE)
		return atom->kind == (type->shape == BC_LIST ? ATOM_LIST : ATOM_SET);
	if (type->base != BC_ENUMERATION)
		return atom->kind != ATOM_EQUALS
		    && (atom->kind == ATOM_DIGEST) == (type->base == BC_DIGEST32);
	for (i = 0; i < type->enumeration->n_values; i++) {
		if (atom->kind == ATOM_WORD && str_equal(type->enumeration->values[i], atom->text))
			return true;
	}
	return false;
}

/* A word that is none of the values that may stand here and none of what is
 * wanted after them: it was meant as one of them. */
static bool is_misspelled(struct cpolc *c, const struct row_draft *draft, const struct form *skipped,
    const struct ir_type *wanted, const struct ast_atom *atom)
{
	const struct ir_table *table = draft->kind->table;
	const struct ir_type *type = &table->columns[skipped->inside->column].type;
	struct suggestion s = { .wanted = atom->text };
	struct str known = { "", 0 };
	uint32_t i;

	if (draft->given[skipped->inside->column]
	    || !type_is(*type, BC_ONE, BC_ENUMERATION)
	    || !type_is(*wanted, BC_ONE, BC_DIGEST32) || atom->kind != ATOM_WORD)
		return false;
	for (i = 0; i < type->enumeration->n_values; i++) {
		suggest(&s, type->enumeration->values[i]);
		known = arena_printf(&c->arena, "%.*s%s%.*s", STR_ARG(known), i == 0 ? "" : ", ",
		    STR_ARG(type->enumeration->values[i]));
	}
	diag_error(c->diag, atom->loc, DIAG_TYPE_MISMATCH, "a %.*s (%.*s) or %.*s is wanted here%.*s",
	    STR_ARG(type->enumeration->name), STR_ARG(known), TYPE_ARG(c, *wanted),
	    STR_ARG(suggestion_text(c, &s)));
	return true;
}

static bool take_form(struct cpolc *c, struct row_draft *draft, const struct form *form, uint32_t n,
    struct cursor *cursor)
{
	const struct ir_table *table = draft->kind->table;
	struct str wanted;
	uint32_t i;

	for (i = 0; i < n; i++) {
		const struct form *f = &form[i];
		bool is_here = begins(draft, f, cursor_peek(cursor));

		if (f->kind == FORM_OPTION) {
			if (is_here && !take_form(c, draft, f->inside, f->n_inside, cursor))
				return false;
			continue;
		}
		if (f->kind == FORM_COLUMN) {
			if (i > 0 && form[i - 1].kind == FORM_OPTION
			    && form[i - 1].inside->kind == FORM_COLUMN && cursor_peek(cursor) != NULL
			    && is_misspelled(c, draft, &form[i - 1], &table->columns[f->column].type,
			    cursor_peek(cursor)))
				return false;
			if (!value_take(c, table->columns[f->column].type, cursor,
			    &draft->row->cells[f->column]))
				return false;
			draft->given[f->column] = true;
			continue;
		}
		if (!is_here) {
			wanted = f->kind == FORM_TOKEN ? f->token : table->columns[f->column].name;
			diag_error(c->diag, cursor_loc(cursor), DIAG_BAD_DECLARATION,
			    "'%.*s' is wanted here in %.*s", STR_ARG(wanted), STR_ARG(table->name));
			return false;
		}
		cursor->at++;
		if (f->kind == FORM_FLAG) {
			draft->row->cells[f->column].word = 1;
			draft->given[f->column] = true;
		}
	}
	return true;
}

struct ir_row *form_take(struct cpolc *c, struct kind *kind, struct cursor *cursor)
{
	struct loc start = cursor_loc(cursor);
	struct row_draft draft = row_begin(c, kind, start);

	if (!take_form(c, &draft, kind->form, kind->n_form, cursor))
		return NULL;
	if (cursor->at != 0)
		draft.row->loc = loc_join(start, cursor->items[cursor->at - 1].loc);
	return row_finish(c, &draft) ? draft.row : NULL;
}

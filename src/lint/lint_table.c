/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_table.c - declarations by the names that a framework gives them, and what
 * findings call them.
 */
#include "../base/bytes.h"
#include "../bytecode/decode.h"
#include "../request/request.h"
#include "lint.h"

struct str lint_string(const struct lint *l, uint32_t string)
{
	return tool_string(l->tool, string);
}

struct str lint_quote(const struct lint *l, struct str text)
{
	return request_quote(l->arena, text);
}

uint32_t lint_table(const struct lint *l, const char *name)
{
	uint32_t i;

	for (i = 0; i < l->p->n_tables; i++)
		if (str_is(lint_string(l, l->p->tables[i].name), name))
			return i;
	return LINT_NONE;
}

static uint32_t find_column(const struct lint *l, uint32_t table, const char *name)
{
	const struct bc_table *t = &l->p->tables[table];
	uint32_t i;

	for (i = 0; i < t->n_columns; i++)
		if (str_is(lint_string(l, bc_get32(t->columns + 8 * (size_t)i)), name))
			return i;
	return LINT_NONE;
}

/* Names are literals, so one address is one name. */
uint32_t lint_column(const struct lint *l, uint32_t table, const char *name)
{
	struct lint_memo *memo = &l->memos[((uintptr_t)name / 4 + table * 37) % LINT_MEMOS];

	if (memo->name != name || memo->table != table)
		*memo = (struct lint_memo){ name, table, find_column(l, table, name) };
	return memo->column;
}

uint32_t lint_event(const struct lint *l, const char *name)
{
	uint32_t i;

	for (i = 0; i < l->p->n_events; i++)
		if (str_is(tool_event(l->tool, i), name))
			return i;
	return LINT_NONE;
}

/* The column, if its values are single ones of that base. */
static uint32_t column_of(const struct lint *l, struct lint_row row, const char *name,
    enum bc_base base)
{
	uint32_t column = lint_column(l, row.table, name), type;

	if (column == LINT_NONE)
		return LINT_NONE;
	type = bc_column_type(&l->p->tables[row.table], column);
	return BC_SHAPE(type) == BC_ONE && BC_BASE(type) == base ? column : LINT_NONE;
}

static uint32_t cell_of(const struct lint *l, struct lint_row row, uint32_t column)
{
	return bc_cell(&l->p->tables[row.table], row.row, column);
}

uint32_t lint_cell(const struct lint *l, struct lint_row row, const char *column)
{
	uint32_t c = column_of(l, row, column, BC_INTEGER);

	return c == LINT_NONE ? 0 : cell_of(l, row, c);
}

bool lint_true(const struct lint *l, struct lint_row row, const char *column)
{
	uint32_t c = column_of(l, row, column, BC_BOOL);

	return c != LINT_NONE && cell_of(l, row, c) != 0;
}

struct str lint_text(const struct lint *l, struct lint_row row, const char *column)
{
	uint32_t c = column_of(l, row, column, BC_STRING);

	return c == LINT_NONE ? STR("") : lint_string(l, cell_of(l, row, c));
}

struct lang *lint_pattern(struct lint *l, struct lint_row row, const char *column)
{
	uint32_t c = column_of(l, row, column, BC_LANGUAGE);

	return lint_lang(&l->langs, c == LINT_NONE ? LINT_NONE : cell_of(l, row, c));
}

struct str lint_enumerator(const struct lint *l, struct lint_row row, const char *column)
{
	uint32_t c = column_of(l, row, column, BC_ENUMERATION);
	const uint8_t *names;

	if (c == LINT_NONE)
		return STR("");
	names = l->p->enums[BC_INDEX(bc_column_type(&l->p->tables[row.table], c))] + 8;
	return lint_string(l, bc_get32(names + 4 * (size_t)cell_of(l, row, c)));
}

struct bc_bytes lint_list(const struct lint *l, struct lint_row row, const char *column,
    enum bc_base base)
{
	uint32_t c = lint_column(l, row.table, column), type;

	if (c != LINT_NONE) {
		type = bc_column_type(&l->p->tables[row.table], c);
		if (BC_SHAPE(type) != BC_ONE && BC_BASE(type) == base)
			return bc_list(l->p, cell_of(l, row, c));
	}
	return (struct bc_bytes){ NULL, 0 };
}

uint32_t lint_item(struct bc_bytes list, uint32_t i)
{
	return bc_get32(list.ptr + 4 * (size_t)i);
}

struct lint_row lint_row_of(const struct lint *l, struct lint_row row, const char *column)
{
	uint32_t c = column_of(l, row, column, BC_TABLEROW);

	if (c == LINT_NONE)
		return (struct lint_row){ LINT_NONE, LINT_NONE };
	return (struct lint_row){ BC_INDEX(bc_column_type(&l->p->tables[row.table], c)),
	    cell_of(l, row, c) };
}

struct lint_rows lint_rows(const struct lint *l, struct lint_row row, const char *column)
{
	struct lint_rows rows = { .cells = lint_list(l, row, column, BC_TABLEROW) };

	if (rows.cells.len != 0)
		rows.table = BC_INDEX(bc_column_type(&l->p->tables[row.table],
		    lint_column(l, row.table, column)));
	return rows;
}

struct lint_row lint_rows_at(struct lint_rows rows, uint32_t i)
{
	return (struct lint_row){ rows.table, lint_item(rows.cells, i) };
}

/* ---- switches ---- */

static bool find_switch(const struct lint *l, const char *name, enum bc_base base, uint64_t *value)
{
	uint32_t i;

	for (i = 0; i < l->p->n_switches; i++) {
		if (BC_BASE(bc_switch_type(l->p, i)) != base ||
		    !str_is(lint_string(l, bc_get32(l->p->switches + 16 * (size_t)i)), name))
			continue;
		*value = bc_switch_value(l->p, i);
		return true;
	}
	return false;
}

bool lint_switch(const struct lint *l, const char *name)
{
	uint64_t value;

	return find_switch(l, name, BC_BOOL, &value) && value != 0;
}

struct lang *lint_switch_pattern(struct lint *l, const char *name)
{
	uint64_t value;

	return find_switch(l, name, BC_LANGUAGE, &value) ? lint_lang(&l->langs, (uint32_t)value) :
	    NULL;
}

/* ---- what findings call them ---- */

const struct srcmap_entry *lint_row_place(const struct lint *l, struct lint_row row)
{
	return l->row_places[row.table] == NULL ? NULL : l->row_places[row.table][row.row];
}

struct str lint_row_name(const struct lint *l, struct lint_row row)
{
	struct str table = lint_string(l, l->p->tables[row.table].name);
	struct str name = lint_text(l, row, "name");
	const struct srcmap_entry *place = lint_row_place(l, row);

	if (name.len != 0 && (place == NULL || str_equal(place->label, name)))
		return arena_printf(l->arena, "%.*s %.*s", STR_ARG(table), STR_ARG(name));
	return arena_printf(l->arena, "%.*s %u", STR_ARG(table), (unsigned)row.row);
}

struct str lint_words(const struct lint *l, struct bc_bytes list)
{
	struct bytes b = { .arena = l->arena };
	uint32_t i;

	bytes_printf(&b, "[");
	for (i = 0; i < list.len; i++)
		bytes_printf(&b, "%s%.*s", i == 0 ? "" : ", ",
		    STR_ARG(lint_quote(l, lint_string(l, lint_item(list, i)))));
	bytes_printf(&b, "]");
	return bytes_str(&b);
}

struct str lint_variable(const struct lint *l, struct str name, struct str value)
{
	struct bytes b = { .arena = l->arena };

	bytes_put(&b, name.ptr, name.len);
	bytes_put(&b, "=", 1);
	bytes_put(&b, value.ptr, value.len);
	return lint_quote(l, bytes_str(&b));
}

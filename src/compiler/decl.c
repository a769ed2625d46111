/* SPDX-License-Identifier: Apache-2.0
 *
 * decl.c - declarations at the top of a file.  Rows may name rows that come
 * later, so the names of all are known before any is read.
 */
#include "decl.h"

#include <stdlib.h>

#include "form.h"
#include "types.h"

/* ---- forms ---- */

static uint32_t find_column(const struct ir_table *table, struct str name)
{
	uint32_t i;

	for (i = 0; i < table->n_columns && !str_equal(table->columns[i].name, name); i++)
		;
	return i;
}

static bool read_form(struct cpolc *c, struct kind *kind, const struct ast_atoms *atoms, bool *spelled,
    struct form **form, uint32_t *n);

static bool read_element(struct cpolc *c, struct kind *kind, const struct ast_atom *atom, bool *spelled,
    struct form *f)
{
	uint32_t column = kind->table->n_columns;

	if (atom->kind == ATOM_LIST) {
		f->kind = FORM_OPTION;
		return read_form(c, kind, atom->inside, spelled, &f->inside, &f->n_inside);
	}
	if (atom->kind == ATOM_WORD)
		column = find_column(kind->table, atom->text);
	if (column == kind->table->n_columns) {
		f->kind = FORM_TOKEN;
		f->token = atom->text;
		if (atom->kind == ATOM_WORD || atom->kind == ATOM_STRING || atom->kind == ATOM_EQUALS)
			return true;
		diag_error(c->diag, atom->loc, DIAG_BAD_DECLARATION,
		    "a form is made of columns, words, '=' and optional parts in brackets");
		return false;
	}
	if (spelled[column]) {
		diag_error(c->diag, atom->loc, DIAG_BAD_DECLARATION, "the form has this column already");
		return false;
	}
	spelled[column] = true;
	f->kind = type_is(kind->table->columns[column].type, BC_ONE, BC_BOOL) ? FORM_FLAG : FORM_COLUMN;
	f->column = column;
	return true;
}

static bool read_form(struct cpolc *c, struct kind *kind, const struct ast_atoms *atoms, bool *spelled,
    struct form **form, uint32_t *n)
{
	bool is_required = false;
	uint32_t i;

	*n = atoms->n;
	*form = arena_array(&c->arena, atoms->n, struct form);
	for (i = 0; i < atoms->n; i++) {
		if (!read_element(c, kind, &atoms->items[i], spelled, &(*form)[i]))
			return false;
		is_required = is_required || (*form)[i].kind != FORM_OPTION;
	}
	/* So that reading a row always moves on. */
	if (!is_required)
		diag_error(c->diag, kind->item->name.loc, DIAG_BAD_DECLARATION,
		    "a form and its optional parts have something that must be there");
	return is_required;
}

static void find_cycle(struct cpolc *c, struct kind *kind)
{
	uint32_t i;

	if (kind->seen == KIND_OPEN)
		diag_error(c->diag, kind->item->name.loc, DIAG_CYCLE, "'%.*s' would contain itself",
		    STR_ARG(kind->table->name));
	if (kind->seen != KIND_UNSEEN)
		return;
	kind->seen = KIND_OPEN;
	for (i = 0; i < kind->table->n_columns; i++) {
		if (kind->table->columns[i].type.base == BC_TABLEROW)
			find_cycle(c, kind_of(c, kind->table->columns[i].type.table));
	}
	kind->seen = KIND_SEEN;
}

void decl_kinds(struct cpolc *c)
{
	static const struct ast_atoms nothing;
	uint32_t i;

	for (i = 0; i < c->ir.n_tables; i++) {
		struct kind *kind = c->kinds[i];
		bool spelled[BC_COLUMNS_MAX] = { false };

		if ((kind->item->atoms != NULL) == kind->item->named)
			diag_error(c->diag, kind->item->name.loc, DIAG_BAD_DECLARATION,
			    kind->item->named ? "rows of a named kind are declared by name, so it has no form"
			    : "a kind is named or has a form: else no row of it can be written");
		else if (!kind->item->named)
			read_form(c, kind, kind->item->atoms != NULL ? kind->item->atoms : &nothing, spelled,
			    &kind->form, &kind->n_form);
		find_cycle(c, kind);
	}
}

/* ---- switches ---- */

static void set_switch(struct cpolc *c, const struct ast_item *item, struct ir_switch *swtch)
{
	struct cursor cursor = { &item->value, 1, 0, item->value.loc };
	struct ir_type type = swtch->value.type;

	value_take(c, type, &cursor, &swtch->value);
}

/* `set` and `allow` of a policy; a switch is set once. */
static void set_by_policy(struct cpolc *c, const struct ast_item *item, struct names *done)
{
	struct str name = item->kind == ITEM_ALLOW
	    ? arena_printf(&c->arena, "allow_%.*s", STR_ARG(item->name.text)) : item->name.text;
	const struct symbol *symbol = names_find(&c->values, name);
	struct suggestion s = { .wanted = name };
	struct symbol *once = arena_new(&c->arena, struct symbol);
	uint32_t i;

	if (symbol == NULL || symbol->kind != SYM_SWITCH) {
		for (i = 0; i < c->ir.n_switches; i++)
			suggest(&s, c->ir.switches[i]->name);
		if (item->kind == ITEM_ALLOW && s.best.len > sizeof("allow_") - 1) {
			s.best.ptr += sizeof("allow_") - 1;
			s.best.len -= sizeof("allow_") - 1;
		}
		diag_error(c->diag, item->name.loc, DIAG_UNKNOWN_NAME, "there is no switch '%.*s'%.*s",
		    STR_ARG(name), STR_ARG(suggestion_text(c, &s)));
		return;
	}
	once->name = (struct ast_name){ name, item->name.loc };
	if (names_add(c, done, once) != NULL) {
		diag_error(c->diag, item->name.loc, DIAG_DUPLICATE_NAME,
		    "'%.*s' is set twice", STR_ARG(name));
		return;
	}
	if (item->kind == ITEM_SET)
		set_switch(c, item, symbol->swtch);
	else if (!type_is(symbol->swtch->value.type, BC_ONE, BC_BOOL))
		diag_error(c->diag, item->name.loc, DIAG_TYPE_MISMATCH, "'%.*s' is %.*s: use set",
		    STR_ARG(name), TYPE_ARG(c, symbol->swtch->value.type));
	else
		symbol->swtch->value.word = 1;
}

void decl_switches(struct cpolc *c)
{
	const struct ast_file *files[] = { c->framework, c->policy };
	struct names done = { 0 };
	uint32_t i, f;

	for (f = 0; f < 2; f++) {
		for (i = 0; files[f] != NULL && i < files[f]->items.n; i++) {
			const struct ast_item *item = files[f]->items.items[i];
			const struct symbol *symbol = names_find(&c->values, item->name.text);

			if (item->kind == ITEM_SWITCH)
				set_switch(c, item, symbol->swtch);
			else if ((item->kind == ITEM_ALLOW || item->kind == ITEM_SET) && f == 1)
				set_by_policy(c, item, &done);
			else if (item->kind == ITEM_ALLOW || item->kind == ITEM_SET)
				diag_error(c->diag, item->name.loc, DIAG_NOT_ALLOWED_HERE,
				    "a framework declares switches; a policy sets them");
		}
	}
}

/* ---- rows ---- */

static int order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int row_order(const struct ir_table *table, const struct ir_row *a, const struct ir_row *b)
{
	uint32_t i;
	int o = 0;

	/* A named row may be referred to before its own cells are known. */
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	for (i = 0; a != b && o == 0 && i < table->n_columns; i++)
		o = value_order(&a->cells[i], &b->cells[i]);
	return o;
}

static int pattern_order(const struct ir_pattern *a, const struct ir_pattern *b)
{
	struct str a_bytes = { (const char *)a->bytes, a->len }, b_bytes = { (const char *)b->bytes, b->len };

	if (a->is_literal != b->is_literal)
		return a->is_literal ? -1 : 1;
	return a->is_literal ? str_compare(a->literal, b->literal) : str_compare(a_bytes, b_bytes);
}

int value_order(const struct ir_value *a, const struct ir_value *b)
{
	uint32_t i;
	int o = 0;

	if (a->type.shape != BC_ONE) {
		for (i = 0; o == 0 && i < a->n_items && i < b->n_items; i++)
			o = value_order(&a->items[i], &b->items[i]);
		return o != 0 ? o : order(a->n_items, b->n_items);
	}
	switch (a->type.base) {
	case BC_BOOL:
	case BC_INTEGER:
	case BC_ENUMERATION:
		return order(a->word, b->word);
	case BC_STRING:
	case BC_DIGEST32:
		return str_compare(a->text, b->text);
	case BC_LANGUAGE:
		return pattern_order(&a->pattern, &b->pattern);
	case BC_TABLEROW:
		return row_order(a->type.table, a->row, b->row);
	case BC_NOTHING:
	case BC_RECORD:
		break;
	}
	return 0;
}

/* The kind whose row begins at the cursor; NULL: complaints were made. */
static struct kind *take_kind(struct cpolc *c, struct cursor *cursor)
{
	const struct ast_atom *word = &cursor->items[cursor->at];
	const struct symbol *symbol = word->kind == ATOM_WORD ? names_find(&c->types, word->text) : NULL;
	struct suggestion s = { .wanted = word->text };
	uint32_t i;

	if (symbol == NULL || symbol->kind != SYM_KIND) {
		for (i = 0; i < c->ir.n_tables; i++)
			suggest(&s, c->ir.tables[i]->name);
		if (word->kind != ATOM_WORD)
			diag_error(c->diag, word->loc, DIAG_BAD_DECLARATION,
			    "a declaration begins with its kind");
		else
			diag_error(c->diag, word->loc, DIAG_UNKNOWN_NAME, "there is no kind '%.*s'%.*s",
			    STR_ARG(word->text), STR_ARG(suggestion_text(c, &s)));
		return NULL;
	}
	if (!symbol->item->named && !symbol->of->table->has_key) {
		diag_error(c->diag, word->loc, DIAG_BAD_DECLARATION,
		    "a row of '%.*s' is a part of another row: it has no name and no key",
		    STR_ARG(word->text));
		return NULL;
	}
	cursor->at++;
	return symbol->of;
}

/* Whether a row of a named kind begins here: KIND NAME { ... }. */
static bool is_named_row(const struct cpolc *c, const struct cursor *cursor)
{
	const struct ast_atom *atom = &cursor->items[cursor->at];
	const struct symbol *symbol;

	if (cursor->n - cursor->at < 3 || atom[0].kind != ATOM_WORD || atom[1].kind != ATOM_WORD
	    || atom[2].kind != ATOM_SET)
		return false;
	symbol = names_find(&c->types, atom->text);
	return symbol != NULL && symbol->kind == SYM_KIND && symbol->item->named;
}

static void name_rows(struct cpolc *c, struct cursor cursor)
{
	for (; cursor.at < cursor.n; cursor.at++) {
		const struct ast_atom *atom = &cursor.items[cursor.at];
		struct symbol *symbol;
		struct kind *kind;

		if (!is_named_row(c, &cursor))
			continue;
		kind = names_find(&c->types, atom->text)->of;
		symbol = arena_new(&c->arena, struct symbol);
		symbol->kind = SYM_ROW;
		symbol->name = (struct ast_name){ atom[1].text, atom[1].loc };
		symbol->of = kind;
		symbol->row = row_begin(c, kind, symbol->name.loc).row;
		symbol->row->cells[kind->table->n_columns - 1].text = symbol->name.text;
		names_declare(c, &kind->rows, symbol, "the row");
		cursor.at += 2;
	}
}

/* A column of rows may be given again and again, one row at a time. */
static bool take_entry(struct cpolc *c, struct row_draft *draft, uint32_t i, struct cursor *cursor,
    uint32_t *caps)
{
	struct ir_type type = draft->kind->table->columns[i].type;
	struct ir_value *cell = &draft->row->cells[i];
	const struct ast_atom *atom = cursor_peek(cursor);

	if (type_is(type, BC_ONE, BC_BOOL)) {
		cell->word = 1;
		return true;
	}
	if (type.shape == BC_ONE || type.base != BC_TABLEROW)
		return value_take(c, type, cursor, cell);
	if (atom != NULL && atom->kind == (type.shape == BC_LIST ? ATOM_LIST : ATOM_SET)) {
		cursor->at++;
		return value_append_all(c, type_element(type), atom, cell, &caps[i]);
	}
	return value_append(c, type_element(type), cursor, cell, &caps[i]);
}

static bool take_entries(struct cpolc *c, struct row_draft *draft, struct cursor *cursor)
{
	const struct ir_table *table = draft->kind->table;
	uint32_t caps[BC_COLUMNS_MAX] = { 0 }, i, j;

	while (cursor_peek(cursor) != NULL) {
		const struct ast_atom *word = cursor_peek(cursor);
		struct suggestion s = { .wanted = word->text };

		i = word->kind == ATOM_WORD ? find_column(table, word->text) : table->n_columns;
		if (i == table->n_columns || draft->kind->columns[i].member == NULL) {
			for (j = 0; word->kind == ATOM_WORD && j < table->n_columns; j++)
				suggest(&s, table->columns[j].name);
			diag_error(c->diag, word->loc, DIAG_BAD_DECLARATION,
			    "a column of %.*s is wanted here%.*s", STR_ARG(table->name),
			    STR_ARG(suggestion_text(c, &s)));
			return false;
		}
		if (draft->given[i] && (table->columns[i].type.shape == BC_ONE
		    || table->columns[i].type.base != BC_TABLEROW)) {
			diag_error(c->diag, word->loc, DIAG_DUPLICATE_NAME, "'%.*s' is given twice",
			    STR_ARG(word->text));
			return false;
		}
		cursor->at++;
		if (!take_entry(c, draft, i, cursor, caps))
			return false;
		draft->given[i] = true;
	}
	return true;
}

static void take_named(struct cpolc *c, struct kind *kind, struct cursor *cursor)
{
	const struct ast_atom *name = &cursor->items[cursor->at];
	struct row_draft draft = row_begin(c, kind, name->loc);
	uint32_t last = kind->table->n_columns - 1;
	struct cursor inside;
	struct symbol *symbol;

	if (cursor->n - cursor->at < 2 || name[0].kind != ATOM_WORD || name[1].kind != ATOM_SET) {
		diag_error(c->diag, cursor_loc(cursor), DIAG_BAD_DECLARATION, "wanted: %.*s NAME { ... }",
		    STR_ARG(kind->table->name));
		return;
	}
	symbol = names_find(&kind->rows, name->text);
	cursor->at += 2;
	if (symbol->name.loc.start != name->loc.start || symbol->name.loc.source != name->loc.source)
		return;
	draft.row = symbol->row;
	draft.given[last] = true;
	inside = cursor_inside(&name[1]);
	if (take_entries(c, &draft, &inside))
		row_finish(c, &draft);
}

/* After a mistake: the next word that begins a declaration. */
static void skip_row(const struct cpolc *c, struct cursor *cursor)
{
	for (cursor->at++; cursor->at < cursor->n; cursor->at++) {
		const struct ast_atom *atom = &cursor->items[cursor->at];
		const struct symbol *symbol =
		    atom->kind == ATOM_WORD ? names_find(&c->types, atom->text) : NULL;

		if (is_named_row(c, cursor)
		    || (symbol != NULL && symbol->kind == SYM_KIND && !symbol->item->named))
			return;
	}
}

static void take_rows(struct cpolc *c, struct cursor cursor)
{
	while (cursor.at < cursor.n) {
		uint32_t start = cursor.at;
		struct kind *kind = take_kind(c, &cursor);

		if (kind != NULL && kind->item->named)
			take_named(c, kind, &cursor);
		if (kind == NULL
		    || (kind->item->named ? cursor.at == start + 1 : form_take(c, kind, &cursor) == NULL)) {
			cursor.at = start;
			skip_row(c, &cursor);
		}
	}
}

static int compare_rows(const void *a, const void *b)
{
	const struct ir_row *const *left = a, *const *right = b;

	return value_order(&(*left)->cells[0], &(*right)->cells[0]);
}

static void check_unique(struct cpolc *c, const struct kind *kind)
{
	const struct ir_table *table = kind->table;
	struct ir_row **rows = arena_array(&c->arena, table->n_rows, struct ir_row *);
	uint32_t i;

	if (!kind->is_unique || table->n_rows == 0)
		return;
	memcpy(rows, table->rows, table->n_rows * sizeof(*rows));
	qsort(rows, table->n_rows, sizeof(*rows), compare_rows);
	for (i = 1; i < table->n_rows; i++) {
		if (compare_rows(&rows[i - 1], &rows[i]) != 0 || row_order(table, rows[i - 1], rows[i]) == 0)
			continue;
		diag_error(c->diag, rows[i]->loc, DIAG_DUPLICATE_KEY,
		    "another %.*s has the same %.*s and differs", STR_ARG(table->name),
		    STR_ARG(table->columns[0].name));
		diag_note(c->diag, rows[i - 1]->loc, "which is this");
	}
}

/* A root hash alone leaves to the agent what the hash tree is laid over. */
static void warn_bare(struct cpolc *c, const struct kind *kind)
{
	const struct ir_table *table = kind->table;
	uint32_t blocks = find_column(table, STR("blocks")), i;

	if (c->policy == NULL || !str_is(table->name, "layer") || blocks == table->n_columns)
		return;
	for (i = 0; i < table->n_rows; i++) {
		if (table->rows[i]->cells[blocks].word == 0
		    && table->rows[i]->loc.source == c->policy->source)
			diag_warning(c->diag, table->rows[i]->loc, DIAG_BARE_LAYER,
			    "a root hash alone leaves data blocks and salt to the agent's defaults");
	}
}

void decl_rows(struct cpolc *c)
{
	const struct ast_file *files[] = { c->framework, c->policy };
	uint32_t pass, f, i;

	for (pass = 0; pass < 2; pass++) {
		for (f = 0; f < 2; f++) {
			for (i = 0; files[f] != NULL && i < files[f]->items.n; i++) {
				const struct ast_item *item = files[f]->items.items[i];
				struct cursor cursor = { NULL, 0, 0, item->name.loc };

				if (item->kind != ITEM_ROWS)
					continue;
				cursor.items = item->atoms->items;
				cursor.n = item->atoms->n;
				cursor.end = item->atoms->items[cursor.n - 1].loc;
				if (pass == 0)
					name_rows(c, cursor);
				else
					take_rows(c, cursor);
			}
		}
	}
	for (i = 0; i < c->ir.n_tables; i++) {
		check_unique(c, c->kinds[i]);
		warn_bare(c, c->kinds[i]);
	}
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * properties.c - names for what a compiled policy has, so that a source can be
 * resolved and lowered over it as a policy is over its framework.
 *
 * The bytes hold no definitions, constants or plurals: properties bring their
 * own of the first two, and name all rows of a kind by the kind.
 */
#include "properties.h"

#include "lower.h"
#include "types.h"

/* ---- what the policy has ---- */

static struct symbol *adopt(struct cpolc *c, struct names *names, enum symbol_kind kind, struct str name)
{
	struct symbol *symbol = arena_new(&c->arena, struct symbol);
	struct ast_item *item = arena_new(&c->arena, struct ast_item);

	item->name.text = name;
	symbol->kind = kind;
	symbol->name.text = name;
	symbol->item = item;
	/* What has two meanings in the bytes (a switch and a variable of one name)
	 * keeps the first; the compiler makes none such. */
	names_add(c, names, symbol);
	return symbol;
}

/* Rows of a named kind are found by what their column `name` says.  A name that
 * two rows have means neither. */
static void adopt_rows(struct cpolc *c, struct kind *kind)
{
	const struct ir_table *table = kind->table;
	struct names seen = { 0 };
	struct symbol *symbol, *old;
	uint32_t i, column;

	for (column = 0; column < table->n_columns; column++)
		if (str_is(table->columns[column].name, "name")
		    && type_is(table->columns[column].type, BC_ONE, BC_STRING))
			break;
	for (i = 0; column < table->n_columns && i < table->n_rows; i++) {
		symbol = arena_new(&c->arena, struct symbol);
		symbol->kind = SYM_ROW;
		symbol->name.text = table->rows[i]->cells[column].text;
		symbol->of = kind;
		symbol->row = table->rows[i];
		old = names_add(c, &seen, symbol);
		if (old != NULL)
			old->broken = true;
	}
	for (i = 0; i < seen.cap; i++)
		if (seen.slots[i] != NULL && !seen.slots[i]->broken)
			names_add(c, &kind->rows, seen.slots[i]);
}

static void adopt_kinds(struct cpolc *c)
{
	uint32_t i;

	c->kinds = arena_array(&c->arena, c->ir.n_tables, struct kind *);
	for (i = 0; i < c->ir.n_tables; i++) {
		struct kind *kind = arena_new(&c->arena, struct kind);

		kind->table = c->ir.tables[i];
		c->kinds[i] = kind;
		adopt(c, &c->types, SYM_KIND, kind->table->name)->of = kind;
		adopt(c, &c->values, SYM_ROWS, kind->table->name)->of = kind;
		adopt_rows(c, kind);
	}
}

static void adopt_events(struct cpolc *c)
{
	uint32_t i;

	c->event_list = arena_array(&c->arena, c->ir.n_events, struct event *);
	for (i = 0; i < c->ir.n_events; i++) {
		struct event *event = arena_new(&c->arena, struct event);

		event->ir = c->ir.events[i];
		c->event_list[i] = event;
		adopt(c, &c->events, SYM_EVENT, event->ir->name)->event = event;
	}
}

static void adopt_all(struct cpolc *c)
{
	struct ir_policy *ir = &c->ir;
	uint32_t i;

	for (i = 0; i < ir->n_enums; i++)
		adopt(c, &c->types, SYM_ENUM, ir->enums[i]->name)->enumeration = ir->enums[i];
	for (i = 0; i < ir->n_records; i++)
		adopt(c, &c->types, SYM_RECORD, ir->records[i]->name)->record = ir->records[i];
	for (i = 0; i < ir->n_switches; i++)
		adopt(c, &c->values, SYM_SWITCH, ir->switches[i]->name)->swtch = ir->switches[i];
	for (i = 0; i < ir->n_vars; i++)
		adopt(c, &c->values, SYM_STATE, ir->vars[i]->name)->var = ir->vars[i];
	adopt_kinds(c);
	adopt_events(c);
	/* These arrays are full: the first push moves them into this arena. */
	c->vars_cap = ir->n_vars;
	ir->claims = NULL;
	ir->n_claims = 0;
}

/* ---- what the properties may be ---- */

static void check_item(struct cpolc *c, const struct ast_item *item)
{
	struct loc loc = item->kind == ITEM_ROWS ? item->atoms->items[0].loc : item->name.loc;

	switch (item->kind) {
	case ITEM_CONST:
	case ITEM_DEF:
	case ITEM_INVARIANT:
	case ITEM_REACHABLE:
	case ITEM_ALWAYS:
	case ITEM_NEVER:
		return;
	case ITEM_STATE:
		if (!item->ghost)
			diag_error(c->diag, loc, DIAG_NOT_ALLOWED_HERE,
			    "properties have ghost state only: write 'ghost state'");
		return;
	case ITEM_ON:
		if (item->override)
			diag_error(c->diag, loc, DIAG_NOT_ALLOWED_HERE,
			    "properties override nothing: they are about the policy as it is");
		return;
	case ITEM_ENUM:
	case ITEM_RECORD:
	case ITEM_KIND:
	case ITEM_SWITCH:
	case ITEM_EVENT:
	case ITEM_RESTRICT:
	case ITEM_ALLOW:
	case ITEM_SET:
	case ITEM_ROWS:
		break;
	}
	diag_error(c->diag, loc, DIAG_NOT_ALLOWED_HERE,
	    "properties are claims, definitions, constants, ghost state and ghost effects");
}

void properties_adopt(struct cpolc *c)
{
	bool demands = false;
	uint32_t i;

	adopt_all(c);
	for (i = 0; i < c->policy->items.n; i++) {
		const struct ast_item *item = c->policy->items.items[i];

		check_item(c, item);
		demands = demands || item->kind == ITEM_INVARIANT || item->kind == ITEM_REACHABLE
		    || item->kind == ITEM_ALWAYS || item->kind == ITEM_NEVER;
	}
	if (!demands && c->diag->n_errors == 0)
		diag_error(c->diag, c->policy->name.loc, DIAG_NOT_ALLOWED_HERE,
		    "the properties claim nothing: write an invariant, always, never or reachable");
}

/* Fields and enumerators come before declared names.  A policy that has one of
 * the name of something that the properties declare would give their claims
 * another meaning, and who wrote it may have meant to. */
static void check_shadow(struct cpolc *c, struct str name, const char *what, struct str whose)
{
	const struct symbol *symbol = names_find(&c->values, name);

	if (symbol == NULL || !symbol->of_policy)
		return;
	diag_error(c->diag, symbol->name.loc, DIAG_DUPLICATE_NAME,
	    "'%.*s' is also %s of the policy's '%.*s': choose another name", STR_ARG(name), what,
	    STR_ARG(whose));
}

/* The policy's own variable of that name can then not be named in a step claim. */
static void warn_hidden(struct cpolc *c, struct str name, struct str event)
{
	const struct symbol *symbol = names_find(&c->values, name);

	if (symbol != NULL && !symbol->of_policy)
		diag_warning(c->diag, c->policy->name.loc, DIAG_DUPLICATE_NAME,
		    "in the policy '%.*s' is a field of '%.*s', and more: a step claim means the field",
		    STR_ARG(name), STR_ARG(event));
}

void properties_check(struct cpolc *c)
{
	uint32_t i, j;

	for (i = 0; i < c->ir.n_events; i++) {
		const struct ir_event *e = c->ir.events[i];

		for (j = 0; j < e->n_fields; j++) {
			check_shadow(c, e->fields[j].name, "a field", e->name);
			warn_hidden(c, e->fields[j].name, e->name);
		}
	}
	for (i = 0; i < c->ir.n_enums; i++) {
		const struct ir_enum *e = c->ir.enums[i];

		for (j = 0; j < e->n_values; j++)
			check_shadow(c, e->values[j], "a value", e->name);
	}
}

/* ---- ghost effects ---- */

static void unknown_event(struct cpolc *c, struct ast_name name)
{
	struct suggestion s = { .wanted = name.text };

	suggest_names(&s, &c->events);
	diag_error(c->diag, name.loc, DIAG_UNKNOWN_NAME, "there is no event '%.*s'%.*s", STR_ARG(name.text),
	    STR_ARG(suggestion_text(c, &s)));
}

void properties_lower(struct cpolc *c)
{
	uint32_t i;

	for (i = 0; i < c->policy->items.n; i++) {
		const struct ast_item *item = c->policy->items.items[i];
		const struct symbol *symbol = names_find(&c->events, item->name.text);

		if (item->kind != ITEM_ON)
			continue;
		if (symbol == NULL) {
			unknown_event(c, item->name);
		} else if (symbol->event->more != NULL) {
			diag_error(c->diag, item->name.loc, DIAG_DUPLICATE_NAME,
			    "'%.*s' has ghost effects already", STR_ARG(item->name.text));
			diag_note(c->diag, symbol->event->more->name.loc, "which are these");
		} else if (!symbol->event->ir->has_rule) {
			diag_warning(c->diag, item->name.loc, DIAG_UNUSED,
			    "'%.*s' has no rule: it is denied anyway", STR_ARG(item->name.text));
		} else {
			symbol->event->more = item;
			lower_ghosts(c, symbol->event);
		}
	}
}

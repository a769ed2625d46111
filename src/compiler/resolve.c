/* SPDX-License-Identifier: Apache-2.0
 *
 * resolve.c - declares what both files declare, the framework's first, then
 * resolves every type.  Names may be used before they are declared.
 */
#include "resolve.h"

#include "types.h"

static struct symbol *new_symbol(struct cpolc *c, enum symbol_kind kind, const struct ast_item *item,
    bool of_policy)
{
	struct symbol *symbol = arena_new(&c->arena, struct symbol);

	symbol->kind = kind;
	symbol->name = item->name;
	symbol->item = item;
	symbol->of_policy = of_policy;
	return symbol;
}

/* One more of what the format has a limited number of. */
static bool has_room(struct cpolc *c, const struct ast_item *item, uint32_t n, uint32_t most,
    const char *what)
{
	if (n < most)
		return true;
	diag_error(c->diag, item->name.loc, DIAG_LIMIT, "there are more than %u %s", most, what);
	return false;
}

static void declare_enum(struct cpolc *c, struct symbol *symbol)
{
	struct ir_policy *ir = &c->ir;

	symbol->enumeration = arena_new(&c->arena, struct ir_enum);
	symbol->enumeration->name = symbol->name.text;
	if (!names_declare(c, &c->types, symbol, "the enumeration")
	    || !has_room(c, symbol->item, ir->n_enums, BC_ENUMS_MAX, "enumerations"))
		return;
	arena_push(&c->arena, ir->enums, ir->n_enums, c->enums_cap);
	ir->enums[ir->n_enums++] = symbol->enumeration;
}

static void declare_record(struct cpolc *c, struct symbol *symbol)
{
	struct ir_policy *ir = &c->ir;

	symbol->record = arena_new(&c->arena, struct ir_record);
	symbol->record->name = symbol->name.text;
	if (!names_declare(c, &c->types, symbol, "the record")
	    || !has_room(c, symbol->item, ir->n_records, BC_RECORDS_MAX, "records"))
		return;
	arena_push(&c->arena, ir->records, ir->n_records, c->records_cap);
	ir->records[ir->n_records++] = symbol->record;
}

/* A kind's name is a type, and together with its plural a value: all its rows. */
static void declare_kind(struct cpolc *c, struct symbol *symbol)
{
	struct ir_policy *ir = &c->ir;
	struct symbol *rows, *plural;
	struct kind *kind = arena_new(&c->arena, struct kind);

	kind->item = symbol->item;
	kind->table = arena_new(&c->arena, struct ir_table);
	kind->table->name = symbol->name.text;
	symbol->of = kind;
	if (!names_declare(c, &c->types, symbol, "the kind")
	    || !has_room(c, symbol->item, ir->n_tables, BC_TABLES_MAX, "kinds"))
		return;
	arena_push(&c->arena, ir->tables, ir->n_tables, c->tables_cap);
	ir->tables[ir->n_tables++] = kind->table;
	/* The two arrays run side by side, see kind_of(). */
	arena_push(&c->arena, c->kinds, ir->n_tables - 1, c->kinds_cap);
	c->kinds[ir->n_tables - 1] = kind;
	rows = new_symbol(c, SYM_ROWS, symbol->item, symbol->of_policy);
	rows->of = kind;
	names_declare(c, &c->values, rows, "the kind");
	if (symbol->item->plural.text.ptr == NULL)
		return;
	plural = new_symbol(c, SYM_ROWS, symbol->item, symbol->of_policy);
	plural->of = kind;
	plural->name = symbol->item->plural;
	names_declare(c, &c->values, plural, "the plural");
}

struct kind *kind_of(const struct cpolc *c, const struct ir_table *table)
{
	uint32_t i;

	for (i = 0; c->ir.tables[i] != table; i++)
		;
	return c->kinds[i];
}

static void declare_switch(struct cpolc *c, struct symbol *symbol)
{
	struct ir_policy *ir = &c->ir;

	symbol->swtch = arena_new(&c->arena, struct ir_switch);
	symbol->swtch->name = symbol->name.text;
	if (!names_declare(c, &c->values, symbol, "the switch")
	    || !has_room(c, symbol->item, ir->n_switches, BC_SWITCHES_MAX, "switches"))
		return;
	arena_push(&c->arena, ir->switches, ir->n_switches, c->switches_cap);
	ir->switches[ir->n_switches++] = symbol->swtch;
}

static void declare_state(struct cpolc *c, struct symbol *symbol)
{
	struct ir_policy *ir = &c->ir;

	symbol->var = arena_new(&c->arena, struct ir_var);
	symbol->var->name = symbol->name.text;
	symbol->var->loc = symbol->name.loc;
	symbol->var->ghost = symbol->item->ghost;
	if (!names_declare(c, &c->values, symbol, "the variable")
	    || !has_room(c, symbol->item, ir->n_vars, BC_VARS_MAX, "variables"))
		return;
	arena_push(&c->arena, ir->vars, ir->n_vars, c->vars_cap);
	ir->vars[ir->n_vars++] = symbol->var;
}

static void declare_event(struct cpolc *c, struct symbol *symbol)
{
	struct ir_policy *ir = &c->ir;
	struct event *event = arena_new(&c->arena, struct event);

	event->ir = arena_new(&c->arena, struct ir_event);
	event->ir->name = symbol->name.text;
	event->ir->loc = symbol->name.loc;
	event->of_policy = symbol->of_policy;
	symbol->event = event;
	if (!names_declare(c, &c->events, symbol, "the event")
	    || !has_room(c, symbol->item, ir->n_events, BC_EVENTS_MAX, "events"))
		return;
	arena_push(&c->arena, ir->events, ir->n_events, c->events_cap);
	ir->events[ir->n_events++] = event->ir;
	arena_push(&c->arena, c->event_list, ir->n_events - 1, c->event_list_cap);
	c->event_list[ir->n_events - 1] = event;
}

static void declare(struct cpolc *c, const struct ast_item *item, bool of_policy)
{
	switch (item->kind) {
	case ITEM_ENUM:
		declare_enum(c, new_symbol(c, SYM_ENUM, item, of_policy));
		break;
	case ITEM_RECORD:
		declare_record(c, new_symbol(c, SYM_RECORD, item, of_policy));
		break;
	case ITEM_KIND:
		declare_kind(c, new_symbol(c, SYM_KIND, item, of_policy));
		break;
	case ITEM_SWITCH:
		declare_switch(c, new_symbol(c, SYM_SWITCH, item, of_policy));
		break;
	case ITEM_CONST:
		names_declare(c, &c->values, new_symbol(c, SYM_CONST, item, of_policy), "the constant");
		break;
	case ITEM_EVENT:
		declare_event(c, new_symbol(c, SYM_EVENT, item, of_policy));
		break;
	case ITEM_STATE:
		declare_state(c, new_symbol(c, SYM_STATE, item, of_policy));
		break;
	case ITEM_DEF:
		names_declare(c, &c->values, new_symbol(c, SYM_DEF, item, of_policy), "the definition");
		break;
	case ITEM_INVARIANT:
	case ITEM_REACHABLE:
	case ITEM_ALWAYS:
	case ITEM_NEVER:
		names_declare(c, &c->claims, new_symbol(c, SYM_CLAIM, item, of_policy), "the claim");
		break;
	case ITEM_ON:
	case ITEM_RESTRICT:
	case ITEM_ALLOW:
	case ITEM_SET:
	case ITEM_ROWS:
		break;
	}
}

/* The members' names differ, and there are not too many. */
static bool check_members(struct cpolc *c, const struct ast_members *members, uint32_t most, const char *what)
{
	struct names seen = { 0 };
	bool differ = true;
	uint32_t i;

	for (i = 0; members != NULL && i < members->n; i++) {
		struct symbol *symbol = arena_new(&c->arena, struct symbol);

		symbol->name = members->items[i].name;
		differ = names_declare(c, &seen, symbol, what) && differ;
	}
	if (members != NULL && members->n > most) {
		diag_error(c->diag, members->items[most].name.loc, DIAG_LIMIT,
		    "this is %s number %u; %u is the most", what, most + 1, most);
		return false;
	}
	return differ;
}

static void check_names(struct cpolc *c, const struct ast_names *names, const char *what)
{
	struct names seen = { 0 };
	uint32_t i;

	for (i = 0; names != NULL && i < names->n; i++) {
		struct symbol *symbol = arena_new(&c->arena, struct symbol);

		symbol->name = names->items[i];
		names_declare(c, &seen, symbol, what);
	}
}

static void resolve_enum(struct cpolc *c, const struct ast_item *item, struct ir_enum *e)
{
	struct names seen = { 0 };
	uint32_t i;

	if (item->names == NULL) {
		diag_error(c->diag, item->name.loc, DIAG_BAD_TYPE, "an enumeration has at least one value");
		return;
	}
	e->values = arena_array(&c->arena, item->names->n, struct str);
	for (i = 0; i < item->names->n; i++) {
		struct symbol *symbol = arena_new(&c->arena, struct symbol);

		symbol->name = item->names->items[i];
		if (names_declare(c, &seen, symbol, "the value"))
			e->values[e->n_values++] = symbol->name.text;
	}
	if (e->n_values > UINT16_MAX)
		diag_error(c->diag, item->name.loc, DIAG_LIMIT,
		    "an enumeration has at most %u values", UINT16_MAX);
}

static void resolve_record(struct cpolc *c, const struct ast_item *item, struct ir_record *record)
{
	uint32_t i, most;

	if (item->members == NULL) {
		diag_error(c->diag, item->name.loc, DIAG_BAD_TYPE, "a record has at least one member");
		return;
	}
	if (!check_members(c, item->members, BC_MEMBERS_MAX, "the member"))
		return;
	record->members = arena_array(&c->arena, item->members->n, struct ir_member);
	for (i = 0; i < item->members->n; i++) {
		const struct ast_member *m = &item->members->items[i];
		struct ir_member *to = &record->members[record->n_members];

		to->name = m->name.text;
		if (!type_resolve(c, m->type, PLACE_MEMBER, &to->type, &most))
			continue;
		record->n_members++;
		if (m->key && (i != 0 || !type_is(to->type, BC_ONE, BC_STRING)))
			diag_error(c->diag, m->name.loc, DIAG_BAD_TYPE,
			    "a record's key is its first member and a string");
	}
}

/* Columns in the order of the table: the key, the others, the name. */
static void resolve_kind(struct cpolc *c, const struct ast_item *item, struct kind *kind)
{
	struct ir_table *table = kind->table;
	uint32_t i, pass, most, n = item->members == NULL ? 0 : item->members->n;

	if (!check_members(c, item->members, BC_COLUMNS_MAX - 1, "the column"))
		return;
	table->columns = arena_array(&c->arena, n + 1, struct ir_column);
	kind->columns = arena_array(&c->arena, n + 1, struct column);
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < n; i++) {
			const struct ast_member *m = &item->members->items[i];
			struct ir_column *to = &table->columns[table->n_columns];

			if (m->key != (pass == 0))
				continue;
			if (m->unique && !m->key)
				diag_error(c->diag, m->name.loc, DIAG_BAD_TYPE, "only a key is unique");
			if (m->key && table->has_key)
				diag_error(c->diag, m->name.loc, DIAG_BAD_TYPE, "a kind has one key");
			if (item->named && str_is(m->name.text, "name"))
				diag_error(c->diag, m->name.loc, DIAG_DUPLICATE_NAME,
				    "a named kind has a column 'name' already");
			if (!type_resolve(c, m->type, PLACE_COLUMN, &to->type, &most))
				continue;
			if (m->key && to->type.base == BC_LANGUAGE)
				diag_error(c->diag, m->name.loc, DIAG_BAD_TYPE, "a key is no pattern");
			table->has_key = table->has_key || m->key;
			kind->is_unique = kind->is_unique || m->unique;
			to->name = m->name.text;
			kind->columns[table->n_columns++].member = m;
		}
	}
	if (item->named)
		table->columns[table->n_columns++] = (struct ir_column){ STR("name"), TYPE_STRING };
	if (n == 0 && !item->named)
		diag_error(c->diag, item->name.loc, DIAG_BAD_TYPE, "a kind has at least one column");
}

static void resolve_event(struct cpolc *c, const struct ast_item *item, struct ir_event *event)
{
	uint32_t i, most, n = item->members == NULL ? 0 : item->members->n;

	if (!check_members(c, item->members, BC_FIELDS_MAX + BC_OUTS_MAX, "the field"))
		return;
	event->fields = arena_array(&c->arena, n, struct ir_field);
	event->outs = arena_array(&c->arena, n, struct ir_out);
	for (i = 0; i < n; i++) {
		const struct ast_member *m = &item->members->items[i];
		struct ir_type type;

		most = 0;
		if (!type_resolve(c, m->type, m->gives ? PLACE_OUT : PLACE_FIELD, &type, &most))
			continue;
		if (m->gives)
			event->outs[event->n_outs++] = (struct ir_out){ m->name.text, type, 0 };
		else
			event->fields[event->n_fields++] =
			    (struct ir_field){ m->name.text, type, most, 0, m->name.loc };
	}
	if (event->n_fields > BC_FIELDS_MAX || event->n_outs > BC_OUTS_MAX)
		diag_error(c->diag, item->name.loc, DIAG_LIMIT,
		    "an event has at most %u fields and gives at most %u", BC_FIELDS_MAX, BC_OUTS_MAX);
}

static void resolve_types(struct cpolc *c, const struct ast_item *item, bool of_policy)
{
	struct symbol *type = names_find(&c->types, item->name.text);
	struct symbol *value = names_find(&c->values, item->name.text);
	struct symbol *event = names_find(&c->events, item->name.text);
	uint32_t most;

	(void)of_policy;
	/* What lost its name to another is not looked at: that was said already. */
	if (item->kind == ITEM_ENUM && type->item == item)
		resolve_enum(c, item, type->enumeration);
	else if (item->kind == ITEM_RECORD && type->item == item)
		resolve_record(c, item, type->record);
	else if (item->kind == ITEM_KIND && type->item == item)
		resolve_kind(c, item, type->of);
	else if (item->kind == ITEM_EVENT && event->item == item)
		resolve_event(c, item, event->event->ir);
	else if (item->kind == ITEM_SWITCH && value->item == item)
		type_resolve(c, item->type, PLACE_SWITCH, &value->swtch->value.type, &most);
	else if (item->kind == ITEM_STATE && value->item == item)
		type_state(c, item->type, value->var);
	else if (item->kind == ITEM_DEF)
		check_names(c, item->names, "the parameter");
}

/* Sets of records ask whether the record has a key before it is resolved. */
static void mark_keyed(struct cpolc *c, const struct ast_item *item, bool of_policy)
{
	const struct symbol *type = names_find(&c->types, item->name.text);

	(void)of_policy;
	if (item->kind == ITEM_RECORD && type->item == item && item->members != NULL)
		type->record->keyed = item->members->items[0].key;
}

static void find_rule(struct cpolc *c, const struct ast_item *item, bool of_policy)
{
	const struct symbol *symbol = names_find(&c->events, item->name.text);
	struct suggestion s = { .wanted = item->name.text };
	const struct ast_item **place;
	struct event *event;

	if (item->kind != ITEM_ON)
		return;
	if (symbol == NULL) {
		suggest_names(&s, &c->events);
		diag_error(c->diag, item->name.loc, DIAG_UNKNOWN_NAME, "there is no event '%.*s'%.*s",
		    STR_ARG(item->name.text), STR_ARG(suggestion_text(c, &s)));
		return;
	}
	event = symbol->event;
	if (item->override && (!of_policy || event->of_policy)) {
		diag_error(c->diag, item->name.loc, DIAG_NOT_ALLOWED_HERE,
		    "only a policy overrides, and only a rule of its framework");
		return;
	}
	place = item->override ? &event->override
	    : of_policy && !event->of_policy ? &event->more : &event->rule;
	if (*place != NULL) {
		diag_error(c->diag, item->name.loc, DIAG_DUPLICATE_NAME, "'%.*s' has a rule already",
		    STR_ARG(item->name.text));
		diag_note(c->diag, (*place)->name.loc, "which is this");
		return;
	}
	*place = item;
	event->ir->has_rule = true;
	if (place != &event->more || event->ir->rule_loc.source == NULL)
		event->ir->rule_loc = item->name.loc;
	if (item->override)
		diag_warning(c->diag, item->name.loc, DIAG_OVERRIDE,
		    "this replaces the framework's rule, and what was proved of it");
}

static void each(struct cpolc *c, void (*visit)(struct cpolc *, const struct ast_item *, bool))
{
	uint32_t i;

	for (i = 0; c->framework != NULL && i < c->framework->items.n; i++)
		visit(c, c->framework->items.items[i], false);
	for (i = 0; c->policy != NULL && i < c->policy->items.n; i++)
		visit(c, c->policy->items.items[i], true);
}

void resolve(struct cpolc *c)
{
	each(c, declare);
	each(c, mark_keyed);
	each(c, resolve_types);
}

void resolve_rules(struct cpolc *c)
{
	each(c, find_rule);
}

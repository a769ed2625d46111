/* SPDX-License-Identifier: Apache-2.0
 *
 * lookup.c - what a name means where it stands.  Inside out: locals, fields of
 * the event, what is declared, rows, enumerators; but where an enumeration is
 * looked for, its values come first.
 */
#include "check.h"
#include "types.h"

static const struct binding *find_binding(const struct binding *scope, struct str name)
{
	while (scope != NULL && !str_equal(scope->name.text, name))
		scope = scope->outer;
	return scope;
}

struct site site_seen_through(struct site site)
{
	const struct binding *b;

	while (site.e->op == AST_NAME) {
		b = find_binding(site.scope, site.e->text);
		if (b == NULL || b->local != NULL)
			break;
		site = (struct site){ b->argument, b->scope, b->expanding };
	}
	return site;
}

static struct ir_field *find_field(const struct checker *k, struct str name)
{
	uint32_t i;

	for (i = 0; k->event != NULL && i < k->event->n_fields; i++) {
		if (str_equal(k->event->fields[i].name, name))
			return &k->event->fields[i];
	}
	return NULL;
}

static bool find_enumerator(const struct ir_enum *e, struct str name, uint32_t *value)
{
	for (*value = 0; *value < e->n_values; (*value)++) {
		if (str_equal(e->values[*value], name))
			return true;
	}
	return false;
}

bool may_be_enumerator(const struct checker *k, struct site site)
{
	uint32_t i, value;

	site = site_seen_through(site);
	for (i = 0; site.e->op == AST_NAME && i < k->c->ir.n_enums; i++) {
		if (find_enumerator(k->c->ir.enums[i], site.e->text, &value))
			return true;
	}
	return false;
}

bool find_plain_type(const struct checker *k, struct site site, struct ir_type *type)
{
	const struct binding *b;
	const struct ir_field *field;
	const struct symbol *symbol;

	site = site_seen_through(site);
	if (site.e->op != AST_NAME)
		return false;
	b = find_binding(site.scope, site.e->text);
	field = find_field(k, site.e->text);
	symbol = names_find(&k->c->values, site.e->text);
	if (b != NULL && b->is_broken)
		return false;
	if (b != NULL)
		*type = b->type;
	else if (field != NULL)
		*type = field->type;
	else if (symbol != NULL && symbol->kind == SYM_SWITCH)
		*type = symbol->swtch->value.type;
	else if (symbol != NULL && symbol->kind == SYM_STATE && !symbol->var->is_map)
		*type = symbol->var->value;
	else
		return false;
	return true;
}

static struct ir_expr *make_enumerator(struct checker *k, struct loc loc, struct ir_enum *e, uint32_t value)
{
	struct ir_expr *ir = make_ir(k, BC_ENUM, loc, type_enum(e));

	ir->enumeration = e;
	ir->integer = value;
	return ir;
}

static struct ir_expr *make_local(struct checker *k, struct loc loc, const struct binding *b)
{
	struct ir_expr *ir = make_ir(k, BC_LOCAL, loc, b->type);

	ir->local = &b->local->ir;
	return ir;
}

/* A variable of the state: a scalar, or the keys of a map. */
static struct ir_expr *make_var(struct checker *k, struct loc loc, struct ir_var *var, bool is_old)
{
	struct ir_expr *ir;

	if (var->ghost && !k->may_read_ghost) {
		diag_error(k->c->diag, loc, DIAG_NOT_ALLOWED_HERE,
		    "'%.*s' is ghost state: the guest has none, only claims and ghost effects do",
		    STR_ARG(var->name));
		return NULL;
	}
	if (var->is_map)
		ir = make_ir(k, is_old ? BC_OLDKEYS : BC_KEYS, loc, type_shaped(BC_SET, var->key));
	else
		ir = make_ir(k, is_old ? BC_OLDVAR : BC_VAR, loc, var->value);
	ir->var = var;
	return ir;
}

static struct ir_expr *make_rows(struct checker *k, struct loc loc, struct ir_table *table)
{
	struct ir_expr *ir = make_ir(k, BC_ROWS, loc, type_shaped(BC_SET, type_row(table)));

	ir->table = table;
	return ir;
}

struct ir_expr *check_def(struct checker *k, const struct binding *scope, const struct ast_expr *e,
    struct symbol *def)
{
	uint32_t i, n = def->item->names == NULL ? 0 : def->item->names->n;
	struct binding *bindings = arena_array(&k->c->arena, n, struct binding);
	struct expansion here = { k->expanding, def };
	const struct expansion *outer;
	struct ir_expr *ir;

	for (outer = k->expanding; outer != NULL; outer = outer->outer) {
		if (outer->def != def)
			continue;
		diag_error(k->c->diag, e->loc, DIAG_CYCLE, "'%.*s' would contain itself", STR_ARG(e->text));
		def->broken = true;
		return NULL;
	}
	def->used = true;
	if (def->broken)
		return NULL;
	if (n != e->kids.n) {
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH, "'%.*s' takes %u argument%s, here are %u",
		    STR_ARG(e->text), n, n == 1 ? "" : "s", e->kids.n);
		return NULL;
	}
	for (i = 0; i < n; i++)
		bindings[i] = (struct binding){ .outer = i == 0 ? NULL : &bindings[i - 1],
			.name = def->item->names->items[i], .argument = e->kids.items[i], .scope = scope,
			.expanding = k->expanding };
	k->expanding = &here;
	ir = check_operand(k, site_of(k, n == 0 ? NULL : &bindings[n - 1], def->item->expr), NULL);
	k->expanding = here.outer;
	if (ir == NULL && !def->broken) {
		def->broken = true;
		if (here.outer == NULL)
			diag_note(k->c->diag, e->loc, "in this use of '%.*s'", STR_ARG(e->text));
	}
	return ir;
}

static struct ir_expr *check_symbol(struct checker *k, const struct binding *scope, const struct ast_expr *e,
    struct symbol *symbol)
{
	struct ir_expr *ir;

	switch (symbol->kind) {
	case SYM_STATE:
		return make_var(k, e->loc, symbol->var, false);
	case SYM_DEF:
		return check_def(k, scope, e, symbol);
	case SYM_CONST:
		return make_int(k, e->loc, symbol->item->integer);
	case SYM_ROWS:
		return make_rows(k, e->loc, symbol->of->table);
	case SYM_SWITCH:
		ir = make_ir(k, BC_SWITCH, e->loc, symbol->swtch->value.type);
		ir->swtch = symbol->swtch;
		return ir;
	case SYM_ENUM:
	case SYM_RECORD:
	case SYM_KIND:
	case SYM_EVENT:
	case SYM_CLAIM:
	case SYM_ROW:
	case SYM_PATTERN:
		break;
	}
	return NULL;
}

static struct ir_expr *unknown_name(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct suggestion s = { .wanted = e->text };
	uint32_t i, j;

	for (; scope != NULL; scope = scope->outer)
		suggest(&s, scope->name.text);
	for (i = 0; k->event != NULL && i < k->event->n_fields; i++)
		suggest(&s, k->event->fields[i].name);
	suggest_names(&s, &k->c->values);
	for (i = 0; i < k->c->ir.n_tables; i++)
		suggest_names(&s, &k->c->kinds[i]->rows);
	for (i = 0; i < k->c->ir.n_enums; i++) {
		for (j = 0; j < k->c->ir.enums[i]->n_values; j++)
			suggest(&s, k->c->ir.enums[i]->values[j]);
	}
	diag_error(k->c->diag, e->loc, DIAG_UNKNOWN_NAME, "there is nothing called '%.*s' here%.*s",
	    STR_ARG(e->text), STR_ARG(suggestion_text(k->c, &s)));
	return NULL;
}

/* Rows and enumerators are found by their bare names if there is just one, or
 * one of the type that is looked for. */
static struct ir_expr *check_constant(struct checker *k, const struct binding *scope,
    const struct ast_expr *e, const struct ir_type *hint)
{
	const struct symbol *row = NULL, *found;
	struct ir_enum *enumeration = NULL;
	uint32_t i, value, rank = 0, n = 0;
	struct ir_expr *ir;

	for (i = 0; i < k->c->ir.n_tables; i++) {
		found = names_find(&k->c->kinds[i]->rows, e->text);
		if (found == NULL || (hint != NULL && hint->base == BC_TABLEROW
		    && hint->table != k->c->kinds[i]->table))
			continue;
		row = found;
		n++;
	}
	for (i = 0; i < k->c->ir.n_enums; i++) {
		if (!find_enumerator(k->c->ir.enums[i], e->text, &value))
			continue;
		enumeration = k->c->ir.enums[i];
		rank = value;
		n++;
	}
	if (n == 0)
		return unknown_name(k, scope, e);
	if (n > 1) {
		diag_error(k->c->diag, e->loc, DIAG_UNKNOWN_NAME, "'%.*s' could be more than one thing here",
		    STR_ARG(e->text));
		return NULL;
	}
	if (row == NULL)
		return make_enumerator(k, e->loc, enumeration, rank);
	ir = make_ir(k, BC_ROW, e->loc, type_row(row->of->table));
	ir->table = row->of->table;
	ir->row = row->row;
	return ir;
}

/* The other operand's type decides whether a name is an enumerator. */
struct ir_expr *check_name(struct checker *k, struct site site, const struct ir_type *hint)
{
	const struct ast_expr *e = site.e;
	const struct binding *b = find_binding(site.scope, e->text);
	struct ir_field *field = find_field(k, e->text);
	struct symbol *symbol = names_find(&k->c->values, e->text);
	struct ir_expr *ir;
	struct ir_type plain;
	uint32_t value;

	if (hint != NULL && hint->base == BC_ENUMERATION
	    && find_enumerator(hint->enumeration, e->text, &value)) {
		if (find_plain_type(k, site, &plain) && type_equal(plain, type_element(*hint))) {
			diag_error(k->c->diag, e->loc, DIAG_UNKNOWN_NAME,
			    "'%.*s' could be more than one thing here", STR_ARG(e->text));
			return NULL;
		}
		return make_enumerator(k, e->loc, hint->enumeration, value);
	}
	if (b != NULL)
		return b->is_broken ? NULL : make_local(k, e->loc, b);
	if (field != NULL) {
		k->has_read_field = true;
		ir = make_ir(k, BC_FIELD, e->loc, field->type);
		ir->field = field;
		return ir;
	}
	if (symbol != NULL)
		return check_symbol(k, site.scope, e, symbol);
	return check_constant(k, site.scope, e, hint);
}

struct ir_expr *check_old(struct checker *k, const struct ast_expr *e)
{
	const struct symbol *symbol = names_find(&k->c->values, e->text);

	if (!k->may_read_old) {
		diag_error(k->c->diag, e->loc, DIAG_NOT_ALLOWED_HERE,
		    "only 'always' and 'never' know what was before a step");
		return NULL;
	}
	if (symbol == NULL || symbol->kind != SYM_STATE) {
		diag_error(k->c->diag, e->loc, DIAG_UNKNOWN_NAME, "there is no variable '%.*s' of the state",
		    STR_ARG(e->text));
		return NULL;
	}
	return make_var(k, e->loc, symbol->var, true);
}

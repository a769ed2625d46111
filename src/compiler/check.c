/* SPDX-License-Identifier: Apache-2.0
 *
 * check.c - expressions but for their operators: names, paths and calls.
 */
#include "check.h"

#include "pattern.h"
#include "types.h"

/* What a rule's code has no room for in any case. */
enum { STEPS_MAX = 1 << 16, DEPTH_MAX = 2 * AST_DEPTH_MAX };

struct site site_of(const struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	return (struct site){ e, scope, k->expanding };
}

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

/* ---- names ---- */

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
	struct ir_expr *ir = make(k, BC_ENUM, loc, type_enum(e));

	ir->enumeration = e;
	ir->integer = value;
	return ir;
}

static struct ir_expr *make_local(struct checker *k, struct loc loc, const struct binding *b)
{
	struct ir_expr *ir = make(k, BC_LOCAL, loc, b->type);

	ir->local = &b->local->ir;
	return ir;
}

/* A variable of the state: a scalar, or the keys of a map. */
static struct ir_expr *make_var(struct checker *k, struct loc loc, struct ir_var *var, bool is_old)
{
	struct ir_expr *ir;

	if (var->ghost && !k->may_read_ghost) {
		diag_error(k->c->diag, loc, DIAG_NOT_ALLOWED_HERE,
		    "'%.*s' is ghost state: the guest does not have it, only claims and ghost effects read it",
		    STR_ARG(var->name));
		return NULL;
	}
	if (var->is_map)
		ir = make(k, is_old ? BC_OLDKEYS : BC_KEYS, loc, type_shaped(BC_SET, var->key));
	else
		ir = make(k, is_old ? BC_OLDVAR : BC_VAR, loc, var->value);
	ir->var = var;
	return ir;
}

static struct ir_expr *make_rows(struct checker *k, struct loc loc, struct ir_table *table)
{
	struct ir_expr *ir = make(k, BC_ROWS, loc, type_shaped(BC_SET, type_row(table)));

	ir->table = table;
	return ir;
}

/* Put a definition's body in, its parameters bound to the arguments. */
static struct ir_expr *check_def(struct checker *k, const struct binding *scope, const struct ast_expr *e,
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
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH, "'%.*s' has %u parameters, here are %u",
		    STR_ARG(e->text), n, e->kids.n);
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
		ir = make(k, BC_SWITCH, e->loc, symbol->swtch->value.type);
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
static struct ir_expr *check_constant(struct checker *k, const struct binding *scope, const struct ast_expr *e,
    const struct ir_type *hint)
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
	ir = make(k, BC_ROW, e->loc, type_row(row->of->table));
	ir->table = row->of->table;
	ir->row = row->row;
	return ir;
}

/* The other operand's type decides whether a name is an enumerator. */
static struct ir_expr *check_name(struct checker *k, struct site site, const struct ir_type *hint)
{
	const struct ast_expr *e = site.e;
	const struct binding *b = find_binding(site.scope, e->text);
	struct ir_field *field = find_field(k, e->text);
	struct symbol *symbol = names_find(&k->c->values, e->text);
	struct ir_expr *ir;
	struct ir_type plain;
	uint32_t value;

	if (hint != NULL && hint->base == BC_ENUMERATION && find_enumerator(hint->enumeration, e->text, &value)) {
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
		ir = make(k, BC_FIELD, e->loc, field->type);
		ir->field = field;
		return ir;
	}
	if (symbol != NULL)
		return check_symbol(k, site.scope, e, symbol);
	return check_constant(k, site.scope, e, hint);
}

static struct ir_expr *check_old(struct checker *k, const struct ast_expr *e)
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

/* ---- paths and calls ---- */

static struct ir_expr *check_column(struct checker *k, const struct ast_expr *e, struct ir_expr *row)
{
	struct ir_table *table = row->type.table;
	struct suggestion s = { .wanted = e->text };
	struct ir_expr *ir;
	uint32_t i;

	for (i = 0; i < table->n_columns; i++) {
		suggest(&s, table->columns[i].name);
		if (!str_equal(table->columns[i].name, e->text))
			continue;
		ir = make1(k, BC_COLUMN, e->loc, table->columns[i].type, row);
		ir->table = table;
		ir->column = i;
		return ir;
	}
	diag_error(k->c->diag, e->loc, DIAG_UNKNOWN_NAME, "%.*s has no column '%.*s'%.*s", STR_ARG(table->name),
	    STR_ARG(e->text), STR_ARG(suggestion_text(k->c, &s)));
	return NULL;
}

static struct ir_expr *check_member(struct checker *k, const struct ast_expr *e, struct ir_expr *of)
{
	struct ir_record *record = of->type.record;
	struct suggestion s = { .wanted = e->text };
	struct ir_expr *ir;
	uint32_t i;

	for (i = 0; i < record->n_members; i++) {
		suggest(&s, record->members[i].name);
		if (!str_equal(record->members[i].name, e->text))
			continue;
		ir = make1(k, BC_MEMBER, e->loc, record->members[i].type, of);
		ir->record = record;
		ir->member = i;
		return ir;
	}
	diag_error(k->c->diag, e->loc, DIAG_UNKNOWN_NAME, "%.*s has no member '%.*s'%.*s", STR_ARG(record->name),
	    STR_ARG(e->text), STR_ARG(suggestion_text(k->c, &s)));
	return NULL;
}

static struct ir_expr *check_dot(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct ir_expr *of = check_value(k, site_of(k, scope, e->kids.items[0]), NULL);

	if (of == NULL)
		return NULL;
	if (type_is(of->type, BC_ONE, BC_TABLEROW))
		return check_column(k, e, of);
	if (type_is(of->type, BC_ONE, BC_RECORD))
		return check_member(k, e, of);
	diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH, "'.' wants a row or a record before it, this is %.*s",
	    TYPE_ARG(k->c, of->type));
	return NULL;
}

static struct ir_expr *check_index(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct site index = site_of(k, scope, e->kids.items[1]);
	struct ir_expr *of = check_value(k, site_of(k, scope, e->kids.items[0]), NULL);
	struct ir_expr *key, *ir;

	if (of == NULL)
		return NULL;
	if (of->op == BC_KEYS || of->op == BC_OLDKEYS) {
		if (of->var->value.base == BC_NOTHING) {
			diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH,
			    "'%.*s' is a set: it holds keys without values", STR_ARG(of->var->name));
			return NULL;
		}
		key = check_typed(k, index, of->var->key, "the key");
		if (key == NULL)
			return NULL;
		ir = make1(k, of->op == BC_KEYS ? BC_GET : BC_OLDGET, e->loc, of->var->value, key);
		ir->var = of->var;
		return ir;
	}
	if (of->type.shape != BC_LIST || of->type.base == BC_RECORD) {
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH,
		    "[ ] wants a map or a list before it, this is %.*s", TYPE_ARG(k->c, of->type));
		return NULL;
	}
	key = check_typed(k, index, TYPE_INT, "the place in a list");
	return key == NULL ? NULL : make2(k, BC_AT, e->loc, type_element(of->type), of, key);
}

static struct ir_expr *check_builtin(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	bool is_len = str_is(e->text, "len");
	struct ir_field *field;
	struct ir_expr *many;
	bool is_filtered;

	if (e->kids.n != 1) {
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH, "'%.*s' has 1 parameter, here are %u",
		    STR_ARG(e->text), e->kids.n);
		return NULL;
	}
	many = check_value(k, site_of(k, scope, e->kids.items[0]), NULL);
	if (many == NULL)
		return NULL;
	if (is_len && many->type.shape != BC_ONE)
		return make1(k, BC_LEN, e->loc, TYPE_INT, many);
	if (!is_len && type_is(many->type, BC_SET, BC_TABLEROW)
	    && origin_of(many, &field, &is_filtered) != ORIGIN_KEYS)
		return make1(k, BC_PICK, e->loc, type_element(many->type), many);
	diag_error(k->c->diag, many->loc, DIAG_TYPE_MISMATCH, "'%.*s' wants a %s, this is %.*s", STR_ARG(e->text),
	    is_len ? "list or set" : "set of rows", TYPE_ARG(k->c, many->type));
	return NULL;
}

static struct ir_expr *check_call(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct symbol *symbol = names_find(&k->c->values, e->text);
	struct suggestion s = { .wanted = e->text };

	if (symbol != NULL && symbol->kind == SYM_DEF)
		return check_def(k, scope, e, symbol);
	if (str_is(e->text, "len") || str_is(e->text, "pick"))
		return check_builtin(k, scope, e);
	suggest(&s, STR("len"));
	suggest(&s, STR("pick"));
	suggest(&s, STR("count"));
	suggest_names(&s, &k->c->values);
	diag_error(k->c->diag, e->loc, DIAG_UNKNOWN_NAME, "there is no definition '%.*s'%.*s", STR_ARG(e->text),
	    STR_ARG(suggestion_text(k->c, &s)));
	return NULL;
}

/* ---- the rest ---- */

static struct ir_expr *check_text(struct checker *k, const struct ast_expr *e, const struct ir_type *hint)
{
	bool is_pattern = e->op == AST_REGEX || (hint != NULL && hint->base == BC_LANGUAGE);
	struct ir_expr *ir;

	if (e->op == AST_DIGEST) {
		ir = make(k, BC_DIGEST, e->loc, TYPE_DIGEST);
	} else if (is_pattern) {
		ir = make(k, BC_PATTERN, e->loc, TYPE_PATTERN);
		if (e->op == AST_REGEX)
			return pattern_of_regex(k->c, e->loc, e->text, &ir->pattern) ? ir : NULL;
		ir->pattern = pattern_of_literal(e->text);
	} else {
		ir = make(k, BC_STR, e->loc, TYPE_STRING);
	}
	if (e->text.len > BC_STRING_MAX) {
		diag_error(k->c->diag, e->loc, DIAG_LIMIT, "a string has at most %u bytes", BC_STRING_MAX);
		return NULL;
	}
	ir->text = e->text;
	return ir;
}

static struct ir_expr *check_logic(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	static const char *const roles[] = { "an operand of 'and'", "an operand of 'or'",
		"an operand of 'implies'" };
	const char *role = roles[e->op == AST_AND ? 0 : e->op == AST_OR ? 1 : 2];
	struct ir_expr **kids = arena_array(&k->c->arena, e->kids.n, struct ir_expr *);
	bool are_good = true;
	uint32_t i;

	for (i = 0; i < e->kids.n; i++) {
		kids[i] = check_typed(k, site_of(k, scope, e->kids.items[i]), TYPE_BOOL, role);
		are_good = are_good && kids[i] != NULL;
	}
	if (!are_good)
		return NULL;
	if (e->op == AST_IMPLIES)
		kids[0] = make_not(k, kids[0]->loc, kids[0]);
	return make_many(k, e->op == AST_AND ? BC_AND : BC_OR, e->loc, TYPE_BOOL, kids, e->kids.n);
}

static struct ir_expr *check_not(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct ir_expr *kid = check_typed(k, site_of(k, scope, e->kids.items[0]), TYPE_BOOL, "the operand of 'not'");

	return kid == NULL ? NULL : make_not(k, e->loc, kid);
}

static struct ir_expr *check_by_op(struct checker *k, struct site site, const struct ir_type *hint)
{
	const struct ast_expr *e = site.e;

	switch (e->op) {
	case AST_ERROR:
		return NULL;
	case AST_NAME:
		return check_name(k, site, hint);
	case AST_OLD:
		return check_old(k, e);
	case AST_CALL:
		return check_call(k, site.scope, e);
	case AST_BOOL:
		return make_bool(k, e->loc, e->integer != 0);
	case AST_INT:
		return make_int(k, e->loc, e->integer);
	case AST_STRING:
	case AST_REGEX:
	case AST_DIGEST:
		return check_text(k, e, hint);
	case AST_NOT:
		return check_not(k, site.scope, e);
	case AST_AND:
	case AST_OR:
	case AST_IMPLIES:
		return check_logic(k, site.scope, e);
	case AST_EQ:
	case AST_NE:
	case AST_LT:
	case AST_LE:
	case AST_GT:
	case AST_GE:
		return check_compare(k, site.scope, e);
	case AST_IN:
	case AST_NOT_IN:
		return check_in(k, site.scope, e);
	case AST_MATCHES:
		return check_matches(k, site.scope, e);
	case AST_BELOW:
		return check_below(k, site.scope, e);
	case AST_ADD:
	case AST_SUB:
		return check_sum(k, site.scope, e);
	case AST_DOT:
		return check_dot(k, site.scope, e);
	case AST_INDEX:
		return check_index(k, site.scope, e);
	case AST_LIST:
	case AST_SET:
		diag_error(k->c->diag, e->loc, DIAG_NOT_ALLOWED_HERE,
		    "a list or set is written out only beside ==, != or in");
		return NULL;
	case AST_SOME:
	case AST_ALL:
	case AST_COUNT:
	case AST_WHERE_SET:
	case AST_WHERE_LIST:
	case AST_MAP:
		return check_loop(k, site.scope, e);
	}
	return NULL;
}

struct ir_expr *check_operand(struct checker *k, struct site site, const struct ir_type *hint)
{
	const struct expansion *expanding = k->expanding;
	struct ir_expr *ir = NULL;

	site = site_seen_through(site);
	if (k->n_steps > STEPS_MAX)
		return NULL;
	if (++k->n_steps > STEPS_MAX) {
		diag_error(k->c->diag, site.e->loc, DIAG_LIMIT, "the expression is too large, definitions put in");
		return NULL;
	}
	if (k->depth >= DEPTH_MAX) {
		diag_error(k->c->diag, site.e->loc, DIAG_TOO_DEEP, "this nests too deep, definitions put in");
		k->n_steps = STEPS_MAX + 1;
		return NULL;
	}
	k->depth++;
	k->expanding = site.expanding;
	ir = check_by_op(k, site, hint);
	k->expanding = expanding;
	k->depth--;
	return ir;
}

struct ir_expr *check_value(struct checker *k, struct site site, const struct ir_type *hint)
{
	struct ir_expr *ir = check_operand(k, site, hint);

	if (ir == NULL || ((ir->op != BC_EQCAT || ir->type.base != BC_STRING)
	    && (ir->op != BC_MATCHCAT || ir->type.base != BC_LANGUAGE)))
		return ir;
	diag_error(k->c->diag, ir->loc, DIAG_NOT_ALLOWED_HERE,
	    "strings are put together only to be compared by == or != or to be matched");
	return NULL;
}

struct ir_expr *check_typed(struct checker *k, struct site site, struct ir_type type, const char *role)
{
	struct ir_expr *ir = check_value(k, site, &type);

	if (ir == NULL || type_equal(ir->type, type))
		return ir;
	diag_error(k->c->diag, ir->loc, DIAG_TYPE_MISMATCH, "%s is %.*s, this is %.*s", role,
	    TYPE_ARG(k->c, type), TYPE_ARG(k->c, ir->type));
	return NULL;
}

struct ir_expr *check_whole(struct checker *k, const struct binding *scope, const struct ast_expr *e,
    const struct ir_type *want, const char *role)
{
	k->expanding = NULL;
	k->depth = 0;
	k->n_steps = 0;
	if (want != NULL)
		return check_typed(k, site_of(k, scope, e), *want, role);
	return check_value(k, site_of(k, scope, e), NULL);
}

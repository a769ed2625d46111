/* SPDX-License-Identifier: Apache-2.0
 *
 * check.c - expressions: paths, calls, constants and logic.  Names are in
 * lookup.c, comparisons and sums in operators.c, loops in loops.c.
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
	diag_error(k->c->diag, e->loc, DIAG_UNKNOWN_NAME, "%.*s has no column '%.*s'%.*s",
	    STR_ARG(table->name), STR_ARG(e->text), STR_ARG(suggestion_text(k->c, &s)));
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
	diag_error(k->c->diag, e->loc, DIAG_UNKNOWN_NAME, "%.*s has no member '%.*s'%.*s",
	    STR_ARG(record->name), STR_ARG(e->text), STR_ARG(suggestion_text(k->c, &s)));
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
	diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH,
	    "'.' wants a row or a record before it, this is %.*s", TYPE_ARG(k->c, of->type));
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
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH, "'%.*s' takes 1 argument, here are %u",
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
	diag_error(k->c->diag, many->loc, DIAG_TYPE_MISMATCH, "'%.*s' wants a %s, this is %.*s",
	    STR_ARG(e->text), is_len ? "list or set" : "set of rows", TYPE_ARG(k->c, many->type));
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
	diag_error(k->c->diag, e->loc, DIAG_UNKNOWN_NAME, "there is no definition '%.*s'%.*s",
	    STR_ARG(e->text), STR_ARG(suggestion_text(k->c, &s)));
	return NULL;
}

/* ---- the rest ---- */

static struct ir_expr *check_text(struct checker *k, const struct ast_expr *e, const struct ir_type *hint)
{
	bool is_pattern = e->op == AST_REGEX || (hint != NULL && hint->base == BC_LANGUAGE);
	struct ir_expr *ir;

	if (e->op == AST_DIGEST) {
		ir = make_ir(k, BC_DIGEST, e->loc, TYPE_DIGEST);
	} else if (is_pattern) {
		ir = make_ir(k, BC_PATTERN, e->loc, TYPE_PATTERN);
		if (e->op == AST_REGEX)
			return pattern_of_regex(k->c, e->loc, e->text, &ir->pattern) ? ir : NULL;
		ir->pattern = pattern_of_literal(e->text);
	} else {
		ir = make_ir(k, BC_STR, e->loc, TYPE_STRING);
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
	struct ir_expr *kid =
	    check_typed(k, site_of(k, scope, e->kids.items[0]), TYPE_BOOL, "the operand of 'not'");

	return kid == NULL ? NULL : make_not(k, e->loc, kid);
}

static struct ir_expr *stray_literal(struct checker *k, const struct ast_expr *e)
{
	diag_error(k->c->diag, e->loc, DIAG_NOT_ALLOWED_HERE,
	    "a list or set is written out only beside ==, != or in");
	return NULL;
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
		return stray_literal(k, e);
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
		diag_error(k->c->diag, site.e->loc, DIAG_LIMIT,
		    "the expression is too large, definitions put in");
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

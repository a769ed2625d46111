/* SPDX-License-Identifier: Apache-2.0
 *
 * loops.c - quantifiers, counts, filters and maps; and the one optimisation of
 * this compiler: where a loop over all rows compares their key, it ranges over
 * the rows with that key instead.
 */
#include "check.h"
#include "types.h"

static bool mentions(const struct ir_expr *e, const struct ir_local *local)
{
	uint32_t i;

	if (e->op == BC_LOCAL && e->local == local)
		return true;
	for (i = 0; i < e->n_kids; i++) {
		if (mentions(e->kids[i], local))
			return true;
	}
	return false;
}

/* What the row's key is compared with, if e is such a comparison. */
static struct ir_expr *key_wanted(const struct ir_expr *e, const struct ir_local *row)
{
	uint32_t i;

	if (e->op != BC_EQ && e->op != BC_EQLIST)
		return NULL;
	for (i = 0; i < 2; i++) {
		const struct ir_expr *column = e->kids[i];

		if (column->op == BC_COLUMN && column->column == 0 && column->kids[0]->op == BC_LOCAL
		    && column->kids[0]->local == row && !mentions(e->kids[1 - i], row))
			return e->kids[1 - i];
	}
	return NULL;
}

/* The operands of a run of ANDs (for `all`, of ORs). */
static uint32_t flatten(struct checker *k, struct ir_expr *e, enum bc_op op, struct ir_expr ***terms,
    uint32_t n, uint32_t *cap)
{
	uint32_t i;

	if (e->op != op) {
		arena_push(&k->c->arena, *terms, n, *cap);
		(*terms)[n] = e;
		return n + 1;
	}
	for (i = 0; i < e->n_kids; i++)
		n = flatten(k, e->kids[i], op, terms, n, cap);
	return n;
}

/* A loop over nothing but the rows with a key, whatever they are. */
static struct ir_expr *without_body(struct checker *k, struct ir_expr *loop)
{
	struct ir_expr *rows = loop->kids[0], *is_empty;

	if (loop->op == BC_WHERE)
		return rows;
	if (loop->op == BC_COUNT)
		return make1(k, BC_LEN, loop->loc, TYPE_INT, rows);
	is_empty = make1(k, BC_EMPTY, loop->loc, TYPE_BOOL, rows);
	return loop->op == BC_ALL ? is_empty : make_not(k, loop->loc, is_empty);
}

/* With two comparisons of the key there is no telling which is to be looked up
 * without regard to the order in which they are written; so neither is. */
static struct ir_expr *look_up(struct checker *k, struct ir_expr *loop)
{
	struct ir_table *table = loop->kids[0]->table;
	enum bc_op op = loop->op == BC_ALL ? BC_OR : BC_AND;
	struct ir_expr **terms = NULL, *wanted = NULL, *rows;
	uint32_t i, n, cap = 0, found = 0, n_found = 0;

	if (loop->kids[0]->op != BC_ROWS || !table->has_key)
		return loop;
	n = flatten(k, loop->kids[1], op, &terms, 0, &cap);
	for (i = 0; i < n; i++) {
		const struct ir_expr *term = terms[i];
		struct ir_expr *key;

		if (loop->op == BC_ALL && term->op != BC_NOT)
			continue;
		key = key_wanted(loop->op == BC_ALL ? term->kids[0] : term, loop->element);
		if (key == NULL)
			continue;
		wanted = key;
		found = i;
		n_found++;
	}
	if (n_found != 1)
		return loop;
	rows = make1(k, BC_KEYROWS, loop->kids[0]->loc, loop->kids[0]->type, wanted);
	rows->table = table;
	loop->kids[0] = rows;
	terms[found] = terms[--n];
	if (n == 0)
		return without_body(k, loop);
	loop->kids[1] = n == 1 ? terms[0] : make_many(k, op, loop->kids[1]->loc, TYPE_BOOL, terms, n);
	return loop;
}

static struct ir_expr *wrong_range(struct checker *k, const struct ir_expr *range, const char *wanted)
{
	diag_error(k->c->diag, range->loc, DIAG_TYPE_MISMATCH, "%s, this is %.*s", wanted,
	    TYPE_ARG(k->c, range->type));
	return NULL;
}

static struct ir_expr *check_range(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct ir_expr *range = check_value(k, site_of(k, scope, e->kids.items[0]), NULL);
	enum origin origin;
	struct ir_field *field;
	bool is_filtered;

	if (range == NULL)
		return NULL;
	if (range->type.shape == BC_ONE)
		return wrong_range(k, range, "a list, set or map of the state is wanted here");
	origin = origin_of(range, &field, &is_filtered);
	if (e->op == AST_WHERE_SET && (!type_is(range->type, BC_SET, BC_TABLEROW) || origin == ORIGIN_KEYS))
		return wrong_range(k, range,
		    origin == ORIGIN_KEYS ? "{ x in X | P } is of rows, not of keys of the state"
		    : "{ x in X | P } is of a set of rows");
	if (e->op == AST_WHERE_LIST && origin != ORIGIN_FIELD)
		return wrong_range(k, range, "[ x in L | P ] is of a list or set of the request");
	if (e->op == AST_MAP && range->type.shape != BC_LIST)
		return wrong_range(k, range, "[ E for x in L ] is of a list");
	if (e->place.text.ptr != NULL && range->type.shape != BC_LIST)
		return wrong_range(k, range, "only the elements of a list have places");
	return range;
}

bool check_bind(struct checker *k, struct binding *b, const struct binding *outer, struct ast_name name,
    struct ir_type type)
{
	const struct binding *other;

	*b = (struct binding){ .outer = outer, .name = name, .type = type };
	b->local = arena_new(&k->c->arena, struct local);
	b->local->ir.name = name.text;
	for (other = outer; other != NULL && name.text.ptr != NULL; other = other->outer) {
		if (!str_equal(other->name.text, name.text))
			continue;
		diag_error(k->c->diag, name.loc, DIAG_DUPLICATE_NAME, "there is a '%.*s' here already",
		    STR_ARG(name.text));
		diag_note(k->c->diag, other->name.loc, "which is this");
		return false;
	}
	return true;
}

static enum bc_op loop_op(enum ast_op op)
{
	return op == AST_SOME ? BC_SOME : op == AST_ALL ? BC_ALL : op == AST_COUNT ? BC_COUNT
	    : op == AST_MAP ? BC_MAP : BC_WHERE;
}

static struct ir_expr *check_body(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct site body = site_of(k, scope, e->kids.items[1]);
	struct ir_expr *ir;

	if (e->op != AST_MAP)
		return check_typed(k, body, TYPE_BOOL, "the condition");
	ir = check_value(k, body, NULL);
	if (ir == NULL || type_is(ir->type, BC_ONE, BC_TABLEROW))
		return ir;
	diag_error(k->c->diag, ir->loc, DIAG_TYPE_MISMATCH, "[ E for x in L ] makes rows, this is %.*s",
	    TYPE_ARG(k->c, ir->type));
	return NULL;
}

struct ir_expr *check_loop(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct ir_expr *range = check_range(k, scope, e), *body, *ir;
	struct binding element, place;
	struct ir_type type = TYPE_BOOL;

	if (range == NULL || !check_bind(k, &element, scope, e->element, type_element(range->type))
	    || !check_bind(k, &place, &element, e->place, TYPE_INT))
		return NULL;
	body = check_body(k, e->place.text.ptr != NULL ? &place : &element, e);
	if (body == NULL)
		return NULL;
	if (e->op == AST_COUNT)
		type = TYPE_INT;
	else if (e->op == AST_MAP)
		type = type_shaped(BC_LIST, body->type);
	else if (e->op == AST_WHERE_SET || e->op == AST_WHERE_LIST)
		type = range->type;
	ir = make2(k, loop_op(e->op), e->loc, type, range, body);
	ir->element = &element.local->ir;
	ir->place = &place.local->ir;
	return ir->op == BC_MAP ? ir : look_up(k, ir);
}

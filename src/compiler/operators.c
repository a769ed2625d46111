/* SPDX-License-Identifier: Apache-2.0
 *
 * operators.c - comparisons, membership and sums.
 *
 * A set or list that is written out is spelled as what it means, element by
 * element; so what stands beside it is made once for each element.
 */
#include "check.h"
#include "types.h"

/* ---- strings in a row ---- */

static bool is_joined(const struct ir_expr *e)
{
	return e->op == BC_EQCAT && e->type.base == BC_STRING;
}

struct ir_expr *check_sum(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct ir_expr *left = check_operand(k, site_of(k, scope, e->kids.items[0]), NULL);
	struct ir_expr *right = check_operand(k, site_of(k, scope, e->kids.items[1]), NULL);
	struct ir_expr *ir;

	if (left == NULL || right == NULL)
		return NULL;
	if (type_is(left->type, BC_ONE, BC_INTEGER) && type_is(right->type, BC_ONE, BC_INTEGER))
		return make2(k, e->op == AST_ADD ? BC_ADD : BC_SUB, e->loc, TYPE_INT, left, right);
	if (e->op == AST_ADD && type_is(left->type, BC_ONE, BC_STRING)) {
		if (type_is(right->type, BC_ONE, BC_STRING)) {
			uint32_t n_left = is_joined(left) ? left->n_kids : 1;
			uint32_t n_right = is_joined(right) ? right->n_kids : 1;

			ir = make_ir(k, BC_EQCAT, e->loc, TYPE_STRING);
			ir->n_kids = n_left + n_right;
			ir->kids = arena_array(&k->c->arena, ir->n_kids, struct ir_expr *);
			memcpy(ir->kids, is_joined(left) ? left->kids : &left, n_left * sizeof(left));
			memcpy(ir->kids + n_left, is_joined(right) ? right->kids : &right,
			    n_right * sizeof(right));
			return ir;
		}
		if (type_is(right->type, BC_ONE, BC_LANGUAGE) && right->op != BC_MATCHCAT && !is_joined(left))
			return make2(k, BC_MATCHCAT, e->loc, TYPE_PATTERN, left, right);
	}
	if (e->op == AST_ADD && right->type.base == BC_LANGUAGE)
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH,
		    "one string and then one pattern make a pattern");
	else
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH, "'%s' between %.*s and %.*s",
		    e->op == AST_ADD ? "+" : "-", TYPE_ARG(k->c, left->type), TYPE_ARG(k->c, right->type));
	return NULL;
}

static struct ir_expr *join_constants(struct checker *k, const struct ir_expr *left,
    const struct ir_expr *right)
{
	struct ir_expr *ir = make_ir(k, BC_STR, loc_join(left->loc, right->loc), TYPE_STRING);
	char *text = arena_alloc(&k->c->arena, left->text.len + right->text.len);

	memcpy(text, left->text.ptr, left->text.len);
	memcpy(text + left->text.len, right->text.ptr, right->text.len);
	ir->text = (struct str){ text, left->text.len + right->text.len };
	return ir;
}

/* subject == part + part ..., neighbouring constants made one. */
static struct ir_expr *equal_joined(struct checker *k, struct loc loc, struct ir_expr *subject,
    const struct ir_expr *joined)
{
	enum { PARTS_MAX = 4 };
	struct ir_expr **kids = arena_array(&k->c->arena, joined->n_kids + 1, struct ir_expr *);
	uint32_t i, n = 0;

	if (is_joined(subject)) {
		diag_error(k->c->diag, loc, DIAG_NOT_ALLOWED_HERE,
		    "only one side of a comparison is put together");
		return NULL;
	}
	kids[n++] = subject;
	for (i = 0; i < joined->n_kids; i++) {
		struct ir_expr *part = joined->kids[i];

		if (part->op == BC_STR && part->text.len == 0)
			continue;
		if (n > 1 && part->op == BC_STR && kids[n - 1]->op == BC_STR) {
			part = join_constants(k, kids[n - 1], part);
			n--;
		}
		kids[n++] = part;
	}
	if (n == 1)
		kids[n++] = joined->kids[0];
	if (n == 2)
		return make_equality(k, loc, kids[0], kids[1]);
	if (n > PARTS_MAX + 1) {
		diag_error(k->c->diag, joined->loc, DIAG_LIMIT,
		    "at most %d strings are put together", PARTS_MAX);
		return NULL;
	}
	return make_many(k, BC_EQCAT, loc, TYPE_BOOL, kids, n);
}

/* ---- comparing ---- */

/* Two operands, the one whose type says what the other means first. */
static bool check_pair(struct checker *k, struct site left, struct site right, struct ir_expr **l,
    struct ir_expr **r)
{
	bool left_may = may_be_enumerator(k, left), right_may = may_be_enumerator(k, right);
	struct ir_type plain;
	bool right_first = left_may && !right_may;

	if (left_may && right_may)
		right_first = !(find_plain_type(k, left, &plain) && plain.base == BC_ENUMERATION)
		    && find_plain_type(k, right, &plain) && plain.base == BC_ENUMERATION;
	if (right_first) {
		*r = check_operand(k, right, NULL);
		*l = *r == NULL ? NULL : check_operand(k, left, &(*r)->type);
	} else {
		*l = check_operand(k, left, NULL);
		*r = *l == NULL ? NULL : check_operand(k, right, &(*l)->type);
	}
	return *l != NULL && *r != NULL;
}

static const char *symbol_of(enum ast_op op)
{
	return op == AST_EQ ? "==" : op == AST_NE ? "!=" : op == AST_LT ? "<" : op == AST_LE ? "<="
	    : op == AST_GT ? ">" : ">=";
}

static struct ir_expr *compare_mismatch(struct checker *k, const struct ast_expr *e, struct ir_type left,
    struct ir_type right)
{
	if (left.base == BC_LANGUAGE || right.base == BC_LANGUAGE)
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH,
		    "a pattern is not compared: use 'matches'");
	else
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH, "'%s' between %.*s and %.*s",
		    symbol_of(e->op), TYPE_ARG(k->c, left), TYPE_ARG(k->c, right));
	return NULL;
}

static struct ir_expr *check_equal(struct checker *k, const struct ast_expr *e, struct site left,
    struct site right)
{
	struct ir_expr *l, *r;
	struct ir_field *field;
	bool is_filtered;

	if (!check_pair(k, left, right, &l, &r))
		return NULL;
	if (!type_equal(l->type, r->type) || !type_is_scalar(type_element(l->type)))
		return compare_mismatch(k, e, l->type, r->type);
	if (is_joined(r))
		return equal_joined(k, e->loc, l, r);
	if (is_joined(l))
		return equal_joined(k, e->loc, r, l);
	if (origin_of(l, &field, &is_filtered) == ORIGIN_KEYS
	    || origin_of(r, &field, &is_filtered) == ORIGIN_KEYS) {
		diag_error(k->c->diag, e->loc, DIAG_NOT_ALLOWED_HERE,
		    "the keys of a map or set of the state are not compared as a whole: use 'all'");
		return NULL;
	}
	return make_equality(k, e->loc, l, r);
}

static struct ir_expr *equal_empty(struct checker *k, const struct ast_expr *e, struct ir_expr *many,
    bool is_set)
{
	if (many->type.shape == (is_set ? BC_SET : BC_LIST))
		return make1(k, BC_EMPTY, e->loc, TYPE_BOOL, many);
	diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH, "'%s' between %.*s and the empty %s",
	    symbol_of(e->op), TYPE_ARG(k->c, many->type), is_set ? "set" : "list");
	return NULL;
}

/* value == element, for each element that is written out. */
static struct ir_expr **equal_each(struct checker *k, struct site literal, struct ir_type element,
    struct ir_expr *(*value)(struct checker *k, const void *of, uint32_t i), const void *of)
{
	uint32_t i, n = literal.e->kids.n;
	struct ir_expr **terms = arena_array(&k->c->arena, n, struct ir_expr *);
	struct site site = literal;

	for (i = 0; i < n; i++) {
		struct ir_expr *left = value(k, of, i), *right;

		site.e = literal.e->kids.items[i];
		right = left == NULL ? NULL : check_typed(k, site, element, "an element");
		if (right == NULL)
			return NULL;
		terms[i] = make_equality(k, site.e->loc, left, right);
	}
	return terms;
}

struct loop_element { struct ir_local *local; struct ir_type type; struct loc loc; };

static struct ir_expr *element_value(struct checker *k, const void *of, uint32_t i)
{
	const struct loop_element *element = of;
	struct ir_expr *ir = make_ir(k, BC_LOCAL, element->loc, element->type);

	(void)i;
	ir->local = element->local;
	return ir;
}

/* many == { a, b }: all its elements are one of these, and these are in it. */
static struct ir_expr *equal_set(struct checker *k, const struct ast_expr *e, struct site many,
    struct site literal, struct ir_expr *range)
{
	struct ir_type element = type_element(range->type);
	struct loop_element loop = { &arena_new(&k->c->arena, struct local)->ir, element, e->loc };
	uint32_t i, n = literal.e->kids.n;
	struct ir_expr **kids = arena_array(&k->c->arena, n + 1, struct ir_expr *);
	struct ir_expr **terms = equal_each(k, literal, element, element_value, &loop);
	struct ir_expr *body;

	if (terms == NULL)
		return NULL;
	body = n == 1 ? terms[0] : make_many(k, BC_OR, e->loc, TYPE_BOOL, terms, n);
	kids[n] = make2(k, BC_ALL, e->loc, TYPE_BOOL, range, body);
	kids[n]->element = loop.local;
	kids[n]->place = &arena_new(&k->c->arena, struct local)->ir;
	for (i = 0; i < n; i++) {
		struct site site = literal;
		struct ir_expr *value, *again = check_value(k, many, NULL);

		site.e = literal.e->kids.items[i];
		value = check_typed(k, site, element, "an element");
		if (again == NULL || value == NULL)
			return NULL;
		kids[i] = make_in(k, e->loc, value, again);
	}
	return make_many(k, BC_AND, e->loc, TYPE_BOOL, kids, n + 1);
}

struct listed { struct site site; struct loc loc; };

static struct ir_expr *listed_value(struct checker *k, const void *of, uint32_t i)
{
	const struct listed *listed = of;
	struct ir_expr *list = check_value(k, listed->site, NULL);

	return list == NULL ? NULL : make2(k, BC_AT, listed->loc, type_element(list->type), list,
	    make_int(k, listed->loc, i));
}

/* many == [a, b]: as long, and the same at each place. */
static struct ir_expr *equal_list(struct checker *k, const struct ast_expr *e, struct site many,
    struct site literal, struct ir_expr *list)
{
	struct listed listed = { many, e->loc };
	uint32_t n = literal.e->kids.n;
	struct ir_expr **terms = equal_each(k, literal, type_element(list->type), listed_value, &listed);
	struct ir_expr **kids = arena_array(&k->c->arena, n + 1, struct ir_expr *);

	if (terms == NULL)
		return NULL;
	memcpy(kids, terms, n * sizeof(*terms));
	kids[n] = make_equality(k, e->loc, make1(k, BC_LEN, e->loc, TYPE_INT, list), make_int(k, e->loc, n));
	return make_many(k, BC_AND, e->loc, TYPE_BOOL, kids, n + 1);
}

static struct ir_expr *check_equal_literal(struct checker *k, const struct ast_expr *e, struct site many,
    struct site literal)
{
	bool is_set = literal.e->op == AST_SET;
	struct ir_expr *ir = check_value(k, many, NULL);

	if (ir == NULL)
		return NULL;
	if (literal.e->kids.n == 0)
		return equal_empty(k, e, ir, is_set);
	if (ir->type.shape != (is_set ? BC_SET : BC_LIST) || !type_is_scalar(type_element(ir->type))) {
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH, "'%s' between %.*s and a %s of values",
		    symbol_of(e->op), TYPE_ARG(k->c, ir->type), is_set ? "set" : "list");
		return NULL;
	}
	return is_set ? equal_set(k, e, many, literal, ir) : equal_list(k, e, many, literal, ir);
}

static struct ir_expr *check_less(struct checker *k, const struct ast_expr *e, struct site left,
    struct site right)
{
	struct ir_expr *l = check_value(k, left, NULL), *r = check_value(k, right, NULL);

	if (l == NULL || r == NULL)
		return NULL;
	if (!type_is(l->type, BC_ONE, BC_INTEGER) || !type_is(r->type, BC_ONE, BC_INTEGER))
		return compare_mismatch(k, e, l->type, r->type);
	if (e->op == AST_LT || e->op == AST_LE)
		return make2(k, e->op == AST_LT ? BC_LT : BC_LE, e->loc, TYPE_BOOL, l, r);
	return make2(k, e->op == AST_GT ? BC_LT : BC_LE, e->loc, TYPE_BOOL, r, l);
}

static bool is_literal(struct site site)
{
	return site.e->op == AST_SET || site.e->op == AST_LIST;
}

struct ir_expr *check_compare(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct site left = site_seen_through(site_of(k, scope, e->kids.items[0]));
	struct site right = site_seen_through(site_of(k, scope, e->kids.items[1]));
	struct ir_expr *ir;

	if (e->op != AST_EQ && e->op != AST_NE)
		return check_less(k, e, left, right);
	if (is_literal(right))
		ir = check_equal_literal(k, e, left, right);
	else if (is_literal(left))
		ir = check_equal_literal(k, e, right, left);
	else
		ir = check_equal(k, e, left, right);
	return ir == NULL || e->op == AST_EQ ? ir : make_not(k, e->loc, ir);
}

static struct ir_expr *again_value(struct checker *k, const void *of, uint32_t i)
{
	const struct site *site = of;

	(void)i;
	return check_value(k, *site, NULL);
}

static struct ir_expr *in_literal(struct checker *k, const struct ast_expr *e, struct site value,
    struct site literal)
{
	struct ir_expr *ir = check_value(k, value, NULL), **terms;

	if (ir == NULL)
		return NULL;
	if (!type_is_scalar(ir->type)) {
		diag_error(k->c->diag, e->loc, DIAG_TYPE_MISMATCH, "%.*s is no element of a set",
		    TYPE_ARG(k->c, ir->type));
		return NULL;
	}
	if (literal.e->kids.n == 0)
		return make_bool(k, e->loc, false);
	terms = equal_each(k, literal, ir->type, again_value, &value);
	if (terms == NULL)
		return NULL;
	return literal.e->kids.n == 1 ? terms[0]
	    : make_many(k, BC_OR, e->loc, TYPE_BOOL, terms, literal.e->kids.n);
}

struct ir_expr *check_in(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct site value = site_of(k, scope, e->kids.items[0]);
	struct site range = site_seen_through(site_of(k, scope, e->kids.items[1]));
	struct ir_expr *many, *element, *ir = NULL;
	struct ir_type type;

	if (is_literal(range)) {
		ir = in_literal(k, e, value, range);
		return ir == NULL || e->op == AST_IN ? ir : make_not(k, e->loc, ir);
	}
	many = check_value(k, range, NULL);
	if (many == NULL)
		return NULL;
	type = type_element(many->type);
	if (many->type.shape == BC_ONE || !type_is_scalar(type)) {
		diag_error(k->c->diag, many->loc, DIAG_TYPE_MISMATCH,
		    "'in' wants a list, set or map of values after it, this is %.*s",
		    TYPE_ARG(k->c, many->type));
		return NULL;
	}
	element = check_typed(k, value, type, "what is looked for");
	if (element == NULL)
		return NULL;
	ir = make_in(k, e->loc, element, many);
	return e->op == AST_IN ? ir : make_not(k, e->loc, ir);
}

struct ir_expr *check_matches(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	static const struct ir_type pattern = { .base = BC_LANGUAGE };
	struct ir_expr *subject = check_typed(k, site_of(k, scope, e->kids.items[0]), TYPE_STRING,
	    "what is matched");
	struct ir_expr *what = check_operand(k, site_of(k, scope, e->kids.items[1]), &pattern);
	struct ir_expr *kids[3];

	if (subject == NULL || what == NULL)
		return NULL;
	if (!type_is(what->type, BC_ONE, BC_LANGUAGE)) {
		diag_error(k->c->diag, what->loc, DIAG_TYPE_MISMATCH,
		    "'matches' wants a pattern, this is %.*s", TYPE_ARG(k->c, what->type));
		return NULL;
	}
	if (what->op != BC_MATCHCAT)
		return make2(k, BC_MATCH, e->loc, TYPE_BOOL, subject, what);
	kids[0] = subject;
	kids[1] = what->kids[0];
	kids[2] = what->kids[1];
	return make_many(k, BC_MATCHCAT, e->loc, TYPE_BOOL, kids, 3);
}

struct ir_expr *check_below(struct checker *k, const struct binding *scope, const struct ast_expr *e)
{
	struct ir_expr *low = check_typed(k, site_of(k, scope, e->kids.items[0]), TYPE_STRING, "a path");
	struct ir_expr *high = check_typed(k, site_of(k, scope, e->kids.items[1]), TYPE_STRING, "a path");

	return low == NULL || high == NULL ? NULL : make2(k, BC_BELOW, e->loc, TYPE_BOOL, low, high);
}

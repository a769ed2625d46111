/* SPDX-License-Identifier: Apache-2.0
 *
 * make.c - making IR of expressions that were checked.
 */
#include "check.h"
#include "types.h"

struct ir_expr *make_ir(struct checker *k, enum bc_op op, struct loc loc, struct ir_type type)
{
	struct ir_expr *ir = arena_new(&k->c->arena, struct ir_expr);

	ir->op = op;
	ir->loc = loc;
	ir->type = type;
	return ir;
}

struct ir_expr *make_many(struct checker *k, enum bc_op op, struct loc loc, struct ir_type type,
    struct ir_expr *const *kids, uint32_t n)
{
	struct ir_expr *ir = make_ir(k, op, loc, type);

	ir->kids = arena_array(&k->c->arena, n, struct ir_expr *);
	memcpy(ir->kids, kids, n * sizeof(*kids));
	ir->n_kids = n;
	return ir;
}

struct ir_expr *make1(struct checker *k, enum bc_op op, struct loc loc, struct ir_type type,
    struct ir_expr *kid)
{
	return make_many(k, op, loc, type, &kid, 1);
}

struct ir_expr *make2(struct checker *k, enum bc_op op, struct loc loc, struct ir_type type,
    struct ir_expr *left, struct ir_expr *right)
{
	struct ir_expr *kids[2] = { left, right };

	return make_many(k, op, loc, type, kids, 2);
}

struct ir_expr *make_bool(struct checker *k, struct loc loc, bool value)
{
	return make_ir(k, value ? BC_TRUE : BC_FALSE, loc, TYPE_BOOL);
}

struct ir_expr *make_int(struct checker *k, struct loc loc, uint64_t value)
{
	struct ir_expr *ir = make_ir(k, BC_INT, loc, TYPE_INT);

	ir->integer = value;
	return ir;
}

struct ir_expr *make_not(struct checker *k, struct loc loc, struct ir_expr *e)
{
	if (e->op == BC_NOT)
		return e->kids[0];
	if (e->op == BC_TRUE || e->op == BC_FALSE)
		return make_bool(k, loc, e->op == BC_FALSE);
	if (e->op == BC_LT || e->op == BC_LE)
		return make2(k, e->op == BC_LT ? BC_LE : BC_LT, loc, TYPE_BOOL, e->kids[1], e->kids[0]);
	return make1(k, BC_NOT, loc, TYPE_BOOL, e);
}

struct ir_expr *make_in(struct checker *k, struct loc loc, struct ir_expr *value, struct ir_expr *many)
{
	struct ir_expr *ir;

	if (many->op != BC_KEYS && many->op != BC_OLDKEYS)
		return make2(k, BC_IN, loc, TYPE_BOOL, value, many);
	ir = make1(k, many->op == BC_KEYS ? BC_HAS : BC_OLDHAS, loc, TYPE_BOOL, value);
	ir->var = many->var;
	return ir;
}

struct ir_expr *make_equality(struct checker *k, struct loc loc, struct ir_expr *left, struct ir_expr *right)
{
	return make2(k, left->type.shape == BC_ONE ? BC_EQ : BC_EQLIST, loc, TYPE_BOOL, left, right);
}

enum origin origin_of(const struct ir_expr *e, struct ir_field **field, bool *is_filtered)
{
	const struct local *local;

	*field = NULL;
	*is_filtered = false;
	if (e->type.shape == BC_ONE)
		return ORIGIN_ANY;
	if (e->op == BC_KEYS || e->op == BC_OLDKEYS)
		return ORIGIN_KEYS;
	if (e->op == BC_FIELD) {
		*field = e->field;
		return ORIGIN_FIELD;
	}
	if (e->op == BC_LOCAL) {
		local = (const struct local *)e->local;
		*field = local->field;
		*is_filtered = local->is_filtered;
		return local->origin;
	}
	if (e->op != BC_WHERE || e->type.base == BC_TABLEROW)
		return ORIGIN_ANY;
	origin_of(e->kids[0], field, is_filtered);
	*is_filtered = true;
	return ORIGIN_FIELD;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * lift.c - one case per opcode, beside the interpreter's.  Nothing is left out
 * or approximated here: each formula has the interpreter's value in the
 * structure of lift.h, which is what tests/verify/twin.c evaluates.
 */
#include "lift.h"

#include <stdlib.h>

#include "../bytecode/decode.h"

#define ONE(base) BC_TYPE(BC_ONE, base, 0)

/* Local variables in scope. */
struct scope {
	struct lift *l;
	uint32_t event;
	struct lift_value slots[BC_SLOTS_MAX];          /* lets and elements */
	const struct lift_value *loops[BC_SLOTS_MAX];   /* what the loop at the slot iterates */
	struct fol *at[BC_SLOTS_MAX];                   /* its var in this turn */
};

/* ---- symbols ------------------------------------------------------------- */

uint32_t lift_sort(uint32_t type)
{
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		return FOL_BOOL;
	case BC_INTEGER: case BC_ENUMERATION:
		return FOL_INTEGER;
	case BC_STRING:
		return FOL_STR;
	case BC_DIGEST32:
		return FOL_DIG;
	case BC_LANGUAGE:
		return FOL_PAT;
	case BC_TABLEROW:
		return FOL_ROW + BC_INDEX(type);
	case BC_NOTHING: case BC_RECORD:
		break;
	}
	abort();
}

static struct fol_fun *fun_of(struct lift *l, enum lift_role role, uint32_t a, uint32_t b, uint32_t sort,
    uint32_t n_args, const uint32_t *args)
{
	struct fol_fun *f = fol_fun(l->space, role, a, b, sort, n_args, args);

	f->is_value = role >= LIFT_STR && role <= LIFT_ROW;
	f->is_state = role <= LIFT_HAS_ROW;
	f->is_request = role >= LIFT_FIELD && role <= LIFT_MEMBER_AT;
	return f;
}

static struct fol *symbol0(struct lift *l, enum lift_role role, uint32_t a, uint32_t b, uint32_t sort)
{
	return fol_app(l->space, fun_of(l, role, a, b, sort, 0, NULL), NULL);
}

static struct fol *symbol1(struct lift *l, enum lift_role role, uint32_t a, uint32_t b, uint32_t sort,
    struct fol *x)
{
	return fol_app(l->space, fun_of(l, role, a, b, sort, 1, &x->sort), &x);
}

static struct fol *symbol2(struct lift *l, enum lift_role role, uint32_t a, uint32_t b, uint32_t sort,
    struct fol *x, struct fol *y)
{
	uint32_t sorts[2] = { x->sort, y->sort };
	struct fol *args[2] = { x, y };

	return fol_app(l->space, fun_of(l, role, a, b, sort, 2, sorts), args);
}

/* A string of the pool; the empty string and the zero digest have one name,
 * whether the pool holds them or not. */
static struct fol *pool_string(struct lift *l, bool is_digest, uint32_t i)
{
	struct bc_bytes s = bc_string(l->tree->policy, i);
	bool is_zero = true;

	for (uint32_t at = 0; at < s.len; at++)
		is_zero = is_zero && is_digest && s.ptr[at] == 0;
	return symbol0(l, is_digest ? LIFT_DIGEST : LIFT_STR, is_zero ? LIFT_ZERO : i, 0,
	    is_digest ? FOL_DIG : FOL_STR);
}

static struct fol *row(struct lift *l, uint32_t table, uint32_t number)
{
	return symbol0(l, LIFT_ROW, table, number, FOL_ROW + table);
}

struct fol *lift_zero(struct lift *l, uint32_t sort)
{
	switch (sort) {
	case FOL_BOOL:
		return fol_bool(l->space, false);
	case FOL_INTEGER:
		return fol_int(l->space, 0);
	case FOL_STR:
		return symbol0(l, LIFT_STR, LIFT_ZERO, 0, FOL_STR);
	case FOL_DIG:
		return symbol0(l, LIFT_DIGEST, LIFT_ZERO, 0, FOL_DIG);
	case FOL_PAT:
		return symbol0(l, LIFT_PATTERN, LIFT_ZERO, 0, FOL_PAT);
	case FOL_POS:
		abort();
	default:
		return row(l, sort - FOL_ROW, BC_NO_ROW);
	}
}

static struct fol *zero(struct lift *l, uint32_t type)
{
	return lift_zero(l, lift_sort(type));
}

static struct fol *index_of(struct lift *l, struct fol *place)
{
	if (place->kind == FOL_APP && place->fun->role == LIFT_PLACE)
		return place->kids[0];
	return symbol1(l, LIFT_INDEX, 0, 0, FOL_INTEGER, place);
}

static struct fol *place_of(struct lift *l, struct fol *integer)
{
	if (integer->kind == FOL_APP && integer->fun->role == LIFT_INDEX)
		return integer->kids[0];
	return symbol1(l, LIFT_PLACE, 0, 0, FOL_POS, integer);
}

/* ---- values -------------------------------------------------------------- */

static struct lift_value scalar(uint32_t type, struct fol *term)
{
	return (struct lift_value){ .type = type, .term = term };
}

static struct lift_value truth(struct fol *term)
{
	return scalar(ONE(BC_BOOL), term);
}

/* A set that is a predicate over its elements. */
static struct lift_value set_of(struct lift *l, uint32_t type, struct fol *var, struct fol *in)
{
	struct lift_value v = { .type = type, .var = var, .in = in };

	v.elem = arena_new(l->arena, struct lift_value);
	*v.elem = scalar(bc_element(type), var);
	return v;
}

static struct lift_value dense(struct lift *l, uint32_t type, struct fol *var, struct fol *in,
    struct lift_value elem)
{
	struct lift_value v = { .type = type, .var = var, .in = in, .is_dense = true };

	v.elem = arena_new(l->arena, struct lift_value);
	*v.elem = elem;
	return v;
}

static uint32_t n_members(const struct lift *l, uint32_t type)
{
	return bc_record_len(l->tree->policy, BC_INDEX(type));
}

static struct lift_value value_subst(struct lift *l, const struct lift_value *v, struct fol *from, struct fol *to)
{
	struct lift_value r = *v;

	if (v->term != NULL)
		r.term = fol_subst(l->space, v->term, from, to);
	if (v->members != NULL) {
		uint32_t n = n_members(l, v->type);

		r.members = arena_array(l->arena, n, struct lift_value);
		for (uint32_t i = 0; i < n; i++)
			r.members[i] = value_subst(l, &v->members[i], from, to);
	}
	if (v->var != NULL) {
		r.in = fol_subst(l->space, v->in, from, to);
		r.elem = arena_new(l->arena, struct lift_value);
		*r.elem = value_subst(l, v->elem, from, to);
	}
	return r;
}

static struct fol *in_at(struct lift *l, const struct lift_value *c, struct fol *x)
{
	return fol_subst(l->space, c->in, c->var, x);
}

static struct lift_value elem_at(struct lift *l, const struct lift_value *c, struct fol *x)
{
	return value_subst(l, c->elem, c->var, x);
}

/* A set whose variable is the element. */
static bool is_predicate(const struct lift_value *c)
{
	return c->elem->term == c->var;
}

static struct fol *fresh(struct lift *l, const struct lift_value *c)
{
	return fol_temp(l->space, c->var->sort);
}

/* How many elements stand before the one at x. */
static struct fol *place_in(struct lift *l, const struct lift_value *c, struct fol *x)
{
	struct fol *q;

	if (c->is_dense)
		return index_of(l, x);
	if (c->var->sort != FOL_POS)
		abort();
	q = fresh(l, c);
	return fol_bind(l->space, FOL_COUNT, q,
	    fol_and(l->space, in_at(l, c, q), fol_lt(l->space, index_of(l, q), index_of(l, x))));
}

static struct fol *length(struct lift *l, const struct lift_value *c)
{
	struct fol *x = fresh(l, c);

	return fol_bind(l->space, FOL_COUNT, x, in_at(l, c, x));
}

static struct fol *is_empty(struct lift *l, const struct lift_value *c)
{
	struct fol *x = fresh(l, c);

	return fol_not(l->space, fol_bind(l->space, FOL_SOME, x, in_at(l, c, x)));
}

static struct fol *contains(struct lift *l, const struct lift_value *c, struct fol *term)
{
	struct fol *x;

	if (is_predicate(c))
		return in_at(l, c, term);
	x = fresh(l, c);
	return fol_bind(l->space, FOL_SOME, x,
	    fol_and(l->space, in_at(l, c, x), fol_eq(l->space, elem_at(l, c, x).term, term)));
}

static struct fol *equal_lists(struct lift *l, const struct lift_value *a, const struct lift_value *b);

static struct fol *equal(struct lift *l, const struct lift_value *a, const struct lift_value *b)
{
	struct fol *all = fol_bool(l->space, true);

	if (a->term != NULL)
		return fol_eq(l->space, a->term, b->term);
	if (a->members == NULL)
		return equal_lists(l, a, b);
	for (uint32_t i = 0; i < n_members(l, a->type); i++)
		all = fol_and(l->space, all, equal(l, &a->members[i], &b->members[i]));
	return all;
}

/* Every element of a is one of b; scalars only. */
static struct fol *within(struct lift *l, const struct lift_value *a, const struct lift_value *b)
{
	struct fol *x = fresh(l, a);

	return fol_bind(l->space, FOL_ALL, x,
	    fol_implies(l->space, in_at(l, a, x), contains(l, b, elem_at(l, a, x).term)));
}

/* Lists that are not dense: equally many, and equal where the places are. */
static struct fol *equal_in_order(struct lift *l, const struct lift_value *a, const struct lift_value *b)
{
	struct fol *x = fresh(l, a), *y = fresh(l, b);
	struct lift_value at_x = elem_at(l, a, x), at_y = elem_at(l, b, y);
	struct fol *same_place[3] = { in_at(l, a, x), in_at(l, b, y),
	    fol_eq(l->space, place_in(l, a, x), place_in(l, b, y)) };
	struct fol *body = fol_implies(l->space, fol_join(l->space, FOL_AND, same_place, 3),
	    equal(l, &at_x, &at_y));

	return fol_and(l->space, fol_eq(l->space, length(l, a), length(l, b)),
	    fol_bind(l->space, FOL_ALL, x, fol_bind(l->space, FOL_ALL, y, body)));
}

static struct fol *equal_lists(struct lift *l, const struct lift_value *a, const struct lift_value *b)
{
	struct fol *x = fresh(l, a);
	struct lift_value at_a, at_b;

	if (is_predicate(a) && is_predicate(b))
		return fol_bind(l->space, FOL_ALL, x,
		    fol_eq(l->space, in_at(l, a, x), in_at(l, b, x)));
	if (a->is_dense && b->is_dense) {
		at_a = elem_at(l, a, x);
		at_b = elem_at(l, b, x);
		return fol_bind(l->space, FOL_ALL, x,
		    fol_and(l->space, fol_eq(l->space, in_at(l, a, x), in_at(l, b, x)),
		    fol_implies(l->space, in_at(l, a, x), equal(l, &at_a, &at_b))));
	}
	if (BC_SHAPE(a->type) == BC_SET && a->elem->term != NULL)
		return fol_and(l->space, within(l, a, b), within(l, b, a));
	return equal_in_order(l, a, b);
}

/* The same list, at the places 0, 1, 2... */
static struct lift_value packed(struct lift *l, const struct lift_value *c)
{
	struct fol *x = fol_temp(l->space, FOL_POS), *q = fresh(l, c), *source;

	if (c->is_dense)
		return *c;
	source = fol_bind(l->space, FOL_CHOOSE, q, fol_and(l->space, in_at(l, c, q),
	    fol_eq(l->space, place_in(l, c, q), index_of(l, x))));
	return dense(l, c->type, x, fol_lt(l->space, index_of(l, x), length(l, c)), elem_at(l, c, source));
}

/* The element at a place from 0; past the end, zero. */
static struct fol *at(struct lift *l, const struct lift_value *c, struct fol *integer)
{
	struct lift_value list = packed(l, c);
	struct fol *x = place_of(l, integer);

	return fol_ite(l->space, in_at(l, &list, x), elem_at(l, &list, x).term,
	    zero(l, bc_element(c->type)));
}

static struct fol *least(struct lift *l, const struct lift_value *c)
{
	struct fol *r = fol_temp(l->space, lift_sort(bc_element(c->type)));

	return fol_bind(l->space, FOL_CHOOSE, r, contains(l, c, r));
}

/* ---- reading ------------------------------------------------------------- */

static struct fol *is_row(struct lift *l, struct fol *r)
{
	return fol_not(l->space, fol_eq(l->space, r, row(l, r->sort - FOL_ROW, BC_NO_ROW)));
}

static struct lift_value pattern(struct lift *l, uint32_t i)
{
	return scalar(ONE(BC_LANGUAGE), symbol0(l, LIFT_PATTERN, i, 0, FOL_PAT));
}

static struct lift_value of_switch(struct lift *l, uint32_t i)
{
	uint32_t type = bc_switch_type(l->tree->policy, i);
	uint64_t value = bc_switch_value(l->tree->policy, i);

	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		return scalar(type, fol_bool(l->space, value != 0));
	case BC_INTEGER: case BC_ENUMERATION:
		return scalar(type, fol_int(l->space, value));
	case BC_STRING: case BC_DIGEST32:
		return scalar(type, pool_string(l, BC_BASE(type) == BC_DIGEST32, (uint32_t)value));
	case BC_LANGUAGE:
		return pattern(l, (uint32_t)value);
	case BC_NOTHING: case BC_TABLEROW: case BC_RECORD:
		break;
	}
	abort();
}

static struct lift_value record_at(struct lift *l, uint32_t event, uint32_t field, uint32_t type, struct fol *x)
{
	struct lift_value v = { .type = type };
	uint32_t n = n_members(l, type);

	v.members = arena_array(l->arena, n, struct lift_value);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t member = bc_member_type(l->tree->policy, BC_INDEX(type), i), b = field << 16 | i;
		struct fol *y = fol_temp(l->space, FOL_POS);

		if (BC_SHAPE(member) == BC_ONE)
			v.members[i] = scalar(member, symbol1(l, LIFT_MEMBER, event, b, lift_sort(member), x));
		else
			v.members[i] = dense(l, member, y, symbol2(l, LIFT_MEMBER_HAS, event, b, FOL_BOOL, x, y),
			    scalar(bc_element(member),
			    symbol2(l, LIFT_MEMBER_AT, event, b, lift_sort(member), x, y)));
	}
	return v;
}

static struct lift_value of_field(struct scope *s, uint32_t field)
{
	struct lift *l = s->l;
	uint32_t type = bc_field_type(&l->tree->policy->events[s->event], field);
	uint32_t element = bc_element(type);
	struct fol *x = fol_temp(l->space, FOL_POS);
	struct lift_value elem;

	if (BC_SHAPE(type) == BC_ONE)
		return scalar(type, symbol0(l, LIFT_FIELD, s->event, field, lift_sort(type)));
	if (BC_BASE(type) == BC_RECORD)
		elem = record_at(l, s->event, field, element, x);
	else
		elem = scalar(element, symbol1(l, LIFT_FIELD_AT, s->event, field, lift_sort(type), x));
	return dense(l, type, x, symbol1(l, LIFT_FIELD_HAS, s->event, field, FOL_BOOL, x), elem);
}

static struct lift_value of_column(struct lift *l, uint32_t table, uint32_t column, struct fol *r)
{
	uint32_t type = bc_column_type(&l->tree->policy->tables[table], column);
	struct fol *x = fol_temp(l->space, FOL_POS);

	if (BC_SHAPE(type) == BC_ONE)
		return scalar(type, symbol1(l, LIFT_COLUMN, table, column, lift_sort(type), r));
	return dense(l, type, x, symbol2(l, LIFT_COLUMN_HAS, table, column, FOL_BOOL, r, x),
	    scalar(bc_element(type), symbol2(l, LIFT_COLUMN_AT, table, column, lift_sort(type), r, x)));
}

static struct lift_value of_get(struct lift *l, uint32_t map, uint32_t old, struct fol *key)
{
	uint32_t type = l->tree->policy->vars[map].value;
	struct fol *x;

	if (BC_SHAPE(type) == BC_ONE)
		return scalar(type, symbol1(l, LIFT_GET, map, old, lift_sort(type), key));
	if (BC_SHAPE(type) == BC_SET) {
		x = fol_temp(l->space, lift_sort(type));
		return set_of(l, type, x, symbol2(l, LIFT_HAS_ROW, map, old, FOL_BOOL, key, x));
	}
	x = fol_temp(l->space, FOL_POS);
	return dense(l, type, x, symbol2(l, LIFT_HAS_AT, map, old, FOL_BOOL, key, x),
	    scalar(bc_element(type), symbol2(l, LIFT_GET_AT, map, old, lift_sort(type), key, x)));
}

static struct lift_value of_keys(struct lift *l, uint32_t map, uint32_t old, uint32_t type)
{
	struct fol *x = fol_temp(l->space, lift_sort(type));

	return set_of(l, type, x, symbol1(l, LIFT_HAS, map, old, FOL_BOOL, x));
}

static struct lift_value of_rows(struct lift *l, uint32_t table, const struct lift_value *key)
{
	uint32_t type = BC_TYPE(BC_SET, BC_TABLEROW, table);
	struct fol *r = fol_temp(l->space, FOL_ROW + table), *in = is_row(l, r);

	if (key != NULL) {
		struct lift_value column = of_column(l, table, 0, r);

		in = fol_and(l->space, in, equal(l, &column, key));
	}
	return set_of(l, type, r, in);
}

/* ---- comparing ----------------------------------------------------------- */

static struct lift_value expr(struct scope *s, const struct tree_expr *e);

/* Whether a dense list has exactly n elements, n an integer term. */
static struct fol *has_length(struct lift *l, const struct lift_value *c, struct fol *n)
{
	struct fol *x = fresh(l, c);

	return fol_bind(l->space, FOL_ALL, x,
	    fol_eq(l->space, in_at(l, c, x), fol_lt(l->space, index_of(l, x), n)));
}

/* Lengths of dense lists compare place by place: no counting. */
static struct fol *of_eq(struct scope *s, const struct tree_expr *e)
{
	struct lift *l = s->l;
	const struct tree_expr *left = e->kids[0], *right = e->kids[1];
	struct lift_value a, b;

	if (right->op == BC_LEN && left->op != BC_LEN) {
		left = e->kids[1];
		right = e->kids[0];
	}
	if (left->op == BC_LEN) {
		a = expr(s, left->kids[0]);
		b = expr(s, right->op == BC_LEN ? right->kids[0] : right);
		if (a.is_dense && right->op == BC_LEN && b.is_dense) {
			struct fol *x = fresh(l, &a);

			return fol_bind(l->space, FOL_ALL, x,
			    fol_eq(l->space, in_at(l, &a, x), in_at(l, &b, x)));
		}
		if (a.is_dense && right->op == BC_INT)
			return has_length(l, &a, b.term);
	}
	a = expr(s, e->kids[0]);
	b = expr(s, e->kids[1]);
	return fol_eq(l->space, a.term, b.term);
}

static struct fol *of_match(struct lift *l, struct fol *string, struct fol *language)
{
	if (language->kind == FOL_APP && language->fun->role == LIFT_PATTERN && language->fun->a != LIFT_ZERO) {
		struct bc_bytes entry = bc_pattern(l->tree->policy, language->fun->a);

		if (entry.ptr[0] == 0)
			return fol_eq(l->space, string, pool_string(l, false, bc_get32(entry.ptr + 1)));
	}
	return symbol2(l, LIFT_MATCH, 0, 0, FOL_BOOL, string, language);
}

static struct fol *of_matchcat(struct lift *l, struct fol *string, struct fol *prefix, struct fol *language)
{
	uint32_t sorts[3] = { FOL_STR, FOL_STR, FOL_PAT };
	struct fol *args[3] = { string, prefix, language };

	return fol_app(l->space, fun_of(l, LIFT_MATCHCAT, 0, 0, FOL_BOOL, 3, sorts), args);
}

static struct fol *of_eqcat(struct scope *s, const struct tree_expr *e)
{
	struct fol_space *space = s->l->space;
	uint32_t sorts[FOL_ARGS_MAX], n = e->n_kids - 1;
	struct fol *args[FOL_ARGS_MAX], *whole = expr(s, e->kids[0]).term;

	for (uint32_t i = 0; i < n; i++) {
		sorts[i] = FOL_STR;
		args[i] = expr(s, e->kids[i + 1]).term;
	}
	return fol_eq(space, whole, fol_app(space, fun_of(s->l, LIFT_CAT, n, 0, FOL_STR, n, sorts), args));
}

/* ---- expressions --------------------------------------------------------- */

static struct lift_value of_loop(struct scope *s, const struct tree_expr *e)
{
	struct lift *l = s->l;
	struct lift_value *c = arena_new(l->arena, struct lift_value), body, v;
	struct fol *x, *in;

	*c = expr(s, e->kids[0]);
	x = fresh(l, c);
	in = in_at(l, c, x);
	s->slots[e->slot] = elem_at(l, c, x);
	s->loops[e->slot] = c;
	s->at[e->slot] = x;
	body = expr(s, e->kids[1]);
	if (e->op == BC_MAP || e->op == BC_WHERE) {
		v = *c;
		v.type = e->type;
		v.var = x;
		v.in = e->op == BC_MAP ? in : fol_and(l->space, in, body.term);
		v.elem = arena_new(l->arena, struct lift_value);
		*v.elem = e->op == BC_MAP ? body : s->slots[e->slot];
		v.is_dense = c->is_dense && e->op == BC_MAP;
		return v;
	}
	if (e->op == BC_ALL)
		return truth(fol_bind(l->space, FOL_ALL, x, fol_implies(l->space, in, body.term)));
	return scalar(e->type, fol_bind(l->space, e->op == BC_SOME ? FOL_SOME : FOL_COUNT, x,
	    fol_and(l->space, in, body.term)));
}

static struct lift_value of_join(struct scope *s, const struct tree_expr *e)
{
	struct fol **kids = arena_array(s->l->arena, e->n_kids, struct fol *);

	for (uint32_t i = 0; i < e->n_kids; i++)
		kids[i] = expr(s, e->kids[i]).term;
	return truth(fol_join(s->l->space, e->op == BC_AND ? FOL_AND : FOL_OR, kids, e->n_kids));
}

static struct lift_value of_local(struct scope *s, const struct tree_expr *e)
{
	if (!e->is_place)
		return s->slots[e->slot];
	return scalar(e->type, place_in(s->l, s->loops[e->slot - 1], s->at[e->slot - 1]));
}

/* The instructions that take their operands' values, one or two or three. */
static struct lift_value operation(struct scope *s, const struct tree_expr *e)
{
	struct lift *l = s->l;
	struct lift_value k[3];
	uint32_t a = (uint32_t)e->a;

	for (uint32_t i = 0; i < e->n_kids && i < 3; i++)
		k[i] = expr(s, e->kids[i]);
	switch (e->op) {
	case BC_COLUMN:
		return of_column(l, BC_INDEX(e->kids[0]->type), a, k[0].term);
	case BC_MEMBER:
		return k[0].members[a];
	case BC_HAS: case BC_OLDHAS:
		return truth(symbol1(l, LIFT_HAS, a, e->op == BC_OLDHAS, FOL_BOOL, k[0].term));
	case BC_GET: case BC_OLDGET:
		return of_get(l, a, e->op == BC_OLDGET, k[0].term);
	case BC_KEYROWS:
		return of_rows(l, a, &k[0]);
	case BC_LEN:
		return scalar(e->type, length(l, &k[0]));
	case BC_AT:
		return scalar(e->type, at(l, &k[0], k[1].term));
	case BC_IN:
		return truth(contains(l, &k[1], k[0].term));
	case BC_PICK:
		return scalar(e->type, least(l, &k[0]));
	case BC_EMPTY:
		return truth(is_empty(l, &k[0]));
	case BC_EQLIST:
		return truth(equal_lists(l, &k[0], &k[1]));
	case BC_LT:
		return truth(fol_lt(l->space, k[0].term, k[1].term));
	case BC_LE:
		return truth(fol_le(l->space, k[0].term, k[1].term));
	case BC_ADD:
		return scalar(e->type, fol_add(l->space, k[0].term, k[1].term));
	case BC_SUB:
		return scalar(e->type, fol_sub(l->space, k[0].term, k[1].term));
	case BC_MATCH:
		return truth(of_match(l, k[0].term, k[1].term));
	case BC_MATCHCAT:
		return truth(of_matchcat(l, k[0].term, k[1].term, k[2].term));
	case BC_BELOW:
		return truth(symbol2(l, LIFT_BELOW, 0, 0, FOL_BOOL, k[0].term, k[1].term));
	case BC_NOT:
		return truth(fol_not(l->space, k[0].term));
	case BC_FALSE: case BC_TRUE: case BC_INT: case BC_ENUM: case BC_STR: case BC_DIGEST:
	case BC_PATTERN: case BC_ROW: case BC_NOROWS: case BC_SWITCH: case BC_LOCAL: case BC_FIELD:
	case BC_VAR: case BC_OLDVAR: case BC_KEYS: case BC_OLDKEYS: case BC_ROWS: case BC_EQ:
	case BC_EQCAT: case BC_AND: case BC_OR: case BC_ALL: case BC_SOME: case BC_COUNT:
	case BC_WHERE: case BC_MAP: case BC_REQUIRE: case BC_LET: case BC_SETVAR: case BC_PUT:
	case BC_DEL: case BC_KEEP: case BC_OUT: case BC_GHOST: case BC_DONE: case BC_OP_END:
		break;
	}
	abort();
}

static struct lift_value expr(struct scope *s, const struct tree_expr *e)
{
	struct lift *l = s->l;
	uint32_t a = (uint32_t)e->a;

	switch (e->op) {
	case BC_FALSE: case BC_TRUE:
		return truth(fol_bool(l->space, e->op == BC_TRUE));
	case BC_INT:
		return scalar(e->type, fol_int(l->space, e->a));
	case BC_ENUM:
		return scalar(e->type, fol_int(l->space, e->b));
	case BC_STR: case BC_DIGEST:
		return scalar(e->type, pool_string(l, e->op == BC_DIGEST, a));
	case BC_PATTERN:
		return pattern(l, a);
	case BC_ROW:
		return scalar(e->type, row(l, a, (uint32_t)e->b));
	case BC_NOROWS:
		return set_of(l, e->type, fol_temp(l->space, FOL_ROW + a), fol_bool(l->space, false));
	case BC_SWITCH:
		return of_switch(l, a);
	case BC_LOCAL:
		return of_local(s, e);
	case BC_FIELD:
		return of_field(s, a);
	case BC_VAR: case BC_OLDVAR:
		return scalar(e->type, symbol0(l, LIFT_VAR, a, e->op == BC_OLDVAR, lift_sort(e->type)));
	case BC_KEYS: case BC_OLDKEYS:
		return of_keys(l, a, e->op == BC_OLDKEYS, e->type);
	case BC_ROWS:
		return of_rows(l, a, NULL);
	case BC_EQ:
		return truth(of_eq(s, e));
	case BC_EQCAT:
		return truth(of_eqcat(s, e));
	case BC_AND: case BC_OR:
		return of_join(s, e);
	case BC_ALL: case BC_SOME: case BC_COUNT: case BC_WHERE: case BC_MAP:
		return of_loop(s, e);
	case BC_COLUMN: case BC_MEMBER: case BC_HAS: case BC_OLDHAS: case BC_GET: case BC_OLDGET:
	case BC_KEYROWS: case BC_LEN: case BC_AT: case BC_IN: case BC_PICK: case BC_EMPTY:
	case BC_EQLIST: case BC_LT: case BC_LE: case BC_ADD: case BC_SUB: case BC_MATCH:
	case BC_MATCHCAT: case BC_BELOW: case BC_NOT:
		return operation(s, e);
	case BC_REQUIRE: case BC_LET: case BC_SETVAR: case BC_PUT: case BC_DEL: case BC_KEEP:
	case BC_OUT: case BC_GHOST: case BC_DONE: case BC_OP_END:
		break;
	}
	abort();
}

struct fol *lift_claim(struct lift *l, const struct tree_expr *claim, uint32_t event)
{
	struct scope s = { .l = l, .event = event };

	return expr(&s, claim).term;
}

/* ---- rules --------------------------------------------------------------- */

static struct lift_write write_of(struct scope *s, const struct tree_stmt *t)
{
	struct lift_write w = { .op = t->op, .var = t->a, .pc = t->pc, .ghost = t->ghost };

	if (t->key != NULL)
		w.key = expr(s, t->key).term;
	if (t->value != NULL)
		w.value = expr(s, t->value);
	if (BC_SHAPE(w.value.type) == BC_LIST)
		w.value = packed(s->l, &w.value);
	return w;
}

/* What the interpreter denies for two effects on one place. */
static struct fol *no_conflict(struct lift *l, const struct lift_write *a, const struct lift_write *b)
{
	if (a->var != b->var)
		return fol_bool(l->space, true);
	if (a->op == BC_SETVAR)
		return fol_bool(l->space, false);
	return fol_not(l->space, fol_eq(l->space, a->key, b->key));
}

/* The value is within the variable's bound. */
static struct fol *fits(struct lift *l, const struct lift_write *w)
{
	if (w->op == BC_DEL || w->value.type != ONE(BC_INTEGER))
		return fol_bool(l->space, true);
	return fol_le(l->space, w->value.term, fol_int(l->space, l->tree->policy->vars[w->var].bound));
}

static void add_write(struct lift *l, struct lift_rule *r, struct lift_write w)
{
	struct fol **into = w.ghost ? &r->ghost_fits : &r->guard;

	*into = fol_and(l->space, *into, fits(l, &w));
	for (uint32_t i = 0; i < r->n_writes; i++)
		*into = fol_and(l->space, *into, no_conflict(l, &r->writes[i], &w));
	r->writes[r->n_writes++] = w;
}

/* The interpreter denies a second KEEP of a field or OUT of an output, whatever
 * the request is. */
static void deny_second(struct lift *l, struct lift_rule *r, const struct tree_stmt *st)
{
	bool is_second = false;

	for (uint32_t i = 0; st->op == BC_KEEP && i < r->n_keeps; i++)
		is_second = is_second || r->keeps[i].field == st->a;
	for (uint32_t i = 0; st->op == BC_OUT && i < r->n_outs; i++)
		is_second = is_second || r->outs[i].out == st->a;
	r->guard = fol_and(l->space, r->guard, fol_bool(l->space, !is_second));
}

struct lift_rule lift_rule(struct lift *l, uint32_t event)
{
	const struct tree_rule *t = &l->tree->rules[event];
	struct scope s = { .l = l, .event = event };
	struct lift_rule r = { .guard = fol_bool(l->space, true), .ghost_fits = fol_bool(l->space, true) };

	r.requires = arena_array(l->arena, t->n_stmts + 1, struct lift_require);
	r.writes = arena_array(l->arena, t->n_stmts + 1, struct lift_write);
	r.keeps = arena_array(l->arena, t->n_stmts + 1, struct lift_keep);
	r.outs = arena_array(l->arena, t->n_stmts + 1, struct lift_out);
	for (uint32_t i = 0; i < t->n_stmts; i++) {
		const struct tree_stmt *st = &t->stmts[i];

		if (st->op == BC_SETVAR || st->op == BC_PUT || st->op == BC_DEL) {
			add_write(l, &r, write_of(&s, st));
			continue;
		}
		deny_second(l, &r, st);
		if (st->op == BC_LET) {
			s.slots[st->a] = expr(&s, st->value);
		} else if (st->op == BC_KEEP) {
			r.keeps[r.n_keeps++] = (struct lift_keep){ st->a, st->pc, expr(&s, st->value) };
		} else if (st->op == BC_OUT) {
			r.outs[r.n_outs++] = (struct lift_out){ st->a, st->pc, expr(&s, st->value).term };
		} else {
			struct fol *term = expr(&s, st->value).term;

			r.requires[r.n_requires++] = (struct lift_require){ st->pc, term };
			r.guard = fol_and(l->space, r.guard, term);
		}
	}
	return r;
}

/* ---- the state after, and the first ---------------------------------------- */

struct after {
	struct lift *l;
	const struct lift_rule *rule;
};

/* What the write makes of the symbol at its key, given what was there. */
static struct fol *written(struct lift *l, const struct lift_write *w, enum lift_role role,
    struct fol *const *args, struct fol *was)
{
	bool put = w->op == BC_PUT;

	switch (role) {
	case LIFT_HAS:
		return fol_bool(l->space, put);
	case LIFT_GET:
		return put ? w->value.term : zero(l, l->tree->policy->vars[w->var].value);
	case LIFT_HAS_AT:
		return put ? in_at(l, &w->value, args[1]) : fol_bool(l->space, false);
	case LIFT_GET_AT:
		return put ? elem_at(l, &w->value, args[1]).term : was;
	case LIFT_HAS_ROW:
		return put ? contains(l, &w->value, args[1]) : fol_bool(l->space, false);
	case LIFT_VAR:
		return w->value.term;
	case LIFT_FIELD: case LIFT_FIELD_HAS: case LIFT_FIELD_AT: case LIFT_MEMBER:
	case LIFT_MEMBER_HAS: case LIFT_MEMBER_AT: case LIFT_COLUMN: case LIFT_COLUMN_HAS:
	case LIFT_COLUMN_AT: case LIFT_STR: case LIFT_DIGEST: case LIFT_PATTERN: case LIFT_ROW:
	case LIFT_MATCH: case LIFT_MATCHCAT: case LIFT_BELOW: case LIFT_CAT: case LIFT_PLACE:
	case LIFT_INDEX: case LIFT_ROLES:
		break;
	}
	abort();
}

static struct fol *app_after(void *arg, const struct fol_fun *f, struct fol *const *args)
{
	const struct after *after = arg;
	struct lift *l = after->l;
	struct fol *term;

	if (f->role > LIFT_HAS_ROW)
		return NULL;
	term = fol_app(l->space, fun_of(l, (enum lift_role)f->role, f->a, 0, f->sort, f->n_args, f->args), args);
	if (f->b == 1)
		return term;
	for (uint32_t i = 0; i < after->rule->n_writes; i++) {
		const struct lift_write *w = &after->rule->writes[i];

		if (w->var != f->a)
			continue;
		term = fol_ite(l->space, f->n_args == 0 ? fol_bool(l->space, true) :
		    fol_eq(l->space, args[0], w->key), written(l, w, (enum lift_role)f->role, args, term), term);
	}
	return term;
}

struct fol *lift_after(struct lift *l, const struct lift_rule *rule, struct fol *f)
{
	struct after after = { l, rule };
	struct fol_rewriter r = { app_after, &after };

	return fol_rewrite(l->space, f, &r);
}

static struct fol *app_first(void *arg, const struct fol_fun *f, struct fol *const *args)
{
	struct lift *l = arg;

	(void)args;
	if (f->role == LIFT_HAS || f->role == LIFT_HAS_AT || f->role == LIFT_HAS_ROW)
		return fol_bool(l->space, false);
	if (f->role == LIFT_GET || f->role == LIFT_VAR)
		return zero(l, l->tree->policy->vars[f->a].value);
	return NULL;
}

struct fol *lift_first(struct lift *l, struct fol *f)
{
	struct fol_rewriter r = { app_first, l };

	return fol_rewrite(l->space, f, &r);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * vocabulary.c - what can be said of a key of a map: that another map holds it,
 * or holds what the first has there; that two such values are equal, or a number
 * is at most another.  Clauses of one literal first; then those with a condition
 * and those about two keys.
 */
#include "lemma.h"

#include "../bytecode/decode.h"

enum { MOST_TERMS = 64, MOST_LITERALS = 1024, MOST_CONSTANTS = 8, MOST_GUESSES = 12000, MOST_CONDITIONS = 48 };

struct exprs {
	struct tree_expr *items[MOST_LITERALS];
	uint32_t n;
};

struct speaker {
	struct arena *arena;
	const struct tree_policy *tree;
	uint64_t vars;
	uint64_t constants[MOST_CONSTANTS];
	uint32_t n_constants;
	struct lemma_list list;
};

static const struct bc_var *var_of(const struct speaker *s, uint64_t var)
{
	return &s->tree->policy->vars[var];
}

static bool is_meant(const struct speaker *s, uint32_t var)
{
	return (s->vars >> var & 1) != 0;
}

static bool is_map(const struct speaker *s, uint32_t var)
{
	return is_meant(s, var) && var_of(s, var)->key != 0;
}

static bool is_one(uint32_t type)
{
	return type != 0 && BC_SHAPE(type) == BC_ONE;
}

static struct tree_expr *say(struct speaker *s, enum bc_op op, uint64_t a, struct tree_expr *l, struct tree_expr *r)
{
	return lemma_node(s->arena, op, LEMMA_BOOL, a, l, r);
}

static struct tree_expr *get(struct speaker *s, uint32_t map, struct tree_expr *key)
{
	return lemma_node(s->arena, BC_GET, var_of(s, map)->value, map, key, NULL);
}

static struct tree_expr *integer(struct speaker *s, uint64_t value)
{
	return lemma_node(s->arena, BC_INT, BC_TYPE(BC_ONE, BC_INTEGER, 0), value, NULL, NULL);
}

static void add(struct exprs *list, struct tree_expr *e)
{
	if (list->n < MOST_LITERALS)
		list->items[list->n++] = e;
}

static void guess(struct speaker *s, struct tree_expr *e)
{
	if (s->list.n < MOST_GUESSES)
		lemma_push(s->arena, &s->list, e);
}

/* ---- numbers ---------------------------------------------------------------- */

static void add_constant(struct speaker *s, uint64_t value)
{
	for (uint32_t i = 0; i < s->n_constants; i++)
		if (s->constants[i] == value)
			return;
	if (s->n_constants < MOST_CONSTANTS)
		s->constants[s->n_constants++] = value;
}

static void find_constants(struct speaker *s, const struct tree_expr *e)
{
	if (e == NULL)
		return;
	if (e->op == BC_INT)
		add_constant(s, e->a);
	for (uint32_t i = 0; i < e->n_kids; i++)
		find_constants(s, e->kids[i]);
}

static void find_all_constants(struct speaker *s)
{
	const struct bc_policy *p = s->tree->policy;

	add_constant(s, 0);
	add_constant(s, 1);
	for (uint32_t i = 0; i < p->n_claims; i++)
		if (p->claims[i].kind == BC_INVARIANT)
			find_constants(s, s->tree->claims[i]);
	for (uint32_t i = 0; i < p->n_events; i++)
		for (uint32_t j = 0; j < s->tree->rules[i].n_stmts; j++)
			find_constants(s, s->tree->rules[i].stmts[j].value);
}

/* ---- terms -------------------------------------------------------------------- */

/* What a term of type row has in its columns. */
static void add_columns(struct speaker *s, struct exprs *terms, struct tree_expr *row)
{
	const struct bc_table *t = &s->tree->policy->tables[BC_INDEX(row->type)];

	for (uint32_t i = 0; i < t->n_columns; i++)
		if (is_one(bc_column_type(t, i)) && BC_BASE(bc_column_type(t, i)) != BC_LANGUAGE)
			add(terms, lemma_node(s->arena, BC_COLUMN, bc_column_type(t, i), i, row, NULL));
}

/* The key, what maps hold at it, and what maps hold at that. */
static void find_terms(struct speaker *s, struct exprs *terms, struct tree_expr *key)
{
	uint32_t n_near;

	add(terms, key);
	for (uint32_t m = 0; m < s->tree->policy->n_vars; m++)
		if (is_map(s, m) && var_of(s, m)->key == key->type && is_one(var_of(s, m)->value))
			add(terms, get(s, m, key));
	n_near = terms->n;
	for (uint32_t i = 1; i < n_near; i++)
		for (uint32_t m = 0; m < s->tree->policy->n_vars && terms->n < MOST_TERMS; m++)
			if (is_map(s, m) && var_of(s, m)->key == terms->items[i]->type &&
			    is_one(var_of(s, m)->value))
				add(terms, get(s, m, terms->items[i]));
	for (uint32_t i = 0; i < n_near && terms->n < MOST_TERMS; i++)
		if (BC_BASE(terms->items[i]->type) == BC_TABLEROW)
			add_columns(s, terms, terms->items[i]);
}

/* ---- literals ------------------------------------------------------------------ */

static uint32_t n_enumerators(const struct speaker *s, uint32_t type)
{
	return bc_get32(s->tree->policy->enums[BC_INDEX(type)] + 4);
}

static struct tree_expr *enumerator(struct speaker *s, uint32_t type, uint32_t value)
{
	struct tree_expr *e = lemma_node(s->arena, BC_ENUM, type, BC_INDEX(type), NULL, NULL);

	e->b = value;
	return e;
}

/* What can be said of one term alone. */
static void say_of_one(struct speaker *s, struct exprs *literals, struct tree_expr *t)
{
	if (BC_BASE(t->type) == BC_BOOL) {
		add(literals, t);
		add(literals, lemma_not(s->arena, t));
	} else if (BC_BASE(t->type) == BC_ENUMERATION) {
		for (uint32_t v = 0; v < n_enumerators(s, t->type); v++)
			add(literals, say(s, BC_EQ, 0, t, enumerator(s, t->type, v)));
		for (uint32_t v = 0; v < n_enumerators(s, t->type); v++)
			add(literals, lemma_not(s->arena, say(s, BC_EQ, 0, t, enumerator(s, t->type, v))));
	} else if (BC_BASE(t->type) == BC_INTEGER) {
		for (uint32_t i = 0; i < s->n_constants; i++) {
			add(literals, say(s, BC_LE, 0, t, integer(s, s->constants[i])));
			add(literals, say(s, BC_LE, 0, integer(s, s->constants[i]), t));
		}
	}
}

static void say_of_two(struct speaker *s, struct exprs *literals, struct tree_expr *l, struct tree_expr *r)
{
	if (l->type != r->type)
		return;
	add(literals, say(s, BC_EQ, 0, l, r));
	if (BC_BASE(l->type) == BC_INTEGER) {
		add(literals, say(s, BC_LE, 0, l, r));
		add(literals, say(s, BC_LE, 0, r, l));
	} else {
		add(literals, lemma_not(s->arena, say(s, BC_EQ, 0, l, r)));
	}
}

/* Whether maps hold the term, or have it in the set at the key. */
static void say_of_maps(struct speaker *s, struct exprs *literals, struct tree_expr *t, struct tree_expr *key,
    uint32_t except)
{
	for (uint32_t m = 0; m < s->tree->policy->n_vars; m++) {
		if (!is_map(s, m))
			continue;
		if (var_of(s, m)->key == t->type && !(t == key && m == except)) {
			add(literals, say(s, BC_HAS, m, t, NULL));
			add(literals, lemma_not(s->arena, say(s, BC_HAS, m, t, NULL)));
		}
		if (key != NULL && var_of(s, m)->key == key->type && BC_SHAPE(var_of(s, m)->value) != BC_ONE &&
		    bc_element(var_of(s, m)->value) == t->type)
			add(literals, say(s, BC_IN, 0, t, get(s, m, key)));
	}
}

/* Of sets and lists that a map holds at the key. */
static void say_of_many(struct speaker *s, struct exprs *literals, uint32_t map, struct tree_expr *key)
{
	struct tree_expr *value = get(s, map, key), *element, *all;

	add(literals, lemma_not(s->arena, say(s, BC_EMPTY, 0, value, NULL)));
	for (uint32_t m = 0; m < s->tree->policy->n_vars; m++) {
		if (!is_map(s, m) || var_of(s, m)->key != bc_element(value->type))
			continue;
		element = lemma_local(s->arena, bc_element(value->type), LEMMA_Y);
		all = say(s, BC_ALL, 0, value, say(s, BC_HAS, m, element, NULL));
		all->slot = LEMMA_Y;
		add(literals, all);
	}
	for (uint32_t m = 0; m < s->tree->policy->n_vars; m++) {
		if (!is_map(s, m) || m == map || var_of(s, m)->key != key->type || var_of(s, m)->value != value->type)
			continue;
		element = lemma_local(s->arena, bc_element(value->type), LEMMA_Y);
		all = say(s, BC_ALL, 0, value, say(s, BC_IN, 0, element, get(s, m, key)));
		all->slot = LEMMA_Y;
		add(literals, all);
	}
}

static void find_literals(struct speaker *s, struct exprs *literals, uint32_t map, struct tree_expr *key)
{
	struct exprs *terms = arena_new(s->arena, struct exprs);

	find_terms(s, terms, key);
	for (uint32_t i = 0; i < terms->n; i++)
		say_of_maps(s, literals, terms->items[i], key, map);
	for (uint32_t i = 1; i < terms->n; i++)
		say_of_one(s, literals, terms->items[i]);
	for (uint32_t m = 0; m < s->tree->policy->n_vars; m++)
		if (is_map(s, m) && var_of(s, m)->key == key->type && BC_SHAPE(var_of(s, m)->value) != BC_ONE)
			say_of_many(s, literals, m, key);
	for (uint32_t i = 0; i < terms->n; i++)
		for (uint32_t j = i + 1; j < terms->n; j++)
			say_of_two(s, literals, terms->items[i], terms->items[j]);
}

/* Of the variables that are no maps. */
static void find_scalars(struct speaker *s, struct exprs *scalars)
{
	for (uint32_t v = 0; v < s->tree->policy->n_vars; v++)
		if (is_meant(s, v) && !is_map(s, v))
			add(scalars, lemma_node(s->arena, BC_VAR, var_of(s, v)->value, v, NULL, NULL));
}

/* ---- guesses --------------------------------------------------------------------- */

static struct tree_expr *implies(struct speaker *s, struct tree_expr *condition, struct tree_expr *e)
{
	return say(s, BC_OR, 0, lemma_not(s->arena, condition), e);
}

static bool is_number(const struct tree_expr *e)
{
	return BC_BASE(e->type) == BC_INTEGER;
}

static void guess_sums(struct speaker *s, const struct exprs *scalars)
{
	for (uint32_t i = 0; i < scalars->n; i++)
		for (uint32_t j = 0; j < scalars->n; j++)
			for (uint32_t k = j + 1; k < scalars->n; k++) {
				struct tree_expr *l = scalars->items[j], *r = scalars->items[k];

				if (i == j || i == k || !is_number(scalars->items[i]) || !is_number(l) || !is_number(r))
					continue;
				guess(s, say(s, BC_EQ, 0, scalars->items[i],
				    lemma_node(s->arena, BC_ADD, l->type, 0, l, r)));
			}
}

static void guess_of_scalars(struct speaker *s, const struct exprs *scalars, const struct exprs *said,
    enum lemma_kind kind)
{
	struct exprs *more = arena_new(s->arena, struct exprs);

	if (kind == LEMMA_SIMPLE) {
		for (uint32_t i = 0; i < scalars->n; i++)
			for (uint32_t j = i + 1; j < scalars->n; j++)
				say_of_two(s, more, scalars->items[i], scalars->items[j]);
		for (uint32_t i = 0; i < said->n; i++)
			guess(s, said->items[i]);
		for (uint32_t i = 0; i < more->n; i++)
			guess(s, more->items[i]);
		guess_sums(s, scalars);
		return;
	}
	for (uint32_t i = 0; i < said->n && i < MOST_CONDITIONS; i++)
		for (uint32_t j = 0; j < said->n && j < MOST_CONDITIONS; j++)
			if (i != j)
				guess(s, implies(s, said->items[i], said->items[j]));
}

static bool is_short(const struct tree_expr *e)
{
	const struct tree_expr *plain = e->op == BC_NOT ? e->kids[0] : e;

	return plain->n_kids == 0 || (plain->kids[0]->n_kids == 0 && plain->op != BC_LE) ||
	    (plain->op == BC_EQ && plain->kids[1]->op == BC_ENUM && plain->kids[0]->kids[0]->op == BC_LOCAL) ||
	    (plain->op == BC_GET && plain->kids[0]->op == BC_LOCAL);
}

/* If one thing holds of the key, another does. */
static void guess_conditions(struct speaker *s, uint32_t map, const struct exprs *said,
    const struct exprs *literals)
{
	for (uint32_t i = 0; i < said->n && i < MOST_CONDITIONS; i++)
		for (uint32_t j = 0; j < literals->n; j++)
			guess(s, lemma_all(s->arena, s->tree, map, LEMMA_X,
			    implies(s, said->items[i], literals->items[j])));
	for (uint32_t i = 0; i < literals->n; i++)
		for (uint32_t j = 0; is_short(literals->items[i]) && j < literals->n; j++)
			if (i != j)
				guess(s, lemma_all(s->arena, s->tree, map, LEMMA_X,
				    implies(s, literals->items[i], literals->items[j])));
}

/* Two keys: all there is; of one value; in two maps. */
static void guess_pairs(struct speaker *s, uint32_t map, struct tree_expr *x)
{
	struct tree_expr *y = lemma_local(s->arena, x->type, LEMMA_Y), *same = say(s, BC_EQ, 0, x, y);

	guess(s, lemma_all(s->arena, s->tree, map, LEMMA_X, lemma_all(s->arena, s->tree, map, LEMMA_Y, same)));
	for (uint32_t m = 0; m < s->tree->policy->n_vars; m++)
		if (is_map(s, m) && var_of(s, m)->key == x->type && is_one(var_of(s, m)->value) &&
		    BC_BASE(var_of(s, m)->value) != BC_BOOL)
			guess(s, lemma_all(s->arena, s->tree, map, LEMMA_X, lemma_all(s->arena, s->tree, map,
			    LEMMA_Y, implies(s, say(s, BC_EQ, 0, get(s, m, x), get(s, m, y)), same))));
}

struct lemma_list lemma_vocabulary(struct arena *a, const struct tree_policy *tree, uint64_t vars,
    enum lemma_kind kind)
{
	struct speaker s = { .arena = a, .tree = tree, .vars = vars };
	struct exprs *scalars = arena_new(a, struct exprs), *said = arena_new(a, struct exprs);

	find_all_constants(&s);
	find_scalars(&s, scalars);
	for (uint32_t i = 0; i < scalars->n; i++)
		say_of_one(&s, said, scalars->items[i]);
	guess_of_scalars(&s, scalars, said, kind);
	for (uint32_t m = 0; kind == LEMMA_CLAUSE && m < tree->policy->n_vars; m++)
		if (is_map(&s, m))
			guess_pairs(&s, m, lemma_local(a, var_of(&s, m)->key, LEMMA_X));
	for (uint32_t m = 0; m < tree->policy->n_vars; m++) {
		struct exprs *literals = arena_new(a, struct exprs);

		if (!is_map(&s, m))
			continue;
		find_literals(&s, literals, m, lemma_local(a, var_of(&s, m)->key, LEMMA_X));
		if (kind == LEMMA_CLAUSE) {
			guess_conditions(&s, m, said, literals);
			continue;
		}
		for (uint32_t i = 0; i < said->n; i++)
			guess(&s, lemma_all(a, tree, m, LEMMA_X, said->items[i]));
		for (uint32_t i = 0; i < literals->n; i++)
			guess(&s, lemma_all(a, tree, m, LEMMA_X, literals->items[i]));
	}
	return s.list;
}

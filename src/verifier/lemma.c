/* SPDX-License-Identifier: Apache-2.0
 *
 * lemma.c - each guess has the form `all x in m: P(x)`.  x is given the last
 * slots, so that P may keep the slots it had in its rule; a P that needs those
 * itself is not guessed.
 */
#include "lemma.h"

#define X_SLOT  (BC_SLOTS_MAX - 2)
#define BOOL    BC_TYPE(BC_ONE, BC_BOOL, 0)

struct guesser {
	struct arena *arena;
	const struct tree_policy *tree;
	struct lemma_list list;
	/* the write being looked at */
	const struct tree_rule *rule;
	const struct tree_stmt *put;
};

/* ---- building ------------------------------------------------------------ */

static struct tree_expr *node(struct guesser *g, enum bc_op op, uint32_t type, uint64_t a, uint32_t n_kids,
    struct tree_expr *l, struct tree_expr *r)
{
	struct tree_expr *e = arena_new(g->arena, struct tree_expr);

	e->op = op;
	e->type = type;
	e->a = a;
	e->n_kids = n_kids;
	e->kids = arena_array(g->arena, 2, struct tree_expr *);
	e->kids[0] = l;
	e->kids[1] = r;
	return e;
}

static const struct bc_var *var_of(const struct guesser *g, uint64_t map)
{
	return &g->tree->policy->vars[map];
}

static struct tree_expr *x_of(struct guesser *g, uint64_t map)
{
	struct tree_expr *e = node(g, BC_LOCAL, var_of(g, map)->key, 0, 0, NULL, NULL);

	e->slot = X_SLOT;
	return e;
}

static struct tree_expr *has(struct guesser *g, uint64_t map, struct tree_expr *key)
{
	return node(g, BC_HAS, BOOL, map, 1, key, NULL);
}

static struct tree_expr *get(struct guesser *g, uint64_t map, struct tree_expr *key)
{
	return node(g, BC_GET, var_of(g, map)->value, map, 1, key, NULL);
}

static void guess(struct guesser *g, uint64_t map, struct tree_expr *body)
{
	uint32_t type = var_of(g, map)->key | (uint32_t)BC_SET << 24;
	struct tree_expr *keys = node(g, BC_KEYS, type, map, 0, NULL, NULL);
	struct tree_expr *e = node(g, BC_ALL, BOOL, 0, 2, keys, body);

	e->slot = X_SLOT;
	arena_push(g->arena, g->list.items, g->list.n, g->list.cap);
	g->list.items[g->list.n++] = e;
}

/* ---- what a rule requires of a key ------------------------------------------ */

/* Lets are what they name. */
static const struct tree_expr *named(const struct tree_expr *e)
{
	while (e->op == BC_LOCAL && e->is_let)
		e = e->binder;
	return e;
}

static bool same(const struct tree_expr *l, const struct tree_expr *r)
{
	return tree_equal(named(l), named(r));
}

static bool is_loop(enum bc_op op)
{
	return op == BC_ALL || op == BC_SOME || op == BC_COUNT || op == BC_WHERE || op == BC_MAP;
}

static bool is_field(const struct tree_expr *e)
{
	return named(e)->op == BC_FIELD;
}

/* The expression with x for the key that is put, and m[x] for the value; NULL
 * if the request plays another part in it. */
static struct tree_expr *transfer(struct guesser *g, const struct tree_expr *e)
{
	const struct tree_stmt *put = g->put;
	struct tree_expr *copy;

	e = named(e);
	if (same(e, put->key))
		return x_of(g, put->a);
	if (put->value != NULL && BC_SHAPE(put->value->type) == BC_ONE && is_field(put->value) &&
	    same(e, put->value))
		return get(g, put->a, x_of(g, put->a));
	if (e->op == BC_FIELD || (is_loop(e->op) && e->slot + 1 >= X_SLOT))
		return NULL;
	copy = arena_new(g->arena, struct tree_expr);
	*copy = *e;
	copy->kids = arena_array(g->arena, e->n_kids + 1, struct tree_expr *);
	for (uint32_t i = 0; i < e->n_kids; i++) {
		copy->kids[i] = transfer(g, e->kids[i]);
		if (copy->kids[i] == NULL)
			return NULL;
	}
	return copy;
}

/* Whether the expression speaks of the key or the value that is put. */
static bool mentions_put(const struct guesser *g, const struct tree_expr *e)
{
	e = named(e);
	if (same(e, g->put->key) || (g->put->value != NULL && same(e, g->put->value)))
		return true;
	for (uint32_t i = 0; i < e->n_kids; i++)
		if (mentions_put(g, e->kids[i]))
			return true;
	return false;
}

static void guess_required(struct guesser *g, const struct tree_expr *e)
{
	struct tree_expr *body;

	if (e->op == BC_AND) {
		for (uint32_t i = 0; i < e->n_kids; i++)
			guess_required(g, e->kids[i]);
		return;
	}
	if (!mentions_put(g, e))
		return;
	body = transfer(g, e);
	if (body != NULL)
		guess(g, g->put->a, body);
}

/* ---- what a rule adds together --------------------------------------------- */

static void guess_together(struct guesser *g, const struct tree_stmt *other)
{
	uint64_t map = g->put->a;
	struct tree_expr *x = x_of(g, map), *there;

	if (other == g->put || other->a == map)
		return;
	if (same(other->key, g->put->key))
		guess(g, map, has(g, other->a, x));
	if (g->put->value == NULL || !same(other->key, g->put->value))
		return;
	there = get(g, map, x);
	guess(g, map, has(g, other->a, there));
	if (other->value != NULL && same(other->value, g->put->key))
		guess(g, map, node(g, BC_EQ, BOOL, 0, 2, get(g, other->a, there), x));
}

static void guess_from_put(struct guesser *g)
{
	for (uint32_t i = 0; i < g->rule->n_stmts; i++) {
		const struct tree_stmt *s = &g->rule->stmts[i];

		if (s->op == BC_REQUIRE)
			guess_required(g, s->value);
		else if (s->op == BC_PUT)
			guess_together(g, s);
	}
}

/* ---- what an invariant says of other keys ------------------------------------ */

/* The map that a rule which adds a key to `map` requires to hold that key. */
static bool requires_key(const struct tree_expr *e, const struct tree_expr *key, uint64_t map)
{
	if (e->op == BC_HAS)
		return e->a == map && same(e->kids[0], key);
	for (uint32_t i = 0; e->op == BC_AND && i < e->n_kids; i++)
		if (requires_key(e->kids[i], key, map))
			return true;
	return false;
}

static bool comes_from(const struct guesser *g, uint64_t map, uint64_t other)
{
	for (uint32_t event = 0; event < g->tree->policy->n_events; event++) {
		const struct tree_rule *rule = &g->tree->rules[event];

		for (uint32_t i = 0; i < rule->n_stmts; i++)
			for (uint32_t j = 0; j < rule->n_stmts; j++)
				if (rule->stmts[i].op == BC_PUT && rule->stmts[i].a == map &&
				    rule->stmts[j].op == BC_REQUIRE &&
				    requires_key(rule->stmts[j].value, rule->stmts[i].key, other))
					return true;
	}
	return false;
}

static void guess_other_keys(struct guesser *g, const struct tree_expr *claim)
{
	uint64_t map;

	if (claim->op == BC_AND) {
		for (uint32_t i = 0; i < claim->n_kids; i++)
			guess_other_keys(g, claim->kids[i]);
		return;
	}
	if (claim->op != BC_ALL || claim->kids[0]->op != BC_KEYS)
		return;
	map = claim->kids[0]->a;
	for (uint32_t other = 0; other < g->tree->policy->n_vars; other++) {
		struct tree_expr *e;

		if (other == map || var_of(g, other)->key != var_of(g, map)->key || !comes_from(g, map, other))
			continue;
		e = node(g, BC_ALL, BOOL, 0, 2,
		    node(g, BC_KEYS, claim->kids[0]->type, other, 0, NULL, NULL), claim->kids[1]);
		e->slot = claim->slot;
		arena_push(g->arena, g->list.items, g->list.n, g->list.cap);
		g->list.items[g->list.n++] = e;
	}
}

struct lemma_list lemma_guess(struct arena *a, const struct tree_policy *tree)
{
	struct guesser g = { .arena = a, .tree = tree };

	for (uint32_t event = 0; event < tree->policy->n_events; event++) {
		g.rule = &tree->rules[event];
		for (uint32_t i = 0; i < g.rule->n_stmts; i++) {
			g.put = &g.rule->stmts[i];
			if (g.put->op == BC_PUT)
				guess_from_put(&g);
		}
	}
	for (uint32_t i = 0; i < tree->policy->n_claims; i++)
		if (tree->policy->claims[i].kind == BC_INVARIANT)
			guess_other_keys(&g, tree->claims[i]);
	return g.list;
}

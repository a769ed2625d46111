/* SPDX-License-Identifier: Apache-2.0
 *
 * lemma.c - guesses from rules.  Each has the form `all x in m: P(x)`.  x is given the last
 * slots, so that P may keep the slots it had in its rule; a P that needs those
 * itself is not guessed.
 */
#include "lemma.h"

#include "../search/slice.h"

struct guesser {
	struct arena *arena;
	const struct tree_policy *tree;
	struct lemma_list list;
	/* the write being looked at */
	const struct tree_rule *rule;
	const struct tree_stmt *put;
};

/* ---- building ------------------------------------------------------------ */

struct tree_expr *lemma_node(struct arena *a, enum bc_op op, uint32_t type, uint64_t operand,
    struct tree_expr *l, struct tree_expr *r)
{
	struct tree_expr *e = arena_new(a, struct tree_expr);

	e->op = op;
	e->type = type;
	e->a = operand;
	e->n_kids = l == NULL ? 0 : r == NULL ? 1 : 2;
	e->kids = arena_array(a, 2, struct tree_expr *);
	e->kids[0] = l;
	e->kids[1] = r;
	return e;
}

struct tree_expr *lemma_local(struct arena *a, uint32_t type, uint32_t slot)
{
	struct tree_expr *e = lemma_node(a, BC_LOCAL, type, 0, NULL, NULL);

	e->slot = slot;
	return e;
}

struct tree_expr *lemma_not(struct arena *a, struct tree_expr *e)
{
	return e->op == BC_NOT ? e->kids[0] : lemma_node(a, BC_NOT, LEMMA_BOOL, 0, e, NULL);
}

struct tree_expr *lemma_all(struct arena *a, const struct tree_policy *tree, uint64_t map, uint32_t slot,
    struct tree_expr *body)
{
	uint32_t type = tree->policy->vars[map].key | (uint32_t)BC_SET << 24;
	struct tree_expr *e = lemma_node(a, BC_ALL, LEMMA_BOOL, 0,
	    lemma_node(a, BC_KEYS, type, map, NULL, NULL), body);

	e->slot = slot;
	return e;
}

void lemma_push(struct arena *a, struct lemma_list *list, struct tree_expr *e)
{
	arena_push(a, list->items, list->n, list->cap);
	list->items[list->n++] = e;
}

static const struct bc_var *var_of(const struct guesser *g, uint64_t map)
{
	return &g->tree->policy->vars[map];
}

static struct tree_expr *x_of(struct guesser *g, uint64_t map)
{
	return lemma_local(g->arena, var_of(g, map)->key, LEMMA_X);
}

static struct tree_expr *has(struct guesser *g, uint64_t map, struct tree_expr *key)
{
	return lemma_node(g->arena, BC_HAS, LEMMA_BOOL, map, key, NULL);
}

static struct tree_expr *get(struct guesser *g, uint64_t map, struct tree_expr *key)
{
	return lemma_node(g->arena, BC_GET, var_of(g, map)->value, map, key, NULL);
}

static void guess(struct guesser *g, uint64_t map, struct tree_expr *body)
{
	lemma_push(g->arena, &g->list, lemma_all(g->arena, g->tree, map, LEMMA_X, body));
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
	if (e->op == BC_FIELD || (tree_is_loop(e->op) && e->slot + 1 >= LEMMA_X))
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
		guess(g, map, lemma_node(g->arena, BC_EQ, LEMMA_BOOL, 0, get(g, other->a, there), x));
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
		e = lemma_all(g->arena, g->tree, other, claim->slot, claim->kids[1]);
		lemma_push(g->arena, &g->list, e);
	}
}

/* ---- what an event makes of an invariant ------------------------------------------ */

enum { MOST_CONDITIONS = 5, MOST_PREIMAGES = 6000 };

static struct tree_expr *constant(struct guesser *g, bool value)
{
	return lemma_node(g->arena, value ? BC_TRUE : BC_FALSE, LEMMA_BOOL, 0, NULL, NULL);
}

/* NOT, AND and OR of constants. */
static struct tree_expr *simplified(struct guesser *g, struct tree_expr *e)
{
	enum bc_op neutral = e->op == BC_AND ? BC_TRUE : BC_FALSE, other = e->op == BC_AND ? BC_FALSE : BC_TRUE;
	uint32_t n = 0;

	if (e->op == BC_NOT && (e->kids[0]->op == BC_TRUE || e->kids[0]->op == BC_FALSE))
		return constant(g, e->kids[0]->op == BC_FALSE);
	if (e->op != BC_AND && e->op != BC_OR)
		return e;
	for (uint32_t i = 0; i < e->n_kids; i++) {
		if (e->kids[i]->op == other)
			return e->kids[i];
		if (e->kids[i]->op != neutral)
			e->kids[n++] = e->kids[i];
	}
	e->n_kids = n;
	return n == 0 ? constant(g, neutral == BC_TRUE) : n == 1 ? e->kids[0] : e;
}

/* What the expression about the key in the slot is after the write at that key,
 * as one about the state before; other writes are not followed. */
static struct tree_expr *written(struct guesser *g, const struct tree_expr *e, uint32_t slot)
{
	bool is_there = (e->op == BC_HAS || e->op == BC_GET) && e->a == g->put->a &&
	    e->kids[0]->op == BC_LOCAL && !e->kids[0]->is_let && e->kids[0]->slot == slot;
	struct tree_expr *copy = NULL;

	if (is_there && e->op == BC_HAS)
		return constant(g, g->put->op == BC_PUT);
	if (is_there && g->put->op == BC_PUT)
		copy = transfer(g, g->put->value);
	if (copy != NULL)
		return copy;
	copy = arena_new(g->arena, struct tree_expr);
	*copy = *e;
	if (e->op == BC_LOCAL && !e->is_let && e->slot == slot)
		copy->slot = LEMMA_X;
	copy->kids = arena_array(g->arena, e->n_kids + 1, struct tree_expr *);
	for (uint32_t i = 0; i < e->n_kids; i++)
		copy->kids[i] = written(g, e->kids[i], slot);
	return simplified(g, copy);
}

/* The rule's requirements as conditions on the key that is written. */
static uint32_t find_conditions(struct guesser *g, const struct tree_expr *e, struct tree_expr **conditions,
    uint32_t n)
{
	struct tree_expr *condition;

	for (uint32_t i = 0; e->op == BC_AND && i < e->n_kids; i++)
		n = find_conditions(g, e->kids[i], conditions, n);
	if (e->op == BC_AND || n == MOST_CONDITIONS)
		return n;
	condition = transfer(g, e);
	if (condition != NULL)
		conditions[n++] = condition;
	return n;
}

/* all x in map: some of the conditions imply the rest; for every choice of them. */
static void guess_choices(struct guesser *g, uint64_t map, struct tree_expr *const *conditions, uint32_t n,
    const struct tree_expr *skipped, struct tree_expr *rest)
{
	for (uint32_t choice = 0; choice < UINT32_C(1) << n; choice++) {
		struct tree_expr *either = lemma_node(g->arena, BC_OR, LEMMA_BOOL, 0, NULL, NULL);

		either->kids = arena_array(g->arena, n + 1, struct tree_expr *);
		for (uint32_t i = 0; i < n; i++)
			if ((choice >> i & 1) != 0 && conditions[i] != skipped)
				either->kids[either->n_kids++] = lemma_not(g->arena, conditions[i]);
		if (rest != NULL)
			either->kids[either->n_kids++] = rest;
		if (either->n_kids > 0)
			guess(g, map, either->n_kids == 1 ? either->kids[0] : either);
	}
}

/* Of an invariant about the keys of a map: before an event writes at a key, what
 * it requires of the key must imply what the invariant says after it. */
static void guess_preimage(struct guesser *g, const struct tree_expr *claim)
{
	struct tree_expr *conditions[MOST_CONDITIONS], *rest = written(g, claim->kids[1], claim->slot);
	uint64_t map = claim->kids[0]->a;
	uint32_t n = 0;

	if (rest->op == BC_TRUE || g->list.n > MOST_PREIMAGES)
		return;
	if (rest->op == BC_FALSE)
		rest = NULL;
	for (uint32_t i = 0; i < g->rule->n_stmts; i++)
		if (g->rule->stmts[i].op == BC_REQUIRE)
			n = find_conditions(g, g->rule->stmts[i].value, conditions, n);
	if (g->put->op != BC_PUT || g->put->a != map) {
		if ((slice_reads(claim->kids[1]) >> g->put->a & 1) != 0)
			guess_choices(g, map, conditions, n, NULL, rest);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		if (conditions[i]->op == BC_HAS && conditions[i]->kids[0]->op == BC_LOCAL)
			guess_choices(g, conditions[i]->a, conditions, n, conditions[i], rest);
}

static void guess_preimages(struct guesser *g, const struct tree_expr *claim)
{
	for (uint32_t i = 0; claim->op == BC_AND && i < claim->n_kids; i++)
		guess_preimages(g, claim->kids[i]);
	if (claim->op != BC_ALL || claim->kids[0]->op != BC_KEYS)
		return;
	for (uint32_t event = 0; event < g->tree->policy->n_events; event++) {
		g->rule = &g->tree->rules[event];
		for (uint32_t i = 0; i < g->rule->n_stmts; i++) {
			g->put = &g->rule->stmts[i];
			if ((g->put->op == BC_PUT || g->put->op == BC_DEL) &&
			    var_of(g, g->put->a)->key == var_of(g, claim->kids[0]->a)->key)
				guess_preimage(g, claim);
		}
	}
}

struct lemma_list lemma_preimages(struct arena *a, const struct tree_policy *tree,
    const struct lemma_list *failed)
{
	struct guesser g = { .arena = a, .tree = tree };

	for (uint32_t i = 0; i < failed->n; i++) {
		lemma_push(a, &g.list, failed->items[i]);
		guess_preimages(&g, failed->items[i]);
	}
	return g.list;
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

/* ---- standing alone ------------------------------------------------------------ */

/* A loop of the original and its copy; the copy of a let's value is in the scope
 * where it is put. */
struct tidy_scope {
	uint32_t old_slot;
	struct tree_expr *copy;
	const struct tidy_scope *outer;
};

static struct tree_expr *tidy(struct arena *a, const struct tree_expr *e, uint32_t slots,
    const struct tidy_scope *scope)
{
	struct tree_expr *copy = arena_new(a, struct tree_expr);
	struct tidy_scope inner = { e->slot, copy, scope };

	e = named(e);
	inner.old_slot = e->slot;
	*copy = *e;
	copy->pc = 0;
	copy->kids = arena_array(a, e->n_kids + 1, struct tree_expr *);
	if (e->op == BC_LOCAL) {
		while (scope != NULL && scope->old_slot != e->slot - e->is_place)
			scope = scope->outer;
		copy->binder = scope == NULL ? NULL : scope->copy;
		copy->slot = scope == NULL ? e->slot : scope->copy->slot + e->is_place;
		return copy;
	}
	if (tree_is_loop(e->op))
		copy->slot = slots;
	for (uint32_t i = 0; i < e->n_kids; i++) {
		bool within = tree_is_loop(e->op) && i == 1;

		copy->kids[i] = tidy(a, e->kids[i], within ? slots + 2 : slots, within ? &inner : scope);
	}
	return copy;
}

struct tree_expr *lemma_tidy(struct arena *a, const struct tree_expr *e)
{
	return tidy(a, e, 0, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_guess.c - guesses at how the state of A and that of B lie to each
 * other, for variables that are not merged: equal, or one within the other; and
 * that each side's state names only rows of that side.  They are only guesses:
 * joint_prove.c keeps those that induction keeps.
 */
#include "joint_make.h"
#include "joint_prove.h"
#include "../prove/lemma.h"

enum { MOST_CONSTANTS = 8 };
#define BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)

struct guesser {
	struct joint *j;
	const struct joint_seen *seen;
	struct joint_guesses list;
};

/* ---- building ------------------------------------------------------------ */

static const struct bc_var *var_of(const struct guesser *g, uint32_t var)
{
	return &g->j->policy.vars[var];
}

static struct tree_expr *local(struct guesser *g, uint32_t slot, uint32_t type)
{
	struct tree_expr *e = joint_node(g->j, BC_LOCAL, type, 0, 0, NULL, NULL);

	e->slot = slot;
	return e;
}

static struct tree_expr *scalar(struct guesser *g, uint32_t var)
{
	return joint_node(g->j, BC_VAR, var_of(g, var)->value, var, 0, NULL, NULL);
}

/* The key of the loop over keys is in slot 0. */
static struct tree_expr *has(struct guesser *g, uint32_t map)
{
	return joint_node(g->j, BC_HAS, BOOL, map, 1, local(g, 0, var_of(g, map)->key), NULL);
}

static struct tree_expr *get(struct guesser *g, uint32_t map)
{
	return joint_node(g->j, BC_GET, var_of(g, map)->value, map, 1, local(g, 0, var_of(g, map)->key), NULL);
}

static struct tree_expr *all_of(struct guesser *g, uint32_t slot, struct tree_expr *set, struct tree_expr *body)
{
	struct tree_expr *e = joint_node(g->j, BC_ALL, BOOL, 0, 2, set, body);

	e->slot = slot;
	return e;
}

static void guess_meant(struct guesser *g, struct joint_guess guess)
{
	arena_push(g->j->arena, g->list.items, g->list.n, g->list.cap);
	g->list.items[g->list.n++] = guess;
}

static void guess(struct guesser *g, struct tree_expr *e)
{
	guess_meant(g, (struct joint_guess){ .meaning = JOINT_OTHER, .expr = e });
}

static struct tree_expr *all_keys(struct guesser *g, uint32_t map, struct tree_expr *body)
{
	uint32_t type = var_of(g, map)->key | (uint32_t)BC_SET << 24;

	return all_of(g, 0, joint_node(g->j, BC_KEYS, type, map, 0, NULL, NULL), body);
}

static void guess_keys(struct guesser *g, uint32_t map, struct tree_expr *body)
{
	guess(g, all_keys(g, map, body));
}

/* ---- what was seen refutes a guess ------------------------------------------- */

/* The next value, after *i, that the variable of a side was seen to have. */
static bool next_seen(const struct guesser *g, uint32_t var, uint32_t *i, uint64_t *word)
{
	const struct joint_cell *cells;
	uint32_t b, n_b = g->j->b.policy->n_vars, n;
	bool all;

	for (b = var < n_b ? var : 0; var >= n_b && b < n_b; b++)
		if (g->j->var_a[b] != JOINT_NONE && g->j->a.vars[g->j->var_a[b]] == var)
			break;
	n = b < n_b ? joint_seen_cells(g->seen, b, &cells, &all) : 0;
	while (*i < n) {
		const struct joint_cell *c = &cells[(*i)++];

		*word = b == var ? c->of_b : c->of_a;
		if ((b == var ? c->in_b : c->in_a) != 0)
			return true;
	}
	return false;
}

/* How a map of A and that of B of its name were not seen to differ. */
struct likeness {
	bool a_in_b, b_in_a;            /* keys */
	bool a_same, b_same;            /* values at A's keys, and at B's */
	bool a_within, b_within;        /* sets of rows: within the other's */
};

static struct likeness likeness_of(const struct guesser *g, uint32_t b)
{
	struct likeness l = { true, true, true, true, true, true };
	const struct joint_cell *c;
	bool all;
	uint32_t n = joint_seen_cells(g->seen, b, &c, &all);

	for (; n > 0; n--, c++) {
		l.a_in_b = l.a_in_b && (c->in_a == 0 || c->in_b != 0);
		l.b_in_a = l.b_in_a && (c->in_b == 0 || c->in_a != 0);
		if (c->in_a == 0 || c->in_b == 0)
			continue;
		l.a_same = l.b_same = l.a_same && c->of_a == c->of_b;
		l.a_within = l.a_within && (c->of_a & ~c->of_b) == 0;
		l.b_within = l.b_within && (c->of_b & ~c->of_a) == 0;
	}
	return l;
}

/* ---- pairs of variables ----------------------------------------------------- */

static void guess_scalars(struct guesser *g, uint32_t a, uint32_t b)
{
	uint32_t base = BC_BASE(var_of(g, b)->value);

	if (base == BC_BOOL) {
		guess(g, joint_node(g->j, BC_OR, BOOL, 0, 2,
		    joint_node(g->j, BC_NOT, BOOL, 0, 1, scalar(g, a), NULL), scalar(g, b)));
		guess(g, joint_node(g->j, BC_OR, BOOL, 0, 2,
		    joint_node(g->j, BC_NOT, BOOL, 0, 1, scalar(g, b), NULL), scalar(g, a)));
	} else if (base == BC_INTEGER) {
		guess(g, joint_node(g->j, BC_LE, BOOL, 0, 2, scalar(g, a), scalar(g, b)));
		guess(g, joint_node(g->j, BC_LE, BOOL, 0, 2, scalar(g, b), scalar(g, a)));
	} else {
		guess(g, joint_node(g->j, BC_EQ, BOOL, 0, 2, scalar(g, a), scalar(g, b)));
	}
}

static struct tree_expr *same_value(struct guesser *g, uint32_t a, uint32_t b)
{
	bool is_one = BC_SHAPE(var_of(g, b)->value) == BC_ONE;

	return joint_node(g->j, is_one ? BC_EQ : BC_EQLIST, BOOL, 0, 2, get(g, a), get(g, b));
}

/* The set at the key in `low` is within that in `high`. */
static struct tree_expr *within(struct guesser *g, uint32_t low, uint32_t high)
{
	struct tree_expr *row = local(g, 2, bc_element(var_of(g, low)->value));

	return all_of(g, 2, get(g, low), joint_node(g->j, BC_IN, BOOL, 0, 2, row, get(g, high)));
}

static bool is_set_of(const struct guesser *g, uint32_t var, uint32_t key)
{
	const struct bc_var *v = var_of(g, var);

	return v->key == key && v->value == 0 && (v->flags & 1) == 0;
}

static void guess_maps(struct guesser *g, uint32_t a, uint32_t b)
{
	uint32_t value = var_of(g, b)->value;
	struct likeness l = likeness_of(g, b);

	if (l.a_in_b)
		guess_meant(g, (struct joint_guess){ JOINT_KEYS, g->j->var_a[b], b, all_keys(g, a, has(g, b)) });
	if (l.b_in_a)
		guess_keys(g, b, has(g, a));
	if (value == 0)
		return;
	if (l.a_same)
		guess_meant(g, (struct joint_guess){ JOINT_VALUES, g->j->var_a[b], b,
		    all_keys(g, a, same_value(g, a, b)) });
	if (l.b_same)
		guess_keys(g, b, same_value(g, a, b));
	if (BC_SHAPE(value) == BC_SET && l.b_within)
		guess_keys(g, b, within(g, b, a));
	if (BC_SHAPE(value) == BC_SET && l.a_within)
		guess_keys(g, a, within(g, a, b));
	/* Equal for the keys of some set. */
	for (uint32_t i = 0; i < g->j->n_vars; i++)
		if (i != a && i != b && is_set_of(g, i, var_of(g, b)->key))
			guess_keys(g, i, same_value(g, a, b));
}

/* ---- room ---------------------------------------------------------------------- */

bool joint_holds_keys(const struct joint *j, uint32_t var_a, uint32_t var)
{
	const struct bc_var *a = &j->a.policy->vars[var_a], *b = &j->b.policy->vars[var];

	return b->key != 0 && (b->flags & 1) == 0 && joint_type(&j->a, a->key) == b->key &&
	    a->capacity >= b->capacity && a->key_len >= b->key_len;
}

/* Where A's map may be full before B's of its name, another of B's may be full by
 * then: one that has all its keys. */
static void guess_room(struct guesser *g, uint32_t var_a)
{
	uint32_t a = g->j->a.vars[var_a];

	if (g->j->a.policy->vars[var_a].key == 0 || a == JOINT_NONE ||
	    (a < g->j->b.policy->n_vars && joint_holds_keys(g->j, var_a, a)))
		return;
	for (uint32_t i = 0; i < g->j->b.policy->n_vars; i++)
		if (i != a && g->j->var_a[i] != var_a && joint_holds_keys(g->j, var_a, i))
			guess_meant(g, (struct joint_guess){ JOINT_KEYS, var_a, i, all_keys(g, a, has(g, i)) });
}

/* ---- rows of a side ----------------------------------------------------------- */

static void guess_rows(struct guesser *g, uint32_t var, uint32_t table, uint32_t column)
{
	const struct bc_var *v = var_of(g, var);
	uint32_t row = BC_TYPE(BC_ONE, BC_TABLEROW, table);

	if (column == JOINT_NONE || v->key == 0)
		return;
	if (v->key == row)
		guess_keys(g, var, joint_node(g->j, BC_COLUMN, BOOL, column, 1, local(g, 0, row), NULL));
	if (v->value == row)
		guess_keys(g, var, joint_node(g->j, BC_COLUMN, BOOL, column, 1, get(g, var), NULL));
	else if (v->value != 0 && bc_element(v->value) == row)
		guess_keys(g, var, all_of(g, 2, get(g, var),
		    joint_node(g->j, BC_COLUMN, BOOL, column, 1, local(g, 2, row), NULL)));
}

/* No more than one row for the keys of a set. */
static void guess_single(struct guesser *g, uint32_t var, uint32_t keys)
{
	const struct bc_var *v = var_of(g, var);
	uint32_t row = v->value == 0 ? 0 : bc_element(v->value);

	if (BC_SHAPE(v->value) != BC_SET || (v->flags & 1) != 0 || !is_set_of(g, keys, v->key))
		return;
	guess_keys(g, keys, all_of(g, 2, get(g, var), all_of(g, 4, get(g, var),
	    joint_node(g->j, BC_EQ, BOOL, 0, 2, local(g, 2, row), local(g, 4, row)))));
}

/* ---- constants ------------------------------------------------------------------- */

struct constants { uint64_t items[MOST_CONSTANTS]; uint32_t n; };

static void add_constant(struct constants *c, uint64_t value)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (c->items[i] == value)
			return;
	if (c->n < MOST_CONSTANTS)
		c->items[c->n++] = value;
}

static void find_constants(struct constants *c, const struct tree_expr *e)
{
	if (e == NULL)
		return;
	if (e->op == BC_INT && e->a != 0)
		add_constant(c, e->a - 1);
	if (e->op == BC_INT)
		add_constant(c, e->a);
	for (uint32_t i = 0; i < e->n_kids; i++)
		find_constants(c, e->kids[i]);
}

static void find_all_constants(struct constants *c, const struct joint_side *side)
{
	for (uint32_t i = 0; i < BC_EVENTS_MAX; i++)
		for (uint32_t k = 0; k < side->joint.rules[i].n_stmts; k++)
			find_constants(c, side->joint.rules[i].stmts[k].value);
}

/* The variable stays what it was, or below a constant of the rules. */
static void guess_bounds(struct guesser *g, uint32_t var)
{
	struct constants c = { .n = 0 };
	uint32_t base = BC_BASE(var_of(g, var)->value), type = var_of(g, var)->value, at = 0;
	uint64_t word, most = 0;

	while (next_seen(g, var, &at, &word))
		most = word > most ? word : most;
	if (base == BC_BOOL && most == 0)
		guess(g, joint_node(g->j, BC_NOT, BOOL, 0, 1, scalar(g, var), NULL));
	if (base != BC_INTEGER)
		return;
	add_constant(&c, 0);
	find_all_constants(&c, &g->j->a);
	find_all_constants(&c, &g->j->b);
	for (uint32_t i = 0; i < c.n; i++)
		if (c.items[i] >= most)
			guess(g, joint_node(g->j, BC_LE, BOOL, 0, 2, scalar(g, var),
			    joint_node(g->j, BC_INT, type, c.items[i], 0, NULL, NULL)));
}

/* No key at all; no key with this row. */
static void guess_none(struct guesser *g, uint32_t var)
{
	uint32_t value = var_of(g, var)->value, table = BC_INDEX(value), at = 0;
	uint64_t word, rows = 0;
	bool any = false;

	for (; next_seen(g, var, &at, &word); any = true)
		rows |= word;
	if (!any)
		guess_keys(g, var, joint_node(g->j, BC_FALSE, BOOL, 0, 0, NULL, NULL));
	if (BC_SHAPE(value) != BC_SET || !joint_is_small(g->j, table))
		return;
	for (uint32_t r = 0; r < g->j->policy.tables[table].n_rows; r++)
		if ((rows >> r & 1) == 0)
			guess_keys(g, var, joint_node(g->j, BC_NOT, BOOL, 0, 1, joint_node(g->j, BC_IN, BOOL, 0, 2,
			    joint_row(g->j, table, r), get(g, var)), NULL));
}

static void guess_constants(struct guesser *g)
{
	for (uint32_t i = 0; i < g->j->n_vars; i++) {
		if ((var_of(g, i)->flags & 1) != 0)
			continue;
		if (var_of(g, i)->key == 0)
			guess_bounds(g, i);
		else
			guess_none(g, i);
	}
}

/* ---- what was seen ------------------------------------------------------------------ */

/* It is the value that the word says: see struct joint_cell. */
static struct tree_expr *is_word(struct guesser *g, struct tree_expr *e, uint64_t word)
{
	uint32_t table = BC_INDEX(e->type);
	struct tree_expr *is = joint_node(g->j, BC_TRUE, BOOL, 0, 0, NULL, NULL), *one;

	if (BC_SHAPE(e->type) == BC_ONE && BC_BASE(e->type) == BC_BOOL)
		return word != 0 ? e : joint_node(g->j, BC_NOT, BOOL, 0, 1, e, NULL);
	if (BC_SHAPE(e->type) == BC_ONE)
		return joint_node(g->j, BC_EQ, BOOL, 0, 2, e, joint_constant(g->j, e->type, word));
	for (uint32_t r = 0; r < g->j->policy.tables[table].n_rows; r++) {
		one = joint_node(g->j, BC_IN, BOOL, 0, 2, joint_row(g->j, table, r), e);
		if ((word >> r & 1) == 0)
			one = joint_node(g->j, BC_NOT, BOOL, 0, 1, one, NULL);
		is = joint_node(g->j, BC_AND, BOOL, 0, 2, is, one);
	}
	return is;
}

/* A side has the key or has it not, and with this value. */
static struct tree_expr *is_there(struct guesser *g, uint32_t var, bool in, uint64_t word)
{
	if (var_of(g, var)->key == 0)
		return is_word(g, scalar(g, var), word);
	if (!in)
		return joint_node(g->j, BC_NOT, BOOL, 0, 1, has(g, var), NULL);
	return joint_node(g->j, BC_AND, BOOL, 0, 2, has(g, var), is_word(g, get(g, var), word));
}

/* Wherever one of the two has a key, both are as they were seen at some key. */
static void guess_seen(struct guesser *g, uint32_t b)
{
	const struct joint_cell *cells;
	bool all;
	uint32_t n = joint_seen_cells(g->seen, b, &cells, &all);
	uint32_t a = n == 0 ? 0 : g->j->a.vars[g->j->var_a[b]];
	struct tree_expr *one = joint_node(g->j, BC_FALSE, BOOL, 0, 0, NULL, NULL), *both;

	for (uint32_t i = 0; i < n; i++) {
		both = is_there(g, b, cells[i].in_b != 0, cells[i].of_b);
		if (a != b)
			both = joint_node(g->j, BC_AND, BOOL, 0, 2, both, is_there(g, a, cells[i].in_a != 0, cells[i].of_a));
		one = joint_node(g->j, BC_OR, BOOL, 0, 2, one, both);
	}
	if (n == 0 || !all || (var_of(g, b)->key != 0 && var_of(g, b)->value == 0))
		return;
	if (var_of(g, b)->key == 0) {
		guess(g, one);
		return;
	}
	guess_keys(g, b, one);
	if (a != b)
		guess_keys(g, a, one);
}

/* ---- what rules require of keys ------------------------------------------------------ */

static void guess_lemmas(struct guesser *g, struct joint_side *side)
{
	struct lemma_list list = lemma_guess(g->j->arena, side->tree);

	for (uint32_t i = 0; i < list.n; i++) {
		struct tree_expr *e = lemma_tidy(g->j->arena, list.items[i]);

		if (!joint_reads_ghost(side, e))
			guess(g, joint_expr(g->j, side, e));
	}
}

static void guess_wide(struct guesser *g)
{
	guess_constants(g);
	guess_lemmas(g, &g->j->a);
	guess_lemmas(g, &g->j->b);
	for (uint32_t i = 0; i < g->j->a.policy->n_vars; i++)
		guess_room(g, i);
	for (uint32_t i = 0; i < g->j->b.policy->n_vars; i++)
		guess_seen(g, i);
}

struct joint_guesses joint_guess(struct joint *j, bool wide, const struct joint_seen *seen)
{
	struct guesser g = { .j = j, .seen = seen };

	if (wide)
		guess_wide(&g);
	for (uint32_t i = 0; i < j->b.policy->n_vars; i++) {
		if (j->var_a[i] == JOINT_NONE || j->merged[i])
			continue;
		if (j->policy.vars[i].key == 0)
			guess_scalars(&g, j->a.vars[j->var_a[i]], i);
		else
			guess_maps(&g, j->a.vars[j->var_a[i]], i);
	}
	for (uint32_t i = 0; i < j->n_vars; i++)
		for (uint32_t k = 0; k < j->n_vars; k++)
			guess_single(&g, i, k);
	for (uint32_t t = 0; t < j->a.policy->n_tables; t++) {
		uint32_t table = j->a.tables[t];

		for (uint32_t i = 0; i < j->n_vars; i++)
			if (i >= j->b.policy->n_vars || j->merged[i])
				guess_rows(&g, i, table, j->a.has[t]);
		for (uint32_t i = 0; table < j->b.policy->n_tables && i < j->b.policy->n_vars; i++)
			guess_rows(&g, i, table, j->b.has[table]);
	}
	return g.list;
}

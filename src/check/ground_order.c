/* SPDX-License-Identifier: Apache-2.0
 *
 * ground_order.c - integers, which are naturals below 2^64; ADD stops there and
 * SUB stops at 0.  What is known is a set of differences x <= y + c between
 * classes and 0; a circle whose sum is negative is a contradiction.  c is kept
 * small, so that no sum can wrap: there are at most GROUND_NODES turns, each adds
 * at most SMALL, and the product is below 2^62.  Larger constants only bound.
 */
#include "ground_in.h"

#include <stdlib.h>

#define SMALL           ((int64_t)1 << 40)
#define MOST_EDGES      20000u

struct edge { uint32_t low, high; int64_t c; };         /* low <= high + c; roots, 0 is GROUND_NONE */

struct order {
	struct ground *g;
	struct edge *edges;
	uint32_t n, cap;
	uint64_t *most;                 /* by root: an upper bound */
	int64_t *distance;
};

void ground_look_at_integers(struct ground *g, uint32_t node, const uint32_t *kids)
{
	const struct fol *f = g->nodes[node].term;
	uint64_t l = 0, r = 0;
	bool has_l = ground_integer(g, kids[0], &l), has_r = ground_integer(g, kids[1], &r);
	bool both = has_l && has_r, same = g->nodes[kids[0]].root == g->nodes[kids[1]].root;

	if (f->kind == FOL_LT && (both || same))
		ground_follows(g, node, both && l < r);
	else if (f->kind == FOL_LE && (both || same))
		ground_follows(g, node, same || l <= r);
	else if (f->kind == FOL_ADD && both)
		ground_equals_integer(g, node, l > UINT64_MAX - r ? UINT64_MAX : l + r);
	else if (f->kind == FOL_SUB && both)
		ground_equals_integer(g, node, l < r ? 0 : l - r);
	else if (has_r && r == 0 && (f->kind == FOL_ADD || f->kind == FOL_SUB))
		ground_equals(g, node, kids[0]);
	else if (has_l && l == 0 && f->kind == FOL_ADD)
		ground_equals(g, node, kids[1]);
}

static void add_edge(struct order *o, uint32_t low, uint32_t high, int64_t c)
{
	if (c > SMALL || c < -SMALL || o->n >= MOST_EDGES)
		return;                 /* what is not used can prove nothing */
	arena_push(o->g->arena, o->edges, o->n, o->cap);
	o->edges[o->n++] = (struct edge){ low, high, c };
}

static uint32_t root_of(const struct order *o, const struct node *n, uint32_t kid)
{
	return o->g->nodes[o->g->kids[n->first_kid + kid]].root;
}

/* Which of the kids is known to be less than the other, or no greater. */
static bool known_order(const struct order *o, uint32_t node, uint32_t *low, uint32_t *high, bool *strictly)
{
	const struct node *n = &o->g->nodes[node];
	enum ground_value is = ground_value(o->g, node);
	bool swapped = is == GROUND_FALSE;

	if ((n->term->kind != FOL_LT && n->term->kind != FOL_LE) || is == GROUND_OPEN)
		return false;
	*low = root_of(o, n, swapped);
	*high = root_of(o, n, !swapped);
	*strictly = (n->term->kind == FOL_LT) != swapped;
	return true;
}

static bool bound(struct order *o, uint32_t root, uint64_t most)
{
	if (most >= o->most[root])
		return false;
	o->most[root] = most;
	return true;
}

static bool bound_node(struct order *o, uint32_t node)
{
	const struct node *n = &o->g->nodes[node];
	uint32_t low, high;
	bool strictly;
	uint64_t l, r;

	if (n->term->kind == FOL_ADD) {
		l = o->most[root_of(o, n, 0)];
		r = o->most[root_of(o, n, 1)];
		return bound(o, n->root, l > UINT64_MAX - r ? UINT64_MAX : l + r);
	}
	if (n->term->kind == FOL_SUB)
		return bound(o, n->root, o->most[root_of(o, n, 0)]);
	if (!known_order(o, node, &low, &high, &strictly))
		return false;
	return bound(o, low, o->most[high] - (strictly && o->most[high] > 0));
}

/* Upper bounds, until nothing changes or it has gone on for long enough. */
static void find_bounds(struct order *o)
{
	bool changed = true;
	uint64_t integer;

	for (uint32_t i = 0; i < o->g->n_nodes; i++) {
		o->most[i] = UINT64_MAX;
		if (o->g->nodes[i].root == i && o->g->nodes[i].term->sort == FOL_INTEGER &&
		    ground_integer(o->g, i, &integer))
			o->most[i] = integer;
	}
	for (uint32_t turn = 0; changed && turn < 8; turn++) {
		changed = false;
		for (uint32_t i = 0; i < o->g->n_nodes; i++)
			changed = bound_node(o, i) || changed;
	}
}

static void add_sum(struct order *o, const struct node *n)
{
	uint32_t l = root_of(o, n, 0), r = root_of(o, n, 1), swap;
	uint64_t c;

	add_edge(o, l, n->root, 0);
	add_edge(o, r, n->root, 0);
	if (ground_integer(o->g, l, &c)) {
		swap = l;
		l = r;
		r = swap;
	}
	if (!ground_integer(o->g, r, &c) || c > (uint64_t)SMALL)
		return;
	add_edge(o, n->root, l, (int64_t)c);
	if (o->most[l] <= UINT64_MAX - c)
		add_edge(o, l, n->root, -(int64_t)c);
}

static void add_difference(struct order *o, const struct node *n)
{
	uint32_t l = root_of(o, n, 0), r = root_of(o, n, 1);
	uint64_t c;

	add_edge(o, n->root, l, 0);
	if (ground_integer(o->g, r, &c) && c <= (uint64_t)SMALL)
		add_edge(o, l, n->root, (int64_t)c);
}

static void add_edges(struct order *o)
{
	struct ground *g = o->g;
	uint32_t low, high;
	bool strictly;
	uint64_t integer;

	for (uint32_t i = 0; i < g->n_nodes; i++) {
		const struct node *n = &g->nodes[i];

		if (n->term->kind == FOL_ADD)
			add_sum(o, n);
		else if (n->term->kind == FOL_SUB)
			add_difference(o, n);
		else if (known_order(o, i, &low, &high, &strictly))
			add_edge(o, low, high, strictly ? -1 : 0);
		if (n->root != i || n->term->sort != FOL_INTEGER)
			continue;
		add_edge(o, GROUND_NONE, i, 0);
		if (o->most[i] <= (uint64_t)SMALL)
			add_edge(o, i, GROUND_NONE, (int64_t)o->most[i]);
		if (ground_integer(g, i, &integer) && integer <= (uint64_t)SMALL)
			add_edge(o, GROUND_NONE, i, -(int64_t)integer);
	}
}

/* Bellman and Ford: distances that still shrink after as many turns as there
 * are places go round a negative circle. */
static bool has_negative_circle(struct order *o)
{
	uint32_t zero = o->g->n_nodes, turns = 2;
	bool changed = true;

	for (uint32_t i = 0; i < o->g->n_nodes; i++)
		turns += o->g->nodes[i].term->sort == FOL_INTEGER && o->g->nodes[i].root == i;
	for (uint32_t turn = 0; changed && turn < turns; turn++) {
		changed = false;
		for (uint32_t i = 0; i < o->n; i++) {
			const struct edge *e = &o->edges[i];
			int64_t *low = &o->distance[e->low == GROUND_NONE ? zero : e->low];
			int64_t high = o->distance[e->high == GROUND_NONE ? zero : e->high];

			if (high + e->c < *low) {
				*low = high + e->c;
				changed = true;
			}
		}
	}
	return changed;
}

bool ground_order_is_refuted(struct ground *g)
{
	struct arena mark = *g->arena;
	struct order o = { .g = g };
	bool refuted;

	o.most = arena_array(g->arena, g->n_nodes, uint64_t);
	o.distance = arena_array(g->arena, g->n_nodes + 1, int64_t);
	find_bounds(&o);
	add_edges(&o);
	refuted = has_negative_circle(&o);
	arena_rewind(g->arena, mark);
	return refuted;
}

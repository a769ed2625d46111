/* SPDX-License-Identifier: Apache-2.0
 *
 * ground.c - congruence closure with an undo trail.  A truth value is one class
 * among the others: what is true is equal to TRUE.  Classes keep the constant
 * that they are equal to, if any; two constants are never equal.
 *
 * Members of a class know its root directly, so that nothing needs to be
 * searched and a step back restores exactly what was.
 */
#include "ground_in.h"

enum { NO = 0, YES = 1 };               /* the nodes, and the constants, FALSE and TRUE */

struct ground *ground_new(struct arena *a)
{
	struct ground *g = arena_new(a, struct ground);

	g->arena = a;
	return g;
}

/* ---- constants ------------------------------------------------------------- */

static bool is_symbol(const struct fol *f)
{
	return f->kind == FOL_APP && f->fun->is_value;
}

/* The constant of a symbol (f) or of an integer (f NULL). */
static uint32_t constant(struct ground *g, const struct fol *f, uint64_t integer)
{
	for (uint32_t i = 2; i < g->n_constants; i++)
		if (g->constants[i].symbol == f && g->constants[i].integer == integer)
			return i;
	arena_push(g->arena, g->constants, g->n_constants, g->cap_constants);
	g->constants[g->n_constants] = (struct constant){ f, integer, GROUND_NONE };
	return g->n_constants++;
}

bool ground_integer(const struct ground *g, uint32_t node, uint64_t *integer)
{
	uint32_t value = g->nodes[g->nodes[node].root].value;

	if (value == GROUND_NONE || g->constants[value].symbol != NULL || value <= YES)
		return false;
	*integer = g->constants[value].integer;
	return true;
}

/* ---- registering ------------------------------------------------------------- */

static void later(struct ground *g, uint32_t l, uint32_t r, uint32_t value)
{
	arena_push(g->arena, g->queue, g->n_queue, g->cap_queue);
	g->queue[g->n_queue++] = (struct pending){ l, r, value };
}

static void look_again(struct ground *g, uint32_t node)
{
	arena_push(g->arena, g->visits, g->n_visits, g->cap_visits);
	g->visits[g->n_visits++] = node;
}

static void index_by_id(struct ground *g, uint32_t id, uint32_t node)
{
	if (id >= g->cap_ids) {
		uint32_t cap = id + id / 2 + 4096;
		struct place *places = arena_array(g->arena, cap, struct place);

		if (g->cap_ids > 0)
			memcpy(places, g->places, g->cap_ids * sizeof(*places));
		g->places = places;
		g->cap_ids = cap;
	}
	g->places[id] = (struct place){ g->epoch, node };
}

static void add_use(struct ground *g, uint32_t kid, uint32_t node)
{
	arena_push(g->arena, g->uses, g->n_uses, g->cap_uses);
	g->uses[g->n_uses] = (struct use){ node, g->nodes[kid].first_use };
	g->nodes[kid].first_use = g->n_uses++;
}

static uint32_t register_node(struct ground *g, struct fol *f, uint32_t first_kid)
{
	uint32_t node = g->n_nodes;

	arena_push(g->arena, g->nodes, g->n_nodes, g->cap_nodes);
	g->nodes[g->n_nodes++] = (struct node){ .term = f, .root = node, .next = node, .size = 1,
	    .value = GROUND_NONE, .first_use = GROUND_NONE, .first_kid = first_kid };
	index_by_id(g, f->id, node);
	if (f->kind == FOL_FALSE || f->kind == FOL_TRUE)
		later(g, node, GROUND_NONE, f->kind == FOL_TRUE ? YES : NO);
	else if (f->kind == FOL_INT)
		later(g, node, GROUND_NONE, constant(g, NULL, f->integer));
	else if (is_symbol(f))
		later(g, node, GROUND_NONE, constant(g, f, 0));
	if (f->sort == FOL_INTEGER && (f->kind == FOL_ADD || f->kind == FOL_SUB))
		g->has_order = true;
	g->has_order = g->has_order || f->kind == FOL_LT || f->kind == FOL_LE;
	look_again(g, node);
	return node;
}

uint32_t ground_find(const struct ground *g, const struct fol *f)
{
	if (f->id >= g->cap_ids || g->places[f->id].epoch != g->epoch)
		return GROUND_NONE;
	return g->places[f->id].node;
}

/* As deep as the formula, which is as deep as the code that it was lifted from. */
uint32_t ground_add(struct ground *g, struct fol *f)
{
	uint32_t node = ground_find(g, f), first, n = fol_is_binder(f) ? 0 : f->n;

	if (node != GROUND_NONE)
		return node;
	if (g->n_nodes + n >= GROUND_NODES || f->free != 0)
		return GROUND_NONE;
	for (uint32_t i = 0; i < n; i++)
		if (ground_add(g, f->kids[i]) == GROUND_NONE)
			return GROUND_NONE;
	first = g->n_kids;
	for (uint32_t i = 0; i < n; i++) {
		arena_push(g->arena, g->kids, g->n_kids, g->cap_kids);
		g->kids[g->n_kids++] = ground_find(g, f->kids[i]);
	}
	node = register_node(g, f, first);
	for (uint32_t i = 0; i < n; i++)
		add_use(g, g->kids[first + i], node);
	return node;
}

uint32_t ground_count(const struct ground *g)
{
	return g->n_nodes;
}

struct fol *ground_node(const struct ground *g, uint32_t node)
{
	return g->nodes[node].term;
}

void ground_reset(struct ground *g, struct fol_space *s)
{
	g->n_nodes = g->n_kids = g->n_uses = g->n_queue = g->n_visits = 0;
	g->n_trail = g->n_levels = g->n_entries = 0;
	g->is_refuted = g->has_order = false;
	g->epoch++;
	if (g->table == NULL)
		g->table = arena_array(g->arena, GROUND_TABLE, uint32_t);
	memset(g->table, 0xff, GROUND_TABLE * sizeof(uint32_t));
	g->n_constants = 0;
	for (uint32_t i = NO; i <= YES; i++) {
		arena_push(g->arena, g->constants, g->n_constants, g->cap_constants);
		g->constants[g->n_constants++] = (struct constant){ NULL, i, GROUND_NONE };
	}
	ground_add(g, fol_bool(s, false));
	ground_add(g, fol_bool(s, true));
}

/* ---- merging ------------------------------------------------------------------ */

void ground_record(struct ground *g, enum trail_kind kind, uint32_t node, uint32_t old)
{
	arena_push(g->arena, g->trail, g->n_trail, g->cap_trail);
	g->trail[g->n_trail++] = (struct trail){ kind, node, old };
}

static void look_at_uses(struct ground *g, uint32_t member)
{
	for (uint32_t u = g->nodes[member].first_use; u != GROUND_NONE; u = g->uses[u].next)
		look_again(g, g->uses[u].node);
}

/* All members, if their class has a value now that it had not. */
static void look_at_members(struct ground *g, uint32_t root)
{
	uint32_t m = root;

	do {
		look_again(g, m);
		look_at_uses(g, m);
		m = g->nodes[m].next;
	} while (m != root);
}

static void swap_next(struct ground *g, uint32_t l, uint32_t r)
{
	uint32_t next = g->nodes[l].next;

	g->nodes[l].next = g->nodes[r].next;
	g->nodes[r].next = next;
}

static void set_value(struct ground *g, uint32_t node, uint32_t value)
{
	uint32_t root = g->nodes[node].root, old = g->nodes[root].value;

	if (old == value)
		return;
	if (old != GROUND_NONE) {
		g->is_refuted = true;
		return;
	}
	ground_record(g, TRAIL_VALUE, root, GROUND_NONE);
	g->nodes[root].value = value;
	if (g->constants[value].owner == GROUND_NONE) {
		ground_record(g, TRAIL_OWNER, value, GROUND_NONE);
		g->constants[value].owner = root;
	} else {
		later(g, root, g->constants[value].owner, GROUND_NONE);
	}
	look_at_members(g, root);
}

static void merge(struct ground *g, uint32_t l, uint32_t r)
{
	uint32_t into = g->nodes[l].root, from = g->nodes[r].root, m;
	uint32_t kept, lost;

	if (into == from)
		return;
	if (g->nodes[into].size < g->nodes[from].size) {
		into = from;
		from = g->nodes[l].root;
	}
	kept = g->nodes[into].value;
	lost = g->nodes[from].value;
	if (kept != GROUND_NONE && lost != GROUND_NONE && kept != lost) {
		g->is_refuted = true;
		return;
	}
	if (kept == GROUND_NONE && lost != GROUND_NONE) {
		ground_record(g, TRAIL_VALUE, into, kept);
		g->nodes[into].value = lost;
		look_at_members(g, into);
	}
	if (kept != GROUND_NONE && lost == GROUND_NONE)
		look_at_members(g, from);
	ground_record(g, TRAIL_MERGE, from, into);
	m = from;
	do {
		g->nodes[m].root = into;
		look_at_uses(g, m);
		m = g->nodes[m].next;
	} while (m != from);
	g->nodes[into].size += g->nodes[from].size;
	swap_next(g, into, from);
}

static void undo_merge(struct ground *g, uint32_t from, uint32_t into)
{
	uint32_t m = from;

	swap_next(g, into, from);
	g->nodes[into].size -= g->nodes[from].size;
	do {
		g->nodes[m].root = from;
		m = g->nodes[m].next;
	} while (m != from);
}

void ground_push(struct ground *g)
{
	arena_push(g->arena, g->levels, g->n_levels, g->cap_levels);
	g->levels[g->n_levels++] = g->n_trail;
}

void ground_pop(struct ground *g)
{
	uint32_t until = g->levels[--g->n_levels];

	while (g->n_trail > until) {
		const struct trail *t = &g->trail[--g->n_trail];

		switch (t->kind) {
		case TRAIL_MERGE:
			undo_merge(g, t->node, t->old);
			break;
		case TRAIL_VALUE:
			g->nodes[t->node].value = t->old;
			break;
		case TRAIL_OWNER:
			g->constants[t->node].owner = t->old;
			break;
		case TRAIL_ENTRY:
			g->table[t->node] = t->old;
			g->n_entries--;
			break;
		}
	}
	g->n_queue = g->n_visits = 0;
	g->is_refuted = false;
}

/* ---- consequences -------------------------------------------------------------- */

enum ground_value ground_value(const struct ground *g, uint32_t node)
{
	uint32_t value = g->nodes[g->nodes[node].root].value;

	return value == NO ? GROUND_FALSE : value == YES ? GROUND_TRUE : GROUND_OPEN;
}

void ground_follows(struct ground *g, uint32_t node, bool value)
{
	if (ground_value(g, node) != (value ? GROUND_TRUE : GROUND_FALSE))
		later(g, node, GROUND_NONE, value ? YES : NO);
}

void ground_equals(struct ground *g, uint32_t l, uint32_t r)
{
	if (g->nodes[l].root != g->nodes[r].root)
		later(g, l, r, GROUND_NONE);
}

void ground_equals_integer(struct ground *g, uint32_t node, uint64_t integer)
{
	uint64_t is;

	if (!ground_integer(g, node, &is) || is != integer)
		later(g, node, GROUND_NONE, constant(g, NULL, integer));
}

void ground_suppose(struct ground *g, uint32_t node, bool value)
{
	later(g, node, GROUND_NONE, value ? YES : NO);
}

bool ground_is_refuted(struct ground *g)
{
	while (!g->is_refuted && g->n_queue + g->n_visits > 0) {
		g->work++;
		if (g->n_queue > 0) {
			struct pending p = g->queue[--g->n_queue];

			if (p.value == GROUND_NONE)
				merge(g, p.l, p.r);
			else
				set_value(g, p.l, p.value);
		} else {
			ground_look_at(g, g->visits[--g->n_visits]);
		}
	}
	if (!g->is_refuted && g->has_order) {
		g->work += g->n_nodes;
		g->is_refuted = ground_order_is_refuted(g);
	}
	return g->is_refuted;
}

uint32_t ground_progress(const struct ground *g)
{
	return g->n_trail;
}

uint64_t ground_work(const struct ground *g)
{
	return g->work;
}

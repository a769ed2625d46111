/* SPDX-License-Identifier: Apache-2.0
 *
 * ground_look.c - what follows at once for one node from what is known of it
 * and of its kids.
 */
#include "ground_in.h"

/* ---- the same function of the same values ----------------------------------------- */

static uint32_t root_of_kid(const struct ground *g, const struct node *n, uint32_t i)
{
	return g->nodes[g->kids[n->first_kid + i]].root;
}

static bool is_same_of(const struct ground *g, const struct node *l, const struct node *r)
{
	if (l->term->kind != r->term->kind || l->term->fun != r->term->fun || l->term->n != r->term->n)
		return false;
	for (uint32_t i = 0; i < l->term->n; i++)
		if (root_of_kid(g, l, i) != root_of_kid(g, r, i))
			return l->term->kind == FOL_EQ && i == 0 &&
			    root_of_kid(g, l, 0) == root_of_kid(g, r, 1) &&
			    root_of_kid(g, l, 1) == root_of_kid(g, r, 0);
	return true;
}

static void find_same(struct ground *g, uint32_t node)
{
	const struct node *n = &g->nodes[node];
	uint32_t hash = (uint32_t)n->term->kind * 31u + (n->term->fun == NULL ? 0 : n->term->fun->id * 7u);

	for (uint32_t i = 0; i < n->term->n; i++)
		hash += (root_of_kid(g, n, i) + 1) * UINT32_C(0x9e3779b1);      /* in any order, for EQ */
	hash = (hash ^ hash >> 15) % GROUND_TABLE;
	for (uint32_t e = g->table[hash]; e != GROUND_NONE; e = g->entries[e].next) {
		if (!is_same_of(g, n, &g->nodes[g->entries[e].node]))
			continue;
		ground_equals(g, node, g->entries[e].node);
		return;
	}
	ground_record(g, TRAIL_ENTRY, hash, g->table[hash]);
	arena_push(g->arena, g->entries, g->n_entries, g->cap_entries);
	g->entries[g->n_entries] = (struct entry){ node, g->table[hash] };
	g->table[hash] = g->n_entries++;
}

/* ---- what follows for a node -------------------------------------------------------- */

/* AND if `all`; OR is the same with the values swapped. */
static void look_at_join(struct ground *g, uint32_t node, const uint32_t *kids, uint32_t n, bool all)
{
	enum ground_value neutral = all ? GROUND_TRUE : GROUND_FALSE;
	enum ground_value is = ground_value(g, node);
	uint32_t n_open = 0, open = 0;

	for (uint32_t i = 0; i < n; i++) {
		enum ground_value kid = ground_value(g, kids[i]);

		if (is == neutral && kid != neutral)
			ground_follows(g, kids[i], all);
		if (kid == GROUND_OPEN) {
			n_open++;
			open = kids[i];
		} else if (kid != neutral) {
			ground_follows(g, node, !all);
			return;
		}
	}
	if (n_open == 0)
		ground_follows(g, node, all);
	else if (n_open == 1 && is != GROUND_OPEN && is != neutral)
		ground_follows(g, open, !all);
}

static bool are_apart(const struct ground *g, uint32_t l, uint32_t r)
{
	uint32_t a = g->nodes[g->nodes[l].root].value, b = g->nodes[g->nodes[r].root].value;

	return a != GROUND_NONE && b != GROUND_NONE && a != b;
}

static void look_at_eq(struct ground *g, uint32_t node, uint32_t l, uint32_t r)
{
	enum ground_value is = ground_value(g, node);

	if (g->nodes[l].root == g->nodes[r].root)
		ground_follows(g, node, true);
	else if (are_apart(g, l, r))
		ground_follows(g, node, false);
	else if (is == GROUND_TRUE)
		ground_equals(g, l, r);
	if (is != GROUND_FALSE || g->nodes[l].term->sort != FOL_BOOL)
		return;
	if (ground_value(g, l) != GROUND_OPEN)
		ground_follows(g, r, ground_value(g, l) == GROUND_FALSE);
	if (ground_value(g, r) != GROUND_OPEN)
		ground_follows(g, l, ground_value(g, r) == GROUND_FALSE);
}

static void look_at_ite(struct ground *g, uint32_t node, const uint32_t *kids)
{
	enum ground_value condition = ground_value(g, kids[0]);

	if (condition != GROUND_OPEN) {
		ground_equals(g, node, kids[condition == GROUND_TRUE ? 1 : 2]);
		return;
	}
	if (g->nodes[kids[1]].root == g->nodes[kids[2]].root)
		ground_equals(g, node, kids[1]);
	if (are_apart(g, node, kids[1]))
		ground_follows(g, kids[0], false);
	if (are_apart(g, node, kids[2]))
		ground_follows(g, kids[0], true);
}

void ground_look_at(struct ground *g, uint32_t node)
{
	const struct fol *f = g->nodes[node].term;
	const uint32_t *kids = g->kids + g->nodes[node].first_kid;

	switch (f->kind) {
	case FOL_APP:
		if (f->n > 0)
			find_same(g, node);
		break;
	case FOL_EQ:
		find_same(g, node);
		look_at_eq(g, node, kids[0], kids[1]);
		break;
	case FOL_LT: case FOL_LE: case FOL_ADD: case FOL_SUB:
		find_same(g, node);
		ground_look_at_integers(g, node, kids);
		break;
	case FOL_ITE:
		look_at_ite(g, node, kids);
		break;
	case FOL_NOT:
		if (ground_value(g, kids[0]) != GROUND_OPEN)
			ground_follows(g, node, ground_value(g, kids[0]) == GROUND_FALSE);
		if (ground_value(g, node) != GROUND_OPEN)
			ground_follows(g, kids[0], ground_value(g, node) == GROUND_FALSE);
		break;
	case FOL_AND: case FOL_OR:
		look_at_join(g, node, kids, f->n, f->kind == FOL_AND);
		break;
	case FOL_FALSE: case FOL_TRUE: case FOL_VAR: case FOL_TEMP: case FOL_INT:
	case FOL_ALL: case FOL_SOME: case FOL_COUNT: case FOL_CHOOSE:
		break;
	}
}

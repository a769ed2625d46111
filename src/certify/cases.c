/* SPDX-License-Identifier: Apache-2.0
 *
 * cases.c - looks ahead: a formula of which one value is a contradiction at
 * once is the best case there is; else the one with the most consequences.
 */
#include "cases.h"

#include "../check/certificate.h"

struct finder {
	struct arena *arena;
	struct ground *g;
	struct case_list *list;
	uint32_t most;
};

static bool is_candidate(const struct finder *f, uint32_t node)
{
	enum fol_kind kind = ground_node(f->g, node)->kind;

	return ground_node(f->g, node)->sort == FOL_BOOL && ground_value(f->g, node) == GROUND_OPEN &&
	    kind != FOL_NOT && kind != FOL_AND && kind != FOL_OR && kind != FOL_ITE;
}

/* How much follows; UINT32_MAX: a contradiction. */
static uint32_t consequences(struct finder *f, uint32_t node, bool value)
{
	uint32_t before = ground_progress(f->g), gained;

	ground_push(f->g);
	ground_suppose(f->g, node, value);
	gained = ground_is_refuted(f->g) ? UINT32_MAX : ground_progress(f->g) - before;
	ground_pop(f->g);
	return gained;
}

/* The next case; GROUND_NONE: there is none to be made. */
static uint32_t choose(struct finder *f)
{
	uint32_t best = GROUND_NONE;
	uint64_t best_score = 0;

	for (uint32_t i = 0; i < ground_count(f->g); i++) {
		uint32_t yes, no;

		if (!is_candidate(f, i))
			continue;
		yes = consequences(f, i, true);
		no = consequences(f, i, false);
		if (yes == UINT32_MAX || no == UINT32_MAX)
			return i;
		if ((uint64_t)yes * no + yes + no > best_score) {
			best_score = (uint64_t)yes * no + yes + no;
			best = i;
		}
	}
	return best;
}

static bool find(struct finder *f, uint32_t depth)
{
	uint32_t node;
	bool found = true;

	if (ground_is_refuted(f->g))
		return true;
	if (depth == CERTIFICATE_CASES_MAX || f->list->n >= f->most)
		return false;
	node = choose(f);
	if (node == GROUND_NONE)
		return false;
	arena_push(f->arena, f->list->nodes, f->list->n, f->list->cap);
	f->list->nodes[f->list->n++] = node;
	for (int value = 1; found && value >= 0; value--) {
		ground_push(f->g);
		ground_suppose(f->g, node, value != 0);
		found = find(f, depth + 1);
		ground_pop(f->g);
	}
	return found;
}

bool cases_find(struct arena *a, struct ground *g, uint32_t most, struct case_list *list)
{
	struct finder f = { a, g, list, most };

	list->n = 0;
	return find(&f, 0);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * survivors.c - guesses against states: what one state that the interpreter
 * reaches says no to is not asked of the solver.
 */
#include "../search/concrete.h"
#include "lemma.h"
#include "../search/search.h"
#include "../search/slice.h"

#define SECONDS 1.0
enum { MOST_STATES = 600, MOST_SURVIVORS = 300 };

struct trial {
	const struct tree_policy *tree;
	const struct lemma_list *guesses;
	struct arena scratch;
	bool *is_false;
	uint64_t seen;                  /* a bit for each variable that held a key */
	uint32_t n_states;
	double until;
};

static void look_at_keys(struct trial *t, struct cpol_group *group)
{
	const struct bc_policy *p = t->tree->policy;

	for (uint32_t i = 0; i < p->n_vars; i++)
		if (p->vars[i].key == 0 || state_count(group, i) > 0)
			t->seen |= UINT64_C(1) << i;
}

static void try_state(void *arg, struct cpol_group *group)
{
	struct trial *t = arg;
	struct concrete *c = arena_new(&t->scratch, struct concrete);

	if (t->n_states == MOST_STATES || search_clock() > t->until) {
		arena_clear(&t->scratch);
		return;
	}
	t->n_states++;
	*c = (struct concrete){ .arena = &t->scratch, .policy = t->tree->policy, .group = group,
	    .event = UINT32_MAX };
	look_at_keys(t, group);
	for (uint32_t i = 0; i < t->guesses->n; i++) {
		struct arena mark = t->scratch;

		if (!t->is_false[i])
			t->is_false[i] = !concrete_holds(c, t->guesses->items[i]);
		arena_rewind(&t->scratch, mark);
	}
	arena_clear(&t->scratch);
}

/* Whether a state had keys for all its loops to go through. */
static bool was_tried(const struct trial *t, const struct tree_expr *e)
{
	if (e->op == BC_KEYS && (t->seen >> e->a & 1) == 0)
		return false;
	for (uint32_t i = 0; i < e->n_kids; i++)
		if (!was_tried(t, e->kids[i]))
			return false;
	return true;
}

struct lemma_list lemma_survivors(struct arena *a, const struct tree_policy *tree,
    const struct lemma_list *guesses, const bool *wanted, uint32_t most, double seconds)
{
	struct trial t = { .tree = tree, .guesses = guesses, .until = search_clock() + seconds };
	struct search_options options = { .most_seconds = seconds / 2, .most_states = MOST_STATES / 4,
	    .see = try_state, .see_arg = &t };
	struct lemma_list left = { 0 };

	t.is_false = arena_array(a, guesses->n + 1, bool);
	search_policy(a, tree, wanted, &options);
	for (uint32_t turn = 0; turn < 2; turn++)
		for (uint32_t i = 0; i < guesses->n && left.n < most; i++)
			if (!t.is_false[i] && was_tried(&t, guesses->items[i]) == (turn == 0))
				lemma_push(a, &left, lemma_tidy(a, guesses->items[i]));
	return left;
}

/* The variables that play a part in what the claims need: those that are read by
 * the claims and by the events that can matter to them, or written there. */
static uint64_t variables(const struct tree_policy *tree, const bool *open)
{
	uint64_t vars = 0;

	for (uint32_t i = 0; i < tree->policy->n_claims; i++) {
		uint64_t events = open[i] ? slice_events(tree, i, true) : 0;

		vars |= open[i] ? slice_reads(tree->claims[i]) : 0;
		for (uint32_t j = 0; j < tree->policy->n_events; j++) {
			if ((events >> j & 1) == 0)
				continue;
			vars |= slice_writes(tree, j);
			for (uint32_t k = 0; k < tree->rules[j].n_stmts; k++)
				vars |= slice_reads(tree->rules[j].stmts[k].value);
		}
	}
	return vars;
}

struct lemma_list lemma_search(struct arena *a, const struct tree_policy *tree, enum lemma_kind kind,
    const bool *open, const struct lemma_list *failed)
{
	struct lemma_list guesses = kind == LEMMA_RULES ? lemma_guess(a, tree) :
	    kind == LEMMA_PREIMAGE ? lemma_preimages(a, tree, failed) :
	    lemma_vocabulary(a, tree, variables(tree, open), kind);

	return lemma_survivors(a, tree, &guesses, open, MOST_SURVIVORS, SECONDS);
}

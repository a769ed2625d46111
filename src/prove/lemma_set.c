/* SPDX-License-Identifier: Apache-2.0
 *
 * lemma_set.c - first what the proof's own record says that claims rest on; then
 * each lemma is left out in turn, and the proof made again without it.
 */
#include "lemma_set.h"

#include "../search/search.h"

/* Marks what a goal rests on, and what that rests on. */
static void mark_needed(const struct prove_proof *proof, uint32_t goal, bool *marked)
{
	bool changed = true;

	marked[goal] = true;
	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < proof->n_steps; i++)
			for (uint32_t j = 0; marked[proof->steps[i].goal] && j < proof->n_goals; j++) {
				changed = changed || (proof->steps[i].needed[j] && !marked[j]);
				marked[j] = marked[j] || proof->steps[i].needed[j];
			}
	}
}

static struct lemma_list needed_lemmas(struct arena *a, const struct prove_proof *proof)
{
	bool *marked = arena_array(a, proof->n_goals + 1, bool);
	struct lemma_list list = { 0 };

	for (uint32_t i = 0; i < proof->n_goals; i++)
		if (proof->goals[i].claim != UINT32_MAX)
			mark_needed(proof, i, marked);
	for (uint32_t i = 0; i < proof->n_goals; i++)
		if (marked[i] && proof->goals[i].claim == UINT32_MAX)
			lemma_push(a, &list, lemma_tidy(a, proof->goals[i].expr));
	return list;
}

/* Whether these lemmas are enough, with no search for others. */
static bool are_enough(const struct tree_policy *tree, const struct prove_report *report,
    const struct lemma_list *lemmas, double seconds)
{
	struct arena scratch = { 0 };
	bool *open = arena_array(&scratch, tree->policy->n_claims + 1, bool), enough = true;
	struct prove_options options = { .quick = true, .most_seconds = seconds, .refuted = open,
	    .lemmas = lemmas };
	struct prove_report *again;

	for (uint32_t i = 0; i < tree->policy->n_claims; i++)
		open[i] = report->claims[i].answer != PROVE_PROVED;
	again = prove_policy(&scratch, tree, &options);
	for (uint32_t i = 0; i < tree->policy->n_claims; i++)
		enough = enough && (open[i] || again->claims[i].answer == PROVE_PROVED);
	arena_clear(&scratch);
	return enough;
}

static struct lemma_list without(struct arena *a, const struct lemma_list *list, uint32_t out)
{
	struct lemma_list rest = { 0 };

	for (uint32_t i = 0; i < list->n; i++)
		if (i != out)
			lemma_push(a, &rest, list->items[i]);
	return rest;
}

struct lemma_set lemma_set_of(struct arena *a, const struct tree_policy *tree,
    const struct prove_report *report, double seconds)
{
	double until = search_clock() + seconds;
	struct lemma_set set = { .lemmas = needed_lemmas(a, &report->proof) };

	set.is_enough = are_enough(tree, report, &set.lemmas, seconds);
	set.is_minimal = set.is_enough;
	for (uint32_t i = 0; set.is_enough && i < set.lemmas.n;) {
		struct lemma_list rest = without(a, &set.lemmas, i);
		double left = until - search_clock();

		set.is_minimal = set.is_minimal && left > 0;
		if (left > 0 && are_enough(tree, report, &rest, left))
			set.lemmas = rest;
		else
			i++;
	}
	return set;
}

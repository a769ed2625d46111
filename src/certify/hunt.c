/* SPDX-License-Identifier: Apache-2.0
 *
 * hunt.c - first the solver says which formulas it needs.  Then those are
 * instantiated at the terms there are, round by round, until the solver finds
 * a contradiction with quantified formulas as mere names; it says which
 * instances it needs, and those that can be done without are dropped.
 */
#include "cases.h"
#include "hunt_in.h"

#define MOST_ROUNDS     8u
#define MOST_STEPS      20000u
#define MOST_CASES      300u

enum { TRUE_SIDE = 1, FALSE_SIDE = 2 };

void hunt_add(struct search *s, struct hunt_step step)
{
	arena_push(s->h->arena, s->steps.items, s->steps.n, s->steps.cap);
	s->steps.items[s->steps.n++] = step;
}

static struct fol *conjunction(struct search *s, const struct fol_list *list)
{
	return fol_join(hunt_space(s), FOL_AND, list->items, list->n);
}

/* ---- asking ---------------------------------------------------------------------- */

/* Keep only what the solver needs for a contradiction. */
static bool ask(struct search *s, const struct fol_list *terms, enum smt_forget forget, uint32_t most_steps)
{
	struct arena *a = s->h->arena;
	uint32_t n = s->steps.n, kept = 0;
	struct fol **perhaps = arena_array(a, n + 1, struct fol *);
	bool *needed = arena_array(a, n + 1, bool);
	struct smt_query q = { .facts = terms->items, .n_facts = terms->n, .always = &s->negation, .n_always = 1,
	    .perhaps = perhaps, .n_perhaps = n, .needed = needed, .forget = forget,
	    .most_steps = most_steps, .timeout_ms = s->h->timeout_ms };

	for (uint32_t i = 0; i < n; i++)
		perhaps[i] = s->steps.items[i].formula;
	if (smt_ask(s->h->smt, &q) != SMT_NONE)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (needed[i])
			s->steps.items[kept++] = s->steps.items[i];
	s->steps.n = kept;
	return true;
}

static bool ask_quantified(struct search *s, const struct fol_list *terms)
{
	static const struct { enum smt_forget forget; uint32_t most_steps; } tries[] = {
		{ SMT_REQUEST, 400000 }, { SMT_RIGID, 1500000 }, { SMT_NOTHING, 0 },
	};

	for (uint32_t i = 0; i < 3; i++)
		if (ask(s, terms, tries[i].forget, tries[i].most_steps)) {
			s->forget = tries[i].forget;
			return true;
		}
	return false;
}

/* What was a mere name then is left alone. */
static bool is_forgotten(const struct search *s, const struct fol *f)
{
	return (s->forget != SMT_NOTHING && !f->reads_state) ||
	    (s->forget == SMT_REQUEST && f->var_sort == FOL_POS && f->reads_request);
}

/* ---- rounds ------------------------------------------------------------------------ */

static void *wider(struct arena *a, void *old, uint32_t old_n, uint32_t n, size_t len)
{
	void *items = arena_alloc_array(a, n, len);

	if (old_n > 0)
		memcpy(items, old, old_n * len);
	return items;
}

static void make_room(struct search *s)
{
	struct arena *a = s->h->arena;
	uint32_t n = ground_count(s->h->ground), cap = n * 2 + 64;

	if (n <= s->cap_nodes)
		return;
	s->births = wider(a, s->births, s->cap_nodes, cap, sizeof(uint32_t));
	s->sides = wider(a, s->sides, s->cap_nodes, cap, sizeof(uint8_t));
	s->has_witness = wider(a, s->has_witness, s->cap_nodes, cap, sizeof(bool));
	s->ages = wider(a, s->ages, s->cap_nodes, cap, sizeof(uint32_t));
	s->cap_nodes = cap;
}

static uint8_t other_side(uint8_t sides)
{
	return (uint8_t)((sides & TRUE_SIDE) << 1 | (sides & FALSE_SIDE) >> 1);
}

/* Which values of the formulas within matter, if those of this one do. */
static void mark_sides(struct search *s, struct fol *f, uint8_t sides)
{
	uint32_t node = ground_find(s->h->ground, f);

	if ((s->sides[node] & sides) == sides)
		return;
	s->sides[node] |= sides;
	if (fol_is_binder(f))
		return;
	for (uint32_t i = 0; i < f->n; i++) {
		bool keeps = f->kind == FOL_AND || f->kind == FOL_OR || (f->kind == FOL_ITE && i > 0);

		mark_sides(s, f->kids[i], keeps ? s->sides[node] :
		    f->kind == FOL_NOT ? other_side(s->sides[node]) : TRUE_SIDE | FALSE_SIDE);
	}
}

/* Registers what a step adds; step NONE: the negation. */
static bool enter(struct search *s, struct fol *f, uint32_t step)
{
	uint32_t before = ground_count(s->h->ground);

	if (ground_add(s->h->ground, f) == GROUND_NONE)
		return false;
	make_room(s);
	for (uint32_t i = before; i < ground_count(s->h->ground); i++) {
		s->births[i] = step;
		s->ages[i] = s->age;
	}
	mark_sides(s, f, TRUE_SIDE);
	return true;
}

static bool enter_new(struct search *s, struct hunt_step step)
{
	if (s->steps.n >= MOST_STEPS || fol_is_full(hunt_space(s)))
		return false;
	if (step.formula == fol_bool(hunt_space(s), true))
		return true;
	hunt_add(s, step);
	return enter(s, step.formula, s->steps.n - 1);
}

/* A name for what is false of an ALL, or true of a SOME; facts about a term. */
static bool add_witness(struct search *s, uint32_t node)
{
	struct fol *f = ground_node(s->h->ground, node);
	uint8_t side = f->kind == FOL_ALL ? FALSE_SIDE : TRUE_SIDE;
	struct hunt_step step = { .kind = PROOF_WITNESS, .of = f };

	if (s->has_witness[node] || !fol_is_binder(f) || is_forgotten(s, f))
		return true;
	if (f->kind == FOL_COUNT || f->kind == FOL_CHOOSE) {
		struct fol_list list = { 0 };

		s->has_witness[node] = true;
		facts_of_term(s->h->duties->facts, f, &list);
		step.kind = PROOF_TERM;
		step.formula = conjunction(s, &list);
		return enter_new(s, step);
	}
	if ((s->sides[node] & side) == 0)
		return true;
	s->has_witness[node] = true;
	step.term = fol_temp(hunt_space(s), f->var_sort);
	step.formula = proof_witness(hunt_space(s), f, step.term);
	return enter_new(s, step);
}

/* Young formulas meet old terms, and old formulas young ones: each pair once,
 * in the round that their ages add up to. */
static bool add_instances(struct search *s, uint32_t node, uint32_t n, uint32_t round)
{
	struct fol *f = ground_node(s->h->ground, node);
	uint8_t side = f->kind == FOL_ALL ? TRUE_SIDE : FALSE_SIDE;

	if ((f->kind != FOL_ALL && f->kind != FOL_SOME) || (s->sides[node] & side) == 0 || is_forgotten(s, f))
		return true;
	for (uint32_t i = 0; i < n; i++) {
		struct fol *term = ground_node(s->h->ground, i);

		if (term->sort == f->var_sort && s->ages[i] + s->ages[node] == round &&
		    !enter_new(s, (struct hunt_step){ .kind = PROOF_INSTANCE, .of = f, .term = term,
		    .formula = proof_instance(hunt_space(s), f, term) }))
			return false;
	}
	return true;
}

static bool enter_all(struct search *s)
{
	ground_reset(s->h->ground, hunt_space(s));
	make_room(s);
	if (!enter(s, s->negation, GROUND_NONE))
		return false;
	for (uint32_t i = 0; i < s->steps.n; i++)
		if (!enter(s, s->steps.items[i].formula, i))
			return false;
	return true;
}

/* The steps marked, and those that brought what they speak of. */
static void keep_births(struct search *s, bool *kept)
{
	for (uint32_t i = s->steps.n; i-- > 0;) {
		const struct hunt_step *step = &s->steps.items[i];
		struct fol *const spoken[2] = { step->of, step->kind == PROOF_INSTANCE ? step->term : NULL };

		for (uint32_t j = 0; kept[i] && j < 2; j++) {
			uint32_t birth = spoken[j] == NULL ? GROUND_NONE :
			    s->births[ground_find(s->h->ground, spoken[j])];

			if (birth != GROUND_NONE)
				kept[birth] = true;
		}
	}
}

/* Whether the ground formulas contradict each other; if so, few are left. */
static bool ask_ground(struct search *s)
{
	struct arena *a = s->h->arena;
	struct hunt_step *all = arena_array(a, s->steps.n + 1, struct hunt_step);
	bool *kept = arena_array(a, s->steps.n + 1, bool);
	uint32_t n = s->steps.n, at = 0, n_kept = 0;
	static const struct fol_list none;

	memcpy(all, s->steps.items, n * sizeof(*all));
	if (!ask(s, &none, SMT_GROUND, 0))
		return false;
	for (uint32_t i = 0; i < n && at < s->steps.n; i++) {
		kept[i] = all[i].formula == s->steps.items[at].formula;
		at += kept[i];
	}
	memcpy(s->steps.items, all, n * sizeof(*all));
	s->steps.n = n;
	keep_births(s, kept);
	for (uint32_t i = 0; i < n; i++)
		if (kept[i])
			s->steps.items[n_kept++] = all[i];
	s->steps.n = n_kept;
	return true;
}

static bool instantiate(struct search *s)
{
	s->births = s->ages = NULL;
	s->sides = NULL;
	s->has_witness = NULL;
	s->cap_nodes = s->age = 0;
	if (!enter_all(s))
		return false;
	for (uint32_t round = 0; round < MOST_ROUNDS; round++) {
		uint32_t n;

		for (uint32_t i = 0; i < ground_count(s->h->ground); i++)
			if (!add_witness(s, i))
				return false;
		n = ground_count(s->h->ground);
		s->age = round + 1;
		for (uint32_t i = 0; i < n; i++)
			if (!add_instances(s, i, n, round))
				return false;
		if (ask_ground(s))
			return true;
	}
	return false;
}

/* ---- fewer --------------------------------------------------------------------------- */

/* Whether the steps that are not left out are a proof.  Those that speak of what
 * is not there then are left out too. */
static bool is_proof(struct search *s, const bool *left_out, bool *missed, struct case_list *cases, uint32_t most)
{
	struct ground *g = s->h->ground;

	ground_reset(g, hunt_space(s));
	ground_suppose(g, ground_add(g, s->negation), true);
	for (uint32_t i = 0; i < s->steps.n; i++) {
		const struct hunt_step *step = &s->steps.items[i];

		missed[i] = left_out[i] || (step->of != NULL && ground_find(g, step->of) == GROUND_NONE) ||
		    (step->kind == PROOF_INSTANCE && ground_find(g, step->term) == GROUND_NONE);
		if (!missed[i])
			ground_suppose(g, ground_add(g, step->formula), true);
	}
	return cases_find(s->h->arena, g, most, cases);
}

/* Leave out runs of steps, shorter and shorter ones. */
static bool drop_useless(struct search *s)
{
	struct arena *a = s->h->arena;
	bool *left_out = arena_array(a, s->steps.n + 1, bool), *missed = arena_array(a, s->steps.n + 1, bool);
	struct case_list cases = { 0 };
	uint32_t kept = 0, most;

	if (!is_proof(s, left_out, missed, &cases, MOST_CASES))
		return false;
	most = cases.n;
	memcpy(left_out, missed, s->steps.n * sizeof(bool));
	for (uint32_t run = s->steps.n / 2 + 1; run > 0; run /= 2) {
		for (uint32_t end = s->steps.n; end > 0; end = end > run ? end - run : 0) {
			bool *without = arena_array(a, s->steps.n + 1, bool);

			memcpy(without, left_out, s->steps.n * sizeof(bool));
			memset(without + (end > run ? end - run : 0), true, end > run ? run : end);
			if (memcmp(without, left_out, s->steps.n) != 0 &&
			    is_proof(s, without, missed, &cases, most)) {
				memcpy(left_out, missed, s->steps.n * sizeof(bool));
				most = cases.n;
			}
		}
	}
	for (uint32_t i = 0; i < s->steps.n; i++)
		if (!left_out[i])
			s->steps.items[kept++] = s->steps.items[i];
	s->steps.n = kept;
	return true;
}

/* With the formulas that the solver left alone left alone, or else with all. */
static bool find_instances(struct search *s)
{
	struct step_list core = s->steps;

	core.items = arena_array(s->h->arena, core.n + 1, struct hunt_step);
	core.cap = core.n;
	memcpy(core.items, s->steps.items, core.n * sizeof(*core.items));
	if (instantiate(s) && drop_useless(s))
		return true;
	if (s->forget == SMT_NOTHING)
		return false;
	s->forget = SMT_NOTHING;
	s->steps = core;
	return instantiate(s) && drop_useless(s);
}

bool hunt(struct hunter *h, uint32_t goal, uint32_t event, const bool *needed, struct hunt_plan *plan)
{
	struct search s = { .h = h, .goal = goal, .event = event };
	struct fol *after = duty_after(h->duties, goal, event);
	struct fol_list terms;

	if (after == NULL)
		return false;
	s.negation = fol_not(hunt_space(&s), after);
	terms = hunt_assume(&s, needed);
	if (!ask_quantified(&s, &terms) || !find_instances(&s))
		return false;
	*plan = (struct hunt_plan){ s.steps.items, s.steps.n };
	return !fol_is_full(hunt_space(&s));
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * hunt.c - first the solver says which formulas it needs.  Then those are
 * instantiated at the terms there are, round by round, until the solver finds
 * a contradiction with quantified formulas as mere names; it says which
 * instances it needs, and those that can be done without are dropped.
 */
#include "hunt.h"

#include "cases.h"
#include "smt.h"

#define MOST_ROUNDS     8u
#define MOST_STEPS      20000u
#define MOST_CASES      300u

enum { TRUE_SIDE = 1, FALSE_SIDE = 2 };

struct step_list {
	struct hunt_step *items;
	uint32_t n, cap;
};

struct search {
	struct hunter *h;
	uint32_t goal, event;
	struct fol *negation;           /* of what is to be shown */
	struct step_list steps;
	enum smt_forget forget;         /* what the solver could do without */
	/* of the rounds */
	uint32_t *births;               /* by node: the step that brought it */
	uint8_t *sides;                 /* by node: which values of it matter */
	bool *has_witness;              /* by node, */
	uint32_t *ages;                 /* and the round that made it; 0: it was there */
	uint32_t age;                   /* of what is made now */
	uint32_t cap_nodes;
};

static void add_step(struct search *s, struct hunt_step step)
{
	arena_push(s->h->arena, s->steps.items, s->steps.n, s->steps.cap);
	s->steps.items[s->steps.n++] = step;
}

static struct fol_space *space(const struct search *s)
{
	return s->h->duties->lift.space;
}

static struct fol *conjunction(struct search *s, const struct fol_list *list)
{
	return fol_join(space(s), FOL_AND, list->items, list->n);
}

/* ---- what may be assumed ------------------------------------------------------ */

static void add_assumptions(struct search *s, const bool *needed)
{
	struct duties *d = s->h->duties;
	struct fol_list counts = duty_counts(d, s->goal, s->event);
	struct fol *guard;
	bool is_join;

	if (s->event == DUTY_FIRST)
		return;
	guard = d->rules[s->event].guard;
	is_join = guard->kind == FOL_AND;
	for (uint32_t i = 0; i < (is_join ? guard->n : 1); i++)
		add_step(s, (struct hunt_step){ .kind = PROOF_GUARD, .a = i,
		    .formula = is_join ? guard->kids[i] : guard });
	for (uint32_t i = 0; i < d->n_goals; i++)
		if (needed[i] && !d->goals[i].is_step)
			add_step(s, (struct hunt_step){ .kind = PROOF_GOAL, .a = i, .formula = d->goals[i].now });
	for (uint32_t i = 0; i < counts.n; i++)
		add_step(s, (struct hunt_step){ .kind = PROOF_COUNT, .a = i, .formula = counts.items[i] });
}

struct symbols {
	struct search *s;
	const struct fol_fun **funs;    uint32_t n_funs, cap_funs;
	struct fol **values;            uint32_t n_values, cap_values;
	struct fol_list terms;          /* facts about COUNTs and CHOOSEs */
	bool has_match;
};

/* A fact speaks of its term, which is not news then. */
static void see_term(struct symbols *y, struct fol *term)
{
	struct fol_list list = { 0 };

	facts_of_term(y->s->h->duties->facts, term, &list);
	for (uint32_t i = 0; i < list.n; i++) {
		bool is_new = true;

		for (uint32_t j = 0; is_new && j < y->terms.n; j++)
			is_new = y->terms.items[j] != list.items[i];
		if (is_new)
			fol_list_add(y->s->h->arena, &y->terms, list.items[i]);
	}
}

static void see_symbol(void *arg, struct fol *f)
{
	struct symbols *y = arg;

	if (f->kind == FOL_COUNT || f->kind == FOL_CHOOSE)
		see_term(y, f);
	if (f->kind != FOL_APP)
		return;
	for (uint32_t i = 0; i < y->n_funs; i++)
		if (y->funs[i] == f->fun)
			return;
	arena_push(y->s->h->arena, y->funs, y->n_funs, y->cap_funs);
	y->funs[y->n_funs++] = f->fun;
	y->has_match = y->has_match || f->fun->role == LIFT_MATCH;
	if (f->fun->role != LIFT_STR && (f->fun->role != LIFT_PATTERN || f->fun->a == LIFT_ZERO))
		return;
	arena_push(y->s->h->arena, y->values, y->n_values, y->cap_values);
	y->values[y->n_values++] = f;
}

static void add_fact(struct search *s, struct hunt_step step, const struct fol_list *list)
{
	step.formula = conjunction(s, list);
	if (step.formula != fol_bool(space(s), true))
		add_step(s, step);
}

static void add_pattern_facts(struct search *s, const struct symbols *y)
{
	struct facts *facts = s->h->duties->facts;

	for (uint32_t i = 0; y->has_match && i < y->n_values; i++) {
		uint32_t pattern = y->values[i]->fun->a;

		for (uint32_t j = 0; y->values[i]->fun->role == LIFT_PATTERN && j < y->n_values; j++) {
			uint32_t other = y->values[j]->fun->a;
			struct fol_list list = { 0 };
			struct hunt_step step = { .kind = PROOF_PATTERNS, .a = pattern, .b = other };

			if (y->values[j]->fun->role == LIFT_PATTERN) {
				facts_of_patterns(facts, pattern, other, &list);
			} else {
				facts_of_word(facts, other, pattern, &list);
				step = (struct hunt_step){ .kind = PROOF_WORD,
				    .a = other == LIFT_ZERO ? 0 : other + 1, .b = pattern };
			}
			add_fact(s, step, &list);
		}
	}
}

/* Facts about all symbols in play; those about terms are returned. */
static struct fol_list add_facts(struct search *s)
{
	struct symbols y = { .s = s };
	uint32_t n_seen = 0, n_terms = 0, n_funs = 0;

	fol_visit(space(s), s->negation, see_symbol, &y);
	while (n_seen < s->steps.n || n_terms < y.terms.n || n_funs < y.n_funs) {
		if (n_seen < s->steps.n) {
			fol_visit(space(s), s->steps.items[n_seen++].formula, see_symbol, &y);
		} else if (n_terms < y.terms.n) {
			fol_visit(space(s), y.terms.items[n_terms++], see_symbol, &y);
		} else {
			struct fol *fact = facts_of_symbol(s->h->duties->facts, y.funs[n_funs]);
			struct fol_list one = { &fact, 1, 1 };

			add_fact(s, (struct hunt_step){ .kind = PROOF_SYMBOL, .fun = y.funs[n_funs++] }, &one);
		}
	}
	add_pattern_facts(s, &y);
	return y.terms;
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
	if (s->steps.n >= MOST_STEPS || fol_is_full(space(s)))
		return false;
	if (step.formula == fol_bool(space(s), true))
		return true;
	add_step(s, step);
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
	step.term = fol_temp(space(s), f->var_sort);
	step.formula = proof_witness(space(s), f, step.term);
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
		    .formula = proof_instance(space(s), f, term) }))
			return false;
	}
	return true;
}

static bool enter_all(struct search *s)
{
	ground_reset(s->h->ground, space(s));
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

	ground_reset(g, space(s));
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
	s.negation = fol_not(space(&s), after);
	add_assumptions(&s, needed);
	terms = add_facts(&s);
	if (!ask_quantified(&s, &terms) || !find_instances(&s))
		return false;
	*plan = (struct hunt_plan){ s.steps.items, s.steps.n };
	return !fol_is_full(space(&s));
}

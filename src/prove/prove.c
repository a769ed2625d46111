/* SPDX-License-Identifier: Apache-2.0
 *
 * prove.c - induction.  Every invariant is assumed before a step and asked for
 * after it; those that do not come through are dropped from the assumptions,
 * and what relied on them is asked again, until all that are left support each
 * other (Houdini).  If a written claim is missing then, the same again with
 * guesses of our own, of which only those are asked that something was shown
 * with; then with more patience.  Claims about steps follow from
 * what is left.
 */
#include "prove.h"

#include "../bytecode/decode.h"
#include "../runtime/state.h"
#include "cache.h"
#include "prover.h"
#include "../search/search.h"
#include "../search/stop.h"

static bool out_of_time(const struct prover *p)
{
	return stop_asked() || (p->until > 0 && search_clock() > p->until);
}

/* ---- goals --------------------------------------------------------------- */

/* A claim that reads no state is about the policy's tables, and has one truth:
 * the interpreter knows it.  A solver would have to be told of every row. */
static bool holds_of_tables(struct prover *p, const struct goal *g)
{
	struct cpol_policy *policy = arena_new(p->arena, struct cpol_policy);
	bool fault = false, holds;

	if (g->claim == UINT32_MAX)
		return false;
	policy->bc = *p->tree->policy;
	holds = cpol_claim_holds(search_group(p->arena, policy, 0), NULL, NULL, g->claim, &fault);
	/* The goal of a `reachable` claim is that nothing meets it. */
	return !fault && holds == (p->tree->policy->claims[g->claim].kind != BC_REACHABLE);
}

static void add_obligation(struct prover *p, struct goal *g, uint32_t event, struct fol *now)
{
	struct fol *after = event == FIRST_STATE ? lift_first(&p->lift, now) :
	    lift_after(&p->lift, &p->rules[event], now);
	bool is_shown = after == fol_bool(p->lift.space, true);

	/* A step that changes nothing that is read keeps what held. */
	if (!is_shown && !g->is_step && after == now)
		is_shown = event != FIRST_STATE || holds_of_tables(p, g);
	if (is_shown) {
		p->report->n_skipped++;
		return;
	}
	g->obligations[g->n_obligations++] = (struct obligation){ .event = event, .after = after,
	    .vars = ask_vars(p, after) | ask_vars(p, now) };
}

static struct goal *add_goal(struct prover *p, struct goal goal)
{
	arena_push(p->arena, p->goals, p->n_goals, p->cap_goals);
	p->goals[p->n_goals] = goal;
	p->goals[p->n_goals].obligations = arena_array(p->arena, BC_EVENTS_MAX + 1, struct obligation);
	return &p->goals[p->n_goals++];
}

static void add_invariant(struct prover *p, const struct tree_expr *expr, struct fol *now, uint32_t claim)
{
	struct goal *g = add_goal(p, (struct goal){ .expr = expr, .now = now, .claim = claim,
	    .vars = ask_vars(p, now), .is_wanted = claim != UINT32_MAX });

	add_obligation(p, g, FIRST_STATE, now);
	for (uint32_t event = 0; event < p->tree->policy->n_events; event++)
		if (p->tree->rules[event].exists)
			add_obligation(p, g, event, now);
}

static void add_step_claim(struct prover *p, uint32_t claim)
{
	const struct bc_claim *c = &p->tree->policy->claims[claim];
	struct goal *g = add_goal(p, (struct goal){ .expr = p->tree->claims[claim], .claim = claim,
	    .is_step = true, .is_wanted = true });

	for (uint32_t i = 0; i < c->n_events; i++) {
		uint32_t event = bc_get32(c->events + 4 * (size_t)i);

		if (!p->tree->rules[event].exists)
			continue;
		g->now = lift_claim(&p->lift, p->tree->claims[claim], event);
		add_obligation(p, g, event, g->now);
	}
}

/* That no state meets a `reachable` claim, as an invariant. */
static void add_impossible(struct prover *p, uint32_t claim)
{
	struct tree_expr *not = arena_new(p->arena, struct tree_expr);

	*not = *p->tree->claims[claim];
	not->op = BC_NOT;
	not->n_kids = 1;
	not->kids = arena_array(p->arena, 1, struct tree_expr *);
	not->kids[0] = p->tree->claims[claim];
	add_invariant(p, not, lift_claim(&p->lift, not, BC_EVENTS_MAX), claim);
}

static void add_claims(struct prover *p)
{
	for (uint32_t i = 0; i < p->tree->policy->n_claims; i++) {
		if (p->tree->policy->claims[i].kind == BC_INVARIANT)
			add_invariant(p, p->tree->claims[i],
			    lift_claim(&p->lift, p->tree->claims[i], BC_EVENTS_MAX), i);
		else if (p->tree->policy->claims[i].kind == BC_ALWAYS)
			add_step_claim(p, i);
		else if (p->options.impossible)
			add_impossible(p, i);
	}
}

/* Guesses that say something new; one that failed among others may stand now. */
static void add_lemmas(struct prover *p, const struct lemma_list *guesses)
{
	struct fol *yes = fol_bool(p->lift.space, true);

	for (uint32_t i = 0; i < guesses->n && !out_of_time(p); i++) {
		struct fol *now = lift_claim(&p->lift, guesses->items[i], BC_EVENTS_MAX);
		struct goal *same = NULL;

		for (uint32_t j = 0; now != yes && same == NULL && j < p->n_goals; j++)
			if (!p->goals[j].is_step && p->goals[j].now == now)
				same = &p->goals[j];
		if (same == NULL && now != yes)
			add_invariant(p, guesses->items[i], now, UINT32_MAX);
		else if (same != NULL && same->claim == UINT32_MAX && same->is_out)
			same->is_out = same->is_wanted = false;
	}
}

/* ---- fixpoint ------------------------------------------------------------ */

static bool is_shown(const struct prover *p, const struct goal *g)
{
	for (uint32_t i = 0; i < g->n_obligations; i++)
		if (!ask_still_stands(p, &g->obligations[i]))
			return false;
	return true;
}

static void begin_jobs(struct prover *p)
{
	p->jobs = arena_array(p->arena, p->n_goals + 1, struct job);
	p->n_jobs = 0;
}

/* The guesses that something was shown with must be shown too.  Returns whether
 * there are any more. */
static bool want(struct prover *p)
{
	bool *wanted = arena_array(p->arena, p->n_goals + 1, bool), more = false;

	for (uint32_t i = 0; i < p->n_goals; i++) {
		const struct goal *g = &p->goals[i];

		for (uint32_t j = 0; g->is_wanted && !g->is_out && j < g->n_obligations; j++)
			for (uint32_t k = 0; k < g->obligations[j].n_assumed && g->obligations[j].shown; k++)
				wanted[k] = wanted[k] || g->obligations[j].assumed[k];
	}
	for (uint32_t i = 0; i < p->n_goals; i++) {
		more = more || (wanted[i] && !p->goals[i].is_wanted);
		p->goals[i].is_wanted = p->goals[i].is_wanted || wanted[i];
	}
	return more;
}

/* Goals that are not shown are out.  Returns whether one was in, or more is
 * wanted. */
static bool drop(struct prover *p)
{
	bool changed = false;
	bool *are_out = arena_array(p->arena, p->n_goals + 1, bool);

	/* All at once: the order of goals is not to matter. */
	for (uint32_t i = 0; i < p->n_goals; i++)
		are_out[i] = p->goals[i].is_out || (p->goals[i].is_wanted && !is_shown(p, &p->goals[i]));
	for (uint32_t i = 0; i < p->n_goals; i++) {
		changed = changed || are_out[i] != p->goals[i].is_out;
		p->goals[i].is_out = are_out[i];
	}
	return want(p) || changed;
}

/* Goals that are not shown are asked, if there is time, and out if they still
 * are not.  Returns whether one was, or more is wanted. */
static bool sweep(struct prover *p)
{
	begin_jobs(p);
	for (uint32_t i = 0; i < p->n_goals; i++)
		if (p->goals[i].is_wanted && !p->goals[i].is_out && !is_shown(p, &p->goals[i]))
			p->jobs[p->n_jobs++] = (struct job){ .goal = i };
	if (!out_of_time(p))
		ask_jobs(p);
	return drop(p);
}

/* A first try, whatever comes of it; what is shown supports each other then. */
static void try_briefly(struct prover *p)
{
	begin_jobs(p);
	for (uint32_t i = 0; i < p->n_goals; i++)
		if (!p->goals[i].is_out && !is_shown(p, &p->goals[i]))
			p->jobs[p->n_jobs++] = (struct job){ .goal = i };
	p->is_brief = true;
	if (!out_of_time(p))
		ask_jobs(p);
	p->is_brief = false;
	while (drop(p))
		;
}

/* ---- reporting ------------------------------------------------------------- */

static bool all_claims_hold(const struct prover *p)
{
	for (uint32_t i = 0; i < p->n_goals; i++)
		if (p->goals[i].claim != UINT32_MAX && p->goals[i].is_out && !p->goals[i].is_refuted)
			return false;
	return true;
}

static void report_failures(struct prover *p, struct goal *g, struct prove_claim *c)
{
	bool was_out = g->is_out;

	g->is_out = false;              /* it may stand on itself */
	c->failures = arena_array(p->arena, g->n_obligations + 1, struct prove_failure);
	c->n_failures = 0;
	for (uint32_t j = 0; j < g->n_obligations; j++)
		if (!ask_still_stands(p, &g->obligations[j]))
			c->failures[c->n_failures++] = (struct prove_failure){ g->obligations[j].event,
			    g->obligations[j].doubt };
	g->is_out = was_out;
}

/* Of a claim that is out, those failures after the first were not asked yet. */
static void report(struct prover *p, bool all_failures)
{
	begin_jobs(p);
	for (uint32_t i = 0; all_failures && i < p->n_goals; i++)
		if (p->goals[i].is_out && !p->goals[i].is_refuted && p->goals[i].claim != UINT32_MAX)
			p->jobs[p->n_jobs++] = (struct job){ .goal = i, .all = true };
	if (!out_of_time(p))
		ask_jobs(p);
	p->report->n_lemmas = 0;
	for (uint32_t i = 0; i < p->n_goals; i++) {
		struct goal *g = &p->goals[i];

		p->report->n_lemmas += g->claim == UINT32_MAX && !g->is_out;
		if (g->claim == UINT32_MAX)
			continue;
		p->report->claims[g->claim].answer = g->is_out ? PROVE_OPEN : PROVE_PROVED;
		if (g->is_out)
			report_failures(p, g, &p->report->claims[g->claim]);
	}
}

/* The goals that are in, by their place in the proof; UINT32_MAX: out. */
static uint32_t *number_goals(struct prover *p, struct prove_proof *proof)
{
	uint32_t *numbers = arena_array(p->arena, p->n_goals + 1, uint32_t);

	proof->goals = arena_array(p->arena, p->n_goals + 1, struct prove_goal);
	for (uint32_t i = 0; i < p->n_goals; i++) {
		const struct goal *g = &p->goals[i];

		numbers[i] = g->is_out ? UINT32_MAX : proof->n_goals;
		if (!g->is_out)
			proof->goals[proof->n_goals++] = (struct prove_goal){ g->expr, g->claim, g->is_step };
	}
	return numbers;
}

static void record_step(struct prover *p, const uint32_t *numbers, uint32_t goal, const struct obligation *o)
{
	struct prove_proof *proof = &p->report->proof;
	bool *needed = arena_array(p->arena, proof->n_goals + 1, bool);

	/* What it was shown with is in, or it would have been asked again. */
	for (uint32_t i = 0; i < o->n_assumed; i++)
		if (o->assumed[i])
			needed[numbers[i]] = true;
	proof->steps[proof->n_steps++] = (struct prove_step){ numbers[goal], o->event, needed };
}

/* After the report: is_out is final there. */
static void record(struct prover *p)
{
	struct prove_proof *proof = &p->report->proof;
	uint32_t *numbers, n = 0;

	*proof = (struct prove_proof){ .goals = NULL };
	numbers = number_goals(p, proof);
	for (uint32_t i = 0; i < p->n_goals; i++)
		n += p->goals[i].n_obligations;
	proof->steps = arena_array(p->arena, n + 1, struct prove_step);
	for (uint32_t i = 0; i < p->n_goals; i++)
		for (uint32_t j = 0; !p->goals[i].is_out && j < p->goals[i].n_obligations; j++)
			record_step(p, numbers, i, &p->goals[i].obligations[j]);
}

static bool has_goal_of(const struct prove_proof *proof, uint32_t claim)
{
	for (uint32_t i = 0; i < proof->n_goals; i++)
		if (proof->goals[i].claim == claim)
			return true;
	return false;
}

bool prove_is_whole(const struct tree_policy *tree, const struct prove_report *r)
{
	for (uint32_t i = 0; i < tree->policy->n_claims; i++)
		if ((r->claims[i].answer == PROVE_PROVED) != has_goal_of(&r->proof, i))
			return false;
	for (uint32_t i = 0; i < r->proof.n_steps; i++) {
		const struct prove_step *step = &r->proof.steps[i];

		if (step->goal >= r->proof.n_goals)
			return false;
		for (uint32_t j = 0; j < r->proof.n_goals; j++)
			if (step->needed[j] && (r->proof.goals[j].is_step || step->event == FIRST_STATE))
				return false;
	}
	return true;
}

/* ---- rounds ---------------------------------------------------------------- */

/* What fell short gets another chance, lemmas excepted. */
static void readmit(struct prover *p)
{
	for (uint32_t i = 0; i < p->n_goals; i++)
		if (p->goals[i].claim != UINT32_MAX)
			p->goals[i].is_out = p->goals[i].is_refuted;
}

/* What was shown stays; what was not gets another chance, lemmas of which too
 * little is known excepted.  With more to assume, all is to be tried again. */
static void next_round(struct prover *p)
{
	for (uint32_t i = 0; i < p->n_goals; i++) {
		struct goal *g = &p->goals[i];

		for (uint32_t j = 0; j < g->n_obligations; j++)
			g->obligations[j].n_tried = 0;
		g->is_proved = !g->is_out;
	}
	readmit(p);
}

/* What nothing rests on is not known to be true. */
static void find_fixpoint(struct prover *p)
{
	while (sweep(p))
		;
	for (uint32_t i = 0; i < p->n_goals; i++)
		p->goals[i].is_out = p->goals[i].is_out || !p->goals[i].is_wanted;
}

static void mark_refuted(struct prover *p, const bool *refuted)
{
	for (uint32_t i = 0; refuted != NULL && i < p->n_goals; i++) {
		struct goal *g = &p->goals[i];

		if (g->claim == UINT32_MAX || !refuted[g->claim])
			continue;
		g->is_refuted = g->is_out = true;
	}
}

/* Another round with guesses, if something is open. */
static void try_guesses(struct prover *p, const struct lemma_list *guesses)
{
	next_round(p);
	add_lemmas(p, guesses);
	find_fixpoint(p);
}

static void search_lemmas(struct prover *p, enum lemma_kind kind)
{
	bool *open = arena_array(p->arena, p->tree->policy->n_claims + 1, bool);
	struct lemma_list guesses, failed = { 0 };

	if (all_claims_hold(p) || out_of_time(p))
		return;
	for (uint32_t i = 0; i < p->n_goals; i++) {
		const struct goal *g = &p->goals[i];
		bool has_failed = g->is_out && g->is_wanted && !g->is_refuted;

		if (g->claim != UINT32_MAX)
			open[g->claim] = has_failed;
		if (has_failed && !g->is_step)
			lemma_push(p->arena, &failed, lemma_tidy(p->arena, g->expr));
	}
	guesses = lemma_search(p->arena, p->tree, kind, open, &failed);
	try_guesses(p, &guesses);
}

static void try_hard(struct prover *p)
{
	static const enum lemma_kind kinds[] = {
		LEMMA_RULES, LEMMA_PREIMAGE, LEMMA_PREIMAGE, LEMMA_PREIMAGE, LEMMA_SIMPLE, LEMMA_CLAUSE
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		search_lemmas(p, kinds[i]);
	if (all_claims_hold(p) || out_of_time(p))
		return;
	next_round(p);
	p->is_patient = true;
	find_fixpoint(p);
	p->is_patient = false;
}

struct prove_report *prove_more(struct prover *p, enum prove_effort effort, const bool *refuted,
    double most_seconds)
{
	double start = search_clock();

	p->until = most_seconds > 0 ? start + most_seconds : 0;
	mark_refuted(p, refuted);
	if (effort == PROVE_BRIEF) {
		try_briefly(p);
	} else if (effort == PROVE_HARD) {
		try_hard(p);
	} else {
		readmit(p);
		find_fixpoint(p);
	}
	report(p, effort == PROVE_HARD);
	record(p);
	p->report->seconds += search_clock() - start;
	return p->report;
}

struct prover *prove_open(struct arena *a, const struct tree_policy *tree, const struct prove_options *options)
{
	static const struct prove_options usual;
	struct prover *p = arena_new(a, struct prover);

	p->arena = a;
	p->tree = tree;
	p->options = options == NULL ? usual : *options;
	p->report = arena_new(a, struct prove_report);
	p->report->claims = arena_array(a, tree->policy->n_claims + 1, struct prove_claim);
	p->lift = (struct lift){ fol_new(a), a, tree };
	p->facts = facts_new(&p->lift);
	p->rules = arena_array(a, tree->policy->n_events + 1, struct lift_rule);
	p->guards = arena_array(a, tree->policy->n_events + 1, struct guard);
	if (p->options.cache != NULL)
		p->cache = cache_open(p, p->options.cache);
	for (uint32_t i = 0; i < tree->policy->n_events; i++) {
		if (!tree->rules[i].exists)
			continue;
		p->rules[i] = lift_rule(&p->lift, i);
		p->guards[i] = ask_guard(p, p->rules[i].guard);
	}
	add_claims(p);
	if (p->options.lemmas != NULL)
		add_lemmas(p, p->options.lemmas);
	for (uint32_t i = 0; i < p->n_goals; i++)
		p->goals[i].is_wanted = true;
	return p;
}

void prove_close(struct prover *p)
{
	smt_close(p->smt);
	p->smt = NULL;
}

struct prove_report *prove_policy(struct arena *a, const struct tree_policy *tree,
    const struct prove_options *options)
{
	struct prover *p = prove_open(a, tree, options);
	struct prove_report *r;
	double until = p->options.most_seconds > 0 ? search_clock() + p->options.most_seconds : 0;

	r = prove_more(p, PROVE_QUICK, p->options.refuted, p->options.most_seconds);
	if (!p->options.quick && !all_claims_hold(p))
		r = prove_more(p, PROVE_HARD, p->options.refuted,
		    until > 0 && until > search_clock() ? until - search_clock() : p->options.most_seconds);
	prove_close(p);
	return r;
}

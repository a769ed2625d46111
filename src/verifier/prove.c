/* SPDX-License-Identifier: Apache-2.0
 *
 * prove.c - induction.  Every invariant is assumed before a step and asked for
 * after it; one that does not come through is dropped from the assumptions,
 * and what relied on it is asked again, until all that are left support each
 * other (Houdini).  If a written claim is missing then, the same again with
 * lemmas of our own, then with more patience.  Step claims follow from what is
 * left.
 */
#include "prove.h"

#include <time.h>

#include "../bytecode/decode.h"
#include "../runtime/state.h"
#include "facts.h"
#include "lemma.h"
#include "search.h"
#include "smt.h"

#define USUAL_TIMEOUT_MS        2000u
#define IMPLIED_STEPS           100000u         /* enough to see that a guess is nothing new */
#define FIRST                   BC_EVENTS_MAX   /* the obligation in the first state */

/* One thing to be shown of a goal; the first state counts as an event. */
struct obligation {
	uint32_t event;
	struct fol *after;
	bool shown, gave_up;
	uint32_t asked_at;              /* how many goals were out then */
	bool *needed;                   /* the goals that it was shown with, */
	uint32_t n_needed;              /* of as many; 0: all that were in */
};

/* A claim or lemma. */
struct goal {
	const struct tree_expr *expr;
	struct fol *now;                /* as a formula; a step claim's first one */
	uint32_t claim;                 /* UINT32_MAX: a lemma */
	bool is_step, is_out;           /* is_out: not shown, and not assumed */
	bool is_proved;                 /* in an earlier round: assumed, not asked again */
	struct obligation *obligations;
	uint32_t n_obligations;
};

struct prover {
	struct arena *arena;
	const struct tree_policy *tree;
	const struct prove_options *options;
	struct prove_report *report;
	struct lift lift;
	struct facts *facts;
	struct smt *smt;
	struct lift_rule *rules;        /* by event */
	struct goal *goals;
	uint32_t n_goals, cap_goals;
	uint32_t n_out;
	bool is_patient;                /* queries may take their time */
	double start;
};

static double clock_now(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool out_of_time(const struct prover *p)
{
	return p->options->most_seconds > 0 && clock_now() - p->start > p->options->most_seconds;
}

/* ---- goals --------------------------------------------------------------- */

/* A claim that reads no state is about the policy's tables, and has one truth:
 * the interpreter knows it.  A solver would have to be told of every row. */
static bool holds_of_tables(struct prover *p, const struct goal *g)
{
	struct cpol_policy *policy = arena_new(p->arena, struct cpol_policy);
	bool fault = false;

	policy->bc = *p->tree->policy;
	return g->claim != UINT32_MAX &&
	    cpol_claim_holds(search_group(p->arena, policy, 0), NULL, NULL, g->claim, &fault) && !fault;
}

static void add_obligation(struct prover *p, struct goal *g, uint32_t event, struct fol *now)
{
	struct fol *after = event == FIRST ? lift_first(&p->lift, now) :
	    lift_after(&p->lift, &p->rules[event], now);
	bool is_shown = after == fol_bool(p->lift.space, true);

	/* A step that changes nothing that is read keeps what held. */
	if (!is_shown && !g->is_step && after == now)
		is_shown = event != FIRST || holds_of_tables(p, g);
	if (is_shown) {
		p->report->n_skipped++;
		return;
	}
	g->obligations[g->n_obligations++] = (struct obligation){ .event = event, .after = after };
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
	struct goal *g = add_goal(p, (struct goal){ .expr = expr, .now = now, .claim = claim });

	add_obligation(p, g, FIRST, now);
	for (uint32_t event = 0; event < p->tree->policy->n_events; event++)
		if (p->tree->rules[event].exists)
			add_obligation(p, g, event, now);
}

static void add_step_claim(struct prover *p, uint32_t claim)
{
	const struct bc_claim *c = &p->tree->policy->claims[claim];
	struct goal *g = add_goal(p, (struct goal){ .expr = p->tree->claims[claim], .claim = claim,
	    .is_step = true });

	for (uint32_t i = 0; i < c->n_events; i++) {
		uint32_t event = bc_get32(c->events + 4 * (size_t)i);

		if (!p->tree->rules[event].exists)
			continue;
		g->now = lift_claim(&p->lift, p->tree->claims[claim], event);
		add_obligation(p, g, event, g->now);
	}
}

static void add_claims(struct prover *p)
{
	for (uint32_t i = 0; i < p->tree->policy->n_claims; i++) {
		if (p->options->refuted != NULL && p->options->refuted[i])
			continue;
		if (p->tree->policy->claims[i].kind == BC_INVARIANT)
			add_invariant(p, p->tree->claims[i],
			    lift_claim(&p->lift, p->tree->claims[i], BC_EVENTS_MAX), i);
		else if (p->tree->policy->claims[i].kind == BC_ALWAYS)
			add_step_claim(p, i);
	}
}

/* ---- asking -------------------------------------------------------------- */

/* COUNTs of a step claim are followed as those of the state before. */
static struct fol *before_step(struct prover *p, const struct goal *g, const struct obligation *o)
{
	struct lift_rule nothing = { 0 };

	if (!g->is_step)
		return g->now;
	return lift_after(&p->lift, &nothing,
	    lift_claim(&p->lift, p->tree->claims[g->claim], o->event));
}

/* What there is to know for an obligation: what is sure, what invariants say
 * of the state before (in the goals' order; `only` some, if not NULL), and facts
 * about all of it. */
struct knowledge { struct fol_list always, perhaps, facts; };

static void assume_goals(struct prover *p, const bool *only, struct fol_list *list)
{
	struct fol *yes = fol_bool(p->lift.space, true);

	for (uint32_t i = 0; i < p->n_goals; i++)
		fol_list_add(p->arena, list, p->goals[i].is_step || p->goals[i].is_out ||
		    (only != NULL && !only[i]) ? yes : p->goals[i].now);
}

/* Adds facts about all that is known. */
static void add_facts(struct prover *p, struct knowledge *k)
{
	uint32_t n = k->always.n + k->perhaps.n;

	for (uint32_t i = 0; i < n; i++)
		fol_list_add(p->arena, &k->facts,
		    i < k->always.n ? k->always.items[i] : k->perhaps.items[i - k->always.n]);
	facts_add(p->facts, &k->facts);
	k->facts.items += n;
	k->facts.n -= n;
}

static struct knowledge assemble(struct prover *p, const struct goal *g, const struct obligation *o,
    const bool *only)
{
	struct knowledge k = { 0 };

	fol_list_add(p->arena, &k.always, fol_not(p->lift.space, o->after));
	if (o->event != FIRST) {
		fol_list_add(p->arena, &k.always, p->rules[o->event].guard);
		facts_add_counts(p->facts, &p->rules[o->event], before_step(p, g, o), &k.always);
		assume_goals(p, only, &k.perhaps);
	}
	add_facts(p, &k);
	return k;
}

/* With as little as may do first, then with all there is.  How long a quick
 * query takes is counted in steps, so that its answer is the same everywhere. */
static enum smt_answer ask_solver(struct prover *p, const struct knowledge *k, bool is_lemma, bool *needed)
{
	static const struct { enum smt_forget forget; uint32_t most_steps; } quick[] = {
		{ SMT_REQUEST, 250000 }, { SMT_RIGID, 1000000 }, { SMT_NOTHING, 1000000 },
	}, patient[] = { { SMT_RIGID, 0 }, { SMT_NOTHING, 0 } };
	uint32_t n = p->is_patient || is_lemma ? 2 : 3;
	enum smt_answer answer = SMT_UNKNOWN;

	for (uint32_t i = 0; i < n && answer != SMT_NONE; i++) {
		struct smt_query q = { k->facts.items, k->facts.n, k->always.items, k->always.n,
		    k->perhaps.items, k->perhaps.n, needed,
		    p->is_patient ? patient[i].forget : quick[i].forget,
		    p->is_patient ? patient[i].most_steps : quick[i].most_steps, p->options->timeout_ms };

		if (q.timeout_ms == 0)
			q.timeout_ms = USUAL_TIMEOUT_MS;
		answer = smt_ask(p->smt, &q);
		p->report->n_queries++;
	}
	return answer;
}

enum ask_with { ASK_ALL, ASK_FOR_CORE, ASK_WITH_CORE };

/* Whether the obligation follows: from all that is assumed, remembering what
 * was needed or not, or from what was needed alone. */
static bool ask(struct prover *p, const struct goal *g, struct obligation *o, enum ask_with with)
{
	uint32_t before = p->report->n_queries;
	enum smt_answer answer;
	double start = clock_now();
	struct knowledge k;

	o->shown = false;
	o->gave_up = true;
	if (out_of_time(p))
		return false;
	if (p->options->progress != NULL)
		p->options->progress(p->options->progress_arg, g->claim, o->event);
	k = assemble(p, g, o, with == ASK_WITH_CORE ? o->needed : NULL);
	if (fol_is_full(p->lift.space))
		return false;
	if (with != ASK_WITH_CORE) {
		o->needed = arena_array(p->arena, p->n_goals + 1, bool);
		o->n_needed = with == ASK_FOR_CORE ? p->n_goals : 0;
	}
	answer = ask_solver(p, &k, g->claim == UINT32_MAX, with == ASK_FOR_CORE ? o->needed : NULL);
	if (g->claim != UINT32_MAX) {
		p->report->claims[g->claim].n_queries += p->report->n_queries - before;
		p->report->claims[g->claim].seconds += clock_now() - start;
	}
	o->asked_at = p->n_out;
	o->gave_up = answer == SMT_UNKNOWN;
	o->shown = answer == SMT_NONE && !fol_is_full(p->lift.space);
	return o->shown;
}

/* Whether a formula about the state follows from what is shown of it. */
static bool is_implied(struct prover *p, struct fol *now)
{
	struct knowledge k = { 0 };
	struct smt_query q = { .forget = SMT_RIGID, .most_steps = IMPLIED_STEPS, .timeout_ms = USUAL_TIMEOUT_MS };

	fol_list_add(p->arena, &k.always, fol_not(p->lift.space, now));
	for (uint32_t i = 0; i < p->n_goals; i++)
		if (p->goals[i].is_proved && !p->goals[i].is_step)
			fol_list_add(p->arena, &k.always, p->goals[i].now);
	add_facts(p, &k);
	q.facts = k.facts.items;
	q.n_facts = k.facts.n;
	q.always = k.always.items;
	q.n_always = k.always.n;
	p->report->n_queries++;
	return smt_ask(p->smt, &q) == SMT_NONE;
}

/* Guesses that say something new. */
static void add_lemmas(struct prover *p)
{
	struct lemma_list guesses = lemma_guess(p->arena, p->tree);

	for (uint32_t i = 0; i < guesses.n && !out_of_time(p); i++) {
		struct fol *now = lift_claim(&p->lift, guesses.items[i], BC_EVENTS_MAX);
		bool is_new = now != fol_bool(p->lift.space, true);

		for (uint32_t j = 0; is_new && j < p->n_goals; j++)
			is_new = p->goals[j].is_step || p->goals[j].now != now;
		if (is_new && !is_implied(p, now))
			add_invariant(p, guesses.items[i], now, UINT32_MAX);
	}
}

/* ---- fixpoint ------------------------------------------------------------ */

/* Whether what the obligation was shown with is still assumed. */
static bool still_stands(const struct prover *p, const struct obligation *o)
{
	if (!o->shown)
		return false;
	for (uint32_t i = 0; i < p->n_goals; i++)
		if (o->needed[i] && p->goals[i].is_out)
			return false;
	return true;
}

static void drop(struct prover *p, struct goal *g)
{
	g->is_out = true;
	p->n_out++;
}

/* Ask what is not shown; a goal that fails is out.  Returns whether one was. */
static bool sweep(struct prover *p)
{
	bool dropped = false;

	for (uint32_t i = 0; i < p->n_goals; i++) {
		struct goal *g = &p->goals[i];

		if (g->is_step || g->is_proved)
			continue;
		for (uint32_t j = 0; j < g->n_obligations && !g->is_out; j++) {
			if (still_stands(p, &g->obligations[j]) ||
			    ask(p, g, &g->obligations[j], ASK_FOR_CORE))
				continue;
			drop(p, g);
			dropped = true;
		}
	}
	return dropped;
}

/* What was shown while more was assumed than is left, once more: the solver's
 * word about what it used is not relied on.  Returns whether all of it held. */
static bool confirm(struct prover *p)
{
	bool all = true;

	for (uint32_t i = 0; i < p->n_goals; i++) {
		struct goal *g = &p->goals[i];

		if (g->is_step || g->is_proved)
			continue;
		for (uint32_t j = 0; j < g->n_obligations && !g->is_out; j++) {
			struct obligation *o = &g->obligations[j];

			if (o->asked_at == p->n_out || ask(p, g, o, ASK_WITH_CORE) || ask(p, g, o, ASK_ALL))
				continue;
			drop(p, g);
			all = false;
		}
	}
	return all;
}

static void find_fixpoint(struct prover *p)
{
	for (uint32_t i = 0; i < p->n_goals; i++)
		for (uint32_t j = 0; j < p->goals[i].n_obligations; j++)
			p->goals[i].obligations[j].shown = false;
	while (sweep(p))
		;
	while (!confirm(p))
		;
}

static void ask_steps(struct prover *p)
{
	for (uint32_t i = 0; i < p->n_goals; i++) {
		struct goal *g = &p->goals[i];

		g->is_out = g->is_step ? false : g->is_out;
		for (uint32_t j = 0; g->is_step && !g->is_proved && j < g->n_obligations; j++)
			if (!ask(p, g, &g->obligations[j], ASK_ALL))
				g->is_out = true;
	}
}

/* ---- reporting ------------------------------------------------------------- */

static bool all_claims_hold(const struct prover *p)
{
	for (uint32_t i = 0; i < p->n_goals; i++)
		if (p->goals[i].claim != UINT32_MAX && p->goals[i].is_out)
			return false;
	return true;
}

/* The failures of a claim that is out, all of them: those after the first were
 * not asked yet.  The claim itself is assumed of the state before. */
static void report_failures(struct prover *p, struct goal *g, struct prove_claim *c)
{
	g->is_out = false;
	c->failures = arena_array(p->arena, g->n_obligations, struct prove_failure);
	for (uint32_t j = 0; j < g->n_obligations; j++) {
		struct obligation *o = &g->obligations[j];

		if (still_stands(p, o) || ask(p, g, o, ASK_FOR_CORE))
			continue;
		c->failures[c->n_failures++] = (struct prove_failure){ o->event, o->gave_up };
	}
	g->is_out = true;
}

static void report(struct prover *p)
{
	for (uint32_t i = 0; i < p->n_goals; i++) {
		struct goal *g = &p->goals[i];

		if (g->claim == UINT32_MAX) {
			p->report->n_lemmas += !g->is_out;
			continue;
		}
		if (g->is_out)
			report_failures(p, g, &p->report->claims[g->claim]);
		else
			p->report->claims[g->claim].answer = PROVE_PROVED;
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

	for (uint32_t i = 0; i < p->n_goals; i++)
		if (numbers[i] != UINT32_MAX && !p->goals[i].is_step && o->event != FIRST)
			needed[numbers[i]] = o->n_needed == 0 || (i < o->n_needed && o->needed[i]);
	proof->steps[proof->n_steps++] = (struct prove_step){ numbers[goal], o->event, needed };
}

/* After the report: is_out is final there. */
static void record(struct prover *p)
{
	struct prove_proof *proof = &p->report->proof;
	uint32_t *numbers = number_goals(p, proof), n = 0;

	for (uint32_t i = 0; i < p->n_goals; i++)
		n += p->goals[i].n_obligations;
	proof->steps = arena_array(p->arena, n + 1, struct prove_step);
	for (uint32_t i = 0; i < p->n_goals; i++)
		for (uint32_t j = 0; !p->goals[i].is_out && j < p->goals[i].n_obligations; j++)
			record_step(p, numbers, i, &p->goals[i].obligations[j]);
}

/* What was shown stays; what was not gets another chance, lemmas of which too
 * little is known excepted. */
static void next_round(struct prover *p)
{
	for (uint32_t i = 0; i < p->n_goals; i++) {
		struct goal *g = &p->goals[i];

		g->is_proved = !g->is_out;
		if (g->claim != UINT32_MAX)
			g->is_out = false;
	}
}

static void round_of_queries(struct prover *p)
{
	find_fixpoint(p);
	ask_steps(p);
}

static void prove(struct prover *p)
{
	add_claims(p);
	round_of_queries(p);
	if (!all_claims_hold(p) && !p->options->quick) {
		next_round(p);
		add_lemmas(p);
		round_of_queries(p);
	}
	if (!all_claims_hold(p) && !p->options->quick) {
		next_round(p);
		p->is_patient = true;
		round_of_queries(p);
		p->is_patient = false;
	}
	report(p);
	record(p);
}

struct prove_report *prove_policy(struct arena *a, const struct tree_policy *tree,
    const struct prove_options *options)
{
	static const struct prove_options usual;
	struct prover p = { .arena = a, .tree = tree, .options = options == NULL ? &usual : options };

	p.start = clock_now();
	p.report = arena_new(a, struct prove_report);
	p.report->claims = arena_array(a, tree->policy->n_claims + 1, struct prove_claim);
	p.lift = (struct lift){ fol_new(a), a, tree };
	p.facts = facts_new(&p.lift);
	p.smt = smt_open(a, p.lift.space);
	p.rules = arena_array(a, tree->policy->n_events + 1, struct lift_rule);
	for (uint32_t i = 0; i < tree->policy->n_events; i++)
		if (tree->rules[i].exists)
			p.rules[i] = lift_rule(&p.lift, i);
	if (p.smt != NULL)
		prove(&p);
	smt_close(p.smt);
	p.report->seconds = clock_now() - p.start;
	return p.report;
}

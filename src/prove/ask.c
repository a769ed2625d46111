/* SPDX-License-Identifier: Apache-2.0
 *
 * ask.c - from an obligation to queries.  With as little as may do first, then
 * with more; how long a query may take is counted in the solver's own steps, so
 * that its answer is the same everywhere.  The solver runs in child processes
 * only (jobs.h), each of which starts as the parent is and has a batch of goals that
 * depends on nothing but the goals: the answers do not depend on how many run
 * at once.
 */
#include "prover.h"

#include <stdlib.h>

#include "cache.h"
#include "../search/jobs.h"
#include "../search/search.h"
#include "../search/stop.h"

#define STEPS_A_MS      5000u           /* of the solver, about */
#define USUAL_MS        2000u
/* Of the time that is left, what one goal may compute: a hard one is not to
 * starve the others. */
#define FAIR_SHARE      4
/* Of jobs.  A process costs as much as many brief queries, and what it has translated
 * is of use to its next goal; where some goals are hard, all processors are to be
 * busy to the end. */
#define USUAL_BATCHES   8u
#define BRIEF_BATCH     48u             /* goals */

/* most_steps 0: what the options say. */
struct stage { enum ask_level level; enum smt_forget forget; uint32_t most_steps; bool prenex; };

static const struct stage usual[] = {
	{ ASK_NEAR, SMT_NOTHING, 28000, false },
	{ ASK_WIDE, SMT_REQUEST, 80000, false },
	{ ASK_NEAR, SMT_NOTHING, 300000, true },
	{ ASK_NEAR, SMT_REQUEST, 160000, true },
	{ ASK_NEAR, SMT_RIGID, 60000, false },
	{ ASK_ALL, SMT_REQUEST, 150000, false },
	{ ASK_ALL, SMT_RIGID, 250000, false },
	{ ASK_NEAR, SMT_NOTHING, 700000, false },
	{ ASK_NEAR, SMT_RIGID, 1000000, false },
	{ ASK_ALL, SMT_NOTHING, 1000000, false },
}, for_lemmas[] = {
	{ ASK_NEAR, SMT_REQUEST, 15000, false },
	{ ASK_WIDE, SMT_REQUEST, 60000, false },
	{ ASK_NEAR, SMT_NOTHING, 120000, false },
	{ ASK_ALL, SMT_RIGID, 250000, false },
}, patient[] = {
	{ ASK_NEAR, SMT_RIGID, 0, false },
	{ ASK_ALL, SMT_RIGID, 0, false },
	{ ASK_NEAR, SMT_NOTHING, 0, false },
	{ ASK_ALL, SMT_NOTHING, 0, false },
};
/* Of the usual stages, those of a brief round: they do for all of the framework. */
#define BRIEF           3u
#define LEN(array) (sizeof(array) / sizeof((array)[0]))

/* ---- stages ---------------------------------------------------------------- */

/* Which goals are assumed of the state before at this level. */
static void choose(const struct prover *p, const struct goal *g, const struct obligation *o,
    enum ask_level level, bool *assumed)
{
	for (uint32_t i = 0; i < p->n_goals; i++) {
		const struct goal *h = &p->goals[i];

		assumed[i] = o->event != FIRST_STATE && !h->is_step && !h->is_out && (h == g ||
		    level == ASK_ALL || (level == ASK_WIDE && (h->vars & o->vars) != 0) ||
		    (level == ASK_NEAR && (h->vars & ~o->vars) == 0));
	}
}

static uint32_t long_query(const struct prover *p)
{
	uint32_t ms = p->options.timeout_ms == 0 ? USUAL_MS : p->options.timeout_ms;

	return ms > UINT32_MAX / STEPS_A_MS ? UINT32_MAX : ms * STEPS_A_MS;
}

static uint32_t steps_of(const struct prover *p, const struct stage *stage)
{
	return stage->most_steps == 0 ? long_query(p) : stage->most_steps;
}

static enum smt_answer ask_solver(struct prover *p, const struct question *q, const struct stage *stage)
{
	struct smt_query query = { .facts = q->facts.items, .n_facts = q->facts.n,
	    .always = q->formulas.items, .n_always = q->formulas.n, .forget = stage->forget,
	    .prenex = stage->prenex, .most_steps = steps_of(p, stage), .seed = p->options.seed };

	return smt_ask(p->smt, &query);
}

bool ask_still_stands(const struct prover *p, const struct obligation *o)
{
	if (!o->shown)
		return false;
	for (uint32_t i = 0; i < o->n_assumed; i++)
		if (o->assumed[i] && p->goals[i].is_out)
			return false;
	return true;
}

/* ---- in the child ----------------------------------------------------------- */

/* What a child says of one obligation; then which goals were assumed. */
enum said_what { SAID_BEGIN, SAID_ANSWER, SAID_DONE };
struct said {
	uint32_t job, obligation;
	enum said_what what;            /* BEGIN, DONE (with the job): this is all for now */
	bool shown;
	enum prove_doubt doubt;
	enum ask_level level;
	uint32_t n_queries;
	double seconds;
	bool assumed[];
};

/* Whether the stage can't do better than an earlier one, which had at least
 * its formulas and found that they can all be true. */
static bool is_pointless(const struct stage *stage, const struct stage *stages, const enum smt_answer *answers)
{
	for (; *answers != SMT_NONE; answers++, stages++)
		if (*answers == SMT_SOME && stages->level >= stage->level && stages->forget <= stage->forget)
			return true;
	return false;
}

static bool is_guess(const struct prover *p, uint32_t goal, const bool *assumed)
{
	return assumed[goal] && !p->goals[goal].is_wanted;
}

/* Whether it follows without the guesses that are not in `assumed`. */
static bool follows_from(struct prover *p, const struct question *q, const struct stage *stage,
    const bool *assumed, bool *needed)
{
	struct fol_list always = { 0 }, perhaps = { 0 };
	uint32_t first = q->formulas.n;
	struct smt_query query = { .facts = q->facts.items, .n_facts = q->facts.n, .forget = stage->forget,
	    .prenex = stage->prenex, .most_steps = (stage->most_steps == 0 ? 1 : 4) * steps_of(p, stage),
	    .seed = p->options.seed };

	for (uint32_t i = 0; i < p->n_goals; i++)
		first -= assumed[i];
	/* The assumed goals stand last in the question, in their order. */
	for (uint32_t i = 0; i < first; i++)
		fol_list_add(p->arena, &always, q->formulas.items[i]);
	for (uint32_t i = 0; i < p->n_goals; i++)
		if (assumed[i] && (needed == NULL || p->goals[i].is_wanted))
			fol_list_add(p->arena, &always, p->goals[i].now);
		else if (is_guess(p, i, assumed))
			fol_list_add(p->arena, &perhaps, p->goals[i].now);
	query.always = always.items;
	query.n_always = always.n;
	if (needed != NULL) {
		query.perhaps = perhaps.items;
		query.n_perhaps = perhaps.n;
		query.needed = needed;
	}
	return smt_ask(p->smt, &query) == SMT_NONE;
}

/* Which guesses it was shown with: what the solver says that it used, if it
 * follows from that alone. */
static void leave_out_guesses(struct prover *p, const struct question *q, const struct stage *stage,
    struct said *said)
{
	bool *needed = arena_array(p->arena, p->n_goals + 1, bool);
	bool *fewer = arena_array(p->arena, p->n_goals + 1, bool);
	struct question smaller = { .facts = { 0 } };
	uint32_t n = 0, first = q->formulas.n, n_guesses = 0;

	for (uint32_t i = 0; i < p->n_goals; i++) {
		n_guesses += is_guess(p, i, said->assumed);
		first -= said->assumed[i];
	}
	if (n_guesses == 0 || !follows_from(p, q, stage, said->assumed, needed))
		return;
	for (uint32_t i = 0; i < p->n_goals; i++)
		fewer[i] = said->assumed[i] && (p->goals[i].is_wanted || needed[n++]);
	for (uint32_t i = 0; i < first; i++)
		fol_list_add(p->arena, &smaller.formulas, q->formulas.items[i]);
	for (uint32_t i = 0; i < p->n_goals; i++)
		if (fewer[i])
			fol_list_add(p->arena, &smaller.formulas, p->goals[i].now);
	/* What the cache stores as shown is this question, with its own facts alone. */
	facts_add_of(p->facts, &smaller.formulas, &smaller.facts);
	said->n_queries += 2;
	if (follows_from(p, &smaller, stage, fewer, NULL))
		memcpy(said->assumed, fewer, p->n_goals * sizeof(bool));
}

static struct said *ask(struct prover *p, const struct goal *g, const struct obligation *o, size_t len)
{
	struct said *said = arena_alloc(p->arena, len);
	struct question questions[ASK_LEVELS];
	bool made[ASK_LEVELS] = { false };
	bool is_lemma = g->claim == UINT32_MAX && p->options.lemmas == NULL;
	const struct stage *stages = p->is_patient ? patient : is_lemma ? for_lemmas : usual;
	size_t n = p->is_patient ? LEN(patient) : is_lemma ? LEN(for_lemmas) : p->is_brief ? BRIEF : LEN(usual);
	size_t first = p->is_patient ? 0 : o->n_tried;
	enum smt_answer answers[LEN(usual) + 1] = { SMT_NONE }, answer = SMT_UNKNOWN;
	double start = search_clock();

	for (size_t i = 0; i < n && answer != SMT_NONE && !smt_is_exhausted(p->smt); i++) {
		/* What is not asked counts as unanswered; a NONE ends the list. */
		answers[i] = SMT_UNKNOWN;
		answers[i + 1] = SMT_NONE;
		if (i < first || is_pointless(&stages[i], stages, answers))
			continue;
		said->level = stages[i].level;
		choose(p, g, o, said->level, said->assumed);
		if (!made[said->level])
			questions[said->level] = ask_question(p, g, o, said->level, said->assumed);
		made[said->level] = true;
		answer = ask_solver(p, &questions[said->level], &stages[i]);
		answers[i] = answer;
		said->n_queries++;
		if (answer == SMT_NONE)
			leave_out_guesses(p, &questions[said->level], &stages[i], said);
	}
	said->shown = answer == SMT_NONE && !fol_is_full(p->lift.space);
	said->doubt = smt_is_exhausted(p->smt) || fol_is_full(p->lift.space) ? PROVE_NO_MEMORY :
	    answer == SMT_SOME ? PROVE_DOES_NOT_FOLLOW : PROVE_GAVE_UP;
	said->seconds = search_clock() - start;
	return said;
}

static bool is_alone(const struct prover *p, uint32_t job)
{
	return job < p->n_batches && job + p->n_batches >= p->n_jobs;
}

/* Returns false if there was no memory that the job alone might have had. */
static bool do_job(struct prover *p, uint32_t job, int out)
{
	struct goal *g = &p->goals[p->jobs[job].goal];
	size_t len = sizeof(struct said) + p->n_goals * sizeof(bool);
	bool goes_on = true;

	for (uint32_t i = 0; i < g->n_obligations && goes_on; i++) {
		struct said *said = arena_alloc(p->arena, len);

		if (ask_still_stands(p, &g->obligations[i]))
			continue;
		*said = (struct said){ .job = job, .obligation = i, .what = SAID_BEGIN };
		jobs_say(out, said, len);
		said = ask(p, g, &g->obligations[i], len);
		if (!said->shown && said->doubt == PROVE_NO_MEMORY && !is_alone(p, job))
			return false;
		said->job = job;
		said->obligation = i;
		said->what = SAID_ANSWER;
		jobs_say(out, said, len);
		goes_on = said->shown || p->jobs[job].all;
	}
	return true;
}

static void work(void *arg, uint32_t batch, int out)
{
	struct prover *p = arg;
	size_t len = sizeof(struct said) + p->n_goals * sizeof(bool);
	struct said *said = arena_alloc(p->arena, len);

	for (uint32_t job = batch; job < p->n_jobs && p->smt != NULL; job += p->n_batches) {
		struct goal *g = &p->goals[p->jobs[job].goal];
		bool was_out = g->is_out;

		/* Of a claim that is out, all the places where it fails: it is assumed there. */
		g->is_out = false;
		if (!do_job(p, job, out))
			return;
		g->is_out = was_out;
		*said = (struct said){ .job = job, .what = SAID_DONE };
		jobs_say(out, said, len);
	}
}

/* ---- in the parent ---------------------------------------------------------- */

static void tick(void *arg)
{
	struct prover *p = arg;

	if (p->options.progress != NULL && p->begun_goal < p->n_goals)
		p->options.progress(p->options.progress_arg, p->goals[p->begun_goal].claim, p->begun_event);
}

static void take_answer(struct prover *p, struct goal *g, struct said *said)
{
	struct obligation *o = &g->obligations[said->obligation];

	o->shown = said->shown;
	o->doubt = said->doubt;
	o->level = said->level;
	o->assumed = said->assumed;
	o->n_assumed = p->n_goals;
	o->n_tried = p->is_brief && !o->shown ? BRIEF : 0;
	p->report->n_queries += said->n_queries;
	if (g->claim != UINT32_MAX) {
		p->report->claims[g->claim].n_queries += said->n_queries;
		p->report->claims[g->claim].seconds += said->seconds;
	}
	if (o->shown && p->cache != NULL)
		cache_store(p->cache, p, g, o);
}

static void take(void *arg, uint32_t batch, struct str bytes)
{
	struct prover *p = arg;
	struct said *said = arena_alloc(p->arena, bytes.len);
	struct job *job;

	if (bytes.len != sizeof(*said) + p->n_goals * sizeof(bool))
		return;
	memcpy(said, bytes.ptr, bytes.len);
	if (said->job >= p->n_jobs || said->job % p->n_batches != batch)
		return;
	job = &p->jobs[said->job];
	if (said->what == SAID_DONE) {
		job->is_done = true;
	} else if (said->what == SAID_BEGIN) {
		p->begun_goal = job->goal;
		p->begun_event = p->goals[job->goal].obligations[said->obligation].event;
		p->goals[job->goal].obligations[said->obligation].doubt = PROVE_GAVE_UP;
		job->at = said->obligation;
	} else {
		take_answer(p, &p->goals[job->goal], said);
	}
}

/* Of several jobs, those that are not done are done again, each alone. */
static void ended(void *arg, uint32_t batch, enum job_end end)
{
	struct prover *p = arg;
	const struct job *j = &p->jobs[batch];
	struct goal *g = &p->goals[j->goal];

	if (end == JOB_OUT_OF_MEMORY && is_alone(p, batch) && j->at < g->n_obligations && !g->obligations[j->at].shown)
		g->obligations[j->at].doubt = PROVE_NO_MEMORY;
}

/* What the cache knows needs no job. */
static void look_up(struct prover *p)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_jobs; i++) {
		struct goal *g = &p->goals[p->jobs[i].goal];
		bool all = true;

		for (uint32_t j = 0; j < g->n_obligations; j++) {
			struct obligation *o = &g->obligations[j];

			if (ask_still_stands(p, o))
				continue;
			*o = (struct obligation){ .event = o->event, .after = o->after, .vars = o->vars,
			    .n_tried = o->n_tried };
			if (p->cache == NULL || !cache_knows(p->cache, p, g, o)) {
				all = false;
				continue;
			}
			p->report->n_cached++;
			if (g->claim != UINT32_MAX)
				p->report->claims[g->claim].n_cached++;
		}
		if (!all)
			p->jobs[n++] = p->jobs[i];
	}
	p->n_jobs = n;
}

static struct jobs new_jobs(struct prover *p)
{
	struct jobs jobs = { .n_processes = p->options.n_processes, .memory = p->options.memory,
	    .until = p->until, .arg = p };

	if (p->until > 0)
		jobs.most_cpu = (p->until - search_clock()) / FAIR_SHARE;
	if (p->smt == NULL)
		p->smt = smt_open(p->arena, p->lift.space);
	return jobs;
}

/* Facts about what the rules and the invariants have in common are found here,
 * not in each child. */
static void warm(struct prover *p)
{
	bool *all = arena_array(p->arena, p->n_goals + 1, bool);
	struct goal nothing = { .now = fol_bool(p->lift.space, true) };

	for (uint32_t i = 0; i < p->n_goals; i++)
		all[i] = !p->goals[i].is_step;
	for (uint32_t event = 0; event < p->tree->policy->n_events; event++) {
		struct obligation o = { .event = event, .after = nothing.now };

		if (p->tree->rules[event].exists)
			(void)ask_question(p, &nothing, &o, ASK_ALL, all);
	}
}

/* Those that cost most first, as far as that is known: they are begun first, and
 * spread over the batches. */
static int by_cost(const void *l, const void *r)
{
	const struct job *a = l, *b = r;

	return a->cost != b->cost ? (a->cost < b->cost) - (a->cost > b->cost) :
	    (a->goal > b->goal) - (a->goal < b->goal);
}

static uint32_t cost_of(const struct prover *p, const struct obligation *o)
{
	return 1 + (o->event == FIRST_STATE ? 0 : p->guards[o->event].n);
}

static void sort_jobs(struct prover *p)
{
	for (uint32_t i = 0; i < p->n_jobs; i++) {
		const struct goal *g = &p->goals[p->jobs[i].goal];

		for (uint32_t j = 0; j < g->n_obligations; j++)
			if (!ask_still_stands(p, &g->obligations[j]))
				p->jobs[i].cost += cost_of(p, &g->obligations[j]);
	}
	qsort(p->jobs, p->n_jobs, sizeof(*p->jobs), by_cost);
}

static void run_batches(struct prover *p, uint32_t n)
{
	struct jobs jobs = new_jobs(p);

	jobs.work = work;
	jobs.take = take;
	jobs.ended = ended;
	jobs.tick = tick;
	p->begun_goal = UINT32_MAX;
	p->n_batches = n < p->n_jobs ? n : p->n_jobs;
	jobs_run(&jobs, p->n_batches);
}

/* Where memory is bound, a process is to need little of it. */
static uint32_t brief_batches(const struct prover *p)
{
	uint32_t n = p->options.memory != 0 ? USUAL_BATCHES : p->n_jobs / BRIEF_BATCH;

	return n < 2 ? 2 : n < USUAL_BATCHES ? n : USUAL_BATCHES;
}

void ask_jobs(struct prover *p)
{
	uint32_t n = 0, n_batches;

	look_up(p);
	if (p->n_jobs == 0)
		return;
	if (p->smt == NULL)
		warm(p);
	sort_jobs(p);
	/* What is expected to be hard gets all of a process's time. */
	n_batches = p->is_patient || p->jobs[0].all ? p->n_jobs : p->is_brief ? brief_batches(p) : USUAL_BATCHES;
	run_batches(p, n_batches);
	for (uint32_t i = 0; i < p->n_jobs; i++)
		if (!p->jobs[i].is_done)
			p->jobs[n++] = p->jobs[i];
	if (n_batches >= p->n_jobs || n == 0 || stop_asked() || (p->until > 0 && search_clock() > p->until))
		return;
	p->n_jobs = n;
	run_batches(p, n);
}

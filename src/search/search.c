/* SPDX-License-Identifier: Apache-2.0
 *
 * search.c - breadth-first search over the states that the interpreter makes.
 *
 * A search is over a slice: the events that can matter to a claim.  First those
 * that write what the claim reads and what makes them possible, in the end all;
 * the first slices are small, and most traces are in them.
 */
#include "search.h"

#include <stdlib.h>
#include <time.h>

#include "../bytecode/decode.h"
#include "../base/bytes.h"
#include "plan.h"
#include "slice.h"
#include "snapshot.h"
#include "synth.h"

#define PLAN_SECONDS 0.2
enum { TABLE = 1 << 18, SEEN = 1 << 12, MOST_DEPTH = 24 };

struct node {
	struct str snapshot, request;
	uint32_t parent, depth;         /* parent UINT32_MAX: a first state or a seed */
	uint32_t next;                  /* of the same bucket, plus 1; 0: none */
	uint32_t seed;                  /* requests of the plan that lead to a seed */
};

struct search {
	const struct tree_policy *tree;
	struct cpol_policy policy;
	struct arena *results, store, scratch;
	struct arena scratch_mark;
	struct synth synth;
	struct cpol_group *base, *work;
	const bool *wanted;
	const struct search_options *options;
	struct search_report *report;
	struct bytes buffer;
	/* of one search */
	struct node *nodes;
	uint32_t n_nodes, cap_nodes, at, most_states;
	uint32_t *table;
	const struct plan *plan;
	uint64_t seen[SEEN];            /* hashes of the requests tried in this state */
	uint64_t events;                /* a bit for each event of the slice */
	uint32_t effort;                /* 0: goals only; 1: fields that reach the state; 2: all */
	uint32_t claim;
	double started, until;          /* started: with this claim */
	uint64_t looks[BC_CLAIMS_MAX];  /* slices of quick searches */
	uint32_t n_looks;
	bool dirty;                     /* work is not in the state of node `at` */
	bool full;                      /* a limit was met */
};

double search_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- what was found ---- */

static void keep(struct search *s, uint32_t claim, struct search_trace trace)
{
	trace.seconds = search_clock() - s->started;
	s->report->traces[claim] = trace;
	if (s->options->found != NULL)
		s->options->found(s->options->found_arg, claim, &trace);
}

/* The trace to node `last`, then `request` if it is not empty. */
static void found(struct search *s, uint32_t claim, uint32_t last, struct str request)
{
	struct search_trace trace = { .found = true };
	uint32_t n = request.len != 0, i = last, from;

	for (; s->nodes[i].parent != UINT32_MAX; i = s->nodes[i].parent)
		n++;
	from = s->nodes[i].seed;
	trace.n_requests = n + from;
	trace.requests = arena_array(s->results, (size_t)n + from + 1, struct str);
	for (i = 0; i < from; i++)
		trace.requests[i] = s->plan->requests[i];
	n += from;
	if (request.len != 0)
		trace.requests[--n] = request;
	for (i = last; s->nodes[i].parent != UINT32_MAX; i = s->nodes[i].parent)
		trace.requests[--n] = s->nodes[i].request;
	for (i = 0; i < trace.n_requests; i++)
		trace.requests[i] = arena_copy(s->results, trace.requests[i].ptr,
		    trace.requests[i].len);
	if (!search_confirm(&s->store, &s->policy, claim, &trace))
		return;
	search_shorten(&s->store, &s->policy, claim, &trace);
	keep(s, claim, trace);
}

static bool is_open(const struct search *s, uint32_t claim)
{
	return s->wanted[claim] && !s->report->traces[claim].found;
}

static void check_step(struct search *s, const struct cpol_event *event)
{
	struct str request = { event->bytes, event->len };
	uint32_t i;

	for (i = 0; i < s->policy.bc.n_claims; i++)
		if (is_open(s, i) && s->policy.bc.claims[i].kind == BC_ALWAYS &&
		    search_is_decided(&s->policy.bc, i, s->work, s->base, event))
			found(s, i, s->at, request);
}

static void check_state(struct search *s, struct cpol_group *now, uint32_t node)
{
	uint32_t i;

	for (i = 0; i < s->policy.bc.n_claims; i++)
		if (is_open(s, i) && s->policy.bc.claims[i].kind != BC_ALWAYS &&
		    search_is_decided(&s->policy.bc, i, now, NULL, NULL))
			found(s, i, node, (struct str){ NULL, 0 });
}

/* ---- states ---- */

/* The state of `now`, if it is new: checked, and to be expanded later. */
static void add_state(struct search *s, struct cpol_group *now, uint32_t parent,
    struct str request, uint32_t seed)
{
	struct str snapshot;
	struct node *node;
	uint32_t bucket, i;

	s->buffer.len = 0;
	snapshot_take(&s->buffer, now);
	snapshot = bytes_str(&s->buffer);
	bucket = (uint32_t)(snapshot_hash(snapshot) % TABLE);
	for (i = s->table[bucket]; i != 0; i = s->nodes[i - 1].next)
		if (str_equal(s->nodes[i - 1].snapshot, snapshot))
			return;
	if (s->n_nodes == s->most_states) {
		s->full = true;
		return;
	}
	arena_push(&s->store, s->nodes, s->n_nodes, s->cap_nodes);
	node = &s->nodes[s->n_nodes];
	node->snapshot = arena_copy(&s->store, snapshot.ptr, snapshot.len);
	node->request = arena_copy(&s->store, request.ptr, request.len);
	node->parent = parent;
	node->depth = parent == UINT32_MAX ? 0 : s->nodes[parent].depth + 1;
	node->seed = seed;
	node->next = s->table[bucket];
	s->table[bucket] = ++s->n_nodes;
	s->report->n_states++;
	if (s->options->see != NULL)
		s->options->see(s->options->see_arg, now);
	check_state(s, now, s->n_nodes - 1);
}

static bool was_tried(struct search *s, struct str request)
{
	uint64_t hash = snapshot_hash(request);
	uint32_t i = (uint32_t)(hash % SEEN), n;

	if (hash == 0)
		hash = 1;
	for (n = 0; n < SEEN && s->seen[i] != 0; n++) {
		if (s->seen[i] == hash)
			return true;
		i = (i + 1) % SEEN;
	}
	if (n < SEEN)
		s->seen[i] = hash;
	return false;
}

static bool try_request(void *arg, struct str request)
{
	struct search *s = arg;
	struct cpol_event event = { request.ptr, request.len };

	if (was_tried(s, request))
		return true;
	if (s->dirty && !snapshot_restore(&s->scratch, s->work, s->nodes[s->at].snapshot))
		abort();                /* both groups have the same room */
	s->dirty = false;
	s->report->n_requests++;
	if (!cpol_decide(s->work, &event).allowed)
		return true;
	cpol_commit(s->work);
	s->dirty = true;
	check_step(s, &event);
	add_state(s, s->work, s->at, request, 0);
	return true;
}

/* ---- expanding ---- */

static void perturb(struct search *s, uint32_t event, struct synth_taker taker)
{
	const struct bc_event *e = &s->policy.bc.events[event];
	uint64_t fields = slice_fields(s->tree, event, s->claim);
	struct datum values[SYNTH_INTERESTING + 1];
	/* A step claim is worth more trouble at its own events. */
	uint32_t field, i, n, walks = search_is_about(&s->policy.bc.claims[s->claim], event) ? 64 :
	    s->effort > 1 ? 16 : 8;

	for (field = 0; field < e->n_fields; field++) {
		if (s->effort < 2 && (fields >> field & 1) == 0)
			continue;
		n = synth_interesting(&s->synth, event, field, values);
		for (i = 0; i < n; i++) {
			struct synth_goal goal = { GOAL_FIELD, field, values[i], NULL };

			synth_event(&s->synth, event, &goal, 1, 2, walks, taker);
		}
	}
}

static void expand_event(struct search *s, uint32_t event)
{
	struct synth_taker taker = { try_request, s };
	const struct bc_claim *claim = &s->policy.bc.claims[s->claim];

	memset(s->seen, 0, sizeof(s->seen));
	synth_event(&s->synth, event, NULL, 0, s->effort > 1 ? 64 : 24, 256, taker);
	if (claim->kind == BC_ALWAYS && search_is_about(claim, event)) {
		struct synth_goal goal = { GOAL_CLAIM_FALSE, s->claim, datum_zero(0), NULL };

		synth_event(&s->synth, event, &goal, 1, 32, s->options->quick ? 96 : 512, taker);
	}
	if (s->effort > 0)
		perturb(s, event, taker);
}

static void expand(struct search *s)
{
	uint32_t event;

	arena_rewind(&s->scratch, s->scratch_mark);
	if (!snapshot_restore(&s->scratch, s->base, s->nodes[s->at].snapshot))
		abort();                /* it was taken from such a group */
	s->dirty = true;
	synth_look(&s->synth, s->base);
	for (event = 0; event < s->policy.bc.n_events; event++)
		if ((s->events >> event & 1) != 0 && s->tree->rules[event].exists)
			expand_event(s, event);
}

static void breadth_first(struct search *s)
{
	for (; s->at < s->n_nodes && is_open(s, s->claim); s->at++) {
		if (s->nodes[s->at].depth == MOST_DEPTH || search_clock() > s->until) {
			s->full = true;
			break;
		}
		if (s->options->progress != NULL && s->at % 64 == 0)
			s->options->progress(s->options->progress_arg, s->claim,
			    s->nodes[s->at].depth, s->n_nodes);
		expand(s);
	}
}

/* One search: from the first state, or from all states along a plan. */
static void run(struct search *s, uint32_t claim, uint64_t events, uint32_t effort,
    uint32_t most_keys, const struct plan *plan, double until)
{
	uint32_t i;

	if (!is_open(s, claim))
		return;
	s->claim = claim;
	s->events = events;
	s->effort = effort;
	s->until = until;
	s->plan = plan;
	s->synth.wide = effort > 1;
	s->synth.claim = s->tree->claims[claim];
	s->base = search_group(&s->store, &s->policy, most_keys);
	s->work = search_group(&s->store, &s->policy, most_keys);
	s->table = arena_array(&s->store, TABLE, uint32_t);
	s->buffer = (struct bytes){ .arena = &s->store };
	s->nodes = NULL;
	s->n_nodes = s->cap_nodes = s->at = 0;
	s->full = false;
	add_state(s, s->work, UINT32_MAX, (struct str){ NULL, 0 }, 0);
	for (i = 0; plan != NULL && i < plan->n_requests; i++) {
		struct cpol_event event = { plan->requests[i].ptr, plan->requests[i].len };

		if (!cpol_decide(s->work, &event).allowed)
			break;
		cpol_commit(s->work);
		add_state(s, s->work, UINT32_MAX, (struct str){ NULL, 0 }, i + 1);
	}
	breadth_first(s);
	arena_clear(&s->store);
}

/* ---- plans ---- */

static void start_plan(struct search *s, struct planner *p, double seconds)
{
	memset(p, 0, sizeof(*p));
	p->arena = s->results;
	p->synth = &s->synth;
	p->group = search_group(s->results, &s->policy, 0);
	p->until = search_clock() + seconds;
	s->synth.wide = false;
}

/* Bring a declaration through every event that is about it. */
static void deploy_row(struct search *s, struct planner *p, uint32_t table, uint32_t row)
{
	double end = p->until, most;
	uint32_t event;

	for (event = 0; event < s->policy.bc.n_events; event++) {
		if (slice_writes(s->tree, event) == 0)
			continue;
		/* What can't be planned is not to take the time of the others. */
		most = search_clock() + PLAN_SECONDS;
		p->until = most < end ? most : end;
		plan_row(p, event, table, row);
	}
	p->until = end;
}

static void deploy(struct search *s, struct planner *p)
{
	uint32_t table, i;

	for (table = 0; table < s->policy.bc.n_tables; table++)
		for (i = 0; i < s->synth.all_play[table].n; i++)
			if (synth_is_root(&s->policy.bc, table))
				deploy_row(s, p, table, s->synth.all_play[table].rows[i]);
}

/* A plan whose end meets a `reachable` claim. */
static void reach(struct search *s, uint32_t claim, struct planner *p)
{
	struct search_trace trace = { .found = true, .requests = p->plan.requests };

	if (!is_open(s, claim) || !plan_claim(p, claim))
		return;
	trace.n_requests = p->plan.n_requests;
	trace.requests = arena_array(s->results, (size_t)trace.n_requests + 1, struct str);
	memcpy(trace.requests, p->plan.requests, trace.n_requests * sizeof(struct str));
	if (!search_confirm(&s->store, &s->policy, claim, &trace))
		return;
	search_shorten(&s->store, &s->policy, claim, &trace);
	keep(s, claim, trace);
}

static bool was_looked_at(struct search *s, uint64_t events)
{
	uint32_t i;

	for (i = 0; i < s->n_looks; i++)
		if (s->looks[i] == events)
			return true;
	s->looks[s->n_looks++] = events;
	return false;
}

static void search_claim(struct search *s, uint32_t claim, double seconds)
{
	double now = search_clock(), until = now + seconds;
	uint64_t near = slice_events(s->tree, claim, false), far = slice_events(s->tree, claim, true);
	bool reachable = s->policy.bc.claims[claim].kind == BC_REACHABLE;
	struct planner *p;
	uint32_t keys;

	s->started = now;
	s->most_states = s->options->most_states != 0 ? s->options->most_states : 60000;
	if (s->options->quick) {
		/* What is seen from a slice does not depend much on the invariant. */
		if (s->policy.bc.claims[claim].kind == BC_ALWAYS || !was_looked_at(s, near))
			run(s, claim, near, 1, 2, NULL, until);
		return;
	}
	p = arena_new(s->results, struct planner);
	start_plan(s, p, reachable ? seconds / 2 : seconds / 8);
	if (reachable)
		reach(s, claim, p);
	run(s, claim, near, 1, 2, NULL, now + seconds / 6);
	run(s, claim, far, 1, 2, NULL, search_clock() + seconds / 6);
	if (!is_open(s, claim))
		return;
	start_plan(s, p, seconds / 8);
	deploy(s, p);
	if (reachable)
		reach(s, claim, p);
	keys = p->plan.n_requests + 2;
	run(s, claim, near, 1, keys, &p->plan, search_clock() + seconds / 6);
	run(s, claim, near, 2, 2, NULL, search_clock() + seconds / 6);
	run(s, claim, far, 2, keys, &p->plan, search_clock() + seconds / 6);
	run(s, claim, UINT64_MAX, 2, 3, NULL, until);
}

struct search_report *search_policy(struct arena *a, const struct tree_policy *tree,
    const bool *wanted, const struct search_options *options)
{
	struct search *s = calloc(1, sizeof(*s));
	double start = search_clock(), left;
	uint32_t i, n_open = 0, n = tree->policy->n_claims;
	struct search_report *report = arena_new(a, struct search_report);

	if (s == NULL)
		abort();
	s->tree = tree;
	s->policy.bc = *tree->policy;
	s->results = a;
	s->wanted = wanted;
	s->options = options;
	s->report = report;
	report->traces = arena_array(a, n, struct search_trace);
	(void)arena_alloc(&s->scratch, 16);
	s->scratch_mark = s->scratch;
	synth_open(&s->synth, tree);
	for (i = 0; i < n; i++)
		n_open += is_open(s, i);
	for (i = 0; i < n; i++) {
		if (!is_open(s, i))
			continue;
		left = (options->most_seconds != 0 ? options->most_seconds : 10) -
		    (search_clock() - start);
		search_claim(s, i, left > 0 ? left / n_open : 0.05);
		n_open = n_open > 1 ? n_open - 1 : 1;
	}
	synth_close(&s->synth);
	arena_clear(&s->store);
	arena_clear(&s->scratch);
	free(s);
	report->seconds = search_clock() - start;
	return report;
}

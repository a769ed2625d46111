/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_search.c - where to look for a difference: near the first state; where
 * the proof got stuck (a request that B's rule allows and the requirement of A
 * does not: plans of plan.h go there); and along the deployment of rows that
 * only one side has.  The walks are over the joint policy, so they know both
 * sides' constants and rows.
 */
#include "compare_hunt.h"

#include <stdlib.h>

#include "../bytecode/decode.h"
#include "../search/snapshot.h"
#include "../search/stop.h"

/* ---- what was found ---------------------------------------------------------- */

/* Leave out requests that the end does not need. */
static void shorten(struct hunt *h, struct compare_trace *t)
{
	struct compare_trace shorter = *t;
	bool again = true;

	shorter.requests = arena_array(h->results, t->n_requests + 1, struct str);
	while (again) {
		again = false;
		for (uint32_t i = 0; i + 1 < t->n_requests; i++) {
			shorter.n_requests = t->n_requests - 1;
			memcpy(shorter.requests, t->requests, i * sizeof(struct str));
			memcpy(shorter.requests + i, t->requests + i + 1,
			    (t->n_requests - i - 1) * sizeof(struct str));
			if (!compare_confirm(&h->store, h->j, &shorter))
				continue;
			memcpy(t->requests, shorter.requests, shorter.n_requests * sizeof(struct str));
			t->n_requests = shorter.n_requests;
			again = true;
		}
	}
}

static void found(struct hunt *h, struct compare_trace t)
{
	if (!compare_confirm(&h->store, h->j, &t))
		return;
	shorten(h, &t);
	if (h->best.kind == COMPARE_SAME || t.n_requests < h->best.n_requests)
		h->best = t;
}

bool hunt_parts(struct hunt *h, const struct plan *plan)
{
	struct arena mark = h->store;
	struct compare_pair p = compare_start(&h->store, h->j);
	struct compare_trace t = { .kind = COMPARE_SAME };

	t.requests = arena_array(h->results, plan->n_requests + 1, struct str);
	for (uint32_t i = 0; i < plan->n_requests && t.kind == COMPARE_SAME; i++) {
		t.requests[t.n_requests++] = arena_copy(h->results, plan->requests[i].ptr, plan->requests[i].len);
		t.kind = compare_decide(&h->store, &p, plan->requests[i]);
		compare_commit(&p);
		if (t.kind == COMPARE_SAME && p.verdict_b.allowed && h->options->seen != NULL)
			joint_see(h->options->seen, h->j, p.a, p.b);
	}
	t.number = p.number;
	arena_rewind(&h->store, mark);
	if (t.kind != COMPARE_SAME)
		found(h, t);
	return t.kind != COMPARE_SAME;
}

bool hunt_is_over(const struct hunt *h)
{
	return h->best.kind != COMPARE_SAME || stop_asked() || search_clock() > h->options->until ||
	    compare_cpu() > h->options->cpu_until;
}

/* ---- states ------------------------------------------------------------------ */

static void add_state(struct hunt *h, const struct compare_pair *p, uint32_t parent, struct str request)
{
	struct str a, b;
	uint32_t bucket;
	struct node *node;

	h->buffer_a.len = h->buffer_b.len = 0;
	snapshot_take(&h->buffer_a, p->a);
	snapshot_take(&h->buffer_b, p->b);
	a = bytes_str(&h->buffer_a);
	b = bytes_str(&h->buffer_b);
	bucket = (uint32_t)((snapshot_hash(a) * 31 + snapshot_hash(b)) % TABLE);
	for (uint32_t i = h->table[bucket]; i != 0; i = h->nodes[i - 1].next)
		if (str_equal(h->nodes[i - 1].a, a) && str_equal(h->nodes[i - 1].b, b))
			return;
	if (h->n_nodes == MOST_STATES)
		return;
	arena_push(&h->store, h->nodes, h->n_nodes, h->cap_nodes);
	if (h->options->seen != NULL)
		joint_see(h->options->seen, h->j, p->a, p->b);
	node = &h->nodes[h->n_nodes];
	*node = (struct node){ .a = arena_copy(&h->store, a.ptr, a.len), .b = arena_copy(&h->store, b.ptr, b.len),
	    .request = arena_copy(&h->store, request.ptr, request.len), .parent = parent,
	    .depth = parent == UINT32_MAX ? 0 : h->nodes[parent].depth + 1, .next = h->table[bucket] };
	h->table[bucket] = ++h->n_nodes;
}

static void restore(struct hunt *h, struct compare_pair *p)
{
	if (!snapshot_restore(&h->scratch, p->a, h->nodes[h->at].a) ||
	    !snapshot_restore(&h->scratch, p->b, h->nodes[h->at].b))
		abort();                /* they were taken from such groups */
}

static bool was_tried(struct hunt *h, struct str request)
{
	uint64_t hash = snapshot_hash(request) | 1;
	uint32_t i = (uint32_t)(hash >> 1) % SEEN, n = 0;

	for (; n < SEEN && h->seen[i] != 0; n++) {
		if (h->seen[i] == hash)
			return true;
		i = (i + 1) % SEEN;
	}
	if (n < SEEN)
		h->seen[i] = hash;
	return false;
}

/* The requests that led to the present node, and this one. */
static void found_here(struct hunt *h, enum compare_kind kind, struct str request)
{
	struct compare_trace t = { .kind = kind, .number = h->work.number };
	uint32_t n = 1;

	for (uint32_t i = h->at; h->nodes[i].parent != UINT32_MAX; i = h->nodes[i].parent)
		n++;
	t.requests = arena_array(h->results, n, struct str);
	t.n_requests = n;
	t.requests[--n] = arena_copy(h->results, request.ptr, request.len);
	for (uint32_t i = h->at; h->nodes[i].parent != UINT32_MAX; i = h->nodes[i].parent)
		t.requests[--n] = arena_copy(h->results, h->nodes[i].request.ptr, h->nodes[i].request.len);
	found(h, t);
}

static bool try_request(void *arg, struct str request)
{
	struct hunt *h = arg;
	enum compare_kind kind;

	if (h->best.kind != COMPARE_SAME)
		return false;
	if (was_tried(h, request))
		return true;
	if (h->dirty)
		restore(h, &h->work);
	h->dirty = false;
	kind = compare_decide(&h->scratch, &h->work, request);
	if (!h->work.verdict_b.allowed)
		return true;
	h->dirty = true;
	if (kind != COMPARE_SAME) {
		cpol_abort(h->work.a);
		cpol_abort(h->work.b);
		found_here(h, kind, request);
		return false;
	}
	compare_commit(&h->work);
	add_state(h, &h->work, h->at, request);
	return true;
}

/* Strings that lists of the tables hold: the first of them. */
static uint32_t listed_strings(const struct hunt *h, struct datum *values)
{
	const struct bc_policy *p = &h->policy;
	uint32_t n = 0;

	for (uint32_t t = 0; t < p->n_tables; t++)
		for (uint32_t c = 0; h->j->tables[t].is_shared && c < p->tables[t].n_columns; c++) {
			uint32_t type = bc_column_type(&p->tables[t], c);

			for (uint32_t r = 0; BC_SHAPE(type) != BC_ONE && BC_BASE(type) == BC_STRING &&
			    r < p->tables[t].n_rows; r++) {
				struct bc_bytes list = bc_list(p, bc_cell(&p->tables[t], r, c));

				for (uint32_t i = 0; i < list.len && n < MOST_LISTED; i++)
					values[n++] = datum_of_text(joint_string(p, bc_get32(list.ptr + 4 * (size_t)i)));
			}
		}
	return n;
}

/* A list of a request may hold any of those. */
static void expand_list(struct hunt *h, uint32_t event, uint32_t field, struct synth_taker taker)
{
	uint32_t type = bc_field_type(&h->j->policy.events[event], field), n;
	struct datum values[MOST_LISTED];

	if (BC_SHAPE(type) == BC_ONE || BC_BASE(type) != BC_STRING)
		return;
	n = listed_strings(h, values);
	for (uint32_t i = 0; i < n; i++) {
		struct datum list = { .type = type, .items = &values[i], .n_items = 1 };
		struct synth_goal goal = { GOAL_FIELD, field, list, NULL };

		synth_event(&h->synth, event, &goal, 1, 2, 8, taker);
	}
}

static bool is_among(const struct datum *values, uint32_t n, uint64_t word)
{
	for (uint32_t i = 0; i < n; i++)
		if (values[i].word == word)
			return true;
	return false;
}

/* An integer of a request may be what a column has: the first few. */
static void expand_int(struct hunt *h, uint32_t event, uint32_t field, struct synth_taker taker)
{
	const struct bc_policy *p = &h->policy;
	uint32_t type = bc_field_type(&h->j->policy.events[event], field), n = 0;
	struct datum values[MOST_LISTED];

	for (uint32_t t = 0; type == BC_TYPE(BC_ONE, BC_INTEGER, 0) && t < p->n_tables; t++)
		for (uint32_t c = 0; h->j->tables[t].is_shared && c < p->tables[t].n_columns; c++)
			for (uint32_t r = 0; bc_column_type(&p->tables[t], c) == type && r < p->tables[t].n_rows; r++)
				if (n < MOST_LISTED && !is_among(values, n, bc_cell(&p->tables[t], r, c)))
					values[n++] = datum_of_word(type, bc_cell(&p->tables[t], r, c));
	for (uint32_t i = 0; i < n; i++) {
		struct synth_goal goal = { GOAL_FIELD, field, values[i], NULL };

		synth_event(&h->synth, event, &goal, 1, 2, 8, taker);
	}
}

static void expand_event(struct hunt *h, uint32_t event)
{
	struct synth_taker taker = { try_request, h };
	struct datum values[SYNTH_INTERESTING + 1];

	memset(h->seen, 0, sizeof(h->seen));
	synth_event(&h->synth, event, NULL, 0, h->wide ? 64 : 24, 256, taker);
	for (uint32_t field = 0; field < h->j->policy.events[event].n_fields && !hunt_is_over(h); field++) {
		uint32_t n = synth_interesting(&h->synth, event, field, values);

		for (uint32_t i = 0; i < n; i++) {
			struct synth_goal goal = { GOAL_FIELD, field, values[i], NULL };

			synth_event(&h->synth, event, &goal, 1, 2, h->wide ? 16 : 8, taker);
		}
		expand_list(h, event, field, taker);
		expand_int(h, event, field, taker);
	}
}

void hunt_breadth_first(struct hunt *h, const struct plan *plan, double seconds)
{
	double until = compare_cpu() + seconds;
	struct arena mark;

	h->nodes = NULL;
	h->n_nodes = h->cap_nodes = h->at = 0;
	memset(h->table, 0, sizeof(h->table));
	h->base = compare_start(&h->store, h->j);
	h->work = compare_start(&h->store, h->j);
	h->buffer_a = (struct bytes){ .arena = &h->store };
	h->buffer_b = (struct bytes){ .arena = &h->store };
	add_state(h, &h->work, UINT32_MAX, (struct str){ NULL, 0 });
	for (uint32_t i = 0; plan != NULL && i < plan->n_requests; i++) {
		if (compare_decide(&h->store, &h->work, plan->requests[i]) != COMPARE_SAME ||
		    !h->work.verdict_b.allowed)
			break;
		compare_commit(&h->work);
		add_state(h, &h->work, h->n_nodes - 1, plan->requests[i]);
	}
	(void)arena_alloc(&h->scratch, 16);
	mark = h->scratch;
	for (; h->at < h->n_nodes && !hunt_is_over(h) && compare_cpu() < until; h->at++) {
		if (h->nodes[h->at].depth > MOST_DEPTH + (plan == NULL ? 0 : plan->n_requests))
			break;
		if (h->options->progress != NULL)
			h->options->progress(h->options->progress_arg, h->nodes[h->at].depth, h->n_nodes);
		arena_rewind(&h->scratch, mark);
		restore(h, &h->base);
		h->dirty = true;
		synth_look(&h->synth, h->base.b);
		for (uint32_t event = 0; event < h->j->policy.n_events && !hunt_is_over(h); event++)
			if (h->tree.rules[event].exists)
				expand_event(h, event);
	}
	arena_clear(&h->scratch);
	arena_clear(&h->store);
}

static void look(struct hunt *h)
{
	const struct joint_report *r = h->options->doubts;
	double left = h->options->cpu_until - compare_cpu();

	if (h->options->effort != COMPARE_QUICK)        /* that comes after a glance */
		hunt_breadth_first(h, NULL, left < 2 ? left / 4 : 0.5);
	if (!hunt_is_over(h))
		hunt_deploy_contrary(h, left / 4);
	if (!hunt_is_over(h) && h->options->effort == COMPARE_GLANCE)
		hunt_deploy_new(h, left / 4);
	if (h->options->effort == COMPARE_GLANCE)
		return;
	for (uint32_t i = 0; r != NULL && i < r->n_doubts && !hunt_is_over(h); i++)
		hunt_pursue(h, &r->doubts[i]);
	if (!hunt_is_over(h))
		hunt_deploy_new(h, left / 4);
	if (h->options->effort == COMPARE_QUICK || hunt_is_over(h))
		return;
	hunt_deploy_all(h, left / 4);
	h->wide = h->synth.wide = true;
	hunt_breadth_first(h, NULL, left);
}

struct compare_trace compare_search(struct arena *a, struct joint *j, const struct compare_options *options)
{
	struct hunt *h = calloc(1, sizeof(*h));
	double start = search_clock();
	struct compare_trace best;

	if (h == NULL)
		abort();
	h->results = a;
	h->j = j;
	h->options = options;
	(void)arena_alloc(&h->store, 16);
	memcpy(h->rules, j->b.joint.rules, sizeof(h->rules));
	h->policy = j->policy;
	h->policy.n_vars = j->b.policy->n_vars;
	h->tree = (struct tree_policy){ .policy = &h->policy, .rules = h->rules };
	synth_open(&h->synth, &h->tree);
	hunt_mark_new(h);
	look(h);
	best = h->best;
	best.seconds = search_clock() - start;
	synth_close(&h->synth);
	arena_clear(&h->store);
	arena_clear(&h->scratch);
	free(h);
	return best;
}

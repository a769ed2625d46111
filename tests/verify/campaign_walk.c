/* SPDX-License-Identifier: Apache-2.0
 *
 * campaign_walk.c - everything that can happen in a small world.  Requests are
 * made here of their format alone; nothing is shared with the verifier's own
 * search but the snapshots of states.
 */
#include "campaign.h"

#include <stdlib.h>

#include "bytecode/decode.h"
#include "search/snapshot.h"

#define MOST_VALUES   16
#define MOST_REQUESTS 4096
#define TABLE         (1u << 16)
#define ELEMENT(type) ((type) & UINT32_C(0x00ffffff))

/* A value of a field.  Of a set of records: n of them, each a text and a word. */
struct thing {
	uint64_t word;
	struct str text;
	uint32_t n;
	struct { struct str text; uint64_t word; } items[2];
};

struct node {
	struct str snapshot;
	uint32_t depth, next;           /* next: of the same bucket, plus 1 */
};

struct walker {
	struct arena *a;
	const struct cpol_policy *policy;
	const struct world *world;
	struct cpol_event *requests;
	uint32_t *events;               /* of the requests */
	uint32_t n_requests;
	struct cpol_group base, now;
	struct node *nodes;
	uint32_t n_nodes, most_nodes;
	uint32_t *table;
	struct walk walk;
};

/* ---- requests ---- */

static uint32_t few_scalars(const struct walker *w, uint32_t type, struct thing *things)
{
	static const char digests[3][BC_DIGEST_LEN] = { { 0 }, { [BC_DIGEST_LEN - 1] = 1 },
	    { [BC_DIGEST_LEN - 1] = 2 } };
	uint32_t n = BC_BASE(type) == BC_BOOL ? 2 : 3;

	for (uint32_t i = 0; i < n; i++) {
		things[i].word = i;
		if (BC_BASE(type) == BC_STRING)
			things[i].text = w->world->words[i];
		if (BC_BASE(type) == BC_DIGEST32)
			things[i].text = (struct str){ digests[i], BC_DIGEST_LEN };
	}
	return n;
}

/* Every list of at most two of two words; of sets those that ascend. */
static uint32_t few_lists(const struct walker *w, uint32_t type, struct thing *things)
{
	bool is_set = BC_SHAPE(type) == BC_SET;
	uint32_t n = 1;                 /* the empty one */

	for (uint32_t i = 0; i < 2; i++) {
		things[n].items[0].text = w->world->words[i];
		things[n++].n = 1;
	}
	for (uint32_t i = 0; i < 2; i++)
		for (uint32_t j = 0; j < 2; j++) {
			if (is_set && i >= j)
				continue;
			things[n].items[0].text = w->world->words[i];
			things[n].items[1].text = w->world->words[j];
			things[n++].n = 2;
		}
	return n;
}

static uint32_t few_records(const struct walker *w, uint32_t type, struct thing *things)
{
	struct thing lists[MOST_VALUES] = { 0 };
	uint32_t n_lists = few_lists(w, type, lists), n = 0;

	for (uint32_t i = 0; i < n_lists; i++)
		for (uint32_t sizes = 0; sizes < 1u << lists[i].n; sizes++) {
			things[n] = lists[i];
			for (uint32_t k = 0; k < lists[i].n; k++)
				things[n].items[k].word = sizes >> k & 1;
			n++;
		}
	return n;
}

static uint32_t few_values(const struct walker *w, uint32_t type, struct thing *things)
{
	if (BC_BASE(type) == BC_RECORD)
		return few_records(w, type, things);
	return BC_SHAPE(type) == BC_ONE ? few_scalars(w, type, things) : few_lists(w, type, things);
}

static void put_text(struct bytes *b, size_t at, struct str text)
{
	bytes_set32(b, at, (uint32_t)b->len);
	bytes_set32(b, at + 4, (uint32_t)text.len);
	bytes_put(b, text.ptr, text.len);
}

static void put_thing(struct bytes *b, size_t at, uint32_t type, const struct thing *t)
{
	bool is_record = BC_BASE(type) == BC_RECORD;
	size_t stride = is_record ? 16 : 8, to;

	if (BC_SHAPE(type) == BC_ONE) {
		if (BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32)
			put_text(b, at, t->text);
		else
			bytes_set64(b, at, t->word);
		return;
	}
	to = bytes_extend(b, stride * t->n);
	bytes_set32(b, at, (uint32_t)to);
	bytes_set32(b, at + 4, t->n);
	for (uint32_t i = 0; i < t->n; i++) {
		put_text(b, to + stride * i, t->items[i].text);
		if (is_record)
			bytes_set64(b, to + stride * i + 8, t->items[i].word);
	}
}

static void add_request(struct walker *w, uint32_t event, struct thing *const *things)
{
	const struct bc_event *e = &w->policy->bc.events[event];
	struct bytes b = { .arena = w->a };

	if (w->n_requests == MOST_REQUESTS)
		abort();
	bytes_put32(&b, event);
	bytes_put32(&b, 0);
	(void)bytes_extend(&b, 8 * (size_t)e->n_fields);
	for (uint32_t i = 0; i < e->n_fields; i++)
		put_thing(&b, 8 + 8 * (size_t)i, bc_field_type(e, i), things[i]);
	bytes_set32(&b, 4, (uint32_t)b.len);
	w->events[w->n_requests] = event;
	w->requests[w->n_requests++] = (struct cpol_event){ b.ptr, b.len };
}

/* Every request of an event that has few fields. */
static void make_requests(struct walker *w, uint32_t event)
{
	const struct bc_event *e = &w->policy->bc.events[event];
	static struct thing values[4][MOST_VALUES];
	uint32_t n[4], at[4] = { 0 }, i;
	struct thing *things[4];

	if (e->n_fields > 4)
		abort();
	memset(values, 0, sizeof(values));
	for (i = 0; i < e->n_fields; i++)
		n[i] = few_values(w, bc_field_type(e, i), values[i]);
	do {
		for (i = 0; i < e->n_fields; i++)
			things[i] = &values[i][at[i]];
		add_request(w, event, things);
		for (i = 0; i < e->n_fields && ++at[i] == n[i]; i++)
			at[i] = 0;
	} while (i < e->n_fields);
}

/* ---- states ---- */

static bool is_about(const struct bc_claim *c, uint32_t event)
{
	for (uint32_t i = 0; i < c->n_events; i++)
		if (bc_get32(c->events + 4 * (size_t)i) == event)
			return true;
	return false;
}

/* Judge the claims about states (before NULL) or those about the step to now. */
static void judge(struct walker *w, const struct cpol_group *before, uint32_t request)
{
	for (uint32_t i = 0; i < w->policy->bc.n_claims; i++) {
		const struct bc_claim *c = &w->policy->bc.claims[i];
		bool fault = false, holds;

		if (w->walk.violated[i] || (c->kind == BC_ALWAYS) != (before != NULL))
			continue;
		if (before != NULL && !is_about(c, w->events[request]))
			continue;
		holds = cpol_claim_holds(&w->now, before, before == NULL ? NULL : &w->requests[request], i, &fault);
		if (fault)
			abort();
		w->walk.violated[i] = !holds;
	}
}

/* The state of `now`, if it is new. */
static void add_state(struct walker *w, uint32_t depth)
{
	struct bytes b = { .arena = w->a };
	struct arena mark = *w->a;
	uint32_t bucket;
	struct str s;

	snapshot_take(&b, &w->now);
	s = bytes_str(&b);
	bucket = (uint32_t)(snapshot_hash(s) % TABLE);
	for (uint32_t i = w->table[bucket]; i != 0; i = w->nodes[i - 1].next)
		if (str_equal(w->nodes[i - 1].snapshot, s)) {
			arena_rewind(w->a, mark);
			return;
		}
	if (w->n_nodes == w->most_nodes) {
		w->walk.closed = false;
		return;
	}
	w->nodes[w->n_nodes] = (struct node){ s, depth, w->table[bucket] };
	w->table[bucket] = ++w->n_nodes;
	judge(w, NULL, 0);
}

static void expand(struct walker *w, const struct node *node)
{
	bool moved = true;

	if (!snapshot_restore(w->a, &w->base, node->snapshot))
		abort();
	for (uint32_t i = 0; i < w->n_requests; i++) {
		if (moved && !snapshot_restore(w->a, &w->now, node->snapshot))
			abort();
		w->walk.n_requests++;
		moved = cpol_decide(&w->now, &w->requests[i]).allowed;
		if (!moved)
			continue;
		cpol_commit(&w->now);
		judge(w, &w->base, i);
		add_state(w, node->depth + 1);
	}
}

static void start(struct walker *w, struct cpol_group *g)
{
	struct cpol_options options = { .ghost = true };
	size_t len = cpol_memory(w->policy, &options);

	if (cpol_init(g, w->policy, arena_alloc(w->a, len), len, &options) != BC_OK)
		abort();
}

struct walk walk_policy(struct arena *a, const struct cpol_policy *p, const struct world *world,
    uint32_t most_states)
{
	struct walker w = { .a = a, .policy = p, .world = world, .most_nodes = most_states };

	w.requests = arena_array(a, MOST_REQUESTS, struct cpol_event);
	w.events = arena_array(a, MOST_REQUESTS, uint32_t);
	w.nodes = arena_array(a, most_states, struct node);
	w.table = arena_array(a, TABLE, uint32_t);
	w.walk.violated = arena_array(a, p->bc.n_claims + 1, bool);
	w.walk.closed = true;
	for (uint32_t i = 0; i < p->bc.n_events; i++)
		make_requests(&w, i);
	start(&w, &w.base);
	start(&w, &w.now);
	add_state(&w, 0);
	for (uint32_t i = 0; i < w.n_nodes; i++)
		expand(&w, &w.nodes[i]);
	w.walk.n_states = w.n_nodes;
	w.walk.depth = w.nodes[w.n_nodes - 1].depth;
	return w.walk;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.c - see plan.h.
 */
#include "plan.h"

#include <stdlib.h>

#include "search.h"
#include "snapshot.h"
#include "stop.h"

enum { ROUNDS = 96, WAYS = 12 };

static bool has_time(const struct planner *p)
{
	return !stop_asked() && search_clock() < p->until;
}

/* A walk's datum outlives the walk only as a copy. */
static struct datum keep_datum(struct planner *p, const struct datum *d)
{
	struct datum copy = { .type = d->type, .word = d->word };
	struct datum *items;
	uint32_t i;

	if (d->hole != NULL && BC_SHAPE(d->type) == BC_ONE) {
		copy.word = d->hole->word;
		copy.text = arena_copy(p->arena, d->hole->text.ptr, d->hole->text.len);
	} else if (d->text.len != 0) {
		copy.text = arena_copy(p->arena, d->text.ptr, d->text.len);
	}
	items = arena_array(p->arena, d->n_items, struct datum);
	for (i = 0; i < d->n_items; i++)
		items[i] = keep_datum(p, &d->items[i]);
	copy.items = items;
	copy.n_items = d->n_items;
	return copy;
}

static struct wish keep_wish(struct planner *p, const struct wish *w)
{
	struct wish copy = { .kind = w->kind, .var = w->var };

	/* A key that the request has fixed by now is asked for by name. */
	copy.has_key = w->has_key && (w->key.hole == NULL || w->key.hole->fixed);
	if (copy.has_key)
		copy.key = keep_datum(p, &w->key);
	copy.value = keep_datum(p, &w->value);
	return copy;
}

static bool take(void *arg, struct str request)
{
	struct planner *p = arg;
	struct cpol_event event = { request.ptr, request.len };

	if (p->plan.n_requests == PLAN_STEPS || !cpol_decide(p->group, &event).allowed)
		return true;
	p->plan.requests[p->plan.n_requests++] =
	    arena_copy(p->arena, request.ptr, request.len);
	cpol_commit(p->group);
	return false;
}

static bool same_wish(const struct wish *l, const struct wish *r)
{
	return l->kind == r->kind && l->var == r->var && l->has_key == r->has_key &&
	    (!l->has_key || datum_equal(&l->key, &r->key)) &&
	    (l->kind == WISH_KEY || datum_equal(&l->value, &r->value));
}

static bool grant_by(struct planner *p, const struct wish *w, uint32_t event, uint32_t depth)
{
	const struct tree_rule *rule = &p->synth->tree->rules[event];
	uint32_t i;

	for (i = 0; i < rule->n_stmts; i++) {
		struct synth_goal goal = { .kind = GOAL_WISH, .number = i, .wish = w };

		if (rule->stmts[i].a == w->var &&
		    rule->stmts[i].op == (w->kind == WISH_SCALAR ? BC_SETVAR : BC_PUT) &&
		    plan_event(p, event, &goal, 1, depth))
			return true;
	}
	return false;
}

static bool grant(struct planner *p, const struct wish *w, uint32_t depth)
{
	uint32_t i, round, n = p->synth->tree->policy->n_events;
	bool granted = false;

	for (i = 0; i < p->n_granting; i++)
		if (same_wish(p->granting[i], w))
			return false;           /* it would wait for itself */
	if (p->n_granting == PLAN_DEPTH)
		return false;
	p->granting[p->n_granting++] = w;
	/* Events that wait themselves come last: better something else serves them. */
	for (round = 0; round < 2 && !granted; round++)
		for (i = 0; i < n && !granted; i++)
			if ((p->waiting >> i & 1) == round)
				granted = grant_by(p, w, i, depth);
	p->n_granting--;
	return granted;
}

/* The wishes that an event has had granted: it may not wish them again. */
struct granted {
	struct wish wishes[ROUNDS];
	uint32_t n;
};

static bool was_granted(const struct granted *g, const struct wish *w)
{
	uint32_t i;

	for (i = 0; i < g->n; i++)
		if (same_wish(&g->wishes[i], w))
			return true;
	return false;
}

/* How much a wish says: one that says more often serves those that say less. */
static uint32_t weight(const struct wish *w)
{
	return (w->kind == WISH_VALUE || w->kind == WISH_CONTAINS ? 2u : 0u) + (w->has_key ? 1u : 0u);
}

/* Grant one of the last walk's wishes: what says most, and of that the last. */
static bool grant_some(struct planner *p, struct granted *g, uint32_t depth)
{
	uint32_t n = p->synth->n_wishes, i, want;
	struct wish *wishes = arena_array(p->arena, n, struct wish);

	for (i = 0; i < n; i++)
		wishes[i] = keep_wish(p, &p->synth->wishes[i]);
	for (want = 4; want-- > 0;) {
		for (i = n; i-- > 0;) {
			if (weight(&wishes[i]) != want || was_granted(g, &wishes[i]))
				continue;
			if (!grant(p, &wishes[i], depth))
				continue;
			if (g->n < ROUNDS)
				g->wishes[g->n++] = wishes[i];
			return true;
		}
	}
	return false;
}

static bool grant_one(struct planner *p, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals, struct granted *g, uint32_t depth)
{
	uint32_t skip, partial;

	for (partial = 0; partial < 2; partial++)
		for (skip = 0; skip < WAYS && has_time(p); skip++) {
			synth_look(p->synth, p->group);
			if (!synth_wish(p->synth, event, goals, n_goals, skip, partial != 0))
				break;
			if (grant_some(p, g, depth))
				return true;
		}
	return false;
}

static struct str state_of(struct planner *p)
{
	struct bytes b = { .arena = p->arena };

	snapshot_take(&b, p->group);
	return bytes_str(&b);
}

static void go_back(struct planner *p, struct str state, uint32_t n_requests)
{
	if (!snapshot_restore(&p->scratch, p->group, state))
		abort();                /* it was this group's */
	arena_clear(&p->scratch);
	p->plan.n_requests = n_requests;
}

bool plan_event(struct planner *p, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals, uint32_t depth)
{
	struct synth_taker taker = { take, p };
	uint32_t start = p->plan.n_requests, n, round;
	uint64_t waiting = p->waiting;
	struct granted *granted = arena_new(p->arena, struct granted);
	struct str state = state_of(p);
	bool done = false;

	p->waiting |= UINT64_C(1) << event;
	for (round = 0; round < ROUNDS && !done && has_time(p); round++) {
		n = p->plan.n_requests;
		synth_look(p->synth, p->group);
		synth_event(p->synth, event, goals, n_goals, 16, 512, taker);
		done = p->plan.n_requests != n;
		if (!done && (depth == 0 || !grant_one(p, event, goals, n_goals, granted, depth - 1)))
			break;
	}
	p->waiting = waiting;
	if (!done)
		go_back(p, state, start);
	return done;
}

bool plan_claim(struct planner *p, uint32_t claim)
{
	struct granted *granted = arena_new(p->arena, struct granted);
	uint32_t start = p->plan.n_requests, round, skip;
	struct str state = state_of(p);
	bool fault, some = true;

	for (round = 0; round < ROUNDS && some && has_time(p); round++) {
		if (cpol_claim_holds(p->group, NULL, NULL, claim, &fault))
			return true;
		some = false;
		for (skip = 0; skip < WAYS && !some; skip++) {
			synth_look(p->synth, p->group);
			if (!synth_wish_claim(p->synth, claim, skip))
				break;
			some = grant_some(p, granted, PLAN_DEPTH);
		}
	}
	go_back(p, state, start);
	return false;
}

static bool mentions(const struct tree_expr *e, uint32_t table)
{
	uint32_t i;

	if (e == NULL)
		return false;
	if (BC_BASE(e->type) == BC_TABLEROW && BC_INDEX(e->type) == table)
		return true;
	for (i = 0; i < e->n_kids; i++)
		if (mentions(e->kids[i], table))
			return true;
	return false;
}

bool plan_row(struct planner *p, uint32_t event, uint32_t table, uint32_t row)
{
	const struct tree_rule *rule = &p->synth->tree->rules[event];
	bool mentioned = false, planned;
	uint32_t i;

	for (i = 0; i < rule->n_stmts; i++)
		mentioned = mentioned || mentions(rule->stmts[i].value, table);
	if (!mentioned)
		return false;
	synth_play_only(p->synth, table, row);
	planned = plan_event(p, event, NULL, 0, PLAN_DEPTH);
	synth_play_again(p->synth);
	return planned;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.c - see plan.h.
 */
#include "plan.h"

#include <stdlib.h>

#include "search.h"
#include "snapshot.h"
#include "stop.h"
#include "wish.h"

enum { ROUNDS = 96, WAYS = 12, ALSO = 7, FIRST = 64, ALL = 512, PASSES = 64, PATIENCE = 2000 };

static bool has_time(const struct planner *p)
{
	return !stop_asked() && search_clock() < p->until &&
	    (p->patience == 0 || p->synth->n_walks < p->patience);
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

/* The next statement of a rule, from *i on, that can grant the wish. */
static bool next_granting(const struct tree_rule *rule, const struct wish *w, uint32_t *i)
{
	for (; *i < rule->n_stmts; (*i)++)
		if (rule->stmts[*i].a == w->var &&
		    rule->stmts[*i].op == (w->kind == WISH_SCALAR ? BC_SETVAR : BC_PUT))
			return true;
	return false;
}

/* Whether the expression reads the variable, behind its LETs too. */
static bool reads(const struct tree_expr *e, uint32_t var, const struct tree_expr **lets, uint32_t *n_lets)
{
	uint32_t i;

	if (e == NULL)
		return false;
	if ((e->op == BC_GET || e->op == BC_OLDGET || e->op == BC_VAR || e->op == BC_OLDVAR) && e->a == var)
		return true;
	if (e->op == BC_LOCAL && e->is_let) {
		for (i = 0; i < *n_lets; i++)
			if (lets[i] == e->binder)
				return false;
		if (*n_lets == BC_SLOTS_MAX)
			return true;
		lets[(*n_lets)++] = e->binder;
		return reads(e->binder, var, lets, n_lets);
	}
	for (i = 0; i < e->n_kids; i++)
		if (reads(e->kids[i], var, lets, n_lets))
			return true;
	return false;
}

/* Whether all that an event writes to the variable is made of what was there: it
 * changes what another event brings. */
static bool only_changes(const struct tree_rule *rule, uint32_t var)
{
	const struct tree_expr *lets[BC_SLOTS_MAX];
	uint32_t i, n_lets;

	for (i = 0; i < rule->n_stmts; i++) {
		n_lets = 0;
		if ((rule->stmts[i].op == BC_PUT || rule->stmts[i].op == BC_SETVAR) && rule->stmts[i].a == var &&
		    !reads(rule->stmts[i].value, var, lets, &n_lets))
			return false;
	}
	return true;
}

/* With one request what is wished of the same key, as far as the event can. */
static bool grant_by(struct planner *p, const struct wish *w, uint32_t event, uint32_t depth)
{
	const struct tree_rule *rule = &p->synth->tree->rules[event];
	struct synth_goal goals[ALSO + 1];
	const struct wish *also;
	uint32_t i, n;

	for (i = 0; next_granting(rule, w, &i); i++) {
		goals[0] = (struct synth_goal){ .kind = GOAL_WISH, .number = i, .wish = w };
		n = 1;
		for (also = w->also; also != NULL && n <= ALSO; also = also->also) {
			goals[n] = (struct synth_goal){ .kind = GOAL_WISH, .wish = also };
			n += next_granting(rule, also, &goals[n].number);
		}
		if (plan_event(p, event, goals, n, depth) ||
		    (n > 1 && plan_event(p, event, goals, 1, depth)))
			return true;
	}
	return false;
}

/* The row that a datum is of, if others do not refer to its table. */
static bool is_about_row(const struct planner *p, const struct datum *d)
{
	return d->type == BC_TYPE(BC_ONE, BC_TABLEROW, BC_INDEX(d->type)) && d->word != BC_NO_ROW &&
	    synth_is_root(p->synth->c.policy, BC_INDEX(d->type));
}

static void play_wished(struct planner *p, const struct wish *w)
{
	const struct datum *key = &w->key, *value = &w->value;

	if (w->has_key && is_about_row(p, key))
		synth_play_only(p->synth, BC_INDEX(key->type), (uint32_t)key->word);
	if (w->kind != WISH_KEY && is_about_row(p, value))
		synth_play_only(p->synth, BC_INDEX(value->type), (uint32_t)value->word);
}

static bool grant(struct planner *p, const struct wish *w, uint32_t depth)
{
	uint32_t i, round, n = p->synth->tree->policy->n_events;
	struct synth_rows *play = arena_array(p->arena, BC_TABLES_MAX, struct synth_rows);
	bool granted = false;

	for (i = 0; i < p->n_granting; i++)
		if (wish_same(p->granting[i], w))
			return false;           /* it would wait for itself */
	if (p->n_granting == PLAN_DEPTH || !has_time(p))
		return false;
	p->granting[p->n_granting++] = w;
	memcpy(play, p->synth->in_play, sizeof(p->synth->in_play));
	play_wished(p, w);
	/* Events that bring it come before those that change what is there, and events
	 * that wait themselves come last: better something else serves them. */
	for (round = 0; round < 4 && !granted; round++)
		for (i = 0; i < n && !granted; i++)
			if ((p->waiting >> i & 1) * 2 + only_changes(&p->synth->tree->rules[i], w->var) == round)
				granted = grant_by(p, w, i, depth);
	p->n_granting--;
	memcpy(p->synth->in_play, play, sizeof(p->synth->in_play));
	return granted;
}

/* The wishes that an event has had granted: it may not wish them again.  And
 * those that can't be granted in the present state. */
struct granted {
	struct wish *wishes, *failed;
	uint32_t n, cap, n_failed, cap_failed;
};

static void remember(struct planner *p, struct granted *g, const struct wish *w, bool granted)
{
	if (granted) {
		arena_push(p->arena, g->wishes, g->n, g->cap);
		g->wishes[g->n++] = *w;
	} else {
		arena_push(p->arena, g->failed, g->n_failed, g->cap_failed);
		g->failed[g->n_failed++] = *w;
	}
}

static bool is_done_with(const struct granted *g, const struct wish *w)
{
	uint32_t i;

	for (i = 0; i < g->n; i++)
		if (wish_same(&g->wishes[i], w))
			return true;
	for (i = 0; i < g->n_failed; i++)
		if (wish_same(&g->failed[i], w))
			return true;
	return false;
}

/* Grant some of the last walk's wishes: of those that say most as many as it goes,
 * the last first.  The others may be other ones in the state that comes of it. */
static bool grant_some(struct planner *p, struct granted *g, uint32_t depth)
{
	struct wish *wishes;
	uint32_t n = wish_keep_all(p->arena, p->synth, &wishes), i, want;
	bool any = false;

	for (want = 8; want-- > 0 && !any;) {
		for (i = n; i-- > 0 && has_time(p);) {
			if (wish_weight(&wishes[i]) != want || is_done_with(g, &wishes[i]))
				continue;
			if (grant(p, &wishes[i], depth))
				any = true;
			else if (any)
				break;
			remember(p, g, &wishes[i], any);
		}
	}
	return any;
}

static bool grant_one(struct planner *p, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals, struct granted *g, uint32_t depth)
{
	static const uint32_t walks[] = { 0, SYNTH_PARTIAL, SYNTH_CHANGING, SYNTH_PARTIAL | SYNTH_CHANGING };
	uint32_t skip, i;

	g->n_failed = 0;
	for (i = 0; i < 4; i++)
		for (skip = 0; skip < WAYS && has_time(p); skip++) {
			synth_look(p->synth, p->group);
			if (!synth_wish(p->synth, event, goals, n_goals, skip, walks[i]))
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

static bool do_event(struct planner *p, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals, uint32_t walks)
{
	uint32_t n = p->plan.n_requests;

	synth_look(p->synth, p->group);
	synth_event(p->synth, event, goals, n_goals, 16, walks, (struct synth_taker){ take, p });
	return p->plan.n_requests != n;
}

/* What was done for a wish of one key may have brought what another one is about. */
static bool are_granted(struct planner *p, const struct synth_goal *goals, uint32_t n_goals)
{
	uint32_t i;

	for (i = 0; i < n_goals; i++)
		if (goals[i].kind != GOAL_WISH || !synth_is_granted(p->synth, p->group, goals[i].wish))
			return false;
	return n_goals != 0;
}

/* Where something is missing, it takes one walk to see it. */
static bool lacks(struct planner *p, uint32_t event, const struct synth_goal *goals, uint32_t n_goals,
    uint32_t depth)
{
	if (depth == 0)
		return false;
	synth_look(p->synth, p->group);
	return synth_lacks(p->synth, event, goals, n_goals);
}

bool plan_event(struct planner *p, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals, uint32_t depth)
{
	uint32_t start = p->plan.n_requests, round;
	uint64_t waiting = p->waiting;
	struct granted *granted = arena_new(p->arena, struct granted);
	struct str state = state_of(p);
	bool done = false;

	p->waiting |= UINT64_C(1) << event;
	for (round = 0; round < ROUNDS && !done && has_time(p); round++) {
		done = are_granted(p, goals, n_goals) || (!lacks(p, event, goals, n_goals, depth) &&
		    do_event(p, event, goals, n_goals, FIRST));
		if (done || (depth != 0 && grant_one(p, event, goals, n_goals, granted, depth - 1)))
			continue;
		done = do_event(p, event, goals, n_goals, ALL);
		break;
	}
	p->waiting = waiting;
	if (!done)
		go_back(p, state, start);
	return done;
}

static bool is_true(struct planner *p, const struct tree_expr *e)
{
	synth_look(p->synth, p->group);
	return synth_is_true(p->synth, e);
}

static bool grant_truth(struct planner *p, const struct tree_expr *e, struct granted *g)
{
	uint32_t skip, changing;

	g->n_failed = 0;
	for (changing = 0; changing < 2; changing++)
		for (skip = 0; skip < WAYS && has_time(p); skip++) {
			synth_look(p->synth, p->group);
			if (!synth_wish_truth(p->synth, e, skip, changing != 0 ? SYNTH_CHANGING : 0))
				break;
			if (grant_some(p, g, PLAN_DEPTH))
				return true;
		}
	return false;
}

static bool plan_truth(struct planner *p, const struct tree_expr *e)
{
	struct granted *granted = arena_new(p->arena, struct granted);
	uint32_t start = p->plan.n_requests, round;
	struct str state = state_of(p);

	for (round = 0; round < ROUNDS && has_time(p); round++) {
		if (is_true(p, e))
			return true;
		if (!grant_truth(p, e, granted))
			break;
	}
	go_back(p, state, start);
	return false;
}

/* Whether something is true now that was not, of what must all be. */
static bool plan_parts(struct planner *p, const struct tree_expr *e, uint64_t patience)
{
	bool planned = false;
	uint32_t i;

	if (e->op == BC_AND) {
		for (i = 0; i < e->n_kids; i++)
			planned = plan_parts(p, e->kids[i], patience) || planned;
		return planned;
	}
	if (is_true(p, e))
		return false;
	p->patience = p->synth->n_walks + patience;
	synth_play_named(p->synth, e);
	planned = plan_truth(p, e);
	synth_play_again(p->synth);
	p->patience = 0;
	return planned;
}

/* Part after part, and again those that had to wait for others; a part that
 * takes long comes after those that do not.  Then whatever is left as a whole. */
static bool plan_whole(struct planner *p, uint32_t claim)
{
	const struct tree_expr *e = p->synth->tree->claims[claim];
	uint32_t start = p->plan.n_requests, pass;
	struct str state = state_of(p);
	uint64_t patience = PATIENCE;

	for (pass = 0; pass < PASSES && !is_true(p, e) && has_time(p); pass++)
		if (!plan_parts(p, e, patience))
			patience *= 4;
	if (is_true(p, e))
		return true;
	go_back(p, state, start);
	return plan_truth(p, e);
}

bool plan_claim(struct planner *p, uint32_t claim)
{
	bool planned;

	p->synth->until = p->until;
	planned = plan_whole(p, claim);
	p->synth->until = 0;
	return planned;
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
	p->synth->until = p->until;
	planned = plan_event(p, event, NULL, 0, PLAN_DEPTH);
	p->synth->until = 0;
	synth_play_again(p->synth);
	return planned;
}

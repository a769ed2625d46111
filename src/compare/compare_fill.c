/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_fill.c - requests that fill a table of A: where it has less room than
 * B's, the one that finds it full is what A denies.  Each request must bring a
 * new key; breadth first this would need more states than there is room for.
 */
#include "compare_hunt.h"

#include <stdlib.h>

#include "../bytecode/decode.h"
#include "../search/snapshot.h"

struct fill {
	struct hunt *h;
	uint32_t var_of_a;
	struct compare_pair pair;
	struct plan way;                /* from the first state to that of the pair */
	struct str a, b;                /* the state after `mark` of those requests */
	uint32_t mark;
	bool clearing;                  /* what is wanted: fewer keys in B's tables; else one more in A's */
	bool grew, parted;              /* what is wanted has come; the end of it all has */
	double until;                   /* compare_cpu() */
};

static bool is_over(const struct fill *f)
{
	return f->parted || hunt_is_over(f->h) || compare_cpu() > f->until || f->way.n_requests == PLAN_STEPS;
}

/* ---- one request ----------------------------------------------------------------- */

static struct str take_state(struct hunt *h, const struct cpol_group *g)
{
	struct bytes b = { .arena = h->results };

	snapshot_take(&b, g);
	return bytes_str(&b);
}

static void mark_state(struct fill *f)
{
	f->a = take_state(f->h, f->pair.a);
	f->b = take_state(f->h, f->pair.b);
	f->mark = f->way.n_requests;
}

static void go_back(struct fill *f)
{
	if (!snapshot_restore(f->h->results, f->pair.a, f->a) || !snapshot_restore(f->h->results, f->pair.b, f->b))
		abort();                /* they were taken from such groups */
	f->way.n_requests = f->mark;
}

static uint32_t keys_of_b(const struct fill *f)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < f->h->j->b.policy->n_vars; i++)
		if (f->h->j->b.policy->vars[i].key != 0)
			n += state_count(f->pair.b, i);
	return n;
}

/* Whether B allows it.  If A does too, both have made the step. */
static bool play(struct fill *f, struct str request)
{
	uint32_t had = state_count(f->pair.a, f->var_of_a), had_b = keys_of_b(f);
	enum compare_kind kind = compare_decide(f->h->results, &f->pair, request);

	if (!f->pair.verdict_b.allowed || f->way.n_requests == PLAN_STEPS)
		return false;
	f->way.requests[f->way.n_requests++] = arena_copy(f->h->results, request.ptr, request.len);
	f->parted = kind != COMPARE_SAME;
	compare_commit(&f->pair);
	f->grew = f->clearing ? state_count(f->pair.a, f->var_of_a) == had && keys_of_b(f) < had_b :
	    state_count(f->pair.a, f->var_of_a) > had;
	return true;
}

static bool take(void *arg, struct str request)
{
	struct fill *f = arg;

	if (play(f, request) && !f->parted && !f->grew)
		go_back(f);
	return !f->parted && !f->grew;
}

/* ---- one more key ---------------------------------------------------------------- */

static void propose(struct fill *f, uint32_t event, const struct synth_goal *goal)
{
	struct synth_taker taker = { take, f };

	if (f->parted || f->grew)
		return;
	synth_look(&f->h->synth, f->pair.b);
	synth_event(&f->h->synth, event, goal, goal == NULL ? 0 : 1, 64, 256, taker);
}

/* A value that no field had before; walks know few of those.  false: the type has
 * none such. */
static bool new_value(struct fill *f, uint32_t event, uint32_t field, struct datum *value)
{
	uint32_t type = bc_field_type(&f->h->j->policy.events[event], field);

	if (type == BC_TYPE(BC_ONE, BC_STRING, 0))
		*value = datum_of_text(arena_printf(f->h->results, "k%u", (unsigned)f->way.n_requests));
	else if (type == BC_TYPE(BC_ONE, BC_INTEGER, 0))
		*value = datum_of_word(type, 1000 + f->way.n_requests);
	else
		return false;
	return true;
}

/* A request that is allowed as things are; with values of each field that are
 * worth a try. */
static void add_now(struct fill *f, uint32_t event)
{
	struct datum values[SYNTH_INTERESTING + 2];

	propose(f, event, NULL);
	for (uint32_t field = 0; field < f->h->j->policy.events[event].n_fields && !f->grew && !is_over(f); field++) {
		uint32_t n = synth_interesting(&f->h->synth, event, field, values);

		n += new_value(f, event, field, &values[n]);
		while (n > 0) {
			struct synth_goal goal = { GOAL_FIELD, field, values[--n], NULL };

			propose(f, event, &goal);
		}
	}
}

/* A request that needs others before it. */
static void add_later(struct fill *f, uint32_t event, const struct synth_goal *goal)
{
	struct planner *p = hunt_planner(f->h, 1);

	if (f->parted || f->grew)
		return;
	if (!snapshot_restore(f->h->results, p->group, f->b))
		abort();                /* of the same policy */
	if (!plan_event(p, event, goal, goal == NULL ? 0 : 1, PLAN_DEPTH))
		return;
	for (uint32_t i = 0; i < p->plan.n_requests && !f->parted; i++)
		if (!play(f, p->plan.requests[i]))
			break;
	if (!f->parted && !f->grew)
		go_back(f);
}

static void add_by_plan(struct fill *f, uint32_t event)
{
	struct datum value;

	add_later(f, event, NULL);
	for (uint32_t field = 0; field < f->h->j->policy.events[event].n_fields && !is_over(f); field++) {
		if (!new_value(f, event, field, &value))
			continue;
		add_later(f, event, &(struct synth_goal){ GOAL_FIELD, field, value, NULL });
	}
}

/* Whether the event may do what is wanted. */
static bool is_of_use(const struct fill *f, uint32_t event)
{
	const struct tree_rule *rule = &f->h->j->a.joint.rules[event], *rule_b = &f->h->tree.rules[event];

	for (uint32_t i = 0; !f->clearing && rule->exists && i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_PUT && rule->stmts[i].a == f->h->j->a.vars[f->var_of_a])
			return rule_b->exists;
	for (uint32_t i = 0; f->clearing && rule_b->exists && i < rule_b->n_stmts; i++)
		if (rule_b->stmts[i].op == BC_DEL)
			return true;
	return false;
}

static bool add_key(struct fill *f)
{
	f->grew = f->clearing = false;
	mark_state(f);
	for (uint32_t later = 0; later < 2; later++)
		for (uint32_t event = 0; event < f->h->j->policy.n_events && !f->grew && !is_over(f); event++) {
			if (!is_of_use(f, event))
				continue;
			if (later != 0)
				add_by_plan(f, event);
			else
				add_now(f, event);
		}
	return f->grew;
}

/* A table of B may be full before that of A: then some of its keys must go. */
static bool clear_key(struct fill *f)
{
	f->grew = false;
	f->clearing = true;
	for (uint32_t event = 0; event < f->h->j->policy.n_events && !f->grew && !is_over(f); event++)
		if (is_of_use(f, event))
			add_now(f, event);
	return f->grew;
}

void hunt_fill(struct hunt *h, uint32_t var_of_a, double seconds)
{
	struct fill *f = arena_new(h->results, struct fill);

	f->h = h;
	f->var_of_a = var_of_a;
	f->pair = compare_start(h->results, h->j);
	f->until = compare_cpu() + seconds;
	while (!is_over(f) && (add_key(f) || clear_key(f)))
		continue;
	if (f->parted)
		hunt_parts(h, &f->way);
}

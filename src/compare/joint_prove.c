/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_prove.c - see joint_prove.h.
 *
 * First every variable of A is merged with that of B that has its name: most
 * edits leave the state alone, and the rules of both sides are then mostly the
 * same formulas.  A variable that an allowed step may make differ is taken apart
 * again, and guesses take its place.
 */
#include "joint_prover.h"

#include <stdlib.h>

#include "../bytecode/decode.h"
#include "../prove/prove.h"

/* ---- a round: the rules, the guesses ------------------------------------------- */

static struct lift_rule join_rules(struct prover *p, uint32_t event)
{
	const struct lift_rule *a = &p->rules_a[event], *b = &p->rules_b[event];
	struct lift_rule r = { .guard = fol_and(p->b.space, a->guard, b->guard) };

	r.writes = arena_array(p->arena, a->n_writes + b->n_writes + 1, struct lift_write);
	for (uint32_t i = 0; i < b->n_writes; i++)
		r.writes[r.n_writes++] = b->writes[i];
	for (uint32_t i = 0; i < a->n_writes; i++)      /* of merged variables there is B's */
		if (a->writes[i].var >= p->j->b.policy->n_vars)
			r.writes[r.n_writes++] = a->writes[i];
	return r;
}

static void assume_proof(struct prover *p, struct joint_side *side, struct lift *l,
    const struct prove_proof *proof)
{
	for (uint32_t i = 0; proof != NULL && i < proof->n_goals; i++)
		/* Lemmas may use the slots of JOINT_SLOT. */
		if (!proof->goals[i].is_step && proof->goals[i].claim != UINT32_MAX &&
		    !joint_reads_ghost(side, proof->goals[i].expr))
			fol_list_add(p->arena, &p->invariants, lift_claim(l,
			    joint_expr(p->j, side, proof->goals[i].expr), BC_EVENTS_MAX));
}

static bool is_guessed(const struct prover *p, const struct joint_guess *guess, const struct fol *now)
{
	for (uint32_t i = 0; i < p->n_guesses && guess->meaning == JOINT_OTHER; i++)
		if (p->guesses[i].now == now)
			return true;
	return false;
}

static void guess_relation(struct prover *p)
{
	struct joint_guesses list = joint_guess(p->j, p->options->patient, p->options->seen);
	struct fol *yes = fol_bool(p->b.space, true);

	p->guesses = arena_array(p->arena, list.n + 1, struct guessed);
	p->n_guesses = 0;
	for (uint32_t i = 0; i < list.n; i++) {
		struct fol *now = lift_claim(&p->b, list.items[i].expr, BC_EVENTS_MAX);

		if (!is_guessed(p, &list.items[i], now))
			p->guesses[p->n_guesses++] = (struct guessed){ list.items[i], now,
			    lift_first(&p->b, now) != yes };
	}
}

static bool start_round(struct prover *p)
{
	struct fol_space *space = fol_new(p->arena);

	joint_translate(p->j);
	if (p->j->is_too_large)
		return false;
	p->tree_a = p->j->a.joint;
	p->tree_a.rules = p->rules_of_a;
	p->tree_b = p->j->b.joint;
	p->tree_b.rules = p->rules_of_b;
	memset(p->named, 0, sizeof(p->named));
	p->a = (struct lift){ space, p->arena, &p->tree_a };
	p->b = (struct lift){ space, p->arena, &p->tree_b };
	p->facts = facts_new(&p->b);
	p->marker = prover_symbol(p, (enum lift_role)LIFT_ROLES, 0, FOL_BOOL, 0, NULL);
	p->given = (struct fol_list){ 0 };
	p->invariants = (struct fol_list){ 0 };
	smt_close(p->smt);
	p->smt = smt_open(p->arena, space);
	for (uint32_t i = 0; i < p->j->policy.n_events; i++) {
		prover_name_sets(p, OF_B, &p->j->b.joint.rules[i], &p->rules_of_b[i]);
		if (p->rules_of_b[i].exists)
			p->rules_b[i] = lift_rule(&p->b, i);
	}
	joint_facts(p->j, &p->b, &p->given);
	if (p->options->patient)
		joint_concrete(p->j, &p->b, &p->given);
	assume_proof(p, &p->j->a, &p->a, p->options->proof_a);
	assume_proof(p, &p->j->b, &p->b, p->options->proof_b);
	guess_relation(p);
	return p->smt != NULL;
}

static bool keeps_guess(struct prover *p, const struct guessed *g)
{
	for (uint32_t event = 0; event < p->j->policy.n_events; event++) {
		struct fol *after;

		if (!prover_has_both(p, event))
			continue;
		after = lift_after(&p->b, &p->both[event], g->now);
		if (after != g->now && !prover_follows(p, p->both[event].guard, after, event))
			return false;
	}
	return true;
}

/* Returns whether one was dropped. */
static bool drop_guesses(struct prover *p)
{
	bool dropped = true, some = false;

	while (dropped) {
		dropped = false;
		for (uint32_t i = 0; i < p->n_guesses; i++) {
			if (p->guesses[i].is_out || keeps_guess(p, &p->guesses[i]))
				continue;
			p->guesses[i].is_out = dropped = some = true;
		}
	}
	return some;
}

/* What the rules are taken for depends on the guesses, and they on the rules. */
static void settle(struct prover *p)
{
	do {
		for (uint32_t i = 0; i < p->j->policy.n_events; i++) {
			if (!prover_has_both(p, i))
				continue;
			prover_align(p, i);
			p->both[i] = join_rules(p, i);
		}
	} while (drop_guesses(p));
}

/* ---- merged variables ------------------------------------------------------------ */

/* After the step by A's rule it is what it is after that by B's. */
static struct fol *agree(struct prover *p, uint32_t event, struct fol *term)
{
	return fol_eq(p->b.space, lift_after(&p->a, &p->rules_a[event], term),
	    lift_after(&p->b, &p->rules_b[event], term));
}

static struct fol *stays_merged(struct prover *p, uint32_t event, uint32_t var)
{
	const struct bc_var *v = &p->j->policy.vars[var];
	struct fol_space *s = p->b.space;
	struct fol *args[2], *goal, *has;

	if (v->key == 0)
		return agree(p, event, prover_symbol(p, LIFT_VAR, var, lift_sort(v->value), 0, NULL));
	args[0] = fol_temp(s, lift_sort(v->key));
	goal = agree(p, event, prover_symbol(p, LIFT_HAS, var, FOL_BOOL, 1, args));
	if (v->value != 0 && BC_SHAPE(v->value) == BC_ONE)
		goal = fol_and(s, goal, agree(p, event, prover_symbol(p, LIFT_GET, var, lift_sort(v->value), 1, args)));
	if (BC_SHAPE(v->value) == BC_SET) {
		args[1] = fol_temp(s, lift_sort(v->value));
		goal = fol_and(s, goal, fol_bind(s, FOL_ALL, args[1],
		    agree(p, event, prover_symbol(p, LIFT_HAS_ROW, var, FOL_BOOL, 2, args))));
	}
	if (BC_SHAPE(v->value) == BC_LIST) {
		args[1] = fol_temp(s, FOL_POS);
		has = prover_symbol(p, LIFT_HAS_AT, var, FOL_BOOL, 2, args);
		goal = fol_and(s, goal, fol_bind(s, FOL_ALL, args[1], fol_and(s, agree(p, event, has),
		    fol_implies(s, lift_after(&p->b, &p->rules_b[event], has),
		    agree(p, event, prover_symbol(p, LIFT_GET_AT, var, lift_sort(v->value), 2, args))))));
	}
	return fol_bind(s, FOL_ALL, args[0], goal);
}

/* Takes apart what does not stay merged; false if there was such. */
static bool all_stay_merged(struct prover *p)
{
	bool all = true;

	for (uint32_t var = 0; var < p->j->b.policy->n_vars; var++)
		for (uint32_t event = 0; p->j->merged[var] && event < p->j->policy.n_events; event++) {
			if (!prover_has_both(p, event) || prover_follows(p, p->both[event].guard,
			    stays_merged(p, event, var), event))
				continue;
			p->j->merged[var] = false;
			all = false;
		}
	return all;
}

/* ---- what B allows ----------------------------------------------------------------- */

static void doubt(struct prover *p, struct joint_doubt d)
{
	struct joint_report *r = p->report;

	/* What was not asked is not a doubt. */
	if (r->out_of_time)
		return;
	d.gave_up = p->gave_up;
	arena_push(p->arena, r->doubts, r->n_doubts, p->cap_doubts);
	r->doubts[r->n_doubts++] = d;
}

static void ask_requirements(struct prover *p, uint32_t event)
{
	const struct lift_rule *a = &p->rules_a[event];
	struct fol *when = p->rules_b[event].guard;

	for (uint32_t i = 0; i < a->n_requires; i++) {
		if (a->requires[i].pc != AXIOM && !prover_follows(p, when, a->requires[i].term, event))
			doubt(p, (struct joint_doubt){ JOINT_DENIES, event, a->requires[i].pc, false });
		when = fol_and(p->b.space, when, a->requires[i].term);
	}
	if (!prover_follows(p, when, a->guard, event))
		doubt(p, (struct joint_doubt){ JOINT_DENIES, event, UINT32_MAX, false });
}

/* Whether the element at a place of the field is kept by the side. */
static struct fol *is_kept(struct prover *p, const struct lift_rule *r, uint32_t field, struct fol *place)
{
	struct fol *kept = fol_bool(p->b.space, true);

	for (uint32_t i = 0; i < r->n_keeps; i++)
		if (r->keeps[i].field == field)
			kept = fol_and(p->b.space, kept,
			    fol_subst(p->b.space, r->keeps[i].value.in, r->keeps[i].value.var, place));
	return kept;
}

static void ask_keeps(struct prover *p, uint32_t event)
{
	struct fol_space *s = p->b.space;
	const struct lift_rule *a = &p->rules_a[event], *b = &p->rules_b[event];

	for (uint32_t i = 0; i < a->n_keeps; i++) {
		uint32_t field = a->keeps[i].field, sort = FOL_POS;
		struct fol *place = fol_temp(s, FOL_POS), *here, *goal;

		here = fol_app(s, fol_fun(s, LIFT_FIELD_HAS, event, field, FOL_BOOL, 1, &sort), &place);
		goal = fol_implies(s, fol_and(s, here, is_kept(p, b, field, place)),
		    is_kept(p, a, field, place));
		if (!prover_follows(p, p->both[event].guard, fol_bind(s, FOL_ALL, place, goal), event))
			doubt(p, (struct joint_doubt){ JOINT_KEEPS, event, field, false });
	}
}

static struct fol *given_out(struct prover *p, const struct lift_rule *r, uint32_t event, uint32_t out)
{
	uint32_t type = bc_get32(p->j->policy.events[event].outs + 8 * (size_t)out + 4);

	for (uint32_t i = 0; i < r->n_outs; i++)
		if (r->outs[i].out == out)
			return r->outs[i].term;
	return BC_BASE(type) == BC_BOOL ? fol_bool(p->b.space, false) : fol_int(p->b.space, 0);
}

static void ask_outs(struct prover *p, uint32_t event)
{
	for (uint32_t i = 0; i < p->j->policy.events[event].n_outs; i++)
		if (!prover_follows(p, p->both[event].guard, fol_eq(p->b.space, given_out(p, &p->rules_a[event], event, i),
		    given_out(p, &p->rules_b[event], event, i)), event))
			doubt(p, (struct joint_doubt){ JOINT_GIVES, event, i, false });
}

/* A takes requests as long as those that B takes. */
static void compare_fields(struct prover *p, uint32_t event)
{
	const struct bc_event *b = &p->j->b.policy->events[event];
	const struct bc_event *a = &p->j->a.policy->events[p->j->event_a[event]];

	p->gave_up = false;
	for (uint32_t i = 0; i < b->n_fields; i++)
		if (bc_field_most(a, i) < bc_field_most(b, i))
			doubt(p, (struct joint_doubt){ JOINT_FIELD_ROOM, event, i, false });
}

static bool is_known(const struct prover *p, enum joint_meaning meaning, uint32_t var_a, uint32_t var)
{
	if (p->j->merged[var] && p->j->var_a[var] == var_a)
		return true;
	for (uint32_t i = 0; i < p->n_guesses; i++)
		if (p->guesses[i].guess.meaning == meaning && p->guesses[i].guess.var_a == var_a &&
		    p->guesses[i].guess.var == var)
			return !p->guesses[i].is_out;
	return false;
}

static bool is_written(const struct prover *p, uint32_t var_of_a)
{
	for (uint32_t event = 0; event < p->j->policy.n_events; event++)
		for (uint32_t i = 0; prover_has_both(p, event) && i < p->rules_a[event].n_writes; i++)
			if (p->rules_a[event].writes[i].op == BC_PUT &&
			    p->rules_a[event].writes[i].var == p->j->a.vars[var_of_a])
				return true;
	return false;
}

/* After a step that B allows its keys are no more, and no longer, than B has room
 * for in a map that has them all. */
static bool keys_have_room(const struct prover *p, uint32_t var_of_a)
{
	for (uint32_t var = 0; var < p->j->b.policy->n_vars; var++)
		if (joint_holds_keys(p->j, var_of_a, var) && is_known(p, JOINT_KEYS, var_of_a, var))
			return true;
	return false;
}

static bool values_have_room(const struct prover *p, uint32_t var_of_a)
{
	const struct bc_var *a = &p->j->a.policy->vars[var_of_a], *b;
	uint32_t var = 0;

	/* Sets of rows have room for all rows. */
	if (a->value == 0 || BC_SHAPE(a->value) == BC_SET ||
	    (BC_SHAPE(a->value) != BC_LIST && BC_BASE(a->value) != BC_STRING))
		return true;
	while (var < p->j->b.policy->n_vars && p->j->var_a[var] != var_of_a)
		var++;
	if (var == p->j->b.policy->n_vars || !is_known(p, JOINT_KEYS, var_of_a, var) ||
	    !is_known(p, JOINT_VALUES, var_of_a, var))
		return false;
	b = &p->j->b.policy->vars[var];
	/* A formula has the bound of an integer (lift.c), but not that of a list's. */
	return a->value_len >= b->value_len && a->list_len >= b->list_len &&
	    (BC_SHAPE(a->value) != BC_LIST || a->bound >= b->bound);
}

static void compare_room(struct prover *p)
{
	p->gave_up = false;
	for (uint32_t i = 0; i < p->j->a.policy->n_vars; i++)
		if (p->j->a.policy->vars[i].key != 0 && (p->j->a.policy->vars[i].flags & 1) == 0 &&
		    is_written(p, i) && !(keys_have_room(p, i) && values_have_room(p, i)))
			doubt(p, (struct joint_doubt){ JOINT_ROOM, 0, i, false });
}

static void ask_events(struct prover *p)
{
	for (uint32_t event = 0; event < p->j->policy.n_events; event++) {
		if (!p->j->b.joint.rules[event].exists)
			continue;
		if (!prover_has_both(p, event)) {
			if (!prover_follows(p, p->rules_b[event].guard, fol_bool(p->b.space, false), event))
				doubt(p, (struct joint_doubt){ JOINT_NO_RULE, event, 0, false });
			continue;
		}
		compare_fields(p, event);
		ask_requirements(p, event);
		ask_keeps(p, event);
		ask_outs(p, event);
	}
	compare_room(p);
}

struct joint_report *joint_prove(struct arena *a, struct joint *j, const struct joint_options *options)
{
	struct prover *p = arena_new(a, struct prover);

	p->arena = a;
	p->j = j;
	p->options = options;
	p->report = arena_new(a, struct joint_report);
	do {
		if (!start_round(p)) {
			doubt(p, (struct joint_doubt){ .kind = JOINT_TOO_LARGE });
			smt_close(p->smt);
			return p->report;
		}
		settle(p);
	} while (!all_stay_merged(p));
	ask_events(p);
	p->report->proved = p->report->n_doubts == 0 && !p->report->out_of_time && !fol_is_full(p->b.space);
	smt_close(p->smt);
	return p->report;
}

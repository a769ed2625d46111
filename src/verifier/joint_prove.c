/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_prove.c - see joint_prove.h.
 *
 * First every variable of A is merged with that of B that has its name: most
 * edits leave the state alone, and the rules of both sides are then mostly the
 * same formulas.  A variable that an allowed step may make differ is taken apart
 * again, and guesses take its place.
 */
#include "joint_prove.h"

#include <stdlib.h>

#include "../bytecode/decode.h"
#include "joint_make.h"
#include "prove.h"
#include "search.h"
#include "smt.h"

enum { MOST_FREE = 8, MOST_NAMED = 24 };
enum names_of { OF_A, OF_B };
#define AXIOM (UINT32_MAX - 1)          /* the pc of a requirement that only says what a name is */

struct guessed {
	struct joint_guess guess;
	struct fol *now;
	bool is_out;
};

struct prover {
	struct arena *arena;
	struct joint *j;
	const struct joint_options *options;
	struct joint_report *report;
	/* of one round */
	struct lift a, b;
	struct facts *facts;
	struct smt *smt;
	struct lift_rule rules_a[BC_EVENTS_MAX], rules_b[BC_EVENTS_MAX];
	struct lift_rule both[BC_EVENTS_MAX];   /* writes of both; the guards' conjunction */
	struct fol_list given;                  /* of tables */
	struct fol_list invariants;             /* of each side */
	struct fol_list cuts[BC_EVENTS_MAX];    /* what follows from `given`, where proofs will want it */
	struct fol_list only_b;                 /* formulas of B's rule that are not in A's */
	struct intern tried;                    /* pairs of formulas that were thought of as cuts */
	struct fol *marker;                     /* false, but a symbol of the state: what has it in it
	                                           is not forgotten */
	struct tree_policy tree_a, tree_b;      /* with names for sets of rows, A's after B's locals */
	struct tree_rule rules_of_a[BC_EVENTS_MAX], rules_of_b[BC_EVENTS_MAX];
	uint32_t named[2][BC_TABLES_MAX][MOST_NAMED];   /* variables that names are; 0: none yet */
	uint32_t n_named[2][BC_TABLES_MAX];
	struct guessed *guesses;
	uint32_t n_guesses, cap_doubts;
	bool gave_up;                           /* the last query */
};

static bool both_have(const struct prover *p, uint32_t event)
{
	return p->j->a.joint.rules[event].exists && p->j->b.joint.rules[event].exists;
}

/* A symbol of the state at temps for its arguments. */
static struct fol *symbol(struct prover *p, enum lift_role role, uint32_t var, uint32_t sort, uint32_t n,
    struct fol *const *args)
{
	uint32_t sorts[2] = { n > 0 ? args[0]->sort : 0, n > 1 ? args[1]->sort : 0 };
	struct fol_fun *f = fol_fun(p->b.space, role, var, 0, sort, n, sorts);

	f->is_state = true;
	return fol_app(p->b.space, f, args);
}

/* ---- asking -------------------------------------------------------------- */

struct counts { struct prover *p; struct fol_list list; };

static void see_count(void *arg, struct fol *term)
{
	struct counts *c = arg;

	if (term->kind == FOL_COUNT)
		fol_list_add(c->p->arena, &c->list, term);
}

/* What one counts wherever the other does, it counts no more of. */
static void add_fewer(struct prover *p, struct fol *l, struct fol *r, struct fol_list *list)
{
	struct fol_space *s = p->b.space;
	struct fol *vars[MOST_FREE], *l_temps[MOST_FREE], *r_temps[MOST_FREE], *x, *fact;
	uint32_t n_l, n_r;

	if (l == r || l->var_sort != r->var_sort || !fol_generalise(s, &l, vars, l_temps, &n_l, MOST_FREE) ||
	    !fol_generalise(s, &r, vars, r_temps, &n_r, MOST_FREE) || n_l != n_r || l == r)
		return;
	for (uint32_t i = 0; i < n_r; i++) {
		if (l_temps[i]->sort != r_temps[i]->sort)
			return;
		r = fol_subst(s, r, r_temps[i], l_temps[i]);
	}
	x = fol_temp(s, l->var_sort);
	fact = fol_bind(s, FOL_ALL, x, fol_implies(s, fol_open(s, l, x), fol_open(s, r, x)));
	fact = fol_implies(s, fact, fol_le(s, l, r));
	for (uint32_t i = 0; i < n_l; i++)
		fact = fol_bind(s, FOL_ALL, l_temps[i], fact);
	fol_list_add(p->arena, list, fact);
}

static void add_counts(struct prover *p, struct fol_list *list)
{
	struct counts c = { .p = p };

	for (uint32_t i = 0; i < list->n; i++)
		fol_visit(p->b.space, list->items[i], see_count, &c);
	for (uint32_t i = 0; i < c.list.n; i++)
		for (uint32_t k = 0; k < c.list.n; k++)
			add_fewer(p, c.list.items[i], c.list.items[k], list);
}

/* How much a query is worth. */
enum effort { USUAL, PATIENT, ALONE };

static enum smt_answer ask_solver(struct prover *p, const struct fol_list *facts, const struct fol_list *always,
    enum effort effort)
{
	static const struct { enum smt_forget forget; uint32_t most_steps; } levels[] = {
		{ SMT_REQUEST, 400000 }, { SMT_RIGID, 600000 }, { SMT_NOTHING, 3000000 }, { SMT_NOTHING, 60000 }
	};
	static const struct { uint32_t first, end; } ranges[] = { { 0, 2 }, { 0, 3 }, { 3, 4 } };
	enum smt_answer answer = SMT_UNKNOWN;

	for (uint32_t i = ranges[effort].first; i < ranges[effort].end && answer != SMT_NONE; i++) {
		struct smt_query q = { .facts = facts->items, .n_facts = facts->n, .always = always->items,
		    .n_always = always->n, .forget = levels[i].forget, .most_steps = levels[i].most_steps,
		    .timeout_ms = 20000 };

		if (search_clock() > p->options->until)
			return SMT_UNKNOWN;
		answer = smt_ask(p->smt, &q);
		p->report->n_queries++;
	}
	return answer;
}

/* Whether the formulas, with what is given, can't all be true. */
static bool refutes(struct prover *p, struct fol_list always, enum effort effort)
{
	struct fol_list facts = { 0 };
	enum smt_answer answer;
	uint32_t n;

	add_counts(p, &always);
	for (uint32_t i = 0; i < always.n; i++)
		fol_list_add(p->arena, &facts, always.items[i]);
	for (uint32_t i = 0; i < p->given.n; i++)
		fol_list_add(p->arena, &facts, p->given.items[i]);
	n = always.n;
	facts_add(p->facts, &facts);
	facts.items += n;
	facts.n -= n;
	if (fol_is_full(p->b.space))
		return false;
	answer = ask_solver(p, &facts, &always, effort);
	p->gave_up = answer == SMT_UNKNOWN;
	return answer == SMT_NONE && !fol_is_full(p->b.space);
}

/* Whether the goal follows from `when`, the guesses, and what is given. */
static bool follows(struct prover *p, struct fol *when, struct fol *goal, uint32_t event)
{
	struct fol_space *s = p->b.space;
	struct fol_list always = { 0 };

	p->gave_up = true;
	if (goal == fol_bool(s, true) || when == fol_bool(s, false))
		return true;
	if (p->options->progress != NULL)
		p->options->progress(p->options->progress_arg, event);
	fol_list_add(p->arena, &always, fol_not(s, goal));
	fol_list_add(p->arena, &always, when);
	for (uint32_t i = 0; i < p->n_guesses; i++)
		if (!p->guesses[i].is_out)
			fol_list_add(p->arena, &always, p->guesses[i].now);
	for (uint32_t i = 0; i < p->invariants.n; i++)
		fol_list_add(p->arena, &always, p->invariants.items[i]);
	fol_list_add(p->arena, &always, fol_not(s, p->marker));
	for (uint32_t i = 0; i < p->cuts[event].n; i++)
		fol_list_add(p->arena, &always, p->cuts[event].items[i]);
	return refutes(p, always, p->options->patient ? PATIENT : USUAL);
}

/* ---- what solvers should not have to find out ------------------------------------ */

/* Smaller formulas within one, those that SMT_REQUEST makes names of. */
struct names {
	struct prover *p;
	struct intern *seen;
	struct fol_list list;
};

static bool is_name(const struct fol *f)
{
	return (f->kind == FOL_ALL || f->kind == FOL_SOME) &&
	    (!f->reads_state || (f->var_sort == FOL_POS && f->reads_request));
}

static void find_names(struct names *n, struct fol *f)
{
	struct str id = { (const char *)&f->id, sizeof(f->id) };

	if (intern_find(n->seen, id) != JOINT_NONE)
		return;
	intern_add(n->seen, id);
	if (is_name(f))
		fol_list_add(n->p->arena, &n->list, f);
	for (uint32_t i = 0; i < f->n && (!is_name(f) || f->reads_state); i++)
		find_names(n, f->kids[i]);
}

static struct fol_list names_of(struct prover *p, const struct lift_rule *r, struct intern *seen)
{
	struct names n = { .p = p, .seen = seen };

	find_names(&n, r->guard);
	return n.list;
}

/* Wherever the one holds the other does, if that follows from the tables. */
static void try_cut(struct prover *p, struct fol *if_one, struct fol *other, struct fol_list *list)
{
	struct fol_space *s = p->b.space;
	struct fol *vars[MOST_FREE], *one_temps[MOST_FREE], *temps[MOST_FREE], *cut;
	struct fol_list always = { 0 };
	uint32_t n_one, n, pair[2] = { if_one->id, other->id };
	struct str key = { (const char *)pair, sizeof(pair) };

	if (intern_find(&p->tried, key) != JOINT_NONE)
		return;
	intern_add(&p->tried, key);
	if (!fol_generalise(s, &if_one, vars, one_temps, &n_one, MOST_FREE) ||
	    !fol_generalise(s, &other, vars, temps, &n, MOST_FREE) || n_one != n)
		return;
	for (uint32_t i = 0; i < n; i++) {
		if (one_temps[i]->sort != temps[i]->sort)
			return;
		if_one = fol_subst(s, if_one, one_temps[i], temps[i]);
	}
	cut = fol_or(s, p->marker, fol_implies(s, if_one, other));
	for (uint32_t i = 0; i < n; i++)
		cut = fol_bind(s, FOL_ALL, temps[i], cut);
	fol_list_add(p->arena, &always, fol_not(s, cut));
	if (refutes(p, always, ALONE))
		fol_list_add(p->arena, list, cut);
}

/* Before sets of rows are aligned, what depends on the state seldom follows. */
static void find_cuts(struct prover *p, uint32_t event, bool aligned)
{
	enum { MOST_NAMES = 12 };
	struct intern of_a = { .arena = p->arena }, of_b = { .arena = p->arena };
	struct fol_list a = names_of(p, &p->rules_a[event], &of_a), b = names_of(p, &p->rules_b[event], &of_b);
	struct fol_list list = { 0 }, only_a = { 0 }, only_b = p->only_b;

	for (uint32_t i = 0; i < a.n; i++)
		if (intern_find(&of_b, (struct str){ (const char *)&a.items[i]->id, sizeof(uint32_t) }) == JOINT_NONE)
			fol_list_add(p->arena, &only_a, a.items[i]);
	if (!aligned)           /* A's rule may not be all there, later */
		only_b = (struct fol_list){ 0 };
	for (uint32_t i = 0; i < b.n && !aligned; i++)
		if (intern_find(&of_a, (struct str){ (const char *)&b.items[i]->id, sizeof(uint32_t) }) == JOINT_NONE)
			fol_list_add(p->arena, &only_b, b.items[i]);
	p->only_b = only_b;
	for (uint32_t i = 0; i < only_a.n && i < MOST_NAMES; i++)
		for (uint32_t k = 0; k < only_b.n && k < MOST_NAMES; k++) {
			if (!aligned && (only_b.items[k]->reads_state || only_a.items[i]->reads_state))
				continue;
			try_cut(p, only_b.items[k], only_a.items[i], &list);
			try_cut(p, only_a.items[i], only_b.items[k], &list);
		}
	for (uint32_t i = 0; i < list.n; i++)
		fol_list_add(p->arena, &p->cuts[event], list.items[i]);
}

/* Quantifiers over rows with the marker in them. */
static struct fol *marked(struct prover *p, struct fol *f)
{
	struct fol_space *s = p->b.space;
	struct fol *x, *r = p->marker;

	if (f->kind == FOL_ALL && f->var_sort >= FOL_ROW) {
		x = fol_temp(s, f->var_sort);
		return fol_bind(s, FOL_ALL, x, marked(p, fol_open(s, f, x)));
	}
	if (f->kind != FOL_OR)
		return fol_or(s, p->marker, f);
	for (uint32_t i = 0; i < f->n; i++)
		r = fol_or(s, r, f->kids[i]->kind == FOL_ALL && f->kids[i]->var_sort >= FOL_ROW ?
		    marked(p, f->kids[i]) : f->kids[i]);
	return r;
}

static void start_cuts(struct prover *p, uint32_t event)
{
	struct fol_list asked = { 0 };

	p->tried = (struct intern){ .arena = p->arena };
	p->cuts[event] = (struct fol_list){ 0 };
	joint_asked(p->j, &p->b, event, &asked);
	for (uint32_t i = 0; i < asked.n; i++)
		fol_list_add(p->arena, &p->cuts[event], marked(p, asked.items[i]));
}

/* ---- names for sets of rows -------------------------------------------------------- */

static bool is_row_set(const struct tree_stmt *s)
{
	return s->op == BC_LET && BC_SHAPE(s->value->type) == BC_SET && BC_BASE(s->value->type) == BC_TABLEROW;
}

static struct tree_expr *local(struct prover *p, const struct tree_stmt *let)
{
	struct tree_expr *e = joint_node(p->j, BC_LOCAL, let->value->type, 0, 0, NULL, NULL);

	e->slot = let->a;
	e->is_let = true;
	e->binder = let->value;
	return e;
}

static struct tree_stmt require(struct prover *p, uint32_t pc, struct tree_expr *l, struct tree_expr *r)
{
	return (struct tree_stmt){ .op = BC_REQUIRE, .pc = pc,
	    .value = joint_node(p->j, BC_EQLIST, BC_TYPE(BC_ONE, BC_BOOL, 0), 0, 2, l, r) };
}

/* A set that is nothing but a name: what a variable of no policy holds at 0.
 * NULL: there is no room for another. */
static struct tree_expr *new_name(struct prover *p, enum names_of names, uint32_t type)
{
	struct bc_policy *joint = &p->j->policy;
	uint32_t table = BC_INDEX(type), *n = &p->n_named[names][table], integer = BC_TYPE(BC_ONE, BC_INTEGER, 0);
	uint32_t *var;

	if (*n == MOST_NAMED)
		return NULL;
	var = &p->named[names][table][*n];
	if (*var == 0 && joint->n_vars == BC_VARS_MAX)
		return NULL;
	if (*var == 0) {
		*var = joint->n_vars++;
		joint->vars[*var] = (struct bc_var){ .flags = 1, .key = integer, .value = type };
	}
	++*n;
	return joint_node(p->j, BC_GET, type, *var, 1, joint_node(p->j, BC_INT, integer, 0, 0, NULL, NULL), NULL);
}

/* One statement: a set of rows gets a name, and a requirement says what the
 * name stands for.  So formulas stay as small as the source. */
static void push_named(struct prover *p, enum names_of names, struct tree_rule *rule, const struct tree_stmt *s)
{
	struct tree_expr *name = is_row_set(s) ? new_name(p, names, s->value->type) : NULL;
	struct tree_stmt let = *s;

	if (name == NULL) {
		rule->stmts[rule->n_stmts++] = *s;
		return;
	}
	/* Before the LET: its loops have the slot that the LET will take. */
	rule->stmts[rule->n_stmts++] = require(p, AXIOM, name, s->value);
	let.value = name;
	rule->stmts[rule->n_stmts++] = let;
}

static void name_sets(struct prover *p, enum names_of names, const struct tree_rule *from, struct tree_rule *to)
{
	memset(p->n_named[names], 0, sizeof(p->n_named[names]));
	*to = (struct tree_rule){ .exists = from->exists };
	to->stmts = arena_array(p->arena, 2 * from->n_stmts + 1, struct tree_stmt);
	for (uint32_t i = 0; i < from->n_stmts; i++)
		push_named(p, names, to, &from->stmts[i]);
}

/* ---- A's locals beside B's --------------------------------------------------------- */

/* Whether A's local, the rule's last, is B's, as far as A's rule has come. */
static bool is_same_set(struct prover *p, uint32_t event, const struct tree_rule *rule,
    const struct tree_stmt *of_a, const struct tree_stmt *of_b)
{
	struct tree_rule probe = *rule;
	struct fol *when = p->rules_b[event].guard;
	struct lift_rule r;

	probe.stmts[probe.n_stmts++] = require(p, AXIOM, local(p, of_a), local(p, of_b));
	p->rules_of_a[event] = probe;
	r = lift_rule(&p->a, event);
	for (uint32_t i = 0; i + 1 < r.n_requires; i++)
		when = fol_and(p->b.space, when, r.requires[i].term);
	p->rules_a[event] = r;
	find_cuts(p, event, true);
	return follows(p, when, r.requires[r.n_requires - 1].term, event);
}

/* The local of B that stands where A's does. */
static const struct tree_stmt *partner(const struct tree_rule *rule, uint32_t first, const struct tree_stmt *of_a,
    uint32_t *at)
{
	while (*at < first && !is_row_set(&rule->stmts[*at]))
		++*at;
	if (*at == first || rule->stmts[*at].value->type != of_a->value->type)
		return NULL;
	return &rule->stmts[(*at)++];
}

/* A's sets of rows, one after the other, are B's where they can be shown to be:
 * so one difference does not run through all that follows from it. */
static void align(struct prover *p, uint32_t event)
{
	struct tree_rule beside, *rule = &p->rules_of_a[event], aligned = { .exists = true };
	uint32_t first, at = 0;

	name_sets(p, OF_A, &p->j->a.joint.rules[event], rule);
	p->rules_a[event] = lift_rule(&p->a, event);
	find_cuts(p, event, false);
	if (!joint_beside(p->j, event, &p->rules_of_b[event], &beside, &first))
		return;
	memset(p->n_named[OF_A], 0, sizeof(p->n_named[OF_A]));
	aligned.stmts = arena_array(p->arena, 2 * beside.n_stmts + 2, struct tree_stmt);
	for (uint32_t i = 0; i < beside.n_stmts; i++) {
		const struct tree_stmt *s = &beside.stmts[i], *of_b;
		uint32_t start = aligned.n_stmts;

		if (i < first) {
			aligned.stmts[aligned.n_stmts++] = *s;
			continue;
		}
		push_named(p, OF_A, &aligned, s);
		of_b = is_row_set(s) ? partner(&beside, first, s, &at) : NULL;
		if (of_b == NULL || !is_same_set(p, event, &aligned, s, of_b))
			continue;
		aligned.n_stmts = start + 1;
		aligned.stmts[start] = *s;
		aligned.stmts[start].value = local(p, of_b);
	}
	*rule = aligned;
	p->rules_a[event] = lift_rule(&p->a, event);
	find_cuts(p, event, true);
}

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

static void guess_relation(struct prover *p)
{
	struct joint_guesses list = joint_guess(p->j, p->options->patient);
	struct fol *yes = fol_bool(p->b.space, true);

	p->guesses = arena_array(p->arena, list.n + 1, struct guessed);
	p->n_guesses = 0;
	for (uint32_t i = 0; i < list.n; i++) {
		struct fol *now = lift_claim(&p->b, list.items[i].expr, BC_EVENTS_MAX);

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
	p->marker = symbol(p, (enum lift_role)LIFT_ROLES, 0, FOL_BOOL, 0, NULL);
	p->given = (struct fol_list){ 0 };
	p->invariants = (struct fol_list){ 0 };
	smt_close(p->smt);
	p->smt = smt_open(p->arena, space);
	for (uint32_t i = 0; i < p->j->policy.n_events; i++) {
		name_sets(p, OF_B, &p->j->b.joint.rules[i], &p->rules_of_b[i]);
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

		if (!both_have(p, event))
			continue;
		after = lift_after(&p->b, &p->both[event], g->now);
		if (after != g->now && !follows(p, p->both[event].guard, after, event))
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
			if (!both_have(p, i))
				continue;
			start_cuts(p, i);
			align(p, i);
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

static uint32_t sort_of(uint32_t type)
{
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		return FOL_BOOL;
	case BC_INTEGER: case BC_ENUMERATION:
		return FOL_INTEGER;
	case BC_STRING:
		return FOL_STR;
	case BC_DIGEST32:
		return FOL_DIG;
	case BC_TABLEROW:
		return FOL_ROW + BC_INDEX(type);
	case BC_NOTHING: case BC_LANGUAGE: case BC_RECORD:
		break;
	}
	abort();
}

static struct fol *stays_merged(struct prover *p, uint32_t event, uint32_t var)
{
	const struct bc_var *v = &p->j->policy.vars[var];
	struct fol_space *s = p->b.space;
	struct fol *args[2], *goal, *has;

	if (v->key == 0)
		return agree(p, event, symbol(p, LIFT_VAR, var, sort_of(v->value), 0, NULL));
	args[0] = fol_temp(s, sort_of(v->key));
	goal = agree(p, event, symbol(p, LIFT_HAS, var, FOL_BOOL, 1, args));
	if (v->value != 0 && BC_SHAPE(v->value) == BC_ONE)
		goal = fol_and(s, goal, agree(p, event, symbol(p, LIFT_GET, var, sort_of(v->value), 1, args)));
	if (BC_SHAPE(v->value) == BC_SET) {
		args[1] = fol_temp(s, sort_of(v->value));
		goal = fol_and(s, goal, fol_bind(s, FOL_ALL, args[1],
		    agree(p, event, symbol(p, LIFT_HAS_ROW, var, FOL_BOOL, 2, args))));
	}
	if (BC_SHAPE(v->value) == BC_LIST) {
		args[1] = fol_temp(s, FOL_POS);
		has = symbol(p, LIFT_HAS_AT, var, FOL_BOOL, 2, args);
		goal = fol_and(s, goal, fol_bind(s, FOL_ALL, args[1], fol_and(s, agree(p, event, has),
		    fol_implies(s, lift_after(&p->b, &p->rules_b[event], has),
		    agree(p, event, symbol(p, LIFT_GET_AT, var, sort_of(v->value), 2, args))))));
	}
	return fol_bind(s, FOL_ALL, args[0], goal);
}

/* Takes apart what does not stay merged; false if there was such. */
static bool all_stay_merged(struct prover *p)
{
	bool all = true;

	for (uint32_t var = 0; var < p->j->b.policy->n_vars; var++)
		for (uint32_t event = 0; p->j->merged[var] && event < p->j->policy.n_events; event++) {
			if (!both_have(p, event) || follows(p, p->both[event].guard,
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

	d.gave_up = p->gave_up;
	arena_push(p->arena, r->doubts, r->n_doubts, p->cap_doubts);
	r->doubts[r->n_doubts++] = d;
}

static void ask_requirements(struct prover *p, uint32_t event)
{
	const struct lift_rule *a = &p->rules_a[event];
	struct fol *when = p->rules_b[event].guard;

	for (uint32_t i = 0; i < a->n_requires; i++) {
		if (a->requires[i].pc != AXIOM && !follows(p, when, a->requires[i].term, event))
			doubt(p, (struct joint_doubt){ JOINT_DENIES, event, a->requires[i].pc, false });
		when = fol_and(p->b.space, when, a->requires[i].term);
	}
	if (!follows(p, when, a->guard, event))
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
		if (!follows(p, p->both[event].guard, fol_bind(s, FOL_ALL, place, goal), event))
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
		if (!follows(p, p->both[event].guard, fol_eq(p->b.space, given_out(p, &p->rules_a[event], event, i),
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

static bool is_known(const struct prover *p, enum joint_meaning meaning, uint32_t var)
{
	for (uint32_t i = 0; i < p->n_guesses; i++)
		if (p->guesses[i].guess.meaning == meaning && p->guesses[i].guess.var == var)
			return !p->guesses[i].is_out;
	return false;
}

static bool is_written(const struct prover *p, uint32_t var_of_a)
{
	for (uint32_t event = 0; event < p->j->policy.n_events; event++)
		for (uint32_t i = 0; both_have(p, event) && i < p->rules_a[event].n_writes; i++)
			if (p->rules_a[event].writes[i].op == BC_PUT &&
			    p->rules_a[event].writes[i].var == p->j->a.vars[var_of_a])
				return true;
	return false;
}

static bool has_room(const struct prover *p, uint32_t var_of_a)
{
	const struct bc_var *a = &p->j->a.policy->vars[var_of_a], *b;
	uint32_t var = 0;
	bool values;

	while (var < p->j->b.policy->n_vars && p->j->var_a[var] != var_of_a)
		var++;
	if (var == p->j->b.policy->n_vars)
		return false;
	b = &p->j->b.policy->vars[var];
	/* Sets of rows have room for all rows. */
	values = a->value != 0 && BC_SHAPE(a->value) != BC_SET &&
	    (BC_SHAPE(a->value) == BC_LIST || BC_BASE(a->value) == BC_STRING);
	if (!p->j->merged[var] && (!is_known(p, JOINT_KEYS, var) || (values && !is_known(p, JOINT_VALUES, var))))
		return false;
	return a->capacity >= b->capacity && a->key_len >= b->key_len && a->value_len >= b->value_len &&
	    a->list_len >= b->list_len;
}

static void compare_room(struct prover *p)
{
	p->gave_up = false;
	for (uint32_t i = 0; i < p->j->a.policy->n_vars; i++)
		if (p->j->a.policy->vars[i].key != 0 && (p->j->a.policy->vars[i].flags & 1) == 0 &&
		    is_written(p, i) && !has_room(p, i))
			doubt(p, (struct joint_doubt){ JOINT_ROOM, 0, i, false });
}

static void ask_events(struct prover *p)
{
	for (uint32_t event = 0; event < p->j->policy.n_events; event++) {
		if (!p->j->b.joint.rules[event].exists)
			continue;
		if (!both_have(p, event)) {
			if (!follows(p, p->rules_b[event].guard, fol_bool(p->b.space, false), event))
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
	p->report->proved = p->report->n_doubts == 0 && !fol_is_full(p->b.space);
	smt_close(p->smt);
	return p->report;
}

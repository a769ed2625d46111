/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_ask.c - questions of the joint proof, and the solver.
 */
#include "joint_prover.h"

#include <time.h>

#include "../search/stop.h"

static double seconds_of(clockid_t clock)
{
	struct timespec t = { 0 };

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double compare_cpu(void)
{
	return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

struct fol *prover_symbol(struct prover *p, enum lift_role role, uint32_t var, uint32_t sort, uint32_t n,
    struct fol *const *args)
{
	uint32_t sorts[2] = { n > 0 ? args[0]->sort : 0, n > 1 ? args[1]->sort : 0 };
	struct fol_fun *f = fol_fun(p->b.space, role, var, 0, sort, n, sorts);

	f->is_state = true;
	return fol_app(p->b.space, f, args);
}

/* ---- asking -------------------------------------------------------------- */

struct terms { struct prover *p; enum fol_kind kind; struct fol_list list; };

static void see_term(void *arg, struct fol *term)
{
	struct terms *t = arg;

	if (term->kind == t->kind)
		fol_list_add(t->p->arena, &t->list, term);
}

static struct fol_list terms_in(struct prover *p, const struct fol_list *list, enum fol_kind kind)
{
	struct terms t = { .p = p, .kind = kind };

	for (uint32_t i = 0; i < list->n; i++)
		fol_visit(p->b.space, list->items[i], see_term, &t);
	return t.list;
}

/* Two terms about what formulas say of an element, of which one says no less than
 * the other: counts, that are no more then; or the least rows, that are the same
 * if that of the wider is one of the narrower.  (Both sides' rows have one order:
 * joint_rows.c.) */
static struct fol *narrower(struct fol_space *s, struct fol *l, struct fol *r)
{
	struct fol *x = fol_temp(s, l->var_sort);
	struct fol *within = fol_bind(s, FOL_ALL, x, fol_implies(s, fol_open(s, l, x), fol_open(s, r, x)));

	if (l->kind == FOL_COUNT)
		return fol_implies(s, within, fol_le(s, l, r));
	return fol_implies(s, fol_and(s, within, fol_open(s, l, r)), fol_eq(s, l, r));
}

/* What both leave open is the same for both or, apart, any. */
static void add_narrower(struct prover *p, struct fol *l, struct fol *r, bool apart, struct fol_list *list)
{
	struct fol_space *s = p->b.space;
	struct fol *vars[MOST_FREE], *l_temps[MOST_FREE], *r_temps[MOST_FREE], *x, *fact;
	uint32_t n_l, n_r;

	if (l == r || l->var_sort != r->var_sort || !fol_generalise(s, &l, vars, l_temps, &n_l, MOST_FREE) ||
	    !fol_generalise(s, &r, vars, r_temps, &n_r, MOST_FREE) || n_l != n_r || l == r || (apart && n_l == 0))
		return;
	for (uint32_t i = 0; i < n_r; i++) {
		if (l_temps[i]->sort != r_temps[i]->sort)
			return;
		x = apart ? fol_temp(s, r_temps[i]->sort) : l_temps[i];
		r = fol_subst(s, r, r_temps[i], x);
		r_temps[i] = x;
	}
	fact = narrower(s, l, r);
	for (uint32_t i = 0; i < n_l; i++)
		fact = fol_bind(s, FOL_ALL, l_temps[i], apart ? fol_bind(s, FOL_ALL, r_temps[i], fact) : fact);
	fol_list_add(p->arena, list, fact);
}

static void add_counts(struct prover *p, struct fol_list *list)
{
	struct fol_list counts = terms_in(p, list, FOL_COUNT);

	for (uint32_t i = 0; i < counts.n; i++)
		for (uint32_t k = 0; k < counts.n; k++)
			for (uint32_t apart = 0; apart < (p->options->patient ? 2 : 1); apart++)
				add_narrower(p, counts.items[i], counts.items[k], apart != 0, list);
}

/* The least of some rows is none that comes after another of them. */
static void add_least(struct prover *p, struct fol *least, struct fol_list *list)
{
	struct fol_space *s = p->b.space;
	uint32_t table = least->var_sort - FOL_ROW, n;
	struct fol *vars[MOST_FREE], *temps[MOST_FREE], *rows[JOINT_ROWS_SMALL], *fact = fol_bool(s, true);

	if (!fol_generalise(s, &least, vars, temps, &n, MOST_FREE))
		return;
	for (uint32_t r = 0; r < p->j->policy.tables[table].n_rows; r++)
		rows[r] = fol_app(s, fol_fun(s, LIFT_ROW, table, r, least->sort, 0, NULL), NULL);
	for (uint32_t r = 0; r < p->j->policy.tables[table].n_rows; r++)
		for (uint32_t k = 0; k < p->j->policy.tables[table].n_rows; k++)
			if (joint_comes_before(p->j, table, r, k))
				fact = fol_and(s, fact, fol_or(s, fol_not(s, fol_open(s, least, rows[r])),
				    fol_not(s, fol_eq(s, least, rows[k]))));
	for (uint32_t i = 0; i < n; i++)
		fact = fol_bind(s, FOL_ALL, temps[i], fact);
	fol_list_add(p->arena, list, fact);
}

/* What is known of single rows only a proof that knows them has a use for. */
static void add_choices(struct prover *p, struct fol_list *list)
{
	struct fol_list choices = terms_in(p, list, FOL_CHOOSE);

	for (uint32_t i = 0; i < choices.n; i++)
		for (uint32_t k = 0; k < choices.n; k++)
			add_narrower(p, choices.items[i], choices.items[k], false, list);
	for (uint32_t i = 0; p->options->patient && i < choices.n; i++)
		if (choices.items[i]->var_sort >= FOL_ROW && joint_is_small(p->j, choices.items[i]->var_sort - FOL_ROW))
			add_least(p, choices.items[i], list);
}

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

		if (stop_asked() || seconds_of(CLOCK_MONOTONIC) > p->options->until ||
		    compare_cpu() > p->options->cpu_until) {
			p->report->out_of_time = true;
			return SMT_UNKNOWN;
		}
		answer = smt_ask(p->smt, &q);
		p->report->n_queries++;
	}
	return answer;
}

bool prover_refutes(struct prover *p, struct fol_list always, enum effort effort)
{
	struct fol_list facts = { 0 };
	enum smt_answer answer;
	uint32_t n;

	add_counts(p, &always);
	add_choices(p, &always);
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

bool prover_follows(struct prover *p, struct fol *when, struct fol *goal, uint32_t event)
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
	return prover_refutes(p, always, p->options->patient ? PATIENT : USUAL);
}

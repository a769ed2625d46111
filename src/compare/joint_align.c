/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_align.c - what makes joint proofs go through where two rules differ a
 * little: names for sets of rows, which keep formulas as small as the source;
 * A's sets in terms of B's; and cuts, small consequences of the tables alone that
 * a solver would lose among all the rest.
 */
#include "joint_prover.h"

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
	if (prover_refutes(p, always, ALONE))
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
		*var = ++joint->n_vars;
		joint->vars[*var - 1] = (struct bc_var){ .flags = 1, .key = integer, .value = type };
	}
	++*n;
	return joint_node(p->j, BC_GET, type, *var - 1, 1, joint_node(p->j, BC_INT, integer, 0, 0, NULL, NULL), NULL);
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

void prover_name_sets(struct prover *p, enum names_of names, const struct tree_rule *from, struct tree_rule *to)
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
	return prover_follows(p, when, r.requires[r.n_requires - 1].term, event);
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
void prover_align(struct prover *p, uint32_t event)
{
	struct tree_rule beside, *rule = &p->rules_of_a[event], aligned = { .exists = true };
	uint32_t first, at = 0;

	start_cuts(p, event);
	prover_name_sets(p, OF_A, &p->j->a.joint.rules[event], rule);
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

/* SPDX-License-Identifier: Apache-2.0
 *
 * facts.c - one function for each kind of symbol.  Facts about patterns are
 * decided by automata, exactly.
 */
#include "facts.h"

#include <stdlib.h>

#include "../automata/dfa.h"
#include "../bytecode/decode.h"

#define MOST_VARS       8u
#define MOST_COUNT      (UINT64_C(1) << 62)     /* more than any count can be */
#define CELL_MAX        UINT32_MAX              /* cells of tables have 32 bits */

/* Two patterns; each thing is asked of them once. */
struct pair {
	uint32_t l, r;
	struct fol *always;             /* what is known of their words, as formulas; */
	struct fol *below;              /* NULL: not asked yet */
};

/* Of a function. */
struct known {
	struct fol *fact;               /* NULL: not asked yet */
	uint32_t seen_in;               /* the last collection that it is in */
};

struct facts {
	struct lift *l;
	struct fol_space *space;
	struct arena *arena;
	struct dfa **automata;          /* by pattern; made when asked for */
	struct pair *pairs;
	uint32_t n_pairs, cap_pairs;
	struct known *known;            /* by function */
	uint32_t n_known, n_collections;
};

/* The symbols in play, and the facts being collected. */
struct collection {
	struct facts *f;
	struct fol_list *list;
	struct fol_list terms;          /* COUNT, CHOOSE: generalised */
	struct fol_list values;         /* string and pattern constants */
	uint32_t number;                /* from 1 */
	uint32_t roles;                 /* a bit for each role that is there */
};

struct facts *facts_new(struct lift *l)
{
	struct facts *f = arena_new(l->arena, struct facts);

	f->l = l;
	f->space = l->space;
	f->arena = l->arena;
	f->automata = arena_array(l->arena, l->tree->policy->patterns.n + 1, struct dfa *);
	return f;
}

void fol_list_add(struct arena *a, struct fol_list *list, struct fol *f)
{
	arena_push(a, list->items, list->n, list->cap);
	list->items[list->n++] = f;
}

/* ---- short forms --------------------------------------------------------- */

static struct fol *app1(struct facts *f, const struct fol_fun *fun, struct fol *x)
{
	return fol_app(f->space, fun, &x);
}

static struct fol *app2(struct facts *f, const struct fol_fun *fun, struct fol *x, struct fol *y)
{
	struct fol *args[2] = { x, y };

	return fol_app(f->space, fun, args);
}

static struct fol_fun *fun1(struct facts *f, enum lift_role role, uint32_t a, uint32_t b, uint32_t sort,
    uint32_t arg)
{
	struct fol_fun *fun = fol_fun(f->space, role, a, b, sort, 1, &arg);

	fun->is_state = role <= LIFT_HAS_ROW;
	fun->is_request = role >= LIFT_FIELD && role <= LIFT_MEMBER_AT;
	return fun;
}

static struct fol *value(struct facts *f, enum lift_role role, uint32_t a, uint32_t b, uint32_t sort)
{
	struct fol_fun *fun = fol_fun(f->space, role, a, b, sort, 0, NULL);

	fun->is_value = true;
	return fol_app(f->space, fun, NULL);
}

static struct fol *all(struct facts *f, struct fol *x, struct fol *body)
{
	return fol_bind(f->space, FOL_ALL, x, body);
}

static struct fol *is_row(struct facts *f, struct fol *r)
{
	return fol_not(f->space, fol_eq(f->space, r, lift_zero(f->l, r->sort)));
}

/* The largest value that a type or variable has; UINT64_MAX: no telling. */
static uint64_t most_of(const struct facts *f, uint32_t type)
{
	if (BC_BASE(type) == BC_ENUMERATION)
		return bc_get32(f->l->tree->policy->enums[BC_INDEX(type)] + 4) - UINT64_C(1);
	return UINT64_MAX;
}

static uint64_t most_of_var(const struct facts *f, uint32_t var)
{
	const struct bc_var *v = &f->l->tree->policy->vars[var];

	if (BC_BASE(v->value) == BC_INTEGER && (v->flags & 1) == 0)
		return v->bound;
	return most_of(f, v->value);
}

static struct fol *at_most(struct facts *f, struct fol *term, uint64_t most)
{
	if (most == UINT64_MAX || term->sort != FOL_INTEGER)
		return fol_bool(f->space, true);
	return fol_le(f->space, term, fol_int(f->space, most));
}

/* ---- state --------------------------------------------------------------- */

static struct fol *about_map(struct facts *f, const struct fol_fun *fun)
{
	struct fol_space *s = f->space;
	struct fol *key = fol_temp(s, fun->args[0]), *x, *term, *fact;
	struct fol *has = app1(f, fun1(f, LIFT_HAS, fun->a, fun->b, FOL_BOOL, fun->args[0]), key);

	if (fun->n_args == 1) {
		term = app1(f, fun, key);
		return all(f, key, fol_and(s, fol_or(s, has, fol_eq(s, term, lift_zero(f->l, fun->sort))),
		    at_most(f, term, most_of_var(f, fun->a))));
	}
	x = fol_temp(s, fun->args[1]);
	term = app2(f, fun, key, x);
	fact = fol_implies(s, term, has);
	if (fun->role == LIFT_HAS_ROW)
		fact = fol_and(s, fact, fol_implies(s, term, is_row(f, x)));
	return all(f, key, all(f, x, fact));
}

/* ---- request ------------------------------------------------------------- */

/* The symbol of one place gives different places different values. */
static struct fol *all_differ(struct facts *f, const struct fol_fun *fun, const struct fol_fun *has)
{
	struct fol_space *s = f->space;
	struct fol *x = fol_temp(s, FOL_POS), *y = fol_temp(s, FOL_POS);
	struct fol *clash[3] = { app1(f, has, x), app1(f, has, y),
	    fol_eq(s, app1(f, fun, x), app1(f, fun, y)) };

	return all(f, x, all(f, y, fol_implies(s, fol_join(s, FOL_AND, clash, 3), fol_eq(s, x, y))));
}

static struct fol *about_request(struct facts *f, const struct fol_fun *fun)
{
	const struct bc_policy *p = f->l->tree->policy;
	uint32_t field = fun->role == LIFT_MEMBER ? fun->b >> 16 : fun->b, member = fun->b & 0xffff;
	uint32_t type = bc_field_type(&p->events[fun->a], field), element = type;
	struct fol *x = fol_temp(f->space, FOL_POS), *fact;
	bool is_key = BC_SHAPE(type) == BC_SET && (fun->role == LIFT_FIELD_AT ||
	    (fun->role == LIFT_MEMBER && member == 0));

	if (fun->role == LIFT_MEMBER)
		element = bc_member_type(p, BC_INDEX(type), member);
	if (fun->role == LIFT_FIELD)
		return at_most(f, fol_app(f->space, fun, NULL), most_of(f, type));
	fact = all(f, x, at_most(f, app1(f, fun, x), most_of(f, element)));
	if (is_key)
		fact = fol_and(f->space, fact,
		    all_differ(f, fun, fun1(f, LIFT_FIELD_HAS, fun->a, field, FOL_BOOL, FOL_POS)));
	return fact;
}

/* ---- tables -------------------------------------------------------------- */

static struct fol *about_column(struct facts *f, const struct fol_fun *fun)
{
	const struct bc_table *t = &f->l->tree->policy->tables[fun->a];
	uint32_t type = bc_column_type(t, fun->b);
	uint64_t most = BC_BASE(type) == BC_ENUMERATION ? most_of(f, type) : CELL_MAX;
	struct fol_space *s = f->space;
	struct fol *r = fol_temp(s, fun->args[0]), *q = fol_temp(s, fun->args[0]), *cell = app1(f, fun, r);
	struct fol *fact = fol_and(s, fol_eq(s, app1(f, fun, lift_zero(f->l, r->sort)), lift_zero(f->l, fun->sort)),
	    all(f, r, at_most(f, cell, most)));
	struct fol *same[3] = { is_row(f, r), is_row(f, q), fol_eq(s, cell, app1(f, fun, q)) };

	if (fun->sort >= FOL_ROW)
		fact = fol_and(s, fact, all(f, r, fol_implies(s, is_row(f, r), is_row(f, cell))));
	if (t->has_key != 0 && fun->b == 0 && t->max_group <= 1)
		fact = fol_and(s, fact, all(f, r, all(f, q,
		    fol_implies(s, fol_join(s, FOL_AND, same, 3), fol_eq(s, r, q)))));
	return fact;
}

/* LIFT_COLUMN_HAS and LIFT_COLUMN_AT. */
static struct fol *about_list_column(struct facts *f, const struct fol_fun *fun)
{
	struct fol_space *s = f->space;
	struct fol *r = fol_temp(s, fun->args[0]), *x = fol_temp(s, FOL_POS);
	const struct fol_fun *has = fol_fun(s, LIFT_COLUMN_HAS, fun->a, fun->b, FOL_BOOL, 2, fun->args);

	if (fun == has)
		return all(f, x, fol_not(s, app2(f, fun, lift_zero(f->l, r->sort), x)));
	if (fun->sort < FOL_ROW)
		return fol_bool(s, true);
	return all(f, r, all(f, x, fol_implies(s, app2(f, has, r, x), is_row(f, app2(f, fun, r, x)))));
}

/* ---- places -------------------------------------------------------------- */

static struct fol *about_places(struct facts *f)
{
	struct fol_space *s = f->space;
	struct fol_fun *index = fun1(f, LIFT_INDEX, 0, 0, FOL_INTEGER, FOL_POS);
	struct fol_fun *place = fun1(f, LIFT_PLACE, 0, 0, FOL_POS, FOL_INTEGER);
	struct fol *x = fol_temp(s, FOL_POS), *i = fol_temp(s, FOL_INTEGER);

	return fol_and(s, all(f, x, fol_eq(s, app1(f, place, app1(f, index, x)), x)),
	    all(f, i, fol_eq(s, app1(f, index, app1(f, place, i)), i)));
}

static struct fol *about_symbol(struct facts *f, const struct fol_fun *fun)
{
	switch ((enum lift_role)fun->role) {
	case LIFT_VAR:
		return at_most(f, fol_app(f->space, fun, NULL), most_of_var(f, fun->a));
	case LIFT_GET: case LIFT_HAS_AT: case LIFT_HAS_ROW:
		return about_map(f, fun);
	case LIFT_FIELD: case LIFT_FIELD_AT: case LIFT_MEMBER:
		return about_request(f, fun);
	case LIFT_COLUMN:
		return about_column(f, fun);
	case LIFT_COLUMN_HAS: case LIFT_COLUMN_AT:
		return about_list_column(f, fun);
	case LIFT_PLACE: case LIFT_INDEX:
		return about_places(f);
	case LIFT_HAS: case LIFT_GET_AT: case LIFT_FIELD_HAS: case LIFT_MEMBER_HAS: case LIFT_MEMBER_AT:
	case LIFT_STR: case LIFT_DIGEST: case LIFT_PATTERN: case LIFT_ROW: case LIFT_MATCH:
	case LIFT_MATCHCAT: case LIFT_BELOW: case LIFT_CAT: case LIFT_ROLES:
		break;
	}
	return fol_bool(f->space, true);
}

static struct known *known(struct facts *f, const struct fol_fun *fun)
{
	uint32_t more = fun->id * 2 + 64;
	struct known *known;

	if (fun->id >= f->n_known) {
		known = arena_array(f->arena, more, struct known);
		if (f->n_known > 0)
			memcpy(known, f->known, f->n_known * sizeof(*known));
		f->known = known;
		f->n_known = more;
	}
	return &f->known[fun->id];
}

static struct fol *known_symbol(struct facts *f, const struct fol_fun *fun)
{
	struct fol *fact = known(f, fun)->fact;

	/* To find out may make more functions. */
	if (fact == NULL) {
		fact = about_symbol(f, fun);
		known(f, fun)->fact = fact;
	}
	return fact;
}

/* ---- patterns ------------------------------------------------------------ */

static struct dfa *automaton(struct facts *f, uint32_t pattern)
{
	struct bc_bytes entry = bc_pattern(f->l->tree->policy, pattern), text;

	if (f->automata[pattern] != NULL)
		return f->automata[pattern];
	if (entry.ptr[0] == 0) {
		text = bc_string(f->l->tree->policy, bc_get32(entry.ptr + 1));
		f->automata[pattern] = dfa_of_literal(f->arena,
		    (struct str){ (const char *)text.ptr, text.len });
	} else {
		f->automata[pattern] = dfa_decode(f->arena, entry.ptr, entry.len);
	}
	return f->automata[pattern];
}

static struct pair *relation(struct facts *f, uint32_t l, uint32_t r)
{
	for (uint32_t i = 0; i < f->n_pairs; i++)
		if (f->pairs[i].l == l && f->pairs[i].r == r)
			return &f->pairs[i];
	arena_push(f->arena, f->pairs, f->n_pairs, f->cap_pairs);
	f->pairs[f->n_pairs++] = (struct pair){ .l = l, .r = r };
	return &f->pairs[f->n_pairs - 1];
}

static struct fol *matches(struct facts *f, struct fol *text, struct fol *pattern)
{
	uint32_t sorts[2] = { FOL_STR, FOL_PAT };

	return app2(f, fol_fun(f->space, LIFT_MATCH, 0, 0, FOL_BOOL, 2, sorts), text, pattern);
}

/* What is known of the words of two constant patterns. */
static struct fol *always_of(struct facts *f, struct fol *l, struct fol *r)
{
	struct fol_space *s = f->space;
	struct fol *x = fol_temp(s, FOL_STR), *always = fol_bool(s, true);
	struct fol *in_l = matches(f, x, l), *in_r = matches(f, x, r);
	const struct dfa *left = automaton(f, l->fun->a), *right = automaton(f, r->fun->a);

	if (l != r && dfa_subset(f->arena, left, right))
		always = all(f, x, fol_implies(s, in_l, in_r));
	if (l->fun->a < r->fun->a && dfa_disjoint(f->arena, left, right))
		always = fol_and(s, always, all(f, x, fol_not(s, fol_and(s, in_l, in_r))));
	return always;
}

/* Of a word of one below a word of the other. */
static struct fol *below_of(struct facts *f, struct fol *l, struct fol *r)
{
	struct fol_space *s = f->space;
	struct fol *x = fol_temp(s, FOL_STR), *y = fol_temp(s, FOL_STR);
	uint32_t sorts[2] = { FOL_STR, FOL_STR };
	struct fol *below = app2(f, fol_fun(s, LIFT_BELOW, 0, 0, FOL_BOOL, 2, sorts), x, y);
	struct fol *clash[3] = { matches(f, x, l), matches(f, y, r), below };

	if (!dfa_never_below(f->arena, automaton(f, l->fun->a), automaton(f, r->fun->a)))
		return fol_bool(s, true);
	return all(f, x, all(f, y, fol_not(s, fol_join(s, FOL_AND, clash, 3))));
}

static void about_patterns(struct collection *c, struct fol *l, struct fol *r, bool ask_below)
{
	struct pair *pair = relation(c->f, l->fun->a, r->fun->a);

	if (pair->always == NULL)
		pair->always = always_of(c->f, l, r);
	if (pair->always->kind != FOL_TRUE)
		fol_list_add(c->f->arena, c->list, pair->always);
	if (!ask_below)
		return;
	if (pair->below == NULL)
		pair->below = below_of(c->f, l, r);
	if (pair->below->kind != FOL_TRUE)
		fol_list_add(c->f->arena, c->list, pair->below);
}

static void about_word(struct collection *c, struct fol *text, struct fol *pattern)
{
	struct facts *f = c->f;
	struct bc_bytes word = { NULL, 0 };
	struct fol *fact = matches(f, text, pattern);
	struct str bytes;

	if (text->fun->a != LIFT_ZERO)
		word = bc_string(f->l->tree->policy, text->fun->a);
	bytes = (struct str){ (const char *)word.ptr, word.len };
	if (!dfa_match(automaton(f, pattern->fun->a), bytes))
		fact = fol_not(f->space, fact);
	fol_list_add(f->arena, c->list, fact);
}

static bool is_constant(const struct fol *f, enum lift_role role)
{
	return f->fun->role == role && (role != LIFT_PATTERN || f->fun->a != LIFT_ZERO);
}

static bool has_role(const struct collection *c, enum lift_role role)
{
	return (c->roles >> role & 1) != 0;
}

static void about_constants(struct collection *c)
{
	bool ask_below = has_role(c, LIFT_BELOW);

	if (!has_role(c, LIFT_MATCH))
		return;
	for (uint32_t i = 0; i < c->values.n; i++) {
		if (!is_constant(c->values.items[i], LIFT_PATTERN))
			continue;
		for (uint32_t j = 0; j < c->values.n; j++) {
			if (is_constant(c->values.items[j], LIFT_PATTERN))
				about_patterns(c, c->values.items[i], c->values.items[j], ask_below);
			else if (is_constant(c->values.items[j], LIFT_STR))
				about_word(c, c->values.items[j], c->values.items[i]);
		}
	}
}

/* ---- COUNT and CHOOSE ---------------------------------------------------- */

static struct fol *closed(struct facts *f, struct fol *body, struct fol *const *temps, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		body = all(f, temps[i], body);
	return body;
}

static void about_term(struct collection *c, struct fol *term)
{
	struct facts *f = c->f;
	struct fol_space *s = f->space;
	struct fol *vars[MOST_VARS], *temps[MOST_VARS], *x = fol_temp(s, term->var_sort), *body, *some, *fact;
	uint32_t n;

	if (!fol_generalise(s, &term, vars, temps, &n, MOST_VARS))
		return;
	for (uint32_t i = 0; i < c->terms.n; i++)
		if (c->terms.items[i] == term)
			return;
	fol_list_add(f->arena, &c->terms, term);
	body = fol_open(s, term, x);
	some = fol_bind(s, FOL_SOME, x, body);
	if (term->kind == FOL_COUNT) {
		fact = fol_and(s, fol_eq(s, fol_eq(s, term, fol_int(s, 0)), fol_not(s, some)),
		    fol_le(s, term, fol_int(s, MOST_COUNT)));
	} else {
		fact = fol_implies(s, some, fol_subst(s, body, x, term));
		if (term->sort >= FOL_ROW)
			fact = fol_and(s, fact, fol_or(s, some, fol_eq(s, term, lift_zero(f->l, term->sort))));
	}
	fol_list_add(f->arena, c->list, closed(f, fact, temps, n));
}

/* ---- all together -------------------------------------------------------- */

static void see(void *arg, struct fol *term)
{
	struct collection *c = arg;

	if (term->kind == FOL_COUNT || term->kind == FOL_CHOOSE)
		about_term(c, term);
	if (term->kind != FOL_APP || known(c->f, term->fun)->seen_in == c->number)
		return;
	known(c->f, term->fun)->seen_in = c->number;
	c->roles |= UINT32_C(1) << term->fun->role;
	if (term->fun->is_value)
		fol_list_add(c->f->arena, &c->values, term);
	fol_list_add(c->f->arena, c->list, known_symbol(c->f, term->fun));
}

void facts_add(struct facts *f, struct fol_list *list)
{
	struct collection c = { .f = f, .list = list, .number = ++f->n_collections };

	for (uint32_t i = 0; i < list->n; i++)
		fol_visit(f->space, list->items[i], see, &c);
	about_constants(&c);
}

void facts_add_of(struct facts *f, const struct fol_list *formulas, struct fol_list *facts)
{
	struct fol_list all = { .n = 0 };

	for (uint32_t i = 0; i < formulas->n; i++)
		fol_list_add(f->arena, &all, formulas->items[i]);
	facts_add(f, &all);
	for (uint32_t i = formulas->n; i < all.n; i++)
		if (all.items[i]->kind != FOL_TRUE)
			fol_list_add(f->arena, facts, all.items[i]);
}

/* ---- one at a time --------------------------------------------------------- */

struct fol *facts_of_symbol(struct facts *f, const struct fol_fun *fun)
{
	return about_symbol(f, fun);
}

void facts_of_term(struct facts *f, struct fol *term, struct fol_list *list)
{
	struct collection c = { .f = f, .list = list };

	about_term(&c, term);
}

void facts_of_patterns(struct facts *f, uint32_t l, uint32_t r, struct fol_list *list)
{
	struct collection c = { .f = f, .list = list };

	about_patterns(&c, value(f, LIFT_PATTERN, l, 0, FOL_PAT), value(f, LIFT_PATTERN, r, 0, FOL_PAT), true);
}

void facts_of_word(struct facts *f, uint32_t string, uint32_t pattern, struct fol_list *list)
{
	struct collection c = { .f = f, .list = list };

	about_word(&c, value(f, LIFT_STR, string, 0, FOL_STR), value(f, LIFT_PATTERN, pattern, 0, FOL_PAT));
}

/* ---- counts and steps ---------------------------------------------------- */

struct counting {
	struct facts *f;
	const struct lift_rule *rule;
	struct fol_list *list;
};

/* 1 if the formula holds at the key and no earlier key is the same, else 0. */
static struct fol *weight(struct facts *f, struct fol *body, struct fol *x, struct fol *const *keys, uint32_t i)
{
	struct fol_space *s = f->space;
	struct fol *counts = fol_subst(s, body, x, keys[i]);

	for (uint32_t j = 0; j < i; j++)
		counts = fol_and(s, counts, fol_not(s, fol_eq(s, keys[i], keys[j])));
	return fol_ite(s, counts, fol_int(s, 1), fol_int(s, 0));
}

/* Of two COUNTs over finite sets that differ at most at the keys: each is what
 * it counts elsewhere, which is equal, and what it counts at the keys. */
static void about_step(struct counting *c, struct fol *term, struct fol *const *keys, uint32_t n_keys,
    struct fol *const *temps, uint32_t n_temps)
{
	struct facts *f = c->f;
	struct fol_space *s = f->space;
	struct fol *x = fol_temp(s, term->var_sort), *after = lift_after(f->l, c->rule, term);
	struct fol *was = fol_open(s, term, x), *is = lift_after(f->l, c->rule, was);
	struct fol *left = after, *right = term, *elsewhere = fol_bool(s, false), *same = fol_eq(s, was, is);
	struct fol *fewer = fol_implies(s, is, was);

	for (uint32_t i = 0; i < n_keys; i++) {
		struct fol *here = fol_eq(s, x, keys[i]);

		left = fol_add(s, left, weight(f, was, x, keys, i));
		right = fol_add(s, right, weight(f, is, x, keys, i));
		same = fol_replace(s, same, here, fol_bool(s, false));
		fewer = fol_replace(s, fewer, here, fol_bool(s, false));
		elsewhere = fol_or(s, elsewhere, here);
	}
	same = all(f, x, fol_or(s, elsewhere, same));
	fewer = all(f, x, fol_or(s, elsewhere, fewer));
	same = fol_implies(s, same, fol_eq(s, left, right));
	fewer = fol_implies(s, fewer, fol_le(s, left, right));
	fol_list_add(f->arena, c->list, closed(f, fol_and(s, same, fewer), temps, n_temps));
}

static void see_count(void *arg, struct fol *term)
{
	struct counting *c = arg;
	struct fol *vars[MOST_VARS], *temps[MOST_VARS], *keys[BC_WRITES_MAX];
	uint32_t n_temps, n_keys = 0;

	if (term->kind != FOL_COUNT || !fol_generalise(c->f->space, &term, vars, temps, &n_temps, MOST_VARS))
		return;
	for (uint32_t i = 0; i < c->rule->n_writes; i++) {
		struct fol *key = c->rule->writes[i].key;
		bool is_new = key != NULL && key->sort == term->var_sort;

		for (uint32_t j = 0; is_new && j < n_keys; j++)
			is_new = keys[j] != key;
		if (is_new)
			keys[n_keys++] = key;
	}
	about_step(c, term, keys, n_keys, temps, n_temps);
}

void facts_add_counts(struct facts *f, const struct lift_rule *rule, struct fol *before, struct fol_list *list)
{
	struct counting c = { f, rule, list };

	fol_visit(f->space, before, see_count, &c);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * smt.c - the only file that includes Z3.  One context for all queries, so
 * that a formula is translated once; one solver for each, with quantifiers
 * instantiated by models (MBQI).
 *
 * Sorts of strings, digests, places, patterns and rows are uninterpreted.  A
 * bound variable becomes the constant of its number and sort: within one
 * closed formula, no binder is inside another of the same number.
 */
#include "smt.h"

#include <z3.h>

#define MOST_FREE       8u              /* free variables of a COUNT or CHOOSE */

/* A function.  What results in an integer results in a natural number. */
struct decl {
	Z3_func_decl decl;
	Z3_ast natural;                 /* says so; NULL: other sorts */
	uint32_t asked;                 /* the last query that was told */
};

/* A COUNT, a CHOOSE or a name, with temps for the free variables, and its
 * function. */
struct smt_term {
	struct fol *key;
	struct decl decl;
};

struct smt {
	struct arena *arena;
	struct fol_space *space;
	Z3_context z3;
	Z3_sort *sorts;                 /* by sort number; NULL: not made yet */
	uint32_t n_sorts;
	Z3_ast *asts[4];                /* by what is forgotten and by term; NULL: not translated yet */
	uint32_t n_asts[4];
	struct decl *decls;             /* by function symbol */
	uint32_t n_decls;
	struct smt_term *terms;
	uint32_t n_terms, cap_terms;
	Z3_ast zero, most;              /* what integers are between */
	Z3_solver solver;               /* of the query at hand, */
	enum smt_forget forget;         /* what it forgets just now, */
	uint32_t query;                 /* its number, */
	struct fol **values;            /* and its constants */
	uint32_t n_values, cap_values;
	bool failed;                    /* the handler was called, or a term has no translation */
	bool exhausted;                 /* it was called for want of memory */
};

/* Z3 forgets an error at the next good call; this is where it is remembered. */
static struct smt *current;

static void on_error(Z3_context z3, Z3_error_code code)
{
	(void)z3;
	if (current == NULL)
		return;
	current->failed = true;
	current->exhausted = current->exhausted || code == Z3_MEMOUT_FAIL;
}

struct smt *smt_open(struct arena *a, struct fol_space *s)
{
	struct smt *smt = arena_new(a, struct smt);
	Z3_config config = Z3_mk_config();

	if (config == NULL)
		return NULL;
	Z3_set_param_value(config, "model", "false");
	smt->arena = a;
	smt->space = s;
	smt->z3 = Z3_mk_context(config);
	Z3_del_config(config);
	if (smt->z3 == NULL)
		return NULL;
	current = smt;
	Z3_set_error_handler(smt->z3, on_error);
	smt->zero = Z3_mk_unsigned_int64(smt->z3, 0, Z3_mk_int_sort(smt->z3));
	smt->most = Z3_mk_unsigned_int64(smt->z3, UINT64_MAX, Z3_mk_int_sort(smt->z3));
	return smt;
}

void smt_close(struct smt *smt)
{
	if (smt == NULL)
		return;
	Z3_del_context(smt->z3);
	current = NULL;
}

/* Room for index i in an array of pointers that starts as NULLs. */
static void *roomy(struct smt *smt, void *old, uint32_t *n, uint32_t i, size_t len)
{
	uint32_t more = *n * 2 > i ? *n * 2 : i + 64;
	void *items;

	if (i < *n)
		return old;
	items = arena_alloc_array(smt->arena, more, len);
	if (*n > 0)
		memcpy(items, old, *n * len);
	*n = more;
	return items;
}

static Z3_symbol name(struct smt *smt, const char *prefix, uint32_t i)
{
	return Z3_mk_string_symbol(smt->z3, arena_printf(smt->arena, "%s%u", prefix, i).ptr);
}

static Z3_sort sort(struct smt *smt, uint32_t i)
{
	if (i == FOL_BOOL)
		return Z3_mk_bool_sort(smt->z3);
	if (i == FOL_INTEGER)
		return Z3_mk_int_sort(smt->z3);
	smt->sorts = roomy(smt, smt->sorts, &smt->n_sorts, i, sizeof(Z3_sort));
	if (smt->sorts[i] == NULL)
		smt->sorts[i] = Z3_mk_uninterpreted_sort(smt->z3, name(smt, "S", i));
	return smt->sorts[i];
}

static Z3_ast is_natural(struct smt *smt, Z3_ast term)
{
	Z3_ast both[2] = { Z3_mk_le(smt->z3, smt->zero, term), Z3_mk_le(smt->z3, term, smt->most) };

	return Z3_mk_and(smt->z3, 2, both);
}

static Z3_ast quantified(struct smt *smt, bool is_all, uint32_t n, Z3_ast *vars, Z3_ast body)
{
	Z3_app apps[MOST_FREE];

	if (n == 0)
		return body;
	for (uint32_t i = 0; i < n; i++)
		apps[i] = Z3_to_app(smt->z3, vars[i]);
	return Z3_mk_quantifier_const(smt->z3, is_all, 0, n, apps, 0, NULL, body);
}

static struct decl declare(struct smt *smt, const char *prefix, uint32_t id, uint32_t n,
    const uint32_t *args, uint32_t result)
{
	Z3_sort sorts[MOST_FREE];
	Z3_ast vars[MOST_FREE];
	struct decl d = { 0 };

	for (uint32_t i = 0; i < n; i++) {
		sorts[i] = sort(smt, args[i]);
		vars[i] = Z3_mk_const(smt->z3, name(smt, "n", i), sorts[i]);
	}
	d.decl = Z3_mk_func_decl(smt->z3, name(smt, prefix, id), n, sorts, sort(smt, result));
	if (result == FOL_INTEGER && d.decl != NULL)
		d.natural = quantified(smt, true, n, vars,
		    is_natural(smt, Z3_mk_app(smt->z3, d.decl, n, vars)));
	return d;
}

static Z3_ast translate(struct smt *smt, struct fol *f);

static Z3_ast of_app(struct smt *smt, struct fol *f, const Z3_ast *kids)
{
	uint32_t id = f->fun->id;

	smt->decls = roomy(smt, smt->decls, &smt->n_decls, id, sizeof(struct decl));
	if (smt->decls[id].decl == NULL)
		smt->decls[id] = declare(smt, "f", id, f->fun->n_args, f->fun->args, f->sort);
	if (smt->decls[id].decl == NULL)
		return NULL;
	return Z3_mk_app(smt->z3, smt->decls[id].decl, f->n, kids);
}

static Z3_ast of_quantifier(struct smt *smt, struct fol *f, Z3_ast body)
{
	Z3_ast var = Z3_mk_const(smt->z3, name(smt, "x", f->number), sort(smt, f->var_sort)), both[2];

	if (f->var_sort == FOL_INTEGER) {
		both[0] = is_natural(smt, var);
		both[1] = body;
		body = f->kind == FOL_ALL ? Z3_mk_implies(smt->z3, both[0], body) : Z3_mk_and(smt->z3, 2, both);
	}
	return quantified(smt, f->kind == FOL_ALL, 1, &var, body);
}

/* The function for a name, and the variables it is applied to. */
static struct decl *term_decl(struct smt *smt, struct fol *f, struct fol **vars, uint32_t *n)
{
	struct fol *temps[MOST_FREE];
	uint32_t args[MOST_FREE], i;
	struct decl d;

	if (!fol_generalise(smt->space, &f, vars, temps, n, MOST_FREE))
		return NULL;
	for (i = 0; i < smt->n_terms; i++)
		if (smt->terms[i].key == f)
			return &smt->terms[i].decl;
	for (i = 0; i < *n; i++)
		args[i] = vars[i]->sort;
	d = declare(smt, "t", smt->n_terms, *n, args, f->sort);
	arena_push(smt->arena, smt->terms, smt->n_terms, smt->cap_terms);
	smt->terms[smt->n_terms++] = (struct smt_term){ f, d };
	return &smt->terms[smt->n_terms - 1].decl;
}

static Z3_ast of_name(struct smt *smt, struct fol *f)
{
	struct fol *vars[MOST_FREE];
	Z3_ast kids[MOST_FREE];
	uint32_t n;
	const struct decl *d;

	if (smt->forget == SMT_GROUND && f->sort == FOL_BOOL)
		return Z3_mk_const(smt->z3, name(smt, "b", f->id), Z3_mk_bool_sort(smt->z3));
	d = term_decl(smt, f, vars, &n);
	if (d == NULL || d->decl == NULL)
		return NULL;
	for (uint32_t i = 0; i < n; i++)
		kids[i] = translate(smt, vars[i]);
	return Z3_mk_app(smt->z3, d->decl, n, kids);
}

static Z3_ast of_sum(struct smt *smt, Z3_ast *kids)
{
	Z3_ast sum = Z3_mk_add(smt->z3, 2, kids);

	return Z3_mk_ite(smt->z3, Z3_mk_lt(smt->z3, smt->most, sum), smt->most, sum);
}

static Z3_ast of_difference(struct smt *smt, Z3_ast *kids)
{
	return Z3_mk_ite(smt->z3, Z3_mk_lt(smt->z3, kids[0], kids[1]), smt->zero,
	    Z3_mk_sub(smt->z3, 2, kids));
}

/* The term, given its kids'. */
static Z3_ast assemble(struct smt *smt, struct fol *f, Z3_ast *kids)
{
	switch (f->kind) {
	case FOL_FALSE:
		return Z3_mk_false(smt->z3);
	case FOL_TRUE:
		return Z3_mk_true(smt->z3);
	case FOL_VAR:
		return Z3_mk_const(smt->z3, name(smt, "x", f->number), sort(smt, f->sort));
	case FOL_INT:
		return Z3_mk_unsigned_int64(smt->z3, f->integer, Z3_mk_int_sort(smt->z3));
	case FOL_APP:
		return of_app(smt, f, kids);
	case FOL_EQ:
		return f->kids[0]->sort == FOL_BOOL ? Z3_mk_iff(smt->z3, kids[0], kids[1]) :
		    Z3_mk_eq(smt->z3, kids[0], kids[1]);
	case FOL_LT:
		return Z3_mk_lt(smt->z3, kids[0], kids[1]);
	case FOL_LE:
		return Z3_mk_le(smt->z3, kids[0], kids[1]);
	case FOL_ADD:
		return of_sum(smt, kids);
	case FOL_SUB:
		return of_difference(smt, kids);
	case FOL_ITE:
		return Z3_mk_ite(smt->z3, kids[0], kids[1], kids[2]);
	case FOL_NOT:
		return Z3_mk_not(smt->z3, kids[0]);
	case FOL_AND:
		return Z3_mk_and(smt->z3, f->n, kids);
	case FOL_OR:
		return Z3_mk_or(smt->z3, f->n, kids);
	case FOL_ALL: case FOL_SOME:
		return of_quantifier(smt, f, kids[0]);
	case FOL_TEMP:
		return Z3_mk_const(smt->z3, name(smt, "c", f->number), sort(smt, f->sort));
	case FOL_COUNT: case FOL_CHOOSE:
		break;
	}
	return NULL;
}

/* What is a function of its free variables here, whatever is within.  That
 * allows more than what it says, so what can't be true then can't be at all. */
static bool is_name(const struct smt *smt, const struct fol *f)
{
	return f->kind == FOL_COUNT || f->kind == FOL_CHOOSE ||
	    (fol_is_binder(f) && smt->forget == SMT_GROUND) ||
	    (fol_is_binder(f) && smt->forget >= SMT_RIGID && !f->reads_state) ||
	    (fol_is_binder(f) && smt->forget == SMT_REQUEST && f->var_sort == FOL_POS && f->reads_request);
}

/* NULL, and `failed`, if Z3 objects; NULL is never passed on. */
static Z3_ast translate(struct smt *smt, struct fol *f)
{
	Z3_ast few[16], *kids = f->n <= 16 ? few : arena_array(smt->arena, f->n, Z3_ast), made;
	enum smt_forget mode = smt->forget;

	smt->asts[mode] = roomy(smt, smt->asts[mode], &smt->n_asts[mode], f->id, sizeof(Z3_ast));
	if (smt->asts[mode][f->id] != NULL)
		return smt->asts[mode][f->id];
	for (uint32_t i = 0; i < f->n && !is_name(smt, f); i++) {
		kids[i] = translate(smt, f->kids[i]);
		if (kids[i] == NULL)
			return NULL;
	}
	made = smt->failed ? NULL : is_name(smt, f) ? of_name(smt, f) : assemble(smt, f, kids);
	if (made == NULL || smt->failed) {
		smt->failed = true;
		return NULL;
	}
	return smt->asts[mode][f->id] = made;
}

static void tell_natural(struct smt *smt, struct decl *d)
{
	if (d == NULL || d->natural == NULL || d->asked == smt->query)
		return;
	d->asked = smt->query;
	Z3_solver_assert(smt->z3, smt->solver, d->natural);
}

/* A term of the query: translated, so its function is declared. */
static void see(void *arg, struct fol *f)
{
	struct smt *smt = arg;
	struct fol *vars[MOST_FREE];
	uint32_t n;

	if (smt->failed)
		return;
	if (f->kind == FOL_COUNT)
		tell_natural(smt, term_decl(smt, f, vars, &n));
	if (f->kind == FOL_APP && f->fun->id < smt->n_decls)
		tell_natural(smt, &smt->decls[f->fun->id]);
	if (f->kind != FOL_APP || !f->fun->is_value)
		return;
	for (uint32_t i = 0; i < smt->n_values; i++)
		if (smt->values[i] == f)
			return;
	arena_push(smt->arena, smt->values, smt->n_values, smt->cap_values);
	smt->values[smt->n_values++] = f;
}

/* Constants of one sort are different values. */
static void assert_distinct(struct smt *smt)
{
	Z3_ast *same = arena_array(smt->arena, smt->n_values + 1, Z3_ast);

	for (uint32_t s = FOL_STR, left = smt->n_values; left > 0; s++) {
		uint32_t n = 0;

		for (uint32_t i = 0; i < smt->n_values; i++)
			if (smt->values[i]->sort == s)
				same[n++] = translate(smt, smt->values[i]);
		left -= n;
		if (n > 1 && !smt->failed)
			Z3_solver_assert(smt->z3, smt->solver, Z3_mk_distinct(smt->z3, n, same));
	}
}

static void set_params(struct smt *smt, const struct smt_query *q)
{
	Z3_params params = Z3_mk_params(smt->z3);

	Z3_params_inc_ref(smt->z3, params);
	if (q->timeout_ms != 0)
		Z3_params_set_uint(smt->z3, params, Z3_mk_string_symbol(smt->z3, "timeout"), q->timeout_ms);
	Z3_params_set_uint(smt->z3, params, Z3_mk_string_symbol(smt->z3, "random_seed"), q->seed);
	Z3_params_set_uint(smt->z3, params, Z3_mk_string_symbol(smt->z3, "rlimit"), q->most_steps);
	Z3_params_set_bool(smt->z3, params, Z3_mk_string_symbol(smt->z3, "mbqi"), true);
	/* Else Z3 takes SIGINT for itself, and stop.h never hears of it. */
	Z3_params_set_bool(smt->z3, params, Z3_mk_string_symbol(smt->z3, "ctrl_c"), false);
	Z3_params_set_bool(smt->z3, params, Z3_mk_string_symbol(smt->z3, "pull_nested_quantifiers"), q->prenex);
	Z3_solver_set_params(smt->z3, smt->solver, params);
	Z3_params_dec_ref(smt->z3, params);
}

static void assert_formula(struct smt *smt, struct fol *f, Z3_ast if_true)
{
	Z3_ast ast = translate(smt, f);

	if (ast != NULL)
		Z3_solver_assert(smt->z3, smt->solver,
		    if_true == NULL ? ast : Z3_mk_implies(smt->z3, if_true, ast));
	fol_visit(smt->space, f, see, smt);
}

/* Which of the assumptions the refutation used. */
static void read_core(struct smt *smt, const Z3_ast *assumptions, const struct smt_query *q)
{
	Z3_ast_vector core = Z3_solver_get_unsat_core(smt->z3, smt->solver);

	/* No core is no excuse: then all of it was needed. */
	memset(q->needed, core == NULL, q->n_perhaps * sizeof(bool));
	if (core == NULL)
		return;
	Z3_ast_vector_inc_ref(smt->z3, core);
	for (uint32_t i = 0; i < Z3_ast_vector_size(smt->z3, core); i++)
		for (uint32_t j = 0; j < q->n_perhaps; j++)
			if (Z3_ast_vector_get(smt->z3, core, i) == assumptions[j])
				q->needed[j] = true;
	Z3_ast_vector_dec_ref(smt->z3, core);
}

static enum smt_answer check(struct smt *smt, const struct smt_query *q, const Z3_ast *assumptions)
{
	uint32_t n = assumptions == NULL ? 0 : q->n_perhaps;
	Z3_lbool result = Z3_solver_check_assumptions(smt->z3, smt->solver, n, assumptions);

	if (result == Z3_L_FALSE && n > 0)
		read_core(smt, assumptions, q);
	return result == Z3_L_FALSE ? SMT_NONE : result == Z3_L_TRUE ? SMT_SOME : SMT_UNKNOWN;
}

enum smt_answer smt_ask(struct smt *smt, const struct smt_query *q)
{
	enum smt_answer answer = SMT_UNKNOWN;
	Z3_ast *assumptions = NULL;

	current = smt;
	smt->failed = smt->exhausted = false;
	smt->n_values = 0;
	smt->query++;
	smt->solver = Z3_mk_simple_solver(smt->z3);
	if (smt->solver == NULL || smt->failed)
		return SMT_UNKNOWN;
	Z3_solver_inc_ref(smt->z3, smt->solver);
	set_params(smt, q);
	if (q->needed != NULL)
		assumptions = arena_array(smt->arena, q->n_perhaps + 1, Z3_ast);
	smt->forget = SMT_NOTHING;
	for (uint32_t i = 0; i < q->n_facts && !smt->failed; i++)
		assert_formula(smt, q->facts[i], NULL);
	smt->forget = q->forget;
	for (uint32_t i = 0; i < q->n_always && !smt->failed; i++)
		assert_formula(smt, q->always[i], NULL);
	for (uint32_t i = 0; i < q->n_perhaps && !smt->failed; i++) {
		if (assumptions != NULL)
			assumptions[i] = Z3_mk_const(smt->z3, name(smt, "a", i), Z3_mk_bool_sort(smt->z3));
		assert_formula(smt, q->perhaps[i], assumptions == NULL ? NULL : assumptions[i]);
	}
	assert_distinct(smt);
	if (!smt->failed)
		answer = check(smt, q, assumptions);
	Z3_solver_dec_ref(smt->z3, smt->solver);
	return smt->failed ? SMT_UNKNOWN : answer;
}

bool smt_is_exhausted(const struct smt *smt)
{
	return smt->exhausted;
}

const char *smt_version(void)
{
	return Z3_get_full_version();
}

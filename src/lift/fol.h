/* SPDX-License-Identifier: Apache-2.0
 *
 * fol.h - many-sorted first-order terms and formulas.  Each is made once: two
 * that are the same up to the names of bound variables are one pointer.  The
 * constructors simplify a little; none of them changes what a formula means in
 * any structure.
 *
 * A bound variable is numbered by the height of what it is bound in, so inner
 * variables have smaller numbers than outer ones.  While a formula is built,
 * a variable is a `temp`; fol_all() and its kin bind it.  What is handed to
 * the functions below has no free bound variable, only temps.
 *
 * Beside the usual connectives there are two terms that bind: COUNT, how many
 * values satisfy a formula, and CHOOSE, the least value that does (no row, or
 * place 0, if none does).  Integers are natural numbers below 2^64; ADD stops
 * there and SUB stops at 0.
 */
#ifndef COCOAPOL_FOL_H
#define COCOAPOL_FOL_H

#include "../base/arena.h"

/* Sorts; FOL_ROW + t is the rows of table t, "no row" included. */
enum { FOL_BOOL, FOL_INTEGER, FOL_STR, FOL_DIG, FOL_POS, FOL_PAT, FOL_ROW };

enum fol_kind {
	FOL_FALSE, FOL_TRUE, FOL_VAR, FOL_TEMP, FOL_INT, FOL_APP, FOL_EQ, FOL_LT, FOL_LE,
	FOL_ADD, FOL_SUB, FOL_ITE, FOL_NOT, FOL_AND, FOL_OR, FOL_ALL, FOL_SOME, FOL_COUNT, FOL_CHOOSE
};

#define FOL_ARGS_MAX 5

/* A function symbol.  `role`, `a` and `b` are its owner's; they identify it.
 * Two different symbols with is_value set are two different values. */
struct fol_fun {
	uint32_t role, a, b;
	uint32_t id;                    /* from 0, in the order of making */
	uint32_t sort, n_args, args[FOL_ARGS_MAX];
	bool is_value;
	bool is_state;                  /* its meaning changes from step to step, */
	bool is_request;                /* it is of the step itself */
};

struct fol {
	enum fol_kind kind;
	uint32_t sort, id, hash;
	uint32_t number;                /* VAR, TEMP, and of the variable of a binder */
	uint32_t var_sort;              /* binders */
	uint32_t height;                /* above the number of every binder within */
	uint32_t n;
	uint64_t free;                  /* bit min(number, 63): VARs that occur free */
	uint64_t temps;                 /* bit number % 64: TEMPs that may occur */
	bool reads_state, reads_request;        /* such a symbol occurs */
	uint64_t integer;
	const struct fol_fun *fun;
	struct fol **kids;
};

struct fol_space;
struct fol_space *fol_new(struct arena *a);
/* There were too many terms; what was made since means nothing. */
bool fol_is_full(const struct fol_space *s);
uint32_t fol_count(const struct fol_space *s);

/* The is_... members are for the caller to set, before the first fol_app(). */
struct fol_fun *fol_fun(struct fol_space *s, uint32_t role, uint32_t a, uint32_t b,
    uint32_t sort, uint32_t n_args, const uint32_t *args);
/* By its id; NULL: there is none. */
const struct fol_fun *fol_fun_at(const struct fol_space *s, uint32_t id);

struct fol *fol_bool(struct fol_space *s, bool b);
struct fol *fol_int(struct fol_space *s, uint64_t integer);
struct fol *fol_temp(struct fol_space *s, uint32_t sort);
struct fol *fol_app(struct fol_space *s, const struct fol_fun *f, struct fol *const *args);
struct fol *fol_eq(struct fol_space *s, struct fol *l, struct fol *r);
struct fol *fol_lt(struct fol_space *s, struct fol *l, struct fol *r);
struct fol *fol_le(struct fol_space *s, struct fol *l, struct fol *r);
struct fol *fol_add(struct fol_space *s, struct fol *l, struct fol *r);
struct fol *fol_sub(struct fol_space *s, struct fol *l, struct fol *r);
struct fol *fol_ite(struct fol_space *s, struct fol *c, struct fol *yes, struct fol *no);
struct fol *fol_not(struct fol_space *s, struct fol *f);
struct fol *fol_and(struct fol_space *s, struct fol *l, struct fol *r);
struct fol *fol_or(struct fol_space *s, struct fol *l, struct fol *r);
struct fol *fol_implies(struct fol_space *s, struct fol *l, struct fol *r);
/* AND, OR of any number. */
struct fol *fol_join(struct fol_space *s, enum fol_kind kind, struct fol *const *kids, uint32_t n);
/* ALL, SOME, COUNT or CHOOSE: binds the temp. */
struct fol *fol_bind(struct fol_space *s, enum fol_kind kind, struct fol *temp, struct fol *body);

/* What is no binder again, of other kids; what has none is itself. */
struct fol *fol_remake(struct fol_space *s, struct fol *f, struct fol *const *kids);

static inline bool fol_is_binder(const struct fol *f)
{
	return f->kind >= FOL_ALL;
}

struct fol *fol_subst(struct fol_space *s, struct fol *f, struct fol *temp, struct fol *term);
/* The body of a binder, with a temp or another term for its variable. */
struct fol *fol_open(struct fol_space *s, struct fol *binder, struct fol *term);
/* Every occurrence of the term `from` (no binder's variable in it) becomes `to`. */
struct fol *fol_replace(struct fol_space *s, struct fol *f, struct fol *from, struct fol *to);

/* Give applications another meaning: `app` returns the term for the function
 * at the (already rewritten) arguments, or NULL to keep the application. */
struct fol_rewriter {
	struct fol *(*app)(void *arg, const struct fol_fun *f, struct fol *const *args);
	void *arg;
};
struct fol *fol_rewrite(struct fol_space *s, struct fol *f, const struct fol_rewriter *r);

/* Every different subterm once, inner ones first. */
void fol_visit(struct fol_space *s, struct fol *f, void (*see)(void *arg, struct fol *f), void *arg);

/* A subterm as it stands within binders has free variables.  The same term
 * with temps for them, which depend on nothing but the order of their numbers;
 * vars[i] became temps[i], ascending.  False if there are more than `most`. */
bool fol_generalise(struct fol_space *s, struct fol **f, struct fol **vars, struct fol **temps,
    uint32_t *n, uint32_t most);

/* The value of a formula without temps in a concrete structure.  Quantifiers
 * range over `domain`, ascending for CHOOSE; `none` is what CHOOSE gives when
 * nothing fits. */
struct fol_structure {
	uint64_t (*app)(void *arg, const struct fol_fun *f, const uint64_t *args);
	uint32_t (*domain)(void *arg, uint32_t sort, const uint64_t **values);
	uint64_t (*none)(void *arg, uint32_t sort);
	void *arg;
};
uint64_t fol_eval(const struct fol_structure *m, const struct fol *f);

#endif

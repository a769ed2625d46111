/* SPDX-License-Identifier: Apache-2.0
 *
 * carry.c - makes each term again, inner ones first.
 */
#include "carry.h"

#include <stdlib.h>

void carry_name(struct carrier *c, const struct fol *from, struct fol *to)
{
	if (from->id >= c->n_terms) {
		uint32_t n = from->id + from->id / 2 + 256;
		struct fol **terms = arena_array(c->arena, n, struct fol *);

		if (c->n_terms > 0)
			memcpy(terms, c->terms, c->n_terms * sizeof(*terms));
		c->terms = terms;
		c->n_terms = n;
	}
	c->terms[from->id] = to;
}

const struct fol_fun *carry_fun(struct carrier *c, const struct fol_fun *fun)
{
	struct fol_fun *made = fol_fun(c->to, fun->role, fun->a, fun->b, fun->sort, fun->n_args, fun->args);

	made->is_value = fun->is_value;
	made->is_state = fun->is_state;
	made->is_request = fun->is_request;
	return made;
}

static struct fol *carry_binder(struct carrier *c, struct fol *f)
{
	struct fol *temp = fol_temp(c->from, f->var_sort), *made = fol_temp(c->to, f->var_sort);

	carry_name(c, temp, made);
	return fol_bind(c->to, f->kind, made, carry(c, fol_open(c->from, f, temp)));
}

static struct fol *make(struct carrier *c, struct fol *f, struct fol **kids)
{
	struct fol_space *s = c->to;

	switch (f->kind) {
	case FOL_FALSE: case FOL_TRUE:
		return fol_bool(s, f->kind == FOL_TRUE);
	case FOL_INT:
		return fol_int(s, f->integer);
	case FOL_APP:
		return fol_app(s, carry_fun(c, f->fun), kids);
	case FOL_EQ: case FOL_LT: case FOL_LE: case FOL_ADD: case FOL_SUB: case FOL_ITE: case FOL_NOT:
	case FOL_AND: case FOL_OR:
		return fol_remake(s, f, kids);
	case FOL_ALL: case FOL_SOME: case FOL_COUNT: case FOL_CHOOSE: case FOL_VAR: case FOL_TEMP:
		break;
	}
	abort();                        /* a temp that nobody named */
}

struct fol *carry(struct carrier *c, struct fol *f)
{
	struct fol **kids, *made;

	if (f->id < c->n_terms && c->terms[f->id] != NULL)
		return c->terms[f->id];
	if (fol_is_binder(f)) {
		made = carry_binder(c, f);
	} else {
		kids = arena_array(c->arena, f->n + 1, struct fol *);
		for (uint32_t i = 0; i < f->n; i++)
			kids[i] = carry(c, f->kids[i]);
		made = make(c, f, kids);
	}
	carry_name(c, f, made);
	return made;
}

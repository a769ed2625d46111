/* SPDX-License-Identifier: Apache-2.0
 *
 * What is true in some structure never contradicts itself: random structures,
 * random formulas that are true there, random cases.  And what is false in it
 * is found out once the atoms are known.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../src/check/ground.h"
#include "../../src/check/proof.h"

enum { SORT = FOL_ROW, SIZE = 3, N_FORMULAS = 10, N_TURNS = 3000 };
enum symbol { A, B, C, V0, V1, F, P, H, G, N_SYMBOLS };

static const uint64_t integers[] = { 0, 1, 2, 3, 7, UINT64_C(1) << 40, UINT64_C(1) << 62,
    UINT64_MAX - 1, UINT64_MAX };
enum { N_INTEGERS = sizeof(integers) / sizeof(integers[0]) };

struct world {
	struct fol_space *space;
	const struct fol_fun *funs[N_SYMBOLS];
	uint64_t tables[N_SYMBOLS][SIZE * SIZE];
	uint64_t random;
};

static uint32_t pick(struct world *w, uint32_t n)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (uint32_t)(w->random >> 20) % n;
}

static uint64_t app(void *arg, const struct fol_fun *f, const uint64_t *args)
{
	const struct world *w = arg;

	return w->tables[f->role][f->n_args == 0 ? 0 : f->n_args == 1 ? args[0] : args[0] * SIZE + args[1]];
}

static uint32_t domain(void *arg, uint32_t sort, const uint64_t **values)
{
	static const uint64_t elements[SIZE] = { 0, 1, 2 };

	(void)arg;
	*values = sort == FOL_INTEGER ? integers : elements;
	return sort == FOL_INTEGER ? N_INTEGERS : SIZE;
}

static uint64_t none(void *arg, uint32_t sort)
{
	(void)arg;
	(void)sort;
	return 0;
}

static uint64_t value(struct world *w, const struct fol *f)
{
	struct fol_structure m = { app, domain, none, w };

	return fol_eval(&m, f);
}

static void make_world(struct world *w, struct arena *a)
{
	static const struct { uint32_t sort, n_args; } shapes[N_SYMBOLS] = {
		[A] = { SORT, 0 }, [B] = { SORT, 0 }, [C] = { SORT, 0 }, [V0] = { SORT, 0 }, [V1] = { SORT, 0 },
		[F] = { SORT, 1 }, [P] = { FOL_BOOL, 1 }, [H] = { FOL_BOOL, 2 }, [G] = { FOL_INTEGER, 1 },
	};
	uint32_t sorts[2] = { SORT, SORT };

	w->space = fol_new(a);
	for (uint32_t i = 0; i < N_SYMBOLS; i++) {
		struct fol_fun *f = fol_fun(w->space, i, 0, 0, shapes[i].sort, shapes[i].n_args, sorts);

		f->is_value = i == V0 || i == V1;
		w->funs[i] = f;
		for (uint32_t j = 0; j < SIZE * SIZE; j++)
			w->tables[i][j] = shapes[i].sort == SORT ? pick(w, SIZE) : shapes[i].sort == FOL_BOOL ?
			    pick(w, 2) : integers[pick(w, N_INTEGERS)];
	}
	w->tables[V0][0] = 0;
	w->tables[V1][0] = 1;
}

static struct fol *formula(struct world *w, uint32_t depth, struct fol *var);

static struct fol *term(struct world *w, uint32_t depth, struct fol *var)
{
	struct fol *arg;
	uint32_t symbol = pick(w, depth == 0 ? F : F + 2);

	if (var != NULL && pick(w, 3) == 0)
		return var;
	if (symbol == F + 1)
		return fol_ite(w->space, formula(w, depth - 1, var), term(w, depth - 1, var), term(w, depth - 1, var));
	arg = symbol == F ? term(w, depth - 1, var) : NULL;
	return fol_app(w->space, w->funs[symbol], &arg);
}

static struct fol *number(struct world *w, uint32_t depth, struct fol *var)
{
	struct fol *arg;

	switch (depth == 0 ? 0 : pick(w, 5)) {
	case 1:
		return fol_add(w->space, number(w, depth - 1, var), number(w, depth - 1, var));
	case 2:
		return fol_sub(w->space, number(w, depth - 1, var), number(w, depth - 1, var));
	case 3:
		return fol_ite(w->space, formula(w, depth - 1, var), number(w, depth - 1, var),
		    number(w, depth - 1, var));
	case 4:
		return fol_int(w->space, integers[pick(w, N_INTEGERS)]);
	default:
		arg = term(w, 0, var);
		return fol_app(w->space, w->funs[G], &arg);
	}
}

static struct fol *quantified(struct world *w, uint32_t depth)
{
	struct fol *temp = fol_temp(w->space, SORT);

	return fol_bind(w->space, pick(w, 2) ? FOL_ALL : FOL_SOME, temp, formula(w, depth, temp));
}

static struct fol *formula(struct world *w, uint32_t depth, struct fol *var)
{
	struct fol *args[2];

	switch (pick(w, depth == 0 ? 4 : 12)) {
	case 0:
		args[0] = term(w, depth, var);
		return fol_app(w->space, w->funs[P], args);
	case 1:
		args[0] = term(w, depth, var);
		args[1] = term(w, depth, var);
		return fol_app(w->space, w->funs[H], args);
	case 2:
		return fol_eq(w->space, term(w, depth, var), term(w, depth, var));
	case 3:
		return fol_lt(w->space, number(w, depth, var), number(w, depth, var));
	case 4:
		return fol_le(w->space, number(w, depth, var), number(w, depth, var));
	case 5:
		return fol_not(w->space, formula(w, depth - 1, var));
	case 6:
		return fol_and(w->space, formula(w, depth - 1, var), formula(w, depth - 1, var));
	case 7:
		return fol_or(w->space, formula(w, depth - 1, var), formula(w, depth - 1, var));
	case 8:
		return fol_ite(w->space, formula(w, depth - 1, var), formula(w, depth - 1, var),
		    formula(w, depth - 1, var));
	case 9:
		return fol_eq(w->space, formula(w, depth - 1, var), formula(w, depth - 1, var));
	case 10:
		return fol_eq(w->space, number(w, depth - 1, var), number(w, depth - 1, var));
	default:
		return var == NULL ? quantified(w, depth - 1) : formula(w, depth - 1, var);
	}
}

static void suppose(struct world *w, struct ground *g, struct fol *f)
{
	ground_suppose(g, ground_add(g, f), value(w, f) != 0);
}

/* An open atom of a random place on; GROUND_NONE: there is none. */
static uint32_t open_node(struct world *w, const struct ground *g)
{
	uint32_t n = ground_count(g), from = pick(w, n);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t node = (from + i) % n;
		enum fol_kind kind = ground_node(g, node)->kind;

		if (ground_node(g, node)->sort == FOL_BOOL && ground_value(g, node) == GROUND_OPEN &&
		    kind != FOL_NOT && kind != FOL_AND && kind != FOL_OR && kind != FOL_ITE)
			return node;
	}
	return GROUND_NONE;
}

struct count { uint32_t wrong, instances, found, missed; };

static void instances(struct world *w, struct ground *g, struct count *count)
{
	for (uint32_t i = ground_count(g); i-- > 0;) {
		struct fol *f = ground_node(g, i), *instance;

		if (f->kind != FOL_ALL && f->kind != FOL_SOME)
			continue;
		instance = proof_instance(w->space, f, term(w, 1, NULL));
		count->instances++;
		count->wrong += value(w, instance) == 0;
		suppose(w, g, instance);
	}
}

static void turn(struct world *w, struct ground *g, struct count *count)
{
	uint32_t node, levels = 0;
	struct fol *last = formula(w, 3, NULL);

	ground_reset(g, w->space);
	for (uint32_t i = 0; i < N_FORMULAS; i++)
		suppose(w, g, formula(w, 3, NULL));
	instances(w, g, count);
	ground_add(g, last);
	count->wrong += ground_is_refuted(g);
	while ((node = open_node(w, g)) != GROUND_NONE) {
		bool is = value(w, ground_node(g, node)) != 0;

		ground_push(g);
		ground_suppose(g, node, !is);
		(void)ground_is_refuted(g);
		ground_pop(g);
		ground_push(g);
		levels++;
		ground_suppose(g, node, is);
		if (ground_is_refuted(g)) {
			count->wrong++;
			break;
		}
	}
	ground_push(g);
	ground_suppose(g, ground_find(g, last), value(w, last) == 0);
	if (ground_is_refuted(g))
		count->found++;
	else
		count->missed++;
	ground_pop(g);
	while (levels-- > 0)
		ground_pop(g);
	count->wrong += ground_is_refuted(g);
}

/* Sums that stop at the top: x + 1 <= x is possible, but not of a small x. */
static bool knows_the_top(struct arena *a)
{
	struct fol_space *s = fol_new(a);
	struct fol *x = fol_temp(s, FOL_INTEGER), *one = fol_int(s, 1);
	struct fol *circle = fol_le(s, fol_add(s, x, one), x);
	struct ground *g = ground_new(a);
	bool possible, small;

	ground_reset(g, s);
	ground_suppose(g, ground_add(g, circle), true);
	possible = !ground_is_refuted(g);
	ground_reset(g, s);
	ground_suppose(g, ground_add(g, circle), true);
	ground_suppose(g, ground_add(g, fol_le(s, x, fol_int(s, UINT64_C(1) << 62))), true);
	small = ground_is_refuted(g);
	return possible && small;
}

static bool say(bool ok, const char *what)
{
	printf("%s - %s\n", ok ? "ok" : "not ok", what);
	return ok;
}

int main(void)
{
	struct arena arena = { 0 };
	struct count count = { 0 };
	bool ok;

	for (uint32_t i = 0; i < N_TURNS; i++) {
		struct world w = { .random = i * UINT64_C(0x9e3779b97f4a7c15) + 1 };
		struct ground *g = ground_new(&arena);

		make_world(&w, &arena);
		for (uint32_t j = 0; j < 3; j++)
			turn(&w, g, &count);
		arena_clear(&arena);
	}
	ok = say(count.wrong == 0, "what is true somewhere is no contradiction, in any case");
	ok = say(count.instances > N_TURNS, "instances were among it") && ok;
	ok = say(count.missed == 0, "what is false is found out when the rest is known") && ok;
	ok = say(knows_the_top(&arena), "sums stop at the top, and small ones do not") && ok;
	printf("# %u wrong, %u instances, %u found, %u missed\n", (unsigned)count.wrong,
	    (unsigned)count.instances, (unsigned)count.found, (unsigned)count.missed);
	arena_clear(&arena);
	return ok ? 0 : 1;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * fol.c - terms by hash-consing, and the walks over them.
 *
 * Substitution could make a body taller, so that a binder within needs another
 * number.  The quick walk keeps all numbers and gives up when one would have
 * to change; the slow walk opens every binder with a temp and binds it anew.
 */
#include "fol.h"

#include <stdlib.h>

#define MOST_TERMS      (3u << 20)
#define MOST_DEPTH      256u            /* of nested binders, in evaluation */

/* Entries of an earlier turn are none: to empty a large memo costs nothing. */
struct memo_entry {
	struct fol *from, *to;
	uint64_t turn;
};
struct memo {
	struct memo_entry *entries;
	uint32_t cap, n;
	uint64_t turn;                  /* from 1 */
	struct memo *next;              /* the spare ones */
};

struct fol_space {
	struct arena *arena;
	struct fol **table;             /* cap is a power of 2 */
	uint32_t cap, n, n_temps;
	struct fol_fun **funs;
	uint32_t n_funs, cap_funs;
	struct fol *no, *yes;
	struct memo *spare;
	bool is_full;
};

/* ---- making -------------------------------------------------------------- */

static uint32_t mix(uint32_t h, uint32_t v)
{
	h ^= v + UINT32_C(0x9e3779b9) + (h << 6) + (h >> 2);
	return h * UINT32_C(0x85ebca6b) ^ h >> 13;
}

static uint32_t hash_of(const struct fol *f)
{
	uint32_t h = mix(mix(mix((uint32_t)f->kind, f->sort), f->number), f->var_sort);

	h = mix(mix(h, (uint32_t)f->integer), (uint32_t)(f->integer >> 32));
	h = mix(h, f->fun == NULL ? 0 : f->fun->id + 1);
	for (uint32_t i = 0; i < f->n; i++)
		h = mix(h, f->kids[i]->id);
	return h;
}

static bool same(const struct fol *l, const struct fol *r)
{
	if (l->hash != r->hash || l->kind != r->kind || l->sort != r->sort ||
	    l->number != r->number || l->var_sort != r->var_sort ||
	    l->integer != r->integer || l->fun != r->fun || l->n != r->n)
		return false;
	for (uint32_t i = 0; i < l->n; i++)
		if (l->kids[i] != r->kids[i])
			return false;
	return true;
}

static void grow(struct fol_space *s)
{
	struct fol **old = s->table;
	uint32_t old_cap = s->cap;

	s->cap = old_cap == 0 ? 1024 : old_cap * 2;
	s->table = arena_array(s->arena, s->cap, struct fol *);
	for (uint32_t i = 0; i < old_cap; i++) {
		uint32_t at;

		if (old[i] == NULL)
			continue;
		for (at = old[i]->hash & (s->cap - 1); s->table[at] != NULL;)
			at = (at + 1) & (s->cap - 1);
		s->table[at] = old[i];
	}
}

static uint64_t number_bit(uint32_t number)
{
	return UINT64_C(1) << (number < 63 ? number : 63);
}

static void summarise(struct fol *f)
{
	for (uint32_t i = 0; i < f->n; i++) {
		const struct fol *kid = f->kids[i];

		f->free |= kid->free;
		f->temps |= kid->temps;
		f->reads_state = f->reads_state || kid->reads_state;
		f->reads_request = f->reads_request || kid->reads_request;
		if (kid->height > f->height)
			f->height = kid->height;
	}
	if (f->kind == FOL_APP) {
		f->reads_state = f->reads_state || f->fun->is_state;
		f->reads_request = f->reads_request || f->fun->is_request;
	}
	if (f->kind == FOL_VAR)
		f->free = number_bit(f->number);
	if (f->kind == FOL_TEMP)
		f->temps = UINT64_C(1) << f->number % 64;
	if (fol_is_binder(f)) {
		if (f->number < 63)
			f->free &= ~number_bit(f->number);
		f->height = f->number + 1;
	}
}

/* The one term like `want`, whose kids may be in the caller's memory. */
static struct fol *make(struct fol_space *s, struct fol want)
{
	uint32_t at;
	struct fol *f;

	if (s->n >= MOST_TERMS) {
		s->is_full = true;
		return s->no;
	}
	if (s->n * 2 >= s->cap)
		grow(s);
	want.hash = hash_of(&want);
	for (at = want.hash & (s->cap - 1); s->table[at] != NULL; at = (at + 1) & (s->cap - 1))
		if (same(s->table[at], &want))
			return s->table[at];
	f = arena_new(s->arena, struct fol);
	*f = want;
	f->id = s->n++;
	f->kids = arena_array(s->arena, want.n + 1, struct fol *);
	for (uint32_t i = 0; i < want.n; i++)
		f->kids[i] = want.kids[i];
	summarise(f);
	s->table[at] = f;
	return f;
}

struct fol_space *fol_new(struct arena *a)
{
	struct fol_space *s = arena_new(a, struct fol_space);

	s->arena = a;
	s->no = make(s, (struct fol){ .kind = FOL_FALSE });
	s->yes = make(s, (struct fol){ .kind = FOL_TRUE });
	return s;
}

bool fol_is_full(const struct fol_space *s)
{
	return s->is_full;
}

uint32_t fol_count(const struct fol_space *s)
{
	return s->n;
}

struct fol_fun *fol_fun(struct fol_space *s, uint32_t role, uint32_t a, uint32_t b,
    uint32_t sort, uint32_t n_args, const uint32_t *args)
{
	struct fol_fun *f;

	for (uint32_t i = 0; i < s->n_funs; i++) {
		f = s->funs[i];
		if (f->role == role && f->a == a && f->b == b && f->sort == sort && f->n_args == n_args)
			return f;
	}
	if (n_args > FOL_ARGS_MAX)
		abort();
	f = arena_new(s->arena, struct fol_fun);
	*f = (struct fol_fun){ .role = role, .a = a, .b = b, .id = s->n_funs, .sort = sort, .n_args = n_args };
	for (uint32_t i = 0; i < n_args; i++)
		f->args[i] = args[i];
	arena_push(s->arena, s->funs, s->n_funs, s->cap_funs);
	s->funs[s->n_funs++] = f;
	return f;
}

const struct fol_fun *fol_fun_at(const struct fol_space *s, uint32_t id)
{
	return id < s->n_funs ? s->funs[id] : NULL;
}

struct fol *fol_bool(struct fol_space *s, bool b)
{
	return b ? s->yes : s->no;
}

struct fol *fol_int(struct fol_space *s, uint64_t integer)
{
	return make(s, (struct fol){ .kind = FOL_INT, .sort = FOL_INTEGER, .integer = integer });
}

struct fol *fol_temp(struct fol_space *s, uint32_t sort)
{
	return make(s, (struct fol){ .kind = FOL_TEMP, .sort = sort, .number = s->n_temps++ });
}

struct fol *fol_app(struct fol_space *s, const struct fol_fun *f, struct fol *const *args)
{
	struct fol *kids[FOL_ARGS_MAX];

	for (uint32_t i = 0; i < f->n_args; i++) {
		kids[i] = args[i];
		if (kids[i]->sort != f->args[i] && !s->is_full)
			abort();
	}
	return make(s, (struct fol){ .kind = FOL_APP, .sort = f->sort, .fun = f, .n = f->n_args, .kids = kids });
}

static struct fol *make2(struct fol_space *s, enum fol_kind kind, uint32_t sort, struct fol *l, struct fol *r)
{
	struct fol *kids[2] = { l, r };

	return make(s, (struct fol){ .kind = kind, .sort = sort, .n = 2, .kids = kids });
}

static bool is_value(const struct fol *f)
{
	return f->kind == FOL_INT || (f->kind == FOL_APP && f->fun->is_value);
}

struct fol *fol_eq(struct fol_space *s, struct fol *l, struct fol *r)
{
	if (l->sort != r->sort && !s->is_full)
		abort();
	if (l == r)
		return s->yes;
	if (is_value(l) && is_value(r))
		return s->no;
	if (l->kind <= FOL_TRUE || r->kind <= FOL_TRUE) {
		struct fol *constant = l->kind <= FOL_TRUE ? l : r, *other = constant == l ? r : l;

		return constant == s->yes ? other : fol_not(s, other);
	}
	return l->id < r->id ? make2(s, FOL_EQ, FOL_BOOL, l, r) : make2(s, FOL_EQ, FOL_BOOL, r, l);
}

struct fol *fol_lt(struct fol_space *s, struct fol *l, struct fol *r)
{
	if (l->kind == FOL_INT && r->kind == FOL_INT)
		return fol_bool(s, l->integer < r->integer);
	if (l == r || (r->kind == FOL_INT && r->integer == 0))
		return s->no;
	return make2(s, FOL_LT, FOL_BOOL, l, r);
}

struct fol *fol_le(struct fol_space *s, struct fol *l, struct fol *r)
{
	if (l->kind == FOL_INT && r->kind == FOL_INT)
		return fol_bool(s, l->integer <= r->integer);
	if (l == r || (l->kind == FOL_INT && l->integer == 0))
		return s->yes;
	return make2(s, FOL_LE, FOL_BOOL, l, r);
}

static uint64_t sum(uint64_t l, uint64_t r)
{
	return l > UINT64_MAX - r ? UINT64_MAX : l + r;
}

struct fol *fol_add(struct fol_space *s, struct fol *l, struct fol *r)
{
	if (l->kind == FOL_INT && r->kind == FOL_INT)
		return fol_int(s, sum(l->integer, r->integer));
	return l->id < r->id ? make2(s, FOL_ADD, FOL_INTEGER, l, r) : make2(s, FOL_ADD, FOL_INTEGER, r, l);
}

struct fol *fol_sub(struct fol_space *s, struct fol *l, struct fol *r)
{
	if (l->kind == FOL_INT && r->kind == FOL_INT)
		return fol_int(s, l->integer < r->integer ? 0 : l->integer - r->integer);
	return make2(s, FOL_SUB, FOL_INTEGER, l, r);
}

struct fol *fol_ite(struct fol_space *s, struct fol *c, struct fol *yes, struct fol *no)
{
	struct fol *kids[3] = { c, yes, no };

	if (c->kind == FOL_NOT)
		return fol_ite(s, c->kids[0], no, yes);
	if (c == s->yes || yes == no)
		return yes;
	if (c == s->no)
		return no;
	if (yes == s->yes)
		return fol_or(s, c, no);
	if (yes == s->no)
		return fol_and(s, fol_not(s, c), no);
	if (no == s->yes)
		return fol_or(s, fol_not(s, c), yes);
	if (no == s->no)
		return fol_and(s, c, yes);
	return make(s, (struct fol){ .kind = FOL_ITE, .sort = yes->sort, .n = 3, .kids = kids });
}

struct fol *fol_not(struct fol_space *s, struct fol *f)
{
	struct fol *kids[1] = { f };

	if (f == s->yes)
		return s->no;
	if (f == s->no)
		return s->yes;
	if (f->kind == FOL_NOT)
		return f->kids[0];
	return make(s, (struct fol){ .kind = FOL_NOT, .n = 1, .kids = kids });
}

static int by_id(const void *l, const void *r)
{
	const struct fol *const *a = l, *const *b = r;

	return ((*a)->id > (*b)->id) - ((*a)->id < (*b)->id);
}

/* Flattened, sorted and without doubles; a formula beside its negation decides. */
struct fol *fol_join(struct fol_space *s, enum fol_kind kind, struct fol *const *kids, uint32_t n)
{
	struct fol *neutral = fol_bool(s, kind == FOL_AND), *absorbing = fol_bool(s, kind != FOL_AND);
	struct fol **all = NULL;
	uint32_t m = 0, cap = 0, kept = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct fol *const *from = kids[i]->kind == kind ? kids[i]->kids : &kids[i];
		uint32_t many = kids[i]->kind == kind ? kids[i]->n : 1;

		for (uint32_t j = 0; j < many; j++) {
			if (from[j] == absorbing)
				return absorbing;
			if (from[j] == neutral)
				continue;
			arena_push(s->arena, all, m, cap);
			all[m++] = from[j];
		}
	}
	if (m == 0)
		return neutral;
	qsort(all, m, sizeof(struct fol *), by_id);
	for (uint32_t i = 0; i < m; i++) {
		if (kept > 0 && all[kept - 1] == all[i])
			continue;
		if (all[i]->kind == FOL_NOT &&
		    bsearch(&all[i]->kids[0], all, kept, sizeof(struct fol *), by_id) != NULL)
			return absorbing;
		all[kept++] = all[i];
	}
	if (kept == 1)
		return all[0];
	return make(s, (struct fol){ .kind = kind, .n = kept, .kids = all });
}

struct fol *fol_and(struct fol_space *s, struct fol *l, struct fol *r)
{
	struct fol *kids[2] = { l, r };

	return fol_join(s, FOL_AND, kids, 2);
}

struct fol *fol_or(struct fol_space *s, struct fol *l, struct fol *r)
{
	struct fol *kids[2] = { l, r };

	return fol_join(s, FOL_OR, kids, 2);
}

struct fol *fol_implies(struct fol_space *s, struct fol *l, struct fol *r)
{
	return fol_or(s, fol_not(s, l), r);
}

/* A binder over a body in which its variable has the number already.  No sort
 * is empty, so a body that is constant needs no quantifier. */
static struct fol *bound(struct fol_space *s, enum fol_kind kind, uint32_t number, uint32_t var_sort,
    struct fol *body)
{
	struct fol *kids[1] = { body };
	uint32_t sort = kind == FOL_COUNT ? FOL_INTEGER : kind == FOL_CHOOSE ? var_sort : FOL_BOOL;

	if (kind <= FOL_SOME && body->kind <= FOL_TRUE)
		return body;
	if (kind == FOL_COUNT && body == s->no)
		return fol_int(s, 0);
	return make(s, (struct fol){ .kind = kind, .sort = sort, .number = number,
	    .var_sort = var_sort, .n = 1, .kids = kids });
}

/* ---- walking ------------------------------------------------------------- */

enum walk_kind { WALK_TEMP, WALK_VAR, WALK_TERM, WALK_APP };

struct walk {
	struct fol_space *space;
	enum walk_kind kind;
	struct fol *from, *to;
	const struct fol_rewriter *rewriter;
	struct memo *memo;
	bool slow, gave_up;
};

static struct memo *memo_take(struct fol_space *s)
{
	struct memo *m = s->spare;

	if (m == NULL)
		m = arena_new(s->arena, struct memo);
	else
		s->spare = m->next;
	m->turn++;
	m->n = 0;
	return m;
}

static void memo_give(struct fol_space *s, struct memo *m)
{
	m->next = s->spare;
	s->spare = m;
}

/* The entry of the term, or the free one where it would be. */
static struct memo_entry *memo_place(const struct memo *m, const struct fol *f)
{
	uint32_t at = f->id * UINT32_C(0x9e3779b1) & (m->cap - 1);

	while (m->entries[at].turn == m->turn && m->entries[at].from != f)
		at = (at + 1) & (m->cap - 1);
	return &m->entries[at];
}

static bool memo_has(const struct memo *m, const struct fol *f, struct fol **to)
{
	const struct memo_entry *entry = m->cap == 0 ? NULL : memo_place(m, f);

	if (entry == NULL || entry->turn != m->turn)
		return false;
	*to = entry->to;
	return true;
}

static void memo_put(struct fol_space *s, struct memo *m, struct fol *from, struct fol *to)
{
	struct memo_entry *entry;

	if (m->n * 2 >= m->cap) {
		struct memo old = *m;

		m->cap = old.cap == 0 ? 64 : old.cap * 2;
		m->entries = arena_array(s->arena, m->cap, struct memo_entry);
		for (uint32_t i = 0; i < old.cap; i++)
			if (old.entries[i].turn == m->turn)
				*memo_place(m, old.entries[i].from) = old.entries[i];
	}
	entry = memo_place(m, from);
	m->n += entry->turn != m->turn;
	*entry = (struct memo_entry){ from, to, m->turn };
}

struct fol *fol_remake(struct fol_space *s, struct fol *f, struct fol *const *kids)
{
	switch (f->kind) {
	case FOL_APP:
		return fol_app(s, f->fun, kids);
	case FOL_EQ:
		return fol_eq(s, kids[0], kids[1]);
	case FOL_LT:
		return fol_lt(s, kids[0], kids[1]);
	case FOL_LE:
		return fol_le(s, kids[0], kids[1]);
	case FOL_ADD:
		return fol_add(s, kids[0], kids[1]);
	case FOL_SUB:
		return fol_sub(s, kids[0], kids[1]);
	case FOL_ITE:
		return fol_ite(s, kids[0], kids[1], kids[2]);
	case FOL_NOT:
		return fol_not(s, kids[0]);
	case FOL_AND: case FOL_OR:
		return fol_join(s, f->kind, kids, f->n);
	case FOL_FALSE: case FOL_TRUE: case FOL_VAR: case FOL_TEMP: case FOL_INT: case FOL_ALL:
	case FOL_SOME: case FOL_COUNT: case FOL_CHOOSE:
		break;
	}
	return f;
}

static struct fol *walk(struct walk *w, struct fol *f);

/* The term again, of other kids. */
static struct fol *remake(struct walk *w, struct fol *f, struct fol **kids)
{
	struct fol *other = NULL;

	if (f->kind == FOL_APP && w->kind == WALK_APP)
		other = w->rewriter->app(w->rewriter->arg, f->fun, kids);
	if (other != NULL)
		return other;
	if (!fol_is_binder(f))
		return fol_remake(w->space, f, kids);
	if (kids[0]->height != f->number)
		w->gave_up = true;
	return bound(w->space, f->kind, f->number, f->var_sort, kids[0]);
}

/* Whether the walk can change anything within. */
static bool is_untouched(const struct walk *w, const struct fol *f)
{
	switch (w->kind) {
	case WALK_TEMP:
		return (f->temps & w->from->temps) == 0;
	case WALK_VAR:
		return (f->free & number_bit(w->from->number)) == 0;
	case WALK_TERM: case WALK_APP:
		break;
	}
	return false;
}

static struct fol *walk_slow_binder(struct walk *w, struct fol *f)
{
	struct fol *temp = fol_temp(w->space, f->var_sort);

	return fol_bind(w->space, f->kind, temp, walk(w, fol_open(w->space, f, temp)));
}

static struct fol *walk_kids(struct walk *w, struct fol *f)
{
	struct fol *few[8], **kids = f->n <= 8 ? few : arena_array(w->space->arena, f->n, struct fol *);
	bool is_same = true;

	for (uint32_t i = 0; i < f->n && !w->gave_up; i++) {
		kids[i] = walk(w, f->kids[i]);
		is_same = is_same && kids[i] == f->kids[i];
	}
	if (w->gave_up || (is_same && (w->kind != WALK_APP || f->kind != FOL_APP)))
		return f;
	return remake(w, f, kids);
}

static struct fol *walk(struct walk *w, struct fol *f)
{
	struct fol *to;

	if (f == w->from)
		return w->to;
	if (is_untouched(w, f) || (f->n == 0 && f->kind != FOL_APP))
		return f;
	if (memo_has(w->memo, f, &to))
		return to;
	to = w->slow && fol_is_binder(f) ? walk_slow_binder(w, f) : walk_kids(w, f);
	if (!w->gave_up)
		memo_put(w->space, w->memo, f, to);
	return to;
}

static struct fol *run(struct walk *w, struct fol *f)
{
	struct fol_space *s = w->space;
	struct fol *to;

	if (is_untouched(w, f))
		return f;
	w->memo = memo_take(s);
	to = walk(w, f);
	memo_give(s, w->memo);
	if (!w->gave_up)
		return to;
	w->gave_up = false;
	w->slow = true;
	w->memo = memo_take(s);
	to = walk(w, f);
	memo_give(s, w->memo);
	return to;
}

struct fol *fol_subst(struct fol_space *s, struct fol *f, struct fol *temp, struct fol *term)
{
	struct walk w = { .space = s, .kind = WALK_TEMP, .from = temp, .to = term };

	if (temp == term)
		return f;
	return run(&w, f);
}

struct fol *fol_open(struct fol_space *s, struct fol *binder, struct fol *term)
{
	struct fol *var = make(s, (struct fol){ .kind = FOL_VAR, .sort = binder->var_sort,
	    .number = binder->number });
	struct walk w = { .space = s, .kind = WALK_VAR, .from = var, .to = term };

	return run(&w, binder->kids[0]);
}

struct fol *fol_replace(struct fol_space *s, struct fol *f, struct fol *from, struct fol *to)
{
	struct walk w = { .space = s, .kind = WALK_TERM, .from = from, .to = to };

	return run(&w, f);
}

struct fol *fol_rewrite(struct fol_space *s, struct fol *f, const struct fol_rewriter *r)
{
	struct walk w = { .space = s, .kind = WALK_APP, .rewriter = r };

	return run(&w, f);
}

struct fol *fol_bind(struct fol_space *s, enum fol_kind kind, struct fol *temp, struct fol *body)
{
	uint32_t number = body->height;
	struct fol *var = make(s, (struct fol){ .kind = FOL_VAR, .sort = temp->sort, .number = number });

	return bound(s, kind, number, temp->sort, fol_subst(s, body, temp, var));
}

struct visit {
	struct fol_space *space;
	struct memo *memo;
	void (*see)(void *arg, struct fol *f);
	void *arg;
};

static void visit(struct visit *v, struct fol *f)
{
	struct fol *seen;

	if (memo_has(v->memo, f, &seen))
		return;
	memo_put(v->space, v->memo, f, f);
	for (uint32_t i = 0; i < f->n; i++)
		visit(v, f->kids[i]);
	v->see(v->arg, f);
}

void fol_visit(struct fol_space *s, struct fol *f, void (*see)(void *arg, struct fol *f), void *arg)
{
	struct visit v = { s, memo_take(s), see, arg };

	visit(&v, f);
	memo_give(s, v.memo);
}

struct free_vars {
	struct fol *vars[MOST_DEPTH];
	uint32_t height, n;
};

/* A variable numbered from the whole term's height up is bound outside it. */
static void see_var(void *arg, struct fol *f)
{
	struct free_vars *v = arg;

	if (f->kind == FOL_VAR && f->number >= v->height && v->n < MOST_DEPTH)
		v->vars[v->n++] = f;
}

static int by_number(const void *l, const void *r)
{
	const struct fol *const *a = l, *const *b = r;

	return ((*a)->number > (*b)->number) - ((*a)->number < (*b)->number);
}

/* The i-th temp of a sort that fol_generalise() uses. */
static struct fol *placeholder(struct fol_space *s, uint32_t i, uint32_t sort)
{
	return make(s, (struct fol){ .kind = FOL_TEMP, .sort = sort, .number = UINT32_MAX - i });
}

bool fol_generalise(struct fol_space *s, struct fol **f, struct fol **vars, struct fol **temps,
    uint32_t *n, uint32_t most)
{
	struct free_vars v = { .height = (*f)->height };

	fol_visit(s, *f, see_var, &v);
	if (v.n > most)
		return false;
	qsort(v.vars, v.n, sizeof(struct fol *), by_number);
	for (uint32_t i = 0; i < v.n; i++) {
		struct walk w = { .space = s, .kind = WALK_VAR, .from = v.vars[i] };

		vars[i] = v.vars[i];
		temps[i] = w.to = placeholder(s, i, v.vars[i]->sort);
		*f = run(&w, *f);
	}
	*n = v.n;
	return true;
}

/* ---- evaluating ---------------------------------------------------------- */

struct evaluation {
	const struct fol_structure *m;
	uint64_t values[MOST_DEPTH];    /* of bound variables, by number */
};

static uint64_t eval(struct evaluation *e, const struct fol *f);

static uint64_t eval_binder(struct evaluation *e, const struct fol *f)
{
	const uint64_t *values;
	uint32_t n = e->m->domain(e->m->arg, f->var_sort, &values);
	uint64_t count = 0, outer;

	if (f->number >= MOST_DEPTH)
		abort();
	outer = e->values[f->number];
	for (uint32_t i = 0; i < n; i++) {
		bool holds;

		e->values[f->number] = values[i];
		holds = eval(e, f->kids[0]) != 0;
		count += holds;
		if (holds != (f->kind == FOL_ALL) && f->kind != FOL_COUNT) {
			e->values[f->number] = outer;
			return f->kind == FOL_CHOOSE ? values[i] : f->kind == FOL_SOME;
		}
	}
	e->values[f->number] = outer;
	if (f->kind == FOL_CHOOSE)
		return e->m->none(e->m->arg, f->var_sort);
	return f->kind == FOL_COUNT ? count : f->kind == FOL_ALL;
}

static uint64_t eval_app(struct evaluation *e, const struct fol *f)
{
	uint64_t args[FOL_ARGS_MAX];

	for (uint32_t i = 0; i < f->n; i++)
		args[i] = eval(e, f->kids[i]);
	return e->m->app(e->m->arg, f->fun, args);
}

static uint64_t eval(struct evaluation *e, const struct fol *f)
{
	uint64_t l, r;

	switch (f->kind) {
	case FOL_FALSE: case FOL_TRUE:
		return f->kind == FOL_TRUE;
	case FOL_VAR:
		return e->values[f->number];
	case FOL_INT:
		return f->integer;
	case FOL_APP:
		return eval_app(e, f);
	case FOL_ITE:
		return eval(e, f->kids[eval(e, f->kids[0]) != 0 ? 1 : 2]);
	case FOL_NOT:
		return eval(e, f->kids[0]) == 0;
	case FOL_AND: case FOL_OR:
		for (uint32_t i = 0; i < f->n; i++)
			if ((eval(e, f->kids[i]) != 0) != (f->kind == FOL_AND))
				return f->kind == FOL_OR;
		return f->kind == FOL_AND;
	case FOL_ALL: case FOL_SOME: case FOL_COUNT: case FOL_CHOOSE:
		return eval_binder(e, f);
	case FOL_EQ: case FOL_LT: case FOL_LE: case FOL_ADD: case FOL_SUB:
		l = eval(e, f->kids[0]);
		r = eval(e, f->kids[1]);
		return f->kind == FOL_EQ ? l == r : f->kind == FOL_LT ? l < r : f->kind == FOL_LE ? l <= r :
		    f->kind == FOL_ADD ? sum(l, r) : l < r ? 0 : l - r;
	case FOL_TEMP:
		break;
	}
	abort();
}

uint64_t fol_eval(const struct fol_structure *m, const struct fol *f)
{
	struct evaluation e = { .m = m };

	return eval(&e, f);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * algebra.c - two languages: products, and questions about pairs of states.
 */
#include "automaton.h"

#include <stdlib.h>

/* Pairs of states, each told by a number; DFA_NONE is a dead state. */
struct pairs {
	const struct dfa *l, *r;
	struct arena scratch;
	struct interner seen;
};

static void pairs_init(struct pairs *p, const struct dfa *l, const struct dfa *r)
{
	memset(p, 0, sizeof(*p));
	p->l = l;
	p->r = r;
	interner_init(&p->seen, &p->scratch);
}

static uint32_t pair_number(struct pairs *p, uint32_t l, uint32_t r)
{
	uint32_t words[3] = { 2, l, r };
	bool is_new;

	return interner_number(&p->seen, words, &is_new);
}

static uint32_t step_or_dead(const struct dfa *d, uint32_t state, uint8_t byte)
{
	return state == DFA_NONE ? DFA_NONE : dfa_step(d, state, byte);
}

static bool accepts(const struct dfa *d, uint32_t state)
{
	return state != DFA_NONE && d->accepts[state];
}

static void joint_classes(struct classes *k, const struct dfa *l, const struct dfa *r)
{
	classes_init(k);
	classes_split(k, l->class_of);
	classes_split(k, r->class_of);
}

enum operation { BOTH, EITHER, FIRST_ONLY };

static bool combine(enum operation operation, bool l, bool r)
{
	switch (operation) {
	case BOTH:
		return l && r;
	case EITHER:
		return l || r;
	case FIRST_ONLY:
		return l && !r;
	}
	abort();
}

static struct dfa *product(struct arena *a, const struct dfa *l, const struct dfa *r,
    enum operation operation)
{
	struct dfa raw = { 0 }, *result = NULL;
	struct pairs p;
	struct classes k;
	uint32_t **rows, i, class, ls, rs;

	pairs_init(&p, l, r);
	joint_classes(&k, l, r);
	rows = arena_array(&p.scratch, (size_t)RAW_STATES_MAX, uint32_t *);
	pair_number(&p, 0, 0);
	for (i = 0; i < p.seen.n; i++) {
		if (i == RAW_STATES_MAX)
			goto done;
		rows[i] = arena_array(&p.scratch, k.n, uint32_t);
		for (class = 0; class < k.n; class++) {
			ls = step_or_dead(l, p.seen.items[i][1], k.least[class]);
			rs = step_or_dead(r, p.seen.items[i][2], k.least[class]);
			rows[i][class] = pair_number(&p, ls, rs);
		}
	}
	raw.n_states = p.seen.n;
	raw.n_classes = k.n;
	memcpy(raw.class_of, k.of, sizeof(raw.class_of));
	raw.next = arena_array(&p.scratch, (size_t)raw.n_states * k.n, uint32_t);
	raw.accepts = arena_array(&p.scratch, raw.n_states, bool);
	for (i = 0; i < raw.n_states; i++) {
		memcpy(raw.next + (size_t)i * k.n, rows[i], k.n * sizeof(*raw.next));
		raw.accepts[i] = combine(operation, accepts(l, p.seen.items[i][1]),
		    accepts(r, p.seen.items[i][2]));
	}
	result = dfa_minimal(a, &raw);
done:
	arena_clear(&p.scratch);
	return result;
}

struct dfa *dfa_and(struct arena *a, const struct dfa *l, const struct dfa *r)
{
	return product(a, l, r, BOTH);
}

struct dfa *dfa_or(struct arena *a, const struct dfa *l, const struct dfa *r)
{
	return product(a, l, r, EITHER);
}

struct dfa *dfa_not(struct arena *a, const struct dfa *d)
{
	uint32_t next = 0;
	bool accepting = true;
	struct dfa all = { .n_states = 1, .n_classes = 1, .next = &next, .accepts = &accepting };

	return product(a, &all, d, FIRST_ONLY);
}

/* Add the states of d, each as a chain of splits to what it reads; accepting
 * ones also lead to `exit`.  Its start is the result. */
static uint32_t copy_into(struct nfa *m, const struct dfa *d, uint32_t exit)
{
	struct byte_set *set;
	uint32_t *first = arena_array(m->arena, d->n_states, uint32_t);
	uint32_t q, class, to, byte, way;

	for (q = 0; q < d->n_states; q++)
		first[q] = nfa_split(m, d->accepts[q] ? exit : DFA_NONE, DFA_NONE);
	for (q = 0; q < d->n_states && !m->too_large; q++) {
		for (class = 0; class < d->n_classes; class++) {
			to = d->next[(size_t)q * d->n_classes + class];
			if (to == DFA_NONE)
				continue;
			set = arena_new(m->arena, struct byte_set);
			for (byte = 0; byte < 256; byte++)
				if (d->class_of[byte] == class)
					byte_set_add(set, byte);
			way = nfa_read(m, set, first[to]);
			way = nfa_split(m, way, m->states[first[q]].other);
			m->states[first[q]].other = way;
		}
	}
	return first[0];
}

struct dfa *dfa_concat(struct arena *a, const struct dfa *l, const struct dfa *r)
{
	struct arena scratch = { 0 };
	struct dfa *result;
	struct nfa m;
	uint32_t second;

	if (dfa_empty(l))
		return dfa_and(a, l, l);
	if (dfa_empty(r))
		return dfa_and(a, r, r);
	nfa_init(&m, &scratch);
	second = copy_into(&m, r, m.final);
	m.start = copy_into(&m, l, second);
	result = nfa_determine(a, &m);
	arena_clear(&scratch);
	return result;
}

struct dfa *dfa_quotient(struct arena *a, const struct dfa *d, const struct dfa *prefix)
{
	struct arena scratch = { 0 };
	struct dfa *result;
	struct pairs p;
	struct classes k;
	struct nfa m;
	uint32_t i, class, ds, ps, base;

	pairs_init(&p, d, prefix);
	joint_classes(&k, d, prefix);
	pair_number(&p, 0, 0);
	nfa_init(&m, &scratch);
	m.start = nfa_split(&m, DFA_NONE, DFA_NONE);
	base = copy_into(&m, d, m.final);
	for (i = 0; i < p.seen.n; i++) {
		ds = p.seen.items[i][1];
		ps = p.seen.items[i][2];
		if (accepts(prefix, ps))        /* copies stand in a row, in the order of states */
			m.start = nfa_split(&m, base + ds, m.start);
		for (class = 0; class < k.n; class++) {
			uint32_t next = step_or_dead(d, ds, k.least[class]);
			uint32_t ahead = step_or_dead(prefix, ps, k.least[class]);

			if (next != DFA_NONE && ahead != DFA_NONE)
				pair_number(&p, next, ahead);
		}
	}
	result = nfa_determine(a, &m);
	arena_clear(&p.scratch);
	arena_clear(&scratch);
	return result;
}

/* Whether no string leads to an accepting pair; exact and without a limit. */
static bool never(const struct dfa *l, const struct dfa *r, enum operation operation)
{
	struct pairs p;
	struct classes k;
	uint32_t i, class, ls, rs;
	bool result = true;

	pairs_init(&p, l, r);
	joint_classes(&k, l, r);
	pair_number(&p, 0, 0);
	for (i = 0; i < p.seen.n && result; i++) {
		if (combine(operation, accepts(l, p.seen.items[i][1]),
		    accepts(r, p.seen.items[i][2])))
			result = false;
		for (class = 0; class < k.n; class++) {
			ls = step_or_dead(l, p.seen.items[i][1], k.least[class]);
			rs = step_or_dead(r, p.seen.items[i][2], k.least[class]);
			if (ls != DFA_NONE && (rs != DFA_NONE || operation == FIRST_ONLY))
				pair_number(&p, ls, rs);
		}
	}
	arena_clear(&p.scratch);
	return result;
}

bool dfa_subset(struct arena *a, const struct dfa *l, const struct dfa *r)
{
	(void)a;
	return never(l, r, FIRST_ONLY);
}

bool dfa_disjoint(struct arena *a, const struct dfa *l, const struct dfa *r)
{
	(void)a;
	return never(l, r, BOTH);
}

bool dfa_never_below(struct arena *a, const struct dfa *low, const struct dfa *high)
{
	struct pairs p;
	struct classes k;
	uint32_t i, class, ls, rs;
	bool result = !dfa_empty(low);

	(void)a;
	if (!result)
		return true;
	pairs_init(&p, low, high);
	joint_classes(&k, low, high);
	pair_number(&p, 0, 0);
	for (i = 0; i < p.seen.n && result; i++) {
		ls = p.seen.items[i][1];
		rs = p.seen.items[i][2];
		/* Trimmed: where low can step, it can go on to a whole word. */
		if (accepts(high, rs) && step_or_dead(low, ls, '/') != DFA_NONE)
			result = false;
		for (class = 0; class < k.n; class++) {
			ls = step_or_dead(low, p.seen.items[i][1], k.least[class]);
			rs = step_or_dead(high, p.seen.items[i][2], k.least[class]);
			if (ls != DFA_NONE && rs != DFA_NONE)
				pair_number(&p, ls, rs);
		}
	}
	arena_clear(&p.scratch);
	return result;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * nfa.c - nondeterministic automata and the subset construction.
 *
 * The construction's result may be exponential, and its time a product of
 * three sizes, so states and steps are both bounded.
 */
#include "automaton.h"

#include <stdlib.h>

void classes_init(struct classes *k)
{
	memset(k, 0, sizeof(*k));
	k->n = 1;
}

void classes_split(struct classes *k, const uint8_t told_apart[256])
{
	uint8_t was[256];
	uint8_t seen_class[256], seen_mark[256], seen_as[256];
	uint32_t n = 0, byte, i;

	memcpy(was, k->of, sizeof(was));
	for (byte = 0; byte < 256; byte++) {
		/* Two bytes stay together if class and mark are both the same. */
		for (i = 0; i < n; i++)
			if (seen_class[i] == was[byte] && seen_mark[i] == told_apart[byte])
				break;
		if (i == n) {
			seen_class[n] = was[byte];
			seen_mark[n] = told_apart[byte];
			seen_as[n] = (uint8_t)n;
			k->least[n] = (uint8_t)byte;
			n++;
		}
		k->of[byte] = seen_as[i];
	}
	k->n = n;
}

void interner_init(struct interner *t, struct arena *a)
{
	memset(t, 0, sizeof(*t));
	t->arena = a;
	t->n_slots = 128;
	t->slots = arena_array(a, t->n_slots, uint32_t);
}

static uint32_t hash_words(const uint32_t *words)
{
	uint64_t hash = UINT64_C(0x9e3779b97f4a7c15);
	uint32_t i;

	for (i = 0; i <= words[0]; i++)
		hash = (hash ^ words[i]) * UINT64_C(0x100000001b3) ^ hash >> 29;
	return (uint32_t)(hash ^ hash >> 32);
}

static void interner_rehash(struct interner *t)
{
	uint32_t i, at;

	t->n_slots *= 2;
	t->slots = arena_array(t->arena, t->n_slots, uint32_t);
	for (i = 0; i < t->n; i++) {
		at = hash_words(t->items[i]) & (t->n_slots - 1);
		while (t->slots[at] != 0)
			at = (at + 1) & (t->n_slots - 1);
		t->slots[at] = i + 1;
	}
}

uint32_t interner_number(struct interner *t, const uint32_t *words, bool *is_new)
{
	size_t len = ((size_t)words[0] + 1) * sizeof(*words);
	uint32_t at = hash_words(words) & (t->n_slots - 1);
	const uint32_t *item;
	uint32_t *copy;

	while (t->slots[at] != 0) {
		item = t->items[t->slots[at] - 1];
		if (item[0] == words[0] && memcmp(item, words, len) == 0) {
			*is_new = false;
			return t->slots[at] - 1;
		}
		at = (at + 1) & (t->n_slots - 1);
	}
	copy = arena_alloc(t->arena, len);
	memcpy(copy, words, len);
	arena_push(t->arena, t->items, t->n, t->cap);
	t->items[t->n++] = copy;
	t->slots[at] = t->n;
	if (t->n > t->n_slots / 2)
		interner_rehash(t);
	*is_new = true;
	return t->n - 1;
}

void nfa_init(struct nfa *m, struct arena *a)
{
	memset(m, 0, sizeof(*m));
	m->arena = a;
	m->final = nfa_split(m, DFA_NONE, DFA_NONE);
}

static uint32_t add_state(struct nfa *m, const struct byte_set *set, uint32_t out, uint32_t other)
{
	struct nfa_state state = { set, out, other };

	if (m->n >= NFA_STATES_MAX) {
		m->too_large = true;
		return m->final;
	}
	arena_push(m->arena, m->states, m->n, m->cap);
	m->states[m->n] = state;
	return m->n++;
}

uint32_t nfa_read(struct nfa *m, const struct byte_set *set, uint32_t out)
{
	return add_state(m, set, out, DFA_NONE);
}

uint32_t nfa_split(struct nfa *m, uint32_t out, uint32_t other)
{
	return add_state(m, NULL, out, other);
}

/* The subset construction: `members` is the set being built, as the interner
 * wants it; `mark[s]` is the round in which s was added last. */
struct subsets {
	const struct nfa *m;
	struct arena scratch;
	struct classes classes;
	struct interner sets;
	uint32_t *members, *mark, *stack;
	uint32_t round;
	uint64_t work;
};

/* Add what is reached for free; keep only states that read, and the final one. */
static void close_over(struct subsets *s, uint32_t state)
{
	const struct nfa_state *at;
	uint32_t n = 0;

	if (state != DFA_NONE && s->mark[state] != s->round) {
		s->mark[state] = s->round;
		s->stack[n++] = state;
	}
	while (n > 0) {
		state = s->stack[--n];
		at = &s->m->states[state];
		s->work++;
		if (at->set != NULL || state == s->m->final) {
			s->members[++s->members[0]] = state;
			continue;
		}
		if (at->out != DFA_NONE && s->mark[at->out] != s->round) {
			s->mark[at->out] = s->round;
			s->stack[n++] = at->out;
		}
		if (at->other != DFA_NONE && s->mark[at->other] != s->round) {
			s->mark[at->other] = s->round;
			s->stack[n++] = at->other;
		}
	}
}

static int compare_words(const void *l, const void *r)
{
	uint32_t a = *(const uint32_t *)l, b = *(const uint32_t *)r;

	return (a > b) - (a < b);
}

static uint32_t finish_set(struct subsets *s)
{
	bool is_new;

	if (s->members[0] == 0)
		return DFA_NONE;
	qsort(s->members + 1, s->members[0], sizeof(*s->members), compare_words);
	return interner_number(&s->sets, s->members, &is_new);
}

static void subsets_init(struct subsets *s, const struct nfa *m)
{
	uint8_t told_apart[256];
	uint32_t i, byte;

	memset(s, 0, sizeof(*s));
	s->m = m;
	interner_init(&s->sets, &s->scratch);
	classes_init(&s->classes);
	for (i = 0; i < m->n; i++) {
		if (m->states[i].set == NULL
		    || (i > 0 && m->states[i].set == m->states[i - 1].set))
			continue;
		for (byte = 0; byte < 256; byte++)
			told_apart[byte] = byte_set_has(m->states[i].set, byte);
		classes_split(&s->classes, told_apart);
	}
	s->members = arena_array(&s->scratch, (size_t)m->n + 1, uint32_t);
	s->stack = arena_array(&s->scratch, m->n, uint32_t);
	s->mark = arena_array(&s->scratch, m->n, uint32_t);
}

/* The successors of one set, for every class; false if too much. */
static bool step_all(struct subsets *s, uint32_t number, uint32_t *next)
{
	const uint32_t *set = s->sets.items[number];
	uint32_t class, i;

	for (class = 0; class < s->classes.n; class++) {
		s->round++;
		s->members[0] = 0;
		for (i = 1; i <= set[0]; i++) {
			const struct nfa_state *from = &s->m->states[set[i]];

			if (from->set != NULL && byte_set_has(from->set, s->classes.least[class]))
				close_over(s, from->out);
		}
		s->work += set[0];
		next[class] = finish_set(s);
	}
	return s->work <= NFA_WORK_MAX && s->sets.n <= RAW_STATES_MAX;
}

struct dfa *nfa_determine(struct arena *a, const struct nfa *m)
{
	struct subsets s;
	struct dfa raw = { 0 }, *result = NULL;
	uint32_t **rows, i;
	const uint32_t *set;

	if (m->too_large)
		return NULL;
	subsets_init(&s, m);
	rows = arena_array(&s.scratch, (size_t)RAW_STATES_MAX + 1, uint32_t *);
	s.round = 1;
	close_over(&s, m->start);
	finish_set(&s);
	for (i = 0; i < s.sets.n; i++) {
		rows[i] = arena_array(&s.scratch, s.classes.n, uint32_t);
		if (!step_all(&s, i, rows[i]))
			goto done;
	}
	raw.n_states = s.sets.n;
	raw.n_classes = s.classes.n;
	memcpy(raw.class_of, s.classes.of, sizeof(raw.class_of));
	raw.next = arena_array(&s.scratch, (size_t)raw.n_states * raw.n_classes, uint32_t);
	raw.accepts = arena_array(&s.scratch, raw.n_states, bool);
	for (i = 0; i < raw.n_states; i++) {
		set = s.sets.items[i];
		memcpy(raw.next + (size_t)i * raw.n_classes, rows[i],
		    raw.n_classes * sizeof(*raw.next));
		raw.accepts[i] = bsearch(&m->final, set + 1, set[0], sizeof(*set),
		    compare_words) != NULL;
	}
	result = dfa_minimal(a, &raw);
done:
	arena_clear(&s.scratch);
	return result;
}

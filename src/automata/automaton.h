/* SPDX-License-Identifier: Apache-2.0
 *
 * automaton.h - what the files of this folder share.
 *
 * Bytes that no state tells apart are one class; classes are numbered by their
 * least byte, so going through classes in order goes through bytes in order.
 */
#ifndef COCOAPOL_AUTOMATON_H
#define COCOAPOL_AUTOMATON_H

#include "dfa.h"

#define DFA_NONE UINT32_MAX

enum {
	NFA_STATES_MAX = 20000,         /* of one expression */
	RAW_STATES_MAX = 20000,         /* before minimization */
	NFA_WORK_MAX = 100000000        /* steps of one subset construction */
};

struct dfa {
	uint32_t n_states, n_classes;   /* state 0 is the start */
	uint8_t class_of[256];
	uint32_t *next;                 /* n_states x n_classes; DFA_NONE rejects */
	bool *accepts;
};

struct byte_set { uint8_t bits[32]; };

static inline bool byte_set_has(const struct byte_set *s, unsigned byte)
{
	return (s->bits[byte / 8] >> byte % 8 & 1) != 0;
}

static inline void byte_set_add(struct byte_set *s, unsigned byte)
{
	s->bits[byte / 8] = (uint8_t)(s->bits[byte / 8] | 1u << byte % 8);
}

/* A state reads one byte of `set` and goes to `out`, or (set NULL) goes to
 * `out` and `other` for free. */
struct nfa_state {
	const struct byte_set *set;
	uint32_t out, other;
};
struct nfa {
	struct arena *arena;
	struct nfa_state *states;
	uint32_t n, cap;
	uint32_t start, final;          /* final has no way out */
	bool too_large;                 /* states were refused: the rest is void */
};

void nfa_init(struct nfa *m, struct arena *a);
uint32_t nfa_read(struct nfa *m, const struct byte_set *set, uint32_t out);
uint32_t nfa_split(struct nfa *m, uint32_t out, uint32_t other);

/* NULL if too large. */
struct dfa *nfa_determine(struct arena *a, const struct nfa *m);

static inline uint32_t dfa_step(const struct dfa *d, uint32_t state, uint8_t byte)
{
	return d->next[(size_t)state * d->n_classes + d->class_of[byte]];
}

/* The one automaton of that language. */
struct dfa *dfa_minimal(struct arena *a, const struct dfa *raw);

/* Split the classes so that bytes which `told_apart` differs on are apart. */
struct classes {
	uint32_t n;
	uint8_t of[256];
	uint8_t least[256];             /* by class */
};
void classes_init(struct classes *k);
void classes_split(struct classes *k, const uint8_t told_apart[256]);

/* A growing set of arrays of words, numbered in order of arrival. */
struct interner {
	struct arena *arena;
	uint32_t *slots;                /* 1 + number; 0 is free */
	uint32_t n_slots;
	const uint32_t **items;         /* items[i][0] words follow items[i] */
	uint32_t n, cap;
};
void interner_init(struct interner *t, struct arena *a);
/* words[0] counts the others; they are copied if new. */
uint32_t interner_number(struct interner *t, const uint32_t *words, bool *is_new);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * lang.h - the languages that a string of a request is wanted in: patterns of
 * the policy and their intersections, each built once, with their first words.
 */
#ifndef COCOAPOL_LANG_H
#define COCOAPOL_LANG_H

#include "../automata/dfa.h"
#include "../bytecode/bytecode.h"

enum { LANG_WORDS = 1024, LANG_LIVE = 1280 };

struct lang {
	const struct dfa *dfa;          /* NULL: too large to be built; no word is known */
	struct str *words;
	uint32_t n_words, cap_words;
	bool all_words;                 /* there are no others */
	/* What it was made of, so that it is made once. */
	const struct lang *left, *right;
	struct str prefix;
	bool negated;
	struct lang *next;
	/* Which of the strings that live in one state are words: for synth.c. */
	uint64_t look, live[LANG_LIVE / 64];
	uint32_t fresh;                 /* the first word that is none of them */
};

struct lang_pool {
	struct arena arena;
	const struct bc_policy *policy;
	struct lang **patterns;         /* by index of PATTERNS; made when wanted */
	struct lang *products, *anything;
};

void lang_open(struct lang_pool *pool, const struct bc_policy *policy);
void lang_close(struct lang_pool *pool);

struct lang *lang_of_pattern(struct lang_pool *pool, uint32_t pattern);
/* left may be NULL: anything. */
struct lang *lang_and(struct lang_pool *pool, struct lang *left, struct lang *right);
struct lang *lang_not(struct lang_pool *pool, struct lang *of);
/* prefix followed by a word; of NULL: by anything. */
struct lang *lang_after(struct lang_pool *pool, struct str prefix, struct lang *of);
bool lang_has(const struct lang *lang, struct str text);
/* The nth word; false if there are not so many (or more than LANG_WORDS). */
bool lang_word(struct lang_pool *pool, struct lang *lang, uint32_t nth, struct str *word);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_lang.c - questions about languages, each answered once: a policy asks the
 * same few about thousands of declarations.
 */
#include "lint.h"

#include <stdlib.h>

enum question { AND, NOT, CONCAT, QUOTIENT, MEETS, WITHIN };
enum { FIRST_SLOTS = 1024 };

void lint_langs_open(struct lint_langs *langs, const struct bc_policy *p)
{
	memset(langs, 0, sizeof(*langs));
	lang_open(&langs->pool, p);
	langs->n_slots = FIRST_SLOTS;
	langs->answers = arena_array(&langs->pool.arena, langs->n_slots, struct lint_answer);
}

void lint_langs_close(struct lint_langs *langs)
{
	lang_close(&langs->pool);
}

static struct lint_answer *slot_of(struct lint_answer *answers, uint32_t n_slots,
    const struct lint_answer *key)
{
	uint64_t hash = (uint64_t)(uintptr_t)key->left * UINT64_C(0x9e3779b97f4a7c15);
	uint32_t i;

	hash = (hash ^ (uint64_t)(uintptr_t)key->right) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ key->question) * UINT64_C(0x9e3779b97f4a7c15);
	for (i = (uint32_t)(hash >> 32) & (n_slots - 1); answers[i].left != NULL;
	    i = (i + 1) & (n_slots - 1))
		if (answers[i].left == key->left && answers[i].right == key->right &&
		    answers[i].question == key->question)
			break;
	return &answers[i];
}

/* The answer's place; its left is NULL if the question is new. */
static struct lint_answer *find(struct lint_langs *langs, const struct lint_answer *key)
{
	struct lint_answer *wider;
	uint32_t i;

	if (langs->n_answers >= langs->n_slots / 2) {
		wider = arena_array(&langs->pool.arena, (size_t)langs->n_slots * 2,
		    struct lint_answer);
		for (i = 0; i < langs->n_slots; i++)
			if (langs->answers[i].left != NULL)
				*slot_of(wider, langs->n_slots * 2, &langs->answers[i]) =
				    langs->answers[i];
		langs->answers = wider;
		langs->n_slots *= 2;
	}
	return slot_of(langs->answers, langs->n_slots, key);
}

static struct lint_answer *remember(struct lint_langs *langs, const struct lint_answer *answer)
{
	/* Finding the place again: what was built meanwhile may have moved it. */
	struct lint_answer *place = find(langs, answer);

	if (place->left == NULL)
		langs->n_answers++;
	*place = *answer;
	return place;
}

static struct lang *wrap(struct lint_langs *langs, struct dfa *dfa)
{
	struct lang *lang = arena_new(&langs->pool.arena, struct lang);

	lang->dfa = dfa;
	return lang;
}

static struct lang *built(struct lint_langs *langs, enum question question, struct lang *left,
    struct lang *right)
{
	struct lint_answer key = { .left = left, .right = right, .question = question };
	struct lint_answer *known = find(langs, &key);
	struct arena *a = &langs->pool.arena;
	struct dfa *dfa = NULL;

	if (known->left != NULL)
		return known->lang;
	if (left->dfa != NULL && (right == NULL || right->dfa != NULL)) {
		if (question == AND)
			dfa = dfa_and(a, left->dfa, right->dfa);
		else if (question == NOT)
			dfa = dfa_not(a, left->dfa);
		else if (question == CONCAT)
			dfa = dfa_concat(a, left->dfa, right->dfa);
		else
			dfa = dfa_quotient(a, left->dfa, right->dfa);
	}
	key.lang = wrap(langs, dfa);
	return remember(langs, &key)->lang;
}

static bool asked(struct lint_langs *langs, enum question question, struct lang *left,
    struct lang *right)
{
	struct lint_answer key = { .left = left, .right = right, .question = question };
	struct lint_answer *known = find(langs, &key);
	struct arena *a = &langs->pool.arena;

	if (known->left != NULL)
		return known->yes;
	if (left->dfa == NULL || right->dfa == NULL)
		key.yes = question == MEETS;
	else
		key.yes = question == MEETS ? !dfa_disjoint(a, left->dfa, right->dfa) :
		    dfa_subset(a, left->dfa, right->dfa);
	return remember(langs, &key)->yes;
}

struct lang *lint_lang(struct lint_langs *langs, uint32_t pattern)
{
	return lang_of_pattern(&langs->pool, pattern);
}

struct lang *lint_lang_of(struct lint_langs *langs, const char *regex)
{
	const char *error;
	size_t at;
	struct dfa *dfa = dfa_of_regex(&langs->pool.arena, (struct str){ regex, strlen(regex) },
	    &error, &at);

	if (dfa == NULL)
		abort();                /* our own expressions are right */
	return wrap(langs, dfa);
}

struct lang *lint_literal(struct lint_langs *langs, struct str text)
{
	return wrap(langs, dfa_of_literal(&langs->pool.arena, text));
}

struct lang *lint_and(struct lint_langs *langs, struct lang *left, struct lang *right)
{
	if (left == NULL || left == right)
		return right;
	return right == NULL ? left : built(langs, AND, left, right);
}

struct lang *lint_not(struct lint_langs *langs, struct lang *of)
{
	return built(langs, NOT, of, NULL);
}

struct lang *lint_concat(struct lint_langs *langs, struct lang *left, struct lang *right)
{
	return built(langs, CONCAT, left, right);
}

struct lang *lint_quotient(struct lint_langs *langs, struct lang *of, struct lang *prefix)
{
	return built(langs, QUOTIENT, of, prefix);
}

bool lint_no_word(const struct lang *lang)
{
	return lang != NULL && lang->dfa != NULL && dfa_empty(lang->dfa);
}

bool lint_meets(struct lint_langs *langs, struct lang *left, struct lang *right)
{
	if (left == NULL || left == right)
		return !lint_no_word(right);
	return right == NULL ? !lint_no_word(left) : asked(langs, MEETS, left, right);
}

bool lint_within(struct lint_langs *langs, struct lang *inner, struct lang *outer)
{
	struct str word;

	if (outer == NULL || inner == outer)
		return true;
	/* Most are not, and a word shows it: that needs no product. */
	return inner != NULL && (inner->dfa == NULL || outer->dfa == NULL ||
	    !lang_word(&langs->pool, inner, 0, &word) || lang_has(outer, word)) &&
	    asked(langs, WITHIN, inner, outer);
}

bool lint_single(struct lint_langs *langs, const struct lang *lang, struct str *text)
{
	return lang != NULL && lang->dfa != NULL &&
	    dfa_single(lang->dfa, &langs->pool.arena, text);
}

struct str lint_word(struct lint_langs *langs, struct lang *lang)
{
	struct str word;

	return lang != NULL && lang_word(&langs->pool, lang, 0, &word) ? word : STR("");
}

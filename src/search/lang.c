/* SPDX-License-Identifier: Apache-2.0
 *
 * lang.c - see lang.h.
 */
#include "lang.h"

#include "../bytecode/decode.h"

void lang_open(struct lang_pool *pool, const struct bc_policy *policy)
{
	memset(pool, 0, sizeof(*pool));
	pool->policy = policy;
	pool->patterns = arena_array(&pool->arena, policy->patterns.n, struct lang *);
}

void lang_close(struct lang_pool *pool)
{
	arena_clear(&pool->arena);
}

static struct lang *remember(struct lang_pool *pool, const struct dfa *dfa)
{
	struct lang *lang = arena_new(&pool->arena, struct lang);

	lang->dfa = dfa;
	lang->next = pool->products;
	pool->products = lang;
	return lang;
}

struct lang *lang_of_pattern(struct lang_pool *pool, uint32_t pattern)
{
	struct bc_bytes bytes;

	if (pattern >= pool->policy->patterns.n)        /* the zero pattern: no word */
		return lang_not(pool, lang_after(pool, STR(""), NULL));
	if (pool->patterns[pattern] != NULL)
		return pool->patterns[pattern];
	bytes = bc_pattern(pool->policy, pattern);
	pool->patterns[pattern] = arena_new(&pool->arena, struct lang);
	if (bytes.ptr[0] == 0) {
		bytes = bc_string(pool->policy, bc_get32(bytes.ptr + 1));
		pool->patterns[pattern]->dfa = dfa_of_literal(&pool->arena,
		    (struct str){ (const char *)bytes.ptr, bytes.len });
	} else {
		pool->patterns[pattern]->dfa = dfa_decode(&pool->arena, bytes.ptr, bytes.len);
	}
	return pool->patterns[pattern];
}

struct lang *lang_and(struct lang_pool *pool, struct lang *left, struct lang *right)
{
	struct lang *l;

	if (left == NULL || left == right)
		return right;
	for (l = pool->products; l != NULL; l = l->next)
		if (l->left == left && l->right == right)
			return l;
	l = remember(pool, left->dfa == NULL || right->dfa == NULL ? NULL :
	    dfa_and(&pool->arena, left->dfa, right->dfa));
	l->left = left;
	l->right = right;
	return l;
}

struct lang *lang_not(struct lang_pool *pool, struct lang *of)
{
	struct lang *l;

	for (l = pool->products; l != NULL; l = l->next)
		if (l->negated && l->left == of)
			return l;
	l = remember(pool, of->dfa == NULL ? NULL : dfa_not(&pool->arena, of->dfa));
	l->negated = true;
	l->left = of;
	return l;
}

static struct lang *anything(struct lang_pool *pool)
{
	const char *error;
	size_t at;

	if (pool->anything == NULL) {
		pool->anything = arena_new(&pool->arena, struct lang);
		pool->anything->dfa = dfa_of_regex(&pool->arena, STR("(?s).*"), &error, &at);
	}
	return pool->anything;
}

struct lang *lang_after(struct lang_pool *pool, struct str prefix, struct lang *of)
{
	struct lang *l;

	if (of == NULL)
		of = anything(pool);
	if (prefix.len == 0)
		return of;
	for (l = pool->products; l != NULL; l = l->next)
		if (l->left == of && l->prefix.ptr != NULL && str_equal(l->prefix, prefix))
			return l;
	prefix = arena_copy(&pool->arena, prefix.ptr, prefix.len);
	l = remember(pool, of->dfa == NULL ? NULL : dfa_concat(&pool->arena,
	    dfa_of_literal(&pool->arena, prefix), of->dfa));
	l->left = of;
	l->prefix = prefix;
	return l;
}

bool lang_has(const struct lang *lang, struct str text)
{
	return lang->dfa != NULL && dfa_match(lang->dfa, text);
}

bool lang_word(struct lang_pool *pool, struct lang *lang, uint32_t nth, struct str *word)
{
	while (nth >= lang->n_words) {
		if (lang->all_words || lang->dfa == NULL || lang->n_words == LANG_WORDS)
			return false;
		arena_push(&pool->arena, lang->words, lang->n_words, lang->cap_words);
		if (dfa_word(&pool->arena, lang->dfa, lang->n_words, &lang->words[lang->n_words]))
			lang->n_words++;
		else
			lang->all_words = true;
	}
	*word = lang->words[nth];
	return true;
}

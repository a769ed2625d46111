/* SPDX-License-Identifier: Apache-2.0
 *
 * test_automata.c - src/automata against a naive matcher: random expressions
 * as trees, matched by following sets of places, on every short string.
 */
#include "automata/dfa.h"

#include <stdio.h>
#include <stdlib.h>

enum { QUOTIENT_STRINGS = 40, LONGEST = 5, ROUNDS = 400 };

static struct arena arena;
static unsigned failures;
static uint64_t seed = 88172645463325252u;

static void report(bool holds, const char *name)
{
	printf("%s - %s\n", holds ? "ok" : "not ok", name);
	failures += !holds;
}

static uint32_t any(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % n;
}

/* A random expression: its text, and a tree for the naive matcher. */
struct tree {
	char kind;                      /* a b / . for one byte, & | { for operators */
	struct tree *l, *r;
	unsigned min, max;
};

static struct tree *grow(unsigned depth, struct str *text)
{
	static const char *const leaves[] = { "a", "b", "\\/", "[ab]", "[^a]" };
	struct tree *t = arena_new(&arena, struct tree);
	struct str l, r;
	uint32_t choice = depth == 0 ? 0 : any(5);

	if (choice <= 1) {
		t->kind = "ab/cn"[any(5)];
		*text = arena_printf(&arena, "%s", leaves[strchr("ab/cn", t->kind) - "ab/cn"]);
	} else if (choice == 2) {
		t->kind = '|';
		t->l = grow(depth - 1, &l);
		t->r = grow(depth - 1, &r);
		*text = arena_printf(&arena, "(%.*s|%.*s)", STR_ARG(l), STR_ARG(r));
	} else if (choice == 3) {
		t->kind = '&';
		t->l = grow(depth - 1, &l);
		t->r = grow(depth - 1, &r);
		*text = arena_printf(&arena, "%.*s%.*s", STR_ARG(l), STR_ARG(r));
	} else {
		t->kind = '{';
		t->l = grow(depth - 1, &l);
		t->min = any(3);
		t->max = t->min + any(3);
		if (any(3) == 0) {
			t->max = LONGEST + 1;
			*text = arena_printf(&arena, "(?:%.*s){%u,}", STR_ARG(l), t->min);
		} else {
			*text = arena_printf(&arena, "(%.*s){%u,%u}", STR_ARG(l), t->min, t->max);
		}
	}
	return t;
}

static bool reads(char kind, char byte)
{
	return kind == byte || (kind == 'c' && byte != '/') || (kind == 'n' && byte != 'a');
}

/* Bit i of places: the match may begin at i; of the result: may end at i. */
static unsigned follow(const struct tree *t, struct str text, unsigned places)
{
	unsigned ends = 0, i;

	switch (t->kind) {
	case '|':
		return follow(t->l, text, places) | follow(t->r, text, places);
	case '&':
		return follow(t->r, text, follow(t->l, text, places));
	case '{':
		for (i = 0; i < t->max; i++) {
			if (i >= t->min)
				ends |= places;
			places = follow(t->l, text, places);
		}
		return ends | places;
	default:
		for (i = 0; i < text.len; i++)
			if ((places >> i & 1) != 0 && reads(t->kind, text.ptr[i]))
				ends |= 2u << i;
		return ends;
	}
}

static bool naive(const struct tree *t, struct str text)
{
	return (follow(t, text, 1) >> text.len & 1) != 0;
}

/* The nth string over a, b, /; false past the longest. */
static bool nth_string(uint32_t nth, char buffer[LONGEST], struct str *text)
{
	uint32_t n = 1, len = 0, i;

	for (; nth >= n; n *= 3, len++)
		nth -= n;
	if (len > LONGEST)
		return false;
	for (i = 0; i < len; i++, nth /= 3)
		buffer[i] = "ab/"[nth % 3];
	*text = (struct str){ buffer, len };
	return true;
}

static struct dfa *compile(struct str text)
{
	const char *error;
	size_t at;
	struct dfa *d = dfa_of_regex(&arena, text, &error, &at);

	if (d == NULL) {
		printf("not ok - /%.*s/ at %zu: %s\n", STR_ARG(text), at, error);
		exit(1);
	}
	return d;
}

static bool same(const struct dfa *l, const struct dfa *r)
{
	return str_equal(dfa_encode(&arena, l), dfa_encode(&arena, r));
}

struct pair {
	struct tree *lt, *rt;
	struct dfa *l, *r, *both, *either, *not_l, *chain;
};

static bool concat_holds(const struct pair *p, struct str s)
{
	size_t cut;

	for (cut = 0; cut <= s.len; cut++)
		if (naive(p->lt, (struct str){ s.ptr, cut })
		    && naive(p->rt, (struct str){ s.ptr + cut, s.len - cut }))
			return true;
	return false;
}

static bool strings_agree(const struct pair *p)
{
	char buffer[LONGEST];
	struct str s;
	uint32_t i;

	for (i = 0; nth_string(i, buffer, &s); i++) {
		bool l = naive(p->lt, s), r = naive(p->rt, s);

		if (dfa_match(p->l, s) != l || dfa_match(p->r, s) != r
		    || dfa_match(p->both, s) != (l && r) || dfa_match(p->either, s) != (l || r)
		    || dfa_match(p->not_l, s) != !l || dfa_match(p->chain, s) != concat_holds(p, s))
			return false;
	}
	return true;
}

/* "Yes" must hold of every short string, "no" must have a witness. */
static bool relations_agree(const struct pair *p)
{
	struct dfa *not_r = dfa_not(&arena, p->r), *only_l = dfa_and(&arena, p->l, not_r), *under;
	struct str w;

	if (dfa_subset(&arena, p->l, p->r) != dfa_empty(only_l)
	    || dfa_disjoint(&arena, p->l, p->r) != dfa_empty(p->both))
		return false;
	if (dfa_word(&arena, only_l, 0, &w) && w.len <= LONGEST && strspn(w.ptr, "ab/") >= w.len
	    && !(naive(p->lt, w) && !naive(p->rt, w)))
		return false;
	under = dfa_concat(&arena, p->r, compile(STR("\\/\\C*")));
	return dfa_never_below(&arena, p->l, p->r) == dfa_disjoint(&arena, p->l, under);
}

/* A string is in the quotient if a word of r before it makes one of l. */
static bool quotient_agrees(const struct pair *p)
{
	struct dfa *rest = dfa_quotient(&arena, p->l, p->r), *made;
	char buffer[LONGEST];
	struct str s;
	uint32_t i;

	for (i = 0; i < QUOTIENT_STRINGS && nth_string(i, buffer, &s); i++) {
		made = dfa_concat(&arena, p->r, dfa_of_literal(&arena, s));
		if (dfa_match(rest, s) == dfa_disjoint(&arena, p->l, made))
			return false;
	}
	return dfa_subset(&arena, dfa_quotient(&arena, p->chain, p->r),
	    dfa_quotient(&arena, dfa_or(&arena, p->chain, p->l), p->r));
}

/* Equal languages have equal bytes, however they were made. */
static bool bytes_agree(const struct pair *p)
{
	struct str bytes = dfa_encode(&arena, p->l);
	struct dfa *again = dfa_decode(&arena, (const uint8_t *)bytes.ptr, bytes.len);
	struct dfa *not_r = dfa_not(&arena, p->r);
	struct dfa *morgan = dfa_not(&arena, dfa_or(&arena, p->not_l, not_r));

	return same(again, p->l) && same(dfa_not(&arena, p->not_l), p->l) && same(morgan, p->both)
	    && same(dfa_or(&arena, p->r, p->l), p->either)
	    && same(dfa_or(&arena, dfa_and(&arena, p->l, p->r), dfa_and(&arena, p->l, not_r)), p->l);
}

/* Count by tables which states differ: a minimal automaton has no pair that
 * doesn't.  Reads the encoding, so it is independent of struct dfa. */
static bool is_minimal(const struct dfa *d)
{
	static uint8_t next[256][256];
	static bool apart[256][256];
	struct str bytes = dfa_encode(&arena, d);
	const uint8_t *at = (const uint8_t *)bytes.ptr;
	uint32_t n = at[1], i, j, k, dead = n;
	bool more = true, accepts_i, accepts_j;

	memset(next, (int)dead, sizeof(next));
	at += 2 + (n + 7) / 8;
	for (i = 0; i < n; i++)
		for (k = *at++; k > 0; k--, at += 3)
			memset(next[i] + at[0], at[2], (size_t)(at[1] - at[0]) + 1);
	for (i = 0; i <= n; i++) {
		for (j = 0; j <= n; j++) {
			accepts_i = i < n && ((uint8_t)bytes.ptr[2 + i / 8] >> i % 8 & 1) != 0;
			accepts_j = j < n && ((uint8_t)bytes.ptr[2 + j / 8] >> j % 8 & 1) != 0;
			apart[i][j] = accepts_i != accepts_j;
		}
	}
	while (more) {
		more = false;
		for (i = 0; i <= n; i++)
			for (j = 0; j <= n; j++)
				for (k = 0; k < 256 && !apart[i][j]; k++)
					if (apart[next[i][k]][next[j][k]])
						apart[i][j] = more = true;
	}
	for (i = 0; i <= n; i++)
		for (j = 0; j < i; j++)
			if (!apart[i][j])
				return dfa_empty(d);
	return true;
}

static bool words_agree(const struct dfa *d)
{
	struct str word, before = { "", 0 };
	uint32_t i;

	for (i = 0; i < 40 && dfa_word(&arena, d, i, &word); i++) {
		if (!dfa_match(d, word) || (i > 0 && (word.len < before.len || str_equal(word, before))))
			return false;
		before = word;
	}
	return (i == 0) == dfa_empty(d);
}

static void test_random(void)
{
	bool strings = true, relations = true, bytes = true, minimal = true, words = true;
	bool quotients = true;
	struct str lt, rt;
	struct pair p;
	unsigned i;

	for (i = 0; i < ROUNDS; i++) {
		p.lt = grow(4, &lt);
		p.rt = grow(3, &rt);
		p.l = compile(lt);
		p.r = compile(rt);
		p.both = dfa_and(&arena, p.l, p.r);
		p.either = dfa_or(&arena, p.l, p.r);
		p.not_l = dfa_not(&arena, p.l);
		p.chain = dfa_concat(&arena, p.l, p.r);
		strings = strings && strings_agree(&p);
		relations = relations && relations_agree(&p);
		quotients = quotients && quotient_agrees(&p);
		bytes = bytes && bytes_agree(&p);
		words = words && words_agree(p.l) && words_agree(p.both);
		if (i % 8 == 0)
			minimal = minimal && is_minimal(p.l) && is_minimal(p.both)
			    && is_minimal(p.chain);
		arena_clear(&arena);
	}
	report(strings, "matching, and products, on every short string");
	report(relations, "inclusion, disjointness and never-below");
	report(quotients, "what follows a word of one language in another");
	report(bytes, "equal languages have equal bytes");
	report(minimal, "automata are minimal");
	report(words, "words are in the language, distinct, shortest first");
}

static void test_syntax(void)
{
	static const struct { const char *regex, *yes, *no; } cases[] = {
		{ "", "", "a" }, { "a|", "", "b" }, { "a{2}", "aa", "a" }, { "a{2,}", "aaaa", "a" },
		{ "a{,2}", "a{,2}", "aa" }, { "x{", "x{", "x" }, { "a+?b*?c??", "ab", "b" },
		{ "^ab$", "ab", "^ab$" }, { "(?i)Ab[c-d]", "aBD", "ae" }, { "(?i:a)b", "Ab", "AB" },
		{ "(?i)a(?-i)b", "Ab", "AB" }, { "(?i)^a", "A", "^a" }, { ".", "\r", "\n" },
		{ "(?s).", "\n", "" }, { "(?s:.)", "\n", "" }, { "\\Qa.b*\\E+", "a.b**", "axb" },
		{ "\\d\\D\\w\\W\\s\\S", "1a_- x", "aa_- x" }, { "[\\d\\-a]+", "1-a", "b" },
		{ "[]a]", "]", "b" }, { "[^]a]", "b", "]" }, { "[a-]", "-", "b" }, { "[^a]", "\n", "a" },
		{ "[[:alpha:][:digit:]]+", "a1", "-" }, { "[[:^alpha:]]", "1", "a" },
		{ "\\x41\\x{42}\\103", "ABC", "abc" }, { "\\t\\n\\r\\f\\v\\a", "\t\n\r\f\v\a", "" },
		{ "\\/\\.\\_", "/._", "/a_" }, { "(?P<x>a)(?<y>b)", "ab", "a" }, { "é+", "éé", "\xc3" },
		{ "é{2}", "éé", "é\xa9" }, { "\\C", "\n", "" },
		{ "[a-c-e]+", "-be", "d" }, { "()*", "", "a" }, { "(|a)+", "aa", "b" },
		{ "[[:xdigit:]]+", "09afAF", "g" }, { "[[:punct:]]", "~", "a" }, { "a{0}", "", "a" },
	};
	bool holds = true, wanted;
	struct dfa *d;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		d = compile((struct str){ cases[i].regex, strlen(cases[i].regex) });
		wanted = dfa_match(d, (struct str){ cases[i].yes, strlen(cases[i].yes) })
		    && !dfa_match(d, (struct str){ cases[i].no, strlen(cases[i].no) });
		if (!wanted) {
			printf("# /%s/\n", cases[i].regex);
			holds = false;
		}
	}
	report(holds, "the syntax, one case each");
}

static void test_errors(void)
{
	static const struct { const char *regex; size_t at; } cases[] = {
		{ "a**", 2 }, { "*a", 0 }, { "a|*", 2 }, { "(a", 0 }, { "a)", 1 }, { "[a", 0 },
		{ "[b-a]", 1 }, { "[[:nope:]]", 1 }, { "\\1", 0 }, { "a\\", 1 }, { "\\q", 0 },
		{ "\\x4", 0 }, { "\\x{100}", 0 }, { "\\pL", 0 }, { "a\\b", 1 }, { "a^b", 1 },
		{ "a$b", 1 }, { "a{1001}", 1 }, { "a{3,2}", 1 }, { "(?=a)", 2 }, { "(?P<1 >a)", 4 },
		{ "[é]", 1 }, { "a{2}{3}", 4 }, { "(a|b)*a(a|b){9}", 0 }, { "((a{9}){999}){999}", 0 },
		{ "(((){1000}){1000}){1000}", 0 }, { "[a-c]{300}", 0 }, { "(?i", 2 },
	};
	bool holds = true;
	const char *error;
	size_t at, i;
	struct str deep;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (dfa_of_regex(&arena, (struct str){ cases[i].regex, strlen(cases[i].regex) },
		    &error, &at) == NULL && error != NULL && at == cases[i].at)
			continue;
		printf("# /%s/ at %zu\n", cases[i].regex, at);
		holds = false;
	}
	report(holds, "errors have their place");
	deep = (struct str){ memset(arena_alloc(&arena, 1000000), '(', 1000000), 1000000 };
	report(dfa_of_regex(&arena, deep, &error, &at) == NULL, "a million parentheses are refused");
}

static void test_single(void)
{
	struct str literal = { NULL, 0 };
	char *text = memset(arena_alloc(&arena, 1000), 'x', 1000);

	report(dfa_single(compile(STR("a[b]c{2}|abcc")), &arena, &literal)
	    && str_is(literal, "abcc"), "a single string is known");
	report(!dfa_single(compile(STR("ab?")), &arena, &literal)
	    && !dfa_single(compile(STR("a*")), &arena, &literal)
	    && !dfa_single(compile(STR("[ab]c")), &arena, &literal)
	    && !dfa_single(compile(STR("[^\\x00-\\xff]")), &arena, &literal), "others are not single");
	report(dfa_single(compile((struct str){ text, 1000 }), &arena, &literal)
	    && literal.len == 1000, "a long single string is no large automaton");
	report(same(dfa_of_literal(&arena, STR("a/b")), compile(STR("a\\/b"))),
	    "a literal and its expression are one");
	report(same(dfa_of_literal(&arena, STR("")), compile(STR(""))), "so for the empty string");
}

static void test_framework(void)
{
	struct dfa *layer = compile(STR("\\/run\\/layers\\/[a-z0-9-]{1,64}"));
	struct dfa *disk = compile(STR("\\/run\\/disks\\/[a-z0-9-]{1,64}"));
	struct dfa *dots = compile(STR("(.*\\/)?\\.\\.(\\/.*)?"));
	struct dfa *normal = compile(STR("[A-Za-z0-9_.-]+|(\\/\\.?[A-Za-z0-9_:@%+,=~-]"
	    "[A-Za-z0-9_:@%+,=~.-]*)+|\\/"));
	struct str word;

	report(dfa_never_below(&arena, layer, layer) && dfa_never_below(&arena, layer, disk)
	    && !dfa_never_below(&arena, layer, compile(STR("\\/run"))), "layers lie apart");
	report(!dfa_disjoint(&arena, normal, dots), "'..' alone is the normal name's gap");
	report(dfa_word(&arena, layer, 27, &word) && str_is(word, "/run/layers/1"),
	    "words read well");
}

static bool spells(const struct dfa *d)
{
	struct str text = dfa_spell(&arena, d), bytes = dfa_encode(&arena, d), word;
	const char *error = NULL;
	struct dfa *again;
	size_t at;

	if (text.ptr == NULL && !dfa_single(d, &arena, &word))
		return false;
	again = dfa_of_regex(&arena, text, &error, &at);
	return again != NULL && str_equal(dfa_encode(&arena, again), bytes) &&
	    dfa_subset(&arena, again, d) && dfa_subset(&arena, d, again);
}

static bool spells_random(void)
{
	struct str text;

	grow(4, &text);
	return spells(compile(text));
}

/* An expression for an automaton has its language, and is not far from what an
 * author would have written. */
static void test_spelling(void)
{
	static const char *const same_again[] = {
		"[0-9a-f]{64}", "\\/run\\/layers\\/[\\-0-9a-z]{1,64}", ".*", "\\C*", "[^\\n\\/]+",
		"a{3,}b?", "\\x00[\\x01\\x81-\\xff]",
	};
	bool holds = true, short_ones = true;
	struct str text;

	for (unsigned i = 0; i < ROUNDS; i++) {
		holds = spells_random() && holds;
		arena_clear(&arena);
	}
	for (size_t i = 0; i < sizeof(same_again) / sizeof(same_again[0]); i++) {
		text = dfa_spell(&arena, compile((struct str){ same_again[i], strlen(same_again[i]) }));
		if (!str_is(text, same_again[i])) {
			printf("# %s became %.*s\n", same_again[i], STR_ARG(text));
			short_ones = false;
		}
	}
	holds = holds && spells(dfa_not(&arena, compile(STR("\\C*"))));
	report(holds, "an automaton spelled as an expression has its language");
	report(short_ones, "and repetitions are counted");
}

int main(void)
{
	test_random();
	test_syntax();
	test_errors();
	test_single();
	test_framework();
	test_spelling();
	arena_clear(&arena);
	return failures != 0;
}

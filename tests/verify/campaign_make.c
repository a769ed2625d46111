/* SPDX-License-Identifier: Apache-2.0
 *
 * campaign_make.c - random policies as text.  A policy is made of a few
 * schemes: events with guards and effects, and claims that hold of them, or
 * nearly.  What is random is the constants, which guards are left out, what the
 * schemes do to each other's state, and effects that do not belong.
 *
 * In texts: #p and #q are patterns, #n and #m numbers, #s a string, #c a value
 * of the enumeration; one of each for a scheme.  ~ is `old` in claims about
 * steps and nothing in rules.  A claim that starts with 0, 1 or 2 is about steps
 * of that event of the scheme.
 */
#include "campaign.h"

#include "base/bytes.h"

#define SCHEME_EVENTS 3
#define SCHEME_CLAIMS 5

struct scheme {
	struct {
		const char *fields;     /* letters of `fields` below */
		const char *rule[4];    /* requirements may be left out, others not */
		const char *effects;
	} events[SCHEME_EVENTS];
	const char *claims[SCHEME_CLAIMS];
};

static const struct scheme schemes[] = {
	/* patterns */
	{ { { "s", { "require s matches #p" }, "add s to A" } },
	  { "all x in A: x matches #p", "all x in A: x matches #q", "all x in A: not x matches #q",
	    "A != {}" } },
	{ { { "s", { "require s matches #p" }, "add s to A" }, { "s", { "require s matches #q" }, "add s to B" } },
	  { "all x in A: x not in B", "all x in A: all y in B: not x below y",
	    "all x in A: x matches #p", "all x in B: x matches #q", "all x in B: all y in A: not x below y" } },
	{ { { "s", { "require not some x in ~A: x below s or s below x" }, "add s to A" } },
	  { "all x in A: all y in A: not x below y", "all x in A: not x below #s",
	    "0 not some x in ~A: x below s" } },
	{ { { "s", { "require s matches way" }, "add s to A" } },
	  { "all x in A: x matches way", "all x in A: x matches #q", "all x in A: x matches way or x == #s" } },
	{ { { "s", { "require some r in items: s matches r.words" }, "add s to A" } },
	  { "all x in A: some r in items: x matches r.words", "all x in A: all r in items: x matches r.words",
	    "all x in A: x matches #p" } },
	/* joined strings */
	{ { { "st", { "require s == t + #s" }, "set N[s] = t" } },
	  { "all x in N: x == N[x] + #s", "all x in N: all y in N: N[x] == N[y] implies x == y",
	    "all x in N: N[x] != x" } },
	{ { { "st", { "require s == #s + \"/\" + t" }, "set N[s] = t" } },
	  { "all x in N: x == #s + \"/\" + N[x]", "all x in N: x below #s", "all x in N: N[x] == #s" } },
	{ { { "st", { "require s matches t + #p" }, "set N[s] = t" } },
	  { "all x in N: x matches N[x] + #p", "all x in N: x matches N[x] + #q", "all x in N: x matches #q",
	    "all x in N: N[x] matches #p" } },
	{ { { "st", { "require s below t" }, "set N[s] = t" } },
	  { "all x in N: x below N[x]", "all x in N: not N[x] below x", "0 s below t" } },
	/* counting */
	{ { { "s", { "require I < #n", "require s not in A" }, "add s to A set I = I + 1" },
	    { "s", { "require s in A" }, "delete A[s] set I = I - 1" } },
	  { "I <= #n", "I <= #m", "count(x in A: true) == I", "count(x in A: true) <= #m", "I == 0 or A != {}" } },
	{ { { "s", { "require count(x in ~A: true) < #n" }, "add s to A" }, { "s", { NULL }, "delete A[s]" } },
	  { "count(x in A: true) <= #n", "count(x in A: true) <= #m", "count(x in A: x matches #p) <= #n",
	    "0 count(x in ~A: true) < #m" } },
	{ { { "s", { "require count(x in ~M: M[x] == #n) < #m" }, "set M[s] = #n" }, { "sn", { NULL }, "set W[s] = n" } },
	  { "count(x in M: M[x] == #n) <= #m", "count(x in M: M[x] == #n) <= #m + 1",
	    "count(x in M: x in W) <= count(x in W: true)" } },
	{ { { "s", { "require s not in A",
	      "let fits = { r in items | count(x in A: r in T[x]) < #n }", "require fits != {}" },
	      "add s to A set T[s] = fits" },
	    { "s", { "require s in A" }, "delete A[s] delete T[s]" } },
	  { "all r in items: count(x in A: r in T[x]) <= #n", "all r in items: count(x in A: r in T[x]) <= #m",
	    "all x in A: T[x] != {}", "all x in T: x in A" } },
	{ { { "s", { "require s not in A", "require count(x in ~A: x in B) == 0" }, "add s to A" },
	    { "s", { "require s in A", "require not some x in ~B: true" }, "add s to B" } },
	  { "count(x in A: x in B) <= 1", "count(x in B: true) <= 1", "all x in B: x in A" } },
	{ { { "s", { NULL }, "add s to A" }, { "", { NULL }, "set F = true" }, { "", { "require I < #m" }, "set F = false set I = I + 1" } },
	  { "count(x in A: F) == 0", "count(x in A: F) <= count(x in A: true)",
	    "2 count(x in A: F) >= count(x in old A: old F)", "1 count(x in A: F) >= count(x in old A: old F)",
	    "count(x in A: F and x != #s) <= #n" } },
	{ { { "s", { "require not F" }, "add s to A" }, { "", { NULL }, "set F = true" } },
	  { "count(x in A: F) == 0", "count(x in A: F) <= #n", "count(x in A: not F) <= count(x in A: true)",
	    "F or count(x in A: F) == 0" } },
	{ { { "s", { NULL }, "add s to A" }, { "", { "require A != {}" }, "set F = true set G = true" },
	    { "", { NULL }, "set F = false" } },
	  { "G implies count(x in A: F) >= 1", "G implies count(x in A: true) >= 1", "F implies G",
	    "G implies count(x in A: F) <= #m" } },
	{ { { "", { NULL }, "set I = I + 1" }, { "s", { NULL }, "add s to A" } },
	  { "1 ~I <= 2", "1 ~I <= 3", "I <= 2", "I <= 3" } },
	/* rows */
	{ { { "s", { "let fits = { r in items | r.word == s }", "require fits != {}" }, "set R[s] = pick(fits)" } },
	  { "all x in R: R[x].word == x", "all x in R: R[x] in items",
	    "all x in R: all y in R: R[x].size == R[y].size implies R[x] == R[y]",
	    "all x in R: R[x].word matches #p" } },
	{ { { "s", { "let fits = { r in items | r.size == #n }" }, "set R[s] = pick(fits)" } },
	  { "all x in R: R[x] in items", "all x in R: R[x].size == #n", "all x in R: R[x].size <= #m",
	    "all x in R: all y in R: R[x] == R[y]" } },
	{ { { "s", { "require some r in items: r.size == #n" }, "set R[s] = pick({ r in items | r.size == #n })" },
	    { "s", { "require s not in R" }, "delete R[s]" } },
	  { "all x in R: R[x].size == #n", "all x in R: R[x] in items", "all x in items: x.size <= #m" } },
	{ { { "s", { NULL }, "set T[s] = { r in items | r.size == #n }" },
	    { "sn", { "require s in T" }, "set T[s] = { r in T[s] | r.size <= n }" } },
	  { "all x in T: all r in items: r in T[x]", "all x in T: all r in T[x]: r.size == #n",
	    "all x in T: all r in T[x]: r.size <= #m", "1 all r in T[s]: r in old T[s]",
	    "0 all r in T[s]: r in old T[s]" } },
	{ { { "s", { "let fits = { r in items | r.size <= #m }", "require fits != {}" }, "set T[s] = fits" },
	    { "sn", { "require s in T" }, "set T[s] = { r in T[s] | r.size <= n }" } },
	  { "all x in T: some r in items: r in T[x]", "all x in T: T[x] != {}",
	    "all x in T: all r in items: r.size <= #m implies r in T[x]", "all x in T: all r in T[x]: r.size <= #m" } },
	{ { { "s", { "let fits = { r in items | r.word == s }", "require fits != {}" }, "set T[s] = fits" },
	    { "s", { "require s in T" }, "set R[s] = pick(T[s])" },
	    { "s", { "require s not in R" }, "delete T[s]" } },
	  { "all x in R: x in T", "all x in R: R[x] in T[x]", "all x in T: T[x] != {}",
	    "all x in R: R[x].word == x" } },
	{ { { "s", { "require some r in items: r.word == s" }, "add pick({ r in items | r.word == s }) to E" } },
	  { "all r in E: r in items", "count(r in E: true) <= #n", "all r in E: r.size <= #n",
	    "0 some r in E: r.word == s" } },
	{ { { "st", { "require some r in items: r.word == s and t in r.tags" }, "set N[s] = t" } },
	  { "all x in N: some r in items: r.word == x and N[x] in r.tags",
	    "all x in N: all r in items: r.word == x implies N[x] in r.tags", "all x in N: N[x] != #s" } },
	{ { { "s", { "require s in R" }, "set R[s] = pick({ r in items | r.up == R[s].up })" },
	    { "s", { "let fits = { r in items | r.word == s }", "require fits != {}" }, "set R[s] = pick(fits)" } },
	  { "all x in R: R[x] in items", "all x in R: R[x].up in bases", "all x in R: R[x].up.size <= #n",
	    "0 R[s].up == old R[s].up" } },
	/* lists */
	{ { { "ls", { "require all x in l: x in ~A" }, "set L[s] = l" },
	    { "s", { "require not some x in ~L: s in L[x]" }, "delete A[s]" },
	    { "s", { NULL }, "add s to A" } },
	  { "all x in L: all y in L[x]: y in A", "0 all x in l: x in ~A", "all x in L: L[x] != []" } },
	{ { { "ls", { "require l != []", "require len(l) != #n" }, "set L[s] = l" } },
	  { "all x in L: L[x] != []", "all x in L: len(L[x]) != #n",
	    "all x in L: all (i, y) in L[x]: all (j, z) in L[x]: y == z implies i == j",
	    "all x in L: L[x][0] in L[x]" } },
	{ { { "ls", { "require l[0] == s" }, "set L[s] = l" } },
	  { "all x in L: L[x][0] == x", "all x in L: x in L[x]", "all x in L: L[x] != [] or x == \"\"" } },
	{ { { "ls", { NULL }, "set L[s] = [ x in l | x matches #p ]" } },
	  { "all x in L: all y in L[x]: y matches #p", "all x in L: all y in L[x]: y matches #q",
	    "0 len(L[s]) == len(l)", "all x in L: L[x] != []", "all x in L: all (i, y) in L[x]: i < #m" } },
	{ { { "ls", { "require all x in l: x in R", "let rows = [ R[x] for x in l ]" }, "set Q[s] = rows" },
	    { "s", { "let fits = { r in items | r.word == s }", "require fits != {}" }, "set R[s] = pick(fits)" } },
	  { "all x in Q: all r in Q[x]: r in items", "all x in Q: all r in Q[x]: r.size <= #n",
	    "0 len(Q[s]) == len(l)", "all x in Q: some y in R: R[y] in Q[x]" } },
	{ { { "ls", { "require all (i, x) in l: i == 0 or x != l[0]" }, "set L[s] = l" } },
	  { "all x in L: all (i, y) in L[x]: i == 0 or y != L[x][0]",
	    "all x in L: all (i, y) in L[x]: all (j, z) in L[x]: y == z implies i == j" } },
	{ { { "s", { "let fits = { r in items | r.parts == L[s] }", "require fits != {}" }, "set T[s] = fits" },
	    { "ls", { "require s not in T" }, "set L[s] = l" } },
	  { "all x in T: all r in T[x]: r.parts == L[x]", "all x in T: all r in T[x]: len(r.parts) == len(L[x])",
	    "all x in T: T[x] != {}", "all x in T: L[x] != []" } },
	/* sets in requests */
	{ { { "us", { "require all x in u: x in ~A" }, "add s to B" }, { "s", { NULL }, "add s to A" } },
	  { "0 all x in u: x in ~A", "0 count(x in u: x == #s) <= 1", "0 len(u) <= #n or #s in u", "all x in B: x in A" } },
	{ { { "ps", { "require all x in p: x.size <= #n" }, "add s to A" } },
	  { "0 all x in p: x.size <= #n", "0 all x in p: all y in p: x.name == y.name implies x.size == y.size",
	    "0 all x in p: x.size <= #m", "0 all x in p: all y in p: x.size == y.size implies x.name == y.name",
	    "0 count(x in p: x.name == #s) <= 1" } },
	/* digests */
	{ { { "sd", { "require some r in items: r.print == d" }, "set D[s] = d" } },
	  { "all x in D: some r in items: r.print == D[x]", "all x in D: all r in items: r.print == D[x]",
	    "all x in D: all y in D: D[x] == D[y]" } },
	{ { { "sd", { "require not some x in ~D: D[x] == d" }, "set D[s] = d" } },
	  { "all x in D: all y in D: D[x] == D[y] implies x == y", "0 not some x in ~D: D[x] == d",
	    "0 some x in ~D: D[x] == d" } },
	{ { { "sd", { "let fits = { r in items | r.print == d }", "require fits != {}" },
	      "set R[s] = pick(fits) ghost set V[s] = d" },
	    { "s", { NULL }, "delete R[s] ghost delete V[s]" } },
	  { "all x in R: x in V and V[x] == R[x].print", "all x in V: x in R", "all x in R: R[x] in items" } },
	{ { { "sd", { "require d not in C" }, "set C[d] = s add s to A" }, { "d", { "require C[d] not in B" }, "delete C[d]" } },
	  { "all x in C: C[x] in A", "all x in A: some y in C: C[y] == x", "1 old C[d] not in B",
	    "all x in C: all y in C: C[x] == C[y] implies x == y" } },
	/* flags and values */
	{ { { "b", { "require not ~F" }, "set F = true set G = b" }, { "s", { "require ~F" }, "add s to A" } },
	  { "A != {} implies F", "G implies F", "F implies G", "1 ~F", "0 not ~F" } },
	{ { { "c", { "require c != #c" }, "set H = c" }, { "sc", { "require c == ~H" }, "set Z[s] = c" } },
	  { "H != #c", "1 c == #c or c == blue", "H == red or H == green or H == blue", "all x in Z: Z[x] != #c", "1 c == ~H" } },
	{ { { "ns", { "require n >= ~M[s]" }, "set M[s] = n" } },
	  { "0 ~M[s] <= M[s]", "all x in M: M[x] <= #n", "0 n <= M[s]", "0 M[s] < n + 1" } },
	{ { { "ns", { "require n < #n", "require n not in K" }, "set K[n] = s" } },
	  { "all x in K: x < #n", "all x in K: x <= #m", "all x in K: all y in K: K[x] == K[y] implies x == y",
	    "count(x in K: true) <= #n" } },
	{ { { "s", { NULL }, "set M[s] = M[s] + 1" }, { "s", { "require ~M[s] > #n" }, "set W[s] = M[s] - #n" } },
	  { "all x in W: W[x] >= 1", "all x in M: M[x] >= 1", "all x in W: x in M", "1 W[s] + #n == M[s]" } },
	{ { { "st", { "require s != t" }, "set M[s] = 1 set M[t] = #n" } },
	  { "0 M[s] == 1", "0 M[s] == #n", "all x in M: M[x] == 1 or M[x] == #n", "all x in M: M[x] == #m" } },
	{ { { "ns", { "require n > 0" }, "set M[s] = n add s to B" }, { "s", { "require s in M" }, "delete M[s]" } },
	  { "all x in B: M[x] >= 1", "1 M[s] == old M[s]", "1 M[s] == 0", "all x in B: x in M",
	    "all x in M: x in B" } },
	{ { { "us", { "require some r in items: r.word == s and all x in r.tags: x in u and x matches #p" }, "add s to A" },
	    { "us", { "require some r in items: r.word == s and all x in u: x in r.tags or not x matches #p" }, "add s to B" } },
	  { "0 some r in items: r.word == s and r.tags == [ x in u | x matches #p ]",
	    "1 some r in items: r.word == s and r.tags == [ x in u | x matches #p ]",
	    "0 some r in items: r.word == s and r.tags == u", "1 all x in u: x in ~A" } },
	{ { { "us", { "let fits = { r in items | r.tags == [ x in u | x matches #p ] }", "require fits != {}" }, "set T[s] = fits" } },
	  { "all x in T: all r in T[x]: all y in r.tags: y matches #p", "0 all r in T[s]: r.tags == u",
	    "0 all r in T[s]: all y in r.tags: y in u", "0 all r in T[s]: all y in u: y in r.tags" } },
	/* lives */
	{ { { "s", { "require s not in A", "require s not in ~B" }, "add s to A add s to B ghost set X[s] = X[s] + 1" },
	    { "s", { "require s in A" }, "delete A[s]" } },
	  { "all x in X: X[x] <= 1", "all x in A: x in B", "all x in B: x in X", "0 s not in ~B" } },
	{ { { "st", { "require s not in N", "require t not in O" }, "set N[s] = t set O[t] = s" },
	    { "s", { "require s in N" }, "delete N[s] delete O[N[s]]" } },
	  { "all x in N: N[x] in O and O[N[x]] == x", "all x in O: O[x] in N",
	    "all x in N: all y in N: N[x] == N[y] implies x == y", "all x in N: N[x] in N" } },
	{ { { "st", { "require s != t", "require s in ~A" }, "delete A[s] add t to B" }, { "s", { "require s not in B" }, "add s to A" } },
	  { "all x in A: x not in B", "0 s in ~A", "0 t in B and s not in A" } },
	{ { { "s", { "require s in ~M" }, "set N[s] = s" }, { "s", { "require s not in N" }, "delete M[s]" },
	    { "s", { NULL }, "set M[s] = #n" } },
	  { "all x in N: x in M", "all x in N: N[x] == x", "all x in M: M[x] == #n", "all x in N: N[x] in M" } },
};

/* What does not belong: fields that it needs, and the effect. */
static const struct { const char *fields, *effect; } strays[] = {
	{ "s", "add s to A" }, { "s", "add s to B" }, { "s", "delete A[s]" }, { "s", "delete B[s]" },
	{ "s", "set M[s] = #m" }, { "s", "delete M[s]" }, { "s", "delete N[s]" }, { "", "set F = false" },
	{ "", "set I = 0" }, { "s", "delete T[s]" }, { "s", "delete R[s]" }, { "s", "delete L[s]" },
	{ "st", "set N[t] = t" }, { "", "set I = I + 1" },
};

static const struct { const char letter, *decl; } fields[] = {
	{ 's', "s: string" }, { 't', "t: string" }, { 'n', "n: int" }, { 'b', "b: bool" }, { 'c', "c: hue" },
	{ 'd', "d: digest" }, { 'l', "l: list(2) of string" }, { 'u', "u: set(2) of string" },
	{ 'p', "p: set(2) of pair" },
};

static const char *const states[] = {
	"state A: set of string(4) capacity 3", "state B: set of string(4) capacity 2",
	"state C: map digest -> string(4) capacity 2", "state D: map string(4) -> digest capacity 2",
	"state E: set of item capacity 3", "state F: bool", "state G: bool", "state H: hue",
	"state I: int max 3", "state K: map int -> string(4) capacity 3",
	"state L: map string(4) -> list(2) of string(4) capacity 2", "state M: map string(4) -> int max 3 capacity 3",
	"state N: map string(4) -> string(4) capacity 2", "state O: map string(4) -> string(4) capacity 2",
	"state Q: map string(4) -> list(2) of item capacity 2", "state R: map string(4) -> item capacity 3",
	"state T: map string(4) -> set of item capacity 2", "state W: map string(4) -> int capacity 2",
	"ghost state V: map string(4) -> digest capacity 4", "ghost state X: map string(4) -> int capacity 4",
	"state Z: map string(4) -> hue capacity 2",
};

static const char *const words[] = { "", "a", "a/b", "a/b/a", "aa", "ab", "b", "b/a", "ba" };
static const char *const patterns[] = { "/a*/", "/[ab]+/", "/a(\\/.*)?/", "/b|ab/", "/\\/?b/", "/.*/", "/a/",
	"/[^\\/]*/", "/a\\/b.*/", "/(a|b)\\/[ab]/", "/b.*/", "/.*\\/.*/" };
static const char *const colours[] = { "red", "green", "blue" };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct maker {
	struct arena *a;
	struct chance *c;
	struct world *world;
	struct bytes body, claims;
	uint32_t n_events, n_claims;
	/* of one scheme */
	const char *p, *q, *s, *colour;
	uint32_t n, m;
};

static uint32_t below(struct maker *m, uint32_t n)
{
	return chance_below(m->c, n);
}

static const char *pattern(struct maker *m)
{
	return patterns[below(m, COUNT(patterns))];
}

static void put(struct maker *m, struct bytes *b, const char *text, bool step)
{
	for (; *text != '\0'; text++) {
		if (*text == '~') {
			bytes_printf(b, "%s", step ? "old " : "");
			continue;
		}
		if (*text != '#') {
			bytes_put8(b, (uint8_t)*text);
			continue;
		}
		switch (*++text) {
		case 'p': bytes_printf(b, "%s", m->p); break;
		case 'q': bytes_printf(b, "%s", m->q); break;
		case 's': bytes_printf(b, "\"%s\"", m->s); break;
		case 'c': bytes_printf(b, "%s", m->colour); break;
		case 'n': bytes_printf(b, "%u", m->n); break;
		default:  bytes_printf(b, "%u", m->m); break;
		}
	}
}

static bool has_all(const char *letters, const char *wanted)
{
	for (; *wanted != '\0'; wanted++)
		if (strchr(letters, *wanted) == NULL)
			return false;
	return true;
}

static void make_event(struct maker *m, const struct scheme *s, uint32_t i)
{
	const char *letters = s->events[i].fields;
	uint32_t stray = below(m, COUNT(strays));

	bytes_printf(&m->body, "event e%u {", m->n_events);
	for (uint32_t f = 0; f < COUNT(fields); f++)
		if (strchr(letters, fields[f].letter) != NULL)
			bytes_printf(&m->body, " %s", fields[f].decl);
	bytes_printf(&m->body, " }\non e%u {\n", m->n_events);
	for (uint32_t g = 0; g < 4 && s->events[i].rule[g] != NULL; g++) {
		const char *line = s->events[i].rule[g];

		if (strncmp(line, "require", 7) == 0 && below(m, 7) == 0)
			continue;
		bytes_printf(&m->body, "  ");
		put(m, &m->body, line, false);
		bytes_printf(&m->body, "\n");
	}
	bytes_printf(&m->body, "  ");
	put(m, &m->body, s->events[i].effects, false);
	/* A stray effect on what the event writes already would not compile. */
	if (below(m, 6) == 0 && has_all(letters, strays[stray].fields)) {
		bytes_printf(&m->body, "\n  ");
		put(m, &m->body, strays[stray].effect, false);
	}
	bytes_printf(&m->body, "\n}\n");
	m->n_events++;
}

static void make_scheme(struct maker *m, const struct scheme *s)
{
	uint32_t first = m->n_events;

	m->p = pattern(m);
	m->q = pattern(m);
	m->s = m->world->words[below(m, WORLD_WORDS)].ptr;
	m->colour = colours[below(m, 3)];
	m->n = below(m, 3);
	m->m = below(m, 2) == 0 ? m->n + 1 : below(m, 4);
	for (uint32_t i = 0; i < SCHEME_EVENTS && s->events[i].fields != NULL; i++)
		make_event(m, s, i);
	for (uint32_t i = 0; i < SCHEME_CLAIMS && s->claims[i] != NULL; i++) {
		const char *text = s->claims[i];

		if (below(m, 8) == 0)
			continue;
		if (*text >= '0' && *text <= '9') {
			bytes_printf(&m->claims, "always c%u: on e%u: ", m->n_claims++, first + (uint32_t)(*text - '0'));
			put(m, &m->claims, text + 2, true);
		} else {
			bytes_printf(&m->claims, "invariant c%u: ", m->n_claims++);
			put(m, &m->claims, text, false);
		}
		bytes_printf(&m->claims, "\n");
	}
}

static void make_world(struct maker *m)
{
	/* One path below another makes more things happen. */
	uint32_t chosen = below(m, 2) == 0 ? 6 : 0, n = chosen == 0 ? 0 : 2;

	while (n < WORLD_WORDS) {
		uint32_t i = below(m, COUNT(words));

		n += (chosen >> i & 1) == 0;
		chosen |= UINT32_C(1) << i;
	}
	n = 0;
	for (uint32_t i = 0; i < COUNT(words); i++)
		if ((chosen >> i & 1) != 0)
			m->world->words[n++] = (struct str){ words[i], strlen(words[i]) };
}

static const char *word(struct maker *m)
{
	return m->world->words[below(m, WORLD_WORDS)].ptr;
}

static void make_rows(struct maker *m, struct bytes *b)
{
	uint32_t n = below(m, 4);

	bytes_printf(b, "base low { size %u }\nbase high { size %u }\n", below(m, 3), below(m, 3));
	for (uint32_t i = 0; i < n; i++) {
		bytes_printf(b, "item i%u { word \"%s\" size %u hue %s up %s words %s", i, word(m), below(m, 3),
		    colours[below(m, 3)], below(m, 2) == 0 ? "low" : "high", pattern(m));
		bytes_printf(b, " print sha256:%064u parts [", 1 + below(m, 2));
		for (uint32_t k = below(m, 3); k > 0; k--)
			bytes_printf(b, " \"%s\"", word(m));
		bytes_printf(b, " ] tags {");
		for (uint32_t k = below(m, 3); k > 0; k--)
			bytes_printf(b, " \"%s\"", m->world->words[k].ptr);
		bytes_printf(b, " } }\n");
	}
}

/* Whether a name of one letter is a word of the text. */
static bool mentions(struct str text, char name)
{
	for (size_t i = 1; i + 1 < text.len; i++) {
		char l = text.ptr[i - 1], r = text.ptr[i + 1];

		if (text.ptr[i] == name && (l == ' ' || l == '(') && strchr(" [:)\n", r) != NULL)
			return true;
	}
	return false;
}

struct str make_source(struct arena *a, struct chance *c, struct world *world)
{
	struct maker m = { .a = a, .c = c, .world = world, .body = { .arena = a }, .claims = { .arena = a } };
	struct bytes text = { .arena = a };
	uint32_t n = 2 + below(&m, 2);

	make_world(&m);
	for (uint32_t i = 0; i < n; i++)
		make_scheme(&m, &schemes[below(&m, COUNT(schemes))]);
	bytes_put(&m.body, m.claims.ptr, m.claims.len);
	bytes_printf(&text, "framework campaign 1\nenum hue { red green blue }\n"
	    "record pair { key name: string size: int }\n"
	    "switch way: pattern = %s\n"
	    "kind base as bases named { size: int }\n"
	    "kind item as items named {\n  key word: string\n  size: int\n  hue: hue\n  up: base\n  words: pattern\n"
	    "  print: digest\n  parts: list of string\n  tags: set of string\n}\n", pattern(&m));
	make_rows(&m, &text);
	for (uint32_t i = 0; i < COUNT(states); i++)
		if (mentions(bytes_str(&m.body), strstr(states[i], "state ")[6]))
			bytes_printf(&text, "%s\n", states[i]);
	bytes_put(&text, m.body.ptr, m.body.len);
	return arena_copy(a, text.ptr, text.len);
}

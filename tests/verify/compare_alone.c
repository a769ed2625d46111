/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_alone.c - what compare's proof says when nobody looks for a difference
 * first: pairs of policies that pick rows, count, filter and have little room, made
 * by hand and at random, each the other but for an edit.  Both interpreters walk
 * a small closed universe; where one of the two goes beyond the other, the
 * proof that it does not may not go through.
 *
 *   compare_alone [PAIRS [SEED [PAIR]]]
 *   compare_alone -g TEXT      only those by hand whose claims have the text
 */
#include <stdio.h>
#include <stdlib.h>

#include "compare_walk.h"
#include "twin.h"

/* ---- policies ---- */

enum { ROWS = 4 };
/* Of each row, then of the rest of the text. */
enum row_place { THERE, WORD, SIZE, HUE, ROW_PLACES };
enum place {
	HELD_KEY = ROWS * ROW_PLACES, HELD_ROOM, BUSY_KEY, BUSY_ROOM,
	FRESH, FILTER, BEST, COUNT, ADDS, FREES, BOUND, GIVES, WHOLE, PLACES
};
#define AT(row, place) ((row) * ROW_PLACES + (place))

/* How many choices each place has; the more there are of THERE, the more rows. */
static const uint8_t row_options[ROW_PLACES] = { 4, 2, 3, 3 };
static const uint8_t options[PLACES] = {
	[HELD_KEY] = 2, [HELD_ROOM] = 3, [BUSY_KEY] = 2, [BUSY_ROOM] = 3, [FRESH] = 4, [FILTER] = 3,
	[BEST] = 4, [COUNT] = 5, [ADDS] = 3, [FREES] = 3, [BOUND] = 3, [GIVES] = 6, [WHOLE] = 3
};

/* Rows by hand: a "p" 1, b "q" 2, c "p" 3, in this order. */
static const uint8_t plain[PLACES] = {
	[AT(0, THERE)] = 1, [AT(1, THERE)] = 1, [AT(1, WORD)] = 1, [AT(1, SIZE)] = 1, [AT(2, THERE)] = 1,
	[AT(2, SIZE)] = 2, [HELD_KEY] = 1, [HELD_ROOM] = 2, [BUSY_KEY] = 1, [BUSY_ROOM] = 2, [FRESH] = 1,
	[FREES] = 1, [WHOLE] = 1
};

static uint32_t n_options(uint32_t place)
{
	return place < HELD_KEY ? row_options[place % ROW_PLACES] : options[place];
}

static void write_head(struct bytes *b, const uint8_t *c)
{
	static const char *const hues[] = { "", "k", "z" };

	bytes_printf(b, "framework made 1\n"
	    "kind item as items named { word: string  size: int = 1  hue: string = \"\" }\n");
	for (uint32_t i = 0; i < ROWS; i++)
		if (c[AT(i, THERE)] != 0 || i == 0)
			bytes_printf(b, "item %c { word \"%c\" size %u hue \"%s\" }\n", (int)('a' + i),
			    c[AT(i, WORD)] != 0 ? 'q' : 'p', 1U + c[AT(i, SIZE)], hues[c[AT(i, HUE)]]);
	bytes_printf(b, "event admit { name: string  what: string }\nevent drop { name: string }\n"
	    "event use { name: string  n: int gives wide: bool }\n"
	    "state held: map string(%u) -> item capacity %u\nstate busy: set of string(%u) capacity %u\n",
	    1U + c[HELD_KEY], 1U + c[HELD_ROOM], 1U + c[BUSY_KEY], 1U + c[BUSY_ROOM]);
	if (c[WHOLE] == 0)
		bytes_printf(b, "state could: map string(2) -> set of item capacity 3\n");
}

static void write_admit(struct bytes *b, const uint8_t *c)
{
	static const char *const filters[] = { "i.word == what", "i.word == what and i.hue != \"z\"",
		"i.size != 2" };
	static const char *const bests[] = { "true", "i.size > 1", "i.size != 3",
		"i.word == \"p\" or i.hue == \"z\"" };
	static const char *const counts[] = { "true", "count(n in held: held[n] == pick(best)) < 1",
		"count(n in held: held[n].size == pick(best).size) < 2", "count(n in busy: n in held) < 2",
		"count(i in fits: i.size > 1) < 2" };

	bytes_printf(b, "on admit {\n");
	if (c[FRESH] != 0)
		bytes_printf(b, "  require name not in held\n");
	bytes_printf(b, "  let fits = { i in items | %s }\n  let best = { i in fits | %s }\n"
	    "  require best != {}\n  require %s\n  set held[name] = pick(best)\n", filters[c[FILTER]],
	    bests[c[BEST]], counts[c[COUNT]]);
	if (c[ADDS] != 0)
		bytes_printf(b, "  add name to busy\n");
	if (c[WHOLE] == 0)
		bytes_printf(b, "  set could[name] = fits\n");
	bytes_printf(b, "}\n");
}

static void write_others(struct bytes *b, const uint8_t *c)
{
	static const char *const bounds[] = { "<", "<=", "!=" };
	static const char *const gives[] = { "false", "held[name].hue == \"z\"",
		"held[name] == pick({ i in items | i.word == held[name].word })",
		"count(i in items: i.size > n and i.word == held[name].word) < 2",
		"count(m in held: held[m] == held[name]) < 2",
		"name in could and could[name] != {} and pick(could[name]).size > n" };

	bytes_printf(b, "on drop {\n  require name in held\n  delete held[name]\n%s%s",
	    c[FREES] != 0 ? "  delete busy[name]\n" : "", c[WHOLE] == 0 ? "  delete could[name]\n" : "");
	bytes_printf(b, "}\non use {\n  require name in held and n %s held[name].size\n  give wide = %s\n}\n",
	    bounds[c[BOUND]], gives[c[GIVES] == 5 && c[WHOLE] != 0 ? 1 : c[GIVES]]);
}

static void make_side(struct arena *a, const uint8_t *choices, struct side *s)
{
	struct bytes b = { .arena = a };

	write_head(&b, choices);
	write_admit(&b, choices);
	write_others(&b, choices);
	s->text = bytes_str(&b);
	if (!open_side(a, s))
		exit(1);
}

/* ---- requests ---- */

static void make_universe(struct arena *a, const struct bc_policy *p, struct universe *u)
{
	static const char *const names[] = { "a", "b", "cc" };

	for (uint32_t i = 0; i < 3; i++) {
		for (uint32_t k = 0; k < 2; k++)
			add_request(a, p, u, arena_printf(a, "{ \"event\": \"admit\", \"name\": \"%s\", "
			    "\"what\": \"%s\" }", names[i], k == 0 ? "p" : "q").ptr);
		add_request(a, p, u, arena_printf(a, "{ \"event\": \"drop\", \"name\": \"%s\" }",
		    names[i]).ptr);
		for (uint32_t n = 0; n < 4; n++)
			add_request(a, p, u, arena_printf(a, "{ \"event\": \"use\", \"name\": \"%s\", "
			    "\"n\": %u }", names[i], (unsigned)n).ptr);
	}
}

/* ---- pairs ---- */

static struct { uint32_t differ, same, proved, wrong; } counts;
/* Proofs of what is so take their time: not all are asked for. */
enum { ASK_OF_SAME = 4 };

/* Returns whether B goes beyond A. */
static bool judge(struct walk *w, const char *claim, bool ask)
{
	bool differs = enumerate(w) != 0, proved;

	*(differs ? &counts.differ : &counts.same) += 1;
	if (!differs && !ask)
		return differs;
	proved = is_proved(w, 2);
	counts.proved += proved && !differs;
	if (proved && differs) {
		counts.wrong++;
		printf("not ok - %s: proved, and enumeration finds a difference\n%.*s# goes beyond\n%.*s",
		    claim, STR_ARG(w->beyond->text), STR_ARG(w->within->text));
	}
	return differs;
}

/* Returns whether B goes beyond A.  both: A may go beyond B too.  ask: also for
 * proofs of what is so. */
static bool try_pair(const uint8_t *of_a, const uint8_t *of_b, const char *claim, bool both, bool ask)
{
	struct arena arena = { 0 };
	struct walk *w = arena_new(&arena, struct walk);
	struct side *sides = arena_array(&arena, 2, struct side);
	struct universe u = { .n = 0 };
	bool differs;

	make_side(&arena, of_a, &sides[0]);
	make_side(&arena, of_b, &sides[1]);
	make_universe(&arena, &sides[0].policy.bc, &u);
	*w = (struct walk){ .arena = &arena, .within = &sides[0], .beyond = &sides[1], .u = &u };
	differs = judge(w, claim, ask);
	w->within = &sides[1];
	w->beyond = &sides[0];
	if (both)
		judge(w, claim, ask);
	arena_clear(&arena);
	return differs;
}

/* ---- by hand ---- */

/* Of `plain`: in each, B goes beyond A.  { 0, 1 } edits nothing: row a is there. */
struct edit { uint8_t place, choice; };
static const struct { const char *claim; struct edit a[6], b[6]; } by_hand[] = {
	{ "the least row is missing", { { 0, 1 } }, { { AT(0, WORD), 1 }, { AT(0, SIZE), 1 } } },
	{ "an edit that puts rows in another order", { { 0, 1 } }, { { AT(0, HUE), 2 } } },
	{ "the least row is left out", { { AT(0, WORD), 1 }, { AT(1, WORD), 0 }, { AT(1, SIZE), 0 } },
	    { { AT(0, WORD), 1 }, { AT(1, THERE), 0 } } },
	{ "a lesser row is new", { { AT(0, WORD), 1 }, { AT(1, THERE), 0 }, { BOUND, 2 } },
	    { { AT(0, WORD), 1 }, { AT(1, WORD), 0 }, { AT(1, SIZE), 0 }, { BOUND, 2 } } },
	{ "another row is least", { { AT(2, THERE), 0 } }, { { AT(0, SIZE), 2 } } },
	{ "least of fewer rows", { { 0, 1 } }, { { BEST, 1 } } },
	{ "least of more rows", { { BEST, 1 }, { BOUND, 2 } }, { { BOUND, 2 } } },
	{ "least of others", { { BEST, 1 }, { BOUND, 2 } }, { { BEST, 2 }, { BOUND, 2 } } },
	{ "least of what is held", { { GIVES, 5 }, { WHOLE, 0 } },
	    { { GIVES, 5 }, { WHOLE, 0 }, { AT(0, HUE), 2 } } },
	{ "held is the least", { { GIVES, 2 } }, { { GIVES, 2 }, { BEST, 1 } } },
	{ "less room", { { HELD_ROOM, 1 } }, { { 0, 1 } } },
	{ "shorter keys", { { HELD_KEY, 0 } }, { { 0, 1 } } },
	{ "less room in a table that A alone fills", { { ADDS, 1 }, { BUSY_ROOM, 1 } }, { { 0, 1 } } },
	{ "shorter keys in a table that A alone fills", { { ADDS, 1 }, { BUSY_KEY, 0 } }, { { 0, 1 } } },
	{ "keys that stay in a table that A alone fills",
	    { { ADDS, 1 }, { BUSY_ROOM, 1 }, { FREES, 0 }, { HELD_ROOM, 1 } },
	    { { HELD_ROOM, 1 }, { FREES, 0 } } },
	{ "fewer than one of a row that is another", { { COUNT, 1 } },
	    { { COUNT, 1 }, { AT(0, WORD), 1 }, { AT(0, SIZE), 1 } } },
	{ "fewer than two of more rows", { { COUNT, 2 } }, { { COUNT, 2 }, { AT(0, SIZE), 1 } } },
	{ "fewer than two of keys that go sooner", { { COUNT, 3 }, { ADDS, 1 }, { FREES, 0 } },
	    { { ADDS, 1 }, { FREES, 0 } } },
	{ "fewer than two rows of more", { { COUNT, 4 }, { AT(0, SIZE), 1 } }, { { COUNT, 4 } } },
	{ "fewer than two rows of less", { { GIVES, 3 } }, { { GIVES, 3 }, { AT(2, THERE), 0 } } }
};

static void apply(uint8_t *choices, const struct edit *edits)
{
	memcpy(choices, plain, PLACES);
	for (uint32_t i = 0; i < 6; i++)
		if (edits[i].place != 0 || edits[i].choice != 0)
			choices[edits[i].place] = edits[i].choice;
}

static bool all_by_hand(const char *text)
{
	bool all = true;

	for (size_t i = 0; i < sizeof(by_hand) / sizeof(by_hand[0]); i++) {
		uint8_t a[PLACES], b[PLACES];

		if (strstr(by_hand[i].claim, text) == NULL)
			continue;
		apply(a, by_hand[i].a);
		apply(b, by_hand[i].b);
		if (!try_pair(a, b, by_hand[i].claim, false, false)) {
			printf("not ok - %s: B goes beyond A\n", by_hand[i].claim);
			all = false;
		}
	}
	return all;
}

/* ---- at random ---- */

static void random_pair(struct chance *c, uint32_t pair, bool only, uint32_t wanted)
{
	uint8_t a[PLACES], b[PLACES];
	uint32_t edits = 1 + chance_below(c, 2);
	char claim[32];

	for (uint32_t i = 0; i < PLACES; i++)
		a[i] = (uint8_t)chance_below(c, n_options(i));
	memcpy(b, a, PLACES);
	for (uint32_t i = 0; i < edits; i++) {
		uint32_t place = chance_below(c, PLACES);

		b[place] = (uint8_t)chance_below(c, n_options(place));
	}
	snprintf(claim, sizeof(claim), "pair %u", (unsigned)pair);
	if ((!only || pair == wanted) && memcmp(a, b, PLACES) != 0)
		try_pair(a, b, claim, true, only || pair % ASK_OF_SAME == 0);
}

static bool all_at_random(int argc, char **argv)
{
	uint32_t pairs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100;
	struct chance c = { .state = argc > 2 ? strtoull(argv[2], NULL, 10) : 20261127 };
	bool only = argc > 3;

	for (uint32_t i = 0; i < pairs; i++)
		random_pair(&c, i, only, only ? (uint32_t)strtoul(argv[3], NULL, 10) : 0);
	printf("# %u directions differ; of %u others, few of which are asked, %u are proved\n",
	    (unsigned)counts.differ, (unsigned)counts.same, (unsigned)counts.proved);
	/* A proof that never goes through would pass all else. */
	return only || pairs == 0 || counts.proved > 0;
}

int main(int argc, char **argv)
{
	bool some = argc == 3 && strcmp(argv[1], "-g") == 0, ok;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ok = argc > 3 || all_by_hand(some ? argv[2] : "");
	ok = (some || all_at_random(argc, argv)) && ok && counts.wrong == 0;
	printf("%s - compare proves nothing of which enumeration shows the opposite\n", ok ? "ok" : "not ok");
	return ok ? 0 : 1;
}

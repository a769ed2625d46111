/* SPDX-License-Identifier: Apache-2.0
 *
 * compare.c - cocoapolv compare against exhaustive enumeration: random policies,
 * each with a random edit, and a small closed universe of requests.  Both
 * interpreters walk all joint states up to a depth; what they find is what
 * compare must say: it may not call equal what differs, its traces must show
 * what they claim, and one or the other it must say.
 *
 *   compare COCOAPOLV DIRECTORY [PAIRS [SEED]]
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/file.h"
#include "compare_walk.h"
#include "request/request.h"
#include "runtime/state.h"
#include "twin.h"

enum { CHOICES = 40 };

/* A policy is what was chosen at each place of its text; an edit is another
 * choice at one place. */
struct made {
	uint8_t choices[CHOICES];
	uint32_t at;
	struct bytes text;
};

static uint32_t option(struct made *m, uint32_t n)
{
	return m->choices[m->at++] % n;
}

static void maybe(struct made *m, uint32_t of, const char *line)
{
	if (option(m, of) != 0)
		bytes_printf(&m->text, "  %s\n", line);
}

static void write_rows(struct made *m)
{
	static const char *const kinds[] = { "\"x\"", "\"y\"" };
	static const char *const tags[] = { "{}", "{ \"p\" }", "{ \"p\" \"q\" }" };

	for (uint32_t i = 0; i < 3; i++) {
		uint32_t there = option(m, 4), kind = option(m, 2), limit = option(m, 3), tag = option(m, 3);
		uint32_t open = option(m, 2);

		if (there != 0 || i == 0)
			bytes_printf(&m->text, "thing t%u { sort %s limit %u tags %s %s}\n", (unsigned)i, kinds[kind],
			    (unsigned)limit, tags[tag], open != 0 ? "open " : "");
	}
}

static void write_admit(struct made *m)
{
	static const char *const tests[] = { "t.sort == what", "t.sort == what and (t.open or not hard)",
	    "t.sort == what and not (hard and t.limit == 0)" };

	bytes_printf(&m->text, "on admit {\n  require name not in held\n");
	maybe(m, 3, "require name matches word");
	maybe(m, 2, "require not sealed");
	maybe(m, 2, "require not hard or flag");
	bytes_printf(&m->text, "  let fits = { t in things | %s }\n  require fits != {}\n", tests[option(m, 3)]);
	maybe(m, 2, "require all x in fits: count(n in busy: x in held[n]) < x.limit");
	maybe(m, 2, "require all x in fits: all y in fits: x.open == y.open");
	bytes_printf(&m->text, "  set held[name] = fits\n");
	maybe(m, 3, "add name to busy");
	bytes_printf(&m->text, "}\n");
}

static void write_others(struct made *m)
{
	static const char *const bounds[] = { "n < 3", "n < 2", "n != 1" };

	bytes_printf(&m->text, "on drop {\n  require name in held\n");
	maybe(m, 2, "require not sealed");
	bytes_printf(&m->text, "  delete held[name]\n");
	maybe(m, 3, "delete busy[name]");
	bytes_printf(&m->text, "}\non tick {\n  require %s\n", bounds[option(m, 3)]);
	maybe(m, 2, "require level < n");
	maybe(m, 2, "require not some x in busy: x == \"a\"");
	bytes_printf(&m->text, "  set level = n\n");
	maybe(m, 2, "set sealed = true");
	bytes_printf(&m->text, "}\n");
	if (option(m, 6) == 0)
		return;
	bytes_printf(&m->text, "on show {\n  require name in held\n  keep tags = [ t in tags | ");
	bytes_printf(&m->text, "%s c in held[name]: t in c.tags ]\n", option(m, 2) != 0 ? "all" : "some");
	bytes_printf(&m->text, "  give wide = %s\n}\n", option(m, 2) != 0 ? "some c in held[name]: c.open" :
	    "level == 2");
}

static struct str write_policy(struct arena *a, struct made *m)
{
	static const char *const words[] = { "/a|b/", "/a/", "/[a-z]/", "/b?/" };

	m->at = 0;
	m->text = (struct bytes){ .arena = a };
	bytes_printf(&m->text, "framework made 1\nswitch word: pattern = %s\n", words[option(m, 4)]);
	bytes_printf(&m->text, "switch flag: bool = %s\n", option(m, 2) != 0 ? "true" : "false");
	bytes_printf(&m->text, "kind thing as things named {\n  sort: string\n  limit: int = 1\n"
	    "  tags: set of string = {}\n  open: bool\n}\n");
	write_rows(m);
	bytes_printf(&m->text, "event admit { name: string what: string hard: bool }\nevent drop { name: string }\n"
	    "event tick { n: int }\nevent show { name: string tags: list(2) of string gives wide: bool }\n"
	    "state held: map string(1) -> set of thing capacity 3\nstate busy: set of string(1) capacity 3\n"
	    "state level: int\nstate sealed: bool\n");
	write_admit(m);
	write_others(m);
	if (m->at > CHOICES)
		abort();
	return bytes_str(&m->text);
}

/* ---- the universe ------------------------------------------------------------------ */

static void make_universe(struct arena *a, const struct bc_policy *p, struct universe *u)
{
	static const char *const names[] = { "a", "b" }, *const sorts[] = { "x", "y" };
	static const char *const lists[] = { "[]", "[\"p\"]", "[\"q\"]", "[\"p\", \"q\"]" };

	for (uint32_t i = 0; i < 2; i++) {
		for (uint32_t k = 0; k < 4; k++)
			add_request(a, p, u, arena_printf(a, "{ \"event\": \"admit\", \"name\": \"%s\", \"what\": \"%s\", "
			    "\"hard\": %s }", names[i], sorts[k % 2], k < 2 ? "true" : "false").ptr);
		for (uint32_t k = 0; k < 4; k++)
			add_request(a, p, u, arena_printf(a, "{ \"event\": \"show\", \"name\": \"%s\", \"tags\": %s }",
			    names[i], lists[k]).ptr);
		add_request(a, p, u, arena_printf(a, "{ \"event\": \"drop\", \"name\": \"%s\" }", names[i]).ptr);
	}
	for (uint32_t i = 0; i < 4; i++)
		add_request(a, p, u, arena_printf(a, "{ \"event\": \"tick\", \"n\": %u }", (unsigned)i).ptr);
}

static _Noreturn void fail(const char *what, uint32_t pair, const char *path)
{
	printf("not ok - pair %u: %s (%s)\n", (unsigned)pair, what, path);
	exit(1);
}

/* ---- what compare says ---------------------------------------------------------------- */

static json_t *ask(const char *tool, const struct side *a, const struct side *b, int *status, uint32_t pair)
{
	char command[1024];
	json_t *json;
	FILE *pipe;

	snprintf(command, sizeof(command), "'%s' compare --json --timeout 600 '%s' '%s'", tool, a->path, b->path);
	pipe = popen(command, "r");
	if (pipe == NULL)
		fail("no pipe", pair, command);
	json = json_loadf(pipe, 0, NULL);
	*status = pclose(pipe);
	if (json == NULL || !WIFEXITED(*status))
		fail("no answer", pair, command);
	*status = WEXITSTATUS(*status);
	return json;
}

/* Play the trace of an answer: true if only its last request goes beyond.
 * inside: whether all requests are of the universe. */
static bool replays(struct walk *w, const json_t *trace, bool *inside)
{
	size_t n = json_array_size(trace);

	*inside = true;
	state_clear(&w->within->group);
	state_clear(&w->beyond->group);
	for (size_t i = 0; i < n; i++) {
		const json_t *json = json_object_get(json_array_get(trace, i), "request");
		struct cpol_verdict within, beyond;
		struct cpol_event event;
		struct request request;
		struct str bytes, error;
		uint32_t k = 0;

		if (request_of_json(w->arena, &w->beyond->policy.bc, json, &request, &error) != 0 ||
		    request_encode(w->arena, &w->beyond->policy.bc, &request, &bytes, &error) != 0)
			return false;
		while (k < w->u->n && !str_equal(w->u->requests[k], bytes))
			k++;
		*inside = *inside && k < w->u->n;
		event = (struct cpol_event){ bytes.ptr, bytes.len };
		within = cpol_decide(&w->within->group, &event);
		beyond = cpol_decide(&w->beyond->group, &event);
		if (goes_beyond(&within, &beyond, (uint32_t)json_array_size(json_object_get(json, "tags"))))
			return i + 1 == n;
		if (!within.allowed || !beyond.allowed)
			return false;
		cpol_commit(&w->within->group);
		cpol_commit(&w->beyond->group);
	}
	return false;
}

static struct { uint32_t proved, differs, unknown, longer, outside; } counts;

static void judge(struct walk *w, const json_t *answer, uint32_t pair)
{
	const char *verdict = json_string_value(json_object_get(answer, "verdict"));
	uint32_t shortest = enumerate(w), n = (uint32_t)json_array_size(json_object_get(answer, "trace"));
	bool inside;

	if (shortest != 0 && is_proved(w, 5))
		fail("proved, and enumeration finds a difference", pair, w->beyond->path);
	if (strcmp(verdict, "UNKNOWN") == 0) {
		printf("# pair %u: unknown, %s beyond %s: enumeration finds %s\n%.*s\n%.*s\n", (unsigned)pair,
		    w->beyond->path, w->within->path, shortest == 0 ? "nothing" : "a difference",
		    STR_ARG(w->beyond->text), STR_ARG(w->within->text));
		counts.unknown++;
		return;
	}
	if (strcmp(verdict, "PROVED") == 0) {
		if (shortest != 0)
			fail("PROVED, and enumeration finds a difference", pair, w->beyond->path);
		counts.proved++;
		return;
	}
	if (!replays(w, json_object_get(answer, "trace"), &inside))
		fail("the trace does not show a difference", pair, w->beyond->path);
	if (shortest == 0 && inside && n <= DEPTH)
		fail("DIFFERS, within what enumeration has searched", pair, w->beyond->path);
	counts.differs++;
	counts.outside += shortest == 0;
	counts.longer += shortest != 0 && n > shortest;
}

/* ---- pairs ----------------------------------------------------------------------------- */

static void write_side(struct arena *a, struct made *m, struct side *s, const char *directory, uint32_t pair,
    const char *name)
{
	s->text = write_policy(a, m);
	snprintf(s->path, sizeof(s->path), "%s/%u%s.cpb", directory, (unsigned)pair, name);
	if (!open_side(a, s) || file_write(s->path, s->bytes.ptr, s->bytes.len) != 0)
		fail("cannot be written", pair, s->path);
}

static void try_pair(const char *tool, const char *directory, uint32_t pair, struct chance *c)
{
	struct arena arena = { 0 };
	struct walk *w = arena_new(&arena, struct walk);
	struct side *sides = arena_array(&arena, 2, struct side);
	struct universe u = { .n = 0 };
	struct made made = { .at = 0 };
	uint32_t edits = 1 + chance_below(c, 2), unknown;
	json_t *answer;
	int status, want;

	for (uint32_t i = 0; i < CHOICES; i++)
		made.choices[i] = (uint8_t)chance_below(c, 240);
	write_side(&arena, &made, &sides[0], directory, pair, "a");
	for (uint32_t i = 0; i < edits; i++)
		made.choices[chance_below(c, made.at)] = (uint8_t)chance_below(c, 240);
	write_side(&arena, &made, &sides[1], directory, pair, "b");
	make_universe(&arena, &sides[0].policy.bc, &u);
	answer = ask(tool, &sides[0], &sides[1], &status, pair);
	*w = (struct walk){ .arena = &arena, .within = &sides[0], .beyond = &sides[1], .u = &u };
	unknown = counts.unknown;
	judge(w, json_object_get(answer, "b_within_a"), pair);
	want = counts.unknown != unknown ? 2 : json_object_get(json_object_get(answer, "b_within_a"), "trace") != NULL;
	if (status != want)
		fail("the exit status is another", pair, sides[1].path);
	w->within = &sides[1];
	w->beyond = &sides[0];
	judge(w, json_object_get(answer, "a_within_b"), pair);
	json_decref(answer);
	arena_clear(&arena);
}

int main(int argc, char **argv)
{
	uint32_t pairs = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 50;
	struct chance c = { .state = argc > 4 ? strtoull(argv[4], NULL, 10) : 20261122 };

	if (argc < 3)
		return 2;
	for (uint32_t i = 0; i < pairs; i++)
		try_pair(argv[1], argv[2], i, &c);
	printf("# %u proved, %u differ (%u only beyond the universe, %u by more requests than the fewest), %u unknown\n",
	    (unsigned)counts.proved, (unsigned)counts.differs, (unsigned)counts.outside, (unsigned)counts.longer,
	    (unsigned)counts.unknown);
	printf("%s - compare agrees with enumeration on %u pairs\n", counts.unknown > 0 ? "not ok" : "ok",
	    (unsigned)pairs);
	return counts.unknown > 0;
}

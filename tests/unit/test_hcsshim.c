/* SPDX-License-Identifier: Apache-2.0
 *
 * test_hcsshim.c - patterns of environment variables of hcsshim, divided.
 *
 * Random patterns of NAME=VALUE become rules of a name and a value.  Whatever
 * those allow, the pattern does, as languages; and where no name could hold an
 * '=', they allow all that it does.
 */
#include <stdio.h>
#include <stdlib.h>

#include "automata/dfa.h"
#include "base/bytes.h"
#include "import/hcsshim.h"

enum { PATTERNS = 3000 };

static uint64_t seed = 88172645463325252u;

static unsigned below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

static void put_sequence(struct bytes *b, unsigned depth);

static void put_piece(struct bytes *b, unsigned depth)
{
	static const char *const atoms[] = {
		"A", "b", "=", "=", "\\=", "[=]", "[^=]", "[^b]", "[A=]", ".", "\\.", "\\Qb=\\E", "\\x3d", "7"
	};
	static const char *const repeats[] = { "", "", "", "", "*", "+", "?", "{1,2}", "+?" };
	static const char *const flags[] = { "(?i)", "(?s)", "(?-i)", "(?-s)", "(?is)" };
	unsigned choice = below(depth > 2 ? 10 : 14);

	if (depth == 0 && below(5) == 0) {
		bytes_printf(b, "=");
		return;
	}
	if (choice >= 12) {
		bytes_printf(b, "%s", flags[below(sizeof(flags) / sizeof(flags[0]))]);
		return;
	}
	if (choice >= 10) {
		bytes_printf(b, choice == 10 ? "(" : "(?:");
		put_sequence(b, depth + 1);
		if (below(2) == 0) {
			bytes_printf(b, "|");
			put_sequence(b, depth + 1);
		}
		bytes_printf(b, ")");
	} else {
		bytes_printf(b, "%s", atoms[below(sizeof(atoms) / sizeof(atoms[0]))]);
	}
	bytes_printf(b, "%s", repeats[below(sizeof(repeats) / sizeof(repeats[0]))]);
}

static void put_sequence(struct bytes *b, unsigned depth)
{
	unsigned n = 1 + below(depth == 0 ? 7 : 3);

	if (depth == 0 && below(8) == 0)
		bytes_printf(b, "(?s)");
	while (n-- > 0)
		put_piece(b, depth);
	if (depth == 0 && below(8) == 0)
		bytes_printf(b, below(2) == 0 ? ".*" : "(?-s).+");
}

/* With anchors as their policies have them, and without. */
static void put_pattern(struct bytes *anchored, struct bytes *plain)
{
	unsigned n = below(4) == 0 ? 1 + below(3) : 1, i;

	for (i = 0; i < n; i++) {
		struct bytes part = { .arena = plain->arena };

		put_sequence(&part, 0);
		bytes_printf(plain, "%s%.*s", i == 0 ? "" : "|", STR_ARG(bytes_str(&part)));
		bytes_printf(anchored, "%s%s%.*s%s", i == 0 ? "" : "|", below(2) == 0 ? "^" : "",
		    STR_ARG(bytes_str(&part)), below(2) == 0 ? "$" : "");
	}
}

/* The rules of a pattern; false if it is refused. */
static bool divide(struct arena *a, struct str pattern, bool required, struct hcsshim_variables *out)
{
	static const struct import_options options = { .folder = "." };
	struct diag diag = { .out = NULL };
	struct import im = { .arena = a, .diag = &diag, .options = &options };
	struct hcsshim h = { .im = &im };
	struct source *source = arena_new(a, struct source);
	struct document document;

	source->name = STR("test");
	source->text = arena_printf(a, "package p\nx := {\"env_rules\": [{\"pattern\": `%.*s`, "
	    "\"strategy\": \"re2\", \"required\": %s}]}\n", STR_ARG(pattern), required ? "true" : "false");
	if (document_rego(a, &diag, source, &document) != 0)
		abort();
	hcsshim_env(&h, node_get(document.roots[0], "x"), "x", out);
	return diag.n_errors == 0;
}

static struct dfa *language(struct arena *a, struct value v)
{
	const char *error;
	size_t at;

	return v.is_pattern ? dfa_of_regex(a, v.text, &error, &at) : dfa_of_literal(a, v.text);
}

static struct dfa *of(struct arena *a, const char *regex)
{
	return language(a, (struct value){ .text = { regex, strlen(regex) }, .is_pattern = true });
}

/* What the rules allow, and whether some name might hold an '='; NULL if too large. */
static struct dfa *allowed(struct arena *a, const struct hcsshim_variables *rules, bool *odd_name)
{
	struct dfa *all = of(a, "[^\\x00-\\xff]"), *named, *name, *value;
	uint32_t i;

	*odd_name = false;
	for (i = 0; i < rules->n && all != NULL; i++) {
		name = language(a, rules->items[i].name);
		value = language(a, rules->items[i].value);
		if (name == NULL || value == NULL)
			return NULL;
		*odd_name |= !dfa_subset(a, name, of(a, "[^=]*"));
		name = dfa_and(a, name, of(a, "[^=]*"));
		named = name == NULL ? NULL : dfa_concat(a, name, of(a, "="));
		named = named == NULL ? NULL : dfa_concat(a, named, value);
		all = named == NULL ? NULL : dfa_or(a, all, named);
	}
	return all;
}

static unsigned n_divided, n_exact, n_failed;

static void fail(const char *what, struct str pattern, const struct hcsshim_variables *rules)
{
	uint32_t i;

	printf("not ok - %s: %.*s\n", what, STR_ARG(pattern));
	for (i = 0; i < rules->n; i++)
		printf("  %.*s = %.*s\n", STR_ARG(rules->items[i].name.text), STR_ARG(rules->items[i].value.text));
	n_failed++;
}

static void try_pattern(struct arena *a)
{
	struct bytes anchored = { .arena = a }, plain = { .arena = a };
	struct hcsshim_variables rules = { NULL, 0, 0 };
	struct dfa *whole, *all;
	bool required = below(4) == 0, odd_name;
	const char *error;
	size_t at;

	put_pattern(&anchored, &plain);
	whole = dfa_of_regex(a, bytes_str(&plain), &error, &at);
	if (whole == NULL || !divide(a, bytes_str(&anchored), required, &rules))
		return;
	all = allowed(a, &rules, &odd_name);
	n_divided++;
	if (rules.n == 0 || (required && rules.n != 1))
		fail("there is a rule, and one if it is required", bytes_str(&anchored), &rules);
	else if (all == NULL || !dfa_subset(a, all, whole))
		fail("nothing is allowed that the pattern does not fit", bytes_str(&anchored), &rules);
	else if (!odd_name && !dfa_subset(a, whole, all))
		fail("all is allowed that the pattern fits", bytes_str(&anchored), &rules);
	else
		n_exact += !odd_name;
}

int main(void)
{
	unsigned i;

	for (i = 0; i < PATTERNS && n_failed < 5; i++) {
		struct arena arena = { 0 };

		try_pattern(&arena);
		arena_clear(&arena);
	}
	if (n_failed == 0)
		printf("ok - %u of %u patterns are divided, and allow nothing more\n", n_divided, i);
	if (n_exact < PATTERNS / 10 || n_divided < PATTERNS / 4)
		printf("not ok - enough of them are divided, and exactly (%u, %u)\n", n_divided, n_exact);
	else
		printf("ok - %u of them exactly\n", n_exact);
	return n_failed != 0;
}

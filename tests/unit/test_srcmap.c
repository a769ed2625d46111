/* SPDX-License-Identifier: Apache-2.0
 *
 * test_srcmap.c - what is written can be read, whatever is in the names.
 */
#include "base/srcmap.h"

#include <stdio.h>

static struct arena arena;
static unsigned failures;

static void report(bool holds, const char *name)
{
	printf("%s - %s\n", holds ? "ok" : "not ok", name);
	failures += !holds;
}

static struct str sample(void)
{
	struct srcmap m = { .n = 0 };
	struct srcmap_entry require = { .kind = SRCMAP_REQUIRE, .name = STR("mount"), .number = 7,
		.file = STR("a\tb\n.cpol"), .line = 3, .column = 4, .len = 5,
		.label = STR("\\ \x01 \x7f \xff"), .text = STR("") };
	struct srcmap_entry row = { .kind = SRCMAP_ROW, .name = STR("mount"), .number = 7,
		.file = STR("x"), .line = 1, .column = 1, .len = 1 };

	m.sha256 = STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	srcmap_add(&m, &arena, row);
	srcmap_add(&m, &arena, require);
	return srcmap_write(&arena, &m);
}

static void test_round_trip(void)
{
	struct srcmap *m = srcmap_read(&arena, sample());
	const struct srcmap_entry *e = m == NULL ? NULL : srcmap_require(m, STR("mount"), 7);

	report(e != NULL && e->kind == SRCMAP_REQUIRE && e->line == 3 && e->column == 4
	    && e->len == 5 && str_is(e->file, "a\tb\n.cpol")
	    && str_is(e->label, "\\ \x01 \x7f \xff"), "an entry is read as it was written");
	report(m != NULL && str_equal(srcmap_write(&arena, m), sample()), "so is the whole");
	report(m != NULL && srcmap_require(m, STR("mount"), 8) == NULL
	    && srcmap_require(m, STR("moun"), 7) == NULL, "what is not there is not found");
}

static void test_garbage(void)
{
	struct str text = sample(), cut;
	bool refused = true;
	size_t i;

	for (i = 0; i < text.len; i++) {
		cut = (struct str){ text.ptr, i };
		/* Only a cut after a whole line leaves a map. */
		if (srcmap_read(&arena, cut) != NULL && text.ptr[i - 1] != '\n')
			refused = false;
	}
	report(refused, "half a map is none");
	report(srcmap_read(&arena, STR("cocoapol-map 2 sha256:\n")) == NULL
	    && srcmap_read(&arena, STR("")) == NULL, "other texts are none");
}

static void test_one_line(void)
{
	struct str text = srcmap_one_line(&arena,
	    STR("  a ==\n\t\"x  # y\" # z\n  and b matches /[/\"]  #/  "));
	struct str long_text = { memset(arena_alloc(&arena, 1000), 'x', 1000), 1000 };

	report(str_is(text, "a == \"x  # y\" and b matches /[/\"]  #/"),
	    "comments and line breaks go, strings and patterns stay");
	report(srcmap_one_line(&arena, long_text).len < 500, "what is long is cut");
}

int main(void)
{
	test_round_trip();
	test_garbage();
	test_one_line();
	arena_clear(&arena);
	return failures != 0;
}

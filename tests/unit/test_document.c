/* SPDX-License-Identifier: Apache-2.0
 *
 * test_document.c - YAML and JSON as trees: what texts mean, where their values
 * are, and what is refused under which name.
 */
#include "base/bytes.h"
#include "document/document.h"

#include <stdio.h>
#include <stdlib.h>

static struct arena arena;
static int failures;

/* n null, b true, i 7, f 1.5, s "text", [..], {key: ..} */
static void dump(struct bytes *b, const struct node *node)
{
	uint32_t i;

	switch (node->kind) {
	case NODE_NULL:
		bytes_put8(b, 'n');
		return;
	case NODE_BOOL:
		bytes_printf(b, "b%d", (int)node->integer);
		return;
	case NODE_INT:
		bytes_printf(b, "i%lld", (long long)node->integer);
		return;
	case NODE_FLOAT:
		bytes_printf(b, "f%.*s", STR_ARG(node->text));
		return;
	case NODE_STRING:
		bytes_printf(b, "s'%.*s'", STR_ARG(node->text));
		return;
	case NODE_LIST:
	case NODE_MAP:
		break;
	}
	bytes_put8(b, node->kind == NODE_LIST ? '[' : '{');
	for (i = 0; i < node->n; i++) {
		bytes_printf(b, i == 0 ? "" : " ");
		if (node->kind == NODE_MAP)
			bytes_printf(b, "%.*s:", STR_ARG(node->entries[i].key));
		dump(b, node->kind == NODE_MAP ? node->entries[i].value : node->items[i]);
	}
	bytes_put8(b, node->kind == NODE_LIST ? ']' : '}');
}

static int read_text(struct str text, struct document *document, struct source *source, char **said)
{
	size_t len;
	FILE *stream = open_memstream(said, &len);
	struct diag d = { .out = stream };
	int failed;

	*source = (struct source){ STR("t"), text };
	failed = document_yaml(&arena, &d, source, document);
	fclose(stream);
	if ((failed != 0) != (d.n_errors != 0)) {
		printf("not ok - a failure is a complaint: %.*s\n", STR_ARG(text));
		failures++;
	}
	return failed;
}

static void check(bool so, const char *claim, const char *found)
{
	printf("%s - %s\n", so ? "ok" : "not ok", claim);
	if (!so)
		printf("%s\n", found);
	failures += !so;
}

static void means(const char *claim, const char *text, const char *wanted)
{
	struct document document;
	struct source source;
	struct bytes b = { .arena = &arena };
	char *said;
	uint32_t i;

	read_text((struct str){ text, strlen(text) }, &document, &source, &said);
	for (i = 0; i < document.n; i++) {
		bytes_printf(&b, i == 0 ? "" : " | ");
		dump(&b, document.roots[i]);
	}
	bytes_put8(&b, '\0');
	check(strcmp((const char *)b.ptr, wanted) == 0 && *said == '\0', claim,
	    arena_printf(&arena, "%s\n%s", (const char *)b.ptr, said).ptr);
	free(said);
}

/* place: "line:column" of the complaint. */
static void refuses(const char *claim, struct str text, const char *place, const char *name)
{
	struct document document;
	struct source source;
	char *said;
	int failed = read_text(text, &document, &source, &said);
	const char *first = arena_printf(&arena, "t:%s: error: ", place).ptr;
	const char *bracket = arena_printf(&arena, "[%s]\n", name).ptr;

	check(failed != 0 && strncmp(said, first, strlen(first)) == 0 && strstr(said, bracket) != NULL, claim, said);
	free(said);
}

static void refuses_text(const char *claim, const char *text, const char *place, const char *name)
{
	refuses(claim, (struct str){ text, strlen(text) }, place, name);
}

static void scalars(void)
{
	means("plain scalars are those of the core schema", "[~, null, true, False, 7, -3, 0x1f, 0o17, 0644, 1.5, 1e3, .inf]",
	    "[n n b1 b0 i7 i-3 i31 i15 i420 f1.5 f1e3 f.inf]");
	means("yes, no, on and off are strings, and so are dates and versions", "[yes, no, on, off, 2001-01-01, 1.2.3, 1_000]",
	    "[s'yes' s'no' s'on' s'off' s'2001-01-01' s'1.2.3' s'1_000']");
	means("what is quoted is a string", "['true', \"7\", '', \"a\\nb\"]", "[s'true' s'7' s'' s'a\nb']");
	means("tags of YAML say what a scalar is", "[!!str 7, !!int \"7\", !!float 3, ! true]", "[s'7' i7 i3 s'true']");
	means("integers past 63 bits are numbers of some kind", "[9223372036854775807, 9223372036854775808]",
	    "[i9223372036854775807 f9223372036854775808]");
	means("block scalars keep their lines", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", "{a:s'x\ny\n' b:s'x y'}");
}

static void structure(void)
{
	means("documents are read one after another, empty ones left out", "a: 1\n---\n---\n- 2\n...\n", "{a:i1} | [i2]");
	means("an empty file has no document", "# nothing\n", "");
	means("JSON is YAML", "{\"a\": [1, true, null, \"\\u00e9\\/\"],\n\t\"b\":{\"c\":\"http://x\"}}",
	    "{a:[i1 b1 n s'\xc3\xa9/'] b:{c:s'http://x'}}");
	means("a byte order mark is no text", "\xef\xbb\xbf" "a: 1\n", "{a:i1}");
	means("an alias is its anchor's value", "a: &x [1]\nb: *x\n", "{a:[i1] b:[i1]}");
	means("of two anchors of one name the later counts", "a: &x 1\nb: &x 2\nc: *x\n", "{a:i1 b:i2 c:i2}");
	means("merge keys: the map's own first, then in order", "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\n"
	    "z:\n  <<: [*x, *y]\n  a: 0\n", "{x:{a:i1 b:i1} y:{b:i2 c:i2} z:{a:i0 b:i1 c:i2}}");
	means("a quoted << is a key like others", "{\"<<\": {a: 1}}", "{<<:{a:i1}}");
	means("keys of other kinds are as they are spelled", "{80: x, true: y}", "{80:s'x' true:s'y'}");
}

/* As strict readers have it, but for what changes nothing. */
static void repeated(void)
{
	static const char text[] = "a: {b: [1, x]}\nc: 2\na: {b: [1, x]}\n";
	struct document document;
	struct source source;
	struct bytes b = { .arena = &arena };
	char *said;

	if (read_text((struct str){ text, sizeof(text) - 1 }, &document, &source, &said) == 0 && document.n == 1)
		dump(&b, document.roots[0]);
	check(str_is(bytes_str(&b), "{a:{b:[i1 s'x']} c:i2}")
	    && strstr(said, "t:3:1: warning:") != NULL, "a key may say the same again, with a warning", said);
	free(said);
}

static void mistakes(void)
{
	repeated();
	refuses_text("a key is there once", "a: 1\nb: 2\na: 3\n", "3:1", "duplicate-key");
	refuses_text("a map is closed", "{a: 1", "1:6", "syntax");
	refuses_text("indentation is right", "a:\n  b: 1\n c: 2\n", "3:2", "syntax");
	refuses_text("an alias has an anchor", "a: *x\n", "1:4", "unknown-name");
	refuses_text("no value is inside itself", "a: &x [*x]\n", "1:8", "cycle");
	refuses_text("a key is no list", "? [a]\n: b\n", "1:3", "bad-value");
	refuses_text("a tag of one program's own", "a: !reset null\n", "1:4", "bad-value");
	refuses_text("a tag fits its value", "a: !!int x\n", "1:4", "bad-value");
	refuses_text("what is merged is a map", "<<: 7\n", "1:1", "bad-value");
	refuses_text("columns are bytes, after characters of more than one", "\xc3\xa9: 1\n\xc3\xa9: 2\n", "2:1", "duplicate-key");
	refuses("text is UTF-8", STR("a: \xff\n"), "1:4", "encoding");
	refuses("text has no NUL", STR("a: \0\n"), "1:4", "encoding");
	refuses("text is not UTF-16", STR("\xff\xfe" "a\0"), "1:1", "encoding");
}

static void limits(void)
{
	struct bytes laughs = { .arena = &arena }, deep = { .arena = &arena }, anchors = { .arena = &arena };
	struct bytes keys = { .arena = &arena };
	int i;

	bytes_printf(&laughs, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
	for (i = 1; i < 10; i++)
		bytes_printf(&laughs, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1,
		    i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	refuses("a small text is no large tree", bytes_str(&laughs), "6:5", "too-large");
	for (i = 0; i < DOCUMENT_DEPTH_MAX; i++)
		bytes_put8(&deep, '[');
	bytes_put8(&deep, '[');
	refuses("values are nested to a bound", bytes_str(&deep), "1:65", "too-deep");
	for (i = 0; i < 1025; i++)
		bytes_printf(&anchors, "- &x%d 1\n", i);
	refuses("anchors are not without number", bytes_str(&anchors), "1025:3", "too-large");
	for (i = 0; i < 100000; i++)
		bytes_printf(&keys, "k%d: 1\n", i);
	bytes_printf(&keys, "k5: 2\n");
	refuses("one map may have a hundred thousand keys", bytes_str(&keys), "100001:1", "duplicate-key");
}

int main(void)
{
	scalars();
	structure();
	mistakes();
	limits();
	arena_clear(&arena);
	return failures != 0;
}

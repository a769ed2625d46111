/* SPDX-License-Identifier: Apache-2.0
 *
 * fmt.c - prints the words of a source again.  It works on words alone, so it
 * can't change what a text means: every word is copied as it is spelled.
 */
#include "fmt.h"

#include "grammar/scan.h"

enum { STEP = 2 };

/* A word, and what stood between it and the one before. */
struct token {
	struct str text;
	enum scan_class class;
	uint32_t breaks;                /* line ends before it */
	bool touches;                   /* nothing before it */
};

struct printer {
	struct arena *arena;
	char *text;
	uint32_t len, cap;
	uint32_t depth;                 /* open brackets */
	bool continues;                 /* the line goes on from the one before */
	struct token last;
};

static void put(struct printer *p, struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		arena_push(p->arena, p->text, p->len, p->cap);
		p->text[p->len++] = text.ptr[i];
	}
}

static bool is_any(struct token t, const char *const *words)
{
	if (t.class == SCAN_COMMENT || t.class == SCAN_LITERAL)
		return false;
	for (; *words != NULL; words++) {
		if (str_is(t.text, *words))
			return true;
	}
	return false;
}

static bool opens(struct token t)
{
	static const char *const words[] = { "(", "[", "{", NULL };

	return is_any(t, words);
}

static bool closes(struct token t)
{
	static const char *const words[] = { ")", "]", "}", NULL };

	return is_any(t, words);
}

/* Whether a line that starts with this word goes on from the line before. */
static bool starts_continuation(struct token t)
{
	static const char *const words[] = { "and", "or", "implies", "because", "matches", "in", "not in",
		"below", "==", "!=", "<", "<=", ">", ">=", "+", "-", "|", NULL };

	return is_any(t, words);
}

/* Whether what follows a line that ends with this word goes on from it. */
static bool ends_continued(struct token t)
{
	static const char *const words[] = { "and", "or", "not", "implies", "because", "matches", "in", "not in",
		"below", "==", "!=", "<", "<=", ">", ">=", "+", "-", "|", "=", ":", NULL };

	return is_any(t, words);
}

static bool needs_space(struct token before, struct token t)
{
	static const char *const tight_before[] = { ")", "]", ",", ":", ".", NULL };
	static const char *const tight_after[] = { "(", "[", ".", NULL };
	static const char *const maybe_tight[] = { "(", "[", NULL };

	/* Lists that are written with spaces inside keep them on both sides. */
	if (opens(before) && closes(t))
		return false;
	if (str_is(before.text, "[") && before.class == SCAN_SIGN && !t.touches)
		return true;
	if (str_is(t.text, "]") && t.class == SCAN_SIGN && !t.touches)
		return true;
	if (is_any(t, tight_before) || is_any(before, tight_after))
		return false;
	/* An index or a call touches what is before it, a list of a row does not. */
	if (is_any(t, maybe_tight) && (closes(before) || (before.class == SCAN_WORD && !ends_continued(before))))
		return !t.touches;
	return true;
}

static void start_line(struct printer *p, struct token t)
{
	uint32_t depth = p->depth, i;

	if (closes(t) && depth > 0)
		depth--;
	if (p->len != 0)
		put(p, STR("\n"));
	if (t.breaks > 1 && p->len != 0 && !opens(p->last) && !closes(t))
		put(p, STR("\n"));
	p->continues = t.class != SCAN_COMMENT
	    && (starts_continuation(t) || (p->len != 0 && ends_continued(p->last)));
	for (i = 0; i < (depth + (p->continues ? 1u : 0u)) * STEP; i++)
		put(p, STR(" "));
}

static void print_token(struct printer *p, struct token t)
{
	if (p->len == 0 || t.breaks > 0)
		start_line(p, t);
	else if (t.class == SCAN_COMMENT)
		put(p, STR("  "));
	else if (needs_space(p->last, t))
		put(p, STR(" "));
	if (t.class == SCAN_COMMENT) {
		while (t.text.len > 0 && strchr(" \t\r", t.text.ptr[t.text.len - 1]) != NULL)
			t.text.len--;
	}
	put(p, t.text);
	if (opens(t))
		p->depth++;
	if (closes(t) && p->depth > 0)
		p->depth--;
	p->last = t;
}

static struct token token_of(const struct scan *s, uint32_t previous_end)
{
	struct token t = { .class = s->class };
	const char *text = s->source->text.ptr;
	uint32_t i;

	t.text = (struct str){ text + s->loc.start, s->loc.end - s->loc.start };
	/* The one word with a space in it: it may have been written over two lines. */
	if (t.class == SCAN_WORD && t.text.len > 3
	    && strchr(" \t\r\n", t.text.ptr[3]) != NULL)
		t.text = STR("not in");
	t.touches = s->loc.start == previous_end;
	for (i = previous_end; i < s->loc.start; i++)
		t.breaks += text[i] == '\n';
	return t;
}

int fmt_source(struct arena *a, const struct source *source, struct diag *d, struct str *out)
{
	struct scan scan = { .arena = a, .diag = d, .source = source, .gives_comments = true };
	struct printer printer = { .arena = a };
	uint32_t end = 0;
	bool failed;

	if (scan_open(&scan) != 0)
		return -1;
	while (scan_next(&scan) != 0) {
		print_token(&printer, token_of(&scan, end));
		end = scan.loc.end;
	}
	failed = scan.has_errors;
	scan_close(&scan);
	if (failed)
		return -1;
	if (printer.len != 0)
		put(&printer, STR("\n"));
	*out = (struct str){ printer.text, printer.len };
	return 0;
}

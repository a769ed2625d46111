/* SPDX-License-Identifier: Apache-2.0
 *
 * hcsshim_re2.c - patterns of hcsshim's policies, which Go's regexp reads, as
 * ours.
 *
 * Their enforcer puts ^ and $ around a pattern that does not start or end so,
 * and no parentheses: of `a|b` it takes what starts with a or ends with b.  Here
 * each alternative means the whole string, so nothing is allowed that they deny.
 */
#include "hcsshim.h"

#include "../base/bytes.h"

/* A walk over a pattern. */
struct walk {
	struct str text;
	size_t at;
	unsigned depth;                 /* open parentheses */
	const char *error;
};

static int peek(const struct walk *w, size_t ahead)
{
	return ahead < w->text.len - w->at ? (unsigned char)w->text.ptr[w->at + ahead] : -1;
}

static size_t stop(struct walk *w, const char *error)
{
	w->error = error;
	return 0;
}

/* From '[' to its ']'. */
static size_t class_len(struct walk *w)
{
	size_t i = 1;
	int c;

	i += peek(w, i) == '^';
	i += peek(w, i) == ']';
	while (c = peek(w, i), c >= 0 && c != ']') {
		if (c == '\\' && (peek(w, i + 1) == 'p' || peek(w, i + 1) == 'P'))
			return stop(w, "classes of Unicode (\\p) are not known");
		if (c == '[' && peek(w, i + 1) == ':') {
			for (i += 2; peek(w, i) >= 0 && !(peek(w, i) == ':' && peek(w, i + 1) == ']');)
				i++;
			i++;
		} else if (c == '\\') {
			i++;
		}
		i++;
	}
	return c < 0 ? stop(w, "a class is not closed") : i + 1;
}

/* At a backslash: \Q..\E is one piece, \x{..} too. */
static size_t escape_len(struct walk *w)
{
	size_t i;
	int c = peek(w, 1);

	if (c < 0)
		return stop(w, "a backslash at the end");
	if (c == 'b' || c == 'B' || c == 'A' || c == 'z')
		return stop(w, "\\b, \\B, \\A and \\z are not known");
	if (c == 'p' || c == 'P')
		return stop(w, "classes of Unicode (\\p) are not known");
	if (c != 'Q' && !(c == 'x' && peek(w, 2) == '{'))
		return c == 'x' ? 4 : 2;
	for (i = 2; peek(w, i) >= 0; i++) {
		if (c == 'x' && peek(w, i) == '}')
			return i + 1;
		if (c == 'Q' && peek(w, i) == '\\' && peek(w, i + 1) == 'E')
			return i + 2;
	}
	return c == 'Q' ? i : stop(w, "a brace is not closed");
}

/* At "(": up to what is in it; of (?i) all.  Sets *is_flags for the latter. */
static size_t group_len(struct walk *w, bool *is_flags)
{
	size_t i = 2;
	int c;

	*is_flags = false;
	if (peek(w, 1) != '?')
		return 1;
	while (c = peek(w, i), c >= 0 && c != ')' && c != ':' && c != '>') {
		if (c == 'm' && peek(w, 2) != 'P' && peek(w, 2) != '<')
			return stop(w, "the flag m is not known");
		i++;
	}
	*is_flags = c == ')';
	return c < 0 ? stop(w, "a parenthesis is not closed") : i + 1;
}

/* The length of the piece at w->at; 0 after an error. */
static size_t piece_len(struct walk *w, bool *is_flags)
{
	int c = peek(w, 0);

	*is_flags = false;
	switch (c) {
	case '[':
		return class_len(w);
	case '\\':
		return escape_len(w);
	case '(':
		return group_len(w, is_flags);
	case ')':
		return w->depth == 0 ? stop(w, "a parenthesis closes nothing") : 1;
	default:
		return 1;
	}
}

static bool is_repeat(int c)
{
	return c == '*' || c == '+' || c == '?' || c == '{';
}

/* What is read of a pattern so far. */
struct reader {
	struct arena *arena;
	struct walk w;
	struct re2_part *parts;
	uint32_t n;
	struct bytes text;              /* of the part at hand */
	struct bytes flags;             /* all that are outside of groups */
	bool at_start;                  /* nothing but flags and ^ in the part at hand */
	bool can_repeat;                /* after something */
};

static struct str copy(struct reader *r, const struct bytes *b)
{
	return arena_copy(r->arena, b->ptr, b->len);
}

static void begin_part(struct reader *r)
{
	r->parts[r->n] = (struct re2_part){ .flags = copy(r, &r->flags), .equals = SIZE_MAX, .tail = SIZE_MAX };
	r->text = (struct bytes){ .arena = r->arena };
	r->at_start = true;
	r->can_repeat = false;
}

static void end_part(struct reader *r)
{
	r->parts[r->n++].text = copy(r, &r->text);
}

/* An '=' of this length, and a .* or .+ that may be the last. */
static void note_piece(struct reader *r, size_t len)
{
	struct re2_part *part = &r->parts[r->n];
	struct str piece = { r->w.text.ptr + r->w.at, len };
	int next = peek(&r->w, len);

	if (part->equals == SIZE_MAX && !is_repeat(next) &&
	    (str_is(piece, "=") || str_is(piece, "\\=") || str_is(piece, "[=]"))) {
		part->equals = r->text.len;
		part->after_equals = r->text.len + len;
		part->flags_at_equals = copy(r, &r->flags);
	}
	if (str_is(piece, ".")) {
		part->tail = next == '*' || next == '+' ? r->text.len : SIZE_MAX;
		part->flags_at_tail = copy(r, &r->flags);
	} else if (r->text.len != part->tail + 1) {
		part->tail = SIZE_MAX;
	}
}

/* At ^ or $: whether it stands at an end of an alternative, where it changes nothing. */
static bool anchor_fits(const struct reader *r)
{
	int next = peek(&r->w, 1);

	if (r->w.depth != 0)
		return false;
	return peek(&r->w, 0) == '^' ? r->at_start && !is_repeat(next) : next < 0 || next == '|';
}

/* One piece; false after an error. */
static bool read_piece(struct reader *r)
{
	struct walk *w = &r->w;
	int c = peek(w, 0);
	bool is_flags;
	size_t len = piece_len(w, &is_flags);

	if (len == 0 || len > w->text.len - w->at)
		return stop(w, w->error != NULL ? w->error : "it ends in the middle of an escape") != 0;
	if ((c == '*' || c == '+' || c == '?') && !r->can_repeat)
		return stop(w, "there is nothing to repeat") != 0;
	r->can_repeat = c != '(' && c != '|';
	if (c == '|' && w->depth == 0) {
		end_part(r);
		if (r->n == RE2_MOST_PARTS)
			return stop(w, "more than 64 alternatives") != 0;
		begin_part(r);
	} else if (c == '^' || c == '$') {
		if (!anchor_fits(r))
			return stop(w, "^ and $ are known at the ends of an alternative only") != 0;
	} else {
		if (w->depth == 0 && is_flags)
			bytes_put(&r->flags, w->text.ptr + w->at, len);
		if (r->at_start && is_flags) {
			r->parts[r->n].flags = copy(r, &r->flags);
		} else {
			if (w->depth == 0)
				note_piece(r, len);
			r->at_start = false;
			bytes_put(&r->text, w->text.ptr + w->at, len);
		}
		w->depth += c == '(' && !is_flags;
		w->depth -= c == ')';
	}
	w->at += len;
	return true;
}

bool re2_parts(struct hcsshim *h, struct str pattern, struct loc loc, struct re2_part *parts, uint32_t *n)
{
	struct reader r = { .arena = h->im->arena, .w.text = pattern, .parts = parts };

	r.flags.arena = r.arena;
	begin_part(&r);
	while (r.w.error == NULL && r.w.at < pattern.len)
		read_piece(&r);
	if (r.w.error == NULL && r.w.depth != 0)
		stop(&r.w, "a parenthesis is not closed");
	if (r.w.error != NULL) {
		diag_error(h->im->diag, loc, DIAG_BAD_PATTERN, "the pattern \"%.*s\" is not understood: %s",
		    STR_ARG(pattern), r.w.error);
		return false;
	}
	end_part(&r);
	*n = r.n;
	return true;
}

bool re2_one_group(struct str text, struct str *inside)
{
	struct walk w = { .text = text };
	size_t len, first = 0, closed = 0;
	bool is_flags;

	if (peek(&w, 0) != '(' || (peek(&w, 1) == '?' && peek(&w, 2) != ':'))
		return false;
	for (; w.at < text.len; w.at += len) {
		len = piece_len(&w, &is_flags);
		if (len == 0 || closed != 0)
			return false;
		first = first == 0 ? len : first;
		w.depth += peek(&w, 0) == '(' && !is_flags;
		w.depth -= peek(&w, 0) == ')';
		closed = w.depth == 0 ? w.at : 0;
	}
	*inside = (struct str){ text.ptr + first, closed - first };
	return true;
}

struct value re2_piece(struct hcsshim *h, struct str flags, struct str text, struct loc loc)
{
	size_t i;

	for (i = 0; i < text.len && strchr("\\.+*?()|[]{}^$", text.ptr[i]) == NULL; i++)
		;
	if (i == text.len && flags.len == 0)
		return (struct value){ .text = text, .from = loc };
	return (struct value){ .text = arena_printf(h->im->arena, "%.*s%.*s", STR_ARG(flags), STR_ARG(text)),
		.is_pattern = true, .from = loc };
}

/* Without ^ and $ of its own, a pattern with alternatives is not anchored in all of them there. */
void re2_warn_alternatives(struct hcsshim *h, struct str pattern, struct loc loc, uint32_t n)
{
	uint32_t anchors = 0;
	size_t i;

	for (i = 0; i < pattern.len; i++)
		anchors += pattern.ptr[i] == '^' || pattern.ptr[i] == '$';
	if (n > 1 && anchors < 2 * n)
		diag_warning(h->im->diag, loc, DIAG_BAD_PATTERN,
		    "\"%.*s\" is taken as %u alternatives that are each the "
		    "whole string; there only its two ends are anchored", STR_ARG(pattern), (unsigned)n);
}

bool re2_value(struct hcsshim *h, struct str pattern, struct loc loc, struct value *out)
{
	struct re2_part *parts = arena_array(h->im->arena, RE2_MOST_PARTS, struct re2_part);
	struct bytes b = { .arena = h->im->arena };
	uint32_t n, i;

	if (!re2_parts(h, pattern, loc, parts, &n))
		return false;
	re2_warn_alternatives(h, pattern, loc, n);
	if (n == 1) {
		*out = re2_piece(h, parts[0].flags, parts[0].text, loc);
		return true;
	}
	for (i = 0; i < n; i++)
		bytes_printf(&b, "%s%.*s%.*s", i == 0 ? "" : "|", STR_ARG(parts[i].flags), STR_ARG(parts[i].text));
	*out = (struct value){ .text = bytes_str(&b), .is_pattern = true, .from = loc };
	return true;
}

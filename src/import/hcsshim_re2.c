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

/* Note an '=' of this length and a final .* at the top of a part. */
static void note_piece(struct re2_part *part, const struct walk *w, size_t len, size_t start, struct str flags)
{
	struct str piece = { w->text.ptr + w->at, len };

	if (part->equals == SIZE_MAX && !is_repeat(peek(w, len)) &&
	    (str_is(piece, "=") || str_is(piece, "\\=") || str_is(piece, "[=]"))) {
		part->equals = w->at - start;
		part->after_equals = part->equals + len;
		part->flags_at_equals = flags;
	}
	if (str_is(piece, ".") && (peek(w, 1) == '*' || peek(w, 1) == '+') &&
	    (w->at + 2 == w->text.len || peek(w, 2) == '|' || peek(w, 2) == '$'))
		part->tail = w->at - start;
}

static struct re2_part new_part(struct str flags)
{
	return (struct re2_part){ .flags = flags, .equals = SIZE_MAX, .tail = SIZE_MAX };
}

/* ^ and $ mean nothing at the ends of a part, and are not known elsewhere. */
static bool anchor_fits(const struct walk *w, size_t start, struct str flags_here)
{
	if (peek(w, 0) == '$')
		return w->depth == 0 && (peek(w, 1) < 0 || peek(w, 1) == '|');
	return w->depth == 0 && w->at == start + flags_here.len;
}

/* All parts; w->error says what is wrong. */
static uint32_t walk_parts(struct hcsshim *h, struct walk *w, struct re2_part *parts)
{
	struct bytes flags = { .arena = h->im->arena }, text = { .arena = h->im->arena }, here = text;
	uint32_t n = 0;
	size_t len;
	bool is_flags, at_start = true;

	parts[0] = new_part((struct str){ NULL, 0 });
	for (; w->at < w->text.len; w->at += len) {
		int c = peek(w, 0);

		len = piece_len(w, &is_flags);
		if (len == 0 || len > w->text.len - w->at)
			break;
		if (c == '|' && w->depth == 0) {
			parts[n].text = arena_copy(h->im->arena, text.ptr, text.len);
			if (n + 1 == RE2_MOST_PARTS)
				return (uint32_t)stop(w, "more than 64 alternatives");
			parts[++n] = new_part(arena_copy(h->im->arena, flags.ptr, flags.len));
			text = here = (struct bytes){ .arena = h->im->arena };
			at_start = true;
			continue;
		}
		if (c == '^' || c == '$') {
			if (c == '^' ? !at_start || w->depth > 0 : !anchor_fits(w, 0, (struct str){ NULL, 0 }))
				return (uint32_t)stop(w, "^ and $ are known at the ends of an alternative alone");
			continue;
		}
		if (w->depth == 0 && is_flags) {
			bytes_put(&flags, w->text.ptr + w->at, len);
		} else {
			if (w->depth == 0)
				note_piece(&parts[n], w, len, w->at - text.len, bytes_str(&flags));
			at_start = false;
		}
		bytes_put(&text, w->text.ptr + w->at, len);
		w->depth += c == '(' && !is_flags;
		w->depth -= c == ')';
	}
	if (w->error == NULL && (w->depth != 0 || w->at != w->text.len))
		stop(w, "a parenthesis is not closed");
	parts[n].text = bytes_str(&text);
	return n + 1;
}

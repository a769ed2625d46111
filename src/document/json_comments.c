/* SPDX-License-Identifier: Apache-2.0
 *
 * json_comments.c - JSON as its tools take it: with comments.  They become
 * blanks, so that places stay what they are.
 */
#include "json_comments.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What may be before a comment: in a plain YAML scalar like http://x nothing of it is. */
static bool may_begin(const char *text, size_t at)
{
	return at == 0 || is_blank(text[at - 1]) || strchr("{}[],\"\xbf", text[at - 1]) != NULL;
}

/* Where the comment at `at` ends, or `at` if there is none. */
static size_t comment_end(struct str text, size_t at)
{
	size_t i;

	if (text.len - at < 2 || text.ptr[at] != '/' || !may_begin(text.ptr, at))
		return at;
	if (text.ptr[at + 1] == '/') {
		for (i = at + 2; i < text.len && text.ptr[i] != '\n'; i++)
			;
		return i;
	}
	if (text.ptr[at + 1] != '*')
		return at;
	for (i = at + 2; text.len - i >= 2 && i < text.len; i++)
		if (text.ptr[i] == '*' && text.ptr[i + 1] == '/')
			return i + 2;
	return at;
}

/* In single quotes as YAML has them, too. */
static size_t string_end(struct str text, size_t at)
{
	char quote = text.ptr[at];
	size_t i;

	for (i = at + 1; i < text.len && text.ptr[i] != quote; i++)
		if (text.ptr[i] == '\\' && quote == '"')
			i++;
	return i < text.len ? i + 1 : text.len;
}

static size_t skip_blanks(struct str text, size_t at)
{
	size_t end;

	for (; at < text.len; at = end) {
		end = is_blank(text.ptr[at]) ? at + 1 : comment_end(text, at);
		if (end == at)
			break;
	}
	return at;
}

/* Whether the text begins, behind a byte order mark, as a JSON object: with '{' and a string. */
static bool is_json(struct str text)
{
	size_t i = skip_blanks(text, text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);

	if (i == text.len || text.ptr[i] != '{')
		return false;
	i = skip_blanks(text, i + 1);
	return i < text.len && text.ptr[i] == '"';
}

/* Up to the end of the object: another document behind it may be YAML, where a text may have what looks so. */
struct str json_without_comments(struct arena *a, struct str text)
{
	struct str out = text;
	char *copy = NULL;
	size_t i = 0, end, depth = 0;

	if (!is_json(text))
		return text;
	while (i < text.len) {
		if (text.ptr[i] == '"' || text.ptr[i] == '\'') {
			i = string_end(text, i);
			continue;
		}
		end = comment_end(text, i);
		if (end == i) {
			depth += text.ptr[i] == '{';
			if (text.ptr[i++] == '}' && --depth == 0)
				break;
			continue;
		}
		if (copy == NULL) {
			copy = arena_alloc(a, text.len + 1);
			memcpy(copy, text.ptr, text.len);
			out.ptr = copy;
		}
		for (; i < end; i++)
			if (copy[i] != '\n')
				copy[i] = ' ';
	}
	return out;
}

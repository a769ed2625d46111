/* SPDX-License-Identifier: Apache-2.0
 *
 * rego_scan.c - see rego.h: blanks, words, strings and numbers of Rego.
 */
#include "rego.h"

#include <ctype.h>

#include "../base/bytes.h"

/* Bytes of the UTF-8 character at p, or 0 if it is none (overlong, a surrogate,
 * cut off, too high). */
static size_t character(const unsigned char *p, size_t left)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	size_t i;

	if (len == 0 || len > left)
		return 0;
	for (i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

bool rego_check_text(struct rego *r)
{
	const unsigned char *p = (const unsigned char *)r->text.ptr;
	size_t at, len;

	if (r->text.len > DOCUMENT_TEXT_MAX) {
		rego_fail(r, DIAG_TOO_LARGE, 0, 0, "the policy has more than 16 MiB");
		return false;
	}
	for (at = 0; at < r->text.len; at += len) {
		len = character(p + at, r->text.len - at);
		if (len == 0) {
			rego_fail(r, DIAG_ENCODING, at, at + 1, "this byte is not UTF-8");
			return false;
		}
		if ((p[at] < ' ' && p[at] != '\t' && p[at] != '\n' && p[at] != '\r') || p[at] == 0x7f) {
			rego_fail(r, DIAG_ENCODING, at, at + 1, "a control character");
			return false;
		}
	}
	return true;
}

void rego_blank(struct rego *r, bool lines)
{
	int c;

	for (;;) {
		c = rego_peek(r, 0);
		if (c == '#') {
			while (c = rego_peek(r, 0), c >= 0 && c != '\n')
				r->at++;
		} else if (c == ' ' || c == '\t' || c == '\r' || (lines && c == '\n')) {
			r->at++;
		} else {
			return;
		}
	}
}

bool rego_take(struct rego *r, const char *text)
{
	size_t len = strlen(text);

	if (r->text.len - r->at < len || memcmp(r->text.ptr + r->at, text, len) != 0)
		return false;
	r->at += len;
	return true;
}

struct str rego_word(struct rego *r)
{
	size_t start = r->at;
	int c = rego_peek(r, 0);

	if (c == '_' || (c >= 0 && c < 0x80 && isalpha(c)))
		while (c == '_' || (c >= 0 && c < 0x80 && isalnum(c))) {
			r->at++;
			c = rego_peek(r, 0);
		}
	return (struct str){ r->text.ptr + start, r->at - start };
}

/* Over a string, whatever is in it; to the end of its line if it is not closed. */
static void skip_string(struct rego *r)
{
	int quote = rego_peek(r, 0), c;

	r->at++;
	while (c = rego_peek(r, 0), c >= 0 && c != quote) {
		if (quote == '"' && c == '\n')
			return;
		r->at += quote == '"' && c == '\\' && rego_peek(r, 1) >= 0 ? 2 : 1;
	}
	if (c == quote)
		r->at++;
}

/* Over lines to an `else`; false, and nothing taken, if none follows. */
static bool take_else(struct rego *r)
{
	size_t start = r->at;

	rego_blank(r, true);
	if (str_is(rego_word(r), "else"))
		return true;
	r->at = start;
	return false;
}

void rego_skip_rule(struct rego *r)
{
	size_t depth = 0;
	int c;

	while (rego_blank(r, false), c = rego_peek(r, 0), c >= 0) {
		if (c == '"' || c == '`') {
			skip_string(r);
			continue;
		}
		if (depth == 0 && (c == ';' || c == '\n')) {
			if (c == ';' || !take_else(r))
				return;
			continue;
		}
		if (c == '{' || c == '[' || c == '(')
			depth++;
		else if ((c == '}' || c == ']' || c == ')') && depth > 0)
			depth--;
		r->at++;
	}
}

/* Four hexadecimal digits, or -1. */
static long unit(struct rego *r)
{
	long value = 0;
	int i, c;

	for (i = 0; i < 4; i++, r->at++) {
		c = rego_peek(r, 0);
		if (c < 0 || !isxdigit(c))
			return -1;
		value = value * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

static void put_character(struct bytes *b, long code)
{
	unsigned long c = (unsigned long)code;

	if (c < 0x80) {
		bytes_put8(b, (uint32_t)c);
		return;
	}
	if (c < 0x800) {
		bytes_put8(b, (uint32_t)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		bytes_put8(b, (uint32_t)(0xe0 | c >> 12));
		bytes_put8(b, (uint32_t)(0x80 | (c >> 6 & 0x3f)));
	} else {
		bytes_put8(b, (uint32_t)(0xf0 | c >> 18));
		bytes_put8(b, (uint32_t)(0x80 | (c >> 12 & 0x3f)));
		bytes_put8(b, (uint32_t)(0x80 | (c >> 6 & 0x3f)));
	}
	bytes_put8(b, (uint32_t)(0x80 | (c & 0x3f)));
}

/* After "\u"; half a pair of surrogates is no character. */
static bool take_unicode(struct rego *r, struct bytes *b)
{
	long code = unit(r), low;

	if (code >= 0xd800 && code < 0xdc00) {
		low = rego_take(r, "\\u") ? unit(r) : -1;
		code = low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00) : -1;
	} else if (code >= 0xdc00 && code < 0xe000) {
		code = -1;
	}
	if (code < 0)
		return false;
	put_character(b, code);
	return true;
}

/* At a backslash. */
static bool take_escape(struct rego *r, struct bytes *b)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	size_t start = r->at++;
	int c = rego_peek(r, 0);
	const char *letter = c > 0 ? strchr(letters, c) : NULL;

	r->at += c >= 0;
	if (letter != NULL) {
		bytes_put8(b, (unsigned char)meanings[letter - letters]);
		return true;
	}
	if (c == 'u' && take_unicode(r, b))
		return true;
	rego_fail(r, DIAG_BAD_LITERAL, start, r->at, "no escape of a JSON string");
	return false;
}

bool rego_string(struct rego *r, struct str *out)
{
	struct bytes b = { .arena = r->arena };
	size_t start = r->at++, run;
	int quote = (unsigned char)r->text.ptr[start], c;

	for (;;) {
		run = r->at;
		while (c = rego_peek(r, 0), c >= 0 && c != quote && (quote == '`' || (c != '\\' && c != '\n')))
			r->at++;
		bytes_put(&b, r->text.ptr + run, r->at - run);
		if (c != '\\' || quote == '`')
			break;
		if (!take_escape(r, &b))
			return false;
	}
	if (c != quote) {
		rego_fail(r, DIAG_SYNTAX, start, r->at, "the string is not closed");
		return false;
	}
	r->at++;
	*out = arena_copy(r->arena, b.ptr, b.len);
	return true;
}

static size_t digits(const struct rego *r, size_t from)
{
	size_t n = 0;

	while (rego_peek(r, from + n) >= '0' && rego_peek(r, from + n) <= '9')
		n++;
	return n;
}

bool rego_number(struct rego *r, struct str *out)
{
	size_t len = rego_peek(r, 0) == '-', n = digits(r, len), more;

	if (n == 0 || (n > 1 && rego_peek(r, len) == '0'))
		return false;
	len += n;
	if (rego_peek(r, len) == '.' && (more = digits(r, len + 1)) > 0)
		len += 1 + more;
	if (rego_peek(r, len) == 'e' || rego_peek(r, len) == 'E') {
		n = rego_peek(r, len + 1) == '+' || rego_peek(r, len + 1) == '-';
		more = digits(r, len + 1 + n);
		len += more > 0 ? 1 + n + more : 0;
	}
	*out = (struct str){ r->text.ptr + r->at, len };
	r->at += len;
	return true;
}

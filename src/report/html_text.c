/* SPDX-License-Identifier: Apache-2.0
 *
 * html_text.c - strings of a policy or a request inside a page.
 */
#include "html.h"

#include "../base/digest.h"

enum { LONG_WORD = 32, SHOWN = 6 };

/* Bytes of the UTF-8 character at the start, or 0 if there is none. */
static size_t character(struct str s, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = (uint8_t)s.ptr[0];
	size_t len = first < 0x80 ? 1 : (first & 0xe0) == 0xc0 ? 2 : (first & 0xf0) == 0xe0 ? 3 :
	    (first & 0xf8) == 0xf0 ? 4 : 0;

	if (len == 0 || len > s.len)
		return 0;
	*code = len == 1 ? first : first & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if (((uint8_t)s.ptr[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | ((uint8_t)s.ptr[i] & 0x3f);
	}
	if (len > 1 && (*code < least[len] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000)))
		return 0;
	return len;
}

/* Control characters, and those that are not seen or reorder what is seen. */
static bool is_hidden(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
	    (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfff0 && code <= 0xffff) ||
	    code >= 0xe0000;
}

static void put_character(struct bytes *b, struct str s, size_t len, uint32_t code)
{
	const char *name = code == '&' ? "amp" : code == '<' ? "lt" : code == '>' ? "gt" :
	    code == '"' ? "quot" : code == '\'' ? "#39" : NULL;

	if (len == 0)
		bytes_printf(b, "\\x%02x", (uint8_t)s.ptr[0]);
	else if (name != NULL)
		bytes_printf(b, "&%s;", name);
	else if (is_hidden(code) && code < 0x80)
		bytes_printf(b, "\\x%02x", (unsigned)code);
	else if (is_hidden(code))
		bytes_printf(b, "\\u{%x}", (unsigned)code);
	else
		bytes_put(b, s.ptr, len);
}

void html_put(struct bytes *b, struct str text)
{
	uint32_t code = 0;
	size_t len;

	while (text.len > 0) {
		len = character(text, &code);
		put_character(b, text, len, code);
		len += len == 0;
		text.ptr += len;
		text.len -= len;
	}
}

void html_put_name(struct bytes *b, struct str text)
{
	size_t i, start = 0;

	for (i = 0; i + 1 < text.len; i++) {
		if (text.ptr[i] != '.' && text.ptr[i] != '/' && text.ptr[i] != '_')
			continue;
		html_put(b, (struct str){ text.ptr + start, i + 1 - start });
		bytes_printf(b, "<wbr>");
		start = i + 1;
	}
	html_put(b, (struct str){ text.ptr + start, text.len - start });
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void html_put_value(struct bytes *b, struct str text)
{
	size_t i = 0, start = 0, end;

	while (i < text.len) {
		for (end = i; end < text.len && is_word(text.ptr[end]); end++)
			continue;
		if (end - i < LONG_WORD) {
			i = end + (end == i);
			continue;
		}
		html_put(b, (struct str){ text.ptr + start, i + SHOWN - start });
		bytes_printf(b, "<span class=\"mid\">%.*s</span>", (int)(end - i - (size_t)2 * SHOWN),
		    text.ptr + i + SHOWN);
		start = end - SHOWN;
		i = end;
	}
	if (start < text.len)
		html_put(b, (struct str){ text.ptr + start, text.len - start });
}

void html_put_id(struct bytes *b, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (is_word(text.ptr[i]) || text.ptr[i] == '_' || text.ptr[i] == '.' || text.ptr[i] == '-')
			bytes_put(b, text.ptr + i, 1);
		else
			bytes_printf(b, "~%02x", (uint8_t)text.ptr[i]);
}

static uint32_t digit(char c)
{
	return (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

void html_put_hash(struct bytes *b, struct str text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char hex[DIGEST_HEX_LEN + 3] = "";
	uint32_t bits, i;

	digest_hex(text.ptr, text.len, hex);
	hex[DIGEST_HEX_LEN] = hex[DIGEST_HEX_LEN + 1] = '0';
	bytes_printf(b, "'sha256-");
	/* Three hexadecimal digits are two letters. */
	for (i = 0; i < DIGEST_HEX_LEN; i += 3) {
		bits = digit(hex[i]) << 8 | digit(hex[i + 1]) << 4 | digit(hex[i + 2]);
		bytes_printf(b, "%c%c", letters[bits >> 6], letters[bits & 63]);
	}
	b->len--;                       /* 64 digits are 43 letters and padding */
	bytes_printf(b, "='");
}

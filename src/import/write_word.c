/* SPDX-License-Identifier: Apache-2.0
 *
 * write_word.c - see write.h.  A reader must see what is there: characters that
 * are invisible, or that reorder what is around them, are written as escapes.
 */
#include <ctype.h>

#include "write.h"

/* The character at s, and how many bytes it has; 0 bytes: it is no UTF-8. */
static size_t character(struct str s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)s.ptr[0];
	size_t len = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
	size_t i;

	if (len == 0 || len > s.len)
		return 0;
	*c = len == 1 ? first : first & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if (((unsigned char)s.ptr[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | ((unsigned char)s.ptr[i] & 0x3f);
	}
	return *c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff) ? 0 : len;
}

/* Above ASCII: controls, spaces that are none, marks that join or reorder, private and unassigned planes. */
static bool misleads(uint32_t c)
{
	static const uint32_t ranges[][2] = {
		{ 0x80, 0xa0 }, { 0xad, 0xad }, { 0x300, 0x36f }, { 0x61c, 0x61c }, { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x2000, 0x200f },
		{ 0x2028, 0x202f }, { 0x205f, 0x206f }, { 0x20d0, 0x20ff }, { 0x3000, 0x3000 }, { 0x3164, 0x3164 },
		{ 0xd7ff, 0xf8ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xffff }, { 0xe0000, 0x10ffff },
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

void write_string(struct bytes *b, struct str text)
{
	uint32_t c;
	size_t len;

	bytes_put8(b, '"');
	while (text.len > 0) {
		len = character(text, &c);
		if (len == 0)
			bytes_printf(b, "\\x%02x", (unsigned char)text.ptr[0]);
		else if (c == '"' || c == '\\')
			bytes_printf(b, "\\%c", (int)c);
		else if (c == '\n')
			bytes_printf(b, "\\n");
		else if (c == '\t')
			bytes_printf(b, "\\t");
		else if (c < 0x20 || c == 0x7f)
			bytes_printf(b, "\\x%02x", (unsigned)c);
		else if (len > 1 && misleads(c))
			bytes_printf(b, "\\u{%x}", (unsigned)c);
		else
			bytes_put(b, text.ptr, len);
		len = len == 0 ? 1 : len;
		text.ptr += len;
		text.len -= len;
	}
	bytes_put8(b, '"');
}

/* Bytes that a pattern holds as they are become escapes, the slash too.  Between
 * \Q and \E there are no escapes, so it is left and entered again around them. */
void write_pattern(struct bytes *b, struct str pattern)
{
	bool quoting = false;
	size_t i;

	bytes_put8(b, '/');
	for (i = 0; i < pattern.len; i++) {
		unsigned char c = (unsigned char)pattern.ptr[i];
		bool pair = c == '\\' && i + 1 < pattern.len;
		char next = pair ? pattern.ptr[i + 1] : '\0';

		if (pair && (quoting ? next == 'E' : isgraph((unsigned char)next) && next != '/')) {
			bytes_put(b, pattern.ptr + i++, 2);
			quoting = quoting ? false : next == 'Q';
		} else if (c == '/' || c < 0x20 || c >= 0x7f) {
			bytes_printf(b, quoting ? "\\E\\x%02x\\Q" : c == '/' ? "\\/" : "\\x%02x", c);
		} else if (c != '\\' || quoting || !pair) {
			bytes_put8(b, c);       /* a backslash before what is escaped above is left out */
		}
	}
	bytes_put8(b, '/');
}

void write_value(struct bytes *b, struct value v)
{
	if (v.is_pattern)
		write_pattern(b, v.text);
	else
		write_string(b, v.text);
}

static bool is_bare(struct str text)
{
	size_t i, digits = 0;

	if (text.len == 0 || text.len > 40)
		return false;
	for (i = 0; i < text.len; i++) {
		if (!isupper((unsigned char)text.ptr[i]) && !isdigit((unsigned char)text.ptr[i])
		    && text.ptr[i] != '_')
			return false;
		digits += isdigit((unsigned char)text.ptr[i]) != 0;
	}
	return !isdigit((unsigned char)text.ptr[0]) || (digits == text.len && text.len < 10);
}

void write_word(struct bytes *b, struct str text)
{
	/* Words of the language and the framework's values are in small letters. */
	if (is_bare(text))
		bytes_put(b, text.ptr, text.len);
	else
		write_string(b, text);
}

void write_plain(struct bytes *b, struct str text)
{
	static const char *const words[] = { "bind", "tmpfs", "proc", "sysfs", "mqueue", "devpts", "cgroup", "rbind",
		"rprivate", "rshared", "rslave", "private", "shared", "slave", "ro", "rw", "nosuid", "noexec", "nodev",
		"relatime", "noatime" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]) && !str_is(text, words[i]); i++)
		;
	if (i < sizeof(words) / sizeof(words[0]))
		bytes_put(b, text.ptr, text.len);
	else
		write_string(b, text);
}

void write_comment_text(struct bytes *b, struct str text)
{
	uint32_t c;
	size_t len;

	while (text.len > 0) {
		len = character(text, &c);
		if (len == 0 || c < 0x20 || c == 0x7f || (len > 1 && misleads(c)))
			bytes_put8(b, '?');
		else
			bytes_put(b, text.ptr, len);
		len = len == 0 ? 1 : len;
		text.ptr += len;
		text.len -= len;
	}
}

/* Facts are mostly written in the order of the file, so lines are counted from the last one on. */
static uint32_t line_of(struct writer *w, struct loc loc)
{
	const struct str text = loc.source->text;

	if (w->last.source != loc.source || w->last.start > loc.start) {
		w->last = (struct loc){ loc.source, 0, 0 };
		w->line = 1;
	}
	for (; w->last.start < loc.start && w->last.start < text.len; w->last.start++)
		w->line += text.ptr[w->last.start] == '\n';
	return w->line;
}

void write_end(struct writer *w, struct loc from, struct str remark)
{
	if (from.source != NULL || remark.len != 0)
		bytes_printf(&w->b, "  # ");
	if (from.source != NULL) {
		write_comment_text(&w->b, from.source->name);
		if (from.source->text.len != 0)         /* an image has no lines */
			bytes_printf(&w->b, ":%u", line_of(w, from));
	}
	if (from.source != NULL && remark.len != 0)
		bytes_printf(&w->b, ", ");
	write_comment_text(&w->b, remark);
	bytes_put8(&w->b, '\n');
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * srcmap.c - see srcmap.h.
 */
#include "srcmap.h"

#include "bytes.h"

#include <ctype.h>
#include <stdio.h>

enum { N_FIELDS = 9, LONGEST_TEXT = 400 };

static const char *const kinds[] = {
	[SRCMAP_REQUIRE] = "require", [SRCMAP_EFFECT] = "effect", [SRCMAP_CLAIM] = "claim",
	[SRCMAP_ROW] = "row", [SRCMAP_RULE] = "rule",
};
static const char first_line[] = "cocoapol-map 1 sha256:";

void srcmap_add(struct srcmap *m, struct arena *a, struct srcmap_entry entry)
{
	arena_push(a, m->entries, m->n, m->cap);
	if (m->first[entry.kind] == 0 && m->n > 0 && m->entries[0].kind != entry.kind)
		m->first[entry.kind] = m->n;
	m->entries[m->n++] = entry;
}

static void put_field(struct bytes *t, struct str field, char after)
{
	static const char named[] = "\\\t\n\r", names[] = "\\tnr";
	const char *found;
	size_t i;

	for (i = 0; i < field.len; i++) {
		unsigned char c = (unsigned char)field.ptr[i];

		found = c == 0 ? NULL : strchr(named, c);
		if (found != NULL)
			bytes_printf(t, "\\%c", names[found - named]);
		else if (c < 0x20 || c == 0x7f)
			bytes_printf(t, "\\x%02x", c);
		else
			bytes_put8(t, c);
	}
	bytes_put8(t, (unsigned char)after);
}

struct str srcmap_write(struct arena *a, const struct srcmap *m)
{
	struct bytes t = { .arena = a };
	uint32_t i;

	bytes_put(&t, first_line, sizeof(first_line) - 1);
	put_field(&t, m->sha256, '\n');
	for (i = 0; i < m->n; i++) {
		const struct srcmap_entry *e = &m->entries[i];

		bytes_printf(&t, "%s\t", kinds[e->kind]);
		put_field(&t, e->name, '\t');
		bytes_printf(&t, "%u\t", e->number);
		put_field(&t, e->file, '\t');
		bytes_printf(&t, "%u\t", e->line);
		bytes_printf(&t, "%u\t", e->column);
		bytes_printf(&t, "%u\t", e->len);
		put_field(&t, e->label, '\t');
		put_field(&t, e->text, '\n');
	}
	return bytes_str(&t);
}

/* The text up to `end` or a newline, and past it; false at the text's end. */
static bool take_until(struct str *left, char end, struct str *field)
{
	const char *found = left->len == 0 ? NULL : memchr(left->ptr, end, left->len);
	size_t len = found == NULL ? 0 : (size_t)(found - left->ptr);

	if (found == NULL || (end != '\n' && memchr(left->ptr, '\n', len) != NULL))
		return false;
	*field = (struct str){ left->ptr, len };
	left->ptr += len + 1;
	left->len -= len + 1;
	return true;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c == '\0' ? NULL : strchr(digits, c);

	return found == NULL ? -1 : (int)(found - digits);
}

static bool take_escape(struct str *field, char *c)
{
	static const char named[] = "\\\t\n\r", names[] = "\\tnr";
	const char *found;

	if (field->len < 2)
		return false;
	found = field->ptr[1] == '\0' ? NULL : strchr(names, field->ptr[1]);
	if (found != NULL) {
		*c = named[found - names];
		field->ptr += 2;
		field->len -= 2;
		return true;
	}
	if (field->len < 4 || field->ptr[1] != 'x' || hex_digit(field->ptr[2]) < 0
	    || hex_digit(field->ptr[3]) < 0)
		return false;
	*c = (char)(hex_digit(field->ptr[2]) * 16 + hex_digit(field->ptr[3]));
	field->ptr += 4;
	field->len -= 4;
	return true;
}

static bool unescape(struct arena *a, struct str *field)
{
	struct str left = *field;
	char *text;
	size_t n = 0;

	if (field->len == 0 || memchr(field->ptr, '\\', field->len) == NULL)
		return true;
	text = arena_alloc(a, field->len + 1);
	while (left.len > 0) {
		if (*left.ptr == '\\') {
			if (!take_escape(&left, &text[n++]))
				return false;
			continue;
		}
		text[n++] = *left.ptr++;
		left.len--;
	}
	*field = (struct str){ text, n };
	return true;
}

static bool to_number(struct str field, uint32_t *number)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < field.len; i++) {
		if (!isdigit((unsigned char)field.ptr[i]))
			return false;
		value = value * 10 + (uint64_t)(field.ptr[i] - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*number = (uint32_t)value;
	return field.len > 0;
}

static bool take_entry(struct arena *a, struct str *left, struct srcmap_entry *e)
{
	struct str fields[N_FIELDS];
	uint32_t i;

	for (i = 0; i < N_FIELDS; i++)
		if (!take_until(left, i + 1 < N_FIELDS ? '\t' : '\n', &fields[i])
		    || !unescape(a, &fields[i]))
			return false;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_is(fields[0], kinds[i]))
			break;
	e->kind = (enum srcmap_kind)i;
	e->name = fields[1];
	e->file = fields[3];
	e->label = fields[7];
	e->text = fields[8];
	return i < sizeof(kinds) / sizeof(kinds[0]) && to_number(fields[2], &e->number)
	    && to_number(fields[4], &e->line) && to_number(fields[5], &e->column)
	    && to_number(fields[6], &e->len);
}

struct srcmap *srcmap_read(struct arena *a, struct str text)
{
	struct srcmap *m = arena_new(a, struct srcmap);
	struct srcmap_entry entry;
	size_t i, prefix = sizeof(first_line) - 1;
	struct str line;

	if (!take_until(&text, '\n', &line) || line.len != prefix + 64
	    || memcmp(line.ptr, first_line, prefix) != 0)
		return NULL;
	m->sha256 = (struct str){ line.ptr + prefix, 64 };
	for (i = 0; i < 64; i++)
		if (hex_digit(m->sha256.ptr[i]) < 0)
			return NULL;
	while (text.len > 0) {
		if (!take_entry(a, &text, &entry))
			return NULL;
		srcmap_add(m, a, entry);
	}
	return m;
}

const struct srcmap_entry *srcmap_find(const struct srcmap *m, enum srcmap_kind kind,
    struct str name, uint32_t number)
{
	uint32_t i;

	for (i = m->first[kind]; i < m->n; i++)
		if (m->entries[i].kind == kind && m->entries[i].number == number
		    && str_equal(m->entries[i].name, name))
			return &m->entries[i];
	return NULL;
}

const struct srcmap_entry *srcmap_require(const struct srcmap *m, struct str event, uint32_t pc)
{
	return srcmap_find(m, SRCMAP_REQUIRE, event, pc);
}

/* The length of a string, a pattern or a comment that begins here, or 1: what
 * is in strings and patterns stays as it is. */
static size_t token_len(struct str s)
{
	bool in_class = false;
	char quote = s.ptr[0];
	size_t i;

	if (quote != '"' && quote != '/' && quote != '#')
		return 1;
	for (i = 1; i < s.len && s.ptr[i] != '\n'; i++) {
		if (quote == '#')
			continue;
		if (s.ptr[i] == '\\' && i + 1 < s.len)
			i++;
		else if (quote == '/' && s.ptr[i] == '[')
			in_class = true;
		else if (s.ptr[i] == ']')
			in_class = false;
		else if (s.ptr[i] == quote && !in_class)
			return i + 1;
	}
	return i;
}

struct str srcmap_one_line(struct arena *a, struct str source)
{
	struct bytes t = { .arena = a };
	bool space = false;
	size_t len;

	while (source.len > 0) {
		len = token_len(source);
		if (source.ptr[0] == '#' || isspace((unsigned char)source.ptr[0])) {
			space = true;
		} else {
			if (space && t.len > 0)
				bytes_put8(&t, ' ');
			space = false;
			bytes_put(&t, source.ptr, len);
		}
		source.ptr += len;
		source.len -= len;
		if (t.len <= LONGEST_TEXT || source.len == 0)
			continue;
		/* Cut between characters, not inside one. */
		for (t.len = LONGEST_TEXT; (t.ptr[t.len] & 0xc0) == 0x80; t.len--)
			continue;
		bytes_put(&t, "...", 3);
		break;
	}
	return bytes_str(&t);
}

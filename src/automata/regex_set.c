/* SPDX-License-Identifier: Apache-2.0
 *
 * regex_set.c - escapes and classes of RE2's syntax.
 */
#include "regex.h"

int regex_fail(struct parser *p, size_t at, const char *error)
{
	if (p->error == NULL) {
		p->error = error;
		p->error_at = at;
	}
	p->at = p->text.len;
	return -1;
}

void regex_add_byte(const struct parser *p, struct byte_set *set, unsigned byte)
{
	byte_set_add(set, byte);
	if (p->fold && ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')))
		byte_set_add(set, byte ^ 0x20u);
}

/* Named classes, as ranges: pairs of characters. */
static const struct { const char *name, *ranges; } named_classes[] = {
	{ "alnum", "09AZaz" }, { "alpha", "AZaz" }, { "ascii", NULL }, { "blank", "\t\t  " },
	{ "cntrl", "\x01\x1f\x7f\x7f" }, { "digit", "09" }, { "graph", "!~" }, { "lower", "az" },
	{ "print", " ~" }, { "punct", "!/:@[`{~" }, { "space", "\t\r  " }, { "upper", "AZ" },
	{ "word", "09AZaz__" }, { "xdigit", "09AFaf" },
};

static void add_ranges(const struct parser *p, struct byte_set *set, const char *ranges)
{
	unsigned byte;

	for (; ranges[0] != '\0'; ranges += 2)
		for (byte = (uint8_t)ranges[0]; byte <= (uint8_t)ranges[1]; byte++)
			regex_add_byte(p, set, byte);
}

static void add_set(struct byte_set *set, const struct byte_set *other, bool negated)
{
	unsigned i;

	for (i = 0; i < sizeof(set->bits); i++)
		set->bits[i] = (uint8_t)(set->bits[i] | (negated ? ~other->bits[i] : other->bits[i]));
}

bool regex_perl_class(struct parser *p, struct byte_set *set)
{
	struct byte_set found = { { 0 } };
	const char *ranges;

	switch (peek(p, 1)) {
	case 'd': case 'D':
		ranges = "09";
		break;
	case 'w': case 'W':
		ranges = "09AZaz__";
		break;
	case 's': case 'S':
		ranges = "\t\n\f\r  ";
		break;
	default:
		return false;
	}
	add_ranges(p, &found, ranges);
	add_set(set, &found, peek(p, 1) < 'a');
	p->at += 2;
	return true;
}

static int hex_digit(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
	    : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* After \x; -1 if it is not right. */
static int take_hex(struct parser *p)
{
	int value = 0, n = 0;

	if (!take(p, "{")) {
		if (hex_digit(peek(p, 0)) < 0 || hex_digit(peek(p, 1)) < 0)
			return -1;
		value = hex_digit(peek(p, 0)) * 16 + hex_digit(peek(p, 1));
		p->at += 2;
		return value;
	}
	for (; hex_digit(peek(p, 0)) >= 0 && value <= 0xff; n++, p->at++)
		value = value * 16 + hex_digit(peek(p, 0));
	return n > 0 && value <= 0xff && take(p, "}") ? value : -1;
}

static int take_octal(struct parser *p, int first)
{
	int value = first - '0', n;

	for (n = 1; n < 3 && peek(p, 0) >= '0' && peek(p, 0) <= '7'; n++)
		value = value * 8 + peek(p, 0) - '0', p->at++;
	return value <= 0xff ? value : -1;
}

int regex_escape(struct parser *p)
{
	static const char from[] = "tnrfva", to[] = "\t\n\r\f\v\a";
	size_t start = p->at;
	int c = peek(p, 1), value;
	const char *found;

	p->at += c < 0 ? 1 : 2;
	if (c < 0) {
		regex_fail(p, start, "a backslash ends the pattern");
		return -1;
	}
	if (c < 0x80 && c > 0x20 && c != 0x7f && strchr("0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", c) == NULL)
		return c;
	found = c == 0 ? NULL : strchr(from, c);
	if (found != NULL)
		return to[found - from];
	if (c == 'x') {
		value = take_hex(p);
		if (value < 0)
			regex_fail(p, start, "\\x needs two hex digits, or {..} up to ff");
		return value;
	}
	if (c == '0' || (c >= '1' && c <= '7' && peek(p, 0) >= '0' && peek(p, 0) <= '7')) {
		value = take_octal(p, c);
		if (value < 0)
			regex_fail(p, start, "a byte is at most \\377");
		return value;
	}
	if (c >= '1' && c <= '9')
		regex_fail(p, start, "there are no backreferences");
	else if (c == 'p' || c == 'P')
		regex_fail(p, start, "there are no Unicode classes: characters are bytes");
	else if (c == 'b' || c == 'B' || c == 'A' || c == 'z')
		regex_fail(p, start, "the pattern is anchored: nothing can be said of places in it");
	else
		regex_fail(p, start, "unknown escape");
	return -1;
}

/* [:name:] or [:^name:], if it is one. */
static bool take_named_class(struct parser *p, struct byte_set *set)
{
	size_t start = p->at, i;
	bool negated;
	struct byte_set found = { { 0 } };

	if (!take(p, "[:"))
		return false;
	negated = take(p, "^");
	for (i = 0; i < sizeof(named_classes) / sizeof(named_classes[0]); i++) {
		const char *name = named_classes[i].name;
		const char *ranges = named_classes[i].ranges;
		unsigned byte;

		if (p->text.len - p->at < strlen(name) + 2
		    || memcmp(p->text.ptr + p->at, name, strlen(name)) != 0
		    || memcmp(p->text.ptr + p->at + strlen(name), ":]", 2) != 0)
			continue;
		if (ranges != NULL)
			add_ranges(p, &found, ranges);
		else
			for (byte = 0; byte < 0x80; byte++)
				byte_set_add(&found, byte);
		/* A range can't name NUL: cntrl lacks it above. */
		if (strcmp(name, "cntrl") == 0)
			byte_set_add(&found, 0);
		add_set(set, &found, negated);
		p->at += strlen(name) + 2;
		return true;
	}
	regex_fail(p, start, "unknown class name");
	return true;
}

/* One byte of a class; -1 and an error. */
static int take_class_byte(struct parser *p)
{
	int c = peek(p, 0);

	if (c == '\\')
		return regex_escape(p);
	if (c >= 0x80) {
		regex_fail(p, p->at, "a class holds bytes; write (é|ü) for characters outside ASCII");
		return -1;
	}
	p->at++;
	return c;
}

bool regex_class(struct parser *p, struct byte_set *set)
{
	struct byte_set whole = { { 0 } };
	size_t start = p->at++, item;
	bool negated = take(p, "^"), first = true;
	int low, high, byte;

	for (; first || peek(p, 0) != ']'; first = false) {
		if (peek(p, 0) < 0)
			return regex_fail(p, start, "the class is not closed") >= 0;
		if (take_named_class(p, set) || (peek(p, 0) == '\\' && regex_perl_class(p, set)))
			continue;
		item = p->at;
		low = high = take_class_byte(p);
		if (low >= 0 && peek(p, 0) == '-' && peek(p, 1) != ']' && peek(p, 1) >= 0) {
			p->at++;
			high = take_class_byte(p);
		}
		if (low < 0 || high < 0)
			return false;
		if (high < low)
			return regex_fail(p, item, "the range goes backwards") >= 0;
		for (byte = low; byte <= high; byte++)
			regex_add_byte(p, set, (unsigned)byte);
	}
	p->at++;
	if (negated) {
		add_set(&whole, set, true);
		*set = whole;
	}
	return p->error == NULL;
}

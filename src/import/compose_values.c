/* SPDX-License-Identifier: Apache-2.0
 *
 * compose_values.c - values as compose takes them, and its table of fields.
 */
#include <ctype.h>
#include <inttypes.h>
#include <strings.h>

#include "../base/bytes.h"
#include "compose.h"
#include "words.h"

static const struct field fields[] = {
#define FIELD(object, name, use, why) { #object, #name, FIELD_##use, why },
#include "compose_fields.def"
#undef FIELD
};

bool compose_fields(struct compose *c, const struct node *map, const char *object, const char *path)
{
	return remark_fields(c->im, &c->remarks, map, fields, sizeof(fields) / sizeof(fields[0]), object,
	    path, true);
}

const char *compose_path(struct compose *c, const char *path, struct str name)
{
	return arena_printf(c->im->arena, "%s%s%.*s", path, path[0] == '\0' ? "" : ".", STR_ARG(name)).ptr;
}

static void wrong(struct compose *c, const struct node *value, const char *key, const char *wanted)
{
	diag_error(c->im->diag, value->loc, DIAG_TYPE_MISMATCH, "'%s' wants %s, this is %s", key, wanted,
	    node_kind_name(value->kind));
}

static struct node *value_at(const struct node *map, const char *key)
{
	struct node *value = node_get(map, key);

	return value == NULL || value->kind == NODE_NULL ? NULL : value;
}

bool compose_flag(struct compose *c, const struct node *map, const char *key, struct loc *loc)
{
	static const char *const words[] = { "false", "no", "off", "n", "true", "yes", "on", "y" };
	const struct node *value = value_at(map, key);
	size_t i;

	if (value == NULL)
		return false;
	if (loc != NULL)
		*loc = value->loc;
	if (value->kind == NODE_BOOL)
		return value->integer != 0;
	for (i = 0; value->kind == NODE_STRING && i < 8; i++)
		if (strlen(words[i]) == value->text.len && strncasecmp(words[i], value->text.ptr,
		    value->text.len) == 0)
			return i >= 4;
	wrong(c, value, key, "true or false");
	return false;
}

bool compose_int(struct compose *c, const struct node *map, const char *key, int64_t *out, struct loc *loc)
{
	const struct node *value = value_at(map, key);
	struct node number;

	if (value == NULL)
		return false;
	number = *value;
	if (number.kind == NODE_STRING)
		node_resolve_plain(&number);
	if (number.kind != NODE_INT) {
		wrong(c, value, key, "an integer");
		return false;
	}
	*out = number.integer;
	if (loc != NULL)
		*loc = value->loc;
	return true;
}

/* DIGITS[.DIGITS][b|k|kb|m|mb|g|gb] */
static bool read_size(struct str s, uint64_t *out)
{
	uint64_t whole = 0, part = 0, scale = 1, unit = 1;
	size_t i = 0;

	for (; i < s.len && isdigit((unsigned char)s.ptr[i]) && whole < UINT32_MAX * (uint64_t)1024; i++)
		whole = whole * 10 + (uint64_t)(s.ptr[i] - '0');
	if (i == 0)
		return false;
	if (i < s.len && s.ptr[i] == '.')
		for (i++; i < s.len && isdigit((unsigned char)s.ptr[i]) && scale < 1000000; i++, scale *= 10)
			part = part * 10 + (uint64_t)(s.ptr[i] - '0');
	while (i < s.len && s.ptr[i] == ' ')
		i++;
	if (i < s.len) {
		switch (tolower((unsigned char)s.ptr[i])) {
		case 'g':
			unit <<= 10;
			/* fall through */
		case 'm':
			unit <<= 10;
			/* fall through */
		case 'k':
			unit <<= 10;
			/* fall through */
		case 'b':
			i++;
			break;
		default:
			return false;
		}
		if (unit != 1 && i < s.len && tolower((unsigned char)s.ptr[i]) == 'b')
			i++;
	}
	if (i != s.len || whole > UINT64_MAX / 2 / unit)
		return false;
	*out = whole * unit + part * unit / scale;
	return true;
}

bool compose_size(struct compose *c, const struct node *value, uint64_t *out)
{
	if (value->kind == NODE_INT && value->integer >= 0) {
		*out = (uint64_t)value->integer;
		return true;
	}
	if (value->kind == NODE_STRING && read_size(value->text, out))
		return true;
	diag_error(c->im->diag, value->loc, DIAG_BAD_VALUE, "wanted a size like 64m or 1g");
	return false;
}

/* What a number is as text depends on who prints it, unless it is written in the one plain way. */
static bool is_plain_number(const struct node *value)
{
	struct str s = value->text;
	size_t i = s.len != 0 && s.ptr[0] == '-' ? 1 : 0, start = i;

	while (i < s.len && isdigit((unsigned char)s.ptr[i]))
		i++;
	if (i == start || (s.ptr[start] == '0' && i > start + 1))
		return false;
	if (i == s.len || s.ptr[i] != '.')
		return i == s.len;
	for (i++; i < s.len && isdigit((unsigned char)s.ptr[i]); i++)
		;
	return i == s.len && s.ptr[s.len - 1] != '0' && s.ptr[s.len - 1] != '.';
}

bool compose_text(struct compose *c, const struct node *value, struct str *out)
{
	*out = value->text;
	if (value->kind == NODE_STRING)
		return true;
	if (value->kind == NODE_BOOL) {
		*out = value->integer != 0 ? STR("true") : STR("false");
		return true;
	}
	if ((value->kind == NODE_INT || value->kind == NODE_FLOAT) && is_plain_number(value))
		return true;
	if (value->kind == NODE_INT || value->kind == NODE_FLOAT)
		diag_error(c->im->diag, value->loc, DIAG_BAD_VALUE,
		    "it is not certain which text the number %.*s becomes: put it in quotes",
		    STR_ARG(value->text));
	else
		diag_error(c->im->diag, value->loc, DIAG_TYPE_MISMATCH, "wanted a string, this is %s",
		    node_kind_name(value->kind));
	return false;
}

void compose_texts(struct compose *c, const struct node *map, const char *key, struct values *out)
{
	const struct node *value = value_at(map, key), *item;
	struct str text;
	uint32_t i, n = value == NULL ? 0 : value->kind == NODE_LIST ? value->n : 1;

	if (value != NULL && !import_is_short(c->im, value, key))
		return;
	for (i = 0; i < n; i++) {
		item = value->kind == NODE_LIST ? value->items[i] : value;
		if (compose_text(c, item, &text))
			values_add(c->im->arena, out, text, item->loc);
	}
}

bool compose_command(struct compose *c, const struct node *map, const char *key, struct values *out)
{
	const struct node *value = value_at(map, key);

	if (value == NULL)
		return false;
	if (value->kind == NODE_STRING)
		words_split(c->im, value->text, value->loc, out);
	else if (value->kind == NODE_LIST)
		compose_texts(c, map, key, out);
	else
		wrong(c, value, key, "a string or a list");
	return true;
}

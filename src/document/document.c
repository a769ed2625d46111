/* SPDX-License-Identifier: Apache-2.0
 *
 * document.c - see document.h: what all readers share.
 */
#include "document.h"

#include <ctype.h>

struct entry *node_find(const struct node *map, const char *key)
{
	uint32_t i;

	if (map == NULL || map->kind != NODE_MAP)
		return NULL;
	for (i = 0; i < map->n; i++)
		if (str_is(map->entries[i].key, key))
			return &map->entries[i];
	return NULL;
}

struct node *node_get(const struct node *map, const char *key)
{
	struct entry *entry = node_find(map, key);

	if (entry == NULL)
		return NULL;
	entry->used = true;
	return entry->value;
}

const char *node_kind_name(enum node_kind kind)
{
	switch (kind) {
	case NODE_NULL:
		return "nothing";
	case NODE_BOOL:
		return "true or false";
	case NODE_INT:
		return "an integer";
	case NODE_FLOAT:
		return "a number";
	case NODE_STRING:
		return "a string";
	case NODE_LIST:
		return "a list";
	case NODE_MAP:
		return "a map";
	}
	return "?";
}

static unsigned digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 99;
}

/* Decimal, 0x, 0o or, as YAML 1.1 and Kubernetes have it, a leading 0. */
static bool read_integer(struct str s, int64_t *out)
{
	bool negative = false;
	uint64_t value = 0;
	unsigned base = 10, digit;
	size_t i = 0;

	if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
		negative = s.ptr[i++] == '-';
	if (s.len - i > 2 && s.ptr[i] == '0' && (s.ptr[i + 1] == 'x' || s.ptr[i + 1] == 'o')) {
		base = s.ptr[i + 1] == 'x' ? 16 : 8;
		i += 2;
	} else if (s.len - i > 1 && s.ptr[i] == '0') {
		base = 8;
		i++;
	}
	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		digit = digit_of(s.ptr[i]);
		if (digit >= base || value > ((uint64_t)INT64_MAX - digit) / base)
			return false;
		value = value * base + digit;
	}
	*out = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, .inf, .nan */
static bool is_float(struct str s)
{
	size_t i = 0, digits = 0;

	if (str_is(s, ".nan") || str_is(s, ".NaN") || str_is(s, ".inf") || str_is(s, "-.inf"))
		return true;
	if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
		i++;
	for (; i < s.len && isdigit((unsigned char)s.ptr[i]); i++)
		digits++;
	if (i < s.len && s.ptr[i] == '.')
		for (i++; i < s.len && isdigit((unsigned char)s.ptr[i]); i++)
			digits++;
	if (digits == 0)
		return false;
	if (i == s.len)
		return true;
	if (s.ptr[i] != 'e' && s.ptr[i] != 'E')
		return false;
	i++;
	if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
		i++;
	if (i == s.len)
		return false;
	for (; i < s.len; i++)
		if (!isdigit((unsigned char)s.ptr[i]))
			return false;
	return true;
}

void node_resolve_plain(struct node *node)
{
	static const char *const nothing[] = { "", "~", "null", "Null", "NULL" };
	static const char *const truths[] = { "false", "False", "FALSE", "true", "True", "TRUE" };
	size_t i;

	node->plain = true;
	node->kind = NODE_STRING;
	for (i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
		if (str_is(node->text, nothing[i]))
			node->kind = NODE_NULL;
	for (i = 0; i < sizeof(truths) / sizeof(truths[0]); i++)
		if (str_is(node->text, truths[i])) {
			node->kind = NODE_BOOL;
			node->integer = i >= 3;
		}
	if (node->kind != NODE_STRING)
		return;
	if (read_integer(node->text, &node->integer))
		node->kind = NODE_INT;
	else if (is_float(node->text))
		node->kind = NODE_FLOAT;
}

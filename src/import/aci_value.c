/* SPDX-License-Identifier: Apache-2.0
 *
 * aci_value.c - values of templates: known and unknown.
 */
#include <ctype.h>
#include <inttypes.h>

#include "aci.h"

static const struct field fields[] = {
#define FIELD(object, name, use, why) { #object, #name, FIELD_##use, why },
#include "aci_fields.def"
#undef FIELD
	/* Its name is none in C. */
	{ "Template", "$schema", FIELD_NO_EFFECT, "for tools" },
};

bool aci_fields(struct aci *s, const struct node *map, const char *object, const char *path)
{
	return remark_fields(s->im, &s->remarks, map, fields, sizeof(fields) / sizeof(fields[0]), object,
	    path, false);
}

bool aci_is_unknown(const struct node *node)
{
	return node->weight == ACI_UNKNOWN;
}

const struct unknown *aci_unknown_of(const struct node *node)
{
	return (const struct unknown *)(const void *)node;
}

struct node *aci_unknown(struct aci *s, struct loc loc, struct str pattern, struct str why)
{
	struct unknown *u = arena_new(s->im->arena, struct unknown);

	u->node = (struct node){ .kind = NODE_STRING, .weight = ACI_UNKNOWN, .loc = loc };
	u->pattern = pattern;
	u->why = why;
	return &u->node;
}

struct node *aci_mistake(struct aci *s, struct loc loc, const char *why)
{
	struct unknown *u = arena_new(s->im->arena, struct unknown);

	u->node = (struct node){ .kind = NODE_STRING, .weight = ACI_UNKNOWN, .loc = loc };
	u->pattern = (struct str){ HOLE_LINE, strlen(HOLE_LINE) };
	u->why = (struct str){ why, strlen(why) };
	u->is_mistake = true;
	return &u->node;
}

struct node *aci_because(struct aci *s, struct loc loc, const struct node *other)
{
	struct unknown *u = arena_new(s->im->arena, struct unknown);

	*u = *aci_unknown_of(other);
	u->node.loc = loc;
	u->pattern = (struct str){ HOLE_LINE, strlen(HOLE_LINE) };
	return &u->node;
}

void aci_complain(struct aci *s, const struct node *value, const char *what)
{
	const struct unknown *u = aci_unknown_of(value);

	if (u->is_mistake)
		diag_error(s->im->diag, value->loc, DIAG_BAD_VALUE, "%s has no value: %.*s", what,
		    STR_ARG(u->why));
	else
		diag_error(s->im->diag, value->loc, DIAG_UNRESOLVED, "%s is not known here: %.*s", what,
		    STR_ARG(u->why));
}

static struct node *new_node(struct aci *s, enum node_kind kind, struct loc loc)
{
	struct node *node = arena_new(s->im->arena, struct node);

	node->kind = kind;
	node->loc = loc;
	node->weight = 1;
	return node;
}

struct node *aci_text(struct aci *s, struct str text, struct loc loc)
{
	struct node *node = new_node(s, NODE_STRING, loc);

	node->text = text;
	return node;
}

struct node *aci_bool(struct aci *s, bool value, struct loc loc)
{
	struct node *node = new_node(s, NODE_BOOL, loc);

	node->integer = value;
	node->text = value ? STR("true") : STR("false");
	return node;
}

struct node *aci_int(struct aci *s, int64_t value, struct loc loc)
{
	struct node *node = new_node(s, NODE_INT, loc);

	node->integer = value;
	node->text = arena_printf(s->im->arena, "%" PRId64, value);
	return node;
}

struct node *aci_null(struct aci *s, struct loc loc)
{
	return new_node(s, NODE_NULL, loc);
}

struct node *aci_list(struct aci *s, struct node *const *items, uint32_t n, struct loc loc)
{
	struct node *node = new_node(s, NODE_LIST, loc);
	uint32_t i;

	node->items = arena_array(s->im->arena, n, struct node *);
	for (i = 0; i < n; i++)
		node->items[i] = items[i];
	node->n = n;
	return node;
}

bool aci_as_value(struct aci *s, const struct node *node, struct value *out)
{
	*out = (struct value){ .text = node->text, .from = node->loc };
	if (aci_is_unknown(node)) {
		out->text = aci_unknown_of(node)->pattern;
		out->is_pattern = true;
		return true;
	}
	if (node->kind == NODE_BOOL)
		out->text = node->integer != 0 ? STR("True") : STR("False");
	if (node->kind == NODE_INT)
		out->text = arena_printf(s->im->arena, "%" PRId64, node->integer);
	return node->kind == NODE_STRING || node->kind == NODE_BOOL || node->kind == NODE_INT;
}

bool aci_equal_names(struct str l, struct str r)
{
	size_t i;

	if (l.len != r.len)
		return false;
	for (i = 0; i < l.len; i++)
		if (tolower((unsigned char)l.ptr[i]) != tolower((unsigned char)r.ptr[i]))
			return false;
	return true;
}

static void wrong(struct aci *s, const struct node *value, const char *key, enum node_kind wanted)
{
	diag_error(s->im->diag, value->loc, DIAG_TYPE_MISMATCH, "'%s' wants %s, this is %s", key,
	    node_kind_name(wanted),
	    node_kind_name(value->kind));
}

const struct node *aci_get(struct aci *s, const struct node *map, const char *key, enum node_kind kind)
{
	const struct node *value = node_get(map, key);

	if (value == NULL || value->kind == NODE_NULL)
		return NULL;
	if (aci_is_unknown(value)) {
		aci_complain(s, value, arena_printf(s->im->arena, "'%s'", key).ptr);
		return NULL;
	}
	if (value->kind == kind)
		return import_is_short(s->im, value, key) ? value : NULL;
	wrong(s, value, key, kind);
	return NULL;
}

bool aci_string(struct aci *s, const struct node *map, const char *key, struct str *out, struct loc *loc)
{
	const struct node *value = aci_get(s, map, key, NODE_STRING);

	if (value == NULL)
		return false;
	*out = value->text;
	if (loc != NULL)
		*loc = value->loc;
	return true;
}

bool aci_flag(struct aci *s, const struct node *map, const char *key, struct loc *loc)
{
	const struct node *value = aci_get(s, map, key, NODE_BOOL);

	if (value == NULL)
		return false;
	if (loc != NULL)
		*loc = value->loc;
	return value->integer != 0;
}

void aci_strings(struct aci *s, const struct node *map, const char *key, struct values *out)
{
	const struct node *list = aci_get(s, map, key, NODE_LIST);
	uint32_t i;

	for (i = 0; list != NULL && i < list->n; i++) {
		const struct node *item = list->items[i];

		if (aci_is_unknown(item))
			aci_complain(s, item, arena_printf(s->im->arena, "one of '%s'", key).ptr);
		else if (item->kind != NODE_STRING)
			wrong(s, item, key, NODE_STRING);
		else
			values_add(s->im->arena, out, item->text, item->loc);
	}
}

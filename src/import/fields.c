/* SPDX-License-Identifier: Apache-2.0
 *
 * fields.c - values of maps by key and kind, and tables of what is known.
 */
#include "import.h"

static long place_in_said(const struct import *im)
{
	return im->diag->out == NULL ? 0 : ftell(im->diag->out);
}

void import_no_group(struct import *im)
{
	struct group *g = im->n_groups == 0 ? NULL : im->groups[im->n_groups - 1];

	if (g == NULL || g->is_over)
		return;
	g->is_over = true;
	g->errors_after = im->diag->n_errors;
	g->said_after = place_in_said(im);
}

struct group *import_group(struct import *im, struct str name, const char *kind, struct loc from)
{
	struct group *g = arena_new(im->arena, struct group);

	import_no_group(im);
	arena_push(im->arena, im->groups, im->n_groups, im->cap_groups);
	im->groups[im->n_groups++] = g;
	g->name = name;
	g->kind = (struct str){ kind, strlen(kind) };
	g->from = from;
	g->errors_before = im->diag->n_errors;
	g->said_before = place_in_said(im);
	import_sandbox(im, g);
	return g;
}

bool import_room(struct import *im, const struct group *g, uint32_t more, struct loc loc)
{
	if (more <= GROUP_CONTAINERS_MAX && g->n_containers <= GROUP_CONTAINERS_MAX - more)
		return true;
	diag_error(im->diag, loc, DIAG_LIMIT, "a group has at most %d containers", GROUP_CONTAINERS_MAX);
	return false;
}

/* Written, but says nothing. */
static bool is_empty(const struct node *value)
{
	switch (value->kind) {
	case NODE_NULL:
		return true;
	case NODE_BOOL:
	case NODE_INT:
		return value->integer == 0;
	case NODE_STRING:
		return value->text.len == 0;
	case NODE_LIST:
	case NODE_MAP:
		return value->n == 0;
	case NODE_FLOAT:
		break;
	}
	return false;
}

static const struct field *find_field(const struct field *fields, size_t n, const char *object, struct str name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(fields[i].object, object) == 0 && str_is(name, fields[i].name))
			return &fields[i];
	return NULL;
}

static void unknown_field(struct import *im, const struct entry *entry, const char *object, const char *path)
{
	void (*complain)(struct diag *, struct loc, enum diag_name, const char *, ...) =
	    im->options->strict ? diag_error : diag_warning;

	complain(im->diag, entry->loc, DIAG_UNKNOWN_FIELD, "%s%s%.*s is no field of a %s that is known here", path,
	    path[0] == '\0' ? "" : ".", STR_ARG(entry->key), object);
}

bool import_fields(struct import *im, const struct node *map, const struct field *fields, size_t n_fields,
    const char *object, const char *path)
{
	bool fits = true;
	uint32_t i;

	for (i = 0; map != NULL && map->kind == NODE_MAP && i < map->n; i++) {
		struct entry *entry = &map->entries[i];
		const struct field *field = find_field(fields, n_fields, object, entry->key);

		entry->used = true;
		if (field == NULL) {
			unknown_field(im, entry, object, path);
		} else if (field->use == FIELD_REFUSED && !is_empty(entry->value)) {
			diag_error(im->diag, entry->loc, DIAG_REFUSED, "%s%s%s: %s", path,
			    path[0] == '\0' ? "" : ".", field->name, field->why);
			fits = false;
		}
	}
	return fits;
}

static void wrong_kind(struct import *im, const struct node *value, const char *key, const char *wanted)
{
	diag_error(im->diag, value->loc, DIAG_TYPE_MISMATCH, "'%s' wants %s, this is %s", key, wanted,
	    node_kind_name(value->kind));
}

/* The value at a key unless it is null. */
static struct node *value_at(const struct node *map, const char *key)
{
	struct node *value = node_get(map, key);

	return value == NULL || value->kind == NODE_NULL ? NULL : value;
}

bool import_is_short(struct import *im, const struct node *value, const char *key)
{
	if ((value->kind != NODE_LIST && value->kind != NODE_MAP) || value->n <= IMPORT_MEMBERS_MAX)
		return true;
	diag_error(im->diag, value->loc, DIAG_LIMIT, "'%s' has %u members, and %d are the most that are read", key,
	    value->n, IMPORT_MEMBERS_MAX);
	return false;
}

static struct node *of_kind(struct import *im, const struct node *map, const char *key, enum node_kind kind)
{
	struct node *value = value_at(map, key);

	if (value == NULL)
		return NULL;
	if (value->kind == kind)
		return strcmp(key, "items") == 0 || import_is_short(im, value, key) ? value : NULL;
	wrong_kind(im, value, key, node_kind_name(kind));
	return NULL;
}

struct node *import_map(struct import *im, const struct node *map, const char *key)
{
	return of_kind(im, map, key, NODE_MAP);
}

struct node *import_list(struct import *im, const struct node *map, const char *key)
{
	return of_kind(im, map, key, NODE_LIST);
}

bool import_string(struct import *im, const struct node *map, const char *key, struct str *out, struct loc *loc)
{
	struct node *value = of_kind(im, map, key, NODE_STRING);

	if (value == NULL)
		return false;
	*out = value->text;
	if (loc != NULL)
		*loc = value->loc;
	return true;
}

bool import_bool(struct import *im, const struct node *map, const char *key, bool *out, struct loc *loc)
{
	struct node *value = of_kind(im, map, key, NODE_BOOL);

	if (value == NULL)
		return false;
	*out = value->integer != 0;
	if (loc != NULL)
		*loc = value->loc;
	return true;
}

bool import_int(struct import *im, const struct node *map, const char *key, int64_t *out, struct loc *loc)
{
	struct node *value = of_kind(im, map, key, NODE_INT);

	if (value == NULL)
		return false;
	*out = value->integer;
	if (loc != NULL)
		*loc = value->loc;
	return true;
}

void import_strings(struct import *im, const struct node *map, const char *key, struct values *out)
{
	struct node *list = import_list(im, map, key);
	uint32_t i;

	for (i = 0; list != NULL && i < list->n; i++) {
		if (list->items[i]->kind == NODE_STRING)
			values_add(im->arena, out, list->items[i]->text, list->items[i]->loc);
		else
			wrong_kind(im, list->items[i], key, "strings");
	}
}

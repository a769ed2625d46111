/* SPDX-License-Identifier: Apache-2.0
 *
 * compose_extends.c - `extends`: a service with what another of the same file
 * says.  As compose merges: maps key by key, lists one behind the other (where
 * a later item for the same thing counts), commands and single values replaced.
 */
#include "compose.h"

enum { EXTENDS_MAX = 16 };      /* services that extend each other in a row */

/* What is a list of "KEY=VALUE" or a map. */
static bool is_mixed(const char *key)
{
	static const char *const keys[] = { "environment", "sysctls", "labels", "annotations",
	    "extra_hosts", "depends_on",
		"networks" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

static bool is_replaced(struct str key)
{
	return str_is(key, "command") || str_is(key, "entrypoint") || str_is(key, "test");
}

static struct node *new_node(struct arena *a, enum node_kind kind, struct loc loc)
{
	struct node *node = arena_new(a, struct node);

	node->kind = kind;
	node->loc = loc;
	return node;
}

/* A list of KEY=VALUE, or of names, as a map. */
static struct node *as_map(struct arena *a, struct node *list)
{
	struct node *map = new_node(a, NODE_MAP, list->loc);
	uint32_t i;

	map->entries = arena_array(a, list->n, struct entry);
	for (i = 0; i < list->n; i++) {
		struct node *item = list->items[i], *value = new_node(a, NODE_NULL, item->loc);
		struct str key = item->text;
		const char *equals = item->kind == NODE_STRING ? memchr(key.ptr, '=', key.len) : NULL;

		if (equals != NULL) {
			key.len = (size_t)(equals - key.ptr);
			value->kind = NODE_STRING;
			value->text = (struct str){ equals + 1, item->text.len - key.len - 1 };
		}
		map->entries[map->n++] = (struct entry){ .key = key, .loc = item->loc, .value = value };
	}
	return map;
}

static struct node *append(struct arena *a, const struct node *base, const struct node *over)
{
	struct node *list = new_node(a, NODE_LIST, over->loc);
	uint32_t i;

	list->items = arena_array(a, (size_t)base->n + over->n, struct node *);
	for (i = 0; i < base->n; i++)
		list->items[list->n++] = base->items[i];
	for (i = 0; i < over->n; i++)
		list->items[list->n++] = over->items[i];
	return list;
}

static struct node *merge(struct arena *a, struct node *base, struct node *over);

static struct node *merge_values(struct arena *a, struct str key, struct node *base, struct node *over)
{
	const char *name = arena_copy(a, key.ptr, key.len).ptr;

	if (is_replaced(key))
		return over;
	if (is_mixed(name) && base->kind == NODE_LIST && over->kind == NODE_MAP)
		base = as_map(a, base);
	else if (is_mixed(name) && base->kind == NODE_MAP && over->kind == NODE_LIST)
		over = as_map(a, over);
	if (base->kind == NODE_MAP && over->kind == NODE_MAP)
		return merge(a, base, over);
	if (base->kind == NODE_LIST && over->kind == NODE_LIST)
		return append(a, base, over);
	return over;
}

/* Trees are at most DOCUMENT_DEPTH_MAX deep. */
static struct node *merge(struct arena *a, struct node *base, struct node *over)
{
	struct node *map = new_node(a, NODE_MAP, over->loc);
	uint32_t i, j;

	map->entries = arena_array(a, (size_t)base->n + over->n, struct entry);
	for (i = 0; i < base->n; i++)
		map->entries[map->n++] = base->entries[i];
	for (i = 0; i < over->n; i++) {
		for (j = 0; j < base->n && !str_equal(base->entries[j].key, over->entries[i].key); j++)
			;
		if (j == base->n) {
			map->entries[map->n++] = over->entries[i];
			continue;
		}
		map->entries[j].loc = over->entries[i].loc;
		map->entries[j].value = merge_values(a, over->entries[i].key, base->entries[j].value,
		    over->entries[i].value);
	}
	return map;
}

/* The name of the service that one extends; false: none, or a complaint. */
static bool extended_name(struct compose *c, const struct entry *service, struct str *name, struct loc *loc)
{
	const struct node *value = node_get(service->value, "extends");
	const char *path = compose_path(c, "services", service->key);

	if (value == NULL || value->kind == NODE_NULL)
		return false;
	*loc = value->loc;
	*name = value->text;
	if (value->kind == NODE_STRING)
		return true;
	if (value->kind != NODE_MAP) {
		diag_error(c->im->diag, value->loc, DIAG_TYPE_MISMATCH, "'extends' wants a service, this is %s",
		    node_kind_name(value->kind));
		return false;
	}
	if (!compose_fields(c, value, "Extends", compose_path(c, path, STR("extends"))))
		return false;
	if (import_string(c->im, value, "service", name, loc))
		return true;
	diag_error(c->im->diag, value->loc, DIAG_MISSING_FIELD, "'extends' has no 'service'");
	return false;
}

static struct node *extended(struct compose *c, const struct node *services, const struct entry *service,
    unsigned depth)
{
	uint32_t errors = c->im->diag->n_errors;
	struct node *base;
	struct entry *other;
	struct str name, key = service->key;
	struct loc loc;

	if (service->value->kind != NODE_MAP || !extended_name(c, service, &name, &loc))
		return service->value;
	other = node_find(services, arena_copy(c->im->arena, name.ptr, name.len).ptr);
	if (other == NULL || other->value->kind != NODE_MAP) {
		diag_error(c->im->diag, loc, DIAG_UNKNOWN_NAME,
		    "'%.*s' extends '%.*s', which is no service", STR_ARG(key),
		    STR_ARG(name));
		return service->value;
	}
	if (depth == EXTENDS_MAX) {
		diag_error(c->im->diag, loc, DIAG_CYCLE,
		    "services extend each other in a circle, or more than %d in a row",
		    EXTENDS_MAX);
		return service->value;
	}
	base = extended(c, services, other, depth + 1);
	return errors != c->im->diag->n_errors ? service->value : merge(c->im->arena, base, service->value);
}

const struct node *compose_extended(struct compose *c, const struct node *services)
{
	struct node *out = new_node(c->im->arena, NODE_MAP, services->loc);
	uint32_t i;

	out->entries = arena_array(c->im->arena, services->n, struct entry);
	for (i = 0; i < services->n; i++) {
		out->entries[out->n] = services->entries[i];
		if (services->entries[i].value->kind != NODE_MAP)
			diag_error(c->im->diag, services->entries[i].loc, DIAG_TYPE_MISMATCH,
			    "a service is a map, this is %s",
			    node_kind_name(services->entries[i].value->kind));
		else
			out->entries[out->n++].value = extended(c, services, &services->entries[i], 0);
	}
	return out;
}

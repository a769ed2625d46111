/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_objects.c - see kubernetes.h: documents as objects, and what
 * ConfigMaps and Secrets among them say.
 */
#include <ctype.h>

#include "kubernetes.h"

static void add_object(struct objects *all, struct node *node, struct str kind, const char *path)
{
	struct object object = { .kind = kind, .node = node, .path = path };
	const struct node *meta = import_map(all->im, node, "metadata");

	object.loc = node->loc;
	if (!import_string(all->im, meta, "name", &object.name, &object.loc))
		object.is_generated = import_string(all->im, meta, "generateName", &object.name, &object.loc);
	(void)import_string(all->im, meta, "namespace", &object.space, NULL);
	arena_push(all->im->arena, all->items, all->n, all->cap);
	all->items[all->n++] = object;
}

static bool is_list(struct str kind)
{
	return kind.len >= 4 && memcmp(kind.ptr + kind.len - 4, "List", 4) == 0;
}

/* kind_of_list: what an item is that does not say it, or empty. */
static void take(struct objects *all, struct node *node, struct str kind_of_list, const char *path)
{
	struct import *im = all->im;
	struct str kind = kind_of_list;
	struct node *items;
	uint32_t i;

	if (node->kind != NODE_MAP) {
		diag_error(im->diag, node->loc, DIAG_TYPE_MISMATCH,
		    "an object of Kubernetes is a map, this is %s", node_kind_name(node->kind));
		return;
	}
	if (!import_string(im, node, "kind", &kind, NULL) && kind.len == 0) {
		diag_error(im->diag, node->loc, DIAG_MISSING_FIELD, "%s: nothing says what this object is",
		    kubernetes_path(im, path, "kind"));
		return;
	}
	if (node_find(node, "apiVersion") == NULL && kind_of_list.len == 0)
		diag_error(im->diag, node->loc, DIAG_MISSING_FIELD, "%s: nothing says which %.*s is meant",
		    kubernetes_path(im, path, "apiVersion"), STR_ARG(kind));
	if (!is_list(kind)) {
		add_object(all, node, kind, path);
		return;
	}
	kubernetes_fields(all->lists, node, "List", path);
	items = import_list(im, node, "items");
	kind.len -= 4;
	for (i = 0; items != NULL && i < items->n; i++)
		take(all, items->items[i], kind,
		    arena_printf(im->arena, "%s[%u]", kubernetes_path(im, path, "items"), (unsigned)i).ptr);
}

void kubernetes_objects(struct objects *all, struct node **roots, uint32_t n)
{
	uint32_t i;

	all->lists = arena_new(all->im->arena, struct pod);
	all->lists->im = all->im;
	for (i = 0; i < n; i++)
		take(all, roots[i], STR(""), "");
}

static const char *const value_fields[] = { "data", "stringData", "binaryData" };
enum { N_VALUE_FIELDS = sizeof(value_fields) / sizeof(value_fields[0]) };

/* The first time that this pod finds it. */
static void begin_use(struct pod *pod, struct object *o)
{
	uint32_t i;
	size_t k;

	o->user = pod;
	kubernetes_fields(pod, o->node, "Data", arena_printf(pod->im->arena, "%.*s %.*s", STR_ARG(o->kind),
	    STR_ARG(o->name)).ptr);
	for (k = 0; k < N_VALUE_FIELDS; k++) {
		const struct node *map = import_map(pod->im, o->node, value_fields[k]);

		for (i = 0; map != NULL && i < map->n; i++)
			map->entries[i].used = false;
	}
}

void kubernetes_values_left(struct pod *pod)
{
	uint32_t i;
	size_t k;

	for (i = 0; i < pod->objects->n; i++) {
		const struct object *o = &pod->objects->items[i];

		for (k = 0; o->user == pod && k < N_VALUE_FIELDS; k++)
			kubernetes_unasked_in(pod, import_map(pod->im, o->node, value_fields[k]),
			    arena_printf(pod->im->arena, "%.*s %.*s.%s", STR_ARG(o->kind), STR_ARG(o->name),
			    value_fields[k]).ptr);
	}
}

/* A pod or an object that does not say its namespace may be of any. */
static bool is_meant(const struct pod *pod, const struct object *o, const char *kind, struct str name)
{
	return str_is(o->kind, kind) && str_equal(o->name, name)
	    && (o->space.len == 0 || pod->space.len == 0 || str_equal(o->space, pod->space));
}

const struct object *kubernetes_find(struct pod *pod, const char *kind, struct str name)
{
	struct object *found = NULL;
	uint32_t i;

	for (i = 0; i < pod->objects->n; i++) {
		struct object *o = &pod->objects->items[i];

		if (!is_meant(pod, o, kind, name))
			continue;
		if (found == NULL)
			found = o;
		else if (found->user != pod)
			diag_error(pod->im->diag, o->loc, DIAG_DUPLICATE_NAME,
			    "this is a second %s '%.*s': of which namespace is the pod?", kind,
			    STR_ARG(name));
	}
	if (found != NULL && found->user != pod)
		begin_use(pod, found);
	return found;
}

/* ---- what they say ---- */

static int base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* RFC 4648 with padding; line ends are passed over, as Kubernetes does. */
static bool decode_base64(struct arena *a, struct str text, struct str *out)
{
	char *to = arena_alloc(a, text.len / 4 * 3 + 4);
	uint32_t bits = 0, n_bits = 0, n_digits = 0, n_pads = 0;
	size_t i, len = 0;

	for (i = 0; i < text.len; i++) {
		int digit = base64_digit(text.ptr[i]);

		if (isspace((unsigned char)text.ptr[i]))
			continue;
		if (text.ptr[i] == '=' && n_digits % 4 >= 2 && n_digits % 4 + n_pads < 4) {
			n_pads++;
			continue;
		}
		if (digit < 0 || n_pads > 0)
			return false;
		n_digits++;
		bits = bits << 6 | (uint32_t)digit;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			to[len++] = (char)(bits >> n_bits & 0xff);
		}
	}
	*out = (struct str){ to, len };
	return (n_digits + n_pads) % 4 == 0;
}

static struct entry *entry_at(const struct node *map, struct str key)
{
	uint32_t i;

	for (i = 0; map != NULL && i < map->n; i++)
		if (str_equal(map->entries[i].key, key))
			return &map->entries[i];
	return NULL;
}

bool kubernetes_value(struct import *im, const struct object *object, struct str key, struct value *out)
{
	bool is_secret = str_is(object->kind, "Secret");
	struct entry *entry = entry_at(is_secret ? import_map(im, object->node, "stringData") : NULL, key);
	bool is_plain = entry != NULL || !is_secret;

	if (entry == NULL)
		entry = entry_at(import_map(im, object->node, "data"), key);
	if (entry == NULL)
		return false;
	entry->used = true;
	*out = (struct value){ .text = entry->value->text, .from = entry->value->loc };
	if (entry->value->kind != NODE_STRING && entry->value->kind != NODE_NULL)
		diag_error(im->diag, entry->value->loc, DIAG_TYPE_MISMATCH,
		    "'%.*s' wants a string, this is %s", STR_ARG(key), node_kind_name(entry->value->kind));
	else if (!is_plain && !decode_base64(im->arena, entry->value->text, &out->text))
		diag_error(im->diag, entry->value->loc, DIAG_BAD_VALUE,
		    "a Secret's data is base64; plain text goes "
		    "to stringData");
	return true;
}

bool kubernetes_has_key(struct import *im, const struct object *object, struct str key)
{
	return entry_at(import_map(im, object->node, "data"), key) != NULL
	    || entry_at(import_map(im, object->node, "stringData"), key) != NULL
	    || entry_at(import_map(im, object->node, "binaryData"), key) != NULL;
}

static void add_keys(struct import *im, const struct node *map, struct values *keys)
{
	uint32_t i, k;

	for (i = 0; map != NULL && i < map->n; i++) {
		for (k = 0; k < keys->n && !str_equal(keys->items[k].text, map->entries[i].key); k++)
			continue;
		if (k == keys->n)
			values_add(im->arena, keys, map->entries[i].key, map->entries[i].loc);
	}
}

struct values kubernetes_keys(struct import *im, const struct object *object)
{
	struct values keys = { NULL, 0, 0 };

	add_keys(im, import_map(im, object->node, "data"), &keys);
	if (str_is(object->kind, "Secret"))
		add_keys(im, import_map(im, object->node, "stringData"), &keys);
	return keys;
}

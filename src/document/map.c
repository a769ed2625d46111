/* SPDX-License-Identifier: Apache-2.0
 *
 * map.c - see map.h.  Keys are compared in sorted order: a file may have one
 * map of half a million keys.
 */
#include "map.h"

#include <stdlib.h>

struct growing {
	struct entry *items;
	uint32_t n, cap;
};

static int by_key(const void *l, const void *r)
{
	const struct entry *const *left = l, *const *right = r;
	int order = str_compare((*left)->key, (*right)->key);

	return order != 0 ? order : (*left > *right) - (*left < *right);
}

/* The entries in the order of their keys, those of one key in the order of the file. */
static struct entry **sorted(struct arena *a, struct entry *entries, uint32_t n)
{
	struct entry **order = arena_array(a, n, struct entry *);
	uint32_t i;

	for (i = 0; i < n; i++)
		order[i] = &entries[i];
	if (n > 1)
		qsort(order, n, sizeof(struct entry *), by_key);
	return order;
}

static bool same_node(const struct node *l, const struct node *r)
{
	uint32_t i;

	if (l->kind != r->kind || l->n != r->n || !str_equal(l->text, r->text))
		return false;
	for (i = 0; i < l->n; i++) {
		if (l->kind == NODE_MAP && (!str_equal(l->entries[i].key, r->entries[i].key)
		    || !same_node(l->entries[i].value, r->entries[i].value)))
			return false;
		if (l->kind == NODE_LIST && !same_node(l->items[i], r->items[i]))
			return false;
	}
	return true;
}

/* A key that is there twice is an error, unless it says the same each time. */
static int check_unique(struct diag *d, struct entry *const *order, uint32_t n)
{
	uint32_t i;
	int failed = 0;

	for (i = 1; i < n; i++) {
		if (!str_equal(order[i - 1]->key, order[i]->key))
			continue;
		if (same_node(order[i - 1]->value, order[i]->value)) {
			diag_warning(d, order[i]->loc, DIAG_DUPLICATE_KEY, "'%.*s' is here twice and says the same",
			    STR_ARG(order[i]->key));
		} else {
			diag_error(d, order[i]->loc, DIAG_DUPLICATE_KEY, "'%.*s' is here twice",
			    STR_ARG(order[i]->key));
			failed = -1;
		}
		diag_note(d, order[i - 1]->loc, "it is here first");
	}
	return failed;
}

static void merge_map(struct arena *a, struct growing *all, const struct node *map)
{
	uint32_t i;

	for (i = 0; i < map->n; i++) {
		arena_push(a, all->items, all->n, all->cap);
		all->items[all->n] = map->entries[i];
		all->items[all->n++].used = false;
	}
}

static int merge(struct arena *a, struct diag *d, struct growing *all, const struct entry *entry)
{
	const struct node *value = entry->value;
	uint32_t i;

	if (value->kind == NODE_MAP) {
		merge_map(a, all, value);
		return 0;
	}
	for (i = 0; value->kind == NODE_LIST && i < value->n && value->items[i]->kind == NODE_MAP; i++)
		merge_map(a, all, value->items[i]);
	if (value->kind == NODE_LIST && i == value->n)
		return 0;
	diag_error(d, entry->loc, DIAG_BAD_VALUE, "what is merged is a map or a list of maps");
	return -1;
}

/* Of several entries of one key the first counts: the map's own, then what was
 * merged, in order.  The order of the rest is kept. */
static void keep_first(struct node *map, struct entry *const *order, uint32_t n)
{
	uint32_t i, kept = 0;

	for (i = 1; i < n; i++)
		if (str_equal(order[i - 1]->key, order[i]->key))
			order[i]->value = NULL;
	for (i = 0; i < map->n; i++)
		if (map->entries[i].value != NULL)
			map->entries[kept++] = map->entries[i];
	map->n = kept;
}

int map_finish(struct arena *a, struct diag *d, struct node *map)
{
	struct growing own = { NULL, 0, 0 };
	uint32_t i, n_merges = 0;
	struct entry **order;
	int failed = 0;

	for (i = 0; i < map->n; i++)
		n_merges += map->entries[i].used;
	if (n_merges == 0) {
		order = sorted(a, map->entries, map->n);
		failed = check_unique(d, order, map->n);
		keep_first(map, order, map->n);
		return failed;
	}
	for (i = 0; i < map->n; i++) {
		if (map->entries[i].used)
			continue;
		arena_push(a, own.items, own.n, own.cap);
		own.items[own.n++] = map->entries[i];
	}
	failed = check_unique(d, sorted(a, own.items, own.n), own.n);
	for (i = 0; i < map->n; i++)
		if (map->entries[i].used && merge(a, d, &own, &map->entries[i]) != 0)
			failed = -1;
	map->entries = own.items;
	map->n = own.n;
	order = sorted(a, own.items, own.n);
	keep_first(map, order, own.n);
	return failed;
}

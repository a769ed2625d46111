/* SPDX-License-Identifier: Apache-2.0
 *
 * pool.c - the pools of strings, patterns and lists: sorted, without doubles.
 */
#include "pool.h"

#include <stdlib.h>

#include "../base/bytes.h"

void pool_add(struct pool *p, struct arena *a, const void *ptr, size_t len)
{
	struct pool_entry entry = { ptr, len, false };

	arena_push(a, p->items, p->n, p->cap);
	p->items[p->n++] = entry;
}

static int compare_entries(const void *l, const void *r)
{
	const struct pool_entry *a = l, *b = r;

	return bytes_order(a->ptr, a->len, b->ptr, b->len);
}

void pool_sort(struct pool *p)
{
	uint32_t i, n = 0;

	if (p->n == 0)
		return;
	qsort(p->items, p->n, sizeof(*p->items), compare_entries);
	for (i = 0; i < p->n; i++)
		if (n == 0 || compare_entries(&p->items[n - 1], &p->items[i]) != 0)
			p->items[n++] = p->items[i];
	p->n = n;
}

uint32_t pool_find(const struct pool *p, const void *ptr, size_t len)
{
	struct pool_entry wanted = { ptr, len, false }, *found = NULL;

	if (p->n != 0)
		found = bsearch(&wanted, p->items, p->n, sizeof(*p->items), compare_entries);
	return found == NULL ? POOL_NONE : (uint32_t)(found - p->items);
}

bool pool_drop_unused(struct pool *p)
{
	uint32_t i, n = 0;
	bool dropped;

	for (i = 0; i < p->n; i++)
		if (p->items[i].is_used)
			p->items[n++] = p->items[i];
	dropped = n < p->n;
	p->n = n;
	return dropped;
}

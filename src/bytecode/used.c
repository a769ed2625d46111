/* SPDX-License-Identifier: Apache-2.0
 *
 * used.c - the entries of pools: no pool has an entry that nothing refers to: whoever takes an index
 * marks the entry.
 */
#include "open.h"

struct bc_span bc_span(const struct bc_pool *pool, uint32_t i, uint32_t unit)
{
	const uint8_t *end = pool->ends + 4 * (size_t)i;
	uint32_t start = i == 0 ? 0 : bc_get32(end - 4);
	struct bc_span span = { pool->base + (size_t)unit * start, bc_get32(end) - start };

	return span;
}

bool bc_mark(struct opener *o, enum pool pool, uint32_t i)
{
	uint8_t *byte = &o->p->marks[pool][i / 8], bit = (uint8_t)(1u << i % 8);
	bool is_new = (*byte & bit) == 0;

	*byte |= bit;
	return is_new;
}

void bc_judge_use(struct opener *o)
{
	const struct bc_pool *pools = o->p->pools;

	for (uint32_t which = IN_STRINGS; which <= IN_LISTS && o->error == BC_OK; which++) {
		for (uint32_t i = 0; i < pools[which].n && o->error == BC_OK; i++) {
			if (bc_mark(o, (enum pool)which, i))    /* the three errors are in the order of the pools */
				bc_fail(o, (enum bc_error)(BC_E_STRING_UNUSED + which),
				    (uint32_t)(pools[which].ends - o->p->bytes) + 4 * i);
		}
	}
}

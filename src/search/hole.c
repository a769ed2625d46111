/* SPDX-License-Identifier: Apache-2.0
 *
 * hole.c - the request that is being written, and how it is undone.
 */
#include "concrete.h"

#include "../bytecode/decode.h"

struct hole *hole_new(struct concrete *c, uint32_t type)
{
	struct hole *hole = arena_new(c->arena, struct hole);
	struct datum zero = datum_zero(type);
	uint32_t i, n;

	hole->type = type;
	hole->text = zero.text;
	hole->word = zero.word;
	if (BC_SHAPE(type) != BC_ONE || BC_BASE(type) != BC_RECORD)
		return hole;
	n = bc_record_len(c->policy, BC_INDEX(type));
	hole->items = arena_array(c->arena, n, struct hole *);
	hole->n_items = n;
	for (i = 0; i < n; i++)
		hole->items[i] = hole_new(c, bc_member_type(c->policy, BC_INDEX(type), i));
	return hole;
}

struct hole *hole_append(struct concrete *c, struct hole *list)
{
	struct hole *element = hole_new(c, bc_element(list->type));

	hole_touch(c, list);
	arena_push(c->arena, list->items, list->n_items, list->cap_items);
	list->items[list->n_items++] = element;
	c->version++;
	return element;
}

void hole_touch(struct concrete *c, struct hole *hole)
{
	arena_push(c->arena, c->trail, c->n_trail, c->cap_trail);
	c->trail[c->n_trail].hole = hole;
	c->trail[c->n_trail++].was = *hole;
}

void concrete_undo(struct concrete *c, uint32_t n)
{
	while (c->n_trail > n) {
		c->n_trail--;
		*c->trail[c->n_trail].hole = c->trail[c->n_trail].was;
	}
	c->version++;
}

void concrete_start(struct concrete *c, uint32_t event)
{
	const struct bc_event *e;
	uint32_t i;

	memset(c->memos, 0, sizeof(c->memos));
	c->version = 1;
	c->trail = NULL;
	c->n_trail = c->cap_trail = 0;
	c->event = event;
	c->fields = NULL;
	if (event == UINT32_MAX)
		return;
	e = &c->policy->events[event];
	c->fields = arena_array(c->arena, e->n_fields, struct hole *);
	for (i = 0; i < e->n_fields; i++)
		c->fields[i] = hole_new(c, bc_field_type(e, i));
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * state.c - the state as finite maps: reading it, staging the effects of a
 * step, and moving it.
 *
 * Staged entries are written into free slots, in the order in which the free
 * part of `order` has them; nothing live is touched before cpol_commit().
 * There is always a free slot: a map has as many more than its capacity as any
 * rule has PUTs for it.
 */
#include "bytecode/mem.h"
#include "step.h"

/* Called, not inlined, as are those below: it is less code. */
#define CALLED __attribute__((noinline))

static CALLED struct map *map_of(const struct cpol_group *g, uint32_t var)
{
	return &cpol_header(g)->maps[var];
}

static CALLED uint8_t *slot_of(const struct cpol_group *g, const struct map *map, uint32_t slot)
{
	return g->memory + map->slots_at + (size_t)slot * map->slot_len;
}

static uint32_t *words32(uint8_t *at)
{
	return (uint32_t *)(void *)at;
}

static uint64_t *words64(uint8_t *at)
{
	return (uint64_t *)(void *)at;
}

/* The longest text in a list, and the room of each.  Digests are kept as strings are. */
static uint32_t longest_text(const struct bc_var *v)
{
	return BC_BASE(v->value) == BC_DIGEST32 ? BC_DIGEST_LEN : v->value_len;
}

static uint32_t text_room(const struct bc_var *v)
{
	return (4 + longest_text(v) + 3) / 4 * 4;
}

/* The key or value of a type that is stored at `at`. */
static void load(const struct bc_var *v, uint32_t type, uint8_t *at, struct value *value)
{
	uint32_t base = BC_BASE(type), n = *words32(at);

	cpol_word(value, type, n);
	value->kind = cpol_kind(type, V_RANGE);
	if (BC_SHAPE(type) == BC_SET) {
		value->n = words32(at)[1];
		value->mask = at + 8;
	} else if (value->kind == V_WORD) {
		value->word = *words64(at);
	} else {
		value->n = n;
		value->ptr = at + 4;
	}
	if (BC_SHAPE(type) == BC_LIST) {
		value->ptr = at + 8;
		value->kind = base == BC_INTEGER ? V_CELLS : base == BC_TABLEROW ? V_WORDS : V_STRINGS;
		value->stride = value->kind == V_STRINGS ? (uint16_t)text_room(v) : 1;
	}
}

/* ---- reading ---- */

uint32_t state_count(const struct cpol_group *g, uint32_t map)
{
	return map_of(g, map)->n;
}

uint8_t *cpol_key_at(const struct cpol_group *g, uint32_t var, uint32_t i)
{
	const struct map *map = map_of(g, var);

	return slot_of(g, map, cpol_order_of(g, map)[i]);
}

void state_entry(const struct cpol_group *g, uint32_t map, uint32_t i, struct value *key,
    struct value *val)
{
	const struct bc_var *v = &g->policy->vars[map];
	uint8_t *slot = cpol_key_at(g, map, i);

	load(v, v->key, slot, key);
	if (val != NULL && v->value != 0)
		load(v, v->value, slot + map_of(g, map)->value_at, val);
}

bool state_find(const struct cpol_group *g, uint32_t map, const struct value *key, struct value *val)
{
	struct value found;
	uint32_t place;
	bool is_there = cpol_find(g, map, key, &place);

	if (is_there)
		state_entry(g, map, place, &found, val);
	return is_there;
}

uint64_t state_scalar(const struct cpol_group *g, uint32_t var)
{
	return cpol_header(g)->scalars[var];
}

/* ---- writing a slot ---- */

static enum cpol_reason store_rows(const struct view *v, uint8_t *at, const struct value *rows)
{
	uint32_t *head = words32(at), i = 0;
	struct value row;

	head[0] = head[1] = 0;
	while (cpol_next(v, rows, &i, &row)) {
		CPOL_METER(1);
		if (head[1] == 0)
			head[0] = (uint32_t)row.word;
		head[1] = (uint32_t)row.word - head[0] + 1;
	}
	CPOL_METER(((uint64_t)head[1] + 63) / 64);
	memset(at + 8, 0, ((size_t)head[1] + 63) / 64 * 8);
	i = 0;
	while (cpol_next(v, rows, &i, &row)) {
		CPOL_METER(1);
		cpol_mark(at + 8, (uint32_t)row.word - head[0]);
	}
	return CPOL_ALLOWED;
}

static enum cpol_reason store_text(uint8_t *at, const struct value *text, uint32_t most)
{
	if (text->n > most)
		return CPOL_TOO_LONG;
	CPOL_METER(text->n / 8);
	*words32(at) = text->n;
	memcpy(at + 4, text->ptr, text->n);
	return CPOL_ALLOWED;
}

/* As load() gives lists of its type. */
static enum cpol_reason store_list(const struct view *v, const struct bc_var *var, uint8_t *at,
    const struct value *list)
{
	enum cpol_reason reason = CPOL_ALLOWED;
	uint32_t n = 0, i = 0;
	struct value element;

	for (; reason == CPOL_ALLOWED && cpol_next(v, list, &i, &element); n++) {
		CPOL_METER(1);
		if (n == var->list_len)
			return CPOL_TOO_LONG;
		if (element.kind == V_BYTES)
			reason = store_text(at + 8 + (size_t)text_room(var) * n, &element, longest_text(var));
		else if (BC_BASE(var->value) == BC_TABLEROW)
			words32(at + 8)[n] = (uint32_t)element.word;
		else if (element.word <= var->bound)
			bc_put64(at + 8 + 8 * (size_t)n, element.word);
		else
			reason = CPOL_TOO_LARGE;
	}
	*words32(at) = n;
	return reason;
}

/* A key or value; `most` bounds a string. */
static enum cpol_reason store(const struct view *v, const struct bc_var *var, uint32_t type,
    uint8_t *at, const struct value *value, uint32_t most)
{
	if (BC_SHAPE(type) == BC_SET)
		return store_rows(v, at, value);
	if (BC_SHAPE(type) == BC_LIST)
		return store_list(v, var, at, value);
	if (value->kind == V_BYTES)
		return store_text(at, value, BC_BASE(type) == BC_DIGEST32 ? BC_DIGEST_LEN : most);
	*words64(at) = value->word;
	return CPOL_ALLOWED;
}

enum cpol_reason cpol_fill_slot(const struct view *v, uint32_t var, uint32_t slot,
    const struct value *key, const struct value *val)
{
	const struct cpol_group *g = v->now;
	const struct bc_var *of = &g->policy->vars[var];
	const struct map *map = map_of(g, var);
	uint8_t *at = slot_of(g, map, slot);
	enum cpol_reason reason = store(v, of, of->key, at, key, of->key_len);

	if (reason != CPOL_ALLOWED || of->value == 0)
		return reason;
	if (of->value == BC_TYPE(BC_ONE, BC_INTEGER, 0) && val->word > of->bound)
		return CPOL_TOO_LARGE;
	return store(v, of, of->value, at + map->value_at, val, of->value_len);
}

/* ---- staging ---- */

enum cpol_reason cpol_stage(const struct view *v, const struct step *step, const struct value *key,
    const struct value *val)
{
	const struct cpol_group *g = v->now;
	uint32_t var = step->index, puts = 0, place;
	const struct bc_var *of = &g->policy->vars[var];
	const struct map *map = map_of(g, var);
	struct work *work = cpol_work(g);
	struct stage *added = &work->stages[work->n_stages];
	bool is_there;

	if (work->n_stages == BC_WRITES_MAX)
		return CPOL_FAULT;
	for (const struct stage *s = work->stages; s < added; s++) {
		CPOL_METER(1);
		if (s->var != var)
			continue;
		if (step->op == BC_SETVAR || cpol_compare(&s->key, key) == 0)
			return CPOL_CONFLICT;
		puts += s->op == BC_PUT;
	}
	cpol_copy(&added->key, key);
	added->var = var;
	added->pc = step->pc;
	added->op = step->op;
	added->more = 0;
	work->n_stages++;
	if (step->op == BC_SETVAR)
		return BC_BASE(of->value) == BC_INTEGER && key->word > of->bound ? CPOL_TOO_LARGE : CPOL_ALLOWED;
	is_there = cpol_find(g, var, key, &place);
	if (step->op == BC_DEL) {
		added->more = -is_there;
		if (!is_there)
			return CPOL_ALLOWED;
	} else {
		added->more = !is_there;
		place = map->n + puts;
	}
	if (place >= map->n_slots)
		return CPOL_FAULT;
	added->slot = cpol_order_of(g, map)[place];
	return step->op == BC_DEL ? CPOL_ALLOWED : cpol_fill_slot(v, var, added->slot, key, val);
}

enum cpol_reason cpol_stage_room(const struct cpol_group *g, uint32_t *pc)
{
	const struct work *work = cpol_work(g);
	const struct stage *end = work->stages + work->n_stages;

	for (const struct stage *put = work->stages; put < end; put++) {
		const struct map *map = map_of(g, put->var);
		uint32_t n = map->n;

		if (put->more <= 0)
			continue;
		for (const struct stage *s = work->stages; s < end; s++) {
			CPOL_METER(1);
			if (s->var == put->var)
				n += (uint32_t)s->more;
		}
		if (n > map->capacity) {
			*pc = put->pc;
			return CPOL_TABLE_FULL;
		}
	}
	return CPOL_ALLOWED;
}

/* ---- moving ---- */

void cpol_move(struct cpol_group *g, uint32_t var, uint32_t slot, bool is_put)
{
	const struct bc_var *v = &g->policy->vars[var];
	struct map *map = map_of(g, var);
	uint32_t *order = cpol_order_of(g, map), *at, *end = order + map->n, *free = end, place;
	struct value key;
	bool is_there;

	load(v, v->key, slot_of(g, map, slot), &key);
	is_there = cpol_find(g, var, &key, &place);
	at = order + place;
	if (is_put) {
		for (; free < order + map->n_slots && *free != slot; free++)
			CPOL_METER(1);
		if (free == order + map->n_slots)
			return;
		*free = is_there ? *at : *end;
	}
	if (is_put != is_there) {
		CPOL_METER((map->n - place) / 2);
		memmove(at + is_put, at + !is_put, (size_t)((uint8_t *)end - (uint8_t *)(at + !is_put)));
		if (is_put) {
			map->n++;
		} else {
			map->n--;
			at = end - 1;
		}
	} else if (!is_put) {
		return;
	}
	*at = slot;
}

void cpol_commit(struct cpol_group *group)
{
	struct work *work;

	if (group->policy == NULL || !group->pending)
		return;
	work = cpol_work(group);
	for (uint32_t i = 0; i < work->n_stages; i++) {
		const struct stage *s = &work->stages[i];

		if (s->op == BC_SETVAR)
			cpol_header(group)->scalars[s->var] = s->key.word;
		else if (s->op == BC_PUT || s->more < 0)
			cpol_move(group, s->var, s->slot, s->op == BC_PUT);
	}
	cpol_abort(group);
}

void cpol_abort(struct cpol_group *group)
{
	if (group->policy == NULL)
		return;
	cpol_work(group)->n_stages = 0;
	group->pending = false;
}

/* ---- the first state ---- */

void state_clear(struct cpol_group *g)
{
	struct header *header = cpol_header(g);

	memset(header->scalars, 0, sizeof(header->scalars));
	for (uint32_t i = 0; i < g->policy->n_vars; i++) {
		struct map *map = &header->maps[i];

		map->n = 0;
		for (uint32_t k = 0; k < map->n_slots; k++)
			cpol_order_of(g, map)[k] = k;
	}
	cpol_abort(g);
}

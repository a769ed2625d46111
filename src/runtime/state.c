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

static uint8_t *slot_of(const struct cpol_group *g, const struct map *map, uint32_t slot)
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
static struct value load(const struct bc_var *v, uint32_t type, uint8_t *at)
{
	struct value value = cpol_word(type, 0);
	uint32_t base = BC_BASE(type), n = *words32(at);

	value.n = n;
	value.ptr = at + 8;
	if (BC_SHAPE(type) == BC_SET) {
		value.kind = V_BITS;
		value.word = n;
		value.n = words32(at)[1];
	} else if (BC_SHAPE(type) == BC_LIST) {
		value.kind = base == BC_INTEGER ? V_CELLS : base == BC_TABLEROW ? V_WORDS : V_STRINGS;
		value.stride = value.kind == V_STRINGS ? (uint16_t)text_room(v) : 1;
	} else if (base == BC_STRING || base == BC_DIGEST32) {
		value.kind = V_BYTES;
		value.ptr = at + 4;
	} else {
		value.word = *words64(at);
	}
	return value;
}

/* ---- reading ---- */

uint32_t state_count(const struct cpol_group *g, uint32_t map)
{
	return cpol_header(g)->maps[map].n;
}

void state_entry(const struct cpol_group *g, uint32_t map, uint32_t i, struct value *key,
    struct value *val)
{
	const struct bc_var *v = &g->policy->vars[map];
	const struct map *m = &cpol_header(g)->maps[map];
	uint8_t *slot = slot_of(g, m, cpol_order_of(g, m)[i]);

	*key = load(v, v->key, slot);
	if (val != NULL && v->value != 0)
		*val = load(v, v->value, slot + m->value_at);
}

bool state_find(const struct cpol_group *g, uint32_t map, const struct value *key, struct value *val)
{
	struct value found;
	uint32_t place;

	if (!cpol_find(g, map, key, &place))
		return false;
	state_entry(g, map, place, &found, val);
	return true;
}

uint64_t state_scalar(const struct cpol_group *g, uint32_t var)
{
	return cpol_header(g)->scalars[var];
}

/* ---- writing a slot ---- */

static enum cpol_reason store_rows(const struct view *v, uint8_t *at, const struct value *rows)
{
	struct value row = { 0 };
	uint32_t first = 0, extent = 0, i = 0;

	while (cpol_next(v, rows, &i, &row)) {
		CPOL_METER(1);
		if (extent == 0)
			first = (uint32_t)row.word;
		extent = (uint32_t)row.word - first + 1;
	}
	words32(at)[0] = first;
	words32(at)[1] = extent;
	CPOL_METER((extent + 63) / 64);
	memset(at + 8, 0, 8 * (((size_t)extent + 63) / 64));
	i = 0;
	while (cpol_next(v, rows, &i, &row)) {
		uint32_t bit = (uint32_t)row.word - first;

		CPOL_METER(1);
		words64(at + 8)[bit / 64] |= UINT64_C(1) << bit % 64;
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

/* An element of a list, as load() gives lists of its type. */
static enum cpol_reason store_element(const struct bc_var *var, uint8_t *at, uint32_t n, const struct value *element)
{
	if (element->kind == V_BYTES)
		return store_text(at + (size_t)text_room(var) * n, element, longest_text(var));
	if (BC_BASE(var->value) == BC_TABLEROW) {
		words32(at)[n] = (uint32_t)element->word;
		return CPOL_ALLOWED;
	}
	bc_put64(at + 8 * (size_t)n, element->word);
	return element->word <= var->bound ? CPOL_ALLOWED : CPOL_TOO_LARGE;
}

static enum cpol_reason store_list(const struct view *v, const struct bc_var *var, uint8_t *at,
    const struct value *list)
{
	struct value element;
	uint32_t n = 0, i = 0;

	while (cpol_next(v, list, &i, &element)) {
		enum cpol_reason reason = CPOL_TOO_LONG;

		CPOL_METER(1);
		if (n < var->list_len)
			reason = store_element(var, at + 8, n++, &element);
		if (reason != CPOL_ALLOWED)
			return reason;
	}
	*words32(at) = n;
	return CPOL_ALLOWED;
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
	const struct map *map = &cpol_header(g)->maps[var];
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
	const struct map *map = &cpol_header(g)->maps[var];
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
	added->key = *key;
	added->var = var;
	added->pc = step->pc;
	added->op = step->op;
	added->more = 0;
	work->n_stages++;
	if (step->op == BC_SETVAR)
		return BC_BASE(of->value) == BC_INTEGER && key->word > of->bound ? CPOL_TOO_LARGE : CPOL_ALLOWED;
	is_there = cpol_find(g, var, key, &place);
	if (step->op == BC_DEL && !is_there)
		return CPOL_ALLOWED;
	added->more = step->op == BC_DEL ? -1 : !is_there;
	if (step->op == BC_PUT)
		place = map->n + puts;
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
		const struct map *map = &cpol_header(g)->maps[put->var];
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

void cpol_bring_in(struct cpol_group *g, uint32_t var, uint32_t slot)
{
	const struct bc_var *v = &g->policy->vars[var];
	struct map *map = &cpol_header(g)->maps[var];
	struct value key = load(v, v->key, slot_of(g, map, slot));
	uint32_t *order = cpol_order_of(g, map), free = map->n, place;

	while (free < map->n_slots && order[free] != slot) {
		CPOL_METER(1);
		free++;
	}
	if (free == map->n_slots)
		return;
	if (cpol_find(g, var, &key, &place)) {
		order[free] = order[place];
	} else {
		CPOL_METER((map->n - place) / 2);
		order[free] = order[map->n];
		memmove(order + place + 1, order + place, 4 * (size_t)(map->n - place));
		map->n++;
	}
	order[place] = slot;
}

static void take_out(struct cpol_group *g, uint32_t var, uint32_t slot)
{
	const struct bc_var *v = &g->policy->vars[var];
	struct map *map = &cpol_header(g)->maps[var];
	struct value key = load(v, v->key, slot_of(g, map, slot));
	uint32_t *order = cpol_order_of(g, map), place;

	if (!cpol_find(g, var, &key, &place))
		return;
	CPOL_METER((map->n - place) / 2);
	map->n--;
	memmove(order + place, order + place + 1, 4 * (size_t)(map->n - place));
	order[map->n] = slot;
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
		else if (s->op == BC_PUT)
			cpol_bring_in(group, s->var, s->slot);
		else if (s->more < 0)
			take_out(group, s->var, s->slot);
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

/* SPDX-License-Identifier: Apache-2.0
 *
 * layout.c - the group's memory: what lies where, and how much is needed.
 *
 * A slot is a key and a value, each rounded up to 8 bytes.  A string or a digest
 * is its u32 length and room for the longest; a list its u32 length, 4 bytes of
 * nothing, and room for the most elements; a set of rows its first row and its
 * extent, both u32, and a bit for each row of the table, in u64.  A map has a
 * slot for each key it may hold, and spare ones for what one rule may add.
 *
 * What is made of the policy lies behind all that: see step.h.
 */
#include "bytecode/mem.h"
#include "step.h"

static uint64_t rounded(uint64_t bytes)
{
	return (bytes + 7) / 8 * 8;
}

static uint64_t value_len(const struct bc_policy *p, uint32_t type, uint64_t string, uint64_t list)
{
	bool is_one = BC_SHAPE(type) == BC_ONE;
	uint64_t element = 8;

	if (type == 0)
		return 0;
	if (BC_SHAPE(type) == BC_SET)
		return 8 + 8 * (((uint64_t)p->tables[BC_INDEX(type)].n_rows + 63) / 64);
	if (BC_BASE(type) == BC_STRING)
		element = (4 + string + 3) / 4 * 4;
	else if (BC_BASE(type) == BC_DIGEST32)
		element = 4 + BC_DIGEST_LEN;
	else if (BC_BASE(type) == BC_TABLEROW && !is_one)
		element = 4;
	return rounded(is_one ? element : 8 + element * list);
}

/* Fill `map` for a variable, and move *at past it. */
static void lay_map(const struct bc_policy *p, const struct cpol_options *options, uint32_t var,
    struct map *map, uint64_t *at)
{
	const struct bc_var *v = &p->vars[var];
	uint64_t slot;

	memset(map, 0, sizeof(*map));
	if (v->key == 0 || ((v->flags & 1) != 0 && !options->ghost))
		return;
	map->capacity = v->capacity;
	if (options->most_keys != 0 && options->most_keys < v->capacity)
		map->capacity = options->most_keys;
	map->n_slots = map->capacity + v->max_puts;
	map->value_at = (uint32_t)value_len(p, v->key, v->key_len, 0);
	slot = map->value_at + value_len(p, v->value, v->value_len, v->list_len);
	map->slot_len = (uint32_t)slot;
	map->order_at = *at;
	map->slots_at = *at + rounded(4 * (uint64_t)map->n_slots);
	*at = map->slots_at + slot * map->n_slots;
}

/* Steps for code at *at, which moves past them; made if there is memory. */
static struct steps lay_steps(const struct bc_policy *p, const struct bc_event *event,
    const struct bc_code *code, uint8_t *memory, uint64_t *at)
{
	struct step *made = memory != NULL ? (struct step *)(void *)(memory + *at) : NULL;
	struct steps steps = { *at, cpol_make_steps(p, event, code, made) };

	*at += rounded(steps.n * (uint64_t)sizeof(struct step));
	return steps;
}

/* What is made of the policy once: steps for each rule, room for those of one
 * claim, tables for the patterns. */
static uint64_t lay_policy(const struct bc_policy *p, struct header *header, uint64_t at)
{
	uint8_t *memory = (uint8_t *)header;
	uint64_t most = 0;

	for (uint32_t i = 0; i < p->n_events; i++) {
		struct steps steps = lay_steps(p, &p->events[i], &p->events[i].rule, memory, &at);

		if (header != NULL)
			header->rules[i] = steps;
	}
	for (uint32_t i = 0; i < p->n_claims; i++) {
		uint64_t end = at;

		lay_steps(p, bc_claim_event(p, &p->claims[i]), &p->claims[i].code, NULL, &end);
		most = end - at > most ? end - at : most;
	}
	if (header != NULL) {
		header->claim.at = at;
		header->claim_number = BC_CLAIMS_MAX;
		header->tables_at = at + most;
	}
	at += most;
	return at + cpol_make_tables(p, memory != NULL ? memory + at : NULL);
}

/* The whole, in bytes.  header may be NULL. */
static uint64_t lay_out(const struct bc_policy *p, const struct cpol_options *options,
    struct header *header)
{
	uint64_t at = rounded(sizeof(struct header)), state_len, scratch_len = rounded(p->max_scratch);
	struct map map;

	for (uint32_t i = 0; i < p->n_vars; i++)
		lay_map(p, options, i, header != NULL ? &header->maps[i] : &map, &at);
	state_len = at;
	at += rounded(sizeof(struct work));
	if (header != NULL) {
		header->state_len = state_len;
		header->scratch_at = at;
		header->scratch_len = scratch_len;
	}
	return lay_policy(p, header, at + scratch_len);
}

size_t cpol_memory(const struct cpol_policy *policy, const struct cpol_options *options)
{
	struct cpol_options none = { 0 };
	uint64_t len;

	if (policy->bc.bytes == NULL)
		return 0;
	len = lay_out(&policy->bc, options != NULL ? options : &none, NULL);
	return len <= SIZE_MAX ? (size_t)len : 0;
}

enum bc_error cpol_init(struct cpol_group *group, const struct cpol_policy *policy, void *memory,
    size_t len, const struct cpol_options *options)
{
	size_t needed = cpol_memory(policy, options);
	struct header *header = memory;

	memset(group, 0, sizeof(*group));
	if (needed == 0 || memory == NULL || len < needed || (uintptr_t)memory % 8 != 0)
		return BC_E_MEMORY;
	group->policy = &policy->bc;
	group->memory = memory;
	group->len = needed;
	if (options != NULL)
		group->options = *options;
	memset(memory, 0, needed);
	lay_out(&policy->bc, &group->options, header);
	state_clear(group);
	return BC_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * machine.h - what the files of the runtime share: values, the layout of a
 * group's memory, and staged effects.  Not installed.
 */
#ifndef COCOAPOL_MACHINE_H
#define COCOAPOL_MACHINE_H

#include "bytecode/decode.h"
#include "state.h"

/* What a decision and its commit do, in the steps of the static bound: a test may
 * count it, and hold the bound to it.  Elsewhere nothing is left of it. */
#ifndef CPOL_METER
#define CPOL_METER(steps) ((void)0)
#endif

/* What a test looks at: a bool, an int, a value of an enumeration, a row or a pattern;
 * or the bytes of a string or a digest; or what a list has. */
struct part {
	union { uint64_t word; const uint8_t *ptr; };
	uint32_t n;
};

/* An entry of a pool: a string, or a list, whose elements have 4 bytes. */
static inline struct part cpol_entry(const struct bc_pool *pool, uint32_t i, bool is_list)
{
	const uint8_t *ends = pool->ends + 4 * (size_t)i;
	uint32_t start = i == 0 ? 0 : bc_get32(ends - 4);
	struct part part;

	part.ptr = pool->base + (is_list ? 4 * (size_t)start : start);
	part.n = bc_get32(ends) - start;
	return part;
}

/* What values refer to. */
struct view {
	const struct bc_policy *policy;
	const uint8_t *request;
	const struct cpol_group *now, *before;
};

/* ---- values (value.c) ---- */

struct value cpol_word(uint32_t type, uint64_t word);
static inline struct value cpol_text(uint32_t type, const uint8_t *ptr, uint32_t n)
{
	struct value v = cpol_word(type, 0);

	v.kind = V_BYTES;
	v.ptr = ptr;
	v.n = n;
	return v;
}

struct value cpol_zero(uint32_t type);
/* The value of a u32 of a table or a list of the policy: a value_kind, in *v of
 * which the type is left alone. */
void cpol_pool_cell(const struct bc_policy *p, uint8_t kind, uint32_t cell, struct value *v);
/* The element at or after place *i, which moves past it; false: none is left.
 * element may be NULL. */
bool cpol_next(const struct view *v, const struct value *many, uint32_t *i, struct value *element);
uint32_t cpol_count(const struct view *v, const struct value *many);
/* Below 0, 0 or above 0. */
int cpol_compare(const struct value *a, const struct value *b);
/* Of lists, or of sets. */
bool cpol_equal_many(const struct view *v, const struct value *a, const struct value *b);
bool cpol_holds(const struct view *v, const struct value *many, const struct value *element);
static inline bool cpol_is_masked(const struct value *many)
{
	return many->kind == V_CELLS && many->mask != NULL;
}
/* The element at a place of a list, or its zero. */
void cpol_at(const struct view *v, const struct value *many, uint64_t place, struct value *out);
/* The keys of a map; `old`, if the group is that before the step. */
struct value cpol_keys(const struct cpol_group *g, uint32_t var, bool old);
/* The rows whose key is this. */
struct value cpol_key_rows(const struct view *v, uint32_t table, const struct value *key);

/* ---- the group's memory (state.c) ---- */

/* A map: where its order and slots are, from the start of the memory. */
struct map {
	uint64_t order_at, slots_at;    /* n_slots x u32; n_slots x slot_len */
	uint32_t n, capacity, n_slots, slot_len;
	uint32_t value_at;              /* in a slot */
};

/* An effect that waits for the others, then for the agent. */
struct stage {
	struct value key;               /* of SETVAR the value; else commit reads slots only */
	uint32_t var, pc, slot;         /* slot: the new entry, or the one to delete */
	uint8_t op;                     /* SETVAR, PUT or DEL */
	int32_t more;                   /* keys, when it is done: 1, 0 or -1 */
};

/* Locals, then a register for each place of the stack; then the request, as a record. */
#define REQUEST   (BC_SLOTS_MAX + BC_STACK_MAX)
#define REGISTERS (REQUEST + 1)

struct loop {
	struct value source, result;
	uint8_t *room;                  /* of WHERE and MAP */
	const struct step *begin;
	uint32_t next;                  /* the raw place after the element */
	uint32_t held;                  /* scratch that outlives a repetition */
	uint32_t unit;                  /* bytes from element to element, if they are met in turn; or 0 */
};

struct work {
	uint32_t n_stages;
	struct stage stages[BC_WRITES_MAX];
	struct value registers[REGISTERS];
	struct loop loops[BC_LOOPS_MAX];
};

/* Code as steps, from the start of the memory. */
struct steps { uint64_t at; uint32_t n; };

/* At the start of the memory; then the scalars, the maps, the work, scratch,
 * the steps of the rules and of one claim, the tables of the patterns. */
struct header {
	uint64_t state_len;             /* header, scalars and maps */
	uint64_t scratch_at, scratch_len, tables_at;
	struct steps rules[BC_EVENTS_MAX], claim;
	uint32_t claim_number;          /* whose steps they are; BC_CLAIMS_MAX: of none */
	/* The state: from here to state_len. */
	uint64_t scalars[BC_VARS_MAX];
	struct map maps[BC_VARS_MAX];
};

static inline struct header *cpol_header(const struct cpol_group *g)
{
	return (struct header *)(void *)g->memory;
}

static inline struct work *cpol_work(const struct cpol_group *g)
{
	return (struct work *)(void *)(g->memory + cpol_header(g)->state_len);
}

/* Whether the group keeps the variable: not, if it is a ghost and none are. */
static inline bool cpol_keeps(const struct cpol_group *g, uint32_t var)
{
	return (g->policy->vars[var].flags & 1) == 0 || g->options.ghost;
}

static inline uint32_t *cpol_order_of(const struct cpol_group *g, const struct map *map)
{
	return (uint32_t *)(void *)(g->memory + map->order_at);
}

/* Where a key is in the order, or would be. */
bool cpol_find(const struct cpol_group *g, uint32_t var, const struct value *key, uint32_t *place);
enum cpol_reason cpol_fill_slot(const struct view *v, uint32_t var, uint32_t slot,
    const struct value *key, const struct value *val);
/* Bring a filled free slot into the order; if its key is there, instead of the
 * slot that has it. */
void cpol_bring_in(struct cpol_group *g, uint32_t var, uint32_t slot);
/* Add an effect to the pending step; CPOL_ALLOWED if it can be. */
struct step;
enum cpol_reason cpol_stage(const struct view *v, const struct step *step, const struct value *key,
    const struct value *val);
/* Room for all that is staged: CPOL_ALLOWED, or CPOL_TABLE_FULL and *pc. */
enum cpol_reason cpol_stage_room(const struct cpol_group *g, uint32_t *pc);

/* ---- requests (request.c) ---- */

/* Whether a request is what cpol.h says; if so *number is its event. */
enum cpol_reason cpol_check_request(const struct bc_policy *p, const struct cpol_event *event,
    uint32_t *number, uint32_t *where);

#endif

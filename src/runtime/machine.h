/* SPDX-License-Identifier: Apache-2.0
 *
 * machine.h - what the files of the runtime share: values, the layout of a
 * group's memory, and staged effects.  Not installed.
 */
#ifndef COCOAPOL_MACHINE_H
#define COCOAPOL_MACHINE_H

#include "bytecode/decode.h"
#include "bytecode/mem.h"
#include "state.h"

/* What a decision and its commit do, in the steps of the static bound: a test may
 * count it, and hold the bound to it.  Elsewhere nothing is left of it. */
#ifndef CPOL_METER
#define CPOL_METER(steps) ((void)0)
#endif

/* What a test looks at, and what a value begins with: a bool, an int, a value of an
 * enumeration, a row or a pattern; or the bytes of a string or a digest; or what a
 * list has. */
struct part {
	union { uint64_t word; const uint8_t *ptr; };
	size_t n;                       /* no u32: nothing is lost in padding, where registers hold it */
};

BC_INLINE bool cpol_is_text(uint32_t type)
{
	return BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32;
}

/* 64 bits of a mask, the first in the lowest. */
BC_INLINE uint64_t cpol_bits64(const uint8_t *mask)
{
	return __builtin_bswap64(bc_get64(mask));
}

BC_INLINE void cpol_mark(uint8_t *mask, uint32_t i)
{
	mask[i / 8] |= (uint8_t)(1u << i % 8);
}

/* How a value of a type is found: `many`, if it is a list or a set. */
BC_INLINE uint8_t cpol_kind(uint32_t type, enum value_kind many)
{
	if (BC_SHAPE(type) != BC_ONE)
		return (uint8_t)many;
	return cpol_is_text(type) ? V_BYTES : V_WORD;
}

/* What is read where there is nothing.  Hidden: else it would be found by an address
 * that is relocated. */
extern const uint8_t cpol_zeros[BC_DIGEST_LEN] __attribute__((visibility("hidden")));

/* The zero of a type that is found so. */
struct part cpol_zero_part(uint32_t type, uint8_t kind);

/* What a u32 of a table or of a list of the policy is. */
BC_INLINE struct part cpol_in_pool(const struct bc_policy *p, uint8_t kind, uint32_t cell)
{
	bool is_text = kind == V_BYTES;
	struct bc_span span;
	struct part part;

	part.word = cell;
	part.n = 0;
	if (kind != V_WORD) {
		span = bc_span(is_text ? &p->strings : &p->lists, cell, is_text ? 1 : 4);
		part.ptr = span.ptr;
		part.n = span.n;
	}
	return part;
}

/* What a cell of a request is: a word, or else a text or a list. */
BC_INLINE struct part cpol_in_request(const uint8_t *request, bool is_word, const uint8_t *cell)
{
	struct part part;

	if (is_word) {
		part.word = bc_get64(cell);
		part.n = 0;
	} else {
		part.ptr = request + bc_get32(cell);
		part.n = bc_get32(cell + 4);
	}
	return part;
}

BC_INLINE void cpol_take(struct value *v, struct part part)
{
	v->word = part.word;
	v->n = (uint32_t)part.n;
}

/* Of two texts. */
BC_INLINE bool cpol_is_same(struct part a, struct part b)
{
	CPOL_METER(a.n == b.n ? a.n / 8 : 0);
	return a.n == b.n && memcmp(a.ptr, b.ptr, a.n) == 0;
}

/* What values refer to. */
struct view {
	const struct bc_policy *policy;
	const uint8_t *request;
	const struct cpol_group *now, *before;
};

/* ---- values (value.c) ---- */

/* Assignment is a slow loop where compilers build for size and without vectors; so is
 * an initializer. */
static inline void cpol_copy(struct value *to, const struct value *from)
{
	to->word = from->word;
	to->head = from->head;
	to->mask = from->mask;
	to->tail = from->tail;
}

/* A word of a type; or its zero. */
void cpol_word(struct value *v, uint32_t type, uint64_t word);
void cpol_zero(struct value *v, uint32_t type);
/* What is at a raw place of a list or a set, found as `kind` says. */
struct part cpol_part(const struct view *v, const struct value *many, uint8_t kind, uint32_t i);
/* Whether there is an element at or after place *i, which moves to it. */
bool cpol_masked_place(const struct value *many, uint32_t *i);
static inline bool cpol_place(const struct value *many, uint32_t *i)
{
	return many->mask == NULL ? *i < many->n : cpol_masked_place(many, i);
}
/* That element, and *i moves past it. */
bool cpol_next(const struct view *v, const struct value *many, uint32_t *i, struct value *element);
uint32_t cpol_count(const struct view *v, const struct value *many);
/* Below 0, 0 or above 0. */
int cpol_compare_parts(struct part a, struct part b, bool is_text);
int cpol_compare(const struct value *a, const struct value *b);
/* Of lists, or of sets. */
bool cpol_equal_many(const struct view *v, const struct value *a, const struct value *b);
bool cpol_holds(const struct view *v, const struct value *many, const struct value *element);
/* The element at a place of a list, or its zero. */
void cpol_at(const struct view *v, const struct value *many, uint64_t place, struct value *out);
/* The keys of a map; `old`, if the group is that before the step. */
void cpol_keys(const struct cpol_group *g, uint32_t var, bool old, struct value *keys);
/* The rows whose key is this. */
void cpol_key_rows(const struct view *v, uint32_t table, const struct value *key, struct value *rows);

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

/* Whether the group keeps the variable: not, if it is a ghost and none are. */
static inline bool cpol_keeps(const struct cpol_group *g, uint32_t var)
{
	return (g->policy->vars[var].flags & 1) == 0 || g->options.ghost;
}

static inline uint32_t *cpol_order_of(const struct cpol_group *g, const struct map *map)
{
	return (uint32_t *)(void *)(g->memory + map->order_at);
}

/* Where the i-th live key is stored. */
uint8_t *cpol_key_at(const struct cpol_group *g, uint32_t var, uint32_t i);
/* Where a key is in the order, or would be. */
bool cpol_find(const struct cpol_group *g, uint32_t var, const struct value *key, uint32_t *place);
enum cpol_reason cpol_fill_slot(const struct view *v, uint32_t var, uint32_t slot,
    const struct value *key, const struct value *val);
/* PUT: bring a filled free slot into the order; if its key is there, instead of the
 * slot that has it.  Else take the slot that has its key out. */
void cpol_move(struct cpol_group *g, uint32_t var, uint32_t slot, bool is_put);
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

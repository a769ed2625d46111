/* SPDX-License-Identifier: Apache-2.0
 *
 * decode.h - reading what bc_open() has validated.  Nothing here checks; every
 * index must come from validated bytes or have been compared with its count.
 */
#ifndef COCOAPOL_DECODE_H
#define COCOAPOL_DECODE_H

#include "bytecode.h"

/* Big-endian numbers, wherever they lie.  Inlined always: a load and a swap are
 * less than a call, which compilers see too late when they build for size. */
#define BC_INLINE static inline __attribute__((always_inline))

BC_INLINE uint32_t bc_get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define BC_NATIVE(bits, x) (x)
#else
#define BC_NATIVE(bits, x) __builtin_bswap##bits(x)
#endif

BC_INLINE uint32_t bc_get32(const uint8_t *p)
{
	uint32_t x;

	__builtin_memcpy(&x, p, sizeof(x));
	return BC_NATIVE(32, x);
}

BC_INLINE uint64_t bc_get64(const uint8_t *p)
{
	uint64_t x;

	__builtin_memcpy(&x, p, sizeof(x));
	return BC_NATIVE(64, x);
}

BC_INLINE void bc_put64(uint8_t *p, uint64_t x)
{
	x = BC_NATIVE(64, x);
	__builtin_memcpy(p, &x, sizeof(x));
}

struct bc_bytes {
	const uint8_t *ptr;
	uint32_t len;                   /* bytes; for lists, elements */
};

/* Entry i of a pool whose ends are in units of so many bytes.  As registers hold it:
 * without padding, which compilers clear or lose. */
struct bc_span {
	const uint8_t *ptr;
	size_t n;
};
struct bc_span bc_span(const struct bc_pool *pool, uint32_t i, uint32_t unit);

static inline struct bc_bytes bc_pool_entry(const struct bc_pool *pool, uint32_t i, uint32_t unit)
{
	struct bc_span span = bc_span(pool, i, unit);
	struct bc_bytes entry = { span.ptr, (uint32_t)span.n };

	return entry;
}

static inline struct bc_bytes bc_string(const struct bc_policy *p, uint32_t i)
{
	return bc_pool_entry(&p->strings, i, 1);
}

static inline struct bc_bytes bc_pattern(const struct bc_policy *p, uint32_t i)
{
	return bc_pool_entry(&p->patterns, i, 1);
}

/* len counts elements; element j is bc_get32(ptr + 4 * j). */
static inline struct bc_bytes bc_list(const struct bc_policy *p, uint32_t i)
{
	return bc_pool_entry(&p->lists, i, 4);
}

/* The type of an element of a list or set. */
static inline uint32_t bc_element(uint32_t type)
{
	return type & 0x00ffffffu;
}

static inline uint32_t bc_column_type(const struct bc_table *t, uint32_t column)
{
	return bc_get32(t->columns + 8 * (size_t)column + 4);
}

static inline uint32_t bc_cell(const struct bc_table *t, uint32_t row, uint32_t column)
{
	return bc_get32(t->rows + (size_t)row * t->row_len + 4 * (size_t)column);
}

static inline uint32_t bc_field_type(const struct bc_event *e, uint32_t field)
{
	return bc_get32(e->fields + 12 * (size_t)field + 4);
}

static inline uint32_t bc_field_most(const struct bc_event *e, uint32_t field)
{
	return bc_get32(e->fields + 12 * (size_t)field + 8);
}

static inline uint32_t bc_record_len(const struct bc_policy *p, uint32_t record)
{
	return bc_get32(p->records[record] + 8);
}

static inline uint32_t bc_member_type(const struct bc_policy *p, uint32_t record, uint32_t member)
{
	return bc_get32(p->records[record] + 12 + 8 * (size_t)member + 4);
}

static inline uint32_t bc_switch_type(const struct bc_policy *p, uint32_t i)
{
	return bc_get32(p->switches + 16 * (size_t)i + 4);
}

static inline uint64_t bc_switch_value(const struct bc_policy *p, uint32_t i)
{
	return bc_get64(p->switches + 16 * (size_t)i + 8);
}

/* The event whose fields a claim may read, or NULL. */
static inline const struct bc_event *bc_claim_event(const struct bc_policy *p, const struct bc_claim *c)
{
	return c->n_events == 1 ? &p->events[bc_get32(c->events)] : NULL;
}

static inline uint64_t bc_plus(uint64_t a, uint64_t b)
{
	return a < UINT64_MAX - b ? a + b : UINT64_MAX;
}

/* Whether an entry of PATTERNS has all texts.  Seven bytes are one state, which
 * accepts or would not be needed, and one range: here of all bytes. */
static inline bool bc_is_everything(struct bc_bytes pattern)
{
	return pattern.len == 7 && pattern.ptr[4] == 0 && pattern.ptr[5] == 255;
}

/* What opcodes.def says of an instruction. */
struct bc_insn {
	uint8_t len : 4;                /* bytes, operands included; 0: no opcode */
	uint8_t cost : 4;
	char pops[3], pushes;           /* up to 3 letters, then zeros */
};
const struct bc_insn *bc_insn(uint8_t op);

/* Instruction bytes, operands included; 0 for a byte that is no opcode. */
uint32_t bc_insn_len(uint8_t op);

/* How many values the instruction at `code` takes from the stack. */
uint32_t bc_insn_pops(const struct bc_policy *p, const uint8_t *code);

/* What orders the operands of AND and OR: by weight, then by bc_compare()
 * of mem.h.  The costs of opcodes.def added up in one scan over the bytes, whole
 * instructions all, blocks included, and BC_LOOP_WEIGHT more for each loop instruction. */
#define BC_LOOP_WEIGHT 64u
uint64_t bc_weight(const uint8_t *code, uint32_t len);

#endif

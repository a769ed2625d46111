/* SPDX-License-Identifier: Apache-2.0
 *
 * state.h - the state of a group as finite maps, for the interpreter and for
 * those who must look inside: the verifier's replay and the tests.  Not
 * installed.
 *
 * A map is a sorted order over slots: order[0..n) are live, ascending by key;
 * order[n..) are free.  A step's new entries are written into free slots while
 * it is pending; commit moves them into the order.  So a denial or an abort
 * leaves every live byte as it was.
 *
 * The memory holds no addresses: a copy of it, and of the group with `memory`
 * set to the copy, is a copy of the group (masks of a pending step apart).
 */
#ifndef COCOAPOL_STATE_H
#define COCOAPOL_STATE_H

#include "cpol.h"

/* A value in the interpreter.  Which members mean something follows from kind. */
enum value_kind {
	V_WORD,         /* word: bool, int, enumeration, row (BC_NO_ROW: none), pattern */
	V_BYTES,        /* ptr, n: string or digest */
	V_RECORD,       /* ptr: cells in the request */
	V_CELLS,        /* ptr: cells in the request, n elements of `stride` cells */
	V_POOL,         /* ptr: u32 elements of LISTS, or of a column: n of them, each `stride` x 4 bytes
	                   apart; `old`: each is a list in its turn */
	V_WORDS,        /* ptr: n x uint32_t in native order (MAP), 4-aligned */
	V_STRINGS,      /* ptr: n stored strings: u32 length (native), then bytes, each `stride` apart */
	V_RANGE,        /* rows word .. word + n - 1 of a table */
	V_KEYS          /* keys of the map `word`; `old`: before the step */
};
struct value {
	union { uint64_t word; const uint8_t *ptr; };
	union {
		struct {
			uint32_t n;
			uint16_t stride;
			uint8_t kind;
			bool old;
		};
		uint64_t head;          /* all of these */
	};
	/* Of CELLS and RANGE: NULL, or bit i%8 (1 << i%8) of byte i/8 says whether element
	 * i is there.  All of its bytes up to the next multiple of 8 can be read; no bit
	 * past n is set. */
	const uint8_t *mask;
	union {
		struct {
			uint32_t type;          /* a BC_TYPE, for the element type of lists */
			uint8_t from, slot;     /* of an operand of a step: see step.h */
		};
		uint64_t tail;
	};
};

/* Read a map or scalar of the committed state.  Indices are trusted. */
uint32_t state_count(const struct cpol_group *g, uint32_t map);
/* The i-th live entry by key order; *val is untouched for sets of keys. */
void state_entry(const struct cpol_group *g, uint32_t map, uint32_t i,
    struct value *key, struct value *val);
bool state_find(const struct cpol_group *g, uint32_t map, const struct value *key,
    struct value *val);
uint64_t state_scalar(const struct cpol_group *g, uint32_t var);

/* Write the committed state directly: replay and tests only, never decide.
 * false: no room, too long, or a step is pending.  Decisions rely on sets of rows
 * being no larger than what the rules put (struct bc_var). */
bool state_put(struct cpol_group *g, uint32_t map, const struct value *key,
    const struct value *val);
void state_set_scalar(struct cpol_group *g, uint32_t var, uint64_t word);
void state_clear(struct cpol_group *g);

/* Evaluate claim `claim` on the committed state of `now`; step claims also
 * look at the state `before` and the request of the step (both NULL for other
 * kinds).  A step claim is about the events it lists only.  false in *fault
 * unless the interpreter faulted, which is neither true nor false. */
bool cpol_claim_holds(struct cpol_group *now, const struct cpol_group *before,
    const struct cpol_event *event, uint32_t claim, bool *fault);

#endif

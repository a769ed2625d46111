/* SPDX-License-Identifier: Apache-2.0
 *
 * bytecode.h - the canonical bytes of a policy, and the only code that judges
 * whether bytes are a policy.  Freestanding; linked by the guest, the compiler
 * and the verifier alike.  cocoapol-bytecode(5) is the prose of this header.
 *
 * THE BYTES.  Integers are big-endian; "u32" has four bytes.  Nothing is
 * aligned and nothing is padded.
 *
 *   header    8 bytes "COCOAPOL", u32 version (2), u32 length of the whole,
 *             u32 x BC_N_SECTIONS lengths of the sections, which follow in
 *             this order without gaps and fill the whole exactly
 *
 *   META      u32 policy name, u64 svn, u32 framework name, u32 framework version
 *   STRINGS   u32 n, u32 x n ends, bytes.  Entry i is bytes[end[i-1], end[i]).
 *             Strictly ascending by memcmp, then length.  Every entry is used.
 *   PATTERNS  u32 n, u32 x n ends, bytes; ordered as STRINGS; every entry used.
 *             An entry is 0x00 and a u32 string: exactly that string; or
 *             0x01 and an automaton over bytes:
 *               u8 n states (1..255); (n+7)/8 bytes, bit i%8 (1 << i%8) of
 *               byte i/8: state i accepts (unused bits 0); then for each state
 *               u8 n ranges, and per range u8 first, u8 last, u8 target.
 *             Start is state 0; no range: reject.  Ranges are ascending,
 *             disjoint, and never touch with the same target.  The automaton
 *             is minimal and trimmed (every state is reached and reaches an
 *             accepting one; the empty language alone is one state that does
 *             not accept and has no range), numbered breadth-first by range
 *             order, and its language is not a single string.
 *   LISTS     u32 n, u32 x n ends (in elements), u32 elements.  Ordered by
 *             elements, then length, strictly.  Every entry is used.
 *   TYPES     u32 n enumerations, each: u32 name, u32 n, u32 x n value names,
 *             strictly ascending.  Then u32 n records, each: u32 name, u32
 *             keyed (0, 1), u32 n members, each: u32 name, u32 type.  If
 *             keyed, the first member is the key, a string.  The other members
 *             are ordered by name.  Enumerations and records by name.
 *   SWITCHES  u32 n, each: u32 name, u32 type (bool int enum string digest
 *             pattern), u64 value (or pool index).  By name.
 *   TABLES    u32 n, each: u32 name, u32 has key (0, 1), u32 n columns, each:
 *             u32 name, u32 type; u32 n rows, rows.  A cell is a u32: the
 *             value of a bool, int or enumeration; an index of STRINGS,
 *             PATTERNS or LISTS; a row number.  The key column, if any, is
 *             the first; others are ordered by name.  Rows ascend strictly
 *             (memcmp).  A table's depth is 0, or one more than the largest
 *             depth of the tables its columns refer to; tables are ordered by
 *             depth, then name, so columns refer to earlier tables only.
 *   STATE     u32 n variables, each 10 x u32: name, flags (1: ghost), key type
 *             (0: a scalar variable), value type (0: a set of keys), capacity
 *             (most live keys; 0 for a scalar), longest key in bytes (string
 *             keys; else 0), longest value string in bytes (values that hold
 *             strings; else 0), longest list (values that are lists; else 0),
 *             largest value (ints: the bound, high and low half; else 0, 0).
 *             By name.  A scalar starts at 0.
 *   EVENTS    u32 n, each: u32 name, u32 n fields, each: u32 name, u32 type,
 *             u32 most elements (lists and sets; else 0); u32 n outputs, each:
 *             u32 name, u32 type (bool or int).  By name; fields, outputs too.
 *   RULES     for each event its code, or none: denied.  Code is a u32 length
 *             in bytes and, if that is not 0, a u64 of steps and a u32 of
 *             bytes of scratch, the most that it can take, then instructions.
 *   CLAIMS    u32 n, each: u32 name, u32 kind, u32 n events, u32 x n events
 *             (ascending; none unless the kind is BC_ALWAYS), code.  By name.
 *
 * TYPES.  A type is a u32: shape << 24 | base << 16 | index.  The index names
 * the enumeration, table or record and is 0 for the other bases.
 *
 * CODE.  A rule is (LET | REQUIRE)*, then effects (SETVAR PUT DEL KEEP OUT)
 * each with the instructions that compute its operands, strictly ascending as
 * byte strings, then optionally GHOST and effects on ghost variables, likewise
 * ascending, then DONE.  A claim is the instructions of one bool.  Slots are
 * numbered from 0 in the order they come into scope: a LET takes the next, a
 * loop the next two and gives them back at the end of its block.  Every LET
 * is read.  The operands of a run of ANDs (a AND{ b AND{ c }}) ascend strictly
 * by cost of the operand, then by its bytes; those of ORs too; the first
 * operand of an AND is not itself an AND (nor OR of OR).  Of the two operands
 * of EQ, EQLIST and ADD the left is not greater than the right, as byte
 * strings.  NOT never follows NOT, TRUE or FALSE; TRUE and FALSE are operands
 * of neither AND nor OR.
 *
 * MEANING.  Every expression has a value: see opcodes.def for the zeros.  The
 * zero of a bool is false, of an int 0, of an enumeration its first value, of
 * a string the empty one, of a digest 32 zero bytes, of a pattern the language
 * without words, of a row "no row" (equal to itself, in no set of rows, its
 * columns zero), of a list or set the empty one.  What WHERE leaves of a list is
 * a list: places, LEN and AT count what is left.
 * All of a rule is computed in the state before the step; its effects happen
 * together, or the request is denied (table full, string or list too long for
 * its place, int above its bound, two effects on one key).
 */
#ifndef COCOAPOL_BYTECODE_H
#define COCOAPOL_BYTECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BC_MAGIC        "COCOAPOL"
#define BC_VERSION      2u
#define BC_N_SECTIONS   10
#define BC_HEADER_LEN   (16u + 4u * BC_N_SECTIONS)

enum bc_section {
	BC_SEC_META, BC_SEC_STRINGS, BC_SEC_PATTERNS, BC_SEC_LISTS, BC_SEC_TYPES,
	BC_SEC_SWITCHES, BC_SEC_TABLES, BC_SEC_STATE, BC_SEC_EVENTS, BC_SEC_CODE
};                              /* BC_SEC_CODE: RULES, then CLAIMS */

/* Limits.  What is over a limit is not a policy. */
#define BC_LEN_MAX      (64u << 20)     /* bytes of a policy */
#define BC_ENUMS_MAX    32u
#define BC_RECORDS_MAX  32u
#define BC_SWITCHES_MAX 64u
#define BC_TABLES_MAX   32u
#define BC_COLUMNS_MAX  64u
#define BC_VARS_MAX     64u
#define BC_EVENTS_MAX   64u
#define BC_FIELDS_MAX   48u
#define BC_OUTS_MAX     4u
#define BC_KEEPS_MAX    8u              /* KEEPs of one rule */
#define BC_MEMBERS_MAX  16u
#define BC_CLAIMS_MAX   128u
#define BC_CODE_MAX     32768u          /* bytes of one rule or claim */
#define BC_SCRATCH_MAX  0x7ffffff8u     /* bytes of scratch that one needs */
#define BC_STACK_MAX    16u             /* values */
#define BC_SLOTS_MAX    48u             /* locals */
#define BC_LOOPS_MAX    6u              /* nested loops */
#define BC_NEST_MAX     32u             /* nested blocks, loops included */
#define BC_WRITES_MAX   24u             /* SETVAR, PUT, DEL of one rule, ghost included */
#define BC_STATES_MAX   255u            /* of an automaton */
#define BC_CAPACITY_MAX 65535u          /* live keys of one map */
#define BC_KEY_LEN_MAX  4096u           /* bytes of a key or a string in the state */
#define BC_ELEMENTS_MAX 4096u           /* of a list in a request or the state */
#define BC_STRING_MAX   131072u         /* bytes of a string in a request or the pool */
#define BC_REQUEST_MAX  (1u << 20)      /* bytes of a request */
#define BC_ENTRIES_MAX  262144u         /* of a pool */

enum bc_base {
	BC_NOTHING = 0, BC_BOOL, BC_INTEGER, BC_ENUMERATION, BC_STRING, BC_DIGEST32,
	BC_LANGUAGE, BC_TABLEROW, BC_RECORD
};
enum bc_shape { BC_ONE = 0, BC_LIST, BC_SET };
#define BC_TYPE(shape, base, index) \
	((uint32_t)(shape) << 24 | (uint32_t)(base) << 16 | (uint32_t)(index))
#define BC_SHAPE(type)  ((type) >> 24)
#define BC_BASE(type)   ((type) >> 16 & 0xffu)
#define BC_INDEX(type)  ((type) & 0xffffu)
#define BC_NO_ROW       UINT32_C(0xffffffff)
#define BC_DIGEST_LEN   32u
/* What may be where (bc_open refuses the rest):
 *   switch   one: bool int enum string digest pattern
 *   column   one: all but record; list or set: bool int enum string digest row
 *            (not pattern; not record).  Sets are lists, strictly ascending.
 *   key      of a table: one: all but pattern, record; list: as of a column
 *   map key  one: string digest row int
 *   value    none; one: bool int enum string digest row; list: string digest
 *            row int; set: row only
 *   scalar   one: bool int enum
 *   field    one: bool int enum string digest; list or set: string digest int
 *            enum record (set of record: keyed records only)
 *   member   one: bool int enum string digest; list or set: string digest int
 *   local    anything, the values of loops included
 */

enum bc_claim_kind { BC_INVARIANT = 0, BC_ALWAYS = 1, BC_REACHABLE = 2 };

enum bc_op {
#define OP(name, code, operands, pops, pushes, cost, meaning) BC_##name = code,
#include "opcodes.def"
#undef OP
	BC_OP_END = 0x100
};

/* Why bytes are not a policy; one code per check. BC_OK is 0. */
enum bc_error {
#define ERR(name, text) BC_E_##name,
	BC_OK = 0,
#include "errors.def"
#undef ERR
	BC_E_COUNT
};

/* A validated table, variable, event and claim, as found in the bytes.
 * Pointers borrow the bytes. */
struct bc_table {
	uint32_t name, n_columns, n_rows, row_len;      /* row_len = 4 * n_columns */
	uint16_t has_key, depth;
	uint32_t max_group;             /* most rows that share one key; 0 without key */
	const uint8_t *columns;         /* n_columns x (u32 name, u32 type) */
	const uint8_t *rows;            /* n_rows x row_len */
};
struct bc_var {
	uint32_t name, flags;
	uint32_t key, value, capacity, key_len, value_len, list_len;    /* in a row */
	uint64_t bound;                 /* ints: largest value */
	uint32_t max_puts;              /* most PUTs of one rule; 0 for scalars */
};
struct bc_code {
	const uint8_t *ptr;
	uint32_t len;                   /* 0: none */
	uint64_t cost;                  /* steps, at most: a run that would take more is stopped */
	uint32_t scratch;               /* bytes, at most */
};
struct bc_event {
	uint32_t name, n_fields, n_outs;
	const uint8_t *fields;          /* n_fields x (u32 name, u32 type, u32 most) */
	const uint8_t *outs;            /* n_outs x (u32 name, u32 type) */
	struct bc_code rule;
};
struct bc_claim {
	uint32_t name, kind, n_events;
	const uint8_t *events;          /* n_events x u32 */
	struct bc_code code;
};
struct bc_pool { uint32_t n; const uint8_t *ends, *base; };

/* A validated view of the bytes; borrows them.  All zero: denies everything. */
struct bc_policy {
	const uint8_t *bytes;
	uint32_t len;
	uint32_t policy_name, framework_name, framework_version;
	uint64_t svn;
	uint32_t max_scratch;                           /* of any rule or claim */
	union {
		struct { struct bc_pool strings, patterns, lists; };
		struct bc_pool pools[3];
	};
	union {
		struct { uint32_t n_enums, n_records, n_switches, n_tables, n_vars, n_events, n_claims; };
		uint32_t counts[7];
	};
	const uint8_t *enums[BC_ENUMS_MAX];     /* u32 name, u32 n, u32 x n names */
	const uint8_t *records[BC_RECORDS_MAX]; /* u32 name, keyed, n, n x (name, type) */
	const uint8_t *switches;                /* n x (u32 name, u32 type, u64 value) */
	struct bc_table tables[BC_TABLES_MAX];
	struct bc_var vars[BC_VARS_MAX];
	struct bc_event events[BC_EVENTS_MAX];
	struct bc_claim claims[BC_CLAIMS_MAX];
	uint8_t marks[4][BC_ENTRIES_MAX / 8 + 1];       /* of bc_open(), while it runs */
};

/* Judge bytes.  BC_OK and *policy filled, or the first error found, *policy
 * all zero and *where (may be NULL) the byte offset.  The bytes must stay,
 * unchanged, in private memory for as long as the view is used.  Time is
 * bounded by a small multiple of len. */
enum bc_error bc_open(struct bc_policy *policy, const void *bytes, size_t len,
    size_t *where) __attribute__((warn_unused_result));

/* ---- reading validated bytes: decode.h has the inline accessors ---- */

#endif

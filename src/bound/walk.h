/* SPDX-License-Identifier: Apache-2.0
 *
 * walk.h - a walk over judged code with what is known of values in place of
 * values, shared by walk.c (blocks and statements) and costs.c (instructions).
 */
#ifndef COCOAPOL_WALK_H
#define COCOAPOL_WALK_H

#include "bound.h"
#include "../bytecode/decode.h"

#define TYPE_BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)
#define TYPE_INT  BC_TYPE(BC_ONE, BC_INTEGER, 0)
#define TYPE_TEXT BC_TYPE(BC_ONE, BC_STRING, 0)

struct table_facts {
	uint16_t longest[BC_COLUMNS_MAX];       /* bytes of the longest string of a column, elements
	                                           of the longest list; 0xffff: that or more */
	uint8_t alike[BC_COLUMNS_MAX];          /* at most so many rows have the same value in a
	                                           column; 255: that or more */
};
struct facts {
	const struct bc_policy *p;
	uint32_t longest;               /* bytes of the longest string of the pool */
	bool rows_grew;                 /* a rule puts more into a map than was known */
	struct table_facts tables[BC_TABLES_MAX];
	struct bound_var vars[BC_VARS_MAX];     /* as far as is known */
	uint8_t words[BC_SWITCHES_MAX]; /* of patterns: bytes of the longest word; 255: there is none */
};
struct facts *facts_of(struct arena *a, const struct bc_policy *p);

/* What code takes, given what the rules were seen to put into the state; of a rule,
 * more may be known of that afterwards. */
struct bound walk(struct facts *f, const struct bc_code *code, const struct bc_event *event);

/* Where a list or set comes from, as far as it matters. */
enum origin { FROM_ANYWHERE, FROM_FIELD, FROM_WHERE, FROM_KEYS };

/* What a bool always is. */
enum known { UNKNOWN, NEVER, ALWAYS };

/* What is known of a value before it is computed. */
struct shape {
	uint32_t type;
	uint32_t most;                  /* elements */
	uint32_t span;                  /* sets of rows: rows from the first to the last */
	uint32_t bytes;                 /* of a string, or of each element */
	uint32_t budget;                /* of a request: text in all, see walk.c; 0: that of the state or
	                                   the policy */
	uint8_t origin;
	uint8_t field;                  /* FROM_FIELD, FROM_WHERE of a list: of which field; of a column:
	                                   of which table */
	uint8_t loops;                  /* bit i: it depends on the element of the loop i of those open */
	uint8_t names;                  /* what few elements of a loop share: its number, plus one */
	uint8_t picks;                  /* a bool that holds for few elements of a loop: likewise */
	uint8_t few;                    /* of names, picks: how many share it, or how few: below 255 */
	uint8_t known;                  /* enum known, of a bool */
	uint8_t limit;                  /* of a bool: if it is true `field` is no longer; 0: any */
};
struct operand {
	struct shape shape;
	uint32_t made_at;               /* the instruction that made it, */
	uint8_t op;                     /* and which one that is */
};
struct block {
	uint32_t at, end;               /* the instruction, and where its block ends */
	uint64_t cost;                  /* of what came before, at the same level */
	uint64_t scratch;
	uint32_t budget;                /* to be restored, as is names, if `picks` */
	uint8_t op, depth, loops, picks, few;
	uint8_t known;                  /* the left operand */
	uint8_t field, limit;           /* a field of which the block knows more than what is around it */
	bool was_dead;                  /* around the block, too */
};

struct walk {
	struct facts *f;
	const struct bc_policy *p;
	const struct bc_event *event;   /* whose fields are read, or NULL */
	const uint8_t *code;
	uint32_t at, len;               /* at: the instruction being walked over */
	bool is_dead;                   /* the code is never reached, and costs nothing */
	uint32_t n_stack, n_slots, n_blocks, n_loops, n_writes;
	uint64_t cost;                  /* of the innermost block so far */
	uint64_t scratch, most_scratch, held;   /* bytes now, at most, and since the last LET */
	struct operand stack[BC_STACK_MAX];
	struct shape slots[BC_SLOTS_MAX];
	struct block blocks[BC_NEST_MAX];
	struct shape loops[BC_LOOPS_MAX];       /* what the open loops range over */
	uint8_t limits[BC_FIELDS_MAX];  /* of a field's text, as tested before; 0: none */
};

/* Saturating, as bc_plus(). */
uint64_t walk_times(uint64_t a, uint64_t b);
void walk_spend(struct walk *w, uint64_t steps);

/* An instruction that is neither logic, nor a loop, nor a statement: its result is
 * a bool or an int if opcodes.def says so, and has the loops of its operands. */
void walk_insn(struct walk *w, const struct operand *in, struct shape *out);
/* So many searches for a key of a map. */
void walk_search(struct walk *w, uint32_t var, const struct shape *key, uint32_t times);
/* Bytes of a text of a type, if it has so many at most; 0: the type has none. */
uint32_t walk_text_len(uint32_t type, uint32_t most);
/* Steps of reading all text of a value once. */
uint32_t walk_text_steps(const struct shape *s);

/* The index that follows the opcode. */
static inline uint32_t walk_index(const struct walk *w)
{
	return bc_get16(w->code + w->at + 1);
}

/* Words that a set of rows may have as bits, each met once when it is walked. */
static inline uint32_t walk_words(const struct shape *s)
{
	return s->span / 64 + (s->span % 64 != 0);
}

/* What an element is like. */
static inline uint32_t walk_element(uint32_t type)
{
	return type & 0x00ffffffu;
}

static inline bool walk_is_rows(const struct shape *s)
{
	return BC_SHAPE(s->type) == BC_SET && BC_BASE(s->type) == BC_TABLEROW && s->origin != FROM_KEYS;
}

#endif

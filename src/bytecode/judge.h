/* SPDX-License-Identifier: Apache-2.0
 *
 * judge.h - code under judgement: a stack of types in place of values, shared
 * by code.c (blocks and statements) and insn.c (single instructions).
 */
#ifndef COCOAPOL_JUDGE_H
#define COCOAPOL_JUDGE_H

#include "open.h"

#define TYPE_BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)
#define TYPE_INT  BC_TYPE(BC_ONE, BC_INTEGER, 0)
#define TYPE_TEXT BC_TYPE(BC_ONE, BC_STRING, 0)

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
	uint32_t budget;                /* of a request: text in all, see code.c; 0: that of the state or
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
	uint16_t start;                 /* its bytes are code[start, where the next begins) */
	uint16_t made_at;               /* the instruction that made it, */
	uint8_t op;                     /* and which one that is */
};
struct slot {
	struct shape shape;             /* type 0: the place of a set's element; unreadable */
};
struct block {
	uint16_t start;                 /* of what AND, OR or the loop took */
	uint16_t at, end;               /* the instruction, and where its block ends */
	uint64_t cost;                  /* of what came before, at the same level */
	uint32_t scratch;
	uint32_t budget;                /* to be restored, as is names, if `picks` */
	uint8_t op, depth, loops, picks, few;
	uint8_t known;                  /* the left operand */
	uint8_t field, limit;           /* a field of which the block knows more than what is around it */
	bool was_dead;                  /* around the block, too */
};

enum phase { PHASE_REQUIRE, PHASE_EFFECT, PHASE_GHOST, PHASE_DONE };

struct judge {
	struct opener *o;
	const struct bc_policy *p;
	const struct bc_event *event;   /* whose fields are readable, or NULL */
	const uint8_t *code;
	uint32_t at, len;               /* at: the instruction being judged */
	bool is_claim, is_step;         /* is_step: old state is readable */
	bool is_dead;                   /* the code is never reached, and costs nothing */
	enum phase phase;
	uint32_t n_stack, n_slots, n_blocks, n_loops, n_writes, n_keeps;
	uint32_t effect, effect_len;    /* the effect before this one; len 0: none */
	uint64_t cost;                  /* of the innermost block so far */
	uint32_t scratch, most_scratch, held;   /* bytes now, at most, and since the last LET */
	struct operand stack[BC_STACK_MAX];
	struct slot slots[BC_SLOTS_MAX];
	uint64_t unread;                /* bit i: slot i is a LET's, and nothing has read it */
	struct block blocks[BC_NEST_MAX];
	struct shape loops[BC_LOOPS_MAX];       /* what the open loops range over */
	uint8_t limits[BC_FIELDS_MAX];  /* of a field's text, as tested before; 0: none */
};

bool bc_judge_fail(struct judge *j, enum bc_error error);
/* Saturating, as bc_plus(). */
uint64_t bc_times(uint64_t a, uint64_t b);
void bc_spend(struct judge *j, uint64_t steps);
/* Bytes of a text of a type, if it has so many at most; 0: the type has none. */
uint32_t bc_text_len(uint32_t type, uint32_t most);
/* Steps of reading all text of a value once. */
uint32_t bc_text_steps(const struct shape *s);

/* An instruction that is neither logic, nor a loop, nor a statement: from its
 * operands, of the types that opcodes.def gives them, to its result. */
bool bc_judge_insn(struct judge *j, const struct operand *in, struct shape *out);
/* Whether a map has keys like this; charges so many searches. */
bool bc_judge_key(struct judge *j, const struct bc_var *v, const struct operand *key, uint32_t times);

/* The index that follows the opcode. */
static inline uint32_t bc_index(const struct judge *j)
{
	return bc_get16(j->code + j->at + 1);
}

/* Words that a set of rows may have as bits, each met once when it is walked. */
static inline uint32_t bc_words(const struct shape *s)
{
	return s->span / 64 + (s->span % 64 != 0);
}

/* The most keys that a map has in a state that rules can reach. */
static inline uint32_t bc_keys(const struct bc_var *v)
{
	return v->is_held ? v->capacity : 0;
}

/* What an element is like. */
static inline uint32_t bc_element(uint32_t type)
{
	return type & 0x00ffffffu;
}

static inline bool bc_is_rows(const struct shape *s)
{
	return BC_SHAPE(s->type) == BC_SET && BC_BASE(s->type) == BC_TABLEROW && s->origin != FROM_KEYS;
}

#endif

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

/* What is known of a value before it is computed. */
struct shape {
	uint32_t type;                  /* of a slot, 0: the place of a set's element; unreadable */
	uint16_t field;                 /* FROM_FIELD, FROM_WHERE of a list: of which field */
	uint16_t origin;
};
struct operand {
	struct shape shape;
	uint32_t start;                 /* its bytes are code[start, where the next begins) */
	uint32_t made_at;               /* the instruction that made it */
};
struct block {
	struct shape source;            /* of a loop: what it ranges over */
	uint32_t start;                 /* of what AND, OR or the loop took */
	uint32_t at, end;               /* the instruction, and where its block ends */
	struct operand *base;           /* the value that it leaves; what is below is out of reach */
};

enum phase { PHASE_REQUIRE, PHASE_EFFECT, PHASE_GHOST, PHASE_DONE };

struct judge {
	const uint8_t *code;
	struct operand *top;            /* above the values */
	struct block *block;            /* the innermost; the first is the whole */
	const struct bc_policy *p;
	struct opener *o;
	const struct bc_event *event;   /* whose fields are readable, or NULL */
	uint64_t unread;                /* bit i: slot i is a LET's, and nothing has read it */
	uint32_t at;                    /* the instruction being judged */
	uint32_t n_slots, n_loops, n_writes, n_keeps;
	uint32_t effect, effect_len;    /* the effect before this one; len 0: none */
	enum phase phase;
	bool is_claim, is_step;         /* is_step: old state is readable */
	uint8_t op;                     /* at `at`, */
	uint16_t index;                 /* and what follows it, if it has two bytes */
	uint8_t puts[BC_VARS_MAX];      /* of the rule, so far */
	struct operand stack[BC_STACK_MAX];
	struct shape slots[BC_SLOTS_MAX];
	struct block blocks[1 + BC_NEST_MAX];
};

/* An instruction that is neither logic, nor a loop, nor a statement: from its
 * operands, above the stack, of the types that opcodes.def gives them, to its result. */
enum bc_error bc_judge_insn(struct judge *j, struct shape *out);
/* Whether there is what the index after the opcode names. */
bool bc_index_fits(const struct judge *j);

static inline bool bc_is_rows(const struct shape *s)
{
	return BC_SHAPE(s->type) == BC_SET && BC_BASE(s->type) == BC_TABLEROW && s->origin != FROM_KEYS;
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * step.h - code as it is run: what cpol_init() makes of the instructions of a
 * rule, once.  Not installed.
 *
 * The stack is gone: an instruction that only reads (a constant, a local, a
 * field, a member, a column) becomes an operand of the one that takes its
 * value, and what must be computed first is left in a register.  A computed
 * bool is left in the machine's one flag, and the step that sets the flag may
 * turn it over, jump by it or deny the request: which is all that is left of
 * NOT, AND, OR and REQUIRE.
 * Of addresses steps hold none but those of the policy's bytes.
 */
#ifndef COCOAPOL_STEP_H
#define COCOAPOL_STEP_H

#include "machine.h"

/* An operand is a value that says where it comes from: `from`.  What is read is a
 * value of that kind, type and stride. */
enum operand_from {
	AT_REGISTER,            /* the value in register `slot` */
	AT_VALUE,               /* it is the value */
	AT_FLAG,                /* while steps are made only */
	AT_SCALAR,              /* variable `word` of the state; before the step, if `old` */
	/* `word` bytes into the record in register `slot`: */
	AT_CELL,                /* a word, */
	AT_SPAN,                /* or a text or a list */
	/* Of the row in register `slot`; ptr: the cell of the first of n rows, of `stride` bytes
	 * each: */
	AT_COLUMN,              /* a word, */
	AT_STRING,              /* a text, */
	AT_ELEMENTS             /* or a list */
};

/* Steps are called as the instruction that they come from (OLDHAS as HAS), but
 * for these. */
enum step_op {
	STEP_SAME = BC_EQCAT + 1,       /* EQ of strings or digests */
	STEP_EQUAL,             /* EQ of others; of a bool and TRUE: flag = a */
	STEP_COPY = 0x80,            /* register = a */
	STEP_SETBOOL,           /* register = flag */
	STEP_BRANCH,            /* nothing but its jump */
	STEP_NEXT               /* the end of a repetition; a is the row of MAP */
};
enum step_bits {
	STEP_NEGATED = 1,       /* the flag is turned over, before anything looks at it */
	STEP_JUMPS = 2,         /* if the flag then is as STEP_ON says */
	STEP_ON = 4,
	STEP_REQUIRES = 8,      /* the request is denied if the flag then is false */
	STEP_HOLDS = 16         /* scratch made so far outlives the statement */
};
/* Most repetitions end with the test that begins the block of a loop; it is made while
 * going on.  0: it does not; else */
enum step_scan {
	SCAN_READS = 3,         /* a bit for each of its operands that is of the element, */
	SCAN_PASSES = 4         /* times what the flag is when the element is passed over */
};
struct step {
	uint8_t op, bits;
	uint8_t dest;           /* a register */
	uint8_t slot;           /* of a loop's element; parts of MATCHCAT, EQCAT and BELOW; 1: old */
	uint16_t jump;          /* of a loop: when it has ended with the flag so */
	uint16_t past;          /* of a loop: past its NEXT */
	uint16_t pc;            /* of the instruction, in the code */
	uint16_t index;         /* the instruction's operand: a variable, a table, a field */
	uint8_t reads;          /* a bit for each operand that it has */
	/* Of a loop: */
	uint8_t gives;          /* the kind of its elements */
	uint8_t unit;           /* bytes from element to element, if they are met in turn; or 0 */
	uint8_t scan;           /* enum step_scan */
	struct value operands[2];       /* all zero: a register, and so those that it does not have */
};

/* ---- what a run works with ---- */

/* Locals, then a register for each place of the stack; then the request, as a record. */
#define REQUEST   (BC_SLOTS_MAX + BC_STACK_MAX)
#define REGISTERS (REQUEST + 1)

struct loop {
	const struct step *begin;
	uint8_t *room;                  /* of WHERE and MAP */
	uint32_t next;                  /* the raw place after the element */
	uint32_t held;                  /* scratch that outlives a repetition */
	struct value source, result;
	struct part parts[2];           /* of the test that begins the block, */
	uint8_t reads;                  /* and a bit for each that must be read again */
};

struct work {
	uint32_t n_stages;
	struct stage stages[BC_WRITES_MAX];
	struct value registers[REGISTERS];
	struct loop loops[1 + BC_LOOPS_MAX];    /* the first stands for none */
};

static inline struct work *cpol_work(const struct cpol_group *g)
{
	return (struct work *)(void *)(g->memory + cpol_header(g)->state_len);
}

/* Make the steps of code that bc_open() has judged; how many there are.
 * steps NULL: count them only.  `event` is whose fields are read, or NULL. */
uint32_t cpol_make_steps(const struct bc_policy *p, const struct bc_event *event,
    const struct bc_code *code, struct step *steps);

/* ---- automata as tables (tables.c) ---- */

/* The tables of the patterns of a policy; how many bytes they are.  tables NULL: only
 * say that. */
uint64_t cpol_make_tables(const struct bc_policy *p, uint8_t *tables);
/* Whether the whole of text is in the language of a pattern; no text is in
 * that of an index that is none. */
bool cpol_match(const struct cpol_group *g, uint64_t pattern, const uint8_t *text, uint32_t len);

#endif

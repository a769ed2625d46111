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
 * Steps hold no addresses.
 */
#ifndef COCOAPOL_STEP_H
#define COCOAPOL_STEP_H

#include "machine.h"

enum operand_kind {
	AT_REGISTER,            /* slot */
	AT_FLAG,                /* while steps are made only */
	AT_SCALAR,              /* variable `at` of the state; before the step, if `old` */
	AT_WORD,                /* `at` and `n` are its low and high half */
	AT_ROWS,                /* all n rows of a table; `at` is 0 */
	AT_TEXT,                /* n bytes, `at` in the policy */
	/* `at` in the record in `slot`, which may be REQUEST: */
	AT_CELL,                /* a word, */
	AT_SPAN,                /* or a text or a list */
	/* Of the row in `slot`; `at`: the cell of the first of n rows: */
	AT_COLUMN,              /* a word, */
	AT_STRING,              /* a text, */
	AT_ELEMENTS             /* or a list */
};
/* All zero: a register, and so what a step has that takes less than two. */
struct operand {
	/* Of the value, and in its order: */
	uint16_t stride;        /* cells of an element of a list; bytes of a row */
	uint8_t gives;          /* its kind */
	bool old;
	uint32_t type;
	uint8_t kind, slot;     /* enum operand_kind */
	uint32_t at, n;
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
struct step {
	uint8_t op, bits;
	uint8_t dest;           /* a register */
	uint8_t slot;           /* of a loop's element; parts of MATCHCAT, EQCAT and BELOW; 1: old */
	uint16_t jump;          /* of a loop: when it has ended with the flag so */
	uint16_t past;          /* of a loop: past its NEXT */
	uint16_t pc;            /* of the instruction, in the code */
	uint16_t index;         /* the instruction's operand: a variable, a table, a field */
	struct operand operands[2];
};

/* Make the steps of code that bc_open() has judged; how many there are.
 * steps NULL: count them only.  `event` is whose fields are read, or NULL. */
uint32_t cpol_make_steps(const struct bc_policy *p, const struct bc_event *event,
    const struct bc_code *code, struct step *steps);

/* ---- automata as tables (tables.c) ---- */

/* Bytes that cpol_make_tables() fills for the patterns of a policy. */
uint64_t cpol_tables_len(const struct bc_policy *p);
void cpol_make_tables(const struct bc_policy *p, uint8_t *tables);
/* Whether the whole of text is in the language of a pattern; no text is in
 * that of an index that is none. */
bool cpol_match(const struct cpol_group *g, uint64_t pattern, const uint8_t *text, uint32_t len);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * disasm.h - validated bytes as words: types, values and instructions.
 */
#ifndef COCOAPOL_DISASM_H
#define COCOAPOL_DISASM_H

#include "../base/arena.h"
#include "../bytecode/decode.h"

struct disasm_line {
	uint32_t pc, depth;             /* depth: in how many blocks */
	const char *op;
	struct str operand;             /* may be empty */
};

/* `event` is what FIELD is about; NULL in a claim without one. */
struct disasm_line *disasm(struct arena *a, const struct bc_policy *p,
    const struct bc_event *event, const struct bc_code *code, uint32_t *n);

struct str disasm_name(const struct bc_policy *p, uint32_t string);
/* In quotes; what is not printable is escaped as the language has it. */
struct str disasm_quoted(struct arena *a, struct bc_bytes text);
struct str disasm_type(struct arena *a, const struct bc_policy *p, uint32_t type);
/* A cell, or the value of a switch. */
struct str disasm_value(struct arena *a, const struct bc_policy *p, uint32_t type, uint64_t word);
/* The name of a value of an enumeration. */
struct str disasm_enumerator(const struct bc_policy *p, uint32_t enumeration, uint32_t value);

#endif

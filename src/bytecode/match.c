/* SPDX-License-Identifier: Apache-2.0
 *
 * match.c - what compiler, validator and interpreter must agree on to the bit:
 * how long an instruction is, what it weighs, and which strings a pattern has.
 */
#include "decode.h"
#include "mem.h"

#define LEN_NONE    1
#define LEN_U8      2
#define LEN_U16     3
#define LEN_U32     5
#define LEN_U64     9
#define LEN_U16_U16 5
#define LEN_U16_U32 7
#define LEN_U8_U16  4
#define LEN_U8_U16_U16 6

static const struct bc_insn insns[] = {
#define OP(name, code, operands, pops, pushes, cost, meaning) \
	[code] = { LEN_##operands, cost, pops, pushes[0] },
#include "opcodes.def"
#undef OP
};

const struct bc_insn *bc_insn(uint8_t op)
{
	return &insns[op < sizeof(insns) / sizeof(insns[0]) ? op : 0];
}

uint32_t bc_insn_len(uint8_t op)
{
	return bc_insn(op)->len;
}

uint32_t bc_insn_pops(const struct bc_policy *p, const uint8_t *code)
{
	const char *pops = bc_insn(code[0])->pops;
	uint32_t n = 0;

	if (code[0] == BC_EQCAT)
		return code[1] + UINT32_C(1);
	while (pops[n] != 0)
		n++;
	if (code[0] == BC_PUT && bc_get16(code + 1) < p->n_vars && p->vars[bc_get16(code + 1)].value == 0)
		n = 1;                          /* of a set of keys: the key alone */
	return n;
}

uint64_t bc_weight(const uint8_t *code, uint32_t len)
{
	uint64_t weight = 0;
	uint32_t at = 0;

	while (at < len && bc_insn_len(code[at]) != 0 && bc_insn_len(code[at]) <= len - at) {
		weight += bc_insn(code[at])->cost;
		if (code[at] >= BC_ALL && code[at] <= BC_MAP)
			weight += BC_LOOP_WEIGHT;
		at += bc_insn_len(code[at]);
	}
	return weight;
}

/* The state that the automaton goes to from a run of ranges, or n for none. */
static uint32_t follow(const uint8_t *ranges, uint32_t n_ranges, uint8_t byte, uint32_t n)
{
	uint32_t low = 0, high = n_ranges;

	while (low < high) {
		uint32_t middle = (low + high) / 2;
		const uint8_t *range = ranges + 3 * (size_t)middle;

		if (byte < range[0])
			high = middle;
		else if (byte > range[1])
			low = middle + 1;
		else
			return range[2];
	}
	return n;
}

/* States have no index in the bytes: before[s] counts the ranges of the states
 * below s, and is found as far as the run has come. */
static bool run(const uint8_t *automaton, const uint8_t *text, size_t len)
{
	uint32_t n = automaton[0], state = 0, known = 0;
	const uint8_t *accepts = automaton + 1, *states = accepts + (n + 7) / 8;
	uint16_t before[BC_STATES_MAX + 1];

	before[0] = 0;
	for (size_t i = 0; i < len; i++) {
		const uint8_t *at = states + state + 3 * (size_t)before[state];

		state = follow(at + 1, at[0], text[i], n);
		if (state == n)
			return false;
		for (; known < state; known++)
			before[known + 1] = (uint16_t)(before[known] +
			    states[known + 3 * (size_t)before[known]]);
	}
	return (accepts[state / 8] >> state % 8 & 1) != 0;
}

bool bc_match(const struct bc_policy *p, uint32_t pattern, const uint8_t *text, size_t len)
{
	struct bc_bytes entry, literal;

	if (pattern >= p->patterns.n)
		return false;
	entry = bc_pattern(p, pattern);
	if (entry.ptr[0] != 0)
		return run(entry.ptr + 1, text, len);
	literal = bc_string(p, bc_get32(entry.ptr + 1));
	return bytes_compare(literal.ptr, literal.len, text, len) == 0;
}

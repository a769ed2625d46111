/* SPDX-License-Identifier: Apache-2.0
 *
 * weight.c - what compiler, validator and interpreter must agree on to the bit:
 * how long an instruction is, what it takes, and what it weighs; and the order of
 * bytes.
 */
#include "decode.h"
#include "mem.h"

int bc_compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;
	int order = n == 0 ? 0 : memcmp(a, b, n);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

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

__attribute__((noinline)) const struct bc_insn *bc_insn(uint8_t op)
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
	while (n < sizeof(bc_insn(0)->pops) && pops[n] != 0)
		n++;
	if (code[0] == BC_PUT && bc_get16(code + 1) < p->n_vars && p->vars[bc_get16(code + 1)].value == 0)
		n = 1;                          /* of a set of keys: the key alone */
	return n;
}

uint64_t bc_weight(const uint8_t *code, uint32_t len)
{
	uint64_t weight = 0;

	for (uint32_t at = 0; at < len; ) {
		const struct bc_insn *insn = bc_insn(code[at]);

		weight += insn->cost;
		if (code[at] >= BC_ALL && code[at] <= BC_MAP)
			weight += BC_LOOP_WEIGHT;
		at += insn->len;
	}
	return weight;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * twin_vary.c - code that bc_open() takes and no compiler of ours writes: NOT
 * after loops and connectives, claims and rules with one instruction changed
 * for another of its kind.  What does not stay a policy is undone.
 */
#include <string.h>

#include "bytecode/decode.h"
#include "twin.h"

#define TRIES 24

static void add_to(uint8_t *at, uint32_t width, uint32_t n)
{
	uint32_t sum = n + (width == 2 ? bc_get16(at) : bc_get32(at));

	for (uint32_t i = 0; i < width; i++)
		at[i] = (uint8_t)(sum >> (8 * (width - 1 - i)));
}

static bool has_block(uint8_t op)
{
	return op == BC_AND || op == BC_OR || (op >= BC_ALL && op <= BC_MAP);
}

/* Where an instruction ends, with its block. */
static uint32_t end_of(const uint8_t *code, uint32_t at)
{
	uint32_t body = at + bc_insn_len(code[at]);

	return has_block(code[at]) ? body + bc_get16(code + body - 2) : body;
}

/* A NOT after the instruction at `at`, or after the block that is its own, in
 * all the blocks that are around it. */
static void insert_not(uint8_t *bytes, size_t *len, const struct bc_code *code, uint32_t at)
{
	uint8_t *rule = bytes + (code->ptr - bytes);
	uint32_t pos = end_of(rule, at);

	for (uint32_t i = 0; i < at; i += bc_insn_len(rule[i])) {
		if (has_block(rule[i]) && end_of(rule, i) >= pos)
			add_to(rule + i + bc_insn_len(rule[i]) - 2, 2, 1);
	}
	memmove(rule + pos + 1, rule + pos, *len - (size_t)(rule + pos - bytes));
	rule[pos] = BC_NOT;
	++*len;
	add_to(rule - 4, 4, 1);
	add_to(bytes + 16 + 4 * BC_SEC_CODE, 4, 1);
	add_to(bytes + 12, 4, 1);
}

/* Another instruction that takes and leaves the same, or another operand. */
static void change(uint8_t *insn, struct chance *c)
{
	static const uint8_t kin[][3] = {
		{ BC_ALL, BC_SOME, BC_COUNT }, { BC_AND, BC_OR, BC_AND }, { BC_LT, BC_LE, BC_LT },
		{ BC_ADD, BC_SUB, BC_ADD }, { BC_TRUE, BC_FALSE, BC_TRUE }, { BC_HAS, BC_OLDHAS, BC_HAS },
		{ BC_GET, BC_OLDGET, BC_GET }, { BC_VAR, BC_OLDVAR, BC_VAR }, { BC_KEYS, BC_OLDKEYS, BC_KEYS },
		{ BC_EMPTY, BC_NOT, BC_EMPTY }, { BC_ROWS, BC_NOROWS, BC_ROWS },
	};
	uint32_t len = bc_insn_len(insn[0]);

	if (!has_block(insn[0]) && len > 1 && chance_below(c, 2) == 0) {
		insn[len - 1] = (uint8_t)chance_below(c, 6);
		return;
	}
	for (uint32_t i = 0; i < sizeof(kin) / sizeof(kin[0]); i++)
		for (uint32_t k = 0; k < 3; k++)
			if (kin[i][k] == insn[0]) {
				insn[0] = kin[i][chance_below(c, 3)];
				return;
			}
}

static const struct bc_code *pick_code(const struct bc_policy *p, struct chance *c)
{
	uint32_t i = chance_below(c, p->n_events + p->n_claims);

	return i < p->n_events ? &p->events[i].rule : &p->claims[i - p->n_events].code;
}

/* Where an instruction is, or one that leaves a bool; the end, if there is none. */
static uint32_t pick_insn(const struct bc_code *code, bool is_bool, struct chance *c)
{
	uint32_t at = 0, n = 0, pick;

	for (; at < code->len; at += bc_insn_len(code->ptr[at]))
		n++;
	if (n == 0)
		return code->len;
	pick = chance_below(c, n);
	for (at = 0; pick > 0; pick--)
		at += bc_insn_len(code->ptr[at]);
	while (is_bool && at < code->len && bc_insn(code->ptr[at])->pushes != 'b')
		at += bc_insn_len(code->ptr[at]);
	return at;
}

size_t vary_policy(uint8_t *bytes, size_t len, struct chance *c, struct arena *a)
{
	struct bc_policy *p = arena_new(a, struct bc_policy);
	uint8_t *saved = arena_alloc(a, len + TRIES);

	for (uint32_t i = 0; i < TRIES; i++) {
		const struct bc_code *code;
		size_t before = len;
		bool is_not;
		uint32_t at;

		if (bc_open(p, bytes, len, NULL) != BC_OK)
			return 0;
		memcpy(saved, bytes, len);
		code = pick_code(p, c);
		is_not = chance_below(c, 2) == 0;
		at = pick_insn(code, is_not, c);
		if (at == code->len)
			continue;
		if (is_not)
			insert_not(bytes, &len, code, at);
		else
			change(bytes + (code->ptr - bytes) + at, c);
		if (bc_open(p, bytes, len, NULL) != BC_OK) {
			len = before;
			memcpy(bytes, saved, len);
		}
	}
	return len;
}

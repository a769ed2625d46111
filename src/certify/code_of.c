/* SPDX-License-Identifier: Apache-2.0
 *
 * code_of.c - the way back from tree.c.  Slots are numbered anew; operands that
 * may stand in any order are put in the one that is allowed.
 */
#include "code_of.h"

#include <stdlib.h>

#include "../base/bytes.h"
#include "../bytecode/decode.h"

enum operands { NONE, U8, U16, U32, U64, U16_U16, U16_U32, U8_U16, U8_U16_U16 };

static const enum operands operands_of[256] = {
#define OP(name, code, operands, pops, pushes, cost, meaning) [code] = operands,
#include "../bytecode/opcodes.def"
#undef OP
};

struct coder {
	struct arena *arena;
	uint32_t slots[BC_SLOTS_MAX];   /* by the expression's: the code's, plus 1; 0: out of scope */
	uint32_t n_slots;
	bool failed;
};

static struct bytes code_of(struct coder *c, const struct tree_expr *e);

static void append(struct bytes *to, const struct bytes *more)
{
	bytes_put(to, more->ptr, more->len);
}

static void put_length(struct coder *c, struct bytes *to, size_t len)
{
	if (len > UINT16_MAX)
		c->failed = true;
	bytes_put16(to, (uint32_t)(len & UINT16_MAX));
}

/* The opcode and what is fixed of its operands. */
static void put_insn(struct coder *c, struct bytes *to, const struct tree_expr *e, uint32_t slot)
{
	bytes_put8(to, (uint32_t)e->op);
	switch (operands_of[e->op]) {
	case NONE:
		break;
	case U8:
		bytes_put8(to, e->op == BC_EQCAT ? e->n_kids - 1 : slot);
		break;
	case U16:
		bytes_put16(to, (uint32_t)e->a);
		break;
	case U32:
		bytes_put32(to, (uint32_t)e->a);
		break;
	case U64:
		bytes_put64(to, e->a);
		break;
	case U16_U16:
		bytes_put16(to, (uint32_t)e->a);
		bytes_put16(to, (uint32_t)e->b);
		break;
	case U16_U32:
		bytes_put16(to, (uint32_t)e->a);
		bytes_put32(to, (uint32_t)e->b);
		break;
	case U8_U16: case U8_U16_U16:
		bytes_put8(to, slot);
		if (operands_of[e->op] == U8_U16_U16)
			bytes_put16(to, (uint32_t)e->a);
		break;
	}
	c->failed = c->failed || to->len > BC_CODE_MAX;
}

static int by_weight(const void *l, const void *r)
{
	const struct bytes *a = l, *b = r;
	uint64_t left = bc_weight(a->ptr, (uint32_t)a->len), right = bc_weight(b->ptr, (uint32_t)b->len);

	return left != right ? (left > right) - (left < right) : bytes_order(a->ptr, a->len, b->ptr, b->len);
}

struct operand_list {
	struct bytes *items;
	uint32_t n, cap;
};

static void collect(struct coder *c, const struct tree_expr *e, enum bc_op op, struct operand_list *list)
{
	if (e->op == op) {
		for (uint32_t i = 0; i < e->n_kids; i++)
			collect(c, e->kids[i], op, list);
		return;
	}
	arena_push(c->arena, list->items, list->n, list->cap);
	list->items[list->n++] = code_of(c, e);
}

/* a AND{ b AND{ c }}, without doubles. */
static struct bytes code_of_join(struct coder *c, const struct tree_expr *e)
{
	struct operand_list list = { 0 };
	uint32_t n = 0;
	struct bytes code;

	collect(c, e, e->op, &list);
	qsort(list.items, list.n, sizeof(struct bytes), by_weight);
	for (uint32_t i = 0; i < list.n; i++)
		if (n == 0 || by_weight(&list.items[n - 1], &list.items[i]) != 0)
			list.items[n++] = list.items[i];
	code = list.items[n - 1];
	for (uint32_t i = n - 1; i-- > 0;) {
		struct bytes block = code;

		code = (struct bytes){ .arena = c->arena };
		append(&code, &list.items[i]);
		bytes_put8(&code, (uint32_t)e->op);
		put_length(c, &code, block.len);
		append(&code, &block);
	}
	return code;
}

static struct bytes code_of_loop(struct coder *c, const struct tree_expr *e)
{
	struct bytes code = code_of(c, e->kids[0]), body;
	uint32_t slot = c->n_slots, outer[2];

	if (e->slot + 1 >= BC_SLOTS_MAX || slot + 1 >= BC_SLOTS_MAX) {
		c->failed = true;
		return code;
	}
	memcpy(outer, c->slots + e->slot, sizeof(outer));
	c->slots[e->slot] = slot + 1;
	c->slots[e->slot + 1] = slot + 2;
	c->n_slots += 2;
	body = code_of(c, e->kids[1]);
	c->n_slots -= 2;
	memcpy(c->slots + e->slot, outer, sizeof(outer));
	put_insn(c, &code, e, slot);
	put_length(c, &code, body.len);
	append(&code, &body);
	return code;
}

static struct bytes code_of(struct coder *c, const struct tree_expr *e)
{
	struct bytes code = { .arena = c->arena }, kids[5];
	uint32_t slot = 0;

	if (e->op == BC_AND || e->op == BC_OR)
		return code_of_join(c, e);
	if (tree_is_loop(e->op))
		return code_of_loop(c, e);
	c->failed = c->failed || e->n_kids > 5 || e->op == BC_FIELD || e->is_let;
	if (e->op == BC_LOCAL && e->slot < BC_SLOTS_MAX)
		slot = c->slots[e->slot];
	if (c->failed || (e->op == BC_LOCAL && slot == 0)) {
		c->failed = true;
		return code;
	}
	for (uint32_t i = 0; i < e->n_kids; i++)
		kids[i] = code_of(c, e->kids[i]);
	if ((e->op == BC_EQ || e->op == BC_EQLIST || e->op == BC_ADD) &&
	    bytes_order(kids[0].ptr, kids[0].len, kids[1].ptr, kids[1].len) > 0) {
		struct bytes left = kids[0];

		kids[0] = kids[1];
		kids[1] = left;
	}
	for (uint32_t i = 0; i < e->n_kids; i++)
		append(&code, &kids[i]);
	put_insn(c, &code, e, slot - 1);
	return code;
}

bool code_of_expr(struct arena *a, const struct tree_expr *e, struct bc_code *code)
{
	struct coder c = { .arena = a };
	struct bytes bytes = code_of(&c, e);

	*code = (struct bc_code){ .ptr = bytes.ptr, .len = (uint32_t)bytes.len };
	return !c.failed && bytes.len > 0 && bytes.len <= BC_CODE_MAX;
}

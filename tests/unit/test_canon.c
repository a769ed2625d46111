/* SPDX-License-Identifier: Apache-2.0
 *
 * test_canon.c - random rules as IR, and the same rules spelled otherwise:
 * operands in another order, nested, doubled, doubly negated.  The bytes must
 * be equal, be accepted, and mean what the tree means.
 */
#include "bytecode/decode.h"
#include "compiler/emit.h"
#include "runtime/cpol.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 2000, N_BOOLS = 4, LIST_LEN = 3, DEPTH = 5 };

static struct arena arena;
static uint64_t seed = 88172645463325252u;

/* bools a b c d, then `e : list(3) of int` */
static struct ir_field fields[N_BOOLS + 1];
static struct ir_event event;
static struct ir_event *events[1] = { &event };
static struct ir_local *lets[2];        /* of bools, defined by the rule */

static uint32_t any(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 33) % n;
}

static struct ir_expr *node(enum bc_op op, uint32_t n_kids)
{
	struct ir_expr *e = arena_new(&arena, struct ir_expr);

	e->op = op;
	e->n_kids = n_kids;
	e->kids = arena_array(&arena, (size_t)n_kids + 1, struct ir_expr *);
	return e;
}

static struct ir_expr *number(uint64_t value)
{
	struct ir_expr *e = node(BC_INT, 0);

	e->integer = value;
	return e;
}

static struct ir_expr *string(void)
{
	static const char texts[] = "klmnopqrstuvwxyz";
	struct ir_expr *e = node(BC_STR, 0);

	e->text = (struct str){ &texts[any(sizeof(texts) - 1)], 1 };
	return e;
}

/* `element` is the variable of the loop around, or NULL. */
static struct ir_expr *grow(uint32_t depth, uint32_t n_lets, struct ir_local *element)
{
	uint32_t choice = any(depth == 0 ? 4 : 10), i;
	struct ir_expr *e;

	if (choice == 0 && any(4) == 0)
		return node(any(2) ? BC_TRUE : BC_FALSE, 0);
	if (choice == 1 && n_lets > 0) {
		e = node(BC_LOCAL, 0);
		e->local = lets[any(n_lets)];
	} else if (choice == 2 && element != NULL) {
		e = node(any(2) ? BC_LT : BC_EQ, 2);
		e->kids[0] = node(BC_LOCAL, 0);
		e->kids[0]->local = element;
		e->kids[1] = number(any(3));
	} else if (choice <= 3) {
		e = node(BC_FIELD, 0);
		e->field = &fields[any(N_BOOLS)];
	} else if (choice == 9) {
		e = node(BC_EQ, 2);
		e->kids[0] = string();
		e->kids[1] = string();
	} else if (choice == 4) {
		e = node(BC_NOT, 1);
		e->kids[0] = grow(depth - 1, n_lets, element);
	} else if (choice == 5 && depth > 1) {
		e = node(any(2) ? BC_SOME : BC_ALL, 2);
		e->element = arena_new(&arena, struct ir_local);
		e->kids[0] = node(BC_FIELD, 0);
		e->kids[0]->field = &fields[N_BOOLS];
		e->kids[1] = grow(depth - 2, n_lets, e->element);
	} else {
		e = node(any(2) ? BC_AND : BC_OR, any(4));
		for (i = 0; i < e->n_kids; i++)
			e->kids[i] = grow(depth - 1, n_lets, element);
	}
	return e;
}

static struct ir_expr *respell(const struct ir_expr *e);

/* The kids in another order, some of them twice, a run of them in a nest. */
static struct ir_expr *respell_junction(const struct ir_expr *e)
{
	struct ir_expr *result = node(e->op, 2 * e->n_kids + 1), *nest, *swap;
	uint32_t n = 0, i, other;

	for (i = 0; i < e->n_kids; i++) {
		result->kids[n++] = respell(e->kids[i]);
		if (any(4) == 0)
			result->kids[n++] = respell(e->kids[i]);
	}
	if (any(4) == 0)
		result->kids[n++] = node(e->op == BC_AND ? BC_TRUE : BC_FALSE, 0);
	for (i = 0; i < n; i++) {
		other = any(n);
		swap = result->kids[i];
		result->kids[i] = result->kids[other];
		result->kids[other] = swap;
	}
	if (n > 1 && any(2)) {
		nest = node(e->op, any(n));
		n -= nest->n_kids;
		for (i = 0; i < nest->n_kids; i++)
			nest->kids[i] = result->kids[n + i];
		result->kids[n++] = nest;
	}
	result->n_kids = n;
	return result;
}

static struct ir_expr *respell(const struct ir_expr *e)
{
	struct ir_expr *result = arena_new(&arena, struct ir_expr), *negated;
	uint32_t i;

	if (e->op == BC_AND || e->op == BC_OR) {
		result = respell_junction(e);
	} else {
		*result = *e;
		result->kids = arena_array(&arena, (size_t)e->n_kids + 1, struct ir_expr *);
		for (i = 0; i < e->n_kids; i++)
			result->kids[i] = respell(e->kids[e->op == BC_EQ ? 1 - i : i]);
	}
	if (e->op != BC_FIELD || e->field != &fields[N_BOOLS]) {
		if (any(8) == 0 && e->op != BC_INT && e->op != BC_STR && (e->op != BC_LOCAL || e->local == lets[0]
		    || e->local == lets[1])) {
			negated = node(BC_NOT, 1);
			negated->kids[0] = result;
			result = node(BC_NOT, 1);
			result->kids[0] = negated;
		}
	}
	return result;
}

struct request { bool bools[N_BOOLS]; uint64_t list[LIST_LEN]; uint32_t n; };

/* What the tree means; *element is the loop's value. */
static uint64_t meaning(const struct ir_expr *e, const struct request *r, const bool *let_values,
    const uint64_t *element)
{
	uint64_t l, holds;
	uint32_t i;

	switch ((int)e->op) {
	case BC_TRUE: case BC_FALSE:
		return e->op == BC_TRUE;
	case BC_INT:
		return e->integer;
	case BC_STR:
		return (uint8_t)e->text.ptr[0];
	case BC_FIELD:
		return r->bools[e->field - fields];
	case BC_LOCAL:
		return e->local == lets[0] ? let_values[0] : e->local == lets[1] ? let_values[1]
		    : *element;
	case BC_NOT:
		return !meaning(e->kids[0], r, let_values, element);
	case BC_LT: case BC_EQ:
		l = meaning(e->kids[0], r, let_values, element);
		holds = meaning(e->kids[1], r, let_values, element);
		return e->op == BC_LT ? l < holds : l == holds;
	case BC_AND: case BC_OR:
		for (i = 0; i < e->n_kids; i++)
			if (meaning(e->kids[i], r, let_values, element) != (e->op == BC_AND))
				return e->op == BC_OR;
		return e->op == BC_AND;
	case BC_SOME: case BC_ALL:
		for (i = 0; i < r->n; i++)
			if (meaning(e->kids[1], r, let_values, &r->list[i]) != (e->op == BC_ALL))
				return e->op == BC_SOME;
		return e->op == BC_ALL;
	}
	abort();
}

static size_t put64(uint8_t *at, uint64_t value)
{
	int i;

	for (i = 7; i >= 0; i--, value >>= 8)
		at[i] = (uint8_t)value;
	return 8;
}

static bool decide(const struct bc_policy *p, void *memory, size_t memory_len,
    const struct request *r)
{
	uint8_t bytes[8 * (1 + N_BOOLS + 1 + LIST_LEN)];
	size_t list = 8 * (1 + N_BOOLS + 1);
	struct cpol_policy policy = { *p };
	struct cpol_group group;
	struct cpol_event request = { bytes, list + 8 * r->n };
	uint32_t i;

	put64(bytes, list + 8 * r->n);
	for (i = 0; i < N_BOOLS; i++)
		put64(bytes + 8 + 8 * fields[i].number, r->bools[i]);
	put64(bytes + 8 + 8 * fields[N_BOOLS].number, (uint64_t)list << 32 | r->n);
	for (i = 0; i < r->n; i++)
		list += put64(bytes + list, r->list[i]);
	if (cpol_init(&group, &policy, memory, memory_len, NULL) != BC_OK)
		abort();
	return cpol_decide(&group, &request).allowed;
}

/* Two lets, two requirements of a `restrict`, one of the rule; that one is
 * written twice in the other spelling. */
static void make_rule(struct ir_stmt *stmts, struct ir_expr *const exprs[5], bool swap)
{
	static const enum ir_stmt_kind kinds[5] = { IR_REQUIRE, IR_REQUIRE, IR_LET, IR_LET, IR_REQUIRE };
	uint32_t i;

	memset(stmts, 0, 6 * sizeof(*stmts));
	for (i = 0; i < 5; i++) {
		stmts[i].kind = kinds[i];
		stmts[i].value = exprs[swap && i < 2 ? 1 - i : i];
		stmts[i].local = kinds[i] == IR_LET ? lets[i - 2] : NULL;
	}
	stmts[5] = stmts[4];
}

static struct canonical compile(struct ir_expr *const exprs[5], bool swap)
{
	struct ir_policy ir = { .policy_name = STR("p"), .framework_name = STR("f"),
		.events = events, .n_events = 1 };
	struct diag d = { .out = stdout };
	struct ir_stmt stmts[6];
	struct canonical image;

	make_rule(stmts, exprs, swap);
	event.stmts = stmts;
	event.n_stmts = swap ? 6 : 5;
	event.n_restricts = 2;
	if (emit(&arena, &ir, &d, &image) != 0) {
		printf("not ok - emitted\n");
		exit(1);
	}
	return image;
}

static bool means_the_same(const struct canonical *image, struct ir_expr *const exprs[5])
{
	struct bc_policy p;
	struct cpol_policy policy;
	struct request r;
	bool values[2], wanted;
	size_t len;
	void *memory;
	uint32_t i, round;

	if (bc_open(&p, image->ptr, image->len, NULL) != BC_OK)
		return false;
	policy.bc = p;
	len = cpol_memory(&policy, NULL);
	memory = arena_alloc(&arena, len);
	for (round = 0; round < 24; round++) {
		for (i = 0; i < N_BOOLS; i++)
			r.bools[i] = any(2);
		r.n = any(LIST_LEN + 1);
		for (i = 0; i < r.n; i++)
			r.list[i] = any(3);
		values[0] = meaning(exprs[2], &r, values, NULL) != 0;
		values[1] = meaning(exprs[3], &r, values, NULL) != 0;
		wanted = meaning(exprs[0], &r, values, NULL) && meaning(exprs[1], &r, values, NULL)
		    && meaning(exprs[4], &r, values, NULL);
		if (decide(&p, memory, len, &r) != wanted)
			return false;
	}
	return true;
}

int main(void)
{
	static const char *const names[] = { "d", "a", "c", "b", "e" };
	bool equal = true, right = true;
	struct ir_expr *exprs[5], *others[5];
	struct canonical image, other;
	uint32_t i, round;

	for (i = 0; i <= N_BOOLS; i++)
		fields[i] = (struct ir_field){ .name = { names[i], 1 },
			.type = { .base = i < N_BOOLS ? BC_BOOL : BC_INTEGER,
			    .shape = i < N_BOOLS ? BC_ONE : BC_LIST },
			.most = i < N_BOOLS ? 0 : LIST_LEN };
	event = (struct ir_event){ .name = STR("ask"), .fields = fields, .n_fields = N_BOOLS + 1,
		.has_rule = true };
	for (round = 0; round < ROUNDS && equal && right; round++) {
		lets[0] = arena_new(&arena, struct ir_local);
		lets[1] = arena_new(&arena, struct ir_local);
		for (i = 0; i < 5; i++) {
			exprs[i] = grow(DEPTH, i < 2 ? 0 : i == 4 ? 2 : i - 2, NULL);
			others[i] = respell(exprs[i]);
		}
		image = compile(exprs, false);
		other = compile(others, true);
		equal = image.len == other.len && memcmp(image.ptr, other.ptr, image.len) == 0;
		right = means_the_same(&image, exprs);
		arena_clear(&arena);
	}
	printf("%s - another spelling has the same bytes\n", equal ? "ok" : "not ok");
	printf("%s - the bytes mean what the tree means\n", right ? "ok" : "not ok");
	return equal && right ? 0 : 1;
}

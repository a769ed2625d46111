/* SPDX-License-Identifier: Apache-2.0
 *
 * tree.c - runs the code once with trees on the stack instead of values.  It
 * relies on bc_open(): stack, types, slots and lengths are right.  What that
 * excludes is our bug, and aborts.
 */
#include "tree.h"

#include <stdlib.h>

#include "../bytecode/decode.h"

#define ROW_SET(table)  BC_TYPE(BC_SET, BC_TABLEROW, table)
#define ONE(base)       BC_TYPE(BC_ONE, base, 0)
#define LOOP_SLOTS      2

struct builder {
	struct arena *arena;
	const struct bc_policy *policy;
	const struct bc_event *event;           /* whose fields are meant; NULL: none */
	const uint8_t *code;
	struct tree_expr *stack[BC_STACK_MAX];
	uint32_t depth;
	struct tree_expr *slots[BC_SLOTS_MAX];  /* the loop, or the value of the LET */
	bool is_let[BC_SLOTS_MAX], is_place[BC_SLOTS_MAX];
	uint32_t n_slots;
};

static struct tree_expr *pop(struct builder *b)
{
	if (b->depth == 0)
		abort();
	return b->stack[--b->depth];
}

static void push(struct builder *b, struct tree_expr *e)
{
	if (b->depth == BC_STACK_MAX)
		abort();
	b->stack[b->depth++] = e;
}

static void take_kids(struct builder *b, struct tree_expr *e, uint32_t n)
{
	e->n_kids = n;
	e->kids = arena_array(b->arena, n + 1, struct tree_expr *);
	for (uint32_t i = n; i-- > 0;)
		e->kids[i] = pop(b);
}

static uint32_t n_operands(const struct builder *b, enum bc_op op, uint32_t pc)
{
	static const char *const pops[] = {
#define OP(name, code, operands, pops, pushes, cost, meaning) [code] = pops,
#include "../bytecode/opcodes.def"
#undef OP
	};

	if (op == BC_EQCAT)
		return b->code[pc + 1] + UINT32_C(1);
	return (uint32_t)strlen(pops[op]);
}

static void read_operands(const struct builder *b, struct tree_expr *e)
{
	const uint8_t *p = b->code + e->pc + 1;

	switch (bc_insn_len((uint8_t)e->op)) {
	case 2:
		e->slot = p[0];
		break;
	case 3:
		e->a = bc_get16(p);
		break;
	case 4:
		e->slot = p[0];
		break;
	case 5:
		if (e->op == BC_ENUM) {
			e->a = bc_get16(p);
			e->b = bc_get16(p + 2);
		} else {
			e->a = bc_get32(p);
		}
		break;
	case 6:
		e->slot = p[0];
		e->a = bc_get16(p + 1);
		break;
	case 7:
		e->a = bc_get16(p);
		e->b = bc_get32(p + 2);
		break;
	case 9:
		e->a = bc_get64(p);
		break;
	default:
		break;
	}
}

static uint32_t map_keys(const struct bc_policy *p, uint64_t var)
{
	return p->vars[var].key | (uint32_t)BC_SET << 24;
}

static uint32_t local_type(const struct builder *b, const struct tree_expr *e)
{
	if (e->slot >= b->n_slots)
		abort();
	if (b->is_let[e->slot])
		return b->slots[e->slot]->type;
	if (b->is_place[e->slot])
		return ONE(BC_INTEGER);
	return bc_element(b->slots[e->slot]->kids[0]->type);
}

/* The static type of what an instruction pushes; its kids are known. */
static uint32_t result_type(const struct builder *b, const struct tree_expr *e)
{
	const struct bc_policy *p = b->policy;

	switch (e->op) {
	case BC_FALSE: case BC_TRUE: case BC_HAS: case BC_OLDHAS: case BC_IN: case BC_EMPTY:
	case BC_EQ: case BC_EQLIST: case BC_LT: case BC_LE: case BC_MATCH: case BC_MATCHCAT:
	case BC_BELOW: case BC_EQCAT: case BC_NOT: case BC_AND: case BC_OR: case BC_ALL: case BC_SOME:
		return ONE(BC_BOOL);
	case BC_INT: case BC_LEN: case BC_ADD: case BC_SUB: case BC_COUNT:
		return ONE(BC_INTEGER);
	case BC_ENUM:
		return BC_TYPE(BC_ONE, BC_ENUMERATION, e->a);
	case BC_STR:
		return ONE(BC_STRING);
	case BC_DIGEST:
		return ONE(BC_DIGEST32);
	case BC_PATTERN:
		return ONE(BC_LANGUAGE);
	case BC_ROW:
		return BC_TYPE(BC_ONE, BC_TABLEROW, e->a);
	case BC_NOROWS: case BC_ROWS: case BC_KEYROWS:
		return ROW_SET(e->a);
	case BC_SWITCH:
		return bc_switch_type(p, (uint32_t)e->a);
	case BC_LOCAL:
		return local_type(b, e);
	case BC_FIELD:
		if (b->event == NULL)
			abort();
		return bc_field_type(b->event, (uint32_t)e->a);
	case BC_COLUMN:
		return bc_column_type(&p->tables[BC_INDEX(e->kids[0]->type)], (uint32_t)e->a);
	case BC_MEMBER:
		return bc_member_type(p, BC_INDEX(e->kids[0]->type), (uint32_t)e->a);
	case BC_VAR: case BC_OLDVAR: case BC_GET: case BC_OLDGET:
		return p->vars[e->a].value;
	case BC_KEYS: case BC_OLDKEYS:
		return map_keys(p, e->a);
	case BC_AT: case BC_PICK:
		return bc_element(e->kids[0]->type);
	case BC_WHERE:
		return e->kids[0]->type;
	case BC_MAP:
		return BC_TYPE(BC_LIST, BC_TABLEROW, e->a);
	case BC_REQUIRE: case BC_LET: case BC_SETVAR: case BC_PUT: case BC_DEL: case BC_KEEP:
	case BC_OUT: case BC_GHOST: case BC_DONE: case BC_OP_END:
		break;
	}
	abort();
}

static void bind(struct builder *b, uint32_t slot, struct tree_expr *binder, bool is_let, bool is_place)
{
	if (slot >= BC_SLOTS_MAX)
		abort();
	b->slots[slot] = binder;
	b->is_let[slot] = is_let;
	b->is_place[slot] = is_place;
	b->n_slots = slot + 1;
}

static void expressions(struct builder *b, uint32_t from, uint32_t to);

/* AND, OR and loops: what stands before the block is on the stack. */
static uint32_t block(struct builder *b, struct tree_expr *e)
{
	uint32_t start = e->pc + bc_insn_len((uint8_t)e->op);
	uint32_t end = start + bc_get16(b->code + start - 2);
	uint32_t scope = b->n_slots;
	struct tree_expr *first = pop(b), *body;

	e->kids = arena_array(b->arena, 2, struct tree_expr *);
	e->kids[0] = first;
	e->n_kids = 2;
	if (tree_is_loop(e->op)) {
		bind(b, e->slot, e, false, false);
		bind(b, e->slot + 1, e, false, true);
	}
	expressions(b, start, end);
	body = pop(b);
	b->n_slots = scope;
	e->kids[1] = body;
	if (!tree_is_loop(e->op) && body->op == e->op) {
		struct tree_expr **kids = arena_array(b->arena, body->n_kids + 1, struct tree_expr *);

		kids[0] = first;
		memcpy(kids + 1, body->kids, body->n_kids * sizeof(kids[0]));
		e->kids = kids;
		e->n_kids = body->n_kids + 1;
	}
	return end;
}

/* One instruction that pushes; returns the place after it (and its block). */
static uint32_t expression(struct builder *b, uint32_t pc)
{
	struct tree_expr *e = arena_new(b->arena, struct tree_expr);
	uint32_t next = pc + bc_insn_len(b->code[pc]);

	e->op = (enum bc_op)b->code[pc];
	e->pc = pc;
	if (next == pc)
		abort();
	if (e->op == BC_AND || e->op == BC_OR) {
		next = block(b, e);
	} else if (tree_is_loop(e->op)) {
		read_operands(b, e);
		next = block(b, e);
	} else {
		if (e->op != BC_EQCAT)
			read_operands(b, e);
		take_kids(b, e, n_operands(b, e->op, pc));
	}
	e->type = result_type(b, e);
	if (e->op == BC_LOCAL) {
		e->binder = b->slots[e->slot];
		e->is_let = b->is_let[e->slot];
		e->is_place = b->is_place[e->slot];
	}
	push(b, e);
	return next;
}

static void expressions(struct builder *b, uint32_t from, uint32_t to)
{
	while (from < to)
		from = expression(b, from);
	if (from != to)
		abort();
}

static bool is_statement(uint8_t op)
{
	return op >= BC_REQUIRE && op <= BC_DONE;
}

/* The statement at pc; its operands are on the stack. */
static struct tree_stmt statement(struct builder *b, uint32_t pc, bool ghost)
{
	struct tree_stmt s = { .op = (enum bc_op)b->code[pc], .pc = pc, .ghost = ghost };
	uint32_t len = bc_insn_len(b->code[pc]);

	if (len == 2)
		s.a = b->code[pc + 1];
	else if (len == 3)
		s.a = bc_get16(b->code + pc + 1);
	if (s.op == BC_DEL || (s.op == BC_PUT && b->policy->vars[s.a].value == 0)) {
		s.key = pop(b);
	} else {
		s.value = pop(b);
		if (s.op == BC_PUT)
			s.key = pop(b);
	}
	if (s.op == BC_LET)
		bind(b, s.a, s.value, true, false);
	if (b->depth != 0)
		abort();
	return s;
}

static struct tree_rule rule(struct builder *b, const struct bc_code *code)
{
	struct tree_rule r = { .exists = code->len != 0 };
	uint32_t pc = 0, cap = 0;
	bool ghost = false;

	b->code = code->ptr;
	b->depth = b->n_slots = 0;
	while (pc < code->len && code->ptr[pc] != BC_DONE) {
		if (!is_statement(code->ptr[pc])) {
			pc = expression(b, pc);
			continue;
		}
		if (code->ptr[pc] == BC_GHOST) {
			ghost = true;
		} else {
			arena_push(b->arena, r.stmts, r.n_stmts, cap);
			r.stmts[r.n_stmts++] = statement(b, pc, ghost);
		}
		pc += bc_insn_len(code->ptr[pc]);
	}
	return r;
}

/* The event whose fields a claim may read: all it lists have the same. */
static const struct bc_event *claim_event(const struct bc_policy *p, const struct bc_claim *c)
{
	return c->n_events == 0 ? NULL : &p->events[bc_get32(c->events)];
}

struct tree_policy *tree_of_policy(struct arena *a, const struct bc_policy *policy)
{
	struct tree_policy *t = arena_new(a, struct tree_policy);
	struct builder b = { .arena = a, .policy = policy };

	t->policy = policy;
	t->rules = arena_array(a, policy->n_events + 1, struct tree_rule);
	t->claims = arena_array(a, policy->n_claims + 1, struct tree_expr *);
	for (uint32_t i = 0; i < policy->n_events; i++) {
		b.event = &policy->events[i];
		t->rules[i] = rule(&b, &policy->events[i].rule);
	}
	for (uint32_t i = 0; i < policy->n_claims; i++) {
		b.event = claim_event(policy, &policy->claims[i]);
		b.code = policy->claims[i].code.ptr;
		b.depth = b.n_slots = 0;
		expressions(&b, 0, policy->claims[i].code.len);
		t->claims[i] = pop(&b);
	}
	return t;
}

struct tree_expr *tree_of_code(struct arena *a, const struct bc_policy *policy, const struct bc_code *code)
{
	struct builder b = { .arena = a, .policy = policy, .code = code->ptr };

	expressions(&b, 0, code->len);
	return pop(&b);
}

/* Loops being compared, outermost last; locals are the same if their binders
 * are at the same place in it, or are one expression. */
struct scope {
	const struct tree_expr *l, *r;
	const struct scope *outer;
};

static bool same_binder(const struct tree_expr *l, const struct tree_expr *r, const struct scope *s)
{
	if (l->is_let != r->is_let || l->is_place != r->is_place)
		return false;
	for (; s != NULL; s = s->outer)
		if (s->l == l->binder || s->r == r->binder)
			return s->l == l->binder && s->r == r->binder;
	return l->binder == r->binder;
}

static bool equal_within(const struct tree_expr *l, const struct tree_expr *r, const struct scope *s)
{
	struct scope inner = { l, r, s };
	const struct scope *within = tree_is_loop(l->op) ? &inner : s;

	if (l->op != r->op || l->type != r->type || l->a != r->a || l->b != r->b ||
	    l->n_kids != r->n_kids)
		return false;
	if (l->op == BC_LOCAL)
		return same_binder(l, r, s);
	for (uint32_t i = 0; i < l->n_kids; i++)
		if (!equal_within(l->kids[i], r->kids[i], i == 0 ? s : within))
			return false;
	return true;
}

bool tree_equal(const struct tree_expr *l, const struct tree_expr *r)
{
	return equal_within(l, r, NULL);
}

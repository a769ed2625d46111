/* SPDX-License-Identifier: Apache-2.0
 *
 * code.c - rules and claims: blocks, statements, their one order, and what a
 * run can cost at most in steps and in scratch memory.
 *
 * One pass over the bytes with a stack of types and a stack of open blocks.
 * Inside of a block the values below it are out of reach, so a block leaves
 * what it makes and nothing else.
 *
 * Scratch holds the results of WHERE and MAP.  What is made in the block of a
 * loop is gone after each repetition, what is made in a statement after the
 * statement, but for what LET and KEEP hold.
 */
#include "mem.h"
#include "judge.h"

#define BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)

bool bc_judge_fail(struct judge *j, enum bc_error error)
{
	bc_fail(j->o, error, (uint32_t)(j->code - j->p->bytes) + j->at);
	return false;
}

uint64_t bc_plus(uint64_t a, uint64_t b)
{
	return a < UINT64_MAX - b ? a + b : UINT64_MAX;
}

uint64_t bc_times(uint64_t a, uint64_t b)
{
	return b == 0 || a <= UINT64_MAX / b ? a * b : UINT64_MAX;
}

void bc_spend(struct judge *j, uint64_t steps)
{
	j->cost = bc_plus(j->cost, steps);
}

uint32_t bc_search_steps(uint32_t n)
{
	uint32_t steps = 1;

	for (; n > 0; n /= 2)
		steps++;
	return steps;
}

bool bc_push(struct judge *j, const struct shape *shape, uint32_t start)
{
	struct operand *top = &j->stack[j->n_stack];

	if (j->n_stack == BC_STACK_MAX)
		return bc_judge_fail(j, BC_E_STACK_FULL);
	j->n_stack++;
	top->shape = *shape;
	top->start = start;
	top->made_at = j->at;
	top->op = j->code[j->at];
	return true;
}

bool bc_pop(struct judge *j, struct operand *operand)
{
	uint32_t floor = j->n_blocks == 0 ? 0 : j->blocks[j->n_blocks - 1].depth;

	if (j->n_stack <= floor)
		return bc_judge_fail(j, BC_E_STACK_EMPTY);
	*operand = j->stack[--j->n_stack];
	return true;
}

static uint32_t block_end(const struct judge *j)
{
	return j->n_blocks == 0 ? j->len : j->blocks[j->n_blocks - 1].end;
}

static bool is_loop(uint8_t op)
{
	return op == BC_ALL || op == BC_SOME || op == BC_COUNT || op == BC_WHERE || op == BC_MAP;
}

/* Scratch comes in units of 8 bytes. */
static bool allot(struct judge *j, uint64_t bytes)
{
	bytes = (bytes + 7) / 8 * 8;
	if (bytes > INT32_MAX - j->scratch)
		return bc_judge_fail(j, BC_E_SCRATCH);
	j->scratch += (uint32_t)bytes;
	if (j->scratch > j->most_scratch)
		j->most_scratch = j->scratch;
	return true;
}

/* ---- blocks ---- */

/* The length of the block is in the last two bytes of the instruction. */
static bool open_block(struct judge *j, uint32_t start)
{
	uint32_t body = j->at + bc_insn_len(j->code[j->at]), len = bc_get16(j->code + body - 2);
	struct block *b = &j->blocks[j->n_blocks];

	if (len > block_end(j) - body)
		return bc_judge_fail(j, BC_E_BLOCK_LENGTH);
	if (j->n_blocks == BC_NEST_MAX)
		return bc_judge_fail(j, BC_E_BLOCKS);
	b->start = start;
	b->at = j->at;
	b->end = body + len;
	b->cost = j->cost;
	b->scratch = j->scratch;
	b->op = j->code[j->at];
	b->depth = (uint8_t)j->n_stack;
	j->n_blocks++;
	j->cost = 0;
	return true;
}

static bool judge_logic(struct judge *j)
{
	struct operand left;
	uint8_t op = j->code[j->at];

	if (!bc_pop(j, &left))
		return false;
	if (left.shape.type != BOOL)
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	if (left.op == BC_TRUE || left.op == BC_FALSE)
		return bc_judge_fail(j, BC_E_CONSTANT_OPERAND);
	if (left.op == op)
		return bc_judge_fail(j, BC_E_NESTED_OPERAND);
	return open_block(j, left.start);
}

/* The left operand of AND or OR against the next of the run. */
static bool close_logic(struct judge *j, const struct block *b, const struct operand *right)
{
	const uint8_t *left = j->code + b->start, *next = j->code + right->start;
	uint32_t left_len = b->at - b->start;
	uint32_t next_len = (right->op == b->op ? right->made_at : b->end) - right->start;
	uint64_t left_weight, next_weight;

	if (right->op == BC_TRUE || right->op == BC_FALSE)
		return bc_judge_fail(j, BC_E_CONSTANT_OPERAND);
	left_weight = bc_weight(left, left_len);
	next_weight = bc_weight(next, next_len);
	if (left_weight > next_weight || (left_weight == next_weight &&
	    bytes_compare(left, left_len, next, next_len) >= 0))
		return bc_judge_fail(j, BC_E_OPERAND_ORDER);
	return true;
}

static bool loop_can_range(uint8_t op, const struct shape *source)
{
	bool is_rows = BC_BASE(source->type) == BC_TABLEROW && BC_SHAPE(source->type) == BC_SET &&
	    source->origin != FROM_KEYS;

	if (BC_SHAPE(source->type) == BC_ONE)
		return false;
	if (op == BC_MAP)
		return BC_SHAPE(source->type) == BC_LIST;
	if (op == BC_WHERE)
		return is_rows || source->origin == FROM_FIELD || source->origin == FROM_WHERE;
	return true;
}

static bool judge_loop(struct judge *j)
{
	uint8_t op = j->code[j->at];
	struct slot *slots = &j->slots[j->n_slots];
	struct operand source;
	uint64_t result = 0;

	if (!bc_pop(j, &source))
		return false;
	if (!loop_can_range(op, &source.shape))
		return bc_judge_fail(j, BC_E_LOOP_SOURCE);
	if (j->n_loops == BC_LOOPS_MAX)
		return bc_judge_fail(j, BC_E_LOOPS);
	if (BC_SLOTS_MAX - j->n_slots < 2)
		return bc_judge_fail(j, BC_E_SLOTS);
	if (j->code[j->at + 1] != j->n_slots)
		return bc_judge_fail(j, BC_E_SLOT);
	if (op == BC_WHERE)
		result = BC_BASE(source.shape.type) == BC_TABLEROW
		    ? 8 * (((uint64_t)source.shape.span + 63) / 64)
		    : ((uint64_t)source.shape.most + 7) / 8;
	else if (op == BC_MAP)
		result = 4 * (uint64_t)source.shape.most;
	bc_spend(j, source.shape.span / 64 + result / 8);
	if (!allot(j, result) || !open_block(j, source.start))
		return false;
	j->loops[j->n_loops++] = source.shape;
	memset(slots, 0, 2 * sizeof(*slots));
	slots[0].shape = bc_element(&source.shape);
	if (BC_SHAPE(source.shape.type) == BC_LIST)
		slots[1].shape.type = BC_TYPE(BC_ONE, BC_INTEGER, 0);
	j->n_slots += 2;
	return true;
}

/* What the loop leaves; *result is what its block left. */
static bool close_loop(struct judge *j, const struct block *b, struct shape *result)
{
	struct shape source = j->loops[--j->n_loops];

	j->n_slots -= 2;
	j->scratch = b->scratch;
	j->cost = bc_times(bc_plus(j->cost, 1), source.most);
	if (b->op == BC_COUNT) {
		result->type = BC_TYPE(BC_ONE, BC_INTEGER, 0);
	} else if (b->op == BC_WHERE) {
		*result = source;
		result->origin = BC_BASE(source.type) == BC_TABLEROW ? FROM_ANYWHERE : FROM_WHERE;
	} else if (b->op == BC_MAP) {
		source.type = BC_TYPE(BC_LIST, BC_TABLEROW, BC_INDEX(result->type));
		source.origin = FROM_ANYWHERE;
		source.bytes = 0;
		*result = source;
	}
	return true;
}

/* The innermost block ends here: one value, of the right type, was left. */
static bool close_block(struct judge *j)
{
	const struct block *b = &j->blocks[j->n_blocks - 1];
	struct operand *top = &j->stack[b->depth];
	struct shape result;
	bool fits;

	if (j->n_stack != b->depth + 1u)
		return bc_judge_fail(j, BC_E_BLOCK_RESULT);
	fits = b->op == BC_MAP ? BC_SHAPE(top->shape.type) == BC_ONE &&
	    BC_BASE(top->shape.type) == BC_TABLEROW : top->shape.type == BOOL;
	if (!fits)
		return bc_judge_fail(j, BC_E_BLOCK_RESULT);
	result = top->shape;
	if (is_loop(b->op) ? !close_loop(j, b, &result) : !close_logic(j, b, top))
		return false;
	j->cost = bc_plus(j->cost, b->cost);
	j->n_blocks--;
	top->shape = result;
	top->start = b->start;
	top->made_at = b->at;
	top->op = b->op;
	return true;
}

/* ---- statements ---- */

static bool judge_let(struct judge *j, const struct operand *value)
{
	struct slot *slot = &j->slots[j->n_slots];

	if (j->n_slots == BC_SLOTS_MAX)
		return bc_judge_fail(j, BC_E_SLOTS);
	if (j->code[j->at + 1] != j->n_slots)
		return bc_judge_fail(j, BC_E_SLOT);
	slot->shape = value->shape;
	slot->is_let = true;
	slot->is_read = false;
	j->n_slots++;
	j->held = j->scratch;
	return true;
}

/* The variable that an effect writes: a ghost after GHOST, no ghost before. */
static bool take_written(struct judge *j, bool is_map, const struct bc_var **v)
{
	uint32_t index = bc_get16(j->code + j->at + 1);

	if (index >= j->p->n_vars)
		return bc_judge_fail(j, BC_E_INDEX);
	*v = &j->p->vars[index];
	if (((*v)->key != 0) != is_map)
		return bc_judge_fail(j, is_map ? BC_E_NOT_MAP : BC_E_NOT_SCALAR);
	if (((*v)->flags & 1) != (j->phase == PHASE_GHOST ? 1u : 0u))
		return bc_judge_fail(j, BC_E_GHOST_WRITE);
	if (j->n_writes++ == BC_WRITES_MAX)
		return bc_judge_fail(j, BC_E_WRITES);
	return true;
}

static bool judge_setvar(struct judge *j)
{
	const struct bc_var *v;
	struct operand value;

	if (!take_written(j, false, &v) || !bc_pop(j, &value))
		return false;
	return value.shape.type == v->value || bc_judge_fail(j, BC_E_OPERAND_TYPE);
}

/* PUT and DEL: the search, the comparison with the rule's other effects, the
 * copy, and the room made among the keys. */
static bool judge_change(struct judge *j, bool is_put)
{
	struct operand key, value;
	const struct bc_var *v;

	if (!take_written(j, true, &v))
		return false;
	if (is_put && v->value != 0) {
		if (!bc_pop(j, &value))
			return false;
		if (value.shape.type != v->value || value.shape.origin == FROM_KEYS)
			return bc_judge_fail(j, BC_E_OPERAND_TYPE);
		bc_spend(j, bc_times(1 + (uint64_t)v->list_len, 1 + v->value_len / 8));
		bc_spend(j, (uint64_t)value.shape.most + value.shape.span / 32);
	}
	bc_spend(j, BC_WRITES_MAX * (1 + (uint64_t)v->key_len / 8) + v->capacity / 2);
	return bc_pop(j, &key) && bc_judge_key(j, v, &key);
}

static bool judge_keep(struct judge *j)
{
	uint32_t field = bc_get16(j->code + j->at + 1);
	struct operand kept;

	if (j->phase == PHASE_GHOST)
		return bc_judge_fail(j, BC_E_STATEMENT);
	if (j->n_keeps++ == BC_KEEPS_MAX)
		return bc_judge_fail(j, BC_E_KEEPS);
	if (!bc_pop(j, &kept))
		return false;
	if (kept.shape.origin != FROM_WHERE || kept.shape.field != field)
		return bc_judge_fail(j, BC_E_KEEP_SOURCE);
	j->held = j->scratch;
	return true;
}

static bool judge_out(struct judge *j)
{
	uint32_t out = bc_get16(j->code + j->at + 1);
	struct operand value;

	if (j->phase == PHASE_GHOST)
		return bc_judge_fail(j, BC_E_STATEMENT);
	if (out >= j->event->n_outs)
		return bc_judge_fail(j, BC_E_INDEX);
	if (!bc_pop(j, &value))
		return false;
	if (value.shape.type != bc_get32(j->event->outs + 8 * (size_t)out + 4))
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	return true;
}

static bool judge_demand(struct judge *j, bool is_let)
{
	struct operand value;

	if (j->phase != PHASE_REQUIRE)
		return bc_judge_fail(j, BC_E_STATEMENT);
	if (!bc_pop(j, &value))
		return false;
	if (is_let)
		return judge_let(j, &value);
	return value.shape.type == BOOL || bc_judge_fail(j, BC_E_OPERAND_TYPE);
}

/* `start` is where the effect's operands begin. */
static bool judge_effect(struct judge *j, enum bc_op op, uint32_t start)
{
	uint32_t len = j->at + bc_insn_len(j->code[j->at]) - start;
	bool fits = false;

	if (j->phase == PHASE_REQUIRE)
		j->phase = PHASE_EFFECT;
	if (op == BC_SETVAR)
		fits = judge_setvar(j);
	else if (op == BC_PUT || op == BC_DEL)
		fits = judge_change(j, op == BC_PUT);
	else if (op == BC_KEEP)
		fits = judge_keep(j);
	else
		fits = judge_out(j);
	if (!fits)
		return false;
	if (j->effect_len != 0 && bytes_compare(j->code + j->effect, j->effect_len,
	    j->code + start, len) >= 0)
		return bc_judge_fail(j, BC_E_EFFECT_ORDER);
	j->effect = start;
	j->effect_len = len;
	return true;
}

static bool judge_ending(struct judge *j, enum bc_op op)
{
	if (j->phase == PHASE_GHOST && j->effect_len == 0)
		return bc_judge_fail(j, BC_E_GHOST_EMPTY);
	if (op == BC_GHOST && j->phase == PHASE_GHOST)
		return bc_judge_fail(j, BC_E_STATEMENT);
	j->phase = op == BC_GHOST ? PHASE_GHOST : PHASE_DONE;
	j->effect_len = 0;
	return true;
}

static bool judge_statement(struct judge *j, enum bc_op op)
{
	uint32_t start = j->n_stack == 0 ? j->at : j->stack[0].start;
	bool fits;

	if (j->is_claim || j->n_blocks != 0)
		return bc_judge_fail(j, BC_E_STATEMENT);
	if (op == BC_REQUIRE || op == BC_LET)
		fits = judge_demand(j, op == BC_LET);
	else if (op == BC_GHOST || op == BC_DONE)
		fits = judge_ending(j, op);
	else
		fits = judge_effect(j, op, start);
	if (!fits)
		return false;
	j->scratch = j->held;
	return j->n_stack == 0 || bc_judge_fail(j, BC_E_STACK_LEFT);
}

/* ---- the whole ---- */

static bool judge_next(struct judge *j)
{
	uint8_t op = j->code[j->at];
	uint32_t len = bc_insn_len(op);

	if (len == 0)
		return bc_judge_fail(j, BC_E_OPCODE);
	if (len > block_end(j) - j->at)
		return bc_judge_fail(j, BC_E_INSN_SHORT);
	if (j->phase == PHASE_DONE)
		return bc_judge_fail(j, BC_E_STATEMENT);
	bc_spend(j, bc_insn_cost(op));
	if (op >= BC_REQUIRE)
		return judge_statement(j, (enum bc_op)op);
	if (op == BC_AND || op == BC_OR)
		return judge_logic(j);
	if (is_loop(op))
		return judge_loop(j);
	return bc_judge_insn(j, (enum bc_op)op);
}

static bool judge_end(struct judge *j)
{
	for (uint32_t i = 0; i < j->n_slots; i++) {
		if (j->slots[i].is_let && !j->slots[i].is_read)
			return bc_judge_fail(j, BC_E_LET_UNUSED);
	}
	if (!j->is_claim)
		return j->phase == PHASE_DONE || bc_judge_fail(j, BC_E_NOT_DONE);
	if (j->n_stack != 1)
		return bc_judge_fail(j, BC_E_STACK_LEFT);
	return j->stack[0].shape.type == BOOL || bc_judge_fail(j, BC_E_OPERAND_TYPE);
}

bool bc_judge_code(struct opener *o, struct bc_code *code, const struct bc_event *event,
    const struct bc_claim *claim)
{
	struct judge j = {
		.o = o, .p = o->p, .event = event, .code = code->ptr, .len = code->len,
		.is_claim = claim != NULL, .is_step = claim != NULL && claim->kind == BC_ALWAYS,
	};

	while (true) {
		while (j.n_blocks > 0 && j.at == j.blocks[j.n_blocks - 1].end) {
			if (!close_block(&j))
				return false;
		}
		if (j.at == j.len)
			break;
		if (!judge_next(&j))
			return false;
		j.at += bc_insn_len(j.code[j.at]);
	}
	code->cost = j.cost;
	code->scratch = j.most_scratch;
	return judge_end(&j);
}

static bool take_code(struct opener *o, struct bc_code *code)
{
	if (!bc_take32(o, &code->len))
		return false;
	if (code->len > BC_CODE_MAX)
		return bc_fail(o, BC_E_CODE_LONG, o->at - 4);
	return bc_take(o, code->len, 1, &code->ptr);
}

static bool take_claim(struct opener *o, struct bc_claim *c)
{
	const struct bc_policy *p = o->p;
	const struct bc_event *event = NULL;

	if (!bc_take_name(o, &c->name) || !bc_take32(o, &c->kind) || !bc_take32(o, &c->n_events))
		return false;
	if (c->kind > BC_REACHABLE)
		return bc_fail(o, BC_E_CLAIM_KIND, o->at - 8);
	if (c->n_events > p->n_events || (c->kind == BC_ALWAYS) != (c->n_events > 0))
		return bc_fail(o, BC_E_CLAIM_EVENTS, o->at - 4);
	if (!bc_take(o, c->n_events, 4, &c->events))
		return false;
	for (uint32_t i = 0; i < c->n_events; i++) {
		const uint8_t *at = c->events + 4 * (size_t)i;

		if (bc_get32(at) >= p->n_events || (i > 0 && bc_get32(at - 4) >= bc_get32(at)))
			return bc_fail(o, BC_E_CLAIM_EVENTS, (uint32_t)(at - p->bytes));
	}
	if (!take_code(o, &c->code))
		return false;
	if (c->code.len == 0)
		return bc_fail(o, BC_E_CLAIM_EMPTY, o->at - 4);
	if (c->n_events == 1)
		event = &p->events[bc_get32(c->events)];
	return bc_judge_code(o, &c->code, event, c);
}

bool bc_open_code(struct opener *o)
{
	struct bc_policy *p = o->p;
	uint32_t n;

	for (uint32_t i = 0; i < p->n_events; i++) {
		struct bc_code *rule = &p->events[i].rule;

		if (!take_code(o, rule) || (rule->len != 0 && !bc_judge_code(o, rule, &p->events[i], NULL)))
			return false;
	}
	if (!bc_take32(o, &n))
		return false;
	if (n > BC_CLAIMS_MAX)
		return bc_fail(o, BC_E_CLAIMS, o->at - 4);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t start = o->at;

		if (!take_claim(o, &p->claims[i]))
			return false;
		if (i > 0 && p->claims[i].name <= p->claims[i - 1].name)
			return bc_fail(o, BC_E_NAME_ORDER, start);
		p->n_claims = i + 1;
	}
	return true;
}

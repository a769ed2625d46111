/* SPDX-License-Identifier: Apache-2.0
 *
 * code.c - rules and claims: blocks, statements, their one order.
 *
 * One pass over the bytes with a stack of types and a stack of open blocks.
 * Inside of a block the values below it are out of reach, so a block leaves
 * what it makes and nothing else.  What code may cost is said before it, and
 * not judged here: a run that would cost more is stopped.
 */
#include "mem.h"
#include "judge.h"

static enum bc_error push(struct judge *j, const struct shape *shape, uint32_t start)
{
	struct operand *top = j->top;

	if (top == j->stack + BC_STACK_MAX)
		return BC_E_STACK_FULL;
	j->top = top + 1;
	top->shape = *shape;
	top->start = start;
	top->made_at = j->at;
	return BC_OK;
}

/* The types that the letters of opcodes.def ask for, as a bit for each shape and
 * base; 0, like no letter: the instruction sees to it. */
#define BIT(shape, base) (UINT32_C(1) << (9 * (shape) + (base)))
#define ALL_OF(shape) (UINT32_C(0x1ff) << 9 * (shape))
static const uint32_t kinds['x' - 'b' + 1] = {
	['b' - 'b'] = BIT(BC_ONE, BC_BOOL), ['i' - 'b'] = BIT(BC_ONE, BC_INTEGER),
	['s' - 'b'] = BIT(BC_ONE, BC_STRING), ['p' - 'b'] = BIT(BC_ONE, BC_LANGUAGE),
	['r' - 'b'] = BIT(BC_ONE, BC_TABLEROW), ['e' - 'b'] = BIT(BC_ONE, BC_RECORD),
	['x' - 'b'] = ALL_OF(BC_ONE) & ~BIT(BC_ONE, BC_LANGUAGE) & ~BIT(BC_ONE, BC_RECORD),
	['l' - 'b'] = ALL_OF(BC_LIST), ['c' - 'b'] = ALL_OF(BC_LIST) | ALL_OF(BC_SET),
};

static bool kind_fits(uint8_t letter, uint32_t type)
{
	uint32_t kind = letter < 'b' ? 0 : kinds[letter - 'b'];

	return kind == 0 || (kind & BIT(BC_SHAPE(type), BC_BASE(type))) != 0;
}

/* Take the operands of the instruction; they stay where they were, above the
 * stack, until the next is pushed. */
static enum bc_error take_operands(struct judge *j)
{
	uint32_t n = bc_insn_pops(j->p, j->code + j->at);
	const char *pops = bc_insn(j->op)->pops;

	if (j->op == BC_EQCAT && (n < 3 || n > 5))
		return BC_E_PARTS;
	if (n > (size_t)(j->top - j->block->base))
		return BC_E_STACK_EMPTY;
	j->top -= n;
	for (uint32_t i = 0; i < n; i++) {
		if (!kind_fits((uint8_t)*pops, j->top[i].shape.type))
			return BC_E_OPERAND_TYPE;
		pops += j->op != BC_EQCAT;
	}
	return BC_OK;
}

/* ---- blocks ---- */

/* The length of the block is in the last two bytes of the instruction. */
static enum bc_error open_block(struct judge *j)
{
	uint32_t body = j->at + bc_insn_len(j->op), len = bc_get16(j->code + body - 2);
	struct block *b = j->block;

	if (len > b->end - body)
		return BC_E_BLOCK_LENGTH;
	if (b == j->blocks + BC_NEST_MAX)
		return BC_E_BLOCKS;
	j->block = ++b;
	b->source = j->top->shape;
	b->start = j->top->start;
	b->at = j->at;
	b->end = body + len;
	b->base = j->top;
	return BC_OK;
}

static uint8_t op_of(const struct judge *j, const struct operand *operand)
{
	return j->code[operand->made_at];
}

static bool is_constant(const struct judge *j, const struct operand *operand)
{
	return op_of(j, operand) == BC_TRUE || op_of(j, operand) == BC_FALSE;
}

static enum bc_error judge_logic(struct judge *j)
{
	if (is_constant(j, j->top))
		return BC_E_CONSTANT_OPERAND;
	if (op_of(j, j->top) == j->op)
		return BC_E_NESTED_OPERAND;
	return open_block(j);
}

/* The left operand of AND or OR against the next of the run. */
static enum bc_error close_logic(const struct judge *j, const struct block *b, const struct operand *right)
{
	const uint8_t *left = j->code + b->start, *next = j->code + right->start;
	uint32_t left_len = b->at - b->start;
	uint32_t next_len = (op_of(j, right) == j->code[b->at] ? right->made_at : b->end) - right->start;
	uint64_t left_weight = bc_weight(left, left_len), next_weight = bc_weight(next, next_len);

	if (is_constant(j, right))
		return BC_E_CONSTANT_OPERAND;
	return left_weight < next_weight || (left_weight == next_weight &&
	    bc_compare(left, left_len, next, next_len) < 0) ? BC_OK : BC_E_OPERAND_ORDER;
}

static enum bc_error judge_loop(struct judge *j)
{
	struct shape *slots = &j->slots[j->n_slots];
	const struct shape *s = &j->top->shape;

	if (j->op == BC_WHERE && !bc_is_rows(s) && s->origin != FROM_FIELD && s->origin != FROM_WHERE)
		return BC_E_LOOP_SOURCE;
	if (j->n_loops == BC_LOOPS_MAX)
		return BC_E_LOOPS;
	if (BC_SLOTS_MAX - j->n_slots < 2)
		return BC_E_SLOTS;
	if (j->code[j->at + 1] != j->n_slots)
		return BC_E_SLOT;
	j->n_loops++;
	j->n_slots += 2;
	memset(slots, 0, 2 * sizeof(*slots));
	slots[0].type = bc_element(s->type);
	if (BC_SHAPE(s->type) == BC_LIST)
		slots[1].type = TYPE_INT;
	return open_block(j);
}

/* What the loop leaves; *result is what its block left. */
static void close_loop(struct judge *j, const struct block *b, struct shape *result)
{
	j->n_loops--;
	j->n_slots -= 2;
	switch (j->code[b->at]) {
	case BC_COUNT:
		result->type = TYPE_INT;
		break;
	case BC_WHERE:
		*result = b->source;
		result->origin = BC_BASE(result->type) == BC_TABLEROW ? FROM_ANYWHERE : FROM_WHERE;
		break;
	case BC_MAP:
		result->type |= (uint32_t)BC_LIST << 24;
		break;
	}
}

/* The innermost block ends here: one value, of the right type, was left. */
__attribute__((noinline)) static enum bc_error close_block(struct judge *j)
{
	const struct block *b = j->block--;
	struct operand *top = b->base;
	const uint8_t *insn = j->code + b->at;
	uint32_t type = *insn == BC_MAP ? BC_TYPE(BC_ONE, BC_TABLEROW, bc_get16(insn + 2)) : TYPE_BOOL;
	enum bc_error error = BC_OK;

	if (j->top != top + 1 || top->shape.type != type)
		return BC_E_BLOCK_RESULT;
	if (*insn >= BC_ALL)
		close_loop(j, b, &top->shape);
	else
		error = close_logic(j, b, top);
	top->start = b->start;
	top->made_at = b->at;
	return error;
}

/* ---- statements ---- */

static enum bc_error judge_let(struct judge *j)
{
	if (j->n_slots == BC_SLOTS_MAX)
		return BC_E_SLOTS;
	if (j->code[j->at + 1] != j->n_slots)
		return BC_E_SLOT;
	j->slots[j->n_slots] = j->top->shape;
	j->unread |= UINT64_C(1) << j->n_slots++;
	return BC_OK;
}

/* SETVAR, PUT and DEL.  Ghosts are written after GHOST, others before. */
static enum bc_error judge_write(struct judge *j)
{
	bool is_map = j->op != BC_SETVAR;
	const struct operand *in = j->top;
	const struct shape *value = &in[is_map].shape;
	struct bc_var *v = &j->o->p->vars[j->index];

	if (j->op == BC_PUT && ++j->puts[j->index] > v->max_puts)
		v->max_puts = j->puts[j->index];
	if ((v->key != 0) != is_map)
		return is_map ? BC_E_NOT_MAP : BC_E_NOT_SCALAR;
	if ((v->flags & 1) != (j->phase == PHASE_GHOST))
		return BC_E_GHOST_WRITE;
	if (j->n_writes++ == BC_WRITES_MAX)
		return BC_E_WRITES;
	return (is_map && in->shape.type != v->key) || (j->op != BC_DEL && v->value != 0 &&
	    (value->type != v->value || value->origin == FROM_KEYS)) ? BC_E_OPERAND_TYPE : BC_OK;
}

static enum bc_error judge_keep(struct judge *j, const struct shape *kept)
{
	if (j->n_keeps++ == BC_KEEPS_MAX)
		return BC_E_KEEPS;
	return kept->origin == FROM_WHERE && kept->field == j->index ? BC_OK : BC_E_KEEP_SOURCE;
}

static enum bc_error judge_out(const struct judge *j, const struct shape *value)
{
	return value->type == bc_get32(j->event->outs + 8 * (size_t)j->index + 4) ? BC_OK : BC_E_OPERAND_TYPE;
}

/* An effect is its operands' instructions and its own. */
static enum bc_error judge_effect(struct judge *j)
{
	uint32_t start = j->top->start, len = j->at + bc_insn_len(j->op) - start, before = j->effect_len;
	const uint8_t *effect = j->code + j->effect;
	enum bc_error error;

	j->effect = start;
	j->effect_len = len;
	if (j->phase == PHASE_REQUIRE)
		j->phase = PHASE_EFFECT;
	if (j->op < BC_KEEP)
		error = judge_write(j);
	else if (j->phase == PHASE_GHOST)
		error = BC_E_STATEMENT;
	else
		error = j->op == BC_KEEP ? judge_keep(j, &j->top->shape) : judge_out(j, &j->top->shape);
	if (error == BC_OK && before != 0 && bc_compare(effect, before, j->code + start, len) >= 0)
		error = BC_E_EFFECT_ORDER;
	return error;
}

static enum bc_error judge_ending(struct judge *j)
{
	if (j->phase == PHASE_GHOST && j->effect_len == 0)
		return BC_E_GHOST_EMPTY;
	if (j->op == BC_GHOST && j->phase == PHASE_GHOST)
		return BC_E_STATEMENT;
	j->phase = j->op == BC_GHOST ? PHASE_GHOST : PHASE_DONE;
	j->effect_len = 0;
	return BC_OK;
}

static enum bc_error judge_statement(struct judge *j)
{
	if (j->is_claim || j->block != j->blocks)
		return BC_E_STATEMENT;
	if (j->top != j->stack)
		return BC_E_STACK_LEFT;
	if (j->op >= BC_GHOST)
		return judge_ending(j);
	if (j->op != BC_REQUIRE && j->op != BC_LET)
		return bc_index_fits(j) ? judge_effect(j) : BC_E_INDEX;
	if (j->phase != PHASE_REQUIRE)
		return BC_E_STATEMENT;
	return j->op == BC_REQUIRE ? BC_OK : judge_let(j);
}

/* ---- the whole ---- */

static enum bc_error judge_value(struct judge *j)
{
	const struct bc_insn *insn = bc_insn(j->op);
	struct shape out = { 0 };
	enum bc_error error;

	if (j->op == BC_FIELD && j->event == NULL)
		return BC_E_NO_FIELDS;
	if (!bc_index_fits(j))
		return BC_E_INDEX;
	if (insn->pushes == 'b')
		out.type = TYPE_BOOL;
	else if (insn->pushes == 'i')
		out.type = TYPE_INT;
	error = bc_judge_insn(j, &out);
	return error != BC_OK ? error : push(j, &out, insn->pops[0] != 0 ? j->top->start : j->at);
}

static enum bc_error judge_next(struct judge *j)
{
	uint32_t len;
	enum bc_error error;

	j->op = j->code[j->at];
	len = bc_insn_len(j->op);
	if (len == 0)
		return BC_E_OPCODE;
	if (len > j->block->end - j->at)
		return BC_E_INSN_SHORT;
	if (j->phase == PHASE_DONE)
		return BC_E_STATEMENT;
	j->index = len < 3 ? 0 : (uint16_t)bc_get16(j->code + j->at + 1);
	error = take_operands(j);
	if (error == BC_OK)
		error = j->op >= BC_REQUIRE ? judge_statement(j) : j->op >= BC_ALL ? judge_loop(j) :
		    j->op == BC_AND || j->op == BC_OR ? judge_logic(j) : judge_value(j);
	if (error == BC_OK)
		j->at += len;
	return error;
}

static enum bc_error judge_end(const struct judge *j)
{
	if (j->unread != 0)
		return BC_E_LET_UNUSED;
	if (!j->is_claim)
		return j->phase == PHASE_DONE ? BC_OK : BC_E_NOT_DONE;
	if (j->top != j->stack + 1)
		return BC_E_STACK_LEFT;
	return j->stack[0].shape.type == TYPE_BOOL ? BC_OK : BC_E_OPERAND_TYPE;
}

/* Apart from who has `j` among its own variables: from a pointer all is near. */
__attribute__((noinline)) static enum bc_error judge_all(struct judge *j)
{
	enum bc_error error = BC_OK;

	while (error == BC_OK && (j->block != j->blocks || j->at < j->block->end))
		error = j->block != j->blocks && j->at == j->block->end ? close_block(j) : judge_next(j);
	return error == BC_OK ? judge_end(j) : error;
}

bool bc_judge_code(struct opener *o, const struct bc_code *code, const struct bc_event *event,
    const struct bc_claim *claim)
{
	struct judge j;
	enum bc_error error;

	memset(&j, 0, sizeof(j));
	j.code = code->ptr;
	j.p = o->p;
	j.o = o;
	j.event = event;
	j.is_claim = claim != NULL;
	j.is_step = claim != NULL && claim->kind == BC_ALWAYS;
	j.block = j.blocks;
	j.block->base = j.top = j.stack;
	j.block->end = code->len;
	error = judge_all(&j);
	return error == BC_OK || bc_fail(o, error, (uint32_t)(code->ptr - j.p->bytes) + j.at);
}

/* The code of an event, or of a claim if `claim` is not NULL. */
static void open_code(struct opener *o, struct bc_code *code, const struct bc_event *event,
    const struct bc_claim *claim)
{
	code->len = bc_take32(o);
	if (code->len == 0)
		return;
	if (code->len > BC_CODE_MAX)
		bc_refuse(o, BC_E_CODE_LONG);
	code->cost = bc_take64(o);
	code->scratch = bc_take_count(o, BC_SCRATCH_MAX, BC_E_SCRATCH);
	if (code->scratch > o->p->max_scratch)
		o->p->max_scratch = code->scratch;
	code->ptr = bc_take(o, code->len, 1);
	if (o->error == BC_OK)
		bc_judge_code(o, code, event, claim);
}

void bc_open_claim(struct opener *o, struct bc_claim *c)
{
	const struct bc_policy *p = o->p;

	c->kind = bc_take32(o);
	c->n_events = bc_take32(o);
	if (c->kind > BC_REACHABLE)
		bc_fail(o, BC_E_CLAIM_KIND, o->at - 8);
	if (c->n_events > p->n_events || (c->kind == BC_ALWAYS) != (c->n_events > 0))
		bc_refuse(o, BC_E_CLAIM_EVENTS);
	c->events = p->bytes + o->at;
	for (uint32_t i = 0, event, last = 0; i < c->n_events && o->error == BC_OK; i++, last = event) {
		event = bc_take32(o);
		if (event >= p->n_events || (i > 0 && last >= event))
			bc_refuse(o, BC_E_CLAIM_EVENTS);
	}
	if (o->error != BC_OK)
		return;
	open_code(o, &c->code, bc_claim_event(p, c), c);
	if (c->code.len == 0)
		bc_refuse(o, BC_E_CLAIM_EMPTY);
}

void bc_open_rules(struct opener *o)
{
	for (uint32_t i = 0; i < o->p->n_events && o->error == BC_OK; i++) {
		struct bc_event *e = &o->p->events[i];

		open_code(o, &e->rule, e, NULL);
	}
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * steps.c - from instructions to steps: see step.h.  The code was judged by
 * bc_open(), which is relied on; what would not fit all the same ends in steps
 * that fault.
 *
 * `stack` has for each value where it will be found.  An operand that reads may
 * be read later than the instruction that it was: all of a rule is computed in
 * one state, a register of a local is written once while it is in scope, and
 * the register of a place in the stack while no other value is there.
 */
#include "bytecode/mem.h"
#include "step.h"

#define BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)
#define INT  BC_TYPE(BC_ONE, BC_INTEGER, 0)
#define NONE UINT32_MAX

struct place {
	struct operand at;
	uint32_t made_by;               /* the step whose `dest` it is in, or NONE */
};
struct opened {                         /* a block */
	uint32_t step, end;             /* the step that opened it; where it ends, in the code */
	uint32_t type;                  /* what a loop ranges over */
	uint32_t jumps[2];              /* past the block of AND or OR */
	uint8_t op;
};
struct maker {
	const struct bc_policy *p;
	const struct bc_event *event;
	const uint8_t *code;
	struct step *steps;             /* NULL: they are counted */
	uint32_t at, n;                 /* the instruction; steps so far */
	/* Of the bool on top of the stack, if it is in the flag: the step that sets
	 * it, and the jumps that come in with it false [0] or true [1], chained by
	 * their `jump`. */
	uint32_t setter, jumps[2];
	uint32_t n_stack, n_blocks;
	struct place stack[BC_STACK_MAX];
	uint32_t slots[BC_SLOTS_MAX];   /* the types of locals */
	struct opened blocks[BC_NEST_MAX];
	struct step spare;              /* where steps go that are counted only */
};

static struct step *step_at(struct maker *m, uint32_t i)
{
	return m->steps != NULL ? &m->steps[i] : &m->spare;
}

static struct step *emit(struct maker *m, uint8_t op)
{
	struct step *s = step_at(m, m->n++);

	memset(s, 0, sizeof(*s));
	s->op = op;
	s->pc = (uint16_t)m->at;
	return s;
}

static struct operand *push(struct maker *m, enum operand_kind kind, uint32_t type)
{
	struct place *top = &m->stack[m->n_stack++];

	memset(top, 0, sizeof(*top));
	top->at.kind = (uint8_t)kind;
	top->at.type = type;
	top->made_by = NONE;
	return &top->at;
}

/* The register of the value at a place of the stack. */
static uint8_t register_of(uint32_t place)
{
	return (uint8_t)(BC_SLOTS_MAX + place);
}

/* A step leaves the value that is next on the stack. */
static void push_register(struct maker *m, uint32_t type, uint32_t step)
{
	uint8_t slot = register_of(m->n_stack);

	push(m, AT_REGISTER, type)->slot = slot;
	m->stack[m->n_stack - 1].made_by = step;
}

/* ---- the flag ---- */

/* Let the jumps of a chain, which is then empty, come to the next step. */
static void land(struct maker *m, uint32_t *chain)
{
	uint32_t i = *chain;

	while (m->steps != NULL && i != NONE) {
		uint32_t next = m->steps[i].jump == UINT16_MAX ? NONE : m->steps[i].jump;

		m->steps[i].jump = (uint16_t)m->n;
		i = next;
	}
	*chain = NONE;
}

static void join(struct maker *m, uint32_t *chain, uint32_t more)
{
	uint32_t i = more;

	if (more == NONE)
		return;
	while (m->steps != NULL && m->steps[i].jump != UINT16_MAX)
		i = m->steps[i].jump;
	step_at(m, i)->jump = (uint16_t)(*chain == NONE ? UINT16_MAX : *chain);
	*chain = more;
}

/* The step just emitted sets the flag. */
static void set_by(struct maker *m, uint32_t step)
{
	m->setter = step;
	m->jumps[0] = m->jumps[1] = NONE;
}

/* Bring the topmost value, a bool, into the flag. */
static void set_flag(struct maker *m)
{
	struct operand *at = &m->stack[m->n_stack - 1].at;
	struct step *s;

	if (at->kind == AT_FLAG)
		return;
	s = emit(m, STEP_EQUAL);
	s->operands[0] = *at;
	s->operands[1].kind = AT_WORD;
	s->operands[1].at = 1;
	at->kind = AT_FLAG;
	set_by(m, m->n - 1);
}

/* All paths on which the flag is set come together here. */
static void gather(struct maker *m)
{
	set_flag(m);
	land(m, &m->jumps[0]);
	land(m, &m->jumps[1]);
}

/* The step that says what becomes of the flag on all of them. */
static struct step *last_word(struct maker *m)
{
	set_flag(m);
	if (m->jumps[0] != NONE || m->jumps[1] != NONE) {
		gather(m);
		emit(m, STEP_BRANCH);
		set_by(m, m->n - 1);
	}
	return step_at(m, m->setter);
}

/* Bring a value of the stack into the register of its place. */
static void settle(struct maker *m, uint32_t place)
{
	struct operand *at = &m->stack[place].at;
	bool is_flag = at->kind == AT_FLAG;
	struct step *s;

	if (at->kind == AT_REGISTER && at->slot == register_of(place))
		return;
	if (is_flag)
		gather(m);
	s = emit(m, is_flag ? STEP_SETBOOL : STEP_COPY);
	s->dest = register_of(place);
	if (!is_flag)
		s->operands[0] = *at;
	at->kind = AT_REGISTER;
	at->slot = s->dest;
	m->stack[place].made_by = m->n - 1;
}

/* ---- what only reads ---- */

/* The index that follows the opcode, or 0. */
static uint32_t index_of(const struct maker *m)
{
	const uint8_t *code = m->code + m->at;

	return bc_insn_len(code[0]) < 3 ? 0 : bc_get16(code + 1);
}

/* How a cell of a type is found in a request, or in a pool. */
static uint8_t kind_of(uint32_t type, bool is_pool)
{
	uint32_t base = BC_BASE(type);

	if (BC_SHAPE(type) != BC_ONE)
		return is_pool ? V_POOL : V_CELLS;
	if (base == BC_STRING || base == BC_DIGEST32)
		return V_BYTES;
	return base == BC_LANGUAGE ? V_PATTERN : V_WORD;
}

/* A string or a digest of the pool; of other types a word. */
static void push_entry(struct maker *m, uint32_t type, uint64_t entry)
{
	struct operand *o = push(m, AT_WORD, type);
	struct bc_bytes text;

	o->gives = kind_of(type, true);
	o->at = (uint32_t)entry;
	o->n = (uint32_t)(entry >> 32);
	if (o->gives != V_BYTES)
		return;
	text = bc_string(m->p, (uint32_t)entry);
	o->kind = AT_TEXT;
	o->at = (uint32_t)(text.ptr - m->p->bytes);
	o->n = text.len;
}

/* The constants, from FALSE to ROW: of what type, behind an index or not, and their
 * bytes, which may be none. */
static void push_constant(struct maker *m, uint8_t op, const uint8_t *arg)
{
	static const uint8_t bases[] = { 0, BC_BOOL, BC_BOOL, BC_INTEGER, BC_ENUMERATION, BC_STRING,
	    BC_DIGEST32, BC_LANGUAGE, BC_TABLEROW };
	const uint8_t *end = arg + bc_insn_len(op) - 1;
	uint64_t word = op == BC_TRUE;
	uint32_t index = 0;

	if (op == BC_ENUM || op == BC_ROW) {
		index = bc_get16(arg);
		arg += 2;
	}
	for (; arg < end; arg++)
		word = word << 8 | *arg;
	push_entry(m, BC_TYPE(BC_ONE, bases[op], index), word);
}

static void push_rows(struct maker *m, uint32_t table, uint32_t n)
{
	struct operand *o = push(m, AT_ROWS, BC_TYPE(BC_SET, BC_TABLEROW, table));

	o->gives = V_RANGE;
	o->n = n;
}

static void push_scalar(struct maker *m, uint32_t var, bool is_old)
{
	struct operand *o = push(m, AT_SCALAR, m->p->vars[var].value);

	o->gives = V_WORD;
	o->at = var;
	o->old = is_old;
}

static void push_cell(struct maker *m, uint32_t type, uint8_t slot, uint32_t at)
{
	struct operand *o = push(m, AT_CELL, type);

	o->gives = kind_of(type, false);
	o->kind = o->gives == V_WORD ? AT_CELL : AT_SPAN;
	o->slot = slot;
	o->at = at;
	o->stride = 1;
	if (BC_BASE(type) == BC_RECORD)
		o->stride = (uint8_t)bc_record_len(m->p, BC_INDEX(type));
}

/* COLUMN and MEMBER: of the row or the record on the stack. */
static void push_part(struct maker *m, uint8_t op, uint32_t index)
{
	const struct bc_policy *p = m->p;
	struct operand of = m->stack[m->n_stack - 1].at, *o;
	const struct bc_table *t;

	if (of.kind != AT_REGISTER) {
		settle(m, m->n_stack - 1);
		of = m->stack[m->n_stack - 1].at;
	}
	m->n_stack--;
	if (op == BC_MEMBER) {
		push_cell(m, bc_member_type(p, BC_INDEX(of.type), index), of.slot, 8 * index);
		return;
	}
	t = &p->tables[BC_INDEX(of.type)];
	o = push(m, AT_COLUMN, bc_column_type(t, index));
	o->gives = kind_of(o->type, true);
	if (o->gives == V_BYTES)
		o->kind = AT_STRING;
	else if (o->gives == V_POOL)
		o->kind = AT_ELEMENTS;
	o->slot = of.slot;
	o->stride = (uint16_t)t->row_len;
	o->at = (uint32_t)(t->rows - p->bytes) + 4 * index;
	o->n = t->n_rows;
}

/* Whether the instruction only reads; then it is pushed. */
static bool push_reading(struct maker *m, uint8_t op, const uint8_t *arg)
{
	const struct bc_policy *p = m->p;
	uint32_t index = index_of(m);

	if (op <= BC_ROW)
		push_constant(m, op, arg);
	else if (op == BC_SWITCH)
		push_entry(m, bc_switch_type(p, index), bc_switch_value(p, index));
	else if (op == BC_NOROWS)
		push_rows(m, index, 0);
	else if (op == BC_ROWS)
		push_rows(m, index, p->tables[index].n_rows);
	else if (op == BC_LOCAL)
		push(m, AT_REGISTER, m->slots[arg[0]])->slot = arg[0];
	else if (op == BC_VAR || op == BC_OLDVAR)
		push_scalar(m, index, op == BC_OLDVAR);
	else if (op == BC_FIELD)
		push_cell(m, bc_field_type(m->event, index), REQUEST, 8 + 8 * index);
	else if (op == BC_COLUMN || op == BC_MEMBER)
		push_part(m, op, index);
	else
		return false;
	return true;
}

/* ---- logic and loops ---- */

static struct opened *open_block(struct maker *m, uint8_t op)
{
	uint32_t body = m->at + bc_insn_len(op);
	struct opened *b = &m->blocks[m->n_blocks++];

	b->op = op;
	b->step = m->n - 1;
	b->end = body + bc_get16(m->code + body - 2);
	return b;
}

/* AND and OR jump past the block with the flag as it is. */
static void begin_logic(struct maker *m, uint8_t op)
{
	bool on = op == BC_OR;
	struct opened *b;
	struct step *s;

	set_flag(m);
	s = step_at(m, m->setter);
	s->bits |= on ? STEP_JUMPS | STEP_ON : STEP_JUMPS;
	s->jump = UINT16_MAX;
	join(m, &m->jumps[on], m->setter);
	land(m, &m->jumps[!on]);
	m->n_stack--;
	b = open_block(m, op);
	b->jumps[on] = m->jumps[on];
	b->jumps[!on] = NONE;
}

static void begin_loop(struct maker *m, uint8_t op, const uint8_t *arg)
{
	struct operand source = m->stack[--m->n_stack].at;
	struct step *s = emit(m, op);

	s->operands[0] = source;
	s->slot = arg[0];
	s->dest = register_of(m->n_stack);
	if (op == BC_MAP)
		s->index = (uint16_t)bc_get16(arg + 1);
	m->slots[arg[0]] = source.type & 0x00ffffffu;
	m->slots[arg[0] + 1] = INT;
	open_block(m, op)->type = source.type;
}

static void end_loop(struct maker *m, const struct opened *b)
{
	struct operand value;
	uint32_t type = b->type;
	struct step *s;

	if (b->op != BC_MAP)
		gather(m);
	value = m->stack[--m->n_stack].at;
	s = emit(m, STEP_NEXT);
	if (b->op == BC_MAP)
		s->operands[0] = value;
	step_at(m, b->step)->past = (uint16_t)m->n;
	if (b->op == BC_ALL || b->op == BC_SOME) {
		push(m, AT_FLAG, BOOL);
		set_by(m, b->step);
		return;
	}
	if (b->op == BC_COUNT)
		type = INT;
	else if (b->op == BC_MAP)
		type = BC_TYPE(BC_LIST, BC_TABLEROW, BC_INDEX(value.type));
	push_register(m, type, b->step);
}

static void end_block(struct maker *m)
{
	const struct opened *b = &m->blocks[--m->n_blocks];

	if (b->op >= BC_ALL) {
		end_loop(m, b);
		return;
	}
	set_flag(m);
	join(m, &m->jumps[0], b->jumps[0]);
	join(m, &m->jumps[1], b->jumps[1]);
}

/* ---- the rest ---- */

static void let(struct maker *m, uint32_t slot)
{
	const struct place *value = &m->stack[--m->n_stack];
	struct step *s;

	if (value->made_by != NONE) {
		s = step_at(m, value->made_by);
	} else {
		s = emit(m, STEP_COPY);
		s->operands[0] = value->at;
	}
	s->dest = (uint8_t)slot;
	s->bits |= STEP_HOLDS;
	m->slots[slot] = value->at.type;
}

/* The type of the result of an instruction that is a step of its own. */
static uint32_t result_type(const struct maker *m, uint8_t op, const struct place *in)
{
	const struct bc_policy *p = m->p;
	uint32_t index = index_of(m);

	if (op == BC_GET)
		return p->vars[index].value;
	if (op == BC_KEYS)
		return p->vars[index].key | (uint32_t)BC_SET << 24;
	if (op == BC_KEYROWS)
		return BC_TYPE(BC_SET, BC_TABLEROW, index);
	if (op == BC_AT || op == BC_PICK)
		return in->at.type & 0x00ffffffu;
	return INT;
}

static void make_step(struct maker *m, uint8_t op)
{
	uint32_t n = bc_insn_pops(m->p, m->code + m->at);
	uint8_t pushes = (uint8_t)bc_insn(op)->pushes;
	const struct place *in = &m->stack[m->n_stack - n];
	struct step *s;

	/* More than fit into a step: all but the first in registers. */
	for (uint32_t i = 1; n > 2 && i < n - (op == BC_MATCHCAT); i++)
		settle(m, m->n_stack - n + i);
	m->n_stack -= n;
	s = emit(m, op);
	if (n > 0)
		s->operands[0] = in[0].at;
	if (n > 1)
		s->operands[1] = in[n - 1].at;
	s->dest = register_of(m->n_stack);
	s->index = (uint16_t)index_of(m);
	if (op >= BC_OLDVAR && op <= BC_OLDKEYS) {
		s->op = op = (uint8_t)(op - BC_OLDVAR + BC_VAR);
		s->slot = 1;
	} else if (op >= BC_MATCH && op <= BC_EQCAT) {
		s->slot = (uint8_t)(n - 1 - (op <= BC_MATCHCAT));
	} else if (op == BC_EQ) {
		s->op = kind_of(in->at.type, true) == V_BYTES ? STEP_SAME : STEP_EQUAL;
	}
	if (pushes == 'b') {
		push(m, AT_FLAG, BOOL);
		set_by(m, m->n - 1);
	} else if (pushes != '.') {
		push_register(m, result_type(m, op, in), m->n - 1);
	}
}

static void make(struct maker *m, uint8_t op)
{
	const uint8_t *arg = m->code + m->at + 1;

	if (op == BC_AND || op == BC_OR) {
		begin_logic(m, op);
		return;
	}
	if (op == BC_NOT) {
		last_word(m)->bits ^= STEP_NEGATED;
		return;
	}
	if (op == BC_REQUIRE) {
		struct step *s = last_word(m);

		s->bits |= STEP_REQUIRES;
		s->pc = (uint16_t)m->at;
		m->n_stack--;
		return;
	}
	if (m->n_stack > 0 && m->stack[m->n_stack - 1].at.kind == AT_FLAG)
		settle(m, m->n_stack - 1);
	if (op >= BC_ALL && op <= BC_MAP)
		begin_loop(m, op, arg);
	else if (op == BC_LET)
		let(m, arg[0]);
	else if (!push_reading(m, op, arg))
		make_step(m, op);
}

uint32_t cpol_make_steps(const struct bc_policy *p, const struct bc_event *event,
    const struct bc_code *code, struct step *steps)
{
	struct maker m = { .p = p, .event = event, .code = code->ptr, .steps = steps };

	while (true) {
		while (m.n_blocks > 0 && m.blocks[m.n_blocks - 1].end == m.at)
			end_block(&m);
		if (m.at == code->len)
			break;
		make(&m, m.code[m.at]);
		m.at += bc_insn_len(m.code[m.at]);
	}
	if (m.n_stack != 0)             /* a claim: its value */
		gather(&m);
	return m.n;
}

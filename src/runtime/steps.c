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
/* Not inlined: it is less code. */
#define CALLED __attribute__((noinline))
#define NO_REGISTER UINT8_MAX

struct place {
	struct value at;
	uint32_t made_by;               /* the step whose `dest` it is in, or NONE */
};
struct opened {                         /* a block */
	uint32_t step, end;             /* the step that opened it; where it ends, in the code */
	uint32_t type;                  /* what a loop ranges over */
	uint32_t first;                 /* AND and OR: of the bool that the block is a part of */
	uint8_t op;
};
struct maker {
	const struct bc_policy *p;
	const struct bc_event *event;
	const uint8_t *code;
	struct step *steps;             /* NULL: they are counted */
	uint32_t at, n;                 /* the instruction; steps so far */
	/* Of the bool on top of the stack, if it is in the flag: the first step that sets
	 * it, and the last.  Those between that jump, but not yet anywhere, come in with
	 * it as their STEP_ON says. */
	uint32_t first, setter;
	uint32_t n_stack, n_blocks;
	struct place stack[BC_STACK_MAX];
	uint32_t slots[BC_SLOTS_MAX];   /* the types of locals */
	struct opened blocks[BC_NEST_MAX];
	struct step spare;              /* where steps go that are counted only */
};

static CALLED struct step *step_at(struct maker *m, uint32_t i)
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

static CALLED struct value *give(struct step *s, uint32_t k, const struct value *operand)
{
	s->reads |= (uint8_t)(1 << k);
	cpol_copy(&s->operands[k], operand);
	return &s->operands[k];
}

static void push(struct maker *m, const struct value *value, uint32_t made_by)
{
	struct place *top = &m->stack[m->n_stack++];

	cpol_copy(&top->at, value);
	top->made_by = made_by;
}

/* The register of the value at a place of the stack. */
static uint8_t register_of(uint32_t place)
{
	return (uint8_t)(BC_SLOTS_MAX + place);
}

/* The step just emitted sets the flag. */
static void set_by(struct maker *m, uint32_t step)
{
	m->first = m->setter = step;
}

/* A step leaves the value that is next on the stack, a bool in the flag. */
static void push_made(struct maker *m, enum operand_from from, uint32_t type, uint32_t step)
{
	struct value value;

	cpol_word(&value, type, 0);
	value.from = (uint8_t)from;
	value.slot = register_of(m->n_stack);
	push(m, &value, step);
	if (from == AT_FLAG)
		set_by(m, step);
}

/* ---- the flag ---- */

/* Let the jumps that come in with the flag so come to the next step. */
static void land(struct maker *m, bool on)
{
	uint8_t bits = on ? STEP_JUMPS | STEP_ON : STEP_JUMPS;

	for (uint32_t i = m->first; m->steps != NULL && i < m->n; i++) {
		struct step *s = &m->steps[i];

		if (s->jump == 0 && (s->bits & (STEP_JUMPS | STEP_ON)) == bits)
			s->jump = (uint16_t)m->n;
	}
}

/* Bring the topmost value, a bool, into the flag. */
static void set_flag(struct maker *m)
{
	struct value *at = &m->stack[m->n_stack - 1].at;
	struct step *s;

	if (at->from == AT_FLAG)
		return;
	s = emit(m, STEP_EQUAL);
	give(s, 0, at);
	at = give(s, 1, at);
	at->from = AT_VALUE;
	at->slot = NO_REGISTER;
	at->word = 1;
	m->stack[m->n_stack - 1].at.from = AT_FLAG;
	set_by(m, m->n - 1);
}

/* All paths on which the flag is set come together here. */
static void gather(struct maker *m)
{
	set_flag(m);
	land(m, false);
	land(m, true);
}

/* The step that says what becomes of the flag on all of them. */
static struct step *last_word(struct maker *m)
{
	set_flag(m);
	if (m->first != m->setter) {
		gather(m);
		emit(m, STEP_BRANCH);
		set_by(m, m->n - 1);
	}
	return step_at(m, m->setter);
}

/* Bring a value of the stack into the register of its place. */
static void settle(struct maker *m, uint32_t place)
{
	struct value *at = &m->stack[place].at;
	bool is_flag = at->from == AT_FLAG;
	struct step *s;

	if (at->from == AT_REGISTER && at->slot == register_of(place))
		return;
	if (is_flag)
		gather(m);
	s = emit(m, is_flag ? STEP_SETBOOL : STEP_COPY);
	s->dest = register_of(place);
	if (!is_flag)
		give(s, 0, at);
	at->from = AT_REGISTER;
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

/* The constants: behind an index or not, their bytes, which may be none. */
static void take_constant(const struct maker *m, uint8_t op, struct value *o)
{
	static const uint8_t bases[] = { 0, BC_BOOL, BC_BOOL, BC_INTEGER, BC_ENUMERATION, BC_STRING,
	    BC_DIGEST32, BC_LANGUAGE, BC_TABLEROW };
	const uint8_t *at = m->code + m->at + 1, *end = at + bc_insn_len(op) - 1;
	uint32_t index = 0;

	if (op == BC_ENUM || op == BC_ROW) {
		index = bc_get16(at);
		at += 2;
	}
	o->type = BC_TYPE(BC_ONE, bases[op], index);
	o->word = op == BC_TRUE;
	for (; at < end; at++)
		o->word = o->word << 8 | *at;
}

static void take_string(const struct bc_policy *p, struct value *o)
{
	struct bc_bytes text = bc_string(p, (uint32_t)o->word);

	o->ptr = text.ptr;
	o->n = text.len;
}

/* COLUMN and MEMBER: of the row or the record on the stack. */
static void take_part(struct maker *m, uint8_t op, uint32_t index, struct value *o)
{
	const struct bc_policy *p = m->p;
	struct place *top = &m->stack[m->n_stack - 1];
	uint32_t of = BC_INDEX(top->at.type);
	const struct bc_table *t = &p->tables[of];

	if (top->at.from != AT_REGISTER)
		settle(m, m->n_stack - 1);
	m->n_stack--;
	o->slot = top->at.slot;
	if (op == BC_MEMBER) {
		o->from = AT_CELL;
		o->type = bc_member_type(p, of, index);
		o->word = 8 * index;
		return;
	}
	o->from = AT_COLUMN;
	o->type = bc_column_type(t, index);
	o->stride = (uint16_t)t->row_len;
	o->ptr = t->rows + 4 * index;
	o->n = t->n_rows;
}

/* Whether the instruction only reads; then it is pushed. */
static bool push_reading(struct maker *m, uint8_t op, const uint8_t *arg)
{
	const struct bc_policy *p = m->p;
	uint32_t index = index_of(m);
	struct value o;

	cpol_word(&o, BC_TYPE(BC_SET, BC_TABLEROW, index), 0);
	o.from = AT_VALUE;
	o.slot = NO_REGISTER;
	if (op <= BC_ROW) {
		take_constant(m, op, &o);
	} else if (op == BC_SWITCH) {
		o.type = bc_switch_type(p, index);
		o.word = bc_switch_value(p, index);
	} else if (op == BC_ROWS) {
		o.n = p->tables[index].n_rows;
	} else if (op == BC_LOCAL) {
		o.from = AT_REGISTER;
		o.slot = arg[0];
		o.type = m->slots[arg[0]];
	} else if (op == BC_VAR || op == BC_OLDVAR) {
		o.from = AT_SCALAR;
		o.type = p->vars[index].value;
		o.word = index;
		o.old = op == BC_OLDVAR;
	} else if (op == BC_FIELD) {
		o.from = AT_CELL;
		o.slot = REQUEST;
		o.type = bc_field_type(m->event, index);
		o.word = 8 + 8 * index;
	} else if (op == BC_COLUMN || op == BC_MEMBER) {
		take_part(m, op, index, &o);
	} else if (op != BC_NOROWS) {
		return false;
	}
	o.kind = cpol_kind(o.type, o.from == AT_VALUE ? V_RANGE : o.from == AT_CELL ? V_CELLS : V_POOL);
	if (o.from == AT_VALUE && o.kind == V_BYTES)
		take_string(p, &o);
	if (o.from == AT_CELL)
		o.stride = BC_BASE(o.type) == BC_RECORD ? (uint16_t)bc_record_len(p, BC_INDEX(o.type)) : 1;
	if (o.from >= AT_CELL)
		o.from = (uint8_t)(o.from + (o.kind != V_WORD) + (o.kind == V_POOL));
	push(m, &o, NONE);
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
	struct step *s;

	set_flag(m);
	s = step_at(m, m->setter);
	s->bits |= on ? STEP_JUMPS | STEP_ON : STEP_JUMPS;
	land(m, !on);
	m->n_stack--;
	open_block(m, op)->first = m->first;
}

static void begin_loop(struct maker *m, uint8_t op, const uint8_t *arg)
{
	const struct value *source = &m->stack[--m->n_stack].at;
	struct step *s = emit(m, op);

	give(s, 0, source);
	s->gives = BC_BASE(source->type) == BC_RECORD ? V_RECORD : cpol_is_text(source->type) ? V_BYTES : V_WORD;
	if (source->from == AT_ELEMENTS && s->gives == V_WORD)
		s->unit = 4;
	else if (source->from == AT_SPAN && s->gives == V_RECORD)
		s->unit = (uint8_t)(8 * source->stride);
	s->slot = arg[0];
	s->dest = register_of(m->n_stack);
	if (op == BC_MAP) {
		s->operands[1].kind = V_WORDS;
		s->operands[1].type = BC_TYPE(BC_LIST, BC_TABLEROW, bc_get16(arg + 1));
	}
	m->slots[arg[0]] = bc_element(source->type);
	m->slots[arg[0] + 1] = INT;
	open_block(m, op)->type = source->type;
}

/* Whether, and how, a loop passes over elements by the test that begins its block:
 * what that says must be all that the block says of them, and must not decide. */
static void set_scan(const struct maker *m, struct step *begin)
{
	const struct step *first = begin + 1, *end = &m->steps[m->n - 1];
	bool goes_on = begin->op == BC_ALL;             /* what the flag is then */

	if (begin->op == BC_MAP || first->op < BC_MATCH || first->op > STEP_EQUAL)
		return;
	if (first + 1 != end && (&m->steps[first->jump] != end || ((first->bits & STEP_ON) != 0) != goes_on))
		return;
	for (uint32_t k = 0; k < 2; k++)
		begin->scan |= (uint8_t)(((uint32_t)first->operands[k].slot - begin->slot < 2) << k);
	if (begin->scan != 0 && goes_on != ((first->bits & STEP_NEGATED) != 0))
		begin->scan |= SCAN_PASSES;
}

static CALLED void end_loop(struct maker *m, const struct opened *b)
{
	const struct value *value;
	uint32_t type = b->type;
	struct step *s;

	if (b->op != BC_MAP)
		gather(m);
	value = &m->stack[--m->n_stack].at;
	s = emit(m, STEP_NEXT);
	if (b->op == BC_COUNT) {
		type = INT;
	} else if (b->op == BC_MAP) {
		give(s, 0, value);
		type = BC_TYPE(BC_LIST, BC_TABLEROW, BC_INDEX(value->type));
	}
	step_at(m, b->step)->past = (uint16_t)m->n;
	if (m->steps != NULL)
		set_scan(m, &m->steps[b->step]);
	push_made(m, b->op <= BC_SOME ? AT_FLAG : AT_REGISTER, type, b->step);
}

static void end_block(struct maker *m)
{
	const struct opened *b = &m->blocks[--m->n_blocks];

	if (b->op >= BC_ALL) {
		end_loop(m, b);
		return;
	}
	set_flag(m);
	m->first = b->first;
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
		give(s, 0, &value->at);
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
		return bc_element(in->at.type);
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
		give(s, 0, &in[0].at);
	if (n > 1)
		give(s, 1, &in[n - 1].at);
	s->dest = register_of(m->n_stack);
	s->index = (uint16_t)index_of(m);
	if (op >= BC_OLDVAR && op <= BC_OLDKEYS) {
		s->op = op = (uint8_t)(op - BC_OLDVAR + BC_VAR);
		s->slot = 1;
	} else if (op >= BC_MATCH && op <= BC_EQCAT) {
		s->slot = (uint8_t)(n - 1 - (op <= BC_MATCHCAT));
	} else if (op == BC_EQ) {
		s->op = cpol_kind(in->at.type, V_POOL) == V_BYTES ? STEP_SAME : STEP_EQUAL;
	}
	if (pushes != '.')
		push_made(m, pushes == 'b' ? AT_FLAG : AT_REGISTER, result_type(m, op, in), m->n - 1);
}

static CALLED void make(struct maker *m, uint8_t op)
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
	if (m->n_stack > 0 && m->stack[m->n_stack - 1].at.from == AT_FLAG)
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
	if (m.n_stack != 0) {           /* a claim: its value */
		gather(&m);
		emit(&m, BC_DONE);
	}
	return m.n;
}

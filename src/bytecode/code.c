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

#define ROUNDS 8u

/* THE BOUND.  What a block costs is charged for each element of its loop, inner
 * loops times outer ones.  Two things are not multiplied so:
 *
 * Text of the request.  Nothing is in a request twice, so the elements of a list
 * have no more of it in all than the list: its `budget`, of which each element is
 * charged the mean.  A step that is a sum over texts then never costs more than
 * this says, however unlike they are.
 *
 * What follows a test that few elements pass.  In { x in set | x == e and rest },
 * and so with a key of x, `rest` is reached once for each value of e, be the loop
 * over x inside of those that e depends on or around them, as long as these do not
 * depend on x.  It is charged as the part of a repetition that adds up to once, and
 * may meet the longest element each time.  With a column of x it is reached as often
 * as the table has the same value there; and no more rows are left.
 *
 * What is never reached costs nothing: switches are constants, no row may have the
 * value that is looked for, and maps into which no rule puts anything are empty.
 * Nor is a field longer than the words of a pattern that it was seen to match.
 */

bool bc_judge_fail(struct judge *j, enum bc_error error)
{
	bc_fail(j->o, error, (uint32_t)(j->code - j->p->bytes) + j->at);
	return false;
}

uint64_t bc_times(uint64_t a, uint64_t b)
{
	return b == 0 || a <= UINT64_MAX / b ? a * b : UINT64_MAX;
}

void bc_spend(struct judge *j, uint64_t steps)
{
	if (!j->is_dead)
		j->cost = bc_plus(j->cost, steps);
}

static bool push(struct judge *j, const struct shape *shape, uint32_t start, uint32_t made_at)
{
	struct operand *top = &j->stack[j->n_stack];

	if (j->n_stack == BC_STACK_MAX)
		return bc_judge_fail(j, BC_E_STACK_FULL);
	j->n_stack++;
	top->shape = *shape;
	top->start = (uint16_t)start;
	top->made_at = (uint16_t)made_at;
	top->op = j->code[made_at];
	return true;
}

/* Whether a value is of the kind that opcodes.def asks for. */
static bool kind_fits(char kind, const struct shape *s)
{
	uint32_t base = BC_BASE(s->type), shape = BC_SHAPE(s->type);

	switch (kind) {
	case 'b': return s->type == TYPE_BOOL;
	case 'i': return s->type == TYPE_INT;
	case 's': return s->type == TYPE_TEXT;
	case 'p': return shape == BC_ONE && base == BC_LANGUAGE;
	case 'r': return shape == BC_ONE && base == BC_TABLEROW;
	case 'e': return shape == BC_ONE && base == BC_RECORD;
	case 'x': return shape == BC_ONE && base != BC_LANGUAGE && base != BC_RECORD;
	case 'l': return shape == BC_LIST;
	case 'c': return shape != BC_ONE;
	default:  return true;          /* the instruction sees to it */
	}
}

/* Take the operands of the instruction; they stay where they were, above the
 * stack, until the next is pushed. */
static bool take_operands(struct judge *j, const struct operand **in)
{
	bool is_joined = j->code[j->at] == BC_EQCAT;
	const char *kinds = is_joined ? "sssss" : bc_insn(j->code[j->at])->pops;
	uint32_t n = bc_insn_pops(j->p, j->code + j->at);
	uint32_t floor = j->n_blocks == 0 ? 0 : j->blocks[j->n_blocks - 1].depth;

	if (is_joined && (n < 3 || n > 5))
		return bc_judge_fail(j, BC_E_PARTS);
	if (n > j->n_stack - floor)
		return bc_judge_fail(j, BC_E_STACK_EMPTY);
	j->n_stack -= n;
	*in = j->stack + j->n_stack;
	for (uint32_t i = 0; i < n; i++) {
		if (!kind_fits(kinds[i], &(*in)[i].shape))
			return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	}
	return true;
}

static uint32_t block_end(const struct judge *j)
{
	return j->n_blocks == 0 ? j->len : j->blocks[j->n_blocks - 1].end;
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
static bool open_block(struct judge *j, const struct shape *source, uint32_t start)
{
	uint32_t body = j->at + bc_insn_len(j->code[j->at]), len = bc_get16(j->code + body - 2);
	struct block *b = &j->blocks[j->n_blocks];

	if (len > block_end(j) - body)
		return bc_judge_fail(j, BC_E_BLOCK_LENGTH);
	if (j->n_blocks == BC_NEST_MAX)
		return bc_judge_fail(j, BC_E_BLOCKS);
	b->start = (uint16_t)start;
	b->at = (uint16_t)j->at;
	b->end = (uint16_t)(body + len);
	b->cost = j->cost;
	b->scratch = j->scratch;
	b->op = j->code[j->at];
	b->depth = (uint8_t)j->n_stack;
	b->loops = source->loops;
	b->picks = b->few = 0;
	b->field = BC_FIELDS_MAX;
	b->known = source->known;
	b->was_dead = j->is_dead;
	j->n_blocks++;
	j->cost = 0;
	return true;
}

/* The slot of the element of an open loop. */
static struct slot *element_of(struct judge *j, uint32_t loop)
{
	return &j->slots[j->n_slots - 2 * (j->n_loops - loop)];
}

/* In the block that was just opened the elements of a loop are those that a test
 * let pass.  Not, if an inner loop has its part of their mean. */
static void pick(struct judge *j, const struct shape *test)
{
	struct block *b = &j->blocks[j->n_blocks - 1];
	uint32_t loop = test->picks - 1u;
	struct shape *element = &element_of(j, loop)->shape;

	for (uint32_t i = loop + 1; i < j->n_loops; i++) {
		if (j->loops[i].budget != 0 && (j->loops[i].loops >> loop & 1) != 0)
			return;
	}
	b->picks = test->picks;
	b->budget = element->budget;
	b->few = test->few;
	element->budget = j->loops[loop].budget;
	element->names = 0;
}

static void unpick(struct judge *j, const struct block *b)
{
	struct shape *element = &element_of(j, b->picks - 1u)->shape;
	uint32_t most = j->loops[b->picks - 1].most;

	element->budget = b->budget;
	element->names = b->picks;
	if (most > b->few && j->cost != UINT64_MAX)
		j->cost = bc_times(j->cost / most + (j->cost % most != 0), b->few);
}

/* Where a bool is true, what it is about is short. */
static void limit(struct judge *j, const struct shape *test)
{
	if (test->limit != 0)
		j->limits[test->field] = test->limit;
}

static bool judge_logic(struct judge *j, const struct operand *left)
{
	bool is_and = j->code[j->at] == BC_AND;
	struct block *b = &j->blocks[j->n_blocks];

	if (left->op == BC_TRUE || left->op == BC_FALSE)
		return bc_judge_fail(j, BC_E_CONSTANT_OPERAND);
	if (left->op == j->code[j->at])
		return bc_judge_fail(j, BC_E_NESTED_OPERAND);
	if (!open_block(j, &left->shape, left->start))
		return false;
	j->is_dead = j->is_dead || left->shape.known == (is_and ? NEVER : ALWAYS);
	if (!is_and)
		return true;
	if (left->shape.picks != 0)
		pick(j, &left->shape);
	if (left->shape.limit != 0) {
		b->field = left->shape.field;
		b->limit = j->limits[b->field];
		limit(j, &left->shape);
	}
	return true;
}

/* The left operand of AND or OR against the next of the run. */
static bool close_logic(struct judge *j, const struct block *b, const struct operand *right)
{
	const uint8_t *left = j->code + b->start, *next = j->code + right->start;
	uint32_t left_len = (uint32_t)b->at - b->start;
	uint32_t next_len = (right->op == b->op ? right->made_at : (uint32_t)b->end) - right->start;
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

/* Of AND or OR: one operand may be enough. */
static uint8_t both(uint8_t op, uint8_t left, uint8_t right)
{
	uint8_t enough = op == BC_AND ? NEVER : ALWAYS;

	return left == enough || right == enough ? enough : left == right ? left : UNKNOWN;
}

static bool judge_loop(struct judge *j, const struct operand *source)
{
	uint8_t op = j->code[j->at];
	struct slot *slots = &j->slots[j->n_slots];
	const struct shape *s = &source->shape;
	uint64_t result = 0;

	if (op == BC_WHERE && !bc_is_rows(s) && s->origin != FROM_FIELD && s->origin != FROM_WHERE)
		return bc_judge_fail(j, BC_E_LOOP_SOURCE);
	if (j->n_loops == BC_LOOPS_MAX)
		return bc_judge_fail(j, BC_E_LOOPS);
	if (BC_SLOTS_MAX - j->n_slots < 2)
		return bc_judge_fail(j, BC_E_SLOTS);
	if (j->code[j->at + 1] != j->n_slots)
		return bc_judge_fail(j, BC_E_SLOT);
	if (op == BC_WHERE)             /* bits, or a mask */
		result = bc_is_rows(s) ? ((uint64_t)s->span + 63) / 64 * 8 : ((uint64_t)s->most + 7) / 8;
	else if (op == BC_MAP)
		result = 4 * (uint64_t)s->most;
	bc_spend(j, bc_words(s) + result / 8);
	if (!allot(j, result) || !open_block(j, s, source->start))
		return false;
	j->loops[j->n_loops++] = *s;
	memset(slots, 0, 2 * sizeof(*slots));
	slots[0].shape.type = bc_element(s->type);
	slots[0].shape.bytes = s->bytes;
	slots[0].shape.budget = s->budget == 0 || s->most == 0 ? s->budget : (s->budget - 1) / s->most + 1;
	slots[0].shape.loops = slots[1].shape.loops = (uint8_t)(s->loops | 1u << (j->n_loops - 1));
	if (BC_SHAPE(s->type) == BC_LIST)
		slots[1].shape.type = TYPE_INT;
	else
		slots[0].shape.names = (uint8_t)j->n_loops;
	slots[0].shape.few = 1;
	j->n_slots += 2;
	return true;
}

/* What the loop leaves; *result is what its block left. */
static void close_loop(struct judge *j, const struct block *b, struct shape *result)
{
	struct shape source = j->loops[--j->n_loops];

	j->n_slots -= 2;
	j->scratch = b->scratch;
	j->cost = j->is_dead ? 0 : bc_times(bc_plus(j->cost, 1), source.most);
	if (b->op == BC_COUNT) {
		result->type = TYPE_INT;
	} else if (b->op == BC_WHERE) {
		if (bc_is_rows(&source) && result->picks == j->n_loops + 1 && result->few < source.most)
			source.most = result->few;
		if (bc_is_rows(&source) && result->known == NEVER)
			source.most = 0;
		*result = source;
		result->origin = BC_BASE(source.type) == BC_TABLEROW ? FROM_ANYWHERE : FROM_WHERE;
	} else if (b->op == BC_MAP) {
		source.type = BC_TYPE(BC_LIST, BC_TABLEROW, BC_INDEX(result->type));
		source.origin = FROM_ANYWHERE;
		source.bytes = source.budget = 0;
		*result = source;
	} else if (source.most == 0) {
		result->known = b->op == BC_ALL ? ALWAYS : NEVER;
	} else if (result->known != (b->op == BC_ALL ? ALWAYS : NEVER)) {
		result->known = UNKNOWN;
	}
}

/* The innermost block ends here: one value, of the right type, was left. */
static bool close_block(struct judge *j)
{
	const struct block *b = &j->blocks[j->n_blocks - 1];
	struct operand *top = &j->stack[b->depth];
	uint32_t loops;

	if (j->n_stack != b->depth + 1u || !kind_fits(b->op == BC_MAP ? 'r' : 'b', &top->shape))
		return bc_judge_fail(j, BC_E_BLOCK_RESULT);
	if (b->op == BC_MAP && BC_INDEX(top->shape.type) != bc_get16(j->code + b->at + 2))
		return bc_judge_fail(j, BC_E_BLOCK_RESULT);
	loops = b->loops | top->shape.loops;
	if (b->op >= BC_ALL) {
		close_loop(j, b, &top->shape);
		loops &= ~(1u << j->n_loops);
	} else if (!close_logic(j, b, top)) {
		return false;
	}
	if (b->picks != 0)
		unpick(j, b);
	if (b->field < BC_FIELDS_MAX)
		j->limits[b->field] = b->limit;
	if (b->op < BC_ALL)
		top->shape.known = both(b->op, b->known, top->shape.known);
	j->is_dead = b->was_dead;
	top->shape.loops = (uint8_t)loops;
	top->shape.names = 0;           /* it is not what the block read, or its loop is closed */
	if (b->op != BC_AND)
		top->shape.picks = top->shape.limit = 0;
	else if (top->shape.picks == 0 && b->picks != 0) {
		top->shape.picks = b->picks;
		top->shape.few = b->few;
	}
	j->cost = bc_plus(j->cost, b->cost);
	j->n_blocks--;
	j->n_stack--;
	return push(j, &top->shape, b->start, b->at);
}

/* ---- statements ---- */

static bool judge_require(struct judge *j, const struct shape *test)
{
	j->is_dead = j->is_dead || test->known == NEVER;
	limit(j, test);
	return true;
}

static bool judge_let(struct judge *j, const struct operand *value)
{
	struct slot *slot = &j->slots[j->n_slots];

	if (j->n_slots == BC_SLOTS_MAX)
		return bc_judge_fail(j, BC_E_SLOTS);
	if (j->code[j->at + 1] != j->n_slots)
		return bc_judge_fail(j, BC_E_SLOT);
	slot->shape = value->shape;
	j->unread |= UINT64_C(1) << j->n_slots++;
	j->held = j->scratch;
	return true;
}

/* A value is put into a map; what that changes is to be judged again.  Of what is
 * no set of rows nobody asks how many. */
static void hold(struct bc_var *v, const struct shape *rows, struct opener *o)
{
	uint32_t most = bc_most(v->rows, rows->most), span = bc_most(v->span, rows->span);

	o->rows_grew |= ((most ^ v->rows) | (span ^ v->span)) != 0 || !v->is_held;
	v->rows = most;
	v->span = span;
	v->is_held = true;
}

/* How many effects before this one are on its variable. */
static uint32_t count_writes(const struct judge *j)
{
	uint32_t n = 0;

	for (uint32_t at = 0; at < j->at; at += bc_insn_len(j->code[at]))
		n += j->code[at] >= BC_SETVAR && j->code[at] <= BC_DEL && bc_get16(j->code + at + 1) == bc_index(j);
	return n;
}

/* SETVAR, PUT and DEL.  Ghosts are written after GHOST, others before.  A PUT
 * costs the search, the comparison with the rule's other effects, the copy, and
 * the room made among the keys.  A key is compared with those of earlier effects
 * on its map before anything else, and so is as long as it comes. */
static bool judge_write(struct judge *j, const struct operand *in)
{
	uint8_t op = j->code[j->at];
	bool is_map = op != BC_SETVAR;
	const struct operand *value = is_map ? in + 1 : in;
	const struct bc_var *v;

	if (bc_index(j) >= j->p->n_vars)
		return bc_judge_fail(j, BC_E_INDEX);
	v = &j->p->vars[bc_index(j)];
	if ((v->key != 0) != is_map)
		return bc_judge_fail(j, is_map ? BC_E_NOT_MAP : BC_E_NOT_SCALAR);
	if ((v->flags & 1) != (j->phase == PHASE_GHOST ? 1u : 0u))
		return bc_judge_fail(j, BC_E_GHOST_WRITE);
	if (j->n_writes++ == BC_WRITES_MAX)
		return bc_judge_fail(j, BC_E_WRITES);
	if (op != BC_DEL && v->value != 0) {
		if (value->shape.type != v->value || value->shape.origin == FROM_KEYS)
			return bc_judge_fail(j, BC_E_OPERAND_TYPE);
		bc_spend(j, bc_times(1 + (uint64_t)v->list_len, 1 + bc_text_len(v->value, v->value_len) / 8));
		bc_spend(j, 2 * (uint64_t)value->shape.most + 4 * (uint64_t)bc_words(&value->shape));
	}
	if (op == BC_PUT && !j->is_dead)
		hold(&j->o->p->vars[bc_index(j)], v->value != 0 ? &value->shape : &in->shape, j->o);
	/* The effects before it are met once, and by it, when room is counted. */
	bc_spend(j, 3 * (uint64_t)j->n_writes - 2);
	if (is_map)
		bc_spend(j, BC_WRITES_MAX + v->capacity / 2 + bc_times(count_writes(j), bc_text_steps(&in->shape)));
	return !is_map || bc_judge_key(j, v, in, 2);
}

static bool judge_keep(struct judge *j, const struct shape *kept)
{
	if (j->n_keeps++ == BC_KEEPS_MAX)
		return bc_judge_fail(j, BC_E_KEEPS);
	if (kept->origin != FROM_WHERE || kept->field != bc_index(j))
		return bc_judge_fail(j, BC_E_KEEP_SOURCE);
	j->held = j->scratch;
	return true;
}

static bool judge_out(struct judge *j, const struct shape *value)
{
	if (bc_index(j) >= j->event->n_outs)
		return bc_judge_fail(j, BC_E_INDEX);
	if (value->type != bc_get32(j->event->outs + 8 * (size_t)bc_index(j) + 4))
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	return true;
}

/* An effect is its operands' instructions and its own. */
static bool judge_effect(struct judge *j, const struct operand *in)
{
	uint8_t op = j->code[j->at];
	uint32_t len = j->at + bc_insn_len(op) - in->start;
	bool fits;

	if (j->phase == PHASE_REQUIRE)
		j->phase = PHASE_EFFECT;
	if (op == BC_KEEP || op == BC_OUT) {
		if (j->phase == PHASE_GHOST)
			return bc_judge_fail(j, BC_E_STATEMENT);
		fits = op == BC_KEEP ? judge_keep(j, &in->shape) : judge_out(j, &in->shape);
	} else {
		fits = judge_write(j, in);
	}
	if (!fits)
		return false;
	if (j->effect_len != 0 && bytes_compare(j->code + j->effect, j->effect_len,
	    j->code + in->start, len) >= 0)
		return bc_judge_fail(j, BC_E_EFFECT_ORDER);
	j->effect = in->start;
	j->effect_len = len;
	return true;
}

static bool judge_ending(struct judge *j, uint8_t op)
{
	if (j->phase == PHASE_GHOST && j->effect_len == 0)
		return bc_judge_fail(j, BC_E_GHOST_EMPTY);
	if (op == BC_GHOST && j->phase == PHASE_GHOST)
		return bc_judge_fail(j, BC_E_STATEMENT);
	j->phase = op == BC_GHOST ? PHASE_GHOST : PHASE_DONE;
	j->effect_len = 0;
	return true;
}

static bool judge_statement(struct judge *j, const struct operand *in)
{
	uint8_t op = j->code[j->at];
	bool fits;

	if (j->is_claim || j->n_blocks != 0)
		return bc_judge_fail(j, BC_E_STATEMENT);
	if (j->n_stack != 0)
		return bc_judge_fail(j, BC_E_STACK_LEFT);
	if (op == BC_REQUIRE || op == BC_LET) {
		if (j->phase != PHASE_REQUIRE)
			return bc_judge_fail(j, BC_E_STATEMENT);
		fits = op == BC_REQUIRE ? judge_require(j, &in->shape) : judge_let(j, in);
	} else {
		fits = op >= BC_GHOST ? judge_ending(j, op) : judge_effect(j, in);
	}
	j->scratch = j->held;
	return fits;
}

/* ---- the whole ---- */

static bool judge_next(struct judge *j)
{
	uint8_t op = j->code[j->at];
	const struct bc_insn *insn = bc_insn(op);
	const struct operand *in = j->stack;
	struct shape out = { 0 };

	if (insn->len == 0)
		return bc_judge_fail(j, BC_E_OPCODE);
	if (insn->len > block_end(j) - j->at)
		return bc_judge_fail(j, BC_E_INSN_SHORT);
	if (j->phase == PHASE_DONE)
		return bc_judge_fail(j, BC_E_STATEMENT);
	bc_spend(j, insn->cost);
	if (!take_operands(j, &in))
		return false;
	if (op >= BC_REQUIRE)
		return judge_statement(j, in);
	if (op >= BC_ALL)
		return judge_loop(j, in);
	if (op == BC_AND || op == BC_OR)
		return judge_logic(j, in);
	if (insn->pushes == 'b')
		out.type = TYPE_BOOL;
	else if (insn->pushes == 'i')
		out.type = TYPE_INT;
	for (uint32_t i = 0; i < bc_insn_pops(j->p, j->code + j->at); i++)
		out.loops |= in[i].shape.loops;
	return bc_judge_insn(j, in, &out) &&
	    push(j, &out, insn->pops[0] != 0 ? in->start : j->at, j->at);
}

static bool judge_end(struct judge *j)
{
	if (j->unread != 0)
		return bc_judge_fail(j, BC_E_LET_UNUSED);
	if (!j->is_claim)
		return j->phase == PHASE_DONE || bc_judge_fail(j, BC_E_NOT_DONE);
	if (j->n_stack != 1)
		return bc_judge_fail(j, BC_E_STACK_LEFT);
	return j->stack[0].shape.type == TYPE_BOOL || bc_judge_fail(j, BC_E_OPERAND_TYPE);
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

static void take_code(struct opener *o, struct bc_code *code)
{
	code->len = bc_take32(o);
	if (code->len > BC_CODE_MAX)
		bc_fail(o, BC_E_CODE_LONG, o->at - 4);
	code->ptr = bc_take(o, code->len, 1);
}

static bool take_claim(struct opener *o, struct bc_claim *c)
{
	const struct bc_policy *p = o->p;

	c->name = bc_take_name(o);
	c->kind = bc_take32(o);
	c->n_events = bc_take32(o);
	if (c->kind > BC_REACHABLE)
		bc_fail(o, BC_E_CLAIM_KIND, o->at - 8);
	if (c->n_events > p->n_events || (c->kind == BC_ALWAYS) != (c->n_events > 0))
		bc_fail(o, BC_E_CLAIM_EVENTS, o->at - 4);
	c->events = bc_take(o, c->n_events, 4);
	if (o->error != BC_OK)
		return false;
	for (uint32_t i = 0; i < c->n_events; i++) {
		const uint8_t *at = c->events + 4 * (size_t)i;

		if (bc_get32(at) >= p->n_events || (i > 0 && bc_get32(at - 4) >= bc_get32(at)))
			return bc_fail(o, BC_E_CLAIM_EVENTS, (uint32_t)(at - p->bytes));
	}
	take_code(o, &c->code);
	if (o->error == BC_OK && c->code.len == 0)
		bc_fail(o, BC_E_CLAIM_EMPTY, o->at - 4);
	return o->error == BC_OK && bc_judge_code(o, &c->code, bc_claim_event(p, c), c);
}

/* What the state holds follows from the rules, which read it: judge them until no
 * more is put than was thought.  If that takes long, anything. */
static bool judge_again(struct opener *o)
{
	struct bc_policy *p = o->p;

	for (uint32_t round = 0; o->rows_grew; round++) {
		o->rows_grew = false;
		for (uint32_t i = 0; round == ROUNDS && i < p->n_vars; i++) {
			p->vars[i].is_held = true;
			if (BC_SHAPE(p->vars[i].value) == BC_SET)
				p->vars[i].rows = p->vars[i].span = p->tables[BC_INDEX(p->vars[i].value)].n_rows;
		}
		for (uint32_t i = 0; i < p->n_events; i++) {
			struct bc_code *rule = &p->events[i].rule;

			if (rule->len != 0 && !bc_judge_code(o, rule, &p->events[i], NULL))
				return false;
		}
	}
	return true;
}

bool bc_open_code(struct opener *o)
{
	struct bc_policy *p = o->p;
	uint32_t n;

	for (uint32_t i = 0; i < p->n_events; i++) {
		struct bc_code *rule = &p->events[i].rule;

		take_code(o, rule);
		if (o->error != BC_OK ||
		    (rule->len != 0 && !bc_judge_code(o, rule, &p->events[i], NULL)))
			return false;
	}
	if (!judge_again(o))
		return false;
	n = bc_take_count(o, BC_CLAIMS_MAX, BC_E_CLAIMS);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t start = o->at;

		if (!take_claim(o, &p->claims[i]))
			return false;
		if (i > 0 && p->claims[i].name <= p->claims[i - 1].name)
			return bc_fail(o, BC_E_NAME_ORDER, start);
		p->n_claims = i + 1;
	}
	return o->error == BC_OK;
}

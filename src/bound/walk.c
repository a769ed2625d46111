/* SPDX-License-Identifier: Apache-2.0
 *
 * walk.c - what rules and claims can cost at most in steps and in scratch memory:
 * blocks and statements.
 *
 * One pass over the code with a stack of what is known of values and a stack of
 * open blocks.  bc_open() has seen to it that they fit.
 *
 * Scratch holds the results of WHERE and MAP.  What is made in the block of a
 * loop is gone after each repetition, what is made in a statement after the
 * statement, but for what LET and KEEP hold.
 */
#include "walk.h"

#include <string.h>

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

uint64_t walk_times(uint64_t a, uint64_t b)
{
	return b == 0 || a <= UINT64_MAX / b ? a * b : UINT64_MAX;
}

void walk_spend(struct walk *w, uint64_t steps)
{
	if (!w->is_dead)
		w->cost = bc_plus(w->cost, steps);
}

static void push(struct walk *w, const struct shape *shape, uint32_t made_at)
{
	w->stack[w->n_stack++] = (struct operand){ .shape = *shape, .made_at = made_at, .op = w->code[made_at] };
}

/* Scratch comes in units of 8 bytes. */
static void allot(struct walk *w, uint64_t bytes)
{
	w->scratch += (bytes + 7) / 8 * 8;
	if (w->scratch > w->most_scratch)
		w->most_scratch = w->scratch;
}

/* ---- blocks ---- */

/* The length of the block is in the last two bytes of the instruction. */
static void open_block(struct walk *w, const struct shape *source)
{
	uint32_t body = w->at + bc_insn_len(w->code[w->at]);

	w->blocks[w->n_blocks++] = (struct block){
		.at = w->at, .end = body + bc_get16(w->code + body - 2), .cost = w->cost, .scratch = w->scratch,
		.op = w->code[w->at], .depth = (uint8_t)w->n_stack, .loops = source->loops,
		.field = BC_FIELDS_MAX, .known = source->known, .was_dead = w->is_dead,
	};
	w->cost = 0;
}

/* The slot of the element of an open loop. */
static struct shape *element_of(struct walk *w, uint32_t loop)
{
	return &w->slots[w->n_slots - 2 * (w->n_loops - loop)];
}

/* In the block that was just opened the elements of a loop are those that a test
 * let pass.  Not, if an inner loop has its part of their mean. */
static void pick(struct walk *w, const struct shape *test)
{
	struct block *b = &w->blocks[w->n_blocks - 1];
	uint32_t loop = test->picks - 1u;
	struct shape *element = element_of(w, loop);

	for (uint32_t i = loop + 1; i < w->n_loops; i++) {
		if (w->loops[i].budget != 0 && (w->loops[i].loops >> loop & 1) != 0)
			return;
	}
	b->picks = test->picks;
	b->budget = element->budget;
	b->few = test->few;
	element->budget = w->loops[loop].budget;
	element->names = 0;
}

static void unpick(struct walk *w, const struct block *b)
{
	struct shape *element = element_of(w, b->picks - 1u);
	uint32_t most = w->loops[b->picks - 1].most;

	element->budget = b->budget;
	element->names = b->picks;
	if (most > b->few && w->cost != UINT64_MAX)
		w->cost = walk_times(w->cost / most + (w->cost % most != 0), b->few);
}

/* Where a bool is true, what it is about is short. */
static void limit(struct walk *w, const struct shape *test)
{
	if (test->limit != 0)
		w->limits[test->field] = test->limit;
}

static void walk_logic(struct walk *w, const struct operand *left)
{
	bool is_and = w->code[w->at] == BC_AND;
	struct block *b = &w->blocks[w->n_blocks];

	open_block(w, &left->shape);
	w->is_dead = w->is_dead || left->shape.known == (is_and ? NEVER : ALWAYS);
	if (!is_and)
		return;
	if (left->shape.picks != 0)
		pick(w, &left->shape);
	if (left->shape.limit != 0) {
		b->field = left->shape.field;
		b->limit = w->limits[b->field];
		limit(w, &left->shape);
	}
}

/* Of AND or OR: one operand may be enough. */
static uint8_t both(uint8_t op, uint8_t left, uint8_t right)
{
	uint8_t enough = op == BC_AND ? NEVER : ALWAYS;

	return left == enough || right == enough ? enough : left == right ? left : UNKNOWN;
}

static void walk_loop(struct walk *w, const struct operand *source)
{
	uint8_t op = w->code[w->at];
	struct shape *slots = &w->slots[w->n_slots];
	const struct shape *s = &source->shape;
	uint64_t result = 0;

	if (op == BC_WHERE)             /* bits, or a mask */
		result = walk_is_rows(s) ? ((uint64_t)s->span + 63) / 64 * 8 : ((uint64_t)s->most + 7) / 8;
	else if (op == BC_MAP)
		result = 4 * (uint64_t)s->most;
	walk_spend(w, walk_words(s) + result / 8);
	allot(w, result);
	open_block(w, s);
	w->loops[w->n_loops++] = *s;
	memset(slots, 0, 2 * sizeof(*slots));
	slots[0].type = walk_element(s->type);
	slots[0].bytes = s->bytes;
	slots[0].budget = s->budget == 0 || s->most == 0 ? s->budget : (s->budget - 1) / s->most + 1;
	slots[0].loops = slots[1].loops = (uint8_t)(s->loops | 1u << (w->n_loops - 1));
	if (BC_SHAPE(s->type) == BC_LIST)
		slots[1].type = TYPE_INT;
	else
		slots[0].names = (uint8_t)w->n_loops;
	slots[0].few = 1;
	w->n_slots += 2;
}

/* What the loop leaves; *result is what its block left. */
static void close_loop(struct walk *w, const struct block *b, struct shape *result)
{
	struct shape source = w->loops[--w->n_loops];

	w->n_slots -= 2;
	w->scratch = b->scratch;
	w->cost = w->is_dead ? 0 : walk_times(bc_plus(w->cost, 1), source.most);
	if (b->op == BC_COUNT) {
		result->type = TYPE_INT;
	} else if (b->op == BC_WHERE) {
		if (walk_is_rows(&source) && result->picks == w->n_loops + 1 && result->few < source.most)
			source.most = result->few;
		if (walk_is_rows(&source) && result->known == NEVER)
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

/* The innermost block ends here: one value was left. */
static void close_block(struct walk *w)
{
	const struct block *b = &w->blocks[w->n_blocks - 1];
	struct operand *top = &w->stack[b->depth];
	uint32_t loops = b->loops | top->shape.loops;

	if (b->op >= BC_ALL) {
		close_loop(w, b, &top->shape);
		loops &= ~(1u << w->n_loops);
	}
	if (b->picks != 0)
		unpick(w, b);
	if (b->field < BC_FIELDS_MAX)
		w->limits[b->field] = b->limit;
	if (b->op < BC_ALL)
		top->shape.known = both(b->op, b->known, top->shape.known);
	w->is_dead = b->was_dead;
	top->shape.loops = (uint8_t)loops;
	top->shape.names = 0;           /* it is not what the block read, or its loop is closed */
	if (b->op != BC_AND)
		top->shape.picks = top->shape.limit = 0;
	else if (top->shape.picks == 0 && b->picks != 0) {
		top->shape.picks = b->picks;
		top->shape.few = b->few;
	}
	w->cost = bc_plus(w->cost, b->cost);
	w->n_blocks--;
	w->n_stack--;
	push(w, &top->shape, b->at);
}

/* ---- statements ---- */

/* A value is put into a map; what that changes is to be walked again.  Of what is
 * no set of rows nobody asks how many. */
static void hold(struct facts *f, uint32_t var, const struct shape *rows)
{
	struct bound_var *v = &f->vars[var];
	uint32_t most = rows->most > v->rows ? rows->most : v->rows;
	uint32_t span = rows->span > v->span ? rows->span : v->span;

	f->rows_grew |= most != v->rows || span != v->span || !v->is_held;
	*v = (struct bound_var){ .rows = most, .span = span, .is_held = true };
}

/* How many effects before this one are on its variable. */
static uint32_t count_writes(const struct walk *w)
{
	uint32_t n = 0;

	for (uint32_t at = 0; at < w->at; at += bc_insn_len(w->code[at]))
		n += w->code[at] >= BC_SETVAR && w->code[at] <= BC_DEL && bc_get16(w->code + at + 1) == walk_index(w);
	return n;
}

/* SETVAR, PUT and DEL.  A PUT costs the search, the comparison with the rule's other
 * effects, the copy, and the room made among the keys.  A key is compared with those
 * of earlier effects on its map before anything else, and so is as long as it comes. */
static void walk_write(struct walk *w, const struct operand *in)
{
	uint8_t op = w->code[w->at];
	bool is_map = op != BC_SETVAR;
	const struct operand *value = is_map ? in + 1 : in;
	const struct bc_var *v = &w->p->vars[walk_index(w)];

	w->n_writes++;
	if (op != BC_DEL && v->value != 0) {
		walk_spend(w, walk_times(1 + (uint64_t)v->list_len, 1 + walk_text_len(v->value, v->value_len) / 8));
		walk_spend(w, 2 * (uint64_t)value->shape.most + 4 * (uint64_t)walk_words(&value->shape));
	}
	if (op == BC_PUT && !w->is_dead)
		hold(w->f, walk_index(w), v->value != 0 ? &value->shape : &in->shape);
	/* The effects before it are met once, and by it, when room is counted. */
	walk_spend(w, 3 * (uint64_t)w->n_writes - 2);
	if (!is_map)
		return;
	walk_spend(w, BC_WRITES_MAX + v->capacity / 2 + walk_times(count_writes(w), walk_text_steps(&in->shape)));
	walk_search(w, walk_index(w), &in->shape, 2);
}

static void walk_statement(struct walk *w, const struct operand *in)
{
	uint8_t op = w->code[w->at];

	if (op == BC_REQUIRE) {
		w->is_dead = w->is_dead || in->shape.known == NEVER;
		limit(w, &in->shape);
	} else if (op == BC_LET) {
		w->slots[w->n_slots++] = in->shape;
		w->held = w->scratch;
	} else if (op == BC_KEEP) {
		w->held = w->scratch;
	} else if (op <= BC_DEL) {
		walk_write(w, in);
	}
	w->scratch = w->held;
}

/* ---- the whole ---- */

static void walk_next(struct walk *w)
{
	uint8_t op = w->code[w->at];
	const struct bc_insn *insn = bc_insn(op);
	uint32_t n = bc_insn_pops(w->p, w->code + w->at);
	const struct operand *in;
	struct shape out = { 0 };

	walk_spend(w, insn->cost);
	/* They stay where they are, above the stack, until the next is pushed. */
	w->n_stack -= n;
	in = w->stack + w->n_stack;
	if (op >= BC_REQUIRE) {
		walk_statement(w, in);
	} else if (op >= BC_ALL) {
		walk_loop(w, in);
	} else if (op == BC_AND || op == BC_OR) {
		walk_logic(w, in);
	} else {
		out.type = insn->pushes == 'b' ? TYPE_BOOL : insn->pushes == 'i' ? TYPE_INT : 0;
		for (uint32_t i = 0; i < n; i++)
			out.loops |= in[i].shape.loops;
		walk_insn(w, in, &out);
		push(w, &out, w->at);
	}
}

struct bound walk(struct facts *f, const struct bc_code *code, const struct bc_event *event)
{
	struct walk w = { .f = f, .p = f->p, .event = event, .code = code->ptr, .len = code->len };

	while (true) {
		while (w.n_blocks > 0 && w.at == w.blocks[w.n_blocks - 1].end)
			close_block(&w);
		if (w.at == w.len)
			break;
		walk_next(&w);
		w.at += bc_insn_len(w.code[w.at]);
	}
	return (struct bound){ w.cost, w.most_scratch };
}

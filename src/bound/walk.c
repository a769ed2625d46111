/* SPDX-License-Identifier: Apache-2.0
 *
 * walk.c - what rules and claims can cost at most in steps and in scratch memory:
 * blocks and statements.
 *
 * One pass over the code with a stack of what is known of values and a stack of
 * open blocks; loops are loops.c.  bc_open() has seen to it that they fit.
 *
 * Scratch holds the results of WHERE and MAP.  What is made in the block of a
 * loop is gone after each repetition, what is made in a statement after the
 * statement, but for what LET and KEEP hold.
 */
#include "walk.h"

#include <string.h>

/* Bytes of code that are walked for single rows, of one rule or claim. */
#define ROWS_LEFT (UINT64_C(1) << 23)

/* THE BOUND.  What a block costs is charged for each element of its loop, inner
 * loops times outer ones.  Three things are not multiplied so:
 *
 * Text of the request.  Nothing is in a request twice, so the elements of a list
 * have no more of it in all than the list, and all fields no more than the request:
 * how long the texts are is left open until all is known (cost.h).  If a text is
 * never read beyond some place, steps may be less than that: then they are charged;
 * a `budget` is what a text may be expected to have, if all have the same.
 *
 * What follows a test that few elements pass.  In { x in set | x == e and rest },
 * and so with a key of x, `rest` is reached once for each value of e, be the loop
 * over x inside of those that e depends on or around them, as long as these do not
 * depend on x.  With a column of x it is reached as often as the table has the same
 * value there; and no more rows are left.  In the block of such a test neither x nor
 * what e depends on may be found by another: x by y and y by x is one pair for each x.
 *
 * Rows of a table.  The block is walked for each of those that the loop can meet, and
 * what they take is added up; of a set of which only the number is known, that of
 * those which take most.
 *
 * What is never reached costs nothing: switches are constants, no row may have the
 * value that is looked for, and maps into which no rule puts anything are empty.
 * Nor is a field longer than the words of a pattern that it was seen to match.
 */

void walk_spend(struct walk *w, uint64_t steps)
{
	if (!w->is_dead)
		cost_steps(&w->cost, steps);
}

/* Whether an instruction only reads, and so is no step of its own. */
bool walk_reads(uint8_t op)
{
	return op <= BC_VAR || op == BC_OLDVAR || op == BC_ROWS;
}

/* Whether it leaves a bool that the next step can turn on as it is. */
static bool is_flag(uint8_t op)
{
	return !walk_reads(op) && bc_insn(op)->pushes == 'b';
}

/* Whether a row or a record is where its columns or members are read. */
static bool is_in_register(uint8_t op)
{
	return op == BC_LOCAL || !walk_reads(op);
}

static void push(struct walk *w, const struct shape *shape, uint32_t made_at)
{
	w->stack[w->n_stack++] = (struct operand){ .shape = *shape, .made_at = made_at, .op = w->code[made_at] };
}

/* ---- blocks ---- */

/* The slot of the element of an open loop. */
static struct shape *element_of(struct walk *w, uint32_t loop)
{
	return &w->slots[w->n_slots - 2 * (w->n_loops - loop)];
}

/* In the block of a test that few elements pass, nothing is found by another test that
 * this one depends on. */
static void pick(struct walk *w, struct block *b, const struct shape *test)
{
	uint32_t found = 0;

	memcpy(b->picks, test->picks, sizeof(b->picks));
	for (uint32_t i = 0; i < 2; i++)
		if (b->picks[i].loop != 0)
			found |= 1u << (b->picks[i].loop - 1) | b->picks[i].on;
	for (uint32_t i = 0; i < w->n_loops; i++) {
		b->names[i] = element_of(w, i)->names;
		if ((found >> i & 1) != 0)
			element_of(w, i)->names = 0;
	}
}

/* A term of the block of a test: of the loops that it finds an element of, that counts
 * of which it leaves the smaller part. */
static void add_picked(struct walk *w, const struct block *b, struct term t)
{
	const struct pick *best = NULL;
	uint32_t most = 1;

	for (uint32_t i = 0; i < 2; i++) {
		const struct pick *pick = &b->picks[i];
		uint32_t n = pick->loop != 0 ? w->loops[pick->loop - 1].most : 0;

		if (pick->loop == 0 || t.level == pick->loop || pick->few >= n)
			continue;
		if (best == NULL || (uint64_t)n * best->few > (uint64_t)most * pick->few) {
			best = pick;
			most = n;
		}
	}
	if (best != NULL && (t.picks >> (best->loop - 1) & 1) == 0) {
		t.times = cost_times(t.times, best->few);
		t.picks |= (uint8_t)(1u << (best->loop - 1));
	}
	cost_add(&w->cost, &t);
}

/* Where a bool is true, what it is about is short. */
static void limit(struct walk *w, const struct shape *test)
{
	if (test->limit != 0)
		w->limits[test->field] = test->limit;
}

/* A test of a key, in a run of ANDs that is all of a statement so far.  Whatever else
 * takes the result forgets it: see walk_next(). */
static void note_test(struct walk *w, const struct shape *test)
{
	bool is_in = test->tie.kind == TIE_HAS;

	for (uint32_t i = 0; i < w->n_blocks; i++)
		if (w->blocks[i].op != BC_AND)
			return;
	if (w->n_loops == 0 && w->n_tests < TESTS_MAX && test->tie.key != 0 &&
	    (is_in || test->tie.kind == TIE_HAS_NOT))
		w->deeds.tests[w->n_tests++] = (struct key_test){ test->tie.key, test->tie.var, is_in };
}

/* The length of the block is in the last two bytes of the instruction. */
static void walk_logic(struct walk *w, const struct operand *left)
{
	bool is_and = w->code[w->at] == BC_AND;
	uint32_t body = w->at + bc_insn_len(w->code[w->at]);
	uint32_t end = body + bc_get16(w->code + body - 2);
	struct block *b = &w->blocks[w->n_blocks];
	struct shape same = { .type = TYPE_BOOL, .known = left->shape.known };

	if (same.known == (is_and ? NEVER : ALWAYS)) {
		push(w, &same, w->at);
		w->at = end;
		return;
	}
	if (is_and)
		note_test(w, &left->shape);
	else
		w->n_tests = w->deeds.n_tests;
	w->n_blocks++;
	*b = (struct block){
		.at = w->at, .end = end, .cost = w->cost,
		.op = w->code[w->at], .depth = (uint8_t)w->n_stack, .loops = left->shape.loops,
		.field = BC_FIELDS_MAX, .known = left->shape.known, .counted = left->shape.counted,
	};
	w->cost.n = 0;
	w->at = body;
	pick(w, b, is_and ? &left->shape : &(struct shape){ 0 });
	if (!is_and || left->shape.limit == 0)
		return;
	b->field = left->shape.field;
	b->limit = w->limits[b->field];
	limit(w, &left->shape);
}

/* Of AND or OR: one operand may be enough. */
static uint8_t both(uint8_t op, uint8_t left, uint8_t right)
{
	uint8_t enough = op == BC_AND ? NEVER : ALWAYS;

	return left == enough || right == enough ? enough : left == right ? left : UNKNOWN;
}

/* The innermost block ends here: one value was left. */
static void close_block(struct walk *w)
{
	const struct block *b = &w->blocks[w->n_blocks - 1];
	struct operand *top = &w->stack[b->depth];
	struct cost cost;

	walk_spend(w, !is_flag(top->op));
	cost = w->cost;
	w->cost = b->cost;
	for (uint32_t i = 0; i < cost.n; i++)
		add_picked(w, b, cost.terms[i]);
	for (uint32_t i = 0; i < w->n_loops; i++)
		element_of(w, i)->names = b->names[i];
	if (b->field < BC_FIELDS_MAX)
		w->limits[b->field] = b->limit;
	top->shape.known = both(b->op, b->known, top->shape.known);
	top->shape.loops |= b->loops;
	top->shape.names = 0;           /* it is not what the block read */
	if (b->op == BC_AND) {
		note_test(w, &top->shape);
		if (top->shape.counted.keys == 0)
			top->shape.counted = b->counted;
	} else {
		top->shape.counted.keys = 0;
	}
	top->shape.tie.kind = TIED_NOT;
	if (b->op != BC_AND)
		top->shape.limit = 0;
	if (b->op != BC_AND || top->shape.picks[0].loop == 0)
		memcpy(top->shape.picks, b->picks, sizeof(b->picks));
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
	v->is_held = true;
	v->rows = most;
	v->span = span;
}

/* How many effects before this one are on its variable. */
static uint32_t count_writes(const struct walk *w)
{
	uint32_t n = 0;

	for (uint32_t at = 0; at < w->at; at += bc_insn_len(w->code[at]))
		n += w->code[at] >= BC_SETVAR && w->code[at] <= BC_DEL && bc_get16(w->code + at + 1) == walk_index(w);
	return n;
}

static void note_deed(struct walk *w, const struct operand *in)
{
	struct deed *d = &w->deeds.of[w->deeds.n++];

	*d = (struct deed){ .op = w->code[w->at], .var = (uint8_t)walk_index(w), .key = walk_key(w, in) };
	if (d->op != BC_PUT || w->p->vars[d->var].value == 0)
		return;
	d->rows = in[1].shape.most;
	d->is_some = in[1].shape.is_some;
	d->counted = in[1].shape.counted;
	if (in[1].shape.tie.kind == TIE_AT) {
		d->from = (uint8_t)(in[1].shape.tie.var + 1);
		d->from_key = in[1].shape.tie.key;
	}
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
		walk_spend(w, cost_times(1 + (uint64_t)v->list_len, 1 + walk_text_len(v->value, v->value_len) / 8));
		walk_spend(w, 2 * (uint64_t)value->shape.most + 4 * (uint64_t)walk_words(&value->shape));
	}
	if (op == BC_PUT && !w->is_dead)
		hold(w->f, walk_index(w), v->value != 0 ? &value->shape : &in->shape);
	if (is_map && !w->is_dead)
		note_deed(w, in);
	/* The effects before it are met once, and by it, when room is counted. */
	walk_spend(w, 3 * (uint64_t)w->n_writes - 2);
	if (!is_map)
		return;
	walk_spend(w, BC_WRITES_MAX + v->capacity / 2);
	walk_read(w, &in->shape, count_writes(w));
	walk_search(w, walk_index(w), &in->shape, 2);
}

static void walk_statement(struct walk *w, const struct operand *in)
{
	uint8_t op = w->code[w->at];

	if (op == BC_REQUIRE) {
		w->is_dead = w->is_dead || in->shape.known == NEVER;
		limit(w, &in->shape);
		note_test(w, &in->shape);
		w->deeds.n_tests = w->n_tests;
		if (in->shape.tie.kind == TIE_SOME && in->shape.tie.column < w->n_slots)
			w->slots[in->shape.tie.column].is_some = true;
	} else if (op == BC_LET) {
		w->slots[w->n_slots++] = in->shape;
		w->held = w->scratch;
	} else if (op == BC_KEEP) {
		w->held = w->scratch;
	} else if (op <= BC_DEL) {
		walk_write(w, in);
	}
	w->scratch = w->held;
	w->n_tests = w->deeds.n_tests;
}

/* ---- the whole ---- */

/* Instructions that only read are no step, but part of the one that takes what they
 * read.  Others are, and what they take may have to be put where it can be found.
 * How an interpreter joins tests and what becomes of them is its affair: each has a step. */
static uint32_t own_steps(uint8_t op, const struct operand *in, uint32_t n)
{
	uint32_t steps = 1;

	if (walk_reads(op))
		return op == BC_COLUMN || op == BC_MEMBER ? !is_in_register(in->op) : 0;
	if (op == BC_AND || op == BC_OR || op == BC_NOT || op == BC_REQUIRE)
		return 1 + !is_flag(in->op);
	for (uint32_t i = 0; i < n; i++)
		steps += is_flag(in[i].op);
	return steps + (n > 2 ? n - 1 : 0);
}

static void walk_next(struct walk *w)
{
	uint32_t at = w->at, n = bc_insn_pops(w->p, w->code + at);
	uint8_t op = w->code[at];
	const struct bc_insn *insn = bc_insn(op);
	const struct operand *in;
	struct shape out = { 0 };

	/* They stay where they are, above the stack, until the next is pushed. */
	w->n_stack -= n;
	in = w->stack + w->n_stack;
	walk_spend(w, own_steps(op, in, n));
	for (uint32_t i = 0; i < n && op != BC_AND && op != BC_REQUIRE; i++)
		if (in[i].op == BC_AND)
			w->n_tests = w->deeds.n_tests;
	if (op >= BC_REQUIRE) {
		walk_statement(w, in);
	} else if (op >= BC_ALL) {
		walk_loop(w, &in->shape, &out);
		push(w, &out, at);
		return;
	} else if (op == BC_AND || op == BC_OR) {
		walk_logic(w, in);
		return;
	} else {
		out.type = insn->pushes == 'b' ? TYPE_BOOL : insn->pushes == 'i' ? TYPE_INT : 0;
		for (uint32_t i = 0; i < n; i++)
			out.loops |= in[i].shape.loops;
		walk_insn(w, in, &out);
		push(w, &out, at);
	}
	w->at += insn->len;
}

static void walk_to(struct walk *w, uint32_t end)
{
	uint32_t n_blocks = w->n_blocks;

	while (true) {
		while (w->n_blocks > n_blocks && w->at == w->blocks[w->n_blocks - 1].end)
			close_block(w);
		if (w->at == end)
			return;
		walk_next(w);
	}
}

void walk_block(struct walk *w, uint32_t end, struct shape *value)
{
	const struct operand *top = &w->stack[w->n_stack];

	walk_to(w, end);
	w->n_stack--;
	*value = top->shape;
	if (BC_BASE(top->shape.type) != BC_TABLEROW)
		walk_spend(w, !is_flag(top->op));
}

struct bound walk(struct facts *f, const struct bc_code *code, const struct bc_event *event,
    struct deeds *deeds)
{
	struct walk *w;
	struct arena arena = { 0 };
	struct bound bound;

	w = arena_new(&arena, struct walk);
	*w = (struct walk){ .a = &arena, .f = f, .p = f->p, .event = event, .code = code->ptr, .len = code->len,
		.left = ROWS_LEFT };
	walk_to(w, w->len);
	if (w->n_stack != 0)            /* a claim: its value */
		walk_spend(w, !is_flag(w->stack[0].op));
	bound = (struct bound){ cost_most(&w->cost, event), w->most_scratch };
	if (deeds != NULL)
		*deeds = w->deeds;
	arena_clear(&arena);
	return bound;
}

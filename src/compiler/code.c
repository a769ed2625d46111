/* SPDX-License-Identifier: Apache-2.0
 *
 * code.c - rules: statements in their one order, and what nobody reads left out.
 *
 * Folding an expression may leave a let that nothing reads: the rule is then
 * made again without it, for that moves the slots of the others.
 */
#include "code.h"

#include <stdlib.h>

#include "../bytecode/decode.h"
#include "../base/bytes.h"
#include "expr.h"

/* A statement with its bytes; its own instruction is the last `own` of them. */
struct line {
	const struct ir_stmt *stmt;
	struct piece code;
	uint32_t own;
	bool is_ghost;
};

/* `dropped[i]`: statement i is a let that nothing reads. */
struct rule {
	struct coder k;
	const struct ir_event *event;
	bool *is_dropped, *is_read;
	struct line *lines;
	uint32_t n_lines, n_lets;
	uint32_t *let_stmts;            /* by slot: the statement */
};

static bool is_effect(enum ir_stmt_kind kind)
{
	return kind != IR_REQUIRE && kind != IR_LET;
}

static void put_stmt_op(struct bytes *b, const struct ir_stmt *s)
{
	switch (s->kind) {
	case IR_REQUIRE:
		bytes_put8(b, BC_REQUIRE);
		break;
	case IR_LET:
		bytes_put8(b, BC_LET);
		bytes_put8(b, s->local->slot);
		break;
	case IR_SETVAR:
		bytes_put8(b, BC_SETVAR);
		bytes_put16(b, s->var->number);
		break;
	case IR_PUT:
		bytes_put8(b, BC_PUT);
		bytes_put16(b, s->var->number);
		break;
	case IR_DEL:
		bytes_put8(b, BC_DEL);
		bytes_put16(b, s->var->number);
		break;
	case IR_KEEP:
		bytes_put8(b, BC_KEEP);
		bytes_put16(b, s->field->number);
		break;
	case IR_OUT:
		bytes_put8(b, BC_OUT);
		bytes_put16(b, s->out->number);
		break;
	}
}

/* Slots below the number of lets in scope are lets; above, loop variables. */
static void note_reads(struct rule *r, const struct piece *code, uint32_t n_lets)
{
	size_t at;

	for (at = 0; at < code->len; at += bc_insn_len(code->ptr[at]))
		if (code->ptr[at] == BC_LOCAL && code->ptr[at + 1] < n_lets)
			r->is_read[r->let_stmts[code->ptr[at + 1]]] = true;
}

static void add_line(struct rule *r, const struct ir_stmt *s, uint32_t slots)
{
	struct bytes b = { .arena = r->k.c->a };
	struct line line = { .stmt = s };
	struct piece value;
	size_t before;

	r->k.loc = s->loc;
	if (s->key != NULL) {
		value = expr_code(&r->k, s->key, slots);
		piece_put(&b, &value);
	}
	if (s->value != NULL) {
		value = expr_code(&r->k, s->value, slots);
		if (s->kind == IR_REQUIRE && value.form == FORM_TRUE && !r->event->is_raised)
			return;
		piece_put(&b, &value);
	}
	before = b.len;
	put_stmt_op(&b, s);
	line.own = (uint32_t)(b.len - before);
	line.code = piece_of(&b);
	line.is_ghost = s->var != NULL && s->var->ghost;
	if (coder_too_long(&r->k, b.len))
		return;
	note_reads(r, &line.code, slots);
	r->lines[r->n_lines++] = line;
}

static int compare_lines(const void *l, const void *r)
{
	const struct line *a = l, *b = r;

	if (a->is_ghost != b->is_ghost)
		return a->is_ghost ? 1 : -1;
	return piece_order(&a->code, &b->code);
}

/* Sort lines[from..] and leave out what is there twice. */
static void sort_lines(struct rule *r, uint32_t from)
{
	uint32_t i, n = from;

	if (r->n_lines > from)
		qsort(r->lines + from, r->n_lines - from, sizeof(*r->lines), compare_lines);
	for (i = from; i < r->n_lines; i++)
		if (n == from || piece_order(&r->lines[n - 1].code, &r->lines[i].code) != 0)
			r->lines[n++] = r->lines[i];
	r->n_lines = n;
}

/* What was required before need not be required again. */
static void drop_repeated(struct rule *r)
{
	uint32_t last = r->n_lines - 1, i;

	for (i = 0; i < last; i++) {
		if (piece_order(&r->lines[i].code, &r->lines[last].code) == 0) {
			r->n_lines--;
			return;
		}
	}
}

static void add_lines(struct rule *r)
{
	const struct ir_event *e = r->event;
	uint32_t i, before;

	r->n_lines = r->n_lets = 0;
	memset(r->is_read, 0, e->n_stmts * sizeof(*r->is_read));
	for (i = 0; i < e->n_restricts; i++)
		add_line(r, &e->stmts[i], 0);
	sort_lines(r, 0);
	for (; i < e->n_stmts; i++) {
		if (is_effect(e->stmts[i].kind) || r->is_dropped[i])
			continue;
		if (e->stmts[i].kind == IR_LET) {
			coder_take_slots(&r->k, r->n_lets + 1);
			if (r->k.failed)
				return;
			e->stmts[i].local->slot = r->n_lets;
			add_line(r, &e->stmts[i], r->n_lets);
			r->let_stmts[r->n_lets++] = i;
			continue;
		}
		before = r->n_lines;
		add_line(r, &e->stmts[i], r->n_lets);
		if (r->n_lines > before && !e->is_raised)
			drop_repeated(r);
	}
	before = r->n_lines;
	for (i = e->n_restricts; i < e->n_stmts; i++)
		if (is_effect(e->stmts[i].kind))
			add_line(r, &e->stmts[i], r->n_lets);
	sort_lines(r, before);
}

/* True if there was one, so that the slots of the others change. */
static bool drop_unread_lets(struct rule *r)
{
	bool dropped = false;
	uint32_t i;

	for (i = 0; i < r->event->n_stmts; i++) {
		if (r->event->stmts[i].kind == IR_LET && !r->is_read[i] && !r->is_dropped[i])
			r->is_dropped[i] = dropped = true;
	}
	return dropped;
}

static void use_constants(struct canon *c, const struct bytes *b)
{
	size_t at;

	for (at = 0; at < b->len; at += bc_insn_len(b->ptr[at])) {
		if (b->ptr[at] == BC_STR || b->ptr[at] == BC_DIGEST)
			canon_use_string(c, bc_get32(b->ptr + at + 1));
		else if (b->ptr[at] == BC_PATTERN)
			canon_use_pattern(c, bc_get32(b->ptr + at + 1));
	}
}

static struct code finish_rule(struct rule *r)
{
	struct bytes b = { .arena = r->k.c->a };
	struct code code = { NULL, 0, NULL, 0 };
	bool in_ghost = false;
	uint32_t i;

	code.places = arena_array(r->k.c->a, r->n_lines, struct placed);
	for (i = 0; i < r->n_lines; i++) {
		if (r->lines[i].is_ghost && !in_ghost)
			bytes_put8(&b, BC_GHOST);
		in_ghost = r->lines[i].is_ghost;
		piece_put(&b, &r->lines[i].code);
		code.places[code.n_places].pc = (uint32_t)b.len - r->lines[i].own;
		code.places[code.n_places++].stmt = r->lines[i].stmt;
	}
	bytes_put8(&b, BC_DONE);
	r->k.loc = r->event->loc;
	if (coder_too_long(&r->k, b.len))
		return (struct code){ NULL, 0, NULL, 0 };
	use_constants(r->k.c, &b);
	code.ptr = b.ptr;
	code.len = (uint32_t)b.len;
	return code;
}

struct code code_rule(struct canon *c, const struct ir_event *event)
{
	struct rule r = { .k = { .c = c, .loc = event->loc }, .event = event };

	r.is_dropped = arena_array(c->a, event->n_stmts, bool);
	r.is_read = arena_array(c->a, event->n_stmts, bool);
	r.let_stmts = arena_array(c->a, event->n_stmts, uint32_t);
	r.lines = arena_array(c->a, event->n_stmts, struct line);
	do {
		add_lines(&r);
	} while (!r.k.failed && drop_unread_lets(&r));
	return r.k.failed ? (struct code){ NULL, 0, NULL, 0 } : finish_rule(&r);
}

struct code code_claim(struct canon *c, const struct ir_claim *claim)
{
	struct coder k = { .c = c, .loc = claim->loc };
	struct piece p = expr_code(&k, claim->expr, 0);
	struct bytes b = { .arena = c->a };

	if (coder_too_long(&k, p.len))
		return (struct code){ NULL, 0, NULL, 0 };
	piece_put(&b, &p);
	use_constants(c, &b);
	return (struct code){ b.ptr, (uint32_t)b.len, NULL, 0 };
}

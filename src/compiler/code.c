/* SPDX-License-Identifier: Apache-2.0
 *
 * code.c - expressions, bottom-up, each already in its one form.
 *
 * The operands of an AND have the same slots in scope, so their bytes do not
 * depend on their order; that is what lets them be sorted after they are made.
 * Dropping operands may leave a let that nothing reads: the rule is then made
 * again without it.
 */
#include "code.h"

#include <stdlib.h>

#include "../bytecode/decode.h"
#include "bytes.h"

enum form { FORM_OTHER, FORM_FALSE, FORM_TRUE, FORM_NOT, FORM_AND, FORM_OR };

/* An expression's instructions, and what it is made of if that matters to what
 * stands around it: the operands of AND and OR, the operand of NOT. */
struct piece {
	const uint8_t *ptr;
	size_t len;
	enum form form;
	struct piece *parts;
	uint32_t n_parts;
};

struct coder {
	struct canon *c;
	struct loc loc;                 /* of the statement or claim */
	bool failed;
};

static struct piece piece_of(const struct bytes *b)
{
	return (struct piece){ .ptr = b->ptr, .len = b->len };
}

static struct piece constant(struct coder *k, bool value)
{
	struct bytes b = { .arena = k->c->a };
	struct piece p;

	bytes_put8(&b, value ? BC_TRUE : BC_FALSE);
	p = piece_of(&b);
	p.form = value ? FORM_TRUE : FORM_FALSE;
	return p;
}

static void put_piece(struct bytes *b, const struct piece *p)
{
	bytes_put(b, p->ptr, p->len);
}

static int compare_pieces(const struct piece *l, const struct piece *r)
{
	return bytes_order(l->ptr, l->len, r->ptr, r->len);
}

static int compare_operands(const void *l, const void *r)
{
	const struct piece *a = l, *b = r;
	uint64_t wa = bc_weight(a->ptr, (uint32_t)a->len), wb = bc_weight(b->ptr, (uint32_t)b->len);

	return wa != wb ? (wa > wb) - (wa < wb) : compare_pieces(a, b);
}

/* A block's length has 16 bits and a rule at most BC_CODE_MAX bytes. */
static bool is_too_long(struct coder *k, size_t len)
{
	if (len > BC_CODE_MAX && !k->failed) {
		k->failed = true;
		diag_error(k->c->d, k->loc, DIAG_LIMIT,
		    "this needs more than %u bytes of code", BC_CODE_MAX);
	}
	return k->failed;
}

static struct piece negation(struct coder *k, struct piece inner)
{
	struct bytes b = { .arena = k->c->a };
	struct piece p;

	if (inner.form == FORM_TRUE || inner.form == FORM_FALSE)
		return constant(k, inner.form == FORM_FALSE);
	if (inner.form == FORM_NOT)
		return inner.parts[0];
	put_piece(&b, &inner);
	bytes_put8(&b, BC_NOT);
	p = piece_of(&b);
	p.form = FORM_NOT;
	p.parts = arena_new(k->c->a, struct piece);
	p.parts[0] = inner;
	p.n_parts = 1;
	return p;
}

/* a AND{ b AND{ c } }, of two operands or more. */
static struct piece join(struct coder *k, enum form form, struct piece *parts, uint32_t n)
{
	struct bytes b = { .arena = k->c->a };
	size_t left = 0;
	struct piece p;
	uint32_t i;

	for (i = 0; i < n; i++)
		left += parts[i].len + (i + 1 < n ? 3 : 0);
	if (is_too_long(k, left))
		return constant(k, false);
	for (i = 0; i < n; i++) {
		put_piece(&b, &parts[i]);
		left -= parts[i].len;
		if (i + 1 == n)
			break;
		left -= 3;
		bytes_put8(&b, form == FORM_AND ? BC_AND : BC_OR);
		bytes_put16(&b, (uint32_t)left);
	}
	p = piece_of(&b);
	p.form = form;
	p.parts = parts;
	p.n_parts = n;
	return p;
}

static struct piece junction(struct coder *k, enum form form, const struct piece *given, uint32_t n)
{
	enum form neutral = form == FORM_AND ? FORM_TRUE : FORM_FALSE;
	enum form absorbing = form == FORM_AND ? FORM_FALSE : FORM_TRUE;
	struct piece *parts = NULL;
	uint32_t n_parts = 0, cap = 0, i, j, kept = 0;

	for (i = 0; i < n; i++) {
		bool is_nested = given[i].form == form;

		if (given[i].form == neutral)
			continue;
		if (given[i].form == absorbing)
			return constant(k, form == FORM_OR);
		for (j = 0; j < (is_nested ? given[i].n_parts : 1); j++) {
			arena_push(k->c->a, parts, n_parts, cap);
			parts[n_parts++] = is_nested ? given[i].parts[j] : given[i];
		}
	}
	if (n_parts == 0)
		return constant(k, form == FORM_AND);
	qsort(parts, n_parts, sizeof(*parts), compare_operands);
	for (i = 0; i < n_parts; i++)
		if (kept == 0 || compare_pieces(&parts[kept - 1], &parts[i]) != 0)
			parts[kept++] = parts[i];
	return kept == 1 ? parts[0] : join(k, form, parts, kept);
}

static struct piece code_expr(struct coder *k, const struct ir_expr *e, uint32_t slots);

static struct piece *code_kids(struct coder *k, const struct ir_expr *e, uint32_t slots)
{
	struct piece *kids = arena_array(k->c->a, e->n_kids, struct piece);
	uint32_t i;

	for (i = 0; i < e->n_kids && !k->failed; i++)
		kids[i] = code_expr(k, e->kids[i], slots);
	return kids;
}

static void take_slots(struct coder *k, uint32_t slots)
{
	if (slots <= BC_SLOTS_MAX || k->failed)
		return;
	k->failed = true;
	diag_error(k->c->d, k->loc, DIAG_LIMIT,
	    "more than %u names are in scope (a loop takes two)", BC_SLOTS_MAX);
}

static struct piece loop(struct coder *k, const struct ir_expr *e, uint32_t slots)
{
	struct bytes b = { .arena = k->c->a };
	struct piece range = code_expr(k, e->kids[0], slots), block;

	take_slots(k, slots + 2);
	if (k->failed)
		return range;
	if (e->element != NULL)
		e->element->slot = slots;
	if (e->place != NULL)
		e->place->slot = slots + 1;
	block = code_expr(k, e->kids[1], slots + 2);
	if (is_too_long(k, range.len + 4 + block.len))
		return range;
	put_piece(&b, &range);
	bytes_put8(&b, (uint32_t)e->op);
	bytes_put8(&b, slots);
	bytes_put16(&b, (uint32_t)block.len);
	put_piece(&b, &block);
	return piece_of(&b);
}

/* The operand bytes of an instruction that is not a loop, AND or OR. */
static void put_operands(struct coder *k, struct bytes *b, const struct ir_expr *e)
{
	struct canon *c = k->c;

	switch (e->op) {
	case BC_INT:
		bytes_put64(b, e->integer);
		break;
	case BC_ENUM:
		bytes_put16(b, e->enumeration->number);
		bytes_put16(b, c->enum_values[e->enumeration->number].rank[e->integer]);
		break;
	case BC_STR: case BC_DIGEST:
		bytes_put32(b, canon_string(c, e->text));
		break;
	case BC_PATTERN:
		bytes_put32(b, canon_pattern(c, &e->pattern));
		break;
	case BC_ROW:
		bytes_put16(b, e->table->number);
		bytes_put32(b, e->row->number);
		break;
	case BC_NOROWS: case BC_ROWS: case BC_KEYROWS:
		bytes_put16(b, e->table->number);
		break;
	case BC_SWITCH:
		bytes_put16(b, e->swtch->number);
		break;
	case BC_LOCAL:
		bytes_put8(b, e->local->slot);
		break;
	case BC_FIELD:
		bytes_put16(b, e->field->number);
		break;
	case BC_COLUMN:
		bytes_put16(b, c->table_facts[e->table->number].columns.rank[e->column]);
		break;
	case BC_MEMBER:
		bytes_put16(b, c->record_members[e->record->number].rank[e->member]);
		break;
	case BC_VAR: case BC_HAS: case BC_GET: case BC_KEYS:
	case BC_OLDVAR: case BC_OLDHAS: case BC_OLDGET: case BC_OLDKEYS:
		bytes_put16(b, e->var->number);
		break;
	case BC_EQCAT:
		bytes_put8(b, e->n_kids - 1);
		break;
	case BC_FALSE: case BC_TRUE: case BC_LEN: case BC_AT: case BC_IN: case BC_PICK:
	case BC_EMPTY: case BC_EQ: case BC_EQLIST: case BC_LT: case BC_LE: case BC_ADD:
	case BC_SUB: case BC_MATCH: case BC_MATCHCAT: case BC_BELOW: case BC_NOT:
		break;
	case BC_AND: case BC_OR: case BC_ALL: case BC_SOME: case BC_COUNT: case BC_WHERE:
	case BC_MAP: case BC_REQUIRE: case BC_LET: case BC_SETVAR: case BC_PUT: case BC_DEL:
	case BC_KEEP: case BC_OUT: case BC_GHOST: case BC_DONE: case BC_OP_END:
		abort();
	}
}

static struct piece plain(struct coder *k, const struct ir_expr *e, uint32_t slots)
{
	struct bytes b = { .arena = k->c->a };
	struct piece *kids = code_kids(k, e, slots), left;
	uint32_t i;

	if (k->failed)
		return constant(k, false);
	if ((e->op == BC_EQ || e->op == BC_EQLIST || e->op == BC_ADD)
	    && compare_pieces(&kids[0], &kids[1]) > 0) {
		left = kids[0];
		kids[0] = kids[1];
		kids[1] = left;
	}
	for (i = 0; i < e->n_kids; i++)
		put_piece(&b, &kids[i]);
	bytes_put8(&b, (uint32_t)e->op);
	put_operands(k, &b, e);
	is_too_long(k, b.len);
	return piece_of(&b);
}

/* Recursion is as deep as the tree, which canon_new() has bounded. */
static struct piece code_expr(struct coder *k, const struct ir_expr *e, uint32_t slots)
{
	if (k->failed)
		return constant(k, false);
	if (e->op == BC_FALSE || e->op == BC_TRUE)
		return constant(k, e->op == BC_TRUE);
	if (e->op == BC_NOT)
		return negation(k, code_expr(k, e->kids[0], slots));
	if (e->op == BC_AND || e->op == BC_OR)
		return junction(k, e->op == BC_AND ? FORM_AND : FORM_OR,
		    code_kids(k, e, slots), e->n_kids);
	if (e->op == BC_ALL || e->op == BC_SOME || e->op == BC_COUNT || e->op == BC_WHERE
	    || e->op == BC_MAP)
		return loop(k, e, slots);
	return plain(k, e, slots);
}

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
		value = code_expr(&r->k, s->key, slots);
		put_piece(&b, &value);
	}
	if (s->value != NULL) {
		value = code_expr(&r->k, s->value, slots);
		if (s->kind == IR_REQUIRE && value.form == FORM_TRUE)
			return;
		put_piece(&b, &value);
	}
	before = b.len;
	put_stmt_op(&b, s);
	line.own = (uint32_t)(b.len - before);
	line.code = piece_of(&b);
	line.is_ghost = s->var != NULL && s->var->ghost;
	if (is_too_long(&r->k, b.len))
		return;
	note_reads(r, &line.code, slots);
	r->lines[r->n_lines++] = line;
}

static int compare_lines(const void *l, const void *r)
{
	const struct line *a = l, *b = r;

	if (a->is_ghost != b->is_ghost)
		return a->is_ghost ? 1 : -1;
	return compare_pieces(&a->code, &b->code);
}

/* Sort lines[from..] and leave out what is there twice. */
static void sort_lines(struct rule *r, uint32_t from)
{
	uint32_t i, n = from;

	if (r->n_lines > from)
		qsort(r->lines + from, r->n_lines - from, sizeof(*r->lines), compare_lines);
	for (i = from; i < r->n_lines; i++)
		if (n == from || compare_pieces(&r->lines[n - 1].code, &r->lines[i].code) != 0)
			r->lines[n++] = r->lines[i];
	r->n_lines = n;
}

/* What was required before need not be required again. */
static void drop_repeated(struct rule *r)
{
	uint32_t last = r->n_lines - 1, i;

	for (i = 0; i < last; i++) {
		if (compare_pieces(&r->lines[i].code, &r->lines[last].code) == 0) {
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
			take_slots(&r->k, r->n_lets + 1);
			if (r->k.failed)
				return;
			e->stmts[i].local->slot = r->n_lets;
			add_line(r, &e->stmts[i], r->n_lets);
			r->let_stmts[r->n_lets++] = i;
			continue;
		}
		before = r->n_lines;
		add_line(r, &e->stmts[i], r->n_lets);
		if (r->n_lines > before)
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
		put_piece(&b, &r->lines[i].code);
		code.places[code.n_places].pc = (uint32_t)b.len - r->lines[i].own;
		code.places[code.n_places++].stmt = r->lines[i].stmt;
	}
	bytes_put8(&b, BC_DONE);
	r->k.loc = r->event->loc;
	if (is_too_long(&r->k, b.len))
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
	struct piece p = code_expr(&k, claim->expr, 0);
	struct bytes b = { .arena = c->a };

	if (is_too_long(&k, p.len))
		return (struct code){ NULL, 0, NULL, 0 };
	put_piece(&b, &p);
	use_constants(c, &b);
	return (struct code){ b.ptr, (uint32_t)b.len, NULL, 0 };
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * expr.c - expressions, bottom-up, each already in its one form.
 *
 * The operands of an AND have the same slots in scope, so their bytes do not
 * depend on their order; that is what lets them be sorted after they are made.
 */
#include "expr.h"

#include <stdlib.h>

#include "../bytecode/decode.h"

static struct piece constant(struct coder *k, bool value)
{
	struct bytes b = { .arena = k->c->a };
	struct piece p;

	bytes_put8(&b, value ? BC_TRUE : BC_FALSE);
	p = piece_of(&b);
	p.form = value ? FORM_TRUE : FORM_FALSE;
	return p;
}

void piece_put(struct bytes *b, const struct piece *p)
{
	bytes_put(b, p->ptr, p->len);
}

int piece_order(const struct piece *l, const struct piece *r)
{
	return bytes_order(l->ptr, l->len, r->ptr, r->len);
}

static int compare_operands(const void *l, const void *r)
{
	const struct piece *a = l, *b = r;
	uint64_t wa = bc_weight(a->ptr, (uint32_t)a->len), wb = bc_weight(b->ptr, (uint32_t)b->len);

	return wa != wb ? (wa > wb) - (wa < wb) : piece_order(a, b);
}

/* A block's length has 16 bits and a rule at most BC_CODE_MAX bytes. */
bool coder_too_long(struct coder *k, size_t len)
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
	piece_put(&b, &inner);
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
	if (coder_too_long(k, left))
		return constant(k, false);
	for (i = 0; i < n; i++) {
		piece_put(&b, &parts[i]);
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
		if (kept == 0 || piece_order(&parts[kept - 1], &parts[i]) != 0)
			parts[kept++] = parts[i];
	return kept == 1 ? parts[0] : join(k, form, parts, kept);
}

static struct piece *code_kids(struct coder *k, const struct ir_expr *e, uint32_t slots)
{
	struct piece *kids = arena_array(k->c->a, e->n_kids, struct piece);
	uint32_t i;

	for (i = 0; i < e->n_kids && !k->failed; i++)
		kids[i] = expr_code(k, e->kids[i], slots);
	return kids;
}

void coder_take_slots(struct coder *k, uint32_t slots)
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
	struct piece range = expr_code(k, e->kids[0], slots), block;

	coder_take_slots(k, slots + 2);
	if (k->failed)
		return range;
	if (e->element != NULL)
		e->element->slot = slots;
	if (e->place != NULL)
		e->place->slot = slots + 1;
	block = expr_code(k, e->kids[1], slots + 2);
	if (coder_too_long(k, range.len + 4 + block.len))
		return range;
	piece_put(&b, &range);
	bytes_put8(&b, (uint32_t)e->op);
	bytes_put8(&b, slots);
	if (e->op == BC_MAP)
		bytes_put16(&b, e->type.table->number);
	bytes_put16(&b, (uint32_t)block.len);
	piece_put(&b, &block);
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
	    && piece_order(&kids[0], &kids[1]) > 0) {
		left = kids[0];
		kids[0] = kids[1];
		kids[1] = left;
	}
	for (i = 0; i < e->n_kids; i++)
		piece_put(&b, &kids[i]);
	bytes_put8(&b, (uint32_t)e->op);
	put_operands(k, &b, e);
	coder_too_long(k, b.len);
	return piece_of(&b);
}

struct piece expr_code(struct coder *k, const struct ir_expr *e, uint32_t slots)
{
	if (k->failed)
		return constant(k, false);
	if (e->op == BC_FALSE || e->op == BC_TRUE)
		return constant(k, e->op == BC_TRUE);
	if (e->op == BC_NOT)
		return negation(k, expr_code(k, e->kids[0], slots));
	if (e->op == BC_AND || e->op == BC_OR)
		return junction(k, e->op == BC_AND ? FORM_AND : FORM_OR,
		    code_kids(k, e, slots), e->n_kids);
	if (e->op == BC_ALL || e->op == BC_SOME || e->op == BC_COUNT || e->op == BC_WHERE
	    || e->op == BC_MAP)
		return loop(k, e, slots);
	return plain(k, e, slots);
}

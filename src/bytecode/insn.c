/* SPDX-License-Identifier: Apache-2.0
 *
 * insn.c - the types of single instructions, and what each may cost.  What
 * opcodes.def says of operands and cost has been seen to; here is the rest:
 * types that depend on one another, indices, and the cost that depends on
 * operands: a step for each 8 bytes of text read, for each element passed, for
 * each probe of a search, and for each 64 rows of a set of rows.
 */
#include "judge.h"
#include "mem.h"

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Steps of reading a string that has so many bytes at most, which may be a mean. */
static uint32_t text_steps(uint32_t bytes)
{
	return bytes / 8 + (bytes % 8 != 0);
}

/* The most text of a value in all; of each string, if it is one. */
static uint32_t text_of(const struct shape *s)
{
	return s->budget != 0 && s->budget < s->bytes ? s->budget : s->bytes;
}

uint32_t bc_text_steps(const struct shape *s)
{
	return text_steps(text_of(s));
}

static uint32_t search_steps(uint32_t n)
{
	uint32_t steps = n > 0;

	for (; n > 0; n /= 2)
		steps++;
	return steps;
}

static bool is_scalar(uint32_t type)
{
	uint32_t base = BC_BASE(type);

	return BC_SHAPE(type) == BC_ONE && base >= BC_BOOL && base <= BC_TABLEROW && base != BC_LANGUAGE;
}

static bool is_text(uint32_t type)
{
	return BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32;
}

uint32_t bc_text_len(uint32_t type, uint32_t most)
{
	if (BC_BASE(type) == BC_DIGEST32)
		return BC_DIGEST_LEN;
	return BC_BASE(type) == BC_STRING ? most : 0;
}

static bool index_fits(struct judge *j, uint32_t n)
{
	return bc_index(j) < n || bc_judge_fail(j, BC_E_INDEX);
}

static bool types_fit(struct judge *j, bool fit)
{
	return fit || bc_judge_fail(j, BC_E_OPERAND_TYPE);
}

/* ---- constants ---- */

/* STR, DIGEST and PATTERN: an entry of a pool. */
static bool judge_entry(struct judge *j, uint8_t op, struct shape *out)
{
	const struct bc_pool *pool = op == BC_PATTERN ? &j->p->patterns : &j->p->strings;
	uint32_t index = bc_get32(j->code + j->at + 1);

	if (index >= pool->n)
		return bc_judge_fail(j, BC_E_POOL_INDEX);
	bc_mark(j->o, op == BC_PATTERN ? IN_PATTERNS : IN_STRINGS, index);
	out->type = BC_TYPE(BC_ONE, BC_LANGUAGE, 0);
	if (op == BC_PATTERN) {
		out->bytes = BC_STRING_MAX;
		return true;
	}
	out->type = op == BC_DIGEST ? BC_TYPE(BC_ONE, BC_DIGEST32, 0) : TYPE_TEXT;
	out->bytes = bc_string(j->p, index).len;
	return op == BC_STR || out->bytes == BC_DIGEST_LEN || bc_judge_fail(j, BC_E_DIGEST);
}

static bool judge_enum(struct judge *j, struct shape *out)
{
	if (!index_fits(j, j->p->n_enums))
		return false;
	out->type = BC_TYPE(BC_ONE, BC_ENUMERATION, bc_index(j));
	return bc_get16(j->code + j->at + 3) < bc_get32(j->p->enums[bc_index(j)] + 4) ||
	    bc_judge_fail(j, BC_E_ENUM_INDEX);
}

/* ROW, ROWS, NOROWS: what is of a table. */
static bool judge_table(struct judge *j, uint8_t op, struct shape *out)
{
	uint32_t n_rows;

	if (!index_fits(j, j->p->n_tables))
		return false;
	n_rows = j->p->tables[bc_index(j)].n_rows;
	out->type = BC_TYPE(op == BC_ROW ? BC_ONE : BC_SET, BC_TABLEROW, bc_index(j));
	if (op == BC_ROWS)
		out->most = out->span = n_rows;
	return op != BC_ROW || bc_get32(j->code + j->at + 3) < n_rows ||
	    bc_judge_fail(j, BC_E_ROW_INDEX);
}

static uint8_t known(bool always)
{
	return always ? ALWAYS : NEVER;
}

static bool judge_switch(struct judge *j, struct shape *out)
{
	if (!index_fits(j, j->p->n_switches))
		return false;
	out->type = bc_switch_type(j->p, bc_index(j));
	if (out->type == TYPE_BOOL)
		out->known = known(bc_switch_value(j->p, bc_index(j)) != 0);
	if (is_text(out->type))
		out->bytes = bc_string(j->p, (uint32_t)bc_switch_value(j->p, bc_index(j))).len;
	else if (BC_BASE(out->type) == BC_LANGUAGE)
		out->bytes = j->p->words[bc_index(j)] < 255 ? j->p->words[bc_index(j)] : BC_STRING_MAX;
	return true;
}

/* ---- reading ---- */

static bool judge_local(struct judge *j, struct shape *out)
{
	uint32_t slot = j->code[j->at + 1];

	if (slot >= j->n_slots || j->slots[slot].shape.type == 0)
		return bc_judge_fail(j, BC_E_LOCAL);
	j->unread &= ~(UINT64_C(1) << slot);
	*out = j->slots[slot].shape;
	return true;                    /* the loops that it depends on, too */
}

/* The bounds that follow from a type: of text, of lists, of sets of rows. */
static void bound(struct judge *j, struct shape *out, uint32_t text, uint32_t most)
{
	out->bytes = bc_text_len(out->type, text);
	if (BC_SHAPE(out->type) != BC_ONE)
		out->most = most;
	if (bc_is_rows(out)) {
		out->span = j->p->tables[BC_INDEX(out->type)].n_rows;
		out->most = least(out->most, out->span);
	}
}

static bool judge_field(struct judge *j, struct shape *out)
{
	if (j->event == NULL)
		return bc_judge_fail(j, BC_E_NO_FIELDS);
	if (!index_fits(j, j->event->n_fields))
		return false;
	out->type = bc_field_type(j->event, bc_index(j));
	out->origin = FROM_FIELD;
	out->budget = BC_REQUEST_MAX;
	out->field = (uint8_t)bc_index(j);
	bound(j, out, j->limits[bc_index(j)] != 0 ? j->limits[bc_index(j)] : BC_STRING_MAX,
	    bc_field_most(j->event, bc_index(j)));
	return true;
}

/* What is known of the texts or lists of a column. */
static uint32_t longest_of(const struct bc_table *t, uint32_t column)
{
	return t->longest[column] < UINT16_MAX ? t->longest[column] : UINT32_MAX;
}

/* Keys of a map may be no row, whose columns are zero. */
static bool is_of_key(const struct judge *j, const struct shape *s)
{
	return s->names != 0 && j->loops[s->names - 1].origin == FROM_KEYS;
}

static bool judge_column(struct judge *j, const struct shape *row, struct shape *out)
{
	const struct bc_table *t = &j->p->tables[BC_INDEX(row->type)];
	uint32_t longest;

	if (!index_fits(j, t->n_columns))
		return false;
	longest = longest_of(t, bc_index(j));
	out->type = bc_column_type(t, bc_index(j));
	out->field = (uint8_t)BC_INDEX(row->type);
	out->names = row->names;
	out->few = (uint8_t)least(UINT8_MAX, row->few * (uint32_t)t->alike[bc_index(j)] + is_of_key(j, row));
	bound(j, out, BC_SHAPE(out->type) == BC_ONE ? least(longest, j->o->longest) : j->o->longest,
	    longest);
	if (BC_BASE(out->type) == BC_LANGUAGE)
		out->bytes = longest < UINT16_MAX ? longest : BC_STRING_MAX;
	return true;
}

static bool judge_member(struct judge *j, const struct shape *of, struct shape *out)
{
	uint32_t record = BC_INDEX(of->type);

	if (!index_fits(j, bc_record_len(j->p, record)))
		return false;
	out->type = bc_member_type(j->p, record, bc_index(j));
	out->budget = of->budget;
	if (bc_index(j) == 0) {         /* only records with a key are in sets */
		out->names = of->names;
		out->few = 1;
	}
	bound(j, out, BC_STRING_MAX, BC_ELEMENTS_MAX);
	return true;
}

bool bc_judge_key(struct judge *j, const struct bc_var *v, const struct operand *key, uint32_t times)
{
	uint32_t text = least(bc_text_len(v->key, v->key_len), text_of(&key->shape));

	bc_spend(j, bc_times(times * (uint64_t)search_steps(bc_keys(v)), 1 + text_steps(text)));
	return types_fit(j, key->shape.type == v->key);
}

/* VAR, HAS, GET, KEYS and their old twins. */
static bool judge_var(struct judge *j, uint8_t op, const struct operand *in, struct shape *out)
{
	bool is_old = op >= BC_OLDVAR, is_scalar_read;
	const struct bc_var *v;

	op = is_old ? (uint8_t)(op - BC_OLDVAR + BC_VAR) : op;
	is_scalar_read = op == BC_VAR;
	if (is_old && !j->is_step)
		return bc_judge_fail(j, BC_E_NO_OLD);
	if (!index_fits(j, j->p->n_vars))
		return false;
	v = &j->p->vars[bc_index(j)];
	if (is_scalar_read != (v->key == 0))
		return bc_judge_fail(j, is_scalar_read ? BC_E_NOT_SCALAR : BC_E_NOT_MAP);
	if ((v->flags & 1) != 0 && !j->is_claim && j->phase != PHASE_GHOST)
		return bc_judge_fail(j, BC_E_GHOST_READ);
	if ((op == BC_HAS || op == BC_GET) && !bc_judge_key(j, v, in, 1))
		return false;
	if (op == BC_HAS) {
		out->known = v->is_held ? UNKNOWN : NEVER;
		return true;
	}
	out->type = v->value;
	if (op == BC_KEYS) {
		out->type = v->key | (uint32_t)BC_SET << 24;
		out->origin = FROM_KEYS;
		bound(j, out, v->key_len, bc_keys(v));
		return true;
	}
	bound(j, out, v->value_len, v->list_len);
	if (bc_is_rows(out)) {
		out->most = v->rows;
		out->span = v->span;
	}
	return v->value != 0 || bc_judge_fail(j, BC_E_NOT_MAP);
}

static bool judge_keyrows(struct judge *j, const struct shape *key, struct shape *out)
{
	const struct bc_table *t;
	uint64_t compare;

	if (!judge_table(j, BC_KEYROWS, out))
		return false;
	t = &j->p->tables[bc_index(j)];
	if (t->has_key == 0)
		return bc_judge_fail(j, BC_E_NO_KEY);
	compare = 1 + text_steps(least(text_of(key), j->o->longest));
	if (BC_SHAPE(key->type) != BC_ONE)      /* what is left out of a list is passed each time */
		compare = 1 + (key->origin == FROM_WHERE ? key->most : 0) +
		    bc_times(1 + text_steps(least(key->bytes, j->o->longest)),
		    1 + (uint64_t)least(key->most, longest_of(t, 0)));
	bc_spend(j, bc_times(2 * (uint64_t)search_steps(t->n_rows), compare));
	out->most = out->span = t->max_group;
	return types_fit(j, key->type == bc_column_type(t, 0));
}

/* ---- lists and sets ---- */

static bool judge_at(struct judge *j, const struct shape *list, struct shape *out)
{
	if (list->origin == FROM_WHERE)
		bc_spend(j, list->most);
	out->type = bc_element(list->type);
	out->bytes = list->bytes;
	out->budget = list->budget;
	return types_fit(j, BC_BASE(list->type) != BC_RECORD);
}

/* Of comparing up to `n` texts of one value with as many, or one, of another. */
static uint64_t texts(const struct shape *many, const struct shape *others, uint64_t n)
{
	uint64_t steps = bc_times(n, text_steps(least(many->bytes,
	    BC_SHAPE(others->type) == BC_ONE ? text_of(others) : others->bytes)));

	if (many->budget != 0 && text_steps(many->budget) < steps)
		steps = text_steps(many->budget);
	if (BC_SHAPE(others->type) != BC_ONE && others->budget != 0 && text_steps(others->budget) < steps)
		steps = text_steps(others->budget);
	return steps;
}

static bool judge_in(struct judge *j, const struct shape *value, const struct shape *many)
{
	uint64_t steps = BC_SHAPE(many->type) == BC_SET ? search_steps(many->most) : many->most;

	bc_spend(j, steps);
	bc_spend(j, texts(many, value, steps));
	return types_fit(j, bc_element(many->type) == value->type);
}

static bool judge_size(struct judge *j, uint8_t op, const struct shape *many, struct shape *out)
{
	out->known = op == BC_EMPTY && many->most == 0 ? ALWAYS : UNKNOWN;
	bc_spend(j, 1 + (uint64_t)many->most + bc_words(many));
	return true;
}

static bool judge_pick(struct judge *j, const struct shape *rows, struct shape *out)
{
	bc_spend(j, bc_words(rows));
	out->type = bc_element(rows->type);
	return types_fit(j, bc_is_rows(rows));
}

/* ---- comparing ---- */

/* Of EQ, EQLIST and ADD the left is not greater than the right, as bytes. */
static bool is_ordered(struct judge *j, const struct operand *in)
{
	return bytes_compare(j->code + in[0].start, in[1].start - in[0].start,
	    j->code + in[1].start, j->at - in[1].start) <= 0 || bc_judge_fail(j, BC_E_OPERAND_ORDER);
}

/* What few elements of a loop share is compared with what does not depend on the
 * element. */
static void take_pick(struct shape *out, const struct shape *name, const struct shape *other)
{
	if (name->names == 0 || name->few == UINT8_MAX || (out->picks != 0 && out->few <= name->few) ||
	    (other->loops >> (name->names - 1) & 1) != 0)
		return;
	out->picks = name->names;
	out->few = name->few;
}

/* Whether no row has this value of an enumeration in this column, of a row that
 * a loop over rows has met: other rows may be none. */
static bool is_nowhere(const struct judge *j, const struct operand *column, const struct operand *value)
{
	const struct bc_table *t = &j->p->tables[column->shape.field];
	uint32_t row = 0;

	if (value->op != BC_ENUM || column->op != BC_COLUMN || column->shape.names == 0 ||
	    is_of_key(j, &column->shape))
		return false;
	while (row < t->n_rows && bc_cell(t, row, bc_get16(j->code + column->made_at + 1)) !=
	    bc_get16(j->code + value->made_at + 3))
		row++;
	return row == t->n_rows;
}

static bool is_sparse(const struct shape *s)
{
	return s->origin == FROM_WHERE || bc_is_rows(s);
}

/* EQ and EQLIST: the types are one, the elements scalars. */
static bool judge_equal(struct judge *j, const struct operand *in, struct shape *out)
{
	const struct shape *a = &in[0].shape, *b = &in[1].shape;
	uint32_t n = least(a->most, b->most);

	if (!types_fit(j, a->type == b->type && is_scalar(bc_element(a->type)) &&
	    a->origin != FROM_KEYS && b->origin != FROM_KEYS))
		return false;
	if (BC_SHAPE(a->type) == BC_ONE) {
		bc_spend(j, text_steps(least(text_of(a), text_of(b))));
	} else {
		/* Of which the number is known are compared only if it is the same. */
		if (is_sparse(a) || is_sparse(b))
			bc_spend(j, (uint64_t)a->most + b->most + bc_words(a) + bc_words(b));
		bc_spend(j, 1 + (uint64_t)n);
		bc_spend(j, texts(a, b, n));
	}
	take_pick(out, a, b);
	take_pick(out, b, a);
	if (is_nowhere(j, &in[1], &in[0]))      /* a constant is below what is read */
		out->known = NEVER;
	return is_ordered(j, in);
}

/* If the result is true the field has at most so many bytes; said if they are few. */
static void limit_field(const struct operand *field, uint32_t bytes, struct shape *out)
{
	if (bytes - 1 >= UINT8_MAX)
		return;
	out->field = field->shape.field;
	out->limit = (uint8_t)least(bytes, field->shape.bytes);
}

/* No more is read than the longest word and the byte that is too many.  Columns
 * know what is read, and nothing is of a pattern that has all words. */
static bool judge_match(struct judge *j, const struct operand *in, struct shape *out)
{
	const struct shape *text = &in[0].shape, *pattern = &in[1].shape;

	bc_spend(j, text_steps(least(text_of(text), pattern->bytes + 1)));
	if (in[0].op == BC_FIELD && in[1].op == BC_SWITCH)
		limit_field(&in[0], pattern->bytes, out);
	return true;
}

/* take_operands() has seen to the number of parts.  The last is no longer than the whole. */
static bool judge_eqcat(struct judge *j, const struct operand *in, struct shape *out)
{
	uint32_t n = j->code[j->at + 1];

	if (in[n].op == BC_FIELD)
		limit_field(&in[n], in->shape.bytes, out);
	bc_spend(j, text_steps(text_of(&in[0].shape)));
	return true;
}

static bool judge_not(struct judge *j, const struct operand *in, struct shape *out)
{
	if (in->shape.known != UNKNOWN)
		out->known = known(in->shape.known == NEVER);
	if (in->op == BC_TRUE || in->op == BC_FALSE)
		return bc_judge_fail(j, BC_E_CONSTANT_OPERAND);
	return in->op != BC_NOT || bc_judge_fail(j, BC_E_NOT_NOT);
}

/* One line for each instruction: hence its length. */
bool bc_judge_insn(struct judge *j, const struct operand *in, struct shape *out)
{
	uint8_t op = j->code[j->at];

	switch ((enum bc_op)op) {
	case BC_FALSE:
	case BC_TRUE:     out->known = known(op == BC_TRUE); return true;
	case BC_INT:
	case BC_LT:
	case BC_LE:
	case BC_SUB:      return true;
	case BC_ENUM:     return judge_enum(j, out);
	case BC_STR:
	case BC_DIGEST:
	case BC_PATTERN:  return judge_entry(j, op, out);
	case BC_ROW:
	case BC_ROWS:
	case BC_NOROWS:   return judge_table(j, op, out);
	case BC_SWITCH:   return judge_switch(j, out);
	case BC_LOCAL:    return judge_local(j, out);
	case BC_FIELD:    return judge_field(j, out);
	case BC_COLUMN:   return judge_column(j, &in->shape, out);
	case BC_MEMBER:   return judge_member(j, &in->shape, out);
	case BC_VAR:
	case BC_HAS:
	case BC_GET:
	case BC_KEYS:
	case BC_OLDVAR:
	case BC_OLDHAS:
	case BC_OLDGET:
	case BC_OLDKEYS:  return judge_var(j, op, in, out);
	case BC_KEYROWS:  return judge_keyrows(j, &in->shape, out);
	case BC_LEN:
	case BC_EMPTY:    return judge_size(j, op, &in->shape, out);
	case BC_AT:       return judge_at(j, &in->shape, out);
	case BC_IN:       return judge_in(j, &in[0].shape, &in[1].shape);
	case BC_PICK:     return judge_pick(j, &in->shape, out);
	case BC_EQ:
	case BC_EQLIST:   return judge_equal(j, in, out);
	case BC_ADD:      return is_ordered(j, in);
	case BC_MATCH:    return judge_match(j, in, out);
	case BC_MATCHCAT:
	case BC_BELOW:    bc_spend(j, text_steps(text_of(&in->shape))); return true;
	case BC_EQCAT:    return judge_eqcat(j, in, out);
	case BC_NOT:      return judge_not(j, in, out);
	case BC_AND:
	case BC_OR:
	case BC_ALL:
	case BC_SOME:
	case BC_COUNT:
	case BC_WHERE:
	case BC_MAP:
	case BC_REQUIRE:
	case BC_LET:
	case BC_SETVAR:
	case BC_PUT:
	case BC_DEL:
	case BC_KEEP:
	case BC_OUT:
	case BC_GHOST:
	case BC_DONE:
	case BC_OP_END:   break;
	}
	return bc_judge_fail(j, BC_E_STATEMENT);
}

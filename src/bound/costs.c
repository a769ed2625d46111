/* SPDX-License-Identifier: Apache-2.0
 *
 * costs.c - what single instructions may cost, beside the cost that opcodes.def
 * gives: a step for each 8 bytes of text read, for each element passed, for each
 * probe of a search, and for each 64 rows of a set of rows.
 */
#include "walk.h"

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

uint32_t walk_text_steps(const struct shape *s)
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

static bool is_text(uint32_t type)
{
	return BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32;
}

uint32_t walk_text_len(uint32_t type, uint32_t most)
{
	if (BC_BASE(type) == BC_DIGEST32)
		return BC_DIGEST_LEN;
	return BC_BASE(type) == BC_STRING ? most : 0;
}

/* ---- constants ---- */

/* STR and DIGEST: an entry of a pool. */
static void walk_string(struct walk *w, uint8_t op, struct shape *out)
{
	out->type = op == BC_DIGEST ? BC_TYPE(BC_ONE, BC_DIGEST32, 0) : TYPE_TEXT;
	out->bytes = bc_string(w->p, bc_get32(w->code + w->at + 1)).len;
}

static void walk_pattern(struct shape *out)
{
	out->type = BC_TYPE(BC_ONE, BC_LANGUAGE, 0);
	out->bytes = BC_STRING_MAX;
}

/* ROW, ROWS, NOROWS: what is of a table. */
static void walk_table(struct walk *w, uint8_t op, struct shape *out)
{
	out->type = BC_TYPE(op == BC_ROW ? BC_ONE : BC_SET, BC_TABLEROW, walk_index(w));
	if (op == BC_ROWS)
		out->most = out->span = w->p->tables[walk_index(w)].n_rows;
}

static uint8_t known(bool always)
{
	return always ? ALWAYS : NEVER;
}

static void walk_switch(struct walk *w, struct shape *out)
{
	uint32_t i = walk_index(w);

	out->type = bc_switch_type(w->p, i);
	if (out->type == TYPE_BOOL)
		out->known = known(bc_switch_value(w->p, i) != 0);
	if (is_text(out->type))
		out->bytes = bc_string(w->p, (uint32_t)bc_switch_value(w->p, i)).len;
	else if (BC_BASE(out->type) == BC_LANGUAGE)
		out->bytes = w->f->words[i] < 255 ? w->f->words[i] : BC_STRING_MAX;
}

/* ---- reading ---- */

/* The bounds that follow from a type: of text, of lists, of sets of rows. */
static void bound(struct walk *w, struct shape *out, uint32_t text, uint32_t most)
{
	out->bytes = walk_text_len(out->type, text);
	if (BC_SHAPE(out->type) != BC_ONE)
		out->most = most;
	if (walk_is_rows(out)) {
		out->span = w->p->tables[BC_INDEX(out->type)].n_rows;
		out->most = least(out->most, out->span);
	}
}

static void walk_field(struct walk *w, struct shape *out)
{
	uint32_t i = walk_index(w);

	out->type = bc_field_type(w->event, i);
	out->origin = FROM_FIELD;
	out->budget = BC_REQUEST_MAX;
	out->field = (uint8_t)i;
	bound(w, out, w->limits[i] != 0 ? w->limits[i] : BC_STRING_MAX, bc_field_most(w->event, i));
}

/* What is known of the texts or lists of a column. */
static uint32_t longest_of(const struct walk *w, uint32_t table, uint32_t column)
{
	uint32_t longest = w->f->tables[table].longest[column];

	return longest < UINT16_MAX ? longest : UINT32_MAX;
}

/* Keys of a map may be no row, whose columns are zero. */
static bool is_of_key(const struct walk *w, const struct shape *s)
{
	return s->names != 0 && w->loops[s->names - 1].origin == FROM_KEYS;
}

static void walk_column(struct walk *w, const struct shape *row, struct shape *out)
{
	uint32_t table = BC_INDEX(row->type), longest = longest_of(w, table, walk_index(w));

	out->type = bc_column_type(&w->p->tables[table], walk_index(w));
	out->field = (uint8_t)table;
	out->names = row->names;
	out->few = (uint8_t)least(UINT8_MAX,
	    row->few * (uint32_t)w->f->tables[table].alike[walk_index(w)] + is_of_key(w, row));
	bound(w, out, BC_SHAPE(out->type) == BC_ONE ? least(longest, w->f->longest) : w->f->longest, longest);
	if (BC_BASE(out->type) == BC_LANGUAGE)
		out->bytes = longest < UINT16_MAX ? longest : BC_STRING_MAX;
}

static void walk_member(struct walk *w, const struct shape *of, struct shape *out)
{
	out->type = bc_member_type(w->p, BC_INDEX(of->type), walk_index(w));
	out->budget = of->budget;
	if (walk_index(w) == 0) {       /* only records with a key are in sets */
		out->names = of->names;
		out->few = 1;
	}
	bound(w, out, BC_STRING_MAX, BC_ELEMENTS_MAX);
}

/* The most keys that a map has in a state that rules can reach. */
static uint32_t keys_of(const struct walk *w, uint32_t var)
{
	return w->f->vars[var].is_held ? w->p->vars[var].capacity : 0;
}

void walk_search(struct walk *w, uint32_t var, const struct shape *key, uint32_t times)
{
	const struct bc_var *v = &w->p->vars[var];
	uint32_t text = least(walk_text_len(v->key, v->key_len), text_of(key));

	walk_spend(w, walk_times(times * (uint64_t)search_steps(keys_of(w, var)), 1 + text_steps(text)));
}

/* VAR, HAS, GET, KEYS and their old twins. */
static void walk_var(struct walk *w, uint8_t op, const struct operand *in, struct shape *out)
{
	const struct bc_var *v = &w->p->vars[walk_index(w)];
	const struct bound_var *facts = &w->f->vars[walk_index(w)];

	if (op >= BC_OLDVAR)
		op = (uint8_t)(op - BC_OLDVAR + BC_VAR);
	if (op == BC_HAS || op == BC_GET)
		walk_search(w, walk_index(w), &in->shape, 1);
	if (op == BC_HAS) {
		out->known = facts->is_held ? UNKNOWN : NEVER;
	} else if (op == BC_KEYS) {
		out->type = v->key | (uint32_t)BC_SET << 24;
		out->origin = FROM_KEYS;
		bound(w, out, v->key_len, keys_of(w, walk_index(w)));
	} else {
		out->type = v->value;
		bound(w, out, v->value_len, v->list_len);
		if (walk_is_rows(out)) {
			out->most = facts->rows;
			out->span = facts->span;
		}
	}
}

static void walk_keyrows(struct walk *w, const struct shape *key, struct shape *out)
{
	const struct bc_table *t = &w->p->tables[walk_index(w)];
	uint64_t compare = 1 + text_steps(least(text_of(key), w->f->longest));

	walk_table(w, BC_KEYROWS, out);
	if (BC_SHAPE(key->type) != BC_ONE)      /* what is left out of a list is passed each time */
		compare = 1 + (key->origin == FROM_WHERE ? key->most : 0) +
		    walk_times(1 + text_steps(least(key->bytes, w->f->longest)),
		    1 + (uint64_t)least(key->most, longest_of(w, walk_index(w), 0)));
	walk_spend(w, walk_times(2 * (uint64_t)search_steps(t->n_rows), compare));
	out->most = out->span = t->max_group;
}

/* ---- lists and sets ---- */

static void walk_at(struct walk *w, const struct shape *list, struct shape *out)
{
	if (list->origin == FROM_WHERE)
		walk_spend(w, list->most);
	out->type = walk_element(list->type);
	out->bytes = list->bytes;
	out->budget = list->budget;
}

/* Of comparing up to `n` texts of one value with as many, or one, of another. */
static uint64_t texts(const struct shape *many, const struct shape *others, uint64_t n)
{
	uint64_t steps = walk_times(n, text_steps(least(many->bytes,
	    BC_SHAPE(others->type) == BC_ONE ? text_of(others) : others->bytes)));

	if (many->budget != 0 && text_steps(many->budget) < steps)
		steps = text_steps(many->budget);
	if (BC_SHAPE(others->type) != BC_ONE && others->budget != 0 && text_steps(others->budget) < steps)
		steps = text_steps(others->budget);
	return steps;
}

static void walk_in(struct walk *w, const struct shape *value, const struct shape *many)
{
	uint64_t steps = BC_SHAPE(many->type) == BC_SET ? search_steps(many->most) : many->most;

	walk_spend(w, steps);
	walk_spend(w, texts(many, value, steps));
}

static void walk_size(struct walk *w, uint8_t op, const struct shape *many, struct shape *out)
{
	out->known = op == BC_EMPTY && many->most == 0 ? ALWAYS : UNKNOWN;
	walk_spend(w, 1 + (uint64_t)many->most + walk_words(many));
}

static void walk_pick(struct walk *w, const struct shape *rows, struct shape *out)
{
	walk_spend(w, walk_words(rows));
	out->type = walk_element(rows->type);
}

/* ---- comparing ---- */

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
static bool is_nowhere(const struct walk *w, const struct operand *column, const struct operand *value)
{
	const struct bc_table *t = &w->p->tables[column->shape.field];
	uint32_t row = 0;

	if (value->op != BC_ENUM || column->op != BC_COLUMN || column->shape.names == 0 ||
	    is_of_key(w, &column->shape))
		return false;
	while (row < t->n_rows && bc_cell(t, row, bc_get16(w->code + column->made_at + 1)) !=
	    bc_get16(w->code + value->made_at + 3))
		row++;
	return row == t->n_rows;
}

static bool is_sparse(const struct shape *s)
{
	return s->origin == FROM_WHERE || walk_is_rows(s);
}

static void walk_equal(struct walk *w, const struct operand *in, struct shape *out)
{
	const struct shape *a = &in[0].shape, *b = &in[1].shape;
	uint32_t n = least(a->most, b->most);

	if (BC_SHAPE(a->type) == BC_ONE) {
		walk_spend(w, text_steps(least(text_of(a), text_of(b))));
	} else {
		/* Of which the number is known are compared only if it is the same. */
		if (is_sparse(a) || is_sparse(b))
			walk_spend(w, (uint64_t)a->most + b->most + walk_words(a) + walk_words(b));
		walk_spend(w, 1 + (uint64_t)n);
		walk_spend(w, texts(a, b, n));
	}
	take_pick(out, a, b);
	take_pick(out, b, a);
	if (is_nowhere(w, &in[1], &in[0]))      /* a constant is below what is read */
		out->known = NEVER;
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
static void walk_match(struct walk *w, const struct operand *in, struct shape *out)
{
	const struct shape *text = &in[0].shape, *pattern = &in[1].shape;

	walk_spend(w, text_steps(least(text_of(text), pattern->bytes + 1)));
	if (in[0].op == BC_FIELD && in[1].op == BC_SWITCH)
		limit_field(&in[0], pattern->bytes, out);
}

/* The last part is no longer than the whole. */
static void walk_eqcat(struct walk *w, const struct operand *in, struct shape *out)
{
	uint32_t n = w->code[w->at + 1];

	if (in[n].op == BC_FIELD)
		limit_field(&in[n], in->shape.bytes, out);
	walk_spend(w, text_steps(text_of(&in[0].shape)));
}

static void walk_not(const struct operand *in, struct shape *out)
{
	if (in->shape.known != UNKNOWN)
		out->known = known(in->shape.known == NEVER);
}

/* One line for each instruction: hence its length. */
void walk_insn(struct walk *w, const struct operand *in, struct shape *out)
{
	uint8_t op = w->code[w->at];

	switch ((enum bc_op)op) {
	case BC_FALSE:
	case BC_TRUE:     out->known = known(op == BC_TRUE); return;
	case BC_ENUM:     out->type = BC_TYPE(BC_ONE, BC_ENUMERATION, walk_index(w)); return;
	case BC_STR:
	case BC_DIGEST:   walk_string(w, op, out); return;
	case BC_PATTERN:  walk_pattern(out); return;
	case BC_ROW:
	case BC_ROWS:
	case BC_NOROWS:   walk_table(w, op, out); return;
	case BC_SWITCH:   walk_switch(w, out); return;
	/* With the loops that it depends on. */
	case BC_LOCAL:    *out = w->slots[w->code[w->at + 1]]; return;
	case BC_FIELD:    walk_field(w, out); return;
	case BC_COLUMN:   walk_column(w, &in->shape, out); return;
	case BC_MEMBER:   walk_member(w, &in->shape, out); return;
	case BC_VAR:
	case BC_HAS:
	case BC_GET:
	case BC_KEYS:
	case BC_OLDVAR:
	case BC_OLDHAS:
	case BC_OLDGET:
	case BC_OLDKEYS:  walk_var(w, op, in, out); return;
	case BC_KEYROWS:  walk_keyrows(w, &in->shape, out); return;
	case BC_LEN:
	case BC_EMPTY:    walk_size(w, op, &in->shape, out); return;
	case BC_AT:       walk_at(w, &in->shape, out); return;
	case BC_IN:       walk_in(w, &in[0].shape, &in[1].shape); return;
	case BC_PICK:     walk_pick(w, &in->shape, out); return;
	case BC_EQ:
	case BC_EQLIST:   walk_equal(w, in, out); return;
	case BC_MATCH:    walk_match(w, in, out); return;
	case BC_MATCHCAT:
	case BC_BELOW:    walk_spend(w, text_steps(text_of(&in->shape))); return;
	case BC_EQCAT:    walk_eqcat(w, in, out); return;
	case BC_NOT:      walk_not(in, out); return;
	case BC_INT:
	case BC_LT:
	case BC_LE:
	case BC_ADD:
	case BC_SUB:
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
	case BC_OP_END:   return;
	}
}

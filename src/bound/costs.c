/* SPDX-License-Identifier: Apache-2.0
 *
 * costs.c - what single instructions may cost, beside the step that they are: one
 * for each 8 bytes of text read, for each element passed, for each probe of a
 * search, and for each 64 rows of a set of rows.
 */
#include "walk.h"

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Steps of reading so many bytes. */
static uint32_t text_steps(uint32_t bytes)
{
	return bytes / 8 + (bytes % 8 != 0);
}

/* The most text of a value in all, about; of each string, if it is one. */
static uint32_t text_of(const struct shape *s)
{
	return s->budget != 0 && s->budget < s->bytes ? s->budget : s->bytes;
}

static void read_request(struct walk *w, const struct shape *s, uint64_t times)
{
	if (!w->is_dead)
		cost_add(&w->cost, &(struct term){ .times = times, .text = s->text, .level = s->level });
}

void walk_read(struct walk *w, const struct shape *s, uint64_t times)
{
	if (s->text != 0 && s->budget < s->bytes)
		read_request(w, s, times);
	else
		walk_spend(w, cost_times(text_steps(s->bytes), times));
}

/* No more of it than so many bytes. */
static void read_part(struct walk *w, const struct shape *s, uint32_t bytes, uint64_t times)
{
	struct shape part = *s;

	part.bytes = least(part.bytes, bytes);
	walk_read(w, &part, times);
}

/* The shorter one of two. */
static void read_shorter(struct walk *w, const struct shape *a, const struct shape *b, uint64_t times)
{
	if (text_of(a) <= text_of(b))
		read_part(w, a, b->bytes, times);
	else
		read_part(w, b, a->bytes, times);
}

/* Whether it is passed whole to know how many elements it has. */
static bool is_sparse(const struct shape *s)
{
	return s->origin == FROM_WHERE || walk_is_rows(s);
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

static uint32_t reads_of(const struct walk *w, uint32_t pattern)
{
	return w->f->reads[pattern] != READS_ALL ? 8u * w->f->reads[pattern] : BC_STRING_MAX;
}

static void walk_pattern(const struct walk *w, struct shape *out)
{
	out->type = BC_TYPE(BC_ONE, BC_LANGUAGE, 0);
	out->bytes = reads_of(w, bc_get32(w->code + w->at + 1));
}

static void walk_enum(const struct walk *w, struct shape *out)
{
	out->type = BC_TYPE(BC_ONE, BC_ENUMERATION, walk_index(w));
	out->value = bc_get16(w->code + w->at + 3) + 1;
}

/* ROW, ROWS, NOROWS: what is of a table. */
static void walk_table(struct walk *w, uint8_t op, struct shape *out)
{
	out->type = BC_TYPE(op == BC_ROW ? BC_ONE : BC_SET, BC_TABLEROW, walk_index(w));
	if (op == BC_ROW)
		out->value = bc_get32(w->code + w->at + 3) + 1;
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
		out->bytes = reads_of(w, (uint32_t)bc_switch_value(w->p, i));
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
	out->text = (uint16_t)COST_TEXT(i, 0);
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

/* How many elements of its loop share what a row has in a column. */
static uint8_t few_of(const struct walk *w, const struct shape *row, uint32_t column)
{
	uint32_t table = BC_INDEX(row->type), alike = w->f->tables[table].alike[column];
	const struct shape *loop = row->names != 0 ? &w->loops[row->names - 1] : NULL;

	if (row->is_element && loop != NULL && loop->value != 0)
		alike = facts_list_alike(w->p, table, loop->value - 1, column);
	return (uint8_t)least(UINT8_MAX, row->few * alike + is_of_key(w, row));
}

/* The cell of a row, for which others of its group may stand: they have the same
 * bools and enumerations, lists that are as long, and so on. */
static void walk_cell(struct walk *w, uint32_t cell, struct shape *out)
{
	if (BC_SHAPE(out->type) != BC_ONE || BC_BASE(out->type) == BC_TABLEROW || BC_BASE(out->type) == BC_ENUMERATION)
		out->value = cell + 1;
	if (BC_SHAPE(out->type) != BC_ONE) {
		out->most = bc_list(w->p, cell).len;
		if (BC_BASE(out->type) == BC_STRING)
			out->bytes = facts_list_text(w->p, cell);
	} else if (BC_BASE(out->type) == BC_STRING) {
		out->bytes = bc_string(w->p, cell).len;
	} else if (BC_BASE(out->type) == BC_LANGUAGE) {
		out->bytes = reads_of(w, cell);
	} else if (out->type == TYPE_BOOL) {
		out->known = known(cell != 0);
	}
}

static void walk_column(struct walk *w, const struct shape *row, struct shape *out)
{
	uint32_t table = BC_INDEX(row->type), column = walk_index(w), longest = longest_of(w, table, column);
	const struct bc_table *t = &w->p->tables[table];

	out->type = bc_column_type(t, column);
	out->field = (uint8_t)table;
	out->names = row->names;
	out->few = few_of(w, row, column);
	bound(w, out, BC_SHAPE(out->type) == BC_ONE ? longest : w->f->tables[table].texts[column], longest);
	if (BC_BASE(out->type) == BC_LANGUAGE)
		out->bytes = BC_SHAPE(out->type) == BC_ONE && longest < UINT16_MAX ? longest : BC_STRING_MAX;
	if (row->is_element)
		out->tie = (struct tie){ .kind = TIE_COLUMN, .row = row->level, .column = (uint8_t)column };
	if (row->value != 0 && row->value - 1 < t->n_rows)
		walk_cell(w, bc_cell(t, row->value - 1, column), out);
}

static void walk_member(struct walk *w, const struct shape *of, struct shape *out)
{
	out->type = bc_member_type(w->p, BC_INDEX(of->type), walk_index(w));
	out->budget = of->budget;
	out->level = of->level;
	out->text = (uint16_t)(of->text + walk_index(w));
	if (walk_index(w) == 0) {       /* only records with a key are in sets */
		out->names = of->names;
		out->few = 1;
	}
	bound(w, out, BC_STRING_MAX, BC_ELEMENTS_MAX);
}

/* The most keys that a map has in a state that rules can reach. */
static uint32_t keys_of(const struct walk *w, uint32_t var)
{
	return w->f->vars[var].is_held ? w->f->vars[var].keys : 0;
}

void walk_search(struct walk *w, uint32_t var, const struct shape *key, uint32_t times)
{
	const struct bc_var *v = &w->p->vars[var];
	uint64_t n = times * (uint64_t)search_steps(keys_of(w, var));

	walk_spend(w, n);
	read_part(w, key, walk_text_len(v->key, v->key_len), n);
}

/* A number for where a key comes from; 0: it may be another each time. */
uint8_t walk_key(const struct walk *w, const struct operand *key)
{
	if (key->op == BC_FIELD)
		return (uint8_t)(1 + key->shape.field);
	if (key->op == BC_LOCAL && w->code[key->made_at + 1] < w->n_slots - 2 * w->n_loops)
		return (uint8_t)(1 + BC_FIELDS_MAX + w->code[key->made_at + 1]);
	return 0;
}

/* Of the rows at a key: if it is a key of another map there may be fewer. */
static uint32_t rows_at(const struct walk *w, uint32_t var, const struct tie *at)
{
	const struct tie *of = at->of != 0 ? &w->loops[at->of - 1].tie : NULL;
	uint32_t rows = relations_rows(w->f, &w->deeds, var, at->key);

	if (of != NULL && of->kind == TIE_KEYS && of->is_old == at->is_old)
		rows = least(rows, w->f->pairs[var][of->var].rows);
	return rows;
}

/* VAR, HAS, GET, KEYS and their old twins. */
static void walk_var(struct walk *w, uint8_t op, const struct operand *in, struct shape *out)
{
	const struct bc_var *v = &w->p->vars[walk_index(w)];
	const struct bound_var *facts = &w->f->vars[walk_index(w)];
	bool is_old = op >= BC_OLDVAR;

	if (is_old)
		op = (uint8_t)(op - BC_OLDVAR + BC_VAR);
	out->tie = (struct tie){ .kind = op == BC_KEYS ? TIE_KEYS : TIE_AT, .var = (uint8_t)walk_index(w),
		.is_old = is_old };
	if (op == BC_HAS || op == BC_GET) {
		out->tie.key = walk_key(w, in);
		out->tie.of = in->shape.is_element ? in->shape.level : 0;
		walk_search(w, walk_index(w), &in->shape, 1);
	}
	if (op == BC_HAS) {
		out->known = facts->is_held ? UNKNOWN : NEVER;
		out->tie.kind = TIE_HAS;
	} else if (op == BC_KEYS) {
		out->type = v->key | (uint32_t)BC_SET << 24;
		out->origin = FROM_KEYS;
		bound(w, out, v->key_len, keys_of(w, walk_index(w)));
	} else {
		out->type = v->value;
		bound(w, out, v->value_len, v->list_len);
		if (walk_is_rows(out)) {
			out->most = op == BC_GET ? rows_at(w, walk_index(w), &out->tie) : facts->rows;
			out->span = facts->span;
		}
	}
}

static void walk_keyrows(struct walk *w, const struct shape *key, struct shape *out)
{
	uint32_t table = walk_index(w), n = 2 * search_steps(w->p->tables[table].n_rows);
	const struct table_facts *f = &w->f->tables[table];
	bool is_list = BC_SHAPE(key->type) != BC_ONE;
	uint32_t bytes = is_list ? f->texts[0] : f->longest[0];

	walk_table(w, BC_KEYROWS, out);
	if (BC_BASE(key->type) == BC_DIGEST32)
		bytes = BC_DIGEST_LEN;
	bytes = bytes < UINT16_MAX ? bytes : BC_STRING_MAX;
	if (is_list)    /* what is left out of a list is passed each time */
		walk_spend(w, cost_times(n, 1 + (key->origin == FROM_WHERE ? key->most : 0) +
		    cost_times(1 + text_steps(least(key->bytes, bytes)),
		    1 + (uint64_t)least(key->most, longest_of(w, table, 0)))));
	else
		read_part(w, key, bytes, n);
	walk_spend(w, n);
	out->most = out->span = w->p->tables[table].max_group;
}

/* ---- lists and sets ---- */

static void walk_at(struct walk *w, const struct shape *list, struct shape *out)
{
	if (list->origin == FROM_WHERE)
		walk_spend(w, list->most);
	out->type = bc_element(list->type);
	out->bytes = list->bytes;
	out->budget = list->budget;
	out->text = list->text;
	out->level = list->level;
}

/* Comparing up to `n` texts of one value with as many, or one, of another: the fewest
 * steps of those that are seen to be enough. */
static void compare_texts(struct walk *w, const struct shape *many, const struct shape *others, uint64_t n)
{
	bool is_one = BC_SHAPE(others->type) == BC_ONE;
	uint64_t steps = cost_times(n, text_steps(least(many->bytes, is_one ? text_of(others) : others->bytes)));

	if (many->text != 0 && text_steps(many->budget) < steps)
		read_request(w, many, 1);
	else if (!is_one && others->text != 0 && text_steps(others->budget) < steps)
		read_request(w, others, 1);
	else if (is_one)
		read_part(w, others, many->bytes, n);
	else
		walk_spend(w, steps);
}

static void walk_in(struct walk *w, const struct operand *in, struct shape *out)
{
	const struct shape *value = &in[0].shape, *many = &in[1].shape;
	uint64_t steps = BC_SHAPE(many->type) == BC_SET ? search_steps(many->most) : many->most;

	walk_spend(w, steps);
	compare_texts(w, many, value, steps);
	if (in[1].op == BC_GET && value->is_element) {
		out->tie = many->tie;
		out->tie.kind = TIE_MEMBER;
		out->tie.row = value->level;
	}
}

static void walk_size(struct walk *w, uint8_t op, const struct operand *in, struct shape *out)
{
	const struct shape *many = &in->shape;

	out->known = op == BC_EMPTY && many->most == 0 ? ALWAYS : UNKNOWN;
	if (op == BC_EMPTY && in->op == BC_LOCAL)
		out->tie = (struct tie){ .kind = TIE_EMPTY, .column = w->code[in->made_at + 1] };
	walk_spend(w, walk_words(many));
	if (op == BC_LEN ? is_sparse(many) : many->origin == FROM_WHERE)
		walk_spend(w, 1 + (uint64_t)many->most);
}

static void walk_pick(struct walk *w, const struct shape *rows, struct shape *out)
{
	walk_spend(w, walk_words(rows));
	out->type = bc_element(rows->type);
}

/* ---- comparing ---- */

/* What few elements of a loop share is compared with what does not depend on the
 * element. */
static void take_pick(struct pick *pick, const struct shape *name, const struct shape *other)
{
	if (name->names == 0 || name->few == UINT8_MAX || (other->loops >> (name->names - 1) & 1) != 0)
		return;
	*pick = (struct pick){ .loop = name->names, .few = name->few, .on = other->loops };
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

static void walk_equal(struct walk *w, const struct operand *in, struct shape *out)
{
	const struct shape *a = &in[0].shape, *b = &in[1].shape;
	uint32_t n = least(a->most, b->most);

	if (BC_SHAPE(a->type) == BC_ONE) {
		read_shorter(w, a, b, 1);
	} else {
		/* Of which the number is known are compared only if it is the same. */
		if (is_sparse(a) || is_sparse(b))
			walk_spend(w, (uint64_t)a->most + b->most + walk_words(a) + walk_words(b));
		walk_spend(w, 1 + (uint64_t)n);
		compare_texts(w, a, b, n);
	}
	take_pick(&out->picks[0], a, b);
	take_pick(&out->picks[out->picks[0].loop != 0], b, a);
	if (BC_SHAPE(a->type) == BC_ONE && BC_BASE(a->type) == BC_ENUMERATION && a->value != 0 && b->value != 0)
		out->known = known(a->value == b->value);
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

static void walk_match(struct walk *w, const struct operand *in, struct shape *out)
{
	read_part(w, &in[0].shape, in[1].shape.bytes, 1);
	if (in[0].op == BC_FIELD && in[1].op == BC_SWITCH) {
		uint32_t i = bc_get16(w->code + in[1].made_at + 1);
		uint32_t words = w->f->words[bc_switch_value(w->p, i)];

		if (words < 255)
			limit_field(&in[0], words, out);
	}
}

/* The last part is no longer than the whole. */
static void walk_eqcat(struct walk *w, const struct operand *in, struct shape *out)
{
	uint32_t n = w->code[w->at + 1];

	if (in[n].op == BC_FIELD)
		limit_field(&in[n], in->shape.bytes, out);
	walk_read(w, &in->shape, 1);
}

/* After the second text no more is read than the pattern needs. */
static void walk_matchcat(struct walk *w, const struct operand *in)
{
	read_part(w, &in[0].shape, in[1].shape.bytes + in[2].shape.bytes, 1);
}

static void walk_not(const struct operand *in, struct shape *out)
{
	static const uint8_t opposites[] = { [TIE_HAS] = TIE_HAS_NOT, [TIE_HAS_NOT] = TIE_HAS, [TIE_EMPTY] = TIE_SOME,
	    [TIE_SOME] = TIE_EMPTY, [TIE_COLUMN] = TIED_NOT };

	if (in->shape.known != UNKNOWN)
		out->known = known(in->shape.known == NEVER);
	out->tie = in->shape.tie;
	out->tie.kind = opposites[out->tie.kind];
}

/* A row of which fewer are counted than a column of it says. */
static void walk_less(const struct operand *in, struct shape *out)
{
	const struct tie *n = &in[0].shape.tie, *limit = &in[1].shape.tie;

	if (n->kind == TIE_COUNT && limit->kind == TIE_COLUMN && n->row == limit->row)
		out->counted = (struct counted){ .keys = (uint8_t)(n->keys + 1), .var = n->var, .row = n->row,
			.column = limit->column };
}

/* One line for each instruction: hence its length. */
void walk_insn(struct walk *w, const struct operand *in, struct shape *out)
{
	uint8_t op = w->code[w->at];

	switch ((enum bc_op)op) {
	case BC_FALSE:
	case BC_TRUE:     out->known = known(op == BC_TRUE); return;
	case BC_ENUM:     walk_enum(w, out); return;
	case BC_STR:
	case BC_DIGEST:   walk_string(w, op, out); return;
	case BC_PATTERN:  walk_pattern(w, out); return;
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
	case BC_EMPTY:    walk_size(w, op, in, out); return;
	case BC_AT:       walk_at(w, &in->shape, out); return;
	case BC_IN:       walk_in(w, in, out); return;
	case BC_PICK:     walk_pick(w, &in->shape, out); return;
	case BC_EQ:
	case BC_EQLIST:   walk_equal(w, in, out); return;
	case BC_MATCH:    walk_match(w, in, out); return;
	case BC_MATCHCAT: walk_matchcat(w, in); return;
	case BC_BELOW:    read_shorter(w, &in[0].shape, &in[1].shape, 1); return;
	case BC_EQCAT:    walk_eqcat(w, in, out); return;
	case BC_NOT:      walk_not(in, out); return;
	case BC_INT:
	case BC_LT:       walk_less(in, out); return;
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

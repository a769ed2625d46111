/* SPDX-License-Identifier: Apache-2.0
 *
 * insn.c - the types of single instructions, and what each may cost.  The cost
 * of opcodes.def has been charged; added here is what depends on operands: a
 * step for each 8 bytes of text read, for each element passed, for each probe
 * of a search, and for each 64 rows of a set of rows.
 */
#include "judge.h"
#include "mem.h"

#define BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)
#define INT  BC_TYPE(BC_ONE, BC_INTEGER, 0)
#define TEXT BC_TYPE(BC_ONE, BC_STRING, 0)

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static bool is_scalar(uint32_t type)
{
	uint32_t base = BC_BASE(type);

	return BC_SHAPE(type) == BC_ONE && base >= BC_BOOL && base <= BC_TABLEROW && base != BC_LANGUAGE;
}

static bool is_rows(const struct shape *s)
{
	return BC_SHAPE(s->type) == BC_SET && BC_BASE(s->type) == BC_TABLEROW && s->origin != FROM_KEYS;
}

static bool pop_type(struct judge *j, uint32_t type, struct operand *operand)
{
	if (!bc_pop(j, operand))
		return false;
	return operand->shape.type == type || bc_judge_fail(j, BC_E_OPERAND_TYPE);
}

/* Something with elements. */
static bool pop_many(struct judge *j, struct operand *operand)
{
	if (!bc_pop(j, operand))
		return false;
	return BC_SHAPE(operand->shape.type) != BC_ONE || bc_judge_fail(j, BC_E_OPERAND_TYPE);
}

static bool push_type(struct judge *j, uint32_t type, uint32_t start)
{
	struct shape shape = { .type = type };

	return bc_push(j, &shape, start);
}

/* The index that follows the opcode, below n. */
static bool take_index(struct judge *j, uint32_t n, uint32_t *index)
{
	*index = bc_get16(j->code + j->at + 1);
	return *index < n || bc_judge_fail(j, BC_E_INDEX);
}

/* ---- constants ---- */

static bool judge_text(struct judge *j, bool is_digest)
{
	struct shape shape = { .type = is_digest ? BC_TYPE(BC_ONE, BC_DIGEST32, 0) : TEXT };
	uint32_t index = bc_get32(j->code + j->at + 1);

	if (index >= j->p->strings.n)
		return bc_judge_fail(j, BC_E_POOL_INDEX);
	shape.bytes = bc_string(j->p, index).len;
	if (is_digest && shape.bytes != BC_DIGEST_LEN)
		return bc_judge_fail(j, BC_E_DIGEST);
	return bc_push(j, &shape, j->at);
}

static bool judge_enum(struct judge *j)
{
	uint32_t index;

	if (!take_index(j, j->p->n_enums, &index))
		return false;
	if (bc_get16(j->code + j->at + 3) >= bc_get32(j->p->enums[index] + 4))
		return bc_judge_fail(j, BC_E_ENUM_INDEX);
	return push_type(j, BC_TYPE(BC_ONE, BC_ENUMERATION, index), j->at);
}

static bool judge_pattern(struct judge *j)
{
	if (bc_get32(j->code + j->at + 1) >= j->p->patterns.n)
		return bc_judge_fail(j, BC_E_POOL_INDEX);
	return push_type(j, BC_TYPE(BC_ONE, BC_LANGUAGE, 0), j->at);
}

static bool judge_row(struct judge *j)
{
	uint32_t table;

	if (!take_index(j, j->p->n_tables, &table))
		return false;
	if (bc_get32(j->code + j->at + 3) >= j->p->tables[table].n_rows)
		return bc_judge_fail(j, BC_E_ROW_INDEX);
	return push_type(j, BC_TYPE(BC_ONE, BC_TABLEROW, table), j->at);
}

static bool judge_switch(struct judge *j)
{
	struct shape shape = { 0 };
	uint32_t index;

	if (!take_index(j, j->p->n_switches, &index))
		return false;
	shape.type = bc_switch_type(j->p, index);
	if (BC_BASE(shape.type) == BC_STRING || BC_BASE(shape.type) == BC_DIGEST32)
		shape.bytes = bc_string(j->p, (uint32_t)bc_switch_value(j->p, index)).len;
	return bc_push(j, &shape, j->at);
}

/* ---- reading ---- */

static bool judge_local(struct judge *j)
{
	uint32_t slot = j->code[j->at + 1];

	if (slot >= j->n_slots || j->slots[slot].shape.type == 0)
		return bc_judge_fail(j, BC_E_LOCAL);
	j->slots[slot].is_read = true;
	return bc_push(j, &j->slots[slot].shape, j->at);
}

/* Text and lists of a request are bounded by the format alone. */
static void bound_request(struct shape *shape, uint32_t most)
{
	if (BC_BASE(shape->type) == BC_STRING)
		shape->bytes = BC_STRING_MAX;
	else if (BC_BASE(shape->type) == BC_DIGEST32)
		shape->bytes = BC_DIGEST_LEN;
	if (BC_SHAPE(shape->type) != BC_ONE)
		shape->most = most;
}

static bool judge_field(struct judge *j)
{
	struct shape shape = { .origin = FROM_FIELD };
	uint32_t field;

	if (j->event == NULL)
		return bc_judge_fail(j, BC_E_NO_FIELDS);
	if (!take_index(j, j->event->n_fields, &field))
		return false;
	shape.type = bc_field_type(j->event, field);
	shape.field = (uint8_t)field;
	bound_request(&shape, bc_field_most(j->event, field));
	return bc_push(j, &shape, j->at);
}

static bool judge_column(struct judge *j)
{
	struct shape shape = { 0 };
	const struct bc_table *t;
	struct operand row;
	uint32_t column, longest;

	if (!bc_pop(j, &row))
		return false;
	if (BC_SHAPE(row.shape.type) != BC_ONE || BC_BASE(row.shape.type) != BC_TABLEROW)
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	t = &j->p->tables[BC_INDEX(row.shape.type)];
	if (!take_index(j, t->n_columns, &column))
		return false;
	longest = t->longest[column] < UINT16_MAX ? t->longest[column] : UINT32_MAX;
	shape.type = bc_column_type(t, column);
	if (BC_BASE(shape.type) == BC_DIGEST32)
		shape.bytes = BC_DIGEST_LEN;
	else if (BC_BASE(shape.type) == BC_STRING)
		shape.bytes = BC_SHAPE(shape.type) == BC_ONE ? least(longest, j->o->longest) : j->o->longest;
	if (BC_SHAPE(shape.type) != BC_ONE)
		shape.most = longest;
	if (is_rows(&shape))
		shape.span = j->p->tables[BC_INDEX(shape.type)].n_rows;
	return bc_push(j, &shape, row.start);
}

static bool judge_member(struct judge *j)
{
	struct shape shape = { 0 };
	struct operand record;
	uint32_t member;

	if (!bc_pop(j, &record))
		return false;
	if (BC_SHAPE(record.shape.type) != BC_ONE || BC_BASE(record.shape.type) != BC_RECORD)
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	if (!take_index(j, bc_record_len(j->p, BC_INDEX(record.shape.type)), &member))
		return false;
	shape.type = bc_member_type(j->p, BC_INDEX(record.shape.type), member);
	bound_request(&shape, BC_ELEMENTS_MAX);
	return bc_push(j, &shape, record.start);
}

/* The variable that an instruction reads. */
static bool take_var(struct judge *j, bool is_old, bool is_map, const struct bc_var **v)
{
	uint32_t index;

	if (is_old && !j->is_step)
		return bc_judge_fail(j, BC_E_NO_OLD);
	if (!take_index(j, j->p->n_vars, &index))
		return false;
	*v = &j->p->vars[index];
	if (is_map != ((*v)->key != 0))
		return bc_judge_fail(j, is_map ? BC_E_NOT_MAP : BC_E_NOT_SCALAR);
	if (((*v)->flags & 1) != 0 && !j->is_claim && j->phase != PHASE_GHOST)
		return bc_judge_fail(j, BC_E_GHOST_READ);
	return true;
}

bool bc_judge_key(struct judge *j, const struct bc_var *v, const struct operand *key)
{
	if (key->shape.type != v->key)
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	bc_spend(j, bc_times(bc_search_steps(v->capacity), 1 + v->key_len / 8));
	return true;
}

static bool judge_has(struct judge *j, bool is_old)
{
	const struct bc_var *v;
	struct operand key;

	return take_var(j, is_old, true, &v) && bc_pop(j, &key) && bc_judge_key(j, v, &key) &&
	    push_type(j, BOOL, key.start);
}

static bool judge_get(struct judge *j, bool is_old)
{
	struct shape shape = { 0 };
	const struct bc_var *v;
	struct operand key;

	if (!take_var(j, is_old, true, &v) || !bc_pop(j, &key) || !bc_judge_key(j, v, &key))
		return false;
	if (v->value == 0)
		return bc_judge_fail(j, BC_E_NOT_MAP);
	shape.type = v->value;
	shape.most = v->list_len;
	shape.bytes = BC_BASE(v->value) == BC_DIGEST32 ? BC_DIGEST_LEN : v->value_len;
	if (is_rows(&shape))
		shape.most = shape.span = j->p->tables[BC_INDEX(v->value)].n_rows;
	return bc_push(j, &shape, key.start);
}

static bool judge_keys(struct judge *j, bool is_old)
{
	struct shape shape = { .origin = FROM_KEYS };
	const struct bc_var *v;

	if (!take_var(j, is_old, true, &v))
		return false;
	shape.type = BC_TYPE(BC_SET, BC_BASE(v->key), BC_INDEX(v->key));
	shape.most = v->capacity;
	shape.bytes = BC_BASE(v->key) == BC_DIGEST32 ? BC_DIGEST_LEN : v->key_len;
	return bc_push(j, &shape, j->at);
}

static bool judge_var(struct judge *j, bool is_old)
{
	const struct bc_var *v;

	return take_var(j, is_old, false, &v) && push_type(j, v->value, j->at);
}

static bool judge_rows(struct judge *j, bool is_empty)
{
	struct shape shape = { 0 };
	uint32_t table;

	if (!take_index(j, j->p->n_tables, &table))
		return false;
	shape.type = BC_TYPE(BC_SET, BC_TABLEROW, table);
	shape.most = shape.span = is_empty ? 0 : j->p->tables[table].n_rows;
	return bc_push(j, &shape, j->at);
}

static bool judge_keyrows(struct judge *j)
{
	struct shape shape = { 0 };
	const struct bc_table *t;
	struct operand key;
	uint32_t table, type;
	uint64_t compare;

	if (!take_index(j, j->p->n_tables, &table) || !bc_pop(j, &key))
		return false;
	t = &j->p->tables[table];
	if (t->has_key == 0)
		return bc_judge_fail(j, BC_E_NO_KEY);
	type = bc_column_type(t, 0);
	if (key.shape.type != type)
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	compare = 1 + least(key.shape.bytes, j->o->longest) / 8;
	if (BC_SHAPE(type) != BC_ONE)
		compare = bc_times(compare, key.shape.most);
	bc_spend(j, bc_times(2 * (uint64_t)bc_search_steps(t->n_rows), compare));
	shape.type = BC_TYPE(BC_SET, BC_TABLEROW, table);
	shape.most = shape.span = t->max_group;
	return bc_push(j, &shape, key.start);
}

/* ---- lists and sets ---- */

static bool judge_at(struct judge *j)
{
	struct operand index, list;
	struct shape shape;

	if (!pop_type(j, INT, &index) || !bc_pop(j, &list))
		return false;
	if (BC_SHAPE(list.shape.type) != BC_LIST || BC_BASE(list.shape.type) == BC_RECORD)
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	if (list.shape.origin == FROM_WHERE)
		bc_spend(j, list.shape.most);
	shape = bc_element(&list.shape);
	return bc_push(j, &shape, list.start);
}

static bool judge_in(struct judge *j)
{
	struct operand many, value;
	struct shape element;
	uint64_t steps;

	if (!pop_many(j, &many) || !bc_pop(j, &value))
		return false;
	element = bc_element(&many.shape);
	if (!is_scalar(element.type) || element.type != value.shape.type)
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	steps = BC_SHAPE(many.shape.type) == BC_SET ? bc_search_steps(many.shape.most) : many.shape.most;
	bc_spend(j, bc_times(steps, 1 + least(element.bytes, value.shape.bytes) / 8));
	return push_type(j, BOOL, value.start);
}

static bool judge_size(struct judge *j, uint32_t result)
{
	struct operand many;

	if (!pop_many(j, &many))
		return false;
	bc_spend(j, (uint64_t)many.shape.most + many.shape.span / 64);
	return push_type(j, result, many.start);
}

static bool judge_pick(struct judge *j)
{
	struct operand rows;
	struct shape row;

	if (!bc_pop(j, &rows))
		return false;
	if (!is_rows(&rows.shape))
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	bc_spend(j, rows.shape.span / 64);
	row = bc_element(&rows.shape);
	return bc_push(j, &row, rows.start);
}

/* ---- comparing ---- */

/* Two operands of one type of which the left is not greater, as bytes. */
static bool pop_ordered(struct judge *j, struct operand *left, struct operand *right)
{
	if (!bc_pop(j, right) || !bc_pop(j, left))
		return false;
	if (left->shape.type != right->shape.type)
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	if (bytes_compare(j->code + left->start, right->start - left->start,
	    j->code + right->start, j->at - right->start) > 0)
		return bc_judge_fail(j, BC_E_OPERAND_ORDER);
	return true;
}

static bool judge_eq(struct judge *j)
{
	struct operand left, right;

	if (!pop_ordered(j, &left, &right))
		return false;
	if (!is_scalar(left.shape.type))
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	bc_spend(j, least(left.shape.bytes, right.shape.bytes) / 8);
	return push_type(j, BOOL, left.start);
}

static bool judge_eqlist(struct judge *j)
{
	struct operand left, right;
	struct shape element;

	if (!pop_ordered(j, &left, &right))
		return false;
	element = bc_element(&left.shape);
	if (BC_SHAPE(left.shape.type) == BC_ONE || !is_scalar(element.type) ||
	    left.shape.origin == FROM_KEYS || right.shape.origin == FROM_KEYS)
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	bc_spend(j, (uint64_t)left.shape.most + right.shape.most + left.shape.span / 64 +
	    right.shape.span / 64);
	bc_spend(j, bc_times(least(left.shape.most, right.shape.most),
	    least(left.shape.bytes, right.shape.bytes) / 8));
	return push_type(j, BOOL, left.start);
}

static bool judge_integers(struct judge *j, enum bc_op op)
{
	struct operand left, right;

	if (op == BC_ADD ? !pop_ordered(j, &left, &right) : !bc_pop(j, &right) || !bc_pop(j, &left))
		return false;
	if (left.shape.type != INT || right.shape.type != INT)
		return bc_judge_fail(j, BC_E_OPERAND_TYPE);
	return push_type(j, op == BC_ADD || op == BC_SUB ? INT : BOOL, left.start);
}

/* MATCH and MATCHCAT. */
static bool judge_match(struct judge *j, bool has_prefix)
{
	struct operand pattern, prefix, text;

	if (!pop_type(j, BC_TYPE(BC_ONE, BC_LANGUAGE, 0), &pattern) ||
	    (has_prefix && !pop_type(j, TEXT, &prefix)) || !pop_type(j, TEXT, &text))
		return false;
	bc_spend(j, text.shape.bytes / 8);
	return push_type(j, BOOL, text.start);
}

static bool judge_below(struct judge *j)
{
	struct operand low, high;

	if (!pop_type(j, TEXT, &high) || !pop_type(j, TEXT, &low))
		return false;
	bc_spend(j, least(low.shape.bytes, high.shape.bytes) / 8);
	return push_type(j, BOOL, low.start);
}

static bool judge_eqcat(struct judge *j)
{
	uint32_t n = j->code[j->at + 1];
	struct operand text;

	if (n < 2 || n > 4)
		return bc_judge_fail(j, BC_E_PARTS);
	for (uint32_t i = 0; i <= n; i++) {
		if (!pop_type(j, TEXT, &text))
			return false;
	}
	bc_spend(j, text.shape.bytes / 8);
	return push_type(j, BOOL, text.start);
}

static bool judge_not(struct judge *j)
{
	struct operand operand;

	if (!pop_type(j, BOOL, &operand))
		return false;
	if (operand.op == BC_TRUE || operand.op == BC_FALSE)
		return bc_judge_fail(j, BC_E_CONSTANT_OPERAND);
	if (operand.op == BC_NOT)
		return bc_judge_fail(j, BC_E_NOT_NOT);
	return push_type(j, BOOL, operand.start);
}

/* One line for each instruction: hence its length. */
bool bc_judge_insn(struct judge *j, enum bc_op op)
{
	switch (op) {
	case BC_FALSE:
	case BC_TRUE:     return push_type(j, BOOL, j->at);
	case BC_INT:      return push_type(j, INT, j->at);
	case BC_ENUM:     return judge_enum(j);
	case BC_STR:      return judge_text(j, false);
	case BC_DIGEST:   return judge_text(j, true);
	case BC_PATTERN:  return judge_pattern(j);
	case BC_ROW:      return judge_row(j);
	case BC_NOROWS:   return judge_rows(j, true);
	case BC_SWITCH:   return judge_switch(j);
	case BC_LOCAL:    return judge_local(j);
	case BC_FIELD:    return judge_field(j);
	case BC_COLUMN:   return judge_column(j);
	case BC_MEMBER:   return judge_member(j);
	case BC_VAR:      return judge_var(j, false);
	case BC_HAS:      return judge_has(j, false);
	case BC_GET:      return judge_get(j, false);
	case BC_KEYS:     return judge_keys(j, false);
	case BC_OLDVAR:   return judge_var(j, true);
	case BC_OLDHAS:   return judge_has(j, true);
	case BC_OLDGET:   return judge_get(j, true);
	case BC_OLDKEYS:  return judge_keys(j, true);
	case BC_ROWS:     return judge_rows(j, false);
	case BC_KEYROWS:  return judge_keyrows(j);
	case BC_LEN:      return judge_size(j, INT);
	case BC_AT:       return judge_at(j);
	case BC_IN:       return judge_in(j);
	case BC_PICK:     return judge_pick(j);
	case BC_EMPTY:    return judge_size(j, BOOL);
	case BC_EQ:       return judge_eq(j);
	case BC_EQLIST:   return judge_eqlist(j);
	case BC_LT:
	case BC_LE:
	case BC_ADD:
	case BC_SUB:      return judge_integers(j, op);
	case BC_MATCH:    return judge_match(j, false);
	case BC_MATCHCAT: return judge_match(j, true);
	case BC_BELOW:    return judge_below(j);
	case BC_EQCAT:    return judge_eqcat(j);
	case BC_NOT:      return judge_not(j);
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

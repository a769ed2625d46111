/* SPDX-License-Identifier: Apache-2.0
 *
 * sections.c - types, switches, tables, state and events: everything that has
 * a name and a type, each type where bytecode.h says that it may be.
 */
#include "mem.h"
#include "open.h"

#define BIT(base) (1u << (base))
#define PLAIN  (BIT(BC_BOOL) | BIT(BC_INTEGER) | BIT(BC_ENUMERATION) | BIT(BC_STRING) | BIT(BC_DIGEST32))
#define LISTED (BIT(BC_STRING) | BIT(BC_DIGEST32) | BIT(BC_INTEGER))
#define KEYED  (BIT(BC_STRING) | BIT(BC_DIGEST32) | BIT(BC_INTEGER) | BIT(BC_TABLEROW))

enum place { OF_SWITCH, OF_COLUMN, OF_TABLE_KEY, OF_KEY, OF_VALUE, OF_SCALAR, OF_FIELD, OF_MEMBER, OF_OUT };

/* The bases that may be somewhere, by shape. */
static const uint16_t allowed[][3] = {
	[OF_SWITCH] = { PLAIN | BIT(BC_LANGUAGE), 0, 0 },
	[OF_COLUMN] = { PLAIN | BIT(BC_LANGUAGE) | BIT(BC_TABLEROW), PLAIN | BIT(BC_TABLEROW),
	    PLAIN | BIT(BC_TABLEROW) },
	[OF_TABLE_KEY] = { PLAIN | BIT(BC_TABLEROW), PLAIN | BIT(BC_TABLEROW), 0 },
	[OF_KEY] = { KEYED, 0, 0 },
	[OF_VALUE] = { PLAIN | BIT(BC_TABLEROW), KEYED, BIT(BC_TABLEROW) },
	[OF_SCALAR] = { BIT(BC_BOOL) | BIT(BC_INTEGER) | BIT(BC_ENUMERATION), 0, 0 },
	[OF_FIELD] = { PLAIN, LISTED | BIT(BC_ENUMERATION) | BIT(BC_RECORD),
	    LISTED | BIT(BC_ENUMERATION) | BIT(BC_RECORD) },
	[OF_MEMBER] = { PLAIN, LISTED, LISTED },
	[OF_OUT] = { BIT(BC_BOOL) | BIT(BC_INTEGER), 0, 0 },
};

static bool type_fits(const struct opener *o, enum place place, uint32_t type)
{
	const struct bc_policy *p = o->p;
	uint32_t n = 1;

	if (BC_SHAPE(type) > BC_SET || BC_BASE(type) > BC_RECORD)
		return false;
	if (BC_BASE(type) == BC_ENUMERATION)
		n = p->n_enums;
	else if (BC_BASE(type) == BC_TABLEROW)
		n = p->n_tables;
	else if (BC_BASE(type) == BC_RECORD)
		n = p->n_records;
	return BC_INDEX(type) < n && (allowed[place][BC_SHAPE(type)] >> BC_BASE(type) & 1) != 0;
}

/* A type that may be there, or 0: no value is of it. */
static uint32_t take_type(struct opener *o, enum place place, enum bc_error error)
{
	uint32_t type = bc_take32(o);

	return type_fits(o, place, type) || bc_refuse(o, error) ? type : 0;
}

/* A run of names and types, of which the first may be a key, out of order. */
static void take_columns(struct opener *o, uint32_t n, uint32_t has_key, enum place place,
    enum bc_error error)
{
	uint32_t key = UINT32_MAX, name = 0;

	for (uint32_t i = 0; i < n && o->error == BC_OK; i++) {
		name = bc_take_next_name(o, has_key != 0 && i == 1 ? 0 : i, name);
		if (i > 0 && name == key)
			bc_refuse(o, BC_E_NAME_TWICE);
		if (has_key != 0 && i == 0)
			key = name;
		take_type(o, place, error);
	}
}

static void open_enum(struct opener *o)
{
	uint32_t n = bc_take_count(o, UINT16_MAX, BC_E_ENUM_VALUES), value = 0;

	if (n == 0)
		bc_refuse(o, BC_E_ENUM_VALUES);
	for (uint32_t i = 0; i < n && o->error == BC_OK; i++)
		value = bc_take_next_name(o, i, value);
}

static void open_record(struct opener *o, uint32_t i)
{
	uint32_t start = o->at - 4, keyed = bc_take_count(o, 1, BC_E_RECORD_KEYED);
	uint32_t n = bc_take_count(o, BC_MEMBERS_MAX, BC_E_MEMBERS);

	if (n == 0)
		bc_refuse(o, BC_E_MEMBERS);
	take_columns(o, n, keyed, OF_MEMBER, BC_E_MEMBER_TYPE);
	if (o->error == BC_OK && keyed != 0 && bc_member_type(o->p, i, 0) != BC_TYPE(BC_ONE, BC_STRING, 0))
		bc_fail(o, BC_E_RECORD_KEY, start);
}

/* A value that is an entry of a pool. */
static bool take_entry(struct opener *o, enum pool pool, uint64_t i)
{
	if (i >= o->p->pools[pool].n)
		return false;
	bc_mark(o, pool, (uint32_t)i);
	return true;
}

bool bc_value_fits(struct opener *o, uint32_t type, uint64_t value)
{
	const struct bc_policy *p = o->p;

	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:        return value <= 1;
	case BC_INTEGER:     return true;
	case BC_ENUMERATION: return value < bc_get32(p->enums[BC_INDEX(type)] + 4);
	case BC_STRING:      return take_entry(o, IN_STRINGS, value);
	case BC_DIGEST32:    return take_entry(o, IN_STRINGS, value) &&
	    bc_string(p, (uint32_t)value).len == BC_DIGEST_LEN;
	case BC_LANGUAGE:    return take_entry(o, IN_PATTERNS, value);
	case BC_TABLEROW:    return value < p->tables[BC_INDEX(type)].n_rows;
	case BC_NOTHING:
	case BC_RECORD:      return false;
	}
	return false;
}

static void open_switch(struct opener *o)
{
	uint32_t type = take_type(o, OF_SWITCH, BC_E_SWITCH_TYPE);

	if (!bc_value_fits(o, type, bc_take64(o)))
		bc_fail(o, BC_E_SWITCH_VALUE, o->at - 8);
}

/* One more than the largest depth of the tables that a table refers to. */
static uint16_t depth_of(const struct bc_policy *p, const struct bc_table *t)
{
	uint16_t depth = 0;

	for (uint32_t i = 0; i < t->n_columns; i++) {
		uint32_t type = bc_column_type(t, i);
		const struct bc_table *of = &p->tables[BC_INDEX(type)];

		if (BC_BASE(type) == BC_TABLEROW && of->depth >= depth)
			depth = (uint16_t)(of->depth + 1);
	}
	return depth;
}

static void judge_list(struct opener *o, uint32_t type, struct bc_bytes list)
{
	for (uint32_t i = 0; i < list.len && o->error == BC_OK; i++) {
		const uint8_t *at = list.ptr + 4 * (size_t)i;
		uint32_t where = (uint32_t)(at - o->p->bytes);

		if (!bc_value_fits(o, type, bc_get32(at)))
			bc_fail(o, BC_E_LIST_ELEMENT, where);
		if (BC_SHAPE(type) == BC_SET && i > 0 && bc_get32(at - 4) >= bc_get32(at))
			bc_fail(o, BC_E_SET_ORDER, where);
	}
}

/* Each list is judged once for each column, however many rows refer to it. */
static void open_column(struct opener *o, const struct bc_table *t, uint32_t column)
{
	uint32_t type = bc_column_type(t, column);
	bool is_list = BC_SHAPE(type) != BC_ONE;

	memset(o->p->marks[IN_COLUMN], 0, o->p->lists.n / 8 + 1);
	for (uint32_t row = 0; row < t->n_rows && o->error == BC_OK; row++) {
		uint32_t cell = bc_cell(t, row, column);

		if (!(is_list ? take_entry(o, IN_LISTS, cell) : bc_value_fits(o, type, cell)))
			bc_fail(o, BC_E_CELL, (uint32_t)(t->rows - o->p->bytes) + row * t->row_len + 4 * column);
		else if (is_list && bc_mark(o, IN_COLUMN, cell))
			judge_list(o, type, bc_list(o->p, cell));
	}
}

__attribute__((noinline)) static void open_rows(struct opener *o, struct bc_table *t)
{
	uint32_t group = 0, n = bc_take32(o);

	t->row_len = 4 * t->n_columns;
	if (t->n_columns == 0 && n > 1)
		bc_refuse(o, BC_E_ROWS);
	t->rows = bc_take(o, n, t->row_len);
	if (o->error != BC_OK)
		return;
	t->n_rows = n;
	for (uint32_t row = 0; row < n && o->error == BC_OK; row++) {
		const uint8_t *cells = t->rows + (size_t)row * t->row_len, *before = cells - t->row_len;

		if (row > 0 && memcmp(before, cells, t->row_len) >= 0)
			bc_fail(o, BC_E_ROW_ORDER, (uint32_t)(cells - o->p->bytes));
		if (t->has_key == 0)
			continue;
		group = row > 0 && bc_get32(before) == bc_get32(cells) ? group + 1 : 1;
		if (group > t->max_group)
			t->max_group = group;
	}
	for (uint32_t i = 0; i < t->n_columns && o->error == BC_OK; i++)
		open_column(o, t, i);
}

/* By depth, then by name; and no name twice. */
static void judge_place(struct opener *o, const struct bc_table *t, uint32_t start)
{
	const struct bc_table *other = o->p->tables;

	if (t > other && (t->depth < t[-1].depth || (t->depth == t[-1].depth && t->name <= t[-1].name)))
		bc_fail(o, BC_E_TABLE_ORDER, start);
	for (; other < t; other++) {
		if (other->name == t->name)
			bc_fail(o, BC_E_NAME_TWICE, start);
	}
}

/* Apart, as are variables: from a pointer to what is filled all is near.
 * The key flag, the columns, the rows.  Tables refer to those before. */
__attribute__((noinline)) static void open_table(struct opener *o, struct bc_table *t)
{
	uint32_t start = o->at - 4;

	t->has_key = (uint16_t)bc_take_count(o, 1, BC_E_TABLE_KEYED);
	t->n_columns = bc_take_count(o, BC_COLUMNS_MAX, BC_E_COLUMNS);
	t->columns = o->p->bytes + o->at;
	take_columns(o, t->n_columns, t->has_key, OF_COLUMN, BC_E_COLUMN_TYPE);
	if (o->error == BC_OK && t->has_key != 0 && (t->n_columns == 0 ||
	    !type_fits(o, OF_TABLE_KEY, bc_column_type(t, 0))))
		bc_fail(o, BC_E_TABLE_KEY, start);
	if (o->error != BC_OK)
		return;
	t->depth = depth_of(o->p, t);
	judge_place(o, t, start);
	open_rows(o, t);
}

/* What the numbers of a variable must be, given its types. */
static enum bc_error judge_var(const struct opener *o, const struct bc_var *v)
{
	uint32_t base = BC_BASE(v->value);
	bool is_scalar = v->key == 0, has_list = BC_SHAPE(v->value) == BC_LIST;

	if (is_scalar && !type_fits(o, OF_SCALAR, v->value))
		return BC_E_SCALAR_TYPE;
	if (!is_scalar && !type_fits(o, OF_KEY, v->key))
		return BC_E_KEY_TYPE;
	if (!is_scalar && v->value != 0 && !type_fits(o, OF_VALUE, v->value))
		return BC_E_VALUE_TYPE;
	if (is_scalar ? v->capacity != 0 : v->capacity == 0 || v->capacity > BC_CAPACITY_MAX)
		return BC_E_VAR_CAPACITY;
	if (v->key_len > (BC_BASE(v->key) == BC_STRING ? BC_KEY_LEN_MAX : 0))
		return BC_E_VAR_KEY_LEN;
	if (v->value_len > (base == BC_STRING ? BC_KEY_LEN_MAX : 0))
		return BC_E_VAR_VALUE_LEN;
	if (v->list_len > (has_list ? BC_ELEMENTS_MAX : 0))
		return BC_E_VAR_LIST_LEN;
	return base != BC_INTEGER && v->bound != 0 ? BC_E_VAR_BOUND : BC_OK;
}

__attribute__((noinline)) static void open_var(struct opener *o, struct bc_var *v)
{
	uint32_t start = o->at - 4;
	enum bc_error error;

	v->flags = bc_take_count(o, 1, BC_E_VAR_FLAGS);
	for (uint32_t i = 0; i < 6; i++)
		(&v->key)[i] = bc_take32(o);
	v->bound = bc_take64(o);
	error = judge_var(o, v);
	if (error != BC_OK)
		bc_fail(o, error, start);
}

static void open_fields(struct opener *o, struct bc_event *e)
{
	uint32_t name = 0;

	e->n_fields = bc_take_count(o, BC_FIELDS_MAX, BC_E_FIELDS);
	e->fields = o->p->bytes + o->at;
	for (uint32_t i = 0; i < e->n_fields && o->error == BC_OK; i++) {
		uint32_t type;

		name = bc_take_next_name(o, i, name);
		type = take_type(o, OF_FIELD, BC_E_FIELD_TYPE);
		if (BC_SHAPE(type) == BC_SET && BC_BASE(type) == BC_RECORD &&
		    bc_get32(o->p->records[BC_INDEX(type)] + 4) == 0)
			bc_refuse(o, BC_E_FIELD_TYPE);
		bc_take_count(o, BC_SHAPE(type) == BC_ONE ? 0 : BC_ELEMENTS_MAX, BC_E_FIELD_MOST);
	}
}

static void open_event(struct opener *o, struct bc_event *e)
{
	open_fields(o, e);
	e->n_outs = bc_take_count(o, BC_OUTS_MAX, BC_E_OUTS);
	e->outs = o->p->bytes + o->at;
	take_columns(o, e->n_outs, 0, OF_OUT, BC_E_OUT_TYPE);
}

/* What comes after the name of the i-th. */
static void open_one(struct opener *o, enum named which, uint32_t i, uint32_t name)
{
	struct bc_policy *p = o->p;
	const uint8_t *start = p->bytes + o->at - 4;

	switch (which) {
	case ENUMS:    p->enums[i] = start; open_enum(o); break;
	case RECORDS:  p->records[i] = start; open_record(o, i); break;
	case SWITCHES: if (i == 0)
	                       p->switches = start;
	               open_switch(o); break;
	case TABLES:   p->tables[i].name = name; open_table(o, &p->tables[i]); break;
	case VARS:     p->vars[i].name = name; open_var(o, &p->vars[i]); break;
	case EVENTS:   p->events[i].name = name; open_event(o, &p->events[i]); break;
	case CLAIMS:   p->claims[i].name = name; bc_open_claim(o, &p->claims[i]); break;
	}
}

void bc_open_named(struct opener *o, enum named which)
{
	static const struct { uint8_t most, error; } limits[] = {
		[ENUMS] = { BC_ENUMS_MAX, BC_E_ENUMS }, [RECORDS] = { BC_RECORDS_MAX, BC_E_RECORDS },
		[SWITCHES] = { BC_SWITCHES_MAX, BC_E_SWITCHES }, [TABLES] = { BC_TABLES_MAX, BC_E_TABLES },
		[VARS] = { BC_VARS_MAX, BC_E_VARS }, [EVENTS] = { BC_EVENTS_MAX, BC_E_EVENTS },
		[CLAIMS] = { BC_CLAIMS_MAX, BC_E_CLAIMS },
	};
	uint32_t n = bc_take_count(o, limits[which].most, (enum bc_error)limits[which].error), name = 0;

	for (uint32_t i = 0; i < n && o->error == BC_OK; i++) {
		name = bc_take_next_name(o, which == TABLES ? 0 : i, name);
		open_one(o, which, i, name);
		o->p->counts[which] = i + 1;
	}
}

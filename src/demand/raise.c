/* SPDX-License-Identifier: Apache-2.0
 *
 * raise.c - the tables of a policy become the IR's again, and its trees the
 * IR's trees.  It relies on bc_open(): every index is in range.
 *
 * What the IR names by its place of declaration is declared in the order of
 * the bytes, so places and numbers are the same here.
 */
#include "raise.h"

#include <stdlib.h>

#include "../bytecode/decode.h"

struct raiser {
	struct arena *a;
	const struct bc_policy *p;
	struct ir_policy *ir;
	struct ir_event *event;                 /* whose fields are meant */
	struct ir_local *slots[BC_SLOTS_MAX];   /* what is in scope */
};

static struct str text_of(const struct raiser *r, uint32_t string)
{
	struct bc_bytes b = bc_string(r->p, string);

	return (struct str){ (const char *)b.ptr, b.len };
}

static struct ir_type type_of(const struct raiser *r, uint32_t type)
{
	struct ir_type t = { .shape = (enum bc_shape)BC_SHAPE(type), .base = (enum bc_base)BC_BASE(type) };

	if (t.base == BC_ENUMERATION)
		t.enumeration = r->ir->enums[BC_INDEX(type)];
	else if (t.base == BC_TABLEROW)
		t.table = r->ir->tables[BC_INDEX(type)];
	else if (t.base == BC_RECORD)
		t.record = r->ir->records[BC_INDEX(type)];
	return t;
}

static struct ir_pattern pattern_of(const struct raiser *r, uint32_t pattern)
{
	struct bc_bytes b = bc_pattern(r->p, pattern);

	if (b.ptr[0] == 0)
		return (struct ir_pattern){ .is_literal = true, .literal = text_of(r, bc_get32(b.ptr + 1)) };
	return (struct ir_pattern){ .bytes = b.ptr, .len = b.len };
}

/* ---- types ---- */

static void raise_enums(struct raiser *r)
{
	r->ir->enums = arena_array(r->a, r->p->n_enums, struct ir_enum *);
	r->ir->n_enums = r->p->n_enums;
	for (uint32_t i = 0; i < r->p->n_enums; i++) {
		const uint8_t *at = r->p->enums[i];
		struct ir_enum *e = arena_new(r->a, struct ir_enum);

		e->name = text_of(r, bc_get32(at));
		e->n_values = bc_get32(at + 4);
		e->values = arena_array(r->a, e->n_values, struct str);
		for (uint32_t j = 0; j < e->n_values; j++)
			e->values[j] = text_of(r, bc_get32(at + 8 + 4 * (size_t)j));
		r->ir->enums[i] = e;
	}
}

static void raise_records(struct raiser *r)
{
	r->ir->records = arena_array(r->a, r->p->n_records, struct ir_record *);
	r->ir->n_records = r->p->n_records;
	for (uint32_t i = 0; i < r->p->n_records; i++) {
		const uint8_t *at = r->p->records[i];
		struct ir_record *record = arena_new(r->a, struct ir_record);

		record->name = text_of(r, bc_get32(at));
		record->keyed = bc_get32(at + 4) != 0;
		record->n_members = bc_record_len(r->p, i);
		record->members = arena_array(r->a, record->n_members, struct ir_member);
		for (uint32_t j = 0; j < record->n_members; j++)
			record->members[j] = (struct ir_member){
				text_of(r, bc_get32(at + 12 + 8 * (size_t)j)),
				type_of(r, bc_member_type(r->p, i, j)) };
		r->ir->records[i] = record;
	}
}

/* ---- switches and tables ---- */

/* What a word of the bytes says, as a value of one type. */
static struct ir_value value_of(const struct raiser *r, struct ir_type type, uint64_t word)
{
	struct ir_value v = { .type = type };

	if (type.base == BC_STRING || type.base == BC_DIGEST32)
		v.text = text_of(r, (uint32_t)word);
	else if (type.base == BC_LANGUAGE)
		v.pattern = pattern_of(r, (uint32_t)word);
	else if (type.base == BC_TABLEROW)
		v.row = type.table->rows[word];
	else
		v.word = word;
	return v;
}

static void raise_switches(struct raiser *r)
{
	r->ir->switches = arena_array(r->a, r->p->n_switches, struct ir_switch *);
	r->ir->n_switches = r->p->n_switches;
	for (uint32_t i = 0; i < r->p->n_switches; i++) {
		struct ir_switch *s = arena_new(r->a, struct ir_switch);

		s->name = text_of(r, bc_get32(r->p->switches + 16 * (size_t)i));
		s->value = value_of(r, type_of(r, bc_switch_type(r->p, i)), bc_switch_value(r->p, i));
		r->ir->switches[i] = s;
	}
}

/* The tables and their rows are there before anything is in them: types and
 * cells refer to them. */
static void begin_tables(struct raiser *r)
{
	r->ir->tables = arena_array(r->a, r->p->n_tables, struct ir_table *);
	r->ir->n_tables = r->p->n_tables;
	for (uint32_t i = 0; i < r->p->n_tables; i++) {
		const struct bc_table *from = &r->p->tables[i];
		struct ir_table *t = arena_new(r->a, struct ir_table);

		t->name = text_of(r, from->name);
		t->has_key = from->has_key != 0;
		t->n_columns = from->n_columns;
		t->n_rows = from->n_rows;
		t->columns = arena_array(r->a, t->n_columns, struct ir_column);
		t->rows = arena_array(r->a, t->n_rows, struct ir_row *);
		for (uint32_t j = 0; j < t->n_rows; j++) {
			t->rows[j] = arena_new(r->a, struct ir_row);
			t->rows[j]->cells = arena_array(r->a, t->n_columns, struct ir_value);
		}
		r->ir->tables[i] = t;
	}
}

static struct ir_value cell_of(const struct raiser *r, struct ir_type type, uint32_t word)
{
	struct ir_type element = type;
	struct ir_value v = { .type = type };
	struct bc_bytes list;

	if (type.shape == BC_ONE)
		return value_of(r, type, word);
	element.shape = BC_ONE;
	list = bc_list(r->p, word);
	v.n_items = list.len;
	v.items = arena_array(r->a, list.len, struct ir_value);
	for (uint32_t i = 0; i < list.len; i++)
		v.items[i] = value_of(r, element, bc_get32(list.ptr + 4 * (size_t)i));
	return v;
}

static void raise_tables(struct raiser *r)
{
	for (uint32_t i = 0; i < r->p->n_tables; i++) {
		const struct bc_table *from = &r->p->tables[i];
		struct ir_table *t = r->ir->tables[i];

		for (uint32_t j = 0; j < t->n_columns; j++)
			t->columns[j] = (struct ir_column){
				text_of(r, bc_get32(from->columns + 8 * (size_t)j)),
				type_of(r, bc_column_type(from, j)) };
		for (uint32_t j = 0; j < t->n_rows; j++)
			for (uint32_t k = 0; k < t->n_columns; k++)
				t->rows[j]->cells[k] =
				    cell_of(r, t->columns[k].type, bc_cell(from, j, k));
	}
}

/* ---- state and events ---- */

static void raise_vars(struct raiser *r)
{
	r->ir->vars = arena_array(r->a, r->p->n_vars, struct ir_var *);
	r->ir->n_vars = r->p->n_vars;
	for (uint32_t i = 0; i < r->p->n_vars; i++) {
		const struct bc_var *from = &r->p->vars[i];
		struct ir_var *v = arena_new(r->a, struct ir_var);

		v->name = text_of(r, from->name);
		v->ghost = (from->flags & 1) != 0;
		v->is_map = from->key != 0;
		v->key = type_of(r, from->key);
		v->value = type_of(r, from->value);
		v->capacity = from->capacity;
		v->key_len = from->key_len;
		v->value_len = from->value_len;
		v->list_len = from->list_len;
		v->bound = from->bound;
		r->ir->vars[i] = v;
	}
}

static struct ir_event *event_of(struct raiser *r, const struct bc_event *from)
{
	struct ir_event *e = arena_new(r->a, struct ir_event);

	e->name = text_of(r, from->name);
	e->n_fields = from->n_fields;
	e->fields = arena_array(r->a, e->n_fields, struct ir_field);
	for (uint32_t j = 0; j < e->n_fields; j++) {
		e->fields[j].name = text_of(r, bc_get32(from->fields + 12 * (size_t)j));
		e->fields[j].type = type_of(r, bc_field_type(from, j));
		e->fields[j].most = bc_field_most(from, j);
	}
	e->n_outs = from->n_outs;
	e->outs = arena_array(r->a, e->n_outs, struct ir_out);
	for (uint32_t j = 0; j < e->n_outs; j++) {
		e->outs[j].name = text_of(r, bc_get32(from->outs + 8 * (size_t)j));
		e->outs[j].type = type_of(r, bc_get32(from->outs + 8 * (size_t)j + 4));
	}
	return e;
}

/* ---- code ---- */

static struct ir_local *bind(struct raiser *r, uint32_t slot)
{
	if (slot >= BC_SLOTS_MAX)
		abort();
	r->slots[slot] = arena_new(r->a, struct ir_local);
	return r->slots[slot];
}

/* What stands in the code beside the instruction. */
static void raise_operands(const struct raiser *r, struct ir_expr *ir, const struct tree_expr *e)
{
	switch (e->op) {
	case BC_INT:
		ir->integer = e->a;
		break;
	case BC_ENUM:
		ir->enumeration = r->ir->enums[e->a];
		ir->integer = e->b;
		break;
	case BC_STR: case BC_DIGEST:
		ir->text = text_of(r, (uint32_t)e->a);
		break;
	case BC_PATTERN:
		ir->pattern = pattern_of(r, (uint32_t)e->a);
		break;
	case BC_ROW:
		ir->table = r->ir->tables[e->a];
		ir->row = ir->table->rows[e->b];
		break;
	case BC_NOROWS: case BC_ROWS: case BC_KEYROWS:
		ir->table = r->ir->tables[e->a];
		break;
	case BC_SWITCH:
		ir->swtch = r->ir->switches[e->a];
		break;
	case BC_LOCAL:
		ir->local = r->slots[e->slot];
		break;
	case BC_FIELD:
		ir->field = &r->event->fields[e->a];
		break;
	case BC_COLUMN:
		ir->table = r->ir->tables[BC_INDEX(e->kids[0]->type)];
		ir->column = (uint32_t)e->a;
		break;
	case BC_MEMBER:
		ir->record = r->ir->records[BC_INDEX(e->kids[0]->type)];
		ir->member = (uint32_t)e->a;
		break;
	case BC_VAR: case BC_HAS: case BC_GET: case BC_KEYS:
	case BC_OLDVAR: case BC_OLDHAS: case BC_OLDGET: case BC_OLDKEYS:
		ir->var = r->ir->vars[e->a];
		break;
	case BC_FALSE: case BC_TRUE: case BC_LEN: case BC_AT: case BC_IN: case BC_PICK: case BC_EMPTY:
	case BC_EQ: case BC_EQLIST: case BC_LT: case BC_LE: case BC_ADD: case BC_SUB: case BC_MATCH:
	case BC_MATCHCAT: case BC_BELOW: case BC_EQCAT: case BC_NOT: case BC_AND: case BC_OR:
	case BC_ALL: case BC_SOME: case BC_COUNT: case BC_WHERE: case BC_MAP:
		break;
	case BC_REQUIRE: case BC_LET: case BC_SETVAR: case BC_PUT: case BC_DEL: case BC_KEEP:
	case BC_OUT: case BC_GHOST: case BC_DONE: case BC_OP_END:
		abort();
	}
}

static struct ir_expr *expr_of(struct raiser *r, const struct tree_expr *e)
{
	struct ir_expr *ir;

	if (e == NULL)
		return NULL;
	ir = arena_new(r->a, struct ir_expr);
	ir->op = e->op;
	ir->type = type_of(r, e->type);
	ir->n_kids = e->n_kids;
	ir->kids = arena_array(r->a, e->n_kids, struct ir_expr *);
	for (uint32_t i = 0; i < e->n_kids; i++) {
		if (i == 1 && tree_is_loop(e->op)) {
			ir->element = bind(r, e->slot);
			ir->place = bind(r, e->slot + 1);
		}
		ir->kids[i] = expr_of(r, e->kids[i]);
	}
	raise_operands(r, ir, e);
	return ir;
}

static struct ir_stmt stmt_of(struct raiser *r, const struct tree_stmt *s)
{
	struct ir_stmt to = { .key = expr_of(r, s->key), .value = expr_of(r, s->value) };

	if (s->op == BC_REQUIRE) {
		to.kind = IR_REQUIRE;
	} else if (s->op == BC_LET) {
		to.kind = IR_LET;
		to.local = bind(r, s->a);
	} else if (s->op == BC_KEEP) {
		to.kind = IR_KEEP;
		to.field = &r->event->fields[s->a];
	} else if (s->op == BC_OUT) {
		to.kind = IR_OUT;
		to.out = &r->event->outs[s->a];
	} else {
		to.kind = s->op == BC_SETVAR ? IR_SETVAR : s->op == BC_PUT ? IR_PUT : IR_DEL;
		to.var = r->ir->vars[s->a];
	}
	return to;
}

/* In the order of the bytes, so that no requirement counts as a restriction. */
static void raise_rule(struct raiser *r, struct ir_event *event, const struct tree_rule *rule)
{
	event->has_rule = rule->exists;
	event->is_raised = true;
	event->n_stmts = rule->n_stmts;
	event->stmts = arena_array(r->a, rule->n_stmts, struct ir_stmt);
	r->event = event;
	for (uint32_t i = 0; i < rule->n_stmts; i++)
		event->stmts[i] = stmt_of(r, &rule->stmts[i]);
}

static void raise_claim(struct raiser *r, uint32_t number, const struct tree_expr *e)
{
	const struct bc_claim *from = &r->p->claims[number];
	struct ir_claim *claim = arena_new(r->a, struct ir_claim);

	claim->name = text_of(r, from->name);
	claim->kind = (enum bc_claim_kind)from->kind;
	claim->n_events = from->n_events;
	claim->events = arena_array(r->a, from->n_events, struct ir_event *);
	for (uint32_t i = 0; i < from->n_events; i++)
		claim->events[i] = r->ir->events[bc_get32(from->events + 4 * (size_t)i)];
	r->event = from->n_events == 0 ? NULL : claim->events[0];
	claim->expr = expr_of(r, e);
	r->ir->claims[number] = claim;
}

struct ir_policy *raise_policy(struct arena *a, const struct tree_policy *tree)
{
	const struct bc_policy *p = tree->policy;
	struct ir_policy *ir = arena_new(a, struct ir_policy);
	struct raiser r = { .a = a, .p = p, .ir = ir };

	ir->policy_name = text_of(&r, p->policy_name);
	ir->framework_name = text_of(&r, p->framework_name);
	ir->svn = p->svn;
	ir->framework_version = p->framework_version;
	raise_enums(&r);
	begin_tables(&r);
	raise_records(&r);
	raise_switches(&r);
	raise_tables(&r);
	raise_vars(&r);
	ir->events = arena_array(a, p->n_events, struct ir_event *);
	ir->n_events = p->n_events;
	ir->claims = arena_array(a, p->n_claims, struct ir_claim *);
	ir->n_claims = p->n_claims;
	for (uint32_t i = 0; i < p->n_events; i++) {
		ir->events[i] = event_of(&r, &p->events[i]);
		raise_rule(&r, ir->events[i], &tree->rules[i]);
	}
	for (uint32_t i = 0; i < p->n_claims; i++)
		raise_claim(&r, i, tree->claims[i]);
	return ir;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * twin_make.c - random policies as IR: a fixed set of tables, variables and
 * fields of every type that is allowed somewhere, random rows, rules and
 * claims.  Whatever canon.c folds away is no loss.
 */
#include "twin.h"

#include <stdlib.h>

#include "automata/dfa.h"

const struct str made_texts[N_TEXTS] = {
	{ "", 0 }, { "a", 1 }, { "b", 1 }, { "ab", 2 }, { "a/b", 3 }, { "a/", 2 }, { "aa", 2 },
	{ "ba", 2 }, { "a/ab", 4 }, { "/b", 2 }
};
const struct str made_digests[N_DIGESTS] = {
	{ "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32 },
	{ "11111111111111111111111111111111", 32 }, { "22222222222222222222222222222222", 32 }
};
static const char *const regexes[] = { "a*", "[ab]+", "a(/.*)?", "b|ab", "/?b", ".*", "[\\x00-a]*" };

#define MOST_SCOPE 32
#define N_TABLES   3
#define MOST_VARS  32

struct maker {
	struct arena *a;
	struct chance *c;
	struct ir_policy *p;
	const struct ir_event *event;           /* NULL: no fields */
	bool is_step, ghosts;                   /* may read the state before; ghost state */
	struct { struct ir_local *local; struct ir_type type; } scope[MOST_SCOPE];
	uint32_t n_scope, n_loops;
};

/* ---- types ---- */

static struct ir_type one(enum bc_base base)
{
	return (struct ir_type){ .base = base };
}

static struct ir_type of_enum(const struct maker *m)
{
	return (struct ir_type){ .base = BC_ENUMERATION, .enumeration = m->p->enums[0] };
}

static struct ir_type of_row(const struct maker *m, uint32_t table)
{
	return (struct ir_type){ .base = BC_TABLEROW, .table = m->p->tables[table] };
}

static struct ir_type shaped(enum bc_shape shape, struct ir_type t)
{
	t.shape = shape;
	return t;
}

static bool is(struct ir_type t, struct ir_type u)
{
	return t.shape == u.shape && t.base == u.base && t.table == u.table && t.record == u.record;
}

static bool is_scalar(struct ir_type t)
{
	return t.shape == BC_ONE && t.base != BC_LANGUAGE && t.base != BC_RECORD && t.base != BC_NOTHING;
}

static uint32_t below(struct maker *m, uint32_t n)
{
	return chance_below(m->c, n);
}

uint64_t made_integer(struct chance *c)
{
	static const uint64_t few[] = { 0, 0, 1, 1, 2, 2, 3, 4, 4294967295, UINT64_MAX - 1, UINT64_MAX };

	return few[chance_below(c, sizeof(few) / sizeof(few[0]))];
}

/* ---- the fixed part ---- */

static struct str name(struct maker *m, const char *prefix, uint32_t i)
{
	return arena_printf(m->a, "%s%02u", prefix, i);
}

static struct ir_pattern random_pattern(struct maker *m)
{
	struct ir_pattern p = { 0 };
	const char *error;
	struct str bytes, regex;
	size_t at;

	if (below(m, 4) == 0) {
		p.is_literal = true;
		p.literal = made_texts[below(m, N_TEXTS)];
		return p;
	}
	regex.ptr = regexes[below(m, sizeof(regexes) / sizeof(regexes[0]))];
	regex.len = strlen(regex.ptr);
	bytes = dfa_encode(m->a, dfa_of_regex(m->a, regex, &error, &at));
	p.bytes = (const uint8_t *)bytes.ptr;
	p.len = bytes.len;
	return p;
}

static int by_content(const void *l, const void *r)
{
	const struct ir_value *a = l, *b = r;
	int order = str_compare(a->text, b->text);

	return order != 0 ? order : (a->word > b->word) - (a->word < b->word);
}

static bool same_content(const struct ir_value *a, const struct ir_value *b)
{
	return a->row == b->row && by_content(a, b) == 0;
}

static struct ir_value random_value(struct maker *m, struct ir_type t)
{
	struct ir_value v = { .type = t };
	struct ir_type element = shaped(BC_ONE, t);
	uint32_t n = below(m, MOST_ELEMENTS);

	if (t.shape != BC_ONE) {
		v.items = arena_array(m->a, n + 1, struct ir_value);
		for (uint32_t i = 0; i < n; i++) {
			struct ir_value item = random_value(m, element);
			bool is_new = t.base != BC_TABLEROW || item.row != NULL;

			for (uint32_t j = 0; t.shape == BC_SET && j < v.n_items; j++)
				is_new = is_new && !same_content(&v.items[j], &item);
			if (is_new)
				v.items[v.n_items++] = item;
		}
		if (t.shape == BC_SET && t.base != BC_TABLEROW && v.n_items > 1)
			qsort(v.items, v.n_items, sizeof(struct ir_value), by_content);
		return v;
	}
	if (t.base == BC_BOOL)
		v.word = below(m, 2);
	else if (t.base == BC_INTEGER)
		v.word = below(m, 5);
	else if (t.base == BC_ENUMERATION)
		v.word = below(m, t.enumeration->n_values);
	else if (t.base == BC_STRING)
		v.text = made_texts[below(m, N_TEXTS)];
	else if (t.base == BC_DIGEST32)
		v.text = made_digests[below(m, N_DIGESTS)];
	else if (t.base == BC_LANGUAGE)
		v.pattern = random_pattern(m);
	else if (t.base == BC_TABLEROW && t.table->n_rows > 0)
		v.row = t.table->rows[below(m, t.table->n_rows)];
	return v;
}

static void add_column(struct maker *m, struct ir_table *t, struct ir_type type)
{
	t->columns[t->n_columns] = (struct ir_column){ name(m, "c", t->n_columns), type };
	t->n_columns++;
}

static void make_table(struct maker *m, uint32_t i)
{
	struct ir_table *t = m->p->tables[i];
	struct ir_type keys[8] = { one(BC_STRING), one(BC_DIGEST32), one(BC_INTEGER), one(BC_BOOL), of_enum(m),
	    shaped(BC_LIST, one(BC_STRING)), shaped(BC_LIST, one(BC_INTEGER)), one(BC_STRING) };
	uint32_t n = below(m, 8) == 0 ? 0 : 1 + below(m, MOST_ELEMENTS);

	if (i == 1)
		keys[0] = shaped(BC_LIST, of_row(m, 0));
	if (i == 2 && m->p->tables[0]->n_rows > 0)
		keys[0] = of_row(m, 0);
	t->has_key = below(m, 5) != 0;
	t->columns = arena_array(m->a, BC_COLUMNS_MAX, struct ir_column);
	if (t->has_key)
		add_column(m, t, keys[i == 0 ? below(m, 8) : below(m, 2) == 0 ? 0 : below(m, 8)]);
	for (enum bc_base base = BC_BOOL; base <= BC_LANGUAGE; base++)
		add_column(m, t, base == BC_ENUMERATION ? of_enum(m) : one(base));
	for (enum bc_base base = BC_BOOL; base <= BC_DIGEST32; base++) {
		struct ir_type element = base == BC_ENUMERATION ? of_enum(m) : one(base);

		add_column(m, t, shaped(BC_LIST, element));
		add_column(m, t, shaped(BC_SET, element));
	}
	for (uint32_t lower = 0; lower < i; lower++) {
		if (m->p->tables[lower]->n_rows > 0)
			add_column(m, t, of_row(m, lower));
		add_column(m, t, shaped(BC_LIST, of_row(m, lower)));
		add_column(m, t, shaped(BC_SET, of_row(m, lower)));
	}
	t->rows = arena_array(m->a, n + 1, struct ir_row *);
	for (; t->n_rows < n; t->n_rows++) {
		struct ir_row *r = arena_new(m->a, struct ir_row);

		r->cells = arena_array(m->a, t->n_columns, struct ir_value);
		for (uint32_t c = 0; c < t->n_columns; c++)
			r->cells[c] = random_value(m, t->columns[c].type);
		t->rows[t->n_rows] = r;
	}
}

static void add_var(struct maker *m, struct ir_type key, struct ir_type value, bool is_map, bool ghost)
{
	struct ir_var *v = arena_new(m->a, struct ir_var);
	bool is_list = is_map && value.shape == BC_LIST;

	v->name = name(m, "v", m->p->n_vars);
	v->ghost = ghost;
	v->is_map = is_map;
	v->key = key;
	v->value = value;
	v->capacity = is_map ? 2 + below(m, 4) : 0;
	v->key_len = is_map && key.base == BC_STRING ? 3 + below(m, 2) : 0;
	v->value_len = is_map && value.base == BC_STRING ? 3 + below(m, 2) : 0;
	v->list_len = is_list ? 2 + below(m, 3) : 0;
	v->bound = value.base != BC_INTEGER ? 0 : below(m, 3) == 0 ? 3 : UINT64_MAX;
	m->p->vars[m->p->n_vars++] = v;
}

static void make_vars(struct maker *m)
{
	struct ir_type string = one(BC_STRING), nothing = one(BC_NOTHING), keys[4];

	keys[0] = string;
	keys[1] = one(BC_DIGEST32);
	keys[2] = one(BC_INTEGER);
	keys[3] = of_row(m, 0);
	m->p->vars = arena_array(m->a, MOST_VARS, struct ir_var *);
	add_var(m, nothing, one(BC_BOOL), false, false);
	add_var(m, nothing, one(BC_INTEGER), false, false);
	add_var(m, nothing, of_enum(m), false, false);
	add_var(m, nothing, one(BC_INTEGER), false, true);
	for (uint32_t i = 0; i < 4; i++)
		add_var(m, keys[i], nothing, true, false);
	for (enum bc_base base = BC_BOOL; base <= BC_DIGEST32; base++)
		add_var(m, keys[below(m, 4)], base == BC_ENUMERATION ? of_enum(m) : one(base), true, below(m, 6) == 0);
	add_var(m, string, string, true, false);
	for (enum bc_base base = BC_INTEGER; base <= BC_DIGEST32; base++)
		if (base != BC_ENUMERATION)
			add_var(m, keys[below(m, 4)], shaped(BC_LIST, one(base)), true, false);
	for (uint32_t t = 0; t < N_TABLES; t++) {
		add_var(m, keys[below(m, 4)], of_row(m, t), true, false);
		add_var(m, keys[below(m, 4)], shaped(BC_LIST, of_row(m, t)), true, false);
		add_var(m, keys[below(m, 4)], shaped(BC_SET, of_row(m, t)), true, below(m, 6) == 0);
	}
}

static void make_record(struct maker *m)
{
	struct ir_record *r = arena_new(m->a, struct ir_record);
	struct ir_type types[8] = { one(BC_STRING), one(BC_STRING), one(BC_BOOL), one(BC_INTEGER), of_enum(m),
	    one(BC_DIGEST32), shaped(BC_LIST, one(BC_STRING)), shaped(BC_SET, one(BC_INTEGER)) };

	r->name = name(m, "r", 0);
	r->keyed = true;
	r->n_members = 8;
	r->members = arena_array(m->a, 8, struct ir_member);
	for (uint32_t i = 0; i < 8; i++)
		r->members[i] = (struct ir_member){ name(m, "m", i), types[i] };
	m->p->records = arena_array(m->a, 1, struct ir_record *);
	m->p->records[0] = r;
	m->p->n_records = 1;
}

static void add_field(struct maker *m, struct ir_event *e, struct ir_type type)
{
	e->fields[e->n_fields] = (struct ir_field){ .name = name(m, "f", e->n_fields), .type = type,
	    .most = type.shape == BC_ONE ? 0 : MOST_ELEMENTS, .number = e->n_fields };
	e->n_fields++;
}

static struct ir_event *make_event(struct maker *m, uint32_t i)
{
	struct ir_event *e = arena_new(m->a, struct ir_event);
	struct ir_type record = { .base = BC_RECORD, .record = m->p->records[0] };

	e->name = name(m, "e", i);
	e->fields = arena_array(m->a, BC_FIELDS_MAX, struct ir_field);
	add_field(m, e, one(BC_STRING));
	add_field(m, e, one(BC_STRING));
	for (enum bc_base base = BC_BOOL; base <= BC_DIGEST32; base++) {
		struct ir_type t = base == BC_ENUMERATION ? of_enum(m) : one(base);

		add_field(m, e, t);
		if (base == BC_BOOL)
			continue;
		add_field(m, e, shaped(BC_LIST, t));
		add_field(m, e, shaped(BC_SET, t));
	}
	add_field(m, e, shaped(BC_LIST, record));
	add_field(m, e, shaped(BC_SET, record));
	e->outs = arena_array(m->a, 2, struct ir_out);
	e->outs[0] = (struct ir_out){ name(m, "o", 0), one(BC_BOOL), 0 };
	e->outs[1] = (struct ir_out){ name(m, "o", 1), one(BC_INTEGER), 1 };
	e->n_outs = 2;
	return e;
}

/* ---- expressions ---- */

static struct ir_expr *gen(struct maker *m, struct ir_type t, uint32_t depth);
static struct ir_expr *filtered(struct maker *m, struct ir_type t, uint32_t depth);
static struct ir_expr *membership(struct maker *m, uint32_t depth);

static struct ir_expr *expr(struct maker *m, enum bc_op op, struct ir_type type, uint32_t n_kids)
{
	struct ir_expr *e = arena_new(m->a, struct ir_expr);

	e->op = op;
	e->type = type;
	e->n_kids = n_kids;
	e->kids = arena_array(m->a, n_kids + 1, struct ir_expr *);
	return e;
}

static uint32_t less(uint32_t depth)
{
	return depth == 0 ? 0 : depth - 1;
}

static bool can_read(const struct maker *m, const struct ir_var *v)
{
	return !v->ghost || m->ghosts;
}

/* A value that something has already: the choice is uniform over all that
 * have the type; kids are of less depth. */
struct choice { enum bc_op op; struct ir_expr *made; uint32_t seen; };

static bool chosen(struct maker *m, struct choice *c, uint32_t weight)
{
	c->seen += weight;
	return below(m, c->seen) < weight;
}

static void choose_held(struct maker *m, struct ir_type t, struct choice *c)
{
	for (uint32_t i = 0; i < m->p->n_switches; i++)
		if (is(m->p->switches[i]->value.type, t) && chosen(m, c, 1)) {
			c->made = expr(m, BC_SWITCH, t, 0);
			c->made->swtch = m->p->switches[i];
		}
	for (uint32_t i = 0; i < m->n_scope; i++)
		if (is(m->scope[i].type, t) && chosen(m, c, 4)) {
			c->made = expr(m, BC_LOCAL, t, 0);
			c->made->local = m->scope[i].local;
		}
	for (uint32_t i = 0; m->event != NULL && i < m->event->n_fields; i++)
		if (is(m->event->fields[i].type, t) && chosen(m, c, 2)) {
			c->made = expr(m, BC_FIELD, t, 0);
			c->made->field = &m->event->fields[i];
		}
	for (uint32_t i = 0; i < m->p->n_vars; i++)
		if (!m->p->vars[i]->is_map && is(m->p->vars[i]->value, t) && can_read(m, m->p->vars[i]) &&
		    chosen(m, c, 1)) {
			c->made = expr(m, m->is_step && below(m, 2) == 0 ? BC_OLDVAR : BC_VAR, t, 0);
			c->made->var = m->p->vars[i];
		}
}

static struct ir_expr *of_map(struct maker *m, enum bc_op op, enum bc_op old, struct ir_var *v, struct ir_type t,
    uint32_t depth)
{
	struct ir_expr *e = expr(m, m->is_step && below(m, 2) == 0 ? old : op, t, 1);

	e->var = v;
	e->kids[0] = gen(m, v->key, less(depth));
	return e;
}

/* A column, member or value of a map. */
static void choose_within(struct maker *m, struct ir_type t, struct choice *c, uint32_t depth)
{
	struct ir_var *map = NULL;
	struct ir_table *table = NULL;
	uint32_t column = 0, member = 0, local = UINT32_MAX;

	for (uint32_t i = 0; i < m->p->n_tables; i++)
		for (uint32_t j = 0; j < m->p->tables[i]->n_columns; j++)
			if (is(m->p->tables[i]->columns[j].type, t) && chosen(m, c, 1)) {
				table = m->p->tables[i];
				column = j;
			}
	for (uint32_t i = 0; i < m->p->n_vars; i++)
		if (m->p->vars[i]->is_map && is(m->p->vars[i]->value, t) && can_read(m, m->p->vars[i]) &&
		    chosen(m, c, 3))
			map = m->p->vars[i];
	for (uint32_t i = 0; i < m->n_scope; i++)
		for (uint32_t j = 0; m->scope[i].type.base == BC_RECORD && m->scope[i].type.shape == BC_ONE && j < 8; j++)
			if (is(m->p->records[0]->members[j].type, t) && chosen(m, c, 4)) {
				local = i;
				member = j;
			}
	if (local != UINT32_MAX) {
		c->made = expr(m, BC_MEMBER, t, 1);
		c->made->record = m->p->records[0];
		c->made->member = member;
		c->made->kids[0] = expr(m, BC_LOCAL, m->scope[local].type, 0);
		c->made->kids[0]->local = m->scope[local].local;
	} else if (map != NULL) {
		c->made = of_map(m, BC_GET, BC_OLDGET, map, t, depth);
	} else if (table != NULL) {
		c->made = expr(m, BC_COLUMN, t, 1);
		c->made->table = table;
		c->made->column = column;
		c->made->kids[0] = gen(m, (struct ir_type){ .base = BC_TABLEROW, .table = table }, less(depth));
	}
}

static struct ir_expr *held(struct maker *m, struct ir_type t, uint32_t depth)
{
	struct choice c = { 0 };

	choose_held(m, t, &c);
	if (depth > 0 || c.made == NULL)
		choose_within(m, t, &c, depth);
	return c.made;
}

static struct ir_expr *constant(struct maker *m, struct ir_type t)
{
	static const enum bc_op ops[] = { [BC_INTEGER] = BC_INT, [BC_ENUMERATION] = BC_ENUM,
	    [BC_STRING] = BC_STR, [BC_DIGEST32] = BC_DIGEST, [BC_LANGUAGE] = BC_PATTERN };
	struct ir_value v = random_value(m, t);
	struct ir_expr *e;

	if (t.base == BC_TABLEROW && t.shape == BC_SET) {
		e = expr(m, below(m, 4) == 0 ? BC_NOROWS : BC_ROWS, t, 0);
		e->table = t.table;
		return e;
	}
	if (t.base == BC_TABLEROW) {
		e = expr(m, v.row == NULL ? BC_PICK : BC_ROW, t, v.row == NULL);
		e->table = t.table;
		e->row = v.row;
		if (v.row == NULL) {
			e->kids[0] = expr(m, BC_NOROWS, shaped(BC_SET, t), 0);
			e->kids[0]->table = t.table;
		}
		return e;
	}
	if (t.base == BC_BOOL)
		return expr(m, v.word == 0 ? BC_FALSE : BC_TRUE, t, 0);
	e = expr(m, ops[t.base], t, 0);
	e->integer = t.base == BC_INTEGER ? made_integer(m->c) : v.word;
	e->text = v.text;
	e->pattern = v.pattern;
	e->enumeration = t.enumeration;
	return e;
}

static struct ir_expr *pair(struct maker *m, enum bc_op op, struct ir_type result, struct ir_type l,
    struct ir_type r, uint32_t depth)
{
	struct ir_expr *e = expr(m, op, result, 2);

	e->kids[0] = gen(m, l, less(depth));
	e->kids[1] = gen(m, r, less(depth));
	return e;
}

/* A random type of which a value can be made here. */
static struct ir_type scalar_type(struct maker *m)
{
	enum bc_base base = BC_BOOL + below(m, 5);

	if (below(m, 6) == 0)
		return of_row(m, below(m, N_TABLES));
	return base == BC_ENUMERATION ? of_enum(m) : one(base);
}

static struct ir_type list_type(struct maker *m)
{
	static const enum bc_base bases[] = { BC_INTEGER, BC_STRING, BC_DIGEST32, BC_STRING };
	struct ir_type t = one(bases[below(m, 4)]);

	if (below(m, 3) == 0)
		t = of_row(m, below(m, N_TABLES));
	if (m->event != NULL && below(m, 8) == 0)
		t = of_enum(m);
	return shaped(below(m, 2) == 0 ? BC_LIST : BC_SET, t);
}

/* A list or set, filtered more often than gen() would. */
static struct ir_expr *gen_many(struct maker *m, struct ir_type t, uint32_t depth)
{
	struct ir_expr *e = below(m, 2) == 0 ? filtered(m, t, depth) : NULL;

	return e != NULL ? e : gen(m, t, depth);
}

/* Something to range over. */
static struct ir_expr *collection(struct maker *m, uint32_t depth)
{
	struct ir_type record = { .base = BC_RECORD, .record = m->p->records[0] };
	uint32_t way = below(m, 4);
	struct ir_expr *e;
	struct ir_var *v = m->p->vars[below(m, m->p->n_vars)];

	if (way == 0 && v->is_map && can_read(m, v)) {
		e = expr(m, m->is_step && below(m, 2) == 0 ? BC_OLDKEYS : BC_KEYS, shaped(BC_SET, v->key), 0);
		e->var = v;
		return e;
	}
	if (way == 1 && m->event != NULL)
		return gen_many(m, shaped(below(m, 2) == 0 ? BC_LIST : BC_SET, record), less(depth));
	return gen_many(m, list_type(m), less(depth));
}

static bool can_loop(const struct maker *m)
{
	return m->n_loops < 3 && m->n_scope + 2 < MOST_SCOPE;
}

/* EQCAT: mostly of the pieces of one text, as few strings are another's otherwise. */
/* A block as the interpreter sifts elements by: a test of text, that of an
 * element if there is one, before what costs more. */
static struct ir_expr *sieve(struct maker *m, uint32_t depth)
{
	struct ir_type string = one(BC_STRING), truth = one(BC_BOOL);
	struct ir_expr *e = expr(m, below(m, 4) == 0 ? BC_OR : BC_AND, truth, 2), *negation;

	if (below(m, 2) == 0)
		e->kids[0] = pair(m, BC_EQ, truth, string, string, 1);
	else
		e->kids[0] = pair(m, BC_MATCH, truth, string, one(BC_LANGUAGE), 1);
	if (below(m, 6) == 0) {
		negation = expr(m, BC_NOT, truth, 1);
		negation->kids[0] = e->kids[0];
		e->kids[0] = negation;
	}
	e->kids[1] = can_loop(m) ? membership(m, less(depth)) : gen(m, truth, less(depth));
	return e;
}

/* A loop over the collection whose block is of the type. */
static struct ir_expr *loop(struct maker *m, enum bc_op op, struct ir_type result, struct ir_expr *over,
    struct ir_type block, uint32_t depth)
{
	struct ir_expr *e = expr(m, op, result, 2);
	uint32_t scope = m->n_scope;

	e->kids[0] = over;
	e->element = arena_new(m->a, struct ir_local);
	e->place = arena_new(m->a, struct ir_local);
	m->scope[m->n_scope].local = e->element;
	m->scope[m->n_scope++].type = shaped(BC_ONE, over->type);
	if (over->type.shape == BC_LIST) {
		m->scope[m->n_scope].local = e->place;
		m->scope[m->n_scope++].type = one(BC_INTEGER);
	}
	m->n_loops++;
	e->kids[1] = block.base == BC_BOOL && below(m, 3) == 0 ? sieve(m, depth) : gen(m, block, less(depth));
	m->n_loops--;
	m->n_scope = scope;
	return e;
}

static struct ir_expr *joined(struct maker *m, uint32_t n, uint32_t depth)
{
	struct ir_expr *e = expr(m, BC_EQCAT, one(BC_BOOL), n + 1);
	struct str left = made_texts[below(m, N_TEXTS)];

	e->kids[0] = gen(m, one(BC_STRING), less(depth));
	for (uint32_t i = 1; i <= n; i++) {
		size_t len = i == n ? left.len : below(m, (uint32_t)left.len + 1);

		if (below(m, 4) == 0) {
			e->kids[i] = gen(m, one(BC_STRING), i < 2 ? less(depth) : 0);
			continue;
		}
		e->kids[i] = expr(m, BC_STR, one(BC_STRING), 0);
		e->kids[i]->text = (struct str){ left.ptr, len };
		left = (struct str){ left.ptr + len, left.len - len };
	}
	return e;
}

static struct ir_expr *text_test(struct maker *m, uint32_t depth)
{
	struct ir_type string = one(BC_STRING), truth = one(BC_BOOL);
	uint32_t n = 2 + below(m, 3);
	struct ir_expr *e;

	switch (below(m, 4)) {
	case 0:
		return pair(m, BC_MATCH, truth, string, one(BC_LANGUAGE), depth);
	case 1:
		return pair(m, BC_BELOW, truth, string, string, depth);
	case 2:
		e = expr(m, BC_MATCHCAT, truth, 3);
		e->kids[0] = gen(m, string, less(depth));
		e->kids[1] = gen(m, string, less(depth));
		e->kids[2] = gen(m, one(BC_LANGUAGE), less(depth));
		return e;
	default:
		return joined(m, n, depth);
	}
}

/* IN, of what can be searched. */
static struct ir_expr *membership(struct maker *m, uint32_t depth)
{
	struct ir_expr *over = collection(m, depth), *e = expr(m, BC_IN, one(BC_BOOL), 2);

	e->kids[1] = over;
	if (over->type.base == BC_RECORD) {
		e->op = BC_EMPTY;
		e->n_kids = 1;
		e->kids[0] = over;
		return e;
	}
	e->kids[0] = gen(m, shaped(BC_ONE, over->type), less(depth));
	return e;
}

/* A quantifier over all rows of whether they are in a set of rows. */
static struct ir_expr *rows_test(struct maker *m, uint32_t depth)
{
	struct ir_type t = shaped(BC_SET, of_row(m, below(m, N_TABLES)));
	struct ir_expr *rows = expr(m, BC_ROWS, t, 0), *e, *in;

	rows->table = t.table;
	e = loop(m, below(m, 2) == 0 ? BC_SOME : BC_ALL, one(BC_BOOL), rows, one(BC_BOOL), 0);
	in = expr(m, BC_IN, one(BC_BOOL), 2);
	in->kids[0] = expr(m, BC_LOCAL, shaped(BC_ONE, t), 0);
	in->kids[0]->local = e->element;
	m->n_loops++;
	in->kids[1] = gen(m, t, depth);
	m->n_loops--;
	e->kids[1] = in;
	return e;
}

static struct ir_expr *logic(struct maker *m, uint32_t depth)
{
	uint32_t way = below(m, 5), n = way < 2 ? 2 + below(m, 2) : 1;
	struct ir_expr *e = expr(m, way == 0 ? BC_AND : way == 1 ? BC_OR : BC_NOT, one(BC_BOOL), n);

	if (way > 2 && can_loop(m))
		return loop(m, way == 3 ? BC_ALL : BC_SOME, one(BC_BOOL), collection(m, depth),
		    one(BC_BOOL), depth);
	for (uint32_t i = 0; i < n; i++)
		e->kids[i] = gen(m, one(BC_BOOL), less(depth));
	return e;
}

/* Lengths are compared in ways of their own. */
static struct ir_expr *length_test(struct maker *m, uint32_t depth)
{
	struct ir_expr *e = expr(m, BC_EQ, one(BC_BOOL), 2);

	for (uint32_t i = 0; i < 2; i++) {
		e->kids[i] = expr(m, BC_LEN, one(BC_INTEGER), 1);
		e->kids[i]->kids[0] = collection(m, depth);
	}
	if (below(m, 2) == 0) {
		e->kids[1] = expr(m, BC_INT, one(BC_INTEGER), 0);
		e->kids[1]->integer = below(m, MOST_ELEMENTS);
	}
	return e;
}

static struct ir_expr *equal_lists(struct maker *m, uint32_t depth)
{
	struct ir_expr *e = expr(m, BC_EQLIST, one(BC_BOOL), 2);
	struct ir_type t = list_type(m);

	e->kids[0] = gen_many(m, t, less(depth));
	e->kids[1] = gen_many(m, t, less(depth));
	return e;
}

static struct ir_expr *gen_bool(struct maker *m, uint32_t depth)
{
	struct ir_type t = scalar_type(m), number = one(BC_INTEGER), truth = one(BC_BOOL);
	struct ir_var *v = m->p->vars[below(m, m->p->n_vars)];
	struct ir_expr *e;

	switch (below(m, 11)) {
	case 0:
		if (v->is_map && can_read(m, v))
			return of_map(m, BC_HAS, BC_OLDHAS, v, truth, depth);
		return logic(m, depth);
	case 1:
		return below(m, 3) == 0 && can_loop(m) ? rows_test(m, depth) : membership(m, depth);
	case 2:
		e = expr(m, BC_EMPTY, truth, 1);
		e->kids[0] = collection(m, depth);
		return e;
	case 3:
		return below(m, 3) == 0 ? length_test(m, depth) : pair(m, BC_EQ, truth, t, t, depth);
	case 4:
		return equal_lists(m, depth);
	case 5:
		return pair(m, below(m, 2) == 0 ? BC_LT : BC_LE, truth, number, number, depth);
	case 6: case 7:
		return text_test(m, depth);
	default:
		return logic(m, depth);
	}
}

static struct ir_expr *gen_int(struct maker *m, uint32_t depth)
{
	struct ir_type t = one(BC_INTEGER);
	uint32_t way = below(m, 4);
	struct ir_expr *e;

	if (way == 0 && can_loop(m))
		return loop(m, BC_COUNT, t, collection(m, depth), one(BC_BOOL), depth);
	if (way < 2) {
		e = expr(m, BC_LEN, t, 1);
		e->kids[0] = collection(m, depth);
		return e;
	}
	return pair(m, way == 2 ? BC_ADD : BC_SUB, t, t, t, depth);
}

/* AT of a list of such elements, PICK of such rows; NULL: neither. */
static struct ir_expr *element_of(struct maker *m, struct ir_type t, uint32_t depth)
{
	struct ir_expr *e;

	if (t.base == BC_TABLEROW && below(m, 2) == 0) {
		e = expr(m, BC_PICK, t, 1);
		e->kids[0] = gen(m, shaped(BC_SET, t), less(depth));
		return e;
	}
	if (t.base == BC_BOOL || (t.base == BC_ENUMERATION && m->event == NULL))
		return NULL;
	e = expr(m, BC_AT, t, 2);
	e->kids[0] = gen_many(m, shaped(BC_LIST, t), depth);
	e->kids[1] = gen(m, one(BC_INTEGER), less(depth));
	return e;
}

static struct ir_expr *gen_rows(struct maker *m, struct ir_type t, uint32_t depth)
{
	struct ir_expr *e;

	if (t.shape == BC_LIST && can_loop(m))
		return loop(m, BC_MAP, t, gen(m, shaped(BC_LIST, one(BC_STRING)), less(depth)),
		    shaped(BC_ONE, t), depth);
	if (t.shape == BC_SET && t.table->has_key && below(m, 2) == 0) {
		e = expr(m, BC_KEYROWS, t, 1);
		e->table = t.table;
		e->kids[0] = gen(m, t.table->columns[0].type, less(depth));
		return e;
	}
	if (t.shape == BC_SET && can_loop(m))
		return loop(m, BC_WHERE, t, gen(m, t, less(depth)), one(BC_BOOL), depth);
	return NULL;
}

/* WHERE of a field; NULL: no field has the type. */
static struct ir_expr *filtered(struct maker *m, struct ir_type t, uint32_t depth)
{
	struct choice c = { 0 };

	if (!can_loop(m))
		return NULL;
	for (uint32_t i = 0; m->event != NULL && i < m->event->n_fields; i++)
		if (is(m->event->fields[i].type, t) && chosen(m, &c, 1)) {
			c.made = expr(m, BC_FIELD, t, 0);
			c.made->field = &m->event->fields[i];
		}
	return c.made == NULL ? NULL : loop(m, BC_WHERE, t, c.made, one(BC_BOOL), depth);
}

static struct ir_expr *gen(struct maker *m, struct ir_type t, uint32_t depth)
{
	struct ir_expr *e = NULL;
	bool rows = t.base == BC_TABLEROW && t.shape != BC_ONE;

	if (depth > 0 && below(m, 3) != 0) {
		if (t.shape == BC_ONE && t.base == BC_BOOL)
			e = gen_bool(m, depth);
		else if (t.shape == BC_ONE && t.base == BC_INTEGER && below(m, 3) != 0)
			e = gen_int(m, depth);
		else if (rows)
			e = gen_rows(m, t, depth);
		else if (t.shape != BC_ONE && below(m, 2) == 0)
			e = filtered(m, t, depth);
		else if (is_scalar(t) && below(m, 3) == 0)
			e = element_of(m, t, depth);
	}
	if (e == NULL && (t.shape == BC_ONE || t.base == BC_TABLEROW) && t.base != BC_RECORD &&
	    !(rows && t.shape == BC_LIST) && below(m, 5) == 0)
		e = constant(m, t);
	if (e == NULL)
		e = held(m, t, depth);
	return e != NULL ? e : constant(m, t);
}

/* ---- statements ---- */

static struct ir_stmt *add_stmt(struct ir_event *e, enum ir_stmt_kind kind)
{
	struct ir_stmt *s = &e->stmts[e->n_stmts++];

	s->kind = kind;
	return s;
}

static bool reads(const struct ir_expr *e, const struct ir_local *local)
{
	if (e == NULL)
		return false;
	if (e->local == local)
		return true;
	for (uint32_t i = 0; i < e->n_kids; i++)
		if (reads(e->kids[i], local))
			return true;
	return false;
}

/* Lets that nothing reads must not be written. */
static void drop_unread(struct ir_event *e)
{
	for (uint32_t i = e->n_stmts; i-- > 0;) {
		bool is_read = e->stmts[i].kind != IR_LET;

		for (uint32_t j = i + 1; !is_read && j < e->n_stmts; j++)
			is_read = reads(e->stmts[j].key, e->stmts[i].local) ||
			    reads(e->stmts[j].value, e->stmts[i].local);
		if (is_read)
			continue;
		memmove(&e->stmts[i], &e->stmts[i + 1], (e->n_stmts - i - 1) * sizeof(struct ir_stmt));
		e->n_stmts--;
	}
}

static void add_let(struct maker *m, struct ir_event *e)
{
	struct ir_stmt *s = add_stmt(e, IR_LET);
	struct ir_type types[5] = { scalar_type(m), list_type(m), list_type(m), one(BC_LANGUAGE),
	    shaped(BC_SET, of_row(m, below(m, N_TABLES))) };

	s->value = gen(m, types[below(m, 5)], 3);
	s->local = arena_new(m->a, struct ir_local);
	m->scope[m->n_scope].local = s->local;
	m->scope[m->n_scope++].type = s->value->type;
}

static void add_effect(struct maker *m, struct ir_event *e, bool ghost)
{
	struct ir_var *v = m->p->vars[below(m, m->p->n_vars)];
	struct ir_stmt *s;

	if (v->ghost != ghost)
		return;
	s = add_stmt(e, !v->is_map ? IR_SETVAR : below(m, 4) == 0 ? IR_DEL : IR_PUT);
	s->var = v;
	if (v->is_map)
		s->key = gen(m, v->key, 2);
	if (s->kind != IR_DEL && v->value.base != BC_NOTHING)
		s->value = v->value.shape == BC_ONE ? gen(m, v->value, 3) : gen_many(m, v->value, 3);
}

static void add_keep(struct maker *m, struct ir_event *e, struct ir_field *field)
{
	struct ir_expr *kept = expr(m, BC_FIELD, field->type, 0);
	struct ir_stmt *s = add_stmt(e, IR_KEEP);

	kept->field = s->field = field;
	s->value = loop(m, BC_WHERE, kept->type, kept, one(BC_BOOL), 3);
}

/* Two KEEPs of one field are a conflict, and seldom made by chance. */
static void add_verdict(struct maker *m, struct ir_event *e)
{
	uint32_t out = below(m, 2), field = below(m, e->n_fields);
	struct ir_stmt *s;

	if (e->fields[field].type.shape != BC_ONE && below(m, 2) == 0) {
		for (uint32_t n = below(m, 4) == 0 ? 2 : 1; n > 0; n--)
			add_keep(m, e, &e->fields[field]);
		return;
	}
	s = add_stmt(e, IR_OUT);
	s->out = &e->outs[out];
	s->value = gen(m, s->out->type, 3);
}

static void make_rule(struct maker *m, struct ir_event *e)
{
	uint32_t n = below(m, 4);

	e->has_rule = true;
	e->stmts = arena_array(m->a, 32, struct ir_stmt);
	m->event = e;
	m->n_scope = 0;
	m->ghosts = m->is_step = false;
	for (uint32_t i = 0; i < n; i++)
		add_let(m, e);
	n = 1 + below(m, 2);
	for (uint32_t i = 0; i < n; i++)
		add_stmt(e, IR_REQUIRE)->value = gen(m, one(BC_BOOL), 4);
	n = 1 + below(m, 4);
	for (uint32_t i = 0; i < n; i++) {
		if (below(m, 4) == 0)
			add_verdict(m, e);
		else
			add_effect(m, e, false);
	}
	m->ghosts = true;
	for (uint32_t i = 0; i < 3; i++)
		add_effect(m, e, true);
	drop_unread(e);
}

/* Facts about COUNTs and steps need COUNTs of keys. */
static struct ir_expr *count_test(struct maker *m)
{
	struct ir_expr *keys, *e = expr(m, BC_LE, one(BC_BOOL), 2);
	struct ir_var *v;

	do {
		v = m->p->vars[below(m, m->p->n_vars)];
	} while (!v->is_map);
	keys = expr(m, m->is_step ? BC_OLDKEYS : BC_KEYS, shaped(BC_SET, v->key), 0);
	keys->var = v;
	e->kids[0] = loop(m, BC_COUNT, one(BC_INTEGER), keys, one(BC_BOOL), 2);
	e->kids[1] = expr(m, BC_INT, one(BC_INTEGER), 0);
	e->kids[1]->integer = below(m, 3);
	return e;
}

static struct ir_claim *make_claim(struct maker *m, uint32_t i)
{
	struct ir_claim *c = arena_new(m->a, struct ir_claim);

	c->name = name(m, "p", i);
	c->kind = i % 2 == 0 ? BC_ALWAYS : BC_INVARIANT;
	m->n_scope = 0;
	m->ghosts = true;
	m->is_step = c->kind == BC_ALWAYS;
	m->event = NULL;
	if (m->is_step) {
		c->events = arena_array(m->a, 1, struct ir_event *);
		c->events[0] = m->p->events[below(m, m->p->n_events)];
		m->event = c->events[0];
		c->n_events = 1;
	}
	c->expr = i == 1 || i == 2 ? count_test(m) : gen(m, one(BC_BOOL), 4);
	return c;
}

static void make_switches(struct maker *m)
{
	m->p->switches = arena_array(m->a, BC_LANGUAGE, struct ir_switch *);
	for (enum bc_base base = BC_BOOL; base <= BC_LANGUAGE; base++) {
		struct ir_switch *s = arena_new(m->a, struct ir_switch);

		s->name = name(m, "s", (uint32_t)base);
		s->value = random_value(m, base == BC_ENUMERATION ? of_enum(m) : one(base));
		if (base == BC_INTEGER)
			s->value.word = made_integer(m->c);
		m->p->switches[m->p->n_switches++] = s;
	}
}

static void make_enum(struct maker *m)
{
	struct ir_enum *e = arena_new(m->a, struct ir_enum);

	e->name = name(m, "n", 0);
	e->n_values = 3;
	e->values = arena_array(m->a, 3, struct str);
	for (uint32_t i = 0; i < 3; i++)
		e->values[i] = name(m, "w", 2 - i);
	m->p->enums = arena_array(m->a, 1, struct ir_enum *);
	m->p->enums[0] = e;
	m->p->n_enums = 1;
}

struct ir_policy *make_policy(struct arena *a, struct chance *c)
{
	struct maker m = { .a = a, .c = c, .p = arena_new(a, struct ir_policy) };

	m.p->policy_name = STR("twin");
	m.p->framework_name = STR("twin");
	make_enum(&m);
	make_record(&m);
	m.p->tables = arena_array(a, N_TABLES, struct ir_table *);
	for (uint32_t i = 0; i < N_TABLES; i++) {
		m.p->tables[m.p->n_tables++] = arena_new(a, struct ir_table);
		m.p->tables[i]->name = name(&m, "t", i);
		make_table(&m, i);
	}
	make_switches(&m);
	make_vars(&m);
	m.p->events = arena_array(a, 3, struct ir_event *);
	for (uint32_t i = 0; i < 3; i++)
		m.p->events[m.p->n_events++] = make_event(&m, i);
	for (uint32_t i = 0; i < 3; i++)
		make_rule(&m, m.p->events[i]);
	m.p->claims = arena_array(a, 6, struct ir_claim *);
	for (uint32_t i = 0; i < 6; i++)
		m.p->claims[m.p->n_claims++] = make_claim(&m, i);
	return m.p;
}

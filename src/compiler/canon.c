/* SPDX-License-Identifier: Apache-2.0
 *
 * canon.c - sort by name, number, and fill the pools.
 *
 * Rows are sorted before the lists in their cells have numbers: lists are
 * compared by content, which is the order that their numbers will have.
 */
#include "canon.h"

#include <stdlib.h>

#include "bytes.h"
#include "pool.h"

struct named { struct str name; uint32_t place, depth; };

static int compare_named(const void *l, const void *r)
{
	const struct named *a = l, *b = r;

	if (a->depth != b->depth)
		return a->depth > b->depth ? 1 : -1;
	return str_compare(a->name, b->name);
}

/* Sorts items[] too; the first `n_fixed` stay where they are. */
static struct order order_named(struct arena *a, struct named *items, uint32_t n, uint32_t n_fixed)
{
	struct order order = { n, arena_array(a, n, uint32_t), arena_array(a, n, uint32_t) };
	uint32_t i;

	if (n > n_fixed)
		qsort(items + n_fixed, n - n_fixed, sizeof(*items), compare_named);
	for (i = 0; i < n; i++) {
		order.at[i] = items[i].place;
		order.rank[items[i].place] = i;
	}
	return order;
}

/* Sort an array of pointers to things with a name and a number. */
#define NUMBER(c, sorted, given, n) do { \
	struct named *items_ = arena_array((c)->a, (n), struct named); \
	struct order order_; \
	uint32_t i_; \
	for (i_ = 0; i_ < (n); i_++) \
		items_[i_] = (struct named){ (given)[i_]->name, i_, 0 }; \
	order_ = order_named((c)->a, items_, (n), 0); \
	(sorted) = arena_alloc_array((c)->a, (n), sizeof(*(sorted))); \
	for (i_ = 0; i_ < (n); i_++) { \
		(sorted)[i_] = (given)[order_.at[i_]]; \
		(sorted)[i_]->number = i_; \
	} \
} while (0)

/* The order of things inside an array. */
#define ORDER(c, order, given, n, n_fixed) do { \
	struct named *items_ = arena_array((c)->a, (n), struct named); \
	uint32_t i_; \
	for (i_ = 0; i_ < (n); i_++) \
		items_[i_] = (struct named){ (given)[i_].name, i_, 0 }; \
	(order) = order_named((c)->a, items_, (n), (n_fixed)); \
} while (0)

static struct order order_strings(struct arena *a, const struct str *names, uint32_t n)
{
	struct named *items = arena_array(a, n, struct named);
	uint32_t i;

	for (i = 0; i < n; i++)
		items[i] = (struct named){ names[i], i, 0 };
	return order_named(a, items, n, 0);
}

/* Depths settle after as many rounds as there are tables, unless two tables
 * refer to each other. */
static bool find_depths(struct canon *c, uint32_t *depth)
{
	uint32_t n = c->ir->n_tables, round, i, j, under;
	bool changed = true;

	for (round = 0; changed && round <= n; round++) {
		changed = false;
		for (i = 0; i < n; i++) {
			for (j = 0; j < c->ir->tables[i]->n_columns; j++) {
				const struct ir_type *type = &c->ir->tables[i]->columns[j].type;

				if (type->base != BC_TABLEROW)
					continue;
				under = depth[type->table->number] + 1;
				changed = changed || depth[i] < under;
				depth[i] = depth[i] < under ? under : depth[i];
			}
		}
	}
	return !changed;
}

static bool number_tables(struct canon *c)
{
	uint32_t n = c->ir->n_tables, i;
	uint32_t *depth = arena_array(c->a, n, uint32_t);
	struct named *items = arena_array(c->a, n, struct named);
	struct order order;

	for (i = 0; i < n; i++)
		c->ir->tables[i]->number = i;
	if (!find_depths(c, depth)) {
		diag_error(c->d, (struct loc){ NULL, 0, 0 }, DIAG_CYCLE,
		    "the columns of kinds refer to each other in a circle");
		return false;
	}
	for (i = 0; i < n; i++)
		items[i] = (struct named){ c->ir->tables[i]->name, i, depth[i] };
	order = order_named(c->a, items, n, 0);
	c->tables = arena_array(c->a, n, struct ir_table *);
	c->table_facts = arena_array(c->a, n, struct canon_table);
	for (i = 0; i < n; i++) {
		c->tables[i] = c->ir->tables[order.at[i]];
		c->tables[i]->number = i;
		ORDER(c, c->table_facts[i].columns, c->tables[i]->columns,
		    c->tables[i]->n_columns, c->tables[i]->has_key);
	}
	return true;
}

static void number_events(struct canon *c)
{
	uint32_t i, j;

	NUMBER(c, c->events, c->ir->events, c->ir->n_events);
	c->event_facts = arena_array(c->a, c->ir->n_events, struct canon_event);
	for (i = 0; i < c->ir->n_events; i++) {
		struct ir_event *e = c->events[i];
		struct canon_event *facts = &c->event_facts[i];

		ORDER(c, facts->fields, e->fields, e->n_fields, 0);
		ORDER(c, facts->outs, e->outs, e->n_outs, 0);
		for (j = 0; j < e->n_fields; j++)
			e->fields[j].number = facts->fields.rank[j];
		for (j = 0; j < e->n_outs; j++)
			e->outs[j].number = facts->outs.rank[j];
	}
}

static bool number_all(struct canon *c)
{
	uint32_t i;

	NUMBER(c, c->enums, c->ir->enums, c->ir->n_enums);
	c->enum_values = arena_array(c->a, c->ir->n_enums, struct order);
	for (i = 0; i < c->ir->n_enums; i++)
		c->enum_values[i] = order_strings(c->a, c->enums[i]->values, c->enums[i]->n_values);
	NUMBER(c, c->records, c->ir->records, c->ir->n_records);
	c->record_members = arena_array(c->a, c->ir->n_records, struct order);
	for (i = 0; i < c->ir->n_records; i++)
		ORDER(c, c->record_members[i], c->records[i]->members, c->records[i]->n_members,
		    c->records[i]->keyed);
	NUMBER(c, c->switches, c->ir->switches, c->ir->n_switches);
	NUMBER(c, c->vars, c->ir->vars, c->ir->n_vars);
	NUMBER(c, c->claims, c->ir->claims, c->ir->n_claims);
	number_events(c);
	return number_tables(c);
}

static void complain_count(struct canon *c, struct loc loc, const char *what, struct str name,
    uint32_t n, uint32_t most, const char *things)
{
	if (n <= most)
		return;
	if (name.len != 0)
		diag_error(c->d, loc, DIAG_LIMIT, "%s '%.*s' has %u %s, and %u is the most", what,
		    STR_ARG(name), n, things, most);
	else
		diag_error(c->d, loc, DIAG_LIMIT, "there are %u %s, and %u is the most", n, things,
		    most);
}

static void check_counts(struct canon *c)
{
	const struct ir_policy *ir = c->ir;
	struct loc none = { NULL, 0, 0 };
	struct str all = { "", 0 };
	uint32_t i;

	complain_count(c, none, "", all, ir->n_enums, BC_ENUMS_MAX, "enumerations");
	complain_count(c, none, "", all, ir->n_records, BC_RECORDS_MAX, "records");
	complain_count(c, none, "", all, ir->n_switches, BC_SWITCHES_MAX, "switches");
	complain_count(c, none, "", all, ir->n_tables, BC_TABLES_MAX, "kinds");
	complain_count(c, ir->n_vars > BC_VARS_MAX ? ir->vars[BC_VARS_MAX]->loc : none, "", all,
	    ir->n_vars, BC_VARS_MAX, "state variables");
	complain_count(c, ir->n_events > BC_EVENTS_MAX ? ir->events[BC_EVENTS_MAX]->loc : none, "",
	    all, ir->n_events, BC_EVENTS_MAX, "events");
	complain_count(c, ir->n_claims > BC_CLAIMS_MAX ? ir->claims[BC_CLAIMS_MAX]->loc : none, "",
	    all, ir->n_claims, BC_CLAIMS_MAX, "claims");
	for (i = 0; i < ir->n_enums; i++)
		complain_count(c, none, "enumeration", ir->enums[i]->name, ir->enums[i]->n_values,
		    65535, "values");
	for (i = 0; i < ir->n_records; i++)
		complain_count(c, none, "record", ir->records[i]->name, ir->records[i]->n_members,
		    BC_MEMBERS_MAX, "members");
	for (i = 0; i < ir->n_tables; i++)
		complain_count(c, none, "kind", ir->tables[i]->name, ir->tables[i]->n_columns,
		    BC_COLUMNS_MAX, "columns");
	for (i = 0; i < ir->n_events; i++) {
		complain_count(c, ir->events[i]->loc, "event", ir->events[i]->name,
		    ir->events[i]->n_fields, BC_FIELDS_MAX, "fields");
		complain_count(c, ir->events[i]->loc, "event", ir->events[i]->name,
		    ir->events[i]->n_outs, BC_OUTS_MAX, "outputs");
	}
}

static void check_string(struct canon *c, struct loc loc, struct str text)
{
	if (text.len > BC_STRING_MAX)
		diag_error(c->d, loc, DIAG_LIMIT, "a string has %zu bytes, and %u is the most",
		    text.len, BC_STRING_MAX);
}

static void collect_name(struct canon *c, struct str name)
{
	pool_add(&c->strings, c->a, name.ptr, name.len);
}

static void collect_names(struct canon *c)
{
	const struct ir_policy *ir = c->ir;
	uint32_t i, j;

	collect_name(c, ir->policy_name);
	collect_name(c, ir->framework_name);
	for (i = 0; i < ir->n_enums; i++) {
		collect_name(c, ir->enums[i]->name);
		for (j = 0; j < ir->enums[i]->n_values; j++)
			collect_name(c, ir->enums[i]->values[j]);
	}
	for (i = 0; i < ir->n_records; i++) {
		collect_name(c, ir->records[i]->name);
		for (j = 0; j < ir->records[i]->n_members; j++)
			collect_name(c, ir->records[i]->members[j].name);
	}
	for (i = 0; i < ir->n_tables; i++) {
		collect_name(c, ir->tables[i]->name);
		for (j = 0; j < ir->tables[i]->n_columns; j++)
			collect_name(c, ir->tables[i]->columns[j].name);
	}
	for (i = 0; i < ir->n_events; i++) {
		collect_name(c, ir->events[i]->name);
		for (j = 0; j < ir->events[i]->n_fields; j++)
			collect_name(c, ir->events[i]->fields[j].name);
		for (j = 0; j < ir->events[i]->n_outs; j++)
			collect_name(c, ir->events[i]->outs[j].name);
	}
	for (i = 0; i < ir->n_vars; i++)
		collect_name(c, ir->vars[i]->name);
	for (i = 0; i < ir->n_switches; i++)
		collect_name(c, ir->switches[i]->name);
	for (i = 0; i < ir->n_claims; i++)
		collect_name(c, ir->claims[i]->name);
}

/* Collecting is done twice: strings first, for patterns may mention them. */
struct collector {
	struct canon *c;
	bool patterns;
	uint32_t depth;
	uint64_t n_nodes;
	struct loc loc;
	bool failed;
};

enum { DEEPEST_EXPR = 2000, MOST_NODES = 4000000 };

static void pattern_entry(const struct canon *c, struct bytes *b, const struct ir_pattern *p)
{
	if (!p->is_literal) {
		bytes_put(b, p->bytes, p->len);
		return;
	}
	bytes_put8(b, 0);
	bytes_put32(b, canon_string(c, p->literal));
}

static void collect_pattern(struct collector *k, const struct ir_pattern *p)
{
	struct bytes b = { .arena = k->c->a };

	if (k->patterns) {
		pattern_entry(k->c, &b, p);
		pool_add(&k->c->patterns, k->c->a, b.ptr, b.len);
	} else if (p->is_literal) {
		check_string(k->c, k->loc, p->literal);
		collect_name(k->c, p->literal);
	}
}

static void collect_value(struct collector *k, const struct ir_value *v)
{
	uint32_t i;

	if (v->type.shape != BC_ONE) {
		for (i = 0; i < v->n_items; i++)
			collect_value(k, &v->items[i]);
		return;
	}
	if (v->type.base == BC_LANGUAGE)
		collect_pattern(k, &v->pattern);
	if (!k->patterns && (v->type.base == BC_STRING || v->type.base == BC_DIGEST32)) {
		check_string(k->c, k->loc, v->text);
		collect_name(k->c, v->text);
	}
}

/* The first to go through expressions, so it is what bounds them: they are
 * trees after substitution, and may be far larger than their source. */
static void collect_expr(struct collector *k, const struct ir_expr *e)
{
	uint32_t i;

	if (k->failed || e == NULL)
		return;
	if (k->depth >= DEEPEST_EXPR || k->n_nodes >= MOST_NODES) {
		k->failed = true;
		diag_error(k->c->d, k->loc, k->depth >= DEEPEST_EXPR ? DIAG_TOO_DEEP : DIAG_LIMIT,
		    k->depth >= DEEPEST_EXPR ? "expressions are nested too deeply once definitions "
		    "are filled in" : "expressions are too large once definitions are filled in");
		return;
	}
	k->n_nodes++;
	if (!k->patterns && (e->op == BC_STR || e->op == BC_DIGEST)) {
		check_string(k->c, e->loc, e->text);
		collect_name(k->c, e->text);
	}
	if (e->op == BC_PATTERN)
		collect_pattern(k, &e->pattern);
	k->depth++;
	for (i = 0; i < e->n_kids; i++)
		collect_expr(k, e->kids[i]);
	k->depth--;
}

static void collect_all(struct canon *c, bool patterns)
{
	struct collector k = { .c = c, .patterns = patterns };
	const struct ir_policy *ir = c->ir;
	uint32_t i, j, n;

	for (i = 0; i < ir->n_switches; i++)
		collect_value(&k, &ir->switches[i]->value);
	for (i = 0; i < ir->n_tables; i++) {
		for (j = 0; j < ir->tables[i]->n_rows; j++) {
			k.loc = ir->tables[i]->rows[j]->loc;
			for (n = 0; n < ir->tables[i]->n_columns; n++)
				collect_value(&k, &ir->tables[i]->rows[j]->cells[n]);
		}
	}
	for (i = 0; i < ir->n_events; i++) {
		for (j = 0; j < ir->events[i]->n_stmts; j++) {
			k.loc = ir->events[i]->stmts[j].loc;
			collect_expr(&k, ir->events[i]->stmts[j].key);
			collect_expr(&k, ir->events[i]->stmts[j].value);
		}
	}
	for (i = 0; i < ir->n_claims; i++) {
		k.loc = ir->claims[i]->loc;
		collect_expr(&k, ir->claims[i]->expr);
	}
}

/* An int in a cell has 32 bits. */
static void check_cells(struct canon *c)
{
	uint32_t i, j, k, n;

	for (i = 0; i < c->ir->n_tables; i++) {
		const struct ir_table *t = c->ir->tables[i];

		for (j = 0; j < t->n_rows; j++) {
			for (k = 0; k < t->n_columns; k++) {
				const struct ir_value *v = &t->rows[j]->cells[k];
				bool over = v->type.base == BC_INTEGER && v->word > UINT32_MAX;

				for (n = 0; n < v->n_items; n++)
					over = over || (v->type.base == BC_INTEGER
					    && v->items[n].word > UINT32_MAX);
				if (over)
					diag_error(c->d, t->rows[j]->loc, DIAG_LIMIT,
					    "'%.*s' is above 4294967295, the most in a declaration",
					    STR_ARG(t->columns[k].name));
			}
		}
	}
}

struct canon *canon_new(struct arena *a, const struct ir_policy *ir, struct diag *d)
{
	struct canon *c = arena_new(a, struct canon);
	uint32_t n_errors = d->n_errors;

	c->a = a;
	c->d = d;
	c->ir = ir;
	check_counts(c);
	check_cells(c);
	if (d->n_errors != n_errors || !number_all(c))
		return NULL;
	collect_names(c);
	collect_all(c, false);
	pool_sort(&c->strings);
	if (d->n_errors != n_errors)
		return NULL;
	collect_all(c, true);
	pool_sort(&c->patterns);
	return c;
}

uint32_t canon_string(const struct canon *c, struct str text)
{
	return pool_find(&c->strings, text.ptr, text.len);
}

uint32_t canon_pattern(const struct canon *c, const struct ir_pattern *pattern)
{
	struct arena scratch = { 0 };
	struct bytes b = { .arena = &scratch };
	uint32_t number;

	if (!pattern->is_literal)
		return pool_find(&c->patterns, pattern->bytes, pattern->len);
	pattern_entry(c, &b, pattern);
	number = pool_find(&c->patterns, b.ptr, b.len);
	arena_clear(&scratch);
	return number;
}

uint32_t canon_list(const struct canon *c, const struct cell *cell)
{
	return pool_find(&c->lists, cell->list, cell->list_len);
}

uint32_t canon_word(const struct canon *c, const struct ir_value *v)
{
	switch (v->type.base) {
	case BC_BOOL:
	case BC_INTEGER:
		return (uint32_t)v->word;
	case BC_ENUMERATION:
		return c->enum_values[v->type.enumeration->number].rank[v->word];
	case BC_STRING:
	case BC_DIGEST32:
		return canon_string(c, v->text);
	case BC_LANGUAGE:
		return canon_pattern(c, &v->pattern);
	case BC_TABLEROW:
		return v->row->number;
	case BC_NOTHING:
	case BC_RECORD:
		break;
	}
	abort();
}

uint32_t canon_type(const struct ir_type *type)
{
	uint32_t index = 0;

	if (type->base == BC_ENUMERATION)
		index = type->enumeration->number;
	else if (type->base == BC_TABLEROW)
		index = type->table->number;
	else if (type->base == BC_RECORD)
		index = type->record->number;
	return BC_TYPE(type->shape, type->base, index);
}

void canon_use_string(struct canon *c, uint32_t number)
{
	c->strings.items[number].is_used = true;
}

void canon_use_pattern(struct canon *c, uint32_t number)
{
	c->patterns.items[number].is_used = true;
}

static uint32_t literal_string(const struct pool_entry *pattern)
{
	const uint8_t *p = pattern->ptr + 1;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool canon_drop_unused(struct canon *c)
{
	bool dropped = pool_drop_unused(&c->patterns);
	struct str *texts = arena_array(c->a, c->patterns.n, struct str);
	uint32_t i;

	/* A literal's string moves with it; the order stays. */
	for (i = 0; i < c->patterns.n; i++) {
		const struct pool_entry *string;

		if (c->patterns.items[i].ptr[0] != 0)
			continue;
		string = &c->strings.items[literal_string(&c->patterns.items[i])];
		texts[i] = (struct str){ (const char *)string->ptr, string->len };
		canon_use_string(c, literal_string(&c->patterns.items[i]));
	}
	dropped = pool_drop_unused(&c->strings) || dropped;
	for (i = 0; dropped && i < c->patterns.n; i++) {
		struct ir_pattern literal = { .literal = texts[i], .is_literal = true };
		struct bytes b = { .arena = c->a };

		if (c->patterns.items[i].ptr[0] != 0)
			continue;
		pattern_entry(c, &b, &literal);
		c->patterns.items[i].ptr = b.ptr;
	}
	for (i = 0; i < c->strings.n; i++)
		c->strings.items[i].is_used = false;
	for (i = 0; i < c->patterns.n; i++)
		c->patterns.items[i].is_used = false;
	return dropped;
}

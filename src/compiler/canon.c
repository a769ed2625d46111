/* SPDX-License-Identifier: Apache-2.0
 *
 * canon.c - sort by name, number, and fill the pools.
 *
 * Rows are sorted before the lists in their cells have numbers: lists are
 * compared by content, which is the order that their numbers will have.
 */
#include "canon.h"

#include <stdlib.h>

#include "../base/bytes.h"
#include "collect.h"
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

struct canon *canon_of(struct arena *a, const struct ir_policy *ir, struct diag *d)
{
	struct canon *c = arena_new(a, struct canon);
	uint32_t n_errors = d->n_errors;

	c->a = a;
	c->d = d;
	c->ir = ir;
	collect_check_counts(c);
	collect_check_cells(c);
	if (d->n_errors != n_errors || !number_all(c))
		return NULL;
	collect_names(c);
	collect_constants(c, false);
	pool_sort(&c->strings);
	if (d->n_errors != n_errors)
		return NULL;
	collect_constants(c, true);
	pool_sort(&c->patterns);
	return c;
}

void canon_pattern_entry(const struct canon *c, struct bytes *b, const struct ir_pattern *p)
{
	if (!p->is_literal) {
		bytes_put(b, p->bytes, p->len);
		return;
	}
	bytes_put8(b, 0);
	bytes_put32(b, canon_string(c, p->literal));
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
	canon_pattern_entry(c, &b, pattern);
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
	if (number >= c->strings.n)
		abort();
	c->strings.items[number].is_used = true;
}

void canon_use_pattern(struct canon *c, uint32_t number)
{
	if (number >= c->patterns.n)
		abort();
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
		canon_pattern_entry(c, &b, &literal);
		c->patterns.items[i].ptr = b.ptr;
	}
	for (i = 0; i < c->strings.n; i++)
		c->strings.items[i].is_used = false;
	for (i = 0; i < c->patterns.n; i++)
		c->patterns.items[i].is_used = false;
	return dropped;
}

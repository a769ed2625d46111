/* SPDX-License-Identifier: Apache-2.0
 *
 * diff.c - see diff.h.
 *
 * Values are compared by keys: bytes that are equal for values that mean the
 * same.  Rows that have names are found by them, others by their keys.
 */
#include "diff.h"

#include <stdlib.h>

#include "../base/bytes.h"
#include "diff_text.h"
#include "resolve.h"

struct diff {
	struct arena *a;
	const struct cpolc *before, *after;
	struct changes *out;
};

static void add(struct diff *d, struct change change)
{
	if (change.loc.source == NULL)
		change.loc = change.after.ptr == NULL ? change.before_loc : change.after_loc;
	arena_push(d->a, d->out->items, d->out->n, d->out->cap);
	d->out->items[d->out->n++] = change;
}

static int by_bytes(const void *l, const void *r)
{
	return str_compare(*(const struct str *)l, *(const struct str *)r);
}

static struct str key_of(struct arena *a, const struct ir_value *v);

static void put_part(struct bytes *b, struct str part)
{
	bytes_put32(b, (uint32_t)part.len);
	bytes_put(b, part.ptr, part.len);
}

static void put_many(struct bytes *b, const struct ir_value *v)
{
	struct str *keys = arena_array(b->arena, v->n_items, struct str);
	uint32_t i;

	for (i = 0; i < v->n_items; i++)
		keys[i] = key_of(b->arena, &v->items[i]);
	if (v->type.shape == BC_SET && v->n_items > 1)
		qsort(keys, v->n_items, sizeof(*keys), by_bytes);
	for (i = 0; i < v->n_items; i++)
		if (v->type.shape != BC_SET || i == 0 || !str_equal(keys[i - 1], keys[i]))
			put_part(b, keys[i]);
}

static struct str key_of_row(struct arena *a, const struct ir_table *t, const struct ir_row *row)
{
	struct bytes b = { .arena = a };
	uint32_t i;

	for (i = 0; i < t->n_columns; i++)
		put_part(&b, key_of(a, &row->cells[i]));
	return bytes_str(&b);
}

/* Rows do not hold themselves (the compiler refuses that), so this ends. */
static struct str key_of(struct arena *a, const struct ir_value *v)
{
	struct bytes b = { .arena = a };

	if (v->type.shape != BC_ONE)
		put_many(&b, v);
	else if (v->row != NULL)
		return key_of_row(a, v->type.table, v->row);
	else if (v->type.enumeration != NULL)
		return v->type.enumeration->values[v->word];
	else if (v->pattern.is_literal)
		bytes_printf(&b, "\"%.*s", STR_ARG(v->pattern.literal));
	else if (v->pattern.bytes != NULL)
		bytes_put(&b, v->pattern.bytes, v->pattern.len);
	else if (v->text.ptr != NULL)
		put_part(&b, v->text);
	bytes_put64(&b, v->word);
	return bytes_str(&b);
}

static struct str what_of(struct diff *d, struct str kind, struct str name)
{
	return arena_printf(d->a, "%.*s %.*s", STR_ARG(kind), STR_ARG(name));
}

/* Elements of `from` that `other` has not. */
static void diff_elements(struct diff *d, struct change change, const struct ir_value *from,
    const struct ir_value *other, bool gone)
{
	uint32_t i, j;

	for (i = 0; i < from->n_items; i++) {
		struct str key = key_of(d->a, &from->items[i]);

		for (j = 0; j < other->n_items && !str_equal(key, key_of(d->a, &other->items[j])); j++)
			;
		if (j < other->n_items)
			continue;
		change.before = gone ? text_of_value(d->a, &from->items[i]) : (struct str){ NULL, 0 };
		change.after = gone ? (struct str){ NULL, 0 } : text_of_value(d->a, &from->items[i]);
		if (from->items[i].row != NULL && gone)
			change.before_loc = from->items[i].row->loc;
		else if (from->items[i].row != NULL)
			change.after_loc = from->items[i].row->loc;
		add(d, change);
	}
}

static void diff_row(struct diff *d, struct str what, const struct ir_table *t, const struct ir_row *before,
    const struct ir_row *after)
{
	uint32_t i;

	for (i = 0; i < t->n_columns; i++) {
		const struct ir_value *l = &before->cells[i], *r = &after->cells[i];
		struct change change = { .what = what, .part = t->columns[i].name, .before_loc = before->loc,
			.after_loc = after->loc, .loc = after->loc };

		if (str_equal(key_of(d->a, l), key_of(d->a, r)))
			continue;
		if (l->type.shape == BC_SET) {
			diff_elements(d, change, l, r, true);
			diff_elements(d, change, r, l, false);
			continue;
		}
		change.before = text_of_value(d->a, l);
		change.after = text_of_value(d->a, r);
		add(d, change);
	}
}

static const struct ir_table *table_of(const struct cpolc *c, struct str name)
{
	uint32_t i;

	for (i = 0; i < c->ir.n_tables; i++)
		if (str_equal(c->ir.tables[i]->name, name))
			return c->ir.tables[i];
	return NULL;
}

/* Of a row of a named kind. */
static struct str name_of(const struct ir_table *t, const struct ir_row *row)
{
	uint32_t i;

	for (i = 0; i < t->n_columns; i++)
		if (str_is(t->columns[i].name, "name"))
			return row->cells[i].text;
	return (struct str){ "", 0 };
}

static const struct ir_row *row_called(const struct ir_table *t, struct str name)
{
	uint32_t i;

	for (i = 0; t != NULL && i < t->n_rows; i++)
		if (str_equal(name_of(t, t->rows[i]), name))
			return t->rows[i];
	return NULL;
}

/* Rows with names; their columns are the same where the frameworks are. */
static void diff_named(struct diff *d, const struct ir_table *before, const struct ir_table *after)
{
	const struct ir_row *row, *other;
	uint32_t i;

	for (i = 0; before != NULL && i < before->n_rows; i++) {
		row = before->rows[i];
		other = row_called(after, name_of(before, row));
		if (other == NULL)
			add(d, (struct change){ .what = what_of(d, before->name, name_of(before, row)),
			    .before = STR(""), .before_loc = row->loc });
		else if (before->n_columns == after->n_columns)
			diff_row(d, what_of(d, before->name, name_of(before, row)), before, row, other);
	}
	for (i = 0; after != NULL && i < after->n_rows; i++) {
		row = after->rows[i];
		if (row_called(before, name_of(after, row)) == NULL)
			add(d, (struct change){ .what = what_of(d, after->name, name_of(after, row)),
			    .after = STR(""), .after_loc = row->loc });
	}
}

/* Whether rows of the kind are declared by themselves, and not inside others. */
static bool stands_alone(const struct cpolc *c, const struct ir_table *t)
{
	uint32_t i, j;

	for (i = 0; i < c->ir.n_tables; i++)
		for (j = 0; j < c->ir.tables[i]->n_columns; j++)
			if (c->ir.tables[i]->columns[j].type.table == t)
				return false;
	return true;
}

static void diff_unnamed(struct diff *d, const struct ir_table *from, const struct ir_table *other, bool gone)
{
	uint32_t i, j;

	for (i = 0; i < from->n_rows; i++) {
		struct str key = key_of_row(d->a, from, from->rows[i]), text = text_of_row(d->a, from->rows[i]);
		struct change change = { .what = from->name };

		for (j = 0; other != NULL && j < other->n_rows; j++)
			if (str_equal(key, key_of_row(d->a, other, other->rows[j])))
				break;
		if (other != NULL && j < other->n_rows)
			continue;
		*(gone ? &change.before : &change.after) = text;
		*(gone ? &change.before_loc : &change.after_loc) = from->rows[i]->loc;
		add(d, change);
	}
}

static void diff_tables(struct diff *d)
{
	uint32_t i;

	for (i = 0; i < d->before->ir.n_tables; i++) {
		const struct ir_table *t = d->before->ir.tables[i], *other = table_of(d->after, t->name);

		if (kind_of(d->before, t)->item->named)
			diff_named(d, t, other);
		else if (stands_alone(d->before, t))
			diff_unnamed(d, t, other, true);
	}
	for (i = 0; i < d->after->ir.n_tables; i++) {
		const struct ir_table *t = d->after->ir.tables[i], *other = table_of(d->before, t->name);

		if (kind_of(d->after, t)->item->named && other == NULL)
			diff_named(d, NULL, t);
		else if (!kind_of(d->after, t)->item->named && stands_alone(d->after, t))
			diff_unnamed(d, t, other, false);
	}
}

static void diff_switches(struct diff *d)
{
	uint32_t i, j;

	for (i = 0; i < d->before->ir.n_switches; i++) {
		const struct ir_switch *s = d->before->ir.switches[i], *other = NULL;

		for (j = 0; j < d->after->ir.n_switches; j++)
			if (str_equal(s->name, d->after->ir.switches[j]->name))
				other = d->after->ir.switches[j];
		if (other == NULL || str_equal(key_of(d->a, &s->value), key_of(d->a, &other->value)))
			continue;
		add(d, (struct change){ .what = what_of(d, STR("switch"), s->name),
		    .before = text_of_value(d->a, &s->value), .after = text_of_value(d->a, &other->value) });
	}
}

static void diff_number(struct diff *d, const char *what, uint64_t before, uint64_t after)
{
	if (before != after)
		add(d, (struct change){ .what = { what, strlen(what) },
		    .before = arena_printf(d->a, "%ju", (uintmax_t)before),
		    .after = arena_printf(d->a, "%ju", (uintmax_t)after) });
}

/* Rules and claims: those of one heading are paired in order, after those with the same words. */
static void diff_items(struct diff *d)
{
	struct words before = words_of(d->a, d->before->policy), after = words_of(d->a, d->after->policy);
	uint32_t i, j;

	for (i = 0; i < before.n; i++)
		for (j = 0; j < after.n && before.items[i].ptr == NULL; j++)
			if (after.items[j].ptr == NULL && str_equal(before.items[i].heading, after.items[j].heading)
			    && str_equal(before.items[i].words, after.items[j].words))
				before.items[i].ptr = after.items[j].ptr = &before.items[i];
	for (i = 0; i < before.n; i++) {
		struct change change = { .what = before.items[i].heading, .before = before.items[i].text,
			.before_loc = before.items[i].loc };

		if (before.items[i].ptr != NULL)
			continue;
		for (j = 0; j < after.n; j++)
			if (after.items[j].ptr == NULL && str_equal(before.items[i].heading, after.items[j].heading))
				break;
		if (j < after.n) {
			after.items[j].ptr = &before.items[i];
			change.after = after.items[j].text;
			change.after_loc = after.items[j].loc;
		}
		add(d, change);
	}
	for (j = 0; j < after.n; j++)
		if (after.items[j].ptr == NULL)
			add(d, (struct change){ .what = after.items[j].heading, .after = after.items[j].text,
			    .after_loc = after.items[j].loc });
}

struct changes diff_policies(struct arena *a, const struct cpolc *before, const struct cpolc *after)
{
	struct changes out = { NULL, 0, 0 };
	struct diff d = { a, before, after, &out };

	if (!str_equal(before->ir.policy_name, after->ir.policy_name))
		add(&d, (struct change){ .what = STR("name"), .before = before->ir.policy_name,
		    .after = after->ir.policy_name });
	diff_number(&d, "svn", before->ir.svn, after->ir.svn);
	diff_number(&d, "framework version", before->ir.framework_version, after->ir.framework_version);
	diff_switches(&d);
	diff_tables(&d);
	diff_items(&d);
	return out;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * joint.c - the pools, types, tables, variables and events of two policies as
 * one.  The rules follow in joint_tree.c.
 */
#include "joint_make.h"

#include "../bytecode/decode.h"

/* ---- things by content ------------------------------------------------------- */

static uint32_t *slot_of(const struct intern *t, struct str bytes)
{
	uint32_t i = (uint32_t)(snapshot_hash(bytes) % t->n_slots);

	while (t->slots[i] != 0 && !str_equal(t->items[t->slots[i] - 1], bytes))
		i = (i + 1) % t->n_slots;
	return &t->slots[i];
}

static void widen(struct intern *t)
{
	uint32_t n = t->n_slots == 0 ? 64 : t->n_slots * 2;

	t->n_slots = n;
	t->slots = arena_array(t->arena, n, uint32_t);
	for (uint32_t i = 0; i < t->n; i++)
		*slot_of(t, t->items[i]) = i + 1;
}

uint32_t intern_find(const struct intern *t, struct str bytes)
{
	uint32_t found = t->n_slots == 0 ? 0 : *slot_of(t, bytes);

	return found == 0 ? JOINT_NONE : found - 1;
}

uint32_t intern_add(struct intern *t, struct str bytes)
{
	uint32_t found = intern_find(t, bytes);

	if (found != JOINT_NONE)
		return found;
	if (2 * (t->n + 1) > t->n_slots)
		widen(t);
	*slot_of(t, bytes) = t->n + 1;
	arena_push(t->arena, t->items, t->n, t->cap);
	t->items[t->n] = arena_copy(t->arena, bytes.ptr, bytes.len);
	return t->n++;
}

static struct bc_pool pool_of(struct arena *a, const struct intern *t, uint32_t unit)
{
	struct bytes ends = { .arena = a }, all = { .arena = a };

	for (uint32_t i = 0; i < t->n; i++) {
		bytes_put(&all, t->items[i].ptr, t->items[i].len);
		bytes_put32(&ends, (uint32_t)(all.len / unit));
	}
	return (struct bc_pool){ t->n, ends.ptr, all.ptr };
}

struct str joint_string(const struct bc_policy *p, uint32_t string)
{
	struct bc_bytes s = bc_string(p, string);

	return (struct str){ (const char *)s.ptr, s.len };
}

/* ---- pools ----------------------------------------------------------------- */

static void add_strings(struct maker *m, struct joint_side *side)
{
	side->strings = arena_array(m->j->arena, side->policy->strings.n + 1, uint32_t);
	for (uint32_t i = 0; i < side->policy->strings.n; i++)
		side->strings[i] = intern_add(&m->strings, joint_string(side->policy, i));
}

/* A pattern that is one string names it by its joint number. */
static void add_patterns(struct maker *m, struct joint_side *side)
{
	side->patterns = arena_array(m->j->arena, side->policy->patterns.n + 1, uint32_t);
	for (uint32_t i = 0; i < side->policy->patterns.n; i++) {
		struct bc_bytes entry = bc_pattern(side->policy, i);
		struct bytes copy = { .arena = m->j->arena };

		bytes_put(&copy, entry.ptr, entry.len);
		if (entry.ptr[0] == 0)
			bytes_set32(&copy, 1, side->strings[bc_get32(entry.ptr + 1)]);
		side->patterns[i] = intern_add(&m->patterns, bytes_str(&copy));
	}
}

static void add_lists(struct maker *m)
{
	const struct bc_policy *p = m->j->b.policy;

	for (uint32_t i = 0; i < p->lists.n; i++) {
		struct bc_bytes list = bc_list(p, i);

		intern_add(&m->lists, (struct str){ (const char *)list.ptr, 4 * (size_t)list.len });
	}
}

/* ---- types ----------------------------------------------------------------- */

uint32_t joint_type(const struct joint_side *side, uint32_t type)
{
	uint32_t index = BC_INDEX(type);

	if (BC_BASE(type) == BC_ENUMERATION)
		index = side->enums[index];
	else if (BC_BASE(type) == BC_RECORD)
		index = side->records[index];
	else if (BC_BASE(type) == BC_TABLEROW)
		index = side->tables[index];
	return BC_TYPE(BC_SHAPE(type), BC_BASE(type), index);
}

/* Names of A and B are the same if they are one string. */
static bool same_name(const struct joint *j, uint32_t of_a, uint32_t of_b)
{
	return j->a.strings[of_a] == of_b;
}

static bool same_enum(const struct joint *j, const uint8_t *a, const uint8_t *b)
{
	uint32_t n = bc_get32(a + 4);

	if (!same_name(j, bc_get32(a), bc_get32(b)) || n != bc_get32(b + 4))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!same_name(j, bc_get32(a + 8 + 4 * (size_t)i), bc_get32(b + 8 + 4 * (size_t)i)))
			return false;
	return true;
}

static void match_enums(struct joint *j)
{
	struct bc_policy *p = &j->policy;

	for (uint32_t i = 0; i < j->a.policy->n_enums; i++) {
		uint32_t k = 0;

		while (k < j->b.policy->n_enums && !same_enum(j, j->a.policy->enums[i], p->enums[k]))
			k++;
		if (k == j->b.policy->n_enums) {
			k = p->n_enums;
			j->is_too_large = j->is_too_large || k == BC_ENUMS_MAX;
			if (k < BC_ENUMS_MAX)
				p->enums[p->n_enums++] = j->a.policy->enums[i];
		}
		j->a.enums[i] = k;
	}
}

/* name and type, as columns, members and outputs have them */
static bool same_named(const struct joint *j, const uint8_t *a, const uint8_t *b)
{
	uint32_t type = bc_get32(a + 4);

	if (BC_BASE(type) == BC_TABLEROW && j->a.tables[BC_INDEX(type)] == JOINT_NONE)
		return false;
	return same_name(j, bc_get32(a), bc_get32(b)) && joint_type(&j->a, type) == bc_get32(b + 4);
}

static bool same_record(const struct joint *j, const uint8_t *a, const uint8_t *b)
{
	uint32_t n = bc_get32(a + 8);

	if (!same_name(j, bc_get32(a), bc_get32(b)) || bc_get32(a + 4) != bc_get32(b + 4) ||
	    n != bc_get32(b + 8))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!same_named(j, a + 12 + 8 * (size_t)i, b + 12 + 8 * (size_t)i))
			return false;
	return true;
}

/* A record of A alone is a field's of an event that B has not. */
static void match_records(struct joint *j)
{
	for (uint32_t i = 0; i < j->a.policy->n_records; i++) {
		j->a.records[i] = BC_RECORDS_MAX;
		for (uint32_t k = 0; k < j->b.policy->n_records; k++)
			if (same_record(j, j->a.policy->records[i], j->b.policy->records[k]))
				j->a.records[i] = k;
	}
}

/* ---- tables ---------------------------------------------------------------- */

static bool same_table(const struct joint *j, const struct bc_table *a, const struct bc_table *b)
{
	if (!same_name(j, a->name, b->name) || a->n_columns != b->n_columns || a->has_key != b->has_key)
		return false;
	for (uint32_t i = 0; i < a->n_columns; i++)
		if (!same_named(j, a->columns + 8 * (size_t)i, b->columns + 8 * (size_t)i))
			return false;
	return true;
}

/* A's table alone: with columns of joint types. */
static void take_table(struct joint *j, uint32_t of_a)
{
	struct bc_policy *p = &j->policy;
	const struct bc_table *from = &j->a.policy->tables[of_a];
	struct bytes columns = { .arena = j->arena };

	j->is_too_large = j->is_too_large || p->n_tables == BC_TABLES_MAX;
	if (j->is_too_large)
		return;
	for (uint32_t i = 0; i < from->n_columns; i++) {
		bytes_put32(&columns, j->a.strings[bc_get32(from->columns + 8 * (size_t)i)]);
		bytes_put32(&columns, joint_type(&j->a, bc_column_type(from, i)));
	}
	p->tables[p->n_tables] = *from;
	p->tables[p->n_tables].name = j->a.strings[from->name];
	p->tables[p->n_tables].columns = columns.ptr;
	j->a.tables[of_a] = p->n_tables++;
}

/* In the order of depth: columns refer to tables that are matched already. */
static void match_tables(struct maker *m)
{
	struct joint *j = m->j;

	for (uint32_t i = 0; i < j->a.policy->n_tables; i++)
		j->a.tables[i] = JOINT_NONE;
	for (uint32_t i = 0; i < j->a.policy->n_tables && !j->is_too_large; i++) {
		for (uint32_t k = 0; k < j->b.policy->n_tables; k++)
			if (same_table(j, &j->a.policy->tables[i], &j->b.policy->tables[k]))
				j->a.tables[i] = k;
		if (j->a.tables[i] == JOINT_NONE)
			take_table(j, i);
		if (!j->is_too_large)
			joint_rows(m, i);
	}
}

/* ---- variables and events ---------------------------------------------------- */

static bool same_var(const struct joint *j, const struct bc_var *a, const struct bc_var *b)
{
	return same_name(j, a->name, b->name) && (a->flags & 1) == 0 && (b->flags & 1) == 0 &&
	    joint_type(&j->a, a->key) == b->key && joint_type(&j->a, a->value) == b->value;
}

static void match_vars(struct joint *j)
{
	for (uint32_t i = 0; i < j->b.policy->n_vars; i++) {
		j->var_a[i] = JOINT_NONE;
		for (uint32_t k = 0; k < j->a.policy->n_vars; k++)
			if (same_var(j, &j->a.policy->vars[k], &j->b.policy->vars[i]))
				j->var_a[i] = k;
		j->merged[i] = j->var_a[i] != JOINT_NONE &&
		    j->a.policy->vars[j->var_a[i]].bound == j->b.policy->vars[i].bound;
	}
}

/* The same fields and outputs, so that the bytes of a request are the same but
 * for the event's number. */
static bool same_event(const struct joint *j, const struct bc_event *a, const struct bc_event *b)
{
	if (!same_name(j, a->name, b->name) || a->n_fields != b->n_fields || a->n_outs != b->n_outs)
		return false;
	for (uint32_t i = 0; i < a->n_fields; i++)
		if (!same_named(j, a->fields + 12 * (size_t)i, b->fields + 12 * (size_t)i))
			return false;
	for (uint32_t i = 0; i < a->n_outs; i++)
		if (!same_named(j, a->outs + 8 * (size_t)i, b->outs + 8 * (size_t)i))
			return false;
	return true;
}

static void match_events(struct joint *j)
{
	for (uint32_t k = 0; k < j->a.policy->n_events; k++)
		j->a.events[k] = JOINT_NONE;
	for (uint32_t i = 0; i < j->b.policy->n_events; i++) {
		j->event_a[i] = JOINT_NONE;
		for (uint32_t k = 0; k < j->a.policy->n_events; k++) {
			if (!same_event(j, &j->a.policy->events[k], &j->b.policy->events[i]))
				continue;
			j->event_a[i] = k;
			j->a.events[k] = i;
		}
	}
}

/* ---- all of it ------------------------------------------------------------- */

static void as_they_are(uint32_t *numbers, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		numbers[i] = i;
}

static void start(struct joint *j)
{
	as_they_are(j->b.enums, BC_ENUMS_MAX);
	as_they_are(j->b.records, BC_RECORDS_MAX);
	as_they_are(j->b.tables, BC_TABLES_MAX);
	as_they_are(j->b.events, BC_EVENTS_MAX);
	for (uint32_t i = 0; i < BC_TABLES_MAX; i++) {
		as_they_are(j->a.columns[i], BC_COLUMNS_MAX);
		as_they_are(j->b.columns[i], BC_COLUMNS_MAX);
		j->a.has[i] = j->b.has[i] = JOINT_NONE;
	}
	j->policy = *j->b.policy;
	j->policy.n_claims = 0;
}

struct joint *joint_of(struct arena *a, const struct tree_policy *of_a, const struct tree_policy *of_b)
{
	struct joint *j = arena_new(a, struct joint);
	struct maker m = { .j = j, .strings = { .arena = a }, .patterns = { .arena = a }, .lists = { .arena = a } };

	j->arena = a;
	j->a = (struct joint_side){ .tree = of_a, .policy = of_a->policy };
	j->b = (struct joint_side){ .tree = of_b, .policy = of_b->policy };
	start(j);
	add_strings(&m, &j->b);
	add_strings(&m, &j->a);
	add_patterns(&m, &j->b);
	add_patterns(&m, &j->a);
	add_lists(&m);
	match_enums(j);
	match_tables(&m);
	match_records(j);
	match_vars(j);
	match_events(j);
	j->policy.strings = pool_of(a, &m.strings, 1);
	j->policy.patterns = pool_of(a, &m.patterns, 1);
	j->policy.lists = pool_of(a, &m.lists, 4);
	joint_translate(j);
	return j;
}

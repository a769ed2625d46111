/* SPDX-License-Identifier: Apache-2.0
 *
 * relations.c - what is true of the keys of maps in every state that the rules reach,
 * as far as bounds need it.  It is true of the first state, in which maps are empty,
 * and no rule ends it, if it was true before: what a rule does is in its deeds (see
 * walk.c), of which bound_rules() asks again until nothing more is given up.
 *
 * Keys are compared by where a rule takes them from; of others nothing is known.
 */
#include "walk.h"

#include <string.h>

static bool is_map(const struct facts *f, uint32_t var)
{
	return f->p->vars[var].key != 0 && (f->p->vars[var].flags & 1) == 0;
}

static bool has_rows(const struct facts *f, uint32_t var)
{
	return is_map(f, var) && BC_SHAPE(f->p->vars[var].value) == BC_SET;
}

static bool is_pair(const struct facts *f, uint32_t a, uint32_t b)
{
	return is_map(f, a) && is_map(f, b) && f->p->vars[a].key == f->p->vars[b].key;
}

void relations_begin(struct facts *f)
{
	for (uint32_t i = 0; i < f->p->n_vars; i++) {
		f->vars[i].keys = f->p->vars[i].capacity;
		for (uint32_t k = 0; k < f->p->n_vars; k++)
			f->pairs[i][k] = (struct bound_pair){ is_pair(f, i, k), is_pair(f, i, k) ? 0 : UINT32_MAX };
	}
}

void relations_forget(struct facts *f)
{
	for (uint32_t i = 0; i < f->p->n_vars; i++) {
		f->vars[i].keys = f->p->vars[i].capacity;
		f->limits[i].is_over = true;
		for (uint32_t k = 0; k < f->p->n_vars; k++)
			f->pairs[i][k] = (struct bound_pair){ .is_within = false, .rows = UINT32_MAX };
	}
}

bool relations_has(const struct facts *f, const struct deeds *d, uint8_t key, uint32_t var, bool is_in)
{
	for (uint32_t i = 0; i < d->n_tests && key != 0; i++) {
		const struct key_test *t = &d->tests[i];

		if (t->key != key || t->is_in != is_in)
			continue;
		if (t->var == var || (is_in ? f->pairs[t->var][var].is_within : f->pairs[var][t->var].is_within))
			return true;
	}
	return false;
}

/* An effect of this kind; with this key, unless that is 0. */
static const struct deed *find(const struct deeds *d, uint8_t op, uint32_t var, uint8_t key)
{
	for (uint32_t i = 0; i < d->n; i++)
		if (d->of[i].op == op && d->of[i].var == var && (key == 0 || d->of[i].key == key))
			return &d->of[i];
	return NULL;
}

static const struct deed *find_same(const struct deeds *d, uint8_t op, uint32_t var, uint8_t key)
{
	return key != 0 ? find(d, op, var, key) : NULL;
}

/* Whether the key of an effect is not in a map, neither before the step nor after. */
static bool stays_out(const struct facts *f, const struct deeds *d, const struct deed *deed, uint32_t var)
{
	return relations_has(f, d, deed->key, var, false) && find(d, BC_PUT, var, 0) == NULL;
}

/* ---- keys of one map that are keys of another ---- */

static bool keeps_within(const struct facts *f, const struct deeds *d, uint32_t inner, uint32_t outer)
{
	bool is_taken = find(d, BC_DEL, outer, 0) != NULL;

	for (uint32_t i = 0; i < d->n; i++) {
		const struct deed *e = &d->of[i];

		if (e->op == BC_PUT && e->var == inner && find_same(d, BC_PUT, outer, e->key) == NULL &&
		    (is_taken || !relations_has(f, d, e->key, outer, true)))
			return false;
		if (e->op == BC_DEL && e->var == outer && find_same(d, BC_DEL, inner, e->key) == NULL &&
		    !relations_has(f, d, e->key, inner, false))
			return false;
	}
	return true;
}

/* ---- rows at the keys of another map ---- */

uint32_t relations_rows(const struct facts *f, const struct deeds *d, uint32_t var, uint8_t key)
{
	uint32_t rows = f->vars[var].rows;

	for (uint32_t i = 0; i < f->p->n_vars; i++)
		if (f->pairs[var][i].rows < rows && relations_has(f, d, key, i, true))
			rows = f->pairs[var][i].rows;
	return rows;
}

static uint32_t most_rows(const struct facts *f, const struct deeds *d, uint32_t var, uint32_t guard)
{
	uint32_t most = f->pairs[var][guard].rows;

	for (uint32_t i = 0; i < d->n; i++) {
		const struct deed *e = &d->of[i];
		uint32_t rows = 0;

		if (e->op == BC_PUT && e->var == var && !stays_out(f, d, e, guard))
			rows = e->rows;
		else if (e->op == BC_PUT && e->var == guard && find_same(d, BC_PUT, var, e->key) == NULL)
			rows = relations_rows(f, d, var, e->key);
		most = rows > most ? rows : most;
	}
	return most;
}

/* ---- how many keys ---- */

/* Whether a rule keeps this: at each key of the map there are rows in `by`, and of
 * each row no more than its `column` says.  Who adds a key has counted all of the
 * rows that it puts there; others put fewer there than were. */
static bool keeps_limit(const struct facts *f, const struct deeds *d, uint32_t var,
    const struct key_limit *limit)
{
	const struct deed *added = find(d, BC_PUT, var, 0);
	uint32_t n = 0;

	for (uint32_t i = 0; i < d->n; i++) {
		const struct deed *e = &d->of[i];

		if (e->op == BC_DEL && e->var == limit->by && (added != NULL ||
		    (!relations_has(f, d, e->key, var, false) && find_same(d, BC_DEL, var, e->key) == NULL)))
			return false;
		n += e->op == BC_PUT && e->var == var;
		if (e->op != BC_PUT || e->var != limit->by)
			continue;
		n += added != NULL;
		if (added == NULL && stays_out(f, d, e, var))
			continue;
		if (!e->is_some)
			return false;
		if (added == NULL ? e->key == 0 || e->from != limit->by + 1 || e->from_key != e->key
		    : e->key == 0 || e->key != added->key || e->counted.keys != var + 1 ||
		    e->counted.var != limit->by || e->counted.column != limit->column)
			return false;
	}
	return added == NULL || n == 2;         /* the key, and its rows */
}

/* A limit that the rule shows to be meant. */
static void find_limit(struct facts *f, const struct deeds *d)
{
	for (uint32_t i = 0; i < d->n; i++) {
		const struct deed *e = &d->of[i];
		struct key_limit *limit;
		const struct bc_table *t;
		uint64_t keys = 0;

		if (e->op != BC_PUT || e->counted.keys == 0 || !has_rows(f, e->var) || !is_map(f, e->counted.keys - 1u))
			continue;
		limit = &f->limits[e->counted.keys - 1];
		if (limit->is_set || e->counted.var != e->var)
			continue;
		*limit = (struct key_limit){ .is_set = true, .by = e->var, .column = e->counted.column };
		t = &f->p->tables[BC_INDEX(f->p->vars[e->var].value)];
		for (uint32_t row = 0; row < t->n_rows; row++)
			keys += bc_cell(t, row, limit->column);
		limit->keys = keys < UINT32_MAX ? (uint32_t)keys : UINT32_MAX;
	}
}

static bool limit_keys(struct facts *f, const struct deeds *d, uint32_t var)
{
	struct key_limit *limit = &f->limits[var];
	uint32_t keys = f->p->vars[var].capacity;

	limit->is_over = limit->is_over || (limit->is_set && !keeps_limit(f, d, var, limit));
	if (limit->is_set && !limit->is_over && limit->keys < keys)
		keys = limit->keys;
	if (keys == f->vars[var].keys)
		return false;
	f->vars[var].keys = keys;
	return true;
}

bool relations_judge(struct facts *f, const struct deeds *d)
{
	bool changed = false;

	find_limit(f, d);
	for (uint32_t i = 0; i < f->p->n_vars; i++) {
		changed |= limit_keys(f, d, i);
		for (uint32_t k = 0; k < f->p->n_vars; k++) {
			struct bound_pair *pair = &f->pairs[i][k];
			uint32_t rows = pair->rows;

			if (pair->is_within && !keeps_within(f, d, i, k)) {
				pair->is_within = false;
				changed = true;
			}
			if (has_rows(f, i) && is_pair(f, i, k))
				rows = most_rows(f, d, i, k);
			changed |= rows != pair->rows;
			pair->rows = rows;
		}
	}
	return changed;
}

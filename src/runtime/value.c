/* SPDX-License-Identifier: Apache-2.0
 *
 * value.c - values where they lie: in the policy, in the request, in the state
 * or in scratch.  Nothing is copied; lists and sets of every kind are walked
 * by cpol_next().
 */
#include "bytecode/mem.h"
#include "machine.h"

static const uint8_t zeros[BC_DIGEST_LEN];

static bool is_text(uint32_t type)
{
	return BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32;
}

/* Member by member: an initializer is a loop where compilers build for size. */
struct value cpol_word(uint32_t type, uint64_t word)
{
	struct value v;

	v.word = word;
	v.ptr = NULL;
	v.n = 0;
	v.stride = 0;
	v.kind = V_WORD;
	v.old = false;
	v.type = type;
	return v;
}

struct value cpol_zero(uint32_t type)
{
	struct value v = cpol_word(type, 0);

	if (BC_SHAPE(type) != BC_ONE)
		v.kind = V_RANGE;
	else if (is_text(type))
		return cpol_text(type, zeros, BC_BASE(type) == BC_DIGEST32 ? BC_DIGEST_LEN : 0);
	else if (BC_BASE(type) == BC_TABLEROW)
		v.word = BC_NO_ROW;
	else if (BC_BASE(type) == BC_LANGUAGE) {
		v.kind = V_PATTERN;             /* the language without words */
		v.word = UINT32_MAX;
	}
	return v;
}

void cpol_pool_cell(const struct bc_policy *p, uint8_t kind, uint32_t cell, struct value *v)
{
	struct part part;

	v->kind = kind;
	v->word = cell;
	if (kind != V_BYTES && kind != V_POOL)
		return;
	part = cpol_entry(kind == V_BYTES ? &p->strings : &p->lists, cell, kind == V_POOL);
	v->ptr = part.ptr;
	v->n = part.n;
	v->stride = 1;
	v->old = false;
}

static bool is_kept(const struct value *many, uint32_t i)
{
	return !cpol_is_masked(many) || (many->mask[i / 8] >> i % 8 & 1) != 0;
}

/* The element at a raw place. */
static void element_at(const struct view *v, const struct value *many, uint32_t i, struct value *element)
{
	const uint8_t *at = many->ptr;
	uint32_t type = many->type & 0x00ffffffu;

	element->type = type;
	element->kind = V_WORD;
	switch ((enum value_kind)many->kind) {
	case V_CELLS:
		at += 8 * (size_t)many->stride * i;
		if (BC_BASE(type) == BC_RECORD) {
			element->kind = V_RECORD;
			element->ptr = at;
		} else if (is_text(type)) {
			element->kind = V_BYTES;
			element->ptr = v->request + bc_get32(at);
			element->n = bc_get32(at + 4);
		} else {
			element->word = bc_get64(at);
		}
		return;
	case V_POOL:
		cpol_pool_cell(v->policy, many->old ? V_POOL : is_text(type) ? V_BYTES : V_WORD,
		    bc_get32(at + 4 * (size_t)many->stride * i), element);
		return;
	case V_WORDS:
		element->word = ((const uint32_t *)(const void *)at)[i];
		return;
	case V_STRINGS:
		at += (size_t)many->stride * i;
		element->kind = V_BYTES;
		element->ptr = at + 4;
		element->n = *(const uint32_t *)(const void *)at;
		return;
	case V_KEYS:
		state_entry(many->old ? v->before : v->now, (uint32_t)many->word, i, element, NULL);
		return;
	case V_RANGE:
	case V_BITS:
	case V_WORD:
	case V_BYTES:
	case V_PATTERN:
	case V_RECORD:
		element->word = many->word + i;
		return;
	}
}

static bool next_place(const struct value *many, uint32_t *i)
{
	if (many->kind == V_BITS) {
		const uint64_t *words = (const uint64_t *)(const void *)many->ptr;

		while (*i < many->n && (words[*i / 64] >> *i % 64) == 0) {
			CPOL_METER(1);
			*i = (*i / 64 + 1) * 64;
		}
		if (*i < many->n)
			*i += (uint32_t)__builtin_ctzll(words[*i / 64] >> *i % 64);
	} else if (cpol_is_masked(many)) {
		while (*i < many->n && !is_kept(many, *i)) {
			CPOL_METER(1);
			++*i;
		}
	}
	return *i < many->n;
}

bool cpol_next(const struct view *v, const struct value *many, uint32_t *i, struct value *element)
{
	if (!next_place(many, i))
		return false;
	if (element != NULL)
		element_at(v, many, *i, element);
	++*i;
	return true;
}

/* Whether it is not told from n how many there are. */
static bool is_sparse(const struct value *many)
{
	return many->kind == V_BITS || cpol_is_masked(many);
}

uint32_t cpol_count(const struct view *v, const struct value *many)
{
	uint32_t n = 0, i = 0;

	if (!is_sparse(many))
		return many->n;
	while (cpol_next(v, many, &i, NULL)) {
		CPOL_METER(1);
		n++;
	}
	return n;
}

int cpol_compare(const struct value *a, const struct value *b)
{
	CPOL_METER(a->kind != V_BYTES ? 0 : (a->n < b->n ? a->n : b->n) / 8);
	if (a->kind == V_BYTES && b->kind == V_BYTES)
		return bytes_compare(a->ptr, a->n, b->ptr, b->n);
	return (a->word > b->word) - (a->word < b->word);
}

void cpol_at(const struct view *v, const struct value *many, uint64_t place, struct value *out)
{
	uint32_t i = 0;

	*out = cpol_zero(many->type & 0x00ffffffu);
	if (place >= many->n)
		return;
	if (!is_sparse(many)) {
		i = (uint32_t)place;
		place = 0;
	}
	while (cpol_next(v, many, &i, place == 0 ? out : NULL) && place > 0) {
		CPOL_METER(1);
		place--;
	}
}

/* Of lists by elements, then length.  Of what has no gaps the elements are read
 * where they are. */
static int compare_many(const struct view *v, const struct value *a, const struct value *b)
{
	bool is_whole = !is_sparse(a) && !is_sparse(b), more_a, more_b;
	struct value x, y;
	uint32_t i = 0, j = 0;
	int order = 0;

	do {
		if (is_whole) {
			more_a = i < a->n;
			more_b = i < b->n;
			if (more_a && more_b) {
				element_at(v, a, i, &x);
				element_at(v, b, i, &y);
			}
			i++;
		} else {
			more_a = cpol_next(v, a, &i, &x);
			more_b = cpol_next(v, b, &j, &y);
		}
		CPOL_METER(1);
		order = more_a && more_b ? cpol_compare(&x, &y) : more_a - more_b;
	} while (order == 0 && more_a);
	return order;
}

static bool is_equal(const struct value *a, const struct value *b)
{
	if (a->n != b->n)
		return false;
	CPOL_METER(a->n / 8);
	return memcmp(a->ptr, b->ptr, a->n) == 0;
}

bool cpol_equal_many(const struct view *v, const struct value *a, const struct value *b)
{
	struct value x, y;

	if (is_sparse(a) || is_sparse(b))
		return compare_many(v, a, b) == 0;
	if (a->n != b->n)
		return false;
	for (uint32_t i = 0; i < a->n; i++) {
		element_at(v, a, i, &x);
		element_at(v, b, i, &y);
		CPOL_METER(1);
		if (x.kind == V_BYTES && y.kind == V_BYTES ? !is_equal(&x, &y) : x.word != y.word)
			return false;
	}
	return true;
}

/* *place becomes the first place, of those from it to `high`, whose element is not
 * below `key`, or, if `after`, is above it.  Whether one was found that is equal. */
static bool search(const struct view *v, const struct value *many, const struct value *key, bool after,
    uint32_t *place, uint32_t high)
{
	bool is_there = false;

	while (*place < high) {
		uint32_t middle = *place + (high - *place) / 2;
		struct value found;
		int order;

		CPOL_METER(1);
		found.word = 0;
		element_at(v, many, middle, &found);
		order = found.kind == V_POOL ? compare_many(v, &found, key) : cpol_compare(&found, key);
		is_there = is_there || order == 0;
		if (order < 0 || (after && order == 0))
			*place = middle + 1;
		else
			high = middle;
	}
	return is_there;
}

bool cpol_find(const struct cpol_group *g, uint32_t var, const struct value *key, uint32_t *place)
{
	struct view v = { .policy = g->policy, .now = g };
	struct value keys = cpol_keys(g, var, false);

	*place = 0;
	return search(&v, &keys, key, false, place, keys.n);
}

bool cpol_holds(const struct view *v, const struct value *many, const struct value *element)
{
	uint32_t place = 0;
	struct value found;

	if (many->kind == V_RANGE || many->kind == V_BITS) {
		uint64_t i = element->word - many->word;        /* below: wraps, and is too far */
		const uint64_t *words = (const uint64_t *)(const void *)many->ptr;

		return i < many->n && (many->kind == V_RANGE || (words[i / 64] >> i % 64 & 1) != 0);
	}
	if (BC_SHAPE(many->type) == BC_SET)
		return search(v, many, element, false, &place, many->n) && is_kept(many, place);
	while (cpol_next(v, many, &place, &found)) {
		CPOL_METER(1);
		if (cpol_compare(element, &found) == 0)
			return true;
	}
	return false;
}

struct value cpol_key_rows(const struct view *v, uint32_t table, const struct value *key)
{
	const struct bc_table *t = &v->policy->tables[table];
	uint32_t type = bc_column_type(t, 0), first = 0, end = t->n_rows;
	struct value keys = cpol_word(type & 0x00ffffffu, 0), rows = cpol_word(BC_TYPE(BC_SET, BC_TABLEROW, table), 0);

	keys.kind = V_POOL;
	keys.ptr = t->rows;
	keys.stride = (uint16_t)t->n_columns;
	keys.old = BC_SHAPE(type) != BC_ONE;
	search(v, &keys, key, false, &first, end);
	if (t->max_group < end - first)
		end = first + t->max_group;
	rows.kind = V_RANGE;
	rows.word = first;
	search(v, &keys, key, true, &first, end);
	rows.n = first - (uint32_t)rows.word;
	return rows;
}

struct value cpol_keys(const struct cpol_group *g, uint32_t var, bool old)
{
	struct value keys = cpol_word(g->policy->vars[var].key | (uint32_t)BC_SET << 24, var);

	keys.kind = V_KEYS;
	keys.old = old;
	keys.n = state_count(g, var);
	return keys;
}

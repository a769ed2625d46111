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
	struct bc_bytes bytes;

	v->kind = kind;
	v->word = cell;
	if (kind == V_BYTES)
		bytes = bc_string(p, cell);
	else if (kind == V_POOL)
		bytes = bc_list(p, cell);
	else
		return;
	v->ptr = bytes.ptr;
	v->n = bytes.len;
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
		cpol_pool_cell(v->policy, is_text(type) ? V_BYTES : V_WORD, bc_get32(at + 4 * (size_t)i), element);
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

uint32_t cpol_count(const struct view *v, const struct value *many)
{
	uint32_t n = 0, i = 0;

	if (many->kind != V_BITS && !cpol_is_masked(many))
		return many->n;
	while (cpol_next(v, many, &i, NULL)) {
		CPOL_METER(1);
		n++;
	}
	return n;
}

int cpol_compare(const struct value *a, const struct value *b)
{
	CPOL_METER((a->n < b->n ? a->n : b->n) / 8);
	if (a->kind == V_BYTES && b->kind == V_BYTES)
		return bytes_compare(a->ptr, a->n, b->ptr, b->n);
	return (a->word > b->word) - (a->word < b->word);
}

bool cpol_equal(const struct value *a, const struct value *b)
{
	CPOL_METER(1 + (a->n == b->n ? a->n / 8 : 0));
	if (a->kind == V_BYTES && b->kind == V_BYTES)
		return a->n == b->n && (a->n == 0 || memcmp(a->ptr, b->ptr, a->n) == 0);
	return a->word == b->word;
}

/* Whether it is not told from n how many there are. */
static bool is_sparse(const struct value *many)
{
	return many->kind == V_BITS || cpol_is_masked(many);
}

bool cpol_equal_many(const struct view *v, const struct value *a, const struct value *b)
{
	bool is_sparse_pair = is_sparse(a) || is_sparse(b);
	struct value x, y;
	uint32_t i = 0, j = 0;

	if (a->n != b->n && !is_sparse_pair)
		return false;
	if (!is_sparse_pair) {
		for (; i < a->n; i++) {
			element_at(v, a, i, &x);
			element_at(v, b, i, &y);
			if (!cpol_equal(&x, &y))
				return false;
		}
		return true;
	}
	while (true) {
		bool more_a = cpol_next(v, a, &i, &x), more_b = cpol_next(v, b, &j, &y);

		if (more_a != more_b)
			return false;
		if (!more_a)
			return true;
		if (!cpol_equal(&x, &y))
			return false;
	}
}

/* Of lists by elements, then length. */
static int compare_many(const struct view *v, const struct value *a, const struct value *b)
{
	struct value x, y;
	uint32_t i = 0, j = 0;

	while (true) {
		bool more_a = cpol_next(v, a, &i, &x), more_b = cpol_next(v, b, &j, &y);
		int order = more_a && more_b ? cpol_compare(&x, &y) : more_a - more_b;

		CPOL_METER(1);
		if (order != 0 || !more_a)
			return order;
	}
}

bool cpol_holds(const struct view *v, const struct value *many, const struct value *element)
{
	uint32_t low = 0, high = many->n;

	if (many->kind == V_KEYS)
		return state_find(many->old ? v->before : v->now, (uint32_t)many->word, element, NULL);
	if (many->kind == V_RANGE || many->kind == V_BITS) {
		uint64_t i = element->word - many->word;        /* below: wraps, and is too far */
		const uint64_t *words = (const uint64_t *)(const void *)many->ptr;

		return i < many->n && (many->kind == V_RANGE || (words[i / 64] >> i % 64 & 1) != 0);
	}
	while (BC_SHAPE(many->type) == BC_SET && low < high) {
		uint32_t middle = (low + high) / 2;
		struct value found;
		int order;

		CPOL_METER(1);
		element_at(v, many, middle, &found);
		order = cpol_compare(element, &found);
		if (order == 0)
			return is_kept(many, middle);
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	while (BC_SHAPE(many->type) == BC_LIST && low < high) {
		struct value found;

		CPOL_METER(1);
		if (!cpol_next(v, many, &low, &found))
			return false;
		if (cpol_compare(element, &found) == 0)
			return true;
	}
	return false;
}

/* The first row of [low, high) whose key is not below `key`, or, if `after`, is
 * above it. */
static uint32_t row_bound(const struct view *v, const struct bc_table *t, const struct value *key,
    bool after, uint32_t low, uint32_t high)
{
	uint32_t type = bc_column_type(t, 0);
	uint8_t kind = BC_SHAPE(type) != BC_ONE ? V_POOL : is_text(type) ? V_BYTES : V_WORD;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		struct value found = { .type = type };
		int order;

		CPOL_METER(1);
		cpol_pool_cell(v->policy, kind, bc_cell(t, middle, 0), &found);
		order = BC_SHAPE(type) == BC_ONE ? cpol_compare(&found, key) : compare_many(v, &found, key);
		if (order < 0 || (after && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct value cpol_key_rows(const struct view *v, uint32_t table, const struct value *key)
{
	const struct bc_table *t = &v->policy->tables[table];
	struct value rows = { .kind = V_RANGE, .type = BC_TYPE(BC_SET, BC_TABLEROW, table) };
	uint32_t first = row_bound(v, t, key, false, 0, t->n_rows), end = t->n_rows;

	if (t->max_group < end - first)
		end = first + t->max_group;
	rows.word = first;
	rows.n = row_bound(v, t, key, true, first, end) - first;
	return rows;
}

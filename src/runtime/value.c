/* SPDX-License-Identifier: Apache-2.0
 *
 * value.c - values where they lie: in the policy, in the request, in the state
 * or in scratch.  Nothing is copied; lists and sets of every kind are walked
 * by place, and what is at a place is a part.
 */
#include "bytecode/mem.h"
#include "machine.h"

const uint8_t cpol_zeros[BC_DIGEST_LEN];

void cpol_word(struct value *v, uint32_t type, uint64_t word)
{
	v->word = word;
	v->head = 0;                    /* V_WORD */
	v->mask = NULL;
	v->tail = 0;
	v->type = type;
}

void cpol_zero(struct value *v, uint32_t type)
{
	cpol_word(v, type, 0);
	v->kind = cpol_kind(type, V_RANGE);
	cpol_take(v, cpol_zero_part(type, v->kind));
}

/* ---- parts ---- */

struct part cpol_zero_part(uint32_t type, uint8_t kind)
{
	struct part part;

	part.word = part.n = 0;
	if (kind == V_BYTES) {
		part.ptr = cpol_zeros;
		part.n = BC_BASE(type) == BC_DIGEST32 ? BC_DIGEST_LEN : 0;
	} else if (kind == V_WORD && (BC_BASE(type) == BC_TABLEROW || BC_BASE(type) == BC_LANGUAGE)) {
		part.word = BC_NO_ROW;          /* and no pattern: the language without words */
	}
	return part;
}

/* ---- elements ---- */

/* How elements are found; records are met by loops alone. */
static uint8_t kind_in(const struct value *many)
{
	if (many->kind == V_POOL && many->old)
		return V_POOL;
	return cpol_is_text(many->type) ? V_BYTES : V_WORD;
}

/* What is stored at `at`. */
static struct part stored(const uint8_t *at, uint8_t kind)
{
	struct part part;

	part.n = 0;
	if (kind == V_BYTES) {
		part.ptr = at + 4;
		part.n = *(const uint32_t *)(const void *)at;
	} else {
		part.word = *(const uint64_t *)(const void *)at;
	}
	return part;
}

static struct part key_part(const struct view *v, const struct value *many, uint8_t kind, uint32_t i)
{
	return stored(cpol_key_at(many->old ? v->before : v->now, (uint32_t)many->word, i), kind);
}

/* Without a frame for those that are met mostly. */
struct part cpol_part(const struct view *v, const struct value *many, uint8_t kind, uint32_t i)
{
	const uint8_t *at = many->ptr;  /* of V_KEYS and V_RANGE it is no pointer, and nothing is added to it */
	size_t place = (size_t)many->stride * i;
	struct part part;

	part.n = 0;
	if (many->kind == V_POOL)
		return cpol_in_pool(v->policy, kind, bc_get32(at + 4 * place));
	if (many->kind == V_CELLS) {
		part.ptr = at + 8 * place;
		return kind == V_RECORD ? part : cpol_in_request(v->request, kind == V_WORD, part.ptr);
	}
	if (many->kind == V_STRINGS)
		return stored(at + place, kind);
	if (many->kind == V_KEYS)
		return key_part(v, many, kind, i);
	part.word = many->kind == V_WORDS ? ((const uint32_t *)(const void *)at)[i] : many->word + i;
	return part;
}

/* The elements from place i to the end of its 64, the first in the lowest bit. */
static uint64_t there(const struct value *many, uint32_t i)
{
	return cpol_bits64(many->mask + i / 64 * 8) >> i % 64;
}

bool cpol_masked_place(const struct value *many, uint32_t *i)
{
	uint64_t bits;

	for (; *i < many->n; *i = (*i | 63) + 1) {
		bits = there(many, *i);
		if (bits != 0) {
			*i += (uint32_t)__builtin_ctzll(bits);
			break;
		}
		CPOL_METER(1);
	}
	return *i < many->n;
}

bool cpol_next(const struct view *v, const struct value *many, uint32_t *i, struct value *element)
{
	if (!cpol_place(many, i))
		return false;
	cpol_word(element, bc_element(many->type), 0);
	element->kind = kind_in(many);
	cpol_take(element, cpol_part(v, many, element->kind, (*i)++));
	return true;
}

uint32_t cpol_count(const struct view *v, const struct value *many)
{
	uint32_t n = 0;

	(void)v;
	if (many->mask == NULL)
		return many->n;
	for (uint32_t i = 0; cpol_place(many, &i); i++) {
		CPOL_METER(1);
		n++;
	}
	return n;
}

void cpol_at(const struct view *v, const struct value *many, uint64_t place, struct value *out)
{
	uint32_t i = 0;

	cpol_zero(out, bc_element(many->type));
	if (place >= many->n)
		return;
	if (many->mask == NULL) {
		i = (uint32_t)place;
		place = 0;
	}
	for (; place > 0 && cpol_place(many, &i); i++) {
		CPOL_METER(1);
		place--;
	}
	cpol_next(v, many, &i, out);
}

/* ---- comparing ---- */

int cpol_compare_parts(struct part a, struct part b, bool is_text)
{
	if (!is_text)
		return (a.word > b.word) - (a.word < b.word);
	return bc_compare(a.ptr, a.n, b.ptr, b.n);
}

/* What the meter asks of two texts; words have none. */
static inline size_t least_len(struct part a, struct part b)
{
	return a.n < b.n ? a.n : b.n;
}

static struct part part_of(const struct value *v)
{
	struct part part;

	part.word = v->word;
	part.n = v->n;
	return part;
}

int cpol_compare(const struct value *a, const struct value *b)
{
	CPOL_METER(a->kind == V_BYTES ? least_len(part_of(a), part_of(b)) / 8 : 0);
	return cpol_compare_parts(part_of(a), part_of(b), a->kind == V_BYTES);
}

/* Of lists by elements, then length. */
static int compare_many(const struct view *v, const struct value *a, const struct value *b)
{
	uint8_t kind = kind_in(a);
	uint32_t i = 0, j = 0;
	struct part x, y;
	int order;

	do {
		bool more_a = cpol_place(a, &i), more_b = cpol_place(b, &j);

		CPOL_METER(1);
		if (!more_a || !more_b)
			return more_a - more_b;
		x = cpol_part(v, a, kind, i++);
		y = cpol_part(v, b, kind, j++);
		CPOL_METER(least_len(x, y) / 8);
		if (kind == V_WORD)             /* rows are what is looked up mostly */
			order = (x.word > y.word) - (x.word < y.word);
		else
			order = cpol_compare_parts(x, y, true);
	} while (order == 0);
	return order;
}

bool cpol_equal_many(const struct view *v, const struct value *a, const struct value *b)
{
	uint8_t kind = kind_in(a);

	if (a->mask != NULL || b->mask != NULL)
		return compare_many(v, a, b) == 0;
	if (a->n != b->n)
		return false;
	/* From the end: commands begin alike. */
	for (uint32_t i = a->n; i-- > 0; ) {
		struct part x = cpol_part(v, a, kind, i), y = cpol_part(v, b, kind, i);

		CPOL_METER(1);
		if (kind == V_BYTES ? !cpol_is_same(x, y) : x.word != y.word)
			return false;
	}
	return true;
}

/* ---- looking up ---- */

/* *place becomes the first place, of those from it to `high`, whose element is not
 * below `key`, or, if `after`, is above it.  Whether one was found that is equal. */
static bool search(const struct view *v, const struct value *many, const struct value *key, bool after,
    uint32_t *place, uint32_t high)
{
	struct value found;
	bool is_there = false;

	cpol_word(&found, bc_element(many->type), 0);
	found.kind = kind_in(many);
	found.stride = 1;
	while (*place < high) {
		uint32_t middle = *place + (high - *place) / 2;
		int order;

		CPOL_METER(1);
		cpol_take(&found, cpol_part(v, many, found.kind, middle));
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
	struct view v;
	struct value keys;

	v.now = g;
	cpol_keys(g, var, false, &keys);
	*place = 0;
	return search(&v, &keys, key, false, place, keys.n);
}

bool cpol_holds(const struct view *v, const struct value *many, const struct value *element)
{
	uint64_t i = element->word - many->word;        /* of rows; below: wraps, and is too far */
	uint32_t place = 0;
	struct value found;

	if (BC_SHAPE(many->type) != BC_SET) {
		while (cpol_next(v, many, &place, &found)) {
			CPOL_METER(1);
			if (cpol_compare(element, &found) == 0)
				return true;
		}
		return false;
	}
	if (many->kind != V_RANGE ? !search(v, many, element, false, &place, many->n) : i >= many->n)
		return false;
	if (many->kind == V_RANGE)
		place = (uint32_t)i;
	return many->mask == NULL || (there(many, place) & 1) != 0;
}

void cpol_key_rows(const struct view *v, uint32_t table, const struct value *key, struct value *rows)
{
	const struct bc_table *t = &v->policy->tables[table];
	uint32_t type = bc_column_type(t, 0), first = 0, end = t->n_rows;
	struct value keys;

	cpol_word(&keys, bc_element(type), 0);
	keys.kind = V_POOL;
	keys.ptr = t->rows;
	keys.stride = (uint16_t)t->n_columns;
	keys.old = BC_SHAPE(type) != BC_ONE;
	search(v, &keys, key, false, &first, end);
	if (t->max_group < end - first)
		end = first + t->max_group;
	cpol_word(rows, BC_TYPE(BC_SET, BC_TABLEROW, table), first);
	rows->kind = V_RANGE;
	search(v, &keys, key, true, &first, end);
	rows->n = first - (uint32_t)rows->word;
}

void cpol_keys(const struct cpol_group *g, uint32_t var, bool old, struct value *keys)
{
	cpol_word(keys, g->policy->vars[var].key | (uint32_t)BC_SET << 24, var);
	keys->kind = V_KEYS;
	keys->old = old;
	keys->n = state_count(g, var);
}

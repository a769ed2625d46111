/* SPDX-License-Identifier: Apache-2.0
 *
 * known.c - what bounds need to know of a policy's tables and patterns.
 */
#include <stdlib.h>
#include <string.h>

#include "walk.h"

/* ---- patterns ---- */

/* The longest word of an automaton, which is trimmed: so every state is on the way
 * of some word, and where states go round there is no longest.  Otherwise no word
 * has as many bytes as there are states; 255: there is none, or it has more. */
static uint8_t longest_word(struct bc_bytes automaton)
{
	uint32_t n = automaton.ptr[1];
	uint8_t longest[BC_STATES_MAX] = { 0 };
	bool goes_on = true;

	while (goes_on) {
		const uint8_t *range = automaton.ptr + 2 + (n + 7) / 8;

		goes_on = false;
		for (uint32_t s = 0; s < n; s++) {
			for (uint32_t left = *range++; left > 0; left--, range += 3) {
				if (longest[range[2]] < longest[s] + 1 && longest[s] + 1u >= n)
					return 255;
				if (longest[range[2]] < longest[s] + 1) {
					longest[range[2]] = (uint8_t)(longest[s] + 1);
					goes_on = true;
				}
			}
		}
	}
	for (uint32_t s = 1; s < n; s++)
		longest[0] = longest[s] > longest[0] ? longest[s] : longest[0];
	return longest[0];
}

/* Of a text as long as a pattern's one word an eighth is read, rounded down; an
 * automaton reads the byte that is too many, too. */
static void measure_pattern(struct facts *f, uint32_t pattern)
{
	struct bc_bytes entry = bc_pattern(f->p, pattern);
	uint32_t len;

	if (entry.ptr[0] == 0) {
		len = bc_string(f->p, bc_get32(entry.ptr + 1)).len;
		f->words[pattern] = len < 255 ? (uint8_t)len : 255;
		f->reads[pattern] = len / 8 < READS_ALL ? (uint8_t)(len / 8) : READS_ALL;
		return;
	}
	len = longest_word(entry);
	f->words[pattern] = (uint8_t)len;
	f->reads[pattern] = (uint8_t)(bc_is_everything(entry) ? 0 : len < 255 ? len / 8 + 1 : READS_ALL);
}

/* ---- tables ---- */

/* How many rows have the same value in a column, or more: values are counted in
 * as many places as there is room for, by a hash. */
static uint8_t count_alike(const struct bc_table *t, uint32_t column)
{
	uint8_t counts[1 << 14] = { 0 }, most = 0;
	uint32_t bits = 4;

	while (bits < 14 && 1u << bits < 4 * (uint64_t)t->n_rows)
		bits++;
	for (uint32_t row = 0; row < t->n_rows; row++) {
		uint32_t hash = bc_cell(t, row, column) * UINT32_C(2654435769) >> (32 - bits);

		if (counts[hash] < 255)
			counts[hash]++;
		if (counts[hash] > most)
			most = counts[hash];
	}
	return most;
}

uint32_t facts_list_text(const struct bc_policy *p, uint32_t list)
{
	struct bc_bytes elements = bc_list(p, list);
	uint32_t longest = 0;

	for (uint32_t i = 0; i < elements.len; i++) {
		uint32_t len = bc_string(p, bc_get32(elements.ptr + 4 * (size_t)i)).len;

		longest = len > longest ? len : longest;
	}
	return longest;
}

static uint16_t larger(uint16_t a, uint32_t b)
{
	return b > a ? b < UINT16_MAX ? (uint16_t)b : UINT16_MAX : a;
}

static void measure_column(struct facts *f, const struct bc_table *t, uint32_t column, struct table_facts *to)
{
	uint32_t type = bc_column_type(t, column), base = BC_BASE(type);

	to->alike[column] = count_alike(t, column);
	for (uint32_t row = 0; row < t->n_rows; row++) {
		uint32_t cell = bc_cell(t, row, column), len = 0;

		if (BC_SHAPE(type) != BC_ONE)
			len = bc_list(f->p, cell).len;
		else if (base == BC_STRING)
			len = bc_string(f->p, cell).len;
		else if (base == BC_LANGUAGE)
			len = f->reads[cell] != READS_ALL ? 8u * f->reads[cell] : UINT16_MAX;
		to->longest[column] = larger(to->longest[column], len);
		if (BC_SHAPE(type) != BC_ONE && base == BC_STRING)
			to->texts[column] = larger(to->texts[column], facts_list_text(f->p, cell));
	}
}

/* ---- groups of rows ---- */

#define LIST_SHORT 64u                  /* of which that is counted */

uint32_t facts_list_alike(const struct bc_policy *p, uint32_t table, uint32_t list, uint32_t column)
{
	struct bc_bytes rows = bc_list(p, list);
	uint32_t most = 0;

	for (uint32_t i = 0; i < rows.len && rows.len <= LIST_SHORT; i++) {
		uint32_t cell = bc_cell(&p->tables[table], bc_get32(rows.ptr + 4 * (size_t)i), column), n = 0;

		for (uint32_t k = 0; k < rows.len; k++)
			n += bc_cell(&p->tables[table], bc_get32(rows.ptr + 4 * (size_t)k), column) == cell;
		most = n > most ? n : most;
	}
	return rows.len <= LIST_SHORT ? most : rows.len;
}

/* What matters of rows, as words. */
struct signs {
	uint32_t *words;
	uint32_t n, cap;
};
struct signature { const uint32_t *words; uint32_t n, row; };

static void sign(struct arena *a, struct signs *s, uint32_t word)
{
	arena_push(a, s->words, s->n, s->cap);
	s->words[s->n++] = word;
}

/* Of a row that another has: its group.  Tables that have each other are not grouped. */
static uint32_t class_of(const struct facts *f, uint32_t table, uint32_t row)
{
	const struct table_facts *t = &f->tables[table];

	return t->classes != NULL && row < f->p->tables[table].n_rows ? t->classes[row] : row;
}

static void sign_list(struct arena *a, const struct facts *f, struct signs *s, uint32_t type, uint32_t list)
{
	struct bc_bytes elements = bc_list(f->p, list);
	uint32_t table = BC_INDEX(type);

	sign(a, s, elements.len);
	if (BC_BASE(type) == BC_STRING)
		sign(a, s, facts_list_text(f->p, list));
	if (BC_BASE(type) != BC_TABLEROW)
		return;
	for (uint32_t i = 0; i < elements.len; i++)
		sign(a, s, class_of(f, table, bc_get32(elements.ptr + 4 * (size_t)i)));
	for (uint32_t column = 0; column < f->p->tables[table].n_columns; column++)
		sign(a, s, facts_list_alike(f->p, table, list, column));
}

static void sign_row(struct arena *a, const struct facts *f, struct signs *s, const struct bc_table *t,
    uint32_t row)
{
	for (uint32_t column = 0; column < t->n_columns; column++) {
		uint32_t type = bc_column_type(t, column), base = BC_BASE(type), cell = bc_cell(t, row, column);

		if (BC_SHAPE(type) != BC_ONE)
			sign_list(a, f, s, type, cell);
		else if (base == BC_STRING)
			sign(a, s, bc_string(f->p, cell).len);
		else if (base == BC_LANGUAGE)
			sign(a, s, f->reads[cell]);
		else if (base == BC_TABLEROW)
			sign(a, s, class_of(f, BC_INDEX(type), cell));
		else if (base == BC_BOOL || base == BC_ENUMERATION)
			sign(a, s, cell);
	}
}

static int compare_signatures(const void *a, const void *b)
{
	const struct signature *x = a, *y = b;
	int order = x->n != y->n ? (x->n > y->n) - (x->n < y->n) : memcmp(x->words, y->words, 4 * (size_t)x->n);

	return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static void group_table(struct arena *a, struct facts *f, uint32_t table)
{
	const struct bc_table *t = &f->p->tables[table];
	struct table_facts *to = &f->tables[table];
	struct signature *rows = arena_array(a, t->n_rows, struct signature);
	uint32_t *classes = arena_array(a, t->n_rows, uint32_t);

	to->groups = arena_array(a, t->n_rows, struct group);
	for (uint32_t row = 0; row < t->n_rows; row++) {
		struct signs s = { 0 };

		sign_row(a, f, &s, t, row);
		rows[row] = (struct signature){ s.words, s.n, row };
	}
	qsort(rows, t->n_rows, sizeof(*rows), compare_signatures);
	for (uint32_t i = 0; i < t->n_rows; i++) {
		bool is_new = i == 0 || rows[i].n != rows[i - 1].n ||
		    memcmp(rows[i].words, rows[i - 1].words, 4 * (size_t)rows[i].n) != 0;

		if (is_new)
			to->groups[to->n_groups++].row = rows[i].row;
		to->groups[to->n_groups - 1].rows++;
		classes[rows[i].row] = to->n_groups - 1;
	}
	to->classes = classes;
}

/* Whether all rows that rows of this table have are grouped. */
static bool is_ready(const struct facts *f, uint32_t table)
{
	const struct bc_table *t = &f->p->tables[table];

	for (uint32_t column = 0; column < t->n_columns; column++) {
		uint32_t type = bc_column_type(t, column);

		if (BC_BASE(type) == BC_TABLEROW && f->tables[BC_INDEX(type)].classes == NULL)
			return false;
	}
	return true;
}

static void group_tables(struct arena *a, struct facts *f)
{
	for (uint32_t round = 0; round <= f->p->n_tables; round++)
		for (uint32_t i = 0; i < f->p->n_tables; i++)
			if (f->tables[i].classes == NULL && (round == f->p->n_tables || is_ready(f, i)))
				group_table(a, f, i);
}

uint32_t facts_list_groups(struct arena *a, const struct facts *f, uint32_t table, uint32_t list,
    struct group **groups)
{
	struct bc_bytes rows = bc_list(f->p, list);
	uint32_t n = 0;

	*groups = arena_array(a, rows.len, struct group);
	for (uint32_t i = 0; i < rows.len; i++) {
		uint32_t row = bc_get32(rows.ptr + 4 * (size_t)i), k = 0;

		while (k < n && f->tables[table].classes[(*groups)[k].row] != f->tables[table].classes[row])
			k++;
		(*groups)[k].row = row;
		(*groups)[k].rows++;
		n += k == n;
	}
	return n;
}

/* ---- the whole ---- */

struct facts *facts_of(struct arena *a, const struct bc_policy *p)
{
	struct facts *f = arena_new(a, struct facts);

	f->p = p;
	f->words = arena_array(a, p->patterns.n, uint8_t);
	f->reads = arena_array(a, p->patterns.n, uint8_t);
	for (uint32_t i = 0; i < p->patterns.n; i++)
		measure_pattern(f, i);
	for (uint32_t i = 0; i < p->n_tables; i++)
		for (uint32_t column = 0; column < p->tables[i].n_columns; column++)
			measure_column(f, &p->tables[i], column, &f->tables[i]);
	group_tables(a, f);
	return f;
}

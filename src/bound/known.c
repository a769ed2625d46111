/* SPDX-License-Identifier: Apache-2.0
 *
 * known.c - what bounds need to know of a policy's tables and patterns.
 */
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

static uint8_t pattern_words(const struct bc_policy *p, uint32_t pattern)
{
	struct bc_bytes entry = bc_pattern(p, pattern);
	uint32_t len;

	if (entry.ptr[0] != 0)
		return longest_word(entry);
	len = bc_string(p, bc_get32(entry.ptr + 1)).len;
	return len < 255 ? (uint8_t)len : 255;
}

/* What is read of a text to match it, if that is seen without measuring an
 * automaton, which the rows of a column may share. */
static uint32_t read_len(const struct bc_policy *p, uint32_t pattern)
{
	struct bc_bytes entry = bc_pattern(p, pattern);

	if (entry.ptr[0] == 0)
		return bc_string(p, bc_get32(entry.ptr + 1)).len;
	return bc_is_everything(entry) ? 0 : UINT16_MAX;
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

static uint32_t cell_len(const struct bc_policy *p, uint32_t type, uint32_t cell)
{
	if (BC_SHAPE(type) != BC_ONE)
		return bc_list(p, cell).len;
	if (BC_BASE(type) == BC_STRING)
		return bc_string(p, cell).len;
	return BC_BASE(type) == BC_LANGUAGE ? read_len(p, cell) : 0;
}

static uint16_t longest_cell(const struct bc_policy *p, const struct bc_table *t, uint32_t column)
{
	uint32_t longest = 0;

	for (uint32_t row = 0; row < t->n_rows; row++) {
		uint32_t len = cell_len(p, bc_column_type(t, column), bc_cell(t, row, column));

		longest = len > longest ? len : longest;
	}
	return longest < UINT16_MAX ? (uint16_t)longest : UINT16_MAX;
}

struct facts *facts_of(struct arena *a, const struct bc_policy *p)
{
	struct facts *f = arena_new(a, struct facts);

	f->p = p;
	for (uint32_t i = 0; i < p->strings.n; i++)
		f->longest = bc_string(p, i).len > f->longest ? bc_string(p, i).len : f->longest;
	for (uint32_t i = 0; i < p->n_switches; i++)
		if (BC_BASE(bc_switch_type(p, i)) == BC_LANGUAGE)
			f->words[i] = pattern_words(p, (uint32_t)bc_switch_value(p, i));
	for (uint32_t i = 0; i < p->n_tables; i++) {
		for (uint32_t column = 0; column < p->tables[i].n_columns; column++) {
			f->tables[i].longest[column] = longest_cell(p, &p->tables[i], column);
			f->tables[i].alike[column] = count_alike(&p->tables[i], column);
		}
	}
	return f;
}

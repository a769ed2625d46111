/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_seen.c - see joint_seen.h.
 */
#include "joint_seen.h"

#include "joint_make.h"
#include "joint_prove.h"
#include "../runtime/machine.h"

enum { MOST_CELLS = 12 };

struct joint_seen {
	struct joint_cell cells[BC_VARS_MAX][MOST_CELLS];
	uint32_t n[BC_VARS_MAX];        /* MOST_CELLS + 1: too many */
};

struct joint_seen *joint_seen_new(struct arena *a)
{
	return arena_new(a, struct joint_seen);
}

uint32_t joint_seen_cells(const struct joint_seen *seen, uint32_t var, const struct joint_cell **cells,
    bool *all)
{
	*all = seen != NULL && seen->n[var] <= MOST_CELLS;
	if (seen == NULL)
		return 0;
	*cells = seen->cells[var];
	return *all ? seen->n[var] : MOST_CELLS;
}

static void add_cell(struct joint_seen *seen, uint32_t var, struct joint_cell cell)
{
	uint32_t *n = &seen->n[var];

	for (uint32_t i = 0; i < *n && i < MOST_CELLS; i++)
		if (memcmp(&seen->cells[var][i], &cell, sizeof(cell)) == 0)
			return;
	if (*n < MOST_CELLS)
		seen->cells[var][*n] = cell;
	if (*n <= MOST_CELLS)
		++*n;
}

/* Whether a word says what a value of the type (of B, so joint) is. */
static bool is_word(const struct joint *j, uint32_t type)
{
	uint32_t base = BC_BASE(type);

	if (BC_SHAPE(type) == BC_SET)
		return base == BC_TABLEROW && joint_is_small(j, BC_INDEX(type));
	return BC_SHAPE(type) == BC_ONE && (base == BC_BOOL || base == BC_INTEGER || base == BC_ENUMERATION ||
	    (base == BC_TABLEROW && j->tables[BC_INDEX(type)].is_shared));
}

static uint64_t joint_row_of(const struct joint_side *side, uint32_t table, uint64_t row)
{
	return row == BC_NO_ROW || side->rows[table] == NULL ? row : side->rows[table][row];
}

/* A side's value of one of its own types. */
static uint64_t word_of(const struct joint_side *side, const struct cpol_group *g, uint32_t type,
    const struct value *v)
{
	struct view view = { .policy = side->policy, .now = g };
	struct value element;
	uint64_t bits = 0;
	uint32_t i = 0;

	if (type == 0)
		return 0;
	if (BC_SHAPE(type) == BC_ONE)
		return BC_BASE(type) == BC_TABLEROW ? joint_row_of(side, BC_INDEX(type), v->word) : v->word;
	while (cpol_next(&view, v, &i, &element))
		bits |= UINT64_C(1) << joint_row_of(side, BC_INDEX(type), element.word);
	return bits;
}

static void see_map(struct joint_seen *seen, const struct joint *j, const struct cpol_group *of_a,
    const struct cpol_group *of_b, uint32_t var)
{
	uint32_t var_a = j->var_a[var], type_a = j->a.policy->vars[var_a].value;
	uint32_t type_b = j->b.policy->vars[var].value;
	struct value key, a = { .kind = V_WORD }, b = { .kind = V_WORD };

	for (uint32_t i = 0; i < state_count(of_b, var); i++) {
		struct joint_cell cell = { .in_b = 1 };

		state_entry(of_b, var, i, &key, &b);
		cell.of_b = word_of(&j->b, of_b, type_b, &b);
		cell.in_a = state_find(of_a, var_a, &key, &a);
		if (cell.in_a != 0)
			cell.of_a = word_of(&j->a, of_a, type_a, &a);
		add_cell(seen, var, cell);
	}
	for (uint32_t i = 0; i < state_count(of_a, var_a); i++) {
		struct joint_cell cell = { .in_a = 1 };

		state_entry(of_a, var_a, i, &key, &a);
		if (state_find(of_b, var, &key, &b))
			continue;
		cell.of_a = word_of(&j->a, of_a, type_a, &a);
		add_cell(seen, var, cell);
	}
}

/* Rows as keys have other numbers on the other side. */
static bool is_seen(const struct joint *j, uint32_t var)
{
	const struct bc_var *v = &j->b.policy->vars[var];

	return j->var_a[var] != JOINT_NONE && BC_BASE(v->key) != BC_TABLEROW && BC_BASE(v->key) != BC_ENUMERATION &&
	    (v->value == 0 || is_word(j, v->value));
}

void joint_see(struct joint_seen *seen, const struct joint *j, const struct cpol_group *of_a,
    const struct cpol_group *of_b)
{
	for (uint32_t var = 0; var < j->b.policy->n_vars; var++) {
		if (!is_seen(j, var) || seen->n[var] > MOST_CELLS)
			continue;
		if (j->b.policy->vars[var].key != 0)
			see_map(seen, j, of_a, of_b, var);
		else
			add_cell(seen, var, (struct joint_cell){ 1, 1, state_scalar(of_a, j->var_a[var]),
			    state_scalar(of_b, var) });
	}
}

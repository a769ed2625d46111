/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_rows.c - the rows of a table that both policies have: which belong
 * together, and the table that has them all.
 *
 * Where a rule or a claim picks the least of some rows, the pairs of that table
 * must be in one order on both sides: a formula that picks means the same row to
 * both.  Claims too: what each side has proved is assumed of both together.
 */
#include "joint_make.h"

#include "../bytecode/decode.h"
#include "joint_prove.h"

struct pairing {
	struct maker *m;
	const struct bc_table *a, *b;   /* of each side */
	uint32_t table_a, table_b, n_columns;
	uint32_t *cells_a;              /* A's rows in joint numbers */
	uint32_t *of_a, *of_b;          /* the other row of the pair; JOINT_NONE */
};

/* ---- cells ----------------------------------------------------------------- */

static uint32_t scalar_cell(const struct joint_side *side, uint32_t type, uint32_t cell)
{
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_STRING: case BC_DIGEST32:
		return side->strings[cell];
	case BC_LANGUAGE:
		return side->patterns[cell];
	case BC_TABLEROW:
		return cell == BC_NO_ROW ? cell : side->rows[BC_INDEX(type)][cell];
	case BC_NOTHING: case BC_BOOL: case BC_INTEGER: case BC_ENUMERATION: case BC_RECORD:
		break;
	}
	return cell;
}

static uint32_t joint_cell(struct maker *m, uint32_t type, uint32_t cell)
{
	const struct joint_side *a = &m->j->a;
	struct bytes list = { .arena = m->j->arena };
	struct bc_bytes elements;

	if (BC_SHAPE(type) == BC_ONE)
		return scalar_cell(a, type, cell);
	elements = bc_list(a->policy, cell);
	for (uint32_t i = 0; i < elements.len; i++)
		bytes_put32(&list, scalar_cell(a, type, bc_get32(elements.ptr + 4 * (size_t)i)));
	return intern_add(&m->lists, bytes_str(&list));
}

static uint32_t *cells_of_a(struct maker *m, const struct bc_table *t)
{
	uint32_t *cells = arena_array(m->j->arena, (size_t)t->n_rows * t->n_columns + 1, uint32_t);

	for (uint32_t r = 0; r < t->n_rows; r++)
		for (uint32_t c = 0; c < t->n_columns; c++)
			cells[(size_t)r * t->n_columns + c] =
			    joint_cell(m, bc_column_type(t, c), bc_cell(t, r, c));
	return cells;
}

/* ---- pairs ----------------------------------------------------------------- */

static void pair(struct pairing *p, uint32_t a, uint32_t b)
{
	p->of_a[a] = b;
	p->of_b[b] = a;
}

static void pair_equal(struct pairing *p)
{
	struct intern rows = { .arena = p->m->j->arena };
	size_t len = p->n_columns * sizeof(uint32_t);
	uint32_t *cells = arena_array(p->m->j->arena, p->n_columns + 1, uint32_t);

	for (uint32_t b = 0; b < p->b->n_rows; b++) {
		for (uint32_t c = 0; c < p->n_columns; c++)
			cells[c] = bc_cell(p->b, b, c);
		intern_add(&rows, (struct str){ (const char *)cells, len });
	}
	for (uint32_t a = 0; a < p->a->n_rows; a++) {
		const uint32_t *row = p->cells_a + (size_t)a * p->n_columns;
		uint32_t b = intern_find(&rows, (struct str){ (const char *)row, len });

		if (b != JOINT_NONE && p->of_b[b] == JOINT_NONE)
			pair(p, a, b);
	}
}

/* How many cells are equal; 0 for rows that may not be paired. */
static uint32_t likeness(const struct pairing *p, uint32_t a, uint32_t b)
{
	const uint32_t *row = p->cells_a + (size_t)a * p->n_columns;
	uint32_t n = 0;

	if (p->a->has_key != 0 && row[0] != bc_cell(p->b, b, 0))
		return 0;
	for (uint32_t c = 0; c < p->n_columns; c++)
		n += row[c] == bc_cell(p->b, b, c);
	return 2 * n < p->n_columns ? 0 : n;
}

static void pair_alike(struct pairing *p)
{
	for (uint32_t a = 0; a < p->a->n_rows; a++) {
		uint32_t best = 0, with = JOINT_NONE;

		for (uint32_t b = 0; p->of_a[a] == JOINT_NONE && b < p->b->n_rows; b++) {
			uint32_t n = p->of_b[b] == JOINT_NONE ? likeness(p, a, b) : 0;

			if (n > best) {
				best = n;
				with = b;
			}
		}
		if (with != JOINT_NONE)
			pair(p, a, with);
	}
}

/* ---- order ----------------------------------------------------------------- */

static bool picks(const struct tree_expr *e, uint32_t table)
{
	if (e == NULL)
		return false;
	if (e->op == BC_PICK && BC_INDEX(e->type) == table)
		return true;
	for (uint32_t i = 0; i < e->n_kids; i++)
		if (picks(e->kids[i], table))
			return true;
	return false;
}

static bool side_picks(const struct joint_side *side, uint32_t table)
{
	for (uint32_t i = 0; i < side->policy->n_claims; i++)
		if (picks(side->tree->claims[i], table))
			return true;
	for (uint32_t i = 0; i < side->policy->n_events; i++)
		for (uint32_t k = 0; k < side->tree->rules[i].n_stmts; k++)
			if (picks(side->tree->rules[i].stmts[k].value, table) ||
			    picks(side->tree->rules[i].stmts[k].key, table))
				return true;
	return false;
}

/* Keep a longest run of pairs that ascend on both sides: ends[n] is the row of
 * A that ends the best run of n + 1, before[a] the one before it. */
static void keep_order(struct pairing *p)
{
	struct arena *arena = p->m->j->arena;
	uint32_t *ends = arena_array(arena, p->a->n_rows + 1, uint32_t);
	uint32_t *before = arena_array(arena, p->a->n_rows + 1, uint32_t), n = 0;
	bool *stays = arena_array(arena, p->a->n_rows + 1, bool);

	for (uint32_t a = 0; a < p->a->n_rows; a++) {
		uint32_t low = 0, high = n;

		if (p->of_a[a] == JOINT_NONE)
			continue;
		while (low < high) {
			uint32_t middle = (low + high) / 2;

			if (p->of_a[ends[middle]] < p->of_a[a])
				low = middle + 1;
			else
				high = middle;
		}
		before[a] = low == 0 ? JOINT_NONE : ends[low - 1];
		ends[low] = a;
		n = low == n ? n + 1 : n;
	}
	for (uint32_t a = n == 0 ? JOINT_NONE : ends[n - 1]; a != JOINT_NONE; a = before[a])
		stays[a] = true;
	for (uint32_t a = 0; a < p->a->n_rows; a++)
		if (p->of_a[a] != JOINT_NONE && !stays[a]) {
			p->of_b[p->of_a[a]] = JOINT_NONE;
			p->of_a[a] = JOINT_NONE;
		}
}

/* ---- the joint table --------------------------------------------------------- */

/* B's rows keep their numbers, A's own come after them. */
static void number_rows(struct pairing *p, struct joint_table *t)
{
	uint32_t *numbers = arena_array(p->m->j->arena, p->a->n_rows + 1, uint32_t);

	t->n_rows = p->b->n_rows;
	for (uint32_t a = 0; a < p->a->n_rows; a++)
		numbers[a] = p->of_a[a] != JOINT_NONE ? p->of_a[a] : t->n_rows++;
	p->m->j->a.rows[p->table_a] = numbers;
}

static void fill_rows(struct pairing *p, struct joint_table *t)
{
	struct arena *arena = p->m->j->arena;
	size_t n = p->n_columns, all = (size_t)t->n_rows * n + 1;
	const uint32_t *numbers = p->m->j->a.rows[p->table_a];

	t->cells_a = arena_array(arena, all, uint32_t);
	t->cells_b = arena_array(arena, all, uint32_t);
	t->in_a = arena_array(arena, t->n_rows + 1, bool);
	t->in_b = arena_array(arena, t->n_rows + 1, bool);
	t->is_named = arena_array(arena, t->n_rows + 1, bool);
	for (uint32_t b = 0; b < p->b->n_rows; b++) {
		t->in_b[b] = true;
		for (uint32_t c = 0; c < n; c++)
			t->cells_a[b * n + c] = t->cells_b[b * n + c] = bc_cell(p->b, b, c);
	}
	for (uint32_t a = 0; a < p->a->n_rows; a++) {
		uint32_t r = numbers[a];

		t->in_a[r] = true;
		memcpy(&t->cells_a[r * n], &p->cells_a[a * n], n * sizeof(uint32_t));
		if (!t->in_b[r])
			memcpy(&t->cells_b[r * n], &p->cells_a[a * n], n * sizeof(uint32_t));
	}
}

static void add_column(struct bc_table *t, struct bytes *columns, uint32_t name, uint32_t type)
{
	bytes_put32(columns, name);
	bytes_put32(columns, type);
	t->columns = columns->ptr;
	t->n_columns++;
}

static bool lacks(const bool *in, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (!in[i])
			return true;
	return false;
}

static bool differs(const struct joint_table *t, uint32_t c)
{
	for (uint32_t r = 0; r < t->n_rows; r++)
		if (t->cells_a[(size_t)r * t->n_columns + c] != t->cells_b[(size_t)r * t->n_columns + c])
			return true;
	return false;
}

/* A bool for each row: is it the side's. */
static uint32_t add_side(struct bc_table *t, struct bytes *columns, const bool *in)
{
	if (!lacks(in, t->n_rows))
		return JOINT_NONE;
	add_column(t, columns, t->name, BC_TYPE(BC_ONE, BC_BOOL, 0));
	return t->n_columns - 1;
}

static void describe_columns(struct pairing *p, const struct joint_table *t)
{
	struct joint *j = p->m->j;
	struct bc_table *to = &j->policy.tables[p->table_b];
	struct bytes columns = { .arena = j->arena };

	bytes_put(&columns, to->columns, 8 * (size_t)to->n_columns);
	for (uint32_t c = 0; c < t->n_columns; c++) {
		if (!differs(t, c))
			continue;
		j->a.columns[p->table_a][c] = to->n_columns;
		add_column(to, &columns, bc_get32(p->b->columns + 8 * (size_t)c), bc_column_type(p->b, c));
	}
	to->n_rows = t->n_rows;
	j->a.has[p->table_a] = add_side(to, &columns, t->in_a);
	j->b.has[p->table_b] = add_side(to, &columns, t->in_b);
}

/* The rows, and whether keys differ. */
static void describe_rows(struct pairing *p, const struct joint_table *t)
{
	struct joint *j = p->m->j;
	struct bc_table *to = &j->policy.tables[p->table_b];
	struct bytes rows = { .arena = j->arena };
	struct intern keys = { .arena = j->arena };

	for (uint32_t r = 0; r < t->n_rows; r++) {
		const uint32_t *a = t->cells_a + (size_t)r * t->n_columns, *b = t->cells_b + (a - t->cells_a);

		for (uint32_t c = 0; c < t->n_columns; c++)
			bytes_put32(&rows, b[c]);
		for (uint32_t c = 0; c < t->n_columns; c++)
			if (j->a.columns[p->table_a][c] != c)
				bytes_put32(&rows, a[c]);
		if (j->a.has[p->table_a] != JOINT_NONE)
			bytes_put32(&rows, t->in_a[r]);
		if (j->b.has[p->table_b] != JOINT_NONE)
			bytes_put32(&rows, t->in_b[r]);
		intern_add(&keys, (struct str){ (const char *)b, sizeof(uint32_t) });
	}
	to->rows = rows.ptr;
	to->row_len = 4 * to->n_columns;
	if (to->has_key != 0)
		to->max_group = keys.n == t->n_rows ? 1 : 2;
}

static void fill_none(uint32_t *numbers, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		numbers[i] = JOINT_NONE;
}

/* A row of A by its number in A; JOINT_NONE: A has it not. */
static uint32_t number_in_a(const struct joint *j, uint32_t table, uint32_t row)
{
	for (uint32_t t = 0; t < j->a.policy->n_tables; t++)
		for (uint32_t r = 0; j->a.tables[t] == table && r < j->a.policy->tables[t].n_rows; r++)
			if (j->a.rows[t][r] == row)
				return r;
	return JOINT_NONE;
}

bool joint_comes_before(const struct joint *j, uint32_t table, uint32_t row, uint32_t other)
{
	const struct joint_table *t = &j->tables[table];
	bool both_a = t->in_a[row] && t->in_a[other], both_b = t->in_b[row] && t->in_b[other];

	return (both_a || both_b) && (!both_b || row < other) &&
	    (!both_a || number_in_a(j, table, row) < number_in_a(j, table, other));
}

void joint_rows(struct maker *m, uint32_t table_of_a)
{
	struct joint *j = m->j;
	uint32_t table = j->a.tables[table_of_a];
	const struct bc_table *a = &j->a.policy->tables[table_of_a];
	struct joint_table *t = &j->tables[table];
	struct pairing p = { .m = m, .a = a, .table_a = table_of_a, .table_b = table,
	    .n_columns = a->n_columns };

	if (table >= j->b.policy->n_tables) {
		j->a.rows[table_of_a] = arena_array(j->arena, a->n_rows + 1, uint32_t);
		for (uint32_t r = 0; r < a->n_rows; r++)
			j->a.rows[table_of_a][r] = r;
		return;
	}
	p.b = &j->b.policy->tables[table];
	p.cells_a = cells_of_a(m, a);
	p.of_a = arena_array(j->arena, a->n_rows + 1, uint32_t);
	p.of_b = arena_array(j->arena, p.b->n_rows + 1, uint32_t);
	fill_none(p.of_a, a->n_rows);
	fill_none(p.of_b, p.b->n_rows);
	pair_equal(&p);
	pair_alike(&p);
	if (side_picks(&j->a, table_of_a) || side_picks(&j->b, table))
		keep_order(&p);
	t->is_shared = true;
	t->n_columns = p.n_columns;
	number_rows(&p, t);
	fill_rows(&p, t);
	describe_columns(&p, t);
	describe_rows(&p, t);
}

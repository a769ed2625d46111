/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_plan.c - plans that lead where two policies may part: with rows that
 * are new in B, and with requests that B's rule allows and A's requirement not.
 */
#include "compare_hunt.h"

#include "../bytecode/decode.h"

#define PLAN_SECONDS 1.0

/* ---- rows that differ ---------------------------------------------------------- */

static bool refers_to_new(const struct hunt *h, const struct bc_table *t, uint32_t row)
{
	for (uint32_t c = 0; c < t->n_columns; c++) {
		uint32_t type = bc_column_type(t, c), cell = bc_cell(t, row, c);
		struct bc_bytes list;

		if (BC_BASE(type) != BC_TABLEROW || h->is_new[BC_INDEX(type)] == NULL)
			continue;
		if (BC_SHAPE(type) == BC_ONE) {
			if (cell != BC_NO_ROW && h->is_new[BC_INDEX(type)][cell])
				return true;
			continue;
		}
		list = bc_list(&h->j->policy, cell);
		for (uint32_t i = 0; i < list.len; i++)
			if (h->is_new[BC_INDEX(type)][bc_get32(list.ptr + 4 * (size_t)i)])
				return true;
	}
	return false;
}

/* B's rows that are not A's too: tables come after those they refer to. */
void hunt_mark_new(struct hunt *h)
{
	for (uint32_t i = 0; i < h->j->b.policy->n_tables; i++) {
		const struct joint_table *t = &h->j->tables[i];
		const struct bc_table *rows = &h->j->policy.tables[i];

		h->is_new[i] = arena_array(h->results, rows->n_rows + 1, bool);
		for (uint32_t r = 0; r < rows->n_rows; r++)
			h->is_new[i][r] = !t->is_shared || !t->in_a[r] || refers_to_new(h, rows, r) ||
			    memcmp(t->cells_a + (size_t)r * t->n_columns, t->cells_b + (size_t)r * t->n_columns,
			    t->n_columns * sizeof(uint32_t)) != 0;
	}
}

/* Rows worth a deployment: new roots of B; not more than some. */
static uint32_t new_roots(const struct hunt *h, uint32_t *tables, uint32_t *rows)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < h->j->b.policy->n_tables; i++)
		for (uint32_t r = 0; synth_is_root(h->j->b.policy, i) && r < h->j->policy.tables[i].n_rows; r++) {
			if (!h->is_new[i][r] || n == MOST_ROWS ||
			    (h->j->tables[i].is_shared && !h->j->tables[i].in_b[r]))
				continue;
			tables[n] = i;
			rows[n++] = r;
		}
	return n;
}

/* ---- plans ------------------------------------------------------------------- */

/* Plans look at the wall's clock: on a busy machine it runs ahead of us. */
static double wall_seconds(const struct hunt *h, double seconds)
{
	double slow = (search_clock() - h->options->started) / (compare_cpu() + 0.01);

	return seconds * (slow < 1 ? 1 : slow > 20 ? 20 : slow);
}

struct planner *hunt_planner(struct hunt *h, double seconds)
{
	struct planner *p = arena_new(h->results, struct planner);

	p->arena = h->results;
	p->synth = &h->synth;
	p->group = compare_start(h->results, h->j).b;
	p->until = search_clock() + wall_seconds(h, seconds);
	if (p->until > h->options->until)
		p->until = h->options->until;
	return p;
}

/* Whether the walks of the present tree lead where A parts. */
static void plan_there(struct hunt *h, uint32_t event, double seconds)
{
	struct planner *p = hunt_planner(h, seconds);

	if (plan_event(p, event, NULL, 0, PLAN_DEPTH))
		hunt_parts(h, &p->plan);
}

static void reopen(struct hunt *h)
{
	synth_close(&h->synth);
	synth_open(&h->synth, &h->tree);
}

/* What is near, with the strings and numbers that A's requirement tests. */
static void look_for_tested(struct hunt *h, const struct joint_doubt *d)
{
	const struct tree_rule *rule = &h->j->a.joint.rules[d->event];

	for (uint32_t i = 0; i < rule->n_stmts; i++)
		if (rule->stmts[i].op == BC_REQUIRE && rule->stmts[i].pc == d->pc)
			h->synth.claim = rule->stmts[i].value;
	if (h->synth.claim != NULL)
		hunt_breadth_first(h, NULL, PLAN_SECONDS / 2);
	h->synth.claim = NULL;
}

void hunt_pursue(struct hunt *h, const struct joint_doubt *d)
{
	uint32_t tables[MOST_ROWS], rows[MOST_ROWS], n = new_roots(h, tables, rows);
	struct tree_rule rule, was;

	if (d->kind == JOINT_ROOM)
		hunt_fill(h, d->pc, 2 * PLAN_SECONDS);
	if (d->kind == JOINT_ROOM || d->kind == JOINT_TOO_LARGE)
		return;
	if (d->kind == JOINT_DENIES)
		look_for_tested(h, d);
	was = h->rules[d->event];
	if (d->kind == JOINT_DENIES || d->kind == JOINT_KEEPS || d->kind == JOINT_GIVES) {
		if (!joint_against(h->j, d->event, d->kind, d->pc, &rule))
			return;
		h->rules[d->event] = rule;
	}
	reopen(h);
	for (uint32_t i = 0; i < n && !hunt_is_over(h); i++) {
		synth_play_only(&h->synth, tables[i], rows[i]);
		plan_there(h, d->event, PLAN_SECONDS);
		synth_play_again(&h->synth);
	}
	if (!hunt_is_over(h))
		plan_there(h, d->event, PLAN_SECONDS);
	h->rules[d->event] = was;
	reopen(h);
}

/* Bring a row through every event that is about it, more than once. */
static void deploy(struct hunt *h, struct planner *p, uint32_t table, uint32_t row)
{
	double end = p->until;

	for (uint32_t round = 0; round < ROUNDS && !hunt_is_over(h); round++)
		for (uint32_t event = 0; event < h->j->policy.n_events && !hunt_is_over(h); event++) {
			uint32_t n = p->plan.n_requests;

			p->until = search_clock() + wall_seconds(h, PLAN_SECONDS / 2);
			if (h->tree.rules[event].exists && plan_row(p, event, table, row) && n != p->plan.n_requests)
				hunt_parts(h, &p->plan);
		}
	p->until = end;
}

void hunt_deploy_new(struct hunt *h, double seconds)
{
	uint32_t tables[MOST_ROWS], rows[MOST_ROWS], n = new_roots(h, tables, rows);
	double until = compare_cpu() + seconds;

	for (uint32_t i = 0; i < n && !hunt_is_over(h) && compare_cpu() < until; i++)
		deploy(h, hunt_planner(h, seconds), tables[i], rows[i]);
}

/* A copy of the table in which new rows say the opposite where they say yes or
 * no: what may be left out must be there then.  Only the walks believe it. */
static const uint8_t *contrary_rows(struct hunt *h, uint32_t table)
{
	const struct bc_table *t = &h->policy.tables[table];
	struct bytes rows = { .arena = h->results };

	bytes_put(&rows, t->rows, (size_t)t->n_rows * t->row_len);
	for (uint32_t r = 0; r < t->n_rows; r++)
		for (uint32_t c = 0; c < h->j->b.policy->tables[table].n_columns; c++)
			if (h->is_new[table][r] && bc_column_type(t, c) == BC_TYPE(BC_ONE, BC_BOOL, 0))
				bytes_set32(&rows, (size_t)r * t->row_len + 4 * (size_t)c, bc_cell(t, r, c) == 0);
	return rows.ptr;
}

void hunt_deploy_contrary(struct hunt *h, double seconds)
{
	const uint8_t *rows[BC_TABLES_MAX];
	uint32_t n = h->j->b.policy->n_tables;

	for (uint32_t i = 0; i < n; i++) {
		rows[i] = h->policy.tables[i].rows;
		if (!synth_is_root(h->j->b.policy, i))
			h->policy.tables[i].rows = contrary_rows(h, i);
	}
	reopen(h);
	hunt_deploy_new(h, seconds);
	for (uint32_t i = 0; i < n; i++)
		h->policy.tables[i].rows = rows[i];
	reopen(h);
}

void hunt_deploy_all(struct hunt *h, double seconds)
{
	struct planner *p = hunt_planner(h, seconds);

	for (uint32_t i = 0; i < h->j->b.policy->n_tables; i++)
		for (uint32_t k = 0; k < h->synth.all_play[i].n; k++)
			if (synth_is_root(h->j->b.policy, i))
				for (uint32_t event = 0; event < h->j->policy.n_events && !hunt_is_over(h); event++)
					if (h->tree.rules[event].exists && search_clock() < p->until &&
					    plan_row(p, event, i, h->synth.all_play[i].rows[k]))
						hunt_parts(h, &p->plan);
	if (!hunt_is_over(h))
		hunt_breadth_first(h, &p->plan, seconds);
}

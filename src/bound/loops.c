/* SPDX-License-Identifier: Apache-2.0
 *
 * loops.c - what loops can cost: the block of a loop once, or for rows of each
 * group that the loop may meet.
 */
#include "walk.h"

#include <stdlib.h>
#include <string.h>

/* Scratch comes in units of 8 bytes. */
static void allot(struct walk *w, uint64_t bytes)
{
	w->scratch += (bytes + 7) / 8 * 8;
	if (w->scratch > w->most_scratch)
		w->most_scratch = w->scratch;
}

static void open_loop(struct walk *w, const struct shape *s)
{
	struct shape *slots = &w->slots[w->n_slots];

	w->loops[w->n_loops++] = *s;
	memset(slots, 0, 2 * sizeof(*slots));
	slots[0].type = bc_element(s->type);
	slots[0].bytes = s->bytes;
	slots[0].budget = s->budget == 0 || s->most == 0 ? s->budget : (s->budget - 1) / s->most + 1;
	slots[0].text = s->text;
	slots[0].level = (uint8_t)w->n_loops;
	slots[0].loops = slots[1].loops = (uint8_t)(s->loops | 1u << (w->n_loops - 1));
	if (BC_SHAPE(s->type) == BC_LIST)
		slots[1].type = TYPE_INT;
	else
		slots[0].names = (uint8_t)w->n_loops;
	slots[0].is_element = true;
	slots[0].few = 1;
	w->n_slots += 2;
}

/* The block of the loop that begins at `at`, once. */
static void repeat(struct walk *w, uint32_t at, struct shape *value)
{
	uint32_t body = at + bc_insn_len(w->code[at]);
	uint64_t scratch = w->scratch;

	w->at = body;
	w->cost.n = 0;
	walk_block(w, body + bc_get16(w->code + body - 2), value);
	walk_spend(w, 1);
	w->scratch = scratch;
}

/* ---- rows ---- */

/* What the block takes for rows of each class, term by term. */
struct tally {
	uint32_t n_terms, n_groups;
	struct term terms[COST_TERMS_MAX];
	struct share { uint64_t times; uint32_t rows; } *shares[COST_TERMS_MAX];        /* for each group */
};

/* Of so many rows, which are the i-th group of at most n. */
static void count(struct walk *w, struct tally *t, uint32_t i, uint32_t n, uint32_t rows)
{
	for (uint32_t k = 0; k < w->cost.n; k++) {
		struct term term = w->cost.terms[k];
		uint32_t place = cost_place(t->terms, t->n_terms, &term);

		if (place == t->n_terms) {
			t->terms[t->n_terms++] = term;
			t->shares[place] = arena_array(w->a, n, struct share);
		}
		t->shares[place][i].times = bc_plus(t->shares[place][i].times, term.times);
		t->shares[place][i].rows = rows;
	}
	t->n_groups = i + 1;
}

static int descending(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	return (x->times < y->times) - (x->times > y->times);
}

/* The most that `most` of the rows take.  What a test finds, whichever they are, is
 * found in one of them. */
static void add_up(struct cost *c, struct tally *t, uint32_t loop, uint32_t most)
{
	for (uint32_t i = 0; i < t->n_terms; i++) {
		struct term term = t->terms[i];
		uint32_t left = (term.picks >> loop & 1) != 0 ? 1 : most;

		qsort(t->shares[i], t->n_groups, sizeof(struct share), descending);
		term.times = 0;
		for (uint32_t k = 0; k < t->n_groups && left > 0; k++) {
			uint32_t rows = t->shares[i][k].rows < left ? t->shares[i][k].rows : left;

			term.times = bc_plus(term.times, cost_times(t->shares[i][k].times, rows));
			left -= rows;
		}
		term.picks &= (uint8_t)~(1u << loop);
		cost_add(c, &term);
	}
}

/* What is known of the block's value, if more is known of it for one more row. */
static void merge(struct shape *all, const struct shape *value)
{
	uint8_t loops = all->loops | value->loops;
	uint8_t known = all->known == value->known ? all->known : UNKNOWN;

	if (all->known == NEVER) {
		*all = *value;
	} else if (value->known != NEVER) {
		for (uint32_t i = 0; i < 2; i++) {
			struct pick *a = &all->picks[i];
			const struct pick *b = &value->picks[i];

			if (a->loop != b->loop || a->on != b->on)
				memset(a, 0, sizeof(*a));
			else if (b->few > a->few)
				a->few = b->few;
		}
		if (memcmp(&all->counted, &value->counted, sizeof(all->counted)) != 0)
			all->counted.keys = 0;
	}
	all->tie.kind = TIED_NOT;       /* as if it were of one row */
	all->loops = loops;
	all->known = known;
}

/* The rows that the loop may meet, in classes that no cost tells apart: those of a list
 * of the policy, or all of a table.  None, if that is too much work.  Keys may be no
 * row, and so may what MAP makes. */
static uint32_t group_rows(struct walk *w, const struct shape *s, uint32_t body_len, struct group **groups)
{
	const struct table_facts *f = &w->f->tables[BC_INDEX(s->type)];
	uint32_t n;

	if (w->is_dead || BC_BASE(s->type) != BC_TABLEROW || s->origin == FROM_KEYS ||
	    (s->value == 0 && BC_SHAPE(s->type) != BC_SET))
		return 0;
	n = s->value != 0 ? facts_list_groups(w->a, w->f, BC_INDEX(s->type), s->value - 1, groups) : f->n_groups;
	if (s->value == 0)
		*groups = f->groups;
	if ((uint64_t)n * body_len > w->left)
		return 0;
	w->left -= (uint64_t)n * body_len;
	return n;
}

/* Each of n groups; for how many rows the block may hold. */
static uint32_t walk_rows(struct walk *w, uint32_t at, const struct group *groups, uint32_t n,
    struct shape *value)
{
	struct tally *t = arena_new(w->a, struct tally);
	struct shape *element = &w->slots[w->n_slots - 2], one;
	uint32_t possible = 0, most = w->loops[w->n_loops - 1].most;

	for (uint32_t i = 0; i < n; i++) {
		element->value = 1 + groups[i].row;
		repeat(w, at, &one);
		if (i == 0)
			*value = one;
		else
			merge(value, &one);
		possible += one.known != NEVER ? groups[i].rows : 0;
		count(w, t, i, n, groups[i].rows);
	}
	w->cost.n = 0;
	add_up(&w->cost, t, w->n_loops - 1, most);
	return possible;
}

/* ---- the whole ---- */

/* What the loop leaves, if *value is what its block left, for so many rows perhaps. */
static void close_loop(const struct walk *w, uint8_t op, const struct shape *s, const struct shape *value,
    uint32_t possible, struct shape *out)
{
	uint8_t enough = op == BC_ALL ? ALWAYS : NEVER;

	if (op >= BC_WHERE) {
		*out = *s;
		out->names = out->limit = 0;
		out->value = 0;
		out->is_some = false;
		if (s->tie.kind == TIE_KEYS)
			out->tie.kind = TIED_NOT;
	} else {
		out->type = op == BC_COUNT ? TYPE_INT : TYPE_BOOL;
	}
	out->loops = (uint8_t)((s->loops | value->loops) & ~(1u << w->n_loops));
	if (op == BC_WHERE) {
		for (uint32_t i = 0; walk_is_rows(s) && i < 2; i++)
			if (value->picks[i].loop == w->n_loops + 1 && value->picks[i].few < out->most)
				out->most = value->picks[i].few;
		if (walk_is_rows(s) && possible < out->most)
			out->most = possible;
		if (value->counted.keys != 0 && value->counted.row == w->n_loops + 1)
			out->counted = value->counted;
		out->origin = BC_BASE(s->type) == BC_TABLEROW ? FROM_ANYWHERE : FROM_WHERE;
	} else if (op == BC_MAP) {
		out->type = BC_TYPE(BC_LIST, BC_TABLEROW, BC_INDEX(value->type));
		out->origin = FROM_ANYWHERE;
		out->bytes = out->budget = out->text = 0;
		out->tie.kind = TIED_NOT;
	} else if (op == BC_COUNT && s->tie.kind == TIE_KEYS && value->tie.kind == TIE_MEMBER &&
	    value->tie.of == w->n_loops + 1) {
		out->tie = value->tie;
		out->tie.kind = TIE_COUNT;
		out->tie.keys = s->tie.var;
	} else if (op != BC_COUNT && (s->most == 0 || value->known == enough)) {
		out->known = enough;
	}
}

void walk_loop(struct walk *w, const struct shape *source, struct shape *out)
{
	uint32_t at = w->at, body = at + bc_insn_len(w->code[at]), n, possible;
	uint8_t op = w->code[at];
	const struct shape s = *source; /* where the block has its stack */
	struct cost before;
	struct shape value;
	struct arena mark = *w->a;
	struct group *groups;
	uint64_t result = 0;
	bool was_dead = w->is_dead;

	if (op == BC_WHERE)             /* bits, or a mask */
		result = walk_is_rows(&s) ? ((uint64_t)s.span + 63) / 64 * 8 : ((uint64_t)s.most + 7) / 8;
	else if (op == BC_MAP)
		result = 4 * (uint64_t)s.most;
	walk_spend(w, walk_words(&s) + result / 8);
	allot(w, result);
	before = w->cost;
	open_loop(w, &s);
	w->is_dead = was_dead || s.most == 0;
	n = group_rows(w, &s, bc_get16(w->code + body - 2), &groups);
	if (n > 0) {
		possible = walk_rows(w, at, groups, n, &value);
	} else {
		repeat(w, at, &value);
		cost_repeat(&w->cost, w->n_loops - 1, s.level, s.most);
		possible = value.known == NEVER ? 0 : UINT32_MAX;
	}
	w->n_loops--;
	w->n_slots -= 2;
	w->is_dead = was_dead;
	cost_plus(&before, &w->cost);
	w->cost = before;
	arena_rewind(w->a, mark);
	close_loop(w, op, &s, &value, possible, out);
}

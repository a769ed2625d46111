/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_pair.c - declarations that the host can play against each other.  It does
 * not say which one a request is about: what fits two can become either, and
 * the host asks for whatever the more generous one allows.
 *
 * Only declarations with the same layers and command can be taken for each
 * other: both are compared as a whole.
 */
#include <stdlib.h>

#include "../bytecode/decode.h"
#include "lint_cover.h"

/* Rows in the order of what they must share. */
struct sorted { uint32_t row, layers, command; };

static int order(const void *left, const void *right)
{
	const struct sorted *l = left, *r = right;

	if (l->layers != r->layers)
		return l->layers < r->layers ? -1 : 1;
	if (l->command != r->command)
		return l->command < r->command ? -1 : 1;
	return (l->row > r->row) - (l->row < r->row);
}

static struct sorted *sort(const struct lint *l, uint32_t table, const char *first, const char *second)
{
	const struct bc_table *t = &l->p->tables[table];
	uint32_t i, one = lint_column(l, table, first), other = lint_column(l, table, second);
	struct sorted *rows = arena_array(l->arena, t->n_rows + 1, struct sorted);

	for (i = 0; i < t->n_rows; i++)
		rows[i] = (struct sorted){ i, one == LINT_NONE ? i : bc_cell(t, i, one),
		    other == LINT_NONE ? i : bc_cell(t, i, other) };
	qsort(rows, t->n_rows, sizeof(*rows), order);
	return rows;
}

/* A finding about a declaration; LINT_COUNT: none. */
struct found {
	enum lint_name name;
	struct str text, witness;
};

/* Both fit one request, and what they allow then differs. */
static struct found differ(struct lint *l, struct lint_row one, struct lint_row other, bool shown)
{
	struct bytes more = { .arena = l->arena }, less = { .arena = l->arena };
	const char *can = shown ? "can" : "may";
	const char *later = cover_same_modes(l, one, other) ? ", and say so later" : "";
	struct str name = lint_row_name(l, other), text;

	(void)cover_more(l, one, other, &more);
	(void)cover_more(l, other, one, &less);
	if (more.len == 0 && less.len == 0)
		return (struct found){ .name = LINT_COUNT };
	if (less.len == 0)
		text = arena_printf(l->arena, "the host %s run %.*s in its place%s, which also allows: %.*s",
		    can, STR_ARG(name), later, STR_ARG(bytes_str(&more)));
	else
		text = arena_printf(l->arena, "the host %s run it as %.*s, or the other way round%s; here "
		    "is allowed: %.*s%s%.*s", can, STR_ARG(name), later, STR_ARG(bytes_str(&less)),
		    more.len == 0 ? "" : "; there: ", STR_ARG(bytes_str(&more)));
	return (struct found){ .name = LINT_AMBIGUOUS, .text = text };
}

static struct found shadow(struct lint *l, struct lint_row one, struct lint_row other)
{
	/* Of two that are the same the one that comes second is told of. */
	if (!cover_all(l, one, other) ||
	    (lint_comes_before(l, one, other) && cover_all(l, other, one)))
		return (struct found){ .name = LINT_COUNT };
	return (struct found){ .name = LINT_SHADOWED, .text = arena_printf(l->arena,
	    "whatever it accepts, %.*s accepts too", STR_ARG(lint_row_name(l, other))) };
}

static struct found confuse(struct lint *l, struct lint_row one, struct lint_row other)
{
	struct found found = { .name = LINT_COUNT };
	struct str witness;
	bool shown;

	if (!lint_comes_before(l, one, other) ||
	    !str_equal(lint_text(l, one, "workdir"), lint_text(l, other, "workdir")) ||
	    lint_true(l, one, "sandbox") != lint_true(l, other, "sandbox") ||
	    !cover_meets(l, one, other, &shown, &witness) ||
	    cover_all(l, one, other) || cover_all(l, other, one))
		return found;
	if (cover_same_modes(l, one, other) &&
	    lint_true(l, one, "allow_stdio") != lint_true(l, other, "allow_stdio")) {
		/* That neither may be found to start is then no news. */
		if (one.table == l->containers)
			l->disputed[one.row] = l->disputed[other.row] = true;
		found = (struct found){ .name = LINT_STDIO_DISAGREE, .text = arena_printf(l->arena,
		    "a request that fits %.*s as well is denied: they differ in allow_stdio",
		    STR_ARG(lint_row_name(l, other))) };
	} else if (one.table == l->containers) {
		found = differ(l, one, other, shown);
	}
	found.witness = witness;
	return found;
}

static bool is_blocked(const struct lint *l, struct lint_row row)
{
	return row.table == l->containers && l->blocked[row.row];
}

/* One row against the others of its run, until something is found. */
static void look_at_run(struct lint *l, struct lint_row one, const struct sorted *rows, uint32_t n)
{
	struct found found = { .name = LINT_COUNT };
	struct lint_row other = { one.table, 0 };
	uint32_t i, round;

	/* What never starts is no other's place. */
	for (round = 0; round < 2 && !is_blocked(l, one); round++) {
		for (i = 0; i < n && found.name == LINT_COUNT; i++) {
			other.row = rows[i].row;
			if (other.row != one.row && !is_blocked(l, other))
				found = round == 0 ? shadow(l, one, other) : confuse(l, one, other);
		}
	}
	if (found.name != LINT_COUNT)
		lint_add_row(l, found.name, one, found.text, found.witness);
}

static void look_at_table(struct lint *l, uint32_t table, const char *first, const char *second)
{
	uint32_t i, j, start, n = l->p->tables[table].n_rows;
	struct sorted *rows = sort(l, table, first, second);

	for (start = 0; start < n; start = i) {
		for (i = start + 1; i < n && rows[i].layers == rows[start].layers &&
		    rows[i].command == rows[start].command; i++)
			;
		for (j = start; j < i; j++)
			look_at_run(l, (struct lint_row){ table, rows[j].row }, rows + start, i - start);
	}
}

void lint_pairs(struct lint *l)
{
	uint32_t external = lint_table(l, "external_process");

	if (l->containers != LINT_NONE)
		look_at_table(l, l->containers, "layers", "command");
	if (external != LINT_NONE)
		look_at_table(l, external, "command", "workdir");
}

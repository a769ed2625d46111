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

/* What is found first for a declaration, and how many others there are like it. */
struct found {
	enum lint_name name;            /* LINT_COUNT: nothing yet */
	struct str text, witness;
	uint32_t n_others;
};

static void find(struct found *f, enum lint_name name, struct str text, struct str witness)
{
	if (f->name == LINT_COUNT)
		*f = (struct found){ name, text, witness, 0 };
	else
		f->n_others++;
}

static void look_at_extras(struct lint *l, struct lint_row one, struct lint_row other, bool shown,
    struct str witness, struct found *f)
{
	struct bytes more = { .arena = l->arena }, less = { .arena = l->arena };
	bool same = cover_same_modes(l, one, other);

	cover_more(l, one, other, &more);
	cover_more(l, other, one, &less);
	if (more.len == 0 && less.len == 0)
		return;
	if (less.len == 0) {
		/* Told from the side that allows less. */
		find(f, LINT_AMBIGUOUS, arena_printf(l->arena, "the host %s run %.*s in its place%s, "
		    "which also allows: %.*s", shown ? "can" : "may",
		    STR_ARG(lint_row_name(l, other)), same ? ", and say so later" : "",
		    STR_ARG(bytes_str(&more))), witness);
		return;
	}
	find(f, LINT_AMBIGUOUS, arena_printf(l->arena, "the host %s run it as %.*s, or the other way "
	    "round%s; here is allowed: %.*s%s%.*s", shown ? "can" : "may",
	    STR_ARG(lint_row_name(l, other)), same ? ", and say so later" : "",
	    STR_ARG(bytes_str(&less)), more.len == 0 ? "" : "; there: ", STR_ARG(bytes_str(&more))),
	    witness);
}

static void look_at_two(struct lint *l, struct lint_row one, struct lint_row other, struct found *f)
{
	struct str witness, name = lint_row_name(l, other);
	bool shown, covered = cover_all(l, one, other), covers = cover_all(l, other, one);
	bool first = lint_comes_before(l, one, other);

	/* Of two that are the same the one that comes second is told of. */
	if (covered && (!covers || !first)) {
		find(f, LINT_SHADOWED, arena_printf(l->arena, "whatever it accepts, %.*s accepts too",
		    STR_ARG(name)), STR(""));
		return;
	}
	if (covered || covers || !first ||
	    !str_equal(lint_text(l, one, "workdir"), lint_text(l, other, "workdir")) ||
	    lint_true(l, one, "sandbox") != lint_true(l, other, "sandbox") ||
	    !cover_meets(l, one, other, &shown, &witness))
		return;
	if (cover_same_modes(l, one, other) &&
	    lint_true(l, one, "allow_stdio") != lint_true(l, other, "allow_stdio")) {
		/* That neither may be found to start is then no news. */
		if (one.table == l->containers)
			l->blocked[one.row] = l->blocked[other.row] = true;
		find(f, LINT_STDIO_DISAGREE, arena_printf(l->arena, "a request that fits %.*s as well "
		    "is denied: they differ in allow_stdio", STR_ARG(name)), witness);
	} else if (one.table == l->containers) {
		look_at_extras(l, one, other, shown, witness, f);
	}
}

static void report(struct lint *l, struct lint_row row, const struct found *f)
{
	struct str text = f->text;

	if (f->name == LINT_COUNT)
		return;
	if (f->n_others != 0)
		text = arena_printf(l->arena, "%.*s; so with %u more", STR_ARG(text),
		    (unsigned)f->n_others);
	lint_add_row(l, f->name, row, text, f->witness);
}

static void look_at_table(struct lint *l, uint32_t table, const char *first, const char *second)
{
	uint32_t i, j, start, n = l->p->tables[table].n_rows;
	struct sorted *rows = sort(l, table, first, second);

	for (start = 0; start < n; start = i) {
		for (i = start + 1; i < n && rows[i].layers == rows[start].layers &&
		    rows[i].command == rows[start].command; i++)
			;
		for (j = start; j < i; j++) {
			struct lint_row one = { table, rows[j].row };
			struct found found = { .name = LINT_COUNT };

			for (uint32_t k = start; k < i; k++)
				if (k != j)
					look_at_two(l, one, (struct lint_row){ table, rows[k].row }, &found);
			report(l, one, &found);
		}
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

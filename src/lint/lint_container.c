/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_container.c - what can be seen of one declaration: layers, commands,
 * signals, what must begin before; and rows of any table that are of no use.
 */
#include "../base/bytes.h"
#include "lint.h"
#include "../search/synth.h"

enum { SIGNALS = 64 };

static void block(struct lint *l, struct lint_row c)
{
	if (c.table == l->containers)
		l->blocked[c.row] = true;
}

/* ---- layers ---- */

/* What `cocoapolc import --assume-images` leaves where only the image could say it. */
static bool is_hole(struct str text)
{
	static const char hole[] = "hole: ";

	return text.len >= sizeof(hole) - 1 && memcmp(text.ptr, hole, sizeof(hole) - 1) == 0;
}

static void look_at_layer(struct lint *l, struct lint_row layer)
{
	if (is_hole(lint_text(l, layer, "salt"))) {
		lint_add_row(l, LINT_LAYER_HOLE, layer, arena_printf(l->arena, "an import left %.*s: there is no "
		    "such file system, so what has this layer can't start until the image says it",
		    STR_ARG(lint_quote(l, lint_text(l, layer, "salt")))), STR(""));
		return;
	}
	if (lint_column(l, layer.table, "blocks") != LINT_NONE &&
	    lint_cell(l, layer, "blocks") == 0) {
		lint_add_row(l, LINT_BARE_LAYER, layer, STR("a root hash alone leaves data blocks and "
		    "salt to the agent's defaults; `blocks` and `salt` bind them"), STR(""));
		return;
	}
	if (str_is(lint_enumerator(l, layer, "fs"), "any"))
		lint_add_row(l, LINT_LAYER_ANY_FS, layer, STR("the host chooses as which file system it "
		    "is read"), STR(""));
}

static void look_at_layers(struct lint *l)
{
	struct lint_row layer = { lint_table(l, "layer"), 0 };

	if (layer.table == LINT_NONE)
		return;
	for (; layer.row < l->p->tables[layer.table].n_rows; layer.row++)
		look_at_layer(l, layer);
}

/* ---- commands and signals ---- */

static void look_at_command(struct lint *l, struct lint_row owner, struct lint_row part,
    const char *what)
{
	struct bc_bytes words = lint_list(l, part, "command", BC_STRING);
	struct str first;

	if (lint_column(l, part.table, "command") == LINT_NONE)
		return;
	if (words.len == 0) {
		lint_add_part(l, LINT_COMMAND_EMPTY, owner, part,
		    arena_printf(l->arena, "%s without a word runs nothing", what), STR(""));
		return;
	}
	first = lint_string(l, lint_item(words, 0));
	if ((first.len == 0 || first.ptr[0] != '/') && !is_hole(first))
		lint_add_part(l, LINT_COMMAND_RELATIVE, owner, part, arena_printf(l->arena,
		    "PATH decides what %s %.*s runs", what, STR_ARG(lint_quote(l, first))), STR(""));
}

static void look_at_signals(struct lint *l, struct lint_row owner, struct lint_row part)
{
	struct bc_bytes signals = lint_list(l, part, "signals", BC_INTEGER);
	uint32_t i, signal;

	for (i = 0; i < signals.len; i++) {
		signal = lint_item(signals, i);
		if (signal == 0 || signal > SIGNALS)
			lint_add_part(l, LINT_SIGNAL_UNKNOWN, owner, part, arena_printf(l->arena,
			    "no signal has the number %u", (unsigned)signal), STR(""));
	}
}

/* Whether each signal of `inner` is one of `outer`. */
static bool has_signals(const struct lint *l, struct lint_row outer, struct lint_row inner)
{
	struct bc_bytes o = lint_list(l, outer, "signals", BC_INTEGER);
	struct bc_bytes n = lint_list(l, inner, "signals", BC_INTEGER);
	uint32_t i, j;

	for (i = 0; i < n.len; i++) {
		for (j = 0; j < o.len && lint_item(o, j) != lint_item(n, i); j++)
			;
		if (j == o.len)
			return false;
	}
	return true;
}

static bool same_command(const struct lint *l, struct lint_row one, struct lint_row other)
{
	return str_equal(lint_words(l, lint_list(l, one, "command", BC_STRING)),
	    lint_words(l, lint_list(l, other, "command", BC_STRING)));
}

static void look_at_exec(struct lint *l, struct lint_row owner)
{
	struct lint_rows exec = lint_rows(l, owner, "exec");
	uint32_t i, j;

	for (i = 0; i < exec.cells.len; i++) {
		struct lint_row one = lint_rows_at(exec, i);

		look_at_command(l, owner, one, "exec");
		look_at_signals(l, owner, one);
		for (j = 0; j < exec.cells.len; j++)
			if (i != j && has_signals(l, lint_rows_at(exec, j), one) &&
			    same_command(l, one, lint_rows_at(exec, j)))
				break;
		if (j < exec.cells.len)
			lint_add_part(l, LINT_EXEC_SHADOWED, owner, one, arena_printf(l->arena,
			    "exec %.*s is there again, with all its signals",
			    STR_ARG(lint_words(l, lint_list(l, one, "command", BC_STRING)))), STR(""));
	}
}

/* ---- what must begin before ---- */

static uint32_t container_named(const struct lint *l, struct str name)
{
	struct lint_row c = { l->containers, 0 };

	for (; c.row < l->p->tables[l->containers].n_rows; c.row++)
		if (str_equal(lint_text(l, c, "name"), name))
			return c.row;
	return LINT_NONE;
}

/* The way from one container along `after` back to it. */
struct after {
	struct lint *l;
	uint32_t *next;                 /* by container: the number of the name to try */
	bool *seen;
	uint32_t *way, n_way;
};

static bool leads_back(struct after *a, uint32_t start)
{
	struct bc_bytes names;
	uint32_t at, to, n = a->l->p->tables[a->l->containers].n_rows;

	memset(a->next, 0, n * sizeof(*a->next));
	memset(a->seen, 0, n * sizeof(*a->seen));
	a->way[0] = start;
	a->n_way = 1;
	while (a->n_way != 0) {
		at = a->way[a->n_way - 1];
		names = lint_list(a->l, (struct lint_row){ a->l->containers, at }, "after", BC_STRING);
		if (a->next[at] == names.len) {
			a->n_way--;
			continue;
		}
		to = container_named(a->l, lint_string(a->l, lint_item(names, a->next[at]++)));
		if (to == start)
			return true;
		if (to == LINT_NONE || a->seen[to])
			continue;
		a->seen[to] = true;
		a->way[a->n_way++] = to;
	}
	return false;
}

static void add_cycle(struct lint *l, const struct after *a)
{
	struct bytes b = { .arena = l->arena };
	struct lint_row c = { l->containers, a->way[0] };
	uint32_t i;

	/* Each cycle once: at its first container. */
	for (i = 0; i < a->n_way; i++) {
		l->blocked[a->way[i]] = true;
		if (i != 0 && lint_comes_before(l, (struct lint_row){ l->containers, a->way[i] }, c))
			return;
		bytes_printf(&b, "%.*s, which is after ",
		    STR_ARG(lint_text(l, (struct lint_row){ l->containers, a->way[i] }, "name")));
	}
	lint_add_row(l, LINT_AFTER_CYCLE, c, arena_printf(l->arena, "never begins: it waits for "
	    "itself, %.*s%.*s", STR_ARG(bytes_str(&b)), STR_ARG(lint_text(l, c, "name"))), STR(""));
}

static void look_at_order(struct lint *l)
{
	uint32_t i, n = l->p->tables[l->containers].n_rows;
	struct after a = { .l = l, .next = arena_array(l->arena, n, uint32_t),
	    .seen = arena_array(l->arena, n, bool), .way = arena_array(l->arena, n + 1, uint32_t) };
	struct lint_row c = { l->containers, 0 };
	struct bc_bytes names;
	struct str name;

	for (; c.row < n; c.row++) {
		names = lint_list(l, c, "after", BC_STRING);
		for (i = 0; i < names.len; i++) {
			name = lint_string(l, lint_item(names, i));
			if (container_named(l, name) != LINT_NONE)
				continue;
			block(l, c);
			lint_add_row(l, LINT_AFTER_UNKNOWN, c, arena_printf(l->arena, "never begins: it is "
			    "after %.*s, and no container has that name", STR_ARG(name)), STR(""));
		}
		if (names.len != 0 && leads_back(&a, c.row))
			add_cycle(l, &a);
	}
}

static void look_at_container(struct lint *l, struct lint_row c)
{
	if (lint_column(l, c.table, "layers") != LINT_NONE && lint_rows(l, c, "layers").cells.len == 0) {
		block(l, c);
		lint_add_row(l, LINT_LAYERS_NONE, c, STR("never starts: it has no layers, so no root "
		    "file system is ever accepted for it"), STR(""));
	}
	if (lint_column(l, c.table, "instances") != LINT_NONE && lint_cell(l, c, "instances") == 0) {
		block(l, c);
		lint_add_row(l, LINT_INSTANCES_ZERO, c, STR("never starts: no instance of it may run"),
		    STR(""));
	}
	look_at_command(l, c, c, "command");
	look_at_signals(l, c, c);
	look_at_exec(l, c);
}

/* ---- any framework ---- */

static void mark_used(const struct lint *l, uint32_t table, bool *const *used)
{
	const struct bc_table *t = &l->p->tables[table];
	uint32_t row, column, type, cell, i;
	struct bc_bytes list;

	for (column = 0; column < t->n_columns; column++) {
		type = bc_column_type(t, column);
		if (BC_BASE(type) != BC_TABLEROW)
			continue;
		for (row = 0; row < t->n_rows; row++) {
			cell = bc_cell(t, row, column);
			if (BC_SHAPE(type) == BC_ONE) {
				used[BC_INDEX(type)][cell] = true;
				continue;
			}
			list = bc_list(l->p, cell);
			for (i = 0; i < list.len; i++)
				used[BC_INDEX(type)][lint_item(list, i)] = true;
		}
	}
}

static void look_at_use(struct lint *l)
{
	bool *used[BC_TABLES_MAX];
	struct lint_row r;

	for (r.table = 0; r.table < l->p->n_tables; r.table++)
		used[r.table] = arena_array(l->arena, l->p->tables[r.table].n_rows + 1, bool);
	for (r.table = 0; r.table < l->p->n_tables; r.table++)
		mark_used(l, r.table, used);
	for (r.table = 0; r.table < l->p->n_tables; r.table++)
		for (r.row = 0; r.row < l->p->tables[r.table].n_rows; r.row++)
			if (!used[r.table][r.row] && !synth_is_root(l->p, r.table))
				lint_add_row(l, LINT_UNUSED, r, STR("no declaration refers to it"), STR(""));
}

static void look_at_patterns(struct lint *l)
{
	struct lint_row r;
	uint32_t column, name;

	for (r.table = 0; r.table < l->p->n_tables; r.table++) {
		const struct bc_table *t = &l->p->tables[r.table];

		for (column = 0; column < t->n_columns; column++) {
			if (bc_column_type(t, column) != BC_TYPE(BC_ONE, BC_LANGUAGE, 0))
				continue;
			name = bc_get32(t->columns + 8 * (size_t)column);
			for (r.row = 0; r.row < t->n_rows; r.row++)
				if (lint_no_word(lint_lang(&l->langs, bc_cell(t, r.row, column))))
					lint_add_row(l, LINT_PATTERN_EMPTY, r, arena_printf(l->arena,
					    "no string matches its %.*s", STR_ARG(lint_string(l, name))), STR(""));
		}
	}
}

void lint_containers(struct lint *l)
{
	struct lint_row c = { l->containers, 0 }, x = { lint_table(l, "external_process"), 0 };

	look_at_use(l);
	look_at_patterns(l);
	look_at_layers(l);
	for (; l->containers != LINT_NONE && c.row < l->p->tables[c.table].n_rows; c.row++)
		look_at_container(l, c);
	for (; x.table != LINT_NONE && x.row < l->p->tables[x.table].n_rows; x.row++)
		look_at_command(l, x, x, "command");
	if (l->containers != LINT_NONE)
		look_at_order(l);
}

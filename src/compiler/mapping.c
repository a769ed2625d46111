/* SPDX-License-Identifier: Apache-2.0
 *
 * mapping.c - from numbers back to places.  Lines are found with an index, for
 * source_place() counts from the start and there may be many rows.
 */
#include "mapping.h"

struct lines {
	const struct source *source;
	uint32_t *starts, n, cap;
};

struct mapper {
	struct arena *a;
	const struct canonical *image;
	struct srcmap *map;
	struct lines *sources;
	uint32_t n_sources, cap;
};

static const struct lines *lines_of(struct mapper *m, const struct source *source)
{
	struct lines *l;
	uint32_t i;

	for (i = 0; i < m->n_sources; i++)
		if (m->sources[i].source == source)
			return &m->sources[i];
	arena_push(m->a, m->sources, m->n_sources, m->cap);
	l = &m->sources[m->n_sources++];
	memset(l, 0, sizeof(*l));
	l->source = source;
	for (i = 0; i < source->text.len; i++) {
		if (i != 0 && source->text.ptr[i - 1] != '\n')
			continue;
		arena_push(m->a, l->starts, l->n, l->cap);
		l->starts[l->n++] = i;
	}
	return l;
}

static struct str text_of(struct mapper *m, struct loc loc)
{
	return srcmap_one_line(m->a, (struct str){ loc.source->text.ptr + loc.start,
	    loc.end - loc.start });
}

static void add(struct mapper *m, enum srcmap_kind kind, struct str name, uint32_t number,
    struct loc loc, struct str label)
{
	struct srcmap_entry entry = { .kind = kind, .name = name, .number = number, .label = label };
	const struct lines *l;
	uint32_t low = 0, high, middle;

	if (loc.source == NULL)
		return;
	l = lines_of(m, loc.source);
	for (high = l->n; high - low > 1;) {
		middle = low + (high - low) / 2;
		if (l->starts[middle] <= loc.start)
			low = middle;
		else
			high = middle;
	}
	entry.file = loc.source->name;
	entry.line = low + 1;
	entry.column = loc.start - (l->n == 0 ? 0 : l->starts[low]) + 1;
	entry.len = loc.end - loc.start;
	entry.text = text_of(m, loc);
	srcmap_add(m->map, m->a, entry);
}

static struct str effect_label(struct mapper *m, const struct ir_stmt *s)
{
	switch (s->kind) {
	case IR_SETVAR: case IR_PUT:
		return arena_printf(m->a, "set %.*s", STR_ARG(s->var->name));
	case IR_DEL:
		return arena_printf(m->a, "delete from %.*s", STR_ARG(s->var->name));
	case IR_KEEP:
		return arena_printf(m->a, "keep %.*s", STR_ARG(s->field->name));
	case IR_OUT:
		return arena_printf(m->a, "give %.*s", STR_ARG(s->out->name));
	case IR_REQUIRE: case IR_LET:
		break;
	}
	return s->label;
}

static void add_rules(struct mapper *m)
{
	const struct canon *c = m->image->canon;
	uint32_t i, j;

	for (i = 0; i < c->ir->n_events; i++) {
		const struct code *rule = &m->image->rules[i];

		if (c->events[i]->has_rule)
			add(m, SRCMAP_RULE, c->events[i]->name, 0, c->events[i]->rule_loc,
			    (struct str){ NULL, 0 });
		for (j = 0; j < rule->n_places; j++) {
			const struct ir_stmt *s = rule->places[j].stmt;

			if (s->kind == IR_LET)
				continue;
			add(m, s->kind == IR_REQUIRE ? SRCMAP_REQUIRE : SRCMAP_EFFECT,
			    c->events[i]->name, rule->places[j].pc, s->loc, effect_label(m, s));
		}
	}
	for (i = 0; i < c->ir->n_claims; i++) {
		if (c->claims[i]->loc.source == NULL)
			continue;
		add(m, SRCMAP_CLAIM, c->claims[i]->name, 0, c->claims[i]->loc,
		    c->claims[i]->is_never ? STR("never") : (struct str){ NULL, 0 });
		m->map->entries[m->map->n - 1].text = text_of(m, c->claims[i]->body);
	}
}

/* A named kind has the row's name in the column `name`. */
static struct str row_label(const struct ir_table *t, const struct ir_row *row)
{
	uint32_t i;

	for (i = 0; i < t->n_columns; i++)
		if (str_is(t->columns[i].name, "name") && t->columns[i].type.shape == BC_ONE
		    && t->columns[i].type.base == BC_STRING)
			return row->cells[i].text;
	return (struct str){ NULL, 0 };
}

static void add_rows(struct mapper *m)
{
	const struct canon *c = m->image->canon;
	bool *is_known;
	uint32_t i, j;

	for (i = 0; i < c->ir->n_tables; i++) {
		const struct ir_table *t = c->tables[i];

		/* Of rows that were merged the first one stands for all. */
		is_known = arena_array(m->a, t->n_rows, bool);
		for (j = 0; j < t->n_rows; j++) {
			const struct ir_row *row = t->rows[j];

			if (!is_known[row->number])
				add(m, SRCMAP_ROW, t->name, row->number, row->loc,
				    row_label(t, row));
			is_known[row->number] = true;
		}
	}
}

struct srcmap *mapping_of(struct arena *a, const struct canonical *image, const char *sha256)
{
	struct mapper m = { .a = a, .image = image, .map = arena_new(a, struct srcmap) };

	m.map->sha256 = (struct str){ sha256, strlen(sha256) };
	add_rules(&m);
	add_rows(&m);
	return m.map;
}

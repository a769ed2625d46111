/* SPDX-License-Identifier: Apache-2.0
 *
 * lint.c - cocoapolv lint: the findings, in the order of their places.
 */
#include "lint.h"

#include <stdlib.h>

#include "../bytecode/decode.h"
#include "lint_flow.h"

static const struct {
	const char *spelling;
	enum lint_severity severity;
	const char *meaning;
} kinds[] = {
#define LINT(name, spelling, severity, meaning) { spelling, LINT_##severity, meaning },
#include "lint.def"
#undef LINT
};
static const char *const severities[] = { [LINT_NOTE] = "note", [LINT_WARNING] = "warning" };

_Static_assert((int)LINT_COUNT <= 64, "a bit for each name");

/* ---- options ---- */

int lint_allow(struct tool *t, const char *name)
{
	int i;

	for (i = 0; i < LINT_COUNT; i++)
		if (strcmp(kinds[i].spelling, name) == 0) {
			t->lint_allowed |= UINT64_C(1) << i;
			return TOOL_YES;
		}
	return tool_usage(t, "--allow wants a name of 'lint --list', this is '%s'", name);
}

static json_t *kind_json(int kind)
{
	json_t *json = json_object();

	json_object_set_new(json, "name", json_string(kinds[kind].spelling));
	json_object_set_new(json, "severity", json_string(severities[kinds[kind].severity]));
	json_object_set_new(json, "meaning", json_string(kinds[kind].meaning));
	return json;
}

int lint_list_names(const struct tool *t)
{
	json_t *json = t->json ? json_object() : NULL, *names = json_array();
	int i;

	for (i = 0; i < LINT_COUNT; i++) {
		if (t->json)
			json_array_append_new(names, kind_json(i));
		else
			printf("%-16s  %-7s  %s\n", kinds[i].spelling,
			    severities[kinds[i].severity], kinds[i].meaning);
	}
	if (!t->json) {
		json_decref(names);
		return TOOL_YES;
	}
	json_object_set_new(json, "names", names);
	return tool_print_json(json);
}

/* ---- findings ---- */

void lint_add(struct lint *l, enum lint_name name, const struct srcmap_entry *place,
    struct str subject, struct str text, struct str witness)
{
	if ((l->tool->lint_allowed >> name & 1) != 0)
		return;
	arena_push(l->arena, l->findings, l->n_findings, l->cap_findings);
	l->findings[l->n_findings++] = (struct lint_finding){ name, place, subject, text, witness };
}

void lint_add_row(struct lint *l, enum lint_name name, struct lint_row row, struct str text,
    struct str witness)
{
	lint_add(l, name, lint_row_place(l, row), lint_row_name(l, row), text, witness);
}

static bool is_before(const struct srcmap_entry *l, const struct srcmap_entry *r)
{
	return l->line != r->line ? l->line < r->line : l->column < r->column;
}

bool lint_comes_before(const struct lint *l, struct lint_row one, struct lint_row other)
{
	const struct srcmap_entry *o = lint_row_place(l, one), *r = lint_row_place(l, other);

	return o == NULL || r == NULL ? one.row < other.row : is_before(o, r);
}

/* Whether a place is within the declaration that the owner is, and not within
 * one of the same table that begins between them: equal rows have one place. */
static bool is_within(const struct lint *l, struct lint_row owner, const struct srcmap_entry *part)
{
	const struct srcmap_entry *start = lint_row_place(l, owner), *other;
	uint32_t i;

	if (part == NULL || start == NULL || !str_equal(part->file, start->file) ||
	    is_before(part, start))
		return false;
	for (i = 0; i < l->p->tables[owner.table].n_rows; i++) {
		other = lint_row_place(l, (struct lint_row){ owner.table, i });
		if (other != NULL && i != owner.row && str_equal(other->file, start->file) &&
		    is_before(start, other) && !is_before(part, other))
			return false;
	}
	return true;
}

void lint_add_part(struct lint *l, enum lint_name name, struct lint_row owner,
    struct lint_row part, struct str text, struct str witness)
{
	const struct srcmap_entry *place = lint_row_place(l, part);

	lint_add(l, name, is_within(l, owner, place) ? place : lint_row_place(l, owner),
	    lint_row_name(l, owner), text, witness);
}

static int order(const void *left, const void *right)
{
	const struct lint_finding *l = left, *r = right;
	int by;

	if ((l->place == NULL) != (r->place == NULL))
		return l->place == NULL ? 1 : -1;
	if (l->place != NULL && (by = str_compare(l->place->file, r->place->file)) != 0)
		return by;
	if (l->place != NULL && (is_before(l->place, r->place) || is_before(r->place, l->place)))
		return is_before(l->place, r->place) ? -1 : 1;
	if (l->name != r->name)
		return l->name < r->name ? -1 : 1;
	if ((by = str_compare(l->subject, r->subject)) != 0)
		return by;
	return str_compare(l->text, r->text);
}

static void print_finding(struct tool *t, const struct lint_finding *f)
{
	enum lint_severity severity = kinds[f->name].severity;

	if (f->place == NULL)
		printf("%s: ", t->path);
	else
		printf("%.*s:%u:%u: ", STR_ARG(f->place->file), (unsigned)f->place->line,
		    (unsigned)f->place->column);
	tool_print_colour(t, severity == LINT_WARNING ? TOOL_DOUBT : TOOL_FAINT, "%s:",
	    severities[severity]);
	printf(" %.*s%s%.*s [%s]\n", STR_ARG(f->subject), f->subject.len == 0 ? "" : ": ",
	    STR_ARG(f->text), kinds[f->name].spelling);
	if (f->witness.len != 0)
		printf("    such as %.*s\n", STR_ARG(f->witness));
}

static json_t *finding_json(const struct lint_finding *f)
{
	json_t *json = kind_json((int)f->name);

	json_object_set_new(json, "place", f->place == NULL ? json_null() :
	    tool_place_json(f->place));
	json_object_set_new(json, "subject", f->subject.len == 0 ? json_null() :
	    tool_str_json(f->subject));
	json_object_set_new(json, "text", tool_str_json(f->text));
	json_object_set_new(json, "witness", f->witness.len == 0 ? json_null() :
	    tool_str_json(f->witness));
	return json;
}

static int report_json(struct lint *l, uint32_t n_warnings)
{
	json_t *json = json_object(), *findings = json_array();
	uint32_t i;

	for (i = 0; i < l->n_findings; i++)
		json_array_append_new(findings, finding_json(&l->findings[i]));
	json_object_set_new(json, "policy", tool_str_json(lint_string(l, l->p->policy_name)));
	json_object_set_new(json, "warnings", json_integer(n_warnings));
	json_object_set_new(json, "notes", json_integer(l->n_findings - n_warnings));
	json_object_set_new(json, "findings", findings);
	return tool_print_json(json);
}

static int report(struct lint *l)
{
	uint32_t i, n_warnings = 0;
	int status = TOOL_YES;

	if (l->n_findings != 0)
		qsort(l->findings, l->n_findings, sizeof(*l->findings), order);
	for (i = 0; i < l->n_findings; i++)
		n_warnings += kinds[l->findings[i].name].severity == LINT_WARNING;
	if (l->tool->json) {
		status = report_json(l, n_warnings);
	} else {
		for (i = 0; i < l->n_findings; i++)
			print_finding(l->tool, &l->findings[i]);
		printf("%u warning%s, %u note%s\n", (unsigned)n_warnings, n_warnings == 1 ? "" : "s",
		    (unsigned)(l->n_findings - n_warnings), l->n_findings - n_warnings == 1 ? "" : "s");
	}
	return status != TOOL_YES ? status : n_warnings != 0 ? TOOL_NO : TOOL_YES;
}

/* ---- the command ---- */

static void find_places(struct lint *l)
{
	const struct srcmap *map = l->tool->map;
	uint32_t i, table;
	struct str name;

	for (table = 0; map != NULL && table < l->p->n_tables; table++)
		l->row_places[table] = arena_array(l->arena, l->p->tables[table].n_rows,
		    const struct srcmap_entry *);
	for (i = 0; map != NULL && i < map->n; i++) {
		const struct srcmap_entry *e = &map->entries[i];

		for (table = 0; e->kind == SRCMAP_ROW && table < l->p->n_tables; table++) {
			name = lint_string(l, l->p->tables[table].name);
			if (str_equal(name, e->name) && e->number < l->p->tables[table].n_rows)
				l->row_places[table][e->number] = e;
		}
	}
}

int command_lint(struct tool *t)
{
	struct lint l = { .tool = t, .arena = &t->arena, .p = &t->policy.bc };
	int status;

	l.memos = arena_array(l.arena, LINT_MEMOS, struct lint_memo);
	lint_langs_open(&l.langs, l.p);
	find_places(&l);
	l.containers = lint_table(&l, "container");
	if (l.containers != LINT_NONE) {
		l.blocked = arena_array(l.arena, l.p->tables[l.containers].n_rows, bool);
		l.disputed = arena_array(l.arena, l.p->tables[l.containers].n_rows, bool);
	}
	l.flow = flow_of(&l, t->tree);
	lint_containers(&l);
	lint_env(&l);
	lint_mounts(&l);
	lint_privileges(&l);
	lint_events(&l);
	lint_pairs(&l);
	lint_starts(&l);
	tool_calm(t);
	status = report(&l);
	lint_langs_close(&l.langs);
	return status;
}

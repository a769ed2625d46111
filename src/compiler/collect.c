/* SPDX-License-Identifier: Apache-2.0
 *
 * collect.c - see collect.h.
 */
#include "collect.h"

#include "../base/bytes.h"
#include "pool.h"

static void complain_count(struct canon *c, struct loc loc, const char *what, struct str name,
    uint32_t n, uint32_t most, const char *things)
{
	if (n <= most)
		return;
	if (name.len != 0)
		diag_error(c->d, loc, DIAG_LIMIT, "%s '%.*s' has %u %s, and %u is the most", what,
		    STR_ARG(name), n, things, most);
	else
		diag_error(c->d, loc, DIAG_LIMIT, "there are %u %s, and %u is the most", n, things,
		    most);
}

void collect_check_counts(struct canon *c)
{
	const struct ir_policy *ir = c->ir;
	struct loc none = { NULL, 0, 0 };
	struct str all = { "", 0 };
	uint32_t i;

	complain_count(c, none, "", all, ir->n_enums, BC_ENUMS_MAX, "enumerations");
	complain_count(c, none, "", all, ir->n_records, BC_RECORDS_MAX, "records");
	complain_count(c, none, "", all, ir->n_switches, BC_SWITCHES_MAX, "switches");
	complain_count(c, none, "", all, ir->n_tables, BC_TABLES_MAX, "kinds");
	complain_count(c, ir->n_vars > BC_VARS_MAX ? ir->vars[BC_VARS_MAX]->loc : none, "", all,
	    ir->n_vars, BC_VARS_MAX, "state variables");
	complain_count(c, ir->n_events > BC_EVENTS_MAX ? ir->events[BC_EVENTS_MAX]->loc : none, "",
	    all, ir->n_events, BC_EVENTS_MAX, "events");
	complain_count(c, ir->n_claims > BC_CLAIMS_MAX ? ir->claims[BC_CLAIMS_MAX]->loc : none, "",
	    all, ir->n_claims, BC_CLAIMS_MAX, "claims");
	for (i = 0; i < ir->n_enums; i++)
		complain_count(c, none, "enumeration", ir->enums[i]->name, ir->enums[i]->n_values,
		    65535, "values");
	for (i = 0; i < ir->n_records; i++)
		complain_count(c, none, "record", ir->records[i]->name, ir->records[i]->n_members,
		    BC_MEMBERS_MAX, "members");
	for (i = 0; i < ir->n_tables; i++)
		complain_count(c, none, "kind", ir->tables[i]->name, ir->tables[i]->n_columns,
		    BC_COLUMNS_MAX, "columns");
	for (i = 0; i < ir->n_events; i++) {
		complain_count(c, ir->events[i]->loc, "event", ir->events[i]->name,
		    ir->events[i]->n_fields, BC_FIELDS_MAX, "fields");
		complain_count(c, ir->events[i]->loc, "event", ir->events[i]->name,
		    ir->events[i]->n_outs, BC_OUTS_MAX, "outputs");
	}
}

static void check_string(struct canon *c, struct loc loc, struct str text)
{
	if (text.len > BC_STRING_MAX)
		diag_error(c->d, loc, DIAG_LIMIT, "a string has %zu bytes, and %u is the most",
		    text.len, BC_STRING_MAX);
}

static void collect_name(struct canon *c, struct str name)
{
	pool_add(&c->strings, c->a, name.ptr, name.len);
}

void collect_names(struct canon *c)
{
	const struct ir_policy *ir = c->ir;
	uint32_t i, j;

	collect_name(c, ir->policy_name);
	collect_name(c, ir->framework_name);
	for (i = 0; i < ir->n_enums; i++) {
		collect_name(c, ir->enums[i]->name);
		for (j = 0; j < ir->enums[i]->n_values; j++)
			collect_name(c, ir->enums[i]->values[j]);
	}
	for (i = 0; i < ir->n_records; i++) {
		collect_name(c, ir->records[i]->name);
		for (j = 0; j < ir->records[i]->n_members; j++)
			collect_name(c, ir->records[i]->members[j].name);
	}
	for (i = 0; i < ir->n_tables; i++) {
		collect_name(c, ir->tables[i]->name);
		for (j = 0; j < ir->tables[i]->n_columns; j++)
			collect_name(c, ir->tables[i]->columns[j].name);
	}
	for (i = 0; i < ir->n_events; i++) {
		collect_name(c, ir->events[i]->name);
		for (j = 0; j < ir->events[i]->n_fields; j++)
			collect_name(c, ir->events[i]->fields[j].name);
		for (j = 0; j < ir->events[i]->n_outs; j++)
			collect_name(c, ir->events[i]->outs[j].name);
	}
	for (i = 0; i < ir->n_vars; i++)
		collect_name(c, ir->vars[i]->name);
	for (i = 0; i < ir->n_switches; i++)
		collect_name(c, ir->switches[i]->name);
	for (i = 0; i < ir->n_claims; i++)
		collect_name(c, ir->claims[i]->name);
}

struct collector {
	struct canon *c;
	bool patterns;
	uint32_t depth;
	uint64_t n_nodes;
	struct loc loc;
	bool failed;
};

enum { DEEPEST_EXPR = 2000, MOST_NODES = 4000000 };

static void collect_pattern(struct collector *k, const struct ir_pattern *p)
{
	struct bytes b = { .arena = k->c->a };

	if (k->patterns) {
		canon_pattern_entry(k->c, &b, p);
		pool_add(&k->c->patterns, k->c->a, b.ptr, b.len);
	} else if (p->is_literal) {
		check_string(k->c, k->loc, p->literal);
		collect_name(k->c, p->literal);
	}
}

static void collect_value(struct collector *k, const struct ir_value *v)
{
	uint32_t i;

	if (v->type.shape != BC_ONE) {
		for (i = 0; i < v->n_items; i++)
			collect_value(k, &v->items[i]);
		return;
	}
	if (v->type.base == BC_LANGUAGE)
		collect_pattern(k, &v->pattern);
	if (!k->patterns && (v->type.base == BC_STRING || v->type.base == BC_DIGEST32)) {
		check_string(k->c, k->loc, v->text);
		collect_name(k->c, v->text);
	}
}

/* The first to go through expressions, so it is what bounds them: they are
 * trees after substitution, and may be far larger than their source. */
static void collect_expr(struct collector *k, const struct ir_expr *e)
{
	uint32_t i;

	if (k->failed || e == NULL)
		return;
	if (k->depth >= DEEPEST_EXPR || k->n_nodes >= MOST_NODES) {
		k->failed = true;
		diag_error(k->c->d, k->loc, k->depth >= DEEPEST_EXPR ? DIAG_TOO_DEEP : DIAG_LIMIT,
		    k->depth >= DEEPEST_EXPR ? "expressions are nested too deeply once definitions "
		    "are filled in" : "expressions are too large once definitions are filled in");
		return;
	}
	k->n_nodes++;
	if (!k->patterns && (e->op == BC_STR || e->op == BC_DIGEST)) {
		check_string(k->c, e->loc, e->text);
		collect_name(k->c, e->text);
	}
	if (e->op == BC_PATTERN)
		collect_pattern(k, &e->pattern);
	k->depth++;
	for (i = 0; i < e->n_kids; i++)
		collect_expr(k, e->kids[i]);
	k->depth--;
}

void collect_constants(struct canon *c, bool patterns)
{
	struct collector k = { .c = c, .patterns = patterns };
	const struct ir_policy *ir = c->ir;
	uint32_t i, j, n;

	for (i = 0; i < ir->n_switches; i++)
		collect_value(&k, &ir->switches[i]->value);
	for (i = 0; i < ir->n_tables; i++) {
		for (j = 0; j < ir->tables[i]->n_rows; j++) {
			k.loc = ir->tables[i]->rows[j]->loc;
			for (n = 0; n < ir->tables[i]->n_columns; n++)
				collect_value(&k, &ir->tables[i]->rows[j]->cells[n]);
		}
	}
	for (i = 0; i < ir->n_events; i++) {
		for (j = 0; j < ir->events[i]->n_stmts; j++) {
			k.loc = ir->events[i]->stmts[j].loc;
			collect_expr(&k, ir->events[i]->stmts[j].key);
			collect_expr(&k, ir->events[i]->stmts[j].value);
		}
	}
	for (i = 0; i < ir->n_claims; i++) {
		k.loc = ir->claims[i]->loc;
		collect_expr(&k, ir->claims[i]->expr);
	}
}

/* An int in a cell has 32 bits. */
void collect_check_cells(struct canon *c)
{
	uint32_t i, j, k, n;

	for (i = 0; i < c->ir->n_tables; i++) {
		const struct ir_table *t = c->ir->tables[i];

		for (j = 0; j < t->n_rows; j++) {
			for (k = 0; k < t->n_columns; k++) {
				const struct ir_value *v = &t->rows[j]->cells[k];
				bool over = v->type.base == BC_INTEGER && v->word > UINT32_MAX;

				for (n = 0; n < v->n_items; n++)
					over = over || (v->type.base == BC_INTEGER
					    && v->items[n].word > UINT32_MAX);
				if (over)
					diag_error(c->d, t->rows[j]->loc, DIAG_LIMIT,
					    "'%.*s' is above 4294967295, the most in a declaration",
					    STR_ARG(t->columns[k].name));
			}
		}
	}
}

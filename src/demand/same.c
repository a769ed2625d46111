/* SPDX-License-Identifier: Apache-2.0
 *
 * same.c - two policies side by side, by content: only the numbers of pool
 * entries and of variables may differ.
 */
#include "same.h"

#include "../bytecode/decode.h"

struct pair {
	const struct bc_policy *l, *r;
	uint32_t vars[BC_VARS_MAX];     /* by the left number: the right one */
	bool is_new[BC_VARS_MAX];       /* by the right number: a ghost of its own */
};

static bool same_bytes(struct bc_bytes l, struct bc_bytes r)
{
	return l.len == r.len && (l.len == 0 || memcmp(l.ptr, r.ptr, l.len) == 0);
}

static bool same_string(const struct pair *p, uint32_t l, uint32_t r)
{
	return same_bytes(bc_string(p->l, l), bc_string(p->r, r));
}

static bool same_pattern(const struct pair *p, uint32_t l, uint32_t r)
{
	struct bc_bytes a = bc_pattern(p->l, l), b = bc_pattern(p->r, r);

	if (a.ptr[0] == 0 && b.ptr[0] == 0)
		return same_string(p, bc_get32(a.ptr + 1), bc_get32(b.ptr + 1));
	return same_bytes(a, b);
}

/* A word of a switch, a cell or a list. */
static bool same_word(const struct pair *p, uint32_t type, uint64_t l, uint64_t r)
{
	switch (BC_BASE(type)) {
	case BC_STRING: case BC_DIGEST32:
		return same_string(p, (uint32_t)l, (uint32_t)r);
	case BC_LANGUAGE:
		return same_pattern(p, (uint32_t)l, (uint32_t)r);
	default:
		return l == r;
	}
}

static bool same_cell(const struct pair *p, uint32_t type, uint32_t l, uint32_t r)
{
	struct bc_bytes a, b;

	if (BC_SHAPE(type) == BC_ONE)
		return same_word(p, type, l, r);
	a = bc_list(p->l, l);
	b = bc_list(p->r, r);
	if (a.len != b.len)
		return false;
	for (uint32_t i = 0; i < a.len; i++)
		if (!same_word(p, type, bc_get32(a.ptr + 4 * (size_t)i), bc_get32(b.ptr + 4 * (size_t)i)))
			return false;
	return true;
}

/* n entries of a name and `words` - 1 words that are equal as they are. */
static bool same_names(const struct pair *p, const uint8_t *l, const uint8_t *r, uint32_t n, uint32_t words)
{
	for (uint32_t i = 0; i < n; i++, l += 4 * (size_t)words, r += 4 * (size_t)words)
		if (!same_string(p, bc_get32(l), bc_get32(r)) ||
		    memcmp(l + 4, r + 4, 4 * (size_t)(words - 1)) != 0)
			return false;
	return true;
}

static bool same_types(const struct pair *p)
{
	if (p->l->n_enums != p->r->n_enums || p->l->n_records != p->r->n_records)
		return false;
	for (uint32_t i = 0; i < p->l->n_enums; i++) {
		const uint8_t *l = p->l->enums[i], *r = p->r->enums[i];

		if (!same_names(p, l, r, 1, 2) || !same_names(p, l + 8, r + 8, bc_get32(l + 4), 1))
			return false;
	}
	for (uint32_t i = 0; i < p->l->n_records; i++) {
		const uint8_t *l = p->l->records[i], *r = p->r->records[i];

		if (!same_names(p, l, r, 1, 3) || !same_names(p, l + 12, r + 12, bc_get32(l + 8), 2))
			return false;
	}
	return true;
}

static bool same_switches(const struct pair *p)
{
	if (p->l->n_switches != p->r->n_switches)
		return false;
	for (uint32_t i = 0; i < p->l->n_switches; i++)
		if (!same_names(p, p->l->switches + 16 * (size_t)i, p->r->switches + 16 * (size_t)i, 1, 2) ||
		    !same_word(p, bc_switch_type(p->l, i), bc_switch_value(p->l, i),
		    bc_switch_value(p->r, i)))
			return false;
	return true;
}

static bool same_table(const struct pair *p, const struct bc_table *l, const struct bc_table *r)
{
	if (!same_string(p, l->name, r->name) || l->has_key != r->has_key ||
	    l->n_columns != r->n_columns || l->n_rows != r->n_rows ||
	    !same_names(p, l->columns, r->columns, l->n_columns, 2))
		return false;
	for (uint32_t i = 0; i < l->n_rows; i++)
		for (uint32_t j = 0; j < l->n_columns; j++)
			if (!same_cell(p, bc_column_type(l, j), bc_cell(l, i, j), bc_cell(r, i, j)))
				return false;
	return true;
}

static bool same_tables(const struct pair *p)
{
	if (p->l->n_tables != p->r->n_tables)
		return false;
	for (uint32_t i = 0; i < p->l->n_tables; i++)
		if (!same_table(p, &p->l->tables[i], &p->r->tables[i]))
			return false;
	return true;
}

static bool same_var(const struct bc_var *l, const struct bc_var *r)
{
	return l->flags == r->flags && l->key == r->key && l->value == r->value &&
	    l->capacity == r->capacity && l->key_len == r->key_len && l->value_len == r->value_len &&
	    l->list_len == r->list_len && l->bound == r->bound;
}

/* Every variable of the left is on the right; what else is there is ghost. */
static bool pair_vars(struct pair *p)
{
	uint32_t i, j;

	for (j = 0; j < p->r->n_vars; j++)
		p->is_new[j] = true;
	for (i = 0; i < p->l->n_vars; i++) {
		for (j = 0; j < p->r->n_vars; j++)
			if (same_string(p, p->l->vars[i].name, p->r->vars[j].name))
				break;
		if (j == p->r->n_vars || !same_var(&p->l->vars[i], &p->r->vars[j]))
			return false;
		p->vars[i] = j;
		p->is_new[j] = false;
	}
	for (j = 0; j < p->r->n_vars; j++)
		if (p->is_new[j] && (p->r->vars[j].flags & 1) == 0)
			return false;
	return true;
}

static bool same_events(const struct pair *p)
{
	if (p->l->n_events != p->r->n_events)
		return false;
	for (uint32_t i = 0; i < p->l->n_events; i++) {
		const struct bc_event *l = &p->l->events[i], *r = &p->r->events[i];

		if (!same_string(p, l->name, r->name) || l->n_fields != r->n_fields ||
		    l->n_outs != r->n_outs ||
		    !same_names(p, l->fields, r->fields, l->n_fields, 3) ||
		    !same_names(p, l->outs, r->outs, l->n_outs, 2))
			return false;
	}
	return true;
}

/* ---- code ---- */

static bool same_operands(const struct pair *p, const struct tree_expr *l, const struct tree_expr *r)
{
	switch (l->op) {
	case BC_STR: case BC_DIGEST:
		return same_string(p, (uint32_t)l->a, (uint32_t)r->a);
	case BC_PATTERN:
		return same_pattern(p, (uint32_t)l->a, (uint32_t)r->a);
	case BC_VAR: case BC_HAS: case BC_GET: case BC_KEYS:
	case BC_OLDVAR: case BC_OLDHAS: case BC_OLDGET: case BC_OLDKEYS:
		return p->vars[l->a] == r->a;
	case BC_FALSE: case BC_TRUE: case BC_INT: case BC_ENUM: case BC_ROW: case BC_NOROWS:
	case BC_SWITCH: case BC_LOCAL: case BC_FIELD: case BC_COLUMN: case BC_MEMBER: case BC_ROWS:
	case BC_KEYROWS: case BC_LEN: case BC_AT: case BC_IN: case BC_PICK: case BC_EMPTY: case BC_EQ:
	case BC_EQLIST: case BC_LT: case BC_LE: case BC_ADD: case BC_SUB: case BC_MATCH:
	case BC_MATCHCAT: case BC_BELOW: case BC_EQCAT: case BC_NOT: case BC_AND: case BC_OR:
	case BC_ALL: case BC_SOME: case BC_COUNT: case BC_WHERE: case BC_MAP:
		return l->a == r->a && l->b == r->b;
	case BC_REQUIRE: case BC_LET: case BC_SETVAR: case BC_PUT: case BC_DEL: case BC_KEEP:
	case BC_OUT: case BC_GHOST: case BC_DONE: case BC_OP_END:
		break;
	}
	return false;
}

/* Slots are numbered as they come into scope, so equal slots are equal names. */
static bool same_expr(const struct pair *p, const struct tree_expr *l, const struct tree_expr *r)
{
	if (l == NULL || r == NULL)
		return l == r;
	if (l->op != r->op || l->type != r->type || l->slot != r->slot || l->is_let != r->is_let ||
	    l->is_place != r->is_place || l->n_kids != r->n_kids || !same_operands(p, l, r))
		return false;
	for (uint32_t i = 0; i < l->n_kids; i++)
		if (!same_expr(p, l->kids[i], r->kids[i]))
			return false;
	return true;
}

static bool writes_state(const struct tree_stmt *s)
{
	return s->op == BC_SETVAR || s->op == BC_PUT || s->op == BC_DEL;
}

static bool same_stmt(const struct pair *p, const struct tree_stmt *l, const struct tree_stmt *r)
{
	return l->op == r->op && l->ghost == r->ghost &&
	    (writes_state(l) ? p->vars[l->a] == r->a : l->a == r->a) &&
	    same_expr(p, l->key, r->key) && same_expr(p, l->value, r->value);
}

/* Ghost effects on variables that are new are passed over, and nothing else. */
static bool same_rule(const struct pair *p, const struct tree_rule *l, const struct tree_rule *r)
{
	uint32_t i = 0, j;

	if (l->exists != r->exists)
		return false;
	for (j = 0; j < r->n_stmts; j++) {
		const struct tree_stmt *s = &r->stmts[j];

		if (s->ghost && writes_state(s) && p->is_new[s->a])
			continue;
		if (i == l->n_stmts || !same_stmt(p, &l->stmts[i++], s))
			return false;
	}
	return i == l->n_stmts;
}

const char *same_policy(const struct tree_policy *policy, const struct tree_policy *more)
{
	struct pair p = { .l = policy->policy, .r = more->policy };

	if (!same_string(&p, p.l->policy_name, p.r->policy_name) || p.l->svn != p.r->svn ||
	    !same_string(&p, p.l->framework_name, p.r->framework_name) ||
	    p.l->framework_version != p.r->framework_version)
		return "names or versions";
	if (!same_types(&p))
		return "types";
	if (!same_switches(&p))
		return "switches";
	if (!same_tables(&p))
		return "tables";
	if (!pair_vars(&p))
		return "state";
	if (!same_events(&p))
		return "events";
	for (uint32_t i = 0; i < p.l->n_events; i++)
		if (!same_rule(&p, &policy->rules[i], &more->rules[i]))
			return "rules";
	return NULL;
}

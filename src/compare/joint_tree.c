/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_tree.c - the rules of both policies in the joint vocabulary.
 */
#include "joint_make.h"
#include "joint_prove.h"

#include "../bytecode/decode.h"

#define BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)

struct tree_expr *joint_node(struct joint *j, enum bc_op op, uint32_t type, uint64_t a, uint32_t n_kids,
    struct tree_expr *l, struct tree_expr *r)
{
	struct tree_expr *e = arena_new(j->arena, struct tree_expr);

	e->op = op;
	e->type = type;
	e->a = a;
	e->n_kids = n_kids;
	e->kids = arena_array(j->arena, 2, struct tree_expr *);
	e->kids[0] = l;
	e->kids[1] = r;
	return e;
}

/* ---- constants ------------------------------------------------------------- */

static struct tree_expr *of_switch(struct joint *j, const struct joint_side *side, const struct tree_expr *e)
{
	uint64_t value = bc_switch_value(side->policy, (uint32_t)e->a);
	uint32_t type = joint_type(side, e->type);

	if (BC_BASE(type) == BC_LANGUAGE)
		return joint_node(j, BC_PATTERN, type, side->patterns[value], 0, NULL, NULL);
	if (BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32)
		value = side->strings[value];
	return joint_constant(j, type, value);
}

/* ---- rows ------------------------------------------------------------------ */

static struct tree_expr *the_row(struct joint *j, uint32_t table)
{
	struct tree_expr *row = joint_node(j, BC_LOCAL, BC_TYPE(BC_ONE, BC_TABLEROW, table), 0, 0, NULL, NULL);

	row->slot = JOINT_SLOT;
	return row;
}

/* Of some rows, those that are the side's: of no side, if it has all. */
static struct tree_expr *rows_of_side(struct joint *j, const struct joint_side *side, uint32_t table,
    struct tree_expr *rows)
{
	uint32_t has = side->has[table], joint_table = side->tables[table];
	struct tree_expr *where;

	if (has == JOINT_NONE)
		return rows;
	where = joint_node(j, BC_WHERE, rows->type, 0, 2, rows,
	    joint_node(j, BC_COLUMN, BOOL, has, 1, the_row(j, joint_table), NULL));
	where->slot = JOINT_SLOT;
	return where;
}

/* ---- expressions ------------------------------------------------------------- */

static void rename_operands(struct joint *j, const struct joint_side *side, struct tree_expr *e,
    const struct tree_expr *of)
{
	switch (of->op) {
	case BC_ENUM:
		e->a = side->enums[of->a];
		break;
	case BC_STR: case BC_DIGEST:
		e->a = side->strings[of->a];
		break;
	case BC_PATTERN:
		e->a = side->patterns[of->a];
		break;
	case BC_ROW:
		e->b = of->b == BC_NO_ROW || side->rows[of->a] == NULL ? of->b : side->rows[of->a][of->b];
		e->a = side->tables[of->a];
		if (e->b != BC_NO_ROW && j->tables[e->a].is_shared)
			j->tables[e->a].is_named[e->b] = true;
		break;
	case BC_NOROWS: case BC_ROWS: case BC_KEYROWS:
		e->a = side->tables[of->a];
		break;
	case BC_COLUMN:
		e->a = side->columns[BC_INDEX(of->kids[0]->type)][of->a];
		break;
	case BC_VAR: case BC_HAS: case BC_GET: case BC_KEYS: case BC_OLDVAR: case BC_OLDHAS:
	case BC_OLDGET: case BC_OLDKEYS:
		e->a = side->vars[of->a];
		break;
	case BC_LOCAL: case BC_ALL: case BC_SOME: case BC_COUNT: case BC_WHERE: case BC_MAP:
	case BC_FALSE: case BC_TRUE: case BC_INT: case BC_SWITCH: case BC_FIELD: case BC_MEMBER:
	case BC_LEN: case BC_AT: case BC_IN: case BC_PICK: case BC_EMPTY: case BC_EQ:
	case BC_EQLIST: case BC_LT: case BC_LE: case BC_ADD: case BC_SUB: case BC_MATCH:
	case BC_MATCHCAT: case BC_BELOW: case BC_EQCAT: case BC_NOT: case BC_AND: case BC_OR:
	case BC_REQUIRE: case BC_LET: case BC_SETVAR: case BC_PUT: case BC_DEL: case BC_KEEP:
	case BC_OUT: case BC_GHOST: case BC_DONE: case BC_OP_END:
		break;
	}
}

/* Locals by their new slots, and what they stand for. */
static void bind(struct joint *j, struct joint_side *side, struct tree_expr *e, uint32_t kid)
{
	bool is_loop = tree_is_loop(e->op);

	if (kid == 0 && (is_loop || e->op == BC_LOCAL))
		e->slot += side->shift;
	if ((is_loop || e->op == BC_LOCAL) && e->slot + 1 >= JOINT_SLOT)
		j->is_too_large = true;
	else if (is_loop && kid == 1)
		side->bound[e->slot] = side->bound[e->slot + 1] = e;
	else if (e->op == BC_LOCAL)
		e->binder = side->bound[e->slot];
}

struct tree_expr *joint_expr(struct joint *j, struct joint_side *side, const struct tree_expr *of)
{
	struct tree_expr *e;

	if (of->op == BC_SWITCH)
		return of_switch(j, side, of);
	e = arena_new(j->arena, struct tree_expr);
	*e = *of;
	e->type = joint_type(side, of->type);
	e->kids = arena_array(j->arena, of->n_kids + 1, struct tree_expr *);
	bind(j, side, e, 0);
	for (uint32_t i = 0; i < of->n_kids; i++) {
		if (i == 1)
			bind(j, side, e, 1);
		e->kids[i] = joint_expr(j, side, of->kids[i]);
	}
	rename_operands(j, side, e, of);
	if (of->op == BC_ROWS || of->op == BC_KEYROWS)
		return rows_of_side(j, side, (uint32_t)of->a, e);
	return e;
}

bool joint_reads_ghost(const struct joint_side *side, const struct tree_expr *e)
{
	bool reads = e->op == BC_VAR || e->op == BC_HAS || e->op == BC_GET || e->op == BC_KEYS;

	if (reads && (side->policy->vars[e->a].flags & 1) != 0)
		return true;
	for (uint32_t i = 0; i < e->n_kids; i++)
		if (joint_reads_ghost(side, e->kids[i]))
			return true;
	return false;
}

/* ---- rules ----------------------------------------------------------------- */

struct tree_stmt joint_stmt(struct joint *j, struct joint_side *side, const struct tree_stmt *s)
{
	struct tree_stmt copy = *s;

	copy.key = s->key == NULL ? NULL : joint_expr(j, side, s->key);
	copy.value = s->value == NULL ? NULL : joint_expr(j, side, s->value);
	if (s->op == BC_SETVAR || s->op == BC_PUT || s->op == BC_DEL)
		copy.a = side->vars[s->a];
	if (s->op != BC_LET)
		return copy;
	copy.a += side->shift;
	if (copy.a >= JOINT_SLOT)
		j->is_too_large = true;
	else
		side->bound[copy.a] = copy.value;
	return copy;
}

static void translate_rule(struct joint *j, struct joint_side *side, uint32_t event)
{
	const struct tree_rule *from = &side->tree->rules[event];
	struct tree_rule *to = &side->joint.rules[side->events[event]];

	to->exists = from->exists;
	to->stmts = arena_array(j->arena, from->n_stmts + 1, struct tree_stmt);
	for (uint32_t i = 0; i < from->n_stmts; i++)
		if (!from->stmts[i].ghost)
			to->stmts[to->n_stmts++] = joint_stmt(j, side, &from->stmts[i]);
}

static void translate_rules(struct joint *j, struct joint_side *side)
{
	side->joint.policy = &j->policy;
	side->joint.rules = arena_array(j->arena, BC_EVENTS_MAX, struct tree_rule);
	for (uint32_t i = 0; i < side->policy->n_events; i++)
		if (side->events[i] != JOINT_NONE)
			translate_rule(j, side, i);
}

/* ---- variables --------------------------------------------------------------- */

static void place_vars(struct joint *j)
{
	struct bc_policy *p = &j->policy;
	uint32_t merged_with[BC_VARS_MAX];

	p->n_vars = j->b.policy->n_vars;
	for (uint32_t i = 0; i < BC_VARS_MAX; i++)
		merged_with[i] = JOINT_NONE;
	for (uint32_t i = 0; i < p->n_vars; i++) {
		j->b.vars[i] = i;
		if (j->merged[i])
			merged_with[j->var_a[i]] = i;
	}
	for (uint32_t i = 0; i < j->a.policy->n_vars; i++) {
		const struct bc_var *v = &j->a.policy->vars[i];

		j->a.vars[i] = merged_with[i];
		if (merged_with[i] != JOINT_NONE || (v->flags & 1) != 0)
			continue;
		j->is_too_large = j->is_too_large || p->n_vars == BC_VARS_MAX;
		if (j->is_too_large)
			return;
		p->vars[p->n_vars] = *v;
		p->vars[p->n_vars].name = j->a.strings[v->name];
		p->vars[p->n_vars].key = joint_type(&j->a, v->key);
		p->vars[p->n_vars].value = joint_type(&j->a, v->value);
		j->a.vars[i] = p->n_vars++;
	}
	j->n_vars = p->n_vars;
}

void joint_translate(struct joint *j)
{
	if (!j->is_too_large)
		place_vars(j);
	if (j->is_too_large)
		return;
	translate_rules(j, &j->a);
	translate_rules(j, &j->b);
}

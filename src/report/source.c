/* SPDX-License-Identifier: Apache-2.0
 *
 * source.c - expressions as text.  Operators get the parentheses they need and
 * no more; a quantifier, whose body goes on as far as it can, needs some unless
 * nothing follows it.
 */
#include "source.h"

#include <stdlib.h>

#include "../bytecode/decode.h"
#include "source_put.h"

/* How tightly the parts of an expression hold together, as in the grammar. */
enum level { LOOSE, IMPLIES, OR, AND, NOT, COMPARE, SUM, POSTFIX };

/* `last`: nothing follows that a quantifier's body could swallow. */
static void put(struct printer *p, const struct tree_expr *e, enum level level, bool last);

/* ---- variables of loops ------------------------------------------------------ */

static bool reads_slot(const struct tree_expr *e, uint32_t slot)
{
	if (e->op == BC_LOCAL && !e->is_let && e->slot == slot)
		return true;
	for (uint32_t i = 0; i < e->n_kids; i++)
		if (reads_slot(e->kids[i], slot))
			return true;
	return false;
}

/* Whether e compares the key of the row in the slot with something: a second
 * such comparison beside a KEYROWS would not be compiled to one. */
static bool compares_key(const struct tree_expr *e, uint32_t slot)
{
	if (e->op == BC_NOT || e->op == BC_AND || e->op == BC_OR) {
		for (uint32_t i = 0; i < e->n_kids; i++)
			if (compares_key(e->kids[i], slot))
				return true;
		return false;
	}
	for (uint32_t i = 0; (e->op == BC_EQ || e->op == BC_EQLIST) && i < 2; i++)
		if (e->kids[i]->op == BC_COLUMN && e->kids[i]->a == 0 &&
		    e->kids[i]->kids[0]->op == BC_LOCAL && e->kids[i]->kids[0]->slot == slot)
			return true;
	return false;
}

static void put_key_of(struct printer *p, struct str var, const struct tree_expr *keyrows)
{
	put_str(p, var);
	put_text(p, ".");
	put_name(p, bc_get32(p->policy->tables[keyrows->a].columns));
}

/* The rows that have a key, by themselves. */
static void put_keyrows(struct printer *p, const struct tree_expr *e)
{
	struct str var = fresh_element(p, e);

	bytes_printf(&p->out, "{ %.*s in ", STR_ARG(var));
	put_table(p, e->a);
	put_text(p, " | ");
	put_key_of(p, var, e);
	put_text(p, " == ");
	put(p, e->kids[0], SUM, true);
	put_text(p, " }");
}

/* ---- loops ------------------------------------------------------------------- */

/* What is between the loop's words: the variables, the range, the condition. */
static void put_range(struct printer *p, const struct tree_expr *e, struct str element, struct str place)
{
	if (place.len != 0)
		bytes_printf(&p->out, "(%.*s, %.*s) in ", STR_ARG(place), STR_ARG(element));
	else
		bytes_printf(&p->out, "%.*s in ", STR_ARG(element));
	if (e->kids[0]->op == BC_KEYROWS && !compares_key(e->kids[1], e->slot))
		put_table(p, e->kids[0]->a);
	else
		put(p, e->kids[0], POSTFIX, true);
}

/* Rows that are looked up are those of the table whose key is compared. */
static void put_body(struct printer *p, const struct tree_expr *e, struct str element, bool last)
{
	const struct tree_expr *range = e->kids[0];

	if (range->op != BC_KEYROWS || compares_key(e->kids[1], e->slot)) {
		put(p, e->kids[1], LOOSE, last);
		return;
	}
	put_key_of(p, element, range);
	put_text(p, " == ");
	put(p, range->kids[0], SUM, true);
	put_text(p, e->op == BC_ALL ? " implies " : " and ");
	put(p, e->kids[1], e->op == BC_ALL ? IMPLIES : AND, last);
}

static void put_loop(struct printer *p, const struct tree_expr *e)
{
	struct str outer[2] = { p->names[e->slot], p->names[e->slot + 1] };
	bool is_list = BC_BASE(e->type) != BC_TABLEROW, has_place = reads_slot(e->kids[1], e->slot + 1);
	struct str element = fresh_element(p, e->kids[0]), place = { NULL, 0 };

	if (has_place)
		place = fresh_name(p, 'i');
	put_text(p, e->op == BC_ALL ? "all " : e->op == BC_SOME ? "some " : e->op == BC_COUNT ? "count(" :
	    is_list || e->op == BC_MAP ? "[ " : "{ ");
	if (e->op != BC_MAP)
		put_range(p, e, element, place);
	if (e->op != BC_MAP)
		put_text(p, e->op == BC_WHERE ? " | " : ": ");
	p->names[e->slot] = element;
	p->names[e->slot + 1] = place;
	put_body(p, e, element, true);
	p->names[e->slot] = outer[0];
	p->names[e->slot + 1] = outer[1];
	if (e->op == BC_MAP) {
		put_text(p, " for ");
		put_range(p, e, element, place);
	}
	if (e->op != BC_ALL && e->op != BC_SOME)
		put_text(p, e->op == BC_COUNT ? ")" : is_list || e->op == BC_MAP ? " ]" : " }");
}

/* ---- operators ----------------------------------------------------------------- */

static void put_between(struct printer *p, const struct tree_expr *l, const char *word,
    const struct tree_expr *r, enum level right)
{
	put(p, l, SUM, false);
	put_text(p, word);
	put(p, r, right, false);
}

/* A comparison, or (negated) its opposite; only those that have one. */
static void put_compare(struct printer *p, const struct tree_expr *e, bool negated)
{
	const char *equal = negated ? " != " : " == ";
	bool swapped;

	switch ((unsigned)e->op) {
	case BC_HAS: case BC_OLDHAS:
		put(p, e->kids[0], SUM, false);
		put_text(p, negated ? " not in " : " in ");
		put_text(p, e->op == BC_OLDHAS ? "old " : "");
		put_var(p, e->a);
		break;
	case BC_IN:
		put_between(p, e->kids[0], negated ? " not in " : " in ", e->kids[1], SUM);
		break;
	case BC_EMPTY:
		put(p, e->kids[0], SUM, false);
		put_text(p, equal);
		put_text(p, BC_SHAPE(e->kids[0]->type) == BC_SET ? "{}" : "[]");
		break;
	case BC_EQCAT:
		put_between(p, e->kids[0], equal, e->kids[1], SUM);
		for (uint32_t i = 2; i < e->n_kids; i++) {
			put_text(p, " + ");
			put(p, e->kids[i], POSTFIX, false);
		}
		break;
	default:                        /* EQ, EQLIST: constants stand on the right */
		swapped = is_constant(e->kids[0]);
		put_between(p, e->kids[swapped], equal, e->kids[!swapped], SUM);
		break;
	}
}

static bool has_opposite(const struct tree_expr *e)
{
	return e->op == BC_HAS || e->op == BC_OLDHAS || e->op == BC_IN || e->op == BC_EMPTY ||
	    e->op == BC_EQCAT || e->op == BC_EQ || e->op == BC_EQLIST;
}

static void put_matchcat(struct printer *p, const struct tree_expr *e)
{
	put_between(p, e->kids[0], " matches ", e->kids[1], SUM);
	put_text(p, " + ");
	put(p, e->kids[2], POSTFIX, false);
}

/* What reads better before `implies`. */
static bool is_condition(const struct tree_expr *e)
{
	return e->op == BC_NOT && e->kids[0]->op != BC_EMPTY;
}

static uint32_t n_conditions(const struct tree_expr *e)
{
	uint32_t n = 0;

	for (uint32_t i = 0; e->op == BC_OR && i < e->n_kids; i++)
		n += is_condition(e->kids[i]);
	return n < e->n_kids ? n : 0;
}

/* AND or OR; of an OR with conditions, a implies b implies c or d. */
static void put_join(struct printer *p, const struct tree_expr *e, bool last)
{
	uint32_t n = n_conditions(e), left = e->n_kids - n;
	enum level level = e->op == BC_AND ? AND : OR;

	for (uint32_t i = 0; n != 0 && i < e->n_kids; i++) {
		if (!is_condition(e->kids[i]))
			continue;
		put(p, e->kids[i]->kids[0], OR, false);
		put_text(p, " implies ");
	}
	for (uint32_t i = 0; i < e->n_kids; i++) {
		if (n != 0 && is_condition(e->kids[i]))
			continue;
		put(p, e->kids[i], n != 0 && e->n_kids - n == 1 ? IMPLIES : level, last && left == 1);
		if (--left > 0)
			put_text(p, level == AND ? " and " : " or ");
	}
}

/* ---- expressions ------------------------------------------------------------------ */

static enum level level_of(const struct tree_expr *e)
{
	switch ((unsigned)e->op) {
	case BC_ALL: case BC_SOME:
		return LOOSE;
	case BC_OR:
		return n_conditions(e) != 0 ? IMPLIES : OR;
	case BC_AND:
		return AND;
	case BC_NOT:
		return has_opposite(e->kids[0]) ? COMPARE : NOT;
	case BC_HAS: case BC_OLDHAS: case BC_IN: case BC_EMPTY: case BC_EQ: case BC_EQLIST: case BC_LT:
	case BC_LE: case BC_MATCH: case BC_MATCHCAT: case BC_BELOW: case BC_EQCAT:
		return COMPARE;
	case BC_ADD: case BC_SUB:
		return SUM;
	default:
		return POSTFIX;
	}
}

static void put_part(struct printer *p, const struct tree_expr *of, uint32_t name)
{
	put(p, of, POSTFIX, false);
	put_text(p, ".");
	put_name(p, name);
}

static void put_indexed(struct printer *p, const struct tree_expr *index)
{
	put_text(p, "[");
	put(p, index, LOOSE, true);
	put_text(p, "]");
}

/* What is read by a name. */
static void put_reading(struct printer *p, const struct tree_expr *e)
{
	const struct bc_policy *bc = p->policy;

	switch ((unsigned)e->op) {
	case BC_FIELD:
		put_name(p, bc_get32(p->event->fields + 12 * (size_t)e->a));
		break;
	case BC_COLUMN:
		put_part(p, e->kids[0], bc_get32(bc->tables[BC_INDEX(e->kids[0]->type)].columns + 8 * (size_t)e->a));
		break;
	case BC_MEMBER:
		put_part(p, e->kids[0], bc_get32(bc->records[BC_INDEX(e->kids[0]->type)] + 12 + 8 * (size_t)e->a));
		break;
	case BC_ROWS:
		put_table(p, e->a);
		break;
	case BC_LOCAL:
		put_str(p, p->names[e->slot]);
		break;
	default:                        /* VAR GET KEYS and OLD... */
		if (e->op == BC_OLDVAR || e->op == BC_OLDGET || e->op == BC_OLDKEYS)
			put_text(p, "old ");
		put_var(p, e->a);
		if (e->op == BC_GET || e->op == BC_OLDGET)
			put_indexed(p, e->kids[0]);
		break;
	}
}

static void put_call(struct printer *p, const char *name, const struct tree_expr *of)
{
	put_text(p, name);
	put_text(p, "(");
	put(p, of, LOOSE, true);
	put_text(p, ")");
}

static void put_negation(struct printer *p, const struct tree_expr *e, bool last)
{
	if (has_opposite(e->kids[0])) {
		put_compare(p, e->kids[0], true);
		return;
	}
	put_text(p, "not ");
	put(p, e->kids[0], NOT, last);
}

static void put_bare(struct printer *p, const struct tree_expr *e, bool last)
{
	switch (e->op) {
	case BC_FALSE: case BC_TRUE: case BC_INT: case BC_ENUM: case BC_STR: case BC_DIGEST:
	case BC_PATTERN: case BC_ROW: case BC_NOROWS: case BC_SWITCH:
		put_constant(p, e);
		break;
	case BC_FIELD: case BC_COLUMN: case BC_MEMBER: case BC_ROWS: case BC_LOCAL: case BC_VAR:
	case BC_GET: case BC_KEYS: case BC_OLDVAR: case BC_OLDGET: case BC_OLDKEYS:
		put_reading(p, e);
		break;
	case BC_HAS: case BC_OLDHAS: case BC_IN: case BC_EMPTY: case BC_EQ: case BC_EQLIST: case BC_EQCAT:
		put_compare(p, e, false);
		break;
	case BC_LT: case BC_LE:
		put_between(p, e->kids[0], e->op == BC_LT ? " < " : " <= ", e->kids[1], SUM);
		break;
	case BC_ADD: case BC_SUB:
		put_between(p, e->kids[0], e->op == BC_ADD ? " + " : " - ", e->kids[1], POSTFIX);
		break;
	case BC_MATCH:
		put_between(p, e->kids[0], " matches ", e->kids[1], SUM);
		break;
	case BC_MATCHCAT:
		put_matchcat(p, e);
		break;
	case BC_BELOW:
		put_between(p, e->kids[0], " below ", e->kids[1], SUM);
		break;
	case BC_NOT:
		put_negation(p, e, last);
		break;
	case BC_AND: case BC_OR:
		put_join(p, e, last);
		break;
	case BC_ALL: case BC_SOME: case BC_COUNT: case BC_WHERE: case BC_MAP:
		put_loop(p, e);
		break;
	case BC_KEYROWS:
		put_keyrows(p, e);
		break;
	case BC_LEN: case BC_PICK:
		put_call(p, e->op == BC_LEN ? "len" : "pick", e->kids[0]);
		break;
	case BC_AT:
		put(p, e->kids[0], POSTFIX, false);
		put_indexed(p, e->kids[1]);
		break;
	case BC_REQUIRE: case BC_LET: case BC_SETVAR: case BC_PUT: case BC_DEL: case BC_KEEP:
	case BC_OUT: case BC_GHOST: case BC_DONE: case BC_OP_END:
		abort();
	}
}

static void put(struct printer *p, const struct tree_expr *e, enum level level, bool last)
{
	bool open;

	while (e->op == BC_LOCAL && e->is_let)
		e = e->binder;
	open = level_of(e) == LOOSE ? !last || level > NOT : level_of(e) < level;
	if (open)
		put_text(p, "(");
	put_bare(p, e, last || open);
	if (open)
		put_text(p, ")");
}

struct str source_of_expr(struct arena *a, const struct bc_policy *policy, const struct bc_event *event,
    const struct tree_expr *e)
{
	struct printer p = { .arena = a, .policy = policy, .event = event, .out = { .arena = a } };

	put(&p, e, LOOSE, true);
	return bytes_str(&p.out);
}

struct str source_of_open(struct arena *a, const struct bc_policy *policy, const struct bc_event *event,
    const struct tree_expr *e, const struct str *names)
{
	struct printer p = { .arena = a, .policy = policy, .event = event, .out = { .arena = a } };

	memcpy(p.names, names, sizeof(p.names));
	put(&p, e, LOOSE, true);
	return bytes_str(&p.out);
}

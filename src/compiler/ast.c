/* SPDX-License-Identifier: Apache-2.0
 *
 * ast.c - constructors of the tree.  Each knows how deep its result is: what
 * would be deeper than AST_DEPTH_MAX becomes a leaf without meaning.
 */
#include "ast.h"

struct ast_item *ast_item(struct parse *p, enum ast_item_kind kind, struct ast_name name)
{
	struct ast_item *item = arena_new(p->arena, struct ast_item);

	item->kind = kind;
	item->name = name;
	return item;
}

void ast_items_add(struct parse *p, struct ast_item *item)
{
	struct ast_items *items = &p->file->items;

	arena_push(p->arena, items->items, items->n, items->cap);
	items->items[items->n++] = item;
}

void ast_rows_add(struct parse *p, struct ast_atom *atom)
{
	struct ast_items *items = &p->file->items;
	struct ast_item *rows = items->n == 0 ? NULL : items->items[items->n - 1];

	if (rows == NULL || rows->kind != ITEM_ROWS) {
		rows = ast_item(p, ITEM_ROWS, (struct ast_name){ atom->text, atom->loc });
		ast_items_add(p, rows);
	}
	rows->atoms = ast_atoms(p, rows->atoms, atom);
}

struct ast_names *ast_names(struct parse *p, struct ast_names *names, struct ast_name name)
{
	if (names == NULL)
		names = arena_new(p->arena, struct ast_names);
	arena_push(p->arena, names->items, names->n, names->cap);
	names->items[names->n++] = name;
	return names;
}

struct ast_atom ast_atom(enum ast_atom_kind kind, struct loc loc, struct str text)
{
	return (struct ast_atom){ .kind = kind, .loc = loc, .text = text };
}

static void too_deep(struct parse *p, struct loc loc)
{
	p->has_errors = true;
	diag_error(p->diag, loc, DIAG_TOO_DEEP, "this nests deeper than %d levels", AST_DEPTH_MAX);
}

struct ast_atom ast_atom_group(struct parse *p, enum ast_atom_kind kind, struct loc loc,
    struct ast_atoms *inside)
{
	struct ast_atom atom = ast_atom(kind, loc, (struct str){ NULL, 0 });

	atom.inside = inside != NULL ? inside : arena_new(p->arena, struct ast_atoms);
	if (atom.inside->depth >= AST_DEPTH_MAX) {
		too_deep(p, loc);
		atom.inside = arena_new(p->arena, struct ast_atoms);
	}
	return atom;
}

struct ast_atoms *ast_atoms(struct parse *p, struct ast_atoms *atoms, const struct ast_atom *atom)
{
	if (atoms == NULL)
		atoms = arena_new(p->arena, struct ast_atoms);
	arena_push(p->arena, atoms->items, atoms->n, atoms->cap);
	atoms->items[atoms->n++] = *atom;
	if (atom->inside != NULL && atom->inside->depth >= atoms->depth)
		atoms->depth = atom->inside->depth + 1;
	return atoms;
}

struct ast_members *ast_members(struct parse *p, struct ast_members *members, struct ast_member member)
{
	if (members == NULL)
		members = arena_new(p->arena, struct ast_members);
	arena_push(p->arena, members->items, members->n, members->cap);
	members->items[members->n++] = member;
	return members;
}

struct ast_stmts *ast_stmts(struct parse *p, struct ast_stmts *stmts, const struct ast_stmt *stmt)
{
	if (stmts == NULL)
		stmts = arena_new(p->arena, struct ast_stmts);
	arena_push(p->arena, stmts->items, stmts->n, stmts->cap);
	stmts->items[stmts->n++] = *stmt;
	return stmts;
}

struct ast_type *ast_type(struct parse *p, enum ast_type_shape shape, struct loc loc, struct str name)
{
	struct ast_type *type = arena_new(p->arena, struct ast_type);

	type->shape = shape;
	type->loc = loc;
	type->name = name;
	return type;
}

bool ast_read_integer(struct str text, uint64_t *integer)
{
	bool is_hex = text.len > 2 && text.ptr[0] == '0' && (text.ptr[1] == 'x' || text.ptr[1] == 'X');
	uint64_t base = is_hex ? 16 : 10, digit;
	size_t i;

	/* 010 is eight in C and ten elsewhere: so it is nothing here. */
	if (text.len == 0 || (!is_hex && text.len > 1 && text.ptr[0] == '0'))
		return false;
	*integer = 0;
	for (i = is_hex ? 2 : 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c >= '0' && c <= '9')
			digit = (uint64_t)(c - '0');
		else if (is_hex && c >= 'a' && c <= 'f')
			digit = (uint64_t)(c - 'a') + 10;
		else if (is_hex && c >= 'A' && c <= 'F')
			digit = (uint64_t)(c - 'A') + 10;
		else
			return false;
		if (*integer > (UINT64_MAX - digit) / base)
			return false;
		*integer = *integer * base + digit;
	}
	return true;
}

uint64_t ast_integer(struct parse *p, struct loc loc, struct str text)
{
	uint64_t integer = 0;

	if (ast_read_integer(text, &integer))
		return integer;
	p->has_errors = true;
	diag_error(p->diag, loc, DIAG_BAD_LITERAL,
	    "an integer has no leading zero and is at most 18446744073709551615");
	return 0;
}

static struct ast_expr *new_expr(struct parse *p, enum ast_op op, struct loc loc)
{
	struct ast_expr *e = arena_new(p->arena, struct ast_expr);

	e->op = op;
	e->loc = loc;
	e->depth = 1;
	return e;
}

static void add_kid(struct parse *p, struct ast_expr *e, struct ast_expr *kid)
{
	if (kid->depth >= AST_DEPTH_MAX) {
		too_deep(p, kid->loc);
		kid = new_expr(p, AST_ERROR, kid->loc);
	}
	arena_push(p->arena, e->kids.items, e->kids.n, e->kids.cap);
	e->kids.items[e->kids.n++] = kid;
	if (kid->depth >= e->depth)
		e->depth = kid->depth + 1;
}

struct ast_exprs *ast_exprs(struct parse *p, struct ast_exprs *exprs, struct ast_expr *expr)
{
	if (exprs == NULL)
		exprs = arena_new(p->arena, struct ast_exprs);
	arena_push(p->arena, exprs->items, exprs->n, exprs->cap);
	exprs->items[exprs->n++] = expr;
	return exprs;
}

struct ast_expr *ast_leaf(struct parse *p, enum ast_op op, struct loc loc, struct str text)
{
	struct ast_expr *e = new_expr(p, op, loc);

	e->text = text;
	return e;
}

struct ast_expr *ast_number(struct parse *p, enum ast_op op, struct loc loc, uint64_t integer)
{
	struct ast_expr *e = new_expr(p, op, loc);

	e->integer = integer;
	return e;
}

struct ast_expr *ast_unary(struct parse *p, enum ast_op op, struct loc loc, struct ast_expr *kid,
    struct str text)
{
	struct ast_expr *e = ast_leaf(p, op, loc, text);

	add_kid(p, e, kid);
	return e;
}

struct ast_expr *ast_binary(struct parse *p, enum ast_op op, struct loc loc, struct ast_expr *left,
    struct ast_expr *right)
{
	struct ast_expr *e = left;

	/* A long chain of `and` is not deep. */
	if ((op != AST_AND && op != AST_OR) || left->op != op) {
		e = new_expr(p, op, loc);
		add_kid(p, e, left);
	}
	e->loc = loc;
	add_kid(p, e, right);
	return e;
}

struct ast_expr *ast_many(struct parse *p, enum ast_op op, struct loc loc, struct str text,
    const struct ast_exprs *kids)
{
	struct ast_expr *e = ast_leaf(p, op, loc, text);
	uint32_t i;

	for (i = 0; kids != NULL && i < kids->n; i++)
		add_kid(p, e, kids->items[i]);
	return e;
}

struct ast_expr *ast_loop(struct parse *p, enum ast_op op, struct loc loc, struct ast_name element,
    struct ast_name place, struct ast_expr *range, struct ast_expr *body)
{
	struct ast_expr *e = new_expr(p, op, loc);

	e->element = element;
	e->place = place;
	add_kid(p, e, range);
	add_kid(p, e, body);
	return e;
}

struct ast_expr *ast_loop_in(struct parse *p, enum ast_op op, struct loc loc, struct ast_expr *in,
    struct ast_expr *body)
{
	static const struct ast_name no_place;
	struct ast_name element;

	if (in->op != AST_IN || in->kids.items[0]->op != AST_NAME) {
		p->has_errors = true;
		diag_error(p->diag, in->loc, DIAG_SYNTAX, "wanted 'NAME in RANGE' here");
		return new_expr(p, AST_ERROR, loc);
	}
	element = (struct ast_name){ in->kids.items[0]->text, in->kids.items[0]->loc };
	return ast_loop(p, op, loc, element, no_place, in->kids.items[1], body);
}

struct ast_expr *ast_count(struct parse *p, struct loc loc, struct ast_name callee, struct ast_expr *in,
    struct ast_expr *body)
{
	if (!str_is(callee.text, "count")) {
		p->has_errors = true;
		diag_error(p->diag, callee.loc, DIAG_SYNTAX, "only count() is written f(x in X: condition)");
		return new_expr(p, AST_ERROR, loc);
	}
	return ast_loop_in(p, AST_COUNT, loc, in, body);
}

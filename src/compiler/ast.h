/* SPDX-License-Identifier: Apache-2.0
 *
 * ast.h - a source as a tree: what the author wrote, without meaning.  All of
 * it lives in the compilation's arena and borrows the source's text.
 *
 * Declarations (rows) are not understood here: what a word in a row means
 * depends on the columns of its kind, so rows are kept as atoms for decl.c.
 */
#ifndef COCOAPOL_AST_H
#define COCOAPOL_AST_H

#include "../base/arena.h"
#include "../base/diag.h"

/* Deeper trees are refused, so that what walks them may recurse. */
enum { AST_DEPTH_MAX = 200 };

struct ast_name {
	struct str text;
	struct loc loc;
};
struct ast_names { struct ast_name *items; uint32_t n, cap; };

enum ast_atom_kind {
	ATOM_WORD, ATOM_STRING, ATOM_INT, ATOM_REGEX, ATOM_DIGEST,
	ATOM_EQUALS, ATOM_COMMA, ATOM_LIST, ATOM_SET
};
struct ast_atoms { struct ast_atom *items; uint32_t n, cap, depth; };
struct ast_atom {
	enum ast_atom_kind kind;
	struct loc loc;
	struct str text;                /* as spelled; of a string its content; of a digest its bytes */
	struct ast_atoms *inside;       /* LIST SET */
};

enum ast_type_shape { TYPE_ONE, TYPE_LIST, TYPE_SET, TYPE_MAP };
struct ast_type {
	enum ast_type_shape shape;
	struct loc loc;
	struct str name;                /* ONE */
	bool has_size, has_capacity, has_max;
	uint64_t size, capacity, max;   /* string(size), list(size); maps and sets of keys; int */
	struct ast_type *key, *of;      /* MAP: key -> of */
};

/* The comment says what kids, text and integer are. */
enum ast_op {
	AST_ERROR,                      /* what was too deep: has no meaning, was complained about */
	AST_NAME,                       /* text */
	AST_OLD,                        /* text */
	AST_CALL,                       /* text, arguments */
	AST_BOOL, AST_INT,              /* integer */
	AST_STRING, AST_REGEX, AST_DIGEST,      /* text */
	AST_NOT, AST_AND, AST_OR,       /* AND and OR have two or more kids */
	AST_IMPLIES, AST_EQ, AST_NE, AST_LT, AST_LE, AST_GT, AST_GE,
	AST_IN, AST_NOT_IN, AST_MATCHES, AST_BELOW, AST_ADD, AST_SUB,
	AST_DOT,                        /* kid, text */
	AST_INDEX,                      /* kid, index */
	AST_LIST, AST_SET,              /* literals: elements */
	AST_SOME, AST_ALL, AST_COUNT,   /* range, body; element, place */
	AST_WHERE_SET, AST_WHERE_LIST,  /* range, body; element */
	AST_MAP                         /* range, body; element */
};
struct ast_exprs { struct ast_expr **items; uint32_t n, cap; };
struct ast_expr {
	enum ast_op op;
	struct loc loc;
	uint32_t depth;
	struct str text;
	uint64_t integer;
	struct ast_exprs kids;
	struct ast_name element, place; /* place.text.ptr NULL: none */
};

enum ast_stmt_kind {
	STMT_REQUIRE,
	STMT_LET,
	STMT_SET,
	STMT_PUT,
	STMT_ADD,
	STMT_DELETE,
	STMT_KEEP,
	STMT_GIVE
};
struct ast_stmt {
	enum ast_stmt_kind kind;
	bool ghost;
	struct loc loc;
	struct ast_name name;           /* what is named or written */
	struct ast_expr *key, *value;
	struct str label;               /* REQUIRE */
};
struct ast_stmts { struct ast_stmt *items; uint32_t n, cap; };

/* A member of a record, a field or output of an event, a column of a kind. */
struct ast_member {
	struct ast_name name;
	struct ast_type *type;
	bool unique, key, gives;
	struct ast_atom *fallback;      /* a column's default, or NULL */
};
struct ast_members { struct ast_member *items; uint32_t n, cap; };

enum ast_item_kind {
	ITEM_ENUM, ITEM_RECORD, ITEM_KIND, ITEM_SWITCH, ITEM_CONST, ITEM_EVENT, ITEM_STATE, ITEM_DEF,
	ITEM_ON, ITEM_RESTRICT, ITEM_INVARIANT, ITEM_REACHABLE, ITEM_ALWAYS, ITEM_NEVER, ITEM_ALLOW,
	ITEM_SET, ITEM_ROWS
};
struct ast_item {
	enum ast_item_kind kind;
	struct loc loc;                 /* all of it; not of ROWS */
	struct ast_name name;
	struct ast_name plural;         /* KIND */
	bool named, ghost, override;
	bool on_all;                    /* RESTRICT ALWAYS NEVER: every event with a rule */
	struct ast_names *names;        /* ENUM values, DEF parameters, events */
	struct ast_members *members;
	struct ast_type *type;
	struct ast_atom value;          /* SWITCH SET */
	uint64_t integer;               /* CONST */
	struct ast_expr *expr;
	struct ast_stmts *stmts;
	struct ast_atoms *atoms;        /* KIND: its form; ROWS: declarations, one after the other */
};
struct ast_items { struct ast_item **items; uint32_t n, cap; };

struct ast_file {
	const struct source *source;
	bool is_framework, is_properties;       /* neither: a policy */
	struct ast_name name, framework;        /* the framework that it uses or is for */
	uint64_t version, svn;
	struct ast_items items;
};

/* One parse: what the scanner and the parser share. */
struct parse {
	struct arena *arena;
	struct diag *diag;
	struct ast_file *file;
	struct scan *scan;
	uint32_t nesting;               /* brackets open at the token last read */
	bool has_errors;
};

/* -1: complaints were made. */
int ast_parse(struct arena *a, struct diag *d, struct ast_file *file);

struct ast_item *ast_item(struct parse *p, enum ast_item_kind kind, struct ast_name name);
void ast_items_add(struct parse *p, struct ast_item *item);
/* The atom belongs to the run of declarations at the end of the file so far. */
void ast_rows_add(struct parse *p, struct ast_atom *atom);

struct ast_names *ast_names(struct parse *p, struct ast_names *names, struct ast_name name);
struct ast_atom ast_atom(enum ast_atom_kind kind, struct loc loc, struct str text);
struct ast_atom ast_atom_group(struct parse *p, enum ast_atom_kind kind, struct loc loc,
    struct ast_atoms *inside);
struct ast_atoms *ast_atoms(struct parse *p, struct ast_atoms *atoms, const struct ast_atom *atom);
struct ast_members *ast_members(struct parse *p, struct ast_members *members, struct ast_member member);
struct ast_stmts *ast_stmts(struct parse *p, struct ast_stmts *stmts, const struct ast_stmt *stmt);

struct ast_type *ast_type(struct parse *p, enum ast_type_shape shape, struct loc loc, struct str name);

/* The number that a token spells; complains and gives 0 if there is none. */
uint64_t ast_integer(struct parse *p, struct loc loc, struct str text);
/* The same without complaint: false if there is none. */
bool ast_read_integer(struct str text, uint64_t *integer);

struct ast_exprs *ast_exprs(struct parse *p, struct ast_exprs *exprs, struct ast_expr *expr);
struct ast_expr *ast_leaf(struct parse *p, enum ast_op op, struct loc loc, struct str text);
struct ast_expr *ast_number(struct parse *p, enum ast_op op, struct loc loc, uint64_t integer);
struct ast_expr *ast_unary(struct parse *p, enum ast_op op, struct loc loc, struct ast_expr *kid,
    struct str text);
struct ast_expr *ast_binary(struct parse *p, enum ast_op op, struct loc loc, struct ast_expr *left,
    struct ast_expr *right);
struct ast_expr *ast_many(struct parse *p, enum ast_op op, struct loc loc, struct str text,
    const struct ast_exprs *kids);
/* element, range and body of a loop; place.text.ptr may be NULL. */
struct ast_expr *ast_loop(struct parse *p, enum ast_op op, struct loc loc, struct ast_name element,
    struct ast_name place, struct ast_expr *range, struct ast_expr *body);
/* As ast_loop(), where the grammar has read "x in X" as an expression. */
struct ast_expr *ast_loop_in(struct parse *p, enum ast_op op, struct loc loc, struct ast_expr *in,
    struct ast_expr *body);
/* f(x in X: P), which is count's alone. */
struct ast_expr *ast_count(struct parse *p, struct loc loc, struct ast_name callee, struct ast_expr *in,
    struct ast_expr *body);

#endif

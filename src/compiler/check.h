/* SPDX-License-Identifier: Apache-2.0
 *
 * check.h - expressions: names and types are checked and the IR is made in one
 * walk, because what a definition's body means depends on where it is used.
 *
 * Every check_ function gives NULL after complaints, and what is given NULL by
 * one gives NULL itself without another.
 */
#ifndef COCOAPOL_CHECK_H
#define COCOAPOL_CHECK_H

#include "resolve.h"

/* Where the elements of a list or set come from, as far as it matters to what
 * may be done with it. */
enum origin { ORIGIN_ANY, ORIGIN_FIELD, ORIGIN_KEYS };

/* A local name's value.  `ir` is first: an ir_local of ours is one of these. */
struct local {
	struct ir_local ir;
	enum origin origin;
	bool is_filtered;               /* a WHERE over the field */
	bool is_read;
	struct ir_field *field;         /* ORIGIN_FIELD */
};

/* A name in scope: a local, or a parameter that stands for an expression. */
struct binding {
	const struct binding *outer;
	struct ast_name name;
	struct local *local;            /* NULL: a parameter */
	bool is_broken;                 /* its value was complained about */
	struct ir_type type;
	const struct ast_expr *argument;        /* what the parameter stands for, */
	const struct binding *scope;            /* where its names are looked up, */
	const struct expansion *expanding;      /* and in which definitions */
};

/* The definitions whose bodies are being put in. */
struct expansion {
	const struct expansion *outer;
	const struct symbol *def;
};

struct checker {
	struct cpolc *c;
	const struct ir_event *event;   /* whose fields may be read, or NULL */
	bool may_read_old, may_read_ghost;
	bool has_read_field;
	const struct expansion *expanding;
	uint32_t depth, n_steps;        /* of one expression, definitions put in */
};

/* A new local of this name and type around `outer`; complains if there is one
 * already: then false. */
bool check_bind(struct checker *k, struct binding *b, const struct binding *outer, struct ast_name name,
    struct ir_type type);

/* A whole expression of the type that is wanted (`want` NULL: any); `role` is
 * what to call it in a complaint. */
struct ir_expr *check_whole(struct checker *k, const struct binding *scope, const struct ast_expr *e,
    const struct ir_type *want, const char *role);

/* The parts below are shared by check.c, lookup.c, operators.c, loops.c and make.c. */

/* An expression where it stands: what its names mean follows from there. */
struct site {
	const struct ast_expr *e;
	const struct binding *scope;
	const struct expansion *expanding;
};
struct site site_of(const struct checker *k, const struct binding *scope, const struct ast_expr *e);
/* If it is a parameter: what that stands for, and where. */
struct site site_seen_through(struct site site);

/* A value.  `hint`, which may be NULL, is the type that is looked for: it finds
 * enumerators and rows by their bare names; it is not demanded. */
struct ir_expr *check_value(struct checker *k, struct site site, const struct ir_type *hint);
/* As check_value(), but also what is no value by itself and only an operand:
 * strings in a row (an EQCAT that lacks its subject and is a string), a prefix
 * and a pattern (a MATCHCAT that lacks its subject and is a pattern). */
struct ir_expr *check_operand(struct checker *k, struct site site, const struct ir_type *hint);
/* A value of this type; `role` is what to call it in a complaint. */
struct ir_expr *check_typed(struct checker *k, struct site site, struct ir_type type, const char *role);
/* Whether a bare name could be a value of some enumeration. */
bool may_be_enumerator(const struct checker *k, struct site site);
/* The type of a bare name that is something else than an enumerator. */
bool find_plain_type(const struct checker *k, struct site site, struct ir_type *type);

struct ir_expr *check_name(struct checker *k, struct site site, const struct ir_type *hint);
struct ir_expr *check_old(struct checker *k, const struct ast_expr *e);
/* Put a definition's body in, its parameters bound to the arguments. */
struct ir_expr *check_def(struct checker *k, const struct binding *scope, const struct ast_expr *e,
    struct symbol *def);
/* Each takes the operators that its name says. */
struct ir_expr *check_compare(struct checker *k, const struct binding *scope, const struct ast_expr *e);
struct ir_expr *check_in(struct checker *k, const struct binding *scope, const struct ast_expr *e);
struct ir_expr *check_matches(struct checker *k, const struct binding *scope, const struct ast_expr *e);
struct ir_expr *check_below(struct checker *k, const struct binding *scope, const struct ast_expr *e);
struct ir_expr *check_sum(struct checker *k, const struct binding *scope, const struct ast_expr *e);
struct ir_expr *check_loop(struct checker *k, const struct binding *scope, const struct ast_expr *e);

enum origin origin_of(const struct ir_expr *e, struct ir_field **field, bool *is_filtered);

/* Making IR. */
struct ir_expr *make_ir(struct checker *k, enum bc_op op, struct loc loc, struct ir_type type);
struct ir_expr *make1(struct checker *k, enum bc_op op, struct loc loc, struct ir_type type,
    struct ir_expr *kid);
struct ir_expr *make2(struct checker *k, enum bc_op op, struct loc loc, struct ir_type type,
    struct ir_expr *left, struct ir_expr *right);
struct ir_expr *make_many(struct checker *k, enum bc_op op, struct loc loc, struct ir_type type,
    struct ir_expr *const *kids, uint32_t n);
struct ir_expr *make_not(struct checker *k, struct loc loc, struct ir_expr *e);
struct ir_expr *make_bool(struct checker *k, struct loc loc, bool value);
struct ir_expr *make_int(struct checker *k, struct loc loc, uint64_t value);
/* A HAS where the set is that of a map's keys, an IN elsewhere. */
struct ir_expr *make_in(struct checker *k, struct loc loc, struct ir_expr *value, struct ir_expr *many);
/* EQ or EQLIST. */
struct ir_expr *make_equality(struct checker *k, struct loc loc, struct ir_expr *left, struct ir_expr *right);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * aci.h - what the files of the importer of ARM templates share.
 *
 * Evaluation never complains.  What is not known until the template is deployed,
 * or is a mistake, is an unknown value that says why; whoever needs it complains.
 */
#ifndef COCOAPOL_ACI_H
#define COCOAPOL_ACI_H

#include "mounts.h"

/* A value that is not known: a node whose weight is ACI_UNKNOWN. */
#define ACI_UNKNOWN UINT32_MAX
enum { ACI_DEPTH_MAX = 64, ACI_BYTES_MAX = 64 << 20 };
struct unknown {
	struct node node;               /* its text: the expression, as it is written */
	struct str pattern;             /* what it may be, as text */
	struct str why;
	bool is_mistake;                /* the template itself is wrong: deployed it would fail */
};

/* A parameter or variable that was asked for. */
struct memo {
	const struct entry *entry;
	struct node *value;             /* NULL: it is being evaluated */
};

struct aci {
	struct import *im;
	const struct node *root, *parameters, *variables;
	bool is_template;               /* else nothing is an expression */
	unsigned depth;                 /* of evaluation */
	size_t spent;                   /* bytes that it has made: at most ACI_BYTES_MAX */
	struct memo *memos;
	uint32_t n_memos, cap_memos;
	struct group *group;
	const struct node *volumes;
	struct shares shares, folders;
	struct remarks remarks;
};

/* aci_expression.c: a tree with all expressions in it evaluated. */
struct node *aci_evaluate(struct aci *s, struct node *node);
/* A parameter's or variable's value, evaluated once. */
struct node *aci_parameter(struct aci *s, struct str name, struct loc loc);
struct node *aci_variable(struct aci *s, struct str name, struct loc loc);

/* aci_function.c: the value of NAME(ARGS). */
struct node *aci_call(struct aci *s, struct str name, struct node *const *args, uint32_t n, struct loc loc);

/* aci_value.c */
bool aci_is_unknown(const struct node *node);
const struct unknown *aci_unknown_of(const struct node *node);
struct node *aci_unknown(struct aci *s, struct loc loc, struct str pattern, struct str why);
struct node *aci_mistake(struct aci *s, struct loc loc, const char *why);
/* Unknown because another value is, and whatever it may be. */
struct node *aci_because(struct aci *s, struct loc loc, const struct node *other);
/* The complaint of whoever needs the value. */
void aci_complain(struct aci *s, const struct node *value, const char *what);
struct node *aci_text(struct aci *s, struct str text, struct loc loc);
struct node *aci_bool(struct aci *s, bool value, struct loc loc);
struct node *aci_int(struct aci *s, int64_t value, struct loc loc);
struct node *aci_null(struct aci *s, struct loc loc);
struct node *aci_list(struct aci *s, struct node *const *items, uint32_t n, struct loc loc);
/* Text as a template puts it into other text: numbers in decimal, True and False.  false: it has none. */
bool aci_as_value(struct aci *s, const struct node *node, struct value *out);
bool aci_equal_names(struct str l, struct str r);       /* whatever the case */
/* The value at a key, if it is of this kind; NULL if it is not there or null, or after a complaint. */
const struct node *aci_get(struct aci *s, const struct node *map, const char *key, enum node_kind kind);
bool aci_string(struct aci *s, const struct node *map, const char *key, struct str *out, struct loc *loc);
bool aci_flag(struct aci *s, const struct node *map, const char *key, struct loc *loc);
/* Its strings; a complaint for each that is none. */
void aci_strings(struct aci *s, const struct node *map, const char *key, struct values *out);
bool aci_fields(struct aci *s, const struct node *map, const char *object, const char *path);

/* aci_container.c: a container of the group, or an init container. */
void aci_container(struct aci *s, const struct node *node, const char *path, bool is_init);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * document.h - other people's files as trees with places: YAML, JSON (which is
 * read as YAML), and the data of Rego policies.  Every complaint about a value
 * can point at it.
 *
 * A tree may share parts (YAML's aliases), so it is never written to but for
 * the marks of what was used.
 */
#ifndef COCOAPOL_DOCUMENT_H
#define COCOAPOL_DOCUMENT_H

#include "../base/arena.h"
#include "../base/diag.h"

enum {
	DOCUMENT_DEPTH_MAX = 64,        /* values inside values */
	DOCUMENT_NODES_MAX = 1 << 19,   /* with every alias written out */
	DOCUMENT_TEXT_MAX = 16 << 20
};

enum node_kind { NODE_NULL, NODE_BOOL, NODE_INT, NODE_FLOAT, NODE_STRING, NODE_LIST, NODE_MAP };

struct entry {
	struct str key;                 /* unescaped; keys of other kinds as they are spelled */
	struct loc loc;                 /* of the key */
	struct node *value;
	bool used;                      /* node_get() found it, or somebody has dealt with it */
};

struct node {
	enum node_kind kind;
	bool plain;                     /* a scalar without quotes */
	struct loc loc;
	struct str text;                /* a scalar as it was meant: unescaped; NUL after it */
	int64_t integer;                /* of NODE_INT; NODE_BOOL: 0 or 1 */
	struct node **items;            /* NODE_LIST */
	struct entry *entries;          /* NODE_MAP, in the order of the file */
	uint32_t n;                     /* items or entries */
	uint32_t weight;                /* at least the nodes in it, with every alias written out */
};

/* The documents of one file. */
struct document {
	struct node **roots;
	uint32_t n;
};

/* Trees in the arena, with places into source, which must outlive them.
 * Empty documents are left out.  -1: complaints were made.
 *
 * Plain scalars are of YAML 1.2's core schema; `yes`, `no`, `on` and `off` are
 * strings, and 0644 is octal, as Kubernetes and compose have it.  Merge keys
 * (<<) are merged.  A key that is there twice is an error, or a warning if it says the same. */
int document_yaml(struct arena *a, struct diag *d, const struct source *source, struct document *out);

/* The data of a Rego policy as one map: its package as "package", and each rule
 * `name := value` as an entry.  What is not data is refused by name and line,
 * but for rules that hand a name on to the framework (`x := data.framework.x`),
 * whose names are a list under DOCUMENT_REGO_HANDED, and `reason := {..}` made
 * of such names, which is left out. */
#define DOCUMENT_REGO_HANDED "data.framework"
int document_rego(struct arena *a, struct diag *d, const struct source *source, struct document *out);

/* The value at a key, marked as used; NULL if the node is no map or has none.
 * `null` counts as a value. */
struct node *node_get(const struct node *map, const char *key);
/* The same without the mark. */
struct entry *node_find(const struct node *map, const char *key);
/* "a string", "a list", ... */
const char *node_kind_name(enum node_kind kind);

/* Shared by the readers.  A scalar's kind and integer from its spelling; node->text is set. */
void node_resolve_plain(struct node *node);

#endif

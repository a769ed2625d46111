/* SPDX-License-Identifier: Apache-2.0
 *
 * hcsshim.h - between the files that read hcsshim's policies.
 */
#ifndef COCOAPOL_IMPORT_HCSSHIM_H
#define COCOAPOL_IMPORT_HCSSHIM_H

#include "import.h"

/* One policy at a time. */
struct hcsshim {
	struct import *im;
	struct group *group;
	uint32_t framework;             /* its framework_version, as VERSION() */
	bool drops_capabilities;        /* allow_capability_dropping */
};
#define VERSION(major, minor, patch) ((uint32_t)(major) << 20 | (uint32_t)(minor) << 10 | (uint32_t)(patch))

struct hcsshim_variables {
	struct variable *items;
	uint32_t n, cap;
};

/* "path.name" and "path.name[i]", for complaints about fields. */
const char *hcsshim_path(struct hcsshim *h, const char *path, const char *name);
const char *hcsshim_item(struct hcsshim *h, const char *path, const char *name, uint32_t i);
/* Whether a node is a map; false after a complaint. */
bool hcsshim_is_map(struct hcsshim *h, const struct node *node, const char *path);
/* The field, or NULL after a complaint that it is not there. */
struct node *hcsshim_need(struct hcsshim *h, const struct node *map, const char *key, const char *path);
bool hcsshim_need_string(struct hcsshim *h, const struct node *map, const char *key, const char *path,
    struct str *out, struct loc *loc);
bool hcsshim_need_bool(struct hcsshim *h, const struct node *map, const char *key, const char *path, bool *out,
    struct loc *loc);

/* hcsshim_container.c: `containers` and `external_processes`. */
void hcsshim_container(struct hcsshim *h, struct node *map, const char *path);
void hcsshim_external(struct hcsshim *h, struct node *map, const char *path);

/* hcsshim_env.c: the list at "env_rules". */
void hcsshim_env(struct hcsshim *h, const struct node *map, const char *path, struct hcsshim_variables *out);

/* hcsshim_re2.c: what their enforcer takes as a pattern, as one of ours, which
 * means the whole string.  A pattern without operators becomes a literal. */

/* An alternative at the top of a pattern, without ^ and $. */
struct re2_part {
	struct str flags;               /* (?i) and such of those before it */
	struct str text;
	size_t equals, after_equals;    /* the first '=' outside groups and classes; SIZE_MAX: none */
	struct str flags_at_equals;     /* with those up to it */
	size_t tail;                    /* where a .* or .+ that ends it starts; SIZE_MAX: none */
	struct str flags_at_tail;
};
enum { RE2_MOST_PARTS = 64 };
/* False after a complaint: it is no pattern, or says what ours can't. */
bool re2_parts(struct hcsshim *h, struct str pattern, struct loc loc, struct re2_part *parts, uint32_t *n);
void re2_warn_alternatives(struct hcsshim *h, struct str pattern, struct loc loc, uint32_t n);
/* Of the whole pattern; false after a complaint. */
bool re2_value(struct hcsshim *h, struct str pattern, struct loc loc, struct value *out);
/* Whether it is one group, `(..)` or `(?:..)`, and what is in it. */
bool re2_one_group(struct str text, struct str *inside);
/* A piece of it, behind flags. */
struct value re2_piece(struct hcsshim *h, struct str flags, struct str text, struct loc loc);

#endif

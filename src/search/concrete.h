/* SPDX-License-Identifier: Apache-2.0
 *
 * concrete.h - the value of an expression in one state, for a request that is
 * still being written.  The search uses it to propose requests; what it says
 * is never believed: cpol_decide() judges every proposal.
 */
#ifndef COCOAPOL_CONCRETE_H
#define COCOAPOL_CONCRETE_H

#include "../runtime/state.h"
#include "lang.h"
#include "../lift/tree.h"

/* A part of the request: a field, an element or a member. */
struct hole {
	uint32_t type;
	bool fixed;                     /* its value must stay */
	bool wished;                    /* some key of the state, which is not there yet */
	uint64_t word;                  /* bool, int, enumeration */
	struct str text;                /* string, digest */
	struct lang *lang;              /* strings: what it may be, or NULL for anything */
	struct hole **items;            /* elements; members of a record */
	uint32_t n_items, cap_items;
};

struct datum {
	uint32_t type;
	uint64_t word;                  /* bool int enumeration row; a pattern's index */
	struct str text;                /* string, digest */
	struct hole *hole;              /* the part of the request that this is, or NULL */
	const struct datum *items;      /* lists and sets */
	uint32_t n_items;
};

/* What a part was before it was written. */
struct hole_before {
	struct hole *hole;
	struct hole was;
};

/* A value of a LET, as of one version of the request. */
struct concrete_memo {
	const struct tree_expr *value;
	uint32_t version;
	struct datum datum;
};

struct concrete {
	struct arena *arena;
	const struct bc_policy *policy;
	const struct cpol_group *group;
	const struct cpol_group *before;        /* what `old` reads; NULL: group */
	uint32_t event;                 /* UINT32_MAX: no request */
	struct hole **fields;
	uint32_t version;               /* counts changes of the request */
	struct hole_before *trail;      /* what parts of the request were, oldest first */
	uint32_t n_trail, cap_trail;
	struct datum locals[BC_SLOTS_MAX + 2];
	struct concrete_memo memos[BC_SLOTS_MAX + 2];
};

/* An empty request of an event, nothing fixed. */
void concrete_start(struct concrete *c, uint32_t event);
struct hole *hole_new(struct concrete *c, uint32_t type);
struct hole *hole_append(struct concrete *c, struct hole *list);
/* To be called before a part is written, so that it can be undone. */
void hole_touch(struct concrete *c, struct hole *hole);
/* The request as it was when the trail had n entries. */
void concrete_undo(struct concrete *c, uint32_t n);

struct datum concrete_eval(struct concrete *c, const struct tree_expr *e);
bool concrete_holds(struct concrete *c, const struct tree_expr *e);

struct datum datum_of_hole(struct concrete *c, struct hole *hole);
struct datum datum_of_cell(struct concrete *c, uint32_t type, uint32_t cell);
struct datum datum_of_row(uint32_t table, uint64_t row);
struct datum datum_of_word(uint32_t type, uint64_t word);
struct datum datum_of_text(struct str text);
/* What the state holds. */
struct datum datum_of_value(struct arena *a, const struct bc_policy *p, const struct value *v,
    uint32_t type);
bool datum_equal(const struct datum *l, const struct datum *r);
bool datum_among(const struct datum *d, const struct datum *set);
struct datum datum_zero(uint32_t type);
/* A key as state_find() wants it; text must stay. */
struct value datum_key(const struct datum *d);

/* The string that is entry i of the pool. */
struct str concrete_string(const struct bc_policy *p, uint32_t i);

#endif

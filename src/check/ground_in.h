/* SPDX-License-Identifier: Apache-2.0
 *
 * ground_in.h - what the files of ground.h share; nobody else includes it.
 */
#ifndef COCOAPOL_GROUND_IN_H
#define COCOAPOL_GROUND_IN_H

#include "ground.h"

#define GROUND_TABLE    1024u

struct node {
	struct fol *term;
	uint32_t root, next, size;      /* of its class; members are a ring */
	uint32_t value;                 /* of a root: the class's constant, or GROUND_NONE */
	uint32_t first_use, first_kid;
};
struct use { uint32_t node, next; };
struct entry { uint32_t node, next; };
struct constant {
	const struct fol *symbol;       /* NULL: FALSE, TRUE or an integer */
	uint64_t integer;
	uint32_t owner;                 /* a node that is equal to it */
};
/* l and r are equal, or l has a value. */
struct pending { uint32_t l, r, value; };
enum trail_kind { TRAIL_MERGE, TRAIL_VALUE, TRAIL_OWNER, TRAIL_ENTRY };
struct trail { enum trail_kind kind; uint32_t node, old; };
struct place { uint32_t epoch, node; };

struct ground {
	struct arena *arena;
	struct node *nodes;             uint32_t n_nodes, cap_nodes;
	uint32_t *kids;                 uint32_t n_kids, cap_kids;
	struct use *uses;               uint32_t n_uses, cap_uses;
	struct constant *constants;     uint32_t n_constants, cap_constants;
	struct pending *queue;          uint32_t n_queue, cap_queue;
	uint32_t *visits;               uint32_t n_visits, cap_visits;
	struct trail *trail;            uint32_t n_trail, cap_trail;
	uint32_t *levels;               uint32_t n_levels, cap_levels;
	struct entry *entries;          uint32_t n_entries, cap_entries;
	uint32_t *table;                /* of applications, by function and values */
	struct place *places;           /* by the term's id, valid in this epoch */
	uint32_t cap_ids, epoch;
	uint64_t work;
	bool is_refuted, has_order;
};

/* The integer that a node is equal to, if it is known. */
bool ground_integer(const struct ground *g, uint32_t node, uint64_t *integer);
/* To be done next: a value that follows, an equality. */
void ground_follows(struct ground *g, uint32_t node, bool value);
void ground_equals(struct ground *g, uint32_t l, uint32_t r);
void ground_equals_integer(struct ground *g, uint32_t node, uint64_t integer);

/* What ground_pop() is to take back. */
void ground_record(struct ground *g, enum trail_kind kind, uint32_t node, uint32_t old);

/* ---- ground_look.c ---- */

void ground_look_at(struct ground *g, uint32_t node);

/* ---- ground_order.c ---- */

/* What follows at once for LT, LE, ADD or SUB. */
void ground_look_at_integers(struct ground *g, uint32_t node, const uint32_t *kids);
/* Whether the order that is known of integers goes round in a circle. */
bool ground_order_is_refuted(struct ground *g);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * twin.h - the parts of the twin test: random policies (twin_make.c), random
 * states and requests and their meaning for formulas (twin_model.c).
 */
#ifndef COCOAPOL_TWIN_H
#define COCOAPOL_TWIN_H

#include "../unit/chance.h"
#include "bound/bound.h"
#include "compiler/ir.h"
#include "runtime/state.h"
#include "lift/lift.h"

/* A policy that chance makes, and some states and requests of it; ends the program
 * with status 1 where the twins disagree. */
void twin_policy(struct chance c, uint64_t seed);

/* ---- policies ---- */

struct ir_policy *make_policy(struct arena *a, struct chance *c);

/* Change the code of a policy, with room for 24 bytes more, to code that no
 * compiler of ours writes; the length after it. */
size_t vary_policy(uint8_t *bytes, size_t len, struct chance *c, struct arena *a);

/* The texts, digests and integers that policies, states and requests are made
 * of: few, so that they meet. */
#define N_TEXTS 10
extern const struct str made_texts[N_TEXTS];
#define N_DIGESTS 3
extern const struct str made_digests[N_DIGESTS];
uint64_t made_integer(struct chance *c);

/* ---- models ---- */

#define MOST_ELEMENTS 4
#define MOST_KEYS     4

/* A scalar is a word: of a string or digest, its number among those seen.  A
 * list has n elements; a set of rows is a list of them, ascending. */
struct model_cell {
	uint64_t word;
	uint32_t n;
	uint64_t items[MOST_ELEMENTS];
};
struct entry { uint64_t key; struct model_cell value; };
struct state_model {
	uint64_t scalars[BC_VARS_MAX];
	struct entry entries[BC_VARS_MAX][MOST_KEYS * 2];
	uint32_t n[BC_VARS_MAX];
};
struct field_model {
	struct model_cell cell;               /* of records: n alone */
	struct model_cell members[MOST_ELEMENTS][BC_MEMBERS_MAX];
};
struct request_model {
	uint32_t event;
	struct field_model fields[BC_FIELDS_MAX];
	uint8_t bytes[16384];
	struct cpol_event encoded;
};

/* What formulas are evaluated in. */
struct model {
	const struct bc_policy *policy;
	const struct bounds *bounds;            /* what states may have */
	struct chance *chance;
	struct state_model now, before;         /* before: for symbols of the state before */
	struct request_model request;
	uint64_t probes[4];                     /* what the PROBE symbols stand for */
	uint64_t domain[BC_TABLES_MAX + FOL_ROW][128];
	uint32_t n_domain[BC_TABLES_MAX + FOL_ROW];
	struct arena *arena;
	struct dfa **automata;                  /* by pattern */
	struct fol_structure structure;
};
#define PROBE LIFT_ROLES        /* role of symbols for values of the test's choice; a: which */

void model_init(struct model *m, struct arena *a, const struct bc_policy *p, const struct bounds *bounds,
    struct chance *c);
/* Let random states have entries in maps into which no rule puts any.  The static
 * bounds, which are for other states, are gone. */
void model_take_any_state(struct bc_policy *p, struct bounds *bounds);
void model_random_state(struct model *m);
void model_random_request(struct model *m, uint32_t event);
/* Into the interpreter; false: the state does not fit (a bug of the test). */
bool model_store(const struct state_model *s, const struct bc_policy *p, struct cpol_group *g);
/* The domains of quantifiers: keys of `now` and `before`, rows, places. */
void model_domains(struct model *m);
void model_add_to_domain(struct model *m, uint32_t sort, uint64_t word);
/* What is in the interpreter; ghosts only if it keeps them. */
void model_load(struct state_model *s, const struct bc_policy *p, const struct cpol_group *g);
bool cells_equal(const struct model_cell *l, const struct model_cell *r);
struct model_cell *model_find(struct state_model *s, uint32_t map, uint64_t key);

uint64_t text_number(const uint8_t *ptr, size_t len);
struct str text_of(uint64_t number);
uint32_t sort_of_type(uint32_t type);
uint64_t zero_of(uint32_t type);

#endif

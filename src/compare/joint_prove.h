/* SPDX-License-Identifier: Apache-2.0
 *
 * joint_prove.h - B allows nothing that A denies, by induction over the states
 * that both come to by requests that both allow: how the states lie to each
 * other is guessed and kept as far as every event keeps it; then whatever B's
 * rule lets through, A's must too.
 *
 * What only denies more is not in formulas: A's full tables and its strings and
 * lists that are too long.  So each map that A writes must be within B's, and
 * A's limits no smaller.
 */
#ifndef COCOAPOL_JOINT_PROVE_H
#define COCOAPOL_JOINT_PROVE_H

#include "../lift/facts.h"
#include "joint.h"
#include "joint_seen.h"

enum joint_meaning {
	JOINT_OTHER,
	JOINT_KEYS,                     /* A's map has keys of B's alone, */
	JOINT_VALUES                    /* and their values are equal */
};
struct joint_guess {
	enum joint_meaning meaning;     /* of KEYS and VALUES: */
	uint32_t var_a, var;            /* A's own number, and B's */
	struct tree_expr *expr;         /* in the joint vocabulary */
};
struct joint_guesses {
	struct joint_guess *items;
	uint32_t n, cap;
};
/* wide: also what single rows and constants have to do with it, what rules require
 * of keys, and that there is no more than was seen.  seen may be NULL. */
struct joint_guesses joint_guess(struct joint *j, bool wide, const struct joint_seen *seen);

/* Appends what is true of the tables. */
void joint_facts(struct joint *j, struct lift *l, struct fol_list *list);
/* Appends, for an event that both have: no two rows have in a column what the
 * request says.  It follows from joint_facts(), but not easily. */
void joint_asked(struct joint *j, struct lift *l, uint32_t event, struct fol_list *list);

/* Appends what the rows of small tables are, each alone (joint_concrete.c). */
void joint_concrete(struct joint *j, struct lift *l, struct fol_list *list);
enum { JOINT_ROWS_SMALL = 8 };
/* Whether a row comes before another where a side that has both picks: then the
 * other side, if it has both, agrees (joint_rows.c). */
bool joint_comes_before(const struct joint *j, uint32_t table, uint32_t row, uint32_t other);
/* Whether A's map is full no sooner and takes keys as long, if each key of it is
 * one of B's. */
bool joint_holds_keys(const struct joint *j, uint32_t var_a, uint32_t var);
bool joint_is_small(const struct joint *j, uint32_t table);
struct tree_expr *joint_row(struct joint *j, uint32_t table, uint32_t row);
/* What a cell of the type holds, or a variable; NULL: a pattern. */
struct tree_expr *joint_constant(struct joint *j, uint32_t type, uint64_t cell);

enum joint_doubt_kind {
	JOINT_DENIES,                   /* A's requirement at `pc` (UINT32_MAX: its effects) may fail */
	JOINT_NO_RULE,                  /* A has no such event or no rule for it, and B's may allow */
	JOINT_KEEPS,                    /* B may keep elements of field `pc` that A drops */
	JOINT_GIVES,                    /* the output `pc` may differ */
	JOINT_ROOM,                     /* A's variable `pc` may have less room than B's */
	JOINT_FIELD_ROOM,               /* A takes fewer elements in field `pc` */
	JOINT_TOO_LARGE                 /* both together are more than formulas have room for */
};
struct joint_doubt {
	enum joint_doubt_kind kind;
	uint32_t event, pc;             /* B's event; ROOM: none */
	bool gave_up;                   /* the solver found no answer, in time or at all */
};

/* B's rule for an event (joint and A's too) with one more requirement: that what
 * the doubt fears is so.  For the search, which asks what B would allow; A's
 * variables are taken for B's.  false: A has one of its own in that, or there
 * are too many locals. */
bool joint_against(struct joint *j, uint32_t event, enum joint_doubt_kind kind, uint32_t number,
    struct tree_rule *rule);

/* Seconds that the processor has worked for us. */
double compare_cpu(void);

struct joint_options {
	double until;                   /* search_clock() */
	double cpu_until;               /* compare_cpu(); what a busy machine does not shorten */
	bool patient;                   /* nothing is left out of queries that fail without */
	/* Claims and lemmas of each side that are proved; may be NULL. */
	const struct prove_proof *proof_a, *proof_b;
	const struct joint_seen *seen;  /* by a search; may be NULL */
	void (*progress)(void *arg, uint32_t event);
	void *progress_arg;
};

struct joint_report {
	bool proved;                    /* B allows nothing that A denies */
	struct joint_doubt *doubts;
	uint32_t n_doubts, n_queries;
	bool out_of_time;               /* or an end was asked for: there may be other doubts */
};

struct joint_report *joint_prove(struct arena *a, struct joint *j, const struct joint_options *options);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * synth.h - proposals: requests that a rule might allow in a given state.
 *
 * A rule's requirements are walked as goals ("make this true") over a request
 * whose fields are written on the way.  Where there are several ways, the walk
 * asks for a choice; all choices are tried by running the walk again with the
 * next one, so nothing has to be undone.  A proposal promises nothing: the
 * interpreter judges it.
 *
 * When a goal needs what the state does not hold (a device at a target that is
 * still free) the walk can note a wish instead of failing; plan.c grants them.
 */
#ifndef COCOAPOL_SYNTH_H
#define COCOAPOL_SYNTH_H

#include "concrete.h"

enum {
	SYNTH_CHOICES = 4096,           /* of one walk */
	SYNTH_LIVE = LANG_LIVE,         /* strings of the state that are known, */
	SYNTH_TRIED = 24,               /* and that are tried */
	SYNTH_WISHES = 1024,
	SYNTH_MADE = 64,
	SYNTH_ROWS = 24                 /* rows of one table that are tried */
};

enum wish_kind {
	WISH_KEY,                       /* map `var` holds the key */
	WISH_VALUE,                     /* map `var` holds the value at the key */
	WISH_CONTAINS,                  /* the set at the key holds the row */
	WISH_SCALAR                     /* scalar `var` is the value */
};
struct wish {
	enum wish_kind kind;
	uint32_t var;
	bool has_key;                   /* else any key will do; so too if its hole is not fixed */
	struct datum key, value;
	bool holds;                     /* it is so, and shall stay so while others are granted */
	/* What else is wished of the same key where any will do, or shall stay: for plan.c. */
	const struct wish *also;
	bool waits;                     /* for another wish, which says what its key holds */
};
/* Which walks synth_wish() takes beside those that wish and then find their way. */
enum {
	SYNTH_PARTIAL = 1,              /* that find no way further after their wishes, as one
	                                 * can't when a key is still open */
	SYNTH_CHANGING = 2              /* that wish what is at a live key to be something else */
};

enum goal_kind { GOAL_FIELD, GOAL_CLAIM_FALSE, GOAL_WISH };
/* What a request shall be beside allowed. */
struct synth_goal {
	enum goal_kind kind;
	uint32_t number;                /* FIELD: the field; CLAIM_FALSE: the claim; WISH: the
	                                 * number of the rule's statement that grants it */
	struct datum value;             /* FIELD */
	const struct wish *wish;
};

struct synth_rows { uint32_t n, rows[SYNTH_ROWS]; };
struct choice { uint32_t at, n; };    /* n is 1 where a first way has been given up */
/* Where a walk is. */
struct synth_mark { uint32_t at_script, n_trail, n_wishes, n_made; };
/* A row that the LET with this value holds in this walk, once its wishes are granted. */
struct synth_made {
	const struct tree_expr *let;
	struct datum row;
};
struct synth {
	struct concrete c;
	const struct tree_policy *tree;
	struct lang_pool langs;
	struct arena scratch;
	struct arena mark;              /* scratch when a walk starts */
	struct choice script[SYNTH_CHOICES];
	uint32_t n_script, at_script;
	uint32_t n_back;                /* how often synth_back() may still go back */
	struct str live[SYNTH_LIVE];
	uint32_t n_live;
	uint64_t look;                  /* counts the states looked at */
	uint64_t n_walks;
	double until;                   /* search_clock(), for walks that are many; 0: they are few */
	const struct tree_expr *claim;  /* what proposals shall refute, or NULL: a hint */
	bool wide;                      /* more strings: two fresh ones, paths below others */
	bool wishing, partial, changing;
	struct wish wishes[SYNTH_WISHES];
	uint32_t n_wishes;
	struct synth_made made[SYNTH_MADE];
	uint32_t n_made;
	struct synth_rows in_play[BC_TABLES_MAX];       /* the rows that are tried */
	struct synth_rows all_play[BC_TABLES_MAX];      /* and when no row is singled out */
};

/* Who gets the proposals.  take returns false when it has seen enough.  The
 * bytes, and the wishes of a walk, live only during the call. */
struct synth_taker {
	bool (*take)(void *arg, struct str request);
	void *arg;
};

void synth_open(struct synth *s, const struct tree_policy *tree);
void synth_close(struct synth *s);
/* Whether no column of another table refers to its rows. */
bool synth_is_root(const struct bc_policy *p, uint32_t table);
/* Of this table try one row, with all that it refers to; and again all. */
void synth_play_only(struct synth *s, uint32_t table, uint32_t row);
/* The same for the rows of root tables that an expression names, if it names any. */
void synth_play_named(struct synth *s, const struct tree_expr *e);
void synth_play_again(struct synth *s);
/* Propose for this state from now on.  It must not change meanwhile. */
void synth_look(struct synth *s, const struct cpol_group *group);

/* Requests of an event that meet the goals, at most `most`, in `walks` walks. */
void synth_event(struct synth *s, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals, uint32_t most, uint32_t walks, struct synth_taker taker);

/* One walk in which the state may be wished different: s->wishes.  skip: how
 * many such walks to pass over.  also: SYNTH_* flags.  false: none is left. */
bool synth_wish(struct synth *s, uint32_t event, const struct synth_goal *goals,
    uint32_t n_goals, uint32_t skip, uint32_t also);
/* The same for a claim, or a part of one, that shall become true in some state. */
bool synth_wish_truth(struct synth *s, const struct tree_expr *e, uint32_t skip, uint32_t also);
/* Whether the first of such walks that finds its way has something to wish: if it
 * has, the event had better not be tried before. */
bool synth_lacks(struct synth *s, uint32_t event, const struct synth_goal *goals, uint32_t n_goals);
/* Whether what is wished of a known key is so in a state. */
bool synth_is_granted(struct synth *s, const struct cpol_group *group, const struct wish *w);
/* Whether it is true in this state. */
bool synth_is_true(struct synth *s, const struct tree_expr *e);

/* Values of a field that are worth trying in this state, in an array of
 * SYNTH_INTERESTING + 1.  Returns how many. */
enum { SYNTH_INTERESTING = 48 };
uint32_t synth_interesting(struct synth *s, uint32_t event, uint32_t field,
    struct datum *values);

/* ---- the walk (make.c) ---- */
bool make(struct synth *s, const struct tree_expr *e, bool want);
bool make_equal(struct synth *s, const struct tree_expr *e, const struct datum *v);
bool make_contain(struct synth *s, const struct tree_expr *set, const struct datum *v);
bool make_element(struct synth *s, const struct tree_expr *set, struct datum *element);
/* Give a part of the request its value: fails if it has another that must stay. */
bool hole_assign(struct synth *s, struct hole *hole, const struct datum *v);
/* 0 to n - 1; n must not be 0. */
uint32_t synth_choose(struct synth *s, uint32_t n);
/* What was done since the mark is undone, and the last choice since that has
 * another way takes it: false if none has, or if this was done often enough. */
struct synth_mark synth_mark(const struct synth *s);
bool synth_back(struct synth *s, const struct synth_mark *mark);
/* Of two ways the first has none that succeeds: what is chosen next is of the
 * second, in this walk and in those that follow it so far. */
void synth_give_up(struct synth *s, const struct synth_mark *mark);
bool synth_gave_up(struct synth *s);
/* A choice among the words of a language for a string that is not fixed. */
bool synth_pick_word(struct synth *s, struct hole *hole, struct lang *lang);

#endif

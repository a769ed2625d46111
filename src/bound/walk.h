/* SPDX-License-Identifier: Apache-2.0
 *
 * walk.h - a walk over judged code with what is known of values in place of
 * values, shared by walk.c (blocks and statements) and costs.c (instructions).
 */
#ifndef COCOAPOL_WALK_H
#define COCOAPOL_WALK_H

#include "bound.h"
#include "cost.h"
#include "../bytecode/decode.h"

#define TYPE_BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)
#define TYPE_INT  BC_TYPE(BC_ONE, BC_INTEGER, 0)
#define TYPE_TEXT BC_TYPE(BC_ONE, BC_STRING, 0)

/* Rows of a table that no cost tells apart: one of them, and how many there are. */
struct group { uint32_t row, rows; };
struct table_facts {
	uint32_t *classes;              /* of each row, the number of its group */
	uint32_t n_groups;
	struct group *groups;
	uint16_t longest[BC_COLUMNS_MAX];       /* bytes of the longest string of a column, elements
	                                           of the longest list, bytes that the patterns read;
	                                           0xffff: that or more */
	uint16_t texts[BC_COLUMNS_MAX]; /* of lists: bytes of the longest string; likewise */
	uint8_t alike[BC_COLUMNS_MAX];          /* at most so many rows have the same value in a
	                                           column; 255: that or more */
};
/* Of a map: there are rows in the map `by` at each of its keys, and of no row more than
 * its column says, if that is not over; which are so many keys. */
struct key_limit {
	bool is_set, is_over;
	uint8_t by, column;
	uint32_t keys;
};
struct facts {
	const struct bc_policy *p;
	bool rows_grew;                 /* a rule puts more into a map than was known */
	struct table_facts tables[BC_TABLES_MAX];
	struct bound_var vars[BC_VARS_MAX];     /* as far as is known; likewise: */
	struct bound_pair pairs[BC_VARS_MAX][BC_VARS_MAX];
	struct key_limit limits[BC_VARS_MAX];
	/* Of each pattern: bytes of its longest word, 255: there is none; and the bytes of
	 * a text that are read to match it, in units of 8: READS_ALL if that is any. */
	uint8_t *words, *reads;
};
#define READS_ALL 255u
struct facts *facts_of(struct arena *a, const struct bc_policy *p);
/* Of the strings in a list of a pool, the longest. */
uint32_t facts_list_text(const struct bc_policy *p, uint32_t list);
/* How many rows of a list have the same value in a column. */
uint32_t facts_list_alike(const struct bc_policy *p, uint32_t table, uint32_t list, uint32_t column);
/* The groups of the rows of a list; how many there are. */
uint32_t facts_list_groups(struct arena *a, const struct facts *f, uint32_t table, uint32_t list,
    struct group **groups);

/* Of each of a set of rows fewer keys of a map than a column of it says have it in a
 * map `var`. */
struct counted {
	uint8_t keys;                   /* that map, plus one; 0: it is not known */
	uint8_t var, row;               /* row: of a bool: which loop's element, plus one */
	uint8_t column;
};
/* What a rule does, if it is not denied, and what it has tested by then.  A key is a
 * number for where it comes from, or 0. */
#define TESTS_MAX 32u
struct key_test { uint8_t key, var; bool is_in; };
struct deed {
	uint8_t op, var, key;           /* PUT or DEL */
	bool is_some;                   /* of the rows put: they are not none */
	uint8_t from, from_key;         /* they were in this map, plus one, at that key */
	struct counted counted;
	uint32_t rows;                  /* the most */
};
struct deeds {
	uint32_t n, n_tests;
	struct deed of[BC_WRITES_MAX];
	struct key_test tests[TESTS_MAX];
};

void relations_begin(struct facts *f);
/* What is no longer true of all states is given up; whether something was. */
bool relations_judge(struct facts *f, const struct deeds *d);
void relations_forget(struct facts *f);         /* all of it */
/* Whether a key was seen to be in a map, or not to be. */
bool relations_has(const struct facts *f, const struct deeds *d, uint8_t key, uint32_t var, bool is_in);
/* Of a set of rows at a key: the most. */
uint32_t relations_rows(const struct facts *f, const struct deeds *d, uint32_t var, uint8_t key);

/* What code takes, given what the rules were seen to put into the state; of a rule,
 * more may be known of that afterwards. */
struct bound walk(struct facts *f, const struct bc_code *code, const struct bc_event *event,
    struct deeds *deeds);          /* deeds: of a rule, or NULL */

/* Where a list or set comes from, as far as it matters. */
enum origin { FROM_ANYWHERE, FROM_FIELD, FROM_WHERE, FROM_KEYS };

/* What a bool always is. */
enum known { UNKNOWN, NEVER, ALWAYS };

/* Of the elements of a loop few have what they are tested for, whatever the other
 * loops have reached. */
struct pick {
	uint8_t loop;                   /* its number, plus one; 0: there is no such test */
	uint8_t few;                    /* below 255 */
	uint8_t on;                     /* bit i: what is tested for depends on the loop i */
};

/* What a value has to do with the keys of maps: it is at a `key` of a map, or in it; or
 * it is one of the rows there, or the number of keys of another map at which it is. */
enum tie_kind {
	TIED_NOT, TIE_KEYS, TIE_AT, TIE_HAS, TIE_HAS_NOT, TIE_EMPTY, TIE_SOME, TIE_MEMBER, TIE_COUNT, TIE_COLUMN
};
struct tie {
	uint8_t kind, var, keys;
	uint8_t is_old;                 /* before the step */
	uint8_t key;                    /* where it comes from, */
	uint8_t of;                     /* or of which loop it is the element, plus one */
	uint8_t row;                    /* likewise, the row */
	uint8_t column;                 /* or the local */
};

/* What is known of a value before it is computed. */
struct shape {
	uint32_t type;
	uint32_t most;                  /* elements */
	uint32_t span;                  /* sets of rows: rows from the first to the last */
	uint32_t bytes;                 /* of a string, or of each element; of a pattern: read to match it */
	uint32_t budget;                /* of a request: about the text in all, see walk.c; 0: that of the
	                                   state or the policy */
	uint32_t value;                 /* of the policy: the cell, plus one; 0: any */
	uint16_t text;                  /* of the request: which, as in struct term */
	uint8_t level;                  /* likewise */
	uint8_t origin;
	uint8_t field;                  /* FROM_FIELD, FROM_WHERE of a list: of which field; of a column:
	                                   of which table */
	uint8_t loops;                  /* bit i: it depends on the element of the loop i of those open */
	uint8_t names;                  /* what few elements of a loop share: its number, plus one */
	uint8_t few;                    /* how many share it; 255: that or more */
	uint8_t known;                  /* enum known, of a bool */
	uint8_t limit;                  /* of a bool: if it is true `field` is no longer; 0: any */
	bool is_element;                /* of the loop `level` */
	bool is_some;                   /* of a set of rows: they are not none */
	struct pick picks[2];           /* of a bool: if it is true */
	struct tie tie;
	struct counted counted;         /* of a set of rows; of a bool: if it is true, of a row */
};
struct operand {
	struct shape shape;
	uint32_t made_at;               /* the instruction that made it, */
	uint8_t op;                     /* and which one that is */
};
struct block {                          /* of AND or OR */
	uint32_t at, end;               /* the instruction, and where its block ends */
	struct cost cost;               /* of what came before, at the same level */
	struct counted counted;         /* by the left operand */
	uint8_t op, depth, loops;
	uint8_t known;                  /* the left operand: not what decides */
	uint8_t field, limit;           /* a field of which the block knows more than what is around it */
	uint8_t names[BC_LOOPS_MAX];    /* to be restored */
	struct pick picks[2];
};

struct walk {
	struct arena *a;
	struct facts *f;
	const struct bc_policy *p;
	const struct bc_event *event;   /* whose fields are read, or NULL */
	const uint8_t *code;
	uint32_t at, len;               /* at: the instruction being walked over */
	uint64_t left;                  /* bytes of code that may still be walked for single rows */
	bool is_dead;                   /* the code is never reached, and costs nothing */
	uint32_t n_stack, n_slots, n_blocks, n_loops, n_writes;
	struct cost cost;               /* of the innermost block so far */
	uint64_t scratch, most_scratch, held;   /* bytes now, at most, and since the last LET */
	struct operand stack[BC_STACK_MAX];
	struct shape slots[BC_SLOTS_MAX];
	struct block blocks[BC_NEST_MAX];
	struct shape loops[BC_LOOPS_MAX];       /* what the open loops range over */
	uint8_t limits[BC_FIELDS_MAX];  /* of a field's text, as tested before; 0: none */
	struct deeds deeds;
	uint32_t n_tests;               /* with those that hold if this statement is not what denies */
};

void walk_spend(struct walk *w, uint64_t steps);
/* So many times all text of a value, or of that many others with as much at most. */
void walk_read(struct walk *w, const struct shape *s, uint64_t times);

/* An instruction that is neither logic, nor a loop, nor a statement: its result is
 * a bool or an int if opcodes.def says so, and has the loops of its operands. */
void walk_insn(struct walk *w, const struct operand *in, struct shape *out);
/* So many searches for a key of a map. */
void walk_search(struct walk *w, uint32_t var, const struct shape *key, uint32_t times);
/* Bytes of a text of a type, if it has so many at most; 0: the type has none. */
uint32_t walk_text_len(uint32_t type, uint32_t most);
/* A number for where a key comes from; 0: it may be another each time. */
uint8_t walk_key(const struct walk *w, const struct operand *key);
/* Whether an instruction only reads, and so is no step of its own. */
bool walk_reads(uint8_t op);
/* A loop, all of it: `source` is what it ranges over, `out` is what it leaves. */
void walk_loop(struct walk *w, const struct shape *source, struct shape *out);
/* From w->at to the end of a block, and what it leaves. */
void walk_block(struct walk *w, uint32_t end, struct shape *value);

/* The index that follows the opcode. */
static inline uint32_t walk_index(const struct walk *w)
{
	return bc_get16(w->code + w->at + 1);
}

/* Words that a set of rows may have as bits, each met once when it is walked. */
static inline uint32_t walk_words(const struct shape *s)
{
	return s->span / 64 + (s->span % 64 != 0);
}

static inline bool walk_is_rows(const struct shape *s)
{
	return BC_SHAPE(s->type) == BC_SET && BC_BASE(s->type) == BC_TABLEROW && s->origin != FROM_KEYS;
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * ir.h - a policy after names and types are resolved and sugar is gone, and
 * before anything has a number.  lower.c makes it; canon.c orders and numbers
 * it; emit.c writes it.  Everything lives in one arena; lists are arrays.
 *
 * An expression is a tree of instructions of opcodes.def.  kids[] are the
 * operands in stack order (the deepest first).  AND and OR are n-ary here;
 * canon flattens, sorts and drops doubles.  A loop's kids are the iterated
 * value, then the block; `element` and `place` are its variables.
 */
#ifndef COCOAPOL_IR_H
#define COCOAPOL_IR_H

#include "../base/diag.h"       /* struct loc: file and two byte offsets */
#include "../base/str.h"        /* struct str { const char *ptr; size_t len; } */
#include "../bytecode/bytecode.h"

struct ir_enum   { struct str name; struct str *values; uint32_t n_values; uint32_t number; };
struct ir_table;
struct ir_record;
struct ir_type {
	enum bc_shape shape;
	enum bc_base base;              /* BC_NOTHING: a set of keys' value */
	struct ir_enum *enumeration;
	struct ir_table *table;
	struct ir_record *record;
};
struct ir_member { struct str name; struct ir_type type; };
struct ir_record {
	struct str name;
	bool keyed;                     /* members[0] is the key */
	struct ir_member *members;
	uint32_t n_members, number;
};

/* A constant of a row or switch: content, not yet a pool index. */
struct ir_pattern {                     /* a language: see automata/dfa.h */
	const uint8_t *bytes;           /* canonical automaton as in PATTERNS (kind 1), or */
	size_t len;
	struct str literal;             /* the one string, if is_literal */
	bool is_literal;
};
struct ir_row;
struct ir_value {
	struct ir_type type;
	uint64_t word;                  /* bool int; enum: place in values[] as declared */
	struct str text;                /* string; digest: 32 raw bytes */
	struct ir_pattern pattern;
	struct ir_row *row;             /* of type.table */
	struct ir_value *items;         /* lists and sets */
	uint32_t n_items;
};
struct ir_column { struct str name; struct ir_type type; };
struct ir_row    { struct ir_value *cells; struct loc loc; uint32_t number; };
struct ir_table {
	struct str name;
	bool has_key;                   /* columns[0] is the key */
	struct ir_column *columns;
	uint32_t n_columns;
	struct ir_row **rows;           /* canon merges equal rows */
	uint32_t n_rows, number;
};
struct ir_switch { struct str name; struct ir_value value; uint32_t number; };
struct ir_var {
	struct str name;
	struct loc loc;
	bool ghost;
	bool is_map;                    /* else a scalar of type `value` */
	struct ir_type key, value;
	uint32_t capacity, key_len, value_len, list_len;
	uint64_t bound;
	uint32_t number;
};
struct ir_field  { struct str name; struct ir_type type; uint32_t most; uint32_t number; struct loc loc; };
struct ir_out    { struct str name; struct ir_type type; uint32_t number; };

struct ir_local  { struct str name; uint32_t slot; };   /* canon numbers slots */

struct ir_expr {
	enum bc_op op;
	struct loc loc;
	struct ir_type type;            /* of the result */
	struct ir_expr **kids;
	uint32_t n_kids;
	/* operands; which one is set follows from op */
	uint64_t integer;               /* INT; ENUM: place in values[] as declared */
	struct str text;                /* STR DIGEST */
	struct ir_pattern pattern;      /* PATTERN */
	struct ir_enum *enumeration;    /* ENUM */
	struct ir_row *row;             /* ROW, with table */
	struct ir_table *table;         /* ROW NOROWS ROWS KEYROWS */
	struct ir_switch *swtch;        /* SWITCH */
	struct ir_field *field;         /* FIELD */
	uint32_t column;                /* COLUMN: place in table->columns as declared, with table */
	uint32_t member;                /* MEMBER: place in record->members as declared, with record */
	struct ir_record *record;
	struct ir_var *var;             /* VAR HAS GET KEYS and OLD... */
	struct ir_local *local;         /* LOCAL */
	struct ir_local *element, *place; /* loops */
};

enum ir_stmt_kind { IR_REQUIRE, IR_LET, IR_SETVAR, IR_PUT, IR_DEL, IR_KEEP, IR_OUT };
struct ir_stmt {
	enum ir_stmt_kind kind;
	struct loc loc;
	struct str label;               /* REQUIRE: what to call it in a denial, or empty */
	struct ir_expr *key, *value;    /* REQUIRE, LET, SETVAR, KEEP, OUT: value */
	struct ir_local *local;         /* LET */
	struct ir_var *var;             /* SETVAR PUT DEL */
	struct ir_field *field;         /* KEEP */
	struct ir_out *out;             /* OUT */
};
struct ir_event {
	struct str name;
	struct loc loc;
	struct ir_field *fields; uint32_t n_fields;
	struct ir_out *outs;     uint32_t n_outs;
	bool has_rule;
	struct loc rule_loc;            /* the name, in the rule that counts */
	/* In the order in which they are judged; effects last, any order.  The
	 * requirements of `restrict` come first: canon sorts those (stmts[0 ..
	 * n_restricts)) by bytes, and keeps the order of the rest. */
	struct ir_stmt *stmts;   uint32_t n_stmts, n_restricts;
	/* The rule is of bytes: a requirement that says nothing new is in them and
	 * stays, which else is left out. */
	bool is_raised;
	uint32_t number;
};
struct ir_claim {
	struct str name;
	struct loc loc, body;           /* of the name, and of what is claimed */
	enum bc_claim_kind kind;
	bool is_never;                  /* the expression is the negation of the body */
	struct ir_event **events; uint32_t n_events;
	struct ir_expr *expr;
	uint32_t number;
};
struct ir_policy {
	struct str policy_name, framework_name;
	uint64_t svn;
	uint32_t framework_version;
	struct ir_enum   **enums;    uint32_t n_enums;
	struct ir_record **records;  uint32_t n_records;
	struct ir_switch **switches; uint32_t n_switches;
	struct ir_table  **tables;   uint32_t n_tables;
	struct ir_var    **vars;     uint32_t n_vars;
	struct ir_event  **events;   uint32_t n_events;
	struct ir_claim  **claims;   uint32_t n_claims;
};

#endif

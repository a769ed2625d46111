/* SPDX-License-Identifier: Apache-2.0
 *
 * resolve.h - names to what they were declared as, for both files at once.
 *
 * After resolve() every name that is declared outside a rule is in one of four
 * spaces: types, values, events and claims; and every type is an ir_type.  The
 * phases that follow only look up.
 */
#ifndef COCOAPOL_RESOLVE_H
#define COCOAPOL_RESOLVE_H

#include "ast.h"
#include "ir.h"

/* A set of names; all zero is empty. */
struct names { struct symbol **slots; uint32_t n, cap; };

enum symbol_kind {
	SYM_ENUM, SYM_RECORD, SYM_KIND,         /* types */
	SYM_ROWS,                               /* values: all rows of a kind */
	SYM_SWITCH, SYM_CONST, SYM_STATE, SYM_DEF,
	SYM_EVENT, SYM_CLAIM, SYM_ROW, SYM_PATTERN
};
struct symbol {
	enum symbol_kind kind;
	struct ast_name name;
	const struct ast_item *item;
	bool of_policy;                         /* else the framework's */
	bool used, broken;                      /* DEF: somewhere; in a way that was complained about */
	struct ir_enum *enumeration;
	struct ir_record *record;
	struct kind *of;                        /* KIND ROWS ROW */
	struct ir_switch *swtch;
	struct ir_var *var;
	struct event *event;
	struct ir_row *row;
	struct ir_pattern pattern;              /* PATTERN: a regex by its text, see pattern.h */
};

/* How a row is written inside others. */
enum form_kind { FORM_COLUMN, FORM_FLAG, FORM_TOKEN, FORM_OPTION };
struct form {
	enum form_kind kind;
	uint32_t column;                        /* COLUMN FLAG */
	struct str token;
	struct form *inside;                    /* OPTION */
	uint32_t n_inside;
};

struct column {
	const struct ast_member *member;        /* NULL: the name of a named kind */
	bool is_cached;
	struct ir_value fallback;               /* if cached: the default's value */
};
struct kind {
	const struct ast_item *item;
	struct ir_table *table;                 /* its columns are those of `columns`, in that order */
	struct column *columns;
	struct form *form;
	uint32_t n_form, rows_cap;
	bool is_unique;                         /* no two different rows with one key */
	enum { KIND_UNSEEN, KIND_OPEN, KIND_SEEN } seen;        /* while cycles are looked for */
	struct names rows;                      /* of a named kind */
};

struct event {
	struct ir_event *ir;
	bool of_policy;
	const struct ast_item *rule;            /* the framework's or, of its own event, the policy's */
	const struct ast_item *more;            /* what a policy adds to the framework's */
	const struct ast_item *override;
};

/* One compilation and all it allocated. */
struct cpolc {
	struct arena arena;
	struct diag *diag;
	/* Properties stand in the policy's place: see properties.c. */
	struct ast_file *framework, *policy;
	struct names types, values, events, claims, patterns;
	struct kind **kinds;
	struct event **event_list;
	uint32_t enums_cap, records_cap, switches_cap, tables_cap, vars_cap, events_cap, claims_cap;
	uint32_t kinds_cap, event_list_cap;
	struct ir_policy ir;
};

/* Both NULL if there is none. */
struct symbol *names_find(const struct names *names, struct str name);
/* The symbol that was there, or NULL and `symbol` is in. */
struct symbol *names_add(struct cpolc *c, struct names *names, struct symbol *symbol);
/* A declared name; complains if it is taken: then false. */
bool names_declare(struct cpolc *c, struct names *names, struct symbol *symbol, const char *what);

/* The nearest of the names that are offered to one that is unknown. */
struct suggestion { struct str wanted, best; uint32_t distance; };
void suggest(struct suggestion *s, struct str name);
void suggest_names(struct suggestion *s, const struct names *names);
/* ", did you mean 'x'?" or nothing; for "%.*s". */
struct str suggestion_text(struct cpolc *c, const struct suggestion *s);

/* The kind of a table of this policy. */
struct kind *kind_of(const struct cpolc *c, const struct ir_table *table);

/* Declare and resolve everything but expressions, defaults and rows.  Complains. */
void resolve(struct cpolc *c);
/* Find the event of each rule.  Complains. */
void resolve_rules(struct cpolc *c);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * rego.h - between rego.c, the rules of a policy, and rego_scan.c, what their
 * characters are.
 */
#ifndef COCOAPOL_DOCUMENT_REGO_H
#define COCOAPOL_DOCUMENT_REGO_H

#include "document.h"

struct rego {
	struct arena *arena;
	struct diag *diag;
	const struct source *source;
	struct str text;
	size_t at;
	uint32_t n_nodes;
	const char *why;                /* what keeps the rule at hand from being data; */
	size_t why_at;                  /* where */
	bool failed;                    /* a complaint was made */
};

/* The byte `ahead`, or -1 past the end. */
static inline int rego_peek(const struct rego *r, size_t ahead)
{
	return ahead < r->text.len - r->at ? (unsigned char)r->text.ptr[r->at + ahead] : -1;
}

static inline struct loc rego_loc(const struct rego *r, size_t start, size_t end)
{
	return (struct loc){ r->source, (uint32_t)start, (uint32_t)end };
}

/* NULL: the rule is no data, the first reason counts. */
struct node *rego_refuse(struct rego *r, size_t at, const char *why);
/* NULL: the text is no Rego. */
struct node *rego_fail(struct rego *r, enum diag_name name, size_t start, size_t end, const char *what);

/* The whole text: UTF-8 without control characters but white space. */
bool rego_check_text(struct rego *r);
/* Over blanks and comments; with newlines if `lines`. */
void rego_blank(struct rego *r, bool lines);
bool rego_take(struct rego *r, const char *text);
/* A letter or _, then letters, digits and _; empty if there is none here. */
struct str rego_word(struct rego *r);
/* Over the rest of a rule: to the end of a line, outside brackets and strings,
 * that no `else` follows. */
void rego_skip_rule(struct rego *r);
/* At '"' or '`': false after a complaint. */
bool rego_string(struct rego *r, struct str *out);
/* A number in JSON's spelling; false, and nothing taken, if there is none. */
bool rego_number(struct rego *r, struct str *out);

#endif

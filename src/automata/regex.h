/* SPDX-License-Identifier: Apache-2.0
 *
 * regex.h - between regex.c, the structure of an expression, and regex_set.c,
 * what stands for single bytes.
 */
#ifndef COCOAPOL_REGEX_H
#define COCOAPOL_REGEX_H

#include "automaton.h"

struct parser {
	struct arena *a;
	struct str text;
	size_t at;
	bool fold, dot_all;             /* (?i) (?s) */
	bool quoting;                   /* between \Q and \E */
	uint32_t depth;
	const char *error;              /* the first one */
	size_t error_at;
};

/* The byte `ahead`, or -1 past the end. */
static inline int peek(const struct parser *p, size_t ahead)
{
	return ahead < p->text.len - p->at ? (uint8_t)p->text.ptr[p->at + ahead] : -1;
}

static inline bool take(struct parser *p, const char *text)
{
	size_t len = strlen(text);

	if (p->text.len - p->at < len || memcmp(p->text.ptr + p->at, text, len) != 0)
		return false;
	p->at += len;
	return true;
}

/* Remember the first error, go to the end; -1. */
int regex_fail(struct parser *p, size_t at, const char *error);

/* With the other case too, where (?i) holds. */
void regex_add_byte(const struct parser *p, struct byte_set *set, unsigned byte);
/* \d \w \s and their opposites: true, and added to the set, if there is one. */
bool regex_perl_class(struct parser *p, struct byte_set *set);
/* A backslash and what it stands for: one byte, or -1 after an error. */
int regex_escape(struct parser *p);
/* From '[' to ']'; false after an error. */
bool regex_class(struct parser *p, struct byte_set *set);

#endif

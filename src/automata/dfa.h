/* SPDX-License-Identifier: Apache-2.0
 *
 * dfa.h - regular languages over bytes 0..255, exactly.
 *
 * A struct dfa is minimal, trimmed, numbered breadth-first and never changes;
 * so two languages are equal if and only if their encodings are.  Everything
 * lives in the arena that is given.  Languages in here may have more than
 * DFA_ENCODABLE states; only what becomes a constant of a policy may not.
 */
#ifndef COCOAPOL_DFA_H
#define COCOAPOL_DFA_H

#include <stdint.h>

#include "../base/arena.h"

enum { DFA_ENCODABLE = 255 };           /* states that the format has room for */

struct dfa;

/* RE2's syntax, always anchored at both ends: ^ and $ at the ends are accepted
 * and mean nothing.  `regex` is the text between the slashes of a literal.
 * Characters are bytes: `.` is any byte but a newline, and a character outside
 * ASCII stands for its bytes in UTF-8 (so not inside a class).
 * NULL: *error says why, and *at is a byte offset in regex. */
struct dfa *dfa_of_regex(struct arena *a, struct str regex, const char **error, size_t *at);
struct dfa *dfa_of_literal(struct arena *a, struct str literal);

/* Whether the language is one string; it is then *literal. */
bool dfa_single(const struct dfa *d, struct arena *a, struct str *literal);

/* Canonical bytes as in PATTERNS, kind 1 (see bytecode.h).  { NULL, 0 } if the
 * format has no room for it; never so for what dfa_of_regex() returned, unless
 * it is a single string. */
struct str dfa_encode(struct arena *a, const struct dfa *d);

/* Of kind-1 bytes that bc_open() accepted. */
struct dfa *dfa_decode(struct arena *a, const uint8_t *bytes, size_t len);

bool dfa_match(const struct dfa *d, struct str text);
bool dfa_empty(const struct dfa *d);
uint32_t dfa_states(const struct dfa *d);

/* NULL when the result would need too many states. */
struct dfa *dfa_and(struct arena *a, const struct dfa *l, const struct dfa *r);
struct dfa *dfa_or(struct arena *a, const struct dfa *l, const struct dfa *r);
struct dfa *dfa_not(struct arena *a, const struct dfa *d);
struct dfa *dfa_concat(struct arena *a, const struct dfa *l, const struct dfa *r);
/* What follows a word of `prefix` in a word of d. */
struct dfa *dfa_quotient(struct arena *a, const struct dfa *d, const struct dfa *prefix);

/* Exact, whatever the sizes.  The arena is not kept busy. */
bool dfa_subset(struct arena *a, const struct dfa *l, const struct dfa *r);
bool dfa_disjoint(struct arena *a, const struct dfa *l, const struct dfa *r);

/* No word of `low` starts with a word of `high` and '/': no low target lies
 * below a high one. */
bool dfa_never_below(struct arena *a, const struct dfa *low, const struct dfa *high);

/* The nth word, from 0: shorter words first, then letters and digits before
 * other bytes.  False if the language has fewer words. */
bool dfa_word(struct arena *a, const struct dfa *d, uint32_t nth, struct str *word);

/* A regular expression for the language, as it stands between slashes; {NULL, 0}
 * if it would be too long to be read. */
struct str dfa_spell(struct arena *a, const struct dfa *d);

#endif

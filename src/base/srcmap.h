/* SPDX-License-Identifier: Apache-2.0
 *
 * srcmap.h - the side file POLICY.cpb.map: from numbers to places of the
 * source.  It is not measured, and nothing is enforced or proved with it.
 *
 * It is text.  The first line is
 *
 *   cocoapol-map 1 sha256:HEX          the digest of the policy it is for
 *
 * and the others are fields between tabs:
 *
 *   require  EVENT  PC      FILE LINE COLUMN LENGTH  LABEL  TEXT
 *   effect   EVENT  PC      FILE LINE COLUMN LENGTH  LABEL  TEXT
 *   claim    NAME   0       FILE LINE COLUMN LENGTH  LABEL  TEXT
 *   row      TABLE  NUMBER  FILE LINE COLUMN LENGTH  LABEL  TEXT
 *   rule     EVENT  0       FILE LINE COLUMN LENGTH  LABEL  TEXT
 *
 * PC is the offset of the REQUIRE, or of the effect's own instruction, in the
 * rule's code.  LABEL is what the author calls it (`because`, a row's name),
 * "never" for a claim that says so, or empty.  TEXT is its source on one line, so that explaining needs no source;
 * of a claim, what is claimed, while the place is that of its name.
 * In a field \\ \t \n \r and \xHH stand for what they say.
 */
#ifndef COCOAPOL_SRCMAP_H
#define COCOAPOL_SRCMAP_H

#include "arena.h"

enum srcmap_kind { SRCMAP_REQUIRE, SRCMAP_EFFECT, SRCMAP_CLAIM, SRCMAP_ROW, SRCMAP_RULE, SRCMAP_KINDS };
struct srcmap_entry {
	enum srcmap_kind kind;
	struct str name;                /* of the event, claim or table */
	uint32_t number;                /* the pc, or a row */
	struct str file;
	uint32_t line, column, len;     /* from 1; bytes */
	struct str label, text;
};
struct srcmap {
	struct str sha256;              /* 64 hex digits */
	struct srcmap_entry *entries;
	uint32_t n, cap;
	uint32_t first[SRCMAP_KINDS];   /* entry of a kind; 0: the very first, or none */
};

void srcmap_add(struct srcmap *m, struct arena *a, struct srcmap_entry entry);
struct str srcmap_write(struct arena *a, const struct srcmap *m);

/* NULL if the text is not a map. */
struct srcmap *srcmap_read(struct arena *a, struct str text);

/* NULL if the map has none. */
const struct srcmap_entry *srcmap_find(const struct srcmap *m, enum srcmap_kind kind,
    struct str name, uint32_t number);
const struct srcmap_entry *srcmap_require(const struct srcmap *m, struct str event, uint32_t pc);

/* The source [start, end) on one line: comments out, runs of space as one. */
struct str srcmap_one_line(struct arena *a, struct str source);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * diag.h - places in text kept in memory, and complaints about them:
 *
 *   web.cpol:4:16: error: 'not' needs bool, this is int [type-mismatch]
 *       4 | allow when not uid;
 *         |                ^~~
 *
 * A place is two byte offsets; lines are counted when printing and the file is
 * never read again.  Tests match the name in brackets; the words may improve.
 */
#ifndef COCOAPOL_DIAG_H
#define COCOAPOL_DIAG_H

#include <stdint.h>
#include <stdio.h>

#include "str.h"

/* A text that places point into. */
struct source {
	struct str name;                /* as the user wrote it */
	struct str text;
};

/* [start, end) of a source; source NULL: no place. */
struct loc {
	const struct source *source;
	uint32_t start, end;
};

enum diag_name {
#define DIAG(name, spelling) DIAG_##name,
#include "diag.def"
#undef DIAG
	DIAG_COUNT
};

enum { DIAG_WARNINGS_MAX = 1000 };      /* further ones are counted only */
struct diag {
	FILE *out;                      /* NULL: complaints are counted, not written */
	uint32_t n_errors, n_warnings;
	uint32_t most_errors;           /* 0: 20; further ones are counted only */
	bool colour;
};

/* How many errors are shown. */
uint32_t diag_most_errors(const struct diag *d);
void diag_error(struct diag *d, struct loc loc, enum diag_name name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_warning(struct diag *d, struct loc loc, enum diag_name name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A second place of the complaint before it. */
void diag_note(struct diag *d, struct loc loc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Line and column (both from 1, columns in bytes) of an offset. */
void source_place(const struct source *s, uint32_t at, uint32_t *line, uint32_t *column);
struct loc loc_join(struct loc first, struct loc last);
/* Whether a stream should have colours: a terminal, NO_COLOR unset, TERM not dumb. */
bool stream_wants_colour(FILE *stream);

#endif

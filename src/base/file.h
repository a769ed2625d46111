/* SPDX-License-Identifier: Apache-2.0
 *
 * file.h - whole files in, whole files out.  -1 is the world's failure, with
 * errno; what may be said to the user is in the errno.
 */
#ifndef COCOAPOL_FILE_H
#define COCOAPOL_FILE_H

#include "arena.h"

/* The bytes of a regular file or pipe ("-": standard input), NUL after them.
 * EFBIG if it has more than `most`; EISDIR for a directory. */
int file_read(struct arena *a, const char *path, size_t most, struct str *bytes);

/* Whether a file could be written there: "-", a special file, or a folder that
 * lets us. */
int file_probe(const char *path);

/* Replace a file: written beside it, flushed, then renamed; on failure the old
 * file is as it was and nothing is left behind.  "-": standard output. */
int file_write(const char *path, const void *bytes, size_t len);

#endif

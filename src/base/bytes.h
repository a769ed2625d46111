/* SPDX-License-Identifier: Apache-2.0
 *
 * bytes.h - text or bytes that grow, in an arena; integers are big-endian.
 */
#ifndef COCOAPOL_BYTES_H
#define COCOAPOL_BYTES_H

#include "arena.h"

struct bytes {
	struct arena *arena;
	uint8_t *ptr;
	size_t len, cap;
};

/* Room for len more bytes, zeroed; returns where they start. */
size_t bytes_extend(struct bytes *b, size_t len);
void bytes_put(struct bytes *b, const void *ptr, size_t len);
void bytes_put8(struct bytes *b, uint32_t value);
void bytes_put16(struct bytes *b, uint32_t value);
void bytes_put32(struct bytes *b, uint32_t value);
void bytes_put64(struct bytes *b, uint64_t value);
void bytes_printf(struct bytes *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* In place of the bytes at `at`. */
void bytes_set32(struct bytes *b, size_t at, uint32_t value);
void bytes_set64(struct bytes *b, size_t at, uint64_t value);
/* What there is so far; borrowed. */
struct str bytes_str(const struct bytes *b);

/* By memcmp, then the shorter first. */
int bytes_order(const void *l, size_t l_len, const void *r, size_t r_len);

#endif

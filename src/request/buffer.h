/* SPDX-License-Identifier: Apache-2.0
 *
 * buffer.h - text or bytes that grow, in an arena.
 */
#ifndef COCOAPOL_BUFFER_H
#define COCOAPOL_BUFFER_H

#include "../base/arena.h"

struct buffer {
	struct arena *arena;
	uint8_t *ptr;
	uint32_t len, cap;
};

/* Room for len more bytes, zeroed; returns where they start. */
uint32_t buffer_extend(struct buffer *b, uint32_t len);
void buffer_add(struct buffer *b, const void *bytes, size_t len);
void buffer_print(struct buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_put32(struct buffer *b, uint32_t at, uint32_t value);       /* big-endian */
void buffer_put64(struct buffer *b, uint32_t at, uint64_t value);
struct str buffer_str(const struct buffer *b);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * bytes.h - a growing run of bytes in an arena; integers are big-endian.
 */
#ifndef COCOAPOL_BYTES_H
#define COCOAPOL_BYTES_H

#include <stdint.h>

#include "../base/arena.h"

struct bytes {
	struct arena *arena;
	uint8_t *ptr;
	size_t len, cap;
};

void bytes_put(struct bytes *b, const void *ptr, size_t len);
void bytes_put8(struct bytes *b, uint32_t value);
void bytes_put16(struct bytes *b, uint32_t value);
void bytes_put32(struct bytes *b, uint32_t value);
void bytes_put64(struct bytes *b, uint64_t value);

/* By memcmp, then the shorter first. */
int bytes_order(const void *l, size_t l_len, const void *r, size_t r_len);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * digests.h - SHA-256 of blocks behind a salt, many at a time: a processor that
 * does one after the other waits for itself most of the time.
 *
 * The Multi-Buffer Crypto library (libipsec-mb) does several at once, where it was
 * there when this was built and the processor is one of its; libcrypto does else.
 */
#ifndef COCOAPOL_DIGESTS_H
#define COCOAPOL_DIGESTS_H

#include <stdbool.h>
#include <stddef.h>

enum {
	DIGESTS_BLOCK = 4096,
	DIGESTS_AT_ONCE = 32            /* blocks: few enough to stay in a core's cache */
};

/* Of one thread.  salt: at most VERITY_SALT_MAX bytes.  one_by_one: by libcrypto
 * whatever there is.  NULL: no memory. */
struct digests;
struct digests *digests_new(const unsigned char *salt, size_t salt_len, bool one_by_one);
void digests_free(struct digests *d);
/* Where the i-th block's DIGESTS_BLOCK bytes are to be. */
unsigned char *digests_room(const struct digests *d, size_t i);
/* 32 bytes for each of the first n blocks, n at most DIGESTS_AT_ONCE.  false: no memory. */
bool digests_take(struct digests *d, size_t n, unsigned char *out);
/* Whether it does several at once. */
bool digests_are_many(const struct digests *d);

#endif

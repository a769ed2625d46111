/* SPDX-License-Identifier: Apache-2.0
 *
 * digest.h - SHA-256; of the canonical bytes it is what HOST_DATA holds.
 */
#ifndef COCOAPOL_DIGEST_H
#define COCOAPOL_DIGEST_H

#include <stddef.h>

enum { DIGEST_LEN = 32, DIGEST_HEX_LEN = 64 };

void digest_of(const void *bytes, size_t len, unsigned char digest[DIGEST_LEN]);

/* Lower-case digits and a NUL. */
void digest_hex(const void *bytes, size_t len, char hex[DIGEST_HEX_LEN + 1]);

/* Of what comes piece by piece; digest_end() frees it. */
struct digest;
struct digest *digest_new(void);
void digest_add(struct digest *d, const void *bytes, size_t len);
void digest_end(struct digest *d, unsigned char digest[DIGEST_LEN]);

#endif

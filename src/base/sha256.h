/* SPDX-License-Identifier: Apache-2.0
 *
 * sha256.h - the digest of a few megabytes, where linking OpenSSL for it would
 * be too much.  FIPS 180-4.
 */
#ifndef COCOAPOL_SHA256_H
#define COCOAPOL_SHA256_H

#include <stddef.h>

enum { SHA256_HEX = 64 };

/* 64 lower-case digits and a NUL. */
void sha256_hex(const void *bytes, size_t len, char *hex);

#endif

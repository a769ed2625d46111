/* SPDX-License-Identifier: Apache-2.0
 *
 * digest.c - the only file that includes OpenSSL.
 */
#include "digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void digest_of(const void *bytes, size_t len, unsigned char digest[DIGEST_LEN])
{
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (EVP_Digest(bytes, len, out, &n, EVP_sha256(), NULL) != 1 || n != DIGEST_LEN) {
		fputs("the library has no SHA-256 to offer\n", stderr);
		exit(2);
	}
	memcpy(digest, out, DIGEST_LEN);
}

void digest_hex(const void *bytes, size_t len, char hex[DIGEST_HEX_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[DIGEST_LEN];

	digest_of(bytes, len, digest);
	for (unsigned int i = 0; i < DIGEST_LEN; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 0xf];
	}
	hex[DIGEST_HEX_LEN] = '\0';
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * digest.c - the only file that includes OpenSSL.
 */
#include "digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

void digest_hex(const void *bytes, size_t len, char hex[DIGEST_HEX_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int n = 0, i;

	if (EVP_Digest(bytes, len, digest, &n, EVP_sha256(), NULL) != 1 || n != DIGEST_HEX_LEN / 2) {
		fputs("the library has no SHA-256 to offer\n", stderr);
		exit(2);
	}
	for (i = 0; i < n; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 0xf];
	}
	hex[DIGEST_HEX_LEN] = '\0';
}

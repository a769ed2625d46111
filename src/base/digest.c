/* SPDX-License-Identifier: Apache-2.0
 *
 * digest.c - the only file that includes OpenSSL.
 */
#include "digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With EVP_sha256() alone, OpenSSL 3 looks for an implementation each time. */
static const EVP_MD *sha256(void)
{
	static const EVP_MD *found;

#if OPENSSL_VERSION_NUMBER >= 0x30000000L
	if (found == NULL)
		found = EVP_MD_fetch(NULL, "SHA256", NULL);
#endif
	return found == NULL ? EVP_sha256() : found;
}

void digest_of(const void *bytes, size_t len, unsigned char digest[DIGEST_LEN])
{
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (EVP_Digest(bytes, len, out, &n, sha256(), NULL) != 1 || n != DIGEST_LEN) {
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

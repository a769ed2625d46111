/* SPDX-License-Identifier: Apache-2.0
 *
 * digest.c - SHA-256 from OpenSSL, which but for this file and images/verity.c
 * nobody includes.
 */
#include "digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void give_up(void)
{
	fputs("the library has no SHA-256 to offer\n", stderr);
	exit(2);
}

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

	if (EVP_Digest(bytes, len, out, &n, sha256(), NULL) != 1 || n != DIGEST_LEN)
		give_up();
	memcpy(digest, out, DIGEST_LEN);
}

struct digest *digest_new(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL || EVP_DigestInit_ex(ctx, sha256(), NULL) != 1)
		give_up();
	return (struct digest *)ctx;
}

void digest_add(struct digest *d, const void *bytes, size_t len)
{
	if (EVP_DigestUpdate((EVP_MD_CTX *)d, bytes, len) != 1)
		give_up();
}

void digest_end(struct digest *d, unsigned char digest[DIGEST_LEN])
{
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (EVP_DigestFinal_ex((EVP_MD_CTX *)d, out, &n) != 1 || n != DIGEST_LEN)
		give_up();
	memcpy(digest, out, DIGEST_LEN);
	EVP_MD_CTX_free((EVP_MD_CTX *)d);
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

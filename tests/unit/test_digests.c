/* SPDX-License-Identifier: Apache-2.0
 *
 * test_digests.c - digests of many blocks at once are those of each block alone, for
 * every salt and every number of blocks.
 */
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "images/digests.h"
#include "images/images.h"

enum { DIGEST = 32 };

static uint64_t seed = 1;

static void fill(unsigned char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		bytes[i] = (unsigned char)(seed >> 56);
	}
}

/* Whether the first n blocks have the digests that they have alone; other blocks are there too. */
static bool agrees(struct digests *d, const unsigned char *salt, size_t salt_len, size_t n)
{
	unsigned char message[VERITY_SALT_MAX + DIGESTS_BLOCK], digest[EVP_MAX_MD_SIZE];
	unsigned char out[(DIGESTS_AT_ONCE + 1) * DIGEST];
	size_t i;

	for (i = 0; i < DIGESTS_AT_ONCE; i++)
		fill(digests_room(d, i), DIGESTS_BLOCK);
	memset(out, 0x55, sizeof(out));
	if (!digests_take(d, n, out))
		return false;
	memcpy(message, salt, salt_len);
	for (i = 0; i < n; i++) {
		memcpy(message + salt_len, digests_room(d, i), DIGESTS_BLOCK);
		if (EVP_Digest(message, salt_len + DIGESTS_BLOCK, digest, NULL, EVP_sha256(), NULL) != 1 ||
		    memcmp(digest, out + i * DIGEST, DIGEST) != 0)
			return false;
	}
	return out[n * DIGEST] == 0x55;
}

static bool all_agree(bool one_by_one, bool *are_many)
{
	unsigned char salt[VERITY_SALT_MAX];
	bool good = true;
	size_t len, n;

	for (len = 0; len <= VERITY_SALT_MAX && good; len++) {
		struct digests *d;

		fill(salt, len);
		d = digests_new(salt, len, one_by_one);
		good = d != NULL;
		*are_many = good && digests_are_many(d);
		for (n = 0; n <= DIGESTS_AT_ONCE && good; n += len % 16 == 0 ? 1 : DIGESTS_AT_ONCE / 2)
			good = agrees(d, salt, len, n);
		digests_free(d);
	}
	return good;
}

int main(void)
{
	bool are_many = false, alone = all_agree(true, &are_many), together;

	printf("%s - one by one: the digests of all salts\n", alone && !are_many ? "ok" : "not ok");
	together = all_agree(false, &are_many);
#ifdef HAVE_IPSEC_MB
	/* One that is wrong about the first blocks is not used. */
	together = together && are_many;
	printf("%s - several at once: the same\n", together ? "ok" : "not ok");
#else
	printf("skip - several at once: the same: built without libipsec-mb\n");
#endif
	return alone && together ? 0 : 1;
}

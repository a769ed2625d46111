/* SPDX-License-Identifier: Apache-2.0
 *
 * digests.c - see digests.h.  A block has its salt before it, so that a message is
 * one piece.
 */
#include "digests.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_IPSEC_MB
#include <intel-ipsec-mb.h>
#else
typedef struct IMB_MGR IMB_MGR;
#endif

enum { DIGEST = 32 };

struct digests {
	EVP_MD_CTX *ctx;
	IMB_MGR *many;                  /* NULL: one by one */
	unsigned char *room;
	size_t salt_len;
};

static unsigned char *message(const struct digests *d, size_t i)
{
	return d->room + i * (d->salt_len + DIGESTS_BLOCK);
}

unsigned char *digests_room(const struct digests *d, size_t i)
{
	return message(d, i) + d->salt_len;
}

bool digests_are_many(const struct digests *d)
{
	return d->many != NULL;
}

/* ---- one by one ---- */

static bool take_one(struct digests *d, size_t i, unsigned char *out)
{
	return EVP_DigestInit_ex(d->ctx, NULL, NULL) == 1
	    && EVP_DigestUpdate(d->ctx, message(d, i), d->salt_len + DIGESTS_BLOCK) == 1
	    && EVP_DigestFinal_ex(d->ctx, out, NULL) == 1;
}

static bool take_each(struct digests *d, size_t n, unsigned char *out)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!take_one(d, i, out + i * DIGEST))
			return false;
	return true;
}

/* ---- many at once ---- */

#ifdef HAVE_IPSEC_MB
static bool submit(struct digests *d, size_t i, unsigned char *out)
{
	IMB_JOB *job = IMB_GET_NEXT_JOB(d->many);

	memset(job, 0, sizeof(*job));
	job->cipher_mode = IMB_CIPHER_NULL;
	job->cipher_direction = IMB_DIR_ENCRYPT;
	job->chain_order = IMB_ORDER_HASH_CIPHER;
	job->hash_alg = IMB_AUTH_SHA_256;
	job->src = message(d, i);
	job->msg_len_to_hash_in_bytes = d->salt_len + DIGESTS_BLOCK;
	job->auth_tag_output = out;
	job->auth_tag_output_len_in_bytes = DIGEST;
	for (job = IMB_SUBMIT_JOB(d->many); job != NULL; job = IMB_GET_COMPLETED_JOB(d->many))
		if (job->status != IMB_STATUS_COMPLETED)
			return false;
	return true;
}

static bool take_many(struct digests *d, size_t n, unsigned char *out)
{
	bool good = true;
	IMB_JOB *job;
	size_t i;

	for (i = 0; i < n && good; i++)
		good = submit(d, i, out + i * DIGEST);
	while ((job = IMB_FLUSH_JOB(d->many)) != NULL)
		good = good && job->status == IMB_STATUS_COMPLETED;
	return good;
}

static void free_many(struct digests *d)
{
	if (d->many != NULL)
		free_mb_mgr(d->many);
	d->many = NULL;
}

/* It is believed once it says the same as libcrypto of as many blocks as there are at once. */
static void begin_many(struct digests *d)
{
	unsigned char each[DIGESTS_AT_ONCE * DIGEST], many[DIGESTS_AT_ONCE * DIGEST];
	size_t i;

	d->many = alloc_mb_mgr(0);
	if (d->many == NULL)
		return;
	init_mb_mgr_auto(d->many, NULL);
	for (i = 0; i < DIGESTS_AT_ONCE; i++)
		memset(digests_room(d, i), (int)i, DIGESTS_BLOCK);
	if (imb_get_errno(d->many) != 0 || !take_each(d, DIGESTS_AT_ONCE, each)
	    || !take_many(d, DIGESTS_AT_ONCE, many) || memcmp(each, many, sizeof(each)) != 0)
		free_many(d);
}
#else
static bool take_many(struct digests *d, size_t n, unsigned char *out)
{
	return take_each(d, n, out);
}

static void free_many(struct digests *d)
{
	(void)d;
}

static void begin_many(struct digests *d)
{
	(void)d;
}
#endif

/* ---- all together ---- */

struct digests *digests_new(const unsigned char *salt, size_t salt_len, bool one_by_one)
{
	struct digests *d = calloc(1, sizeof(*d));
	size_t i;

	if (d == NULL)
		return NULL;
	d->salt_len = salt_len;
	d->ctx = EVP_MD_CTX_new();
	d->room = malloc(DIGESTS_AT_ONCE * (salt_len + DIGESTS_BLOCK));
	if (d->ctx == NULL || d->room == NULL || EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) != 1) {
		digests_free(d);
		return NULL;
	}
	for (i = 0; i < DIGESTS_AT_ONCE && salt_len != 0; i++)
		memcpy(message(d, i), salt, salt_len);
	if (!one_by_one)
		begin_many(d);
	return d;
}

void digests_free(struct digests *d)
{
	if (d == NULL)
		return;
	free_many(d);
	EVP_MD_CTX_free(d->ctx);
	free(d->room);
	free(d);
}

bool digests_take(struct digests *d, size_t n, unsigned char *out)
{
	return d->many == NULL ? take_each(d, n, out) : take_many(d, n, out);
}

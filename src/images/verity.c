/* SPDX-License-Identifier: Apache-2.0
 *
 * verity.c - dm-verity's hash tree, of which only the root is kept.
 *
 * A hash block holds the digests of 128 blocks below it, so 128 blocks of the
 * file (a unit) make one hash block, whose digest is all that is kept of them:
 * 1/16384 of the file.  Threads take one unit after another; what is above the
 * units is little and done at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "images.h"

enum {
	BLOCK = VERITY_BLOCK, DIGEST = 32, FAN_OUT = BLOCK / DIGEST,
	SHA256_BLOCK = 64,
	READ_BLOCKS = 32,               /* at a time: small enough to stay in a core's cache */
	THREADS_MAX = 64
};

/* SHA-256 of the salt and what follows. */
struct salted {
	EVP_MD_CTX *start, *ctx;
	const unsigned char *salt;
	size_t salt_len;
};

struct job {
	int fd;
	const unsigned char *salt;
	size_t salt_len;
	uint64_t blocks, n_units;
	unsigned char *digests;         /* of the units' hash blocks */
	pthread_mutex_t lock;           /* of what follows */
	uint64_t next;                  /* unit */
	int error;
};

static bool salted_open(struct salted *s, const unsigned char *salt, size_t salt_len)
{
	*s = (struct salted){ EVP_MD_CTX_new(), EVP_MD_CTX_new(), salt, salt_len };
	return s->start != NULL && s->ctx != NULL && EVP_DigestInit_ex(s->start, EVP_sha256(), NULL) == 1
	    && EVP_DigestUpdate(s->start, salt, salt_len) == 1 && EVP_MD_CTX_copy_ex(s->ctx, s->start) == 1;
}

static void salted_close(struct salted *s)
{
	EVP_MD_CTX_free(s->start);
	EVP_MD_CTX_free(s->ctx);
}

/* A short salt is only a copy into the context's buffer, for less than copying a
 * context costs; a long one would be compressed again for each block. */
static bool salted_block(const struct salted *s, const unsigned char *block, unsigned char *digest)
{
	bool begun = s->salt_len < SHA256_BLOCK ?
	    EVP_DigestInit_ex(s->ctx, NULL, NULL) == 1 && EVP_DigestUpdate(s->ctx, s->salt, s->salt_len) == 1 :
	    EVP_MD_CTX_copy_ex(s->ctx, s->start) == 1;

	return begun && EVP_DigestUpdate(s->ctx, block, BLOCK) == 1
	    && EVP_DigestFinal_ex(s->ctx, digest, NULL) == 1;
}

/* A file that has become shorter meanwhile is an error. */
static int read_exactly(int fd, unsigned char *buffer, size_t len, uint64_t at)
{
	ssize_t got;

	while (len > 0) {
		got = pread(fd, buffer, len, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? errno : EIO;
		buffer += got;
		len -= (size_t)got;
		at += (uint64_t)got;
	}
	return 0;
}

/* The hash block over a unit's blocks; 0 or errno. */
static int hash_unit(const struct job *job, const struct salted *s, uint64_t unit, unsigned char *buffer,
    unsigned char hash_block[BLOCK])
{
	uint64_t first = unit * FAN_OUT;
	size_t n = job->blocks - first < FAN_OUT ? (size_t)(job->blocks - first) : FAN_OUT;
	size_t at, k, some;
	int error;

	memset(hash_block, 0, BLOCK);
	for (at = 0; at < n; at += some) {
		some = n - at < READ_BLOCKS ? n - at : READ_BLOCKS;
		error = read_exactly(job->fd, buffer, some * BLOCK, (first + at) * BLOCK);
		if (error != 0)
			return error;
		for (k = 0; k < some; k++)
			if (!salted_block(s, buffer + k * BLOCK, hash_block + (at + k) * DIGEST))
				return ENOMEM;
	}
	return 0;
}

/* The only block's digest is the root itself: there is no hash block then. */
static int hash_and_keep(const struct job *job, const struct salted *s, uint64_t unit, unsigned char *buffer)
{
	unsigned char hash_block[BLOCK], *digest = job->digests + unit * DIGEST;
	int error = hash_unit(job, s, unit, buffer, hash_block);

	if (error == 0 && job->blocks == 1)
		memcpy(digest, hash_block, DIGEST);
	else if (error == 0 && !salted_block(s, hash_block, digest))
		error = ENOMEM;
	return error;
}

static bool take(struct job *job, int error, uint64_t *unit)
{
	bool more;

	pthread_mutex_lock(&job->lock);
	if (error != 0 && job->error == 0)
		job->error = error;
	more = job->error == 0 && job->next < job->n_units;
	if (more)
		*unit = job->next++;
	pthread_mutex_unlock(&job->lock);
	return more;
}

static void work(struct job *job, void (*done)(void *, uint64_t, uint64_t), void *arg)
{
	struct salted s;
	unsigned char *buffer = malloc(READ_BLOCKS * BLOCK);
	int error = salted_open(&s, job->salt, job->salt_len) && buffer != NULL ? 0 : ENOMEM;
	uint64_t unit;

	while (take(job, error, &unit)) {
		error = hash_and_keep(job, &s, unit, buffer);
		if (done != NULL)
			done(arg, unit * FAN_OUT * BLOCK, job->blocks * BLOCK);
	}
	salted_close(&s);
	free(buffer);
}

static void *work_beside(void *job)
{
	work(job, NULL, NULL);
	return NULL;
}

/* Calls done() from this thread only.  Fewer threads than wanted will do. */
static void work_all(struct job *job, unsigned threads, void (*done)(void *, uint64_t, uint64_t), void *arg)
{
	pthread_t beside[THREADS_MAX];
	long cores = threads == 0 ? sysconf(_SC_NPROCESSORS_ONLN) : (long)threads;
	long n = 0;

	while (n + 1 < cores && n < THREADS_MAX && (uint64_t)n + 1 < job->n_units
	    && pthread_create(&beside[n], NULL, work_beside, job) == 0)
		n++;
	work(job, done, arg);
	while (n > 0)
		pthread_join(beside[--n], NULL);
	if (done != NULL && job->error == 0)
		done(arg, job->blocks * BLOCK, job->blocks * BLOCK);
}

/* Level by level, in place, until one digest is left. */
static int hash_above(struct job *job)
{
	unsigned char block[BLOCK];
	struct salted s;
	uint64_t n, k, some;
	int error = salted_open(&s, job->salt, job->salt_len) ? 0 : ENOMEM;

	for (n = job->n_units; n > 1 && error == 0; n = (n + FAN_OUT - 1) / FAN_OUT)
		for (k = 0; k < n && error == 0; k += FAN_OUT) {
			some = n - k < FAN_OUT ? n - k : FAN_OUT;
			memset(block, 0, BLOCK);
			memcpy(block, job->digests + k * DIGEST, some * DIGEST);
			if (!salted_block(&s, block, job->digests + k / FAN_OUT * DIGEST))
				error = ENOMEM;
		}
	salted_close(&s);
	return error;
}

/* 0 and its length, or errno. */
static int length_of(int fd, uint64_t *len)
{
	struct stat st;
	off_t end;

	if (fstat(fd, &st) != 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return EINVAL;
	end = lseek(fd, 0, SEEK_END);
	if (end < 0)
		return errno;
	*len = (uint64_t)end;
	return 0;
}

static int hash_file(struct job *job, unsigned threads, void (*done)(void *, uint64_t, uint64_t), void *arg,
    struct verity *out)
{
	int error = length_of(job->fd, &out->len);

	if (error != 0)
		return error;
	job->blocks = out->blocks = out->len / BLOCK;
	if (job->blocks == 0)
		return ENODATA;
	job->n_units = (job->blocks + FAN_OUT - 1) / FAN_OUT;
	job->digests = calloc((size_t)job->n_units, DIGEST);
	if (job->digests == NULL)
		return ENOMEM;
	work_all(job, threads, done, arg);
	error = job->error != 0 ? job->error : hash_above(job);
	if (error == 0)
		memcpy(out->root, job->digests, DIGEST);
	free(job->digests);
	return error;
}

int verity_file(const char *path, const unsigned char *salt, size_t salt_len, unsigned threads,
    void (*done)(void *, uint64_t, uint64_t), void *arg, struct verity *out)
{
	struct job job = { .salt = salt, .salt_len = salt_len };
	int error;

	memset(out, 0, sizeof(*out));
	if (salt_len > VERITY_SALT_MAX) {
		errno = EINVAL;
		return -1;
	}
	/* Not to wait for a pipe's other end: it is refused below. */
	job.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (job.fd < 0)
		return -1;
	if (pthread_mutex_init(&job.lock, NULL) != 0) {
		close(job.fd);
		errno = ENOMEM;
		return -1;
	}
	error = hash_file(&job, threads, done, arg, out);
	pthread_mutex_destroy(&job.lock);
	close(job.fd);
	errno = error;
	return error == 0 ? 0 : -1;
}

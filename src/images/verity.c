/* SPDX-License-Identifier: Apache-2.0
 *
 * verity.c - dm-verity's hash tree, of which only the root is kept.
 *
 * A hash block holds the digests of 128 blocks below it, so 128 blocks of the
 * file (a unit) make one hash block, whose digest is all that is kept of them:
 * 1/16384 of the file.  Threads take one unit after another; what is above the
 * units is little and done at the end.
 */
#define _DEFAULT_SOURCE                 /* preadv */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "digests.h"
#include "images.h"

enum {
	BLOCK = VERITY_BLOCK, DIGEST = 32, FAN_OUT = BLOCK / DIGEST,
	THREADS_MAX = 64
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

/* Blocks behind their salts: all in one call, or what that left one by one. */
static int read_blocks(int fd, const struct digests *d, size_t n, uint64_t at)
{
	struct iovec pieces[DIGESTS_AT_ONCE];
	ssize_t got;
	size_t i;
	int error = 0;

	for (i = 0; i < n; i++)
		pieces[i] = (struct iovec){ digests_room(d, i), BLOCK };
	got = preadv(fd, pieces, (int)n, (off_t)at);
	for (i = got < 0 ? 0 : (size_t)got / BLOCK; i < n && error == 0; i++)
		error = read_exactly(fd, digests_room(d, i), BLOCK, at + i * BLOCK);
	return error;
}

/* The hash block over a unit's blocks; 0 or errno. */
static int hash_unit(const struct job *job, struct digests *d, uint64_t unit, unsigned char hash_block[BLOCK])
{
	uint64_t first = unit * FAN_OUT;
	size_t n = job->blocks - first < FAN_OUT ? (size_t)(job->blocks - first) : FAN_OUT;
	size_t at, some;
	int error;

	memset(hash_block, 0, BLOCK);
	for (at = 0; at < n; at += some) {
		some = n - at < DIGESTS_AT_ONCE ? n - at : DIGESTS_AT_ONCE;
		error = read_blocks(job->fd, d, some, (first + at) * BLOCK);
		if (error != 0)
			return error;
		if (!digests_take(d, some, hash_block + at * DIGEST))
			return ENOMEM;
	}
	return 0;
}

static bool hash_one(struct digests *d, const unsigned char block[BLOCK], unsigned char *digest)
{
	memcpy(digests_room(d, 0), block, BLOCK);
	return digests_take(d, 1, digest);
}

/* The only block's digest is the root itself: there is no hash block then. */
static int hash_and_keep(const struct job *job, struct digests *d, uint64_t unit)
{
	unsigned char hash_block[BLOCK], *digest = job->digests + unit * DIGEST;
	int error = hash_unit(job, d, unit, hash_block);

	if (error == 0 && job->blocks == 1)
		memcpy(digest, hash_block, DIGEST);
	else if (error == 0 && !hash_one(d, hash_block, digest))
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
	struct digests *d = digests_new(job->salt, job->salt_len, false);
	int error = d == NULL ? ENOMEM : 0;
	uint64_t unit;

	while (take(job, error, &unit)) {
		error = hash_and_keep(job, d, unit);
		if (done != NULL)
			done(arg, unit * FAN_OUT * BLOCK, job->blocks * BLOCK);
	}
	digests_free(d);
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
	/* The root at least is libcrypto's. */
	struct digests *d = digests_new(job->salt, job->salt_len, true);
	uint64_t n, k, some;
	int error = d == NULL ? ENOMEM : 0;

	for (n = job->n_units; n > 1 && error == 0; n = (n + FAN_OUT - 1) / FAN_OUT)
		for (k = 0; k < n && error == 0; k += FAN_OUT) {
			some = n - k < FAN_OUT ? n - k : FAN_OUT;
			memset(block, 0, BLOCK);
			memcpy(block, job->digests + k * DIGEST, some * DIGEST);
			if (!hash_one(d, block, job->digests + k / FAN_OUT * DIGEST))
				error = ENOMEM;
		}
	digests_free(d);
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

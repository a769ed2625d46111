/* SPDX-License-Identifier: Apache-2.0
 *
 * file.c - see file.h.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_all(struct arena *a, int fd, size_t most, struct str *bytes)
{
	size_t cap = 65536, len = 0;
	char *buffer = malloc(cap), *more;
	ssize_t got;

	while (buffer != NULL) {
		if (len == cap) {
			more = realloc(buffer, cap *= 2);
			if (more == NULL)
				break;
			buffer = more;
		}
		got = read(fd, buffer + len, cap - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		if (got == 0) {
			*bytes = arena_copy(a, buffer, len);
			free(buffer);
			return 0;
		}
		len += (size_t)got;
		if (len > most) {
			errno = EFBIG;
			break;
		}
	}
	free(buffer);
	return -1;
}

int file_read(struct arena *a, const char *path, size_t most, struct str *bytes)
{
	int fd, result, saved;

	if (strcmp(path, "-") == 0)
		return read_all(a, STDIN_FILENO, most, bytes);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	result = read_all(a, fd, most, bytes);
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	ssize_t put;

	while (len > 0) {
		put = write(fd, bytes, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes += put;
		len -= (size_t)put;
	}
	return 0;
}

/* A device or pipe can't be replaced, and needn't be: written in place. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int write_in_place(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), result, saved;

	if (fd < 0)
		return -1;
	result = write_all(fd, bytes, len);
	saved = errno;
	if (close(fd) != 0 && result == 0)
		return -1;
	errno = saved;
	return result;
}

int file_probe(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == NULL ? 0 : (size_t)(slash - path) + 1;
	char *folder;
	int status, saved;

	if (strcmp(path, "-") == 0 || is_special(path))
		return 0;
	folder = malloc(len + 2);
	if (folder == NULL)
		return -1;
	memcpy(folder, path, len);
	memcpy(folder + len, ".", 2);
	status = access(folder, W_OK | X_OK);
	saved = errno;
	free(folder);
	errno = saved;
	return status;
}

int file_write(const char *path, const void *bytes, size_t len)
{
	size_t path_len = strlen(path);
	mode_t mask;
	char *beside;
	bool failed;
	int fd, saved;

	if (strcmp(path, "-") == 0)
		return write_all(STDOUT_FILENO, bytes, len);
	if (is_special(path))
		return write_in_place(path, bytes, len);
	beside = malloc(path_len + 8);
	if (beside == NULL)
		return -1;
	memcpy(beside, path, path_len);
	memcpy(beside + path_len, ".XXXXXX", 8);
	fd = mkstemp(beside);
	if (fd < 0) {
		saved = errno;
		free(beside);
		errno = saved;
		return -1;
	}
	mask = umask(0);
	umask(mask);
	failed = write_all(fd, bytes, len) != 0 || fchmod(fd, 0666 & ~mask) != 0 || fsync(fd) != 0;
	saved = errno;
	if (close(fd) != 0 && !failed) {
		failed = true;
		saved = errno;
	}
	if (!failed && rename(beside, path) == 0) {
		free(beside);
		return 0;
	}
	if (!failed)
		saved = errno;
	unlink(beside);
	free(beside);
	errno = saved;
	return -1;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * image.c - any bytes as an image: an archive, or a config.  The first 8 bytes are
 * ours (the driver mends a length in them); with an odd first one, layers are
 * unpacked too, for a tool that makes nothing of them.
 *
 * Checksums of tar headers are put right, or no change would get past them.  What
 * is found has what it promises, and nothing stays where the temporary folder was.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "images/inside.h"

enum { HEAD = 8, SECTOR = 512, CHECKSUM_AT = 148, MAGIC_AT = 257, MOST_BYTES = 1 << 20 };

static void require(bool is_so)
{
	if (!is_so)
		abort();
}

/* In place of make.c. */
const char *make_filesystem(struct images *s, struct loc from)
{
	(void)s, (void)from;
	return "erofs";
}

int make_image(struct images *s, const char *fs, const char *folder, const char *file, struct loc from)
{
	static const char nothing[VERITY_BLOCK];
	FILE *out = fopen(file, "wb");

	(void)s, (void)fs, (void)folder, (void)from;
	require(out != NULL && fwrite(nothing, 1, sizeof(nothing), out) == sizeof(nothing) && fclose(out) == 0);
	return 0;
}

static void mend_checksums(uint8_t *bytes, size_t len)
{
	char text[8];
	unsigned sum;
	size_t at, i;

	for (at = 0; at + SECTOR <= len; at += SECTOR) {
		if (memcmp(bytes + at + MAGIC_AT, "ustar", 5) != 0)
			continue;
		memset(bytes + at + CHECKSUM_AT, ' ', 8);
		for (sum = 0, i = 0; i < SECTOR; i++)
			sum += bytes[at + i];
		snprintf(text, sizeof(text), "%06o", sum);
		memcpy(bytes + at + CHECKSUM_AT, text, 7);
	}
}

static const char *outer_folder(void)
{
	static char folder[] = "/tmp/cocoapol-fuzz-XXXXXX";
	static char shared[] = "/dev/shm/cocoapol-fuzz-XXXXXX";
	static const char *made;

	if (made == NULL) {
		made = access("/dev/shm", W_OK) == 0 ? mkdtemp(shared) : mkdtemp(folder);
		require(made != NULL && setenv("TMPDIR", made, 1) == 0);
	}
	return made;
}

static void require_empty(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	require(dir != NULL);
	while ((entry = readdir(dir)) != NULL)
		require(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
	closedir(dir);
}

static bool look(struct images *s)
{
	static const char *const users[] = { "", "app", "0", "7:app", "app:extra" };
	bool failed = false;
	const struct image *image = images_find(s, STR("x"), &failed);
	size_t i;
	uint32_t k;

	if (image == NULL)
		return false;
	require(!failed);
	for (k = 0; k < image->n_layers; k++)
		require(digest_is_valid(image->layers[k].diff_id));
	for (i = 0; i < sizeof(users) / sizeof(users[0]); i++)
		(void)image_user_of(s, image, (struct str){ users[i], strlen(users[i]) });
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *folder = outer_folder();
	struct arena a = { 0 };
	struct diag d = { .out = NULL };
	struct images *s;
	char given[64];
	uint8_t *copy;
	bool is_found;
	int fd;

	if (len < HEAD)
		return 0;
	copy = malloc(len - HEAD + 1);
	fd = memfd_create("image", MFD_CLOEXEC);
	require(copy != NULL && fd >= 0);
	memcpy(copy, bytes + HEAD, len - HEAD);
	mend_checksums(copy, len - HEAD);
	require(write(fd, copy, len - HEAD) == (ssize_t)(len - HEAD));
	free(copy);
	snprintf(given, sizeof(given), "x=/proc/self/fd/%d", fd);
	s = images_new(&a, &d, (bytes[0] & 1) != 0 ? STR("") : STR("none"), STR(""));
	s->most_bytes = MOST_BYTES;
	is_found = images_add(s, given) == 0 && look(s);
	require(is_found || d.n_errors != 0);
	images_free(s);
	require_empty(folder);
	arena_clear(&a);
	close(fd);
	return is_found;
}

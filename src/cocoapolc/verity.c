/* SPDX-License-Identifier: Apache-2.0
 *
 * verity.c - cocoapolc verity: the dm-verity root hash of file-system images,
 * and the line that says it in a policy.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "../images/images.h"
#include "cli.h"

enum { HEAD_LEN = 2048 };

/* A file system's mark: where its superblock has which bytes. */
static const struct {
	const char *name;
	size_t at;
	const char *bytes;
	size_t len;
} marks[] = {
	{ "erofs", 1024, "\xe2\xe1\xf5\xe0", 4 },
	{ "xfs", 0, "XFSB", 4 },
	{ "squashfs", 0, "hsqs", 4 },
	/* ext2 and ext3 have it too, and the kernel mounts them as ext4. */
	{ "ext4", 1024 + 56, "\x53\xef", 2 },
};

/* NULL: none that a policy can name. */
static const char *filesystem_of(const char *path)
{
	unsigned char head[HEAD_LEN] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);
	size_t i;

	if (fd >= 0)
		close(fd);
	for (i = 0; got > 0 && i < sizeof(marks) / sizeof(marks[0]); i++)
		if (memcmp(head + marks[i].at, marks[i].bytes, marks[i].len) == 0)
			return marks[i].name;
	return NULL;
}

/* A line on a terminal for what takes longer than a second. */
struct progress {
	const char *file;
	struct timespec start;
	time_t said;                    /* seconds after the start, at the last line; 0: none */
};

static void show_progress(void *arg, uint64_t done, uint64_t total)
{
	struct progress *p = arg;
	struct timespec now;
	time_t seconds;

	clock_gettime(CLOCK_MONOTONIC, &now);
	seconds = now.tv_sec - p->start.tv_sec;
	if (seconds <= p->said || total == 0)
		return;
	p->said = seconds;
	fprintf(stderr, "\r\033[K%s: %u %% of %llu MiB", p->file, (unsigned)(done * 100 / total),
	    (unsigned long long)(total >> 20));
	fflush(stderr);
}

static int hash(const char *path, const unsigned char *salt, size_t salt_len, struct verity *v)
{
	struct progress p = { .file = path };
	int status;

	clock_gettime(CLOCK_MONOTONIC, &p.start);
	status = verity_file(path, salt, salt_len, 0, isatty(STDERR_FILENO) ? show_progress : NULL, &p, v);
	if (p.said != 0)
		fputs("\r\033[K", stderr);
	if (status == 0 && v->len % VERITY_BLOCK != 0)
		fprintf(stderr, "cocoapolc: %s: warning: its last %u bytes are less than a block and not covered\n",
		    path, (unsigned)(v->len % VERITY_BLOCK));
	if (status == 0)
		return CLI_YES;
	if (errno == ENODATA)
		fprintf(stderr, "cocoapolc: %s: has no whole block of %d bytes\n", path, VERITY_BLOCK);
	else if (errno == EINVAL)
		fprintf(stderr, "cocoapolc: %s: neither a file nor a block device\n", path);
	else
		return cli_trouble(path);
	return CLI_NO;
}

/* -1: no hexadecimal bytes, or too many.  veritysetup's word for none is "-". */
static int read_salt(const char *hex, unsigned char salt[VERITY_SALT_MAX], size_t *len)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	size_t n = hex == NULL || strcmp(hex, "-") == 0 ? 0 : strlen(hex), i;
	const char *digit;
	unsigned value = 0;

	if (n % 2 != 0 || n / 2 > VERITY_SALT_MAX)
		return -1;
	for (i = 0; i < n; i++) {
		digit = strchr(digits, hex[i]);
		if (digit == NULL)
			return -1;
		value = value << 4 | ((unsigned)(digit - digits) & 0xf);
		salt[i / 2] = (unsigned char)value;
	}
	*len = n / 2;
	return 0;
}

static void write_hex(char *hex, const unsigned char *bytes, size_t len)
{
	size_t i;

	hex[0] = '\0';
	for (i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static void print_text(const char *path, const char *fs, const char *root, const char *salt,
    const struct verity *v)
{
	cli_print((struct str){ path, strlen(path) });
	printf(":\n  root hash  %s\n  blocks     %llu\n  salt       %s\n", root, (unsigned long long)v->blocks,
	    *salt == '\0' ? "-" : salt);
	printf("  layer      verity %s%ssha256:%s blocks %llu salt \"%s\"\n", fs == NULL ? "" : fs,
	    fs == NULL ? "" : " ", root, (unsigned long long)v->blocks, salt);
}

int command_verity(const struct cli *cli)
{
	unsigned char salt[VERITY_SALT_MAX];
	char salt_hex[2 * VERITY_SALT_MAX + 1], root[65];
	int worst = CLI_YES, status, i;
	size_t salt_len = 0;
	struct verity v;
	json_t *list;
	const char *fs;

	if (cli->n_files == 0)
		return cli_usage(cli, "verity takes one file or more");
	if (read_salt(cli->salt, salt, &salt_len) != 0)
		return cli_usage(cli, "--salt takes at most %d bytes as hexadecimal digits", VERITY_SALT_MAX);
	write_hex(salt_hex, salt, salt_len);
	list = json_array();
	for (i = 0; i < cli->n_files; i++) {
		status = hash(cli->files[i], salt, salt_len, &v);
		worst = status > worst ? status : worst;
		if (status != CLI_YES)
			continue;
		write_hex(root, v.root, sizeof(v.root));
		fs = filesystem_of(cli->files[i]);
		if (cli->json)
			json_array_append_new(list, json_pack("{s:o, s:s, s:I, s:s, s:s?}", "file",
			    cli_json((struct str){ cli->files[i], strlen(cli->files[i]) }), "root_hash", root,
			    "blocks", (json_int_t)v.blocks, "salt", salt_hex, "filesystem", fs));
		else
			print_text(cli->files[i], fs, root, salt_hex, &v);
	}
	if (cli->json)
		return cli_print_json(list) == CLI_YES ? worst : CLI_TROUBLE;
	json_decref(list);
	return worst;
}

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

static int hash(const char *path, const struct cli_salt *salt, struct verity *v)
{
	struct progress p = { .file = path };
	int status;

	clock_gettime(CLOCK_MONOTONIC, &p.start);
	status = verity_file(path, salt->bytes, salt->len, 0, isatty(STDERR_FILENO) ? show_progress : NULL, &p, v);
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

void cli_hex(char *hex, const unsigned char *bytes, size_t len)
{
	size_t i;

	hex[0] = '\0';
	for (i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

/* veritysetup's word for none is "-". */
int cli_salt(const struct cli *cli, struct cli_salt *salt)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *hex = cli->salt == NULL || strcmp(cli->salt, "-") == 0 ? "" : cli->salt, *digit;
	size_t n = strlen(hex), i;
	unsigned value = 0;

	salt->len = n / 2;
	for (i = 0; i < n && n % 2 == 0 && n / 2 <= VERITY_SALT_MAX; i++) {
		digit = strchr(digits, hex[i]);
		if (digit == NULL)
			break;
		value = value << 4 | ((unsigned)(digit - digits) & 0xf);
		salt->bytes[i / 2] = (unsigned char)value;
	}
	if (i != n)
		return cli_usage(cli, "--salt takes at most %d bytes as hexadecimal digits", VERITY_SALT_MAX);
	cli_hex(salt->hex, salt->bytes, salt->len);
	return CLI_YES;
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
	int worst = CLI_YES, status, i;
	struct cli_salt salt;
	char root[65];
	struct verity v;
	json_t *list;
	const char *fs;

	if (cli->n_files == 0)
		return cli_usage(cli, "verity takes one file or more");
	if (cli_salt(cli, &salt) != CLI_YES)
		return CLI_TROUBLE;
	list = json_array();
	for (i = 0; i < cli->n_files; i++) {
		status = hash(cli->files[i], &salt, &v);
		worst = status > worst ? status : worst;
		if (status != CLI_YES)
			continue;
		cli_hex(root, v.root, sizeof(v.root));
		fs = filesystem_of(cli->files[i]);
		if (cli->json)
			json_array_append_new(list, json_pack("{s:o, s:s, s:I, s:s, s:s?}", "file",
			    cli_json((struct str){ cli->files[i], strlen(cli->files[i]) }), "root_hash", root,
			    "blocks", (json_int_t)v.blocks, "salt", salt.hex, "filesystem", fs));
		else
			print_text(cli->files[i], fs, root, salt.hex, &v);
	}
	if (cli->json)
		return cli_print_json(list) == CLI_YES ? worst : CLI_TROUBLE;
	json_decref(list);
	return worst;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * driver.c - a main() for fuzz targets where there is no libFuzzer.
 *
 *   TARGET FILE...                      run each file once
 *   TARGET -n COUNT -s SEED FILE...     run COUNT inputs, each a file with a few
 *                                       changes; equal seeds, equal inputs
 *
 * Prints how many inputs ran and how many were valid.  A target that finds
 * something aborts; the input is then in the file "crash" if it was made here.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define INPUT_MAX (1u << 20)
#define FILES_MAX 1024

struct input {
	uint8_t *bytes;
	size_t len;
};

static struct input files[FILES_MAX];
static size_t n_files;
static struct input current = { NULL, 0 };
static uint64_t seed = 1;

/* xorshift64*; its low bits are the poor ones. */
static uint32_t below(size_t n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)((seed * UINT64_C(0x2545f4914f6cdd1d) >> 32) % n);
}

static void save_crash(int number)
{
	FILE *f = fopen("crash", "wb");

	if (f != NULL) {
		fwrite(current.bytes, 1, current.len, f);
		fclose(f);
	}
	signal(number, SIG_DFL);
	raise(number);
}

static void read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct input *input = &files[n_files];

	if (f == NULL || n_files == FILES_MAX) {
		fprintf(stderr, "cannot read '%s'\n", path);
		exit(2);
	}
	input->bytes = malloc(INPUT_MAX);
	if (input->bytes == NULL)
		exit(2);
	input->len = fread(input->bytes, 1, INPUT_MAX, f);
	n_files++;
	fclose(f);
}

/* An integer of the formats: big-endian, and near to what it was or to where
 * something wraps. */
static void change_integer(struct input *in)
{
	static const uint32_t odd[] = { 0, 1, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x7fffffff,
		0x80000000, 0xffffffff };
	uint32_t value = 0;
	size_t at;

	if (in->len < 4)
		return;
	at = below(in->len - 3);
	for (size_t i = 0; i < 4; i++)
		value = value << 8 | in->bytes[at + i];
	if (below(2) == 0)
		value = odd[below(sizeof(odd) / sizeof(odd[0]))];
	else
		value += below(9) - 4;
	for (size_t i = 0; i < 4; i++)
		in->bytes[at + i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A run of bytes copied over, or put in before, another place. */
static void splice(struct input *in)
{
	const struct input *from = &files[below(n_files)];
	size_t n, source, at;

	if (from->len == 0 || in->len == 0)
		return;
	n = 1 + below(from->len < 64 ? from->len : 64);
	source = below(from->len - n + 1);
	at = below(in->len);
	if (below(2) == 0 && in->len + n <= INPUT_MAX) {
		memmove(in->bytes + at + n, in->bytes + at, in->len - at);
		in->len += n;
	} else if (n > in->len - at) {
		n = in->len - at;
	}
	memcpy(in->bytes + at, from->bytes + source, n);
}

static void cut(struct input *in)
{
	size_t at = below(in->len), n = 1 + below(in->len - at < 16 ? in->len - at : 16);

	if (below(4) == 0) {
		in->len = at;
		return;
	}
	memmove(in->bytes + at, in->bytes + at + n, in->len - at - n);
	in->len -= n;
}

/* A stated length that is wrong ends every check early: mostly put it right,
 * be it that of a request (at 4) or that of a policy (at 12). */
static void mend_length(struct input *in)
{
	size_t at = in->len >= 16 && memcmp(in->bytes, "COCOAPOL", 8) == 0 ? 12 : 4;

	if (in->len < at + 4 || below(8) == 0)
		return;
	for (size_t i = 0; i < 4; i++)
		in->bytes[at + i] = (uint8_t)(in->len >> (24 - 8 * i));
}

static void mutate(struct input *in)
{
	for (uint32_t n = below(4); n > 0 && in->len > 0; n--) {
		switch (below(6)) {
		case 0:
		case 1:
			in->bytes[below(in->len)] ^= (uint8_t)(1u << below(8));
			break;
		case 2:
			in->bytes[below(in->len)] = (uint8_t)below(256);
			break;
		case 3:
			change_integer(in);
			break;
		case 4:
			splice(in);
			break;
		default:
			cut(in);
			break;
		}
	}
	mend_length(in);
}

/* The input in memory of exactly its length, so that a sanitizer sees a read
 * past it. */
static int run(const struct input *in)
{
	uint8_t *exact = malloc(in->len == 0 ? 1 : in->len);
	int is_valid;

	if (exact == NULL)
		exit(2);
	memcpy(exact, in->bytes, in->len);
	is_valid = LLVMFuzzerTestOneInput(exact, in->len);
	free(exact);
	return is_valid;
}

int main(int argc, char **argv)
{
	unsigned long long count = 0, valid = 0;
	int option;

	while ((option = getopt(argc, argv, "n:s:")) != -1) {
		if (option == 'n')
			count = strtoull(optarg, NULL, 10);
		else if (option == 's')
			seed = strtoull(optarg, NULL, 10) * 2 + 1;
		else
			return 2;
	}
	for (int i = optind; i < argc; i++)
		read_file(argv[i]);
	if (n_files == 0) {
		fputs("no files\n", stderr);
		return 2;
	}
	for (size_t i = 0; count == 0 && i < n_files; i++)
		valid += run(&files[i]) > 0;
	signal(SIGABRT, save_crash);
	current.bytes = malloc(INPUT_MAX);
	if (current.bytes == NULL)
		return 2;
	for (unsigned long long i = 0; i < count; i++) {
		const struct input *from = &files[below(n_files)];

		memcpy(current.bytes, from->bytes, from->len);
		current.len = from->len;
		mutate(&current);
		valid += run(&current) > 0;
	}
	printf("%llu inputs, %llu valid\n", count != 0 ? count : n_files, valid);
	free(current.bytes);
	for (size_t i = 0; i < n_files; i++)
		free(files[i].bytes);
	return 0;
}

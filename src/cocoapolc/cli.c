/* SPDX-License-Identifier: Apache-2.0
 *
 * cli.c - see cli.h.
 */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "../base/file.h"
#include "../base/refusal.h"
#include "../bound/bound.h"

int cli_trouble(const char *path)
{
	fprintf(stderr, "cocoapolc: %s: %s\n", path, strerror(errno));
	return CLI_TROUBLE;
}

int cli_usage(const struct cli *cli, const char *format, ...)
{
	va_list args;

	fputs("cocoapolc: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nTry 'cocoapolc %s%s--help'.\n",
	    cli->command == NULL ? "" : cli->command, cli->command == NULL ? "" : " ");
	return CLI_TROUBLE;
}

int cli_read(struct arena *a, const char *path, size_t most, struct str *bytes)
{
	if (file_read(a, path, most, bytes) == 0)
		return CLI_YES;
	if (errno == EFBIG) {
		fprintf(stderr, "cocoapolc: %s: has more than %zu MiB\n", path, most >> 20);
		return CLI_TROUBLE;
	}
	return cli_trouble(path);
}

int cli_read_text(struct arena *a, const char *path, struct str *text)
{
	static const char magic[] = "COCOAPOL";
	int status = cli_read(a, path, CLI_SOURCE_MAX, text);

	if (status == CLI_YES && text->len >= sizeof(magic) && memcmp(text->ptr, magic, sizeof(magic) - 1) == 0) {
		fprintf(stderr, "cocoapolc: %s: these are the bytes of a policy, where its source should be\n", path);
		return CLI_NO;
	}
	if (status != CLI_YES || text->len != 0)
		return status;
	fprintf(stderr, "cocoapolc: %s: is empty\n", path);
	return CLI_NO;
}

void cli_count_errors(const struct diag *d)
{
	if (d->n_errors > diag_most_errors(d))
		fprintf(stderr, "cocoapolc: %u errors, the first %u are shown\n", d->n_errors, diag_most_errors(d));
	if (d->n_warnings > DIAG_WARNINGS_MAX)
		fprintf(stderr, "cocoapolc: %u warnings, the first %d are shown\n", d->n_warnings, DIAG_WARNINGS_MAX);
}

int cli_open(struct arena *a, const char *path, struct str *bytes, struct bc_policy **policy)
{
	int status = cli_read(a, path, BC_LEN_MAX, bytes);
	enum bc_error error;
	size_t where = 0;

	if (status != CLI_YES)
		return status;
	*policy = arena_new(a, struct bc_policy);
	error = bc_open(*policy, bytes->ptr, bytes->len, &where);
	if (error == BC_OK) {
		const char *complaint = bounds_complaint(a, *policy);

		if (complaint == NULL)
			return CLI_YES;
		fprintf(stderr, "cocoapolc: %s: no compiler made this: %s\n", path, complaint);
		return CLI_NO;
	}
	fprintf(stderr, "cocoapolc: %s: not a policy: %s (%s, at byte %zu)%s\n", path,
	    refusal_text(error), refusal_name(error), where,
	    refusal_hint(error, bytes->ptr, bytes->len));
	return CLI_NO;
}

struct diag cli_diag(void)
{
	return (struct diag){ .out = stderr, .colour = stream_wants_colour(stderr) };
}

bool cli_same_file(const char *l, const char *r)
{
	struct stat a, b;

	return strcmp(l, "-") != 0 && strcmp(r, "-") != 0 && stat(l, &a) == 0 && stat(r, &b) == 0
	    && S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

void cli_print(struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		putchar((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f ? '?'
		    : text.ptr[i]);
}

json_t *cli_json(struct str text)
{
	json_t *value = json_stringn(text.ptr == NULL ? "" : text.ptr, text.len);
	char *hex;
	size_t i;

	if (value != NULL)
		return value;
	hex = malloc(2 * text.len + 1);
	if (hex == NULL)
		abort();
	for (i = 0; i < text.len; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)text.ptr[i]);
	value = json_pack("{s:s}", "hex", hex);
	free(hex);
	return value;
}

int cli_print_json(json_t *value)
{
	int failed = json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);

	json_decref(value);
	putchar('\n');
	return failed == 0 ? CLI_YES : CLI_TROUBLE;
}

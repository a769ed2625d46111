/* SPDX-License-Identifier: Apache-2.0
 *
 * format.c - cocoapolc fmt: only what parses is formatted.
 */
#include "../base/file.h"
#include "../compiler/compile.h"
#include "../compiler/fmt.h"
#include "cli.h"

static int format_text(struct arena *a, const char *path, struct str text, struct str *out)
{
	struct diag d = cli_diag();
	struct cpolc *c = cpolc_new(&d);
	struct source source = { { path, strlen(path) }, text };
	int status = CLI_YES;

	if (cpolc_add(c, path, text) != 0 || fmt_source(a, &source, &d, out) != 0)
		status = CLI_NO;
	cpolc_free(c);
	return status;
}

static int format_file(struct arena *a, const struct cli *cli, const char *path)
{
	struct str text, out = { NULL, 0 };
	int status = cli_read(a, path, CLI_SOURCE_MAX, &text);

	if (status == CLI_YES)
		status = format_text(a, path, text, &out);
	if (status != CLI_YES)
		return status;
	if (cli->check) {
		if (str_equal(text, out))
			return CLI_YES;
		fprintf(stderr, "%s: not formatted\n", path);
		return CLI_NO;
	}
	if (cli->in_place && str_equal(text, out))
		return CLI_YES;
	if (file_write(cli->in_place ? path : "-", out.ptr, out.len) != 0)
		return cli_trouble(cli->in_place ? path : "standard output");
	return CLI_YES;
}

int command_fmt(const struct cli *cli)
{
	struct arena a = { 0 };
	int worst = CLI_YES, status, i;

	if (cli->n_files == 0)
		return cli_usage(cli, "fmt takes one source or more");
	if (cli->check && cli->in_place)
		return cli_usage(cli, "--check and -w exclude each other");
	for (i = 0; i < cli->n_files; i++) {
		status = format_file(&a, cli, cli->files[i]);
		worst = status > worst ? status : worst;
		arena_clear(&a);
	}
	return worst;
}

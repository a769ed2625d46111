/* SPDX-License-Identifier: Apache-2.0
 *
 * build.c - cocoapolc compile: find the framework, compile, write bytes and map.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/digest.h"
#include "../base/file.h"
#include "../compiler/mapping.h"
#include "build.h"
#include "import.h"

/* The next word of a source's header; only words and numbers are of interest. */
static struct str take_word(struct str *left)
{
	struct str word = { left->ptr, 0 };

	while (left->len > 0) {
		if (*left->ptr == '#')
			while (left->len > 0 && *left->ptr != '\n')
				left->ptr++, left->len--;
		else if (isspace((unsigned char)*left->ptr))
			left->ptr++, left->len--;
		else
			break;
	}
	word.ptr = left->ptr;
	while (left->len > 0 && (isalnum((unsigned char)*left->ptr) || *left->ptr == '_'))
		left->ptr++, left->len--, word.len++;
	return word;
}

/* `policy NAME svn INT uses NAME INT`: the second name, or none.  The parser
 * says what is wrong with a header that has none. */
static struct str framework_of(struct str text)
{
	static const char *const words[] = { "policy", NULL, "svn", NULL, "uses" };
	struct str word;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		word = take_word(&text);
		if (word.len == 0 || (words[i] != NULL && !str_is(word, words[i])))
			return (struct str){ NULL, 0 };
	}
	return take_word(&text);
}

/* The folder `framework` beside the program: that of a build that is not
 * installed.  NULL where the system does not say where the program is. */
static const char *build_dir(struct arena *a)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

	if (len == sizeof(path))
		return NULL;
	while (len > 0 && path[len - 1] != '/')
		len--;
	if (len <= 0)
		return NULL;
	return arena_printf(a, "%.*sframework", (int)len, path).ptr;
}

/* Where it is, or NULL after saying where it was looked for. */
static const char *find_framework(struct arena *a, const char *policy, struct str name)
{
	const char *slash = strrchr(policy, '/');
	const char *beside = slash == NULL ? "." :
	    arena_printf(a, "%.*s", (int)(slash - policy) + (slash == policy), policy).ptr;
	const char *dirs[] = { getenv("COCOAPOL_FRAMEWORK_DIR"), build_dir(a), COCOAPOL_DATADIR, beside };
	struct str tried = { "", 0 }, path;
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		if (dirs[i] == NULL || *dirs[i] == '\0')
			continue;
		path = strcmp(dirs[i], ".") == 0 ? arena_printf(a, "%.*s.cpol", STR_ARG(name)) :
		    arena_printf(a, "%s/%.*s.cpol", dirs[i], STR_ARG(name));
		if (access(path.ptr, F_OK) == 0)
			return path.ptr;
		tried = arena_printf(a, "%.*s    %.*s\n", STR_ARG(tried), STR_ARG(path));
	}
	fprintf(stderr, "cocoapolc: %s: no framework '%.*s'; looked for:\n%.*s"
	    "Say where it is with --framework FILE or COCOAPOL_FRAMEWORK_DIR=FOLDER.\n", policy,
	    STR_ARG(name), STR_ARG(tried));
	return NULL;
}

/* The policy's path with .cpb for .cpol; standard input's output is standard output. */
static const char *default_output(struct arena *a, const char *policy)
{
	size_t len = strlen(policy);

	if (strcmp(policy, "-") == 0)
		return "-";
	if (len > 5 && strcmp(policy + len - 5, ".cpol") == 0)
		len -= 5;
	return arena_printf(a, "%.*s.cpb", (int)len, policy).ptr;
}

/* A pipe or device has no file beside it. */
static const char *map_path(struct arena *a, const struct cli *cli, const char *output)
{
	struct stat st;

	if (cli->no_map)
		return NULL;
	if (cli->map != NULL)
		return cli->map;
	if (strcmp(output, "-") == 0 || (stat(output, &st) == 0 && !S_ISREG(st.st_mode)))
		return NULL;
	return arena_printf(a, "%s.map", output).ptr;
}

/* The map goes first: bytes are never there with the map of others. */
static int write_outputs(struct arena *a, const struct canonical *image, const char *output,
    const char *map)
{
	char sha256[DIGEST_HEX_LEN + 1];
	struct stat st;
	struct str text;

	if (stat(output, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return cli_trouble(output);
	}
	digest_hex(image->ptr, image->len, sha256);
	if (map != NULL) {
		text = srcmap_write(a, mapping_of(a, image, sha256));
		if (file_write(map, text.ptr, text.len) != 0)
			return cli_trouble(map);
	}
	if (file_write(output, image->ptr, image->len) != 0)
		return cli_trouble(output);
	return CLI_YES;
}

/* Adds the framework that the text names, and the text. */
static int add_sources(struct arena *a, const struct cli *cli, struct cpolc *c, const char *path, struct str text)
{
	const char *framework = cli->framework;
	struct str name = framework_of(text), framework_text;
	int status = CLI_YES;

	if (name.len != 0 && framework == NULL)
		framework = find_framework(a, path, name);
	if (name.len != 0 && framework == NULL)
		return CLI_TROUBLE;
	if (name.len != 0)
		status = cli_read_text(a, framework, &framework_text);
	if (status == CLI_YES && name.len != 0 && cpolc_add(c, framework, framework_text) != 0)
		status = CLI_NO;
	if (status == CLI_YES && cpolc_add(c, strcmp(path, "-") == 0 ? "<stdin>" : path, text) != 0)
		status = CLI_NO;
	return status;
}

int build_policy(struct arena *a, const struct cli *cli, struct cpolc *c, struct diag *d, const char *path,
    struct str text, struct canonical *image)
{
	const struct ir_policy *ir;
	int status = add_sources(a, cli, c, path, text);

	if (status != CLI_YES)
		return status;
	ir = cpolc_lower(c);
	return ir == NULL || emit(cpolc_arena(c), ir, d, image) != 0 ? CLI_NO : CLI_YES;
}

int build_write(struct arena *a, const struct cli *cli, const struct canonical *image, const char *source)
{
	const char *output = cli->output != NULL ? cli->output : default_output(a, source);
	const char *map = map_path(a, cli, output);

	if (cli_same_file(output, source) || (cli->framework != NULL && cli_same_file(output, cli->framework)))
		return cli_usage(cli, "%s: would be written over its source", output);
	if (map != NULL && (cli_same_file(map, source) || strcmp(map, output) == 0))
		return cli_usage(cli, "%s: the map would be written over another file", map);
	return write_outputs(a, image, output, map);
}

int command_compile(const struct cli *cli)
{
	struct arena a = { 0 };
	struct diag d = cli_diag();
	struct cpolc *c;
	struct canonical image;
	struct str text;
	int status;

	if (import_wanted(cli))
		return command_import_and_compile(cli);
	if (cli->n_files != 1)
		return cli_usage(cli, "compile takes one source");
	c = cpolc_new(&d);
	status = cli_read_text(&a, cli->files[0], &text);
	if (status == CLI_YES)
		status = build_policy(&a, cli, c, &d, cli->files[0], text, &image);
	if (status == CLI_YES)
		status = build_write(&a, cli, &image, cli->files[0]);
	cli_count_errors(&d);
	cpolc_free(c);
	arena_clear(&a);
	return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * import.c - cocoapolc import, and compile of what is no policy yet.
 *
 * A group that something is wrong with yields no policy.  What is written has been
 * compiled, so it is a policy.
 */
#include "import.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/file.h"
#include "../compiler/fmt.h"
#include "build.h"
#include "inputs.h"

/* Others' are not to use up those of the one. */
enum { ONE_GROUP_ERRORS = 1000 };

static bool has_ending(const char *path, const char *ending)
{
	size_t len = strlen(path), n = strlen(ending);

	return len > n && strcmp(path + len - n, ending) == 0;
}

bool import_wanted(const struct cli *cli)
{
	int i;

	if (cli->from != NULL)
		return true;
	for (i = 0; i < cli->n_files; i++)
		if (has_ending(cli->files[i], ".yaml") || has_ending(cli->files[i], ".yml")
		    || has_ending(cli->files[i], ".json") || has_ending(cli->files[i], ".rego"))
			return true;
	return false;
}

/* Something is wrong with a group if something was said while it was read. */
static bool is_whole(const struct import *im, uint32_t at)
{
	return im->groups[at]->errors_before == im->groups[at]->errors_after;
}

static bool is_named(struct arena *a, const struct group *g, const char *name)
{
	return str_is(g->name, name)
	    || str_is(arena_printf(a, "%.*s/%.*s", STR_ARG(g->kind), STR_ARG(g->name)), name);
}

static void list_groups(const struct import *im)
{
	uint32_t i;

	for (i = 0; i < im->n_groups; i++) {
		fputs("  ", stderr);
		fprintf(stderr, "%.*s/%.*s\n", STR_ARG(im->groups[i]->kind), STR_ARG(im->groups[i]->name));
	}
}

/* The one group that is asked for; NULL after saying what there is. */
static struct group *choose(struct import *im, const struct cli *cli)
{
	struct group *found = NULL;
	uint32_t i, n = 0;

	for (i = 0; i < im->n_groups; i++) {
		if (cli->group != NULL && !is_named(im->arena, im->groups[i], cli->group))
			continue;
		n++;
		found = im->groups[i];
		if (!is_whole(im, i))
			return NULL;
	}
	if (n == 1)
		return found;
	if (cli->group != NULL)
		fprintf(stderr, "cocoapolc: %s group '%s'; there are\n", n == 0 ? "no" : "more than one", cli->group);
	else
		fprintf(stderr, "cocoapolc: each of these groups of containers has a policy of its own: choose one with "
		    "--group%s\n", strcmp(cli->command, "import") == 0 ? ", or --output-dir DIR writes them all" : "");
	list_groups(im);
	return NULL;
}

/* The group's source in canonical form, compiled to see that it is a policy.  What is wrong with other groups
 * is of no account, so d, which c has too, knows of none. */
static int write_source(struct import *im, const struct cli *cli, struct group *g, const char *path, struct str *text,
    struct diag *d, struct cpolc *c, struct canonical *image)
{
	struct source source = { { path, strlen(path) }, { NULL, 0 } };
	int status;

	source.text = group_write(im->arena, g);
	if (fmt_source(im->arena, &source, d, text) != 0)
		return CLI_NO;
	status = build_policy(im->arena, cli, c, d, path, *text, image);
	if (status == CLI_NO)
		fprintf(stderr, "cocoapolc: the policy of %.*s \"%.*s\" can't be written: see above\n",
		    STR_ARG(g->kind), STR_ARG(g->name));
	return status;
}

static int import_one(struct import *im, const struct cli *cli, struct group *g, const char *path)
{
	struct diag d = cli_diag();
	struct cpolc *c = cpolc_new(&d);
	struct canonical image;
	struct str text;
	int status = write_source(im, cli, g, path, &text, &d, c, &image);

	if (status == CLI_YES && file_write(path, text.ptr, text.len) != 0)
		status = cli_trouble(path);
	cli_count_errors(&d);
	cpolc_free(c);
	return status;
}

/* A name for a file: what else than letters, digits, '-', '_' and '.' inside it is replaced. */
static const char *file_name(struct import *im, const char *folder, const struct group *g)
{
	static const char fits[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	struct str name = g->name;
	uint32_t i, n = 0;
	char *word;
	size_t at;

	for (i = 0; i < im->n_groups; i++)
		n += str_equal(g->name, im->groups[i]->name);
	if (n > 1)
		name = arena_printf(im->arena, "%.*s-%.*s", STR_ARG(g->kind), STR_ARG(g->name));
	word = arena_alloc(im->arena, name.len + 1);
	for (at = 0; at < name.len; at++)
		word[at] = memchr(fits, name.ptr[at], sizeof(fits) - 1) != NULL
		    || (at > 0 && name.ptr[at] == '.') ? name.ptr[at] : '_';
	return arena_printf(im->arena, "%s/%.*s.cpol", folder, (int)name.len, word).ptr;
}

/* No policy takes the place of another one: such groups are complained of. */
static bool has_own_name(const struct import *im, const char *const *paths, uint32_t at)
{
	uint32_t i;

	for (i = 0; i < im->n_groups; i++) {
		if (i == at || strcmp(paths[i], paths[at]) != 0)
			continue;
		fprintf(stderr, "cocoapolc: %s: more than one group would be written to it: give each file alone, or "
		    "another name\n", paths[at]);
		return false;
	}
	return true;
}

static int import_all(struct import *im, const struct cli *cli)
{
	const char **paths = arena_array(im->arena, im->n_groups, const char *);
	bool *fits = arena_array(im->arena, im->n_groups, bool);
	int worst = CLI_YES, status;
	uint32_t i;

	if (mkdir(cli->output_dir, 0777) != 0 && errno != EEXIST)
		return cli_trouble(cli->output_dir);
	for (i = 0; i < im->n_groups; i++)
		paths[i] = file_name(im, cli->output_dir, im->groups[i]);
	for (i = 0; i < im->n_groups; i++)      /* before writing, which may complain too */
		fits[i] = is_whole(im, i) && has_own_name(im, paths, i);
	for (i = 0; i < im->n_groups; i++) {
		status = fits[i] ? import_one(im, cli, im->groups[i], paths[i]) : CLI_NO;
		if (status == CLI_YES)
			printf("%s\n", paths[i]);
		worst = status > worst ? status : worst;
	}
	return worst;
}

/* What is wrong with no group may be wrong with any. */
static bool is_wrong_as_a_whole(const struct import *im)
{
	uint32_t n_errors = im->diag->n_errors, i;

	for (i = 0; i < im->n_groups; i++)
		n_errors -= im->groups[i]->errors_after - im->groups[i]->errors_before;
	return n_errors != 0;
}

/* Everything up to groups. */
static int read_groups(struct import *im, const struct cli *cli)
{
	enum input_kind kind = cli->from == NULL ? INPUT_UNKNOWN : input_kind_of(cli->from);
	int status;

	if (cli->from != NULL && kind == INPUT_UNKNOWN)
		return cli_usage(cli, "--from takes k8s, compose, aci or hcsshim");
	if (cli->n_files == 0)
		return cli_usage(cli, "%s takes one file or more", cli->command);
	status = cli_add_images(cli, im->images);
	if (status == CLI_YES)
		status = inputs_read(im, cli, kind);
	if (status == CLI_YES && im->n_groups == 0 && im->diag->n_errors == 0)
		fprintf(stderr, "cocoapolc: there is no container in what was given\n");
	if (status != CLI_YES)
		return status;
	return im->n_groups != 0 && !is_wrong_as_a_whole(im) ? CLI_YES : CLI_NO;
}

/* Of what was said, that which is about no group, or about the one that is asked for. */
static void say_of_group(const struct import *im, const struct cli *cli, const char *said, size_t len)
{
	size_t start = 0;
	uint32_t i;

	for (i = 0; i < im->n_groups; i++) {
		const struct group *g = im->groups[i];
		bool is_wanted = is_named(im->arena, g, cli->group);

		fwrite(said + start, 1, (size_t)(is_wanted ? g->said_after : g->said_before) - start, stderr);
		start = (size_t)g->said_after;
	}
	fwrite(said + start, 1, len - start, stderr);
}

/* What is said while one group of several is looked for is kept until it is found. */
static int read_one_group(struct import *im, const struct cli *cli)
{
	FILE *out = im->diag->out;
	char *said = NULL;
	size_t len = 0;
	int status;

	im->diag->out = open_memstream(&said, &len);
	if (im->diag->out == NULL)
		return cli_trouble("memory");
	im->diag->most_errors = ONE_GROUP_ERRORS;
	status = read_groups(im, cli);
	if (fclose(im->diag->out) != 0)
		status = cli_trouble("memory");
	else if (status == CLI_YES)
		say_of_group(im, cli, said, len);
	else
		fwrite(said, 1, len, stderr);
	im->diag->out = out;
	free(said);
	return status;
}

/* With what all commands that import need; run() does the rest. */
static int with_groups(const struct cli *cli, int (*run)(struct import *, const struct cli *))
{
	struct arena a = { 0 };
	struct diag d = cli_diag();
	struct import_options options = { .strict = cli->strict, .assume_images = cli->assume_images,
		.sandbox_image = cli->sandbox_image, .folder = ".", .settings = cli->settings.items,
		.n_settings = cli->settings.n };
	struct import im = { .arena = &a, .diag = &d, .options = &options };
	int status;

	im.images = cli_images(cli, &a, &d);
	if (im.images == NULL) {
		arena_clear(&a);
		return CLI_TROUBLE;
	}
	status = cli->group == NULL ? read_groups(&im, cli) : read_one_group(&im, cli);
	if (status == CLI_YES)
		status = run(&im, cli);
	cli_count_errors(&d);
	images_free(im.images);
	arena_clear(&a);
	return status;
}

static int run_import(struct import *im, const struct cli *cli)
{
	struct group *g;

	if (cli->output_dir != NULL)
		return import_all(im, cli);
	g = choose(im, cli);
	return g == NULL ? CLI_NO : import_one(im, cli, g, cli->output == NULL ? "-" : cli->output);
}

int command_import(const struct cli *cli)
{
	if (cli->output != NULL && cli->output_dir != NULL)
		return cli_usage(cli, "-o and --output-dir exclude each other");
	if (cli->group != NULL && cli->output_dir != NULL)
		return cli_usage(cli, "--group and --output-dir exclude each other");
	return with_groups(cli, run_import);
}

/* The path with its last ending replaced. */
static const char *with_ending(struct arena *a, const char *path, const char *ending)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	size_t len = dot != NULL && dot > (slash == NULL ? path : slash + 1) ? (size_t)(dot - path) : strlen(path);

	return arena_printf(a, "%.*s%s", (int)len, path, ending).ptr;
}

/* An edited policy is not written over. */
static int keep_source(struct import *im, const char *path, struct str text)
{
	struct str there;

	if (file_read(im->arena, path, CLI_SOURCE_MAX, &there) == 0) {
		if (str_equal(there, text))
			return CLI_YES;
		fprintf(stderr, "cocoapolc: %s: is there and says something else, and is left as it is\n"
		    "'cocoapolc compile %s' compiles it; 'cocoapolc import -o OTHER.cpol' writes what the input says, for "
		    "'cocoapolc diff'\n", path, path);
		return CLI_NO;
	}
	if (errno != ENOENT || file_write(path, text.ptr, text.len) != 0)
		return cli_trouble(path);
	return CLI_YES;
}

static int run_compile(struct import *im, const struct cli *cli)
{
	struct group *g = choose(im, cli);
	struct diag d = cli_diag();
	struct cpolc *c;
	struct canonical image;
	struct str text;
	const char *path;
	int status;

	if (g == NULL)
		return CLI_NO;
	path = cli->output != NULL && strcmp(cli->output, "-") != 0 ? cli->output : cli->files[0];
	path = strcmp(path, "-") == 0 ? "policy.cpol" : with_ending(im->arena, path, ".cpol");
	c = cpolc_new(&d);
	status = write_source(im, cli, g, path, &text, &d, c, &image);
	if (status == CLI_YES)
		status = keep_source(im, path, text);
	if (status == CLI_YES)
		status = build_write(im->arena, cli, &image, path);
	cli_count_errors(&d);
	cpolc_free(c);
	return status;
}

int command_import_and_compile(const struct cli *cli)
{
	return with_groups(cli, run_compile);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * cli.h - what the commands of cocoapolc share.
 *
 * Exit status: 0 yes; 1 no, the user's mistake; 2 trouble with files, memory
 * or arguments.  A command says what is wrong, once, and returns its status.
 */
#ifndef COCOAPOL_CLI_H
#define COCOAPOL_CLI_H

#include <jansson.h>
#include <stdbool.h>

#include "../base/arena.h"
#include "../base/diag.h"
#include "../bytecode/bytecode.h"
#include "../images/images.h"

enum { CLI_YES = 0, CLI_NO = 1, CLI_TROUBLE = 2 };
enum { CLI_SOURCE_MAX = 16 << 20 };

/* The values of an option that may be given again and again. */
struct cli_list {
	char **items;
	uint32_t n;
};

/* Options of all commands; what a command does not take is not set. */
struct cli {
	const char *command;
	const char *output, *map, *framework;   /* -o --map --framework */
	const char *salt, *layer_fs;            /* --salt --layer-fs */
	bool no_map, json, check, in_place;     /* --no-map --json --check -w */
	const char *from, *output_dir, *group;  /* --from --output-dir --group */
	const char *sandbox_image;              /* --sandbox-image */
	bool strict, assume_images;             /* --strict --assume-images */
	struct cli_list images, settings;       /* --image --set */
	char **files;
	int n_files;
};

int command_compile(const struct cli *cli);
int command_fmt(const struct cli *cli);
int command_import(const struct cli *cli);
int command_diff(const struct cli *cli);
int command_dump(const struct cli *cli);
int command_digest(const struct cli *cli);
int command_explain(const struct cli *cli);
int command_verity(const struct cli *cli);
int command_layers(const struct cli *cli);

/* "cocoapolc: PATH: what errno says"; CLI_TROUBLE. */
int cli_trouble(const char *path);
/* A wrong argument, and where help is; CLI_TROUBLE. */
int cli_usage(const struct cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* CLI_YES, or CLI_TROUBLE after saying so. */
int cli_read(struct arena *a, const char *path, size_t most, struct str *bytes);
/* The same of a source, which is not empty: also CLI_NO. */
int cli_read_text(struct arena *a, const char *path, struct str *text);
/* A compiled policy: also CLI_NO, when the bytes are none. */
int cli_open(struct arena *a, const char *path, struct str *bytes, struct bc_policy **policy);
/* A stream for complaints, coloured on a terminal. */
struct diag cli_diag(void);
/* How many errors there were, if not all of them were shown. */
void cli_count_errors(const struct diag *d);
/* Whether two paths are one existing file. */
bool cli_same_file(const char *l, const char *r);

/* To standard output; control characters, which no name should have, as '?'. */
void cli_print(struct str text);
/* Any bytes as JSON: a string, or {"hex": ".."} where they are not UTF-8. */
json_t *cli_json(struct str text);
/* Print and release; CLI_YES, or CLI_TROUBLE. */
int cli_print_json(json_t *value);

/* verity.c: what --salt says, or none; CLI_YES, or CLI_TROUBLE after saying so. */
struct cli_salt {
	unsigned char bytes[VERITY_SALT_MAX];
	size_t len;
	char hex[2 * VERITY_SALT_MAX + 1];
};
int cli_salt(const struct cli *cli, struct cli_salt *salt);
/* layers.c: images with --layer-fs and --salt; NULL after saying what is wrong with them. */
struct images *cli_images(const struct cli *cli, struct arena *a, struct diag *d);
/* What --image names, added; a status, what is wrong was said. */
int cli_add_images(const struct cli *cli, struct images *s);
/* Lower-case digits and a NUL: 2 * len + 1. */
void cli_hex(char *hex, const unsigned char *bytes, size_t len);

/* dump_json.c; sha256 is hex. */
int dump_json(struct arena *a, const struct bc_policy *p, const char *sha256);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c - cocoapolc(1): arguments, help, and the commands that are short.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/digest.h"
#include "cli.h"

enum {
	OPT_MAP = 256, OPT_NO_MAP, OPT_FRAMEWORK, OPT_JSON, OPT_CHECK, OPT_FROM, OPT_OUTPUT_DIR, OPT_GROUP, OPT_IMAGE,
	OPT_ASSUME_IMAGES, OPT_SANDBOX_IMAGE, OPT_STRICT, OPT_SET, OPT_SALT, OPT_LAYER_FS,
	OPT_HELP
};

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "map", required_argument, NULL, OPT_MAP },
	{ "no-map", no_argument, NULL, OPT_NO_MAP },
	{ "framework", required_argument, NULL, OPT_FRAMEWORK },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "output-dir", required_argument, NULL, OPT_OUTPUT_DIR },
	{ "group", required_argument, NULL, OPT_GROUP },
	{ "image", required_argument, NULL, OPT_IMAGE },
	{ "image-config", required_argument, NULL, OPT_IMAGE },
	{ "assume-images", no_argument, NULL, OPT_ASSUME_IMAGES },
	{ "sandbox-image", required_argument, NULL, OPT_SANDBOX_IMAGE },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "set", required_argument, NULL, OPT_SET },
	{ "write", no_argument, NULL, 'w' },
	{ "salt", required_argument, NULL, OPT_SALT },
	{ "layer-fs", required_argument, NULL, OPT_LAYER_FS },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 }
};

/* Of import, and of compile when it imports. */
#define IMPORT_OPTIONS OPT_GROUP, OPT_FROM, OPT_IMAGE, OPT_ASSUME_IMAGES, OPT_SANDBOX_IMAGE, OPT_STRICT, OPT_SET, \
	OPT_SALT, OPT_LAYER_FS

struct command {
	const char *name;
	int (*run)(const struct cli *cli);
	int options[16];                /* that it takes */
	const char *help;
};

static const struct command commands[] = {
	{ "compile", command_compile, { 'o', OPT_MAP, OPT_NO_MAP, OPT_FRAMEWORK, IMPORT_OPTIONS },
	    "usage: cocoapolc compile [-o OUTPUT] [--map FILE | --no-map] [--framework FILE] POLICY.cpol\n"
	    "       cocoapolc compile [OPTION...] POD.yaml...\n"
	    "\n"
	    "Compile a policy with the framework it names, or a framework alone, to\n"
	    "canonical bytes.  What is no policy is imported first, and the policy's source\n"
	    "is left beside the bytes: 'cocoapolc import --help' has the options.\n"
	    "\n"
	    "  -o, --output FILE   where the bytes go (POLICY.cpb)\n"
	    "  --map FILE          where the map from numbers to source places goes (OUTPUT.map)\n"
	    "  --no-map            write no map\n"
	    "  --framework FILE    the framework's source; else it is looked for in\n"
	    "                      $COCOAPOL_FRAMEWORK_DIR, framework/ beside the program (a build\n"
	    "                      that is not installed), the installation, and beside the policy\n" },
	{ "import", command_import, { 'o', OPT_OUTPUT_DIR, OPT_FRAMEWORK, IMPORT_OPTIONS },
	    "usage: cocoapolc import [OPTION...] FILE...\n"
	    "\n"
	    "Write the policy of a pod, a compose file, an ACI template or an hcsshim policy:\n"
	    "source to read, keep and edit, with where each fact came from.\n"
	    "\n"
	    "  -o, --output FILE       where the source goes (standard output)\n"
	    "  --output-dir DIR        one file for each group of containers, DIR/NAME.cpol\n"
	    "  --group NAME            of several groups this one: NAME, or KIND/NAME\n"
	    "  --from KIND             k8s, compose, aci or hcsshim; else the input says it\n"
	    "  --image [NAME=]PATH     an image: OCI layout, OCI or docker archive, or NAME's config\n"
	    "                          as JSON; again for each\n"
	    "  --layer-fs FS           layers are made as erofs or ext4 (the first that can be)\n"
	    "  --salt HEX              of all layers (each its own, which follows from its diff_id)\n"
	    "  --assume-images         what only an image could say is left as a hole, not an error\n"
	    "  --sandbox-image NAME    the group has a pause container of this image\n"
	    "  --set NAME=VALUE        a variable of a compose file, a parameter of a template\n"
	    "  --strict                unknown fields are errors\n"
	    "  --framework FILE        as for compile\n" },
	{ "fmt", command_fmt, { 'w', OPT_CHECK },
	    "usage: cocoapolc fmt [-w | --check] FILE...\n"
	    "\n"
	    "Print sources in canonical form.\n"
	    "\n"
	    "  -w, --write         rewrite the files instead\n"
	    "  --check             only say which files are not formatted: exit status 1\n" },
	{ "diff", command_diff, { OPT_JSON, OPT_FRAMEWORK },
	    "usage: cocoapolc diff [--json] [--framework FILE] OLD.cpol NEW.cpol\n"
	    "\n"
	    "Print what two policies say differently: declarations by what they mean, rules\n"
	    "and claims by their words.  Exit status: 0 nothing, 1 something, 2 trouble.\n"
	    "Whether NEW allows anything that OLD denies is what 'cocoapolv compare' answers.\n"
	    "\n"
	    "  --json              for machines\n"
	    "  --framework FILE    as for compile\n" },
	{ "dump", command_dump, { OPT_JSON },
	    "usage: cocoapolc dump [--json] POLICY.cpb\n"
	    "\n"
	    "Print what the bytes say: tables, code, the most steps that each rule takes,\n"
	    "and the memory that the guest needs.\n"
	    "\n"
	    "  --json              for machines\n" },
	{ "digest", command_digest, { OPT_JSON },
	    "usage: cocoapolc digest [--json] POLICY.cpb...\n"
	    "\n"
	    "Print the SHA-256 of each policy, as sha256sum does: the value of HOST_DATA.\n"
	    "What is not a policy has no digest here: exit status 1.\n"
	    "\n"
	    "  --json              for machines\n" },
	{ "explain", command_explain, { OPT_JSON, OPT_MAP },
	    "usage: cocoapolc explain [--json] [--map FILE] POLICY.cpb EVENT REASON PC\n"
	    "\n"
	    "Print what a verdict's numbers mean.  EVENT and REASON are numbers or names.\n"
	    "\n"
	    "  --json              for machines\n"
	    "  --map FILE          the map from numbers to source places (POLICY.cpb.map)\n" },
	{ "verity", command_verity, { OPT_JSON, OPT_SALT },
	    "usage: cocoapolc verity [--salt HEX] [--json] FILE...\n"
	    "\n"
	    "Print the dm-verity root hash of file-system images, as 'veritysetup format'\n"
	    "computes it (sha256, blocks of 4096 bytes), and the line for a policy.\n"
	    "\n"
	    "  --salt HEX          at most 256 bytes (none)\n"
	    "  --json              for machines\n" },
	{ "layers", command_layers, { OPT_IMAGE, OPT_OUTPUT_DIR, OPT_SALT, OPT_LAYER_FS },
	    "usage: cocoapolc layers [OPTION...] --image [NAME=]PATH... --output-dir DIR [NAME...]\n"
	    "\n"
	    "Write the layers of images, or of those named, as the file-system images that an\n"
	    "imported policy has the root hashes of: DIR/sha256-DIFF_ID.erofs, and print the\n"
	    "lines for a policy.  It takes root, or fakeroot.\n"
	    "\n"
	    "  --image [NAME=]PATH  an OCI layout, or an archive of it or of 'docker save'\n"
	    "  --output-dir DIR    where they go\n"
	    "  --layer-fs FS       erofs or ext4 (the first of them whose tool is installed)\n"
	    "  --salt HEX          for all layers (each its own, which follows from its diff_id)\n" },
};
enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(void)
{
	fputs("usage: cocoapolc COMMAND [OPTION...] FILE...\n"
	    "\n"
	    "  compile   a policy's source to canonical bytes\n"
	    "  import    a pod, compose file, template or other policy to a policy's source\n"
	    "  fmt       format sources\n"
	    "  diff      what two policies say differently\n"
	    "  dump      print what the bytes say\n"
	    "  digest    print the SHA-256 of the bytes\n"
	    "  explain   what a denial's numbers mean\n"
	    "  verity    print the root hash of a layer's image\n"
	    "  layers    write the layers of images as file systems\n"
	    "  version   print the version\n"
	    "\n"
	    "'cocoapolc COMMAND --help' says more.  Exit status: 0 yes, 1 no, 2 trouble.\n",
	    stdout);
}

static bool takes(const struct command *c, int option)
{
	size_t i;

	for (i = 0; i < sizeof(c->options) / sizeof(c->options[0]); i++)
		if (c->options[i] == option)
			return true;
	return option == OPT_HELP;
}

/* Bytes that are cut short say so only when the stream is closed. */
static int finish(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("cocoapolc: standard output");
		return CLI_TROUBLE;
	}
	return status;
}

static void add(struct cli_list *list, char *value)
{
	list->items[list->n++] = value;         /* there is room for all arguments */
}

static void set_option(struct cli *cli, int option)
{
	switch (option) {
	case 'o':
		cli->output = optarg;
		break;
	case 'w':
		cli->in_place = true;
		break;
	case OPT_MAP:
		cli->map = optarg;
		break;
	case OPT_NO_MAP:
		cli->no_map = true;
		break;
	case OPT_FRAMEWORK:
		cli->framework = optarg;
		break;
	case OPT_LAYER_FS:
		cli->layer_fs = optarg;
		break;
	case OPT_SALT:
		cli->salt = optarg;
		break;
	case OPT_JSON:
		cli->json = true;
		break;
	case OPT_FROM:
		cli->from = optarg;
		break;
	case OPT_OUTPUT_DIR:
		cli->output_dir = optarg;
		break;
	case OPT_GROUP:
		cli->group = optarg;
		break;
	case OPT_IMAGE:
		add(&cli->images, optarg);
		break;
	case OPT_ASSUME_IMAGES:
		cli->assume_images = true;
		break;
	case OPT_SANDBOX_IMAGE:
		cli->sandbox_image = optarg;
		break;
	case OPT_STRICT:
		cli->strict = true;
		break;
	case OPT_SET:
		add(&cli->settings, optarg);
		break;
	default:
		cli->check = true;
		break;
	}
}

static int run(const struct command *command, int argc, char **argv, struct arena *a)
{
	struct cli cli = { .command = command->name };
	int option;

	cli.images.items = arena_array(a, (size_t)argc, char *);
	cli.settings.items = arena_array(a, (size_t)argc, char *);

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":o:w", long_options, NULL)) != -1) {
		if (option == ':')
			return cli_usage(&cli, "%s needs a value", argv[optind - 1]);
		if (option == '?' || !takes(command, option))
			return cli_usage(&cli, "%s does not take %s", command->name,
			    argv[optind - 1]);
		if (option == OPT_HELP) {
			fputs(command->help, stdout);
			return finish(CLI_YES);
		}
		set_option(&cli, option);
	}
	cli.files = argv + optind;
	cli.n_files = argc - optind;
	if (cli.map != NULL && cli.no_map)
		return cli_usage(&cli, "--map and --no-map exclude each other");
	return finish(command->run(&cli));
}

int command_digest(const struct cli *cli)
{
	char sha256[DIGEST_HEX_LEN + 1];
	json_t *list = json_array();
	struct arena a = { 0 };
	struct bc_policy *policy;
	struct str bytes;
	int worst = CLI_YES, status, i;

	if (cli->n_files == 0)
		return cli_usage(cli, "digest takes one policy or more");
	for (i = 0; i < cli->n_files; i++) {
		status = cli_open(&a, cli->files[i], &bytes, &policy);
		if (status == CLI_YES)
			digest_hex(bytes.ptr, bytes.len, sha256);
		worst = status > worst ? status : worst;
		if (status == CLI_YES && cli->json)
			json_array_append_new(list, json_pack("{s:o, s:s}", "file",
			    cli_json((struct str){ cli->files[i], strlen(cli->files[i]) }),
			    "sha256", sha256));
		else if (status == CLI_YES)
			printf("%s  %s\n", sha256, cli->files[i]);
		arena_clear(&a);
	}
	if (cli->json)
		return cli_print_json(list) == CLI_YES ? worst : CLI_TROUBLE;
	json_decref(list);
	return worst;
}

int main(int argc, char **argv)
{
	struct cli none = { 0 };
	struct arena a = { 0 };
	int status;
	size_t i;

	if (argc < 2)
		return cli_usage(&none, "no command");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0
	    || strcmp(argv[1], "help") == 0) {
		print_help();
		return finish(CLI_YES);
	}
	if (strcmp(argv[1], "version") == 0 || strcmp(argv[1], "--version") == 0) {
		printf("cocoapolc %s, format %u\n", COCOAPOL_VERSION, BC_VERSION);
		return finish(CLI_YES);
	}
	for (i = 0; i < N_COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0) {
			status = run(&commands[i], argc - 1, argv + 1, &a);
			arena_clear(&a);
			return status;
		}
	return cli_usage(&none, "unknown command '%s'", argv[1]);
}

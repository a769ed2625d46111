/* SPDX-License-Identifier: Apache-2.0
 *
 * layers.c - cocoapolc layers: what import has the root hashes of, to be
 * attached to the VM.
 */
#include <errno.h>
#include <sys/stat.h>

#include "cli.h"

static void print_layers(const struct image *image, const char *folder)
{
	char root[65];
	uint32_t i;

	cli_print(image->name);
	puts(":");
	for (i = 0; i < image->n_layers; i++) {
		const struct image_layer *layer = &image->layers[i];

		cli_hex(root, layer->root, sizeof(layer->root));
		printf("  %s/sha256-%.*s.%.*s\n    verity %.*s sha256:%s blocks %llu salt \"%.*s\"\n", folder,
		    (int)layer->diff_id.len - 7, layer->diff_id.ptr + 7, STR_ARG(layer->fs), STR_ARG(layer->fs), root,
		    (unsigned long long)layer->blocks, STR_ARG(layer->salt));
	}
}

static int write_one(const struct cli *cli, struct images *s, struct str name)
{
	bool failed = false;
	const struct image *image = images_find(s, name, &failed);

	if (image == NULL && !failed)
		fprintf(stderr, "cocoapolc: no image '%.*s' was given\n", STR_ARG(name));
	else if (image != NULL && image->n_layers != 0 && !image->layers[0].is_hashed)
		fprintf(stderr, "cocoapolc: of '%.*s' there is only the config\n", STR_ARG(name));
	else if (image != NULL) {
		print_layers(image, cli->output_dir);
		return CLI_YES;
	}
	return CLI_NO;
}

static int write_all(const struct cli *cli, struct images *s)
{
	const struct image_strings *names = images_names(s);
	int worst = cli_add_images(cli, s), status, k;
	uint32_t i;

	for (k = 0; k < cli->n_files && worst == CLI_YES; k++)
		worst = write_one(cli, s, (struct str){ cli->files[k], strlen(cli->files[k]) });
	for (i = 0; i < names->n && cli->n_files == 0; i++) {
		status = write_one(cli, s, names->items[i]);
		worst = status > worst ? status : worst;
	}
	return worst;
}

struct images *cli_images(const struct cli *cli, struct arena *a, struct diag *d)
{
	struct str fs = { cli->layer_fs == NULL ? "" : cli->layer_fs, 0 };
	struct cli_salt *salt = arena_new(a, struct cli_salt);

	fs.len = strlen(fs.ptr);
	if (fs.len != 0 && !str_is(fs, "erofs") && !str_is(fs, "ext4")) {
		cli_usage(cli, "--layer-fs takes erofs or ext4");
		return NULL;
	}
	if (cli_salt(cli, salt) != CLI_YES)
		return NULL;
	return images_new(a, d, fs, (struct str){ salt->hex, 2 * salt->len });
}

int cli_add_images(const struct cli *cli, struct images *s)
{
	int worst = CLI_YES, status, added;
	uint32_t i;

	for (i = 0; i < cli->images.n; i++) {
		added = images_add(s, cli->images.items[i]);
		status = added == 0 ? CLI_YES : added == IMAGES_UNREADABLE ? CLI_TROUBLE : CLI_NO;
		worst = status > worst ? status : worst;
	}
	return worst;
}

int command_layers(const struct cli *cli)
{
	struct arena a = { 0 };
	struct diag d = cli_diag();
	struct images *s;
	int status;

	if (cli->images.n == 0 || cli->output_dir == NULL)
		return cli_usage(cli, "layers takes --image PATH and --output-dir DIR");
	if (mkdir(cli->output_dir, 0777) != 0 && errno != EEXIST)
		return cli_trouble(cli->output_dir);
	s = cli_images(cli, &a, &d);
	if (s == NULL) {
		arena_clear(&a);
		return CLI_TROUBLE;
	}
	images_keep(s, cli->output_dir);
	status = write_all(cli, s);
	cli_count_errors(&d);
	images_free(s);
	arena_clear(&a);
	return status;
}

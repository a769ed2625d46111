/* SPDX-License-Identifier: Apache-2.0
 *
 * images.c - what src/images says, as text: the images given, up to "--", then
 * each reference looked up, and behind one, for each "+USER", who that is in it.
 *
 *   images [-t] [-f FILESYSTEM] [-s SALT] [-k FOLDER] [NAME=]PATH... -- REFERENCE [+USER...]...
 *
 * -t: other images have a temporary folder, too, made later and kept longer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "images/inside.h"

static struct str text_of(const char *text)
{
	return (struct str){ text, strlen(text) };
}

static void print_strings(const char *what, const struct image_strings *list)
{
	uint32_t i;

	for (i = 0; i < list->n; i++)
		printf("%s %.*s\n", what, STR_ARG(list->items[i]));
}

static void print_layers(const struct image *image)
{
	uint32_t i;
	size_t j;

	for (i = 0; i < image->n_layers; i++) {
		const struct image_layer *layer = &image->layers[i];

		printf("layer %.*s", STR_ARG(layer->diff_id));
		for (j = 0; j < sizeof(layer->root) && layer->is_hashed; j++)
			printf("%s%02x", j == 0 ? " " : "", layer->root[j]);
		if (layer->is_hashed)
			printf(" %llu %.*s %.*s", (unsigned long long)layer->blocks, STR_ARG(layer->salt), STR_ARG(layer->fs));
		putchar('\n');
	}
}

static void print_image(const struct image *image)
{
	printf("image %.*s\n", STR_ARG(image->name));
	printf("workdir '%.*s' user '%.*s' stop '%.*s'\n", STR_ARG(image->workdir), STR_ARG(image->user),
	    STR_ARG(image->stop_signal));
	print_strings("entrypoint", &image->entrypoint);
	print_strings("cmd", &image->cmd);
	print_strings("env", &image->env);
	print_strings("volume", &image->volumes);
	print_strings("health", &image->health);
	print_layers(image);
}

static void print_user(struct images *s, const struct image *image, const char *text)
{
	struct image_user user = image_user_of(s, image, text_of(text));
	uint32_t i;

	printf("user '%s'", text);
	if (user.is_known)
		printf(" %u:%u %.*s:%.*s%s", user.uid, user.gid, STR_ARG(user.name), STR_ARG(user.group),
		    user.names_group ? " named" : "");
	else
		printf(" unknown");
	for (i = 0; i < user.n_more && user.is_known; i++)
		printf(" %u", user.more[i]);
	putchar('\n');
}

static int look_up(struct images *s, char **words)
{
	const struct image *image = NULL;
	bool failed = false;

	for (; *words != NULL; words++) {
		if (**words == '+' && image != NULL) {
			print_user(s, image, *words + 1);
			continue;
		}
		image = images_find(s, text_of(*words), &failed);
		if (image != NULL)
			print_image(image);
		else
			printf("none %s\n", *words);
	}
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct diag d = { .out = stderr };
	const char *fs = "", *salt = "", *keep = NULL;
	struct images *s, *other;
	bool two = false;
	int option, i, status = 0;

	while ((option = getopt(argc, argv, "+tf:s:k:")) != -1) {
		if (option == 't')
			two = true;
		else if (option == 'f')
			fs = optarg;
		else if (option == 's')
			salt = optarg;
		else if (option == 'k')
			keep = optarg;
		else
			return 2;
	}
	s = images_new(&a, &d, text_of(fs), text_of(salt));
	if (keep != NULL)
		images_keep(s, keep);
	for (i = optind; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (images_add(s, argv[i]) != 0)
			status = 1;
	print_strings("name", images_names(s));
	if (i < argc && look_up(s, argv + i + 1) != 0)
		status = 1;
	other = images_new(&a, &d, text_of(fs), text_of(salt));
	if (two && images_temporary(other) == NULL)
		status = 1;
	images_free(s);
	images_free(other);
	arena_clear(&a);
	return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * images.c - what was given, by name; see images.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inside.h"

const struct loc image_nowhere = { NULL, 0, 0 };

struct images *images_new(struct arena *a, struct diag *d, struct str fs, struct str salt)
{
	struct images *s = arena_new(a, struct images);

	*s = (struct images){ .arena = a, .diag = d, .fs = fs, .salt = salt, .most_bytes = IMAGE_BYTES_MAX };
	return s;
}

void images_keep(struct images *s, const char *folder)
{
	s->keep = folder;
}

static bool is_named(const struct image *image, struct str name)
{
	const struct image_strings *names = &image->files->names;
	uint32_t i;

	for (i = 0; i < names->n; i++)
		if (str_equal(names->items[i], name))
			return true;
	return false;
}

static bool has_digest(const struct image *image, struct str digest)
{
	const struct str *digests = image->files->digests;

	return digest.len != 0 && (str_equal(digests[0], digest) || str_equal(digests[1], digest));
}

static struct image *find_name(const struct images *s, struct str name)
{
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (is_named(s->items[i], name))
			return s->items[i];
	return NULL;
}

void images_found(struct images *s, struct image *image, struct str name)
{
	struct image_strings *names = &image->files->names;
	uint32_t i;

	if (name.len != 0) {
		*names = (struct image_strings){ NULL, 0, 0 };
		arena_push(s->arena, names->items, names->n, names->cap);
		names->items[names->n++] = name;
	}
	if (names->n == 0 && image->files->digests[0].len == 0) {
		diag_error(s->diag, image->config, DIAG_NO_IMAGE, "this image has no name: --image NAME=PATH");
		return;
	}
	image->name = names->n == 0 ? image->files->digests[0] : names->items[0];
	for (i = 0; i < names->n; i++) {
		if (find_name(s, names->items[i]) != NULL) {
			diag_error(s->diag, image->config, DIAG_DUPLICATE_NAME, "the image '%.*s' was given before",
			    STR_ARG(names->items[i]));
			return;
		}
		arena_push(s->arena, s->names.items, s->names.n, s->names.cap);
		s->names.items[s->names.n++] = names->items[i];
	}
	arena_push(s->arena, s->items, s->n, s->cap);
	s->items[s->n++] = image;
}

static int add_config(struct images *s, const char *path, struct str name)
{
	struct image *image = arena_new(s->arena, struct image);
	struct node *root;

	if (name.len == 0) {
		diag_error(s->diag, image_nowhere, DIAG_NO_IMAGE, "%s: a config does not say what its image is called: "
		    "--image NAME=%s", path, path);
		return -1;
	}
	root = json_file(s, path);
	image->files = arena_new(s->arena, struct image_files);
	if (root == NULL || config_read(s, root, image) != 0)
		return -1;
	images_found(s, image, name);
	return 0;
}

/* A file that begins as JSON does is no tar: there a name would begin so. */
static bool is_json(const char *path)
{
	char head[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head)), i;

	if (fd >= 0)
		close(fd);
	for (i = 0; i < n; i++)
		if (head[i] != ' ' && head[i] != '\t' && head[i] != '\r' && head[i] != '\n')
			return (head[i] == '{' || head[i] == '[') && memchr(head, '\0', (size_t)n) == NULL;
	return false;
}

static int add_store(struct images *s, const char *path, struct str name)
{
	struct store *store = arena_new(s->arena, struct store);

	*store = (struct store){ .images = s, .path = path };
	if (store_open(store) != 0)
		return -1;
	if (store_has(store, STR("oci-layout")))
		return layout_read(store, name);
	if (store_has(store, STR("manifest.json")))
		return docker_read(store, name);
	diag_error(s->diag, image_nowhere, DIAG_BAD_IMAGE,
	    "%s: neither an OCI layout (oci-layout) nor an archive of `docker save` (manifest.json)", path);
	return -1;
}

/* NAME=PATH; a path that is there may have '=' in it. */
int images_add(struct images *s, const char *given)
{
	uint32_t errors = s->diag->n_errors;
	const char *sign = strchr(given, '='), *path = given;
	struct str name = { "", 0 }, text;
	int status;

	if (sign != NULL && access(given, F_OK) != 0) {
		text = (struct str){ given, (size_t)(sign - given) };
		path = sign + 1;
		if (!reference_normalize(s->arena, text, &name)) {
			diag_error(s->diag, image_nowhere, DIAG_BAD_VALUE, "'%.*s' is no image's name", STR_ARG(text));
			return -1;
		}
	}
	if (access(path, R_OK) != 0) {
		diag_error(s->diag, image_nowhere, DIAG_NO_IMAGE, "--image %s: %s", path, strerror(errno));
		return IMAGES_UNREADABLE;
	}
	path = arena_copy(s->arena, path, strlen(path)).ptr;
	status = is_json(path) ? add_config(s, path, name) : add_store(s, path, name);
	return status == 0 && s->diag->n_errors == errors ? 0 : -1;
}

/* ---- Looking up ---- */

/* Another image of this name would be a guess. */
static struct image *find_digest(struct images *s, struct str reference, struct str name, struct str digest, bool *failed)
{
	struct image *other;
	struct str known;
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (has_digest(s->items[i], digest))
			return s->items[i];
	other = find_name(s, name);
	if (other == NULL)
		return NULL;
	known = other->files->digests[0];
	if (known.len == 0)
		diag_error(s->diag, other->config, DIAG_WRONG_DIGEST, "nothing here says whether this is '%.*s': "
		    "if it is, --image %.*s=PATH", STR_ARG(reference), STR_ARG(reference));
	else
		diag_error(s->diag, other->config, DIAG_WRONG_DIGEST, "this is %.*s, and '%.*s' is wanted", STR_ARG(known),
		    STR_ARG(reference));
	*failed = true;
	return NULL;
}

static struct image *find(struct images *s, struct str reference, bool *failed)
{
	struct str full, name, digest;
	struct image *image;

	if (!reference_normalize(s->arena, reference, &full))
		return NULL;
	image = find_name(s, full);
	name = reference_split(full, &digest);
	if (image != NULL || digest.len == 0)
		return image;
	/* Without a tag, too, it may have been given as the latest one. */
	if (!reference_normalize(s->arena, name, &name))
		return NULL;
	return find_digest(s, reference, name, digest, failed);
}

static void show_progress(const struct image *image, uint32_t i)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (i < image->n_layers)
		fprintf(stderr, "\r\033[K%.*s: layer %u of %u", STR_ARG(image->name), i + 1, image->n_layers);
	else
		fputs("\r\033[K", stderr);
	fflush(stderr);
}

static int read_layers(struct images *s, struct image *image)
{
	struct image_files *files = image->files;
	uint32_t i;

	files->layers = arena_array(s->arena, image->n_layers, const struct layer_done *);
	for (i = 0; i < image->n_layers; i++) {
		show_progress(image, i);
		files->layers[i] = layer_read(s, files->store, &files->blobs[i], image->layers[i].diff_id);
		if (files->layers[i] == NULL) {
			show_progress(image, image->n_layers);
			return -1;
		}
		image->layers[i] = files->layers[i]->layer;
	}
	show_progress(image, image->n_layers);
	files->is_read = true;
	return 0;
}

const struct image *images_find(struct images *s, struct str reference, bool *failed)
{
	struct image *image = find(s, reference, failed);

	if (image == NULL)
		return NULL;
	if (image->files->store != NULL && !image->files->is_read && !image->files->is_bad
	    && read_layers(s, image) != 0)
		image->files->is_bad = true;
	if (!image->files->is_bad)
		return image;
	*failed = true;
	return NULL;
}

const struct image_strings *images_names(const struct images *s)
{
	return &s->names;
}

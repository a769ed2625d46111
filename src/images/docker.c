/* SPDX-License-Identifier: Apache-2.0
 *
 * docker.c - the archives of `docker save` and `podman save`: manifest.json
 * names a config and layers as files of the archive.
 */
#include "inside.h"

static bool read_names(struct images *s, const struct node *entry, struct image_strings *names)
{
	const struct node *tags = json_get(s, entry, "RepoTags", NODE_LIST, false);
	struct image_strings texts = { NULL, 0, 0 };
	struct str normal;
	uint32_t i;

	if (!json_strings(s, tags, &texts))
		return false;
	for (i = 0; i < texts.n; i++) {
		if (!reference_normalize(s->arena, texts.items[i], &normal)) {
			diag_error(s->diag, tags->items[i]->loc, DIAG_BAD_VALUE, "'%.*s' is no image's name",
			    STR_ARG(texts.items[i]));
			return false;
		}
		arena_push(s->arena, names->items, names->n, names->cap);
		names->items[names->n++] = normal;
	}
	return true;
}

static bool read_layers(struct images *s, const struct node *list, struct image *image)
{
	struct image_strings names = { NULL, 0, 0 };
	enum path_fault fault;
	uint32_t i;

	if (list->n != image->n_layers) {
		diag_error(s->diag, list->loc, DIAG_BAD_IMAGE, "the manifest has %u layers, the image's config %u",
		    list->n, image->n_layers);
		return false;
	}
	if (!json_strings(s, list, &names))
		return false;
	image->files->blobs = arena_array(s->arena, list->n, struct blob);
	for (i = 0; i < list->n; i++) {
		struct blob *blob = &image->files->blobs[i];

		blob->from = list->items[i]->loc;
		blob->digest = STR("");
		fault = path_clean(s->arena, names.items[i].ptr, &blob->name);
		if (fault != PATH_FINE) {
			diag_error(s->diag, blob->from, DIAG_REFUSED, "the name %s", path_faults[fault]);
			return false;
		}
	}
	return true;
}

/* "HEX.json", or a blob's path, says the digest of what is there. */
static struct str digest_of_name(struct arena *a, struct str name)
{
	struct str digest;
	size_t at;

	if (name.len > 5 && memcmp(name.ptr + name.len - 5, ".json", 5) == 0)
		name.len -= 5;
	for (at = name.len; at > 0 && name.ptr[at - 1] != '/'; at--)
		;
	digest = arena_printf(a, "sha256:%.*s", (int)(name.len - at), name.ptr + at);
	return digest_is_valid(digest) ? digest : STR("");
}

static int read_image(struct store *store, const struct node *entry, struct str name)
{
	struct images *s = store->images;
	struct image *image = arena_new(s->arena, struct image);
	const struct node *config = json_get(s, entry, "Config", NODE_STRING, true);
	const struct node *layers = json_get(s, entry, "Layers", NODE_LIST, true);
	enum path_fault fault;
	struct node *root;
	struct str path;

	image->files = arena_new(s->arena, struct image_files);
	image->files->store = store;
	if (config == NULL || layers == NULL || !read_names(s, entry, &image->files->names))
		return -1;
	fault = path_clean(s->arena, config->text.ptr, &path);
	if (fault != PATH_FINE) {
		diag_error(s->diag, config->loc, DIAG_REFUSED, "the name %s", path_faults[fault]);
		return -1;
	}
	root = store_json(store, path, digest_of_name(s->arena, path), config->loc);
	if (root == NULL || config_read(s, root, image) != 0 || !read_layers(s, layers, image))
		return -1;
	images_found(s, image, name);
	return 0;
}

static bool is_named(struct images *s, const struct node *entry, struct str name)
{
	const struct node *tags = node_get(entry, "RepoTags");
	struct str normal;
	uint32_t i;

	for (i = 0; tags != NULL && tags->kind == NODE_LIST && i < tags->n; i++)
		if (tags->items[i]->kind == NODE_STRING && reference_normalize(s->arena, tags->items[i]->text, &normal)
		    && str_equal(normal, name))
			return true;
	return false;
}

int docker_read(struct store *store, struct str name)
{
	struct images *s = store->images;
	struct node *root = store_json(store, STR("manifest.json"), STR(""), image_nowhere);
	uint32_t i, n_named = 0;
	int status = 0;

	if (root == NULL)
		return -1;
	for (i = 0; i < root->n && root->kind == NODE_LIST; i++) {
		if (root->items[i]->kind != NODE_MAP)
			break;
		n_named += is_named(s, root->items[i], name);
	}
	if (root->kind != NODE_LIST || i != root->n || root->n == 0) {
		diag_error(s->diag, root->loc, DIAG_BAD_IMAGE, "the manifest of an archive is a list of images");
		return -1;
	}
	if (name.len != 0 && n_named == 0 && root->n > 1) {
		diag_error(s->diag, root->loc, DIAG_BAD_IMAGE, "of the %u images here none is named '%.*s'", root->n,
		    STR_ARG(name));
		return -1;
	}
	for (i = 0; i < root->n; i++)
		if ((n_named == 0 || is_named(s, root->items[i], name)) && read_image(store, root->items[i], name) != 0)
			status = -1;
	return status;
}

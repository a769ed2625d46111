/* SPDX-License-Identifier: Apache-2.0
 *
 * layout.c - OCI image layouts: index.json, the indexes in it, manifests and
 * configs.  All but index.json is found by its digest, which is verified.
 */
#include "inside.h"

/* What is left to follow, and what led there. */
struct walk {
	struct store *store;
	struct str name;                /* the image that is meant, or empty */
	struct str index;               /* digest of the index in which a manifest is, or empty */
	struct image_strings names;     /* that annotations gave */
	bool has_one;                   /* something was found */
};

static struct str path_of(struct arena *a, struct str digest)
{
	return arena_printf(a, "blobs/sha256/%.*s", (int)digest.len - 7, digest.ptr + 7);
}

/* A descriptor's digest node, or NULL: complained of. */
static const struct node *digest_of_descriptor(struct images *s, const struct node *descriptor)
{
	const struct node *digest;

	if (descriptor->kind != NODE_MAP) {
		diag_error(s->diag, descriptor->loc, DIAG_BAD_IMAGE, "a descriptor is an object, this is %s",
		    node_kind_name(descriptor->kind));
		return NULL;
	}
	digest = json_get(s, descriptor, "digest", NODE_STRING, true);
	if (digest == NULL || digest_is_valid(digest->text))
		return digest;
	diag_error(s->diag, digest->loc, DIAG_BAD_VALUE, "a digest is 'sha256:' and 64 hexadecimal digits");
	return NULL;
}

static bool media_is(const struct node *descriptor, const char *what)
{
	const struct node *type = node_get(descriptor, "mediaType");

	return type != NULL && type->kind == NODE_STRING && strstr(type->text.ptr, what) != NULL;
}

static bool read_layers(struct walk *w, const struct node *manifest, struct image *image)
{
	struct images *s = w->store->images;
	const struct node *layers = json_get(s, manifest, "layers", NODE_LIST, true), *digest;
	uint32_t i;

	if (layers == NULL)
		return false;
	if (layers->n != image->n_layers) {
		diag_error(s->diag, layers->loc, DIAG_BAD_IMAGE, "the manifest has %u layers, the image's config %u",
		    layers->n, image->n_layers);
		return false;
	}
	image->files->blobs = arena_array(s->arena, layers->n, struct blob);
	for (i = 0; i < layers->n; i++) {
		digest = digest_of_descriptor(s, layers->items[i]);
		if (digest == NULL)
			return false;
		if (media_is(layers->items[i], "+encrypted")) {
			diag_error(s->diag, layers->items[i]->loc, DIAG_REFUSED, "an encrypted layer, which nobody can read here");
			return false;
		}
		image->files->blobs[i] = (struct blob){ path_of(s->arena, digest->text), digest->text, digest->loc };
	}
	return true;
}

static int read_manifest(struct walk *w, const struct node *manifest, struct str digest)
{
	struct images *s = w->store->images;
	struct image *image = arena_new(s->arena, struct image);
	const struct node *descriptor = json_get(s, manifest, "config", NODE_MAP, true), *named;
	struct node *config;

	named = descriptor == NULL ? NULL : digest_of_descriptor(s, descriptor);
	if (named == NULL)
		return -1;
	config = store_json(w->store, path_of(s->arena, named->text), named->text, named->loc);
	image->files = arena_new(s->arena, struct image_files);
	*image->files = (struct image_files){ .store = w->store, .digests = { digest, w->index }, .names = w->names };
	if (config == NULL || config_read(s, config, image) != 0 || !read_layers(w, manifest, image))
		return -1;
	w->has_one = true;
	images_found(s, image, w->name);
	return 0;
}

static bool platform_is(const struct node *descriptor, const char *os, const char *machine)
{
	const struct node *platform = node_get(descriptor, "platform");
	const struct node *name = node_get(platform, "os"), *arch = node_get(platform, "architecture");

	return name != NULL && name->kind == NODE_STRING && str_is(name->text, os) && arch != NULL
	    && arch->kind == NODE_STRING && str_is(arch->text, machine);
}

/* linux/amd64; else the only one, but for attestations, which are for no platform. */
static const struct node *choose(struct images *s, const struct node *list)
{
	const struct node *chosen = NULL;
	uint32_t i, n = 0;

	for (i = 0; i < list->n; i++) {
		if (list->items[i]->kind != NODE_MAP || platform_is(list->items[i], "unknown", "unknown"))
			continue;
		if (platform_is(list->items[i], "linux", "amd64"))
			return list->items[i];
		chosen = list->items[i];
		n++;
	}
	if (n == 1)
		return chosen;
	diag_error(s->diag, list->loc, DIAG_BAD_IMAGE, n == 0 ? "an index without an image" :
	    "of %u images none is for linux/amd64", n);
	return NULL;
}

static int follow(struct walk *w, const struct node *descriptor)
{
	struct images *s = w->store->images;
	const struct node *digest, *list;
	struct node *root;
	int depth;

	for (depth = 0; depth < IMAGE_INDEX_DEPTH; depth++) {
		digest = digest_of_descriptor(s, descriptor);
		if (digest == NULL)
			return -1;
		root = store_json(w->store, path_of(s->arena, digest->text), digest->text, digest->loc);
		if (root == NULL)
			return -1;
		if (root->kind != NODE_MAP) {
			diag_error(s->diag, root->loc, DIAG_BAD_IMAGE, "neither a manifest nor an index");
			return -1;
		}
		if (node_find(root, "manifests") == NULL)
			return read_manifest(w, root, digest->text);
		list = json_get(s, root, "manifests", NODE_LIST, true);
		if (w->index.len == 0)
			w->index = digest->text;
		descriptor = list == NULL ? NULL : choose(s, list);
		if (descriptor == NULL)
			return -1;
	}
	diag_error(s->diag, descriptor->loc, DIAG_TOO_DEEP, "more than %d indexes in one another", IMAGE_INDEX_DEPTH);
	return -1;
}

/* containerd writes the whole name into one annotation and only the tag into the
 * other, which is the specification's and may be either. */
static void read_names(struct images *s, const struct node *descriptor, struct image_strings *names)
{
	static const char *const keys[] = { "io.containerd.image.name", "org.opencontainers.image.ref.name" };
	const struct node *annotations = node_get(descriptor, "annotations"), *name;
	struct str normal;
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && names->n == 0; i++) {
		name = node_get(annotations, keys[i]);
		if (name == NULL || name->kind != NODE_STRING || !reference_normalize(s->arena, name->text, &normal))
			continue;
		arena_push(s->arena, names->items, names->n, names->cap);
		names->items[names->n++] = normal;
	}
}

static bool has_name(const struct image_strings *names, struct str name)
{
	uint32_t i;

	for (i = 0; i < names->n; i++)
		if (str_equal(names->items[i], name))
			return true;
	return false;
}

/* Of an index for several platforms that came without an index of its own (`skopeo --all`). */
static const struct node *only_platform(const struct node *list, struct str name)
{
	const struct node *chosen = NULL;
	uint32_t i;

	for (i = 0; name.len != 0 && i < list->n; i++)
		if (platform_is(list->items[i], "linux", "amd64")) {
			if (chosen != NULL)
				return NULL;
			chosen = list->items[i];
		}
	return chosen;
}

/* The entries that are meant: the one of this name; else all, unless one name is for all. */
static int follow_all(struct store *store, const struct node *list, struct str name)
{
	struct images *s = store->images;
	const struct node *only = list->n > 1 ? only_platform(list, name) : NULL;
	uint32_t i, n_named = 0;
	int status = 0;

	for (i = 0; i < list->n; i++) {
		struct image_strings names = { NULL, 0, 0 };

		read_names(s, list->items[i], &names);
		n_named += name.len != 0 && has_name(&names, name);
	}
	if (name.len != 0 && n_named == 0 && only == NULL && list->n > 1) {
		diag_error(s->diag, list->loc, DIAG_BAD_IMAGE, "of the %u images here none is named '%.*s'", list->n,
		    STR_ARG(name));
		return -1;
	}
	for (i = 0; i < list->n; i++) {
		struct walk w = { .store = store, .name = name };

		read_names(s, list->items[i], &w.names);
		if (platform_is(list->items[i], "unknown", "unknown") || (n_named != 0 && !has_name(&w.names, name))
		    || (n_named == 0 && only != NULL && list->items[i] != only))
			continue;
		if (follow(&w, list->items[i]) != 0)
			status = -1;
	}
	return status;
}

int layout_read(struct store *store, struct str name)
{
	struct images *s = store->images;
	struct node *layout = store_json(store, STR("oci-layout"), STR(""), image_nowhere), *root;
	const struct node *version, *list;

	if (layout == NULL)
		return -1;
	version = layout->kind != NODE_MAP ? NULL : json_get(s, layout, "imageLayoutVersion", NODE_STRING, true);
	if (version == NULL || version->text.len < 2 || memcmp(version->text.ptr, "1.", 2) != 0) {
		diag_error(s->diag, layout->loc, DIAG_BAD_IMAGE, "%s is no image layout of version 1", store->path);
		return -1;
	}
	root = store_json(store, STR("index.json"), STR(""), image_nowhere);
	if (root == NULL)
		return -1;
	list = root->kind != NODE_MAP ? NULL : json_get(s, root, "manifests", NODE_LIST, true);
	if (list == NULL || list->n == 0) {
		diag_error(s->diag, root->loc, DIAG_BAD_IMAGE, "%s holds no image", store->path);
		return -1;
	}
	return follow_all(store, list, name);
}

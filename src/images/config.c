/* SPDX-License-Identifier: Apache-2.0
 *
 * config.c - an image's config: what the OCI image specification calls
 * application/vnd.oci.image.config.v1+json, and Docker writes in the same form.
 */
#include "inside.h"

enum { STRINGS_MAX = 4096 };    /* in a list: variables, words */

struct node *json_get(struct images *s, const struct node *map, const char *key, enum node_kind kind,
    bool is_needed)
{
	struct node *node = node_get(map, key);

	if (node != NULL && node->kind == kind)
		return node;
	if (node != NULL && node->kind != NODE_NULL)
		diag_error(s->diag, node->loc, DIAG_BAD_VALUE, "'%s' should be %s, this is %s", key,
		    node_kind_name(kind), node_kind_name(node->kind));
	else if (is_needed)
		diag_error(s->diag, map->loc, DIAG_MISSING_FIELD, "there is no '%s'", key);
	return NULL;
}

static bool has_nul(struct images *s, struct str text, struct loc loc)
{
	if (text.len == 0 || memchr(text.ptr, '\0', text.len) == NULL)
		return false;
	diag_error(s->diag, loc, DIAG_BAD_VALUE, "a NUL in a string that no program can be given");
	return true;
}

bool json_strings(struct images *s, const struct node *list, struct image_strings *out)
{
	uint32_t i;

	if (list != NULL && list->n > STRINGS_MAX) {
		diag_error(s->diag, list->loc, DIAG_LIMIT, "more than %d strings", STRINGS_MAX);
		return false;
	}
	for (i = 0; list != NULL && i < list->n; i++) {
		const struct node *item = list->items[i];

		if (item->kind != NODE_STRING) {
			diag_error(s->diag, item->loc, DIAG_BAD_VALUE, "a string is wanted, this is %s",
			    node_kind_name(item->kind));
			return false;
		}
		if (has_nul(s, item->text, item->loc))
			return false;
		arena_push(s->arena, out->items, out->n, out->cap);
		out->items[out->n++] = item->text;
	}
	return true;
}

static void read_string(struct images *s, const struct node *map, const char *key, struct str *out)
{
	const struct node *node = json_get(s, map, key, NODE_STRING, false);

	*out = node == NULL || has_nul(s, node->text, node->loc) ? STR("") : node->text;
}

static void read_list(struct images *s, const struct node *map, const char *key, struct image_strings *out)
{
	json_strings(s, json_get(s, map, key, NODE_LIST, false), out);
}

static void read_volumes(struct images *s, const struct node *config, struct image_strings *out)
{
	const struct node *volumes = json_get(s, config, "Volumes", NODE_MAP, false);
	uint32_t i;

	for (i = 0; volumes != NULL && i < volumes->n; i++) {
		if (has_nul(s, volumes->entries[i].key, volumes->entries[i].loc))
			return;
		arena_push(s->arena, out->items, out->n, out->cap);
		out->items[out->n++] = volumes->entries[i].key;
	}
}

/* ["NONE"] says that there is none. */
static void read_health(struct images *s, const struct node *config, struct image_strings *out)
{
	const struct node *check = json_get(s, config, "Healthcheck", NODE_MAP, false);

	if (check != NULL)
		read_list(s, check, "Test", out);
	if (out->n != 0 && str_is(out->items[0], "NONE"))
		out->n = 0;
}

static void check_platform(struct images *s, const struct node *root)
{
	const struct node *os = json_get(s, root, "os", NODE_STRING, false);
	const struct node *machine = json_get(s, root, "architecture", NODE_STRING, false);

	if (os != NULL && !str_is(os->text, "linux") && os->text.len != 0)
		diag_error(s->diag, os->loc, DIAG_REFUSED, "an image for '%.*s': the guest runs Linux", STR_ARG(os->text));
	if (machine != NULL && !str_is(machine->text, "amd64") && machine->text.len != 0)
		diag_warning(s->diag, machine->loc, DIAG_BAD_VALUE, "an image for '%.*s': the guest's machine is amd64",
		    STR_ARG(machine->text));
}

static void read_layers(struct images *s, const struct node *root, struct image *image)
{
	const struct node *rootfs = json_get(s, root, "rootfs", NODE_MAP, true);
	const struct node *list = rootfs == NULL ? NULL : json_get(s, rootfs, "diff_ids", NODE_LIST, true);
	uint32_t i;

	if (list != NULL && list->n > IMAGE_LAYERS_MAX)
		diag_error(s->diag, list->loc, DIAG_LIMIT, "more than %d layers", IMAGE_LAYERS_MAX);
	for (i = 0; list != NULL && i < list->n && i < IMAGE_LAYERS_MAX; i++) {
		const struct node *item = list->items[i];

		if (item->kind != NODE_STRING || !digest_is_valid(item->text)) {
			diag_error(s->diag, item->loc, DIAG_BAD_VALUE, "a diff_id is 'sha256:' and 64 hexadecimal digits");
			return;
		}
		arena_push(s->arena, image->layers, image->n_layers, image->cap_layers);
		image->layers[image->n_layers++] = (struct image_layer){ .diff_id = item->text };
	}
}

int config_read(struct images *s, const struct node *root, struct image *image)
{
	uint32_t errors = s->diag->n_errors;
	const struct node *config;

	if (root->kind != NODE_MAP) {
		diag_error(s->diag, root->loc, DIAG_BAD_IMAGE, "an image's config is an object, this is %s",
		    node_kind_name(root->kind));
		return -1;
	}
	config = json_get(s, root, "config", NODE_MAP, false);
	image->config = config == NULL ? root->loc : config->loc;
	image->config.end = image->config.start + 1;
	check_platform(s, root);
	read_layers(s, root, image);
	if (config != NULL) {
		read_list(s, config, "Entrypoint", &image->entrypoint);
		read_list(s, config, "Cmd", &image->cmd);
		read_list(s, config, "Env", &image->env);
		read_string(s, config, "WorkingDir", &image->workdir);
		read_string(s, config, "User", &image->user);
		read_string(s, config, "StopSignal", &image->stop_signal);
		read_volumes(s, config, &image->volumes);
		read_health(s, config, &image->health);
	}
	return s->diag->n_errors == errors ? 0 : -1;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * compose.c - import_compose(): the services of a compose file as one group.
 *
 * A file is read as `docker compose` reads it, in its order: ${NAME} in every
 * value, then `extends`, then one container for each service that is active.
 */
#include "compose.h"

/* The project's name, or the file's: web/compose.yaml is compose. */
static struct str name_of(struct compose *c)
{
	struct str name = { "compose", 7 };
	size_t start = 0, i;

	if (import_string(c->im, c->root, "name", &name, NULL) && name.len != 0)
		return name;
	if (c->root->loc.source == NULL)
		return name;
	name = c->root->loc.source->name;
	for (i = 0; i < name.len; i++)
		if (name.ptr[i] == '/')
			start = i + 1;
	name = (struct str){ name.ptr + start, name.len - start };
	for (i = name.len; i > 1; i--)
		if (name.ptr[i - 1] == '.')
			return (struct str){ name.ptr, i - 1 };
	return name;
}

/* Extensions are copied as they are: what they hold is used by way of aliases only. */
static struct node *interpolated(struct compose *c, struct node *root)
{
	struct node *out = arena_new(c->im->arena, struct node);
	uint32_t i;

	*out = *root;
	out->entries = arena_array(c->im->arena, root->n, struct entry);
	for (i = 0; i < root->n; i++) {
		root->entries[i].used = true;
		out->entries[i] = root->entries[i];
		if (out->entries[i].key.len < 2 || memcmp(out->entries[i].key.ptr, "x-", 2) != 0)
			out->entries[i].value = interpolate_tree(&c->in, root->entries[i].value);
	}
	return out;
}

/* The tables of volumes, secrets and configs. */
static void check_declared(struct compose *c, const char *key, const char *object)
{
	const struct node *map = import_map(c->im, c->root, key);
	uint32_t i;

	for (i = 0; map != NULL && i < map->n; i++) {
		const struct node *value = map->entries[i].value;

		if (value->kind == NODE_MAP)
			compose_fields(c, value, object, compose_path(c, key, map->entries[i].key));
		else if (value->kind != NODE_NULL)
			diag_error(c->im->diag, value->loc, DIAG_TYPE_MISMATCH,
			    "one of '%s' is a map, this is %s", key,
			    node_kind_name(value->kind));
	}
}

static void add_services(struct compose *c)
{
	const struct node *services = import_map(c->im, c->root, "services");
	uint32_t i, errors = c->im->diag->n_errors;

	if (services == NULL || services->n == 0) {
		if (errors == c->im->diag->n_errors)
			diag_error(c->im->diag, c->root->loc, DIAG_MISSING_FIELD, "there are no services");
		return;
	}
	if (!import_room(c->im, c->group, services->n, services->loc))
		return;
	c->services = compose_extended(c, services);
	for (i = 0; i < c->services->n; i++)
		compose_service(c, &c->services->entries[i]);
	compose_finish_order(c);
	if (c->group->n_containers == 0)
		diag_error(c->im->diag, services->loc, DIAG_MISSING_FIELD, "no service is left");
}

void import_compose(struct import *im, struct node *root)
{
	struct compose c = { .im = im, .in.im = im };

	if (root->kind != NODE_MAP) {
		diag_error(im->diag, root->loc, DIAG_TYPE_MISMATCH, "a compose file is a map, this is %s",
		    node_kind_name(root->kind));
		return;
	}
	/* What is wrong from here on is wrong with this group. */
	c.group = import_group(im, STR("compose"), "compose file", root->loc);
	env_file_dotenv(&c.in);
	c.root = interpolated(&c, root);
	c.group->name = name_of(&c);
	compose_fields(&c, c.root, "Compose", "");
	mount_presets(im, c.group);
	check_declared(&c, "volumes", "Volume");
	check_declared(&c, "secrets", "Secret");
	check_declared(&c, "configs", "Config");
	add_services(&c);
	if (c.in.used_dotenv)
		values_add(im->arena, &c.group->notes,
		    STR("values of ${...} are from --set and .env beside the file"), root->loc);
	remarks_write(im, &c.remarks, c.group);
}

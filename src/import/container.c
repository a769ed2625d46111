/* SPDX-License-Identifier: Apache-2.0
 *
 * container.c - what an image adds to a container.
 */
#include <ctype.h>

#include "import.h"

static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct loc import_place(struct import *im, const struct image *image)
{
	static const char *const usual[] = { "docker.io/library/", "docker.io/" };
	struct source *source = arena_new(im->arena, struct source);
	struct str name = image->name;
	size_t i;

	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		size_t len = strlen(usual[i]);

		if (name.len > len && memcmp(name.ptr, usual[i], len) == 0)
			name = (struct str){ name.ptr + len, name.len - len };
	}
	source->name = arena_printf(im->arena, "image %.*s", STR_ARG(name));
	return (struct loc){ source, 0, 0 };
}

static void add_layers(struct import *im, struct container *c, const struct image *image, struct loc image_loc)
{
	struct loc place = import_place(im, image);
	uint32_t i;

	for (i = 0; i < image->n_layers; i++) {
		const struct image_layer *from = &image->layers[i];
		struct layer layer = { .blocks = from->blocks, .salt = from->salt, .fs = from->fs,
			.from = place, .note = from->diff_id };

		memcpy(layer.root, from->root, sizeof(layer.root));
		if (!from->is_hashed) {
			layer = hole_layer(im->arena, arena_printf(im->arena, "layer %.*s", STR_ARG(from->diff_id)),
			    place);
			if (!im->options->assume_images)
				diag_error(im->diag, image_loc, DIAG_NO_IMAGE, "of '%.*s' there is only the config: its layers "
				    "are needed too, or --assume-images", STR_ARG(image->name));
		}
		arena_push(im->arena, c->layers, c->n_layers, c->cap_layers);
		c->layers[c->n_layers++] = layer;
		if (!from->is_hashed && !im->options->assume_images)
			return;
	}
}

static void add_all(struct import *im, struct values *to, const struct values *from)
{
	uint32_t i;

	for (i = 0; from != NULL && i < from->n; i++)
		values_add(im->arena, to, from->items[i].text, from->items[i].from);
}

static void add_strings(struct import *im, struct values *to, const struct image_strings *from, struct loc loc)
{
	uint32_t i;

	for (i = 0; i < from->n; i++)
		values_add(im->arena, to, from->items[i], loc);
}

static void add_command(struct import *im, struct container *c, const struct image *image,
    const struct values *command, const struct values *args, struct loc image_loc)
{
	add_all(im, &c->command, command);
	if (command == NULL)
		add_strings(im, &c->command, &image->entrypoint, import_place(im, image));
	add_all(im, &c->command, args);
	if (command == NULL && args == NULL)
		add_strings(im, &c->command, &image->cmd, import_place(im, image));
	if (c->command.n == 0)
		diag_error(im->diag, image_loc, DIAG_MISSING_FIELD,
		    "neither this nor the image '%.*s' says what is to be run", STR_ARG(image->name));
}

static void add_env(struct import *im, struct container *c, const struct image *image)
{
	struct loc place = import_place(im, image);
	uint32_t i;

	for (i = 0; i < image->env.n; i++) {
		struct str text = image->env.items[i], name = text;
		const char *sign = memchr(text.ptr, '=', text.len);

		if (sign == NULL || sign == text.ptr) {
			diag_warning(im->diag, image->config, DIAG_BAD_VALUE,
			    "the image's environment has '%.*s', which is no NAME=VALUE", STR_ARG(text));
			continue;
		}
		name.len = (size_t)(sign - text.ptr);
		if (env_find(c, name) == NULL)
			env_add(im->arena, c, name, (struct str){ sign + 1, text.len - name.len - 1 },
			    place);
	}
}

static void add_signals(struct import *im, struct container *c, const struct image *image)
{
	unsigned number = image == NULL || image->stop_signal.len == 0 ? 15 : import_signal(image->stop_signal);
	struct loc from = image == NULL || image->stop_signal.len == 0 ? (struct loc){ NULL, 0, 0 } : import_place(im, image);

	if (c->signals.n != 0)
		return;
	if (number == 0)
		diag_error(im->diag, image->config, DIAG_BAD_VALUE, "the image's stop signal '%.*s' is none",
		    STR_ARG(image->stop_signal));
	else
		values_add(im->arena, &c->signals, arena_printf(im->arena, "%u", number), from);
	if (number != 9)
		values_add(im->arena, &c->signals, STR("9"), from);
}

static struct str without_slashes(struct str path)
{
	while (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	return path;
}

static bool mounts_on(const struct container *c, struct str destination)
{
	uint32_t i;

	for (i = 0; i < c->n_mounts; i++)
		if (str_equal(without_slashes(c->mounts[i].destination), without_slashes(destination)))
			return true;
	return false;
}

/* Runtimes differ in whether they make a directory for an image's VOLUME; one of the guest's own does no harm. */
static void add_volumes(struct import *im, struct container *c, const struct image *image)
{
	static const char *const options[] = { "rbind", "rprivate", "rw" };
	struct loc place = import_place(im, image);
	uint32_t i;
	size_t j;

	for (i = 0; i < image->volumes.n; i++) {
		struct mount m = { .type = STR("bind"), .origin = MOUNT_SANDBOX, .optional = true,
			.destination = image->volumes.items[i], .from = place };

		if (mounts_on(c, m.destination))
			continue;
		m.source.text = arena_printf(im->arena, "/volumes/%.*s/%u", STR_ARG(c->name), i);
		for (j = 0; j < sizeof(options) / sizeof(options[0]); j++)
			values_add(im->arena, &m.options, (struct str){ options[j], strlen(options[j]) }, m.from);
		arena_push(im->arena, c->mounts, c->n_mounts, c->cap_mounts);
		c->mounts[c->n_mounts++] = m;
	}
}

/* Runtimes set PATH where nobody does. */
static void add_path(struct import *im, struct container *c)
{
	struct variable *path;

	if (env_find(c, STR("PATH")) != NULL)
		return;
	path = env_add(im->arena, c, STR("PATH"), (struct str){ default_path, sizeof(default_path) - 1 },
	    (struct loc){ NULL, 0, 0 });
	path->optional = true;
}

static void assume(struct import *im, struct container *c, struct str reference, struct loc image_loc,
    const struct values *command, const struct values *args)
{
	struct arena *a = im->arena;

	diag_warning(im->diag, image_loc, DIAG_HOLE, "what only the image '%.*s' can say is a hole in the policy: "
	    "no such container starts until it is filled", STR_ARG(reference));
	arena_push(a, c->layers, c->n_layers, c->cap_layers);
	c->layers[c->n_layers++] = hole_layer(a, arena_printf(a, "layers of %.*s", STR_ARG(reference)), image_loc);
	c->remark = arena_printf(a, "HOLE: the image's layers, environment, working directory and user%s",
	    command == NULL ? ", and its command" : "");
	add_all(im, &c->command, command);
	if (command == NULL)
		values_add(a, &c->command, arena_printf(a, "hole: entrypoint of %.*s", STR_ARG(reference)), image_loc);
	add_all(im, &c->command, args);
	add_signals(im, c, NULL);
}

static void complain_of_none(struct import *im, struct str reference, struct loc image_loc)
{
	const struct image_strings *names = images_names(im->images);
	uint32_t i;

	diag_error(im->diag, image_loc, DIAG_NO_IMAGE,
	    "the image '%.*s' was not given: --image %.*s=PATH, or --assume-images", STR_ARG(reference),
	    STR_ARG(reference));
	for (i = 0; i < names->n && i < 5; i++)
		diag_note(im->diag, (struct loc){ NULL, 0, 0 }, "given is '%.*s'", STR_ARG(names->items[i]));
}

const struct image *import_image(struct import *im, struct container *c, struct str reference, struct loc image_loc,
    const struct values *command, const struct values *args)
{
	const struct image *image;
	bool failed = false;

	c->image = reference;
	image = images_find(im->images, reference, &failed);
	if (image == NULL && !failed && im->options->assume_images)
		assume(im, c, reference, image_loc, command, args);
	else if (image == NULL && !failed)
		complain_of_none(im, reference, image_loc);
	if (image == NULL) {
		add_path(im, c);
		return NULL;
	}
	add_layers(im, c, image, image_loc);
	add_command(im, c, image, command, args, image_loc);
	add_signals(im, c, image);
	add_env(im, c, image);
	add_path(im, c);
	add_volumes(im, c, image);
	if (c->workdir.text.len == 0)
		c->workdir = (struct value){ .text = image->workdir, .from = import_place(im, image) };
	return image;
}

static bool is_number(struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (!isdigit((unsigned char)text.ptr[i]))
			return false;
	return text.len != 0;
}

static void add_group(struct import *im, struct container *c, struct str id, struct str name, struct loc loc)
{
	struct identity group = { .id = { .text = id, .from = loc }, .name = { .text = name } };
	uint32_t i;

	for (i = 0; i < c->n_groups; i++)
		if (id.len != 0 && str_equal(c->groups[i].id.text, id))
			return;
	arena_push(im->arena, c->groups, c->n_groups, c->cap_groups);
	c->groups[c->n_groups++] = group;
}

/* Nobody can say which number a name has: the name itself is what is judged. */
static void user_by_text(struct import *im, struct container *c, struct str user, struct loc loc)
{
	const char *colon = memchr(user.ptr, ':', user.len);
	struct str name = user, group = { "", 0 };

	if (colon != NULL) {
		name.len = (size_t)(colon - user.ptr);
		group = (struct str){ colon + 1, user.len - name.len - 1 };
	}
	if (name.len == 0)                      /* ":GROUP" is of root */
		name = STR("0");
	c->user = (struct identity){ .id.from = loc };
	if (is_number(name))
		c->user.id.text = name;
	else
		c->user.name.text = name;
	if (group.len != 0)
		add_group(im, c, is_number(group) ? group : STR(""), is_number(group) ? STR("") : group, loc);
	if (!is_number(name) || group.len == 0 || !is_number(group))
		diag_warning(im->diag, loc, DIAG_HOLE, "without the image's layers '%.*s' has no numbers: %s", STR_ARG(user),
		    is_number(name) ? "any group is allowed, or any of this name" : "any user of this name is allowed");
}

void import_user(struct import *im, struct container *c, const struct image *image, struct str user, struct loc loc,
    bool group_alone)
{
	struct image_user found = { .is_known = false };
	uint32_t i;

	if (user.len == 0 && image != NULL) {
		user = image->user;
		loc = import_place(im, image);
	}
	if (image != NULL)
		found = image_user_of(im->images, image, user);
	if (!found.is_known) {
		if (user.len != 0)
			user_by_text(im, c, user, loc);
		return;
	}
	c->user.id = (struct value){ .text = arena_printf(im->arena, "%u", found.uid), .from = loc };
	c->user.name.text = found.name;
	add_group(im, c, arena_printf(im->arena, "%u", found.gid), found.group, loc);
	for (i = 0; i < found.n_more && !(group_alone && found.names_group); i++)
		add_group(im, c, arena_printf(im->arena, "%u", found.more[i]), STR(""), loc);
}

void import_sandbox(struct import *im, struct group *g)
{
	const char *name = im->options->sandbox_image;
	const struct image *image;
	struct container *c;

	if (name == NULL)
		return;
	c = group_add(im->arena, g);
	c->name = STR("sandbox_pause");  /* no pod may call a container so */
	c->sandbox.on = true;
	c->no_new_privileges.on = true;
	image = import_image(im, c, (struct str){ name, strlen(name) }, g->from, NULL, NULL);
	import_user(im, c, image, STR(""), g->from, false);
	import_capabilities(im, c, NULL, NULL, false);
}

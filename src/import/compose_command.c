/* SPDX-License-Identifier: Apache-2.0
 *
 * compose_command.c - what runs: image, command, health check and hooks.
 */
#include "compose.h"
#include "words.h"

/* The reference of the service's image; false: there is none, which was complained of. */
static bool reference_of(struct compose *c, const struct entry *service, struct str *reference, struct loc *loc)
{
	const struct entry *build = node_find(service->value, "build");
	bool is_built = build != NULL && build->value->kind != NODE_NULL;

	node_get(service->value, "build");
	if (import_string(c->im, service->value, "image", reference, loc) && reference->len != 0) {
		if (is_built)
			remark_add(c->im, &c->remarks, STR("build, as there is an image"), build->loc);
		return true;
	}
	*loc = is_built ? build->loc : service->loc;
	if (!is_built) {
		diag_error(c->im->diag, *loc, DIAG_MISSING_FIELD, "'%.*s' has neither 'image' nor 'build'",
		    STR_ARG(service->key));
		return false;
	}
	*reference = arena_printf(c->im->arena, "%.*s (built)", STR_ARG(service->key));
	if (c->im->options->assume_images)
		return true;
	diag_error(c->im->diag, *loc, DIAG_NO_IMAGE,
	    "'%.*s' has 'build' but no 'image': build it, give the result a name "
	    "with 'image', and the image with --image; or --assume-images", STR_ARG(service->key));
	return false;
}

/* A command that is an empty list is none: what the image says is dropped, but for its command behind an
 * entrypoint that is dropped. */
static void image_cmd(struct compose *c, struct str reference, struct values *args)
{
	bool failed = false;
	const struct image *image = images_find(c->im->images, reference, &failed);
	uint32_t i;

	for (i = 0; image != NULL && i < image->cmd.n; i++)
		values_add(c->im->arena, args, image->cmd.items[i], import_place(c->im, image));
}

static void add_signals(struct compose *c, struct container *to, const struct node *service)
{
	const struct node *value = node_get(service, "stop_signal");
	struct str text;
	unsigned number;

	if (value == NULL || value->kind == NODE_NULL || !compose_text(c, value, &text))
		return;
	number = import_signal(text);
	if (number == 0) {
		diag_error(c->im->diag, value->loc, DIAG_BAD_VALUE, "'%.*s' is no signal", STR_ARG(text));
		return;
	}
	values_add(c->im->arena, &to->signals, arena_printf(c->im->arena, "%u", number), value->loc);
	if (number != 9)
		values_add(c->im->arena, &to->signals, STR("9"), (struct loc){ NULL, 0, 0 });
}

/* NONE, CMD words..., CMD-SHELL text. */
static void add_test(struct compose *c, struct container *to, const struct values *test)
{
	struct arena *a = c->im->arena;
	struct str how = test->items[0].text;
	struct process *p;
	uint32_t i;

	if (str_is(how, "NONE"))
		return;
	if (!str_is(how, "CMD") && !str_is(how, "CMD-SHELL")) {
		diag_error(c->im->diag, test->items[0].from, DIAG_BAD_VALUE,
		    "a test begins with NONE, CMD or CMD-SHELL");
		return;
	}
	if (test->n == 1 || (str_is(how, "CMD-SHELL") && test->n != 2)) {
		diag_error(c->im->diag, test->items[0].from, DIAG_BAD_VALUE, "%.*s wants %s", STR_ARG(how),
		    str_is(how, "CMD") ? "words" : "one text");
		return;
	}
	p = exec_add(c->im, to, test->items[0].from);
	if (str_is(how, "CMD-SHELL")) {
		values_add(a, &p->command, STR("/bin/sh"), test->items[0].from);
		values_add(a, &p->command, STR("-c"), test->items[0].from);
	}
	for (i = 1; i < test->n; i++)
		values_add(a, &p->command, test->items[i].text, test->items[i].from);
}

static void image_test(struct compose *c, struct container *to, const struct image *image)
{
	struct values test = { NULL, 0, 0 };
	uint32_t i;

	for (i = 0; image != NULL && i < image->health.n; i++)
		values_add(c->im->arena, &test, image->health.items[i], import_place(c->im, image));
	if (test.n != 0)
		add_test(c, to, &test);
}

void compose_health(struct compose *c, struct container *to, const struct image *image,
    const struct node *service)
{
	const struct node *health = import_map(c->im, service, "healthcheck"), *value = NULL;
	struct values test = { NULL, 0, 0 };

	if (health != NULL) {
		compose_fields(c, health, "Healthcheck", "healthcheck");
		if (compose_flag(c, health, "disable", NULL))
			return;
		value = node_get(health, "test");
	}
	if (value != NULL && value->kind == NODE_STRING)
		values_add(c->im->arena, &test, STR("CMD-SHELL"), value->loc);
	if (health != NULL)
		compose_texts(c, health, "test", &test);
	if (test.n != 0)
		add_test(c, to, &test);
	else
		image_test(c, to, image);
}

static void add_hooks(struct compose *c, struct container *to, const struct node *service, const char *key)
{
	const struct node *hooks = import_list(c->im, service, key);
	struct values command;
	struct process *p;
	uint32_t i;

	for (i = 0; hooks != NULL && i < hooks->n; i++) {
		const struct node *hook = hooks->items[i];

		command = (struct values){ NULL, 0, 0 };
		if (hook->kind != NODE_MAP) {
			diag_error(c->im->diag, hook->loc, DIAG_TYPE_MISMATCH, "a hook is a map, this is %s",
			    node_kind_name(hook->kind));
			continue;
		}
		compose_fields(c, hook, "Hook", key);
		if (!compose_command(c, hook, "command", &command) || command.n == 0) {
			diag_error(c->im->diag, hook->loc, DIAG_MISSING_FIELD, "a hook has no 'command'");
			continue;
		}
		p = exec_add(c->im, to, hook->loc);
		p->command = command;
	}
}

void compose_hooks(struct compose *c, struct container *to, const struct node *service)
{
	add_hooks(c, to, service, "post_start");
	add_hooks(c, to, service, "pre_stop");
}

void compose_image(struct compose *c, struct container *to, const struct entry *service)
{
	struct values entrypoint = { NULL, 0, 0 }, command = { NULL, 0, 0 };
	bool has_entrypoint = compose_command(c, service->value, "entrypoint", &entrypoint);
	bool has_command = compose_command(c, service->value, "command", &command);
	const struct image *image = NULL;
	struct str reference, user = { "", 0 };
	struct loc loc, user_loc;
	const struct node *value;

	add_signals(c, to, service->value);
	if (!reference_of(c, service, &reference, &loc))
		return;
	user_loc = loc;
	if (has_entrypoint && entrypoint.n == 0 && !has_command) {
		image_cmd(c, reference, &command);
		has_command = true;
	}
	image = import_image(c->im, to, reference, loc, has_entrypoint ? &entrypoint : NULL,
	    has_command ? &command : NULL);
	value = node_get(service->value, "user");
	if (value != NULL && value->kind != NODE_NULL && compose_text(c, value, &user))
		user_loc = value->loc;
	import_user(c->im, to, image, user, user_loc, true);
	compose_health(c, to, image, service->value);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * compose_service.c - a service as a container: who it is and what it may.
 */
#include <ctype.h>
#include <inttypes.h>

#include "compose.h"

/* "private" and the like have no effect; another service's namespace, or the host's, is judged to be none. */
static void check_namespaces(struct compose *c, const struct node *service, const char *path)
{
	static const char *const keys[] = { "pid", "ipc", "uts", "cgroup" };
	static const char *const own[] = { "", "private", "shareable", "none" };
	struct str mode;
	struct loc loc;
	size_t i, j;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!import_string(c->im, service, keys[i], &mode, &loc))
			continue;
		for (j = 0; j < sizeof(own) / sizeof(own[0]) && !str_is(mode, own[j]); j++)
			;
		if (j == sizeof(own) / sizeof(own[0]))
			diag_error(c->im->diag, loc, DIAG_REFUSED,
			    "%s.%s: %.*s: the namespaces of others are judged to be none of a container's",
			    path, keys[i],
			    STR_ARG(mode));
		else
			remark_add(c->im, &c->remarks, arena_printf(c->im->arena, "%s: %.*s", keys[i],
			    STR_ARG(mode)), loc);
	}
}

static void add_network(struct compose *c, struct container *to, const struct node *service, const char *path)
{
	struct str mode;
	struct loc loc;
	uint32_t i;

	if (!import_string(c->im, service, "network_mode", &mode, &loc))
		return;
	if (mode.len > 8 && memcmp(mode.ptr, "service:", 8) == 0) {
		values_add(c->im->arena, &to->after, (struct str){ mode.ptr + 8, mode.len - 8 }, loc);
	} else if (mode.len > 10 && memcmp(mode.ptr, "container:", 10) == 0) {
		diag_error(c->im->diag, loc, DIAG_REFUSED,
		    "%s.network_mode: a container outside of the file is not known here",
		    path);
	} else if (str_is(mode, "host")) {
		for (i = 0; i < c->group->allows.n; i++)
			if (str_is(c->group->allows.items[i].text, "host_network"))
				return;
		values_add(c->im->arena, &c->group->allows, STR("host_network"), loc);
	} else {
		remark_add(c->im, &c->remarks, arena_printf(c->im->arena, "network_mode: %.*s",
		    STR_ARG(mode)), loc);
	}
}

static void security_option(struct compose *c, struct container *to, struct value option, const char *path)
{
	static const char *const labels[] = { "label", "apparmor", "systempaths", "credentialspec" };
	struct str text = option.text;
	size_t i, n = 0;

	while (n < text.len && text.ptr[n] != ':' && text.ptr[n] != '=')
		n++;
	if (n == 17 && memcmp(text.ptr, "no-new-privileges", n) == 0) {
		text = n == text.len ? STR("true") : (struct str){ text.ptr + n + 1, text.len - n - 1 };
		if (!str_is(text, "true") && !str_is(text, "false"))
			diag_error(c->im->diag, option.from, DIAG_BAD_VALUE,
			    "no-new-privileges is true or false");
		to->no_new_privileges = (struct flag){ str_is(text, "true"), option.from };
		return;
	}
	if (n == 7 && memcmp(text.ptr, "seccomp", n) == 0 && n < text.len
	    && !str_is((struct str){ text.ptr + n + 1, text.len - n - 1 }, "unconfined")) {
		diag_error(c->im->diag, option.from, DIAG_REFUSED,
		    "%s.security_opt: a seccomp profile is judged by the hash "
		    "of what the runtime makes of it, which is not known here", path);
		return;
	}
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (n == strlen(labels[i]) && memcmp(text.ptr, labels[i], n) == 0)
			break;
	if (i == sizeof(labels) / sizeof(labels[0]) && (n != 7 || memcmp(text.ptr, "seccomp", 7) != 0))
		diag_error(c->im->diag, option.from, DIAG_BAD_VALUE,
		    "'%.*s' is no security option that is known here",
		    STR_ARG(option.text));
	else
		remark_add(c->im, &c->remarks, arena_printf(c->im->arena, "security_opt: %.*s",
		    STR_ARG(option.text)),
		    option.from);
}

static void add_privileges(struct compose *c, struct container *to, const struct node *service,
    const char *path)
{
	struct values add = { NULL, 0, 0 }, drop = { NULL, 0, 0 }, options = { NULL, 0, 0 };
	struct loc loc;
	uint32_t i;

	compose_texts(c, service, "cap_add", &add);
	compose_texts(c, service, "cap_drop", &drop);
	compose_texts(c, service, "security_opt", &options);
	to->allow_elevated.on = compose_flag(c, service, "privileged", &to->allow_elevated.from);
	to->readonly_rootfs.on = compose_flag(c, service, "read_only", &to->readonly_rootfs.from);
	import_capabilities(c->im, to, &add, &drop, to->allow_elevated.on);
	for (i = 0; i < options.n; i++)
		security_option(c, to, options.items[i], path);
	to->allow_stdio.on = compose_flag(c, service, "stdin_open", &to->allow_stdio.from);
	if (compose_flag(c, service, "tty", &loc))
		to->allow_stdio = (struct flag){ true, loc };
}

static bool is_number(struct str text)
{
	size_t i;

	for (i = 0; i < text.len && isdigit((unsigned char)text.ptr[i]); i++)
		;
	return text.len != 0 && i == text.len;
}

/* Where any group is allowed, so are these. */
static void add_groups(struct compose *c, struct container *to, const struct node *service)
{
	struct values names = { NULL, 0, 0 };
	struct identity group;
	bool failed = false;
	const struct image *image;
	struct image_user found;
	uint32_t i;

	compose_texts(c, service, "group_add", &names);
	image = names.n == 0 || to->image.len == 0 ? NULL : images_find(c->im->images, to->image, &failed);
	for (i = 0; i < names.n; i++) {
		struct value name = names.items[i];

		if (to->n_groups == 0) {
			remark_add(c->im, &c->remarks, arena_printf(c->im->arena,
			    "group_add: %.*s, as any group is allowed",
			    STR_ARG(name.text)), name.from);
			continue;
		}
		group = (struct identity){ .id = { .text = name.text, .from = name.from } };
		if (!is_number(name.text)) {
			found.is_known = false;
			if (image != NULL)
				found = image_user_of(c->im->images, image, arena_printf(c->im->arena,
				    "0:%.*s", STR_ARG(name.text)));
			group.id.text = found.is_known ? arena_printf(c->im->arena, "%u", found.gid)
			    : (struct str){ "", 0 };
			group.name.text = name.text;
			if (!found.is_known)
				diag_warning(c->im->diag, name.from, DIAG_HOLE,
				    "without the image's layers the group '%.*s' has "
				    "no number: any of this name is allowed", STR_ARG(name.text));
		}
		arena_push(c->im->arena, to->groups, to->n_groups, to->cap_groups);
		to->groups[to->n_groups++] = group;
	}
}

static bool limit_of(struct compose *c, const struct node *value, uint64_t *out)
{
	struct node number = *value;

	if (number.kind == NODE_STRING)
		node_resolve_plain(&number);
	if (number.kind != NODE_INT || number.integer < -1) {
		diag_error(c->im->diag, value->loc, DIAG_BAD_VALUE, "a limit is a number, or -1 for none");
		return false;
	}
	if (number.integer == -1 || number.integer > UINT32_MAX) {
		diag_error(c->im->diag, value->loc, DIAG_REFUSED,
		    "a policy can't say a limit above %" PRIu32 ", or none",
		    UINT32_MAX);
		return false;
	}
	*out = (uint64_t)number.integer;
	return true;
}

static void add_ulimits(struct compose *c, struct container *to, const struct node *service)
{
	const struct node *map = import_map(c->im, service, "ulimits"), *soft, *hard;
	struct rlimit limit;
	uint32_t i;
	size_t j;

	for (i = 0; map != NULL && i < map->n; i++) {
		const struct entry *entry = &map->entries[i];
		char *type = arena_alloc(c->im->arena, entry->key.len + 1);

		soft = hard = entry->value;
		if (entry->value->kind == NODE_MAP) {
			compose_fields(c, entry->value, "Ulimit", "ulimits");
			soft = node_get(entry->value, "soft");
			hard = node_get(entry->value, "hard");
		}
		if (soft == NULL || hard == NULL) {
			diag_error(c->im->diag, entry->loc, DIAG_MISSING_FIELD,
			    "a limit has 'soft' and 'hard'");
			continue;
		}
		for (j = 0; j < entry->key.len; j++)
			type[j] = (char)toupper((unsigned char)entry->key.ptr[j]);
		limit = (struct rlimit){ .type = arena_printf(c->im->arena, "RLIMIT_%s", type),
		    .from = entry->loc };
		if (!limit_of(c, soft, &limit.soft) || !limit_of(c, hard, &limit.hard))
			continue;
		arena_push(c->im->arena, to->rlimits, to->n_rlimits, to->cap_rlimits);
		to->rlimits[to->n_rlimits++] = limit;
	}
}

/* What the layers' hashes and the agent decide, whatever is written here. */
static void check_platform(struct compose *c, const struct node *service, const char *path)
{
	struct str text;
	struct loc loc;

	if (import_string(c->im, service, "platform", &text, &loc)) {
		if (text.len >= 5 && memcmp(text.ptr, "linux", 5) == 0)
			remark_add(c->im, &c->remarks, arena_printf(c->im->arena, "platform: %.*s",
			    STR_ARG(text)), loc);
		else
			diag_warning(c->im->diag, loc, DIAG_NO_EFFECT,
			    "%s.platform: '%.*s' is not Linux, but the guest is", path,
			    STR_ARG(text));
	}
	if (import_string(c->im, service, "runtime", &text, &loc))
		diag_warning(c->im->diag, loc, DIAG_NO_EFFECT,
		    "%s.runtime: the guest has a runtime of its own, not '%.*s'", path,
		    STR_ARG(text));
}

void compose_service(struct compose *c, const struct entry *service)
{
	const char *path = compose_path(c, "services", service->key);
	const struct node *map = service->value;
	struct str hostname = { "", 0 };
	struct loc loc = { NULL, 0, 0 };
	struct container *to;
	uint32_t instances;

	compose_fields(c, map, "Service", path);
	if (!compose_is_active(c, service, &instances))
		return;
	to = group_add(c->im->arena, c->group);
	to->name = service->key;
	to->from = service->loc;
	to->instances = instances;
	compose_env(c, to, map);
	if (import_string(c->im, map, "working_dir", &to->workdir.text, &to->workdir.from)
	    && to->workdir.text.len != 0
	    && to->workdir.text.ptr[0] != '/')
		diag_error(c->im->diag, to->workdir.from, DIAG_BAD_VALUE, "'%.*s' is no absolute path",
		    STR_ARG(to->workdir.text));
	compose_volumes(c, to, service);
	compose_image(c, to, service);
	import_string(c->im, map, "hostname", &hostname, &loc);
	env_runtime(c->im, to, hostname, loc, compose_flag(c, map, "tty", NULL));
	compose_hooks(c, to, map);
	add_groups(c, to, map);
	add_privileges(c, to, map, path);
	compose_sysctls(c, to, map);
	add_ulimits(c, to, map);
	check_namespaces(c, map, path);
	check_platform(c, map, path);
	add_network(c, to, map, path);
	compose_order(c, to, service);
}

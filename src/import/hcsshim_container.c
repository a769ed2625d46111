/* SPDX-License-Identifier: Apache-2.0
 *
 * hcsshim_container.c - `containers` and `external_processes`.
 *
 * Fields that came with a later version of their framework have a default in
 * policies of an earlier one.  Without any other field their enforcer denies
 * everything of the container, so that is a mistake.
 */
#include <ctype.h>

#include "hcsshim.h"

static const struct field fields[] = {
	{ "container", "name", FIELD_USED, NULL },
	{ "container", "id", FIELD_USED, NULL },
	{ "container", "command", FIELD_USED, NULL },
	{ "container", "env_rules", FIELD_USED, NULL },
	{ "container", "layers", FIELD_USED, NULL },
	{ "container", "mounts", FIELD_USED, NULL },
	{ "container", "exec_processes", FIELD_USED, NULL },
	{ "container", "signals", FIELD_USED, NULL },
	{ "container", "user", FIELD_USED, NULL },
	{ "container", "capabilities", FIELD_USED, NULL },
	{ "container", "seccomp_profile_sha256", FIELD_USED, NULL },
	{ "container", "allow_elevated", FIELD_USED, NULL },
	{ "container", "working_dir", FIELD_USED, NULL },
	{ "container", "allow_stdio_access", FIELD_USED, NULL },
	{ "container", "no_new_privileges", FIELD_USED, NULL },
	{ "container", "mounted_cim", FIELD_REFUSED, "it is of containers with Windows" },
	{ "container", "registry_changes", FIELD_REFUSED, "they are of containers with Windows" },
	{ "mount", "source", FIELD_USED, NULL },
	{ "mount", "destination", FIELD_USED, NULL },
	{ "mount", "type", FIELD_USED, NULL },
	{ "mount", "options", FIELD_USED, NULL },
	{ "process", "command", FIELD_USED, NULL },
	{ "process", "signals", FIELD_USED, NULL },
	{ "user", "user_idname", FIELD_USED, NULL },
	{ "user", "group_idnames", FIELD_USED, NULL },
	{ "user", "umask", FIELD_USED, NULL },
	{ "name", "pattern", FIELD_USED, NULL },
	{ "name", "strategy", FIELD_USED, NULL },
	{ "set of capabilities", "bounding", FIELD_USED, NULL },
	{ "set of capabilities", "effective", FIELD_USED, NULL },
	{ "set of capabilities", "inheritable", FIELD_USED, NULL },
	{ "set of capabilities", "permitted", FIELD_USED, NULL },
	{ "set of capabilities", "ambient", FIELD_USED, NULL },
	{ "external process", "command", FIELD_USED, NULL },
	{ "external process", "env_rules", FIELD_USED, NULL },
	{ "external process", "working_dir", FIELD_USED, NULL },
	{ "external process", "allow_stdio_access", FIELD_USED, NULL },
};

static void known_fields(struct hcsshim *h, const struct node *map, const char *object, const char *path)
{
	import_fields(h->im, map, fields, sizeof(fields) / sizeof(fields[0]), object, path);
}

/* As many as may run at all: their enforcer does not count. */
enum { INSTANCES = 64 };

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hash(struct str text, unsigned char root[32])
{
	size_t i;

	if (text.len != 64)
		return false;
	for (i = 0; i < 64; i++)
		if (hex_digit(text.ptr[i]) < 0)
			return false;
	for (i = 0; i < 32; i++)
		root[i] = (unsigned char)(hex_digit(text.ptr[2 * i]) << 4 | hex_digit(text.ptr[2 * i + 1]));
	return true;
}

/* Lowest first, as here. */
static void read_layers(struct hcsshim *h, const struct node *map, const char *path, struct container *c)
{
	struct values hashes = { NULL, 0, 0 };
	uint32_t i;

	if (hcsshim_need(h, map, "layers", path) == NULL)
		return;
	import_strings(h->im, map, "layers", &hashes);
	for (i = 0; i < hashes.n; i++) {
		struct layer layer = { .salt = { "", 0 }, .fs = { "", 0 }, .from = hashes.items[i].from };

		if (!read_hash(hashes.items[i].text, layer.root))
			diag_error(h->im->diag, layer.from, DIAG_BAD_VALUE,
			    "a layer is a root hash of 64 lower-case hexadecimal digits");
		arena_push(h->im->arena, c->layers, c->n_layers, c->cap_layers);
		c->layers[c->n_layers++] = layer;
	}
	if (hashes.n == 0)
		diag_error(h->im->diag, node_get(map, "layers")->loc, DIAG_BAD_VALUE,
		    "%s has no layer, and no root file system is without one", path);
}

static void read_command(struct hcsshim *h, const struct node *map, const char *path, struct values *out)
{
	if (hcsshim_need(h, map, "command", path) == NULL)
		return;
	import_strings(h->im, map, "command", out);
	if (out->n == 0)
		diag_error(h->im->diag, map->loc, DIAG_BAD_VALUE, "%s.command is empty", path);
}

static void add_signal(struct hcsshim *h, struct values *out, unsigned number, struct loc from)
{
	struct str text = arena_printf(h->im->arena, "%u", number);
	uint32_t i;

	for (i = 0; i < out->n; i++)
		if (str_equal(out->items[i].text, text))
			return;
	values_add(h->im->arena, out, text, from);
}

static void read_signals(struct hcsshim *h, const struct node *map, const char *path, struct values *out)
{
	struct node *list = hcsshim_need(h, map, "signals", path);
	uint32_t i;

	list = list == NULL ? NULL : import_list(h->im, map, "signals");
	for (i = 0; list != NULL && i < list->n; i++) {
		const struct node *item = list->items[i];

		if (item->kind == NODE_INT && item->integer > 0 && item->integer <= 64)
			add_signal(h, out, (unsigned)item->integer, item->loc);
		else
			diag_error(h->im->diag, item->loc, DIAG_BAD_VALUE, "a signal is a number from 1 to 64");
	}
}

/* Before 0.4.1 a first process could always be sent SIGKILL and SIGTERM. */
static void read_own_signals(struct hcsshim *h, const struct node *map, const char *path, struct container *c)
{
	read_signals(h, map, path, &c->signals);
	if (h->framework >= VERSION(0, 4, 1))
		return;
	add_signal(h, &c->signals, 9, map->loc);
	add_signal(h, &c->signals, 15, map->loc);
}

static void read_execs(struct hcsshim *h, const struct node *map, const char *path, struct container *c)
{
	struct node *list = hcsshim_need(h, map, "exec_processes", path);
	uint32_t i;

	list = list == NULL ? NULL : import_list(h->im, map, "exec_processes");
	for (i = 0; list != NULL && i < list->n; i++) {
		const char *at = hcsshim_item(h, path, "exec_processes", i);
		struct process exec = { .workdir = { "", 0 }, .from = list->items[i]->loc };

		if (!hcsshim_is_map(h, list->items[i], at))
			continue;
		known_fields(h, list->items[i], "process", at);
		read_command(h, list->items[i], at, &exec.command);
		read_signals(h, list->items[i], at, &exec.signals);
		arena_push(h->im->arena, c->execs, c->n_execs, c->cap_execs);
		c->execs[c->n_execs++] = exec;
	}
}

static bool takes_prefix(struct str *text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (text->len < len || memcmp(text->ptr, prefix, len) != 0)
		return false;
	text->ptr += len;
	text->len -= len;
	return true;
}

/* Behind sandbox:// and hugepages:// is a pattern, behind plan9:// nothing that
 * is judged, and all else is a literal. */
static void read_source(struct hcsshim *h, struct str source, struct loc loc, struct mount *m)
{
	struct str rest = source;

	m->source = (struct value){ .text = source, .from = loc };
	if (takes_prefix(&rest, "sandbox://")) {
		m->origin = MOUNT_SANDBOX;
		re2_value(h, rest, loc, &m->source);
	} else if (takes_prefix(&rest, "hugepages://")) {
		m->origin = MOUNT_HUGEPAGES;
		re2_value(h, rest, loc, &m->source);
	} else if (takes_prefix(&rest, "plan9://")) {
		m->origin = MOUNT_SHARE;
		m->source = (struct value){ .text = STR("[A-Za-z0-9_-]{1,64}"), .is_pattern = true, .from = loc };
		diag_warning(h->im->diag, loc, DIAG_FROM_HOST,
		    "\"%.*s\" is any share of the host: its content comes from the host and is not measured",
		    STR_ARG(source));
	}
}

/* Their enforcer lets each be given and wants none. */
static void read_mount(struct hcsshim *h, const struct node *map, const char *path, struct container *c)
{
	struct mount m = { .optional = true, .from = map->loc };
	struct str source;
	struct loc loc;

	known_fields(h, map, "mount", path);
	if (!hcsshim_need_string(h, map, "source", path, &source, &loc) ||
	    !hcsshim_need_string(h, map, "destination", path, &m.destination, NULL) ||
	    !hcsshim_need_string(h, map, "type", path, &m.type, NULL) ||
	    hcsshim_need(h, map, "options", path) == NULL)
		return;
	import_strings(h->im, map, "options", &m.options);
	read_source(h, source, loc, &m);
	arena_push(h->im->arena, c->mounts, c->n_mounts, c->cap_mounts);
	c->mounts[c->n_mounts++] = m;
}

static void read_mounts(struct hcsshim *h, const struct node *map, const char *path, struct container *c)
{
	struct node *list = hcsshim_need(h, map, "mounts", path);
	uint32_t i;

	list = list == NULL ? NULL : import_list(h->im, map, "mounts");
	for (i = 0; list != NULL && i < list->n; i++) {
		const char *at = hcsshim_item(h, path, "mounts", i);

		if (hcsshim_is_map(h, list->items[i], at))
			read_mount(h, list->items[i], at, c);
	}
}

/* {"pattern": .., "strategy": any, id, name or re2}; a pattern is of the name. */
static void read_identity(struct hcsshim *h, const struct node *map, const char *path, struct identity *out)
{
	struct str strategy, pattern = { "", 0 };
	struct loc loc;

	if (!hcsshim_is_map(h, map, path) || !hcsshim_need_string(h, map, "strategy", path, &strategy, &loc))
		return;
	known_fields(h, map, "name", path);
	out->id.from = loc;
	if (str_is(strategy, "any")) {
		node_get(map, "pattern");
		return;
	}
	if (!hcsshim_need_string(h, map, "pattern", path, &pattern, &loc))
		return;
	out->id.from = loc;
	if (str_is(strategy, "re2")) {
		re2_value(h, pattern, loc, &out->name);
		return;
	}
	if (str_is(strategy, "id"))
		out->id.text = pattern;
	else if (str_is(strategy, "name"))
		out->name = (struct value){ .text = pattern, .from = loc };
	else
		diag_error(h->im->diag, loc, DIAG_BAD_VALUE,
		    "'strategy' is \"any\", \"id\", \"name\" or \"re2\", not \"%.*s\"",
		    STR_ARG(strategy));
	if (pattern.len == 0)
		diag_error(h->im->diag, loc, DIAG_BAD_VALUE, "%s.pattern is empty, and nobody is called so", path);
}

static void read_user(struct hcsshim *h, const struct node *map, const char *path, struct container *c)
{
	struct node *user, *groups;
	const char *at = hcsshim_path(h, path, "user");
	uint32_t i;

	if (h->framework < VERSION(0, 2, 1)) {  /* any user, any group, umask 0022 */
		node_get(map, "user");
		return;
	}
	user = hcsshim_need(h, map, "user", path);
	if (user == NULL || !hcsshim_is_map(h, user, at))
		return;
	known_fields(h, user, "user", at);
	if (hcsshim_need(h, user, "user_idname", at) != NULL)
		read_identity(h, node_get(user, "user_idname"), hcsshim_path(h, at, "user_idname"), &c->user);
	hcsshim_need_string(h, user, "umask", at, &c->umask.text, &c->umask.from);
	groups = hcsshim_need(h, user, "group_idnames", at) == NULL ? NULL :
	    import_list(h->im, user, "group_idnames");
	c->no_groups = groups != NULL && groups->n == 0;
	for (i = 0; groups != NULL && i < groups->n; i++) {
		struct identity group = { .id.text = { "", 0 } };

		read_identity(h, groups->items[i], hcsshim_item(h, at, "group_idnames", i), &group);
		arena_push(h->im->arena, c->groups, c->n_groups, c->cap_groups);
		c->groups[c->n_groups++] = group;
	}
}

/* Capabilities that are null follow from whether the container is privileged. */
static bool default_capabilities(const struct hcsshim *h, const struct node *map)
{
	const struct entry *entry = node_find(map, "capabilities");

	return h->framework < VERSION(0, 2, 2) || (entry != NULL && entry->value->kind == NODE_NULL);
}

static void read_set(struct hcsshim *h, const struct node *map, const char *key, const char *path,
    struct values *out)
{
	if (hcsshim_need(h, map, key, path) != NULL)
		import_strings(h->im, map, key, out);
}

static void read_capabilities(struct hcsshim *h, const struct node *map, const char *path, struct container *c)
{
	const char *at = hcsshim_path(h, path, "capabilities");
	struct node *sets;

	if (default_capabilities(h, map)) {
		import_capabilities(h->im, c, NULL, NULL, false);
		return;
	}
	if (hcsshim_need(h, map, "capabilities", path) == NULL)
		return;
	sets = import_map(h->im, map, "capabilities");
	if (sets == NULL)
		return;
	known_fields(h, sets, "set of capabilities", at);
	read_set(h, sets, "bounding", at, &c->bounding);
	read_set(h, sets, "effective", at, &c->effective);
	read_set(h, sets, "inheritable", at, &c->inheritable);
	read_set(h, sets, "permitted", at, &c->permitted);
	read_set(h, sets, "ambient", at, &c->ambient);
}

/* "name", or the last step of the command's first word. */
static struct str name_of(struct hcsshim *h, const struct node *map, const struct container *c)
{
	struct str name = { "", 0 };
	size_t at;

	if (import_string(h->im, map, "name", &name, NULL) && name.len != 0)
		return name;
	if (c->command.n == 0)
		return STR("container");
	name = c->command.items[0].text;
	for (at = name.len; at > 0 && name.ptr[at - 1] != '/'; at--)
		;
	return at == name.len ? STR("container") : (struct str){ name.ptr + at, name.len - at };
}

/* A container that may be privileged with capabilities of either kind is two:
 * this one, which may not be, and another. */
static void add_privileged(struct hcsshim *h, const struct container *plain, struct flag elevated)
{
	struct container *c;

	if (!h->drops_capabilities) {
		diag_error(h->im->diag, elevated.from, DIAG_REFUSED,
		    "allow_elevated without capabilities: which it has "
		    "depends on whether it is privileged, and no declaration says that; list them");
		return;
	}
	c = group_add(h->im->arena, h->group);
	*c = *plain;
	c->name = arena_printf(h->im->arena, "%.*s_privileged", STR_ARG(plain->name));
	c->remark = STR("if it is privileged: it has all capabilities then");
	c->stands_in = true;
	c->allow_elevated = elevated;
	import_capabilities(h->im, c, NULL, NULL, true);
	c->inheritable = c->bounding;
}

static void read_flags(struct hcsshim *h, const struct node *map, const char *path, struct container *c)
{
	hcsshim_need_bool(h, map, "allow_elevated", path, &c->allow_elevated.on, &c->allow_elevated.from);
	hcsshim_need_bool(h, map, "allow_stdio_access", path, &c->allow_stdio.on, &c->allow_stdio.from);
	if (h->framework >= VERSION(0, 2, 0))
		hcsshim_need_bool(h, map, "no_new_privileges", path, &c->no_new_privileges.on,
		    &c->no_new_privileges.from);
	else
		node_get(map, "no_new_privileges");
	if (h->framework >= VERSION(0, 2, 3))
		hcsshim_need_string(h, map, "seccomp_profile_sha256", path, &c->seccomp.text, &c->seccomp.from);
	else
		node_get(map, "seccomp_profile_sha256");
}

static void read_workdir(struct hcsshim *h, const struct node *map, const char *path, struct str *out,
    struct loc *loc)
{
	if (hcsshim_need_string(h, map, "working_dir", path, out, loc) && out->len == 0)
		diag_error(h->im->diag, *loc, DIAG_BAD_VALUE,
		    "%s.working_dir is empty, and no process is nowhere", path);
}

void hcsshim_container(struct hcsshim *h, struct node *map, const char *path)
{
	struct container c = { .from = map->loc, .instances = INSTANCES };
	struct hcsshim_variables env = { NULL, 0, 0 };
	struct flag elevated;

	if (!hcsshim_is_map(h, map, path))
		return;
	known_fields(h, map, "container", path);
	read_layers(h, map, path, &c);
	read_command(h, map, path, &c.command);
	c.name = name_of(h, map, &c);
	import_string(h->im, map, "id", &c.image, NULL);
	hcsshim_env(h, map, path, &env);
	c.env = env.items;
	c.n_env = env.n;
	c.cap_env = env.cap;
	read_workdir(h, map, path, &c.workdir.text, &c.workdir.from);
	read_user(h, map, path, &c);
	read_capabilities(h, map, path, &c);
	read_mounts(h, map, path, &c);
	read_execs(h, map, path, &c);
	read_own_signals(h, map, path, &c);
	read_flags(h, map, path, &c);
	if (c.command.n == 1 && str_is(c.command.items[0].text, "/pause"))
		c.remark = STR("if the agent says of it that it is the sandbox's, add `sandbox`");
	elevated = c.allow_elevated;
	if (elevated.on && default_capabilities(h, map))
		c.allow_elevated.on = false;
	*group_add(h->im->arena, h->group) = c;
	if (elevated.on && !c.allow_elevated.on)
		add_privileged(h, &c, elevated);
}

void hcsshim_external(struct hcsshim *h, struct node *map, const char *path)
{
	struct process p = { .workdir = { "", 0 }, .from = map->loc };
	struct hcsshim_variables env = { NULL, 0, 0 };
	struct loc loc;

	if (!hcsshim_is_map(h, map, path))
		return;
	known_fields(h, map, "external process", path);
	read_command(h, map, path, &p.command);
	hcsshim_env(h, map, path, &env);
	p.env = env.items;
	p.n_env = env.n;
	p.cap_env = env.cap;
	read_workdir(h, map, path, &p.workdir, &loc);
	hcsshim_need_bool(h, map, "allow_stdio_access", path, &p.allow_stdio, NULL);
	arena_push(h->im->arena, h->group->externals, h->group->n_externals, h->group->cap_externals);
	h->group->externals[h->group->n_externals++] = p;
}

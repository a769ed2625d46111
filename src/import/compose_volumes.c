/* SPDX-License-Identifier: Apache-2.0
 *
 * compose_volumes.c - volumes, tmpfs, secrets and configs as mounts.
 *
 * A named volume outlives the group and a bind mount is a folder of the host:
 * both are shares.  What compose makes anew for each container (an anonymous
 * volume, tmpfs) is the guest's own.
 */
#include <ctype.h>
#include <inttypes.h>

#include "../base/bytes.h"
#include "compose.h"

enum { VOLUMES_FROM_MAX = 8, BORROWED_MAX = 4096 };     /* services in a row, and in all */

/* A volume as the long form has it. */
struct volume {
	struct str type, source, target, subpath, propagation;
	bool readonly, one_folder;      /* bind in place of rbind */
	uint64_t size;
	struct str mode;                /* of a tmpfs */
	struct loc loc;
};

static bool is_propagation(struct str word)
{
	static const char *const words[] = { "private", "rprivate", "shared", "rshared", "slave", "rslave" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

static bool set_propagation(struct compose *c, struct volume *v, struct str word, struct loc loc)
{
	if (is_propagation(word)) {
		v->propagation = word;
		return true;
	}
	diag_error(c->im->diag, loc, DIAG_BAD_VALUE, "'%.*s' is no propagation of mounts", STR_ARG(word));
	return false;
}

/* Up to the next separator, and what is behind it. */
static struct str cut(struct str *rest, char separator)
{
	const char *end = memchr(rest->ptr, separator, rest->len);
	struct str part = *rest;

	if (end == NULL) {
		*rest = (struct str){ rest->ptr + rest->len, 0 };
		return part;
	}
	part.len = (size_t)(end - rest->ptr);
	*rest = (struct str){ end + 1, rest->len - part.len - 1 };
	return part;
}

static bool read_modes(struct compose *c, struct volume *v, struct str modes)
{
	static const char *const ignored[] = { "rw", "z", "Z", "nocopy", "cached", "delegated", "consistent" };
	struct str word;
	size_t i;

	while (modes.len != 0) {
		word = cut(&modes, ',');
		for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]) && !str_is(word, ignored[i]); i++)
			;
		if (str_is(word, "ro")) {
			v->readonly = true;
		} else if (is_propagation(word)) {
			v->propagation = word;
		} else if (i == sizeof(ignored) / sizeof(ignored[0])) {
			diag_error(c->im->diag, v->loc, DIAG_BAD_VALUE, "'%.*s' is no mode of a volume",
			    STR_ARG(word));
			return false;
		} else if (i != 0) {
			remark_add(c->im, &c->remarks, arena_printf(c->im->arena, "the mode '%.*s' of a volume",
			    STR_ARG(word)), v->loc);
		}
	}
	return true;
}

/* [SOURCE:]TARGET[:MODES] */
static bool read_short(struct compose *c, const struct node *item, struct volume *v)
{
	struct str rest = item->text, first = cut(&rest, ':');

	*v = (struct volume){ .type = STR("volume"), .target = first, .loc = item->loc };
	if (rest.len == 0)
		return true;
	v->source = first;
	v->target = cut(&rest, ':');
	if (v->source.len == 0 || v->target.len == 0) {
		diag_error(c->im->diag, item->loc, DIAG_BAD_VALUE, "a volume has nothing %s its first colon",
		    v->source.len == 0 ? "before" : "behind");
		return false;
	}
	if (first.len == 1 && isalpha((unsigned char)first.ptr[0])) {
		diag_error(c->im->diag, item->loc, DIAG_REFUSED, "'%.*s' is a path of Windows",
		    STR_ARG(item->text));
		return false;
	}
	if (first.len != 0 && strchr("./~", first.ptr[0]) != NULL)
		v->type = STR("bind");
	return read_modes(c, v, rest);
}

static bool read_bind(struct compose *c, const struct node *item, struct volume *v)
{
	const struct node *bind = import_map(c->im, item, "bind");
	struct str word;
	struct loc loc;

	if (bind == NULL)
		return true;
	compose_fields(c, bind, "MountBind", "volumes.bind");
	if (import_string(c->im, bind, "propagation", &word, &loc) && !set_propagation(c, v, word, loc))
		return false;
	if (!import_string(c->im, bind, "recursive", &word, &loc) || str_is(word, "enabled"))
		return true;
	v->one_folder = str_is(word, "disabled");
	if (!v->one_folder)
		diag_error(c->im->diag, loc, DIAG_REFUSED,
		    "recursive: %.*s: what is mounted inside of the folder is the host's choice",
		    STR_ARG(word));
	return v->one_folder;
}

static bool read_tmpfs(struct compose *c, const struct node *item, struct volume *v)
{
	const struct node *tmpfs = import_map(c->im, item, "tmpfs"), *size;
	int64_t mode;

	if (tmpfs == NULL)
		return true;
	compose_fields(c, tmpfs, "MountTmpfs", "volumes.tmpfs");
	size = node_get(tmpfs, "size");
	if (size != NULL && size->kind != NODE_NULL && !compose_size(c, size, &v->size))
		return false;
	if (compose_int(c, tmpfs, "mode", &mode, NULL))
		v->mode = arena_printf(c->im->arena, "mode=%" PRIo64, mode);
	return true;
}

static bool read_long(struct compose *c, const struct node *item, struct volume *v)
{
	const struct node *volume;

	*v = (struct volume){ .loc = item->loc };
	if (!compose_fields(c, item, "Mount", "volumes"))
		return false;
	import_string(c->im, item, "type", &v->type, NULL);
	import_string(c->im, item, "source", &v->source, NULL);
	import_string(c->im, item, "target", &v->target, NULL);
	v->readonly = compose_flag(c, item, "read_only", NULL);
	volume = import_map(c->im, item, "volume");
	if (volume != NULL) {
		compose_fields(c, volume, "MountVolume", "volumes.volume");
		import_string(c->im, volume, "subpath", &v->subpath, NULL);
	}
	if (v->type.len == 0 || v->target.len == 0) {
		diag_error(c->im->diag, item->loc, DIAG_MISSING_FIELD,
		    "a volume has no '%s'", v->type.len == 0 ? "type" : "target");
		return false;
	}
	return read_bind(c, item, v) && read_tmpfs(c, item, v);
}

static bool is_declared(struct compose *c, const char *kind, struct str name, struct loc loc)
{
	const struct node *all = import_map(c->im, c->root, kind);
	const struct entry *entry = node_find(all, arena_copy(c->im->arena, name.ptr, name.len).ptr);

	if (entry != NULL)
		return true;
	diag_error(c->im->diag, loc, DIAG_UNKNOWN_NAME,
	    "'%.*s' is not among the file's '%s'", STR_ARG(name), kind);
	return false;
}

/* By the greatest unit that divides it, as Docker writes it. */
static struct str size_option(struct compose *c, uint64_t size)
{
	static const char *const units[] = { "", "k", "m", "g" };
	size_t unit = 0;

	while (unit < 3 && size % 1024 == 0) {
		size /= 1024;
		unit++;
	}
	return arena_printf(c->im->arena, "size=%" PRIu64 "%s", size, units[unit]);
}

static void replace_option(struct mount *m, const char *from, struct str to)
{
	uint32_t i;

	for (i = 0; i < m->options.n; i++)
		if (str_is(m->options.items[i].text, from))
			m->options.items[i].text = to;
}

/* noexec and the like, unless the opposite is asked for. */
static struct mount *add_tmpfs(struct compose *c, struct container *to, struct str target, struct loc loc)
{
	struct mount *m = mount_add(c->im, to, target, loc);

	m->type = STR("tmpfs");
	m->source.text = STR("tmpfs");
	mount_option(c->im, m, "noexec");
	mount_option(c->im, m, "nosuid");
	mount_option(c->im, m, "nodev");
	mount_option(c->im, m, "rprivate");
	return m;
}

static void tmpfs_option(struct compose *c, struct mount *m, struct str option)
{
	struct str no = arena_printf(c->im->arena, "no%.*s", STR_ARG(option));
	uint32_t i;

	for (i = 0; i < m->options.n; i++)
		if (str_equal(m->options.items[i].text, no)) {
			m->options.items[i].text = option;
			return;
		}
	for (i = 0; i < m->options.n; i++)
		if (str_equal(m->options.items[i].text, option))
			return;
	values_add(c->im->arena, &m->options, option, m->from);
}

static void add_volume(struct compose *c, struct container *to, const struct volume *v, struct str owner)
{
	struct arena *a = c->im->arena;
	bool is_bind = str_is(v->type, "bind");
	struct str key, base = v->source;
	struct mount *m;

	if (str_is(v->type, "tmpfs")) {
		m = add_tmpfs(c, to, v->target, v->loc);
		if (v->readonly)
			tmpfs_option(c, m, STR("ro"));
		if (v->size != 0)
			tmpfs_option(c, m, size_option(c, v->size));
		if (v->mode.len != 0)
			tmpfs_option(c, m, v->mode);
		return;
	}
	if (!is_bind && !str_is(v->type, "volume")) {
		diag_error(c->im->diag, v->loc, DIAG_REFUSED,
		    "a volume of type '%.*s' has no meaning in the guest", STR_ARG(v->type));
		return;
	}
	if (v->source.len == 0 && is_bind) {
		diag_error(c->im->diag, v->loc, DIAG_MISSING_FIELD, "a bind mount has no 'source'");
		return;
	}
	if (v->source.len == 0) {
		key = arena_printf(a, "%.*s %.*s", STR_ARG(owner), STR_ARG(v->target));
		m = mount_guest(c->im, to, folder_of(c->im, &c->folders, key), v->target, v->readonly, v->loc);
	} else {
		if (!is_bind && !is_declared(c, "volumes", v->source, v->loc))
			return;
		if (v->subpath.len != 0)
			base = arena_printf(a, "%.*s/%.*s", STR_ARG(v->source), STR_ARG(v->subpath));
		key = arena_printf(a,
		    "the host's %s '%.*s'", is_bind ? "file or folder" : "volume", STR_ARG(base));
		m = mount_share(c->im, to, share_of(c->im, &c->shares, key, base, v->loc), v->target,
		    v->readonly, v->loc);
	}
	if (v->propagation.len != 0)
		replace_option(m, "rprivate", v->propagation);
	if (v->one_folder)
		replace_option(m, "rbind", STR("bind"));
}

static void own_volumes(struct compose *c, struct container *to, const struct entry *service, bool readonly)
{
	const struct node *list = import_list(c->im, service->value, "volumes");
	struct volume v;
	uint32_t i;

	for (i = 0; list != NULL && i < list->n; i++) {
		const struct node *item = list->items[i];

		if (item->kind != NODE_MAP && item->kind != NODE_STRING) {
			diag_error(c->im->diag, item->loc, DIAG_TYPE_MISMATCH,
			    "a volume is a string or a map, this is %s",
			    node_kind_name(item->kind));
			continue;
		}
		if (!(item->kind == NODE_STRING ? read_short(c, item, &v) : read_long(c, item, &v)))
			continue;
		v.readonly |= readonly;
		add_volume(c, to, &v, service->key);
	}
}

/* NAME[:ro|rw] */
static void borrowed_volumes(struct compose *c, struct container *to, const struct entry *service,
    bool readonly,
    unsigned depth)
{
	struct values names = { NULL, 0, 0 };
	uint32_t i;

	compose_texts(c, service->value, "volumes_from", &names);
	for (i = 0; i < names.n; i++) {
		struct str mode = names.items[i].text, name = cut(&mode, ':');
		const struct entry *other = node_find(c->services, arena_copy(c->im->arena, name.ptr,
		    name.len).ptr);
		bool is_readonly = readonly || str_is(mode, "ro");

		if (other == NULL)
			diag_error(c->im->diag, names.items[i].from, DIAG_UNKNOWN_NAME,
			    "'%.*s' is no service of the file",
			    STR_ARG(names.items[i].text));
		else if (mode.len != 0 && !str_is(mode, "ro") && !str_is(mode, "rw"))
			diag_error(c->im->diag, names.items[i].from, DIAG_BAD_VALUE,
			    "'%.*s' is neither ro nor rw", STR_ARG(mode));
		else if (c->n_borrowed == BORROWED_MAX) {
			diag_error(c->im->diag, names.items[i].from, DIAG_TOO_LARGE,
			    "more than %d times one service has the volumes of another", BORROWED_MAX);
			return;
		} else if (depth == VOLUMES_FROM_MAX)
			diag_error(c->im->diag, names.items[i].from, DIAG_CYCLE,
			    "services have each other's volumes in a circle");
		else {
			c->n_borrowed++;
			borrowed_volumes(c, to, other, is_readonly, depth + 1);
			own_volumes(c, to, other, is_readonly);
		}
	}
}

/* TARGET[:OPTION,...] */
static void short_tmpfs(struct compose *c, struct container *to, const struct node *service)
{
	struct values list = { NULL, 0, 0 };
	uint32_t i;

	compose_texts(c, service, "tmpfs", &list);
	for (i = 0; i < list.n; i++) {
		struct str options = list.items[i].text, target = cut(&options, ':');
		struct mount *m = add_tmpfs(c, to, target, list.items[i].from);

		while (options.len != 0)
			tmpfs_option(c, m, cut(&options, ','));
	}
}

/* The preset allows a /dev/shm of the usual size; this one has its own. */
static void shm_size(struct compose *c, struct container *to, const struct node *service)
{
	static const char *const options[] = { "nosuid", "noexec", "nodev", "mode=1777" };
	const struct node *value = node_get(service, "shm_size");
	struct mount *m;
	uint64_t size;
	size_t i;

	if (value == NULL || value->kind == NODE_NULL || !compose_size(c, value, &size))
		return;
	m = mount_add(c->im, to, STR("/dev/shm"), value->loc);
	m->type = STR("tmpfs");
	m->source.text = STR("shm");
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		mount_option(c->im, m, options[i]);
	values_add(c->im->arena, &m->options, arena_printf(c->im->arena, "size=%" PRIu64, size), value->loc);
}

/* `secrets` and `configs` of a service: names, or maps with source and target. */
static void files(struct compose *c, struct container *to, const struct node *service, const char *kind,
    const char *folder)
{
	const struct node *list = import_list(c->im, service, kind);
	struct arena *a = c->im->arena;
	struct str name, target, key;
	uint32_t i;

	for (i = 0; list != NULL && i < list->n; i++) {
		const struct node *item = list->items[i];

		name = target = (struct str){ "", 0 };
		if (item->kind == NODE_MAP) {
			compose_fields(c, item, "File", kind);
			if (!import_string(c->im, item, "source", &name, NULL))
				diag_error(c->im->diag, item->loc, DIAG_MISSING_FIELD,
				    "there is no 'source' among '%s'", kind);
			import_string(c->im, item, "target", &target, NULL);
		} else {
			compose_text(c, item, &name);
		}
		if (name.len == 0 || !is_declared(c, kind, name, item->loc))
			continue;
		target = target.len == 0 ? name : target;
		if (target.ptr[0] != '/')
			target = arena_printf(a, "%s%.*s", folder, STR_ARG(target));
		key = arena_printf(a, "the %.*s '%.*s'", (int)strlen(kind) - 1, kind, STR_ARG(name));
		mount_share(c->im, to, share_of(c->im, &c->shares, key, name, item->loc), target, true,
		    item->loc);
	}
}

void compose_volumes(struct compose *c, struct container *to, const struct entry *service)
{
	borrowed_volumes(c, to, service, false, 0);
	own_volumes(c, to, service, false);
	short_tmpfs(c, to, service->value);
	shm_size(c, to, service->value);
	files(c, to, service->value, "configs", "/");
	files(c, to, service->value, "secrets", "/run/secrets/");
}

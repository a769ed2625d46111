/* SPDX-License-Identifier: Apache-2.0
 *
 * mounts.c - see mounts.h.
 */
#include <ctype.h>

#include "mounts.h"

enum { SHARE_BASE_MAX = 56 };

static const struct loc nowhere = { NULL, 0, 0 };

/* Letters, digits, '-' and '_'; no more than one '-' in a row and none at the ends. */
static struct str share_base(struct arena *a, struct str text)
{
	struct bytes b = { .arena = a };
	size_t i;

	for (i = 0; i < text.len && b.len < SHARE_BASE_MAX; i++) {
		if (isalnum((unsigned char)text.ptr[i]) || text.ptr[i] == '_')
			bytes_put8(&b, (unsigned char)text.ptr[i]);
		else if (b.len != 0 && b.ptr[b.len - 1] != '-')
			bytes_put8(&b, '-');
	}
	while (b.len != 0 && b.ptr[b.len - 1] == '-')
		b.len--;
	return b.len == 0 ? STR("folder") : bytes_str(&b);
}

static bool is_taken(const struct shares *shares, struct str name)
{
	uint32_t i;

	for (i = 0; i < shares->n; i++)
		if (str_equal(shares->items[i].name, name))
			return true;
	return false;
}

static struct str name_of(struct import *im, struct shares *shares, struct str key, struct str base,
    bool *is_new)
{
	struct str name;
	unsigned count;
	uint32_t i;

	*is_new = false;
	for (i = 0; i < shares->n; i++)
		if (str_equal(shares->items[i].key, key))
			return shares->items[i].name;
	*is_new = true;
	base = share_base(im->arena, base);
	name = base;
	for (count = 2; is_taken(shares, name); count++)
		name = arena_printf(im->arena, "%.*s-%u", STR_ARG(base), count);
	arena_push(im->arena, shares->items, shares->n, shares->cap);
	shares->items[shares->n++] = (struct share){ key, name };
	return name;
}

struct str share_of(struct import *im, struct shares *shares, struct str key, struct str base, struct loc loc)
{
	bool is_new;
	struct str name = name_of(im, shares, key, base, &is_new);

	if (is_new)
		diag_warning(im->diag, loc, DIAG_FROM_HOST,
		    "%.*s: its content comes from the host and is not measured; it is the share '%.*s'", STR_ARG(key),
		    STR_ARG(name));
	return name;
}

/* Not of what is in the guest's folder by other names: mount_presets(), and the volumes of images. */
struct str folder_of(struct import *im, struct shares *folders, struct str key)
{
	static const char *const others[] = { "hosts", "hostname", "volumes" };
	bool is_new;
	size_t i;

	for (i = 0; folders->n < sizeof(others) / sizeof(others[0]); i++) {
		arena_push(im->arena, folders->items, folders->n, folders->cap);
		folders->items[folders->n++] = (struct share){ STR(""), { others[i], strlen(others[i]) } };
	}

	return name_of(im, folders, key, key, &is_new);
}

struct mount *mount_add(struct import *im, struct container *c, struct str destination, struct loc loc)
{
	struct mount *m = NULL;
	uint32_t i;

	while (destination.len > 1 && destination.ptr[destination.len - 1] == '/')
		destination.len--;
	for (i = 0; i < c->n_mounts; i++)
		if (str_equal(c->mounts[i].destination, destination))
			m = &c->mounts[i];
	if (m == NULL) {
		arena_push(im->arena, c->mounts, c->n_mounts, c->cap_mounts);
		m = &c->mounts[c->n_mounts++];
	}
	if (destination.len == 0 || destination.ptr[0] != '/')
		diag_error(im->diag, loc, DIAG_BAD_VALUE, "'%.*s' is no absolute path to mount on",
		    STR_ARG(destination));
	*m = (struct mount){ .type = STR("bind"), .destination = destination, .from = loc };
	return m;
}

void mount_option(struct import *im, struct mount *m, const char *option)
{
	values_add(im->arena, &m->options, (struct str){ option, strlen(option) }, m->from);
}

static void bind_options(struct import *im, struct mount *m, bool readonly)
{
	mount_option(im, m, "rbind");
	mount_option(im, m, "rprivate");
	mount_option(im, m, readonly ? "ro" : "rw");
}

struct mount *mount_share(struct import *im, struct container *c, struct str name, struct str destination,
    bool readonly,
    struct loc loc)
{
	struct mount *m = mount_add(im, c, destination, loc);

	m->origin = MOUNT_SHARE;
	m->source.text = name;
	bind_options(im, m, readonly);
	return m;
}

struct mount *mount_guest(struct import *im, struct container *c, struct str folder, struct str destination,
    bool readonly, struct loc loc)
{
	struct mount *m = mount_add(im, c, destination, loc);

	m->origin = MOUNT_SANDBOX;
	m->source.text = arena_printf(im->arena, "/%.*s", STR_ARG(folder));
	bind_options(im, m, readonly);
	return m;
}

void mount_presets(struct import *im, struct group *g)
{
	static const char *const files[] = { "hosts", "hostname", "resolv.conf" };
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct mount m = { .type = STR("bind"), .origin = MOUNT_SANDBOX, .optional = true };

		m.source.text = arena_printf(im->arena, "/%s", files[i]);
		m.destination = arena_printf(im->arena, "/etc/%s", files[i]);
		bind_options(im, &m, false);
		arena_push(im->arena, g->presets, g->n_presets, g->cap_presets);
		g->presets[g->n_presets++] = m;
	}
}

void env_runtime(struct import *im, struct container *c, struct str hostname, struct loc hostname_loc, bool tty)
{
	struct variable *v;

	if (env_find(c, STR("HOSTNAME")) == NULL) {
		v = env_add(im->arena, c, STR("HOSTNAME"), hostname, hostname_loc);
		v->optional = true;
		if (hostname.len == 0)
			v->value = (struct value){ .text = { HOLE_DNS_NAME, strlen(HOLE_DNS_NAME) },
			    .is_pattern = true };
	}
	if (tty && env_find(c, STR("TERM")) == NULL) {
		v = env_add(im->arena, c, STR("TERM"), STR("xterm"), nowhere);
		v->optional = true;
	}
}

struct process *exec_add(struct import *im, struct container *c, struct loc loc)
{
	struct process *p;

	arena_push(im->arena, c->execs, c->n_execs, c->cap_execs);
	p = &c->execs[c->n_execs++];
	*p = (struct process){ .from = loc };
	values_add(im->arena, &p->signals, STR("9"), loc);
	return p;
}

static bool is_extension(struct str name)
{
	return name.len > 2 && memcmp(name.ptr, "x-", 2) == 0;
}

void remark_add(struct import *im, struct remarks *remarks, struct str what, struct loc loc)
{
	struct remark *r = NULL;
	uint32_t i, line = 0, column;

	if (loc.source != NULL)
		source_place(loc.source, loc.start, &line, &column);
	for (i = 0; i < remarks->n; i++)
		if (str_equal(remarks->items[i].what, what))
			r = &remarks->items[i];
	if (r == NULL) {
		arena_push(im->arena, remarks->items, remarks->n, remarks->cap);
		r = &remarks->items[remarks->n++];
		*r = (struct remark){ what, { .arena = im->arena } };
	}
	bytes_printf(&r->lines, "%s%u", r->lines.len == 0 ? "line " : ", ", line);
}

bool remark_fields(struct import *im, struct remarks *remarks, const struct node *map,
    const struct field *fields,
    size_t n_fields, const char *object, const char *path, bool extensions)
{
	struct node rest = { .kind = NODE_MAP };
	uint32_t i;
	size_t j;

	if (map == NULL || map->kind != NODE_MAP)
		return true;
	rest.entries = arena_array(im->arena, map->n, struct entry);
	for (i = 0; i < map->n; i++) {
		struct entry *entry = &map->entries[i];

		entry->used = true;
		if (extensions && is_extension(entry->key)) {
			remark_add(im, remarks, entry->key, entry->loc);
			continue;
		}
		rest.entries[rest.n++] = *entry;
		for (j = 0; j < n_fields; j++)
			if (fields[j].use == FIELD_NO_EFFECT && strcmp(fields[j].object, object) == 0
			    && str_is(entry->key, fields[j].name))
				remark_add(im, remarks, entry->key, entry->loc);
	}
	return import_fields(im, &rest, fields, n_fields, object, path);
}

void remarks_write(struct import *im, const struct remarks *remarks, struct group *g)
{
	uint32_t i;

	for (i = 0; i < remarks->n; i++)
		values_add(im->arena, &g->notes, arena_printf(im->arena,
		    "without effect in the guest: %.*s (%.*s)",
		    STR_ARG(remarks->items[i].what), STR_ARG(bytes_str(&remarks->items[i].lines))), nowhere);
}

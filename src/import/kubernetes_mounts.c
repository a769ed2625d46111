/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_mounts.c - see kubernetes.h: volumeMounts as mounts.
 *
 * An emptyDir is a folder below the guest's sandbox directory, which the pod's
 * containers share.  Whatever comes from outside is a share of the volume's
 * name; a subPath of it is a share of its own, VOLUME_SUBPATH, for the guest
 * never looks for a path inside of what the host gave.
 */
#include <ctype.h>
#include <inttypes.h>

#include "../base/digest.h"
#include "kubernetes.h"

enum { SHARE_NAME_MAX = 64, SHORT_DIGEST = 8 };
static const char token_folder[] = "/var/run/secrets/kubernetes.io/serviceaccount";

/* ---- parts ---- */

static void add_option(struct import *im, struct mount *m, const char *option, struct loc from)
{
	values_add(im->arena, &m->options, (struct str){ option, strlen(option) }, from);
}

static void add_mount(struct reading *r, struct mount m)
{
	struct container *c = r->out;
	uint32_t i;

	for (i = 0; i < c->n_mounts; i++)
		if (str_equal(c->mounts[i].destination, m.destination)) {
			diag_error(r->pod->im->diag, m.from, DIAG_BAD_VALUE,
			    "%s: something is mounted on '%.*s' already", r->path, STR_ARG(m.destination));
			return;
		}
	arena_push(r->pod->im->arena, c->mounts, c->n_mounts, c->cap_mounts);
	c->mounts[c->n_mounts++] = m;
}

/* A step of a path as normal_source of the framework has it. */
static bool is_step(const char *step, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)step[i]) && strchr("_:@%+,=~.-", step[i]) == NULL)
			return false;
	return step[0] != '.' || (len > 1 && step[1] != '.');
}

static size_t step_end(struct str path, size_t at)
{
	while (at < path.len && path.ptr[at] != '/')
		at++;
	return at;
}

/* "a/b" of "./a//b/".  False: it leads outside, or has what no source of a mount may have. */
static bool clean_path(struct arena *a, struct str path, struct str *out)
{
	size_t at = 0, end;

	*out = STR("");
	if (path.len > 0 && path.ptr[0] == '/')
		return false;
	for (; at < path.len; at = end + 1) {
		end = step_end(path, at);
		if (end == at || (end == at + 1 && path.ptr[at] == '.'))
			continue;
		if (!is_step(path.ptr + at, end - at))
			return false;
		*out = arena_printf(a, "%.*s%s%.*s", STR_ARG(*out), out->len == 0 ? "" : "/", (int)(end - at),
		    path.ptr + at);
	}
	return true;
}

/* As Kubernetes looks at it, before variables are put in. */
static bool leads_up(struct str path)
{
	size_t at, end;

	for (at = 0; at < path.len; at = end + 1) {
		end = step_end(path, at);
		if (end == at + 2 && memcmp(path.ptr + at, "..", 2) == 0)
			return true;
	}
	return false;
}

/* What is mounted of a volume: all of it if it is empty. */
static bool read_sub_path(struct reading *r, const struct node *node, struct value *out)
{
	struct import *im = r->pod->im;
	struct str text = { "", 0 };
	struct loc loc = node->loc;

	*out = (struct value){ .text = { "", 0 } };
	if (import_string(im, node, "subPathExpr", &text, &loc))
		*out = kubernetes_expand(r, text, loc);
	else if (import_string(im, node, "subPath", &text, &loc))
		*out = (struct value){ .text = text, .from = loc };
	if (!leads_up(text) && (out->is_pattern || clean_path(im->arena, out->text, &out->text)))
		return true;
	diag_error(im->diag, loc, DIAG_BAD_VALUE,
	    "'%.*s' is no path below a volume that a mount's source may have", STR_ARG(text));
	return false;
}

static bool is_word(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.ptr[i]) && s.ptr[i] != '-')
			return false;
	return true;
}

/* The name of the share: of a path that is no word, as much as fits and its digest. */
static struct value share_name(struct arena *a, struct str volume, struct value sub)
{
	char hex[DIGEST_HEX_LEN + 1], *word;
	struct str whole;
	size_t i, room = SHARE_NAME_MAX - volume.len - 1;

	if (sub.is_pattern)
		return (struct value){ .is_pattern = true,
			.text =
			    arena_printf(a, "%.*s_[A-Za-z0-9_-]{1,%u}", STR_ARG(volume), (unsigned)room) };
	if (sub.text.len == 0)
		return (struct value){ .text = volume };
	if (is_word(sub.text) && sub.text.len <= room)
		return (
		    struct value){ .text = arena_printf(a, "%.*s_%.*s", STR_ARG(volume), STR_ARG(sub.text)) };
	whole = sub.text;
	if (volume.len + 2 + SHORT_DIGEST > SHARE_NAME_MAX) {
		/* What is cut off still tells volumes apart. */
		whole = arena_printf(a, "%.*s/%.*s", STR_ARG(volume), STR_ARG(sub.text));
		volume.len = SHARE_NAME_MAX - 2 - SHORT_DIGEST;
	}
	room = SHARE_NAME_MAX - volume.len - 2 - SHORT_DIGEST;
	digest_hex(whole.ptr, whole.len, hex);
	word = arena_alloc(a, sub.text.len + 1);
	for (i = 0; i < sub.text.len && i < room; i++)
		word[i] = isalnum((unsigned char)sub.text.ptr[i]) ? sub.text.ptr[i] : '-';
	return (struct value){ .text = arena_printf(a, "%.*s_%.*s_%.*s", STR_ARG(volume), (int)i, word,
	    (int)SHORT_DIGEST, hex) };
}

/* ---- options ---- */

static const char *propagation_of(struct reading *r, const struct node *node)
{
	static const char *const names[][2] = {
		{ "None", "rprivate" }, { "HostToContainer", "rslave" }, { "Bidirectional", "rshared" },
	};
	struct str said = STR("None");
	struct loc loc = node->loc;
	size_t i;

	(void)import_string(r->pod->im, node, "mountPropagation", &said, &loc);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(said, names[i][0]))
			return names[i][1];
	diag_error(r->pod->im->diag, loc, DIAG_BAD_VALUE,
	    "mountPropagation is None, HostToContainer or Bidirectional, not '%.*s'", STR_ARG(said));
	return names[0][1];
}

static void add_options(struct reading *r, const struct node *node, const struct volume *v, struct mount *m)
{
	struct import *im = r->pod->im;
	bool readonly = false;
	struct str recursive = STR("Disabled");
	struct loc loc = node->loc;

	(void)import_bool(im, node, "readOnly", &readonly, NULL);
	if (import_string(im, node, "recursiveReadOnly", &recursive, &loc) && str_is(recursive, "IfPossible"))
		diag_warning(im->diag, loc, DIAG_NO_EFFECT,
		    "recursiveReadOnly: IfPossible is left to the node, and is read here as Disabled");
	else if (!str_is(recursive, "Disabled") && !str_is(recursive, "Enabled"))
		diag_error(im->diag, loc, DIAG_BAD_VALUE,
		    "recursiveReadOnly is Disabled, IfPossible or Enabled, not '%.*s'", STR_ARG(recursive));
	add_option(im, m, "rbind", m->from);
	add_option(im, m, propagation_of(r, node), m->from);
	add_option(im, m,
	    !readonly && !v->is_readonly   ? "rw"
	    : str_is(recursive, "Enabled") ? "rro"
					   : "ro",
	    m->from);
}

/* ---- emptyDir ---- */

/* Bytes of "64Mi"; 0: it is no amount of memory. */
static uint64_t bytes_of(struct str s)
{
	static const struct { const char *suffix; uint64_t factor; } units[] = {
		{ "", 1 }, { "k", 1000 }, { "M", 1000000 }, { "G", 1000000000 }, { "T", 1000000000000 },
		{ "Ki", 1 << 10 }, { "Mi", 1 << 20 }, { "Gi", 1 << 30 }, { "Ti", (uint64_t)1 << 40 },
	};
	uint64_t value = 0;
	size_t i, n = 0;

	for (; n < s.len && n < 12 && isdigit((unsigned char)s.ptr[n]); n++)
		value = value * 10 + (uint64_t)(s.ptr[n] - '0');
	for (i = 0; n > 0 && i < sizeof(units) / sizeof(units[0]); i++)
		if (str_is((struct str){ s.ptr + n, s.len - n }, units[i].suffix))
			return value <= UINT64_MAX / units[i].factor ? value * units[i].factor : 0;
	return 0;
}

/* How many containers of the pod mount it, and whether one mounts a part of it. */
static uint32_t count_mounts(struct pod *pod, struct str name, bool *in_parts)
{
	static const char *const lists[] = { "initContainers", "containers" };
	uint32_t i, k, count = 0;
	size_t which;

	for (which = 0; which < sizeof(lists) / sizeof(lists[0]); which++) {
		const struct node *list = import_list(pod->im, pod->spec, lists[which]);

		for (i = 0; list != NULL && i < list->n; i++) {
			const struct node *mounts = import_list(pod->im, list->items[i], "volumeMounts");

			for (k = 0; mounts != NULL && k < mounts->n; k++) {
				const struct entry *at = node_find(mounts->items[k], "name");

				if (at == NULL || !str_equal(at->value->text, name))
					continue;
				count++;
				*in_parts = *in_parts || node_find(mounts->items[k], "subPath") != NULL
				    || node_find(mounts->items[k], "subPathExpr") != NULL;
			}
		}
	}
	return count;
}

/* Only one mount can be a tmpfs of its own: another one would be another folder. */
static bool is_tmpfs(struct reading *r, const struct volume *v, struct str medium)
{
	bool in_parts = false;

	if (!str_is(medium, "Memory"))
		return false;
	if (count_mounts(r->pod, v->name, &in_parts) == 1 && !in_parts)
		return true;
	if (v->n_mounts > 1)            /* said already */
		return false;
	diag_warning(r->pod->im->diag, v->loc, DIAG_NO_EFFECT,
	    "volume %.*s: medium Memory: it is mounted more than "
	    "once or in parts, so it is a folder of the guest's encrypted scratch",
	    STR_ARG(v->name));
	return false;
}

static void make_tmpfs(struct reading *r, const struct node *node, const struct volume *v, struct mount *m)
{
	struct import *im = r->pod->im;
	struct node *limit = node_get(v->source, "sizeLimit");
	uint64_t bytes;
	bool readonly = false;

	m->type = STR("tmpfs");
	m->origin = MOUNT_LITERAL;
	m->source = (struct value){ .text = STR("tmpfs") };
	m->options = (struct values){ NULL, 0, 0 };
	(void)import_bool(im, node, "readOnly", &readonly, NULL);
	add_option(im, m, readonly ? "ro" : "rw", m->from);
	add_option(im, m, "nosuid", m->from);
	add_option(im, m, "nodev", m->from);
	add_option(im, m, "mode=0777", m->from);
	if (limit == NULL || limit->kind == NODE_NULL)
		return;
	bytes = limit->kind == NODE_STRING || limit->kind == NODE_INT ? bytes_of(limit->text) : 0;
	if (bytes == 0)
		diag_error(im->diag, limit->loc, DIAG_BAD_VALUE, "'%.*s' is no size of a tmpfs",
		    STR_ARG(limit->text));
	else
		add_option(im, m, arena_printf(im->arena, "size=%" PRIu64, bytes).ptr, limit->loc);
}

/* Folders below the sandbox directory that have what is not the volume's: a volume's name has no '_'. */
static bool is_reserved(struct str name)
{
	return str_is(name, "etc") || str_is(name, "volumes") || str_is(name, "termination-log");
}

static void make_folder(struct reading *r, const struct node *node, const struct volume *v, struct value sub,
    struct mount *m)
{
	struct import *im = r->pod->im;
	struct str medium = STR(""), root = STR("");
	struct loc loc = v->loc;
	const struct entry *limit = node_find(v->source, "sizeLimit");

	(void)import_string(im, v->source, "medium", &medium, &loc);
	if (is_tmpfs(r, v, medium)) {
		make_tmpfs(r, node, v, m);
		return;
	}
	m->origin = MOUNT_SANDBOX;
	if (medium.len >= 9 && memcmp(medium.ptr, "HugePages", 9) == 0) {
		m->origin = MOUNT_HUGEPAGES;
		root = str_is(medium, "HugePages-1Gi") ? STR("/1G") : STR("/2M");
	} else if (medium.len != 0 && !str_is(medium, "Memory")) {
		diag_error(im->diag, loc, DIAG_BAD_VALUE,
		    "an emptyDir's medium is Memory or HugePages, not '%.*s'", STR_ARG(medium));
	}
	if (limit != NULL && v->n_mounts == 1)
		kubernetes_remember(r->pod,
		    arena_printf(im->arena, "sizeLimit of volume %.*s", STR_ARG(v->name)).ptr,
		    "how much a container gets is the host's choice", limit->loc);
	root = arena_printf(im->arena, "%.*s/%.*s%s%s", STR_ARG(root), STR_ARG(v->name),
	    m->origin == MOUNT_SANDBOX && is_reserved(v->name) ? "_" : "", sub.text.len == 0 ? "" : "/");
	m->source = (struct value){ .is_pattern = sub.is_pattern, .text = arena_printf(im->arena, "%.*s%.*s",
	    STR_ARG(root), STR_ARG(sub.is_pattern ? pattern_part(im->arena, sub) : sub.text)) };
}

/* ---- volumeMounts ---- */

static void make_share(struct reading *r, const struct volume *v, struct value sub, struct mount *m)
{
	m->origin = MOUNT_SHARE;
	m->source = share_name(r->pod->im->arena, v->name, sub);
	if (v->n_mounts == 1)
		diag_warning(r->pod->im->diag, v->loc, DIAG_FROM_HOST,
		    "volume %.*s (%.*s): its content comes from the host and is not measured",
		    STR_ARG(v->name), STR_ARG(v->what));
}

static void read_mount(struct reading *r, const struct node *node, const char *path)
{
	struct import *im = r->pod->im;
	struct mount m = { .type = STR("bind"), .from = node->loc };
	struct str name = { "", 0 };
	struct loc loc = node->loc;
	struct volume *v;
	struct value sub;

	(void)import_string(im, node, "name", &name, &loc);
	v = kubernetes_volume(r->pod, name);
	if (v == NULL) {
		diag_error(im->diag, loc, DIAG_UNKNOWN_NAME, "%s: the pod has no volume '%.*s'", path,
		    STR_ARG(name));
		return;
	}
	if (!import_string(im, node, "mountPath", &m.destination, &m.from) || m.destination.len == 0) {
		diag_error(im->diag, node->loc, DIAG_MISSING_FIELD, "%s has no mountPath", path);
		return;
	}
	if (m.destination.ptr[0] != '/')
		m.destination = arena_printf(im->arena, "/%.*s", STR_ARG(m.destination));
	if (!read_sub_path(r, node, &sub))
		return;
	if (sub.is_pattern && strcmp(v->kind, "emptyDir") != 0 && v->name.len + 2 > SHARE_NAME_MAX) {
		diag_error(im->diag, sub.from, DIAG_LIMIT, "%s: the name of its volume leaves no room for that of a path in "
		    "it: at most %d characters", path, SHARE_NAME_MAX - 2);
		return;
	}
	v->n_mounts++;
	add_options(r, node, v, &m);
	if (strcmp(v->kind, "emptyDir") == 0)
		make_folder(r, node, v, sub, &m);
	else
		make_share(r, v, sub, &m);
	add_mount(r, m);
}

/* ---- what nobody has written down ---- */

static bool mounts_on(const struct container *c, const char *destination)
{
	uint32_t i;

	for (i = 0; i < c->n_mounts; i++)
		if (str_is(c->mounts[i].destination, destination))
			return true;
	return false;
}

static void add_token(struct reading *r)
{
	struct import *im = r->pod->im;
	struct mount m = { .type = STR("bind"), .origin = MOUNT_SHARE, .source.text = STR("service-account"),
		.optional = true };
	bool wanted = true;

	/* No other share has a name like this one. */
	if (kubernetes_volume(r->pod, m.source.text) != NULL)
		m.source.text = STR("service-account_");
	(void)import_bool(im, r->pod->spec, "automountServiceAccountToken", &wanted, &m.from);
	if (!wanted || mounts_on(r->out, token_folder))
		return;
	m.destination = (struct str){ token_folder, sizeof(token_folder) - 1 };
	add_option(im, &m, "rbind", m.from);
	add_option(im, &m, "rprivate", m.from);
	add_option(im, &m, "ro", m.from);
	add_mount(r, m);
}

/* A file of the guest's for each container: what it says when it ends. */
static void add_termination_log(struct reading *r)
{
	struct import *im = r->pod->im;
	struct mount m = { .type = STR("bind"), .origin = MOUNT_SANDBOX, .optional = true,
		.destination = STR("/dev/termination-log") };

	(void)import_string(im, r->node, "terminationMessagePath", &m.destination, &m.from);
	m.source.text = arena_printf(im->arena, "/termination-log/%.*s", STR_ARG(r->out->name));
	add_option(im, &m, "rbind", m.from);
	add_option(im, &m, "rprivate", m.from);
	add_option(im, &m, "rw", m.from);
	add_mount(r, m);
}

void kubernetes_mounts(struct reading *r)
{
	struct import *im = r->pod->im;
	const struct node *list = import_list(im, r->node, "volumeMounts");
	uint32_t i;

	for (i = 0; list != NULL && i < list->n; i++)
		read_mount(r, list->items[i],
		    arena_printf(im->arena, "%s.volumeMounts[%u]", r->path, (unsigned)i).ptr);
	add_token(r);
	add_termination_log(r);
}

/* The guest makes these files; read-only where a container's root file system is. */
void kubernetes_presets(struct pod *pod)
{
	static const char *const files[] = { "/etc/hosts", "/etc/hostname", "/etc/resolv.conf" };
	static const char *const modes[] = { "rw", "ro" };
	struct import *im = pod->im;
	struct group *g = pod->group;
	size_t i, k;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		for (k = 0; k < sizeof(modes) / sizeof(modes[0]); k++) {
			struct mount m = { .type = STR("bind"), .origin = MOUNT_SANDBOX, .optional = true };

			m.source.text = m.destination = (struct str){ files[i], strlen(files[i]) };
			add_option(im, &m, "rbind", m.from);
			add_option(im, &m, "rprivate", m.from);
			add_option(im, &m, modes[k], m.from);
			arena_push(im->arena, g->presets, g->n_presets, g->cap_presets);
			g->presets[g->n_presets++] = m;
		}
}

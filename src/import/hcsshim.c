/* SPDX-License-Identifier: Apache-2.0
 *
 * hcsshim.c - policies of hcsshim's framework, as far as they are data.
 *
 * What is imported allows nothing that the original denies.  What it denies and
 * the original allows is what cocoaexpo repairs, and is said in
 * cocoapolc-import(1).
 */
#include "hcsshim.h"

/* Enforcement points of their framework. */
struct point {
	const char *name, *ours;
	uint32_t introduced;            /* in this api_version; before, it was not judged */
	const char *needs;              /* switch without which it is denied anyway, or NULL */
};
static const struct point points[] = {
	{ "mount_device", "mount_device", VERSION(0, 1, 0), NULL },
	{ "mount_overlay", "mount_overlay", VERSION(0, 1, 0), NULL },
	{ "create_container", "create_container", VERSION(0, 1, 0), NULL },
	{ "unmount_device", "unmount_device", VERSION(0, 2, 0), NULL },
	{ "exec_in_container", "exec_in_container", VERSION(0, 2, 0), NULL },
	{ "exec_external", "exec_external", VERSION(0, 3, 0), NULL },
	{ "shutdown_container", "shutdown_container", VERSION(0, 4, 0), NULL },
	{ "signal_container_process", "signal_process", VERSION(0, 5, 0), NULL },
	{ "unmount_overlay", "unmount_overlay", VERSION(0, 6, 0), NULL },
	{ "plan9_mount", "mount_host", VERSION(0, 6, 0), NULL },
	{ "plan9_unmount", "unmount_host", VERSION(0, 6, 0), NULL },
	{ "get_properties", "get_properties", VERSION(0, 7, 0), "allow_properties_access" },
	{ "dump_stacks", "dump_stacks", VERSION(0, 7, 0), "allow_dump_stacks" },
	{ "runtime_logging", "runtime_logging", VERSION(0, 8, 0), "allow_runtime_logging" },
	{ "scratch_mount", "mount_scratch", VERSION(0, 10, 0), NULL },
	{ "scratch_unmount", "unmount_scratch", VERSION(0, 10, 0), NULL },
	{ "host_network", "host_network", VERSION(0, 10, 0), "allow_host_network" },
	{ "rw_mount_device", "mount_rw_device", VERSION(0, 11, 0), NULL },
	{ "rw_unmount_device", "unmount_rw_device", VERSION(0, 11, 0), NULL },
	/* Denied here whatever the policy says. */
	{ "load_fragment", NULL, 0, NULL },
	{ "mount_blockdev", NULL, 0, NULL },
	{ "unmount_blockdev", NULL, 0, NULL },
	/* Not asked of a guest with Linux. */
	{ "mount_cims", NULL, 0, NULL },
	{ "registry_changes", NULL, 0, NULL },
};
enum { N_POINTS = sizeof(points) / sizeof(points[0]), N_ESSENTIAL = 3 /* the first ones */ };

static const struct {
	const char *theirs, *ours;
} switches[] = {
	{ "allow_properties_access", "get_properties" },
	{ "allow_dump_stacks", "dump_stacks" },
	{ "allow_runtime_logging", "runtime_logging" },
	{ "allow_host_network", "host_network" },
	{ "allow_environment_variable_dropping", "environment_dropping" },
	{ "allow_unencrypted_scratch", "unencrypted_scratch" },
	{ "allow_capability_dropping", "capability_dropping" },
};
enum { N_SWITCHES = sizeof(switches) / sizeof(switches[0]) };

static const struct field fields[] = {
	{ "policy", "package", FIELD_USED, NULL },
	{ "policy", DOCUMENT_REGO_HANDED, FIELD_USED, NULL },
	{ "policy", "api_version", FIELD_USED, NULL },
	{ "policy", "api_svn", FIELD_USED, NULL },
	{ "policy", "framework_version", FIELD_USED, NULL },
	{ "policy", "framework_svn", FIELD_USED, NULL },
	{ "policy", "containers", FIELD_USED, NULL },
	{ "policy", "external_processes", FIELD_USED, NULL },
	{ "policy", "fragments", FIELD_USED, NULL },
	{ "policy", "allow_properties_access", FIELD_USED, NULL },
	{ "policy", "allow_dump_stacks", FIELD_USED, NULL },
	{ "policy", "allow_runtime_logging", FIELD_USED, NULL },
	{ "policy", "allow_host_network", FIELD_USED, NULL },
	{ "policy", "allow_environment_variable_dropping", FIELD_USED, NULL },
	{ "policy", "allow_unencrypted_scratch", FIELD_USED, NULL },
	{ "policy", "allow_capability_dropping", FIELD_USED, NULL },
	{ "fragment", "issuer", FIELD_USED, NULL },
	{ "fragment", "iss", FIELD_USED, NULL },
	{ "fragment", "feed", FIELD_USED, NULL },
	{ "fragment", "minimum_svn", FIELD_USED, NULL },
	{ "fragment", "includes", FIELD_USED, NULL },
};
enum { N_FIELDS = sizeof(fields) / sizeof(fields[0]) };

const char *hcsshim_path(struct hcsshim *h, const char *path, const char *name)
{
	return arena_printf(h->im->arena, "%s.%s", path, name).ptr;
}

const char *hcsshim_item(struct hcsshim *h, const char *path, const char *name, uint32_t i)
{
	return arena_printf(h->im->arena, "%s%s%s[%u]", path, path[0] == '\0' ? "" : ".", name, (unsigned)i).ptr;
}

bool hcsshim_is_map(struct hcsshim *h, const struct node *node, const char *path)
{
	if (node->kind == NODE_MAP)
		return true;
	diag_error(h->im->diag, node->loc, DIAG_TYPE_MISMATCH, "%s wants an object, this is %s", path,
	    node_kind_name(node->kind));
	return false;
}

struct node *hcsshim_need(struct hcsshim *h, const struct node *map, const char *key, const char *path)
{
	struct node *value = node_get(map, key);

	if (value == NULL || value->kind == NODE_NULL) {
		diag_error(h->im->diag, value == NULL ? map->loc : value->loc, DIAG_MISSING_FIELD,
		    "%s has no %s", path, key);
		return NULL;
	}
	return value;
}

bool hcsshim_need_string(struct hcsshim *h, const struct node *map, const char *key, const char *path,
    struct str *out, struct loc *loc)
{
	return hcsshim_need(h, map, key, path) != NULL && import_string(h->im, map, key, out, loc);
}

bool hcsshim_need_bool(struct hcsshim *h, const struct node *map, const char *key, const char *path, bool *out,
    struct loc *loc)
{
	return hcsshim_need(h, map, key, path) != NULL && import_bool(h->im, map, key, out, loc);
}

/* MAJOR.MINOR.PATCH; parts beyond 1023 are none of theirs. */
static bool read_version(struct str text, uint32_t *out)
{
	uint32_t parts[3] = { 0, 0, 0 }, n = 0;
	bool digit = false;
	size_t i;

	for (i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c >= '0' && c <= '9' && parts[n] < 102) {
			parts[n] = parts[n] * 10 + (uint32_t)(c - '0');
			digit = true;
		} else if (c == '.' && digit && n < 2) {
			n++;
			digit = false;
		} else {
			return false;
		}
	}
	*out = VERSION(parts[0], parts[1], parts[2]);
	return n == 2 && digit;
}

/* A version, under its name of now or of long ago; without one everything is denied there. */
static uint32_t version(struct hcsshim *h, const struct node *root, const char *key, const char *old, uint32_t last)
{
	struct str text = { "", 0 };
	uint32_t out = 0;
	struct loc loc;

	if (node_find(root, key) == NULL && node_find(root, old) != NULL)
		key = old;
	if (!hcsshim_need_string(h, root, key, "the policy", &text, &loc))
		return 0;
	if (!read_version(text, &out))
		diag_error(h->im->diag, loc, DIAG_BAD_VALUE, "'%s' is three numbers: \"0.5.0\"", key);
	else if (out > last)
		diag_warning(h->im->diag, loc, DIAG_BAD_VALUE,
		    "%s %.*s is later than what is known here, %u.%u.%u", key, STR_ARG(text), (unsigned)(last >> 20), (unsigned)(last >> 10 & 1023), (unsigned)(last & 1023));
	return out;
}

static bool is_handed_on(const struct node *root, const char *name)
{
	struct node *list = node_get(root, DOCUMENT_REGO_HANDED);
	uint32_t i;

	for (i = 0; list != NULL && i < list->n; i++)
		if (str_is(list->items[i]->text, name))
			return true;
	return false;
}

/* Names of points that nobody here has heard of. */
static void read_handed(struct hcsshim *h, const struct node *root)
{
	const struct node *list = node_get(root, DOCUMENT_REGO_HANDED);
	uint32_t i;
	size_t j;

	for (i = 0; list != NULL && i < list->n; i++) {
		for (j = 0; j < N_POINTS && !str_is(list->items[i]->text, points[j].name); j++)
			;
		if (j == N_POINTS && !str_is(list->items[i]->text, "reason"))
			diag_warning(h->im->diag, list->items[i]->loc, DIAG_UNKNOWN_FIELD,
			    "%.*s is no enforcement point that is known here", STR_ARG(list->items[i]->text));
	}
}

/* {"allowed": false}, which a policy may say for itself. */
static bool is_denial(const struct node *value)
{
	const struct entry *allowed = node_find(value, "allowed");

	return allowed != NULL && allowed->value->kind == NODE_BOOL && allowed->value->integer == 0;
}

/* A point that the policy does not leave to the framework is never allowed, or,
 * if the policy is older than the point, never judged. */
static void read_point(struct hcsshim *h, const struct node *root, const struct point *p, uint32_t api)
{
	struct entry *own = node_find(root, p->name), *needs = p->needs == NULL ? NULL : node_find(root, p->needs);

	if (own != NULL && !is_denial(own->value))
		diag_error(h->im->diag, own->loc, DIAG_REFUSED,
		    "%s is decided here and not by the framework; only {\"allowed\": false} is known", p->name);
	if (p->ours == NULL || is_handed_on(root, p->name))
		return;
	if (p < points + N_ESSENTIAL)
		diag_error(h->im->diag, root->entries[0].loc, DIAG_MISSING_FIELD,
		    "nothing can run: %s is not left to the framework", p->name);
	if (p->needs != NULL && (needs == NULL || needs->value->kind != NODE_BOOL || needs->value->integer == 0))
		return;
	if (own != NULL || api >= p->introduced) {
		values_add(h->im->arena, &h->group->denied, (struct str){ p->ours, strlen(p->ours) },
		    own != NULL ? own->loc : root->entries[0].loc);
		return;
	}
	/* The framework judges these whatever the policy says. */
	if (p->introduced <= VERSION(0, 10, 0))
		diag_warning(h->im->diag, root->entries[0].loc, DIAG_NO_EFFECT,
		    "its api_version has no %s, so that everything was allowed; it is judged here", p->name);
}

/* Warned of, since they are denied: what they would have brought is missing. */
static void read_fragments(struct hcsshim *h, const struct node *root)
{
	struct node *list = import_list(h->im, root, "fragments");
	uint32_t i;

	for (i = 0; list != NULL && i < list->n; i++) {
		const char *path = hcsshim_item(h, "", "fragments", i);
		struct str issuer = { "?", 1 }, feed = { "?", 1 };
		struct node *map = list->items[i];

		if (!hcsshim_is_map(h, map, path))
			continue;
		import_fields(h->im, map, fields, N_FIELDS, "fragment", path);
		import_string(h->im, map, node_find(map, "iss") != NULL ? "iss" : "issuer", &issuer, NULL);
		import_string(h->im, map, "feed", &feed, NULL);
		diag_warning(h->im->diag, map->loc, DIAG_REFUSED,
		    "the fragment %.*s of %.*s is not imported, and load_fragment is denied: what it declares "
		    "cannot run",
		    STR_ARG(feed), STR_ARG(issuer));
		values_add(h->im->arena, &h->group->notes, arena_printf(h->im->arena,
		    "Left out: the fragment %.*s of %.*s, since fragments are denied.", STR_ARG(feed),
		    STR_ARG(issuer)),
		    map->loc);
	}
}

static void read_switches(struct hcsshim *h, const struct node *root)
{
	struct loc loc;
	size_t i;

	for (i = 0; i < N_SWITCHES; i++) {
		bool on = false;

		if (import_bool(h->im, root, switches[i].theirs, &on, &loc) && on)
			values_add(h->im->arena, &h->group->allows,
			    (struct str){ switches[i].ours, strlen(switches[i].ours) }, loc);
		if (strcmp(switches[i].ours, "capability_dropping") == 0)
			h->drops_capabilities = on;
	}
}

static void set_pattern(struct hcsshim *h, const char *name, const char *pattern)
{
	struct group *g = h->group;

	arena_push(h->im->arena, g->switches, g->n_switches, g->cap_switches);
	arena_push(h->im->arena, g->switch_names, g->n_switches, g->cap_switch_names);
	g->switch_names[g->n_switches] = (struct str){ name, strlen(name) };
	g->switches[g->n_switches++] = (struct value){
		.text = { pattern, strlen(pattern) }, .is_pattern = true
	};
}

/* What their enforcer leaves to the agent and cocoaexpo does not. */
static void set_forms(struct hcsshim *h)
{
	static const char *const notes[] = {
		"There only the agent knows the forms of ids and targets; these are what hcsshim's simulator has.",
		"Mounts are optional, and 64 containers of a kind may run, since there neither is asked for.",
	};
	size_t i;

	for (i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		values_add(h->im->arena, &h->group->notes, (struct str){ notes[i], strlen(notes[i]) },
		    (struct loc){ NULL, 0, 0 });
	set_pattern(h, "container_id", "[a-z0-9]{1,64}");
	set_pattern(h, "layer_target", "/run/layers/p[0-9]+-layer[0-9]+");
	set_pattern(h, "scratch_target", "/mnt/layer[0-9]{1,6}");
}

/* The file's name without folders and ending. */
static struct str file_stem(const struct node *root)
{
	struct str name = root->loc.source == NULL ? STR("policy") : root->loc.source->name;
	size_t at, dot;

	for (at = name.len; at > 0 && name.ptr[at - 1] != '/'; at--)
		;
	for (dot = name.len; dot > at + 1 && name.ptr[dot - 1] != '.'; dot--)
		;
	dot = dot > at + 1 ? dot - 1 : name.len;
	return (struct str){ name.ptr + at, dot - at };
}

static void known_fields(struct hcsshim *h, const struct node *root)
{
	struct node rest = *root;
	uint32_t i, n = 0;
	size_t j;

	/* Points that are decided in the policy are read_point()'s. */
	rest.entries = arena_array(h->im->arena, root->n, struct entry);
	for (i = 0; i < root->n; i++) {
		for (j = 0; j < N_POINTS && !str_is(root->entries[i].key, points[j].name); j++)
			;
		if (j == N_POINTS)
			rest.entries[n++] = root->entries[i];
		root->entries[i].used = true;
	}
	rest.n = n;
	import_fields(h->im, &rest, fields, N_FIELDS, "policy", "");
}

static void read_list(struct hcsshim *h, const struct node *root, const char *key,
    void (*read)(struct hcsshim *, struct node *, const char *))
{
	struct node *list = import_list(h->im, root, key);
	uint32_t i;

	if (list == NULL || !import_room(h->im, h->group, list->n, list->loc))
		return;
	for (i = 0; i < list->n; i++)
		read(h, list->items[i], hcsshim_item(h, "", key, i));
}

void import_hcsshim(struct import *im, struct node *root)
{
	struct hcsshim h = { .im = im };
	uint32_t api;
	struct str package = { "", 0 };
	struct loc loc;
	size_t i;

	h.group = import_group(im, file_stem(root), "hcsshim policy", root->loc);
	if (!import_string(im, root, "package", &package, &loc) || !str_is(package, "policy")) {
		diag_error(im->diag, package.len == 0 ? root->loc : loc, DIAG_BAD_VALUE,
		    "a policy is the package \"policy\", this is \"%.*s\": a fragment is no policy of its own",
		    STR_ARG(package));
		return;
	}
	h.group->from = loc;
	known_fields(&h, root);
	h.framework = version(&h, root, "framework_version", "framework_svn", VERSION(0, 5, 0));
	api = version(&h, root, "api_version", "api_svn", VERSION(0, 12, 0));
	set_forms(&h);
	read_switches(&h, root);
	read_fragments(&h, root);
	read_handed(&h, root);
	for (i = 0; i < N_POINTS; i++)
		read_point(&h, root, &points[i], api);
	read_list(&h, root, "containers", hcsshim_container);
	read_list(&h, root, "external_processes", hcsshim_external);
	if (h.group->n_containers == 0)
		diag_warning(im->diag, root->entries[0].loc, DIAG_NO_EFFECT, "the policy has no container");
}

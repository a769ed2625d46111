/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_pod.c - see kubernetes.h: a pod's containers and their order.
 */
#include "kubernetes.h"

/* ---- commands ---- */

/* With $(NAME) put in.  False: the field is not there, or is empty, which is the same. */
static bool read_words(struct reading *r, const char *key, struct values *out)
{
	struct import *im = r->pod->im;
	uint32_t i;

	import_strings(im, r->node, key, out);
	for (i = 0; i < out->n; i++) {
		struct value word = kubernetes_expand(r, out->items[i].text, out->items[i].from);

		if (word.is_pattern)
			diag_error(im->diag, word.from, DIAG_REFUSED,
			    "%s.%s[%u]: a variable in it is known only when "
			    "the pod runs, and a command is judged word by word",
			    r->path, key, (unsigned)i);
		else
			out->items[i] = word;
	}
	return out->n != 0;
}

static void read_image(struct reading *r)
{
	struct import *im = r->pod->im;
	struct values command = { NULL, 0, 0 }, args = { NULL, 0, 0 };
	bool has_command = read_words(r, "command", &command), has_args = read_words(r, "args", &args);
	struct str image;
	struct loc loc;

	if (import_string(im, r->node, "image", &image, &loc) && image.len != 0)
		r->image = import_image(im, r->out, image, loc, has_command ? &command : NULL,
		    has_args ? &args : NULL);
	else
		diag_error(im->diag, r->node->loc, DIAG_MISSING_FIELD, "%s names no image", r->path);
}

/* ---- containers ---- */

/* The host reads and writes where the pod asks for it. */
static void read_stdio(struct reading *r)
{
	struct flag *flag = &r->out->allow_stdio;
	bool on = false;

	if (import_bool(r->pod->im, r->node, "stdin", &on, &flag->from) && on)
		flag->on = true;
	if (!flag->on && import_bool(r->pod->im, r->node, "tty", &on, &flag->from) && on)
		flag->on = true;
}

/* Of those that are not just so much of something. */
static void warn_of_devices(struct reading *r)
{
	static const char *const keys[] = { "limits", "requests" };
	struct import *im = r->pod->im;
	const struct node *resources = import_map(im, r->node, "resources");
	uint32_t i;
	size_t k;

	for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		const struct node *map = import_map(im, resources, keys[k]);

		for (i = 0; map != NULL && i < map->n; i++)
			if (memchr(map->entries[i].key.ptr, '/', map->entries[i].key.len) != NULL)
				diag_warning(im->diag, map->entries[i].loc, DIAG_NO_EFFECT,
				    "%s.resources.%s: no device of "
				    "the host gets into the guest: there will be no %.*s",
				    r->path, keys[k], STR_ARG(map->entries[i].key));
	}
}

static void read_container(struct reading *r)
{
	struct import *im = r->pod->im;
	struct container *c = r->out;

	c->from = r->node->loc;
	if (!import_string(im, r->node, "name", &c->name, &c->from) || c->name.len == 0)
		diag_error(im->diag, r->node->loc, DIAG_MISSING_FIELD, "%s has no name", r->path);
	else
		(void)kubernetes_is_label(r->pod, c->name, c->from, "container");
	(void)import_string(im, r->node, "workingDir", &c->workdir.text, &c->workdir.from);
	kubernetes_env(r);
	kubernetes_mounts(r);
	read_image(r);
	kubernetes_env_added(r);
	kubernetes_security(r);
	kubernetes_probes(r);
	read_stdio(r);
	warn_of_devices(r);
}

/* ---- order ---- */

static bool is_sidecar(struct pod *pod, const struct node *node)
{
	struct str policy;
	struct loc loc;

	if (!import_string(pod->im, node, "restartPolicy", &policy, &loc))
		return false;
	if (!str_is(policy, "Always"))
		diag_error(pod->im->diag, loc, DIAG_BAD_VALUE,
		    "a container's own restartPolicy is Always, not '%.*s'", STR_ARG(policy));
	return true;
}

static bool is_there(const struct group *g, struct str name)
{
	uint32_t i;

	for (i = 0; i + 1 < g->n_containers; i++)
		if (str_equal(g->containers[i].name, name))
			return true;
	return false;
}

/* Waits for all of `first`, and each of these for the one before it. */
static void read_list(struct pod *pod, const char *key, struct values *first, bool is_init)
{
	struct import *im = pod->im;
	const struct node *list = import_list(im, pod->spec, key);
	uint32_t i, k;

	if (list == NULL || !import_room(im, pod->group, list->n, list->loc))
		return;
	for (i = 0; i < list->n; i++) {
		struct reading r = { .pod = pod, .node = list->items[i],
			.path = arena_printf(im->arena, "%s.%s[%u]", pod->path, key, (unsigned)i).ptr };

		if (r.node->kind != NODE_MAP) {
			diag_error(im->diag, r.node->loc, DIAG_TYPE_MISMATCH, "%s wants a map, this is %s",
			    r.path, node_kind_name(r.node->kind));
			continue;
		}
		r.out = group_add(im->arena, pod->group);
		read_container(&r);
		if (is_there(pod->group, r.out->name))
			diag_error(im->diag, r.out->from, DIAG_DUPLICATE_NAME,
			    "there is a container '%.*s' already", STR_ARG(r.out->name));
		for (k = is_init && first->n != 0 ? first->n - 1 : 0; k < first->n; k++)
			values_add(im->arena, &r.out->after, first->items[k].text, r.out->from);
		if (!is_init)
			continue;
		r.out->begins_only = !is_sidecar(pod, r.node);
		values_add(im->arena, first, r.out->name, r.out->from);
	}
}

/* Sysctls are of the pod's namespaces, which the pause container makes. */
static void set_sysctls(struct pod *pod)
{
	struct group *g = pod->group;
	uint32_t i;

	for (i = 0; i < g->n_containers; i++)
		if (pod->im->options->sandbox_image == NULL || g->containers[i].sandbox.on)
			kubernetes_sysctls(pod, &g->containers[i], i == 0);
}

void kubernetes_pod(struct pod *pod)
{
	struct import *im = pod->im;
	const struct node *containers = import_list(im, pod->spec, "containers");
	struct values first = { NULL, 0, 0 };
	bool host_network = false;
	struct loc loc;

	if (containers == NULL || containers->n == 0)
		diag_error(im->diag, pod->spec->loc, DIAG_MISSING_FIELD, "%s has no containers", pod->path);
	if (import_bool(im, pod->spec, "hostNetwork", &host_network, &loc) && host_network)
		values_add(im->arena, &pod->group->allows, STR("host_network"), loc);
	kubernetes_pod_security(pod);
	kubernetes_presets(pod);
	if (pod->group->n_containers != 0)
		values_add(im->arena, &first, pod->group->containers[0].name, pod->group->from);
	read_list(pod, "initContainers", &first, true);
	read_list(pod, "containers", &first, false);
	set_sysctls(pod);
	kubernetes_volumes_left(pod);
}

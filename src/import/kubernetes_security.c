/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_security.c - see kubernetes.h: securityContext, of the container
 * before that of the pod.
 */
#include <inttypes.h>

#include "kubernetes.h"

/* Both contexts, either may be NULL. */
struct contexts {
	const struct node *own, *pod;
};

/* What is wrong with a value of the pod's is said once, by kubernetes_pod_security(), which has no container. */
static bool is_said(struct reading *r, struct contexts s, const char *key)
{
	return r->node != NULL && node_find(s.own, key) == NULL;
}

static struct contexts contexts_of(struct reading *r)
{
	return (struct contexts){ import_map(r->pod->im, r->node, "securityContext"),
		import_map(r->pod->im, r->pod->spec, "securityContext") };
}

static bool number_of(struct reading *r, struct contexts s, const char *key, int64_t *out, struct loc *loc)
{
	struct import *im = r->pod->im;

	if (!import_int(im, s.own, key, out, loc) && !import_int(im, s.pod, key, out, loc))
		return false;
	if (*out >= 0 && *out <= INT32_MAX)
		return true;
	if (!is_said(r, s, key))
		diag_error(
		    im->diag, *loc, DIAG_BAD_VALUE, "%s: %" PRIi64 " is no id (0 to 2147483647)", key, *out);
	return false;
}

/* ---- user and groups ---- */

static bool is_id(const struct node *value)
{
	return value->kind == NODE_INT && value->integer >= 0 && value->integer <= INT32_MAX;
}

/* What containers take from the pod, whether one of them does or not. */
static void check_ids(struct reading *r, const struct node *context)
{
	static const char *const keys[] = { "runAsUser", "runAsGroup", "fsGroup" };
	struct import *im = r->pod->im;
	const struct node *list = import_list(im, context, "supplementalGroups");
	struct str policy;
	struct loc loc;
	int64_t id;
	uint32_t i;
	size_t k;

	for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		(void)number_of(r, (struct contexts){ .pod = context }, keys[k], &id, &loc);
	for (i = 0; list != NULL && i < list->n; i++)
		if (!is_id(list->items[i]))
			diag_error(im->diag, list->items[i]->loc, DIAG_BAD_VALUE,
			    "supplementalGroups: '%.*s' is no id (0 to 2147483647)", STR_ARG(list->items[i]->text));
	if (import_string(im, context, "supplementalGroupsPolicy", &policy, &loc) && !str_is(policy, "Merge")
	    && !str_is(policy, "Strict"))
		diag_error(im->diag, loc, DIAG_BAD_VALUE,
		    "supplementalGroupsPolicy is Merge or Strict, not '%.*s'", STR_ARG(policy));
}

static void add_group(struct reading *r, int64_t id, struct loc loc)
{
	struct container *c = r->out;
	struct identity group = { .id = { .text = arena_printf(r->pod->im->arena, "%" PRIi64, id),
				      .from = loc } };
	uint32_t i;

	for (i = 0; i < c->n_groups; i++)
		if (str_equal(c->groups[i].id.text, group.id.text))
			return;
	arena_push(r->pod->im->arena, c->groups, c->n_groups, c->cap_groups);
	c->groups[c->n_groups++] = group;
}

/* As kubelet and the runtime have it: the image's user without its group, which /etc/passwd gives. */
static void read_user(struct reading *r, struct contexts s)
{
	struct arena *a = r->pod->im->arena;
	struct str user = r->image == NULL ? STR("") : r->image->user;
	const char *colon = user.len == 0 ? NULL : memchr(user.ptr, ':', user.len);
	struct loc loc = r->out->from, group_loc;
	int64_t id;

	if (colon != NULL)
		user.len = (size_t)(colon - user.ptr);
	if (r->image != NULL)
		loc = import_place(r->pod->im, r->image);
	if (number_of(r, s, "runAsUser", &id, &loc))
		user = arena_printf(a, "%" PRIi64, id);
	if (number_of(r, s, "runAsGroup", &id, &group_loc)) {
		if (user.len == 0 && r->image == NULL) {
			add_group(r, id, group_loc);  /* of a user whom nobody knows */
			return;
		}
		user = arena_printf(a, "%.*s:%" PRIi64, STR_ARG(user.len == 0 ? STR("0") : user), id);
	}
	import_user(r->pod->im, r->out, r->image, user, loc, false);
}

/* In the comment on the container. */
static void remark(struct reading *r, const char *what)
{
	r->out->remark = arena_printf(r->pod->im->arena, "%.*s%s%s", STR_ARG(r->out->remark),
	    r->out->remark.len == 0 ? "" : ", ", what);
}

/* Where any group may be there, more of them change nothing. */
static void remember_groups(struct reading *r, const struct node *context)
{
	static const char *const keys[] = { "fsGroup", "supplementalGroups", "supplementalGroupsPolicy" };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct entry *entry = node_find(context, keys[i]);

		if (entry != NULL)
			kubernetes_remember(r->pod,
			    arena_printf(r->pod->im->arena, "%s of %s", keys[i], r->path).ptr,
			    "any group is allowed, for what the image says is not known", entry->loc);
	}
}

static void read_groups(struct reading *r, struct contexts s)
{
	struct import *im = r->pod->im;
	const struct node *list = import_list(im, s.pod, "supplementalGroups");
	struct str policy = STR("Merge");
	struct loc loc = r->out->from;
	int64_t id;
	uint32_t i;

	if (import_string(im, s.pod, "supplementalGroupsPolicy", &policy, NULL) && str_is(policy, "Strict")) {
		r->out->n_groups = r->out->n_groups > 1 ? 1 : r->out->n_groups;
		remark(r, "without groups of the image");
	}
	if (r->out->n_groups == 0) {    /* any, these among them */
		remember_groups(r, s.pod);
		return;
	}
	if (number_of(r, (struct contexts){ .pod = s.pod }, "fsGroup", &id, &loc))
		add_group(r, id, loc);
	for (i = 0; list != NULL && i < list->n; i++)
		if (is_id(list->items[i]))
			add_group(r, list->items[i]->integer, list->items[i]->loc);
}

static void read_non_root(struct reading *r, struct contexts s)
{
	struct import *im = r->pod->im;
	struct value *id = &r->out->user.id;
	bool wanted = false;
	struct loc loc;

	if (!import_bool(im, s.own, "runAsNonRoot", &wanted, &loc))
		(void)import_bool(im, s.pod, "runAsNonRoot", &wanted, &loc);
	if (!wanted)
		return;
	if (id->text.len == 0)
		*id = (struct value){ .text = STR("[1-9][0-9]*"), .is_pattern = true, .from = loc };
	else if (!id->is_pattern && str_is(id->text, "0"))
		diag_error(im->diag, loc, DIAG_BAD_VALUE, "%s: runAsNonRoot, but its user is 0", r->path);
	else
		remark(r, "not root");
}

/* ---- privileges ---- */

static void read_flag(struct reading *r, const struct node *own, const char *key, struct flag *flag)
{
	if (!import_bool(r->pod->im, own, key, &flag->on, &flag->from))
		flag->on = false;
}

static void read_capabilities(struct reading *r, struct contexts s)
{
	struct import *im = r->pod->im;
	const struct node *capabilities = import_map(im, s.own, "capabilities");
	struct values add = { NULL, 0, 0 }, drop = { NULL, 0, 0 };

	import_strings(im, capabilities, "add", &add);
	import_strings(im, capabilities, "drop", &drop);
	import_capabilities(im, r->out, &add, &drop, r->out->allow_elevated.on);
}

static void read_privileges(struct reading *r, struct contexts s)
{
	struct import *im = r->pod->im;
	struct str mount = { "", 0 };
	bool escalates = true;
	struct loc loc;

	read_flag(r, s.own, "privileged", &r->out->allow_elevated);
	read_flag(r, s.own, "readOnlyRootFilesystem", &r->out->readonly_rootfs);
	if (import_bool(im, s.own, "allowPrivilegeEscalation", &escalates, &loc) && !escalates) {
		r->out->no_new_privileges = (struct flag){ true, loc };
		if (r->out->allow_elevated.on)
			diag_error(im->diag, loc, DIAG_BAD_VALUE,
			    "%s is privileged, which allowPrivilegeEscalation: false forbids", r->path);
	}
	if (import_string(im, s.own, "procMount", &mount, &loc) && !str_is(mount, "Default"))
		diag_error(im->diag, loc, DIAG_REFUSED,
		    "%s.securityContext.procMount: which paths of /proc are masked "
		    "is the agent's own choice",
		    r->path);
	read_capabilities(r, s);
}

/* ---- seccomp ---- */

static void read_localhost(struct reading *r, const struct node *profile, struct loc loc)
{
	struct import *im = r->pod->im;
	struct str name;

	if (!import_string(im, profile, "localhostProfile", &name, &loc) || name.len == 0) {
		diag_error(im->diag, loc, DIAG_MISSING_FIELD,
		    "a seccompProfile of type Localhost wants a localhostProfile");
		return;
	}
	r->out->seccomp =
	    (struct value){ .text = arena_printf(im->arena, "localhost/%.*s", STR_ARG(name)), .from = loc };
	diag_warning(im->diag, loc, DIAG_FROM_HOST,
	    "%s: the seccomp profile '%.*s' is judged by its name: what it says is not measured", r->path,
	    STR_ARG(name));
}

/* The profile's type; false: it has none that is one, which is said if `complain` is set. */
static bool seccomp_type(struct import *im, const struct node *profile, bool complain, struct str *type,
    struct loc *loc)
{
	bool has_type = import_string(im, profile, "type", type, loc);

	if (has_type && (str_is(*type, "RuntimeDefault") || str_is(*type, "Localhost") || str_is(*type, "Unconfined")))
		return true;
	if (complain && has_type)
		diag_error(im->diag, *loc, DIAG_BAD_VALUE,
		    "a seccompProfile is RuntimeDefault, Localhost or Unconfined, not '%.*s'", STR_ARG(*type));
	else if (complain)
		diag_error(im->diag, profile->loc, DIAG_MISSING_FIELD, "this seccompProfile has no 'type'");
	return false;
}

/* A privileged container has none, as in Kubernetes. */
static void read_seccomp(struct reading *r, struct contexts s)
{
	struct import *im = r->pod->im;
	const struct node *own = import_map(im, s.own, "seccompProfile"), *profile = own;
	struct str type;
	struct loc loc;

	if (profile == NULL)
		profile = import_map(im, s.pod, "seccompProfile");
	if (profile == NULL || !seccomp_type(im, profile, own != NULL, &type, &loc))
		return;
	if (r->out->allow_elevated.on)
		diag_warning(
		    im->diag, loc, DIAG_NO_EFFECT, "%s is privileged: it has no seccomp profile", r->path);
	else if (str_is(type, "RuntimeDefault"))
		r->out->seccomp = (struct value){ .text = STR("runtime/default"), .from = loc };
	else if (str_is(type, "Localhost"))
		read_localhost(r, profile, loc);
}

/* ---- what the guest has not ---- */

static void warn_of(struct reading *r, const struct node *context, const char *key, const char *what)
{
	const struct entry *entry = node_find(context, key);

	if (entry != NULL && entry->value->kind == NODE_MAP && entry->value->n != 0)
		diag_warning(r->pod->im->diag, entry->loc, DIAG_NO_EFFECT, "%s: %s", key, what);
}

static void warn_of_both(struct reading *r, const struct node *context)
{
	warn_of(r, context, "seLinuxOptions", "the guest has no SELinux policy: nothing comes of this");
	warn_of(r, context, "appArmorProfile", "the guest loads no AppArmor profile: nothing comes of this");
}

void kubernetes_security(struct reading *r)
{
	struct contexts s = contexts_of(r);

	read_user(r, s);
	read_groups(r, s);
	read_non_root(r, s);
	read_privileges(r, s);
	read_seccomp(r, s);
	warn_of_both(r, s.own);
}

void kubernetes_pod_security(struct pod *pod)
{
	struct import *im = pod->im;
	const struct node *context = import_map(im, pod->spec, "securityContext"),
			  *os = import_map(im, pod->spec, "os"),
			  *profile = import_map(im, context, "seccompProfile");
	struct reading r = { .pod = pod };
	const struct entry *users = node_find(pod->spec, "hostUsers");
	struct str name;
	struct loc loc;

	check_ids(&r, context);
	if (profile != NULL)
		(void)seccomp_type(im, profile, true, &name, &loc);
	warn_of_both(&r, context);
	if (users != NULL && users->value->kind == NODE_BOOL && users->value->integer == 0)
		diag_warning(im->diag, users->loc, DIAG_NO_EFFECT,
		    "hostUsers: ids are not mapped in the guest: root of a container is root of the guest's "
		    "kernel");
	if (import_string(im, os, "name", &name, &loc) && !str_is(name, "linux"))
		diag_error(im->diag, loc, DIAG_REFUSED, "%s.os.name: the guest runs Linux, not '%.*s'",
		    pod->path, STR_ARG(name));
}

void kubernetes_sysctls(struct pod *pod, struct container *c, bool is_first)
{
	struct import *im = pod->im;
	const struct node *list = import_list(im, import_map(im, pod->spec, "securityContext"), "sysctls");
	struct setting s;
	uint32_t i;

	for (i = 0; list != NULL && i < list->n; i++) {
		s = (struct setting){ .name = { "", 0 } };
		if (!import_string(im, list->items[i], "name", &s.name, NULL)
		    || !import_string(im, list->items[i], "value", &s.value.text, &s.value.from)) {
			if (is_first)
				diag_error(im->diag, list->items[i]->loc, DIAG_MISSING_FIELD,
				    "a sysctl has a name and a value");
			continue;
		}
		arena_push(im->arena, c->sysctls, c->n_sysctls, c->cap_sysctls);
		c->sysctls[c->n_sysctls++] = s;
	}
}

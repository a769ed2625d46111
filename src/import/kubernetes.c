/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes.c - import_kubernetes(): the objects that hold a pod, and what the
 * pods of each are called.
 */
#include "../base/bytes.h"
#include "kubernetes.h"

/* What a controller puts behind its own name. */
enum naming { NAME_ITSELF, NAME_RANDOM, NAME_HASH_RANDOM, NAME_ORDINAL, NAME_TIME_RANDOM, NAME_ANY };

struct workload {
	const char *kind, *api;         /* api: its groups, each with a blank behind it */
	const char *object;             /* of its spec, in the table of fields */
	const char *way;                /* to the pod's template, with dots; empty: it is a pod itself */
	enum naming naming;
};

static const struct workload workloads[] = {
	{ "Pod", "v1 ", "PodSpec", "", NAME_ITSELF },
	{ "Deployment", "apps extensions ", "DeploymentSpec", "spec.template", NAME_HASH_RANDOM },
	{ "ReplicaSet", "apps extensions ", "ReplicaSetSpec", "spec.template", NAME_RANDOM },
	{ "ReplicationController", "v1 ", "ReplicaSetSpec", "spec.template", NAME_RANDOM },
	{ "DaemonSet", "apps extensions ", "DaemonSetSpec", "spec.template", NAME_RANDOM },
	{ "StatefulSet", "apps ", "StatefulSetSpec", "spec.template", NAME_ORDINAL },
	{ "Job", "batch extensions ", "JobSpec", "spec.template", NAME_RANDOM },
	{ "CronJob", "batch ", "CronJobSpec", "spec.jobTemplate.spec.template", NAME_TIME_RANDOM },
	{ "PodTemplate", "v1 ", "PodTemplate", "template", NAME_ANY },
};

/* Of Kubernetes' own kinds, those that hold no pod. */
static const char *const others[] = {
	"APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole",
	"ClusterRoleBinding", "ComponentStatus", "ConfigMap", "ControllerRevision",
	"CustomResourceDefinition", "Endpoints", "EndpointSlice", "Event", "FlowSchema",
	"HorizontalPodAutoscaler", "Ingress", "IngressClass", "Lease", "LimitRange",
	"MutatingWebhookConfiguration", "Namespace", "NetworkPolicy", "Node", "PersistentVolume",
	"PersistentVolumeClaim", "PodDisruptionBudget", "PodSecurityPolicy", "PriorityClass",
	"PriorityLevelConfiguration", "ResourceQuota", "Role", "RoleBinding", "RuntimeClass", "Secret",
	"Service", "ServiceAccount", "StorageClass", "ValidatingAdmissionPolicy",
	"ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment",
};

enum { GENERATED_BASE_MAX = 58, HOSTNAME_MAX = 63 };

/* "apps" of "apps/v1", "v1" of "v1". */
static bool api_fits(const struct workload *w, struct str api)
{
	const char *slash = memchr(api.ptr, '/', api.len), *at;
	size_t len = slash == NULL ? api.len : (size_t)(slash - api.ptr);

	for (at = w->api; *at != '\0'; at += strcspn(at, " ") + 1)
		if (strcspn(at, " ") == len && memcmp(at, api.ptr, len) == 0)
			return true;
	return false;
}

static const struct workload *workload_of(struct import *im, const struct object *o)
{
	struct str api = { "", 0 };
	size_t i;

	(void)import_string(im, o->node, "apiVersion", &api, NULL);
	for (i = 0; i < sizeof(workloads) / sizeof(workloads[0]); i++)
		if (str_is(o->kind, workloads[i].kind) && (api.len == 0 || api_fits(&workloads[i], api)))
			return &workloads[i];
	return NULL;
}

static bool holds_no_pod(const struct object *o)
{
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (str_is(o->kind, others[i]))
			return true;
	return false;
}

/* ---- names ---- */

static struct value name_pattern(struct arena *a, struct str base, const char *more)
{
	return (struct value){ .is_pattern = true,
		.text = arena_printf(a, "%.*s%s", STR_ARG(pattern_of(a, base)), more) };
}

/* What the cluster makes of a base: it is cut, and five letters or digits are put behind it. */
static struct value random_name(struct arena *a, struct str base)
{
	if (base.len > GENERATED_BASE_MAX)
		base.len = GENERATED_BASE_MAX;
	return name_pattern(a, base, "[a-z0-9]{5}");
}

static struct value pod_name(struct pod *pod, const struct workload *w, const struct object *o)
{
	struct arena *a = pod->im->arena;
	struct value any = { .is_pattern = true, .text = { HOLE_DNS_NAME, strlen(HOLE_DNS_NAME) } };
	struct str name = o->name;

	if (o->is_generated)
		return w->naming == NAME_ITSELF ? random_name(a, name) : any;
	switch (w->naming) {
	case NAME_ITSELF:
		return (struct value){ .text = name };
	case NAME_ORDINAL:
		return name_pattern(a, name, "-[0-9]{1,10}");
	case NAME_RANDOM:
		if (!pod->is_indexed)
			return random_name(a, arena_printf(a, "%.*s-", STR_ARG(name)));
		return name.len + 12 > GENERATED_BASE_MAX ? any
							  : name_pattern(a, name, "-[0-9]{1,10}-[a-z0-9]{5}");
	case NAME_HASH_RANDOM:
		return name.len + 12 > GENERATED_BASE_MAX
			   ? any
			   : name_pattern(a, name, "-[a-z0-9]{1,10}-[a-z0-9]{5}");
	case NAME_TIME_RANDOM:
		if (!pod->is_indexed)
			return name_pattern(a, name, "-[0-9]{1,11}-[a-z0-9]{5}");
		return name_pattern(a, name, "-[0-9]{1,11}-[0-9]{1,10}-[a-z0-9]{5}");
	case NAME_ANY:
		break;
	}
	return any;
}

/* Of the guest. */
static struct value host_name(struct pod *pod, const struct workload *w, const struct object *o)
{
	struct value any = { .is_pattern = true, .text = { HOLE_DNS_NAME, strlen(HOLE_DNS_NAME) } };
	struct value said = { .text = { "", 0 } };
	bool host_network = false, full = false;

	(void)import_bool(pod->im, pod->spec, "hostNetwork", &host_network, NULL);
	(void)import_bool(pod->im, pod->spec, "setHostnameAsFQDN", &full, NULL);
	if (import_string(pod->im, pod->spec, "hostname", &said.text, &said.from) && !host_network && !full)
		return said;
	if (host_network || full)
		return any;
	if (pod->is_indexed)
		return w->naming != NAME_RANDOM || o->is_generated ? any
		    : name_pattern(pod->im->arena, o->name, "-[0-9]{1,10}");
	said = pod->name;
	if (said.is_pattern || said.text.len <= HOSTNAME_MAX)
		return said;
	said.text.len = HOSTNAME_MAX;
	while (said.text.len > 0 && strchr("-.", said.text.ptr[said.text.len - 1]) != NULL)
		said.text.len--;
	return said;
}

/* ---- one object ---- */

/* The map at the end of a way of fields; *path: the way with what is before it. */
static struct node *walk_way(struct import *im, const struct object *o, const char *way, const char **path)
{
	struct node *at = o->node;
	const char *part = way;

	*path = kubernetes_path(im, o->path, way);
	while (at != NULL && *part != '\0') {
		size_t len = strcspn(part, ".");
		struct str key = arena_copy(im->arena, part, len);
		struct node *next = import_map(im, at, key.ptr);

		if (next == NULL && node_find(at, key.ptr) == NULL)
			diag_error(im->diag, at->loc, DIAG_MISSING_FIELD, "%s of this %.*s: there is no '%s'",
			    *path, STR_ARG(o->kind), key.ptr);
		at = next;
		part += len + (part[len] == '.');
	}
	return at;
}

static void read_spec(struct pod *pod, const struct object *o, const struct workload *w)
{
	struct import *im = pod->im;
	const struct node *job = import_map(im, o->node, "spec");
	struct str mode;

	if (w->naming == NAME_TIME_RANDOM)
		job = import_map(im, import_map(im, job, "jobTemplate"), "spec");
	if ((w->naming == NAME_TIME_RANDOM || str_is(o->kind, "Job"))
	    && import_string(im, job, "completionMode", &mode, &pod->indexed_from))
		pod->is_indexed = str_is(mode, "Indexed");
	pod->name = pod_name(pod, w, o);
	pod->hostname = host_name(pod, w, o);
	kubernetes_volumes(pod, w->naming == NAME_ORDINAL
	    ? import_list(im, import_map(im, o->node, "spec"), "volumeClaimTemplates") : NULL);
	kubernetes_pod(pod);
}

/* Against the table, from the top. */
static void check_fields(struct pod *pod, const struct object *o, const struct workload *w)
{
	const struct node *spec;

	if (w->way[0] == '\0' || w->naming == NAME_ANY) {
		kubernetes_fields(pod, o->node, w->kind, o->path);
		return;
	}
	kubernetes_fields(pod, o->node, "Workload", o->path);
	spec = import_map(pod->im, o->node, "spec");
	if (spec != NULL)
		kubernetes_fields(pod, spec, w->object, kubernetes_path(pod->im, o->path, "spec"));
}

/* "Service db (line 3), ..." of those that hold no pod; what is of the group with its namespace. */
static void note_others(struct pod *pod, const char *what, bool are_used)
{
	struct arena *a = pod->im->arena;
	struct bytes list = { .arena = a };
	uint32_t i, line, column;

	for (i = 0; i < pod->objects->n; i++) {
		const struct object *o = &pod->objects->items[i];

		if ((o->user == pod) != are_used || !holds_no_pod(o))
			continue;
		source_place(o->loc.source, o->loc.start, &line, &column);
		bytes_printf(&list, "%s%.*s %.*s%s%.*s (line %u)", list.len == 0 ? "" : ", ", STR_ARG(o->kind),
		    STR_ARG(are_used ? o->space : STR("")), are_used ? "/" : "", STR_ARG(o->name),
		    (unsigned)line);
	}
	if (list.len != 0)
		values_add(a, &pod->group->notes, arena_printf(a, "%s: %.*s", what, STR_ARG(bytes_str(&list))),
		    (struct loc){ 0 });
}

static void import_object(struct objects *all, const struct object *o, const struct workload *w)
{
	struct import *im = all->im;
	uint32_t errors = im->diag->n_errors;
	struct pod *pod = arena_new(im->arena, struct pod);
	struct node *holder;
	const char *before;
	uint32_t i;

	*pod = (struct pod){ .objects = all, .im = im, .space = o->space };
	pod->group = import_group(im, o->name, w->kind, o->loc);
	for (i = 0; i < all->lists->n_remarks; i++)
		kubernetes_remember(pod, all->lists->remarks[i].path, all->lists->remarks[i].why,
		    all->lists->remarks[i].loc);
	check_fields(pod, o, w);
	holder = w->way[0] == '\0' ? o->node : walk_way(im, o, w->way, &pod->path);
	pod->meta = import_map(im, holder, "metadata");
	pod->spec = import_map(im, holder, "spec");
	before = pod->path == NULL ? o->path : pod->path;
	pod->path = kubernetes_path(im, before, "spec");
	pod->meta_path = kubernetes_path(im, before, "metadata");
	if (holder != NULL && pod->spec == NULL && im->diag->n_errors == errors)
		diag_error(im->diag, holder->loc, DIAG_MISSING_FIELD, "%s: there is none, so nothing runs",
		    pod->path);
	if (o->name.len == 0)
		diag_error(im->diag, o->node->loc, DIAG_MISSING_FIELD, "%s: this %.*s has no name",
		    kubernetes_path(im, o->path, "metadata.name"), STR_ARG(o->kind));
	if (pod->spec != NULL) {
		read_spec(pod, o, w);
		kubernetes_fields_left(pod);
		kubernetes_values_left(pod);
		note_others(pod, "Part of the group", true);
		note_others(pod, "Not part of the group", false);
		kubernetes_remarks(pod);
	}
}

static void complain_of_nothing(struct objects *all)
{
	struct arena *a = all->im->arena;
	struct str kinds = { "", 0 };
	uint32_t i;

	for (i = 0; i < all->n && i < 8; i++)
		kinds = arena_printf(a, "%.*s%s%.*s", STR_ARG(kinds), i == 0 ? "" : ", ",
		    STR_ARG(all->items[i].kind));
	if (all->n != 0)
		diag_error(all->im->diag, all->items[0].loc, DIAG_MISSING_FIELD,
		    "nothing here runs containers: found %.*s%s", STR_ARG(kinds), all->n > 8 ? ", ..." : "");
}

static void complain_of_kind(struct import *im, const struct object *o)
{
	struct str api = { "", 0 };

	(void)import_string(im, o->node, "apiVersion", &api, NULL);
	diag_warning(im->diag, o->loc, DIAG_UNKNOWN_NAME,
	    "%.*s of %.*s is no kind of object that is known here: it is "
	    "left out",
	    STR_ARG(o->kind), STR_ARG(api));
}

void import_kubernetes(struct import *im, struct node **roots, uint32_t n)
{
	struct objects all = { .im = im };
	uint32_t i, found = 0, errors = im->diag->n_errors;

	kubernetes_objects(&all, roots, n);
	if (im->diag->n_errors != errors)
		return;
	for (i = 0; i < all.n; i++) {
		const struct object *o = &all.items[i];
		const struct workload *w = workload_of(im, o);

		if (w == NULL && !holds_no_pod(o))
			complain_of_kind(im, o);
	}
	for (i = 0; i < all.n; i++) {
		const struct workload *w = workload_of(im, &all.items[i]);

		if (w == NULL)
			continue;
		found++;
		import_object(&all, &all.items[i], w);
	}
	if (found == 0)
		complain_of_nothing(&all);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes.h - between the files that read Kubernetes' objects.  A pod becomes
 * a group; what its meanings are is in cocoapolc-import(1).
 */
#ifndef COCOAPOL_IMPORT_KUBERNETES_H
#define COCOAPOL_IMPORT_KUBERNETES_H

#include "import.h"

/* An object of the input, out of its List. */
struct object {
	struct str kind, name, space;   /* name, space: empty if it has none */
	struct node *node;
	const char *path;               /* for people, before its fields: "" or "items[2]" */
	struct loc loc;                 /* of its name */
	bool is_generated;              /* name is what the cluster puts letters behind */
	const struct pod *user;         /* of a ConfigMap or Secret: the last one that asked for it */
};

struct objects {
	struct import *im;
	struct object *items;
	uint32_t n, cap;
	struct pod *lists;              /* holds the remarks on their Lists */
};

/* A field that has no effect, to be named in the policy. */
struct remark {
	const char *path, *why;
	struct loc loc;
};

/* A volume, by what is mounted of it. */
struct volume {
	struct str name;
	const struct node *source;      /* its "hostPath", "emptyDir", ... */
	const char *kind;               /* the name of that field */
	struct loc loc;
	struct str what;                /* the same for people: "configMap settings" */
	bool is_readonly;
	uint32_t n_mounts;              /* among all containers */
};

/* A pod, or what a controller makes pods of. */
struct pod {
	struct objects *objects;
	struct import *im;
	struct group *group;
	const struct node *meta, *spec; /* meta may be NULL */
	const char *path, *meta_path;   /* of spec and meta: "spec.template.spec" */
	struct str space;               /* of the object; empty: not said */
	struct value name, hostname;    /* of each pod */
	struct volume *volumes;
	uint32_t n_volumes, cap_volumes;
	struct remark *remarks;
	uint32_t n_remarks, cap_remarks;
	struct values asked;            /* names of fields of spec that a variable asks for */
	bool is_indexed;                /* a Job's pods know their index */
	struct loc indexed_from;
};

/* A container while it is read. */
struct reading {
	struct pod *pod;
	const struct node *node;
	struct container *out;
	const struct image *image;      /* NULL: unknown */
	const char *path;               /* "spec.containers[0]" */
};

/* ---- kubernetes_fields.c ---- */

/* Everything in the map and below against the table: what is refused or unknown is complained of, what has no
 * effect is remembered. */
void kubernetes_fields(struct pod *pod, const struct node *map, const char *object, const char *path);
/* What a variable might ask for, but none does; in a free map ("data", "labels") all that is not marked as used. */
void kubernetes_unasked(struct pod *pod, const char *path, struct loc loc);
void kubernetes_unasked_in(struct pod *pod, const struct node *map, const char *path);
/* "spec.nodeName" of "spec" and "nodeName"; of "" just the name. */
const char *kubernetes_path(struct import *im, const char *path, const char *name);
/* Whether the object has such a field. */
bool kubernetes_knows(const char *object, struct str name);
void kubernetes_remember(struct pod *pod, const char *path, const char *why, struct loc loc);
/* What was remembered, as notes of the group. */
void kubernetes_remarks(struct pod *pod);

/* ---- kubernetes_pod.c ---- */

/* The group's containers, from its pod's spec. */
void kubernetes_pod(struct pod *pod);

/* ---- kubernetes_objects.c ---- */

/* The documents as objects, out of their Lists. */
void kubernetes_objects(struct objects *all, struct node **roots, uint32_t n);
/* What a ConfigMap or Secret says, or NULL if it is not in the input. */
const struct object *kubernetes_find(struct pod *pod, const char *kind, struct str name);
/* The value of one of its keys; false if it has none.  Binary ones of a ConfigMap are none. */
bool kubernetes_value(struct import *im, const struct object *object, struct str key, struct value *out);
/* Whether a volume of it has that file. */
bool kubernetes_has_key(struct import *im, const struct object *object, struct str key);
/* Remember the values of those that the pod found but did not ask for. */
void kubernetes_values_left(struct pod *pod);
/* All its keys that have values. */
struct values kubernetes_keys(struct import *im, const struct object *object);

/* ---- kubernetes_env.c, kubernetes_expand.c, kubernetes_downward.c, kubernetes_services.c ---- */

/* What the container says itself. */
void kubernetes_env(struct reading *r);
/* Text with its $(NAME) put in, from the container's own variables so far; a pattern if one of them is. */
struct value kubernetes_expand(struct reading *r, struct str text, struct loc from);
/* The same for probes, as kubelet does it: from what is written in `env` as it is written. */
struct value kubernetes_expand_static(struct reading *r, struct str text, struct loc from);
/* What the runtime and kubelet add by themselves. */
void kubernetes_env_added(struct reading *r);
void kubernetes_services(struct reading *r);
/* What a variable that kubelet may make of a service is; false: it has another form. */
bool kubernetes_service_value(struct pod *pod, struct str name, struct value *out);
/* Remember what a variable might ask for, but none does. */
void kubernetes_fields_left(struct pod *pod);
/* fieldRef's value or pattern; false: there is no such field. */
bool kubernetes_field(struct pod *pod, struct str path, struct value *out);

/* ---- kubernetes_security.c, kubernetes_volumes.c, kubernetes_mounts.c,
 * kubernetes_probes.c ---- */

void kubernetes_security(struct reading *r);
void kubernetes_pod_security(struct pod *pod);
void kubernetes_sysctls(struct pod *pod, struct container *c, bool is_first);

/* The pod's volumes; `claims` of a StatefulSet, or NULL. */
void kubernetes_volumes(struct pod *pod, const struct node *claims);
struct volume *kubernetes_volume(struct pod *pod, struct str name);
/* Remember those that no container mounts. */
void kubernetes_volumes_left(struct pod *pod);
/* Complains of what is no DNS label. */
bool kubernetes_is_label(struct pod *pod, struct str name, struct loc loc, const char *what);
void kubernetes_mounts(struct reading *r);
/* What every container may have. */
void kubernetes_presets(struct pod *pod);

void kubernetes_probes(struct reading *r);

#endif

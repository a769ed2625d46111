/* SPDX-License-Identifier: Apache-2.0
 *
 * group.h - a container group as importers find it, before it is written as a
 * policy.  Every fact has the place that it came from, which the writer says in
 * a comment behind it.
 *
 * The fields are those of `kind container` in framework/cocoaexpo.cpol, with
 * its defaults; see cocoapol(5).
 */
#ifndef COCOAPOL_GROUP_H
#define COCOAPOL_GROUP_H

#include "../base/arena.h"
#include "../base/diag.h"

/* One string, or all strings of a pattern (whole, RE2's syntax). */
struct value {
	struct str text;
	bool is_pattern;
	struct loc from;                /* source NULL: nobody said so, it follows */
};

struct values {
	struct value *items;
	uint32_t n, cap;
};

struct layer {
	unsigned char root[32];
	uint64_t blocks;                /* 0: a bare root hash */
	struct str salt;                /* hex; what is no hex names a hole: see hole_layer() */
	struct str fs;                  /* "erofs", "ext4", ...; empty: any */
	struct loc from;
	struct str note;                /* said in its comment: a layer's digest, or empty */
};

struct variable {
	struct value name, value;
	bool optional;
	struct loc from;
};

enum mount_origin { MOUNT_LITERAL, MOUNT_SANDBOX, MOUNT_HUGEPAGES, MOUNT_SHARE };
struct mount {
	struct str type;
	enum mount_origin origin;
	struct value source;            /* of a share: its name */
	struct str destination;
	struct values options;
	bool optional;
	struct loc from;
};

struct process {                        /* exec, external_process */
	struct values command;
	struct values signals;          /* numbers */
	struct str workdir;             /* of an external process */
	struct variable *env;
	uint32_t n_env, cap_env;
	bool allow_stdio;
	struct loc from;
};

struct identity {                       /* a user or a group */
	struct value id;                /* "0", or a pattern; empty text and no pattern: any */
	struct value name;              /* empty: any */
};

struct setting {                        /* of a sysctl */
	struct str name;
	struct value value;
};

struct rlimit {
	struct str type;
	uint64_t soft, hard;
	struct loc from;
};

struct flag {
	bool on;
	struct loc from;
};

struct container {
	struct str name;                /* as the input has it; the writer makes an identifier of it */
	struct loc from;
	struct str image;               /* as the input names it */
	struct str remark;              /* one line for its comment, or empty */
	bool begins_only;               /* an init container: it need not run when all run */
	bool stands_in;                 /* for the one before it, which says otherwise how the same may run */
	struct layer *layers;           /* lowest first */
	uint32_t n_layers, cap_layers;
	struct values command;
	struct variable *env;
	uint32_t n_env, cap_env;
	struct value workdir;           /* empty: "/" */
	struct identity user;
	struct identity *groups;        /* none: any */
	uint32_t n_groups, cap_groups;
	bool no_groups;                 /* it may be in none at all */
	struct value umask;             /* empty: "0022" */
	struct values bounding, effective, permitted, inheritable, ambient;
	struct mount *mounts;
	uint32_t n_mounts, cap_mounts;
	struct process *execs;
	uint32_t n_execs, cap_execs;
	struct values signals;          /* numbers */
	struct value seccomp;
	struct setting *sysctls;
	uint32_t n_sysctls, cap_sysctls;
	struct rlimit *rlimits;
	uint32_t n_rlimits, cap_rlimits;
	struct values after;            /* names of containers, as the input has them */
	uint32_t instances;             /* 0: 1 */
	struct flag allow_elevated, allow_stdio, no_new_privileges, readonly_rootfs, sandbox;
};

/* What may be declared; a VM holds 64 at a time. */
enum { GROUP_CONTAINERS_MAX = 1024 };

/* One VM, and so one policy. */
struct group {
	struct str name;                /* as the input has it */
	uint64_t svn;                   /* 0: 1 */
	struct str kind;                /* "Deployment", "compose project", ...: for people */
	struct loc from;
	bool is_over;                   /* what is complained of is not about it any more */
	uint32_t errors_before, errors_after;   /* complaints when it was begun, and when it was over */
	long said_before, said_after;   /* places in what was said by then, if that is kept; 0 */
	struct values notes;            /* one comment line each at the top of the policy */
	struct container *containers;
	uint32_t n_containers, cap_containers;
	struct mount *presets;          /* mounts that every container may have */
	uint32_t n_presets, cap_presets;
	struct process *externals;
	uint32_t n_externals, cap_externals;
	struct values denied;           /* events that are never allowed, whatever the framework says */
	struct values allows;           /* switches to set: "runtime_logging", ... */
	struct value *switches;         /* switch and text: set NAME = "..." or /.../ */
	struct str *switch_names;
	uint32_t n_switches, cap_switches, cap_switch_names;
};

/* The group as the text of a policy, in canonical form, in the arena.  Names of
 * containers become identifiers, each its own; containers that are the same but
 * for their names become one with `instances`.  Cannot fail: any bytes may be in
 * it, and the text says just them. */
struct str group_write(struct arena *a, const struct group *group);

/* What follows are patterns, in RE2's syntax and in the arena. */

/* A pattern of just this string. */
struct str pattern_of(struct arena *a, struct str literal);
/* literal, or the pattern of a value, to put into a larger pattern. */
struct str pattern_part(struct arena *a, struct value v);
/* What a fact that is known only when the group runs may be. */
extern const char HOLE_IPV4[], HOLE_IP[] /* v4 or v6 */, HOLE_UNSIGNED[], HOLE_QUANTITY[], HOLE_UUID[];
extern const char HOLE_DNS_LABEL[], HOLE_DNS_NAME[], HOLE_LINE[] /* one line of text */;

/* A layer that nobody knows yet.  No device fits: its root hash is SHA-256 of
 * `what` and its salt is "hole: WHAT", which no agent sends; the policy's bytes
 * name it so. */
struct layer hole_layer(struct arena *a, struct str what, struct loc from);

struct container *group_add(struct arena *a, struct group *g);
void values_add(struct arena *a, struct values *v, struct str text, struct loc from);
void values_add_pattern(struct arena *a, struct values *v, struct str pattern, struct loc from);
struct variable *env_add(struct arena *a, struct container *c, struct str name, struct str value, struct loc from);
/* The one of this name, which later ones replace; NULL if there is none. */
struct variable *env_find(const struct container *c, struct str name);

#endif

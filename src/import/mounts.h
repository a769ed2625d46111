/* SPDX-License-Identifier: Apache-2.0
 *
 * mounts.h - mounts as compose files and templates have them, and the words
 * that go with them.
 */
#ifndef COCOAPOL_MOUNTS_H
#define COCOAPOL_MOUNTS_H

#include "../base/bytes.h"
#include "import.h"

/* What the host provides to one group. */
struct share {
	struct str key;                 /* what tells it from others: "volume data" */
	struct str name;                /* as the policy has it */
};
struct shares {
	struct share *items;
	uint32_t n, cap;
};

/* The share of this key.  At the first call its name is made of `base` and a
 * warning says that `key` comes from the host. */
struct str share_of(struct import *im, struct shares *shares, struct str key, struct str base, struct loc loc);

/* The guest's own folder of this key, by a table of its own. */
struct str folder_of(struct import *im, struct shares *folders, struct str key);

/* A mount without options, replacing what was on its destination before. */
struct mount *mount_add(struct import *im, struct container *c, struct str destination, struct loc loc);
void mount_option(struct import *im, struct mount *m, const char *option);
/* `mount bind share NAME on DESTINATION options { rbind rprivate ro }`, and the others alike. */
struct mount *mount_share(struct import *im, struct container *c, struct str name, struct str destination,
    bool readonly,
    struct loc loc);
/* In the guest's own memory or disk: /FOLDER below the group's directory. */
struct mount *mount_guest(struct import *im, struct container *c, struct str folder, struct str destination,
    bool readonly, struct loc loc);
/* The files that runtimes make for every container: /etc/hosts, /etc/hostname, /etc/resolv.conf. */
void mount_presets(struct import *im, struct group *g);

/* HOSTNAME, and TERM with a terminal: runtimes set them where nobody does.  hostname: empty for any. */
void env_runtime(struct import *im, struct container *c, struct str hostname, struct loc hostname_loc,
    bool tty);
/* A probe: an exec that may be killed. */
struct process *exec_add(struct import *im, struct container *c, struct loc loc);

/* What is said to have no effect, for the top of the policy: each name once, with its lines. */
struct remark {
	struct str what;
	struct bytes lines;
};
struct remarks {
	struct remark *items;
	uint32_t n, cap;
};
/* import_fields() that leaves out extensions (x-...) if `extensions` is set, and remembers what has no effect. */
bool remark_fields(struct import *im, struct remarks *remarks, const struct node *map,
    const struct field *fields,
    size_t n_fields, const char *object, const char *path, bool extensions);
void remark_add(struct import *im, struct remarks *remarks, struct str what, struct loc loc);
void remarks_write(struct import *im, const struct remarks *remarks, struct group *g);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * import.h - from what people have to groups: one function for each kind of
 * input, and what they share.
 *
 * No field of an input is dropped without a word: a field is used, or it is
 * known to have no effect in the guest, or it is refused with a reason; any
 * other field is warned of with its path, an error under --strict.
 */
#ifndef COCOAPOL_IMPORT_H
#define COCOAPOL_IMPORT_H

#include "../document/document.h"
#include "../images/images.h"
#include "group.h"

struct import_options {
	bool strict;                    /* unknown fields are errors */
	bool assume_images;             /* what no image is there for is a hole, not an error */
	const char *sandbox_image;      /* the group's pause container, or NULL for none */
	const char *folder;             /* of the input file, for what it names (env_file); "." */
	/* Values for ${NAME} in compose files, NAME=value, and ARM parameters, name=value. */
	char **settings;
	uint32_t n_settings;
};

struct import {
	struct arena *arena;
	struct diag *diag;
	const struct import_options *options;
	struct images *images;
	struct group **groups;          /* what was found so far */
	uint32_t n_groups, cap_groups;
};

/* Each adds the groups that it finds among all documents of all inputs; what is
 * wrong is complained of, and the group left out. */
void import_kubernetes(struct import *im, struct node **roots, uint32_t n);
void import_compose(struct import *im, struct node *root);
void import_aci(struct import *im, struct node *root);
void import_hcsshim(struct import *im, struct node *root);

/* What the importers share: fields.c, container.c, capabilities.c. */

/* A new group, with its pause container if there is to be one.  What is complained of from now on is about it. */
struct group *import_group(struct import *im, struct str name, const char *kind, struct loc from);

/* What is complained of from now on is about no group, or about all. */
void import_no_group(struct import *im);

/* Whether so many containers more may be in the group; complains if not. */
bool import_room(struct import *im, const struct group *g, uint32_t more, struct loc loc);

/* A list or map of what a container or a volume has: longer ones are no container's, and take long to look through.
 * Complains if it is. */
enum { IMPORT_MEMBERS_MAX = 4096 };
bool import_is_short(struct import *im, const struct node *value, const char *key);

/* A field of one kind of object. */
enum field_use { FIELD_USED, FIELD_NO_EFFECT, FIELD_REFUSED };
struct field {
	const char *object;             /* "PodSpec", "Container", ... */
	const char *name;
	enum field_use use;
	const char *why;                /* of what has no effect (said in the manual) or is refused (said) */
};
/* Go through a map's entries: refused ones are complained of, those without effect are noted once each if
 * `notes` is set, unknown ones are warned of with path.name.  Marks all as used.  path: for people,
 * "spec.containers[0]".  Returns false if one was refused.  A refused field whose value is empty, false or
 * null is none. */
bool import_fields(struct import *im, const struct node *map, const struct field *fields, size_t n_fields,
    const char *object, const char *path);

/* The value at a key if it is of this kind; NULL if there is none or it is null; else a complaint and NULL. */
/* Of lists and maps only short ones, but for a list of objects ("items"). */
struct node *import_map(struct import *im, const struct node *map, const char *key);
struct node *import_list(struct import *im, const struct node *map, const char *key);
/* Its text; false if there is none.  A number or bool where a string is wanted is a complaint. */
bool import_string(struct import *im, const struct node *map, const char *key, struct str *out, struct loc *loc);
bool import_bool(struct import *im, const struct node *map, const char *key, bool *out, struct loc *loc);
bool import_int(struct import *im, const struct node *map, const char *key, int64_t *out, struct loc *loc);
/* A list of strings, added. */
void import_strings(struct import *im, const struct node *map, const char *key, struct values *out);

/* Fill in what the image says where the container says nothing: layers, command (as Kubernetes has it: `command`
 * replaces the entrypoint and with it the image's cmd, `args` the cmd; NULL: not said), env below the
 * container's own, workdir, signals, volumes where nothing is mounted.  Complains at image_loc if there is no
 * such image, unless --assume-images: then what only it could say is a hole, and a warning says so.  Returns the
 * image or NULL.  To be called when the container's own env and mounts are there. */
const struct image *import_image(struct import *im, struct container *c, struct str reference, struct loc image_loc,
    const struct values *command, const struct values *args);
/* Where a fact of an image comes from, for a reader: the image, by the name that people have for it. */
struct loc import_place(struct import *im, const struct image *image);
/* USER[:GROUP] in names or numbers, or empty for what the image says: the container's user and groups.  Without
 * the image a name stays a name, which the agent has from the guest's /etc/passwd, and groups are any.
 * group_alone: a group that is named is the only one, as Docker has it; else those that /etc/group lists are added. */
void import_user(struct import *im, struct container *c, const struct image *image, struct str user, struct loc loc,
    bool group_alone);
/* A signal's number by name ("SIGTERM", "TERM", "15"); 0: there is none. */
unsigned import_signal(struct str name);
/* Bounding, effective and permitted set of a container: containerd's default, or all if privileged, with what is
 * added and without what is dropped (names with or without CAP_, or ALL; NULL: none). */
void import_capabilities(struct import *im, struct container *c, const struct values *add, const struct values *drop,
    bool privileged);
/* The group's pause container, if the options name an image for it: import_group() calls it. */
void import_sandbox(struct import *im, struct group *g);

#endif

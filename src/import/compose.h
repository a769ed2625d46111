/* SPDX-License-Identifier: Apache-2.0
 *
 * compose.h - what the files of the compose importer share.
 */
#ifndef COCOAPOL_COMPOSE_H
#define COCOAPOL_COMPOSE_H

#include "interpolate.h"
#include "mounts.h"

struct compose {
	struct import *im;
	struct interpolation in;
	struct group *group;
	struct node *root;              /* interpolated */
	const struct node *services;    /* name -> service, with what it extends merged in */
	struct shares shares, folders;
	uint32_t n_borrowed;            /* services whose volumes others have */
	struct remarks remarks;
};

/* compose_service.c: the container of a service.  Its place in the group is found, and kept, by index. */
void compose_service(struct compose *c, const struct entry *service);
/* compose_start.c: order and number.  Whether a service runs at all: it has instances and an active profile. */
bool compose_is_active(struct compose *c, const struct entry *service, uint32_t *instances);
void compose_order(struct compose *c, struct container *to, const struct entry *service);
/* After all services: who is waited for until it ends; and no order runs in a circle. */
void compose_finish_order(struct compose *c);
/* compose_command.c */
void compose_image(struct compose *c, struct container *to, const struct entry *service);
void compose_health(struct compose *c, struct container *to, const struct image *image,
    const struct node *service);
void compose_hooks(struct compose *c, struct container *to, const struct node *service);
/* compose_env.c */
void compose_env(struct compose *c, struct container *to, const struct node *service);
void compose_sysctls(struct compose *c, struct container *to, const struct node *service);
/* compose_volumes.c */
void compose_volumes(struct compose *c, struct container *to, const struct entry *service);
/* compose_extends.c: the services of the file, each with what it extends. */
const struct node *compose_extended(struct compose *c, const struct node *services);

/* compose_values.c: what compose takes leniently. */
bool compose_fields(struct compose *c, const struct node *map, const char *object, const char *path);
/* true, yes, on, ... as text too: so it is after ${NAME}. */
bool compose_flag(struct compose *c, const struct node *map, const char *key, struct loc *loc);
bool compose_int(struct compose *c, const struct node *map, const char *key, int64_t *out, struct loc *loc);
/* "64m", "1.5g", 1024: bytes. */
bool compose_size(struct compose *c, const struct node *value, uint64_t *out);
/* A string, or a number as it is written. */
bool compose_text(struct compose *c, const struct node *value, struct str *out);
/* One text or a list of them. */
void compose_texts(struct compose *c, const struct node *map, const char *key, struct values *out);
/* A command: a list, or a text to be split.  false: the key is not there, or null. */
bool compose_command(struct compose *c, const struct node *map, const char *key, struct values *out);
/* "services.web" */
const char *compose_path(struct compose *c, const char *path, struct str name);

#endif

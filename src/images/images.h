/* SPDX-License-Identifier: Apache-2.0
 *
 * images.h - container images, offline: what an image's config says, who its
 * users are, and the dm-verity root hashes of its layers.
 *
 * A reference is matched with what was given by its name: `NAME=PATH` on the
 * command line, or the names that an archive or a layout holds itself
 * (org.opencontainers.image.ref.name, RepoTags).  "nginx", "nginx:latest",
 * "docker.io/library/nginx:latest" are one name.
 */
#ifndef COCOAPOL_IMAGES_H
#define COCOAPOL_IMAGES_H

#include "../base/arena.h"
#include "../base/diag.h"

struct image_strings {
	struct str *items;
	uint32_t n, cap;
};

/* A layer's data device, as mount_device describes it. */
struct image_layer {
	struct str diff_id;             /* "sha256:..." of the tar */
	bool is_hashed;                 /* the following are known */
	unsigned char root[32];
	uint64_t blocks;                /* of 4096 bytes */
	struct str salt;                /* hex */
	struct str fs;                  /* "erofs" or "ext4" */
};

struct image_user {
	bool is_known;                  /* uid and gid are: names were resolved, or both were numbers */
	uint32_t uid, gid;
	struct str name, group;         /* of the image's /etc/passwd and /etc/group, or empty */
	bool names_group;               /* the text did: Docker then gives no other groups */
	uint32_t *more;                 /* supplementary groups that /etc/group lists for the name */
	uint32_t n_more, cap_more;
};

struct image {
	struct str name;
	struct loc config;              /* a place for "where does this come from"; its source's name says it */
	struct image_strings entrypoint, cmd, env;      /* env: "NAME=value" */
	struct str workdir, user;       /* as the config has them; may be empty */
	struct str stop_signal;         /* as the config has it, "SIGTERM" or "15"; may be empty */
	struct image_strings volumes;   /* VOLUME destinations */
	struct image_strings health;    /* HEALTHCHECK as CMD or CMD-SHELL and words, or empty */
	struct image_layer *layers;     /* lowest first; of a config alone: diff_id only */
	uint32_t n_layers, cap_layers;
	struct image_files *files;      /* its own */
};

struct images;                          /* all that was given */

/* With layers hashed by way of `fs` ("erofs", "ext4"), or "" for the tool that is
 * there, or "none": they are read, for users and digests, and not hashed.  salt: hex, for all layers; empty: each layer's own, which is derived from its diff_id so that
 * the same image gives the same policy. */
struct images *images_new(struct arena *a, struct diag *d, struct str fs, struct str salt);
/* Removes what is temporary. */
void images_free(struct images *s);
/* The images of layers that are made from now on stay in this folder, as "sha256-HEX.erofs". */
void images_keep(struct images *s, const char *folder);
/* `given` is NAME=PATH or PATH: an OCI layout's directory, an OCI or docker archive (tar), or a
 * config as JSON (which needs NAME=).  -1: complaints were made; IMAGES_UNREADABLE: as well, of a path
 * that can't be read. */
enum { IMAGES_UNREADABLE = -2 };
int images_add(struct images *s, const char *given);
/* The image of a reference, or NULL.  Layers are hashed at the first call, with a
 * progress line on a terminal; what could not be read or hashed was complained of:
 * then *failed is set and the result NULL.  A digest in the reference (@sha256:...) is
 * that of the manifest, or was given with the name; any other image is a complaint. */
const struct image *images_find(struct images *s, struct str reference, bool *failed);
/* `text` is USER[:GROUP] in names or numbers, as `docker run --user` takes; empty: root.
 * A name that is not there, or not resolvable without layers, is not known, nor is the
 * group of a number without layers: the image's /etc/passwd says it.  (Root's is 0 then.) */
struct image_user image_user_of(struct images *s, const struct image *image, struct str text);
/* The names that were given or found, for complaints ("did you mean"). */
const struct image_strings *images_names(const struct images *s);

/* verity.c: the root hash that `veritysetup format` computes: hash type 1, sha256, data and hash
 * blocks of 4096.  salt: bytes.  Read in one pass, hashed on `threads` threads (0: all cores); done, if not
 * NULL, is called now and then with bytes done, total, from the calling thread.  As for veritysetup, bytes
 * behind the last whole block are not covered.  -1: errno, of which ENODATA says that there is no block and
 * EINVAL that this is neither file nor block device, or the salt too long. */
enum { VERITY_BLOCK = 4096, VERITY_SALT_MAX = 256 };
struct verity {
	unsigned char root[32];
	uint64_t blocks;
	uint64_t len;                   /* bytes that the file has */
};
int verity_file(const char *path, const unsigned char *salt, size_t salt_len, unsigned threads,
    void (*done)(void *, uint64_t, uint64_t), void *arg, struct verity *out);

#endif

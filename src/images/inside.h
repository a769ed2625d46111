/* SPDX-License-Identifier: Apache-2.0
 *
 * inside.h - what the files of this folder share.
 *
 * Nothing of an archive is ever written under a name that the archive chose, but
 * for a layer's files, and these below a private folder (unpack.c).
 */
#ifndef COCOAPOL_IMAGES_INSIDE_H
#define COCOAPOL_IMAGES_INSIDE_H

#include <stdio.h>
#include <sys/types.h>

#include "../base/digest.h"
#include "../document/document.h"
#include "images.h"

enum {
	IMAGE_JSON_MAX = 8 << 20,               /* an index, manifest or config */
	IMAGE_LAYERS_MAX = 256,
	IMAGE_INDEX_DEPTH = 4,                  /* indexes in indexes */
	ARCHIVE_FILES_MAX = 1 << 16,            /* in an OCI or docker archive */
	LAYER_ENTRIES_MAX = 1 << 22,
	USERS_FILE_MAX = 1 << 20,               /* /etc/passwd, /etc/group */
	IMAGE_PATH_MAX = 3072                   /* of a file in a layer */
};
/* Of an archive with all that is in it, and of a layer as a tar and of the files in it. */
#define IMAGE_BYTES_MAX ((uint64_t)64 << 30)

/* Where the files of one layout or archive are. */
struct stored {
	struct str name;                        /* in the archive */
	const char *path;                       /* here; NULL: a link */
	struct str link;                        /* to this name */
};
struct store {
	struct images *images;
	const char *path;                       /* as it was given */
	bool is_folder;
	struct stored *files;                   /* of an archive */
	uint32_t n_files, cap_files;
};

/* A layer's file in its store. */
struct blob {
	struct str name;
	struct str digest;                      /* "sha256:..." of the file, or empty: not told */
	struct loc from;                        /* where it is named */
};

/* What a layer says about a file that matters here. */
enum users_state { USERS_ABSENT, USERS_HERE, USERS_HIDDEN, USERS_ELSEWHERE /* a link */ };
struct users_file {
	enum users_state state;
	struct str text;
};
struct layer_done {
	struct image_layer layer;
	struct users_file passwd, group;
};

struct image_files {
	struct store *store;                    /* NULL: a config alone */
	struct blob *blobs;                     /* of the image's layers */
	struct str digests[2];                  /* of its manifest, and of the index that led to it; or empty */
	struct image_strings names;             /* that it has, normalized */
	const struct layer_done **layers;       /* once they are read */
	bool is_read, is_bad;
};

struct images {
	struct arena *arena;
	struct diag *diag;
	struct str fs, salt;
	const char *keep;                       /* a folder, or NULL */
	const char *folder;                     /* the temporary one, or NULL; removed by */
	pid_t remover;                          /* this process, when the pipe is closed; -1: by none */
	int alive;
	uint32_t n_temporary;                   /* names given out in it */
	uint64_t most_bytes;                    /* IMAGE_BYTES_MAX */
	struct image **items;
	uint32_t n, cap;
	struct image_strings names;
	struct layer_done **layers;             /* by diff_id */
	uint32_t n_layers, cap_layers;
	bool has_no_tool;                       /* said so */
};

extern const struct loc image_nowhere;

/* temporary.c: a new name in the temporary folder; NULL: complained of. */
const char *images_temporary(struct images *s);
/* An image with its config read; it is found by `name`, if that is not empty, else by its own names. */
void images_found(struct images *s, struct image *image, struct str name);

/* names.c: "nginx" as "docker.io/library/nginx:latest"; false: it is no reference. */
bool reference_normalize(struct arena *a, struct str text, struct str *out);
/* Without @digest, which goes to *digest. */
struct str reference_split(struct str reference, struct str *digest);
/* "sha256:" and 64 lower-case digits. */
bool digest_is_valid(struct str text);

/* Paths inside archives: without "./", "//" and a slash at the end; "": the root. */
enum path_fault { PATH_FINE, PATH_ABSOLUTE, PATH_UP, PATH_LONG };
enum path_fault path_clean(struct arena *a, const char *path, struct str *out);
extern const char *const path_faults[];

/* store.c.  -1, NULL: complained of. */
int store_open(struct store *store);
bool store_has(const struct store *store, struct str name);
/* A descriptor of a regular file, or -1. */
int store_file(const struct store *store, struct str name, struct loc from);
/* A file as JSON, a list or a map; a digest that is not empty is that of the bytes. */
struct node *store_json(const struct store *store, struct str name, struct str digest, struct loc from);
/* The same of a file that is in no store. */
struct node *json_file(struct images *s, const char *path);

/* The value of a kind at a key, or NULL: complained of if it is of another kind, or is needed and
 * not there. */
struct node *json_get(struct images *s, const struct node *map, const char *key, enum node_kind kind,
    bool is_needed);
/* Strings without NUL, added; false: complained of. */
bool json_strings(struct images *s, const struct node *list, struct image_strings *out);

/* config.c: image->files is set.  -1: complained of. */
int config_read(struct images *s, const struct node *root, struct image *image);
/* layout.c, docker.c: the images of a store; name: what the one of them that is meant is called, or empty. */
int layout_read(struct store *store, struct str name);
int docker_read(struct store *store, struct str name);

/* layer.c: read a layer, verify what it is called by, and hash its image.  NULL: complained of. */
const struct layer_done *layer_read(struct images *s, const struct store *store, const struct blob *blob,
    struct str diff_id);

/* unpack.c: a layer's files in a folder of their own, as overlayfs wants them. */
struct archive;
struct archive_entry;
struct unpack;
/* NULL: complained of. */
struct unpack *unpack_open(struct images *s, const char *folder, struct loc from);
/* An entry with its clean path, then its data, then what is set last.  -1: complained of. */
int unpack_entry(struct unpack *u, struct archive_entry *entry, struct str path);
int unpack_data(struct unpack *u, const void *bytes, size_t len, int64_t at);
int unpack_end(struct unpack *u, struct archive_entry *entry, struct str path);
/* Frees it; if all went well until now, whiteouts are made before. */
int unpack_close(struct unpack *u, bool is_whole);
/* A folder and all below it is no more. */
void remove_all(const char *folder);

/* make.c: the file system that images are made as, or NULL: complained of. */
const char *make_filesystem(struct images *s, struct loc from);
/* The image of a folder as a file that is not there yet.  -1: complained of. */
int make_image(struct images *s, const char *fs, const char *folder, const char *file, struct loc from);
/* A tool and its words, up to NULL. */
enum { MAKE_WORDS_MAX = 24 };
int make_run(struct images *s, const char *const *words, struct loc from);
/* ext4.c */
int make_ext4(struct images *s, const char *folder, const char *file, struct loc from);

#endif

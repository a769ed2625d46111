/* SPDX-License-Identifier: Apache-2.0
 *
 * store.c - a layout's folder, or an archive, as files with names.
 *
 * An archive is unpacked once, because its files are not in the order that they
 * are wanted in: into a private folder, under names of ours.
 */
#include "inside.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/bytes.h"

enum { PIECE = 128 * 1024 };

static int open_regular(const char *path)
{
	/* Not to wait for a pipe's other end. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	return -1;
}

static int archive_trouble(const struct store *store, const char *what)
{
	diag_error(store->images->diag, image_nowhere, DIAG_BAD_IMAGE, "%s: %s", store->path,
	    what == NULL ? "it can't be read" : what);
	return -1;
}

/* An entry's bytes to a file of ours. */
static int copy_out(struct store *store, struct archive *in, const char *path, uint64_t *left)
{
	static char piece[PIECE];
	FILE *out = fopen(path, "wbx");
	la_ssize_t got = 0;
	bool failed = out == NULL;

	while (!failed && (got = archive_read_data(in, piece, sizeof(piece))) > 0) {
		if ((uint64_t)got > *left) {
			fclose(out);
			diag_error(store->images->diag, image_nowhere, DIAG_LIMIT, "%s: holds more than %llu bytes",
			    store->path, (unsigned long long)store->images->most_bytes);
			return -1;
		}
		*left -= (uint64_t)got;
		failed = fwrite(piece, 1, (size_t)got, out) != (size_t)got;
	}
	if (out != NULL && fclose(out) != 0)
		failed = true;
	if (got < 0)
		return archive_trouble(store, archive_error_string(in));
	if (failed) {
		diag_error(store->images->diag, image_nowhere, DIAG_BAD_IMAGE, "%s: %s", path, strerror(errno));
		return -1;
	}
	return 0;
}

/* `docker save` once wrote a layer that is there twice as a symbolic link. */
static struct str link_of(struct arena *a, struct archive_entry *entry, struct str name)
{
	const char *hard = archive_entry_hardlink(entry), *soft = archive_entry_symlink(entry);
	struct str target = { "", 0 };
	size_t folder = name.len;

	if (hard != NULL) {
		(void)path_clean(a, hard, &target);
		return target;
	}
	if (soft == NULL)
		return target;
	while (folder > 0 && name.ptr[folder - 1] != '/')
		folder--;
	while (strncmp(soft, "../", 3) == 0 && folder > 0) {
		soft += 3;
		for (folder--; folder > 0 && name.ptr[folder - 1] != '/'; folder--)
			;
	}
	if (path_clean(a, arena_printf(a, "%.*s%s", (int)folder, name.ptr, soft).ptr, &target) != PATH_FINE)
		target.len = 0;
	return target;
}

static int unpack_one(struct store *store, struct archive *in, struct archive_entry *entry, uint64_t *left)
{
	struct arena *a = store->images->arena;
	const char *name = archive_entry_pathname(entry);
	struct stored file = { .path = NULL };
	enum path_fault fault;

	if (name == NULL)
		return archive_trouble(store, "has a file without a name that can be read");
	fault = path_clean(a, name, &file.name);
	if (fault != PATH_FINE) {
		diag_error(store->images->diag, image_nowhere, DIAG_REFUSED, "%s: the name '%.200s' %s", store->path,
		    name, path_faults[fault]);
		return -1;
	}
	file.link = link_of(a, entry, file.name);
	if (file.link.len == 0 && archive_entry_filetype(entry) != AE_IFREG)
		return 0;
	if (store->n_files == ARCHIVE_FILES_MAX) {
		diag_error(store->images->diag, image_nowhere, DIAG_LIMIT, "%s: holds more than %d files", store->path,
		    ARCHIVE_FILES_MAX);
		return -1;
	}
	if (file.link.len == 0) {
		file.path = images_temporary(store->images);
		if (file.path == NULL || copy_out(store, in, file.path, left) != 0)
			return -1;
	}
	arena_push(a, store->files, store->n_files, store->cap_files);
	store->files[store->n_files++] = file;
	return 0;
}

static int unpack_all(struct store *store, struct archive *in)
{
	uint64_t left = store->images->most_bytes;
	struct archive_entry *entry;
	int status;

	while ((status = archive_read_next_header(in, &entry)) == ARCHIVE_OK)
		if (unpack_one(store, in, entry, &left) != 0)
			return -1;
	if (status != ARCHIVE_EOF)
		return archive_trouble(store, archive_error_string(in));
	if (store->n_files == 0)
		return archive_trouble(store, "is an empty archive");
	return 0;
}

int store_open(struct store *store)
{
	struct archive *in;
	struct stat st;
	int fd, status;

	if (stat(store->path, &st) == 0 && S_ISDIR(st.st_mode)) {
		store->is_folder = true;
		return 0;
	}
	fd = open_regular(store->path);
	if (fd < 0) {
		diag_error(store->images->diag, image_nowhere, DIAG_BAD_IMAGE, "%s: %s", store->path,
		    errno == EINVAL ? "neither a file nor a folder" : strerror(errno));
		return -1;
	}
	in = archive_read_new();
	if (in == NULL || archive_read_support_format_tar(in) != ARCHIVE_OK
	    || archive_read_support_filter_gzip(in) != ARCHIVE_OK
	    || archive_read_support_filter_zstd(in) != ARCHIVE_OK
	    || archive_read_open_fd(in, fd, PIECE) != ARCHIVE_OK)
		status = archive_trouble(store, "is no tar archive");
	else
		status = unpack_all(store, in);
	archive_read_free(in);
	close(fd);
	return status;
}

/* Of two files with one name the later one is what tar would leave. */
static const struct stored *find(const struct store *store, struct str name)
{
	uint32_t i, links;

	for (links = 0; links < 8; links++) {
		for (i = store->n_files; i > 0 && !str_equal(store->files[i - 1].name, name); i--)
			;
		if (i == 0 || store->files[i - 1].path != NULL)
			return i == 0 ? NULL : &store->files[i - 1];
		name = store->files[i - 1].link;
	}
	return NULL;
}

static const char *path_of(const struct store *store, struct str name)
{
	const struct stored *file;

	if (store->is_folder)
		return arena_printf(store->images->arena, "%s/%.*s", store->path, STR_ARG(name)).ptr;
	file = find(store, name);
	return file == NULL ? NULL : file->path;
}

bool store_has(const struct store *store, struct str name)
{
	const char *path = path_of(store, name);

	return path != NULL && access(path, F_OK) == 0;
}

int store_file(const struct store *store, struct str name, struct loc from)
{
	const char *path = path_of(store, name);
	int fd = path == NULL ? -1 : open_regular(path);

	if (fd < 0)
		diag_error(store->images->diag, from, DIAG_BAD_IMAGE, "%s has no file '%.*s'%s%s", store->path,
		    STR_ARG(name), path == NULL || errno == ENOENT ? "" : ": ",
		    path == NULL || errno == ENOENT ? "" : strerror(errno));
	return fd;
}

/* A JSON file's bytes as a tree. */
static struct node *parse(struct images *s, struct str name, struct str text, struct loc from)
{
	struct source *source = arena_new(s->arena, struct source);
	struct document document = { NULL, 0 };

	source->name = name;
	source->text = text;
	if (document_yaml(s->arena, s->diag, source, &document) != 0)
		return NULL;
	if (document.n == 1 && (document.roots[0]->kind == NODE_MAP || document.roots[0]->kind == NODE_LIST))
		return document.roots[0];
	diag_error(s->diag, from, DIAG_BAD_IMAGE, "%.*s is not one JSON object", STR_ARG(name));
	return NULL;
}

static int read_small(struct images *s, int fd, struct str *text)
{
	struct bytes bytes = { .arena = s->arena };
	char piece[4096];
	ssize_t got;

	while ((got = read(fd, piece, sizeof(piece))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		bytes_put(&bytes, piece, (size_t)got);
		errno = EFBIG;
		if (bytes.len > IMAGE_JSON_MAX)
			return -1;
	}
	*text = arena_copy(s->arena, bytes.ptr, bytes.len);
	return 0;
}

struct node *store_json(const struct store *store, struct str name, struct str digest, struct loc from)
{
	struct images *s = store->images;
	struct str shown = arena_printf(s->arena, "%s%c%.*s", store->path, store->is_folder ? '/' : ':', STR_ARG(name));
	char hex[DIGEST_HEX_LEN + 1];
	struct str text;
	int fd = store_file(store, name, from), status;

	if (fd < 0)
		return NULL;
	status = read_small(s, fd, &text);
	close(fd);
	if (status != 0) {
		diag_error(s->diag, from, DIAG_TOO_LARGE, "%.*s: %s", STR_ARG(shown), errno != EFBIG ? strerror(errno) :
		    "is too large to be what it should be");
		return NULL;
	}
	digest_hex(text.ptr, text.len, hex);
	if (digest.len != 0 && (digest.len != 7 + DIGEST_HEX_LEN || memcmp(digest.ptr + 7, hex, DIGEST_HEX_LEN) != 0)) {
		diag_error(s->diag, from, DIAG_WRONG_DIGEST, "%.*s has the digest sha256:%s", STR_ARG(shown), hex);
		return NULL;
	}
	return parse(s, shown, text, from);
}

struct node *json_file(struct images *s, const char *path)
{
	struct str name = arena_copy(s->arena, path, strlen(path)), text;
	int fd = open_regular(path), status = -1;

	if (fd >= 0) {
		status = read_small(s, fd, &text);
		close(fd);
	}
	if (status == 0)
		return parse(s, name, text, image_nowhere);
	diag_error(s->diag, image_nowhere, DIAG_BAD_IMAGE, "%s: %s", path, strerror(errno));
	return NULL;
}

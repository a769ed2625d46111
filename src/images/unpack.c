/* SPDX-License-Identifier: Apache-2.0
 *
 * unpack.c - a layer's files in a private folder, by libarchive's disk writer,
 * with OCI's whiteouts as overlayfs has them: a character device 0:0 for what
 * is gone, and an attribute on directories that hide what is below them.
 *
 * No name leads out of the folder: it was cleaned before (path_clean), and what
 * it goes through must be directories of the layer, not links.  libarchive
 * looks again.
 */
#define _XOPEN_SOURCE 700               /* mknod, nftw */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "inside.h"

/* A directory's time, which is set when nothing is made in it any more. */
struct folder_time {
	struct str path;
	struct timespec time;
};

struct unpack {
	struct images *images;
	struct loc from;
	const char *folder;
	struct archive *disk;
	struct arena names;             /* of all that is remembered */
	struct str parent;              /* whose directories are there, see has_parents() */
	struct folder_time *times;      /* later ones count */
	uint32_t n_times, cap_times;
	struct image_strings gone;      /* whiteouts */
	struct image_strings opaque;
	bool is_whiteout;               /* the entry is: its data is nothing */
	bool has_warned;                /* of attributes */
	char path[4096];                /* of the entry, on disk */
};

static const struct timespec never = { 0, 0 };
static const char whiteout[] = ".wh.", whiteout_opaque[] = ".wh..wh..opq", whiteout_other[] = ".wh..wh.";

static int complain(const struct unpack *u, enum diag_name name, struct str path, const char *what)
{
	diag_error(u->images->diag, u->from, name, "the layer's file '%.*s': %s", path.len > 200 ? 200 : (int)path.len,
	    path.ptr, what);
	return -1;
}

static int complain_of_disk(const struct unpack *u, struct str path, const char *what)
{
	bool is_private = errno == EPERM || errno == ENOTSUP;

	complain(u, DIAG_BAD_IMAGE, path, what == NULL ? strerror(errno) : what);
	if (is_private)
		diag_note(u->images->diag, image_nowhere, "it takes root (or fakeroot), and for whiteouts a TMPDIR that is no overlay");
	return -1;
}

static void push(struct unpack *u, struct image_strings *list, struct str text)
{
	arena_push(&u->names, list->items, list->n, list->cap);
	list->items[list->n++] = arena_copy(&u->names, text.ptr, text.len);
}

static void push_time(struct unpack *u, struct str path, struct timespec time)
{
	arena_push(&u->names, u->times, u->n_times, u->cap_times);
	u->times[u->n_times++] = (struct folder_time){ arena_copy(&u->names, path.ptr, path.len), time };
}

/* u->path for a path in the layer; what it was is overwritten. */
static const char *on_disk(struct unpack *u, struct str path)
{
	snprintf(u->path, sizeof(u->path), "%s%s%.*s", u->folder, path.len == 0 ? "" : "/", STR_ARG(path));
	return u->path;
}

struct unpack *unpack_open(struct images *s, const char *folder, struct loc from)
{
	struct unpack *u = arena_new(s->arena, struct unpack);

	*u = (struct unpack){ .images = s, .from = from, .folder = folder, .disk = archive_write_disk_new() };
	if (u->disk == NULL || mkdir(folder, 0755) != 0 || chmod(folder, 0755) != 0
	    || strlen(folder) + IMAGE_PATH_MAX + 2 > sizeof(u->path)) {
		diag_error(s->diag, image_nowhere, DIAG_BAD_IMAGE, "%s: %s", folder, strerror(errno));
		if (u->disk != NULL)
			archive_write_free(u->disk);
		return NULL;
	}
	archive_write_disk_set_options(u->disk, ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME
	    | ARCHIVE_EXTRACT_XATTR | ARCHIVE_EXTRACT_SECURE_SYMLINKS | ARCHIVE_EXTRACT_SECURE_NODOTDOT);
	push_time(u, STR(""), never);
	return u;
}

static struct str folder_of(struct str path)
{
	while (path.len > 0 && path.ptr[path.len - 1] != '/')
		path.len--;
	path.len -= path.len > 0;
	return path;
}

/* A directory on the way to an entry; one that the layer has not told of (yet) is
 * root's, and its time is not today's. */
static int pass_directory(struct unpack *u, struct str path)
{
	struct stat st;

	if (lstat(on_disk(u, path), &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return 0;
		return complain(u, DIAG_REFUSED, path, S_ISLNK(st.st_mode) ?
		    "a file is to be written through this link" : "a file is to be below this, which is no directory");
	}
	if (errno != ENOENT || mkdir(u->path, 0755) != 0 || chmod(u->path, 0755) != 0)
		return complain_of_disk(u, path, strerror(errno));
	push_time(u, path, never);
	return 0;
}

static int has_parents(struct unpack *u, struct str path)
{
	struct str folder = folder_of(path), part = { folder.ptr, 0 };

	if (str_equal(folder, u->parent))
		return 0;
	for (part.len = 1; part.len <= folder.len; part.len++)
		if ((part.len == folder.len || folder.ptr[part.len] == '/') && pass_directory(u, part) != 0)
			return -1;
	u->parent = arena_copy(&u->names, folder.ptr, folder.len);
	return 0;
}

static bool starts_with(struct str text, const char *what)
{
	return text.len >= strlen(what) && memcmp(text.ptr, what, strlen(what)) == 0;
}

/* Made at the end: what the layer has itself is not gone, wherever it stands in the tar. */
static int note_whiteout(struct unpack *u, struct str path, struct str base)
{
	struct str folder = folder_of(path), name = { base.ptr + strlen(whiteout), base.len - strlen(whiteout) };

	if (str_is(base, whiteout_opaque))
		push(u, &u->opaque, folder);
	else if (name.len == 0 || str_is(name, ".") || str_is(name, ".."))
		return complain(u, DIAG_REFUSED, path, "a whiteout of nothing that has a name");
	else if (!starts_with(base, whiteout_other))
		push(u, &u->gone, arena_printf(&u->names, "%.*s%s%.*s", STR_ARG(folder), folder.len == 0 ? "" : "/",
		    STR_ARG(name)));
	return has_parents(u, path);
}

static int set_link_target(struct unpack *u, struct archive_entry *entry, struct str path)
{
	const char *target = archive_entry_hardlink(entry);
	enum path_fault fault;
	struct str clean;
	struct stat st;

	if (target == NULL)
		return 0;
	fault = path_clean(&u->names, target, &clean);
	if (fault != PATH_FINE)
		return complain(u, DIAG_REFUSED, path, "it is a link to a name outside");
	if (has_parents(u, clean) != 0)
		return -1;
	if (lstat(on_disk(u, clean), &st) != 0)
		return complain(u, DIAG_BAD_IMAGE, path, "it is a link to what is not in this layer");
	archive_entry_copy_hardlink(entry, u->path);
	return 0;
}

/* Tools that make images take attributes in the order in which the temporary folder's file system has them. */
static void warn_of_order(struct unpack *u, struct str path)
{
	if (!u->has_warned)
		diag_warning(u->images->diag, u->from, DIAG_BAD_IMAGE, "the layer's file '%.*s' has several attributes: the root "
		    "hash is the same only where TMPDIR is on the same kind of file system", STR_ARG(path));
	u->has_warned = true;
}

/* libarchive leaves out attributes of the system. */
static int set_access_lists(struct unpack *u, struct archive_entry *entry, struct str path)
{
	const char *name;
	const void *value;
	size_t len;

	if (archive_entry_xattr_reset(entry) > 1)
		warn_of_order(u, path);
	while (archive_entry_xattr_next(entry, &name, &value, &len) == ARCHIVE_OK)
		if (strncmp(name, "system.posix_acl_", 17) == 0 && lsetxattr(on_disk(u, path), name, value, len, 0) != 0)
			return complain_of_disk(u, path, strerror(errno));
	return 0;
}

int unpack_entry(struct unpack *u, struct archive_entry *entry, struct str path)
{
	struct str folder = folder_of(path), base = path;

	if (folder.len != 0)
		base = (struct str){ path.ptr + folder.len + 1, path.len - folder.len - 1 };
	u->is_whiteout = starts_with(base, whiteout);
	if (u->is_whiteout)
		return note_whiteout(u, path, base);
	if (has_parents(u, path) != 0 || set_link_target(u, entry, path) != 0)
		return -1;
	if (path.len == 0 && archive_entry_filetype(entry) != AE_IFDIR)
		return complain(u, DIAG_REFUSED, path, "the root is no directory");
	if (archive_entry_filetype(entry) == AE_IFDIR)
		push_time(u, path, (struct timespec){ archive_entry_mtime(entry), archive_entry_mtime_nsec(entry) });
	/* What kernels say of all links, and fakeroot only if it is told. */
	if (archive_entry_filetype(entry) == AE_IFLNK)
		archive_entry_set_perm(entry, 0777);
	/* A directory may have become something else. */
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != NULL)
		u->parent = STR("");
	archive_entry_copy_pathname(entry, on_disk(u, path));
	archive_clear_error(u->disk);
	if (archive_write_header(u->disk, entry) != ARCHIVE_OK) {
		errno = archive_errno(u->disk);
		return complain_of_disk(u, path, archive_error_string(u->disk));
	}
	return 0;
}

int unpack_data(struct unpack *u, const void *bytes, size_t len, int64_t at)
{
	if (u->is_whiteout || archive_write_data_block(u->disk, bytes, len, at) >= ARCHIVE_OK)
		return 0;
	diag_error(u->images->diag, u->from, DIAG_BAD_IMAGE, "%s: %s", u->path, archive_error_string(u->disk));
	return -1;
}

int unpack_end(struct unpack *u, struct archive_entry *entry, struct str path)
{
	if (u->is_whiteout)
		return 0;
	if (archive_write_finish_entry(u->disk) != ARCHIVE_OK) {
		errno = archive_errno(u->disk);
		return complain_of_disk(u, path, archive_error_string(u->disk));
	}
	return set_access_lists(u, entry, path);
}

static int set_time(struct unpack *u, struct str path, struct timespec time)
{
	const struct timespec both[2] = { time, time };

	if (utimensat(AT_FDCWD, on_disk(u, path), both, AT_SYMLINK_NOFOLLOW) != 0 && errno != ENOENT)
		return complain_of_disk(u, path, strerror(errno));
	return 0;
}

static int make_opaque(struct unpack *u, struct str path)
{
	if (lsetxattr(on_disk(u, path), "trusted.overlay.opaque", "y", 1, 0) != 0)
		return complain_of_disk(u, path, strerror(errno));
	return 0;
}

/* A directory that is new in this layer hides the one that is gone.  What the name goes
 * through may have become a link since the whiteout was read. */
static int make_gone(struct unpack *u, struct str path)
{
	struct stat st;

	u->parent = STR("");
	if (has_parents(u, path) != 0)
		return -1;
	if (lstat(on_disk(u, path), &st) == 0)
		return S_ISDIR(st.st_mode) ? make_opaque(u, path) : 0;
	if (mknod(u->path, S_IFCHR, makedev(0, 0)) != 0)
		return complain_of_disk(u, path, strerror(errno));
	return set_time(u, path, never);
}

static int for_each(struct unpack *u, const struct image_strings *list, int (*act)(struct unpack *, struct str))
{
	uint32_t i;

	for (i = 0; i < list->n; i++)
		if (act(u, list->items[i]) != 0)
			return -1;
	return 0;
}

int unpack_close(struct unpack *u, bool is_whole)
{
	int status = 0;
	uint32_t i;

	if (is_whole && (for_each(u, &u->gone, make_gone) != 0 || for_each(u, &u->opaque, make_opaque) != 0))
		status = -1;
	for (i = 0; i < u->n_times && is_whole && status == 0; i++)
		status = set_time(u, u->times[i].path, u->times[i].time);
	if (archive_write_close(u->disk) != ARCHIVE_OK && is_whole && status == 0)
		status = complain_of_disk(u, STR(""), archive_error_string(u->disk));
	archive_write_free(u->disk);
	arena_clear(&u->names);
	return status;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

void remove_all(const char *folder)
{
	(void)nftw(folder, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

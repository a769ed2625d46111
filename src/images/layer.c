/* SPDX-License-Identifier: Apache-2.0
 *
 * layer.c - one pass over a layer: its file's digest, the tar's digest (which is
 * its diff_id), what it says of users, and its files unpacked for an image.
 *
 * Two readers of libarchive in a row, because two digests are wanted: the first
 * takes off the compression, the second reads what is left as a tar.  Both are
 * read to their ends, whatever is behind the last entry.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <unistd.h>

#include "../base/bytes.h"
#include "inside.h"

enum { PIECE = 128 * 1024 };

struct reading {
	struct images *images;
	const struct blob *blob;
	struct str diff_id;
	int fd;
	struct digest *file_digest, *tar_digest;
	struct archive *plain, *tar;            /* without the compression; as a tar */
	bool is_over;                           /* nothing more comes from `plain` */
	uint64_t left;                          /* of what is allowed: bytes of the tar */
	uint64_t files_left;                    /* bytes of files */
	uint32_t n_entries;
	struct unpack *unpack;                  /* NULL: files are not wanted */
	bool hides_passwd, hides_group;         /* in the layers below */
	struct layer_done *done;
	struct arena scratch;
	char file_piece[PIECE], tar_piece[PIECE];
};

static int complain(struct reading *r, enum diag_name name, const char *what)
{
	diag_error(r->images->diag, r->blob->from, name, "the layer %.*s: %s", STR_ARG(r->diff_id), what);
	return -1;
}

/* What a reader says; what the one before it says comes first. */
static int complain_of(struct reading *r, struct archive *a)
{
	const char *text = archive_error_string(r->plain);

	if (text == NULL)
		text = archive_error_string(a);
	return complain(r, DIAG_BAD_IMAGE, text == NULL ? "it can't be read" : text);
}

static la_ssize_t read_file(struct archive *a, void *arg, const void **piece)
{
	struct reading *r = arg;
	ssize_t got;

	do {
		got = read(r->fd, r->file_piece, PIECE);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		archive_set_error(a, errno, "%s", strerror(errno));
	else
		digest_add(r->file_digest, r->file_piece, (size_t)got);
	*piece = r->file_piece;
	return got;
}

static la_ssize_t read_plain(struct archive *a, void *arg, const void **piece)
{
	struct reading *r = arg;
	la_ssize_t got = r->is_over ? 0 : archive_read_data(r->plain, r->tar_piece, PIECE);

	*piece = r->tar_piece;
	if (got < 0 || (uint64_t)got > r->left) {
		archive_set_error(a, EINVAL, "%s", got < 0 ? archive_error_string(r->plain) : "it is too large");
		return -1;
	}
	r->left -= (uint64_t)got;
	r->is_over = got == 0;
	digest_add(r->tar_digest, r->tar_piece, (size_t)got);
	return got;
}

/* Both readers stop where their formats do; the digests are of all bytes. */
static int read_rest(struct reading *r)
{
	const void *piece;
	la_ssize_t got;

	while ((got = read_plain(r->tar, r, &piece)) > 0)
		;
	if (got < 0)
		return complain_of(r, r->tar);
	while ((got = read_file(r->plain, r, &piece)) > 0)
		;
	return got < 0 ? complain_of(r, r->plain) : 0;
}

static int open_readers(struct reading *r)
{
	struct archive_entry *entry;
	int status;

	r->plain = archive_read_new();
	r->tar = archive_read_new();
	if (r->plain == NULL || r->tar == NULL)
		return complain(r, DIAG_BAD_IMAGE, "out of memory");
	archive_read_support_filter_gzip(r->plain);
	archive_read_support_filter_zstd(r->plain);
	archive_read_support_format_raw(r->plain);
	archive_read_support_format_empty(r->plain);
	archive_read_support_format_tar(r->tar);
	if (archive_read_open(r->plain, r, NULL, read_file, NULL) != ARCHIVE_OK)
		return complain_of(r, r->plain);
	status = archive_read_next_header(r->plain, &entry);
	r->is_over = status == ARCHIVE_EOF;
	if (status != ARCHIVE_OK && !r->is_over)
		return complain_of(r, r->plain);
	if (archive_read_open(r->tar, r, NULL, read_plain, NULL) != ARCHIVE_OK)
		return complain_of(r, r->tar);
	return 0;
}

static void close_readers(struct reading *r)
{
	unsigned char unused[DIGEST_LEN];

	if (r->tar != NULL)
		archive_read_free(r->tar);
	if (r->plain != NULL)
		archive_read_free(r->plain);
	if (r->file_digest != NULL)
		digest_end(r->file_digest, unused);
	if (r->tar_digest != NULL)
		digest_end(r->tar_digest, unused);
}

static bool digest_equals(struct digest **digest, struct str want, char hex[DIGEST_HEX_LEN + 1])
{
	unsigned char bytes[DIGEST_LEN];
	size_t i;

	digest_end(*digest, bytes);
	*digest = NULL;
	for (i = 0; i < DIGEST_LEN; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	return want.len == 0 || str_is((struct str){ want.ptr + 7, want.len - 7 }, hex);
}

static int check_digests(struct reading *r)
{
	char hex[DIGEST_HEX_LEN + 1];

	if (!digest_equals(&r->file_digest, r->blob->digest, hex)) {
		diag_error(r->images->diag, r->blob->from, DIAG_WRONG_DIGEST, "the layer's file has the digest sha256:%s", hex);
		return -1;
	}
	if (!digest_equals(&r->tar_digest, r->diff_id, hex)) {
		diag_error(r->images->diag, r->blob->from, DIAG_WRONG_DIGEST,
		    "the layer's tar has the digest sha256:%s, the config wants %.*s", hex, STR_ARG(r->diff_id));
		return -1;
	}
	return 0;
}

/* ---- What the layer says of users ---- */

/* The file at this path, or NULL. */
static struct users_file *users_file_at(struct reading *r, struct str path)
{
	if (str_is(path, "etc/passwd"))
		return &r->done->passwd;
	return str_is(path, "etc/group") ? &r->done->group : NULL;
}

static void note_users(struct reading *r, struct archive_entry *entry, struct str path)
{
	struct users_file *file = users_file_at(r, path);
	bool is_link = archive_entry_hardlink(entry) != NULL || archive_entry_filetype(entry) == AE_IFLNK;
	bool hides_both = str_is(path, ".wh.etc") || str_is(path, ".wh..wh..opq") || str_is(path, "etc/.wh..wh..opq");

	if (str_is(path, "etc") && is_link)
		r->done->passwd.state = r->done->group.state = USERS_ELSEWHERE;
	else if (str_is(path, "etc"))
		hides_both = archive_entry_filetype(entry) != AE_IFDIR;
	if (file != NULL)
		*file = (struct users_file){ .state = is_link ? USERS_ELSEWHERE :
			archive_entry_filetype(entry) == AE_IFREG ? USERS_HERE : USERS_HIDDEN };
	r->hides_passwd |= hides_both || str_is(path, "etc/.wh.passwd");
	r->hides_group |= hides_both || str_is(path, "etc/.wh.group");
}

/* Whatever the order, what is in this layer is not hidden by its own whiteouts. */
static void finish_users(struct reading *r)
{
	if (r->done->passwd.state == USERS_ABSENT && r->hides_passwd)
		r->done->passwd.state = USERS_HIDDEN;
	if (r->done->group.state == USERS_ABSENT && r->hides_group)
		r->done->group.state = USERS_HIDDEN;
}

/* ---- Entries ---- */

static int read_data(struct reading *r, struct archive_entry *entry, struct str path)
{
	struct users_file *file = archive_entry_filetype(entry) == AE_IFREG ? users_file_at(r, path) : NULL;
	struct bytes text = { .arena = r->images->arena };
	const void *bytes;
	la_int64_t at;
	size_t len;
	int status;

	while ((status = archive_read_data_block(r->tar, &bytes, &len, &at)) == ARCHIVE_OK) {
		if (r->unpack != NULL && unpack_data(r->unpack, bytes, len, at) != 0)
			return -1;
		if (file == NULL || len == 0)
			continue;
		if (at < 0 || at > USERS_FILE_MAX || len > USERS_FILE_MAX || (size_t)at < text.len)
			return complain(r, DIAG_LIMIT, "its /etc/passwd or /etc/group is too large");
		bytes_extend(&text, (size_t)at - text.len);
		bytes_put(&text, bytes, len);
	}
	if (status != ARCHIVE_EOF)
		return complain_of(r, r->tar);
	if (file != NULL)
		file->text = bytes_str(&text);
	return 0;
}

static int read_entry(struct reading *r, struct archive_entry *entry)
{
	struct arena mark = r->scratch;
	const char *name = archive_entry_pathname(entry);
	enum path_fault fault;
	struct str path;
	int64_t size = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : 0;
	int status;

	if (name == NULL)
		return complain(r, DIAG_BAD_IMAGE, "a file has a name that can't be read");
	if (++r->n_entries > LAYER_ENTRIES_MAX)
		return complain(r, DIAG_LIMIT, "it has too many files");
	if (size < 0 || (uint64_t)size > r->files_left)
		return complain(r, DIAG_LIMIT, "its files are too large");
	r->files_left -= (uint64_t)size;
	fault = path_clean(&r->scratch, name, &path);
	if (fault != PATH_FINE) {
		diag_error(r->images->diag, r->blob->from, DIAG_REFUSED, "the layer %.*s: the name '%.200s' %s",
		    STR_ARG(r->diff_id), name, path_faults[fault]);
		return -1;
	}
	note_users(r, entry, path);
	status = r->unpack == NULL ? 0 : unpack_entry(r->unpack, entry, path);
	if (status == 0)
		status = read_data(r, entry, path);
	if (status == 0 && r->unpack != NULL)
		status = unpack_end(r->unpack, entry, path);
	arena_rewind(&r->scratch, mark);
	return status;
}

/* A warning of the reader is that a name or an attribute is not what the layer says. */
static int read_entries(struct reading *r)
{
	struct archive_entry *entry;
	int status;

	while ((status = archive_read_next_header(r->tar, &entry)) == ARCHIVE_OK)
		if (read_entry(r, entry) != 0)
			return -1;
	return status == ARCHIVE_EOF ? 0 : complain_of(r, r->tar);
}

static int read_all(struct reading *r)
{
	if (open_readers(r) != 0 || read_entries(r) != 0 || read_rest(r) != 0 || check_digests(r) != 0)
		return -1;
	finish_users(r);
	return 0;
}

/* Names are bytes to us, but UTF-8 to pax headers, which libarchive turns into the
 * locale's encoding: without this it would lose what is not ASCII. */
static int read_in_utf8(struct reading *r)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before;
	int status;

	if (utf8 == (locale_t)0)
		return complain(r, DIAG_BAD_IMAGE, "this system has no locale C.UTF-8 to read names in");
	before = uselocale(utf8);
	status = read_all(r);
	close_readers(r);
	uselocale(before);
	freelocale(utf8);
	return status;
}

static int read_blob(struct images *s, const struct store *store, const struct blob *blob, struct layer_done *done,
    const char *folder)
{
	struct reading *r = arena_new(s->arena, struct reading);
	int status;

	*r = (struct reading){ .images = s, .blob = blob, .diff_id = done->layer.diff_id, .done = done,
		.left = s->most_bytes, .files_left = s->most_bytes };
	r->fd = store_file(store, blob->name, blob->from);
	if (r->fd < 0)
		return -1;
	r->unpack = folder == NULL ? NULL : unpack_open(s, folder, blob->from);
	if (folder != NULL && r->unpack == NULL) {
		close(r->fd);
		return -1;
	}
	(void)arena_alloc(&r->scratch, 1);      /* so that its first chunk stays */
	r->file_digest = digest_new();
	r->tar_digest = digest_new();
	status = read_in_utf8(r);
	if (r->unpack != NULL && unpack_close(r->unpack, status == 0) != 0)
		status = -1;
	arena_clear(&r->scratch);
	close(r->fd);
	return status;
}

/* ---- The image ---- */

/* Two policies that name one layer name one device: the salt is the layer's, not random. */
static size_t salt_of(const struct images *s, struct image_layer *layer, unsigned char salt[VERITY_SALT_MAX])
{
	enum { DERIVED = 16 };
	struct str text = arena_printf(s->arena, "cocoapol layer salt%.*s", STR_ARG(layer->diff_id));
	char hex[DIGEST_HEX_LEN + 1];
	unsigned byte;
	size_t i;

	digest_hex(text.ptr, text.len, hex);
	layer->salt = s->salt.len != 0 ? s->salt : arena_copy(s->arena, hex, 2 * DERIVED);
	for (i = 0; i < layer->salt.len / 2 && sscanf(layer->salt.ptr + 2 * i, "%2x", &byte) == 1; i++)
		salt[i] = (unsigned char)byte;
	return i;
}

static int hash_image(struct images *s, const struct blob *blob, struct image_layer *layer, const char *file)
{
	unsigned char salt[VERITY_SALT_MAX];
	size_t salt_len = salt_of(s, layer, salt);
	struct verity verity;

	if (verity_file(file, salt, salt_len, 0, NULL, NULL, &verity) != 0) {
		diag_error(s->diag, blob->from, DIAG_BAD_IMAGE, "%s: %s", file, strerror(errno));
		return -1;
	}
	memcpy(layer->root, verity.root, sizeof(layer->root));
	layer->blocks = verity.blocks;
	layer->is_hashed = true;
	return 0;
}

/* Under its name only once it is whole. */
static int keep_image(struct images *s, const struct blob *blob, const struct image_layer *layer, const char *file)
{
	const char *name = arena_printf(s->arena, "%s/sha256-%.*s.%.*s", s->keep, (int)layer->diff_id.len - 7,
	    layer->diff_id.ptr + 7, STR_ARG(layer->fs)).ptr;

	if (rename(file, name) == 0)
		return 0;
	diag_error(s->diag, blob->from, DIAG_BAD_IMAGE, "%s: %s", name, strerror(errno));
	return -1;
}

static int read_and_make(struct images *s, const struct store *store, const struct blob *blob, struct layer_done *done,
    const char *fs)
{
	const char *folder = images_temporary(s), *file = images_temporary(s);
	int status = folder == NULL || file == NULL ? -1 : 0;

	if (status == 0 && s->keep != NULL)
		file = arena_printf(s->arena, "%s/.sha256-%.*s.part", s->keep, (int)done->layer.diff_id.len - 7,
		    done->layer.diff_id.ptr + 7).ptr;
	done->layer.fs = (struct str){ fs, strlen(fs) };
	if (status != 0 || read_blob(s, store, blob, done, folder) != 0
	    || make_image(s, fs, folder, file, blob->from) != 0
	    || hash_image(s, blob, &done->layer, file) != 0
	    || (s->keep != NULL && keep_image(s, blob, &done->layer, file) != 0))
		status = -1;
	if (folder != NULL)
		remove_all(folder);
	if (file != NULL)
		unlink(file);
	return status;
}

const struct layer_done *layer_read(struct images *s, const struct store *store, const struct blob *blob,
    struct str diff_id)
{
	struct layer_done *done = arena_new(s->arena, struct layer_done);
	const char *fs = NULL;
	uint32_t i;

	for (i = 0; i < s->n_layers; i++)
		if (str_equal(s->layers[i]->layer.diff_id, diff_id))
			return s->layers[i];
	done->layer.diff_id = diff_id;
	if (!str_is(s->fs, "none")) {
		fs = make_filesystem(s, blob->from);
		if (fs == NULL)
			return NULL;
	}
	if ((fs == NULL ? read_blob(s, store, blob, done, NULL) : read_and_make(s, store, blob, done, fs)) != 0)
		return NULL;
	arena_push(s->arena, s->layers, s->n_layers, s->cap_layers);
	s->layers[s->n_layers++] = done;
	return done;
}

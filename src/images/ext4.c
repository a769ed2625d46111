/* SPDX-License-Identifier: Apache-2.0
 *
 * ext4.c - a folder as an ext4 image: `mke2fs -d`, which wants to know how large,
 * and then debugfs for what mke2fs takes from today: the times of inodes.
 *
 * Only what the files are decides on the bytes: features and identifiers are
 * named here, not in the machine's mke2fs.conf, and mke2fs sorts what it finds.
 */
#define _XOPEN_SOURCE 700               /* nftw */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../base/bytes.h"
#include "../base/file.h"
#include "inside.h"

enum { BLOCK = 4096, INODE = 256, FIRST_INODES = 16, SUPERBLOCK_AT = 1024 };

/* What there is to be room for; nftw hands nothing on to its function. */
static struct {
	uint64_t blocks, inodes, name_bytes;
} need;

static int measure(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)type;
	need.inodes++;
	/* An entry of a directory: its head, and the name. */
	need.name_bytes += 12 + strlen(path + where->base);
	if (S_ISREG(st->st_mode) || S_ISLNK(st->st_mode))
		need.blocks += ((uint64_t)st->st_size + BLOCK - 1) / BLOCK + (uint64_t)st->st_size / BLOCK / 1024;
	if (S_ISDIR(st->st_mode))
		need.blocks += 2;
	if (llistxattr(path, NULL, 0) > 0)
		need.blocks++;
	return 0;
}

static int make(struct images *s, const char *folder, const char *file, uint64_t blocks, struct loc from)
{
	const char *const words[] = { "mke2fs", "-q", "-F", "-b", "4096", "-I", "256", "-m", "0", "-O",
		"none,ext_attr,filetype,extent,dir_index,sparse_super,large_file,huge_file,dir_nlink,extra_isize,flex_bg",
		"-U", "00000000-0000-0000-0000-000000000001", "-E",
		"hash_seed=00000000-0000-0000-0000-000000000001,lazy_itable_init=0,nodiscard,root_owner=0:0", "-N",
		arena_printf(s->arena, "%llu", (unsigned long long)(need.inodes + FIRST_INODES)).ptr, "-d", folder, file,
		arena_printf(s->arena, "%llu", (unsigned long long)blocks).ptr, NULL };

	return make_run(s, words, from);
}

/* How many inodes it has come to have. */
static int count_inodes(const char *file, uint32_t *n)
{
	unsigned char le[4];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : pread(fd, le, sizeof(le), SUPERBLOCK_AT);

	if (fd >= 0)
		close(fd);
	*n = (uint32_t)le[0] | (uint32_t)le[1] << 8 | (uint32_t)le[2] << 16 | (uint32_t)le[3] << 24;
	return got == sizeof(le) ? 0 : -1;
}

/* mke2fs makes a folder that no layer has, gives the root no attributes, and
 * keeps the times at which the files here were made and read. */
static int mend(struct images *s, const char *folder, const char *file, struct loc from)
{
	struct bytes script = { .arena = s->arena };
	const char *path = images_temporary(s);
	const char *const words[] = { "debugfs", "-w", "-f", path, file, NULL };
	uint32_t n = 0, i;
	struct stat st;
	int status;

	if (path == NULL)
		return -1;
	if (lstat(folder, &st) != 0 || count_inodes(file, &n) != 0) {
		diag_error(s->diag, from, DIAG_BAD_IMAGE, "%s: %s", file, strerror(errno));
		return -1;
	}
	bytes_printf(&script, "rmdir lost+found\nsif <2> mode 0%o\nsif <2> uid %u\nsif <2> gid %u\nsif <2> mtime @%lld\n",
	    st.st_mode, st.st_uid, st.st_gid, (long long)st.st_mtim.tv_sec);
	for (i = 1; i <= n; i++)
		bytes_printf(&script, "sif <%u> ctime @0\nsif <%u> atime @0\n", i, i);
	if (file_write(path, script.ptr, script.len) != 0) {
		diag_error(s->diag, from, DIAG_BAD_IMAGE, "%s: %s", path, strerror(errno));
		return -1;
	}
	status = make_run(s, words, from);
	unlink(path);
	return status;
}

/* The more files and directories, the more is lost between them. */
int make_ext4(struct images *s, const char *folder, const char *file, struct loc from)
{
	uint64_t blocks;

	memset(&need, 0, sizeof(need));
	if (nftw(folder, measure, 32, FTW_PHYS) != 0) {
		diag_error(s->diag, from, DIAG_BAD_IMAGE, "%s: %s", folder, strerror(errno));
		return -1;
	}
	blocks = 64 + need.blocks + need.name_bytes * 3 / 2 / BLOCK + (need.inodes + FIRST_INODES) * INODE / BLOCK;
	blocks += blocks / 32;
	return make(s, folder, file, blocks, from) == 0 ? mend(s, folder, file, from) : -1;
}

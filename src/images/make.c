/* SPDX-License-Identifier: Apache-2.0
 *
 * make.c - a folder as a file system's image, by the tool that is installed.
 *
 * The same files give the same bytes: identifiers and times are fixed, and the
 * tool sorts what it finds.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/file.h"
#include "inside.h"

enum { SHOWN = 2000 };                  /* bytes of what a tool says */

/* mkfs.* is where only root's PATH leads. */
static const char *find_tool(struct arena *a, const char *name)
{
	const char *given = getenv("PATH"), *part;
	struct str path = arena_printf(a, "%s:/usr/sbin:/sbin", given == NULL ? "/usr/bin:/bin" : given);
	size_t n;

	for (part = path.ptr; *part != '\0'; part += n + (part[n] == ':')) {
		n = strcspn(part, ":");
		if (n != 0 && part[0] == '/') {
			const char *file = arena_printf(a, "%.*s/%s", (int)n, part, name).ptr;

			if (access(file, X_OK) == 0)
				return file;
		}
	}
	return NULL;
}

static bool has_tools(struct arena *a, const char *fs)
{
	if (strcmp(fs, "erofs") == 0)
		return find_tool(a, "mkfs.erofs") != NULL;
	return find_tool(a, "mke2fs") != NULL && find_tool(a, "debugfs") != NULL;
}

const char *make_filesystem(struct images *s, struct loc from)
{
	const char *fs = str_is(s->fs, "ext4") || (s->fs.len == 0 && !has_tools(s->arena, "erofs")) ? "ext4" : "erofs";
	const char *missing = NULL;

	if (s->fs.len != 0 && !str_is(s->fs, fs))
		missing = "layers become erofs or ext4";
	else if (!has_tools(s->arena, fs))
		missing = s->fs.len == 0 ? "neither mkfs.erofs (Debian: erofs-utils) nor mke2fs (e2fsprogs) is installed, and "
		    "without them layers have no root hash" : strcmp(fs, "erofs") == 0 ?
		    "mkfs.erofs is not installed (Debian: erofs-utils)" : "mke2fs is not installed (Debian: e2fsprogs)";
	else if (geteuid() != 0)
		missing = "a layer's files have owners and devices, which takes root, or: fakeroot cocoapolc ...";
	if (missing == NULL)
		return fs;
	if (!s->has_no_tool)
		diag_error(s->diag, from, DIAG_BAD_IMAGE, "%s", missing);
	s->has_no_tool = true;
	return NULL;
}

static void show_output(struct images *s, const char *log)
{
	struct str text;
	size_t i;
	char *shown;

	if (file_read(s->arena, log, 1 << 20, &text) != 0 || text.len == 0)
		return;
	if (text.len > SHOWN)
		text = (struct str){ text.ptr + text.len - SHOWN, SHOWN };
	shown = (char *)arena_alloc(s->arena, text.len + 1);
	for (i = 0; i < text.len; i++)
		shown[i] = (unsigned char)text.ptr[i] < ' ' && text.ptr[i] != '\n' ? ' ' : text.ptr[i];
	diag_note(s->diag, image_nowhere, "it said: %s", shown);
}

/* What it writes goes to a log; its exit status, or -1 with errno. */
static int run(char *const *argv, char *const *env, const char *log)
{
	posix_spawn_file_actions_t actions;
	int error, status;
	pid_t child;

	if (posix_spawn_file_actions_init(&actions) != 0)
		return -1;
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_EXCL, 0600);
	posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
	error = posix_spawn(&child, argv[0], &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	if (error != 0) {
		errno = error;
		return -1;
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static char *text_of(struct arena *a, const char *text)
{
	size_t len = strlen(text) + 1;

	return memcpy(arena_alloc(a, len), text, len);
}

/* Ours, but for what fakeroot needs.  Times of files are kept, up to the year 2100 that is the image's own. */
static char **environment(struct arena *a)
{
	static const char *const kept[] = { "LD_PRELOAD", "LD_LIBRARY_PATH", "FAKEROOTKEY", "FAKED_MODE", "TMPDIR" };
	enum { N_KEPT = sizeof(kept) / sizeof(kept[0]) };
	char **env = arena_array(a, N_KEPT + 6, char *);
	const char *value;
	size_t i, n = 0;

	env[n++] = text_of(a, "PATH=/usr/bin:/bin:/usr/sbin:/sbin");
	env[n++] = text_of(a, "LC_ALL=C.UTF-8");
	env[n++] = text_of(a, "SOURCE_DATE_EPOCH=4102444800");
	env[n++] = text_of(a, "E2FSPROGS_FAKE_TIME=1");
	env[n++] = text_of(a, "MKE2FS_CONFIG=/dev/null");
	for (i = 0; i < N_KEPT; i++) {
		value = getenv(kept[i]);
		if (value != NULL)
			env[n++] = text_of(a, arena_printf(a, "%s=%s", kept[i], value).ptr);
	}
	return env;
}

int make_run(struct images *s, const char *const *words, struct loc from)
{
	const char *log = images_temporary(s);
	char *argv[MAKE_WORDS_MAX + 1] = { NULL };
	size_t i;
	int status;

	if (log == NULL)
		return -1;
	for (i = 0; words[i] != NULL && i < MAKE_WORDS_MAX; i++)
		argv[i] = text_of(s->arena, words[i]);
	argv[0] = text_of(s->arena, find_tool(s->arena, words[0]));
	status = run(argv, environment(s->arena), log);
	if (status < 0)
		diag_error(s->diag, from, DIAG_BAD_IMAGE, "%s: %s", argv[0], strerror(errno));
	else if (status != 0)
		diag_error(s->diag, from, DIAG_BAD_IMAGE, "%s failed with status %d", argv[0], status);
	if (status > 0)
		show_output(s, log);
	unlink(log);
	return status == 0 ? 0 : -1;
}

int make_image(struct images *s, const char *fs, const char *folder, const char *file, struct loc from)
{
	const char *const words[] = { "mkfs.erofs", "-d1", "-U", "00000000-0000-0000-0000-000000000000", file, folder, NULL };

	return strcmp(fs, "ext4") == 0 ? make_ext4(s, folder, file, from) : make_run(s, words, from);
}

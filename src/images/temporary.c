/* SPDX-License-Identifier: Apache-2.0
 *
 * temporary.c - the folder that layers are unpacked in, and its end, however this
 * process comes to its own: another process waits for that.
 */
#define _GNU_SOURCE                     /* realpath, pipe2, close_range */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside.h"

/* Nobody writes to the pipe: its end is that of the process that has the other end. */
static void wait_and_remove(int pipe_end, const char *folder)
{
	int nothing, i;
	char byte;

	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	/* Who reads what the command says is not to wait for this one, nor is another
	 * remover, whose pipe this process has got too. */
	nothing = open("/dev/null", O_RDWR);
	for (i = STDIN_FILENO; i <= STDERR_FILENO && nothing >= 0; i++)
		dup2(nothing, i);
	if (pipe_end > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)pipe_end - 1, 0);
	close_range((unsigned)pipe_end + 1, ~0u, 0);
	while (read(pipe_end, &byte, 1) < 0 && errno == EINTR)
		continue;
	remove_all(folder);
	_exit(0);
}

/* A pipe that is not for the tools that are run.  Whoever closed a standard stream
 * does not get the pipe in its place. */
static bool open_pipe(int ends[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) != 0)
		return false;
	ends[0] = fcntl(low[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	ends[1] = fcntl(low[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(low[0]);
	close(low[1]);
	if (ends[0] >= 0 && ends[1] >= 0)
		return true;
	close(ends[0]);
	close(ends[1]);
	return false;
}

/* -1: there is none, and the folder stays if this process is killed. */
static pid_t start_remover(const char *folder, int *alive)
{
	int ends[2];
	pid_t remover;

	if (!open_pipe(ends))
		return -1;
	remover = fork();
	if (remover == 0) {
		close(ends[1]);
		wait_and_remove(ends[0], folder);
	}
	close(ends[0]);
	if (remover < 0)
		close(ends[1]);
	*alive = ends[1];
	return remover;
}

static const char *make_folder(struct images *s)
{
	const char *tmp = getenv("TMPDIR");
	/* What is below a link is not below the folder for libarchive. */
	char *real = realpath(tmp == NULL || tmp[0] == '\0' ? "/tmp" : tmp, NULL);
	struct str template = arena_printf(s->arena, "%s/cocoapol-XXXXXX", real == NULL ? "/tmp" : real);
	char *made = memcpy(arena_alloc(s->arena, template.len + 1), template.ptr, template.len);

	free(real);
	if (mkdtemp(made) != NULL)
		return made;
	diag_error(s->diag, image_nowhere, DIAG_BAD_IMAGE, "%s: %s", template.ptr, strerror(errno));
	return NULL;
}

const char *images_temporary(struct images *s)
{
	if (s->folder == NULL) {
		s->folder = make_folder(s);
		if (s->folder == NULL)
			return NULL;
		s->remover = start_remover(s->folder, &s->alive);
	}
	return arena_printf(s->arena, "%s/%u", s->folder, s->n_temporary++).ptr;
}

void images_free(struct images *s)
{
	if (s->folder == NULL)
		return;
	if (s->remover < 0) {
		remove_all(s->folder);
	} else {
		close(s->alive);
		while (waitpid(s->remover, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	s->folder = NULL;
}

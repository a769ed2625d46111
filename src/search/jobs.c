/* SPDX-License-Identifier: Apache-2.0
 *
 * jobs.c - see jobs.h.  What is said has its length before it, so that a
 * child's last words count only if they are whole.
 */
#include "jobs.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "../base/arena.h"
#include "../base/bytes.h"
#include "search.h"
#include "stop.h"

enum { MOST_PROCESSES = 64, TICK_MS = 200, HEAD = 4 };

struct child {
	pid_t pid;                      /* 0: the place is free */
	int from;
	uint32_t job;
	struct arena arena;
	struct bytes said;              /* from `read_to` on: not taken yet */
	size_t read_to;
	bool is_killed;                 /* by us */
};

struct run {
	const struct jobs *jobs;
	struct child children[MOST_PROCESSES];
	uint32_t n_children, n_begun, n;
};

uint32_t jobs_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 8 ? 8 : (uint32_t)n;
}

/* ---- the child ------------------------------------------------------------ */

/* Nobody listens any more if it fails, so there is nobody to tell. */
static void write_all(int out, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t put = write(out, bytes, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			_exit(2);
		bytes += put;
		len -= (size_t)put;
	}
}

void jobs_say(int out, const void *bytes, size_t len)
{
	uint8_t head[HEAD] = { (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len };

	write_all(out, head, HEAD);
	write_all(out, bytes, len);
}

static void bound(const struct jobs *jobs)
{
	struct rlimit limit;

	if (jobs->memory != 0 && getrlimit(RLIMIT_AS, &limit) == 0) {
		limit.rlim_cur = (rlim_t)jobs->memory;
		setrlimit(RLIMIT_AS, &limit);
	}
	if (jobs->most_cpu > 0 && getrlimit(RLIMIT_CPU, &limit) == 0) {
		limit.rlim_cur = (rlim_t)jobs->most_cpu + 1;
		setrlimit(RLIMIT_CPU, &limit);
	}
	limit = (struct rlimit){ 0, 0 };
	setrlimit(RLIMIT_CORE, &limit);
}

/* Ends without what exit() does: buffers and handlers are the parent's. */
static void be_child(const struct jobs *jobs, uint32_t job, int out, pid_t parent)
{
	stop_forget();
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(2);
#else
	(void)parent;
#endif
	/* What the libraries have to say about their end is not for the user. */
	if (freopen("/dev/null", "w", stderr) == NULL)
		_exit(2);
	bound(jobs);
	jobs->work(jobs->arg, job, out);
	_exit(0);
}

/* ---- the parent ----------------------------------------------------------- */

static bool begin(struct run *r, uint32_t job)
{
	struct child *c = r->children;
	pid_t parent = getpid();
	int ends[2];

	while (c->pid != 0)
		c++;
	if (pipe(ends) != 0)
		return false;
	*c = (struct child){ .job = job, .from = ends[0] };
	c->pid = fork();
	if (c->pid == 0) {
		close(ends[0]);
		be_child(r->jobs, job, ends[1], parent);
	}
	close(ends[1]);
	if (c->pid < 0) {
		c->pid = 0;
		close(ends[0]);
		return false;
	}
	c->said.arena = &c->arena;
	r->n_children++;
	return true;
}

static void end(struct run *r, uint32_t job, enum job_end how)
{
	if (r->jobs->ended != NULL)
		r->jobs->ended(r->jobs->arg, job, how);
}

static enum job_end how_it_ended(const struct child *c, int status)
{
	if (c->is_killed)
		return JOB_LATE;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && c->read_to == c->said.len)
		return JOB_DONE;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		return JOB_LATE;
	/* An arena that is out of memory ends the process with 2. */
	return WIFEXITED(status) && WEXITSTATUS(status) != 0 ? JOB_OUT_OF_MEMORY : JOB_DIED;
}

static void bury(struct run *r, struct child *c)
{
	int status = 0;

	close(c->from);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	r->n_children--;
	end(r, c->job, how_it_ended(c, status));
	arena_clear(&c->arena);
}

static void take_all(struct run *r, struct child *c)
{
	while (c->said.len - c->read_to >= HEAD) {
		const uint8_t *head = c->said.ptr + c->read_to;
		size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];

		if (c->said.len - c->read_to - HEAD < len)
			return;
		c->read_to += HEAD + len;
		r->jobs->take(r->jobs->arg, c->job, (struct str){ (const char *)head + HEAD, len });
	}
}

/* Returns false when there is nothing more to hear. */
static bool listen_to(struct run *r, struct child *c)
{
	uint8_t some[8192];
	ssize_t got = read(c->from, some, sizeof(some));

	if (got < 0)
		return errno == EINTR || errno == EAGAIN;
	bytes_put(&c->said, some, (size_t)got);
	take_all(r, c);
	return got != 0;
}

static void wait_for_some(struct run *r)
{
	struct pollfd polls[MOST_PROCESSES];
	struct child *heard[MOST_PROCESSES];
	nfds_t n = 0;

	for (uint32_t i = 0; i < MOST_PROCESSES; i++) {
		if (r->children[i].pid == 0)
			continue;
		heard[n] = &r->children[i];
		polls[n++] = (struct pollfd){ .fd = r->children[i].from, .events = POLLIN };
	}
	if (poll(polls, n, TICK_MS) < 0)
		return;
	for (nfds_t i = 0; i < n; i++)
		if (polls[i].revents != 0 && !listen_to(r, heard[i]))
			bury(r, heard[i]);
}

static bool is_over(const struct run *r)
{
	return stop_asked() || (r->jobs->until > 0 && search_clock() > r->jobs->until);
}

static void kill_all(struct run *r)
{
	for (uint32_t i = 0; i < MOST_PROCESSES; i++) {
		if (r->children[i].pid == 0)
			continue;
		r->children[i].is_killed = true;
		kill(r->children[i].pid, SIGKILL);
		bury(r, &r->children[i]);
	}
}

void jobs_run(const struct jobs *jobs, uint32_t n)
{
	struct run r = { .jobs = jobs, .n = n };
	uint32_t most = jobs->n_processes == 0 ? 1 : jobs->n_processes;
	double drawn = search_clock();

	most = most > MOST_PROCESSES ? MOST_PROCESSES : most;
	fflush(NULL);
	while ((r.n_begun < n || r.n_children > 0) && !is_over(&r)) {
		while (r.n_begun < n && r.n_children < most && begin(&r, r.n_begun))
			r.n_begun++;
		/* No process to be had: with fewer at once, or not at all. */
		if (r.n_begun < n && r.n_children < most) {
			if (r.n_children == 0)
				break;
			most = r.n_children;
		}
		wait_for_some(&r);
		if (jobs->tick != NULL && search_clock() - drawn > TICK_MS / 1e3) {
			jobs->tick(jobs->arg);
			drawn = search_clock();
		}
	}
	kill_all(&r);
	for (; r.n_begun < n; r.n_begun++)
		end(&r, r.n_begun, JOB_LATE);
}

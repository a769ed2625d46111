/* SPDX-License-Identifier: Apache-2.0
 *
 * jobs.h - work in child processes.  Each job is a process of its own that
 * starts from the parent's memory as it is now, says what it found through a
 * pipe, and ends: jobs do not influence each other, and what one of them does
 * to itself (no memory left, a crash of the solver, no end) costs no more than
 * its own answer.  An answer that does not come is no answer.
 */
#ifndef COCOAPOL_JOBS_H
#define COCOAPOL_JOBS_H

#include <stdint.h>

#include "../base/str.h"

/* How a job ended; what it said before counts in any case. */
enum job_end { JOB_DONE = 0, JOB_DIED, JOB_OUT_OF_MEMORY, JOB_LATE };

struct jobs {
	uint32_t n_processes;           /* at once; 0: 1 */
	uint64_t memory;                /* bytes that each may have; 0: any number */
	double until;                   /* of search_clock(); what runs then is ended.  0: never */
	double most_cpu;                /* seconds that each may compute; 0: any number */
	/* In the child: do it, and jobs_say() what was found. */
	void (*work)(void *arg, uint32_t job, int out);
	/* In the parent: one thing that was said, as soon as it was. */
	void (*take)(void *arg, uint32_t job, struct str said);
	/* In the parent, once for each job; may be NULL. */
	void (*ended)(void *arg, uint32_t job, enum job_end end);
	/* In the parent, some times a second; may be NULL. */
	void (*tick)(void *arg);
	void *arg;
};

/* Does jobs 0 to n - 1.  Those that were not begun when the time was up or a
 * stop was asked for are JOB_LATE.  No child is left when it returns. */
void jobs_run(const struct jobs *jobs, uint32_t n);

/* In the child. */
void jobs_say(int out, const void *bytes, size_t len);

/* Processors that are online, at least 1 and at most 8. */
uint32_t jobs_processors(void);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * seek.h - search.h in a child process: within bounds of memory, and with an
 * end whenever one is asked for.
 */
#ifndef COCOAPOL_SEEK_H
#define COCOAPOL_SEEK_H

#include "search.h"

struct seek_options {
	double most_seconds;
	bool quick;                     /* a first look */
	uint64_t memory;                /* bytes; 0: any number */
	void (*progress)(void *arg, uint32_t claim, uint32_t depth, uint32_t n_states);
	void *progress_arg;
};

/* Traces for the wanted claims, one for each claim of the policy; each was
 * played again here.  *exhausted: the memory was not enough. */
struct search_trace *seek_traces(struct arena *a, const struct tree_policy *tree, const bool *wanted,
    const struct seek_options *options, bool *exhausted);

#endif

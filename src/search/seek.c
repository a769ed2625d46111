/* SPDX-License-Identifier: Apache-2.0
 *
 * seek.c - the child says each trace as soon as it has it, so that none is lost
 * with the child.
 */
#include "seek.h"

#include "../base/bytes.h"
#include "jobs.h"

struct seeker {
	struct arena *arena;
	const struct tree_policy *tree;
	const bool *wanted;
	const struct seek_options *options;
	struct search_trace *traces;
	bool exhausted;
	int out;
};

/* What is said: this, and then its requests, if it has any: 4 bytes of length
 * and the bytes. */
struct said {
	bool is_trace;                  /* or else progress */
	uint32_t claim, depth, n;       /* n: states, or requests */
	double seconds;
};

static void say_progress(void *arg, uint32_t claim, uint32_t depth, uint32_t n_states)
{
	const struct seeker *s = arg;
	struct said said = { .claim = claim, .depth = depth, .n = n_states };

	jobs_say(s->out, &said, sizeof(said));
}

static void say_trace(void *arg, uint32_t claim, const struct search_trace *trace)
{
	const struct seeker *s = arg;
	struct bytes b = { .arena = s->arena };
	struct said said = { .is_trace = true, .claim = claim, .n = trace->n_requests,
	    .seconds = trace->seconds };

	bytes_put(&b, &said, sizeof(said));
	for (uint32_t i = 0; i < trace->n_requests; i++) {
		bytes_put32(&b, (uint32_t)trace->requests[i].len);
		bytes_put(&b, trace->requests[i].ptr, trace->requests[i].len);
	}
	jobs_say(s->out, b.ptr, b.len);
}

static void work(void *arg, uint32_t job, int out)
{
	struct seeker *s = arg;
	struct search_options options = { .most_seconds = s->options->most_seconds,
	    .most_states = s->options->quick ? 60 : 0, .quick = s->options->quick,
	    .progress = say_progress, .progress_arg = s, .found = say_trace, .found_arg = s };

	(void)job;
	s->out = out;
	search_policy(s->arena, s->tree, s->wanted, &options);
}

static void take_trace(struct seeker *s, const struct said *said, struct str bytes)
{
	struct search_trace trace = { .found = true, .seconds = said->seconds };
	struct cpol_policy policy = { .bc = *s->tree->policy };
	size_t at = 0;

	trace.requests = arena_array(s->arena, (size_t)said->n + 1, struct str);
	for (; trace.n_requests < said->n && bytes.len - at >= 4; trace.n_requests++) {
		const uint8_t *head = (const uint8_t *)bytes.ptr + at;
		size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];

		at += 4;
		if (bytes.len - at < len)
			return;
		trace.requests[trace.n_requests] = arena_copy(s->arena, bytes.ptr + at, len);
		at += len;
	}
	if (search_confirm(s->arena, &policy, said->claim, &trace))
		s->traces[said->claim] = trace;
}

static void take(void *arg, uint32_t job, struct str bytes)
{
	struct seeker *s = arg;
	struct said said;

	(void)job;
	if (bytes.len < sizeof(said))
		return;
	memcpy(&said, bytes.ptr, sizeof(said));
	if (said.claim >= s->tree->policy->n_claims)
		return;
	if (said.is_trace)
		take_trace(s, &said, (struct str){ bytes.ptr + sizeof(said), bytes.len - sizeof(said) });
	else if (s->options->progress != NULL)
		s->options->progress(s->options->progress_arg, said.claim, said.depth, said.n);
}

static void ended(void *arg, uint32_t job, enum job_end end)
{
	struct seeker *s = arg;

	(void)job;
	s->exhausted = end == JOB_OUT_OF_MEMORY;
}

struct search_trace *seek_traces(struct arena *a, const struct tree_policy *tree, const bool *wanted,
    const struct seek_options *options, bool *exhausted)
{
	struct seeker s = { .arena = a, .tree = tree, .wanted = wanted, .options = options };
	struct jobs jobs = { .n_processes = 1, .memory = options->memory, .work = work, .take = take,
	    .ended = ended, .arg = &s };

	/* A first look asks for the time now and then; in a large policy, seldom. */
	if (options->quick)
		jobs.until = search_clock() + 2 * options->most_seconds;
	s.traces = arena_array(a, tree->policy->n_claims + 1, struct search_trace);
	jobs_run(&jobs, 1);
	*exhausted = *exhausted || s.exhausted;
	return s.traces;
}

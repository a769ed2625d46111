/* SPDX-License-Identifier: Apache-2.0
 *
 * compare.c - cocoapolv compare: does B allow anything that A denies, and the
 * other way round.
 */
#include "compare_tell.h"

#include "../prove/prove.h"
#include "../search/search.h"
#include "../search/stop.h"

/* Seconds when the user names none, and of them for each thing that is tried. */
enum { DEFAULT_TIMEOUT = 60, GLANCE = 4, FIRST_PROOF = 8, FIRST_SEARCH = 10, SIDE_PROOF = 10, QUERY_MS = 2000 };

/* ---- finding out ------------------------------------------------------------- */

static void show_proof(void *arg, uint32_t event)
{
	const struct direction *d = arg;

	tool_progress(d->within->t, "%s within %s: proving %.*s", d->beyond->name, d->within->name,
	    STR_ARG(tool_event(d->beyond->t, event)));
}

static void show_search(void *arg, uint32_t depth, uint32_t n_states)
{
	const struct direction *d = arg;

	tool_progress(d->within->t, "%s within %s: searching, depth %u, %u states", d->beyond->name,
	    d->within->name, (unsigned)depth, (unsigned)n_states);
}

static void try_proof(struct direction *d, bool patient, double seconds, double until)
{
	struct arena *arena = &d->within->t->arena;
	struct joint_report *proof;
	struct joint_options options = { .proof_a = d->within->proof, .proof_b = d->beyond->proof,
	    .seen = d->seen, .patient = patient, .progress = show_proof, .progress_arg = d };

	options.until = until;
	options.cpu_until = compare_cpu() + seconds;
	d->j = joint_of(arena, d->within->t->tree, d->beyond->t->tree);
	proof = joint_prove(arena, d->j, &options);
	/* What there was no time to ask again is still in doubt. */
	if (proof->proved || proof->n_doubts > 0 || d->proof->n_doubts == 0)
		d->proof = proof;
	else
		d->proof->out_of_time = true;
	if (proof->proved)
		d->verdict = PROVED;
}

static void try_search(struct direction *d, enum compare_effort effort, double seconds, double until)
{
	struct compare_options options = { .effort = effort, .doubts = d->proof, .seen = d->seen,
	    .started = d->within->t->started, .progress = show_search, .progress_arg = d };

	options.until = until;
	options.cpu_until = compare_cpu() + seconds;
	d->trace = compare_search(&d->within->t->arena, d->j, &options);
	if (d->trace.kind != COMPARE_SAME)
		d->verdict = DIFFERS;
}

static void prove_side(struct side *s, double seconds)
{
	struct prove_options options = { .timeout_ms = QUERY_MS, .most_seconds = seconds, .quick = true };

	if (s->proof == NULL)
		s->proof = &prove_policy(&s->t->arena, s->t->tree, &options)->proof;
}

static bool is_open(const struct direction *d)
{
	return d->verdict == UNKNOWN && !stop_asked();
}

/* The cheap first: a glance, a proof, a look where it got stuck, a proof that
 * knows what is always true of each side and of single rows, a long search. */
static void find_out(struct direction *d, double until)
{
	double start = search_clock();

	d->proof = arena_new(&d->within->t->arena, struct joint_report);
	d->proof->out_of_time = true;           /* nothing was asked yet */
	d->j = joint_of(&d->within->t->arena, d->within->t->tree, d->beyond->t->tree);
	d->seen = joint_seen_new(&d->within->t->arena);
	try_search(d, COMPARE_GLANCE, GLANCE, until);
	if (is_open(d))
		try_proof(d, false, FIRST_PROOF, until);
	if (is_open(d))
		try_search(d, COMPARE_QUICK, FIRST_SEARCH, until);
	if (is_open(d) && search_clock() < until) {
		prove_side(d->within, SIDE_PROOF);
		prove_side(d->beyond, SIDE_PROOF);
		try_proof(d, true, (until - search_clock()) / 2, until);
	}
	if (is_open(d))
		try_search(d, COMPARE_LONG, until - search_clock(), until);
	d->seconds = search_clock() - start;
}

/* ---- both ways ------------------------------------------------------------------------ */

static int compare(struct tool *t, struct tool *other)
{
	struct side a = { .t = t, .name = "A" }, b = { .t = other, .name = "B" };
	struct direction up = { .within = &a, .beyond = &b }, down = { .within = &b, .beyond = &a };
	double seconds = t->timeout != 0 ? t->timeout : DEFAULT_TIMEOUT;

	if (str_equal(t->bytes, other->bytes)) {
		up.verdict = down.verdict = PROVED;
		return tell(&a, &b, &up, &down);
	}
	stop_catch();
	find_out(&up, t->started + seconds * 2 / 3);
	find_out(&down, t->started + seconds);
	tool_calm(t);
	tool_calm(other);
	return tell(&a, &b, &up, &down);
}

int command_compare(struct tool *t)
{
	struct tool other = { .command = t->command, .path = t->second, .json = t->json };
	int status = tool_open(&other);

	other.started = t->started;
	if (status == TOOL_YES)
		status = compare(t, &other);
	arena_clear(&other.arena);
	return status;
}

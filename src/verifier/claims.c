/* SPDX-License-Identifier: Apache-2.0
 *
 * claims.c - cocoapolv prove and cocoapolv reach.
 */
#include "../base/file.h"
#include "certify.h"
#include "prove.h"
#include "tool.h"

/* Seconds when the user names none; a proof takes well under one. */
enum { DEFAULT_TIMEOUT = 60, FIRST_LOOK = 1, FIRST_SEARCH = 8, QUERY_MS = 2000 };

enum verdict { UNKNOWN = 0, PROVED, REFUTED, REACHED };
static const char *const verdict_names[] = { "UNKNOWN", "PROVED", "REFUTED", "REACHED" };

static const char *const kind_names[] = {
	[BC_INVARIANT] = "invariant", [BC_ALWAYS] = "always", [BC_REACHABLE] = "reachable"
};

static void show_query(void *arg, uint32_t goal, uint32_t event)
{
	struct tool *t = arg;
	struct str name = goal == UINT32_MAX ? STR("a lemma") : tool_claim(t, goal);
	struct str where = event < t->policy.bc.n_events ? tool_event(t, event) : STR("start");

	tool_progress(t, "proving %.*s: %.*s", STR_ARG(name), STR_ARG(where));
}

static void show_search(void *arg, uint32_t claim, uint32_t depth, uint32_t n_states)
{
	struct tool *t = arg;

	tool_progress(t, "searching %.*s: depth %u, %u states", STR_ARG(tool_claim(t, claim)),
	    (unsigned)depth, (unsigned)n_states);
}

static struct search_report *search(struct tool *t, const bool *wanted, double seconds, bool quick)
{
	struct search_options options = { .most_seconds = seconds, .progress = show_search,
	    .progress_arg = t, .quick = quick, .most_states = quick ? 60 : 0 };

	return search_policy(&t->arena, t->tree, wanted, &options);
}

static int name_width(const struct tool *t)
{
	uint32_t i;
	int width = 0;

	for (i = 0; i < t->policy.bc.n_claims; i++)
		if ((int)tool_claim(t, i).len > width && tool_claim(t, i).len <= 40)
			width = (int)tool_claim(t, i).len;
	return width;
}

static void print_line(struct tool *t, enum verdict verdict, uint32_t claim, double seconds)
{
	struct str name = tool_claim(t, claim);

	tool_print_colour(t, verdict == PROVED || verdict == REACHED ? TOOL_GOOD :
	    verdict == REFUTED ? TOOL_BAD : TOOL_DOUBT, "%-7s", verdict_names[verdict]);
	printf("  %-*.*s  %6.2f s", name_width(t), STR_ARG(name), seconds);
}

/* Where the induction failed, and what the user can do about it. */
static void print_doubt(struct tool *t, const struct prove_claim *c)
{
	bool gave_up = false;
	uint32_t i;

	printf("\n     not shown");
	for (i = 0; i < c->n_failures; i++) {
		gave_up = gave_up || c->failures[i].gave_up;
		if (c->failures[i].event >= t->policy.bc.n_events)
			printf("%s in the first state", i == 0 ? "" : ",");
		else
			printf("%s %.*s", i == 0 ? " for" : ",",
			    STR_ARG(tool_event(t, c->failures[i].event)));
	}
	printf(", and no trace was found\n");
	if (gave_up)
		printf("     try: a longer --timeout, or a claim split into simpler ones\n");
	else
		printf("     try: an invariant that says why these events keep it\n");
}

static json_t *claim_json(struct tool *t, uint32_t claim, enum verdict verdict, double seconds)
{
	json_t *json = json_object();
	struct str name = tool_claim(t, claim);
	const struct srcmap_entry *place = t->map == NULL ? NULL :
	    srcmap_find(t->map, SRCMAP_CLAIM, name, 0);

	json_object_set_new(json, "name", tool_str_json(name));
	json_object_set_new(json, "kind",
	    json_string(kind_names[t->policy.bc.claims[claim].kind]));
	json_object_set_new(json, "verdict", json_string(verdict_names[verdict]));
	json_object_set_new(json, "seconds", json_real(seconds));
	if (place != NULL)
		json_object_set_new(json, "place", tool_place_json(place));
	return json;
}

static json_t *doubt_json(struct tool *t, const struct prove_claim *c)
{
	json_t *events = json_array();
	uint32_t i;

	for (i = 0; i < c->n_failures; i++)
		json_array_append_new(events, c->failures[i].event >= t->policy.bc.n_events ?
		    json_null() : tool_str_json(tool_event(t, c->failures[i].event)));
	return events;
}

static json_t *new_report(const struct tool *t)
{
	json_t *report = json_object();

	json_object_set_new(report, "policy",
	    tool_str_json(tool_string(t, t->policy.bc.policy_name)));
	json_object_set_new(report, "claims", json_array());
	return report;
}

static int finish(struct tool *t, json_t *report, int status)
{
	int printed = TOOL_YES;

	if (t->json)
		printed = tool_print_json(report);
	else
		json_decref(report);
	if (fflush(stdout) != 0 || ferror(stdout))
		return tool_trouble("standard output");
	return printed == TOOL_YES ? status : printed;
}

/* ---- prove ---- */

static void report_claim(struct tool *t, json_t *report, uint32_t claim, enum verdict verdict,
    const struct prove_claim *c, const struct search_trace *trace)
{
	double seconds = verdict == REFUTED ? trace->seconds : c->seconds;
	json_t *json;

	if (t->json) {
		json = claim_json(t, claim, verdict, seconds);
		if (verdict == REFUTED)
			json_object_set_new(json, "trace", trace_json(t, trace));
		else if (verdict == UNKNOWN)
			json_object_set_new(json, "open", doubt_json(t, c));
		json_array_append_new(json_object_get(report, "claims"), json);
		return;
	}
	print_line(t, verdict, claim, seconds);
	if (verdict == REFUTED) {
		printf("  by %u request%s:\n", (unsigned)trace->n_requests,
		    trace->n_requests == 1 ? "" : "s");
		trace_print(t, claim, trace);
	} else if (verdict == UNKNOWN) {
		print_doubt(t, c);
	} else {
		printf("\n");
	}
}

/* Seconds that are left, and of them at most `most`. */
static double seconds_left(const struct tool *t, double most)
{
	double left = (t->timeout != 0 ? t->timeout : DEFAULT_TIMEOUT) - (search_clock() - t->started);

	return left < most ? left : most;
}

/* What is known of the claims so far. */
struct state_of_claims {
	struct prove_report *proofs;    /* NULL: nothing was asked */
	struct search_report *traces;   /* NULL: not searched */
};

static enum verdict verdict_of(const struct state_of_claims *s, uint32_t claim)
{
	if (s->proofs != NULL && s->proofs->claims[claim].answer == PROVE_PROVED)
		return PROVED;
	return s->traces != NULL && s->traces->traces[claim].found ? REFUTED : UNKNOWN;
}

/* Marks the claims that have this verdict; how many. */
static uint32_t mark(const struct tool *t, const struct state_of_claims *s, enum verdict verdict,
    bool *marked)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++) {
		marked[i] = t->policy.bc.claims[i].kind != BC_REACHABLE &&
		    verdict_of(s, i) == verdict;
		n += marked[i];
	}
	return n;
}

static void search_open(struct tool *t, struct state_of_claims *s, double seconds, bool quick)
{
	bool *wanted = arena_array(&t->arena, t->policy.bc.n_claims, bool);
	struct search_report *more;

	if (mark(t, s, UNKNOWN, wanted) == 0 || seconds <= 0)
		return;
	more = search(t, wanted, seconds, quick);
	for (uint32_t i = 0; s->traces != NULL && i < t->policy.bc.n_claims; i++)
		if (s->traces->traces[i].found)
			more->traces[i] = s->traces->traces[i];
	s->traces = more;
}

/* What is refuted is not asked: a false claim costs the solver most. */
static void prove_open(struct tool *t, struct state_of_claims *s, bool quick)
{
	bool *refuted = arena_array(&t->arena, t->policy.bc.n_claims, bool);
	struct prove_options options = { .timeout_ms = QUERY_MS, .most_seconds = seconds_left(t, 1e9) / 2,
	    .progress = show_query, .progress_arg = t, .quick = quick,
	    .refuted = refuted };
	struct prove_report *more, *before = s->proofs;

	mark(t, s, REFUTED, refuted);
	more = prove_policy(&t->arena, t->tree, &options);
	for (uint32_t i = 0; before != NULL && i < t->policy.bc.n_claims; i++)
		if (before->claims[i].answer == PROVE_PROVED)
			more->claims[i] = before->claims[i];
	if (before != NULL)
		more->n_queries += before->n_queries;
	/* A proof that ran out of time may say less than the quick one before it. */
	if (before != NULL && before->proof.n_goals > more->proof.n_goals)
		more->proof = before->proof;
	s->proofs = more;
}

/* Cheap first: a look for what falls to a few requests; what is proved soon; a
 * short search for traces of what is open; all that the prover can do; then a
 * long search. */
static struct state_of_claims find_verdicts(struct tool *t)
{
	bool *open = arena_array(&t->arena, t->policy.bc.n_claims, bool);
	struct state_of_claims s = { .proofs = NULL };

	search_open(t, &s, seconds_left(t, FIRST_LOOK), true);
	prove_open(t, &s, true);
	search_open(t, &s, seconds_left(t, FIRST_SEARCH), false);
	if (mark(t, &s, UNKNOWN, open) == 0)
		return s;
	prove_open(t, &s, false);
	search_open(t, &s, seconds_left(t, 1e9), false);
	return s;
}

static void show_duty(void *arg, uint32_t goal, uint32_t event)
{
	struct tool *t = arg;
	struct str name = goal == UINT32_MAX ? STR("a lemma") : tool_claim(t, goal);
	struct str where = event < t->policy.bc.n_events ? tool_event(t, event) : STR("start");

	tool_progress(t, "certifying %.*s: %.*s", STR_ARG(name), STR_ARG(where));
}

/* Write down what is proved; says which claims it is not possible for. */
static int write_certificate(struct tool *t, const struct state_of_claims *s, json_t *report)
{
	struct certify_options options = { .progress = show_duty, .progress_arg = t,
	    .most_seconds = seconds_left(t, 1e9) };
	struct certify_report certified;
	int status = TOOL_YES;

	if (options.most_seconds < 1)
		options.most_seconds = 1;
	certified = certify(&t->arena, t->tree, &s->proofs->proof, &options);
	tool_calm(t);
	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++) {
		if (verdict_of(s, i) != PROVED || certified.is_certified[i])
			continue;
		fprintf(stderr, "cocoapolv: %s: %.*s is proved, but no certificate of it was found\n",
		    t->certificate_path, STR_ARG(tool_claim(t, i)));
		status = TOOL_TROUBLE;
	}
	if (status != TOOL_YES)
		fprintf(stderr, "     try: a longer --timeout, or claims split into simpler ones\n");
	json_object_set_new(report, "certified", json_integer(certified.n_certified));
	if (certified.n_certified == 0) {
		fprintf(stderr, "cocoapolv: %s: not written, there is nothing to say\n", t->certificate_path);
		return TOOL_TROUBLE;
	}
	if (file_write(t->certificate_path, certified.certificate.ptr, certified.certificate.len) != 0)
		return tool_trouble(t->certificate_path);
	if (!t->json)
		printf("certificate of %u claims and %u lemmas: %s, %zu bytes\n", (unsigned)certified.n_certified,
		    (unsigned)certified.n_lemmas, t->certificate_path, certified.certificate.len);
	return status;
}

int command_prove(struct tool *t)
{
	struct state_of_claims s = find_verdicts(t);
	json_t *report = new_report(t);
	uint32_t counts[4] = { 0 };
	int certified = TOOL_YES;

	tool_calm(t);
	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++) {
		enum verdict verdict = verdict_of(&s, i);

		if (t->policy.bc.claims[i].kind == BC_REACHABLE)
			continue;
		counts[verdict]++;
		report_claim(t, report, i, verdict, &s.proofs->claims[i],
		    verdict == REFUTED ? &s.traces->traces[i] : NULL);
	}
	json_object_set_new(report, "proved", json_integer(counts[PROVED]));
	json_object_set_new(report, "refuted", json_integer(counts[REFUTED]));
	json_object_set_new(report, "unknown", json_integer(counts[UNKNOWN]));
	json_object_set_new(report, "queries", json_integer(s.proofs->n_queries));
	json_object_set_new(report, "lemmas", json_integer(s.proofs->n_lemmas));
	if (!t->json)
		printf("%u proved, %u refuted, %u unknown; %u queries, %.2f s\n",
		    (unsigned)counts[PROVED], (unsigned)counts[REFUTED], (unsigned)counts[UNKNOWN],
		    (unsigned)s.proofs->n_queries, search_clock() - t->started);
	if (t->certificate_path != NULL)
		certified = write_certificate(t, &s, report);
	return finish(t, report, counts[REFUTED] != 0 ? TOOL_NO :
	    counts[UNKNOWN] != 0 ? TOOL_TROUBLE : certified);
}

/* ---- reach ---- */

int command_reach(struct tool *t)
{
	uint32_t i, n = t->policy.bc.n_claims, n_wanted = 0, n_reached = 0;
	bool *wanted = arena_array(&t->arena, n, bool);
	json_t *report = new_report(t), *json;
	struct search_report *found;

	for (i = 0; i < n; i++) {
		wanted[i] = t->policy.bc.claims[i].kind == BC_REACHABLE;
		n_wanted += wanted[i];
	}
	found = search(t, wanted, t->timeout != 0 ? t->timeout : DEFAULT_TIMEOUT, false);
	tool_calm(t);
	for (i = 0; i < n; i++) {
		enum verdict verdict = found->traces[i].found ? REACHED : UNKNOWN;
		double seconds = verdict == REACHED ? found->traces[i].seconds : found->seconds;

		if (!wanted[i])
			continue;
		n_reached += verdict == REACHED;
		if (t->json) {
			json = claim_json(t, i, verdict, seconds);
			if (verdict == REACHED)
				json_object_set_new(json, "trace",
				    trace_json(t, &found->traces[i]));
			json_array_append_new(json_object_get(report, "claims"), json);
			continue;
		}
		print_line(t, verdict, i, seconds);
		if (verdict == REACHED) {
			printf("  by %u requests:\n", (unsigned)found->traces[i].n_requests);
			trace_print(t, i, &found->traces[i]);
		} else {
			printf("\n     no requests were found that lead there\n"
			       "     try: a longer --timeout, or a nearer goal\n");
		}
	}
	if (!t->json && n_wanted == 0)
		printf("the policy has no `reachable` claim\n");
	return finish(t, report, n_reached == n_wanted ? TOOL_YES : TOOL_TROUBLE);
}

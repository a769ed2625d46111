/* SPDX-License-Identifier: Apache-2.0
 *
 * claims.c - cocoapolv prove and cocoapolv reach.
 */
#include <stdlib.h>
#include <sys/resource.h>

#include "../base/digest.h"
#include "../prove/cache.h"
#include "../report/html.h"
#include "../search/jobs.h"
#include "proof_out.h"
#include "../prove/prove.h"
#include "../search/realistic.h"
#include "../search/seek.h"
#include "../search/stop.h"
#include "../report/tool.h"

/* Seconds when the user names none; a proof takes well under one. */
enum { DEFAULT_TIMEOUT = 60, FIRST_SEARCH = 8 };
/* What falls to a few requests falls at once; a sound policy only waits. */
#define FIRST_LOOK 0.15
/* Of them a part is kept for the certificate: a hard claim must not cost others theirs. */
enum { CERTIFY_PART = 4 };

enum verdict { UNKNOWN = 0, PROVED, REFUTED, REACHED, IMPOSSIBLE };
static const char *const verdict_names[] = { "UNKNOWN", "PROVED", "REFUTED", "REACHED", "IMPOSSIBLE" };

static const char *const kind_names[] = {
	[BC_INVARIANT] = "invariant", [BC_ALWAYS] = "always", [BC_REACHABLE] = "reachable"
};

static void show_query(void *arg, uint32_t goal, uint32_t event)
{
	struct tool *t = arg;
	struct str name = goal == UINT32_MAX ? STR("a lemma") : tool_claim(t, goal);
	struct str where = event < t->policy.bc.n_events ? tool_event(t, event) : STR("start");

	tool_progress(t, "proving %.*s: %.*s, %.0f s", STR_ARG(name), STR_ARG(where),
	    search_clock() - t->started);
}

static void show_search(void *arg, uint32_t claim, uint32_t depth, uint32_t n_states)
{
	struct tool *t = arg;

	tool_progress(t, "searching %.*s: depth %u, %u states, %.0f s", STR_ARG(tool_claim(t, claim)),
	    (unsigned)depth, (unsigned)n_states, search_clock() - t->started);
}

static struct search_trace *search(struct tool *t, const bool *wanted, double seconds, bool quick)
{
	struct seek_options options = { .most_seconds = seconds, .quick = quick, .memory = t->memory,
	    .progress = show_search, .progress_arg = t };
	struct search_trace *traces = seek_traces(&t->arena, t->tree, wanted, &options, &t->exhausted);

	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++) {
		if (!traces[i].found)
			continue;
		realistic_trace(&t->arena, &t->policy, i, &traces[i]);
		traces[i].found = t->given == NULL || search_is_allowed(&t->arena, t->given, &traces[i]);
	}
	return traces;
}

/* What prove and reach do first. */
static int start(struct tool *t)
{
	if (t->cache != NULL && cache_prepare(t->cache) != 0)
		return tool_trouble(t->cache);
	if (t->jobs == 0)
		t->jobs = jobs_processors();
	stop_catch();
	return TOOL_YES;
}

static struct prover *open_prover(struct tool *t, bool impossible)
{
	struct prove_options options = { .n_processes = t->jobs,
	    .memory = t->memory, .seed = t->seed, .cache = t->cache,
	    .progress = show_query, .progress_arg = t, .impossible = impossible };

	return prove_open(&t->arena, t->tree, &options);
}

static bool is_aside(const struct tool *t, uint32_t claim)
{
	return t->aside != NULL && t->aside[claim];
}

static int name_width(struct tool *t)
{
	uint32_t i;
	int width = 0;

	for (i = 0; i < t->policy.bc.n_claims; i++) {
		int len = (int)tool_claim_title(t, i).len;

		if (!is_aside(t, i) && len > width && len <= 40)
			width = len;
	}
	return width;
}

static void print_line(struct tool *t, enum verdict verdict, uint32_t claim, double seconds)
{
	struct str name = tool_claim_title(t, claim);

	tool_print_colour(t, verdict == PROVED || verdict == REACHED ? TOOL_GOOD :
	    verdict == REFUTED ? TOOL_BAD : TOOL_DOUBT, "%-7s", verdict_names[verdict]);
	printf("  %-*.*s  %6.2f s", name_width(t), STR_ARG(name), seconds);
}

/* What the user can do about it. */
static const char *advice(const struct tool *t, const struct prove_claim *c)
{
	bool gave_up = false, no_memory = t->exhausted, not_asked = false;

	for (uint32_t i = 0; i < c->n_failures; i++) {
		gave_up = gave_up || c->failures[i].doubt == PROVE_GAVE_UP;
		no_memory = no_memory || c->failures[i].doubt == PROVE_NO_MEMORY;
		not_asked = not_asked || c->failures[i].doubt == PROVE_NOT_ASKED;
	}
	return stop_asked() ? "again, and let it end" :
	    no_memory ? "a larger --memory" :
	    not_asked ? "a longer --timeout" :
	    gave_up ? "a longer --timeout, another --seed, or a claim split into simpler ones" :
	    "an invariant that says why these events keep it";
}

/* Where the induction failed. */
static struct str doubt_text(struct tool *t, const struct prove_claim *c, const char *between)
{
	struct bytes b = { .arena = &t->arena };
	uint32_t i;

	bytes_printf(&b, "not shown");
	for (i = 0; i < c->n_failures; i++) {
		if (c->failures[i].event >= t->policy.bc.n_events)
			bytes_printf(&b, "%s in the first state", i == 0 ? "" : ",");
		else
			bytes_printf(&b, "%s %.*s", i == 0 ? " for" : ",",
			    STR_ARG(tool_event(t, c->failures[i].event)));
	}
	bytes_printf(&b, ", and no trace was found%stry: %s", between, advice(t, c));
	return bytes_str(&b);
}

static json_t *claim_json(struct tool *t, uint32_t claim, enum verdict verdict, double seconds)
{
	json_t *json = json_object();
	struct str name = tool_claim(t, claim);
	const struct srcmap_entry *place = t->map == NULL ? NULL :
	    srcmap_find(t->map, SRCMAP_CLAIM, name, 0);

	json_object_set_new(json, "name", tool_str_json(name));
	json_object_set_new(json, "kind",
	    json_string(tool_is_never(t, claim) ? "never" :
	    kind_names[t->policy.bc.claims[claim].kind]));
	json_object_set_new(json, "verdict", json_string(verdict_names[verdict]));
	json_object_set_new(json, "seconds", json_real(seconds));
	if (place != NULL)
		json_object_set_new(json, "place", tool_place_json(place));
	return json;
}

static void add_trace(struct tool *t, json_t *json, uint32_t claim,
    const struct search_trace *trace)
{
	json_object_set_new(json, "trace", trace_json(t, trace));
	json_object_set_new(json, "why", trace_why_json(t, claim, trace));
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

json_t *claims_report(const struct tool *t)
{
	json_t *report = json_object();

	json_object_set_new(report, "policy",
	    tool_str_json(tool_string(t, t->policy.bc.policy_name)));
	json_object_set_new(report, "claims", json_array());
	return report;
}

int claims_finish(struct tool *t, json_t *report, int status)
{
	int printed = html_write(t);

	if (printed != TOOL_YES) {
		json_decref(report);
		return printed;
	}
	if (stop_asked()) {
		status = TOOL_INTERRUPTED;
		json_object_set_new(report, "interrupted", json_true());
		if (!t->json)
			printf("interrupted\n");
	}
	if (t->json)
		printed = tool_print_json(report);
	else
		json_decref(report);
	if (fflush(stdout) != 0 || ferror(stdout))
		return tool_trouble("standard output");
	return printed == TOOL_YES ? status : printed;
}

/* What it took: processors, and the largest of the processes. */
static void add_costs(const struct tool *t, json_t *report)
{
	struct rusage self, children;
	double cpu;

	if (getrusage(RUSAGE_SELF, &self) != 0 || getrusage(RUSAGE_CHILDREN, &children) != 0)
		return;
	cpu = (double)(self.ru_utime.tv_sec + self.ru_stime.tv_sec + children.ru_utime.tv_sec +
	    children.ru_stime.tv_sec) + (double)(self.ru_utime.tv_usec + self.ru_stime.tv_usec +
	    children.ru_utime.tv_usec + children.ru_stime.tv_usec) / 1e6;
	json_object_set_new(report, "seconds", json_real(search_clock() - t->started));
	json_object_set_new(report, "cpu_seconds", json_real(cpu));
	json_object_set_new(report, "peak_kib", json_integer(self.ru_maxrss > children.ru_maxrss ?
	    self.ru_maxrss : children.ru_maxrss));
}

static void print_length(const struct search_trace *trace)
{
	if (trace->n_requests == 0)
		printf("  in the first state:\n");
	else
		printf("  by %u request%s:\n", (unsigned)trace->n_requests, trace->n_requests == 1 ? "" : "s");
}

/* ---- prove ---- */

static void report_claim(struct tool *t, json_t *report, uint32_t claim, enum verdict verdict,
    const struct prove_claim *c, const struct search_trace *trace)
{
	double seconds = verdict == REFUTED ? trace->seconds : c->seconds;
	json_t *json;

	html_add_claim(t, claim, verdict_names[verdict], verdict == PROVED ? HTML_GOOD :
	    verdict == REFUTED ? HTML_BAD : HTML_DOUBT, trace,
	    verdict == UNKNOWN ? doubt_text(t, c, "; ") : (struct str){ NULL, 0 });
	if (t->json) {
		json = claim_json(t, claim, verdict, seconds);
		if (verdict == REFUTED)
			add_trace(t, json, claim, trace);
		if (verdict == UNKNOWN) {
			json_object_set_new(json, "open", doubt_json(t, c));
			json_object_set_new(json, "try", json_string(advice(t, c)));
		}
		json_array_append_new(json_object_get(report, "claims"), json);
		return;
	}
	print_line(t, verdict, claim, seconds);
	if (verdict == REFUTED) {
		print_length(trace);
		trace_print(t, claim, trace);
	} else if (verdict == UNKNOWN) {
		printf("\n     %.*s\n", STR_ARG(doubt_text(t, c, "\n     ")));
	} else {
		printf("\n");
	}
}

static double seconds_given(const struct tool *t)
{
	return t->timeout != 0 ? t->timeout : DEFAULT_TIMEOUT;
}

/* Seconds that are left for verdicts, and of them at most `most`. */
static double seconds_left(const struct tool *t, double most)
{
	double kept = t->certificate_path != NULL ? seconds_given(t) / CERTIFY_PART : 0;
	double left = seconds_given(t) - kept - (search_clock() - t->started);

	return left < most ? left : most;
}

/* What is known of the claims so far. */
struct state_of_claims {
	struct prover *prover;
	struct prove_report *proofs;    /* NULL: nothing was asked */
	struct search_trace *traces;    /* one for each claim; NULL: not searched */
};

static enum verdict verdict_of(const struct state_of_claims *s, uint32_t claim)
{
	if (s->proofs != NULL && s->proofs->claims[claim].answer == PROVE_PROVED)
		return PROVED;
	return s->traces != NULL && s->traces[claim].found ? REFUTED : UNKNOWN;
}

/* Marks the claims that have this verdict; how many. */
static uint32_t mark(const struct tool *t, const struct state_of_claims *s, enum verdict verdict,
    bool *marked)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++) {
		marked[i] = t->policy.bc.claims[i].kind != BC_REACHABLE && !is_aside(t, i) &&
		    verdict_of(s, i) == verdict;
		n += marked[i];
	}
	return n;
}

static void search_open(struct tool *t, struct state_of_claims *s, double seconds, bool quick)
{
	bool *wanted = arena_array(&t->arena, t->policy.bc.n_claims, bool);
	struct search_trace *more;

	if (mark(t, s, UNKNOWN, wanted) == 0 || seconds <= 0 || stop_asked())
		return;
	more = search(t, wanted, seconds, quick);
	for (uint32_t i = 0; s->traces != NULL && i < t->policy.bc.n_claims; i++)
		if (s->traces[i].found)
			more[i] = s->traces[i];
	s->traces = more;
}

/* What is refuted is not asked: a false claim costs the solver most. */
static void prove_open_claims(struct tool *t, struct state_of_claims *s, enum prove_effort effort)
{
	bool *refuted = arena_array(&t->arena, t->policy.bc.n_claims, bool);
	double seconds = seconds_left(t, 1e9) / 2;

	mark(t, s, REFUTED, refuted);
	/* A helper that is of no use soon is of none. */
	for (uint32_t i = 0; effort == PROVE_HARD && i < t->policy.bc.n_claims; i++)
		if (is_aside(t, i) && s->proofs->claims[i].answer != PROVE_PROVED)
			refuted[i] = true;
	s->proofs = prove_more(s->prover, effort, refuted, seconds > 0.1 ? seconds : 0.1);
}

/* Cheap first: what is proved soon, which is nearly all of a sound policy; a look
 * for what falls to a few requests; the rest of a sound policy; a short search
 * for traces of what is open; all that the prover can do; then a long search. */
static struct state_of_claims find_verdicts(struct tool *t)
{
	bool *open = arena_array(&t->arena, t->policy.bc.n_claims, bool);
	struct state_of_claims s = { .prover = open_prover(t, false) };

	prove_open_claims(t, &s, PROVE_BRIEF);
	search_open(t, &s, seconds_left(t, FIRST_LOOK), true);
	if (mark(t, &s, UNKNOWN, open) > 0 && !stop_asked())
		prove_open_claims(t, &s, PROVE_QUICK);
	search_open(t, &s, seconds_left(t, FIRST_SEARCH), false);
	if (mark(t, &s, UNKNOWN, open) > 0 && !stop_asked()) {
		prove_open_claims(t, &s, PROVE_HARD);
		search_open(t, &s, seconds_left(t, 1e9), false);
	}
	prove_close(s.prover);
	return s;
}

/* ---- what was proved before, all of it ---- */

static uint32_t count_claims(const struct tool *t)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++)
		n += t->policy.bc.claims[i].kind != BC_REACHABLE;
	return n;
}

/* A proof that is to be written down is found again, and a policy that was made
 * here of another is not the file that its digest would be of. */
static bool is_remembered(struct tool *t, struct state_of_claims *s)
{
	struct cache_policy known = { .n_claims = count_claims(t) };
	struct prove_report *proofs = arena_new(&t->arena, struct prove_report);
	uint8_t digest[DIGEST_LEN];

	if (t->cache == NULL || t->given != NULL || t->lemmas || t->certificate_path != NULL)
		return false;
	digest_of(t->bytes.ptr, t->bytes.len, digest);
	if (!cache_knows_policy(&t->arena, t->cache, digest, &known))
		return false;
	proofs->claims = arena_array(&t->arena, t->policy.bc.n_claims, struct prove_claim);
	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++)
		if (t->policy.bc.claims[i].kind != BC_REACHABLE)
			proofs->claims[i].answer = PROVE_PROVED;
	proofs->n_cached = known.n_obligations;
	proofs->n_lemmas = known.n_lemmas;
	*s = (struct state_of_claims){ .proofs = proofs };
	return true;
}

static void remember(struct tool *t, const struct state_of_claims *s)
{
	struct cache_policy known = { .n_claims = count_claims(t), .n_obligations = s->proofs->proof.n_steps,
	    .n_lemmas = s->proofs->n_lemmas };
	bool *proved = arena_array(&t->arena, t->policy.bc.n_claims, bool);
	uint8_t digest[DIGEST_LEN];

	if (t->cache == NULL || t->given != NULL || mark(t, s, PROVED, proved) != known.n_claims)
		return;
	digest_of(t->bytes.ptr, t->bytes.len, digest);
	cache_store_policy(&t->arena, t->cache, digest, &known);
}

/* Where some of a proof had too little memory, that also took the time of the rest. */
static void note_exhaustion(struct tool *t, const struct state_of_claims *s)
{
	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++)
		for (uint32_t j = 0; j < s->proofs->claims[i].n_failures; j++)
			if (s->proofs->claims[i].failures[j].doubt == PROVE_NO_MEMORY)
				t->exhausted = true;
}

int claims_prove(struct tool *t, json_t *report)
{
	struct state_of_claims s;
	bool remembered;
	uint32_t counts[4] = { 0 };
	int certified = TOOL_YES;

	if (start(t) != TOOL_YES)
		return TOOL_TROUBLE;
	html_open(t, STR("Proof of a policy"), STR(
	    "PROVED: it holds in every state that can be reached, or of every step that can be "
	    "allowed, with no bound on container ids or the number of requests. REFUTED: the "
	    "interpreter accepted each request shown and evaluated the claim to false. UNKNOWN: "
	    "neither was found."));
	remembered = is_remembered(t, &s);
	if (!remembered) {
		s = find_verdicts(t);
		note_exhaustion(t, &s);
	}
	tool_calm(t);
	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++) {
		enum verdict verdict = verdict_of(&s, i);

		if (t->policy.bc.claims[i].kind == BC_REACHABLE || is_aside(t, i))
			continue;
		counts[verdict]++;
		report_claim(t, report, i, verdict, &s.proofs->claims[i],
		    verdict == REFUTED ? &s.traces[i] : NULL);
	}
	json_object_set_new(report, "proved", json_integer(counts[PROVED]));
	json_object_set_new(report, "refuted", json_integer(counts[REFUTED]));
	json_object_set_new(report, "unknown", json_integer(counts[UNKNOWN]));
	json_object_set_new(report, "queries", json_integer(s.proofs->n_queries));
	json_object_set_new(report, "cached", json_integer(s.proofs->n_cached));
	add_costs(t, report);
	json_object_set_new(report, "lemmas", json_integer(s.proofs->n_lemmas));
	if (!t->json)
		printf("%u proved, %u refuted, %u unknown; %u queries, %.2f s\n",
		    (unsigned)counts[PROVED], (unsigned)counts[REFUTED], (unsigned)counts[UNKNOWN],
		    (unsigned)s.proofs->n_queries, search_clock() - t->started);
	if (!remembered) {
		if (!prove_is_whole(t->tree, s.proofs))
			abort();        /* who relies on the proof would be misled */
		remember(t, &s);
	}
	if (t->lemmas)
		proof_print_lemmas(t, report, s.proofs, seconds_left(t, 1e9) / 2);
	if (t->certificate_path != NULL)
		certified = proof_certify(t, report, s.proofs, t->started + seconds_given(t));
	return counts[REFUTED] != 0 ? TOOL_NO : counts[UNKNOWN] != 0 ? TOOL_TROUBLE : certified;
}

int command_prove(struct tool *t)
{
	json_t *report = claims_report(t);

	return claims_finish(t, report, claims_prove(t, report));
}

/* ---- reach ---- */

/* Requests first; what is not found soon may be impossible, which can be proved;
 * then a long search. */
static struct state_of_claims find_ways(struct tool *t, bool *wanted)
{
	struct state_of_claims s = { .prover = NULL };
	uint32_t n = t->policy.bc.n_claims, n_open = 0;
	struct search_trace *more;

	s.traces = search(t, wanted, seconds_left(t, FIRST_SEARCH), false);
	for (uint32_t i = 0; i < n; i++)
		n_open += wanted[i] && !s.traces[i].found;
	if (n_open == 0 || stop_asked())
		return s;
	s.prover = open_prover(t, true);
	for (uint32_t i = 0; i < n; i++)
		wanted[i] = wanted[i] && s.traces[i].found;
	s.proofs = prove_more(s.prover, PROVE_QUICK, wanted, seconds_left(t, 1e9) / 2);
	prove_close(s.prover);
	for (uint32_t i = 0; i < n; i++)
		wanted[i] = t->policy.bc.claims[i].kind == BC_REACHABLE && verdict_of(&s, i) == UNKNOWN;
	if (seconds_left(t, 1e9) <= 0 || stop_asked())
		return s;
	more = search(t, wanted, seconds_left(t, 1e9), false);
	for (uint32_t i = 0; i < n; i++)
		if (more[i].found)
			s.traces[i] = more[i];
	return s;
}

static enum verdict way_of(const struct state_of_claims *s, uint32_t claim)
{
	enum verdict verdict = verdict_of(s, claim);

	return verdict == PROVED ? IMPOSSIBLE : verdict == REFUTED ? REACHED : UNKNOWN;
}

static void report_way(struct tool *t, json_t *report, uint32_t claim, const struct state_of_claims *s)
{
	enum verdict verdict = way_of(s, claim);
	const struct search_trace *trace = &s->traces[claim];
	double seconds = verdict == REACHED ? trace->seconds : search_clock() - t->started;
	json_t *json;

	html_add_claim(t, claim, verdict_names[verdict], verdict == REACHED ? HTML_GOOD :
	    verdict == IMPOSSIBLE ? HTML_BAD : HTML_DOUBT, verdict == REACHED ? trace : NULL,
	    (struct str){ NULL, 0 });
	if (t->json) {
		json = claim_json(t, claim, verdict, seconds);
		if (verdict == REACHED)
			add_trace(t, json, claim, trace);
		json_array_append_new(json_object_get(report, "claims"), json);
		return;
	}
	print_line(t, verdict, claim, seconds);
	if (verdict == REACHED) {
		print_length(trace);
		trace_print(t, claim, trace);
	} else if (verdict == IMPOSSIBLE) {
		printf("\n     no requests lead there, however many: its opposite holds in every state\n");
	} else {
		printf("\n     no requests were found that lead there\n     try: %s\n",
		    stop_asked() ? "again, and let it end" :
		    t->exhausted ? "a larger --memory" : "a longer --timeout, or a nearer goal");
	}
}

int claims_reach(struct tool *t, json_t *report)
{
	uint32_t n = t->policy.bc.n_claims, counts[5] = { 0 };
	bool *wanted = arena_array(&t->arena, n, bool);
	struct state_of_claims s;

	if (start(t) != TOOL_YES)
		return TOOL_TROUBLE;
	html_open(t, STR("What can be reached"), STR(
	    "REACHED: the interpreter accepted each request shown, and the claim holds at their end. "
	    "IMPOSSIBLE: no requests lead there, however many. UNKNOWN: none were found."));
	for (uint32_t i = 0; i < n; i++)
		wanted[i] = t->policy.bc.claims[i].kind == BC_REACHABLE;
	s = find_ways(t, wanted);
	tool_calm(t);
	for (uint32_t i = 0; i < n; i++) {
		if (t->policy.bc.claims[i].kind != BC_REACHABLE)
			continue;
		counts[way_of(&s, i)]++;
		report_way(t, report, i, &s);
	}
	if (!t->json && counts[UNKNOWN] + counts[REACHED] + counts[IMPOSSIBLE] == 0)
		printf("the policy has no `reachable` claim: nothing says what shall be possible\n");
	if (counts[UNKNOWN] + counts[REACHED] + counts[IMPOSSIBLE] == 0)
		return TOOL_TROUBLE;
	return counts[IMPOSSIBLE] != 0 ? TOOL_NO : counts[UNKNOWN] != 0 ? TOOL_TROUBLE : TOOL_YES;
}

int command_reach(struct tool *t)
{
	json_t *report = claims_report(t);

	return claims_finish(t, report, claims_reach(t, report));
}

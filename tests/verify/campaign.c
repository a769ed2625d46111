/* SPDX-License-Identifier: Apache-2.0
 *
 * campaign.c - the prover against the interpreter: random small policies, each
 * walked through in a small closed world.  Nothing that is proved is ever found
 * false; every refutation replays; and enough of each verdict comes out for
 * that to mean something.
 *
 *   soundness [-s SEED] [-qv] [-g TEXT] [-o FILE] [COUNT]
 *
 * COUNT policies, 200 if not given.  -q: what is proved quickly, and no traces; -v
 * prints each policy's verdicts; -g: only policies whose source has TEXT; -o: where
 * to write the source of the policy that failed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "bytecode/decode.h"
#include "campaign.h"
#include "compiler/compile.h"
#include "compiler/emit.h"
#include "prove/prove.h"
#include "search/search.h"

#define USUAL_COUNT     200
#define MOST_STATES     1200
#define QUERY_MS        200
#define QUICK_SECONDS   2.0
#define PROVE_SECONDS   1.0
#define SEARCH_SECONDS  0.3

struct trial {
	struct arena arena;
	struct cpolc *compilation;
	struct world world;
	struct str source;
	struct cpol_policy policy;
	struct tree_policy *tree;
	struct walk walk;
	bool *proved;                   /* by claim */
	struct search_report *found;
};

static struct {
	uint64_t refused, policies, claims, states, requests, closed;
	uint64_t proved, refuted, unknown;
	uint64_t violated, seen_and_unknown;    /* by the walk; of them, not refuted by the search */
	uint64_t unseen_and_unknown;            /* neither: true, but hard, or false outside the world */
	double walking, proving, searching;
} counts;

static const char *failure_path, *wanted_text;
static bool is_quick, is_verbose;

/* False: the compiler does not take it. */
static bool compile(struct trial *t)
{
	struct diag d = { .out = is_verbose ? stderr : NULL };
	const struct ir_policy *ir;
	struct canonical image;
	size_t where;

	t->compilation = cpolc_new(&d);
	if (cpolc_add(t->compilation, "random", t->source) != 0)
		return false;
	ir = cpolc_lower(t->compilation);
	if (ir == NULL || emit(cpolc_arena(t->compilation), ir, &d, &image) != 0)
		return false;
	if (cpol_open(&t->policy, image.ptr, image.len, &where) != BC_OK)
		return false;
	t->tree = tree_of_policy(&t->arena, &t->policy.bc);
	return true;
}

static struct str claim_name(const struct trial *t, uint32_t claim)
{
	struct bc_bytes s = bc_string(&t->policy.bc, t->policy.bc.claims[claim].name);

	return (struct str){ (const char *)s.ptr, s.len };
}

static int fail(const struct trial *t, uint64_t seed, uint32_t claim, const char *what)
{
	if (failure_path != NULL && file_write(failure_path, t->source.ptr, t->source.len) != 0)
		perror(failure_path);
	printf("not ok - campaign: %.*s %s (seed %llu)\n%.*s", STR_ARG(claim_name(t, claim)), what,
	    (unsigned long long)seed, STR_ARG(t->source));
	return 1;
}

/* As `cocoapolv prove` does: quickly, a search for what is open, then with all
 * there is.  Whatever is proved in the first round counts, refuted or not. */
static void find_verdicts(struct trial *t)
{
	uint32_t n = t->policy.bc.n_claims;
	/* With a patient clock: quick queries count their steps, so that they answer
	 * alike on a busy machine. */
	struct prove_options options = { .timeout_ms = 60000, .most_seconds = QUICK_SECONDS, .quick = true };
	struct search_options search = { .most_seconds = SEARCH_SECONDS, .most_states = 4000 };
	bool *wanted = arena_array(&t->arena, n, bool), *refuted = arena_array(&t->arena, n, bool);
	struct prove_report *report;
	double start = search_clock(), between;

	t->proved = arena_array(&t->arena, n, bool);
	report = prove_policy(&t->arena, t->tree, &options);
	between = search_clock();
	counts.proving += between - start;
	for (uint32_t i = 0; i < n; i++) {
		t->proved[i] = report->claims[i].answer == PROVE_PROVED;
		wanted[i] = !t->proved[i] && !is_quick;
	}
	t->found = search_policy(&t->arena, t->tree, wanted, &search);
	start = search_clock();
	counts.searching += start - between;
	for (uint32_t i = 0; i < n; i++)
		refuted[i] = t->found->traces[i].found;
	if (is_quick)
		return;
	options.quick = false;
	options.timeout_ms = QUERY_MS;
	options.most_seconds = PROVE_SECONDS;
	options.refuted = refuted;
	report = prove_policy(&t->arena, t->tree, &options);
	counts.proving += search_clock() - start;
	for (uint32_t i = 0; i < n; i++)
		t->proved[i] = t->proved[i] || report->claims[i].answer == PROVE_PROVED;
}

/* The trace once more, by hand: each request is allowed, and the claim is false
 * at the end. */
static bool replays(struct trial *t, uint32_t claim)
{
	const struct search_trace *trace = &t->found->traces[claim];
	const struct bc_claim *c = &t->policy.bc.claims[claim];
	struct cpol_group *now = search_group(&t->arena, &t->policy, 0);
	struct cpol_group *before = search_group(&t->arena, &t->policy, 0);
	struct cpol_event event = { NULL, 0 };
	bool fault, is_step = c->kind == BC_ALWAYS;

	for (uint32_t i = 0; i < trace->n_requests; i++) {
		event = (struct cpol_event){ trace->requests[i].ptr, trace->requests[i].len };
		memcpy(before->memory, now->memory, now->len);
		if (!cpol_decide(now, &event).allowed)
			return false;
		cpol_commit(now);
	}
	if (is_step && trace->n_requests == 0)
		return false;
	return !cpol_claim_holds(now, is_step ? before : NULL, is_step ? &event : NULL, claim, &fault) && !fault;
}

static int compare(struct trial *t, uint64_t seed)
{
	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++) {
		bool refuted = t->found->traces[i].found;

		if (t->proved[i] && t->walk.violated[i])
			return fail(t, seed, i, "is proved, and the walk found it false");
		if (t->proved[i] && refuted)
			return fail(t, seed, i, "is proved and refuted");
		if (refuted && !replays(t, i))
			return fail(t, seed, i, "is refuted by what does not replay");
		counts.claims++;
		counts.proved += t->proved[i];
		counts.refuted += refuted;
		counts.unknown += !t->proved[i] && !refuted;
		counts.violated += t->walk.violated[i];
		counts.seen_and_unknown += t->walk.violated[i] && !refuted;
		counts.unseen_and_unknown += !t->walk.violated[i] && !refuted && !t->proved[i];
		if (is_verbose)
			printf("%llu %.*s %s%s\n", (unsigned long long)seed, STR_ARG(claim_name(t, i)),
			    t->proved[i] ? "PROVED" : refuted ? "REFUTED" : "UNKNOWN",
			    t->walk.violated[i] ? " false" : "");
	}
	return 0;
}

static int run(uint64_t seed)
{
	struct trial *t = calloc(1, sizeof(*t));
	struct chance c = { .state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1 };
	double start;
	int failed = 0;

	if (t == NULL)
		return 2;
	t->source = make_source(&t->arena, &c, &t->world);
	if (wanted_text != NULL && strstr(t->source.ptr, wanted_text) == NULL) {
		arena_clear(&t->arena);
		free(t);
		return 0;
	}
	if (is_verbose)
		printf("%.*s", STR_ARG(t->source));
	if (compile(t)) {
		start = search_clock();
		t->walk = walk_policy(&t->arena, &t->policy, &t->world, MOST_STATES);
		counts.walking += search_clock() - start;
		counts.policies++;
		counts.states += t->walk.n_states;
		counts.requests += t->walk.n_requests;
		counts.closed += t->walk.closed;
		find_verdicts(t);
		failed = compare(t, seed);
	}
	counts.refused += t->tree == NULL;
	cpolc_free(t->compilation);
	arena_clear(&t->arena);
	free(t);
	return failed;
}

static void claim(bool holds, const char *what, int *status)
{
	printf("%s - campaign: %s\n", holds ? "ok" : "not ok", what);
	*status |= !holds;
}

static int report(void)
{
	int status = 0;

	printf("ok - campaign: nothing proved was found false, every refutation replays\n");
	printf("#  %llu policies, %llu claims; walks: %llu states, %llu requests, %llu of them closed\n"
	    "#  %llu proved, %llu refuted, %llu unknown\n"
	    "#  the walk found %llu false: %llu refuted, %llu unknown; %llu unknown that it did not\n"
	    "#  %.1f s walking, %.1f s proving, %.1f s searching\n",
	    (unsigned long long)counts.policies, (unsigned long long)counts.claims,
	    (unsigned long long)counts.states, (unsigned long long)counts.requests,
	    (unsigned long long)counts.closed, (unsigned long long)counts.proved,
	    (unsigned long long)counts.refuted, (unsigned long long)counts.unknown,
	    (unsigned long long)counts.violated, (unsigned long long)(counts.violated - counts.seen_and_unknown),
	    (unsigned long long)counts.seen_and_unknown, (unsigned long long)counts.unseen_and_unknown,
	    counts.walking, counts.proving, counts.searching);
	claim(counts.proved * 10 >= counts.claims, "one claim in ten is proved, or more", &status);
	claim(counts.violated * 5 >= counts.claims, "one claim in five is found false by the walk, or more", &status);
	claim(counts.refused * 10 <= counts.policies, "of ten sources nine compile, or more", &status);
	claim(counts.closed * 3 >= counts.policies, "a third of the walks saw all there is, or more", &status);
	if (is_quick)
		return status;
	claim(counts.seen_and_unknown * 4 <= counts.violated, "three of four that are false are refuted", &status);
	return status;
}

int main(int argc, char **argv)
{
	uint64_t count = USUAL_COUNT, seed = 1;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "-o") == 0 && i + 1 < argc)
			failure_path = argv[++i];
		else if (strcmp(argv[i], "-g") == 0 && i + 1 < argc)
			wanted_text = argv[++i];
		else if (strcmp(argv[i], "-v") == 0)
			is_verbose = true;
		else if (strcmp(argv[i], "-q") == 0)
			is_quick = true;
		else
			count = strtoull(argv[i], NULL, 10);
	}
	for (uint64_t i = 0; counts.policies < count && i < 1000 * count; i++)
		if (run(seed + i) != 0)
			return 1;
	return report();
}

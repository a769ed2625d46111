/* SPDX-License-Identifier: Apache-2.0
 *
 * proof_out.c - see proof_out.h.
 */
#include "proof_out.h"

#include "../base/file.h"
#include "../certify/certify.h"
#include "../prove/lemma_set.h"
#include "../report/source.h"

/* A certificate has at least so many, however long the verdicts took. */
enum { LEAST_SECONDS = 20 };

/* A name for a lemma that no claim has. */
static struct str lemma_name(struct tool *t, unsigned *number)
{
	struct str name;
	bool is_taken;

	do {
		name = arena_printf(&t->arena, "lemma_%u", ++*number);
		is_taken = false;
		for (uint32_t i = 0; i < t->policy.bc.n_claims; i++)
			is_taken = is_taken || str_equal(tool_claim(t, i), name);
	} while (is_taken);
	return name;
}

void proof_print_lemmas(struct tool *t, json_t *report, const struct prove_report *proofs, double seconds)
{
	struct lemma_set set = lemma_set_of(&t->arena, t->tree, proofs, seconds);
	json_t *list = json_array();
	unsigned number = 0;

	if (!t->json && set.lemmas.n == 0)
		printf("# induction needs no lemmas for what is proved\n");
	else if (!t->json)
		printf(set.is_minimal ? "# with these, and not without one of them, induction needs nothing else:\n" :
		    set.is_enough ? "# with these induction needs nothing else:\n" :
		    "# the proof rests on these; alone they were not enough in the time given:\n");
	for (uint32_t i = 0; i < set.lemmas.n; i++) {
		struct str name = lemma_name(t, &number);
		struct str text = source_of_expr(&t->arena, &t->policy.bc, NULL, set.lemmas.items[i]);
		json_t *json = json_object();

		if (!t->json)
			printf("invariant %.*s: %.*s\n", STR_ARG(name), STR_ARG(text));
		json_object_set_new(json, "name", tool_str_json(name));
		json_object_set_new(json, "source", tool_str_json(text));
		json_array_append_new(list, json);
	}
	json_object_set_new(report, "lemma_set", list);
	json_object_set_new(report, "lemma_set_is_enough", json_boolean(set.is_enough));
	json_object_set_new(report, "lemma_set_is_minimal", json_boolean(set.is_minimal));
}

static void show_duty(void *arg, uint32_t goal, uint32_t event)
{
	struct tool *t = arg;
	struct str name = goal == UINT32_MAX ? STR("a lemma") : tool_claim(t, goal);
	struct str where = event < t->policy.bc.n_events ? tool_event(t, event) : STR("start");

	tool_progress(t, "certifying %.*s: %.*s", STR_ARG(name), STR_ARG(where));
}

/* One line for each claim that was tried in vain, or one for all if there was no
 * time to try them; whether there are any. */
static bool show_uncertified(const struct tool *t, const struct prove_report *proofs,
    const struct certify_report *certified)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++) {
		if (proofs->claims[i].answer != PROVE_PROVED || certified->is_certified[i])
			continue;
		n++;
		if (!certified->out_of_time)
			fprintf(stderr, "cocoapolv: %s: %.*s is proved, but no certificate of it was found\n",
			    t->certificate_path, STR_ARG(tool_claim(t, i)));
	}
	if (n != 0 && certified->out_of_time)
		fprintf(stderr, "cocoapolv: %s: no time was left to find certificates of %u more claim%s "
		    "proved\n     try: a longer --timeout\n", t->certificate_path, n,
		    n == 1 ? " that is" : "s that are");
	else if (n != 0)
		fprintf(stderr, "     try: claims split into simpler ones\n");
	return n != 0;
}

int proof_certify(struct tool *t, json_t *report, const struct prove_report *proofs, double until)
{
	double left = until - search_clock();
	struct certify_options options = { .progress = show_duty, .progress_arg = t,
	    .most_seconds = left > LEAST_SECONDS ? left : LEAST_SECONDS };
	struct certify_report certified = certify(&t->arena, t->tree, &proofs->proof, &options);
	int status = TOOL_YES;

	tool_calm(t);
	if (show_uncertified(t, proofs, &certified))
		status = TOOL_TROUBLE;
	json_object_set_new(report, "certified", json_integer(certified.n_certified));
	if (certified.n_certified == 0) {
		fprintf(stderr, "cocoapolv: %s: not written, there is nothing to say\n", t->certificate_path);
		return TOOL_TROUBLE;
	}
	if (file_write(t->certificate_path, certified.certificate.ptr, certified.certificate.len) != 0)
		return tool_trouble(t->certificate_path);
	if (!t->json)
		printf("certificate of %u claim%s and %u lemma%s: %s, %zu bytes\n",
		    (unsigned)certified.n_certified, certified.n_certified == 1 ? "" : "s",
		    (unsigned)certified.n_lemmas, certified.n_lemmas == 1 ? "" : "s",
		    t->certificate_path, certified.certificate.len);
	return status;
}

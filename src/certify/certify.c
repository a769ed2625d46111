/* SPDX-License-Identifier: Apache-2.0
 *
 * certify.c - one duty after the other: a plan is hunted for in a space of its
 * own, then followed in the space of the certificate, which is made step by
 * step as the checker will make it.  A goal with a duty that this fails for is
 * out, and all is done again without it.
 */
#include "certify.h"

#include <time.h>

#include "../base/bytes.h"
#include "../bytecode/decode.h"
#include "../check/certificate.h"
#include "carry.h"
#include "cases.h"
#include "code_of.h"
#include "hunt.h"
#include "../prove/smt.h"

#define USUAL_TIMEOUT_MS        10000u
#define MOST_BYTES              (64u << 20)     /* of the hunter, before it starts anew */
#define MOST_CASES              1000u
#define NOT_IN                  UINT32_MAX

/* A goal of the proof, and its place in the certificate. */
struct entry {
	uint32_t goal;                  /* of struct prove_proof */
	struct bc_code code;            /* of a lemma */
};

struct writer {
	struct arena *arena;
	const struct tree_policy *tree;
	const struct prove_proof *proof;
	const struct certify_options *options;
	bool *is_out;                   /* by goal of the proof */
	struct entry *entries;
	uint32_t n_entries;
	const struct prove_step **steps;        /* by entry and event; NULL: not in the proof */
	struct duties *duties;
	struct proof check;             /* what the checker does */
	struct bytes out;
	struct arena hunting;           /* of the hunter */
	struct hunter hunter;
	double deadline;                /* 0: none */
	bool is_late;                   /* it was over once */
};

static double clock_now(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put_number(struct bytes *out, uint32_t n)
{
	for (; n >= 0x80; n >>= 7)
		bytes_put8(out, (n & 0x7f) | 0x80);
	bytes_put8(out, n);
}

/* ---- goals ------------------------------------------------------------------- */

static int by_claim(const void *l, const void *r, const struct prove_proof *proof)
{
	uint32_t a = proof->goals[((const struct entry *)l)->goal].claim;
	uint32_t b = proof->goals[((const struct entry *)r)->goal].claim;

	return (a > b) - (a < b);
}

/* Claims in their order, then lemmas in that of the proof. */
static void choose_entries(struct writer *w)
{
	uint32_t n_claims = 0;

	w->n_entries = 0;
	w->entries = arena_array(w->arena, w->proof->n_goals + 1, struct entry);
	for (uint32_t lemmas = 0; lemmas < 2; lemmas++)
		for (uint32_t i = 0; i < w->proof->n_goals; i++) {
			struct entry e = { .goal = i };

			if (w->is_out[i] || (w->proof->goals[i].claim == UINT32_MAX) != (lemmas == 1))
				continue;
			if (lemmas == 1 && !code_of_expr(w->arena, w->proof->goals[i].expr, &e.code)) {
				w->is_out[i] = true;
				continue;
			}
			w->entries[w->n_entries++] = e;
			n_claims += lemmas == 0;
		}
	for (uint32_t i = 1; i < n_claims; i++) {
		struct entry e = w->entries[i];
		uint32_t j = i;

		for (; j > 0 && by_claim(&w->entries[j - 1], &e, w->proof) > 0; j--)
			w->entries[j] = w->entries[j - 1];
		w->entries[j] = e;
	}
}

static void index_steps(struct writer *w)
{
	uint32_t width = BC_EVENTS_MAX + 1;

	w->steps = arena_array(w->arena, (size_t)w->n_entries * width + 1, const struct prove_step *);
	for (uint32_t i = 0; i < w->proof->n_steps; i++)
		for (uint32_t j = 0; j < w->n_entries; j++)
			if (w->entries[j].goal == w->proof->steps[i].goal)
				w->steps[j * width + w->proof->steps[i].event] = &w->proof->steps[i];
}

static struct duties *new_duties(struct writer *w, struct arena *a)
{
	struct duties *d = duties_new(a, w->tree);

	for (uint32_t i = 0; i < w->n_entries; i++) {
		const struct prove_goal *g = &w->proof->goals[w->entries[i].goal];

		if (g->claim != UINT32_MAX)
			duties_add_claim(d, g->claim);
		else
			duties_add_lemma(d, tree_of_code(a, w->tree->policy, &w->entries[i].code));
	}
	return d;
}

static void write_header(struct writer *w)
{
	const struct bc_policy *p = w->tree->policy;
	uint8_t digest[CERTIFICATE_DIGEST];
	uint32_t n_lemmas = 0, i;

	for (i = 0; i < w->n_entries; i++)
		n_lemmas += w->proof->goals[w->entries[i].goal].claim == UINT32_MAX;
	w->out = (struct bytes){ .arena = w->arena };
	bytes_put(&w->out, CERTIFICATE_MAGIC, 8);
	bytes_put32(&w->out, CERTIFICATE_VERSION);
	certificate_digest(p->bytes, p->len, digest);
	bytes_put(&w->out, digest, sizeof(digest));
	put_number(&w->out, w->n_entries - n_lemmas);
	for (i = 0; i < w->n_entries - n_lemmas; i++)
		put_number(&w->out, w->proof->goals[w->entries[i].goal].claim);
	put_number(&w->out, n_lemmas);
	for (; i < w->n_entries; i++) {
		put_number(&w->out, w->entries[i].code.len);
		bytes_put(&w->out, w->entries[i].code.ptr, w->entries[i].code.len);
	}
}

/* ---- proofs ------------------------------------------------------------------------ */

static void end_hunting(struct writer *w)
{
	smt_close(w->hunter.smt);
	w->hunter.smt = NULL;
	arena_clear(&w->hunting);
}

/* Whether there is a solver; from time to time with memory of its own anew. */
static bool ready_to_hunt(struct writer *w)
{
	if (w->hunter.smt != NULL && w->hunting.used < MOST_BYTES)
		return true;
	end_hunting(w);
	w->hunter = (struct hunter){ .arena = &w->hunting, .timeout_ms = w->options->timeout_ms };
	if (w->hunter.timeout_ms == 0)
		w->hunter.timeout_ms = USUAL_TIMEOUT_MS;
	w->hunter.duties = new_duties(w, &w->hunting);
	w->hunter.ground = ground_new(&w->hunting);
	w->hunter.smt = smt_open(&w->hunting, w->hunter.duties->lift.space);
	return w->hunter.smt != NULL;
}

/* Which goals of the certificate the proof needed here; all, if it does not say. */
static const bool *needed_of(struct writer *w, uint32_t entry, uint32_t event)
{
	const struct prove_step *step = w->steps[entry * (BC_EVENTS_MAX + 1) + event];
	bool *needed = arena_array(w->arena, w->n_entries + 1, bool);

	for (uint32_t i = 0; i < w->n_entries; i++)
		needed[i] = step == NULL || step->needed[w->entries[i].goal];
	return needed;
}

/* The step with the numbers that its nodes have now. */
static bool number_step(struct writer *w, struct carrier *c, const struct hunt_step *plan,
    struct proof_step *step)
{
	*step = (struct proof_step){ plan->kind, plan->a, plan->b };
	if (plan->kind == PROOF_SYMBOL)
		step->a = carry_fun(c, plan->fun)->id;
	if (plan->of != NULL)
		step->a = ground_find(w->check.ground, carry(c, plan->of));
	if (plan->kind == PROOF_INSTANCE)
		step->b = ground_find(w->check.ground, carry(c, plan->term));
	return step->a != GROUND_NONE && step->b != GROUND_NONE;
}

static bool write_steps(struct writer *w, const struct hunt_plan *plan)
{
	struct carrier c = { .arena = &w->hunting, .to = w->duties->lift.space,
	    .from = w->hunter.duties->lift.space };

	for (uint32_t i = 0; i < plan->n; i++) {
		struct proof_step step;

		if (!number_step(w, &c, &plan->steps[i], &step) || !proof_step(&w->check, &step))
			return false;
		if (step.kind == PROOF_WITNESS)
			carry_name(&c, plan->steps[i].term, w->check.witness);
		bytes_put8(&w->out, (uint32_t)step.kind);
		put_number(&w->out, step.a);
		if (proof_operands(step.kind) == 2)
			put_number(&w->out, step.b);
	}
	bytes_put8(&w->out, PROOF_END);
	return true;
}

static bool write_proof(struct writer *w, uint32_t entry, uint32_t event, struct fol *after)
{
	struct case_list cases = { 0 };
	struct hunt_plan plan;

	if (w->options->progress != NULL)
		w->options->progress(w->options->progress_arg, w->proof->goals[w->entries[entry].goal].claim,
		    event);
	if (w->deadline > 0 && clock_now() > w->deadline) {
		w->is_late = true;
		return false;
	}
	if (!ready_to_hunt(w) || !hunt(&w->hunter, entry, event, needed_of(w, entry, event), &plan))
		return false;
	if (!proof_begin(&w->check, entry, event, after) || !write_steps(w, &plan) ||
	    !cases_find(w->arena, w->check.ground, MOST_CASES, &cases))
		return false;
	for (uint32_t i = 0; i < cases.n; i++)
		put_number(&w->out, cases.nodes[i]);
	return true;
}

/* All duties of all goals; whether no goal had to be left out. */
static bool write_proofs(struct writer *w)
{
	uint32_t n_events = w->tree->policy->n_events;
	bool all = true;

	for (uint32_t i = 0; i < w->n_entries; i++)
		for (uint32_t j = 0; j <= n_events; j++) {
			uint32_t event = j == 0 ? DUTY_FIRST : j - 1;
			struct fol *after = duty_after(w->duties, i, event);

			if (after == NULL || write_proof(w, i, event, after))
				continue;
			w->is_out[w->entries[i].goal] = true;
			all = false;
			break;
		}
	return all;
}

/* One attempt with the goals that are in. */
static bool write_all(struct writer *w)
{
	uint8_t digest[CERTIFICATE_DIGEST];
	bool all;

	choose_entries(w);
	index_steps(w);
	write_header(w);
	w->duties = new_duties(w, w->arena);
	w->check = (struct proof){ .duties = w->duties, .ground = ground_new(w->arena) };
	all = write_proofs(w);
	end_hunting(w);
	certificate_digest(w->out.ptr, w->out.len, digest);
	bytes_put(&w->out, digest, sizeof(digest));
	return all;
}

struct certify_report certify(struct arena *a, const struct tree_policy *tree,
    const struct prove_proof *proof, const struct certify_options *options)
{
	static const struct certify_options usual;
	struct writer w = { .arena = a, .tree = tree, .proof = proof,
	    .options = options == NULL ? &usual : options };
	struct certify_report report = { .certificate = { "", 0 } };

	if (w.options->most_seconds > 0)
		w.deadline = clock_now() + w.options->most_seconds;
	w.is_out = arena_array(a, proof->n_goals + 1, bool);
	report.is_certified = arena_array(a, tree->policy->n_claims + 1, bool);
	while (!write_all(&w))
		w.deadline = 0;         /* what went through goes through again */
	report.out_of_time = w.is_late;
	report.certificate = bytes_str(&w.out);
	if (!certificate_check(a, tree, report.certificate).is_good) {
		report.certificate.len = 0;
		return report;
	}
	for (uint32_t i = 0; i < w.n_entries; i++) {
		uint32_t claim = proof->goals[w.entries[i].goal].claim;

		if (claim == UINT32_MAX) {
			report.n_lemmas++;
		} else {
			report.is_certified[claim] = true;
			report.n_certified++;
		}
	}
	return report;
}

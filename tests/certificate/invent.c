/* SPDX-License-Identifier: Apache-2.0
 *
 * invent POLICY.cpb FALSE-CLAIM...   no steps whatever prove a false claim
 *
 * The claims named are false, the others true.  For each of them at least one
 * duty has a real counterexample: whatever may be assumed there, whichever
 * instances, witnesses and facts are added, there must be no contradiction.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../src/base/file.h"
#include "../../src/bytecode/decode.h"
#include "../../src/check/proof.h"

enum { N_TRIES = 12, N_ROUNDS = 6, N_STEPS = 60, N_CASES = 40 };

struct inventor {
	struct arena arena;
	struct bc_policy policy;
	struct tree_policy *tree;
	uint64_t random;
	uint32_t n_steps, n_duties, n_shown;
};

static uint32_t pick(struct inventor *v, uint32_t n)
{
	v->random ^= v->random << 13;
	v->random ^= v->random >> 7;
	v->random ^= v->random << 17;
	return (uint32_t)(v->random >> 20) % n;
}

static void step(struct inventor *v, struct proof *p, enum proof_kind kind, uint32_t a, uint32_t b)
{
	struct proof_step s = { kind, a, b };

	v->n_steps += proof_step(p, &s);
}

/* All that may be assumed, and facts about all symbols so far. */
static void assume_all(struct inventor *v, struct proof *p)
{
	for (uint32_t i = 0; p->event != DUTY_FIRST && i < 400; i++)
		step(v, p, PROOF_GUARD, i, 0);
	for (uint32_t i = 0; i < p->duties->n_goals; i++)
		step(v, p, PROOF_GOAL, i, 0);
	for (uint32_t i = 0; i < 20; i++)
		step(v, p, PROOF_COUNT, i, 0);
	for (uint32_t i = 0; fol_fun_at(p->duties->lift.space, i) != NULL; i++)
		step(v, p, PROOF_SYMBOL, i, 0);
	for (uint32_t i = 0; i < 100; i++) {
		step(v, p, PROOF_PATTERNS, pick(v, v->policy.patterns.n + 1), pick(v, v->policy.patterns.n + 1));
		step(v, p, PROOF_WORD, pick(v, v->policy.strings.n + 1), pick(v, v->policy.patterns.n + 1));
	}
}

/* A node of the wanted sort, or none after some looking. */
static uint32_t node_of(struct inventor *v, const struct ground *g, bool binder, uint32_t sort)
{
	for (uint32_t i = 0; i < 200; i++) {
		uint32_t node = pick(v, ground_count(g));
		const struct fol *f = ground_node(g, node);

		if (binder ? fol_is_binder(f) : f->sort == sort)
			return node;
	}
	return GROUND_NONE;
}

/* Names for whatever there may be in what is not to hold. */
static void name_all(struct inventor *v, struct proof *p)
{
	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t i = 0, n = ground_count(p->ground); i < n; i++)
			step(v, p, PROOF_WITNESS, i, 0);
}

static void invent_steps(struct inventor *v, struct proof *p)
{
	for (uint32_t i = 0; i < N_STEPS; i++) {
		uint32_t node = node_of(v, p->ground, true, 0);
		const struct fol *f;

		if (node == GROUND_NONE)
			return;
		f = ground_node(p->ground, node);
		if (f->kind == FOL_COUNT || f->kind == FOL_CHOOSE)
			step(v, p, PROOF_TERM, node, 0);
		else if (pick(v, 4) == 0)
			step(v, p, PROOF_WITNESS, node, 0);
		else
			step(v, p, PROOF_INSTANCE, node, node_of(v, p->ground, false, f->var_sort));
	}
}

static bool is_refuted_if(struct ground *g, uint32_t node, bool value)
{
	bool refuted;

	ground_push(g);
	ground_suppose(g, node, value);
	refuted = ground_is_refuted(g);
	ground_pop(g);
	return refuted;
}

/* At once, or by one case. */
static bool is_shown(struct inventor *v, struct ground *g)
{
	if (ground_is_refuted(g))
		return true;
	for (uint32_t i = 0; i < N_CASES; i++) {
		uint32_t node = node_of(v, g, false, FOL_BOOL);

		if (node == GROUND_NONE || ground_value(g, node) != GROUND_OPEN)
			continue;
		if (is_refuted_if(g, node, true) && is_refuted_if(g, node, false))
			return true;
	}
	return false;
}

static bool try_duty(struct inventor *v, struct proof *p, uint32_t goal, uint32_t event, struct fol *after)
{
	for (uint32_t try = 0; try < N_TRIES; try++) {
		if (!proof_begin(p, goal, event, after))
			return false;
		if (try % 2 == 1)
			name_all(v, p);
		assume_all(v, p);
		for (uint32_t round = 0; round < N_ROUNDS; round++) {
			if (is_shown(v, p->ground))
				return true;
			invent_steps(v, p);
		}
	}
	return false;
}

static struct str name_of(const struct inventor *v, uint32_t claim)
{
	struct bc_bytes bytes = bc_string(&v->policy, v->policy.claims[claim].name);

	return (struct str){ (const char *)bytes.ptr, bytes.len };
}

/* Whether a duty of the claim resists; only true claims are assumed beside it. */
static bool resists(struct inventor *v, uint32_t claim, char **names, int n)
{
	struct arena arena = { 0 };
	struct proof p = { .duties = duties_new(&arena, v->tree), .ground = ground_new(&arena) };
	bool open = false;

	duties_add_claim(p.duties, claim);
	for (uint32_t i = 0; i < v->policy.n_claims; i++) {
		bool is_false = v->policy.claims[i].kind == BC_REACHABLE;

		for (int j = 0; j < n; j++)
			is_false = is_false || str_is(name_of(v, i), names[j]);
		if (!is_false)
			duties_add_claim(p.duties, i);
	}
	for (uint32_t i = 0; i <= v->policy.n_events; i++) {
		uint32_t event = i == 0 ? DUTY_FIRST : i - 1;
		struct fol *after = duty_after(p.duties, 0, event);
		bool shown = after == NULL || try_duty(v, &p, 0, event, after);

		v->n_duties += after != NULL;
		v->n_shown += after != NULL && shown;
		open = open || !shown;
	}
	arena_clear(&arena);
	return open;
}

static int invent(struct inventor *v, char **names, int n)
{
	int status = 0;

	v->random = UINT64_C(0x9e3779b97f4a7c15);
	for (int i = 0; i < n; i++)
		for (uint32_t claim = 0; claim < v->policy.n_claims; claim++) {
			bool ok;

			if (!str_is(name_of(v, claim), names[i]))
				continue;
			ok = resists(v, claim, names, n);
			printf("%s - no steps prove %s, which is false\n", ok ? "ok" : "not ok", names[i]);
			status = ok ? status : 1;
		}
	printf("# %u steps; %u of %u duties were shown\n", (unsigned)v->n_steps, (unsigned)v->n_shown,
	    (unsigned)v->n_duties);
	return status;
}

int main(int argc, char **argv)
{
	struct inventor v = { .random = 1 };
	struct str bytes;
	int status = 2;

	if (argc > 2 && file_read(&v.arena, argv[1], BC_LEN_MAX, &bytes) == 0 &&
	    bc_open(&v.policy, bytes.ptr, bytes.len, NULL) == BC_OK) {
		v.tree = tree_of_policy(&v.arena, &v.policy);
		status = invent(&v, argv + 2, argc - 2);
	} else {
		fputs("usage: invent POLICY.cpb FALSE-CLAIM...\n", stderr);
	}
	arena_clear(&v.arena);
	return status;
}

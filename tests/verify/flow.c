/* SPDX-License-Identifier: Apache-2.0
 *
 * flow.c - what lint says can't happen does not: random policies are walked with
 * random requests from the first state; no event that the flow says is always
 * denied is ever allowed, and every state is one that the flow covers.
 *
 *   flow [-s SEED] [-o FILE] [POLICIES]
 *
 * -o: where to write the bytes of a policy that fails.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "bytecode/decode.h"
#include "compiler/emit.h"
#include "twin.h"
#include "lint/lint_flow.h"

enum { STEPS = 400, RESTART = 40, USUAL_POLICIES = 600 };

static struct { uint64_t allowed, denied_events, events, rows_left_out; } counts;

static const char *failure_path;
static const struct bc_policy *walked;

static _Noreturn void complain(uint64_t seed, const char *what, uint32_t number)
{
	if (failure_path != NULL && file_write(failure_path, walked->bytes, walked->len) != 0)
		perror(failure_path);
	printf("not ok - flow: %s %u (seed %llu)\n", what, number, (unsigned long long)seed);
	exit(1);
}

static void check_entry(const struct flow *f, uint32_t map, const struct entry *e, uint64_t seed)
{
	const struct flow_var *v = &f->vars[map];
	uint32_t i, type = f->p->vars[map].value;

	if (!v->any_key)
		complain(seed, "a key in map", map);
	if (v->keys != NULL && e->key != BC_NO_ROW && !flow_has(v->keys, e->key))
		complain(seed, "another row as a key of map", map);
	if (v->rows == NULL)
		return;
	if (BC_SHAPE(type) == BC_ONE && e->value.word != BC_NO_ROW && !flow_has(v->rows, e->value.word))
		complain(seed, "another row in map", map);
	for (i = 0; BC_SHAPE(type) != BC_ONE && i < e->value.n; i++)
		if (e->value.items[i] != BC_NO_ROW && !flow_has(v->rows, e->value.items[i]))
			complain(seed, "another row among those in map", map);
}

static void check_state(const struct flow *f, const struct cpol_group *g, uint64_t seed)
{
	static struct state_model s;
	uint32_t i, k;

	model_load(&s, f->p, g);
	for (i = 0; i < f->p->n_vars; i++) {
		if (f->p->vars[i].key == 0 && f->vars[i].value.known &&
		    f->vars[i].value.word != s.scalars[i])
			complain(seed, "another value of variable", i);
		for (k = 0; f->p->vars[i].key != 0 && k < s.n[i]; k++)
			check_entry(f, i, &s.entries[i][k], seed);
	}
}

static void start_group(struct arena *a, const struct cpol_policy *p, struct cpol_group *g)
{
	struct cpol_options options = { .ghost = true };
	size_t len = cpol_memory(p, &options);

	if (cpol_init(g, p, arena_alloc(a, len), len, &options) != BC_OK)
		abort();
}

static void count_rows(const struct flow *f)
{
	uint32_t event, i, row;

	for (event = 0; event < f->p->n_events; event++) {
		counts.events++;
		counts.denied_events += f->events[event].denied;
		for (i = 0; i < f->tree->rules[event].n_stmts; i++) {
			const struct fold *let = &f->events[event].values[i];

			for (row = 0; let->rows != NULL && flow_is_rows(let->type) &&
			    row < f->p->tables[BC_INDEX(let->type)].n_rows; row++)
				counts.rows_left_out += !flow_has(let->rows, row);
		}
	}
}

static void walk(struct arena *a, const struct cpol_policy *p, struct flow *f, struct chance *c,
    uint64_t seed)
{
	static struct model model;
	struct cpol_group g;
	uint32_t step, event;

	walked = &p->bc;
	model_init(&model, a, &p->bc, NULL, c);        /* it makes requests alone */
	start_group(a, p, &g);
	for (step = 0; step < STEPS; step++) {
		if (step % RESTART == 0)
			state_clear(&g);
		model_load(&model.now, &p->bc, &g);
		event = chance_below(c, p->bc.n_events);
		model_random_request(&model, event);
		if (!cpol_decide(&g, &model.request.encoded).allowed)
			continue;
		counts.allowed++;
		if (f->events[event].denied)
			complain(seed, "allowed is event", event);
		if (flow_is_off(f, event))
			complain(seed, "allowed, though off, is event", event);
		cpol_commit(&g);
		check_state(f, &g, seed);
	}
}

static bool one(uint64_t seed)
{
	struct arena a = { 0 };
	struct chance c = { .state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1 };
	struct diag d = { .out = NULL };
	struct ir_policy *ir = make_policy(&a, &c);
	struct canonical image;
	struct cpol_policy policy;
	struct lint lint = { .arena = &a, .p = &policy.bc };
	struct flow *f;
	size_t where;
	bool made = emit(&a, ir, &d, &image) == 0 &&
	    cpol_open(&policy, image.ptr, image.len, &where) == BC_OK;

	if (made) {
		lint_langs_open(&lint.langs, lint.p);
		f = flow_of(&lint, tree_of_policy(&a, lint.p));
		count_rows(f);
		walk(&a, &policy, f, &c, seed);
		lint_langs_close(&lint.langs);
	}
	arena_clear(&a);
	return made;
}

int main(int argc, char **argv)
{
	uint64_t seed = 1, n = USUAL_POLICIES, made = 0;

	for (; argc > 2 && argv[1][0] == '-'; argc -= 2, argv += 2) {
		if (strcmp(argv[1], "-s") == 0)
			seed = strtoull(argv[2], NULL, 10);
		else
			failure_path = argv[2];
	}
	if (argc > 1)
		n = strtoull(argv[1], NULL, 10);
	for (; made < n; seed++)
		made += one(seed);
	printf("ok - flow: %llu policies, %llu requests allowed, none against what is said\n",
	    (unsigned long long)n, (unsigned long long)counts.allowed);
	/* Else the flow says nothing, and the line above neither. */
	if (counts.denied_events == 0 || counts.denied_events == counts.events ||
	    counts.rows_left_out == 0 || counts.allowed < n)
		printf("not ok - flow: it excludes something\n");
	else
		printf("ok - flow: %llu of %llu events can't be allowed, %llu rows can't be meant\n",
		    (unsigned long long)counts.denied_events, (unsigned long long)counts.events,
		    (unsigned long long)counts.rows_left_out);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * twin.c - the interpreter and the lifter are twins: for random policies,
 * states and requests, the lifted guard decides as cpol_decide() does, the
 * lifted writes give the state that cpol_commit() gives, cell by cell, and
 * claims have the same truth, evaluated after the step or rewritten before it.
 * No decision, with its commit, takes more steps than the static bound says.
 * On the way each policy's bytes are raised and emitted again; half of them go on
 * with code that no compiler of ours writes.
 *
 *   twin [-s SEED] [-o FILE] [TRIPLES]
 *
 * TRIPLES: at least so many policies with a state and a request, 100000 if not
 * given.  -o: where to write the policy's bytes when the twins disagree.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "../perf/meter.h"
#include "bytecode/decode.h"
#include "compiler/emit.h"
#include "demand/raise.h"
#include "twin.h"
#include "lift/facts.h"

#define STATES          10
#define REQUESTS        16
#define MOST_EVENTS     4
#define MOST_CLAIMS     8
#define USUAL_TRIPLES   100000

/* A rule and what is asked of the state after it. */
struct rule_twin {
	struct lift_rule rule;
	struct fol *write_in[BC_WRITES_MAX], *write_elem[BC_WRITES_MAX];  /* lists, at the place probed */
	struct fol *keep_in[BC_KEEPS_MAX];
	struct fol *has[BC_VARS_MAX], *value[BC_VARS_MAX], *in[BC_VARS_MAX];
	struct fol *claims[MOST_CLAIMS];        /* after the step */
	struct fol_list facts;
	uint32_t n_judged;                      /* the facts are about those before this one */
	bool ops[256];                          /* opcodes of its code */
};

struct twin {
	struct arena arena;
	struct cpol_policy policy;
	struct bounds bounds;
	struct lift lift;
	struct model model;
	struct rule_twin rules[MOST_EVENTS];
	struct fol *claims[MOST_CLAIMS], *first[MOST_CLAIMS];
	bool claim_ops[MOST_CLAIMS][256], claim_reads_ghost[MOST_CLAIMS];
	struct cpol_group groups[3];            /* guest, with ghosts, the state before */
	uint64_t seed;
};

static struct {
	uint64_t triples, allowed, claims, facts, steps;
	bool seen[256][2];                      /* by opcode: in an allowed, in a denied step */
	bool seen_claim[256][2];                /* in a true, in a false claim */
} counts;

static const char *failure_path;
uint64_t metered_steps;

static _Noreturn void complain(const struct twin *t, const char *what, uint32_t number)
{
	if (failure_path != NULL && file_write(failure_path, t->policy.bc.bytes, t->policy.bc.len) != 0)
		perror(failure_path);
	printf("not ok - twin: %s %u (seed %llu, event %u)\n", what, number,
	    (unsigned long long)t->seed, t->model.request.event);
	exit(1);
}

/* ---- preparing a policy ---------------------------------------------------- */

static void scan_ops(const struct bc_code *code, bool *ops)
{
	for (uint32_t at = 0; at < code->len; at += bc_insn_len(code->ptr[at]))
		ops[code->ptr[at]] = true;
}

static struct fol *probe(struct twin *t, uint32_t which, uint32_t sort)
{
	return fol_app(t->lift.space, fol_fun(t->lift.space, PROBE, which, 0, sort, 0, NULL), NULL);
}

static struct fol *symbol(struct twin *t, enum lift_role role, uint32_t a, uint32_t sort, uint32_t n,
    struct fol *x, struct fol *y)
{
	uint32_t sorts[2] = { x == NULL ? 0 : x->sort, y == NULL ? 0 : y->sort };
	struct fol *args[2] = { x, y };

	return fol_app(t->lift.space, fol_fun(t->lift.space, role, a, 0, sort, n, sorts), args);
}

/* What a variable is after the rule, at the probes. */
static void prepare_var(struct twin *t, struct rule_twin *r, uint32_t var)
{
	const struct bc_var *v = &t->policy.bc.vars[var];
	uint32_t sort = v->value == 0 ? FOL_BOOL : sort_of_type(v->value);
	struct fol *key, *x;

	if (v->key == 0) {
		r->value[var] = lift_after(&t->lift, &r->rule, symbol(t, LIFT_VAR, var, sort, 0, NULL, NULL));
		return;
	}
	key = probe(t, 0, sort_of_type(v->key));
	r->has[var] = lift_after(&t->lift, &r->rule, symbol(t, LIFT_HAS, var, FOL_BOOL, 1, key, NULL));
	if (v->value == 0)
		return;
	if (BC_SHAPE(v->value) == BC_ONE) {
		r->value[var] = lift_after(&t->lift, &r->rule, symbol(t, LIFT_GET, var, sort, 1, key, NULL));
	} else if (BC_SHAPE(v->value) == BC_SET) {
		x = probe(t, 2, sort);
		r->in[var] = lift_after(&t->lift, &r->rule, symbol(t, LIFT_HAS_ROW, var, FOL_BOOL, 2, key, x));
	} else {
		x = probe(t, 1, FOL_POS);
		r->in[var] = lift_after(&t->lift, &r->rule, symbol(t, LIFT_HAS_AT, var, FOL_BOOL, 2, key, x));
		r->value[var] = lift_after(&t->lift, &r->rule, symbol(t, LIFT_GET_AT, var, sort, 2, key, x));
	}
}

/* What a proof about the rule would assume beside the invariants: facts about
 * COUNTs and the step, and about the symbols and terms of all of that. */
static void prepare_facts(struct twin *t, struct rule_twin *r)
{
	const struct bc_policy *p = &t->policy.bc;
	struct facts *f = facts_new(&t->lift);

	fol_list_add(&t->arena, &r->facts, r->rule.guard);
	for (uint32_t i = 0; i < p->n_claims; i++) {
		if (r->claims[i] != NULL)
			fol_list_add(&t->arena, &r->facts, r->claims[i]);
		if (p->claims[i].kind == BC_INVARIANT)
			fol_list_add(&t->arena, &r->facts, t->claims[i]);
	}
	r->n_judged = r->facts.n;
	for (uint32_t i = 0; i < p->n_claims; i++)
		if (p->claims[i].kind == BC_INVARIANT)
			facts_add_counts(f, &r->rule, t->claims[i], &r->facts);
	facts_add(f, &r->facts);
}

static void prepare_rule(struct twin *t, uint32_t event)
{
	struct rule_twin *r = &t->rules[event];
	struct fol *place = probe(t, 1, FOL_POS);
	const struct bc_policy *p = &t->policy.bc;

	memset(r, 0, sizeof(*r));
	r->rule = lift_rule(&t->lift, event);
	scan_ops(&p->events[event].rule, r->ops);
	for (uint32_t i = 0; i < r->rule.n_writes; i++) {
		const struct lift_value *v = &r->rule.writes[i].value;

		if (BC_SHAPE(v->type) != BC_LIST)
			continue;
		r->write_in[i] = fol_subst(t->lift.space, v->in, v->var, place);
		r->write_elem[i] = fol_subst(t->lift.space, v->elem->term, v->var, place);
	}
	for (uint32_t i = 0; i < r->rule.n_keeps; i++)
		r->keep_in[i] = fol_subst(t->lift.space, r->rule.keeps[i].value.in, r->rule.keeps[i].value.var, place);
	for (uint32_t i = 0; i < p->n_vars; i++)
		prepare_var(t, r, i);
	for (uint32_t i = 0; i < p->n_claims; i++)
		if (p->claims[i].kind == BC_INVARIANT || bc_get32(p->claims[i].events) == event)
			r->claims[i] = lift_after(&t->lift, &r->rule, t->claims[i]);
	prepare_facts(t, r);
}

struct ghost_search { const struct bc_policy *policy; bool found; };

static void see_ghost(void *arg, struct fol *f)
{
	struct ghost_search *s = arg;

	if (f->kind == FOL_APP && f->fun->role <= LIFT_HAS_ROW)
		s->found = s->found || (s->policy->vars[f->fun->a].flags & 1) != 0;
}

static void prepare_claims(struct twin *t)
{
	const struct bc_policy *p = &t->policy.bc;

	for (uint32_t i = 0; i < p->n_claims; i++) {
		const struct bc_claim *c = &p->claims[i];
		struct ghost_search s = { p, false };

		t->claims[i] = lift_claim(&t->lift, t->lift.tree->claims[i],
		    c->kind == BC_ALWAYS ? bc_get32(c->events) : BC_EVENTS_MAX);
		if (c->kind == BC_INVARIANT)
			t->first[i] = lift_first(&t->lift, t->claims[i]);
		scan_ops(&c->code, t->claim_ops[i]);
		fol_visit(t->lift.space, t->claims[i], see_ghost, &s);
		for (uint32_t at = 0; at < c->code.len; at += bc_insn_len(c->code.ptr[at])) {
			uint8_t op = c->code.ptr[at];

			/* Simplified away perhaps, but the interpreter stops at it. */
			if (op >= BC_VAR && op <= BC_OLDKEYS)
				s.found = s.found || (p->vars[bc_get16(c->code.ptr + at + 1)].flags & 1) != 0;
		}
		t->claim_reads_ghost[i] = s.found;
	}
}

static bool start_groups(struct twin *t)
{
	for (uint32_t i = 0; i < 3; i++) {
		struct cpol_options options = { .ghost = i != 0 };
		size_t len = cpol_memory(&t->policy, &options);

		if (cpol_init(&t->groups[i], &t->policy, arena_alloc(&t->arena, len), len, &options) != BC_OK)
			return false;
	}
	return true;
}

/* There is one encoding of a policy, so the way back from it and forth again
 * ends where it began. */
static void raise_again(struct twin *t, const struct canonical *image)
{
	struct ir_policy *raised = raise_policy(&t->arena, tree_of_policy(&t->arena, &t->policy.bc));
	struct diag d = { .out = NULL };
	struct canonical again;

	if (emit(&t->arena, raised, &d, &again) != 0 || again.len != image->len ||
	    memcmp(again.ptr, image->ptr, again.len) != 0)
		complain(t, "raised and emitted again the bytes are others", 0);
}

/* Go on with code of which there is no source. */
static bool vary(struct twin *t, struct chance *c, const struct canonical *image)
{
	uint8_t *bytes = arena_alloc(&t->arena, image->len + 24);
	size_t len;

	memcpy(bytes, image->ptr, image->len);
	len = vary_policy(bytes, image->len, c, &t->arena);
	if (cpol_open(&t->policy, bytes, len, NULL) != BC_OK)
		return false;
	bounds_of(&t->bounds, &t->policy.bc);
	return bounds_say(&t->bounds, &t->policy.bc, bytes) == NULL;
}

/* False: the policy is over a limit of the format. */
static bool prepare(struct twin *t, struct chance *c)
{
	struct diag d = { .out = NULL };
	struct ir_policy *ir = make_policy(&t->arena, c);
	struct canonical image;
	size_t where;

	if (emit(&t->arena, ir, &d, &image) != 0 || cpol_open(&t->policy, image.ptr, image.len, &where) != BC_OK)
		return false;
	raise_again(t, &image);
	bounds_of(&t->bounds, &t->policy.bc);
	if (chance_below(c, 2) == 0 && !vary(t, c, &image))
		return false;
	if (chance_below(c, 2) == 0)
		model_take_any_state(&t->policy.bc, &t->bounds);
	t->lift = (struct lift){ fol_new(&t->arena), &t->arena, tree_of_policy(&t->arena, &t->policy.bc) };
	model_init(&t->model, &t->arena, &t->policy.bc, &t->bounds, c);
	prepare_claims(t);
	for (uint32_t i = 0; i < t->policy.bc.n_events; i++)
		prepare_rule(t, i);
	if (fol_is_full(t->lift.space))
		return false;
	return start_groups(t);
}

/* ---- what the formulas say ---------------------------------------------------- */

static uint64_t value(struct twin *t, const struct fol *f)
{
	return fol_eval(&t->model.structure, f);
}

static bool text_fits(uint32_t type, uint64_t word, uint32_t most)
{
	return BC_BASE(type) != BC_STRING || text_of(word).len <= most;
}

/* Whether a written value has room in its slot. */
static bool value_fits(struct twin *t, const struct rule_twin *r, uint32_t i)
{
	const struct lift_write *w = &r->rule.writes[i];
	const struct bc_var *v = &t->policy.bc.vars[w->var];
	uint32_t n = 0;

	if (w->op != BC_PUT)
		return true;
	if (!text_fits(v->key, value(t, w->key), v->key_len))
		return false;
	if (v->value == 0 || BC_SHAPE(v->value) == BC_SET)
		return true;
	if (BC_SHAPE(v->value) == BC_ONE)
		return text_fits(v->value, value(t, w->value.term), v->value_len);
	for (t->model.probes[1] = 0; value(t, r->write_in[i]) != 0; t->model.probes[1]++, n++) {
		uint64_t element = value(t, r->write_elem[i]);

		if (!text_fits(v->value, element, v->value_len) ||
		    (BC_BASE(v->value) == BC_INTEGER && element > v->bound))
			return false;
	}
	return n <= v->list_len;
}

static bool map_has_room(struct twin *t, const struct rule_twin *r, uint32_t map, bool ghost)
{
	uint32_t added = 0, gone = 0;

	for (uint32_t i = 0; i < r->rule.n_writes; i++) {
		const struct lift_write *w = &r->rule.writes[i];
		bool is_there;

		if (w->op == BC_SETVAR || w->var != map || (w->ghost && !ghost))
			continue;
		is_there = model_find(&t->model.now, map, value(t, w->key)) != NULL;
		added += w->op == BC_PUT && !is_there;
		gone += w->op == BC_DEL && is_there;
	}
	return added == 0 || t->model.now.n[map] + added - gone <= t->policy.bc.vars[map].capacity;
}

static bool formulas_allow(struct twin *t, const struct rule_twin *r, bool ghost)
{
	if (value(t, r->rule.guard) == 0 || (ghost && value(t, r->rule.ghost_fits) == 0))
		return false;
	for (uint32_t i = 0; i < r->rule.n_writes; i++)
		if ((ghost || !r->rule.writes[i].ghost) && !value_fits(t, r, i))
			return false;
	for (uint32_t i = 0; i < t->policy.bc.n_vars; i++)
		if (!map_has_room(t, r, i, ghost))
			return false;
	return true;
}

/* The value after the step at the key probed. */
static struct model_cell cell_after(struct twin *t, const struct rule_twin *r, uint32_t map)
{
	uint32_t type = t->policy.bc.vars[map].value;
	struct model_cell c = { 0 };

	if (type == 0)
		return c;
	if (BC_SHAPE(type) == BC_ONE) {
		c.word = value(t, r->value[map]);
	} else if (BC_SHAPE(type) == BC_SET) {
		for (uint32_t row = 0; row < t->policy.bc.tables[BC_INDEX(type)].n_rows; row++) {
			t->model.probes[2] = row;
			if (value(t, r->in[map]) != 0)
				c.items[c.n++] = row;
		}
		t->model.probes[2] = BC_NO_ROW;
		if (value(t, r->in[map]) != 0)
			complain(t, "no row is in a set of map", map);
	} else {
		for (t->model.probes[1] = 0; value(t, r->in[map]) != 0 && c.n < MOST_ELEMENTS; t->model.probes[1]++)
			c.items[c.n++] = value(t, r->value[map]);
	}
	return c;
}

/* What is read of a key that is not there after the step. */
static void check_absent(struct twin *t, const struct rule_twin *r, uint32_t map)
{
	uint32_t type = t->policy.bc.vars[map].value;
	struct model_cell zero = { .word = zero_of(type) }, none = { 0 }, c = cell_after(t, r, map);

	if (type != 0 && !cells_equal(&c, BC_SHAPE(type) == BC_ONE ? &zero : &none))
		complain(t, "a value at an absent key of map", map);
}

static void state_after(struct twin *t, const struct rule_twin *r, bool ghost, struct state_model *after)
{
	const struct bc_policy *p = &t->policy.bc;

	*after = t->model.now;
	for (uint32_t i = 0; i < p->n_vars; i++) {
		uint32_t sort = p->vars[i].key == 0 ? 0 : sort_of_type(p->vars[i].key);

		if ((p->vars[i].flags & 1) != 0 && !ghost)
			continue;
		if (p->vars[i].key == 0)
			after->scalars[i] = value(t, r->value[i]);
		after->n[i] = 0;
		for (uint32_t k = 0; p->vars[i].key != 0 && k < t->model.n_domain[sort]; k++) {
			t->model.probes[0] = t->model.domain[sort][k];
			if (value(t, r->has[i]) == 0) {
				check_absent(t, r, i);
				continue;
			}
			after->entries[i][after->n[i]++] = (struct entry){ t->model.probes[0], cell_after(t, r, i) };
		}
	}
}

/* ---- comparing ------------------------------------------------------------------ */

static void compare_states(struct twin *t, struct state_model *formulas, const struct cpol_group *g)
{
	const struct bc_policy *p = &t->policy.bc;
	static struct state_model real;

	model_load(&real, p, g);
	for (uint32_t i = 0; i < p->n_vars; i++) {
		if ((p->vars[i].flags & 1) != 0 && !g->options.ghost)
			continue;
		if (real.scalars[i] != formulas->scalars[i] || real.n[i] != formulas->n[i])
			complain(t, "other state in variable", i);
		for (uint32_t k = 0; k < real.n[i]; k++) {
			struct model_cell *c = model_find(formulas, i, real.entries[i][k].key);

			if (c == NULL || !cells_equal(c, &real.entries[i][k].value))
				complain(t, "other entry in map", i);
		}
	}
}

static void compare_verdicts(struct twin *t, const struct rule_twin *r, const struct cpol_verdict *verdict)
{
	if (verdict->n_kept != r->rule.n_keeps)
		complain(t, "other number of kept fields", verdict->n_kept);
	for (uint32_t i = 0; i < r->rule.n_keeps; i++) {
		const struct cpol_kept *kept = &verdict->kept[i];
		uint32_t n = t->model.request.fields[kept->field].cell.n;

		if (kept->field != r->rule.keeps[i].field || kept->n != n)
			complain(t, "other kept field", i);
		for (uint32_t k = 0; k < n; k++) {
			t->model.probes[1] = k;
			if (((uint32_t)kept->mask[k / 8] >> k % 8 & 1u) != value(t, r->keep_in[i]))
				complain(t, "other kept element", k);
		}
	}
	for (uint32_t i = 0; i < r->rule.n_outs; i++)
		if (verdict->outs[r->rule.outs[i].out] != value(t, r->rule.outs[i].term))
			complain(t, "other output", i);
}

/* The model has moved: `now` is after, `before` before the step. */
static void compare_claims(struct twin *t, const struct rule_twin *r, struct cpol_group *now,
    const bool *rewritten)
{
	const struct bc_policy *p = &t->policy.bc;

	for (uint32_t i = 0; i < p->n_claims; i++) {
		bool fault, holds;

		if (r->claims[i] == NULL || (t->claim_reads_ghost[i] && !now->options.ghost))
			continue;
		holds = cpol_claim_holds(now, &t->groups[2], &t->model.request.encoded, i, &fault);
		if (fault)
			complain(t, "fault in claim", i);
		if (holds != (value(t, t->claims[i]) != 0))
			complain(t, "other truth of claim", i);
		if (holds != rewritten[i])
			complain(t, "other truth of rewritten claim", i);
		counts.claims++;
		for (uint32_t op = 0; op < 256; op++)
			if (t->claim_ops[i][op])
				counts.seen_claim[op][holds] = true;
	}
}

/* A requirement denies where the first that is false stands. */
static void compare_denial(struct twin *t, const struct rule_twin *r, const struct cpol_verdict *verdict)
{
	uint32_t i = 0;

	if (verdict->reason != CPOL_REQUIREMENT)
		return;
	while (i < r->rule.n_requires && value(t, r->rule.requires[i].term) != 0)
		i++;
	if (i == r->rule.n_requires || r->rule.requires[i].pc != verdict->pc)
		complain(t, "denied at another place:", verdict->pc);
}

/* Keys that the rule writes, as elements that quantifiers range over. */
static void add_written_keys(struct twin *t, const struct rule_twin *r, bool ghost)
{
	for (uint32_t i = 0; i < r->rule.n_writes; i++) {
		struct fol *key = r->rule.writes[i].key;

		if (key != NULL && (ghost || !r->rule.writes[i].ghost))
			model_add_to_domain(&t->model, key->sort, value(t, key));
	}
}

/* Whatever a policy is made of, as elements that quantifiers range over: facts
 * say of all strings and integers what formulas ask of some. */
static void add_all_made(struct model *m)
{
	static const uint64_t integers[] = { 0, 1, 2, 3, UINT32_MAX, UINT64_MAX };

	for (uint32_t i = 0; i < N_TEXTS; i++)
		model_add_to_domain(m, FOL_STR, text_number((const uint8_t *)made_texts[i].ptr, made_texts[i].len));
	for (uint32_t i = 0; i < N_DIGESTS; i++)
		model_add_to_domain(m, FOL_DIG,
		    text_number((const uint8_t *)made_digests[i].ptr, made_digests[i].len));
	for (uint32_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++)
		model_add_to_domain(m, FOL_INTEGER, integers[i]);
}

static void check_facts(struct twin *t, const struct rule_twin *r)
{
	add_written_keys(t, r, true);
	add_all_made(&t->model);
	for (uint32_t i = r->n_judged; i < r->facts.n; i++) {
		if (value(t, r->facts.items[i]) == 0)
			complain(t, "a fact is false", i);
		counts.facts++;
	}
}

/* The claims about the first state. */
static void check_first(struct twin *t, struct cpol_group *g)
{
	state_clear(g);
	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++) {
		bool fault;

		if (t->first[i] == NULL || (t->claim_reads_ghost[i] && !g->options.ghost))
			continue;
		if (cpol_claim_holds(g, NULL, NULL, i, &fault) != (value(t, t->first[i]) != 0) || fault)
			complain(t, "other truth in the first state of claim", i);
	}
}

static void save_before(struct twin *t, const struct cpol_group *g)
{
	t->groups[2].options = g->options;
	if (t->groups[2].len < g->len)
		abort();
	memcpy(t->groups[2].memory, g->memory, g->len);
	t->groups[2].pending = false;
}

/* The steps of a decision, and of its commit. */
static void compare_steps(const struct twin *t)
{
	uint64_t bound = t->policy.bc.events[t->model.request.event].rule.cost;

	if (metered_steps > bound)
		complain(t, "steps above the static bound:", (uint32_t)(metered_steps - bound));
	if (metered_steps > counts.steps)
		counts.steps = metered_steps;
}

static void step(struct twin *t, const struct rule_twin *r, struct cpol_group *g,
    const struct cpol_verdict *verdict)
{
	bool ghost = g->options.ghost, rewritten[MOST_CLAIMS] = { false };
	uint64_t steps = metered_steps;
	static struct state_model before, after;

	compare_verdicts(t, r, verdict);
	save_before(t, g);
	metered_steps = steps;
	cpol_commit(g);
	compare_steps(t);
	before = t->model.now;
	memset(&t->model.before, 0, sizeof(t->model.before));   /* rewritten, nothing reads it */
	model_domains(&t->model);
	add_written_keys(t, r, ghost);
	for (uint32_t i = 0; i < t->policy.bc.n_claims; i++)
		if (r->claims[i] != NULL)
			rewritten[i] = value(t, r->claims[i]) != 0;
	state_after(t, r, ghost, &after);
	compare_states(t, &after, g);
	t->model.now = after;
	t->model.before = before;
	model_domains(&t->model);
	compare_claims(t, r, g, rewritten);
}

static void one_request(struct twin *t, struct cpol_group *g)
{
	uint32_t event = chance_below(t->model.chance, t->policy.bc.n_events);
	const struct rule_twin *r = &t->rules[event];
	struct cpol_verdict verdict;
	bool allowed;

	model_random_request(&t->model, event);
	model_domains(&t->model);
	allowed = formulas_allow(t, r, g->options.ghost);
	metered_steps = 0;
	verdict = cpol_decide(g, &t->model.request.encoded);
	if (verdict.reason == CPOL_BAD_REQUEST || verdict.reason == CPOL_FAULT)
		complain(t, "fault or bad request", verdict.pc);
	if (verdict.allowed != allowed)
		complain(t, allowed ? "denied: reason" : "allowed: reason", verdict.reason);
	compare_denial(t, r, &verdict);
	compare_steps(t);
	check_facts(t, r);
	counts.triples++;
	counts.allowed += allowed;
	for (uint32_t op = 0; op < 256; op++)
		if (r->ops[op])
			counts.seen[op][!allowed] = true;
	if (allowed)
		step(t, r, g, &verdict);
}

static void one_policy(struct twin *t, struct chance *c)
{
	if (!prepare(t, c))
		return;
	for (uint32_t s = 0; s < STATES; s++) {
		struct cpol_group *g = &t->groups[s % 2];

		model_random_state(&t->model);
		if (!model_store(&t->model.now, &t->policy.bc, g))
			complain(t, "state does not fit", s);
		for (uint32_t i = 0; i < REQUESTS; i++)
			one_request(t, g);
		check_first(t, g);
	}
}

void twin_policy(struct chance c, uint64_t seed)
{
	struct twin *t = calloc(1, sizeof(*t));

	if (t == NULL)
		exit(2);
	t->seed = seed;
	one_policy(t, &c);
	arena_clear(&t->arena);
	free(t);
}

/* ---- the end ---------------------------------------------------------------------- */

/* Old state and KEYS of it are read by step claims alone. */
static bool in_claims_only(uint32_t op)
{
	return op >= BC_OLDVAR && op <= BC_OLDKEYS;
}

static int report(void)
{
	static const struct { const char *name; uint32_t op; } ops[] = {
#define OP(name, code, operands, pops, pushes, cost, meaning) { #name, code },
#include "bytecode/opcodes.def"
#undef OP
	};
	int failed = 0;

	for (uint32_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		uint32_t op = ops[i].op;
		const bool *seen = in_claims_only(op) ? counts.seen_claim[op] : counts.seen[op];

		if (seen[0] && seen[1])
			continue;
		printf("not ok - twin: %s was not seen both ways\n", ops[i].name);
		failed = 1;
	}
	printf("%sok - twin: %llu triples, %llu allowed, %llu claims, %llu facts\n", failed == 0 ? "" : "not ",
	    (unsigned long long)counts.triples, (unsigned long long)counts.allowed,
	    (unsigned long long)counts.claims, (unsigned long long)counts.facts);
	return failed;
}

int main(int argc, char **argv)
{
	uint64_t most = USUAL_TRIPLES, seed = 1;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "-o") == 0 && i + 1 < argc)
			failure_path = argv[++i];
		else
			most = strtoull(argv[i], NULL, 10);
	}
	for (uint64_t i = 0; counts.triples < most; i++)
		twin_policy((struct chance){ .state = (seed + i) * UINT64_C(0x9e3779b97f4a7c15) | 1 }, seed + i);
	return report();
}

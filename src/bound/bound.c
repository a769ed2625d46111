/* SPDX-License-Identifier: Apache-2.0
 *
 * bound.c - the bounds of a policy's rules and claims, and what bytes say of them.
 */
#include "bound.h"

#include <inttypes.h>
#include <string.h>

#include "walk.h"

#define ROUNDS 8u

/* What the state holds follows from the rules, which read it: walk them until no
 * more is put than was thought.  If that takes long, anything. */
static void bound_rules(struct facts *f, struct bounds *bounds)
{
	static const struct deeds none;
	const struct bc_policy *p = f->p;
	struct deeds deeds;

	relations_begin(f);
	f->rows_grew = true;
	for (uint32_t round = 0; f->rows_grew; round++) {
		f->rows_grew = false;
		if (round == ROUNDS)
			relations_forget(f);
		for (uint32_t i = 0; round == ROUNDS && i < p->n_vars; i++) {
			f->vars[i].is_held = true;
			if (BC_SHAPE(p->vars[i].value) == BC_SET)
				f->vars[i].rows = f->vars[i].span = p->tables[BC_INDEX(p->vars[i].value)].n_rows;
		}
		for (uint32_t i = 0; i < p->n_events; i++) {
			if (p->events[i].rule.len == 0)
				continue;
			deeds = none;
			bounds->rules[i] = walk(f, &p->events[i].rule, &p->events[i], &deeds);
			f->rows_grew |= relations_judge(f, &deeds);
		}
	}
}

void bounds_of(struct bounds *bounds, const struct bc_policy *p)
{
	struct arena arena = { 0 };
	struct facts *f = facts_of(&arena, p);

	memset(bounds, 0, sizeof(*bounds));
	bound_rules(f, bounds);
	for (uint32_t i = 0; i < p->n_claims; i++)
		bounds->claims[i] = walk(f, &p->claims[i].code, bc_claim_event(p, &p->claims[i]), NULL);
	memcpy(bounds->vars, f->vars, sizeof(bounds->vars));
	memcpy(bounds->pairs, f->pairs, sizeof(bounds->pairs));
	arena_clear(&arena);
}

const struct bc_code *bounds_say(const struct bounds *bounds, struct bc_policy *p, uint8_t *bytes)
{
	p->max_scratch = 0;
	for (uint32_t i = 0; i < p->n_events + p->n_claims; i++) {
		bool is_rule = i < p->n_events;
		struct bc_code *code = is_rule ? &p->events[i].rule : &p->claims[i - p->n_events].code;
		const struct bound *bound = is_rule ? &bounds->rules[i] : &bounds->claims[i - p->n_events];

		if (code->len == 0)
			continue;
		if (bound->scratch > BC_SCRATCH_MAX)
			return code;
		code->cost = bound->cost;
		code->scratch = (uint32_t)bound->scratch;
		if (code->scratch > p->max_scratch)
			p->max_scratch = code->scratch;
		if (bytes == NULL)
			continue;
		/* Twelve bytes before it, of which the middle four are written twice. */
		bc_put64(bytes + (code->ptr - p->bytes) - 8, bound->scratch);
		bc_put64(bytes + (code->ptr - p->bytes) - 12, bound->cost);
	}
	return NULL;
}

static const char *complaint(struct arena *a, const struct bc_policy *p, uint32_t name,
    const struct bc_code *code, const struct bound *bound)
{
	struct bc_bytes text = bc_string(p, name);

	if (code->len == 0 || (code->cost == bound->cost && code->scratch == bound->scratch))
		return NULL;
	return arena_printf(a, "'%.*s' is said to take at most %" PRIu64 " steps and %" PRIu32
	    " bytes of scratch, and takes %" PRIu64 " and %" PRIu64, (int)text.len, (const char *)text.ptr,
	    code->cost, code->scratch, bound->cost, bound->scratch).ptr;
}

const char *bounds_complaint(struct arena *a, const struct bc_policy *p)
{
	struct bounds *bounds = arena_new(a, struct bounds);
	const char *text = NULL;

	bounds_of(bounds, p);
	for (uint32_t i = 0; i < p->n_events && text == NULL; i++)
		text = complaint(a, p, p->events[i].name, &p->events[i].rule, &bounds->rules[i]);
	for (uint32_t i = 0; i < p->n_claims && text == NULL; i++)
		text = complaint(a, p, p->claims[i].name, &p->claims[i].code, &bounds->claims[i]);
	return text;
}

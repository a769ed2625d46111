/* SPDX-License-Identifier: Apache-2.0
 *
 * cost.c - sums of steps and of texts of the request.
 */
#include "cost.h"

/* Eight bytes of text are a step. */
#define REQUEST_STEPS (BC_REQUEST_MAX / 8)
#define STRING_STEPS  (BC_STRING_MAX / 8)

uint64_t cost_times(uint64_t a, uint64_t b)
{
	return b == 0 || a <= UINT64_MAX / b ? a * b : UINT64_MAX;
}

static bool is_same(const struct term *a, const struct term *b)
{
	return a->text == b->text && a->level == b->level && a->picks == b->picks;
}

static uint32_t place_of(const struct term *terms, uint32_t n, const struct term *term)
{
	uint32_t i = 0;

	while (i < n && !is_same(&terms[i], term))
		i++;
	return i;
}

/* The last place is for steps, each of which would be a text as long as a request. */
uint32_t cost_place(const struct term *terms, uint32_t n, struct term *term)
{
	uint32_t i = place_of(terms, n, term);

	if (i < COST_TERMS_MAX - 1)
		return i;
	*term = (struct term){ .times = cost_times(term->times, term->text != 0 ? REQUEST_STEPS : 1) };
	return place_of(terms, n, term);
}

void cost_add(struct cost *c, const struct term *term)
{
	struct term more = *term;
	uint32_t i;

	if (more.times == 0)
		return;
	i = cost_place(c->terms, c->n, &more);
	if (i == c->n)
		c->terms[c->n++] = more;
	else
		c->terms[i].times = bc_plus(c->terms[i].times, more.times);
}

void cost_plus(struct cost *c, const struct cost *more)
{
	for (uint32_t i = 0; i < more->n; i++)
		cost_add(c, &more->terms[i]);
}

void cost_repeat(struct cost *c, uint32_t loop, uint8_t level, uint64_t most)
{
	struct cost once = *c;

	c->n = 0;
	for (uint32_t i = 0; i < once.n; i++) {
		struct term *t = &once.terms[i];

		if (most == 0)
			return;
		if (t->level == loop + 1)       /* the elements have no more than the list */
			t->level = level;
		else if ((t->picks >> loop & 1) == 0)
			t->times = cost_times(t->times, most);
		t->picks &= (uint8_t)~(1u << loop);
		cost_add(c, t);
	}
}

/* Steps of reading a text once, if the request has nothing else. */
static uint64_t longest(const struct bc_event *event, uint32_t text)
{
	uint32_t field = (text - 1) / BC_MEMBERS_MAX;
	uint64_t n = BC_SHAPE(bc_field_type(event, field)) == BC_ONE ? 1 : bc_field_most(event, field);

	if (BC_BASE(bc_field_type(event, field)) == BC_RECORD || n > REQUEST_STEPS / STRING_STEPS)
		return REQUEST_STEPS;
	return n * STRING_STEPS;
}

uint64_t cost_most(const struct cost *c, const struct bc_event *event)
{
	struct cost left = { 0 };
	uint64_t steps = 0, request = REQUEST_STEPS;

	for (uint32_t i = 0; i < c->n; i++) {
		if (c->terms[i].text == 0)
			steps = bc_plus(steps, c->terms[i].times);
		else
			cost_add(&left, &(struct term){ .times = c->terms[i].times, .text = c->terms[i].text });
	}
	while (left.n > 0 && request > 0) {
		uint32_t often = 0;
		uint64_t len;

		for (uint32_t i = 1; i < left.n; i++)
			if (left.terms[i].times > left.terms[often].times)
				often = i;
		len = longest(event, left.terms[often].text);
		len = len < request ? len : request;
		request -= len;
		steps = bc_plus(steps, cost_times(left.terms[often].times, len));
		left.terms[often] = left.terms[--left.n];
	}
	return steps;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * pools.c - the pools of strings, patterns and lists: each in its one order,
 * and each pattern in its one form.
 */
#include "mem.h"
#include "open.h"

void bc_open_pool(struct opener *o, enum pool which)
{
	struct bc_pool *pool = &o->p->pools[which];
	uint32_t start = o->at, n = bc_take_count(o, BC_ENTRIES_MAX, BC_E_POOL_ENTRIES), previous = 0;
	uint32_t unit = which == IN_LISTS ? 4 : 1;
	struct bc_bytes before = { 0 };

	pool->ends = bc_take(o, n, 4);
	for (uint32_t i = 0; i < n && o->error == BC_OK; i++) {
		uint32_t end = bc_get32(pool->ends + 4 * (size_t)i);

		if (end < previous)
			bc_fail(o, BC_E_POOL_ENDS, start + 4 + 4 * i);
		previous = end;
	}
	if ((o->end - o->at) / unit != previous || (o->end - o->at) % unit != 0)
		bc_fail(o, BC_E_POOL_LENGTH, start);
	pool->base = bc_take(o, previous, unit);
	if (o->error != BC_OK)
		return;
	pool->n = n;
	for (uint32_t i = 0; i < n && o->error == BC_OK; i++) {
		struct bc_bytes entry = bc_pool_entry(pool, i, unit);
		uint32_t where = (uint32_t)(entry.ptr - o->p->bytes);

		if (i > 0 && bc_compare(before.ptr, (size_t)unit * before.len, entry.ptr, (size_t)unit * entry.len) >= 0)
			bc_fail(o, BC_E_POOL_ORDER, where);
		if (which == IN_STRINGS && entry.len > BC_STRING_MAX)
			bc_fail(o, BC_E_STRING_LONG, where);
		before = entry;
	}
}

/* An automaton being judged.  Beside the states there is one more, number n,
 * that rejects everything: where the missing ranges go. */
struct automaton {
	const uint8_t *accepts, *states;
	uint32_t n;
	uint16_t before[BC_STATES_MAX + 1];     /* ranges of the states below */
};

static const uint8_t *ranges_of(const struct automaton *a, uint32_t state, uint32_t *n)
{
	const uint8_t *at;

	*n = 0;
	if (state == a->n)
		return a->states;
	at = a->states + state + 3 * (size_t)a->before[state];
	*n = at[0];
	return at + 1;
}

static bool accepts(const struct automaton *a, uint32_t state)
{
	return state < a->n && (a->accepts[state / 8] >> state % 8 & 1) != 0;
}

/* The ranges of every state; *seen is the states reached so far, which in
 * breadth-first order is the number that the next new one must have. */
static enum bc_error read_state(struct automaton *a, uint32_t state, uint32_t left, uint32_t *seen)
{
	const uint8_t *range = a->states + state + 3 * (size_t)a->before[state];
	uint32_t n;

	if (left == 0 || (left - 1) / 3 < range[0])
		return BC_E_AUTOMATON_LENGTH;
	n = *range++;
	for (uint32_t i = 0; i < n; i++, range += 3) {
		if (range[0] > range[1] || (i > 0 && range[0] <= range[-2]))
			return BC_E_AUTOMATON_RANGE;
		if (i > 0 && range[0] == range[-2] + 1 && range[2] == range[-1])
			return BC_E_AUTOMATON_TOUCH;
		if (range[2] >= a->n)
			return BC_E_AUTOMATON_TARGET;
		if (range[2] > *seen)
			return BC_E_AUTOMATON_ORDER;
		if (range[2] == *seen)
			++*seen;
	}
	a->before[state + 1] = (uint16_t)(a->before[state] + n);
	return BC_OK;
}

static enum bc_error read_states(struct automaton *a, uint32_t len)
{
	uint32_t seen = 1, used = 0;

	a->before[0] = 0;
	for (uint32_t state = 0; state < a->n; state++) {
		enum bc_error error;

		if (state >= seen)
			return BC_E_AUTOMATON_ORDER;
		error = read_state(a, state, len - used, &seen);
		if (error != BC_OK)
			return error;
		used = state + 1 + 3 * (uint32_t)a->before[state + 1];
	}
	return used == len ? BC_OK : BC_E_AUTOMATON_LENGTH;
}

/* What is left of the ranges of a state, on the way through all bytes. */
struct walk {
	const uint8_t *range;
	uint32_t n;
};

/* The class that a state goes to with a byte; *end is lowered to the last byte, from
 * this one, with which it goes there. */
static uint8_t class_after(const struct automaton *a, const uint8_t *class, struct walk *w, uint32_t byte,
    uint32_t *end)
{
	uint32_t last = 255;
	uint8_t target = class[a->n];

	for (; w->n > 0 && w->range[1] < byte; w->n--)
		w->range += 3;
	if (w->n > 0 && w->range[0] > byte) {
		last = w->range[0] - 1u;
	} else if (w->n > 0) {
		last = w->range[1];
		target = class[w->range[2]];
	}
	if (last < *end)
		*end = last;
	return target;
}

/* Whether two states go to the same classes with every byte. */
static bool same_moves(const struct automaton *a, const uint8_t *class, uint32_t s, uint32_t t)
{
	struct walk x, y;
	uint32_t end = 255;

	x.range = ranges_of(a, s, &x.n);
	y.range = ranges_of(a, t, &y.n);
	for (uint32_t byte = 0; byte < 256; byte = end + 1, end = 255) {
		if (class_after(a, class, &x, byte, &end) != class_after(a, class, &y, byte, &end))
			return false;
	}
	return true;
}

/* One round: split every class by where its states go.  A class is named by its least
 * state; how many there then are. */
static uint32_t split(const struct automaton *a, const uint8_t *class, uint8_t *finer)
{
	uint32_t n_classes = 0;

	for (uint32_t s = 0; s <= a->n; s++) {
		uint32_t least = class[s];

		while (least < s && (class[least] != class[s] || !same_moves(a, class, s, least)))
			least++;
		finer[s] = (uint8_t)least;
		n_classes += least == s;
	}
	return n_classes;
}

/* The lengths of the shortest and of the longest word that each state accepts;
 * 255: there is no word, and there is no longest.  Of 255 states or fewer a
 * shortest word has 254 bytes or fewer, and a longer one goes round for ever. */
static void measure(const struct automaton *a, uint8_t *shortest, uint8_t *longest)
{
	bool goes_on = true;

	for (uint32_t s = 0; s <= a->n; s++) {
		shortest[s] = accepts(a, s) ? 0 : 255;
		longest[s] = 0;
	}
	while (goes_on) {
		goes_on = false;
		for (uint32_t s = a->n; s-- > 0;) {
			uint32_t n;
			const uint8_t *range = ranges_of(a, s, &n);

			for (; n > 0; n--, range += 3) {
				uint8_t least = shortest[range[2]], most = longest[range[2]];

				if (least == 255)
					continue;
				most = (uint8_t)(most + (most < 255));
				if (++least < shortest[s]) {
					shortest[s] = least;
					goes_on = true;
				}
				if (most > longest[s]) {
					longest[s] = most;
					goes_on = true;
				}
			}
		}
	}
}

/* Moore's algorithm, until the classes stay: then no two states may share one,
 * the rejecting state included, which is how states that cannot accept show.
 * It begins with classes by measure: a chain, which each round would shorten by
 * one state only, is told apart at once. */
static bool is_minimal(const struct automaton *a)
{
	uint8_t class[BC_STATES_MAX + 1], finer[BC_STATES_MAX + 1], longest[BC_STATES_MAX + 1];
	uint32_t n_classes = 0, before;

	measure(a, finer, longest);
	for (uint32_t s = 0; s <= a->n; s++) {
		uint32_t least = 0;

		while (finer[least] != finer[s] || longest[least] != longest[s])
			least++;
		class[s] = (uint8_t)least;
	}
	do {
		before = n_classes;
		n_classes = split(a, class, finer);
		memcpy(class, finer, a->n + 1);
	} while (n_classes > before);
	return n_classes == a->n + 1;
}

/* Of a minimal automaton: a chain of states with one byte each. */
static bool is_single(const struct automaton *a)
{
	for (uint32_t s = 0; s < a->n; s++) {
		uint32_t n;
		const uint8_t *range = ranges_of(a, s, &n);

		if (accepts(a, s) ? n != 0 : n != 1 || range[0] != range[1])
			return false;
	}
	return true;
}

static enum bc_error judge_automaton(const uint8_t *bytes, uint32_t len)
{
	struct automaton a;
	uint32_t n_accepts, spare;
	enum bc_error error;

	if (len == 0)
		return BC_E_AUTOMATON_LENGTH;
	if (bytes[0] == 0)
		return BC_E_AUTOMATON_EMPTY;
	a.n = bytes[0];
	n_accepts = (a.n + 7) / 8;
	spare = 8 * n_accepts - a.n;
	if (len - 1 < n_accepts)
		return BC_E_AUTOMATON_LENGTH;
	a.accepts = bytes + 1;
	a.states = a.accepts + n_accepts;
	if ((a.accepts[n_accepts - 1] >> (8 - spare)) != 0)
		return BC_E_AUTOMATON_BITS;
	error = read_states(&a, len - 1 - n_accepts);
	if (error != BC_OK)
		return error;
	if (a.n == 1 && !accepts(&a, 0))        /* the empty language */
		return a.before[1] == 0 ? BC_OK : BC_E_AUTOMATON_MINIMAL;
	if (!is_minimal(&a))
		return BC_E_AUTOMATON_MINIMAL;
	return is_single(&a) ? BC_E_AUTOMATON_SINGLE : BC_OK;
}

static enum bc_error judge_pattern(struct opener *o, struct bc_bytes entry)
{
	if (entry.len == 0 || entry.ptr[0] > 1)
		return BC_E_PATTERN_KIND;
	if (entry.ptr[0] == 1)
		return judge_automaton(entry.ptr + 1, entry.len - 1);
	return entry.len == 5 && bc_value_fits(o, BC_TYPE(BC_ONE, BC_STRING, 0), bc_get32(entry.ptr + 1))
	    ? BC_OK : BC_E_PATTERN_LITERAL;
}

void bc_open_patterns(struct opener *o)
{
	bc_open_pool(o, IN_PATTERNS);
	for (uint32_t i = 0; i < o->p->patterns.n && o->error == BC_OK; i++) {
		struct bc_bytes entry = bc_pool_entry(&o->p->patterns, i, 1);
		enum bc_error error = judge_pattern(o, entry);

		if (error != BC_OK)
			bc_fail(o, error, (uint32_t)(entry.ptr - o->p->bytes));
	}
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * dfa.c - the one automaton of a language (Hopcroft's algorithm, then numbered
 * breadth-first), its bytes, and what can be asked of it alone.
 */
#include "automaton.h"

#include <stdlib.h>

/* Blocks are runs of `elements`; a block's first `n_marked` ones are marked. */
struct partition {
	const struct dfa *raw;
	struct arena scratch;
	uint32_t n;                     /* states, the dead one (the last) included */
	uint32_t *inverse_start, *inverse;
	uint32_t *elements, *place, *block_of;
	uint32_t *start, *end, *n_marked;
	uint32_t n_blocks;
	uint32_t *work, n_work;         /* blocks to split by */
	bool *in_work;
	uint32_t *touched, n_touched;
};

/* As dfa_step, by class, in the automaton completed with a dead state. */
static uint32_t target(const struct partition *p, uint32_t state, uint32_t class)
{
	uint32_t next = DFA_NONE;

	if (state < p->raw->n_states)
		next = p->raw->next[(size_t)state * p->raw->n_classes + class];
	return next == DFA_NONE ? p->n - 1 : next;
}

static void find_inverse(struct partition *p)
{
	uint32_t n_classes = p->raw->n_classes, class, q;
	size_t row = (size_t)p->n + 1;

	p->inverse_start = arena_array(&p->scratch, n_classes * row, uint32_t);
	p->inverse = arena_array(&p->scratch, (size_t)n_classes * p->n, uint32_t);
	for (class = 0; class < n_classes; class++) {
		uint32_t *starts = p->inverse_start + class * row;
		uint32_t *sources = p->inverse + (size_t)class * p->n;

		for (q = 0; q < p->n; q++)
			starts[target(p, q, class) + 1]++;
		for (q = 0; q < p->n; q++)
			starts[q + 1] += starts[q];
		/* Filling moves each start to the next one's; shifted back below. */
		for (q = 0; q < p->n; q++)
			sources[starts[target(p, q, class)]++] = q;
		for (q = p->n; q > 0; q--)
			starts[q] = starts[q - 1];
		starts[0] = 0;
	}
}

static void mark(struct partition *p, uint32_t q)
{
	uint32_t block = p->block_of[q], to = p->start[block] + p->n_marked[block];
	uint32_t other = p->elements[to];

	if (p->place[q] < to)
		return;
	if (p->n_marked[block]++ == 0)
		p->touched[p->n_touched++] = block;
	p->elements[p->place[q]] = other;
	p->place[other] = p->place[q];
	p->elements[to] = q;
	p->place[q] = to;
}

static void want(struct partition *p, uint32_t block)
{
	p->in_work[block] = true;
	p->work[p->n_work++] = block;
}

/* The marked part of each touched block becomes a block of its own. */
static void split_touched(struct partition *p)
{
	uint32_t block, fresh, i, j;

	for (i = 0; i < p->n_touched; i++) {
		block = p->touched[i];
		if (p->n_marked[block] < p->end[block] - p->start[block]) {
			fresh = p->n_blocks++;
			p->start[fresh] = p->start[block];
			p->end[fresh] = p->start[block] + p->n_marked[block];
			p->start[block] = p->end[fresh];
			for (j = p->start[fresh]; j < p->end[fresh]; j++)
				p->block_of[p->elements[j]] = fresh;
			if (p->in_work[block] || p->end[fresh] - p->start[fresh]
			    <= p->end[block] - p->start[block])
				want(p, fresh);
			else
				want(p, block);
		}
		p->n_marked[block] = 0;
	}
	p->n_touched = 0;
}

static void split_by(struct partition *p, uint32_t block, uint32_t *copy)
{
	uint32_t len = p->end[block] - p->start[block], class, i, j;
	const uint32_t *starts;

	/* The block itself may be split meanwhile; what it was still counts. */
	memcpy(copy, p->elements + p->start[block], len * sizeof(*copy));
	for (class = 0; class < p->raw->n_classes; class++) {
		starts = p->inverse_start + class * ((size_t)p->n + 1);
		for (i = 0; i < len; i++)
			for (j = starts[copy[i]]; j < starts[copy[i] + 1]; j++)
				mark(p, p->inverse[(size_t)class * p->n + j]);
		split_touched(p);
	}
}

static void partition_init(struct partition *p, const struct dfa *raw)
{
	uint32_t q;

	memset(p, 0, sizeof(*p));
	p->raw = raw;
	p->n = raw->n_states + 1;
	find_inverse(p);
	p->elements = arena_array(&p->scratch, p->n, uint32_t);
	p->place = arena_array(&p->scratch, p->n, uint32_t);
	p->block_of = arena_array(&p->scratch, p->n, uint32_t);
	p->start = arena_array(&p->scratch, p->n, uint32_t);
	p->end = arena_array(&p->scratch, p->n, uint32_t);
	p->n_marked = arena_array(&p->scratch, p->n, uint32_t);
	p->touched = arena_array(&p->scratch, p->n, uint32_t);
	p->work = arena_array(&p->scratch, p->n, uint32_t);
	p->in_work = arena_array(&p->scratch, p->n, bool);
	for (q = 0; q < p->n; q++)
		p->elements[q] = p->place[q] = q;
	p->n_blocks = 1;
	p->end[0] = p->n;
	want(p, 0);
	for (q = 0; q < raw->n_states; q++)
		if (raw->accepts[q])
			mark(p, q);
	split_touched(p);
}

static void partition_refine(struct partition *p)
{
	uint32_t *copy = arena_array(&p->scratch, p->n, uint32_t);
	uint32_t block;

	while (p->n_work > 0) {
		block = p->work[--p->n_work];
		p->in_work[block] = false;
		split_by(p, block, copy);
	}
}

/* Number the live blocks breadth-first: order[i] is a state of block i. */
static uint32_t number_blocks(struct partition *p, uint32_t *order, uint32_t *number)
{
	uint32_t dead = p->block_of[p->n - 1], n = 0, i, class, to;

	for (i = 0; i < p->n_blocks; i++)
		number[i] = DFA_NONE;
	number[p->block_of[0]] = n;
	order[n++] = 0;
	for (i = 0; i < n; i++) {
		for (class = 0; class < p->raw->n_classes; class++) {
			to = target(p, order[i], class);
			if (p->block_of[to] == dead || number[p->block_of[to]] != DFA_NONE)
				continue;
			number[p->block_of[to]] = n;
			order[n++] = to;
		}
	}
	/* Only the empty language starts in the dead block. */
	if (p->block_of[0] == dead)
		number[dead] = DFA_NONE;
	return n;
}

/* columns[class * n + state]: keep one of equal columns. */
static void fill_columns(struct arena *a, struct dfa *d, const struct dfa *raw,
    const uint32_t *columns)
{
	uint32_t n = d->n_states, class, other, byte, q;
	uint8_t renamed[256];
	uint32_t kept[256];

	for (class = 0; class < raw->n_classes; class++) {
		for (other = 0; other < d->n_classes; other++)
			if (memcmp(columns + (size_t)class * n,
			    columns + (size_t)kept[other] * n, n * sizeof(*columns)) == 0)
				break;
		if (other == d->n_classes)
			kept[d->n_classes++] = class;
		renamed[class] = (uint8_t)other;
	}
	for (byte = 0; byte < 256; byte++)
		d->class_of[byte] = renamed[raw->class_of[byte]];
	d->next = arena_array(a, (size_t)n * d->n_classes, uint32_t);
	for (q = 0; q < n; q++)
		for (class = 0; class < d->n_classes; class++)
			d->next[(size_t)q * d->n_classes + class] =
			    columns[(size_t)kept[class] * n + q];
}

struct dfa *dfa_minimal(struct arena *a, const struct dfa *raw)
{
	struct dfa *d = arena_new(a, struct dfa);
	struct partition p;
	uint32_t *order, *number, *columns, n, i, class;

	partition_init(&p, raw);
	partition_refine(&p);
	order = arena_array(&p.scratch, p.n, uint32_t);
	number = arena_array(&p.scratch, p.n, uint32_t);
	n = number_blocks(&p, order, number);
	columns = arena_array(&p.scratch, (size_t)n * raw->n_classes, uint32_t);
	d->n_states = n;
	d->accepts = arena_array(a, n, bool);
	for (i = 0; i < n; i++) {
		d->accepts[i] = raw->accepts[order[i]];
		for (class = 0; class < raw->n_classes; class++)
			columns[(size_t)class * n + i] =
			    number[p.block_of[target(&p, order[i], class)]];
	}
	fill_columns(a, d, raw, columns);
	arena_clear(&p.scratch);
	return d;
}

struct dfa *dfa_of_literal(struct arena *a, struct str literal)
{
	struct dfa *d = arena_new(a, struct dfa);
	struct classes k;
	uint8_t told_apart[256];
	uint32_t i;

	/* Every byte of the literal is its own class: mark them all differently. */
	classes_init(&k);
	memset(told_apart, 0, sizeof(told_apart));
	for (i = 0; i < literal.len; i++)
		told_apart[(uint8_t)literal.ptr[i]] = 1;
	classes_split(&k, told_apart);
	for (i = 0; i < 256; i++)
		told_apart[i] = told_apart[i] ? (uint8_t)i : 0;
	classes_split(&k, told_apart);
	d->n_states = (uint32_t)literal.len + 1;
	d->n_classes = k.n;
	memcpy(d->class_of, k.of, sizeof(d->class_of));
	d->accepts = arena_array(a, d->n_states, bool);
	d->accepts[literal.len] = true;
	d->next = arena_array(a, (size_t)d->n_states * k.n, uint32_t);
	memset(d->next, 0xff, (size_t)d->n_states * k.n * sizeof(*d->next));
	for (i = 0; i < literal.len; i++)
		d->next[(size_t)i * k.n + k.of[(uint8_t)literal.ptr[i]]] = i + 1;
	return d;
}

bool dfa_single(const struct dfa *d, struct arena *a, struct str *literal)
{
	char *text = arena_alloc(a, d->n_states);
	uint32_t state, byte, next;
	int found;

	/* A chain is numbered in its order; anything else steps elsewhere. */
	for (state = 0; state < d->n_states; state++) {
		found = -1;
		for (byte = 0; byte < 256; byte++) {
			next = dfa_step(d, state, (uint8_t)byte);
			if (next == DFA_NONE)
				continue;
			if (found >= 0 || next != state + 1)
				return false;
			found = (int)byte;
		}
		if (d->accepts[state] != (state == d->n_states - 1)
		    || (found < 0) != d->accepts[state])
			return false;
		if (found >= 0)
			text[state] = (char)(uint8_t)found;
	}
	*literal = (struct str){ text, d->n_states - 1 };
	return true;
}

struct str dfa_encode(struct arena *a, const struct dfa *d)
{
	uint8_t *bytes, *at, *count;
	uint32_t state, byte, next, was, n_bits = (d->n_states + 7) / 8;

	if (d->n_states > DFA_ENCODABLE)
		return (struct str){ NULL, 0 };
	bytes = arena_alloc(a, 2 + n_bits + (size_t)d->n_states * (1 + 3 * 256));
	bytes[0] = 0x01;
	bytes[1] = (uint8_t)d->n_states;
	at = bytes + 2 + n_bits;
	for (state = 0; state < d->n_states; state++) {
		if (d->accepts[state])
			bytes[2 + state / 8] = (uint8_t)(bytes[2 + state / 8] | 1u << state % 8);
		count = at++;
		for (byte = 0, was = DFA_NONE; byte < 256; byte++, was = next) {
			next = dfa_step(d, state, (uint8_t)byte);
			if (next != DFA_NONE && next == was) {
				at[-2] = (uint8_t)byte;
			} else if (next != DFA_NONE) {
				if (*count == 255)
					return (struct str){ NULL, 0 };
				++*count;
				*at++ = (uint8_t)byte;
				*at++ = (uint8_t)byte;
				*at++ = (uint8_t)next;
			}
		}
	}
	return (struct str){ (const char *)bytes, (size_t)(at - bytes) };
}

/* Bytes that lie in the same ranges of all states are one class. */
static void classes_of_ranges(struct dfa *d, const uint8_t *at)
{
	bool begins[257] = { true };
	uint32_t state, byte, i;

	for (state = 0; state < d->n_states; state++)
		for (i = *at++; i > 0; i--, at += 3)
			begins[at[0]] = begins[at[1] + 1] = true;
	for (byte = 0; byte < 256; byte++) {
		d->n_classes += begins[byte];
		d->class_of[byte] = (uint8_t)(d->n_classes - 1);
	}
}

struct dfa *dfa_decode(struct arena *a, const uint8_t *bytes, size_t len)
{
	struct dfa raw = { 0 };
	struct arena scratch = { 0 };
	struct dfa *d;
	uint32_t n = bytes[1], state, class, i;
	const uint8_t *at = bytes + 2 + (n + 7) / 8;

	if (len < 3 || bytes[0] != 0x01)
		abort();
	raw.n_states = n;
	classes_of_ranges(&raw, at);
	raw.accepts = arena_array(&scratch, n, bool);
	raw.next = arena_array(&scratch, (size_t)n * raw.n_classes, uint32_t);
	memset(raw.next, 0xff, (size_t)n * raw.n_classes * sizeof(*raw.next));
	for (state = 0; state < n; state++) {
		raw.accepts[state] = (bytes[2 + state / 8] >> state % 8 & 1) != 0;
		for (i = *at++; i > 0; i--, at += 3)
			for (class = raw.class_of[at[0]]; class <= raw.class_of[at[1]]; class++)
				raw.next[(size_t)state * raw.n_classes + class] = at[2];
	}
	d = dfa_minimal(a, &raw);
	arena_clear(&scratch);
	return d;
}

bool dfa_match(const struct dfa *d, struct str text)
{
	uint32_t state = 0;
	size_t i;

	for (i = 0; i < text.len; i++) {
		state = dfa_step(d, state, (uint8_t)text.ptr[i]);
		if (state == DFA_NONE)
			return false;
	}
	return d->accepts[state];
}

bool dfa_empty(const struct dfa *d)
{
	return d->n_states == 1 && !d->accepts[0];
}

uint32_t dfa_states(const struct dfa *d)
{
	return d->n_states;
}

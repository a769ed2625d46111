/* SPDX-License-Identifier: Apache-2.0
 *
 * spell.c - an expression for the language of an automaton.  States are taken
 * out one by one, the cheapest first, and edges labelled with expressions take
 * their place.  Runs and repetitions of one thing are counted, so that
 * [0-9a-f]{64} comes back as it was written.
 */
#include "automaton.h"

#include "../base/bytes.h"

/* Longer than that nobody reads; deeper than that regex.c does not parse. */
enum { LONGEST = 20000, DEEPEST = 150 };
#define ENDLESS UINT32_MAX

enum term_kind { TERM_NOTHING, TERM_SET, TERM_ALL_OF, TERM_ONE_OF, TERM_REPEAT };
/* NULL is the empty language; TERM_NOTHING the empty string. */
struct term {
	enum term_kind kind;
	struct byte_set set;
	const struct term **kids;
	uint32_t n;
	uint32_t min, max;              /* REPEAT, of kids[0] */
	uint32_t size, depth;
};

struct speller {
	struct arena arena;
	uint32_t n;                     /* states, and two: before the first, after the last */
	const struct term **edges;      /* n x n */
	bool *is_out;
	bool too_large;
};

/* ---- terms ------------------------------------------------------------------ */

static struct term *new_term(struct speller *s, enum term_kind kind, uint32_t n)
{
	struct term *t = arena_new(&s->arena, struct term);

	t->kind = kind;
	t->kids = arena_array(&s->arena, n + 1, const struct term *);
	t->size = 1;
	return t;
}

static void add_kid(struct speller *s, struct term *t, const struct term *kid)
{
	t->kids[t->n++] = kid;
	t->size += kid->size;
	if (kid->depth + 1 > t->depth)
		t->depth = kid->depth + 1;
	if (t->size > LONGEST || t->depth > DEEPEST)
		s->too_large = true;
}

static bool same(const struct term *l, const struct term *r)
{
	if (l == r)
		return true;
	if (l->kind != r->kind || l->n != r->n || l->size != r->size || l->min != r->min || l->max != r->max)
		return false;
	if (memcmp(&l->set, &r->set, sizeof(l->set)) != 0)
		return false;
	for (uint32_t i = 0; i < l->n; i++)
		if (!same(l->kids[i], r->kids[i]))
			return false;
	return true;
}

static const struct term *repeat(struct speller *s, const struct term *of, uint32_t min, uint32_t max)
{
	struct term *t;

	if (of->kind == TERM_NOTHING || (min == 1 && max == 1))
		return of;
	t = new_term(s, TERM_REPEAT, 1);
	t->min = min;
	t->max = max;
	add_kid(s, t, of);
	return t;
}

static const struct term *star(struct speller *s, const struct term *of)
{
	if (of->kind == TERM_REPEAT && of->min <= 1)
		of = of->kids[0];
	return repeat(s, of, 0, ENDLESS);
}

static const struct term *perhaps(struct speller *s, const struct term *of)
{
	if (of->kind == TERM_REPEAT && of->min <= 1)
		return repeat(s, of->kids[0], 0, of->max);
	return repeat(s, of, 0, 1);
}

static uint32_t sum(uint32_t l, uint32_t r)
{
	return l == ENDLESS || r == ENDLESS ? ENDLESS : l + r;
}

/* The parts of a sequence, and of one that repeats: what and how often. */
static void append(struct speller *s, struct term *run, const struct term *part)
{
	const struct term *last, *what = part->kind == TERM_REPEAT ? part->kids[0] : part, *last_what;
	uint32_t min = part->kind == TERM_REPEAT ? part->min : 1;
	uint32_t max = part->kind == TERM_REPEAT ? part->max : 1;

	if (part->kind == TERM_NOTHING)
		return;
	for (uint32_t i = 0; part->kind == TERM_ALL_OF && i < part->n; i++)
		append(s, run, part->kids[i]);
	if (part->kind == TERM_ALL_OF)
		return;
	last = run->n == 0 ? NULL : run->kids[run->n - 1];
	last_what = last != NULL && last->kind == TERM_REPEAT ? last->kids[0] : last;
	if (last == NULL || !same(last_what, what)) {
		add_kid(s, run, part);
		return;
	}
	min = sum(min, last->kind == TERM_REPEAT ? last->min : 1);
	max = sum(max, last->kind == TERM_REPEAT ? last->max : 1);
	run->n--;
	run->size -= last->size;
	add_kid(s, run, repeat(s, what, min, max));
}

static const struct term *sequence(struct speller *s, const struct term *l, const struct term *r)
{
	uint32_t room = (l->kind == TERM_ALL_OF ? l->n : 1) + (r->kind == TERM_ALL_OF ? r->n : 1);
	struct term *run = new_term(s, TERM_ALL_OF, room);

	append(s, run, l);
	append(s, run, r);
	if (run->n == 0)
		return new_term(s, TERM_NOTHING, 0);
	return run->n == 1 ? run->kids[0] : run;
}

static const struct term *either(struct speller *s, const struct term *l, const struct term *r)
{
	const struct term *const both[2] = { l, r };
	struct term *t;

	if (l == NULL || r == NULL)
		return l == NULL ? r : l;
	if (same(l, r))
		return l;
	if (l->kind == TERM_NOTHING || r->kind == TERM_NOTHING)
		return perhaps(s, l->kind == TERM_NOTHING ? r : l);
	if (l->kind == TERM_SET && r->kind == TERM_SET) {
		t = new_term(s, TERM_SET, 0);
		for (size_t i = 0; i < sizeof(t->set.bits); i++)
			t->set.bits[i] = (uint8_t)(l->set.bits[i] | r->set.bits[i]);
		return t;
	}
	t = new_term(s, TERM_ONE_OF, (l->kind == TERM_ONE_OF ? l->n : 1) + (r->kind == TERM_ONE_OF ? r->n : 1));
	for (uint32_t i = 0; i < 2; i++)
		for (uint32_t j = 0; j < (both[i]->kind == TERM_ONE_OF ? both[i]->n : 1); j++)
			add_kid(s, t, both[i]->kind == TERM_ONE_OF ? both[i]->kids[j] : both[i]);
	return t;
}

/* ---- states ------------------------------------------------------------------- */

static const struct term **edge(struct speller *s, uint32_t from, uint32_t to)
{
	return &s->edges[(size_t)from * s->n + to];
}

static void add_byte(struct speller *s, uint32_t from, uint32_t to, unsigned byte)
{
	struct term *t = new_term(s, TERM_SET, 0);

	byte_set_add(&t->set, byte);
	*edge(s, from, to) = either(s, *edge(s, from, to), t);
}

static void load(struct speller *s, const struct dfa *d)
{
	uint32_t first = d->n_states, last = d->n_states + 1;

	s->n = d->n_states + 2;
	s->edges = arena_array(&s->arena, (size_t)s->n * s->n, const struct term *);
	s->is_out = arena_array(&s->arena, s->n, bool);
	*edge(s, first, 0) = new_term(s, TERM_NOTHING, 0);
	for (uint32_t q = 0; q < d->n_states; q++) {
		for (unsigned byte = 0; byte < 256; byte++)
			if (dfa_step(d, q, (uint8_t)byte) != DFA_NONE)
				add_byte(s, q, dfa_step(d, q, (uint8_t)byte), byte);
		if (d->accepts[q])
			*edge(s, q, last) = new_term(s, TERM_NOTHING, 0);
	}
}

/* What taking a state out costs: its ways through, by their length. */
static uint64_t price(struct speller *s, uint32_t q)
{
	uint64_t in = 0, out = 0, size_in = 0, size_out = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		const struct term *from = *edge(s, i, q), *to = *edge(s, q, i);

		if (i == q || s->is_out[i])
			continue;
		in += from != NULL;
		out += to != NULL;
		size_in += from == NULL ? 0 : from->size;
		size_out += to == NULL ? 0 : to->size;
	}
	return (in * out << 32) + size_in * out + size_out * in;
}

static void take_out(struct speller *s, uint32_t q)
{
	const struct term *loop = *edge(s, q, q), *around = loop == NULL ? NULL : star(s, loop);

	s->is_out[q] = true;
	for (uint32_t i = 0; i < s->n && !s->too_large; i++) {
		const struct term *in = *edge(s, i, q);

		if (s->is_out[i] || in == NULL)
			continue;
		if (around != NULL)
			in = sequence(s, in, around);
		for (uint32_t j = 0; j < s->n && !s->too_large; j++)
			if (!s->is_out[j] && *edge(s, q, j) != NULL)
				*edge(s, i, j) = either(s, *edge(s, i, j), sequence(s, in, *edge(s, q, j)));
	}
}

/* ---- writing -------------------------------------------------------------------- */

static void write_byte(struct bytes *b, unsigned byte, const char *special)
{
	if (byte == '\n' || byte == '\t' || byte == '\r')
		bytes_printf(b, "\\%c", byte == '\n' ? 'n' : byte == '\t' ? 't' : 'r');
	else if (byte < 0x20 || byte >= 0x7f)
		bytes_printf(b, "\\x%02x", byte);
	else
		bytes_printf(b, "%s%c", strchr(special, (int)byte) != NULL ? "\\" : "", (int)byte);
}

static void write_set(struct bytes *b, const struct byte_set *set)
{
	unsigned n = 0, byte, end;
	bool negated;

	for (byte = 0; byte < 256; byte++)
		n += byte_set_has(set, byte);
	for (byte = 0; n == 1 && byte < 256; byte++)
		if (byte_set_has(set, byte))
			write_byte(b, byte, "\\/.+*?()|[]{}^$");
	if (n == 1)
		return;
	if (n == 256 || (n == 255 && !byte_set_has(set, '\n'))) {
		bytes_printf(b, n == 256 ? "\\C" : ".");
		return;
	}
	negated = n > 128;
	bytes_printf(b, negated ? "[^" : "[");
	for (byte = 0; byte < 256; byte = end + 1) {
		end = byte;
		if (byte_set_has(set, byte) == negated)
			continue;
		while (end < 255 && byte_set_has(set, end + 1) != negated)
			end++;
		write_byte(b, byte, "\\/[]^-");
		if (end > byte + 1)
			bytes_printf(b, "-");
		if (end > byte)
			write_byte(b, end, "\\/[]^-");
	}
	bytes_printf(b, "]");
}

static void write_term(struct bytes *b, const struct term *t);

static void write_within(struct bytes *b, const struct term *t, bool open)
{
	bytes_printf(b, open ? "(" : "");
	write_term(b, t);
	bytes_printf(b, open ? ")" : "");
}

static void write_counts(struct bytes *b, uint32_t min, uint32_t max)
{
	if (max == ENDLESS && min <= 1)
		bytes_printf(b, min == 0 ? "*" : "+");
	else if (max == ENDLESS)
		bytes_printf(b, "{%u,}", (unsigned)min);
	else if (min == 0 && max == 1)
		bytes_printf(b, "?");
	else if (min == max)
		bytes_printf(b, "{%u}", (unsigned)min);
	else
		bytes_printf(b, "{%u,%u}", (unsigned)min, (unsigned)max);
}

/* What is short is written out. */
static void write_repeat(struct bytes *b, const struct term *t)
{
	if (t->min == t->max && t->min == 2 && t->kids[0]->kind == TERM_SET) {
		write_term(b, t->kids[0]);
		write_term(b, t->kids[0]);
		return;
	}
	write_within(b, t->kids[0], t->kids[0]->kind != TERM_SET);
	write_counts(b, t->min, t->max);
}

static void write_term(struct bytes *b, const struct term *t)
{
	switch (t->kind) {
	case TERM_NOTHING:
		break;
	case TERM_SET:
		write_set(b, &t->set);
		break;
	case TERM_REPEAT:
		write_repeat(b, t);
		break;
	case TERM_ALL_OF:
		for (uint32_t i = 0; i < t->n; i++)
			write_within(b, t->kids[i], t->kids[i]->kind == TERM_ONE_OF);
		break;
	case TERM_ONE_OF:
		for (uint32_t i = 0; i < t->n; i++) {
			bytes_printf(b, i == 0 ? "" : "|");
			write_term(b, t->kids[i]);
		}
		break;
	}
}

struct str dfa_spell(struct arena *a, const struct dfa *d)
{
	struct speller s = { .n = 0 };
	struct bytes b = { .arena = a };
	const struct term *whole;

	load(&s, d);
	for (uint32_t left = d->n_states; left > 0 && !s.too_large; left--) {
		uint32_t best = DFA_NONE;

		for (uint32_t q = d->n_states; q-- > 0;)
			if (!s.is_out[q] && (best == DFA_NONE || price(&s, q) < price(&s, best)))
				best = q;
		take_out(&s, best);
	}
	whole = *edge(&s, d->n_states, d->n_states + 1);
	if (whole == NULL)
		bytes_printf(&b, "[^\\x00-\\xff]");
	else if (!s.too_large)
		write_term(&b, whole);
	if (whole != NULL && s.too_large)
		b = (struct bytes){ .arena = a };
	arena_clear(&s.arena);
	return bytes_str(&b);
}

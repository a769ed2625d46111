/* SPDX-License-Identifier: Apache-2.0
 *
 * wish.c - see wish.h.
 */
#include "wish.h"

/* A walk's datum outlives the walk only as a copy. */
static struct datum keep_datum(struct arena *a, const struct datum *d)
{
	struct datum copy = { .type = d->type, .word = d->word };
	struct datum *items;
	uint32_t i;

	if (d->hole != NULL && BC_SHAPE(d->type) == BC_ONE) {
		copy.word = d->hole->word;
		copy.text = arena_copy(a, d->hole->text.ptr, d->hole->text.len);
	} else if (d->text.len != 0) {
		copy.text = arena_copy(a, d->text.ptr, d->text.len);
	}
	items = arena_array(a, d->n_items, struct datum);
	for (i = 0; i < d->n_items; i++)
		items[i] = keep_datum(a, &d->items[i]);
	copy.items = items;
	copy.n_items = d->n_items;
	return copy;
}

/* Something of the request that is not known yet. */
static bool is_vague(const struct datum *d)
{
	return d->hole != NULL && d->hole->wished && !d->hole->fixed;
}

static bool has_open_key(const struct wish *w)
{
	return w->has_key && w->key.hole != NULL && !w->key.hole->fixed;
}

static struct wish keep_wish(struct arena *a, const struct wish *w)
{
	struct wish copy = { .kind = w->kind, .var = w->var };

	/* A key that the request has fixed by now is asked for by name. */
	copy.has_key = w->has_key && !has_open_key(w);
	if (copy.has_key)
		copy.key = keep_datum(a, &w->key);
	copy.value = keep_datum(a, &w->value);
	return copy;
}

static struct datum key_now(const struct wish *w)
{
	struct datum key = w->key;

	if (key.hole != NULL) {
		key.word = key.hole->word;
		key.text = key.hole->text;
	}
	return key;
}

static bool is_of_same_key(const struct wish *w, const struct wish *also)
{
	struct datum key = key_now(w), other = key_now(also);

	if (also->holds)
		return w->has_key && !has_open_key(w) && key.type == other.type && datum_equal(&key, &other);
	return has_open_key(w) && also->key.hole == w->key.hole;
}

uint32_t wish_keep_all(struct arena *a, const struct synth *s, struct wish **kept)
{
	struct wish *wishes = arena_array(a, (size_t)s->n_wishes + 1, struct wish), *also;
	uint32_t i, j, n = 0;

	for (i = 0; i < s->n_wishes; i++) {
		const struct wish *w = &s->wishes[i];

		if (w->holds || is_vague(&w->value))
			continue;
		wishes[n] = keep_wish(a, w);
		for (j = s->n_wishes; j-- > 0;) {
			if (j == i || !is_of_same_key(w, &s->wishes[j]))
				continue;
			if (is_vague(&s->wishes[j].value)) {
				wishes[n].waits = true;
				continue;
			}
			also = arena_new(a, struct wish);
			*also = keep_wish(a, &s->wishes[j]);
			also->also = wishes[n].also;
			wishes[n].also = also;
		}
		n++;
	}
	*kept = wishes;
	return n;
}

/* Whether all that the wish says of its key is among what another one says. */
static bool is_among(const struct wish *w, const struct wish *whole)
{
	const struct wish *in;

	for (; w != NULL; w = w->also) {
		for (in = whole; in != NULL; in = in->also)
			if (w->kind == in->kind && w->var == in->var &&
			    (w->kind == WISH_KEY || datum_equal(&w->value, &in->value)))
				break;
		if (in == NULL)
			return false;
	}
	return true;
}

bool wish_same(const struct wish *l, const struct wish *r)
{
	return l->has_key == r->has_key && (!l->has_key || datum_equal(&l->key, &r->key)) &&
	    is_among(l, r) && is_among(r, l);
}

uint32_t wish_weight(const struct wish *w)
{
	return (w->waits ? 0u : 4u) + (w->kind == WISH_VALUE || w->kind == WISH_CONTAINS ? 2u : 0u) +
	    (w->has_key ? 1u : 0u);
}

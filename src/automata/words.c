/* SPDX-License-Identifier: Apache-2.0
 *
 * words.c - words of a language: how many there are of each length, and so
 * which one is the nth.
 */
#include "automaton.h"

/* Bytes in the order in which people like to read them. */
static void preferred_order(uint8_t order[256])
{
	static const char liked[] = "abcdefghijklmnopqrstuvwxyz0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-./:=,+@%";
	bool used[256] = { false };
	uint32_t n = 0, byte, round;

	for (n = 0; n < sizeof(liked) - 1; n++) {
		order[n] = (uint8_t)liked[n];
		used[order[n]] = true;
	}
	for (round = 0; round < 2; round++) {
		for (byte = 0; byte < 256; byte++) {
			if (used[byte] || (round == 0 && (byte < 0x20 || byte > 0x7e)))
				continue;
			used[byte] = true;
			order[n++] = (uint8_t)byte;
		}
	}
}

static uint64_t add(uint64_t l, uint64_t r)
{
	return l > UINT64_MAX - r ? UINT64_MAX : l + r;
}

/* How many words of one more byte there are from each state. */
static bool count_longer(const struct dfa *d, const uint64_t *shorter, uint64_t *counts)
{
	uint32_t q, byte, next;
	bool any = false;

	for (q = 0; q < d->n_states; q++) {
		for (byte = 0; byte < 256; byte++) {
			next = dfa_step(d, q, (uint8_t)byte);
			if (next != DFA_NONE)
				counts[q] = add(counts[q], shorter[next]);
		}
		any = any || counts[q] != 0;
	}
	return any;
}

/* The nth word of `len` bytes; counts[i] are those of i bytes. */
static struct str spell(struct arena *a, const struct dfa *d, uint64_t **counts, uint32_t len,
    uint64_t nth)
{
	char *text = arena_alloc(a, (size_t)len + 1);
	uint32_t state = 0, at, i, next;
	uint8_t order[256];

	preferred_order(order);
	for (at = 0; at < len; at++) {
		for (i = 0; i < 256; i++) {
			next = dfa_step(d, state, order[i]);
			if (next == DFA_NONE)
				continue;
			if (nth < counts[len - at - 1][next])
				break;
			nth -= counts[len - at - 1][next];
		}
		text[at] = (char)order[i & 0xff];
		state = dfa_step(d, state, order[i & 0xff]);
	}
	return (struct str){ text, len };
}

bool dfa_word(struct arena *a, const struct dfa *d, uint32_t nth, struct str *word)
{
	struct arena scratch = { 0 };
	uint64_t **counts = NULL, left = nth;
	uint32_t cap = 0, len, q;
	bool any = true, found = false;

	for (len = 0; any && !found; len++) {
		arena_push(&scratch, counts, len, cap);
		counts[len] = arena_array(&scratch, d->n_states, uint64_t);
		if (len == 0)
			for (q = 0; q < d->n_states; q++)
				counts[0][q] = d->accepts[q];
		else
			any = count_longer(d, counts[len - 1], counts[len]);
		found = left < counts[len][0];
		if (found)
			*word = spell(a, d, counts, len, left);
		else
			left -= counts[len][0];
	}
	arena_clear(&scratch);
	return found;
}

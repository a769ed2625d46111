/* SPDX-License-Identifier: Apache-2.0
 *
 * names.c - sets of names, and the nearest name to one that is unknown.
 */
#include "resolve.h"

enum { FIRST_SLOTS = 16, LONGEST_SUGGESTED = 64 };

static uint32_t hash(struct str name)
{
	uint32_t h = UINT32_C(2166136261);
	size_t i;

	for (i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.ptr[i]) * UINT32_C(16777619);
	return h;
}

/* The slot of a name, or the free one where it belongs. */
static uint32_t find_slot(const struct names *names, struct str name)
{
	uint32_t at = hash(name) & (names->cap - 1);

	while (names->slots[at] != NULL && !str_equal(names->slots[at]->name.text, name))
		at = (at + 1) & (names->cap - 1);
	return at;
}

struct symbol *names_find(const struct names *names, struct str name)
{
	return names->cap == 0 ? NULL : names->slots[find_slot(names, name)];
}

static void grow(struct cpolc *c, struct names *names)
{
	struct names more = { .n = names->n };
	uint32_t i;

	more.cap = names->cap == 0 ? FIRST_SLOTS : names->cap * 2;
	more.slots = arena_array(&c->arena, more.cap, struct symbol *);
	for (i = 0; i < names->cap; i++) {
		if (names->slots[i] != NULL)
			more.slots[find_slot(&more, names->slots[i]->name.text)] = names->slots[i];
	}
	*names = more;
}

struct symbol *names_add(struct cpolc *c, struct names *names, struct symbol *symbol)
{
	uint32_t at;

	/* At most two thirds full, so that a search ends soon. */
	if (names->n >= names->cap / 3 * 2)
		grow(c, names);
	at = find_slot(names, symbol->name.text);
	if (names->slots[at] != NULL)
		return names->slots[at];
	names->slots[at] = symbol;
	names->n++;
	return NULL;
}

bool names_declare(struct cpolc *c, struct names *names, struct symbol *symbol, const char *what)
{
	const struct symbol *old = names_add(c, names, symbol);

	if (old == NULL)
		return true;
	diag_error(c->diag, symbol->name.loc, DIAG_DUPLICATE_NAME, "%s '%.*s' has a name that is taken", what,
	    STR_ARG(symbol->name.text));
	/* What a compiled policy has is nowhere in a source. */
	diag_note(c->diag, old->name.loc, old->name.loc.source == NULL ? "the policy has it"
	    : "which is this");
	return false;
}

/* How many letters must be put in, left out or changed (Levenshtein). */
static uint32_t distance(struct str a, struct str b)
{
	uint32_t row[LONGEST_SUGGESTED + 1], corner, above, i, j;

	for (j = 0; j <= b.len; j++)
		row[j] = j;
	for (i = 1; i <= a.len; i++) {
		corner = row[0];
		row[0] = i;
		for (j = 1; j <= b.len; j++) {
			above = row[j];
			if (a.ptr[i - 1] != b.ptr[j - 1])
				corner++;
			if (above + 1 < corner)
				corner = above + 1;
			if (row[j - 1] + 1 < corner)
				corner = row[j - 1] + 1;
			row[j] = corner;
			corner = above;
		}
	}
	return row[b.len];
}

/* Whether letters of the name in their order, from its first on, are all of it. */
static bool is_abbreviation(struct str text, struct str name)
{
	size_t i, at = 0;

	if (text.len < 3 || name.len == 0 || text.ptr[0] != name.ptr[0])
		return false;
	for (i = 0; i < name.len && at < text.len; i++)
		at += text.ptr[at] == name.ptr[i];
	return at == text.len;
}

void suggest(struct suggestion *s, struct str name)
{
	uint32_t away;

	if (name.len > LONGEST_SUGGESTED || s->wanted.len > LONGEST_SUGGESTED)
		return;
	away = distance(s->wanted, name);
	/* A third of the letters at most, and of equals the first by its bytes. */
	if ((away > (s->wanted.len + 2) / 3 || away >= name.len) && !is_abbreviation(s->wanted, name))
		return;
	if (s->best.ptr == NULL || away < s->distance
	    || (away == s->distance && str_compare(name, s->best) < 0)) {
		s->best = name;
		s->distance = away;
	}
}

void suggest_names(struct suggestion *s, const struct names *names)
{
	uint32_t i;

	for (i = 0; i < names->cap; i++) {
		if (names->slots[i] != NULL)
			suggest(s, names->slots[i]->name.text);
	}
}

struct str suggestion_text(struct cpolc *c, const struct suggestion *s)
{
	if (s->best.ptr == NULL)
		return (struct str){ "", 0 };
	return arena_printf(&c->arena, "; did you mean '%.*s'?", STR_ARG(s->best));
}

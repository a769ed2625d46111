/* SPDX-License-Identifier: Apache-2.0
 *
 * places.c - see places.h.  The text is UTF-8, or libyaml has refused it before
 * anybody asks for what is behind the first wrong byte.
 */
#include "places.h"

enum { PLACES_STEP = 256 };

static bool starts_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

void places_init(struct arena *a, struct places *p, struct str text)
{
	size_t i, characters = 0;

	p->text = text;
	p->marks = arena_array(a, text.len / PLACES_STEP + 1, uint32_t);
	p->n_marks = 0;
	for (i = 0; i < text.len; i++)
		if (starts_character(text.ptr[i]) && characters++ % PLACES_STEP == 0)
			p->marks[p->n_marks++] = (uint32_t)i;
}

uint32_t places_byte(const struct places *p, size_t character)
{
	size_t mark = character / PLACES_STEP, left = character % PLACES_STEP, at;

	if (mark >= p->n_marks)
		return (uint32_t)p->text.len;
	for (at = p->marks[mark]; at < p->text.len; at++)
		if (starts_character(p->text.ptr[at]) && left-- == 0)
			break;
	return (uint32_t)at;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * places.h - libyaml counts characters, places count bytes.
 */
#ifndef COCOAPOL_PLACES_H
#define COCOAPOL_PLACES_H

#include "../base/arena.h"

struct places {
	struct str text;
	uint32_t *marks;                /* byte offset of every PLACES_STEPth character */
	size_t n_marks;
};

void places_init(struct arena *a, struct places *p, struct str text);
/* The byte that a character begins at; the end of the text for what is past it. */
uint32_t places_byte(const struct places *p, size_t character);

#endif

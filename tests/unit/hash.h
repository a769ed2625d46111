/* SPDX-License-Identifier: Apache-2.0
 *
 * hash.h - a value of the state as a number, to see whether it changed.
 */
#ifndef COCOAPOL_TEST_HASH_H
#define COCOAPOL_TEST_HASH_H

#include <string.h>

#include "runtime/state.h"

static inline uint64_t hash(uint64_t h, const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ ((const uint8_t *)bytes)[i]) * UINT64_C(0x100000001b3);
	return h;
}

static inline uint64_t hash_value(uint64_t h, const struct value *v)
{
	size_t len = 0;

	h = hash(h, &v->n, sizeof(v->n));
	if (v->kind == V_WORD || v->kind == V_RANGE)
		h = hash(h, &v->word, sizeof(v->word));
	if (v->kind == V_BYTES)
		len = v->n;
	else if (v->kind == V_RANGE && v->mask != NULL)
		len = (v->n + 7) / 8;
	else if (v->kind == V_WORDS)
		len = 4 * (size_t)v->n;
	else if (v->kind == V_CELLS)
		len = 8 * (size_t)v->n;
	for (uint32_t i = 0; v->kind == V_STRINGS && i < v->n; i++) {
		uint32_t n;

		memcpy(&n, v->ptr + (size_t)i * v->stride, 4);
		h = hash(h, v->ptr + (size_t)i * v->stride, 4 + n);
	}
	return hash(h, v->kind == V_RANGE ? v->mask : v->ptr, len);
}

#endif

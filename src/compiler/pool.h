/* SPDX-License-Identifier: Apache-2.0
 *
 * pool.h - the pools of canon.h as sorted arrays.
 */
#ifndef COCOAPOL_POOL_H
#define COCOAPOL_POOL_H

#include "canon.h"

#define POOL_NONE UINT32_MAX

/* The bytes are borrowed. */
void pool_add(struct pool *p, struct arena *a, const void *ptr, size_t len);
void pool_sort(struct pool *p);
/* POOL_NONE if it is not there. */
uint32_t pool_find(const struct pool *p, const void *ptr, size_t len);
bool pool_drop_unused(struct pool *p);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * cases.h - on what to distinguish cases, so that each is a contradiction.
 */
#ifndef COCOAPOL_CASES_H
#define COCOAPOL_CASES_H

#include "../check/ground.h"

/* In the order of a certificate. */
struct case_list {
	uint32_t *nodes;
	uint32_t n, cap;
};

/* False if none were found that are few enough.  Leaves *g in the state that it
 * found it in. */
bool cases_find(struct arena *a, struct ground *g, uint32_t most, struct case_list *list);

#endif

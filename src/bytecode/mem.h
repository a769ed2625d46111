/* SPDX-License-Identifier: Apache-2.0
 *
 * mem.h - the four functions that compilers call unasked, and so the only ones
 * that the guest must bring; byte strings compared the one way used everywhere.
 */
#ifndef COCOAPOL_MEM_H
#define COCOAPOL_MEM_H

#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);

/* Below 0, 0 or above 0: by memcmp, then the shorter first. */
int bc_compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

#endif

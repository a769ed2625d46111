/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz.h - the one function that a fuzz target has; libFuzzer's name for it.
 */
#ifndef COCOAPOL_FUZZ_H
#define COCOAPOL_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Aborts if anything is wrong.  1: the bytes were valid; driver.c counts it. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#endif

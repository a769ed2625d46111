/* SPDX-License-Identifier: Apache-2.0
 *
 * twin.c - the interpreter against the lifter, of a policy, states and requests that
 * the fuzzer chooses.
 */
#include "../verify/twin.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	twin_policy((struct chance){ .state = 1, .bytes = bytes, .left = len }, 0);
	return 1;
}

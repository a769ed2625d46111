/* SPDX-License-Identifier: Apache-2.0
 *
 * sequence.c - what the hostile host asks, chosen by the fuzzer: the bytes are its
 * choices of events, fields and near misses, so that every input is a sequence
 * of requests that are nearly right.  Of the policy and the requests in the files
 * named by COCOAPOL_FUZZ_POLICY and COCOAPOL_FUZZ_REQUESTS.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../hostile/hostile.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static bool is_started;

	if (!is_started && !hostile_start(getenv("COCOAPOL_FUZZ_POLICY"), getenv("COCOAPOL_FUZZ_REQUESTS"))) {
		fputs("COCOAPOL_FUZZ_POLICY, COCOAPOL_FUZZ_REQUESTS: no policy or no requests\n", stderr);
		exit(2);
	}
	is_started = true;
	return hostile_play((struct chance){ .state = 1, .bytes = bytes, .left = len }) > 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * json.c - any text as requests in JSON, for the policy of the file named by
 * COCOAPOL_FUZZ_POLICY.  What is read without an error encodes to bytes that the
 * guest takes for a request, and these are the bytes of the JSON made from them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "fuzz.h"
#include "request/request.h"
#include "runtime/state.h"

static struct arena kept;
static struct cpol_policy policy;
static struct cpol_group group;

static void require(bool is_so)
{
	if (!is_so)
		abort();
}

static void start(void)
{
	const char *path = getenv("COCOAPOL_FUZZ_POLICY");
	struct str bytes;
	size_t len;

	if (path == NULL || file_read(&kept, path, BC_LEN_MAX, &bytes) != 0 ||
	    cpol_open(&policy, bytes.ptr, bytes.len, NULL) != BC_OK)
		exit(2);
	len = cpol_memory(&policy, NULL);
	if (cpol_init(&group, &policy, arena_alloc(&kept, len), len, NULL) != BC_OK)
		exit(2);
}

static void there_and_back(struct arena *a, struct str bytes)
{
	struct cpol_event event = { bytes.ptr, bytes.len };
	struct request r = request_decode(a, &policy.bc, bytes);
	json_t *json = request_to_json(&policy.bc, &r);
	struct request again;
	struct str other, error;

	require(cpol_decide(&group, &event).reason != CPOL_BAD_REQUEST);
	cpol_abort(&group);
	require(request_of_json(a, &policy.bc, json, &again, &error) == 0);
	require(request_encode(a, &policy.bc, &again, &other, &error) == 0 && str_equal(bytes, other));
	(void)request_to_text(a, &policy.bc, &r);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena a = { 0 };
	struct request_item *items;
	struct str error;
	uint32_t n = 0, valid = 0;

	if (policy.bc.bytes == NULL)
		start();
	for (enum request_form form = REQUEST_OWN; form <= REQUEST_HCSSHIM; form++) {
		if (request_read(&a, &policy.bc, (struct str){ (const char *)bytes, len }, form, NULL, &items, &n,
		    &error) != 0)
			continue;
		for (uint32_t i = 0; i < n; i++) {
			if (items[i].error.len == 0)
				there_and_back(&a, items[i].bytes);
			valid += items[i].error.len == 0;
		}
	}
	arena_clear(&a);
	return valid > 0;
}

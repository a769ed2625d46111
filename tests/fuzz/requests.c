/* SPDX-License-Identifier: Apache-2.0
 *
 * requests.c - the bytes of each request of a JSON file, as seeds:
 *   requests POLICY.cpb REQUESTS.json DIR     writes DIR/0, DIR/1, ...
 */
#include <stdio.h>

#include "base/file.h"
#include "request/request.h"

int main(int argc, char **argv)
{
	static struct bc_policy policy;
	struct arena arena = { 0 };
	struct request_item *items;
	struct str bytes, text, error;
	uint32_t n;

	if (argc != 4 || file_read(&arena, argv[1], BC_LEN_MAX, &bytes) != 0
	    || file_read(&arena, argv[2], BC_LEN_MAX, &text) != 0
	    || bc_open(&policy, bytes.ptr, bytes.len, NULL) != BC_OK
	    || request_read(&arena, &policy, text, REQUEST_OWN, NULL, &items, &n, &error) != 0) {
		fputs("usage: requests POLICY.cpb REQUESTS.json DIR\n", stderr);
		return 2;
	}
	for (uint32_t i = 0; i < n; i++) {
		struct str path = arena_printf(&arena, "%s/%u", argv[3], i);

		if (items[i].error.len == 0
		    && file_write(path.ptr, items[i].bytes.ptr, items[i].bytes.len) != 0)
			return 2;
	}
	arena_clear(&arena);
	return 0;
}

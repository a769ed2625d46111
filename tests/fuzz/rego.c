/* SPDX-License-Identifier: Apache-2.0
 *
 * rego.c - any bytes as a Rego policy: it is read or complained of, and what is
 * read becomes a policy's text or is complained of.
 */
#include "fuzz.h"
#include "import/import.h"
#include "tree_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct import_options options = { .folder = "." };
	struct arena arena = { 0 };
	struct diag diag = { .out = NULL };
	struct source source = { STR("fuzz.rego"), arena_copy(&arena, bytes, len) };
	struct import im = { .arena = &arena, .diag = &diag, .options = &options };
	struct document document;
	int result = 0;

	if (document_rego(&arena, &diag, &source, &document) != 0) {
		require(diag.n_errors > 0);
	} else {
		require(diag.n_errors == 0 && document.n == 1);
		require_tree(document.roots[0], &source);
		import_hcsshim(&im, document.roots[0]);
		require(im.n_groups == 1);
		require(group_write(&arena, im.groups[0]).len != 0);
		result = diag.n_errors == 0;
	}
	arena_clear(&arena);
	return result;
}

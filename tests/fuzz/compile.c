/* SPDX-License-Identifier: Apache-2.0
 *
 * compile.c - any text as a source, alone (a framework) or, if it begins with
 * "policy", over the framework of the file named by COCOAPOL_FUZZ_FRAMEWORK.  It is
 * refused with a complaint, or it compiles, twice to the same bytes; emit() itself
 * ends the program if bc_open() refuses them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "bytecode/bytecode.h"
#include "compiler/compile.h"
#include "compiler/emit.h"
#include "fuzz.h"

static void require(bool is_so)
{
	if (!is_so)
		abort();
}

/* False: it is refused. */
static bool compile(struct arena *a, struct str framework, struct str text, struct canonical *image)
{
	struct diag d = { .out = NULL };
	struct cpolc *c = cpolc_new(&d);
	const struct ir_policy *ir = NULL;
	bool is_policy = text.len > 6 && memcmp(text.ptr, "policy", 6) == 0, compiles = false;

	if ((!is_policy || cpolc_add(c, "framework", framework) == 0) && cpolc_add(c, "text", text) == 0)
		ir = cpolc_lower(c);
	if (ir != NULL)
		compiles = emit(a, ir, &d, image) == 0;
	require(compiles == (d.n_errors == 0));
	if (compiles)
		*image = (struct canonical){ .ptr = (const uint8_t *)arena_copy(a, (const char *)image->ptr, image->len).ptr,
		    .len = image->len };
	cpolc_free(c);
	return compiles;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct arena kept;
	static struct str framework;
	struct arena a = { 0 };
	struct canonical image, again;
	struct str text = arena_copy(&a, (const char *)bytes, len);
	const char *path = getenv("COCOAPOL_FUZZ_FRAMEWORK");
	bool compiles;

	if (framework.ptr == NULL && (path == NULL || file_read(&kept, path, BC_LEN_MAX, &framework) != 0))
		exit(2);
	compiles = compile(&a, framework, text, &image);
	if (compiles) {
		require(compile(&a, framework, text, &again));
		require(image.len == again.len && memcmp(image.ptr, again.ptr, image.len) == 0);
	}
	arena_clear(&a);
	return compiles;
}

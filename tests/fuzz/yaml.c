/* SPDX-License-Identifier: Apache-2.0
 *
 * yaml.c - any bytes as a file of Kubernetes, compose or ARM, in YAML or JSON: it
 * is read or complained of, and what is read becomes policies' texts that can be
 * parsed, or is complained of.
 */
#include "compiler/fmt.h"
#include "fuzz.h"
#include "import/import.h"
#include "tree_part.h"

/* As cocoapolc tells them apart, roughly. */
static void import_roots(struct import *im, const struct document *document)
{
	struct node *const *roots = document->roots;
	uint32_t i;

	for (i = 0; i < document->n; i++) {
		if (node_find(roots[i], "services") != NULL)
			import_compose(im, roots[i]);
		else if (node_find(roots[i], "resources") != NULL)
			import_aci(im, roots[i]);
	}
	if (im->n_groups == 0 && im->diag->n_errors == 0)
		import_kubernetes(im, document->roots, document->n);
}

static void require_texts(struct import *im)
{
	struct source source = { STR("made.cpol"), { NULL, 0 } };
	struct str text;
	uint32_t i;

	for (i = 0; i < im->n_groups && im->diag->n_errors == 0; i++) {
		source.text = group_write(im->arena, im->groups[i]);
		require(fmt_source(im->arena, &source, im->diag, &text) == 0 && im->diag->n_errors == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct import_options options = { .folder = "/nowhere", .assume_images = true };
	struct arena arena = { 0 };
	struct diag diag = { .out = NULL };
	struct source source = { STR("fuzz.yaml"), arena_copy(&arena, bytes, len) };
	struct import im = { .arena = &arena, .diag = &diag, .options = &options };
	struct document document;
	int result = 0;
	uint32_t i;

	im.images = images_new(&arena, &diag, STR("none"), STR(""));
	if (document_yaml(&arena, &diag, &source, &document) != 0) {
		require(diag.n_errors > 0);
	} else {
		require(diag.n_errors == 0);
		for (i = 0; i < document.n; i++)
			require_tree(document.roots[i], &source);
		import_roots(&im, &document);
		require_texts(&im);
		result = diag.n_errors == 0;
	}
	images_free(im.images);
	arena_clear(&arena);
	return result;
}

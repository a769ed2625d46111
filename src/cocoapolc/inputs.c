/* SPDX-License-Identifier: Apache-2.0
 *
 * inputs.c - see inputs.h.  Kubernetes' objects refer to each other across
 * files, so all of them are imported together; the others are files of their own.
 */
#include "inputs.h"

#include <ctype.h>

struct roots {
	struct node **items;
	uint32_t n, cap;
	/* What --from does not say, and the file does. */
	const char *other_path;
	enum input_kind other;
};

static const char *const kind_names[] = { "", "k8s", "compose", "aci", "hcsshim" };

enum input_kind input_kind_of(const char *name)
{
	size_t i;

	for (i = 1; i < sizeof(kind_names) / sizeof(kind_names[0]); i++)
		if (strcmp(name, kind_names[i]) == 0)
			return (enum input_kind)i;
	return INPUT_UNKNOWN;
}

bool input_is_rego(const char *path)
{
	size_t len = strlen(path);

	return len > 5 && strcmp(path + len - 5, ".rego") == 0;
}

static bool is_source(const char *path)
{
	size_t len = strlen(path);

	return len > 5 && strcmp(path + len - 5, ".cpol") == 0;
}

/* Rego begins with its package; no YAML of interest does. */
static bool looks_like_rego(struct str text)
{
	size_t i = 0;

	while (i < text.len && (isspace((unsigned char)text.ptr[i]) || text.ptr[i] == '#')) {
		if (text.ptr[i] == '#')
			while (i < text.len && text.ptr[i] != '\n')
				i++;
		else
			i++;
	}
	return text.len - i > 8 && memcmp(text.ptr + i, "package", 7) == 0 && isspace((unsigned char)text.ptr[i + 7]);
}

/* An ARM template, or a container group alone. */
static bool is_template(const struct node *root)
{
	static const char group[] = "Microsoft.ContainerInstance/";
	const struct entry *schema = node_find(root, "$schema"), *type = node_find(root, "type");

	if (type != NULL && type->value->kind == NODE_STRING && type->value->text.len >= sizeof(group)
	    && memcmp(type->value->text.ptr, group, sizeof(group) - 1) == 0)
		return true;
	return node_find(root, "resources") != NULL && schema != NULL && schema->value->kind == NODE_STRING;
}

static enum input_kind kind_of(const struct node *root)
{
	if (node_find(root, "kind") != NULL && node_find(root, "apiVersion") != NULL)
		return INPUT_KUBERNETES;
	if (node_find(root, "services") != NULL)
		return INPUT_COMPOSE;
	if (is_template(root))
		return INPUT_ACI;
	if (node_find(root, "kind") != NULL || node_find(root, "metadata") != NULL)
		return INPUT_KUBERNETES;
	return INPUT_UNKNOWN;
}

static const char *folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? "." : arena_printf(a, "%.*s", (int)(slash - path) + (slash == path), path).ptr;
}

static void import_root(struct import *im, struct node *root, enum input_kind kind, struct roots *kubernetes)
{
	import_no_group(im);
	switch (kind) {
	case INPUT_KUBERNETES:
		arena_push(im->arena, kubernetes->items, kubernetes->n, kubernetes->cap);
		kubernetes->items[kubernetes->n++] = root;
		break;
	case INPUT_COMPOSE:
		import_compose(im, root);
		break;
	case INPUT_ACI:
		import_aci(im, root);
		break;
	case INPUT_HCSSHIM:
		import_hcsshim(im, root);
		break;
	case INPUT_UNKNOWN:
		diag_error(im->diag, root->loc, DIAG_BAD_VALUE, "this is no Kubernetes object, compose file or ARM "
		    "template that is known; --from says what it is to be read as");
		break;
	}
}

static int read_file(struct import *im, const char *path, enum input_kind kind,
    struct roots *kubernetes)
{
	struct source *source = arena_new(im->arena, struct source);
	struct import_options options = *im->options;
	const struct import_options *before = im->options;
	struct document document;
	int status = cli_read_text(im->arena, path, &source->text);
	uint32_t i;

	if (status != CLI_YES)
		return status;
	if (is_source(path)) {
		fprintf(stderr, "cocoapolc: %s: is a policy's source already; 'cocoapolc compile' makes the bytes of it\n",
		    path);
		return CLI_NO;
	}
	path = strcmp(path, "-") == 0 ? "<stdin>" : path;
	source->name = (struct str){ path, strlen(path) };
	if (kind == INPUT_UNKNOWN && (input_is_rego(path) || looks_like_rego(source->text)))
		kind = INPUT_HCSSHIM;
	if ((kind == INPUT_HCSSHIM ? document_rego : document_yaml)(im->arena, im->diag, source, &document) != 0)
		return CLI_NO;
	options.folder = folder_of(im->arena, path);
	im->options = &options;
	for (i = 0; i < document.n; i++) {
		enum input_kind other = kind_of(document.roots[i]);

		if (kind != INPUT_UNKNOWN && kind != INPUT_HCSSHIM && other != INPUT_UNKNOWN && other != kind) {
			kubernetes->other_path = path;
			kubernetes->other = other;
		}
		import_root(im, document.roots[i], kind != INPUT_UNKNOWN ? kind : other, kubernetes);
	}
	im->options = before;
	return CLI_YES;
}

int inputs_read(struct import *im, const struct cli *cli, enum input_kind insist)
{
	struct roots kubernetes = { NULL, 0, 0, NULL, INPUT_UNKNOWN };
	int worst = CLI_YES, status, i;

	for (i = 0; i < cli->n_files; i++) {
		status = read_file(im, cli->files[i], insist, &kubernetes);
		worst = status > worst ? status : worst;
	}
	import_no_group(im);
	if (worst == CLI_YES && kubernetes.n != 0)
		import_kubernetes(im, kubernetes.items, kubernetes.n);
	import_no_group(im);
	if (kubernetes.other != INPUT_UNKNOWN && im->diag->n_errors != 0)
		fprintf(stderr, "cocoapolc: without --from %s, %s is read as what it looks like: %s\n", cli->from,
		    kubernetes.other_path, kind_names[kubernetes.other]);
	return worst;
}

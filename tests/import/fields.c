/* SPDX-License-Identifier: Apache-2.0
 *
 * fields.c - nothing that a manifest says is dropped without a word.
 *
 *     fields FILE...
 *
 * Takes each entry of each map of a file away in turn, however deep it is, and
 * sees the policy or the complaints change.  What is below a field that the
 * policy itself names as having no effect has had its word: "PATH (line N)".
 * Places are those of the whole file in each run, so they change nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/file.h"
#include "import/import.h"

struct run {
	struct arena arena;
	struct source source;
	uint32_t left;                  /* entries to pass before the one that goes */
	struct str path;                /* of the entry that went; empty: there was none */
	uint32_t line;
	bool is_named;                  /* one of the maps that it is in is named in `whole` */
	const char *whole;              /* what is said of the whole file */
};

/* "PATH (line", behind a blank: named as having no effect. */
static bool names(struct run *r, const char *path)
{
	return strstr(r->whole, arena_printf(&r->arena, " %s (line ", path).ptr) != NULL;
}

static bool take_away(struct run *r, struct node *node, const char *path, bool is_named);

static bool take_from_map(struct run *r, struct node *map, const char *path, bool is_named)
{
	uint32_t i, line, column;

	for (i = 0; i < map->n; i++) {
		struct entry *entry = &map->entries[i];
		struct str below = arena_printf(&r->arena, "%s%s%.*s", path, *path == '\0' ? "" : ".",
		    STR_ARG(entry->key));
		/* A key that is free, "labels['app']". */
		struct str free_key = arena_printf(&r->arena, "%s['%.*s']", path, STR_ARG(entry->key));

		if (r->left-- == 0) {
			source_place(&r->source, entry->loc.start, &line, &column);
			r->path = below;
			r->line = line;
			r->is_named = is_named;
			memmove(entry, entry + 1, (map->n - i - 1) * sizeof(*entry));
			map->n--;
			return true;
		}
		if (take_away(r, entry->value, below.ptr, is_named || names(r, below.ptr) || names(r, free_key.ptr)))
			return true;
	}
	return false;
}

static bool take_away(struct run *r, struct node *node, const char *path, bool is_named)
{
	uint32_t i;

	if (node->kind == NODE_MAP)
		return take_from_map(r, node, path, is_named);
	for (i = 0; node->kind == NODE_LIST && i < node->n; i++) {
		const char *below = arena_printf(&r->arena, "%s[%u]", path, (unsigned)i).ptr;

		if (take_away(r, node->items[i], below, is_named || names(r, below)))
			return true;
	}
	return false;
}

static struct str text_at(const struct node *map, const char *key)
{
	const struct entry *entry = node_find(map, key);

	return entry == NULL ? STR("") : entry->value->text;
}

/* What paths of a document begin with, and whether all of it is named as no part of the group. */
static const char *document_path(struct run *r, const struct node *root, bool *is_named)
{
	struct str kind = text_at(root, "kind"), name = { "", 0 };
	const struct entry *meta = node_find(root, "metadata");
	struct str path;

	if (meta != NULL)
		name = text_at(meta->value, "name");
	path = arena_printf(&r->arena, "%.*s %.*s", STR_ARG(kind), STR_ARG(name));
	*is_named = names(r, path.ptr);
	return str_is(kind, "ConfigMap") || str_is(kind, "Secret") ? path.ptr : "";
}

/* All that is said of the file without one entry: policies and complaints.  To be freed. */
static char *say(struct run *r, bool without)
{
	struct import_options options = { .assume_images = true, .folder = "." };
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);
	struct diag d = { .out = stream, .most_errors = 1000 };
	struct import im = { .arena = &r->arena, .diag = &d, .options = &options };
	struct document document;
	uint32_t i;

	if (document_yaml(&r->arena, &d, &r->source, &document) != 0)
		document.n = 0;
	for (i = 0; without && i < document.n && r->path.len == 0; i++) {
		bool is_named;
		const char *path = document_path(r, document.roots[i], &is_named);

		(void)take_away(r, document.roots[i], path, is_named);
	}
	im.images = images_new(&r->arena, &d, STR(""), STR(""));
	import_kubernetes(&im, document.roots, document.n);
	for (i = 0; i < im.n_groups; i++) {
		struct str policy = group_write(&r->arena, im.groups[i]);

		fprintf(stream, "%.*s", STR_ARG(policy));
	}
	images_free(im.images);
	fclose(stream);
	return text;
}

/* The number of mistakes. */
static int try_file(const char *path)
{
	const char *name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
	struct arena kept = { 0 };
	struct run r = { .source.name = { name, strlen(name) } };
	uint32_t i, n_named = 0;
	int failures = 0;
	char *whole, *said;

	if (file_read(&kept, path, 1 << 20, &r.source.text) != 0) {
		printf("not ok - %s can be read\n", name);
		return 1;
	}
	r.whole = "";
	r.whole = whole = say(&r, false);
	for (i = 0;; i++) {
		arena_clear(&r.arena);
		r.left = i;
		r.path.len = 0;
		said = say(&r, true);
		if (r.path.len == 0)
			break;
		n_named += r.is_named;
		if (!r.is_named && strcmp(said, whole) == 0) {
			printf("not ok - %s:%u: nothing is said of %.*s\n", name, (unsigned)r.line, STR_ARG(r.path));
			failures++;
		}
		free(said);
	}
	free(said);
	if (failures == 0)
		printf("ok - %s: %u fields, of each something is said (%u below one without effect)\n", name,
		    (unsigned)i, (unsigned)n_named);
	arena_clear(&r.arena);
	arena_clear(&kept);
	free(whole);
	return failures;
}

int main(int argc, char **argv)
{
	int i, failures = 0;

	for (i = 1; i < argc; i++)
		failures += try_file(argv[i]);
	return failures != 0;
}

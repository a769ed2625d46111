/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_fields.c - see kubernetes.h: what is known of each field, from
 * kubernetes_fields.def.
 */
#include "kubernetes.h"

#define FIELD(object, name, use, of, why)
#define REASON(name, text) static const char name[] = text;
#include "kubernetes_fields.def"
#undef REASON
#define REASON(name, text)

#undef FIELD
#define FIELD(object, name, use, of, why) { object, name, FIELD_##use, why },
static const struct field fields[] = {
#include "kubernetes_fields.def"
};

/* The object that each one's value is. */
#undef FIELD
#define FIELD(object, name, use, of, why) of,
static const char *const values_of[] = {
#include "kubernetes_fields.def"
};

enum { N_FIELDS = sizeof(fields) / sizeof(fields[0]), LINE_MAX_COLUMNS = 100 };

/* The row of a field, or N_FIELDS. */
static size_t find_field(const char *object, struct str name)
{
	size_t i;

	for (i = 0; i < N_FIELDS; i++)
		if (strcmp(fields[i].object, object) == 0 && str_is(name, fields[i].name))
			break;
	return i;
}

const char *kubernetes_path(struct import *im, const char *path, const char *name)
{
	return *path == '\0' ? name : arena_printf(im->arena, "%s.%s", path, name).ptr;
}

bool kubernetes_knows(const char *object, struct str name)
{
	return find_field(object, name) != N_FIELDS;
}

void kubernetes_remember(struct pod *pod, const char *path, const char *why, struct loc loc)
{
	arena_push(pod->im->arena, pod->remarks, pod->n_remarks, pod->cap_remarks);
	pod->remarks[pod->n_remarks++] = (struct remark){ path, why, loc };
}

static void walk(struct pod *pod, const struct node *map, const char *object, const char *path, bool remarks);

/* The value of a field, against the object or the list of objects that it should be. */
static void walk_value(
    struct pod *pod, const struct node *value, const char *of, const char *path, bool remarks)
{
	struct arena *a = pod->im->arena;
	struct str element;
	uint32_t i;

	if (of[0] != '[') {
		walk(pod, value, of, path, remarks);
		return;
	}
	if (value->kind != NODE_LIST)
		return;
	element = arena_copy(a, of + 1, strlen(of) - 2);
	for (i = 0; i < value->n; i++)
		walk(pod, value->items[i], element.ptr,
		    arena_printf(a, "%s[%u]", path, (unsigned)i).ptr, remarks);
}

static void walk(struct pod *pod, const struct node *map, const char *object, const char *path, bool remarks)
{
	uint32_t i;

	if (map->kind != NODE_MAP)
		return;
	(void)import_fields(pod->im, map, fields, N_FIELDS, object, path);
	for (i = 0; i < map->n; i++) {
		const struct entry *entry = &map->entries[i];
		size_t row = find_field(object, entry->key);
		bool silent;
		const char *below;

		if (row == N_FIELDS || fields[row].use == FIELD_REFUSED)
			continue;
		below = kubernetes_path(pod->im, path, fields[row].name);
		silent = fields[row].use == FIELD_NO_EFFECT;
		if (remarks && silent)
			kubernetes_remember(pod, below, fields[row].why, entry->loc);
		if (values_of[row][0] != '\0')
			walk_value(pod, entry->value, values_of[row], below, remarks && !silent);
	}
}

void kubernetes_unasked(struct pod *pod, const char *path, struct loc loc)
{
	kubernetes_remember(pod, path, UNASKED, loc);
}

void kubernetes_unasked_in(struct pod *pod, const struct node *map, const char *path)
{
	uint32_t i;

	for (i = 0; map != NULL && map->kind == NODE_MAP && i < map->n; i++)
		if (!map->entries[i].used)
			kubernetes_unasked(pod, arena_printf(pod->im->arena, "%s['%.*s']", path,
			    STR_ARG(map->entries[i].key)).ptr, map->entries[i].loc);
}

void kubernetes_fields(struct pod *pod, const struct node *map, const char *object, const char *path)
{
	walk(pod, map, object, path, true);
}

/* ---- as comments ---- */

/* "spec.replicas (web.yaml:7)" */
static struct str spell(struct pod *pod, const struct remark *remark)
{
	uint32_t line, column;

	if (remark->loc.source == NULL)
		return arena_printf(pod->im->arena, "%s", remark->path);
	source_place(remark->loc.source, remark->loc.start, &line, &column);
	return arena_printf(pod->im->arena, "%s (line %u)", remark->path, (unsigned)line);
}

/* All of one reason, as many lines as it takes. */
static void note_reason(struct pod *pod, uint32_t first)
{
	struct arena *a = pod->im->arena;
	const char *why = pod->remarks[first].why;
	struct str line = arena_printf(a, "%s:", why);
	uint32_t i;

	for (i = first; i < pod->n_remarks; i++) {
		struct str one;

		if (strcmp(pod->remarks[i].why, why) != 0)
			continue;
		one = spell(pod, &pod->remarks[i]);
		if (line.len + 1 + one.len > LINE_MAX_COLUMNS) {
			values_add(a, &pod->group->notes, line, (struct loc){ 0 });
			line = STR(" ");
		}
		line = arena_printf(a, "%.*s %.*s", STR_ARG(line), STR_ARG(one));
	}
	values_add(a, &pod->group->notes, line, (struct loc){ 0 });
}

void kubernetes_remarks(struct pod *pod)
{
	uint32_t i, k;

	if (pod->n_remarks > 0)
		values_add(pod->im->arena, &pod->group->notes,
		    STR("What has no effect in the guest, and why:"), (struct loc){ 0 });
	for (i = 0; i < pod->n_remarks; i++) {
		for (k = 0; k < i && strcmp(pod->remarks[k].why, pod->remarks[i].why) != 0; k++)
			continue;
		if (k == i)
			note_reason(pod, i);
	}
}

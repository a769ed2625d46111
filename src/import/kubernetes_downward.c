/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_downward.c - see kubernetes.h: what a pod can be told about itself.
 */
#include "kubernetes.h"

#define LABEL_VALUE "([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?"

static struct value hole(const char *pattern)
{
	return (struct value){ .text = { pattern, strlen(pattern) }, .is_pattern = true };
}

/* A value of the pod's spec, or what it is without one. */
static struct value said(struct pod *pod, const char *key, struct value otherwise)
{
	struct value v = { .is_pattern = false };

	values_add(pod->im->arena, &pod->asked, (struct str){ key, strlen(key) }, (struct loc){ 0 });
	return import_string(pod->im, pod->spec, key, &v.text, NULL) && v.text.len != 0 ? v : otherwise;
}

/* metadata.labels['KEY']: the template's, which a controller adds to but does not change. */
static struct value of_map(struct pod *pod, const char *map, struct str key, const char *otherwise)
{
	const struct node *all = import_map(pod->im, pod->meta, map);
	uint32_t i;

	for (i = 0; all != NULL && i < all->n; i++)
		if (str_equal(all->entries[i].key, key) && all->entries[i].value->kind == NODE_STRING) {
			all->entries[i].used = true;
			return (struct value){ .text = all->entries[i].value->text };
		}
	return hole(otherwise);
}

/* KEY of BEFORE['KEY']; empty: it has another form. */
static struct str key_of(struct str path, const char *before)
{
	size_t len = strlen(before);

	if (path.len < len + 5 || memcmp(path.ptr, before, len) != 0 || memcmp(path.ptr + len, "['", 2) != 0
	    || memcmp(path.ptr + path.len - 2, "']", 2) != 0)
		return (struct str){ "", 0 };
	return (struct str){ path.ptr + len + 2, path.len - len - 4 };
}

bool kubernetes_field(struct pod *pod, struct str path, struct value *out)
{
	struct str label = key_of(path, "metadata.labels"), annotation = key_of(path, "metadata.annotations");
	const struct value default_account = { .text = STR("default") };
	struct arena *a = pod->im->arena;

	if (label.len != 0)
		*out = of_map(pod, "labels", label, LABEL_VALUE);
	else if (annotation.len != 0)
		*out = of_map(pod, "annotations", annotation, HOLE_LINE);
	else if (str_is(path, "metadata.name"))
		*out = pod->name;
	else if (str_is(path, "metadata.namespace"))
		*out = pod->space.len != 0 ? (struct value){ .text = pod->space } : hole(HOLE_DNS_LABEL);
	else if (str_is(path, "metadata.uid"))
		*out = hole(HOLE_UUID);
	else if (str_is(path, "spec.nodeName"))
		*out = said(pod, "nodeName", hole(HOLE_DNS_NAME));
	else if (str_is(path, "spec.serviceAccountName"))
		*out = node_find(pod->spec, "serviceAccountName") != NULL
			   ? said(pod, "serviceAccountName", default_account)
			   : said(pod, "serviceAccount", default_account);
	else if (str_is(path, "status.hostIP") || str_is(path, "status.podIP"))
		*out = hole(HOLE_IP);
	else if (str_is(path, "status.hostIPs") || str_is(path, "status.podIPs"))
		*out = hole(arena_printf(a, "%s(,%s)?", HOLE_IP, HOLE_IP).ptr);
	else
		return false;
	return true;
}

void kubernetes_fields_left(struct pod *pod)
{
	static const char *const keys[] = { "nodeName", "serviceAccountName", "serviceAccount" };
	static const char *const maps[] = { "labels", "annotations" };
	struct arena *a = pod->im->arena;
	uint32_t i;
	size_t k;

	for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		const struct entry *entry = node_find(pod->spec, keys[k]);

		for (i = 0; i < pod->asked.n && !str_is(pod->asked.items[i].text, keys[k]); i++)
			continue;
		if (entry != NULL && i == pod->asked.n)
			kubernetes_unasked(pod, arena_printf(a, "%s.%s", pod->path, keys[k]).ptr, entry->loc);
	}
	for (k = 0; k < sizeof(maps) / sizeof(maps[0]); k++)
		kubernetes_unasked_in(pod, import_map(pod->im, pod->meta, maps[k]),
		    arena_printf(a, "%s.%s", pod->meta_path, maps[k]).ptr);
}

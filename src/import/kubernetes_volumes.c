/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_volumes.c - see kubernetes.h: what a pod's volumes are made of.
 */
#include <ctype.h>

#include "../base/bytes.h"
#include "kubernetes.h"

/* Kubelet mounts these read-only, whatever is asked for. */
static const char *const readonly_kinds[] = { "configMap", "secret", "projected", "downwardAPI", "image" };

static bool is_label(struct str name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (!islower((unsigned char)name.ptr[i]) && !isdigit((unsigned char)name.ptr[i])
		    && name.ptr[i] != '-')
			return false;
	return name.len != 0 && name.len <= 63;
}

bool kubernetes_is_label(struct pod *pod, struct str name, struct loc loc, const char *what)
{
	if (is_label(name))
		return true;
	diag_error(pod->im->diag, loc, DIAG_BAD_VALUE,
	    "'%.*s' is no name of a %s: lower case, digits and '-', at most 63 of them", STR_ARG(name), what);
	return false;
}

/* ---- what must be there if its ConfigMap or Secret is ---- */

static void check_items(struct pod *pod, const struct node *source, const char *kind, const char *key)
{
	struct import *im = pod->im;
	const struct node *items = import_list(im, source, "items");
	struct str name = { "", 0 }, wanted;
	bool optional = false;
	const struct object *o;
	struct loc loc;
	uint32_t i;

	if (!import_string(im, source, key, &name, NULL))
		return;
	(void)import_bool(im, source, "optional", &optional, NULL);
	o = kubernetes_find(pod, kind, name);
	for (i = 0; o != NULL && !optional && items != NULL && i < items->n; i++)
		if (import_string(im, items->items[i], "key", &wanted, &loc)
		    && !kubernetes_has_key(im, o, wanted))
			diag_error(im->diag, loc, DIAG_UNRESOLVED, "the %s '%.*s' has no '%.*s'", kind,
			    STR_ARG(name), STR_ARG(wanted));
}

/* "configMap settings, optional secret keys" */
static struct str describe(struct pod *pod, const struct node *source, const char *kind)
{
	static const char *const names[] = { "name", "secretName" };
	struct str name = { "", 0 };
	bool optional = false;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]) && name.len == 0; i++)
		if (node_find(source, names[i]) != NULL)
			(void)import_string(pod->im, source, names[i], &name, NULL);
	(void)import_bool(pod->im, source, "optional", &optional, NULL);
	return arena_printf(pod->im->arena, "%s%s%s%.*s", optional ? "optional " : "", kind,
	    name.len == 0 ? "" : " ", STR_ARG(name));
}

static struct str describe_projected(struct pod *pod, const struct node *source)
{
	const struct node *sources = import_list(pod->im, source, "sources");
	struct bytes all = { .arena = pod->im->arena };
	uint32_t i, k;

	bytes_printf(&all, "projected:");
	for (i = 0; sources != NULL && i < sources->n; i++)
		for (k = 0; sources->items[i]->kind == NODE_MAP && k < sources->items[i]->n; k++) {
			const struct entry *entry = &sources->items[i]->entries[k];

			bytes_printf(&all, "%s %.*s", all.ptr[all.len - 1] == ':' ? "" : ",",
			    STR_ARG(describe(pod, entry->value, entry->key.ptr)));
			if (str_is(entry->key, "configMap"))
				check_items(pod, entry->value, "ConfigMap", "name");
			if (str_is(entry->key, "secret"))
				check_items(pod, entry->value, "Secret", "name");
		}
	return bytes_str(&all);
}

/* What a share has, for people. */
static struct str describe_volume(struct pod *pod, const struct volume *v)
{
	if (strcmp(v->kind, "configMap") == 0)
		check_items(pod, v->source, "ConfigMap", "name");
	if (strcmp(v->kind, "secret") == 0)
		check_items(pod, v->source, "Secret", "secretName");
	return strcmp(v->kind, "projected") == 0 ? describe_projected(pod, v->source)
	    : describe(pod, v->source, v->kind);
}

/* ---- the volumes ---- */

static void check_mode(struct pod *pod, const struct node *claim)
{
	struct str mode;
	struct loc loc;

	if (import_string(pod->im, import_map(pod->im, claim, "spec"), "volumeMode", &mode, &loc)
	    && !str_is(mode, "Filesystem"))
		diag_error(pod->im->diag, loc, DIAG_REFUSED,
		    "volumeMode: raw block devices are never mounted in the guest");
}

static void add_volume(struct pod *pod, struct volume v)
{
	uint32_t i;

	if (v.source->kind != NODE_MAP)
		diag_error(pod->im->diag, v.source->loc, DIAG_TYPE_MISMATCH, "'%s' wants a map, this is %s",
		    v.kind, node_kind_name(v.source->kind));
	for (i = 0; i < sizeof(readonly_kinds) / sizeof(readonly_kinds[0]); i++)
		v.is_readonly = v.is_readonly || strcmp(v.kind, readonly_kinds[i]) == 0;
	if (!v.is_readonly)
		(void)import_bool(pod->im, v.source, "readOnly", &v.is_readonly, NULL);
	if (strcmp(v.kind, "ephemeral") == 0)
		check_mode(pod, import_map(pod->im, v.source, "volumeClaimTemplate"));
	v.what = describe_volume(pod, &v);
	arena_push(pod->im->arena, pod->volumes, pod->n_volumes, pod->cap_volumes);
	pod->volumes[pod->n_volumes++] = v;
}

/* The field that says what it is made of; NULL: there is none, which makes it an emptyDir. */
static const struct entry *source_of(struct pod *pod, const struct node *node, bool *fits)
{
	const struct entry *found = NULL;
	uint32_t i;

	for (i = 0; i < node->n; i++) {
		const struct entry *entry = &node->entries[i];

		if (str_is(entry->key, "name") || entry->value->kind == NODE_NULL)
			continue;
		if (found != NULL || !kubernetes_knows("Volume", entry->key)) {
			diag_error(pod->im->diag, entry->loc, DIAG_REFUSED,
			    found != NULL ? "a volume has one source, "
					    "'%.*s' is a second"
					  : "'%.*s' is no source of a volume that is known here",
			    STR_ARG(entry->key));
			*fits = false;
		}
		found = entry;
	}
	return found;
}

static void read_volume(struct pod *pod, struct node *node)
{
	struct node *nothing = arena_new(pod->im->arena, struct node);
	struct volume v = { .kind = "emptyDir", .source = nothing, .loc = node->loc };
	const struct entry *entry;
	bool fits = true;

	*nothing = (struct node){ .kind = NODE_MAP, .loc = node->loc };
	if (node->kind != NODE_MAP) {
		diag_error(pod->im->diag, node->loc, DIAG_TYPE_MISMATCH, "a volume is a map, this is %s",
		    node_kind_name(node->kind));
		return;
	}
	(void)import_string(pod->im, node, "name", &v.name, &v.loc);
	if (!kubernetes_is_label(pod, v.name, v.loc, "volume"))
		return;
	entry = source_of(pod, node, &fits);
	if (entry != NULL) {
		v.kind = entry->key.ptr;
		v.source = entry->value;
	}
	if (kubernetes_volume(pod, v.name) != NULL)
		diag_error(pod->im->diag, v.loc, DIAG_DUPLICATE_NAME, "there is a volume '%.*s' already",
		    STR_ARG(v.name));
	else if (fits)
		add_volume(pod, v);
}

/* In place of a volume of the same name, as in Kubernetes. */
static void read_claim(struct pod *pod, const struct node *claim)
{
	struct volume v = { .kind = "volumeClaimTemplate", .source = claim, .loc = claim->loc };

	(void)import_string(pod->im, import_map(pod->im, claim, "metadata"), "name", &v.name, &v.loc);
	check_mode(pod, claim);
	if (kubernetes_is_label(pod, v.name, v.loc, "volume"))
		add_volume(pod, v);
}

struct volume *kubernetes_volume(struct pod *pod, struct str name)
{
	uint32_t i;

	for (i = 0; i < pod->n_volumes; i++)
		if (str_equal(pod->volumes[i].name, name))
			return &pod->volumes[i];
	return NULL;
}

void kubernetes_volumes(struct pod *pod, const struct node *claims)
{
	const struct node *list = import_list(pod->im, pod->spec, "volumes");
	uint32_t i, n_claims;

	for (i = 0; claims != NULL && i < claims->n; i++)
		read_claim(pod, claims->items[i]);
	n_claims = pod->n_volumes;
	for (i = 0; list != NULL && i < list->n; i++) {
		const struct entry *name = node_find(list->items[i], "name");
		struct volume *claim = name == NULL ? NULL : kubernetes_volume(pod, name->value->text);

		if (claim != NULL && (size_t)(claim - pod->volumes) < n_claims)
			kubernetes_remember(pod, arena_printf(pod->im->arena, "%s.volumes[%u]", pod->path,
			    (unsigned)i).ptr, "a volumeClaimTemplate takes its place", name->loc);
		else
			read_volume(pod, list->items[i]);
	}
}

void kubernetes_volumes_left(struct pod *pod)
{
	uint32_t i;

	for (i = 0; i < pod->n_volumes; i++)
		if (pod->volumes[i].n_mounts == 0)
			kubernetes_remember(pod,
			    arena_printf(pod->im->arena, "volume %.*s (%.*s)", STR_ARG(pod->volumes[i].name),
				STR_ARG(pod->volumes[i].what))
				.ptr,
			    "no container mounts it", pod->volumes[i].loc);
}

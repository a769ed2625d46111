/* SPDX-License-Identifier: Apache-2.0
 *
 * aci.c - import_aci(): the container groups of an ARM template, or one alone
 * (what `az container create --file` takes), each a group of its own.
 */
#include "aci.h"

static bool is_group(struct str type)
{
	return aci_equal_names(type, STR("Microsoft.ContainerInstance/containerGroups"))
	    || aci_equal_names(type, STR("Microsoft.ContainerInstance/containerGroupProfiles"));
}

/* In the order of the list, each init container after the one before it. */
static void add_init_containers(struct aci *s, const struct node *properties)
{
	const struct node *list = aci_get(s, properties, "initContainers", NODE_LIST);
	uint32_t i, before;

	if (list == NULL || !import_room(s->im, s->group, list->n, list->loc))
		return;
	for (i = 0; i < list->n; i++) {
		before = s->group->n_containers;
		aci_container(s, list->items[i], arena_printf(s->im->arena, "properties.initContainers[%u]",
		    i).ptr, true);
		if (i != 0 && s->group->n_containers > before && before != 0)
			values_add(s->im->arena, &s->group->containers[before].after,
			    s->group->containers[before - 1].name, s->group->containers[before].from);
	}
}

static void add_containers(struct aci *s, const struct node *properties)
{
	const struct node *list = aci_get(s, properties, "containers", NODE_LIST);
	uint32_t first = s->group->n_containers, i, j;

	if ((list == NULL && node_find(properties, "containers") == NULL) || (list != NULL && list->n == 0))
		diag_error(s->im->diag, properties->loc, DIAG_MISSING_FIELD, "the group has no 'containers'");
	if (list == NULL || !import_room(s->im, s->group, list->n, list->loc))
		return;
	for (i = 0; i < list->n; i++)
		aci_container(s, list->items[i], arena_printf(s->im->arena, "properties.containers[%u]",
		    i).ptr, false);
	for (i = first; i < s->group->n_containers; i++)
		for (j = 0; j < first; j++)
			if (s->group->containers[j].begins_only)
				values_add(s->im->arena, &s->group->containers[i].after,
				    s->group->containers[j].name,
				    s->group->containers[j].from);
}

static void check_volumes(struct aci *s)
{
	const struct node *file;
	uint32_t i;

	for (i = 0; s->volumes != NULL && i < s->volumes->n; i++) {
		if (aci_is_unknown(s->volumes->items[i]))
			continue;
		aci_fields(s, s->volumes->items[i], "Volume", "properties.volumes");
		file = node_get(s->volumes->items[i], "azureFile");
		if (file != NULL && !aci_is_unknown(file))
			aci_fields(s, file, "AzureFile", "properties.volumes.azureFile");
	}
}

static void check_kind(struct aci *s, const struct node *properties)
{
	const struct node *confidential = aci_get(s, properties, "confidentialComputeProperties", NODE_MAP);
	const struct node *policy = confidential == NULL ? NULL : node_get(confidential, "ccePolicy");
	const struct node *sku = node_get(properties, "sku");
	struct str text;
	struct loc loc;

	if (node_find(properties, "osType") == NULL)
		diag_error(s->im->diag, properties->loc, DIAG_MISSING_FIELD, "the group has no 'osType'");
	else if (aci_string(s, properties, "osType", &text, &loc) && !aci_equal_names(text, STR("Linux")))
		diag_error(s->im->diag, loc, DIAG_REFUSED, "properties.osType: the guest is Linux");
	if (sku != NULL && !aci_is_unknown(sku) && !aci_equal_names(sku->text, STR("Confidential")))
		diag_warning(s->im->diag, sku->loc, DIAG_NO_EFFECT,
		    "properties.sku: '%.*s' is not Confidential: such a group is not held to any policy",
		    STR_ARG(sku->text));
	if (confidential != NULL)
		aci_fields(s, confidential, "Confidential", "properties.confidentialComputeProperties");
	if (policy != NULL && policy->kind == NODE_STRING && (policy->text.len != 0 || aci_is_unknown(policy)))
		remark_add(s->im, &s->remarks,
		    STR("ccePolicy, a policy of its own; --from hcsshim reads such"), policy->loc);
}

/* A group is called as its file if the template leaves the name open. */
static struct str name_of(struct aci *s, const struct node *resource, struct loc from)
{
	const struct node *name = node_get(resource, "name");
	struct str file = from.source == NULL ? STR("template") : from.source->name;
	size_t start = 0, i;

	if (name != NULL && name->kind == NODE_STRING && !aci_is_unknown(name) && name->text.len != 0)
		return name->text;
	for (i = 0; i < file.len; i++)
		if (file.ptr[i] == '/')
			start = i + 1;
	file = (struct str){ file.ptr + start, file.len - start };
	for (i = file.len; i > 1 && file.ptr[i - 1] != '.'; i--)
		;
	if (i > 1)
		file.len = i - 1;
	diag_warning(s->im->diag, name == NULL ? from : name->loc, DIAG_UNRESOLVED,
	    "the group's name is not known here: its policy is called '%.*s'", STR_ARG(file));
	return file;
}

static void add_group(struct aci *s, struct node *written)
{
	struct aci own = *s;
	const struct node *properties, *resource;
	uint32_t i;

	/* Each group says the template's remarks before its own. */
	own.remarks.items = arena_array(s->im->arena, s->remarks.n, struct remark);
	own.remarks.cap = s->remarks.n;
	for (i = 0; i < s->remarks.n; i++)
		own.remarks.items[i] = s->remarks.items[i];
	/* What is wrong from here on is wrong with this group. */
	own.group = import_group(s->im, STR("template"), "container group", written->loc);
	resource = aci_evaluate(&own, written);
	own.group->name = name_of(&own, resource, written->loc);
	aci_fields(&own, resource, "Resource", "");
	mount_presets(s->im, own.group);
	properties = aci_get(&own, resource, "properties", NODE_MAP);
	if (properties == NULL) {
		if (node_find(resource, "properties") == NULL)
			diag_error(s->im->diag, written->loc, DIAG_MISSING_FIELD,
			    "the group has no 'properties'");
		return;
	}
	aci_fields(&own, properties, "Group", "properties");
	check_kind(&own, properties);
	own.volumes = aci_get(&own, properties, "volumes", NODE_LIST);
	check_volumes(&own);
	add_init_containers(&own, properties);
	add_containers(&own, properties);
	remarks_write(s->im, &own.remarks, own.group);
}

/* Whether the resource is deployed; said if it is not, or not known to be. */
static bool is_deployed(struct aci *s, struct node *resource)
{
	struct node *condition = node_get(resource, "condition");

	if (condition == NULL)
		return true;
	condition = aci_evaluate(s, condition);
	if (aci_is_unknown(condition))
		diag_warning(s->im->diag, condition->loc, DIAG_UNRESOLVED,
		    "whether this is deployed is not known here: %.*s",
		    STR_ARG(aci_unknown_of(condition)->why));
	else if (condition->kind == NODE_BOOL && condition->integer == 0)
		diag_warning(s->im->diag, condition->loc, DIAG_NO_EFFECT,
		    "the group is left out: its condition is false");
	return aci_is_unknown(condition) || condition->kind != NODE_BOOL || condition->integer != 0;
}

static void add_resource(struct aci *s, struct node *resource)
{
	const struct node *type = node_get(resource, "type");

	import_no_group(s->im);
	if (resource->kind != NODE_MAP || type == NULL || type->kind != NODE_STRING) {
		diag_error(s->im->diag, resource->loc, DIAG_MISSING_FIELD, "a resource has no 'type'");
		return;
	}
	if (is_group(type->text)) {
		if (is_deployed(s, resource))
			add_group(s, resource);
	} else if (aci_equal_names(type->text, STR("Microsoft.Resources/deployments"))) {
		diag_error(s->im->diag, type->loc, DIAG_REFUSED,
		    "a template inside of a template is not read: import it alone");
	} else {
		diag_warning(s->im->diag, type->loc, DIAG_NO_EFFECT,
		    "'%.*s' is left out: it is no container group",
		    STR_ARG(type->text));
	}
}

void import_aci(struct import *im, struct node *root)
{
	const struct node *resources = node_get(root, "resources"), *type = node_get(root, "type");
	struct aci s = { .im = im, .root = root };
	uint32_t i;

	if (resources == NULL && type != NULL && type->kind == NODE_STRING && is_group(type->text)) {
		add_group(&s, root);
		return;
	}
	s.is_template = true;
	s.parameters = import_map(im, root, "parameters");
	s.variables = import_map(im, root, "variables");
	aci_fields(&s, root, "Template", "");
	if (resources == NULL || (resources->kind != NODE_LIST && resources->kind != NODE_MAP)) {
		diag_error(im->diag, root->loc, DIAG_MISSING_FIELD, "the template has no 'resources'");
		return;
	}
	for (i = 0; i < resources->n; i++)
		add_resource(&s, resources->kind == NODE_LIST ? resources->items[i]
		    : resources->entries[i].value);
}

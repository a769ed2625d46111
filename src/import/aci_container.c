/* SPDX-License-Identifier: Apache-2.0
 *
 * aci_container.c - a container of a container group, as the template has it.
 */
#include <inttypes.h>

#include "aci.h"

static const struct loc nowhere = { NULL, 0, 0 };

/* A value that is not known here: what is written around it is. */
static void add_hole(struct aci *s, struct container *c, struct str name, struct str pattern, struct loc loc,
    const char *why)
{
	struct variable *v = env_add(s->im->arena, c, name, pattern, loc);

	v->value.is_pattern = true;
	diag_warning(s->im->diag, loc, DIAG_HOLE, "the value of '%.*s' is a hole in the policy: %s",
	    STR_ARG(name), why);
}

static void add_variable(struct aci *s, struct container *c, const struct node *map)
{
	const struct node *value = node_get(map, "value"), *secret = node_get(map, "secureValue");
	const struct node *reference = node_get(map, "secureValueReference");
	struct value text;
	struct str name;
	struct loc loc;

	aci_fields(s, map, "Variable", "environmentVariables");
	if (!aci_string(s, map, "name", &name, &loc)) {
		if (node_find(map, "name") == NULL)
			diag_error(s->im->diag, map->loc, DIAG_MISSING_FIELD, "a variable has no 'name'");
		return;
	}
	secret = secret != NULL && secret->kind != NODE_NULL ? secret : reference;
	if (secret != NULL && secret->kind != NODE_NULL)
		add_hole(s, c, name, (struct str){ HOLE_LINE, strlen(HOLE_LINE) }, secret->loc,
		    "a secure value is known to the deployment only");
	else if (value == NULL || value->kind == NODE_NULL)
		env_add(s->im->arena, c, name, STR(""), loc);
	else if (!aci_as_value(s, value, &text))
		diag_error(s->im->diag, value->loc, DIAG_TYPE_MISMATCH, "'value' wants a string, this is %s",
		    node_kind_name(value->kind));
	else if (text.is_pattern && aci_unknown_of(value)->is_mistake)
		aci_complain(s, value, arena_printf(s->im->arena, "'%.*s'", STR_ARG(name)).ptr);
	else if (text.is_pattern)
		add_hole(s, c, name, text.text, value->loc,
		    arena_printf(s->im->arena, "%.*s", STR_ARG(aci_unknown_of(value)->why)).ptr);
	else
		env_add(s->im->arena, c, name, text.text, value->loc);
}

/* Each of a list's maps. */
static void each(struct aci *s, struct container *c, const struct node *map, const char *key,
    void (*add)(struct aci *, struct container *, const struct node *))
{
	const struct node *list = aci_get(s, map, key, NODE_LIST);
	uint32_t i;

	for (i = 0; list != NULL && i < list->n; i++) {
		const struct node *item = list->items[i];

		if (aci_is_unknown(item))
			aci_complain(s, item, arena_printf(s->im->arena, "one of '%s'", key).ptr);
		else if (item->kind != NODE_MAP)
			diag_error(s->im->diag, item->loc, DIAG_TYPE_MISMATCH,
			    "one of '%s' is a map, this is %s", key,
			    node_kind_name(item->kind));
		else
			add(s, c, item);
	}
}

static const struct node *volume_of(struct aci *s, struct str name, struct loc loc)
{
	struct str other;
	uint32_t i;

	for (i = 0; s->volumes != NULL && i < s->volumes->n; i++)
		if (!aci_is_unknown(s->volumes->items[i]) && aci_string(s, s->volumes->items[i], "name",
		    &other, NULL)
		    && str_equal(name, other))
			return s->volumes->items[i];
	diag_error(s->im->diag, loc, DIAG_UNKNOWN_NAME,
	    "'%.*s' is not among the group's 'volumes'", STR_ARG(name));
	return NULL;
}

/* Which of them a volume is; NULL: none. */
static const char *source_of(const struct node *volume)
{
	static const char *const sources[] = { "emptyDir", "azureFile", "gitRepo", "secret",
	    "secretReference" };
	const struct entry *entry;
	size_t i;

	for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		entry = node_find(volume, sources[i]);
		if (entry != NULL && entry->value->kind != NODE_NULL)
			return sources[i];
	}
	return NULL;
}

static void add_mount(struct aci *s, struct container *c, const struct node *map)
{
	const struct node *volume, *file;
	const char *source;
	struct str name, path, key;
	struct loc loc, path_loc;
	bool readonly;

	aci_fields(s, map, "VolumeMount", "volumeMounts");
	readonly = aci_flag(s, map, "readOnly", NULL);
	if (!aci_string(s, map, "name", &name, &loc) || !aci_string(s, map, "mountPath", &path, &path_loc)) {
		if (node_find(map, "name") == NULL || node_find(map, "mountPath") == NULL)
			diag_error(s->im->diag, map->loc, DIAG_MISSING_FIELD,
			    "a mount has 'name' and 'mountPath'");
		return;
	}
	volume = volume_of(s, name, loc);
	source = volume == NULL ? NULL : source_of(volume);
	if (volume == NULL)
		return;
	if (source == NULL) {
		diag_error(s->im->diag, volume->loc, DIAG_MISSING_FIELD,
		    "nothing says what the volume '%.*s' is",
		    STR_ARG(name));
		return;
	}
	if (strcmp(source, "emptyDir") == 0) {
		mount_guest(s->im, c, folder_of(s->im, &s->folders, name), path, readonly, path_loc);
		return;
	}
	file = strcmp(source, "azureFile") == 0 ? aci_get(s, volume, source, NODE_MAP) : NULL;
	readonly |= file != NULL && aci_flag(s, file, "readOnly", NULL);
	key = arena_printf(s->im->arena, "the %s volume '%.*s'", source, STR_ARG(name));
	mount_share(s->im, c, share_of(s->im, &s->shares, key, name, volume->loc), path, readonly, path_loc);
}

static void add_probe(struct aci *s, struct container *c, const struct node *properties, const char *key)
{
	const struct node *probe = aci_get(s, properties, key, NODE_MAP), *exec;
	struct process *p;

	if (probe == NULL)
		return;
	aci_fields(s, probe, "Probe", key);
	exec = aci_get(s, probe, "exec", NODE_MAP);
	if (exec == NULL)
		return;
	aci_fields(s, exec, "Exec", key);
	p = exec_add(s->im, c, exec->loc);
	aci_strings(s, exec, "command", &p->command);
	if (p->command.n == 0)
		diag_error(s->im->diag, exec->loc, DIAG_MISSING_FIELD, "'exec' has no 'command'");
}

/* USER[:GROUP] of runAsUser and runAsGroup, for import_user(). */
static struct str user_of(struct aci *s, const struct node *context, const struct image *image, struct loc *loc)
{
	const struct node *user = aci_get(s, context, "runAsUser", NODE_INT);
	const struct node *group = aci_get(s, context, "runAsGroup", NODE_INT);
	struct str name = { "0", 1 };

	if (user == NULL && group == NULL)
		return (struct str){ "", 0 };
	*loc = user != NULL ? user->loc : group->loc;
	if (user != NULL)
		name = arena_printf(s->im->arena, "%" PRId64, user->integer);
	else if (image != NULL && image->user.len != 0)
		name = image->user;
	if (group == NULL)
		return name;
	if (memchr(name.ptr, ':', name.len) != NULL)
		name.len = (size_t)((const char *)memchr(name.ptr, ':', name.len) - name.ptr);
	return arena_printf(s->im->arena, "%.*s:%" PRId64, STR_ARG(name), group->integer);
}

static void add_privileges(struct aci *s, struct container *c, const struct node *context, const char *path)
{
	struct values add = { NULL, 0, 0 }, drop = { NULL, 0, 0 };
	const struct node *capabilities, *escalation;

	if (context != NULL) {
		aci_fields(s, context, "SecurityContext", path);
		c->allow_elevated.on = aci_flag(s, context, "privileged", &c->allow_elevated.from);
		escalation = aci_get(s, context, "allowPrivilegeEscalation", NODE_BOOL);
		if (escalation != NULL)
			c->no_new_privileges = (struct flag){ escalation->integer == 0, escalation->loc };
		capabilities = aci_get(s, context, "capabilities", NODE_MAP);
		if (capabilities != NULL) {
			aci_fields(s, capabilities, "Capabilities", path);
			aci_strings(s, capabilities, "add", &add);
			aci_strings(s, capabilities, "drop", &drop);
		}
	}
	import_capabilities(s->im, c, &add, &drop, c->allow_elevated.on);
}

static void check_resources(struct aci *s, const struct node *properties, const char *path)
{
	static const char *const keys[] = { "requests", "limits" };
	const struct node *resources = aci_get(s, properties, "resources", NODE_MAP), *amounts;
	size_t i;

	if (resources == NULL)
		return;
	aci_fields(s, resources, "Resources", path);
	for (i = 0; i < 2; i++) {
		amounts = aci_get(s, resources, keys[i], NODE_MAP);
		if (amounts != NULL)
			aci_fields(s, amounts, "Amounts", path);
	}
}

/* The reference, or the expression itself where a hole stands in for the image; false: a complaint. */
static bool reference_of(struct aci *s, const struct node *properties, struct str *reference, struct loc *loc)
{
	const struct node *image = node_get(properties, "image");

	if (image == NULL || image->kind == NODE_NULL) {
		diag_error(s->im->diag, properties->loc, DIAG_MISSING_FIELD, "a container has no 'image'");
		return false;
	}
	*reference = image->text;
	*loc = image->loc;
	if (!aci_is_unknown(image))
		return aci_string(s, properties, "image", reference, loc);
	if (s->im->options->assume_images && !aci_unknown_of(image)->is_mistake)
		return true;
	aci_complain(s, image, "'image'");
	return false;
}

static void fill(struct aci *s, struct container *c, const struct node *properties, const char *path)
{
	const struct node *context = aci_get(s, properties, "securityContext", NODE_MAP);
	const struct image *image = NULL;
	struct values command = { NULL, 0, 0 };
	struct str reference, user;
	struct loc loc = nowhere, user_loc;

	each(s, c, properties, "environmentVariables", add_variable);
	each(s, c, properties, "volumeMounts", add_mount);
	aci_strings(s, properties, "command", &command);
	if (!reference_of(s, properties, &reference, &loc))
		return;
	image = import_image(s->im, c, reference, loc, command.n == 0 ? NULL : &command, NULL);
	user_loc = loc;
	user = user_of(s, context, image, &user_loc);
	import_user(s->im, c, image, user, user_loc, false);
	env_runtime(s->im, c, STR(""), nowhere, false);
	add_privileges(s, c, context, arena_printf(s->im->arena, "%s.securityContext", path).ptr);
	add_probe(s, c, properties, "livenessProbe");
	add_probe(s, c, properties, "readinessProbe");
	check_resources(s, properties, arena_printf(s->im->arena, "%s.resources", path).ptr);
}

void aci_container(struct aci *s, const struct node *node, const char *path, bool is_init)
{
	const struct node *properties;
	struct container *c;
	struct str name = { "", 0 };

	if (aci_is_unknown(node)) {
		aci_complain(s, node, path);
		return;
	}
	if (node->kind != NODE_MAP) {
		diag_error(s->im->diag, node->loc, DIAG_TYPE_MISMATCH, "%s is a map, this is %s", path,
		    node_kind_name(node->kind));
		return;
	}
	aci_fields(s, node, "ContainerEntry", path);
	properties = aci_get(s, node, "properties", NODE_MAP);
	if (!aci_string(s, node, "name", &name, NULL) && node_find(node, "name") == NULL)
		diag_error(s->im->diag, node->loc, DIAG_MISSING_FIELD, "%s has no 'name'", path);
	if (properties == NULL) {
		if (node_find(node, "properties") == NULL)
			diag_error(s->im->diag, node->loc, DIAG_MISSING_FIELD, "%s has no 'properties'", path);
		return;
	}
	path = arena_printf(s->im->arena, "%s.properties", path).ptr;
	aci_fields(s, properties, "Container", path);
	c = group_add(s->im->arena, s->group);
	c->name = name;
	c->from = node->loc;
	c->begins_only = is_init;
	fill(s, c, properties, path);
}

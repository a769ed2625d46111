/* SPDX-License-Identifier: Apache-2.0
 *
 * hcsshim.c - what hcsshim's enforcer is asked, as events of cocoaexpo.
 *
 * { "name": "mount_overlay", "input": { "containerID": ..., ... } } becomes a
 * request in our own form.  What their input does not say gets the value that
 * their agent uses.  What they require and is absent or null stays absent, so
 * that the request is malformed: their enforcer denies those too.
 */
#include "request.h"
#include "types.h"

/* A field of theirs and of ours.  Theirs NULL: always `otherwise`, as JSON;
 * otherwise NULL: required. */
struct field_map {
	const char *theirs, *ours, *otherwise;
};
struct event_map {
	const char *theirs, *ours;
	const struct field_map *fields;         /* up to an entry without ours */
	void (*finish)(const json_t *input, json_t *request);
};

static const struct field_map no_fields[] = { { NULL, NULL, NULL } };
static const struct field_map target_fields[] = {
	{ "target", "target", NULL }, { NULL, NULL, NULL }
};
static const struct field_map unmount_fields[] = {
	{ "unmountTarget", "target", NULL }, { NULL, NULL, NULL }
};
static const struct field_map id_fields[] = {
	{ "containerID", "id", NULL }, { NULL, NULL, NULL }
};
static const struct field_map device_fields[] = {
	{ "target", "target", NULL },
	{ "deviceHash", "root_hash", NULL },
	{ NULL, "data_blocks", "0" },
	{ NULL, "salt", "\"\"" },
	{ NULL, "filesystem", "\"any\"" },
	{ NULL, "algorithm", "\"sha256\"" },
	{ NULL, "block_size", "4096" },
	{ NULL, NULL, NULL }
};
static const struct field_map rw_device_fields[] = {
	{ "target", "target", NULL },
	{ "encrypted", "encrypted", NULL },
	{ "filesystem", "filesystem", "\"none\"" },
	{ "ensureFilesystem", "ensure_filesystem", "false" },
	{ NULL, NULL, NULL }
};
static const struct field_map scratch_fields[] = {
	{ "target", "target", NULL },
	{ "encrypted", "encrypted", NULL },
	{ NULL, NULL, NULL }
};
static const struct field_map overlay_fields[] = {
	{ "containerID", "id", NULL },
	{ "target", "target", NULL },
	{ "writable", "writable", "\"\"" },
	{ NULL, NULL, NULL }
};
static const struct field_map host_fields[] = {
	{ "target", "target", NULL },
	{ "readonly", "readonly", "false" },
	{ NULL, NULL, NULL }
};
static const struct field_map create_fields[] = {
	{ "containerID", "id", NULL },
	{ "argList", "args", NULL },
	{ "envList", "env", NULL },
	{ "workingDir", "cwd", NULL },
	{ "sandboxDir", "sandbox_dir", NULL },
	{ "hugePagesDir", "hugepages_dir", NULL },
	{ "mounts", "mounts", NULL },
	{ "privileged", "privileged", NULL },
	{ "noNewPrivileges", "no_new_privileges", NULL },
	{ "isSandboxContainer", "sandbox", "false" },
	{ "readonlyRootfs", "readonly_rootfs", "false" },
	{ "groups", "groups", NULL },
	{ "umask", "umask", NULL },
	{ "seccompProfileSHA256", "seccomp", NULL },
	{ "devices", "devices", NULL },
	{ NULL, "sysctls", "[]" },
	{ NULL, "rlimits", "[]" },
	{ NULL, "hooks", "[]" },
	{ NULL, "namespaces", "[]" },
	{ NULL, "masked_paths", "[]" },
	{ NULL, "readonly_paths", "[]" },
	{ NULL, "cgroup_rules", "[]" },
	{ NULL, "propagation", "\"\"" },
	{ NULL, NULL, NULL }
};
static const struct field_map exec_fields[] = {
	{ "containerID", "id", NULL },
	{ "argList", "args", NULL },
	{ "envList", "env", NULL },
	{ "workingDir", "cwd", NULL },
	{ "noNewPrivileges", "no_new_privileges", NULL },
	{ "groups", "groups", NULL },
	{ "umask", "umask", NULL },
	{ NULL, NULL, NULL }
};
static const struct field_map external_fields[] = {
	{ "argList", "args", NULL },
	{ "envList", "env", NULL },
	{ "workingDir", "cwd", NULL },
	{ NULL, NULL, NULL }
};
static const struct field_map signal_fields[] = {
	{ "containerID", "id", NULL },
	{ "signal", "signal", NULL },
	{ "isInitProcess", "init", NULL },
	{ "argList", "args", "[]" },
	{ NULL, NULL, NULL }
};
static const struct field_map fragment_fields[] = {
	{ "issuer", "issuer", NULL },
	{ "feed", "feed", NULL },
	{ "namespace", "namespace", "\"\"" },
	{ NULL, "svn", "0" },
	{ NULL, NULL, NULL }
};

/* Their lists of layers start with the highest, ours with the lowest. */
static void finish_overlay(const json_t *input, json_t *request)
{
	const json_t *paths = json_object_get(input, "layerPaths");
	json_t *layers;
	size_t i;

	if (!json_is_array(paths))
		return;
	layers = json_array();
	for (i = json_array_size(paths); i > 0; i--)
		json_array_append(layers, json_array_get(paths, i - 1));
	json_object_set_new(request, "layers", layers);
}

/* A user and the five sets of capabilities are objects there. */
static void finish_process(const json_t *input, json_t *request)
{
	static const char *const sets[] = {
		"bounding", "effective", "inheritable", "permitted", "ambient"
	};
	const json_t *user = json_object_get(input, "user");
	const json_t *capabilities = json_object_get(input, "capabilities");
	size_t i;

	json_object_set(request, "user_id", json_object_get(user, "id"));
	json_object_set(request, "user_name", json_object_get(user, "name"));
	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		json_object_set(request, sets[i], json_object_get(capabilities, sets[i]));
}

/* Ours names the container and the share; theirs are in the target,
 * /run/gcs/c/ID/shares/NAME.  Another target has neither and is denied. */
static void finish_host(const json_t *input, json_t *request)
{
	static const char prefix[] = "/run/gcs/c/";
	const char *target = json_string_value(json_object_get(input, "target"));
	const char *id, *name;
	size_t len = 0;

	if (target == NULL)
		return;
	name = strrchr(target, '/');
	id = strncmp(target, prefix, sizeof(prefix) - 1) == 0 ? target + sizeof(prefix) - 1 : "";
	while (id[len] != '\0' && id[len] != '/')
		len++;
	json_object_set_new(request, "id", json_stringn(id, len));
	json_object_set_new(request, "name", json_string(name == NULL ? "" : name + 1));
}

/* The SVN of a fragment is an integer or decimal digits; without one it is 0. */
static void finish_fragment(const json_t *input, json_t *request)
{
	const json_t *svn = json_object_get(input, "header_svn");
	const char *digits = json_string_value(svn);
	json_int_t value = 0;

	if (json_is_integer(svn))
		value = json_integer_value(svn);
	for (; digits != NULL && *digits >= '0' && *digits <= '9' && value < 1000000000; digits++)
		value = 10 * value + (*digits - '0');
	if (digits != NULL && *digits != '\0')
		json_object_del(request, "svn");
	else
		json_object_set_new(request, "svn", json_integer(value));
}

static const struct event_map events[] = {
	{ "mount_device", "mount_device", device_fields, NULL },
	{ "unmount_device", "unmount_device", unmount_fields, NULL },
	{ "rw_mount_device", "mount_rw_device", rw_device_fields, NULL },
	{ "rw_unmount_device", "unmount_rw_device", unmount_fields, NULL },
	{ "mount_blockdev", "mount_blockdev", target_fields, NULL },
	{ "unmount_blockdev", "unmount_blockdev", unmount_fields, NULL },
	{ "mount_overlay", "mount_overlay", overlay_fields, finish_overlay },
	{ "unmount_overlay", "unmount_overlay", unmount_fields, NULL },
	{ "scratch_mount", "mount_scratch", scratch_fields, NULL },
	{ "scratch_unmount", "unmount_scratch", unmount_fields, NULL },
	{ "create_container", "create_container", create_fields, finish_process },
	{ "exec_in_container", "exec_in_container", exec_fields, finish_process },
	{ "exec_external", "exec_external", external_fields, NULL },
	{ "signal_container_process", "signal_process", signal_fields, NULL },
	{ "shutdown_container", "shutdown_container", id_fields, NULL },
	{ "plan9_mount", "mount_host", host_fields, finish_host },
	{ "plan9_unmount", "unmount_host", unmount_fields, NULL },
	{ "load_fragment", "load_fragment", fragment_fields, finish_fragment },
	{ "get_properties", "get_properties", no_fields, NULL },
	{ "dump_stacks", "dump_stacks", no_fields, NULL },
	{ "runtime_logging", "runtime_logging", no_fields, NULL },
	{ "host_network", "host_network", no_fields, NULL },
};

static void copy_fields(const struct field_map *map, const json_t *input, json_t *request)
{
	for (; map->ours != NULL; map++) {
		json_t *value = map->theirs == NULL ? NULL : json_object_get(input, map->theirs);

		if (value != NULL)
			json_object_set(request, map->ours, value);
		else if (map->otherwise != NULL)
			json_object_set_new(request, map->ours,
			    json_loads(map->otherwise, JSON_DECODE_ANY, NULL));
	}
}

json_t *request_of_hcsshim(struct arena *a, const json_t *json, struct str *error)
{
	const char *name = json_string_value(json_object_get(json, "name"));
	const json_t *input = json_object_get(json, "input");
	json_t *request;
	size_t i;

	if (name == NULL) {
		*error = STR("name: missing");
		return NULL;
	}
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (strcmp(name, events[i].theirs) != 0)
			continue;
		request = json_object();
		json_object_set_new(request, "event", json_string(events[i].ours));
		copy_fields(events[i].fields, input, request);
		if (events[i].finish != NULL)
			events[i].finish(input, request);
		return request;
	}
	place_error(a, NULL, error, "name: hcsshim has no enforcement point \"%.100s\"", name);
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * names.c - names of containers as identifiers.  A container's name may be no
 * word of the language, and where a claim speaks of it, nothing of the framework
 * may be called the same: the tests hold this list against the framework.
 */
#include <ctype.h>

#include "write.h"

static const char *const taken[] = {
	/* cocoapol(5) */
	"add", "all", "allow", "always", "and", "as", "because", "below", "bool", "capacity", "const", "count", "def",
	"delete", "digest", "enum", "event", "false", "for", "form", "framework", "ghost", "give", "gives", "implies",
	"in", "int", "invariant", "keep", "key", "kind", "len", "let", "list", "map", "matches", "max", "named", "never",
	"not", "of", "old", "on", "or", "override", "pattern", "pick", "policy", "properties", "reachable", "record",
	"require", "restrict", "set", "some", "state", "string", "svn", "switch", "to", "true", "unique", "uses",
	/* framework/cocoaexpo.cpol: values, tables, state, constants, records */
	"any", "ext4", "xfs", "erofs", "squashfs", "none", "literal", "sandbox", "hugepages", "share", "filesystem",
	"origin", "layer", "layers", "env_rule", "mount_rule", "exec_rule", "who", "sysctl_rule", "rlimit_rule",
	"container", "containers", "external_process", "external_processes", "mount_preset", "mount_presets", "env_var",
	"mount", "group", "sysctl", "rlimit", "device", "disk", "scratch", "overlay", "share_name", "stack", "rootfs",
	"upper", "spec", "started", "used", "begun", "broken", "starts", "opened", "standard", "elevated",
	"HUP", "INT", "QUIT", "KILL", "USR1", "USR2", "TERM", "STOP",
	"container_id", "layer_target", "disk_target", "scratch_target", "overlay_target", "share_target", "share_area",
	"variable_name", "sandbox_path", "system_area", "normal_source", "guest_area", "hugepages_path",
	"occupied", "layer_fits", "source_fits", "mount_fits", "own_source", "preset_fits", "env_fits", "env_known",
	"user_fits", "groups_fit", "caps_fit", "caps_given", "share_owner_stopped",
	/* names that the writer uses in its own claims */
	"each", "id", "everything_runs",
};

static bool is_taken(struct str name, const struct str *before, uint32_t n)
{
	size_t i;

	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (str_is(name, taken[i]))
			return true;
	for (i = 0; i < n; i++)
		if (str_equal(name, before[i]))
			return true;
	return false;
}

struct str write_identifier(struct arena *a, struct str name, const struct str *before, uint32_t n)
{
	struct bytes b = { .arena = a };
	struct str base, word;
	unsigned count;
	size_t i;

	/* The framework's switches are called allow_ and something. */
	if (name.len == 0 || isdigit((unsigned char)name.ptr[0])
	    || (name.len > 6 && memcmp(name.ptr, "allow_", 6) == 0))
		bytes_printf(&b, "c_");
	for (i = 0; i < name.len && i < 100; i++)
		bytes_put8(&b, isalnum((unsigned char)name.ptr[i]) ? (unsigned char)name.ptr[i] : '_');
	base = bytes_str(&b);
	word = base;
	for (count = 1; is_taken(word, before, n); count++)
		word = arena_printf(a, "%.*s_%u", STR_ARG(base), count);
	return word;
}

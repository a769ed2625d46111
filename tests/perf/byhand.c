/* SPDX-License-Identifier: Apache-2.0
 *
 * byhand.c - what a policy costs at least: the create_container rule of
 * framework/cocoaexpo.cpol for the one declaration that generate.sh makes,
 * written straight in C as one would if the policy never changed: memcmp and
 * loops over the same request, which is judged in the same way first.  A state
 * of one container stands for the maps.  It is compiled with the guest's flags.
 */
#include <string.h>

#include "byhand.h"
#include "bytecode/decode.h"

struct text { const uint8_t *ptr; uint32_t n; };
#define TEXT(s) { (const uint8_t *)(s), sizeof(s) - 1 }

/* The fields in the event's order, which is that of their names. */
enum field {
	AMBIENT, ARGS, BOUNDING, CGROUP_RULES, CWD, DEVICES, EFFECTIVE, ENV, GROUPS, HOOKS, HUGEPAGES_DIR,
	ID, INHERITABLE, MASKED_PATHS, MOUNTS, NAMESPACES, NO_NEW_PRIVILEGES, PERMITTED, PRIVILEGED,
	PROPAGATION, READONLY_PATHS, READONLY_ROOTFS, RLIMITS, SANDBOX, SANDBOX_DIR, SECCOMP, SYSCTLS,
	UMASK, USER_ID, USER_NAME, N_FIELDS
};
/* What a cell, or each cell of an element, is: b bool, i int, s string, and
 * capital letters for lists (L) and sets (S) of strings. */
static const struct { char shape; const char *members; uint32_t most; } fields[N_FIELDS] = {
	[AMBIENT] = { 'S', "s", 64 }, [ARGS] = { 'L', "s", 1024 }, [BOUNDING] = { 'S', "s", 64 },
	[CGROUP_RULES] = { 'L', "s", 64 }, [CWD] = { 's', "", 0 }, [DEVICES] = { 'L', "s", 64 },
	[EFFECTIVE] = { 'S', "s", 64 }, [ENV] = { 'S', "ss", 1024 }, [GROUPS] = { 'S', "ss", 256 },
	[HOOKS] = { 'L', "s", 64 }, [HUGEPAGES_DIR] = { 's', "", 0 }, [ID] = { 's', "", 0 },
	[INHERITABLE] = { 'S', "s", 64 }, [MASKED_PATHS] = { 'S', "s", 64 }, [MOUNTS] = { 'S', "sSss", 256 },
	[NAMESPACES] = { 'S', "s", 16 }, [NO_NEW_PRIVILEGES] = { 'b', "", 0 }, [PERMITTED] = { 'S', "s", 64 },
	[PRIVILEGED] = { 'b', "", 0 }, [PROPAGATION] = { 's', "", 0 }, [READONLY_PATHS] = { 'S', "s", 64 },
	[READONLY_ROOTFS] = { 'b', "", 0 }, [RLIMITS] = { 'S', "sii", 32 }, [SANDBOX] = { 'b', "", 0 },
	[SANDBOX_DIR] = { 's', "", 0 }, [SECCOMP] = { 's', "", 0 }, [SYSCTLS] = { 'S', "ss", 64 },
	[UMASK] = { 's', "", 0 }, [USER_ID] = { 's', "", 0 }, [USER_NAME] = { 's', "", 0 },
};

struct request { const uint8_t *bytes; uint32_t len, left; };

static struct text text_at(const struct request *r, const uint8_t *cell)
{
	struct text t = { r->bytes + bc_get32(cell), bc_get32(cell + 4) };

	return t;
}

static bool same(struct text a, struct text b)
{
	return a.n == b.n && memcmp(a.ptr, b.ptr, a.n) == 0;
}

static bool ascends(struct text a, struct text b)
{
	int order = memcmp(a.ptr, b.ptr, a.n < b.n ? a.n : b.n);

	return order != 0 ? order < 0 : a.n < b.n;
}

/* ---- judging the request ---- */

static bool spend(struct request *r, uint32_t at, uint32_t n, uint32_t unit)
{
	if (at > r->len || n > (r->len - at) / unit || n > r->left / unit)
		return false;
	r->left -= n * unit;
	return true;
}

static bool check_list(struct request *r, const uint8_t *cell, char shape, const char *members, uint32_t most);

static bool check_cell(struct request *r, const uint8_t *cell, char kind)
{
	if (kind == 'b')
		return bc_get64(cell) <= 1;
	if (kind == 's')
		return bc_get32(cell + 4) <= BC_STRING_MAX && spend(r, bc_get32(cell), bc_get32(cell + 4), 1);
	return kind == 'i' || check_list(r, cell, 'S', "s", BC_ELEMENTS_MAX);
}

static bool check_list(struct request *r, const uint8_t *cell, char shape, const char *members, uint32_t most)
{
	uint32_t n_members = (uint32_t)strlen(members), at = bc_get32(cell), n = bc_get32(cell + 4);
	const uint8_t *element = r->bytes + at;

	if (n > most || !spend(r, at, n, 8 * n_members))
		return false;
	for (uint32_t i = 0; i < n; i++, element += 8 * n_members) {
		for (uint32_t k = 0; k < n_members; k++) {
			if (!check_cell(r, element + 8 * k, members[k]))
				return false;
		}
		if (shape == 'S' && i > 0 &&
		    !ascends(text_at(r, element - 8 * n_members), text_at(r, element)))
			return false;
	}
	return true;
}

static bool check_request(struct request *r)
{
	if (r->len < 8 || bc_get32(r->bytes + 4) != r->len || !spend(r, 0, 1 + N_FIELDS, 8))
		return false;
	for (uint32_t i = 0; i < N_FIELDS; i++) {
		const uint8_t *cell = r->bytes + 8 + 8 * i;
		bool fits = fields[i].most != 0
		    ? check_list(r, cell, fields[i].shape, fields[i].members, fields[i].most)
		    : check_cell(r, cell, fields[i].shape);

		if (!fits)
			return false;
	}
	return true;
}

/* ---- patterns ---- */

static bool is_word_byte(uint8_t c, const char *others)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c != 0 && strchr(others, c) != NULL);
}

static bool starts(struct text t, struct text with)
{
	return t.n >= with.n && memcmp(t.ptr, with.ptr, with.n) == 0;
}

/* /run/gcs/c/[A-Za-z0-9_-]{1,64} and an end */
static bool is_area(struct text t, struct text end)
{
	static const struct text start = TEXT("/run/gcs/c/");

	if (!starts(t, start) || t.n < start.n + 1 + end.n || t.n > start.n + 64 + end.n ||
	    memcmp(t.ptr + t.n - end.n, end.ptr, end.n) != 0)
		return false;
	for (uint32_t i = start.n; i < t.n - end.n; i++) {
		if (!is_word_byte(t.ptr[i], "_-"))
			return false;
	}
	return true;
}

/* [A-Za-z0-9_-][A-Za-z0-9_.-]*|(/\.?[A-Za-z0-9_:@%+,=~-][A-Za-z0-9_:@%+,=~.-]*)+|/ */
static bool is_normal(struct text t)
{
	bool starts_step = true;

	if (t.n == 0)
		return false;
	if (t.ptr[0] != '/') {
		if (!is_word_byte(t.ptr[0], "_-"))
			return false;
		for (uint32_t i = 1; i < t.n; i++) {
			if (!is_word_byte(t.ptr[i], "_.-"))
				return false;
		}
		return true;
	}
	if (t.n == 1)
		return true;
	for (uint32_t i = 1; i < t.n; i++) {
		uint8_t c = t.ptr[i];

		if (c == '/') {
			if (starts_step)
				return false;
			starts_step = true;
			continue;
		}
		if (starts_step && c == '.' && i + 1 < t.n)
			c = t.ptr[++i];
		if (!is_word_byte(c, starts_step ? "_:@%+,=~-" : "_:@%+,=~.-"))
			return false;
		starts_step = false;
	}
	return !starts_step;
}

/* /run/gcs/c/[^/\n]*\/shares(/.*)? */
static bool is_share(struct text t)
{
	static const struct text start = TEXT("/run/gcs/c/"), shares = TEXT("/shares");
	uint32_t i = start.n;

	if (!starts(t, start))
		return false;
	while (i < t.n && t.ptr[i] != '/' && t.ptr[i] != '\n')
		i++;
	return t.n - i >= shares.n && memcmp(t.ptr + i, shares.ptr, shares.n) == 0 &&
	    (t.n - i == shares.n || t.ptr[i + shares.n] == '/');
}

/* /|/run|/run/(gcs|layers|disks|scratch)(/.*)? */
static bool is_guest(struct text t)
{
	static const struct text areas[] = { TEXT("/run/gcs"), TEXT("/run/layers"), TEXT("/run/disks"),
	    TEXT("/run/scratch") }, run = TEXT("/run"), root = TEXT("/");

	for (uint32_t i = 0; i < 4; i++) {
		if (starts(t, areas[i]) && (t.n == areas[i].n || t.ptr[areas[i].n] == '/'))
			return true;
	}
	return same(t, run) || same(t, root);
}

static bool is_variable(struct text t)
{
	for (uint32_t i = 0; i < t.n; i++) {
		if (t.ptr[i] == '=' || t.ptr[i] == 0 || t.ptr[i] == '\n')
			return false;
	}
	return t.n > 0;
}

/* ---- the declaration ---- */

struct mount_rule {
	struct text destination, type, source;
	bool is_sandbox, is_optional, is_privileged;
	uint32_t n_options;
	struct text options[8];
};
static const struct mount_rule mounts[] = {
	{ TEXT("/data/0"), TEXT("bind"), TEXT("/data/0/0"), true, false, false, 2, { TEXT("rbind"), TEXT("rw") } },
	{ TEXT("/data/1"), TEXT("bind"), TEXT("/data/0/1"), true, false, false, 2, { TEXT("rbind"), TEXT("rw") } },
	{ TEXT("/data/2"), TEXT("bind"), TEXT("/data/0/2"), true, false, false, 2, { TEXT("rbind"), TEXT("rw") } },
	{ TEXT("/data/3"), TEXT("bind"), TEXT("/data/0/3"), true, false, false, 2, { TEXT("rbind"), TEXT("rw") } },
	{ TEXT("/proc"), TEXT("proc"), TEXT("proc"), false, true, false, 3,
	    { TEXT("nodev"), TEXT("noexec"), TEXT("nosuid") } },
	{ TEXT("/dev"), TEXT("tmpfs"), TEXT("tmpfs"), false, true, false, 4,
	    { TEXT("mode=755"), TEXT("nosuid"), TEXT("size=65536k"), TEXT("strictatime") } },
	{ TEXT("/dev/pts"), TEXT("devpts"), TEXT("devpts"), false, true, false, 6,
	    { TEXT("gid=5"), TEXT("mode=0620"), TEXT("newinstance"), TEXT("noexec"), TEXT("nosuid"),
	    TEXT("ptmxmode=0666") } },
	{ TEXT("/dev/shm"), TEXT("tmpfs"), TEXT("shm"), false, true, false, 5,
	    { TEXT("mode=1777"), TEXT("nodev"), TEXT("noexec"), TEXT("nosuid"), TEXT("size=65536k") } },
	{ TEXT("/dev/mqueue"), TEXT("mqueue"), TEXT("mqueue"), false, true, false, 3,
	    { TEXT("nodev"), TEXT("noexec"), TEXT("nosuid") } },
	{ TEXT("/sys"), TEXT("sysfs"), TEXT("sysfs"), false, true, false, 4,
	    { TEXT("nodev"), TEXT("noexec"), TEXT("nosuid"), TEXT("ro") } },
	{ TEXT("/run"), TEXT("tmpfs"), TEXT("tmpfs"), false, true, false, 4,
	    { TEXT("mode=755"), TEXT("nosuid"), TEXT("size=65536k"), TEXT("strictatime") } },
	{ TEXT("/sys"), TEXT("sysfs"), TEXT("sysfs"), false, true, true, 4,
	    { TEXT("nodev"), TEXT("noexec"), TEXT("nosuid"), TEXT("rw") } },
};
#define N_MOUNTS (sizeof(mounts) / sizeof(mounts[0]))

static bool is_path_list(struct text t)
{
	return same(t, (struct text)TEXT("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
}
static bool is_zero(struct text t) { return same(t, (struct text)TEXT("0")); }
static bool is_xterm(struct text t) { return same(t, (struct text)TEXT("xterm")); }
static bool is_root_dir(struct text t) { return same(t, (struct text)TEXT("/root")); }
static bool is_lang(struct text t)
{
	for (uint32_t i = 0; i < t.n; i++) {
		if (!is_word_byte(t.ptr[i], "_.-"))
			return false;
	}
	return t.n > 0;
}
static bool is_line(struct text t)
{
	return t.n == 0 || memchr(t.ptr, '\n', t.n) == NULL;
}
static bool is_svc(struct text t)
{
	static const struct text svc = TEXT("SVC_");

	if (t.n == svc.n || !starts(t, svc))
		return false;
	for (uint32_t i = svc.n; i < t.n; i++) {
		if ((t.ptr[i] < 'A' || t.ptr[i] > 'Z') && t.ptr[i] != '_')
			return false;
	}
	return true;
}

static const struct env_rule {
	struct text name;
	bool (*name_fits)(struct text), (*value_fits)(struct text);
	bool is_optional;
} variables[] = {
	{ TEXT("PATH"), NULL, is_path_list, false }, { TEXT("NUMBER"), NULL, is_zero, false },
	{ TEXT("TERM"), NULL, is_xterm, true }, { TEXT("HOME"), NULL, is_root_dir, false },
	{ TEXT("LANG"), NULL, is_lang, false }, { TEXT(""), is_svc, is_line, false },
};
#define N_VARIABLES (sizeof(variables) / sizeof(variables[0]))
static const struct text command[] = { TEXT("/usr/bin/service"), TEXT("--number"), TEXT("0") };

static struct text field(const struct request *r, enum field f)
{
	return text_at(r, r->bytes + 8 + 8 * f);
}

/* A cell of an element of a list field. */
static const uint8_t *element(const struct request *r, enum field f, uint32_t n_members, uint32_t i)
{
	return field(r, f).ptr + 8 * (size_t)n_members * i;
}

static uint32_t count(const struct request *r, enum field f)
{
	return field(r, f).n;
}

static bool is_set(const struct request *r, enum field f)
{
	return bc_get64(r->bytes + 8 + 8 * f) != 0;
}

static bool source_fits(const struct request *r, struct text source, const struct mount_rule *rule)
{
	struct text dir = field(r, SANDBOX_DIR);

	if (!rule->is_sandbox)
		return same(source, rule->source) && !is_guest(source);
	return starts(source, dir) && source.n - dir.n == rule->source.n &&
	    memcmp(source.ptr + dir.n, rule->source.ptr, rule->source.n) == 0;
}

/* The members of a mount: destination, options, source, type. */
static bool mount_fits(const struct request *r, const uint8_t *mount, const struct mount_rule *rule)
{
	struct text options = text_at(r, mount + 8);

	if (!same(text_at(r, mount), rule->destination) || options.n != rule->n_options ||
	    !same(text_at(r, mount + 24), rule->type))
		return false;
	for (uint32_t i = 0; i < options.n; i++) {
		if (!same(text_at(r, options.ptr + 8 * (size_t)i), rule->options[i]))
			return false;
	}
	return source_fits(r, text_at(r, mount + 16), rule);
}

static bool mounts_fit(const struct request *r)
{
	for (uint32_t i = 0; i < count(r, MOUNTS); i++) {
		const uint8_t *mount = element(r, MOUNTS, 4, i);
		struct text source = text_at(r, mount + 16);
		uint32_t k = 0;

		if (!is_normal(source) || is_share(source))
			return false;
		while (k < N_MOUNTS && !((!mounts[k].is_privileged || is_set(r, PRIVILEGED)) &&
		    mount_fits(r, mount, &mounts[k])))
			k++;
		if (k == N_MOUNTS)
			return false;
	}
	for (uint32_t k = 0; k < N_MOUNTS; k++) {
		uint32_t i = 0;

		while (!mounts[k].is_optional && i < count(r, MOUNTS) &&
		    !mount_fits(r, element(r, MOUNTS, 4, i), &mounts[k]))
			i++;
		if (i == count(r, MOUNTS))
			return false;
	}
	return true;
}

static bool variable_fits(const struct request *r, const uint8_t *variable, const struct env_rule *rule)
{
	struct text name = text_at(r, variable);

	return (rule->name_fits != NULL ? rule->name_fits(name) : same(name, rule->name)) &&
	    rule->value_fits(text_at(r, variable + 8));
}

static bool variables_fit(const struct request *r)
{
	for (uint32_t i = 0; i < count(r, ENV); i++) {
		uint32_t k = 0;

		if (!is_variable(text_at(r, element(r, ENV, 2, i))))
			return false;
		while (k < N_VARIABLES && !variable_fits(r, element(r, ENV, 2, i), &variables[k]))
			k++;
		if (k == N_VARIABLES)
			return false;
	}
	for (uint32_t k = 0; k < N_VARIABLES; k++) {
		uint32_t i = 0;

		while (!variables[k].is_optional && i < count(r, ENV) &&
		    !variable_fits(r, element(r, ENV, 2, i), &variables[k]))
			i++;
		if (i == count(r, ENV))
			return false;
	}
	return true;
}

/* User and group may be any. */
static bool names_fit(const struct request *r)
{
	static const struct text root = TEXT("/"), umask = TEXT("0022");

	if (!is_set(r, NO_NEW_PRIVILEGES) || is_set(r, PRIVILEGED) || is_set(r, SANDBOX) ||
	    is_set(r, READONLY_ROOTFS) || !same(field(r, CWD), root) || !same(field(r, UMASK), umask) ||
	    count(r, SECCOMP) != 0 || count(r, ARGS) != 3)
		return false;
	for (uint32_t i = 0; i < 3; i++) {
		if (!same(text_at(r, element(r, ARGS, 1, i)), command[i]))
			return false;
	}
	return true;
}

bool byhand_create(struct byhand *state, const void *bytes, size_t len)
{
	static const enum field empty[] = { DEVICES, HOOKS, NAMESPACES, CGROUP_RULES, MASKED_PATHS,
	    READONLY_PATHS, PROPAGATION, SYSCTLS, RLIMITS, BOUNDING, EFFECTIVE, INHERITABLE, PERMITTED, AMBIENT };
	struct request r = { bytes, (uint32_t)len, (uint32_t)len };
	struct text id = { state->id, state->id_len };

	if (!check_request(&r) || state->is_broken || !same(field(&r, ID), id) || state->is_started)
		return false;
	for (uint32_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		if (count(&r, empty[i]) != 0)
			return false;
	}
	if (!is_area(field(&r, SANDBOX_DIR), (struct text)TEXT("/sandboxMounts")) ||
	    !is_area(field(&r, HUGEPAGES_DIR), (struct text)TEXT("/hugepages")))
		return false;
	return names_fit(&r) && mounts_fit(&r) && variables_fit(&r);
}

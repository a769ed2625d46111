/* SPDX-License-Identifier: Apache-2.0
 *
 * capabilities.c - the capabilities that a runtime gives a container, and the
 * numbers of signals.  capabilities(7), signal(7); the default is containerd's,
 * which is Docker's too.
 */
#include <ctype.h>

#include "import.h"

static const char *const capabilities[] = {
	"AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
	"DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE",
	"LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST",
	"NET_RAW", "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT",
	"SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME",
	"SYS_TTY_CONFIG", "WAKE_ALARM",
};
static const char *const by_default[] = {
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW",
	"SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
};
enum {
	N_CAPABILITIES = sizeof(capabilities) / sizeof(capabilities[0]),
	N_BY_DEFAULT = sizeof(by_default) / sizeof(by_default[0])
};

/* Without CAP_, in capitals. */
static struct str plain_name(struct arena *a, struct str name)
{
	struct str upper = arena_copy(a, name.ptr, name.len);
	char *to = arena_alloc(a, name.len + 1);
	size_t i;

	for (i = 0; i < name.len; i++)
		to[i] = (char)toupper((unsigned char)upper.ptr[i]);
	upper.ptr = to;
	if (upper.len > 4 && memcmp(upper.ptr, "CAP_", 4) == 0)
		upper = (struct str){ upper.ptr + 4, upper.len - 4 };
	return upper;
}

static void change(struct import *im, bool has[N_CAPABILITIES], const struct values *names, bool value)
{
	uint32_t i;
	size_t j;

	for (i = 0; names != NULL && i < names->n; i++) {
		struct str name = plain_name(im->arena, names->items[i].text);

		for (j = 0; j < N_CAPABILITIES && !str_is(name, capabilities[j]); j++)
			;
		if (j < N_CAPABILITIES)
			has[j] = value;
		else if (!str_is(name, "ALL"))
			diag_error(im->diag, names->items[i].from, DIAG_BAD_VALUE, "'%.*s' is no capability",
			    STR_ARG(names->items[i].text));
	}
}

static bool names_all(struct import *im, const struct values *names)
{
	uint32_t i;

	for (i = 0; names != NULL && i < names->n; i++)
		if (str_is(plain_name(im->arena, names->items[i].text), "ALL"))
			return true;
	return false;
}

void import_capabilities(struct import *im, struct container *c, const struct values *add, const struct values *drop,
    bool privileged)
{
	bool has[N_CAPABILITIES] = { false }, all = privileged || names_all(im, add);
	struct loc from = add != NULL && add->n != 0 ? add->items[0].from
	    : drop != NULL && drop->n != 0 ? drop->items[0].from : (struct loc){ NULL, 0, 0 };
	struct values names = { NULL, 0, 0 };
	size_t i, j;

	for (i = 0; i < N_CAPABILITIES; i++) {
		for (j = 0; j < N_BY_DEFAULT && strcmp(capabilities[i], by_default[j]) != 0; j++)
			;
		has[i] = all || j < N_BY_DEFAULT;
	}
	if (!privileged && names_all(im, drop))
		memset(has, 0, sizeof(has));
	change(im, has, add, true);
	if (!privileged)
		change(im, has, drop, false);
	for (i = 0; i < N_CAPABILITIES; i++)
		if (has[i])
			values_add(im->arena, &names, arena_printf(im->arena, "CAP_%s", capabilities[i]), from);
	c->bounding = c->effective = c->permitted = names;
}

unsigned import_signal(struct str name)
{
	static const char *const signals[] = { "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL",
		"USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN",
		"TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS" };
	unsigned number = 0, i, base = 0;

	if (name.len > 3 && memcmp(name.ptr, "SIG", 3) == 0)
		name = (struct str){ name.ptr + 3, name.len - 3 };
	for (i = 1; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (str_is(name, signals[i]))
			return i;
	if (name.len > 6 && memcmp(name.ptr, "RTMIN+", 6) == 0) {
		name = (struct str){ name.ptr + 6, name.len - 6 };
		base = 34;
	}
	for (i = 0; i < name.len && i < 3 && isdigit((unsigned char)name.ptr[i]); i++)
		number = number * 10 + (unsigned)(name.ptr[i] - '0');
	number += base;
	return i == 0 || i != name.len || number > 64 ? 0 : number;
}

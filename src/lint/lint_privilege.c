/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_privilege.c - what a declaration or a switch gives away: users,
 * capabilities, modes, and the forms that ids and paths may have.
 */
#include "../base/bytes.h"
#include "lint.h"

/* ---- users ---- */

/* Of "user" or "group": a pattern that means others may mean root too. */
static void look_at_who(struct lint *l, struct lint_row owner, struct lint_row who, const char *what)
{
	struct lang *id = lint_pattern(l, who, "id");
	struct str single;

	if (lint_single(&l->langs, id, &single) || !lint_meets(&l->langs, lint_literal(&l->langs,
	    STR("0")), id))
		return;
	if (lint_within(&l->langs, lint_lang_of(&l->langs, "[0-9]*"), id)) {
		if (strcmp(what, "user") == 0)
			lint_add_part(l, LINT_USER_ANY, owner, who, STR("the host chooses the user, root "
			    "among them"), STR(""));
		return;
	}
	lint_add_part(l, LINT_USER_ROOT, owner, who, arena_printf(l->arena,
	    "the pattern of the %s admits root", what), STR("\"0\""));
}

static bool is_octal(struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '7')
			return false;
	return text.len != 0 && text.len <= 6;
}

/* Bits that a umask leaves to group and others for writing. */
static void look_at_umask(struct lint *l, struct lint_row c)
{
	struct str umask = lint_text(l, c, "umask");
	uint32_t mode = 0;
	size_t i;

	if (!is_octal(umask))
		return;
	for (i = 0; i < umask.len; i++)
		mode = mode * 8 + (uint32_t)(umask.ptr[i] - '0');
	if ((mode & 022) != 022)
		lint_add_row(l, LINT_UMASK_OPEN, c, arena_printf(l->arena,
		    "umask %.*s leaves new files writable by %s", STR_ARG(umask),
		    (mode & 02) == 0 ? "everybody" : "the group"), STR(""));
}

/* ---- capabilities ---- */

/* Each is known to lead to root, or past the container, by itself. */
static const char *const strong[] = {
	"SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE", "SYS_BOOT", "DAC_READ_SEARCH",
	"MAC_ADMIN", "MAC_OVERRIDE", "BPF", "PERFMON", "NET_ADMIN", "SYSLOG", "MKNOD"
};

static bool is_strong(struct str name)
{
	size_t i;

	if (name.len > 4 && memcmp(name.ptr, "CAP_", 4) == 0)
		name = (struct str){ name.ptr + 4, name.len - 4 };
	for (i = 0; i < sizeof(strong) / sizeof(strong[0]); i++)
		if (str_is(name, strong[i]))
			return true;
	return false;
}

static void look_at_capabilities(struct lint *l, struct lint_row c)
{
	struct bc_bytes names = lint_list(l, c, "capabilities", BC_STRING);
	struct bytes b = { .arena = l->arena };
	uint32_t i, n = 0;

	for (i = 0; i < names.len; i++)
		if (is_strong(lint_string(l, lint_item(names, i))))
			bytes_printf(&b, "%s%.*s", n++ == 0 ? "" : ", ",
			    STR_ARG(lint_string(l, lint_item(names, i))));
	if (n != 0)
		lint_add_row(l, LINT_CAPABILITY, c, arena_printf(l->arena, "has what is as good as "
		    "root: %.*s", STR_ARG(bytes_str(&b))), STR(""));
}

static void look_at_container(struct lint *l, struct lint_row c)
{
	struct lint_row user = lint_row_of(l, c, "user");
	struct lint_rows groups = lint_rows(l, c, "group");
	uint32_t i;

	if (user.table != LINT_NONE)
		look_at_who(l, c, user, "user");
	for (i = 0; i < groups.cells.len; i++)
		look_at_who(l, c, lint_rows_at(groups, i), "group");
	look_at_umask(l, c);
	look_at_capabilities(l, c);
	if (lint_true(l, c, "allow_elevated"))
		lint_add_row(l, LINT_ELEVATED, c, STR("may be privileged, with the mounts of privileged "
		    "containers"), STR(""));
	else if (lint_column(l, c.table, "no_new_privileges") != LINT_NONE &&
	    !lint_true(l, c, "no_new_privileges"))
		lint_add_row(l, LINT_NEW_PRIVILEGES, c, STR("its processes may gain privileges: "
		    "no_new_privileges is not set"), STR(""));
}

/* ---- switches ---- */

static const struct {
	const char *name, *meaning;
	enum lint_name finding;
} switches[] = {
	{ "allow_unencrypted_scratch", "the host reads and changes what containers write",
	    LINT_SWITCH_DANGER },
	{ "allow_host_network", "containers share the host's network", LINT_SWITCH_DANGER },
	{ "allow_environment_dropping", "the host adds variables that are dropped, or leaves out "
	    "optional ones, unseen", LINT_SWITCH_OPEN },
	{ "allow_capability_dropping", "the host asks for more capabilities, which are dropped, unseen",
	    LINT_SWITCH_OPEN },
	{ "allow_dump_stacks", "the host reads the stacks of the guest's processes",
	    LINT_SWITCH_DANGER },
	{ "allow_get_properties", "the host reads what processes run and what they use",
	    LINT_SWITCH_OPEN },
	{ "allow_runtime_logging", "the host reads the log of the runtime", LINT_SWITCH_OPEN },
	{ "allow_update_container", "the host changes the resources of running containers",
	    LINT_SWITCH_OPEN },
	{ "allow_pause_container", "the host stops and continues containers", LINT_SWITCH_OPEN },
	{ "allow_resize_terminal", "the host changes the size of terminals", LINT_SWITCH_OPEN },
	{ "allow_update_network", "the host changes the group's network", LINT_SWITCH_OPEN },
};

/* Forms that become paths in the guest.  The forms of overlays and shares hold
 * an id, whose own form is judged. */
static const char *const forms[] = {
	"container_id", "layer_target", "disk_target", "scratch_target", "normal_source"
};
#define PATH_PARTS "(?s)(.*/)?\\.\\.?(/.*)?|.*[\\n\\x00].*|.*//.*|"

static void look_at_form(struct lint *l, const char *name)
{
	struct lang *form = lint_switch_pattern(l, name), *odd;
	struct str word;

	if (form == NULL)
		return;
	odd = lint_and(&l->langs, form, lint_lang_of(&l->langs, PATH_PARTS));
	if (strcmp(name, "container_id") == 0)
		odd = lint_and(&l->langs, form, lint_lang_of(&l->langs, "(?s).*/.*|" PATH_PARTS));
	if (lint_no_word(odd))
		return;
	word = lint_word(&l->langs, odd);
	lint_add(l, LINT_SWITCH_PATTERN, NULL, arena_printf(l->arena, "switch %s", name),
	    STR("admits what changes the meaning of a path that it is part of"), lint_quote(l, word));
}

void lint_privileges(struct lint *l)
{
	struct lint_row c = { l->containers, 0 };
	size_t i;

	for (; l->containers != LINT_NONE && c.row < l->p->tables[c.table].n_rows; c.row++)
		look_at_container(l, c);
	for (i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (lint_switch(l, switches[i].name))
			lint_add(l, switches[i].finding, NULL,
			    arena_printf(l->arena, "switch %s", switches[i].name),
			    (struct str){ switches[i].meaning, strlen(switches[i].meaning) }, STR(""));
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		look_at_form(l, forms[i]);
}

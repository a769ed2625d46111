/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_mount.c - a container's mounts: what they cover in it, where their
 * sources may come from, and whether any is ever accepted.
 */
#include "lint.h"

/* Places of the guest that hold secrets, or give all of it away. */
#define SECRETS \
	"/(dev|proc|sys|root|boot|etc|home)(/.*)?|/var/(run|lib)(/.*)?|/run/(secrets|containerd)(/.*)?|/"
/* Directories of a container that the kernel or the loader trusts. */
static const char *const trusted[] = {
	"/", "/bin", "/sbin", "/lib", "/lib64", "/usr", "/usr/bin", "/usr/sbin", "/usr/lib",
	"/usr/local", "/usr/local/bin", "/etc", "/proc", "/sys", "/dev"
};

struct mounts {
	struct lint *l;
	struct lint_row owner;
	struct lang *normal, *guest, *secrets, *sandbox, *hugepages, *share;
};

/* "/a/b" covers itself and what is below it; "/" covers all. */
static bool covers(struct str high, struct str low)
{
	if (high.len == 1)
		return low.len != 0 && low.ptr[0] == '/';
	return low.len >= high.len && memcmp(low.ptr, high.ptr, high.len) == 0 &&
	    (low.len == high.len || low.ptr[high.len] == '/');
}

/* Absolute, and no part is empty, "." or "..". */
static bool is_normal(struct str path)
{
	size_t i, start = 1, len;

	if (path.len == 0 || path.ptr[0] != '/')
		return false;
	for (i = 1; path.len > 1 && i <= path.len; i++) {
		if (i < path.len && path.ptr[i] != '/')
			continue;
		len = i - start;
		if (len == 0 || (len <= 2 && memcmp(path.ptr + start, "..", len) == 0))
			return false;
		start = i + 1;
	}
	return true;
}

static void look_at_destination(const struct mounts *m, struct lint_row rule)
{
	struct lint *l = m->l;
	struct str to = lint_text(l, rule, "destination"), first = STR(""), quoted = lint_quote(l, to);
	struct bc_bytes command = lint_list(l, m->owner, "command", BC_STRING);
	size_t i;

	if (!is_normal(to)) {
		lint_add_part(l, LINT_MOUNT_PATH, m->owner, rule, arena_printf(l->arena,
		    "the destination %.*s is not a normal absolute path", STR_ARG(quoted)), STR(""));
		return;
	}
	if (command.len != 0)
		first = lint_string(l, lint_item(command, 0));
	if (to.len > 1 && covers(to, first)) {
		lint_add_part(l, LINT_MOUNT_COVERS, m->owner, rule, arena_printf(l->arena,
		    "a mount on %.*s covers the container's command %.*s of its verified layers",
		    STR_ARG(quoted), STR_ARG(lint_quote(l, first))), STR(""));
		return;
	}
	for (i = 0; i < sizeof(trusted) / sizeof(trusted[0]); i++)
		if (str_is(to, trusted[i]))
			lint_add_part(l, LINT_MOUNT_COVERS, m->owner, rule, arena_printf(l->arena,
			    "a mount on %.*s covers a directory of the container's system",
			    STR_ARG(quoted)), STR(""));
}

/* The sources that are ever accepted for a rule, or after its directory. */
static struct lang *accepted(const struct mounts *m, struct str origin, struct lang *source)
{
	struct lint_langs *langs = &m->l->langs;

	if (str_is(origin, "literal")) {
		source = lint_and(langs, source, m->normal);
		return m->guest == NULL ? source : lint_and(langs, source, lint_not(langs, m->guest));
	}
	if (str_is(origin, "sandbox") && m->sandbox != NULL)
		return lint_and(langs, source, m->sandbox);
	if (str_is(origin, "hugepages") && m->hugepages != NULL)
		return lint_and(langs, source, m->hugepages);
	if (str_is(origin, "share") && m->share != NULL)
		return lint_and(langs, source, m->share);
	return source;
}

static void look_at_source(const struct mounts *m, struct lint_row rule)
{
	struct lint *l = m->l;
	struct lang *source = lint_pattern(l, rule, "source"), *ok, *secret;
	struct str origin = lint_enumerator(l, rule, "origin"), type = lint_text(l, rule, "type");
	bool optional = lint_true(l, rule, "optional");

	if (lint_no_word(source))
		return;                         /* pattern-empty says it */
	ok = accepted(m, origin, source);
	if (lint_no_word(ok)) {
		if (!optional)
			l->blocked[m->owner.row] = true;
		lint_add_part(l, LINT_MOUNT_REFUSED, m->owner, rule, arena_printf(l->arena,
		    "no source of it is ever accepted%s", optional ? "" :
		    ", and it is required: the container can never start"),
		    lint_quote(l, lint_word(&l->langs, source)));
		return;
	}
	if (!str_is(origin, "literal") || !(str_is(type, "bind") || str_is(type, "rbind")))
		return;
	secret = lint_and(&l->langs, ok, m->secrets);
	if (!lint_no_word(secret))
		lint_add_part(l, LINT_MOUNT_SECRETS, m->owner, rule, STR("its source may be a place of "
		    "the guest that holds secrets or devices"),
		    lint_quote(l, lint_word(&l->langs, secret)));
}

/* Whether one mount can be what both rules want, on one destination. */
static bool agree(const struct mounts *m, struct lint_row one, struct lint_row other)
{
	struct lint *l = m->l;
	struct str origin = lint_enumerator(l, one, "origin");

	return str_equal(lint_text(l, one, "type"), lint_text(l, other, "type")) &&
	    lint_list(l, one, "options", BC_STRING).ptr == lint_list(l, other, "options", BC_STRING).ptr &&
	    (!str_equal(origin, lint_enumerator(l, other, "origin")) ||
	    lint_meets(&l->langs, accepted(m, origin, lint_pattern(l, one, "source")),
	    lint_pattern(l, other, "source")));
}

/* Mounts are a set by destination: of two on one place only one can be there. */
static void look_at_pair(const struct mounts *m, struct lint_row one, struct lint_row other)
{
	struct lint *l = m->l;
	struct str to = lint_text(l, one, "destination");
	bool both = !lint_true(l, one, "optional") && !lint_true(l, other, "optional");
	const char *what = "the host chooses which";

	if (!str_equal(to, lint_text(l, other, "destination")))
		return;
	if (both)
		what = "one mount must be what both rules want";
	if (both && !agree(m, one, other)) {
		what = "both are required and no mount is both, so the container can never start";
		l->blocked[m->owner.row] = true;
	}
	lint_add_part(l, LINT_MOUNT_CONFLICT, m->owner, other, arena_printf(l->arena,
	    "another mount of it is on %.*s too: %s", STR_ARG(lint_quote(l, to)), what), STR(""));
}

static void look_at_conflicts(const struct mounts *m, struct lint_rows rules)
{
	uint32_t i, j;

	for (i = 0; i < rules.cells.len; i++)
		for (j = 0; j < rules.cells.len; j++)
			if (i != j && lint_comes_before(m->l, lint_rows_at(rules, i), lint_rows_at(rules, j)))
				look_at_pair(m, lint_rows_at(rules, i), lint_rows_at(rules, j));
}

static void look_at_container(struct mounts *m)
{
	struct lint_rows rules = lint_rows(m->l, m->owner, "mount");
	uint32_t i;

	for (i = 0; i < rules.cells.len; i++) {
		look_at_destination(m, lint_rows_at(rules, i));
		look_at_source(m, lint_rows_at(rules, i));
	}
	look_at_conflicts(m, rules);
}

void lint_mounts(struct lint *l)
{
	struct mounts m = { .l = l, .owner = { l->containers, 0 } };
	struct lint_langs *langs = &l->langs;
	struct lang *sandbox = lint_switch_pattern(l, "sandbox_path"), *id, *share;
	struct lang *hugepages = lint_switch_pattern(l, "hugepages_path");

	if (l->containers == LINT_NONE)
		return;
	m.normal = lint_switch_pattern(l, "normal_source");
	m.guest = lint_switch_pattern(l, "guest_area");
	m.secrets = lint_lang_of(langs, SECRETS);
	if (m.normal != NULL && sandbox != NULL)
		m.sandbox = lint_quotient(langs, m.normal, sandbox);
	if (m.normal != NULL && hugepages != NULL)
		m.hugepages = lint_quotient(langs, m.normal, hugepages);
	id = lint_switch_pattern(l, "container_id");
	share = lint_switch_pattern(l, "share_target");
	if (id != NULL && share != NULL)
		m.share = lint_quotient(langs, share, lint_concat(langs,
		    lint_concat(langs, lint_literal(langs, STR("/run/gcs/c/")), id),
		    lint_literal(langs, STR("/shares/"))));
	for (; m.owner.row < l->p->tables[l->containers].n_rows; m.owner.row++)
		look_at_container(&m);
}

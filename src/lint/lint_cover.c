/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_cover.c - see lint_cover.h.
 */
#include "lint_cover.h"

enum { ENV_MOST = 256 };

struct rule { struct lang *name, *value; bool optional; };
struct variable { struct str name, value; };

static struct rule env_at(struct lint *l, struct lint_rows rows, uint32_t i)
{
	struct lint_row row = lint_rows_at(rows, i);

	return (struct rule){ lint_pattern(l, row, "name"), lint_pattern(l, row, "value"),
	    lint_true(l, row, "optional") };
}

static bool env_within(struct lint *l, const struct rule *inner, const struct rule *outer)
{
	return lint_within(&l->langs, inner->name, outer->name) &&
	    lint_within(&l->langs, inner->value, outer->value);
}

static bool who_within(struct lint *l, struct lint_row inner, struct lint_row outer)
{
	return lint_within(&l->langs, lint_pattern(l, inner, "id"), lint_pattern(l, outer, "id")) &&
	    lint_within(&l->langs, lint_pattern(l, inner, "name"), lint_pattern(l, outer, "name"));
}

static bool mount_alike(const struct lint *l, struct lint_row one, struct lint_row other)
{
	return str_equal(lint_text(l, one, "destination"), lint_text(l, other, "destination")) &&
	    str_equal(lint_text(l, one, "type"), lint_text(l, other, "type")) &&
	    lint_list(l, one, "options", BC_STRING).ptr == lint_list(l, other, "options", BC_STRING).ptr;
}

static bool mount_within(struct lint *l, struct lint_row inner, struct lint_row outer)
{
	return mount_alike(l, inner, outer) &&
	    str_equal(lint_enumerator(l, inner, "origin"), lint_enumerator(l, outer, "origin")) &&
	    lint_within(&l->langs, lint_pattern(l, inner, "source"), lint_pattern(l, outer, "source"));
}

static bool mount_meets(struct lint *l, struct lint_row one, struct lint_row other)
{
	return mount_alike(l, one, other) &&
	    (!str_equal(lint_enumerator(l, one, "origin"), lint_enumerator(l, other, "origin")) ||
	    lint_meets(&l->langs, lint_pattern(l, one, "source"), lint_pattern(l, other, "source")));
}

/* ---- sets ---- */

/* Equal lists are one entry of the pool. */
static bool same_list(const struct lint *l, struct lint_row one, struct lint_row other,
    const char *column, enum bc_base base)
{
	struct bc_bytes o = lint_list(l, one, column, base), r = lint_list(l, other, column, base);

	return o.len == r.len && (o.len == 0 || o.ptr == r.ptr);
}

static bool list_has(struct bc_bytes list, uint32_t item)
{
	uint32_t i;

	for (i = 0; i < list.len; i++)
		if (lint_item(list, i) == item)
			return true;
	return false;
}

static bool list_within(const struct lint *l, struct lint_row inner, struct lint_row outer,
    const char *column, enum bc_base base)
{
	struct bc_bytes in = lint_list(l, inner, column, base), out = lint_list(l, outer, column, base);
	uint32_t i;

	for (i = 0; i < in.len; i++)
		if (!list_has(out, lint_item(in, i)))
			return false;
	return true;
}

static bool exec_within(const struct lint *l, struct lint_row inner, struct lint_row outer)
{
	return same_list(l, inner, outer, "command", BC_STRING) &&
	    list_within(l, inner, outer, "signals", BC_INTEGER);
}

enum part { ENV, MOUNT, EXEC, GROUP };
static const char *const columns[] = {
	[ENV] = "env", [MOUNT] = "mount", [EXEC] = "exec", [GROUP] = "group"
};

static bool part_within(struct lint *l, enum part part, struct lint_rows in, uint32_t i,
    struct lint_rows out, uint32_t o)
{
	struct lint_row inner = lint_rows_at(in, i), outer = lint_rows_at(out, o);
	struct rule r, s;

	if (inner.table == outer.table && inner.row == outer.row)
		return true;
	switch (part) {
	case ENV:
		r = env_at(l, in, i);
		s = env_at(l, out, o);
		return env_within(l, &r, &s);
	case MOUNT:
		return mount_within(l, inner, outer);
	case EXEC:
		return exec_within(l, inner, outer);
	case GROUP:
		return who_within(l, inner, outer);
	}
	return false;
}

static bool is_admitted(struct lint *l, enum part part, struct lint_rows in, uint32_t i,
    struct lint_rows out)
{
	uint32_t o;

	for (o = 0; o < out.cells.len; o++)
		if (part_within(l, part, in, i, out, o))
			return true;
	return false;
}

/* ---- what is allowed more ---- */

/* out NULL: it is asked only whether there is something. */
struct extras {
	struct bytes *out;
	bool any;
};

static void say(struct extras *x, bool is_more, const char *text)
{
	if (is_more && x->out != NULL)
		bytes_printf(x->out, "%s%s", x->out->len == 0 ? "" : ", ", text);
	x->any = x->any || is_more;
}

static void more_part(struct lint *l, enum part part, struct lint_row less, struct lint_row more,
    struct extras *x)
{
	struct lint_rows in = lint_rows(l, more, columns[part]), of = lint_rows(l, less, columns[part]);
	const struct srcmap_entry *place;
	uint32_t i;

	for (i = 0; i < in.cells.len && (x->out != NULL || !x->any); i++) {
		if (is_admitted(l, part, in, i, of))
			continue;
		place = lint_row_place(l, lint_rows_at(in, i));
		say(x, true, columns[part]);
		if (place != NULL && x->out != NULL)
			bytes_printf(x->out, " %.*s", STR_ARG(place->text));
	}
}

static bool is_stripped(const struct lint *l, struct lint_row less, struct lint_row more,
    const char *mode)
{
	return lint_true(l, less, mode) && !lint_true(l, more, mode);
}

bool cover_more(struct lint *l, struct lint_row less, struct lint_row more, struct bytes *out)
{
	struct lint_row user = lint_row_of(l, less, "user"), other = lint_row_of(l, more, "user");
	struct extras x = { out, false };
	enum part part;

	say(&x, is_stripped(l, more, less, "allow_elevated"), "privileged");
	say(&x, is_stripped(l, less, more, "no_new_privileges"), "new privileges");
	say(&x, is_stripped(l, less, more, "readonly_rootfs"), "a writable root file system");
	say(&x, is_stripped(l, more, less, "allow_stdio"), "stdio");
	say(&x, !list_within(l, more, less, "capabilities", BC_STRING) ||
	    !list_within(l, more, less, "ambient", BC_STRING) ||
	    !list_within(l, more, less, "inheritable", BC_STRING), "capabilities");
	say(&x, !str_equal(lint_text(l, more, "seccomp"), lint_text(l, less, "seccomp")),
	    "another seccomp profile");
	say(&x, !str_equal(lint_text(l, more, "umask"), lint_text(l, less, "umask")), "another umask");
	say(&x, user.table != LINT_NONE && other.table != LINT_NONE && !who_within(l, other, user),
	    "other users");
	say(&x, !list_within(l, more, less, "signals", BC_INTEGER), "signals");
	say(&x, !list_within(l, less, more, "after", BC_STRING), "to begin earlier");
	for (part = ENV; part <= GROUP; part++)
		more_part(l, part, less, more, &x);
	return x.any;
}

bool cover_same_modes(const struct lint *l, struct lint_row one, struct lint_row other)
{
	static const char *const bools[] = { "no_new_privileges", "sandbox", "readonly_rootfs" };
	static const char *const texts[] = { "workdir", "umask", "seccomp" };
	static const char *const lists[] = { "capabilities", "effective", "permitted",
	    "inheritable", "ambient" };
	size_t i;

	for (i = 0; i < 3; i++)
		if (lint_true(l, one, bools[i]) != lint_true(l, other, bools[i]) ||
		    !str_equal(lint_text(l, one, texts[i]), lint_text(l, other, texts[i])))
			return false;
	for (i = 0; i < 5; i++)
		if (!same_list(l, one, other, lists[i], BC_STRING))
			return false;
	return true;
}

/* Each rule that `more` requires is met by whatever meets one that `less` requires. */
static bool requires_less(struct lint *l, enum part part, struct lint_row less, struct lint_row more)
{
	struct lint_rows out = lint_rows(l, more, columns[part]), in = lint_rows(l, less, columns[part]);
	uint32_t i, o;

	for (o = 0; o < out.cells.len; o++) {
		if (lint_true(l, lint_rows_at(out, o), "optional"))
			continue;
		for (i = 0; i < in.cells.len; i++)
			if (!lint_true(l, lint_rows_at(in, i), "optional") &&
			    part_within(l, part, in, i, out, o))
				break;
		if (i == in.cells.len)
			return false;
	}
	return true;
}

bool cover_all(struct lint *l, struct lint_row less, struct lint_row more)
{
	if (!cover_same_modes(l, less, more) ||
	    lint_true(l, less, "allow_stdio") != lint_true(l, more, "allow_stdio") ||
	    !same_list(l, less, more, "sysctl", BC_TABLEROW) ||
	    !same_list(l, less, more, "rlimit", BC_TABLEROW) ||
	    !requires_less(l, ENV, less, more) || !requires_less(l, MOUNT, less, more))
		return false;
	return !cover_more(l, more, less, NULL);
}

/* ---- one request for both ---- */

static bool who_meets(struct lint *l, struct lint_row one, struct lint_row other)
{
	return one.table == LINT_NONE || other.table == LINT_NONE ||
	    (lint_meets(&l->langs, lint_pattern(l, one, "id"), lint_pattern(l, other, "id")) &&
	    lint_meets(&l->langs, lint_pattern(l, one, "name"), lint_pattern(l, other, "name")));
}

/* Every mount that `one` requires is one that `other` may have. */
static bool mounts_meet(struct lint *l, struct lint_row one, struct lint_row other)
{
	struct lint_rows in = lint_rows(l, one, "mount"), out = lint_rows(l, other, "mount");
	uint32_t i, o;

	for (i = 0; i < in.cells.len; i++) {
		if (lint_true(l, lint_rows_at(in, i), "optional"))
			continue;
		for (o = 0; o < out.cells.len; o++)
			if (mount_meets(l, lint_rows_at(in, i), lint_rows_at(out, o)))
				break;
		if (o == out.cells.len)
			return false;
	}
	return true;
}

static bool requires_mounts(const struct lint *l, struct lint_row row)
{
	struct lint_rows rules = lint_rows(l, row, "mount");
	uint32_t i;

	for (i = 0; i < rules.cells.len; i++)
		if (!lint_true(l, lint_rows_at(rules, i), "optional"))
			return true;
	return false;
}

static bool admits(const struct rule *r, const struct variable *v)
{
	return lang_has(r->name, v->name) && lang_has(r->value, v->value);
}

/* Whether the variables are an environment of the declaration. */
static bool env_fits(struct lint *l, struct lint_rows rules, const struct variable *vars, uint32_t n)
{
	struct rule r;
	uint32_t i, v;

	for (v = 0; v < n; v++) {
		for (i = 0; i < rules.cells.len; i++) {
			r = env_at(l, rules, i);
			if (admits(&r, &vars[v]))
				break;
		}
		if (i == rules.cells.len)
			return false;
	}
	for (i = 0; i < rules.cells.len; i++) {
		r = env_at(l, rules, i);
		for (v = 0; v < n && !r.optional && !admits(&r, &vars[v]); v++)
			;
		if (!r.optional && v == n)
			return false;
	}
	return true;
}

/* Narrow what a variable may be to what the other side says of this name: the
 * required rule for just this name, if there is one, else any rule that meets. */
static bool narrow(struct lint *l, struct rule *r, struct lint_rows others)
{
	struct rule s, best = { .name = NULL };
	uint32_t i;
	bool pinned = false;

	for (i = 0; i < others.cells.len; i++) {
		s = env_at(l, others, i);
		if (!lint_meets(&l->langs, r->name, s.name))
			continue;
		/* The variable of this name must be what each of these wants. */
		if (!s.optional && lint_within(&l->langs, r->name, s.name) &&
		    lint_within(&l->langs, s.name, r->name)) {
			if (!lint_meets(&l->langs, r->value, s.value))
				return false;
			r->value = lint_and(&l->langs, r->value, s.value);
			pinned = true;
		} else if (best.name == NULL && lint_meets(&l->langs, r->value, s.value)) {
			best = s;
		}
	}
	if (pinned)
		return true;
	if (best.name == NULL)
		return false;
	r->name = lint_and(&l->langs, r->name, best.name);
	r->value = lint_and(&l->langs, r->value, best.value);
	return true;
}

static bool collect(struct lint *l, struct lint_rows from, struct lint_rows others,
    struct variable *vars, uint32_t *n)
{
	struct rule r;
	uint32_t i, v;

	for (i = 0; i < from.cells.len; i++) {
		r = env_at(l, from, i);
		if (r.optional)
			continue;
		for (v = 0; v < *n && !admits(&r, &vars[v]); v++)
			;
		if (v < *n)
			continue;
		if (!narrow(l, &r, others))
			return false;
		if (*n < ENV_MOST)
			vars[(*n)++] = (struct variable){ lint_word(&l->langs, r.name),
			    lint_word(&l->langs, r.value) };
	}
	return true;
}

static bool differ(const struct variable *vars, uint32_t n)
{
	uint32_t i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			if (str_equal(vars[i].name, vars[j].name))
				return false;
	return true;
}

static struct str describe(struct lint *l, struct lint_row one, struct lint_row other,
    const struct variable *vars, uint32_t n)
{
	struct bytes b = { .arena = l->arena };
	struct lint_row user = lint_row_of(l, one, "user"), also = lint_row_of(l, other, "user");
	struct lang *id;
	uint32_t i;

	bytes_printf(&b, "args=%.*s", STR_ARG(lint_words(l, lint_list(l, one, "command", BC_STRING))));
	for (i = 0; i < n; i++)
		bytes_printf(&b, "%s%.*s=%.*s", i == 0 ? " env={" : ", ",
		    STR_ARG(lint_quote(l, vars[i].name)), STR_ARG(lint_quote(l, vars[i].value)));
	bytes_printf(&b, "%s", n == 0 ? "" : "}");
	if (user.table == LINT_NONE || also.table == LINT_NONE)
		return bytes_str(&b);
	id = lint_and(&l->langs, lint_pattern(l, user, "id"), lint_pattern(l, also, "id"));
	bytes_printf(&b, " user_id=%.*s", STR_ARG(lint_quote(l, lint_word(&l->langs, id))));
	return bytes_str(&b);
}

bool cover_meets(struct lint *l, struct lint_row one, struct lint_row other, bool *shown,
    struct str *witness)
{
	struct lint_rows in = lint_rows(l, one, "env"), out = lint_rows(l, other, "env");
	struct variable vars[ENV_MOST];
	uint32_t n = 0;

	if (!who_meets(l, lint_row_of(l, one, "user"), lint_row_of(l, other, "user")) ||
	    !mounts_meet(l, one, other) || !mounts_meet(l, other, one) ||
	    !collect(l, in, out, vars, &n) || !collect(l, out, in, vars, &n))
		return false;
	*shown = !requires_mounts(l, one) && !requires_mounts(l, other) && differ(vars, n) &&
	    env_fits(l, in, vars, n) && env_fits(l, out, vars, n);
	*witness = *shown ? describe(l, one, other, vars, n) : STR("");
	return true;
}

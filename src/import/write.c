/* SPDX-License-Identifier: Apache-2.0
 *
 * write.c - group_write(): the text of a policy.  Lines are as `cocoapolc fmt`
 * would have them; behind each is where its fact came from.
 */
#include <inttypes.h>

#include "write.h"

static const struct str nothing = { "", 0 };
static const struct loc nowhere = { NULL, 0, 0 };

static void write_flag(struct writer *w, const char *name, struct flag flag)
{
	if (!flag.on)
		return;
	bytes_printf(&w->b, "  %s", name);
	write_end(w, flag.from, nothing);
}

/* `  NAME { a b c }`; nothing for an empty set unless it is to be said. */
static void write_set(struct writer *w, const char *name, const struct values *set, bool even_empty)
{
	struct loc from = set->n == 0 ? nowhere : set->items[0].from;
	uint32_t i;

	if (set->n == 0 && !even_empty)
		return;
	bytes_printf(&w->b, "  %s {", name);
	for (i = 0; i < set->n; i++) {
		if (set->n > 6 && i % 6 == 0)
			bytes_printf(&w->b, "\n   ");
		bytes_put8(&w->b, ' ');
		write_word(&w->b, set->items[i].text);
	}
	bytes_printf(&w->b, set->n > 6 ? "\n  }" : set->n == 0 ? "}" : " }");
	write_end(w, from, nothing);
}

static void write_strings(struct writer *w, const struct values *list)
{
	uint32_t i;

	bytes_put8(&w->b, '[');
	for (i = 0; i < list->n; i++) {
		if (i != 0)
			bytes_printf(&w->b, ", ");
		write_string(&w->b, list->items[i].text);
	}
	bytes_put8(&w->b, ']');
}

static void write_layers(struct writer *w, const struct container *c)
{
	uint32_t i, j;

	bytes_printf(&w->b, "  layers [\n");
	for (i = 0; i < c->n_layers; i++) {
		const struct layer *l = &c->layers[i];

		bytes_printf(&w->b, "    verity %.*s%ssha256:", STR_ARG(l->fs), l->fs.len == 0 ? "" : " ");
		for (j = 0; j < sizeof(l->root); j++)
			bytes_printf(&w->b, "%02x", l->root[j]);
		if (l->blocks != 0)
			bytes_printf(&w->b, " blocks %" PRIu64, l->blocks);
		if (l->salt.len != 0) {
			bytes_printf(&w->b, " salt ");
			write_string(&w->b, l->salt);
		}
		bytes_printf(&w->b, i + 1 < c->n_layers ? "," : "");
		write_end(w, l->from, l->note);
	}
	bytes_printf(&w->b, "  ]\n");
}

/* [optional] NAME = VALUE */
static void write_variable(struct writer *w, const struct variable *v)
{
	bytes_printf(&w->b, v->optional ? "optional " : "");
	if (v->name.is_pattern)
		write_pattern(&w->b, v->name.text);
	else
		write_word(&w->b, v->name.text);
	bytes_printf(&w->b, " = ");
	write_value(&w->b, v->value);
}

static void write_env(struct writer *w, const struct container *c)
{
	uint32_t i;

	for (i = 0; i < c->n_env; i++) {
		bytes_printf(&w->b, "  env ");
		write_variable(w, &c->env[i]);
		write_end(w, c->env[i].from, nothing);
	}
}

static void write_identity(struct writer *w, struct identity who)
{
	if (who.id.is_pattern)
		write_pattern(&w->b, who.id.text);
	else if (who.id.text.len == 0)
		bytes_printf(&w->b, "any");
	else
		write_word(&w->b, who.id.text);
	if (who.name.text.len != 0 || who.name.is_pattern) {
		bytes_printf(&w->b, " name ");
		write_value(&w->b, who.name);
	}
}

static void write_users(struct writer *w, const struct container *c)
{
	uint32_t i;

	bytes_printf(&w->b, "  user ");
	write_identity(w, c->user);
	write_end(w, c->user.id.from, nothing);
	for (i = 0; i < c->n_groups; i++) {
		bytes_printf(&w->b, "  group ");
		write_identity(w, c->groups[i]);
		write_end(w, c->groups[i].id.from, nothing);
	}
	if (c->n_groups == 0)
		bytes_printf(&w->b, c->no_groups ? "  group {}\n" : "  group any\n");
}

static void write_mount(struct writer *w, const struct mount *m)
{
	static const char *const origins[] = { "", " sandbox", " hugepages", " share" };
	uint32_t i;

	bytes_printf(&w->b, "  mount ");
	write_plain(&w->b, m->type);
	bytes_printf(&w->b, "%s ", origins[m->origin]);
	write_value(&w->b, m->source);
	bytes_printf(&w->b, " on ");
	write_string(&w->b, m->destination);
	if (m->options.n != 0) {
		bytes_printf(&w->b, " options {");
		for (i = 0; i < m->options.n; i++) {
			bytes_put8(&w->b, ' ');
			write_plain(&w->b, m->options.items[i].text);
		}
		bytes_printf(&w->b, " }");
	}
	bytes_printf(&w->b, m->optional ? " optional" : "");
	write_end(w, m->from, nothing);
}

static void write_process(struct writer *w, const char *kind, const struct process *p)
{
	uint32_t i;

	bytes_printf(&w->b, "%s ", kind);
	write_strings(w, &p->command);
	if (p->signals.n != 0) {
		bytes_printf(&w->b, " signals {");
		for (i = 0; i < p->signals.n; i++)
			bytes_printf(&w->b, " %.*s", STR_ARG(p->signals.items[i].text));
		bytes_printf(&w->b, " }");
	}
	if (p->n_env != 0) {
		bytes_printf(&w->b, " env {\n");
		for (i = 0; i < p->n_env; i++) {
			bytes_printf(&w->b, "  ");
			write_variable(w, &p->env[i]);
			write_end(w, p->env[i].from, nothing);
		}
		bytes_put8(&w->b, '}');
	}
	if (p->workdir.len != 0) {
		bytes_printf(&w->b, " workdir ");
		write_string(&w->b, p->workdir);
	}
	bytes_printf(&w->b, p->allow_stdio ? " allow_stdio" : "");
	write_end(w, p->from, nothing);
}

static void write_limits(struct writer *w, const struct container *c)
{
	uint32_t i;

	for (i = 0; i < c->n_sysctls; i++) {
		bytes_printf(&w->b, "  sysctl ");
		write_string(&w->b, c->sysctls[i].name);
		bytes_printf(&w->b, " = ");
		write_value(&w->b, c->sysctls[i].value);
		write_end(w, c->sysctls[i].value.from, nothing);
	}
	for (i = 0; i < c->n_rlimits; i++) {
		bytes_printf(&w->b, "  rlimit ");
		write_string(&w->b, c->rlimits[i].type);
		bytes_printf(&w->b, " soft %" PRIu64 " hard %" PRIu64, c->rlimits[i].soft, c->rlimits[i].hard);
		write_end(w, c->rlimits[i].from, nothing);
	}
}

static bool same_set(const struct values *l, const struct values *r)
{
	uint32_t i, j;

	for (i = 0; i < l->n; i++) {
		for (j = 0; j < r->n && !str_equal(l->items[i].text, r->items[j].text); j++)
			;
		if (j == r->n)
			return false;
	}
	return l->n == r->n;
}

static void write_capabilities(struct writer *w, const struct container *c)
{
	write_set(w, "capabilities", &c->bounding, true);
	if (!same_set(&c->effective, &c->bounding))
		write_set(w, "effective", &c->effective, true);
	if (!same_set(&c->permitted, &c->bounding))
		write_set(w, "permitted", &c->permitted, true);
	write_set(w, "inheritable", &c->inheritable, false);
	write_set(w, "ambient", &c->ambient, false);
}

/* The identifiers of names, each once. */
static void write_after(struct writer *w, const struct group *g, const struct str *identifiers,
    const struct container *c)
{
	uint32_t i, j, n = 0;

	for (i = 0; i < g->n_containers; i++) {
		for (j = 0; j < c->after.n && !str_equal(c->after.items[j].text, g->containers[i].name); j++)
			;
		if (j < c->after.n)
			bytes_printf(&w->b, "%s%.*s", n++ == 0 ? "  after { " : " ", STR_ARG(identifiers[i]));
	}
	if (n == 0)
		return;
	bytes_printf(&w->b, " }");
	write_end(w, c->after.items[0].from, nothing);
}

/* The name if it is another, the image, the remark. */
static struct str about(struct arena *a, const struct container *c, struct str identifier)
{
	struct bytes b = { .arena = a };

	if (!str_equal(c->name, identifier))
		bytes_printf(&b, "%.*s", STR_ARG(c->name));
	if (c->image.len != 0)
		bytes_printf(&b, "%simage %.*s", b.len == 0 ? "" : ", ", STR_ARG(c->image));
	if (c->remark.len != 0)
		bytes_printf(&b, "%s%.*s", b.len == 0 ? "" : ", ", STR_ARG(c->remark));
	return bytes_str(&b);
}

static void write_container(struct writer *w, const struct group *g, const struct str *identifiers, uint32_t at)
{
	const struct container *c = &g->containers[at];
	uint32_t i;

	bytes_printf(&w->b, "\ncontainer %.*s {", STR_ARG(identifiers[at]));
	write_end(w, c->from, about(w->b.arena, c, identifiers[at]));
	write_layers(w, c);
	bytes_printf(&w->b, "  command ");
	write_strings(w, &c->command);
	write_end(w, c->command.n == 0 ? nowhere : c->command.items[0].from, nothing);
	write_env(w, c);
	if (c->workdir.text.len != 0) {
		bytes_printf(&w->b, "  workdir ");
		write_string(&w->b, c->workdir.text);
		write_end(w, c->workdir.from, nothing);
	}
	write_users(w, c);
	if (c->umask.text.len != 0) {
		bytes_printf(&w->b, "  umask ");
		write_string(&w->b, c->umask.text);
		write_end(w, c->umask.from, nothing);
	}
	write_capabilities(w, c);
	for (i = 0; i < c->n_mounts; i++)
		write_mount(w, &c->mounts[i]);
	/* Behind an exec they would be that exec's. */
	write_set(w, "signals", &c->signals, false);
	for (i = 0; i < c->n_execs; i++)
		write_process(w, "  exec", &c->execs[i]);
	if (c->seccomp.text.len != 0) {
		bytes_printf(&w->b, "  seccomp ");
		write_string(&w->b, c->seccomp.text);
		write_end(w, c->seccomp.from, nothing);
	}
	write_limits(w, c);
	write_after(w, g, identifiers, c);
	if (c->instances > 1)
		bytes_printf(&w->b, "  instances %u\n", c->instances);
	write_flag(w, "allow_elevated", c->allow_elevated);
	write_flag(w, "allow_stdio", c->allow_stdio);
	write_flag(w, "no_new_privileges", c->no_new_privileges);
	write_flag(w, "readonly_rootfs", c->readonly_rootfs);
	write_flag(w, "sandbox", c->sandbox);
	bytes_printf(&w->b, "}\n");
}

/* When a container is there as it is meant to be. */
enum presence { STANDS_IN, BEGUN, ONE_RUNS, RUNS };
static const struct { const char *before, *after; } presences[] = {
	{ "", "" }, { "", " in begun" }, { "(some id in started: ", " in spec[id])" },
	{ "(some id in started: spec[id] == { ", " })" },
};
/* Of all kinds together; if there are more, of each. */
enum { NAMED_ALONE = 24, EACH_ALONE = NAMED_ALONE / 3 };

static enum presence presence_of(const struct container *c)
{
	return c->stands_in ? STANDS_IN : c->begins_only ? BEGUN : c->instances > 1 ? ONE_RUNS : RUNS;
}

static void write_each(struct writer *w, const struct group *g, const struct str *identifiers,
    enum presence presence, uint32_t *n_parts)
{
	uint32_t i;

	for (i = 0; i < g->n_containers; i++)
		if (presence_of(&g->containers[i]) == presence)
			bytes_printf(&w->b, "\n  %s%s%.*s%s", (*n_parts)++ == 0 ? "" : "and ",
			    presences[presence].before, STR_ARG(identifiers[i]), presences[presence].after);
}

/* All of this kind in one part, as all that are not of the others. */
static void write_all(struct writer *w, const struct group *g, const struct str *identifiers,
    enum presence presence, uint32_t *n_parts)
{
	uint32_t i, n = 0;

	bytes_printf(&w->b, "\n  %s(all each in containers: ", (*n_parts)++ == 0 ? "" : "and ");
	for (i = 0; i < g->n_containers; i++)
		if (presence_of(&g->containers[i]) != presence)
			bytes_printf(&w->b, "%s%.*s", n++ == 0 ? "each in { " : ", ", STR_ARG(identifiers[i]));
	bytes_printf(&w->b, "%s%seach%s)", n == 0 ? "" : " } or ", presences[presence].before, presences[presence].after);
}

/* The intended deployment: a policy that does not reach it is of no use.  Of a run of
 * `and` each operand nests deeper, so many containers are not named one by one. */
static void write_claim(struct writer *w, const struct group *g, const struct str *identifiers)
{
	uint32_t i, counts[RUNS + 1] = { 0 }, alone = NAMED_ALONE, n = 0;
	enum presence presence;

	if (g->n_containers == 0)
		return;
	for (i = 0; i < g->n_containers; i++)
		counts[presence_of(&g->containers[i])]++;
	if (g->n_containers - counts[STANDS_IN] > NAMED_ALONE)
		alone = EACH_ALONE;
	bytes_printf(&w->b, "\nreachable everything_runs:");
	for (presence = BEGUN; presence <= RUNS; presence++)
		(counts[presence] <= alone ? write_each : write_all)(w, g, identifiers, presence, &n);
	bytes_put8(&w->b, '\n');
}

static void write_switches(struct writer *w, const struct group *g)
{
	uint32_t i;

	if (g->allows.n + g->n_switches != 0)
		bytes_put8(&w->b, '\n');
	for (i = 0; i < g->allows.n; i++) {
		bytes_printf(&w->b, "allow %.*s", STR_ARG(g->allows.items[i].text));
		write_end(w, g->allows.items[i].from, nothing);
	}
	for (i = 0; i < g->n_switches; i++) {
		bytes_printf(&w->b, "set %.*s = ", STR_ARG(g->switch_names[i]));
		write_value(&w->b, g->switches[i]);
		write_end(w, g->switches[i].from, nothing);
	}
}

static void write_denied(struct writer *w, const struct group *g)
{
	uint32_t i;

	if (g->denied.n == 0)
		return;
	bytes_printf(&w->b, "\nrestrict");
	for (i = 0; i < g->denied.n; i++)
		bytes_printf(&w->b, "%s %.*s", i == 0 ? "" : ",", STR_ARG(g->denied.items[i].text));
	bytes_printf(&w->b, " {\n  require false because \"the policy it was made from never allows it\"");
	write_end(w, g->denied.items[0].from, nothing);
	bytes_printf(&w->b, "}\n");
}

static void write_header(struct writer *w, const struct group *g)
{
	uint32_t i;

	bytes_printf(&w->b, "# ");
	write_comment_text(&w->b, g->kind);
	bytes_put8(&w->b, ' ');
	write_string(&w->b, g->name);
	write_end(w, g->from, nothing);
	for (i = 0; i < g->notes.n; i++) {
		bytes_printf(&w->b, "# ");
		write_comment_text(&w->b, g->notes.items[i].text);
		bytes_put8(&w->b, '\n');
	}
	bytes_printf(&w->b, "\npolicy %.*s svn %" PRIu64 " uses cocoaexpo 1\n",
	    STR_ARG(write_identifier(w->b.arena, g->name, NULL, 0)), g->svn == 0 ? 1 : g->svn);
}

struct str group_write(struct arena *a, const struct group *group)
{
	struct str *identifiers = arena_array(a, group->n_containers, struct str);
	struct writer *w = arena_new(a, struct writer);
	struct group g = *group;
	uint32_t i;

	w->b.arena = a;
	g.containers = arena_array(a, g.n_containers, struct container);
	if (g.n_containers != 0)
		memcpy(g.containers, group->containers, g.n_containers * sizeof(*g.containers));
	group_compact(a, &g);
	for (i = 0; i < g.n_containers; i++)
		identifiers[i] = write_identifier(a, g.containers[i].name, identifiers, i);
	write_header(w, &g);
	write_switches(w, &g);
	if (g.n_presets != 0)
		bytes_printf(&w->b, "\nmount_preset group_files {\n");
	for (i = 0; i < g.n_presets; i++)
		write_mount(w, &g.presets[i]);
	bytes_printf(&w->b, g.n_presets != 0 ? "}\n" : "");
	for (i = 0; i < g.n_containers; i++)
		write_container(w, &g, identifiers, i);
	if (g.n_externals != 0)
		bytes_put8(&w->b, '\n');
	for (i = 0; i < g.n_externals; i++)
		write_process(w, "external_process", &g.externals[i]);
	write_denied(w, &g);
	write_claim(w, &g, identifiers);
	return bytes_str(&w->b);
}

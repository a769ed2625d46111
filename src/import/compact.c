/* SPDX-License-Identifier: Apache-2.0
 *
 * compact.c - see write.h.  No request tells containers apart that differ in
 * nothing but their names, so the group would never know which of them runs.
 */
#include "write.h"

static bool same_values(const struct values *l, const struct values *r)
{
	uint32_t i;

	if (l->n != r->n)
		return false;
	for (i = 0; i < l->n; i++)
		if (l->items[i].is_pattern != r->items[i].is_pattern || !str_equal(l->items[i].text, r->items[i].text))
			return false;
	return true;
}

static bool same_value(struct value l, struct value r)
{
	return l.is_pattern == r.is_pattern && str_equal(l.text, r.text);
}

static bool same_identity(struct identity l, struct identity r)
{
	return same_value(l.id, r.id) && same_value(l.name, r.name);
}

static bool same_layers(const struct container *l, const struct container *r)
{
	uint32_t i;

	if (l->n_layers != r->n_layers)
		return false;
	for (i = 0; i < l->n_layers; i++)
		if (memcmp(l->layers[i].root, r->layers[i].root, sizeof(l->layers[i].root)) != 0)
			return false;
	return true;
}

static bool same_env(const struct variable *l, uint32_t n_l, const struct variable *r, uint32_t n_r)
{
	uint32_t i;

	if (n_l != n_r)
		return false;
	for (i = 0; i < n_l; i++)
		if (!same_value(l[i].name, r[i].name) || !same_value(l[i].value, r[i].value)
		    || l[i].optional != r[i].optional)
			return false;
	return true;
}

static bool same_mounts(const struct container *l, const struct container *r)
{
	uint32_t i;

	if (l->n_mounts != r->n_mounts)
		return false;
	for (i = 0; i < l->n_mounts; i++) {
		const struct mount *m = &l->mounts[i], *n = &r->mounts[i];

		if (!str_equal(m->type, n->type) || m->origin != n->origin || !same_value(m->source, n->source)
		    || !str_equal(m->destination, n->destination) || !same_values(&m->options, &n->options)
		    || m->optional != n->optional)
			return false;
	}
	return true;
}

static bool same_execs(const struct container *l, const struct container *r)
{
	uint32_t i;

	if (l->n_execs != r->n_execs)
		return false;
	for (i = 0; i < l->n_execs; i++)
		if (!same_values(&l->execs[i].command, &r->execs[i].command)
		    || !same_values(&l->execs[i].signals, &r->execs[i].signals))
			return false;
	return true;
}

static bool same_limits(const struct container *l, const struct container *r)
{
	uint32_t i;

	if (l->n_sysctls != r->n_sysctls || l->n_rlimits != r->n_rlimits || l->n_groups != r->n_groups
	    || l->no_groups != r->no_groups)
		return false;
	for (i = 0; i < l->n_sysctls; i++)
		if (!str_equal(l->sysctls[i].name, r->sysctls[i].name)
		    || !same_value(l->sysctls[i].value, r->sysctls[i].value))
			return false;
	for (i = 0; i < l->n_rlimits; i++)
		if (!str_equal(l->rlimits[i].type, r->rlimits[i].type) || l->rlimits[i].soft != r->rlimits[i].soft
		    || l->rlimits[i].hard != r->rlimits[i].hard)
			return false;
	for (i = 0; i < l->n_groups; i++)
		if (!same_identity(l->groups[i], r->groups[i]))
			return false;
	return true;
}

static bool same(const struct container *l, const struct container *r)
{
	return same_layers(l, r) && same_values(&l->command, &r->command)
	    && same_env(l->env, l->n_env, r->env, r->n_env) && same_value(l->workdir, r->workdir)
	    && same_identity(l->user, r->user) && same_value(l->umask, r->umask)
	    && same_values(&l->bounding, &r->bounding) && same_values(&l->effective, &r->effective)
	    && same_values(&l->permitted, &r->permitted) && same_values(&l->inheritable, &r->inheritable)
	    && same_values(&l->ambient, &r->ambient) && same_mounts(l, r) && same_execs(l, r)
	    && same_values(&l->signals, &r->signals) && same_value(l->seccomp, r->seccomp) && same_limits(l, r)
	    && l->begins_only == r->begins_only && l->allow_elevated.on == r->allow_elevated.on
	    && l->allow_stdio.on == r->allow_stdio.on && l->no_new_privileges.on == r->no_new_privileges.on
	    && l->readonly_rootfs.on == r->readonly_rootfs.on && l->sandbox.on == r->sandbox.on;
}

/* What had to wait for the one that is gone waits for the one that stays. */
static void rename_after(struct group *g, struct str gone, struct str stays)
{
	uint32_t i, j;

	for (i = 0; i < g->n_containers; i++)
		for (j = 0; j < g->containers[i].after.n; j++)
			if (str_equal(g->containers[i].after.items[j].text, gone))
				g->containers[i].after.items[j].text = stays;
}

/* Who stays begins as soon as either might have. */
static void keep_common_after(struct container *stays, const struct container *gone)
{
	uint32_t i, j, kept = 0;

	for (i = 0; i < stays->after.n; i++) {
		for (j = 0; j < gone->after.n; j++)
			if (str_equal(stays->after.items[i].text, gone->after.items[j].text))
				break;
		if (j < gone->after.n)
			stays->after.items[kept++] = stays->after.items[i];
	}
	stays->after.n = kept;
}

void group_compact(struct arena *a, struct group *g)
{
	uint32_t i, j;

	for (i = 0; i < g->n_containers; i++) {
		struct container *stays = &g->containers[i];

		stays->instances = stays->instances == 0 ? 1 : stays->instances;
		for (j = i + 1; j < g->n_containers; ) {
			struct container gone = g->containers[j];

			if (!same(stays, &gone)) {
				j++;
				continue;
			}
			stays->instances += gone.instances == 0 ? 1 : gone.instances;
			stays->remark = arena_printf(a, "%.*s%sand %.*s, which is the same", STR_ARG(stays->remark),
			    stays->remark.len == 0 ? "" : ", ", STR_ARG(gone.name));
			keep_common_after(stays, &gone);
			memmove(stays + (j - i), stays + (j - i) + 1,
			    (g->n_containers - j - 1) * sizeof(*stays));
			g->n_containers--;
			rename_after(g, gone.name, stays->name);
		}
	}
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * group.c - see group.h: building a group.
 */
#include "group.h"

struct container *group_add(struct arena *a, struct group *g)
{
	arena_push(a, g->containers, g->n_containers, g->cap_containers);
	g->containers[g->n_containers] = (struct container){ .name = { "", 0 } };
	return &g->containers[g->n_containers++];
}

static void add(struct arena *a, struct values *v, struct value value)
{
	arena_push(a, v->items, v->n, v->cap);
	v->items[v->n++] = value;
}

void values_add(struct arena *a, struct values *v, struct str text, struct loc from)
{
	add(a, v, (struct value){ .text = text, .from = from });
}

void values_add_pattern(struct arena *a, struct values *v, struct str pattern, struct loc from)
{
	add(a, v, (struct value){ .text = pattern, .is_pattern = true, .from = from });
}

struct variable *env_find(const struct container *c, struct str name)
{
	uint32_t i;

	for (i = c->n_env; i > 0; i--)
		if (!c->env[i - 1].name.is_pattern && str_equal(c->env[i - 1].name.text, name))
			return &c->env[i - 1];
	return NULL;
}

struct variable *env_add(struct arena *a, struct container *c, struct str name, struct str value, struct loc from)
{
	struct variable *variable = env_find(c, name);

	if (variable == NULL) {
		arena_push(a, c->env, c->n_env, c->cap_env);
		variable = &c->env[c->n_env++];
	}
	*variable = (struct variable){ .name.text = name, .value.text = value, .from = from };
	return variable;
}

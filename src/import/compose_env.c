/* SPDX-License-Identifier: Apache-2.0
 *
 * compose_env.c - environment and sysctls: a list of NAME=VALUE or a map.
 */
#include "compose.h"

/* NAME=VALUE, or a name alone. */
struct pair {
	struct str name, value;
	bool has_value;
	struct loc loc;
};

static bool pair_of_item(struct compose *c, const struct node *item, struct pair *out)
{
	struct str text;
	const char *equals;

	if (!compose_text(c, item, &text))
		return false;
	equals = memchr(text.ptr, '=', text.len);
	*out = (struct pair){ .name = text, .has_value = equals != NULL, .loc = item->loc };
	if (equals != NULL) {
		out->name.len = (size_t)(equals - text.ptr);
		out->value = (struct str){ equals + 1, text.len - out->name.len - 1 };
	}
	return true;
}

static bool pair_of_entry(struct compose *c, const struct entry *entry, struct pair *out)
{
	*out = (struct pair){ .name = entry->key, .has_value = entry->value->kind != NODE_NULL, .loc = entry->loc };
	return !out->has_value || compose_text(c, entry->value, &out->value);
}

/* The i-th pair of a list or map; false: a complaint was made. */
static bool pair_at(struct compose *c, const struct node *pairs, uint32_t i, struct pair *out)
{
	if (!(pairs->kind == NODE_MAP ? pair_of_entry(c, &pairs->entries[i], out)
	    : pair_of_item(c, pairs->items[i], out)))
		return false;
	if (out->name.len != 0)
		return true;
	diag_error(c->im->diag, out->loc, DIAG_BAD_VALUE, "there is no name before '='");
	return false;
}

static const struct node *pairs_of(struct compose *c, const struct node *service, const char *key)
{
	const struct node *pairs = node_get(service, key);

	if (pairs == NULL || pairs->kind == NODE_NULL)
		return NULL;
	if (pairs->kind == NODE_LIST || pairs->kind == NODE_MAP)
		return import_is_short(c->im, pairs, key) ? pairs : NULL;
	diag_error(c->im->diag, pairs->loc, DIAG_TYPE_MISMATCH, "'%s' wants a list or a map, this is %s", key,
	    node_kind_name(pairs->kind));
	return NULL;
}

static void read_file(struct compose *c, struct container *to, const struct node *item)
{
	struct str path, format = { "", 0 };
	struct loc loc = item->loc;
	bool required = true;

	if (item->kind != NODE_MAP) {
		if (compose_text(c, item, &path))
			env_file_read(&c->in, to, path, loc, true, false);
		return;
	}
	compose_fields(c, item, "EnvFile", "env_file");
	if (node_find(item, "required") != NULL)
		required = compose_flag(c, item, "required", NULL);
	import_string(c->im, item, "format", &format, NULL);
	if (format.len != 0 && !str_is(format, "raw"))
		diag_error(c->im->diag, loc, DIAG_BAD_VALUE, "the format '%.*s' is not known: raw, or none",
		    STR_ARG(format));
	else if (import_string(c->im, item, "path", &path, &loc))
		env_file_read(&c->in, to, path, loc, required, format.len != 0);
	else
		diag_error(c->im->diag, item->loc, DIAG_MISSING_FIELD, "'env_file' has no 'path'");
}

void compose_env(struct compose *c, struct container *to, const struct node *service)
{
	const struct node *files = node_get(service, "env_file"), *pairs = pairs_of(c, service, "environment");
	struct pair pair;
	uint32_t i, n = files == NULL || files->kind == NODE_NULL ? 0 : files->kind == NODE_LIST ? files->n : 1;

	for (i = 0; i < n; i++)
		read_file(c, to, files->kind == NODE_LIST ? files->items[i] : files);
	for (i = 0; pairs != NULL && i < pairs->n; i++) {
		if (!pair_at(c, pairs, i, &pair))
			continue;
		if (!pair.has_value && !interpolate_find(&c->in, pair.name, &pair.value))
			diag_error(c->im->diag, pair.loc, DIAG_UNRESOLVED,
			    "'%.*s' takes its value from whoever runs compose; "
			    "--set %.*s=VALUE gives it one", STR_ARG(pair.name), STR_ARG(pair.name));
		else
			env_add(c->im->arena, to, pair.name, pair.value, pair.loc);
	}
}

void compose_sysctls(struct compose *c, struct container *to, const struct node *service)
{
	const struct node *pairs = pairs_of(c, service, "sysctls");
	struct pair pair;
	uint32_t i, j;

	for (i = 0; pairs != NULL && i < pairs->n; i++) {
		if (!pair_at(c, pairs, i, &pair))
			continue;
		for (j = 0; j < to->n_sysctls && !str_equal(to->sysctls[j].name, pair.name); j++)
			;
		if (j == to->n_sysctls) {
			arena_push(c->im->arena, to->sysctls, to->n_sysctls, to->cap_sysctls);
			to->n_sysctls++;
		}
		to->sysctls[j] = (struct setting){ pair.name, { .text = pair.value, .from = pair.loc } };
	}
}

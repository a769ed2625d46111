/* SPDX-License-Identifier: Apache-2.0
 *
 * hcsshim_env.c - rules of environment variables.
 *
 * Theirs of the older form is about NAME=VALUE as a whole, ours about a name and
 * a value, and a name ends at the first '='.  A pattern is divided at an '=' that
 * stands outside of groups and classes: what fits both halves fits the whole, so
 * nothing is allowed that they deny, wherever in it that '=' is.
 */
#include "hcsshim.h"

static const struct field fields[] = {
	{ "env rule", "pattern", FIELD_USED, NULL },
	{ "env rule", "strategy", FIELD_USED, NULL },
	{ "env rule", "required", FIELD_USED, NULL },
	{ "env rule", "name", FIELD_USED, NULL },
	{ "env rule", "name_strategy", FIELD_USED, NULL },
	{ "env rule", "value", FIELD_USED, NULL },
	{ "env rule", "value_strategy", FIELD_USED, NULL },
};

/* Rules as they are read. */
struct env {
	struct hcsshim *h;
	struct hcsshim_variables *out;
	bool required;
	struct loc from;
};

static void add(struct env *e, struct value name, struct value value)
{
	struct hcsshim_variables *out = e->out;

	arena_push(e->h->im->arena, out->items, out->n, out->cap);
	out->items[out->n++] = (struct variable){
		.name = name, .value = value, .optional = !e->required, .from = e->from
	};
}

/* A variable has a name.  A rule that no variable fits is of no use, and if it is
 * required nothing fits its container. */
static void no_name(struct env *e, struct str pattern, struct loc loc)
{
	if (e->required)
		diag_error(e->h->im->diag, loc, DIAG_REFUSED, "\"%.*s\" is required and is no variable: NAME=VALUE",
		    STR_ARG(pattern));
	else
		diag_warning(e->h->im->diag, loc, DIAG_NO_EFFECT, "\"%.*s\" is no variable: NAME=VALUE",
		    STR_ARG(pattern));
}

static void add_literal(struct env *e, struct str text, struct loc loc)
{
	const char *equals = memchr(text.ptr, '=', text.len);
	size_t len = equals == NULL ? 0 : (size_t)(equals - text.ptr);

	if (len == 0) {
		no_name(e, text, loc);
		return;
	}
	add(e, (struct value){ .text = { text.ptr, len }, .from = loc },
	    (struct value){ .text = { equals + 1, text.len - len - 1 }, .from = loc });
}

/* The halves of a part; false if nothing divides it. */
static bool halve(struct hcsshim *h, const struct re2_part *part, struct loc loc, struct value *name,
    struct value *value)
{
	struct str text = part->text;

	if (part->equals != SIZE_MAX) {
		*name = re2_piece(h, part->flags, (struct str){ text.ptr, part->equals }, loc);
		*value = re2_piece(h, part->flags_at_equals,
		    (struct str){ text.ptr + part->after_equals, text.len - part->after_equals }, loc);
		return true;
	}
	if (part->tail == SIZE_MAX)
		return false;
	/* X.* fits if X.* fits the name, since .* then fits the rest of it, '=' and the value. */
	*name = re2_piece(h, part->flags, arena_printf(h->im->arena, "%.*s.*", (int)part->tail, text.ptr), loc);
	*value = re2_piece(h, part->flags_at_tail, STR(".*"), loc);
	return true;
}

/* A required rule wants one variable of any of its alternatives, so they must have one name. */
static void add_required(struct env *e, const struct value *names, const struct value *values, uint32_t n,
    struct loc loc)
{
	struct value either = values[0];
	uint32_t i;

	for (i = 1; i < n; i++) {
		if (names[i].is_pattern != names[0].is_pattern || !str_equal(names[i].text, names[0].text)) {
			diag_error(e->h->im->diag, loc, DIAG_REFUSED,
			    "a required variable that may have one of several names");
			return;
		}
		either.text = arena_printf(e->h->im->arena, "%.*s|%.*s",
		    STR_ARG(pattern_part(e->h->im->arena, either)),
		    STR_ARG(pattern_part(e->h->im->arena, values[i])));
		either.is_pattern = true;
	}
	add(e, names[0], either);
}

static void add_pattern(struct env *e, struct str pattern, struct loc loc)
{
	struct re2_part *parts = arena_array(e->h->im->arena, RE2_MOST_PARTS, struct re2_part);
	struct value *names = arena_array(e->h->im->arena, RE2_MOST_PARTS, struct value);
	struct value *values = arena_array(e->h->im->arena, RE2_MOST_PARTS, struct value);
	struct str inside;
	uint32_t n, i;

	if (!re2_parts(e->h, pattern, loc, parts, &n))
		return;
	re2_warn_alternatives(e->h, pattern, loc, n);
	/* `(A=x|B=y)` is its alternatives. */
	if (n == 1 && parts[0].flags.len == 0 && re2_one_group(parts[0].text, &inside)
	    && !re2_parts(e->h, inside, loc, parts, &n))
		return;
	for (i = 0; i < n; i++)
		if (!halve(e->h, &parts[i], loc, &names[i], &values[i])) {
			diag_error(e->h->im->diag, loc, DIAG_REFUSED,
			    "no '=' outside of groups and classes divides \"%.*s\" "
			    "into a name and a value", STR_ARG(pattern));
			return;
		}
	if (e->required) {
		add_required(e, names, values, n, loc);
		return;
	}
	for (i = 0; i < n; i++)
		add(e, names[i], values[i]);
}

/* "string" or "re2"; false after a complaint. */
static bool is_re2(struct hcsshim *h, const struct node *map, const char *key, const char *path, bool *re2)
{
	struct str strategy;
	struct loc loc;

	if (!hcsshim_need_string(h, map, key, path, &strategy, &loc))
		return false;
	*re2 = str_is(strategy, "re2");
	if (*re2 || str_is(strategy, "string"))
		return true;
	diag_error(h->im->diag, loc, DIAG_BAD_VALUE, "'%s' is \"string\" or \"re2\", not \"%.*s\"", key,
	    STR_ARG(strategy));
	return false;
}

/* One half of the newer form. */
static bool half(struct hcsshim *h, const struct node *map, const char *key, const char *strategy, const char *path,
    struct value *out)
{
	struct str text;
	struct loc loc;
	bool re2;

	if (!hcsshim_need_string(h, map, key, path, &text, &loc) || !is_re2(h, map, strategy, path, &re2))
		return false;
	*out = (struct value){ .text = text, .from = loc };
	return !re2 || re2_value(h, text, loc, out);
}

static void read_rule(struct env *e, const struct node *map, const char *path)
{
	struct value name, value;
	struct str pattern;
	struct loc loc;
	bool re2;

	if (node_find(map, "name") != NULL || node_find(map, "value") != NULL) {
		if (node_find(map, "pattern") != NULL)
			diag_error(e->h->im->diag, map->loc, DIAG_REFUSED, "a rule with a pattern and with a name");
		else if (half(e->h, map, "name", "name_strategy", path, &name) &&
		    half(e->h, map, "value", "value_strategy", path, &value))
			add(e, name, value);
		return;
	}
	if (!hcsshim_need_string(e->h, map, "pattern", path, &pattern, &loc) ||
	    !is_re2(e->h, map, "strategy", path, &re2))
		return;
	if (re2)
		add_pattern(e, pattern, loc);
	else
		add_literal(e, pattern, loc);
}

void hcsshim_env(struct hcsshim *h, const struct node *map, const char *path, struct hcsshim_variables *out)
{
	struct node *list = hcsshim_need(h, map, "env_rules", path);
	uint32_t i;

	list = list == NULL ? NULL : import_list(h->im, map, "env_rules");
	for (i = 0; list != NULL && i < list->n; i++) {
		const char *at = hcsshim_item(h, path, "env_rules", i);
		struct env e = { .h = h, .out = out, .from = list->items[i]->loc };

		if (!hcsshim_is_map(h, list->items[i], at))
			continue;
		import_fields(h->im, list->items[i], fields, sizeof(fields) / sizeof(fields[0]), "env rule", at);
		import_bool(h->im, list->items[i], "required", &e.required, NULL);
		read_rule(&e, list->items[i], at);
	}
}

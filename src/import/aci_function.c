/* SPDX-License-Identifier: Apache-2.0
 *
 * aci_function.c - functions of templates, as far as they can be told from what
 * the template says.  Any other gives an unknown value.
 */
#include <ctype.h>

#include "../base/bytes.h"
#include "aci.h"

struct call {
	struct aci *s;
	struct node *const *args;
	uint32_t n;
	struct loc loc;
};

static struct node *any(const struct call *c, const char *why)
{
	return aci_unknown(c->s, c->loc, (struct str){ HOLE_LINE, strlen(HOLE_LINE) }, (struct str){ why,
	    strlen(why) });
}

static struct node *misused(const struct call *c)
{
	return aci_mistake(c->s, c->loc, "a function has other arguments here than it takes");
}

static struct node *literal(const struct call *c, struct str text)
{
	if (text.len > ACI_BYTES_MAX - c->s->spent)
		return any(c, "it is too long");
	c->s->spent += text.len;
	return aci_text(c->s, text, c->loc);
}

/* Of this pattern, because another value is not known. */
static struct node *open(const struct call *c, struct str pattern, const struct node *because)
{
	struct unknown *u = arena_new(c->s->im->arena, struct unknown);

	if (pattern.len > ACI_BYTES_MAX - c->s->spent)
		return any(c, "it is too long");
	c->s->spent += pattern.len;
	*u = *aci_unknown_of(because);
	u->node.loc = c->loc;
	u->pattern = pattern;
	return &u->node;
}

struct joiner {
	struct bytes literal, pattern;
	const struct node *unknown;     /* the first part that is */
};

static bool join(const struct call *c, struct joiner *j, const struct node *part)
{
	struct value value;
	struct str piece;

	j->literal.arena = j->pattern.arena = c->s->im->arena;
	if (!aci_as_value(c->s, part, &value) || j->pattern.len + value.text.len > ACI_BYTES_MAX - c->s->spent)
		return false;
	if (value.is_pattern && j->unknown == NULL)
		j->unknown = part;
	bytes_put(&j->literal, value.text.ptr, value.text.len);
	piece = pattern_part(c->s->im->arena, value);
	bytes_put(&j->pattern, piece.ptr, piece.len);
	return true;
}

static struct node *joined(const struct call *c, const struct joiner *j)
{
	return j->unknown != NULL ? open(c, bytes_str(&j->pattern), j->unknown) : literal(c,
	    bytes_str(&j->literal));
}

static struct node *concat_lists(const struct call *c)
{
	struct node *list;
	size_t n = 0;
	uint32_t i, j;

	for (i = 0; i < c->n; i++) {
		if (c->args[i]->kind != NODE_LIST)
			return misused(c);
		n += c->args[i]->n;
	}
	if (n * sizeof(struct node *) > ACI_BYTES_MAX - c->s->spent)
		return any(c, "it is too long");
	c->s->spent += n * sizeof(struct node *);
	list = aci_list(c->s, NULL, 0, c->loc);
	list->items = arena_array(c->s->im->arena, n, struct node *);
	for (i = 0; i < c->n; i++)
		for (j = 0; j < c->args[i]->n; j++)
			list->items[list->n++] = c->args[i]->items[j];
	return list;
}

static struct node *call_concat(const struct call *c)
{
	struct joiner j = { .unknown = NULL };
	uint32_t i;

	for (i = 0; i < c->n; i++)
		if (c->args[i]->kind == NODE_LIST)
			return concat_lists(c);
	for (i = 0; i < c->n; i++)
		if (!join(c, &j, c->args[i]))
			return misused(c);
	return joined(c, &j);
}

/* {0} is the argument behind the format; {{ and }} are braces. */
static struct node *call_format(const struct call *c)
{
	struct joiner j = { .unknown = NULL };
	struct str f = c->args[0]->text;
	struct node *piece;
	uint32_t which;
	size_t i = 0;

	while (i < f.len) {
		bool is_brace = f.ptr[i] == '{' || f.ptr[i] == '}';

		if (!is_brace || (i + 1 < f.len && f.ptr[i + 1] == f.ptr[i])) {
			piece = aci_text(c->s, (struct str){ f.ptr + i, 1 }, c->loc);
			i += is_brace ? 2 : 1;
		} else {
			for (which = 0, i++; i < f.len && isdigit((unsigned char)f.ptr[i]) && which < 1000; i++)
				which = which * 10 + (uint32_t)(f.ptr[i] - '0');
			if (i == f.len || f.ptr[i++] != '}' || which + 1 >= c->n)
				return aci_mistake(c->s, c->loc, "the format is not understood");
			piece = c->args[which + 1];
		}
		if (!join(c, &j, piece))
			return misused(c);
	}
	return joined(c, &j);
}

static struct node *call_string(const struct call *c)
{
	struct joiner j = { .unknown = NULL };

	return join(c, &j, c->args[0]) ? joined(c, &j) : any(c, "it is no text");
}

static struct node *change_case(const struct call *c, int (*change)(int))
{
	struct str from = c->args[0]->text;
	char *to = arena_alloc(c->s->im->arena, from.len + 1);
	size_t i;

	for (i = 0; i < from.len; i++)
		to[i] = (char)change((unsigned char)from.ptr[i]);
	return literal(c, (struct str){ to, from.len });
}

static struct node *call_lower(const struct call *c)
{
	return change_case(c, tolower);
}

static struct node *call_upper(const struct call *c)
{
	return change_case(c, toupper);
}

static struct node *call_trim(const struct call *c)
{
	struct str t = c->args[0]->text;

	while (t.len != 0 && isspace((unsigned char)t.ptr[0]))
		t = (struct str){ t.ptr + 1, t.len - 1 };
	while (t.len != 0 && isspace((unsigned char)t.ptr[t.len - 1]))
		t.len--;
	return aci_text(c->s, t, c->loc);
}

static struct node *call_replace(const struct call *c)
{
	struct str text = c->args[0]->text, from = c->args[1]->text, to = c->args[2]->text;
	struct bytes b = { .arena = c->s->im->arena };
	size_t i = 0;

	if (from.len == 0)
		return misused(c);
	while (i < text.len && b.len <= ACI_BYTES_MAX - c->s->spent) {
		if (text.len - i >= from.len && memcmp(text.ptr + i, from.ptr, from.len) == 0) {
			bytes_put(&b, to.ptr, to.len);
			i += from.len;
		} else {
			bytes_put8(&b, (unsigned char)text.ptr[i++]);
		}
	}
	return literal(c, bytes_str(&b));
}

static bool same(const struct node *l, const struct node *r)
{
	if (l->kind != r->kind)
		return false;
	if (l->kind == NODE_INT || l->kind == NODE_BOOL)
		return l->integer == r->integer;
	return l->kind == NODE_NULL || str_equal(l->text, r->text);
}

static struct node *call_equals(const struct call *c)
{
	if (c->args[0]->kind == NODE_LIST || c->args[0]->kind == NODE_MAP)
		return any(c, "lists and maps are not compared");
	return aci_bool(c->s, same(c->args[0], c->args[1]), c->loc);
}

static struct node *call_empty(const struct call *c)
{
	const struct node *v = c->args[0];
	bool is_empty = v->kind == NODE_NULL || (v->kind == NODE_STRING && v->text.len == 0)
	    || ((v->kind == NODE_LIST || v->kind == NODE_MAP) && v->n == 0);

	return aci_bool(c->s, is_empty, c->loc);
}

static struct node *call_length(const struct call *c)
{
	const struct node *v = c->args[0];

	return aci_int(c->s, v->kind == NODE_STRING ? (int64_t)v->text.len : (int64_t)v->n, c->loc);
}

static struct node *call_not(const struct call *c)
{
	return c->args[0]->kind == NODE_BOOL ? aci_bool(c->s, c->args[0]->integer == 0, c->loc) : misused(c);
}

static struct node *call_and(const struct call *c)
{
	bool all = true;
	uint32_t i;

	for (i = 0; i < c->n; i++) {
		if (c->args[i]->kind != NODE_BOOL)
			return misused(c);
		all = all && c->args[i]->integer != 0;
	}
	return aci_bool(c->s, all, c->loc);
}

static struct node *call_or(const struct call *c)
{
	bool some = false;
	uint32_t i;

	for (i = 0; i < c->n; i++) {
		if (c->args[i]->kind != NODE_BOOL)
			return misused(c);
		some = some || c->args[i]->integer != 0;
	}
	return aci_bool(c->s, some, c->loc);
}

/* With a condition that is not known it is one text or the other. */
static struct node *call_if(const struct call *c)
{
	struct value l, r;

	if (!aci_is_unknown(c->args[0]))
		return c->args[0]->kind == NODE_BOOL ? c->args[c->args[0]->integer != 0 ? 1 : 2] : misused(c);
	if (!aci_as_value(c->s, c->args[1], &l) || !aci_as_value(c->s, c->args[2], &r))
		return aci_because(c->s, c->loc, c->args[0]);
	l.text = pattern_part(c->s->im->arena, l);
	r.text = pattern_part(c->s->im->arena, r);
	return open(c, arena_printf(c->s->im->arena, "%.*s|%.*s", STR_ARG(l.text), STR_ARG(r.text)),
	    c->args[0]);
}

static struct node *call_coalesce(const struct call *c)
{
	uint32_t i;

	for (i = 0; i < c->n; i++)
		if (c->args[i]->kind != NODE_NULL)
			return c->args[i];
	return aci_null(c->s, c->loc);
}

static struct node *call_null(const struct call *c)
{
	return aci_null(c->s, c->loc);
}

static struct node *call_true(const struct call *c)
{
	return aci_bool(c->s, true, c->loc);
}

static struct node *call_false(const struct call *c)
{
	return aci_bool(c->s, false, c->loc);
}

static struct node *call_list(const struct call *c)
{
	return aci_list(c->s, c->args, c->n, c->loc);
}

static struct node *call_object(const struct call *c)
{
	struct node *map = aci_null(c->s, c->loc);
	uint32_t i;

	map->kind = NODE_MAP;
	map->entries = arena_array(c->s->im->arena, c->n / 2, struct entry);
	for (i = 0; i + 1 < c->n; i += 2) {
		if (c->args[i]->kind != NODE_STRING || aci_is_unknown(c->args[i]))
			return misused(c);
		map->entries[map->n++] = (struct entry){ .key = c->args[i]->text, .loc = c->loc,
		    .value = c->args[i + 1] };
	}
	return c->n % 2 == 0 ? map : misused(c);
}

/* What is no JSON is no complaint here: whoever needs the value complains. */
static struct node *call_json(const struct call *c)
{
	struct source *source = arena_new(c->s->im->arena, struct source);
	struct diag silent = { .out = NULL };
	struct document document;

	*source = (struct source){ STR("<json>"), c->args[0]->text };
	if (c->args[0]->text.len > ACI_BYTES_MAX - c->s->spent)
		return any(c, "it is too long");
	c->s->spent += c->args[0]->text.len;
	if (document_yaml(c->s->im->arena, &silent, source, &document) != 0 || document.n != 1)
		return aci_mistake(c->s, c->loc, "the text is no JSON");
	return document.roots[0];
}

static struct node *call_int(const struct call *c)
{
	struct node number = *c->args[0];

	if (number.kind == NODE_STRING)
		node_resolve_plain(&number);
	return number.kind == NODE_INT ? aci_int(c->s, number.integer, c->loc) : misused(c);
}

static struct node *call_parameters(const struct call *c)
{
	return aci_parameter(c->s, c->args[0]->text, c->loc);
}

static struct node *call_variables(const struct call *c)
{
	return aci_variable(c->s, c->args[0]->text, c->loc);
}

static struct node *call_guid(const struct call *c)
{
	return aci_unknown(c->s, c->loc, (struct str){ HOLE_UUID, strlen(HOLE_UUID) },
	    STR("a UUID is not computed here"));
}

static struct node *call_unique(const struct call *c)
{
	return aci_unknown(c->s, c->loc, STR("[a-z0-9]{13}"), STR("uniqueString() is not computed here"));
}

static const struct {
	const char *name;
	uint32_t least, most;           /* arguments */
	const char *kinds;              /* of them: 's' text; else any.  The last one goes on. */
	bool takes_unknown;             /* else an unknown argument makes an unknown value */
	struct node *(*call)(const struct call *);
} functions[] = {
	{ "parameters", 1, 1, "s", false, call_parameters },
	{ "variables", 1, 1, "s", false, call_variables },
	{ "concat", 1, 256, "*", true, call_concat },
	{ "format", 1, 256, "s*", true, call_format },
	{ "string", 1, 1, "*", true, call_string },
	{ "toLower", 1, 1, "s", false, call_lower },
	{ "toUpper", 1, 1, "s", false, call_upper },
	{ "trim", 1, 1, "s", false, call_trim },
	{ "replace", 3, 3, "s", false, call_replace },
	{ "equals", 2, 2, "*", false, call_equals },
	{ "empty", 1, 1, "*", false, call_empty },
	{ "length", 1, 1, "*", false, call_length },
	{ "not", 1, 1, "*", false, call_not },
	{ "and", 2, 256, "*", false, call_and },
	{ "or", 2, 256, "*", false, call_or },
	{ "if", 3, 3, "*", true, call_if },
	{ "coalesce", 1, 256, "*", false, call_coalesce },
	{ "null", 0, 0, "*", false, call_null },
	{ "true", 0, 0, "*", false, call_true },
	{ "false", 0, 0, "*", false, call_false },
	{ "createArray", 0, 256, "*", true, call_list },
	{ "array", 1, 1, "*", false, call_list },
	{ "createObject", 0, 256, "*", true, call_object },
	{ "json", 1, 1, "s", false, call_json },
	{ "int", 1, 1, "*", false, call_int },
	{ "guid", 1, 256, "*", true, call_guid },
	{ "newGuid", 0, 0, "*", true, call_guid },
	{ "uniqueString", 1, 256, "*", true, call_unique },
};

static bool fits(const struct call *c, size_t f, struct node **unknown)
{
	const char *kind = functions[f].kinds;
	uint32_t i;

	*unknown = NULL;
	if (c->n < functions[f].least || c->n > functions[f].most)
		return false;
	for (i = 0; i < c->n; i++) {
		if (aci_is_unknown(c->args[i]) && (!functions[f].takes_unknown || *kind == 's')
		    && *unknown == NULL)
			*unknown = c->args[i];
		if (*kind == 's' && c->args[i]->kind != NODE_STRING)
			return false;
		if (kind[1] != '\0')
			kind++;
	}
	return true;
}

struct node *aci_call(struct aci *s, struct str name, struct node *const *args, uint32_t n, struct loc loc)
{
	struct call c = { .s = s, .args = args, .n = n, .loc = loc };
	struct node *unknown;
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (!aci_equal_names(name, (struct str){ functions[i].name, strlen(functions[i].name) }))
			continue;
		if (!fits(&c, i, &unknown))
			return misused(&c);
		if (unknown != NULL)
			return aci_because(s, loc, unknown);
		return functions[i].call(&c);
	}
	return any(&c, arena_printf(s->im->arena, "what %.*s() gives is not known here", STR_ARG(name)).ptr);
}

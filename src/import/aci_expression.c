/* SPDX-License-Identifier: Apache-2.0
 *
 * aci_expression.c - expressions in strings: "[concat('a', parameters('b'))]".
 *
 *   VALUE := PRIMARY ( '.' NAME | '[' VALUE ']' )*
 *   PRIMARY := 'TEXT' | NUMBER | NAME '(' [VALUE (',' VALUE)*] ')'
 *
 * A quote inside of a text is written twice.  A string that begins with "[[" is
 * no expression, but begins with "[".
 */
#include <ctype.h>

#include "../base/bytes.h"
#include "aci.h"

enum { ARGS_MAX = 256 };

struct expression {
	struct aci *s;
	struct str text;
	size_t at;
	struct loc loc;
	bool is_wrong;                  /* it is not understood */
};

static struct node *read_value(struct expression *e);

static struct node *wrong(struct expression *e)
{
	e->is_wrong = true;
	return aci_mistake(e->s, e->loc, "the expression is not understood");
}

static char peek(struct expression *e)
{
	while (e->at < e->text.len && isspace((unsigned char)e->text.ptr[e->at]))
		e->at++;
	return e->at < e->text.len ? e->text.ptr[e->at] : '\0';
}

static bool take(struct expression *e, char c)
{
	if (peek(e) != c)
		return false;
	e->at++;
	return true;
}

static struct node *read_text(struct expression *e)
{
	struct bytes b = { .arena = e->s->im->arena };

	while (e->at < e->text.len) {
		char c = e->text.ptr[e->at++];

		if (c == '\'' && (e->at == e->text.len || e->text.ptr[e->at] != '\''))
			return aci_text(e->s, arena_copy(b.arena, b.ptr, b.len), e->loc);
		if (c == '\'')
			e->at++;
		bytes_put8(&b, (unsigned char)c);
	}
	return wrong(e);
}

static struct node *read_number(struct expression *e)
{
	struct node number = { .kind = NODE_STRING };
	size_t start = e->at++;

	while (e->at < e->text.len && isdigit((unsigned char)e->text.ptr[e->at]))
		e->at++;
	number.text = (struct str){ e->text.ptr + start, e->at - start };
	node_resolve_plain(&number);
	return number.kind == NODE_INT ? aci_int(e->s, number.integer, e->loc) : wrong(e);
}

static struct str read_name(struct expression *e)
{
	size_t start;

	peek(e);
	start = e->at;
	while (e->at < e->text.len && (isalnum((unsigned char)e->text.ptr[e->at]) || e->text.ptr[e->at] == '_'))
		e->at++;
	return (struct str){ e->text.ptr + start, e->at - start };
}

/* NAME(ARGS), or NAME.NAME(ARGS) of the template's own functions. */
static struct node *read_call(struct expression *e)
{
	struct node *args[ARGS_MAX];
	struct str name = read_name(e), own = { "", 0 };
	uint32_t n = 0;

	if (name.len != 0 && take(e, '.'))
		own = read_name(e);
	if (name.len == 0 || !take(e, '('))
		return wrong(e);
	while (!e->is_wrong && peek(e) != ')') {
		if (n == ARGS_MAX || (n != 0 && !take(e, ',')))
			return wrong(e);
		args[n++] = read_value(e);
	}
	if (e->is_wrong || !take(e, ')'))
		return wrong(e);
	if (own.len != 0)
		return aci_unknown(e->s, e->loc, (struct str){ HOLE_LINE, strlen(HOLE_LINE) },
		    STR("functions that a template defines are not evaluated"));
	return aci_call(e->s, name, args, n, e->loc);
}

static struct node *property(struct expression *e, struct node *value, struct node *key)
{
	struct entry *entry;

	if (aci_is_unknown(value))
		return aci_because(e->s, e->loc, value);
	if (aci_is_unknown(key))
		return aci_because(e->s, e->loc, key);
	if (value->kind == NODE_MAP && key->kind == NODE_STRING) {
		entry = node_find(value, arena_copy(e->s->im->arena, key->text.ptr, key->text.len).ptr);
		if (entry != NULL)
			return entry->value;
	}
	if (value->kind == NODE_LIST && key->kind == NODE_INT && key->integer >= 0 && key->integer < value->n)
		return value->items[key->integer];
	return aci_mistake(e->s, e->loc, "there is no such property or item");
}

static struct node *read_primary(struct expression *e)
{
	char c = peek(e);

	if (c == '\'') {
		e->at++;
		return read_text(e);
	}
	if (isdigit((unsigned char)c) || c == '-')
		return read_number(e);
	return read_call(e);
}

static struct node *read_value(struct expression *e)
{
	struct node *value;
	struct str name;

	if (++e->s->depth > ACI_DEPTH_MAX) {
		e->s->depth--;
		e->is_wrong = true;
		return aci_mistake(e->s, e->loc, "the expression is nested too deep");
	}
	value = read_primary(e);
	while (!e->is_wrong) {
		if (take(e, '.')) {
			name = read_name(e);
			value = name.len == 0 ? wrong(e) : property(e, value, aci_text(e->s, name, e->loc));
		} else if (take(e, '[')) {
			struct node *key = read_value(e);

			value = e->is_wrong || !take(e, ']') ? wrong(e) : property(e, value, key);
		} else {
			break;
		}
	}
	e->s->depth--;
	return value;
}

/* The same value as if it stood in this place. */
static struct node *at_place(struct aci *s, struct node *value, const struct node *expression)
{
	struct node *copy;

	if (aci_is_unknown(value)) {
		struct unknown *u = arena_new(s->im->arena, struct unknown);

		*u = *aci_unknown_of(value);
		u->node.loc = expression->loc;
		u->node.text = expression->text;
		return &u->node;
	}
	copy = arena_new(s->im->arena, struct node);
	*copy = *value;
	copy->loc = expression->loc;
	return copy;
}

static struct node *evaluate_string(struct aci *s, struct node *node)
{
	struct str text = node->text;
	struct expression e = { .s = s, .loc = node->loc };
	struct node *value;

	if (!s->is_template || text.len < 2 || text.ptr[0] != '[' || text.ptr[text.len - 1] != ']')
		return node;
	if (text.ptr[1] == '[')
		return aci_text(s, (struct str){ text.ptr + 1, text.len - 1 }, node->loc);
	e.text = (struct str){ text.ptr + 1, text.len - 2 };
	value = read_value(&e);
	peek(&e);
	if (!e.is_wrong && e.at != e.text.len)
		value = wrong(&e);
	return at_place(s, value, node);
}

/* Trees are at most DOCUMENT_DEPTH_MAX deep; what stands in for an expression is evaluated already. */
struct node *aci_evaluate(struct aci *s, struct node *node)
{
	struct node *copy;
	uint32_t i;

	if (node->kind == NODE_STRING)
		return evaluate_string(s, node);
	if (node->kind != NODE_LIST && node->kind != NODE_MAP)
		return node;
	copy = arena_new(s->im->arena, struct node);
	*copy = *node;
	if (node->kind == NODE_LIST)
		copy->items = arena_array(s->im->arena, node->n, struct node *);
	else
		copy->entries = arena_array(s->im->arena, node->n, struct entry);
	for (i = 0; i < node->n; i++) {
		if (node->kind == NODE_LIST) {
			copy->items[i] = aci_evaluate(s, node->items[i]);
			continue;
		}
		copy->entries[i] = node->entries[i];
		copy->entries[i].value = aci_evaluate(s, node->entries[i].value);
	}
	return copy;
}

static const struct entry *find(const struct node *map, struct str name)
{
	uint32_t i;

	for (i = 0; map != NULL && map->kind == NODE_MAP && i < map->n; i++)
		if (aci_equal_names(name, map->entries[i].key))
			return &map->entries[i];
	return NULL;
}

/* Once, and never inside of itself. */
static struct node *remembered(struct aci *s, const struct entry *entry, struct loc loc,
    struct node *(*evaluate)(struct aci *, const struct entry *))
{
	struct node *value;
	uint32_t i, at;

	for (i = 0; i < s->n_memos; i++)
		if (s->memos[i].entry == entry)
			return s->memos[i].value != NULL ? s->memos[i].value : aci_mistake(s, loc,
			    "it is defined by itself");
	at = s->n_memos;
	arena_push(s->im->arena, s->memos, s->n_memos, s->cap_memos);
	s->memos[s->n_memos++] = (struct memo){ entry, NULL };
	value = evaluate(s, entry);
	s->memos[at].value = value;
	return value;
}

static struct node *variable_value(struct aci *s, const struct entry *entry)
{
	return aci_evaluate(s, entry->value);
}

struct node *aci_variable(struct aci *s, struct str name, struct loc loc)
{
	const struct entry *entry = find(s->variables, name);

	if (entry == NULL)
		return aci_mistake(s, loc, arena_printf(s->im->arena,
		    "the template has no variable '%.*s'", STR_ARG(name)).ptr);
	return remembered(s, entry, loc, variable_value);
}

/* --set NAME=VALUE; text for what is no string is read as JSON. */
static bool setting_of(struct aci *s, const struct entry *entry, struct str type, struct node **out)
{
	const struct import_options *options = s->im->options;
	struct document document;
	struct source *source;
	uint32_t i;

	for (i = options->n_settings; i > 0; i--) {
		const char *text = options->settings[i - 1], *equals = strchr(text, '=');
		struct str name = { text, equals == NULL ? 0 : (size_t)(equals - text) };

		if (equals == NULL || !aci_equal_names(name, entry->key))
			continue;
		*out = aci_text(s, (struct str){ equals + 1, strlen(equals + 1) }, entry->loc);
		if (aci_equal_names(type, STR("string")) || aci_equal_names(type, STR("securestring")))
			return true;
		source = arena_new(s->im->arena, struct source);
		*source = (struct source){ STR("<--set>"), (*out)->text };
		if (document_yaml(s->im->arena, s->im->diag, source, &document) == 0 && document.n == 1)
			*out = document.roots[0];
		return true;
	}
	return false;
}

/* What a parameter without a value may be: one of allowedValues, or any of its type. */
static struct str pattern_of_parameter(struct aci *s, const struct node *definition, struct str type)
{
	const struct entry *allowed = node_find(definition, "allowedValues");
	struct bytes b = { .arena = s->im->arena };
	struct value value;
	uint32_t i;

	for (i = 0; allowed != NULL && allowed->value->kind == NODE_LIST && i < allowed->value->n; i++) {
		if (!aci_as_value(s, allowed->value->items[i], &value))
			break;
		value.text = pattern_of(b.arena, value.text);
		bytes_printf(&b, "%s%.*s", i == 0 ? "" : "|", STR_ARG(value.text));
	}
	if (b.len != 0 && i == allowed->value->n)
		return bytes_str(&b);
	if (aci_equal_names(type, STR("int")))
		return STR("-?[0-9]{1,19}");
	if (aci_equal_names(type, STR("bool")))
		return STR("[Tt]rue|[Ff]alse");
	return (struct str){ HOLE_LINE, strlen(HOLE_LINE) };
}

static struct node *parameter_value(struct aci *s, const struct entry *entry)
{
	const struct entry *preset = node_find(entry->value, "defaultValue"),
	    *kind = node_find(entry->value, "type");
	struct str type = kind != NULL && kind->value->kind == NODE_STRING ? kind->value->text : STR("string");
	struct node *value;

	if (setting_of(s, entry, type, &value))
		return value;
	if (preset != NULL)
		return aci_evaluate(s, preset->value);
	return aci_unknown(s, entry->loc, pattern_of_parameter(s, entry->value, type),
	    arena_printf(s->im->arena, "the parameter '%.*s' has no value; --set %.*s=VALUE gives it one",
	    STR_ARG(entry->key), STR_ARG(entry->key)));
}

struct node *aci_parameter(struct aci *s, struct str name, struct loc loc)
{
	const struct entry *entry = find(s->parameters, name);

	if (entry == NULL)
		return aci_mistake(s, loc, arena_printf(s->im->arena,
		    "the template has no parameter '%.*s'", STR_ARG(name)).ptr);
	return remembered(s, entry, loc, parameter_value);
}

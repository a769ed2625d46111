/* SPDX-License-Identifier: Apache-2.0
 *
 * rego.c - see document.h: the data of a Rego policy.
 *
 * A policy that is data is a package and rules `name := value`.  What else Rego
 * can say is a program, which is not run here and not guessed at: each such rule
 * is refused by name, and the next one is read.  Values recur only as deep as
 * DOCUMENT_DEPTH_MAX.
 */
#include "rego.h"

#include <ctype.h>

/* Keys are looked for one after another, so there are not too many of them. */
enum { MOST_KEYS = 1024 };

/* The entries of a map that grows. */
struct entries {
	struct entry *items;
	uint32_t n, cap;
};

/* The rules so far. */
struct rules {
	struct entries data;
	bool *is_default;               /* of each */
	uint32_t cap_default;
	struct node **handed;           /* names that are the framework's to decide */
	uint32_t n_handed, cap_handed;
};

struct node *rego_refuse(struct rego *r, size_t at, const char *why)
{
	if (r->why == NULL) {
		r->why = why;
		r->why_at = at;
	}
	return NULL;
}

struct node *rego_fail(struct rego *r, enum diag_name name, size_t start, size_t end, const char *what)
{
	diag_error(r->diag, rego_loc(r, start, end), name, "%s", what);
	r->failed = true;
	return NULL;
}

static struct node *new_node(struct rego *r, enum node_kind kind, size_t start)
{
	struct node *node;

	if (r->n_nodes == DOCUMENT_NODES_MAX)
		return rego_fail(r, DIAG_TOO_LARGE, start, start + 1, "more values than can be read (524288)");
	r->n_nodes++;
	node = arena_new(r->arena, struct node);
	node->kind = kind;
	node->weight = 1;
	node->loc = rego_loc(r, start, r->at);
	node->text = STR("");
	return node;
}

static struct node *string_node(struct rego *r, struct str text, size_t start)
{
	struct node *node = new_node(r, NODE_STRING, start);

	if (node != NULL)
		node->text = text;
	return node;
}

static struct node *parse_scalar(struct rego *r)
{
	size_t start = r->at;
	int c = rego_peek(r, 0);
	struct node *node;
	struct str text;

	if (c == '"' || c == '`')
		return rego_string(r, &text) ? string_node(r, text, start) : NULL;
	if (!rego_number(r, &text)) {
		text = rego_word(r);
		if (!str_is(text, "true") && !str_is(text, "false") && !str_is(text, "null"))
			return rego_refuse(r, start, text.len != 0 ? "it refers to other names" :
			    c == '(' ? "it computes something" : "there is no value");
	}
	node = new_node(r, NODE_NULL, start);
	if (node == NULL)
		return NULL;
	node->text = arena_copy(r->arena, text.ptr, text.len);
	node_resolve_plain(node);
	return node;
}

static struct node *parse_value(struct rego *r, unsigned depth);

/* Between the elements: a comma or the closing bracket, which `*done` says. */
static bool take_comma(struct rego *r, const char *close, bool *done)
{
	bool comma;
	int c;

	rego_blank(r, true);
	comma = rego_take(r, ",");
	rego_blank(r, true);
	*done = rego_take(r, close);
	if (comma || *done)
		return true;
	c = rego_peek(r, 0);
	rego_refuse(r, r->at, c == '|' ? "a comprehension" : c < 0 ? "a bracket is not closed" :
	    c == '"' || c == '`' || isalnum(c) ? "a comma is missing, or a bracket before" :
	    "it computes something");
	return false;
}

static struct node *parse_list(struct rego *r, unsigned depth)
{
	size_t start = r->at++;
	struct node **items = NULL, *item, *node;
	uint32_t n = 0, cap = 0, weight = 1;
	bool done;

	rego_blank(r, true);
	done = rego_take(r, "]");
	while (!done) {
		item = parse_value(r, depth + 1);
		if (item == NULL || !take_comma(r, "]", &done))
			return NULL;
		arena_push(r->arena, items, n, cap);
		items[n++] = item;
		weight += item->weight;
	}
	node = new_node(r, NODE_LIST, start);
	if (node == NULL)
		return NULL;
	node->items = items;
	node->n = n;
	node->weight = weight;
	return node;
}

static bool add_entry(struct rego *r, struct entries *e, struct node *key, struct node *value)
{
	uint32_t i;

	if (e->n == MOST_KEYS) {
		rego_fail(r, DIAG_TOO_LARGE, key->loc.start, key->loc.end, "more than 1024 keys in one place");
		return false;
	}
	for (i = 0; i < e->n; i++)
		if (str_equal(e->items[i].key, key->text)) {
			diag_error(r->diag, key->loc, DIAG_DUPLICATE_KEY, "the key \"%.*s\" is there twice",
			    STR_ARG(key->text));
			diag_note(r->diag, e->items[i].loc, "here first");
			r->failed = true;
			return false;
		}
	arena_push(r->arena, e->items, e->n, e->cap);
	e->items[e->n++] = (struct entry){ .key = key->text, .loc = key->loc, .value = value };
	return true;
}

static struct node *map_node(struct rego *r, const struct entries *e, size_t start)
{
	struct node *node = new_node(r, NODE_MAP, start);
	uint32_t i;

	if (node == NULL)
		return NULL;
	node->entries = e->items;
	node->n = e->n;
	for (i = 0; i < e->n; i++)
		node->weight += e->items[i].value->weight;
	return node;
}

static struct node *parse_map(struct rego *r, unsigned depth)
{
	size_t start = r->at++;
	struct entries entries = { NULL, 0, 0 };
	struct node *key, *value;
	bool done;

	rego_blank(r, true);
	done = rego_take(r, "}");
	while (!done) {
		key = parse_value(r, depth + 1);
		if (key == NULL)
			return NULL;
		rego_blank(r, true);
		if (!rego_take(r, ":"))
			return rego_refuse(r, start, rego_peek(r, 0) == '|' ? "a comprehension" :
			    rego_peek(r, 0) < 0 ? "a bracket is not closed" :
			    "a set, where lists and objects are known");
		if (key->kind == NODE_LIST || key->kind == NODE_MAP)
			return rego_refuse(r, key->loc.start, "a key that is no string");
		rego_blank(r, true);
		value = parse_value(r, depth + 1);
		if (value == NULL || !add_entry(r, &entries, key, value) || !take_comma(r, "}", &done))
			return NULL;
	}
	return map_node(r, &entries, start);
}

static struct node *parse_value(struct rego *r, unsigned depth)
{
	if (depth > DOCUMENT_DEPTH_MAX)
		return rego_fail(r, DIAG_TOO_DEEP, r->at, r->at + 1, "values inside values more than 64 deep");
	switch (rego_peek(r, 0)) {
	case '[':
		return parse_list(r, depth);
	case '{':
		return parse_map(r, depth);
	default:
		return parse_scalar(r);
	}
}

/* Whether a rule ends here; if not, what follows makes it a program. */
static bool rule_ends(struct rego *r)
{
	int c;

	rego_blank(r, false);
	c = rego_peek(r, 0);
	if (c < 0 || c == '\n' || c == ';')
		return true;
	rego_refuse(r, r->at, c == '{' ? "it has a body" : "it computes something");
	return false;
}

/* `data.framework.NAME`; empty, and nothing taken, if that is not here. */
static struct str framework_name(struct rego *r)
{
	size_t start = r->at;
	struct str name = { NULL, 0 };

	if (rego_take(r, "data.framework."))
		name = rego_word(r);
	if (name.len == 0)
		r->at = start;
	return name;
}

/* { "errors": data.framework.errors, ... }: how the framework's reasons are passed on. */
static bool take_reasons(struct rego *r)
{
	bool done = false;
	struct str key;

	if (framework_name(r).len != 0)
		return true;
	if (!rego_take(r, "{"))
		return false;
	while (!done) {
		rego_blank(r, true);
		if (rego_peek(r, 0) != '"' || !rego_string(r, &key))
			return false;
		rego_blank(r, true);
		if (!rego_take(r, ":"))
			return false;
		rego_blank(r, true);
		if (framework_name(r).len == 0 || !take_comma(r, "}", &done))
			return false;
	}
	return true;
}

static void hand_on(struct rego *r, struct rules *rules, struct str name, size_t start)
{
	struct node *node = string_node(r, arena_copy(r->arena, name.ptr, name.len), start);

	if (node == NULL)
		return;
	arena_push(r->arena, rules->handed, rules->n_handed, rules->cap_handed);
	rules->handed[rules->n_handed++] = node;
}

/* A rule's value counts more than its default. */
static void add_rule(struct rego *r, struct rules *rules, struct node *key, struct node *value, bool is_default)
{
	struct entries *e = &rules->data;
	uint32_t i;

	for (i = 0; i < e->n; i++)
		if (str_equal(e->items[i].key, key->text) && rules->is_default[i] != is_default) {
			if (!is_default) {
				e->items[i].value = value;
				e->items[i].loc = key->loc;
				rules->is_default[i] = false;
			}
			return;
		}
	if (!add_entry(r, e, key, value))
		return;
	arena_push(r->arena, rules->is_default, e->n - 1, rules->cap_default);
	rules->is_default[e->n - 1] = is_default;
}

/* After the name: its value.  False: the rule is no data, or there was a complaint. */
static bool parse_rule(struct rego *r, struct rules *rules, struct str name, size_t start, bool is_default)
{
	struct node *key = string_node(r, arena_copy(r->arena, name.ptr, name.len), start), *value;
	struct str handed;
	size_t at;

	if (key == NULL)
		return false;
	rego_blank(r, false);
	at = r->at;
	if (!rego_take(r, ":=") && (rego_peek(r, 1) == '=' || !rego_take(r, "="))) {
		rego_refuse(r, at, rego_peek(r, 0) == '(' ? "a function" : "a rule with a body");
		return false;
	}
	rego_blank(r, true);
	at = r->at;
	if (str_is(name, "reason")) {
		if (take_reasons(r) && rule_ends(r))
			return true;
		r->at = at;
	}
	handed = framework_name(r);
	if (str_equal(handed, name) && rule_ends(r)) {
		hand_on(r, rules, name, start);
		return true;
	}
	if (handed.len != 0)
		rego_refuse(r, at, str_equal(handed, name) ? "it computes something" :
		    "it hands on to another rule of the framework");
	value = handed.len != 0 ? NULL : parse_value(r, 1);
	if (value == NULL || !rule_ends(r))
		return false;
	add_rule(r, rules, key, value, is_default);
	return true;
}

static void refuse_rule(struct rego *r, struct str name, size_t start)
{
	uint32_t line, column;

	source_place(r->source, (uint32_t)start, &line, &column);
	diag_error(r->diag, rego_loc(r, start, start + name.len), DIAG_REFUSED,
	    "the rule \"%.*s\" of line %u is not data: %s", STR_ARG(name), (unsigned)line, r->why);
	if (r->why_at >= start + name.len)
		diag_note(r->diag, rego_loc(r, r->why_at, r->why_at + 1), "here");
	r->failed = true;
}

/* One rule or import, whose first word is here. */
static void parse_statement(struct rego *r, struct rules *rules)
{
	size_t start = r->at;
	struct str name = rego_word(r);
	bool is_default = str_is(name, "default");

	if (is_default) {
		rego_blank(r, false);
		start = r->at;
		name = rego_word(r);
	}
	r->why = NULL;
	if (name.len == 0) {
		rego_fail(r, DIAG_SYNTAX, start, start + 1, "there is no rule here");
		r->at += r->at < r->text.len;
	} else if (!is_default && str_is(name, "import")) {
		rego_skip_rule(r);      /* of keywords or of what only programs use */
		return;
	} else if (parse_rule(r, rules, name, start, is_default)) {
		return;
	} else if (r->why != NULL) {
		refuse_rule(r, name, start);
	}
	rego_skip_rule(r);
}

/* `package a.b`, the first thing in a policy. */
static struct node *parse_package(struct rego *r)
{
	struct str name;
	size_t start;

	rego_blank(r, true);
	start = r->at;
	if (!str_is(rego_word(r), "package"))
		return rego_fail(r, DIAG_SYNTAX, start, start + 1, "a Rego policy starts with its package");
	rego_blank(r, false);
	start = r->at;
	do {
		name = rego_word(r);
	} while (name.len != 0 && rego_take(r, "."));
	if (name.len == 0 || !rule_ends(r))
		return rego_fail(r, DIAG_SYNTAX, start, r->at,
		    "the name of a package is words with dots between them");
	return string_node(r, arena_copy(r->arena, r->text.ptr + start, r->at - start), start);
}

static bool add_named(struct rego *r, struct rules *rules, const char *name, struct node *value)
{
	struct node *key = string_node(r, arena_copy(r->arena, name, strlen(name)), value->loc.start);

	if (key == NULL)
		return false;
	key->loc = value->loc;
	return add_entry(r, &rules->data, key, value);
}

/* What was handed on is a list beside the rules, under a name that no rule has. */
static struct node *finish(struct rego *r, struct rules *rules)
{
	struct node *handed = new_node(r, NODE_LIST, 0);

	if (handed == NULL)
		return NULL;
	handed->items = rules->handed;
	handed->n = rules->n_handed;
	handed->weight = 1 + rules->n_handed;
	return add_named(r, rules, DOCUMENT_REGO_HANDED, handed) ? map_node(r, &rules->data, 0) : NULL;
}

int document_rego(struct arena *a, struct diag *d, const struct source *source, struct document *out)
{
	struct rego r = { .arena = a, .diag = d, .source = source, .text = source->text };
	struct rules rules = { .handed = NULL };
	struct node *package, *root;

	*out = (struct document){ NULL, 0 };
	if (!rego_check_text(&r))
		return -1;
	package = parse_package(&r);
	if (package == NULL || !add_named(&r, &rules, "package", package))
		return -1;
	arena_push(a, rules.is_default, 0, rules.cap_default);
	for (;;) {
		rego_blank(&r, true);
		if (rego_take(&r, ";"))
			continue;
		if (r.at == r.text.len)
			break;
		parse_statement(&r, &rules);
	}
	root = finish(&r, &rules);
	if (root == NULL || r.failed)
		return -1;
	out->roots = arena_array(a, 1, struct node *);
	out->roots[0] = root;
	out->n = 1;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * kubernetes_expand.c - see kubernetes.h: $(NAME) in commands and variables, as
 * Kubernetes' own expansion.go reads it: "$$" is "$", a name that nobody has
 * stays as it is written, and so does what has no ")".
 */
#include "../base/bytes.h"
#include "kubernetes.h"

typedef bool look_up(struct reading *r, struct str name, struct value *out);

enum { LITERAL_MAX = 160, HOLE_COST = 30, PREFIX_MAX = 60 };

/* What is put together, and what it costs as an automaton, more or less. */
struct whole {
	struct bytes text;
	bool is_pattern;
	struct str first;               /* of a pattern: the literal that it begins with */
	size_t cost;
};

/* Inside of a longer value, bounds on lengths multiply the states of its automaton: they are left out. */
static struct value relaxed(struct arena *a, struct value v)
{
	static const char *const looser[][2] = {
		{ HOLE_DNS_LABEL, "[a-z0-9]([a-z0-9-]*[a-z0-9])?" },
		{ HOLE_DNS_NAME, "[a-z0-9]([a-z0-9.-]*[a-z0-9])?" },
	};
	size_t i;

	if (v.is_pattern && str_is(v.text, HOLE_IP))
		v.text = arena_printf(a, "%s|[0-9a-fA-F:]+", HOLE_IPV4);
	for (i = 0; v.is_pattern && i < sizeof(looser) / sizeof(looser[0]); i++)
		if (str_is(v.text, looser[i][0]))
			v.text = (struct str){ looser[i][1], strlen(looser[i][1]) };
	return v;
}

static void append(struct arena *a, struct whole *w, struct value part)
{
	struct str text = part.text;

	if (part.is_pattern && !w->is_pattern) {
		w->first = arena_copy(a, w->text.ptr, w->text.len);
		w->text.len = 0;
		w->is_pattern = true;
		append(a, w, (struct value){ .text = w->first });
	}
	if (w->is_pattern)
		text = pattern_part(a, part);
	bytes_put(&w->text, text.ptr, text.len);
}

/* What begins with '$' at text[at]: how long it is, and what it becomes. */
static size_t take_dollar(struct reading *r, struct str text, size_t at, look_up *find, struct value *part)
{
	size_t end = at + 2;
	struct str name;

	*part = (struct value){ .text = { text.ptr + at, 1 } };
	if (at + 1 == text.len)
		return 1;
	if (text.ptr[at + 1] == '$')
		return 2;
	part->text.len = 2;
	if (text.ptr[at + 1] != '(')
		return 2;
	while (end < text.len && text.ptr[end] != ')')
		end++;
	if (end == text.len)
		return 2;
	name = (struct str){ text.ptr + at + 2, end - at - 2 };
	part->text.len = end - at + 1;
	(void)find(r, name, part);
	return end - at + 1;
}

static void add_part(struct arena *a, struct whole *w, struct value part, bool is_all)
{
	w->cost += part.is_pattern ? HOLE_COST : part.text.len;
	append(a, w, is_all ? part : relaxed(a, part));
}

/* A pattern that would be too large an automaton says only how the value begins. */
static struct value bounded(struct reading *r, struct whole *w, struct loc from)
{
	struct arena *a = r->pod->im->arena;
	struct value value = { .text = bytes_str(&w->text), .is_pattern = w->is_pattern, .from = from };

	if (!w->is_pattern || w->cost <= LITERAL_MAX + HOLE_COST)
		return value;
	if (w->first.len > PREFIX_MAX)
		w->first.len = PREFIX_MAX;
	diag_warning(r->pod->im->diag, from, DIAG_HOLE,
	    "%s: a value of this length with variables in it that are "
	    "known only when the pod runs: any line that begins like this is allowed",
	    r->path);
	value.text = arena_printf(a, "%.*s%s", STR_ARG(pattern_of(a, w->first)), HOLE_LINE);
	return value;
}

static struct value expand(struct reading *r, struct str text, struct loc from, look_up *find)
{
	struct arena *a = r->pod->im->arena;
	struct whole out = { .text = { .arena = a } };
	size_t at = 0, start;

	while (at < text.len) {
		const char *dollar = memchr(text.ptr + at, '$', text.len - at);
		size_t next = dollar == NULL ? text.len : (size_t)(dollar - text.ptr);
		struct value part;

		add_part(a, &out, (struct value){ .text = { text.ptr + at, next - at } }, false);
		at = start = next;
		if (at < text.len) {
			at += take_dollar(r, text, at, find, &part);
			add_part(a, &out, part, start == 0 && at == text.len);
		}
	}
	return bounded(r, &out, from);
}

/* What may be missing stays as it is written then: `written` is "$(NAME)". */
static void or_written(struct arena *a, struct value v, struct value *written)
{
	written->text = arena_printf(a, "%.*s|%.*s", STR_ARG(pattern_part(a, relaxed(a, v))),
	    STR_ARG(pattern_of(a, written->text)));
	written->is_pattern = true;
}

static bool in_env(struct reading *r, struct str name, struct value *out)
{
	const struct variable *v = env_find(r->out, name);
	struct value service;

	if (v == NULL && !kubernetes_service_value(r->pod, name, &service))
		return false;
	if (v == NULL)
		or_written(r->pod->im->arena, service, out);
	else if (v->optional)
		or_written(r->pod->im->arena, v->value, out);
	else
		*out = v->value;
	return true;
}

static bool as_written(struct reading *r, struct str name, struct value *out)
{
	const struct node *env = import_list(r->pod->im, r->node, "env");
	bool found = false;
	uint32_t i;

	for (i = 0; env != NULL && i < env->n; i++) {
		const struct entry *key = node_find(env->items[i], "name"),
				   *value = node_find(env->items[i], "value");

		if (key == NULL || !str_equal(key->value->text, name))
			continue;
		out->text = value == NULL ? STR("") : value->value->text;
		found = true;
	}
	return found;
}

struct value kubernetes_expand(struct reading *r, struct str text, struct loc from)
{
	return expand(r, text, from, in_env);
}

struct value kubernetes_expand_static(struct reading *r, struct str text, struct loc from)
{
	return expand(r, text, from, as_written);
}

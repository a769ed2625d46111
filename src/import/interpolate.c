/* SPDX-License-Identifier: Apache-2.0
 *
 * interpolate.c - ${NAME}, ${NAME:-default}, ${NAME:?message}, ${NAME:+instead},
 * each also without the colon, and $$ for a dollar, as compose has them.
 */
#include <ctype.h>

#include "../base/bytes.h"
#include "interpolate.h"

enum { NESTED_MAX = 16 };

static bool expand(struct interpolation *in, struct str text, struct loc loc, unsigned depth,
    struct bytes *out);

static bool setting_of(const struct import_options *options, struct str name, struct str *value)
{
	uint32_t i;

	/* The last one counts. */
	for (i = options->n_settings; i > 0; i--) {
		const char *s = options->settings[i - 1], *equals = strchr(s, '=');

		if (equals != NULL && str_equal(name, (struct str){ s, (size_t)(equals - s) })) {
			*value = (struct str){ equals + 1, strlen(equals + 1) };
			return true;
		}
	}
	return false;
}

bool interpolate_find(struct interpolation *in, struct str name, struct str *value)
{
	uint32_t i;

	if (setting_of(in->im->options, name, value))
		return true;
	for (i = in->n_known; i > 0; i--)
		if (str_equal(in->known[i - 1].name, name)) {
			*value = in->known[i - 1].value;
			in->used_dotenv |= i <= in->n_dotenv;
			return true;
		}
	return false;
}

static void warn_unset(struct interpolation *in, struct str name, struct loc loc)
{
	uint32_t i;

	for (i = 0; i < in->n_warned; i++)
		if (str_equal(in->warned[i], name))
			return;
	arena_push(in->im->arena, in->warned, in->n_warned, in->cap_warned);
	in->warned[in->n_warned++] = name;
	diag_warning(in->im->diag, loc, DIAG_UNRESOLVED,
	    "${%.*s} has no value here and is taken as empty; --set %.*s=VALUE gives it one", STR_ARG(name),
	    STR_ARG(name));
}

/* What stands between the braces: a name, and what to do about it. */
struct reference {
	struct str name, rest;
	bool colon;                     /* empty counts as not set */
	char operator;                  /* '-', '?', '+', or 0 */
};

static bool read_reference(struct str inner, struct reference *out)
{
	size_t i = 0;

	*out = (struct reference){ .operator = 0 };
	while (i < inner.len && (isalnum((unsigned char)inner.ptr[i]) || inner.ptr[i] == '_'))
		i++;
	if (i == 0 || isdigit((unsigned char)inner.ptr[0]))
		return false;
	out->name = (struct str){ inner.ptr, i };
	if (i == inner.len)
		return true;
	if (inner.ptr[i] == ':') {
		out->colon = true;
		i++;
	}
	if (i == inner.len || strchr("-?+", inner.ptr[i]) == NULL)
		return false;
	out->operator = inner.ptr[i++];
	out->rest = (struct str){ inner.ptr + i, inner.len - i };
	return true;
}

static bool expand_reference(struct interpolation *in, struct str inner, struct loc loc, unsigned depth,
    struct bytes *out)
{
	struct reference r;
	struct str value = { "", 0 };
	struct bytes message = { .arena = in->im->arena };
	bool is_set;

	if (!read_reference(inner, &r)) {
		diag_error(in->im->diag, loc, DIAG_BAD_VALUE, "'${%.*s}' is no reference to a variable",
		    STR_ARG(inner));
		return false;
	}
	is_set = interpolate_find(in, r.name, &value) && !(r.colon && value.len == 0);
	if (r.operator == '+')
		return !is_set || expand(in, r.rest, loc, depth + 1, out);
	if (is_set) {
		bytes_put(out, value.ptr, value.len);
		return true;
	}
	if (r.operator == '-')
		return expand(in, r.rest, loc, depth + 1, out);
	if (r.operator == '?') {
		if (expand(in, r.rest, loc, depth + 1, &message))
			diag_error(in->im->diag, loc, DIAG_UNRESOLVED,
			    "${%.*s} must have a value%s%.*s; --set %.*s=VALUE gives it one",
			    STR_ARG(r.name), message.len == 0 ? "" : ": ", STR_ARG(bytes_str(&message)),
			    STR_ARG(r.name));
		return false;
	}
	warn_unset(in, r.name, loc);
	bytes_put(out, value.ptr, value.len);
	return true;
}

/* Where the brace is closed that was opened before `text`; text.len if it is not. */
static size_t closing_brace(struct str text)
{
	size_t i, open = 1;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] == '{')
			open++;
		if (text.ptr[i] == '}' && --open == 0)
			return i;
	}
	return text.len;
}

/* The reference behind a dollar; *used: how much of the text it is. */
static bool expand_dollar(struct interpolation *in, struct str after, struct loc loc, unsigned depth,
    struct bytes *out, size_t *used)
{
	size_t n = 0;

	if (after.len != 0 && after.ptr[0] == '$') {
		*used = 1;
		bytes_put8(out, '$');
		return true;
	}
	if (after.len != 0 && after.ptr[0] == '{') {
		struct str inside = { after.ptr + 1, after.len - 1 };

		n = closing_brace(inside);
		if (n == inside.len) {
			diag_error(in->im->diag, loc, DIAG_BAD_VALUE, "'${' is not closed");
			return false;
		}
		*used = n + 2;
		return expand_reference(in, (struct str){ inside.ptr, n }, loc, depth, out);
	}
	while (n < after.len && (isalnum((unsigned char)after.ptr[n]) || after.ptr[n] == '_'))
		n++;
	if (n == 0 || isdigit((unsigned char)after.ptr[0])) {
		diag_error(in->im->diag, loc, DIAG_BAD_VALUE,
		    "'$' begins no variable here; a dollar is written '$$'");
		return false;
	}
	*used = n;
	return expand_reference(in, (struct str){ after.ptr, n }, loc, depth, out);
}

static bool expand(struct interpolation *in, struct str text, struct loc loc, unsigned depth, struct bytes *out)
{
	size_t i = 0, used;

	if (depth > NESTED_MAX) {
		diag_error(in->im->diag, loc, DIAG_TOO_DEEP, "more than %d variables inside each other",
		    NESTED_MAX);
		return false;
	}
	while (i < text.len) {
		if (text.ptr[i] != '$') {
			bytes_put8(out, (unsigned char)text.ptr[i++]);
			continue;
		}
		i++;
		if (!expand_dollar(in, (struct str){ text.ptr + i, text.len - i }, loc, depth, out, &used))
			return false;
		i += used;
		if (out->len > INTERPOLATED_MAX - in->spent) {
			diag_error(in->im->diag, loc, DIAG_TOO_LARGE,
			    "variables make the file more than %d bytes",
			    INTERPOLATED_MAX);
			return false;
		}
	}
	return true;
}

bool interpolate(struct interpolation *in, struct str text, struct loc loc, struct str *out)
{
	struct bytes b = { .arena = in->im->arena };

	*out = text;
	if (text.len == 0 || memchr(text.ptr, '$', text.len) == NULL)
		return true;
	if (!expand(in, text, loc, 0, &b))
		return false;
	in->spent += b.len;
	*out = arena_copy(in->im->arena, b.ptr, b.len);
	return true;
}

static struct node *copy_of(struct arena *a, const struct node *node)
{
	struct node *copy = arena_new(a, struct node);
	uint32_t i;

	*copy = *node;
	if (node->kind == NODE_LIST) {
		copy->items = arena_array(a, node->n, struct node *);
		for (i = 0; i < node->n; i++)
			copy->items[i] = node->items[i];
	} else if (node->kind == NODE_MAP) {
		copy->entries = arena_array(a, node->n, struct entry);
		for (i = 0; i < node->n; i++)
			copy->entries[i] = node->entries[i];
	}
	return copy;
}

/* Trees are at most DOCUMENT_DEPTH_MAX deep. */
struct node *interpolate_tree(struct interpolation *in, struct node *node)
{
	struct arena *a = in->im->arena;
	struct node *copy = node, *child, *changed;
	struct str text;
	uint32_t i;

	if (node->kind == NODE_STRING) {
		if (interpolate(in, node->text, node->loc, &text) && text.ptr != node->text.ptr) {
			copy = copy_of(a, node);
			copy->text = text;
		}
		return copy;
	}
	if (node->kind != NODE_LIST && node->kind != NODE_MAP)
		return node;
	for (i = 0; i < node->n; i++) {
		child = node->kind == NODE_LIST ? node->items[i] : node->entries[i].value;
		changed = interpolate_tree(in, child);
		if (changed == child)
			continue;
		if (copy == node)
			copy = copy_of(a, node);
		if (node->kind == NODE_LIST)
			copy->items[i] = changed;
		else
			copy->entries[i].value = changed;
	}
	return copy;
}

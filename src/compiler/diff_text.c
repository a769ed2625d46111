/* SPDX-License-Identifier: Apache-2.0
 *
 * diff_text.c - see diff_text.h.
 */
#include "diff_text.h"

#include <ctype.h>
#include <inttypes.h>

#include "../automata/dfa.h"
#include "../base/bytes.h"
#include "grammar/scan.h"

static void put_string(struct bytes *b, struct str text)
{
	size_t i;

	bytes_put8(b, '"');
	for (i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c < 0x20 || c == 0x7f)
			bytes_printf(b, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			bytes_printf(b, "\\%c", c);
		else
			bytes_put8(b, c);
	}
	bytes_put8(b, '"');
}

/* Spelled anew: one language has many spellings. */
static void put_pattern(struct bytes *b, const struct ir_pattern *pattern)
{
	struct str text;

	if (pattern->is_literal) {
		put_string(b, pattern->literal);
		return;
	}
	text = dfa_spell(b->arena, dfa_decode(b->arena, pattern->bytes, pattern->len));
	bytes_printf(b, text.ptr == NULL ? "a pattern too long to be shown" : "/%.*s/", STR_ARG(text));
}

static void put_value(struct bytes *b, const struct ir_value *v);

static void put_many(struct bytes *b, const struct ir_value *v)
{
	uint32_t i;

	bytes_put8(b, v->type.shape == BC_SET ? '{' : '[');
	for (i = 0; i < v->n_items; i++) {
		bytes_printf(b, i == 0 ? "" : ", ");
		put_value(b, &v->items[i]);
	}
	bytes_put8(b, v->type.shape == BC_SET ? '}' : ']');
}

/* Between its ends in the source; a row that is a default has the framework's words. */
struct str text_of_row(struct arena *a, const struct ir_row *row)
{
	struct str text = row->loc.source->text;
	struct bytes b = { .arena = a };
	bool space = false;
	uint32_t i;

	for (i = row->loc.start; i < row->loc.end && i < text.len; i++) {
		if (!isspace((unsigned char)text.ptr[i])) {
			bytes_printf(&b, space ? " " : "");
			bytes_put8(&b, (unsigned char)text.ptr[i]);
			space = false;
		} else {
			space = b.len != 0;
		}
	}
	return bytes_str(&b);
}

static void put_value(struct bytes *b, const struct ir_value *v)
{
	struct str text;
	uint32_t i;

	if (v->type.shape != BC_ONE) {
		put_many(b, v);
	} else if (v->row != NULL) {
		text = text_of_row(b->arena, v->row);
		bytes_put(b, text.ptr, text.len);
	} else if (v->type.enumeration != NULL) {
		text = v->type.enumeration->values[v->word];
		bytes_put(b, text.ptr, text.len);
	} else if (v->type.base == BC_LANGUAGE) {
		put_pattern(b, &v->pattern);
	} else if (v->type.base == BC_DIGEST32) {
		bytes_printf(b, "sha256:");
		for (i = 0; i < v->text.len; i++)
			bytes_printf(b, "%02x", (unsigned char)v->text.ptr[i]);
	} else if (v->type.base == BC_STRING) {
		put_string(b, v->text);
	} else if (v->type.base == BC_BOOL) {
		bytes_printf(b, v->word != 0 ? "true" : "false");
	} else {
		bytes_printf(b, "%" PRIu64, v->word);
	}
}

struct str text_of_value(struct arena *a, const struct ir_value *v)
{
	struct bytes b = { .arena = a };

	put_value(&b, v);
	return bytes_str(&b);
}

/* The kind's word, its name, and for what is about events, these. */
static struct str heading_of(struct arena *a, const struct ast_item *item)
{
	static const char *const words[] = { "enum", "record", "kind", "switch", "const", "event", "state", "def", "on",
		"restrict", "invariant", "reachable", "always", "never" };
	struct bytes b = { .arena = a };
	uint32_t i;

	bytes_printf(&b, "%s", words[item->kind]);
	if (item->kind != ITEM_RESTRICT)
		bytes_printf(&b, " %.*s", STR_ARG(item->name.text));
	else if (item->on_all)
		bytes_printf(&b, " all");
	for (i = 0; item->kind == ITEM_RESTRICT && item->names != NULL && i < item->names->n; i++)
		bytes_printf(&b, "%s%.*s", i == 0 ? " " : ", ", STR_ARG(item->names->items[i].text));
	return bytes_str(&b);
}

/* The source's words in a place, as they are spelled. */
static struct str words_in(struct arena *a, struct loc loc)
{
	struct source part = { loc.source->name, { loc.source->text.ptr + loc.start, loc.end - loc.start } };
	struct diag silent = { .out = NULL };
	struct scan scan = { .arena = a, .diag = &silent, .source = &part };
	struct bytes b = { .arena = a };

	if (scan_open(&scan) != 0)
		return part.text;
	while (scan_next(&scan) != 0) {
		bytes_put(&b, part.text.ptr + scan.loc.start, scan.loc.end - scan.loc.start);
		bytes_put8(&b, ' ');
	}
	scan_close(&scan);
	return bytes_str(&b);
}

/* An item that may begin with a word and does not has its place from the item before on. */
static uint32_t first_word(struct loc loc)
{
	const char *text = loc.source->text.ptr;
	uint32_t at = loc.start;

	while (at < loc.end && (isspace((unsigned char)text[at]) || text[at] == '#')) {
		if (text[at] == '#')
			while (at < loc.end && text[at] != '\n')
				at++;
		else
			at++;
	}
	return at;
}

struct words words_of(struct arena *a, const struct ast_file *file)
{
	struct words out = { NULL, 0, 0 };
	uint32_t i;

	for (i = 0; file != NULL && i < file->items.n; i++) {
		const struct ast_item *item = file->items.items[i];
		struct loc loc = item->loc;

		if (item->kind == ITEM_ROWS || item->kind == ITEM_ALLOW || item->kind == ITEM_SET)
			continue;
		loc.start = first_word(loc);
		arena_push(a, out.items, out.n, out.cap);
		out.items[out.n++] = (struct words_item){ .heading = heading_of(a, item), .words = words_in(a, loc),
			.text = { loc.source->text.ptr + loc.start, loc.end - loc.start }, .loc = loc };
	}
	return out;
}

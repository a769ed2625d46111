/* SPDX-License-Identifier: Apache-2.0
 *
 * tool.c - see tool.h.
 */
#include "tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "../base/diag.h"
#include "../base/file.h"
#include "../base/digest.h"
#include "../base/refusal.h"
#include "../bound/bound.h"
#include "../bytecode/decode.h"
#include "../request/request.h"

enum { MAP_MAX = 256 << 20 };

int tool_usage(const struct tool *t, const char *format, ...)
{
	va_list args;

	fputs("cocoapolv: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nTry 'cocoapolv %s%s--help'.\n", t->command == NULL ? "" : t->command,
	    t->command == NULL ? "" : " ");
	return TOOL_TROUBLE;
}

int tool_trouble(const char *path)
{
	fprintf(stderr, "cocoapolv: %s: %s\n", path, strerror(errno));
	return TOOL_TROUBLE;
}

/* A map that is not of this policy would explain denials with the wrong lines. */
static int open_map(struct tool *t)
{
	bool asked = t->map_path != NULL;
	const char *path = t->map_path;
	struct str text;
	char digest[DIGEST_HEX_LEN + 1];

	if (!asked)
		path = arena_printf(&t->arena, "%s.map", t->path).ptr;
	if (file_read(&t->arena, path, MAP_MAX, &text) != 0)
		return !asked && errno == ENOENT ? TOOL_YES : tool_trouble(path);
	t->map = srcmap_read(&t->arena, text);
	if (t->map == NULL) {
		fprintf(stderr, "cocoapolv: %s: not a map\n", path);
		return TOOL_TROUBLE;
	}
	digest_hex(t->bytes.ptr, t->bytes.len, digest);
	if (str_is(t->map->sha256, digest))
		return TOOL_YES;
	t->map = NULL;
	fprintf(stderr, "cocoapolv: %s: is the map of another policy%s\n", path,
	    asked ? "" : "; going on without");
	return asked ? TOOL_TROUBLE : TOOL_YES;
}

int tool_open(struct tool *t)
{
	const char *complaint;
	enum bc_error error;
	size_t where = 0;

	if (file_read(&t->arena, t->path, BC_LEN_MAX, &t->bytes) != 0) {
		if (errno != EFBIG)
			return tool_trouble(t->path);
		fprintf(stderr, "cocoapolv: %s: has more than %u MiB\n", t->path,
		    BC_LEN_MAX >> 20);
		return TOOL_TROUBLE;
	}
	error = cpol_open(&t->policy, t->bytes.ptr, t->bytes.len, &where);
	if (error != BC_OK) {
		fprintf(stderr, "cocoapolv: %s: not a policy: %s (%s, at byte %zu)%s\n", t->path,
		    refusal_text(error), refusal_name(error), where,
		    refusal_hint(error, t->bytes.ptr, t->bytes.len));
		return TOOL_TROUBLE;
	}
	complaint = bounds_complaint(&t->arena, &t->policy.bc);
	if (complaint != NULL) {
		fprintf(stderr, "cocoapolv: %s: no compiler made this: %s\n", t->path, complaint);
		return TOOL_TROUBLE;
	}
	t->tree = tree_of_policy(&t->arena, &t->policy.bc);
	t->colour = stream_wants_colour(stdout);
	t->started = search_clock();
	return open_map(t);
}

struct str tool_string(const struct tool *t, uint32_t string)
{
	struct bc_bytes bytes = bc_string(&t->policy.bc, string);

	return (struct str){ (const char *)bytes.ptr, bytes.len };
}

struct str tool_event(const struct tool *t, uint32_t event)
{
	return tool_string(t, t->policy.bc.events[event].name);
}

struct str tool_claim(const struct tool *t, uint32_t claim)
{
	return tool_string(t, t->policy.bc.claims[claim].name);
}

const struct srcmap_entry *tool_claim_place(const struct tool *t, uint32_t claim)
{
	return t->map == NULL ? NULL : srcmap_find(t->map, SRCMAP_CLAIM, tool_claim(t, claim), 0);
}

bool tool_is_never(const struct tool *t, uint32_t claim)
{
	const struct srcmap_entry *place = tool_claim_place(t, claim);

	return place != NULL && t->policy.bc.claims[claim].kind == BC_ALWAYS &&
	    str_is(place->label, "never");
}

struct str tool_claim_title(struct tool *t, uint32_t claim)
{
	struct str name = tool_claim(t, claim);

	return tool_is_never(t, claim) ? arena_printf(&t->arena, "never %.*s", STR_ARG(name)) : name;
}

void tool_print_colour(const struct tool *t, enum tool_colour colour, const char *format, ...)
{
	static const char *const codes[] = {
		[TOOL_GOOD] = "\033[32m", [TOOL_BAD] = "\033[31m", [TOOL_DOUBT] = "\033[33m",
		[TOOL_FAINT] = "\033[2m",
	};
	va_list args;

	if (t->colour)
		fputs(codes[colour], stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	if (t->colour)
		fputs("\033[0m", stdout);
}

void tool_progress(struct tool *t, const char *format, ...)
{
	va_list args;

	if (!isatty(2) || search_clock() - t->started < 1)
		return;
	fflush(stdout);
	fputs("\r\033[K", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fflush(stderr);
	t->drawn = true;
}

void tool_calm(struct tool *t)
{
	if (t->drawn)
		fputs("\r\033[K", stderr);
	t->drawn = false;
}

json_t *tool_str_json(struct str s)
{
	return request_string_to_json(s);
}

json_t *tool_place_json(const struct srcmap_entry *entry)
{
	json_t *json = json_object();

	json_object_set_new(json, "file", tool_str_json(entry->file));
	json_object_set_new(json, "line", json_integer(entry->line));
	json_object_set_new(json, "column", json_integer(entry->column));
	return json;
}

int tool_print_json(json_t *json)
{
	int failed = json_dumpf(json, stdout, JSON_INDENT(2));

	json_decref(json);
	if (putchar('\n') == EOF || fflush(stdout) != 0 || failed != 0)
		return tool_trouble("standard output");
	return TOOL_YES;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * diff.c - cocoapolc diff: changes one after another, those of one thing
 * together.
 */
#include "../compiler/diff.h"
#include "build.h"

enum { LINES_MOST = 40 };

/* Lines of a text with a sign before each, as far as a reader follows. */
static void print_lines(char sign, struct str text)
{
	const char *colour = !stream_wants_colour(stdout) ? "" : sign == '-' ? "\033[31m" : "\033[32m";
	int n = 0;

	while (text.len > 0 && n++ < LINES_MOST) {
		const char *end = memchr(text.ptr, '\n', text.len);
		struct str line = { text.ptr, end == NULL ? text.len : (size_t)(end - text.ptr) };

		printf("%s    %c ", colour, sign);
		cli_print(line);
		printf("%s\n", *colour == '\0' ? "" : "\033[0m");
		text.ptr += line.len + (end != NULL);
		text.len -= line.len + (end != NULL);
	}
	if (text.len > 0)
		printf("    %c ...\n", sign);
}

static void print_place(struct loc loc)
{
	uint32_t line, column;

	if (loc.source == NULL)
		return;
	source_place(loc.source, loc.start, &line, &column);
	printf("  ");
	cli_print(loc.source->name);
	printf(":%u", line);
}

static struct str first_line(struct str text)
{
	const char *end = text.len == 0 ? NULL : memchr(text.ptr, '\n', text.len);

	return (struct str){ text.ptr, end == NULL ? text.len : (size_t)(end - text.ptr) + 1 };
}

static struct str last_line(struct str text)
{
	size_t at = text.len;

	while (at > 0 && text.ptr[at - 1] != '\n')
		at--;
	return (struct str){ text.ptr + at - (at > 0), text.len - at + (at > 0) };
}

/* Without the lines that both begin and end with. */
static void trim(struct str *l, struct str *r)
{
	struct str line;

	while (l->len != 0 && r->len != 0 && str_equal(first_line(*l), first_line(*r))) {
		line = first_line(*l);
		*l = (struct str){ l->ptr + line.len, l->len - line.len };
		*r = (struct str){ r->ptr + line.len, r->len - line.len };
	}
	while (l->len != 0 && r->len != 0 && str_equal(last_line(*l), last_line(*r))) {
		line = last_line(*l);
		l->len -= line.len;
		r->len -= line.len;
	}
}

static void print_change(const struct change *change, const struct change *last)
{
	bool gone = change->after.ptr == NULL, is_new = change->before.ptr == NULL;
	struct str before = change->before, after = change->after;

	if (last == NULL || !str_equal(last->what, change->what)) {
		/* Entries of what stays are changes of it. */
		printf("%s", change->part.len != 0 ? "  " : gone ? "- " : is_new ? "+ " : "  ");
		cli_print(change->what);
		print_place(change->loc);
		putchar('\n');
	}
	if (change->part.len != 0
	    && (last == NULL || !str_equal(last->what, change->what) || !str_equal(last->part, change->part)))
		printf("   %.*s\n", STR_ARG(change->part));
	trim(&before, &after);
	print_lines('-', before);
	print_lines('+', after);
}

static json_t *place_json(struct loc loc)
{
	uint32_t line, column;

	if (loc.source == NULL)
		return json_null();
	source_place(loc.source, loc.start, &line, &column);
	return json_pack("{s:o, s:i, s:i}", "file", cli_json(loc.source->name), "line", (int)line, "column", (int)column);
}

static int print_json(const struct changes *changes)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < changes->n; i++) {
		const struct change *c = &changes->items[i];

		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "what", cli_json(c->what), "entry",
		    c->part.len == 0 ? json_null() : cli_json(c->part), "old",
		    c->before.ptr == NULL ? json_null() : cli_json(c->before), "new",
		    c->after.ptr == NULL ? json_null() : cli_json(c->after), "old_place", place_json(c->before_loc),
		    "new_place", place_json(c->after_loc)));
	}
	return cli_print_json(list);
}

static int lower(struct arena *a, const struct cli *cli, const char *path, struct diag *d, struct cpolc **c)
{
	struct canonical image;
	struct str text;
	int status = cli_read_text(a, path, &text);

	*c = cpolc_new(d);
	return status != CLI_YES ? status : build_policy(a, cli, *c, d, path, text, &image);
}

static int report(struct arena *a, const struct cli *cli, const struct cpolc *before, const struct cpolc *after)
{
	struct changes changes = diff_policies(a, before, after);
	uint32_t i;

	if (cli->json)
		return print_json(&changes) != CLI_YES ? CLI_TROUBLE : changes.n != 0 ? CLI_NO : CLI_YES;
	for (i = 0; i < changes.n; i++)
		print_change(&changes.items[i], i == 0 ? NULL : &changes.items[i - 1]);
	if (changes.n != 0)
		fprintf(stderr, "cocoapolc: what the new policy allows more or less: cocoapolv compare OLD.cpb NEW.cpb\n");
	return changes.n != 0 ? CLI_NO : CLI_YES;
}

int command_diff(const struct cli *cli)
{
	struct diag d = cli_diag();
	struct arena a = { 0 };
	struct cpolc *before, *after = NULL;
	int status;

	if (cli->n_files != 2)
		return cli_usage(cli, "diff takes two policies");
	status = lower(&a, cli, cli->files[0], &d, &before);
	if (status == CLI_YES)
		status = lower(&a, cli, cli->files[1], &d, &after);
	status = status == CLI_YES ? report(&a, cli, before, after) : CLI_TROUBLE;
	cli_count_errors(&d);
	cpolc_free(before);
	if (after != NULL)
		cpolc_free(after);
	arena_clear(&a);
	return status;
}

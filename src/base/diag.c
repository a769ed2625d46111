/* SPDX-License-Identifier: Apache-2.0
 *
 * diag.c - printing a complaint under the line it is about.
 */
#include "diag.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const spellings[] = {
#define DIAG(name, spelling) [DIAG_##name] = spelling,
#include "diag.def"
#undef DIAG
};

enum { WIDEST_LINE = 160, MOST_ERRORS = 20 };

void source_place(const struct source *s, uint32_t at, uint32_t *line, uint32_t *column)
{
	uint32_t i, start = 0;

	*line = 1;
	for (i = 0; i < at && i < s->text.len; i++) {
		if (s->text.ptr[i] == '\n') {
			(*line)++;
			start = i + 1;
		}
	}
	*column = at - start + 1;
}

struct loc loc_join(struct loc first, struct loc last)
{
	if (first.source == NULL)
		return last;
	if (last.source == first.source && last.end > first.end)
		first.end = last.end;
	return first;
}

bool stream_wants_colour(FILE *stream)
{
	const char *term = getenv("TERM");

	return isatty(fileno(stream)) && getenv("NO_COLOR") == NULL
	    && term != NULL && strcmp(term, "dumb") != 0;
}

/* The line with its tabs kept, so that the caret line aligns under it. */
static void print_line(const struct diag *d, struct loc loc, uint32_t line, uint32_t column)
{
	const char *text = loc.source->text.ptr;
	size_t start = loc.start - (column - 1), end = start, i;
	size_t first = 0;

	while (end < loc.source->text.len && text[end] != '\n')
		end++;
	if (column > WIDEST_LINE / 2)
		first = column - WIDEST_LINE / 2;
	if (end - start - first > WIDEST_LINE)
		end = start + first + WIDEST_LINE;
	fprintf(d->out, "%5u | ", line);
	for (i = start + first; i < end; i++)
		fputc(isprint((unsigned char)text[i]) || text[i] == '\t'
		    || (unsigned char)text[i] >= 0x80 ? text[i] : '?', d->out);
	fputs("\n      | ", d->out);
	for (i = start + first; i < loc.start; i++)
		fputc(text[i] == '\t' ? '\t' : ' ', d->out);
	fputs(d->colour ? "\033[1;32m^" : "^", d->out);
	for (i = loc.start + 1; i < loc.end && i < end; i++)
		fputc('~', d->out);
	fputs(d->colour ? "\033[0m\n" : "\n", d->out);
}

static void complain(const struct diag *d, struct loc loc, const char *kind, const char *colour,
    const char *name, const char *format, va_list args)
{
	uint32_t line = 0, column = 0;

	if (d->out == NULL)
		return;
	if (loc.source != NULL) {
		source_place(loc.source, loc.start, &line, &column);
		fprintf(d->out, "%.*s:%u:%u: ", STR_ARG(loc.source->name), line, column);
	}
	if (d->colour)
		fprintf(d->out, "\033[1;%sm%s:\033[0m ", colour, kind);
	else
		fprintf(d->out, "%s: ", kind);
	vfprintf(d->out, format, args);
	if (name != NULL)
		fprintf(d->out, " [%s]", name);
	fputc('\n', d->out);
	if (loc.source != NULL)
		print_line(d, loc, line, column);
}

uint32_t diag_most_errors(const struct diag *d)
{
	return d->most_errors != 0 ? d->most_errors : MOST_ERRORS;
}

void diag_error(struct diag *d, struct loc loc, enum diag_name name, const char *format, ...)
{
	va_list args;

	if (d->n_errors++ >= diag_most_errors(d))
		return;
	va_start(args, format);
	complain(d, loc, "error", "31", spellings[name], format, args);
	va_end(args);
}

void diag_warning(struct diag *d, struct loc loc, enum diag_name name, const char *format, ...)
{
	va_list args;

	if (d->n_warnings++ >= DIAG_WARNINGS_MAX)
		return;
	va_start(args, format);
	complain(d, loc, "warning", "35", spellings[name], format, args);
	va_end(args);
}

void diag_note(struct diag *d, struct loc loc, const char *format, ...)
{
	va_list args;

	if (d->n_errors > diag_most_errors(d))
		return;
	va_start(args, format);
	complain(d, loc, "note", "36", NULL, format, args);
	va_end(args);
}

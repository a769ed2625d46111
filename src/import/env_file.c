/* SPDX-License-Identifier: Apache-2.0
 *
 * env_file.c - files of variables as compose reads them: one NAME=VALUE a line,
 * `export` before it, comments, and values without quotes (up to " #"), in
 * single quotes (as they are) or in double quotes (escapes, several lines).
 * What is not in single quotes is interpolated, with what came before in the
 * file too.
 */
#include <ctype.h>
#include <errno.h>
#include <sys/stat.h>

#include "../base/bytes.h"
#include "../base/file.h"
#include "interpolate.h"

enum { ENV_FILE_MAX = 1 << 20, VARIABLES_MAX = 4096 };

struct line_reader {
	struct interpolation *in;
	const struct source *source;
	struct str text;
	size_t at;
	uint32_t n_variables;
	bool raw;
};

/* One variable of a file. */
struct assignment {
	struct str name, value;
	bool has_value;                 /* else it is only named */
	struct loc loc;
};

static struct loc loc_of(const struct line_reader *r, size_t start, size_t end)
{
	return (struct loc){ r->source, (uint32_t)start, (uint32_t)end };
}

static bool at_end(const struct line_reader *r)
{
	return r->at == r->text.len;
}

static char here(const struct line_reader *r)
{
	return at_end(r) ? '\n' : r->text.ptr[r->at];
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct line_reader *r)
{
	while (!at_end(r) && is_blank(here(r)))
		r->at++;
}

static void skip_line(struct line_reader *r)
{
	while (!at_end(r) && here(r) != '\n')
		r->at++;
}

/* To where the next variable begins; false: there is none. */
static bool find_statement(struct line_reader *r)
{
	while (!at_end(r)) {
		if (isspace((unsigned char)here(r)))
			r->at++;
		else if (here(r) == '#')
			skip_line(r);
		else
			return true;
	}
	return false;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

static bool read_name(struct line_reader *r, struct str *name)
{
	size_t start;

	if (r->text.len - r->at > 7 && memcmp(r->text.ptr + r->at, "export", 6) == 0
	    && is_blank(r->text.ptr[r->at + 6])) {
		r->at += 7;
		skip_blanks(r);
	}
	start = r->at;
	while (!at_end(r) && is_name(here(r)))
		r->at++;
	*name = (struct str){ r->text.ptr + start, r->at - start };
	skip_blanks(r);
	if (name->len != 0 && (at_end(r) || strchr("=:\n", here(r)) != NULL))
		return true;
	diag_error(r->in->im->diag, loc_of(r, r->at, r->at + 1), DIAG_SYNTAX, "wanted NAME=VALUE");
	skip_line(r);
	return false;
}

static struct str trimmed(const char *ptr, size_t len)
{
	while (len != 0 && is_blank(ptr[len - 1]))
		len--;
	return (struct str){ ptr, len };
}

/* Up to the end of the line or a blank and '#'. */
static struct str read_plain(struct line_reader *r)
{
	size_t start = r->at;

	while (!at_end(r) && here(r) != '\n') {
		if (!r->raw && here(r) == '#' && (r->at == start || is_blank(r->text.ptr[r->at - 1])))
			break;
		r->at++;
	}
	return trimmed(r->text.ptr + start, r->at - start);
}

/* Behind the opening quote, to behind the closing one. */
static bool read_quoted(struct line_reader *r, char quote, struct str *value)
{
	struct bytes b = { .arena = r->in->im->arena };
	size_t start = r->at - 1;
	char c;

	while (!at_end(r) && here(r) != quote) {
		c = r->text.ptr[r->at++];
		if (c == '\\' && quote == '"' && !at_end(r)) {
			c = r->text.ptr[r->at++];
			if (c == 'n' || c == 'r' || c == 't')
				c = c == 'n' ? '\n' : c == 'r' ? '\r' : '\t';
			else if (c == '$')
				bytes_put8(&b, '$');
			else if (c != '"' && c != '\\')
				bytes_put8(&b, '\\');
		}
		bytes_put8(&b, (unsigned char)c);
	}
	if (at_end(r)) {
		diag_error(r->in->im->diag, loc_of(r, start, start + 1), DIAG_SYNTAX,
		    "the quote is not closed");
		return false;
	}
	r->at++;
	*value = bytes_str(&b);
	skip_blanks(r);
	if (here(r) != '\n' && here(r) != '#') {
		diag_error(r->in->im->diag, loc_of(r, r->at, r->at + 1), DIAG_SYNTAX,
		    "nothing follows a quoted value");
		return false;
	}
	return true;
}

static bool read_value(struct line_reader *r, struct assignment *out)
{
	char quote = here(r);

	if (r->raw || (quote != '"' && quote != '\'')) {
		out->value = read_plain(r);
	} else {
		r->at++;
		if (!read_quoted(r, quote, &out->value))
			return false;
	}
	return r->raw || quote == '\'' || interpolate(r->in, out->value, out->loc, &out->value);
}

/* The next variable; false: there is no more, or it was complained of (then *failed is set). */
static bool next_assignment(struct line_reader *r, struct assignment *out, bool *failed)
{
	size_t start;

	*out = (struct assignment){ .has_value = false };
	if (!find_statement(r))
		return false;
	start = r->at;
	*failed = true;
	if (r->n_variables++ == VARIABLES_MAX) {
		diag_error(r->in->im->diag, loc_of(r, start, start + 1), DIAG_LIMIT, "more than %d variables",
		    VARIABLES_MAX);
		return false;
	}
	if (!read_name(r, &out->name))
		return false;
	out->loc = loc_of(r, start, r->at);
	if (!at_end(r) && here(r) != '\n') {
		r->at++;
		skip_blanks(r);
		out->has_value = true;
		if (!read_value(r, out))
			return false;
		skip_line(r);
	}
	*failed = false;
	return true;
}

static const char *trouble(void)
{
	return errno == EINVAL ? "this is no regular file" : strerror(errno);
}

static bool open_file(struct interpolation *in, struct line_reader *r, struct str name)
{
	struct import *im = in->im;
	bool absolute = name.len != 0 && name.ptr[0] == '/';
	struct str path = absolute || strcmp(im->options->folder, ".") == 0 ? arena_printf(im->arena,
	    "%.*s", STR_ARG(name))
	    : arena_printf(im->arena, "%s/%.*s", im->options->folder, STR_ARG(name));
	struct source *source = arena_new(im->arena, struct source);
	struct stat st;

	source->name = path;
	if (memchr(path.ptr, '\0', path.len) != NULL) {
		errno = ENOENT;
		return false;
	}
	/* Others may have no end, or nobody at their other end. */
	if (stat(path.ptr, &st) == 0 && !S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return false;
	}
	if (file_read(im->arena, path.ptr, ENV_FILE_MAX, &source->text) != 0)
		return false;
	*r = (struct line_reader){ .in = in, .source = source, .text = source->text };
	if (r->text.len >= 3 && memcmp(r->text.ptr, "\xef\xbb\xbf", 3) == 0)
		r->at = 3;
	return true;
}

/* What --set says of a name goes before what .env says: interpolate_find() asks in that order. */
void env_file_dotenv(struct interpolation *in)
{
	struct line_reader r;
	struct assignment next;
	bool failed = false;

	if (!open_file(in, &r, STR(".env"))) {
		if (errno != ENOENT)
			diag_error(in->im->diag, (struct loc){ NULL, 0, 0 }, DIAG_UNRESOLVED, "%s/.env: %s",
			    in->im->options->folder, trouble());
		return;
	}
	while (next_assignment(&r, &next, &failed)) {
		if (!next.has_value)
			continue;
		arena_push(in->im->arena, in->known, in->n_known, in->cap_known);
		in->known[in->n_known++] = (struct setting_value){ next.name, next.value };
		in->n_dotenv = in->n_known;
	}
}

void env_file_read(struct interpolation *in, struct container *c, struct str path, struct loc loc,
    bool required, bool raw)
{
	struct interpolation inside = *in;
	struct line_reader r;
	struct assignment next;
	uint32_t n_values = 0;
	bool failed = false;

	if (!open_file(in, &r, path)) {
		if (required)
			diag_error(in->im->diag, loc, DIAG_UNRESOLVED, "'%.*s': %s", STR_ARG(path),
			    trouble());
		else
			diag_warning(in->im->diag, loc, DIAG_UNRESOLVED, "'%.*s' is left out: %s",
			    STR_ARG(path),
			    trouble());
		return;
	}
	r.in = &inside;
	r.raw = raw;
	while (next_assignment(&r, &next, &failed)) {
		if (!next.has_value && !interpolate_find(in, next.name, &next.value)) {
			diag_error(in->im->diag, next.loc, DIAG_UNRESOLVED,
			    "'%.*s' takes its value from whoever runs compose; "
			    "--set %.*s=VALUE gives it one", STR_ARG(next.name), STR_ARG(next.name));
			continue;
		}
		n_values++;
		env_add(in->im->arena, c, next.name, next.value, next.loc);
		arena_push(in->im->arena, inside.known, inside.n_known, inside.cap_known);
		inside.known[inside.n_known++] = (struct setting_value){ next.name, next.value };
	}
	if (n_values != 0)
		diag_warning(in->im->diag, loc, DIAG_PUBLISHED,
		    "the values in '%.*s' become a part of the policy, which is no secret", STR_ARG(path));
	inside.n_known = in->n_known;
	*in = inside;
}

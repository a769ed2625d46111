/* SPDX-License-Identifier: Apache-2.0
 *
 * source_word.c - names and constants as text.
 */
#include "source_put.h"

#include "../automata/dfa.h"
#include "../bytecode/decode.h"

/* ---- names and constants --------------------------------------------------- */

void put_str(struct printer *p, struct str s)
{
	bytes_put(&p->out, s.ptr, s.len);
}

void put_text(struct printer *p, const char *text)
{
	bytes_put(&p->out, text, strlen(text));
}

static struct str string_of(const struct printer *p, uint32_t i)
{
	struct bc_bytes s = bc_string(p->policy, i);

	return (struct str){ (const char *)s.ptr, s.len };
}

void put_name(struct printer *p, uint32_t i)
{
	put_str(p, string_of(p, i));
}

static void put_quoted(struct printer *p, struct str s)
{
	put_text(p, "\"");
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = (uint8_t)s.ptr[i];

		if (c == '"' || c == '\\')
			bytes_printf(&p->out, "\\%c", c);
		else if (c == '\n' || c == '\t' || c == '\r')
			bytes_printf(&p->out, "\\%c", c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
		else if (c < 0x20 || c >= 0x7f)
			bytes_printf(&p->out, "\\x%02x", c);
		else
			bytes_put8(&p->out, c);
	}
	put_text(p, "\"");
}

static void put_digest(struct printer *p, struct str s)
{
	put_text(p, "sha256:");
	for (size_t i = 0; i < s.len; i++)
		bytes_printf(&p->out, "%02x", (uint8_t)s.ptr[i]);
}

static void put_pattern(struct printer *p, uint32_t pattern)
{
	struct bc_bytes entry = bc_pattern(p->policy, pattern);
	struct str regex;

	if (entry.ptr[0] == 0) {
		put_quoted(p, string_of(p, bc_get32(entry.ptr + 1)));
		return;
	}
	regex = dfa_spell(p->arena, dfa_decode(p->arena, entry.ptr, entry.len));
	if (regex.ptr == NULL)
		bytes_printf(&p->out, "pattern#%u", (unsigned)pattern);
	else
		bytes_printf(&p->out, "/%.*s/", STR_ARG(regex));
}

void put_table(struct printer *p, uint64_t table)
{
	put_name(p, p->policy->tables[table].name);
}

/* By its name, which is a column of kinds that have names. */
static void put_row(struct printer *p, uint64_t table, uint64_t row)
{
	const struct bc_table *t = &p->policy->tables[table];

	for (uint32_t i = 0; i < t->n_columns; i++) {
		if (!str_is(string_of(p, bc_get32(t->columns + 8 * (size_t)i)), "name") ||
		    bc_column_type(t, i) != BC_TYPE(BC_ONE, BC_STRING, 0) || row >= t->n_rows)
			continue;
		put_name(p, bc_cell(t, (uint32_t)row, i));
		return;
	}
	bytes_printf(&p->out, "row#%u", (unsigned)row);
}

void put_var(struct printer *p, uint64_t var)
{
	put_name(p, p->policy->vars[var].name);
}

/* ---- variables of loops ------------------------------------------------------ */

static bool is_taken(const struct printer *p, struct str name)
{
	for (size_t i = 0; i < sizeof(p->names) / sizeof(p->names[0]); i++)
		if (p->names[i].len != 0 && str_equal(p->names[i], name))
			return true;
	for (uint32_t i = 0; i < p->policy->strings.n; i++)
		if (str_equal(string_of(p, i), name))
			return true;
	return false;
}

/* A letter, and a number if something has that name. */
struct str fresh_name(struct printer *p, char letter)
{
	struct str name = arena_printf(p->arena, "%c", letter);

	for (unsigned i = 1; is_taken(p, name); i++)
		name = arena_printf(p->arena, "%c%u", letter, i);
	return name;
}

/* Rows and records are called after their kind. */
static char letter_of(const struct printer *p, const struct tree_expr *range)
{
	struct str name = { NULL, 0 };

	if (BC_BASE(range->type) == BC_TABLEROW)
		name = string_of(p, p->policy->tables[BC_INDEX(range->type)].name);
	else if (BC_BASE(range->type) == BC_RECORD)
		name = string_of(p, bc_get32(p->policy->records[BC_INDEX(range->type)]));
	if (name.len != 0 && ((*name.ptr >= 'a' && *name.ptr <= 'z') || (*name.ptr >= 'A' && *name.ptr <= 'Z')))
		return *name.ptr;
	return range->op == BC_KEYS || range->op == BC_OLDKEYS ? 'k' : 'x';
}

struct str fresh_element(struct printer *p, const struct tree_expr *range)
{
	return fresh_name(p, letter_of(p, range));
}

bool is_constant(const struct tree_expr *e)
{
	return e->op == BC_FALSE || e->op == BC_TRUE || e->op == BC_INT || e->op == BC_ENUM ||
	    e->op == BC_STR || e->op == BC_DIGEST || e->op == BC_PATTERN || e->op == BC_ROW ||
	    e->op == BC_NOROWS || e->op == BC_SWITCH;
}

void put_constant(struct printer *p, const struct tree_expr *e)
{
	switch ((unsigned)e->op) {
	case BC_FALSE: case BC_TRUE:
		put_text(p, e->op == BC_TRUE ? "true" : "false");
		break;
	case BC_INT:
		bytes_printf(&p->out, "%llu", (unsigned long long)e->a);
		break;
	case BC_ENUM:
		put_name(p, bc_get32(p->policy->enums[e->a] + 8 + 4 * (size_t)e->b));
		break;
	case BC_STR:
		put_quoted(p, string_of(p, (uint32_t)e->a));
		break;
	case BC_DIGEST:
		put_digest(p, string_of(p, (uint32_t)e->a));
		break;
	case BC_PATTERN:
		put_pattern(p, (uint32_t)e->a);
		break;
	case BC_ROW:
		put_row(p, e->a, e->b);
		break;
	case BC_NOROWS:
		bytes_printf(&p->out, "{ x in ");
		put_table(p, e->a);
		put_text(p, " | false }");
		break;
	default:                        /* SWITCH */
		put_name(p, bc_get32(p->policy->switches + 16 * (size_t)e->a));
		break;
	}
}

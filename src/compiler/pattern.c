/* SPDX-License-Identifier: Apache-2.0
 *
 * pattern.c - regular expressions to automata, remembering those that were seen:
 * a policy of many rows writes the same few again and again.
 */
#include "pattern.h"

#include "../automata/dfa.h"

struct ir_pattern pattern_of_literal(struct str literal)
{
	return (struct ir_pattern){ .literal = literal, .is_literal = true };
}

bool pattern_of_regex(struct cpolc *c, struct loc loc, struct str text, struct ir_pattern *pattern)
{
	struct symbol *seen = names_find(&c->patterns, text);
	const char *error;
	struct str bytes;
	struct dfa *dfa;
	size_t at;

	if (seen != NULL) {
		*pattern = seen->pattern;
		return !seen->broken;
	}
	seen = arena_new(&c->arena, struct symbol);
	seen->kind = SYM_PATTERN;
	seen->name = (struct ast_name){ text, loc };
	names_add(c, &c->patterns, seen);
	dfa = dfa_of_regex(&c->arena, text, &error, &at);
	if (dfa == NULL) {
		/* The text begins after the slash. */
		if (at < text.len)
			loc = (struct loc){ loc.source, loc.start + 1 + (uint32_t)at,
				loc.start + 2 + (uint32_t)at };
		diag_error(c->diag, loc, DIAG_BAD_PATTERN, "%s", error);
		seen->broken = true;
		return false;
	}
	seen->pattern.is_literal = dfa_single(dfa, &c->arena, &seen->pattern.literal);
	if (!seen->pattern.is_literal) {
		bytes = dfa_encode(&c->arena, dfa);
		seen->pattern.bytes = (const uint8_t *)bytes.ptr;
		seen->pattern.len = bytes.len;
	}
	*pattern = seen->pattern;
	return true;
}

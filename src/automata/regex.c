/* SPDX-License-Identifier: Apache-2.0
 *
 * regex.c - RE2's syntax to a tree, and the tree to an automaton.
 *
 * Both recur only as deep as the parentheses, which are limited.  Repetitions
 * copy what they repeat, so steps are counted.
 */
#include "regex.h"

#include <stdlib.h>

enum { DEEPEST = 200, MOST_REPEATS = 1000, MOST_STEPS = 200000, ENDLESS = -1 };

enum node_kind { NODE_SET, NODE_ALL_OF, NODE_ONE_OF, NODE_REPEAT };
struct node {
	enum node_kind kind;
	const struct byte_set *set;
	struct node *first, *last;      /* children */
	struct node *next;              /* among its parent's children */
	int min, max;                   /* NODE_REPEAT; max may be ENDLESS */
};

static struct node *fail(struct parser *p, size_t at, const char *error)
{
	regex_fail(p, at, error);
	return NULL;
}

static struct node *new_node(struct parser *p, enum node_kind kind)
{
	struct node *node = arena_new(p->a, struct node);

	node->kind = kind;
	return node;
}

static void append(struct node *parent, struct node *child)
{
	if (child == NULL)
		return;
	if (parent->last != NULL)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

static struct node *byte_node(struct parser *p, unsigned byte)
{
	struct byte_set *set = arena_new(p->a, struct byte_set);
	struct node *node = new_node(p, NODE_SET);

	regex_add_byte(p, set, byte);
	node->set = set;
	return node;
}

static struct node *set_node(struct parser *p, const struct byte_set *set)
{
	struct node *node = new_node(p, NODE_SET);

	node->set = set;
	return node;
}

/* Bytes of a character from its first one; anything else counts as one. */
static size_t char_len(int first)
{
	return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

/* One character as it stands, so that `é*` repeats all of its bytes. */
static struct node *plain_char(struct parser *p)
{
	size_t len = char_len(peek(p, 0)), i;
	struct node *node;

	if (len == 1 || len > p->text.len - p->at)
		return byte_node(p, (uint8_t)p->text.ptr[p->at++]);
	node = new_node(p, NODE_ALL_OF);
	for (i = 0; i < len; i++)
		append(node, byte_node(p, (uint8_t)p->text.ptr[p->at++]));
	return node;
}

static struct node *parse_dot(struct parser *p)
{
	struct byte_set *set = arena_new(p->a, struct byte_set);
	unsigned byte;

	for (byte = 0; byte < 256; byte++)
		if (p->dot_all || byte != '\n')
			byte_set_add(set, byte);
	p->at++;
	return set_node(p, set);
}

static struct node *parse_alternatives(struct parser *p);

/* After "(?": flags up to ':' or ')'.  Whether a group follows is *has_group. */
static bool parse_flags(struct parser *p, bool *has_group)
{
	size_t start = p->at;
	bool on = true;
	int c;

	for (;; p->at++) {
		c = peek(p, 0);
		if (c == 'i')
			p->fold = on;
		else if (c == 's')
			p->dot_all = on;
		else if (c == '-' && on)
			on = false;
		else if (c != 'U')      /* greed makes no difference to a language */
			break;
	}
	*has_group = c == ':';
	if (c == ':' || c == ')') {
		p->at++;
		return true;
	}
	regex_fail(p, start, "unknown group: there are (?:..), (?P<name>..) and the flags i, s, U");
	return false;
}

static bool take_group_name(struct parser *p)
{
	size_t start = p->at;
	int c;

	while (c = peek(p, 0), c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
	    || (c >= 'A' && c <= 'Z'))
		p->at++;
	if (p->at > start && take(p, ">"))
		return true;
	regex_fail(p, start, "a group's name is letters, digits and _, then >");
	return false;
}

static struct node *parse_group(struct parser *p)
{
	bool fold = p->fold, dot_all = p->dot_all, has_group = true;
	size_t start = p->at++;
	struct node *inside;

	if (take(p, "?P<") || take(p, "?<")) {
		if (!take_group_name(p))
			return NULL;
	} else if (take(p, "?") && !parse_flags(p, &has_group)) {
		return NULL;
	}
	if (!has_group)                 /* (?i) holds to the end of the group around it */
		return new_node(p, NODE_ALL_OF);
	if (++p->depth > DEEPEST)
		return fail(p, start, "the parentheses are nested too deeply");
	inside = parse_alternatives(p);
	p->depth--;
	if (!take(p, ")"))
		return fail(p, start, "the parenthesis is not closed");
	p->fold = fold;
	p->dot_all = dot_all;
	return inside;
}

/* ^ and $ and such: only at the very ends, where they change nothing. */
static struct node *parse_anchor(struct parser *p)
{
	size_t at = p->at++;

	if (p->text.ptr[at] == '^' && (at == 0 || (at >= 2 && p->text.ptr[0] == '('
	    && p->text.ptr[1] == '?' && memchr(p->text.ptr, ')', at) == p->text.ptr + at - 1)))
		return new_node(p, NODE_ALL_OF);
	if (p->text.ptr[at] == '$' && p->at == p->text.len)
		return new_node(p, NODE_ALL_OF);
	return fail(p, at, "the pattern is anchored: ^ and $ can only stand at its ends");
}

static struct node *parse_atom(struct parser *p)
{
	struct byte_set *set = arena_new(p->a, struct byte_set);
	int c = peek(p, 0), byte;

	if (p->quoting)
		return plain_char(p);
	switch (c) {
	case '(':
		return parse_group(p);
	case '[':
		return regex_class(p, set) ? set_node(p, set) : NULL;
	case '.':
		return parse_dot(p);
	case '^': case '$':
		return parse_anchor(p);
	case '*': case '+': case '?':
		return fail(p, p->at, "there is nothing to repeat");
	case '\\':
		if (regex_perl_class(p, set))
			return set_node(p, set);
		if (take(p, "\\C")) {
			memset(set, 0xff, sizeof(*set));
			return set_node(p, set);
		}
		byte = regex_escape(p);
		return byte < 0 ? NULL : byte_node(p, (unsigned)byte);
	default:
		return plain_char(p);
	}
}

/* A decimal number of at most 4 digits, or -1. */
static int take_number(struct parser *p)
{
	int value = -1, n;

	for (n = 0; n < 5 && peek(p, 0) >= '0' && peek(p, 0) <= '9'; n++, p->at++)
		value = (value < 0 ? 0 : value * 10) + peek(p, 0) - '0';
	return value;
}

/* {n} {n,} {n,m}; any other brace stands for itself, as in RE2. */
static bool take_counts(struct parser *p, int *min, int *max)
{
	size_t start = p->at;

	p->at++;
	*min = take_number(p);
	*max = *min;
	if (*min >= 0 && take(p, ",")) {
		*max = ENDLESS;
		if (peek(p, 0) != '}') {
			*max = take_number(p);
			if (*max < 0)
				*min = -1;
		}
	}
	if (*min < 0 || !take(p, "}")) {
		p->at = start;
		return false;
	}
	if (*min > MOST_REPEATS || *max > MOST_REPEATS)
		regex_fail(p, start, "a repetition is at most 1000");
	else if (*max != ENDLESS && *max < *min)
		regex_fail(p, start, "the repetition goes backwards");
	return true;
}

static bool take_repeat(struct parser *p, int *min, int *max)
{
	*min = 0;
	*max = ENDLESS;
	switch (peek(p, 0)) {
	case '*':
		break;
	case '+':
		*min = 1;
		break;
	case '?':
		*max = 1;
		break;
	case '{':
		if (!take_counts(p, min, max))
			return false;
		take(p, "?");
		return true;
	default:
		return false;
	}
	p->at++;
	take(p, "?");
	return true;
}

static struct node *parse_repeated(struct parser *p)
{
	struct node *atom = parse_atom(p), *repeat;
	int min, max;
	size_t at;

	if (p->quoting && take(p, "\\E"))
		p->quoting = false;
	if (p->quoting || atom == NULL || !take_repeat(p, &min, &max))
		return atom;
	repeat = new_node(p, NODE_REPEAT);
	append(repeat, atom);
	repeat->min = min;
	repeat->max = max;
	at = p->at;
	if (take_repeat(p, &min, &max))
		return fail(p, at, "a repetition can't be repeated without parentheses");
	return repeat;
}

static struct node *parse_sequence(struct parser *p)
{
	struct node *sequence = new_node(p, NODE_ALL_OF);

	while (p->at < p->text.len) {
		if (!p->quoting && (peek(p, 0) == '|' || peek(p, 0) == ')'))
			break;
		if (!p->quoting && take(p, "\\Q")) {
			p->quoting = !take(p, "\\E");
			continue;
		}
		append(sequence, parse_repeated(p));
	}
	return sequence;
}

static struct node *parse_alternatives(struct parser *p)
{
	struct node *choice = new_node(p, NODE_ONE_OF);

	do {
		append(choice, parse_sequence(p));
	} while (take(p, "|"));
	return choice;
}

struct builder {
	struct nfa m;
	uint32_t steps;
};

/* The state from which `node` and then `next` can be read. */
static uint32_t build(struct builder *b, const struct node *node, uint32_t next);

/* A sequence is built from its end, which a linked list can't give: gather. */
static uint32_t build_sequence(struct builder *b, const struct node *node, uint32_t next)
{
	const struct node **items = NULL, *child;
	uint32_t n = 0, cap = 0;

	for (child = node->first; child != NULL; child = child->next) {
		arena_push(b->m.arena, items, n, cap);
		items[n++] = child;
	}
	while (n > 0)
		next = build(b, items[--n], next);
	return next;
}

static uint32_t build_repeat(struct builder *b, const struct node *node, uint32_t next)
{
	uint32_t at = next, after = next, body;
	int i;

	if (node->max == ENDLESS) {
		at = nfa_split(&b->m, next, DFA_NONE);
		body = build(b, node->first, at);
		b->m.states[at].other = body;
	}
	for (i = node->min; i < node->max && b->steps <= MOST_STEPS; i++)
		at = nfa_split(&b->m, build(b, node->first, at), after);
	for (i = 0; i < node->min && b->steps <= MOST_STEPS; i++)
		at = build(b, node->first, at);
	return at;
}

static uint32_t build(struct builder *b, const struct node *node, uint32_t next)
{
	const struct node *child;
	uint32_t at;

	if (b->m.too_large || ++b->steps > MOST_STEPS) {
		b->m.too_large = true;
		return next;
	}
	switch (node->kind) {
	case NODE_SET:
		return nfa_read(&b->m, node->set, next);
	case NODE_ALL_OF:
		return build_sequence(b, node, next);
	case NODE_ONE_OF:
		at = build(b, node->first, next);
		for (child = node->first->next; child != NULL; child = child->next)
			at = nfa_split(&b->m, at, build(b, child, next));
		return at;
	case NODE_REPEAT:
		return build_repeat(b, node, next);
	}
	abort();
}

struct dfa *dfa_of_regex(struct arena *a, struct str regex, const char **error, size_t *at)
{
	struct arena scratch = { 0 };
	struct parser p = { .a = &scratch, .text = regex };
	struct builder b = { .steps = 0 };
	struct dfa *d = NULL;
	struct node *tree = parse_alternatives(&p);
	struct str literal;

	if (p.at < p.text.len)
		regex_fail(&p, p.at, "the parenthesis was never opened");
	*error = p.error;
	*at = p.error_at;
	if (p.error == NULL) {
		nfa_init(&b.m, &scratch);
		b.m.start = build(&b, tree, b.m.final);
		d = nfa_determine(a, &b.m);
		if (d == NULL)
			*error = "the pattern is too large";
		else if (d->n_states > DFA_ENCODABLE && !dfa_single(d, &scratch, &literal))
			*error = "the pattern needs more than 255 states";
		else if (dfa_encode(&scratch, d).ptr == NULL
		    && !dfa_single(d, &scratch, &literal))
			*error = "the pattern needs more than 255 ranges in one state";
	}
	arena_clear(&scratch);
	return *error == NULL ? d : NULL;
}

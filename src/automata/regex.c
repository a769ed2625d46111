/* SPDX-License-Identifier: Apache-2.0
 *
 * regex.c - RE2's syntax to a tree, and the tree to an automaton.
 *
 * Both recur only as deep as the parentheses, which are limited.  Repetitions
 * copy what they repeat, so steps are counted.
 */
#include "automaton.h"

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

struct parser {
	struct arena *a;
	struct str text;
	size_t at;
	bool fold, dot_all;             /* (?i) (?s) */
	bool quoting;                   /* between \Q and \E */
	uint32_t depth;
	const char *error;              /* the first one */
	size_t error_at;
};

static struct node *fail(struct parser *p, size_t at, const char *error)
{
	if (p->error == NULL) {
		p->error = error;
		p->error_at = at;
	}
	p->at = p->text.len;
	return NULL;
}

static int peek(const struct parser *p, size_t ahead)
{
	return ahead < p->text.len - p->at ? (uint8_t)p->text.ptr[p->at + ahead] : -1;
}

static bool take(struct parser *p, const char *text)
{
	size_t len = strlen(text);

	if (p->text.len - p->at < len || memcmp(p->text.ptr + p->at, text, len) != 0)
		return false;
	p->at += len;
	return true;
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

static void add_byte(const struct parser *p, struct byte_set *set, unsigned byte)
{
	byte_set_add(set, byte);
	if (p->fold && ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')))
		byte_set_add(set, byte ^ 0x20u);
}

static struct node *byte_node(struct parser *p, unsigned byte)
{
	struct byte_set *set = arena_new(p->a, struct byte_set);
	struct node *node = new_node(p, NODE_SET);

	add_byte(p, set, byte);
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

/* Named classes, as ranges: pairs of characters. */
static const struct { const char *name, *ranges; } named_classes[] = {
	{ "alnum", "09AZaz" }, { "alpha", "AZaz" }, { "ascii", NULL }, { "blank", "\t\t  " },
	{ "cntrl", "\x01\x1f\x7f\x7f" }, { "digit", "09" }, { "graph", "!~" }, { "lower", "az" },
	{ "print", " ~" }, { "punct", "!/:@[`{~" }, { "space", "\t\r  " }, { "upper", "AZ" },
	{ "word", "09AZaz__" }, { "xdigit", "09AFaf" },
};

static void add_ranges(const struct parser *p, struct byte_set *set, const char *ranges)
{
	unsigned byte;

	for (; ranges[0] != '\0'; ranges += 2)
		for (byte = (uint8_t)ranges[0]; byte <= (uint8_t)ranges[1]; byte++)
			add_byte(p, set, byte);
}

static void add_set(struct byte_set *set, const struct byte_set *other, bool negated)
{
	unsigned i;

	for (i = 0; i < sizeof(set->bits); i++)
		set->bits[i] = (uint8_t)(set->bits[i] | (negated ? ~other->bits[i] : other->bits[i]));
}

/* \d \w \s and their opposites, after the backslash. */
static bool take_perl_class(struct parser *p, struct byte_set *set)
{
	struct byte_set found = { { 0 } };
	const char *ranges;

	switch (peek(p, 1)) {
	case 'd': case 'D':
		ranges = "09";
		break;
	case 'w': case 'W':
		ranges = "09AZaz__";
		break;
	case 's': case 'S':
		ranges = "\t\n\f\r  ";
		break;
	default:
		return false;
	}
	add_ranges(p, &found, ranges);
	add_set(set, &found, peek(p, 1) < 'a');
	p->at += 2;
	return true;
}

static int hex_digit(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
	    : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* After \x; -1 if it is not right. */
static int take_hex(struct parser *p)
{
	int value = 0, n = 0;

	if (!take(p, "{")) {
		if (hex_digit(peek(p, 0)) < 0 || hex_digit(peek(p, 1)) < 0)
			return -1;
		value = hex_digit(peek(p, 0)) * 16 + hex_digit(peek(p, 1));
		p->at += 2;
		return value;
	}
	for (; hex_digit(peek(p, 0)) >= 0 && value <= 0xff; n++, p->at++)
		value = value * 16 + hex_digit(peek(p, 0));
	return n > 0 && value <= 0xff && take(p, "}") ? value : -1;
}

static int take_octal(struct parser *p, int first)
{
	int value = first - '0', n;

	for (n = 1; n < 3 && peek(p, 0) >= '0' && peek(p, 0) <= '7'; n++)
		value = value * 8 + peek(p, 0) - '0', p->at++;
	return value <= 0xff ? value : -1;
}

/* A backslash and what it stands for: one byte, or -1 and an error. */
static int take_escape(struct parser *p)
{
	static const char from[] = "tnrfva", to[] = "\t\n\r\f\v\a";
	size_t start = p->at;
	int c = peek(p, 1), value;
	const char *found;

	p->at += c < 0 ? 1 : 2;
	if (c < 0) {
		fail(p, start, "a backslash ends the pattern");
		return -1;
	}
	if (c < 0x80 && c > 0x20 && c != 0x7f && strchr("0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", c) == NULL)
		return c;
	found = c == 0 ? NULL : strchr(from, c);
	if (found != NULL)
		return to[found - from];
	if (c == 'x') {
		value = take_hex(p);
		if (value < 0)
			fail(p, start, "\\x needs two hex digits, or {..} up to ff");
		return value;
	}
	if (c == '0' || (c >= '1' && c <= '7' && peek(p, 0) >= '0' && peek(p, 0) <= '7')) {
		value = take_octal(p, c);
		if (value < 0)
			fail(p, start, "a byte is at most \\377");
		return value;
	}
	if (c >= '1' && c <= '9')
		fail(p, start, "there are no backreferences");
	else if (c == 'p' || c == 'P')
		fail(p, start, "there are no Unicode classes: characters are bytes");
	else if (c == 'b' || c == 'B' || c == 'A' || c == 'z')
		fail(p, start, "the pattern is anchored: nothing can be said of places in it");
	else
		fail(p, start, "unknown escape");
	return -1;
}

/* [:name:] or [:^name:], if it is one. */
static bool take_named_class(struct parser *p, struct byte_set *set)
{
	size_t start = p->at, i;
	bool negated;
	struct byte_set found = { { 0 } };

	if (!take(p, "[:"))
		return false;
	negated = take(p, "^");
	for (i = 0; i < sizeof(named_classes) / sizeof(named_classes[0]); i++) {
		const char *name = named_classes[i].name;
		const char *ranges = named_classes[i].ranges;
		unsigned byte;

		if (p->text.len - p->at < strlen(name) + 2
		    || memcmp(p->text.ptr + p->at, name, strlen(name)) != 0
		    || memcmp(p->text.ptr + p->at + strlen(name), ":]", 2) != 0)
			continue;
		if (ranges != NULL)
			add_ranges(p, &found, ranges);
		else
			for (byte = 0; byte < 0x80; byte++)
				byte_set_add(&found, byte);
		/* A range can't name NUL: cntrl lacks it above. */
		if (strcmp(name, "cntrl") == 0)
			byte_set_add(&found, 0);
		add_set(set, &found, negated);
		p->at += strlen(name) + 2;
		return true;
	}
	fail(p, start, "unknown class name");
	return true;
}

/* One byte of a class; -1 and an error. */
static int take_class_byte(struct parser *p)
{
	int c = peek(p, 0);

	if (c == '\\')
		return take_escape(p);
	if (c >= 0x80) {
		fail(p, p->at, "a class holds bytes; write (é|ü) for characters outside ASCII");
		return -1;
	}
	p->at++;
	return c;
}

static struct node *parse_class(struct parser *p)
{
	struct byte_set *set = arena_new(p->a, struct byte_set), whole = { { 0 } };
	size_t start = p->at++, item;
	bool negated = take(p, "^"), first = true;
	int low, high, byte;

	for (; first || peek(p, 0) != ']'; first = false) {
		if (peek(p, 0) < 0)
			return fail(p, start, "the class is not closed");
		if (take_named_class(p, set) || (peek(p, 0) == '\\' && take_perl_class(p, set)))
			continue;
		item = p->at;
		low = high = take_class_byte(p);
		if (low >= 0 && peek(p, 0) == '-' && peek(p, 1) != ']' && peek(p, 1) >= 0) {
			p->at++;
			high = take_class_byte(p);
		}
		if (low < 0 || high < 0)
			return NULL;
		if (high < low)
			return fail(p, item, "the range goes backwards");
		for (byte = low; byte <= high; byte++)
			add_byte(p, set, (unsigned)byte);
	}
	p->at++;
	if (negated) {
		add_set(&whole, set, true);
		*set = whole;
	}
	return set_node(p, set);
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
	fail(p, start, "unknown group: there are (?:..), (?P<name>..) and the flags i, s, U");
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
	fail(p, start, "a group's name is letters, digits and _, then >");
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
	struct byte_set *set;
	int c = peek(p, 0), byte;

	if (p->quoting)
		return plain_char(p);
	switch (c) {
	case '(':
		return parse_group(p);
	case '[':
		return parse_class(p);
	case '.':
		return parse_dot(p);
	case '^': case '$':
		return parse_anchor(p);
	case '*': case '+': case '?':
		return fail(p, p->at, "there is nothing to repeat");
	case '\\':
		set = arena_new(p->a, struct byte_set);
		if (take_perl_class(p, set))
			return set_node(p, set);
		if (take(p, "\\C")) {
			memset(set, 0xff, sizeof(*set));
			return set_node(p, set);
		}
		byte = take_escape(p);
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
		fail(p, start, "a repetition is at most 1000");
	else if (*max != ENDLESS && *max < *min)
		fail(p, start, "the repetition goes backwards");
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
		fail(&p, p.at, "the parenthesis was never opened");
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

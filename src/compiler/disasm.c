/* SPDX-License-Identifier: Apache-2.0
 *
 * disasm.c - instructions with names.
 *
 * The name of a column or member depends on the type of what it is taken
 * from, so types are followed: the code is validated, and nothing can be
 * missing from the stack.
 */
#include "disasm.h"

#include <stdio.h>
#include <stdlib.h>

struct block {
	uint32_t end;
	uint32_t result;                /* the type that takes the place of the block's value */
	bool is_map;
};

struct lister {
	struct arena *a;
	const struct bc_policy *p;
	const struct bc_event *event;
	const struct bc_code *code;
	uint32_t types[BC_STACK_MAX], n_types;
	uint32_t slots[256];
	struct block blocks[BC_NEST_MAX];
	uint32_t n_blocks;
};

#define BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)
#define INTEGER BC_TYPE(BC_ONE, BC_INTEGER, 0)

struct str disasm_name(const struct bc_policy *p, uint32_t string)
{
	struct bc_bytes name = bc_string(p, string);

	return (struct str){ (const char *)name.ptr, name.len };
}

struct str disasm_enumerator(const struct bc_policy *p, uint32_t enumeration, uint32_t value)
{
	return disasm_name(p, bc_get32(p->enums[enumeration] + 8 + 4 * (size_t)value));
}

struct str disasm_quoted(struct arena *a, struct bc_bytes text)
{
	char *quoted = arena_alloc(a, 4 * (size_t)text.len + 3), *at = quoted;
	uint32_t i;

	*at++ = '"';
	for (i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c == '"' || c == '\\') {
			*at++ = '\\';
			*at++ = (char)c;
		} else if (c == '\n' || c == '\t' || c == '\r') {
			*at++ = '\\';
			*at++ = c == '\n' ? 'n' : c == '\t' ? 't' : 'r';
		} else if (c < 0x20 || c == 0x7f) {
			at += sprintf(at, "\\x%02x", c);
		} else {
			*at++ = (char)c;
		}
	}
	*at++ = '"';
	return (struct str){ quoted, (size_t)(at - quoted) };
}

static struct str digest_text(struct arena *a, struct bc_bytes digest)
{
	char *text = arena_alloc(a, 8 + 2 * (size_t)digest.len), *at = text;
	uint32_t i;

	at += sprintf(at, "sha256:");
	for (i = 0; i < digest.len; i++)
		at += sprintf(at, "%02x", digest.ptr[i]);
	return (struct str){ text, (size_t)(at - text) };
}

struct str disasm_type(struct arena *a, const struct bc_policy *p, uint32_t type)
{
	static const char *const shapes[] = { "", "list of ", "set of " };
	struct str name = STR("nothing");

	switch ((enum bc_base)BC_BASE(type)) {
	case BC_NOTHING:
		break;
	case BC_BOOL:
		name = STR("bool");
		break;
	case BC_INTEGER:
		name = STR("int");
		break;
	case BC_STRING:
		name = STR("string");
		break;
	case BC_DIGEST32:
		name = STR("digest");
		break;
	case BC_LANGUAGE:
		name = STR("pattern");
		break;
	case BC_ENUMERATION:
		name = disasm_name(p, bc_get32(p->enums[BC_INDEX(type)]));
		break;
	case BC_TABLEROW:
		name = disasm_name(p, p->tables[BC_INDEX(type)].name);
		break;
	case BC_RECORD:
		name = disasm_name(p, bc_get32(p->records[BC_INDEX(type)]));
		break;
	}
	return arena_printf(a, "%s%.*s", shapes[BC_SHAPE(type)], STR_ARG(name));
}

static struct str pattern_text(struct arena *a, const struct bc_policy *p, uint32_t pattern)
{
	struct bc_bytes entry = bc_pattern(p, pattern);

	if (entry.ptr[0] == 0)
		return disasm_quoted(a, bc_string(p, bc_get32(entry.ptr + 1)));
	return arena_printf(a, "pattern#%u", pattern);
}

static struct str list_text(struct arena *a, const struct bc_policy *p, uint32_t type, uint32_t list)
{
	struct bc_bytes words = bc_list(p, list);
	struct str *items = arena_array(a, words.len, struct str);
	uint32_t i, one = BC_TYPE(BC_ONE, BC_BASE(type), BC_INDEX(type));
	size_t len = 4;
	char *text, *at;

	for (i = 0; i < words.len; i++) {
		items[i] = disasm_value(a, p, one, bc_get32(words.ptr + 4 * (size_t)i));
		len += items[i].len + 2;
	}
	at = text = arena_alloc(a, len);
	*at++ = BC_SHAPE(type) == BC_SET ? '{' : '[';
	for (i = 0; i < words.len; i++) {
		if (i > 0)
			at += sprintf(at, ", ");
		memcpy(at, items[i].ptr, items[i].len);
		at += items[i].len;
	}
	*at++ = BC_SHAPE(type) == BC_SET ? '}' : ']';
	return (struct str){ text, (size_t)(at - text) };
}

struct str disasm_value(struct arena *a, const struct bc_policy *p, uint32_t type, uint64_t word)
{
	uint32_t index = BC_INDEX(type), low = (uint32_t)word;

	if (BC_SHAPE(type) != BC_ONE)
		return list_text(a, p, type, low);
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		return word != 0 ? STR("true") : STR("false");
	case BC_ENUMERATION:
		return disasm_enumerator(p, index, low);
	case BC_STRING:
		return disasm_quoted(a, bc_string(p, low));
	case BC_DIGEST32:
		return digest_text(a, bc_string(p, low));
	case BC_LANGUAGE:
		return pattern_text(a, p, low);
	case BC_TABLEROW:
		return arena_printf(a, "%.*s#%u", STR_ARG(disasm_name(p, p->tables[index].name)), low);
	case BC_NOTHING: case BC_INTEGER: case BC_RECORD:
		break;
	}
	return arena_printf(a, "%llu", (unsigned long long)word);
}

static void push(struct lister *l, uint32_t type)
{
	if (l->n_types == BC_STACK_MAX)
		abort();
	l->types[l->n_types++] = type;
}

static uint32_t pop(struct lister *l)
{
	if (l->n_types == 0)
		abort();
	return l->types[--l->n_types];
}

static uint32_t element(uint32_t type)
{
	return BC_TYPE(BC_ONE, BC_BASE(type), BC_INDEX(type));
}

static uint32_t rows_of(uint32_t table)
{
	return BC_TYPE(BC_SET, BC_TABLEROW, table);
}

/* The type that an instruction leaves, other than those that open a block.
 * Pops what it takes.  As long as there are instructions. */
static uint32_t result_type(struct lister *l, uint8_t op, const uint8_t *at)
{
	const struct bc_policy *p = l->p;
	uint32_t n = bc_insn_len(op) >= 3 ? bc_get16(at + 1) : 0, i, type;

	switch ((enum bc_op)op) {
	case BC_INT:
		return INTEGER;
	case BC_ENUM:
		return BC_TYPE(BC_ONE, BC_ENUMERATION, n);
	case BC_STR:
		return BC_TYPE(BC_ONE, BC_STRING, 0);
	case BC_DIGEST:
		return BC_TYPE(BC_ONE, BC_DIGEST32, 0);
	case BC_PATTERN:
		return BC_TYPE(BC_ONE, BC_LANGUAGE, 0);
	case BC_ROW:
		return BC_TYPE(BC_ONE, BC_TABLEROW, n);
	case BC_KEYROWS:
		pop(l);
		return rows_of(n);
	case BC_NOROWS: case BC_ROWS:
		return rows_of(n);
	case BC_SWITCH:
		return bc_switch_type(p, n);
	case BC_LOCAL:
		return l->slots[at[1]];
	case BC_FIELD:
		return bc_field_type(l->event, n);
	case BC_COLUMN:
		return bc_column_type(&p->tables[BC_INDEX(pop(l))], n);
	case BC_MEMBER:
		return bc_member_type(p, BC_INDEX(pop(l)), n);
	case BC_VAR: case BC_OLDVAR:
		return p->vars[n].value;
	case BC_GET: case BC_OLDGET:
		pop(l);
		return p->vars[n].value;
	case BC_KEYS: case BC_OLDKEYS:
		return BC_TYPE(BC_SET, BC_BASE(p->vars[n].key), BC_INDEX(p->vars[n].key));
	case BC_LEN:
		pop(l);
		return INTEGER;
	case BC_ADD: case BC_SUB:
		pop(l);
		pop(l);
		return INTEGER;
	case BC_AT:
		pop(l);
		return element(pop(l));
	case BC_PICK:
		return element(pop(l));
	case BC_HAS: case BC_OLDHAS: case BC_EMPTY: case BC_NOT:
		pop(l);
		return BOOL;
	case BC_MATCHCAT:
		pop(l);
		pop(l);
		pop(l);
		return BOOL;
	case BC_EQCAT:
		for (i = 0; i <= at[1]; i++)
			pop(l);
		return BOOL;
	case BC_IN: case BC_EQ: case BC_EQLIST: case BC_LT: case BC_LE: case BC_MATCH: case BC_BELOW:
		pop(l);
		pop(l);
		return BOOL;
	case BC_LET:
		type = pop(l);
		l->slots[at[1]] = type;
		return BC_NOTHING;
	case BC_PUT:
		if (p->vars[n].value != 0)
			pop(l);
		pop(l);
		return BC_NOTHING;
	case BC_REQUIRE: case BC_SETVAR: case BC_DEL: case BC_KEEP: case BC_OUT:
		pop(l);
		return BC_NOTHING;
	case BC_GHOST: case BC_DONE: case BC_OP_END:
		return BC_NOTHING;
	case BC_FALSE: case BC_TRUE: case BC_AND: case BC_OR: case BC_ALL: case BC_SOME:
	case BC_COUNT: case BC_WHERE: case BC_MAP:
		break;
	}
	return BOOL;
}

static void open_block(struct lister *l, uint8_t op, const uint8_t *at, uint32_t pc)
{
	struct block *b = &l->blocks[l->n_blocks++];
	uint32_t range = pop(l), len = bc_get16(at + bc_insn_len(op) - 2);

	b->end = pc + bc_insn_len(op) + len;
	b->is_map = op == BC_MAP;
	b->result = op == BC_COUNT ? INTEGER : op == BC_WHERE ? range : BOOL;
	if (op == BC_AND || op == BC_OR)
		return;
	l->slots[at[1]] = element(range);
	l->slots[at[1] + 1] = INTEGER;
}

static void close_blocks(struct lister *l, uint32_t pc)
{
	while (l->n_blocks > 0 && l->blocks[l->n_blocks - 1].end == pc) {
		const struct block *b = &l->blocks[--l->n_blocks];
		uint32_t row = pop(l);

		push(l, b->is_map ? BC_TYPE(BC_LIST, BC_TABLEROW, BC_INDEX(row)) : b->result);
	}
}

/* The name behind an operand; the stack is as it is before the instruction. */
static struct str operand_text(const struct lister *l, uint8_t op, const uint8_t *at)
{
	const struct bc_policy *p = l->p;
	uint32_t n = bc_insn_len(op) >= 3 ? bc_get16(at + 1) : 0;
	uint32_t top = l->n_types > 0 ? BC_INDEX(l->types[l->n_types - 1]) : 0;
	struct str name;

	switch ((enum bc_op)op) {
	case BC_INT:
		return arena_printf(l->a, "%llu", (unsigned long long)bc_get64(at + 1));
	case BC_ENUM:
		return disasm_enumerator(p, n, bc_get16(at + 3));
	case BC_STR:
		return disasm_quoted(l->a, bc_string(p, bc_get32(at + 1)));
	case BC_DIGEST:
		return digest_text(l->a, bc_string(p, bc_get32(at + 1)));
	case BC_PATTERN:
		return pattern_text(l->a, p, bc_get32(at + 1));
	case BC_ROW:
		return disasm_value(l->a, p, BC_TYPE(BC_ONE, BC_TABLEROW, n), bc_get32(at + 3));
	case BC_NOROWS: case BC_ROWS: case BC_KEYROWS:
		return disasm_name(p, p->tables[n].name);
	case BC_SWITCH:
		return disasm_name(p, bc_get32(p->switches + 16 * (size_t)n));
	case BC_LOCAL: case BC_LET: case BC_ALL: case BC_SOME: case BC_COUNT: case BC_WHERE:
		return arena_printf(l->a, "$%u", at[1]);
	case BC_MAP:
		name = disasm_name(p, p->tables[bc_get16(at + 2)].name);
		return arena_printf(l->a, "$%u %.*s", at[1], STR_ARG(name));
	case BC_FIELD: case BC_KEEP:
		return disasm_name(p, bc_get32(l->event->fields + 12 * (size_t)n));
	case BC_OUT:
		return disasm_name(p, bc_get32(l->event->outs + 8 * (size_t)n));
	case BC_COLUMN:
		return disasm_name(p, bc_get32(p->tables[top].columns + 8 * (size_t)n));
	case BC_MEMBER:
		return disasm_name(p, bc_get32(p->records[top] + 12 + 8 * (size_t)n));
	case BC_VAR: case BC_HAS: case BC_GET: case BC_KEYS: case BC_OLDVAR: case BC_OLDHAS:
	case BC_OLDGET: case BC_OLDKEYS: case BC_SETVAR: case BC_PUT: case BC_DEL:
		return disasm_name(p, p->vars[n].name);
	case BC_EQCAT:
		return arena_printf(l->a, "%u", at[1]);
	case BC_FALSE: case BC_TRUE: case BC_LEN: case BC_AT: case BC_IN: case BC_PICK:
	case BC_EMPTY: case BC_EQ: case BC_EQLIST: case BC_LT: case BC_LE: case BC_ADD:
	case BC_SUB: case BC_MATCH: case BC_MATCHCAT: case BC_BELOW: case BC_NOT: case BC_AND:
	case BC_OR: case BC_REQUIRE: case BC_GHOST: case BC_DONE: case BC_OP_END:
		break;
	}
	return (struct str){ "", 0 };
}

static const char *op_name(uint8_t op)
{
	switch (op) {
#define OP(name, code, operands, pops, pushes, cost, meaning) case code: return #name;
#include "../bytecode/opcodes.def"
#undef OP
	}
	abort();
}

struct disasm_line *disasm(struct arena *a, const struct bc_policy *p,
    const struct bc_event *event, const struct bc_code *code, uint32_t *n)
{
	struct lister l = { .a = a, .p = p, .event = event, .code = code };
	struct disasm_line *lines = NULL;
	uint32_t pc, cap = 0, type;
	uint8_t op;

	*n = 0;
	for (pc = 0; pc < code->len; pc += bc_insn_len(op)) {
		const uint8_t *at = code->ptr + pc;

		op = *at;
		close_blocks(&l, pc);
		arena_push(a, lines, *n, cap);
		lines[(*n)++] = (struct disasm_line){ pc, l.n_blocks, op_name(op),
			operand_text(&l, op, at) };
		if (op == BC_AND || op == BC_OR || (op >= BC_ALL && op <= BC_MAP)) {
			open_block(&l, op, at, pc);
			continue;
		}
		type = result_type(&l, op, at);
		if (type != BC_NOTHING)
			push(&l, type);
	}
	return lines;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * test_open.c - bc_open() accepts a policy that is right, and names what is
 * wrong with each of many that are wrong in one way.
 */
#include "skeleton.h"

#include "bytecode/decode.h"

static struct bc_policy policy;

static enum bc_error open_bytes(const struct bytes *b, size_t *where)
{
	/* An exact copy on the heap, so that a sanitizer sees a read past it. */
	uint8_t *copy = malloc(b->len);
	enum bc_error error;

	if (copy == NULL)
		exit(2);
	memcpy(copy, b->at, b->len);
	error = bc_open(&policy, copy, b->len, where);
	free(copy);
	return error;
}

static void set32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void expect(enum bc_error found, enum bc_error wanted, const char *name)
{
	claim_that(found == wanted, name);
	if (found != wanted)
		printf("#  found %s, wanted %s\n", error_names[found], error_names[wanted]);
}

/* ---- code ---- */

struct code_case {
	const char *name;
	enum bc_error error;
	uint32_t len;
	uint8_t code[40];
};
#define CODE(name, error, ...) \
	{ name, error, sizeof((const uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ } }
#define ID    BC_FIELD, U16(FIELD_ID)
#define ITEMS BC_FIELD, U16(FIELD_ITEMS)
#define LIVE  U16(VAR_LIVE)
#define ONE   BC_INT, U64(1)
#define NODES BC_ROWS, U16(TABLE_NODE)

static const struct code_case rules[] = {
	CODE("a rule may be empty but for DONE", BC_OK, BC_DONE),
	CODE("a rule ends with DONE", BC_E_NOT_DONE, BC_FALSE, BC_REQUIRE),
	CODE("nothing follows DONE", BC_E_STATEMENT, BC_DONE, BC_DONE),
	CODE("an unknown opcode", BC_E_OPCODE, 0x7f, BC_DONE),
	CODE("an instruction cut off", BC_E_INSN_SHORT, BC_INT, 0),
	CODE("REQUIRE without an operand", BC_E_STACK_EMPTY, BC_REQUIRE, BC_DONE),
	CODE("REQUIRE of an int", BC_E_OPERAND_TYPE, ONE, BC_REQUIRE, BC_DONE),
	CODE("a value left under a statement", BC_E_STACK_LEFT, BC_TRUE, BC_TRUE, BC_REQUIRE, BC_DONE),
	CODE("a value left at DONE", BC_E_STACK_LEFT, BC_TRUE, BC_DONE),
	CODE("seventeen values", BC_E_STACK_FULL, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
	CODE("NOT of NOT", BC_E_NOT_NOT, BC_VAR, U16(VAR_FLAG), BC_NOT, BC_NOT, BC_REQUIRE, BC_DONE),
	CODE("NOT of a constant", BC_E_CONSTANT_OPERAND, BC_TRUE, BC_NOT, BC_REQUIRE, BC_DONE),
	CODE("AND in order", BC_OK, BC_FIELD, U16(FIELD_B), BC_AND, U16(3), BC_VAR, U16(VAR_FLAG),
	    BC_REQUIRE, BC_DONE),
	CODE("AND out of order", BC_E_OPERAND_ORDER, BC_VAR, U16(VAR_FLAG), BC_AND, U16(3),
	    BC_FIELD, U16(FIELD_B), BC_REQUIRE, BC_DONE),
	CODE("AND of one operand twice", BC_E_OPERAND_ORDER, BC_VAR, U16(VAR_FLAG), BC_AND, U16(3),
	    BC_VAR, U16(VAR_FLAG), BC_REQUIRE, BC_DONE),
	CODE("a cheap operand after a dear one", BC_E_OPERAND_ORDER, BC_FIELD, U16(FIELD_B), BC_NOT,
	    BC_AND, U16(3), BC_VAR, U16(VAR_FLAG), BC_REQUIRE, BC_DONE),
	CODE("a run of three in order", BC_OK, BC_SWITCH, U16(SWITCH_ON), BC_AND, U16(9),
	    BC_FIELD, U16(FIELD_B), BC_AND, U16(3), BC_VAR, U16(VAR_FLAG), BC_REQUIRE, BC_DONE),
	CODE("a run of three out of order", BC_E_OPERAND_ORDER, BC_FIELD, U16(FIELD_B), BC_AND, U16(9),
	    BC_SWITCH, U16(SWITCH_ON), BC_AND, U16(3), BC_VAR, U16(VAR_FLAG), BC_REQUIRE, BC_DONE),
	CODE("AND as the first operand of AND", BC_E_NESTED_OPERAND, BC_FIELD, U16(FIELD_B),
	    BC_AND, U16(3), BC_VAR, U16(VAR_FLAG), BC_AND, U16(5), BC_VAR, U16(VAR_FLAG), BC_NOT, BC_NOT,
	    BC_REQUIRE, BC_DONE),
	CODE("AND as the first operand of OR", BC_OK, BC_FIELD, U16(FIELD_B), BC_AND, U16(3),
	    BC_VAR, U16(VAR_FLAG), BC_OR, U16(8), ID, BC_KEYS, U16(VAR_USED), BC_IN, BC_NOT,
	    BC_REQUIRE, BC_DONE),
	CODE("AND of a constant", BC_E_CONSTANT_OPERAND, BC_TRUE, BC_AND, U16(3), BC_VAR, U16(VAR_FLAG),
	    BC_REQUIRE, BC_DONE),
	CODE("AND with a constant", BC_E_CONSTANT_OPERAND, BC_VAR, U16(VAR_FLAG), BC_AND, U16(1),
	    BC_TRUE, BC_REQUIRE, BC_DONE),
	CODE("a block that leaves nothing", BC_E_BLOCK_RESULT, BC_VAR, U16(VAR_FLAG), BC_AND, U16(0),
	    BC_REQUIRE, BC_DONE),
	CODE("a block that leaves two values", BC_E_BLOCK_RESULT, BC_VAR, U16(VAR_FLAG), BC_AND, U16(2),
	    BC_TRUE, BC_TRUE, BC_REQUIRE, BC_DONE),
	CODE("a block that leaves an int", BC_E_BLOCK_RESULT, BC_VAR, U16(VAR_FLAG), BC_AND, U16(9),
	    ONE, BC_REQUIRE, BC_DONE),
	CODE("a block longer than the rule", BC_E_BLOCK_LENGTH, BC_VAR, U16(VAR_FLAG), BC_AND, U16(3),
	    BC_TRUE, BC_DONE),
	CODE("an instruction over the end of a block", BC_E_INSN_SHORT, BC_VAR, U16(VAR_FLAG),
	    BC_AND, U16(2), BC_VAR, U16(VAR_FLAG), BC_REQUIRE, BC_DONE),
	CODE("a block that takes from below it", BC_E_STACK_EMPTY, BC_TRUE, BC_VAR, U16(VAR_FLAG),
	    BC_AND, U16(1), BC_NOT, BC_REQUIRE, BC_DONE),
	CODE("a statement in a block", BC_E_STATEMENT, BC_VAR, U16(VAR_FLAG), BC_AND, U16(3),
	    BC_TRUE, BC_REQUIRE, BC_TRUE, BC_REQUIRE, BC_DONE),
	CODE("EQ in order", BC_OK, BC_SWITCH, U16(SWITCH_PATH), ID, BC_EQ, BC_NOT, BC_REQUIRE, BC_DONE),
	CODE("EQ out of order", BC_E_OPERAND_ORDER, ID, BC_STR, U32(0), BC_EQ, BC_REQUIRE, BC_DONE),
	CODE("EQ of two types", BC_E_OPERAND_TYPE, BC_STR, U32(0), BC_FIELD, U16(FIELD_N), BC_EQ,
	    BC_REQUIRE, BC_DONE),
	CODE("EQ of lists", BC_E_OPERAND_TYPE, ITEMS, ITEMS, BC_EQ, BC_REQUIRE, BC_DONE),
	CODE("EQ of patterns", BC_E_OPERAND_TYPE, BC_PATTERN, U32(0), BC_PATTERN, U32(1), BC_EQ,
	    BC_REQUIRE, BC_DONE),
	CODE("EQLIST of lists", BC_OK, ITEMS, BC_EMPTY, BC_NOT, BC_AND, U16(7), ITEMS, ITEMS, BC_EQLIST,
	    BC_REQUIRE, BC_DONE),
	CODE("EQLIST of keys", BC_E_OPERAND_TYPE, BC_FIELD, U16(FIELD_TAGS), BC_KEYS, U16(VAR_USED),
	    BC_EQLIST, BC_REQUIRE, BC_DONE),
	CODE("EQLIST of records", BC_E_OPERAND_TYPE, BC_FIELD, U16(FIELD_PAIRS), BC_FIELD,
	    U16(FIELD_PAIRS), BC_EQLIST, BC_REQUIRE, BC_DONE),
	CODE("IN of another type", BC_E_OPERAND_TYPE, ID, NODES, BC_IN, BC_REQUIRE, BC_DONE),
	CODE("AT of a set", BC_E_OPERAND_TYPE, BC_FIELD, U16(FIELD_TAGS), ONE, BC_AT, ID, BC_EQ,
	    BC_REQUIRE, BC_DONE),
	CODE("PICK of keys of rows", BC_E_OPERAND_TYPE, BC_KEYS, U16(VAR_BYROW), BC_PICK, BC_DONE),
	CODE("LT of a string", BC_E_OPERAND_TYPE, ID, ONE, BC_LT, BC_REQUIRE, BC_DONE),
	CODE("MATCH of a string with a string", BC_E_OPERAND_TYPE, ID, ID, BC_MATCH, BC_REQUIRE, BC_DONE),
	CODE("MATCH of a digest", BC_E_OPERAND_TYPE, BC_FIELD, U16(FIELD_R), BC_PATTERN, U32(1),
	    BC_MATCH, BC_REQUIRE, BC_DONE),
	CODE("EQCAT of one part", BC_E_PARTS, ID, ID, BC_EQCAT, 1, BC_REQUIRE, BC_DONE),
	CODE("EQCAT of two parts", BC_OK, ID, ID, ID, BC_EQCAT, 2, BC_REQUIRE, BC_DONE),
	CODE("a string that is not in the pool", BC_E_POOL_INDEX, BC_STR, U32(N_TEXTS), ID, BC_EQ,
	    BC_REQUIRE, BC_DONE),
	CODE("a pattern that is not in the pool", BC_E_POOL_INDEX, BC_PATTERN, U32(2), BC_DONE),
	CODE("a digest that is none", BC_E_DIGEST, BC_DIGEST, U32(0), BC_DONE),
	CODE("a digest that is not in the pool", BC_E_POOL_INDEX, BC_DIGEST, U32(N_TEXTS), BC_DONE),
	CODE("a digest", BC_OK, BC_DIGEST, U32(3), BC_FIELD, U16(FIELD_R), BC_EQ, BC_REQUIRE, BC_DONE),
	CODE("a value that the enumeration has not", BC_E_ENUM_INDEX, BC_ENUM, U16(0), U16(2), BC_DONE),
	CODE("an enumeration that is not there", BC_E_INDEX, BC_ENUM, U16(1), U16(0), BC_DONE),
	CODE("a row that the table has not", BC_E_ROW_INDEX, BC_ROW, U16(0), U32(2), BC_DONE),
	CODE("a switch that is not there", BC_E_INDEX, BC_SWITCH, U16(4), BC_REQUIRE, BC_DONE),
	CODE("a field that is not there", BC_E_INDEX, BC_FIELD, U16(N_FIELDS), BC_REQUIRE, BC_DONE),
	CODE("a column that is not there", BC_E_INDEX, BC_ROW, U16(0), U32(0), BC_COLUMN, U16(2), BC_DONE),
	CODE("a column of no row", BC_E_OPERAND_TYPE, ID, BC_COLUMN, U16(0), BC_DONE),
	CODE("a member of no record", BC_E_OPERAND_TYPE, ID, BC_MEMBER, U16(0), BC_DONE),
	CODE("GET of a set of keys", BC_E_NOT_MAP, ID, BC_GET, U16(VAR_USED), BC_REQUIRE, BC_DONE),
	CODE("HAS of a scalar", BC_E_NOT_MAP, ID, BC_HAS, U16(VAR_FLAG), BC_REQUIRE, BC_DONE),
	CODE("VAR of a map", BC_E_NOT_SCALAR, BC_VAR, LIVE, BC_REQUIRE, BC_DONE),
	CODE("HAS with a key of another type", BC_E_OPERAND_TYPE, ONE, BC_HAS, LIVE, BC_REQUIRE, BC_DONE),
	CODE("ghost state in a requirement", BC_E_GHOST_READ, ID, BC_HAS, U16(VAR_GHOSTS), BC_REQUIRE,
	    BC_DONE),
	CODE("old state in a rule", BC_E_NO_OLD, BC_OLDVAR, U16(VAR_FLAG), BC_REQUIRE, BC_DONE),
	CODE("KEYROWS by a list", BC_OK, BC_FIELD, U16(FIELD_R), BC_GET, U16(VAR_ROWLISTS), BC_KEYROWS,
	    U16(TABLE_NODE), BC_EMPTY, BC_REQUIRE, BC_DONE),
	CODE("KEYROWS by another type", BC_E_OPERAND_TYPE, ID, BC_KEYROWS, U16(TABLE_LEAF), BC_EMPTY,
	    BC_REQUIRE, BC_DONE),
	CODE("a let that is read", BC_OK, BC_VAR, U16(VAR_FLAG), BC_LET, 0, BC_LOCAL, 0, BC_REQUIRE, BC_DONE),
	CODE("a let that is not read", BC_E_LET_UNUSED, BC_VAR, U16(VAR_FLAG), BC_LET, 0, BC_DONE),
	CODE("a let in another slot", BC_E_SLOT, BC_VAR, U16(VAR_FLAG), BC_LET, 1, BC_DONE),
	CODE("a local that is not there", BC_E_LOCAL, BC_LOCAL, 0, BC_REQUIRE, BC_DONE),
	CODE("a loop over rows", BC_OK, BC_ROWS, U16(TABLE_LEAF), BC_ALL, 0, U16(9), BC_LOCAL, 0, BC_GET, U16(VAR_BYROW),
	    BC_FIELD, U16(FIELD_R), BC_EQ, BC_REQUIRE, BC_DONE),
	CODE("a loop's element after the loop", BC_E_LOCAL, ITEMS, BC_ALL, 0, U16(1), BC_TRUE,
	    BC_REQUIRE, BC_LOCAL, 0, BC_REQUIRE, BC_DONE),
	CODE("the place of an element of a set", BC_E_LOCAL, NODES, BC_ALL, 0, U16(9), BC_LOCAL, 1, ONE,
	    BC_EQ, BC_REQUIRE, BC_DONE),
	CODE("a loop in another slot", BC_E_SLOT, NODES, BC_ALL, 1, U16(1), BC_TRUE, BC_REQUIRE, BC_DONE),
	CODE("a loop over an int", BC_E_OPERAND_TYPE, ONE, BC_ALL, 0, U16(1), BC_TRUE, BC_REQUIRE, BC_DONE),
	CODE("WHERE over keys", BC_E_LOOP_SOURCE, BC_KEYS, LIVE, BC_WHERE, 0, U16(1), BC_TRUE, BC_EMPTY,
	    BC_REQUIRE, BC_DONE),
	CODE("WHERE over a list of the state", BC_E_LOOP_SOURCE, ID, BC_GET, U16(VAR_STACK), BC_WHERE, 0,
	    U16(1), BC_TRUE, BC_EMPTY, BC_REQUIRE, BC_DONE),
	CODE("MAP over a set", BC_E_OPERAND_TYPE, NODES, BC_MAP, 0, U16(TABLE_NODE), U16(2), BC_LOCAL, 0, BC_EMPTY,
	    BC_REQUIRE, BC_DONE),
	CODE("MAP to another table", BC_E_BLOCK_RESULT, ITEMS, BC_MAP, 0, U16(TABLE_NODE), U16(7), BC_ROW,
	    U16(TABLE_LEAF), U32(0), BC_EMPTY, BC_REQUIRE, BC_DONE),
	CODE("MAP to strings", BC_E_BLOCK_RESULT, ITEMS, BC_MAP, 0, U16(0), U16(2), BC_LOCAL, 0, BC_EMPTY,
	    BC_REQUIRE, BC_DONE),
	CODE("a requirement after an effect", BC_E_STATEMENT, BC_TRUE, BC_SETVAR, U16(VAR_FLAG),
	    BC_VAR, U16(VAR_FLAG), BC_REQUIRE, BC_DONE),
	CODE("effects out of order", BC_E_EFFECT_ORDER, BC_FIELD, U16(FIELD_N), BC_SETVAR, U16(VAR_COUNT),
	    BC_TRUE, BC_SETVAR, U16(VAR_FLAG), BC_DONE),
	CODE("an effect twice", BC_E_EFFECT_ORDER, BC_TRUE, BC_SETVAR, U16(VAR_FLAG),
	    BC_TRUE, BC_SETVAR, U16(VAR_FLAG), BC_DONE),
	CODE("an effect of another type", BC_E_OPERAND_TYPE, BC_TRUE, BC_SETVAR, U16(VAR_COUNT), BC_DONE),
	CODE("an effect on a variable that is not there", BC_E_INDEX, ID, ID, BC_PUT, U16(N_VARS + 99), BC_DONE),
	CODE("SETVAR of a variable that is not there", BC_E_INDEX, BC_TRUE, BC_SETVAR, U16(N_VARS), BC_DONE),
	CODE("PUT of another type", BC_E_OPERAND_TYPE, ID, ID, BC_PUT, LIVE, BC_DONE),
	CODE("PUT of the keys of a map", BC_E_OPERAND_TYPE, ID, BC_KEYS, U16(VAR_PATH), BC_PUT,
	    U16(VAR_SPEC), BC_DONE),
	CODE("PUT of a key alone", BC_OK, ID, BC_PUT, U16(VAR_USED), BC_DONE),
	CODE("PUT of a value for a key alone", BC_E_STACK_LEFT, ID, ID, BC_PUT, U16(VAR_USED), BC_DONE),
	CODE("a ghost effect before GHOST", BC_E_GHOST_WRITE, ID, ONE, BC_PUT, U16(VAR_GHOSTS), BC_DONE),
	CODE("a ghost effect", BC_OK, BC_GHOST, ID, ONE, BC_PUT, U16(VAR_GHOSTS), BC_DONE),
	CODE("a plain effect after GHOST", BC_E_GHOST_WRITE, BC_GHOST, ID, BC_PUT, U16(VAR_USED), BC_DONE),
	CODE("GHOST without effects", BC_E_GHOST_EMPTY, BC_GHOST, BC_DONE),
	CODE("KEEP of a part of the field", BC_OK, ITEMS, BC_WHERE, 0, U16(1), BC_TRUE,
	    BC_KEEP, U16(FIELD_ITEMS), BC_DONE),
	CODE("KEEP of the field", BC_E_KEEP_SOURCE, ITEMS, BC_KEEP, U16(FIELD_ITEMS), BC_DONE),
	CODE("KEEP of a part of another field", BC_E_KEEP_SOURCE, BC_FIELD, U16(FIELD_TAGS), BC_WHERE, 0,
	    U16(1), BC_TRUE, BC_KEEP, U16(FIELD_ITEMS), BC_DONE),
	CODE("KEEP of a let", BC_OK, ITEMS, BC_WHERE, 0, U16(1), BC_TRUE, BC_LET, 0, BC_LOCAL, 0,
	    BC_KEEP, U16(FIELD_ITEMS), BC_DONE),
	CODE("an output", BC_OK, BC_VAR, U16(VAR_FLAG), BC_OUT, U16(OUT_YES), BC_DONE),
	CODE("an output of another type", BC_E_OPERAND_TYPE, BC_TRUE, BC_OUT, U16(OUT_NUM), BC_DONE),
	CODE("an output that is not there", BC_E_INDEX, BC_TRUE, BC_OUT, U16(2), BC_DONE),
};

static const struct code_case invariants[] = {
	CODE("a claim over ghost state", BC_OK, BC_KEYS, U16(VAR_GHOSTS), BC_EMPTY),
	CODE("a claim that is an int", BC_E_OPERAND_TYPE, ONE),
	CODE("a claim of two values", BC_E_STACK_LEFT, BC_TRUE, BC_TRUE),
	CODE("a claim with a statement", BC_E_STATEMENT, BC_TRUE, BC_REQUIRE),
	CODE("an invariant over a request", BC_E_NO_FIELDS, BC_FIELD, U16(FIELD_B)),
	CODE("an invariant over old state", BC_E_NO_OLD, BC_OLDVAR, U16(VAR_FLAG)),
};

static const struct code_case steps[] = {
	CODE("a step claim over a request", BC_OK, BC_FIELD, U16(FIELD_B)),
	CODE("a step claim over old state", BC_OK, BC_OLDVAR, U16(VAR_FLAG)),
};

static void test_code(void)
{
	static const uint8_t done[] = { BC_DONE };
	static struct bytes whole;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		make_policy(&whole, rules[i].code, rules[i].len, 0, NULL, 0);
		expect(open_bytes(&whole, NULL), rules[i].error, rules[i].name);
	}
	for (size_t i = 0; i < sizeof(invariants) / sizeof(invariants[0]); i++) {
		make_policy(&whole, done, 1, BC_INVARIANT, invariants[i].code, invariants[i].len);
		expect(open_bytes(&whole, NULL), invariants[i].error, invariants[i].name);
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		make_policy(&whole, done, 1, BC_ALWAYS, steps[i].code, steps[i].len);
		expect(open_bytes(&whole, NULL), steps[i].error, steps[i].name);
	}
}

/* ---- patterns ---- */

static const struct code_case patterns[] = {
	CODE("the empty language", BC_OK, 1, 1, 0, 0),
	CODE("a byte or nothing", BC_OK, 1, 2, 0x03, 1, 'a', 'a', 1, 0),
	CODE("a pattern of another kind", BC_E_PATTERN_KIND, 2),
	CODE("a literal cut off", BC_E_PATTERN_LITERAL, 0, 0, 0, 0),
	CODE("an automaton without states", BC_E_AUTOMATON_EMPTY, 1, 0),
	CODE("an automaton cut off", BC_E_AUTOMATON_LENGTH, 1, 2, 0x02, 1, 'a', 'b', 1),
	CODE("an automaton with bytes left over", BC_E_AUTOMATON_LENGTH, 1, 1, 0, 0, 0),
	CODE("a state that is not there accepts", BC_E_AUTOMATON_BITS, 1, 1, 0x02, 0),
	CODE("ranges that descend", BC_E_AUTOMATON_RANGE, 1, 1, 1, 2, 'b', 'c', 0, 'a', 'a', 0),
	CODE("a range that ends before it begins", BC_E_AUTOMATON_RANGE, 1, 1, 1, 1, 'b', 'a', 0),
	CODE("ranges that touch", BC_E_AUTOMATON_TOUCH, 1, 1, 1, 2, 'a', 'a', 0, 'b', 'b', 0),
	CODE("a target that is not there", BC_E_AUTOMATON_TARGET, 1, 1, 1, 1, 'a', 'a', 1),
	CODE("states in another order", BC_E_AUTOMATON_ORDER, 1, 3, 0x06,
	    2, 'a', 'a', 2, 'b', 'c', 1, 1, 'a', 'b', 1, 1, 'a', 'a', 2),
	CODE("a state before its turn", BC_E_AUTOMATON_ORDER, 1, 3, 0x04,
	    2, 'a', 'a', 2, 'b', 'c', 1, 1, 'a', 'b', 2, 0),
	CODE("a state that is never reached", BC_E_AUTOMATON_ORDER, 1, 2, 0x01, 1, 'a', 'b', 0, 0),
	CODE("a state that never accepts", BC_E_AUTOMATON_MINIMAL, 1, 2, 0x01, 1, 'a', 'b', 1, 0),
	CODE("two states that are one", BC_E_AUTOMATON_MINIMAL, 1, 3, 0x06,
	    2, 'a', 'a', 1, 'b', 'b', 2, 0, 0),
	CODE("an empty language of two states", BC_E_AUTOMATON_MINIMAL, 1, 2, 0, 1, 'a', 'b', 1, 0),
	CODE("an empty language with a range", BC_E_AUTOMATON_MINIMAL, 1, 1, 0, 1, 'a', 'b', 0),
	CODE("the language of the empty string", BC_E_AUTOMATON_SINGLE, 1, 1, 1, 0),
	CODE("the language of one string", BC_E_AUTOMATON_SINGLE, 1, 2, 0x02, 1, 'a', 'a', 1, 0),
	/* (a|b)(a|b)c and (a|b)(a|b)d need a third round to tell apart */
	CODE("states told apart late", BC_OK, 1, 6, 0x20, 2, 'a', 'a', 1, 'b', 'b', 2,
	    1, 'a', 'b', 3, 1, 'a', 'b', 4, 1, 'c', 'c', 5, 1, 'd', 'd', 5, 0),
};

static void test_patterns(void)
{
	static const uint8_t done[] = { BC_DONE };
	static struct bytes sections[BC_N_SECTIONS], whole;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		struct bytes *pool = &sections[BC_SEC_PATTERNS];
		bool is_last = patterns[i].code[0] != 0;

		make_sections(sections);
		make_code(&sections[BC_SEC_CODE], done, 1, 0, NULL, 0);
		pool->len = 0;
		put32(pool, 2);
		put32(pool, is_last ? 5 : patterns[i].len);
		put32(pool, 5 + patterns[i].len);
		if (!is_last)
			put_all(pool, patterns[i].code, patterns[i].len);
		put8(pool, 0);
		put32(pool, text("/run"));
		if (is_last)
			put_all(pool, patterns[i].code, patterns[i].len);
		join(sections, &whole);
		expect(open_bytes(&whole, NULL), patterns[i].error, patterns[i].name);
	}
}

/* ---- minimal automata, against the definition ---- */

#define FEW 7                           /* states; the last is where nothing is accepted */
struct machine {
	uint32_t n;
	uint32_t to[FEW][2];            /* with 'a' and with 'b' */
	bool accepts[FEW];
};

static uint32_t random_below(uint32_t n)
{
	static uint32_t seed = 1;

	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % n;
}

/* A machine of states that are reached, numbered breadth-first; its state n is
 * the one where nothing is accepted. */
static void make_machine(struct machine *m)
{
	struct machine raw = { .n = 1 + random_below(FEW - 1) };
	uint32_t number[FEW], order[FEW];

	for (uint32_t s = 0; s < raw.n; s++) {
		raw.to[s][0] = random_below(raw.n + 1);
		raw.to[s][1] = random_below(raw.n + 1);
		raw.accepts[s] = random_below(2) != 0;
		number[s] = FEW;
	}
	memset(m, 0, sizeof(*m));
	m->n = 1;
	number[0] = order[0] = 0;
	for (uint32_t s = 0; s < 2 * m->n; s++) {
		uint32_t to = raw.to[order[s / 2]][s % 2];

		if (to < raw.n && number[to] == FEW) {
			number[to] = m->n;
			order[m->n++] = to;
		}
	}
	for (uint32_t s = 0; s < 2 * m->n; s++) {
		uint32_t to = raw.to[order[s / 2]][s % 2];

		m->to[s / 2][s % 2] = to < raw.n ? number[to] : m->n;
		m->accepts[s / 2] = raw.accepts[order[s / 2]];
	}
	m->to[m->n][0] = m->to[m->n][1] = m->n;
}

static void put_machine(struct bytes *b, const struct machine *m)
{
	uint32_t bits = 0;

	put8(b, 1);
	put8(b, m->n);
	for (uint32_t s = 0; s < m->n; s++)
		bits |= (uint32_t)m->accepts[s] << s;
	put8(b, bits);
	for (uint32_t s = 0; s < m->n; s++) {
		const uint32_t *to = m->to[s];
		bool is_one = to[0] == to[1] && to[0] < m->n;

		put8(b, is_one ? 1u : (uint32_t)(to[0] < m->n) + (to[1] < m->n));
		for (uint32_t i = 0; i < (is_one ? 1 : 2); i++) {
			if (to[i] < m->n) {
				put8(b, 'a' + i);
				put8(b, is_one ? 'b' : 'a' + i);
				put8(b, to[i]);
			}
		}
	}
}

/* Whether some word of at most FEW bytes is accepted by one state only. */
static bool differ(const struct machine *m, uint32_t s, uint32_t t)
{
	for (uint32_t len = 0; len <= FEW; len++) {
		for (uint32_t word = 0; word < 1u << len; word++) {
			uint32_t x = s, y = t;

			for (uint32_t i = 0; i < len; i++) {
				x = m->to[x][word >> i & 1];
				y = m->to[y][word >> i & 1];
			}
			if (m->accepts[x] != m->accepts[y])
				return true;
		}
	}
	return false;
}

static bool machine_is_minimal(const struct machine *m)
{
	bool is_empty = m->n == 1 && !m->accepts[0] && m->to[0][0] == 1 && m->to[0][1] == 1;

	for (uint32_t s = 0; s <= m->n; s++) {
		for (uint32_t t = 0; t < s; t++) {
			if (!differ(m, s, t))
				return is_empty;
		}
	}
	return true;
}

static void test_minimal(void)
{
	static const uint8_t done[] = { BC_DONE };
	static struct bytes sections[BC_N_SECTIONS], whole;
	struct bytes *pool = &sections[BC_SEC_PATTERNS];
	uint32_t n_minimal = 0, wrong = 0;
	struct machine m;

	make_sections(sections);
	make_code(&sections[BC_SEC_CODE], done, 1, 0, NULL, 0);
	for (uint32_t i = 0; i < 5000; i++) {
		bool found;

		make_machine(&m);
		pool->len = 0;
		put32(pool, 2);
		put32(pool, 5);
		put32(pool, 0);
		put8(pool, 0);
		put32(pool, text("/run"));
		put_machine(pool, &m);
		set32(pool->at + 8, pool->len - 12);
		join(sections, &whole);
		found = open_bytes(&whole, NULL) != BC_E_AUTOMATON_MINIMAL;
		n_minimal += found;
		wrong += found != machine_is_minimal(&m);
	}
	claim_that(wrong == 0 && n_minimal > 500 && n_minimal < 4500,
	    "automata are minimal exactly if all states differ in some word");
}

/* ---- sections ---- */

/* One u32 of a section changed. */
struct edit {
	const char *name;
	enum bc_error error;
	enum bc_section section;
	uint32_t at, value;
};

#define LEAF_ROWS 36u                   /* of the tables: count, leaf, its columns, rows */
#define NODE_AT   52u
#define NODE_ROWS (NODE_AT + 12 + 32 + 4)
#define VAR(n)    (4u + 40u * (n))
static const struct edit edits[] = {
	{ "a policy's name that is no string", BC_E_NAME, BC_SEC_META, 0, N_TEXTS },
	{ "ends that descend", BC_E_POOL_ENDS, BC_SEC_STRINGS, 4, 99 },
	{ "a string twice", BC_E_POOL_ORDER, BC_SEC_STRINGS, 8, 0 },
	{ "more strings than bytes", BC_E_SHORT, BC_SEC_STRINGS, 0, BC_ENTRIES_MAX },
	{ "too few strings", BC_E_POOL_LENGTH, BC_SEC_STRINGS, 0, N_TEXTS - 1 },
	{ "lists out of order", BC_E_POOL_ORDER, BC_SEC_LISTS, 20, 5 },
	{ "an element that is no row", BC_E_LIST_ELEMENT, BC_SEC_LISTS, 28, 2 },
	{ "a set that descends", BC_E_SET_ORDER, BC_SEC_LISTS, 36, 1 },
	{ "too many enumerations", BC_E_ENUMS, BC_SEC_TYPES, 0, 33 },
	{ "an enumeration without values", BC_E_ENUM_VALUES, BC_SEC_TYPES, 8, 0 },
	{ "values out of order", BC_E_NAME_ORDER, BC_SEC_TYPES, 16, 0 },
	{ "a record's key flag", BC_E_RECORD_KEYED, BC_SEC_TYPES, 28, 2 },
	{ "a record without members", BC_E_MEMBERS, BC_SEC_TYPES, 32, 0 },
	{ "a record's key that is a list", BC_E_RECORD_KEY, BC_SEC_TYPES, 40, T_BOOL },
	{ "a member that is a row", BC_E_MEMBER_TYPE, BC_SEC_TYPES, 48, T_LEAF },
	{ "a member with the key's name", BC_E_NAME_TWICE, BC_SEC_TYPES, 44, 16 },
	{ "a switch that is a list", BC_E_SWITCH_TYPE, BC_SEC_SWITCHES, 8, LIST_OF(T_TEXT) },
	{ "a bool of 2", BC_E_SWITCH_VALUE, BC_SEC_SWITCHES, 16, 2 },
	{ "a bool beyond 32 bits", BC_E_SWITCH_VALUE, BC_SEC_SWITCHES, 12, 1 },
	{ "switches out of order", BC_E_NAME_ORDER, BC_SEC_SWITCHES, 20, 0 },
	{ "a bad table key flag", BC_E_TABLE_KEYED, BC_SEC_TABLES, 8, 2 },
	{ "a column that is a record", BC_E_COLUMN_TYPE, BC_SEC_TABLES, 28, T_PAIR },
	{ "a column of its own table", BC_E_COLUMN_TYPE, BC_SEC_TABLES, 28, T_LEAF },
	{ "a key that is a pattern", BC_E_TABLE_KEY, BC_SEC_TABLES, 20, T_RE },
	{ "a cell that is no digest", BC_E_CELL, BC_SEC_TABLES, LEAF_ROWS, 0 },
	{ "rows out of order", BC_E_ROW_ORDER, BC_SEC_TABLES, LEAF_ROWS, 5 },
	{ "rows out of order, and more of them", BC_E_ROW_ORDER, BC_SEC_TABLES, NODE_ROWS, 3 },
	{ "a row twice", BC_E_ROW_ORDER, BC_SEC_TABLES, NODE_ROWS + 32, 1 },
	{ "a cell that is no list", BC_E_CELL, BC_SEC_TABLES, NODE_ROWS + 32, 4 },
	{ "a cell that is no value of its enumeration", BC_E_CELL, BC_SEC_TABLES, NODE_ROWS + 36, 2 },
	{ "more rows than bytes", BC_E_SHORT, BC_SEC_TABLES, NODE_ROWS - 4, 4 },
	{ "two tables of one name", BC_E_NAME_TWICE, BC_SEC_TABLES, NODE_AT, 19 },
	{ "a variable's flags", BC_E_VAR_FLAGS, BC_SEC_STATE, VAR(VAR_FLAG) + 4, 2 },
	{ "a scalar that is a string", BC_E_SCALAR_TYPE, BC_SEC_STATE, VAR(VAR_FLAG) + 12, T_TEXT },
	{ "a scalar with a capacity", BC_E_VAR_CAPACITY, BC_SEC_STATE, VAR(VAR_FLAG) + 16, 1 },
	{ "a key that is a bool", BC_E_KEY_TYPE, BC_SEC_STATE, VAR(VAR_LIVE) + 8, T_BOOL },
	{ "a value that is a set of strings", BC_E_VALUE_TYPE, BC_SEC_STATE, VAR(VAR_LIVE) + 12,
	    SET_OF(T_TEXT) },
	{ "a map without room", BC_E_VAR_CAPACITY, BC_SEC_STATE, VAR(VAR_LIVE) + 16, 0 },
	{ "a map with too much room", BC_E_VAR_CAPACITY, BC_SEC_STATE, VAR(VAR_LIVE) + 16, 65536 },
	{ "a key length of a row", BC_E_VAR_KEY_LEN, BC_SEC_STATE, VAR(VAR_BYROW) + 20, 8 },
	{ "a string length of a row", BC_E_VAR_VALUE_LEN, BC_SEC_STATE, VAR(VAR_LIVE) + 24, 8 },
	{ "a list length of a row", BC_E_VAR_LIST_LEN, BC_SEC_STATE, VAR(VAR_LIVE) + 28, 8 },
	{ "a bound of a row", BC_E_VAR_BOUND, BC_SEC_STATE, VAR(VAR_LIVE) + 32, 8 },
	{ "a field that is a row", BC_E_FIELD_TYPE, BC_SEC_EVENTS, 16, T_LEAF },
	{ "elements of a bool", BC_E_FIELD_MOST, BC_SEC_EVENTS, 20, 1 },
	{ "fields out of order", BC_E_NAME_ORDER, BC_SEC_EVENTS, 24, 5 },
	{ "an output that is a string", BC_E_OUT_TYPE, BC_SEC_EVENTS, 4 + 8 + 12 * N_FIELDS + 8, T_TEXT },
	{ "a string that is not used", BC_E_STRING_UNUSED, BC_SEC_META, 0, 13 },
	{ "a pattern that is not used", BC_E_PATTERN_UNUSED, BC_SEC_TABLES, NODE_ROWS + 12, 1 },
	{ "a rule longer than the section", BC_E_SHORT, BC_SEC_CODE, 0, 32 },
	{ "a rule longer than rules may be", BC_E_CODE_LONG, BC_SEC_CODE, 0, BC_CODE_MAX + 1 },
};

static void test_sections(void)
{
	static const uint8_t done[] = { BC_DONE };
	static struct bytes sections[BC_N_SECTIONS], whole;

	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		make_sections(sections);
		make_code(&sections[BC_SEC_CODE], done, 1, 0, NULL, 0);
		if (edits[i].error == BC_E_STRING_UNUSED)       /* named twice */
			set32(sections[BC_SEC_META].at + 12, edits[i].value);
		set32(sections[edits[i].section].at + edits[i].at, edits[i].value);
		join(sections, &whole);
		expect(open_bytes(&whole, NULL), edits[i].error, edits[i].name);
	}
}

/* ---- the whole ---- */

static void test_header(void)
{
	static const uint8_t rule[] = { ID, BC_HAS, LIVE, BC_REQUIRE, BC_DONE };
	static struct bytes whole, cut;
	bool rejected = true, zeroed = true;
	size_t where;

	make_policy(&whole, rule, sizeof(rule), 0, NULL, 0);
	expect(open_bytes(&whole, NULL), BC_OK, "a policy");
	claim_that(policy.n_tables == 2 && policy.tables[TABLE_NODE].max_group == 2 &&
	    policy.svn == 7 && policy.events[EVENT_GO].rule.cost == UINT64_MAX &&
	    policy.events[EVENT_GO].rule.scratch == SKELETON_SCRATCH &&
	    policy.events[EVENT_GO].rule.len == sizeof(rule) && policy.events[EVENT_STOP].rule.len == 0,
	    "a policy is what its bytes say");
	for (uint32_t len = 0; len < whole.len; len++) {
		cut = whole;
		cut.len = len;
		rejected = rejected && open_bytes(&cut, NULL) != BC_OK;
		zeroed = zeroed && policy.bytes == NULL && policy.n_events == 0;
		if (len >= BC_HEADER_LEN) {             /* the stated length is right */
			set32(cut.at + 12, len);
			rejected = rejected && open_bytes(&cut, NULL) != BC_OK;
		}
	}
	claim_that(rejected, "no prefix of a policy is a policy");
	claim_that(zeroed, "what is refused leaves the empty policy");
	cut = whole;
	put8(&cut, 0);
	expect(open_bytes(&cut, NULL), BC_E_LENGTH, "a byte after the policy");
	set32(cut.at + 12, cut.len);
	expect(open_bytes(&cut, NULL), BC_E_SECTIONS, "a byte after the sections");
	set32(cut.at + 16 + 4 * BC_SEC_CODE, bc_get32(cut.at + 16 + 4 * BC_SEC_CODE) + 1);
	expect(open_bytes(&cut, &where), BC_E_TRAILING, "a byte at the end of a section");
	claim_that(where == cut.len - 1, "the place of an error");
	cut = whole;
	cut.at[0] = 'c';
	expect(open_bytes(&cut, NULL), BC_E_MAGIC, "another magic");
	cut = whole;
	cut.at[11] = 1;
	expect(open_bytes(&cut, NULL), BC_E_VERSION, "another version");
}

/* Without rows of leaves both tables have depth 0. */
static void test_table_order(void)
{
	static const uint8_t done[] = { BC_DONE };
	static struct bytes sections[BC_N_SECTIONS], whole;

	make_sections(sections);
	make_code(&sections[BC_SEC_CODE], done, 1, 0, NULL, 0);
	set32(sections[BC_SEC_TABLES].at + NODE_AT + 16, LIST_OF(T_TEXT));
	set32(sections[BC_SEC_TABLES].at + NODE_AT, text("items"));
	join(sections, &whole);
	expect(open_bytes(&whole, NULL), BC_E_TABLE_ORDER, "tables out of order");
}

/* Of every bit of the pools of patterns and lists: what is accepted with the
 * bit flipped has another meaning, for the bit is of the literal's string, of a
 * range or target of the automaton, or of an element.  No bit of a count, an
 * end, a kind or of the accepting states can be another. */
static void test_flips(void)
{
	static const uint8_t done[] = { BC_DONE };
	static const char meaning[2][48] = {
		"                x    xx  xxx", "                    xxxxxxxxxxxxxxxxxxxx",
	};
	static struct bytes sections[BC_N_SECTIONS], whole;
	uint32_t accepted = 0, wrong = 0;

	make_sections(sections);
	make_code(&sections[BC_SEC_CODE], done, 1, 0, NULL, 0);
	for (uint32_t s = 0; s < 2; s++) {
		struct bytes *pool = &sections[s == 0 ? BC_SEC_PATTERNS : BC_SEC_LISTS];

		for (uint32_t i = 0; i < 8 * pool->len; i++) {
			pool->at[i / 8] ^= (uint8_t)(1u << i % 8);
			join(sections, &whole);
			if (open_bytes(&whole, NULL) == BC_OK) {
				accepted++;
				wrong += meaning[s][i / 8] != 'x';
			}
			pool->at[i / 8] ^= (uint8_t)(1u << i % 8);
		}
	}
	claim_that(accepted > 0 && wrong == 0, "a flipped bit is refused or has a meaning");
}

static void test_instructions(void)
{
	claim_that(bc_insn_len(BC_INT) == 9 && bc_insn_len(BC_ALL) == 4 && bc_insn_len(0) == 0,
	    "instructions have lengths");
}

int main(void)
{
	test_header();
	test_sections();
	test_table_order();
	test_patterns();
	test_minimal();
	test_code();
	test_instructions();
	test_flips();
	return n_failed != 0;
}

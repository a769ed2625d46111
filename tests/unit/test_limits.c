/* SPDX-License-Identifier: Apache-2.0
 *
 * test_limits.c - the limits of the format, one past each of them; and the checks of
 * bc_open() and of the runtime that take more than a few bytes to reach.
 */
#define SKELETON_MAX (1u << 22)
#include "skeleton.h"

#include "bytecode/decode.h"
#include "runtime/step.h"
#include "runtime/state.h"

static struct cpol_policy policy;
static struct bytes sections[BC_N_SECTIONS], whole, code;
static const uint8_t done[] = { BC_DONE };

static void set32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void add(const uint8_t *bytes, size_t len)
{
	put_all(&code, bytes, len);
}
#define ADD(...) add((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))
#define ID    BC_FIELD, U16(FIELD_ID)
#define FLAG  BC_VAR, U16(VAR_FLAG)
#define ONE   BC_INT, U64(1)

static void expect(enum bc_error wanted, const char *name)
{
	enum bc_error found;

	join(sections, &whole);
	found = cpol_open(&policy, whole.at, whole.len, NULL);
	claim_that(found == wanted, name);
	if (found != wanted)
		printf("#  found %s, wanted %s\n", error_names[found], error_names[wanted]);
}

static void expect_rule(enum bc_error wanted, const char *name)
{
	make_sections(sections);
	make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
	expect(wanted, name);
}

static void expect_claim(enum bc_error wanted, uint32_t kind, const char *name)
{
	make_sections(sections);
	make_code(&sections[BC_SEC_CODE], done, 1, kind, code.at, code.len);
	expect(wanted, name);
}

/* ---- limits of code ---- */

static void nest(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		ADD(FLAG, i % 2 == 0 ? BC_AND : BC_OR, U16(6 * (n - i) - 3));
	ADD(FLAG, BC_REQUIRE, BC_DONE);
}

static void loops(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		ADD(BC_ROWS, U16(TABLE_NODE), BC_SOME, (uint8_t)(2 * i), U16(7 * (n - i) - 6));
	ADD(BC_TRUE, BC_REQUIRE, BC_DONE);
}

static void lets(uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		ADD(FLAG, BC_LET, (uint8_t)i);
}

static void test_code_limits(void)
{
	code.len = 0, nest(BC_NEST_MAX + 1), expect_rule(BC_E_BLOCKS, "one block too deep");
	code.len = 0, loops(BC_LOOPS_MAX), expect_rule(BC_OK, "the deepest loops");
	code.len = 0, loops(BC_LOOPS_MAX + 1), expect_rule(BC_E_LOOPS, "one loop too deep");
	code.len = 0, lets(BC_SLOTS_MAX + 1), expect_rule(BC_E_SLOTS, "one let too many");
	code.len = 0, lets(BC_SLOTS_MAX - 1), loops(1), expect_rule(BC_E_SLOTS, "a loop without a slot for its place");
	code.len = 0;
	for (uint32_t i = 0; i <= BC_WRITES_MAX; i++)
		ADD(BC_INT, U64(i), BC_SETVAR, U16(VAR_COUNT));
	ADD(BC_DONE), expect_rule(BC_E_WRITES, "one effect too many");
	code.len = 0;
	for (uint32_t i = 0; i <= BC_KEEPS_MAX; i++)
		ADD(BC_FIELD, U16(FIELD_ITEMS), BC_WHERE, 0, U16(13), BC_INT, U64(i), BC_LOCAL, 1, BC_LE, BC_NOT,
		    BC_KEEP, U16(FIELD_ITEMS));
	ADD(BC_DONE), expect_rule(BC_E_KEEPS, "one KEEP too many");
	code.len = 0, ADD(ID, ID, ID, ID, ID, ID, BC_EQCAT, 5, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_PARTS, "EQCAT of five parts");
	code.len = 0, ADD(BC_ROWS, U16(TABLE_NODE), BC_SOME, 0, U16(99), BC_TRUE, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_BLOCK_LENGTH, "a loop longer than the rule");
}

/* ---- statements and instructions ---- */

/* The rule so far, where the records of `pairs` are a list. */
static void expect_of_list(enum bc_error wanted, const char *name)
{
	make_sections(sections);
	make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
	set32(sections[BC_SEC_EVENTS].at + 4 + 8 + 12 * FIELD_PAIRS + 4, LIST_OF(T_PAIR));
	expect(wanted, name);
}

static void test_rules(void)
{
	code.len = 0, ADD(ONE, BC_SETVAR, U16(VAR_LIVE), BC_DONE), expect_rule(BC_E_NOT_SCALAR, "SETVAR of a map");
	code.len = 0, ADD(ID, BC_DEL, U16(VAR_FLAG), BC_DONE), expect_rule(BC_E_NOT_MAP, "DEL of a scalar");
	code.len = 0, ADD(ONE, BC_PUT, U16(VAR_USED), BC_DONE);
	expect_rule(BC_E_OPERAND_TYPE, "PUT of a key of another type");
	code.len = 0, ADD(BC_GHOST, ID, ONE, BC_PUT, U16(VAR_GHOSTS), BC_GHOST, BC_DONE);
	expect_rule(BC_E_STATEMENT, "GHOST twice");
	code.len = 0, ADD(BC_GHOST, FLAG, BC_OUT, U16(OUT_YES), BC_DONE), expect_rule(BC_E_STATEMENT, "OUT after GHOST");
	code.len = 0, ADD(BC_FALSE, BC_NOT, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_CONSTANT_OPERAND, "NOT of false");
	code.len = 0, ADD(BC_FALSE, BC_OR, U16(3), FLAG, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_CONSTANT_OPERAND, "OR of false");
	code.len = 0, ADD(FLAG, BC_OR, U16(1), BC_FALSE, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_CONSTANT_OPERAND, "OR with false");
	code.len = 0, ADD(BC_ROWS, U16(2), BC_EMPTY, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_INDEX, "a table that is not there");
	code.len = 0, ADD(ID, BC_KEYROWS, U16(2), BC_EMPTY, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_INDEX, "the key of a table that is not there");
	code.len = 0, ADD(BC_VAR, U16(N_VARS), BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_INDEX, "a variable that is not there");
	code.len = 0, ADD(BC_FIELD, U16(FIELD_PAIRS), BC_ALL, 0, U16(5), BC_LOCAL, 0, BC_MEMBER, U16(3), BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_INDEX, "a member that is not there");
	code.len = 0, ADD(BC_KEYS, U16(VAR_USED), BC_FIELD, U16(FIELD_TAGS), BC_EQLIST, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_OPERAND_TYPE, "EQLIST of keys first");
	code.len = 0, ADD(BC_KEYS, U16(VAR_PATH), BC_KEYS, U16(VAR_PATH), BC_EQLIST, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_OPERAND_TYPE, "EQLIST of keys and keys");
	code.len = 0, ADD(BC_FIELD, U16(FIELD_PAIRS), BC_ALL, 0, U16(5), BC_LOCAL, 0, BC_LOCAL, 0, BC_EQ, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_OPERAND_TYPE, "EQ of records");
	code.len = 0, ADD(BC_ROWS, U16(TABLE_NODE), BC_COLUMN, U16(NODE_KIND), BC_DONE);
	expect_rule(BC_E_OPERAND_TYPE, "a column of a set of rows");
	code.len = 0, ADD(BC_FIELD, U16(FIELD_PAIRS), BC_MEMBER, U16(0), BC_DONE);
	expect_rule(BC_E_OPERAND_TYPE, "a member of a set of records");
	code.len = 0, ADD(BC_FIELD, U16(FIELD_PAIRS), BC_FIELD, U16(FIELD_PAIRS), BC_EQLIST, BC_REQUIRE, BC_DONE);
	expect_rule(BC_E_OPERAND_TYPE, "EQLIST of records");
	code.len = 0, ADD(ID, BC_FIELD, U16(FIELD_PAIRS), ONE, BC_AT, BC_MEMBER, U16(0), BC_EQ, BC_REQUIRE, BC_DONE);
	expect_of_list(BC_E_OPERAND_TYPE, "AT of a list of records");
	code.len = 0, ADD(BC_FIELD, U16(FIELD_PAIRS), BC_SOME, 0, U16(9), BC_LOCAL, 0, BC_MEMBER, U16(0), ID, BC_EQ,
	    BC_REQUIRE, BC_DONE);
	expect_of_list(BC_OK, "a loop over a list of records");
	code.len = 0, ADD(BC_FIELD, U16(FIELD_ITEMS), BC_WHERE, 0, U16(1), BC_TRUE, BC_WHERE, 0, U16(1), BC_TRUE,
	    BC_EMPTY, BC_REQUIRE, BC_DONE);
	expect_rule(BC_OK, "WHERE of what WHERE leaves");
}

static void start(void)
{
	make_sections(sections);
	make_code(&sections[BC_SEC_CODE], done, 1, 0, NULL, 0);
}

static void test_claims(void)
{
	static const uint8_t always[] = { BC_FIELD, U16(FIELD_B) };
	struct bytes *s = &sections[BC_SEC_CODE];
	const uint32_t claim = 16 + 1 + 4 + 4;          /* after both rules and the count */

	code.len = 0, ADD(BC_TRUE), expect_claim(BC_E_CLAIM_KIND, 3, "a claim of another kind");
	for (uint32_t i = 0; i < 4; i++) {
		static const struct { const char *name; uint32_t at, value; enum bc_error error; } edits[] = {
			{ "an invariant of events", 4, BC_INVARIANT, BC_E_CLAIM_EVENTS },
			{ "a claim of more events than there are", 8, 3, BC_E_CLAIM_EVENTS },
			{ "a claim of an event that is not there", 12, 2, BC_E_CLAIM_EVENTS },
			{ "a claim of no name", 0, N_TEXTS, BC_E_NAME },
		};

		code.len = 0, add(always, sizeof(always));
		make_sections(sections);
		make_code(s, done, 1, BC_ALWAYS, code.at, code.len);
		set32(s->at + claim + edits[i].at, edits[i].value);
		expect(edits[i].error, edits[i].name);
	}
	make_sections(sections);
	make_code(s, done, 1, BC_ALWAYS, always, sizeof(always));
	s->len = claim + 8;
	put32(s, 2), put32(s, EVENT_GO), put32(s, EVENT_GO), put_bounded(s, &(uint8_t){ BC_TRUE }, 1);
	expect(BC_E_CLAIM_EVENTS, "a claim of one event twice");
	make_sections(sections);
	make_code(s, done, 1, BC_INVARIANT, done, 1);
	s->len -= 17, put32(s, 0);
	expect(BC_E_CLAIM_EMPTY, "a claim without code");
	start();
	set32(s->at + 12, BC_SCRATCH_MAX), expect(BC_OK, "the most scratch");
	set32(s->at + 12, BC_SCRATCH_MAX + 1), expect(BC_E_SCRATCH, "a byte of scratch too many");
	for (uint32_t i = 0; i < 2; i++) {
		make_sections(sections);
		make_code(s, done, 1, BC_INVARIANT, always, sizeof(always));
		set32(s->at + claim - 4, 2);
		s->len = claim;
		put32(s, text("flag")), put32(s, 0), put32(s, 0), put_bounded(s, &(uint8_t){ BC_TRUE }, 1);
		put32(s, text(i == 0 ? "flag" : "go")), put32(s, 0), put32(s, 0), put_bounded(s, &(uint8_t){ BC_TRUE }, 1);
		expect(i == 0 ? BC_E_NAME_ORDER : BC_OK, i == 0 ? "two claims of one name" : "two claims");
	}
}

/* ---- sections ---- */

/* Tables without columns: one row at most, for no two may be the same. */
static void test_bare_tables(void)
{
	for (uint32_t rows = 1; rows <= 2; rows++) {
		struct bytes *t = &sections[BC_SEC_TABLES];

		start();
		set32(t->at, 3);
		t->len = 4 + 12;
		memmove(t->at + t->len, t->at + 4, 0);
		t->len = 4;
		put_named(t, "count", 0);
		put32(t, 0), put32(t, rows);
		expect(rows == 1 ? BC_E_SHORT : BC_E_ROWS, rows == 1 ? "one row without columns, and no more tables"
		    : "two rows without columns");
	}
	start();
	set32(sections[BC_SEC_TABLES].at + 12, 0);
	expect(BC_E_TABLE_KEY, "a key without columns");
	start();
	set32(sections[BC_SEC_TABLES].at + 52 + 4, 0);  /* node: names in order then, or not */
	set32(sections[BC_SEC_TABLES].at + 52 + 12, text("b"));
	code.len = 0, ADD(BC_FIELD, U16(FIELD_R), BC_GET, U16(VAR_ROWLISTS), BC_KEYROWS, U16(TABLE_NODE), BC_EMPTY,
	    BC_REQUIRE, BC_DONE);
	sections[BC_SEC_CODE].len = 0;
	make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
	expect(BC_E_NO_KEY, "KEYROWS of a table without a key");
}

static void test_odd_sections(void)
{
	struct bytes *b;

	start(), put8(&sections[BC_SEC_LISTS], 0), expect(BC_E_POOL_LENGTH, "lists with a byte left over");
	start(), b = &sections[BC_SEC_PATTERNS], b->len = 0;
	put32(b, 2), put32(b, 0), put32(b, 5), put8(b, 0), put32(b, text("/run"));
	expect(BC_E_PATTERN_KIND, "a pattern without bytes");
	start(), b = &sections[BC_SEC_PATTERNS], b->len = 0;
	put32(b, 2), put32(b, 5), put32(b, 6), put8(b, 0), put32(b, text("/run")), put8(b, 1);
	expect(BC_E_AUTOMATON_LENGTH, "an automaton without bytes");
	start(), b = &sections[BC_SEC_PATTERNS], b->len = 0;
	put32(b, 2), put32(b, 3), put32(b, 4), put8(b, 1), put8(b, 9), put8(b, 0), put8(b, 2);
	expect(BC_E_AUTOMATON_LENGTH, "an automaton whose accepting states would end in the next entry");
	start(), set32(sections[BC_SEC_SWITCHES].at + 8, 0x03010000), expect(BC_E_SWITCH_TYPE, "a type of another shape");
	start(), set32(sections[BC_SEC_SWITCHES].at + 8, 0x00090000), expect(BC_E_SWITCH_TYPE, "a type of another base");
	start(), set32(sections[BC_SEC_TYPES].at + 28, 0);
	expect(BC_E_FIELD_TYPE, "a set of records without a key");
	set32(sections[BC_SEC_EVENTS].at + 16 + 12 * FIELD_TAGS, LIST_OF(T_TEXT));
	expect(BC_E_FIELD_TYPE, "a set of records without a key, and no other set");
	start(), set32(sections[BC_SEC_TYPES].at + 28, 0);
	set32(sections[BC_SEC_EVENTS].at + 16 + 12 * FIELD_PAIRS, LIST_OF(T_PAIR));
	expect(BC_OK, "a list of records without a key, and a set of strings");
	start(), set32(sections[BC_SEC_TYPES].at + 4, N_TEXTS), expect(BC_E_NAME, "an enumeration of no name");
	start(), set32(sections[BC_SEC_TABLES].at + 100 + 8, 3), expect(BC_E_LIST_UNUSED, "a list that is not used");
	start(), set32(sections[BC_SEC_TYPES].at + 4, text("yes"));
	put32(&sections[BC_SEC_TYPES], 0), set32(sections[BC_SEC_TYPES].at, 2);
	expect(BC_E_NAME_ORDER, "enumerations out of order");
	start(), set32(sections[BC_SEC_TYPES].at, 2), set32(sections[BC_SEC_TYPES].at + 4, N_TEXTS);
	expect(BC_E_NAME, "the first of two enumerations has no name");
	start(), b = &sections[BC_SEC_TABLES], set32(b->at, 3), put32(b, text("opts")), put32(b, 0), put32(b, 0), put32(b, 0);
	expect(BC_E_TABLE_ORDER, "a table after one that is deeper");
	start(), set32(sections[BC_SEC_TABLES].at + 16, N_TEXTS), expect(BC_E_NAME, "a column of no name");
	claim_that(cpol_open(&policy, whole.at, (size_t)BC_LEN_MAX + 1, NULL) == BC_E_TOO_LONG, "too many bytes");
}

/* `len` bytes more for the string "yes", and so for the last of all. */
static void lengthen(uint32_t len)
{
	struct bytes *s = &sections[BC_SEC_STRINGS];
	uint8_t *end = s->at + 4 * N_TEXTS;

	start();
	set32(end, bc_get32(end) + len);
	for (uint32_t i = 0; i < len; i++)
		put8(s, 'z');
}

static void test_long_strings(void)
{
	lengthen(BC_STRING_MAX - 3), expect(BC_OK, "the longest string");
	lengthen(BC_STRING_MAX - 2), expect(BC_E_STRING_LONG, "a string one byte too long");
	lengthen(BC_STRING_MAX - 3);
	set32(sections[BC_SEC_TABLES].at + 36 + 12, text("yes"));       /* the tag of the second leaf */
	code.len = 0, ADD(BC_STR, U32(0), BC_ROW, U16(TABLE_LEAF), U32(1), BC_COLUMN, U16(LEAF_TAG), BC_EQ, BC_REQUIRE, BC_DONE);
	sections[BC_SEC_CODE].len = 0;
	make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
	expect(BC_OK, "a column with the longest string");
}

/* `n` strings of three bytes, and nothing else. */
static void make_strings(uint32_t n)
{
	struct bytes *b = &sections[BC_SEC_STRINGS];

	start();
	b->len = 0;
	put32(b, n);
	for (uint32_t i = 0; i < n; i++)
		put32(b, 3 * (i + 1));
	for (uint32_t i = 0; i < n; i++)
		put8(b, i >> 16), put8(b, i >> 8), put8(b, i);
	for (uint32_t s = BC_SEC_PATTERNS; s <= BC_SEC_CODE; s++) {
		sections[s].len = 0;
		put32(&sections[s], 0);
	}
	put32(&sections[BC_SEC_TYPES], 0);
	for (uint32_t at = 0; at <= 12; at += 12)
		set32(sections[BC_SEC_META].at + at, 0);
}

/* Enumerations that name all strings but the first and the last. */
static void name_strings(uint32_t n)
{
	struct bytes *t = &sections[BC_SEC_TYPES];
	uint32_t name = 1, n_enums = (n - 2) / UINT16_MAX + 1;

	t->len = 0;
	put32(t, n_enums);
	for (uint32_t i = 0; i < n_enums; i++) {
		uint32_t left = n - 1 - name, n_values = left < UINT16_MAX ? left : UINT16_MAX;

		put32(t, i), put32(t, n_values);
		for (; n_values > 0; n_values--)
			put32(t, name++);
	}
	put32(t, 0);
	set32(sections[BC_SEC_META].at + 12, n - 1);
}

/* `n` lists, of the integers from 0 on, and a table that has so many of them. */
static void list_integers(uint32_t n, uint32_t n_rows)
{
	struct bytes *l = &sections[BC_SEC_LISTS], *t = &sections[BC_SEC_TABLES];

	l->len = t->len = 0;
	put32(l, n);
	for (uint32_t i = 1; i <= n; i++)
		put32(l, i);
	for (uint32_t i = 0; i < n; i++)
		put32(l, i);
	put32(t, 1), put32(t, 0), put32(t, 0), put32(t, 1), put32(t, 0), put32(t, LIST_OF(T_INT)), put32(t, n_rows);
	for (uint32_t i = 0; i < n_rows; i++)
		put32(t, i);
}

/* As many strings and lists as a pool may have, and one more. */
static void test_pools(void)
{
	const uint32_t n = BC_ENTRIES_MAX;
	struct bytes *t = &sections[BC_SEC_TABLES];

	make_strings(2), list_integers(2, 2);
	expect(BC_E_STRING_UNUSED, "a string whose number is that of an integer in a list");
	make_strings(n), expect(BC_E_STRING_UNUSED, "many strings that are not used");
	make_strings(n), name_strings(n), expect(BC_OK, "many strings");
	make_strings(n), name_strings(n), set32(sections[BC_SEC_META].at + 12, 0);
	expect(BC_E_STRING_UNUSED, "the last of many strings is not used");
	make_strings(n + 1), name_strings(n + 1), expect(BC_E_POOL_ENTRIES, "one string more");
	for (uint32_t last = 0; last < 2; last++) {
		make_strings(1);
		list_integers(n, n - last);
		expect(last == 0 ? BC_OK : BC_E_LIST_UNUSED, last == 0 ? "many lists" : "the last of many lists is not used");
		set32(t->at + 20, LIST_OF(T_TEXT));
		expect(BC_E_LIST_ELEMENT, "many lists of strings that are none");
	}
}

/* ---- the runtime's edges ---- */

static void *memory;

static struct cpol_group begin(const struct cpol_options *options)
{
	struct cpol_group group;
	size_t len = cpol_memory(&policy, options);

	free(memory);
	memory = malloc(len + 8);
	if (memory == NULL || cpol_init(&group, &policy, memory, len, options) != BC_OK)
		exit(2);
	return group;
}

static void test_groups(void)
{
	struct cpol_options many = { .most_keys = BC_CAPACITY_MAX };
	struct cpol_group group, none = { 0 };
	struct value key = { .kind = V_BYTES, .ptr = (const uint8_t *)"a", .n = 1 }, row = { .kind = V_WORD };
	struct value long_key = { .kind = V_BYTES, .ptr = (const uint8_t *)"123456789", .n = 9 };
	uint8_t stop[8] = { 0, 0, 0, EVENT_STOP, 0, 0, 0, 8 };
	struct cpol_event event = { stop, 8 }, large = { stop, BC_REQUEST_MAX + 1 };
	bool fault;

	code.len = 0, ADD(BC_OLDVAR, U16(VAR_FLAG), BC_OR, U16(3), FLAG);
	expect_claim(BC_E_OPERAND_ORDER, BC_ALWAYS, "a claim out of order");
	code.len = 0, ADD(FLAG, BC_OR, U16(3), BC_OLDVAR, U16(VAR_FLAG));
	expect_claim(BC_OK, BC_ALWAYS, "a claim about before and after");
	group = begin(&many);
	claim_that(cpol_init(&none, &policy, (char *)memory + 4, cpol_memory(&policy, NULL), NULL) == BC_E_MEMORY,
	    "memory that is not aligned");
	claim_that(cpol_init(&none, &policy, NULL, cpol_memory(&policy, NULL), NULL) == BC_E_MEMORY, "no memory");
	claim_that(!cpol_claim_holds(&none, NULL, NULL, 0, &fault) && fault, "a claim of a group without a policy");
	claim_that(!cpol_claim_holds(&group, &none, &event, 0, &fault) && fault, "a step from another policy's state");
	claim_that(!cpol_claim_holds(&group, &group, NULL, 0, &fault) && fault, "a step without a request");
	event.len = 7;
	claim_that(!cpol_claim_holds(&group, &group, &event, 0, &fault) && fault, "a step by a bad request");
	event.len = 8;
	claim_that(cpol_decide(&group, &large).reason == CPOL_BAD_REQUEST, "a request that is too long");
	claim_that(cpol_decide(&group, &event).reason == CPOL_NO_RULE, "a request without a rule");
	stop[3] = EVENT_STOP + 1, stop[7] = 9;
	claim_that(cpol_decide(&group, &event).reason == CPOL_NO_RULE,
	    "of an event that is not there nothing else is read");
	stop[3] = EVENT_STOP, stop[7] = 8;
	claim_that(!state_put(&group, VAR_LIVE, &long_key, &row), "a key that is too long is not put");
	claim_that(state_put(&group, VAR_LIVE, &key, &row) && state_put(&group, VAR_LIVE, &key, &row), "a key is put twice");
	key.ptr = (const uint8_t *)"b";
	claim_that(state_put(&group, VAR_LIVE, &key, &row), "the last key that there is room for");
	claim_that(!state_put(&group, VAR_LIVE, &key, &row), "without spare slots nothing more is put");
	key.ptr = (const uint8_t *)"c";
	claim_that(!state_put(&group, VAR_LIVE, &key, &row), "nor another key");
	group.pending = true;
	claim_that(!state_put(&group, VAR_LIVE, &key, &row), "nothing is put while a step is pending");
	claim_that(!cpol_claim_holds(&group, &group, &event, 0, &fault) && fault, "no claim is judged while a step is pending");
}

/* An event of one bool: its cell must be in the request, to the last byte. */
static void test_short_request(void)
{
	struct bytes *b = &sections[BC_SEC_EVENTS];
	uint8_t bytes[16] = { 0, 0, 0, EVENT_STOP, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };
	struct cpol_group group;
	uint32_t refused = 0;

	start();
	b->len -= 8;
	put32(b, 1), put_field(b, "b", T_BOOL, 0), put32(b, 0);
	expect(BC_OK, "an event of one bool");
	group = begin(NULL);
	for (bytes[7] = 8; bytes[7] < 16; bytes[7]++)
		refused += cpol_decide(&group, &(struct cpol_event){ bytes, bytes[7] }).reason == CPOL_BAD_REQUEST;
	claim_that(refused == 8, "a request that ends in a cell is bad");
	claim_that(cpol_decide(&group, &(struct cpol_event){ bytes, 16 }).reason == CPOL_NO_RULE,
	    "one that ends after it is not");
}

/* Of three leaves a column has the first and the last: what WHERE leaves of them
 * has a bit for each row between, too. */
static void test_gap(void)
{
	struct bytes *t = &sections[BC_SEC_TABLES], *l = &sections[BC_SEC_LISTS];
	struct cpol_group group;
	bool fault, holds;

	code.len = 0, ADD(BC_ROW, U16(TABLE_LEAF), U32(2), BC_ROW, U16(TABLE_NODE), U32(1), BC_COLUMN, U16(NODE_OPTS),
	    BC_WHERE, 0, U16(1), BC_TRUE, BC_IN);
	make_sections(sections);
	make_code(&sections[BC_SEC_CODE], done, 1, BC_INVARIANT, code.at, code.len);
	set32(l->at + l->len - 8, 0);                   /* [1 2] is [0 2] */
	memmove(t->at + 60, t->at + 52, t->len - 52);
	t->len += 8;
	set32(t->at + 32, 3), set32(t->at + 48, text("/run/x"));
	set32(t->at + 52, text(D2)), set32(t->at + 56, text("go"));
	set32(t->at + 60 + 12 + 8 * NODE_OPTS + 4, SET_OF(T_LEAF));
	expect(BC_OK, "a column of sets of rows");
	group = begin(NULL);
	holds = cpol_claim_holds(&group, NULL, NULL, 0, &fault);
	claim_that(holds && !fault, "the last of rows with a gap is among those that WHERE leaves");
}

/* A ghost that the group does not keep is neither true nor false. */
static void test_lost_ghosts(void)
{
	struct cpol_options ghost = { .ghost = true };
	struct cpol_group group;
	bool fault;

	make_sections(sections);
	set32(sections[BC_SEC_STATE].at + 4 + 40 * VAR_FLAG + 4, 1);
	code.len = 0, ADD(FLAG, FLAG, BC_EQ);
	make_code(&sections[BC_SEC_CODE], done, 1, BC_INVARIANT, code.at, code.len);
	expect(BC_OK, "a claim over a ghost scalar");
	group = begin(NULL);
	claim_that(!cpol_claim_holds(&group, NULL, NULL, 0, &fault) && fault, "a ghost scalar of a group without ghosts");
	group = begin(&ghost);
	claim_that(cpol_claim_holds(&group, NULL, NULL, 0, &fault) && !fault, "and of a group with them");
}

static uint32_t n_items = 1;

/* A request of `go` whose id is `id`, and whose items, if they are ints, are n_items of one. */
static struct cpol_verdict ask(struct cpol_group *group, const char *id, uint64_t item)
{
	static struct bytes b;
	uint32_t len = 8 + 8 * N_FIELDS;
	struct cpol_event event = { b.at, 0 };
	uint8_t *cells = b.at + 8;

	memset(b.at, 0, len);
	b.len = len;
	set32(cells + 8 * FIELD_ID, b.len), set32(cells + 8 * FIELD_ID + 4, (uint32_t)strlen(id));
	put_all(&b, (const uint8_t *)id, strlen(id));
	set32(cells + 8 * FIELD_R, b.len), set32(cells + 8 * FIELD_R + 4, BC_DIGEST_LEN);
	put_all(&b, (const uint8_t *)D1, BC_DIGEST_LEN);
	if (item != 0) {
		set32(cells + 8 * FIELD_ITEMS, b.len), set32(cells + 8 * FIELD_ITEMS + 4, n_items);
		for (uint32_t i = 0; i < n_items; i++)
			put32(&b, (uint32_t)(item >> 32)), put32(&b, (uint32_t)item);
	}
	set32(b.at + 4, b.len);
	event.len = b.len;
	return cpol_decide(group, &event);
}

/* As many lets as leave two slots for a loop. */
static void test_slots(void)
{
	struct cpol_group group;

	code.len = 0;
	for (uint32_t i = 0; i < BC_SLOTS_MAX - 2; i++)
		ADD(BC_TRUE, BC_LET, (uint8_t)i);
	for (uint32_t i = 0; i < BC_SLOTS_MAX - 2; i++)
		ADD(BC_LOCAL, (uint8_t)i, BC_REQUIRE);
	ADD(BC_ROWS, U16(TABLE_NODE), BC_SOME, BC_SLOTS_MAX - 2, U16(1), BC_TRUE, BC_REQUIRE, BC_DONE);
	expect_rule(BC_OK, "a loop in the last two slots");
	group = begin(NULL);
	claim_that(ask(&group, "a", 0).allowed, "it runs");
}

static void test_list_of_ints(void)
{
	struct cpol_group group;

	make_sections(sections);
	set32(sections[BC_SEC_EVENTS].at + 4 + 8 + 12 * FIELD_ITEMS + 4, LIST_OF(T_INT));
	code.len = 0, ADD(BC_FIELD, U16(FIELD_N), BC_FIELD, U16(FIELD_ITEMS), BC_PUT, U16(VAR_NUMS), BC_DONE);
	make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
	expect(BC_OK, "a list of ints is put");
	group = begin(NULL);
	claim_that(ask(&group, "a", 101).reason == CPOL_TOO_LARGE, "an element above its bound");
	claim_that(ask(&group, "a", 100).allowed, "an element at its bound");
}

/* One range of one state, which is not all bytes. */
static void test_half_of_everything(void)
{
	static const uint8_t half[] = { 1, 1, 1, 1, 0, 'a', 0 }, all[] = { 1, 1, 1, 1, 0, 255, 0 };
	struct bytes *pool = &sections[BC_SEC_PATTERNS];
	struct cpol_group group;

	for (uint32_t i = 0; i < 2; i++) {
		make_sections(sections);
		pool->len = 0;
		put32(pool, 2), put32(pool, 5), put32(pool, 12), put8(pool, 0), put32(pool, text("/run"));
		put_all(pool, i == 0 ? half : all, 7);
		code.len = 0, ADD(ID, BC_PATTERN, U32(1), BC_MATCH, BC_REQUIRE, BC_DONE);
		make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
		expect(BC_OK, "a pattern of one state");
		group = begin(NULL);
		claim_that(ask(&group, "b", 0).allowed == (i == 1), "what is above the range is matched by everything alone");
		cpol_abort(&group);
		claim_that(ask(&group, "a", 0).allowed, "what is in the range is matched");
	}
}

/* Any byte, once; and one of two after it.  They begin as everything does. */
static void test_more_than_everything(void)
{
	static const uint8_t patterns[2][12] = {
		{ 1, 2, 2, 1, 0, 255, 1, 0 }, { 1, 3, 4, 1, 0, 255, 1, 1, 'a', 'b', 2, 0 },
	};
	struct bytes *pool = &sections[BC_SEC_PATTERNS];
	struct cpol_group group;

	for (uint32_t i = 0; i < 2; i++) {
		uint32_t len = i == 0 ? 8 : 12;

		make_sections(sections);
		pool->len = 0;
		put32(pool, 2), put32(pool, 5), put32(pool, 5 + len), put8(pool, 0), put32(pool, text("/run"));
		put_all(pool, patterns[i], len);
		code.len = 0, ADD(ID, BC_PATTERN, U32(1), BC_MATCH, BC_REQUIRE, BC_DONE);
		make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
		expect(BC_OK, "a pattern that begins with any byte");
		group = begin(NULL);
		claim_that(!ask(&group, "xyz", 0).allowed, "it ends, too");
		claim_that(ask(&group, i == 0 ? "x" : "xa", 0).allowed, "and then matches");
	}
}

/* Two lists that MAP makes, each of four rows: neither is in the other's room. */
static void test_rooms(void)
{
	struct cpol_group group;

	make_sections(sections);
	set32(sections[BC_SEC_EVENTS].at + 4 + 8 + 12 * FIELD_ITEMS + 4, LIST_OF(T_INT));
	code.len = 0;
	for (uint32_t i = 0; i < 2; i++)
		ADD(BC_FIELD, U16(FIELD_ITEMS), BC_MAP, (uint8_t)i, U16(TABLE_LEAF), U16(7), BC_ROW, U16(TABLE_LEAF), U32(i),
		    BC_LET, (uint8_t)i);
	for (uint32_t i = 0; i < 2; i++)
		ADD(BC_ROW, U16(TABLE_LEAF), U32(i), BC_LOCAL, (uint8_t)i, BC_INT, U64(3), BC_AT, BC_EQ, BC_REQUIRE);
	ADD(BC_DONE);
	make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
	expect(BC_OK, "two lists made by MAP");
	group = begin(NULL);
	n_items = 4;
	claim_that(ask(&group, "a", 1).allowed, "each has its own room");
	n_items = 1;
}

/* [ab]{n - 1}: n states, each but the last with one range.  Bytes of its table. */
static uint64_t test_states(uint32_t n, const char *name)
{
	struct bytes *pool = &sections[BC_SEC_PATTERNS];
	static char word[BC_STATES_MAX + 1];
	struct cpol_group group;

	make_sections(sections);
	pool->len = 0;
	put32(pool, 2), put32(pool, 5), put32(pool, 0), put8(pool, 0), put32(pool, text("/run"));
	put8(pool, 1), put8(pool, n);
	for (uint32_t i = 0; i < (n + 7) / 8; i++)
		put8(pool, i == (n - 1) / 8 ? 1u << (n - 1) % 8 : 0);
	for (uint32_t i = 0; i < n - 1; i++)
		put8(pool, 1), put8(pool, 'a'), put8(pool, 'b'), put8(pool, i + 1);
	put8(pool, 0);
	set32(pool->at + 8, pool->len - 12);
	code.len = 0, ADD(ID, BC_PATTERN, U32(1), BC_MATCH, BC_REQUIRE, BC_DONE);
	make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
	expect(BC_OK, name);
	group = begin(NULL);
	memset(word, 0, sizeof(word));
	memset(word, 'a', n - 1);
	claim_that(ask(&group, word, 0).allowed, "its word");
	cpol_abort(&group);
	for (uint32_t i = 0; i < 2; i++) {
		word[n - 2] = "`c"[i];
		claim_that(!ask(&group, word, 0).allowed, i == 0 ? "a byte below its range" : "a byte above its range");
	}
	word[n - 2] = 0;
	claim_that(!ask(&group, word, 0).allowed, "a word that is one byte short");
	return cpol_make_tables(&policy.bc, NULL);
}

/* The literal that is empty. */
static void test_empty_literal(void)
{
	struct cpol_group group;

	make_sections(sections);
	set32(sections[BC_SEC_PATTERNS].at + 13, 0);
	code.len = 0, ADD(ID, BC_PATTERN, U32(0), BC_MATCH, BC_REQUIRE, BC_DONE);
	make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
	expect(BC_OK, "a pattern of the empty string");
	group = begin(NULL);
	claim_that(ask(&group, "", 0).allowed, "the empty string matches it");
	cpol_abort(&group);
	claim_that(!ask(&group, "a", 0).allowed, "no other does");
}

/* some x in items: "" == x and "/run" == x, or some y in items: true.  Where the first test
 * fails the block goes on. */
static void test_no_sieve(void)
{
	struct cpol_group group;

	make_sections(sections);
	code.len = 0, ADD(BC_FIELD, U16(FIELD_ITEMS), BC_SOME, 0, U16(30), BC_STR, U32(0), BC_LOCAL, 0, BC_EQ, BC_AND, U16(8),
	    BC_STR, U32(1), BC_LOCAL, 0, BC_EQ, BC_OR, U16(8), BC_FIELD, U16(FIELD_ITEMS), BC_SOME, 2, U16(1), BC_TRUE,
	    BC_NOT, BC_REQUIRE, BC_DONE);
	make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
	expect(BC_OK, "a loop whose first test is not its last");
	group = begin(NULL);
	claim_that(ask(&group, "a", 0).allowed, "of an empty list it is false");
}

int main(void)
{
	uint64_t eight;

	test_rooms();
	test_states(BC_STATES_MAX, "an automaton of 255 states");
	eight = test_states(8, "an automaton of 8 states");
	claim_that(eight - test_states(7, "an automaton of 7 states") <= 16, "a state of four classes takes two words at most");
	test_empty_literal();
	test_no_sieve();
	test_short_request();
	test_slots();
	test_gap();
	test_lost_ghosts();
	test_list_of_ints();
	test_half_of_everything();
	test_more_than_everything();
	test_code_limits();
	test_rules();
	test_claims();
	test_bare_tables();
	test_odd_sections();
	test_long_strings();
	test_pools();
	test_groups();
	free(memory);
	return n_failed != 0;
}

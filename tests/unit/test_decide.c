/* SPDX-License-Identifier: Apache-2.0
 *
 * test_decide.c - what each instruction computes, what each effect does to the
 * state, and that nothing but a commit changes it.
 */
#include "hash.h"
#include "request.h"
#include "skeleton.h"

#include "runtime/step.h"

static struct cpol_policy policy;
static struct cpol_group group, before;
static struct bytes whole, request;
static void *memory, *memory_before;

/* ---- a group in a known state ---- */

static struct value word(uint64_t w)
{
	struct value v = { .kind = V_WORD, .word = w };

	return v;
}

static struct value string(const char *s)
{
	struct value v = { .kind = V_BYTES, .ptr = (const uint8_t *)s, .n = (uint32_t)strlen(s) };

	return v;
}

static void put(uint32_t map, struct value key, struct value val)
{
	if (!state_put(&group, map, &key, &val))
		abort();
}

static void fill_state(void)
{
	static const struct { uint32_t len; char text[8]; } strings[] = { { 1, "x" }, { 1, "y" } };
	static const uint8_t nodes[8] = { 5 };          /* rows 0 and 2 */
	static const uint32_t leaves[] = { 0 };
	static const uint8_t numbers[] = { U64(7), U64(1) };
	struct value stack = { .kind = V_STRINGS, .n = 2, .stride = sizeof(strings[0]),
	    .ptr = (const uint8_t *)strings, .type = LIST_OF(T_TEXT) };
	struct value spec = { .kind = V_RANGE, .n = 3, .mask = nodes, .type = SET_OF(T_NODE) };
	struct value rows = { .kind = V_WORDS, .n = 1, .ptr = (const uint8_t *)leaves,
	    .type = LIST_OF(T_LEAF) };
	struct value nums = { .kind = V_CELLS, .n = 2, .stride = 1, .ptr = numbers,
	    .type = LIST_OF(T_INT) };

	state_clear(&group);
	put(VAR_LIVE, string("b"), word(0));
	put(VAR_LIVE, string("a"), word(1));
	put(VAR_USED, string("a"), word(0));
	put(VAR_USED, string("c"), word(0));
	put(VAR_STACK, string("a"), stack);
	put(VAR_SPEC, string("a"), spec);
	put(VAR_BYROW, word(1), string(D2));
	put(VAR_ROWLISTS, string(D1), rows);
	put(VAR_NUMS, word(5), nums);
	state_set_scalar(&group, VAR_COUNT, 2);
	state_set_scalar(&group, VAR_FLAG, 1);
	state_set_scalar(&group, VAR_MODE, 1);
}

/* A fresh group, with the usual state, of the policy with this code. */
static bool start(const uint8_t *rule, size_t len, uint32_t kind, const uint8_t *claim,
    size_t claim_len, struct cpol_options options)
{
	size_t where = 0, needed;
	enum bc_error error;

	make_policy(&whole, rule, len, kind, claim, claim_len);
	error = cpol_open(&policy, whole.at, whole.len, &where);
	if (error != BC_OK) {
		printf("#  %s at %zu of %u\n", error_names[error], where, whole.len);
		return false;
	}
	needed = cpol_memory(&policy, &options);
	free(memory);
	free(memory_before);
	memory = malloc(needed);
	memory_before = malloc(needed);
	if (memory == NULL || memory_before == NULL ||
	    cpol_init(&group, &policy, memory, needed, &options) != BC_OK)
		exit(2);
	return true;
}

static struct cpol_verdict decide(const struct go *go)
{
	struct cpol_event event = { request.at, 0 };

	make_go(&request, go);
	event.len = request.len;
	return cpol_decide(&group, &event);
}

/* ---- the state as text, to compare ---- */

static uint64_t hash_state(const struct cpol_group *g)
{
	uint64_t h = 1;

	for (uint32_t var = 0; var < N_VARS; var++) {
		uint64_t scalar = state_scalar(g, var);
		uint32_t n = state_count(g, var);

		h = hash(hash(h, &scalar, sizeof(scalar)), &n, sizeof(n));
		for (uint32_t i = 0; i < n; i++) {
			struct value key, val = { .kind = V_WORD };

			state_entry(g, var, i, &key, &val);
			h = hash_value(hash_value(h, &key), &val);
		}
	}
	return h;
}

/* ---- expressions ---- */

struct expr_case {
	const char *name;
	bool holds;
	uint32_t len;
	uint8_t code[64];
};
#define EXPR(name, holds, ...) \
	{ name, holds, sizeof((const uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ } }
#define ID     BC_FIELD, U16(FIELD_ID)
#define ITEMS  BC_FIELD, U16(FIELD_ITEMS)
#define TAGS   BC_FIELD, U16(FIELD_TAGS)
#define PAIRS  BC_FIELD, U16(FIELD_PAIRS)
#define N      BC_FIELD, U16(FIELD_N)
#define R      BC_FIELD, U16(FIELD_R)
#define NUM(n) BC_INT, U64(n)
#define TEXT(i) BC_STR, U32(i)
#define NODES  BC_ROWS, U16(TABLE_NODE)
#define LEAVES BC_ROWS, U16(TABLE_LEAF)
#define NODE(i) BC_ROW, U16(TABLE_NODE), U32(i)
#define LEAF(i) BC_ROW, U16(TABLE_LEAF), U32(i)
#define GET(var) BC_GET, U16(var)
#define HAS(var) BC_HAS, U16(var)
#define COLUMN(i) BC_COLUMN, U16(i)
#define NO_LEAF BC_NOROWS, U16(TABLE_LEAF), BC_PICK
#define RUN 1                           /* of the pool: "/run" */
#define EMPTY_TEXT 0

static const struct expr_case exprs[] = {
	EXPR("true", true, BC_TRUE),
	EXPR("false", false, BC_FALSE),
	EXPR("a bool field", true, BC_FIELD, U16(FIELD_B)),
	EXPR("an enumeration", true, BC_ENUM, U16(0), U16(1), BC_FIELD, U16(FIELD_E), BC_EQ),
	EXPR("another value of it", false, BC_ENUM, U16(0), U16(0), BC_FIELD, U16(FIELD_E), BC_EQ),
	EXPR("a switch that is on", true, BC_SWITCH, U16(SWITCH_ON)),
	EXPR("an int switch", true, NUM(6), BC_SWITCH, U16(SWITCH_SIX), BC_EQ),
	EXPR("a string switch", true, TEXT(RUN), BC_SWITCH, U16(SWITCH_PATH), BC_EQ),
	EXPR("a pattern switch", true, ID, BC_SWITCH, U16(SWITCH_PAT), BC_MATCH),
	EXPR("a digest", true, BC_DIGEST, U32(3), R, BC_EQ),
	EXPR("another digest", false, BC_DIGEST, U32(4), R, BC_EQ),
	EXPR("a scalar", true, BC_VAR, U16(VAR_FLAG)),
	EXPR("an enumeration of the state", true, BC_ENUM, U16(0), U16(1), BC_VAR, U16(VAR_MODE), BC_EQ),
	EXPR("a key that is there", true, ID, HAS(VAR_LIVE)),
	EXPR("a key that is not", false, TEXT(RUN), HAS(VAR_LIVE)),
	EXPR("a key longer than keys", false, TEXT(3), HAS(VAR_LIVE)),
	EXPR("a value", true, LEAF(1), ID, GET(VAR_LIVE), BC_EQ),
	EXPR("no row of an absent key", true, TEXT(RUN), GET(VAR_LIVE), NO_LEAF, BC_EQ),
	EXPR("no row is no row", false, LEAF(0), NO_LEAF, BC_EQ),
	EXPR("the root of no row", true, TEXT(RUN), GET(VAR_LIVE), COLUMN(LEAF_ROOT), NO_LEAF,
	    COLUMN(LEAF_ROOT), BC_EQ),
	EXPR("the tag of no row", true, TEXT(EMPTY_TEXT), NO_LEAF, COLUMN(LEAF_TAG), BC_EQ),
	EXPR("the pattern of no row", false, ID, BC_NOROWS, U16(TABLE_NODE), BC_PICK, COLUMN(NODE_RE),
	    BC_MATCH),
	EXPR("the leaves of no row", true, BC_NOROWS, U16(TABLE_NODE), BC_PICK, COLUMN(NODE_LEAVES),
	    BC_EMPTY),
	EXPR("no row is in no set", false, NO_LEAF, LEAVES, BC_IN),
	EXPR("an absent list", true, TEXT(RUN), GET(VAR_STACK), BC_EMPTY),
	EXPR("an absent digest", false, LEAF(0), GET(VAR_BYROW), LEAF(1), GET(VAR_BYROW), BC_EQ),
	EXPR("a map by row", true, BC_DIGEST, U32(4), LEAF(1), GET(VAR_BYROW), BC_EQ),
	EXPR("an absent set of rows", true, TEXT(RUN), GET(VAR_SPEC), BC_EMPTY),
	EXPR("a stored set of rows", true, NUM(2), ID, GET(VAR_SPEC), BC_LEN, BC_EQ),
	EXPR("a row in it", true, NODE(2), ID, GET(VAR_SPEC), BC_IN),
	EXPR("a row between its rows", false, NODE(1), ID, GET(VAR_SPEC), BC_IN),
	EXPR("its least row", true, NODE(0), ID, GET(VAR_SPEC), BC_PICK, BC_EQ),
	EXPR("keys", true, ID, BC_KEYS, U16(VAR_USED), BC_IN),
	EXPR("the number of keys", true, NUM(2), BC_KEYS, U16(VAR_USED), BC_LEN, BC_EQ),
	EXPR("a loop over keys", true, BC_KEYS, U16(VAR_LIVE), BC_ALL, 0, U16(6), BC_LOCAL, 0,
	    BC_KEYS, U16(VAR_LIVE), BC_IN),
	EXPR("rows by digest", true, LEAF(0), R, BC_KEYROWS, U16(TABLE_LEAF), BC_PICK, BC_EQ),
	EXPR("one row by digest", true, NUM(1), R, BC_KEYROWS, U16(TABLE_LEAF), BC_LEN, BC_EQ),
	EXPR("rows by a list of rows", true, NUM(2), R, GET(VAR_ROWLISTS), BC_KEYROWS, U16(TABLE_NODE),
	    BC_LEN, BC_EQ),
	EXPR("rows by a longer list", true, NODE(2), NODE(2), COLUMN(NODE_LEAVES), BC_KEYROWS,
	    U16(TABLE_NODE), BC_PICK, BC_EQ),
	EXPR("rows by the empty list", true, BC_DIGEST, U32(4), GET(VAR_ROWLISTS), BC_KEYROWS,
	    U16(TABLE_NODE), BC_EMPTY),
	EXPR("the length of a list", true, NUM(3), ITEMS, BC_LEN, BC_EQ),
	EXPR("an element by its place", true, TEXT(RUN), ITEMS, NUM(2), BC_AT, BC_EQ),
	EXPR("an element past the end", true, TEXT(EMPTY_TEXT), ITEMS, NUM(3), BC_AT, BC_EQ),
	EXPR("a place beyond 32 bits", true, TEXT(EMPTY_TEXT), ITEMS, NUM(UINT64_C(0x100000000)), BC_AT,
	    BC_EQ),
	EXPR("an element of a column", true, LEAF(1), NODE(2), COLUMN(NODE_LEAVES), NUM(1), BC_AT, BC_EQ),
	EXPR("an element of a stored list", true, NUM(7), N, GET(VAR_NUMS), NUM(0), BC_AT, BC_EQ),
	EXPR("a string in a list", true, TEXT(RUN), ITEMS, BC_IN),
	EXPR("a string not in a list", false, ID, ITEMS, BC_IN),
	EXPR("a string in a set", true, ID, TAGS, BC_IN),
	EXPR("a string not in a set", false, TEXT(RUN), TAGS, BC_IN),
	EXPR("a string in a set of the policy", true, TEXT(RUN), NODE(1), COLUMN(NODE_OPTS), BC_IN),
	EXPR("a string not in a set of the policy", false, ID, NODE(1), COLUMN(NODE_OPTS), BC_IN),
	EXPR("a string not in the kept part of a set", false, TEXT(5), TAGS, BC_WHERE, 0, U16(5),
	    BC_LOCAL, 0, HAS(VAR_USED), BC_IN),
	EXPR("a string in the kept part of a set", true, ID, TAGS, BC_WHERE, 0, U16(5), BC_LOCAL, 0,
	    HAS(VAR_USED), BC_IN),
	EXPR("rows filtered in a loop, twice", true, NODES, BC_ALL, 0, U16(9), NODES, BC_WHERE, 2, U16(1),
	    BC_TRUE, BC_EMPTY, NODES, BC_ALL, 0, U16(9), NODES, BC_WHERE, 2, U16(1), BC_TRUE, BC_EMPTY,
	    BC_EQ),
	EXPR("rows filtered in all of a loop", true, NODES, BC_ALL, 0, U16(10), NODES, BC_WHERE, 2, U16(1),
	    BC_TRUE, BC_EMPTY, BC_NOT),
	EXPR("a list is not another", false, ID, GET(VAR_STACK), ITEMS, BC_EQLIST),
	EXPR("a stored list is itself", true, ID, GET(VAR_STACK), ID, GET(VAR_STACK), BC_EQLIST),
	EXPR("the kept part of a list is a stored list", true, ID, GET(VAR_STACK), ITEMS, BC_WHERE, 0,
	    U16(9), BC_LOCAL, 0, ID, GET(VAR_STACK), BC_IN, BC_EQLIST),
	EXPR("a place in the kept part", true, TEXT(RUN), ITEMS, BC_WHERE, 0, U16(10), BC_LOCAL, 0, ID,
	    GET(VAR_STACK), BC_IN, BC_NOT, NUM(0), BC_AT, BC_EQ),
	EXPR("sets of rows are equal", true, LEAVES, LEAVES, BC_EQLIST),
	EXPR("filtered rows are a stored set", true, ID, GET(VAR_SPEC), NODES, BC_WHERE, 0, U16(11),
	    NODE(1), BC_LOCAL, 0, BC_EQ, BC_NOT, BC_EQLIST),
	EXPR("filtered twice", true, NUM(1), NODES, BC_WHERE, 0, U16(9), BC_LOCAL, 0, ID, GET(VAR_SPEC),
	    BC_IN, BC_WHERE, 0, U16(11), NODE(0), BC_LOCAL, 0, BC_EQ, BC_NOT, BC_LEN, BC_EQ),
	EXPR("less", true, NUM(4), N, BC_LT),
	EXPR("not less", false, NUM(5), N, BC_LT),
	EXPR("at most", true, NUM(5), N, BC_LE),
	EXPR("a sum", true, NUM(1), N, BC_ADD, NUM(6), BC_EQ),
	EXPR("a sum that is too large", true, NUM(UINT64_MAX), NUM(UINT64_MAX), N, BC_ADD, BC_EQ),
	EXPR("a difference", true, NUM(1), N, NUM(4), BC_SUB, BC_EQ),
	EXPR("a difference below 0", true, NUM(0), N, NUM(6), BC_SUB, BC_EQ),
	EXPR("a match", true, ID, BC_PATTERN, U32(1), BC_MATCH),
	EXPR("no match", false, TEXT(RUN), BC_PATTERN, U32(1), BC_MATCH),
	EXPR("a match after a prefix", true, TEXT(2), TEXT(RUN), BC_PATTERN, U32(1), BC_MATCHCAT, BC_NOT),
	EXPR("a prefix that is longer", false, ID, TEXT(RUN), BC_PATTERN, U32(1), BC_MATCHCAT),
	EXPR("a prefix that is all", true, TEXT(2), TEXT(EMPTY_TEXT), BC_PATTERN, U32(1), BC_MATCHCAT,
	    BC_NOT),
	EXPR("below", true, TEXT(2), TEXT(RUN), BC_BELOW),
	EXPR("not below itself", false, TEXT(RUN), TEXT(RUN), BC_BELOW),
	EXPR("not above", false, TEXT(RUN), TEXT(2), BC_BELOW),
	EXPR("longer, but not below", false, TEXT(34), TEXT(33), BC_BELOW),
	EXPR("below the root", true, TEXT(RUN), TEXT(EMPTY_TEXT), BC_BELOW),
	EXPR("joined", true, TEXT(RUN), TEXT(EMPTY_TEXT), TEXT(RUN), BC_EQCAT, 2),
	EXPR("joined of three", true, ID, TEXT(EMPTY_TEXT), ID, TEXT(EMPTY_TEXT), BC_EQCAT, 3),
	EXPR("joined is longer", false, ID, ID, ID, BC_EQCAT, 2),
	EXPR("joined is shorter", false, TEXT(2), TEXT(RUN), TEXT(EMPTY_TEXT), BC_EQCAT, 2),
	EXPR("not", false, BC_VAR, U16(VAR_FLAG), BC_NOT),
	EXPR("and of false and true", false, BC_FIELD, U16(FIELD_B), BC_AND, U16(8), TEXT(RUN), HAS(VAR_LIVE)),
	EXPR("or of true", true, BC_FIELD, U16(FIELD_B), BC_OR, U16(8), TEXT(RUN), HAS(VAR_LIVE)),
	EXPR("all of some", false, ITEMS, BC_ALL, 0, U16(9), BC_LOCAL, 0, BC_PATTERN, U32(1), BC_MATCH,
	    BC_NOT),
	EXPR("all of none", true, BC_NOROWS, U16(TABLE_LEAF), BC_ALL, 0, U16(1), BC_FALSE),
	EXPR("some of none", false, BC_NOROWS, U16(TABLE_LEAF), BC_SOME, 0, U16(1), BC_TRUE),
	EXPR("some", true, ITEMS, BC_SOME, 0, U16(8), TEXT(RUN), BC_LOCAL, 0, BC_EQ),
	EXPR("not some", false, ITEMS, BC_SOME, 0, U16(8), TEXT(RUN), BC_LOCAL, 0, BC_EQ, BC_NOT),
	EXPR("not all", false, ITEMS, BC_ALL, 0, U16(1), BC_TRUE, BC_NOT),
	EXPR("count", true, NUM(2), ITEMS, BC_COUNT, 0, U16(8), BC_LOCAL, 0, BC_PATTERN, U32(1),
	    BC_MATCH, BC_EQ),
	EXPR("an element that is its place", true, N, GET(VAR_NUMS), BC_SOME, 0, U16(5), BC_LOCAL, 0,
	    BC_LOCAL, 1, BC_EQ),
	EXPR("places", true, ITEMS, BC_ALL, 0, U16(9), BC_LOCAL, 0, ITEMS, BC_LOCAL, 1, BC_AT, BC_EQ),
	EXPR("a map to rows", true, NODE(2), COLUMN(NODE_LEAVES), NODE(2), COLUMN(NODE_LEAVES),
	    BC_MAP, 0, U16(TABLE_LEAF), U16(2), BC_LOCAL, 0, BC_EQLIST),
	EXPR("a map of strings to rows", true, NUM(3), ITEMS, BC_MAP, 0, U16(TABLE_LEAF), U16(5), BC_LOCAL, 0,
	    GET(VAR_LIVE), BC_LEN, BC_EQ),
	EXPR("a map to no rows", false, ITEMS, BC_MAP, 0, U16(TABLE_LEAF), U16(5), BC_LOCAL, 0, GET(VAR_LIVE),
	    BC_KEYROWS, U16(TABLE_NODE), BC_EMPTY, BC_NOT),
	EXPR("a place in a map of nothing", true, BC_DIGEST, U32(4), GET(VAR_ROWLISTS), BC_MAP, 0, U16(TABLE_NODE),
	    U16(7), NODE(1), NUM(0), BC_AT, COLUMN(NODE_OPTS), BC_EMPTY),
	EXPR("members", true, PAIRS, BC_SOME, 0, U16(15), NUM(4), BC_LOCAL, 0, BC_MEMBER, U16(2), BC_EQ),
	EXPR("a list of a record", true, NUM(1), PAIRS, BC_COUNT, 0, U16(6), BC_LOCAL, 0, BC_MEMBER,
	    U16(1), BC_EMPTY, BC_EQ),
	EXPR("a loop that ends where the one around it ends", true, NODES, BC_ALL, 0, U16(18), LEAVES,
	    BC_SOME, 2, U16(11), TEXT(13), BC_LOCAL, 2, COLUMN(LEAF_TAG), BC_EQ),
};

static void test_exprs(void)
{
	for (size_t i = 0; i < sizeof(exprs) / sizeof(exprs[0]); i++) {
		uint8_t rule[80];
		uint64_t state;
		struct cpol_verdict v;

		memcpy(rule, exprs[i].code, exprs[i].len);
		rule[exprs[i].len] = BC_REQUIRE;
		rule[exprs[i].len + 1] = BC_DONE;
		if (!start(rule, exprs[i].len + 2, 0, NULL, 0, (struct cpol_options){ 0 })) {
			claim_that(false, exprs[i].name);
			continue;
		}
		fill_state();
		state = hash_state(&group);
		v = decide(&usual);
		claim_that(v.allowed == exprs[i].holds &&
		    v.reason == (exprs[i].holds ? CPOL_ALLOWED : CPOL_REQUIREMENT) &&
		    v.pc == (exprs[i].holds ? 0 : exprs[i].len) && hash_state(&group) == state, exprs[i].name);
	}
}

/* ---- effects ---- */

struct effect_case {
	const char *name;
	enum cpol_reason reason;
	uint32_t pc, len;
	uint8_t code[80];
};
#define RULE(name, reason, pc, ...) \
	{ name, reason, pc, sizeof((const uint8_t[]){ __VA_ARGS__ }), { __VA_ARGS__ } }
#define PUT(var) BC_PUT, U16(var)
#define DEL(var) BC_DEL, U16(var)
#define SET(var) BC_SETVAR, U16(var)

static const struct effect_case effects[] = {
	RULE("nothing is allowed without a change", CPOL_ALLOWED, 0, BC_DONE),
	RULE("a key is added", CPOL_ALLOWED, 0, TEXT(RUN), PUT(VAR_USED), BC_DONE),
	RULE("a key is added again", CPOL_ALLOWED, 0, ID, PUT(VAR_USED), BC_DONE),
	RULE("an absent key is removed", CPOL_ALLOWED, 0, TEXT(RUN), DEL(VAR_USED), BC_DONE),
	RULE("a map is full", CPOL_TABLE_FULL, 9, TEXT(RUN), NO_LEAF, PUT(VAR_LIVE), BC_DONE),
	RULE("a full map's value is replaced", CPOL_ALLOWED, 0, ID, NO_LEAF, PUT(VAR_LIVE), BC_DONE),
	RULE("a full map gives one and takes one", CPOL_ALLOWED, 0, TEXT(RUN), NO_LEAF, PUT(VAR_LIVE),
	    ID, DEL(VAR_LIVE), BC_DONE),
	RULE("two keys where one has room", CPOL_TABLE_FULL, 5, TEXT(RUN), PUT(VAR_USED), TEXT(2),
	    PUT(VAR_USED), BC_DONE),
	RULE("a key that is too long", CPOL_TOO_LONG, 5, TEXT(3), PUT(VAR_USED), BC_DONE),
	RULE("a list that is too long", CPOL_TOO_LONG, 6, ID, ITEMS, PUT(VAR_STACK), BC_DONE),
	RULE("an int that is too large", CPOL_TOO_LARGE, 3, N, SET(VAR_COUNT), BC_DONE),
	RULE("one key put and removed", CPOL_CONFLICT, 15, TEXT(RUN), NO_LEAF, PUT(VAR_LIVE),
	    BC_SWITCH, U16(SWITCH_PATH), DEL(VAR_LIVE), BC_DONE),
	RULE("one scalar set twice", CPOL_CONFLICT, 5, BC_FALSE, SET(VAR_FLAG), BC_TRUE, SET(VAR_FLAG), BC_DONE),
	RULE("one output given twice", CPOL_CONFLICT, 5, BC_FALSE, BC_OUT, U16(OUT_YES), BC_TRUE,
	    BC_OUT, U16(OUT_YES), BC_DONE),
	RULE("one field kept twice", CPOL_CONFLICT, 19, ITEMS, BC_WHERE, 0, U16(1), BC_FALSE,
	    BC_KEEP, U16(FIELD_ITEMS), ITEMS, BC_WHERE, 0, U16(1), BC_TRUE, BC_KEEP, U16(FIELD_ITEMS), BC_DONE),
	RULE("ghost effects are not the guest's", CPOL_ALLOWED, 0, BC_GHOST, ID, NUM(99),
	    PUT(VAR_GHOSTS), BC_DONE),
	RULE("values of every type", CPOL_ALLOWED, 0,
	    TEXT(EMPTY_TEXT), R, GET(VAR_ROWLISTS), BC_KEYROWS, U16(TABLE_NODE), PUT(VAR_SPEC),
	    BC_DIGEST, U32(4), NODE(2), COLUMN(NODE_LEAVES), PUT(VAR_ROWLISTS),
	    LEAF(0), R, PUT(VAR_BYROW), NO_LEAF, BC_DIGEST, U32(4), PUT(VAR_BYROW), BC_DONE),
};

/* Whatever the verdict, the state is as it was until the commit, and is as it
 * was after an abort; a denial leaves nothing pending. */
static void test_effects(void)
{
	for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++) {
		const struct effect_case *c = &effects[i];
		struct cpol_verdict v, again;
		uint64_t state;
		bool same;

		if (!start(c->code, c->len, 0, NULL, 0, (struct cpol_options){ 0 })) {
			claim_that(false, c->name);
			continue;
		}
		fill_state();
		state = hash_state(&group);
		v = decide(&usual);
		same = hash_state(&group) == state && group.pending == v.allowed;
		cpol_abort(&group);
		again = decide(&usual);
		same = same && again.reason == v.reason && hash_state(&group) == state;
		claim_that(same && v.reason == c->reason && v.pc == c->pc &&
		    v.allowed == (c->reason == CPOL_ALLOWED) &&
		    (v.allowed || (v.n_kept == 0 && v.n_outs == 0)), c->name);
	}
}

/* Decide and commit. */
static bool step(const struct go *go)
{
	bool allowed = decide(go).allowed;

	cpol_commit(&group);
	return allowed;
}

static bool keys_are(uint32_t map, const char *keys)
{
	uint32_t n = state_count(&group, map);

	for (uint32_t i = 0; i < n; i++) {
		struct value key, val;

		state_entry(&group, map, i, &key, &val);
		if (key.n != 1 || keys[i] != (char)key.ptr[0])
			return false;
	}
	return strlen(keys) == n;
}

/* The model: a string of the keys, sorted. */
static void model_step(char *keys, char key, bool add)
{
	size_t n = strlen(keys), at = 0;

	while (at < n && keys[at] < key)
		at++;
	if (at < n && keys[at] == key) {
		if (!add)
			memmove(keys + at, keys + at + 1, n - at);
	} else if (add && n < 3) {
		memmove(keys + at + 1, keys + at, n - at + 1);
		keys[at] = key;
	}
}

/* What the steps of test_model() do. */
enum { ADD, ADD_TWO, REMOVE, N_STEPS };

static bool model_all(char *keys, uint32_t what, char key)
{
	char after[8];

	if (what == ADD_TWO && key == 'b')
		return false;
	memcpy(after, keys, sizeof(after));
	model_step(after, key, what != REMOVE);
	if (what == ADD_TWO)
		model_step(after, 'b', true);
	if (what != REMOVE && strchr(after, key) == NULL)
		return false;
	if (what == ADD_TWO && strchr(after, 'b') == NULL)
		return false;
	memcpy(keys, after, sizeof(after));
	return true;
}

/* The group goes on with a policy that differs in its rule, which has no more
 * steps than the one that it began with. */
static void take_policy(const struct bc_policy *p)
{
	struct steps *rule = &cpol_header(&group)->rules[EVENT_GO];

	group.policy = p;
	rule->n = cpol_make_steps(p, &p->events[EVENT_GO], &p->events[EVENT_GO].rule,
	    (struct step *)(void *)(group.memory + rule->at));
}

/* Adding and removing keys for long enough that slots are used again and
 * again, against a model; three policies that differ in their rule only take
 * turns in one group. */
static void test_model(void)
{
	static const uint8_t add[] = { ID, PUT(VAR_USED), BC_DONE };
	static const uint8_t two[] = { TEXT(5), PUT(VAR_USED), ID, PUT(VAR_USED), BC_DONE };
	static const uint8_t del[] = { ID, DEL(VAR_USED), BC_DONE };
	static const struct { const uint8_t *code; size_t len; } rules[N_STEPS] = {
		[ADD] = { add, sizeof(add) }, [ADD_TWO] = { two, sizeof(two) }, [REMOVE] = { del, sizeof(del) },
	};
	static struct cpol_policy policies[N_STEPS];
	static struct bytes bytes[N_STEPS];
	char keys[8] = "", id[2] = "a";
	struct go go = usual;
	uint32_t seed = 1;
	bool same = true;

	for (uint32_t i = 0; i < N_STEPS; i++) {
		make_policy(&bytes[i], rules[i].code, rules[i].len, 0, NULL, 0);
		if (cpol_open(&policies[i], bytes[i].at, bytes[i].len, NULL) != BC_OK)
			exit(2);
	}
	if (!start(two, sizeof(two), 0, NULL, 0, (struct cpol_options){ 0 }))
		exit(2);
	go.id = id;
	for (int i = 0; i < 20000 && same; i++) {
		uint32_t what;

		seed = seed * 1664525 + 1013904223;
		id[0] = (char)('a' + (seed >> 24) % 6);
		what = (seed >> 16 & 0xff) % N_STEPS;
		take_policy(&policies[what].bc);
		same = step(&go) == model_all(keys, what, id[0]) && keys_are(VAR_USED, keys);
	}
	claim_that(same, "twenty thousand steps agree with a model");
}

/* Sets of rows wider than a word, and as they are stored. */
static void test_bits(void)
{
	static const uint8_t rule[] = { BC_DONE };
	static const uint8_t mask[32] = { [15] = 0x80, [24] = 3 }, node[8] = { 4 };
	struct value bits = { .kind = V_RANGE, .word = 1000, .n = 194, .mask = mask, .type = SET_OF(T_NODE) };
	struct value spec = { .kind = V_RANGE, .n = 3, .mask = node, .type = SET_OF(T_NODE) };
	struct value row, key = string("z"), stored;
	struct view v = { .policy = &policy.bc };
	uint32_t i = 0, sum = 0;

	while (cpol_next(&v, &bits, &i, &row))
		sum += (uint32_t)row.word;
	row.word = 1193;
	claim_that(sum == 1127 + 1192 + 1193 && cpol_count(&v, &bits) == 3 &&
	    cpol_holds(&v, &bits, &row), "a set of rows wider than a word");
	row.word = 1194;
	claim_that(!cpol_holds(&v, &bits, &row), "a row past a set of rows");
	row.word = 999;
	claim_that(!cpol_holds(&v, &bits, &row), "a row before a set of rows");
	if (!start(rule, sizeof(rule), 0, NULL, 0, (struct cpol_options){ 0 }))
		exit(2);
	claim_that(state_put(&group, VAR_SPEC, &key, &spec) && state_find(&group, VAR_SPEC, &key, &stored) &&
	    stored.word == 2 && stored.n == 1, "a stored set of rows begins and ends with a row");
}

static void test_commit(void)
{
	static const uint8_t rule[] = { NUM(3), SET(VAR_COUNT), ID, R, BC_KEYROWS, U16(TABLE_LEAF),
	    BC_PICK, PUT(VAR_LIVE), ID, PUT(VAR_USED), BC_DONE };
	struct go go = usual;
	struct value key, val;
	uint64_t state;

	if (!start(rule, sizeof(rule), 0, NULL, 0, (struct cpol_options){ 0 }))
		exit(2);
	fill_state();
	state = hash_state(&group);
	claim_that(decide(&go).allowed && hash_state(&group) == state, "a decision moves nothing");
	claim_that(decide(&go).reason == CPOL_PENDING && group.pending, "one step is pending at a time");
	cpol_commit(&group);
	key = string("a");
	claim_that(hash_state(&group) != state && state_scalar(&group, VAR_COUNT) == 3 &&
	    state_find(&group, VAR_LIVE, &key, &val) && val.word == 0, "a commit moves the state");
	state = hash_state(&group);
	cpol_commit(&group);
	claim_that(hash_state(&group) == state, "a commit of nothing moves nothing");
	go.id = "zz";
	claim_that(decide(&go).reason == CPOL_TABLE_FULL, "a full map denies");
	key = string("a");
	state_clear(&group);
	claim_that(state_count(&group, VAR_LIVE) == 0 && !state_find(&group, VAR_LIVE, &key, NULL) &&
	    state_scalar(&group, VAR_COUNT) == 0, "a cleared state is empty");
}

static void test_options(void)
{
	static const uint8_t rule[] = { ID, PUT(VAR_USED), BC_GHOST, ID, NUM(1), ID, GET(VAR_GHOSTS),
	    BC_ADD, PUT(VAR_GHOSTS), BC_DONE };
	static const uint8_t claim[] = { BC_KEYS, U16(VAR_GHOSTS), BC_SOME, 0, U16(15), NUM(2),
	    BC_LOCAL, 0, GET(VAR_GHOSTS), BC_EQ };
	struct cpol_options ghost = { .ghost = true }, small = { .most_keys = 1 };
	struct go go = usual;
	bool fault = false, held;

	if (!start(rule, sizeof(rule), BC_REACHABLE, claim, sizeof(claim), ghost))
		exit(2);
	held = step(&go) && !cpol_claim_holds(&group, NULL, NULL, 0, &fault) && !fault;
	held = held && step(&go) && cpol_claim_holds(&group, NULL, NULL, 0, &fault) && !fault;
	claim_that(held, "ghost state is kept if asked for");
	for (int i = 0; i < 8; i++)
		held = held && step(&go);
	claim_that(held && decide(&go).reason == CPOL_TOO_LARGE, "ghost state has bounds, too");
	if (!start(rule, sizeof(rule), BC_REACHABLE, claim, sizeof(claim), small))
		exit(2);
	claim_that(!cpol_claim_holds(&group, NULL, NULL, 0, &fault) && fault,
	    "ghost state that is not kept is a fault");
	held = step(&go) && step(&go);
	go.id = "b";
	claim_that(held && decide(&go).reason == CPOL_TABLE_FULL, "most_keys lowers the capacity");
	claim_that(cpol_memory(&policy, &small) < cpol_memory(&policy, &ghost), "and the memory");
}

static void test_outputs(void)
{
	/* keep items = those that match; keep tags = those used; give both */
	static const uint8_t rule[] = { NUM(7), BC_OUT, U16(OUT_NUM),
	    BC_FIELD, U16(FIELD_B), BC_OUT, U16(OUT_YES),
	    ITEMS, BC_WHERE, 0, U16(8), BC_LOCAL, 0, BC_PATTERN, U32(1), BC_MATCH, BC_KEEP, U16(FIELD_ITEMS),
	    TAGS, BC_WHERE, 0, U16(5), BC_LOCAL, 0, HAS(VAR_USED), BC_KEEP, U16(FIELD_TAGS), BC_DONE };
	struct cpol_verdict v;

	if (!start(rule, sizeof(rule), 0, NULL, 0, (struct cpol_options){ 0 }))
		exit(2);
	fill_state();
	v = decide(&usual);
	claim_that(v.allowed && v.n_outs == 2 && v.outs[OUT_NUM] == 7 && v.outs[OUT_YES] == 1,
	    "outputs are given");
	claim_that(v.n_kept == 2 && v.kept[0].field == FIELD_ITEMS && v.kept[0].n == 3 &&
	    v.kept[0].mask[0] == 0x03 && v.kept[1].field == FIELD_TAGS && v.kept[1].n == 2 &&
	    v.kept[1].mask[0] == 0x01, "kept elements are marked");
}

static void test_claims(void)
{
	static const uint8_t rule[] = { ID, PUT(VAR_USED), BC_DONE };
	/* always: id in used and not id in old used, or not b */
	static const uint8_t claim[] = { BC_FIELD, U16(FIELD_B), BC_NOT, BC_OR, U16(16),
	    ID, HAS(VAR_USED), BC_AND, U16(7), ID, BC_OLDHAS, U16(VAR_USED), BC_NOT };
	struct cpol_event event = { request.at, 0 }, stop = { request.at, 8 };
	struct go go = usual;
	bool fault = true;

	if (!start(rule, sizeof(rule), BC_ALWAYS, claim, sizeof(claim), (struct cpol_options){ 0 }))
		exit(2);
	memcpy(memory_before, memory, group.len);
	before = group;
	before.memory = memory_before;
	claim_that(step(&go), "a step");
	event.len = request.len;
	claim_that(cpol_claim_holds(&group, &before, &event, 0, &fault) && !fault,
	    "a step claim that holds");
	claim_that(!cpol_claim_holds(&group, &group, &event, 0, &fault) && !fault,
	    "a step claim that does not");
	claim_that(!cpol_claim_holds(&group, NULL, &event, 0, &fault) && fault,
	    "a step claim without the state before");
	set_cell(&request, 0, EVENT_STOP, 8);
	claim_that(cpol_claim_holds(&group, &group, &stop, 0, &fault) && !fault,
	    "a step claim is about its events only");
	claim_that(!cpol_claim_holds(&group, NULL, NULL, 1, &fault) && fault, "a claim that is not there");
}

/* ---- requests ---- */

static enum cpol_reason decide_bytes(size_t len, uint32_t *pc)
{
	/* An exact copy on the heap, so that a sanitizer sees a read past it. */
	uint8_t *copy = malloc(len == 0 ? 1 : len);
	struct cpol_event event = { copy, len };
	struct cpol_verdict v;

	if (copy == NULL)
		exit(2);
	memcpy(copy, request.at, len);
	v = cpol_decide(&group, &event);
	cpol_abort(&group);
	free(copy);
	if (pc != NULL)
		*pc = v.pc;
	return v.reason;
}

static void expect_bad(const char *name, uint32_t wanted_pc)
{
	uint32_t pc;
	enum cpol_reason reason = decide_bytes(request.len, &pc);

	claim_that(reason == CPOL_BAD_REQUEST && pc == wanted_pc, name);
	if (reason != CPOL_BAD_REQUEST || pc != wanted_pc)
		printf("#  reason %u at %u\n", (unsigned)reason, pc);
}

/* Where the cells of the list at `at` begin. */
static uint32_t first_cell(uint32_t at)
{
	return (uint32_t)request.at[at + 2] << 8 | request.at[at + 3];
}

static void test_requests(void)
{
	static const uint8_t rule[] = { BC_DONE };
	const uint32_t items = 8 + 8 * FIELD_ITEMS, id = 8 + 8 * FIELD_ID, pairs = 8 + 8 * FIELD_PAIRS;
	struct cpol_event nothing = { NULL, 0 };
	struct go go = usual;
	bool rejected = true;
	uint32_t full;

	if (!start(rule, sizeof(rule), 0, NULL, 0, (struct cpol_options){ 0 }))
		exit(2);
	make_go(&request, &go);
	full = request.len;
	claim_that(decide_bytes(full, NULL) == CPOL_ALLOWED, "a request");
	claim_that(cpol_decide(&group, &nothing).reason == CPOL_BAD_REQUEST, "no bytes");
	for (uint32_t len = 0; len < full; len++) {
		rejected = rejected && decide_bytes(len, NULL) == CPOL_BAD_REQUEST;
		if (len >= 8) {
			set_cell(&request, 0, EVENT_GO, len);
			rejected = rejected && decide_bytes(len, NULL) == CPOL_BAD_REQUEST;
			set_cell(&request, 0, EVENT_GO, full);
		}
	}
	claim_that(rejected, "no prefix of a request is a request");
	set_cell(&request, 0, EVENT_STOP + 1, full);
	claim_that(decide_bytes(full, NULL) == CPOL_NO_RULE, "an event that is not there");
	set_cell(&request, 0, EVENT_STOP, 8);
	claim_that(decide_bytes(8, NULL) == CPOL_NO_RULE, "an event without a rule");
	set_cell(&request, 0, EVENT_GO, full);
	set_cell(&request, 8 + 8 * FIELD_B, 0, 2);
	expect_bad("a bool of 2", 8 + 8 * FIELD_B);
	make_go(&request, &go);
	set_cell(&request, 8 + 8 * FIELD_E, 1, 0);
	expect_bad("an enumeration's value that is not there", 8 + 8 * FIELD_E);
	make_go(&request, &go);
	set_cell(&request, id, full, 1);
	expect_bad("a string past the end", id);
	set_cell(&request, id, 0xffffffff, 2);
	expect_bad("a string that wraps around", id);
	make_go(&request, &go);
	set_cell(&request, items, full - 8, 3);
	expect_bad("a list past the end", items);
	make_go(&request, &go);
	set_cell(&request, items, 0, 0x20000001);
	expect_bad("a list whose length wraps around", items);
	make_go(&request, &go);
	set_cell(&request, 8 + 8 * FIELD_R, 0, 31);
	expect_bad("a digest of 31 bytes", 8 + 8 * FIELD_R);
	make_go(&request, &go);
	set_cell(&request, id, 0, full - 80);
	expect_bad("one byte in two strings", items);
	go.items[3] = go.items[4] = "";
	make_go(&request, &go);
	expect_bad("a list with too many elements", items);
	go = usual;
	go.tags[1] = "a";
	make_go(&request, &go);
	expect_bad("an element twice in a set", first_cell(8 + 8 * FIELD_TAGS) + 8);
	go = usual;
	go.pairs[1].k = "k1";
	make_go(&request, &go);
	expect_bad("a key twice in a set of records", first_cell(pairs) + 24);
	claim_that(decide(&usual).allowed, "and a request after all that");
}

static bool is_in(uint64_t pattern, const char *text, uint32_t len)
{
	return cpol_match(&group, pattern, (const uint8_t *)text, len);
}

static void test_match(void)
{
	static const uint8_t rule[] = { BC_DONE };

	if (!start(rule, sizeof(rule), 0, NULL, 0, (struct cpol_options){ 0 }))
		exit(2);
	claim_that(is_in(1, "az", 2) && !is_in(1, "", 0) && !is_in(1, "a/", 2) && !is_in(1, "a\0", 2),
	    "an automaton matches whole strings");
	claim_that(is_in(0, "/run", 4) && !is_in(0, "/run/", 5) && !is_in(0, "/rum", 4) && !is_in(0, "/ru", 3),
	    "a literal matches itself");
	claim_that(!is_in(2, "", 0) && !is_in(UINT64_MAX, "", 0), "no pattern matches nothing");
}

static void test_memory(void)
{
	static const uint8_t rule[] = { BC_DONE };
	struct cpol_group none = { 0 };
	struct cpol_policy nothing = { { 0 } };
	size_t needed;

	if (!start(rule, sizeof(rule), 0, NULL, 0, (struct cpol_options){ 0 }))
		exit(2);
	needed = cpol_memory(&policy, NULL);
	claim_that(cpol_init(&group, &policy, memory, needed - 1, NULL) == BC_E_MEMORY, "too little memory");
	claim_that(decide(&usual).reason == CPOL_NO_POLICY, "then the group denies everything");
	claim_that(cpol_init(&group, &policy, (char *)memory + 4, needed, NULL) == BC_E_MEMORY,
	    "memory that is not aligned");
	claim_that(cpol_memory(&nothing, NULL) == 0 &&
	    cpol_init(&group, &nothing, memory, needed, NULL) == BC_E_MEMORY, "a policy that is not open");
	group = none;
	cpol_commit(&group);
	cpol_abort(&group);
	claim_that(decide(&usual).reason == CPOL_NO_POLICY, "a group of zeros denies everything");
	claim_that(cpol_event_number(&policy, "stop", 4) == EVENT_STOP &&
	    cpol_event_number(&policy, "sto", 3) == UINT32_MAX &&
	    cpol_field_number(&policy, EVENT_GO, "tags", 4) == FIELD_TAGS &&
	    cpol_field_number(&policy, EVENT_GO, "go", 2) == UINT32_MAX &&
	    cpol_field_number(&policy, 9, "tags", 4) == UINT32_MAX, "names have numbers");
}

int main(void)
{
	test_exprs();
	test_effects();
	test_commit();
	test_model();
	test_bits();
	test_options();
	test_outputs();
	test_claims();
	test_requests();
	test_match();
	test_memory();
	free(memory);
	free(memory_before);
	return n_failed != 0;
}

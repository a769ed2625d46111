/* SPDX-License-Identifier: Apache-2.0
 *
 * test_bounds.c - what code takes at most; that bytes which say something else are
 * noticed; and that the guest holds a run to what is said.
 */
#define SKELETON_MAX (1u << 18)
#include "request.h"

#include "bound/bound.h"

static struct bytes sections[BC_N_SECTIONS], code, whole;
static struct cpol_policy policy;
static struct bounds bounds;
static const uint8_t done[] = { BC_DONE };

#define ITEMS BC_FIELD, U16(FIELD_ITEMS)
#define NODES BC_ROWS, U16(TABLE_NODE)
#define ID    BC_FIELD, U16(FIELD_ID)
#define FLAG  BC_VAR, U16(VAR_FLAG)
#define ADD(...) put_all(&code, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void set32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* The bounds of the sections with `code` as the rule of `go`, which are said. */
static const struct bound *bound_rule(const char *name)
{
	sections[BC_SEC_CODE].len = 0;
	make_code(&sections[BC_SEC_CODE], code.at, code.len, 0, NULL, 0);
	join(sections, &whole);
	claim_that(cpol_open(&policy, whole.at, whole.len, NULL) == BC_OK, name);
	bounds_of(&bounds, &policy.bc);
	return &bounds.rules[EVENT_GO];
}

/* ---- what code takes ---- */

static void test_loops(void)
{
	const struct bound *rule;

	/* all x in nodes: all y in nodes: x == y */
	make_sections(sections);
	code.len = 0, ADD(NODES, BC_ALL, 0, U16(12), NODES, BC_ALL, 2, U16(5), BC_LOCAL, 0, BC_LOCAL, 2, BC_EQ,
	    BC_REQUIRE, BC_DONE);
	rule = bound_rule("nested loops");
	claim_that(rule->cost == 1 + 1 + 3 * (1 + 1 + 1 + 3 * (1 + 1)) + 1 + 1 && rule->scratch == 0,
	    "the cost of nested loops multiplies");
	/* a loop that filters in its block, twice in one statement */
	code.len = 0, ADD(NODES, BC_SOME, 0, U16(9), NODES, BC_WHERE, 2, U16(1), BC_TRUE, BC_EMPTY,
	    NODES, BC_SOME, 0, U16(9), NODES, BC_WHERE, 2, U16(1), BC_TRUE, BC_EMPTY, BC_EQ, BC_REQUIRE, BC_DONE);
	claim_that(bound_rule("rows filtered in a loop")->scratch == 8, "scratch is given back after each repetition");
	/* { x in nodes | true } is held by a let, and made once */
	code.len = 0, ADD(NODES, BC_WHERE, 0, U16(1), BC_TRUE, BC_LET, 0,
	    NODES, BC_WHERE, 1, U16(1), BC_TRUE, BC_EMPTY, BC_REQUIRE, BC_LOCAL, 0, BC_EMPTY, BC_REQUIRE,
	    ITEMS, BC_MAP, 1, U16(0), U16(7), BC_ROW, U16(0), U32(0), BC_EMPTY, BC_REQUIRE, BC_DONE);
	claim_that(bound_rule("filtered rows")->scratch == 8 + 16,
	    "scratch is held by lets and given back by statements");
}

/* The same loop over 65535 keys, five deep: 2^80 steps, said as the most there is. */
static void test_large(void)
{
	const uint32_t deep = 5;

	make_sections(sections);
	set32(sections[BC_SEC_STATE].at + 4 + 40 * VAR_USED + 16, BC_CAPACITY_MAX);
	code.len = 0;
	for (uint32_t i = 0; i < deep; i++)
		ADD(BC_KEYS, U16(VAR_USED), BC_SOME, (uint8_t)(2 * i), U16(7 * (deep - i) - 4));
	ADD(FLAG, BC_NOT, BC_REQUIRE, ID, BC_PUT, U16(VAR_USED), BC_DONE);
	claim_that(bound_rule("loops of 2^80 steps")->cost == UINT64_MAX, "a cost that is too large is the largest");
	code.len = 0;
	ADD(BC_ROWS, U16(TABLE_LEAF), BC_SOME, 0, U16(12 + 7 * deep + 3), BC_LOCAL, 0, BC_COLUMN, U16(LEAF_ROOT),
	    BC_FIELD, U16(FIELD_R), BC_EQ, BC_AND, U16(7 * deep + 3));
	for (uint32_t i = 0; i < deep; i++)
		ADD(BC_KEYS, U16(VAR_USED), BC_SOME, (uint8_t)(2 * i + 2), U16(7 * (deep - i) - 4));
	ADD(FLAG, BC_NOT, BC_REQUIRE, ID, BC_PUT, U16(VAR_USED), BC_DONE);
	claim_that(bound_rule("loops of 2^80 steps for one row of two")->cost == UINT64_MAX,
	    "half of what is too large is too large");
	claim_that(bounds.vars[VAR_USED].is_held && !bounds.vars[VAR_LIVE].is_held, "what no rule puts is not held");
}

static void test_nothing(void)
{
	make_sections(sections);
	set32(sections[BC_SEC_EVENTS].at + 12 + 12 * FIELD_ITEMS + 8, 0);
	code.len = 0, ADD(ITEMS, BC_SOME, 0, U16(6), BC_LOCAL, 0, ID, BC_EQ, BC_NOT, BC_REQUIRE, BC_DONE);
	claim_that(bound_rule("a list that never has an element")->cost == 4, "a loop over it costs nothing");
}

/* A column has a text of 131072 bytes; then one of 3. */
static void test_texts(void)
{
	struct bytes *s = &sections[BC_SEC_STRINGS];
	uint64_t costs[2];

	for (uint32_t i = 0; i < 2; i++) {
		uint32_t len = i == 0 ? BC_STRING_MAX - 3 : 0, end = 0;

		make_sections(sections);
		for (int byte = 0; byte < 4; byte++)
			end = end << 8 | s->at[4 * N_TEXTS + (size_t)byte];
		set32(s->at + 4 * N_TEXTS, end + len);
		for (; len > 0; len--)
			put8(s, 'z');
		set32(sections[BC_SEC_TABLES].at + 36 + 12, text("yes"));       /* the tag of the second leaf */
		code.len = 0, ADD(BC_ROW, U16(TABLE_LEAF), U32(1), BC_COLUMN, U16(LEAF_TAG), ID, BC_EQ, BC_NOT,
		    BC_REQUIRE, BC_DONE);
		costs[i] = bound_rule(i == 0 ? "a column with the longest string" : "a column with a short one")->cost;
	}
	claim_that(costs[0] == costs[1] - 1 + BC_STRING_MAX / 8, "eight bytes of a text are a step");
}

/* not some x in leaves: x.tag == "yes": the tag of one leaf is as long as that. */
static void test_rows(void)
{
	make_sections(sections);
	code.len = 0, ADD(BC_ROWS, U16(TABLE_LEAF), BC_SOME, 0, U16(9), BC_LOCAL, 0, BC_COLUMN, U16(LEAF_TAG),
	    ID, BC_EQ, BC_NOT, BC_REQUIRE, BC_DONE);
	claim_that(policy.bc.tables[TABLE_LEAF].n_rows == 2 && bound_rule("a text of each row")->cost <= 1 + 1 + 2 * 2 + 2 + 1 + 2,
	    "rows are charged what they have themselves");
	/* all x in items: id == x, twice: of a request as long as it may be */
	code.len = 0, ADD(ITEMS, BC_ALL, 0, U16(6), BC_LOCAL, 0, ID, BC_EQ, BC_REQUIRE, BC_DONE);
	claim_that(bound_rule("texts of a request")->cost <= BC_REQUEST_MAX / 8 + 4 * 64 + 8,
	    "all texts of a request have no more than the request");
}

/* ---- what is said of it ---- */

static void test_saying(void)
{
	struct arena a = { 0 };
	const char *complaint;

	make_sections(sections);
	code.len = 0, ADD(NODES, BC_WHERE, 0, U16(1), BC_TRUE, BC_EMPTY, BC_REQUIRE, BC_DONE);
	bound_rule("a rule that filters");
	claim_that(bounds_complaint(&a, &policy.bc) != NULL, "bytes that say something else are noticed");
	claim_that(bounds_say(&bounds, &policy.bc, whole.at) == NULL &&
	    cpol_open(&policy, whole.at, whole.len, NULL) == BC_OK &&
	    policy.bc.events[EVENT_GO].rule.cost == bounds.rules[EVENT_GO].cost &&
	    policy.bc.events[EVENT_GO].rule.scratch == 8, "what is said is read");
	claim_that(bounds_complaint(&a, &policy.bc) == NULL, "and is what the code takes");
	policy.bc.events[EVENT_GO].rule.cost--;
	complaint = bounds_complaint(&a, &policy.bc);
	claim_that(complaint != NULL && strstr(complaint, "'go'") != NULL, "one step less is noticed, and the rule is named");
	policy.bc.events[EVENT_GO].rule.cost++;
	policy.bc.events[EVENT_GO].rule.scratch += 8;
	claim_that(bounds_complaint(&a, &policy.bc) != NULL, "more scratch than it takes is noticed");
	sections[BC_SEC_CODE].len = 0;
	make_code(&sections[BC_SEC_CODE], done, 1, BC_INVARIANT, (const uint8_t[]){ BC_TRUE }, 1);
	join(sections, &whole);
	claim_that(cpol_open(&policy, whole.at, whole.len, NULL) == BC_OK, "a policy with a claim");
	bounds_of(&bounds, &policy.bc);
	claim_that(bounds.claims[0].cost == 1 && bounds_say(&bounds, &policy.bc, whole.at) == NULL &&
	    policy.bc.claims[0].code.cost == 1, "claims have bounds, too");
	policy.bc.claims[0].code.cost = 2;
	claim_that(bounds_complaint(&a, &policy.bc) != NULL, "and those are looked at");
	arena_clear(&a);
}

/* ---- what the guest makes of it ---- */

static enum cpol_reason decide_with(uint64_t cost, uint32_t scratch)
{
	static union { uint64_t align; uint8_t bytes[1 << 20]; } memory;
	static struct bytes request;
	struct cpol_group group;
	struct cpol_event event;
	struct cpol_verdict verdict;

	policy.bc.events[EVENT_GO].rule.cost = cost;
	policy.bc.events[EVENT_GO].rule.scratch = policy.bc.max_scratch = scratch;
	if (cpol_memory(&policy, NULL) > sizeof(memory) ||
	    cpol_init(&group, &policy, &memory, sizeof(memory), NULL) != BC_OK)
		exit(2);
	make_go(&request, &usual);
	event = (struct cpol_event){ request.at, request.len };
	verdict = cpol_decide(&group, &event);
	cpol_abort(&group);
	return verdict.reason;
}

/* not all x in nodes: {} != { y in nodes | true } */
static void test_holding(void)
{
	const struct bound *rule;

	make_sections(sections);
	code.len = 0, ADD(NODES, BC_ALL, 0, U16(9), NODES, BC_WHERE, 2, U16(1), BC_TRUE, BC_EMPTY, BC_NOT, BC_REQUIRE, BC_DONE);
	rule = bound_rule("a rule that loops and filters");
	claim_that(decide_with(rule->cost, (uint32_t)rule->scratch) == CPOL_ALLOWED, "with what it takes it is run");
	claim_that(decide_with(1, (uint32_t)rule->scratch) == CPOL_FAULT, "with fewer steps it is stopped");
	claim_that(decide_with(rule->cost, 0) == CPOL_FAULT, "with less scratch it is stopped");
}

int main(void)
{
	test_loops();
	test_large();
	test_nothing();
	test_texts();
	test_rows();
	test_saying();
	test_holding();
	return n_failed != 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * skeleton.h - a policy made byte by byte, for tests that must not depend on
 * the compiler.  Everything but its code is fixed: every kind of type, column,
 * variable and field is in it.  Tests bring the code of the rule of the event
 * `go`, or of one claim.
 */
#ifndef COCOAPOL_SKELETON_H
#define COCOAPOL_SKELETON_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytecode/bytecode.h"

#ifndef SKELETON_MAX
#define SKELETON_MAX 4096
#endif
struct bytes {
	uint8_t at[SKELETON_MAX];
	uint32_t len;
};

#define SKELETON_SCRATCH 8192u          /* bytes */
#define D1 "11111111111111111111111111111111"
#define D2 "22222222222222222222222222222222"

static const char *const texts[] = {    /* ascending */
	"", "/run", "/run/x", D1, D2, "b", "blue", "byrow", "color", "count", "e", "flag", "ghosts",
	"go", "id", "items", "k", "kind", "l", "leaf", "leaves", "live", "mode", "n", "node", "num",
	"nums", "on", "opts", "pair", "pairs", "pat", "path", "r", "re", "red", "root", "rowlists",
	"six", "skeleton", "spec", "stack", "stop", "tag", "tags", "used", "w", "yes",
};
#define N_TEXTS (sizeof(texts) / sizeof(texts[0]))

/* Types, by shape, base and index. */
#define T_BOOL   0x00010000u
#define T_INT    0x00020000u
#define T_COLOR  0x00030000u
#define T_TEXT   0x00040000u
#define T_DIGEST 0x00050000u
#define T_RE     0x00060000u
#define T_LEAF   0x00070000u
#define T_NODE   0x00070001u
#define T_PAIR   0x00080000u
#define LIST_OF(type) ((type) | 0x01000000u)
#define SET_OF(type)  ((type) | 0x02000000u)

enum { TABLE_LEAF, TABLE_NODE };
enum { LEAF_ROOT, LEAF_TAG };
enum { NODE_LEAVES, NODE_KIND, NODE_OPTS, NODE_RE };
enum { SWITCH_ON, SWITCH_PAT, SWITCH_PATH, SWITCH_SIX };
enum { VAR_BYROW, VAR_COUNT, VAR_FLAG, VAR_GHOSTS, VAR_LIVE, VAR_MODE, VAR_NUMS, VAR_PATH, VAR_ROWLISTS,
	VAR_SPEC, VAR_STACK, VAR_USED, N_VARS };
enum { FIELD_B, FIELD_E, FIELD_ID, FIELD_ITEMS, FIELD_N, FIELD_PAIRS, FIELD_R, FIELD_TAGS, N_FIELDS };
enum { OUT_NUM, OUT_YES };
enum { EVENT_GO, EVENT_STOP };

/* The bytes of operands. */
#define U16(n) (uint8_t)((n) >> 8), (uint8_t)(n)
#define U32(n) (uint8_t)((uint32_t)(n) >> 24), (uint8_t)((uint32_t)(n) >> 16), \
	(uint8_t)((uint32_t)(n) >> 8), (uint8_t)(n)
#define U64(n) U32((uint64_t)(n) >> 32), U32(n)

static inline void put8(struct bytes *b, uint32_t n)
{
	if (b->len == sizeof(b->at))
		abort();
	b->at[b->len++] = (uint8_t)n;
}

static inline void put32(struct bytes *b, uint32_t n)
{
	for (int i = 24; i >= 0; i -= 8)
		put8(b, n >> i);
}

static inline void put_all(struct bytes *b, const uint8_t *from, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put8(b, from[i]);
}

static inline uint32_t text(const char *name)
{
	for (uint32_t i = 0; i < N_TEXTS; i++) {
		if (strcmp(texts[i], name) == 0)
			return i;
	}
	abort();
}

static inline void put_named(struct bytes *b, const char *name, uint32_t type)
{
	put32(b, text(name));
	put32(b, type);
}

static inline void make_pools(struct bytes *s)
{
	static const uint8_t patterns[] = {
		U32(2), U32(5), U32(16),
		0, U32(1),                                      /* "/run" */
		1, 2, 0x02, 1, 'a', 'z', 1, 1, 'a', 'z', 1,     /* [a-z]+ */
	};
	static const uint8_t lists[] = {
		U32(4), U32(0), U32(1), U32(3), U32(5),
		U32(0), U32(0), U32(1), U32(1), U32(2),         /* [] [0] [0 1] [1 2] */
	};
	struct bytes *strings = &s[BC_SEC_STRINGS];
	uint32_t end = 0;

	put32(&s[BC_SEC_META], text("skeleton"));
	put32(&s[BC_SEC_META], 0);
	put32(&s[BC_SEC_META], 7);
	put32(&s[BC_SEC_META], text("skeleton"));
	put32(&s[BC_SEC_META], 1);
	put32(strings, N_TEXTS);
	for (uint32_t i = 0; i < N_TEXTS; i++)
		put32(strings, end += (uint32_t)strlen(texts[i]));
	for (uint32_t i = 0; i < N_TEXTS; i++)
		put_all(strings, (const uint8_t *)texts[i], strlen(texts[i]));
	put_all(&s[BC_SEC_PATTERNS], patterns, sizeof(patterns));
	put_all(&s[BC_SEC_LISTS], lists, sizeof(lists));
}

static inline void make_types(struct bytes *s)
{
	struct bytes *types = &s[BC_SEC_TYPES], *switches = &s[BC_SEC_SWITCHES];

	put32(types, 1);
	put_named(types, "color", 2);           /* the enumeration, and how many values */
	put_named(types, "blue", text("red"));
	put32(types, 1);
	put_named(types, "pair", 1);
	put32(types, 3);
	put_named(types, "k", T_TEXT);
	put_named(types, "l", LIST_OF(T_TEXT));
	put_named(types, "w", T_INT);
	put32(switches, 4);
	put_named(switches, "on", T_BOOL);
	put32(switches, 0), put32(switches, 1);
	put_named(switches, "pat", T_RE);
	put32(switches, 0), put32(switches, 1);
	put_named(switches, "path", T_TEXT);
	put32(switches, 0), put32(switches, text("/run"));
	put_named(switches, "six", T_INT);
	put32(switches, 0), put32(switches, 6);
}

static inline void make_tables(struct bytes *b)
{
	static const uint32_t nodes[3][4] = { { 1, 0, 0, 0 }, { 1, 1, 3, 1 }, { 2, 1, 3, 1 } };

	put32(b, 2);
	put_named(b, "leaf", 1);
	put32(b, 2);
	put_named(b, "root", T_DIGEST);
	put_named(b, "tag", T_TEXT);
	put32(b, 2);
	put32(b, text(D1)), put32(b, text(""));
	put32(b, text(D2)), put32(b, text("go"));
	put_named(b, "node", 1);
	put32(b, 4);
	put_named(b, "leaves", LIST_OF(T_LEAF));
	put_named(b, "kind", T_COLOR);
	put_named(b, "opts", SET_OF(T_TEXT));
	put_named(b, "re", T_RE);
	put32(b, 3);
	for (uint32_t i = 0; i < 12; i++)
		put32(b, nodes[i / 4][i % 4]);
}

static inline void put_var(struct bytes *b, const char *name, uint32_t ghost, uint32_t key,
    uint32_t value, uint32_t capacity, uint32_t key_len, uint32_t value_len, uint32_t list_len,
    uint32_t bound)
{
	put_named(b, name, ghost);
	put32(b, key), put32(b, value), put32(b, capacity), put32(b, key_len);
	put32(b, value_len), put32(b, list_len), put32(b, 0), put32(b, bound);
}

static inline void make_state(struct bytes *b)
{
	put32(b, N_VARS);
	put_var(b, "byrow", 0, T_LEAF, T_DIGEST, 4, 0, 0, 0, 0);
	put_var(b, "count", 0, 0, T_INT, 0, 0, 0, 0, 3);
	put_var(b, "flag", 0, 0, T_BOOL, 0, 0, 0, 0, 0);
	put_var(b, "ghosts", 1, T_TEXT, T_INT, 4, 8, 0, 0, 10);
	put_var(b, "live", 0, T_TEXT, T_LEAF, 2, 8, 0, 0, 0);
	put_var(b, "mode", 0, 0, T_COLOR, 0, 0, 0, 0, 0);
	put_var(b, "nums", 0, T_INT, LIST_OF(T_INT), 2, 0, 0, 3, 100);
	put_var(b, "path", 0, T_NODE, 0, 2, 0, 0, 0, 0);
	put_var(b, "rowlists", 0, T_DIGEST, LIST_OF(T_LEAF), 2, 0, 0, 3, 0);
	put_var(b, "spec", 0, T_TEXT, SET_OF(T_NODE), 4, 8, 0, 0, 0);
	put_var(b, "stack", 0, T_TEXT, LIST_OF(T_TEXT), 2, 8, 6, 2, 0);
	put_var(b, "used", 0, T_TEXT, 0, 3, 8, 0, 0, 0);
}

static inline void put_field(struct bytes *b, const char *name, uint32_t type, uint32_t most)
{
	put_named(b, name, type);
	put32(b, most);
}

static inline void make_events(struct bytes *b)
{
	put32(b, 2);
	put_named(b, "go", N_FIELDS);
	put_field(b, "b", T_BOOL, 0);
	put_field(b, "e", T_COLOR, 0);
	put_field(b, "id", T_TEXT, 0);
	put_field(b, "items", LIST_OF(T_TEXT), 4);
	put_field(b, "n", T_INT, 0);
	put_field(b, "pairs", SET_OF(T_PAIR), 4);
	put_field(b, "r", T_DIGEST, 0);
	put_field(b, "tags", SET_OF(T_TEXT), 4);
	put32(b, 2);
	put_named(b, "num", T_INT);
	put_named(b, "yes", T_BOOL);
	put_named(b, "stop", 0);
	put32(b, 0);
}

/* Its bounds are so wide that nothing is stopped. */
static inline void put_bounded(struct bytes *b, const uint8_t *code, size_t len)
{
	put32(b, (uint32_t)len);
	if (len == 0)
		return;
	put32(b, UINT32_MAX);
	put32(b, UINT32_MAX);
	put32(b, SKELETON_SCRATCH);
	put_all(b, code, len);
}

/* `kind` of the one claim, named `flag`; claim_len 0: none. */
static inline void make_code(struct bytes *b, const uint8_t *rule, size_t len, uint32_t kind,
    const uint8_t *claim, size_t claim_len)
{
	put_bounded(b, rule, len);
	put32(b, 0);
	put32(b, claim_len != 0);
	if (claim_len == 0)
		return;
	put_named(b, "flag", kind);
	put32(b, kind == BC_ALWAYS);
	if (kind == BC_ALWAYS)
		put32(b, EVENT_GO);
	put_bounded(b, claim, claim_len);
}

/* The header and the sections as they are. */
static inline void join(const struct bytes *sections, struct bytes *whole)
{
	uint32_t len = BC_HEADER_LEN;

	whole->len = 0;
	for (int i = 0; i < BC_N_SECTIONS; i++)
		len += sections[i].len;
	put_all(whole, (const uint8_t *)BC_MAGIC, 8);
	put32(whole, BC_VERSION);
	put32(whole, len);
	for (int i = 0; i < BC_N_SECTIONS; i++)
		put32(whole, sections[i].len);
	for (int i = 0; i < BC_N_SECTIONS; i++)
		put_all(whole, sections[i].at, sections[i].len);
}

static inline void make_sections(struct bytes *sections)
{
	memset(sections, 0, BC_N_SECTIONS * sizeof(*sections));
	make_pools(sections);
	make_types(sections);
	make_tables(&sections[BC_SEC_TABLES]);
	make_state(&sections[BC_SEC_STATE]);
	make_events(&sections[BC_SEC_EVENTS]);
}

static inline void make_policy(struct bytes *whole, const uint8_t *rule, size_t len, uint32_t kind,
    const uint8_t *claim, size_t claim_len)
{
	static struct bytes sections[BC_N_SECTIONS];

	make_sections(sections);
	make_code(&sections[BC_SEC_CODE], rule, len, kind, claim, claim_len);
	join(sections, whole);
}

static const char *const error_names[] = {
	"OK",
#define ERR(name, text) #name,
#include "bytecode/errors.def"
#undef ERR
};

static int n_failed;

static inline void claim_that(bool is_so, const char *name)
{
	printf("%s - %s\n", is_so ? "ok" : "not ok", name);
	n_failed += !is_so;
}

#endif

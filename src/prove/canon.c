/* SPDX-License-Identifier: Apache-2.0
 *
 * canon.c - the digest of a term is that of what it is itself, with its symbol's
 * name, and of its kids' digests; of an AND's kids the order is that of their
 * digests.
 */
#include "canon.h"

#include <stdlib.h>

#include "../base/bytes.h"
#include "../bytecode/decode.h"

struct canon {
	struct lift *l;
	struct arena *arena;
	const uint8_t **digests;        /* by term; NULL: not asked yet */
	uint32_t n_digests;
	struct str *symbols;            /* by function */
	uint32_t n_symbols;
	struct bytes text;              /* of the term at hand */
};

struct canon *canon_new(struct lift *l)
{
	struct canon *c = arena_new(l->arena, struct canon);

	c->l = l;
	c->arena = l->arena;
	c->text.arena = l->arena;
	return c;
}

/* ---- symbols ----------------------------------------------------------------- */

static void put(struct bytes *b, struct bc_bytes bytes)
{
	bytes_put32(b, bytes.len);
	bytes_put(b, bytes.ptr, bytes.len);
}

static void put_string(struct canon *c, struct bytes *b, uint32_t string)
{
	put(b, bc_string(c->l->tree->policy, string));
}

/* The name is unique but for tables of different depth. */
static void put_table(struct canon *c, struct bytes *b, uint32_t table)
{
	const struct bc_table *tables = c->l->tree->policy->tables;
	uint32_t before = 0;

	for (uint32_t i = 0; i < table; i++)
		before += tables[i].name == tables[table].name;
	put_string(c, b, tables[table].name);
	bytes_put32(b, before);
}

static void put_sort(struct canon *c, struct bytes *b, uint32_t sort)
{
	bytes_put8(b, sort < FOL_ROW ? sort : FOL_ROW);
	if (sort >= FOL_ROW)
		put_table(c, b, sort - FOL_ROW);
}

static void put_pattern(struct canon *c, struct bytes *b, uint32_t pattern)
{
	struct bc_bytes entry = bc_pattern(c->l->tree->policy, pattern);

	bytes_put8(b, entry.ptr[0]);
	if (entry.ptr[0] == 0)
		put_string(c, b, bc_get32(entry.ptr + 1));
	else
		put(b, entry);
}

static void put_field(struct canon *c, struct bytes *b, const struct fol_fun *fun)
{
	const struct bc_policy *p = c->l->tree->policy;
	const struct bc_event *e = &p->events[fun->a];
	bool is_member = fun->role >= LIFT_MEMBER && fun->role <= LIFT_MEMBER_AT;
	uint32_t field = is_member ? fun->b >> 16 : fun->b;

	put_string(c, b, e->name);
	put_string(c, b, bc_get32(e->fields + 12 * (size_t)field));
	if (is_member)
		bytes_put32(b, fun->b & 0xffff);
}

static void put_value(struct canon *c, struct bytes *b, const struct fol_fun *fun)
{
	bool is_zero = fun->a == LIFT_ZERO;

	bytes_put8(b, is_zero);
	if (is_zero)
		return;
	if (fun->role == LIFT_PATTERN)
		put_pattern(c, b, fun->a);
	else
		put_string(c, b, fun->a);       /* digests are in the pool of strings */
}

static void put_identity(struct canon *c, struct bytes *b, const struct fol_fun *fun)
{
	switch ((enum lift_role)fun->role) {
	case LIFT_VAR: case LIFT_HAS: case LIFT_GET: case LIFT_HAS_AT: case LIFT_GET_AT: case LIFT_HAS_ROW:
		put_string(c, b, c->l->tree->policy->vars[fun->a].name);
		bytes_put32(b, fun->b);
		return;
	case LIFT_FIELD: case LIFT_FIELD_HAS: case LIFT_FIELD_AT:
	case LIFT_MEMBER: case LIFT_MEMBER_HAS: case LIFT_MEMBER_AT:
		put_field(c, b, fun);
		return;
	case LIFT_COLUMN: case LIFT_COLUMN_HAS: case LIFT_COLUMN_AT:
		put_table(c, b, fun->a);
		put_string(c, b, bc_get32(c->l->tree->policy->tables[fun->a].columns + 8 * (size_t)fun->b));
		return;
	case LIFT_STR: case LIFT_DIGEST: case LIFT_PATTERN:
		put_value(c, b, fun);
		return;
	case LIFT_ROW:
		put_table(c, b, fun->a);
		bytes_put32(b, fun->b);
		return;
	case LIFT_MATCH: case LIFT_MATCHCAT: case LIFT_BELOW: case LIFT_CAT: case LIFT_PLACE: case LIFT_INDEX:
	case LIFT_ROLES:
		break;
	}
	bytes_put32(b, fun->a);
	bytes_put32(b, fun->b);
}

static struct str symbol(struct canon *c, const struct fol_fun *fun)
{
	struct bytes b = { .arena = c->arena };
	uint32_t more = fun->id * 2 + 64;
	struct str *symbols;

	if (fun->id >= c->n_symbols) {
		symbols = arena_array(c->arena, more, struct str);
		if (c->n_symbols > 0)
			memcpy(symbols, c->symbols, c->n_symbols * sizeof(*symbols));
		c->symbols = symbols;
		c->n_symbols = more;
	}
	if (c->symbols[fun->id].ptr != NULL)
		return c->symbols[fun->id];
	bytes_put8(&b, fun->role);
	put_identity(c, &b, fun);
	put_sort(c, &b, fun->sort);
	for (uint32_t i = 0; i < fun->n_args; i++)
		put_sort(c, &b, fun->args[i]);
	return c->symbols[fun->id] = bytes_str(&b);
}

/* ---- terms ------------------------------------------------------------------- */

static const uint8_t **known_digest(struct canon *c, const struct fol *f)
{
	uint32_t more = f->id * 2 + 1024;
	const uint8_t **digests;

	if (f->id >= c->n_digests) {
		digests = arena_array(c->arena, more, const uint8_t *);
		if (c->n_digests > 0)
			memcpy(digests, c->digests, c->n_digests * sizeof(*digests));
		c->digests = digests;
		c->n_digests = more;
	}
	return &c->digests[f->id];
}

static bool is_commutative(const struct fol *f)
{
	return f->kind == FOL_AND || f->kind == FOL_OR || f->kind == FOL_EQ || f->kind == FOL_ADD;
}

static int by_bytes(const void *l, const void *r)
{
	return memcmp(l, r, DIGEST_LEN);
}

/* What it is itself, before its kids. */
static void put_head(struct canon *c, struct bytes *b, const struct fol *f)
{
	struct str s;

	bytes_put8(b, f->kind);
	bytes_put32(b, f->number);
	bytes_put64(b, f->integer);
	put_sort(c, b, f->sort);
	if (fol_is_binder(f))
		put_sort(c, b, f->var_sort);
	if (f->kind == FOL_APP) {
		s = symbol(c, f->fun);
		put(b, (struct bc_bytes){ (const uint8_t *)s.ptr, (uint32_t)s.len });
	}
	bytes_put32(b, f->n);
}

const uint8_t *canon_digest(struct canon *c, struct fol *f)
{
	const uint8_t *known = *known_digest(c, f);
	uint8_t *digest, *kids;

	if (known != NULL)
		return known;
	digest = arena_array(c->arena, DIGEST_LEN + (size_t)f->n * DIGEST_LEN, uint8_t);
	kids = digest + DIGEST_LEN;
	for (uint32_t i = 0; i < f->n; i++)
		memcpy(kids + (size_t)i * DIGEST_LEN, canon_digest(c, f->kids[i]), DIGEST_LEN);
	if (is_commutative(f))
		qsort(kids, f->n, DIGEST_LEN, by_bytes);
	c->text.len = 0;
	put_head(c, &c->text, f);
	bytes_put(&c->text, kids, (size_t)f->n * DIGEST_LEN);
	digest_of(c->text.ptr, c->text.len, digest);
	return *known_digest(c, f) = digest;
}

void canon_digest_set(struct canon *c, struct fol *const *formulas, uint32_t n, uint8_t digest[DIGEST_LEN])
{
	uint8_t *all = arena_array(c->arena, (size_t)n * DIGEST_LEN + 1, uint8_t);
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++)
		memcpy(all + (size_t)i * DIGEST_LEN, canon_digest(c, formulas[i]), DIGEST_LEN);
	qsort(all, n, DIGEST_LEN, by_bytes);
	for (uint32_t i = 0; i < n; i++)
		if (kept == 0 || memcmp(all + (size_t)(kept - 1) * DIGEST_LEN, all + (size_t)i * DIGEST_LEN,
		    DIGEST_LEN) != 0)
			memmove(all + (size_t)kept++ * DIGEST_LEN, all + (size_t)i * DIGEST_LEN, DIGEST_LEN);
	digest_of(all, (size_t)kept * DIGEST_LEN, digest);
}

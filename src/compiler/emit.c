/* SPDX-License-Identifier: Apache-2.0
 *
 * emit.c - the sections in their order, and the last word of bc_open().
 *
 * The pools are first filled with all that the IR mentions.  What is then not
 * in the output (a folded requirement's strings) is taken out and the whole is
 * written again; the order of the rest stays, so once is enough.
 */
#include "emit.h"

#include <stdio.h>
#include <stdlib.h>

#include "../base/refusal.h"
#include "../bound/bound.h"
#include "../bytecode/decode.h"
#include "../base/bytes.h"

struct emitter {
	struct canon *c;
	struct code *rules, *claims;
	struct bytes sections[BC_N_SECTIONS];
};

static void put_name(struct emitter *m, struct bytes *b, struct str name)
{
	uint32_t number = canon_string(m->c, name);

	canon_use_string(m->c, number);
	bytes_put32(b, number);
}

static void put_meta(struct emitter *m, struct bytes *b)
{
	const struct ir_policy *ir = m->c->ir;

	put_name(m, b, ir->policy_name);
	bytes_put64(b, ir->svn);
	put_name(m, b, ir->framework_name);
	bytes_put32(b, ir->framework_version);
}

static void put_pool(struct bytes *b, const struct pool *pool, uint32_t unit)
{
	size_t end = 0;
	uint32_t i;

	bytes_put32(b, pool->n);
	for (i = 0; i < pool->n; i++) {
		end += pool->items[i].len / unit;
		bytes_put32(b, (uint32_t)end);
	}
	for (i = 0; i < pool->n; i++)
		bytes_put(b, pool->items[i].ptr, pool->items[i].len);
}

static void put_types(struct emitter *m, struct bytes *b)
{
	const struct canon *c = m->c;
	uint32_t i, j;

	bytes_put32(b, c->ir->n_enums);
	for (i = 0; i < c->ir->n_enums; i++) {
		put_name(m, b, c->enums[i]->name);
		bytes_put32(b, c->enums[i]->n_values);
		for (j = 0; j < c->enums[i]->n_values; j++)
			put_name(m, b, c->enums[i]->values[c->enum_values[i].at[j]]);
	}
	bytes_put32(b, c->ir->n_records);
	for (i = 0; i < c->ir->n_records; i++) {
		put_name(m, b, c->records[i]->name);
		bytes_put32(b, c->records[i]->keyed);
		bytes_put32(b, c->records[i]->n_members);
		for (j = 0; j < c->records[i]->n_members; j++) {
			const struct ir_member *member =
			    &c->records[i]->members[c->record_members[i].at[j]];

			put_name(m, b, member->name);
			bytes_put32(b, canon_type(&member->type));
		}
	}
}

static void put_switches(struct emitter *m, struct bytes *b)
{
	const struct canon *c = m->c;
	uint32_t i, word;

	bytes_put32(b, c->ir->n_switches);
	for (i = 0; i < c->ir->n_switches; i++) {
		const struct ir_value *v = &c->switches[i]->value;

		put_name(m, b, c->switches[i]->name);
		bytes_put32(b, canon_type(&v->type));
		if (v->type.base == BC_INTEGER) {
			bytes_put64(b, v->word);
			continue;
		}
		word = canon_word(c, v);
		bytes_put64(b, word);
		if (v->type.base == BC_STRING || v->type.base == BC_DIGEST32)
			canon_use_string(m->c, word);
		else if (v->type.base == BC_LANGUAGE)
			canon_use_pattern(m->c, word);
	}
}

static void put_tables(struct emitter *m, struct bytes *b)
{
	const struct canon *c = m->c;
	uint32_t i, j, k;

	bytes_put32(b, c->ir->n_tables);
	for (i = 0; i < c->ir->n_tables; i++) {
		const struct ir_table *t = c->tables[i];
		const struct canon_table *facts = &c->table_facts[i];

		put_name(m, b, t->name);
		bytes_put32(b, t->has_key);
		bytes_put32(b, t->n_columns);
		for (j = 0; j < t->n_columns; j++) {
			put_name(m, b, t->columns[facts->columns.at[j]].name);
			bytes_put32(b, canon_type(&t->columns[facts->columns.at[j]].type));
		}
		bytes_put32(b, facts->n_rows);
		for (j = 0; j < facts->n_rows; j++) {
			for (k = 0; k < t->n_columns; k++) {
				const struct cell *cell = &facts->rows[j][k];

				bytes_put32(b, cell->list != NULL ? canon_list(c, cell)
				    : cell->word);
			}
		}
	}
}

static void put_state(struct emitter *m, struct bytes *b)
{
	const struct canon *c = m->c;
	uint32_t i;

	bytes_put32(b, c->ir->n_vars);
	for (i = 0; i < c->ir->n_vars; i++) {
		const struct ir_var *v = c->vars[i];

		put_name(m, b, v->name);
		bytes_put32(b, v->ghost);
		bytes_put32(b, v->is_map ? canon_type(&v->key) : 0);
		bytes_put32(b, canon_type(&v->value));
		bytes_put32(b, v->capacity);
		bytes_put32(b, v->key_len);
		bytes_put32(b, v->value_len);
		bytes_put32(b, v->list_len);
		bytes_put64(b, v->bound);
	}
}

static void put_events(struct emitter *m, struct bytes *b)
{
	const struct canon *c = m->c;
	uint32_t i, j;

	bytes_put32(b, c->ir->n_events);
	for (i = 0; i < c->ir->n_events; i++) {
		const struct ir_event *e = c->events[i];
		const struct canon_event *facts = &c->event_facts[i];

		put_name(m, b, e->name);
		bytes_put32(b, e->n_fields);
		for (j = 0; j < e->n_fields; j++) {
			put_name(m, b, e->fields[facts->fields.at[j]].name);
			bytes_put32(b, canon_type(&e->fields[facts->fields.at[j]].type));
			bytes_put32(b, e->fields[facts->fields.at[j]].most);
		}
		bytes_put32(b, e->n_outs);
		for (j = 0; j < e->n_outs; j++) {
			put_name(m, b, e->outs[facts->outs.at[j]].name);
			bytes_put32(b, canon_type(&e->outs[facts->outs.at[j]].type));
		}
	}
}

static void put_claim_events(struct bytes *b, const struct canon *c, const struct ir_claim *claim)
{
	bool *is_listed = arena_array(c->a, c->ir->n_events, bool);
	uint32_t i, n = 0;

	for (i = 0; i < claim->n_events; i++)
		is_listed[claim->events[i]->number] = true;
	for (i = 0; i < c->ir->n_events; i++)
		n += is_listed[i];
	bytes_put32(b, n);
	for (i = 0; i < c->ir->n_events; i++)
		if (is_listed[i])
			bytes_put32(b, i);
}

/* Its bounds are known when all is written: bounds_say(). */
static void put_bounded(struct bytes *b, const struct code *code)
{
	bytes_put32(b, code->len);
	if (code->len == 0)
		return;
	bytes_put64(b, 0);
	bytes_put32(b, 0);
	bytes_put(b, code->ptr, code->len);
}

static void put_code(struct emitter *m, struct bytes *b)
{
	const struct canon *c = m->c;
	uint32_t i;

	for (i = 0; i < c->ir->n_events; i++) {
		m->rules[i] = (struct code){ NULL, 0, NULL, 0 };
		if (c->events[i]->has_rule)
			m->rules[i] = code_rule(m->c, c->events[i]);
		put_bounded(b, &m->rules[i]);
	}
	bytes_put32(b, c->ir->n_claims);
	for (i = 0; i < c->ir->n_claims; i++) {
		put_name(m, b, c->claims[i]->name);
		bytes_put32(b, (uint32_t)c->claims[i]->kind);
		put_claim_events(b, c, c->claims[i]);
		m->claims[i] = code_claim(m->c, c->claims[i]);
		put_bounded(b, &m->claims[i]);
	}
}

static void put_sections(struct emitter *m)
{
	uint32_t i;

	for (i = 0; i < BC_N_SECTIONS; i++)
		m->sections[i] = (struct bytes){ .arena = m->c->a };
	canon_rows(m->c);
	put_meta(m, &m->sections[BC_SEC_META]);
	put_types(m, &m->sections[BC_SEC_TYPES]);
	put_switches(m, &m->sections[BC_SEC_SWITCHES]);
	put_tables(m, &m->sections[BC_SEC_TABLES]);
	put_state(m, &m->sections[BC_SEC_STATE]);
	put_events(m, &m->sections[BC_SEC_EVENTS]);
	put_code(m, &m->sections[BC_SEC_CODE]);
}

static int put_all(struct emitter *m, struct bytes *whole)
{
	const struct canon *c = m->c;
	size_t len = BC_HEADER_LEN;
	uint32_t i;

	put_pool(&m->sections[BC_SEC_STRINGS], &c->strings, 1);
	put_pool(&m->sections[BC_SEC_PATTERNS], &c->patterns, 1);
	put_pool(&m->sections[BC_SEC_LISTS], &c->lists, 4);
	for (i = 0; i < BC_N_SECTIONS; i++)
		len += m->sections[i].len;
	if (len > BC_LEN_MAX) {
		diag_error(c->d, (struct loc){ NULL, 0, 0 }, DIAG_LIMIT,
		    "the policy has %zu bytes, and %u is the most", len, BC_LEN_MAX);
		return -1;
	}
	bytes_put(whole, BC_MAGIC, 8);
	bytes_put32(whole, BC_VERSION);
	bytes_put32(whole, (uint32_t)len);
	for (i = 0; i < BC_N_SECTIONS; i++)
		bytes_put32(whole, (uint32_t)m->sections[i].len);
	for (i = 0; i < BC_N_SECTIONS; i++)
		bytes_put(whole, m->sections[i].ptr, m->sections[i].len);
	return 0;
}

/* What a user can write too much of and only bc_open() measures, in the user's
 * terms; NULL for what is our mistake. */
static const char *limit_text(enum bc_error error)
{
	static const struct { enum bc_error error; const char *text; } limits[] = {
		{ BC_E_STACK_FULL, "an expression needs more than 16 values at a time" },
		{ BC_E_BLOCKS, "an expression nests more than 32 deep; in a run of 'and' or 'or' "
		    "each operand is one deeper" },
		{ BC_E_LOOPS, "loops are nested more than 6 deep" },
		{ BC_E_SLOTS, "more than 48 names are in scope (a loop takes two)" },
		{ BC_E_KEEPS, "a rule keeps parts of more than 8 fields" },
		{ BC_E_WRITES, "a rule has more than 24 effects on the state" },
		{ BC_E_SCRATCH, "the filters need too much memory" },
		{ BC_E_POOL_ENTRIES, "the policy has more than 262144 different strings, patterns or lists" },
		{ BC_E_VAR_CAPACITY, "a capacity is out of range" },
		{ BC_E_VAR_KEY_LEN, "the longest key of a state variable is out of range" },
		{ BC_E_VAR_VALUE_LEN, "the longest string of a state variable is out of range" },
		{ BC_E_VAR_LIST_LEN, "the longest list of a state variable is out of range" },
		{ BC_E_FIELD_MOST, "the most elements of a field are out of range" },
	};
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (limits[i].error == error)
			return limits[i].text;
	return NULL;
}

/* Its length and its bounds. */
#define BEFORE_CODE 16

/* The statement or claim whose instructions hold the byte `where`. */
static struct loc find_code(const struct emitter *m, size_t where)
{
	const struct canon *c = m->c;
	size_t at = BC_HEADER_LEN, i, j;

	for (i = 0; i < BC_SEC_CODE; i++)
		at += m->sections[i].len;
	for (i = 0; i < c->ir->n_events; i++) {
		const struct code *rule = &m->rules[i];

		at += rule->len == 0 ? 4 : BEFORE_CODE;
		if (where < at + rule->len) {
			for (j = 0; j + 1 < rule->n_places && where > at + rule->places[j].pc; j++)
				continue;
			return j < rule->n_places ? rule->places[j].stmt->loc : c->events[i]->loc;
		}
		at += rule->len;
	}
	at += 4;
	for (i = 0; i < c->ir->n_claims; i++) {
		at += 12 + 4 * (size_t)c->claims[i]->n_events + BEFORE_CODE + m->claims[i].len;
		if (where < at)
			return c->claims[i]->loc;
	}
	return (struct loc){ NULL, 0, 0 };
}

/* The last word of bc_open(), and what each code takes. */
static int judge(const struct emitter *m, struct bytes *whole)
{
	struct bc_policy *opened = arena_new(m->c->a, struct bc_policy);
	struct bounds *bounds = arena_new(m->c->a, struct bounds);
	struct loc loc = { NULL, 0, 0 };
	size_t where = 0, code = whole->len - m->sections[BC_SEC_CODE].len;
	enum bc_error error = bc_open(opened, whole->ptr, whole->len, &where);

	if (error == BC_OK) {
		const struct bc_code *large;

		bounds_of(bounds, opened);
		large = bounds_say(bounds, opened, (uint8_t *)whole->ptr);
		if (large == NULL)
			return 0;
		error = BC_E_SCRATCH;
		where = (size_t)(large->ptr - opened->bytes);
	}
	if (where >= code)
		loc = find_code(m, where);
	if (limit_text(error) != NULL) {
		diag_error(m->c->d, loc, DIAG_LIMIT, "%s", limit_text(error));
		return -1;
	}
	diag_error(m->c->d, loc, DIAG_INTERNAL,
	    "the compiler made bytes that are not a policy: %s (%s at byte %zu); please report this",
	    refusal_text(error), refusal_name(error), where);
	exit(2);
}

int emit(struct arena *a, const struct ir_policy *ir, struct diag *d, struct canonical *image)
{
	struct emitter m = { .c = canon_of(a, ir, d) };
	struct bytes whole = { .arena = a };
	uint32_t n_errors = d->n_errors;

	if (m.c == NULL)
		return -1;
	m.rules = arena_array(a, ir->n_events, struct code);
	m.claims = arena_array(a, ir->n_claims, struct code);
	do {
		put_sections(&m);
		if (d->n_errors != n_errors)
			return -1;
	} while (canon_drop_unused(m.c));
	if (put_all(&m, &whole) != 0 || judge(&m, &whole) != 0)
		return -1;
	*image = (struct canonical){ whole.ptr, whole.len, m.c, m.rules, m.claims };
	return 0;
}

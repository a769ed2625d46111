/* SPDX-License-Identifier: Apache-2.0
 *
 * used.c - what is true of the whole: lists fit the columns that refer to them
 * and no pool has an entry that nothing refers to.
 *
 * There is no memory for a mark on every entry, so marks are made on a window
 * of BC_WINDOW entries at a time, and the references are walked once for each
 * window: time grows with references times entries / BC_WINDOW.
 */
#include "mem.h"
#include "open.h"

enum pool { STRINGS, PATTERNS, LISTS, NO_POOL };

struct marks {
	enum pool pool;                 /* which references are looked for */
	uint32_t first;                 /* the window is [first, first + BC_WINDOW) */
	uint8_t *bits;
};

static void move_window(struct marks *m, uint8_t *bits, enum pool pool, uint32_t first)
{
	m->pool = pool;
	m->first = first;
	m->bits = bits;
	memset(bits, 0, BC_WINDOW / 8);
}

static void mark(struct marks *m, uint32_t i)
{
	i -= m->first;                  /* below the window: wraps, and is far above it */
	if (i < BC_WINDOW)
		m->bits[i / 8] |= (uint8_t)(1u << i % 8);
}

static bool is_marked(const struct marks *m, uint32_t i)
{
	i -= m->first;
	return i < BC_WINDOW && (m->bits[i / 8] >> i % 8 & 1) != 0;
}

/* n indices, each at the start of `stride` bytes. */
static void mark_run(struct marks *m, const uint8_t *at, uint32_t n, size_t stride)
{
	for (uint32_t i = 0; i < n; i++)
		mark(m, bc_get32(at + stride * i));
}

static void mark_cells(struct marks *m, const struct bc_table *t, uint32_t column)
{
	mark_run(m, t->rows + 4 * (size_t)column, t->n_rows, t->row_len);
}

/* The pool that values of a type are in. */
static enum pool pool_of(uint32_t type)
{
	if (BC_SHAPE(type) != BC_ONE)
		return LISTS;
	if (BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32)
		return STRINGS;
	return BC_BASE(type) == BC_LANGUAGE ? PATTERNS : NO_POOL;
}

static void mark_code(struct marks *m, const struct bc_code *code)
{
	for (uint32_t at = 0; at < code->len; at += bc_insn_len(code->ptr[at])) {
		uint8_t op = code->ptr[at];

		if (m->pool == PATTERNS ? op == BC_PATTERN : op == BC_STR || op == BC_DIGEST)
			mark(m, bc_get32(code->ptr + at + 1));
	}
}

/* What refers to a pool by its type, or from code. */
static void mark_values(const struct bc_policy *p, struct marks *m)
{
	for (uint32_t i = 0; i < p->n_switches; i++) {
		if (pool_of(bc_switch_type(p, i)) == m->pool)
			mark(m, (uint32_t)bc_switch_value(p, i));
	}
	for (uint32_t i = 0; i < p->n_tables; i++) {
		for (uint32_t j = 0; j < p->tables[i].n_columns; j++) {
			if (pool_of(bc_column_type(&p->tables[i], j)) == m->pool)
				mark_cells(m, &p->tables[i], j);
		}
	}
	if (m->pool == LISTS)
		return;
	for (uint32_t i = 0; i < p->n_events; i++)
		mark_code(m, &p->events[i].rule);
	for (uint32_t i = 0; i < p->n_claims; i++)
		mark_code(m, &p->claims[i].code);
}

/* The elements of those lists that columns of strings refer to. */
static void mark_listed_strings(struct bc_policy *p, struct marks *m)
{
	struct marks lists;

	for (uint32_t first = 0; first < p->lists.n; first += BC_WINDOW) {
		move_window(&lists, p->marks[1], LISTS, first);
		for (uint32_t i = 0; i < p->n_tables; i++) {
			for (uint32_t j = 0; j < p->tables[i].n_columns; j++) {
				uint32_t type = bc_column_type(&p->tables[i], j);

				if (BC_SHAPE(type) != BC_ONE && pool_of(type & 0xffffffu) == STRINGS)
					mark_cells(&lists, &p->tables[i], j);
			}
		}
		for (uint32_t i = first; i < p->lists.n && i - first < BC_WINDOW; i++) {
			struct bc_bytes list = bc_list(p, i);

			if (is_marked(&lists, i))
				mark_run(m, list.ptr, list.len, 4);
		}
	}
}

/* Names, and the patterns that are strings. */
static void mark_names(const struct bc_policy *p, struct marks *m)
{
	mark(m, p->policy_name);
	mark(m, p->framework_name);
	for (uint32_t i = 0; i < p->n_enums; i++) {
		mark(m, bc_get32(p->enums[i]));
		mark_run(m, p->enums[i] + 8, bc_get32(p->enums[i] + 4), 4);
	}
	for (uint32_t i = 0; i < p->n_records; i++) {
		mark(m, bc_get32(p->records[i]));
		mark_run(m, p->records[i] + 12, bc_record_len(p, i), 8);
	}
	mark_run(m, p->switches, p->n_switches, 16);
	for (uint32_t i = 0; i < p->n_tables; i++) {
		mark(m, p->tables[i].name);
		mark_run(m, p->tables[i].columns, p->tables[i].n_columns, 8);
	}
	for (uint32_t i = 0; i < p->n_vars; i++)
		mark(m, p->vars[i].name);
	for (uint32_t i = 0; i < p->n_events; i++) {
		mark(m, p->events[i].name);
		mark_run(m, p->events[i].fields, p->events[i].n_fields, 12);
		mark_run(m, p->events[i].outs, p->events[i].n_outs, 8);
	}
	for (uint32_t i = 0; i < p->n_claims; i++)
		mark(m, p->claims[i].name);
	for (uint32_t i = 0; i < p->patterns.n; i++) {
		struct bc_bytes pattern = bc_pattern(p, i);

		if (pattern.ptr[0] == 0)
			mark(m, bc_get32(pattern.ptr + 1));
	}
}

static bool judge_pool(struct opener *o, const struct bc_pool *pool, enum pool which,
    enum bc_error error)
{
	struct marks m;

	for (uint32_t first = 0; first < pool->n; first += BC_WINDOW) {
		move_window(&m, o->p->marks[0], which, first);
		mark_values(o->p, &m);
		if (which == STRINGS) {
			mark_names(o->p, &m);
			mark_listed_strings(o->p, &m);
		}
		for (uint32_t i = first; i < pool->n && i - first < BC_WINDOW; i++) {
			if (!is_marked(&m, i))
				return bc_fail(o, error, (uint32_t)(pool->ends - o->p->bytes) + 4 * i);
		}
	}
	return true;
}

bool bc_judge_use(struct opener *o)
{
	return judge_pool(o, &o->p->strings, STRINGS, BC_E_STRING_UNUSED) &&
	    judge_pool(o, &o->p->patterns, PATTERNS, BC_E_PATTERN_UNUSED) &&
	    judge_pool(o, &o->p->lists, LISTS, BC_E_LIST_UNUSED);
}

static bool judge_list(struct opener *o, uint32_t type, struct bc_bytes list)
{
	for (uint32_t i = 0; i < list.len; i++) {
		const uint8_t *at = list.ptr + 4 * (size_t)i;
		uint32_t where = (uint32_t)(at - o->p->bytes);

		if (!bc_value_fits(o->p, type, bc_get32(at)))
			return bc_fail(o, BC_E_LIST_ELEMENT, where);
		if (BC_SHAPE(type) == BC_SET && i > 0 && bc_get32(at - 4) >= bc_get32(at))
			return bc_fail(o, BC_E_SET_ORDER, where);
	}
	return true;
}

/* Each list is judged once for each column, however many rows refer to it. */
static bool judge_column(struct opener *o, const struct bc_table *t, uint32_t column)
{
	struct bc_policy *p = o->p;
	uint32_t type = bc_column_type(t, column);
	struct marks m;

	for (uint32_t first = 0; first < p->lists.n; first += BC_WINDOW) {
		move_window(&m, p->marks[0], LISTS, first);
		mark_cells(&m, t, column);
		for (uint32_t i = first; i < p->lists.n && i - first < BC_WINDOW; i++) {
			if (is_marked(&m, i) && !judge_list(o, type, bc_list(p, i)))
				return false;
		}
	}
	return true;
}

bool bc_judge_lists(struct opener *o)
{
	for (uint32_t i = 0; i < o->p->n_tables; i++) {
		const struct bc_table *t = &o->p->tables[i];

		for (uint32_t j = 0; j < t->n_columns; j++) {
			if (BC_SHAPE(bc_column_type(t, j)) != BC_ONE && !judge_column(o, t, j))
				return false;
		}
	}
	return true;
}

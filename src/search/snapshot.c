/* SPDX-License-Identifier: Apache-2.0
 *
 * snapshot.c - see snapshot.h.
 *
 * A snapshot has, for each variable that the group keeps, the scalar's word or
 * the number of entries and each key and value: a word is 8 bytes, a string
 * its length and bytes, a list or set its number of elements and each.
 */
#include "snapshot.h"

#include "../request/request.h"
#include "../runtime/machine.h"

/* ---- taking ---- */

static void take_word(struct bytes *out, uint64_t word)
{
	bytes_put(out, &word, sizeof(word));
}

static void take_scalar(struct bytes *out, const struct value *v)
{
	if (v->kind == V_BYTES) {
		bytes_put(out, &v->n, sizeof(v->n));
		bytes_put(out, v->ptr, v->n);
	} else {
		take_word(out, v->word);
	}
}

static void take_value(struct bytes *out, const struct view *view, uint32_t type,
    const struct value *v)
{
	uint32_t n, i = 0;
	struct value element;

	if (BC_SHAPE(type) == BC_ONE) {
		take_scalar(out, v);
		return;
	}
	n = cpol_count(view, v);
	bytes_put(out, &n, sizeof(n));
	while (cpol_next(view, v, &i, &element))
		take_scalar(out, &element);
}

void snapshot_take(struct bytes *out, const struct cpol_group *g)
{
	const struct bc_policy *p = g->policy;
	struct view view = { .policy = p, .now = g };
	uint32_t var, i, n;

	for (var = 0; var < p->n_vars; var++) {
		struct value key, val = { .kind = V_WORD };

		if (!cpol_keeps(g, var))
			continue;
		if (p->vars[var].key == 0) {
			take_word(out, state_scalar(g, var));
			continue;
		}
		n = state_count(g, var);
		bytes_put(out, &n, sizeof(n));
		for (i = 0; i < n; i++) {
			state_entry(g, var, i, &key, &val);
			take_value(out, &view, p->vars[var].key, &key);
			if (p->vars[var].value != 0)
				take_value(out, &view, p->vars[var].value, &val);
		}
	}
}

uint64_t snapshot_hash(struct str snapshot)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325), word;
	size_t i;

	for (i = 0; i + 8 <= snapshot.len; i += 8) {
		memcpy(&word, snapshot.ptr + i, 8);
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	for (; i < snapshot.len; i++)
		hash = (hash ^ (uint8_t)snapshot.ptr[i]) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

/* ---- restoring ---- */

struct cursor {
	struct arena *scratch;
	const struct bc_policy *policy;
	const uint8_t *at;
};

static uint32_t next32(struct cursor *c)
{
	uint32_t word;

	memcpy(&word, c->at, sizeof(word));
	c->at += sizeof(word);
	return word;
}

static uint64_t next64(struct cursor *c)
{
	uint64_t word;

	memcpy(&word, c->at, sizeof(word));
	c->at += sizeof(word);
	return word;
}

static bool is_text(uint32_t type)
{
	return BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32;
}

static struct value next_scalar(struct cursor *c, uint32_t type)
{
	struct value v = { .kind = V_WORD, .type = type };

	if (!is_text(type)) {
		v.word = next64(c);
		return v;
	}
	v.kind = V_BYTES;
	v.n = next32(c);
	v.ptr = c->at;
	c->at += v.n;
	return v;
}

/* Lists in the forms that the runtime walks: see enum value_kind. */
static struct value next_list(struct cursor *c, uint32_t type)
{
	struct value v = { .kind = V_WORDS, .type = type, .n = next32(c), .stride = 1 };
	uint32_t inner = bc_element(type), i, most = 0, k;
	const uint8_t *start = c->at;
	uint8_t *out;

	if (is_text(type)) {
		for (i = 0; i < v.n; i++) {
			struct value element = next_scalar(c, inner);

			most = element.n > most ? element.n : most;
		}
		c->at = start;
		v.kind = V_STRINGS;
		v.stride = (uint16_t)((4 + most + 3) / 4 * 4);
	} else if (BC_BASE(type) == BC_INTEGER) {
		v.kind = V_CELLS;
	}
	out = arena_alloc(c->scratch, (size_t)(v.n + 1) * (v.kind == V_STRINGS ? v.stride : 8));
	v.ptr = out;
	for (i = 0; i < v.n; i++) {
		struct value element = next_scalar(c, inner);
		uint32_t word = (uint32_t)element.word;

		if (v.kind == V_STRINGS) {
			memcpy(out + (size_t)v.stride * i, &element.n, 4);
			memcpy(out + (size_t)v.stride * i + 4, element.ptr, element.n);
		} else if (v.kind == V_WORDS) {
			memcpy(out + 4 * (size_t)i, &word, 4);
		} else {
			for (k = 0; k < 8; k++)
				out[8 * (size_t)i + k] = (uint8_t)(element.word >> (56 - 8 * k));
		}
	}
	return v;
}

static struct value next_value(struct cursor *c, uint32_t type)
{
	return BC_SHAPE(type) == BC_ONE ? next_scalar(c, type) : next_list(c, type);
}

bool snapshot_restore(struct arena *scratch, struct cpol_group *g, struct str snapshot)
{
	struct cursor c = { scratch, g->policy, (const uint8_t *)snapshot.ptr };
	uint32_t var, n;

	state_clear(g);
	for (var = 0; var < g->policy->n_vars; var++) {
		const struct bc_var *v = &g->policy->vars[var];

		if (!cpol_keeps(g, var))
			continue;
		if (v->key == 0) {
			state_set_scalar(g, var, next64(&c));
			continue;
		}
		for (n = next32(&c); n > 0; n--) {
			struct value key = next_value(&c, v->key), val = { .kind = V_WORD };

			if (v->value != 0)
				val = next_value(&c, v->value);
			if (!state_put(g, var, &key, &val))
				return false;
		}
	}
	return true;
}

/* ---- for people ---- */

static struct str string_at(const struct bc_policy *p, uint32_t i)
{
	struct bc_bytes bytes = bc_string(p, i);

	return (struct str){ (const char *)bytes.ptr, bytes.len };
}

static void print_digest(struct bytes *b, struct str digest)
{
	bytes_printf(b, "sha256:");
	for (size_t i = 0; i < digest.len; i++)
		bytes_printf(b, "%02x", (uint8_t)digest.ptr[i]);
}

void snapshot_print_row(struct bytes *b, const struct bc_policy *p, uint32_t table, uint64_t row)
{
	const struct bc_table *t = &p->tables[table];
	uint32_t i;

	if (row >= t->n_rows) {
		bytes_printf(b, "no %.*s", STR_ARG(string_at(p, t->name)));
		return;
	}
	for (i = 0; i < t->n_columns; i++)
		if (bc_column_type(t, i) == BC_TYPE(BC_ONE, BC_STRING, 0) &&
		    str_is(string_at(p, bc_get32(t->columns + 8 * (size_t)i)), "name")) {
			bytes_printf(b, "%.*s",
			    STR_ARG(string_at(p, bc_cell(t, (uint32_t)row, i))));
			return;
		}
	bytes_printf(b, "%.*s %u", STR_ARG(string_at(p, t->name)), (unsigned)row);
	for (i = 0; i < t->n_columns; i++)
		if (bc_column_type(t, i) == BC_TYPE(BC_ONE, BC_DIGEST32, 0)) {
			bytes_printf(b, " (");
			print_digest(b, string_at(p, bc_cell(t, (uint32_t)row, i)));
			bytes_printf(b, ")");
			return;
		}
}

static void print_scalar(struct bytes *b, const struct bc_policy *p, uint32_t type,
    const struct value *v)
{
	struct str text = { (const char *)v->ptr, v->n };

	if (BC_BASE(type) == BC_STRING) {
		text = request_quote(b->arena, text);
		bytes_put(b, text.ptr, text.len);
	} else if (BC_BASE(type) == BC_DIGEST32) {
		print_digest(b, text);
	} else if (BC_BASE(type) == BC_TABLEROW) {
		snapshot_print_row(b, p, BC_INDEX(type), v->word);
	} else if (BC_BASE(type) == BC_BOOL) {
		bytes_printf(b, v->word != 0 ? "true" : "false");
	} else if (BC_BASE(type) == BC_ENUMERATION) {
		text = string_at(p, bc_get32(p->enums[BC_INDEX(type)] + 8 + 4 * (size_t)v->word));
		bytes_put(b, text.ptr, text.len);
	} else {
		bytes_printf(b, "%llu", (unsigned long long)v->word);
	}
}

static void print_value(struct bytes *b, const struct view *view, uint32_t type,
    const struct value *v)
{
	uint32_t inner = bc_element(type), i = 0;
	bool set = BC_SHAPE(type) == BC_SET, first = true;
	struct value element;

	if (BC_SHAPE(type) == BC_ONE) {
		print_scalar(b, view->policy, type, v);
		return;
	}
	bytes_printf(b, "%c", set ? '{' : '[');
	while (cpol_next(view, v, &i, &element)) {
		if (!first)
			bytes_printf(b, ", ");
		first = false;
		print_scalar(b, view->policy, inner, &element);
	}
	bytes_printf(b, "%c", set ? '}' : ']');
}

/* ---- cells ---- */

struct difference {
	struct arena *arena;
	struct view before, after;
	bool all;                       /* also what is the same */
	struct snapshot_cell *cells;
	uint32_t n, cap;
};

static struct str text_of(struct difference *d, const struct view *view, uint32_t type,
    const struct value *v)
{
	struct bytes b = { .arena = d->arena };

	if (type == 0 || v == NULL)
		return (struct str){ NULL, 0 };
	print_value(&b, view, type, v);
	return bytes_str(&b);
}

static void add_cell(struct difference *d, char mark, uint32_t var, const struct value *key,
    const struct value *old, const struct value *new)
{
	const struct bc_policy *p = d->after.policy;
	const struct bc_var *v = &p->vars[var];
	struct snapshot_cell *cell;

	if (mark == ' ' && !d->all)
		return;
	arena_push(d->arena, d->cells, d->n, d->cap);
	cell = &d->cells[d->n++];
	*cell = (struct snapshot_cell){ .mark = mark, .var = string_at(p, v->name),
	    .has_key = v->key != 0, .has_value = v->value != 0, .ghost = (v->flags & 1) != 0 };
	cell->key = text_of(d, &d->after, v->key, key);
	cell->old = text_of(d, &d->before, v->value, old);
	cell->new = text_of(d, &d->after, v->value, new);
}

static bool same_value(struct difference *d, uint32_t type, const struct value *old,
    const struct value *new)
{
	struct bytes x = { .arena = d->arena }, y = { .arena = d->arena };

	take_value(&x, &d->before, type, old);
	take_value(&y, &d->after, type, new);
	return str_equal(bytes_str(&x), bytes_str(&y));
}

static void diff_map(struct difference *d, uint32_t var)
{
	uint32_t type = d->after.policy->vars[var].value, i = 0, j = 0;
	uint32_t n = state_count(d->before.now, var), m = state_count(d->after.now, var);
	struct value k, l, v = { .kind = V_WORD }, w = { .kind = V_WORD };

	while (i < n || j < m) {
		int order = i == n ? 1 : -1;

		if (i < n)
			state_entry(d->before.now, var, i, &k, &v);
		if (j < m)
			state_entry(d->after.now, var, j, &l, &w);
		if (i < n && j < m)
			order = cpol_compare(&k, &l);
		if (order < 0)
			add_cell(d, '-', var, &k, &v, NULL);
		else if (order > 0)
			add_cell(d, '+', var, &l, NULL, &w);
		else
			add_cell(d, type != 0 && !same_value(d, type, &v, &w) ? '~' : ' ', var, &l,
			    &v, &w);
		i += order <= 0;
		j += order >= 0;
	}
}

static void diff_scalar(struct difference *d, uint32_t var)
{
	struct value old = { .word = state_scalar(d->before.now, var) };
	struct value new = { .word = state_scalar(d->after.now, var) };

	add_cell(d, old.word == new.word ? ' ' : '~', var, NULL, &old, &new);
}

uint32_t snapshot_cells(struct arena *a, const struct cpol_group *before,
    const struct cpol_group *after, bool all, struct snapshot_cell **cells)
{
	const struct bc_policy *p = after->policy;
	struct difference d = { .arena = a, .before = { .policy = p, .now = before },
	    .after = { .policy = p, .now = after }, .all = all };
	uint32_t var;

	for (var = 0; var < p->n_vars; var++) {
		if (!cpol_keeps(before, var) || !cpol_keeps(after, var))
			continue;
		if (p->vars[var].key != 0)
			diff_map(&d, var);
		else
			diff_scalar(&d, var);
	}
	*cells = d.cells;
	return d.n;
}

struct str snapshot_line(struct arena *a, const struct snapshot_cell *cell)
{
	struct bytes b = { .arena = a };

	bytes_printf(&b, "%c %.*s", cell->mark, STR_ARG(cell->var));
	if (cell->has_key)
		bytes_printf(&b, "[%.*s]", STR_ARG(cell->key));
	if (!cell->has_value || (cell->mark == '-' && cell->has_key))
		return bytes_str(&b);
	bytes_printf(&b, " = ");
	if (cell->mark == '~')
		bytes_printf(&b, "%.*s -> ", STR_ARG(cell->old));
	bytes_printf(&b, "%.*s", STR_ARG(cell->new));
	return bytes_str(&b);
}

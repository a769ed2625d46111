/* SPDX-License-Identifier: Apache-2.0
 *
 * twin_model.c - states and requests in a form of the test's own, so that what
 * formulas mean is not read through the interpreter's eyes.
 */
#include "twin.h"

#include <stdlib.h>

#include "automata/dfa.h"
#include "bytecode/decode.h"

#define ELEMENT(type)   ((type) & UINT32_C(0x00ffffff))
#define MOST_TEXTS      (1u << 16)

/* ---- texts --------------------------------------------------------------- */

static struct {
	struct arena arena;
	struct str items[MOST_TEXTS];
	uint32_t slots[2 * MOST_TEXTS]; /* number + 1 */
	uint32_t n;
} texts;

uint64_t text_number(const uint8_t *ptr, size_t len)
{
	uint32_t h = 2166136261u, at;

	for (size_t i = 0; i < len; i++)
		h = (h ^ ptr[i]) * 16777619u;
	for (at = h % (2 * MOST_TEXTS); texts.slots[at] != 0; at = (at + 1) % (2 * MOST_TEXTS)) {
		struct str *s = &texts.items[texts.slots[at] - 1];

		if (s->len == len && (len == 0 || memcmp(s->ptr, ptr, len) == 0))
			return texts.slots[at] - 1;
	}
	if (texts.n == MOST_TEXTS)
		abort();
	texts.items[texts.n] = arena_copy(&texts.arena, ptr, len);
	texts.slots[at] = ++texts.n;
	return texts.n - 1;
}

struct str text_of(uint64_t number)
{
	return texts.items[number];
}

static uint64_t number_of(struct str s)
{
	return text_number((const uint8_t *)s.ptr, s.len);
}

static bool is_text(uint32_t type)
{
	return BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32;
}

uint64_t zero_of(uint32_t type)
{
	if (BC_BASE(type) == BC_STRING)
		return number_of(made_texts[0]);
	if (BC_BASE(type) == BC_DIGEST32)
		return number_of(made_digests[0]);
	if (BC_BASE(type) == BC_TABLEROW)
		return BC_NO_ROW;
	return BC_BASE(type) == BC_LANGUAGE ? LIFT_ZERO : 0;
}

uint32_t sort_of_type(uint32_t type)
{
	static const uint32_t sorts[] = { FOL_BOOL, FOL_BOOL, FOL_INTEGER, FOL_INTEGER, FOL_STR, FOL_DIG, FOL_PAT };

	return BC_BASE(type) == BC_TABLEROW ? FOL_ROW + BC_INDEX(type) : sorts[BC_BASE(type)];
}

bool cells_equal(const struct model_cell *l, const struct model_cell *r)
{
	if (l->word != r->word || l->n != r->n)
		return false;
	for (uint32_t i = 0; i < l->n; i++)
		if (l->items[i] != r->items[i])
			return false;
	return true;
}

struct model_cell *model_find(struct state_model *s, uint32_t map, uint64_t key)
{
	for (uint32_t i = 0; i < s->n[map]; i++)
		if (s->entries[map][i].key == key)
			return &s->entries[map][i].value;
	return NULL;
}

/* ---- random states and requests -------------------------------------------- */

struct limits { uint32_t len; uint64_t bound; };

static uint64_t random_word(struct model *m, uint32_t type, struct limits limits)
{
	uint64_t word;

	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		return chance_below(m->chance, 2);
	case BC_INTEGER:
		word = made_integer(m->chance);
		return word > limits.bound ? limits.bound : word;
	case BC_ENUMERATION:
		return chance_below(m->chance, bc_get32(m->policy->enums[BC_INDEX(type)] + 4));
	case BC_STRING:
		word = chance_below(m->chance, N_TEXTS);
		return number_of(made_texts[made_texts[word].len > limits.len ? 1 : word]);
	case BC_DIGEST32:
		return number_of(made_digests[chance_below(m->chance, N_DIGESTS)]);
	case BC_TABLEROW:
		word = chance_below(m->chance, m->policy->tables[BC_INDEX(type)].n_rows + 1);
		return word == m->policy->tables[BC_INDEX(type)].n_rows ? BC_NO_ROW : word;
	case BC_NOTHING: case BC_LANGUAGE: case BC_RECORD:
		break;
	}
	return 0;
}

static int order(uint32_t type, uint64_t l, uint64_t r)
{
	return is_text(type) ? str_compare(text_of(l), text_of(r)) : (l > r) - (l < r);
}

/* Put a word where it belongs in a set; one that is there stays single. */
static void insert(uint32_t type, struct model_cell *c, uint64_t word)
{
	uint32_t i = 0;

	while (i < c->n && order(type, c->items[i], word) < 0)
		i++;
	if ((i < c->n && c->items[i] == word) || (BC_BASE(type) == BC_TABLEROW && word == BC_NO_ROW))
		return;
	for (uint32_t j = c->n++; j > i; j--)
		c->items[j] = c->items[j - 1];
	c->items[i] = word;
}

static struct model_cell random_cell(struct model *m, uint32_t type, uint32_t most, struct limits limits)
{
	struct model_cell c = { 0 };
	uint32_t n = chance_below(m->chance, most + 1);

	if (BC_SHAPE(type) == BC_ONE)
		c.word = random_word(m, type, limits);
	for (uint32_t i = 0; BC_SHAPE(type) != BC_ONE && i < n; i++) {
		uint64_t word = random_word(m, type, limits);

		if (BC_SHAPE(type) == BC_SET)
			insert(type, &c, word);
		else
			c.items[c.n++] = word;
	}
	return c;
}

/* What no rule puts is in no state. */
static void trim_rows(const struct bound_var *v, struct model_cell *c)
{
	while (c->n > 0 &&
	    (c->n > v->rows || c->items[c->n - 1] - c->items[0] >= v->span))
		c->items[--c->n] = 0;
}

static void random_map(struct model *m, uint32_t map)
{
	const struct bc_var *v = &m->policy->vars[map];
	struct limits key = { v->key_len, UINT64_MAX }, value = { v->value_len, v->bound };
	uint32_t n = !m->bounds->vars[map].is_held ? 0 : chance_below(m->chance, (v->capacity < 3 ? v->capacity : 3) + 1);
	uint32_t most = BC_SHAPE(v->value) == BC_LIST && v->list_len < 3 ? v->list_len : 3;

	for (uint32_t i = 0; i < n; i++) {
		struct entry e = { .key = random_word(m, v->key, key) };

		if (model_find(&m->now, map, e.key) != NULL)
			continue;
		if (v->value != 0)
			e.value = random_cell(m, v->value, most, value);
		if (BC_SHAPE(v->value) == BC_SET)
			trim_rows(&m->bounds->vars[map], &e.value);
		m->now.entries[map][m->now.n[map]++] = e;
	}
}

static void remove_entry(struct state_model *s, uint32_t map, uint32_t i)
{
	s->entries[map][i] = s->entries[map][--s->n[map]];
}

/* Nor is what rules leave true of two maps ever false. */
static bool trim_pair(struct model *m, uint32_t a, uint32_t b)
{
	const struct bound_pair *pair = &m->bounds->pairs[a][b];
	bool is_trimmed = false;

	for (uint32_t i = 0; i < m->now.n[a]; i++) {
		struct entry *e = &m->now.entries[a][i];
		bool is_there = model_find(&m->now, b, e->key) != NULL;

		if (pair->is_within && !is_there) {
			remove_entry(&m->now, a, i--);
			is_trimmed = true;
			continue;
		}
		while (BC_SHAPE(m->policy->vars[a].value) == BC_SET && is_there && e->value.n > pair->rows)
			e->value.items[--e->value.n] = 0;
	}
	return is_trimmed;
}

static void trim_state(struct model *m)
{
	bool goes_on = true;

	for (uint32_t i = 0; i < m->policy->n_vars; i++)
		while (m->policy->vars[i].key != 0 && m->now.n[i] > m->bounds->vars[i].keys)
			remove_entry(&m->now, i, 0);
	while (goes_on) {
		goes_on = false;
		for (uint32_t a = 0; a < m->policy->n_vars; a++)
			for (uint32_t b = 0; b < m->policy->n_vars; b++)
				if (a != b && m->policy->vars[a].key != 0 && m->policy->vars[b].key != 0)
					goes_on |= trim_pair(m, a, b);
	}
}

void model_random_state(struct model *m)
{
	memset(&m->now, 0, sizeof(m->now));
	for (uint32_t i = 0; i < m->policy->n_vars; i++) {
		const struct bc_var *v = &m->policy->vars[i];

		if (v->key != 0)
			random_map(m, i);
		else
			m->now.scalars[i] = random_word(m, v->value,
			    (struct limits){ 0, (v->flags & 1) != 0 ? UINT64_MAX : v->bound });
	}
	trim_state(m);
}

static void random_records(struct model *m, uint32_t type, struct field_model *f)
{
	struct limits no_limits = { UINT32_MAX, UINT64_MAX };
	struct model_cell keys = random_cell(m, BC_TYPE(BC_SHAPE(type), BC_STRING, 0), 3, no_limits);
	uint32_t n = bc_record_len(m->policy, BC_INDEX(type));

	f->cell.n = keys.n;
	for (uint32_t i = 0; i < keys.n; i++)
		for (uint32_t j = 0; j < n; j++) {
			f->members[i][j] = random_cell(m, bc_member_type(m->policy, BC_INDEX(type), j), 2, no_limits);
			if (j == 0)
				f->members[i][j].word = keys.items[i];
		}
}

/* ---- requests as bytes ------------------------------------------------------- */

static void put32(uint8_t *at, uint32_t word)
{
	for (uint32_t i = 0; i < 4; i++)
		at[i] = (uint8_t)(word >> (24 - 8 * i));
}

static void put64(uint8_t *at, uint64_t word)
{
	put32(at, (uint32_t)(word >> 32));
	put32(at + 4, (uint32_t)word);
}

/* Room for n bytes at the end of the request. */
static uint32_t extend(struct request_model *r, size_t n)
{
	r->encoded.len += n;
	if (r->encoded.len > sizeof(r->bytes))
		abort();
	return (uint32_t)(r->encoded.len - n);
}

static void put_word(struct request_model *r, uint32_t at, uint32_t type, uint64_t word)
{
	struct str s;
	uint32_t to;

	if (!is_text(type)) {
		put64(r->bytes + at, word);
		return;
	}
	s = text_of(word);
	to = extend(r, s.len);
	put32(r->bytes + at, to);
	put32(r->bytes + at + 4, (uint32_t)s.len);
	if (s.len > 0)
		memcpy(r->bytes + to, s.ptr, s.len);
}

static void put_cell(struct request_model *r, uint32_t at, uint32_t type, const struct model_cell *c)
{
	uint32_t to;

	if (BC_SHAPE(type) == BC_ONE) {
		put_word(r, at, type, c->word);
		return;
	}
	to = extend(r, 8 * (size_t)c->n);
	put32(r->bytes + at, to);
	put32(r->bytes + at + 4, c->n);
	for (uint32_t i = 0; i < c->n; i++)
		put_word(r, to + 8 * i, ELEMENT(type), c->items[i]);
}

static void put_records(const struct model *m, struct request_model *r, uint32_t at, uint32_t type,
    const struct field_model *f)
{
	uint32_t n = bc_record_len(m->policy, BC_INDEX(type)), to = extend(r, 8 * (size_t)n * f->cell.n);

	put32(r->bytes + at, to);
	put32(r->bytes + at + 4, f->cell.n);
	for (uint32_t i = 0; i < f->cell.n; i++)
		for (uint32_t j = 0; j < n; j++)
			put_cell(r, to + 8 * (n * i + j), bc_member_type(m->policy, BC_INDEX(type), j),
			    &f->members[i][j]);
}

void model_random_request(struct model *m, uint32_t event)
{
	const struct bc_event *e = &m->policy->events[event];
	struct request_model *r = &m->request;
	struct limits no_limits = { UINT32_MAX, UINT64_MAX };

	r->event = event;
	r->encoded = (struct cpol_event){ r->bytes, 0 };
	extend(r, 8 + 8 * (size_t)e->n_fields);
	for (uint32_t i = 0; i < e->n_fields; i++) {
		uint32_t type = bc_field_type(e, i);

		if (BC_BASE(type) == BC_RECORD) {
			random_records(m, type, &r->fields[i]);
			put_records(m, r, 8 + 8 * i, type, &r->fields[i]);
		} else {
			r->fields[i].cell = random_cell(m, type, 3, no_limits);
			put_cell(r, 8 + 8 * i, type, &r->fields[i].cell);
		}
	}
	put32(r->bytes, event);
	put32(r->bytes + 4, (uint32_t)r->encoded.len);
}

/* ---- to and from the interpreter -------------------------------------------- */

#define ROOM 256

/* The interpreter's form of a cell; room has ROOM bytes. */
static struct value value_of(uint32_t type, const struct model_cell *c, uint8_t *room)
{
	struct value v = { .kind = V_WORD, .word = c->word, .type = type, .n = c->n };
	uint32_t stride = 4 + BC_DIGEST_LEN;

	if (BC_SHAPE(type) == BC_ONE) {
		if (is_text(type)) {
			v.kind = V_BYTES;
			v.ptr = (const uint8_t *)text_of(c->word).ptr;
			v.n = (uint32_t)text_of(c->word).len;
		}
		return v;
	}
	v.ptr = room;
	v.kind = is_text(type) ? V_STRINGS : BC_BASE(type) == BC_TABLEROW ? V_WORDS : V_CELLS;
	v.stride = is_text(type) ? (uint16_t)stride : 1;
	for (uint32_t i = 0; i < c->n; i++) {
		uint32_t word = (uint32_t)c->items[i];

		if (is_text(type)) {
			struct str s = text_of(c->items[i]);
			uint32_t len = (uint32_t)s.len;

			memcpy(room + stride * i, &len, 4);
			memcpy(room + stride * i + 4, s.ptr, s.len);
		} else if (v.kind == V_WORDS) {
			memcpy(room + 4 * i, &word, 4);
		} else {
			put64(room + 8 * i, c->items[i]);
		}
	}
	return v;
}

static struct model_cell cell_of(const struct value *v)
{
	struct model_cell c = { 0 };
	uint32_t word;

	if (v->kind == V_WORD)
		c.word = v->word;
	if (v->kind == V_BYTES)
		c.word = text_number(v->ptr, v->n);
	for (uint32_t i = 0; v->kind >= V_CELLS && i < v->n; i++) {
		uint64_t item = 0;

		if (v->kind == V_CELLS) {
			item = bc_get64(v->ptr + 8 * i);
		} else if (v->kind == V_WORDS) {
			memcpy(&word, v->ptr + 4 * i, 4);
			item = word;
		} else if (v->kind == V_STRINGS) {
			memcpy(&word, v->ptr + (size_t)v->stride * i, 4);
			item = text_number(v->ptr + (size_t)v->stride * i + 4, word);
		} else {
			if (v->mask != NULL && (v->mask[i / 8] >> i % 8 & 1) == 0)
				continue;
			item = v->word + i;
		}
		if (c.n == MOST_ELEMENTS)
			abort();
		c.items[c.n++] = item;
	}
	return c;
}

bool model_store(const struct state_model *s, const struct bc_policy *p, struct cpol_group *g)
{
	_Alignas(8) uint8_t room[ROOM];

	state_clear(g);
	for (uint32_t i = 0; i < p->n_vars; i++) {
		const struct bc_var *v = &p->vars[i];

		if ((v->flags & 1) != 0 && !g->options.ghost)
			continue;
		if (v->key == 0)
			state_set_scalar(g, i, s->scalars[i]);
		for (uint32_t k = 0; v->key != 0 && k < s->n[i]; k++) {
			const struct entry *e = &s->entries[i][k];
			struct model_cell key_cell = { .word = e->key };
			struct value key = value_of(v->key, &key_cell, room);
			struct value value = value_of(v->value, &e->value, room);

			if (!state_put(g, i, &key, v->value == 0 ? NULL : &value))
				return false;
		}
	}
	return true;
}

void model_load(struct state_model *s, const struct bc_policy *p, const struct cpol_group *g)
{
	memset(s, 0, sizeof(*s));
	for (uint32_t i = 0; i < p->n_vars; i++) {
		const struct bc_var *v = &p->vars[i];

		if ((v->flags & 1) != 0 && !g->options.ghost)
			continue;
		if (v->key == 0) {
			s->scalars[i] = state_scalar(g, i);
			continue;
		}
		s->n[i] = state_count(g, i);
		for (uint32_t k = 0; k < s->n[i]; k++) {
			struct value key, value = { 0 };

			state_entry(g, i, k, &key, &value);
			s->entries[i][k].key = cell_of(&key).word;
			if (v->value != 0)
				s->entries[i][k].value = cell_of(&value);
		}
	}
}

/* ---- the structure ------------------------------------------------------------ */

static uint64_t item_of(const struct model_cell *c, uint64_t place, uint32_t type)
{
	return c == NULL || place >= c->n ? zero_of(type) : c->items[place];
}

static bool has_item(const struct model_cell *c, uint64_t word)
{
	for (uint32_t i = 0; c != NULL && i < c->n; i++)
		if (c->items[i] == word)
			return true;
	return false;
}

static uint64_t in_state(struct model *m, const struct fol_fun *f, const uint64_t *args)
{
	struct state_model *s = f->b == 1 ? &m->before : &m->now;
	uint32_t type = m->policy->vars[f->a].value;
	const struct model_cell *c = f->role == LIFT_VAR ? NULL : model_find(s, f->a, args[0]);

	switch (f->role) {
	case LIFT_VAR:
		return s->scalars[f->a];
	case LIFT_HAS:
		return c != NULL;
	case LIFT_GET:
		return c == NULL ? zero_of(type) : c->word;
	case LIFT_HAS_AT:
		return c != NULL && args[1] < c->n;
	case LIFT_GET_AT:
		return item_of(c, args[1], type);
	default:
		return has_item(c, args[1]);
	}
}

static uint64_t in_request(struct model *m, const struct fol_fun *f, const uint64_t *args)
{
	bool of_member = f->role >= LIFT_MEMBER;
	const struct field_model *field = &m->request.fields[of_member ? f->b >> 16 : f->b];
	uint32_t type = bc_field_type(&m->policy->events[f->a], of_member ? f->b >> 16 : f->b);
	const struct model_cell *c = &field->cell;

	if (f->role == LIFT_FIELD)
		return c->word;
	if (f->role == LIFT_FIELD_HAS)
		return args[0] < c->n;
	if (f->role == LIFT_FIELD_AT)
		return item_of(c, args[0], type);
	type = bc_member_type(m->policy, BC_INDEX(type), f->b & 0xffff);
	c = args[0] < c->n ? &field->members[args[0]][f->b & 0xffff] : NULL;
	if (f->role == LIFT_MEMBER)
		return c == NULL ? zero_of(type) : c->word;
	if (f->role == LIFT_MEMBER_HAS)
		return c != NULL && args[1] < c->n;
	return item_of(c, args[1], type);
}

static uint64_t pooled(const struct model *m, uint32_t type, uint32_t cell)
{
	struct bc_bytes s;

	if (!is_text(type))
		return cell;
	s = bc_string(m->policy, cell);
	return text_number(s.ptr, s.len);
}

static uint64_t in_table(const struct model *m, const struct fol_fun *f, const uint64_t *args)
{
	const struct bc_table *t = &m->policy->tables[f->a];
	uint32_t type = bc_column_type(t, f->b);
	struct bc_bytes list;

	if (args[0] == BC_NO_ROW)
		return f->role == LIFT_COLUMN_HAS ? 0 : zero_of(type);
	if (f->role == LIFT_COLUMN)
		return pooled(m, type, bc_cell(t, (uint32_t)args[0], f->b));
	list = bc_list(m->policy, bc_cell(t, (uint32_t)args[0], f->b));
	if (f->role == LIFT_COLUMN_HAS)
		return args[1] < list.len;
	return args[1] < list.len ? pooled(m, type, bc_get32(list.ptr + 4 * args[1])) : zero_of(type);
}

static bool matches(struct model *m, uint64_t pattern, struct str text)
{
	struct bc_bytes entry, literal;

	if (pattern == LIFT_ZERO)
		return false;
	entry = bc_pattern(m->policy, (uint32_t)pattern);
	if (entry.ptr[0] == 0) {
		literal = bc_string(m->policy, bc_get32(entry.ptr + 1));
		return str_equal(text, (struct str){ (const char *)literal.ptr, literal.len });
	}
	if (m->automata[pattern] == NULL)
		m->automata[pattern] = dfa_decode(m->arena, entry.ptr, entry.len);
	return dfa_match(m->automata[pattern], text);
}

static bool starts(struct str text, struct str prefix)
{
	return text.len >= prefix.len && (prefix.len == 0 || memcmp(text.ptr, prefix.ptr, prefix.len) == 0);
}

static uint64_t of_texts(struct model *m, const struct fol_fun *f, const uint64_t *args)
{
	struct str text = text_of(args[0]), prefix = { 0 };
	uint8_t joined[4 * 64];
	size_t len = 0;

	if (f->role == LIFT_MATCH)
		return matches(m, args[1], text);
	if (f->role == LIFT_BELOW || f->role == LIFT_MATCHCAT)
		prefix = text_of(args[1]);
	if (f->role == LIFT_BELOW)
		return text.len > prefix.len && starts(text, prefix) && text.ptr[prefix.len] == '/';
	if (f->role == LIFT_MATCHCAT)
		return starts(text, prefix) &&
		    matches(m, args[2], (struct str){ text.ptr + prefix.len, text.len - prefix.len });
	for (uint32_t i = 0; i < f->n_args; i++) {
		text = text_of(args[i]);
		if (len + text.len > sizeof(joined))
			abort();
		memcpy(joined + len, text.ptr, text.len);
		len += text.len;
	}
	return text_number(joined, len);
}

static uint64_t app(void *arg, const struct fol_fun *f, const uint64_t *args)
{
	struct model *m = arg;
	struct bc_bytes s;

	if (f->role <= LIFT_HAS_ROW)
		return in_state(m, f, args);
	if (f->role <= LIFT_MEMBER_AT)
		return in_request(m, f, args);
	if (f->role <= LIFT_COLUMN_AT)
		return in_table(m, f, args);
	if (f->role == LIFT_STR || f->role == LIFT_DIGEST) {
		if (f->a == LIFT_ZERO)
			return number_of(f->role == LIFT_STR ? made_texts[0] : made_digests[0]);
		s = bc_string(m->policy, f->a);
		return text_number(s.ptr, s.len);
	}
	if (f->role == LIFT_PATTERN)
		return f->a;
	if (f->role == LIFT_ROW)
		return f->b;
	if (f->role <= LIFT_CAT)
		return of_texts(m, f, args);
	return f->role == PROBE ? m->probes[f->a] : args[0];    /* places are integers */
}

static uint32_t domain(void *arg, uint32_t sort, const uint64_t **values)
{
	struct model *m = arg;

	*values = m->domain[sort];
	return m->n_domain[sort];
}

static uint64_t none(void *arg, uint32_t sort)
{
	(void)arg;
	return sort >= FOL_ROW ? BC_NO_ROW : 0;
}

void model_add_to_domain(struct model *m, uint32_t sort, uint64_t word)
{
	for (uint32_t i = 0; i < m->n_domain[sort]; i++)
		if (m->domain[sort][i] == word)
			return;
	if (m->n_domain[sort] == 128)
		abort();
	m->domain[sort][m->n_domain[sort]++] = word;
}

static void add_keys(struct model *m, const struct state_model *s)
{
	for (uint32_t i = 0; i < m->policy->n_vars; i++)
		for (uint32_t k = 0; k < s->n[i]; k++)
			model_add_to_domain(m, sort_of_type(m->policy->vars[i].key), s->entries[i][k].key);
}

void model_domains(struct model *m)
{
	memset(m->n_domain, 0, sizeof(m->n_domain));
	for (uint64_t i = 0; i < MOST_ELEMENTS + 2; i++)
		model_add_to_domain(m, FOL_POS, i);
	for (uint32_t t = 0; t < m->policy->n_tables; t++) {
		for (uint64_t r = 0; r < m->policy->tables[t].n_rows; r++)
			model_add_to_domain(m, FOL_ROW + t, r);
		model_add_to_domain(m, FOL_ROW + t, BC_NO_ROW);
	}
	add_keys(m, &m->now);
	add_keys(m, &m->before);
}

/* Enough for code that is never reached otherwise. */
#define ANY_SCRATCH 4096u

void model_take_any_state(struct bc_policy *p, struct bounds *bounds)
{
	memset(bounds->pairs, 0, sizeof(bounds->pairs));
	for (uint32_t i = 0; i < p->n_vars; i++) {
		bounds->vars[i].is_held = true;
		bounds->vars[i].keys = p->vars[i].capacity;
		for (uint32_t k = 0; k < p->n_vars; k++)
			bounds->pairs[i][k].rows = UINT32_MAX;
	}
	p->max_scratch = ANY_SCRATCH;
	for (uint32_t i = 0; i < p->n_events; i++) {
		p->events[i].rule.cost = UINT64_MAX;
		p->events[i].rule.scratch = ANY_SCRATCH;
	}
	for (uint32_t i = 0; i < p->n_claims; i++) {
		p->claims[i].code.cost = UINT64_MAX;
		p->claims[i].code.scratch = ANY_SCRATCH;
	}
}

void model_init(struct model *m, struct arena *a, const struct bc_policy *p, const struct bounds *bounds,
    struct chance *c)
{
	memset(m, 0, sizeof(*m));
	m->policy = p;
	m->bounds = bounds;
	m->chance = c;
	m->arena = a;
	m->automata = arena_array(a, p->patterns.n + 1, struct dfa *);
	m->structure = (struct fol_structure){ app, domain, none, m };
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * worst_change.c - changes of a request that may make it more expensive.
 */
#include "worst.h"

#define LONGEST 100000u         /* of a text that is made longer */

/* Texts of a request, so that one may be put where another is. */
struct texts { struct str of[64]; uint32_t n; };

uint32_t chance_below(struct chance *c, uint32_t n)
{
	c->state = c->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((c->state >> 33) % n);
}

static void collect(const struct request_value *v, struct chance *c, struct texts *texts)
{
	if (v->text.len != 0)
		texts->of[texts->n < 64 ? texts->n++ : chance_below(c, 64)] = v->text;
	for (uint32_t i = 0; i < v->n_items && i < 16; i++)
		collect(&v->items[i], c, texts);
}

/* One byte more or another, somewhere; mostly as others near it are. */
static void change_byte(struct arena *a, struct chance *c, struct str *text, uint32_t at, bool insert)
{
	static const char others[] = "abzAZ09_-/.=";
	char *copy = arena_array(a, text->len + 2, char);
	char byte = chance_below(c, 3) != 0 ? text->ptr[chance_below(c, (uint32_t)text->len)]
	    : others[chance_below(c, sizeof(others) - 1)];

	memcpy(copy, text->ptr, at);
	copy[at] = byte;
	memcpy(copy + at + 1, text->ptr + at + !insert, text->len - at - !insert);
	*text = (struct str){ copy, text->len + insert };
}

/* A byte of it many times. */
static void lengthen(struct arena *a, struct chance *c, struct str *text)
{
	static const uint32_t lengths[] = { 8, 64, 500, 980, 4000, 16000, LONGEST };
	uint32_t more = lengths[chance_below(c, 7)], at = chance_below(c, (uint32_t)text->len);
	char *copy = arena_array(a, text->len + more + 1, char);

	if (chance_below(c, 2) == 0)
		at = (uint32_t)text->len - 1;
	memcpy(copy, text->ptr, at);
	memset(copy + at, text->ptr[at], more);
	memcpy(copy + at + more, text->ptr + at, text->len - at);
	*text = (struct str){ copy, text->len + more };
}

static void change_text(struct arena *a, const struct bc_policy *p, struct chance *c, struct str *text,
    const struct texts *texts)
{
	struct bc_bytes constant = bc_string(p, chance_below(c, p->strings.n));
	uint32_t how = chance_below(c, 8), n = (uint32_t)text->len;

	if (how == 0 && texts->n > 0)
		*text = texts->of[chance_below(c, texts->n)];
	else if (how == 1 || n == 0)
		*text = arena_copy(a, constant.ptr, constant.len);
	else if (how == 2)
		*text = arena_copy(a, text->ptr, 1 + chance_below(c, n));
	else if (how < 5)
		change_byte(a, c, text, chance_below(c, 2) == 0 ? n - 1 : chance_below(c, n), how == 3);
	else
		lengthen(a, c, text);
}

/* The key of the i-th copy of an element: other letters at its end. */
static struct str number_key(struct arena *a, struct str key, uint32_t i, uint32_t how)
{
	static const char *const bases[] = { "ABCDEFGHIJKLMNOP", "abcdefghijklmnop", "0123456789abcdef" };
	char *copy = arena_array(a, key.len + 5, char);

	if (key.len != 0)
		memcpy(copy, key.ptr, key.len);
	for (uint32_t k = 0; k < 3; k++)
		copy[key.len + k] = bases[how][i >> (4 * (2 - k)) & 15];
	return (struct str){ copy, key.len + 3 };
}

/* Fill a list or set with copies of one of its elements. */
static void fill_up(struct arena *a, struct chance *c, struct request_value *v, uint32_t type, uint32_t most,
    uint32_t n)
{
	uint32_t how = chance_below(c, 3);
	struct request_value *items;
	const struct request_value *model;

	if (n > most || v->n_items == 0 || v->n_items >= n)
		return;
	items = arena_array(a, n, struct request_value);
	memcpy(items, v->items, v->n_items * sizeof(*items));
	model = &v->items[chance_below(c, v->n_items)];
	for (uint32_t i = v->n_items; i < n; i++) {
		items[i] = *model;
		if (BC_SHAPE(type) != BC_SET)
			continue;
		if (BC_BASE(type) == BC_RECORD) {
			items[i].items = arena_array(a, model->n_items, struct request_value);
			memcpy(items[i].items, model->items, model->n_items * sizeof(*items));
			items[i].items[0].text = number_key(a, model->items[0].text, i, how);
		} else {
			items[i].text = number_key(a, model->text, i, how);
			items[i].word = model->word + i;
		}
	}
	v->items = items;
	v->n_items = n;
}

static void fill(struct arena *a, struct chance *c, struct request_value *v, uint32_t type, uint32_t most)
{
	fill_up(a, c, v, type, most, chance_below(c, 3) == 0 ? v->n_items + 1 + chance_below(c, 4) : most);
}

/* The same text for this member of all records. */
static void change_all(struct request_value *v, uint32_t member, struct str text)
{
	for (uint32_t i = 0; i < v->n_items; i++)
		v->items[i].items[member].text = text;
}

static size_t size_of(const struct request_value *v)
{
	size_t size = 8 + v->text.len;

	for (uint32_t i = 0; i < v->n_items; i++)
		size += size_of(&v->items[i]);
	return size;
}

/* Let elements, or those from some place on, have all the text that is left for a
 * request, in even parts. */
static void stretch(struct arena *a, struct chance *c, const struct request_value *of, uint32_t n_fields,
    struct request_value *v, uint32_t member)
{
	size_t size = 64;
	uint32_t more, first;

	for (uint32_t i = 0; i < n_fields; i++)
		size += size_of(&of[i]);
	if (v->n_items == 0 || size >= BC_REQUEST_MAX)
		return;
	first = chance_below(c, 2) == 0 ? 0 : chance_below(c, v->n_items);
	more = (uint32_t)((BC_REQUEST_MAX - size) / (v->n_items - first));
	for (uint32_t i = first; i < v->n_items; i++) {
		struct request_value *items = v->items[i].items;
		struct str *text = items == NULL ? &v->items[i].text : &items[member].text;
		uint32_t n = text->len + more > BC_STRING_MAX ? (uint32_t)(BC_STRING_MAX - text->len) : more;
		char *copy = arena_array(a, text->len + n + 1, char);

		memset(copy, text->len == 0 ? 'a' : text->ptr[text->len - 1], text->len + n);
		if (text->len != 0)
			memcpy(copy, text->ptr, text->len);
		*text = (struct str){ copy, text->len + n };
	}
}

static void change_value(struct arena *a, const struct bc_policy *p, struct chance *c, uint32_t type,
    uint32_t most, struct request_value *v, const struct texts *texts)
{
	uint32_t member, i;

	if (BC_SHAPE(type) == BC_ONE) {
		if (BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32)
			change_text(a, p, c, &v->text, texts);
		else
			v->word = BC_BASE(type) == BC_INTEGER ? chance_below(c, 20) : chance_below(c, 2);
		return;
	}
	if (v->n_items == 0 || chance_below(c, 8) == 0) {
		struct request_value *one = arena_new(a, struct request_value);

		if (BC_BASE(type) == BC_RECORD) {
			one->n_items = bc_record_len(p, BC_INDEX(type));
			one->items = arena_array(a, one->n_items, struct request_value);
		}
		if (v->n_items > 0 && chance_below(c, 2) == 0) {
			v->n_items = 1 + chance_below(c, v->n_items);
			return;
		}
		if (v->n_items == 0 && most > 0) {
			v->items = one;
			v->n_items = 1;
		}
	}
	if (chance_below(c, 3) == 0) {
		fill(a, c, v, type, most);
		return;
	}
	if (v->n_items == 0)
		return;
	i = chance_below(c, v->n_items);
	if (BC_BASE(type) != BC_RECORD) {
		change_value(a, p, c, type & 0x00ffffffu, 0, &v->items[i], texts);
		return;
	}
	member = chance_below(c, bc_record_len(p, BC_INDEX(type)));
	change_value(a, p, c, bc_member_type(p, BC_INDEX(type), member), 64, &v->items[i].items[member], texts);
	if (member > 0 && BC_SHAPE(bc_member_type(p, BC_INDEX(type), member)) == BC_ONE && chance_below(c, 2) == 0)
		change_all(v, member, v->items[i].items[member].text);
}

/* Some keys and texts of the state. */
static void collect_state(const struct cpol_group *g, const struct bc_policy *p, struct chance *c, struct texts *texts)
{
	for (uint32_t i = 0; i < 8; i++) {
		uint32_t map = chance_below(c, p->n_vars);
		struct value key = { 0 }, val = { 0 };

		if (p->vars[map].key == 0 || (p->vars[map].flags & 1) != 0 || state_count(g, map) == 0)
			continue;
		state_entry(g, map, chance_below(c, state_count(g, map)), &key, &val);
		if (key.kind == V_BYTES)
			texts->of[texts->n < 64 ? texts->n++ : chance_below(c, 64)] = (struct str){ (const char *)key.ptr, key.n };
		if (val.kind == V_BYTES)
			texts->of[texts->n < 64 ? texts->n++ : chance_below(c, 64)] = (struct str){ (const char *)val.ptr, val.n };
	}
}

/* Mostly one that is large, or can be. */
static uint32_t choose_field(const struct bc_event *e, struct chance *c)
{
	uint32_t field = chance_below(c, e->n_fields);

	for (uint32_t i = 0; i < 8 && chance_below(c, 3) != 0; i++) {
		uint32_t other = chance_below(c, e->n_fields);

		if (bc_field_most(e, other) > bc_field_most(e, field))
			field = other;
	}
	return field;
}

void worst_change(struct arena *a, const struct cpol_group *g, struct chance *c, struct request *request)
{
	const struct bc_policy *p = g->policy;
	const struct bc_event *e = &p->events[request->event];
	struct texts texts = { .n = 0 };

	collect_state(g, p, c, &texts);
	for (uint32_t i = 0; i < e->n_fields; i++)
		collect(&request->fields[i], c, &texts);
	for (uint32_t n = 1 + chance_below(c, 2); n > 0 && e->n_fields > 0; n--) {
		uint32_t field = choose_field(e, c), type = bc_field_type(e, field);

		if (BC_SHAPE(type) != BC_ONE && chance_below(c, 4) == 0) {
			uint32_t member = BC_BASE(type) != BC_RECORD ? 0 : chance_below(c, bc_record_len(p, BC_INDEX(type)));

			if (chance_below(c, 2) == 0)
				fill(a, c, &request->fields[field], type, bc_field_most(e, field));
			if (BC_BASE(type) == BC_STRING || (BC_BASE(type) == BC_RECORD &&
			    bc_member_type(p, BC_INDEX(type), member) == BC_TYPE(BC_ONE, BC_STRING, 0)))
				stretch(a, c, request->fields, e->n_fields, &request->fields[field], member);
			continue;
		}
		change_value(a, p, c, bc_field_type(e, field), bc_field_most(e, field), &request->fields[field], &texts);
	}
}

/* As long as a text of a request may be, with what others have left. */
static void stretch_one(struct arena *a, const struct request_value *of, uint32_t n_fields, struct str *text)
{
	size_t size = 64, more;
	char *copy;

	for (uint32_t i = 0; i < n_fields; i++)
		size += size_of(&of[i]);
	if (size >= BC_REQUEST_MAX)
		return;
	more = BC_REQUEST_MAX - size < BC_STRING_MAX - text->len ? BC_REQUEST_MAX - size : BC_STRING_MAX - text->len;
	copy = arena_array(a, text->len + more + 1, char);
	if (text->len != 0)
		memcpy(copy, text->ptr, text->len);
	memset(copy + text->len, text->len == 0 ? 'a' : text->ptr[text->len - 1], more);
	*text = (struct str){ copy, text->len + more };
}

bool worst_sweep(struct arena *a, const struct bc_policy *p, struct chance *c, uint32_t i, struct request *request)
{
	const struct bc_event *e = &p->events[request->event];
	uint32_t field = i / (BC_MEMBERS_MAX + 1), member = i % (BC_MEMBERS_MAX + 1), type;
	struct request_value *v = &request->fields[field];

	if (field >= e->n_fields)
		return false;
	type = bc_field_type(e, field);
	if (BC_SHAPE(type) == BC_ONE) {
		if (member == 0 && BC_BASE(type) == BC_STRING)
			stretch_one(a, request->fields, e->n_fields, &v->text);
		return true;
	}
	if (member == 0 || member > (BC_BASE(type) == BC_RECORD ? bc_record_len(p, BC_INDEX(type)) : 1))
		return true;
	fill_up(a, c, v, type, bc_field_most(e, field), bc_field_most(e, field));
	if (BC_BASE(type) == BC_RECORD)
		type = bc_member_type(p, BC_INDEX(type), member - 1);
	if ((BC_SHAPE(type) == BC_ONE || BC_BASE(bc_field_type(e, field)) != BC_RECORD) && BC_BASE(type) == BC_STRING)
		stretch(a, c, request->fields, e->n_fields, v, BC_BASE(bc_field_type(e, field)) == BC_RECORD ? member - 1 : 0);
	return true;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * encode.c - requests as bytes: cells first, then what they point to.
 */
#include <stdlib.h>

#include "../base/bytes.h"
#include "request.h"
#include "types.h"

struct encoder {
	struct arena *arena;
	const struct bc_policy *policy;
	struct bytes out;
	struct str *error;
};

static int encode_value(struct encoder *e, uint32_t at, uint32_t type,
    const struct request_value *v, const struct place *place);

static int encode_text(struct encoder *e, uint32_t at, struct str text)
{
	if (text.len != 0)
		bytes_set32(&e->out, at, (uint32_t)e->out.len);
	else
		bytes_set32(&e->out, at, at);
	bytes_set32(&e->out, at + 4, (uint32_t)text.len);
	bytes_put(&e->out, text.ptr, text.len);
	return 0;
}

static int encode_element(struct encoder *e, uint32_t at, uint32_t type,
    const struct request_value *v, const struct place *place)
{
	uint32_t i, record = BC_INDEX(type);

	if (BC_BASE(type) != BC_RECORD)
		return encode_value(e, at, type, v, place);
	for (i = 0; i < bc_record_len(e->policy, record); i++) {
		struct place member = { place, member_name(e->policy, record, i), 0 };

		if (encode_value(e, at + 8 * i, bc_member_type(e->policy, record, i),
		    &v->items[i], &member) != 0)
			return -1;
	}
	return 0;
}

static int compare_words(const void *l, const void *r)
{
	const struct request_value *x = l, *y = r;

	return (x->word > y->word) - (x->word < y->word);
}

static int compare_texts(const void *l, const void *r)
{
	const struct request_value *x = l, *y = r;

	return str_compare(x->text, y->text);
}

static int compare_keys(const void *l, const void *r)
{
	const struct request_value *x = l, *y = r;

	return str_compare(x->items[0].text, y->items[0].text);
}

/* Sets are ascending and hold nothing twice. */
static int sort_set(struct encoder *e, uint32_t type, struct request_value *items, uint32_t n,
    const struct place *place)
{
	int (*compare)(const void *, const void *) = compare_words;
	uint32_t i;

	if (BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32)
		compare = compare_texts;
	else if (BC_BASE(type) == BC_RECORD)
		compare = compare_keys;
	qsort(items, n, sizeof(*items), compare);
	for (i = 1; i < n; i++) {
		if (compare(&items[i - 1], &items[i]) != 0)
			continue;
		if (compare == compare_keys)
			return place_error(e->arena, place, e->error, "%.*s is there twice",
			    STR_ARG(request_quote(e->arena, items[i].items[0].text)));
		if (BC_BASE(type) == BC_STRING)
			return place_error(e->arena, place, e->error, "%.*s is there twice",
			    STR_ARG(request_quote(e->arena, items[i].text)));
		return place_error(e->arena, place, e->error, "an element is there twice");
	}
	return 0;
}

static int encode_elements(struct encoder *e, uint32_t at, uint32_t type,
    const struct request_value *v, const struct place *place)
{
	uint32_t i, element = bc_element(type), start;
	uint32_t stride = 8 * element_cells(e->policy, element);
	struct request_value *items = arena_array(e->arena, v->n_items, struct request_value);

	if (v->n_items > BC_ELEMENTS_MAX)
		return place_error(e->arena, place, e->error, "more than %u elements",
		    BC_ELEMENTS_MAX);
	if (v->n_items != 0)
		memcpy(items, v->items, v->n_items * sizeof(*items));
	if (BC_SHAPE(type) == BC_SET && sort_set(e, element, items, v->n_items, place) != 0)
		return -1;
	start = (uint32_t)bytes_extend(&e->out, (size_t)stride * v->n_items);
	bytes_set32(&e->out, at, v->n_items != 0 ? start : at);
	bytes_set32(&e->out, at + 4, v->n_items);
	for (i = 0; i < v->n_items; i++) {
		struct place inner = { place, { NULL, 0 }, i };

		if (encode_element(e, start + stride * i, element, &items[i], &inner) != 0)
			return -1;
	}
	return 0;
}

static int encode_value(struct encoder *e, uint32_t at, uint32_t type,
    const struct request_value *v, const struct place *place)
{
	if (BC_SHAPE(type) != BC_ONE)
		return encode_elements(e, at, type, v, place);
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_STRING:
		if (v->text.len > BC_STRING_MAX)
			return place_error(e->arena, place, e->error, "more than %u bytes",
			    BC_STRING_MAX);
		return encode_text(e, at, v->text);
	case BC_DIGEST32:
		if (v->text.len != BC_DIGEST_LEN)
			return place_error(e->arena, place, e->error, "a digest has 32 bytes");
		return encode_text(e, at, v->text);
	case BC_BOOL:
	case BC_INTEGER:
	case BC_ENUMERATION:
		bytes_set64(&e->out, at, v->word);
		return 0;
	case BC_NOTHING:
	case BC_LANGUAGE:
	case BC_TABLEROW:
	case BC_RECORD:
		break;
	}
	abort();                        /* bc_open() admits no such field */
}

int request_encode(struct arena *a, const struct bc_policy *p, const struct request *request,
    struct str *bytes, struct str *error)
{
	const struct bc_event *event = &p->events[request->event];
	struct encoder e = { .arena = a, .policy = p, .out = { .arena = a }, .error = error };
	uint32_t i;

	bytes_extend(&e.out, 8 + 8 * event->n_fields);
	bytes_set32(&e.out, 0, request->event);
	for (i = 0; i < event->n_fields; i++) {
		uint32_t type = bc_field_type(event, i);
		struct place place = { NULL, field_name(p, request->event, i), 0 };

		if (BC_SHAPE(type) != BC_ONE && request->fields[i].n_items > bc_field_most(event, i))
			return place_error(a, &place, error, "more than %u elements",
			    (unsigned)bc_field_most(event, i));
		if (encode_value(&e, 8 + 8 * i, type, &request->fields[i], &place) != 0)
			return -1;
	}
	if (e.out.len > BC_REQUEST_MAX)
		return place_error(a, NULL, error, "the request has more than %u bytes",
		    BC_REQUEST_MAX);
	bytes_set32(&e.out, 4, (uint32_t)e.out.len);
	*bytes = bytes_str(&e.out);
	return 0;
}

static void decode_value(struct arena *a, const struct bc_policy *p, const uint8_t *bytes,
    uint32_t at, uint32_t type, struct request_value *v)
{
	uint32_t i, from = bc_get32(bytes + at), n = bc_get32(bytes + at + 4), cells;

	if (BC_SHAPE(type) == BC_ONE) {
		if (BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32)
			v->text = (struct str){ (const char *)bytes + from, n };
		else
			v->word = bc_get64(bytes + at);
		return;
	}
	type = bc_element(type);
	cells = element_cells(p, type);
	v->items = arena_array(a, n, struct request_value);
	v->n_items = n;
	for (i = 0; i < n; i++) {
		uint32_t member, element = from + 8 * cells * i;

		if (BC_BASE(type) != BC_RECORD) {
			decode_value(a, p, bytes, element, type, &v->items[i]);
			continue;
		}
		v->items[i].items = arena_array(a, cells, struct request_value);
		v->items[i].n_items = cells;
		for (member = 0; member < cells; member++)
			decode_value(a, p, bytes, element + 8 * member,
			    bc_member_type(p, BC_INDEX(type), member),
			    &v->items[i].items[member]);
	}
}

struct request request_decode(struct arena *a, const struct bc_policy *p, struct str bytes)
{
	const uint8_t *ptr = (const uint8_t *)bytes.ptr;
	struct request r = { .event = bc_get32(ptr) };
	uint32_t i, n = p->events[r.event].n_fields;

	r.fields = arena_array(a, n, struct request_value);
	for (i = 0; i < n; i++)
		decode_value(a, p, ptr, 8 + 8 * i, bc_field_type(&p->events[r.event], i),
		    &r.fields[i]);
	return r;
}

struct request request_zero(struct arena *a, const struct bc_policy *p, uint32_t event)
{
	static const char zeros[BC_DIGEST_LEN];
	const struct bc_event *e = &p->events[event];
	struct request r = { .event = event };
	uint32_t i;

	r.fields = arena_array(a, e->n_fields, struct request_value);
	for (i = 0; i < e->n_fields; i++)
		if (bc_field_type(e, i) == BC_TYPE(BC_ONE, BC_DIGEST32, 0))
			r.fields[i].text = (struct str){ zeros, sizeof(zeros) };
	return r;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * hostile_make.c - what the host asks next.  It takes a request that was meant
 * to be made, says it of another container or target (everywhere in the
 * request, so that what must agree agrees), and then, often, spoils a field or
 * two: with what it has seen elsewhere, what is in the state, a near miss, the
 * odd strings below, or what is one too many.  Now and then it spoils bytes.
 */
#include "hostile.h"

#include "bytecode/decode.h"

#define MOST_TEXTS 512
#define ELEMENT(type) ((type) & UINT32_C(0x00ffffff))

static const struct str odd_texts[] = {
	{ "", 0 }, { "/", 1 }, { ".", 1 }, { "..", 2 }, { "/..", 3 }, { "/.", 2 }, { "//", 2 }, { "=", 1 },
	{ "\n", 1 }, { "\0", 1 }, { "A=B", 3 }, { "/../etc", 7 }, { "/etc/shadow", 11 }, { "/usr/bin", 8 },
	{ "/run", 4 }, { "sha512", 6 }, { "\xff", 1 }, { "0", 1 }, { "0777", 4 }, { "CAP_SYS_ADMIN", 13 },
	{ "/dev/sda", 8 }, { "rw", 2 }, { "k1", 2 },
};
#define N_ODD (sizeof(odd_texts) / sizeof(odd_texts[0]))

/* Every text of a request, so that one of them can be taken or all of them
 * changed. */
struct texts {
	struct str *at[MOST_TEXTS];
	uint32_t n;
};

static void add_text(struct texts *t, struct str *text)
{
	if (text->len > 0 && t->n < MOST_TEXTS)
		t->at[t->n++] = text;
}

static void gather(struct texts *t, struct request_value *values, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		add_text(t, &values[i].text);
		gather(t, values[i].items, values[i].n_items);
	}
}

static struct request_value *copy_values(struct arena *a, const struct request_value *from, uint32_t n)
{
	/* One more, for who adds an element. */
	struct request_value *to = arena_array(a, n + 1, struct request_value);

	for (uint32_t i = 0; i < n; i++) {
		to[i] = from[i];
		to[i].items = copy_values(a, from[i].items, from[i].n_items);
	}
	return to;
}

/* ---- names ---- */

static bool contains(struct str text, struct str part, size_t *at)
{
	for (*at = 0; part.len > 0 && *at + part.len <= text.len; ++*at)
		if (memcmp(text.ptr + *at, part.ptr, part.len) == 0)
			return true;
	return false;
}

static void rename_all(struct arena *a, const struct texts *t, struct str old, struct str new)
{
	size_t at;

	for (uint32_t i = 0; i < t->n; i++) {
		struct str s = *t->at[i];

		if (contains(s, old, &at))
			*t->at[i] = arena_printf(a, "%.*s%.*s%.*s", (int)at, s.ptr, STR_ARG(new),
			    (int)(s.len - at - old.len), s.ptr + at + old.len);
	}
}

/* A string that is a key of a map, or NULL bytes. */
static struct str live_key(struct host *h)
{
	const struct bc_policy *p = &h->policy->bc;
	uint32_t var = chance_below(&h->chance, p->n_vars);
	struct value key, val = { .kind = V_WORD };

	for (uint32_t i = 0; i < p->n_vars; i++, var = (var + 1) % p->n_vars) {
		if (BC_BASE(p->vars[var].key) != BC_STRING || state_count(h->group, var) == 0)
			continue;
		state_entry(h->group, var, chance_below(&h->chance, state_count(h->group, var)), &key, &val);
		if (val.kind == V_BYTES && BC_BASE(val.type) == BC_STRING && chance_one_in(&h->chance, 3))
			key = val;
		return (struct str){ (const char *)key.ptr, key.n };
	}
	return (struct str){ NULL, 0 };
}

static size_t directory_len(struct str path)
{
	size_t len = path.len;

	while (len > 0 && path.ptr[len - 1] != '/')
		len--;
	return len;
}

/* The name with a digit of its end changed: an id stays an id. */
static struct str other_name(struct host *h, struct arena *a, struct str name)
{
	char digit = "0123456789abcdef"[chance_below(&h->chance, h->n_names)];

	if (chance_one_in(&h->chance, 32))
		return odd_texts[1 + chance_below(&h->chance, N_ODD - 1)];
	if (name.len < 2)
		return arena_printf(a, "%c", digit);
	return arena_printf(a, "%.*s%c", (int)(name.len - 1), name.ptr, digit);
}

/* Something at the end of a path, in the same directory. */
static struct str other_path(struct host *h, struct arena *a, struct str path)
{
	size_t dir = directory_len(path);

	for (uint32_t tries = 0; tries < 8; tries++) {
		struct str key = live_key(h);

		if (key.len > dir && memcmp(key.ptr, path.ptr, dir) == 0)
			return key;
	}
	return arena_printf(a, "%.*s%c", (int)dir, path.ptr, (char)('a' + (char)chance_below(&h->chance, h->n_names)));
}

static void rename_some(struct host *h, struct arena *a, struct request *r, const struct texts *t)
{
	const struct bc_event *e = &h->policy->bc.events[r->event];

	for (uint32_t i = 0; i < e->n_fields; i++) {
		struct str name = bc_string(&h->policy->bc, bc_get32(e->fields + 12 * (size_t)i)).len == 2
		    ? r->fields[i].text : (struct str){ NULL, 0 };

		if (name.len > 0 && !chance_one_in(&h->chance, 4))
			rename_all(a, t, name, other_name(h, a, name));
	}
	for (uint32_t i = 0; i < t->n; i++)
		if (t->at[i]->len > 5 && memcmp(t->at[i]->ptr, "/run/", 5) == 0 && chance_one_in(&h->chance, 4))
			*t->at[i] = other_path(h, a, *t->at[i]);
}

/* ---- near misses ---- */

static struct str near_miss(struct host *h, struct arena *a, struct str s)
{
	struct str odd = odd_texts[chance_below(&h->chance, N_ODD)];
	struct str copy = arena_printf(a, "%.*s%.*s", STR_ARG(s), STR_ARG(odd));
	size_t at = s.len == 0 ? 0 : chance_below(&h->chance, (uint32_t)s.len);

	switch (chance_below(&h->chance, 6)) {
	case 0:                         /* with something at the end: printf would stop at a NUL */
		copy = arena_copy(a, copy.ptr, s.len + odd.len);
		memcpy((char *)(uintptr_t)copy.ptr + s.len, odd.ptr, odd.len);
		return copy;
	case 1:
		return arena_printf(a, "%.*s%.*s%.*s", (int)at, s.ptr, STR_ARG(odd), (int)(s.len - at), s.ptr + at);
	case 2:
		return (struct str){ s.ptr, at };
	case 3:
		return s.len == 0 ? odd : (struct str){ s.ptr + at, s.len - at };
	case 4:                         /* too long for any place */
		copy = arena_printf(a, "%.*s%*s", STR_ARG(s), (int)(64u << chance_below(&h->chance, 8)), "");
		memset((char *)(uintptr_t)copy.ptr + s.len, 'a', copy.len - s.len);
		return copy;
	default:
		copy = arena_copy(a, s.ptr, s.len);
		if (s.len > 0)
			((char *)(uintptr_t)copy.ptr)[at] ^= (char)(1 << chance_below(&h->chance, 8));
		return copy;
	}
}

static struct str any_text(struct host *h, struct arena *a, const struct texts *t, struct str was)
{
	const struct bc_policy *p = &h->policy->bc;
	struct bc_bytes entry;

	switch (chance_below(&h->chance, 8)) {
	case 0:
		entry = bc_string(p, chance_below(&h->chance, p->strings.n));
		return (struct str){ (const char *)entry.ptr, entry.len };
	case 1:
		return t->n == 0 ? was : *t->at[chance_below(&h->chance, t->n)];
	case 2:
	case 3:
		return odd_texts[chance_below(&h->chance, N_ODD)];
	case 4:
		return live_key(h);
	case 5:                         /* a path that goes elsewhere */
		return arena_printf(a, "%.*s%.*s", STR_ARG(was), STR_ARG(odd_texts[1 + chance_below(&h->chance, 6)]));
	default:
		return near_miss(h, a, was);
	}
}

static struct str any_digest(struct host *h, struct arena *a, struct str was)
{
	const struct bc_policy *p = &h->policy->bc;
	struct bc_bytes entry = bc_string(p, chance_below(&h->chance, p->strings.n));
	struct str copy = arena_copy(a, was.ptr, was.len);

	if (entry.len == BC_DIGEST_LEN && chance_one_in(&h->chance, 2))
		return (struct str){ (const char *)entry.ptr, entry.len };
	if (was.len > 0)                /* one bit */
		((char *)(uintptr_t)copy.ptr)[chance_below(&h->chance, (uint32_t)was.len)] ^=
		    (char)(1 << chance_below(&h->chance, 8));
	return copy;
}

static uint64_t any_word(struct host *h, uint32_t type, uint64_t was)
{
	static const uint64_t odd[] = { 0, 1, 2, 15, 64, 4096, UINT32_MAX, UINT64_MAX };

	if (BC_BASE(type) == BC_BOOL)
		return was ^ 1;
	if (BC_BASE(type) == BC_ENUMERATION)
		return chance_below(&h->chance, bc_get32(h->policy->bc.enums[BC_INDEX(type)] + 4));
	if (chance_one_in(&h->chance, 2))
		return odd[chance_below(&h->chance, sizeof(odd) / sizeof(odd[0]))];
	return was + chance_below(&h->chance, 3) - 1;
}

/* ---- spoiling ---- */

static void spoil_one(struct host *h, struct arena *a, const struct texts *t, uint32_t type,
    struct request_value *v)
{
	if (BC_BASE(type) == BC_STRING)
		v->text = any_text(h, a, t, v->text);
	else if (BC_BASE(type) == BC_DIGEST32)
		v->text = any_digest(h, a, v->text);
	else
		v->word = any_word(h, type, v->word);
}

/* A member of a record; of one that is a list, an element. */
static void spoil_record(struct host *h, struct arena *a, const struct texts *t, uint32_t record,
    struct request_value *v)
{
	uint32_t member = chance_below(&h->chance, bc_record_len(&h->policy->bc, record));
	uint32_t type = bc_member_type(&h->policy->bc, record, member);
	struct request_value *m = &v->items[member];

	if (BC_SHAPE(type) == BC_ONE) {
		spoil_one(h, a, t, type, m);
		return;
	}
	if (m->n_items > 0 && chance_one_in(&h->chance, 2)) {
		m->n_items--;
		return;
	}
	m->items = copy_values(a, m->items, m->n_items);
	spoil_one(h, a, t, ELEMENT(type), &m->items[m->n_items++]);
}

static struct request_value zero_record(const struct host *h, struct arena *a, uint32_t record)
{
	struct request_value v = { .n_items = bc_record_len(&h->policy->bc, record) };

	v.items = arena_array(a, v.n_items, struct request_value);
	return v;
}

/* One element fewer, one more, another order, or one that is spoilt. */
static void spoil_list(struct host *h, struct arena *a, const struct texts *t, uint32_t type,
    struct request_value *v)
{
	bool is_record = BC_BASE(type) == BC_RECORD;
	uint32_t at = chance_below(&h->chance, v->n_items + 1);
	struct request_value last;

	switch (v->n_items == 0 ? 3 : chance_below(&h->chance, 4)) {
	case 0:
		v->n_items = at;
		return;
	case 1:
		at = at == v->n_items ? 0 : at;
		last = v->items[v->n_items - 1];
		v->items[v->n_items - 1] = v->items[at];
		v->items[at] = last;
		return;
	case 2:
		at = at == v->n_items ? at - 1 : at;
		break;
	default:
		at = v->n_items;
		v->items = copy_values(a, v->items, v->n_items);
		v->items[v->n_items++] = at > 0 ? copy_values(a, v->items, 1)[0]
		    : is_record ? zero_record(h, a, BC_INDEX(type)) : (struct request_value){ 0 };
	}
	if (is_record)
		spoil_record(h, a, t, BC_INDEX(type), &v->items[at]);
	else
		spoil_one(h, a, t, ELEMENT(type), &v->items[at]);
}

/* The field as another request of the event has it. */
static bool borrow(struct host *h, struct arena *a, const struct request *r, uint32_t field)
{
	const struct request_item *seed = &h->seeds[chance_below(&h->chance, h->n_seeds)];

	if (seed->request.event != r->event || !chance_one_in(&h->chance, 2))
		return false;
	r->fields[field] = copy_values(a, &seed->request.fields[field], 1)[0];
	return true;
}

static void spoil(struct host *h, struct arena *a, const struct request *r, const struct texts *t)
{
	const struct bc_event *e = &h->policy->bc.events[r->event];
	uint32_t field = chance_below(&h->chance, e->n_fields), type;

	if (e->n_fields == 0 || borrow(h, a, r, field))
		return;
	type = bc_field_type(e, field);
	if (BC_SHAPE(type) == BC_ONE)
		spoil_one(h, a, t, type, &r->fields[field]);
	else
		spoil_list(h, a, t, type, &r->fields[field]);
}

static void spoil_bytes(struct host *h, struct str *bytes)
{
	char *at = (char *)(uintptr_t)bytes->ptr;

	for (uint32_t n = 1 + chance_below(&h->chance, 3); n > 0; n--)
		at[chance_below(&h->chance, (uint32_t)bytes->len)] = (char)chance_below(&h->chance, 256);
	if (chance_one_in(&h->chance, 4))
		bytes->len = chance_below(&h->chance, (uint32_t)bytes->len);
}

/* Of any event, about something that is there. */
static struct request out_of_the_blue(struct host *h, struct arena *a)
{
	const struct bc_policy *p = &h->policy->bc;
	struct request r = request_zero(a, p, chance_below(&h->chance, p->n_events));

	for (uint32_t i = 0; i < p->events[r.event].n_fields; i++)
		if (bc_field_type(&p->events[r.event], i) == BC_TYPE(BC_ONE, BC_STRING, 0) &&
		    !chance_one_in(&h->chance, 4))
			r.fields[i].text = live_key(h);
	return r;
}

/* What comes next in the order of the seeds, or any of them. */
static struct request as_meant(struct host *h, struct arena *a)
{
	struct request r;

	if (chance_one_in(&h->chance, 2))
		h->next = chance_below(&h->chance, h->n_seeds);
	r = h->seeds[h->next].request;
	h->next = (h->next + 1) % h->n_seeds;
	r.fields = copy_values(a, r.fields, h->policy->bc.events[r.event].n_fields);
	return r;
}

struct str host_asks(struct host *h, struct arena *a)
{
	struct str bytes = { NULL, 0 }, error;

	while (bytes.ptr == NULL) {
		bool is_calm = chance_below(&h->chance, 8) < h->calm;
		struct request r = chance_one_in(&h->chance, 12) ? out_of_the_blue(h, a) : as_meant(h, a);
		struct texts t = { .n = 0 };

		gather(&t, r.fields, h->policy->bc.events[r.event].n_fields);
		if (chance_one_in(&h->chance, 2))
			rename_some(h, a, &r, &t);
		while (!is_calm) {
			spoil(h, a, &r, &t);
			is_calm = !chance_one_in(&h->chance, 3);
		}
		if (request_encode(a, &h->policy->bc, &r, &bytes, &error) != 0)
			bytes.ptr = NULL;       /* an element twice in a set: ask something else */
	}
	bytes = arena_copy(a, bytes.ptr, bytes.len);
	if (chance_one_in(&h->chance, 64))
		spoil_bytes(h, &bytes);
	return bytes;
}

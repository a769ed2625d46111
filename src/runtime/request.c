/* SPDX-License-Identifier: Apache-2.0
 *
 * request.c - a request is judged once, whole, before any of it is read.
 *
 * All cells and strings together may be no more than the request is long, so
 * nothing is in it twice and the time is linear in its length.
 */
#include "bytecode/mem.h"
#include "machine.h"

struct reader {
	const struct bc_policy *p;
	const uint8_t *bytes;
	uint32_t len;
	uint32_t left;                  /* bytes that cells and strings may still have */
};

/* Elements side by side, of so many cells each: the fields of an event, which are one
 * element; those of a list or a set. */
struct run {
	uint32_t at, end;               /* the next cell, in the request */
	const uint8_t *entry;           /* its type is the u32 4 bytes into this */
	uint32_t next;                  /* bytes to the next entry */
	uint32_t mask;                  /* what of a type in an entry is that of the cell */
	const uint8_t *entries, *entries_end;
	uint32_t to_key;                /* of a set: bytes from key to key; else 0 */
	uint32_t first;
};

/* Whether so many bytes from `at` are in the request and unspent. */
static bool spend(struct reader *r, uint32_t at, uint32_t bytes)
{
	if (at > r->len || bytes > r->len - at || bytes > r->left)
		return false;
	r->left -= bytes;
	return true;
}

static bool check_one(struct reader *r, uint32_t type, uint32_t first, uint32_t len)
{
	uint32_t base = BC_BASE(type);

	if (base == BC_STRING)
		return len <= BC_STRING_MAX && spend(r, first, len);
	if (base == BC_INTEGER)
		return true;
	if (base == BC_DIGEST32)
		return len == BC_DIGEST_LEN && spend(r, first, len);
	return first == 0 && len < (base == BC_BOOL ? 2 : bc_get32(r->p->enums[BC_INDEX(type)] + 4));
}

/* Whether the scalar at `at` is above that at `before`; both are valid. */
static bool ascends(const struct reader *r, uint32_t type, uint32_t before, uint32_t at)
{
	bool is_text = cpol_is_text(type);

	return cpol_compare_parts(cpol_in_request(r->bytes, !is_text, r->bytes + before),
	    cpol_in_request(r->bytes, !is_text, r->bytes + at), is_text) < 0;
}

/* The elements of a list or a set. */
static bool begin_run(struct reader *r, struct run *run, const uint8_t *entry, uint32_t type, uint32_t first,
    uint32_t n)
{
	const uint8_t *record = r->p->records[BC_INDEX(type)];
	uint32_t bytes = 8;

	run->entries = entry;
	run->mask = 0x00ffffff;
	if (BC_BASE(type) == BC_RECORD) {
		run->entries = record + 12;
		run->mask = UINT32_MAX;
		bytes *= bc_get32(record + 8);
	}
	run->entry = run->entries;
	run->entries_end = run->entries + bytes;
	run->next = 8;
	run->to_key = BC_SHAPE(type) == BC_SET ? bytes : 0;
	run->at = run->first = first;
	run->end = first + bytes * n;
	return spend(r, first, bytes * n);
}

/* Whether the cells of an event's fields are what they must be, and all that they
 * lead to: the elements of lists and the lists in these.  *where is the last that
 * was looked at. */
static bool check_cells(struct reader *r, const struct bc_event *e, uint32_t *where)
{
	struct run runs[3], *run = runs;

	run->entry = run->entries = e->fields;
	run->next = 12;
	run->entries_end = e->fields + 12 * e->n_fields;
	run->mask = UINT32_MAX;
	run->to_key = 0;
	run->at = 8;
	run->end = 8 + 8 * e->n_fields;
	while (true) {
		const uint8_t *entry = run->entry, *cell;
		uint32_t at = run->at, type, first, n;

		if (at == run->end) {
			if (run-- == runs)
				return true;
			continue;
		}
		*where = at;
		cell = r->bytes + at;
		first = bc_get32(cell);
		n = bc_get32(cell + 4);
		type = bc_get32(entry + 4) & run->mask;
		run->at = at + 8;
		run->entry = entry + run->next;
		if (run->entry == run->entries_end)
			run->entry = run->entries;
		if (BC_SHAPE(type) == BC_ONE) {
			if (!check_one(r, type, first, n))
				return false;
			if (run->to_key != 0 && entry == run->entries && at != run->first &&
			    !ascends(r, type, at - run->to_key, at))
				return false;
			continue;
		}
		if (n > (run == runs ? bc_get32(entry + 8) : BC_ELEMENTS_MAX) || run == &runs[2] ||
		    !begin_run(r, ++run, entry, type, first, n))
			return false;
	}
}

enum cpol_reason cpol_check_request(const struct bc_policy *p, const struct cpol_event *event,
    uint32_t *number, uint32_t *where)
{
	struct reader r = { .p = p, .bytes = event->bytes };
	const struct bc_event *e;

	*where = 0;
	if (event->bytes == NULL || event->len < 8 || event->len > BC_REQUEST_MAX)
		return CPOL_BAD_REQUEST;
	r.len = r.left = (uint32_t)event->len;
	*number = bc_get32(r.bytes);
	if (*number >= p->n_events)
		return CPOL_NO_RULE;
	e = &p->events[*number];
	*where = 4;
	if (bc_get32(r.bytes + 4) != r.len || !spend(&r, 0, 8 + 8 * e->n_fields) || !check_cells(&r, e, where))
		return CPOL_BAD_REQUEST;
	return CPOL_ALLOWED;
}

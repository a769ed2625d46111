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
	uint32_t where;                 /* the cell being judged */
};

/* Whether so many bytes from `at` are in the request and unspent. */
BC_INLINE bool spend(struct reader *r, uint32_t at, uint32_t bytes)
{
	if (at > r->len || bytes > r->len - at || bytes > r->left)
		return false;
	r->left -= bytes;
	return true;
}

static bool check_one(struct reader *r, uint32_t type, uint32_t at)
{
	const uint8_t *cell = r->bytes + at;
	uint32_t base = BC_BASE(type), first = bc_get32(cell), len = bc_get32(cell + 4);

	r->where = at;
	if (base == BC_INTEGER)
		return true;
	if (base == BC_STRING || base == BC_DIGEST32)
		return (base == BC_STRING ? len <= BC_STRING_MAX : len == BC_DIGEST_LEN) && spend(r, first, len);
	return first == 0 && len < (base == BC_BOOL ? 2 : bc_get32(r->p->enums[BC_INDEX(type)] + 4));
}

/* Whether the scalar at `at` is above the one at `before`; both are valid. */
static bool ascends(const struct reader *r, uint32_t type, uint32_t before, uint32_t at)
{
	const uint8_t *low = r->bytes + before, *high = r->bytes + at;

	if (BC_BASE(type) == BC_STRING || BC_BASE(type) == BC_DIGEST32)
		return bytes_compare(r->bytes + bc_get32(low), bc_get32(low + 4),
		    r->bytes + bc_get32(high), bc_get32(high + 4)) < 0;
	return bc_get64(low) < bc_get64(high);
}

/* The cells of a list at `at`, of at most so many elements: where they begin and
 * where they end. */
static bool take_list(struct reader *r, uint32_t at, uint32_t most, uint32_t stride, uint32_t *first,
    uint32_t *end)
{
	uint32_t n = bc_get32(r->bytes + at + 4);

	r->where = at;
	*first = bc_get32(r->bytes + at);
	*end = *first + n * stride;
	return n <= most && spend(r, *first, n * stride);
}

/* A scalar, or a list or a set of them. */
static bool check_scalars(struct reader *r, uint32_t type, uint32_t at, uint32_t most)
{
	uint32_t first = at, end = at + 8;

	if (BC_SHAPE(type) != BC_ONE && !take_list(r, at, most, 8, &first, &end))
		return false;
	for (at = first; at != end; at += 8) {
		if (!check_one(r, type, at))
			return false;
		if (BC_SHAPE(type) == BC_SET && at != first && !ascends(r, type, at - 8, at))
			return false;
	}
	return true;
}

static bool check_records(struct reader *r, uint32_t type, uint32_t at, uint32_t most)
{
	uint32_t record = BC_INDEX(type), n_members = bc_record_len(r->p, record), first, end;

	if (!take_list(r, at, most, 8 * n_members, &first, &end))
		return false;
	for (at = first; at != end; at += 8 * n_members) {
		for (uint32_t k = 0; k < n_members; k++) {
			if (!check_scalars(r, bc_member_type(r->p, record, k), at + 8 * k, BC_ELEMENTS_MAX))
				return false;
		}
		r->where = at;
		if (BC_SHAPE(type) == BC_SET && at != first &&
		    !ascends(r, bc_member_type(r->p, record, 0), at - 8 * n_members, at))
			return false;
	}
	return true;
}

enum cpol_reason cpol_check_request(const struct bc_policy *p, const struct cpol_event *event,
    uint32_t *number, uint32_t *where)
{
	struct reader r = { .p = p, .bytes = event->bytes };
	const struct bc_event *e;
	bool fits;

	*where = 0;
	if (event->bytes == NULL || event->len < 8 || event->len > BC_REQUEST_MAX)
		return CPOL_BAD_REQUEST;
	r.len = r.left = (uint32_t)event->len;
	*number = bc_get32(r.bytes);
	if (*number >= p->n_events)
		return CPOL_NO_RULE;
	e = &p->events[*number];
	r.where = 4;
	fits = bc_get32(r.bytes + 4) == r.len && spend(&r, 0, 8 + 8 * e->n_fields);
	for (uint32_t i = 0; i < e->n_fields && fits; i++) {
		uint32_t type = bc_field_type(e, i), most = bc_field_most(e, i);

		fits = BC_BASE(type) == BC_RECORD ? check_records(&r, type, 8 + 8 * i, most)
		    : check_scalars(&r, type, 8 + 8 * i, most);
	}
	*where = r.where;
	return fits ? CPOL_ALLOWED : CPOL_BAD_REQUEST;
}

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

/* Whether `n` times `unit` bytes from `at` are in the request and unspent. */
static bool spend(struct reader *r, uint32_t at, uint32_t n, uint32_t unit)
{
	if (at > r->len || n > (r->len - at) / unit || n > r->left / unit)
		return false;
	r->left -= n * unit;
	return true;
}

static bool check_one(struct reader *r, uint32_t type, uint32_t at)
{
	const uint8_t *cell = r->bytes + at;
	uint32_t len = bc_get32(cell + 4);

	r->where = at;
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:        return bc_get64(cell) <= 1;
	case BC_INTEGER:     return true;
	case BC_ENUMERATION: return bc_get64(cell) < bc_get32(r->p->enums[BC_INDEX(type)] + 4);
	case BC_STRING:      return len <= BC_STRING_MAX && spend(r, bc_get32(cell), len, 1);
	case BC_DIGEST32:    return len == BC_DIGEST_LEN && spend(r, bc_get32(cell), len, 1);
	case BC_NOTHING:
	case BC_LANGUAGE:
	case BC_TABLEROW:
	case BC_RECORD:      break;
	}
	return false;
}

/* Whether the cell at `at` is above the one at `before`; both are valid. */
static bool ascends(const struct reader *r, uint32_t type, uint32_t before, uint32_t at)
{
	struct view v = { .policy = r->p, .request = r->bytes };
	struct value low = cpol_request_cell(&v, type, r->bytes + before);
	struct value high = cpol_request_cell(&v, type, r->bytes + at);

	return cpol_compare(&low, &high) < 0;
}

/* The cells of a list at `at`: where they begin and how many they are. */
static bool take_list(struct reader *r, uint32_t at, uint32_t most, uint32_t stride, uint32_t *first,
    uint32_t *n)
{
	r->where = at;
	*first = bc_get32(r->bytes + at);
	*n = bc_get32(r->bytes + at + 4);
	return *n <= most && spend(r, *first, *n, stride);
}

static bool check_scalars(struct reader *r, uint32_t type, uint32_t at, uint32_t most)
{
	uint32_t element = BC_TYPE(BC_ONE, BC_BASE(type), BC_INDEX(type)), first, n;

	if (BC_SHAPE(type) == BC_ONE)
		return check_one(r, type, at);
	if (!take_list(r, at, most, 8, &first, &n))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (!check_one(r, element, first + 8 * i))
			return false;
		if (BC_SHAPE(type) == BC_SET && i > 0 &&
		    !ascends(r, element, first + 8 * (i - 1), first + 8 * i))
			return false;
	}
	return true;
}

static bool check_records(struct reader *r, uint32_t type, uint32_t at, uint32_t most)
{
	uint32_t record = BC_INDEX(type), n_members = bc_record_len(r->p, record), first, n;
	uint32_t stride = 8 * n_members;

	if (!take_list(r, at, most, stride, &first, &n))
		return false;
	for (uint32_t i = 0; i < n; i++, first += stride) {
		for (uint32_t k = 0; k < n_members; k++) {
			if (!check_scalars(r, bc_member_type(r->p, record, k), first + 8 * k,
			    BC_ELEMENTS_MAX))
				return false;
		}
		r->where = first;
		if (BC_SHAPE(type) == BC_SET && i > 0 &&
		    !ascends(r, bc_member_type(r->p, record, 0), first - stride, first))
			return false;
	}
	return true;
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
	if (bc_get32(r.bytes + 4) != r.len || !spend(&r, 0, 1 + e->n_fields, 8))
		return CPOL_BAD_REQUEST;
	for (uint32_t i = 0; i < e->n_fields; i++) {
		uint32_t type = bc_field_type(e, i), most = bc_field_most(e, i);
		bool fits = BC_BASE(type) == BC_RECORD ? check_records(&r, type, 8 + 8 * i, most)
		    : check_scalars(&r, type, 8 + 8 * i, most);

		*where = r.where;
		if (!fits)
			return CPOL_BAD_REQUEST;
	}
	return CPOL_ALLOWED;
}

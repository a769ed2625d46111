/* SPDX-License-Identifier: Apache-2.0
 *
 * open.c - bc_open(): the order of the checks.  Sections are read in their
 * order; a section refers only to what was read before it.  Then what is true of
 * the whole is judged: every entry of every pool is used.  Nothing is believed before it is checked, nothing is
 * written but the policy, and no step calls itself.
 *
 * AND and OR have one order of operands: by bc_weight() of their bytes, then
 * by the bytes themselves (bc_compare()).  The compiler calls the very same
 * functions.
 */
#include "mem.h"
#include "open.h"

bool bc_fail(struct opener *o, enum bc_error error, uint32_t where)
{
	if (o->error == BC_OK) {
		o->error = error;
		o->where = where;
	}
	return false;
}

bool bc_refuse(struct opener *o, enum bc_error error)
{
	return bc_fail(o, error, o->at - 4);
}

const uint8_t *bc_take(struct opener *o, uint32_t n, uint32_t unit)
{
	const uint8_t *bytes = o->p->bytes + o->at;

	if (unit != 0 && (o->end - o->at) / unit < n)
		bc_fail(o, BC_E_SHORT, o->at);
	if (o->error != BC_OK)
		return NULL;
	o->at += n * unit;
	return bytes;
}

uint32_t bc_take32(struct opener *o)
{
	const uint8_t *bytes = bc_take(o, 1, 4);

	return bytes == NULL ? 0 : bc_get32(bytes);
}

uint64_t bc_take64(struct opener *o)
{
	uint64_t high = bc_take32(o);

	return high << 32 | bc_take32(o);
}

uint32_t bc_take_count(struct opener *o, uint32_t most, enum bc_error error)
{
	uint32_t n = bc_take32(o);

	return n <= most || bc_refuse(o, error) ? n : 0;
}

static void judge_name(struct opener *o, uint32_t name, uint32_t where)
{
	if (name >= o->p->strings.n)
		bc_fail(o, BC_E_NAME, where);
	else
		bc_mark(o, IN_STRINGS, name);
}

uint32_t bc_take_next_name(struct opener *o, uint32_t i, uint32_t previous)
{
	uint32_t name = bc_take32(o);

	judge_name(o, name, o->at - 4);
	if (i > 0 && name <= previous)
		bc_refuse(o, BC_E_NAME_ORDER);
	return name;
}

static void open_meta(struct opener *o)
{
	struct bc_policy *p = o->p;

	/* The names are indices of a pool that is not read yet. */
	p->policy_name = bc_take32(o);
	p->svn = bc_take64(o);
	p->framework_name = bc_take32(o);
	p->framework_version = bc_take32(o);
}

static bool open_header(struct opener *o)
{
	const uint8_t *header = o->p->bytes;
	uint32_t left = o->p->len;

	if (left < BC_HEADER_LEN)
		return bc_fail(o, BC_E_HEADER, 0);
	if (memcmp(header, BC_MAGIC, 8) != 0)
		return bc_fail(o, BC_E_MAGIC, 0);
	if (bc_get32(header + 8) != BC_VERSION)
		return bc_fail(o, BC_E_VERSION, 8);
	if (bc_get32(header + 12) != left)
		return bc_fail(o, BC_E_LENGTH, 12);
	left -= BC_HEADER_LEN;
	for (uint32_t i = 0; i < BC_N_SECTIONS; i++) {
		uint32_t section = bc_get32(header + 16 + 4 * i);

		if (section > left)
			return bc_fail(o, BC_E_SECTIONS, 16 + 4 * i);
		left -= section;
	}
	return left == 0 || bc_fail(o, BC_E_SECTIONS, 16);
}

__attribute__((noinline)) static void open_section(struct opener *o, uint32_t section)
{
	switch (section) {
	case BC_SEC_META:     open_meta(o); break;
	case BC_SEC_STRINGS:  bc_open_pool(o, IN_STRINGS);
	                      judge_name(o, o->p->policy_name, BC_HEADER_LEN);
	                      judge_name(o, o->p->framework_name, BC_HEADER_LEN); break;
	case BC_SEC_PATTERNS: bc_open_patterns(o); break;
	case BC_SEC_LISTS:    bc_open_pool(o, IN_LISTS); break;
	case BC_SEC_TYPES:    bc_open_named(o, ENUMS);
	                      bc_open_named(o, RECORDS); break;
	case BC_SEC_CODE:     bc_open_rules(o);
	                      bc_open_named(o, CLAIMS); break;
	default:              bc_open_named(o, (enum named)(section - BC_SEC_SWITCHES + SWITCHES));
	}
}

static void open_all(struct opener *o)
{
	if (!open_header(o))
		return;
	o->end = BC_HEADER_LEN;
	for (uint32_t i = 0; i < BC_N_SECTIONS; i++) {
		o->at = o->end;
		o->end += bc_get32(o->p->bytes + 16 + 4 * i);
		open_section(o, i);
		if (o->at != o->end)
			bc_fail(o, BC_E_TRAILING, o->at);
		if (o->error != BC_OK)
			return;
	}
	bc_judge_use(o);
}

enum bc_error bc_open(struct bc_policy *policy, const void *bytes, size_t len, size_t *where)
{
	struct opener o = { .p = policy };

	memset(policy, 0, sizeof(*policy));
	policy->bytes = bytes;
	policy->len = (uint32_t)len;
	if (len > BC_LEN_MAX)
		bc_fail(&o, BC_E_TOO_LONG, 0);
	else
		open_all(&o);
	if (o.error != BC_OK) {
		memset(policy, 0, sizeof(*policy));
		if (where != NULL)
			*where = o.where;
	}
	return o.error;
}

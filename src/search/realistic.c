/* SPDX-License-Identifier: Apache-2.0
 *
 * realistic.c - see realistic.h.  Each renaming is tried on a copy of the trace
 * and kept if search_confirm() accepts it, so none can spoil what was found.
 */
#include "realistic.h"

#include "../base/bytes.h"
#include "../base/digest.h"
#include "../bytecode/decode.h"
#include "../request/request.h"

enum {
	ID_LEAST = 32,                  /* digits of an id that is worth a name */
	ID_LETTERS = 3,                 /* different ones in what is made up */
	IDS_MAX = 8, DIRECTORIES_MAX = 16,
	SHORT_NAME = 2                  /* of a directory that is made up */
};

struct renaming {
	struct str from, to;
	bool is_directory;              /* from and to are paths, and what is below moves along */
};

struct renamer {
	struct arena *a;
	const struct cpol_policy *policy;
	uint32_t claim;
	struct search_trace *trace;
	uint32_t n_ids, n_tries;
};

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether the renaming is about what stands there. */
static bool stands_at(const struct renaming *r, struct str text, size_t at)
{
	size_t end = at + r->from.len;

	if (end > text.len || memcmp(text.ptr + at, r->from.ptr, r->from.len) != 0)
		return false;
	if (r->is_directory)
		return at == 0 && end < text.len && text.ptr[end] == '/';
	return (at == 0 || !is_word(text.ptr[at - 1])) && (end == text.len || !is_word(text.ptr[end]));
}

static struct str renamed(struct arena *a, const struct renaming *r, struct str text)
{
	struct bytes b = { .arena = a };

	for (size_t i = 0; i < text.len;) {
		if (stands_at(r, text, i)) {
			bytes_put(&b, r->to.ptr, r->to.len);
			i += r->from.len;
		} else {
			bytes_put(&b, text.ptr + i++, 1);
		}
	}
	return bytes_str(&b);
}

static void rename_value(struct renamer *n, const struct renaming *r, uint32_t type,
    struct request_value *v)
{
	const struct bc_policy *p = &n->policy->bc;
	bool is_one = BC_SHAPE(type) == BC_ONE;

	if (is_one && BC_BASE(type) == BC_STRING)
		v->text = renamed(n->a, r, v->text);
	for (uint32_t i = 0; i < v->n_items; i++)
		rename_value(n, r, is_one ? bc_member_type(p, BC_INDEX(type), i) : bc_element(type),
		    &v->items[i]);
}

/* The request with other names; false if it has no such form. */
static bool rename_request(struct renamer *n, const struct renaming *r, struct str *bytes)
{
	const struct bc_policy *p = &n->policy->bc;
	struct request request = request_decode(n->a, p, *bytes);
	struct str error;

	for (uint32_t i = 0; i < p->events[request.event].n_fields; i++)
		rename_value(n, r, bc_field_type(&p->events[request.event], i), &request.fields[i]);
	return request_encode(n->a, p, &request, bytes, &error) == 0;
}

/* In the requests [first, last). */
static bool try_renaming(struct renamer *n, const struct renaming *r, uint32_t first, uint32_t last)
{
	struct search_trace copy = *n->trace;

	copy.requests = arena_array(n->a, copy.n_requests, struct str);
	for (uint32_t i = 0; i < copy.n_requests; i++) {
		copy.requests[i] = n->trace->requests[i];
		if (i >= first && i < last && !rename_request(n, r, &copy.requests[i]))
			return false;
	}
	if (!search_confirm(n->a, n->policy, n->claim, &copy))
		return false;
	n->trace->requests = copy.requests;
	return true;
}

/* ---- ids ---- */

static bool contains(struct str whole, struct str part)
{
	for (size_t i = 0; i + part.len <= whole.len; i++)
		if (memcmp(whole.ptr + i, part.ptr, part.len) == 0)
			return true;
	return false;
}

/* Hexadecimal digits, few different ones, that the policy does not name. */
static bool is_made_up(const struct renamer *n, struct str word)
{
	char seen[ID_LETTERS];
	uint32_t n_seen = 0, i;

	for (size_t at = 0; at < word.len; at++) {
		char c = word.ptr[at];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
		for (i = 0; i < n_seen && seen[i] != c; i++)
			continue;
		if (i == ID_LETTERS)
			return false;
		if (i == n_seen)
			seen[n_seen++] = c;
	}
	for (i = 0; i < n->policy->bc.strings.n; i++) {
		struct bc_bytes s = bc_string(&n->policy->bc, i);

		if (contains((struct str){ (const char *)s.ptr, s.len }, word))
			return false;
	}
	return true;
}

/* As many digits, of the digest of the id's number. */
static struct str new_id(struct arena *a, uint32_t number, size_t len)
{
	struct str seed = arena_printf(a, "container %u", (unsigned)number);
	char hex[DIGEST_HEX_LEN + 1], *id = arena_alloc(a, len + 1);

	digest_hex(seed.ptr, seed.len, hex);
	for (size_t i = 0; i < len; i++)
		id[i] = hex[i % DIGEST_HEX_LEN];
	return (struct str){ id, len };
}

static void rename_ids_in(struct renamer *n, struct str text)
{
	struct renaming r = { .is_directory = false };
	size_t end;

	for (size_t i = 0; i < text.len; i = end + 1) {
		for (end = i; end < text.len && is_word(text.ptr[end]); end++)
			continue;
		r.from = (struct str){ text.ptr + i, end - i };
		if (r.from.len < ID_LEAST || n->n_ids == IDS_MAX || !is_made_up(n, r.from))
			continue;
		r.to = new_id(n->a, ++n->n_ids, r.from.len);
		try_renaming(n, &r, 0, n->trace->n_requests);
	}
}

/* ---- directories ---- */

/* A directory with a short name in a request with an id: it is the container's. */
static void rename_directory(struct renamer *n, uint32_t request, struct str id, struct str text)
{
	size_t start, end;

	for (end = 1; end < text.len; end++) {
		if (text.ptr[end] != '/')
			continue;
		for (start = end; start > 0 && text.ptr[start - 1] != '/'; start--)
			continue;
		if (start == 0 || start == end || end - start > SHORT_NAME || n->n_tries++ >= DIRECTORIES_MAX)
			continue;
		if (try_renaming(n, &(struct renaming){ .is_directory = true, .from = { text.ptr, end },
		    .to = arena_printf(n->a, "%.*s%.*s", (int)start, text.ptr, STR_ARG(id)) },
		    request, request + 1))
			return;
	}
}

static bool is_id(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_word(text.ptr[i]))
			return false;
	return text.len >= ID_LEAST;
}

/* The strings among the fields of a request, as they are now. */
static uint32_t string_fields(struct renamer *n, uint32_t request, struct str *fields)
{
	const struct bc_policy *p = &n->policy->bc;
	struct request r = request_decode(n->a, p, n->trace->requests[request]);
	const struct bc_event *e = &p->events[r.event];
	uint32_t n_fields = 0;

	for (uint32_t i = 0; i < e->n_fields; i++)
		if (bc_field_type(e, i) == BC_TYPE(BC_ONE, BC_STRING, 0))
			fields[n_fields++] = r.fields[i].text;
	return n_fields;
}

void realistic_trace(struct arena *a, const struct cpol_policy *policy, uint32_t claim,
    struct search_trace *trace)
{
	struct renamer n = { .a = a, .policy = policy, .claim = claim, .trace = trace };
	struct str fields[BC_FIELDS_MAX], id;
	uint32_t i, j, n_fields;

	for (i = 0; i < trace->n_requests; i++) {
		n_fields = string_fields(&n, i, fields);
		for (j = 0; j < n_fields; j++)
			rename_ids_in(&n, fields[j]);
	}
	for (i = 0; i < trace->n_requests; i++) {
		n_fields = string_fields(&n, i, fields);
		id = (struct str){ NULL, 0 };
		for (j = 0; j < n_fields && id.len == 0; j++)
			if (is_id(fields[j]))
				id = fields[j];
		for (j = 0; j < n_fields && id.len != 0; j++)
			rename_directory(&n, i, id, fields[j]);
	}
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * why.c - see why.h.  A claim is taken apart from the outside: of `and` the
 * operand that is false, of `all` an element that fails, down to a comparison.
 * Each part is evaluated in the state that the interpreter reached; nothing is
 * told if the whole claim does not come out there as the interpreter has it.
 */
#include "why.h"

#include "../base/bytes.h"
#include "../bytecode/decode.h"
#include "../request/request.h"
#include "../search/concrete.h"
#include "../search/snapshot.h"
#include "source.h"

enum { PARTS_MAX = 24, LIST_MAX = 8 };

struct explainer {
	struct tool *tool;
	struct arena *arena;
	struct concrete c;
	const struct bc_event *event;
	struct str text;                        /* the claim as its author wrote it, or empty */
	struct str names[BC_SLOTS_MAX + 2];     /* of the variables in scope, by slot */
	struct why *why;
};

static void add_part(struct explainer *x, enum why_kind kind, struct str text, struct str value)
{
	struct why *w = x->why;

	for (uint32_t i = 0; i < w->n_parts; i++)
		if (w->parts[i].kind == kind && str_equal(w->parts[i].text, text) &&
		    str_equal(w->parts[i].value, value))
			return;
	if (w->n_parts == PARTS_MAX)
		return;
	arena_push(x->arena, w->parts, w->n_parts, w->cap);
	w->parts[w->n_parts++] = (struct why_part){ kind, text, value };
}

/* ---- the request ---- */

static struct hole *hole_of(struct concrete *c, uint32_t type, const struct request_value *v)
{
	struct hole *hole = hole_new(c, type);
	bool is_record = BC_SHAPE(type) == BC_ONE && BC_BASE(type) == BC_RECORD;

	hole->fixed = true;
	hole->word = v->word;
	hole->text = v->text;
	if (BC_SHAPE(type) == BC_ONE && !is_record)
		return hole;
	hole->items = arena_array(c->arena, v->n_items, struct hole *);
	hole->n_items = v->n_items;
	for (uint32_t i = 0; i < v->n_items; i++)
		hole->items[i] = hole_of(c, is_record ?
		    bc_member_type(c->policy, BC_INDEX(type), i) : bc_element(type), &v->items[i]);
	return hole;
}

static void read_request(struct explainer *x, struct str bytes)
{
	struct request r = request_decode(x->arena, x->c.policy, bytes);

	x->event = &x->c.policy->events[r.event];
	concrete_start(&x->c, r.event);
	for (uint32_t i = 0; i < x->event->n_fields; i++)
		x->c.fields[i] = hole_of(&x->c, bc_field_type(x->event, i), &r.fields[i]);
}

/* ---- values ---- */

static void put_datum(struct explainer *x, struct bytes *b, const struct datum *d);

static void put_items(struct explainer *x, struct bytes *b, const struct datum *d)
{
	bool set = BC_SHAPE(d->type) == BC_SET;

	bytes_printf(b, set ? "{" : "[");
	for (uint32_t i = 0; i < d->n_items && i < LIST_MAX; i++) {
		bytes_printf(b, i == 0 ? "" : ", ");
		put_datum(x, b, &d->items[i]);
	}
	if (d->n_items > LIST_MAX)
		bytes_printf(b, ", and %u more", (unsigned)(d->n_items - LIST_MAX));
	bytes_printf(b, set ? "}" : "]");
}

static void put_record(struct explainer *x, struct bytes *b, const struct datum *d)
{
	const uint8_t *record = x->c.policy->records[BC_INDEX(d->type)];

	bytes_printf(b, "{");
	for (uint32_t i = 0; i < d->hole->n_items; i++) {
		struct datum member = datum_of_hole(&x->c, d->hole->items[i]);
		struct str name = concrete_string(x->c.policy, bc_get32(record + 12 + 8 * (size_t)i));

		bytes_printf(b, "%s%.*s=", i == 0 ? "" : " ", STR_ARG(name));
		put_datum(x, b, &member);
	}
	bytes_printf(b, "}");
}

static void put_datum(struct explainer *x, struct bytes *b, const struct datum *d)
{
	const struct bc_policy *p = x->c.policy;
	struct str text = d->text;

	if (BC_SHAPE(d->type) != BC_ONE) {
		put_items(x, b, d);
	} else if (BC_BASE(d->type) == BC_STRING) {
		text = request_quote(x->arena, text);
		bytes_put(b, text.ptr, text.len);
	} else if (BC_BASE(d->type) == BC_DIGEST32) {
		bytes_printf(b, "sha256:");
		for (size_t i = 0; i < text.len; i++)
			bytes_printf(b, "%02x", (uint8_t)text.ptr[i]);
	} else if (BC_BASE(d->type) == BC_TABLEROW) {
		snapshot_print_row(b, p, BC_INDEX(d->type), d->word);
	} else if (BC_BASE(d->type) == BC_BOOL) {
		bytes_printf(b, d->word != 0 ? "true" : "false");
	} else if (BC_BASE(d->type) == BC_ENUMERATION) {
		text = concrete_string(p, bc_get32(p->enums[BC_INDEX(d->type)] + 8 +
		    4 * (size_t)d->word));
		bytes_put(b, text.ptr, text.len);
	} else if (BC_BASE(d->type) == BC_RECORD && d->hole != NULL) {
		put_record(x, b, d);
	} else {
		bytes_printf(b, "%llu", (unsigned long long)d->word);
	}
}

static struct str datum_text(struct explainer *x, const struct datum *d)
{
	struct bytes b = { .arena = x->arena };

	put_datum(x, &b, d);
	return bytes_str(&b);
}

static struct str source_text(struct explainer *x, const struct tree_expr *e)
{
	return source_of_open(x->arena, x->c.policy, x->event, e, x->names);
}

/* ---- names of variables ---- */

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_in_scope(const struct explainer *x, struct str name)
{
	for (size_t i = 0; i < sizeof(x->names) / sizeof(x->names[0]); i++)
		if (x->names[i].len != 0 && str_equal(x->names[i], name))
			return true;
	return false;
}

/* The name that ends before the place; empty if there is none. */
static struct str name_before(struct str text, size_t end)
{
	size_t start = end;

	while (start > 0 && is_name(text.ptr[start - 1]))
		start--;
	return (struct str){ text.ptr + start, end - start };
}

/* What the author calls the elements of the range: `NAME in RANGE`, or `(PLACE,
 * NAME) in RANGE`, in the text of the claim.  Empty: not found. */
static struct str author_name(const struct explainer *x, struct str range, struct str *place)
{
	struct str text = x->text, name;
	size_t at, end;

	for (at = 4; range.len != 0 && at + range.len <= text.len; at++) {
		end = at + range.len;
		if (memcmp(text.ptr + at, range.ptr, range.len) != 0 ||
		    memcmp(text.ptr + at - 4, " in ", 4) != 0 ||
		    (end < text.len && (is_name(text.ptr[end]) || strchr(".[(", text.ptr[end]) != NULL)))
			continue;
		end = at - 4;
		*place = (struct str){ NULL, 0 };
		if (end > 0 && text.ptr[end - 1] == ')') {
			name = name_before(text, end - 1);
			end = (size_t)(name.ptr - text.ptr);
			if (end > 2 && memcmp(text.ptr + end - 2, ", ", 2) == 0)
				*place = name_before(text, end - 2);
		} else {
			name = name_before(text, end);
		}
		if (name.len != 0 && !is_in_scope(x, name))
			return name;
	}
	*place = (struct str){ NULL, 0 };
	return (struct str){ NULL, 0 };
}

static struct str fresh_name(struct explainer *x, char first)
{
	struct str name = arena_printf(x->arena, "%c", first);

	for (unsigned i = 1; is_in_scope(x, name); i++)
		name = arena_printf(x->arena, "%c%u", first, i);
	return name;
}

/* Whether the author names its place, too. */
static bool name_element(struct explainer *x, const struct tree_expr *loop)
{
	struct str place, name = author_name(x, source_text(x, loop->kids[0]), &place);

	x->names[loop->slot] = name.len != 0 ? name : fresh_name(x, 'x');
	x->names[loop->slot + 1] = place.len != 0 ? place : fresh_name(x, 'i');
	return place.len != 0;
}

/* ---- parts ---- */

static bool is_plain(const struct tree_expr *e)
{
	return e->op == BC_LOCAL || e->op == BC_INT || e->op == BC_ENUM || e->op == BC_STR ||
	    e->op == BC_DIGEST || e->op == BC_ROW || e->op == BC_NOROWS || e->op == BC_ROWS ||
	    e->op == BC_FALSE || e->op == BC_TRUE || BC_BASE(e->type) == BC_LANGUAGE ||
	    (BC_SHAPE(e->type) == BC_ONE && BC_BASE(e->type) == BC_BOOL);
}

/* An expression that is not taken apart, and the values that it compares. */
static void add_leaf(struct explainer *x, const struct tree_expr *e, bool is_true)
{
	uint32_t n = tree_is_loop(e->op) ? 1 : e->n_kids;
	struct datum d;

	add_part(x, is_true ? WHY_TRUE : WHY_FALSE, source_text(x, e), (struct str){ NULL, 0 });
	for (uint32_t i = 0; i < n; i++) {
		if (is_plain(e->kids[i]))
			continue;
		d = concrete_eval(&x->c, e->kids[i]);
		add_part(x, WHY_VALUE, source_text(x, e->kids[i]), datum_text(x, &d));
	}
}

static void explain(struct explainer *x, const struct tree_expr *e, bool is_true);

/* ALL that is false, or SOME that is true: by the first element that shows it. */
static void explain_loop(struct explainer *x, const struct tree_expr *e, bool is_true)
{
	struct str outer[2] = { x->names[e->slot], x->names[e->slot + 1] };
	struct datum over = concrete_eval(&x->c, e->kids[0]);
	bool has_place;
	uint32_t i;

	for (i = 0; i < over.n_items; i++) {
		x->c.locals[e->slot] = over.items[i];
		x->c.locals[e->slot + 1] = datum_of_word(BC_TYPE(BC_ONE, BC_INTEGER, 0), i);
		if (concrete_holds(&x->c, e->kids[1]) == is_true)
			break;
	}
	if (i == over.n_items)
		return;
	has_place = name_element(x, e);
	/* Inner loops used the slots that came after; these are as they were set. */
	add_part(x, WHY_FOR, x->names[e->slot], datum_text(x, &over.items[i]));
	if (has_place)
		add_part(x, WHY_FOR, x->names[e->slot + 1], datum_text(x, &x->c.locals[e->slot + 1]));
	explain(x, e->kids[1], is_true);
	x->names[e->slot] = outer[0];
	x->names[e->slot + 1] = outer[1];
}

static void explain(struct explainer *x, const struct tree_expr *e, bool is_true)
{
	bool one_is_enough = is_true == (e->op == BC_OR);

	if (e->op == BC_NOT) {
		explain(x, e->kids[0], !is_true);
	} else if (e->op == BC_AND || e->op == BC_OR) {
		for (uint32_t i = 0; i < e->n_kids; i++) {
			if (one_is_enough && concrete_holds(&x->c, e->kids[i]) != is_true)
				continue;
			explain(x, e->kids[i], is_true);
			if (one_is_enough)
				return;
		}
	} else if (is_true ? e->op == BC_SOME : e->op == BC_ALL) {
		explain_loop(x, e, is_true);
	} else if (e->op != BC_TRUE && e->op != BC_FALSE) {
		add_leaf(x, e, is_true);
	}
}

const struct why *why_of_trace(struct tool *t, uint32_t claim, const struct search_trace *trace)
{
	const struct bc_claim *claimed = &t->policy.bc.claims[claim];
	bool is_true = claimed->kind == BC_REACHABLE;
	struct explainer x = { .tool = t, .arena = &t->arena };
	struct cpol_group *before = search_group(&t->arena, &t->policy, 0);
	struct cpol_group *now = search_group(&t->arena, &t->policy, 0);
	const struct srcmap_entry *place = tool_claim_place(t, claim);

	x.c = (struct concrete){ .arena = &t->arena, .policy = &t->policy.bc, .group = now,
	    .before = before };
	x.text = place == NULL ? (struct str){ NULL, 0 } : place->text;
	x.why = arena_new(&t->arena, struct why);
	concrete_start(&x.c, UINT32_MAX);
	for (uint32_t i = 0; i < trace->n_requests; i++) {
		struct cpol_event event = { trace->requests[i].ptr, trace->requests[i].len };

		if (i != 0 && cpol_decide(before, &(struct cpol_event){ trace->requests[i - 1].ptr,
		    trace->requests[i - 1].len }).allowed)
			cpol_commit(before);
		if (cpol_decide(now, &event).allowed)
			cpol_commit(now);
	}
	if (claimed->kind == BC_ALWAYS && trace->n_requests != 0)
		read_request(&x, trace->requests[trace->n_requests - 1]);
	if (concrete_holds(&x.c, t->tree->claims[claim]) != is_true)
		return NULL;
	explain(&x, t->tree->claims[claim], is_true);
	/* That the claim is false is known. */
	if (x.why->n_parts == 1 && str_equal(x.why->parts[0].text, x.text))
		x.why->n_parts = 0;
	return x.why;
}

struct str why_line(struct arena *a, const struct why_part *part)
{
	switch (part->kind) {
	case WHY_FOR:
		return arena_printf(a, "for %.*s = %.*s", STR_ARG(part->text), STR_ARG(part->value));
	case WHY_FALSE:
		return arena_printf(a, "false: %.*s", STR_ARG(part->text));
	case WHY_TRUE:
		return arena_printf(a, "true: %.*s", STR_ARG(part->text));
	case WHY_VALUE:
		break;
	}
	return arena_printf(a, "where %.*s = %.*s", STR_ARG(part->text), STR_ARG(part->value));
}

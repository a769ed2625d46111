/* SPDX-License-Identifier: Apache-2.0
 *
 * dump_json.c - cocoapolc dump --json: the same, for machines.
 *
 * Values keep their kind: bools, ints and lists are JSON's; a digest is
 * "sha256:..", a row is "KIND#NUMBER", a pattern its number in "patterns".
 */
#include <stdlib.h>

#include "../automata/dfa.h"
#include "../compiler/disasm.h"
#include "../runtime/cpol.h"
#include "cli.h"

static json_t *name_of(const struct bc_policy *p, uint32_t string)
{
	return cli_json(disasm_name(p, string));
}

static json_t *type_of(struct arena *a, const struct bc_policy *p, uint32_t type)
{
	return cli_json(disasm_type(a, p, type));
}

/* JSON's integers have 63 bits here; larger ones are strings. */
static json_t *integer(uint64_t value)
{
	char digits[24];

	if (value <= INT64_MAX)
		return json_integer((json_int_t)value);
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
	return json_string(digits);
}

static json_t *value_of(struct arena *a, const struct bc_policy *p, uint32_t type, uint64_t word)
{
	struct bc_bytes words, text;
	json_t *list;
	uint32_t i;

	if (BC_SHAPE(type) != BC_ONE) {
		words = bc_list(p, (uint32_t)word);
		list = json_array();
		for (i = 0; i < words.len; i++)
			json_array_append_new(list, value_of(a, p, BC_TYPE(BC_ONE, BC_BASE(type),
			    BC_INDEX(type)), bc_get32(words.ptr + 4 * (size_t)i)));
		return list;
	}
	switch ((enum bc_base)BC_BASE(type)) {
	case BC_BOOL:
		return json_boolean(word != 0);
	case BC_STRING:
		text = bc_string(p, (uint32_t)word);
		return cli_json((struct str){ (const char *)text.ptr, text.len });
	case BC_NOTHING: case BC_INTEGER: case BC_RECORD: case BC_LANGUAGE:
		return integer(word);
	case BC_ENUMERATION: case BC_DIGEST32: case BC_TABLEROW:
		break;
	}
	return cli_json(disasm_value(a, p, type, word));
}

/* The `name : type` pairs of columns, members, fields and outputs. */
static json_t *typed_names(struct arena *a, const struct bc_policy *p, const uint8_t *at,
    uint32_t n, uint32_t stride)
{
	json_t *list = json_array(), *one;
	uint32_t i;

	for (i = 0; i < n; i++, at += stride) {
		one = json_pack("{s:o, s:o}", "name", name_of(p, bc_get32(at)), "type",
		    type_of(a, p, bc_get32(at + 4)));
		if (stride == 12)
			json_object_set_new(one, "most", json_integer(bc_get32(at + 8)));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *patterns(struct arena *a, const struct bc_policy *p)
{
	json_t *list = json_array(), *one;
	struct bc_bytes entry, text;
	struct str word;
	struct dfa *d;
	uint32_t i;

	for (i = 0; i < p->patterns.n; i++) {
		entry = bc_pattern(p, i);
		if (entry.ptr[0] == 0) {
			text = bc_string(p, bc_get32(entry.ptr + 1));
			one = json_pack("{s:o}", "literal",
			    cli_json((struct str){ (const char *)text.ptr, text.len }));
		} else {
			d = dfa_decode(a, entry.ptr, entry.len);
			one = json_pack("{s:I}", "states", (json_int_t)dfa_states(d));
			if (dfa_word(a, d, 0, &word))
				json_object_set_new(one, "word", cli_json(word));
		}
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *enums(const struct bc_policy *p)
{
	json_t *list = json_array(), *values;
	uint32_t i, j;

	for (i = 0; i < p->n_enums; i++) {
		values = json_array();
		for (j = 0; j < bc_get32(p->enums[i] + 4); j++)
			json_array_append_new(values, cli_json(disasm_enumerator(p, i, j)));
		json_array_append_new(list, json_pack("{s:o, s:o}", "name",
		    name_of(p, bc_get32(p->enums[i])), "values", values));
	}
	return list;
}

static json_t *records(struct arena *a, const struct bc_policy *p)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < p->n_records; i++)
		json_array_append_new(list, json_pack("{s:o, s:b, s:o}", "name",
		    name_of(p, bc_get32(p->records[i])), "keyed",
		    (int)bc_get32(p->records[i] + 4), "members",
		    typed_names(a, p, p->records[i] + 12, bc_record_len(p, i), 8)));
	return list;
}

static json_t *switches(struct arena *a, const struct bc_policy *p)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < p->n_switches; i++)
		json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "name",
		    name_of(p, bc_get32(p->switches + 16 * (size_t)i)), "type",
		    type_of(a, p, bc_switch_type(p, i)), "value",
		    value_of(a, p, bc_switch_type(p, i), bc_switch_value(p, i))));
	return list;
}

static json_t *tables(struct arena *a, const struct bc_policy *p)
{
	json_t *list = json_array(), *rows, *row;
	uint32_t i, j, k;

	for (i = 0; i < p->n_tables; i++) {
		const struct bc_table *t = &p->tables[i];

		rows = json_array();
		for (j = 0; j < t->n_rows; j++) {
			row = json_array();
			for (k = 0; k < t->n_columns; k++)
				json_array_append_new(row, value_of(a, p, bc_column_type(t, k),
				    bc_cell(t, j, k)));
			json_array_append_new(rows, row);
		}
		json_array_append_new(list, json_pack("{s:o, s:b, s:o, s:o}", "name",
		    name_of(p, t->name), "keyed", (int)t->has_key, "columns",
		    typed_names(a, p, t->columns, t->n_columns, 8), "rows", rows));
	}
	return list;
}

static json_t *state(struct arena *a, const struct bc_policy *p)
{
	json_t *list = json_array(), *one;
	uint32_t i;

	for (i = 0; i < p->n_vars; i++) {
		const struct bc_var *v = &p->vars[i];

		one = json_pack("{s:o, s:b}", "name", name_of(p, v->name), "ghost", (int)(v->flags & 1));
		if (v->key != 0) {
			json_object_set_new(one, "key", type_of(a, p, v->key));
			json_object_set_new(one, "capacity", json_integer(v->capacity));
			json_object_set_new(one, "longest_key", json_integer(v->key_len));
		}
		if (v->value != 0)
			json_object_set_new(one, "value", type_of(a, p, v->value));
		if (v->value_len != 0)
			json_object_set_new(one, "longest_string", json_integer(v->value_len));
		if (v->list_len != 0)
			json_object_set_new(one, "longest_list", json_integer(v->list_len));
		if (BC_BASE(v->value) == BC_INTEGER)
			json_object_set_new(one, "bound", integer(v->bound));
		json_array_append_new(list, one);
	}
	return list;
}

static void set_code(struct arena *a, json_t *to, const struct bc_policy *p,
    const struct bc_event *event, const struct bc_code *code)
{
	json_t *list = json_array(), *one;
	struct disasm_line *lines;
	uint32_t n, i;

	lines = disasm(a, p, event, code, &n);
	for (i = 0; i < n; i++) {
		one = json_pack("{s:I, s:I, s:s}", "pc", (json_int_t)lines[i].pc, "depth",
		    (json_int_t)lines[i].depth, "op", lines[i].op);
		if (lines[i].operand.len != 0)
			json_object_set_new(one, "operand", cli_json(lines[i].operand));
		json_array_append_new(list, one);
	}
	json_object_set_new(to, "cost", integer(code->cost));
	json_object_set_new(to, "scratch", json_integer(code->scratch));
	json_object_set_new(to, "code", list);
}

static json_t *events(struct arena *a, const struct bc_policy *p)
{
	json_t *list = json_array(), *one;
	uint32_t i;

	for (i = 0; i < p->n_events; i++) {
		const struct bc_event *e = &p->events[i];

		one = json_pack("{s:o, s:o, s:o}", "name", name_of(p, e->name), "fields",
		    typed_names(a, p, e->fields, e->n_fields, 12), "gives",
		    typed_names(a, p, e->outs, e->n_outs, 8));
		if (e->rule.len != 0)
			set_code(a, one, p, e, &e->rule);
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *claims(struct arena *a, const struct bc_policy *p)
{
	static const char *const kinds[] = { "invariant", "always", "reachable" };
	json_t *list = json_array(), *one, *on;
	uint32_t i, j;

	for (i = 0; i < p->n_claims; i++) {
		const struct bc_claim *c = &p->claims[i];

		on = json_array();
		for (j = 0; j < c->n_events; j++)
			json_array_append_new(on,
			    name_of(p, p->events[bc_get32(c->events + 4 * (size_t)j)].name));
		one = json_pack("{s:o, s:s, s:o}", "name", name_of(p, c->name), "kind",
		    kinds[c->kind], "events", on);
		set_code(a, one, p, c->n_events == 0 ? NULL : &p->events[bc_get32(c->events)],
		    &c->code);
		json_array_append_new(list, one);
	}
	return list;
}

int dump_json(struct arena *a, const struct bc_policy *p, const char *sha256)
{
	struct cpol_policy *whole = arena_new(a, struct cpol_policy);
	json_t *o;

	whole->bc = *p;
	o = json_pack("{s:i, s:o, s:o, s:o, s:I, s:s, s:I, s:o}", "version", (int)BC_VERSION,
	    "policy", name_of(p, p->policy_name), "svn", integer(p->svn), "framework",
	    name_of(p, p->framework_name), "framework_version",
	    (json_int_t)p->framework_version, "sha256", sha256, "bytes", (json_int_t)p->len,
	    "state_bytes", integer(cpol_memory(whole, NULL)));
	json_object_set_new(o, "pools", json_pack("{s:I, s:I, s:I}", "strings",
	    (json_int_t)p->strings.n, "patterns", (json_int_t)p->patterns.n, "lists",
	    (json_int_t)p->lists.n));
	json_object_set_new(o, "patterns", patterns(a, p));
	json_object_set_new(o, "enums", enums(p));
	json_object_set_new(o, "records", records(a, p));
	json_object_set_new(o, "switches", switches(a, p));
	json_object_set_new(o, "tables", tables(a, p));
	json_object_set_new(o, "state", state(a, p));
	json_object_set_new(o, "events", events(a, p));
	json_object_set_new(o, "claims", claims(a, p));
	return cli_print_json(o);
}

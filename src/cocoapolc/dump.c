/* SPDX-License-Identifier: Apache-2.0
 *
 * dump.c - cocoapolc dump, for people.
 */
#include "../automata/dfa.h"
#include "../base/digest.h"
#include "../compiler/disasm.h"
#include "../runtime/cpol.h"
#include "cli.h"

static void print_name(const struct bc_policy *p, uint32_t string)
{
	cli_print(disasm_name(p, string));
}

static void print_pool(const char *name, const struct bc_pool *pool, uint32_t unit)
{
	uint32_t n = pool->n == 0 ? 0 : bc_get32(pool->ends + 4 * (size_t)(pool->n - 1));

	printf("  %-9s %6u entries, %8u bytes\n", name, pool->n, n * unit);
}

static void print_head(struct arena *a, const struct bc_policy *p, const char *sha256)
{
	struct cpol_policy *whole = arena_new(a, struct cpol_policy);

	whole->bc = *p;
	printf("policy    ");
	cli_print(disasm_quoted(a, bc_string(p, p->policy_name)));
	printf(" svn %llu\nframework ", (unsigned long long)p->svn);
	print_name(p, p->framework_name);
	printf(" %u\nbytes     %u\nsha256    %s\nmemory    %zu bytes of state\npools\n",
	    p->framework_version, p->len, sha256, cpol_memory(whole, NULL));
	print_pool("strings", &p->strings, 1);
	print_pool("patterns", &p->patterns, 1);
	print_pool("lists", &p->lists, 4);
}

static void print_patterns(struct arena *a, const struct bc_policy *p)
{
	bool is_first = true;
	struct str word;
	uint32_t i;

	for (i = 0; i < p->patterns.n; i++) {
		struct bc_bytes entry = bc_pattern(p, i);
		struct dfa *d;

		if (entry.ptr[0] == 0)
			continue;
		d = dfa_decode(a, entry.ptr, entry.len);
		printf("%spattern#%u: %u states", is_first ? "\n" : "", i, dfa_states(d));
		is_first = false;
		if (dfa_word(a, d, 0, &word)) {
			printf(", as in ");
			cli_print(disasm_quoted(a, (struct bc_bytes){ (const uint8_t *)word.ptr,
			    (uint32_t)word.len }));
		} else {
			printf(", matches nothing");
		}
		printf("\n");
	}
}

static void print_types(struct arena *a, const struct bc_policy *p)
{
	uint32_t i, j;

	for (i = 0; i < p->n_enums; i++) {
		printf("\nenum ");
		print_name(p, bc_get32(p->enums[i]));
		printf(" {");
		for (j = 0; j < bc_get32(p->enums[i] + 4); j++) {
			printf(" ");
			cli_print(disasm_enumerator(p, i, j));
		}
		printf(" }\n");
	}
	for (i = 0; i < p->n_records; i++) {
		printf("\nrecord ");
		print_name(p, bc_get32(p->records[i]));
		printf("\n");
		for (j = 0; j < bc_record_len(p, i); j++) {
			printf(j == 0 && bc_get32(p->records[i] + 4) != 0 ? "  key " : "      ");
			print_name(p, bc_get32(p->records[i] + 12 + 8 * (size_t)j));
			printf(" : ");
			cli_print(disasm_type(a, p, bc_member_type(p, i, j)));
			printf("\n");
		}
	}
}

static void print_switches(struct arena *a, const struct bc_policy *p)
{
	uint32_t i;

	for (i = 0; i < p->n_switches; i++) {
		printf(i == 0 ? "\nswitch " : "switch ");
		print_name(p, bc_get32(p->switches + 16 * (size_t)i));
		printf(" : ");
		cli_print(disasm_type(a, p, bc_switch_type(p, i)));
		printf(" = ");
		cli_print(disasm_value(a, p, bc_switch_type(p, i), bc_switch_value(p, i)));
		printf("\n");
	}
}

static void print_tables(struct arena *a, const struct bc_policy *p)
{
	uint32_t i, j, k;

	for (i = 0; i < p->n_tables; i++) {
		const struct bc_table *t = &p->tables[i];

		printf("\nkind ");
		print_name(p, t->name);
		printf(" (%u rows)\n", t->n_rows);
		for (j = 0; j < t->n_columns; j++) {
			printf(j == 0 && t->has_key ? "  key " : "      ");
			print_name(p, bc_get32(t->columns + 8 * (size_t)j));
			printf(" : ");
			cli_print(disasm_type(a, p, bc_column_type(t, j)));
			printf("\n");
		}
		for (j = 0; j < t->n_rows; j++) {
			printf("  ");
			print_name(p, t->name);
			printf("#%u", j);
			for (k = 0; k < t->n_columns; k++) {
				printf(k == 0 ? "  " : ", ");
				print_name(p, bc_get32(t->columns + 8 * (size_t)k));
				printf(" = ");
				cli_print(disasm_value(a, p, bc_column_type(t, k), bc_cell(t, j, k)));
			}
			printf("\n");
		}
	}
}

static void print_state(struct arena *a, const struct bc_policy *p)
{
	uint32_t i;

	for (i = 0; i < p->n_vars; i++) {
		const struct bc_var *v = &p->vars[i];

		printf("%s%sstate ", i == 0 ? "\n" : "", v->flags & 1 ? "ghost " : "");
		print_name(p, v->name);
		printf(" : ");
		if (v->key != 0) {
			printf(v->value == 0 ? "set of " : "map ");
			cli_print(disasm_type(a, p, v->key));
			if (v->key_len != 0)
				printf("(%u)", v->key_len);
			printf(v->value == 0 ? "" : " -> ");
		}
		if (v->list_len != 0)
			printf("(%u) ", v->list_len);
		if (v->value != 0)
			cli_print(disasm_type(a, p, v->value));
		if (v->value_len != 0)
			printf("(%u)", v->value_len);
		if (BC_BASE(v->value) == BC_INTEGER && v->bound != UINT64_MAX)
			printf(" max %llu", (unsigned long long)v->bound);
		if (v->key != 0)
			printf(" capacity %u", v->capacity);
		printf("\n");
	}
}

static void print_code(struct arena *a, const struct bc_policy *p, const struct bc_event *event,
    const struct bc_code *code)
{
	uint32_t n, i;
	struct disasm_line *lines = disasm(a, p, event, code, &n);

	printf("  # %u bytes, at most ", code->len);
	if (code->cost == UINT64_MAX)
		printf("more than 2^64 steps");
	else
		printf("%llu steps", (unsigned long long)code->cost);
	printf(", %u bytes of scratch\n", code->scratch);
	for (i = 0; i < n; i++) {
		printf("%6u  %*s%s", lines[i].pc, (int)(2 * lines[i].depth), "", lines[i].op);
		if (lines[i].operand.len != 0) {
			printf(" ");
			cli_print(lines[i].operand);
		}
		printf("\n");
	}
}

static void print_events(struct arena *a, const struct bc_policy *p)
{
	uint32_t i, j;

	for (i = 0; i < p->n_events; i++) {
		const struct bc_event *e = &p->events[i];

		printf("\nevent#%u ", i);
		print_name(p, e->name);
		printf("\n");
		for (j = 0; j < e->n_fields; j++) {
			printf("      ");
			print_name(p, bc_get32(e->fields + 12 * (size_t)j));
			printf(" : ");
			cli_print(disasm_type(a, p, bc_field_type(e, j)));
			if (bc_field_most(e, j) != 0)
				printf("(%u)", bc_field_most(e, j));
			printf("\n");
		}
		for (j = 0; j < e->n_outs; j++) {
			printf("  gives ");
			print_name(p, bc_get32(e->outs + 8 * (size_t)j));
			printf(" : ");
			cli_print(disasm_type(a, p, bc_get32(e->outs + 8 * (size_t)j + 4)));
			printf("\n");
		}
		if (e->rule.len == 0)
			printf("  # no rule: always denied\n");
		else
			print_code(a, p, e, &e->rule);
	}
}

static void print_claims(struct arena *a, const struct bc_policy *p)
{
	static const char *const kinds[] = { "invariant", "always", "reachable" };
	const struct bc_event *event;
	uint32_t i, j;

	for (i = 0; i < p->n_claims; i++) {
		const struct bc_claim *c = &p->claims[i];

		printf("\n%s ", kinds[c->kind]);
		print_name(p, c->name);
		for (j = 0; j < c->n_events; j++) {
			printf(j == 0 ? " on " : ", ");
			print_name(p, p->events[bc_get32(c->events + 4 * (size_t)j)].name);
		}
		printf("\n");
		event = c->n_events == 0 ? NULL : &p->events[bc_get32(c->events)];
		print_code(a, p, event, &c->code);
	}
}

int command_dump(const struct cli *cli)
{
	char sha256[DIGEST_HEX_LEN + 1];
	struct arena a = { 0 };
	struct bc_policy *p;
	struct str bytes;
	int status;

	if (cli->n_files != 1)
		return cli_usage(cli, "dump takes one policy");
	status = cli_open(&a, cli->files[0], &bytes, &p);
	if (status == CLI_YES)
		digest_hex(bytes.ptr, bytes.len, sha256);
	if (status == CLI_YES && cli->json) {
		status = dump_json(&a, p, sha256);
	} else if (status == CLI_YES) {
		print_head(&a, p, sha256);
		print_patterns(&a, p);
		print_types(&a, p);
		print_switches(&a, p);
		print_tables(&a, p);
		print_state(&a, p);
		print_events(&a, p);
		print_claims(&a, p);
	}
	arena_clear(&a);
	return status;
}

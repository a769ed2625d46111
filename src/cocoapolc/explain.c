/* SPDX-License-Identifier: Apache-2.0
 *
 * explain.c - cocoapolc explain: a verdict's numbers as places and words.
 */
#include <ctype.h>
#include <errno.h>
#include <unistd.h>

#include "../base/digest.h"
#include "../base/srcmap.h"
#include "../compiler/disasm.h"
#include "../runtime/cpol.h"
#include "cli.h"

static const struct {
	const char *name, *text;
} reasons[] = {
	[CPOL_NO_POLICY] = { "no-policy", "no valid policy is open" },
	[CPOL_ALLOWED] = { "allowed", "the request is allowed" },
	[CPOL_NO_RULE] = { "no-rule", "the policy has no rule for this event" },
	[CPOL_REQUIREMENT] = { "requirement", "a requirement is not met" },
	[CPOL_BAD_REQUEST] = { "bad-request", "the request is malformed" },
	[CPOL_PENDING] = { "pending", "the step before was neither committed nor aborted" },
	[CPOL_TABLE_FULL] = { "table-full", "a map of the state has no room for another key" },
	[CPOL_TOO_LONG] = { "too-long", "a string or list is too long for its place in the state" },
	[CPOL_TOO_LARGE] = { "too-large", "an int is above its bound" },
	[CPOL_CONFLICT] = { "conflict", "two effects are on one key" },
	[CPOL_FAULT] = { "fault", "the interpreter met what validation excludes" },
};
enum { N_REASONS = sizeof(reasons) / sizeof(reasons[0]) };

struct verdict {
	const struct bc_policy *p;
	uint32_t event, reason, pc;
	struct str event_name;
	const struct srcmap_entry *place;       /* NULL: no map, or none is needed */
	struct str field;                       /* of a malformed request; may be empty */
};

static bool to_number(const char *text, uint32_t *number)
{
	uint64_t value = 0;
	const char *c;

	for (c = text; isdigit((unsigned char)*c) && value <= UINT32_MAX; c++)
		value = value * 10 + (uint64_t)(*c - '0');
	*number = (uint32_t)value;
	return c != text && *c == '\0' && value <= UINT32_MAX;
}

static bool find_event(const struct bc_policy *p, const char *text, uint32_t *event)
{
	if (to_number(text, event))
		return *event < p->n_events;
	for (*event = 0; *event < p->n_events; ++*event)
		if (str_is(disasm_name(p, p->events[*event].name), text))
			return true;
	return false;
}

/* A name may be written as in cpol.h, too. */
static bool find_reason(const char *text, uint32_t *reason)
{
	const char *name;
	size_t i;

	if (to_number(text, reason))
		return *reason < N_REASONS;
	if (strncmp(text, "CPOL_", 5) == 0)
		text += 5;
	/* As cocoapolv replay has it. */
	if (strcmp(text, "malformed") == 0)
		text = reasons[CPOL_BAD_REQUEST].name;
	for (*reason = 0; *reason < N_REASONS; ++*reason) {
		name = reasons[*reason].name;
		for (i = 0; name[i] != '\0'; i++)
			if (tolower((unsigned char)text[i]) != name[i]
			    && !(name[i] == '-' && text[i] == '_'))
				break;
		if (name[i] == '\0' && text[i] == '\0')
			return true;
	}
	return false;
}

static int no_reason(struct arena *a, const struct cli *cli)
{
	struct str known = { "", 0 };
	size_t i;

	for (i = 0; i < N_REASONS; i++)
		known = arena_printf(a, "%.*s%s%s", STR_ARG(known), i == 0 ? "" : ", ", reasons[i].name);
	return cli_usage(cli, "there is no reason '%s'; there are: %.*s", cli->files[2], STR_ARG(known));
}

static bool has_place(uint32_t reason)
{
	return reason == CPOL_REQUIREMENT || reason == CPOL_TABLE_FULL || reason == CPOL_TOO_LONG
	    || reason == CPOL_TOO_LARGE || reason == CPOL_CONFLICT;
}

/* Whether the rule has such an instruction at pc. */
static bool pc_fits(const struct verdict *v)
{
	const struct bc_code *rule = &v->p->events[v->event].rule;
	uint32_t pc;

	for (pc = 0; pc < rule->len && pc < v->pc; pc += bc_insn_len(rule->ptr[pc]))
		continue;
	if (pc != v->pc || pc >= rule->len)
		return false;
	if (v->reason == CPOL_REQUIREMENT)
		return rule->ptr[pc] == BC_REQUIRE;
	return rule->ptr[pc] == BC_SETVAR || rule->ptr[pc] == BC_PUT || rule->ptr[pc] == BC_DEL;
}

/* Cells of 8 bytes follow the header of a request. */
static struct str find_field(const struct verdict *v)
{
	const struct bc_event *e = &v->p->events[v->event];

	if (v->pc < 8 || (v->pc - 8) / 8 >= e->n_fields)
		return (struct str){ "", 0 };
	return disasm_name(v->p, bc_get32(e->fields + 12 * (size_t)((v->pc - 8) / 8)));
}

/* CLI_YES with *map NULL if there is no map and none was asked for. */
static int read_map(struct arena *a, const struct cli *cli, struct str bytes, struct srcmap **map)
{
	const char *path = cli->map != NULL ? cli->map
	    : arena_printf(a, "%s.map", cli->files[0]).ptr;
	char sha256[DIGEST_HEX_LEN + 1];
	struct str text;
	int status;

	*map = NULL;
	if (cli->map == NULL && access(path, F_OK) != 0)
		return CLI_YES;
	status = cli_read(a, path, (size_t)BC_LEN_MAX * 4, &text);
	if (status != CLI_YES)
		return status;
	*map = srcmap_read(a, text);
	if (*map == NULL) {
		fprintf(stderr, "cocoapolc: %s: not a map\n", path);
		return CLI_NO;
	}
	digest_hex(bytes.ptr, bytes.len, sha256);
	if (!str_is((*map)->sha256, sha256)) {
		fprintf(stderr, "cocoapolc: %s: is the map of another policy\n", path);
		return CLI_NO;
	}
	return CLI_YES;
}

static int print_text(const struct verdict *v)
{
	const struct srcmap_entry *at = v->place;

	if (at != NULL) {
		cli_print(at->file);
		printf(":%u:%u: ", at->line, at->column);
	}
	cli_print(v->event_name);
	printf(": %s", reasons[v->reason].text);
	if (v->field.len != 0) {
		printf(" at field ");
		cli_print(v->field);
	} else if (v->reason == CPOL_BAD_REQUEST || (has_place(v->reason) && at == NULL)) {
		printf(" at %s %u", v->reason == CPOL_BAD_REQUEST ? "byte" : "pc", v->pc);
	}
	if (at != NULL && at->label.len != 0) {
		printf(": ");
		cli_print(at->label);
	}
	if (at != NULL) {
		printf("\n    ");
		cli_print(at->text);
	}
	putchar('\n');
	return CLI_YES;
}

static int print_json(const struct verdict *v)
{
	json_t *o = json_pack("{s:o, s:s, s:s, s:I}", "event", cli_json(v->event_name), "reason",
	    reasons[v->reason].name, "text", reasons[v->reason].text, "pc", (json_int_t)v->pc);

	if (v->place != NULL) {
		json_object_set_new(o, "file", cli_json(v->place->file));
		json_object_set_new(o, "line", json_integer(v->place->line));
		json_object_set_new(o, "column", json_integer(v->place->column));
		json_object_set_new(o, "length", json_integer(v->place->len));
		json_object_set_new(o, "label", cli_json(v->place->label));
		json_object_set_new(o, "source", cli_json(v->place->text));
	}
	if (v->field.len != 0)
		json_object_set_new(o, "field", cli_json(v->field));
	return cli_print_json(o);
}

static int explain(struct arena *a, const struct cli *cli)
{
	struct verdict v = { .field = { "", 0 } };
	struct bc_policy *policy;
	struct srcmap *map;
	struct str bytes;
	int status = cli_open(a, cli->files[0], &bytes, &policy);

	if (status != CLI_YES)
		return status;
	v.p = policy;
	if (!find_event(v.p, cli->files[1], &v.event))
		return cli_usage(cli, "the policy has no event '%s'", cli->files[1]);
	if (!find_reason(cli->files[2], &v.reason))
		return no_reason(a, cli);
	if (!to_number(cli->files[3], &v.pc))
		return cli_usage(cli, "'%s' is no offset", cli->files[3]);
	v.event_name = disasm_name(v.p, v.p->events[v.event].name);
	if (has_place(v.reason) && !pc_fits(&v)) {
		fprintf(stderr, "cocoapolc: the rule of '%.*s' has no such thing at %u\n",
		    STR_ARG(v.event_name), v.pc);
		return CLI_NO;
	}
	if (v.reason == CPOL_BAD_REQUEST)
		v.field = find_field(&v);
	status = read_map(a, cli, bytes, &map);
	if (status != CLI_YES)
		return status;
	if (map != NULL && has_place(v.reason))
		v.place = srcmap_find(map, v.reason == CPOL_REQUIREMENT ? SRCMAP_REQUIRE
		    : SRCMAP_EFFECT, v.event_name, v.pc);
	return cli->json ? print_json(&v) : print_text(&v);
}

int command_explain(const struct cli *cli)
{
	struct arena a = { 0 };
	int status;

	if (cli->n_files != 4)
		return cli_usage(cli, "explain takes a policy, an event, a reason and a pc");
	status = explain(&a, cli);
	arena_clear(&a);
	return status;
}

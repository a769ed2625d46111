/* SPDX-License-Identifier: Apache-2.0
 *
 * mutants.c - requests with one field changed, each after the requests that come
 * before it in a recording.
 *
 *   mutants POLICY.cpb REQUESTS.json MUTANTS.jsonl
 *
 * A line of MUTANTS has "prefix", how many of the recorded requests are played
 * first; "request", which is decided then and not committed; "allowed", the real
 * enforcer's verdict; and "op", what was changed.  For each is printed: its
 * number from 0, our verdict and theirs, the event, "op" and, if we deny it, why.
 *
 * Exit status 2 if anything can't be read.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/file.h"
#include "request/request.h"
#include "runtime/cpol.h"

enum { MOST_BYTES = 64 << 20 };

/* What all mutants share. */
struct player {
	struct arena arena;
	struct cpol_policy policy;
	struct request_item *recorded;
	uint32_t n_recorded;
	void *memory;
	size_t memory_len;
};

static int trouble(const char *what, struct str detail)
{
	fprintf(stderr, "mutants: %s: %.*s\n", what, STR_ARG(detail));
	return 2;
}

static bool decide(struct cpol_group *g, const struct request_item *item, struct cpol_verdict *verdict)
{
	struct cpol_event event = { item->bytes.ptr, item->bytes.len };

	memset(verdict, 0, sizeof(*verdict));
	if (item->error.len != 0)
		return false;
	*verdict = cpol_decide(g, &event);
	return verdict->allowed;
}

/* A group that has seen the first requests of the recording. */
static bool play(struct player *p, uint32_t prefix, struct cpol_group *g)
{
	struct cpol_verdict verdict;
	uint32_t i;

	if (prefix > p->n_recorded || cpol_init(g, &p->policy, p->memory, p->memory_len, NULL) != BC_OK)
		return false;
	for (i = 0; i < prefix; i++)
		if (decide(g, &p->recorded[i], &verdict))
			cpol_commit(g);
	return true;
}

/* One line of the file; false if it is not as described. */
static bool judge(struct player *p, unsigned number, const json_t *line)
{
	const json_t *prefix = json_object_get(line, "prefix"), *allowed = json_object_get(line, "allowed");
	char *text = json_dumps(json_object_get(line, "request"), 0);
	struct request_item *item;
	struct cpol_verdict verdict;
	struct cpol_group group;
	struct str error;
	uint32_t n;
	bool ours;

	if (text == NULL || !json_is_integer(prefix) || !json_is_boolean(allowed) ||
	    json_integer_value(prefix) < 0 || json_integer_value(prefix) > p->n_recorded ||
	    request_read(&p->arena, &p->policy.bc, arena_copy(&p->arena, text, strlen(text)), REQUEST_HCSSHIM, NULL,
	    &item, &n, &error) != 0 || n != 1 || !play(p, (uint32_t)json_integer_value(prefix), &group)) {
		free(text);
		return false;
	}
	free(text);
	ours = decide(&group, item, &verdict);
	printf("%u %s %s %.*s: %s", number, ours ? "allow" : "deny", json_is_true(allowed) ? "allow" : "deny",
	    STR_ARG(item->name), json_string_value(json_object_get(line, "op")));
	if (item->error.len != 0)
		printf("; malformed: %.*s", STR_ARG(item->error));
	else if (!ours)
		printf("; reason %d at %u", (int)verdict.reason, (unsigned)verdict.pc);
	printf("\n");
	return true;
}

static int judge_all(struct player *p, const char *path)
{
	struct str text;
	unsigned number = 0;

	if (file_read(&p->arena, path, MOST_BYTES, &text) != 0)
		return trouble(path, STR("cannot be read"));
	while (text.len > 0) {
		const char *end = memchr(text.ptr, '\n', text.len);
		size_t len = end == NULL ? text.len : (size_t)(end - text.ptr);
		json_t *line = json_loadb(text.ptr, len, 0, NULL);
		bool done = line != NULL && judge(p, number, line);

		json_decref(line);
		if (!done)
			return trouble(path, arena_printf(&p->arena, "line %u is no mutant", number + 1));
		number++;
		text.ptr += len + (end != NULL);
		text.len -= len + (end != NULL);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct player p;
	struct str bytes, text, error = STR("cannot be read");

	if (argc != 4 || file_read(&p.arena, argv[1], BC_LEN_MAX, &bytes) != 0 ||
	    cpol_open(&p.policy, bytes.ptr, bytes.len, NULL) != BC_OK)
		return trouble("usage", STR("POLICY.cpb REQUESTS.json MUTANTS.jsonl"));
	if (file_read(&p.arena, argv[2], MOST_BYTES, &text) != 0 || request_read(&p.arena, &p.policy.bc, text,
	    REQUEST_HCSSHIM, NULL, &p.recorded, &p.n_recorded, &error) != 0)
		return trouble(argv[2], error);
	p.memory_len = cpol_memory(&p.policy, NULL);
	p.memory = arena_alloc(&p.arena, p.memory_len);
	return judge_all(&p, argv[3]);
}

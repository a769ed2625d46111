/* SPDX-License-Identifier: Apache-2.0
 *
 * hostile.c - a host that asks the real interpreter anything, in any order, for
 * as long as one likes, and what must be true of every answer:
 *   - nothing faults, a verdict is one verdict, and it does not depend on ghosts;
 *   - a denial, an abort and a request while a step is pending leave every cell
 *     of the state as it was; the same step twice gives the same state;
 *   - every invariant holds in every state, every step claim of every step;
 *   - no decision, with its commit, takes more steps than its rule says;
 *   - no byte beside the group's memory is written and no memory is asked for.
 *
 *   hostile [-s SEED] [-o FILE] [-r FILE] [-v] POLICY.cpb REQUESTS.json COUNT
 *
 * COUNT requests in episodes, each with another temper of the host and other
 * capacities of the maps.  -o: the accepted requests that lead to what was
 * found, for cocoapolv replay.  -r: every request as it was
 * asked, for tests/portable.  -v: what was asked and answered, by event.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file.h"
#include "bytecode/decode.h"
#include "hostile.h"
#include "perf/meter.h"
#include "portable/record.h"
#include "search/snapshot.h"

#define EDGE 64                 /* bytes on either side of a group's memory */
#define REASONS (CPOL_FAULT + 1)

/* Three groups in step: with ghosts, one step behind it, and as a guest has it. */
enum which { NOW, BEFORE, GUEST, N_GROUPS };

static struct cpol_policy policy;
static struct {
	struct cpol_group group;
	uint8_t *memory;
	size_t len;
} groups[N_GROUPS];

uint64_t metered_steps;
static struct host host = { .policy = &policy };
static struct arena kept, brief;        /* until the end; until the next request */
static struct bytes states[2];          /* snapshots: what is, and what was looked at last */
static struct str *steps;               /* accepted since the episode began */
static uint32_t n_steps, cap_steps;
static uint64_t guest_steps;            /* of the decision, and of its commit */
static struct arena episode;
static const char *trace_path;
static FILE *record;
static uint64_t seed = 1;

static struct {
	uint64_t requests, states, claims, reached, events[BC_EVENTS_MAX][2], reasons[REASONS];
} counts;

static void write_trace(void)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < n_steps; i++) {
		struct request r = request_decode(&brief, &policy.bc, steps[i]);
		json_t *one = request_to_json(&policy.bc, &r);

		json_object_set_new(one, "expect", json_string("allow"));
		json_array_append_new(all, one);
	}
	if (json_dump_file(all, trace_path, JSON_INDENT(1)) != 0)
		perror(trace_path);
	json_decref(all);
}

static _Noreturn void complain(const char *what, struct str name)
{
	printf("not ok - hostile: %s %.*s (request %llu of seed %llu, %u steps)\n", what, STR_ARG(name),
	    (unsigned long long)counts.requests, (unsigned long long)seed, n_steps);
	if (trace_path != NULL)
		write_trace();
	exit(1);
}

static void require(bool is_so, const char *what)
{
	if (!is_so)
		complain(what, STR(""));
}

/* A number, and bytes after it, for those who ask the same elsewhere. */
static void write_record(uint32_t number, const void *bytes, size_t len)
{
	uint8_t head[4] = { (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number };

	if (record != NULL && (fwrite(head, 1, 4, record) != 4 || fwrite(bytes, 1, len, record) != len)) {
		perror("hostile");
		exit(2);
	}
}

/* ---- groups ---- */

static bool edges_stand(enum which w)
{
	for (size_t i = 0; i < EDGE; i++)
		if (groups[w].memory[i] != 0xa5 || groups[w].memory[EDGE + groups[w].len + i] != 0xa5)
			return false;
	return true;
}

/* The memory is taken once, for the largest maps. */
static void take_memory(enum which w)
{
	struct cpol_options options = { .ghost = w != GUEST };

	groups[w].len = cpol_memory(&policy, &options);
	groups[w].memory = arena_alloc(&kept, groups[w].len + 2 * EDGE);
	memset(groups[w].memory, 0xa5, groups[w].len + 2 * EDGE);
}

static void start_episode(uint32_t most_keys)
{
	for (enum which w = NOW; w < N_GROUPS; w++) {
		struct cpol_options options = { .ghost = w != GUEST, .most_keys = most_keys };

		require(edges_stand(w), "memory beside the group's is written");
		require(cpol_init(&groups[w].group, &policy, groups[w].memory + EDGE, groups[w].len, &options)
		    == BC_OK, "the group starts");
	}
	write_record(RECORD_START, NULL, 0);
	write_record(most_keys, NULL, 0);
	arena_clear(&episode);
	steps = NULL;
	n_steps = cap_steps = 0;
}

/* Whether the state of a group is that of the last look, or of the one before. */
static bool is_state(enum which w, const struct bytes *state)
{
	struct bytes b = { .arena = &brief };

	snapshot_take(&b, &groups[w].group);
	return str_equal(bytes_str(&b), bytes_str(state));
}

static void look(void)
{
	states[0].len = 0;
	snapshot_take(&states[0], &groups[NOW].group);
	states[1].len = 0;
	snapshot_take(&states[1], &groups[GUEST].group);
}

/* ---- what must be true ---- */

static struct str claim_name(uint32_t claim)
{
	struct bc_bytes name = bc_string(&policy.bc, policy.bc.claims[claim].name);

	return (struct str){ (const char *)name.ptr, name.len };
}

/* Claims about states (event NULL), or about the step that has been made. */
static void judge(const struct cpol_event *event)
{
	for (uint32_t i = 0; i < policy.bc.n_claims; i++) {
		uint32_t kind = policy.bc.claims[i].kind;
		bool holds, fault;

		if ((kind == BC_ALWAYS) != (event != NULL))
			continue;
		holds = cpol_claim_holds(&groups[NOW].group, event != NULL ? &groups[BEFORE].group : NULL, event,
		    i, &fault);
		counts.claims++;
		if (fault)
			complain("the interpreter faults in", claim_name(i));
		if (kind == BC_REACHABLE)
			counts.reached += holds;
		else if (!holds)
			complain("broken:", claim_name(i));
	}
}

static bool same_verdict(const struct cpol_verdict *a, const struct cpol_verdict *b)
{
	if (a->allowed != b->allowed || a->reason != b->reason || a->event != b->event || a->pc != b->pc ||
	    a->n_kept != b->n_kept || a->n_outs != b->n_outs)
		return false;
	for (uint32_t i = 0; i < a->n_kept; i++)
		if (a->kept[i].field != b->kept[i].field || a->kept[i].n != b->kept[i].n ||
		    memcmp(a->kept[i].mask, b->kept[i].mask, (a->kept[i].n + 7) / 8) != 0)
			return false;
	return memcmp(a->outs, b->outs, sizeof(a->outs)) == 0;
}

static void count(const struct cpol_verdict *v)
{
	counts.requests++;
	counts.reasons[v->reason]++;
	if (v->event < policy.bc.n_events)
		counts.events[v->event][v->allowed]++;
}

/* A step is pending in the first and the last group: it may be given up, and
 * meanwhile everything is denied.  False: it was. */
static bool act(const struct cpol_event *event)
{
	struct cpol_verdict v;

	if (chance_one_in(&host.chance, 16)) {
		v = cpol_decide(&groups[NOW].group, event);
		counts.reasons[v.reason]++;
		require(!v.allowed && v.reason == CPOL_PENDING, "a request is denied while a step is pending");
	}
	require(is_state(NOW, &states[0]) && is_state(GUEST, &states[1]), "a pending step leaves the state");
	if (!chance_one_in(&host.chance, 8))
		return true;
	cpol_abort(&groups[NOW].group);
	cpol_abort(&groups[GUEST].group);
	cpol_commit(&groups[NOW].group);
	require(is_state(NOW, &states[0]) && is_state(GUEST, &states[1]), "an abort leaves the state");
	return false;
}

static void commit(const struct cpol_event *event)
{
	arena_push(&episode, steps, n_steps, cap_steps);
	steps[n_steps++] = arena_copy(&episode, event->bytes, event->len);
	cpol_commit(&groups[NOW].group);
	metered_steps = guest_steps;
	cpol_commit(&groups[GUEST].group);
	guest_steps = metered_steps;
	judge(event);
	judge(NULL);
	counts.states++;
	look();
	require(cpol_decide(&groups[BEFORE].group, event).allowed, "the same request has the same verdict");
	cpol_commit(&groups[BEFORE].group);
	require(is_state(BEFORE, &states[0]), "the same step leads to the same state");
}

/* True: the group allows nothing any more. */
static bool ask(void)
{
	struct arena mark = brief;
	struct str bytes = host_asks(&host, &brief);
	uint8_t *exact = malloc(bytes.len + 1); /* a sanitizer sees a read past it */
	struct cpol_event event = { exact, bytes.len };
	struct cpol_verdict v, guest;

	if (exact == NULL)
		exit(2);
	if (bytes.len > 0)
		memcpy(exact, bytes.ptr, bytes.len);
	write_record((uint32_t)bytes.len, exact, bytes.len);
	v = cpol_decide(&groups[NOW].group, &event);
	metered_steps = 0;
	guest = cpol_decide(&groups[GUEST].group, &event);
	guest_steps = metered_steps;
	count(&v);
	require(v.reason != CPOL_FAULT && v.reason != CPOL_PENDING && v.reason != CPOL_NO_POLICY, "no fault");
	require(v.allowed == (v.reason == CPOL_ALLOWED) && v.allowed == groups[NOW].group.pending &&
	    (v.allowed || (v.n_kept == 0 && v.n_outs == 0)), "a verdict is one verdict");
	require(same_verdict(&v, &guest), "ghosts have no say");
	if (!v.allowed)
		require(is_state(NOW, &states[0]) && is_state(GUEST, &states[1]), "a denial leaves the state");
	else if (act(&event))
		commit(&event);
	require(guest.reason == CPOL_BAD_REQUEST || guest.event >= policy.bc.n_events ||
	    guest_steps <= policy.bc.events[guest.event].rule.cost,
	    "a decision takes no more steps than its rule says");
	free(exact);
	arena_rewind(&brief, mark);
	return v.allowed && v.event == cpol_event_number(&policy, "agent_fault", 11);
}

/* ---- the end ---- */

static uint64_t memory_kb(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)usage.ru_maxrss;
}

/* A campaign in which something never happened says nothing of it. */
static bool saw_enough(void)
{
	static const struct { enum cpol_reason reason; const char *name; } all[] = {
		{ CPOL_ALLOWED, "allowed" }, { CPOL_NO_RULE, "no rule" }, { CPOL_REQUIREMENT, "a requirement" },
		{ CPOL_BAD_REQUEST, "a bad request" }, { CPOL_PENDING, "pending" },
		{ CPOL_TABLE_FULL, "a full table" },
	};
	bool enough = true;

	for (uint32_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (counts.reasons[all[i].reason] != 0)
			continue;
		printf("not ok - hostile: no verdict was: %s\n", all[i].name);
		enough = false;
	}
	for (uint32_t i = 0; i < host.n_seeds; i++) {
		const struct request_item *s = &host.seeds[i];

		if (s->expect != REQUEST_ALLOW || counts.events[s->request.event][1] != 0)
			continue;
		printf("not ok - hostile: %.*s was never allowed\n", STR_ARG(s->name));
		enough = false;
	}
	return enough;
}

static void report(bool in_detail)
{
	printf("ok - hostile: %llu requests, %llu steps; %llu claims judged in the states and steps, none broken"
	    " (reachable ones seen %llu times)\n", (unsigned long long)counts.requests,
	    (unsigned long long)counts.states, (unsigned long long)counts.claims,
	    (unsigned long long)counts.reached);
	for (uint32_t i = 0; in_detail && i < policy.bc.n_events; i++) {
		struct bc_bytes name = bc_string(&policy.bc, policy.bc.events[i].name);

		printf("# %10llu allowed %10llu denied  %.*s\n", (unsigned long long)counts.events[i][1],
		    (unsigned long long)counts.events[i][0], (int)name.len, (const char *)name.ptr);
	}
}

static void begin(void)
{
	static const uint32_t keys[] = { 2, 3, 4, 4, 8, 8, 16, 0 };

	host.n_names = 2 + chance_below(&host.chance, 6);
	host.calm = 2 + chance_below(&host.chance, 6);
	start_episode(keys[chance_below(&host.chance, 8)]);
	look();
	judge(NULL);
}

static int run(uint64_t most, bool in_detail)
{
	uint64_t memory = 0;

	while (counts.requests < most) {
		uint64_t left = 64u << chance_below(&host.chance, 6);

		begin();
		/* After a fault everything is denied for ever: a look at that is enough. */
		for (; left > 0 && counts.requests < most; left--)
			if (ask() && left > 32)
				left = 32;
		if (memory == 0 && counts.requests > most / 4)
			memory = memory_kb();
	}
	require(memory_kb() <= memory + 1024, "memory is flat");
	if (record == NULL && !saw_enough())
		return 1;
	report(in_detail);
	return 0;
}

uint32_t hostile_play(struct chance chance)
{
	host.chance = chance;
	begin();
	while (host.chance.left > 0)
		(void)ask();
	return n_steps;
}

bool hostile_start(const char *path, const char *requests)
{
	struct str bytes, text, error;
	struct request_item *items;

	if (path == NULL || requests == NULL || file_read(&kept, path, BC_LEN_MAX, &bytes) != 0 ||
	    file_read(&kept, requests, BC_LEN_MAX, &text) != 0 ||
	    cpol_open(&policy, bytes.ptr, bytes.len, NULL) != BC_OK ||
	    request_read(&kept, &policy.bc, text, REQUEST_OWN, NULL, &items, &host.n_seeds, &error) != 0)
		return false;
	host.seeds = items;
	host.group = &groups[NOW].group;
	for (uint32_t i = 0; i < host.n_seeds; i++)
		require(items[i].error.len == 0, "every seed is a request");
	states[0].arena = states[1].arena = &kept;
	for (enum which w = NOW; w < N_GROUPS; w++)
		take_memory(w);
	return true;
}

int main(int argc, char **argv)
{
	bool in_detail = false;
	int option, status;

	while ((option = getopt(argc, argv, "s:o:r:v")) != -1) {
		if (option == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (option == 'o')
			trace_path = optarg;
		else if (option == 'r')
			record = fopen(optarg, "wb");
		else
			in_detail = true;
	}
	if (argc - optind != 3 || !hostile_start(argv[optind], argv[optind + 1])) {
		fputs("usage: hostile [-s SEED] [-o FILE] [-r FILE] [-v] POLICY.cpb REQUESTS.json COUNT\n", stderr);
		return 2;
	}
	host.chance.state = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	status = run(strtoull(argv[optind + 2], NULL, 10), in_detail);
	if (record != NULL && fclose(record) != 0)
		status = 2;
	arena_clear(&episode);
	arena_clear(&brief);
	arena_clear(&kept);
	return status;
}

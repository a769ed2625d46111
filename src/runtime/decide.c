/* SPDX-License-Identifier: Apache-2.0
 *
 * decide.c - requests in, verdicts out.
 */
#include "bytecode/mem.h"
#include "run.h"

enum bc_error cpol_open(struct cpol_policy *policy, const void *bytes, size_t len, size_t *where)
{
	return bc_open(&policy->bc, bytes, len, where);
}

/* Whether a request is allowed, or why not; event, pc and what else is then said in a
 * verdict of zeros. */
static __attribute__((noinline)) enum cpol_reason decide(struct cpol_group *group, const struct cpol_event *event,
    struct cpol_verdict *verdict)
{
	const struct bc_policy *p = group->policy;
	const struct bc_event *e;
	struct machine m;
	enum cpol_reason reason;

	if (p == NULL)
		return CPOL_NO_POLICY;
	if (group->pending)
		return CPOL_PENDING;
	reason = cpol_check_request(p, event, &verdict->event, &verdict->pc);
	if (reason != CPOL_ALLOWED)
		return reason;
	verdict->pc = 0;
	e = &p->events[verdict->event];
	if (e->rule.len == 0)
		return CPOL_NO_RULE;
	m.verdict = verdict;
	m.view.policy = p;
	m.view.request = event->bytes;
	m.view.now = group;
	m.view.before = NULL;
	cpol_work(group)->n_stages = 0;
	reason = cpol_run(&m, &e->rule, &cpol_header(group)->rules[verdict->event]);
	verdict->n_outs = e->n_outs;
	if (reason == CPOL_ALLOWED)
		return cpol_stage_room(group, &verdict->pc);
	verdict->pc = m.pc;
	return reason;
}

struct cpol_verdict cpol_decide(struct cpol_group *group, const struct cpol_event *event)
{
	struct cpol_verdict verdict = { .allowed = false };
	enum cpol_reason reason = decide(group, event, &verdict);

	if (reason == CPOL_ALLOWED) {
		verdict.allowed = group->pending = true;
	} else {                                /* a denial says why, and nothing else */
		uint32_t number = verdict.event, pc = verdict.pc;

		memset(&verdict, 0, sizeof(verdict));
		verdict.event = number;
		verdict.pc = pc;
	}
	verdict.reason = reason;
	return verdict;
}

/* ---- names ---- */

/* The number of a field of e, or, e NULL, of an event. */
static uint32_t find_name(const struct bc_policy *p, const struct bc_event *e, const char *name, size_t len)
{
	uint32_t n = e != NULL ? e->n_fields : p->n_events;

	for (uint32_t i = 0; i < n; i++) {
		struct bc_bytes found = bc_string(p, e != NULL ? bc_get32(e->fields + 12 * (size_t)i) : p->events[i].name);

		if (found.len == len && memcmp(found.ptr, name, len) == 0)
			return i;
	}
	return UINT32_MAX;
}

uint32_t cpol_event_number(const struct cpol_policy *policy, const char *name, size_t len)
{
	return find_name(&policy->bc, NULL, name, len);
}

uint32_t cpol_field_number(const struct cpol_policy *policy, uint32_t event, const char *name,
    size_t len)
{
	const struct bc_policy *p = &policy->bc;

	return event < p->n_events ? find_name(p, &p->events[event], name, len) : UINT32_MAX;
}

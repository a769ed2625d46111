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

/* A denial says why, and nothing else. */
static struct cpol_verdict denied(uint32_t event, enum cpol_reason reason, uint32_t pc)
{
	struct cpol_verdict verdict = { .reason = reason, .event = event, .pc = pc };

	return verdict;
}

struct cpol_verdict cpol_decide(struct cpol_group *group, const struct cpol_event *event)
{
	struct cpol_verdict verdict = { .allowed = false };
	struct machine m = { .verdict = &verdict };
	const struct bc_policy *p = group->policy;
	const struct bc_event *e;
	enum cpol_reason reason;
	uint32_t pc = 0;

	if (p == NULL)
		return verdict;
	if (group->pending)
		return denied(0, CPOL_PENDING, 0);
	reason = cpol_check_request(p, event, &verdict.event, &pc);
	if (reason != CPOL_ALLOWED)
		return denied(verdict.event, reason, pc);
	e = &p->events[verdict.event];
	if (e->rule.len == 0)
		return denied(verdict.event, CPOL_NO_RULE, 0);
	m.view.policy = p;
	m.view.request = event->bytes;
	m.view.now = group;
	cpol_work(group)->n_stages = 0;
	if (!cpol_run(&m, group, &e->rule, &cpol_header(group)->rules[verdict.event]))
		return denied(verdict.event, m.reason, m.pc);
	if (m.reason != CPOL_ALLOWED)           /* a rule always ends with DONE */
		return denied(verdict.event, CPOL_FAULT, m.pc);
	pc = m.pc;
	reason = cpol_stage_room(group, &pc);
	if (reason != CPOL_ALLOWED)
		return denied(verdict.event, reason, pc);
	verdict.allowed = true;
	verdict.reason = CPOL_ALLOWED;
	verdict.n_outs = e->n_outs;
	group->pending = true;
	return verdict;
}

/* ---- names ---- */

static bool is_name(const struct bc_policy *p, uint32_t string, const char *name, size_t len)
{
	struct bc_bytes found = bc_string(p, string);

	return found.len == len && memcmp(found.ptr, name, len) == 0;
}

uint32_t cpol_event_number(const struct cpol_policy *policy, const char *name, size_t len)
{
	const struct bc_policy *p = &policy->bc;

	for (uint32_t i = 0; i < p->n_events; i++) {
		if (is_name(p, p->events[i].name, name, len))
			return i;
	}
	return UINT32_MAX;
}

uint32_t cpol_field_number(const struct cpol_policy *policy, uint32_t event, const char *name,
    size_t len)
{
	const struct bc_policy *p = &policy->bc;

	for (uint32_t i = 0; event < p->n_events && i < p->events[event].n_fields; i++) {
		if (is_name(p, bc_get32(p->events[event].fields + 12 * (size_t)i), name, len))
			return i;
	}
	return UINT32_MAX;
}

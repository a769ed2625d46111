/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_start.c - whether each container can start: requests to that end are
 * planned, and the interpreter allows them.  That no plan is found proves
 * nothing, and is said so.
 */
#include "lint_flow.h"
#include "../search/plan.h"

#define ALL_SECONDS 4.0
#define ONE_SECONDS 2.0

struct starter {
	struct lint *lint;
	struct synth synth;
	struct arena scratch;
	struct cpol_group *group;
	uint32_t create;
	struct lint_row container;
	bool judged;                    /* some request for it was denied by a requirement: */
	uint32_t denied_at;             /* the last one that any got to */
};

static uint32_t var_of(const struct lint *l, const char *name)
{
	uint32_t i;

	for (i = 0; i < l->p->n_vars; i++)
		if (l->p->vars[i].key != 0 && str_is(lint_string(l, l->p->vars[i].name), name))
			return i;
	return LINT_NONE;
}

/* Whether the state says of each id that runs what it may be. */
static bool has_spec(const struct lint *l, uint32_t table)
{
	uint32_t spec = var_of(l, "spec"), started = var_of(l, "started");

	return spec != LINT_NONE && started != LINT_NONE &&
	    l->p->vars[spec].value == BC_TYPE(BC_SET, BC_TABLEROW, table) &&
	    l->p->vars[spec].key == l->p->vars[started].key;
}

/* Whether some id runs that may be the container. */
static bool runs(struct starter *s)
{
	uint32_t spec = var_of(s->lint, "spec"), started = var_of(s->lint, "started"), i;
	struct datum who = datum_of_row(s->container.table, s->container.row), set;
	struct value key, val, none;

	if (!has_spec(s->lint, s->container.table))
		return true;            /* another framework: that it was created must do */
	for (i = 0; i < state_count(s->group, spec); i++) {
		state_entry(s->group, spec, i, &key, &val);
		set = datum_of_value(&s->scratch, s->lint->p, &val, s->lint->p->vars[spec].value);
		if (state_find(s->group, started, &key, &none) && datum_among(&who, &set))
			return true;
	}
	return false;
}

/* Whether it has a mount whose source the host must share first. */
static bool has_share(const struct lint *l, struct lint_row c)
{
	struct lint_rows rules = lint_rows(l, c, "mount");
	uint32_t i;

	for (i = 0; i < rules.cells.len; i++)
		if (str_is(lint_enumerator(l, lint_rows_at(rules, i), "origin"), "share"))
			return true;
	return false;
}

static bool note_denial(void *arg, struct str request)
{
	struct starter *s = arg;
	struct cpol_event event = { request.ptr, request.len };
	struct cpol_verdict verdict = cpol_decide(s->group, &event);

	if (verdict.allowed)
		cpol_abort(s->group);
	else if (verdict.reason == CPOL_REQUIREMENT && (!s->judged || verdict.pc > s->denied_at)) {
		s->judged = true;
		s->denied_at = verdict.pc;
	}
	return true;
}

static void put16(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

/* The policy with one claim, and that is "some id in started: ROW in spec[id]",
 * to be reached.  Where two containers have the same layers the plan above may be
 * one for the other; a search knows what it is after. */
static const struct tree_policy *with_goal(struct starter *s)
{
	enum { CODE_LEN = 20, BLOCK = 13 };
	struct bc_policy *p = arena_new(&s->scratch, struct bc_policy);
	uint8_t *code = arena_alloc(&s->scratch, CODE_LEN);

	code[0] = BC_KEYS;
	put16(code + 1, var_of(s->lint, "started"));
	code[3] = BC_SOME;
	put16(code + 5, BLOCK);
	code[7] = BC_ROW;
	put16(code + 8, s->container.table);
	put16(code + 10, s->container.row >> 16);
	put16(code + 12, s->container.row & 0xffff);
	code[14] = BC_LOCAL;
	code[16] = BC_GET;
	put16(code + 17, var_of(s->lint, "spec"));
	code[19] = BC_IN;
	*p = *s->lint->p;
	p->n_claims = 1;
	p->claims[0] = (struct bc_claim){ .name = p->policy_name, .kind = BC_REACHABLE,
	    .code = { .ptr = code, .len = CODE_LEN, .cost = UINT64_MAX } };
	return tree_of_policy(&s->scratch, p);
}

static bool search_start(struct starter *s, double seconds)
{
	struct search_options options = { .most_seconds = seconds };
	static const bool wanted[1] = { true };

	return has_spec(s->lint, s->container.table) &&
	    search_policy(&s->scratch, with_goal(s), wanted, &options)->traces[0].found;
}

/* Its events in their order: a plan for the last alone may drown. */
static bool plan_start(struct starter *s, double seconds)
{
	static const char *const before[] = { "mount_overlay", "mount_host" };
	struct planner *p = arena_new(&s->scratch, struct planner);
	double now = search_clock();
	uint32_t i, event;

	p->arena = &s->scratch;
	p->synth = &s->synth;
	p->group = s->group = search_group(&s->scratch, &s->lint->tool->policy, 0);
	s->synth.wide = false;
	for (i = 0; i < 2; i++) {
		event = lint_event(s->lint, before[i]);
		p->until = now + seconds * (i + 1) / 4;
		if (event != LINT_NONE && !s->lint->flow->events[event].denied &&
		    (i == 0 || has_share(s->lint, s->container)))
			(void)plan_row(p, event, s->container.table, s->container.row);
	}
	p->until = now + seconds;
	return plan_row(p, s->create, s->container.table, s->container.row) && runs(s);
}

/* False if there was not enough time to say.  share: what of the time is this one's. */
static bool try_start(struct starter *s, double left, double share)
{
	struct lint *l = s->lint;
	const struct srcmap_entry *place = NULL;
	double seconds;
	struct str text = STR("no requests were found that start it, so it may never start; "
	    "more --timeout, or 'cocoapolv reach', may find some");

	seconds = (left < share ? left : share) / 2;
	if (plan_start(s, seconds) || search_start(s, seconds))
		return true;
	if (left < ONE_SECONDS)
		return false;
	s->judged = false;
	synth_look(&s->synth, s->group);
	synth_play_only(&s->synth, s->container.table, s->container.row);
	synth_event(&s->synth, s->create, NULL, 0, 64, 512, (struct synth_taker){ note_denial, s });
	synth_play_again(&s->synth);
	if (s->judged && l->tool->map != NULL)
		place = srcmap_require(l->tool->map, tool_event(l->tool, s->create), s->denied_at);
	if (place != NULL)
		text = arena_printf(l->arena, "%.*s; what was tried came as far as %.*s", STR_ARG(text),
		    STR_ARG(place->label.len == 0 ? place->text : lint_quote(l, place->label)));
	lint_add_row(l, LINT_NOT_STARTED, s->container, text, STR(""));
	return true;
}

void lint_starts(struct lint *l)
{
	struct starter s = { .lint = l, .create = lint_event(l, "create_container") };
	double end = search_clock() + (l->tool->timeout > 0 ? l->tool->timeout : ALL_SECONDS), left, share;
	uint32_t n_left = 0;

	s.container.table = l->containers;
	if (l->containers == LINT_NONE || s.create == LINT_NONE)
		return;
	synth_open(&s.synth, l->tool->tree);
	for (; s.container.row < l->p->tables[l->containers].n_rows; s.container.row++) {
		if (l->blocked[s.container.row] || l->disputed[s.container.row])
			continue;
		left = end - search_clock();
		tool_progress(l->tool, "starting %.*s", STR_ARG(lint_row_name(l, s.container)));
		/* Who gives it time means each to have its part. */
		share = left / (l->p->tables[l->containers].n_rows - s.container.row);
		if (l->tool->timeout <= 0 || share < ONE_SECONDS)
			share = ONE_SECONDS;
		n_left += left <= 0 || !try_start(&s, left, share);
		arena_clear(&s.scratch);
	}
	synth_close(&s.synth);
	if (n_left != 0)
		lint_add(l, LINT_NOT_TRIED, NULL, STR(""), arena_printf(l->arena,
		    "whether they start was not tried for %u containers", (unsigned)n_left), STR(""));
}

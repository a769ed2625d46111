/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_start.c - whether each container can start: requests to that end are
 * planned, and the interpreter allows them.  That no plan is found proves
 * nothing, and is said so.
 */
#include "lint_flow.h"
#include "plan.h"

#define ALL_SECONDS 6.0
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

/* Whether some id runs that may be the container. */
static bool runs(struct starter *s)
{
	uint32_t spec = var_of(s->lint, "spec"), started = var_of(s->lint, "started"), i;
	struct datum who = datum_of_row(s->container.table, s->container.row), set;
	struct value key, val, none;

	if (spec == LINT_NONE || started == LINT_NONE ||
	    s->lint->p->vars[spec].value != BC_TYPE(BC_SET, BC_TABLEROW, s->container.table) ||
	    s->lint->p->vars[spec].key != s->lint->p->vars[started].key)
		return true;            /* another framework: that it was created must do */
	for (i = 0; i < state_count(s->group, spec); i++) {
		state_entry(s->group, spec, i, &key, &val);
		set = datum_of_value(&s->scratch, s->lint->p, &val, s->lint->p->vars[spec].value);
		if (state_find(s->group, started, &key, &none) && datum_among(&who, &set))
			return true;
	}
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
		if (event != LINT_NONE && !s->lint->flow->events[event].denied)
			(void)plan_row(p, event, s->container.table, s->container.row);
	}
	p->until = now + seconds;
	return plan_row(p, s->create, s->container.table, s->container.row) && runs(s);
}

/* False if there was not enough time to say. */
static bool try_start(struct starter *s, double left)
{
	struct lint *l = s->lint;
	const struct srcmap_entry *place = NULL;
	struct str text = STR("no requests were found that start it, so it may never start");

	if (plan_start(s, left < ONE_SECONDS ? left : ONE_SECONDS))
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
	double end = search_clock() + ALL_SECONDS, left;
	uint32_t n_left = 0;

	s.container.table = l->containers;
	if (l->containers == LINT_NONE || s.create == LINT_NONE)
		return;
	synth_open(&s.synth, l->tool->tree);
	for (; s.container.row < l->p->tables[l->containers].n_rows; s.container.row++) {
		if (l->blocked[s.container.row])
			continue;
		left = end - search_clock();
		tool_progress(l->tool, "starting %.*s", STR_ARG(lint_row_name(l, s.container)));
		n_left += left <= 0 || !try_start(&s, left);
		arena_clear(&s.scratch);
	}
	synth_close(&s.synth);
	if (n_left != 0)
		lint_add(l, LINT_NOT_TRIED, NULL, STR(""), arena_printf(l->arena,
		    "whether they start was not tried for %u containers", (unsigned)n_left), STR(""));
}

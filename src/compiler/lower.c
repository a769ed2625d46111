/* SPDX-License-Identifier: Apache-2.0
 *
 * lower.c - the rule of each event: what restricts it, the rule itself, what
 * the policy adds.  Effects are gathered behind all that is judged.
 */
#include "lower.h"

#include "check.h"
#include "types.h"

struct rule {
	struct cpolc *c;
	struct ir_event *event;
	struct ir_stmt *judged, *effects;
	uint32_t n_judged, n_effects, judged_cap, effects_cap, n_writes, n_keeps;
	/* Of the part that is being read. */
	bool is_addition;               /* to a rule of the framework */
	bool writes_anything;           /* and not only the policy's own state */
	const struct binding *scope;
	struct checker checker;
};

static struct ir_expr *check(struct rule *r, const struct ast_expr *e, const struct ir_type *want,
    const char *role, bool is_ghost)
{
	r->checker.may_read_ghost = is_ghost;
	return check_whole(&r->checker, r->scope, e, want, role);
}

static struct ir_stmt *push_judged(struct rule *r, enum ir_stmt_kind kind, struct loc loc)
{
	arena_push(&r->c->arena, r->judged, r->n_judged, r->judged_cap);
	r->judged[r->n_judged] = (struct ir_stmt){ .kind = kind, .loc = loc };
	return &r->judged[r->n_judged++];
}

static struct ir_stmt *push_effect(struct rule *r, enum ir_stmt_kind kind, struct loc loc)
{
	arena_push(&r->c->arena, r->effects, r->n_effects, r->effects_cap);
	r->effects[r->n_effects] = (struct ir_stmt){ .kind = kind, .loc = loc };
	return &r->effects[r->n_effects++];
}

static bool require(struct rule *r, const struct ast_stmt *s)
{
	struct ir_type type = TYPE_BOOL;
	struct ir_expr *value = check(r, s->value, &type, "what is required", false);
	struct ir_stmt *stmt;

	if (value == NULL)
		return false;
	stmt = push_judged(r, IR_REQUIRE, s->loc);
	stmt->value = value;
	stmt->label = s->label;
	return true;
}

static void let(struct rule *r, const struct ast_stmt *s)
{
	struct ir_expr *value = check(r, s->value, NULL, NULL, false);
	struct binding *b = arena_new(&r->c->arena, struct binding);
	struct ir_stmt *stmt;

	/* Bound even if it has no meaning, so that its uses are not complained of. */
	if (!check_bind(&r->checker, b, r->scope, s->name, value == NULL ? TYPE_BOOL : value->type))
		return;
	r->scope = b;
	if (value == NULL) {
		b->is_broken = true;
		return;
	}
	b->local->origin = origin_of(value, &b->local->field, &b->local->is_filtered);
	stmt = push_judged(r, IR_LET, s->loc);
	stmt->local = &b->local->ir;
	stmt->value = value;
}

/* ---- effects ---- */

/* The variable that an effect writes; NULL: it may not. */
static struct ir_var *written(struct rule *r, const struct ast_stmt *s)
{
	const struct symbol *symbol = names_find(&r->c->values, s->name.text);
	struct suggestion suggestion = { .wanted = s->name.text };
	uint32_t i;

	if (symbol == NULL || symbol->kind != SYM_STATE) {
		for (i = 0; i < r->c->ir.n_vars; i++)
			suggest(&suggestion, r->c->ir.vars[i]->name);
		diag_error(r->c->diag, s->name.loc, DIAG_UNKNOWN_NAME,
		    "there is no variable '%.*s' of the state%.*s", STR_ARG(s->name.text),
		    STR_ARG(suggestion_text(r->c, &suggestion)));
		return NULL;
	}
	if (!r->writes_anything && !symbol->of_policy) {
		diag_error(r->c->diag, s->loc, DIAG_BAD_EFFECT, r->c->policy->is_properties
		    ? "properties change their own ghost state only, and '%.*s' is the policy's"
		    : "a policy changes its own state only, and '%.*s' is the framework's",
		    STR_ARG(s->name.text));
		return NULL;
	}
	if (s->ghost != symbol->var->ghost) {
		diag_error(r->c->diag, s->loc, DIAG_NOT_ALLOWED_HERE, s->ghost
		    ? "'%.*s' is no ghost state" : "'%.*s' is ghost state: write 'ghost' before the effect",
		    STR_ARG(s->name.text));
		return NULL;
	}
	if (r->n_writes++ == BC_WRITES_MAX)
		diag_error(r->c->diag, s->loc, DIAG_LIMIT, "a rule writes at most %u times", BC_WRITES_MAX);
	return symbol->var;
}

static bool is_written(const struct rule *r, enum ir_stmt_kind kind, const void *what)
{
	uint32_t i;

	for (i = 0; i < r->n_effects; i++) {
		const struct ir_stmt *s = &r->effects[i];

		if (s->kind == kind && (s->var == what || s->field == what || s->out == what))
			return true;
	}
	return false;
}

static void written_twice(struct rule *r, const struct ast_stmt *s)
{
	diag_error(r->c->diag, s->loc, DIAG_BAD_EFFECT, "the rule gives '%.*s' a value already",
	    STR_ARG(s->name.text));
}

static void wrong_effect(struct rule *r, const struct ast_stmt *s, const char *what)
{
	diag_error(r->c->diag, s->loc, DIAG_TYPE_MISMATCH, "'%.*s' is %s", STR_ARG(s->name.text), what);
}

static void set(struct rule *r, const struct ast_stmt *s)
{
	struct ir_var *var = written(r, s);
	struct ir_expr *value;
	struct ir_stmt *stmt;

	if (var == NULL)
		return;
	if (var->is_map) {
		wrong_effect(r, s, var->value.base == BC_NOTHING ? "a set: use add and delete"
		    : "a map: set the value at a key");
		return;
	}
	if (is_written(r, IR_SETVAR, var)) {
		written_twice(r, s);
		return;
	}
	value = check(r, s->value, &var->value, "the variable", s->ghost);
	if (value == NULL)
		return;
	stmt = push_effect(r, IR_SETVAR, s->loc);
	stmt->var = var;
	stmt->value = value;
}

/* PUT and DEL: of maps and sets. */
static void change(struct rule *r, const struct ast_stmt *s)
{
	struct ir_var *var = written(r, s);
	struct ir_expr *key, *value = NULL;
	struct ir_field *field;
	struct ir_stmt *stmt;
	bool is_filtered;

	if (var == NULL)
		return;
	if (!var->is_map
	    || (s->kind != STMT_DELETE && (var->value.base == BC_NOTHING) != (s->kind == STMT_ADD))) {
		wrong_effect(r, s, !var->is_map ? "one value: set it without a key"
		    : s->kind == STMT_ADD ? "a map: set the value at a key" : "a set: use add");
		return;
	}
	key = check(r, s->key, &var->key, "the key", s->ghost);
	if (s->kind == STMT_PUT)
		value = check(r, s->value, &var->value, "the value", s->ghost);
	if (key == NULL || (s->kind == STMT_PUT && value == NULL))
		return;
	if (value != NULL && origin_of(value, &field, &is_filtered) == ORIGIN_KEYS) {
		diag_error(r->c->diag, value->loc, DIAG_NOT_ALLOWED_HERE,
		    "the keys of a map or set of the state are no value for another");
		return;
	}
	stmt = push_effect(r, s->kind == STMT_DELETE ? IR_DEL : IR_PUT, s->loc);
	stmt->var = var;
	stmt->key = key;
	stmt->value = value;
}

/* Whether a rule of this part may say what the agent does. */
static bool may_instruct(struct rule *r, const struct ast_stmt *s)
{
	if (r->is_addition)
		diag_error(r->c->diag, s->loc, DIAG_BAD_EFFECT,
		    "what the agent is told by this event is up to the framework's rule");
	return !r->is_addition;
}

static void keep(struct rule *r, const struct ast_stmt *s)
{
	struct suggestion suggestion = { .wanted = s->name.text };
	struct ir_field *field = NULL, *source;
	struct ir_expr *value;
	struct ir_stmt *stmt;
	bool is_filtered;
	uint32_t i;

	for (i = 0; i < r->event->n_fields; i++) {
		suggest(&suggestion, r->event->fields[i].name);
		if (str_equal(r->event->fields[i].name, s->name.text))
			field = &r->event->fields[i];
	}
	if (field == NULL) {
		diag_error(r->c->diag, s->name.loc, DIAG_UNKNOWN_NAME, "the event has no field '%.*s'%.*s",
		    STR_ARG(s->name.text), STR_ARG(suggestion_text(r->c, &suggestion)));
		return;
	}
	if (!may_instruct(r, s))
		return;
	if (is_written(r, IR_KEEP, field)) {
		written_twice(r, s);
		return;
	}
	if (r->n_keeps++ == BC_KEEPS_MAX)
		diag_error(r->c->diag, s->loc, DIAG_LIMIT, "a rule keeps at most %u fields", BC_KEEPS_MAX);
	value = check(r, s->value, NULL, NULL, false);
	if (value == NULL)
		return;
	if (origin_of(value, &source, &is_filtered) != ORIGIN_FIELD || source != field || !is_filtered) {
		diag_error(r->c->diag, value->loc, DIAG_BAD_EFFECT,
		    "only [ x in %.*s | P ] of the field itself is kept", STR_ARG(field->name));
		return;
	}
	stmt = push_effect(r, IR_KEEP, s->loc);
	stmt->field = field;
	stmt->value = value;
}

static void give(struct rule *r, const struct ast_stmt *s)
{
	struct ir_out *out = NULL;
	struct ir_expr *value;
	struct ir_stmt *stmt;
	uint32_t i;

	for (i = 0; i < r->event->n_outs; i++) {
		if (str_equal(r->event->outs[i].name, s->name.text))
			out = &r->event->outs[i];
	}
	if (out == NULL) {
		diag_error(r->c->diag, s->name.loc, DIAG_UNKNOWN_NAME, "the event gives no '%.*s'",
		    STR_ARG(s->name.text));
		return;
	}
	if (!may_instruct(r, s))
		return;
	if (is_written(r, IR_OUT, out)) {
		written_twice(r, s);
		return;
	}
	value = check(r, s->value, &out->type, "the output", false);
	if (value == NULL)
		return;
	stmt = push_effect(r, IR_OUT, s->loc);
	stmt->out = out;
	stmt->value = value;
}

static void lower_stmt(struct rule *r, const struct ast_stmt *s)
{
	switch (s->kind) {
	case STMT_REQUIRE:
		require(r, s);
		break;
	case STMT_LET:
		let(r, s);
		break;
	case STMT_SET:
		set(r, s);
		break;
	case STMT_PUT:
	case STMT_ADD:
	case STMT_DELETE:
		change(r, s);
		break;
	case STMT_KEEP:
		keep(r, s);
		break;
	case STMT_GIVE:
		give(r, s);
		break;
	}
}

static void lower_part(struct rule *r, const struct ast_item *item, bool of_policy, bool is_addition)
{
	uint32_t i;

	r->is_addition = is_addition;
	r->writes_anything = !of_policy || item->override;
	r->scope = NULL;
	for (i = 0; item->stmts != NULL && i < item->stmts->n; i++)
		lower_stmt(r, &item->stmts->items[i]);
}

/* ---- unused lets ---- */

static void mark_read(const struct ir_expr *e)
{
	uint32_t i;

	if (e == NULL)
		return;
	if (e->op == BC_LOCAL)
		((struct local *)e->local)->is_read = true;
	for (i = 0; i < e->n_kids; i++)
		mark_read(e->kids[i]);
}

/* Backwards, so that what only an unused let reads is unused too. */
static void drop_unused_lets(struct rule *r)
{
	const struct source *policy = r->c->policy == NULL ? NULL : r->c->policy->source;
	uint32_t i, n = r->n_judged, to = r->n_judged;

	for (i = 0; i < r->n_effects; i++) {
		mark_read(r->effects[i].key);
		mark_read(r->effects[i].value);
	}
	for (i = n; i-- > 0;) {
		const struct ir_stmt *s = &r->judged[i];

		if (s->kind == IR_LET && !((const struct local *)s->local)->is_read) {
			if (s->loc.source == policy)
				diag_warning(r->c->diag, s->loc, DIAG_UNUSED, "nothing reads '%.*s'",
				    STR_ARG(s->local->name));
			continue;
		}
		mark_read(s->value);
		r->judged[--to] = *s;
	}
	r->judged += to;
	r->n_judged -= to;
}

/* ---- restrictions ---- */

static struct event *find_event(struct cpolc *c, const struct ast_name *name)
{
	const struct symbol *symbol = names_find(&c->events, name->text);
	struct suggestion s = { .wanted = name->text };

	if (symbol != NULL)
		return symbol->event;
	suggest_names(&s, &c->events);
	diag_error(c->diag, name->loc, DIAG_UNKNOWN_NAME, "there is no event '%.*s'%.*s", STR_ARG(name->text),
	    STR_ARG(suggestion_text(c, &s)));
	return NULL;
}

struct event **lower_events(struct cpolc *c, const struct ast_item *item, uint32_t *n)
{
	uint32_t i, j, most = item->on_all ? c->ir.n_events : item->names->n;
	struct event **events = arena_array(&c->arena, most, struct event *);

	*n = 0;
	for (i = 0; i < most; i++) {
		struct event *event = item->on_all ? c->event_list[i] : find_event(c, &item->names->items[i]);

		if (event == NULL || (item->on_all && !event->ir->has_rule))
			continue;
		for (j = 0; j < *n && events[j] != event; j++)
			;
		if (j < *n) {
			diag_error(c->diag, item->names->items[i].loc, DIAG_DUPLICATE_NAME,
			    "'%.*s' is in the list already", STR_ARG(event->ir->name));
			continue;
		}
		if (!event->ir->has_rule)
			diag_warning(c->diag, item->names->items[i].loc, DIAG_UNUSED,
			    "'%.*s' has no rule: it is denied anyway", STR_ARG(event->ir->name));
		events[(*n)++] = event;
	}
	return events;
}

/* A mistake in a restriction is the same for every event: it is said once. */
static void lower_restrict(struct cpolc *c, const struct ast_item *item, struct rule *rules)
{
	uint32_t i, j, n_events;
	struct event **events = lower_events(c, item, &n_events);

	for (j = 0; item->stmts != NULL && j < item->stmts->n; j++) {
		const struct ast_stmt *s = &item->stmts->items[j];

		if (s->kind != STMT_REQUIRE) {
			diag_error(c->diag, s->loc, DIAG_NOT_ALLOWED_HERE, "a restriction only requires");
			continue;
		}
		for (i = 0; i < n_events; i++) {
			struct rule *r = &rules[0];

			while (r->event != events[i]->ir)
				r++;
			r->scope = NULL;
			if (!require(r, s))
				break;
		}
	}
}

void lower_rules(struct cpolc *c)
{
	const struct ast_file *files[] = { c->framework, c->policy };
	struct rule *rules = arena_array(&c->arena, c->ir.n_events, struct rule);
	uint32_t i, f;

	for (i = 0; i < c->ir.n_events; i++) {
		rules[i].c = c;
		rules[i].event = c->ir.events[i];
		rules[i].checker = (struct checker){ .c = c, .event = c->ir.events[i] };
	}
	for (f = 0; f < 2; f++) {
		for (i = 0; files[f] != NULL && i < files[f]->items.n; i++) {
			if (files[f]->items.items[i]->kind == ITEM_RESTRICT)
				lower_restrict(c, files[f]->items.items[i], rules);
		}
	}
	for (i = 0; i < c->ir.n_events; i++) {
		const struct event *event = c->event_list[i];
		struct rule *r = &rules[i];
		struct ir_event *ir = event->ir;

		if (!ir->has_rule)
			continue;
		ir->n_restricts = r->n_judged;
		if (event->override != NULL)
			lower_part(r, event->override, true, false);
		else if (event->rule != NULL)
			lower_part(r, event->rule, event->of_policy, false);
		if (event->more != NULL)
			lower_part(r, event->more, true, true);
		drop_unused_lets(r);
		ir->stmts = arena_array(&c->arena, r->n_judged + r->n_effects, struct ir_stmt);
		for (f = 0; f < r->n_judged; f++)
			ir->stmts[ir->n_stmts++] = r->judged[f];
		for (f = 0; f < r->n_effects; f++)
			ir->stmts[ir->n_stmts++] = r->effects[f];
	}
}

void lower_ghosts(struct cpolc *c, const struct event *event)
{
	struct rule r = { .c = c, .event = event->ir, .is_addition = true,
	    .checker = { .c = c, .event = event->ir } };
	const struct ast_stmts *stmts = event->more->stmts;
	struct ir_event *ir = event->ir;
	struct ir_stmt *whole;
	uint32_t i;

	for (i = 0; stmts != NULL && i < stmts->n; i++) {
		if (stmts->items[i].ghost)
			lower_stmt(&r, &stmts->items[i]);
		else
			diag_error(c->diag, stmts->items[i].loc, DIAG_NOT_ALLOWED_HERE,
			    "properties have ghost effects only: "
			    "what is allowed and done is up to the policy");
	}
	whole = arena_array(&c->arena, ir->n_stmts + r.n_effects, struct ir_stmt);
	for (i = 0; i < ir->n_stmts; i++)
		whole[i] = ir->stmts[i];
	for (i = 0; i < r.n_effects; i++)
		whole[ir->n_stmts + i] = r.effects[i];
	ir->stmts = whole;
	ir->n_stmts += r.n_effects;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * raise.c - there and back: for each policy named, and for what a few changed
 * bytes make of it if the loader takes that, emit(raise(bytes)) is the same
 * bytes; and same_policy() notices whatever is changed on the way.
 *
 *   raise POLICY.cpb...
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "bound/bound.h"
#include "compiler/emit.h"
#include "demand/raise.h"
#include "demand/same.h"

static int status;

static void claim(bool holds, const char *path, const char *what)
{
	printf("%s - %s: %s\n", holds ? "ok" : "not ok", path, what);
	if (!holds)
		status = 1;
}

struct subject {
	struct arena arena;
	struct str bytes;
	struct bc_policy *policy;
	struct tree_policy *tree;
};

/* Changes to a fresh IR; false: there is no i-th place for it. */

/* But lets, which others read. */
static bool drop_stmt(struct subject *s, struct ir_policy *ir, uint32_t i)
{
	(void)s;
	for (uint32_t e = 0; e < ir->n_events; e++) {
		struct ir_event *event = ir->events[e];

		for (uint32_t j = 0; j < event->n_stmts; j++) {
			if (event->stmts[j].kind == IR_LET || i-- != 0)
				continue;
			for (event->n_stmts--; j < event->n_stmts; j++)
				event->stmts[j] = event->stmts[j + 1];
			return true;
		}
	}
	return false;
}

static bool repeat_requirement(struct subject *s, struct ir_policy *ir, uint32_t i)
{
	for (uint32_t e = 0; e < ir->n_events; e++) {
		struct ir_event *event = ir->events[e];
		struct ir_stmt *stmts = arena_array(&s->arena, event->n_stmts + 1, struct ir_stmt);

		for (uint32_t j = 0; j < event->n_stmts; j++) {
			if (event->stmts[j].kind != IR_REQUIRE || i-- != 0)
				continue;
			memcpy(stmts, event->stmts, (j + 1) * sizeof(*stmts));
			memcpy(stmts + j + 1, event->stmts + j, (event->n_stmts - j) * sizeof(*stmts));
			event->stmts = stmts;
			event->n_stmts++;
			event->is_raised = true;        /* else the compiler says it once */
			return true;
		}
	}
	return false;
}

static bool negate_requirement(struct subject *s, struct ir_policy *ir, uint32_t i)
{
	for (uint32_t e = 0; e < ir->n_events; e++) {
		for (uint32_t j = 0; j < ir->events[e]->n_stmts; j++) {
			struct ir_stmt *stmt = &ir->events[e]->stmts[j];
			struct ir_expr *not = arena_new(&s->arena, struct ir_expr);

			if (stmt->kind != IR_REQUIRE || i-- != 0)
				continue;
			not->op = BC_NOT;
			not->type = stmt->value->type;
			not->kids = arena_new(&s->arena, struct ir_expr *);
			not->kids[0] = stmt->value;
			not->n_kids = 1;
			stmt->value = not;
			return true;
		}
	}
	return false;
}

static bool turn_switch(struct subject *s, struct ir_policy *ir, uint32_t i)
{
	(void)s;
	if (i >= ir->n_switches)
		return false;
	if (ir->switches[i]->value.type.base == BC_BOOL)
		ir->switches[i]->value.word ^= 1;
	else
		ir->switches[i]->value.pattern =
		    (struct ir_pattern){ .is_literal = true, .literal = STR("?") };
	return true;
}

static bool change_row(struct subject *s, struct ir_policy *ir, uint32_t i)
{
	(void)s;
	for (; i < ir->n_tables && ir->tables[i]->n_rows == 0; i++)
		continue;
	if (i >= ir->n_tables)
		return false;
	for (uint32_t j = 0; j < ir->tables[i]->n_columns; j++) {
		struct ir_value *cell = &ir->tables[i]->rows[0]->cells[j];

		if (cell->type.shape == BC_ONE && cell->type.base == BC_STRING)
			cell->text = STR("another");
		else if (cell->type.shape == BC_ONE && cell->type.base == BC_INTEGER)
			cell->word += 1;
		else if (cell->type.shape == BC_ONE && cell->type.base == BC_LANGUAGE)
			cell->pattern = (struct ir_pattern){ .is_literal = true, .literal = STR("?") };
	}
	return true;
}

static bool change_var(struct subject *s, struct ir_policy *ir, uint32_t i)
{
	(void)s;
	if (i >= ir->n_vars)
		return false;
	if (ir->vars[i]->is_map)
		ir->vars[i]->capacity--;
	else
		ir->vars[i]->name = STR("another");
	return true;
}

static bool change_event(struct subject *s, struct ir_policy *ir, uint32_t i)
{
	(void)s;
	if (i >= ir->n_events)
		return false;
	if (ir->events[i]->n_fields != 0)
		ir->events[i]->fields[0].name = STR("another");
	else
		ir->events[i]->name = STR("another");
	return true;
}

static bool change_head(struct subject *s, struct ir_policy *ir, uint32_t i)
{
	(void)s;
	ir->svn += i == 0;
	ir->framework_version += i == 1;
	if (i == 2)
		ir->policy_name = STR("another");
	return i < 3;
}

/* New state that the guest would have, and not only the prover. */
static bool add_state(struct subject *s, struct ir_policy *ir, uint32_t i)
{
	struct ir_var **vars = arena_array(&s->arena, ir->n_vars + 1, struct ir_var *);
	struct ir_var *var = arena_new(&s->arena, struct ir_var);

	if (i != 0 || ir->n_vars == BC_VARS_MAX)
		return false;
	for (uint32_t j = 0; j < ir->n_vars; j++)
		vars[j] = ir->vars[j];
	*var = (struct ir_var){ .name = STR("another"), .value = { .base = BC_BOOL } };
	vars[ir->n_vars++] = var;
	ir->vars = vars;
	return true;
}

static bool comes_back(struct arena *a, const struct bc_policy *policy)
{
	struct diag d = { .out = NULL };
	struct canonical image;

	return emit(a, raise_policy(a, tree_of_policy(a, policy)), &d, &image) == 0 &&
	    image.len == policy->len && memcmp(image.ptr, policy->bytes, image.len) == 0;
}

/* Whether the change is noticed, or can't be emitted, or changed nothing; what
 * comes of it is a policy to raise as well. */
static bool is_noticed(struct subject *s, bool (*change)(struct subject *, struct ir_policy *, uint32_t),
    uint32_t i, bool *ends)
{
	struct ir_policy *ir = raise_policy(&s->arena, s->tree);
	struct bc_policy *changed = arena_new(&s->arena, struct bc_policy);
	struct diag d = { .out = NULL };
	struct canonical image;

	*ends = !change(s, ir, i);
	if (*ends)
		return true;
	if (emit(&s->arena, ir, &d, &image) != 0 || bc_open(changed, image.ptr, image.len, NULL) != BC_OK)
		return true;
	if (image.len == s->bytes.len && memcmp(image.ptr, s->bytes.ptr, image.len) == 0)
		return true;
	if (!comes_back(&s->arena, changed))
		return false;
	return same_policy(s->tree, tree_of_policy(&s->arena, changed)) != NULL;
}

static void try_changes(struct subject *s, const char *path)
{
	static const struct {
		bool (*change)(struct subject *, struct ir_policy *, uint32_t);
		const char *what;
	} changes[] = {
		{ drop_stmt, "a statement that is left out is noticed" },
		{ repeat_requirement, "a requirement that is said twice is noticed" },
		{ negate_requirement, "a requirement that is turned round is noticed" },
		{ turn_switch, "a switch that is turned is noticed" },
		{ change_row, "a row that is changed is noticed" },
		{ change_var, "a variable that is changed is noticed" },
		{ change_event, "an event that is changed is noticed" },
		{ change_head, "another name or version is noticed" },
		{ add_state, "state that is no ghost is noticed" },
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		bool noticed = true, ends = false;

		/* Of a long policy every fifth place: there are several policies. */
		for (uint32_t j = 0; noticed && !ends; j += s->bytes.len < 4096 ? 1 : 5) {
			struct arena mark = s->arena;

			noticed = is_noticed(s, changes[i].change, j, &ends);
			arena_rewind(&s->arena, mark);
		}
		claim(noticed, path, changes[i].what);
	}
}

/* Bytes that no compiler of ours may have made: the loader alone says what a
 * policy is.  xorshift is chance enough. */
static void try_mutants(struct subject *s, const char *path)
{
	struct bc_policy *policy = arena_new(&s->arena, struct bc_policy);
	struct bounds *bounds = arena_new(&s->arena, struct bounds);
	uint8_t *bytes = arena_alloc(&s->arena, s->bytes.len);
	uint32_t n = s->bytes.len < 4096 ? 4000 : 200, left, chance = 2463534242;
	bool holds = true;

	for (uint32_t i = 0; holds && i < n; i++) {
		struct arena mark = s->arena;

		memcpy(bytes, s->bytes.ptr, s->bytes.len);
		for (left = 1 + i % 2; left > 0; left--) {
			size_t at;

			chance ^= chance << 13;
			chance ^= chance >> 17;
			chance ^= chance << 5;
			at = BC_HEADER_LEN + chance % (s->bytes.len - BC_HEADER_LEN);
			bytes[at] = (uint8_t)(bytes[at] + (chance >> 16) % 3 - 1);
		}
		if (bc_open(policy, bytes, s->bytes.len, NULL) == BC_OK) {
			/* It may take more, or less, than it says. */
			bounds_of(bounds, policy);
			(void)bounds_say(bounds, policy, bytes);
			holds = comes_back(&s->arena, policy);
		}
		arena_rewind(&s->arena, mark);
	}
	claim(holds, path, "what a few changed bytes make of it comes back too");
}

static void try_policy(const char *path)
{
	struct subject s = { .policy = NULL };
	const char *name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;

	s.policy = arena_new(&s.arena, struct bc_policy);
	if (file_read(&s.arena, path, BC_LEN_MAX, &s.bytes) != 0 ||
	    bc_open(s.policy, s.bytes.ptr, s.bytes.len, NULL) != BC_OK) {
		claim(false, name, "is a policy");
		return;
	}
	s.tree = tree_of_policy(&s.arena, s.policy);
	claim(comes_back(&s.arena, s.policy), name, "raised and emitted it has the same bytes");
	claim(same_policy(s.tree, tree_of_policy(&s.arena, s.policy)) == NULL, name, "is the same as itself");
	try_changes(&s, name);
	try_mutants(&s, name);
	arena_clear(&s.arena);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		try_policy(argv[i]);
	return status;
}

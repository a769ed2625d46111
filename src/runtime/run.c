/* SPDX-License-Identifier: Apache-2.0
 *
 * run.c - the interpreter.  Each instruction is a function that is false when
 * the run ends there.  bc_open() has proved that stacks, blocks and types fit;
 * what is cheap to look at again is looked at again, and a surprise is a
 * denial with CPOL_FAULT.
 */
#include "bytecode/mem.h"
#include "run.h"

#define BOOL BC_TYPE(BC_ONE, BC_BOOL, 0)
#define INT  BC_TYPE(BC_ONE, BC_INTEGER, 0)

static bool stop(struct machine *m, enum cpol_reason reason)
{
	m->reason = reason;
	return false;
}

static bool push(struct machine *m, struct value v)
{
	if (m->n_stack == BC_STACK_MAX)
		return stop(m, CPOL_FAULT);
	m->work->stack[m->n_stack++] = v;
	return true;
}

static bool push_word(struct machine *m, uint32_t type, uint64_t word)
{
	return push(m, cpol_word(type, word));
}

static bool pop(struct machine *m, struct value *v)
{
	if (m->n_stack == 0)
		return stop(m, CPOL_FAULT);
	*v = m->work->stack[--m->n_stack];
	return true;
}

static bool pop_kind(struct machine *m, enum value_kind kind, struct value *v)
{
	return pop(m, v) && (v->kind == kind || stop(m, CPOL_FAULT));
}

/* Something with elements. */
static bool pop_many(struct machine *m, struct value *v)
{
	return pop(m, v) && (v->kind >= V_CELLS || stop(m, CPOL_FAULT));
}

static uint32_t operand(const struct machine *m)
{
	return bc_get16(m->code + m->at + 1);
}

static bool is_old(uint8_t op)
{
	return op >= BC_OLDVAR && op <= BC_OLDKEYS;
}

/* The group that an instruction reads a variable of. */
static const struct cpol_group *group_read(struct machine *m, uint8_t op, uint32_t var)
{
	const struct cpol_group *g = is_old(op) ? m->view.before : m->view.now;

	if (g == NULL || var >= g->policy->n_vars || !cpol_keeps(g, var)) {
		stop(m, CPOL_FAULT);
		return NULL;
	}
	return g;
}

/* ---- constants and reading ---- */

static bool push_constant(struct machine *m, uint8_t op)
{
	const uint8_t *at = m->code + m->at + 1;
	const struct bc_policy *p = m->view.policy;
	uint32_t type = BC_TYPE(BC_ONE, BC_STRING, 0);

	if (op == BC_INT)
		return push_word(m, INT, bc_get64(at));
	if (op == BC_ENUM)
		return push_word(m, BC_TYPE(BC_ONE, BC_ENUMERATION, bc_get16(at)), bc_get16(at + 2));
	if (op == BC_ROW)
		return push_word(m, BC_TYPE(BC_ONE, BC_TABLEROW, bc_get16(at)), bc_get32(at + 2));
	if (op == BC_DIGEST)
		type = BC_TYPE(BC_ONE, BC_DIGEST32, 0);
	else if (op == BC_PATTERN)
		type = BC_TYPE(BC_ONE, BC_LANGUAGE, 0);
	return push(m, cpol_pool_cell(p, type, bc_get32(at)));
}

static bool push_switch(struct machine *m)
{
	uint32_t type = bc_switch_type(m->view.policy, operand(m));
	uint64_t value = bc_switch_value(m->view.policy, operand(m));

	if (BC_BASE(type) == BC_INTEGER)
		return push_word(m, type, value);
	return push(m, cpol_pool_cell(m->view.policy, type, (uint32_t)value));
}

static bool push_rows(struct machine *m, bool is_empty)
{
	struct value rows = cpol_zero(BC_TYPE(BC_SET, BC_TABLEROW, operand(m)));

	if (!is_empty)
		rows.n = m->view.policy->tables[operand(m)].n_rows;
	return push(m, rows);
}

static bool push_local(struct machine *m)
{
	uint32_t slot = m->code[m->at + 1];

	return slot < BC_SLOTS_MAX ? push(m, m->work->locals[slot]) : stop(m, CPOL_FAULT);
}

static bool push_field(struct machine *m)
{
	uint32_t field = operand(m);

	if (m->event == NULL)
		return stop(m, CPOL_FAULT);
	return push(m, cpol_request_cell(&m->view, bc_field_type(m->event, field),
	    m->view.request + 8 + 8 * (size_t)field));
}

static bool push_column(struct machine *m)
{
	const struct bc_table *t;
	struct value row;
	uint32_t type;

	if (!pop_kind(m, V_WORD, &row))
		return false;
	t = &m->view.policy->tables[BC_INDEX(row.type)];
	type = bc_column_type(t, operand(m));
	if (row.word >= t->n_rows)              /* no row */
		return push(m, cpol_zero(type));
	return push(m, cpol_pool_cell(m->view.policy, type, bc_cell(t, (uint32_t)row.word, operand(m))));
}

static bool push_member(struct machine *m)
{
	struct value record;

	if (!pop_kind(m, V_RECORD, &record))
		return false;
	return push(m, cpol_request_cell(&m->view, bc_member_type(m->view.policy,
	    BC_INDEX(record.type), operand(m)), record.ptr + 8 * (size_t)operand(m)));
}

static bool push_var(struct machine *m, uint8_t op)
{
	const struct cpol_group *g = group_read(m, op, operand(m));

	return g != NULL && push_word(m, g->policy->vars[operand(m)].value, state_scalar(g, operand(m)));
}

/* HAS and GET. */
static bool push_found(struct machine *m, uint8_t op)
{
	const struct cpol_group *g = group_read(m, op, operand(m));
	struct value key, val;
	bool is_there;

	if (g == NULL || !pop(m, &key))
		return false;
	val = cpol_zero(g->policy->vars[operand(m)].value);
	is_there = state_find(g, operand(m), &key, &val);
	return op == BC_HAS || op == BC_OLDHAS ? push_word(m, BOOL, is_there) : push(m, val);
}

static bool push_keys(struct machine *m, uint8_t op)
{
	const struct cpol_group *g = group_read(m, op, operand(m));
	struct value keys = { .kind = V_KEYS, .word = operand(m), .old = is_old(op) };
	uint32_t type;

	if (g == NULL)
		return false;
	type = g->policy->vars[operand(m)].key;
	keys.type = BC_TYPE(BC_SET, BC_BASE(type), BC_INDEX(type));
	keys.n = state_count(g, operand(m));
	return push(m, keys);
}

static bool push_key_rows(struct machine *m)
{
	struct value key;

	return pop(m, &key) && push(m, cpol_key_rows(&m->view, operand(m), &key));
}

/* ---- lists and sets ---- */

static bool push_size(struct machine *m, bool is_test)
{
	struct value many, element;
	uint32_t i = 0;

	if (!pop_many(m, &many))
		return false;
	if (is_test)
		return push_word(m, BOOL, !cpol_next(&m->view, &many, &i, &element));
	return push_word(m, INT, cpol_count(&m->view, &many));
}

/* AT: by its place; PICK: the first. */
static bool push_element(struct machine *m, bool by_place)
{
	struct value place = { .word = 0 }, many, element;
	uint32_t i = 0;

	if ((by_place && !pop_kind(m, V_WORD, &place)) || !pop_many(m, &many))
		return false;
	element = cpol_zero(BC_TYPE(BC_ONE, BC_BASE(many.type), BC_INDEX(many.type)));
	if (place.word >= many.n)
		return push(m, element);
	if (many.mask == NULL)
		i = (uint32_t)place.word;
	while (many.mask != NULL && place.word > 0 && cpol_next(&m->view, &many, &i, &element))
		place.word--;
	if (!cpol_next(&m->view, &many, &i, &element))
		element = cpol_zero(element.type);
	return push(m, element);
}

static bool push_holds(struct machine *m)
{
	struct value many, element;

	return pop_many(m, &many) && pop(m, &element) &&
	    push_word(m, BOOL, cpol_holds(&m->view, &many, &element));
}

/* ---- comparing ---- */

static bool push_equal(struct machine *m, bool is_many)
{
	struct value a, b;

	if (is_many ? !pop_many(m, &b) || !pop_many(m, &a) : !pop(m, &b) || !pop(m, &a))
		return false;
	return push_word(m, BOOL, (is_many ? cpol_compare_many(&m->view, &a, &b)
	    : cpol_compare(&a, &b)) == 0);
}

static bool push_integers(struct machine *m, uint8_t op)
{
	struct value a, b;

	if (!pop_kind(m, V_WORD, &b) || !pop_kind(m, V_WORD, &a))
		return false;
	if (op == BC_LT || op == BC_LE)
		return push_word(m, BOOL, op == BC_LT ? a.word < b.word : a.word <= b.word);
	if (op == BC_SUB)
		return push_word(m, INT, a.word > b.word ? a.word - b.word : 0);
	return push_word(m, INT, a.word <= UINT64_MAX - b.word ? a.word + b.word : UINT64_MAX);
}

static bool starts_with(const struct value *text, const struct value *prefix)
{
	return text->n >= prefix->n &&
	    bytes_compare(text->ptr, prefix->n, prefix->ptr, prefix->n) == 0;
}

static bool push_match(struct machine *m, bool has_prefix)
{
	struct value pattern, prefix = { .n = 0 }, text;
	bool matches;

	if (!pop_kind(m, V_PATTERN, &pattern) || (has_prefix && !pop_kind(m, V_BYTES, &prefix)) ||
	    !pop_kind(m, V_BYTES, &text))
		return false;
	matches = starts_with(&text, &prefix) && bc_match(m->view.policy, (uint32_t)pattern.word,
	    text.ptr + prefix.n, text.n - prefix.n);
	return push_word(m, BOOL, matches);
}

static bool push_below(struct machine *m)
{
	struct value low, high;

	if (!pop_kind(m, V_BYTES, &high) || !pop_kind(m, V_BYTES, &low))
		return false;
	return push_word(m, BOOL, low.n > high.n && starts_with(&low, &high) && low.ptr[high.n] == '/');
}

static bool push_joined(struct machine *m)
{
	uint32_t n = m->code[m->at + 1], at = 0;
	const struct value *text, *parts;
	bool is_equal = true;

	if (m->n_stack < n + 1)
		return stop(m, CPOL_FAULT);
	m->n_stack -= n + 1;
	text = &m->work->stack[m->n_stack];
	parts = text + 1;
	for (uint32_t i = 0; i < n && is_equal; i++) {
		is_equal = text->kind == V_BYTES && parts[i].kind == V_BYTES &&
		    text->n - at >= parts[i].n &&
		    bytes_compare(text->ptr + at, parts[i].n, parts[i].ptr, parts[i].n) == 0;
		at += parts[i].n;
	}
	return push_word(m, BOOL, is_equal && at == text->n);
}

static bool push_not(struct machine *m)
{
	struct value v;

	return pop_kind(m, V_WORD, &v) && push_word(m, BOOL, v.word == 0);
}

/* The block is the result, or skipped with the operand as the result. */
static bool branch(struct machine *m, bool skip_if)
{
	struct value v;

	if (!pop_kind(m, V_WORD, &v))
		return false;
	if ((v.word != 0) != skip_if)
		return true;
	m->at += operand(m);
	return push_word(m, BOOL, skip_if);
}

/* ---- loops ---- */

/* Zeroed scratch, in units of 8 bytes. */
static uint8_t *allot(struct machine *m, uint64_t bytes)
{
	uint8_t *room = m->scratch + m->used;

	bytes = (bytes + 7) / 8 * 8;
	if (bytes > m->scratch_len - m->used) {
		stop(m, CPOL_FAULT);
		return NULL;
	}
	m->used += (uint32_t)bytes;
	memset(room, 0, (size_t)bytes);
	return room;
}

/* What WHERE filters: a mask over a request's list, or bits over the extent of
 * a set of rows. */
static bool prepare_where(struct machine *m, struct loop *loop)
{
	const struct value *source = &loop->source;
	struct value first, last;
	uint32_t i = 0;

	loop->result = *source;
	if (source->kind == V_CELLS) {
		loop->room = allot(m, ((uint64_t)source->n + 7) / 8);
		loop->result.mask = loop->room;
		return loop->room != NULL;
	}
	loop->result.kind = V_BITS;
	if (source->kind == V_POOL && cpol_next(&m->view, source, &i, &first)) {
		i = source->n - 1;
		if (!cpol_next(&m->view, source, &i, &last))
			return stop(m, CPOL_FAULT);
		loop->result.word = first.word;
		loop->result.n = (uint32_t)(last.word - first.word) + 1;
	}
	loop->room = allot(m, 8 * (((uint64_t)loop->result.n + 63) / 64));
	loop->result.ptr = loop->room;
	return loop->room != NULL;
}

static bool prepare(struct machine *m, struct loop *loop)
{
	if (loop->op == BC_WHERE)
		return prepare_where(m, loop);
	loop->result = cpol_word(loop->op == BC_COUNT ? INT : BOOL, loop->op == BC_ALL);
	if (loop->op == BC_MAP) {
		loop->room = allot(m, 4 * (uint64_t)loop->source.n);
		loop->result.kind = V_WORDS;
		loop->result.type = BC_TYPE(BC_LIST, BC_TABLEROW, 0);
		loop->result.ptr = loop->room;
		return loop->room != NULL;
	}
	return true;
}

/* To the next element, or past the loop with its result. */
static bool advance(struct machine *m, bool is_decided)
{
	struct loop *loop = &m->work->loops[m->n_loops - 1];
	struct value *element = &m->work->locals[loop->slot];

	m->used = loop->held;
	if (!is_decided && cpol_next(&m->view, &loop->source, &loop->next, element)) {
		element[1] = cpol_word(INT, loop->place++);
		m->at = loop->body;
		return true;
	}
	m->at = loop->end;
	m->n_loops--;
	return push(m, loop->result);
}

static bool begin_loop(struct machine *m, uint8_t op)
{
	const uint8_t *at = m->code + m->at;
	struct loop *loop = &m->work->loops[m->n_loops];

	if (m->n_loops == BC_LOOPS_MAX || at[1] > BC_SLOTS_MAX - 2 || !pop_many(m, &loop->source))
		return stop(m, CPOL_FAULT);
	loop->op = op;
	loop->slot = at[1];
	loop->body = m->at + bc_insn_len(op);
	loop->end = loop->body + bc_get16(at + 2);
	loop->next = loop->place = 0;
	if (!prepare(m, loop))
		return false;
	loop->held = m->used;
	m->n_loops++;
	return advance(m, false);
}

/* The block of the innermost loop has left its value. */
static bool end_repetition(struct machine *m)
{
	struct loop *loop = &m->work->loops[m->n_loops - 1];
	bool holds, is_decided = false;
	struct value v;
	uint32_t i;

	if (!pop_kind(m, V_WORD, &v))
		return false;
	holds = v.word != 0;
	if (loop->op == BC_MAP) {
		((uint32_t *)(void *)loop->room)[loop->result.n++] = (uint32_t)v.word;
		loop->result.type = BC_TYPE(BC_LIST, BC_TABLEROW, BC_INDEX(v.type));
	} else if (loop->op == BC_COUNT) {
		loop->result.word += holds;
	} else if (loop->op == BC_WHERE && holds && loop->result.kind == V_CELLS) {
		i = loop->next - 1;
		loop->room[i / 8] |= (uint8_t)(1u << i % 8);
	} else if (loop->op == BC_WHERE && holds) {
		i = (uint32_t)(m->work->locals[loop->slot].word - loop->result.word);
		((uint64_t *)(void *)loop->room)[i / 64] |= UINT64_C(1) << i % 64;
	} else if (loop->op == BC_ALL || loop->op == BC_SOME) {
		is_decided = holds == (loop->op == BC_SOME);
		if (is_decided)
			loop->result.word = holds;
	}
	return advance(m, is_decided);
}

/* ---- statements ---- */

static bool require(struct machine *m)
{
	struct value v;

	m->used = m->held;
	return pop_kind(m, V_WORD, &v) && (v.word != 0 || stop(m, CPOL_REQUIREMENT));
}

static bool bind(struct machine *m)
{
	uint32_t slot = m->code[m->at + 1];

	m->held = m->used;
	return slot < BC_SLOTS_MAX ? pop(m, &m->work->locals[slot]) : stop(m, CPOL_FAULT);
}

static bool change(struct machine *m, uint8_t op)
{
	struct stage stage = { .var = operand(m), .pc = m->at, .kind = STAGE_DELETE };
	bool has_value = op == BC_SETVAR ||
	    (op == BC_PUT && m->view.policy->vars[stage.var].value != 0);
	struct value val;
	enum cpol_reason reason;

	if ((has_value && !pop(m, &val)) || (op != BC_SETVAR && !pop(m, &stage.key)))
		return false;
	if (op == BC_SETVAR) {
		stage.kind = STAGE_SET;
		stage.word = val.word;
	} else if (op == BC_PUT) {
		stage.kind = STAGE_PUT;
	}
	reason = cpol_stage(&m->view, &stage, &val);
	m->used = m->held;
	return reason == CPOL_ALLOWED || stop(m, reason);
}

static bool keep(struct machine *m)
{
	struct cpol_verdict *verdict = m->verdict;
	struct value v;

	if (!pop_kind(m, V_CELLS, &v) || verdict->n_kept == BC_KEEPS_MAX || v.mask == NULL)
		return stop(m, CPOL_FAULT);
	for (uint32_t i = 0; i < verdict->n_kept; i++) {
		if (verdict->kept[i].field == operand(m))
			return stop(m, CPOL_CONFLICT);
	}
	verdict->kept[verdict->n_kept].field = operand(m);
	verdict->kept[verdict->n_kept].n = v.n;
	verdict->kept[verdict->n_kept].mask = v.mask;
	verdict->n_kept++;
	m->held = m->used;
	return true;
}

static bool give(struct machine *m)
{
	uint32_t out = operand(m);
	struct value v;

	if (!pop_kind(m, V_WORD, &v) || out >= BC_OUTS_MAX)
		return stop(m, CPOL_FAULT);
	if ((m->outs_set >> out & 1) != 0)
		return stop(m, CPOL_CONFLICT);
	m->outs_set |= 1u << out;
	m->verdict->outs[out] = v.word;
	m->used = m->held;
	return true;
}

/* One line for each instruction: hence its length.  False ends the run. */
static bool step(struct machine *m, uint8_t op)
{
	switch ((enum bc_op)op) {
	case BC_FALSE:    return push_word(m, BOOL, 0);
	case BC_TRUE:     return push_word(m, BOOL, 1);
	case BC_INT:
	case BC_ENUM:
	case BC_STR:
	case BC_DIGEST:
	case BC_PATTERN:
	case BC_ROW:      return push_constant(m, op);
	case BC_NOROWS:   return push_rows(m, true);
	case BC_SWITCH:   return push_switch(m);
	case BC_LOCAL:    return push_local(m);
	case BC_FIELD:    return push_field(m);
	case BC_COLUMN:   return push_column(m);
	case BC_MEMBER:   return push_member(m);
	case BC_VAR:
	case BC_OLDVAR:   return push_var(m, op);
	case BC_HAS:
	case BC_GET:
	case BC_OLDHAS:
	case BC_OLDGET:   return push_found(m, op);
	case BC_KEYS:
	case BC_OLDKEYS:  return push_keys(m, op);
	case BC_ROWS:     return push_rows(m, false);
	case BC_KEYROWS:  return push_key_rows(m);
	case BC_LEN:      return push_size(m, false);
	case BC_AT:       return push_element(m, true);
	case BC_IN:       return push_holds(m);
	case BC_PICK:     return push_element(m, false);
	case BC_EMPTY:    return push_size(m, true);
	case BC_EQ:       return push_equal(m, false);
	case BC_EQLIST:   return push_equal(m, true);
	case BC_LT:
	case BC_LE:
	case BC_ADD:
	case BC_SUB:      return push_integers(m, op);
	case BC_MATCH:    return push_match(m, false);
	case BC_MATCHCAT: return push_match(m, true);
	case BC_BELOW:    return push_below(m);
	case BC_EQCAT:    return push_joined(m);
	case BC_NOT:      return push_not(m);
	case BC_AND:      return branch(m, false);
	case BC_OR:       return branch(m, true);
	case BC_ALL:
	case BC_SOME:
	case BC_COUNT:
	case BC_WHERE:
	case BC_MAP:      return begin_loop(m, op);
	case BC_REQUIRE:  return require(m);
	case BC_LET:      return bind(m);
	case BC_SETVAR:
	case BC_PUT:
	case BC_DEL:      return change(m, op);
	case BC_KEEP:     return keep(m);
	case BC_OUT:      return give(m);
	case BC_GHOST:    return m->view.now->options.ghost || stop(m, CPOL_ALLOWED);
	case BC_DONE:     return stop(m, CPOL_ALLOWED);
	case BC_OP_END:   break;
	}
	return stop(m, CPOL_FAULT);
}

bool cpol_run(struct machine *m, const struct cpol_group *g, const struct bc_code *code)
{
	m->work = cpol_work(g);
	m->scratch = g->memory + cpol_header(g)->scratch_at;
	m->scratch_len = (uint32_t)cpol_header(g)->scratch_len;
	m->code = code->ptr;
	m->len = code->len;
	m->fuel = code->cost;
	m->reason = CPOL_FAULT;
	while (true) {
		bool at_end = m->n_loops > 0 && m->at == m->work->loops[m->n_loops - 1].end;
		uint8_t op;

		if (!at_end && m->at >= m->len)
			return m->at == m->len && m->n_stack == 1;
		if (m->fuel-- == 0)
			return stop(m, CPOL_FAULT);
		if (at_end) {
			if (!end_repetition(m))
				return false;
			continue;
		}
		op = m->code[m->at];
		if (!step(m, op))
			return m->reason == CPOL_ALLOWED;
		if (op < BC_ALL || op > BC_MAP)         /* loops move on by themselves */
			m->at += bc_insn_len(op);
	}
}

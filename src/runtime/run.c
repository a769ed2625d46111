/* SPDX-License-Identifier: Apache-2.0
 *
 * run.c - the interpreter.  An instruction finds its operands in `in`, of the
 * kinds that opcodes.def gives them, and leaves its result in *out; it is false
 * when the run ends there.  bc_open() has proved that stacks, blocks and types
 * fit; what is cheap to look at again is looked at again, and a surprise is a
 * denial with CPOL_FAULT.  All of the meaning of opcodes.def is in this file,
 * which is why it is long.
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

static bool push(struct machine *m, const struct value *v)
{
	if (m->n_stack == BC_STACK_MAX)
		return stop(m, CPOL_FAULT);
	m->work->stack[m->n_stack++] = *v;
	return true;
}

static bool kind_fits(char kind, const struct value *v)
{
	switch (kind) {
	case 'b':
	case 'i':
	case 'w':
	case 'r': return v->kind == V_WORD;
	case 's': return v->kind == V_BYTES;
	case 'p': return v->kind == V_PATTERN;
	case 'e': return v->kind == V_RECORD;
	case 'l':
	case 'c': return v->kind >= V_CELLS;
	default:  return true;
	}
}

/* The operands stay where they were, above the stack, until the next push. */
static bool take_operands(struct machine *m, const struct value **in)
{
	const uint8_t *code = m->code + m->at;
	const char *kinds = code[0] == BC_EQCAT ? "sssss" : bc_insn(code[0])->pops;
	uint32_t n = bc_insn_pops(m->view.policy, code);

	if (n > m->n_stack || n > 5)
		return stop(m, CPOL_FAULT);
	m->n_stack -= n;
	*in = m->work->stack + m->n_stack;
	for (uint32_t i = 0; i < n; i++) {
		if (!kind_fits(kinds[i], &(*in)[i]))
			return stop(m, CPOL_FAULT);
	}
	return true;
}

static uint32_t operand(const struct machine *m)
{
	return bc_get16(m->code + m->at + 1);
}

/* ---- constants and reading ---- */

static void read_constant(struct machine *m, uint8_t op, struct value *out)
{
	const uint8_t *at = m->code + m->at + 1;
	uint32_t type = BC_TYPE(BC_ONE, BC_STRING, 0);

	if (op == BC_DIGEST)
		type = BC_TYPE(BC_ONE, BC_DIGEST32, 0);
	else if (op == BC_PATTERN)
		type = BC_TYPE(BC_ONE, BC_LANGUAGE, 0);
	if (op == BC_INT)
		out->word = bc_get64(at);
	else if (op == BC_ENUM)
		*out = cpol_word(BC_TYPE(BC_ONE, BC_ENUMERATION, bc_get16(at)), bc_get16(at + 2));
	else if (op == BC_ROW)
		*out = cpol_word(BC_TYPE(BC_ONE, BC_TABLEROW, bc_get16(at)), bc_get32(at + 2));
	else
		*out = cpol_pool_cell(m->view.policy, type, bc_get32(at));
}

static void read_switch(struct machine *m, struct value *out)
{
	uint32_t type = bc_switch_type(m->view.policy, operand(m));
	uint64_t value = bc_switch_value(m->view.policy, operand(m));

	*out = BC_BASE(type) == BC_INTEGER ? cpol_word(type, value)
	    : cpol_pool_cell(m->view.policy, type, (uint32_t)value);
}

static void read_rows(struct machine *m, bool is_empty, struct value *out)
{
	*out = cpol_zero(BC_TYPE(BC_SET, BC_TABLEROW, operand(m)));
	if (!is_empty)
		out->n = m->view.policy->tables[operand(m)].n_rows;
}

static bool read_local(struct machine *m, struct value *out)
{
	uint32_t slot = m->code[m->at + 1];

	if (slot >= BC_SLOTS_MAX)
		return stop(m, CPOL_FAULT);
	*out = m->work->locals[slot];
	return true;
}

static bool read_field(struct machine *m, struct value *out)
{
	uint32_t field = operand(m);

	if (m->event == NULL)
		return stop(m, CPOL_FAULT);
	*out = cpol_request_cell(&m->view, bc_field_type(m->event, field),
	    m->view.request + 8 + 8 * (size_t)field);
	return true;
}

static void read_column(struct machine *m, const struct value *row, struct value *out)
{
	const struct bc_table *t = &m->view.policy->tables[BC_INDEX(row->type)];
	uint32_t column = operand(m), type = bc_column_type(t, column);

	*out = row->word >= t->n_rows ? cpol_zero(type)        /* no row */
	    : cpol_pool_cell(m->view.policy, type, bc_cell(t, (uint32_t)row->word, column));
}

static void read_member(struct machine *m, const struct value *record, struct value *out)
{
	*out = cpol_request_cell(&m->view, bc_member_type(m->view.policy, BC_INDEX(record->type),
	    operand(m)), record->ptr + 8 * (size_t)operand(m));
}

/* VAR, HAS, GET, KEYS and their old twins. */
static bool read_var(struct machine *m, uint8_t op, const struct value *key, struct value *out)
{
	bool is_old = op >= BC_OLDVAR;
	const struct cpol_group *g = is_old ? m->view.before : m->view.now;
	uint32_t var = operand(m);

	if (g == NULL || var >= g->policy->n_vars || !cpol_keeps(g, var))
		return stop(m, CPOL_FAULT);
	op = is_old ? (uint8_t)(op - BC_OLDVAR + BC_VAR) : op;
	if (op == BC_HAS) {
		out->word = state_find(g, var, key, NULL);
	} else if (op == BC_GET) {
		*out = cpol_zero(g->policy->vars[var].value);
		state_find(g, var, key, out);
	} else if (op == BC_VAR) {
		*out = cpol_word(g->policy->vars[var].value, state_scalar(g, var));
	} else {
		*out = cpol_word(g->policy->vars[var].key | (uint32_t)BC_SET << 24, var);
		out->kind = V_KEYS;
		out->old = is_old;
		out->n = state_count(g, var);
	}
	return true;
}

/* ---- lists and sets ---- */

/* AT: by its place; PICK: the first. */
static void find_element(struct machine *m, const struct value *many, uint64_t place,
    struct value *out)
{
	uint32_t i = 0;

	*out = cpol_zero(BC_TYPE(BC_ONE, BC_BASE(many->type), BC_INDEX(many->type)));
	if (place >= many->n)
		return;
	if (many->mask == NULL)
		i = (uint32_t)place;
	for (; many->mask != NULL && place > 0; place--) {
		if (!cpol_next(&m->view, many, &i, NULL))
			return;
	}
	cpol_next(&m->view, many, &i, out);
}

/* ---- comparing ---- */

static bool starts_with(const struct value *text, uint32_t at, const struct value *part)
{
	return text->n - at >= part->n &&
	    bytes_compare(text->ptr + at, part->n, part->ptr, part->n) == 0;
}

/* MATCHCAT; and MATCH, which is MATCHCAT after nothing. */
static bool matches(struct machine *m, const struct value *text, const struct value *prefix,
    const struct value *pattern)
{
	uint32_t at = prefix != NULL ? prefix->n : 0;

	if (prefix != NULL && !starts_with(text, 0, prefix))
		return false;
	return bc_match(m->view.policy, (uint32_t)pattern->word, text->ptr + at, text->n - at);
}

static bool is_below(const struct value *low, const struct value *high)
{
	return low->n > high->n && starts_with(low, 0, high) && low->ptr[high->n] == '/';
}

static bool is_joined(const struct value *text, uint32_t n)
{
	uint32_t at = 0;

	for (uint32_t i = 1; i <= n; i++) {
		if (!starts_with(text, at, &text[i]))
			return false;
		at += text[i].n;
	}
	return at == text->n;
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
		loop->result.type = BC_TYPE(BC_LIST, BC_TABLEROW, bc_get16(m->code + m->at + 2));
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
	return push(m, &loop->result);
}

static bool begin_loop(struct machine *m, uint8_t op, const struct value *source)
{
	const uint8_t *at = m->code + m->at;
	struct loop *loop = &m->work->loops[m->n_loops];

	if (m->n_loops == BC_LOOPS_MAX || at[1] > BC_SLOTS_MAX - 2)
		return stop(m, CPOL_FAULT);
	loop->source = *source;
	loop->op = op;
	loop->slot = at[1];
	loop->body = m->at + bc_insn_len(op);
	loop->end = loop->body + bc_get16(m->code + loop->body - 2);
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
	struct value *result = &loop->result;
	const struct value *v;
	bool holds, is_decided = false;
	uint32_t i;

	if (m->n_stack == 0)
		return stop(m, CPOL_FAULT);
	v = &m->work->stack[--m->n_stack];
	holds = v->word != 0;
	if (loop->op == BC_MAP) {
		((uint32_t *)(void *)loop->room)[result->n++] = (uint32_t)v->word;
	} else if (loop->op == BC_COUNT) {
		result->word += holds;
	} else if (loop->op == BC_WHERE && holds && result->kind == V_CELLS) {
		i = loop->next - 1;
		loop->room[i / 8] |= (uint8_t)(1u << i % 8);
	} else if (loop->op == BC_WHERE && holds) {
		i = (uint32_t)(m->work->locals[loop->slot].word - result->word);
		((uint64_t *)(void *)loop->room)[i / 64] |= UINT64_C(1) << i % 64;
	} else if (loop->op == BC_ALL || loop->op == BC_SOME) {
		is_decided = holds == (loop->op == BC_SOME);
		if (is_decided)
			result->word = holds;
	}
	return advance(m, is_decided);
}

/* ---- statements ---- */

static bool bind(struct machine *m, const struct value *v)
{
	uint32_t slot = m->code[m->at + 1];

	if (slot >= BC_SLOTS_MAX)
		return stop(m, CPOL_FAULT);
	m->work->locals[slot] = *v;
	m->held = m->used;
	return true;
}

/* SETVAR, PUT and DEL. */
static bool change(struct machine *m, uint8_t op, const struct value *in)
{
	struct stage stage = { .var = operand(m), .pc = m->at, .kind = STAGE_PUT, .key = in[0] };
	enum cpol_reason reason;

	if (op == BC_SETVAR) {
		stage.kind = STAGE_SET;
		stage.word = in[0].word;
	} else if (op == BC_DEL) {
		stage.kind = STAGE_DELETE;
	}
	reason = cpol_stage(&m->view, &stage, &in[1]);
	return reason == CPOL_ALLOWED || stop(m, reason);
}

static bool keep(struct machine *m, const struct value *v)
{
	struct cpol_verdict *verdict = m->verdict;
	struct cpol_kept *kept = &verdict->kept[verdict->n_kept];

	if (v->kind != V_CELLS || verdict->n_kept == BC_KEEPS_MAX || v->mask == NULL)
		return stop(m, CPOL_FAULT);
	for (uint32_t i = 0; i < verdict->n_kept; i++) {
		if (verdict->kept[i].field == operand(m))
			return stop(m, CPOL_CONFLICT);
	}
	kept->field = operand(m);
	kept->n = v->n;
	kept->mask = v->mask;
	verdict->n_kept++;
	m->held = m->used;
	return true;
}

static bool give(struct machine *m, const struct value *v)
{
	uint32_t out = operand(m);

	if (out >= BC_OUTS_MAX)
		return stop(m, CPOL_FAULT);
	if ((m->outs_set >> out & 1) != 0)
		return stop(m, CPOL_CONFLICT);
	m->outs_set |= 1u << out;
	m->verdict->outs[out] = v->word;
	return true;
}

static bool state(struct machine *m, uint8_t op, const struct value *in)
{
	bool goes_on = false;

	if (op == BC_LET)
		return bind(m, in);
	if (op == BC_KEEP)
		return keep(m, in);
	if (op == BC_REQUIRE)
		goes_on = in->word != 0 || stop(m, CPOL_REQUIREMENT);
	else if (op == BC_OUT)
		goes_on = give(m, in);
	else if (op == BC_GHOST)
		goes_on = m->view.now->options.ghost || stop(m, CPOL_ALLOWED);
	else if (op == BC_DONE)
		stop(m, CPOL_ALLOWED);
	else
		goes_on = change(m, op, in);
	m->used = m->held;
	return goes_on;
}

/* One line for each instruction: hence its length. */
static bool compute(struct machine *m, uint8_t op, const struct value *in, struct value *out)
{
	const struct view *view = &m->view;
	uint32_t i = 0;

	switch ((enum bc_op)op) {
	case BC_FALSE:    return true;
	case BC_TRUE:     out->word = 1; return true;
	case BC_INT:
	case BC_ENUM:
	case BC_STR:
	case BC_DIGEST:
	case BC_PATTERN:
	case BC_ROW:      read_constant(m, op, out); return true;
	case BC_NOROWS:   read_rows(m, true, out); return true;
	case BC_SWITCH:   read_switch(m, out); return true;
	case BC_LOCAL:    return read_local(m, out);
	case BC_FIELD:    return read_field(m, out);
	case BC_COLUMN:   read_column(m, in, out); return true;
	case BC_MEMBER:   read_member(m, in, out); return true;
	case BC_VAR:
	case BC_HAS:
	case BC_GET:
	case BC_KEYS:
	case BC_OLDVAR:
	case BC_OLDHAS:
	case BC_OLDGET:
	case BC_OLDKEYS:  return read_var(m, op, in, out);
	case BC_ROWS:     read_rows(m, false, out); return true;
	case BC_KEYROWS:  *out = cpol_key_rows(view, operand(m), in); return true;
	case BC_LEN:      out->word = cpol_count(view, in); return true;
	case BC_AT:       find_element(m, in, in[1].word, out); return true;
	case BC_IN:       out->word = cpol_holds(view, &in[1], in); return true;
	case BC_PICK:     find_element(m, in, 0, out); return true;
	case BC_EMPTY:    out->word = !cpol_next(view, in, &i, NULL); return true;
	case BC_EQ:       out->word = cpol_compare(in, &in[1]) == 0; return true;
	case BC_EQLIST:   out->word = cpol_compare_many(view, in, &in[1]) == 0; return true;
	case BC_LT:       out->word = in[0].word < in[1].word; return true;
	case BC_LE:       out->word = in[0].word <= in[1].word; return true;
	case BC_ADD:      out->word = bc_plus(in[0].word, in[1].word); return true;
	case BC_SUB:      out->word = in[0].word > in[1].word ? in[0].word - in[1].word : 0; return true;
	case BC_MATCH:    out->word = matches(m, in, NULL, &in[1]); return true;
	case BC_MATCHCAT: out->word = matches(m, in, &in[1], &in[2]); return true;
	case BC_BELOW:    out->word = is_below(in, &in[1]); return true;
	case BC_EQCAT:    out->word = is_joined(in, m->code[m->at + 1]); return true;
	case BC_NOT:      out->word = in->word == 0; return true;
	case BC_AND:
	case BC_OR:
	case BC_ALL:
	case BC_SOME:
	case BC_COUNT:
	case BC_WHERE:
	case BC_MAP:
	case BC_REQUIRE:
	case BC_LET:
	case BC_SETVAR:
	case BC_PUT:
	case BC_DEL:
	case BC_KEEP:
	case BC_OUT:
	case BC_GHOST:
	case BC_DONE:
	case BC_OP_END:   break;
	}
	return stop(m, CPOL_FAULT);
}

/* The instruction at m->at; false ends the run. */
static bool step(struct machine *m, uint8_t op)
{
	const struct bc_insn *insn = bc_insn(op);
	const struct value *in = m->work->stack;
	struct value out = cpol_word(insn->pushes == 'i' ? INT : BOOL, 0);

	if (insn->len == 0 || insn->len > m->len - m->at)
		return stop(m, CPOL_FAULT);
	if (!take_operands(m, &in))
		return false;
	if (op >= BC_REQUIRE)
		return state(m, op, in);
	if (op >= BC_ALL)
		return begin_loop(m, op, in);
	if (op == BC_AND || op == BC_OR) {
		if ((in->word != 0) == (op == BC_AND))
			return true;            /* the block is the result */
		m->at += operand(m);
		out.word = op == BC_OR;
		return push(m, &out);
	}
	return compute(m, op, in, &out) && push(m, &out);
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

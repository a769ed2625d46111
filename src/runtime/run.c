/* SPDX-License-Identifier: Apache-2.0
 *
 * run.c - the interpreter.  It runs steps (step.h), each of which finds its
 * operands where they lie and leaves its result in a register or in the flag.
 * bc_open() has proved that types and indices fit; what is cheap to look at
 * again is looked at again, and a surprise is a denial with CPOL_FAULT.  All of
 * the meaning of opcodes.def is in this file, which is why it is long.
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

/* ---- operands ---- */

/* A cell of the request: a word, or where text or elements are. */
static void read_cell(const struct machine *m, const struct operand *o, struct value *room)
{
	const uint8_t *at = o->at + (o->slot == NO_SLOT ? m->view.request : m->work->registers[o->slot].ptr);

	room->word = 0;
	if (o->gives == V_WORD) {
		room->word = bc_get64(at);
		return;
	}
	room->ptr = m->view.request + bc_get32(at);
	room->n = bc_get32(at + 4);
	room->stride = o->stride;
}

static void read_column(const struct machine *m, const struct operand *o, struct value *room)
{
	const struct bc_policy *p = m->view.policy;
	uint64_t row = m->work->registers[o->slot].word;
	uint32_t cell;

	if (row >= o->n) {              /* no row */
		*room = cpol_zero(o->type);
		return;
	}
	cell = bc_get32(p->bytes + o->at + 4 * (size_t)(o->stride * (uint32_t)row));
	cpol_pool_cell(p, o->gives, cell, room);
}

static void read_scalar(struct machine *m, const struct operand *o, struct value *room)
{
	const struct cpol_group *g = o->slot != 0 ? m->view.before : m->view.now;

	if (g == NULL || !cpol_keeps(g, o->at)) {
		m->is_lost = true;
		return;
	}
	room->word = state_scalar(g, o->at);
}

/* Where the value of an operand is; `room` is for what must be made. */
static const struct value *value_of(struct machine *m, const struct operand *o, struct value *room)
{
	if (o->kind == AT_REGISTER)
		return &m->work->registers[o->slot];
	room->kind = o->gives;
	room->type = o->type;
	if (o->kind == AT_CELL) {
		read_cell(m, o, room);
	} else if (o->kind == AT_COLUMN) {
		read_column(m, o, room);
	} else if (o->kind == AT_SCALAR) {
		read_scalar(m, o, room);
	} else {
		room->word = o->kind == AT_WORD ? o->at | (uint64_t)o->n << 32 : 0;
		room->ptr = m->view.policy->bytes + o->at;
		room->n = o->n;
	}
	return room;
}

/* ---- reading the state ---- */

/* HAS, GET, KEYS and their old twins. */
static bool read_var(struct machine *m, const struct step *s, const struct value *key, struct value *out)
{
	bool is_old = s->op >= BC_OLDVAR && s->op <= BC_OLDKEYS;
	const struct cpol_group *g = is_old ? m->view.before : m->view.now;
	uint8_t op = is_old ? (uint8_t)(s->op - BC_OLDVAR + BC_VAR) : s->op;
	uint32_t var = s->index;

	if (g == NULL || var >= g->policy->n_vars || !cpol_keeps(g, var))
		return stop(m, CPOL_FAULT);
	if (op == BC_HAS) {
		m->flag = state_find(g, var, key, NULL);
	} else if (op == BC_GET) {
		*out = cpol_zero(g->policy->vars[var].value);
		state_find(g, var, key, out);
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
	bool is_whole = many->kind != V_BITS && !cpol_is_masked(many);
	uint32_t i = 0;

	*out = cpol_zero(many->type & 0x00ffffffu);
	if (place >= many->n)
		return;
	if (is_whole)
		i = (uint32_t)place;
	for (; !is_whole && place > 0; place--) {
		if (!cpol_next(&m->view, many, &i, NULL))
			return;
	}
	cpol_next(&m->view, many, &i, out);
}

/* ---- comparing ---- */

static bool starts_with(const struct value *text, uint32_t at, const struct value *part)
{
	return text->n - at >= part->n && (part->n == 0 || memcmp(text->ptr + at, part->ptr, part->n) == 0);
}

/* MATCHCAT; and MATCH, which is MATCHCAT after nothing. */
static bool matches(const struct machine *m, const struct value *text, const struct value *prefix,
    const struct value *pattern)
{
	uint32_t at = 0;

	if (prefix != NULL) {
		if (!starts_with(text, 0, prefix))
			return false;
		at = prefix->n;
	}
	return cpol_match(m->view.policy, m->tables, pattern->word, text->ptr + at, text->n - at);
}

static bool is_below(const struct value *low, const struct value *high)
{
	return low->n > high->n && starts_with(low, 0, high) && low->ptr[high->n] == '/';
}

/* The parts are in registers side by side. */
static bool is_joined(const struct value *text, const struct value *part, uint32_t n)
{
	uint32_t at = 0;

	for (; n > 0; n--, part++) {
		if (!starts_with(text, at, part))
			return false;
		at += part->n;
	}
	return at == text->n;
}

/* ---- loops ---- */

/* Zeroed scratch, in units of 8 bytes. */
static uint8_t *allot(struct machine *m, uint64_t bytes)
{
	uint8_t *room = m->scratch + m->used;

	bytes = (bytes + 7) / 8 * 8;
	if (bytes > m->scratch_len - m->used)
		return NULL;
	m->used += (uint32_t)bytes;
	memset(room, 0, (size_t)bytes);
	return room;
}

/* What WHERE filters: a mask over a request's list, or bits over the extent of
 * a set of rows.  What MAP makes: a word for each element. */
static bool prepare(struct machine *m, const struct step *s, struct loop *loop)
{
	struct value *result = &loop->result;
	const struct value *source = &loop->source;
	uint64_t bytes = ((uint64_t)source->n + 7) / 8;
	struct value first, last;
	uint32_t i = 0;

	*result = *source;
	if (s->op == BC_MAP) {
		result->kind = V_WORDS;
		result->type = BC_TYPE(BC_LIST, BC_TABLEROW, s->index);
		result->n = 0;
		bytes = 4 * (uint64_t)source->n;
	} else if (source->kind != V_CELLS) {
		result->kind = V_BITS;
		if (source->kind == V_POOL && source->n > 0) {
			cpol_next(&m->view, source, &i, &first);
			i = source->n - 1;
			cpol_next(&m->view, source, &i, &last);
			result->word = first.word;
			result->n = (uint32_t)(last.word - first.word) + 1;
		}
		bytes = 8 * (((uint64_t)result->n + 63) / 64);
	}
	loop->room = allot(m, bytes);
	if (result->kind == V_CELLS)
		result->mask = loop->room;
	else
		result->ptr = loop->room;
	return loop->room != NULL;
}

/* To the next element, or past the loop with its result. */
static void advance(struct machine *m, struct loop *loop, bool is_decided)
{
	const struct step *begin = &m->steps[loop->begin];
	struct value *element = &m->work->registers[begin->slot];

	m->used = loop->held;
	if (!is_decided && cpol_next(&m->view, &loop->source, &loop->next, element)) {
		element[1].word++;
		m->at = loop->begin + 1;
		return;
	}
	m->n_loops--;
	m->at = begin->jump;
	if (begin->op == BC_ALL || begin->op == BC_SOME) {
		m->flag = is_decided == (begin->op == BC_SOME);
		return;
	}
	m->work->registers[begin->dest] = loop->result;
	if ((begin->bits & STEP_HOLDS) != 0)
		m->held = m->used;
}

static bool begin_loop(struct machine *m, const struct step *s, const struct value *source)
{
	struct loop *loop = &m->work->loops[m->n_loops];

	if (m->n_loops == BC_LOOPS_MAX || s->slot > BC_SLOTS_MAX - 2 || source->kind < V_CELLS)
		return stop(m, CPOL_FAULT);
	loop->source = *source;
	loop->begin = m->at - 1;
	loop->next = 0;
	if (s->op == BC_COUNT)
		loop->result = cpol_word(INT, 0);
	else if (s->op >= BC_WHERE && !prepare(m, s, loop))
		return stop(m, CPOL_FAULT);
	loop->held = m->used;
	m->work->registers[s->slot + 1] = cpol_word(INT, UINT64_MAX);
	m->n_loops++;
	advance(m, loop, false);
	return true;
}

/* The block of the innermost loop has left its value: a row for MAP, else the
 * flag. */
static bool end_repetition(struct machine *m, const struct value *row)
{
	struct loop *loop = &m->work->loops[m->n_loops - 1];
	uint8_t op = m->steps[loop->begin].op;
	uint32_t i;

	if (op == BC_ALL || op == BC_SOME) {
		advance(m, loop, m->flag == (op == BC_SOME));
		return true;
	}
	if (op == BC_MAP) {
		((uint32_t *)(void *)loop->room)[loop->result.n++] = (uint32_t)row->word;
	} else if (op == BC_COUNT) {
		loop->result.word += m->flag;
	} else if (m->flag && loop->result.kind == V_CELLS) {
		i = loop->next - 1;
		loop->room[i / 8] |= (uint8_t)(1u << i % 8);
	} else if (m->flag) {
		i = (uint32_t)(m->work->registers[m->steps[loop->begin].slot].word - loop->result.word);
		((uint64_t *)(void *)loop->room)[i / 64] |= UINT64_C(1) << i % 64;
	}
	advance(m, loop, false);
	return true;
}

/* ---- effects ---- */

/* SETVAR, PUT and DEL. */
static bool change(struct machine *m, const struct step *s, const struct value *in,
    const struct value *value)
{
	struct stage stage = { .var = s->index, .pc = s->pc, .kind = STAGE_PUT, .key = *in };
	enum cpol_reason reason;

	if (s->op == BC_SETVAR) {
		stage.kind = STAGE_SET;
		stage.word = in->word;
	} else if (s->op == BC_DEL) {
		stage.kind = STAGE_DELETE;
	}
	reason = cpol_stage(&m->view, &stage, value);
	return reason == CPOL_ALLOWED || stop(m, reason);
}

static bool keep(struct machine *m, uint32_t field, const struct value *v)
{
	struct cpol_verdict *verdict = m->verdict;
	struct cpol_kept *kept = &verdict->kept[verdict->n_kept];

	if (verdict->n_kept == BC_KEEPS_MAX || !cpol_is_masked(v))
		return stop(m, CPOL_FAULT);
	for (uint32_t i = 0; i < verdict->n_kept; i++) {
		if (verdict->kept[i].field == field)
			return stop(m, CPOL_CONFLICT);
	}
	kept->field = field;
	kept->n = v->n;
	kept->mask = v->mask;
	verdict->n_kept++;
	m->held = m->used;
	return true;
}

static bool give(struct machine *m, uint32_t out, const struct value *v)
{
	if (out >= BC_OUTS_MAX)
		return stop(m, CPOL_FAULT);
	if ((m->outs_set >> out & 1) != 0)
		return stop(m, CPOL_CONFLICT);
	m->outs_set |= 1u << out;
	m->verdict->outs[out] = v->word;
	return true;
}

static bool effect(struct machine *m, const struct step *s, const struct value *a, const struct value *b)
{
	bool goes_on;

	if (s->op == BC_KEEP)
		goes_on = keep(m, s->index, a);
	else if (s->op == BC_OUT)
		goes_on = give(m, s->index, a);
	else if (s->op == BC_GHOST)
		goes_on = m->view.now->options.ghost || stop(m, CPOL_ALLOWED);
	else if (s->op == BC_DONE)
		goes_on = stop(m, CPOL_ALLOWED);
	else
		goes_on = change(m, s, a, b);
	m->used = m->held;
	return goes_on;
}

/* ---- steps ---- */

/* What leaves a value in a register. */
static bool compute(struct machine *m, const struct step *s, const struct value *a, const struct value *b)
{
	const struct view *view = &m->view;
	struct value out = cpol_word(INT, 0);

	switch (s->op) {
	case STEP_COPY:    out = *a; break;
	case STEP_SETBOOL: out = cpol_word(BOOL, m->flag); break;
	case BC_KEYROWS:   out = cpol_key_rows(view, s->index, a); break;
	case BC_LEN:       out.word = cpol_count(view, a); break;
	case BC_AT:        find_element(m, a, b->word, &out); break;
	case BC_PICK:      find_element(m, a, 0, &out); break;
	case BC_ADD:       out.word = bc_plus(a->word, b->word); break;
	case BC_SUB:       out.word = a->word > b->word ? a->word - b->word : 0; break;
	default:
		if (!read_var(m, s, a, &out))
			return false;
	}
	m->work->registers[s->dest] = out;
	if ((s->bits & STEP_HOLDS) != 0)
		m->held = m->used;
	return true;
}

/* What leaves its result in the flag; false: it is none of these. */
static bool test(struct machine *m, const struct step *s, const struct value *a, const struct value *b)
{
	const struct view *view = &m->view;
	const struct value *registers = &m->work->registers[s->dest];
	uint32_t i = 0;

	switch (s->op) {
	case STEP_TEST:   m->flag = a->word != 0; return true;
	case STEP_BRANCH: return true;
	case BC_IN:       m->flag = cpol_holds(view, b, a); return true;
	case BC_EMPTY:    m->flag = !cpol_next(view, a, &i, NULL); return true;
	case BC_EQ:       m->flag = cpol_equal(a, b); return true;
	case BC_EQLIST:   m->flag = cpol_equal_many(view, a, b); return true;
	case BC_LT:       m->flag = a->word < b->word; return true;
	case BC_LE:       m->flag = a->word <= b->word; return true;
	case BC_MATCH:    m->flag = matches(m, a, NULL, b); return true;
	case BC_MATCHCAT: m->flag = matches(m, a, &registers[1], b); return true;
	case BC_BELOW:    m->flag = is_below(a, b); return true;
	case BC_EQCAT:    m->flag = is_joined(a, &registers[1], s->slot); return true;
	default:          return false;
	}
}

/* What becomes of the flag; false ends the run. */
static bool follow(struct machine *m, const struct step *s)
{
	if ((s->bits & STEP_NEGATED) != 0)
		m->flag = !m->flag;
	if ((s->bits & STEP_JUMPS) != 0 && m->flag == ((s->bits & STEP_ON) != 0))
		m->at = s->jump;
	if ((s->bits & STEP_REQUIRES) != 0) {
		m->used = m->held;
		return m->flag || stop(m, CPOL_REQUIREMENT);
	}
	return true;
}

/* The step before m->at; false ends the run. */
static bool step(struct machine *m, const struct step *s)
{
	struct value rooms[2];
	const struct value *a = value_of(m, &s->a, &rooms[0]), *b;

	if (s->op == STEP_NEXT)
		return end_repetition(m, a);
	if (s->op >= BC_ALL && s->op <= BC_MAP)
		return begin_loop(m, s, a);
	b = value_of(m, &s->b, &rooms[1]);
	if (test(m, s, a, b))
		return follow(m, s);
	if (s->op >= BC_REQUIRE && s->op < STEP_TEST)
		return effect(m, s, a, b);
	return compute(m, s, a, b) && (s->bits == 0 || follow(m, s));
}

bool cpol_run(struct machine *m, const struct cpol_group *g, const struct bc_code *code,
    const struct steps *steps)
{
	const struct header *header = cpol_header(g);

	m->work = cpol_work(g);
	m->scratch = g->memory + header->scratch_at;
	m->scratch_len = (uint32_t)header->scratch_len;
	m->tables = g->memory + header->tables_at;
	m->steps = (const struct step *)(const void *)(g->memory + steps->at);
	m->n_steps = steps->n;
	m->fuel = code->cost;
	m->reason = CPOL_FAULT;
	while (m->at < m->n_steps && m->fuel-- > 0) {
		const struct step *s = &m->steps[m->at++];

		if (!step(m, s)) {
			m->pc = s->pc;
			return m->reason == CPOL_ALLOWED && !m->is_lost;
		}
	}
	return m->at == m->n_steps && !m->is_lost;
}

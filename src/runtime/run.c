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

/* Bytes of an element of a list of the pool; a record has 8 at least. */
#define ROW_UNIT 4u
/* What is called from one place, many times. */
#define HOT static inline __attribute__((always_inline))

/* Tests stand together: MATCH, MATCHCAT, BELOW, EQCAT, then these. */
HOT bool is_test(const struct step *s)
{
	return s->op >= BC_MATCH && s->op <= STEP_EQUAL;
}

/* The run ends at this step, which is not always the one that runs: what
 * becomes of a loop's flag is up to the step that began it. */
static bool stop(struct machine *m, const struct step *s, enum cpol_reason reason)
{
	m->reason = reason;
	m->pc = s->pc;
	return false;
}

/* ---- operands ---- */


static struct part scalar_of(struct machine *m, const struct operand *o)
{
	const struct cpol_group *g = o->old ? m->view.before : m->view.now;
	struct part part = { { 0 }, 0 };

	m->is_lost = m->is_lost || g == NULL || !cpol_keeps(g, o->at);
	if (!m->is_lost)
		part.word = state_scalar(g, o->at);
	return part;
}

/* Of a list there is none: who has one asks for its value. */
HOT struct part part_of(const struct value *v)
{
	struct part part;

	part.word = v->word;
	part.n = 0;
	if (v->kind == V_BYTES) {
		part.ptr = v->ptr;
		part.n = v->n;
	}
	return part;
}

/* The column of no row. */
static struct part zero_of(uint32_t type)
{
	struct value zero = cpol_zero(type);

	return part_of(&zero);
}

/* The part that an operand names.  What is read most comes first, and without a
 * frame. */
static struct part fetch(struct machine *m, const struct operand *o)
{
	static const uint8_t nothing[8];
	const struct value *in = &m->registers[o->slot];
	const struct bc_policy *p = m->view.policy;
	struct part part;
	const uint8_t *at;

	part.word = o->at;
	part.n = o->n;
	if (o->kind >= AT_COLUMN) {
		if (in->word >= o->n)
			return zero_of(o->type);
		at = p->bytes + o->at + o->stride * (uint32_t)in->word;
		part.word = bc_get32(at);
		if (o->kind == AT_STRING)
			return cpol_entry(&p->strings, (uint32_t)part.word, false);
		if (o->kind == AT_ELEMENTS)
			return cpol_entry(&p->lists, (uint32_t)part.word, true);
	} else if (o->kind >= AT_CELL) {
		at = in->ptr + o->at;
		if (in->kind != V_RECORD) {
			m->is_lost = true;
			at = nothing;
		}
		part.n = bc_get32(at + 4);
		if (o->kind == AT_CELL)
			part.word = bc_get64(at);
		else
			part.ptr = m->view.request + bc_get32(at);
	} else if (o->kind == AT_REGISTER) {
		return part_of(in);
	} else if (o->kind == AT_TEXT) {
		part.ptr = p->bytes + o->at;
	} else if (o->kind == AT_WORD) {
		part.word |= (uint64_t)o->n << 32;
	} else if (o->kind == AT_SCALAR) {
		return scalar_of(m, o);
	}
	return part;
}

/* Where the value of an operand is; `room` is for what must be made. */
static const struct value *make_value(struct machine *m, const struct operand *o, struct value *room)
{
	struct part part = fetch(m, o);

	room->type = o->type;
	room->kind = o->gives;
	room->stride = o->kind == AT_ELEMENTS ? 1 : o->stride;
	room->old = false;
	room->n = part.n;
	room->word = 0;
	room->ptr = NULL;
	if (o->gives == V_WORD || o->gives == V_PATTERN)
		room->word = part.word;
	else if (o->gives != V_RANGE)
		room->ptr = part.ptr;
	return room;
}

HOT const struct value *value_of(struct machine *m, const struct operand *o, struct value *room)
{
	return o->kind == AT_REGISTER ? &m->registers[o->slot] : make_value(m, o, room);
}

/* ---- reading the state ---- */

/* HAS, which leaves its word in the flag, GET and KEYS. */
static bool read_map(struct machine *m, const struct step *s, const struct value *key, struct value *out)
{
	const struct cpol_group *g = s->slot != 0 ? m->view.before : m->view.now;
	uint32_t var = s->index;

	if (g == NULL || !cpol_keeps(g, var))
		return stop(m, s, CPOL_FAULT);
	if (s->op == BC_KEYS) {
		*out = cpol_keys(g, var, s->slot != 0);
		return true;
	}
	*out = cpol_zero(g->policy->vars[var].value);
	m->flag = state_find(g, var, key, out);
	return true;
}

/* ---- tests ---- */

/* MATCHCAT, EQCAT and BELOW: what is left of a text, when the parts that it must
 * start with are taken away.  Of BELOW the part is b; of others they are in
 * registers side by side. */
static bool test_parts(struct machine *m, const struct step *s)
{
	struct part a = fetch(m, &s->operands[0]), b = fetch(m, &s->operands[1]);

	for (uint32_t i = 1; i <= s->slot; i++) {
		struct part start = s->op == BC_BELOW ? b : part_of(&m->registers[s->dest + i]);

		if (start.n > a.n)
			return false;
		CPOL_METER(start.n / 8);
		if (memcmp(a.ptr, start.ptr, start.n) != 0)
			return false;
		a.ptr += start.n;
		a.n -= start.n;
	}
	if (s->op == BC_EQCAT)
		return a.n == 0;
	if (s->op == BC_BELOW)
		return a.n > 0 && a.ptr[0] == '/';
	return cpol_match(m->view.now, b.word, a.ptr, a.n);
}

HOT bool test(struct machine *m, const struct step *s, struct part a, struct part b)
{
	if (s->op == STEP_EQUAL)
		return a.word == b.word;
	if (s->op == BC_MATCH)
		return cpol_match(m->view.now, b.word, a.ptr, a.n);
	if (s->op != STEP_SAME)
		return test_parts(m, s);
	CPOL_METER(a.n == b.n ? a.n / 8 : 0);
	return a.n == b.n && memcmp(a.ptr, b.ptr, a.n) == 0;
}

/* What becomes of the flag. */
HOT void turn(struct machine *m, const struct step *s)
{
	if ((s->bits & STEP_NEGATED) != 0)
		m->flag = !m->flag;
	if ((s->bits & STEP_JUMPS) != 0 && m->flag == ((s->bits & STEP_ON) != 0))
		m->next = m->steps + s->jump;
}

/* ---- loops ---- */

/* Zeroed scratch, in units of 8 bytes. */
static uint8_t *allot(struct machine *m, uint64_t bytes)
{
	uint8_t *room = m->scratch + m->used;

	bytes = (bytes + 7) / 8 * 8;
	if (bytes > m->scratch_len - m->used)
		return NULL;
	CPOL_METER(bytes / 8);
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

/* Rows of the pool and records are what loops range over mostly: they are met
 * one after the other, without looking for bits or for what is left of a list. */
static bool next_element(const struct machine *m, struct loop *loop, struct value *element)
{
	uint32_t i = loop->next;

	if (loop->unit == 0)
		return cpol_next(&m->view, &loop->source, &loop->next, element);
	if (i == loop->source.n)
		return false;
	element->ptr = loop->source.ptr + loop->unit * i;
	if (loop->unit == ROW_UNIT)
		element->word = bc_get32(element->ptr);
	loop->next = i + 1;
	return true;
}

/* The block has left its value: a row for MAP, else the flag. */
static void gather(struct machine *m, struct loop *loop, const struct step *s)
{
	uint8_t op = loop->begin->op;
	uint32_t i;

	if (op == BC_MAP) {
		((uint32_t *)(void *)loop->room)[loop->result.n++] = (uint32_t)fetch(m, &s->operands[0]).word;
	} else if (op == BC_COUNT) {
		loop->result.word += m->flag;
	} else if (m->flag && loop->result.kind == V_CELLS) {
		i = loop->next - 1;
		loop->room[i / 8] |= (uint8_t)(1u << i % 8);
	} else if (m->flag) {
		i = (uint32_t)(m->registers[loop->begin->slot].word - loop->result.word);
		((uint64_t *)(void *)loop->room)[i / 64] |= UINT64_C(1) << i % 64;
	}
}

/* A repetition ends with step s; whether that decides the loop. */
HOT bool decides(struct machine *m, struct loop *loop, const struct step *s)
{
	uint8_t op = loop->begin->op;

	if (op == BC_ALL || op == BC_SOME)
		return m->flag == (op == BC_SOME);
	gather(m, loop, s);
	return false;
}

/* Whether an operand is of the element of a loop, or its place. */
HOT bool moves(const struct operand *o, const struct step *begin)
{
	return (uint32_t)o->slot - begin->slot < 2;
}

/* To the next element, or past the loop with its result.  The step that began it,
 * if that is to say what becomes of the flag, or NULL.
 *
 * A test that begins the block is what most repetitions end with.  It is made here,
 * and what it reads of other than the element is read once. */
HOT const struct step *advance(struct machine *m, struct loop *loop, bool is_decided)
{
	const struct step *begin = loop->begin, *first = begin + 1;
	const struct operand *of = first->operands;
	struct value *element = &m->registers[begin->slot];
	struct part a, b;

	m->used = loop->held;
	if (is_test(first) && !moves(&of[0], begin))
		a = fetch(m, &of[0]);
	if (is_test(first) && !moves(&of[1], begin))
		b = fetch(m, &of[1]);
	while (!is_decided && next_element(m, loop, element)) {
		element[1].word++;
		m->next = first;
		if (!is_test(first))
			return NULL;
		if (moves(&of[0], begin))
			a = fetch(m, &of[0]);
		if (moves(&of[1], begin))
			b = fetch(m, &of[1]);
		m->flag = test(m, first, a, b);
		m->next++;
		turn(m, first);
		CPOL_METER(1);
		if (m->next->op != STEP_NEXT)
			return NULL;
		CPOL_METER(1);
		is_decided = decides(m, loop, first);
	}
	m->n_loops--;
	m->next = m->steps + begin->past;
	if (begin->op == BC_ALL || begin->op == BC_SOME) {
		m->flag = is_decided == (begin->op == BC_SOME);
		return begin;
	}
	m->registers[begin->dest] = loop->result;
	if ((begin->bits & STEP_HOLDS) != 0)
		m->held = m->used;
	return NULL;
}

static bool begin_loop(struct machine *m, const struct step *s)
{
	struct loop *loop = &m->loops[m->n_loops];
	struct value *source = &loop->source, *element = &m->registers[s->slot];
	const struct value *found;
	uint32_t base;

	if (m->n_loops == BC_LOOPS_MAX || s->slot > BC_SLOTS_MAX - 2)
		return stop(m, s, CPOL_FAULT);
	found = value_of(m, &s->operands[0], source);
	if (found != source)
		*source = *found;
	if (source->kind < V_CELLS)
		return stop(m, s, CPOL_FAULT);
	base = BC_BASE(source->type);
	loop->begin = s;
	loop->next = 0;
	if (s->op == BC_COUNT)
		loop->result = cpol_word(INT, 0);
	else if (s->op >= BC_WHERE && !prepare(m, s, loop))
		return stop(m, s, CPOL_FAULT);
	loop->held = m->used;
	loop->unit = 0;
	if (source->kind == V_POOL && base == BC_TABLEROW)
		loop->unit = ROW_UNIT;
	else if (source->kind == V_CELLS && base == BC_RECORD && source->mask == NULL)
		loop->unit = 8 * (uint32_t)source->stride;
	element[0].type = source->type & 0x00ffffffu;
	element[0].kind = source->kind == V_POOL ? V_WORD : V_RECORD;
	element[1].type = INT;
	element[1].kind = V_WORD;
	element[1].word = UINT64_MAX;   /* the place of none yet */
	m->n_loops++;
	return true;
}

/* ---- effects ---- */

static enum cpol_reason keep(struct machine *m, const struct step *s, const struct value *v)
{
	struct cpol_verdict *verdict = m->verdict;
	struct cpol_kept *kept = &verdict->kept[verdict->n_kept];

	if (verdict->n_kept == BC_KEEPS_MAX || !cpol_is_masked(v))
		return CPOL_FAULT;
	for (uint32_t i = 0; i < verdict->n_kept; i++) {
		if (verdict->kept[i].field == s->index)
			return CPOL_CONFLICT;
	}
	kept->field = s->index;
	kept->n = v->n;
	kept->mask = v->mask;
	verdict->n_kept++;
	m->held = m->used;
	return CPOL_ALLOWED;
}

static enum cpol_reason give(struct machine *m, uint32_t out, uint64_t word)
{
	if (out >= BC_OUTS_MAX)
		return CPOL_FAULT;
	if ((m->outs_set >> out & 1) != 0)
		return CPOL_CONFLICT;
	m->outs_set |= 1u << out;
	m->verdict->outs[out] = word;
	return CPOL_ALLOWED;
}

/* What is not of a run that goes on ends it. */
static bool effect(struct machine *m, const struct step *s, const struct value *a, const struct value *b)
{
	enum cpol_reason reason = CPOL_FAULT;   /* an instruction that is not known */

	if (s->op == BC_DONE || (s->op == BC_GHOST && !m->view.now->options.ghost))
		return stop(m, s, CPOL_ALLOWED);
	if (s->op == BC_GHOST)
		reason = CPOL_ALLOWED;
	else if (s->op == BC_KEEP)
		reason = keep(m, s, a);
	else if (s->op == BC_OUT)
		reason = give(m, s->index, a->word);
	else if (s->op >= BC_SETVAR && s->op <= BC_DEL)
		reason = cpol_stage(&m->view, s, a, b);
	m->used = m->held;
	return reason == CPOL_ALLOWED || stop(m, s, reason);
}

/* ---- steps ---- */

/* Steps that take values of any kind, and are made seldom. */
static bool compute(struct machine *m, const struct step *s)
{
	struct value rooms[2], out;
	const struct value *a = value_of(m, &s->operands[0], &rooms[0]);
	const struct value *b = value_of(m, &s->operands[1], &rooms[1]);
	uint32_t i = 0;

	switch (s->op) {
	case BC_LT:        m->flag = a->word < b->word; return true;
	case BC_LE:        m->flag = a->word <= b->word; return true;
	case BC_IN:        m->flag = cpol_holds(&m->view, b, a); return true;
	case BC_EMPTY:     m->flag = !cpol_next(&m->view, a, &i, NULL); return true;
	case BC_EQLIST:    m->flag = cpol_equal_many(&m->view, a, b); return true;
	case BC_HAS:
	case BC_GET:
	case BC_KEYS:
		if (!read_map(m, s, a, &out))
			return false;
		if (s->op == BC_HAS)
			return true;
		break;
	case STEP_COPY:    out = *a; break;
	case STEP_SETBOOL: out = cpol_word(BOOL, m->flag); break;
	case BC_KEYROWS:   out = cpol_key_rows(&m->view, s->index, a); break;
	case BC_LEN:       out = cpol_word(INT, cpol_count(&m->view, a)); break;
	case BC_AT:        cpol_at(&m->view, a, b->word, &out); break;
	case BC_PICK:      cpol_at(&m->view, a, 0, &out); break;
	case BC_ADD:       out = cpol_word(INT, bc_plus(a->word, b->word)); break;
	case BC_SUB:       out = cpol_word(INT, a->word > b->word ? a->word - b->word : 0); break;
	default:           return effect(m, s, a, b);
	}
	m->registers[s->dest] = out;
	if ((s->bits & STEP_HOLDS) != 0)
		m->held = m->used;
	return true;
}

/* The step before m->next; false ends the run. */
HOT bool run_one(struct machine *m, const struct step *s)
{
	if (s->op == STEP_NEXT || (s->op >= BC_ALL && s->op <= BC_MAP)) {
		bool is_decided = false;

		if (s->op == STEP_NEXT)
			is_decided = decides(m, &m->loops[m->n_loops - 1], s);
		else if (!begin_loop(m, s))
			return false;
		s = advance(m, &m->loops[m->n_loops - 1], is_decided);
		if (s == NULL)
			return true;
	} else if (is_test(s)) {
		m->flag = test(m, s, fetch(m, &s->operands[0]), fetch(m, &s->operands[1]));
	} else if (s->op != STEP_BRANCH && !compute(m, s)) {
		return false;
	}
	turn(m, s);
	if ((s->bits & STEP_REQUIRES) == 0)
		return true;
	m->used = m->held;
	return m->flag || stop(m, s, CPOL_REQUIREMENT);
}

bool cpol_run(struct machine *m, const struct cpol_group *g, const struct bc_code *code,
    const struct steps *steps)
{
	const struct header *header = cpol_header(g);
	uint64_t fuel = code->cost;     /* the static bound, counted down */
	const struct step *end;

	m->registers = cpol_work(g)->registers;
	m->loops = cpol_work(g)->loops;
	m->registers[REQUEST].kind = m->view.request != NULL ? V_RECORD : V_WORD;
	m->registers[REQUEST].ptr = m->view.request;
	m->scratch = g->memory + header->scratch_at;
	m->scratch_len = (uint32_t)header->scratch_len;
	m->steps = m->next = (const struct step *)(const void *)(g->memory + steps->at);
	m->reason = CPOL_FAULT;
	for (end = m->steps + steps->n; m->next < end && fuel > 0; fuel--) {
		const struct step *s = m->next++;

		CPOL_METER(1);
		if (!run_one(m, s))
			return !m->is_lost ? m->reason == CPOL_ALLOWED : stop(m, s, CPOL_FAULT);
	}
	return m->next == end && !m->is_lost;
}

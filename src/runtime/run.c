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
/* What is called seldom, so that who calls it needs no frame. */
#define COLD static __attribute__((noinline))

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

HOT struct part part_of(const struct value *v)
{
	struct part part;

	part.word = v->word;
	part.n = v->n;
	return part;
}

/* The group whose variable is read; if it does not keep it, the run will have been
 * for nothing. */
COLD const struct cpol_group *group_of(struct machine *m, bool is_old, uint32_t var)
{
	const struct cpol_group *g = is_old ? m->view.before : m->view.now;

	if (g != NULL && cpol_keeps(g, var))
		return g;
	m->is_lost = true;
	return m->view.now;
}

/* A word of the state. */
COLD struct part scalar_of(struct machine *m, const struct value *o)
{
	struct part part;

	part.word = state_scalar(group_of(m, o->old, (uint32_t)o->word), (uint32_t)o->word);
	part.n = 0;
	return part;
}

/* The part that an operand names.  It is called most, and needs no frame. */
static struct part fetch(struct machine *m, const struct value *o)
{
	const struct value *in = &m->registers[o->slot];
	uint8_t from = o->from;
	const uint8_t *at = cpol_zeros;

	if (from >= AT_COLUMN) {
		if (in->word >= o->n)
			return cpol_zero_part(o->type, o->kind);
		at = o->ptr + o->stride * (uint32_t)in->word;
		return cpol_in_pool(m->view.policy, from - AT_COLUMN, bc_get32(at));
	}
	if (from >= AT_CELL) {
		if (in->kind == V_RECORD)
			at = in->ptr + o->word;
		else
			m->is_lost = true;
		return cpol_in_request(m->view.request, from == AT_CELL, at);
	}
	if (from == AT_SCALAR)
		return scalar_of(m, o);
	return part_of(from == AT_REGISTER ? in : o);
}

/* The value of an operand, of which this is the part. */
static void make_value(const struct machine *m, const struct value *o, const struct part *part, struct value *value)
{
	cpol_copy(value, o->from == AT_REGISTER ? &m->registers[o->slot] : o);
	cpol_take(value, *part);
	if (o->from >= AT_COLUMN)
		value->stride = 1;
}

/* ---- reading the state ---- */

/* HAS, which leaves its word in the flag, GET and KEYS. */
static void read_map(struct machine *m, const struct step *s, const struct value *key, struct value *out)
{
	uint32_t var = s->index;
	const struct cpol_group *g = group_of(m, s->slot != 0, var);

	if (s->op == BC_KEYS) {
		cpol_keys(g, var, g == m->view.before, out);
		return;
	}
	cpol_zero(out, g->policy->vars[var].value);
	m->flag = state_find(g, var, key, out);
}

/* ---- tests ---- */

/* MATCHCAT, EQCAT and BELOW look at what is left of a text, when the parts that it
 * must start with are taken away.  Of BELOW the part is b; of others they are in
 * registers side by side. */
COLD bool test_text(const struct machine *m, const struct step *s, struct part a, struct part b)
{
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
	return cpol_match(m->view.now, b.word, a.ptr, (uint32_t)a.n);
}

static bool test(const struct machine *m, const struct step *s, const struct part *parts)
{
	if (s->op == STEP_EQUAL)
		return parts[0].word == parts[1].word;
	if (s->op == STEP_SAME)
		return cpol_is_same(parts[0], parts[1]);
	if (s->op == BC_MATCH)
		return cpol_match(m->view.now, parts[1].word, parts[0].ptr, (uint32_t)parts[0].n);
	return test_text(m, s, parts[0], parts[1]);
}

/* ---- loops ---- */

/* The result of a step into its register. */
static bool set(struct machine *m, const struct step *s, const struct value *result)
{
	cpol_copy(&m->registers[s->dest], result);
	if ((s->bits & STEP_HOLDS) != 0)
		m->held = m->used;
	return true;
}

/* Zeroed scratch, in units of 8 bytes. */
COLD uint8_t *allot(struct machine *m, uint64_t bytes)
{
	uint8_t *room = m->scratch + m->used;

	bytes = (bytes + 7) / 8 * 8;
	if (bytes > m->scratch_len - m->used)
		return NULL;
	CPOL_METER(bytes / 8);
	m->used += (uint32_t)bytes;
	for (uint8_t *at = room; at != room + bytes; at += 8)
		*(uint64_t *)(void *)at = 0;
	return room;
}

/* What WHERE leaves: a mask over a request's list, or over the rows from the first
 * to the last.  What MAP makes: a word for each element.  Of COUNT and MAP operand b
 * is what they begin with. */
static bool prepare(struct machine *m, const struct step *s, struct loop *loop)
{
	struct value *result = &loop->result;
	const struct value *source = &loop->source;
	uint64_t bytes = 0;

	cpol_copy(result, s->op == BC_WHERE ? source : &s->operands[1]);
	if (s->op == BC_MAP)
		bytes = 4 * (uint64_t)source->n;
	if (s->op == BC_WHERE && source->kind == V_POOL) {
		result->kind = V_RANGE;
		result->word = 0;
		if (source->n > 0) {
			result->word = cpol_part(&m->view, source, V_WORD, 0).word;
			result->n = (uint32_t)(cpol_part(&m->view, source, V_WORD, source->n - 1).word - result->word) + 1;
		}
	}
	if (s->op == BC_WHERE)
		bytes = ((uint64_t)result->n + 7) / 8;
	loop->room = allot(m, bytes);
	if (s->op == BC_MAP)
		result->ptr = loop->room;
	else if (s->op == BC_WHERE)
		result->mask = loop->room;
	return loop->room != NULL;
}

/* The block has left its value: a row for MAP, else the flag.  Whether that decides
 * the loop. */
HOT bool gather(struct machine *m, const struct part *row)
{
	struct loop *loop = m->loop;
	const struct step *begin = loop->begin;
	uint32_t i = loop->next - 1;

	if (begin->op <= BC_SOME)
		return m->flag == (begin->op == BC_SOME);
	if (begin->op == BC_COUNT) {
		loop->result.word += m->flag;
	} else if (begin->op == BC_MAP) {
		((uint32_t *)(void *)loop->room)[loop->result.n++] = (uint32_t)row->word;
	} else if (m->flag) {
		if (loop->result.kind == V_RANGE)
			i = (uint32_t)(m->registers[begin->slot].word - loop->result.word);
		cpol_mark(loop->room, i);
	}
	return false;
}

/* Rows of the pool and records are what loops range over mostly: they are met one
 * after the other. */
HOT bool next_element(const struct machine *m, struct loop *loop, struct value *element)
{
	const struct value *source = &loop->source;
	uint32_t unit = loop->begin->unit;
	struct part part;

	if (unit != 0) {
		if (loop->next >= source->n)
			return false;
		part.ptr = source->ptr + unit * loop->next++;
		if (unit == ROW_UNIT)
			part.word = bc_get32(part.ptr);
	} else {
		if (!cpol_place(source, &loop->next))
			return false;
		if (source->kind == V_RANGE) {
			element->word = source->word + loop->next++;
			return true;
		}
		part = cpol_part(&m->view, source, element->kind, loop->next++);
		element->n = (uint32_t)part.n;
	}
	element->word = part.word;
	return true;
}

/* Those operands of a step of which `which` has a bit. */
HOT void read(struct machine *m, const struct step *s, uint32_t which, struct part *parts)
{
	if ((which & 1) != 0)
		parts[0] = fetch(m, &s->operands[0]);
	if ((which & 2) != 0)
		parts[1] = fetch(m, &s->operands[1]);
}

/* On to the next element that the block must look at, or past the loop with its result.
 * The step that is to say what becomes of the flag: that which began the loop, if it
 * has ended; or the test that begins the block; or NULL. */
HOT const struct step *advance(struct machine *m, bool is_decided)
{
	struct loop *loop = m->loop;
	const struct step *begin = loop->begin, *first = begin + 1;
	struct value *element = &m->registers[begin->slot];

	m->used = loop->held;
	while (!is_decided && next_element(m, loop, element)) {
		element[1].word++;
		m->next = first;
		if (begin->scan == 0)
			return NULL;
		m->next++;
		read(m, first, loop->reads, loop->parts);
		loop->reads = begin->scan;
		CPOL_METER(1);
		m->flag = test(m, first, loop->parts);
		if (m->flag != begin->scan / SCAN_PASSES)
			return first;
		CPOL_METER(1);
	}
	m->loop--;
	m->next = m->steps + begin->past;
	if (begin->op <= BC_SOME)
		m->flag = is_decided == (begin->op == BC_SOME);
	else
		set(m, begin, &loop->result);
	return begin;
}

static bool begin_loop(struct machine *m, const struct step *s, const struct part *part)
{
	struct loop *loop = m->loop + 1;
	struct value *source = &loop->source, *element = &m->registers[s->slot];

	if (loop == m->loops_end || s->slot > BC_SLOTS_MAX - 2)
		return stop(m, s, CPOL_FAULT);
	make_value(m, &s->operands[0], part, source);
	if (source->kind < V_CELLS)
		return stop(m, s, CPOL_FAULT);
	loop->begin = s;
	loop->next = 0;
	if (s->op >= BC_COUNT && !prepare(m, s, loop))
		return stop(m, s, CPOL_FAULT);
	loop->held = m->used;
	element->kind = s->gives;
	element[1].kind = V_WORD;
	element[1].word = UINT64_MAX;   /* the place of none yet */
	loop->reads = SCAN_READS;
	m->loop = loop;
	return true;
}

/* ---- effects ---- */

/* Whether a field or an output has no value yet; then it is to have one. */
static bool is_first(uint64_t *set, uint32_t i)
{
	uint64_t before = *set;

	*set |= UINT64_C(1) << i;
	return *set != before;
}

static enum cpol_reason keep(struct machine *m, const struct step *s, const struct value *v)
{
	struct cpol_verdict *verdict = m->verdict;
	struct cpol_kept *kept = &verdict->kept[verdict->n_kept];

	if (verdict->n_kept == BC_KEEPS_MAX || v->kind != V_CELLS || v->mask == NULL)
		return CPOL_FAULT;
	if (!is_first(&m->kept, s->index))
		return CPOL_CONFLICT;
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
	m->verdict->outs[out] = word;
	return is_first(&m->given, out) ? CPOL_ALLOWED : CPOL_CONFLICT;
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
COLD bool compute(struct machine *m, const struct step *s, const struct part *parts)
{
	struct value values[2], out;
	const struct value *a = &values[0], *b = &values[1];
	uint64_t word = 0;
	uint32_t i = 0;

	if (s->reads != 0)
		make_value(m, &s->operands[0], &parts[0], &values[0]);
	if (s->op == STEP_COPY)
		return set(m, s, &values[0]);
	if ((s->reads & 2) != 0)
		make_value(m, &s->operands[1], &parts[1], &values[1]);

	switch (s->op) {
	case BC_LT:        m->flag = a->word < b->word; return true;
	case BC_LE:        m->flag = a->word <= b->word; return true;
	case BC_IN:        m->flag = cpol_holds(&m->view, b, a); return true;
	case BC_EMPTY:     m->flag = !cpol_place(a, &i); return true;
	case BC_EQLIST:    m->flag = cpol_equal_many(&m->view, a, b); return true;
	case BC_HAS:
	case BC_GET:
	case BC_KEYS:
		read_map(m, s, a, &out);
		if (s->op == BC_HAS)
			return true;
		break;
	case BC_KEYROWS:   cpol_key_rows(&m->view, s->index, a, &out); break;
	case BC_AT:        word = b->word; /* FALLTHROUGH */
	case BC_PICK:      cpol_at(&m->view, a, word, &out); break;
	case STEP_SETBOOL: cpol_word(&out, BOOL, m->flag); break;
	case BC_LEN:       cpol_word(&out, INT, cpol_count(&m->view, a)); break;
	case BC_ADD:       cpol_word(&out, INT, bc_plus(a->word, b->word)); break;
	case BC_SUB:       cpol_word(&out, INT, a->word > b->word ? a->word - b->word : 0); break;
	default:           return effect(m, s, a, b);
	}
	return set(m, s, &out);
}

/* What becomes of the flag; false ends the run. */
HOT bool turn(struct machine *m, const struct step *s)
{
	if ((s->bits & STEP_NEGATED) != 0)
		m->flag = !m->flag;
	if ((s->bits & STEP_JUMPS) != 0 && m->flag == ((s->bits & STEP_ON) != 0))
		m->next = m->steps + s->jump;
	if ((s->bits & STEP_REQUIRES) == 0)
		return true;
	m->used = m->held;
	return m->flag || stop(m, s, CPOL_REQUIREMENT);
}

/* The step before m->next, and all elements that a loop passes over; false ends the
 * run. */
HOT bool run_one(struct machine *m, const struct step *s)
{
	bool begins = s->op >= BC_ALL && s->op <= BC_MAP, is_decided = false;
	struct part parts[2];

	read(m, s, s->reads, parts);
	if (is_test(s))
		m->flag = test(m, s, parts);
	else if (begins ? !begin_loop(m, s, parts) : s->op != STEP_BRANCH && !compute(m, s, parts))
		return false;
	while (true) {
		if (!begins) {
			if (s != NULL && !turn(m, s))
				return false;
			if (m->next->op != STEP_NEXT)
				return true;
			s = m->next++;
			CPOL_METER(1);
			if (s->reads != 0)
				parts[0] = fetch(m, &s->operands[0]);
			is_decided = gather(m, parts);
		}
		s = advance(m, is_decided);
		begins = false;
	}
}

enum cpol_reason cpol_run(struct machine *m, const struct bc_code *code, const struct steps *steps)
{
	const struct cpol_group *g = m->view.now;
	const struct header *header = cpol_header(g);
	struct work *work = cpol_work(g);
	uint64_t fuel = code->cost;     /* the static bound, counted down */

	m->registers = work->registers;
	m->loop = work->loops;
	m->loops_end = m->loop + 1 + BC_LOOPS_MAX;
	m->registers[REQUEST].kind = m->view.request != NULL ? V_RECORD : V_WORD;
	m->registers[REQUEST].ptr = m->view.request;
	m->scratch = g->memory + header->scratch_at;
	m->scratch_len = (uint32_t)header->scratch_len;
	m->used = m->held = m->pc = 0;
	m->kept = m->given = 0;
	m->is_lost = false;
	m->steps = m->next = (const struct step *)(const void *)(g->memory + steps->at);
	m->reason = CPOL_FAULT;
	do {
		CPOL_METER(1);
	} while (run_one(m, m->next++) && fuel-- != 0);
	return m->is_lost ? CPOL_FAULT : m->reason;
}

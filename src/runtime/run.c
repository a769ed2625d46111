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

/* The run ends at this step, which is not always the one that runs: what
 * becomes of a loop's flag is up to the step that began it. */
static bool stop(struct machine *m, const struct step *s, enum cpol_reason reason)
{
	m->reason = reason;
	m->pc = s->pc;
	return false;
}

/* ---- operands ---- */

static uint64_t scalar_of(struct machine *m, const struct operand *o)
{
	const struct cpol_group *g = o->slot != 0 ? m->view.before : m->view.now;

	m->is_lost = m->is_lost || g == NULL || !cpol_keeps(g, o->at);
	return m->is_lost ? 0 : state_scalar(g, o->at);
}

/* The cell of the policy that an operand names; NULL: it is one of no row. */
static const uint8_t *column_at(const struct machine *m, const struct operand *o)
{
	uint64_t row = m->registers[o->slot].word;

	return row >= o->n ? NULL
	    : m->view.policy->bytes + o->at + 4 * (size_t)(o->stride * (uint32_t)row);
}

static const uint8_t *cell_at(struct machine *m, const struct operand *o)
{
	static const uint8_t nothing[8];
	const struct value *record = m->registers;

	if (o->slot == NO_SLOT)
		return m->view.request + o->at;
	record += o->slot;
	if (record->kind == V_RECORD)
		return record->ptr + o->at;
	m->is_lost = true;
	return nothing;
}

/* An operand that is a bool, an int, a value of an enumeration, a row or a
 * pattern. */
static uint64_t word_of(struct machine *m, const struct operand *o)
{
	const uint8_t *at;

	if (o->kind == AT_REGISTER)
		return m->registers[o->slot].word;
	if (o->kind == AT_CELL)
		return bc_get64(cell_at(m, o));
	if (o->kind == AT_SCALAR)
		return scalar_of(m, o);
	if (o->kind != AT_COLUMN)
		return o->at | (uint64_t)o->n << 32;
	at = column_at(m, o);
	return at != NULL ? bc_get32(at) : cpol_zero(o->type).word;
}

/* One that is a string or a digest. */
static struct bc_bytes text_of(struct machine *m, const struct operand *o)
{
	const uint8_t *at = m->view.policy->bytes + o->at;
	struct bc_bytes text = { at, o->n };
	const struct value *in = m->registers;
	struct value zero;

	if (o->kind == AT_REGISTER)
		in += o->slot;
	if (o->kind == AT_CELL) {
		at = cell_at(m, o);
		text.ptr = m->view.request + bc_get32(at);
		text.len = bc_get32(at + 4);
	} else if (o->kind == AT_COLUMN) {
		at = column_at(m, o);
		if (at != NULL)
			return bc_string(m->view.policy, bc_get32(at));
		zero = cpol_zero(o->type);
		in = &zero;
	}
	if (o->kind == AT_REGISTER || at == NULL) {
		text.ptr = in->ptr;
		text.len = in->kind == V_BYTES ? in->n : 0;
		m->is_lost = m->is_lost || in->kind != V_BYTES;
	}
	return text;
}

/* Where the value of any operand is; `room` is for what must be made. */
static const struct value *value_of(struct machine *m, const struct operand *o, struct value *room)
{
	struct bc_bytes text;
	const uint8_t *at;

	if (o->kind == AT_REGISTER)
		return &m->registers[o->slot];
	room->kind = o->gives;
	room->type = o->type;
	room->stride = o->stride;
	room->word = 0;
	if (o->gives == V_WORD || o->gives == V_PATTERN) {
		room->word = word_of(m, o);
		return room;
	}
	text.ptr = NULL;
	text.len = o->n;
	if (o->kind == AT_COLUMN && o->gives == V_POOL) {
		at = column_at(m, o);
		if (at == NULL) {
			*room = cpol_zero(o->type);
			return room;
		}
		text = bc_list(m->view.policy, bc_get32(at));
	} else if (o->gives != V_RANGE) {
		text = text_of(m, o);   /* of a list in the request: its cells, and their number */
	}
	room->ptr = text.ptr;
	room->n = text.len;
	return room;
}

/* ---- reading the state ---- */

/* HAS, GET, KEYS and their old twins; HAS leaves its word in the flag. */
static bool read_map(struct machine *m, const struct step *s, const struct value *key)
{
	bool is_old = s->op >= BC_OLDVAR && s->op <= BC_OLDKEYS;
	const struct cpol_group *g = is_old ? m->view.before : m->view.now;
	uint8_t op = is_old ? (uint8_t)(s->op - BC_OLDVAR + BC_VAR) : s->op;
	struct value out;
	uint32_t var = s->index;

	if (g == NULL || var >= g->policy->n_vars || !cpol_keeps(g, var))
		return stop(m, s, CPOL_FAULT);
	if (op == BC_HAS) {
		m->flag = state_find(g, var, key, NULL);
		return true;
	}
	if (op == BC_GET) {
		out = cpol_zero(g->policy->vars[var].value);
		state_find(g, var, key, &out);
	} else {
		out = cpol_word(g->policy->vars[var].key | (uint32_t)BC_SET << 24, var);
		out.kind = V_KEYS;
		out.old = is_old;
		out.n = state_count(g, var);
	}
	m->registers[s->dest] = out;
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
		CPOL_METER(1);
		if (!cpol_next(&m->view, many, &i, NULL))
			return;
	}
	cpol_next(&m->view, many, &i, out);
}

/* ---- comparing ---- */

static bool starts_with(struct bc_bytes text, struct bc_bytes part)
{
	CPOL_METER(text.len >= part.len ? part.len / 8 : 0);
	return text.len >= part.len && (part.len == 0 || memcmp(text.ptr, part.ptr, part.len) == 0);
}

static bool is_same(struct bc_bytes a, struct bc_bytes b)
{
	return a.len == b.len && starts_with(a, b);
}

static struct bc_bytes after(struct bc_bytes text, uint32_t n)
{
	text.ptr += n;
	text.len -= n;
	return text;
}

static bool matches(struct machine *m, const struct step *s)
{
	struct bc_bytes text = text_of(m, &s->operands[0]);

	return cpol_match(m->view.now, word_of(m, &s->operands[1]), text.ptr, text.len);
}

/* The second text of MATCHCAT is in a register. */
static bool matches_after(struct machine *m, const struct step *s)
{
	const struct value *prefix = &m->registers[s->dest + 1];
	struct bc_bytes text = text_of(m, &s->operands[0]), start = { prefix->ptr, prefix->n };

	if (!starts_with(text, start))
		return false;
	text = after(text, start.len);
	return cpol_match(m->view.now, word_of(m, &s->operands[1]), text.ptr, text.len);
}

static bool is_below(struct bc_bytes low, struct bc_bytes high)
{
	return low.len > high.len && starts_with(low, high) && low.ptr[high.len] == '/';
}

/* The parts of EQCAT are in registers side by side. */
static bool is_joined(struct bc_bytes text, const struct value *part, uint32_t n)
{
	for (; n > 0; n--, part++) {
		struct bc_bytes start = { part->ptr, part->n };

		if (!starts_with(text, start))
			return false;
		text = after(text, start.len);
	}
	return text.len == 0;
}

/* What becomes of the flag; false ends the run. */
static bool follow(struct machine *m, const struct step *s)
{
	if (s->bits == 0)
		return true;
	if ((s->bits & STEP_NEGATED) != 0)
		m->flag = !m->flag;
	if ((s->bits & STEP_JUMPS) != 0 && m->flag == ((s->bits & STEP_ON) != 0))
		m->next = m->steps + s->jump;
	if ((s->bits & STEP_REQUIRES) != 0) {
		m->used = m->held;
		return m->flag || stop(m, s, CPOL_REQUIREMENT);
	}
	return true;
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
HOT bool next_element(const struct machine *m, struct loop *loop, struct value *element)
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

/* A test at the start of SOME's block that a repetition mostly ends with: what
 * follow() would do is known. */
HOT bool passes(struct machine *m, const struct step *s)
{
	return s->op == BC_MATCH ? matches(m, s) : is_same(text_of(m, &s->operands[0]), text_of(m, &s->operands[1]));
}

/* To the next element, or past the loop with its result. */
static bool advance(struct machine *m, struct loop *loop, bool is_decided)
{
	const struct step *begin = loop->begin;
	struct value *element = &m->registers[begin->slot];

	m->used = loop->held;
	while (!is_decided && next_element(m, loop, element)) {
		element[1].word++;
		m->next = begin + 1;
		if ((begin->bits & STEP_SIFTS) == 0)
			return true;
		if (passes(m, begin + 1)) {
			m->flag = true;
			m->next++;
			CPOL_METER(1);
			return true;
		}
		CPOL_METER(2);
	}
	m->n_loops--;
	m->next = m->steps + begin->past;
	if (begin->op == BC_ALL || begin->op == BC_SOME) {
		m->flag = is_decided == (begin->op == BC_SOME);
		return follow(m, begin);
	}
	m->registers[begin->dest] = loop->result;
	if ((begin->bits & STEP_HOLDS) != 0)
		m->held = m->used;
	return true;
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
	element[1].kind = V_WORD;
	element[1].type = INT;
	element[1].word = UINT64_MAX;   /* the place of none yet */
	m->n_loops++;
	return advance(m, loop, false);
}

/* The block of the innermost loop has left its value: a row for MAP, else the
 * flag. */
static bool end_repetition(struct machine *m, uint64_t row)
{
	struct loop *loop = &m->loops[m->n_loops - 1];
	uint8_t op = loop->begin->op;
	uint32_t i;

	if (op == BC_ALL || op == BC_SOME)
		return advance(m, loop, m->flag == (op == BC_SOME));
	if (op == BC_MAP) {
		((uint32_t *)(void *)loop->room)[loop->result.n++] = (uint32_t)row;
	} else if (op == BC_COUNT) {
		loop->result.word += m->flag;
	} else if (m->flag && loop->result.kind == V_CELLS) {
		i = loop->next - 1;
		loop->room[i / 8] |= (uint8_t)(1u << i % 8);
	} else if (m->flag) {
		i = (uint32_t)(m->registers[loop->begin->slot].word - loop->result.word);
		((uint64_t *)(void *)loop->room)[i / 64] |= UINT64_C(1) << i % 64;
	}
	return advance(m, loop, false);
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
	return reason == CPOL_ALLOWED || stop(m, s, reason);
}

static bool keep(struct machine *m, const struct step *s, const struct value *v)
{
	struct cpol_verdict *verdict = m->verdict;
	struct cpol_kept *kept = &verdict->kept[verdict->n_kept];

	if (verdict->n_kept == BC_KEEPS_MAX || !cpol_is_masked(v))
		return stop(m, s, CPOL_FAULT);
	for (uint32_t i = 0; i < verdict->n_kept; i++) {
		if (verdict->kept[i].field == s->index)
			return stop(m, s, CPOL_CONFLICT);
	}
	kept->field = s->index;
	kept->n = v->n;
	kept->mask = v->mask;
	verdict->n_kept++;
	m->held = m->used;
	return true;
}

static bool give(struct machine *m, const struct step *s, const struct value *v)
{
	uint32_t out = s->index;

	if (out >= BC_OUTS_MAX)
		return stop(m, s, CPOL_FAULT);
	if ((m->outs_set >> out & 1) != 0)
		return stop(m, s, CPOL_CONFLICT);
	m->outs_set |= 1u << out;
	m->verdict->outs[out] = v->word;
	return true;
}

static bool effect(struct machine *m, const struct step *s, const struct value *a, const struct value *b)
{
	bool goes_on;

	if (s->op == BC_KEEP)
		goes_on = keep(m, s, a);
	else if (s->op == BC_OUT)
		goes_on = give(m, s, a);
	else if (s->op == BC_GHOST)
		goes_on = m->view.now->options.ghost || stop(m, s, CPOL_ALLOWED);
	else if (s->op == BC_DONE)
		goes_on = stop(m, s, CPOL_ALLOWED);
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
	struct value out;

	if (s->op == STEP_COPY)
		out = *a;
	else
		out = cpol_word(s->op == STEP_SETBOOL ? BOOL : INT, m->flag);
	switch (s->op) {
	case STEP_COPY:
	case STEP_SETBOOL: break;
	case BC_KEYROWS:   out = cpol_key_rows(view, s->index, a); break;
	case BC_LEN:       out.word = cpol_count(view, a); break;
	case BC_AT:        find_element(m, a, b->word, &out); break;
	case BC_PICK:      find_element(m, a, 0, &out); break;
	case BC_ADD:       out.word = bc_plus(a->word, b->word); break;
	case BC_SUB:       out.word = a->word > b->word ? a->word - b->word : 0; break;
	default:           return stop(m, s, CPOL_FAULT);
	}
	m->registers[s->dest] = out;
	if ((s->bits & STEP_HOLDS) != 0)
		m->held = m->used;
	return true;
}

/* Steps that take values of any kind. */
static bool step(struct machine *m, const struct step *s)
{
	struct value rooms[2];
	const struct value *in[2] = { rooms, rooms };
	uint32_t i;

	for (i = 0; i < s->n_operands; i++)
		in[i] = value_of(m, &s->operands[i], &rooms[i]);
	if (s->op >= BC_HAS && s->op <= BC_OLDKEYS)
		return read_map(m, s, in[0]) && follow(m, s);
	if (s->op >= BC_SETVAR && s->op <= BC_DONE)
		return effect(m, s, in[0], in[1]);
	i = 0;
	if (s->op == BC_IN)
		m->flag = cpol_holds(&m->view, in[1], in[0]);
	else if (s->op == BC_EMPTY)
		m->flag = !cpol_next(&m->view, in[0], &i, NULL);
	else if (s->op == BC_EQLIST)
		m->flag = cpol_equal_many(&m->view, in[0], in[1]);
	else
		return s->op == STEP_NEXT_ROW ? end_repetition(m, in[0]->word) : compute(m, s, in[0], in[1]);
	return follow(m, s);
}

/* The step before m->next; false ends the run.  What is done most comes first,
 * with operands that need not be made into values. */
HOT bool run_one(struct machine *m, const struct step *s)
{
	const struct operand *a = &s->operands[0], *b = &s->operands[1];

	switch (s->op) {
	case STEP_NEXT:   return end_repetition(m, 0);
	case BC_ALL:
	case BC_SOME:
	case BC_COUNT:
	case BC_WHERE:
	case BC_MAP:      return begin_loop(m, s);
	case STEP_BRANCH: break;
	case STEP_TEST:   m->flag = word_of(m, a) != 0; break;
	case STEP_SAME:   m->flag = is_same(text_of(m, a), text_of(m, b)); break;
	case BC_EQ:       m->flag = word_of(m, a) == word_of(m, b); break;
	case BC_LT:       m->flag = word_of(m, a) < word_of(m, b); break;
	case BC_LE:       m->flag = word_of(m, a) <= word_of(m, b); break;
	case BC_MATCH:    m->flag = matches(m, s); break;
	case BC_MATCHCAT: m->flag = matches_after(m, s); break;
	case BC_BELOW:    m->flag = is_below(text_of(m, a), text_of(m, b)); break;
	case BC_EQCAT:    m->flag = is_joined(text_of(m, a), &m->registers[s->dest + 1], s->slot); break;
	default:          return step(m, s);
	}
	return follow(m, s);
}

bool cpol_run(struct machine *m, const struct cpol_group *g, const struct bc_code *code,
    const struct steps *steps)
{
	const struct header *header = cpol_header(g);
	uint64_t fuel = code->cost;     /* the static bound, counted down */
	const struct step *end;

	m->registers = cpol_work(g)->registers;
	m->loops = cpol_work(g)->loops;
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

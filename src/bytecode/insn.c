/* SPDX-License-Identifier: Apache-2.0
 *
 * insn.c - the types of single instructions.  What opcodes.def says of operands
 * has been seen to; here is the rest: indices, and types that depend on one
 * another.
 */
#include "judge.h"
#include "mem.h"

static bool is_scalar(uint32_t type)
{
	uint32_t base = BC_BASE(type);

	return BC_SHAPE(type) == BC_ONE && base >= BC_BOOL && base <= BC_TABLEROW && base != BC_LANGUAGE;
}

/* How many there are of what the index names. */
static uint32_t count_of(const struct judge *j)
{
	uint32_t of = BC_INDEX(j->top->shape.type);

	switch (j->op) {
	case BC_ENUM:    return j->p->n_enums;
	case BC_ROW:
	case BC_ROWS:
	case BC_NOROWS:
	case BC_KEYROWS: return j->p->n_tables;
	case BC_SWITCH:  return j->p->n_switches;
	case BC_FIELD:   return j->event->n_fields;
	case BC_COLUMN:  return j->p->tables[of].n_columns;
	case BC_MEMBER:  return bc_record_len(j->p, of);
	case BC_OUT:     return j->event->n_outs;
	}
	return (j->op >= BC_VAR && j->op <= BC_OLDKEYS) || (j->op >= BC_SETVAR && j->op <= BC_DEL)
	    ? j->p->n_vars : UINT32_MAX;
}

bool bc_index_fits(const struct judge *j)
{
	return j->index < count_of(j);
}

/* STR, DIGEST, PATTERN, ENUM and ROW: a value of the type. */
static enum bc_error judge_constant(struct judge *j, uint64_t value, const struct shape *out)
{
	if (bc_value_fits(j->o, out->type, value))
		return BC_OK;
	return j->op == BC_ENUM ? BC_E_ENUM_INDEX : j->op == BC_ROW ? BC_E_ROW_INDEX :
	    j->op == BC_DIGEST && value < j->p->strings.n ? BC_E_DIGEST : BC_E_POOL_INDEX;
}

static enum bc_error judge_keyrows(const struct judge *j, const struct shape *key)
{
	const struct bc_table *t = &j->p->tables[j->index];

	return t->has_key == 0 ? BC_E_NO_KEY : key->type != bc_column_type(t, 0) ? BC_E_OPERAND_TYPE : BC_OK;
}

static enum bc_error judge_local(struct judge *j, struct shape *out)
{
	uint32_t slot = j->code[j->at + 1];

	if (slot >= j->n_slots || j->slots[slot].type == 0)
		return BC_E_LOCAL;
	j->unread &= ~(UINT64_C(1) << slot);
	*out = j->slots[slot];
	return BC_OK;
}

/* VAR, HAS, GET, KEYS and their old twins. */
static enum bc_error judge_var(const struct judge *j, const struct operand *in, struct shape *out)
{
	bool is_old = j->op >= BC_OLDVAR;
	uint32_t op = is_old ? j->op - UINT32_C(4) : j->op;
	const struct bc_var *v = &j->p->vars[j->index];

	if (is_old && !j->is_step)
		return BC_E_NO_OLD;
	if ((op == BC_VAR) != (v->key == 0))
		return op == BC_VAR ? BC_E_NOT_SCALAR : BC_E_NOT_MAP;
	if ((v->flags & 1) != 0 && !j->is_claim && j->phase != PHASE_GHOST)
		return BC_E_GHOST_READ;
	if ((op == BC_HAS || op == BC_GET) && in->shape.type != v->key)
		return BC_E_OPERAND_TYPE;
	if (op == BC_HAS)
		return BC_OK;
	out->type = v->value;
	if (op == BC_KEYS) {
		out->type = v->key | (uint32_t)BC_SET << 24;
		out->origin = FROM_KEYS;
	}
	return out->type != 0 ? BC_OK : BC_E_NOT_MAP;
}

/* Of EQ, EQLIST and ADD the left is not greater than the right, as bytes. */
static enum bc_error judge_order(const struct judge *j, const struct operand *in)
{
	return bc_compare(j->code + in[0].start, in[1].start - in[0].start,
	    j->code + in[1].start, j->at - in[1].start) <= 0 ? BC_OK : BC_E_OPERAND_ORDER;
}

/* EQ and EQLIST: the types are one, the elements scalars. */
static enum bc_error judge_equal(const struct judge *j, const struct operand *in)
{
	const struct shape *a = &in[0].shape, *b = &in[1].shape;

	if (a->type != b->type || !is_scalar(bc_element(a->type)) || a->origin == FROM_KEYS || b->origin == FROM_KEYS)
		return BC_E_OPERAND_TYPE;
	return judge_order(j, in);
}

static enum bc_error judge_not(const struct judge *j, const struct operand *in)
{
	uint8_t op = j->code[in->made_at];

	return op == BC_TRUE || op == BC_FALSE ? BC_E_CONSTANT_OPERAND : op == BC_NOT ? BC_E_NOT_NOT : BC_OK;
}

/* One line for each instruction: hence its length. */
enum bc_error bc_judge_insn(struct judge *j, struct shape *out)
{
	const struct operand *in = j->top;
	const uint8_t *operands = j->code + j->at + 1;
	uint32_t index = j->index;
	const struct bc_policy *p = j->p;

	switch (j->op) {
	case BC_ENUM:    out->type = BC_TYPE(BC_ONE, BC_ENUMERATION, index);
	                 return judge_constant(j, bc_get16(operands + 2), out);
	case BC_STR:
	case BC_DIGEST:
	case BC_PATTERN: out->type = BC_TYPE(BC_ONE, j->op - BC_STR + BC_STRING, 0);
	                 return judge_constant(j, bc_get32(operands), out);
	case BC_ROW:     out->type = BC_TYPE(BC_ONE, BC_TABLEROW, index);
	                 return judge_constant(j, bc_get32(operands + 2), out);
	case BC_KEYROWS:
	case BC_ROWS:
	case BC_NOROWS:  out->type = BC_TYPE(BC_SET, BC_TABLEROW, index);
	                 return j->op == BC_KEYROWS ? judge_keyrows(j, &in->shape) : BC_OK;
	case BC_SWITCH:  out->type = bc_switch_type(p, index); break;
	case BC_LOCAL:   return judge_local(j, out);
	case BC_FIELD:   out->type = bc_field_type(j->event, index);
	                 out->origin = FROM_FIELD;
	                 out->field = (uint16_t)index; break;
	case BC_COLUMN:  out->type = bc_column_type(&p->tables[BC_INDEX(in->shape.type)], index); break;
	case BC_MEMBER:  out->type = bc_member_type(p, BC_INDEX(in->shape.type), index); break;
	case BC_VAR:
	case BC_HAS:
	case BC_GET:
	case BC_KEYS:
	case BC_OLDVAR:
	case BC_OLDHAS:
	case BC_OLDGET:
	case BC_OLDKEYS: return judge_var(j, in, out);
	case BC_AT:      out->type = bc_element(in->shape.type);
	                 return BC_BASE(out->type) == BC_RECORD ? BC_E_OPERAND_TYPE : BC_OK;
	case BC_PICK:    out->type = bc_element(in->shape.type);
	                 return bc_is_rows(&in->shape) ? BC_OK : BC_E_OPERAND_TYPE;
	case BC_IN:      return bc_element(in[1].shape.type) == in->shape.type ? BC_OK : BC_E_OPERAND_TYPE;
	case BC_EQ:
	case BC_EQLIST:  return judge_equal(j, in);
	case BC_ADD:     return judge_order(j, in);
	case BC_NOT:     return judge_not(j, in);
	}
	return BC_OK;
}

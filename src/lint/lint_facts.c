/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_facts.c - what a rule has required of the request by then: see
 * lint_flow.h.
 */
#include "lint_fold.h"

static void add_fact(struct flow *f, const struct flow_fact *fact)
{
	/* Without room something is forgotten, which only says less. */
	if (f->n_facts < FLOW_FACTS && !f->blind)
		f->facts[f->n_facts++] = *fact;
}

static void add_facts(const struct flow *f, enum flow_about about, uint32_t of, uint32_t member,
    struct fold *v)
{
	uint32_t i;

	for (i = 0; i < f->n_facts; i++) {
		const struct flow_fact *fact = &f->facts[i];

		if (fact->about != about || fact->of != of || fact->member != member)
			continue;
		if (fact->lang != NULL)
			v->lang = lint_and(&f->lint->langs, v->lang, fact->lang);
		if (fact->known) {
			v->known = true;
			v->word = fact->word;
		}
	}
}

struct fold fold_of_field(const struct flow *f, uint32_t field)
{
	struct fold v = flow_any(f, bc_field_type(&f->p->events[f->event], field));

	v.field = field + 1;
	if (BC_SHAPE(v.type) == BC_ONE)
		add_facts(f, FLOW_FIELD, field, 0, &v);
	return v;
}

struct fold fold_of_member(struct flow *f, const struct tree_expr *e)
{
	struct fold element = flow_eval(f, e->kids[0]), v = flow_any(f, e->type);

	if (element.field != 0)
		add_facts(f, FLOW_MEMBER, element.field - 1, (uint32_t)e->a, &v);
	if (element.slot != 0)
		add_facts(f, FLOW_SLOT, element.slot - 1, (uint32_t)e->a, &v);
	return v;
}

/* What is said within a loop of what is not its element holds only if there is
 * an element: it is no fact. */
static bool fact_about(struct flow *f, const struct tree_expr *e, struct flow_fact *fact)
{
	struct fold element;

	memset(fact, 0, sizeof(*fact));
	if (e->op == BC_FIELD) {
		fact->about = FLOW_FIELD;
		fact->of = (uint32_t)e->a;
		return f->lasting == 0;
	}
	if (e->op != BC_MEMBER)
		return false;
	element = flow_eval(f, e->kids[0]);
	if (element.slot == 0 || (f->lasting != 0 && element.slot != f->lasting))
		return false;
	fact->member = (uint32_t)e->a;
	fact->about = element.slot == f->lasting ? FLOW_MEMBER : FLOW_SLOT;
	fact->of = element.slot == f->lasting ? element.field - 1 : element.slot - 1;
	return element.slot != f->lasting || element.field != 0;
}

static void assume_match(struct flow *f, const struct tree_expr *e, bool truth)
{
	struct fold pattern = flow_eval(f, e->kids[1]);
	struct flow_fact fact;

	if (!pattern.known || !fact_about(f, e->kids[0], &fact))
		return;
	fact.lang = lint_lang(&f->lint->langs, (uint32_t)pattern.word);
	if (!truth)
		fact.lang = lint_not(&f->lint->langs, fact.lang);
	add_fact(f, &fact);
}

static void assume_equal(struct flow *f, const struct tree_expr *e)
{
	struct flow_fact fact;
	struct fold v;
	uint32_t i;

	for (i = 0; i < 2; i++) {
		v = flow_eval(f, e->kids[1 - i]);
		if (!v.known || !fact_about(f, e->kids[i], &fact))
			continue;
		fact.known = !fold_is_text(v.type);
		fact.word = v.word;
		if (fold_is_text(v.type))
			fact.lang = lint_literal(&f->lint->langs, v.text);
		add_fact(f, &fact);
	}
}

/* What holds for every element of a field's list holds for each that is met later. */
static void assume_all(struct flow *f, const struct tree_expr *e)
{
	struct fold over = flow_eval(f, e->kids[0]);

	if (over.field == 0 || over.listed || BC_SHAPE(over.type) == BC_ONE)
		return;
	f->slots[e->slot] = flow_any(f, bc_element(over.type));
	f->slots[e->slot].field = over.field;
	f->slots[e->slot].slot = e->slot + 1;
	f->slots[e->slot + 1] = flow_any(f, BC_TYPE(BC_ONE, BC_INTEGER, 0));
	f->lasting = e->slot + 1;
	flow_assume(f, e->kids[1], true);
	f->lasting = 0;
}

void flow_assume(struct flow *f, const struct tree_expr *e, bool truth)
{
	struct flow_fact fact;
	uint32_t i;

	switch ((unsigned)e->op) {
	case BC_NOT:
		flow_assume(f, e->kids[0], !truth);
		break;
	case BC_AND:
	case BC_OR:
		for (i = 0; truth == (e->op == BC_AND) && i < e->n_kids; i++)
			flow_assume(f, e->kids[i], truth);
		break;
	case BC_MATCH:
		assume_match(f, e, truth);
		break;
	case BC_EQ:
		if (truth)
			assume_equal(f, e);
		break;
	case BC_ALL:
		/* Only of a whole field, not of what a condition left of it. */
		if (truth && f->lasting == 0 && e->kids[0]->op == BC_FIELD)
			assume_all(f, e);
		break;
	case BC_FIELD:
		if (fact_about(f, e, &fact)) {
			fact.known = true;
			fact.word = truth;
			add_fact(f, &fact);
		}
		break;
	default:
		break;
	}
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * certificate.c - reads a certificate and follows its proofs.  The first thing
 * that is wrong refuses all of it.
 */
#include "certificate.h"

#include "../base/digest.h"
#include "../bytecode/open.h"
#include "proof.h"

struct reader {
	struct arena *arena;
	const uint8_t *bytes;
	size_t at, end;
	struct certificate_report *report;
	const struct tree_policy *tree;
	struct duties *duties;
	bool *proves;
};

static bool refuse(struct reader *r, size_t where, const char *why)
{
	if (r->report->why == NULL) {
		r->report->why = why;
		r->report->where = where;
	}
	return false;
}

static unsigned hex_value(char digit)
{
	return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a' + 10);
}

void certificate_digest(const void *bytes, size_t len, uint8_t digest[CERTIFICATE_DIGEST])
{
	char hex[DIGEST_HEX_LEN + 1];

	digest_hex(bytes, len, hex);
	for (size_t i = 0; i < CERTIFICATE_DIGEST; i++)
		digest[i] = (uint8_t)(hex_value(hex[2 * i]) << 4 | hex_value(hex[2 * i + 1]));
}

/* ---- reading --------------------------------------------------------------- */

static const uint8_t *take(struct reader *r, size_t len)
{
	const uint8_t *bytes = r->bytes + r->at;

	if (r->end - r->at < len) {
		refuse(r, r->at, "it ends too early");
		return NULL;
	}
	r->at += len;
	return bytes;
}

static bool take_number(struct reader *r, uint32_t *number)
{
	size_t start = r->at;
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 35; shift += 7) {
		const uint8_t *byte = take(r, 1);

		if (byte == NULL)
			return false;
		value |= (uint64_t)(*byte & 0x7f) << shift;
		if ((*byte & 0x80) != 0)
			continue;
		if (value > UINT32_MAX || (*byte == 0 && shift > 0))
			break;
		*number = (uint32_t)value;
		return true;
	}
	return refuse(r, start, "a number is not written as it should be");
}

static bool open_header(struct reader *r, struct str all)
{
	uint8_t digest[CERTIFICATE_DIGEST];
	const struct bc_policy *p = r->tree->policy;

	if (all.len < 8 + 4 + 2 * CERTIFICATE_DIGEST)
		return refuse(r, all.len, "it ends too early");
	if (memcmp(r->bytes, CERTIFICATE_MAGIC, 8) != 0)
		return refuse(r, 0, "this is no certificate");
	if (bc_get32(r->bytes + 8) != CERTIFICATE_VERSION)
		return refuse(r, 8, "it is of another version");
	r->end = all.len - CERTIFICATE_DIGEST;
	certificate_digest(r->bytes, r->end, digest);
	if (memcmp(digest, r->bytes + r->end, CERTIFICATE_DIGEST) != 0)
		return refuse(r, r->end, "it was changed: its digest is another");
	certificate_digest(p->bytes, p->len, digest);
	if (memcmp(digest, r->bytes + 12, CERTIFICATE_DIGEST) != 0)
		return refuse(r, 12, "it is of another policy");
	r->at = 12 + CERTIFICATE_DIGEST;
	return true;
}

static bool take_claims(struct reader *r)
{
	const struct bc_policy *p = r->tree->policy;
	uint32_t n, claim, before = 0;
	size_t start;

	if (!take_number(r, &n))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		start = r->at;
		if (!take_number(r, &claim))
			return false;
		if (claim >= p->n_claims || (i > 0 && claim <= before))
			return refuse(r, start, "no such claim, or not in order");
		if (p->claims[claim].kind == BC_REACHABLE)
			return refuse(r, start, "a `reachable` claim is not proved this way");
		duties_add_claim(r->duties, claim);
		r->proves[claim] = true;
		before = claim;
	}
	r->report->n_claims = n;
	return true;
}

/* Judged as if the policy claimed it. */
static bool take_lemma(struct reader *r)
{
	struct bc_policy *policy = arena_new(r->arena, struct bc_policy);
	struct bc_claim claim = { .kind = BC_INVARIANT };
	struct opener o = { .p = policy };
	size_t start = r->at;

	if (!take_number(r, &claim.code.len))
		return false;
	if (claim.code.len == 0 || claim.code.len > BC_CODE_MAX)
		return refuse(r, start, "a lemma has no code, or too much");
	start = r->at;
	claim.code.ptr = take(r, claim.code.len);
	if (claim.code.ptr == NULL)
		return false;
	*policy = *r->tree->policy;
	if (!bc_judge_code(&o, &claim.code, NULL, &claim))
		return refuse(r, start, "a lemma is not code that can be claimed");
	duties_add_lemma(r->duties, tree_of_code(r->arena, r->tree->policy, &claim.code));
	return true;
}

static bool take_lemmas(struct reader *r)
{
	uint32_t n;
	size_t start = r->at;

	if (!take_number(r, &n))
		return false;
	if (n > CERTIFICATE_LEMMAS_MAX)
		return refuse(r, start, "there are too many lemmas");
	for (uint32_t i = 0; i < n; i++)
		if (!take_lemma(r))
			return false;
	r->report->n_lemmas = n;
	return true;
}

/* ---- proofs ------------------------------------------------------------------ */

static bool take_steps(struct reader *r, struct proof *p)
{
	while (true) {
		struct proof_step step = { .kind = PROOF_END };
		size_t start = r->at;
		const uint8_t *kind = take(r, 1);

		if (kind == NULL)
			return false;
		if (*kind == PROOF_END)
			return true;
		if (*kind >= PROOF_KINDS)
			return refuse(r, start, "there is no such step");
		step.kind = (enum proof_kind)*kind;
		if (!take_number(r, &step.a) || (proof_operands(step.kind) == 2 && !take_number(r, &step.b)))
			return false;
		if (!proof_step(p, &step))
			return refuse(r, start, "a step that cannot be taken");
		r->report->n_steps++;
	}
}

/* Each case that is open is split by the node that comes next. */
static bool take_cases(struct reader *r, struct ground *g)
{
	uint32_t nodes[CERTIFICATE_CASES_MAX], depth = 0;
	bool is_second[CERTIFICATE_CASES_MAX];

	while (true) {
		size_t start = r->at;

		if (ground_work(g) / CERTIFICATE_WORK > r->end)
			return refuse(r, start, "it takes too long to follow");
		if (!ground_is_refuted(g)) {
			if (depth == CERTIFICATE_CASES_MAX)
				return refuse(r, start, "there are too many cases within each other");
			if (!take_number(r, &nodes[depth]))
				return false;
			if (nodes[depth] >= ground_count(g) || ground_value(g, nodes[depth]) != GROUND_OPEN ||
			    ground_node(g, nodes[depth])->sort != FOL_BOOL)
				return refuse(r, start, "a case of nothing");
			is_second[depth] = false;
			r->report->n_cases++;
		} else {
			while (depth > 0 && is_second[depth - 1]) {
				ground_pop(g);
				depth--;
			}
			if (depth == 0)
				return true;
			ground_pop(g);
			is_second[--depth] = true;
		}
		ground_push(g);
		ground_suppose(g, nodes[depth], !is_second[depth]);
		depth++;
	}
}

static bool take_proof(struct reader *r, struct proof *p, uint32_t goal, uint32_t event)
{
	struct fol *after = duty_after(r->duties, goal, event);

	if (after == NULL)
		return true;
	r->report->n_proofs++;
	if (!proof_begin(p, goal, event, after))
		return refuse(r, r->at, "a claim is too large");
	return take_steps(r, p) && take_cases(r, p->ground);
}

static bool take_proofs(struct reader *r)
{
	struct proof p = { .duties = r->duties, .ground = ground_new(r->arena) };
	uint32_t n = r->tree->policy->n_events;

	for (uint32_t goal = 0; goal < r->duties->n_goals; goal++) {
		if (!take_proof(r, &p, goal, DUTY_FIRST))
			return false;
		for (uint32_t event = 0; event < n; event++)
			if (!take_proof(r, &p, goal, event))
				return false;
	}
	if (fol_is_full(r->duties->lift.space))
		return refuse(r, r->at, "it is too large");
	return r->at == r->end || refuse(r, r->at, "there is more than the proofs");
}

struct certificate_report certificate_check(struct arena *a, const struct tree_policy *tree,
    struct str certificate)
{
	struct certificate_report report = { .why = NULL };
	struct reader r = { .arena = a, .bytes = (const uint8_t *)certificate.ptr, .report = &report,
	    .tree = tree };

	r.proves = arena_array(a, tree->policy->n_claims + 1, bool);
	if (open_header(&r, certificate)) {
		r.duties = duties_new(a, tree);
		report.is_good = take_claims(&r) && take_lemmas(&r) && take_proofs(&r);
	}
	report.proves = report.is_good ? r.proves :
	    arena_array(a, tree->policy->n_claims + 1, bool);
	return report;
}

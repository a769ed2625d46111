/* SPDX-License-Identifier: Apache-2.0
 *
 * mutate POLICY.cpb CERTIFICATE COUNT   changed certificates are refused
 * mutate --for POLICY.cpb CERTIFICATE   so is one that is made out for a policy
 *                                       which it was not written for
 *
 * A change is tried as it is, and with the digest at the end made right again.
 * The first is refused always.  The second may still be a proof, by other steps:
 * it is counted, and proves no claim that the original does not.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../src/base/file.h"
#include "../../src/check/certificate.h"

struct mutator {
	struct arena arena;             /* of what stays */
	struct bc_policy policy;
	struct tree_policy *tree;
	struct str original;
	struct certificate_report good; /* of the original */
	uint64_t random;
	uint32_t n_raw, n_sealed, n_refused, n_harmless, n_wrong;
	uint32_t n_fewer, n_longer, n_shorter, n_other; /* what the harmless are */
};

static uint32_t pick(struct mutator *m, size_t n)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return n == 0 ? 0 : (uint32_t)((m->random >> 16) % n);
}

static void seal(uint8_t *bytes, size_t len)
{
	if (len >= CERTIFICATE_DIGEST)
		certificate_digest(bytes, len - CERTIFICATE_DIGEST, bytes + len - CERTIFICATE_DIGEST);
}

static struct certificate_report check(struct mutator *m, struct arena *a, const uint8_t *bytes, size_t len)
{
	return certificate_check(a, m->tree, (struct str){ (const char *)bytes, len });
}

/* Changes some bytes, takes some out, doubles some or swaps two runs; returns
 * the new length.  Room is for twice as much. */
static size_t change(struct mutator *m, uint8_t *bytes, size_t len)
{
	size_t body = len - CERTIFICATE_DIGEST, at = pick(m, body), run = 1 + pick(m, 6), other;

	if (run > body - at)
		run = body - at;
	switch (pick(m, 6)) {
	case 0:
		bytes[at] ^= (uint8_t)(1u << pick(m, 8));
		return len;
	case 1:
		bytes[at] = (uint8_t)pick(m, 16);
		return len;
	case 2:
		memmove(bytes + at, bytes + at + run, len - at - run);
		return len - run;
	case 3:
		memmove(bytes + at + run, bytes + at, len - at);
		return len + run;
	case 4:
		other = pick(m, body - run + 1);
		for (size_t i = 0; i < run; i++) {
			uint8_t byte = bytes[at + i];

			bytes[at + i] = bytes[other + i];
			bytes[other + i] = byte;
		}
		return len;
	default:
		return at;
	}
}

static bool is_original(const struct mutator *m, const uint8_t *bytes, size_t len)
{
	return len == m->original.len && memcmp(bytes, m->original.ptr, len) == 0;
}

static void judge(struct mutator *m, struct arena *a, const uint8_t *bytes, size_t len, bool sealed)
{
	struct certificate_report r = check(m, a, bytes, len);

	if (!r.is_good) {
		m->n_refused++;
		return;
	}
	if (!sealed) {
		m->n_wrong++;
		return;
	}
	m->n_harmless++;
	if (r.n_claims != m->good.n_claims)
		m->n_fewer++;
	else if (r.n_steps + r.n_cases > m->good.n_steps + m->good.n_cases)
		m->n_longer++;
	else if (r.n_steps + r.n_cases < m->good.n_steps + m->good.n_cases)
		m->n_shorter++;
	else
		m->n_other++;
	for (uint32_t i = 0; i < m->policy.n_claims; i++)
		m->n_wrong += r.proves[i] && !m->good.proves[i];
}

static void turn(struct mutator *m)
{
	struct arena arena = { 0 };
	uint8_t *bytes = arena_alloc(&arena, m->original.len * 2);
	size_t len = m->original.len;

	memcpy(bytes, m->original.ptr, len);
	for (uint32_t n = 1 + pick(m, 3) / 2; n > 0 && len > 2 * CERTIFICATE_DIGEST; n--)
		len = change(m, bytes, len);
	if (!is_original(m, bytes, len)) {
		m->n_raw++;
		judge(m, &arena, bytes, len, false);
	}
	seal(bytes, len);
	if (!is_original(m, bytes, len)) {
		m->n_sealed++;
		judge(m, &arena, bytes, len, true);
	}
	arena_clear(&arena);
}

/* Each byte on its own, in every value that differs in one bit. */
static void every_bit(struct mutator *m)
{
	struct arena arena = { 0 };
	uint8_t *bytes = arena_alloc(&arena, m->original.len);

	memcpy(bytes, m->original.ptr, m->original.len);
	for (size_t at = 0; at < m->original.len; at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes[at] ^= (uint8_t)(1u << bit);
			m->n_raw++;
			judge(m, &arena, bytes, m->original.len, false);
			bytes[at] ^= (uint8_t)(1u << bit);
			arena_clear(&arena);
			bytes = arena_alloc(&arena, m->original.len);
			memcpy(bytes, m->original.ptr, m->original.len);
		}
	arena_clear(&arena);
}

static bool open_both(struct mutator *m, const char *policy, const char *certificate)
{
	struct str bytes;

	if (file_read(&m->arena, policy, BC_LEN_MAX, &bytes) != 0 ||
	    file_read(&m->arena, certificate, CERTIFICATE_LEN_MAX, &m->original) != 0 ||
	    bc_open(&m->policy, bytes.ptr, bytes.len, NULL) != BC_OK)
		return false;
	m->tree = tree_of_policy(&m->arena, &m->policy);
	return true;
}

/* The certificate with the digest of this policy in it. */
static int make_out_for(struct mutator *m)
{
	uint8_t *bytes = arena_alloc(&m->arena, m->original.len);
	struct certificate_report r;

	memcpy(bytes, m->original.ptr, m->original.len);
	certificate_digest(m->policy.bytes, m->policy.len, bytes + 12);
	seal(bytes, m->original.len);
	r = check(m, &m->arena, bytes, m->original.len);
	printf("# %s\n", r.is_good ? "accepted" : r.why);
	return r.is_good ? 1 : 0;
}

static int mutate(struct mutator *m, uint32_t count)
{
	struct certificate_report r = certificate_check(&m->arena, m->tree, m->original);

	if (!r.is_good) {
		printf("not ok - the certificate is good before it is changed\n");
		return 1;
	}
	m->good = r;
	m->random = UINT64_C(0x9e3779b97f4a7c15);
	every_bit(m);
	while (m->n_raw + m->n_sealed < count)
		turn(m);
	printf("%s - %u certificates with a change are refused, and %u made to look whole prove nothing else\n",
	    m->n_wrong == 0 ? "ok" : "not ok", (unsigned)m->n_raw, (unsigned)m->n_sealed);
	printf("# %u refused, %u are still proofs of what is true, %u wrong\n", (unsigned)m->n_refused,
	    (unsigned)m->n_harmless, (unsigned)m->n_wrong);
	printf("# why they still are: %u of fewer claims, %u with a step or case that is not needed, %u without\n"
	    "# one, %u with another in its place\n", (unsigned)m->n_fewer, (unsigned)m->n_longer,
	    (unsigned)m->n_shorter, (unsigned)m->n_other);
	return m->n_wrong == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct mutator m = { .random = 1 };
	bool is_for = argc == 4 && strcmp(argv[1], "--for") == 0;
	int status = 2;

	if (argc == 4 && open_both(&m, argv[is_for ? 2 : 1], argv[is_for ? 3 : 2]))
		status = is_for ? make_out_for(&m) : mutate(&m, (uint32_t)strtoul(argv[3], NULL, 10));
	else
		fputs("usage: mutate POLICY.cpb CERTIFICATE COUNT, or --for POLICY.cpb CERTIFICATE\n", stderr);
	arena_clear(&m.arena);
	return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * cache.c - an entry's name is the digest of an obligation, without what is
 * assumed; its text says at which level and with which goals it was shown, and
 * the digest of the whole question.  To believe it, the question is made again
 * from the policy at hand, and the text that would be written of it must be the
 * text that is there, byte for byte.
 *
 * A whole policy has an entry too once all of it is proved, by the digest of its
 * bytes: the second proof of the same bytes lifts nothing.
 */
#include "cache.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/bytes.h"
#include "../base/file.h"
#include "canon.h"
#include "smt.h"
#include "verifier_id.h"

#ifndef COCOAPOL_VERSION
#define COCOAPOL_VERSION "unknown"
#endif

#define MOST_BYTES      (1u << 20)      /* of an entry */
#define NEEDS           "needs "

struct cache {
	struct arena *arena;
	const char *folder;
	struct canon *canon;
	const uint8_t **guards;         /* digests, by event */
};

int cache_prepare(const char *folder)
{
	struct stat st;

	if ((mkdir(folder, 0777) != 0 && errno != EEXIST) || stat(folder, &st) != 0)
		return -1;
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return -1;
	}
	return access(folder, R_OK | W_OK | X_OK);
}

struct cache *cache_open(struct prover *p, const char *folder)
{
	struct cache *c = arena_new(p->arena, struct cache);

	c->arena = p->arena;
	c->folder = folder;
	c->canon = canon_new(&p->lift);
	c->guards = arena_array(p->arena, p->tree->policy->n_events + 1, const uint8_t *);
	return c;
}

static void put_hex(struct bytes *b, const uint8_t *digest)
{
	size_t at = bytes_extend(b, 2 * (size_t)DIGEST_LEN);

	for (uint32_t i = 0; i < DIGEST_LEN; i++) {
		b->ptr[at + 2 * i] = (uint8_t)"0123456789abcdef"[digest[i] >> 4];
		b->ptr[at + 2 * i + 1] = (uint8_t)"0123456789abcdef"[digest[i] & 15];
	}
}

static const char *path_in(struct arena *a, const char *folder, const uint8_t *digest)
{
	struct bytes b = { .arena = a };

	bytes_printf(&b, "%s/", folder);
	put_hex(&b, digest);
	bytes_put8(&b, 0);
	return (const char *)b.ptr;
}

static const char *path_of(struct cache *c, const struct prover *p, const struct goal *g,
    const struct obligation *o)
{
	struct bytes b = { .arena = c->arena };
	uint8_t digest[DIGEST_LEN];
	bool is_first = o->event == FIRST_STATE;

	bytes_printf(&b, "%s %d %d ", COCOAPOL_VERSION, g->is_step, is_first);
	bytes_put(&b, canon_digest(c->canon, o->after), DIGEST_LEN);
	if (!is_first && c->guards[o->event] == NULL)
		c->guards[o->event] = canon_digest(c->canon, p->rules[o->event].guard);
	if (!is_first)
		bytes_put(&b, c->guards[o->event], DIGEST_LEN);
	digest_of(b.ptr, b.len, digest);
	return path_in(c->arena, c->folder, digest);
}

static int by_bytes(const void *l, const void *r)
{
	return memcmp(*(const uint8_t *const *)l, *(const uint8_t *const *)r, DIGEST_LEN);
}

static struct str head_of(const struct cache *c, enum ask_level level)
{
	return arena_printf(c->arena, "cocoapolv %s level %d\n", COCOAPOL_VERSION, (int)level);
}

/* What the entry is if the obligation was shown so. */
static struct str text_of(struct cache *c, struct prover *p, const struct goal *g,
    const struct obligation *o, enum ask_level level, const bool *assumed)
{
	struct bytes b = { .arena = c->arena };
	struct question q = ask_question(p, g, o, level, assumed);
	const uint8_t **needs = arena_array(c->arena, p->n_goals + 1, const uint8_t *);
	struct str head = head_of(c, level);
	uint8_t digest[DIGEST_LEN];
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n_goals; i++)
		if (assumed[i])
			needs[n++] = canon_digest(c->canon, p->goals[i].now);
	qsort(needs, n, sizeof(*needs), by_bytes);
	bytes_put(&b, head.ptr, head.len);
	for (uint32_t i = 0; i < n; i++) {
		bytes_printf(&b, NEEDS);
		put_hex(&b, needs[i]);
		bytes_put8(&b, '\n');
	}
	for (uint32_t i = 0; i < q.facts.n; i++)
		fol_list_add(c->arena, &q.formulas, q.facts.items[i]);
	canon_digest_set(c->canon, q.formulas.items, q.formulas.n, digest);
	bytes_printf(&b, "proved ");
	put_hex(&b, digest);
	bytes_put8(&b, '\n');
	return bytes_str(&b);
}

/* What the text says was assumed, as far as that is assumed now. */
static void read_needs(struct cache *c, struct prover *p, struct str text, const struct obligation *o,
    bool *assumed)
{
	struct bytes b = { .arena = c->arena };

	for (uint32_t i = 0; i < p->n_goals; i++) {
		struct str line;

		if (p->goals[i].is_step || p->goals[i].is_out || o->event == FIRST_STATE)
			continue;
		b.len = 0;
		bytes_printf(&b, NEEDS);
		put_hex(&b, canon_digest(c->canon, p->goals[i].now));
		line = bytes_str(&b);
		for (size_t at = 0; at + line.len <= text.len && !assumed[i]; at++) {
			const char *next = memchr(text.ptr + at, '\n', text.len - at);

			assumed[i] = memcmp(text.ptr + at, line.ptr, line.len) == 0;
			at = next == NULL ? text.len : (size_t)(next - text.ptr);
		}
	}
}

bool cache_knows(struct cache *c, struct prover *p, const struct goal *g, struct obligation *o)
{
	bool *assumed = arena_array(c->arena, p->n_goals + 1, bool);
	struct str text;

	if (file_read(c->arena, path_of(c, p, g, o), MOST_BYTES, &text) != 0)
		return false;
	read_needs(c, p, text, o, assumed);
	for (uint32_t i = 0; i < ASK_LEVELS; i++) {
		enum ask_level level = (enum ask_level)i;
		struct str head = head_of(c, level);

		if (text.len < head.len || memcmp(text.ptr, head.ptr, head.len) != 0 ||
		    !str_equal(text, text_of(c, p, g, o, level, assumed)))
			continue;
		o->shown = !fol_is_full(p->lift.space);
		o->level = level;
		o->assumed = assumed;
		o->n_assumed = p->n_goals;
		return o->shown;
	}
	return false;
}

void cache_store(struct cache *c, struct prover *p, const struct goal *g, const struct obligation *o)
{
	struct str text = text_of(c, p, g, o, o->level, o->assumed);

	(void)file_write(path_of(c, p, g, o), text.ptr, text.len);
}

/* ---- whole policies ---------------------------------------------------------- */

/* A question names all that it depends on; this entry stands for the lifting
 * too, so it is of the very sources that this verifier was made of, and of its solver. */
static struct str policy_text(struct arena *a, const uint8_t *policy, const struct cache_policy *known)
{
	struct bytes b = { .arena = a };

	bytes_printf(&b, "cocoapolv %s %s %s policy ", COCOAPOL_VERSION, VERIFIER_ID, smt_version());
	put_hex(&b, policy);
	bytes_printf(&b, "\nproved %u claims: %u obligations, %u lemmas\n", (unsigned)known->n_claims,
	    (unsigned)known->n_obligations, (unsigned)known->n_lemmas);
	return bytes_str(&b);
}

static const char *policy_path(struct arena *a, const char *folder, const uint8_t *policy)
{
	struct bytes b = { .arena = a };
	uint8_t digest[DIGEST_LEN];

	bytes_printf(&b, "%s %s %s policy ", COCOAPOL_VERSION, VERIFIER_ID, smt_version());
	bytes_put(&b, policy, DIGEST_LEN);
	digest_of(b.ptr, b.len, digest);
	return path_in(a, folder, digest);
}

bool cache_knows_policy(struct arena *a, const char *folder, const uint8_t *policy, struct cache_policy *known)
{
	unsigned n_claims, n_obligations, n_lemmas;
	struct str text;
	const char *numbers;

	if (file_read(a, policy_path(a, folder, policy), MOST_BYTES, &text) != 0)
		return false;
	text = arena_printf(a, "%.*s", STR_ARG(text));  /* ends with a 0 */
	numbers = strchr(text.ptr, '\n');
	if (numbers == NULL || sscanf(numbers, "\nproved %u claims: %u obligations, %u lemmas", &n_claims,
	    &n_obligations, &n_lemmas) != 3 || n_claims != known->n_claims)
		return false;
	known->n_obligations = n_obligations;
	known->n_lemmas = n_lemmas;
	return str_equal(text, policy_text(a, policy, known));
}

void cache_store_policy(struct arena *a, const char *folder, const uint8_t *policy,
    const struct cache_policy *known)
{
	struct str text = policy_text(a, policy, known);

	(void)file_write(policy_path(a, folder, policy), text.ptr, text.len);
}

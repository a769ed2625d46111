/* SPDX-License-Identifier: Apache-2.0
 *
 * compare_walk.c - see compare_walk.h.
 */
#include "compare_walk.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytecode/decode.h"
#include "compare/joint_prove.h"
#include "compiler/compile.h"
#include "compiler/emit.h"
#include "request/request.h"
#include "search/snapshot.h"

/* ---- sides ---- */

static struct str compile(struct arena *a, struct str text)
{
	struct diag d = { .out = stdout };
	struct cpolc *c = cpolc_new(&d);
	const struct ir_policy *ir = cpolc_add(c, "made", text) == 0 ? cpolc_lower(c) : NULL;
	struct canonical image;
	struct str bytes = { NULL, 0 };

	if (ir != NULL && emit(cpolc_arena(c), ir, &d, &image) == 0)
		bytes = arena_copy(a, image.ptr, image.len);
	else
		printf("%.*s", STR_ARG(text));
	cpolc_free(c);
	return bytes;
}

bool open_side(struct arena *a, struct side *s)
{
	size_t where, len;

	s->bytes = compile(a, s->text);
	if (s->bytes.ptr == NULL || cpol_open(&s->policy, s->bytes.ptr, s->bytes.len, &where) != BC_OK)
		return false;
	len = cpol_memory(&s->policy, NULL);
	return cpol_init(&s->group, &s->policy, arena_alloc(a, len), len, NULL) == BC_OK;
}

static bool is_kept(const struct cpol_verdict *v, uint32_t element)
{
	for (uint32_t i = 0; i < v->n_kept; i++)
		if ((v->kept[i].mask[element / 8] >> element % 8 & 1) == 0)
			return false;
	return true;
}

bool goes_beyond(const struct cpol_verdict *within, const struct cpol_verdict *beyond, uint32_t n_tags)
{
	if (!beyond->allowed)
		return false;
	if (!within->allowed)
		return true;
	for (uint32_t i = 0; i < n_tags; i++)
		if (is_kept(beyond, i) && !is_kept(within, i))
			return true;
	for (uint32_t i = 0; i < beyond->n_outs; i++)
		if (within->outs[i] != beyond->outs[i])
			return true;
	return false;
}

/* ---- walks ---- */

void add_request(struct arena *a, const struct bc_policy *p, struct universe *u, const char *json)
{
	json_t *parsed = json_loads(json, 0, NULL);
	struct request request;
	struct str error = { NULL, 0 };

	if (parsed == NULL || request_of_json(a, p, parsed, &request, &error) != 0 ||
	    request_encode(a, p, &request, &u->requests[u->n], &error) != 0) {
		printf("not ok - %s: %.*s\n", json, STR_ARG(error));
		exit(1);
	}
	u->n_tags[u->n++] = (uint32_t)json_array_size(json_object_get(parsed, "tags"));
	json_decref(parsed);
}

static struct str take(struct arena *a, const struct cpol_group *g)
{
	struct bytes b = { .arena = a };

	snapshot_take(&b, g);
	return bytes_str(&b);
}

static void add_state(struct walk *w, uint32_t depth)
{
	struct str within = take(w->arena, &w->within->group), beyond = take(w->arena, &w->beyond->group);

	for (uint32_t i = 0; i < w->n; i++)
		if (str_equal(w->states[i].within, within) && str_equal(w->states[i].beyond, beyond))
			return;
	if (w->n == MOST_STATES)
		abort();
	w->states[w->n++] = (struct state){ within, beyond, depth };
}

static void restore(struct walk *w, uint32_t at)
{
	if (!snapshot_restore(w->arena, &w->within->group, w->states[at].within) ||
	    !snapshot_restore(w->arena, &w->beyond->group, w->states[at].beyond))
		abort();
}

uint32_t enumerate(struct walk *w)
{
	w->n = 0;
	state_clear(&w->within->group);
	state_clear(&w->beyond->group);
	add_state(w, 0);
	for (uint32_t at = 0; at < w->n && w->states[at].depth < DEPTH; at++) {
		for (uint32_t i = 0; i < w->u->n; i++) {
			struct cpol_event event = { w->u->requests[i].ptr, w->u->requests[i].len };
			struct cpol_verdict within, beyond;

			restore(w, at);
			within = cpol_decide(&w->within->group, &event);
			beyond = cpol_decide(&w->beyond->group, &event);
			if (goes_beyond(&within, &beyond, w->u->n_tags[i]))
				return w->states[at].depth + 1;
			if (!within.allowed || !beyond.allowed) {
				cpol_abort(&w->within->group);
				cpol_abort(&w->beyond->group);
				continue;
			}
			cpol_commit(&w->within->group);
			cpol_commit(&w->beyond->group);
			add_state(w, w->states[at].depth + 1);
		}
	}
	return 0;
}

bool is_proved(struct walk *w, double seconds)
{
	struct joint_options options = { .until = 1e18, .cpu_until = compare_cpu() + seconds,
		.patient = true };
	struct joint *j = joint_of(w->arena, tree_of_policy(w->arena, &w->within->policy.bc),
	    tree_of_policy(w->arena, &w->beyond->policy.bc));
	struct joint_seen *seen = joint_seen_new(w->arena);

	for (uint32_t i = 0; i < w->n; i++) {
		restore(w, i);
		joint_see(seen, j, &w->within->group, &w->beyond->group);
	}
	options.seen = seen;
	return joint_prove(w->arena, j, &options)->proved;
}

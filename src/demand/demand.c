/* SPDX-License-Identifier: Apache-2.0
 *
 * demand.c - cocoapolv demand: somebody's properties of somebody else's bytes.
 *
 * The bytes are raised to the compiler's IR, the properties are lowered over it,
 * and the whole is emitted again.  Of the policy's own claims the invariants stay
 * as candidates for lemmas: what is proved of them helps, and nothing is believed.
 * same.c then says, from the two byte strings, that the policy is the one that
 * was given; so for that neither the way back nor the compiler is trusted, and
 * of the compiler only that the properties mean in bytes what they say.  Proofs
 * and traces are of the new bytes; the given ones allow a trace's requests too.
 */
#include <errno.h>

#include "../base/digest.h"
#include "../base/file.h"
#include "../compiler/compile.h"
#include "../compiler/emit.h"
#include "../compiler/mapping.h"
#include "../report/tool.h"
#include "raise.h"
#include "same.h"

enum { MOST_SOURCE = 16 << 20 };

static int read_properties(struct tool *t, struct str *text)
{
	if (file_read(&t->arena, t->second, MOST_SOURCE, text) != 0) {
		if (errno != EFBIG)
			return tool_trouble(t->second);
		fprintf(stderr, "cocoapolv: %s: has more than %d MiB\n", t->second, MOST_SOURCE >> 20);
		return TOOL_TROUBLE;
	}
	if (text->len != 0)
		return TOOL_YES;
	fprintf(stderr, "cocoapolv: %s: is empty\n", t->second);
	return TOOL_TROUBLE;
}

/* Whether the guest runs this effect or requirement: its place in the code is
 * then the same in both byte strings. */
static bool guest_has(const struct tool *t, const struct srcmap_entry *entry)
{
	const struct tree_rule *rule;
	uint32_t i, j;

	for (i = 0; i < t->policy.bc.n_events; i++) {
		if (!str_equal(tool_event(t, i), entry->name))
			continue;
		rule = &t->tree->rules[i];
		for (j = 0; j < rule->n_stmts; j++)
			if (rule->stmts[j].pc == entry->number)
				return !rule->stmts[j].ghost;
	}
	return false;
}

/* The places of the claims and ghosts are in the properties, those of the rest
 * where the policy's own map has them. */
static const struct srcmap *join_maps(struct tool *t, const struct canonical *image)
{
	char sha256[DIGEST_HEX_LEN + 1];
	struct srcmap *joined;
	uint32_t i;

	digest_hex(image->ptr, image->len, sha256);
	joined = mapping_of(&t->arena, image, arena_copy(&t->arena, sha256, DIGEST_HEX_LEN).ptr);
	for (i = 0; t->map != NULL && i < t->map->n; i++) {
		const struct srcmap_entry *entry = &t->map->entries[i];

		if (entry->kind == SRCMAP_ROW || (entry->kind != SRCMAP_CLAIM && guest_has(t, entry)))
			srcmap_add(joined, &t->arena, *entry);
	}
	return joined;
}

/* The policy's own invariants stand beside the properties, for what is proved of
 * them helps; no name in a source has a space, so theirs clash with none.  Those
 * beyond the limit are left out. */
static struct ir_policy add_helpers(struct arena *a, const struct ir_policy *properties,
    struct ir_claim *const *own, uint32_t n_own)
{
	struct ir_policy whole = *properties;
	uint32_t i;

	whole.claims = arena_array(a, whole.n_claims + n_own, struct ir_claim *);
	for (i = 0; i < whole.n_claims; i++)
		whole.claims[i] = properties->claims[i];
	for (i = 0; i < n_own && whole.n_claims < BC_CLAIMS_MAX; i++) {
		if (own[i]->kind != BC_INVARIANT)
			continue;
		own[i]->name = arena_printf(a, "%.*s of the policy", STR_ARG(own[i]->name));
		whole.claims[whole.n_claims++] = own[i];
	}
	return whole;
}

/* Of the whole's claims, those after the properties' own. */
static const bool *mark_helpers(struct arena *a, const struct ir_policy *whole, uint32_t n_properties)
{
	bool *aside = arena_array(a, whole->n_claims, bool);
	uint32_t i;

	for (i = n_properties; i < whole->n_claims; i++)
		aside[whole->claims[i]->number] = true;
	return aside;
}

static int our_mistake(const char *what, const char *why)
{
	fprintf(stderr, "cocoapolv: the properties can't be put beside the policy: %s%s; "
	    "please report this\n", what, why);
	return TOOL_TROUBLE;
}

/* Take the given policy's place. */
static int take_place(struct tool *t, const struct canonical *image)
{
	struct cpol_policy *given = arena_new(&t->arena, struct cpol_policy);
	struct cpol_policy *made = arena_new(&t->arena, struct cpol_policy);
	const struct srcmap *map = join_maps(t, image);
	size_t where = 0;
	const char *differs;

	if (cpol_open(made, image->ptr, image->len, &where) != BC_OK)
		return our_mistake("not a policy", "");
	differs = same_policy(t->tree, tree_of_policy(&t->arena, &made->bc));
	if (differs != NULL)
		return our_mistake("it would have other ", differs);
	*given = t->policy;
	t->given = given;
	t->policy = *made;
	t->bytes = (struct str){ (const char *)image->ptr, image->len };
	t->tree = tree_of_policy(&t->arena, &t->policy.bc);
	t->map = map;
	return TOOL_YES;
}

/* Which policy the verdicts are of is its digest; names can be given twice. */
static void print_head(struct tool *t, json_t *report, struct str name, const char *sha256)
{
	const struct bc_policy *p = &t->policy.bc;
	struct str policy = tool_string(t, p->policy_name);

	if (t->json) {
		json_object_set_new(report, "properties", tool_str_json(name));
		json_object_set_new(report, "sha256", json_string(sha256));
		return;
	}
	printf("properties %.*s of ", STR_ARG(name));
	if (policy.len != 0)
		printf("%.*s svn %ju", STR_ARG(policy), (uintmax_t)p->svn);
	else
		printf("%.*s %u", STR_ARG(tool_string(t, p->framework_name)), (unsigned)p->framework_version);
	printf(", sha256:%s\n", sha256);
}

static bool has_claims(const struct tool *t, bool reachable)
{
	uint32_t i;

	for (i = 0; i < t->policy.bc.n_claims; i++)
		if (!t->aside[i] && (t->policy.bc.claims[i].kind == BC_REACHABLE) == reachable)
			return true;
	return false;
}

static int answer(struct tool *t, struct str name, const char *sha256)
{
	json_t *report = claims_report(t);
	int proved = TOOL_YES, reached = TOOL_YES;

	print_head(t, report, name, sha256);
	if (has_claims(t, false))
		proved = claims_prove(t, report);
	t->started = search_clock();
	if (has_claims(t, true))
		reached = claims_reach(t, report);
	if (reached == TOOL_NO || proved == TOOL_YES)
		proved = reached;
	return claims_finish(t, report, proved);
}

/* Properties and policy as one image. */
static int put_together(struct tool *t, struct cpolc *c, struct diag *d, struct str text)
{
	struct ir_policy *given = raise_policy(&t->arena, t->tree), whole;
	struct ir_claim **own = given->claims;
	uint32_t n_own = given->n_claims;
	const struct ir_policy *properties = NULL;
	struct canonical image;

	if (cpolc_add(c, strcmp(t->second, "-") == 0 ? "<stdin>" : t->second, text) == 0)
		properties = cpolc_demand(c, given);
	if (properties == NULL)
		return TOOL_TROUBLE;
	whole = add_helpers(&t->arena, properties, own, n_own);
	if (emit(&t->arena, &whole, d, &image) != 0)
		return TOOL_TROUBLE;
	t->aside = mark_helpers(&t->arena, &whole, properties->n_claims);
	return take_place(t, &image);
}

int command_demand(struct tool *t)
{
	struct diag d = { .out = stderr, .colour = stream_wants_colour(stderr) };
	struct cpolc *c = cpolc_new(&d);
	char sha256[DIGEST_HEX_LEN + 1];
	struct str text;
	int status = read_properties(t, &text);

	digest_hex(t->bytes.ptr, t->bytes.len, sha256);
	if (status == TOOL_YES)
		status = put_together(t, c, &d, text);
	if (d.n_errors > 20)
		fprintf(stderr, "cocoapolv: %u errors, the first 20 are shown\n", d.n_errors);
	if (status == TOOL_YES)
		status = answer(t, cpolc_name(c), sha256);
	cpolc_free(c);
	return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * test_source.c - expressions printed from the bytes, put back into the source
 * they came from: they compile to the same code.
 *
 * test_source FRAMEWORK POLICY...  A FRAMEWORK alone is looked at as it is; of
 * the first POLICY, which has no events of its own, the rules are looked at too.
 */
#include "base/file.h"
#include "bytecode/decode.h"
#include "compiler/compile.h"
#include "compiler/emit.h"
#include "report/source.h"

#include <stdio.h>

/* A policy has at most BC_CLAIMS_MAX claims: so many are put back at a time. */
enum { AT_A_TIME = 20, LONGEST = 1 << 20 };

static unsigned failures;

struct compiled {
	struct arena arena;
	struct diag diag;
	struct cpolc *c;
	struct bc_policy policy;
};

/* policy: nothing, or a text that uses the framework. */
static bool compile(struct compiled *to, struct str framework, struct str policy)
{
	const struct ir_policy *ir;
	struct canonical image;

	*to = (struct compiled){ .diag = { .out = NULL } };
	to->c = cpolc_new(&to->diag);
	if (cpolc_add(to->c, "framework", framework) != 0 ||
	    (policy.len != 0 && cpolc_add(to->c, "policy", policy) != 0))
		return false;
	ir = cpolc_lower(to->c);
	return ir != NULL && emit(cpolc_arena(to->c), ir, &to->diag, &image) == 0 &&
	    bc_open(&to->policy, image.ptr, image.len, NULL) == BC_OK;
}

static void release(struct compiled *c)
{
	cpolc_free(c->c);
	arena_clear(&c->arena);
}

static struct str string_of(const struct bc_policy *p, uint32_t i)
{
	struct bc_bytes s = bc_string(p, i);

	return (struct str){ (const char *)s.ptr, s.len };
}

static const struct bc_claim *find_claim(const struct bc_policy *p, struct str name)
{
	for (uint32_t i = 0; i < p->n_claims; i++)
		if (str_equal(string_of(p, p->claims[i].name), name))
			return &p->claims[i];
	return NULL;
}

static void put_claim(struct arena *a, struct bytes *b, const struct tree_policy *t, uint32_t i)
{
	static const char *const words[] = {
		[BC_INVARIANT] = "invariant", [BC_ALWAYS] = "always", [BC_REACHABLE] = "reachable"
	};
	const struct bc_policy *p = t->policy;
	const struct bc_claim *c = &p->claims[i];
	const struct bc_event *event = c->n_events == 0 ? NULL : &p->events[bc_get32(c->events)];

	bytes_printf(b, "\n%s again_%u: ", words[c->kind], (unsigned)i);
	for (uint32_t j = 0; j < c->n_events; j++)
		bytes_printf(b, "%s %.*s%s", j == 0 ? "on" : "",
		    STR_ARG(string_of(p, p->events[bc_get32(c->events + 4 * (size_t)j)].name)),
		    j + 1 == c->n_events ? ": " : ",");
	bytes_printf(b, "%.*s", STR_ARG(source_of_expr(a, p, event, t->claims[i])));
}

static unsigned compare_claims(const struct bc_policy *p, uint32_t first, uint32_t last,
    const struct bc_policy *of)
{
	struct arena a = { 0 };
	unsigned n = 0;

	for (uint32_t i = first; i < last; i++) {
		struct str name = string_of(of, of->claims[i].name);
		const struct bc_claim *was = find_claim(p, name);
		const struct bc_claim *is = find_claim(p, arena_printf(&a, "again_%u", (unsigned)i));

		if (was != NULL && is != NULL && was->code.len == is->code.len &&
		    memcmp(was->code.ptr, is->code.ptr, is->code.len) == 0) {
			n++;
			continue;
		}
		printf("# %.*s comes back as something else\n", STR_ARG(name));
	}
	arena_clear(&a);
	return n;
}

static struct str joined(struct arena *a, struct str text, const struct bytes *more)
{
	return arena_printf(a, "%.*s\n%.*s\n", STR_ARG(text), STR_ARG(bytes_str(more)));
}

static void report(const char *path, const char *what, unsigned n, unsigned of)
{
	printf("%s - %s: %u %s of %u come back as the same code\n", n == of && of > 0 ? "ok" : "not ok",
	    path, n, what, of);
	failures += n != of || of == 0;
}

static void try_claims(const char *path, struct str framework, struct str policy)
{
	struct compiled from, to;
	unsigned n = 0;

	if (!compile(&from, framework, policy)) {
		report(path, "claims", 0, 1);
		release(&from);
		return;
	}
	for (uint32_t first = 0; first < from.policy.n_claims; first += AT_A_TIME) {
		struct tree_policy *tree = tree_of_policy(&from.arena, &from.policy);
		struct bytes more = { .arena = &from.arena };
		uint32_t last = first + AT_A_TIME;
		bool alone = policy.len == 0;
		struct str text;

		last = last < from.policy.n_claims ? last : from.policy.n_claims;
		for (uint32_t i = first; i < last; i++)
			put_claim(&from.arena, &more, tree, i);
		text = joined(&from.arena, alone ? framework : policy, &more);
		if (compile(&to, alone ? text : framework, alone ? policy : text))
			n += compare_claims(&to.policy, first, last, &from.policy);
		else
			printf("%.*s\n", STR_ARG(bytes_str(&more)));
		release(&to);
	}
	report(path, "claims", n, from.policy.n_claims);
	release(&from);
}

static bool reads_let(const struct tree_expr *e)
{
	bool reads = e->op == BC_LOCAL && e->is_let;

	for (uint32_t i = 0; i < e->n_kids && !reads; i++)
		reads = reads_let(e->kids[i]);
	return reads;
}

/* Whether the rule that requires just the text has a requirement that is
 * printed as the same text (and maybe restrictions). */
static bool requirement_returns(struct str framework, struct str policy, const struct bc_policy *p,
    uint32_t event, const struct tree_stmt *s)
{
	struct arena a = { 0 };
	struct bytes more = { .arena = &a };
	struct str text = source_of_expr(&a, p, &p->events[event], s->value);
	struct compiled to;
	bool found = false;

	bytes_printf(&more, "override on %.*s { require %.*s }", STR_ARG(string_of(p, p->events[event].name)),
	    STR_ARG(text));
	if (compile(&to, framework, joined(&a, policy, &more))) {
		struct tree_rule *rule = &tree_of_policy(&to.arena, &to.policy)->rules[event];

		for (uint32_t i = 0; i < rule->n_stmts; i++)
			found = found || str_equal(text, source_of_expr(&a, &to.policy,
			    &to.policy.events[event], rule->stmts[i].value));
	}
	if (!found)
		printf("# %.*s: %.*s\n", STR_ARG(string_of(p, p->events[event].name)), STR_ARG(text));
	release(&to);
	arena_clear(&a);
	return found;
}

/* Operands are ordered by their code, which is another where a let was put in:
 * so not those that read lets. */
static void try_requirements(const char *path, struct str framework, struct str policy)
{
	struct compiled from;
	struct tree_policy *tree;
	unsigned n = 0, of = 0;

	if (compile(&from, framework, policy)) {
		tree = tree_of_policy(&from.arena, &from.policy);
		for (uint32_t i = 0; i < from.policy.n_events; i++)
			for (uint32_t j = 0; j < tree->rules[i].n_stmts; j++) {
				if (tree->rules[i].stmts[j].op != BC_REQUIRE ||
				    reads_let(tree->rules[i].stmts[j].value))
					continue;
				of++;
				n += requirement_returns(framework, policy, &from.policy, i,
				    &tree->rules[i].stmts[j]);
			}
	}
	report(path, "requirements", n, of);
	release(&from);
}

int main(int argc, char **argv)
{
	static const struct str none = { "", 0 };
	struct arena a = { 0 };
	struct str framework, policy;

	if (argc < 2 || file_read(&a, argv[1], LONGEST, &framework) != 0)
		return 2;
	if (argc == 2)
		try_claims(argv[1], framework, none);
	for (int i = 2; i < argc; i++) {
		if (file_read(&a, argv[i], LONGEST, &policy) != 0)
			return 2;
		try_claims(argv[i], framework, policy);
		if (i == 2)
			try_requirements(argv[i], framework, policy);
	}
	arena_clear(&a);
	return failures != 0;
}

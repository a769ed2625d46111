/* SPDX-License-Identifier: Apache-2.0
 *
 * compile.c - the phases in order.  A phase that found mistakes is finished,
 * and the next that needs its results is not begun.
 */
#include "compile.h"

#include "decl.h"
#include "lower.h"
#include "properties.h"
#include "resolve.h"

struct cpolc *cpolc_new(struct diag *d)
{
	struct arena arena = { 0 };
	struct cpolc *c = arena_new(&arena, struct cpolc);

	/* The compilation lives in the arena that it owns. */
	c->arena = arena;
	c->diag = d;
	return c;
}

void cpolc_free(struct cpolc *c)
{
	struct arena arena = c->arena;

	arena_clear(&arena);
}

struct arena *cpolc_arena(struct cpolc *c)
{
	return &c->arena;
}

struct str cpolc_name(const struct cpolc *c)
{
	return c->policy == NULL ? (struct str){ NULL, 0 } : c->policy->name.text;
}

int cpolc_add(struct cpolc *c, const char *name, struct str text)
{
	struct source *source = arena_new(&c->arena, struct source);
	struct ast_file *file = arena_new(&c->arena, struct ast_file);
	struct ast_file **place;
	int failed;

	source->name = (struct str){ name, strlen(name) };
	source->text = text;
	file->source = source;
	failed = ast_parse(&c->arena, c->diag, file);
	place = file->is_framework ? &c->framework : &c->policy;
	if (*place != NULL) {
		diag_error(c->diag, file->name.loc, DIAG_FRAMEWORK, "there is a %s already",
		    file->is_framework ? "framework" : "policy");
		return -1;
	}
	*place = file;
	return failed;
}

static bool check_header(struct cpolc *c)
{
	const struct ast_file *framework = c->framework, *policy = c->policy;

	if (framework == NULL && policy == NULL)
		return false;
	if (policy != NULL && policy->is_properties) {
		diag_error(c->diag, policy->name.loc, DIAG_FRAMEWORK,
		    "properties are no policy: cocoapolv demand proves them of one that is compiled");
		return false;
	}
	if (framework == NULL) {
		diag_error(c->diag, policy->framework.loc, DIAG_FRAMEWORK, "there is no framework '%.*s'",
		    STR_ARG(policy->framework.text));
		return false;
	}
	if (framework->version > UINT32_MAX) {
		diag_error(c->diag, framework->name.loc, DIAG_LIMIT, "a version is at most %u", UINT32_MAX);
		return false;
	}
	if (policy == NULL || (str_equal(policy->framework.text, framework->name.text)
	    && policy->version == framework->version))
		return true;
	diag_error(c->diag, policy->framework.loc, DIAG_FRAMEWORK,
	    "the policy uses %.*s %ju, the framework is %.*s %ju", STR_ARG(policy->framework.text),
	    (uintmax_t)policy->version, STR_ARG(framework->name.text), (uintmax_t)framework->version);
	return false;
}

static bool check_demand(struct cpolc *c, const struct ir_policy *ir)
{
	const struct ast_file *file = c->policy != NULL ? c->policy : c->framework;

	if (file == NULL)
		return false;
	if (!file->is_properties) {
		diag_error(c->diag, file->name.loc, DIAG_FRAMEWORK,
		    "this is a %s: what is demanded begins with 'properties NAME for FRAMEWORK VERSION'",
		    file->is_framework ? "framework" : "policy");
		return false;
	}
	if (str_equal(file->framework.text, ir->framework_name) && file->version == ir->framework_version)
		return true;
	diag_error(c->diag, file->framework.loc, DIAG_FRAMEWORK,
	    "the properties are for %.*s %ju, the policy uses %.*s %u", STR_ARG(file->framework.text),
	    (uintmax_t)file->version, STR_ARG(ir->framework_name), ir->framework_version);
	return false;
}

const struct ir_policy *cpolc_demand(struct cpolc *c, const struct ir_policy *policy)
{
	if (c->diag->n_errors != 0 || !check_demand(c, policy))
		return NULL;
	c->ir = *policy;
	properties_adopt(c);
	if (c->diag->n_errors != 0)
		return NULL;
	resolve(c);
	properties_check(c);
	if (c->diag->n_errors != 0)
		return NULL;
	properties_lower(c);
	lower_claims(c);
	lower_unused(c);
	return c->diag->n_errors == 0 ? &c->ir : NULL;
}

const struct ir_policy *cpolc_lower(struct cpolc *c)
{
	if (c->diag->n_errors != 0 || !check_header(c))
		return NULL;
	c->ir.framework_name = c->framework->name.text;
	c->ir.framework_version = (uint32_t)c->framework->version;
	if (c->policy != NULL) {
		c->ir.policy_name = c->policy->name.text;
		c->ir.svn = c->policy->svn;
	}
	resolve(c);
	if (c->diag->n_errors != 0)
		return NULL;
	decl_kinds(c);
	if (c->diag->n_errors != 0)
		return NULL;
	resolve_rules(c);
	decl_switches(c);
	decl_rows(c);
	lower_rules(c);
	lower_claims(c);
	lower_unused(c);
	return c->diag->n_errors == 0 ? &c->ir : NULL;
}

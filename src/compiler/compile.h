/* SPDX-License-Identifier: Apache-2.0
 *
 * compile.h - the compiler's front as a library: sources in, IR out.
 */
#ifndef COCOAPOL_COMPILE_H
#define COCOAPOL_COMPILE_H

#include "../base/arena.h"
#include "../base/diag.h"
#include "ir.h"

struct cpolc;                           /* one compilation and all it allocated */

/* Complaints go to d, which is borrowed until the compilation is freed. */
struct cpolc *cpolc_new(struct diag *d);
void cpolc_free(struct cpolc *c);

/* Add a source: a framework, a policy or properties; its name and text are borrowed until
 * the compilation is freed.  -1: complaints were made. */
int cpolc_add(struct cpolc *c, const char *name, struct str text);

/* Resolve, check and lower what was added: a framework, and a policy that uses
 * it or none.  The IR lives as long as c.  NULL: complaints were made. */
const struct ir_policy *cpolc_lower(struct cpolc *c);

/* Resolve, check and lower the properties that were added alone, over a policy
 * that is there already.  The IR is that policy's, but for its claims, whose
 * place the properties take, and for the properties' ghost state and ghost
 * effects; it shares the policy's parts, and changes their numbers and rules.
 * NULL: complaints were made. */
const struct ir_policy *cpolc_demand(struct cpolc *c, const struct ir_policy *policy);

/* The name in the header of the policy or the properties. */
struct str cpolc_name(const struct cpolc *c);
struct arena *cpolc_arena(struct cpolc *c);

#endif

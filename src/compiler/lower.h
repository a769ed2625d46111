/* SPDX-License-Identifier: Apache-2.0
 *
 * lower.h - rules and claims into the IR of the policy.  Each complains and
 * goes on.
 */
#ifndef COCOAPOL_LOWER_H
#define COCOAPOL_LOWER_H

#include "resolve.h"

/* The events that a restriction or claim is about; complains of others. */
struct event **lower_events(struct cpolc *c, const struct ast_item *item, uint32_t *n);
void lower_rules(struct cpolc *c);
/* Append what the properties add to the event's rule, which is lowered already. */
void lower_ghosts(struct cpolc *c, const struct event *event);
void lower_claims(struct cpolc *c);
/* Definitions of the policy that nothing uses. */
void lower_unused(struct cpolc *c);

#endif

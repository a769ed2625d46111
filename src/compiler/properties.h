/* SPDX-License-Identifier: Apache-2.0
 *
 * properties.h - what somebody demands of somebody else's compiled policy.
 * See cpolc_demand() for the order.
 */
#ifndef COCOAPOL_PROPERTIES_H
#define COCOAPOL_PROPERTIES_H

#include "resolve.h"

/* Make symbols of what c->ir has, and check that the properties declare only
 * what they may.  Complains. */
void properties_adopt(struct cpolc *c);

/* After resolve(): what the properties declare means what they say, whatever the
 * policy calls its own.  Complains. */
void properties_check(struct cpolc *c);

/* The ghost effects of the properties.  Complains. */
void properties_lower(struct cpolc *c);

#endif

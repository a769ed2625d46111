/* SPDX-License-Identifier: Apache-2.0
 *
 * pattern.h - patterns as constants of a policy.
 */
#ifndef COCOAPOL_PATTERN_H
#define COCOAPOL_PATTERN_H

#include "resolve.h"

/* The language of a regular expression; text lies in the source at loc.  Each
 * text is compiled once.  false: complaints were made. */
bool pattern_of_regex(struct cpolc *c, struct loc loc, struct str text, struct ir_pattern *pattern);
struct ir_pattern pattern_of_literal(struct str literal);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_cover.h - what one declaration admits and another does not.
 */
#ifndef COCOAPOL_LINT_COVER_H
#define COCOAPOL_LINT_COVER_H

#include "../base/bytes.h"
#include "lint.h"

/* Whether `more` allows what no rule of `less` does, and appends it, comma by
 * comma; out may be NULL.  What only several rules together admit counts as not
 * admitted. */
bool cover_more(struct lint *l, struct lint_row less, struct lint_row more, struct bytes *out);
/* Whether every request that `less` fits, `more` fits too.  Sufficient only. */
bool cover_all(struct lint *l, struct lint_row less, struct lint_row more);
/* Fields that are compared as they are: modes that the host names, and what it
 * can't choose. */
bool cover_same_modes(const struct lint *l, struct lint_row one, struct lint_row other);
/* Whether environments, users and mounts exist that fit both, as far as pairs of
 * rules tell.  *shown: *witness was checked against all rules of both, and neither
 * requires a mount. */
bool cover_meets(struct lint *l, struct lint_row one, struct lint_row other, bool *shown,
    struct str *witness);

#endif

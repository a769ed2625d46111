/* SPDX-License-Identifier: Apache-2.0
 *
 * mapping.h - the side map (base/srcmap.h) of an image that was just emitted.
 */
#ifndef COCOAPOL_MAPPING_H
#define COCOAPOL_MAPPING_H

#include "../base/srcmap.h"
#include "emit.h"

struct srcmap *mapping_of(struct arena *a, const struct canonical *image, const char *sha256);

#endif

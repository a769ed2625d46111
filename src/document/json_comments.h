/* SPDX-License-Identifier: Apache-2.0
 *
 * json_comments.h - before YAML is read.
 */
#ifndef COCOAPOL_JSON_COMMENTS_H
#define COCOAPOL_JSON_COMMENTS_H

#include "../base/arena.h"

/* A text that is one JSON object, with blanks in place of each // and / * comment outside of strings; any
 * other text as it is. */
struct str json_without_comments(struct arena *a, struct str text);

#endif

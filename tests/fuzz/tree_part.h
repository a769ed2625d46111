/* SPDX-License-Identifier: Apache-2.0
 *
 * tree_part.h - what document.h says of trees, required of one; for the targets
 * of its readers.
 */
#ifndef COCOAPOL_FUZZ_TREE_H
#define COCOAPOL_FUZZ_TREE_H

#include <stdbool.h>

#include "document/document.h"

/* Aborts if it is not so. */
void require(bool is_so);
void require_tree(const struct node *root, const struct source *source);

#endif

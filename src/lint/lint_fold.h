/* SPDX-License-Identifier: Apache-2.0
 *
 * lint_fold.h - what the files that evaluate for the flow share.
 */
#ifndef COCOAPOL_LINT_FOLD_H
#define COCOAPOL_LINT_FOLD_H

#include <string.h>

#include "../bytecode/decode.h"
#include "lint_flow.h"

struct fold fold_of_truth(enum fold_truth truth);
enum fold_truth fold_truth_if(bool is_true, bool is_false);
enum fold_truth fold_opposite(enum fold_truth t);
/* Of the table that a type is about. */
uint32_t fold_n_rows(const struct flow *f, uint32_t type);
/* Whether its values are in `text`. */
bool fold_is_text(uint32_t type);
struct fold fold_of_cell(const struct flow *f, uint32_t type, uint64_t cell);

/* ---- lint_facts.c ---- */

struct fold fold_of_field(const struct flow *f, uint32_t field);
struct fold fold_of_member(struct flow *f, const struct tree_expr *e);

/* ---- lint_loop.c ---- */

enum fold_truth fold_of_logic(struct flow *f, const struct tree_expr *e);
enum fold_truth fold_of_quantifier(struct flow *f, const struct tree_expr *e);
struct fold fold_of_count(struct flow *f, const struct tree_expr *e);
struct fold fold_of_where(struct flow *f, const struct tree_expr *e);
struct fold fold_of_map(struct flow *f, const struct tree_expr *e);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * snapshot.h - the committed state of a group as bytes, and the difference of
 * two states as lines for people.
 *
 * Two groups of one policy and the same options are in the same state if and
 * only if their snapshots are the same bytes.
 */
#ifndef COCOAPOL_SNAPSHOT_H
#define COCOAPOL_SNAPSHOT_H

#include "../base/bytes.h"
#include "../runtime/state.h"

/* Appends to out. */
void snapshot_take(struct bytes *out, const struct cpol_group *g);
/* false if the group has no room for it: other options than it was taken with. */
bool snapshot_restore(struct arena *scratch, struct cpol_group *g, struct str snapshot);
uint64_t snapshot_hash(struct str snapshot);

/* What differs, a line each: "+ " new, "- " gone, "~ " changed. */
uint32_t snapshot_diff(struct arena *a, const struct cpol_group *before,
    const struct cpol_group *after, struct str **lines);

/* A row for people: its name, or its table and number. */
void snapshot_print_row(struct bytes *b, const struct bc_policy *p, uint32_t table, uint64_t row);

#endif

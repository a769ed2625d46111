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

/* A scalar, or a key of a map, in two states, as text for people. */
struct snapshot_cell {
	char mark;                      /* '+' new, '-' gone, '~' changed, ' ' the same */
	struct str var, key;
	struct str old, new;            /* the value before and after, where there is one */
	bool has_key, has_value;        /* scalars have no key; sets of keys no value */
	bool ghost;                     /* kept for proofs only */
};
/* What differs or, if all, what is in either state; ordered by variable and key. */
uint32_t snapshot_cells(struct arena *a, const struct cpol_group *before,
    const struct cpol_group *after, bool all, struct snapshot_cell **cells);
/* The mark, the cell and what became of it. */
struct str snapshot_line(struct arena *a, const struct snapshot_cell *cell);

/* A row for people: its name, or its table, number and digest. */
void snapshot_print_row(struct bytes *b, const struct bc_policy *p, uint32_t table, uint64_t row);

#endif

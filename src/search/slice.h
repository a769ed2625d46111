/* SPDX-License-Identifier: Apache-2.0
 *
 * slice.h - which events, and which of their fields, can matter to a claim.
 * A guess for the search, not a proof of irrelevance.
 */
#ifndef COCOAPOL_SLICE_H
#define COCOAPOL_SLICE_H

#include "../lift/tree.h"

/* A bit for each variable that an expression reads, behind its LETs too. */
uint64_t slice_reads(const struct tree_expr *e);
uint64_t slice_writes(const struct tree_policy *tree, uint32_t event);

/* Events that write what the claim reads, those that a step claim is about, and
 * those that give what the rules of such events need.  wide: also what is only
 * one of several needs, and what takes away. */
uint64_t slice_events(const struct tree_policy *tree, uint32_t claim, bool wide);

/* Fields of the event that its effects write to the state as they are, or that
 * the claim reads. */
uint64_t slice_fields(const struct tree_policy *tree, uint32_t event, uint32_t claim);

#endif

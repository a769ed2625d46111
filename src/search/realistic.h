/* SPDX-License-Identifier: Apache-2.0
 *
 * realistic.h - traces with names as a host makes them.  The search takes the
 * first word that fits (a container is called aaaa...), which is hard to tell
 * from the next one.
 */
#ifndef COCOAPOL_REALISTIC_H
#define COCOAPOL_REALISTIC_H

#include "search.h"

/* Renames made-up ids, and the directories that are named after them, wherever
 * the trace still shows the same of the claim.  The same trace gives the same
 * names. */
void realistic_trace(struct arena *a, const struct cpol_policy *policy, uint32_t claim,
    struct search_trace *trace);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * map.h - what is to be done with a map when all its entries are read.
 */
#ifndef COCOAPOL_DOCUMENT_MAP_H
#define COCOAPOL_DOCUMENT_MAP_H

#include "document.h"

/* Entries of YAML's merge keys come in (those that are marked as used), and no key is there twice
 * with different values.  -1: complaints were made. */
int map_finish(struct arena *a, struct diag *d, struct node *map);

#endif

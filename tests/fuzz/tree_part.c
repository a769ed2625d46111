/* SPDX-License-Identifier: Apache-2.0
 *
 * tree_part.c - see tree_part.h.
 */
#include "tree_part.h"

#include <stdlib.h>

void require(bool is_so)
{
	if (!is_so)
		abort();
}

static uint32_t weigh(const struct node *node, const struct source *source, uint32_t depth)
{
	uint32_t weight = 1, i;

	require(depth <= DOCUMENT_DEPTH_MAX);
	require(node->loc.source == source && node->loc.start <= node->loc.end && node->loc.end <= source->text.len);
	require(node->kind == NODE_MAP || node->kind == NODE_LIST || node->n == 0);
	if (node->kind != NODE_MAP && node->kind != NODE_LIST)
		require(node->text.ptr != NULL && node->text.ptr[node->text.len] == '\0');
	for (i = 0; i < node->n; i++)
		weight += weigh(node->kind == NODE_MAP ? node->entries[i].value : node->items[i], source, depth + 1);
	require(weight <= node->weight && node->weight <= DOCUMENT_NODES_MAX);
	return weight;
}

void require_tree(const struct node *root, const struct source *source)
{
	(void)weigh(root, source, 0);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * pending.c - what is not imported yet.
 */
#include "import.h"

static void refuse(struct import *im, const struct node *root, const char *what)
{
	diag_error(im->diag, root->loc, DIAG_REFUSED, "%s is not imported yet", what);
}

void import_kubernetes(struct import *im, struct node **roots, uint32_t n)
{
	(void)n;
	refuse(im, roots[0], "a Kubernetes object");
}

void import_compose(struct import *im, struct node *root)
{
	refuse(im, root, "a compose file");
}

void import_aci(struct import *im, struct node *root)
{
	refuse(im, root, "an ARM template");
}

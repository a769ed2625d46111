/* SPDX-License-Identifier: Apache-2.0
 *
 * build.h - a policy's source with its framework to bytes, and these to files.
 */
#ifndef COCOAPOL_BUILD_H
#define COCOAPOL_BUILD_H

#include "../compiler/compile.h"
#include "../compiler/emit.h"
#include "cli.h"

/* path: for complaints, and for where a framework may be beside it.  The image lives as long as c. */
int build_policy(struct arena *a, const struct cli *cli, struct cpolc *c, struct diag *d, const char *path,
    struct str text, struct canonical *image);
/* To where cli says, or beside the source: the bytes and their map. */
int build_write(struct arena *a, const struct cli *cli, const struct canonical *image, const char *source);

#endif

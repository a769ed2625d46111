/* SPDX-License-Identifier: Apache-2.0
 *
 * inputs.h - files of other tools: what they are, read into groups.
 */
#ifndef COCOAPOL_INPUTS_H
#define COCOAPOL_INPUTS_H

#include "../import/import.h"
#include "cli.h"

enum input_kind { INPUT_UNKNOWN, INPUT_KUBERNETES, INPUT_COMPOSE, INPUT_ACI, INPUT_HCSSHIM };

/* The kind of this name ("k8s", ...), or INPUT_UNKNOWN. */
enum input_kind input_kind_of(const char *name);
/* Whether a file of this name is Rego. */
bool input_is_rego(const char *path);

/* All groups of all files, in the order they are found.  A status; what is wrong was said. */
int inputs_read(struct import *im, const struct cli *cli, enum input_kind insist);

#endif

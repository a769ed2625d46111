/* SPDX-License-Identifier: Apache-2.0
 *
 * interpolate.h - ${NAME} in compose files, and the files that give variables:
 * .env beside the file, and what `env_file` names.
 */
#ifndef COCOAPOL_INTERPOLATE_H
#define COCOAPOL_INTERPOLATE_H

#include "import.h"

enum { INTERPOLATED_MAX = 16 << 20 };   /* bytes that all texts together may become */

struct setting_value {
	struct str name, value;
};

/* Where the values of ${NAME} come from: --set first, then .env beside the file. */
struct interpolation {
	struct import *im;
	struct setting_value *known;    /* of .env, then what the file that is read has said so far */
	uint32_t n_known, cap_known, n_dotenv;
	size_t spent;                   /* bytes of what was made so far */
	bool used_dotenv;               /* .env has given a value */
	struct str *warned;             /* names without a value that were warned of */
	uint32_t n_warned, cap_warned;
};

/* What --set or .env says; false: nothing. */
bool interpolate_find(struct interpolation *in, struct str name, struct str *value);
/* Text with each $NAME and ${NAME...} replaced; false: a complaint was made. */
bool interpolate(struct interpolation *in, struct str text, struct loc loc, struct str *out);
/* The same tree, with all strings in it interpolated; what has nothing to replace is shared. */
struct node *interpolate_tree(struct interpolation *in, struct node *node);

/* Read .env beside the file, if there is one. */
void env_file_dotenv(struct interpolation *in);
/* The variables of a file that `env_file` names, into the container.  `raw`: as they are, without quotes
 * and ${NAME}. */
void env_file_read(struct interpolation *in, struct container *c, struct str path, struct loc loc,
    bool required, bool raw);

#endif

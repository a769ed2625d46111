/* SPDX-License-Identifier: Apache-2.0
 *
 * words.h - a command that is written as one text.
 */
#ifndef COCOAPOL_WORDS_H
#define COCOAPOL_WORDS_H

#include "import.h"

/* The words of a text, added; quotes and backslashes as a shell has them, but nothing is expanded and no
 * operator is one: what a shell would do more is a complaint.  false: there was one. */
bool words_split(struct import *im, struct str text, struct loc loc, struct values *out);

#endif

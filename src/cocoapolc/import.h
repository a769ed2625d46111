/* SPDX-License-Identifier: Apache-2.0
 *
 * import.h - what is no policy yet, for compile.
 */
#ifndef COCOAPOL_COMMAND_IMPORT_H
#define COCOAPOL_COMMAND_IMPORT_H

#include "cli.h"

/* Whether these files are to be imported before they can be compiled. */
bool import_wanted(const struct cli *cli);
/* Import, write the source beside the bytes, compile. */
int command_import_and_compile(const struct cli *cli);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * stop.h - Ctrl-C and SIGTERM ask for an end: who works for long looks here now
 * and then, and what is known by then is reported.
 */
#ifndef COCOAPOL_STOP_H
#define COCOAPOL_STOP_H

#include <stdbool.h>

/* From now on the signals only ask.  The second one ends the program. */
void stop_catch(void);
/* In a child process: the signals end it, as they do by default. */
void stop_forget(void);
bool stop_asked(void);

#endif

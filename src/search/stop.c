/* SPDX-License-Identifier: Apache-2.0
 *
 * stop.c - see stop.h.
 */
#include "stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t asked;

static void on_signal(int number)
{
	(void)number;
	asked = 1;
}

static void set(void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

void stop_catch(void)
{
	/* poll() and its like are interrupted whatever the flags. */
	set(on_signal, (int)SA_RESETHAND | SA_RESTART);
}

void stop_forget(void)
{
	set(SIG_DFL, 0);
}

bool stop_asked(void)
{
	return asked != 0;
}

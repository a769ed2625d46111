/* SPDX-License-Identifier: Apache-2.0
 *
 * The twin test without its main(). */
int twin_main(int argc, char **argv);
#define main twin_main
#include "../verify/twin.c"

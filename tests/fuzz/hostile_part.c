/* SPDX-License-Identifier: Apache-2.0
 *
 * The hostile host without its main(). */
int hostile_main(int argc, char **argv);
#define main hostile_main
#include "../hostile/hostile.c"

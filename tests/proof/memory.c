/* SPDX-License-Identifier: Apache-2.0
 *
 * memory.c - for Frama-C: memcmp(), whose result is a function of the bytes; the other
 * three have built-ins of the analyser.
 */
#include <string.h>

int memcmp(const void *a, const void *b, size_t len)
{
	const unsigned char *x = a, *y = b;

	for (size_t i = 0; i < len; i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * eva_open.c - for Frama-C: any bytes, up to LEN of them, to bc_open().
 */
#include "__fc_builtin.h"
#include "bytecode/bytecode.h"

static uint8_t bytes[LEN];
static struct bc_policy policy;

void eva_open(void)
{
	size_t len = (size_t)Frama_C_unsigned_int_interval(0, LEN), where;

	Frama_C_make_unknown((char *)bytes, LEN);
	(void)bc_open(&policy, bytes, len, &where);
}

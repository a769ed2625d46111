/* SPDX-License-Identifier: Apache-2.0
 *
 * byhand.h - see byhand.c.
 */
#ifndef COCOAPOL_BYHAND_H
#define COCOAPOL_BYHAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All that the rule asks of the state: one container, made and not started. */
struct byhand {
	const uint8_t *id;
	uint32_t id_len;
	bool is_started, is_broken;
};

bool byhand_create(struct byhand *state, const void *bytes, size_t len);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * meter.h - included before the guest's files where its work is counted: as
 * CPOL_METER() of runtime/machine.h says.
 */
#ifndef COCOAPOL_TEST_METER_H
#define COCOAPOL_TEST_METER_H

#include <stdint.h>

extern uint64_t metered_steps;
#define CPOL_METER(steps) (metered_steps += (uint64_t)(steps))

#endif

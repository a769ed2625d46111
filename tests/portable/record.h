/* SPDX-License-Identifier: Apache-2.0
 *
 * record.h - requests written down by the hostile host (hostile -r FILE), for
 * machines that have none.  Records, all integers big-endian:
 *   u32 0xffffffff, u32 most keys of a map: the group begins again
 *   u32 length, bytes: a request; if it is allowed, commit
 */
#ifndef COCOAPOL_RECORD_H
#define COCOAPOL_RECORD_H

#define RECORD_START 0xffffffffu

#endif

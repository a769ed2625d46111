/* SPDX-License-Identifier: Apache-2.0
 *
 * cpol.h - the policy runtime that is linked into the guest agent; cpol(3).
 *
 * Freestanding C11: no allocation, no recursion, no globals, no callbacks, no
 * I/O.  Memory is the caller's and must be private to the guest: the policy's
 * bytes, the group's memory and each request.  Every failure is a denial with
 * a reason, so a caller that only looks at `allowed` is safe.
 *
 *   cpol_open     bytes -> policy          once, at launch
 *   cpol_init     policy + memory -> group once
 *   cpol_decide   request -> verdict       leaves one pending step if allowed
 *   cpol_commit   the agent has done it: the state moves
 *   cpol_abort    the agent could not: the state stays
 *
 * Requests are serial: while a step is pending every decide is a denial.  An
 * effect that failed half-way is told by committing the event `agent_fault`
 * (after cpol_abort), after which the framework denies everything.
 *
 * A REQUEST is one run of bytes, made by the agent (not by the host):
 *
 *   u32 event, u32 length of the whole, then one cell of 8 bytes per field in
 *   the event's order.  Integers are big-endian.  A cell is
 *     bool, int, enumeration   u64
 *     string, digest           u32 offset from the request's start, u32 length
 *     list, set                u32 offset of its cells, u32 number of elements
 *   An element is one cell; of a record, one cell per member.  A digest has 32
 *   bytes.  Sets are strictly ascending (strings by memcmp, then length), sets
 *   of records by their key member.  Cells and strings together are no longer
 *   than the request, so parts are not shared.  Anything else is
 *   CPOL_BAD_REQUEST.
 */
#ifndef COCOAPOL_CPOL_H
#define COCOAPOL_CPOL_H

#include "bytecode.h"

enum cpol_reason {
	CPOL_NO_POLICY = 0,     /* no valid policy is open */
	CPOL_ALLOWED,
	CPOL_NO_RULE,           /* the policy has no such event, or no rule for it */
	CPOL_REQUIREMENT,       /* the REQUIRE at `pc` of the rule found false */
	CPOL_BAD_REQUEST,       /* malformed at byte `pc` of the request */
	CPOL_PENDING,           /* a step waits for commit or abort */
	CPOL_TABLE_FULL,        /* the map written at `pc` has no room */
	CPOL_TOO_LONG,          /* a string or list written at `pc` is too long */
	CPOL_TOO_LARGE,         /* an int written at `pc` is above its bound */
	CPOL_CONFLICT,          /* the effect at `pc` meets another on the same key */
	CPOL_FAULT              /* the interpreter met what validation excludes */
};

struct cpol_kept {
	uint32_t field;         /* a list field of the event */
	uint32_t n;             /* its elements */
	const uint8_t *mask;    /* bit i%8 (1 << i%8) of byte i/8: element i is kept */
};

/* Masks point into the group's memory and live until commit or abort. */
struct cpol_verdict {
	bool allowed;
	enum cpol_reason reason;
	uint32_t event;                 /* as in the request */
	uint32_t pc;                    /* offset in the rule's code, or in the request */
	uint32_t n_kept, n_outs;
	struct cpol_kept kept[BC_KEEPS_MAX];
	uint64_t outs[BC_OUTS_MAX];     /* in the order of the event's outputs */
};

struct cpol_event {
	const void *bytes;
	size_t len;
};

/* Options of a group; all zero is what a guest uses. */
struct cpol_options {
	bool ghost;             /* keep ghost state and run ghost effects (verifier) */
	uint32_t most_keys;     /* if not 0: no map holds more than this (verifier) */
};

struct cpol_policy { struct bc_policy bc; };

/* A running group: a header over the caller's memory.  Opaque but for size. */
struct cpol_group {
	const struct bc_policy *policy;
	uint8_t *memory;
	size_t len;
	struct cpol_options options;
	bool pending;
};

enum bc_error cpol_open(struct cpol_policy *policy, const void *bytes, size_t len,
    size_t *where) __attribute__((warn_unused_result));

/* Bytes of memory that cpol_init() needs; 0 if it can't be expressed. */
size_t cpol_memory(const struct cpol_policy *policy, const struct cpol_options *options);

/* BC_OK, or BC_E_MEMORY: less memory than cpol_memory(), or not 8-aligned.
 * On error the group denies everything.  options may be NULL.  The policy must
 * stay where and as it is for as long as the group is used: memory holds places
 * in its bytes.  Groups may share it; opening it again is the end of them all. */
enum bc_error cpol_init(struct cpol_group *group, const struct cpol_policy *policy,
    void *memory, size_t len, const struct cpol_options *options)
    __attribute__((warn_unused_result));

struct cpol_verdict cpol_decide(struct cpol_group *group, const struct cpol_event *event);
void cpol_commit(struct cpol_group *group);     /* nothing pending: no effect */
void cpol_abort(struct cpol_group *group);

/* The number of an event or of its field by name; UINT32_MAX if there is none. */
uint32_t cpol_event_number(const struct cpol_policy *policy, const char *name, size_t len);
uint32_t cpol_field_number(const struct cpol_policy *policy, uint32_t event,
    const char *name, size_t len);

#endif

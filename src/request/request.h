/* SPDX-License-Identifier: Apache-2.0
 *
 * request.h - requests as JSON, as trees and as the bytes that cpol_decide()
 * reads (their layout is in runtime/cpol.h).  Hosted; for tools, tests and
 * agents that are not themselves the guest's innermost code.
 *
 * A request in JSON names its event and its fields:
 *
 *   { "event": "mount_scratch", "target": "/run/scratch/a", "encrypted": true }
 *   { "event": 4, "fields": { "target": "/run/scratch/a", "encrypted": true } }
 *
 * Bools and integers are JSON's; an enumeration is its value's name; a digest
 * is 64 lower-case hexadecimal digits, with or without "sha256:"; a string may also be
 * { "hex": "2f00ff" }, for bytes that are not text.  A set may be written in
 * any order.  A record with a key and one other string may be "KEY=VALUE".
 * "expect" ("allow" or "deny") is for replay.  Every field must be there: what
 * is missing, null, unknown, of another type or twice is an error with the
 * path of the field, and who enforces must take an error as a denial.
 */
#ifndef COCOAPOL_REQUEST_H
#define COCOAPOL_REQUEST_H

#include <jansson.h>

#include "../base/arena.h"
#include "../bytecode/bytecode.h"

/* A field, an element or a member; what it is follows from its type. */
struct request_value {
	uint64_t word;                  /* bool, int, enumeration */
	struct str text;                /* string, digest */
	struct request_value *items;    /* elements of a list or set; members of a record */
	uint32_t n_items;
};

struct request {
	uint32_t event;
	struct request_value *fields;   /* one for each field of the event */
};

enum request_expect { REQUEST_ANY = 0, REQUEST_ALLOW, REQUEST_DENY };

/* One request of a file, judged as far as its form goes. */
struct request_item {
	struct str name;                /* of the event, as it was written */
	enum request_expect expect;
	struct str error;               /* "path: what is wrong", or empty */
	struct request request;         /* if there is no error */
	struct str bytes;
};

enum request_form { REQUEST_OWN = 0, REQUEST_HCSSHIM };

/* All requests of a JSON text: an array of them, an object whose "requests" or
 * "trace" is the array, or one request alone; or a report of cocoapolv, of whose
 * "claims" the one called `claim` is meant, or if claim is NULL the only one
 * with a trace.  An element may be { "request": ..., "expect": ... }, as in a
 * trace.  -1 and *error when the text is not that; a malformed request is not
 * such an error but an item with one.  What is said beside a request, to replay,
 * is: "expect", and names that none knows. */
int request_read(struct arena *a, const struct bc_policy *p, struct str text,
    enum request_form form, const char *claim, struct request_item **items, uint32_t *n_items,
    struct str *error);

/* One request in our own form.  0, or -1 and *error. */
int request_of_json(struct arena *a, const struct bc_policy *p, const json_t *json,
    struct request *request, struct str *error);

/* A request that hcsshim's enforcer would see, in our own form; the caller
 * releases it.  NULL and *error if there is no such event. */
json_t *request_of_hcsshim(struct arena *a, const json_t *json, struct str *error);

/* A request whose fields are all zero or empty. */
struct request request_zero(struct arena *a, const struct bc_policy *p, uint32_t event);

/* The bytes.  Sets are sorted on the way.  0, or -1 and *error: an element
 * twice in a set, too many elements, a digest of another length, too long. */
int request_encode(struct arena *a, const struct bc_policy *p, const struct request *request,
    struct str *bytes, struct str *error);

/* Back from bytes that request_encode() made or cpol_decide() accepted. */
struct request request_decode(struct arena *a, const struct bc_policy *p, struct str bytes);

/* The JSON of the form above ("fields" apart only where a field is called like
 * a member of ours); the caller releases it. */
json_t *request_to_json(const struct bc_policy *p, const struct request *request);
/* The JSON of bytes taken as a string: text, or { "hex": ... }. */
json_t *request_string_to_json(struct str text);

/* One line for people: the event and the fields that are not zero or
 * empty; enumerations always. */
struct str request_to_text(struct arena *a, const struct bc_policy *p,
    const struct request *request);
/* One field; empty if it is zero or empty. */
struct str request_field_to_text(struct arena *a, const struct bc_policy *p,
    const struct request *request, uint32_t field);
struct str request_value_to_text(struct arena *a, const struct bc_policy *p, uint32_t type,
    const struct request_value *v);
/* A string in quotes, with escapes for what does not print. */
struct str request_quote(struct arena *a, struct str text);

#endif

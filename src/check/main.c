/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c - cocoapol-check(1): whether a certificate proves what it says of a
 * policy.  No solver is linked.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/digest.h"
#include "../base/file.h"
#include "../base/refusal.h"
#include "../bytecode/decode.h"
#include "certificate.h"

#ifndef COCOAPOL_VERSION
#define COCOAPOL_VERSION "unknown"
#endif

enum { GOOD = 0, REFUSED = 1, TROUBLE = 2 };

struct checked {
	struct arena arena;
	const char *policy_path, *certificate_path;
	bool json;
	const char **wanted;            /* --claim; none: all */
	uint32_t n_wanted, cap_wanted;
	struct bc_policy policy;
	struct str certificate;
	struct certificate_report report;
};

static const char help[] =
    "usage: cocoapol-check [OPTION...] POLICY.cpb CERTIFICATE\n\n"
    "Follow a certificate of 'cocoapolv prove --certificate' and say which claims\n"
    "of the policy it proves.\n\n"
    "  --claim NAME  this claim is wanted; may be given again (all invariants and\n"
    "                step claims)\n"
    "  --json        print one JSON object\n"
    "  --help, --version\n"
    "\nExit status: 0 what is wanted is proved, 1 it is not, 2 trouble.\n";

static int usage(const char *format, const char *arg)
{
	fputs("cocoapol-check: ", stderr);
	fprintf(stderr, format, arg);
	fputs("\nTry 'cocoapol-check --help'.\n", stderr);
	return TROUBLE;
}

static int trouble(const char *path)
{
	fprintf(stderr, "cocoapol-check: %s: %s\n", path, strerror(errno));
	return TROUBLE;
}

static int read_file(struct checked *c, const char *path, size_t most, struct str *bytes)
{
	if (file_read(&c->arena, path, most, bytes) == 0)
		return GOOD;
	if (errno != EFBIG)
		return trouble(path);
	fprintf(stderr, "cocoapol-check: %s: has more than %zu MiB\n", path, most >> 20);
	return TROUBLE;
}

static struct str claim_name(const struct checked *c, uint32_t claim)
{
	struct bc_bytes bytes = bc_string(&c->policy, c->policy.claims[claim].name);

	return (struct str){ (const char *)bytes.ptr, bytes.len };
}

static int open_files(struct checked *c)
{
	size_t where = 0;
	enum bc_error error;
	struct str bytes;

	if (read_file(c, c->policy_path, BC_LEN_MAX, &bytes) != GOOD ||
	    read_file(c, c->certificate_path, CERTIFICATE_LEN_MAX, &c->certificate) != GOOD)
		return TROUBLE;
	error = bc_open(&c->policy, bytes.ptr, bytes.len, &where);
	if (error == BC_OK)
		return GOOD;
	fprintf(stderr, "cocoapol-check: %s: not a policy: %s (%s, at byte %zu)\n", c->policy_path,
	    refusal_text(error), refusal_name(error), where);
	return TROUBLE;
}

/* ---- what is wanted ------------------------------------------------------------ */

static bool is_wanted(const struct checked *c, uint32_t claim)
{
	if (c->policy.claims[claim].kind == BC_REACHABLE)
		return false;
	for (uint32_t i = 0; i < c->n_wanted; i++)
		if (str_is(claim_name(c, claim), c->wanted[i]))
			return true;
	return c->n_wanted == 0;
}

/* Each wanted claim must be one that can be proved. */
static int look_up_wanted(const struct checked *c)
{
	for (uint32_t i = 0; i < c->n_wanted; i++) {
		uint32_t claim = 0;

		while (claim < c->policy.n_claims && !str_is(claim_name(c, claim), c->wanted[i]))
			claim++;
		if (claim == c->policy.n_claims)
			return usage("the policy has no claim '%s'", c->wanted[i]);
		if (c->policy.claims[claim].kind == BC_REACHABLE)
			return usage("'%s' is a `reachable` claim: cocoapolv reach", c->wanted[i]);
	}
	return GOOD;
}

static bool all_proved(const struct checked *c)
{
	for (uint32_t i = 0; i < c->policy.n_claims; i++)
		if (is_wanted(c, i) && !c->report.proves[i])
			return false;
	return c->report.is_good;
}

/* ---- printing -------------------------------------------------------------------- */

/* Names of claims are words; what else there may be is escaped. */
static void print_json_string(struct str s)
{
	putchar('"');
	for (size_t i = 0; i < s.len; i++) {
		unsigned char byte = (unsigned char)s.ptr[i];

		if (byte == '"' || byte == '\\')
			printf("\\%c", byte);
		else if (byte < 0x20 || byte >= 0x7f)
			printf("\\u%04x", byte);
		else
			putchar(byte);
	}
	putchar('"');
}

static void print_json(const struct checked *c)
{
	const struct certificate_report *r = &c->report;
	char hex[DIGEST_HEX_LEN + 1];
	const char *comma = "";

	digest_hex(c->policy.bytes, c->policy.len, hex);
	printf("{\n  \"policy\": \"sha256:%s\",\n  \"verdict\": \"%s\",\n", hex,
	    r->is_good ? "GOOD" : "REFUSED");
	if (!r->is_good)
		printf("  \"why\": \"%s\",\n  \"byte\": %zu,\n", r->why, r->where);
	printf("  \"claims\": [");
	for (uint32_t i = 0; i < c->policy.n_claims; i++) {
		if (c->policy.claims[i].kind == BC_REACHABLE)
			continue;
		printf("%s\n    { \"name\": ", comma);
		print_json_string(claim_name(c, i));
		printf(", \"proved\": %s }", r->proves[i] ? "true" : "false");
		comma = ",";
	}
	printf("\n  ],\n  \"proved\": %u,\n  \"lemmas\": %u,\n  \"proofs\": %u,\n  \"steps\": %u,\n  \"cases\": %u\n}\n",
	    (unsigned)(r->is_good ? r->n_claims : 0), (unsigned)r->n_lemmas, (unsigned)r->n_proofs,
	    (unsigned)r->n_steps, (unsigned)r->n_cases);
}

static void print_text(const struct checked *c)
{
	const struct certificate_report *r = &c->report;

	if (!r->is_good) {
		printf("REFUSED  %s: %s (at byte %zu)\n", c->certificate_path, r->why, r->where);
		return;
	}
	for (uint32_t i = 0; i < c->policy.n_claims; i++)
		if (c->policy.claims[i].kind != BC_REACHABLE)
			printf("%s  %.*s\n", r->proves[i] ? "PROVED    " : is_wanted(c, i) ?
			    "NOT PROVED" : "not proved", STR_ARG(claim_name(c, i)));
	printf("%u claims proved; %u lemmas, %u proofs, %u steps, %u cases\n", (unsigned)r->n_claims,
	    (unsigned)r->n_lemmas, (unsigned)r->n_proofs, (unsigned)r->n_steps, (unsigned)r->n_cases);
}

static int flush(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return trouble("standard output");
	return status;
}

static int check(struct checked *c)
{
	int status = open_files(c);

	if (status == GOOD)
		status = look_up_wanted(c);
	if (status != GOOD)
		return status;
	c->report = certificate_check(&c->arena, tree_of_policy(&c->arena, &c->policy), c->certificate);
	if (c->json)
		print_json(c);
	else
		print_text(c);
	return flush(all_proved(c) ? GOOD : REFUSED);
}

/* ---- arguments --------------------------------------------------------------------- */

/* GOOD, or the status to end with; *done: it said what was asked for. */
static int parse(struct checked *c, int argc, char **argv, bool *done)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ "json", no_argument, NULL, 'j' },
		{ "claim", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 }
	};
	int letter;

	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
		*done = letter == 'h' || letter == 'v';
		if (*done) {
			fputs(letter == 'h' ? help : "cocoapol-check " COCOAPOL_VERSION "\n", stdout);
			return flush(GOOD);
		}
		if (letter == ':')
			return usage("%s wants a value", argv[optind - 1]);
		if (letter == '?')
			return usage("no option '%s' here", argv[optind - 1]);
		if (letter == 'j') {
			c->json = true;
			continue;
		}
		arena_push(&c->arena, c->wanted, c->n_wanted, c->cap_wanted);
		c->wanted[c->n_wanted++] = optarg;
	}
	if (argc - optind < 2)
		return usage("which %s?", argc == optind ? "policy" : "certificate");
	if (argc - optind > 2)
		return usage("what is '%s' for?", argv[optind + 2]);
	c->policy_path = argv[optind];
	c->certificate_path = argv[optind + 1];
	return GOOD;
}

int main(int argc, char **argv)
{
	struct checked c = { .json = false };
	bool done = false;
	int status = parse(&c, argc, argv, &done);

	if (status == GOOD && !done)
		status = check(&c);
	arena_clear(&c.arena);
	return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * tool.h - what the commands of cocoapolv share: the policy that is looked at,
 * its map, and how answers are printed.
 *
 * Exit status: 0 yes; 1 no; 2 neither, or trouble; 130 interrupted.
 */
#ifndef COCOAPOL_TOOL_H
#define COCOAPOL_TOOL_H

#include <jansson.h>
#include <stdio.h>

#include "../base/srcmap.h"
#include "../runtime/cpol.h"
#include "../search/search.h"
#include "../lift/tree.h"

enum { TOOL_YES = 0, TOOL_NO = 1, TOOL_TROUBLE = 2, TOOL_INTERRUPTED = 130 };

struct tool {
	const char *command;
	const char *path, *second;              /* POLICY.cpb, and the command's other file */
	const char *map_path;                   /* --map */
	const char *from;                       /* --from */
	const char *html_path;                  /* --html */
	const char *claim;                      /* --claim */
	const char *certificate_path;           /* --certificate */
	bool json;
	bool lemmas;                            /* --lemmas */
	double timeout;                         /* seconds; 0: the command's own */
	uint32_t jobs;                          /* processes at once; 0: as many as there are processors */
	uint32_t seed;
	uint64_t memory;                        /* bytes that each process may have; 0: any number */
	const char *cache;                      /* a folder; NULL: none */
	uint64_t lint_allowed;                  /* --allow: a bit for each name of lint.def */
	bool list;                              /* --list */
	/* of tool_open() */
	struct arena arena;
	struct str bytes;
	struct cpol_policy policy;
	struct tree_policy *tree;
	const struct srcmap *map;               /* NULL: none */
	/* If `policy` was made of another: that one, which has to allow the requests
	 * of every trace too.  NULL: it is as it was read. */
	const struct cpol_policy *given;
	/* One bool for each claim: it may help to prove others, and is not reported.
	 * NULL: none is such. */
	const bool *aside;
	bool colour;
	struct html_report *page;               /* of html_open(); NULL: none is wanted */
	/* of tool_progress() */
	double started;
	bool drawn;
	bool exhausted;                         /* --memory was not enough for a search */
};

int command_lint(struct tool *t);
int command_prove(struct tool *t);
int command_reach(struct tool *t);
int command_replay(struct tool *t);
int command_compare(struct tool *t);
int command_demand(struct tool *t);             /* in src/demand */

/* Read and validate; TOOL_YES, or TOOL_NO or TOOL_TROUBLE after saying why. */
int tool_open(struct tool *t);
/* A wrong argument: says so and returns TOOL_TROUBLE. */
int tool_usage(const struct tool *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "cocoapolv: PATH: what errno says"; TOOL_TROUBLE. */
int tool_trouble(const char *path);

struct str tool_string(const struct tool *t, uint32_t string);
struct str tool_event(const struct tool *t, uint32_t event);
struct str tool_claim(const struct tool *t, uint32_t claim);
const struct srcmap_entry *tool_claim_place(const struct tool *t, uint32_t claim);
/* Whether its author wrote `never`; without a map nobody knows, and the bytes
 * have `always not`. */
bool tool_is_never(const struct tool *t, uint32_t claim);
/* For people: "never dumped", as "dumped is proved" would say the opposite. */
struct str tool_claim_title(struct tool *t, uint32_t claim);

/* Options of lint: a name that it is silent about; all names. */
int lint_allow(struct tool *t, const char *name);
int lint_list_names(const struct tool *t);

/* A word in colour, on terminals that have them. */
enum tool_colour { TOOL_GOOD, TOOL_BAD, TOOL_DOUBT, TOOL_FAINT };
void tool_print_colour(const struct tool *t, enum tool_colour colour, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A line on standard error that the next one replaces; only on a terminal, and
 * only when the command takes longer than a second.  tool_calm() removes it. */
void tool_progress(struct tool *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void tool_calm(struct tool *t);

/* { "file": ..., "line": ..., "column": ... } */
json_t *tool_place_json(const struct srcmap_entry *entry);
json_t *tool_str_json(struct str s);
/* Why a request was denied: for people (steps.c); as a stable name (replay.c). */
const char *tool_reason_text(enum cpol_reason reason);
const char *tool_reason_name(enum cpol_reason reason);
/* Print and release. */
int tool_print_json(json_t *json);

/* ---- claims (claims.c) ---- */

/* Decide the invariants and step claims, or the `reachable` ones; print a line
 * for each, or add it to the report.  An exit status. */
int claims_prove(struct tool *t, json_t *report);
int claims_reach(struct tool *t, json_t *report);
json_t *claims_report(const struct tool *t);
/* Print the report, if JSON is wanted, and release it; the status, or trouble. */
int claims_finish(struct tool *t, json_t *report, int status);

/* ---- traces (trace.c) ---- */

/* Numbered requests, what each changes, and the claim that is decided at the
 * end.  Plays them again on the interpreter for that. */
void trace_print(struct tool *t, uint32_t claim, const struct search_trace *trace);
/* Ids and digests by their ends, for people (steps.c). */
struct str tool_shorten(struct arena *a, struct str text);
/* An array with an object for each request. */
json_t *trace_json(struct tool *t, const struct search_trace *trace);
/* An array with an object for each part of the claim that decides it. */
json_t *trace_why_json(struct tool *t, uint32_t claim, const struct search_trace *trace);
/* "layers_stay is false in this state" */
struct str trace_end(struct tool *t, uint32_t claim);
/* What is claimed: as its author wrote it or, without a map, as the bytes say. */
struct str trace_claim_text(struct tool *t, uint32_t claim);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * tool.h - what the commands of cocoapolv share: the policy that is looked at,
 * its map, and how answers are printed.
 *
 * Exit status: 0 yes; 1 no; 2 neither, or trouble.
 */
#ifndef COCOAPOL_TOOL_H
#define COCOAPOL_TOOL_H

#include <jansson.h>
#include <stdio.h>

#include "../base/srcmap.h"
#include "../runtime/cpol.h"
#include "search.h"
#include "tree.h"

enum { TOOL_YES = 0, TOOL_NO = 1, TOOL_TROUBLE = 2 };

struct tool {
	const char *command;
	const char *path, *second;              /* POLICY.cpb, and the command's other file */
	const char *map_path;                   /* --map */
	const char *from;                       /* --from */
	const char *certificate_path;           /* --certificate */
	bool json;
	double timeout;                         /* seconds; 0: the command's own */
	/* of tool_open() */
	struct arena arena;
	struct str bytes;
	struct cpol_policy policy;
	struct tree_policy *tree;
	const struct srcmap *map;               /* NULL: none */
	bool colour;
	/* of tool_progress() */
	double started;
	bool drawn;
};

int command_prove(struct tool *t);
int command_reach(struct tool *t);
int command_replay(struct tool *t);

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
/* Print and release. */
int tool_print_json(json_t *json);

/* ---- traces (trace.c) ---- */

/* Numbered requests, what each changes, and the claim that is decided at the
 * end.  Plays them again on the interpreter for that. */
void trace_print(struct tool *t, uint32_t claim, const struct search_trace *trace);
/* An array with an object for each request. */
json_t *trace_json(struct tool *t, const struct search_trace *trace);

#endif

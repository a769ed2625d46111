/* SPDX-License-Identifier: Apache-2.0
 *
 * html.h - answers as one page that needs nothing else: what was asked of the
 * policy, the answers, and requests that can be stepped through.  The same
 * report gives the same bytes.  Whatever names and values hold, they are text.
 */
#ifndef COCOAPOL_HTML_H
#define COCOAPOL_HTML_H

#include "../base/bytes.h"
#include "steps.h"
#include "why.h"

enum html_mood { HTML_PLAIN = 0, HTML_GOOD, HTML_BAD, HTML_DOUBT };

/* A claim or a question, and its answer.  What is empty or NULL is left out. */
struct html_entry {
	struct str name, kind;          /* "layers_stay", "invariant" */
	struct str id;                  /* of its address, if that is not the name */
	bool is_never;                  /* the claim is that there is none */
	struct str verdict;             /* "REFUTED" */
	enum html_mood mood;
	const struct srcmap_entry *place;
	struct str text;                /* what is claimed or asked */
	struct str note;                /* a sentence about the answer */
	const struct step *steps;
	uint32_t n_steps;
	struct str end;                 /* what the last step shows */
	const struct why *why;          /* and of which parts that is made */
};

struct html_report {
	struct str title;               /* "Proof of a policy" */
	const struct tool *other;       /* the other policy of a comparison, or NULL */
	struct str summary;             /* of all answers in a few words, or empty */
	enum html_mood mood;            /* of the summary */
	struct html_entry *entries;
	uint32_t n_entries, cap_entries;
	struct str footer;              /* sentences on what the answers mean */
};

/* Start t->page, if --html asks for one; else nothing below does anything. */
void html_open(struct tool *t, struct str title, struct str footer);
/* An empty entry, which stays where it is until the next one is added; or NULL. */
struct html_entry *html_add(struct tool *t);
/* A claim of the policy; trace may be NULL, note empty. */
void html_add_claim(struct tool *t, uint32_t claim, const char *verdict, enum html_mood mood,
    const struct search_trace *trace, struct str note);
/* TOOL_YES, or TOOL_TROUBLE after saying why. */
int html_write(struct tool *t);

/* ---- text (html_text.c) ---- */

/* As text of an element or in a quoted attribute: markup is escaped, and what
 * does not print, is not UTF-8 or turns the writing direction is spelled. */
void html_put(struct bytes *b, struct str text);
/* The same, and a line may end after a dot, a slash or an underscore. */
void html_put_name(struct bytes *b, struct str text);
/* As text, and of long words only the ends are seen until they are pointed at. */
void html_put_value(struct bytes *b, struct str text);
/* As an id: letters, digits and some more; one for each text. */
void html_put_id(struct bytes *b, struct str text);
/* 'sha256-...' of the bytes, as a content security policy has it. */
void html_put_hash(struct bytes *b, struct str text);

#endif

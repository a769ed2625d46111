/* SPDX-License-Identifier: Apache-2.0
 *
 * html.c - see html.h.  The page is complete without its script, which only
 * hides all but one request at a time.
 */
#include "html.h"

#include "../base/digest.h"
#include "../base/file.h"
#include "../bytecode/decode.h"
#include "report_lines.h"

#ifndef COCOAPOL_VERSION
#define COCOAPOL_VERSION "unknown"
#endif

static const char *const mood_classes[] = {
	[HTML_PLAIN] = "plain", [HTML_GOOD] = "good", [HTML_BAD] = "bad", [HTML_DOUBT] = "doubt"
};
/* What needs attention comes first. */
static const enum html_mood mood_order[] = { HTML_BAD, HTML_DOUBT, HTML_GOOD, HTML_PLAIN };
enum { N_MOODS = sizeof(mood_order) / sizeof(mood_order[0]), SHORT_LIST = 40 };

struct page {
	struct tool *tool;
	const struct html_report *report;
	struct bytes out;
};

static void put(struct page *p, const char *markup)
{
	bytes_put(&p->out, markup, strlen(markup));
}

/* before, the text, after */
static void put_in(struct page *p, const char *before, struct str text, const char *after)
{
	put(p, before);
	html_put(&p->out, text);
	put(p, after);
}

static void put_value_in(struct page *p, const char *before, struct str text, const char *after)
{
	put(p, before);
	html_put_value(&p->out, text);
	put(p, after);
}

/* A framework alone has no policy's name. */
static struct str title_of(const struct tool *t)
{
	struct str name = tool_string(t, t->policy.bc.policy_name);

	return name.len != 0 ? name : tool_string(t, t->policy.bc.framework_name);
}

/* What an entry is called.  It may be broken where a reader would break it. */
static void put_name(struct page *p, const struct html_entry *e)
{
	if (e->is_never)
		put(p, "never ");
	html_put_name(&p->out, e->name);
}

static void put_place(struct page *p, const struct srcmap_entry *place)
{
	if (place != NULL)
		put_in(p, "<span class=\"place\">", step_where(&p->tool->arena, place), "</span>");
}

static void put_anchor(struct page *p, const struct html_entry *e, uint32_t step)
{
	html_put_id(&p->out, e->id.len != 0 ? e->id : e->name);
	if (step != 0)
		bytes_printf(&p->out, "/%u", (unsigned)step);
}

/* ---- head ---- */

static struct str joined(struct arena *a, const char *const *lines)
{
	struct bytes b = { .arena = a };

	bytes_put8(&b, '\n');
	for (; *lines != NULL; lines++)
		bytes_put(&b, *lines, strlen(*lines));
	return bytes_str(&b);
}

static void put_head(struct page *p, struct str css, struct str js)
{
	struct tool *t = p->tool;

	put(p, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	    "base-uri 'none'; form-action 'none'; style-src ");
	html_put_hash(&p->out, css);
	put(p, "; script-src ");
	html_put_hash(&p->out, js);
	put(p, "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n");
	put_in(p, "<meta name=\"generator\" content=\"cocoapolv ", STR(COCOAPOL_VERSION), "\">\n");
	put_in(p, "<title>", p->report->title, " \xc2\xb7 ");
	put_in(p, "", title_of(t), "</title>\n<style>");
	bytes_put(&p->out, css.ptr, css.len);
	put(p, "</style>\n</head>\n<body>\n");
}

static void put_fact(struct page *p, const char *name, struct str value)
{
	bytes_printf(&p->out, "<li><b>%s</b>", name);
	put_in(p, "", value, "</li>\n");
}

static void put_facts(struct page *p, const struct tool *t)
{
	struct arena *a = &p->tool->arena;
	const struct bc_policy *bc = &t->policy.bc;
	struct str framework = tool_string(t, bc->framework_name);
	char digest[DIGEST_HEX_LEN + 1];

	digest_hex(t->bytes.ptr, t->bytes.len, digest);
	put(p, "<ul class=\"facts\">\n");
	put_fact(p, "Framework", arena_printf(a, "%.*s %u", STR_ARG(framework),
	    (unsigned)bc->framework_version));
	put_fact(p, "SVN", arena_printf(a, "%llu", (unsigned long long)bc->svn));
	put_in(p, "<li><b>HOST_DATA</b><code>sha256:", (struct str){ digest, DIGEST_HEX_LEN },
	    "</code></li>\n");
	put_fact(p, "Verifier", STR("cocoapolv " COCOAPOL_VERSION));
	put(p, "</ul>\n");
}

/* The first entry of a mood, or NULL; how many there are. */
static const struct html_entry *of_mood(const struct html_report *r, enum html_mood mood, uint32_t *n)
{
	const struct html_entry *first = NULL;

	*n = 0;
	for (uint32_t i = 0; i < r->n_entries; i++) {
		if (r->entries[i].mood != mood)
			continue;
		(*n)++;
		if (first == NULL)
			first = &r->entries[i];
	}
	return first;
}

static void put_counts(struct page *p)
{
	const struct html_entry *first;
	uint32_t i, n;

	put(p, "<ul class=\"counts\">\n");
	for (i = 0; i < N_MOODS; i++) {
		first = of_mood(p->report, mood_order[i], &n);
		if (first == NULL)
			continue;
		bytes_printf(&p->out, "<li class=\"%s\" data-mood=\"%s\"", mood_classes[first->mood],
		    mood_classes[first->mood]);
		put_in(p, " data-name=\"", first->verdict, "\">");
		bytes_printf(&p->out, "%u ", (unsigned)n);
		put_in(p, "", first->verdict, "</li>\n");
	}
	put(p, "</ul>\n");
}

static void put_top(struct page *p)
{
	const struct tool *t = p->tool, *other = p->report->other;

	put(p, "<a class=\"skip\" href=\"#answers\">Skip to the answers</a>\n<header class=\"top\">\n");
	put_in(p, "<p class=\"over\">", p->report->title, "</p>\n");
	if (p->report->summary.len != 0) {
		bytes_printf(&p->out, "<p class=\"summary %s\">", mood_classes[p->report->mood]);
		put_in(p, "", p->report->summary, "</p>\n");
	}
	put_in(p, other == NULL ? "<h1>" : "<h1>A: ", title_of(t), "</h1>\n");
	put_facts(p, t);
	if (other != NULL) {
		put_in(p, "<h1>B: ", title_of(other), "</h1>\n");
		put_facts(p, other);
	}
	if (p->report->n_entries > 1)
		put_counts(p);
	put(p, "</header>\n");
}

static void put_list(struct page *p)
{
	const struct html_report *r = p->report;

	put(p, "<nav class=\"list\" aria-label=\"Answers\">\n<h2>Answers</h2>\n"
	    "<div class=\"filters\" role=\"group\" aria-label=\"Show\"></div>\n<ul>\n");
	for (uint32_t m = 0; m < N_MOODS; m++)
		for (uint32_t i = 0; i < r->n_entries; i++) {
			if (r->entries[i].mood != mood_order[m])
				continue;
			bytes_printf(&p->out, "<li class=\"%s\"><a href=\"#", mood_classes[mood_order[m]]);
			put_anchor(p, &r->entries[i], 0);
			put_in(p, "\"><span><span class=\"unseen\">", r->entries[i].verdict, " </span>");
			put_name(p, &r->entries[i]);
			put(p, "</span></a></li>\n");
		}
	put(p, "</ul>\n</nav>\n");
}

/* ---- one request ---- */

/* Long lists have a line for each element. */
static void put_field(struct page *p, const struct bc_policy *bc, uint32_t type,
    const struct request_value *v, struct str text)
{
	if (BC_SHAPE(type) == BC_ONE || v->n_items < 2 || text.len <= SHORT_LIST) {
		html_put_value(&p->out, text);
		return;
	}
	put(p, "<ul>");
	for (uint32_t i = 0; i < v->n_items; i++)
		put_value_in(p, "<li>", request_value_to_text(&p->tool->arena, bc, bc_element(type),
		    &v->items[i]), "</li>");
	put(p, "</ul>");
}

static void put_fields(struct page *p, const struct step *s)
{
	const struct bc_policy *bc = s->policy;
	struct bc_bytes name;
	uint32_t i, n_empty = 0, n = bc->events[s->request.event].n_fields;
	struct str text;

	put(p, "<dl class=\"fields\">\n");
	for (i = 0; i < n; i++) {
		text = request_field_to_text(&p->tool->arena, bc, &s->request, i);
		n_empty += text.len == 0;
		if (text.len == 0)
			continue;
		name = bc_string(bc, bc_get32(bc->events[s->request.event].fields + 12 * (size_t)i));
		put_in(p, "<dt>", (struct str){ (const char *)name.ptr, name.len }, "</dt><dd>");
		put_field(p, bc, bc_field_type(&bc->events[s->request.event], i), &s->request.fields[i], text);
		put(p, "</dd>\n");
	}
	put(p, "</dl>\n");
	if (n_empty != 0)
		bytes_printf(&p->out, "<p class=\"rest\">%s%u field%s zero or empty</p>\n",
		    n_empty == n ? "" : "the other ", (unsigned)n_empty,
		    n_empty == 1 ? " is" : "s are");
}

static void put_requirements(struct page *p, const struct step *s)
{
	uint32_t i;

	bytes_printf(&p->out, "<details><summary>%u requirement%s</summary>\n<ol class=\"rules\">\n",
	    (unsigned)s->n_requirements, s->n_requirements == 1 ? " holds" : "s hold");
	for (i = 0; i < s->n_requirements; i++) {
		put_in(p, "<li><code>", s->requirements[i]->text, "</code> ");
		put_place(p, s->requirements[i]);
		put(p, "</li>\n");
	}
	put(p, "</ol></details>\n");
}

static bool has_places(const struct step *s)
{
	for (uint32_t i = 0; i < s->n_requirements; i++)
		if (s->requirements[i] == NULL)
			return false;
	return s->n_requirements != 0;
}

static void put_reason(struct page *p, const struct step *s)
{
	put(p, "<h4>Verdict</h4>\n<p class=\"why-allowed\">");
	if (!s->allowed) {
		put_in(p, "<span class=\"badge bad\">DENIED</span> ", s->reason, "<br>");
		if (s->place != NULL)
			put_in(p, "<code>", s->place->text, "</code> ");
		put_place(p, s->place);
		put_in(p, " ", s->remark, "</p>\n");
		return;
	}
	put(p, "<span class=\"badge good\">ALLOWED</span>");
	if (s->rule != NULL) {
		put_in(p, " by the rule <code>", s->event, "</code><br>");
		put_place(p, s->rule);
	}
	put_in(p, " ", s->remark, "</p>\n");
	if (has_places(s))
		put_requirements(p, s);
}

/* ---- the state ---- */

static void put_cell_value(struct page *p, const struct snapshot_cell *c)
{
	put(p, "<td>");
	if (c->has_value && c->mark == '~') {
		put_value_in(p, "<del>", c->old, "</del> \xe2\x86\x92 ");
		put_value_in(p, "<ins>", c->new, "</ins>");
	} else if (c->has_value) {
		html_put_value(&p->out, c->mark == '-' ? c->old : c->new);
	}
	put(p, "</td></tr>\n");
}

static void put_cell(struct page *p, const struct snapshot_cell *c)
{
	const char *row = c->mark == '+' ? "new" : c->mark == '-' ? "gone" : c->mark == '~' ? "edit" : NULL;
	const char *sign = c->mark == '+' ? "+<span class=\"unseen\">new</span>" :
	    c->mark == '-' ? "\xe2\x88\x92<span class=\"unseen\">gone</span>" :
	    c->mark == '~' ? "~<span class=\"unseen\">changed</span>" : "";

	if (row != NULL)
		bytes_printf(&p->out, "<tr class=\"%s\">", row);
	else
		put(p, "<tr>");
	bytes_printf(&p->out, "<td class=\"mark\">%s</td>", sign);
	put_in(p, "<th scope=\"row\">", c->var, c->ghost ?
	    " <span class=\"ghost\" title=\"kept for proofs only\">ghost</span></th>" : "</th>");
	put_value_in(p, "<td>", c->key, "</td>");
	put_cell_value(p, c);
}

static void put_state(struct page *p, const struct step *s)
{
	uint32_t i, pass, n_changed = 0;

	for (i = 0; i < s->n_cells; i++)
		n_changed += s->cells[i].mark != ' ';
	put(p, "<h4>State after it</h4>\n");
	if (s->n_cells != 0) {
		put(p, "<table class=\"state\">\n<thead class=\"unseen\"><tr><th scope=\"col\">Change</th>"
		    "<th scope=\"col\">State</th><th scope=\"col\">Key</th>"
		    "<th scope=\"col\">Value</th></tr></thead>\n<tbody>\n");
		/* What changed is what is looked for. */
		for (pass = 0; pass < 2; pass++)
			for (i = 0; i < s->n_cells; i++)
				if ((s->cells[i].mark == ' ') == (pass == 1))
					put_cell(p, &s->cells[i]);
		put(p, "</tbody></table>\n");
	}
	if (n_changed == 0)
		put(p, "<p class=\"state-note\">Nothing changes.</p>\n");
}

/* ---- an entry ---- */

static void put_end(struct page *p, const struct html_entry *e)
{
	static const char *const words[] = { [WHY_FOR] = "for", [WHY_FALSE] = "false:",
		[WHY_TRUE] = "true:", [WHY_VALUE] = "where" };

	if (e->end.len == 0)
		return;
	put_in(p, "<div class=\"end\">\n<p>", e->end, "</p>\n");
	if (e->text.len != 0)
		put_in(p, "<code>", e->text, "</code>\n");
	if (e->why != NULL) {
		put(p, "<ul class=\"parts\">\n");
		for (uint32_t i = 0; i < e->why->n_parts; i++) {
			const struct why_part *part = &e->why->parts[i];

			bytes_printf(&p->out, "<li><b>%s</b> ", words[part->kind]);
			put_in(p, "<code>", part->text, "</code>");
			if (part->value.len != 0)
				put_value_in(p, " = <code>", part->value, "</code>");
			put(p, "</li>\n");
		}
		put(p, "</ul>\n");
	}
	put(p, "</div>\n");
}

static void put_step(struct page *p, const struct html_entry *e, uint32_t i)
{
	const struct step *s = &e->steps[i];

	put(p, "<article class=\"step\" id=\"");
	put_anchor(p, e, i + 1);
	bytes_printf(&p->out, "\">\n<h3><span>%u. ", (unsigned)i + 1);
	html_put_name(&p->out, s->event);
	bytes_printf(&p->out, "</span> <span class=\"of\">request %u of %u</span></h3>\n"
	    "<div class=\"columns\">\n<div>\n<h4>Request</h4>\n", (unsigned)i + 1, (unsigned)e->n_steps);
	if (s->request.fields != NULL)
		put_fields(p, s);
	put_reason(p, s);
	put(p, "</div>\n<div>\n");
	put_state(p, s);
	put(p, "</div>\n</div>\n");
	if (i + 1 == e->n_steps)
		put_end(p, e);
	put(p, "</article>\n");
}

static void put_track(struct page *p, const struct html_entry *e)
{
	put(p, "<ol class=\"track\" aria-label=\"Requests\">\n");
	for (uint32_t i = 0; i < e->n_steps; i++) {
		bytes_printf(&p->out, "<li class=\"%s\"><a href=\"#", !e->steps[i].allowed ? "denied" :
		    i + 1 == e->n_steps && e->end.len != 0 ? "last" : "allowed");
		put_anchor(p, e, i + 1);
		bytes_printf(&p->out, "\"><span class=\"n\">%u</span> ", (unsigned)i + 1);
		html_put_name(&p->out, e->steps[i].event);
		put(p, "</a></li>\n");
	}
	put(p, "</ol>\n<div class=\"pager\" role=\"group\" aria-label=\"Step through\"></div>\n");
}

static void put_claim(struct page *p, const struct html_entry *e)
{
	if (e->text.len == 0 && e->place == NULL)
		return;
	put_in(p, "<div class=\"claim\"><code>", e->text, "</code>");
	put_place(p, e->place);
	put(p, "</div>\n");
}

static void put_badge(struct page *p, const struct html_entry *e)
{
	put_in(p, "<span class=\"badge\">", e->verdict, "</span> ");
	put(p, "<span class=\"name\" role=\"heading\" aria-level=\"2\">");
	put_name(p, e);
	put(p, "</span> ");
	if (e->kind.len == 0 && e->n_steps == 0)
		return;
	put_in(p, "<span class=\"kind\">", e->kind, "");
	if (e->n_steps != 0)
		bytes_printf(&p->out, "%s%u request%s", e->kind.len == 0 ? "" : " \xc2\xb7 ",
		    (unsigned)e->n_steps, e->n_steps == 1 ? "" : "s");
	put(p, "</span>");
}

static void put_entry(struct page *p, const struct html_entry *e)
{
	bool is_short = e->n_steps == 0 && e->note.len == 0 && e->mood == HTML_GOOD;

	bytes_printf(&p->out, "<section class=\"entry %s%s\" id=\"", mood_classes[e->mood],
	    is_short ? " short" : "");
	put_anchor(p, e, 0);
	put(p, is_short ? "\">\n<details>\n<summary>" : "\">\n<details open>\n<summary>");
	put_badge(p, e);
	put(p, "</summary>\n<div class=\"inside\">\n");
	put_claim(p, e);
	if (e->note.len != 0)
		put_in(p, "<p class=\"note\">", e->note, "</p>\n");
	if (e->n_steps != 0)
		put_track(p, e);
	for (uint32_t i = 0; i < e->n_steps; i++)
		put_step(p, e, i);
	if (e->n_steps == 0)
		put_end(p, e);
	put(p, "</div>\n</details>\n</section>\n");
}

static void put_entries(struct page *p)
{
	const struct html_report *r = p->report;

	put(p, "<main id=\"answers\">\n");
	for (uint32_t m = 0; m < N_MOODS; m++)
		for (uint32_t i = 0; i < r->n_entries; i++)
			if (r->entries[i].mood == mood_order[m])
				put_entry(p, &r->entries[i]);
	if (r->n_entries == 0)
		put(p, "<p class=\"none\">There is nothing to answer.</p>\n");
	put(p, "</main>\n");
}

int html_write(struct tool *t)
{
	const struct html_report *report = t->page;
	struct page p = { .tool = t, .report = report, .out = { .arena = &t->arena } };
	struct str css = joined(&t->arena, report_css), js = joined(&t->arena, report_js);

	if (report == NULL)
		return TOOL_YES;
	put_head(&p, css, js);
	put_top(&p);
	put(&p, report->n_entries > 1 ? "<div class=\"body\">\n" : "<div class=\"body single\">\n");
	if (report->n_entries > 1)
		put_list(&p);
	put_entries(&p);
	put(&p, "</div>\n");
	put_in(&p, "<footer>", report->footer, "</footer>\n<script>");
	bytes_put(&p.out, js.ptr, js.len);
	put(&p, "</script>\n</body>\n</html>\n");
	return file_write(t->html_path, p.out.ptr, p.out.len) == 0 ? TOOL_YES :
	    tool_trouble(t->html_path);
}

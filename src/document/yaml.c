/* SPDX-License-Identifier: Apache-2.0
 *
 * yaml.c - see document.h: libyaml's events to trees.  The only file that
 * includes libyaml.
 *
 * Values that are open are on a stack of at most DOCUMENT_DEPTH_MAX, so nothing
 * recurses.  An alias shares its node; what that would be written out is counted
 * (weight), so a small text is never a large tree.
 */
#include <yaml.h>

#include "document.h"
#include "json_comments.h"
#include "map.h"
#include "places.h"

enum { ANCHORS_MAX = 1024 };

struct anchor {
	struct str name;
	struct node *node;
	bool is_open;                   /* its end has not been seen */
};

/* A list or map that is not complete. */
struct open {
	struct node *node;
	uint32_t cap;
	struct entry key;               /* of a map: the key whose value comes next */
	bool has_key;
	struct anchor *anchor;
};

struct reader {
	struct arena *a;
	struct diag *d;
	const struct source *source;
	struct places places;
	struct open stack[DOCUMENT_DEPTH_MAX];
	uint32_t depth;
	struct node *root;              /* of the document that is being read */
	uint32_t n_nodes;
	struct anchor *anchors;
	uint32_t n_anchors;
	uint32_t cap_roots;
	struct document *out;
};

static struct loc place_of(const struct reader *r, yaml_mark_t start, yaml_mark_t end)
{
	return (struct loc){ r->source, places_byte(&r->places, start.index), places_byte(&r->places, end.index) };
}

static int complain(struct reader *r, struct loc loc, enum diag_name name, const char *what)
{
	diag_error(r->d, loc, name, "%s", what);
	return -1;
}

static struct node *new_node(struct reader *r, enum node_kind kind, struct loc loc)
{
	struct node *node = arena_new(r->a, struct node);

	node->kind = kind;
	node->loc = loc;
	node->weight = 1;
	return node;
}

/* The value is complete: it goes into what is open around it, or is the document. */
static int place(struct reader *r, struct node *value)
{
	struct open *in;

	if (value->weight > DOCUMENT_NODES_MAX)
		return complain(r, value->loc, DIAG_TOO_LARGE, "with its aliases written out this is too large");
	if (r->depth == 0) {
		r->root = value;
		return 0;
	}
	in = &r->stack[r->depth - 1];
	if (in->node->kind == NODE_LIST) {
		arena_push(r->a, in->node->items, in->node->n, in->cap);
		in->node->items[in->node->n++] = value;
	} else if (!in->has_key) {
		if (value->kind == NODE_LIST || value->kind == NODE_MAP)
			return complain(r, value->loc, DIAG_BAD_VALUE, "a key is a string");
		in->key = (struct entry){ .key = value->text, .loc = value->loc };
		in->key.used = value->plain && str_is(value->text, "<<");       /* until it is merged */
		in->has_key = true;
		return 0;
	} else {
		in->has_key = false;
		in->key.value = value;
		arena_push(r->a, in->node->entries, in->node->n, in->cap);
		in->node->entries[in->node->n++] = in->key;
	}
	in->node->weight += value->weight;      /* each at most DOCUMENT_NODES_MAX, so no sum wraps */
	if (in->node->weight > DOCUMENT_NODES_MAX)
		return complain(r, in->node->loc, DIAG_TOO_LARGE, "with its aliases written out this is too large");
	return 0;
}

static int add_anchor(struct reader *r, const yaml_char_t *name, struct node *node, bool is_open,
    struct anchor **out)
{
	struct anchor *anchor;

	*out = NULL;
	if (name == NULL)
		return 0;
	if (r->n_anchors == ANCHORS_MAX)
		return complain(r, node->loc, DIAG_TOO_LARGE, "the file has too many anchors");
	anchor = &r->anchors[r->n_anchors++];
	anchor->name = arena_copy(r->a, name, strlen((const char *)name));
	anchor->node = node;
	anchor->is_open = is_open;
	*out = anchor;
	return 0;
}

static int read_alias(struct reader *r, const yaml_event_t *event, struct loc loc)
{
	struct str name = { (const char *)event->data.alias.anchor, strlen((const char *)event->data.alias.anchor) };
	uint32_t i = r->n_anchors;

	while (i > 0 && !str_equal(r->anchors[i - 1].name, name))
		i--;
	if (i == 0) {
		diag_error(r->d, loc, DIAG_UNKNOWN_NAME, "there is no anchor '%.*s' before this", STR_ARG(name));
		return -1;
	}
	if (r->anchors[i - 1].is_open)
		return complain(r, loc, DIAG_CYCLE, "the value would be inside itself");
	return place(r, r->anchors[i - 1].node);
}

/* A tag of YAML's own says what a scalar is; others mean something to one program only. */
static int resolve_tag(struct reader *r, struct node *node, struct str tag)
{
	static const char prefix[] = "tag:yaml.org,2002:";
	static const struct { const char *tag; enum node_kind kind; } tags[] = {
		{ "null", NODE_NULL }, { "bool", NODE_BOOL }, { "int", NODE_INT }, { "float", NODE_FLOAT },
	};
	size_t i, skip = sizeof(prefix) - 1;

	if (str_is(tag, "!"))
		return 0;
	if (tag.len > skip && memcmp(tag.ptr, prefix, skip) == 0) {
		tag = (struct str){ tag.ptr + skip, tag.len - skip };
		if (str_is(tag, "str"))
			return 0;
		node_resolve_plain(node);
		for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
			if (str_is(tag, tags[i].tag) && (node->kind == tags[i].kind
			    || (tags[i].kind == NODE_FLOAT && node->kind == NODE_INT)))
				return 0;
	}
	diag_error(r->d, node->loc, DIAG_BAD_VALUE, "the tag '%.*s' does not go with this value, or is not known",
	    STR_ARG(tag));
	return -1;
}

static int read_scalar(struct reader *r, const yaml_event_t *event, struct loc loc)
{
	const char *tag = (const char *)event->data.scalar.tag;
	struct node *node = new_node(r, NODE_STRING, loc);
	struct anchor *anchor;

	node->text = arena_copy(r->a, event->data.scalar.value, event->data.scalar.length);
	if (tag != NULL) {
		if (resolve_tag(r, node, (struct str){ tag, strlen(tag) }) != 0)
			return -1;
	} else if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
		node_resolve_plain(node);
	}
	return add_anchor(r, event->data.scalar.anchor, node, false, &anchor) != 0 ? -1 : place(r, node);
}

static int open_many(struct reader *r, enum node_kind kind, const yaml_char_t *anchor, const yaml_char_t *tag,
    struct loc loc)
{
	struct node *node = new_node(r, kind, loc);
	struct open *open;

	if (r->depth == DOCUMENT_DEPTH_MAX)
		return complain(r, loc, DIAG_TOO_DEEP, "values are nested too deeply");
	if (tag != NULL && strncmp((const char *)tag, "tag:yaml.org,2002:", 18) != 0)
		return complain(r, loc, DIAG_BAD_VALUE, "this tag is not known");
	open = &r->stack[r->depth++];
	*open = (struct open){ .node = node };
	return add_anchor(r, anchor, node, true, &open->anchor);
}

static int close_many(struct reader *r, struct loc loc)
{
	struct open *open = &r->stack[--r->depth];

	if (open->anchor != NULL)
		open->anchor->is_open = false;
	open->node->loc.end = loc.end;
	if (open->node->kind == NODE_MAP && map_finish(r->a, r->d, open->node) != 0)
		return -1;
	return place(r, open->node);
}

static void end_document(struct reader *r)
{
	if (r->root != NULL && !(r->root->kind == NODE_NULL && r->root->text.len == 0)) {
		arena_push(r->a, r->out->roots, r->out->n, r->cap_roots);
		r->out->roots[r->out->n++] = r->root;
	}
	r->root = NULL;
	r->n_anchors = 0;
}

static int read_event(struct reader *r, const yaml_event_t *event)
{
	struct loc loc = place_of(r, event->start_mark, event->end_mark);

	if (++r->n_nodes > 2 * DOCUMENT_NODES_MAX)
		return complain(r, loc, DIAG_TOO_LARGE, "the file has too many values");
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return read_alias(r, event, loc);
	case YAML_SCALAR_EVENT:
		return read_scalar(r, event, loc);
	case YAML_SEQUENCE_START_EVENT:
		return open_many(r, NODE_LIST, event->data.sequence_start.anchor, event->data.sequence_start.tag, loc);
	case YAML_MAPPING_START_EVENT:
		return open_many(r, NODE_MAP, event->data.mapping_start.anchor, event->data.mapping_start.tag, loc);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_many(r, loc);
	case YAML_DOCUMENT_END_EVENT:
		end_document(r);
		return 0;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
		return 0;
	}
	return 0;
}

static int report(struct reader *r, const yaml_parser_t *parser)
{
	struct loc loc = place_of(r, parser->problem_mark, parser->problem_mark);
	const char *problem = parser->problem == NULL ? "this is no YAML" : parser->problem;

	if (parser->error == YAML_READER_ERROR) {
		loc.start = loc.end = (uint32_t)parser->problem_offset < r->source->text.len
		    ? (uint32_t)parser->problem_offset : (uint32_t)r->source->text.len;
		return complain(r, loc, DIAG_ENCODING, problem);
	}
	diag_error(r->d, loc, DIAG_SYNTAX, "%s%s%s", problem, parser->context == NULL ? "" : ", ",
	    parser->context == NULL ? "" : parser->context);
	return -1;
}

static int read_all(struct reader *r, yaml_parser_t *parser)
{
	yaml_event_t event;
	int failed = 0;
	bool done = false;

	while (failed == 0 && !done) {
		if (!yaml_parser_parse(parser, &event))
			return report(r, parser);
		done = event.type == YAML_STREAM_END_EVENT;
		failed = read_event(r, &event);
		yaml_event_delete(&event);
	}
	return failed;
}

int document_yaml(struct arena *a, struct diag *d, const struct source *source, struct document *out)
{
	struct reader *r = arena_new(a, struct reader);
	yaml_parser_t parser;
	struct str text;
	int failed;

	*out = (struct document){ NULL, 0 };
	*r = (struct reader){ .a = a, .d = d, .source = source, .out = out };
	if (source->text.len > DOCUMENT_TEXT_MAX)
		return complain(r, (struct loc){ source, 0, 0 }, DIAG_TOO_LARGE, "the file is too large");
	if (source->text.len == 0)
		return 0;
	text = json_without_comments(a, source->text);
	places_init(a, &r->places, text);
	r->anchors = arena_array(a, ANCHORS_MAX, struct anchor);
	if (!yaml_parser_initialize(&parser))
		return complain(r, (struct loc){ source, 0, 0 }, DIAG_INTERNAL, "libyaml has no memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	failed = read_all(r, &parser);
	yaml_parser_delete(&parser);
	return failed;
}

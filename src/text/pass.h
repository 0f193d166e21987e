/* pass.h: what doc_parse() does, step by step
 *
 *   footnotes_open    "[^key]: text" lines become list items for cmark
 *   copy_document     cmark's tree becomes ours; tables are seen, not read
 *   tables_fill       their cells are read, all at once
 *   alerts_find       quotes that are alerts, recommendations, facts
 *   inlines_finish    footnote marks, strikethrough, bare addresses, boxes
 *   headings_name     ids and numbers
 *
 * Each is linear in the text. Trees are at most DEPTH_MAX deep, so passes may
 * recurse. */
#ifndef TEXT_PASS_H
#define TEXT_PASS_H

#define CMARK_NO_SHORT_NAMES /* they would be ours */
#include <cmark.h>

#include "base/buf.h"
#include "text/doc.h"
#include "text/lines.h"
#include "text/names.h"

/* 32 containers make 64 nodes (lists have items); the rest is for inlines:
 * emphasis below this depth is shown without its marks. */
#define DEPTH_MAX 128

/* Source that is still to be read as the content of a block. */
struct pending {
	struct node *leaf;
	const char *text;
};

/* One call of doc_parse(). */
struct parse {
	struct arena *arena;
	struct lines file; /* the text as it came */
	int lines_before; /* of front matter: file lines minus source lines */
	struct lines source; /* what cmark reads: the rest, escapes shielded */
	const char **keys; /* by source line: the footnote it begins, or NULL; NULL without footnotes */
	struct names defined; /* footnote key -> its struct node */
	struct node *footnotes; /* NODE_FOOTNOTES */
	struct node **footnotes_tail;
	struct list used; /* struct node *: footnotes in order of first use */
	struct list *undefined; /* struct node *, or NULL */
	struct list pending; /* struct pending */
};

/* Release cmark's handles at the end of a scope. */
void parse_free_node(cmark_node **node);
void parse_free_iter(cmark_iter **iter);

/* A node that stands on one line or more of the file. */
struct node *node_make(struct arena *arena, enum node_kind kind, int first_line,
	int last_line);

bool node_is_block(const struct node *node);

void footnotes_open(struct parse *parse);

/* The definition that begins on the source line, made and put into
 * parse->footnotes; NULL when none does. */
struct node *footnotes_begin(struct parse *parse, int line);

/* A mark for the footnote, numbered; NULL when it is not defined. */
struct node *footnotes_mark(struct parse *parse, const char *key, int line);

/* Bring parse->footnotes into the order of their numbers. */
void footnotes_sort(struct parse *parse);

/* Copy all below `from` to below `into`. */
void copy_document(struct parse *parse, cmark_node *from, struct node *into);

/* What cmark took for a paragraph or a heading, and may hold a table. */
struct paragraph {
	int first_line, last_line; /* of the source */
	int column; /* its first byte in the first line, from 1 */
	int quotes; /* block quotes it stands in */
	int level; /* 1: a line "===" below made it a heading, 2: "---", 0: none */
};

/* Append to *tail the table in the paragraph, and what stands above it as a
 * paragraph; their text goes to parse->pending. Returns the new tail; NULL
 * when there is no table. */
struct node **tables_read(struct parse *parse, const struct paragraph *paragraph,
	struct node **tail);

void tables_fill(struct parse *parse);

void alerts_find(struct parse *parse, struct node *document);

/* All blocks below, in text order. */
void inlines_finish(struct parse *parse, struct node *block);

void headings_name(struct parse *parse, struct node *document);

/* The address a link may lead to, or "" (see links.c). */
const char *links_check(struct arena *arena, const char *url);

/* Length of a bare http or https address at the start of the text, 0 when
 * there is none. */
size_t links_bare(const char *text);

#endif

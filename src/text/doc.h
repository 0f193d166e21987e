/* doc.h: a text as a tree, after cmark and our passes
 *
 * Private to text/. cmark's tree is copied into the arena and finished there:
 * paragraphs that are tables become tables, [^key] becomes a footnote mark,
 * "> [!NOTE]" becomes an alert. markdown.c writes it as HTML, guideline.c
 * reads sections and recommendations from it, diff.c aligns two of them. */
#ifndef TEXT_DOC_H
#define TEXT_DOC_H

#include "base/task.h"

enum node_kind {
	/* blocks */
	NODE_DOCUMENT,
	NODE_PARAGRAPH, /* tight: shown without <p>, in a tight list */
	NODE_HEADING, /* level, id, number, section */
	NODE_QUOTE,
	NODE_ALERT, /* name: "note", "tip", "important", "warning", "caution" */
	NODE_RECOMMENDATION, /* an alert with a bold id: name as above, id "tw-03", text "TW-03" */
	NODE_FACTS, /* its list of `Key: value` */
	NODE_FACT, /* name: the key; below it a tight paragraph with the value only */
	NODE_LIST, /* ordered, start, tight */
	NODE_ITEM, /* checked: -1 no box, 0 open, 1 ticked */
	NODE_CODE, /* text; name: the info string, "" for none */
	NODE_RULE,
	NODE_TABLE,
	NODE_ROW, /* header: in the first row */
	NODE_CELL, /* align, header */
	NODE_FOOTNOTES, /* the definitions, last in the document; has no place of its own */
	NODE_FOOTNOTE, /* one definition: id (its key), number (0: nobody uses it), mark (how often used) */
	/* inlines */
	NODE_TEXT, /* text */
	NODE_SOFT_BREAK,
	NODE_HARD_BREAK,
	NODE_CODE_SPAN, /* text */
	NODE_EMPHASIS,
	NODE_STRONG,
	NODE_STRIKE,
	NODE_LINK, /* url (checked; "" when refused), title ("" for none) */
	NODE_IMAGE, /* shown as a link: url, title; its children are the alt text */
	NODE_FOOTNOTE_MARK, /* id (the key), number, mark (1st, 2nd use ...) */
};

struct node {
	enum node_kind kind;
	struct node *first, *next; /* children, siblings */
	const char *text, *name, *id, *url, *title;
	int level, start, checked, number, mark;
	bool ordered, tight, header;
	bool section; /* a heading outside quotes and lists: people edit what it begins */
	char align; /* 'l', 'c', 'r' or 0 */
	int first_line, last_line; /* 1-based lines of the whole file; inlines: of their first byte, about */
	size_t begin, end; /* the same lines as bytes, the last newline included; blocks only */
};

/* Parse. The guard has been passed. Front matter is skipped; positions count
 * from the start of the file. Cannot fail. Also fills *undefined (may be
 * NULL) with marks that have no definition, as struct node *. */
struct node *doc_parse(struct arena *arena, const char *text, size_t len,
	size_t front_end, struct list *undefined);

/* The same, parsed once in a task: nobody changes a tree. */
const struct node *doc_tree(struct task *task, const char *text, size_t len,
	size_t front_end, const struct list **undefined);

/* All text below a node, without markup and footnote marks. */
const char *doc_plain(struct arena *arena, const struct node *node);

/* The value of a recommendation's fact, as text; NULL when it has none of
 * that key. */
const char *doc_fact(struct arena *arena, const struct node *recommendation,
	const char *key);

#endif

/* marked.h: the inlines of a leaf as HTML, with <ins> and <del> between
 *
 * Private to text/. The markup is that of one tree, the new one unless
 * everything is removed; what went stands at its place as plain text. A mark
 * is closed where an element begins or ends that it does not cover, and
 * opened again behind, so that everything nests. */
#ifndef TEXT_MARKED_H
#define TEXT_MARKED_H

#include "text/edits.h"
#include "text/render.h"

enum mark {
	MARK_INSERTED,
	MARK_DELETED,
};

struct marking {
	struct buf *out;
	const struct markdown_options *options;
	const struct flat *flat; /* the leaf to write */
	const struct flat *gone; /* the old text; NULL when all is marked */
	struct edits edits;
	enum mark mark;
};

/* Write the inlines of the leaf, or the text of a block of code. */
void marked_leaf(const struct marking *marking, const struct node *leaf);

/* The same with all of it marked; `edits` keeps its notes only. */
void marked_all(const struct marking *marking, const struct node *leaf);

/* A mark around anything else, with the words a screen reader says. */
void marked_begin(struct buf *out, enum mark mark);
void marked_end(struct buf *out, enum mark mark);

/* A note of ours beside the text: "link now goes to ...". `detail` may be NULL. */
void marked_note(struct buf *out, const char *what, const char *detail);

#endif

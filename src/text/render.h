/* render.h: the tree as HTML, one node at a time
 *
 * Private to text/. markdown.c writes whole trees; diff.c opens a block,
 * writes its own inlines with <ins> and <del> between, and closes it. Every
 * byte of the text goes through buf_html(), every address through
 * render_href(). */
#ifndef TEXT_RENDER_H
#define TEXT_RENDER_H

#include "base/buf.h"
#include "text/doc.h"
#include "text/markdown.h"

/* What stands before and after the children of a block or inline container:
 * "<h2 ...>" and "</h2>", "<em>" and "</em>". Nothing for NODE_DOCUMENT, for
 * a paragraph in a tight list, for a link that was refused. Cells decide for
 * themselves between th and td, rows open and close thead: a table is right
 * when its rows come in order, header first. Inlines without children
 * (NODE_TEXT, NODE_CODE_SPAN, breaks, NODE_FOOTNOTE_MARK) and NODE_CODE,
 * NODE_RULE write nothing here: see render_inline() and render_block(). */
void render_open(struct buf *out, const struct node *node,
	const struct markdown_options *options);
void render_close(struct buf *out, const struct node *node,
	const struct markdown_options *options);

/* One inline with all below it. */
void render_inline(struct buf *out, const struct node *node,
	const struct markdown_options *options);

/* The inlines from `first` to its last sibling, as the content of a
 * paragraph, heading or cell. */
void render_inlines(struct buf *out, const struct node *first,
	const struct markdown_options *options);

/* A block with all below it, or a row, cell, item. */
void render_block(struct buf *out, const struct node *node,
	const struct markdown_options *options);

/* Whether the children of the block are inlines: a paragraph, heading or
 * cell. */
bool render_is_leaf(const struct node *node);

#endif

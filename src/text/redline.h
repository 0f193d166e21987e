/* redline.h: a block with its changes marked, as HTML
 *
 * Private to text/. Two trees are walked together: blocks that are the same
 * are written as they are, blocks of one kind are opened once and their
 * children compared, paragraphs are compared word by word. So the HTML is
 * right whatever changed. */
#ifndef TEXT_REDLINE_H
#define TEXT_REDLINE_H

#include "base/buf.h"
#include "text/pair.h"
#include "text/tally.h"
#include "text/markdown.h"

struct redline {
	struct arena *arena;
	struct buf out;
	struct tally tally;
	size_t *work; /* steps the comparisons may still take */
};

/* Append the block, or what became of it. */
void redline_block(struct redline *r, const struct pair *pair);

/* Append the words of a value that stands in no block. Either may be NULL. */
void redline_value(struct redline *r, const char *old, const char *new);

#endif

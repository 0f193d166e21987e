/* flat.h: a paragraph, heading, cell or block of code as one line of text
 *
 * Private to text/. Words are compared on the flat text; the extents say
 * which part of it each inline shows, so that the changes can be written
 * back into the tree. */
#ifndef TEXT_FLAT_H
#define TEXT_FLAT_H

#include "text/doc.h"
#include "text/words.h"

struct extent {
	const struct node *node;
	size_t begin, end;
};

struct flat {
	const char *text; /* footnote marks as words.h says; breaks are newlines */
	size_t len;
	struct list extents; /* struct extent of every inline, parents first */
	struct list links; /* struct extent of links and images, none inside another */
	struct words words;
};

/* Flatten a leaf block. */
struct flat *flat_read(struct arena *arena, const struct node *leaf);

/* The first link that shows something of these bytes; NULL when none does. */
const struct extent *flat_link(const struct flat *flat, size_t begin, size_t end);

#endif

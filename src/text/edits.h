/* edits.h: which words of a leaf changed, cleaned up for people
 *
 * Private to text/. The raw comparison is what is counted; what is shown is
 * joined into phrases, because a reader takes in one phrase faster than three
 * words scattered over it. */
#ifndef TEXT_EDITS_H
#define TEXT_EDITS_H

#include "text/flat.h"
#include "text/tally.h"

/* Bytes [gone, gone_end) of the old text became [begin, end) of the new one;
 * either may be empty, not both. */
struct edit {
	size_t begin, end;
	size_t gone, gone_end;
};

/* Something to say about a link of the new text. */
struct link_note {
	const struct node *link; /* NULL: the link is gone */
	const char *what; /* "link now goes to" */
	const char *url;
};

struct edits {
	struct list items; /* struct edit, in order, never touching */
	struct list notes; /* struct link_note, in text order; gone links last */
	bool rewritten; /* little was kept: show the old text, then the new */
};

/* Compare and add to the tally. Either may be NULL: all added, all removed. */
struct edits edits_between(struct arena *arena, const struct flat *old,
	const struct flat *new, struct tally *tally, size_t *work);

#endif

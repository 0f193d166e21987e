/* tally.h: counting what changed, and saying it in a line
 *
 * Private to text/. In guidelines a number, a "not" and a "should" weigh more
 * than a paragraph of prose: they are flagged by name. */
#ifndef TEXT_TALLY_H
#define TEXT_TALLY_H

#include "base/shape.h"
#include "text/words.h"

enum tally_flag {
	TALLY_NUMBER = 1 << 0,
	TALLY_STRENGTH = 1 << 1, /* must, should, may */
	TALLY_LINK_ADDED = 1 << 2,
	TALLY_LINK_REMOVED = 1 << 3,
	TALLY_LINK_TARGET = 1 << 4,
	TALLY_INVISIBLE = 1 << 5,
	TALLY_SIGN = 1 << 6, /* punctuation */
	TALLY_NOTE = 1 << 7, /* a footnote mark */
	TALLY_TICK = 1 << 8, /* a box of a task list */
	TALLY_BOX = 1 << 9, /* the kind of an alert */
	TALLY_HTML = 1 << 10, /* raw HTML, which is never shown */
	TALLY_ID = 1 << 11, /* the id of a recommendation */
	TALLY_HIDDEN = 1 << 12, /* what stands in no block */
};

struct tally {
	size_t added, removed; /* words */
	unsigned int flags; /* enum tally_flag */
	const char *not_added, *not_removed; /* the negation as written; NULL for none */
	struct list facts; /* const char *: names of facts that changed, "Strength" */
};

/* Count words [begin, end) of a text as added or removed. */
void tally_words(struct arena *arena, struct tally *tally,
	const struct words *words, size_t begin, size_t end, bool added);

/* A fact about a recommendation or about the guide changed. */
void tally_fact(struct arena *arena, struct tally *tally, const char *name);

/* "8 words added, 2 removed", or what changed instead of words. */
const char *tally_summary(struct arena *arena, const struct tally *tally);

/* "changes a number and adds “not”"; NULL when nothing needs a second look. */
const char *tally_warning(struct arena *arena, const struct tally *tally);

#endif

/* likeness.h: how many words two blocks share, in whatever order
 *
 * Private to text/. */
#ifndef TEXT_LIKENESS_H
#define TEXT_LIKENESS_H

#include "text/pair.h"

/* The words of a block as sorted numbers. */
struct bag {
	size_t *words;
	size_t count;
};

struct bags {
	struct bag *old, *new; /* one for each block */
};

/* Read the words of all blocks; where a block is NULL the bag is empty. */
struct bags likeness_bags(struct arena *arena, const struct blocks *old,
	const struct blocks *new);

/* 50 to 100, or 0 when the blocks are not like each other or `work` does not
 * suffice to tell. */
unsigned int likeness_percent(const struct bag *old, const struct bag *new,
	size_t *work);

#endif

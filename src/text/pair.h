/* pair.h: which block became which
 *
 * Private to text/. Equal blocks first, then what moved, then blocks that
 * share half of their words, then a lone block with the lone one in its
 * place. Blocks are equal when their trees are: how the Markdown was written
 * does not count, where a link goes does. */
#ifndef TEXT_PAIR_H
#define TEXT_PAIR_H

#include "text/doc.h"

enum pair_kind {
	PAIR_SAME,
	PAIR_EDITED,
	PAIR_ADDED, /* no old block */
	PAIR_REMOVED, /* no new block */
	PAIR_MOVED, /* the same block, elsewhere; it stands where it is new */
};

struct pair {
	enum pair_kind kind;
	const struct node *old, *new;
};

/* Blocks to compare: the children of something, or footnotes. */
struct blocks {
	const struct node **items;
	size_t count;
};

/* The children of a block; none of NULL. */
struct blocks pair_children(struct arena *arena, const struct node *block);

/* Pair by order and likeness: struct pair in reading order, what was removed
 * before what was added in its place. `moves` allows PAIR_MOVED. */
struct list pair_blocks(struct arena *arena, const struct blocks *old,
	const struct blocks *new, bool moves, size_t *work);

/* Pair by the names of blocks (footnotes: id, facts: name) wherever they
 * stand. */
struct list pair_named(struct arena *arena, const struct blocks *old,
	const struct blocks *new);

/* Pair one by one, as the columns of two rows. */
struct list pair_columns(struct arena *arena, const struct blocks *old,
	const struct blocks *new);

/* Whether the trees show the same. Either may be NULL. */
bool pair_same(struct arena *arena, const struct node *old, const struct node *new);

#endif

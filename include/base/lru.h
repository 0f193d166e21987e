/* lru.h: a bounded map; what was not used for longest leaves first
 *
 * The entries are the user's own structs and begin with a struct lru_entry.
 * Not locked: whoever shares a map between threads has a lock for it. */
#ifndef BASE_LRU_H
#define BASE_LRU_H

#include <stddef.h>

#define LRU_SLOTS 1024 /* a power of two; chains grow, the cost bounds them */

struct lru_entry {
	struct lru_entry *chain; /* same slot */
	struct lru_entry *newer, *older;
	const char *key; /* the entry's own; unique in the map */
	size_t cost; /* bytes, say */
};

struct lru {
	struct lru_entry *slots[LRU_SLOTS];
	struct lru_entry *newest, *oldest;
	size_t used, most; /* cost */
	void (*drop)(struct lru_entry *entry); /* releases one that has left */
};

/* An empty map of at most `most` cost; one that costs more is not kept. */
void lru_init(struct lru *lru, size_t most, void (*drop)(struct lru_entry *entry));
/* Drop all entries. */
void lru_release(struct lru *lru);

/* The entry under the key, now the one used last; NULL when there is none. */
struct lru_entry *lru_find(struct lru *lru, const char *key);

/* Put an entry in, in place of one with its key; others leave until all fit.
 * The map owns it from now on. */
void lru_put(struct lru *lru, struct lru_entry *entry);

#endif

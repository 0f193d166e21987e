/* lru.c: a hash table whose entries also stand in a queue by last use */
#include "base/lru.h"

#include <stdint.h>
#include <string.h>

void lru_init(struct lru *lru, size_t most, void (*drop)(struct lru_entry *entry))
{
	*lru = (struct lru) { .most = most, .drop = drop };
}

/* FNV-1a. Whoever aims at one slot makes its chain as long as the map is
 * bounded, no longer. */
static struct lru_entry **slot_of(struct lru *lru, const char *key)
{
	uint64_t hash = 1469598103934665603u;

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211u;
	return &lru->slots[hash & (LRU_SLOTS - 1)];
}

static struct lru_entry **place_of(struct lru *lru, const char *key)
{
	struct lru_entry **at = slot_of(lru, key);

	while (*at && strcmp((*at)->key, key))
		at = &(*at)->chain;
	return at;
}

static void unqueue(struct lru *lru, struct lru_entry *e)
{
	*(e->newer ? &e->newer->older : &lru->newest) = e->older;
	*(e->older ? &e->older->newer : &lru->oldest) = e->newer;
}

static void enqueue(struct lru *lru, struct lru_entry *e)
{
	e->newer = NULL;
	e->older = lru->newest;
	*(lru->newest ? &lru->newest->newer : &lru->oldest) = e;
	lru->newest = e;
}

static void leave(struct lru *lru, struct lru_entry **at)
{
	struct lru_entry *e = *at;

	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): who leaves is in the table */
	*at = e->chain;
	unqueue(lru, e);
	lru->used -= e->cost;
	lru->drop(e);
}

void lru_release(struct lru *lru)
{
	while (lru->oldest)
		leave(lru, place_of(lru, lru->oldest->key));
}

struct lru_entry *lru_find(struct lru *lru, const char *key)
{
	struct lru_entry *e = *place_of(lru, key);

	if (e && e != lru->newest) {
		unqueue(lru, e);
		enqueue(lru, e);
	}
	return e;
}

void lru_put(struct lru *lru, struct lru_entry *entry)
{
	struct lru_entry **at = place_of(lru, entry->key);

	if (*at)
		leave(lru, at);
	at = slot_of(lru, entry->key);
	entry->chain = *at;
	*at = entry;
	enqueue(lru, entry);
	lru->used += entry->cost;
	while (lru->used > lru->most && lru->oldest)
		leave(lru, place_of(lru, lru->oldest->key));
}

/* memo.c: a hash table whose entries also stand in a queue by last use */
#include "base/memo.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 1024 /* a power of two; chains grow, the byte limit bounds them */

struct entry {
	struct entry *chain; /* same slot */
	struct entry *newer, *older;
	char *key;
	char *bytes;
	size_t len;
};

struct memo {
	pthread_mutex_t lock;
	struct entry *slots[SLOTS];
	struct entry *newest, *oldest;
	size_t used, max_bytes;
};

struct memo *memo_open(size_t max_bytes)
{
	struct memo *memo = calloc(1, sizeof(*memo));

	if (!memo)
		abort();
	pthread_mutex_init(&memo->lock, NULL);
	memo->max_bytes = max_bytes;
	return memo;
}

/* FNV-1a; keys are ours, so nobody can aim at one slot */
static struct entry **slot_of(struct memo *memo, const char *key)
{
	uint64_t hash = 1469598103934665603u;

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211u;
	return &memo->slots[hash & (SLOTS - 1)];
}

static struct entry **find(struct memo *memo, const char *key)
{
	struct entry **at = slot_of(memo, key);

	while (*at && strcmp((*at)->key, key))
		at = &(*at)->chain;
	return at;
}

static void unqueue(struct memo *memo, struct entry *e)
{
	*(e->newer ? &e->newer->older : &memo->newest) = e->older;
	*(e->older ? &e->older->newer : &memo->oldest) = e->newer;
}

static void enqueue(struct memo *memo, struct entry *e)
{
	e->newer = NULL;
	e->older = memo->newest;
	*(memo->newest ? &memo->newest->newer : &memo->oldest) = e;
	memo->newest = e;
}

static size_t cost(const struct entry *e)
{
	return sizeof(*e) + strlen(e->key) + e->len;
}

static void forget(struct memo *memo, struct entry **at)
{
	struct entry *e = *at;

	*at = e->chain;
	unqueue(memo, e);
	memo->used -= cost(e);
	free(e->key);
	free(e->bytes);
	free(e);
}

void memo_close(struct memo *memo)
{
	if (!memo)
		return;
	while (memo->oldest)
		forget(memo, find(memo, memo->oldest->key));
	pthread_mutex_destroy(&memo->lock);
	free(memo);
}

bool memo_get(struct memo *memo, const char *key, struct buf *out)
{
	struct entry *e;

	pthread_mutex_lock(&memo->lock);
	e = *find(memo, key);
	if (e) {
		unqueue(memo, e);
		enqueue(memo, e);
		buf_add(out, e->bytes, e->len);
	}
	pthread_mutex_unlock(&memo->lock);
	return e;
}

static void add(struct memo *memo, struct entry **at, const char *key, const char *bytes, size_t len)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (!e || !(e->key = strdup(key)) || !(e->bytes = malloc(len + 1)))
		abort();
	memcpy(e->bytes, bytes, len);
	e->len = len;
	e->chain = *at;
	*at = e;
	enqueue(memo, e);
	memo->used += cost(e);
}

void memo_put(struct memo *memo, const char *key, const char *bytes, size_t len)
{
	struct entry **at;

	if (len > memo->max_bytes / 4)
		return;
	pthread_mutex_lock(&memo->lock);
	at = find(memo, key);
	if (!*at)
		add(memo, at, key, bytes, len);
	while (memo->used > memo->max_bytes && memo->oldest)
		forget(memo, find(memo, memo->oldest->key));
	pthread_mutex_unlock(&memo->lock);
}

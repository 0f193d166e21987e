/* memo.c: a bounded map of bytes, with a lock */
#include "base/memo.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/lru.h"
#include "base/memory.h"

struct entry {
	struct lru_entry lru; /* first */
	size_t len;
	char bytes[]; /* len of them, then the key */
};

struct memo {
	pthread_mutex_t lock;
	struct lru kept;
};

static void drop(struct lru_entry *entry)
{
	free(entry);
}

struct memo *memo_open(size_t max_bytes)
{
	struct memo *memo = memory_must(calloc(1, sizeof(*memo)));

	pthread_mutex_init(&memo->lock, NULL);
	lru_init(&memo->kept, max_bytes, drop);
	return memo;
}

void memo_close(struct memo *memo)
{
	if (!memo)
		return;
	lru_release(&memo->kept);
	pthread_mutex_destroy(&memo->lock);
	free(memo);
}

bool memo_get(struct memo *memo, const char *key, struct buf *out)
{
	struct entry *e;

	pthread_mutex_lock(&memo->lock);
	e = (struct entry *)(void *)lru_find(&memo->kept, key);
	if (e)
		buf_add(out, e->bytes, e->len);
	pthread_mutex_unlock(&memo->lock);
	return e;
}

static struct lru_entry *make(const char *key, const char *bytes, size_t len)
{
	size_t room = sizeof(struct entry) + len + strlen(key) + 1;
	struct entry *e = memory_must(calloc(1, room));

	e->len = len;
	memcpy(e->bytes, bytes, len);
	e->lru.key = memcpy(e->bytes + len, key, strlen(key) + 1);
	e->lru.cost = room;
	return &e->lru;
}

void memo_put(struct memo *memo, const char *key, const char *bytes, size_t len)
{
	if (len > memo->kept.most / 4)
		return;
	pthread_mutex_lock(&memo->lock);
	if (!lru_find(&memo->kept, key))
		lru_put(&memo->kept, make(key, bytes, len));
	pthread_mutex_unlock(&memo->lock);
}

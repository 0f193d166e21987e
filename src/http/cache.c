#include "cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/lru.h"
#include "base/memory.h"
#include "base/part.h"

#define CACHE_BYTES (8 * 1024 * 1024)
#define REPLY_BYTES 2048 /* what a reply weighs besides its body: two sets of headers */

struct kept {
	struct lru_entry lru; /* first */
	char *key, *etag, *part;
	struct MHD_Response *whole, *not_modified;
	bool personal;
	uint64_t stamp;
	int64_t until;
};

struct cache {
	pthread_mutex_t lock;
	struct lru kept;
	uint64_t (*version)(const void *store, const char *part);
	const void *store;
};

static void drop(struct lru_entry *entry)
{
	struct kept *k = (struct kept *)(void *)entry;

	MHD_destroy_response(k->whole);
	MHD_destroy_response(k->not_modified);
	free(k->key);
	free(k->etag);
	free(k->part);
	free(k);
}

struct cache *cache_open(uint64_t (*version)(const void *store, const char *part), const void *store)
{
	struct cache *cache = memory_must(calloc(1, sizeof(*cache)));

	cache->version = version;
	cache->store = store;
	pthread_mutex_init(&cache->lock, NULL);
	lru_init(&cache->kept, CACHE_BYTES, drop);
	return cache;
}

void cache_close(struct cache *cache)
{
	if (!cache)
		return;
	lru_release(&cache->kept);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

/* Both only rise, so their sum changes when either does. */
uint64_t cache_stamp(const struct cache *cache, struct cache_ground ground)
{
	return cache->version(cache->store, ground.part)
		+ (ground.personal ? cache->version(cache->store, PART_PEOPLE) : 0);
}

static bool good(const struct cache *cache, const struct kept *k, int64_t now)
{
	return now < k->until && k->stamp == cache_stamp(cache, (struct cache_ground) { k->part, k->personal });
}

bool cache_send(struct cache *cache, struct MHD_Connection *connection,
	const char *key, const char *none_match, int64_t now)
{
	const struct kept *k;
	bool sent = false;

	pthread_mutex_lock(&cache->lock);
	k = (const struct kept *)(const void *)lru_find(&cache->kept, key);
	if (k && good(cache, k, now)) {
		if (none_match && strstr(none_match, k->etag))
			sent = MHD_queue_response(connection, MHD_HTTP_NOT_MODIFIED, k->not_modified);
		else
			sent = MHD_queue_response(connection, MHD_HTTP_OK, k->whole);
	}
	pthread_mutex_unlock(&cache->lock);
	return sent;
}

static char *copy(const char *text)
{
	return text ? memory_must(strdup(text)) : NULL;
}

static struct kept *make(const struct cache_reply *r)
{
	struct kept *k = memory_must(calloc(1, sizeof(*k)));

	*k = (struct kept) { .key = memory_must(strdup(r->key)), .etag = copy(r->etag), .part = copy(r->ground.part), .whole = r->whole, .not_modified = r->not_modified, .personal = r->ground.personal, .stamp = r->stamp, .until = r->until };
	k->lru.key = k->key;
	k->lru.cost = sizeof(*k) + REPLY_BYTES + r->bytes + strlen(k->key);
	return k;
}

void cache_keep(struct cache *cache, const struct cache_reply *reply)
{
	struct kept *k = make(reply);

	pthread_mutex_lock(&cache->lock);
	lru_put(&cache->kept, &k->lru);
	pthread_mutex_unlock(&cache->lock);
}

size_t cache_bytes(struct cache *cache)
{
	size_t all;

	pthread_mutex_lock(&cache->lock);
	all = cache->kept.used;
	pthread_mutex_unlock(&cache->lock);
	return all;
}

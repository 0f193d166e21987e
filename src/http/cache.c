#include "cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4096 /* a power of two; a second page of the same slot replaces the first */
#define KEEP_SECONDS 60

struct kept {
	char *key, *etag;
	struct MHD_Response *whole, *not_modified;
	struct cache_stamp stamp;
};

struct cache {
	pthread_mutex_t lock;
	struct kept kept[SLOTS];
};

struct cache *cache_open(void)
{
	struct cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		abort();
	pthread_mutex_init(&cache->lock, NULL);
	return cache;
}

static void drop(struct kept *k)
{
	free(k->key);
	free(k->etag);
	if (k->whole)
		MHD_destroy_response(k->whole);
	if (k->not_modified)
		MHD_destroy_response(k->not_modified);
	*k = (struct kept) { 0 };
}

void cache_close(struct cache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		drop(&cache->kept[i]);
	pthread_mutex_destroy(&cache->lock);
	free(cache);
}

static struct kept *slot(struct cache *cache, const char *key)
{
	uint64_t hash = 1469598103934665603u;

	for (; *key; key++)
		hash = (hash ^ (unsigned char)*key) * 1099511628211u;
	return &cache->kept[hash & (SLOTS - 1)];
}

static bool good(const struct kept *k, const char *key, struct cache_stamp stamp)
{
	return k->key && !strcmp(k->key, key) && k->stamp.version == stamp.version
		&& stamp.now - k->stamp.now < KEEP_SECONDS;
}

bool cache_send(struct cache *cache, struct MHD_Connection *connection,
	const char *key, const char *none_match, struct cache_stamp stamp)
{
	struct kept *k;
	bool sent = false;

	pthread_mutex_lock(&cache->lock);
	k = slot(cache, key);
	if (good(k, key, stamp)) {
		if (none_match && strstr(none_match, k->etag))
			sent = MHD_queue_response(connection, MHD_HTTP_NOT_MODIFIED, k->not_modified);
		else
			sent = MHD_queue_response(connection, MHD_HTTP_OK, k->whole);
	}
	pthread_mutex_unlock(&cache->lock);
	return sent;
}

void cache_keep(struct cache *cache, const char *key, const char *etag,
	struct MHD_Response *whole, struct MHD_Response *not_modified,
	struct cache_stamp stamp)
{
	struct kept *k;

	pthread_mutex_lock(&cache->lock);
	k = slot(cache, key);
	drop(k);
	*k = (struct kept) { strdup(key), strdup(etag), whole, not_modified, stamp };
	pthread_mutex_unlock(&cache->lock);
}

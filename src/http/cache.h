/* cache.h: finished replies; private to http/
 *
 * A reply is good as long as nothing it may show was committed since the
 * store was read for it, and a minute at most, for what depends on the date.
 * Those of people who are signed in stand under their session's name, and go
 * when anybody's rights change. All together are bounded in bytes. */
#ifndef HTTP_CACHE_H
#define HTTP_CACHE_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

struct cache;

/* `version` as in struct server_options. */
struct cache *cache_open(uint64_t (*version)(const void *store, const char *part), const void *store);
void cache_close(struct cache *cache);

/* What a reply depends on. */
struct cache_ground {
	const char *part; /* of the site; NULL: all of it */
	bool personal; /* and on who people are and what they may */
};

/* To be taken before the store is read. */
uint64_t cache_stamp(const struct cache *cache, struct cache_ground ground);

/* Queue a kept reply. False when there is none, or it is too old. */
bool cache_send(struct cache *cache, struct MHD_Connection *connection,
	const char *key, const char *none_match, int64_t now);

/* A reply to keep; all is copied, the responses change hands. */
struct cache_reply {
	const char *key;
	const char *etag;
	struct MHD_Response *whole, *not_modified; /* the same without a body */
	size_t bytes; /* of the body */
	struct cache_ground ground;
	uint64_t stamp;
	int64_t until; /* seconds */
};
void cache_keep(struct cache *cache, const struct cache_reply *reply);

/* Of all that is kept. */
size_t cache_bytes(struct cache *cache);

#endif

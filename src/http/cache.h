/* cache.h: finished replies for people who are not signed in; private to http/
 *
 * A reply is good as long as nothing readers can see was committed since the
 * store was read for it, and a minute at most, for what depends on the date. */
#ifndef HTTP_CACHE_H
#define HTTP_CACHE_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

struct cache;

/* The state of the world a reply belongs to. */
struct cache_stamp {
	uint64_t version;
	int64_t now; /* seconds */
};

struct cache *cache_open(void);
void cache_close(struct cache *cache);

/* Queue a kept reply. False when there is none, or it is too old. */
bool cache_send(struct cache *cache, struct MHD_Connection *connection,
	const char *key, const char *none_match, struct cache_stamp stamp);

/* Keep a reply made at this stamp. Takes its own references. `not_modified`
 * is the same without a body. */
void cache_keep(struct cache *cache, const char *key, const char *etag,
	struct MHD_Response *whole, struct MHD_Response *not_modified,
	struct cache_stamp stamp);

#endif

/* stats.h: what was answered, how often and how fast; private to http/ */
#ifndef HTTP_STATS_H
#define HTTP_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct stats;
struct route;

/* What event threads answer without a worker. */
enum stat {
	STAT_KEPT, /* a page from memory */
	STAT_MADE, /* one that was not there, or too old; by a worker */
	STAT_ASSET,
	STAT_REFUSED, /* what no well-behaved client sends */
	STAT_BUSY, /* too many were waiting */
	STAT_LATE, /* cut off: too slow */
	STATS,
};

struct stats *stats_open(void);
void stats_close(struct stats *stats);

void stats_count(struct stats *stats, enum stat stat);

/* One answer of a worker; `route` NULL: there was none. */
void stats_answer(struct stats *stats, const struct route *route, int status, int64_t microseconds);

/* All of it, as Prometheus reads it (text format 0.0.4). */
void stats_write(const struct stats *stats, struct buf *out);

#endif

/* histogram.h: how long something took, counted so that Prometheus can read it
 *
 * Threads add without waiting for each other. All zero is ready for use. */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buf.h"

#define HISTOGRAM_BUCKETS 12

struct histogram {
	_Atomic uint64_t buckets[HISTOGRAM_BUCKETS];
	_Atomic uint64_t sum_us;
};

/* Count one. */
void histogram_add(struct histogram *histogram, int64_t microseconds);

/* How often. */
uint64_t histogram_count(const struct histogram *histogram);

/* The lines of one histogram: "<name>_bucket{<labels>,le=...}" and so on.
 * Nothing when nothing was counted. */
void histogram_write(const struct histogram *histogram, struct buf *out, const char *name, const char *labels);

#endif

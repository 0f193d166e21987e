#include "base/histogram.h"

#include <inttypes.h>

/* Upper bounds; the last is everything. */
static const int64_t bounds_us[HISTOGRAM_BUCKETS] = { 100, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, INT64_MAX };

void histogram_add(struct histogram *histogram, int64_t microseconds)
{
	size_t bucket = 0;

	while (microseconds > bounds_us[bucket])
		bucket++;
	atomic_fetch_add_explicit(&histogram->buckets[bucket], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&histogram->sum_us, (uint64_t)microseconds, memory_order_relaxed);
}

uint64_t histogram_count(const struct histogram *histogram)
{
	uint64_t all = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		all += histogram->buckets[i];
	return all;
}

void histogram_write(const struct histogram *histogram, struct buf *out, const char *name, const char *labels)
{
	uint64_t so_far = 0;

	if (!histogram_count(histogram))
		return;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		so_far += histogram->buckets[i];
		buf_printf(out, "%s_bucket{%s,le=\"", name, labels);
		if (bounds_us[i] == INT64_MAX)
			buf_puts(out, "+Inf");
		else
			buf_printf(out, "%g", (double)bounds_us[i] / 1e6);
		buf_printf(out, "\"} %" PRIu64 "\n", so_far);
	}
	buf_printf(out, "%s_sum{%s} %.6f\n", name, labels, (double)histogram->sum_us / 1e6);
	buf_printf(out, "%s_count{%s} %" PRIu64 "\n", name, labels, so_far);
}

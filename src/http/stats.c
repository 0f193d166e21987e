#include "stats.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "http/router.h"

#define ROWS 256 /* more than there are routes */

/* Upper bounds; the last is everything. */
static const int64_t bounds_us[] = { 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, INT64_MAX };
#define BUCKETS (sizeof(bounds_us) / sizeof(*bounds_us))

struct row {
	_Atomic(const struct route *) route;
	_Atomic uint64_t by_class[6]; /* 1xx to 5xx, by the first digit */
	_Atomic uint64_t buckets[BUCKETS];
	_Atomic uint64_t sum_us;
};

struct stats {
	_Atomic uint64_t counts[STATS];
	struct row none; /* no such page */
	struct row rows[ROWS];
};

struct stats *stats_open(void)
{
	struct stats *stats = calloc(1, sizeof(*stats));

	if (!stats)
		abort();
	return stats;
}

void stats_close(struct stats *stats)
{
	free(stats);
}

void stats_count(struct stats *stats, enum stat stat)
{
	atomic_fetch_add_explicit(&stats->counts[stat], 1, memory_order_relaxed);
}

/* Routes are static, so a row once taken stays the route's. */
static struct row *row_of(struct stats *stats, const struct route *route)
{
	size_t at = ((uintptr_t)route / sizeof(*route)) % ROWS;

	if (!route)
		return &stats->none;
	for (size_t i = 0; i < ROWS; i++, at = (at + 1) % ROWS) {
		const struct route *taken = NULL;

		if (atomic_compare_exchange_strong(&stats->rows[at].route, &taken, route) || taken == route)
			return &stats->rows[at];
	}
	return &stats->none;
}

void stats_answer(struct stats *stats, const struct route *route, int status, int64_t microseconds)
{
	struct row *row = row_of(stats, route);
	size_t bucket = 0;

	while (microseconds > bounds_us[bucket])
		bucket++;
	atomic_fetch_add_explicit(&row->buckets[bucket], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&row->sum_us, (uint64_t)microseconds, memory_order_relaxed);
	atomic_fetch_add_explicit(&row->by_class[status / 100 % 6], 1, memory_order_relaxed);
}

/* {method="GET",route="/guides/:slug" */
static void put_labels(struct buf *out, const struct row *row)
{
	const struct route *r = row->route;

	buf_printf(out, "{method=\"%s\",route=\"%s\"", !r ? "" : r->method == POST ? "POST" : "GET", r ? r->pattern : "");
}

static void put_requests(struct buf *out, const struct row *row)
{
	for (int i = 1; i < 6; i++) {
		if (!row->by_class[i])
			continue;
		buf_puts(out, "guidehall_requests_total");
		put_labels(out, row);
		buf_printf(out, ",status=\"%dxx\"} %" PRIu64 "\n", i, row->by_class[i]);
	}
}

static void put_bound(struct buf *out, int64_t us)
{
	if (us == INT64_MAX)
		buf_puts(out, ",le=\"+Inf\"}");
	else
		buf_printf(out, ",le=\"%g\"}", (double)us / 1e6);
}

static void put_times(struct buf *out, const struct row *row)
{
	uint64_t all = 0;

	for (size_t i = 0; i < BUCKETS; i++)
		all += row->buckets[i];
	if (!all)
		return;
	all = 0;
	for (size_t i = 0; i < BUCKETS; i++) {
		all += row->buckets[i];
		buf_puts(out, "guidehall_request_seconds_bucket");
		put_labels(out, row);
		put_bound(out, bounds_us[i]);
		buf_printf(out, " %" PRIu64 "\n", all);
	}
	buf_puts(out, "guidehall_request_seconds_sum");
	put_labels(out, row);
	buf_printf(out, "} %.6f\nguidehall_request_seconds_count", (double)row->sum_us / 1e6);
	put_labels(out, row);
	buf_printf(out, "} %" PRIu64 "\n", all);
}

static void put_rows(struct buf *out, const struct stats *stats, void (*put)(struct buf *, const struct row *))
{
	put(out, &stats->none);
	for (size_t i = 0; i < ROWS; i++)
		if (stats->rows[i].route)
			put(out, &stats->rows[i]);
}

void stats_write(const struct stats *stats, struct buf *out)
{
	static const char *const names[STATS] = { "kept_pages_total", "assets_total", "refused_total", "busy_total", "late_total" };
	static const char *const words[STATS] = { "Pages answered from memory.", "Style sheets, scripts, fonts and icons.",
		"Requests no well-behaved client sends.", "Requests turned away because too many were waiting.",
		"Connections cut off because they were too slow." };

	for (int i = 0; i < STATS; i++)
		buf_printf(out, "# HELP guidehall_%s %s\n# TYPE guidehall_%s counter\nguidehall_%s %" PRIu64 "\n",
			names[i], words[i], names[i], names[i], stats->counts[i]);
	buf_puts(out, "# HELP guidehall_requests_total Answers of the workers.\n# TYPE guidehall_requests_total counter\n");
	put_rows(out, stats, put_requests);
	buf_puts(out, "# HELP guidehall_request_seconds From the whole request to the answer, waiting included.\n"
		      "# TYPE guidehall_request_seconds histogram\n");
	put_rows(out, stats, put_times);
}

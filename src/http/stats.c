#include "stats.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/histogram.h"
#include "base/memory.h"
#include "http/router.h"

#define ROWS 256 /* more than there are routes */

/* Those we answer with; 0 stands for any other. */
static const int statuses[] = { 200, 201, 303, 304, 400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503, 0 };
#define STATUSES (sizeof(statuses) / sizeof(*statuses))

struct row {
	_Atomic(const struct route *) route;
	_Atomic uint64_t by_status[STATUSES];
	struct histogram times;
};

struct stats {
	_Atomic uint64_t counts[STATS];
	struct row none; /* no such page */
	struct row rows[ROWS];
};

struct stats *stats_open(void)
{
	struct stats *stats = memory_must(calloc(1, sizeof(*stats)));

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
	size_t at = 0;

	while (statuses[at] && statuses[at] != status)
		at++;
	histogram_add(&row->times, microseconds);
	atomic_fetch_add_explicit(&row->by_status[at], 1, memory_order_relaxed);
}

/* method="GET",route="/guides/:slug" */
static const char *labels_of(const struct row *row, char room[256])
{
	const struct route *r = row->route;

	snprintf(room, 256, "method=\"%s\",route=\"%s\"", !r ? "" : r->method == POST ? "POST" : "GET", r ? r->pattern : "");
	return room;
}

static void put_requests(struct buf *out, const struct row *row)
{
	char labels[256], status[16];

	for (size_t i = 0; i < STATUSES; i++) {
		if (!row->by_status[i])
			continue;
		snprintf(status, sizeof(status), "%d", statuses[i]);
		buf_printf(out, "guidehall_requests_total{%s,status=\"%s\"} %" PRIu64 "\n",
			labels_of(row, labels), statuses[i] ? status : "other", row->by_status[i]);
	}
}

static void put_times(struct buf *out, const struct row *row)
{
	char labels[256];

	histogram_write(&row->times, out, "guidehall_request_seconds", labels_of(row, labels));
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
	static const char *const names[STATS] = { "kept_pages_total", "made_pages_total", "assets_total", "refused_total", "busy_total", "late_total" };
	static const char *const words[STATS] = { "Pages answered from memory.", "Pages that could have been and were not, made and kept.", "Style sheets, scripts, fonts and icons.",
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

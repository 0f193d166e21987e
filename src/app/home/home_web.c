/* home_web.c: the first page, feeds, and pages for machines */
#include "app/release.h"

#include <string.h>

#include "app/site.h"
#include "base/limit.h"
#include "http/router.h"

#define FEED_ROWS 50

struct home {
	struct list guides;
	struct list accepted; /* struct proposal */
	struct list releases;
	int64_t updated_at; /* newest of all */
	const char *slug, *title; /* of a guide's own feed */
};
static const struct field home_fields[] = {
	FIELD_MANY(struct home, guides, &guide_shape),
	FIELD_MANY(struct home, accepted, &proposal_shape),
	FIELD_MANY(struct home, releases, &release_shape),
	PAGE_TEXT(struct home, slug),
	PAGE_TEXT(struct home, title),
	PAGE_TIME(struct home, updated_at),
	FIELD_END
};
static const struct shape home_shape = SHAPE(home, home_fields);

static const struct page home_view = { "pages/home.html", &home_shape, NULL };
static const struct page site_feed = { "feeds/site.xml", &home_shape, "application/atom+xml; charset=utf-8" };
static const struct page guide_feed = { "feeds/guide.xml", &home_shape, "application/atom+xml; charset=utf-8" };
static const struct page proposal_feed = { "feeds/proposals.xml", &home_shape, "application/atom+xml; charset=utf-8" };
static const struct page sitemap = { "feeds/sitemap.xml", &home_shape, "application/xml; charset=utf-8" };
static const struct page robots = { "feeds/robots.txt", &home_shape, "text/plain; charset=utf-8" };

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void date(struct home *page)
{
	for (size_t i = 0; i < page->guides.count; i++)
		page->updated_at = later(page->updated_at, ((const struct guide *)page->guides.items)[i].changed_at);
	for (size_t i = 0; i < page->accepted.count; i++)
		page->updated_at = later(page->updated_at, ((const struct proposal *)page->accepted.items)[i].opened_at);
	for (size_t i = 0; i < page->releases.count; i++)
		page->updated_at = later(page->updated_at, ((const struct release *)page->releases.items)[i].released_at);
}

static bool fill(struct task *task, const char *guide, int64_t rows, struct home *page)
{
	if (!guide_list(task, &page->guides)
		|| !proposal_accepted(task, guide, 0, rows, &page->accepted)
		|| !release_list(task, guide, rows, &page->releases))
		return false;
	date(page);
	return true;
}

static bool show(struct task *task, const struct request *req, struct reply *rep)
{
	struct home page = { 0 };

	return fill(task, NULL, 6, &page) && reply_view(task, req, rep, &page);
}

static bool send_feed(struct task *task, const struct request *req, struct reply *rep)
{
	struct home page = { 0 };

	return fill(task, NULL, FEED_ROWS, &page) && reply_view(task, req, rep, &page);
}

static bool send_guide_feed(struct task *task, const struct request *req, struct reply *rep)
{
	struct home page = { 0 };
	struct guide guide;

	if (!guide_get(task, req->param[0], &guide) || !fill(task, guide.slug, FEED_ROWS, &page))
		return false;
	page.slug = guide.slug;
	page.title = guide.title;
	return reply_view(task, req, rep, &page);
}

static bool send_proposal_feed(struct task *task, const struct request *req, struct reply *rep)
{
	const struct proposal_query query = { .limit = FEED_ROWS };
	struct home page = { 0 };

	if (!proposal_list(task, &query, &page.accepted))
		return false;
	date(&page);
	return reply_view(task, req, rep, &page);
}

static bool send_robots(struct task *task, const struct request *req, struct reply *rep)
{
	static const struct home nothing;

	return reply_view(task, req, rep, &nothing);
}

static bool send_health(struct task *task, const struct request *req, struct reply *rep)
{
	struct list guides = { 0 };
	struct oid main;

	(void)req;
	/* both stores answer; a page that is not there would be no alarm */
	if (!repo_find(task, REPO_MAIN, &main) || !guide_list(task, &guides))
		return false;
	if (!main.hex[0])
		return broken(task, "the repository has no main");
	return reply_bytes(rep, "text/plain; charset=utf-8", "ok\n", 3);
}

/* Healthy, and not about to end: whoever shares out requests may send more.
 * A worker answers, so there is one, with a desk. */
static bool send_readiness(struct task *task, const struct request *req, struct reply *rep)
{
	if (router_is_draining(req->router))
		return fail(task, ERR_BUSY, "This server is about to end; ask another.");
	return send_health(task, req, rep);
}

static bool send_metrics(struct task *task, const struct request *req, struct reply *rep)
{
	(void)task;
	rep->body.len = 0;
	router_measure(req->router, &rep->body);
	rep->type = "text/plain; version=0.0.4; charset=utf-8";
	return true;
}

static bool send_description(struct task *task, const struct request *req, struct reply *rep)
{
	(void)task;
	rep->body.len = 0;
	router_describe(req->router, &rep->body);
	rep->type = "application/json";
	return true;
}

const struct route home_routes[] = {
	{ GET, "/", show, NEED_NOTHING, &home_view, .flags = ROUTE_CACHE, .summary = "Guides, newest accepted edits, latest releases" },
	{ GET, "/feed.atom", send_feed, NEED_NOTHING, &site_feed, .flags = ROUTE_CACHE, .summary = "Accepted edits and releases as an Atom feed" },
	{ GET, "/guides/:slug/feed.atom", send_guide_feed, NEED_NOTHING, &guide_feed, .flags = ROUTE_CACHE | ROUTE_PART, .summary = "The same for one guide" },
	{ GET, "/proposals/feed.atom", send_proposal_feed, NEED_NOTHING, &proposal_feed, .flags = ROUTE_CACHE, .summary = "Proposals as an Atom feed" },
	{ GET, "/sitemap.xml", send_feed, NEED_NOTHING, &sitemap, .flags = ROUTE_CACHE | ROUTE_HIDDEN },
	{ GET, "/robots.txt", send_robots, NEED_NOTHING, &robots, .flags = ROUTE_CACHE | ROUTE_HIDDEN },
	{ GET, "/healthz", send_health, NEED_NOTHING, .flags = ROUTE_HIDDEN, .summary = "Whether the stores answer" },
	{ GET, "/readyz", send_readiness, NEED_NOTHING, .flags = ROUTE_HIDDEN, .summary = "Whether to send requests here" },
	{ GET, "/metrics", send_metrics, NEED_ADMIN, .flags = ROUTE_HIDDEN, .summary = "Counters and times, as Prometheus reads them" },
	{ GET, "/openapi.json", send_description, NEED_NOTHING, .summary = "This description" },
	{ 0 }
};

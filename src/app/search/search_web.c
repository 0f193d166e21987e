/* search_web.c: /search */
#include "app/search.h"

#include "app/site.h"
#include "base/limit.h"
#include "http/router.h"

struct search_query {
	const char *q;
	const char *lang;
};
static const struct field query_fields[] = {
	INPUT_TEXT(struct search_query, q, LIMIT_QUERY_BYTES, 0),
	INPUT_TEXT(struct search_query, lang, 16, 0),
	FIELD_END
};
static const struct shape query_shape = SHAPE(search_query, query_fields);

struct search {
	const char *query;
	struct list hits;
};
static const struct field search_fields[] = {
	FIELD_TEXT(struct search, query),
	FIELD_MANY(struct search, hits, &hit_shape),
	FIELD_END
};
static const struct shape search_shape = SHAPE(search, search_fields);
static const struct page search_view = { "pages/search.html", &search_shape, NULL };

static bool show(struct task *task, const struct request *req, struct reply *rep)
{
	struct search_query query = { 0 };
	struct search page = { 0 };

	if (!request_query(task, req, &query_shape, &query))
		return false;
	page.query = query.q ? query.q : "";
	return search_run(task, page.query, LIMIT_LIST_ROWS / 4, &page.hits)
		&& reply_view(task, req, rep, &page);
}

const struct route search_routes[] = {
	{ GET, "/search", show, NEED_NOTHING, &search_view, .input = &query_shape, .flags = ROUTE_COSTLY | ROUTE_CACHE, .summary = "Sections that hold the words" },
	{ 0 }
};

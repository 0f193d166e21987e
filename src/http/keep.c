/* keep.c: which replies are kept, and under which name */
#include <stdlib.h>
#include <time.h>

#include "exchange.h"
#include "router_private.h"

#define KEEP_SECONDS 60 /* for what depends on the date */
#define KEEP_BYTES (4 * 1024 * 1024)

static const char *key_of(struct exchange *ex)
{
	const struct request *req = &ex->request;

	return arena_printf(&ex->arena, "%c%d%s %s %s", req->wants_json ? 'j' : 'h', ex->encoding, ex->uri,
		req->host ? req->host : "", req->session ? req->session : "");
}

static bool may_be_kept(const struct exchange *ex)
{
	return ex->request.method == GET && !ex->request.bearer;
}

static struct cache_ground ground_of(const struct exchange *ex)
{
	const struct request *req = &ex->request;
	bool one_part = req->route && req->route->flags & ROUTE_PART;

	return (struct cache_ground) { one_part ? req->param[0] : NULL, req->session };
}

bool exchange_send_kept(struct exchange *ex)
{
	return may_be_kept(ex) && cache_send(ex->server->cache, ex->connection, key_of(ex), ex->request.none_match, time(NULL));
}

void exchange_stamp(struct exchange *ex)
{
	if (may_be_kept(ex))
		ex->stamp = cache_stamp(ex->server->cache, ground_of(ex));
}

/* A session nobody has could be any of many: its pages are not kept. */
static bool is_worth_keeping(const struct exchange *ex, const struct task *task)
{
	const struct route *route = ex->request.route;

	return may_be_kept(ex) && ex->reply.status == MHD_HTTP_OK && ex->reply.etag && route
		&& route->flags & ROUTE_CACHE && ex->reply.body.len <= KEEP_BYTES
		&& (!ex->request.session || task->who.account);
}

static int64_t end_of(const struct task *task)
{
	int64_t end = task->now + KEEP_SECONDS;

	return task->who.account && task->who.until < end ? task->who.until : end;
}

/* The reply, whole and as 304, for whoever asks next. */
void exchange_keep(struct exchange *ex, const struct task *task)
{
	struct reply reply = ex->reply;
	struct cache_reply kept = { .etag = reply.etag, .bytes = reply.body.len, .stamp = ex->stamp };

	if (!is_worth_keeping(ex, task))
		return;
	stats_count(ex->server->options.router->stats, STAT_MADE);
	kept.key = key_of(ex);
	kept.ground = ground_of(ex);
	kept.until = end_of(task);
	kept.whole = exchange_copy(ex);
	ex->reply.status = MHD_HTTP_NOT_MODIFIED;
	ex->reply.body.len = 0;
	kept.not_modified = exchange_copy(ex);
	ex->reply = reply;
	cache_keep(ex->server->cache, &kept);
}

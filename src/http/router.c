/* router.c: match a path against the tables, guard it, run it */
#include "http/router.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/conf.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/room.h"
#include "form.h"
#include "frame.h"
#include "router_private.h"

/* ---- boot ---- */

extern const struct page error_page; /* reply.c */

/* A form that was sent too late: every word is kept, one button sends it. */
struct kept_field {
	const char *name;
	const char *value;
};
static const struct field kept_fields[] = {
	FIELD_TEXT(struct kept_field, name),
	FIELD_TEXT(struct kept_field, value),
	FIELD_END
};
static const struct shape kept_shape = SHAPE(kept_field, kept_fields);

struct expired {
	const char *action;
	struct list kept;
};
static const struct field expired_fields[] = {
	FIELD_URL(struct expired, action),
	FIELD_MANY(struct expired, kept, &kept_shape),
	FIELD_END
};
static const struct shape expired_shape = SHAPE(expired, expired_fields);
static const struct page expired_page = { "pages/expired.html", &expired_shape, NULL };

const struct view *router_view(const struct router *router, const struct page *page)
{
	const struct bound_page *bound = router->pages.items;

	for (size_t i = 0; i < router->pages.count; i++)
		if (bound[i].page == page)
			return bound[i].view;
	abort(); /* bind_all() bound every page of the site map */
}

static bool is_bound(const struct router *router, const struct page *page)
{
	const struct bound_page *bound = router->pages.items;

	for (size_t i = 0; i < router->pages.count; i++)
		if (bound[i].page == page)
			return true;
	return false;
}

static bool bind_page(struct router *router, const char *web, const struct page *page)
{
	const struct view *view;
	struct bound_page *bound;

	if (!page || is_bound(router, page))
		return true;
	view = view_bind(&router->arena, web, page, &frame_shape);
	if (!view)
		return false;
	bound = list_add(&router->arena, &router->pages, sizeof(*bound));
	*bound = (struct bound_page) { page, view };
	return true;
}

static bool bind_all(struct router *router, const char *web)
{
	for (const struct route *const *t = router->site->tables; *t; t++)
		for (const struct route *r = *t; r->pattern; r++)
			if (!bind_page(router, web, r->page) || !bind_page(router, web, r->other))
				return false;
	return bind_page(router, web, &error_page) && bind_page(router, web, &expired_page);
}

struct router *router_open(const struct router_options *options)
{
	struct router *router = memory_must(calloc(1, sizeof(*router)));

	router->site = options->site;
	router->conf = options->conf;
	router->limits = limits_open();
	router->stats = stats_open();
	router->measure = options->measure;
	router->measured = options->measured;
	memcpy(router->form_key, options->form_key, sizeof(router->form_key));
	if (!assets_read(&router->arena, options->web, &router->assets) || !bind_all(router, options->web)) {
		router_close(router);
		return NULL;
	}
	return router;
}

void router_close(struct router *router)
{
	if (!router)
		return;
	arena_free(&router->arena);
	limits_close(router->limits);
	stats_close(router->stats);
	sodium_memzero(router->form_key, sizeof(router->form_key));
	free(router);
}

void router_measure(const struct router *router, struct buf *out)
{
	stats_write(router->stats, out);
	if (router->measure)
		router->measure(router->measured, out);
}

void router_drain(struct router *router)
{
	router->draining = true;
}

bool router_is_draining(const struct router *router)
{
	return router->draining;
}

/* ---- finding ---- */

static bool matches(struct arena *arena, const char *pattern, struct request *req)
{
	const char *path = req->path;
	size_t n = 0, len;

	while (*pattern && *path) {
		if (*pattern != ':') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		len = strcspn(path, "/");
		if (!len || n == REQUEST_PARAMS)
			return false;
		req->param[n++] = arena_strndup(arena, path, len);
		path += len;
		pattern += strcspn(pattern, "/");
	}
	return !*pattern && !*path;
}

const struct route *router_find(const struct router *router, struct arena *arena,
	struct request *req, bool *other_method)
{
	if (other_method)
		*other_method = false;
	for (const struct route *const *t = router->site->tables; *t; t++) {
		for (const struct route *r = *t; r->pattern; r++) {
			if (!matches(arena, r->pattern, req))
				continue;
			if (r->method == req->method)
				return req->route = r;
			if (other_method)
				*other_method = true;
		}
	}
	return NULL;
}

static bool find(struct task *task, const struct router *router, struct request *req)
{
	bool other_method;

	if (router_find(router, &task->arena, req, &other_method))
		return true;
	if (other_method)
		return fail(task, ERR_METHOD, "This address cannot be used in this way.");
	return fail(task, ERR_NOT_FOUND, "There is no such page here.");
}

/* ---- serving ---- */

static bool is_secret(const char *name)
{
	return strstr(name, "password");
}

/* Ask the person to press the button once more, on a page of our own. */
static bool ask_again(struct task *task, const struct request *req, struct reply *rep)
{
	struct expired page = { .action = req->path };
	struct list pairs = { 0 };
	struct frame frame = { 0 };

	if (req->wants_json)
		return fail(task, ERR_FORBIDDEN, "The form is too old or not ours. Load the page again.");
	if (!request_pairs(task, req, &pairs))
		return false;
	for (size_t i = 0; i < pairs.count; i++) {
		const struct pair *p = (const struct pair *)pairs.items + i;
		struct kept_field *kept;

		if (*p->name == '_' || is_secret(p->name))
			continue;
		kept = list_add(&task->arena, &page.kept, sizeof(*kept));
		*kept = (struct kept_field) { p->name, p->value };
	}
	frame_fill(task, req->router, req, &frame);
	rep->type = "text/html; charset=utf-8";
	view_html(&rep->body, router_view(req->router, &expired_page), &page, &frame, task->now);
	return true;
}

static enum rule rule_of(const struct route *route)
{
	if (route->flags & ROUTE_GUESS)
		return RULE_SIGN_IN;
	if (route->flags & ROUTE_SENDS)
		return RULE_SEND;
	if (route->flags & ROUTE_CLONE)
		return RULE_CLONE;
	return route->flags & ROUTE_COSTLY ? RULE_COSTLY : RULE_PAGE;
}

/* "2001:db8:1:2:3::4" -> its /64: one household, one customer */
static const char *network_of(struct arena *arena, const char *address)
{
	size_t at = 0;
	int colons = 0;

	if (!strchr(address, ':'))
		return address;
	for (; address[at] && colons < 4; at++)
		colons += address[at] == ':';
	return arena_strndup(arena, address, at);
}

static int64_t wait_for(struct task *task, const struct router *router, const struct request *req)
{
	const char *who = req->address ? network_of(&task->arena, req->address) : "";
	enum rule rule = rule_of(req->route);
	struct timespec now;
	int64_t now_ms, wait;

	/* people are counted as themselves, but for their passwords */
	if (task->who.account && rule != RULE_SIGN_IN)
		who = arena_printf(&task->arena, "u%lld", (long long)task->who.account);
	clock_gettime(CLOCK_MONOTONIC, &now);
	now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	wait = limits_take(router->limits, rule, who, now_ms);
	if (!wait && rule == RULE_COSTLY && !task->who.account)
		wait = limits_take(router->limits, RULE_CROWD, "", now_ms);
	return wait;
}

static bool not_too_often(struct task *task, const struct router *router,
	const struct request *req, struct reply *rep)
{
	int64_t wait;

	if (!router->conf->rate_limits)
		return true;
	wait = wait_for(task, router, req);
	rep->retry_after_seconds = wait;
	return !wait || fail(task, ERR_TOO_OFTEN, "That was a little too often. Please wait %lld second%s and try again; nothing you typed is lost if you go back.",
		(long long)wait, wait == 1 ? "" : "s");
}

static void log_failure(const struct task *task, const struct request *req)
{
	if (task->err.detail)
		log_event("broken", "path", req->path, "where", task->err.where, "why", task->err.detail, NULL);
}

static bool not_remembered(struct task *task, const struct request *req)
{
	log_failure(task, req);
	return task_forgive(task);
}

static bool handle_once(struct task *task, const struct router *router,
	struct request *req, struct reply *rep)
{
	bool found = false;

	if (strlen(req->once) > LIMIT_ONCE_BYTES)
		return wrong(task, "Idempotency-Key", "The Idempotency-Key is longer than %d bytes.", LIMIT_ONCE_BYTES);
	if (!router->site->recall(task, req, rep, &found))
		return false;
	if (found)
		return true;
	if (!req->route->handle(task, req, rep))
		return false;
	/* it has happened; who asks again is told at least that */
	return router->site->remember(task, rep) || not_remembered(task, req);
}

static bool guarded(struct task *task, const struct router *router,
	struct request *req, struct reply *rep)
{
	bool fresh = true;
	bool changes = req->method == POST && !(req->route->flags & ROUTE_READS);

	/* a git client may bring cookies, and changes nothing */
	if (changes && !form_check(task, req, router->form_key, &fresh))
		return false;
	if (!router->site->authorize(task, req, req->route) || !not_too_often(task, router, req, rep))
		return false;
	if (changes && !room_check(task, router->conf->data))
		return false;
	if (!fresh)
		return ask_again(task, req, rep);
	task->changed = false; /* so far only who asks was looked up */
	return req->method == POST && req->once && router->site->recall ? handle_once(task, router, req, rep)
									: req->route->handle(task, req, rep);
}

static void make_etag(struct task *task, struct reply *rep)
{
	unsigned char hash[16];
	char hex[2 * sizeof(hash) + 1];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)buf_text(&rep->body), rep->body.len, NULL, 0);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	rep->etag = arena_strdup(&task->arena, hex);
}

/* If-None-Match names our tag: the client has these bytes already. */
static bool client_has(const struct request *req, const struct reply *rep)
{
	return req->none_match && (!strcmp(req->none_match, "*") || strstr(req->none_match, rep->etag));
}

void router_serve(struct task *task, const struct router *router,
	struct request *req, struct reply *rep)
{
	req->router = router;
	rep->status = 200;
	rep->body.arena = &task->arena;
	if (!router->site->identify(task, req) || !find(task, router, req)
		|| !guarded(task, router, req, rep)) {
		log_failure(task, req);
		/* the page about it failed, not what was asked for */
		if (task->changed && task->err.code == ERR_INTERNAL)
			task->err.message = "What you sent was carried out, but the page about it could not be made. Look at what is there now before you send it again.";
		reply_error(task, req, rep);
	}
	if (req->method != GET || rep->status != 200)
		return;
	if (rep->stream)
		return;
	if (!rep->etag)
		make_etag(task, rep);
	if (client_has(req, rep)) {
		rep->status = 304;
		rep->body.len = 0;
	}
}

/* router.h: the site map is data
 *
 * Each noun has a table of routes; src/site.c joins them. The router finds
 * the row, learns who is asking, refuses what other sites sent, asks the one
 * authorization function, and runs the handler. */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "http/reply.h"
#include "http/request.h"

/* What must hold before a handler runs; decided by site->authorize(). */
enum need {
	NEED_NOTHING,
	NEED_SIGN_IN,
	NEED_REVIEWER,
	NEED_MODERATOR,
	NEED_ADMIN,
	/* about the proposal whose number is the first parameter */
	NEED_SEE, /* it is public, or one's own, or one moderates */
	NEED_AUTHOR, /* one wrote it: signed in, or with the private key */
	NEED_TALK, /* may see it, and is its author or signed in */
	NEED_REVIEW, /* reviewer of its guide who may see it */
	NEED_MODERATE, /* moderator of its guide */
};

enum route_flag {
	ROUTE_SLOW = 1 << 0, /* hashing, making files: in its own lane */
	ROUTE_CACHE = 1 << 1, /* may be kept: the same for all who are not signed in, and for one who is */
	ROUTE_HIDDEN = 1 << 2, /* not part of the described interface */
	/* how often: each may be asked less often than the one before */
	ROUTE_COSTLY = 1 << 3, /* compares or searches */
	ROUTE_SENDS = 1 << 4, /* makes work for people */
	ROUTE_GUESS = 1 << 5, /* tries a password or a secret */
	ROUTE_CLONE = 1 << 6, /* starts git; its body is git's own and may be larger */
	ROUTE_READS = 1 << 7, /* a POST that changes nothing */
	ROUTE_PART = 1 << 8, /* shows only the part of the site its first parameter names */
};

struct route {
	enum method method;
	const char *pattern; /* "/proposals/:id/merge" */
	bool (*handle)(struct task *task, const struct request *req, struct reply *rep);
	enum need need;
	const struct page *page; /* what it shows; NULL: no page */
	const struct page *other; /* what it shows when it cannot, as a clash */
	const struct shape *input; /* what it reads; NULL: nothing */
	const struct shape *result; /* JSON answer of a POST */
	unsigned int flags; /* enum route_flag */
	const char *summary; /* for the interface description */
};

struct site {
	const struct route *const *tables; /* ends with NULL; each ends with a NULL pattern */
	/* Who is asking: fills task->who. Fails only when broken. */
	bool (*identify)(struct task *task, const struct request *req);
	/* A request with an Idempotency-Key: *found when it was carried out before,
	 * *rep is then what was answered. */
	bool (*recall)(struct task *task, const struct request *req, struct reply *rep, bool *found);
	/* The answer to keep. */
	bool (*remember)(struct task *task, const struct reply *rep);
	/* May they? Fails with ERR_LOGIN, ERR_FORBIDDEN or ERR_NOT_FOUND. */
	bool (*authorize)(struct task *task, const struct request *req, const struct route *route);
};

/* The site made ready: templates bound, keys in place. */
struct router;

struct router_options {
	const struct site *site;
	const struct conf *conf;
	const char *web; /* folder of templates and assets */
	const unsigned char *form_key; /* 32 bytes, for form tokens */
	/* Adds to /metrics what http/ cannot know; NULL: nothing. */
	void (*measure)(const void *site, struct buf *out);
	const void *measured; /* for measure() */
};

/* Bind all templates. Returns NULL after printing what is wrong. */
struct router *router_open(const struct router_options *options);
void router_close(struct router *router);

/* The route of a path, or NULL. Fills req->route, req->param (memory is the
 * arena's). *allowed (may be NULL): some other method has a route. */
const struct route *router_find(const struct router *router, struct arena *arena,
	struct request *req, bool *other_method);

/* Serve one request. Never fails: a failure becomes an error reply. */
void router_serve(struct task *task, const struct router *router,
	struct request *req, struct reply *rep);

/* What was answered, how often and how fast, as Prometheus reads it. */
void router_measure(const struct router *router, struct buf *out);

/* From now on we say that we are not ready; requests are answered as before. */
void router_drain(struct router *router);
bool router_is_draining(const struct router *router);

/* The interface as an OpenAPI 3.1 document, from the tables. */
void router_describe(const struct router *router, struct buf *out);

#endif

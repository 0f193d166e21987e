/* reply.h: what a client gets */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "base/buf.h"
#include "http/request.h"
#include "view/view.h"

/* Bytes that are still being made: read from a pipe until its end, after the
 * body. Whoever sends them closes both, and the leash early when the client
 * goes, so that nobody goes on making what nobody reads. */
struct reply_stream {
	int output; /* does not block */
	int leash;
};

struct reply {
	int status;
	struct buf body;
	const struct reply_stream *stream; /* NULL: the body is all */
	const char *type; /* media type; NULL: text/html or application/json */
	const char *location;
	const char *etag; /* without quotes; made from the bytes when NULL */
	const char *cookie; /* whole Set-Cookie value */
	const char *download; /* file name, for Content-Disposition */
	const char *style_hash; /* "sha256-..." a page with its own style sheet needs */
	bool forget; /* Clear-Site-Data: signing out */
	bool no_cache; /* nobody may keep it, not even for a moment */
	bool immutable; /* these bytes never change at this address */
	int64_t retry_after_seconds;
};

/* Answer with the route's page, or the same value as JSON, as the client
 * prefers. */
bool reply_view(struct task *task, const struct request *req,
	struct reply *rep, const void *value);

/* The same with the route's other page, and a status of its own. */
bool reply_other(struct task *task, const struct request *req,
	struct reply *rep, int status, const void *value);

/* The recorded failure and a value that helps with it, as one JSON object. */
bool reply_error_with(struct task *task, struct reply *rep,
	const struct shape *shape, const void *value);

/* After a POST: 201 or 200 with the value as JSON for programs, 303 to the
 * path for browsers. `location` is printf-like. */
bool reply_done(struct task *task, const struct request *req,
	struct reply *rep, int status, const void *value,
	const char *location, ...) __attribute__((format(printf, 6, 7)));

/* 303 to a path of our own, printf-like. */
bool reply_see_other(struct task *task, struct reply *rep, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The body, then what comes out of the pipe. Takes both descriptors. */
bool reply_stream(struct task *task, struct reply *rep, const char *type, int output, int leash);

/* Bytes as they are; they must live as long as the task. */
bool reply_bytes(struct reply *rep, const char *type, const char *bytes, size_t len);

/* The recorded failure as a page or as JSON. */
void reply_error(struct task *task, const struct request *req, struct reply *rep);

#endif

/* request.h: what a client asked, already checked and decoded */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/task.h"

enum method {
	GET, /* HEAD as well */
	POST,
};

enum body_kind {
	BODY_NONE,
	BODY_FORM, /* application/x-www-form-urlencoded */
	BODY_JSON, /* application/json */
	BODY_OTHER,
};

/* One name=value, decoded. */
struct pair {
	const char *name;
	const char *value;
};

#define REQUEST_PARAMS 4

struct request {
	enum method method;
	const char *path; /* decoded, without query and without /api/v1 */
	const char *query; /* as sent, "" when there is none */
	bool wants_json;
	const char *param[REQUEST_PARAMS]; /* what :names matched, in order */
	enum body_kind body_kind;
	const char *body;
	size_t body_len;

	/* headers; NULL when absent */
	const char *session; /* value of the session cookie */
	bool has_cookies; /* of any name */
	const char *bearer; /* of Authorization: Bearer */
	const char *host;
	const char *origin;
	const char *fetch_site; /* Sec-Fetch-Site */
	const char *none_match; /* If-None-Match */
	const char *range;
	const char *once; /* Idempotency-Key */
	const char *git_protocol; /* Git-Protocol */
	const char *content_type; /* of the body */
	const char *content_encoding; /* of the body; what a handler does not know it refuses */
	const char *address; /* of the client, as text */

	const struct route *route; /* set by the router */
	const struct router *router;
};

/* Parameter `n` as a number above 0; ERR_NOT_FOUND when it is not one. */
bool request_number(struct task *task, const struct request *req, int n, int64_t *out);

/* Fill a struct from the body, form or JSON, by the shape: fields with
 * max_bytes may be sent, all others may not. Text arrives as valid UTF-8
 * without control characters but newline and tab, newlines as LF. Fails with
 * ERR_MALFORMED (cannot be read, a name twice), ERR_MEDIA, or ERR_FIELDS
 * (unknown, too long, required and missing: all of them are reported). What
 * could be read is in *out even then, so a form can come back with every
 * word. Names that start with "_" are the form's own and are skipped. */
bool request_read(struct task *task, const struct request *req,
	const struct shape *shape, void *out);

/* The same from the query string, which may hold anything besides. */
bool request_query(struct task *task, const struct request *req,
	const struct shape *shape, void *out);

/* One text of the query or the body by name, before the handler reads it:
 * for authorization. NULL when it is not there. Never fails. */
const char *request_peek(struct task *task, const struct request *req, const char *name);

/* The body as it was before its Content-Encoding (gzip or none). Fails with
 * ERR_MEDIA, ERR_MALFORMED, or ERR_TOO_BIG above `most` bytes. */
bool request_unpack(struct task *task, const struct request *req, size_t most,
	const char **bytes, size_t *len);

/* All pairs of a form body in order: struct pair. */
bool request_pairs(struct task *task, const struct request *req, struct list *out);

/* Decode "a=1&b=2" (percent, plus). Fails with ERR_MALFORMED on bad escapes,
 * NUL or bytes that are not UTF-8, ERR_TOO_BIG on too many. */
bool request_decode(struct task *task, const char *text, size_t len, struct list *out);

/* A page number from the query: `page`, 1 when absent or silly. */
int64_t request_page(struct task *task, const struct request *req);

#endif

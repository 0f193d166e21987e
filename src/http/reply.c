/* reply.c: values as pages or JSON, redirects, errors */
#include "http/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "frame.h"
#include "router_private.h"

static const struct {
	int status;
	const char *code;
} names[] = {
	[ERR_NONE] = { 200, "none" },
	[ERR_MALFORMED] = { 400, "malformed" },
	[ERR_LOGIN] = { 401, "sign_in" },
	[ERR_FORBIDDEN] = { 403, "forbidden" },
	[ERR_NOT_FOUND] = { 404, "not_found" },
	[ERR_METHOD] = { 405, "method" },
	[ERR_CONFLICT] = { 409, "conflict" },
	[ERR_TOO_BIG] = { 413, "too_big" },
	[ERR_MEDIA] = { 415, "media_type" },
	[ERR_FIELDS] = { 422, "fields" },
	[ERR_TOO_OFTEN] = { 429, "too_often" },
	[ERR_BUSY] = { 503, "busy" },
	[ERR_FULL] = { 507, "full" },
	[ERR_INTERNAL] = { 500, "internal" },
};

/* {"code", "message", "fields"} of a failure */
struct error_value {
	const char *code;
	const char *message;
	struct list fields;
};
static const struct field error_value_fields[] = {
	FIELD_TEXT(struct error_value, code),
	FIELD_TEXT(struct error_value, message),
	FIELD_MANY(struct error_value, fields, &field_error_shape),
	FIELD_END
};
static const struct shape error_value_shape = SHAPE(error_value, error_value_fields);

struct error_page {
	struct error_value error;
	int64_t status;
	const char *headline;
	bool sign_in; /* offer the way in */
};
static const struct field error_page_fields[] = {
	FIELD_ONE(struct error_page, error, &error_value_shape),
	PAGE_INT(struct error_page, status),
	PAGE_TEXT(struct error_page, headline),
	PAGE_BOOL(struct error_page, sign_in),
	FIELD_END
};
const struct shape error_page_shape = SHAPE(error_page, error_page_fields);
const struct page error_page = { "pages/error.html", &error_page_shape, NULL };

static void write_page(struct task *task, const struct request *req,
	struct reply *rep, const struct page *page, const void *value)
{
	struct frame frame = { 0 };

	frame_fill(task, req->router, req, &frame);
	rep->body.len = 0;
	rep->type = page->type ? page->type : "text/html; charset=utf-8";
	view_html(&rep->body, router_view(req->router, page), value, &frame, task->now);
}

static void write_json(struct reply *rep, const struct shape *shape, const void *value)
{
	rep->body.len = 0;
	rep->type = "application/json";
	view_json(&rep->body, shape, value);
}

static void error_value(const struct err *err, struct error_value *out)
{
	out->code = names[err->code].code;
	out->message = err->message;
	out->fields = err->fields;
}

bool reply_view(struct task *task, const struct request *req,
	struct reply *rep, const void *value)
{
	const struct page *page = req->route->page;

	if (req->wants_json && !page->type)
		write_json(rep, page->shape, value);
	else
		write_page(task, req, rep, page, value);
	return true;
}

bool reply_error_with(struct task *task, struct reply *rep,
	const struct shape *shape, const void *value)
{
	struct error_page error = { 0 };
	struct buf both = { .arena = &task->arena };

	error_value(&task->err, &error.error);
	write_json(rep, &error_page_shape, &error);
	view_json(&both, shape, value);
	/* "{...}\n" and "{...}\n" become one object */
	rep->body.len -= 2;
	buf_puts(&rep->body, ",");
	buf_puts(&rep->body, buf_text(&both) + 1);
	return true;
}

bool reply_other(struct task *task, const struct request *req,
	struct reply *rep, int status, const void *value)
{
	const struct page *page = req->route->other;

	rep->status = status;
	if (!req->wants_json)
		write_page(task, req, rep, page, value);
	else if (task->err.code)
		return reply_error_with(task, rep, page->shape, value);
	else
		write_json(rep, page->shape, value);
	return true;
}

static const char *format_path(struct task *task, const char *format, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, args);
	return arena_strdup(&task->arena, text);
}

bool reply_see_other(struct task *task, struct reply *rep, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	rep->location = format_path(task, format, args);
	va_end(args);
	rep->status = 303;
	return true;
}

bool reply_done(struct task *task, const struct request *req,
	struct reply *rep, int status, const void *value,
	const char *location, ...)
{
	va_list args;

	va_start(args, location);
	rep->location = format_path(task, location, args);
	va_end(args);
	if (!req->wants_json) {
		rep->status = 303;
		return true;
	}
	if (status != 201)
		rep->location = NULL;
	rep->status = status;
	write_json(rep, req->route->result, value);
	return true;
}

bool reply_bytes(struct reply *rep, const char *type, const char *bytes, size_t len)
{
	rep->type = type;
	rep->body.len = 0;
	buf_add(&rep->body, bytes, len);
	return true;
}

bool reply_stream(struct task *task, struct reply *rep, const char *type, int output, int leash)
{
	struct reply_stream *stream = arena_alloc(&task->arena, sizeof(*stream));

	*stream = (struct reply_stream) { output, leash };
	rep->type = type;
	rep->stream = stream;
	rep->no_cache = true;
	return true;
}

static const char *headline(enum err_code code)
{
	switch (code) {
	case ERR_LOGIN: return "Please sign in";
	case ERR_FORBIDDEN: return "You may not do this";
	case ERR_NOT_FOUND: return "Page not found";
	case ERR_CONFLICT: return "Something changed in the meantime";
	case ERR_FIELDS: return "There is a problem";
	case ERR_TOO_OFTEN:
	case ERR_BUSY: return "Please try again in a moment";
	case ERR_FULL: return "There is no room";
	case ERR_INTERNAL: return "Something went wrong on our side";
	default: return "This request could not be read";
	}
}

void reply_error(struct task *task, const struct request *req, struct reply *rep)
{
	struct error_page value = { 0 };

	error_value(&task->err, &value.error);
	rep->status = names[task->err.code].status;
	rep->location = rep->etag = rep->download = NULL;
	rep->immutable = false;
	if (task->err.code == ERR_BUSY || task->err.code == ERR_TOO_OFTEN)
		rep->retry_after_seconds = rep->retry_after_seconds ? rep->retry_after_seconds : 2;
	if (req->wants_json) {
		write_json(rep, &error_page_shape, &value);
		return;
	}
	value.status = rep->status;
	value.headline = headline(task->err.code);
	value.sign_in = task->err.code == ERR_LOGIN || (task->err.code == ERR_FORBIDDEN && !task->who.account);
	write_page(task, req, rep, &error_page, &value);
}

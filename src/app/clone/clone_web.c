/* clone_web.c: /guides.git, git's smart HTTP protocol (gitprotocol-http(5)) */
#include "app/clone.h"

#include <string.h>

#include "app/site.h"
#include "base/limit.h"
#include "http/router.h"

#define REFS_TYPE "application/x-git-upload-pack-advertisement"
#define REQUEST_TYPE "application/x-git-upload-pack-request"
#define PACK_TYPE "application/x-git-upload-pack-result"

/* "version=2"; what we do not know is version 0, as git does it. */
static int protocol(const struct request *req)
{
	const char *asked = req->git_protocol;

	if (asked && (!strcmp(asked, "version=2") || !strcmp(asked, "version=1")))
		return asked[8] - '0';
	return 0;
}

static bool is_fetch(struct task *task, const struct request *req)
{
	const char *service = request_peek(task, req, "service");

	if (service && !strcmp(service, "git-upload-pack"))
		return true;
	if (service && !strcmp(service, "git-receive-pack"))
		return fail(task, ERR_FORBIDDEN, "Nobody pushes here. Suggest an edit on the site: every change is read before it is merged.");
	return fail(task, ERR_MALFORMED, "This is a git repository: use a git client of version 1.6.6 or later.");
}

static bool send_refs(struct task *task, const struct request *req, struct reply *rep)
{
	struct clone clone;

	if (!is_fetch(task, req) || !clone_refs(task, protocol(req), &clone))
		return false;
	rep->body.len = 0;
	if (protocol(req) < 2)
		buf_puts(&rep->body, "001e# service=git-upload-pack\n0000");
	return reply_stream(task, rep, REFS_TYPE, clone.output, clone.leash);
}

static bool send_pack(struct task *task, const struct request *req, struct reply *rep)
{
	struct clone clone;
	const char *body;
	size_t len;

	if (!req->content_type || strcmp(req->content_type, REQUEST_TYPE))
		return fail(task, ERR_MEDIA, "A git client sends " REQUEST_TYPE ".");
	return request_unpack(task, req, LIMIT_FETCH_PLAIN_BYTES, &body, &len)
		&& clone_pack(task, protocol(req), body, len, &clone)
		&& reply_stream(task, rep, PACK_TYPE, clone.output, clone.leash);
}

static bool refuse_push(struct task *task, const struct request *req, struct reply *rep)
{
	(void)req;
	(void)rep;
	return fail(task, ERR_FORBIDDEN, "Nobody pushes here. Suggest an edit on the site: every change is read before it is merged.");
}

/* Somebody opened the clone address in a browser. */
static bool show_guides(struct task *task, const struct request *req, struct reply *rep)
{
	(void)req;
	return reply_see_other(task, rep, "/guides");
}

const struct route clone_routes[] = {
	{ GET, "/guides.git", show_guides, NEED_NOTHING, .flags = ROUTE_HIDDEN },
	{ GET, "/guides.git/info/refs", send_refs, NEED_NOTHING, .flags = ROUTE_HIDDEN | ROUTE_CLONE },
	{ POST, "/guides.git/git-upload-pack", send_pack, NEED_NOTHING, .flags = ROUTE_HIDDEN | ROUTE_CLONE | ROUTE_READS },
	{ POST, "/guides.git/git-receive-pack", refuse_push, NEED_NOTHING, .flags = ROUTE_HIDDEN },
	{ 0 }
};

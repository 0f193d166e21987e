/* test_router.c: rows, guards and replies, on a site of three pages */
#include "../test.h"
#include "base/conf.h"
#include "http/router.h"

struct hello {
	const char *name;
};
static const struct field fields[] = { INPUT_TEXT(struct hello, name, 20, FIELD_REQUIRED), FIELD_END };
static const struct shape hello_shape = SHAPE(hello, fields);
static const struct page hello_page = { "feeds/robots.txt", &hello_shape, NULL };

static bool show(struct task *task, const struct request *req, struct reply *rep)
{
	struct hello value = { req->param[0] };

	return reply_view(task, req, rep, &value);
}

static bool fall(struct task *task, const struct request *req, struct reply *rep)
{
	(void)req;
	buf_puts(&rep->body, "half a page");
	return broken(task, "the disk is on fire");
}

static bool save(struct task *task, const struct request *req, struct reply *rep)
{
	struct hello in = { 0 };

	return request_read(task, req, &hello_shape, &in)
		&& reply_done(task, req, rep, 201, &in, "/hello/%s", in.name);
}

static const struct route routes[] = {
	{ GET, "/hello/:name", show, NEED_NOTHING, &hello_page, .summary = "Say hello" },
	{ POST, "/hello", save, NEED_SIGN_IN, .input = &hello_shape, .result = &hello_shape, .summary = "Keep a name" },
	{ GET, "/fall", fall, NEED_NOTHING, .summary = "Fall" },
	{ 0 }
};
static const struct route *const tables[] = { routes, NULL };

static bool identify(struct task *task, const struct request *req)
{
	task->who.account = req->session != NULL;
	task->who.session = req->session;
	return true;
}

static bool authorize(struct task *task, const struct request *req, const struct route *route)
{
	(void)req;
	return route->need == NEED_NOTHING || task->who.account || fail(task, ERR_LOGIN, "Please sign in first.");
}

static const struct site site = { .tables = tables, .identify = identify, .authorize = authorize };

static int ask(const struct router *router, const struct conf *conf, struct task *task, struct request *req, struct reply *rep)
{
	*task = (struct task) { .now = 1700000000, .conf = conf };
	*rep = (struct reply) { 0 };
	req->query = req->query ? req->query : "";
	req->body = req->body ? req->body : "";
	req->body_len = strlen(req->body);
	router_serve(task, router, req, rep);
	return rep->status;
}

static void test_reading(const struct router *router, const struct conf *conf)
{
	struct task task;
	struct reply rep;
	struct request req = { .path = "/hello/ada", .wants_json = true };

	CHECK(ask(router, conf, &task, &req, &rep) == 200);
	CHECK_STR(buf_text(&rep.body), "{\"name\":\"ada\"}\n");
	req.none_match = arena_printf(&task.arena, "\"%s\"", rep.etag);
	{
		struct task again;

		CHECK(ask(router, conf, &again, &req, &rep) == 304 && rep.body.len == 0);
		arena_free(&again.arena);
	}
	arena_free(&task.arena);
	CHECK(ask(router, conf, &task, &(struct request) { .path = "/hello/", .wants_json = true }, &rep) == 404);
	arena_free(&task.arena);
	CHECK(ask(router, conf, &task, &(struct request) { .path = "/hello", .wants_json = true }, &rep) == 405);
	arena_free(&task.arena);
	/* nothing of what went wrong inside gets out, nor half a page */
	CHECK(ask(router, conf, &task, &(struct request) { .path = "/fall", .wants_json = true }, &rep) == 500);
	CHECK(!strstr(buf_text(&rep.body), "fire") && !strstr(buf_text(&rep.body), "half a page"));
	arena_free(&task.arena);
}

static void test_writing(const struct router *router, const struct conf *conf)
{
	struct task task;
	struct reply rep;
	struct request req = { .method = POST, .path = "/hello", .wants_json = true, .body_kind = BODY_JSON, .body = "{\"name\":\"ada\"}" };

	CHECK(ask(router, conf, &task, &req, &rep) == 401);
	arena_free(&task.arena);
	req.session = "s";
	req.has_cookies = true;
	CHECK(ask(router, conf, &task, &req, &rep) == 403); /* a cookie, and nothing that says where from */
	arena_free(&task.arena);
	req.fetch_site = "cross-site";
	CHECK(ask(router, conf, &task, &req, &rep) == 403);
	arena_free(&task.arena);
	req.fetch_site = "same-origin";
	CHECK(ask(router, conf, &task, &req, &rep) == 403); /* a session, and no form that was shown to it */
	arena_free(&task.arena);
	req.bearer = "t";
	CHECK(ask(router, conf, &task, &req, &rep) == 201);
	CHECK_STR(rep.location, "/hello/ada");
	arena_free(&task.arena);
	req.bearer = NULL;
	req.body_kind = BODY_FORM;
	req.body = "name=ada";
	req.wants_json = false;
	CHECK(ask(router, conf, &task, &req, &rep) == 200); /* no token: asked to send it again */
	CHECK(strstr(buf_text(&rep.body), "send it once more") && strstr(buf_text(&rep.body), "ada"));
	arena_free(&task.arena);
}

static void test_description(const struct router *router)
{
	struct arena arena = { 0 };
	struct buf out = { .arena = &arena };

	router_describe(router, &out);
	CHECK(strstr(buf_text(&out), "\"/hello/{name}\""));
	CHECK(strstr(buf_text(&out), "\"maxLength\": 20"));
	arena_free(&arena);
}

int main(void)
{
	static const unsigned char key[32] = "a key for tests only, 32 bytes..";
	struct arena arena = { 0 };
	struct conf conf = { 0 };
	struct router *router;

	CHECK(conf_read(&conf, &arena, NULL));
	conf.data = "."; /* any folder with room */
	router = router_open(&(struct router_options) { &site, &conf, getenv("GUIDEHALL_TEST_WEB"), key });
	CHECK(router);
	test_reading(router, &conf);
	test_writing(router, &conf);
	test_description(router);
	router_close(router);
	arena_free(&arena);
	return test_result();
}

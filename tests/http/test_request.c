/* test_request.c: what strangers send, into structs */
#include "../test.h"
#include "http/request.h"

struct input {
	const char *title;
	const char *text;
	bool agreed;
	int64_t id; /* not for strangers */
};
static const struct field fields[] = {
	INPUT_TEXT(struct input, title, 10, FIELD_REQUIRED),
	INPUT_TEXT(struct input, text, 100, 0),
	INPUT_BOOL(struct input, agreed),
	FIELD_INT(struct input, id),
	FIELD_END
};
static const struct shape shape = SHAPE(input, fields);

static bool read_as(struct task *task, enum body_kind kind, const char *body, struct input *out)
{
	const struct request req = { .body_kind = kind, .body = body, .body_len = strlen(body), .query = "" };

	task_forgive(task);
	*out = (struct input) { 0 };
	return request_read(task, &req, &shape, out);
}

static void test_forms(struct task *task)
{
	struct input in;

	CHECK(read_as(task, BODY_FORM, "title=a+b%21&text=x%0D%0Ay%0Dz&agreed=on&_token=abc", &in));
	CHECK_STR(in.title, "a b!");
	CHECK_STR(in.text, "x\ny\nz");
	CHECK(in.agreed);
	CHECK(!read_as(task, BODY_FORM, "title=a&title=b", &in) && task->err.code == ERR_MALFORMED);
	CHECK(!read_as(task, BODY_FORM, "title=%f", &in) && task->err.code == ERR_MALFORMED);
	CHECK(!read_as(task, BODY_FORM, "title=%zz", &in) && task->err.code == ERR_MALFORMED);
	CHECK(!read_as(task, BODY_FORM, "title=%00", &in) && task->err.code == ERR_MALFORMED);
	CHECK(!read_as(task, BODY_FORM, "title=%c0%af", &in) && task->err.code == ERR_MALFORMED);
	CHECK(!read_as(task, BODY_FORM, "title=a&id=7", &in) && task->err.code == ERR_FIELDS && in.id == 0);
	CHECK(!read_as(task, BODY_FORM, "title=+%0a&text=", &in) && task->err.code == ERR_FIELDS);
	/* all that is wrong is said at once, and what was good is kept */
	CHECK(!read_as(task, BODY_FORM, "text=kept&other=1&title=12345678901", &in));
	CHECK(task->err.fields.count == 2);
	CHECK_STR(in.text, "kept");
	CHECK_STR(in.title, "12345678901");
	CHECK(!read_as(task, BODY_FORM, "title=a%07", &in) && task->err.code == ERR_FIELDS);
	CHECK(!read_as(task, BODY_FORM, "title=%EF%BF%BF", &in) && task->err.code == ERR_FIELDS); /* no XML can hold it */
	CHECK(read_as(task, BODY_FORM, "title=1234567890", &in));
}

static void test_json(struct task *task)
{
	struct input in;

	CHECK(read_as(task, BODY_JSON, "{\"title\":\"a\\r\\nb\",\"agreed\":true,\"text\":null}", &in));
	CHECK_STR(in.title, "a\nb");
	CHECK(in.agreed && !in.text);
	CHECK(!read_as(task, BODY_JSON, "{\"title\":\"a\",\"\\u0074itle\":\"b\"}", &in) && task->err.code == ERR_MALFORMED);
	CHECK(!read_as(task, BODY_JSON, "{\"title\":\"a\"} x", &in) && task->err.code == ERR_MALFORMED);
	CHECK(!read_as(task, BODY_JSON, "[]", &in) && task->err.code == ERR_MALFORMED);
	CHECK(!read_as(task, BODY_JSON, "{\"title\":7}", &in) && task->err.code == ERR_FIELDS);
	CHECK(!read_as(task, BODY_JSON, "{\"title\":\"a\",\"id\":7}", &in) && task->err.code == ERR_FIELDS && !in.id);
	/* brackets inside of texts are no nesting */
	CHECK(read_as(task, BODY_JSON, "{\"title\":\"t\",\"text\":\"[[[[[[[[[[[[[[[[[[[[[[[[\\\"{{{\"}", &in));
	/* nor does an escaped quote end a text */
	CHECK(read_as(task, BODY_JSON, "{\"title\":\"t\\\"\",\"text\":\"[[[[[[[[[[[[[[[[[[[[[[[[\"}", &in));
	CHECK(!read_as(task, BODY_JSON, "{\"title\":\"\\\"\",\"text\":[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]}", &in)
		&& task->err.code == ERR_MALFORMED);
	CHECK(!read_as(task, BODY_OTHER, "title=a", &in) && task->err.code == ERR_MEDIA);
	CHECK(!read_as(task, BODY_NONE, "", &in) && task->err.code == ERR_FIELDS);
}

static void test_query(struct task *task)
{
	struct request req = { .query = "title=side+eff&utm=x&page=3" };
	struct input in = { 0 };

	task_forgive(task);
	CHECK(request_query(task, &req, &shape, &in));
	CHECK_STR(in.title, "side eff");
	CHECK(request_page(task, &req) == 3);
	CHECK_STR(request_peek(task, &req, "utm"), "x");
	CHECK(!request_peek(task, &req, "none"));
	req.query = "page=-4";
	CHECK(request_page(task, &req) == 1);
	req.query = "page=many";
	CHECK(request_page(task, &req) == 1);
}

static void test_numbers(struct task *task)
{
	static const char *const bad[] = { "0", "-1", "+1", " 1", "1x", "x", "99999999999999999999" };
	struct request req = { .param = { "42" } };
	int64_t n;

	task_forgive(task);
	CHECK(request_number(task, &req, 0, &n) && n == 42);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		req.param[0] = bad[i];
		CHECK(!request_number(task, &req, 0, &n) && task->err.code == ERR_NOT_FOUND);
		task_forgive(task);
	}
}

int main(void)
{
	struct task task = { 0 };

	test_forms(&task);
	test_json(&task);
	test_query(&task);
	test_numbers(&task);
	arena_free(&task.arena);
	return test_result();
}

/* test_stamp.c: lines come and go, all else stays */
#include "../test.h"
#include "base/buf.h"
#include "text/frontmatter.h"

static const char *stamp(struct task *task, const char *text, const char *version)
{
	const struct stamp stamps[] = {
		{ .key = "version", .value = version },
		{ .key = "status", .value = "active" },
	};
	struct buf out = { .arena = &task->arena };

	task_forgive(task);
	if (!frontmatter_stamp(task, text, strlen(text), stamps, 2, &out))
		return task->err.message;
	return buf_text(&out);
}

static void test_added(struct task *task)
{
	CHECK_STR(stamp(task, "---\nid: a # b\n---\n\nx\n", "1.0.0"),
		"---\nid: a # b\nversion: 1.0.0\nstatus: active\n---\n\nx\n");
	CHECK_STR(stamp(task, "---\r\nid: a\r\n---\r\nx", "1.0.0"),
		"---\r\nid: a\r\nversion: 1.0.0\r\nstatus: active\r\n---\r\nx");
	CHECK_STR(stamp(task, "# x\n", "1.0.0"), "---\nversion: 1.0.0\nstatus: active\n---\n\n# x\n");
	CHECK_STR(stamp(task, "", "1"), "---\nversion: 1\nstatus: active\n---\n\n");
}

static void test_replaced(struct task *task)
{
	CHECK_STR(stamp(task, "---\nversion: 0.9\nid: a\nstatus:\n  - old\n- older\nversions: b\n---\n", "1.0.0"),
		"---\nid: a\nversions: b\nversion: 1.0.0\nstatus: active\n---\n");
	/* a value may stand below a blank line or a comment */
	CHECK_STR(stamp(task, "---\nid:\nversion:\n\n# c\n\r  0.9\n---\n", "1.0.0"),
		"---\nid:\n\n# c\n\rversion: 1.0.0\nstatus: active\n---\n");
	CHECK_STR(stamp(task, stamp(task, "---\nid: a\n---\n", "1"), "2"),
		"---\nid: a\nversion: 2\nstatus: active\n---\n");
}

/* Whatever the value: it comes back, and nothing comes with it. */
static void test_quoted(struct task *task)
{
	static const char *const values[] = {
		"a: b", "\"q\" \\", "x # y", "- z", "ü", "", " x ", "[a", "{", "!t", "&a", "*a", "%",
		"@", "`", "yes", "---", "2026-11-23",
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		const struct stamp stamps = { .key = "title", .value = values[i] };
		struct buf out = { .arena = &task->arena };
		struct front front;

		CHECK(frontmatter_stamp(task, "---\nid: a\n---\n", 14, &stamps, 1, &out));
		CHECK(frontmatter_read(task, buf_text(&out), out.len, &front));
		CHECK_STR(front.id, "a");
		CHECK_STR(front.title ? front.title : "", values[i]);
	}
}

static void test_one_line(struct task *task)
{
	CHECK_STR(stamp(task, "---\nid: a\n---\n", "1\nid: evil"), "---\nid: a\nversion: \"1 id: evil\"\nstatus: active\n---\n");
	CHECK_STR(stamp(task, "---\n---\n", "\xe2\x80\xa8\xc2\x85 1"), "---\nversion: \"   1\"\nstatus: active\n---\n");
}

int main(void)
{
	struct task task = { 0 };

	test_added(&task);
	test_replaced(&task);
	test_quoted(&task);
	test_one_line(&task);
	arena_free(&task.arena);
	return test_result();
}

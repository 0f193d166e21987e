/* test_task.c: first failure wins; what a stranger reads and what the log gets */
#include "../test.h"
#include "base/task.h"

static void test_first_failure_wins(void)
{
	struct task task = { 0 };

	CHECK(!fail(&task, ERR_NOT_FOUND, "no %s", "guide"));
	CHECK(!fail(&task, ERR_CONFLICT, "later"));
	CHECK(task.err.code == ERR_NOT_FOUND);
	CHECK_STR(task.err.message, "no guide");
	CHECK_STR(task.err.where, "test_first_failure_wins");
	CHECK(task_forgive(&task) && !task.err.code);
	arena_free(&task.arena);
}

static void test_details_stay_inside(void)
{
	struct task task = { 0 };

	CHECK(!broken(&task, "disk %d says no", 7));
	CHECK(task.err.code == ERR_INTERNAL);
	CHECK_STR(task.err.detail, "disk 7 says no");
	CHECK(!strstr(task.err.message, "disk"));
	arena_free(&task.arena);
}

static void test_several_fields(void)
{
	struct task task = { 0 };
	const struct field_error *errors;

	CHECK(!wrong(&task, "title", "Title is missing."));
	CHECK(!wrong(&task, "text", "Text is missing."));
	CHECK(task.err.code == ERR_FIELDS && task.err.fields.count == 2);
	CHECK_STR(task.err.message, "Title is missing.");
	errors = task.err.fields.items;
	CHECK_STR(errors[1].field, "text");
	arena_free(&task.arena);
}

static void test_fields_do_not_hide_a_failure(void)
{
	struct task task = { 0 };

	CHECK(!fail(&task, ERR_CONFLICT, "moved on"));
	CHECK(!wrong(&task, "title", "Title is missing."));
	CHECK(task.err.code == ERR_CONFLICT && !task.err.fields.count);
	arena_free(&task.arena);
}

int main(void)
{
	test_first_failure_wins();
	test_details_stay_inside();
	test_several_fields();
	test_fields_do_not_hide_a_failure();
	return test_result();
}

/* test_markdown.c: what a release adds to the text, and that it adds no more */
#include "fixture.h"

/* The text with the stamped lines taken out. */
static const char *without_stamps(struct arena *arena, const char *text)
{
	static const char *const keys[] = { "\nversion:", "\nstatus:", "\ncommit:", "\ndate:" };
	char *rest = arena_strdup(arena, text);

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char *line = strstr(rest, keys[i]);
		char *end = line ? strchr(line + 1, '\n') : NULL;

		CHECK(end);
		if (end)
			memmove(line, end, strlen(end) + 1);
	}
	return rest;
}

static void stamped(struct task *task)
{
	const struct edition e = edition();
	struct buf out = { .arena = &task->arena };
	const char *text;

	CHECK(press_markdown(task, &e, &out));
	text = buf_text(&out);
	CHECK(strstr(text, "version: 1.0.0"));
	CHECK(strstr(text, "status: released"));
	CHECK(strstr(text, "commit: 0123456789abcdef0123456789abcdef01234567"));
	CHECK(strstr(text, "date: 2026-03-29"));
	CHECK(strlen(text) == out.len);
	CHECK(out.len > strlen(GUIDE_TEXT)
		&& !strcmp(text + out.len - strlen(GUIDE_TEXT), GUIDE_TEXT));
	CHECK_STR(without_stamps(&task->arena, text), GUIDE_FRONT GUIDE_TEXT);
}

/* A text that was released before keeps one of each line. */
static void again(struct task *task)
{
	struct edition e = edition();
	struct buf first = { .arena = &task->arena }, second = { .arena = &task->arena };

	CHECK(press_markdown(task, &e, &first));
	e.text = buf_text(&first);
	e.len = first.len;
	CHECK(press_markdown(task, &e, &second));
	CHECK_STR(buf_text(&second), buf_text(&first));
}

/* A text without front matter gets one. */
static void bare(struct task *task)
{
	struct edition e = edition();
	struct buf out = { .arena = &task->arena };

	e.text = "# T\r\n";
	e.len = strlen(e.text);
	CHECK(press_markdown(task, &e, &out));
	CHECK(!strncmp(buf_text(&out), "---", 3));
	CHECK(strstr(buf_text(&out), "version: 1.0.0"));
	CHECK(strstr(buf_text(&out), "# T\r\n"));
}

int main(void)
{
	struct task task = { .now = 1700000000 };

	stamped(&task);
	again(&task);
	bare(&task);
	arena_free(&task.arena);
	return test_result();
}

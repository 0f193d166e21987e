/* test_lines.c: the three newlines, and pieces of lines */
#include "../test.h"
#include "base/arena.h"
#include "text/lines.h"

static bool is(struct slice slice, const char *text)
{
	return slice.len == strlen(text) && !memcmp(slice.bytes, text, slice.len);
}

static void test_newlines(struct arena *arena)
{
	const char *text = "a\nb\r\n\rc\r\rd";
	struct lines lines = lines_make(arena, text, strlen(text));

	CHECK(lines.count == 6);
	CHECK(is(lines_get(&lines, 1), "a"));
	CHECK(is(lines_get(&lines, 2), "b"));
	CHECK(is(lines_get(&lines, 3), ""));
	CHECK(is(lines_get(&lines, 4), "c"));
	CHECK(is(lines_get(&lines, 5), ""));
	CHECK(is(lines_get(&lines, 6), "d"));
	CHECK(lines_begin(&lines, 3) == 5);
	CHECK(lines_begin(&lines, 7) == strlen(text));
}

static void test_ends(struct arena *arena)
{
	CHECK(lines_make(arena, "", 0).count == 0);
	CHECK(lines_make(arena, "\n", 1).count == 1);
	CHECK(lines_make(arena, "a\n", 2).count == 1);
	CHECK(lines_make(arena, "a\n\n", 3).count == 2);
}

static void test_find(struct arena *arena)
{
	struct lines lines = lines_make(arena, "ab\ncd\n", 6);

	CHECK(lines_find(&lines, 0) == 1);
	CHECK(lines_find(&lines, 2) == 1);
	CHECK(lines_find(&lines, 3) == 2);
	CHECK(lines_find(&lines, 6) == 3);
}

static void test_slices(void)
{
	struct slice slice = { " \ta b\t ", 7 };

	CHECK(is(slice_after_blanks(slice), "a b\t "));
	CHECK(is(slice_trim(slice), "a b"));
	CHECK(is(slice_from(slice, 4), "b\t "));
	CHECK(!slice_is_blank(slice));
	CHECK(slice_is_blank((struct slice) { " \t", 2 }));
	CHECK(slice_is_blank((struct slice) { "", 0 }));
}

int main(void)
{
	struct arena arena = { 0 };

	test_newlines(&arena);
	test_ends(&arena);
	test_find(&arena);
	test_slices();
	arena_free(&arena);
	return test_result();
}

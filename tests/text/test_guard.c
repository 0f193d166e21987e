/* test_guard.c: each limit, and one above it */
#include "../test.h"
#include "base/buf.h"
#include "base/limit.h"
#include "text/guard.h"

static bool passes(const char *text, size_t len)
{
	struct task task = { 0 };
	bool passed = guard_text(&task, text, len);

	CHECK(passed == (task.err.code == ERR_NONE));
	CHECK(passed || (task.err.code == ERR_FIELDS && task.err.fields.count == 1));
	arena_free(&task.arena);
	return passed;
}

static bool repeated(const char *before, const char *part, int count, const char *after)
{
	struct arena arena = { 0 };
	struct buf text = { .arena = &arena };
	bool passed;

	buf_puts(&text, before);
	for (int i = 0; i < count; i++)
		buf_puts(&text, part);
	buf_puts(&text, after);
	passed = passes(buf_text(&text), text.len);
	arena_free(&arena);
	return passed;
}

static void test_characters(void)
{
	CHECK(passes("", 0));
	CHECK(passes("a\tb\r\n漢 🙂 \xef\xbb\xbf", 17));
	CHECK(!passes("a\0b", 3));
	CHECK(!passes("a\x07", 2));
	CHECK(!passes("a\x7f", 2));
	CHECK(!passes("\xc2\x85", 2));
	CHECK(!passes("\xff", 1));
	CHECK(!passes("\xf4\x8f\xbf\xbf", 4)); /* shield.c needs it */
	CHECK(!passes("\xef\xb7\x90", 3));
}

static void test_line_named(void)
{
	struct task task = { 0 };

	CHECK(!guard_text(&task, "one\ntwo\n\x01\n", 10));
	CHECK(strstr(task.err.message, "Line 3"));
	arena_free(&task.arena);
}

static void test_size(void)
{
	CHECK(repeated("", "abcdefg\n", LIMIT_PAGE_BYTES / 8, ""));
	CHECK(!repeated("", "abcdefg\n", LIMIT_PAGE_BYTES / 8, "x"));
}

static void test_nesting(void)
{
	CHECK(repeated("", "> ", LIMIT_NESTING, "x"));
	CHECK(!repeated("", "> ", LIMIT_NESTING + 1, "x"));
	CHECK(repeated("", "- ", LIMIT_NESTING, "x"));
	CHECK(!repeated("", "- ", LIMIT_NESTING + 1, "x"));
	CHECK(repeated("", "  ", LIMIT_NESTING - 1, "- x"));
	CHECK(!repeated("", "  ", LIMIT_NESTING, "- x"));
	CHECK(repeated("[^a]: ", "> ", LIMIT_NESTING - 1, "x"));
	CHECK(!repeated("[^a]: ", "> ", LIMIT_NESTING, "x"));
	CHECK(repeated("", "- ", 1000, "")); /* a rule */
	CHECK(repeated("", "  ", 1000, "deep code"));
}

static void test_brackets(void)
{
	CHECK(repeated("", "[", LIMIT_BRACKETS, ""));
	CHECK(!repeated("", "[", LIMIT_BRACKETS + 1, ""));
	CHECK(!repeated("", "[\n", LIMIT_BRACKETS + 1, ""));
	CHECK(!repeated("", "> [\n", LIMIT_BRACKETS + 1, ""));
	/* each of these begins a paragraph of its own */
	CHECK(repeated("", "[\n\n", 2 * LIMIT_BRACKETS, ""));
	CHECK(repeated("", "- [\n", 2 * LIMIT_BRACKETS, ""));
	CHECK(repeated("", "1. [\n", 2 * LIMIT_BRACKETS, ""));
	CHECK(repeated("1. x\n", "7. [\n", 2 * LIMIT_BRACKETS, ""));
	CHECK(repeated("", "[^a]: [\n", 2 * LIMIT_BRACKETS, ""));
	CHECK(repeated("", "# [\n", 2 * LIMIT_BRACKETS, ""));
	/* these only look so */
	CHECK(!repeated("x\n", "7. [\n", LIMIT_BRACKETS + 1, ""));
	CHECK(!repeated("", "[\n*\n", LIMIT_BRACKETS + 1, ""));
	CHECK(!repeated("x\n", "     > - [\n", LIMIT_BRACKETS + 1, ""));
	CHECK(!repeated("", "#[\n", LIMIT_BRACKETS + 1, ""));
	CHECK(!repeated("", "[^ [\n", LIMIT_BRACKETS / 2 + 1, ""));
}

static void test_tables(void)
{
	CHECK(repeated("|", "a|", LIMIT_TABLE_COLUMNS, "\n-\n"));
	CHECK(passes("a|b\n-|-\n1|2\n", 12));
	CHECK(repeated("a|b\n-|-\n", "1\n", LIMIT_TABLE_CELLS / 2 - 2, ""));
	CHECK(!repeated("a|b\n-|-\n", "1\n", LIMIT_TABLE_CELLS / 2 - 1, ""));
	CHECK(!repeated("a|b\n-|-\n", "#1\n", LIMIT_TABLE_CELLS / 2 - 1, ""));
	CHECK(repeated("a|b\n", "1\n", LIMIT_TABLE_CELLS, "")); /* no table */
}

static void test_columns(void)
{
	struct arena arena = { 0 };
	struct buf text = { .arena = &arena };

	for (int over = 0; over < 2; over++) {
		text.len = 0;
		for (int row = 0; row < 2; row++) {
			for (int i = 0; i < LIMIT_TABLE_COLUMNS + over; i++)
				buf_puts(&text, row ? "|-" : "|a");
			buf_putc(&text, '\n');
		}
		CHECK(passes(buf_text(&text), text.len) == !over);
	}
	arena_free(&arena);
}

int main(void)
{
	test_characters();
	test_line_named();
	test_size();
	test_nesting();
	test_brackets();
	test_tables();
	test_columns();
	return test_result();
}

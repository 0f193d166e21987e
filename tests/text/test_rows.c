/* test_rows.c: cells of a line */
#include "../test.h"
#include "text/rows.h"

static struct slice of(const char *text)
{
	return (struct slice) { text, strlen(text) };
}

static void test_count(void)
{
	CHECK(row_cells(of("| a | b |")) == 2);
	CHECK(row_cells(of("a | b")) == 2);
	CHECK(row_cells(of("a")) == 1);
	CHECK(row_cells(of("  ")) == 0);
	CHECK(row_cells(of("|")) == 0);
	CHECK(row_cells(of("||")) == 1);
	CHECK(row_cells(of("| a | | c |")) == 3);
	CHECK(row_cells(of("a \\| b | c")) == 2);
	CHECK(row_cells(of("a \\\\| b")) == 2);
	CHECK(row_cells(of("a \\")) == 1);
}

static void test_cut(void)
{
	struct slice cells[3];

	CHECK(row_cut(of("|  a b | c \\| d |e"), cells, 3) == 3);
	CHECK(cells[0].len == 3 && !memcmp(cells[0].bytes, "a b", 3));
	CHECK(cells[1].len == 6 && !memcmp(cells[1].bytes, "c \\| d", 6));
	CHECK(cells[2].len == 1 && *cells[2].bytes == 'e');
	CHECK(row_cut(of("a|b|c"), cells, 2) == 2);
}

static void test_delimiter(void)
{
	char align[LIMIT_TABLE_COLUMNS] = { 0 };

	CHECK(row_delimiter(of("|---|:-:|--:|:--|"), align) == 4);
	CHECK(!memcmp(align, "\0crl", 4));
	CHECK(row_delimiter(of("-|-"), NULL) == 2);
	CHECK(row_delimiter(of("---"), NULL) == 1);
	CHECK(row_delimiter(of("|---|x|"), NULL) == 0);
	CHECK(row_delimiter(of("|:|"), NULL) == 0);
	CHECK(row_delimiter(of("|::|"), NULL) == 0);
	CHECK(row_delimiter(of(""), NULL) == 0);
}

static void test_heads(void)
{
	CHECK(row_heads(of("a | b"), of("--|--")));
	CHECK(row_heads(of("| a"), of("---")));
	CHECK(!row_heads(of("a"), of("---"))); /* a heading */
	CHECK(!row_heads(of("a | b | c"), of("--|--")));
}

int main(void)
{
	test_count();
	test_cut();
	test_delimiter();
	test_heads();
	return test_result();
}

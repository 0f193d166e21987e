/* test_prefix.c: the most that markers can mean */
#include "../test.h"
#include "text/prefix.h"

static struct prefix read(const char *text)
{
	return prefix_read((struct slice) { text, strlen(text) });
}

static void test_depth(void)
{
	CHECK(read("text").depth == 0);
	CHECK(read("> text").depth == 1);
	CHECK(read(">>> text").depth == 3);
	CHECK(read("> > - x").depth == 3);
	CHECK(read("- - - x").depth == 3);
	CHECK(read("  - x").depth == 2); /* may continue an item above */
	CHECK(read("      - x").depth == 4);
	CHECK(read("      x").depth == 0); /* begins nothing */
	CHECK(read("1. 2) x").depth == 2);
	CHECK(read("\t- x").depth == 3);
}

static void test_no_markers(void)
{
	CHECK(read("- - -").depth == 0); /* a rule */
	CHECK(read("**bold**").depth == 0);
	CHECK(read("-x").depth == 0);
	CHECK(read("1.x").depth == 0);
	CHECK(read("1234567890. x").depth == 0);
	CHECK(read("").depth == 0);
}

static void test_rest(void)
{
	CHECK(read("> - x").bytes == 4);
	CHECK(read("   x").bytes == 3);
	CHECK(read("- x").bullet && !read("- x").number);
	CHECK(read("> 1. x").number && read("> 1. x").one);
	CHECK(read("2. x").number && !read("2. x").one);
	CHECK(read("     > - x").indent == 5);
	CHECK(read("> - x").indent == 0);
	CHECK(read("-").bullet && read("-").bytes == 1);
}

int main(void)
{
	test_depth();
	test_no_markers();
	test_rest();
	return test_result();
}

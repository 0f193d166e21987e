/* test_mark.c: what is a footnote's mark, what is its definition */
#include "../test.h"
#include "base/arena.h"
#include "text/mark.h"

static size_t mark(const char *text)
{
	return mark_len((struct slice) { text, strlen(text) });
}

static size_t defines(const char *text)
{
	return mark_defines((struct slice) { text, strlen(text) });
}

int main(void)
{
	struct arena arena = { 0 };

	CHECK(mark("[^a]") == 4);
	CHECK(mark("[^fda-2014-space] x") == 17);
	CHECK(mark("[^]") == 0);
	CHECK(mark("[^a b]") == 0);
	CHECK(mark("[^a_b]") == 0);
	CHECK(mark("[a]") == 0);
	CHECK(mark("[^a") == 0);
	CHECK(mark("[^1234567890123456789012345678901234567890123456789012345678901234]") == 67);
	CHECK(mark("[^12345678901234567890123456789012345678901234567890123456789012345]") == 0);
	CHECK(defines("[^a]: x") == 5);
	CHECK(defines("   [^a]:x") == 8);
	CHECK(defines("    [^a]: x") == 0);
	CHECK(defines("[^a] x") == 0);
	CHECK(defines("[^a]:") == 5);
	CHECK(defines("") == 0);
	CHECK_STR(mark_key(&arena, "[^FDA-1] x"), "fda-1");
	arena_free(&arena);
	return test_result();
}

/* test_links.c: addresses that may be links, and the many that may not */
#include "../test.h"
#include "text/pass.h"

static bool allowed(struct arena *arena, const char *url)
{
	return links_check(arena, url)[0] != '\0';
}

static void test_allowed(struct arena *arena)
{
	static const char *const good[] = {
		"https://a.example/x?y=1&z#w", "HTTP://a.example", "mailto:me@a.example",
		"#tw-03", "/guides/twitter", "other.md", "a/b:c", "?q=a:b", "#a:b", "../x", "a b",
		"https://a.example/ü",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		CHECK_STR(links_check(arena, good[i]), good[i]);
}

static void test_refused(struct arena *arena)
{
	static const char *const bad[] = {
		"", "javascript:alert(1)", "JavaScript:x", "java\tscript:x", "\x01javascript:x",
		" javascript:x", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:x",
		"//evil.example", "/\\evil.example", "\\\\evil.example", "http:evil", "https:/evil",
		"http://", "http:///evil", "mailto:", "a:b", ":x", "ftp://a.example", "tel:+1",
		"x\x7f", "java\nscript:x",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		CHECK(!allowed(arena, bad[i]));
}

static void test_bare(void)
{
	CHECK(links_bare("http://a.example/x y") == 18);
	CHECK(links_bare("https://a.example.") == 17);
	CHECK(links_bare("https://a.example/x_(y))") == 23);
	CHECK(links_bare("https://a.example/x)?!") == 19);
	CHECK(links_bare("https://a.example<b") == 17);
	CHECK(links_bare("http://") == 0);
	CHECK(links_bare("http://.x") == 0);
	CHECK(links_bare("www.a.example") == 0);
	CHECK(links_bare("javascript:x") == 0);
}

int main(void)
{
	struct arena arena = { 0 };

	test_allowed(&arena);
	test_refused(&arena);
	test_bare();
	arena_free(&arena);
	return test_result();
}
